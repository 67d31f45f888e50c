"""Who leads what, where its words say it: who speaks for a group does not lead it ("Taliban chief spokesman", "the ELN's chief
negotiator"), and of "the army, led by one, and its rival, led by another" each leads the one that stands before. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from orbat.types import Annotations, Event, EventType, Role

_SPEAKS = re.compile(
    r"(?:(?:chief|head|top|senior|lead|main) )?(?:spokes(?:man|woman|person|men|people)|negotiators?|envoys?|representatives?)\b",
    re.IGNORECASE,
)


_BY = re.compile(r"\s+(?:\w+ly )?by\b")
_NAMED = ("named", "called")
_RANK = re.compile(r"(?:(?:\b[a-z]+|[^\w ]) Wing Commander|Group Captain|Squadron Leader|Flight Lieutenant)\b")
_RANK_OPENS = 24  # letters of a rank before its last word, and of the word before it, at most
_AND, _TOGETHER = re.compile(r"\band\b"), re.compile(r"\b(?:both|jointly|together|all)\b")


def with_offices(text: str, annotations: Annotations) -> Annotations:
    """The annotations in which who is said to lead a body by an office of those who speak for it belongs to it instead, said once: so the
    corpus has it; without the leading of what is only named after somebody, or by an officer's rank; and in which who a body is "led by"
    leads that one alone, of several that "and" joins."""
    leading = (event for event in annotations.events if not _only_named(text, event) and not _is_rank(text, event))
    own = tuple(_of_its_own(text, annotations, event) for event in leading)
    annotations = replace(annotations, events=own)
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


def _of_its_own(text: str, annotations: Annotations, event: Event) -> Event:
    """The event without the bodies that another of its targets, which stands nearer before "led by", is joined to by "and"."""
    if event.type is not EventType.LEAD or not _BY.match(text, event.trigger.end):
        return event
    event = _led_by(annotations, event)
    spans = {i: annotations.mentions[i].span for i in event.of(Role.TARGET)}
    before = [i for i, span in spans.items() if span.end <= event.trigger.start]
    if len(spans) < 2 or not before:
        return event
    near = max(before, key=lambda i: spans[i].end)
    if _TOGETHER.search(text, spans[near].end, event.trigger.start):
        return event
    gaps = {i: text[min(span.end, spans[near].end) : max(span.start, spans[near].start)] for i, span in spans.items()}
    return event.without(Role.TARGET, {i for i, gap in gaps.items() if _AND.search(gap)})


def _only_named(text: str, event: Event) -> bool:
    """Whether a body is only named after somebody."""
    return event.type is EventType.LEAD and text.startswith(" after ", event.trigger.end) and text.endswith(_NAMED, 0, event.trigger.end)


def _is_rank(text: str, event: Event) -> bool:
    """Whether the word for leading is the end of an air force's rank: "Group Captain Ayo" leads no group."""
    start, end = event.trigger.start, event.trigger.end
    return event.type is EventType.LEAD and any(m.end() == end for m in _RANK.finditer(text, max(0, start - _RANK_OPENS), end))


def _led_by(annotations: Annotations, event: Event) -> Event:
    """The event of what is "led by" somebody without the actors before these words, where one stands after them: who leads it."""
    actors = set(event.of(Role.ACTOR))
    before = {i for i in actors if annotations.mentions[i].span.start < event.trigger.end}
    return event if before == actors else event.without(Role.ACTOR, before)


def _actors(event: Event) -> set[int]:
    return set(event.of(Role.ACTOR))
