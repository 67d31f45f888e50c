"""What a reading found that the store does not keep, as JSON: all mentions with what each might mean, and all events with their scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orbat.service.models import Json
from orbat.types import Event, Mention, MentionType, Span

if TYPE_CHECKING:
    from orbat.pipeline import Reading

CANDIDATES = 5
"""Candidates given of each mention, the best."""


def mentions_of(reading: Reading) -> list[Json]:
    """Every mention of a reading, in the order of the text."""
    return [_mention(number, mention, reading) for number, mention in enumerate(reading.annotations.mentions)]


def events_of(reading: Reading) -> list[Json]:
    """Every event of a reading, with the id of the statement that it made."""
    pairs = zip(reading.annotations.events, reading.statements, strict=True)
    return [_event(event, made.id, reading.document.text) for event, made in pairs]


def _mention(number: int, mention: Mention, reading: Reading) -> Json:
    links, text = reading.links, reading.document.text
    link = links.places.get(number) or links.actors.get(number)
    time = links.times.get(number) if mention.type is MentionType.TIME else None
    referent = reading.annotations.references.get(number)
    return {
        **_quote(mention.span, text),
        "type": mention.type,
        "score": mention.score,
        "entity": link.target.id if link is not None and link.target is not None else None,
        "stands_for": None if referent is None else reading.annotations.mentions[referent].span.of(text),
        "value": time.value if time else None,
        "candidates": [
            {"id": each.target.id, "name": each.target.name, "score": each.score, "reasons": list(each.reasons)}
            for each in (link.candidates[:CANDIDATES] if link else ())
        ],
    }


def _event(event: Event, statement: str, text: str) -> Json:
    return {
        "trigger": _quote(event.trigger, text),
        "type": event.type.lower(),
        "score": event.score,
        "certainty": event.certainty,
        "certainty_score": event.certainty_score,
        "negated": event.negated,
        "arguments": [(each.role.value, each.mention, each.score) for each in event.arguments],
        "source": event.source,
        "statement": statement,
    }


def _quote(span: Span, text: str) -> Json:
    return {"start": span.start, "end": span.end, "text": span.of(text)}
