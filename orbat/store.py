"""Where readings are kept: the one writer. SQLite by default, PostgreSQL by URL, through SQLAlchemy Core.

What is kept never changes what a document said: texts and statements are added, never rewritten. A document's statements
are those of its latest reading; a later reading that says something else supersedes the earlier, which stays.
Each document is written in one transaction, so a process killed at any point leaves whole documents only. A power cut may
undo the last moments (the write-ahead log is not forced to disk at each commit), never damage what was there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa

from orbat.database import connect_to, location_of, telling, upgrade
from orbat.errors import StageError
from orbat.serial import ID_DIGITS
from orbat.storerows import bounds, check_quotes, filler_rows, payload, statement_columns
from orbat.tables import SHORT, documents, failures, fillers, readings, sentences, statements, unrecorded
from orbat.turns import PATIENCE, Patience, gap_after
from orbat.types import Document, Failure, Statement

BATCH = 32  # documents a transaction in append_many: a commit costs about as much as writing one document
Rows = list[dict[str, Any]]
Pending = tuple[Document, Sequence[Statement]]


@dataclass(frozen=True, slots=True)
class AppendResult:
    """How many documents and statements the store did not have before."""

    new_documents: int = 0
    new_statements: int = 0

    def __add__(self, other: AppendResult) -> AppendResult:
        return AppendResult(self.new_documents + other.new_documents, self.new_statements + other.new_statements)


@dataclass(frozen=True, slots=True)
class KeptFailure:
    """A failure, and when it was first and last met."""

    failure: Failure
    first_at: dt.datetime
    last_at: dt.datetime


class Store:
    """An open store. Use it in a ``with``, or ``close()`` it. Threads may share it; another process opens its own."""

    def __init__(self, engine: sa.Engine, location: str) -> None:
        self._engine = engine
        self._next = 0.0  # when it may write again, by the monotonic clock
        self.location = location

    @classmethod
    def open(cls, where: str | Path | None = None, *, create: bool = True) -> Self:
        """Open a store, and bring its tables up to date where an older version made them.

        Args:
            where: a file's path, or a URL as SQLAlchemy writes it ("sqlite:///news.db", "postgresql+psycopg://host/name");
                None is ``orbat.db`` in the user's data folder.
            create: make it where there is none.

        Raises:
            StoreError: it cannot be reached or made, is not a store, is damaged, or was written by a newer version.
        """
        location = location_of(where)
        engine = connect_to(location, create=create)
        shown = location.render_as_string(hide_password=True)
        store = cls(engine, location.database or shown if location.get_backend_name() == "sqlite" else shown)
        try:
            with telling(store.location):
                upgrade(engine, store.location)
        except BaseException:
            engine.dispose()
            raise
        return store

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def waiting(self, patience: Patience) -> Self:
        """The same store, by the same connections, whose writers wait for others as said. Closing one closes both."""
        return type(self)(self._engine.execution_options(**{PATIENCE: patience}), self.location)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees the store as it is now, whatever is written meanwhile. Raises StoreError on failure."""
        one_moment = {"isolation_level": "REPEATABLE READ"} if self._engine.dialect.name == "postgresql" else {}  # SQLite's only way
        with telling(self.location), self._engine.connect().execution_options(**one_moment) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that holds the writer's place from its start: another writer waits, it does not fail half-way (``turns``).

        Raises:
            StoreError: the store cannot be written, or another has held it for too long.
        """
        time.sleep(max(0.0, self._next - time.monotonic()))
        with telling(self.location), self._engine.connect().execution_options(orbat_write=True) as connection, connection.begin():
            begun = time.monotonic()
            yield connection
        ended = time.monotonic()
        self._next = ended + gap_after(ended - begun)

    def append(self, document: Document, found: Sequence[Statement], *, model: str, read_at: dt.datetime | None = None) -> AppendResult:
        """Keep one reading of one document, all or nothing. Reading the same again adds nothing.

        Args:
            found: the statements of the document; every quotation is checked against its text.
            model: name and version of what read it.
            read_at: when; now, if not given. Of two readings of a document, the later supersedes the earlier.

        Raises:
            StageError: this document cannot be kept: a statement misquotes it, names another, or has an id that is not its
                content's; its text holds half a character; or another text has its id. The next document may do.
            StoreError: the store cannot be written (full, locked, read-only, damaged).
        """
        check_quotes(document, found)
        with self.writing() as connection:
            return _append(connection, [(document, found)], model, _moment(read_at))

    def append_many(
        self,
        read: Iterable[Pending],
        *,
        model: str,
        read_at: dt.datetime | None = None,
        refused: Callable[[Document, StageError], None] | None = None,
    ) -> AppendResult:
        """Keep many readings, a few documents a transaction, as they come from an iterator of any length.

        When the iterator stops with an error, Ctrl-C included, what it had given is kept before the error goes on.

        Args:
            refused: told of each document that cannot be kept and why, and the rest goes on; without it, the first such error is raised.

        Raises:
            StageError, StoreError: as ``append``.
        """
        total, pending = AppendResult(), list[Pending]()
        try:
            for document, found in read:
                try:
                    check_quotes(document, found)
                except StageError as error:
                    if refused is None:
                        raise
                    refused(document, error)
                    continue
                pending.append((document, found))
                if len(pending) == BATCH:
                    some, pending = pending, []
                    total += self._keep(some, model, _moment(read_at), refused)
        finally:
            total += self._keep(pending, model, _moment(read_at), refused)
        return total

    def _keep(
        self, some: list[Pending], model: str, at: dt.datetime, refused: Callable[[Document, StageError], None] | None
    ) -> AppendResult:
        """Write readings in one transaction or, where one of them cannot be kept, each in its own."""
        if not some:
            return AppendResult()
        try:
            with self.writing() as connection:
                return _append(connection, some, model, at)
        except StageError:
            total = AppendResult()
        for document, found in some:
            try:
                with self.writing() as connection:
                    total += _append(connection, [(document, found)], model, at)
            except StageError as error:
                if refused is None:
                    raise
                refused(document, error)
        return total

    def fail(self, failure: Failure, *, at: dt.datetime | None = None) -> None:
        """Keep a failure, so that what could not be read is known. The same failure again only moves its last date."""
        now = _moment(at)
        values = {name: _printable(getattr(failure, name)) for name in ("document", "stage", "message")}
        key = _digest(json.dumps(values, sort_keys=True))
        with self.writing() as connection:
            known = connection.execute(sa.update(failures).where(failures.c.id == key).values(last_at=now)).rowcount
            if not known:
                connection.execute(sa.insert(failures).values(id=key, first_at=now, last_at=now, **values))

    def failures(self) -> tuple[KeptFailure, ...]:
        """What could not be read, the latest first."""
        with self.reading() as connection:
            rows = connection.execute(sa.select(failures).order_by(failures.c.last_at.desc(), failures.c.id))
            return tuple(KeptFailure(Failure(row.document, row.stage, row.message), row.first_at, row.last_at) for row in rows)


@dataclass(frozen=True, slots=True)
class _Read:
    """One reading as it is written: statements by id, the payload of each, and a digest of them all."""

    document: Document
    statements: Mapping[str, Statement]
    payloads: Mapping[str, str]
    digest: str

    @classmethod
    def of(cls, document: Document, found: Sequence[Statement]) -> Self:
        unique = {statement.id: statement for statement in found}
        payloads = {key: payload(statement) for key, statement in unique.items()}
        return cls(document, unique, payloads, _digest("\n".join(sorted(payloads.values()))))


def _append(connection: sa.Connection, pending: Sequence[Pending], model: str, read_at: dt.datetime) -> AppendResult:
    """Write readings, in rounds in which no document comes twice."""
    total = AppendResult()
    while pending:
        first: dict[str, Pending] = {}
        later = [each for each in pending if first.setdefault(each[0].id, each) is not each]
        total += _append_round(connection, [_Read.of(*each) for each in first.values()], model, read_at)
        pending = later
    return total


def _append_round(connection: sa.Connection, reads: Sequence[_Read], model: str, read_at: dt.datetime) -> AppendResult:
    """Write readings of different documents. Those of new documents, nearly all there are, share their inserts."""
    ids = [read.document.id for read in reads]
    kept = {row.id: row.text for row in connection.execute(sa.select(documents.c.id, documents.c.text).where(documents.c.id.in_(ids)))}
    fresh = [read for read in reads if read.document.id not in kept]
    again = [read for read in reads if read.document.id in kept]
    _insert(connection, documents, [{column.name: getattr(read.document, column.name) for column in documents.c} for read in fresh])
    written = [(key, read, True) for key, read in _first_readings(connection, fresh, model, read_at)]
    earlier = _read_later(connection, again, read_at)
    for read in again:
        _same_text(read.document, kept[read.document.id])
        reading, current = _add_reading(connection, read, model, read_at)
        if reading is not None:
            written.append((reading, read, current))
    known = statements.c.document.in_([read.document.id for _, read, _ in written if read.document.id in kept])
    before = set(connection.scalars(sa.select(statements.c.id).where(known))) if again else set[str]()
    latest = [read.document.id for _, read, current in written if current]
    mark_unrecorded(connection, sa.select(documents.c.id).where(documents.c.id.in_([*latest, *earlier])))
    _add_statements(connection, written, model)
    return AppendResult(len(fresh), sum(len(read.statements.keys() - before) for _, read, _ in written))


def _add_statements(connection: sa.Connection, written: Sequence[tuple[int, _Read, bool]], model: str) -> None:
    """The statements of new readings ``(key, reading, is the document's latest)``, with their sentences and fillers."""
    places = _add_sentences(connection, [read for _, read, _ in written])
    _insert(
        connection,
        statements,
        [
            statement_columns(statement, places[read.document.id, *bounds(statement.sentence)])
            | {"reading": key, "current": current, "payload": read.payloads[id], "model": model[:SHORT]}
            for key, read, current in written
            for id, statement in read.statements.items()
        ],
    )
    query = sa.select(statements.c.reading, statements.c.id, statements.c.key)
    added = connection.execute(query.where(statements.c.reading.in_([key for key, _, _ in written])))
    keys = {(row.reading, row.id): row.key for row in added}
    _insert(
        connection,
        fillers,
        [row for key, read, _ in written for id, said in read.statements.items() for row in filler_rows(said, keys[key, id])],
    )


def _read_later(connection: sa.Connection, again: Sequence[_Read], read_at: dt.datetime) -> list[str]:
    """Those of some known documents that were read for the first time after a moment: records say when what they hold was learned."""
    if not again:
        return []
    query = sa.select(readings.c.document).where(readings.c.document.in_([read.document.id for read in again]))
    return list(connection.scalars(query.group_by(readings.c.document).having(sa.func.min(readings.c.read_at) > read_at)))


def mark_unrecorded(connection: sa.Connection, which: sa.Select[tuple[str]]) -> None:
    """Note that the statements of these documents are to be put in the records again."""
    found = which.subquery()
    new = sa.select(found.c[0]).distinct().where(found.c[0].not_in(sa.select(unrecorded.c.document)))
    connection.execute(sa.insert(unrecorded).from_select(["document"], new))


def _same_text(document: Document, kept: str) -> None:
    """What is known of a document is never overwritten.

    Raises:
        StageError: the store has another text of that id.
    """
    if kept != document.text:
        raise StageError(
            f"Document {document.id} was not kept.",
            "The store already has a document of that id with another text.",
            "Make documents with Document.of, which derives the id from the content.",
        )


def _first_readings(connection: sa.Connection, fresh: Sequence[_Read], model: str, read_at: dt.datetime) -> list[tuple[int, _Read]]:
    """The readings of documents that are new, with their keys."""
    common = {"model": model, "read_at": read_at, "current": True}
    _insert(connection, readings, [common | {"document": read.document.id, "digest": read.digest} for read in fresh])
    query = sa.select(readings.c.document, readings.c.key).where(readings.c.document.in_([read.document.id for read in fresh]))
    keys = {row.document: row.key for row in connection.execute(query)} if fresh else {}
    return [(keys[read.document.id], read) for read in fresh]


def _add_reading(connection: sa.Connection, read: _Read, model: str, read_at: dt.datetime) -> tuple[int | None, bool]:
    """The key of a new reading of a known document, and whether it is the latest; no key where it is nothing new."""
    query = sa.select(readings).where(readings.c.document == read.document.id)
    last = connection.execute(query.where(readings.c.current)).one_or_none()
    if last is not None and (last.model, last.digest) == (model, read.digest):
        if read_at < last.read_at:
            connection.execute(sa.update(readings).where(readings.c.key == last.key).values(read_at=read_at))
        return None, True
    # The model's name and the digest break a tie, so that the order of writing does not decide which reading is the latest.
    latest = last is None or (read_at, model, read.digest) > (last.read_at, last.model, last.digest)
    if not latest:
        same = query.with_only_columns(readings.c.key).where(readings.c.model == model, readings.c.digest == read.digest)
        if connection.scalar(same) is not None:
            return None, False
    elif last is not None:
        connection.execute(sa.update(readings).where(readings.c.key == last.key).values(current=False))
        connection.execute(sa.update(statements).where(statements.c.reading == last.key).values(current=False))
    values = {"document": read.document.id, "model": model, "read_at": read_at, "digest": read.digest, "current": latest}
    return connection.execute(sa.insert(readings).values(**values)).inserted_primary_key[0], latest  # type: ignore[index]


def _add_sentences(connection: sa.Connection, reads: Sequence[_Read]) -> Mapping[tuple[str, int, int], int]:
    """The key of each sentence by its document and offsets, those not yet there added."""
    of = sentences.c.document.in_([read.document.id for read in reads])
    query = sa.select(sentences.c.document, sentences.c.span_start, sentences.c.span_end, sentences.c.key).where(of)

    def there() -> dict[tuple[str, int, int], int]:
        return {(row.document, row.span_start, row.span_end): row.key for row in connection.execute(query)}

    quotes = {
        (read.document.id, *bounds(statement.sentence)): statement.sentence.text for read in reads for statement in read.statements.values()
    }
    keys = there() if quotes else {}
    missing = [
        {"document": document, "span_start": start, "span_end": end, "text": text}
        for (document, start, end), text in quotes.items()
        if (document, start, end) not in keys
    ]
    if missing:
        _insert(connection, sentences, missing)
        keys = there()
    return keys


def _insert(connection: sa.Connection, table: sa.Table, rows: Rows) -> None:
    if not rows:
        return
    if connection.dialect.name != "sqlite" or table not in (sentences, statements, fillers):
        connection.execute(sa.insert(table), rows)
        return
    # Of these tables an article has a hundred rows: SQLAlchemy would look at each of their values for half as long as SQLite writes.
    names = ", ".join(rows[0])
    marks = ", ".join("?" * len(rows[0]))
    days = [name for name in rows[0] if isinstance(table.c[name].type, sa.Date)]
    for row in rows if days else ():
        row.update({name: row[name].isoformat() for name in days if row[name]})
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", [tuple(row.values()) for row in rows])


def _moment(given: dt.datetime | None) -> dt.datetime:
    return given.astimezone(dt.UTC) if given else dt.datetime.now(dt.UTC)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:ID_DIGITS]


def _printable(text: str) -> str:
    """A file's name may hold bytes that are no letters; the failure is kept all the same, those bytes as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
