"""The tables of a store, as SQLAlchemy sees them; ``orbat/migrations`` makes them and a test holds the two together.

documents  1 ─ n  readings  1 ─ n  statements  1 ─ n  fillers
documents  1 ─ n  sentences 1 ─ n  statements            failures and judgements stand alone

A document's statements are those of its one ``current`` reading. Earlier readings and their statements stay, so that what
the store knew on a given day can be told: each reading says when it was made. Offsets are those of ``types.Span``.

The tables of the record are derived and can be made again from statements and judgements, but for ``record_changes``, its history:

documents  1 ─ 1  unrecorded (its statements are not yet in the records), woven, copies;  1 ─ n  bands, new_bands, happenings
happenings 1 ─ n  blocks, new_blocks, ties;  1 ─ 1  stirred;  all of them  ─ 1  web
records    1 ─ n  record_statements  n ─ 1  statements, by id;  1 ─ 1  members (of large ones)
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData()
VERSION_TABLE = "orbat_schema"
NUL, ESCAPE = "\0", "\ufdd0"
REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
)  # in order; the last is the one that this code reads and writes


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


class Letters(TypeDecorator[str]):
    """Text of any letters. PostgreSQL keeps no NUL, so there it is kept as U+FDD0 and "0", and U+FDD0 itself as U+FDD0 twice; that
    sign is a "noncharacter", for a program's own use. Comes back as it was."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """As the database can keep it."""
        if value is None or dialect.name != "postgresql" or not (NUL in value or ESCAPE in value):
            return value
        return value.replace(ESCAPE, ESCAPE * 2).replace(NUL, ESCAPE + "0")

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """As it was."""
        if value is None or ESCAPE not in value or dialect.name != "postgresql":
            return value
        return re.sub(f"{ESCAPE}(.)", lambda found: NUL if found[1] == "0" else ESCAPE, value, flags=re.DOTALL)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], str | None] | None:
        """None where nothing is to be done, so that it is not asked for each value."""
        return super().result_processor(dialect, coltype) if dialect.name == "postgresql" else None


documents = Table(
    "documents",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("text", Letters, nullable=False),
    Column("title", Letters, nullable=False),
    Column("source", Letters, nullable=False),
    Column("published", Date),
    Column("byline", Letters, nullable=False),
    Column("section", Letters, nullable=False),
    Column("url", Letters, nullable=False),
    Column("given_id", Letters, nullable=False),
)

readings = Table(
    "readings",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("document", ForeignKey("documents.id"), nullable=False),
    Column("model", Letters, nullable=False),
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
    Column("text", Letters, nullable=False),
    UniqueConstraint("document", "span_start", "span_end", name="sentences_once"),
)

SHORT = 120  # signs kept of a name that is counted by: PostgreSQL refuses rows of an index over 2.7 kB
TOLD_ORIGINS = 10
"""Origins of a record that are told of each of its statements: of one that has more, these many, so that a relation of a thousand
statements is not written in all of their rows each time that one more speaks of it."""

FACETS = ("type", "certainty", "negated", "speaker", "country", "source", "status", "model")
"""What answers are counted by: columns of ``statements``, and the ``status`` of a statement's record."""

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
    Column("country", Letters),
    Column("where_prec", Integer),
    Column("confidence", Float, nullable=False),
    Column("newest", Date),  # what "newest first" sorts by: the last day it may have happened, else the day of publication
    Column("payload", Letters, nullable=False),  # the statement's JSON but for document, sentence and confidence
    # What is counted and narrowed by, here once more so that one index answers:
    Column("admin1", Letters),
    Column("source", Letters),  # the document's, its first SHORT signs; None where unknown
    Column("speaker", Letters),  # the speaker's name, as linked or else as said, its first SHORT signs
    Column("model", Letters),  # its reading's, the first SHORT signs
    UniqueConstraint("reading", "id", name="statements_once"),
    Index("statements_by_id", "id"),
    Index("statements_by_sentence", "sentence", "current", "newest", "id"),
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
    Column("text", Letters, nullable=False),
    Column("folded", Letters, nullable=False),  # names.fold of the text
    Column("type", String(16), nullable=False),
    Column("entity_id", Letters),
    Column("entity_name", Letters),
    Column("entity_folded", Letters),  # names.fold of the entity's name
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
    Column("document", Letters, nullable=False),
    Column("stage", Letters, nullable=False),
    Column("message", Letters, nullable=False),
    Column("first_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
)

unrecorded = Table(
    "unrecorded",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
)

copies = Table(
    "copies",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("signature", LargeBinary, nullable=False),  # what near-copies are told by
    Column("family", String(64), nullable=False),  # of near-copies: the smallest id of its documents
    Column("publisher", Letters, nullable=False),
    Column("wire", Letters, nullable=False),  # the agency that it credits, empty where none
    Index("copies_by_family", "family"),
)

bands = Table(
    "bands",
    metadata,
    Column("band", String(32), primary_key=True),  # documents that share one may be copies
    Column("document", ForeignKey("documents.id"), primary_key=True),
    sqlite_with_rowid=False,
)

new_bands = Table(
    "new_bands",
    metadata,
    Column("band", String(32), primary_key=True),  # as in ``bands``, where these are put many at a time: each lies on a page of its own
    Column("document", ForeignKey("documents.id"), primary_key=True),
    sqlite_with_rowid=False,
)

happenings = Table(
    "happenings",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("document", ForeignKey("documents.id"), nullable=False),
    Column("rules", Integer, nullable=False),  # by which it was made
    Column("sameness", BigInteger, nullable=False),  # equal for those that say the same to the word
    Column("payload", Letters, nullable=False),  # what statements of its document say together, as corroboration compares it
    Column("statements", Text, nullable=False, server_default=""),  # their ids, in order, with a space between
    Column("ends", Text, nullable=False, server_default=""),  # of a relation: the blocks of its two ends, with a space between
    Index("happenings_by_document", "document"),
    Index("happenings_by_sameness", "sameness"),
)

web = Table(
    "web",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=False),  # of the one row
    Column("last", Integer, nullable=False),  # the last number that a happening was given: none is given twice
    Column("version", Integer, nullable=False),  # higher with each change of happenings, blocks or ties
)

blocks = Table(
    "blocks",
    metadata,
    Column("block", BigInteger, primary_key=True),  # hash of a key; happenings that share one may be one event or relation
    Column("happening", Integer, primary_key=True),
    sqlite_with_rowid=False,
)

new_blocks = Table(
    "new_blocks",
    metadata,
    Column("block", BigInteger, primary_key=True),  # as in ``blocks``, where these are put many at a time: those of no day, below zero
    Column("happening", Integer, primary_key=True),
    sqlite_with_rowid=False,
)

ties = Table(
    "ties",
    metadata,
    Column("one", Integer, primary_key=True),  # happenings that are probably one; the first is the loose one, where one is
    Column("two", Integer, primary_key=True),
    Column("score", Float, nullable=False),
    Index("ties_by_two", "two"),
    sqlite_with_rowid=False,
)

woven = Table(
    "woven",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),  # of those in ``unrecorded``, whose happenings are in the web
    Column("reading", Integer, nullable=False),  # from which; 0 where it has none
)

stirred = Table(
    "stirred",
    metadata,
    Column("happening", Integer, primary_key=True, autoincrement=False),  # whose component is to be grouped again
)

records = Table(
    "records",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("type", String(16), nullable=False),  # in lower case, as printed
    Column("status", String(16), nullable=False),
    Column("start", Date),
    Column("end", Date),
    Column("country", Letters),
    Column("origins", Integer, nullable=False),  # how many are independent
    Column("learned_first", UtcTime),
    Column("learned_last", UtcTime),
    Column("newest", Date),  # what "newest first" sorts by: the first day it happened or held
    Column("payload", Letters, nullable=False),  # the whole record as JSON
)

record_statements = Table(
    "record_statements",
    metadata,
    Column("statement", String(20), primary_key=True),  # its id; a statement is of one record at most
    Column("record", ForeignKey("records.id"), nullable=False),
    # The record's, here once more so that asking for them is one look:
    Column("origins", Integer, nullable=False, server_default="0"),  # TOLD_ORIGINS where it has more
    Column("status", String(16), nullable=False, server_default=""),
    Index("record_statements_by_record", "record"),
    sqlite_with_rowid=False,
)

members = Table(
    "members",
    metadata,
    # What a large record is made of again when one more statement speaks of it, kept so that the others need not be read anew.
    Column("record", ForeignKey("records.id"), primary_key=True),
    # Of all its happenings, where they are a component of their own that nothing else is tied to; else none.
    Column("sameness", BigInteger),
    Column("payload", LargeBinary, nullable=False),  # what corroboration asks of its statements and their documents
    Index("members_by_sameness", "sameness"),
)

record_changes = Table(
    "record_changes",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("record", String(32), nullable=False),
    Column("change", String(16), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("others", Text, nullable=False),  # ids with a space between
    Index("record_changes_by_record", "record"),
    Index("record_changes_by_time", "at"),
)

judgements = Table(
    "judgements",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("verdict", String(16), nullable=False),
    Column("left", Letters, nullable=False),
    Column("right", Letters, nullable=False),
    Column("field", Letters, nullable=False),
    Column("value", Letters, nullable=False),
    Column("by", Letters, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("note", Letters, nullable=False),
    Column("withdrawn_at", UtcTime),
    Index("judgements_by_time", "at"),
)
