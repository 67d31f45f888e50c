"""UCDP GED's columns: one row a record of violence in which somebody died.

docs/exports.md says what each column holds and what is lost.
"""

from __future__ import annotations

from typing import BinaryIO

from orbat.export.cells import Cell, joined
from orbat.export.events import best_of_documents, credit, speakers
from orbat.export.eventsheet import Row, write_events
from orbat.export.material import Material, Written
from orbat.export.sides import Party, actors_of, deaths, targets_of
from orbat.export.tables import tables
from orbat.recordtypes import Record
from orbat.types import EventType, Place, Statement

COLUMNS = (
    "id", "relid", "year", "active_year", "code_status", "type_of_violence", "conflict_dset_id", "conflict_new_id", "conflict_name",
    "dyad_dset_id", "dyad_new_id", "dyad_name", "side_a_dset_id", "side_a_new_id", "side_a", "side_b_dset_id", "side_b_new_id", "side_b",
    "number_of_sources", "source_article", "source_office", "source_date", "source_headline", "source_original", "where_prec",
    "where_coordinates", "where_description", "adm_1", "adm_2", "latitude", "longitude", "geom_wkt", "priogrid_gid", "country",
    "country_id", "region", "event_clarity", "date_prec", "date_start", "date_end", "deaths_a", "deaths_b", "deaths_civilians",
    "deaths_unknown", "best", "high", "low", "gwnoa", "gwnob",
)  # fmt: skip
STATE_BASED, NON_STATE, ONE_SIDED = 1, 2, 3
CIVILIANS = Party("civilians", "Civilians", "people", False)
_WEEK = 3  # UCDP's date_prec; an event told more loosely is a summary of several
Sides = tuple[int | None, Party | None, Party | None]


def write(material: Material, out: BinaryIO) -> Written:
    """Write the records that are fatal violence as CSV; those that are not are counted with the reason."""
    return write_events(material, out, COLUMNS, _row)


def _row(record: Record, material: Material) -> Row:
    if not tables().events[record.type].ged:
        return f"{record.type.lower()}: no violence as UCDP counts it"
    actors, targets = actors_of(record, material), targets_of(record, material)
    kind, a, b = violence(actors, targets)
    swapped = kind == STATE_BASED and a is not None and a in targets
    found = deaths(record, targets if swapped else actors, actors if swapped else targets)
    if found is None and EventType.KILL not in record.types:
        return "nobody is said to have died"
    if found is not None and found.high == 0:
        return "nobody is said to have died"
    statements = tuple(material.statements_of(record))
    return {
        "id": record.id,
        "year": record.start.year if record.start and record.end and record.start.year == record.end.year else None,
        "type_of_violence": kind,
        "dyad_name": f"{a.name} - {b.name}" if a and b else None,
        **_side("a", a, material),
        **_side("b", b, material),
        **_sources(record, statements),
        **_where(record.location),
        "event_clarity": None if record.date_prec is None else 1 if record.date_prec <= _WEEK else 2,
        "date_prec": record.date_prec,
        "date_start": record.start.isoformat() if record.start else None,
        "date_end": record.end.isoformat() if record.end else None,
        **({} if found is None else {
            "deaths_a": found.a,
            "deaths_b": found.b,
            "deaths_civilians": found.civilians,
            "deaths_unknown": found.unknown,
            "best": found.best,
            "high": found.high,
            "low": found.low,
        }),
    }  # fmt: skip


def violence(actors: tuple[Party, ...], targets: tuple[Party, ...]) -> Sides:
    """UCDP's type of violence with side A and side B: 1 state-based (a state is A), 2 between groups, 3 one-sided (B is civilians).

    Both sides of a clash may stand as its actors. The type is None where the sides do not tell it.
    """
    if not targets and len(actors) > 1:
        actors, targets = actors[:1], actors[1:]
    a = next((party for party in actors if party.side in ("state", "group")), None)
    b = next((party for party in targets if party.side in ("state", "group")), None)
    if a and b:
        if b.side == "state" and a.side == "group":
            a, b = b, a
        return (STATE_BASED if a.side == "state" else NON_STATE), a, b
    if a and any(party.side == "civilians" for party in targets):
        return ONE_SIDED, a, CIVILIANS
    return None, a, b


def _side(letter: str, party: Party | None, material: Material) -> dict[str, Cell]:
    if party is None:
        return {}
    facts = material.actors.get(party.key)
    id = int(facts.ucdp) if facts and facts.ucdp.isdecimal() else None
    home = tables().by_iso2.get(facts.countries[0]) if facts and facts.countries and party.side == "state" else None
    return {
        f"side_{letter}": party.name,
        f"side_{letter}_dset_id": id,
        f"side_{letter}_new_id": id,
        f"gwno{letter}": home.gw if home else None,
    }


def _sources(record: Record, statements: tuple[Statement, ...]) -> dict[str, Cell]:
    sources = best_of_documents(statements)
    days = [s.document.published.isoformat() for s in sources if s.document.published]
    return {
        "number_of_sources": len(record.documents),
        "source_article": joined(
            ", ".join(part for part in (f'"{s.document.title}"' if s.document.title else "", credit(s)) if part) for s in sources
        ),
        "source_office": joined(s.document.source for s in sources),
        "source_date": joined(days),
        "source_headline": joined(s.document.title for s in sources),
        "source_original": speakers(statements),
    }


def _article(statement: Statement) -> str:
    """An article as UCDP cites it: "headline", office, day."""
    title = statement.document.title
    return ", ".join(part for part in (f'"{title}"' if title else "", credit(statement)) if part)


def _where(place: Place | None) -> dict[str, Cell]:
    if place is None:
        return {}
    country = tables().countries.get(place.country)
    return {
        "where_prec": place.where_prec,
        "where_coordinates": place.name,
        "where_description": ", ".join(dict.fromkeys(part for part in (place.name, place.admin1, place.country) if part)),
        "adm_1": place.admin1 or None,
        "latitude": place.lat,
        "longitude": place.lon,
        "geom_wkt": f"POINT ({place.lon} {place.lat})",
        "priogrid_gid": priogrid(place.lat, place.lon),
        "country": place.country or None,
        "country_id": country.gw if country else None,
        "region": (country.ucdp or None) if country else None,
    }


def priogrid(lat: float, lon: float) -> int:
    """The PRIO-GRID cell of a point: half degrees, counted from 1 at the south-west corner, 720 in a row (PRIO-GRID codebook)."""
    row, column = min(int((lat + 90) * 2), 359), min(int((lon + 180) * 2), 719)
    return row * 720 + column + 1
