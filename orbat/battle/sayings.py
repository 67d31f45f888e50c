"""What the group says: its claims and denials, threats, appeals and accusations, and what else it is the speaker of."""

from __future__ import annotations

from collections import defaultdict

from orbat.battle.case import Case, Part, latest, parties, said_when
from orbat.battle.values import Saying
from orbat.types import EventType, Statement

KINDS = {EventType.CLAIM: "claim", EventType.THREATEN: "threat", EventType.APPEAL: "appeal", EventType.ACCUSE: "accusation"}
DENIAL, ACCOUNT = "denial", "account"


def sayings(case: Case) -> tuple[Saying, ...]:
    """Everything it says, the latest first. A claim that is negated is a denial; what is only planned is not yet said."""
    found: dict[tuple[str, str], list[Part]] = defaultdict(list)
    for part, kind in case.once("sayings", lambda: tuple((p, kind) for p in case.all_parts if (kind := _kind(p)) is not None)):
        if case.was_told(part):
            found[part.record.id, kind].append(part)
    made = [_saying(case, kind, said) for (_, kind), said in found.items()]
    return tuple(sorted(made, key=lambda s: (-latest(s.when), s.kind, s.grounds.records)))


def _kind(part: Part) -> str | None:
    s = part.statement
    if "actor" in part.roles and s.type in KINDS:
        kind = KINDS[s.type]
        if s.negated:
            return DENIAL if s.type is EventType.CLAIM else None
        return kind if s.certainty in ("fact", "likely", "possible") else None
    return ACCOUNT if "speaker" in part.roles else None


def _saying(case: Case, kind: str, said: list[Part]) -> Saying:
    statements = [part.statement for part in said]
    record = said[0].record
    to = {p.key: p for s in statements for p in parties(s.target, s) if not (p.id and p.id in case.subject.ids)}
    words = dict.fromkeys(s.trigger.text if kind != ACCOUNT else _told(s) for s in statements)
    return Saying(kind, ", ".join(words), tuple(to.values()), said_when(statements), case.grounds((record, s) for s in statements))


def _told(s: Statement) -> str:
    return f"{'not ' if s.negated else ''}{s.type.value.lower()}: {s.trigger.text}"
