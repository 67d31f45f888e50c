"""One statement with all that it rests on, and the documents that were read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from orbat.errors import NotFoundError
from orbat.queries.loading import load
from orbat.queries.naming import NEAR
from orbat.store import Store
from orbat.tables import documents as documents_table
from orbat.tables import readings, statements
from orbat.types import Document, DocumentRef, Statement


@dataclass(frozen=True, slots=True)
class Reading:
    """That a model read a document at a moment."""

    model: str
    read_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """A statement with all that it rests on. ``current`` is False where a later reading of the document superseded it;
    ``readings`` are those that say it, the first first: ``readings[0].read_at`` is when it was learned."""

    statement: Statement
    document: Document
    current: bool
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document, how many statements its latest reading made, and that reading."""

    document: DocumentRef
    statements: int
    reading: Reading


def statement(store: Store, id: str) -> Evidence:
    """One statement by its id or the beginning of it, with its document and the readings that say it.

    Raises:
        NotFoundError: no id begins so, or several do; near ids are offered.
    """
    wanted = id.strip().lower()
    with store.reading() as connection:
        ids = _ids_from(connection, wanted)
        if len(ids) != 1:
            raise _no_statement(connection, wanted, ids)
        query = sa.select(statements.c.key, statements.c.current, readings.c.model, readings.c.read_at)
        query = query.join(readings, readings.c.key == statements.c.reading).where(statements.c.id == ids[0])
        rows = connection.execute(query.order_by(readings.c.read_at)).all()
        latest = max(rows, key=lambda row: (row.current, row.read_at))
        (found,) = load(connection, [latest.key])
        document = connection.execute(sa.select(documents_table).where(documents_table.c.id == found.document.id)).one()
        return Evidence(found, Document(**document._mapping), latest.current, tuple(Reading(row.model, row.read_at) for row in rows))


def documents(store: Store, *, limit: int | None = None) -> tuple[DocumentRow, ...]:
    """The documents that were read, the last read first."""
    reference = [documents_table.c[name] for name in ("id", "title", "source", "published", "url")]
    page = sa.select(readings.c.document, readings.c.model, readings.c.read_at).where(readings.c.current)
    page_of = page.order_by(readings.c.read_at.desc(), readings.c.document).limit(limit).subquery()
    # Counted for the page alone: a limit before the count.
    count = sa.select(sa.func.count()).where(statements.c.document == page_of.c.document, statements.c.current).scalar_subquery()
    query = sa.select(*reference, page_of.c.model, page_of.c.read_at, count.label("statements"))
    query = query.join(page_of, page_of.c.document == documents_table.c.id).order_by(page_of.c.read_at.desc(), documents_table.c.id)
    with store.reading() as connection:
        return tuple(
            DocumentRow(DocumentRef(row.id, row.title, row.source, row.published, row.url), row.statements, Reading(row.model, row.read_at))
            for row in connection.execute(query)
        )


def _ids_from(connection: sa.Connection, beginning: str, *, limit: int = NEAR + 1) -> list[str]:
    """Statement ids that begin so, a few at most; a range, not LIKE, so that the index serves on every database."""
    if not re.fullmatch(r"[0-9a-f]+", beginning):
        return []
    query = sa.select(statements.c.id).distinct().where(statements.c.id >= beginning, statements.c.id < beginning + "g")
    return list(connection.scalars(query.order_by(statements.c.id).limit(limit)))


def _no_statement(connection: sa.Connection, wanted: str, ids: Sequence[str]) -> NotFoundError:
    if ids:
        listed = ", ".join(ids[:NEAR]) + (" and more" if len(ids) > NEAR else "")
        fact = f"Several statements have an id that begins with {wanted}."
        return NotFoundError(fact, f"They are {listed}.", "Give more of its digits.")
    near = list[str]()
    for length in range(len(wanted) - 1, 3, -1):  # below four digits in common an id is near by chance
        near = _ids_from(connection, wanted[:length], limit=NEAR)
        if near:
            break
    cause = f"Near ids: {', '.join(near)}." if near else "An id is made of the digits 0 to 9 and a to f."
    return NotFoundError(f"No statement has the id {wanted!r}.", cause, "`orbat show NAME` and `orbat read` print ids.")
