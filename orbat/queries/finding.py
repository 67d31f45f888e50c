"""Statements by everything at once: words, who, what, where, when, how surely, who says so, from where; and counts by facet."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from orbat.errors import DataError
from orbat.names import fold
from orbat.queries.asked import members
from orbat.queries.loading import among, load, newest_first, parts
from orbat.queries.naming import naming
from orbat.queries.words import are_many, hits_of
from orbat.recordtypes import RecordKind, RecordStatus
from orbat.store import Store
from orbat.tables import FACETS, SHORT, TOLD_ORIGINS, fillers, readings, record_statements, records, statements, unrecorded
from orbat.types import Certainty, EventType, Statement

if TYPE_CHECKING:
    import pandas
    import pyarrow

COUNTED = (("type", "certainty", "negated", "country", "model", "status"), ("speaker",), ("source",))
"""The facets that are counted together: few combinations, so that one look at the statements answers for six."""

TOGETHER = ("type", "certainty", "negated", "country", "model")
"""What SQLite keeps in one column, ``counted``: with U+001F between, and U+001E for what is not known."""

PARTIES = ("actor", "target", "origin")  # the roles in which a statement is about an actor

Spellings = Callable[[str], Collection[str]]
"""The values of a column of current statements, by its name: who asks often keeps them, since to find them all rows are gone through."""


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
    ``min_origins``: its record has at least so many independent origins. ``as_of``: it may have happened by that day, and is of no relation
    whose record says that it had ended before. ``known_by``: what the readings of that moment say, each document's latest by then; no
    record is given with it, and what narrows by records does so by those of now. ``statuses``: its record has one of these. ``model``: read
    by the model of that name. Types, certainties and statuses may be given as words.

    Raises:
        NotFoundError: a word is no type, certainty or status.
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
    as_of: dt.date | None = None
    known_by: dt.datetime | None = None
    statuses: tuple[RecordStatus, ...] = ()
    model: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "types", members(EventType, self.types))
        object.__setattr__(self, "certainties", members(Certainty, self.certainties))
        object.__setattr__(self, "statuses", members(RecordStatus, self.statuses))


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A statement, and the record that it is of, with its number of independent origins, where the records are up to date.

    Neither is given of what was known by a moment: records as they were then are made anew (``recordkeeping.known_by``).
    """

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
        """One row a statement, with typed columns: those of ``serial.ROW_COLUMNS``, ``record`` and ``origins``.

        Raises:
            DataError: pyarrow is not installed.
        """
        try:
            from orbat.queries.frames import table
        except ImportError as error:
            raise DataError("Typed columns need pyarrow.", f"{error}.", "pip install 'orbat[frames]'") from error
        return table(self.rows)

    def frame(self) -> pandas.DataFrame:
        """The same as a pandas data frame: days as datetime64, whole numbers as Int64, words of a list as categories.

        Raises:
            DataError: pandas or pyarrow is not installed.
        """
        columns = self.table()
        from orbat.queries.frames import frame

        return frame(columns)


@dataclass(frozen=True, slots=True)
class Facet:
    """How many statements have each value of a column, the most frequent first; ``value`` None: it is not known."""

    name: str
    counts: tuple[tuple[str | None, int], ...] = field(default=())


def find(store: Store, wanted: Wanted, *, sort: Sort | None = None, limit: int | None = 50) -> Found:
    """The statements that are asked for.

    Args:
        sort: by default the best match first where words are asked for, else the newest. Where over ``words.MANY`` sentences hold the
            words, the newest come first instead of the best match.
        limit: rows given; all, if None.
    """
    with store.reading() as connection:
        chosen = Chosen.of(connection, wanted)
        if chosen is None:
            return Found(0, ())
        query = chosen.in_order(sort or Sort.MATCH).limit(limit)
        # Few enough, or dear enough to find, that all are looked at to be put in order: they are counted then.
        if counted := (chosen.hits is not None and not chosen.many) or bool(wanted.actors or wanted.speaker):
            query = query.add_columns(sa.func.count().over().label("total"))
        found = connection.execute(query).all()
        keys = [row.key for row in found]
        if limit is None or len(keys) < limit:
            total = len(keys)
        else:
            total = found[0].total if counted and found else connection.scalar(chosen.query(sa.func.count())) or 0
        rows = rows_of(connection, load(connection, keys), wanted)
    return Found(total, rows)


def search(store: Store, text: str, *, limit: int = 50) -> tuple[Statement, ...]:
    """The statements whose sentence holds all the words, best match first. Word forms match ("attacked" finds "attacks").

    Words in double quotes must stand together; a word that ends in * matches every word that begins so.
    """
    return find(store, Wanted(text=text), limit=limit).statements if text.strip() else ()


def facets(
    store: Store, wanted: Wanted, *, limit: int | None = 20, spelled: Spellings | None = None, keys: Sequence[int] | None = None
) -> tuple[Facet, ...]:
    """How many of the statements asked for have each type, certainty, negation, speaker, country, source, status of record and model.

    Args:
        limit: values of each, the most frequent; all, if None.
        spelled: as for ``conditions``.
        keys: as for ``Chosen.of``.
    """
    with store.reading() as connection:
        chosen = Chosen.of(connection, wanted, joined=True, spelled=spelled, keys=keys)
        if chosen is None:
            return ()
        # Of all statements there is a shorter way to the statuses, unless some records are of what is no more.
        whole = wanted == Wanted() and connection.scalar(sa.select(unrecorded.c.document).limit(1)) is None
        counts: dict[str, Counter[Any]] = {name: Counter() for name in FACETS}
        counted = (("counted", "status"), *COUNTED[1:]) if connection.dialect.name == "sqlite" else COUNTED
        for number, group, *values in connection.execute(_counted(chosen, counted, statuses=not whole)).all():
            for name, value in _apart(zip(counted[group], values, strict=False)):
                counts[name][value] += number
        if whole:
            counts["status"] = _statuses(connection, counts["type"].total())
    return tuple(Facet(name, _most(found, limit)) for name, found in counts.items())


def _statuses(connection: sa.Connection, total: int) -> Counter[Any]:
    """How many of all statements are in records of each status; None: in none."""
    query = sa.select(record_statements.c.status, sa.func.count()).group_by(record_statements.c.status)
    found: Counter[Any] = Counter({row[0]: row[1] for row in connection.execute(query)})
    found[None] = total - found.total()
    return +found


def _apart(values: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Values of facets by name, those that are kept in one column apart."""
    for name, value in values:
        if name != "counted":
            yield name, value
            continue
        for each, text in zip(TOGETHER, value.split("\x1f", len(TOGETHER) - 1), strict=True):
            yield each, None if text == "\x1e" else text == "1" if each == "negated" else text


def _counted(chosen: Chosen, groups: Sequence[tuple[str, ...]], *, statuses: bool) -> sa.CompoundSelect[Any]:
    """How many of the chosen statements have each combination of values, group by group: count, number of the group, values.

    The statements are chosen once and held for the counting, since choosing them may cost more than counting does.
    """
    named = [name for together in groups for name in together if name != "status"]
    columns: list[sa.ColumnElement[Any]] = [
        statements.c[name] if name in statements.c else sa.literal_column(f"statements.{name}").label(name) for name in named
    ]
    whole: sa.FromClause = statements
    if statuses:
        columns.append(record_statements.c.status)
        whole = statements.outerjoin(record_statements, record_statements.c.statement == statements.c.id)
    else:
        columns.append(sa.null().label("status"))
    found = sa.select(*columns).select_from(whole).where(*chosen.conditions).cte("chosen").prefix_with("MATERIALIZED")
    width = max(map(len, groups))
    parts = []
    for number, together in enumerate(groups):
        values = [found.c[name] for name in together]
        empty = [sa.null()] * (width - len(values))
        parts.append(sa.select(sa.func.count(), sa.literal(number), *values, *empty).group_by(*values))
    return sa.union_all(*parts)


def _most(found: Counter[Any], limit: int | None) -> tuple[tuple[str | None, int], ...]:
    ordered = sorted(found.items(), key=lambda pair: (-pair[1], pair[0] is None, str(pair[0])))
    return tuple((_shown(value), number) for value, number in ordered[:limit])


def _shown(value: object) -> str | None:
    return ("negated" if value else "affirmed") if isinstance(value, bool) else None if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The statements asked for, as conditions; ``hits`` are the sentences that hold the words asked for, where some are."""

    conditions: tuple[sa.ColumnElement[bool], ...]
    hits: sa.Subquery | None = None
    many: bool = False

    @classmethod
    def of(
        cls,
        connection: sa.Connection,
        wanted: Wanted,
        *,
        joined: bool = False,
        spelled: Spellings | None = None,
        keys: Sequence[int] | None = None,
    ) -> Chosen | None:
        """None where the text asked for holds no word.

        Args:
            joined: as for ``conditions``.
            spelled: as for ``conditions``.
            keys: of the statements asked for, where they were found already (``few``).
        """
        if keys is not None:
            return cls((AT_HAND, among(connection, statements.c.key, keys)))
        current, asked = live(wanted), tuple(conditions(connection, wanted, joined=joined, spelled=spelled))
        if not wanted.text.strip():
            return cls((current, *asked))
        hits = hits_of(connection, wanted.text)
        if hits is None:
            return None
        many = are_many(connection, hits)
        sentence: sa.ColumnElement[int] = statements.c.sentence
        if connection.dialect.name == "sqlite":
            # A plus takes a column from SQLite's planner, which knows too little of the words: where few sentences hold them it is to go
            # from these to the statements, where many do to go through the statements in order.
            if many:
                sentence = sa.literal_column("+statements.sentence", sa.Integer)
            elif wanted.known_by is None:
                current = AT_HAND
        return cls((current, *asked, sentence.in_(sa.select(hits.c.key))), hits, many)

    def query(self, *columns: Any) -> sa.Select[Any]:
        """The question for some columns of the statements."""
        return sa.select(*columns).select_from(statements).where(*self.conditions)

    def in_order(self, order: Sort) -> sa.Select[Any]:
        """The question for their keys in an order."""
        query = self.query(statements.c.key)
        match order:
            case Sort.OLDEST:
                return query.order_by(statements.c.newest.asc().nulls_last(), statements.c.id)
            case Sort.READ:
                return query.order_by(statements.c.key.desc())
            case Sort.CONFIDENCE:
                return newest_first(query.order_by(statements.c.confidence.desc()))
            case Sort.MATCH if self.hits is not None and not self.many:
                best = sa.select(statements.c.key).join_from(self.hits, statements, statements.c.sentence == self.hits.c.key)
                return newest_first(best.where(*self.conditions[:-1]).order_by(self.hits.c.rank))
            case _:
                return newest_first(query)


AT_HAND = sa.literal_column("+statements.current", sa.Integer) == 1
"""That a statement is current, for SQLite that is not to look for it by that."""


def live(wanted: Wanted) -> sa.ColumnElement[bool]:
    """That a statement is of its document's latest reading: the latest now, or the latest that there was by a moment."""
    if wanted.known_by is None:
        return statements.c.current == sa.true()
    later = readings.alias("later")
    # As the store tells which of two readings is the later one.
    rank = sa.tuple_(later.c.read_at, later.c.model, later.c.digest) > sa.tuple_(readings.c.read_at, readings.c.model, readings.c.digest)
    newer = sa.exists().where(later.c.document == readings.c.document, later.c.read_at <= wanted.known_by, rank)
    return statements.c.reading.in_(sa.select(readings.c.key).where(readings.c.read_at <= wanted.known_by, ~newer))


def conditions(
    connection: sa.Connection, wanted: Wanted, *, joined: bool = False, spelled: Spellings | None = None
) -> Iterator[sa.ColumnElement[bool]]:
    """What a statement's row must meet, all of it; that it is ``live`` is not among it.

    Args:
        spelled: the values of a column, where who asks has them; they are looked up otherwise, and for what was known by a moment.
        joined: the question joins ``record_statements`` to the statements.
    """
    member = record_statements if joined else _MEMBER
    if spelled is None or wanted.known_by is not None:
        spelled = partial(_values, connection, among=live(wanted))
    for actor in wanted.actors:
        yield statements.c.key.in_(naming(actor.name, actor.ids, fillers.c.statement).where(fillers.c.role.in_(PARTIES)))
    if wanted.speaker:
        named = naming(wanted.speaker.name, wanted.speaker.ids, fillers.c.statement)
        yield statements.c.key.in_(named.where(fillers.c.role == "speaker"))
    if wanted.place:
        yield _where(wanted.place, spelled)
    if wanted.types:
        yield statements.c.type.in_([kind.value.lower() for kind in wanted.types])
    if wanted.certainties:
        yield statements.c.certainty.in_([certainty.value for certainty in wanted.certainties])
    if wanted.negated is not None:
        yield statements.c.negated == (sa.true() if wanted.negated else sa.false())
    if wanted.source:
        yield statements.c.source.in_(_alike(spelled("source"), wanted.source))
    if wanted.since:
        yield statements.c.newest >= wanted.since
    if wanted.until:
        yield sa.func.coalesce(statements.c.date_start, statements.c.newest) <= wanted.until
    if wanted.min_origins:
        many = sa.select(records.c.id).where(records.c.origins >= wanted.min_origins)  # of which statements tell no more than the first
        told = member.c.origins >= min(wanted.min_origins, TOLD_ORIGINS)
        yield _of_record(told if wanted.min_origins <= TOLD_ORIGINS else sa.and_(told, member.c.record.in_(many)), joined)
    if wanted.statuses:
        yield _of_record(member.c.status.in_([status.value for status in wanted.statuses]), joined)
    if wanted.model:
        yield statements.c.model == wanted.model[:SHORT]
    if wanted.as_of:
        yield sa.func.coalesce(statements.c.date_start, statements.c.newest) <= wanted.as_of
        ended = sa.select(record_statements.c.statement).join(records, records.c.id == record_statements.c.record)
        yield statements.c.id.not_in(ended.where(records.c.kind == RecordKind.RELATION.value, records.c.end < wanted.as_of))


_MEMBER = record_statements.alias("member")


def _of_record(meets: sa.ColumnElement[bool], joined: bool) -> sa.ColumnElement[bool]:
    """That a statement is of a record that meets a condition: one look for each statement, and for a page of them few looks."""
    return meets if joined else sa.exists().where(_MEMBER.c.statement == statements.c.id, meets).correlate(statements)


def _where(place: str, spelled: Spellings) -> sa.ColumnElement[bool]:
    """Named in the statement, or the province or country where it happened."""
    named = naming(place, (), fillers.c.statement).where(fillers.c.role == "place")
    return sa.or_(statements.c.key.in_(named), *(statements.c[name].in_(found) for name, found in areas_of(place, spelled)))


def areas_of(place: str, spelled: Spellings) -> list[tuple[str, list[str]]]:
    """How a place is spelled where it is a country or a province, by the column that has these."""
    return [(name, found) for name in ("country", "admin1") if (found := _alike(spelled(name), place))]


def _alike(values: Iterable[str], name: str) -> list[str]:
    """Those of some values that are this name: few values stand in many rows, so they are folded here, not in the database."""
    wanted = fold(name[:SHORT])
    return [value for value in values if fold(value) == wanted]


def _values(connection: sa.Connection, name: str, *, among: sa.ColumnElement[bool]) -> Collection[str]:
    column = statements.c[name]
    return [value for value in connection.scalars(sa.select(column).where(among, column.is_not(None)).distinct()) if value]


def spellings(store: Store, name: str) -> Collection[str]:
    """The values of a column of the current statements of a store: ``Spellings``, to be kept."""
    with store.reading() as connection:
        return _values(connection, name, among=statements.c.current == sa.true())


def rows_of(connection: sa.Connection, found: Sequence[Statement], wanted: Wanted) -> tuple[FoundRow, ...]:
    """Statements with the records that they are of; without, where it is asked what was known by a moment."""
    ids = [statement.id for statement in found] if wanted.known_by is None else []
    kept = {row.statement: row for row in records_of(connection, ids)}
    return tuple(FoundRow(s, kept[s.id].record, kept[s.id].origins) if s.id in kept else FoundRow(s) for s in found)


def records_of(connection: sa.Connection, ids: Collection[str]) -> Iterator[Any]:
    """Rows ``statement, record, origins`` of the statements that are in a record."""
    query = sa.select(record_statements.c.statement, record_statements.c.record, records.c.origins)
    query = query.join(records, records.c.id == record_statements.c.record)
    for part in parts(ids):
        yield from connection.execute(query.where(record_statements.c.statement.in_(part)))
