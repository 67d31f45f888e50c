"""The values of the record: what many statements amount to. All derived: they can always be rebuilt from statements and judgements.

statements → copies folded → origins → groups of statements about one happening or one relation → fields as said → Record
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from orbat.types import Certainty, Entity, EventType, Place


class RecordKind(StrEnum):
    """Something that happened on a day or days, or something that holds from a day to a day."""

    EVENT = "event"
    RELATION = "relation"


class RecordStatus(StrEnum):
    """How far its origins bear a record out. ``denied``: most origins that speak of it say it is not so."""

    SINGLE_SOURCE = "single-source"
    CORROBORATED = "corroborated"
    DISPUTED = "disputed"
    DENIED = "denied"


class Reliability(StrEnum):
    """The Admiralty grade of a publisher or speaker, set by an analyst; ``F`` (cannot be judged) until one is set."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Where a statement comes from: the attributed speaker where there is one, else the publisher, after near-copies are folded.

    ``id`` is ``speaker:…`` or ``publisher:…`` with the linked actor's id or the folded name; a speaker without a name is told apart by
    the family of copies it speaks in. ``kind``: ``speaker`` (named), ``unnamed`` (a speaker without a name) or ``publisher``.
    """

    id: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Said:
    """One value that is said of a field: by whom, in which statements.

    ``key`` is what is compared (an entity's id, a folded name, an ISO day or range, a number); ``text`` is what is shown.
    """

    key: str
    text: str
    origins: tuple[str, ...]
    statements: tuple[str, ...]
    entity: Entity | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class RecordField:
    """A field and every value said of it, the one with most independent origins first.

    ``disputed``: two values that cannot both hold. ``judged``: the id of the judgement that chose the first value, where one did.
    """

    name: str
    values: tuple[Said, ...]
    disputed: bool = False
    judged: str | None = None


@dataclass(frozen=True, slots=True)
class Toll:
    """People counted, over all that is said: ``low``, ``best`` and ``high``, of one kind (``killed``, ``injured``, ``abducted``,
    ``arrested``, ``recruited`` …) on one side: a party's entity id, "forces" or "armed group" without a name, ``civilians``, or empty where
    no side is told."""

    kind: str
    side: str
    low: int
    best: int
    high: int
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Record:
    """One happening or one relation, with all that is said of it, side by side.

    ``type`` is the type that defines it, ``types`` all that its statements have. ``start`` and ``end``: the days it happened or held; a
    relation's ``end`` is None while nothing says that it ended, and both are None where nothing is dated. ``origins`` are all that speak of
    it, ``independent`` how many of them can confirm one another: a publisher's own voice beside the speakers that it quotes is not one
    more. ``denials`` are those that say it is not so. ``credibility`` is the Admiralty number, 1 confirmed to 6 cannot be judged.
    ``certainty`` is the surest that an origin has. ``learned_first`` and ``learned_last``: when its first and last statement were read.
    """

    id: str
    kind: RecordKind
    type: EventType
    types: tuple[EventType, ...]
    status: RecordStatus
    statements: tuple[str, ...]
    documents: tuple[str, ...]
    origins: tuple[Origin, ...]
    denials: tuple[str, ...]
    actors: RecordField
    targets: RecordField
    fields: tuple[RecordField, ...]
    tolls: tuple[Toll, ...]
    start: dt.date | None
    end: dt.date | None
    date_prec: int | None
    location: Place | None
    certainty: Certainty
    credibility: int
    learned_first: dt.datetime | None = None
    learned_last: dt.datetime | None = None
    independent: int = 0

    def total(self, kind: str) -> Toll | None:
        """The people counted of a kind over all sides; None where nobody is.

        Sides add up. Figures of which no side is told may count the same people, so they stand beside that sum: the larger best is kept.
        """
        told = [toll for toll in self.tolls if toll.kind == kind]
        sides, whole = [t for t in told if t.side], [t for t in told if not t.side]
        added = [Toll(kind, "", sum(t.low for t in sides), sum(t.best for t in sides), sum(t.high for t in sides), ())] if sides else []
        both = (*whole, *added)
        said = tuple(value for toll in told for value in toll.said)
        if not both:
            return None
        return Toll(kind, "", min(t.low for t in both), max(t.best for t in both), max(t.high for t in both), said)

    def totals(self) -> tuple[Toll, ...]:
        """``total`` of each kind that is counted."""
        return tuple(toll for kind in dict.fromkeys(toll.kind for toll in self.tolls) if (toll := self.total(kind)) is not None)


class Verdict(StrEnum):
    """What an analyst decides."""

    CONFIRM = "confirm"  # a statement or record is right
    REJECT = "reject"  # a statement is misread, or a record is no record
    CORRECT = "correct"  # a field of a statement or record has another value
    JOIN = "join"  # two statements or records are one
    PART = "part"  # two statements are not of one record
    GRADE = "grade"  # a publisher or speaker has this reliability
    ADOPT = "adopt"  # a name not in the catalogue is this actor


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an analyst decided: appended, withdrawable, never rewriting a statement.

    ``left`` is a statement's, record's or origin's id, or a name; ``right`` the other one of a join or part; ``field`` and ``value`` of a
    correction, grade or adoption. ``by`` who, ``at`` when, ``withdrawn_at`` when it was taken back.
    """

    id: str
    verdict: Verdict
    left: str
    right: str
    field: str
    value: str
    by: str
    at: dt.datetime
    note: str = ""
    withdrawn_at: dt.datetime | None = None


class Change(StrEnum):
    """What became of a record since a moment."""

    NEW = "new"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One line of the record's history: ``record`` became what ``change`` says ``at`` a moment; ``others`` are the records that it was
    merged into, or that were split from it."""

    record: str
    change: Change
    at: dt.datetime
    others: tuple[str, ...] = ()
