"""Bringing the records up to date: what new readings and judgements touch, a few documents a transaction.

Each transaction leaves the store consistent: what it has not come to yet stays noted in ``unrecorded``, and killing it loses nothing.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from orbat.corroborate.agreement import record as record_of
from orbat.corroborate.blocks import block_keys
from orbat.corroborate.build import by_document, regroup
from orbat.corroborate.features import Related
from orbat.corroborate.happenings import Happening
from orbat.corroborate.identity import assign_ids
from orbat.corroborate.judged import Judged, record_id
from orbat.corroborate.kept import RULES, happenings_from_json, happenings_to_json
from orbat.corroborate.records import Group, inside
from orbat.queries.judgements import judgements_in
from orbat.queries.loading import load, parts
from orbat.recordkeeping.families import add_to_families, context_of, documents_of
from orbat.recordserial import record_to_json
from orbat.recordtypes import Change, Record, RecordChange
from orbat.store import Store, mark_unrecorded
from orbat.tables import bands, blocks, copies, documents, happenings, record_changes, record_statements, records, statements, unrecorded
from orbat.types import Statement

BATCH = 200  # documents a transaction: a commit costs little beside them, and other writers wait under a few seconds


def update(store: Store, *, related: Related, at: dt.datetime | None = None) -> tuple[RecordChange, ...]:
    """Bring the records up to date with all that was read and judged since the last time.

    Args:
        related: which actors' ids are related (``related_in``).
        at: the moment that changes are noted with; now, if not given.

    Raises:
        StoreError: the store cannot be written; what was committed before is whole.
    """
    done: list[RecordChange] = []
    while True:
        with store.writing() as connection:
            waiting = connection.scalars(sa.select(unrecorded.c.document).order_by(unrecorded.c.document).limit(BATCH)).all()
            if not waiting:
                return tuple(done)
            done += _update(connection, waiting, related, at or dt.datetime.now(dt.UTC))


def rebuild(store: Store, *, related: Related, at: dt.datetime | None = None) -> tuple[RecordChange, ...]:
    """Make all records again from the statements and judgements. Groups that are what they were keep their ids and are no change.

    Args:
        related, at: as for ``update``.

    Raises:
        StoreError: as ``update``.
    """
    with store.writing() as connection:
        connection.execute(sa.delete(bands))
        connection.execute(sa.delete(copies))
        mark_unrecorded(connection, sa.select(documents.c.id))
    return update(store, related=related, at=at)


@dataclass(frozen=True, slots=True)
class _Reach:
    """What grouping asks of the store."""

    connection: sa.Connection

    def statements(self, documents: Iterable[str]) -> tuple[Statement, ...]:
        query = sa.select(statements.c.key).where(statements.c.current == sa.true())
        keys = [key for part in parts(documents) for key in self.connection.scalars(query.where(statements.c.document.in_(part)))]
        return load(self.connection, keys)

    def sharing(self, keys: Iterable[str]) -> frozenset[str]:
        query = sa.select(blocks.c.document).distinct()
        return frozenset(id for part in parts(keys) for id in self.connection.scalars(query.where(blocks.c.block.in_(part))))

    def kept(self, documents: Iterable[str]) -> dict[str, tuple[Happening, ...]]:
        """The happenings of documents, but of those that wait: their statements may have changed since."""
        query = sa.select(happenings.c.document, happenings.c.payload).where(happenings.c.rules == RULES)
        query = query.where(happenings.c.document.not_in(sa.select(unrecorded.c.document)))
        rows = (row for part in parts(documents) for row in self.connection.execute(query.where(happenings.c.document.in_(part))))
        return {row.document: happenings_from_json(row.payload) for row in rows}

    def holding(self, ids: Iterable[str]) -> frozenset[str]:
        query = sa.select(statements.c.document).distinct()
        return frozenset(id for part in parts(ids) for id in self.connection.scalars(query.where(statements.c.id.in_(part))))


def _update(connection: sa.Connection, waiting: Collection[str], related: Related, at: dt.datetime) -> list[RecordChange]:
    reach, judged = _Reach(connection), Judged.of(judgements_in(connection))
    grown = documents_of(connection, add_to_families(connection, waiting))
    made_now = {key: inside(found, related, judged) for key, found in by_document(reach.statements(waiting)).items()}
    gone = _renew_blocks(connection, waiting, made_now)
    touched = set(waiting)
    while True:
        made = regroup(touched, reach, related, judged=judged, gone=gone, kept=reach.kept)
        old = _members(connection, {*made.statements, *_ever_of(connection, touched)})
        # Records hold what grouping did not reach only where the catalogue or the rules have changed since they were made.
        missing = reach.holding({id for members in old.values() for id in members} - made.statements.keys()) - touched
        if not missing:
            break
        touched |= missing
    taken = _taken(connection, made.groups)
    groups, changes = assign_ids(old, made.groups, at=at, taken=taken)
    found = dict(made.statements)
    also = _members_of_records(connection, _records_in(connection, grown) - old.keys())
    if also:
        found |= {s.id: s for s in reach.statements(reach.holding({id for members in also.values() for id in members}))}
    context = context_of(connection, {found[id].document.id for members in (*groups.values(), *also.values()) for id in members}, related)
    new = [record_of(key, [found[id] for id in members], context, judged) for key, members in {**groups, **also}.items()]
    told = {change.record for change in changes}
    changed = _write(connection, new, old.keys() - groups.keys())
    changes = (*changes, *(RecordChange(key, Change.CHANGED, at) for key in sorted(changed - told)))
    _note(connection, changes)
    for part in parts(waiting):
        connection.execute(sa.delete(unrecorded).where(unrecorded.c.document.in_(part)))
    return list(changes)


def _renew_blocks(connection: sa.Connection, waiting: Collection[str], made: Mapping[str, tuple[Happening, ...]]) -> frozenset[str]:
    """Keep the happenings of some documents and their block keys as they are now; keys that they had and have no more are given."""
    for part in parts(waiting):
        connection.execute(sa.delete(happenings).where(happenings.c.document.in_(part)))
    rows = [{"document": key, "rules": RULES, "payload": happenings_to_json(found)} for key, found in made.items()]
    if rows:
        connection.execute(sa.insert(happenings), rows)
    had: dict[str, set[str]] = defaultdict(set)
    for part in parts(waiting):
        for row in connection.execute(sa.select(blocks).where(blocks.c.document.in_(part))):
            had[row.document].add(row.block)
    now = {document: {key for one in made.get(document, ()) for key in block_keys(one)} for document in waiting}
    for document in waiting:
        if lost := had[document] - now[document]:
            for part in parts(lost):
                connection.execute(sa.delete(blocks).where(blocks.c.document == document, blocks.c.block.in_(part)))
    fresh = [{"block": key, "document": document} for document in waiting for key in sorted(now[document] - had[document])]
    if fresh:
        connection.execute(sa.insert(blocks), fresh)
    return frozenset(key for document in waiting for key in had[document] - now[document])


def _ever_of(connection: sa.Connection, about: Iterable[str]) -> set[str]:
    """The ids of all statements that any reading made of some documents."""
    query = sa.select(statements.c.id).distinct()
    return {id for part in parts(about) for id in connection.scalars(query.where(statements.c.document.in_(part)))}


def _members(connection: sa.Connection, ids: Iterable[str]) -> dict[str, list[str]]:
    """The records that hold some statements, each with all of its statements."""
    query = sa.select(record_statements.c.record).distinct()
    holding = {key for part in parts(ids) for key in connection.scalars(query.where(record_statements.c.statement.in_(part)))}
    return _members_of_records(connection, holding)


def _members_of_records(connection: sa.Connection, keys: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for part in parts(keys):
        for row in connection.execute(sa.select(record_statements).where(record_statements.c.record.in_(part))):
            found[row.record].append(row.statement)
    return dict(found)


def _records_in(connection: sa.Connection, about: Iterable[str]) -> set[str]:
    """The records that hold a current statement of some documents."""
    query = sa.select(record_statements.c.record).distinct().join(statements, statements.c.id == record_statements.c.statement)
    query = query.where(statements.c.current == sa.true())
    return {key for part in parts(about) for key in connection.scalars(query.where(statements.c.document.in_(part)))}


def _taken(connection: sa.Connection, groups: Iterable[Group]) -> set[str]:
    """The ids that records have, of those that the groups might get; numbered ones too, for groups that have no other to get."""
    query, kept = sa.select(records.c.id), list(groups)
    wanted = parts(record_id(id) for group in kept for id in group)
    taken = {key for part in wanted for key in connection.scalars(query.where(records.c.id.in_(part)))}
    for group in kept:
        if taken.issuperset(map(record_id, group)):
            first = record_id(group[0])
            taken |= set(connection.scalars(query.where(records.c.id >= first, records.c.id < f"{first}~")))
    return taken


def _write(connection: sa.Connection, new: Iterable[Record], lost: Collection[str]) -> set[str]:
    """Put new records in the place of those of the same ids and take lost ones out. The ids of those that were there and differ."""
    rows = {record.id: _row(record) for record in new}
    kept: dict[str, str] = {}
    for part in parts(rows):
        kept |= {
            row.id: row.payload for row in connection.execute(sa.select(records.c.id, records.c.payload).where(records.c.id.in_(part)))
        }
    stale = [key for key, row in rows.items() if kept.get(key) != row["payload"]]
    for part in parts([*lost, *(key for key in stale if key in kept)]):
        connection.execute(sa.delete(record_statements).where(record_statements.c.record.in_(part)))
        connection.execute(sa.delete(records).where(records.c.id.in_(part)))
    if stale:
        members = {record.id: record.statements for record in new}
        connection.execute(sa.insert(records), [rows[key] for key in stale])
        connection.execute(sa.insert(record_statements), [{"statement": id, "record": key} for key in stale for id in members[key]])
    return {key for key in stale if key in kept}


def _row(record: Record) -> Mapping[str, Any]:
    return {
        "id": record.id,
        "kind": record.kind.value,
        "type": record.type.value.lower(),
        "status": record.status.value,
        "start": record.start,
        "end": record.end,
        "country": record.location.country if record.location else None,
        "origins": record.independent,
        "learned_first": record.learned_first,
        "learned_last": record.learned_last,
        "newest": record.start,
        "payload": json.dumps(record_to_json(record), ensure_ascii=False, separators=(",", ":")),
    }


def _note(connection: sa.Connection, changes: Iterable[RecordChange]) -> None:
    rows = [{"record": c.record, "change": c.change.value, "at": c.at, "others": " ".join(c.others)} for c in changes]
    if rows:
        connection.execute(sa.insert(record_changes), rows)
