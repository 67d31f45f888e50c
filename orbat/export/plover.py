"""PLOVER's JSON lines: one line a statement that has a PLOVER type. docs/exports.md says what is lost."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, BinaryIO

from orbat.export import cells
from orbat.export.material import Material, Written
from orbat.export.tables import tables
from orbat.types import Certainty, Filler, Place, Statement

_CONTEXT = {Certainty.FUTURE: "future", Certainty.HYPOTHETICAL: "hypothetical"}


def write(material: Material, out: BinaryIO) -> Written:
    """Write the statements with a PLOVER type; those without are counted."""
    done = Written()
    with cells.text(out) as stream:
        for statement in material.statements.values():
            if statement.codes.plover is None:
                done.leave_out(f"{statement.type.lower()}: no PLOVER type")
                continue
            stream.write(json.dumps(_event(statement, statement.codes.plover), ensure_ascii=False) + "\n")
            done.rows += 1
    return done


def _event(statement: Statement, kind: str) -> dict[str, Any]:
    date, sentence = statement.date, statement.sentence
    return {
        "id": statement.id,
        "date": date.start.isoformat() if date else None,
        "date_end": date.end.isoformat() if date else None,
        "actor": _named(statement.actor),
        "event": [kind],
        "recipient": _named(statement.target),
        "mode": [statement.type.lower()],
        "context": _context(statement),
        "event_loc": _place(statement.location),
        "quad_code": tables().plover_quad[kind],
        "text_info": {"start": sentence.span.start, "end": sentence.span.end, "text": sentence.text},
        "cite_info": _cite(statement),
        "coder": statement.model,
        "coded_date": None,
    }


def _named(fillers: Iterable[Filler]) -> list[dict[str, Any]]:
    return [
        {"text": f.quote.text, "type": f.type.value, "id": f.entity.id if f.entity else None, "name": f.entity.name if f.entity else None}
        for f in fillers
    ]


def _context(statement: Statement) -> list[str]:
    """PLOVER's own words where it has one (future, hypothetical, negation), ours where it has none (likely, possible)."""
    words = [] if statement.certainty is Certainty.FACT else [_CONTEXT.get(statement.certainty, statement.certainty.value)]
    return words + (["negation"] if statement.negated else [])


def _place(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {
        "name": place.name,
        "adm1": place.admin1,
        "country": place.country,
        "lat": place.lat,
        "lon": place.lon,
        "geonames_id": place.geonames_id or None,
        "resolution": tables().plover_resolution.get(place.where_prec),
    }


def _cite(statement: Statement) -> dict[str, Any]:
    document, said = statement.document, statement.attribution
    return {
        "document": document.id,
        "title": document.title,
        "publisher": document.source,
        "published": document.published.isoformat() if document.published else None,
        "url": document.url,
        "speaker": said.speaker.quote.text if said else None,
    }
