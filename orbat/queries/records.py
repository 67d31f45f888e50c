"""The records: listed, one with its history and its sentences, and what became of them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass

import sqlalchemy as sa

from orbat.errors import NotFoundError
from orbat.names import fold
from orbat.queries.asked import members
from orbat.queries.finding import PARTIES, Named
from orbat.queries.loading import CHUNK, among, load, parts
from orbat.queries.naming import NEAR, naming
from orbat.recordserial import record_of
from orbat.recordtypes import Change, Record, RecordChange, RecordKind, RecordStatus
from orbat.store import Store
from orbat.tables import copies, fillers, record_changes, record_statements, statements, unrecorded
from orbat.tables import records as records_table
from orbat.types import EventType, Statement

ID = r"r?[0-9a-f]+(-[0-9]*)?"
"""A record's or statement's id, or the beginning of one."""

KnownRecords = MutableMapping[tuple[str, int], Record]
"""Records by their id and the hash of their payload: a record is what its payload says."""


@dataclass(frozen=True, slots=True)
class WantedRecords:
    """Which records are asked for; all that is given must hold, and what is empty or None asks nothing.

    ``actors``: each takes part, by one of the record's statements. ``since`` and ``until``: it may have happened or held on a day between.
    ``as_of``: what held or had happened on that day. Where no day is known, ``since``, ``until`` and ``as_of`` leave a record out.
    ``min_origins``: so many independent origins. Types and statuses may be given as words.

    Raises:
        NotFoundError: a word is no type or no status.
    """

    actors: tuple[Named, ...] = ()
    types: tuple[EventType, ...] = ()
    statuses: tuple[RecordStatus, ...] = ()
    kind: RecordKind | None = None
    country: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    as_of: dt.date | None = None
    min_origins: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "types", members(EventType, self.types))
        object.__setattr__(self, "statuses", members(RecordStatus, self.statuses))


@dataclass(frozen=True, slots=True)
class FoundRecords:
    """What was found: ``total`` counts also what a limit left out; ``waiting`` documents are read and not yet in the records."""

    total: int
    records: tuple[Record, ...]
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class RecordEvidence:
    """A record with its statements, the family of copies of each of its documents, and its history, the first change first."""

    record: Record
    statements: tuple[Statement, ...]
    families: dict[str, str]
    history: tuple[RecordChange, ...]


def records(store: Store, wanted: WantedRecords, *, limit: int | None = 50) -> FoundRecords:
    """The records that are asked for, the newest first."""
    with store.reading() as connection:
        where = list(conditions(wanted))
        total = connection.scalar(sa.select(sa.func.count()).select_from(records_table).where(*where)) or 0
        order = (records_table.c.newest.desc().nulls_last(), records_table.c.id)
        ids = connection.scalars(sa.select(records_table.c.id).where(*where).order_by(*order).limit(limit)).all()
        waiting = connection.scalar(sa.select(sa.func.count()).select_from(unrecorded)) or 0
        return FoundRecords(total, load_records(connection, ids), waiting)


def load_records(connection: sa.Connection, ids: Iterable[str], known: KnownRecords | None = None) -> tuple[Record, ...]:
    """The records with these ids, in their order.

    Args:
        known: those at hand, which need not be made again; what is read is added.
    """
    wanted, hand = list(ids), {} if known is None else known
    found: dict[str, Record] = {}
    query = sa.select(records_table.c.id, records_table.c.payload)
    for part in parts(wanted):
        for id, payload in connection.execute(query.where(among(connection, records_table.c.id, part))):
            record = hand.get((id, hash(payload)))
            if record is None:
                record = hand[id, hash(payload)] = record_of(payload)
            found[id] = record
    return tuple(found[id] for id in wanted if id in found)


def record(store: Store, id: str) -> RecordEvidence:
    """One record by its id or the beginning of it, or by a statement's id.

    Raises:
        NotFoundError: no id begins so, or several do; the message says what became of a record that is no more.
    """
    wanted = id.strip().lower()
    with store.reading() as connection:
        found = _record_ids(connection, wanted)
        if len(found) != 1:
            raise _no_record(connection, wanted, found)
        (kept,) = load_records(connection, found)
        said = _statements_of(connection, kept)
        family = sa.select(copies.c.document, copies.c.family)
        rows = (row for part in parts(kept.documents) for row in connection.execute(family.where(copies.c.document.in_(part))))
        families = {row.document: row.family for row in rows}
        return RecordEvidence(kept, said, families, _changes(connection, record_changes.c.record == kept.id))


def record_beginning(store: Store, id: str, *, most: int) -> tuple[Record, tuple[Statement, ...]]:
    """One record by its whole id, and the first of its statements.

    Raises:
        NotFoundError: there is none.
    """
    with store.reading() as connection:
        for kept in load_records(connection, [id]):
            return kept, _statements_of(connection, kept, most)
        raise _no_record(connection, id, [])


def changes(store: Store, *, since: dt.datetime | None = None, until: dt.datetime | None = None, of: str = "") -> tuple[RecordChange, ...]:
    """What became of records between two moments, or of the one with an id, the first change first."""
    where = [record_changes.c.at >= since] if since else []
    where += [record_changes.c.at <= until] if until else []
    where += [record_changes.c.record == of] if of else []
    with store.reading() as connection:
        return _changes(connection, *where)


def holds(record: Record, day: dt.date) -> bool:
    """Whether an event had happened, or a relation held, on a day; what has no day is not known to."""
    return held_on(record.start, None if record.kind is RecordKind.EVENT else record.end, day)


def held_on(start: dt.date | None, end: dt.date | None, day: dt.date) -> bool:
    """Whether what holds from one day to another, or has no end, holds on a day; what has no beginning is not known to."""
    return start is not None and start <= day and (end is None or end >= day)


def fits(record: Record, wanted: WantedRecords) -> bool:
    """Whether a record is one of those asked for; for records that are not in the store."""
    values = [value for field in (record.actors, record.targets, *record.fields) for value in field.values]
    ids = {value.entity.id for value in values if value.entity}
    called = {fold(name) for value in values for name in (value.text, value.entity.name if value.entity else "")}
    last = record.end or (dt.date.max if record.kind is RecordKind.RELATION and record.start else None)
    return (
        all(actor.ids & ids or fold(actor.name) in called for actor in wanted.actors)
        and (not wanted.types or record.type in wanted.types)
        and (not wanted.statuses or record.status in wanted.statuses)
        and wanted.kind in (None, record.kind)
        and (not wanted.country or (record.location is not None and record.location.country.lower() == wanted.country.lower()))
        and record.independent >= wanted.min_origins
        and (wanted.since is None or (last is not None and last >= wanted.since))
        and (wanted.until is None or (record.start is not None and record.start <= wanted.until))
        and (wanted.as_of is None or holds(record, wanted.as_of))
    )


def conditions(wanted: WantedRecords) -> Iterable[sa.ColumnElement[bool]]:
    """What a record's row must meet, all of it."""
    table = records_table.c
    for actor in wanted.actors:
        named = naming(actor.name, actor.ids, fillers.c.statement).where(fillers.c.role.in_(PARTIES))
        members = sa.select(record_statements.c.record).join(statements, statements.c.id == record_statements.c.statement)
        yield table.id.in_(members.where(statements.c.current == sa.true(), statements.c.key.in_(named)))
    if wanted.types:
        yield table.type.in_([each.value.lower() for each in wanted.types])
    if wanted.statuses:
        yield table.status.in_([each.value for each in wanted.statuses])
    if wanted.kind:
        yield table.kind == wanted.kind.value
    if wanted.country:
        yield sa.func.lower(table.country) == wanted.country.lower()
    if wanted.min_origins:
        yield table.origins >= wanted.min_origins
    if wanted.since:
        open_ended = sa.and_(table.kind == RecordKind.RELATION.value, table.end.is_(None), table.start.is_not(None))
        yield sa.or_(table.end >= wanted.since, open_ended)
    if wanted.until:
        yield table.start <= wanted.until
    if wanted.as_of:
        yield table.start <= wanted.as_of
        yield sa.or_(table.kind == RecordKind.EVENT.value, table.end.is_(None), table.end >= wanted.as_of)


def _statements_of(connection: sa.Connection, kept: Record, most: int | None = None) -> tuple[Statement, ...]:
    """The current statements of a record in its order; the first of them, where it is said how many at most."""
    # Asked for by id alone: with a condition on ``current``, SQLite goes through the index of all current statements.
    query = sa.select(statements.c.id, statements.c.key, statements.c.current)
    keys: dict[str, int] = {}
    for part in parts(kept.statements, most or CHUNK):
        rows = connection.execute(query.where(among(connection, statements.c.id, part))).all()
        keys |= {row.id: row.key for row in rows if row.current}
        if most and len(keys) >= most:
            break
    return load(connection, [keys[id] for id in kept.statements if id in keys][:most])


def _changes(connection: sa.Connection, *where: sa.ColumnElement[bool]) -> tuple[RecordChange, ...]:
    rows = connection.execute(sa.select(record_changes).where(*where).order_by(record_changes.c.at, record_changes.c.key))
    return tuple(RecordChange(row.record, Change(row.change), row.at, tuple(row.others.split())) for row in rows)


def _record_ids(connection: sa.Connection, wanted: str) -> list[str]:
    if not re.fullmatch(ID, wanted):
        return []
    if wanted.startswith("r"):
        query = sa.select(records_table.c.id).where(records_table.c.id >= wanted, records_table.c.id < wanted + "g")
    else:
        query = sa.select(record_statements.c.record).distinct()
        query = query.where(record_statements.c.statement >= wanted, record_statements.c.statement < wanted + "g")
    found = list(connection.scalars(query.limit(NEAR + 1)))
    return [wanted] if wanted in found else found


def _no_record(connection: sa.Connection, wanted: str, ids: list[str]) -> NotFoundError:
    if ids:
        listed = ", ".join(ids[:NEAR]) + (" and more" if len(ids) > NEAR else "")
        return NotFoundError(f"Several records have an id that begins with {wanted}.", f"They are {listed}.", "Give more of its digits.")
    gone = _gone(connection, wanted)
    cause = " ".join(f"{'It' if id == wanted else id} was {told}." for id, told in list(gone.items())[:NEAR])
    return NotFoundError(f"No record has the id {wanted!r}.", cause, "`orbat records` lists records.")


def _gone(connection: sa.Connection, wanted: str) -> dict[str, str]:
    """What became last of each record that had this id, or one that begins so: "merged on 2024-05-01 into r12"."""
    if not re.fullmatch(ID, wanted):
        return {}
    begins = wanted if wanted.startswith("r") else f"r{wanted}"  # a record's id is that of its first statement
    id = record_changes.c.record
    found = _changes(connection, id >= begins, id < f"{begins}g", id.not_in(sa.select(records_table.c.id)))
    into = {each: f" into {', '.join(each.others)}" if each.others else "" for each in found}
    return {each.record: f"{each.change} on {each.at:%Y-%m-%d}{told}" for each, told in into.items()}
