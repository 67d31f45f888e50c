"""Statements, as the API gives them, and what one reading of an article found."""

from __future__ import annotations

import datetime as dt

from orbat.service.models.base import Type, Value
from orbat.types import Basis, Certainty, Count, MentionType


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


class Explanation(Value):
    """Why a statement says what it says: in words, line by line, and its mentions with their candidates."""

    statement: str
    model: str
    lines: list[str]
    mentions: list[LinkedMention]
