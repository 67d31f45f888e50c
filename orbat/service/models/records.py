"""Records: who says what, their history, what analysts decided, and what one statement rests on."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from orbat.recordtypes import Change, RecordKind, RecordStatus, Reliability, Verdict
from orbat.service.models.base import Type, Value
from orbat.service.models.said import Entity, Place, Reading, Statement
from orbat.types import Certainty


class Origin(Value):
    """Where a statement comes from: ``kind`` is speaker, unnamed or publisher."""

    id: str
    name: str
    kind: str


class Said(Value):
    """One value that is said of a field: by whom, in which statements."""

    key: str
    text: str
    origins: list[str]
    statements: list[str]
    entity: Entity | None
    negated: bool


class RecordField(Value):
    """A field and every value said of it, the one with most independent origins first."""

    name: str
    values: list[Said]
    disputed: bool
    judged: str | None


class Toll(Value):
    """People counted, of one kind on one side."""

    kind: str
    side: str
    low: int
    best: int
    high: int
    said: list[Said]


class Record(Value):
    """One happening or one relation, with all that is said of it, side by side."""

    id: str
    kind: RecordKind
    type: Type
    types: list[Type]
    status: RecordStatus
    credibility: int
    certainty: Certainty
    start: dt.date | None
    end: dt.date | None
    date_prec: int | None
    location: Place | None
    independent: int
    origins: list[Origin]
    denials: list[str]
    actors: RecordField
    targets: RecordField
    fields: list[RecordField]
    tolls: list[Toll]
    statements: list[str]
    documents: list[str]
    learned_first: dt.datetime | None
    learned_last: dt.datetime | None


class RecordChange(Value):
    """What became of a record at a moment; ``others`` are the records that it was merged into or that were split from it."""

    record: str
    change: Change
    at: dt.datetime
    others: list[str]


class Judgement(Value):
    """What an analyst decided; taken back where ``withdrawn_at`` is not null."""

    id: str
    verdict: Verdict
    left: str
    right: str
    field: str
    value: str
    by: str
    at: dt.datetime
    note: str
    withdrawn_at: dt.datetime | None


class RecordEvidence(Value):
    """A record with its statements, who copies whom, what became of it, what was judged of it and how its origins are graded.

    ``families``: document id to the id of its family of near-copies, which count once.
    """

    record: Record
    statements: list[Statement]
    families: dict[str, str]
    history: list[RecordChange]
    judgements: list[Judgement]
    grades: dict[str, Reliability]


class StatementEvidence(Value):
    """A statement with what it rests on. ``current`` false: a later reading of the document says otherwise."""

    statement: Statement
    current: bool
    readings: list[Reading]
    record: str | None
    origins: int | None
    judgements: list[Judgement]


class Decision(Value):
    """What is decided. ``left``, ``right``: ids of statements or records, or their beginning; of a grade an origin's id or a publisher's
    name; of an adoption a name, with the actor's id as ``value``."""

    verdict: Verdict
    left: Annotated[str, Field(min_length=1, max_length=500)]
    right: Annotated[str, Field(max_length=500)] = ""
    field: Annotated[str, Field(max_length=100)] = ""
    value: Annotated[str, Field(max_length=500)] = ""
    note: Annotated[str, Field(max_length=4_000)] = ""


class Judged(Value):
    """A judgement, and what became of records with it."""

    judgement: Judgement
    changes: list[RecordChange]
