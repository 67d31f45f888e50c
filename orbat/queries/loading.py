"""Statements by their keys, in the order asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from orbat.serial import statement_from_json
from orbat.tables import documents, sentences, statements
from orbat.types import Statement

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
    reference = [documents.c[name].label(f"document_{name}") for name in ("id", "title", "source", "published", "url")]
    sentence = [sentences.c.span_start, sentences.c.span_end, sentences.c.text]
    query = sa.select(statements.c.key, statements.c.payload, statements.c.confidence, *sentence, *reference)
    query = query.join(sentences, sentences.c.key == statements.c.sentence)
    query = query.join(documents, documents.c.id == statements.c.document)
    found: dict[int, Statement] = {}
    for part in parts(keys):
        for row in connection.execute(query.where(among(connection, statements.c.key, part))):
            found[row.key] = _statement(row)
    return tuple(found[key] for key in keys)


def _statement(row: sa.Row[Any]) -> Statement:
    document = {
        "id": row.document_id,
        "title": row.document_title,
        "source": row.document_source,
        "published": row.document_published.isoformat() if row.document_published else None,
        "url": row.document_url,
    }
    sentence = {"start": row.span_start, "end": row.span_end, "text": row.text}
    return statement_from_json({"document": document, "sentence": sentence, "confidence": row.confidence, **json.loads(row.payload)})
