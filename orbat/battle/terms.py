"""Terms of leaders in a network: a leader's tie ends where other records have the leader killed or taken, and not freed since, or another
head named later.

The rule is ``corroborate.ended``; here the records that may end a term are found for many relations at once. Pure.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from orbat.battle.activity import counts
from orbat.battle.gone import freed_since
from orbat.battle.leaders import heads_of, leads_now, may_follow
from orbat.battle.parts import Part
from orbat.corroborate import ended
from orbat.corroborate.terms import suffering
from orbat.recordtypes import Record, RecordKind
from orbat.types import EventType, Statement

FATES = (EventType.KILL, EventType.ARREST, EventType.RELEASE)
"""Types of what ends a leader's term, or undoes such an end."""


def with_ends(relations: Iterable[Record], statements: Mapping[str, Statement], others: Iterable[Record]) -> tuple[Record, ...]:
    """The relations, those of leaders with the ends that other records and one another give.

    Args:
        statements: of the relations, by id.
        others: records of what happened to leaders; more do no harm.
    """
    kept = tuple(relations)
    terms = [r for r in kept if r.kind is RecordKind.RELATION and r.type is EventType.LEAD]
    heads = heads_of(Part(r, s, frozenset()) for r in terms for s in _leading(r, statements))
    fates_of: dict[str, list[Record]] = defaultdict(list)
    for record in others:
        if counts(record) and not set(FATES).isdisjoint(record.types):
            for key in suffering(record):
                fates_of[key].append(record)
    followed: dict[str, list[Record]] = defaultdict(list)
    for record in terms:
        if record.id in heads:
            for value in record.targets.values:
                followed[value.key].append(replace(record, start=heads[record.id]))
    by_id = {
        record.id: _ended(record, fates_of, followed if record.id in heads else {}, leads_now(_leading(record, statements)))
        for record in terms
    }
    return tuple(by_id.get(record.id, record) for record in kept)


def _leading(record: Record, statements: Mapping[str, Statement]) -> list[Statement]:
    said = (statements[id] for id in record.statements if id in statements)
    return [s for s in said if s.type is EventType.LEAD and not s.negated]


def _ended(record: Record, fates_of: Mapping[str, list[Record]], followed: Mapping[str, list[Record]], now: dt.date | None) -> Record:
    fates = freed_since({r.id: r for value in record.actors.values for r in fates_of.get(value.key, ())}.values())
    heirs = {r.id: r for value in record.targets.values for r in followed.get(value.key, ()) if r.id != record.id and may_follow(r, now)}
    return ended(record, [*fates, *heirs.values()])
