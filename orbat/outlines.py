"""Outlines of land, borders and names of countries: Natural Earth's, as the package's build brings them (world-atlas, TopoJSON).

Two sizes are there: ``coarse`` (1:110 million) for a picture of a continent, ``fine`` (1:50 million) for one of a country. Natural Earth
draws who holds what in fact, as its makers see it; a picture should say that its borders state nothing about whose land it is.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Literal

from orbat.errors import DataError

Corner = tuple[float, float]
"""Longitude and latitude in degrees."""
Line = tuple[Corner, ...]
Detail = Literal["coarse", "fine"]
FILES: dict[Detail, str] = {"coarse": "countries-110m.json", "fine": "countries-50m.json"}
SOURCE = "Outlines: Natural Earth, which state nothing about whose land it is"
"""What a picture with outlines says of them."""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the map: degrees, west to east and south to north."""

    west: float
    south: float
    east: float
    north: float

    def meets(self, other: Box) -> bool:
        """Whether two parts have something in common."""
        return self.west < other.east and other.west < self.east and self.south < other.north and other.south < self.north

    def grown(self, by: float) -> Box:
        """The same with so many degrees more on each side."""
        return Box(self.west - by, self.south - by, self.east + by, self.north + by)


@dataclass(frozen=True, slots=True)
class Shape:
    """A ring of land, closed, or a border, with the box that it lies in."""

    line: Line
    box: Box


@dataclass(frozen=True, slots=True)
class Country:
    """A country's name and the middle and box of its largest piece."""

    name: str
    middle: Corner
    box: Box


@dataclass(frozen=True, slots=True)
class Outlines:
    """Rings of land, to be filled by the even-odd rule so that lakes stay open; borders, each once; countries by name."""

    land: tuple[Shape, ...]
    borders: tuple[Shape, ...]
    countries: tuple[Country, ...]


@cache
def outlines(detail: Detail = "coarse") -> Outlines:
    """The outlines in one of the two sizes. One shared value a size.

    Raises:
        DataError: the files are not there, as in a checkout that was not built, or cannot be read; the message says what to do.
    """
    path = files("orbat").joinpath("web/static/vendor", FILES[detail])
    try:
        return decode(json.loads(path.read_text("utf-8")))
    except OSError as error:
        step = "Install orbat anew with npm at hand, or set up a checkout with make."
        raise DataError("The outlines of countries are not there.", f"{error}.", step) from error
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise DataError(f"The outlines in {path} cannot be read.", f"{error!r}.", "Install orbat anew.") from error


def decode(topology: dict[str, Any]) -> Outlines:
    """A TopoJSON topology with the objects ``countries`` and ``land`` as outlines.

    The format: https://github.com/topojson/topojson-specification. An arc that two countries share is a border.

    Raises:
        KeyError, TypeError, ValueError, IndexError: it is none.
    """
    arcs = _arcs(topology)
    places = [each for each in topology["objects"]["countries"]["geometries"] if each.get("arcs")]
    used = Counter(index for place in places for index in {i if i >= 0 else ~i for ring in _rings(place) for i in ring})
    lands = topology["objects"]["land"]
    land = [_joined(ring, arcs) for each in lands.get("geometries", [lands]) for ring in _rings(each)]
    borders = [_unrolled(arcs[index]) for index, number in used.items() if number > 1]
    countries = tuple(_country(place, arcs) for place in places)
    return Outlines(tuple(_both_sides(land)), tuple(_both_sides(borders)), countries)


def clip_ring(ring: Sequence[Corner], box: Box) -> list[Corner]:
    """The part of a ring in a box (Sutherland and Hodgman 1974): pieces that lie apart stay joined along the box's edge."""
    kept = list(ring)
    for axis, limit, sign in ((0, box.west, 1), (0, box.east, -1), (1, box.south, 1), (1, box.north, -1)):
        if not kept:
            return []
        kept = list(_cut(kept, axis, limit, sign))
    return kept


def clip_line(line: Sequence[Corner], box: Box) -> Iterator[list[Corner]]:
    """The pieces of a line that have a part in a box; their first and last corner may lie outside."""
    piece: list[Corner] = []
    for one, two in pairwise(line):
        if _shape((one, two)).box.meets(box):
            piece = [*piece, two] if piece else [one, two]
        elif piece:
            yield piece
            piece = []
    if piece:
        yield piece


def _cut(ring: list[Corner], axis: int, limit: float, sign: int) -> Iterator[Corner]:
    """The part of a ring on one side of a line across an axis."""
    before = ring[-1]
    was = sign * before[axis] >= sign * limit
    for corner in ring:
        inside = sign * corner[axis] >= sign * limit
        if inside != was:
            part = (limit - before[axis]) / (corner[axis] - before[axis])
            across = before[1 - axis] + part * (corner[1 - axis] - before[1 - axis])
            yield (limit, across) if axis == 0 else (across, limit)
        if inside:
            yield corner
        before, was = corner, inside


def _arcs(topology: dict[str, Any]) -> list[Line]:
    """Arcs are steps on a grid; the transform says where that lies."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        corners = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            corners.append((x * kx + dx, y * ky + dy))
        found.append(tuple(corners))
    return found


def _rings(geometry: dict[str, Any]) -> Iterator[list[int]]:
    if geometry["type"] == "Polygon":
        yield from geometry["arcs"]
    elif geometry["type"] == "MultiPolygon":
        yield from (ring for polygon in geometry["arcs"] for ring in polygon)


def _joined(ring: Iterable[int], arcs: list[Line]) -> Line:
    """Arcs one after another; ``~i`` is arc ``i`` from its end. The first corner of an arc is the last of the one before."""
    corners: list[Corner] = []
    for index in ring:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        corners += arc[1:] if corners else arc
    whole = _unrolled(corners)
    if abs(whole[0][0] - whole[-1][0]) > 180:  # round a pole, which only Antarctica is
        whole = (*whole, (whole[-1][0], -90.0), (whole[0][0], -90.0), whole[0])
    return whole


def _unrolled(line: Sequence[Corner]) -> Line:
    """A line that goes on beyond the date line instead of leaping to the other side of the picture."""
    turns, kept = 0, [line[0]]
    for one, two in pairwise(line):
        leap = two[0] - one[0]
        turns += (leap < -180) - (leap > 180)
        kept.append((two[0] + 360 * turns, two[1]))
    return tuple(kept)


def _both_sides(lines: Iterable[Line]) -> Iterator[Shape]:
    """What goes on beyond the date line also where it comes in again."""
    for line in lines:
        shape = _shape(line)
        yield shape
        for turn in (-360, 360):
            if (shape.box.east > 180) if turn < 0 else (shape.box.west < -180):
                yield _shape(tuple((lon + turn, lat) for lon, lat in line))


def _shape(line: Line) -> Shape:
    lons, lats = [c[0] for c in line], [c[1] for c in line]
    return Shape(line, Box(min(lons), min(lats), max(lons), max(lats)))


def _country(place: dict[str, Any], arcs: list[Line]) -> Country:
    shapes = [_shape(_joined(ring, arcs)) for ring in _rings(place)]
    largest = max(shapes, key=lambda s: abs(_area(s.line)))
    return Country(str(place["properties"]["name"]), _middle(largest.line), largest.box)


def _area(ring: Line) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def _middle(ring: Line) -> Corner:
    """The centre of a ring's area, in degrees as if they lay on a plane: good enough to write a name at."""
    area = _area(ring)
    if not area:
        return ring[0]
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairwise(ring)) / (6 * area)
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairwise(ring)) / (6 * area)
    return x, y
