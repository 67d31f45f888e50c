"""The publishers and named speakers of a store: how much they say, when they were met, and with whom publishers share text."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from orbat import queries
from orbat.names import fold
from orbat.recordtypes import Reliability
from orbat.store import Store
from orbat.tables import copies, documents, fillers, statements

SPEAKERS = 2_000
"""Speakers listed at most, those with most statements."""
Family = list[tuple[str, dt.date | None]]
"""The publishers and days of the articles of a family of near-copies."""


@dataclass(frozen=True, slots=True)
class Seen:
    """When a source was met: the first and last day of its articles, or of what it says. Of a publisher, ``shared`` of its articles are
    near-copies of another publisher's: ``earlier`` came out on a day before all others, ``later`` on a day after the first."""

    first: dt.date | None = None
    last: dt.date | None = None
    shared: int = 0
    earlier: int = 0
    later: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher or speaker, by the id of its origin."""

    id: str
    name: str
    kind: str
    statements: int
    documents: int
    grade: Reliability
    seen: Seen

    @property
    def copies(self) -> int | None:
        """How many of a publisher's articles are near-copies of another's; None of a speaker."""
        return self.seen.shared if self.kind == "publisher" else None


def all_sources(store: Store) -> tuple[Source, ...]:
    """All publishers and named speakers of a store, those with most statements first."""
    graded = queries.grades(store)
    with store.reading() as connection:
        rows = [*_publishers(connection, graded), *_speakers(connection, graded)]
    return tuple(sorted(rows, key=lambda each: (-each.statements, each.id)))


def families(connection: sa.Connection, own: sa.Select[tuple[str]] | None = None) -> Iterable[Family]:
    """Each family of near-copies that more than one publisher has.

    Args:
        own: only those with one of these documents.
    """
    mixed = sa.select(copies.c.family).group_by(copies.c.family).having(sa.func.count(sa.distinct(copies.c.publisher)) > 1)
    if own is not None:
        mixed = mixed.where(copies.c.family.in_(sa.select(copies.c.family).where(copies.c.document.in_(own))))
    query = sa.select(copies.c.family, copies.c.publisher, documents.c.published)
    query = query.join_from(copies, documents, documents.c.id == copies.c.document).where(copies.c.family.in_(mixed))
    found: dict[str, Family] = defaultdict(list)
    for family, publisher, day in connection.execute(query):
        found[family].append((publisher, day))
    return found.values()


def _publishers(connection: sa.Connection, graded: dict[str, Reliability]) -> Iterable[Source]:
    """By the publisher as the records know it, which they do once a document is in them."""
    # Document by document, by the index of these: grouping all statements by document, SQLite takes another one and sorts them.
    said = sa.select(sa.func.count()).where(statements.c.document == copies.c.document, statements.c.current == sa.true())
    total, seen = sa.func.sum(said.correlate(copies).scalar_subquery()), _seen_publishers(connection)
    query = sa.select(copies.c.publisher, total.label("total"), sa.func.count().label("documents"))
    for row in connection.execute(query.group_by(copies.c.publisher)):
        id = f"publisher:{fold(row.publisher) or row.publisher}"
        grade = graded.get(id, graded.get(row.publisher, Reliability.F))
        yield Source(id, row.publisher, "publisher", int(row.total), row.documents, grade, seen.get(row.publisher, Seen()))


def _speakers(connection: sa.Connection, graded: dict[str, Reliability]) -> Iterable[Source]:
    """Those that are linked, and those whom a text names: the payload says so, as ``store`` writes it."""
    key = sa.func.coalesce(fillers.c.entity_id, fillers.c.folded)
    name = sa.func.min(sa.func.coalesce(fillers.c.entity_name, fillers.c.text))
    number, articles = sa.func.count(), sa.func.count(sa.distinct(statements.c.document))
    query = sa.select(key.label("key"), name.label("name"), number.label("number"), articles.label("articles"))
    query = query.join_from(fillers, statements, statements.c.key == fillers.c.statement)
    seen = _seen_speakers(connection)
    named = sa.or_(fillers.c.entity_id.is_not(None), statements.c.payload.contains('"anonymous":false', autoescape=True))
    query = query.where(fillers.c.role == "speaker", statements.c.current == sa.true(), named)
    for row in connection.execute(query.group_by(key).order_by(number.desc(), key).limit(SPEAKERS)):
        id = f"speaker:{row.key}"
        grade = graded.get(id, graded.get(row.name, Reliability.F))
        yield Source(id, row.name, "speaker", row.number, row.articles, grade, seen.get(fold(row.name), Seen()))


def _seen_publishers(connection: sa.Connection) -> dict[str, Seen]:
    """When publishers were met, and with how many others' articles theirs are shared, by name."""
    days = sa.select(copies.c.publisher, sa.func.min(documents.c.published), sa.func.max(documents.c.published))
    days = days.join_from(copies, documents, documents.c.id == copies.c.document).group_by(copies.c.publisher)
    found = {name: (first, last) for name, first, last in connection.execute(days)}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for family in families(connection):
        first = min((day for _, day in family if day), default=None)
        alone = len({name for name, day in family if day == first}) == 1
        for name, day in family:
            counts[name]["shared"] += 1
            if day is not None and first is not None:
                counts[name]["earlier"] += day == first and alone
                counts[name]["later"] += day > first
    of = {name: (counts[name]["shared"], counts[name]["earlier"], counts[name]["later"]) for name in found}
    return {name: Seen(*ends, *of[name]) for name, ends in found.items()}


def _seen_speakers(connection: sa.Connection) -> dict[str, Seen]:
    """When speakers were met, by folded name."""
    query = sa.select(statements.c.speaker, sa.func.min(statements.c.newest), sa.func.max(statements.c.newest))
    query = query.where(statements.c.current == sa.true(), statements.c.speaker.is_not(None)).group_by(statements.c.speaker)
    found: dict[str, Seen] = {}
    for name, first, last in connection.execute(query):
        known = found.get(fold(name), Seen())
        firsts, lasts = [day for day in (known.first, first) if day], [day for day in (known.last, last) if day]
        found[fold(name)] = Seen(min(firsts, default=None), max(lasts, default=None))
    return found
