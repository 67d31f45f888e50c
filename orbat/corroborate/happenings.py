"""A happening: what one document says of one event or relation, made comparable. A single statement is the smallest.

Statements are first grouped within their document (``inside.py``); what is known of the group (the day from one sentence, the town from
another) then finds and judges the same happening in other documents. A happening depends on nothing but its document's statements.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

from orbat.corroborate import manner
from orbat.corroborate.copies import sentence_keys
from orbat.corroborate.matters import (
    LASTING,
    SPEECH,
    TOLLS,
    Matter,
    keys,
    loose,
    matter_of,
    persons,
    place_name,
    proper_words,
    sense,
    telling_words,
)
from orbat.types import Basis, Entity, EventType, Filler, MentionType, Place, Span, Statement, StatementDate

Days = tuple[int, int]
NEAR_KM = 25.0  # UCDP's where_prec 2: within about 25 km of a known point
TOWN = 2  # UCDP's where_prec up to which a place is a town, or a known point near one
_SURE = frozenset({Basis.ARGUMENT})
_NEARBY = frozenset({Basis.SENTENCE, Basis.PARAGRAPH})
"""A place that only stands near speaks for a pair; it is not enough to keep two apart. A dateline says where the reporter is."""

_UNTIL = re.compile(r"\b(?:until|till)(?: the| late| early)? $", re.IGNORECASE)
_CLAIMS = re.compile(
    r"\b(?:claim(?:s|ed|ing)?|responsibility for|admit(?:s|ted)?|condemn(?:s|ed)?|den(?:ies|ied))\b[^,;:.]{0,30}$", re.IGNORECASE
)
_CLAIMED = frozenset({EventType.ATTACK, EventType.BOMBING, EventType.STRIKE, EventType.ABDUCT, EventType.KILL, EventType.SEIZE})
CLAIMED_WITHIN = 6
"""Days: what is claimed on a day that may be the claim's or its own was done in the week up to it."""

LONG = 7
"""Days from which on a count may be a sum over many happenings."""

_CARE = re.compile(r"\b(?:hospitals?|clinics?|morgues?|mortuary|infirmary|health cent(?:re|er)s?)\b", re.IGNORECASE)
_HURT = frozenset({EventType.KILL, EventType.INJURE})

NOBODY: Mapping[str, Entity] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Happening:
    """What is compared. ``id`` is the smallest id of its ``statements``; days are ordinals, both included.

    ``actors`` and ``targets`` are names (entity ids or ``loose``), ``persons`` the persons among the targets; ``spot`` is the finest known
    place, ``places`` ids and names of all places, ``towns`` of those that are towns or of unknown kind; ``bounds`` are its latest first day
    and earliest last day, by which any two members are compared; ``tolls`` are (kind, low, high); ``words``, ``proper`` and ``sentences``
    are what it shares with rewrites and copies, ``triggers`` what its triggers mean; ``starts`` are the offsets of its sentences;
    ``future`` is true where all of it is to come; ``about`` is what its document names most; ``told`` are the days that its document was at
    when it came to it, where it says no day itself; ``back`` is true where its sentence counts from it ("two weeks after the bombing")
    or opens with another happening than was told before ("Separately", "In Goma,");
    ``general``, ``sums``, ``perfect``, ``named``, ``years``, ``things`` and ``other_times`` are how it is told (``manner``), ``bare`` is
    true where it names nobody and nothing; ``several`` are the ends of a relation ("actor", "target") that it tells as several whom it
    does not name; ``stood`` are the towns that its document was at when it came to it, where it names none itself; ``follows`` is true
    where its sentence stands right after one that tells something, in one paragraph; ``at``
    numbers its first sentence among those of its document that tell something.
    """

    id: str
    statements: tuple[str, ...]
    document: str
    matter: Matter
    types: frozenset[EventType]
    actors: frozenset[str]
    targets: frozenset[str]
    persons: frozenset[str]
    spot: Place | None
    places: frozenset[str]
    towns: frozenset[str]
    days: Days | None
    bounds: Days | None
    published: int | None
    tolls: frozenset[tuple[str, int, int]]
    words: frozenset[str]
    proper: frozenset[str]
    sentences: frozenset[str]
    starts: frozenset[int]
    future: bool
    triggers: frozenset[str]
    about: frozenset[str] = frozenset()
    told: Days | None = None
    back: bool = False
    general: bool = False
    sums: bool = False
    perfect: bool = False
    named: int = 0
    bare: bool = False
    years: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()
    several: frozenset[str] = frozenset()
    at: int = 0
    stood: frozenset[str] = frozenset()
    follows: bool = False
    other_times: frozenset[str] = frozenset()
    parties: frozenset[str] = field(init=False, repr=False, compare=False)
    """All names, on whichever side."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "parties", self.actors | self.targets)  # asked for at every comparison

    def relation_key(self) -> tuple[object, ...] | None:
        """The same for happenings that say the same relation of the same two ends; None where an end has no name."""
        if self.matter not in LASTING:
            return None
        if self.matter is Matter.BOND:
            return (self.matter, self.parties) if len(self.parties) > 1 else None
        ends = self.targets | (self.places if self.matter is Matter.HOLD else frozenset())
        return (self.matter, self.actors, ends) if self.actors and ends else None


_UNITED = tuple(each.name for each in fields(Happening) if each.init and str(each.type).startswith("frozenset"))
"""Fields of which happenings that are one have all values together."""


def happening(
    statement: Statement,
    adopted: Mapping[str, Entity] = NOBODY,
    *,
    spoken: Collection[Span] = (),
    told: Days | None = None,
    at: int = 0,
) -> Happening:
    """The happening that one statement says.

    Args:
        spoken: the times of claims and accusations in its document: "claimed the ambush on Friday" dates the claim, not the ambush.
        told: the days that its document was at when it came to it; left out where it says a day itself.
        at: the number of its sentence among those of its document that tell something.
    """
    date, count, published = statement.date, statement.count, statement.document.published
    kind = TOLLS.get(statement.type)
    said_then = statement.type in SPEECH or (statement.time and all(f.quote.span in spoken for f in statement.time))
    days = _days(statement, date) if date and not said_then else None
    named = [f for f in (*statement.place, *statement.target, *statement.origin) if f.type is MentionType.PLACE]
    own = [f for f in named if not _recalled(statement, f)]
    here = statement.location_basis in _SURE and not _in_care(statement) and (own or not named)
    spot = statement.location if here else None
    places, towns = _places(statement, own, spot)
    sentence, opens = statement.sentence.text, statement.sentence.span.start
    before, after = sentence[: statement.trigger.span.start - opens], sentence[statement.trigger.span.end - opens :]
    matter = matter_of(statement)
    did, suffered = statement.actor, (*statement.target, *statement.origin)
    if statement.type is EventType.ACCUSE:  # who is accused of it is who did it; who accuses has no part in it
        did, suffered = statement.target, ()
    return Happening(
        id=statement.id,
        statements=(statement.id,),
        document=statement.document.id,
        matter=matter,
        types=frozenset({statement.type}),
        actors=keys(did, statement, adopted),
        targets=keys(suffered, statement, adopted),
        persons=persons(suffered, statement, adopted),
        spot=spot,
        places=places,
        towns=towns,
        days=days,
        bounds=days,
        published=published.toordinal() if published else None,
        tolls=frozenset({(kind, count.low, count.high)}) if kind and count else frozenset(),
        words=telling_words(sentence),
        proper=proper_words(sentence),
        sentences=frozenset(sentence_keys(sentence)),
        starts=frozenset({opens}),
        future=statement.certainty.value in ("future", "hypothetical"),
        triggers=frozenset({sense(statement.type, statement.trigger.text)}),
        told=told if days is None else None,
        back=manner.back(before) or manner.elsewhere(sentence),
        general=manner.general(statement, before, after),
        sums=matter is Matter.VIOLENCE and _is_long(days) and manner.sums(statement, before, after),
        perfect=manner.perfect(before),
        named=manner.named(statement, before),
        bare=not (statement.actor or statement.target or statement.place),
        years=manner.years(sentence),
        other_times=manner.other_times(sentence),
        things=manner.things(statement),
        several=_several(did, suffered) if matter in LASTING else frozenset(),
        at=at,
    )


def merged(happenings: Iterable[Happening]) -> Happening:
    """Happenings that are one, in one. The narrower days and the finer place stand for all."""
    members = sorted(happenings, key=lambda h: h.id)
    first = members[0]
    if len(members) == 1:
        return first
    days, bounds, spot = first.days, first.bounds, first.spot
    for other in members[1:]:
        days, bounds = _dated((days, bounds), (other.days, other.bounds))
        spot = finer(spot, other.spot)
    united: dict[str, Any] = {name: frozenset().union(*(getattr(one, name) for one in members)) for name in _UNITED}
    return replace(
        first,
        **united,
        statements=tuple(sorted({id for one in members for id in one.statements})),
        days=days,
        bounds=bounds,
        spot=spot,
        published=min((one.published for one in members if one.published is not None), default=None),
        future=all(one.future for one in members),
        told=min((one.told for one in members if one.told is not None), default=None),
        back=all(one.back for one in members),
        general=all(one.general for one in members),
        sums=all(one.sums for one in members),
        perfect=all(one.perfect for one in members),
        named=0,
        bare=all(one.bare for one in members),
        at=min(one.at for one in members),
    )


def gap(one: Days, two: Days) -> int:
    """Days between two ranges, or two pairs of ``bounds``; 0 where they overlap."""
    return max(0, one[0] - two[1], two[0] - one[1])


Dated = tuple[Days | None, Days | None]
"""Days and bounds."""


def _dated(one: Dated, two: Dated) -> Dated:
    """Days and bounds of two happenings that are one: the narrower days, of a day and the next one the first.

    Where an analyst joins what is further apart, all days between stand for both.
    """
    (days, bounds), (also, limits) = one, two
    if days is None or bounds is None or also is None or limits is None:
        return days or also, bounds or limits
    if gap(bounds, limits) > 1:
        hull = min(days[0], also[0]), max(days[1], also[1])
        return hull, hull
    narrow = min(days, also) if gap(days, also) else min(days, also, key=lambda d: (d[1] - d[0], d))
    return narrow, (max(bounds[0], limits[0]), min(bounds[1], limits[1]))


def finer(one: Place | None, two: Place | None) -> Place | None:
    """The more precise of two places by UCDP's where_prec, of two as precise the one with the smaller id; None for two different towns."""
    if one is None or two is None or one.id == two.id:
        return one or two
    if max(one.where_prec, two.where_prec) <= TOWN and km(one, two) > NEAR_KM:
        return None
    return min(one, two, key=lambda p: (p.where_prec, p.id))


def km(a: Place, b: Place) -> float:
    """Kilometres between two places on a sphere of the Earth's mean radius, 6,371 km (haversine)."""
    lat1, lat2 = math.radians(a.lat), math.radians(b.lat)
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(min(1.0, h)))


def _days(statement: Statement, date: StatementDate) -> Days | None:
    """The days of a statement.

    "It burned until Friday" and "died in hospital on Friday" say none; "claimed the ambush on Friday" says when it was claimed or done.
    """
    first, last = date.start.toordinal(), date.end.toordinal()
    if statement.type is EventType.KILL and _in_care(statement):
        return None
    if len(statement.time) != 1:
        return first, last
    text, start = statement.sentence.text, statement.sentence.span.start
    when, trigger = statement.time[0].quote.span.start - start, statement.trigger.span.start - start
    if _UNTIL.search(text[:when]):
        return None
    if trigger < when and statement.type in _CLAIMED and _CLAIMS.search(text[:trigger]):
        return first - CLAIMED_WITHIN, last
    return first, last


def _is_long(days: Days | None) -> bool:
    return days is None or days[1] - days[0] >= LONG


def _several(did: Iterable[Filler], suffered: Iterable[Filler]) -> frozenset[str]:
    return frozenset(end for end, fillers in (("actor", did), ("target", suffered)) if manner.several(fillers))


def _in_care(statement: Statement) -> bool:
    """Whether a statement's place is not where it happened, but where the hurt lie and the dead are counted."""
    return statement.type in _HURT and any(_CARE.search(f.quote.text) for f in statement.place)


def _recalled(statement: Statement, place: Filler) -> bool:
    """Whether a place is that of what the statement is counted from: "the strike was an answer to the rocket fire on Erbil". The dead of an
    attack that is counted back from are that attack's all the same."""
    text, start = statement.sentence.text, statement.sentence.span.start
    between = text[max(0, statement.trigger.span.end - start) : max(0, place.quote.span.start - start)]
    return statement.type not in _HURT and manner.BACK.search(between) is not None


def _places(statement: Statement, own: Iterable[Filler], spot: Place | None) -> tuple[frozenset[str], frozenset[str]]:
    """Ids and names of all places of a statement, ``own`` those that it names, and of those that are towns, or whose kind is not known."""
    start = statement.sentence.span.start
    places: set[str] = set()
    towns: set[str] = set()
    for filler in own:
        name = place_name(filler.quote.text, opens=filler.quote.span.start == start)
        if filler.entity is not None:
            places |= {filler.entity.id, name or loose(filler.entity.name)}
        elif name:
            places.add(name)
            towns.add(name)
    if statement.location is not None and statement.location_basis in _NEARBY:
        places |= {statement.location.id, loose(statement.location.name)}
    if spot is not None:
        places |= {spot.id, loose(spot.name)}
        if spot.where_prec <= TOWN:
            towns |= {spot.id, loose(spot.name)}
    return frozenset(places), frozenset(towns)
