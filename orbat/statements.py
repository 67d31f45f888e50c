"""Annotations and links to statements: one event, said once, with its words, its speaker and its codes. Pure.

Provenance is fixed here: every quote of a statement is cut from the document by its own offsets.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from orbat.codebook import Codebook
from orbat.counts import read_count
from orbat.serial import with_id
from orbat.types import (
    Annotations,
    Attribution,
    Count,
    Document,
    DocumentRef,
    Entity,
    Event,
    EventType,
    Filler,
    Links,
    MentionType,
    Place,
    Quote,
    Role,
    Span,
    Statement,
    StatementDate,
)

PRECISION = {1: "day", 2: "days", 3: "week", 4: "month", 5: "year"}
"""Words for UCDP's ``date_prec``."""

_COUNTED = {
    EventType.KILL: Role.TARGET,
    EventType.INJURE: Role.TARGET,
    EventType.ABDUCT: Role.TARGET,
    EventType.ABUSE: Role.TARGET,
    EventType.RECRUIT: Role.TARGET,
    EventType.ARREST: Role.TARGET,
    EventType.RELEASE: Role.TARGET,
    EventType.LOSE: Role.TARGET,
    EventType.GAIN: Role.TARGET,
    EventType.JOIN: Role.ACTOR,
    EventType.LEAVE: Role.ACTOR,
    EventType.DEPLOY: Role.TARGET,
}
"""Whose number a statement's ``count`` is, for the types that happen to people."""

_PEOPLE = frozenset({MentionType.PEOPLE, MentionType.PERSON, MentionType.FORCE, MentionType.GROUP})

_QUOTED = re.compile(r"“[^”“\n]*(?:”|(?=\n)|$)|\"[^\"\n]*(?:\"|(?=\n)|$)|``.*?''")


def statements(document: Document, annotations: Annotations, links: Links, *, codebook: Codebook, model: str) -> tuple[Statement, ...]:
    """Every event of the annotations as a statement, in the order of the text."""
    return tuple(_Maker(document, annotations, links, codebook, model).make())


class _Maker:
    """The statements of one document; holds what its events share."""

    def __init__(self, document: Document, annotations: Annotations, links: Links, codebook: Codebook, model: str) -> None:
        self.document, self.annotations, self.links = document, annotations, links
        self.codebook, self.model = codebook, model
        self.ref = DocumentRef(document.id, document.title, document.source, document.published, document.url)
        quoted = [m.span() for m in _QUOTED.finditer(document.text)]
        self.quote_starts, self.quote_ends = [a for a, _ in quoted], [b for _, b in quoted]

    def make(self) -> Iterator[Statement]:
        for event in self.annotations.events:
            yield self.statement(event)

    def statement(self, event: Event) -> Statement:
        parts = {role: tuple(a.mention for a in event.arguments if a.role is role) for role in Role}
        fillers = {role: tuple(self.filler(i) for i in mentions) for role, mentions in parts.items()}
        trigger = self.quote(event.trigger)
        said = {role: [(f.quote.text, f.type) for f in found] for role, found in fillers.items()}
        return with_id(
            Statement(
                id="",
                document=self.ref,
                sentence=self.quote(self.annotations.sentences[event.sentence]),
                type=event.type,
                trigger=trigger,
                actor=fillers[Role.ACTOR],
                target=fillers[Role.TARGET],
                origin=fillers[Role.ORIGIN],
                place=fillers[Role.PLACE],
                time=fillers[Role.TIME],
                instrument=fillers[Role.INSTRUMENT],
                certainty=event.certainty,
                negated=event.negated,
                attribution=self.attribution(event),
                date=self.date(parts[Role.TIME]),
                location=self.location(parts),
                count=self.count(event.type, fillers),
                codes=self.codebook.codes(event.type, trigger.text, said),
                confidence=event.score,
                model=self.model,
            )
        )

    def quote(self, span: Span) -> Quote:
        return Quote(span, span.of(self.document.text))

    def filler(self, mention: int) -> Filler:
        m = self.annotations.mentions[mention]
        return Filler(self.quote(m.span), m.type, self.entity(mention))

    def entity(self, mention: int) -> Entity | None:
        place = self.links.places.get(mention)
        if place is not None and place.target is not None:
            return Entity(place.target.id, place.target.name, "place")
        actor = self.links.actors.get(mention)
        if actor is not None and actor.target is not None:
            return Entity(actor.target.id, actor.target.name, actor.target.kind)
        return None

    def attribution(self, event: Event) -> Attribution | None:
        if event.source is None:
            return None
        speaker = self.filler(event.source)
        k = bisect_right(self.quote_starts, event.trigger.start) - 1
        quoted = k >= 0 and event.trigger.end <= self.quote_ends[k]
        return Attribution(speaker, quoted, self.anonymous(event.source, speaker))

    def anonymous(self, mention: int, speaker: Filler) -> bool:
        """Whether the text leaves the speaker without a name: no link, no name it stands for, no capital at its head."""
        if speaker.entity is not None or mention in self.annotations.references:
            return False
        if speaker.type is MentionType.PEOPLE:  # several people: a body has a name, a number of people has none
            return True
        head = speaker.quote.text.split()[-1]
        sentence = self.annotations.sentences[self.annotations.mentions[mention].sentence]
        pronoun = head.casefold() in ("he", "she", "they", "it", "who", "i", "we")
        opens_sentence = speaker.quote.span.start == sentence.start and head == speaker.quote.text
        named = any(c.isupper() for c in head) and not pronoun
        # A lone first word has its capital from its place: only a person's or a body's name opens a sentence bare.
        return not named or (opens_sentence and speaker.type in (MentionType.GROUP, MentionType.FORCE) and not head.isupper())

    def date(self, times: tuple[int, ...]) -> StatementDate | None:
        """The narrowest range among the event's own time expressions."""
        known = [(i, v.range) for i in times if (v := self.links.times.get(i)) is not None and v.range is not None]
        if not known:
            return None
        mention, days = min(known, key=lambda pair: (pair[1].date_prec, pair[1].end - pair[1].start))
        words = self.annotations.mentions[mention].span.of(self.document.text)
        return StatementDate(days.start, days.end, PRECISION[days.date_prec], days.date_prec, words)

    def location(self, parts: dict[Role, tuple[int, ...]]) -> Place | None:
        """The most precise of the event's own places; where it has none, of the places it is done to."""
        for role in (Role.PLACE, Role.TARGET):
            found = [
                link.target
                for i in parts[role]
                if self.annotations.mentions[i].type is MentionType.PLACE
                and (link := self.links.places.get(i)) is not None
                and link.target is not None
            ]
            if found:
                return min(found, key=lambda place: place.where_prec)
        return None

    def count(self, type: EventType, fillers: dict[Role, tuple[Filler, ...]]) -> Count | None:
        """The numbers of the people it happens to, added up; None where the text gives no number."""
        role = _COUNTED.get(type)
        if role is None:
            return None
        counts = [c for f in fillers[role] if f.type in _PEOPLE and (c := read_count(f.quote.text, type=f.type)) is not None]
        if not counts:
            return None
        return Count(sum(c.low for c in counts), sum(c.best for c in counts), sum(c.high for c in counts))
