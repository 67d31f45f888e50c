"""Who speaks for a group does not lead it: "Taliban chief spokesman", "the ELN's chief negotiator". Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from orbat.types import Annotations, Event, EventType, Role

_SPEAKS = re.compile(
    r"(?:(?:chief|head|top|senior|lead|main) )?(?:spokes(?:man|woman|person|men|people)|negotiators?|envoys?|representatives?)\b",
    re.IGNORECASE,
)


def with_offices(text: str, annotations: Annotations) -> Annotations:
    """The annotations in which who is said to lead a body by such an office belongs to it instead, said once: so the corpus has it."""
    wrong = {i for i, e in enumerate(annotations.events) if e.type is EventType.LEAD and _SPEAKS.match(text, e.trigger.start)}
    if not wrong:
        return annotations
    told = [(e, _actors(e)) for e in annotations.events if e.type is EventType.BELONG]
    events = [
        replace(e, type=EventType.BELONG) if i in wrong else e
        for i, e in enumerate(annotations.events)
        if i not in wrong or not any(other.sentence == e.sentence and actors & _actors(e) for other, actors in told)
    ]
    return replace(annotations, events=tuple(events))


def _actors(event: Event) -> set[int]:
    return set(event.of(Role.ACTOR))
