"""The named questions, answered from the store as typed rows. Reading only; nothing here knows how names are linked.

A question about an actor takes its name, and the ids that the caller's catalogue gives for that name. With ids, statements
that name any of them are meant, and those whose words are the name but are not linked to anything. Without, the name is
compared with the words of the text and the names of what they were linked to; case, accents, hyphens and a leading "the"
do not matter (``names.fold``).
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from orbat.codebook import Codebook
from orbat.errors import NotFoundError
from orbat.names import fold
from orbat.serial import statement_from_json
from orbat.store import Store
from orbat.tables import documents as documents_table
from orbat.tables import fillers, readings, sentences, statements
from orbat.types import Document, DocumentRef, EventType, Statement

CHUNK = 5_000  # rows fetched by key at once; SQLite allows 32,766 values in one question
NEAR = 5  # names or ids offered where nothing is found
NEAR_SCORE = 70  # rapidfuzz's 0 to 100; below it a name offered looks like another name

NAMED = ("GROUP", "FORCE", "STATE", "ORG", "MEDIA", "PERSON", "PLACE")  # mention types that a question may be about

SAID = "What it says of others"  # statements in which it only speaks


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A statement, and the parts that the group plays in it: roles, and "speaker" where it says so itself."""

    statement: Statement
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The statements of one kind, newest first; ``total`` counts also those that a limit left out."""

    heading: str
    total: int
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the store holds on one actor. ``names``: how the statements name it, the most frequent first."""

    name: str
    names: tuple[str, ...]
    total: int
    sections: tuple[Section, ...]


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


def statements_about(
    store: Store,
    name: str,
    *,
    ids: Collection[str] = (),
    types: Collection[EventType] = (),
    since: dt.date | None = None,
    limit: int | None = None,
) -> tuple[Statement, ...]:
    """The statements that name an actor or place in any role or as speaker, newest first; () where there are none.

    Newest first sorts by the last day it may have happened, else the day of publication; without either, last.

    Args:
        ids: the catalogue's ids for the name, where it knows some.
        types: only these types; all, if empty.
        since: only what may have happened on that day or later; what has no date goes by its publication.
    """
    query = sa.select(statements.c.key).where(statements.c.current, statements.c.key.in_(_naming(name, ids, fillers.c.statement)))
    if types:
        query = query.where(statements.c.type.in_([kind.value.lower() for kind in types]))
    if since:
        query = query.where(statements.c.newest >= since)
    with store.reading() as connection:
        return _load(connection, connection.scalars(_newest_first(query).limit(limit)).all())


def sheet(
    store: Store, name: str, *, ids: Collection[str] = (), limit: int | None = None, codebook: Codebook | None = None
) -> Sheet:
    """A group's statements by kind, under the codebook's headings that have some, newest first.

    Args:
        ids: the catalogue's ids for the name, where it knows some.
        limit: rows under each heading; all, if None.
        codebook: the shipped one, if None.

    Raises:
        NotFoundError: nothing in the store names it; near names are offered.
    """
    parts = _naming(name, ids, fillers.c.statement, fillers.c.role, fillers.c.text, fillers.c.entity_name).subquery()
    query = sa.select(statements.c.key, statements.c.type, parts.c.role, parts.c.text, parts.c.entity_name)
    query = query.join(parts, parts.c.statement == statements.c.key).where(statements.c.current)
    with store.reading() as connection:
        found = connection.execute(_newest_first(query)).all()
        if not found:
            raise _unknown_name(connection, name)
        roles: dict[int, list[str]] = {}
        names: dict[str, int] = {}
        for row in found:
            roles.setdefault(row.key, []).append(row.role)
            called = row.entity_name or row.text
            names[called] = names.get(called, 0) + 1
        keys = _by_heading({row.key: row.type for row in found}, roles, codebook or Codebook.load())
        shown = {heading: under[:limit] for heading, under in keys.items()}
        wanted = [key for under in shown.values() for key in under]
        loaded = dict(zip(wanted, _load(connection, wanted), strict=True))
    rows = {key: SheetRow(statement, tuple(dict.fromkeys(roles[key]))) for key, statement in loaded.items()}
    sections = tuple(Section(heading, len(keys[heading]), tuple(rows[key] for key in under)) for heading, under in shown.items())
    return Sheet(name, tuple(sorted(names, key=lambda each: (-names[each], each))), len(roles), sections)


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
        (found,) = _load(connection, [latest.key])
        document = connection.execute(sa.select(documents_table).where(documents_table.c.id == found.document.id)).one()
        return Evidence(found, Document(**document._mapping), latest.current, tuple(Reading(row.model, row.read_at) for row in rows))


def search(store: Store, text: str, *, limit: int = 50) -> tuple[Statement, ...]:
    """The statements whose sentence holds all the words, best match first. Word forms match ("attacked" finds "attacks").

    Words in double quotes must stand together; a word that ends in * matches every word that begins so.
    """
    with store.reading() as connection:
        lite = connection.dialect.name == "sqlite"
        hits = _hits_sqlite(text) if lite else _hits_postgresql(text)
        if hits is None:
            return ()
        query = sa.select(statements.c.key).join(hits, hits.c.key == statements.c.sentence).where(statements.c.current)
        query = query.order_by(hits.c.rank, statements.c.newest.desc().nulls_last(), statements.c.id).limit(limit)
        return _load(connection, connection.scalars(query).all())


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


def _naming(name: str, ids: Collection[str], *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """The fillers that name an actor."""
    folded = fold(name)
    if ids:
        meant = sa.or_(fillers.c.entity_id.in_(ids), sa.and_(fillers.c.entity_id.is_(None), fillers.c.folded == folded))
    else:
        meant = sa.or_(fillers.c.folded == folded, fillers.c.entity_folded == folded)
    return sa.select(*columns).where(meant)


def _newest_first(query: sa.Select[Any]) -> sa.Select[Any]:
    # Id last, so that the order does not hang on the order of reading.
    return query.order_by(statements.c.newest.desc().nulls_last(), statements.c.id)


def _by_heading(types: dict[int, str], roles: dict[int, list[str]], codebook: Codebook) -> dict[str, list[int]]:
    """Statement keys under each heading that has some, in the order given."""
    keys: dict[str, list[int]] = {heading: [] for heading in (*codebook.headings, SAID)}
    for key, kind in types.items():
        keys[SAID if set(roles[key]) == {"speaker"} else codebook.heading(EventType(kind.upper()))].append(key)
    return {heading: under for heading, under in keys.items() if under}


def _load(connection: sa.Connection, keys: Sequence[int]) -> tuple[Statement, ...]:
    """The statements with these keys, in their order."""
    reference = [documents_table.c[name].label(f"document_{name}") for name in ("id", "title", "source", "published", "url")]
    sentence = [sentences.c.span_start, sentences.c.span_end, sentences.c.text]
    query = sa.select(statements.c.key, statements.c.payload, statements.c.confidence, *sentence, *reference)
    query = query.join(sentences, sentences.c.key == statements.c.sentence)
    query = query.join(documents_table, documents_table.c.id == statements.c.document)
    found: dict[int, Statement] = {}
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        for row in connection.execute(query.where(statements.c.key.in_(chunk))):
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


def _words(text: str) -> list[str]:
    """What is looked for: words and quoted phrases, each with its * where it has one."""
    found = re.findall(r'"([^"]*\w[^"]*)"|([^\s"]*\w[^\s"]*)', text.replace("\0", " "))
    return [phrase or word for phrase, word in found]


def _hits_sqlite(text: str) -> sa.Subquery | None:
    # Each word is quoted, so that nothing a user types is taken for FTS5's own language.
    terms = [f'"{word.rstrip("*")}"' + ("*" if word.endswith("*") else "") for word in _words(text)]
    if not terms:
        return None
    index = sa.table("sentence_index", sa.column("rowid"), sa.column("rank"))
    match = sa.text("sentence_index MATCH :terms").bindparams(terms=" ".join(terms))
    return sa.select(index.c.rowid.label("key"), index.c.rank.label("rank")).where(match).subquery()


def _hits_postgresql(text: str) -> sa.Subquery | None:
    words = _words(text)
    if not words:
        return None
    vector = sa.func.to_tsvector(sa.literal_column("'english'"), sentences.c.text)
    query = sa.and_(*(vector.op("@@")(_tsquery(word)) for word in words))
    rank = -sa.func.ts_rank(vector, _tsquery(" ".join(word.rstrip("*") for word in words)))
    return sa.select(sentences.c.key.label("key"), rank.label("rank")).where(query).subquery()


def _tsquery(word: str) -> sa.ColumnElement[Any]:
    language: sa.ColumnElement[str] = sa.literal_column("'english'")
    if word.endswith("*"):
        return sa.func.to_tsquery(language, "'" + word.rstrip("*").replace("'", "''").replace("\\", "") + "':*")
    return sa.func.phraseto_tsquery(language, word)


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


def _unknown_name(connection: sa.Connection, name: str) -> NotFoundError:
    near = _near_names(connection, fold(name))
    cause = f"Near names: {', '.join(near)}." if near else ""
    return NotFoundError(f"No statement in the store names {name!r}.", cause, "Check the spelling, or read articles about it first.")


def _near_names(connection: sa.Connection, folded: str) -> list[str]:
    """Names in the store that look like this one, the nearest first."""
    from rapidfuzz import fuzz, process

    # The two lists come from the indexes alone; which of the words are names is asked of the few that are near.
    words = sa.union(sa.select(fillers.c.folded), sa.select(fillers.c.entity_folded).where(fillers.c.entity_folded.is_not(None)))
    found = process.extract(folded, list(connection.scalars(words)), scorer=fuzz.WRatio, limit=4 * NEAR, score_cutoff=NEAR_SCORE)
    near: dict[str, None] = {}
    for match, _, _ in found:
        linked = sa.select(fillers.c.entity_name).where(fillers.c.entity_folded == match)
        unlinked = sa.select(fillers.c.text).where(fillers.c.folded == match, fillers.c.entity_id.is_(None), fillers.c.type.in_(NAMED))
        name = connection.scalar(linked.limit(1)) or connection.scalar(unlinked.limit(1))
        if name:
            near[name] = None
    return list(near)[:NEAR]
