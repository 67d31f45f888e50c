"""The name in the words of a mention, for actors that no catalogue knows: "suspected Lions of the Lake fighters" holds
"Lions of the Lake", "Syrian rebels" and "the gunmen" hold none, "a Lions faction" is something else than the Lions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from orbat.link.actor_words import ATTACHED, COMMON, HEADS, NOT_IT, OTHER_THING, TITLES
from orbat.link.catalogue import Catalogue
from orbat.names import is_acronym
from orbat.types import MentionType

_MORE_TITLES = re.compile(
    r"^(?:(?:governor|gov|mayor|sheriff|bishop|archbishop|cardinal|father|pastor|constable|inspector|corporal|private|councillor|"
    r"congressman|congresswoman|justice|attorney|doña|don|sir|lady)\.?\s+)+",
    re.I,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PARTICLES = _words("de del della der den di da das do dos du e y i la las le les los van von bin bint ben ibn ould al el ul ur")
_SMALL = _words("a an and at by for from in of on or the to with") | _PARTICLES
_ARTICLE = re.compile(r"^(?:al|el|ul|as|ash|ad|ar|at|az|an|ed|ez|l|d)[-‐‑'’](?=[^\W\d_])", re.I)
_NAMELESS = _words("i we you he she it they me us him her them his some others who this that these those none no nobody")
# Peoples of no one country and creeds, which name nobody; a country's people are known from the catalogue.
_PEOPLES = _words(
    "kashmiri kashmiris kurd kurds arabs sunnis shiites shias muslims christians christian jews jewish jew islamists maoists maoist "
    "takfiri communists catholic catholics buddhist buddhists hindu hindus western african asian european latin american arabic persian "
    "international"
)
_HUMANS = _words(
    "person man woman boy girl child student son daughter brother sister wife husband citizen individual farmer worker driver "
    "priest lawyer doctor teacher judge witness source president minister governor mayor deputy director secretary general colonel admiral"
)
_COUNTS = _words(
    "one two three four five six seven eight nine ten eleven twelve more than at least over about up to out of total another other both "
    "each several many some hundreds dozens scores thousands nearly almost around first second"
)
_NUMBER = re.compile(r"[\d.,–-]+")
_UNITS = _words("division brigade battalion regiment corps group squadron front bloc")  # what a number names: "82 Division"
_BRACKETS = re.compile(r"\s*\([^)]*\)")
_EDGES = "'\"“”‘’`.,;:()[]"


@dataclass(frozen=True, slots=True)
class OwnName:
    """A name as written. ``sure``: the words alone show that it is one; else it counts only where other text shows it."""

    text: str
    sure: bool


def own_name(catalogue: Catalogue, text: str, kind: MentionType, *, opens: bool = False, caseless: bool = False) -> OwnName | None:
    """The name that a mention's words hold, or None.

    Args:
        opens: the mention opens its sentence, so that its first capital proves nothing.
        caseless: the sentence has lost its capitals.
    """
    words = _BRACKETS.sub("", " ".join(text.split())).strip(_EDGES).split()
    if not words or words[0].lower() in _NAMELESS:
        return None
    if kind is MentionType.PERSON:
        return _person(catalogue, " ".join(words), opens, caseless)
    if caseless:
        words = _without_nouns(words, small=lambda word: word.lower() in COMMON or word.isdigit())
        return OwnName(" ".join(words), False) if words and not _nameless(catalogue, words) else None
    if any(map(NOT_IT.match, words)) or words[-1] in OTHER_THING:
        return None
    first = words[0]
    if opens and len(words) > 1 and first.lower() in COMMON:
        words = [first.lower(), *words[1:]]
    rest = _without_nouns(words, small=lambda word: not _is_capital(word) or bool(ATTACHED.search(word)))
    rest = _without_counts(rest)
    if not rest or _nameless(catalogue, rest) or _are_two(catalogue, rest):
        return None
    name = " ".join(rest).strip(_EDGES)
    if is_acronym(name):
        return OwnName(name, True)
    whole = rest[-1] == words[-1]  # "Oromo rebels" may be any of a people, "Unidentified Oromo rebels" open a sentence
    return OwnName(name, (len(rest) > 1 or whole) and (not opens or rest[0] != first or (whole and len(rest) > 1)))


def _person(catalogue: Catalogue, text: str, opens: bool, caseless: bool) -> OwnName | None:
    words = _MORE_TITLES.sub("", TITLES.sub("", text)).split()
    if not words or any(_is_common(word) or any(map(str.isdigit, word)) for word in words):
        return None
    if caseless and (len(words) < 2 or any(word.lower() in _HUMANS or _is_people(catalogue, word) for word in words)):
        return OwnName(" ".join(words), False) if len(words) == 1 else None
    if not caseless and not all(_is_capital(word) or word in _PARTICLES for word in words):
        return None
    if "." in words[0] and catalogue.countries_of(words[0]):  # "U.S. Marine"
        return None
    return OwnName(" ".join(words), not opens or len(words) > 1)


def _without_nouns(words: list[str], *, small: Callable[[str], bool]) -> list[str]:
    """The words without small ones at either end; none where those make it another thing than what they stand beside."""
    start, end = 0, len(words)
    while start < end and small(words[start]):
        start += 1
    while end > start and small(words[end - 1]):
        end -= 1
    before, after = words[:start], words[end:]
    if any(word.lower() in OTHER_THING for word in (*before, *after)) or any(word.lower() not in HEADS for word in after):
        return []
    return words[start:end]


def _without_counts(words: list[str]) -> list[str]:
    """The words without a number of members; "82 Division" keeps its number, which is its name."""
    start = 0
    while start < len(words) and (words[start].lower() in _COUNTS or _NUMBER.fullmatch(words[start])):
        start += 1
    rest = words[start:]
    return words[start - 1 :] if start and _NUMBER.fullmatch(words[start - 1]) and rest and rest[-1].lower() in _UNITS else rest


def _are_two(catalogue: Catalogue, words: list[str]) -> bool:
    """Whether the words name two actors, of which one is known or nameless: "Afghan and NATO", "ISIS and Nusra Front"."""
    if "and" not in words:
        return False
    at = words.index("and")
    sides = words[:at], words[at + 1 :]
    return any(
        not side or _nameless(catalogue, side) or catalogue.by_name(" ".join(side)) or catalogue.by_acronym(" ".join(side))
        for side in sides
    )


def _nameless(catalogue: Catalogue, words: list[str]) -> bool:
    """Whether all words are common nouns, peoples and countries: "Syrian Army", "Colombian guerrillas", "Security Forces"."""
    return all(word.lower() in _SMALL or _is_common(word) or _is_people(catalogue, word) for word in words)


def _is_common(word: str) -> bool:
    low = word.lower().strip(_EDGES)
    return low in COMMON or f"{low}s" in COMMON or low.removesuffix("s") in COMMON or low in _NAMELESS


def _is_people(catalogue: Catalogue, word: str) -> bool:
    plain = word.strip(_EDGES)
    low = plain.lower()
    return low in _PEOPLES or any(catalogue.countries_of(form) for form in (word, plain, plain.removesuffix("s"), f"{plain}s"))


def _is_capital(word: str) -> bool:
    plain = _ARTICLE.sub("", word.lstrip(_EDGES))
    return plain[:1].isupper() or plain[:1].isdigit() or any(map(str.isupper, plain))
