"""A map as a picture: points only where a place is exact, areas hatched and named as areas, over a net of degrees.

No outlines of countries are drawn: they would claim borders that are in dispute. Capitals are small crosses.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from orbat.battle.mapping import Mark
from orbat.battle.render import svg
from orbat.battle.render.rows import PRECISION
from orbat.battle.values import Spot

WIDTH, MOST_HEIGHT, EDGE, TOP = 1000.0, 1200.0, 40.0, 60.0
LETTER, LINE = 6.6, 14.0
"""Width and height of a letter of the picture's writing, about."""


class _View:
    """Degrees to picture: plate carrée, with degrees of longitude narrowed as at the middle latitude."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        box = [_box(mark) for mark in marks] or [(-180.0, -60.0, 180.0, 75.0)]
        west, south = min(b[0] for b in box), min(b[1] for b in box)
        east, north = max(b[2] for b in box), max(b[3] for b in box)
        pad = max(0.5, 0.05 * max(east - west, north - south))
        self.west, self.east = max(-180.0, west - pad), min(180.0, east + pad)
        self.south, self.north = max(-90.0, south - pad), min(90.0, north + pad)
        self.narrow = max(0.2, math.cos(math.radians((self.south + self.north) / 2)))
        across, up = (self.east - self.west) * self.narrow, self.north - self.south
        self.scale = min((WIDTH - 2 * EDGE) / across, (MOST_HEIGHT - TOP - EDGE) / up)
        self.height = TOP + EDGE + up * self.scale

    def x(self, lon: float) -> float:
        return EDGE + (lon - self.west) * self.narrow * self.scale

    def y(self, lat: float) -> float:
        return TOP + (self.north - lat) * self.scale

    def shows(self, spot: Spot) -> bool:
        """Whether a place lies in the picture."""
        lat, lon = spot.lat, spot.lon
        return lat is not None and lon is not None and self.south < lat < self.north and self.west < lon < self.east

    def km(self, km: float) -> float:
        """A length on the ground in the picture."""
        return km / 111.2 * self.scale


def map_svg(name: str, marks: Sequence[Mark], capitals: Sequence[Spot] = ()) -> str:
    """The picture of some places; areas lie under points, the widest lowest.

    Args:
        capitals: towns marked with a small cross, to find one's way by.
    """
    view = _View(marks)
    total = sum(len(mark.records) for mark in marks)
    areas = sum(not mark.is_point for mark in marks)
    drawn = "hatched circles of their rough size, where nothing finer is known"
    note = f"{total} records at {len(marks)} places" + (f"; {areas} are areas: {drawn}" if areas else "")
    labels = _Labels()
    shapes = [_area(mark, view) if not mark.is_point else _point(mark, view) for mark in marks]
    areas_first = sorted(marks, key=lambda m: (m.is_point, -len(m.records), m.spot.key))
    words = [labels.place(mark, view) for mark in areas_first]
    known = {mark.spot.key for mark in marks}
    shapes += [_landmark(spot, view, labels) for spot in capitals if spot.key not in known and view.shows(spot)]
    parts = [_hatching(), svg.text(12, 24, name, class_="h"), svg.text(12, 44, note, class_="s"), *_net(view), *shapes, *words]
    return svg.picture(WIDTH, view.height, f"Map of {name}", parts)


class _Labels:
    """Names beside their places where there is room; an area is always named, a point without room shows its name under the pointer."""

    def __init__(self) -> None:
        self._taken: list[tuple[float, float, float, float]] = []

    def place(self, mark: Mark, view: _View) -> str:
        """The label of a place, empty where there is no room for it."""
        x, y = view.x(mark.spot.lon or 0.0), view.y(mark.spot.lat or 0.0)
        kind = "" if mark.is_point else f" ({PRECISION.get(mark.spot.where_prec or 0, 'area')})"
        words = f"{mark.spot.name}{kind}: {len(mark.records)}"
        width = LETTER * len(words)
        r = _size(mark) if mark.is_point else 0.0
        spots = [(x + r + 3, y + 4), (x - r - 3 - width, y + 4), (x - width / 2, y - r - 5), (x - width / 2, y + r + 13)]
        if not mark.is_point:
            spots += [(x - width / 2, y + step * LINE) for step in (0, 2, -2, 3, -3, 4, -4)]
        free = next((s for s in spots if self._free(*s, width)), None)
        if free is None and mark.is_point:
            return ""
        left, base = free or spots[0]
        self._taken.append((left, base - 11, left + width, base + 3))
        return svg.text(left, base, words, class_=None if mark.is_point else "s")

    def small(self, x: float, y: float, words: str) -> str:
        """A short label right of a point, empty where there is no room."""
        left, base, width = x + 5, y + 4, LETTER * len(words)
        if not self._free(left, base, width):
            return ""
        self._taken.append((left, base - 11, left + width, base + 3))
        return svg.text(left, base, words, class_="s e")

    def _free(self, left: float, base: float, width: float) -> bool:
        inside = left > 0 and left + width < WIDTH
        return inside and all(left + width < a or c < left or base + 3 < b or d < base - 11 for a, b, c, d in self._taken)


def _box(mark: Mark) -> tuple[float, float, float, float]:
    lat, lon = mark.spot.lat or 0.0, mark.spot.lon or 0.0
    up = (mark.radius_km or 0.0) / 111.2
    across = up / max(0.2, math.cos(math.radians(lat)))
    return lon - across, lat - up, lon + across, lat + up


def _hatching() -> str:
    stripe = svg.tag("path", d="M0 6L6 0", class_="ml", stroke_opacity=0.5)
    return svg.tag("defs", svg.tag("pattern", stripe, id="area", width=6, height=6, patternUnits="userSpaceOnUse"))


def _net(view: _View) -> list[str]:
    """Lines of latitude and longitude, about eight each way."""
    parts = []
    step = next(s for s in (0.5, 1, 2, 5, 10, 20, 30, 60) if max(view.east - view.west, view.north - view.south) / s <= 8 or s == 60)
    for at in range(math.ceil(view.west / step), math.floor(view.east / step) + 1):
        x = view.x(at * step)
        parts.append(svg.tag("line", x1=x, y1=TOP, x2=x, y2=view.height - EDGE, class_="l"))
        parts.append(svg.text(x, view.height - EDGE + 16, _degrees(at * step, "E", "W"), class_="s", text_anchor="middle"))
    for at in range(math.ceil(view.south / step), math.floor(view.north / step) + 1):
        y = view.y(at * step)
        parts.append(svg.tag("line", x1=EDGE, y1=y, x2=WIDTH - EDGE, y2=y, class_="l"))
        parts.append(svg.text(4, y + 4, _degrees(at * step, "N", "S"), class_="s"))
    return parts


def _degrees(value: float, positive: str, negative: str) -> str:
    return "0°" if value == 0 else f"{abs(value):g}°{positive if value > 0 else negative}"


def _area(mark: Mark, view: _View) -> str:
    x, y, r = view.x(mark.spot.lon or 0.0), view.y(mark.spot.lat or 0.0), view.km(mark.radius_km or 0.0)
    shape = svg.tag("circle", cx=x, cy=y, r=r, class_="ml", style="fill:url(#area);fill-opacity:.35", stroke_dasharray="5 4")
    return svg.tag("g", svg.title(_about(mark)), shape)


def _point(mark: Mark, view: _View) -> str:
    """A disc whose area grows with the records; open where the place is only near a known point."""
    x, y = view.x(mark.spot.lon or 0.0), view.y(mark.spot.lat or 0.0)
    near = mark.spot.where_prec == 2
    shape = svg.tag("circle", cx=x, cy=y, r=_size(mark), class_="rl" if near else "r", stroke_width=2, fill_opacity=0.6)
    return svg.tag("g", svg.title(_about(mark)), shape)


def _landmark(spot: Spot, view: _View, labels: _Labels) -> str:
    x, y = view.x(spot.lon or 0.0), view.y(spot.lat or 0.0)
    cross = svg.tag("path", d=f"M{x - 3:.1f} {y:.1f}h6M{x:.1f} {y - 3:.1f}v6", class_="cl", style="stroke-dasharray:none")
    return svg.tag("g", svg.title(f"{spot.name}, the capital of {spot.country}; not a record"), cross) + labels.small(x, y, spot.name)


def _size(mark: Mark) -> float:
    return 3.0 + 2.0 * math.sqrt(len(mark.records))


def _about(mark: Mark) -> str:
    kinds = ", ".join(f"{kind} {number}" for kind, number in mark.kinds.items())
    spot = mark.spot
    names = ", ".join(dict.fromkeys(part for part in (spot.name, spot.admin1, spot.country) if part))
    killed = f"; killed {mark.killed.low} to {mark.killed.high}" if mark.killed else ""
    return f"{names} ({PRECISION.get(spot.where_prec or 0, 'area')}): {kinds}{killed}"
