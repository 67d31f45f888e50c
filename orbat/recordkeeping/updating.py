"""Bringing the records up to date: what new readings and judgements touch, a few documents a transaction.

First the happenings of all documents that wait are put in the web; then what that stirred is grouped and made records of, so that a
component is grouped once, however many of its documents are new. Each transaction leaves the store consistent: what it has not come to yet
stays noted in ``unrecorded`` and ``stirred``, and killing it loses nothing.

Other writers wait while a transaction writes, so one has as many documents as take about a second, and what takes longer with few, cutting
large components, is done before it begins (``_foresee``).
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa

from orbat.collector import no_collector
from orbat.corroborate.agreement import record as record_of
from orbat.corroborate.build import by_document
from orbat.corroborate.features import Related
from orbat.corroborate.identity import assign_ids
from orbat.corroborate.judged import Judged, record_id
from orbat.corroborate.records import Group, inside
from orbat.corroborate.web import Regrouped, regroup, weave
from orbat.queries.judgements import judgements_in
from orbat.queries.loading import among, load_current, parts
from orbat.recordkeeping.cutting import Cutting
from orbat.recordkeeping.families import add_to_families, context_of, documents_of
from orbat.recordkeeping.membership import forget, keep, kept_of, members_of, members_of_reached, note_alike
from orbat.recordkeeping.storeweb import KEPT, KEPT_FOR_MANY, Seen, StoreWeb, clear, of_other_rules, put_in_place
from orbat.recordserial import record_to_json
from orbat.recordtypes import Change, Record, RecordChange
from orbat.remembering import let_go
from orbat.store import Store, mark_unrecorded
from orbat.tables import (
    TOLD_ORIGINS,
    bands,
    blocks,
    copies,
    documents,
    new_bands,
    new_blocks,
    readings,
    record_changes,
    record_statements,
    records,
    statements,
    stirred,
    unrecorded,
    woven,
)
from orbat.turns import never

FIRST, BATCH = 5, 200  # documents of the first transaction, and at most of any: a commit costs little beside them; 40 at once took 100 MB
TURN = 1.0  # seconds of processor that a transaction should take


@dataclass(frozen=True, slots=True)
class _Foreseen:
    """What was grouped before it was our turn to write, and what it hangs on: it is so still where that is the same."""

    version: int  # of the web
    seeds: frozenset[int]
    judged: Judged
    made: Regrouped


@dataclass(frozen=True, slots=True)
class _Run:
    """What is the same in all transactions of an update, and what they leave for the next ones. ``seen``: see ``StoreWeb``."""

    related: Related
    at: dt.datetime | None
    seen: Seen = field(default_factory=Seen)
    cutting: Cutting = field(default_factory=Cutting)
    foreseen: list[_Foreseen] = field(default_factory=list)  # the last one alone

    def now(self) -> dt.datetime:
        """When its changes are noted to have been."""
        return self.at or dt.datetime.now(dt.UTC)


def update(store: Store, *, related: Related, at: dt.datetime | None = None, stop: Callable[[], bool] = never) -> tuple[RecordChange, ...]:
    """Bring the records up to date with all that was read and judged since the last time.

    Args:
        related: which actors' ids are related (``related_in``). What is kept was found with the relations of its time: after they
            have changed, ``rebuild``.
        at: the moment that changes are noted with; now, if not given.
        stop: asked between transactions; once it says so, the rest is left for the next time.

    Raises:
        StoreError: the store cannot be written; what was committed before is whole.
    """
    try:
        return tuple(_update(store, _Run(related, at), stop))
    finally:
        let_go()


def rebuild(store: Store, *, related: Related, at: dt.datetime | None = None) -> tuple[RecordChange, ...]:
    """Make all records again from the statements and judgements. Groups that are what they were keep their ids and are no change.

    Args:
        related, at: as for ``update``.

    Raises:
        StoreError: as ``update``.
    """
    with store.writing() as connection:
        connection.execute(sa.delete(bands))
        connection.execute(sa.delete(new_bands))
        connection.execute(sa.delete(copies))
        _unweave(connection)
    return update(store, related=related, at=at)


def _update(store: Store, run: _Run, stop: Callable[[], bool]) -> list[RecordChange]:
    with store.writing() as connection:
        if of_other_rules(connection):
            _unweave(connection)
    done: list[RecordChange] = []
    # As it begins: one new article may have hundreds of near-copies wait in their turn.
    run.seen.most = KEPT_FOR_MANY if len(_waiting(store)) > BATCH else KEPT
    while waiting := _waiting(store):
        for some in _chunks(waiting, stop):
            with store.writing() as connection, no_collector():
                _weave(connection, _still(connection, some), run)
        for some in _chunks(waiting, stop):
            with store.reading() as connection, no_collector():
                _foresee(connection, some, run)
            with store.writing() as connection, no_collector():
                done += _settle(connection, _still(connection, some), run)
        if stop():
            return done
    while not stop():  # what stands in documents that did not wait, beside what is no more
        with store.reading() as connection, no_collector():
            _cut(connection, _stirred(connection), run)
        with store.writing() as connection, no_collector():
            left = _stirred(connection)
            if not left:
                break
            done += _group(connection, left, set(), run)
    return done


def _unweave(connection: sa.Connection) -> None:
    """Note that every document's happenings and records are to be made again."""
    clear(connection)
    connection.execute(sa.delete(woven))
    mark_unrecorded(connection, sa.select(documents.c.id))


def _waiting(store: Store) -> Sequence[str]:
    """The documents noted, neighbours in time together, since they meet one another most."""
    query = sa.select(unrecorded.c.document).join(documents, documents.c.id == unrecorded.c.document)
    with store.reading() as connection:
        return connection.scalars(query.order_by(documents.c.published, documents.c.id)).all()


def _chunks(noted: Sequence[str], stop: Callable[[], bool]) -> Iterator[Sequence[str]]:
    """Documents a transaction: so many that what is done with each part before the next is taken comes to about ``TURN``."""
    start, size = 0, FIRST
    while start < len(noted) and not stop():
        begun = time.thread_time()  # of this thread: waiting for another writer says nothing of our own work
        yield noted[start : start + size]
        start += size
        took = max(time.thread_time() - begun, 0.001)
        size = max(1, min(BATCH, 2 * size, round(size * TURN / took)))


def _stirred(connection: sa.Connection) -> set[int]:
    """Some happenings whose components are to be grouped again."""
    return set(connection.scalars(sa.select(stirred.c.happening).order_by(stirred.c.happening).limit(BATCH)))


def _still(connection: sa.Connection, some: Sequence[str]) -> dict[str, bool]:
    """Those of some documents that are still noted (another process may have been quicker), and whether each is in the web as it is now."""
    noted, now = set(_noted(connection, some)), _readings(connection, some)
    there = {row.document: row.reading for row in connection.execute(sa.select(woven).where(woven.c.document.in_(some)))}
    return {document: there.get(document) == now.get(document, 0) for document in some if document in noted}


def _weave(connection: sa.Connection, some: Mapping[str, bool], run: _Run) -> None:
    """Put the happenings of documents in the web that are not there as they are now, and find their copies."""
    fresh = [document for document, there in some.items() if not there]
    if not fresh:
        return
    web, related = StoreWeb(connection, run.seen), run.related
    grown = documents_of(connection, add_to_families(connection, fresh))
    put_in_place(connection, new_bands, bands)
    settled = grown - set(_noted(connection, grown))
    mark_unrecorded(connection, sa.select(documents.c.id).where(documents.c.id.in_(settled)))
    known = by_document(load_current(connection, statements.c.document, fresh))
    judged = Judged.of(judgements_in(connection))
    made = {document: inside(known.get(document, ()), related, judged) for document in fresh}
    again = {one.document for one in web.of(fresh).values()}  # what they drop, none that is put in afterwards may find
    new = [document for document in fresh if document not in again]
    # One by one, since each has hundreds of neighbours, of 9 kB; where many wait, to look for those of each alone takes a third longer.
    turns = [again, *([new] if run.seen.most > KEPT else [[document] for document in new])]
    touched = {key for part in turns if part for key in weave({document: made[document] for document in part}, web, related)}
    web.stir(touched | web.outlines_of(grown).keys())
    put_in_place(connection, new_blocks, blocks)
    there = {*fresh, *settled}
    for part in parts(there):
        connection.execute(sa.delete(woven).where(woven.c.document.in_(part)))
    now = _readings(connection, there)
    connection.execute(sa.insert(woven), [{"document": document, "reading": now.get(document, 0)} for document in sorted(there)])


def _noted(connection: sa.Connection, some: Iterable[str]) -> list[str]:
    """Those of some documents that wait for their records."""
    query = sa.select(unrecorded.c.document)
    return [id for part in parts(some) for id in connection.scalars(query.where(among(connection, unrecorded.c.document, part)))]


def _readings(connection: sa.Connection, some: Iterable[str]) -> dict[str, int]:
    """The current reading of each of some documents."""
    query = sa.select(readings.c.document, readings.c.key).where(readings.c.current == sa.true())
    return {
        row.document: row.key
        for part in parts(some)
        for row in connection.execute(query.where(among(connection, readings.c.document, part)))
    }


def _foresee(connection: sa.Connection, some: Sequence[str], run: _Run) -> None:
    """Cut the components that documents stirred before it is our turn to write: those that nobody stirs until then are cut already."""
    web = StoreWeb(connection, run.seen)
    ours = web.outlines_of([document for document, there in _still(connection, some).items() if there])
    _cut(connection, web.stirred(ours), run)


def _cut(connection: sa.Connection, seeds: set[int], run: _Run) -> None:
    run.cutting.forget()
    run.foreseen.clear()
    judged, web = Judged.of(judgements_in(connection)), StoreWeb(connection, run.seen)
    version = web.version()  # first: what changes while the rest is read makes it another one
    made = regroup(seeds, web, run.related, judged=judged, cutting=run.cutting)
    run.foreseen.append(_Foreseen(version, frozenset(seeds), judged, made))


def _settle(connection: sa.Connection, some: Mapping[str, bool], run: _Run) -> list[RecordChange]:
    """Make the records of what documents stirred, where those are in the web."""
    web = StoreWeb(connection, run.seen)
    ready = [document for document, there in some.items() if there]
    ours = web.outlines_of(ready)
    gone = _ever_of(connection, ready) - {id for one in ours.values() for id in one.statements}
    changes = _group(connection, web.stirred(ours), gone, run)
    for table in (unrecorded, woven):
        connection.execute(sa.delete(table).where(table.c.document.in_(ready)))
    return changes


def _group(connection: sa.Connection, seeds: set[int], gone: set[str], run: _Run) -> list[RecordChange]:
    """Make the records of the components of some happenings, in the place of those that are there.

    Args:
        gone: statements that are of no happening any more.
    """
    judged, web, at = Judged.of(judgements_in(connection)), StoreWeb(connection, run.seen), run.now()
    known = (one.made for one in run.foreseen if (one.version, one.seeds, one.judged) == (web.version(), frozenset(seeds), judged))
    made = next(known, None) or regroup(seeds, web, run.related, judged=judged, cutting=run.cutting)
    old = members_of(connection, gone)
    reached = made
    while True:
        old |= members_of_reached(connection, reached)
        # Records hold what grouping did not reach where they have lost it, or were made by other rules or with other relations.
        missing = {id for members in old.values() for id in members} - made.documents.keys() - gone
        more = web.holders(missing) - made.knots
        if not more:
            break
        # Components of their own: those that were grouped are whole.
        reached = regroup(more, web, run.related, judged=judged, cutting=run.cutting)
        made = made.with_(reached)
    groups, changes = assign_ids(old, made.groups, at=at, taken=_taken(connection, made.groups, old))
    noted = set(_noted(connection, set(made.documents.values())))
    stale = _stale(groups, old, made.documents, noted)
    wanted = {id for members in stale.values() for id in members}
    kept = kept_of(connection, old, wanted, noted=noted, judged=judged)
    read = load_current(connection, statements.c.id, wanted - kept.statements.keys())
    found = kept.statements | {s.id: s for s in read}
    context = kept.beside(context_of(connection, {s.document.id for s in read}, run.related))
    new = [record_of(key, [found[id] for id in members], context, judged) for key, members in stale.items()]
    told = {change.record for change in changes}
    lost = old.keys() - groups.keys()
    forget(connection, lost)
    changed = _write(connection, new, old, lost)
    keep(connection, new, found, context, before=kept)
    note_alike(connection, groups, made.alike)
    changes = (*changes, *(RecordChange(key, Change.CHANGED, at) for key in sorted(changed - told)))
    _note(connection, changes)
    web.settle(made.knots)
    return list(changes)


def _stale(
    groups: Mapping[str, Group], old: Mapping[str, Collection[str]], home: Mapping[str, str], noted: Collection[str]
) -> dict[str, Group]:
    """The groups that are not what they were, or hold what a noted document says: its judgements, its copies or its date may be new."""
    return {
        key: members for key, members in groups.items() if set(old.get(key, ())) != set(members) or any(home[id] in noted for id in members)
    }


def _ever_of(connection: sa.Connection, about: Iterable[str]) -> set[str]:
    """The ids of all statements that any reading made of some documents."""
    query = sa.select(statements.c.id).distinct()
    return {id for part in parts(about) for id in connection.scalars(query.where(among(connection, statements.c.document, part)))}


def _taken(connection: sa.Connection, groups: Iterable[Group], old: Mapping[str, Collection[str]]) -> set[str]:
    """The ids that records have, of those that the groups might get; numbered ones too, for groups that have no other to get. A group that
    has an old record's statements to itself gets an old id."""
    holder = {id: key for key, members in old.items() for id in members}
    had = {group: {holder[id] for id in group if id in holder} for group in groups}
    shared = Counter(key for keys in had.values() for key in keys)
    query, kept = sa.select(records.c.id), [group for group, keys in had.items() if all(shared[key] > 1 for key in keys)]
    wanted = parts(record_id(id) for group in kept for id in group)
    taken = {key for part in wanted for key in connection.scalars(query.where(among(connection, records.c.id, part)))}
    for group in kept:
        if taken.issuperset(map(record_id, group)):
            first = record_id(group[0])
            taken |= set(connection.scalars(query.where(records.c.id >= first, records.c.id < f"{first}~")))
    return taken


def _write(connection: sa.Connection, new: Iterable[Record], old: Mapping[str, Collection[str]], lost: Collection[str]) -> set[str]:
    """Put new records in the place of those of the same ids and take lost ones out. The ids of those that were there and differ.

    Of a large record that gains a statement, one row is written for the record and one for the statement.

    Args:
        old: the statements of the records that are there, at least of these and the lost ones.
    """
    rows = {record.id: _row(record) for record in new}
    kept: dict[str, sa.Row[Any]] = {}
    query = sa.select(records.c.id, records.c.payload, records.c.origins, records.c.status)
    for part in parts(rows):
        kept |= {row.id: row for row in connection.execute(query.where(among(connection, records.c.id, part)))}
    stale = {key: row for key, row in rows.items() if key not in kept or kept[key].payload != row["payload"]}
    before = {id: key for key in (*lost, *stale) for id in old.get(key, ())}
    after = {id: record.id for record in new if record.id in stale for id in record.statements}
    for part in parts(id for id, key in before.items() if after.get(id) != key):
        connection.execute(sa.delete(record_statements).where(record_statements.c.statement.in_(part)))
    for part in parts(lost):
        connection.execute(sa.delete(records).where(records.c.id.in_(part)))
    _put(connection, [row for key, row in stale.items() if key in kept], [row for key, row in stale.items() if key not in kept])
    told = {key: _told(row["origins"], row["status"]) for key, row in stale.items()}
    members = [{"statement": id, "record": key, **told[key]} for id, key in after.items() if before.get(id) != key]
    if members:
        connection.execute(sa.insert(record_statements), members)
    for key in stale.keys() & kept.keys():
        if told[key] != _told(kept[key].origins, kept[key].status):
            connection.execute(sa.update(record_statements).where(record_statements.c.record == key).values(told[key]))
    return stale.keys() & kept.keys()


def _told(origins: int, status: str) -> dict[str, Any]:
    """What is told of a record with each of its statements."""
    return {"origins": min(origins, TOLD_ORIGINS), "status": status}


def _put(connection: sa.Connection, changed: Sequence[Mapping[str, Any]], added: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows of records that are there already, and of those that are not."""
    if changed:
        which = sa.update(records).where(records.c.id == sa.bindparam("key"))
        values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in changed[0] if name != "id"}
        rows = [{"key": row["id"], **{f"new_{name}": row[name] for name in values}} for row in changed]
        connection.execute(which.values(values), rows)
    if added:
        connection.execute(sa.insert(records), added)


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
        "payload": msgspec.json.encode(record_to_json(record)).decode(),
    }


def _note(connection: sa.Connection, changes: Iterable[RecordChange]) -> None:
    rows = [{"record": c.record, "change": c.change.value, "at": c.at, "others": " ".join(c.others)} for c in changes]
    if rows:
        connection.execute(sa.insert(record_changes), rows)
