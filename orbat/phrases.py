"""What happened by a phrase of several words, of which the reading's network takes one for something else. Pure.

TO DEATH   "hacked to death": killed; of those of the corpus all are, but for torture, which it marks too
ARMS DOWN  "threw down their arms": gave up, and attacked nobody; all fourteen are
ARMS THEM  "has long armed the Front": supports it, and fights nobody
"""

from __future__ import annotations

import re
from dataclasses import replace

from orbat.types import Annotations, Event, EventType, Role, Span

_VIOLENCE = frozenset({EventType.ATTACK, EventType.CLASH, EventType.ABUSE, EventType.STRIKE, EventType.INJURE})
_TO_DEATH = re.compile(r"(?!sentenc|condemn|tortur|put)[a-z]+ to death\b")
_DOWN = re.compile(r"(?:thr[eo]w|lay|laid|put)(?:n|s|ing)? down (?:(?:all|their|his|her|its|our) )*(?:arms|weapons|guns|rifles)\b")
_ARMS = re.compile(r"arm(?:s|ed|ing) (?:and \w+ )?(?=(?:the |its |their |several |some |both )?[A-Z])")
_ITSELF = re.compile(r"\b(?:(?:is|are|was|were|been|being|be|heavily|well|lightly|the|an?|its|their|of|with)|\w+-)\s?$")


def with_phrases(text: str, annotations: Annotations) -> Annotations:
    """The annotations in which events are of the type that the whole phrase tells of, by the table above."""
    killed = [event.trigger for event in annotations.events if event.type is EventType.KILL]
    events = tuple(_of_its_phrase(text, event, killed) for event in annotations.events)
    return annotations if all(a is b for a, b in zip(events, annotations.events, strict=True)) else replace(annotations, events=events)


def _of_its_phrase(text: str, event: Event, killed: list[Span]) -> Event:
    if event.type not in _VIOLENCE:
        return event
    at = event.trigger.start
    if dead := _TO_DEATH.match(text, at):
        own = any(at <= other.start < dead.end() for other in killed)
        return event if own else replace(event, type=EventType.KILL)
    if _DOWN.match(text, at):
        return replace(event, type=EventType.LEAVE)
    arms = event.type is EventType.CLASH and event.of(Role.ACTOR) and event.of(Role.TARGET) and _ARMS.match(text, at)
    if arms and not _ITSELF.search(text, max(0, at - 12), at):
        return replace(event, type=EventType.SUPPORT)
    return event
