"""Statements by everything at once: words, who, what, where, when, how surely, who says so, from where; and counts by facet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from orbat.names import fold
from orbat.queries.loading import load, newest_first, parts
from orbat.queries.naming import naming
from orbat.queries.words import hits_of
from orbat.store import Store
from orbat.tables import FACETS, SHORT, fillers, record_statements, records, statements
from orbat.types import Certainty, EventType, Statement

if TYPE_CHECKING:
    import pandas
    import pyarrow

PARTIES = ("actor", "target", "origin")  # the roles in which a statement is about an actor


class Sort(StrEnum):
    """Which statements come first. ``read``: those kept last; ``match``: those whose sentence the words fit best."""

    NEWEST = "newest"
    OLDEST = "oldest"
    READ = "read"
    CONFIDENCE = "confidence"
    MATCH = "match"


@dataclass(frozen=True, slots=True)
class Named:
    """A name, and the ids that the caller's catalogue gives for it, where it knows it."""

    name: str
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; all that is given must hold, and what is empty or None asks nothing.

    ``text`` as ``queries.search`` takes it. ``actors``: each takes part, as actor, target or origin. ``place``: a place named in it, or
    the province or country where it happened. ``types`` and ``certainties``: one of these. ``speaker``: who says so. ``source``: the
    publisher. ``since`` and ``until``: it may have happened between these days; what has no date goes by its publication.
    ``min_origins``: its record has at least so many independent origins.
    """

    text: str = ""
    actors: tuple[Named, ...] = ()
    types: tuple[EventType, ...] = ()
    place: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    certainties: tuple[Certainty, ...] = ()
    speaker: Named | None = None
    negated: bool | None = None
    source: str = ""
    min_origins: int = 0


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A statement, and the record that it is of, with its number of independent origins, where the records are up to date."""

    statement: Statement
    record: str | None = None
    origins: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: ``total`` counts also what a limit left out."""

    total: int
    rows: tuple[FoundRow, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements alone."""
        return tuple(row.statement for row in self.rows)

    def table(self) -> pyarrow.Table:
        """One row a statement, with typed columns: those of ``serial.ROW_COLUMNS``, ``record`` and ``origins``."""
        from orbat.queries.frames import table

        return table(self.rows)

    def frame(self) -> pandas.DataFrame:
        """The same as a pandas data frame: days as datetime64, whole numbers as Int64, words of a list as categories.

        Raises:
            DataError: pandas is not installed.
        """
        from orbat.queries.frames import frame

        return frame(self.table())


@dataclass(frozen=True, slots=True)
class Facet:
    """How many statements have each value of a column, the most frequent first; ``value`` None: it is not known."""

    name: str
    counts: tuple[tuple[str | None, int], ...] = field(default=())


def find(store: Store, wanted: Wanted, *, sort: Sort | None = None, limit: int | None = 50) -> Found:
    """The statements that are asked for.

    Args:
        sort: by default the best match first where words are asked for, else the newest.
        limit: rows given; all, if None.
    """
    order = sort or (Sort.MATCH if wanted.text.strip() else Sort.NEWEST)
    with store.reading() as connection:
        chosen = _chosen(connection, wanted, statements.c.key, ranked=order is Sort.MATCH)
        if chosen is None:
            return Found(0, ())
        keys = connection.scalars(_ordered(chosen, order).limit(limit)).all()
        total = len(keys)
        if limit is not None and total == limit:
            counted = _chosen(connection, wanted, sa.func.count())
            total = connection.scalar(counted) or 0 if counted is not None else 0
        found = load(connection, keys)
        ids = [statement.id for statement in found]
        kept = {row.statement: row for row in _records_of(connection, ids)}
    rows = (FoundRow(s, kept[s.id].record, kept[s.id].origins) if s.id in kept else FoundRow(s) for s in found)
    return Found(total, tuple(rows))


def facets(store: Store, wanted: Wanted, *, limit: int | None = 20) -> tuple[Facet, ...]:
    """How many of the statements asked for have each type, certainty, negation, speaker, country and source.

    Args:
        limit: values of each, the most frequent; all, if None.
    """
    with store.reading() as connection:
        found = []
        for name in FACETS:
            column, number = statements.c[name], sa.func.count().label("number")
            counted = _chosen(connection, wanted, column.label("value"), number)
            if counted is None:
                return ()
            rows = connection.execute(counted.group_by(column).order_by(number.desc(), column).limit(limit))
            found.append(Facet(name, tuple((_shown(row.value), row.number) for row in rows)))
        return tuple(found)


def _shown(value: object) -> str | None:
    return ("negated" if value else "affirmed") if isinstance(value, bool) else None if value is None else str(value)


def _chosen(connection: sa.Connection, wanted: Wanted, *columns: Any, ranked: bool = False) -> sa.Select[Any] | None:
    """The question for the statements asked for; None where the text asked for holds no word. ``ranked`` adds ``rank`` to sort by."""
    query = sa.select(*columns).where(*_conditions(connection, wanted))
    if not wanted.text.strip():
        return query
    hits = hits_of(connection, wanted.text)
    if hits is None:
        return None
    query = query.join_from(hits, statements, statements.c.sentence == hits.c.key)
    return query.order_by(hits.c.rank) if ranked else query


def _ordered(query: sa.Select[Any], order: Sort) -> sa.Select[Any]:
    match order:
        case Sort.OLDEST:
            return query.order_by(statements.c.newest.asc().nulls_last(), statements.c.id)
        case Sort.READ:
            return query.order_by(statements.c.key.desc())
        case Sort.CONFIDENCE:
            return newest_first(query.order_by(statements.c.confidence.desc()))
        case _:
            return newest_first(query)


def _conditions(connection: sa.Connection, wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    yield statements.c.current == sa.true()
    for actor in wanted.actors:
        yield statements.c.key.in_(naming(actor.name, actor.ids, fillers.c.statement).where(fillers.c.role.in_(PARTIES)))
    if wanted.speaker:
        named = naming(wanted.speaker.name, wanted.speaker.ids, fillers.c.statement)
        yield statements.c.key.in_(named.where(fillers.c.role == "speaker"))
    if wanted.place:
        yield _where(connection, wanted.place)
    if wanted.types:
        yield statements.c.type.in_([kind.value.lower() for kind in wanted.types])
    if wanted.certainties:
        yield statements.c.certainty.in_([certainty.value for certainty in wanted.certainties])
    if wanted.negated is not None:
        yield statements.c.negated == (sa.true() if wanted.negated else sa.false())
    if wanted.source:
        yield statements.c.source.in_(_spellings(connection, statements.c.source, wanted.source))
    if wanted.since:
        yield statements.c.newest >= wanted.since
    if wanted.until:
        yield sa.func.coalesce(statements.c.date_start, statements.c.newest) <= wanted.until
    if wanted.min_origins:
        enough = sa.select(record_statements.c.statement).join(records, records.c.id == record_statements.c.record)
        yield statements.c.id.in_(enough.where(records.c.origins >= wanted.min_origins))


def _where(connection: sa.Connection, place: str) -> sa.ColumnElement[bool]:
    """Named in the statement, or the province or country where it happened."""
    named = naming(place, (), fillers.c.statement).where(fillers.c.role == "place")
    areas = [
        column.in_(found) for column in (statements.c.country, statements.c.admin1) if (found := _spellings(connection, column, place))
    ]
    return sa.or_(statements.c.key.in_(named), *areas)


def _spellings(connection: sa.Connection, column: sa.ColumnElement[str | None], name: str) -> list[str]:
    """The values of a column that are this name: few values stand in many rows, so they are folded here, not in the database."""
    wanted = fold(name[:SHORT])
    values = connection.scalars(sa.select(column).where(statements.c.current == sa.true(), column.is_not(None)).distinct())
    return [value for value in values if value and fold(value) == wanted]


def _records_of(connection: sa.Connection, ids: Collection[str]) -> Iterator[Any]:
    query = sa.select(record_statements.c.statement, record_statements.c.record, records.c.origins)
    query = query.join(records, records.c.id == record_statements.c.record)
    for part in parts(ids):
        yield from connection.execute(query.where(record_statements.c.statement.in_(part)))
