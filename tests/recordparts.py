"""Statements made by hand for the tests of records. The groups and towns are made up."""

import dataclasses
import datetime as dt
import hashlib

from orbat.serial import ROLES, with_id
from orbat.types import (
    Attribution,
    Certainty,
    Codes,
    Count,
    DocumentRef,
    Entity,
    EventType,
    Filler,
    MentionType,
    Place,
    Quote,
    Span,
    Statement,
    StatementDate,
)

TOWNS = {  # name: degrees north and east; Tala and Talara are 11 km apart, the others further than 100
    "Tala": (1.0, 1.0),
    "Talara": (1.1, 1.0),
    "Baroum": (3.0, 1.0),
    "Korwick": (1.0, 4.0),
}


def town(name: str) -> Place:
    lat, lon = TOWNS[name]
    return Place(f"geonames:{name.lower()}", name, "Testland", "North", lat, lon, 0, 1)


def province(name: str = "North") -> Place:
    return Place(f"geonames:p-{name.lower()}", name, "Testland", name, 2.0, 2.0, 0, 4)


def group(name: str, *, kind: MentionType = MentionType.GROUP, linked: bool = True) -> Filler:
    return Filler(Quote(Span(1, 1 + len(name)), name), kind, Entity(name.lower().replace(" ", "-"), name, "group") if linked else None)


def people(words: str, kind: MentionType = MentionType.PEOPLE) -> Filler:
    return Filler(Quote(Span(1, 1 + len(words)), words), kind)


def date(text: str) -> StatementDate:
    """ "2020-05-04" or "2020-05-04/2020-05-10"."""
    first, _, last = text.partition("/")
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last or first)
    return StatementDate(start, end, "day" if start == end else "days", 1 if start == end else 2, text)


def said(
    type: EventType,
    document: str = "d1",
    *,
    actor: str = "",
    target: str | Filler = "",
    place: str = "",
    day: str = "",
    count: int | tuple[int, int, int] | None = None,
    speaker: str | Filler | None = None,
    source: str = "",
    published: str | None = "2020-05-06",
    sentence: str = "",
    at: int = 0,
    certainty: Certainty = Certainty.FACT,
    negated: bool = False,
    trigger: str = "",
) -> Statement:
    """One statement; everything that is not given is not said. ``at`` numbers the sentences of a document."""
    fillers: dict[str, tuple[Filler, ...]] = dict.fromkeys(ROLES, ())
    if actor:
        fillers["actor"] = (group(actor),)
    if target:
        fillers["target"] = (group(target) if isinstance(target, str) else target,)
    voice = people(speaker) if isinstance(speaker, str) else speaker
    words = sentence or hashlib.sha256(f"{document} {at}".encode()).hexdigest()[:40]
    low_best_high = (count, count, count) if isinstance(count, int) else count
    return with_id(
        Statement(
            id="",
            document=DocumentRef(document, "", source or f"Paper {document}", dt.date.fromisoformat(published) if published else None, ""),
            sentence=Quote(Span(at * 200, at * 200 + len(words)), words),
            type=type,
            trigger=Quote(
                Span(at * 200 + 1 + 7 * list(EventType).index(type), at * 200 + 5 + 7 * list(EventType).index(type)),
                trigger or type.value.lower(),
            ),
            **fillers,
            certainty=certainty,
            negated=negated,
            attribution=Attribution(voice, False, voice.entity is None and voice.type is MentionType.PEOPLE) if voice else None,
            date=date(day) if day else None,
            location=province() if place == "North" else town(place) if place else None,
            count=Count(*low_best_high) if low_best_high else None,
            codes=Codes(),
            confidence=0.9,
            model="test 1",
        )
    )


def after(words: str, type: EventType, trigger: str, **more: object) -> Statement:
    """A statement whose trigger stands at the end of some words."""
    one = said(type, sentence=f"{words} {trigger}.", trigger=trigger, **more)  # type: ignore[arg-type]
    start = one.sentence.span.start + len(words) + 1
    return dataclasses.replace(one, trigger=Quote(Span(start, start + len(trigger)), trigger))
