"""A statement read from its JSON: of the layout that ``serial`` writes, checked as it is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from orbat.errors import DataError
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

ALIKE = 8_192  # documents, actors, places, codes and words that are remembered while statements are read, each some hundred bytes
_UNFIT = (msgspec.MsgspecError, ValueError, TypeError)


def statement_from_json(value: Mapping[str, Any]) -> Statement:
    """The statement that ``statement_to_json`` wrote: ``statement_from_json(statement_to_json(s)) == s``.

    Raises:
        DataError: a field is missing, unknown or holds what the schema does not allow; the message names what was met.
    """
    try:
        said = msgspec.convert(value, _Whole)
        return _statement(said, _document(said.document), _quote(said.sentence), said.confidence)
    except _UNFIT as error:
        raise _bad(error) from error


def statement_of(payload: str, document: DocumentRef, sentence: Quote, confidence: float) -> Statement:
    """The statement whose ``statement_text`` without document, sentence and confidence is given with these.

    Raises:
        DataError: as ``statement_from_json``.
    """
    try:
        return _statement(_PART.decode(payload), document, sentence, confidence)
    except _UNFIT as error:
        raise _bad(error) from error


class _Layout(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """What a part of the JSON must hold."""


class _Document(_Layout):
    id: str
    title: str
    source: str
    published: dt.date | None
    url: str


class _Quote(_Layout):
    start: int
    end: int
    text: str


class _Entity(_Layout):
    id: str
    name: str
    kind: str


class _Filler(_Quote):
    type: MentionType
    entity: _Entity | None


class _Speaker(_Filler):
    quoted: bool
    anonymous: bool


class _Date(_Layout):
    start: dt.date
    end: dt.date
    precision: str
    date_prec: int
    text: str


class _Location(_Layout):
    id: str
    name: str
    country: str
    admin1: str
    lat: float
    lon: float
    geonames_id: int
    where_prec: int
    basis: Basis = Basis.ARGUMENT  # left out of what was written when only arguments were asked


class _Count(_Layout):
    low: int
    best: int
    high: int


class _Acled(_Layout):
    event_type: str | None
    sub_event_type: str | None


class _Codes(_Layout):
    acled: _Acled
    plover: str | None
    cameo: str | None


class _Part(_Layout, kw_only=True):
    id: str
    type: str
    trigger: _Quote
    actor: list[_Filler]
    target: list[_Filler]
    origin: list[_Filler]
    place: list[_Filler]
    time: list[_Filler]
    instrument: list[_Filler]
    certainty: Certainty
    negated: bool
    attribution: _Speaker | None
    date: _Date | None
    location: _Location | None
    count: _Count | None
    codes: _Codes
    model: str


class _Whole(_Part, kw_only=True):
    document: _Document
    sentence: _Quote
    confidence: float


_PART = msgspec.json.Decoder(_Part)
_TYPES = {kind.value.lower(): kind for kind in EventType}

# Many statements are of one article, name one actor or happened in one place: what they share is made and held once.
_one = remembered(ALIKE)
_place, _codes, _ref, _entity, _date = _one(Place), _one(Codes), _one(DocumentRef), _one(Entity), _one(StatementDate)


@_one
def _text(text: str) -> str:
    """The first of equal texts that was met: words of events and names come again and again."""
    return text


def _statement(said: _Part, document: DocumentRef, sentence: Quote, confidence: float) -> Statement:
    kind, speaker, date, where = _TYPES.get(said.type), said.attribution, said.date, said.location
    count, acled = said.count, said.codes.acled
    if kind is None:
        raise ValueError(f"{said.type!r} is no type of event")
    return Statement(
        said.id,
        document,
        sentence,
        kind,
        _quote(said.trigger),
        _fillers(said.actor),
        _fillers(said.target),
        _fillers(said.origin),
        _fillers(said.place),
        _fillers(said.time),
        _fillers(said.instrument),
        said.certainty,
        said.negated,
        Attribution(_filler(speaker), speaker.quoted, speaker.anonymous) if speaker is not None else None,
        _date(date.start, date.end, date.precision, date.date_prec, date.text) if date is not None else None,
        _place(where.id, where.name, where.country, where.admin1, where.lat, where.lon, where.geonames_id, where.where_prec)
        if where is not None
        else None,
        Count(count.low, count.best, count.high) if count is not None else None,
        _codes(acled.event_type, acled.sub_event_type, said.codes.plover, said.codes.cameo),
        confidence,
        _text(said.model),
        where.basis if where is not None else Basis.ARGUMENT,
    )


def _document(said: _Document) -> DocumentRef:
    return _ref(said.id, said.title, said.source, said.published, said.url)


def _quote(said: _Quote) -> Quote:
    return Quote(Span(said.start, said.end), _text(said.text))


def _filler(said: _Filler) -> Filler:
    who = said.entity
    return Filler(_quote(said), said.type, _entity(who.id, who.name, who.kind) if who is not None else None)


def _fillers(said: list[_Filler]) -> tuple[Filler, ...]:
    return tuple([_filler(each) for each in said]) if said else ()


def _bad(error: Exception) -> DataError:
    return DataError(
        "This is not a statement.",
        f"Reading it failed: {error}.",
        "Check it against orbat/data/statement.schema.json, or write it again with `orbat read --format jsonl`.",
    )
