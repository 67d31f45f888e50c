"""Actors, documents and sources."""

from __future__ import annotations

import datetime as dt

from orbat.recordtypes import Reliability
from orbat.service.models.base import Type, Value
from orbat.service.models.said import DocumentRef, Entity, Quote, Reading, StatementRow
from orbat.types import MentionType


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
