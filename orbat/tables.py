"""The tables of a store, as SQLAlchemy sees them; ``orbat/migrations`` makes them and a test holds the two together.

documents  1 ─ n  readings  1 ─ n  statements  1 ─ n  fillers
documents  1 ─ n  sentences 1 ─ n  statements            failures stand alone

A document's statements are those of its one ``current`` reading. Earlier readings and their statements stay, so that what
the store knew on a given day can be told: each reading says when it was made. Offsets are those of ``types.Span``.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData()
VERSION_TABLE = "orbat_schema"
REVISIONS = ("0001",)  # in order; the last is the one that this code reads and writes


class UtcTime(TypeDecorator[dt.datetime]):
    """A moment. Kept as UTC without a zone, since SQLite has none; comes back with its zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """To UTC; a moment without a zone is taken as this machine's local time, as Python does."""
        return value.astimezone(dt.UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """From UTC."""
        return value.replace(tzinfo=dt.UTC) if value else None


documents = Table(
    "documents",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("text", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("published", Date),
    Column("byline", Text, nullable=False),
    Column("section", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("given_id", Text, nullable=False),
)

readings = Table(
    "readings",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("document", ForeignKey("documents.id"), nullable=False),
    Column("model", Text, nullable=False),
    Column("read_at", UtcTime, nullable=False),
    Column("digest", String(20), nullable=False),  # of all that was read, so that reading the same again is known at once
    Column("current", Boolean, nullable=False),
    Index("readings_by_document", "document", "current"),
)

sentences = Table(
    "sentences",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("document", ForeignKey("documents.id"), nullable=False),
    Column("span_start", Integer, nullable=False),
    Column("span_end", Integer, nullable=False),
    Column("text", Text, nullable=False),
    UniqueConstraint("document", "span_start", "span_end", name="sentences_once"),
)

statements = Table(
    "statements",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("id", String(20), nullable=False),
    Column("reading", ForeignKey("readings.key"), nullable=False),
    Column("document", ForeignKey("documents.id"), nullable=False),
    Column("sentence", ForeignKey("sentences.key"), nullable=False),
    Column("current", Boolean, nullable=False),
    Column("type", String(16), nullable=False),  # in lower case, as printed
    Column("certainty", String(16), nullable=False),
    Column("negated", Boolean, nullable=False),
    Column("date_start", Date),
    Column("date_end", Date),
    Column("country", Text),
    Column("where_prec", Integer),
    Column("confidence", Float, nullable=False),
    Column("newest", Date),  # what "newest first" sorts by: the last day it may have happened, else the day of publication
    Column("payload", Text, nullable=False),  # the statement's JSON but for document, sentence and confidence
    UniqueConstraint("reading", "id", name="statements_once"),
    Index("statements_by_id", "id"),
    Index("statements_by_sentence", "sentence"),
    Index("statements_by_document", "document", "current"),
)

fillers = Table(
    "fillers",
    metadata,
    Column("statement", ForeignKey("statements.key"), primary_key=True),
    Column("role", String(16), primary_key=True),  # one of types.Role, or "speaker"
    Column("position", Integer, primary_key=True),
    Column("span_start", Integer, nullable=False),
    Column("span_end", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("folded", Text, nullable=False),  # names.fold of the text
    Column("type", String(16), nullable=False),
    Column("entity_id", Text),
    Column("entity_name", Text),
    Column("entity_folded", Text),  # names.fold of the entity's name
    Column("entity_kind", String(16)),
    Index("fillers_by_entity", "entity_id"),
    Index("fillers_by_text", "folded"),
    Index("fillers_by_name", "entity_folded"),
    sqlite_with_rowid=False,
)

failures = Table(
    "failures",
    metadata,
    Column("id", String(20), primary_key=True),  # of what failed, where and why: failing again is no new failure
    Column("document", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("first_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
)
