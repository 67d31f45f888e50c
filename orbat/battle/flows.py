"""Flows of fighters: who was recruited, joined or left, from which group to which.

RECRUIT  from the origin, else from the group whose people the words are ("IS members"), to whoever recruits         recruited
JOIN     from the origin, else from the group whose people go, to whom they join                                       joined
LEAVE    from whom they leave, else from the group whose people go; where to is not told                               left

Every flow that the group is an end of is given. A group as a whole that joins another or leaves something is no flow.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence

from orbat.battle.case import Case, latest, parties
from orbat.battle.ledger import together
from orbat.battle.ledgerrules import SWITCHES, TRAINS
from orbat.battle.parts import BODIES, FIGHTERS, PARTIES, Part, Run, Subject
from orbat.battle.values import Flow, Party
from orbat.counts import read_count
from orbat.types import EventType, Filler, MentionType, Statement

KINDS = {EventType.RECRUIT: "recruited", EventType.JOIN: "joined", EventType.LEAVE: "left"}


def flows(case: Case) -> tuple[Flow, ...]:
    """Every flow, the latest first."""
    made: list[Flow] = case.values("flows", _flowing, _flow)
    return tuple(sorted(made, key=lambda f: (f.when.start is None, -latest(f.when), f.kind, f.grounds.records)))


def _flowing(subject: Subject, run: Run) -> Iterator[tuple[Hashable, Part]]:
    """A record's parts by which kind of flow they tell of, from whom and to whom."""
    for part in run.happened:
        s = part.statement
        if s.type in KINDS and not part.roles.isdisjoint(PARTIES):
            source, target = ends(s)
            if _moves(subject, s) and any(end is not None and subject.is_(end) for end in (source, target)):
                yield (part.record.id, s.type, source.key if source else "", target.key if target else ""), part


def ends(s: Statement) -> tuple[Party | None, Party | None]:
    """From whom and to whom the people of a statement move, by the table above."""
    moving = s.target if s.type is EventType.RECRUIT else s.actor
    source = _first(s.origin, s) or (_first(s.target, s) if s.type is EventType.LEAVE else None) or _first(moving, s)
    target = {EventType.RECRUIT: s.actor, EventType.JOIN: s.target}.get(s.type, ())
    to = _first(target, s)
    return (None if source == to else source), to


def _moves(subject: Subject, s: Statement) -> bool:
    """Whether people move, not the group as a whole; those of a group who are trained stay with it."""
    if s.type is EventType.RECRUIT and TRAINS.search(s.trigger.text):
        return any(subject.names(f) for f in s.actor) and _first(s.target, s) is None
    if s.type is EventType.JOIN and not (s.target or s.origin or SWITCHES.search(s.trigger.text)):
        return False
    if s.type is EventType.RECRUIT or not any(subject.names(f) for f in s.actor):
        return True
    return any(FIGHTERS.search(f.quote.text) or read_count(f.quote.text, type=f.type) for f in s.actor)


def _first(fillers: Iterable[Filler], s: Statement) -> Party | None:
    return next((p for p in parties(fillers, s) if p.kind in BODIES), None)


def _flow(case: Case, key: tuple[str, EventType, str, str], said: Sequence[Part]) -> Flow:
    first, kind = said[0], key[1]
    source, target = ends(first.statement)
    statements = [part.statement for part in said]
    moving = [f for s in statements for f in (s.target if kind is EventType.RECRUIT else s.actor)]
    people = [f for f in moving if f.type is not MentionType.PLACE]
    who = ", ".join(dict.fromkeys(f.quote.text for f in people))
    count = together([read_count(f.quote.text, type=f.type) for f in people]) or together(s.count for s in statements)
    return Flow(
        KINDS[kind], who, count, source, target, case.when(first.record, statements), case.grounds((first.record, s) for s in statements)
    )
