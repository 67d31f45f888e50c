"""Who leads the group, from when to when.

A leader is a person with a name whom a LEAD statement puts at the group's head. The term is the relation's; it also ends where another
record has the leader killed or taken, or another head of the group named later (``corroborate.ended``); an end that is disputed counts
only where there is no other. A commander, governor or founder is
no successor of a head, and none of theirs ends a head's term.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from orbat.battle.activity import counts
from orbat.battle.case import Case, Part, latest, parties, party, reported
from orbat.battle.values import Leader, Party, When
from orbat.corroborate import ended
from orbat.names import fold
from orbat.recordtypes import Record, RecordStatus
from orbat.types import EventType, Filler, MentionType, Statement

_UNDER = re.compile(
    r"\b(?:command\w*|governors?|deput\w+|found\w+|form(?:ed|er|ing)?|creat\w+|establish\w*|set up|spokes\w+|co-?lead\w*|officers?)\b",
    re.IGNORECASE,
)
"""Titles that several persons of a group bear at a time, or that are no office."""


def leaders(case: Case) -> tuple[Leader, ...]:
    """Every leader with a name, the latest term first."""
    found: dict[tuple[str, str], list[tuple[Party, Part]]] = defaultdict(list)
    for part in case.of(EventType.LEAD, roles=("target",)):
        for person in led_by(part.statement):
            found[part.record.id, person.key].append((person, part))
    for (_, key), said in found.items():
        said += _also(case, said[0][0], key, {part.statement.id for _, part in said}, said[0][1].record)
    enders = _Enders(case, heads_of(part for said in found.values() for _, part in said))
    made = (_leader(case, said, enders) for said in found.values())
    kept = [leader for leader in made if leader is not None]
    return tuple(sorted(kept, key=lambda x: (x.when.end is not None, -latest(x.when), x.person.name, x.grounds.records)))


def led_by(statement: Statement) -> tuple[Party, ...]:
    """The persons with a name that a LEAD statement has leading."""
    people = [f for f in statement.actor if f.type is MentionType.PERSON]
    return tuple({p.key: p for f in people if (p := party(f, statement)) is not None}.values())


def _also(case: Case, person: Party, key: str, known: set[str], record: Record) -> list[tuple[Party, Part]]:
    """The record's other statements that have the person leading, where they name nobody else as led ("its leader")."""
    parts = (Part(record, s, frozenset()) for s in case.said(record) if s.type is EventType.LEAD and s.id not in known)
    return [
        (person, part)
        for part in parts
        if part.happened and key in {p.key for p in led_by(part.statement)} and not parties(part.statement.target, part.statement)
    ]


class Heads:
    """Those who are said to lead the group, to be recognised where it happens to them."""

    def __init__(self, parts: tuple[Part, ...]) -> None:
        led = [p for p in parts if p.statement.type is EventType.LEAD and "target" in p.roles and not p.statement.negated]
        self._known: Mapping[str, Party] = {person.key: person for p in led for person in led_by(p.statement)}

    def who(self, filler: Filler, statement: Statement) -> Party | None:
        """The leader that a mention names; None where it names none."""
        if filler.type is not MentionType.PERSON or (person := party(filler, statement)) is None:
            return None
        return self._known.get(person.key)

    @property
    def names(self) -> tuple[Party, ...]:
        """All of them."""
        return tuple(self._known.values())


def heads(case: Case) -> Heads:
    """The heads of a case's group."""
    return case.once("heads", lambda: Heads(case.all_parts))


def heads_of(parts: Iterable[Part]) -> dict[str, dt.date | None]:
    """The records that have somebody as the group's head, each with the first day that they give for that."""
    found: dict[str, dt.date | None] = {}
    for part in parts:
        if not _UNDER.search(part.statement.trigger.text):
            day, known = (part.statement.date.start if part.statement.date else None), found.get(part.record.id)
            found[part.record.id] = min((d for d in (day, known) if d is not None), default=None)
    return found


class _Enders:
    """The records that may end a term: what happens to people and, for a head, the other heads from their first day as one."""

    def __init__(self, case: Case, heads: Mapping[str, dt.date | None]) -> None:
        self._case, self._heads = case, heads
        self._others = [r for id, day in heads.items() if self._stood(r := replace(case.by_id[id], start=day))]
        self._fates: dict[str, list[Record]] = defaultdict(list)
        for record in (*case.records, *case.also):
            if counts(record) and self._stood(record):
                for key in {value.key for value in record.targets.values}:
                    self._fates[key].append(record)

    def of(self, record: Record) -> list[Record]:
        """Those of one record of a leader."""
        happenings = {r.id: r for value in record.actors.values for r in self._fates.get(value.key, ())}
        return [*happenings.values(), *(self._others if record.id in self._heads else ())]

    def _stood(self, record: Record) -> bool:
        return self._case.as_of is None or (record.start is not None and record.start <= self._case.as_of)


def _leader(case: Case, said: list[tuple[Party, Part]], enders: _Enders) -> Leader | None:
    person, first = said[0]
    record = first.record
    may_end = enders.of(record)
    later = ended(record, [r for r in may_end if r.status is not RecordStatus.DISPUTED])
    if later.end is None:
        later = ended(record, may_end)  # a disputed end is shown where there is no other; its record says what is disputed
    if case.as_of is not None and later.end is not None and later.end < case.as_of:
        return None
    statements = [part.statement for _, part in said]
    begins = any(f.name == "start" and f.values for f in record.fields)
    when = When(later.start, later.end, later.date_prec, begins, *reported(statements))
    titles = tuple(dict.fromkeys(fold(s.trigger.text) for s in statements))
    return Leader(person, titles, when, _why(record, later), case.grounds((record, s) for s in statements))


def _why(record: Record, later: Record) -> str | None:
    if later.end is None:
        return None
    if record.end is not None:
        return "said to end"
    end = next(f for f in later.fields if f.name == "end")
    return next((v.text for v in end.values if v.key == later.end.isoformat()), "said to end")
