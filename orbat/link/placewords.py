"""What the words of a place mention, and those beside it, say of the place: its bare name, its kind, how exact the text is, what it lies
in.

Pure text work: nothing here knows which places exist. ``places.py`` looks the readings up in the order given and takes the first that is
known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from orbat.names import fold
from orbat.remembering import remembered


class Hint(StrEnum):
    """What kind of place the words ask for."""

    NONE = "none"
    PROVINCE = "province"
    DISTRICT = "district"
    TOWN = "town"
    AREA = "area"
    CAPITAL = "capital"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a mention. ``coarse`` is the finest UCDP where_prec the words allow for a town (1 where they allow all); ``part``:
    only a part or an edge of the named thing is meant, so a country or province so named is a fuzzy area (5). ``word``: the word that gave
    the hint. ``facility``: the name is that of an airport, a hospital or the like."""

    name: str
    hint: Hint = Hint.NONE
    coarse: int = 1
    part: bool = False
    word: str = ""
    facility: bool = False


_WORDS: dict[Hint, str] = {
    Hint.PROVINCE: "province|governorate|state|oblast|department|prefecture|voivodeship|krai|emirate",
    Hint.DISTRICT: "district|county|parish|borough|subdistrict|sub-district|raion|rayon|woreda|cercle|tehsil|taluk|commune|municipality|"
    "township|local government area|lga|agency|territory",
    Hint.TOWN: "city|town|village|hamlet|settlement|port city|port town|border town|border city|port",
    Hint.AREA: "region|area|valley|mountains|mountain|mount|hills|desert|forest|river|island|islands|peninsula|basin|coast|coastline|gulf|"
    "sea|lake|delta|plains|plain|strip|corridor|enclave|heights|belt|gorge|plateau|highlands|lowlands|foothills|marshes|strait|canal|oasis|"
    "archipelago|national park",
}
_KIND = {word: hint for hint, words in _WORDS.items() for word in words.split("|")}
# "Ogun states", what is left of "Lagos and Ogun states".
_PLURALS = (
    "state", "province", "region", "district", "department", "governorate", "town", "village", "county", "area", "territory",
    "municipality", "commune", "township", "prefecture", "city",
)  # fmt: skip
_SEVERAL = {f"{word[:-1]}ies" if word.endswith("y") else f"{word}s": _KIND[word] for word in _PLURALS}
_KIND |= _SEVERAL
_KINDS = "|".join(sorted((re.escape(w) for w in _KIND), key=len, reverse=True))
# A facility is somewhere in or by the place it is named for: no finer than "near a known point".
_FACILITY = (
    "international airport|airport|air base|airbase|military base|army base|naval base|base|barracks|refugee camp|camp|hospital|"
    "prison|jail|dam|bridge|refinery|oil field|oilfield|gas field|power plant|market|mosque|church|cathedral|university|stadium|"
    "checkpoint|check point|border crossing|crossing|junction|front|frontline|front line|neighborhood|neighbourhood|quarter|suburb|"
    "suburbs|outskirts|surroundings|countryside|metropolitan area|metro area|mine|mines|farm|farms|airfield|airstrip|garrison|"
    "outpost|headquarters|police headquarters|police station|police department|fire department|military academy|academy|embassy|"
    "consulate|compound|depot|oil terminal|terminal|factory|plant|power station|city hall|town hall|courthouse|court|"
    "detention center|detention centre|hotel|school district|middle school|high school|school|college|seminary|railway station|"
    "train station|bus station|station|racecourse|roundabout"
)
_ROAD = re.compile(
    r"\b(?:street|st\.|road|rd\.|avenue|ave\.|highway|hwy\.?|boulevard|blvd\.?|drive|lane|parkway|interstate|route|trail|bypass)"
    r"(?: \d+\w*)?$",
    re.I,
)
_SIDE = r"(?:far |extreme |deep |rural |coastal |mainland |occupied |war-torn |rebel-held |government-held )*"
_HELD = r"[^\W\d_]+-(?:held|controlled|administered|occupied|ruled|run|dominated)|anglophone|francophone|besieged"
_POINT = r"(?:north|south|east|west|central|mid)(?:[- ]?(?:east|west|central))?(?:ern(?:most)?)?"
_DIRECTION = re.compile(
    rf"^{_SIDE}(?:{_POINT}|upper|lower|inner|outer|downtown|rural|coastal|mainland|occupied|war-torn|rebel-held|greater|upstate|"
    rf"regional|suburban|metropolitan|inland|nearby|neighbou?ring|"
    rf"{_HELD})(?:[ -]|"
    rf"(?<=-))(?=\w)",
    re.I,
)
_SHORT_POINT = re.compile(r"^(?:North|South|East|West)(?= [A-Z])")
_PART_OF = re.compile(
    r"^(?:(?:the )?(?:far )?[\w-]*\s?(?:part|parts|side|outskirts|suburbs?|edge|edges|vicinity|countryside|surroundings|borders?|coast|"
    r"shores?|banks?|north|south|east|"
    r"west|northeast|northwest|southeast|southwest|centre|center|heart|areas|fringes|interior)) of (?:the )?",
    re.I,
)
_EDGE = re.compile(r"outskirts|suburbs?|centre|center|heart", re.I)  # what towns have and provinces have not
_BY = re.compile(r"^(?P<near>off|near|outside|around|towards?)?(?:in|at|inside|from)? (?:the )?(?=[A-Z])")
_REPUBLIC = re.compile(r"^(?:[A-Z]\w+ )*(?:Republic|Kingdom|State) of (?:the )?(?=[A-Z])")
_COUNTY = re.compile(r"^(?:County|Co\.) (?=[A-Z])")
_SHORT = re.compile(r"^(St|Ste|Mt|Ft|Pt)\.? (?=[A-Z])")
_LONG = {"st": "Saint ", "ste": "Sainte ", "mt": "Mount ", "ft": "Fort ", "pt": "Point "}
_KIND_OF = re.compile(rf"^(?:[\w'’-]+ )*?({_KINDS}|capital|capital city|nation|country|kingdom) of (?:the )?(?=\S)", re.I)
_KIND_FIRST = re.compile(rf"^(?:[A-Z]\w+(?:an|ese|i|ish|n|ian) )?({_KINDS}) (?=[A-Z])")  # "the German island Rügen"
_KIND_AFTER = re.compile(rf"[ -]({_KINDS})(?:'s|’s)?$", re.I)
_FACILITY_AFTER = re.compile(rf"[ -](?:{_FACILITY})$", re.I)
_BORDER_AFTER = re.compile(r"[ -](?:border(?: area| region|lands?)?|frontier|border areas|border regions)$", re.I)
_CAPITAL_AFTER = re.compile(r"[ -](?:capital(?: city)?)$", re.I)
_POSSESSIVE = re.compile(r"(?:'s|’s|s'|s’)$")
_TRIM = " \t\n\"'“”‘’`,;:()[]"

_NEAR = re.compile(
    r"(?:\b(?:near|nearby|around|outside|beyond|towards?|close to|not far from|next to|adjacent to|bordering|vicinity of|outskirts of|"
    r"suburbs of|edge of|"
    r"environs of|countryside of|approaches to|"
    r"(?:north|south|east|west)(?:[- ]?(?:east|west))?(?:ern)? (?:outskirts |suburbs |part |parts |edge )?of|(?:miles?|kilomet(?:er|re)s?|"
    r"kms?) (?:from|outside|away from))"
    r"(?: (?:the|a|an))?(?: (?:[\w-]+ )?(?:town|city|village|capital|district|province|port)(?: of)?)?)\s*$",
    re.I,
)
_DISTANCE = re.compile(r"(\d+(?:[.,]\d+)?)\s*-?\s*(kilomet(?:er|re)s?|kms?|miles?|mi)\b(?: \w+){0,4}\s*$", re.I)
_LEFT_KIND = re.compile(rf"\b({_KINDS}|capital)(?:,)? (?:of |called |named )?(?:the )?$", re.I)
_RIGHT_KIND = re.compile(rf"^ ({_KINDS})\b", re.I)
# "Yala, | Pattani and Narathiwat provinces": what the names before it are too.
_LISTED = r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?"
_SHARED_KIND = re.compile(rf"^(?:, {_LISTED})*,? and {_LISTED} ({'|'.join(_SEVERAL)})\b")
# Most words beside a name say nothing of it, and these tell so at once: the last words of what _NEAR, _LEFT_KIND and _OWNER find, and the
# first words of what _RIGHT_KIND finds.
_NEAR_END_WORDS = """near nearby around outside beyond toward towards to from bordering of the a an town city village capital district
province port"""
_NEAR_ENDS = frozenset(_NEAR_END_WORDS.split())
_KIND_ENDS = frozenset(("of", "called", "named"))
_OWNER_ENDS = frozenset(("of", "capital", *(re.split(r"[ -]", word)[-1] for word in _KIND)))
_KIND_STARTS = frozenset(re.split(r"[ -]", word)[0] for word in _KIND)
_FIRST = re.compile(r" ([a-z]+)", re.I)
_INSTITUTION = re.compile(r"^ (?:District (?:Attorney|Court|Judge)|State (?:University|College|Community|Hospital|Fair|Park))")
_RIGHT_INSIDE = re.compile(r"^(?:'s|’s)?(?:,| \(|,? (?:(?:a|the) )?(?:[\w-]+ ){0,3}?(?:in|of)(?: the)?(?: [a-z-]+ern)?)\s*$")
_NEXT_NAME = re.compile(r"^(?:,| in|, in)(?: the)? ((?:[A-Z][\w.'’-]*)(?: (?:[A-Z][\w.'’-]*|of|and)){0,3})")
_OWNER = re.compile(
    rf"((?:[A-Z][\w.]+ )?[A-Z][\w.]+)(?:(?:'s|’s) (?:[\w-]+ ){{0,2}}(?:of )?|(?: [\w-]+)? (?:{_KINDS}|capital),? (?:of )?)$"
)


@remembered(2_048)
def readings(text: str) -> tuple[Reading, ...]:
    """The ways to read a mention's own words, most literal first, without repeats; empty where nothing is left of it.

    "northern Idlib province" gives itself, then "Idlib province" and "Idlib" as a part of a province.
    """
    start = text.strip(_TRIM)
    for article in ("the ", "a ", "an "):
        if start.lower().startswith(article):
            start = start[len(article) :]
    by = _BY.match(start)  # "off Bayelsa" as one mention
    near = by is not None and by["near"] is not None
    out: list[Reading] = []
    queue = [Reading(start[by.end() :] if by else start, coarse=2 if near else 1, part=near)]
    while queue:
        reading = queue.pop(0)
        if reading.name and reading not in out:
            out.append(reading)
            queue += _strip(reading)
    return tuple(out)


def _strip(reading: Reading) -> list[Reading]:
    """The readings with one more word taken off."""
    name, out = reading.name, []
    if m := _SHORT_POINT.match(name):  # "South Darfur" is "Southern Darfur" to others
        out.append(replace(reading, name=f"{m.group()}ern{name[m.end() :]}"))
    bare = _POSSESSIVE.sub("", name)
    if bare != name:
        out.append(replace(reading, name=bare))
    if m := _PART_OF.match(name):
        edge = _EDGE.search(m.group())
        part = replace(reading, name=name[m.end() :], coarse=max(2, reading.coarse), part=True)
        out.append(replace(part, hint=Hint.TOWN, word=edge.group()) if edge and part.hint is Hint.NONE else part)
    elif (m := _DIRECTION.match(name)) and not _KIND_OF.match(name[m.end() :]):
        out.append(replace(reading, name=name[m.end() :], coarse=max(2, reading.coarse), part=True))
    elif m := _KIND_OF.match(name):
        word = m.group(1).lower()
        out.append(replace(reading, name=name[m.end() :], hint=_KIND.get(word, Hint.NONE), word=word))
    elif m := _KIND_FIRST.match(name):
        out.append(replace(reading, name=name[m.end() :], hint=_KIND[m.group(1)], word=m.group(1)))
    if m := _CAPITAL_AFTER.search(name):
        out.append(replace(reading, name=name[: m.start()], hint=Hint.CAPITAL, word="capital"))
    elif m := _BORDER_AFTER.search(name):
        out.append(replace(reading, name=name[: m.start()], coarse=5, part=True))
    elif m := _FACILITY_AFTER.search(name):
        word = m.group().strip().lower()
        out.append(replace(reading, name=name[: m.start()], coarse=max(2, reading.coarse), part=True, facility=True, word=word))
    elif (m := _KIND_AFTER.search(name)) and not _ROAD.search(name):
        word = m.group(1).lower()
        hint = _KIND[word]
        out.append(
            replace(
                reading,
                name=name[: m.start()],
                hint=hint,
                word=word,
                coarse=5 if hint is Hint.AREA else reading.coarse,
                part=reading.part or hint is Hint.AREA,
            )
        )
    elif m := _COUNTY.match(name):
        out.append(replace(reading, name=name[m.end() :], hint=Hint.DISTRICT, word="county"))
    if m := _REPUBLIC.match(name):
        out.append(replace(reading, name=name[m.end() :]))
    if m := _SHORT.match(name):
        out.append(replace(reading, name=_LONG[m.group(1).lower()] + name[m.end() :]))
    if ", " in name:
        out.append(replace(reading, name=name.split(", ", 1)[0]))
    return [r for r in out if r.name.strip(_TRIM)]


_NOTHING = Reading("")


def _last_word(text: str) -> str:
    """The last run of letters of a text but for the commas and spaces that end it, in lower case."""
    text = text.rstrip(" ,\n\t")
    at = len(text)
    while at and text[at - 1].isalpha():
        at -= 1
    return text[at:].lower()


def beside(left: str, right: str) -> Reading:
    """What the words to the left (up to the mention) and to the right (from it) say: a hint, and how exact the text can be.

    "20 km south of", "near": 2, UCDP's "within about 25 km of a known point"; more than 25 km away: 5. Its ``name`` is empty.
    """
    out = _NOTHING
    last = _last_word(left)
    if last in _NEAR_ENDS and (m := _NEAR.search(left)):
        out = replace(out, coarse=2, part=True)
        if far := _DISTANCE.search(left[: m.end()]):
            km = float(far.group(1).replace(",", ".")) * (1.609 if far.group(2).lower().startswith("mi") else 1.0)
            out = replace(out, coarse=2 if km <= 25 else 5)
    first = _FIRST.match(right)
    kind = _RIGHT_KIND.match(right) if first and first.group(1).lower() in _KIND_STARTS and not _INSTITUTION.match(right) else None
    if kind is None and " and " in right and right.startswith((",", " and ")) and (shared := _SHARED_KIND.match(right)):
        return replace(out, hint=_KIND[shared[1]], word=shared[1])
    if kind is None and last in _KIND_ENDS:
        kind = _LEFT_KIND.search(left)
    if kind and kind.group(1).lower() in _KIND and (kind.re is _RIGHT_KIND or kind.group(0).rstrip().endswith(("of", "called", "named"))):
        word = kind.group(1).lower()
        out = replace(out, hint=_KIND[word], word=word)
    return out


def inside(between: str) -> bool:
    """Whether the words between two names say that the first lies in the second: ", ", " in ", " in the northern ", ", a town in "."""
    return len(between) <= 40 and _RIGHT_INSIDE.match(between) is not None


def owner(left: str) -> str:
    """The name that stands before as what the place belongs to ("Syria's northern ", "the Iraqi city of "); empty where there is none."""
    if "'" not in left and "’" not in left and _last_word(left) not in _OWNER_ENDS:
        return ""
    m = _OWNER.search(left)
    return m.group(1) if m else ""


def next_name(right: str) -> str:
    """The capitalised name that follows after a comma or "in" ("Paris, Texas"); empty where there is none."""
    m = _NEXT_NAME.match(right)
    return m.group(1) if m else ""


_DIRECTION_ONLY = re.compile(r"(?:(?:north|south|east|west|central|centre)[- ]?(?:east|west|central)?(?:ern)?)", re.IGNORECASE)
_COMMON_WORDS = """area base border camp capital center centre central city coast country district east farm house market north province
region south square state station territory town village west zone"""
COMMON = frozenset(_COMMON_WORDS.split())
_PART_OF_A_TOWN = COMMON | {"old", "new", "green", "red", "upper", "lower", "inner", "outer", "grand", "industrial"}


def of_many_towns(name: str) -> bool:
    """Whether a name says no more than a direction or a part of any town."""
    return bool(_DIRECTION_ONLY.fullmatch(name)) or _PART_OF_A_TOWN.issuperset(fold(name).split())


_APPOSED = re.compile(
    rf"^, (?:the|a|an) (?:[a-z-]+ )*?([A-Z][\w.]+(?: [A-Z][\w.]+)?)(?:'s|’s)?(?: [a-z-]+){{0,2}}? (?:capital|{_KINDS})\b(?! of)"
)


def apposed(right: str) -> str:
    """The country's name or adjective in what is told of a place after a comma (", the Libyan capital"); empty where there is none."""
    m = _APPOSED.match(right) if right.startswith((", the ", ", a ", ", an ")) else None
    return m.group(1) if m else ""


def is_road(name: str) -> bool:
    """Whether the name is a street's or a road's, which the gazetteer never holds and whose first word is not a town."""
    return _ROAD.search(name) is not None or re.match(r"^(?:interstate|highway|route|i|u\.?s\.?)[ -]?\d", name, re.I) is not None


_LEAST_PREC = dict.fromkeys(("country", "nation"), 6) | dict.fromkeys(("region", "state", "territory"), 4)
_LEAST_PREC |= dict.fromkeys(("province", "governorate", "department", "district", "county"), 3)


def may_be_called(said: str, where_prec: int) -> bool:
    """Whether a common noun may stand for a place of that where_prec: no region is a town, no province a country. A town may stand for the
    province that it lies in, which says less and nothing wrong."""
    word = said.rsplit(None, 1)[-1].lower() if said.split() else ""
    return where_prec >= _LEAST_PREC.get(word, 1)


def named(said: str) -> bool:
    """Whether the words hold a name: a capital, or letters of a script without capitals."""
    if said.isascii():
        return said != said.lower()
    return any(c.isupper() or (c.isalpha() and c.lower() == c.upper()) for c in said)


_SIDE_OR_PART = re.compile(
    r"(?:(?:far |extreme |deep )?(?:north|south|east|west|central|rural)(?:[- ]?(?:east|west))?(?:ern)?(?: |$))?"
    r"(?:countryside|outskirts|suburbs?|province|region|areas?|districts?|borders?|coast|mountains|desert|interior)?"
)


def is_side(said: str) -> bool:
    """Whether words without a name say a side or part of a place ("northern countryside", "northwest")."""
    return _SIDE_OR_PART.fullmatch(said) is not None
