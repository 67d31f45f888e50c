"""Moments of a store, and what became other between two of them: what is made of records is brought up to date by that alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from orbat.battle.case import Marks
from orbat.tables import judgements, readings, record_changes

MANY = 2_000
"""Changes, or articles read, up to which only what they touch is looked at; after more, as when a year of news is loaded, all is."""


def marks_of(connection: sa.Connection) -> Marks:
    """What moment of the store a connection sees."""
    newest = [connection.scalar(sa.select(sa.func.max(table.c.key))) or 0 for table in (readings, record_changes)]
    judged = sa.select(sa.func.count(), sa.func.max(judgements.c.at), sa.func.max(judgements.c.withdrawn_at))
    return Marks(newest[0], newest[1], tuple(connection.execute(judged).one()))


def between(connection: sa.Connection, before: Marks, after: Marks) -> tuple[Sequence[str], Sequence[Any]] | None:
    """The articles read and the changes of records (``record, change, others``) since a moment.

    None where anything may be another: a judgement was made or taken back, the store is not the one of that moment, or there are ``MANY``.
    """
    if before.judged != after.judged:
        return None
    read, changes = read_after(connection, before.reading, after.reading), changes_after(connection, before.change, after.change)
    return None if read is None or changes is None else (read, changes)


def read_after(connection: sa.Connection, before: int, now: int) -> Sequence[str] | None:
    """The articles read after a reading; None where there are ``MANY``, or where the last is an earlier one."""
    if now < before:
        return None
    query = sa.select(readings.c.document).distinct().where(readings.c.key > before).limit(MANY + 1)
    found = connection.scalars(query).all()
    return None if len(found) > MANY else found


def changes_after(connection: sa.Connection, before: int, now: int) -> Sequence[Any] | None:
    """The changes of records after one of them; None where there are ``MANY``, or where the last is an earlier one."""
    if now < before:
        return None
    query = sa.select(record_changes.c.record, record_changes.c.change, record_changes.c.others)
    found = connection.execute(query.where(record_changes.c.key > before).limit(MANY + 1)).all()
    return None if len(found) > MANY else found


def touched_by(changes: Iterable[Any]) -> frozenset[str]:
    """The ids of all records that some changes name."""
    return frozenset(id for each in changes for id in (each.record, *each.others.split()))
