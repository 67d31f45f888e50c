"""Who leads the group, from when to when.

A leader is a person with a name whom a LEAD statement puts at the group's head. The term is the relation's; it also ends where another
record has the leader killed or taken, or another head of the group named later (``corroborate.ended``). A commander, governor or founder is
no successor of a head, and none of theirs ends a head's term.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from orbat.battle.case import Case, Part, latest, parties, party, reported
from orbat.battle.values import Leader, Party, When
from orbat.corroborate import ended
from orbat.names import fold
from orbat.recordtypes import Record, RecordKind
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
    heads = {part.record.id for said in found.values() for _, part in said if not _UNDER.search(part.statement.trigger.text)}
    made = (_leader(case, said, heads) for said in found.values())
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


def _leader(case: Case, said: list[tuple[Party, Part]], heads: set[str]) -> Leader | None:
    person, first = said[0]
    record = first.record
    later = ended(record, _enders(case, record, heads))
    if case.as_of is not None and later.end is not None and later.end < case.as_of:
        return None
    statements = [part.statement for _, part in said]
    begins = any(f.name == "start" and f.values for f in record.fields)
    when = When(later.start, later.end, later.date_prec, begins, *reported(statements))
    titles = tuple(dict.fromkeys(fold(s.trigger.text) for s in statements))
    return Leader(person, titles, when, _why(record, later), case.grounds((record, s) for s in statements))


def _enders(case: Case, record: Record, heads: set[str]) -> list[Record]:
    """The records that may end a term: what happens to people, and other heads where this is one."""
    others = (r for r in (*case.records, *case.also) if case.as_of is None or (r.start is not None and r.start <= case.as_of))
    return [r for r in others if r.kind is RecordKind.EVENT or (r.id in heads and record.id in heads)]


def _why(record: Record, later: Record) -> str | None:
    if later.end is None:
        return None
    if record.end is not None:
        return "said to end"
    end = next(f for f in later.fields if f.name == "end")
    return next((v.text for v in end.values if v.key == later.end.isoformat()), "said to end")
