"""Bringing the records up to date: what new readings and judgements touch, a few documents a transaction.

Each transaction leaves the store consistent: what it has not come to yet stays noted in ``unrecorded``, and killing it loses nothing.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from orbat.corroborate.agreement import record as record_of
from orbat.corroborate.build import by_document
from orbat.corroborate.features import Related
from orbat.corroborate.happenings import Happening
from orbat.corroborate.identity import assign_ids
from orbat.corroborate.judged import Judged, record_id
from orbat.corroborate.records import Group, inside
from orbat.corroborate.web import regroup, weave
from orbat.queries.judgements import judgements_in
from orbat.queries.loading import load, parts
from orbat.recordkeeping.families import add_to_families, context_of, documents_of
from orbat.recordkeeping.storeweb import StoreWeb, clear, of_other_rules
from orbat.recordserial import record_to_json
from orbat.recordtypes import Change, Record, RecordChange
from orbat.store import Store, mark_unrecorded
from orbat.tables import bands, copies, documents, record_changes, record_statements, records, statements, unrecorded, unwoven
from orbat.types import Statement

BATCH = 200  # documents a transaction: a commit costs little beside them, and other writers wait under a few seconds


def update(store: Store, *, related: Related, at: dt.datetime | None = None) -> tuple[RecordChange, ...]:
    """Bring the records up to date with all that was read and judged since the last time.

    Args:
        related: which actors' ids are related (``related_in``). What is kept was found with the relations of its time: after they
            have changed, ``rebuild``.
        at: the moment that changes are noted with; now, if not given.

    Raises:
        StoreError: the store cannot be written; what was committed before is whole.
    """
    with store.writing() as connection:
        if of_other_rules(connection):
            _unweave(connection)
    for some in _waiting(store, unwoven):
        with store.writing() as connection:
            _weave(connection, _still(connection, unwoven, some), related)
    done: list[RecordChange] = []
    for some in _waiting(store, unrecorded):
        with store.writing() as connection:
            done += _update(connection, _still(connection, unrecorded, some), related, at or dt.datetime.now(dt.UTC))
    return tuple(done)


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
        _unweave(connection)
    return update(store, related=related, at=at)


def _unweave(connection: sa.Connection) -> None:
    """Note that every document's happenings and records are to be made again."""
    clear(connection)
    connection.execute(sa.delete(unwoven))
    connection.execute(sa.insert(unwoven).from_select(["document"], sa.select(documents.c.id)))
    mark_unrecorded(connection, sa.select(documents.c.id))


def _waiting(store: Store, which: sa.Table) -> Iterator[Sequence[str]]:
    """The documents noted, some at a time until none is left; neighbours in time together, since they meet one another most."""
    query = sa.select(which.c.document).join(documents, documents.c.id == which.c.document)
    while True:
        with store.reading() as connection:
            noted = connection.scalars(query.order_by(documents.c.published, documents.c.id)).all()
        if not noted:
            return
        for start in range(0, len(noted), BATCH):
            yield noted[start : start + BATCH]


def _still(connection: sa.Connection, which: sa.Table, some: Sequence[str]) -> list[str]:
    """Those of some documents that are still noted: another process may have been quicker."""
    there = set(connection.scalars(sa.select(which.c.document).where(which.c.document.in_(some))))
    return [document for document in some if document in there]


def _weave(connection: sa.Connection, waiting: Collection[str], related: Related) -> None:
    """Put the happenings of documents in the web whose records are there already."""
    known = by_document(_statements(connection, statements.c.document, waiting))
    weave(_made(waiting, known, related, Judged.of(judgements_in(connection))), StoreWeb(connection), related)
    for part in parts(waiting):
        connection.execute(sa.delete(unwoven).where(unwoven.c.document.in_(part)))


def _update(connection: sa.Connection, waiting: Collection[str], related: Related, at: dt.datetime) -> list[RecordChange]:
    judged, web = Judged.of(judgements_in(connection)), StoreWeb(connection)
    grown = documents_of(connection, add_to_families(connection, waiting))
    known = by_document(_statements(connection, statements.c.document, waiting))
    seeds = weave(_made(waiting, known, related, judged), web, related)
    ever = _ever_of(connection, waiting)
    while True:
        made = regroup(seeds, web, related, judged=judged)
        old = _members(connection, {*made.documents, *ever})
        # Records hold what grouping did not reach only where they were made by other rules or with other relations.
        missing = {id for members in old.values() for id in members} - made.documents.keys() - ever
        more = (web.holding(missing).keys() if missing else set()) - seeds
        if not more:
            break
        seeds |= more
    groups, changes = assign_ids(old, made.groups, at=at, taken=_taken(connection, made.groups))
    anew = {*waiting, *grown}
    stale = {
        key: members
        for key, members in groups.items()
        if set(old.get(key, ())) != set(members) or not anew.isdisjoint(made.documents[id] for id in members)
    }
    also = _members_of_records(connection, _records_in(connection, grown) - old.keys())
    found = {s.id: s for each in known.values() for s in each}
    wanted = {id for members in (*stale.values(), *also.values()) for id in members} - found.keys()
    found |= {s.id: s for s in _statements(connection, statements.c.id, wanted)}
    context = context_of(connection, {found[id].document.id for members in (*stale.values(), *also.values()) for id in members}, related)
    new = [record_of(key, [found[id] for id in members], context, judged) for key, members in {**stale, **also}.items()]
    told = {change.record for change in changes}
    changed = _write(connection, new, old.keys() - groups.keys())
    changes = (*changes, *(RecordChange(key, Change.CHANGED, at) for key in sorted(changed - told)))
    _note(connection, changes)
    for part in parts(waiting):
        connection.execute(sa.delete(unrecorded).where(unrecorded.c.document.in_(part)))
    return list(changes)


def _made(
    about: Iterable[str], known: Mapping[str, Sequence[Statement]], related: Related, judged: Judged
) -> dict[str, tuple[Happening, ...]]:
    """The happenings of some documents, from their statements."""
    return {document: inside(known.get(document, ()), related, judged) for document in about}


def _statements(connection: sa.Connection, column: sa.Column[str], values: Iterable[str]) -> tuple[Statement, ...]:
    """The current statements that have one of some values."""
    query = sa.select(statements.c.key).where(statements.c.current == sa.true())
    return load(connection, [key for part in parts(values) for key in connection.scalars(query.where(column.in_(part)))])


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
