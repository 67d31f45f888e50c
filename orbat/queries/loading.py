"""Statements by their keys, in the order asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from orbat.statementjson import statement_of
from orbat.tables import documents, sentences, statements
from orbat.types import DocumentRef, Quote, Span, Statement

T = TypeVar("T")
CHUNK = 5_000  # rows fetched by key at once; SQLite allows 32,766 values in one question


def parts(values: Iterable[T]) -> Iterator[list[T]]:
    """The values, a question's worth at a time."""
    rest = iter(values)
    while part := list(islice(rest, CHUNK)):
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


def _made(connection: sa.Connection, chosen: sa.ColumnElement[bool]) -> Iterator[tuple[int, Statement]]:
    reference = [documents.c[name].label(f"document_{name}") for name in ("id", "title", "source", "published", "url")]
    sentence = [sentences.c.key.label("sentence"), sentences.c.span_start, sentences.c.span_end, sentences.c.text]
    query = sa.select(statements.c.key, statements.c.payload, statements.c.confidence, *sentence, *reference)
    query = query.join(sentences, sentences.c.key == statements.c.sentence)
    query = query.join(documents, documents.c.id == statements.c.document)
    articles: dict[str, DocumentRef] = {}  # of one question: many statements are of one article or sentence
    said: dict[int, Quote] = {}
    for key, payload, confidence, at, start, end, text, id, *about in connection.execute(query.where(chosen)):
        article, quote = articles.get(id), said.get(at)
        if article is None:
            article = articles[id] = DocumentRef(id, *about)
        if quote is None:
            quote = said[at] = Quote(Span(start, end), text)
        yield key, statement_of(payload, article, quote, confidence)
