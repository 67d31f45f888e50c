"""A store's statements, records and documents as mappings that are read as they are gone through: a million rows are never held at once."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence, ValuesView
from typing import TypeVar

import sqlalchemy as sa

from orbat.names import fold
from orbat.queries.finding import PARTIES, Named, Wanted
from orbat.queries.finding import conditions as statement_conditions
from orbat.queries.judgements import corrections
from orbat.queries.loading import load
from orbat.queries.records import WantedRecords
from orbat.queries.records import conditions as record_conditions
from orbat.recordserial import record_of
from orbat.recordtypes import Record
from orbat.serial import fillers_of
from orbat.store import Store
from orbat.tables import documents, readings, record_statements, records, statements
from orbat.types import Document, Statement

T = TypeVar("T")
PART = 500
"""Rows read at once."""
HELD = 20_000
"""Statements kept at hand for the records that look them up."""


class StatementStream(Mapping[str, Statement]):
    """The current statements by id, as judgements correct them; what is asked for is compared with what was read.

    Going through it gives those asked for, in the order of their documents; looking up finds any.
    """

    def __init__(self, store: Store, wanted: Wanted, of_records: WantedRecords | None = None) -> None:
        """Ask for statements.

        Args:
            of_records: the statements of these records too.
        """
        self._store = store
        self._held: OrderedDict[str, Statement] = OrderedDict()
        with store.reading() as connection:
            self._corrected = corrections(connection)
            where = [sa.and_(sa.true(), *statement_conditions(connection, wanted))]
            if of_records is not None:
                kept = sa.select(records.c.id).where(*record_conditions(of_records))
                members = sa.select(record_statements.c.statement).where(record_statements.c.record.in_(kept))
                where.append(statements.c.id.in_(members))
            query = (
                sa.select(statements.c.key)
                .where(statements.c.current == sa.true(), sa.or_(*where))
                .order_by(statements.c.document, statements.c.key)
            )
            self._keys: Sequence[int] = connection.scalars(query).all()

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return (statement.id for statement in self.values())

    def values(self) -> ValuesView[Statement]:
        """The statements asked for, read part by part."""
        return _Values(self)

    def read(self) -> Iterator[Statement]:
        """The same as a plain iterator."""
        for part in _parts(self._keys):
            with self._store.reading() as connection:
                found = load(connection, part)
            yield from map(self._corrected, found)

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and self.get(id) is not None

    def __getitem__(self, id: str) -> Statement:
        if id not in self._held:
            self.fetch([id])
        return self._held[id]

    def fetch(self, ids: Iterable[str]) -> None:
        """Have these statements at hand, in one question; an id that no current statement has is passed over."""
        missing = [id for id in ids if id not in self._held]
        with self._store.reading() as connection:
            for part in _parts(missing):
                query = sa.select(statements.c.key).where(statements.c.current == sa.true(), statements.c.id.in_(part))
                for statement in load(connection, connection.scalars(query).all()):
                    self._held[statement.id] = self._corrected(statement)
        while len(self._held) > HELD:
            self._held.popitem(last=False)


class _Values(ValuesView[Statement]):
    def __init__(self, stream: StatementStream) -> None:
        super().__init__(stream)
        self._stream = stream

    def __iter__(self) -> Iterator[Statement]:
        return self._stream.read()


class RecordStream(Iterable[Record]):
    """The records asked for, by day and id; undated ones last."""

    def __init__(self, store: Store, wanted: WantedRecords, said: StatementStream | None = None) -> None:
        """Ask for records.

        Args:
            said: has the records' statements at hand, part by part.
        """
        self._store, self._said = store, said
        with store.reading() as connection:
            query = sa.select(records.c.id).where(*record_conditions(wanted)).order_by(records.c.start.asc().nulls_last(), records.c.id)
            self._ids: Sequence[str] = connection.scalars(query).all()

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[Record]:
        for part in _parts(self._ids):
            with self._store.reading() as connection:
                query = sa.select(records.c.id, records.c.payload).where(records.c.id.in_(part))
                found = {row.id: record_of(row.payload) for row in connection.execute(query)}
            if self._said is not None:
                self._said.fetch(id for record in found.values() for id in record.statements)
            yield from (found[id] for id in part if id in found)  # a record may have gone since its id was asked for


class DocumentStream(Mapping[str, Document]):
    """The documents by id, texts and all, read one by one."""

    def __init__(self, store: Store, ids: Iterable[str] | None = None) -> None:
        """Ask for documents: those of the ids when it is gone through; all, if None."""
        self._store, self._ids = store, None if ids is None else list(ids)

    def __getitem__(self, id: str) -> Document:
        with self._store.reading() as connection:
            row = connection.execute(sa.select(documents).where(documents.c.id == id)).one_or_none()
        if row is None:
            raise KeyError(id)
        return Document(**row._mapping)

    def __iter__(self) -> Iterator[str]:
        if self._ids is not None:
            return iter(self._ids)
        with self._store.reading() as connection:
            return iter(connection.scalars(sa.select(documents.c.id).order_by(documents.c.id)).all())

    def __len__(self) -> int:
        return sum(1 for _ in self)


def says(statement: Statement, wanted: Wanted) -> bool:
    """Whether a statement at hand is asked for by actors, types and days, as the store would answer that has no record of it."""
    newest = statement.date.end if statement.date else statement.document.published
    first = statement.date.start if statement.date else newest
    return (
        (not wanted.types or statement.type in wanted.types)
        and (wanted.since is None or (newest is not None and newest >= wanted.since))
        and (wanted.until is None or (first is not None and first <= wanted.until))
        and (wanted.as_of is None or (first is not None and first <= wanted.as_of))
        and all(_takes_part(statement, actor) for actor in wanted.actors)
    )


def _takes_part(statement: Statement, actor: Named) -> bool:
    folded = fold(actor.name)
    for filler in (filler for role in PARTIES for filler in fillers_of(statement, role)):
        entity, words = filler.entity, fold(filler.quote.text)
        if actor.ids:
            if entity.id in actor.ids if entity else words == folded:
                return True
        elif folded == words or (entity is not None and folded == fold(entity.name)):
            return True
    return False


def last_read(store: Store) -> dt.datetime | None:
    """When the store was last read into; None where it is empty."""
    with store.reading() as connection:
        moment: dt.datetime | None = connection.scalar(sa.select(sa.func.max(readings.c.read_at)))
        return moment


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[at : at + PART] for at in range(0, len(values), PART))
