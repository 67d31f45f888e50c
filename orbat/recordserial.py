"""A record as JSON: all that it holds, in the order of its fields, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from orbat.errors import DataError
from orbat.recordtypes import Origin, Record, RecordField, RecordKind, RecordStatus, Said, Toll
from orbat.remembering import remembered
from orbat.types import Certainty, Entity, EventType, Place

Json = dict[str, Any]
ALIKE = 8_192  # actors, places and origins that many records share are made and held once


def record_to_json(record: Record) -> Json:
    """Plain dicts, lists, text and numbers; types in lower case, days and moments in ISO form."""
    return {
        "id": record.id,
        "kind": record.kind.value,
        "type": record.type.value.lower(),
        "types": [kind.value.lower() for kind in record.types],
        "status": record.status.value,
        "credibility": record.credibility,
        "certainty": record.certainty.value,
        "start": _iso(record.start),
        "end": _iso(record.end),
        "date_prec": record.date_prec,
        "location": _plain(record.location),
        "independent": record.independent,
        "origins": [_plain(origin) for origin in record.origins],
        "denials": list(record.denials),
        "actors": _field(record.actors),
        "targets": _field(record.targets),
        "fields": [_field(each) for each in record.fields],
        "tolls": [_toll(each) for each in record.tolls],
        "statements": list(record.statements),
        "documents": list(record.documents),
        "learned_first": _iso(record.learned_first),
        "learned_last": _iso(record.learned_last),
    }


def record_from_json(value: Mapping[str, Any]) -> Record:
    """The record that ``record_to_json`` wrote: ``record_from_json(record_to_json(r)) == r``.

    Raises:
        DataError: a part is missing or holds what no record does.
    """
    try:
        return _record(msgspec.convert(value, _Layout))
    except (msgspec.MsgspecError, ValueError, TypeError) as error:
        raise _bad(error) from error


def record_of(payload: str) -> Record:
    """The same from the JSON's text.

    Raises:
        DataError: as ``record_from_json``.
    """
    try:
        return _record(_DECODER.decode(payload))
    except (msgspec.MsgspecError, ValueError, TypeError) as error:
        raise _bad(error) from error


def _field(field: RecordField) -> Json:
    return {"name": field.name, "values": [_said(each) for each in field.values], "disputed": field.disputed, "judged": field.judged}


def _said(said: Said) -> Json:
    return {
        "key": said.key,
        "text": said.text,
        "entity": _plain(said.entity),
        "negated": said.negated,
        "origins": list(said.origins),
        "statements": list(said.statements),
    }


def _toll(toll: Toll) -> Json:
    return {
        "kind": toll.kind,
        "side": toll.side,
        "low": toll.low,
        "best": toll.best,
        "high": toll.high,
        "said": [_said(each) for each in toll.said],
    }


def _plain(value: Place | Entity | Origin | None) -> Json | None:
    return None if value is None else {name: getattr(value, name) for name in value.__slots__}


def _iso(value: dt.date | None) -> str | None:
    return value.isoformat() if value else None


class _Part(msgspec.Struct, gc=False):
    """What a part of the JSON must hold."""


class _Named(_Part, forbid_unknown_fields=True):
    id: str
    name: str
    kind: str


class _Where(_Part, forbid_unknown_fields=True):
    id: str
    name: str
    country: str
    admin1: str
    lat: float
    lon: float
    geonames_id: int
    where_prec: int


class _Value(_Part):
    key: str
    text: str
    entity: _Named | None
    negated: bool
    origins: list[str]
    statements: list[str]


class _Field(_Part):
    name: str
    values: list[_Value]
    disputed: bool
    judged: str | None


class _Counted(_Part, forbid_unknown_fields=True):
    kind: str
    side: str
    low: int
    best: int
    high: int
    said: list[_Value]


class _Layout(_Part):
    id: str
    kind: RecordKind
    type: str
    types: list[str]
    status: RecordStatus
    credibility: int
    certainty: Certainty
    start: dt.date | None
    end: dt.date | None
    date_prec: int | None
    location: _Where | None
    independent: int
    origins: list[_Named]
    denials: tuple[str, ...]
    actors: _Field
    targets: _Field
    fields: list[_Field]
    tolls: list[_Counted]
    statements: tuple[str, ...]
    documents: tuple[str, ...]
    learned_first: dt.datetime | None
    learned_last: dt.datetime | None


_DECODER = msgspec.json.Decoder(_Layout)
_TYPES = {kind.value.lower(): kind for kind in EventType}

_one = remembered(ALIKE)
_entity, _place, _origin = _one(Entity), _one(Place), _one(Origin)


@_one
def _word(text: str) -> str:
    """The first of equal texts that was met."""
    return text


def _record(said: _Layout) -> Record:
    where = said.location
    origins = tuple([_origin(each.id, each.name, each.kind) for each in said.origins])
    # Values name their origins and statements again: of each text and list one is held.
    ids = {id: id for id in said.statements} | {origin.id: origin.id for origin in origins}
    lists: dict[tuple[str, ...], tuple[str, ...]] = {said.statements: said.statements}

    def listed(some: list[str]) -> tuple[str, ...]:
        found = tuple([ids.get(id, id) for id in some])
        return lists.setdefault(found, found)

    def value(each: _Value) -> Said:
        who = each.entity
        entity = _entity(who.id, who.name, who.kind) if who is not None else None
        return Said(_word(each.key), _word(each.text), listed(each.origins), listed(each.statements), entity, each.negated)

    def field(each: _Field) -> RecordField:
        return RecordField(_word(each.name), tuple([value(one) for one in each.values]), each.disputed, each.judged)

    return Record(
        said.id,
        said.kind,
        _type(said.type),
        tuple([_type(kind) for kind in said.types]),
        said.status,
        said.statements,
        said.documents,
        origins,
        said.denials,
        field(said.actors),
        field(said.targets),
        tuple([field(each) for each in said.fields]),
        tuple([Toll(_word(t.kind), _word(t.side), t.low, t.best, t.high, tuple([value(one) for one in t.said])) for t in said.tolls]),
        said.start,
        said.end,
        said.date_prec,
        _place(where.id, where.name, where.country, where.admin1, where.lat, where.lon, where.geonames_id, where.where_prec)
        if where is not None
        else None,
        said.certainty,
        said.credibility,
        said.learned_first,
        said.learned_last,
        said.independent,
    )


def _type(text: str) -> EventType:
    kind = _TYPES.get(text)
    if kind is None:
        raise ValueError(f"{text!r} is no type of event")
    return kind


def _bad(error: Exception) -> DataError:
    return DataError("This is not a record.", f"Reading it failed: {error}.", "Make the records again: orbat records rebuild.")
