"""Statements by their keys, in the order asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from orbat.statementjson import statement_of
from orbat.tables import documents, sentences, statements
from orbat.types import DocumentRef, Quote, Span, Statement

T = TypeVar("T")
CHUNK = 5_000  # rows fetched by key at once; SQLite allows 32,766 values in one question


def parts(values: Iterable[T], most: int = CHUNK) -> Iterator[list[T]]:
    """The values, a question's worth at a time, or fewer."""
    rest = iter(values)
    while part := list(islice(rest, most)):
        yield part


def among(connection: sa.Connection, column: sa.ColumnElement[Any], values: Sequence[int] | Sequence[str]) -> sa.ColumnElement[bool]:
    """That a column has one of many ids or numbers, given as one value: writing each into the question costs more than finding its row."""
    if connection.dialect.name == "postgresql":
        return column == sa.any_(sa.literal(values, postgresql.ARRAY(column.type)))
    return column.in_(sa.select(sa.func.json_each(json.dumps(values)).table_valued("value").c.value))


def newest_first(query: sa.Select[Any]) -> sa.Select[Any]:
    """The question with its answers in the order that they are shown in."""
    # Id last, so that the order does not hang on the order of reading.
    return query.order_by(statements.c.newest.desc().nulls_last(), statements.c.id)


def load(connection: sa.Connection, keys: Sequence[int]) -> tuple[Statement, ...]:
    """The statements with these keys, in their order."""
    found = {key: made for part in parts(keys) for key, made in _made(connection, among(connection, statements.c.key, part))}
    return tuple(found[key] for key in keys)


def load_current(connection: sa.Connection, column: sa.Column[str], values: Iterable[str]) -> tuple[Statement, ...]:
    """The current statements that have one of some values in a column."""
    return tuple(
        made for part in parts(values) for _, made in _made(connection, among(connection, column, part), kept=lambda row: row.current)
    )


def _made(
    connection: sa.Connection, chosen: sa.ColumnElement[bool], *, kept: Callable[[sa.Row[Any]], bool] = lambda row: True
) -> Iterator[tuple[int, Statement]]:
    """Statements by key. ``kept`` is asked here: with a condition on ``current`` SQLite would go through the index of all of them."""
    sentence = [sentences.c.key.label("sentence"), sentences.c.span_start, sentences.c.span_end, sentences.c.text]
    columns = [statements.c[name] for name in ("key", "payload", "confidence", "document", "current")]
    query = sa.select(*columns, *sentence).join(sentences, sentences.c.key == statements.c.sentence)
    rows = [row for row in connection.execute(query.where(chosen)).all() if kept(row)]
    articles = _references(connection, {row.document for row in rows})
    said: dict[int, Quote] = {}  # many statements are of one sentence
    for key, payload, confidence, document, _, at, start, end, text in rows:
        quote = said.get(at)
        if quote is None:
            quote = said[at] = Quote(Span(start, end), text)
        yield key, statement_of(payload, articles[document], quote, confidence)


def _references(connection: sa.Connection, some: Collection[str]) -> dict[str, DocumentRef]:
    """What statements say of their documents. Asked apart: a document's row begins with its whole text, and many statements are of one."""
    query = sa.select(*(documents.c[name] for name in ("id", "title", "source", "published", "url")))
    return {
        row.id: DocumentRef(*row)
        for part in parts(some)
        for row in connection.execute(query.where(among(connection, documents.c.id, part)))
    }
