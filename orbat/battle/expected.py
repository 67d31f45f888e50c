"""What is expected of the group, or of others towards it: every statement that is ``future`` or ``hypothetical``, and what came of it.

The outcome, by later statements of the group's records that are told as happened:

- compatible type: the same type, or both acts of violence against people or places (ATTACK, BOMBING, STRIKE, CLASH, KILL, INJURE)
- same actor: one named actor in common
- same target or place: one named target in common, or the place is the same or lies in the one expected
- later: it happened on the days that are expected or, where none are told, not before the expectation was published. A relation
  without a day is later where it was published later. An event without a day is never known to be later.

``borne out`` where one such statement says so and its record is not denied; ``denied`` where those there are all say that it did not
come, or their records are denied; else ``open``. An expectation that names no actor, or neither target nor place, stays open: nothing
could decide it. For an expectation that something will not happen the two change places.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

from orbat.battle.case import Case, parties, said_when, spot, spot_of
from orbat.battle.parts import HAPPENED, Part, Run, Subject
from orbat.battle.values import Expectation, Outcome, Spot
from orbat.corroborate.said import holds
from orbat.recordtypes import Record, RecordKind, RecordStatus
from orbat.types import EventType, Statement

VIOLENT = frozenset({EventType.ATTACK, EventType.BOMBING, EventType.STRIKE, EventType.CLASH, EventType.KILL, EventType.INJURE})
"""Acts of violence that bear one another out: "will attack" is borne out by a bombing."""

Later = Mapping[tuple[str, str], Sequence[Part]]


def expected(case: Case) -> tuple[Expectation, ...]:
    """Every expectation, the latest said first."""
    waiting = [part for _, parts in case.gathered("expected", _expecting, told=True) for part in parts]
    later = _later(case, waiting) if waiting else {}
    made = [_expectation(case, part, later) for part in waiting]
    return tuple(sorted(made, key=lambda e: (-(e.when.reported_last or dt.date.min).toordinal(), e.kind, e.grounds.statements)))


def _expecting(subject: Subject, run: Run) -> Iterator[tuple[Hashable, Part]]:
    """A record's parts that say what is to come, all under one key."""
    return ((None, part) for part in run.parts if part.statement.certainty not in HAPPENED and part.roles != {"speaker"})


def _later(case: Case, waiting: Iterable[Part]) -> Later:
    """What is told as happened on the day asked for, by type in the large and actor, of those that are expected to do something."""
    told = case.groups("told as happened", _acting).by_key
    wanted = {(_act(part.statement.type), actor.key) for part in waiting for actor in parties(part.statement.actor, part.statement)}
    return {key: told[key].on(case, told=False) for key in wanted if key in told}


def _acting(subject: Subject, run: Run) -> Iterator[tuple[Hashable, Part]]:
    """A record's parts that are told as happened, by type in the large and actor."""
    for part in run.parts:
        s = part.statement
        if s.certainty in HAPPENED:
            yield from (((_act(s.type), actor.key), part) for actor in parties(s.actor, s))


def _act(type: EventType) -> str:
    return "violence" if type in VIOLENT else type.value


def _expectation(case: Case, part: Part, later: Later) -> Expectation:
    s = part.statement
    outcome, by = outcome_of(s, later)
    speaker = ""
    if s.attribution is not None:
        entity = s.attribution.speaker.entity
        speaker = entity.name if entity else s.attribution.speaker.quote.text
    return Expectation(
        kind=s.type.value.lower(),
        certainty=s.certainty,
        negated=s.negated,
        actors=parties(s.actor, s),
        targets=parties(s.target, s),
        spot=_where(s),
        speaker=speaker,
        outcome=outcome,
        by=by,
        when=said_when([s]),
        grounds=case.grounds([(part.record, s)]),
    )


def outcome_of(s: Statement, later: Later) -> tuple[Outcome, tuple[str, ...]]:
    """What became of what one statement expects, and the records that decide it."""
    met: dict[str, Part] = {}
    for actor in parties(s.actor, s):
        for part in later.get((_act(s.type), actor.key), ()):
            if _is_later(s, part.record, part.statement) and _same_object(s, part.statement, part.record):
                met[part.statement.id] = part
    came = sorted({p.record.id for p in met.values() if not p.statement.negated and p.record.status is not RecordStatus.DENIED})
    if came:
        return (Outcome.DENIED if s.negated else Outcome.BORNE_OUT), tuple(came)
    if met:
        return (Outcome.BORNE_OUT if s.negated else Outcome.DENIED), tuple(sorted({p.record.id for p in met.values()}))
    return Outcome.OPEN, ()


def _is_later(s: Statement, record: Record, other: Statement) -> bool:
    start, end = (other.date.start, other.date.end) if other.date else (record.start, record.end or record.start)
    if s.date is not None and start is not None and end is not None:
        return start <= s.date.end and s.date.start <= end
    said = s.document.published
    if said is None or other.id == s.id:
        return False
    if start is not None:
        return start >= said
    published = other.document.published
    return record.kind is RecordKind.RELATION and published is not None and published > said


def _same_object(s: Statement, other: Statement, record: Record) -> bool:
    wanted: set[str] = {p.key for p in parties(s.target, s)}
    if wanted & {p.key for p in parties((*other.target, *other.actor), other)} - {p.key for p in parties(s.actor, s)}:
        return True
    places = {p.key for f in (*s.place, *s.target) if (p := spot(f, s)) is not None}
    there = {p.key for f in (*other.place, *other.target) if (p := spot(f, other)) is not None}
    if places & there:
        return True
    where = other.location or record.location
    return s.location is not None and where is not None and (s.location.id == where.id or holds(s.location, where))


def _where(s: Statement) -> Spot | None:
    if s.location is not None:
        return spot_of(s.location)
    return next((found for f in (*s.place, *s.target) if (found := spot(f, s)) is not None), None)
