"""The statements of a large record as they are kept beside it: of each what ``agreement.record`` asks of it.

A relation of a thousand reports is made again whenever one more speaks of it. To read all of them anew, with their sentences, their
articles and the families of those, took twice as long as the making. Most say the same of the same two, so that what they say is kept
once for all. ``record`` gives the same from what is kept; a test holds it so.
"""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from orbat.corroborate.context import Context, DocumentFacts
from orbat.corroborate.copies import Runs, run_numbers
from orbat.remembering import remembered
from orbat.types import (
    Attribution,
    Basis,
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

_Filler = tuple[str, MentionType, tuple[str, str, str] | None]
_Fillers = tuple[_Filler, ...]


class _Article(msgspec.Struct, array_like=True, gc=False):
    """What is known of a document; ``family`` is empty where it is one of its own, ``publisher`` that of the family."""

    id: str
    family: str
    publisher: str
    published: dt.date | None
    learned: dt.datetime | None


class _Content(msgspec.Struct, array_like=True, gc=False):
    """What statements say, but where and by whom."""

    type: EventType
    trigger: str
    actor: _Fillers
    target: _Fillers
    origin: _Fillers
    place: _Fillers
    instrument: _Fillers
    certainty: Certainty
    negated: bool
    date: tuple[dt.date, dt.date, str, int, str] | None
    location: tuple[str, str, str, str, float, float, int, int] | None
    basis: Basis
    count: tuple[int, int, int] | None


class _Said(msgspec.Struct, array_like=True, gc=False):
    """A statement: ``article`` and ``content`` are places in the lists of these, ``start`` is where its sentence begins, ``runs`` are the
    ``copies.run_numbers`` of that."""

    id: str
    article: int
    start: int
    content: int
    runs: bytes
    speaker: _Filler | None
    anonymous: bool


class _Kept(msgspec.Struct, array_like=True, gc=False):
    articles: list[_Article]
    contents: list[msgspec.Raw]  # of _Content
    said: list[_Said]


class _Id(msgspec.Struct, array_like=True, gc=False):
    """The beginning of ``_Article``."""

    id: str


class _Spot(msgspec.Struct, array_like=True, gc=False):
    """The beginning of ``_Said``."""

    id: str
    article: int


class _Spots(msgspec.Struct, array_like=True, gc=False):
    """What ``_Kept`` says of where its statements stand."""

    articles: list[_Id]
    contents: msgspec.Raw
    said: list[_Spot]


ALIKE = 8_192  # speakers that many statements share are made and held once
_NO_CODES = Codes()
_ENCODER, _DECODER = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(_Kept)
_CONTENT, _SPOTS = msgspec.msgpack.Decoder(_Content), msgspec.msgpack.Decoder(_Spots)


@dataclass(frozen=True, slots=True)
class Members:
    """Statements that were kept, with what was known of their documents, by id.

    Of the statements the words of their sentences, spans (but where a sentence begins), codes, models and the like are not what was read.
    The facts of a document name the publisher of its family as its own. ``runs`` are the ``copies.run_numbers`` of the statements'
    sentences, ``contents`` what each says as it is kept.
    """

    statements: dict[str, Statement] = field(default_factory=dict)
    facts: dict[str, DocumentFacts] = field(default_factory=dict)
    runs: dict[str, Runs] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)

    def beside(self, fresh: Context) -> Context:
        """A context with these documents beside those known now: of a family that is known now, nothing kept counts."""
        families = {each.family for each in fresh.documents.values()}
        others = {id: each for id, each in self.facts.items() if id not in fresh.documents and each.family not in families}
        return replace(fresh, documents={**others, **fresh.documents}, runs=self.runs)

    def read(self, data: bytes, wanted: Callable[[str, str], bool]) -> None:
        """Take in what ``members_to_bytes`` gave.

        Args:
            wanted: whether a statement is to be taken in, by its id and its document's.
        """
        kept = _DECODER.decode(data)
        articles = [DocumentRef(each.id, "", "", each.published, "") for each in kept.articles]
        contents = [bytes(each) for each in kept.contents]
        parts = [_parts(_CONTENT.decode(each)) for each in contents]
        of: set[int] = set()
        for each in kept.said:
            article = articles[each.article]
            if wanted(each.id, article.id):
                self.statements[each.id] = _statement(each, article, parts[each.content])
                self.runs[each.id] = frozenset(memoryview(each.runs).cast("q"))
                self.contents[each.id] = contents[each.content]
                of.add(each.article)
        for known in map(kept.articles.__getitem__, of):
            family = known.family or known.id
            self.facts[known.id] = DocumentFacts(known.id, family, known.publisher, "", known.published, known.learned)


def members_to_bytes(statements: Iterable[Statement], context: Context, kept: Members | None = None) -> bytes:
    """What ``record`` asks of some statements and their documents.

    Args:
        context: has the facts of every document of their families, or is what ``Members.beside`` gave.
        kept: those among them that were kept before.
    """
    every, known = list(statements), kept or Members()
    articles = {id: at for at, id in enumerate(sorted({s.document.id for s in every}))}
    contents: dict[bytes, int] = {}
    said = []
    for s in every:
        content = known.contents.get(s.id) or _ENCODER.encode(_content(s))
        said.append(_said(s, articles[s.document.id], contents.setdefault(content, len(contents)), known.runs.get(s.id)))
    return _ENCODER.encode(_Kept([_article(id, context) for id in articles], [msgspec.Raw(each) for each in contents], said))


def documents_from_bytes(data: bytes) -> dict[str, str]:
    """The document of each statement that ``members_to_bytes`` was given."""
    kept = _SPOTS.decode(data)
    return {each.id: kept.articles[each.article].id for each in kept.said}


def _article(id: str, context: Context) -> _Article:
    facts = context.documents[id]
    family = facts.family if facts.family != id else ""
    return _Article(id, family, context.publishers[facts.family], facts.published, facts.learned_at)


def _said(s: Statement, article: int, content: int, runs: Runs | None) -> _Said:
    numbers = array("q", sorted(run_numbers(s.sentence.text) if runs is None else runs)).tobytes()
    speaker = _plain(s.attribution.speaker) if s.attribution else None
    return _Said(s.id, article, s.sentence.span.start, content, numbers, speaker, s.attribution is not None and s.attribution.anonymous)


def _content(s: Statement) -> _Content:
    count, date, where = s.count, s.date, s.location
    return _Content(
        s.type,
        s.trigger.text,
        _plains(s.actor),
        _plains(s.target),
        _plains(s.origin),
        _plains(s.place),
        _plains(s.instrument),
        s.certainty,
        s.negated,
        (date.start, date.end, date.precision, date.date_prec, date.text) if date else None,
        (where.id, where.name, where.country, where.admin1, where.lat, where.lon, where.geonames_id, where.where_prec) if where else None,
        s.location_basis,
        (count.low, count.best, count.high) if count else None,
    )


def _plains(found: tuple[Filler, ...]) -> _Fillers:
    return tuple(map(_plain, found))


def _plain(filler: Filler) -> _Filler:
    entity = filler.entity
    return filler.quote.text, filler.type, (entity.id, entity.name, entity.kind) if entity else None


def _quote(text: str) -> Quote:
    return Quote(Span(0, len(text)), text)


def _filler(text: str, type: MentionType, entity: tuple[str, str, str] | None) -> Filler:
    return Filler(_quote(text), type, Entity(*entity) if entity else None)


_speaker = remembered(ALIKE)(_filler)


_Parts = tuple[tuple[Any, ...], tuple[Any, ...]]
"""The fields of a statement from its type to its negation, and from its date on."""


def _parts(content: _Content) -> _Parts:
    """The fields of the statements that say this."""
    actor, target, origin, place, instrument = (
        tuple([_filler(*each) for each in found])
        for found in (content.actor, content.target, content.origin, content.place, content.instrument)
    )
    first = content.type, _quote(content.trigger), actor, target, origin, place, (), instrument, content.certainty, content.negated
    date = StatementDate(*content.date) if content.date else None
    location = Place(*content.location) if content.location else None
    return first, (date, location, Count(*content.count) if content.count else None, _NO_CODES, 0.0, "", content.basis)


def _statement(said: _Said, article: DocumentRef, parts: _Parts) -> Statement:
    voice = Attribution(_speaker(*said.speaker), False, said.anonymous) if said.speaker else None
    about: tuple[Any, ...] = (said.id, article, Quote(Span(said.start, said.start), ""), *parts[0], voice, *parts[1])
    return Statement(*about)
