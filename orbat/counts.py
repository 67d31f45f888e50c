"""How many people a mention counts, as low, best and high.

Rules. A bare figure is all three. "At least", "more than", "over": the figure is all three, because UCDP keeps a reported minimum
as low, best and high until a source names a higher one. "Up to", "as many as": 0, the figure, the figure; "fewer than": 0 and one
less. A span ("20-30", "between 10 and 20"): its ends, best the lower one, so that nobody is counted whom the source is not sure
of. Words for unsure numbers follow ACLED's conversions: tens 10, dozens 12, hundreds 100, thousands 1,000; several and a few are 3,
scores 20, a couple 2. "Many", "a number of" and bare plurals ("civilians") give no count. Counts of things that are not people
(vehicles, villages, families, brigades) give none.
"""

from __future__ import annotations

import re

from orbat.remembering import remembered
from orbat.types import Count, MentionType

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMBERS = {word: i for i, word in enumerate(_ONES.split(" "))} | {word: 10 * i for i, word in enumerate(_TENS.split(" "), 2)}
"""Spelled numbers below a hundred."""

_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "dozen": 12, "score": 20}
_VAGUE = {"several": 3, "few": 3, "couple": 2, "pair": 2, "duo": 2, "both": 2, "trio": 3, "tens": 10, "dozens": 12, "scores": 20}
_VAGUE |= {"hundreds": 100, "thousands": 1_000, "millions": 1_000_000, "half-dozen": 6}
_PLURAL_SCALES = {"thousands": 1_000, "millions": 1_000_000}


def _set(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


# Words that a name's number follows or precedes: "Unit 8200", "Resolution 1701", "17 November".
_NAMED = _set(
    "january february march april may june july august september october november december",
    "jan feb mar apr jun jul aug sept sep oct nov dec brigade battalion division unit regiment resolution article camp zone area route",
    "highway district sector ward block no number room flight gate cell chapter vision operation age aged",
)
_MEASURES = _set(
    "year years month months week weeks day days hour hours minute minutes km kilometer kilometers kilometre kilometres mile miles metre",
    "metres meter meters feet kg tonnes tons ton percent per dollars euros rupees pounds am pm times time rounds th thirds quarters",
    "% o'clock",
)
# Heads of noun groups that are things, or people in unknown number.
_THINGS = _set(
    "vehicle vehicles truck trucks car cars boat boats ship ships tank tanks aircraft helicopters drones missiles rockets bombs mines",
    "truckload truckloads busload busloads boatload boatloads village villages town towns city cities province provinces district",
    "districts country countries state states nation nations family families household households group groups faction factions brigade",
    "brigades battalion battalions division divisions unit units army armies militia militias party parties gang gangs tribe tribes clan",
    "clans convoy convoys company companies organization organizations organisation organisations camp camps base bases school schools",
    "house houses home homes",
    "business businesses outfit outfits helicopter firm firms agency agencies teams squads councils cartel cartels network",
    "networks government coalition alliance team squad patrol crowd mob band bands number clique cliques branch branches side sides",
    "handful wave waves series cell cells wing contingent regime movement community communities delegation mission platoon column audience",
)
# Nouns that "a" makes no one person of.
_MASSES = _set("people men women children troops lot police military crew force population minority dozen")
# What a figure before it numbers, not counts: "82 Division", "17 November", "Mouvement du 23 Mars".
_ORDERED = _set(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sept sep oct nov",
    "dec brigade battalion battallion division div regiment wing squadron front fronts divisions brigades battalions infantry armoured",
    "mars avril mai juin juillet août aout septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto",
    "septiembre noviembre diciembre",
)
_PERSONS = re.compile(
    r"(?:man|woman|boy|girl|child|person|rebel|civilian|soldier|victim|guard|recruit|hostage|official|general|colonel|captive|"
    r"(?:fight|command|lead|bomb|offic|lawmak|minist|work|kill|deserter|follow|support|driv|teach|farm|memb|prison|villag)er|"
    r"[a-z]{2,}(?:ist|ian|ant|tor))s?"
)
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*(?:[^\W\d_]+)?|[^\W\d_]+(?:['’][^\W\d_]+)?(?:\d\w*)?|[-–—+%$€£#/,&]")
_TAIL = re.compile(
    r"\b(?:including|among (?:them|whom)|of whom|with|from|at|in|near|against|who|that|which)\b(?! least| most).*",
    re.IGNORECASE | re.DOTALL,
)
_GROUP_OF = re.compile(r"\bG(?:roup|ang) of [A-Z\d]\w*$")  # "Group of Seven", "Group of 77"
_JOIN = re.compile(r"\s*,\s+(?:and\s+)?|\s+(?:and|plus|&)\s+", re.IGNORECASE)
_UNSURE = re.compile(r",? (?:and )?(?:perhaps|maybe|possibly|or even|if not|probably)(?: as many as| over| even)? (?=\S)", re.IGNORECASE)
"""Between a number and a greater one that may be: "dozens, perhaps a hundred men"."""
_AT_MOST = re.compile(r"(?:up to|as many as|at most|a maximum of|(?:no|not) more than)$")
_BELOW = re.compile(r"(?:fewer than|less than|under|below)$")
_NOT_BELOW = re.compile(r"\b(?:no|not) (?:fewer|less) than$")
_ROUGH = _set("about around some approximately roughly nearly almost over least than estimated to as the of between from")
ANYONE = _set("people persons victims dead fatalities casualties bodies passengers")
"""Who is told by such a word alone is told again by what follows a comma ("three people, two of them Indians"); after a colon anyone is."""

_BIGGEST = 10_000_000_000  # more people than there are: the figure is no count


@remembered(2_048)
def read_count(text: str, *, type: MentionType | None = None) -> Count | None:
    """The number of people that a mention's text counts; None where it counts none, or not people.

    Args:
        text: the mention's letters: "at least 30 civilians", "four US special forces", "a soldier".
        type: the mention's type. A PERSON without a figure is one person; "a ..." counts 1 for PERSON, PEOPLE or no type, and for
            the others only where it is a person by its noun ("a fighter", not "a militia").
    """
    head = _TAIL.sub("", text) if not re.match(r"\W*(?:between|from|at|in)\b", text, re.IGNORECASE) else text
    found = _sum(head, type)
    if type is MentionType.PERSON:
        return found if found and found.high == 1 else Count(1, 1, 1)
    return found


def _sum(text: str, type: MentionType | None) -> Count | None:
    """The count of a text, its parts added where each is a count of its own: "a woman and two children"."""
    text = text.replace("-of-a-", " of a ")
    if (unsure := _UNSURE.search(text)) and (low := _one(text[: unsure.start()], type)) and (high := _one(text[unsure.end() :], type)):
        return Count(low.low, low.best, max(low.high, high.high))
    if re.search(r"\bbetween\b|\band a half\b", text, re.IGNORECASE):
        return _one(text, type)
    parts = [part for part in _JOIN.split(text) if part.strip()]
    if parts and parts[0][-1].isdigit() and _is_things([m.group().lower() for m in _TOKEN.finditer(text)]):  # "3 and 7 Divisions"
        return None
    counts = [_one(part, type) for part in parts]
    known = [count for count in counts if count]
    heads = [re.search(r"[^\W\d_]{3,}\W*$", part) for part in parts]
    if len(parts) > 1 and len(known) == len(parts) and all(heads) and not _spelled_pair(parts):
        if text[len(parts[0]) :].startswith(",") and head_of(parts[0]) in ANYONE and sum(c.best for c in known[1:]) <= known[0].best:
            return known[0]
        return Count(sum(c.low for c in known), sum(c.best for c in known), sum(c.high for c in known))
    return _one(text, type) or (known[0] if known else None)


def _spelled_pair(parts: list[str]) -> bool:
    """Whether a join cut one spelled number: "two hundred | and five soldiers"."""
    return any(re.search(r"\b(?:hundred|thousand|million)$", part.lower()) for part in parts[:-1])


def _one(text: str, type: MentionType | None) -> Count | None:
    tokens = [(m.group().lower(), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    words = [word for word, _, _ in tokens]
    if not words or _GROUP_OF.search(text) or _is_things(words):
        return None
    for at in range(len(words)):
        read = _quantity(words, at)
        if read is None or not _counts(text, tokens, at, read[1]):
            continue
        value, end = read
        low, high, end = _ends(words, at, value, end)
        if high >= _BIGGEST or value % 1 or (end < len(words) and words[end] in _MEASURES):
            return None
        return _qualified(words, at, end, low, high)
    return Count(1, 1, 1) if _single(words, type) else None


def head_of(text: str) -> str:
    """The noun that a mention is about, in small letters: "soldiers" of "dozens of soldiers"."""
    return _head([word.lower() for word in _TOKEN.findall(text)])


def _head(words: list[str]) -> str:
    """The noun that a noun group is about: the last word, or the one before "of"."""
    cut = words.index("of") if "of" in words and words.index("of") > 0 else len(words)
    noun = next((w for w in reversed(words[:cut]) if w.isalpha()), "")
    after = next((w for w in reversed(words) if w.isalpha()), "")
    # "a group of 30 militants", "dozens of villages" are about what stands after "of"
    told = any(_quantity(words, i) for i in range(cut))
    counted = noun in _VAGUE or noun in _SCALES or noun in NUMBERS
    counted = counted or (not told and any(_quantity(words, i) for i in range(cut, len(words))))
    return after if counted else noun


def _is_things(words: list[str]) -> bool:
    """Whether a noun group is about things, or bodies of people without their size ("two brigades", but "a 15-member cell")."""
    return _head(words) in _THINGS and not any(
        w in ("member", "man", "strong", "person") and i > 1 and words[i - 1] == "-" for i, w in enumerate(words)
    )


def _digits(word: str) -> float | None:
    if not re.fullmatch(r"\d+(?:[.,]\d+)*", word):
        return None
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", word) and word.count(".") != 1:
        return float(re.sub(r"[.,]", "", word))
    return float(word.replace(",", "")) if word.count(".") < 2 and len(word) < 16 else None


def _quantity(words: list[str], at: int) -> tuple[float, int] | None:
    """The number that begins at a word, and the index after it."""
    word = words[at]
    value: float | None = _digits(word)
    end = at + 1
    if value is None and word in _SCALES and (at == 0 or words[at - 1] in _ROUGH):  # "dozen people": mentions come without "a"
        return _scaled(words, 1.0, at)
    if value is None and word in ("a", "an", "half") and at + 1 < len(words):
        half = at + 2 if word == "half" and words[at + 1] == "a" else at + 1
        if word == "half" and half < len(words) and words[half] in _SCALES:  # half a dozen, half a million
            return _SCALES[words[half]] / 2, half + 1
        if words[at + 1] in _SCALES:
            value = 1.0
        elif words[at + 1] in ("few", "couple", "pair", "duo", "trio") or (words[at + 1] == "dozen"):
            return _quantity(words, at + 1)
    elif value is None and word == "quarter" and words[at + 1 : at + 3] in (["of", "a"], ["-", "million"]):
        return (250_000, at + 4 if words[at + 1] == "of" else at + 3) if "million" in words[at + 2 : at + 4] else None
    elif value is None and word == "one" and words[at + 1 : at + 2] == ["another"]:
        return None
    elif value is None and word in NUMBERS:
        value = float(NUMBERS[word])
        after = at + 2 if at + 2 < len(words) and words[at + 1] == "-" else at + 1
        if value >= 20 and after < len(words) and 0 < NUMBERS.get(words[after], 0) < 10:
            value, end = value + NUMBERS[words[after]], after + 1
    elif value is None and word in _VAGUE:
        value = float(_VAGUE[word])
        while end + 1 < len(words) and words[end] == "of" and words[end + 1] in _PLURAL_SCALES:  # tens of thousands
            value, end = value * _PLURAL_SCALES[words[end + 1]], end + 2
    if value is None:
        return None
    if words[end : end + 3] == ["and", "a", "half"] and end + 3 < len(words) and words[end + 3] in _SCALES:  # one and a half million
        value, end = value + 0.5, end + 3
    return _scaled(words, value, end)


def _scaled(words: list[str], value: float, end: int) -> tuple[float, int]:
    """ "Two hundred and five", "3.5 million", "several dozen"."""
    total = 0.0
    while end < len(words):
        at = end + 1 if words[end] == "-" and end + 1 < len(words) else end  # "six-thousand"
        scale = _SCALES.get(words[at]) or _PLURAL_SCALES.get(words[at])
        if scale is None:
            break
        value, end = value * scale, at + 1
        after = end + 1 if end < len(words) and words[end] == "and" else end
        if after < len(words) and words[after] in NUMBERS and value % 100 == 0 and value >= 100:
            small = _quantity(words, after)
            if small and small[0] < value:
                total, (value, end) = total + (value if small[0] < 100 or value >= 1000 else 0), small
                break
    return total + value, end


def _counts(text: str, tokens: list[tuple[str, int, int]], at: int, end: int) -> bool:
    """Whether a number counts people: no name's number, date, year, age, price, share or measure."""
    words = [word for word, _, _ in tokens]
    before, after = words[at - 1] if at else "", words[end] if end < len(words) else ""
    start, stop = tokens[at][1], tokens[end - 1][2]
    if before in ("$", "€", "£", "#", "/") or after in ("%", "/") or before in _NAMED or after in _MEASURES:
        return False
    named = words[end + 1] if after == "de" and end + 1 < len(words) else after  # "Movimiento 19 de Abril"
    if named in _ORDERED and words[at][0].isdigit() and end == at + 1:
        return False
    if before in ("-", "–") and start > 1 and text[start - 2].isalpha() and words[at][0].isdigit():  # F-16, AK-47
        return False
    if after in ("-", "–") and text[stop : stop + 1] in "-–":
        size = words[end + 1] if end + 1 < len(words) else ""
        return (
            size in ("member", "man", "strong", "person", "odd", "plus", "to") or size in _SCALES or _quantity(words, end + 1) is not None
            if size
            else False
        )
    year = re.fullmatch(r"(?:19|20)\d\d", words[at]) and end == at + 1
    return not year or words[at].endswith("00") or before in _ROUGH


def _ends(words: list[str], at: int, value: float, end: int) -> tuple[int, int, int]:
    """Low and high of a span of numbers, or the number twice; and the index after it."""
    link = words[end] if end < len(words) else ""
    between = at > 0 and words[at - 1] in ("between", "from")
    if link in ("-", "–", "—", "to", "or") or (between and link == "and"):
        step = end + 2 if words[end : end + 2] in (["-", "to"], ["–", "to"]) else end + 1
        other = _quantity(words, step) if step < len(words) else None
        if other and other[0] > value:
            scale = next((s for s in (1_000_000, 1_000, 100) if value < s and value * s < other[0] and other[1] > step + 1), 1)
            return int(value * scale), int(other[0]), other[1]
    return int(value), int(value), end


def _qualified(words: list[str], at: int, end: int, low: int, high: int) -> Count:
    lead = " ".join(words[max(0, at - 3) : at])
    if _NOT_BELOW.search(lead):
        return Count(low, low, high)
    if _AT_MOST.search(lead) and low == high:
        return Count(0, high, high)
    if _BELOW.search(lead) and low == high:
        return Count(0, max(0, high - 1), max(0, high - 1))
    return Count(low, low, high)


def _single(words: list[str], type: MentionType | None) -> bool:
    """Whether a noun group without a figure is one person: "a soldier", "another officer", "a lone gunman"."""
    noun = _head(words)
    if words[0] not in ("a", "an", "another", "lone", "single") or noun in _THINGS or noun.endswith("s") or len(words) < 2:
        return False
    if noun in _MASSES:
        return False
    return type in (None, MentionType.PERSON, MentionType.PEOPLE) or _PERSONS.fullmatch(noun) is not None
