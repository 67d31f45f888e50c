"""Statements as JSON, as flat rows, and the id that their content gives them.

The layout is that of ``data/statement.schema.json``; ``docs/statement.md`` explains it on one sentence.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from orbat.errors import DataError
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
    Role,
    Span,
    Statement,
    StatementDate,
)

Json = dict[str, Any]
Cell = str | int | float | bool | None

ALIKE = 8_192  # documents, actors, places and codes that are remembered while statements are read, each some hundred bytes
ID_DIGITS = 20  # 80 bits: among a hundred million statements, a chance of about 1 in 240 million that any two share an id
FIELDS = tuple(field.name for field in dataclasses.fields(Statement) if field.name != "location_basis")  # it stands in ``location``
ROLES = tuple(role.value for role in Role)


def statement_id(statement: Statement) -> str:
    """The first 20 hex digits of SHA-256 over what the statement says and where; ``statement.id`` itself is not looked at.

    In: document id, sentence, type, trigger, fillers (role and span), certainty, negated, span of the speaker.
    Out: scores, links, the location and its basis, dates, counts, codes and the model's name, so that linking again, another
    machine's last digit or a newer model that reads the same keeps the id. The order of the fillers of one role does not matter
    either.
    """
    parts = [statement.document.id, _at(statement.sentence), statement.type.value, _at(statement.trigger)]
    parts += (" ".join(sorted({_at(filler.quote) for filler in fillers})) if fillers else "" for fillers in all_fillers(statement))
    speaker = statement.attribution.speaker.quote if statement.attribution else None
    parts += (statement.certainty.value, str(statement.negated), _at(speaker) if speaker else "")
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:ID_DIGITS]


def with_id(statement: Statement) -> Statement:
    """The same statement with the id that its content gives it."""
    return dataclasses.replace(statement, id=statement_id(statement))


def fillers_of(statement: Statement, role: Role | str) -> tuple[Filler, ...]:
    """The fillers of one role, by ``Role`` or its name."""
    return getattr(statement, str(role))  # type: ignore[no-any-return]


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


def statement_from_json(value: Mapping[str, Any]) -> Statement:
    """The statement that ``statement_to_json`` wrote: ``statement_from_json(statement_to_json(s)) == s``.

    Raises:
        DataError: a field is missing, unknown or holds what the schema does not allow; the message names what was met.
    """
    unknown = value.keys() - set(FIELDS)
    if unknown:
        raise _bad(f"it has the unknown field{'s' if len(unknown) > 1 else ''} {', '.join(sorted(unknown))}")
    try:
        return _read(value)
    except KeyError as error:
        raise _bad(f"{error} is missing, or is a word that stands in no list of the schema") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise _bad(str(error)) from error


@cache
def statement_schema() -> Json:
    """The JSON Schema (2020-12) of a statement. One shared copy: do not change it."""
    return json.loads(files("orbat").joinpath("data/statement.schema.json").read_text("utf-8"))  # type: ignore[no-any-return]


def statement_row(statement: Statement) -> dict[str, Cell]:
    """The statement as one flat row, for CSV and tables; the columns are ``ROW_COLUMNS``, always all of them, in order.

    Several fillers of one role stand in one cell, joined by "; "; ``actor_id`` has as many parts as ``actor``, empty where a
    filler is not known. Offsets of fillers, and what a speaker's mention type is, are in the JSON form only.
    """
    document, date, place, count = statement.document, statement.date, statement.location, statement.count
    speaker = (statement.attribution.speaker,) if statement.attribution else ()
    row: dict[str, Cell] = {
        "id": statement.id,
        "type": statement.type.value.lower(),
        "certainty": statement.certainty.value,
        "negated": statement.negated,
        "trigger": statement.trigger.text,
    }
    for role in ROLES:
        row |= _cells(role, fillers_of(statement, role))
    row |= _cells("speaker", speaker)
    row |= {
        "quoted": statement.attribution.quoted if statement.attribution else None,
        "anonymous": statement.attribution.anonymous if statement.attribution else None,
        "date_start": date.start.isoformat() if date else None,
        "date_end": date.end.isoformat() if date else None,
        "date_precision": date.precision if date else None,
        "date_prec": date.date_prec if date else None,
        "date_text": date.text if date else None,
        **{f"location_{name}": getattr(place, name) if place else None for name in ("name", "country", "admin1")},
        **{name: getattr(place, name) if place else None for name in ("lat", "lon", "geonames_id", "where_prec")},
        "location_basis": statement.location_basis.value if place else None,
        **{f"count_{name}": getattr(count, name) if count else None for name in ("low", "best", "high")},
        **_plain(statement.codes),
        "confidence": statement.confidence,
        "sentence": statement.sentence.text,
        "sentence_start": statement.sentence.span.start,
        "sentence_end": statement.sentence.span.end,
        "trigger_start": statement.trigger.span.start,
        "trigger_end": statement.trigger.span.end,
        "document_id": document.id,
        "title": document.title,
        "source": document.source,
        "published": document.published.isoformat() if document.published else None,
        "url": document.url,
        "model": statement.model,
    }
    return row


def _columns() -> tuple[str, ...]:
    nothing = Quote(Span(0, 1), "-")
    lists: dict[str, tuple[Filler, ...]] = dict.fromkeys(ROLES, ())
    empty = Statement(
        id="",
        document=DocumentRef("", "", "", None, ""),
        sentence=nothing,
        type=EventType.ATTACK,
        trigger=nothing,
        **lists,
        certainty=Certainty.FACT,
        negated=False,
        attribution=None,
        date=None,
        location=None,
        count=None,
        codes=Codes(),
        confidence=0.0,
        model="",
        location_basis=Basis.ARGUMENT,
    )
    return tuple(statement_row(empty))


def _at(quote: Quote) -> str:
    return f"{quote.span.start}-{quote.span.end}"


def _quote_json(quote: Quote) -> Json:
    return {"start": quote.span.start, "end": quote.span.end, "text": quote.text}


def _plain(value: Place | Count | Entity | Codes) -> Json:
    return {name: getattr(value, name) for name in value.__slots__}


def _filler_json(filler: Filler) -> Json:
    return {**_quote_json(filler.quote), "type": filler.type.value, "entity": filler.entity and _plain(filler.entity)}


def _cells(role: str, fillers: Iterable[Filler]) -> dict[str, Cell]:
    kept = tuple(fillers)
    return {
        role: "; ".join(filler.quote.text for filler in kept) or None,
        f"{role}_id": "; ".join(filler.entity.id if filler.entity else "" for filler in kept) or None,
        f"{role}_name": "; ".join(filler.entity.name if filler.entity else "" for filler in kept) or None,
    }


def _read(value: Mapping[str, Any]) -> Statement:
    document, attribution, date, codes = value["document"], value["attribution"], value["date"], value["codes"]
    lists = {role: tuple(_filler(filler) for filler in value[role]) for role in ROLES}
    location = dict(value["location"] or {})
    basis = Basis(location.pop("basis", Basis.ARGUMENT))  # left out of what was written when only arguments were asked
    return Statement(
        id=value["id"],
        document=_document(*map(document.__getitem__, _DOCUMENT)),
        sentence=_quote(value["sentence"]),
        type=EventType[value["type"].upper()],
        trigger=_quote(value["trigger"]),
        **lists,
        certainty=Certainty(value["certainty"]),
        negated=value["negated"],
        attribution=Attribution(_filler(attribution), attribution["quoted"], attribution["anonymous"]) if attribution else None,
        date=date
        and StatementDate(
            start=dt.date.fromisoformat(date["start"]),
            end=dt.date.fromisoformat(date["end"]),
            precision=date["precision"],
            date_prec=date["date_prec"],
            text=date["text"],
        ),
        location=_place(**location) if location else None,
        count=Count(**value["count"]) if value["count"] else None,
        codes=_codes(codes["acled"]["event_type"], codes["acled"]["sub_event_type"], codes["plover"], codes["cameo"]),
        confidence=value["confidence"],
        model=value["model"],
        location_basis=basis,
    )


def _quote(value: Mapping[str, Any]) -> Quote:
    return Quote(Span(value["start"], value["end"]), value["text"])


def _filler(value: Mapping[str, Any]) -> Filler:
    entity = value["entity"]
    return Filler(_quote(value), MentionType(value["type"]), _entity(**entity) if entity else None)


# Many statements are of one article, name one actor or happened in one place: what they share is made and held once.
_DOCUMENT = ("id", "title", "source", "published", "url")
_entity = lru_cache(maxsize=ALIKE, typed=True)(Entity)
_place = lru_cache(maxsize=ALIKE, typed=True)(Place)
_codes = lru_cache(maxsize=ALIKE, typed=True)(Codes)


@lru_cache(maxsize=ALIKE, typed=True)
def _document(id: str, title: str, source: str, published: str | None, url: str) -> DocumentRef:
    return DocumentRef(id, title, source, dt.date.fromisoformat(published) if published else None, url)


def _bad(cause: str) -> DataError:
    return DataError(
        "This is not a statement.",
        f"Reading it failed: {cause}.",
        "Check it against orbat/data/statement.schema.json, or write it again with `orbat read --format jsonl`.",
    )


ROW_COLUMNS = _columns()

ROW_TYPES: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("date_start", "date_end", "published"), "date")
    | dict.fromkeys(("lat", "lon", "confidence"), "number")
    | dict.fromkeys(("negated", "quoted", "anonymous"), "boolean")
    | dict.fromkeys(("date_prec", "geonames_id", "where_prec"), "integer")
    | {f"count_{which}": "integer" for which in ("low", "best", "high")}
    | {f"{part}_{end}": "integer" for part in ("sentence", "trigger") for end in ("start", "end")}
)
"""What the columns of a row hold that hold no text, in the words of Frictionless' Table Schema."""
