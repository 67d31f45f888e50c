"""What analysts decided, as it stands or stood."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from orbat.corroborate.judged import Judged
from orbat.errors import NotFoundError
from orbat.recordtypes import Judgement, Reliability, Verdict
from orbat.store import Store
from orbat.tables import judgements as table
from orbat.types import Statement


def judgements(store: Store, *, withdrawn: bool = True, known_by: dt.datetime | None = None) -> tuple[Judgement, ...]:
    """The judgements, the first first.

    Args:
        withdrawn: those that were taken back too.
        known_by: only those made by then, as they stood then.
    """
    with store.reading() as connection:
        found = judgements_in(connection)
    if known_by:
        found = tuple(_as_known(each, known_by) for each in found if each.at <= known_by)
    return found if withdrawn else tuple(each for each in found if each.withdrawn_at is None)


def judgements_in(connection: sa.Connection) -> tuple[Judgement, ...]:
    """The same where a connection is open."""
    return tuple(_judgement(row) for row in connection.execute(sa.select(table).order_by(table.c.at, table.c.id)))


def corrections(connection: sa.Connection) -> Callable[[Statement], Statement]:
    """What turns a statement as it was read into what it says after the corrections that stand."""
    return Judged.of(judgements_in(connection)).corrected


def judgement(store: Store, id: str) -> Judgement:
    """One judgement by its id or the beginning of it.

    Raises:
        NotFoundError: no id begins so, or several do.
    """
    wanted = id.strip().lower()
    with store.reading() as connection:
        query = sa.select(table).where(table.c.id >= wanted, table.c.id < wanted + "g").limit(2)
        rows = connection.execute(query).all() if wanted else []
    if len(rows) != 1:
        fact = f"{'Several judgements have' if rows else 'No judgement has'} an id that begins with {id!r}."
        raise NotFoundError(fact, "", "`orbat judge list` prints ids.")
    return _judgement(rows[0])


def grades(store: Store) -> dict[str, Reliability]:
    """The reliability that analysts gave to origins, by the origin's id or name; the last one given stands."""
    return {each.left: Reliability(each.value) for each in judgements(store, withdrawn=False) if each.verdict is Verdict.GRADE}


def _judgement(row: sa.Row[Any]) -> Judgement:
    return Judgement(**{**row._mapping, "verdict": Verdict(row.verdict)})


def _as_known(each: Judgement, by: dt.datetime) -> Judgement:
    return replace(each, withdrawn_at=None) if each.withdrawn_at and each.withdrawn_at > by else each
