"""Statements as JSON, as flat rows, and the id that their content gives them.

The layout is that of ``data/statement.schema.json``; ``docs/statement.md`` explains it on one sentence.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from json.encoder import encode_basestring as _said
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from orbat.types import (
    Count,
    Entity,
    Filler,
    Place,
    Quote,
    Role,
    Statement,
)

Json = dict[str, Any]
Cell = str | int | float | bool | None

ID_DIGITS = 20  # 80 bits: among a hundred million statements, a chance of about 1 in 240 million that any two share an id
_TRUTH = ("false", "true")
ROLES = tuple(role.value for role in Role)
_where: Callable[[Place], tuple[Cell, ...]] = attrgetter("name", "country", "admin1", "lat", "lon", "geonames_id", "where_prec")

ROW_COLUMNS = (
    *("id", "type", "certainty", "negated", "trigger"),
    *(f"{role}{part}" for role in (*ROLES, "speaker") for part in ("", "_id", "_name")),
    *("quoted", "anonymous", "date_start", "date_end", "date_precision", "date_prec", "date_text"),
    *("location_name", "location_country", "location_admin1", "lat", "lon", "geonames_id", "where_prec", "location_basis"),
    *("count_low", "count_best", "count_high", "acled_event_type", "acled_sub_event_type", "plover", "cameo", "confidence"),
    *("sentence", "sentence_start", "sentence_end", "trigger_start", "trigger_end"),
    *("document_id", "title", "source", "published", "url", "model"),
)


def statement_id(statement: Statement) -> str:
    """The first 20 hex digits of SHA-256 over what the statement says and where; ``statement.id`` itself is not looked at.

    In: document id, sentence, type, trigger, fillers (role and span), certainty, negated, span of the speaker.
    Out: scores, links, the location and its basis, dates, counts, codes and the model's name, so that linking again, another
    machine's last digit or a newer model that reads the same keeps the id. The order of the fillers of one role does not matter
    either.
    """
    parts = [statement.document.id, _at(statement.sentence), statement.type._value_, _at(statement.trigger)]
    for fillers in all_fillers(statement):
        if len(fillers) > 1:
            parts.append(" ".join(sorted({_at(filler.quote) for filler in fillers})))
        else:
            parts.append(_at(fillers[0].quote) if fillers else "")
    speaker = statement.attribution.speaker.quote if statement.attribution else None
    parts += (statement.certainty._value_, str(statement.negated), _at(speaker) if speaker else "")
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:ID_DIGITS]


def with_id(statement: Statement) -> Statement:
    """The same statement with the id that its content gives it."""
    return Statement(statement_id(statement), *_but_id(statement))


def fillers_of(statement: Statement, role: Role | str) -> tuple[Filler, ...]:
    """The fillers of one role, by ``Role`` or its name."""
    return getattr(statement, str(role))  # type: ignore[no-any-return]


_but_id: Callable[[Statement], tuple[Any, ...]] = attrgetter(*[field.name for field in dataclasses.fields(Statement)][1:])

all_fillers: Callable[[Statement], tuple[tuple[Filler, ...], ...]] = attrgetter(*ROLES)
"""The fillers of every role, in the order of ``ROLES``."""


def statement_to_json(statement: Statement) -> Json:
    """The statement in the layout of ``statement_schema()``: plain dicts, lists, text and numbers. Nothing is rounded or lost."""
    document, attribution = statement.document, statement.attribution
    return {
        "id": statement.id,
        "document": {
            "id": document.id,
            "title": document.title,
            "source": document.source,
            "published": document.published.isoformat() if document.published else None,
            "url": document.url,
        },
        "sentence": _quote_json(statement.sentence),
        "type": statement.type.value.lower(),
        "trigger": _quote_json(statement.trigger),
        **{role: [_filler_json(f) for f in fillers] for role, fillers in zip(ROLES, all_fillers(statement), strict=True)},
        "certainty": statement.certainty.value,
        "negated": statement.negated,
        "attribution": attribution
        and {**_filler_json(attribution.speaker), "quoted": attribution.quoted, "anonymous": attribution.anonymous},
        "date": statement.date
        and {
            "start": statement.date.start.isoformat(),
            "end": statement.date.end.isoformat(),
            "precision": statement.date.precision,
            "date_prec": statement.date.date_prec,
            "text": statement.date.text,
        },
        "location": statement.location and {**_plain(statement.location), "basis": statement.location_basis.value},
        "count": statement.count and _plain(statement.count),
        "codes": {
            "acled": {"event_type": statement.codes.acled_event_type, "sub_event_type": statement.codes.acled_sub_event_type},
            "plover": statement.codes.plover,
            "cameo": statement.codes.cameo,
        },
        "confidence": statement.confidence,
        "model": statement.model,
    }


def statement_text(statement: Statement, *, whole: bool = True) -> str:
    """``statement_to_json`` as compact JSON, to the letter what ``json.dumps`` makes of it, in a quarter of the time.

    Args:
        whole: with document, sentence and confidence.
    """
    s, said, date, place, count, codes = (
        statement, statement.attribution, statement.date, statement.location, statement.count, statement.codes
    )  # fmt: skip
    parts = [f'{{"id":{_said(s.id)}']
    if whole:
        of = s.document
        day = f'"{of.published.isoformat()}"' if of.published else "null"
        parts.append(f'"document":{{"id":{_said(of.id)},"title":{_said(of.title)},"source":{_said(of.source)},"published":{day}')
        parts.append(f'"url":{_said(of.url)}}},"sentence":{{{_quote_text(s.sentence)}}}')
    parts.append(f'"type":"{s.type._value_.lower()}","trigger":{{{_quote_text(s.trigger)}}}')
    for role, found in zip(ROLES, all_fillers(s), strict=True):
        parts.append(f'"{role}":[{",".join([f"{{{_filler_text(filler)}}}" for filler in found]) if found else ""}]')
    parts.append(f'"certainty":"{s.certainty._value_}","negated":{_TRUTH[s.negated]}')
    marks = f',"quoted":{_TRUTH[said.quoted]},"anonymous":{_TRUTH[said.anonymous]}}}' if said else ""
    parts.append(f'"attribution":{{{_filler_text(said.speaker)}{marks}' if said else '"attribution":null')
    if date:
        days = f'{{"start":"{date.start.isoformat()}","end":"{date.end.isoformat()}","precision":{_said(date.precision)}'
        parts.append(f'"date":{days},"date_prec":{date.date_prec},"text":{_said(date.text)}}}')
    else:
        parts.append('"date":null')
    if place:
        parts.append(f'"location":{{"id":{_said(place.id)},"name":{_said(place.name)},"country":{_said(place.country)}')
        parts.append(f'"admin1":{_said(place.admin1)},"lat":{place.lat!r},"lon":{place.lon!r},"geonames_id":{place.geonames_id}')
        parts.append(f'"where_prec":{place.where_prec},"basis":"{s.location_basis._value_}"}}')
    else:
        parts.append('"location":null')
    parts.append(f'"count":{{"low":{count.low},"best":{count.best},"high":{count.high}}}' if count else '"count":null')
    acled = f'{{"event_type":{_word(codes.acled_event_type)},"sub_event_type":{_word(codes.acled_sub_event_type)}}}'
    parts.append(f'"codes":{{"acled":{acled},"plover":{_word(codes.plover)},"cameo":{_word(codes.cameo)}}}')
    if whole:
        parts.append(f'"confidence":{s.confidence!r}')
    parts.append(f'"model":{_said(s.model)}}}')
    return ",".join(parts)


@cache
def statement_schema() -> Json:
    """The JSON Schema (2020-12) of a statement. One shared copy: do not change it."""
    return json.loads(files("orbat").joinpath("data/statement.schema.json").read_text("utf-8"))  # type: ignore[no-any-return]


def statement_row(statement: Statement) -> dict[str, Cell]:
    """The statement as one flat row, for CSV and tables; the columns are ``ROW_COLUMNS``, always all of them, in order.

    Several fillers of one role stand in one cell, joined by "; "; ``actor_id`` has as many parts as ``actor``, empty where a
    filler is not known. Offsets of fillers, and what a speaker's mention type is, are in the JSON form only.
    """
    document, date, place, count, said = statement.document, statement.date, statement.location, statement.count, statement.attribution
    codes, sentence, trigger = statement.codes, statement.sentence, statement.trigger
    fillers: list[Cell] = []
    for found in (*all_fillers(statement), (said.speaker,) if said else ()):
        fillers += _cells(found)
    return dict(
        zip(
            ROW_COLUMNS,
            (
                statement.id,
                statement.type.value.lower(),
                statement.certainty.value,
                statement.negated,
                trigger.text,
                *fillers,
                *((said.quoted, said.anonymous) if said else (None, None)),
                *((date.start.isoformat(), date.end.isoformat(), date.precision, date.date_prec, date.text) if date else 5 * (None,)),
                *(_where(place) if place else 7 * (None,)),
                statement.location_basis.value if place else None,
                *((count.low, count.best, count.high) if count else (None, None, None)),
                codes.acled_event_type,
                codes.acled_sub_event_type,
                codes.plover,
                codes.cameo,
                statement.confidence,
                sentence.text,
                sentence.span.start,
                sentence.span.end,
                trigger.span.start,
                trigger.span.end,
                document.id,
                document.title,
                document.source,
                document.published.isoformat() if document.published else None,
                document.url,
                statement.model,
            ),
            strict=True,
        )
    )


def _at(quote: Quote) -> str:
    span = quote.span
    return f"{span.start}-{span.end}"


def _quote_json(quote: Quote) -> Json:
    return {"start": quote.span.start, "end": quote.span.end, "text": quote.text}


def _plain(value: Place | Count | Entity) -> Json:
    return {name: getattr(value, name) for name in value.__slots__}


def _filler_json(filler: Filler) -> Json:
    return {**_quote_json(filler.quote), "type": filler.type.value, "entity": filler.entity and _plain(filler.entity)}


def _word(text: str | None) -> str:
    return "null" if text is None else _said(text)


def _quote_text(quote: Quote) -> str:
    span = quote.span
    return f'"start":{span.start},"end":{span.end},"text":{_said(quote.text)}'


def _filler_text(filler: Filler) -> str:
    who = filler.entity
    entity = f'{{"id":{_said(who.id)},"name":{_said(who.name)},"kind":{_said(who.kind)}}}' if who else "null"
    return f'{_quote_text(filler.quote)},"type":"{filler.type._value_}","entity":{entity}'


def _cells(fillers: tuple[Filler, ...]) -> tuple[str | None, str | None, str | None]:
    """Words, ids and names; most roles have no filler or one."""
    if not fillers:
        return None, None, None
    if len(fillers) == 1:
        entity = fillers[0].entity
        return fillers[0].quote.text or None, entity.id or None if entity else None, entity.name or None if entity else None
    entities = [filler.entity for filler in fillers]
    return (
        "; ".join([filler.quote.text for filler in fillers]) or None,
        "; ".join([entity.id if entity else "" for entity in entities]) or None,
        "; ".join([entity.name if entity else "" for entity in entities]) or None,
    )


ROW_TYPES: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("date_start", "date_end", "published"), "date")
    | dict.fromkeys(("lat", "lon", "confidence"), "number")
    | dict.fromkeys(("negated", "quoted", "anonymous"), "boolean")
    | dict.fromkeys(("date_prec", "geonames_id", "where_prec"), "integer")
    | {f"count_{which}": "integer" for which in ("low", "best", "high")}
    | {f"{part}_{end}": "integer" for part in ("sentence", "trigger") for end in ("start", "end")}
)
"""What the columns of a row hold that hold no text, in the words of Frictionless' Table Schema."""
