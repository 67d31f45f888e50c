"""The statements asked for by their keys, where they are few: found once for all that is asked of them."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from orbat.queries.finding import AT_HAND, PARTIES, Spellings, Wanted, areas_of, conditions, live
from orbat.queries.naming import naming
from orbat.store import Store
from orbat.tables import fillers, statements

FEW = 2_000
"""Statements that are taken by their keys: to count so many by facet takes 8 ms, as long as to go through the index of 100,000 once."""


def few(store: Store, wanted: Wanted, *, spelled: Spellings) -> tuple[int, ...] | None:
    """The keys of the statements asked for, in no order.

    SQLite goes through all current statements for what is asked for: 15 to 20 ms for each question to 100,000. Those that name someone or
    some town are found by that name in a tenth of it, and those that were found by their keys.

    Args:
        spelled: as for ``finding.conditions``.

    Returns:
        None where they are more than ``FEW`` or may be, since they name someone whom so many name; where words are asked for; and of a
        database that itself knows how many they may be.
    """
    with store.reading() as connection:
        if wanted == Wanted() or wanted.text.strip() or wanted.known_by is not None or connection.dialect.name != "sqlite":
            return None
        named = list(_named(wanted, spelled))
        rare = any(len(connection.scalars(each.limit(FEW + 1)).all()) <= FEW for each in named)
        if named and not rare:
            return None
        asked = conditions(connection, wanted, spelled=spelled)
        query = sa.select(statements.c.key).where(AT_HAND if rare else live(wanted), *asked)
        found = connection.scalars(query.limit(FEW + 1)).all()
        return tuple(found) if len(found) <= FEW else None


def _named(wanted: Wanted, spelled: Spellings) -> Iterator[sa.Select[tuple[int]]]:
    """The statements that name each of those without whom none is asked for."""
    for actor in wanted.actors:
        yield naming(actor.name, actor.ids, fillers.c.statement).where(fillers.c.role.in_(PARTIES))
    if wanted.speaker:
        yield naming(wanted.speaker.name, wanted.speaker.ids, fillers.c.statement).where(fillers.c.role == "speaker")
    if wanted.place and not areas_of(wanted.place, spelled):
        yield naming(wanted.place, (), fillers.c.statement).where(fillers.c.role == "place")
