"""Which statements can be of one record at all: the matter of each type, and what is comparable in a statement.

An ambush, the fight, those killed, hurt and taken in it, the ground that changes hands, the claim of it and the blame for it are one
happening (UCDP: one event is the use of armed force by one dyad in one place and time, with all that it costs). Relations are a matter
each; the bond between two groups (to ally, to be part of, to break) is one, because a break ends what a pledge began.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from orbat.names import fold, is_acronym, skeleton
from orbat.recordtypes import RecordKind
from orbat.remembering import remembered
from orbat.types import Entity, EventType, Filler, MentionType, Statement

E = EventType


class Matter(StrEnum):
    """What a record is about, in the large. Statements of two matters are never one record."""

    VIOLENCE = "violence"
    CUSTODY = "custody"
    RELEASE = "release"
    SANCTION = "sanction"
    TALKS = "talks"
    ACCORD = "accord"
    THREAT = "threat"
    APPEAL = "appeal"
    GAIN = "gain"
    RECRUIT = "recruit"
    LEAVE = "leave"
    LEAD = "lead"
    BOND = "bond"
    SUPPORT = "support"
    HOLD = "hold"


MATTERS: Mapping[EventType, Matter] = MappingProxyType(
    {
        E.ATTACK: Matter.VIOLENCE, E.BOMBING: Matter.VIOLENCE, E.STRIKE: Matter.VIOLENCE, E.CLASH: Matter.VIOLENCE,
        E.KILL: Matter.VIOLENCE, E.INJURE: Matter.VIOLENCE, E.ABDUCT: Matter.VIOLENCE, E.ABUSE: Matter.VIOLENCE,
        E.SEIZE: Matter.VIOLENCE, E.WITHDRAW: Matter.VIOLENCE, E.DEPLOY: Matter.VIOLENCE, E.ARREST: Matter.CUSTODY,
        E.RELEASE: Matter.RELEASE, E.SANCTION: Matter.SANCTION, E.NEGOTIATE: Matter.TALKS, E.AGREE: Matter.ACCORD,
        E.CLAIM: Matter.VIOLENCE, E.THREATEN: Matter.THREAT, E.APPEAL: Matter.APPEAL, E.ACCUSE: Matter.VIOLENCE, E.GAIN: Matter.GAIN,
        E.LOSE: Matter.VIOLENCE, E.RECRUIT: Matter.RECRUIT, E.JOIN: Matter.LEAVE, E.LEAVE: Matter.LEAVE, E.LEAD: Matter.LEAD,
        E.ALLY: Matter.BOND, E.SPLIT: Matter.BOND, E.BELONG: Matter.BOND, E.SUPPORT: Matter.SUPPORT, E.HOLD: Matter.HOLD,
    }
)  # fmt: skip

LASTING = frozenset({Matter.LEAD, Matter.BOND, Matter.SUPPORT, Matter.HOLD})
"""Matters that hold from a day to a day: statements of different days can be of one record."""

MUTUAL = frozenset({Matter.BOND})
"""Relations in which actor and target are two sides of one thing."""

TOLLS: Mapping[EventType, str] = MappingProxyType(
    {
        E.KILL: "killed", E.INJURE: "injured", E.ABDUCT: "abducted", E.ABUSE: "abused", E.ARREST: "arrested", E.RELEASE: "released",
        E.RECRUIT: "recruited", E.JOIN: "joined", E.LEAVE: "left", E.DEPLOY: "deployed", E.GAIN: "gained", E.LOSE: "lost",
    }
)  # fmt: skip
"""What a statement's count counts, by type."""

SKELETON = 6
_PRONOUN_WORDS = (
    "i we you he she it they me us him her them his its their whose who whom which that this these those one ones some others all "
    "both many another himself themselves itself"
)
PRONOUNS = frozenset(_PRONOUN_WORDS.split())
_ROLE_WORDS = (
    "amir boss capo capos captain chief chiefs civilians colonel commander commanders deputy dissident dissidents emir extremist "
    "extremists fighter fighters founder founders gangster gangsters general governor guerrilla guerrillas gunman gunmen head heads "
    "hitman hitmen hostages imam insurgent insurgents jihadist jihadists kingpin kingpins leader leaders lieutenant major mayor member "
    "members migrants militant militants officer officers paramilitaries partisan partisans rebel rebels refugees sheikh soldier "
    "soldiers spokesman suspect suspects terrorist terrorists trafficker traffickers troops"
)
_ROLES = frozenset(_ROLE_WORDS.split())
_WITHIN = re.compile(r"^.*\b(?:of|in|near|outside|around) (?=[A-Z])")
_SENSES = {
    "pledge": ("pledg", "oath", "loyal", "allegian", "swear", "swor", "vow", "bay"),
    "merger": ("merg", "union", "unit", "fus"),
    "alliance": ("alli", "ally", "coalition", "pact"),
    "break": ("split", "broke", "break", "feud", "rift", "rival", "schism", "expel", "disown", "divorc"),
}
_ACTORS = frozenset({MentionType.GROUP, MentionType.FORCE, MentionType.STATE, MentionType.ORG, MentionType.PERSON, MentionType.MEDIA})


SPEECH = frozenset({E.CLAIM, E.ACCUSE})
"""Types whose day is that on which something is said of the happening, not the happening's own."""


def matter_of(statement: Statement) -> Matter:
    """The matter of a statement: that of its type, but that who withdraws from a group, not from a place, leaves it, that a place is taken
    and not arrested, and that a group which joins or leaves another has a bond with it."""
    if statement.type is E.WITHDRAW:
        somewhere = statement.location is not None or statement.place or any(f.type is not MentionType.GROUP for f in statement.target)
        if statement.target and not somewhere:
            return Matter.LEAVE
    if statement.type is E.ARREST and statement.target and all(f.type is MentionType.PLACE for f in statement.target):
        return Matter.VIOLENCE
    joins = statement.type in _MEMBERSHIP and statement.count is None
    if joins and _group(statement.actor) and _group(statement.target or statement.origin):
        return Matter.BOND
    return MATTERS[statement.type]


def tallied(statements: Iterable[Statement]) -> frozenset[str]:
    """Ids of statements of one document that count whom an act of violence freed or took.

    "16 fighters were killed and 104 hostages rescued" says in one sentence what one operation came to. Whose number is not told may be of
    another day, and who was taken before is not freed by it.
    """
    by_sentence: dict[int, list[Statement]] = {}
    for s in statements:
        if s.count is not None and s.count.best > 1:
            by_sentence.setdefault(s.sentence.span.start, []).append(s)
    return frozenset(s.id for each in by_sentence.values() for s in each if s.type in _TALLIED and any(_beside(s, other) for other in each))


def _beside(taken: Statement, hurt: Statement) -> bool:
    return hurt.type in _HURT and {f.quote.text for f in taken.target}.isdisjoint(f.quote.text for f in hurt.target)


_TALLIED, _HURT = frozenset({E.RELEASE, E.ARREST}), frozenset({E.KILL, E.INJURE, E.ABUSE})
_MEMBERSHIP = frozenset({E.JOIN, E.LEAVE})


def _group(fillers: Iterable[Filler]) -> bool:
    """Whether groups by their names are all that is named: "Hizb-ul-Ahrar", not "fighters of Hizb-ul-Ahrar"."""
    return bool(found := list(fillers)) and all(f.type is MentionType.GROUP and is_name(f.quote.text, opens=False) for f in found)


def kind_of(matter: Matter) -> RecordKind:
    """Whether records of a matter are events or relations."""
    return RecordKind.RELATION if matter in LASTING else RecordKind.EVENT


def name_key(filler: Filler, sentence_start: int, adopted: Mapping[str, Entity] = MappingProxyType({})) -> str:
    """What a filler is compared by: its entity's id, else its name (``loose``); empty for pronouns and for words that are no name.

    Args:
        sentence_start: offset of the sentence, whose first word has its capital from its place.
        adopted: entities that an analyst gave to folded names which the catalogue does not know.
    """
    if filler.entity is not None:
        return filler.entity.id
    text = filler.quote.text
    folded = fold(text)
    if folded in adopted:
        return adopted[folded].id
    if not folded or folded in PRONOUNS:
        return ""
    return loose(text) if is_name(text, opens=filler.quote.span.start == sentence_start) else ""


@remembered(2_048)
def loose(name: str) -> str:
    """What a name without an entity is compared by: the same across transliterations where it is long enough to tell names apart.

    Six signs of a skeleton are some ten letters: "Abu Luqman al-Shami" is "Abu Loqman ash-Shami", and "Sinai" is not "Sanaa".
    """
    bare = skeleton(name)
    return f"~{bare}" if len(bare) >= SKELETON else fold(name)


@remembered(2_048)
def is_name(text: str, *, opens: bool) -> bool:
    """Whether words are a proper name: the last word has a capital ("Boko Haram", not "Nigerian soldiers"); a lone word that opens a
    sentence must be an acronym. What somebody does is no name, alone or by words written small, though it may have a capital ("Rebels",
    "local Emir")."""
    parts = text.split()
    last = parts[-1]
    if last.lower() in _ROLES and not any(part[:1].isupper() for part in parts[:-1]):
        return False
    if len(parts) == 1 and opens:
        return is_acronym(last)
    if last[:1].isdigit():
        return any(part[:1].isupper() for part in parts)
    return any(part[:1].isupper() for part in last.split("-"))  # "al-Shami" too


def place_name(text: str, *, opens: bool) -> str:
    """The folded name in the words for a place: "bazaar of Maymana" gives "maymana", "army base" nothing."""
    if not is_name(text, opens=opens):
        return ""
    return loose(_WITHIN.sub("", text)) or loose(text)


@remembered(2_048)
def sense(type: EventType, trigger: str) -> str:
    """What kind of bond a trigger states ("pledge", "merger"), or its first letters: the same for words that mean the same."""
    word = fold(trigger)
    for name, stems in _SENSES.items():
        if any(stem in word for stem in stems):
            return name
    return word[:5]


def keys(fillers: Iterable[Filler], statement: Statement, adopted: Mapping[str, Entity]) -> frozenset[str]:
    """The names among fillers that are parties; places, times and things are none."""
    start = statement.sentence.span.start
    return frozenset(key for f in fillers if f.type in _ACTORS and (key := name_key(f, start, adopted)))


def persons(fillers: Iterable[Filler], statement: Statement, adopted: Mapping[str, Entity]) -> frozenset[str]:
    """The named persons among fillers."""
    start = statement.sentence.span.start
    return frozenset(key for f in fillers if f.type is MentionType.PERSON and (key := name_key(f, start, adopted)))


def surnames(statements: Iterable[Statement]) -> dict[str, Entity]:
    """Whom the folded last names of one document mean ("Mr Kiriba"), where it gives one person's full name with it ("Yusuf Kiriba")."""
    said = {f.quote.text: f.entity for s in statements for f in (*s.actor, *s.target, *s.origin) if f.type is MentionType.PERSON}
    full: dict[str, dict[str, Entity]] = {}
    for text, entity in said.items():
        parts = text.split()
        if len(parts) > 1 and fold(parts[0]) not in _TITLES and is_name(text, opens=False):
            person = entity or Entity(loose(text), text, "person")
            full.setdefault(fold(parts[-1]), {})[person.id] = person
    found: dict[str, Entity] = {}
    for text, entity in said.items():
        *before, last = text.split() or [""]
        meant = full.get(fold(last), {})
        if entity is None and len(meant) == 1 and all(fold(word) in _TITLES for word in before):
            found[fold(text)] = next(iter(meant.values()))
    return found


_TITLE_WORDS = "mr mrs ms miss dr sir general colonel major captain commander mullah mawlawi sheikh president minister governor"
_TITLES = frozenset(_TITLE_WORDS.split())
_STOP_WORDS = (
    "about after again against also amid among area areas around attack attacked attackers attacks before being between both came carried "
    "city claimed claims could country days district during early earlier eight fighters fighting first five forces four from government "
    "group groups gunmen have here highway hours injured into killed killing killings last late least leader local many members men "
    "military militants monday more morning most near night nine northern northeast officer official officials other others over people "
    "police province reported reports residents said saturday saying says security several seven since sixth soldiers some southern "
    "spokesman state statement such sunday suspected than that their them then there they this those three thursday town troops tuesday "
    "under until village villagers violence week were western what when where which while whose will with wednesday wounded wounding year "
    "friday eastern central told been region were incident army armed vehicle vehicles children women died dead another later january "
    "february march april june july august september october november december"
)
_STOP = frozenset(_STOP_WORDS.split())
"""Words of five letters and more, or of the trade, that any report of any attack may hold: sharing them says nothing."""

_COMMON_WORDS = (
    "islamic state states west western east eastern north northern south southern central upper lower africa african asia europe middle "
    "province region district department county governorate army armed forces force police guard united nations security national people "
    "peoples republic democratic federal liberation front movement party brigade battalion division council committee commission ministry "
    "minister president governor general colonel captain major lake river mount saint city town group"
)
_COMMON = _STOP | frozenset(_COMMON_WORDS.split())
"""Words with a capital that tell no name from another."""

_PROPER = re.compile(r"(?<=[a-z,’'] )[A-ZÀ-Þ][\w'’-]{3,}")
_TELLING = re.compile(r"[A-Za-zÀ-ÿ][\w'’-]{3,}|\d[\d,.]*\d|\d{2,}")


@remembered(256)  # asked once a statement, by the events of one sentence in turn
def telling_words(sentence: str) -> frozenset[str]:
    """Words of a sentence that tell one happening from another: names, figures and nouns that not every report has."""
    return frozenset(word for found in _TELLING.findall(sentence) if (word := fold(found)) and word not in _STOP)


@remembered(256)  # asked once a statement, by the events of one sentence in turn
def proper_words(sentence: str) -> frozenset[str]:
    """Words with a capital inside a sentence, months, weekdays and words of many names left out: names, also those that fill no role."""
    return frozenset(word for found in _PROPER.findall(sentence) if (word := fold(found)) not in _COMMON)
