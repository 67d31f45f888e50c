"""The corpus's layout: one JSON object an article, as ``orbat annotate`` prints it and ``orbat eval`` reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from orbat.types import Actor, Annotations, Document, Event, Link, Links, Mention, MentionType, Place, Span, T, TimeValue

Json = dict[str, Any]


def to_corpus(document: Document, annotations: Annotations, links: Links | None = None) -> Json:
    """A reading in the corpus's layout; offsets are characters of ``document.text``.

    ``links`` adds ``link`` to every mention: null, or an actor ``{id, name, kind, score}``, a place ``{id, name, country,
    lat, lon, where_prec, score}``, a time ``{start, end, date_prec, value}`` (the first three null where the words place
    nothing on the calendar).
    """
    text = document.text
    mentions: list[dict[str, Any]] = []
    for i, m in enumerate(annotations.mentions):
        line: dict[str, Any] = {"id": i, "s": m.sentence, "start": m.span.start, "end": m.span.end}
        line |= {"text": m.span.of(text), "type": str(m.type)}
        if i in annotations.references:
            line["ref"] = annotations.mentions[annotations.references[i]].span.of(text)
        line["score"] = m.score
        if links is not None:
            line["link"] = _link(i, m.type, links)
        mentions.append(line)
    events = [
        {
            "id": i,
            "s": e.sentence,
            "start": e.trigger.start,
            "end": e.trigger.end,
            "trigger": e.trigger.of(text),
            "type": str(e.type),
            "certainty": str(e.certainty),
            "negated": e.negated,
            "args": [[str(a.role), a.mention] for a in e.arguments],
            "by": e.source,
            "score": e.score,
        }
        for i, e in enumerate(annotations.events)
    ]
    return {
        "id": document.given_id or document.id,
        "source": document.source,
        "date": document.published.isoformat() if document.published else "",
        "title": document.title,
        "text": text,
        "sentences": [[s.start, s.end] for s in annotations.sentences],
        "mentions": mentions,
        "events": events,
    }


def joined(parts: Iterable[tuple[int, Annotations, Links]]) -> tuple[Annotations, Links]:
    """The annotations and links of a text that was read in parts, in order, as those of the whole text.

    Args:
        parts: of each, the character of the text at which it begins, and what was found in it.
    """
    sentences: list[Span] = []
    mentions: list[Mention] = []
    events: list[Event] = []
    references: dict[int, int] = {}
    actors: dict[int, Link[Actor]] = {}
    places: dict[int, Link[Place]] = {}
    times: dict[int, TimeValue] = {}
    for start, found, links in parts:
        line, first = len(sentences), len(mentions)
        sentences += [_moved(span, start) for span in found.sentences]
        mentions += [replace(m, span=_moved(m.span, start), sentence=m.sentence + line) for m in found.mentions]
        events += [_event(event, start, line, first) for event in found.events]
        references |= {one + first: other + first for one, other in found.references.items()}
        actors |= _links(links.actors, first)
        places |= _links(links.places, first)
        times |= {mention + first: value for mention, value in links.times.items()}
    annotations = Annotations(tuple(sentences), tuple(mentions), tuple(events), MappingProxyType(references))
    return annotations, Links(actors, places, times)


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def _event(event: Event, start: int, line: int, first: int) -> Event:
    arguments = tuple(replace(argument, mention=argument.mention + first) for argument in event.arguments)
    source = None if event.source is None else event.source + first
    return replace(event, trigger=_moved(event.trigger, start), sentence=event.sentence + line, arguments=arguments, source=source)


def _links(links: Mapping[int, Link[T]], first: int) -> dict[int, Link[T]]:
    return {mention + first: replace(link, mention=link.mention + first) for mention, link in links.items()}


def _link(mention: int, kind: MentionType, links: Links) -> dict[str, Any] | None:
    if kind is MentionType.TIME:
        time = links.times.get(mention)
        if time is None:
            return None
        days = time.range
        return {
            "start": days.start.isoformat() if days else None,
            "end": days.end.isoformat() if days else None,
            "date_prec": days.date_prec if days else None,
            "value": time.value,
        }
    place = links.places.get(mention)
    if place is not None and place.target is not None:
        p = place.target
        return {
            "id": p.id, "name": p.name, "country": p.country, "lat": p.lat, "lon": p.lon, "where_prec": p.where_prec, "score": place.score
        }  # fmt: skip
    actor = links.actors.get(mention)
    if actor is not None and actor.target is not None:
        return {"id": actor.target.id, "name": actor.target.name, "kind": actor.target.kind, "score": actor.score}
    return None
