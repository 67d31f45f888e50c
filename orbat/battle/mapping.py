"""Where records are: one feature a place, drawn no finer than it is known.

An exact place, or one near a known point (UCDP's where_prec 1 and 2), is a point. Anything wider is an area: a circle around its middle
with the radius that the gazetteer has for it, or one usual for its kind where the gazetteer has none, and is always called an area.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from orbat.battle.activity import casualties, counts
from orbat.battle.case import spot_of
from orbat.battle.values import Spot
from orbat.errors import NotFoundError
from orbat.link.gazetteer import Gazetteer
from orbat.recordtypes import Record
from orbat.types import Count

POINT = 2
USUAL_KM: Mapping[int, float] = {3: 25.0, 4: 80.0, 5: 100.0, 6: 300.0, 7: 200.0}
"""Radius in km where the gazetteer has none: a circle of a district's, a province's … usual area; a picture's size, no claim."""

CORNERS = 48  # of a circle drawn as a polygon
EARTH_KM = 6371.0
Radius = Callable[[Spot], float | None]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place with its records. ``radius_km`` is None for a point."""

    spot: Spot
    radius_km: float | None
    records: tuple[str, ...]
    kinds: Mapping[str, int]
    killed: Count | None
    first: dt.date | None
    last: dt.date | None

    @property
    def is_point(self) -> bool:
        """Whether it may be drawn as a point."""
        return self.radius_km is None


def marks(records: Iterable[Record], radius: Radius | None = None) -> tuple[Mark, ...]:
    """The places of the records of events that happened, areas first and the widest before the narrower, so that none hides another.

    Args:
        radius: the radius in km of a place that is an area, None where not known; ``gazetteer_radius`` gives the shipped one.
    """
    found: dict[str, list[Record]] = {}
    for record in records:
        if record.location is not None and counts(record):
            found.setdefault(record.location.id, []).append(record)
    made = [_mark(said, radius or (lambda spot: None)) for said in found.values()]
    return tuple(sorted(made, key=lambda m: (m.is_point, -(m.radius_km or 0.0), m.spot.key)))


def gazetteer_radius(gazetteer: Gazetteer) -> Radius:
    """What a gazetteer has for the size of places."""

    def radius(spot: Spot) -> float | None:
        try:
            return float(gazetteer.radius[gazetteer.row(spot.id or "")]) or None
        except NotFoundError:
            return None

    return radius


def capitals(gazetteer: Gazetteer) -> tuple[Spot, ...]:
    """The capitals of a gazetteer's countries, to find one's way by."""
    return tuple(spot_of(gazetteer.at(row)) for row in sorted(gazetteer.capitals.values()))


def geojson(found: Iterable[Mark]) -> dict[str, Any]:
    """A FeatureCollection (RFC 7946): points, and polygons of circles for areas; ``precision`` and ``shape`` say which."""
    return {"type": "FeatureCollection", "features": [_feature(mark) for mark in found]}


def circle(lat: float, lon: float, km: float) -> list[tuple[float, float]]:
    """The corners (longitude, latitude) of a circle on the globe, closed, counter-clockwise; cut off at the poles and the date line."""
    up = math.degrees(km / EARTH_KM)
    across = up / max(0.05, math.cos(math.radians(lat)))
    angles = [2 * math.pi * at / CORNERS for at in range(CORNERS)]
    ring = [
        (round(max(-180.0, min(180.0, lon + across * math.cos(a))), 4), round(max(-90.0, min(90.0, lat + up * math.sin(a))), 4))
        for a in angles
    ]
    return [*ring, ring[0]]


def _mark(said: list[Record], radius: Radius) -> Mark:
    place = next(r.location for r in said if r.location is not None)
    spot = spot_of(place)
    km = None if place.where_prec <= POINT else radius(spot) or USUAL_KM.get(place.where_prec, 100.0)
    kinds = Counter(r.type.value.lower() for r in said)
    days = [d for r in said for d in (r.start, r.end) if d is not None]
    ids = tuple(sorted(r.id for r in said))
    return Mark(
        spot, km, ids, dict(sorted(kinds.items())), casualties(tuple(said), "killed"), min(days, default=None), max(days, default=None)
    )


def _feature(mark: Mark) -> dict[str, Any]:
    spot = mark.spot
    lat, lon = spot.lat or 0.0, spot.lon or 0.0
    geometry: dict[str, Any]
    if mark.radius_km is None:
        geometry = {"type": "Point", "coordinates": [lon, lat]}
    else:
        geometry = {"type": "Polygon", "coordinates": [[list(corner) for corner in circle(lat, lon, mark.radius_km)]]}
    shape = "point" if mark.is_point else "area: a circle of its rough size around its middle"
    properties = {
        "name": spot.name,
        "country": spot.country,
        "admin1": spot.admin1,
        "where_prec": spot.where_prec,
        "shape": shape,
        "radius_km": mark.radius_km,
        "middle": [lon, lat],
        "count": len(mark.records),
        "kinds": dict(mark.kinds),
        "killed": None if mark.killed is None else {"low": mark.killed.low, "best": mark.killed.best, "high": mark.killed.high},
        "first": mark.first.isoformat() if mark.first else None,
        "last": mark.last.isoformat() if mark.last else None,
        "records": list(mark.records),
    }
    return {"type": "Feature", "id": spot.key, "geometry": geometry, "properties": properties}
