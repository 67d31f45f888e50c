"""The actors that take part in the store's statements, with these by month."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from orbat.queries.finding import PARTIES
from orbat.store import Store
from orbat.tables import fillers, statements


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


def active_actors(store: Store) -> tuple[Active, ...]:
    """The actors of the catalogue that take part in statements, those with most first."""
    given = fillers.c
    day = statements.c.newest
    with store.reading() as connection:
        lite = connection.dialect.name == "sqlite"
        month = sa.func.substr(day, 1, 7, type_=sa.String) if lite else sa.func.to_char(day, "YYYY-MM", type_=sa.String)
        number = sa.func.count(sa.distinct(given.statement))
        query = sa.select(given.entity_id, month, number, sa.func.min(day), sa.func.max(day))
        query = query.add_columns(sa.func.min(given.entity_name), sa.func.min(given.entity_kind))
        query = query.join_from(statements, fillers, statements.c.key == given.statement)
        query = query.where(statements.c.current == sa.true(), given.role.in_(PARTIES), given.entity_kind != "place")
        rows = connection.execute(query.where(given.entity_id.is_not(None)).group_by(given.entity_id, month)).all()
    found: dict[str, Active] = {}
    for id, month_of, number_of, first, last, name, kind in sorted(rows, key=lambda row: (row[0], row[1] or "")):
        each = found.setdefault(id, Active(id, name, kind, 0, None, None, {}))
        each.name, each.kind = min(each.name, name), min(each.kind, kind)
        each.statements += number_of
        if month_of is not None:
            each.first, each.last = min(each.first or first, first), max(each.last or last, last)
            each.months[month_of] = number_of
    return tuple(sorted(found.values(), key=lambda each: (-each.statements, each.id)))
