"""A record as JSON: all that it holds, in the order of its fields, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from orbat.errors import DataError
from orbat.recordtypes import Origin, Record, RecordField, RecordKind, RecordStatus, Said, Toll
from orbat.types import Certainty, Entity, EventType, Place

Json = dict[str, Any]
ALIKE = 8_192  # actors, places and origins that many records share are made and held once
_entity = lru_cache(maxsize=ALIKE, typed=True)(Entity)
_place = lru_cache(maxsize=ALIKE, typed=True)(Place)
_origin = lru_cache(maxsize=ALIKE, typed=True)(Origin)


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
        return Record(
            id=value["id"],
            kind=RecordKind(value["kind"]),
            type=EventType(value["type"].upper()),
            types=tuple(EventType(kind.upper()) for kind in value["types"]),
            status=RecordStatus(value["status"]),
            statements=tuple(value["statements"]),
            documents=tuple(value["documents"]),
            origins=tuple(_origin(**each) for each in value["origins"]),
            denials=tuple(value["denials"]),
            actors=_as_field(value["actors"]),
            targets=_as_field(value["targets"]),
            fields=tuple(_as_field(each) for each in value["fields"]),
            tolls=tuple(Toll(**{**each, "said": tuple(map(_as_said, each["said"]))}) for each in value["tolls"]),
            start=_day(value["start"]),
            end=_day(value["end"]),
            date_prec=value["date_prec"],
            location=_place(**value["location"]) if value["location"] else None,
            certainty=Certainty(value["certainty"]),
            credibility=value["credibility"],
            learned_first=_moment(value["learned_first"]),
            learned_last=_moment(value["learned_last"]),
            independent=value["independent"],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        step = "Make the records again: orbat records rebuild."
        raise DataError("This is not a record.", f"Reading it failed: {type(error).__name__}: {error}.", step) from error


def _field(field: RecordField) -> Json:
    return {"name": field.name, "values": [_said(each) for each in field.values], "disputed": field.disputed, "judged": field.judged}


def _as_field(value: Mapping[str, Any]) -> RecordField:
    return RecordField(value["name"], tuple(map(_as_said, value["values"])), value["disputed"], value["judged"])


def _said(said: Said) -> Json:
    return {
        "key": said.key,
        "text": said.text,
        "entity": _plain(said.entity),
        "negated": said.negated,
        "origins": list(said.origins),
        "statements": list(said.statements),
    }


def _as_said(value: Mapping[str, Any]) -> Said:
    entity = _entity(**value["entity"]) if value["entity"] else None
    return Said(value["key"], value["text"], tuple(value["origins"]), tuple(value["statements"]), entity, value["negated"])


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


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
