"""A record as one flat row, for tables and maps."""

from __future__ import annotations

from collections.abc import Iterable

from orbat.export.cells import Cell
from orbat.recordtypes import Record, RecordField

TOLLS = ("killed", "injured", "abducted", "arrested")
COLUMNS: dict[str, str] = {
    "id": "The record's id; it stays as the record grows.",
    "kind": "event: it happened on a day or days; relation: it holds from a day to a day.",
    "type": "The type that defines it.",
    "types": "All types that its statements have.",
    "status": "single-source, corroborated, disputed or denied.",
    "certainty": "The surest that an origin has: fact, likely, possible, future, hypothetical.",
    "credibility": "The Admiralty code's number, 1 confirmed to 6 cannot be judged.",
    "independent_origins": "How many of its origins can confirm one another.",
    "origins": "Who says so: speakers, and publishers that speak for themselves.",
    "denied_by": "The origins that say it is not so.",
    "actor": "Who does it, most independent origins first.",
    "actor_id": "Their ids in the catalogue, empty where unknown, as many parts as actor.",
    "target": "To whom or what it is done, or the other side.",
    "target_id": "Their ids in the catalogue, empty where unknown, as many parts as target.",
    "start": "First day; empty where nothing is dated.",
    "end": "Last day; a relation's is empty while nothing says that it ended.",
    "date_prec": "UCDP's date_prec: 1 day, 2 two to six days, 3 week, 4 month, 5 more.",
    "place": "The most precise place said.",
    "admin1": "Its first-order division.",
    "country": "Its country.",
    "lat": "Degrees north. An area's is its middle: never show it as a pin where where_prec is above 2.",
    "lon": "Degrees east.",
    "where_prec": "UCDP's where_prec: 1 exact, 2 near, 3 district, 4 province, 5 line or fuzzy area, 6 country, 7 sea or air.",
    **{f"{kind}_{which}": f"People {kind}, {which}, over all sides." for kind in TOLLS for which in ("low", "best", "high")},
    "disputed_fields": "Fields with two values that cannot both hold.",
    "statements": "How many statements it rests on.",
    "documents": "How many articles they stand in.",
    "learned_first": "When its first statement was read.",
    "learned_last": "When its last statement was read.",
}
"""Column and what it holds, in order."""


def record_row(record: Record) -> dict[str, Cell]:
    """The record as one row of ``COLUMNS``, always all of them. Several values of a field are parted by "; "; what is said of each, and by
    whom, is in the store."""
    place, names = record.location, {origin.id: origin.name for origin in record.origins}
    disputed = [field.name for field in (record.actors, record.targets, *record.fields) if field.disputed]
    return {
        "id": record.id,
        "kind": record.kind.value,
        "type": record.type.value.lower(),
        "types": _parted(kind.value.lower() for kind in record.types),
        "status": record.status.value,
        "certainty": record.certainty.value,
        "credibility": record.credibility,
        "independent_origins": record.independent,
        "origins": _parted(origin.name for origin in record.origins),
        "denied_by": _parted(names.get(id, id) for id in record.denials),
        **_party("actor", record.actors),
        **_party("target", record.targets),
        "start": record.start.isoformat() if record.start else None,
        "end": record.end.isoformat() if record.end else None,
        "date_prec": record.date_prec,
        "place": place.name if place else None,
        "admin1": (place.admin1 or None) if place else None,
        "country": (place.country or None) if place else None,
        "lat": place.lat if place else None,
        "lon": place.lon if place else None,
        "where_prec": place.where_prec if place else None,
        **_tolls(record),
        "disputed_fields": _parted(disputed),
        "statements": len(record.statements),
        "documents": len(record.documents),
        "learned_first": record.learned_first.isoformat() if record.learned_first else None,
        "learned_last": record.learned_last.isoformat() if record.learned_last else None,
    }


def _parted(values: Iterable[str]) -> str | None:
    return "; ".join(values) or None


def _party(role: str, field: RecordField) -> dict[str, Cell]:
    said = [value for value in field.values if not value.negated]
    return {role: _parted(value.text for value in said), f"{role}_id": _parted(value.entity.id if value.entity else "" for value in said)}


def _tolls(record: Record) -> dict[str, Cell]:
    """Over all sides. A count without a side may be the whole or one more part: the whole is the larger of it and the sum of the sides."""
    cells: dict[str, Cell] = {}
    for kind in TOLLS:
        tolls = [toll for toll in record.tolls if toll.kind == kind]
        for which in ("low", "best", "high"):
            sided = sum(getattr(toll, which) for toll in tolls if toll.side)
            whole = sum(getattr(toll, which) for toll in tolls if not toll.side)
            cells[f"{kind}_{which}"] = max(sided, whole) if tolls else None
    return cells
