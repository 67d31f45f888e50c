"""The lists of the API, part by part, and counts by facet: the conditions are those of ``queries``, the parts those of ``keyset``."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from orbat.queries import DocumentRow, Facet, FoundRow, Reading, Sort, Wanted, WantedRecords
from orbat.queries.finding import Chosen, rows_of
from orbat.queries.loading import load
from orbat.queries.records import conditions as record_conditions
from orbat.queries.records import load_records
from orbat.recordtypes import Change, Record, RecordChange
from orbat.service.keyset import By, after, decode, encode
from orbat.service.problems import BadRequest
from orbat.service.state import Service
from orbat.tables import copies, documents, readings, record_changes, records, statements, unrecorded
from orbat.types import DocumentRef, Statement

R = TypeVar("R")
RECORD_FACETS = ("type", "status", "kind", "country")


class RecordSort(StrEnum):
    """Which records come first: by their first day, or by when their last statement was read."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LEARNED = "learned"


@dataclass(frozen=True, slots=True)
class Part(Generic[R]):
    """Rows, the cursor of those that follow, and how many there are in all, where that was asked."""

    rows: tuple[R, ...]
    next: str | None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part: ``question`` is all that the cursor belongs to."""

    question: str
    limit: int = 50
    cursor: str | None = None


_NEWEST = (By(statements.c.newest, descending=True), By(statements.c.id))  # the ids of current statements are unique
_STATEMENT_ORDERS: dict[Sort, tuple[By, ...]] = {
    Sort.NEWEST: _NEWEST,
    Sort.OLDEST: (By(statements.c.newest), By(statements.c.id)),
    Sort.READ: (By(statements.c.key, descending=True),),
    Sort.CONFIDENCE: (By(statements.c.confidence, descending=True), *_NEWEST),
}
_RECORD_ORDERS: dict[RecordSort, tuple[By, ...]] = {
    RecordSort.NEWEST: (By(records.c.newest, descending=True), By(records.c.id)),
    RecordSort.OLDEST: (By(records.c.newest), By(records.c.id)),
    RecordSort.LEARNED: (By(records.c.learned_last, descending=True), By(records.c.id)),
}


def statements_part(
    service: Service, wanted: Wanted, asked: Asked, *, sort: Sort | None = None, counts: Sequence[Facet] = ()
) -> Part[FoundRow]:
    """The statements asked for; without ``sort`` as ``queries.find`` orders them.

    Args:
        counts: of the same statements by facet, where they are known: then these need not be counted once more.

    Raises:
        BadRequest: the cursor is of another question.
    """
    order, few = sort or Sort.MATCH, service.few(wanted)
    with service.store.reading() as connection:
        chosen = Chosen.of(connection, wanted, spelled=service.spelled, keys=few)
        if chosen is None:
            return Part((), None, 0)
        if order is Sort.MATCH and chosen.hits is not None and not chosen.many:
            keys, onward = _matches(connection, chosen.in_order(order), asked)
        else:
            by = _STATEMENT_ORDERS.get(order, _NEWEST)
            columns = [each.column.label(f"by{number}") for number, each in enumerate(by)]
            found, onward = _part(connection, chosen.query(statements.c.key, *columns), by, asked)
            keys = [row.key for row in found]
        rows = rows_of(connection, load(connection, keys), wanted)
    if asked.cursor is not None:
        return Part(rows, onward, None)
    told = next((each.counts for each in counts if each.name == "negated"), None)  # which each statement is or is not
    total = sum(number for _, number in told) if told is not None else None
    return Part(rows, onward, service.memo.get(("statements", wanted), lambda: _count(service, wanted)) if total is None else total)


def of_records(service: Service, said: Sequence[Statement]) -> tuple[FoundRow, ...]:
    """Statements with the records that they are of."""
    with service.store.reading() as connection:
        return rows_of(connection, said, Wanted())


def records_part(service: Service, wanted: WantedRecords, asked: Asked, *, sort: RecordSort = RecordSort.NEWEST) -> Part[Record]:
    """The records asked for.

    Raises:
        BadRequest: the cursor is of another question.
    """
    by = _RECORD_ORDERS[sort]
    with service.store.reading() as connection:
        columns = [each.column.label(f"by{number}") for number, each in enumerate(by)]
        query = sa.select(records.c.id.label("row"), *columns).where(*record_conditions(wanted))
        found, onward = _part(connection, query, by, asked)
        rows = load_records(connection, [row.row for row in found])
    return Part(rows, onward, None if asked.cursor else service.memo.get(("records", wanted), lambda: _count_records(service, wanted)))


def record_facets(service: Service, wanted: WantedRecords, *, limit: int = 20) -> tuple[Facet, ...]:
    """How many of the records asked for have each type, status, kind and country."""
    columns = [records.c[name] for name in RECORD_FACETS]
    query = sa.select(*columns, sa.func.count()).where(*record_conditions(wanted)).group_by(*columns)
    counts: dict[str, Counter[str | None]] = {name: Counter() for name in RECORD_FACETS}
    with service.store.reading() as connection:
        for *values, number in connection.execute(query):  # few combinations: one look at the records answers for all four
            for name, value in zip(RECORD_FACETS, values, strict=True):
                counts[name][value] += number
    return tuple(
        Facet(name, tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0] is not None, pair[0] or ""))[:limit]))
        for name, found in counts.items()
    )


def waiting(service: Service) -> int:
    """How many documents are read and not yet in the records."""
    with service.store.reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(unrecorded)) or 0


def changes_part(
    service: Service,
    asked: Asked,
    *,
    since: dt.datetime | None,
    until: dt.datetime | None,
    newest: bool,
    kinds: Collection[Change] = (),
) -> Part[RecordChange]:
    """What became of records between two moments.

    Args:
        kinds: only these changes; all, if empty.

    Raises:
        BadRequest: the cursor is of another question.
    """
    where = [record_changes.c.at >= since] if since else []
    where += [record_changes.c.at <= until] if until else []
    where += [record_changes.c.change.in_([kind.value for kind in kinds])] if kinds else []
    by = (By(record_changes.c.at, newest), By(record_changes.c.key, newest))
    with service.store.reading() as connection:
        query = sa.select(record_changes, record_changes.c.at.label("by0"), record_changes.c.key.label("by1")).where(*where)
        found, onward = _part(connection, query, by, asked)
        total = None if asked.cursor else connection.scalar(sa.select(sa.func.count()).select_from(record_changes).where(*where))
    return Part(tuple(RecordChange(row.record, Change(row.change), row.at, tuple(row.others.split())) for row in found), onward, total)


@dataclass(frozen=True, slots=True)
class WantedDocuments:
    """Which documents: words of the title, the publisher as it is written, days of publication, a family of near-copies."""

    title: str = ""
    source: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    family: str = ""


def documents_part(service: Service, wanted: WantedDocuments, asked: Asked) -> Part[DocumentRow]:
    """The documents asked for, the last read first.

    Raises:
        BadRequest: the cursor is of another question.
    """
    reference = [documents.c[name] for name in ("id", "title", "source", "published", "url")]
    by = (By(readings.c.read_at, descending=True), By(readings.c.document))
    where: list[sa.ColumnElement[bool]] = [readings.c.current == sa.true(), documents.c.id == readings.c.document]
    where += [documents.c.title.icontains(word, autoescape=True) for word in wanted.title.split()]
    where += [documents.c.source == wanted.source] if wanted.source else []
    where += [documents.c.published >= wanted.since] if wanted.since else []
    where += [documents.c.published <= wanted.until] if wanted.until else []
    if wanted.family:
        where.append(documents.c.id.in_(sa.select(copies.c.document).where(copies.c.family == wanted.family)))
    count = sa.select(sa.func.count()).where(statements.c.document == documents.c.id, statements.c.current == sa.true()).scalar_subquery()
    with service.store.reading() as connection:
        cells = (readings.c.model, readings.c.read_at.label("by0"), readings.c.document.label("by1"), count.label("statements"))
        found, onward = _part(connection, sa.select(*reference, *cells).where(*where), by, asked)
        all_of_it = sa.select(sa.func.count()).select_from(readings, documents).where(*where)
        total = None if asked.cursor else connection.scalar(all_of_it)
    rows = (
        DocumentRow(DocumentRef(row.id, row.title, row.source, row.published, row.url), row.statements, Reading(row.model, row.by0))
        for row in found
    )
    return Part(tuple(rows), onward, total)


def sliced(rows: Sequence[R], asked: Asked) -> Part[R]:
    """A part of a list that is at hand whole; its cursor is a place in it.

    Raises:
        BadRequest: the cursor is of another question.
    """
    start = 0 if asked.cursor is None else _place(asked)
    end = start + asked.limit
    return Part(tuple(rows[start:end]), encode(asked.question, [end]) if end < len(rows) else None, None if asked.cursor else len(rows))


def _part(connection: sa.Connection, query: sa.Select[Any], by: Sequence[By], asked: Asked) -> tuple[Sequence[sa.Row[Any]], str | None]:
    """The rows of a part, and the cursor of the next: the query names its columns to sort by ``by0``, ``by1`` …"""
    if asked.cursor is not None:
        query = query.where(after(by, decode(asked.question, asked.cursor, by)))
    rows = connection.execute(query.order_by(*(each.order for each in by)).limit(asked.limit + 1)).all()
    if len(rows) <= asked.limit:
        return rows, None
    last = rows[asked.limit - 1]._mapping
    return rows[: asked.limit], encode(asked.question, [last[f"by{number}"] for number in range(len(by))])


def _matches(connection: sa.Connection, query: sa.Select[Any], asked: Asked) -> tuple[Sequence[int], str | None]:
    """The keys of a part by how well rows match, which is no column: the cursor is a place."""
    start = 0 if asked.cursor is None else _place(asked)
    keys = connection.scalars(query.limit(asked.limit + 1).offset(start)).all()
    return keys[: asked.limit], encode(asked.question, [start + asked.limit]) if len(keys) > asked.limit else None


def _place(asked: Asked) -> int:
    (start,) = decode(asked.question, asked.cursor or "", (By(sa.column("place", sa.Integer)),))
    if isinstance(start, bool) or not isinstance(start, int) or start < 0:
        raise BadRequest("The cursor cannot be used.", "It was not made here.", "Ask without one for the first page.")
    return start


def _count(service: Service, wanted: Wanted) -> int:
    few = service.few(wanted)
    with service.store.reading() as connection:
        chosen = Chosen.of(connection, wanted, spelled=service.spelled, keys=few)
        return 0 if chosen is None else connection.scalar(chosen.query(sa.func.count())) or 0


def _count_records(service: Service, wanted: WantedRecords) -> int:
    with service.store.reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(records).where(*record_conditions(wanted))) or 0
