"""What a map shows: places with their records by month and family, what is held, and what cannot be placed. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orbat.battle.activity import UNDATED, casualties, counts, period
from orbat.battle.case import spot_of
from orbat.battle.mapping import USUAL_KM, Mark, Radius, geojson, marks
from orbat.battle.render.palette import FAMILIES, OF_TYPE
from orbat.battle.values import Holding, Spot
from orbat.errors import NotFoundError
from orbat.link.gazetteer import Gazetteer
from orbat.recordtypes import Record

MOST_PLACES = 300
"""What a picture can show; the rest is counted and said."""
MOST_HELD = 100
NEWEST = 2
FINENESS = {1: "exact", 2: "near"}
"""How finely a place is known, by UCDP's where_prec; all else is an area."""

Cells = Mapping[str, Mapping[str, tuple[int, int]]]
"""By month (or year, or undated) and family: how many records, and the killed of their best figures."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A place: its mark, its records by month and family, and the newest of them."""

    mark: Mark
    cells: Cells
    newest: tuple[Record, ...]

    @property
    def fineness(self) -> str:
        """exact, near or area."""
        return FINENESS.get(self.mark.spot.where_prec or 0, "area")


@dataclass(frozen=True, slots=True)
class Held:
    """A place that the group holds or took, with its radius where it is an area."""

    holding: Holding
    spot: Spot
    radius_km: float | None


@dataclass(frozen=True, slots=True)
class Mapped:
    """A map. ``placed`` are the places of the most records, the widest first; ``places`` and ``events`` count all that are placed;
    ``nowhere`` are events of which no place is known, the newest first, ``lost`` held places that are not in the gazetteer."""

    placed: tuple[Placed, ...]
    places: int
    events: int
    nowhere: tuple[Record, ...]
    held: tuple[Held, ...] = ()
    lost: tuple[Holding, ...] = ()

    @property
    def cells(self) -> dict[str, dict[str, int]]:
        """Records by month and family over all places that are shown."""
        found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for each in self.placed:
            for month, families in each.cells.items():
                for family, (number, _) in families.items():
                    found[month][family] += number
        return {month: dict(families) for month, families in sorted(found.items())}


def mapped(records: Iterable[Record], radius: Radius, *, families: Sequence[str] = (), fineness: Sequence[str] = ()) -> Mapped:
    """The places of the records of events that happened.

    Args:
        families, fineness: only these, where any are given.
    """
    happened = [r for r in records if counts(r) and (not families or OF_TYPE[r.type.value.lower()] in families)]
    by_place: dict[str, list[Record]] = defaultdict(list)
    for record in happened:
        if record.location is not None and (not fineness or FINENESS.get(record.location.where_prec, "area") in fineness):
            by_place[record.location.id].append(record)
    chosen = sorted(by_place, key=lambda id: (-len(by_place[id]), id))[:MOST_PLACES]
    found = [_placed(mark, by_place) for mark in marks((r for id in chosen for r in by_place[id]), radius)]
    nowhere = sorted((r for r in happened if r.location is None), key=_newest_first)
    return Mapped(tuple(found), len(by_place), sum(map(len, by_place.values())), tuple(nowhere))


def held_places(holdings: Iterable[Holding], gazetteer: Gazetteer, radius: Radius) -> tuple[tuple[Held, ...], tuple[Holding, ...]]:
    """Where what is held lies, and what the gazetteer does not know."""
    found, lost = [], []
    for holding in holdings:
        spot = _with_place(holding.spot, gazetteer)
        if spot is None:
            lost.append(holding)
        else:
            prec = spot.where_prec or 5
            found.append(Held(holding, spot, None if prec <= 2 else radius(spot) or USUAL_KM.get(prec, 100.0)))
    return tuple(found[:MOST_HELD]), tuple(lost)


def mapped_json(found: Mapped) -> dict[str, Any]:
    """GeoJSON as ``GET /api/v1/map`` gives it, with ``cells`` ([month, family, records, killed]) and the newest records of each place, and
    beside the features what is held and what is without a place."""
    collection = geojson(each.mark for each in found.placed)
    for feature, each in zip(collection["features"], found.placed, strict=True):
        cells = [[month, family, *numbers] for month, families in each.cells.items() for family, numbers in families.items()]
        feature["properties"] |= {"fineness": each.fineness, "cells": cells, "newest": [record_line(r) for r in each.newest]}
    return {
        **collection,
        "families": {family.name: family.words for family in FAMILIES},
        "total": {"places": found.places, "events": found.events, "without_place": len(found.nowhere)},
        "held": [_held_json(each) for each in found.held],
        "without_place": [record_line(r) for r in found.nowhere[:50]],
    }


def record_line(record: Record) -> dict[str, Any]:
    """A record in a line, for tips and lists."""
    return {
        "record": record.id,
        "type": record.type.value.lower(),
        "who": _names(record, "actors"),
        "whom": _names(record, "targets"),
        "start": record.start.isoformat() if record.start else None,
        "end": record.end.isoformat() if record.end else None,
        "status": record.status.value,
        "independent": record.independent,
    }


def _names(record: Record, field: str) -> list[str]:
    values = (record.actors if field == "actors" else record.targets).values
    return [v.entity.name if v.entity else v.text for v in values[:2] if not v.negated]


def _placed(mark: Mark, by_place: Mapping[str, list[Record]]) -> Placed:
    records = sorted(by_place[mark.spot.id or ""], key=_newest_first)
    numbers: dict[str, Counter[str]] = defaultdict(Counter)
    killed: dict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        month, family = period(record.start, record.end), OF_TYPE[record.type.value.lower()]
        toll = casualties((record,), "killed")
        numbers[month][family] += 1
        killed[month][family] += toll.best if toll else 0
    order = sorted(numbers, key=lambda month: (month == UNDATED, month))
    cells = {month: {family: (number, killed[month][family]) for family, number in numbers[month].items()} for month in order}
    return Placed(mark, cells, tuple(records[:NEWEST]))


def _newest_first(record: Record) -> tuple[bool, int, str]:
    return record.start is None, -(record.start.toordinal() if record.start else 0), record.id


def _with_place(spot: Spot, gazetteer: Gazetteer) -> Spot | None:
    if spot.lat is not None:
        return spot
    try:
        return spot_of(gazetteer.at(gazetteer.row(spot.id or "")))
    except NotFoundError:
        return None


def _held_json(each: Held) -> dict[str, Any]:
    when, spot = each.holding.when, each.spot
    return {
        "name": spot.name,
        "country": spot.country,
        "middle": [spot.lon, spot.lat],
        "radius_km": each.radius_km,
        "how": each.holding.how,
        "start": when.start.isoformat() if when.start else None,
        "end": when.end.isoformat() if when.end else None,
        "lost": each.holding.lost,
        "records": each.holding.grounds.records,
    }
