"""What large records are made of, kept beside them, so that to make one again takes reading only what has changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from orbat.corroborate.context import Context
from orbat.corroborate.judged import Judged
from orbat.corroborate.members import Members, members_to_bytes
from orbat.corroborate.records import Group
from orbat.corroborate.web import Mark, Regrouped
from orbat.queries.loading import among, parts
from orbat.recordtypes import Record, RecordKind
from orbat.tables import members, record_statements
from orbat.types import Statement

LARGE = 12
"""Statements of a relation from which on they are kept: those of a smaller one are read as soon as their copies."""


def members_of_reached(connection: sa.Connection, reached: Regrouped) -> dict[str, list[str]]:
    """The records that hold statements of what was grouped. Of a component that has only grown one statement is asked for all, unless they
    are of several records by now."""
    found = members_of(connection, reached.documents.keys() - reached.told)
    return found | members_of(connection, reached.told.difference(*found.values()))


def members_of(connection: sa.Connection, ids: Iterable[str]) -> dict[str, list[str]]:
    """The records that hold some statements, each with all of its statements."""
    query = sa.select(record_statements.c.record).distinct()
    holding = {
        key for part in parts(ids) for key in connection.scalars(query.where(among(connection, record_statements.c.statement, part)))
    }
    return _members_of_records(connection, holding)


def _members_of_records(connection: sa.Connection, keys: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for part in parts(keys):
        query = sa.select(record_statements.c.record, record_statements.c.statement)
        for record, statement in connection.execute(query.where(among(connection, record_statements.c.record, part))).all():
            found[record].append(statement)
    return dict(found)


def kept_of(
    connection: sa.Connection, old: Mapping[str, Collection[str]], wanted: Collection[str], *, noted: Collection[str], judged: Judged
) -> Members:
    """Those of some statements that are kept beside records and are what they were.

    Args:
        old: the statements of the records to look at.
        noted: documents of which anything may be new; what is judged of a statement is told by the statement as it was read.
    """
    ids = set(wanted)
    large = [key for key, some in old.items() if len(some) >= LARGE and not ids.isdisjoint(some)]
    found = Members()
    for part in parts(large):
        for payload in connection.scalars(sa.select(members.c.payload).where(among(connection, members.c.record, part))):
            found.read(payload, lambda id, document: id in ids and document not in noted and id not in judged.about)
    return found


def keep(
    connection: sa.Connection, new: Iterable[Record], statements: Mapping[str, Statement], context: Context, *, before: Members
) -> None:
    """Keep the statements of large relations among new records, in the place of those that were kept of them before."""
    made = list(new)
    rows = [
        {"record": record.id, "payload": members_to_bytes([statements[id] for id in record.statements], context, before)}
        for record in made
        if record.kind is RecordKind.RELATION and len(record.statements) >= LARGE
    ]
    forget(connection, [record.id for record in made])
    if rows:
        connection.execute(sa.insert(members), rows)


def forget(connection: sa.Connection, records: Iterable[str]) -> None:
    """Let go of what is kept of some records."""
    for part in parts(records):
        connection.execute(sa.delete(members).where(among(connection, members.c.record, part)))


def note_alike(connection: sa.Connection, groups: Mapping[str, Group], alike: Mapping[str, Mark]) -> None:
    """Note of which records all happenings have one sameness and are a component of their own.

    Args:
        groups: the statements of each record.
        alike: the sameness of such, by their first statement.
    """
    now = {key: alike.get(some[0]) for key, some in groups.items() if len(some) >= LARGE}
    query, changed = sa.select(members.c.record, members.c.sameness), list[dict[str, Any]]()
    for part in parts(now):
        rows = connection.execute(query.where(among(connection, members.c.record, part)))
        changed += [{"key": row.record, "now": now[row.record]} for row in rows if row.sameness != now[row.record]]
    if changed:
        which = sa.update(members).where(members.c.record == sa.bindparam("key"))
        connection.execute(which.values(sameness=sa.bindparam("now")), changed)
