"""All relations between parties that a store's records say, in a form that a network of any group and day is quickly made of.

A record is read once, when it is new or has changed; what is kept of it is who it ties to whom, by which statements, and when. A leader's
term also ends where other records say so (``terms.with_ends``), seen over all of the store.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from orbat.battle.case import SURENESS
from orbat.battle.loading import Known, enders, statements_of
from orbat.battle.moments import changes_after, touched_by
from orbat.battle.network import break_years, tied
from orbat.battle.terms import with_ends
from orbat.battle.values import Party
from orbat.collector import no_collector
from orbat.queries.loading import parts
from orbat.queries.records import held_on, load_records
from orbat.recordtypes import Record, RecordKind, RecordStatus
from orbat.store import Store
from orbat.tables import record_changes, records
from orbat.types import Certainty, EventType, Statement

TYING = (EventType.BELONG, EventType.ALLY, EventType.SPLIT, EventType.LEAD, EventType.SUPPORT)
"""Types of relations that tie parties to one another; who holds what ground is a relation too, and no such tie."""
MOST = 20_000
"""The newest so many are looked at, of some kB each."""


@dataclass(frozen=True, slots=True)
class Said:
    """A tie as one record says it; ``breaks``: the years that a split has; ``start``, ``end``: when it held."""

    source: Party
    relation: str
    target: Party
    statements: tuple[str, ...]
    certainty: Certainty
    breaks: frozenset[int]
    start: dt.date | None
    end: dt.date | None

    def held(self, day: dt.date) -> bool:
        """Whether it held on a day; what has no day is not known to."""
        return held_on(self.start, self.end, day)


@dataclass(frozen=True, slots=True)
class Relation:
    """What is kept of a record of a relation: its ties, and how sure it is."""

    id: str
    status: RecordStatus
    independent: int
    credibility: int
    origins: tuple[str, ...]
    ties: tuple[Said, ...]

    @property
    def parties(self) -> Iterator[Party]:
        """Whom it ties."""
        return (end for tie in self.ties for end in (tie.source, tie.target))

    def names(self, keys: Collection[str]) -> bool:
        """Whether it ties one of the parties of some keys."""
        return any(party.key in keys for party in self.parties)

    @property
    def newest(self) -> dt.date:
        """The latest day that one of its ties has, by its beginning where it has one."""
        return max((tie.start or tie.end or dt.date.min for tie in self.ties), default=dt.date.min)

    def on(self, day: dt.date) -> Relation:
        """The relation with the ties that held on a day."""
        return replace(self, ties=tuple(tie for tie in self.ties if tie.held(day)))


@dataclass(frozen=True, slots=True)
class TieBook:
    """The relations of a store by the ids of their records.

    ``terms``, ``said``: records of leaders as they are read, with their statements, since their ends hang on others: on the records of
    ``enders``. ``number``: of the last change of records that it has seen.
    """

    relations: Mapping[str, Relation]
    terms: tuple[Record, ...] = ()
    said: Mapping[str, Statement] = field(default_factory=dict)
    enders: frozenset[str] = frozenset()
    number: int = 0

    @classmethod
    def of(cls, records: Iterable[Record], statements: Mapping[str, Statement]) -> TieBook:
        """The relations of records at hand."""
        return cls({record.id: relation(record, statements) for record in records if record.kind is RecordKind.RELATION})

    def around(self, keys: Collection[str], day: dt.date | None, most: int) -> tuple[tuple[Relation, ...], int]:
        """The relations of some parties and of those that these lead to, or of all where no party is given: the newest so many, and how
        many there are."""
        found = [r for each in self.relations.values() if (r := each if day is None else each.on(day)).ties]
        if keys:
            near = {party.key for r in found if r.names(keys) for party in r.parties} | {*keys}
            found = [r for r in found if r.names(near)]
        found.sort(key=lambda r: (-r.newest.toordinal(), r.id))
        return tuple(found[:most]), len(found)


def relation(record: Record, statements: Mapping[str, Statement]) -> Relation:
    """What is kept of a record; what is denied is no tie."""
    said = () if record.status is RecordStatus.DENIED else tied(record, statements)
    ties = tuple(_said(tie, by, term) for tie, by, term in said)
    names = tuple(origin.name for origin in record.origins)
    return Relation(record.id, record.status, record.independent, record.credibility, names, ties)


def _said(tie: tuple[Party, str, Party], by: Sequence[Statement], term: Record) -> Said:
    ids, surest = tuple(dict.fromkeys(s.id for s in by)), min((s.certainty for s in by), key=SURENESS.index)
    return Said(*tie, ids, surest, break_years(term, by), term.start, term.end)


def tie_book(store: Store, before: TieBook | None = None, *, known: Known | None = None) -> TieBook:
    """The relations of a store.

    Args:
        before: as they were; what did not change since is not read again.
    """
    hand = known or Known()
    types = [each.value.lower() for each in TYING]
    with store.reading() as connection, no_collector():
        number = connection.scalar(sa.select(sa.func.max(record_changes.c.key))) or 0
        query = sa.select(records.c.id, records.c.type).where(records.c.kind == RecordKind.RELATION.value, records.c.type.in_(types))
        rows = connection.execute(query.order_by(records.c.newest.desc().nulls_last(), records.c.id).limit(MOST)).all()
        changes = changes_after(connection, before.number, number) if before is not None else None
        changed = touched_by(changes) if changes is not None else None
        old = {} if before is None or changed is None else {id: r for id, r in before.relations.items() if id not in changed}
        ids, leading = [row.id for row in rows], [row.id for row in rows if row.type == EventType.LEAD.value.lower()]
        found = {id: old[id] for id in ids if id in old}
        for part in parts([id for id in ids if id not in found]):
            read = load_records(connection, part, hand.records)
            said = statements_of(connection, [record.id for record in read], hand)
            found |= {record.id: relation(record, said) for record in read}
        if before is not None and changed is not None and _ends_stay(connection, before, changed, leading):
            return replace(before, relations={id: found[id] for id in ids}, number=number)
        terms = load_records(connection, leading, hand.records)
        heads = statements_of(connection, leading, hand)
        ending = enders(connection, terms)
        for term in with_ends(terms, heads, load_records(connection, sorted(ending), hand.records)):
            leads = found[term.id]
            found[term.id] = replace(leads, ties=tuple(replace(tie, start=term.start, end=term.end) for tie in leads.ties))
    return TieBook({id: found[id] for id in ids}, terms, heads, ending, number)


def _ends_stay(connection: sa.Connection, before: TieBook, changed: frozenset[str], leading: Collection[str]) -> bool:
    """Whether no record that changed is a leader's, or ends or ended a leader's term."""
    if {term.id for term in before.terms} != {*leading} or not changed.isdisjoint((*leading, *before.enders)):
        return False
    return not changed or not enders(connection, before.terms, changed)
