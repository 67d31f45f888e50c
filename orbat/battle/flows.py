"""Flows of fighters: who was recruited, joined or left, from which group to which.

RECRUIT  from the origin, else from the group whose people the words are ("IS members"), to whoever recruits         recruited
JOIN     from the origin, else from the group whose people go, to whom they join                                       joined
LEAVE    from whom they leave, else from the group whose people go; where to is not told                               left

Every flow that the group is an end of is given. A group as a whole that joins another or leaves something is no flow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from orbat.battle.case import Case, Part, latest, parties
from orbat.battle.ledger import together
from orbat.battle.strength import FIGHTERS
from orbat.battle.values import Flow, Party
from orbat.counts import read_count
from orbat.types import EventType, Filler, MentionType, Statement

KINDS = {EventType.RECRUIT: "recruited", EventType.JOIN: "joined", EventType.LEAVE: "left"}
_GROUPS = ("group", "wing", "force", "state", "coalition", "org")


def flows(case: Case) -> tuple[Flow, ...]:
    """Every flow, the latest first."""
    found: dict[tuple[str, EventType, str, str], list[tuple[Part, Party | None, Party | None]]] = defaultdict(list)
    for part in case.of(*KINDS):
        s = part.statement
        source, target = ends(s)
        if _moves(case, s) and any(end is not None and case.subject.is_(end) for end in (source, target)):
            found[part.record.id, s.type, source.key if source else "", target.key if target else ""].append((part, source, target))
    made = [_flow(case, kind, said) for (_, kind, _, _), said in found.items()]
    return tuple(sorted(made, key=lambda f: (f.when.start is None, -latest(f.when), f.kind, f.grounds.records)))


def ends(s: Statement) -> tuple[Party | None, Party | None]:
    """From whom and to whom the people of a statement move, by the table above."""
    moving = s.target if s.type is EventType.RECRUIT else s.actor
    source = _first(s.origin, s) or (_first(s.target, s) if s.type is EventType.LEAVE else None) or _first(moving, s)
    target = {EventType.RECRUIT: s.actor, EventType.JOIN: s.target}.get(s.type, ())
    to = _first(target, s)
    return (None if source == to else source), to


def _moves(case: Case, s: Statement) -> bool:
    """Whether people move, not the group as a whole."""
    if s.type is EventType.RECRUIT or not any(case.subject.names(f) for f in s.actor):
        return True
    return any(FIGHTERS.search(f.quote.text) or read_count(f.quote.text, type=f.type) for f in s.actor)


def _first(fillers: Iterable[Filler], s: Statement) -> Party | None:
    return next((p for p in parties(fillers, s) if p.kind in _GROUPS), None)


def _flow(case: Case, kind: EventType, said: list[tuple[Part, Party | None, Party | None]]) -> Flow:
    first, source, target = said[0]
    statements = [part.statement for part, _, _ in said]
    moving = [f for s in statements for f in (s.target if kind is EventType.RECRUIT else s.actor)]
    people = [f for f in moving if f.type is not MentionType.PLACE]
    who = ", ".join(dict.fromkeys(f.quote.text for f in people))
    count = together([read_count(f.quote.text, type=f.type) for f in people]) or together(s.count for s in statements)
    return Flow(
        KINDS[kind], who, count, source, target, case.when(first.record, statements), case.grounds((first.record, s) for s in statements)
    )
