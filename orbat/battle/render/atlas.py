"""A map as a picture: points only where a place is exact, areas hatched and named as areas, over the outlines of countries.

The outlines are there to find one's way by; the picture says whose they are, and that they state nothing about whose land it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from orbat.battle.mapping import Mark
from orbat.battle.render import svg
from orbat.battle.render.ground import KM_A_DEGREE, LETTER, LINE, WORLD, Labels, View, country_names, land, net
from orbat.battle.render.palette import FAMILIES, by_family
from orbat.battle.render.rows import PRECISION
from orbat.battle.render.symbols import NEAR_KM, about, patterns, radius, symbol
from orbat.battle.values import Spot
from orbat.errors import DataError
from orbat.outlines import SOURCE, Box, outlines

WIDTH, LEAST_HEIGHT, MOST_HEIGHT, EDGE, TOP = 1000.0, 420.0, 1200.0, 40.0, 84.0
WIDE_KM = 200.0
"""Areas wider than this do not decide what a map shows where there is anything finer: one country would hide all places in it."""


def map_svg(name: str, marks: Sequence[Mark], capitals: Sequence[Spot] = ()) -> str:
    """The picture of some places; areas lie under points, the widest lowest.

    Args:
        capitals: towns marked with a small cross, to find one's way by.
    """
    view = View(fit(marks), width=WIDTH, least=LEAST_HEIGHT, most=MOST_HEIGHT, edge=EDGE, top=TOP)
    total = sum(len(mark.records) for mark in marks)
    areas = sum(not mark.is_point for mark in marks)
    drawn = "hatched circles of their rough size, where nothing finer is known"
    note = f"{total} records at {len(marks)} places" + (f"; {areas} are areas: {drawn}" if areas else "")
    labels = Labels(EDGE, WIDTH - EDGE)
    words = [label(mark, view, labels) for mark in sorted(marks, key=lambda m: (m.is_point, -len(m.records), m.spot.key))]
    known = {mark.spot.key for mark in marks}
    shapes = [svg.tag("g", svg.title(about(mark)), symbol(mark, view)) for mark in marks]
    marked = [landmark(s, view, labels) for s in capitals if s.key not in known and s.lon is not None and view.shows(s.lon, s.lat or 0.0)]
    ground, source = under(view, labels)
    shown = svg.tag("svg", *ground, *shapes, *marked, *words, **_frame(view))
    head = [svg.text(12, 24, name, class_="h"), svg.text(12, 44, note, class_="s"), *_legend(marks)]
    foot = svg.text(WIDTH - EDGE, view.height - 6, source, class_="s e", text_anchor="end")
    return svg.picture(WIDTH, view.height, f"Map of {name}", [patterns(), *head, *net(view), shown, foot])


def fit(marks: Sequence[Mark]) -> Box:
    """The part of the map that shows some places: of wide areas only where nothing is finer."""
    fine = [mark for mark in marks if (mark.radius_km or 0.0) <= WIDE_KM] or marks
    boxes = [_box(mark) for mark in fine] or [WORLD]
    west, south = min(b.west for b in boxes), min(b.south for b in boxes)
    east, north = max(b.east for b in boxes), max(b.north for b in boxes)
    return Box(west, south, east, north).grown(max(0.5, 0.05 * max(east - west, north - south)))


def under(view: View, labels: Labels) -> tuple[list[str], str]:
    """Land, borders and names of countries, and what is to be said of them; without them where the package was built without."""
    try:
        found, names = outlines(view.detail), outlines("coarse")
    except DataError as error:
        return [], f"No outlines: {error.fact}"
    return [*land(view, found), *country_names(view, names, labels)], SOURCE


def label(mark: Mark, view: View, labels: Labels) -> str:
    """The name of a place beside it, an area's with the word for it; what has no room shows its name under the pointer."""
    x, y = view.x(mark.spot.lon or 0.0), view.y(mark.spot.lat or 0.0)
    kind = "" if mark.is_point else f" ({PRECISION.get(mark.spot.where_prec or 0, 'area')})"
    words = f"{mark.spot.name}{kind}: {len(mark.records)}"
    width = LETTER * len(words)
    r = radius(mark, view)
    spots = [(x + r + 3, y + 4), (x - r - 3 - width, y + 4), (x - width / 2, y - r - 5), (x - width / 2, y + r + 13)]
    if not mark.is_point:
        spots = [(x - width / 2, y + step * LINE) for step in (0, 1, -1, 2, -2, 3, -3, 4, -4)]
    free = labels.put(words, spots)
    return svg.text(*free, words, class_="label" if mark.is_point else "label s") if free else ""


def landmark(spot: Spot, view: View, labels: Labels) -> str:
    """A capital."""
    x, y = view.x(spot.lon or 0.0), view.y(spot.lat or 0.0)
    cross = svg.tag("path", d=f"M{x - 3:.1f} {y:.1f}h6M{x:.1f} {y - 3:.1f}v6", class_="capital")
    free = labels.put(spot.name, [(x + 5, y + 4)])
    words = svg.text(*free, spot.name, class_="s e") if free else ""
    return svg.tag("g", svg.title(f"{spot.name}, the capital of {spot.country}; not a record"), cross) + words


def _box(mark: Mark) -> Box:
    lat, lon = mark.spot.lat or 0.0, mark.spot.lon or 0.0
    km = NEAR_KM if mark.spot.where_prec == 2 else mark.radius_km or 0.0
    up = km / KM_A_DEGREE
    across = up / max(0.2, math.cos(math.radians(lat)))
    return Box(lon - across, lat - up, lon + across, lat + up)


def _frame(view: View) -> dict[str, object]:
    """What cuts the ground off at the picture's edge."""
    width, height = view.width - 2 * view.edge, view.height - view.top - view.edge
    return {"x": view.edge, "y": view.top, "width": width, "height": height, "viewBox": f"{view.edge:g} {view.top:g} {width:g} {height:g}"}


def _legend(marks: Sequence[Mark]) -> list[str]:
    """The families that the picture has, in a line."""
    found = by_family({kind: number for mark in marks for kind, number in mark.kinds.items()})
    parts, x = [], 16.0
    for family in FAMILIES:
        if family.name in found:
            parts += [svg.tag("circle", cx=x, cy=62, r=5, class_=f"exact {family.name}"), svg.text(x + 9, 66, family.words, class_="s")]
            x += 26 + LETTER * len(family.words)
    return parts
