"""Every value that moves through the program: frozen, slotted, compared by content.

Offsets are half-open character offsets into ``Document.text`` wherever a ``Span`` stands: ``text[start:end]``.
The text of a document never changes after ingest, so a span can always be checked to the letter.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar


class MentionType(StrEnum):
    """What a mention names (codebook.yaml says what each means)."""

    GROUP = "GROUP"
    FORCE = "FORCE"
    STATE = "STATE"
    ORG = "ORG"
    MEDIA = "MEDIA"
    PERSON = "PERSON"
    PEOPLE = "PEOPLE"
    PLACE = "PLACE"
    TIME = "TIME"
    WEAPON = "WEAPON"
    RESOURCE = "RESOURCE"


class EventType(StrEnum):
    """What a statement says happened; printed in lower case in statements, in capitals in the corpus's layout."""

    ATTACK = "ATTACK"
    BOMBING = "BOMBING"
    STRIKE = "STRIKE"
    CLASH = "CLASH"
    KILL = "KILL"
    INJURE = "INJURE"
    ABDUCT = "ABDUCT"
    ABUSE = "ABUSE"
    SEIZE = "SEIZE"
    WITHDRAW = "WITHDRAW"
    HOLD = "HOLD"
    DEPLOY = "DEPLOY"
    RECRUIT = "RECRUIT"
    JOIN = "JOIN"
    LEAVE = "LEAVE"
    LEAD = "LEAD"
    BELONG = "BELONG"
    ALLY = "ALLY"
    SPLIT = "SPLIT"
    SUPPORT = "SUPPORT"
    GAIN = "GAIN"
    LOSE = "LOSE"
    ARREST = "ARREST"
    RELEASE = "RELEASE"
    SANCTION = "SANCTION"
    CLAIM = "CLAIM"
    THREATEN = "THREATEN"
    APPEAL = "APPEAL"
    ACCUSE = "ACCUSE"
    NEGOTIATE = "NEGOTIATE"
    AGREE = "AGREE"


class Role(StrEnum):
    """What part a mention plays in an event."""

    ACTOR = "actor"
    TARGET = "target"
    ORIGIN = "origin"
    PLACE = "place"
    TIME = "time"
    INSTRUMENT = "instrument"


class Certainty(StrEnum):
    """How surely the text presents an event."""

    FACT = "fact"
    LIKELY = "likely"
    POSSIBLE = "possible"
    FUTURE = "future"
    HYPOTHETICAL = "hypothetical"


class Basis(StrEnum):
    """What a statement's location was taken from: its own words, its sentence, its paragraph or the article's dateline."""

    ARGUMENT = "argument"
    SENTENCE = "sentence"
    PARAGRAPH = "paragraph"
    DATELINE = "dateline"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """``text[start:end]``; ``0 <= start < end <= len(text)``."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The letters of the span."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Document:
    """One article as read. Build it with ``Document.of``, which derives the id from the content.

    ``given_id`` is the id that the source gave it, where it gave one; ``published`` is None where unknown, never guessed.
    """

    id: str
    text: str
    title: str = ""
    source: str = ""
    published: dt.date | None = None
    byline: str = ""
    section: str = ""
    url: str = ""
    given_id: str = ""

    @classmethod
    def of(cls, text: str, *, title: str = "", source: str = "", published: dt.date | None = None, **more: str) -> Document:
        """A document whose id is the first 16 hex digits of SHA-256 over its text, title, source and publication date.

        Args:
            more: ``byline``, ``section``, ``url``, ``given_id``; these do not change the id.
        """
        key = "\x00".join((text, title, source, published.isoformat() if published else ""))
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return cls(digest, text, title, source, published, **more)

    @property
    def label(self) -> str:
        """What messages and failures call it: its address, the id that its source gave it, or its own."""
        return self.url or self.given_id or self.id


@dataclass(frozen=True, slots=True)
class Mention:
    """A piece of a sentence with one type; ``sentence`` is the sentence's number, ``score`` the model's 0 to 1."""

    type: MentionType
    span: Span
    sentence: int
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Argument:
    """A mention (its index in ``Annotations.mentions``) in a role."""

    role: Role
    mention: int
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Event:
    """What one trigger states. ``source`` is the index of the speaker's mention, or None for the author's own voice."""

    type: EventType
    trigger: Span
    sentence: int
    arguments: tuple[Argument, ...] = ()
    certainty: Certainty = Certainty.FACT
    negated: bool = False
    source: int | None = None
    score: float = 1.0
    certainty_score: float = 1.0
    source_score: float = 1.0

    def of(self, *roles: Role) -> list[int]:
        """The mentions that stand in some roles, in the order of the arguments."""
        return [a.mention for a in self.arguments if a.role in roles]

    def without(self, role: Role, mentions: Container[int]) -> Event:
        """The event without some mentions in a role; itself where none of them stands in it."""
        kept = tuple(a for a in self.arguments if a.role is not role or a.mention not in mentions)
        return self if len(kept) == len(self.arguments) else replace(self, arguments=kept)


LEAST_ODDS = -5.0
"""The log of the odds of what has next to none, under 1 in 148."""


@dataclass(frozen=True, slots=True)
class Annotations:
    """All that one reading found in a document, nothing linked.

    ``sentences`` and ``mentions`` are in the order of the text; ``references`` maps the index of a pronoun, a common noun or a person's
    other name to the index of the mention whose name it stands for. ``leanings`` are what the network holds of each of those that it
    was asked about: of a mention's standing for another, the log of its odds against none. Where the best has ``LEAST_ODDS`` or less
    it is told alone; else what is left out stands too far away to have been read together.
    """

    sentences: tuple[Span, ...]
    mentions: tuple[Mention, ...] = ()
    events: tuple[Event, ...] = ()
    references: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    leanings: Mapping[int, Mapping[int, float]] = field(default_factory=lambda: MappingProxyType({}), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days from ``start`` to ``end``, both included. ``date_prec`` is UCDP's: 1 day, 2 two to six days, 3 week,
    4 month, 5 more than a month up to a year; a longer range has 5 too. ``value`` is TIMEX3's.
    """

    start: dt.date
    end: dt.date
    date_prec: int
    value: str


@dataclass(frozen=True, slots=True)
class TimeValue:
    """A time expression read: TIMEX3 ``type`` (DATE, TIME, DURATION, SET) and ``value``; ``range`` is None where the
    expression places nothing on the calendar (a duration, or no anchor known)."""

    type: str
    value: str
    range: DateRange | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor of the catalogue as a link shows it. ``kind``: group, wing, force, state, coalition, org, media, person."""

    id: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the gazetteer. ``where_prec`` is UCDP's: 1 exact, 2 near, 3 second-order district, 4 first-order
    province, 5 line or fuzzy area, 6 country, 7 sea or air. ``lat``/``lon`` in degrees; an area's are its middle and
    must not be shown as a pin. ``geonames_id`` 0 where there is none."""

    id: str
    name: str
    country: str
    admin1: str
    lat: float
    lon: float
    geonames_id: int
    where_prec: int


T = TypeVar("T", Actor, Place)


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T]):
    """One thing a mention might mean: ``score`` 0 to 1, ``reasons`` sentences a reader can check."""

    target: T
    score: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link(Generic[T]):
    """What a mention (by index) means. ``target`` None is an honest "unknown": the mention keeps its name."""

    mention: int
    target: T | None
    score: float = 0.0
    candidates: tuple[Candidate[T], ...] = ()


@dataclass(frozen=True, slots=True)
class Links:
    """The links of a document, by mention index. A mention that is not there was not tried or has no candidate."""

    actors: Mapping[int, Link[Actor]] = field(default_factory=lambda: MappingProxyType({}))
    places: Mapping[int, Link[Place]] = field(default_factory=lambda: MappingProxyType({}))
    times: Mapping[int, TimeValue] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Count:
    """People counted, as a range: ``low <= best <= high``."""

    low: int
    best: int
    high: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that could not be read: ``document`` is its path, URL or id; ``stage`` where it stopped."""

    document: str
    stage: str
    message: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Letters of the document: ``document.text[span.start:span.end] == text``, always."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Entity:
    """What a filler is, by id: an actor of the catalogue or a place of the gazetteer (``kind`` "place")."""

    id: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Filler:
    """A mention that fills a role of a statement, with what it is, where that is known."""

    quote: Quote
    type: MentionType
    entity: Entity | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says so. ``quoted``: in the speaker's own words; ``anonymous``: the text does not name the speaker."""

    speaker: Filler
    quoted: bool
    anonymous: bool


@dataclass(frozen=True, slots=True)
class StatementDate:
    """When it is said to have happened: days ``start`` to ``end``, both included. ``precision`` is day, days, week,
    month or year; ``date_prec`` is UCDP's 1 to 5; ``text`` the words it was read from."""

    start: dt.date
    end: dt.date
    precision: str
    date_prec: int
    text: str


@dataclass(frozen=True, slots=True)
class Codes:
    """The statement's type in the field's code lists, None where a list has none. CAMEO codes are text: "010"."""

    acled_event_type: str | None = None
    acled_sub_event_type: str | None = None
    plover: str | None = None
    cameo: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """What a statement says of its document."""

    id: str
    title: str
    source: str
    published: dt.date | None
    url: str


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Statement:
    """One thing, said once, in one place, by someone, so surely.

    ``id`` is a hash of its content, so reading the same thing twice adds nothing. ``confidence`` is the calibrated
    probability (0 to 1) that type and trigger are what a careful reader would mark. ``model`` names the model and
    version that read it. ``date`` comes from the statement's own words only, ``location`` from what ``location_basis`` says (which
    tells nothing where there is no location); None is an honest unknown.
    """

    id: str
    document: DocumentRef
    sentence: Quote
    type: EventType
    trigger: Quote
    actor: tuple[Filler, ...]
    target: tuple[Filler, ...]
    origin: tuple[Filler, ...]
    place: tuple[Filler, ...]
    time: tuple[Filler, ...]
    instrument: tuple[Filler, ...]
    certainty: Certainty
    negated: bool
    attribution: Attribution | None
    date: StatementDate | None
    location: Place | None
    count: Count | None
    codes: Codes
    confidence: float
    model: str
    location_basis: Basis = Basis.ARGUMENT
