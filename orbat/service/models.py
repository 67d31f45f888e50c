"""Our values as the API gives them: the layouts of ``serial`` and ``recordserial``, typed, so that OpenAPI says what each field holds."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from orbat.recordtypes import Change, RecordKind, RecordStatus, Reliability, Verdict
from orbat.service.accounts import Role
from orbat.service.jobs import State
from orbat.types import Basis, Certainty, Count, EventType, MentionType

T = TypeVar("T")
Type = StrEnum("Type", {each.name: each.value.lower() for each in EventType})  # type: ignore[misc]
Type.__doc__ = "What a statement says happened, in lower case as everywhere outside the corpus."


class Value(BaseModel):
    """What all values share: frozen, and no field that is not named."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Quote(Value):
    """Letters of a document: ``text[start:end] == text``, in Unicode characters from 0."""

    start: int
    end: int
    text: str


class Entity(Value):
    """What a mention is: an actor of the catalogue or a place of the gazetteer."""

    id: str
    name: str
    kind: str


class Filler(Quote):
    """A mention that fills a role; ``entity`` null is an honest unknown."""

    type: MentionType
    entity: Entity | None


class Attribution(Filler):
    """Who says so. ``quoted``: in the speaker's own words; ``anonymous``: the text does not name the speaker."""

    quoted: bool
    anonymous: bool


class StatementDate(Value):
    """When it is said to have happened, both days included; ``date_prec`` is UCDP's 1 to 5."""

    start: dt.date
    end: dt.date
    precision: str
    date_prec: int
    text: str


class Place(Value):
    """A place of the gazetteer; ``where_prec`` is UCDP's 1 to 7. Where it is 3 or more, lat and lon are an area's middle: no pin."""

    id: str
    name: str
    country: str
    admin1: str
    lat: float
    lon: float
    geonames_id: int
    where_prec: int


class Location(Place):
    """Where it is said to have happened, and what that was taken from."""

    basis: Basis


class Acled(Value):
    """ACLED's event type and sub-event type."""

    event_type: str | None
    sub_event_type: str | None


class Codes(Value):
    """The type in the field's code lists."""

    acled: Acled
    plover: str | None
    cameo: str | None


class DocumentRef(Value):
    """The article that says it; ``published`` null where unknown, never guessed."""

    id: str
    title: str
    source: str
    published: dt.date | None
    url: str


class Statement(Value):
    """One thing, said once, in one place, by someone, so surely; docs/statement.md explains each field."""

    id: str
    document: DocumentRef
    sentence: Quote
    type: Type
    trigger: Quote
    actor: list[Filler]
    target: list[Filler]
    origin: list[Filler]
    place: list[Filler]
    time: list[Filler]
    instrument: list[Filler]
    certainty: Certainty
    negated: bool
    attribution: Attribution | None
    date: StatementDate | None
    location: Location | None
    count: Count | None
    codes: Codes
    confidence: float
    model: str


class StatementRow(Value):
    """A statement, and the record that it is of with its number of independent origins, where the records are up to date."""

    statement: Statement
    record: str | None
    origins: int | None


class Reading(Value):
    """That a model read a document at a moment."""

    model: str
    read_at: dt.datetime


class Candidate(Value):
    """One thing that a mention might mean: its score 0 to 1 and reasons that a reader can check."""

    id: str
    name: str
    score: float
    reasons: list[str]


class LinkedMention(Quote):
    """A mention as a reading finds it, with what it might mean, the best first. ``stands_for``: the name that a pronoun stands for."""

    type: MentionType
    score: float
    entity: str | None
    stands_for: str | None
    value: str | None
    candidates: list[Candidate]


class EventMark(Value):
    """What a trigger states, with the model's scores. Mentions are numbers of the list beside it."""

    trigger: Quote
    type: Type
    score: float
    certainty: Certainty
    certainty_score: float
    negated: bool
    arguments: list[tuple[str, int, float]]
    source: int | None
    statement: str


class Annotations(Value):
    """A document read again: all mentions and events, linked to something or not."""

    document: str
    model: str
    mentions: list[LinkedMention]
    events: list[EventMark]


class StatementEvidence(Value):
    """A statement with what it rests on. ``current`` false: a later reading of the document says otherwise."""

    statement: Statement
    current: bool
    readings: list[Reading]
    record: str | None
    origins: int | None
    judgements: list[Judgement]


class Explanation(Value):
    """Why a statement says what it says: in words, line by line, and its mentions with their candidates."""

    statement: str
    model: str
    lines: list[str]
    mentions: list[LinkedMention]


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


class DocumentRow(Value):
    """A document, how many statements its latest reading made, and that reading."""

    document: DocumentRef
    statements: int
    reading: Reading


class Mark(Quote):
    """A mention that plays a part in a statement: its roles there, by statement id."""

    type: MentionType
    entity: Entity | None
    roles: dict[str, list[str]]


class Document(Value):
    """A document with its text, which is plain text whatever it came from, its statements, and the marks that these make in the text."""

    document: DocumentRef
    text: str
    byline: str
    section: str
    readings: list[Reading]
    statements: list[StatementRow]
    mentions: list[Mark]
    family: list[DocumentRef]


class FacetCount(Value):
    """How many have a value; null: it is not known."""

    value: str | None
    count: int


class Facet(Value):
    """The values of a column, the most frequent first."""

    name: str
    counts: list[FacetCount]


class Page(Value, Generic[T]):
    """A part of a list. ``total`` counts the whole, on the first page; ``next`` is the cursor of the next page, null on the last."""

    items: list[T]
    total: int | None
    next: str | None


class Name(Value):
    """A name of an actor, with the years it was used, where known."""

    text: str
    start: int | None = None
    end: int | None = None
    lang: str = ""


class Relation(Value):
    """What ties an actor to another one, with years where known."""

    type: str
    id: str
    name: str
    start: int | None = None
    end: int | None = None


class ActorFound(Value):
    """An actor found by a name: ``how`` says by what, ``met`` which of its names was met."""

    id: str
    name: str
    kind: str
    countries: list[str]
    met: str
    how: str
    similarity: float


class Actor(Value):
    """An actor of the catalogue: ``relations`` are its own, ``named_by`` those of others to it; ``ids`` are its numbers in other lists."""

    id: str
    name: str
    kind: str
    countries: list[str]
    start: int | None
    end: int | None
    prominence: int
    names: list[Name]
    relations: list[Relation]
    named_by: list[Relation]
    ids: dict[str, list[str]]


class ActiveActor(Value):
    """An actor that the store's statements name: how often, when first and last, and how often in each month ("2024-05")."""

    id: str
    name: str
    kind: str
    statements: int
    first: dt.date | None
    last: dt.date | None
    months: dict[str, int]


class UnknownActor(Value):
    """A name that no catalogue knows; ``near`` are ids of actors with a like name."""

    id: str
    name: str
    kind: str
    names: list[str]
    statements: int
    articles: int
    first: dt.date | None
    last: dt.date | None
    countries: list[str]
    types: dict[Type, int]
    example: str
    sentence: str
    near: list[str]


class Source(Value):
    """A publisher or speaker: what it says, how many of its articles are near-copies of another publisher's, and its grade.

    ``id`` is what records name it by and what a grade is given to. ``copies`` is null for speakers.
    """

    id: str
    name: str
    kind: str
    statements: int
    documents: int
    copies: int | None
    grade: Reliability


class Failure(Value):
    """What could not be read, at which stage and why; when it was first and last met."""

    document: str
    stage: str
    message: str
    first_at: dt.datetime
    last_at: dt.datetime


class JobFailure(Value):
    """What of a posted thing could not be read."""

    document: str
    stage: str
    message: str


class Job(Value):
    """What was posted to be read and how far it is. ``read`` and ``failures`` name the first 20."""

    id: str
    name: str
    by: str
    state: State
    posted_at: dt.datetime
    finished_at: dt.datetime | None
    documents: int
    statements: int
    failed: int
    read: list[str]
    failures: list[JobFailure]
    problem: str


class Article(Value):
    """An article to be read: its plain text or its page's HTML."""

    text: Annotated[str, Field(max_length=4_000_000)] = ""
    html: Annotated[str, Field(max_length=8_000_000)] = ""
    title: Annotated[str, Field(max_length=1_000)] = ""
    source: Annotated[str, Field(max_length=200)] = ""
    published: dt.date | None = None
    url: Annotated[str, Field(max_length=2_000)] = ""


class Address(Value):
    """The address of an article on the web."""

    url: Annotated[str, Field(max_length=2_000)]


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


class SignIn(Value):
    """A name and its password."""

    name: Annotated[str, Field(max_length=64)]
    password: Annotated[str, Field(max_length=1_024, repr=False)]


class Who(Value):
    """Who asks. ``csrf_token``: what a page sends back in the header X-CSRF-Token when it posts; empty where none is needed."""

    name: str
    role: Role
    via: str
    csrf_token: str


class Health(Value):
    """That the service is up; what waits to be read."""

    version: str
    waiting: int


class Found(Value):
    """What a few words find: actors by name, statements by their sentence, and the records and articles of these."""

    actors: list[ActorFound]
    statements: list[StatementRow]
    records: list[Record]
    documents: list[DocumentRef]


class ExportFormat(Value):
    """A format that the store can be downloaded in, what one row of it is, and its media type."""

    name: str
    means: str
    media_type: str


class ExportSummary(Value):
    """What an export holds: its rows and, by reason, how many things it leaves out."""

    rows: int
    left_out: dict[str, int]


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str


Json = dict[str, Any]
StatementEvidence.model_rebuild()
