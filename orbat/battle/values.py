"""The values of a group's order of battle: each with the grounds that it stands on. ``docs/order-of-battle.md`` explains every field.

All are derived from records and statements, so that they can always be made again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from orbat.recordtypes import RecordStatus
from orbat.types import Certainty, Count


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody named: ``id`` is the catalogue's, None where it is not known there; ``kind`` is the entity's or mention's, in lower case."""

    id: str | None
    name: str
    kind: str

    @property
    def key(self) -> str:
        """What it is compared by."""
        return self.id or self.name.casefold()


@dataclass(frozen=True, slots=True)
class Spot:
    """A place. ``where_prec`` is UCDP's, None (and no coordinates) where only the name is known; an area's coordinates are its middle."""

    id: str | None
    name: str
    country: str = ""
    admin1: str = ""
    lat: float | None = None
    lon: float | None = None
    where_prec: int | None = None

    @property
    def key(self) -> str:
        """What it is compared by."""
        return self.id or self.name.casefold()


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a value stands on: the records and statements that say it, and how far they bear it out.

    ``independent`` counts the origins, among those of these statements, that can confirm one another; ``origins`` are the names of all.
    ``credibility`` is the Admiralty number, 1 confirmed to 6 cannot be judged. A value of a record is less sure than the record where
    fewer speak of it: the rules stand at ``case.Case.grounds``.
    """

    records: tuple[str, ...]
    statements: tuple[str, ...]
    status: RecordStatus
    credibility: int
    certainty: Certainty
    independent: int
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class When:
    """When it happened or held, and when it was reported.

    ``start`` and ``end``: of a happening the days between which it was; of a relation its first and last day, ``end`` None while nothing
    ends it. ``begins``: the start is said to be one; else it is the first day on which the relation is seen. ``date_prec`` is
    UCDP's of the start. ``reported_first`` and ``reported_last``: the days of publication, which are never put in the place of a date.
    """

    start: dt.date | None
    end: dt.date | None
    date_prec: int | None
    begins: bool
    reported_first: dt.date | None
    reported_last: dt.date | None


@dataclass(frozen=True, slots=True)
class Leader:
    """Who leads or led it. ``titles``: what the sentences call it ("founder", "emir"); ``ended_by``: what ends the term, where told."""

    person: Party
    titles: tuple[str, ...]
    when: When
    ended_by: str | None
    grounds: Grounds


class Tie(StrEnum):
    """How another party stands to the group. ``wing``: is part of it; ``parent``: it is part of that; ``member``: a person of it."""

    PARENT = "parent"
    WING = "wing"
    MEMBER = "member"
    PLEDGED_TO = "pledged to"
    PLEDGED_BY = "pledged by"
    ALLY = "ally"
    MERGER = "merger"
    SPLIT = "split"
    RIVAL = "rival"


AFFILIATION = (Tie.PARENT, Tie.WING, Tie.MEMBER, Tie.PLEDGED_TO, Tie.PLEDGED_BY)
"""The ties under wings, parent and affiliates; the others stand under allies, rivals, splits and mergers."""


@dataclass(frozen=True, slots=True)
class Bond:
    """A relation to another party."""

    tie: Tie
    party: Party
    when: When
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class CatalogueTie:
    """A relation that the catalogue of actors has: no statement stands behind it. Years where known.

    ``relation`` is the catalogue's word, ``of`` whom it is said of: a wing has the group as its parent, a leader ``leads`` it.
    """

    relation: str
    of: Party
    to: Party
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Opponent:
    """A party that it fought, attacked or was attacked by, in so many records."""

    party: Party
    records: int
    when: When
    grounds: Grounds


class Force(StrEnum):
    """What a number of its fighters counts: all of them as far as told, or a part: those in one place, sent or won."""

    HAS = "has"
    THERE = "there"
    DEPLOYED = "deployed"
    RECRUITED = "recruited"


@dataclass(frozen=True, slots=True)
class Strength:
    """A number of its own fighters, as said in one record. ``said_by``: who says so; ``spot``: where they are, of those in one place or
    sent to it."""

    force: Force
    count: Count
    words: str
    spot: Spot | None
    said_by: tuple[str, ...]
    when: When
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Active:
    """A place where records have it taking part in events, or say that it is active. ``kinds``: number of records by type."""

    spot: Spot
    records: int
    kinds: Mapping[str, int]
    when: When
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Holding:
    """A place that it is said to hold (``how`` "holds"), took ("took") or held once ("held"). ``lost``: the record by which it went, where
    one says so."""

    spot: Spot
    how: str
    when: When
    lost: str | None
    grounds: Grounds


class Item(StrEnum):
    """What is gained or lost. ``strength``: stronger or weaker, in what is not told."""

    FIGHTERS = "fighters"
    LEADERS = "leaders"
    TERRITORY = "territory"
    MONEY = "money"
    MATERIEL = "materiel"
    PRESTIGE = "prestige"
    STRENGTH = "strength"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger. ``sign`` is 1 (gained) or -1 (lost); ``rule`` names the rule that made it; ``what`` the words for it;
    ``other`` from whom, by whom or to whom."""

    item: Item
    sign: int
    rule: str
    what: str
    count: Count | None
    other: Party | None
    spot: Spot | None
    when: When
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Flow:
    """People who moved. ``kind``: recruited, joined, left; ``source`` and ``target``: from which group to which, None where not told."""

    kind: str
    who: str
    count: Count | None
    source: Party | None
    target: Party | None
    when: When
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Activity:
    """Events of one type in one month. ``period`` is YYYY-MM, YYYY where only the year is sure, or ``undated``.

    ``side``: the group does it (``by``), it is done to it, or to its profit (``to``), or it is on both sides (``both``). Casualties are
    added up over the records, None where none gives a figure.
    """

    period: str
    kind: str
    side: str
    records: int
    killed: Count | None
    injured: Count | None
    abducted: Count | None
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Saying:
    """What it says. ``kind``: claim, denial, threat, appeal, accusation, or ``account`` where it tells of something else."""

    kind: str
    words: str
    to: tuple[Party, ...]
    when: When
    grounds: Grounds


class Outcome(StrEnum):
    """What became of what was expected."""

    BORNE_OUT = "borne out"
    DENIED = "denied"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is said to come, or under a condition. ``by`` are the records that decide the outcome; ``speaker`` is empty for the author."""

    kind: str
    certainty: Certainty
    negated: bool
    actors: tuple[Party, ...]
    targets: tuple[Party, ...]
    spot: Spot | None
    speaker: str
    outcome: Outcome
    by: tuple[str, ...]
    when: When
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Sentence:
    """A statement of the sheet: its sentence, where it stands, who says so and how surely."""

    text: str
    type: str
    certainty: Certainty
    negated: bool
    speaker: str
    source: str
    published: dt.date | None
    url: str
    document: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A group's order of battle.

    ``records`` and ``statements`` are how many it is made from; ``waiting`` documents are read and not yet in the records; ``undated``
    records are left out because ``as_of`` asks for a day and they have none. ``totals``: values by section before a limit.
    ``sentences``: every statement that a value of the sheet stands on, by id.
    """

    name: str
    ids: tuple[str, ...]
    names: tuple[str, ...]
    wings: tuple[str, ...]
    as_of: dt.date | None
    known_by: dt.datetime | None
    records: int
    statements: int
    waiting: int
    undated: int
    leaders: tuple[Leader, ...] = ()
    affiliations: tuple[Bond, ...] = ()
    relations: tuple[Bond, ...] = ()
    opponents: tuple[Opponent, ...] = ()
    catalogue: tuple[CatalogueTie, ...] = ()
    strength: tuple[Strength, ...] = ()
    active: tuple[Active, ...] = ()
    holdings: tuple[Holding, ...] = ()
    ledger: tuple[Entry, ...] = ()
    flows: tuple[Flow, ...] = ()
    activity: tuple[Activity, ...] = ()
    says: tuple[Saying, ...] = ()
    expected: tuple[Expectation, ...] = ()
    totals: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    sentences: Mapping[str, Sentence] = field(default_factory=lambda: MappingProxyType({}))


SECTIONS = (
    "leaders", "affiliations", "relations", "opponents", "catalogue", "strength", "active", "holdings", "ledger", "flows",
    "activity", "says", "expected",
)  # fmt: skip
"""The sheet's sections, in order."""
