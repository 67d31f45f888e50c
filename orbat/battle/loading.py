"""The case of a group from the store: its records and their statements, by index, as they are or as they were known by a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any
from weakref import WeakValueDictionary

import sqlalchemy as sa

from orbat.battle.case import Case, Marks
from orbat.battle.leaders import heads, value_key
from orbat.battle.moments import between, marks_of, touched_by
from orbat.battle.parts import Subject, roles_of
from orbat.battle.strength import HARMED, numbered
from orbat.battle.terms import FATES, with_ends
from orbat.battle.ties import ties_of, wings_of
from orbat.battle.values import Party
from orbat.collector import no_collector
from orbat.link.catalogue import Catalogue
from orbat.names import fold
from orbat.queries.judgements import corrections, judgements_in
from orbat.queries.loading import among, load, parts
from orbat.queries.naming import naming, naming_among, unknown_name
from orbat.queries.records import KnownRecords, WantedRecords, fits, holds, load_records
from orbat.queries.records import records as records_of
from orbat.recordkeeping import known_by as records_known_by
from orbat.recordkeeping import related_in
from orbat.recordkeeping.known import statements_by
from orbat.recordtypes import Record, RecordKind
from orbat.store import Store
from orbat.tables import (
    documents,
    fillers,
    judgements,
    record_statements,
    records,
    statements,
    unrecorded,
)
from orbat.types import EventType, Statement

_FATE = (EventType.KILL, EventType.ARREST, EventType.ABDUCT, EventType.RELEASE, EventType.LEAVE)
"""Types that say what became of a leader."""
_SUFFERING = ("target", "actor")
"""Roles of whom that is said of."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose sheet is asked for, and when: ``as_of`` what held on a day, ``known_by`` only from what was read by a moment."""

    name: str
    ids: frozenset[str] = frozenset()
    with_wings: bool = False
    as_of: dt.date | None = None
    known_by: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is at hand and need not be read again; what is read is added. A statement's row of a key never changes, and a record is what its
    payload says."""

    statements: MutableMapping[int, Statement] = field(default_factory=WeakValueDictionary)
    records: KnownRecords = field(default_factory=WeakValueDictionary)


def case(
    store: Store, asked: Asked, catalogue: Catalogue, *, whole: bool = True, known: Known | None = None, before: Case | None = None
) -> Case:
    """Everything that the sheet of a group is made from.

    Args:
        whole: with all statements of its records; without, of events those that name the group, which is all that a sheet needs.
        before: the same group's case as it was loaded before.

    Raises:
        NotFoundError: nothing in the store names it (or did by then); near names are offered.
    """
    wings = wings_of(catalogue, asked.ids) if asked.with_wings else frozenset()
    subject = Subject(asked.name, asked.ids | wings, wings)
    ties = ties_of(catalogue, asked.ids)
    by, hand = asked.known_by, known or Known()
    with no_collector():
        found = _as_it_is(store, subject, hand, whole, before) if by is None else _as_known(store, subject, by, catalogue)
    return found.but(ties=ties, as_of=asked.as_of, known_by=asked.known_by)


def unnamed(asked: Asked, catalogue: Catalogue) -> Case:
    """The case of a group that no statement names: what the catalogue has of it alone."""
    wings = wings_of(catalogue, asked.ids) if asked.with_wings else frozenset()
    ties = ties_of(catalogue, asked.ids)
    return Case(Subject(asked.name, asked.ids | wings, wings), (), {}, ties=ties, as_of=asked.as_of, known_by=asked.known_by)


def relations(store: Store, asked: Asked, catalogue: Catalogue) -> tuple[tuple[Record, ...], dict[str, Statement]]:
    """The records of all relations and their statements, as the days asked for have them; leaders' terms with the ends of ``with_ends``.

    A network about a group also shows the ties among the parties that its ties lead to, so all are read for it too.
    """
    if asked.known_by is not None:
        made = records_known_by(store, asked.known_by, related=related_in(catalogue))
        said = {s.id: s for s in statements_by(store, asked.known_by, corrected=True)[0]}
        kept = with_ends((r for r in made if r.kind is RecordKind.RELATION), said, made)
        found = kept, _those(said, kept)
    else:
        with store.reading() as connection:
            ids = connection.scalars(
                sa.select(records.c.id).where(records.c.kind == RecordKind.RELATION.value).order_by(records.c.id)
            ).all()
            said = statements_of(connection, ids)
            found = ended_terms(connection, load_records(connection, ids), said), said
    if asked.as_of is None:
        return found
    return tuple(r for r in found[0] if holds(r, asked.as_of)), found[1]


def known_name(store: Store, asked: Asked) -> None:
    """Check that something in the store names a group.

    Raises:
        NotFoundError: as for ``case``.
    """
    with store.reading() as connection:
        _known_name(connection, asked.name, asked.ids)


def _known_name(connection: sa.Connection, name: str, ids: Collection[str]) -> None:
    if not connection.execute(naming(name, ids, fillers.c.statement).limit(1)).first():
        raise unknown_name(connection, name)


def events(
    store: Store, asked: Asked, catalogue: Catalogue, *, since: dt.date | None = None, until: dt.date | None = None
) -> tuple[Record, ...]:
    """The records of events of a group, or of all where no name is given, that may have happened between two days.

    Raises:
        NotFoundError: as for ``case``.
    """
    wanted = WantedRecords(kind=RecordKind.EVENT, since=since, until=until, as_of=asked.as_of)
    if asked.name:
        found = case(store, asked, catalogue)
        return tuple({p.record.id: p.record for p in found.happened if fits(p.record, wanted)}.values())
    if asked.known_by is None:
        return records_of(store, wanted, limit=None).records
    return tuple(r for r in records_known_by(store, asked.known_by, related=related_in(catalogue)) if fits(r, wanted))


def _as_it_is(store: Store, subject: Subject, known: Known, whole: bool, before: Case | None) -> Case:
    with store.reading() as connection:
        marks = marks_of(connection)
        touched = _touched(connection, before, marks) if before is not None and _continues(before, subject, whole) else None
        old = before if touched is not None else None
        left = [r for r in old.records if r.id not in touched] if old is not None and touched is not None else []
        rows = _naming_rows(connection, subject, touched)
        waiting = connection.scalar(sa.select(sa.func.count()).select_from(unrecorded)) or 0
        if not rows and not left:
            _known_name(connection, subject.name, subject.ids)
        new = load_records(connection, sorted({row.record for row in rows}), known.records)
        ours = tuple(sorted((*left, *new), key=attrgetter("id")))
        full = [r.id for r in new if whole or r.kind is RecordKind.RELATION or EventType.LEAD in r.types]
        named = {row.key: None for row in rows} | dict.fromkeys(_corrected(connection, new))
        said = _those(old.statements, left) if old is not None else {}
        said |= _read(connection, [*named, *(key for key in _keys_of(connection, full) if key not in named)], known)
        days = None if whole else _days(connection, new, before, said)
        found = Case(subject, ours, said, waiting=waiting, published=days, marks=marks)
        found = found.after(before, touched if old is not None else None) if before is not None else found
        people = heads(found).names
        fates = _fates(connection, people, old if old is not None and heads(old) == heads(found) else None, touched or ())
        also = load_records(connection, sorted(fates - found.by_id.keys()), known.records)
        said |= _read(connection, _keys_of(connection, [record.id for record in also]), known)
        mates = _mates(connection, [p.statement for p in numbered(found)], whole, known)
        return found.but(statements=said, also=also, mates=mates)


def _continues(before: Case, subject: Subject, whole: bool) -> bool:
    """Whether a case is one of the same group and kind: then only what was touched since needs to be read."""
    return before.subject == subject and before.marks is not None and (before.published is None) == whole


def _touched(connection: sa.Connection, before: Case, now: Marks) -> frozenset[str] | None:
    """The records that may be others, or say something else, than when a case was loaded; None where all may, or many."""
    since = between(connection, before.marks, now) if before.marks is not None else None
    if since is None:
        return None
    read, changes = since
    found = set(touched_by(changes))
    held = sa.select(record_statements.c.record).join(statements, statements.c.id == record_statements.c.statement)
    for part in parts(read):  # of earlier readings too: they may be no longer current
        found |= set(connection.scalars(held.where(statements.c.document.in_(part))))
    return frozenset(found)


def _naming_rows(connection: sa.Connection, subject: Subject, among_records: Collection[str] | None) -> Sequence[sa.Row[Any]]:
    """The key and record of each current statement that names a group, of some records or of all."""
    roles = ("actor", "target", "origin", "speaker")
    if among_records is None:
        keys = naming(subject.name, subject.ids, fillers.c.statement).where(fillers.c.role.in_(roles))
        return connection.execute(_members().where(statements.c.current == sa.true(), statements.c.key.in_(keys))).all()
    query = _members().add_columns(statements.c.current)
    rows = [row for part in parts(among_records) for row in connection.execute(query.where(record_statements.c.record.in_(part)))]
    there = [row for row in rows if row.current]
    meant = naming_among(connection, (row.key for row in there), subject.name, subject.ids, roles=roles)
    return [row for row in there if row.key in meant]


def _members() -> sa.Select[Any]:
    """The key of each statement with its record."""
    query = sa.select(statements.c.key, record_statements.c.record)
    return query.join(record_statements, record_statements.c.statement == statements.c.id)


def _days(
    connection: sa.Connection, of_records: Iterable[Record], before: Case | None, said: Mapping[str, Statement]
) -> dict[str, dt.date | None]:
    """When the articles of some records appeared, of some statements and of a case that was loaded before."""
    there = {**((before.published if before else None) or {}), **{s.document.id: s.document.published for s in said.values()}}
    wanted = {id for record in of_records for id in record.documents} - there.keys()
    query = sa.select(documents.c.id, documents.c.published)
    rows = (row for part in parts(wanted) for row in connection.execute(query.where(documents.c.id.in_(part))))
    return {**there, **{row.id: row.published for row in rows}}


def _as_known(store: Store, subject: Subject, by: dt.datetime, catalogue: Catalogue) -> Case:
    made = records_known_by(store, by, related=related_in(catalogue))
    said = {s.id: s for s in statements_by(store, by, corrected=True)[0]}
    ours = frozenset(id for id, s in said.items() if roles_of(subject, s))
    if not ours:
        with store.reading() as connection:
            raise unknown_name(connection, subject.name, ids=subject.ids, known_by=by)
    named = tuple(record for record in made if ours.intersection(record.statements))
    found = Case(subject, named, _those(said, named))
    keys = {value_key(person) for person in heads(found).names}
    rest = [record for record in made if record.id not in found.by_id and keys and _fate(record, said, keys)]
    sentences = {(p.statement.document.id, p.statement.sentence.span) for p in numbered(found)}
    mates = tuple(s for s in said.values() if (s.document.id, s.sentence.span) in sentences)
    return Case(subject, named, _those(said, (*named, *rest)), tuple(rest), mates)


def _fates(connection: sa.Connection, people: Iterable[Party], before: Case | None, touched: Collection[str]) -> set[str]:
    """The ids of the records that say what became of some persons.

    Args:
        before: a case of a group that the same persons lead; then what it has of them is looked at anew only where it was touched.
    """
    whom = [(person.name, (person.id,) if person.id else ()) for person in people]
    query = sa.select(record_statements.c.record).join(statements, statements.c.id == record_statements.c.statement)
    query = query.where(statements.c.current == sa.true(), of_types(_FATE))
    if before is None:
        meant = [naming(*each, fillers.c.statement).where(fillers.c.role.in_(_SUFFERING)) for each in whom]
        return {id for keys in meant for id in connection.scalars(query.where(statements.c.key.in_(keys)))}
    there = _keys_of(connection, touched)
    keys = {key for each in whom for key in naming_among(connection, there, *each, roles=_SUFFERING)}
    new = {id for part in parts(keys) for id in connection.scalars(query.where(among(connection, statements.c.key, part)))}
    return new | {record.id for record in before.also if record.id not in touched}


def of_types(types: Collection[EventType]) -> sa.ColumnElement[bool]:
    """That a statement is of one of some types as it was read, or as a judgement corrects it."""
    named = [each.value.lower() for each in types]
    told = sa.and_(judgements.c.field == "type", judgements.c.value.in_(named), judgements.c.withdrawn_at.is_(None))
    return sa.or_(statements.c.type.in_(named), statements.c.id.in_(sa.select(judgements.c.left).where(told)))


def ended_terms(
    connection: sa.Connection, relations: tuple[Record, ...], said: Mapping[str, Statement], known: Known | None = None
) -> tuple[Record, ...]:
    """Relations, those of leaders with the ends that the store's other records give."""
    found = load_records(connection, sorted(enders(connection, relations)), (known or Known()).records)
    return with_ends(relations, said, found)


def enders(connection: sa.Connection, relations: Iterable[Record], of: Collection[str] | None = None) -> frozenset[str]:
    """The ids of the records, or of those of some, that may end the term of a leader of some relations."""
    values = [value for r in relations if r.type is EventType.LEAD for value in r.actors.values]
    ids = {value.entity.id for value in values if value.entity}
    unlinked = {value.key for value in values if not value.entity}
    found: set[str] = set()
    query = sa.select(record_statements.c.record).distinct().join(statements, statements.c.id == record_statements.c.statement)
    query = query.join(fillers, fillers.c.statement == statements.c.key).where(
        statements.c.current == sa.true(), fillers.c.role == "target"
    )
    query = query.where(of_types(FATES))
    if of is not None:
        # By their statements' keys: by their records SQLite goes through all statements of some types.
        query = query.where(among(connection, statements.c.key, _keys_of(connection, of)))
    for column, keys in ((fillers.c.entity_id, ids), (fillers.c.folded, unlinked)):
        found |= {id for part in parts(sorted(keys)) for id in connection.scalars(query.where(column.in_(part)))}
    return frozenset(found)


def statements_of(connection: sa.Connection, of_records: Collection[str], known: Known | None = None) -> dict[str, Statement]:
    """The current statements of some records by their ids, as judgements correct them."""
    return _read(connection, _keys_of(connection, of_records), known or Known())


def _keys_of(connection: sa.Connection, of_records: Collection[str]) -> list[int]:
    """The keys of the current statements of some records."""
    # Without a condition on ``current``, for which SQLite goes through the index of all current statements.
    query = sa.select(statements.c.key, statements.c.current).join(record_statements, record_statements.c.statement == statements.c.id)
    rows = (row for part in parts(of_records) for row in connection.execute(query.where(record_statements.c.record.in_(part))))
    return [row.key for row in rows if row.current]


def _corrected(connection: sa.Connection, of_records: Collection[Record]) -> list[int]:
    """The keys of the statements of some records that judgements may correct: what they say now may name another."""
    meant = {each.left for each in judgements_in(connection)}
    ids = [id for record in of_records for id in record.statements if id in meant] if meant else []
    query = sa.select(statements.c.key).where(statements.c.current == sa.true())
    return [key for part in parts(ids) for key in connection.scalars(query.where(statements.c.id.in_(part)))]


def _read(connection: sa.Connection, keys: Collection[int], known: Known) -> dict[str, Statement]:
    """Statements by their ids, as judgements correct them."""
    found = {key: known.statements.get(key) for key in keys}  # held here: those at hand may be held weakly
    missing = [key for key, statement in found.items() if statement is None]
    read = dict(zip(missing, load(connection, missing), strict=True))
    known.statements.update(read)
    corrected = corrections(connection)
    return {s.id: corrected(s) for key in keys if (s := found[key] or read[key])}


def _mates(connection: sa.Connection, numbering: Collection[Statement], whole: bool, known: Known) -> tuple[Statement, ...]:
    """The statements of the same sentences as some that number fighters, and, where the case has not all statements of its records, those
    of the same articles that say that people were harmed or left."""
    query = sa.select(statements.c.sentence).where(statements.c.current == sa.true())
    sentences = {k for part in parts(s.id for s in numbering) for k in connection.scalars(query.where(statements.c.id.in_(part)))}
    keys = sa.select(statements.c.key).where(statements.c.current == sa.true())
    found = [k for part in parts(sentences) for k in connection.scalars(keys.where(statements.c.sentence.in_(part)))]
    if not whole:
        harm = keys.where(statements.c.type.in_([each.value.lower() for each in HARMED]))
        documents = {s.document.id for s in numbering}
        found += [k for part in parts(documents) for k in connection.scalars(harm.where(statements.c.document.in_(part)))]
    return tuple(_read(connection, list(dict.fromkeys(found)), known).values())


def _those(said: Mapping[str, Statement], of_records: Iterable[Record]) -> dict[str, Statement]:
    return {id: said[id] for record in of_records for id in record.statements if id in said}


def _fate(record: Record, said: dict[str, Statement], keys: set[str]) -> bool:
    """Whether a record says what became of one of some persons."""
    for s in (said[id] for id in record.statements if id in said):
        for f in (*s.target, *s.actor) if s.type in _FATE else ():
            if (f.entity.id if f.entity else fold(f.quote.text)) in keys:
                return True
    return False
