"""The actors that take part in the store's statements, with these by month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from orbat.battle.moments import read_after
from orbat.queries.finding import PARTIES
from orbat.queries.loading import among
from orbat.store import Store
from orbat.tables import fillers, readings, statements


@dataclass(slots=True)
class Active:
    """An actor of the store while its statements are counted."""

    id: str
    name: str
    kind: str
    statements: int
    first: dt.date | None
    last: dt.date | None
    months: dict[str, int]


@dataclass(frozen=True, slots=True)
class Actives:
    """The actors of a store, those with most statements first; ``reading`` is the last reading that was counted."""

    rows: tuple[Active, ...]
    reading: int


def active_actors(store: Store, before: Actives | None = None) -> Actives:
    """The actors of the catalogue that take part in statements, those with most first.

    Args:
        before: as they were; where only new articles were read since, only theirs are counted.
    """
    with store.reading() as connection:
        newest = connection.scalar(sa.select(sa.func.max(readings.c.key))) or 0
        added = before is not None and _only_added(connection, before.reading, newest)
        since = before.reading if before is not None and added else 0
        found = {each.id: replace(each, months=dict(each.months)) for each in before.rows} if before is not None and added else {}
        for id, month, number, first, last, name, kind in _counted(connection, since, newest):
            each = found.setdefault(id, Active(id, name, kind, 0, None, None, {}))
            each.name, each.kind = min(each.name, name), min(each.kind, kind)
            each.statements += number
            if month is not None:
                each.first, each.last = min(each.first or first, first), max(each.last or last, last)
                each.months[month] = each.months.get(month, 0) + number
    for each in found.values():
        each.months = dict(sorted(each.months.items()))
    return Actives(tuple(sorted(found.values(), key=lambda each: (-each.statements, each.id))), newest)


def _only_added(connection: sa.Connection, last: int, newest: int) -> bool:
    """Whether all readings after one of them are of articles that were not read before: no statement that was counted is then gone."""
    read = read_after(connection, last, newest)
    if read is None:
        return False
    known = sa.select(readings.c.key).where(readings.c.key <= last, among(connection, readings.c.document, read))
    return not read or connection.execute(known.limit(1)).first() is None


def _counted(connection: sa.Connection, since: int, until: int) -> Iterable[Any]:
    """For each actor and month of statements of readings after one, up to another: how many, first and last day, name and kind."""
    given, day = fillers.c, statements.c.newest
    lite = connection.dialect.name == "sqlite"
    month = sa.func.substr(day, 1, 7, type_=sa.String) if lite else sa.func.to_char(day, "YYYY-MM", type_=sa.String)
    number = sa.func.count(sa.distinct(given.statement))
    query = sa.select(given.entity_id, month, number, sa.func.min(day), sa.func.max(day))
    query = query.add_columns(sa.func.min(given.entity_name), sa.func.min(given.entity_kind))
    query = query.join_from(statements, fillers, statements.c.key == given.statement)
    query = query.where(statements.c.current == sa.true(), given.role.in_(PARTIES), given.entity_kind != "place")
    query = query.where(given.entity_id.is_not(None), statements.c.reading <= until)
    if since:
        query = query.where(statements.c.reading > since)
    return connection.execute(query.group_by(given.entity_id, month))
