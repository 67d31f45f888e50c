"""Full text: the statements whose sentence holds some words."""

from __future__ import annotations

import re
import unicodedata

import sqlalchemy as sa

from orbat.tables import sentences

MANY = 10_000  # sentences; ranking these takes SQLite some 100 ms


def hits_of(connection: sa.Connection, text: str) -> sa.Subquery | None:
    """The sentences that hold the words, by ``key``, with a ``rank`` (the lower, the better); None where there is no word."""
    words = _words(text)
    if not words:
        return None
    return (_hits_sqlite if connection.dialect.name == "sqlite" else _hits_postgresql)(words)


def _words(text: str) -> list[str]:
    """What is looked for: words and quoted phrases, each with its * where it has one."""
    found = re.findall(r'"([^"]*\w[^"]*)"|([^\s"]*\w[^\s"]*)', text.replace("\0", " "))
    return [phrase or word for phrase, word in found]


def are_many(connection: sa.Connection, hits: sa.Subquery) -> bool:
    """Whether so many sentences hold the words that which fits best means little, and finding out takes long."""
    some = sa.select(hits.c.key).limit(MANY + 1).subquery()
    return (connection.scalar(sa.select(sa.func.count()).select_from(some)) or 0) > MANY


def _hits_sqlite(words: list[str]) -> sa.Subquery:
    # Each word is quoted, so that nothing a user types is taken for FTS5's own language.
    terms = " ".join(f'"{word.rstrip("*")}"' + ("*" if word.endswith("*") else "") for word in words)
    index = sa.table("sentence_index", sa.column("rowid"), sa.column("rank"))
    match = sa.text("sentence_index MATCH :terms").bindparams(terms=terms)
    return sa.select(index.c.rowid.label("key"), index.c.rank.label("rank")).where(match).subquery()


def _hits_postgresql(words: list[str]) -> sa.Subquery:
    vector: sa.ColumnElement[str] = sa.literal_column("sentences.words")  # made by a migration, as SQLite's index is
    every = sa.and_(*(vector.op("@@")(_tsquery(word)) for word in words))
    rank = -sa.func.ts_rank(vector, _tsquery(" ".join(word.rstrip("*") for word in words)))
    return sa.select(sentences.c.key.label("key"), rank.label("rank")).where(every).subquery()


def _tsquery(word: str) -> sa.ColumnElement[str]:
    language: sa.ColumnElement[str] = sa.literal_column("'orbat'")
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    if word.endswith("*"):
        return sa.func.to_tsquery(language, "'" + plain.rstrip("*").replace("'", "''").replace("\\", "") + "':*")
    return sa.func.phraseto_tsquery(language, plain)
