"""What is said of one actor: its statements, and its sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from orbat.codebook import Codebook
from orbat.queries.finding import Wanted, conditions, live
from orbat.queries.loading import load, newest_first
from orbat.queries.naming import naming, unknown_name
from orbat.store import Store
from orbat.tables import fillers, statements
from orbat.types import EventType, Statement

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
    query = sa.select(statements.c.key).where(statements.c.current, statements.c.key.in_(naming(name, ids, fillers.c.statement)))
    if types:
        query = query.where(statements.c.type.in_([kind.value.lower() for kind in types]))
    if since:
        query = query.where(statements.c.newest >= since)
    with store.reading() as connection:
        return load(connection, connection.scalars(newest_first(query).limit(limit)).all())


def sheet(
    store: Store,
    name: str,
    *,
    ids: Collection[str] = (),
    limit: int | None = None,
    codebook: Codebook | None = None,
    among: Wanted | None = None,
) -> Sheet:
    """A group's statements by kind, under the codebook's headings that have some, newest first.

    Args:
        ids: the catalogue's ids for the name, where it knows some.
        limit: rows under each heading; all, if None.
        codebook: the shipped one, if None.
        among: of these statements alone, as those of a day or those that were known by a moment.

    Raises:
        NotFoundError: nothing of these names it; near names are offered where nothing in the store does.
    """
    parts = naming(name, ids, fillers.c.statement, fillers.c.role, fillers.c.text, fillers.c.entity_name).subquery()
    query = sa.select(statements.c.key, statements.c.type, parts.c.role, parts.c.text, parts.c.entity_name)
    asked = among or Wanted()
    query = query.join(parts, parts.c.statement == statements.c.key).where(live(asked))
    with store.reading() as connection:
        query = query.where(*conditions(connection, asked))
        found = connection.execute(newest_first(query).order_by(parts.c.role)).all()
        if not found:
            raise unknown_name(connection, name, ids=ids, known_by=asked.known_by)
        roles: dict[int, list[str]] = {}
        names: dict[str, int] = {}
        for row in found:
            roles.setdefault(row.key, []).append(row.role)
            called = row.entity_name or row.text
            names[called] = names.get(called, 0) + 1
        keys = _by_heading({row.key: row.type for row in found}, roles, codebook or Codebook.load())
        shown = {heading: under[:limit] for heading, under in keys.items()}
        wanted = [key for under in shown.values() for key in under]
        loaded = dict(zip(wanted, load(connection, wanted), strict=True))
    rows = {key: SheetRow(statement, tuple(dict.fromkeys(roles[key]))) for key, statement in loaded.items()}
    sections = tuple(Section(heading, len(keys[heading]), tuple(rows[key] for key in under)) for heading, under in shown.items())
    return Sheet(name, tuple(sorted(names, key=lambda each: (-names[each], each))), len(roles), sections)


def _by_heading(types: dict[int, str], roles: dict[int, list[str]], codebook: Codebook) -> dict[str, list[int]]:
    """Statement keys under each heading that has some, in the order given."""
    keys: dict[str, list[int]] = {heading: [] for heading in (*codebook.headings, SAID)}
    for key, kind in types.items():
        keys[SAID if set(roles[key]) == {"speaker"} else codebook.heading(EventType(kind.upper()))].append(key)
    return {heading: under for heading, under in keys.items() if under}
