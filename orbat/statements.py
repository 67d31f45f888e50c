"""Annotations and links to statements: one event, said once, with its words, its speaker and its codes. Pure.

Provenance is fixed here: every quote of a statement is cut from the document by its own offsets.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Hashable, Iterator
from dataclasses import replace

from orbat.codebook import Codebook
from orbat.eventplace import EventPlaces
from orbat.headcount import Counted, count_people
from orbat.names import lost_capitals
from orbat.serial import with_id
from orbat.types import (
    Annotations,
    Attribution,
    Basis,
    Count,
    DateRange,
    Document,
    DocumentRef,
    Entity,
    Event,
    EventType,
    Filler,
    Links,
    MentionType,
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

_PRONOUN_WORDS = "i we you he she it they me us him her them his its their who this these those"
_PRONOUNS = frozenset(_PRONOUN_WORDS.split())
_SPEAKER_WORDS = """
    official officials source sources spokesman spokeswoman spokesperson analyst analysts expert experts resident residents witness
    witnesses survivor survivors villager villagers officer officers commander commanders soldier soldiers man woman people person
    police authorities army military government ministry minister president governor mayor secretary director manager chief leader leaders
    report reports statement communique bulletin editorial video account press newspaper radio media agency group groups organization
    doctor doctors lawyer lawyers judge judges prisoner prisoners activist activists monitor observers researchers diplomat diplomats
    correspondent reporter journalist journalists priest teacher individual member members rebels guerrillas terrorists militants
"""
_SPEAKERS = frozenset(_SPEAKER_WORDS.split())
"""Nouns for speakers without a name, for texts whose capitals cannot tell."""

_NAME_FOLLOWS = re.compile(r",? (?:[A-Z][a-z]*\.? ){0,3}")
_NAME_BEFORE = re.compile(r", (?:(?:the|an?|its|their|his) )?")
_QUOTED = re.compile(r"“[^”“\n]*(?:”|(?=\n)|$)|\"[^\"\n]*(?:\"|(?=\n)|$)|``.*?''")


def statements(document: Document, annotations: Annotations, links: Links, *, codebook: Codebook, model: str) -> tuple[Statement, ...]:
    """Every event of the annotations as a statement, in the order of the text."""
    return tuple(_Maker(document, annotations, links, codebook, model).make())


def _capitals(words: str) -> int:
    return sum(any(map(str.isupper, word)) for word in words.split())


_FROM = re.compile(r"\b(?:[Ff]rom|[Bb]etween) (?:about |around |early |late |mid-)?$")
_TO = re.compile(r",? (?:and|to|until|till|through|up to) (?:at least |about |around |the |early |late |mid-)*")
_SINCE_THEN = re.compile(r"\b[Ss]ince (?:[\w’'-]+ ){2,12}$")  # up to the time in the clause, which no comma parts from it
_SINCE = ("since ", "since the ")
_FIRST_SINCE = re.compile(r"\b(?:first|worst|deadliest|bloodiest|largest|biggest|heaviest|highest)\b[^,;:]*\bsince (?:the )?$")
_FAR = 100  # letters from "have" to what has been: "have been killed and more than a million driven from home"
_PERFECT = re.compile(r"\b(?:has|have)\b[^,.;:]*$")
_MONTH, _LONGER = 31, 5  # days; UCDP's precision of what lasts longer
_NAME = 2  # words in capitals that make a name of a body: "Kurdish fighters" have none


def _length(days: DateRange) -> int:
    """How long a range is, in days; all years are as long."""
    length = (days.end - days.start).days
    return _YEAR if length == _YEAR - 1 else length


def _apart(members: tuple[Filler, ...], bodies: tuple[Filler, ...]) -> tuple[Filler, ...]:
    """The members without the link to the body that they belong to where they have no name of their own: "fighters of the Front" are the
    Front's, but the Front does not belong to itself."""
    theirs = {body.entity for body in bodies if body.entity is not None}
    nameless = (m.entity in theirs and not any(map(str.isupper, m.quote.text[1:])) for m in members)
    return tuple(replace(m, entity=None) if own else m for m, own in zip(members, nameless, strict=True)) if theirs else members


_YEAR = 365  # from the first to the last day of a leap year


class _Maker:
    """The statements of one document; holds what its events share."""

    def __init__(self, document: Document, annotations: Annotations, links: Links, codebook: Codebook, model: str) -> None:
        self.document, self.annotations, self.links = document, annotations, links
        self.codebook, self.model = codebook, model
        self.fillers: dict[int, Filler] = {}
        self.caseless = lost_capitals(document.text)
        self.places = EventPlaces(document, annotations, links)
        self.ref = DocumentRef(document.id, document.title, document.source, document.published, document.url)
        quoted = [m.span() for m in _QUOTED.finditer(document.text)]
        self.quote_starts, self.quote_ends = [a for a, _ in quoted], [b for _, b in quoted]

    def make(self) -> Iterator[Statement]:
        for event in self.annotations.events:
            yield self.statement(event)

    def statement(self, event: Event) -> Statement:
        parts = {role: tuple(event.of(role)) for role in dict.fromkeys(a.role for a in event.arguments)}
        fillers = {role: tuple(map(self.filler, mentions)) for role, mentions in parts.items()}
        if event.type is EventType.BELONG and Role.ACTOR in fillers and Role.TARGET in fillers:
            fillers[Role.ACTOR] = _apart(fillers[Role.ACTOR], fillers[Role.TARGET])
        trigger = self.quote(event.trigger)
        where = self.places.of(event)
        said = {role: [(f.quote.text, f.type) for f in found] for role, found in fillers.items()}
        return with_id(
            Statement(
                id="",
                document=self.ref,
                sentence=self.quote(self.annotations.sentences[event.sentence]),
                type=event.type,
                trigger=trigger,
                actor=fillers.get(Role.ACTOR, ()),
                target=fillers.get(Role.TARGET, ()),
                origin=fillers.get(Role.ORIGIN, ()),
                place=fillers.get(Role.PLACE, ()),
                time=fillers.get(Role.TIME, ()),
                instrument=fillers.get(Role.INSTRUMENT, ()),
                certainty=event.certainty,
                negated=event.negated,
                attribution=self.attribution(event),
                date=self.date(parts.get(Role.TIME, ()), event.trigger),
                location=where.place if where else None,
                count=self.count(event.type, parts),
                codes=self.codebook.codes(event.type, trigger.text, said),
                confidence=event.score,
                model=self.model,
                location_basis=where.basis if where else Basis.ARGUMENT,
            )
        )

    def quote(self, span: Span) -> Quote:
        return Quote(span, span.of(self.document.text))

    def filler(self, mention: int) -> Filler:
        if mention not in self.fillers:  # most mentions fill a role of several events
            m = self.annotations.mentions[mention]
            self.fillers[mention] = Filler(self.quote(m.span), m.type, self.entity(mention))
        return self.fillers[mention]

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
        """Whether the text leaves the speaker without a name: no link, no name it stands for or stands beside, none of its own."""
        if speaker.entity is not None:
            return False
        if speaker.type is MentionType.PEOPLE:  # several people: a body has a name ("Group of Experts"), a number of people has none
            return _capitals(speaker.quote.text) < _NAME or not self.named(mention)
        meant = self.meant(mention)
        return not self.named(meant) and not (meant == mention and self.beside_its_name(mention))

    def meant(self, mention: int) -> int:
        """The mention whose name a mention stands for, itself where it refers to none."""
        seen = {mention}
        while (following := self.annotations.references.get(mention, mention)) not in seen:
            seen.add(following)
            mention = following
        return mention

    def named(self, mention: int) -> bool:
        m = self.annotations.mentions[mention]
        words = m.span.of(self.document.text).split()
        head = words[-1]
        if head.casefold() in _PRONOUNS:
            return False
        if self.caseless:
            return head.casefold() not in _SPEAKERS
        if not any(c.isupper() for c in head):  # "Hafiz Gul Bahadur group"
            return m.type not in (MentionType.PERSON, MentionType.PEOPLE) and _capitals(" ".join(words[:-1])) >= _NAME
        # A lone first word has its capital from its place: only a person's or a body's name opens a sentence bare.
        opens_sentence = len(words) == 1 and m.span.start == self.annotations.sentences[m.sentence].start
        return not opens_sentence or head.isupper() or m.type not in (MentionType.GROUP, MentionType.FORCE)

    def beside_its_name(self, mention: int) -> bool:
        """Whether a person's office stands beside the name: "army spokesman Sani Usman", "Sani Usman, a spokesman"."""
        mentions, text = self.annotations.mentions, self.document.text
        m = mentions[mention]
        for other, pattern in ((mention + 1, _NAME_FOLLOWS), (mention - 1, _NAME_BEFORE)):
            if m.type is MentionType.PERSON and 0 <= other < len(mentions) and mentions[other].type is MentionType.PERSON:
                first, second = sorted((m.span, mentions[other].span))
                if pattern.fullmatch(text, first.end, second.start) and self.named(other):
                    return True
        return False

    def date(self, times: tuple[int, ...], trigger: Span) -> StatementDate | None:
        """The narrowest range among the event's own time expressions, of two years the one nearest to the trigger: "split from it in 2012
        before returning in 2015"."""
        known = [
            (i, v.range) for i in times if (v := self.links.times.get(i)) is not None and v.range is not None and not self.of_the_last(i)
        ]
        if not known:
            return None
        spans = [m.span for m in self.annotations.mentions]
        if between := self.from_to(known):
            return between
        mention, days = min(known, key=lambda pair: (pair[1].date_prec, _length(pair[1]), abs(spans[pair[0]].start - trigger.start)))
        words = spans[mention].of(self.document.text)
        published = self.document.published
        if self.runs_on(mention, trigger):
            if published is None:  # it ends nowhere that is known
                return None
            if (published - days.start).days > _MONTH:
                return StatementDate(days.start, published, PRECISION[_LONGER], _LONGER, words)
        return StatementDate(days.start, days.end, PRECISION[days.date_prec], days.date_prec, words)

    def of_the_last(self, time: int) -> bool:
        """Whether a time is that of what came before: "the first strike since 2011"."""
        mention = self.annotations.mentions[time]
        text, start = self.document.text, self.annotations.sentences[mention.sentence].start
        return text.endswith(_SINCE, 0, mention.span.start) and _FIRST_SINCE.search(text, start, mention.span.start) is not None

    def from_to(self, known: list[tuple[int, DateRange]]) -> StatementDate | None:
        """What lasts from one of two times to the other: "headed it from 1996 to 2017"."""
        text, mentions = self.document.text, self.annotations.mentions
        for one, first in known:
            span = mentions[one].span
            opens = _FROM.search(text, max(0, span.start - 16), span.start)
            for other, last in known if opens else ():
                then = mentions[other].span
                near = span.end < then.start < span.end + 30 and _TO.fullmatch(text, span.end, then.start)
                if near and (last.end - first.start).days > _MONTH:
                    return StatementDate(first.start, last.end, PRECISION[_LONGER], _LONGER, text[span.start : then.end])
        return None

    def runs_on(self, time: int, trigger: Span) -> bool:
        """Whether an event goes on from what a clause dates: "have been killed since the revolt began in 1984"."""
        text, span = self.document.text, self.annotations.mentions[time].span
        sentence = self.annotations.sentences[self.annotations.mentions[time].sentence]
        since = _SINCE_THEN.search(text, sentence.start, span.start)
        if since is None or since.start() <= trigger.start < span.end:
            return False
        opens = max(sentence.start, trigger.start - _FAR)
        return opens <= trigger.start and _PERFECT.search(text, opens, trigger.start) is not None

    def count(self, type: EventType, parts: dict[Role, tuple[int, ...]]) -> Count | None:
        """The numbers of the people it happens to, added up; None where the text gives no number."""
        role = _COUNTED.get(type)
        if role is None:
            return None
        mentions = self.annotations.mentions
        counted = [i for i in parts.get(role, ()) if mentions[i].type in _PEOPLE]
        if not counted:
            return None
        return count_people(
            self.document.text, [Counted(mentions[i].type, mentions[i].span.start, mentions[i].span.end, self.who(i)) for i in counted]
        )

    def who(self, mention: int) -> Hashable:
        """The same for mentions of one person; a body of people is counted as often as it is told."""
        meant = self.meant(mention)
        m = self.annotations.mentions[meant]
        if m.type is not MentionType.PERSON:
            return meant
        actor = self.links.actors.get(meant)
        if actor is not None and actor.target is not None and actor.target.kind == "person":
            return actor.target.id
        words = m.span.of(self.document.text)
        return words if words[:1].isupper() else meant
