"""ACLED's 31 columns: one row a record of an event that happened and that has an ACLED sub-event.

docs/exports.md says what each column holds and what is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from orbat.export.cells import Cell, joined
from orbat.export.events import best_of_documents, codes_of, middle, notes
from orbat.export.eventsheet import Row, write_events
from orbat.export.material import Material, Written
from orbat.export.sides import Party, actors_of, deaths, targets_of
from orbat.export.tables import Country, tables
from orbat.names import fold
from orbat.recordtypes import Record
from orbat.types import EventType

COLUMNS = (
    "event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type", "sub_event_type", "actor1", "assoc_actor_1",
    "inter1", "actor2", "assoc_actor_2", "inter2", "interaction", "civilian_targeting", "iso", "region", "country", "admin1", "admin2",
    "admin3", "location", "latitude", "longitude", "geo_precision", "source", "source_scale", "notes", "fatalities", "tags", "timestamp",
)  # fmt: skip
STATE_FORCES, REBELS, PROTESTERS, CIVILIANS, EXTERNAL = 1, 2, 6, 7, 8
_Actor = tuple[str, int | None]
"""Name and inter code."""


@dataclass(frozen=True, slots=True)
class _Setting:
    """What decides how ACLED names the sides of an event."""

    event_type: str
    sub_event: str
    country: Country | None

    @property
    def disorder(self) -> str:
        own = tables().disorder
        return own.get(self.sub_event) or own[self.event_type]


def write(material: Material, out: BinaryIO) -> Written:
    """Write the records that are ACLED events as CSV; those that are none are counted with the reason."""
    return write_events(material, out, COLUMNS, _row)


def _row(record: Record, material: Material) -> Row:
    statements = tuple(material.statements_of(record))
    codes = codes_of(record, statements)
    if codes.acled_event_type is None or codes.acled_sub_event_type is None:
        return f"{record.type.lower()}: no ACLED sub-event"
    country = tables().countries.get(record.location.country) if record.location else None
    setting = _Setting(codes.acled_event_type, codes.acled_sub_event_type, country)
    one, two = _actors(record, setting, material)
    sources = best_of_documents(statements)
    return {
        "event_id_cnty": record.id,
        **_when(record),
        "disorder_type": setting.disorder,
        "event_type": setting.event_type,
        "sub_event_type": setting.sub_event,
        **_named("1", one),
        **_named("2", two),
        "interaction": _interaction(one, two),
        "civilian_targeting": "Civilian targeting" if _targets_civilians(setting, two) else None,
        "iso": country.iso if country else None,
        "region": country.acled if country else None,
        **_where(record),
        "source": joined(s.document.source for s in sources),
        "notes": notes(sources),
        "fatalities": _fatalities(record, material),
        "tags": _tags(record),
        "timestamp": int(record.learned_last.timestamp()) if record.learned_last else None,
    }


def _when(record: Record) -> dict[str, Cell]:
    """The day, or the middle of the days, as ACLED dates a week or a month; the year alone where more than a month is told."""
    if record.start is None or record.end is None:
        return {}
    year = record.start.year if record.start.year == record.end.year else None
    precision = tables().time_precision.get(record.date_prec or 0)
    if precision is None:
        return {"year": year}
    day = middle(record.start, record.end)
    return {"event_date": day.isoformat(), "year": day.year, "time_precision": precision}


def _where(record: Record) -> dict[str, Cell]:
    place = record.location
    if place is None:
        return {}
    precision = tables().geo_precision.get(place.where_prec)
    pin = {"latitude": place.lat, "longitude": place.lon, "geo_precision": precision} if precision else {}
    return {"country": place.country or None, "admin1": place.admin1 or None, "location": place.name, **pin}


def _actors(record: Record, setting: _Setting, material: Material) -> tuple[list[_Actor], list[_Actor]]:
    """Both sides, the main one of each first; the crowd of a demonstration and civilians by ACLED's own names."""
    one = dict.fromkeys(_actor(party, "actor", setting, material) for party in actors_of(record, material))
    two = dict.fromkeys(_actor(party, "target", setting, material) for party in targets_of(record, material))
    return list(one), list(two)


def _actor(party: Party, role: str, setting: _Setting, material: Material) -> _Actor:
    where = f" ({setting.country.name})" if setting.country else ""
    crowd, civilian = tables().crowds.get(setting.sub_event), party.side == "civilians"
    if crowd and civilian and crowd[0] in (role, "people"):
        return crowd[1] + where, crowd[2]
    if civilian and (role == "actor" or setting.event_type == "Battles"):
        return party.name, None  # attackers or fighters by other words ("gunmen", "a suicide bomber"): no civilians
    inter = tables().parties[party.kind].inter
    if inter == CIVILIANS and party.kind in ("person", "people"):
        return f"Civilians{where}", CIVILIANS
    if inter == REBELS:
        return party.name, _kind_of_group(party.name)
    return party.name, EXTERNAL if inter == STATE_FORCES and _abroad(party, setting.country, material) else inter


def _kind_of_group(name: str) -> int:
    """ACLED's rebels, political militias and identity militias, as far as the group's own name tells; rebels where it does not."""
    words = set(fold(name).split())
    return next((code for code, telling in tables().militias.items() if not telling.isdisjoint(words)), REBELS)


def _abroad(party: Party, country: Country | None, material: Material) -> bool:
    facts = material.actors.get(party.key)
    return bool(country and facts and facts.countries and country.iso2 != facts.countries[0])


def _named(number: str, side: list[_Actor]) -> dict[str, Cell]:
    if not side:
        return {}
    name, inter = side[0]
    return {f"actor{number}": name, f"assoc_actor_{number}": joined(n for n, _ in side[1:] if n != name), f"inter{number}": inter}


def _interaction(one: list[_Actor], two: list[_Actor]) -> int | None:
    """ACLED's two digits, the smaller first; a lone actor's is its own and 0. None where a side's code is not known."""
    codes = [side[0][1] for side in (one, two) if side]
    known = sorted(code for code in codes if code is not None)
    if not known or len(known) < len(codes):
        return None
    return known[0] * 10 + (known[1] if len(known) == 2 else 0)


def _targets_civilians(setting: _Setting, targets: list[_Actor]) -> bool:
    """Whether political violence has civilians or protesters as its main target."""
    return setting.disorder.startswith("Political violence") and bool(targets) and targets[0][1] in (PROTESTERS, CIVILIANS)


def _fatalities(record: Record, material: Material) -> int | None:
    """The best total; 0 where nobody is said to have died, as ACLED has it; None where deaths are told without a number."""
    found = deaths(record, actors_of(record, material), targets_of(record, material))
    if found is not None:
        return found.best
    return None if EventType.KILL in record.types else 0


def _tags(record: Record) -> str:
    return (
        f"status={record.status}; certainty={record.certainty}; credibility={record.credibility}; independent origins={record.independent}"
    )
