"""What lies under a map: degrees to picture, land and borders, the net of degrees, and names where there is room for them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from orbat.battle.render import svg
from orbat.outlines import Box, Corner, Detail, Outlines, clip_line, clip_ring

KM_A_DEGREE = 111.2
LETTER, LINE = 6.6, 14.0
"""Width and height of a letter of a picture's writing, about."""
WIDE_LETTER = 7.8  # of the names of countries, which are spaced
WORLD = Box(-180.0, -56.0, 180.0, 72.0)
NORTHMOST = 82.0
"""Mercator's projection has no poles."""
LEAST = 7.0
"""Degrees that a map shows at least: nearer in, the finest outlines are a few straight lines."""
FINE = 45.0
"""Degrees across up to which the finer outlines are drawn."""
NEAREST = 0.7
"""Corners of an outline that are nearer than this in the picture are drawn as one."""


class View:
    """Degrees to picture by Mercator's projection: a circle on the ground stays one, and the script of the pages draws the same."""

    def __init__(self, fit: Box, *, width: float, least: float, most: float, edge: float = 0.0, top: float = 0.0) -> None:
        """What shows a part of the map whole.

        Args:
            width: of the picture; ``least`` and ``most``: its height. ``edge`` and ``top`` are kept free for writing.
        """
        low, high = mercator(fit.south), mercator(fit.north)
        self.scale = min((width - 2 * edge) / max(fit.east - fit.west, LEAST), (most - top - edge) / max(high - low, LEAST))
        """Units of the picture a degree at the equator."""
        height = min(most, max(least, top + edge + (high - low) * self.scale))
        half_across, half_up = (width - 2 * edge) / self.scale / 2, (height - top - edge) / self.scale / 2
        lon, self._upper = (fit.west + fit.east) / 2, (low + high) / 2 + half_up
        self.box = Box(lon - half_across, unmercator(self._upper - 2 * half_up), lon + half_across, unmercator(self._upper))
        self.width, self.height, self.edge, self.top = width, height, edge, top

    def x(self, lon: float) -> float:
        """Where a longitude lies."""
        return self.edge + (lon - self.box.west) * self.scale

    def y(self, lat: float) -> float:
        """Where a latitude lies."""
        return self.top + (self._upper - mercator(lat)) * self.scale

    def shows(self, lon: float, lat: float) -> bool:
        """Whether a point lies in the picture."""
        return self.box.west < lon < self.box.east and self.box.south < lat < self.box.north

    def km(self, km: float, lat: float) -> float:
        """A length on the ground in the picture at a latitude."""
        return km / KM_A_DEGREE * self.scale / math.cos(math.radians(min(NORTHMOST, abs(lat))))

    @property
    def detail(self) -> Detail:
        """Which outlines suit it."""
        return "fine" if self.box.east - self.box.west <= FINE else "coarse"


def mercator(lat: float) -> float:
    """A latitude's distance from the equator, in degrees of longitude there."""
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(max(-NORTHMOST, min(NORTHMOST, lat))) / 2)))


def unmercator(up: float) -> float:
    """The latitude at such a distance."""
    return math.degrees(2 * math.atan(math.exp(math.radians(up))) - math.pi / 2)


class Labels:
    """Which room is taken by words."""

    def __init__(self, left: float, right: float) -> None:
        self._left, self._right = left, right
        self._taken: list[tuple[float, float, float, float]] = []

    def put(self, words: str, at: Iterable[tuple[float, float]], *, letter: float = LETTER) -> tuple[float, float] | None:
        """The first of some places, given by the left end of the base line, at which there is room for some words; it is taken then."""
        width = letter * len(words)
        for left, base in at:
            if self._free(left, base, width):
                self.take(left, base, width)
                return left, base
        return None

    def take(self, left: float, base: float, width: float) -> None:
        """Take the room of a line of words."""
        self._taken.append((left, base - 11, left + width, base + 3))

    def _free(self, left: float, base: float, width: float) -> bool:
        inside = left > self._left and left + width < self._right
        return inside and all(left + width < a or c < left or base + 3 < b or d < base - 11 for a, b, c, d in self._taken)


def land(view: View, found: Outlines) -> list[str]:
    """Land as one path and borders as another, cut off a little beyond the picture."""
    box = view.box.grown((view.box.east - view.box.west) / 20)
    rings = [clip_ring(shape.line, box) for shape in found.land if shape.box.meets(box)]
    pieces = [piece for shape in found.borders if shape.box.meets(box) for piece in clip_line(shape.line, box)]
    whole = "".join(_path(view, ring, closed=True) for ring in rings)
    lines = "".join(_path(view, piece, closed=False) for piece in pieces)
    return [
        *([svg.tag("path", d=whole, class_="land", fill_rule="evenodd")] if whole else []),
        *([svg.tag("path", d=lines, class_="border")] if lines else []),
    ]


def country_names(view: View, found: Outlines, labels: Labels) -> list[str]:
    """The names of the countries whose middle is in the picture, where there is room."""
    made = []
    for country in found.countries:
        lon, lat = country.middle
        width = WIDE_LETTER * len(country.name)
        if view.shows(lon, lat) and view.x(country.box.east) - view.x(country.box.west) > width:
            x, y = view.x(lon), view.y(lat)
            spots = [(x - width / 2, y + step * LINE) for step in (0, -1, 1, 2)]
            if free := labels.put(country.name, spots, letter=WIDE_LETTER):
                made.append(svg.text(x, free[1], country.name, class_="country", text_anchor="middle"))
    return made


def net(view: View) -> list[str]:
    """Lines of latitude and longitude, about eight each way."""
    parts = []
    box = view.box
    step = next(s for s in (0.5, 1, 2, 5, 10, 20, 30, 60) if max(box.east - box.west, box.north - box.south) / s <= 8 or s == 60)
    bottom = view.height - view.edge
    for at in range(math.ceil(box.west / step), math.floor(box.east / step) + 1):
        x = view.x(at * step)
        parts.append(svg.tag("line", x1=x, y1=view.top, x2=x, y2=bottom, class_="net"))
        parts.append(
            svg.text(x, bottom + 16 if view.edge else bottom - 4, degrees(at * step, "E", "W"), class_="s e", text_anchor="middle")
        )
    for at in range(math.ceil(box.south / step), math.floor(box.north / step) + 1):
        y = view.y(at * step)
        parts.append(svg.tag("line", x1=view.edge, y1=y, x2=view.width - view.edge, y2=y, class_="net"))
        parts.append(svg.text(4, y + 4, degrees(at * step, "N", "S"), class_="s e"))
    return parts


def degrees(value: float, positive: str, negative: str) -> str:
    """A latitude or longitude in words."""
    return "0°" if value == 0 else f"{abs(value):g}°{positive if value > 0 else negative}"


def _path(view: View, corners: Sequence[Corner], *, closed: bool) -> str:
    """A line in tenths of a unit, each corner as its step from the one before: a third of the letters of whole numbers."""
    kept: list[tuple[int, int]] = []
    for lon, lat in corners:
        x, y = view.x(lon), view.y(lat)
        if not kept or abs(x * 10 - kept[-1][0]) + abs(y * 10 - kept[-1][1]) >= NEAREST * 10:
            kept.append((round(x * 10), round(y * 10)))
    if len(kept) < (3 if closed else 2):
        return ""
    steps = (f"{(b[0] - a[0]) / 10:g} {(b[1] - a[1]) / 10:g}" for a, b in pairwise(kept))
    return f"M{kept[0][0] / 10:g} {kept[0][1] / 10:g}l{' '.join(steps)}{'z' if closed else ''}"
