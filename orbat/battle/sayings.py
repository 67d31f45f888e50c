"""What the group says: its claims and denials, threats, appeals and accusations, and what else it is the speaker of."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from orbat.battle.case import Case, latest, parties, said_when
from orbat.battle.parts import Part, Run, Subject
from orbat.battle.values import Saying
from orbat.types import EventType, Statement

KINDS = {EventType.CLAIM: "claim", EventType.THREATEN: "threat", EventType.APPEAL: "appeal", EventType.ACCUSE: "accusation"}
DENIAL, ACCOUNT = "denial", "account"


def sayings(case: Case) -> tuple[Saying, ...]:
    """Everything it says, the latest first. A claim that is negated is a denial; what is only planned is not yet said."""
    made: list[Saying] = case.values("sayings", _said, _saying, told=True)
    return tuple(sorted(made, key=lambda s: (-latest(s.when), s.kind, s.grounds.records)))


def _said(subject: Subject, run: Run) -> Iterator[tuple[Hashable, Part]]:
    """A record's parts by the kind of what the group says."""
    return (((part.record.id, kind), part) for part in run.parts if (kind := _kind(part)) is not None)


def _kind(part: Part) -> str | None:
    s = part.statement
    if "actor" in part.roles and s.type in KINDS:
        kind = KINDS[s.type]
        if s.negated:
            return DENIAL if s.type is EventType.CLAIM else None
        return kind if s.certainty in ("fact", "likely", "possible") else None
    return ACCOUNT if "speaker" in part.roles else None


def _saying(case: Case, key: tuple[str, str], said: Sequence[Part]) -> Saying:
    _, kind = key
    statements = [part.statement for part in said]
    record = said[0].record
    to = {p.key: p for s in statements for p in parties(s.target, s) if not (p.id and p.id in case.subject.ids)}
    words = dict.fromkeys(s.trigger.text if kind != ACCOUNT else _told(s) for s in statements)
    return Saying(kind, ", ".join(words), tuple(to.values()), said_when(statements), case.grounds((record, s) for s in statements))


def _told(s: Statement) -> str:
    return f"{'not ' if s.negated else ''}{s.type.value.lower()}: {s.trigger.text}"
