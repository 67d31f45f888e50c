"""What speaks for and against two happenings being one: small features, each −1 (against) to 1 (for) with its reason as a sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orbat.corroborate.happenings import NEAR_KM, TOWN, Days, Happening, km
from orbat.corroborate.happenings import gap as apart
from orbat.corroborate.matters import LASTING, MUTUAL, Matter
from orbat.names import skeleton
from orbat.remembering import remembered
from orbat.types import EventType, Place

Related = Callable[[str, str], bool]

FEW_WORDS = 3
ALIKE, FORMULA = 2, 3
"""Of five keys of a sentence (``copies.sentence_keys``), how many a near-copy shares. "X pays Y, two diplomats in Z said" is a formula, of
which other reports of other things have one or two; of 60 pairs of copies in the sets with odd numbers all share two, and nearly all three.
Where each names a side that the other does not, three are asked for: the same side may have been linked to two actors."""
LAST_NAME = 4  # signs of a last name's skeleton that tell whose it is
PROVINCE = 4  # where_prec up to which a place is finer than a country
FUZZY = 5  # where_prec of a line or an area without known borders
_HARM = frozenset({EventType.KILL, EventType.INJURE, EventType.ABDUCT, EventType.ABUSE})
_FORCE = frozenset(
    {EventType.ATTACK, EventType.BOMBING, EventType.STRIKE, EventType.CLASH, EventType.ABDUCT, EventType.SEIZE, EventType.CLAIM}
)
_MEANS = frozenset({EventType.BOMBING, EventType.STRIKE})
_SENT = frozenset({EventType.DEPLOY})
_BLAME = frozenset({EventType.ACCUSE})


@dataclass(frozen=True, slots=True)
class Reason:
    """One feature's word on a pair: ``value`` −1 to 1."""

    feature: str
    value: float
    text: str


Found = tuple[Any, ...] | None
"""A feature's value, and its reason as a text with ``{}`` for what follows: most reasons are never read, so they are put in words when
they are."""


def put(found: tuple[Any, ...]) -> str:
    """The reason of a feature in words."""
    return str(found[1]).format(*map(_words, found[2:]))


def days(a: Happening, b: Happening) -> Found:
    """Same day, overlapping days, neighbouring days."""
    if a.days is None or b.days is None:
        return None
    gap = apart(a.days, b.days)
    width = max(a.days[1] - a.days[0], b.days[1] - b.days[0])
    if gap == 1 and a.document == b.document and _aftermath(a, b):
        return 0.3, "The harm is told of the next day."
    if gap:
        return (-1.0 if width == 0 or gap > 1 else -0.3), "The days differ: {} and {}.", a.days, b.days
    if width == 0:
        return 0.75, "Both are of {}.", a.days
    return (0.45 if width < 7 else 0.2 if width < 32 else 0.05), "The days can be the same: {} and {}.", a.days, b.days


def news(a: Happening, b: Happening) -> Found:
    """Where a day is not told: how far apart the days that the texts were at are, or else those of the reports."""
    if a.days is not None and b.days is not None:
        return None
    one, two = _about(a), _about(b)
    if one is None or two is None:
        return None
    gap = abs(one - two)
    if gap <= 2:
        return 1.0, "The reports are {} days apart.", gap
    if gap <= 7:
        return 0.5, "The reports are {} days apart.", gap
    return (0.0 if gap <= 14 else -0.5 if gap <= 60 else -1.0), "The reports are {} days apart.", gap


def place(a: Happening, b: Happening) -> Found:
    """Same town, near, one within the other, elsewhere."""
    one, two = a.spot, b.spot
    if shared := a.towns & b.towns:
        return 1.0, "Both are in {}.", max(shared)
    if one is not None and two is not None and one.where_prec <= TOWN and two.where_prec <= TOWN:
        gap = km(one, two)
        if gap <= NEAR_KM:
            return 0.7, "{} and {} are {} km apart.", one.name, two.name, gap
        if _province_too(one, two):
            return 0.3, "{} and {}: one is a province's name as well, in which the other lies.", one.name, two.name
        return -1.0, "{} and {} are different towns, {} km apart.", one.name, two.name, gap
    if a.towns and b.towns:
        return -0.5, "They name different places: {} and {}.", max(a.towns), max(b.towns)
    if one is not None and two is not None:
        if one.id == two.id:
            return (0.3 if one.where_prec <= PROVINCE else 0.1), "Both are in {}.", one.name
        if contains(one, two) or contains(two, one):
            return 0.3, "{} and {}: one lies in the other.", one.name, two.name
        if shared := a.places & b.places:
            return 0.4, "Both name {}.", max(shared)
        if FUZZY in (one.where_prec, two.where_prec):
            return None  # a border, a coast or a road runs through many provinces
        if one.country and two.country and one.country != two.country:
            return -0.7, "{} and {} lie in different countries.", one.name, two.name
        if one.admin1 and two.admin1 and one.admin1 != two.admin1:
            return -0.7, "{} and {} lie in different provinces.", one.name, two.name
    if shared := a.places & b.places:
        return 0.5, "Both name {}.", max(shared)
    return (-0.2, "They name different places.") if a.places and b.places else None


def parties(a: Happening, b: Happening, related: Related) -> Found:
    """Named sides: the same, related (parent and wing), different."""
    if not a.parties or not b.parties:
        return None
    shared = a.parties & b.parties
    if shared:
        whole = min(len(a.parties), len(b.parties))
        return (1.0 if len(shared) == whole else 0.6), "Both name {}.", shared
    near = sorted((x, y) for x in a.parties for y in b.parties if akin(x, y, related))
    if near:
        return 0.6, "{} and {} are related.", *near[0]
    if a.actors and b.actors:
        return -1.0, "Different actors: {} and {}.", a.actors, b.actors
    return -0.3, "They name different sides."


def akin(one: str, two: str, related: Related) -> bool:
    """Whether two names of parties are of related actors, or one is the other's last name."""
    return related(one, two) or _surname(one, two)


def persons(a: Happening, b: Happening) -> Found:
    """A named person to whom it happens: people are killed, taken or freed seldom, and once."""
    if shared := a.persons & b.persons:
        return 1.0, "It happens to {} in both.", min(shared)
    if any(_surname(x, y) for x in a.persons for y in b.persons):
        return 0.6, "It happens to {} and {}: the last name is the same.", min(a.persons), min(b.persons)
    if turned := a.persons & b.actors | b.persons & a.actors:
        return -1.0, "It happens to {} in one, who does it in the other.", min(turned)
    return (-1.0, "It happens to different persons.") if a.persons and b.persons else None


def ends(a: Happening, b: Happening, related: Related) -> Found:
    """The two ends of a relation."""
    if a.matter in MUTUAL:
        if not a.parties or not b.parties:
            return None
        if min(len(a.parties), len(b.parties)) == 1 and _of_other_news(a, b):
            return -0.8, "One does not say who is bound to whom."
        shared = len(a.parties & b.parties)
        if shared >= 2:
            return 1.0, "Both name the same two sides."
        if (a.several and len(b.parties) > 1) or (b.several and len(a.parties) > 1):
            return -1.0, "One names whom the other tells as several."
        if not shared and min(len(a.parties), len(b.parties)) == 1 and any(related(x, y) for x in a.parties for y in b.parties):
            return 0.2, "Their sides are related; one names no other side."
        if shared and min(len(a.parties), len(b.parties)) == 1:
            return 0.3, "Both name {}; one names no other side.", min(a.parties & b.parties)
        if len(a.parties) > 1 and len(b.parties) > 1:
            pairs = sum(any(x == y or related(x, y) for y in b.parties) for x in a.parties)
            return (0.7, "Their sides are related.") if pairs >= 2 else (-1.0, "Their two sides are not the same.")
        return -1.0, "They name different sides."
    if _one_of_several(a, b) or _one_of_several(b, a):
        return -1.0, "One names whom the other tells as several."
    one = _end(a.actors, b.actors, related)
    two = _end(a.targets | _held(a), b.targets | _held(b), related)
    if -1 in (one, two):
        return -1.0, "An end of the relation is another."
    if a.matter is Matter.HOLD and not two:  # a group holds many places
        return -0.8, "One does not say what is held."
    if a.matter is Matter.SUPPORT and not (one and two) and _of_other_news(a, b):
        return -0.8, "One does not say who supports whom."
    value = (one + two) / 2
    return (value, "Both ends are the same." if value == 1 else "One end is the same.") if value else None


def tolls(a: Happening, b: Happening) -> Found:
    """People counted: the same figure, ranges that overlap, figures that are far apart."""
    pairs = [(x, y) for x in a.tolls for y in b.tolls if x[0] == y[0]]
    if not pairs:
        return None
    if exact := [x for x, y in pairs if x == y and x[2] > 1]:
        return 1.0, "Both count {} {}.", exact[0][2], exact[0][0]
    if any(x[1] <= y[2] and y[1] <= x[2] for x, y in pairs):
        return 0.3, "Their counts can be the same."
    ratio = min((max(x[2], y[2]) + 1) / (min(x[2], y[2]) + 1) for x, y in pairs)
    return (-0.2 if ratio < 2 else -0.6 if ratio < 4 else -1.0), "Their counts differ."


def types(a: Happening, b: Happening) -> Found:
    """The same type, an attack and the harm done in it, or types that are seldom of one happening."""
    if a.types & b.types:
        return 0.6, "Both are {}.", min(a.types & b.types).lower()
    if a.types <= _SENT or b.types <= _SENT:
        return None
    if a.types <= _BLAME or b.types <= _BLAME:
        return -0.4, "Blame can be for something else."
    if (a.types & _HARM and b.types & _FORCE) or (b.types & _HARM and a.types & _FORCE):
        return 0.5, "An attack and the harm done in it."
    if a.types <= _MEANS and b.types <= _MEANS:
        return -0.5, "A bomb is no strike from afar."
    return 0.1, "Their types can be of one happening."


def senses(a: Happening, b: Happening) -> Found:
    """Whether the words that state it mean the same: a pledge and an oath, or a pledge and a merger."""
    if a.triggers & b.triggers:
        return 1.0, "Both say {}.", max(a.triggers & b.triggers)
    return (-1.0, "The words mean different things.") if a.matter in MUTUAL else None


def about(a: Happening, b: Happening) -> Found:
    """What the two documents name most: it says more where one of the two names nobody and no place itself."""
    shared = (a.about & b.about) - ((a.parties | a.towns) & (b.parties | b.towns))
    if not shared:
        return None
    told = 0.5 if (a.parties or a.towns) and (b.parties or b.towns) else 1.0
    return min(1.0, told * len(shared) / 3), "Both articles are about {}.", shared


def words(a: Happening, b: Happening) -> Found:
    """Telling words that both sentences have."""
    shared = a.words & b.words
    if not shared:
        return None
    share = len(shared) / (6 + min(len(a.words), len(b.words)))  # six: one shared word of two proves little
    return min(1.0, 2 * share), "Both say {}.", shared


def vague(a: Happening, b: Happening) -> Found:
    """Whether nothing but a day and a type speaks for a pair of two documents: no name, no place, no sentence, hardly a word."""
    if a.parties & b.parties or a.places & b.places or a.persons & b.persons or a.sentences & b.sentences or a.about & b.about:
        return None
    if not a.proper.isdisjoint(b.proper):
        return None
    return (-1.0, "They share no name and no place.") if len(a.words & b.words) < FEW_WORDS else None


def copied(a: Happening, b: Happening) -> Found:
    """A sentence of one that is a near-copy of a sentence of the other."""
    shared = len(a.sentences & b.sentences)
    agree = a.parties <= b.parties or b.parties <= a.parties
    if not shared or shared < min(ALIKE if agree else FORMULA, len(a.sentences), len(b.sentences)):
        return None
    return 1.0, "They share a sentence."


def sent(a: Happening, b: Happening) -> Found:
    """Troops that are sent are an answer to an attack, seldom the attack itself."""
    return (-1.0, "Troops are sent in one only.") if (a.types <= _SENT) != (b.types <= _SENT) else None


def conflict(a: Happening, b: Happening) -> str:
    """Why two happenings cannot be one whatever else they share; empty where they can.

    Days apart: never one happening. Across documents one day of tolerance is left, because "late on Monday" and "early on Tuesday" are
    said of one night; inside one only to what an attack leaves behind (a house that burns until the next morning).
    Different towns: never. So are provinces of different countries. What adds up over months is no one of what it adds up.
    """
    if a.matter is not b.matter:
        return "They are of different matters."
    if a.sums != b.sums:
        return "One is a sum over a time."
    if a.matter not in LASTING and a.days and b.days and a.bounds and b.bounds:
        tolerance = 1 if a.document != b.document or _aftermath(a, b) else 0
        if apart(a.bounds, b.bounds) > tolerance:
            return f"The days differ: {_said(a.days)} and {_said(b.days)}."
    if a.matter not in LASTING and a.spot is not None and b.spot is not None and a.spot.id != b.spot.id:
        if max(a.spot.where_prec, b.spot.where_prec) <= PROVINCE and a.spot.country != b.spot.country:
            return f"{a.spot.name} and {b.spot.name} lie in different countries."
        towns = a.spot.where_prec <= TOWN and b.spot.where_prec <= TOWN and km(a.spot, b.spot) > NEAR_KM
        if towns and (a.document == b.document or not _province_too(a.spot, b.spot)):
            return f"{a.spot.name} and {b.spot.name} are different towns."
    return ""


def contains(outer: Place, inner: Place) -> bool:
    """Whether a place is the country or first-order province that another lies in."""
    if outer.where_prec == 6:
        return bool(outer.country) and outer.country == inner.country and inner.where_prec != 6
    if outer.where_prec == 4:
        return bool(outer.admin1) and (outer.admin1, outer.country) == (inner.admin1, inner.country) and inner.where_prec < 4
    return False


@remembered(2_048)
def _surname(one: str, two: str) -> bool:
    """Whether one of two keys of names is the last name of the other: "Modu" and "Ba Kaka Modu"."""
    short, long = sorted((one, two), key=lambda name: (len(name), name))
    bare = bare_name(short)
    return long.startswith("~") and len(long) > len(bare) + 1 and len(bare) >= LAST_NAME and long.endswith(bare)


def bare_name(key: str) -> str:
    """The skeleton of a name by its key."""
    return key[1:] if key.startswith("~") else skeleton(key)


@remembered(2_048)
def _province_too(one: Place, two: Place) -> bool:
    """Whether one of two places of a province has its name, as capitals often do: then it can stand for all of it ("in Arauca")."""
    if not one.admin1 or (one.admin1, one.country) != (two.admin1, two.country):
        return False
    province = skeleton(one.admin1)
    return any(len(bare := skeleton(place.name)) >= 3 and province.startswith(bare) for place in (one, two))


def _aftermath(a: Happening, b: Happening) -> bool:
    """Whether the later of two is only harm, and the earlier is not."""
    if a.days is None or b.days is None:
        return False
    first, later = (a, b) if a.days <= b.days else (b, a)
    return later.types <= _HARM and not first.types <= _HARM


def _about(a: Happening) -> int | None:
    days = a.days or a.told
    return days[1] if days is not None and days[1] - days[0] < 32 else a.published


def _held(a: Happening) -> frozenset[str]:
    return a.places if a.matter is Matter.HOLD else frozenset()


def _of_other_news(a: Happening, b: Happening) -> bool:
    """Whether two are told by articles about nothing the same but what both name."""
    return a.document != b.document and not (a.about & b.about) - (a.parties & b.parties)


def _one_of_several(a: Happening, b: Happening) -> bool:
    """Whether an end that one tells as several is named by the other."""
    return bool(("actor" in a.several and b.actors - a.actors) or ("target" in a.several and b.targets - a.targets))


def _end(one: frozenset[str], two: frozenset[str], related: Related) -> float:
    if not one or not two:
        return 0.0
    if one & two:
        return 1.0
    return 0.6 if any(related(x, y) or _surname(x, y) for x in one for y in two) else -1.0


def _words(value: object) -> object:
    """What a reason speaks of: days, names, kilometres."""
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)[:5])
    if isinstance(value, tuple):
        return _said(value)
    return f"{value:.0f}" if isinstance(value, float) else value


def _said(days: Days) -> str:
    first, last = (dt.date.fromordinal(day).isoformat() for day in days)
    return first if first == last else f"{first} to {last}"
