"""How a place is drawn on a map: no finer than it is known.

exact      a disc, divided by kind of event, its area growing with the records
near       a ring of the 25 km within which UCDP's second precision places it, never smaller than it can be seen
area       a hatched circle of its rough size: a district, province, country or sea is never a point
held       a diamond, or for an area a plain outline: what the group holds, not what happens there
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from orbat.battle.mapping import Mark
from orbat.battle.render import svg
from orbat.battle.render.ground import View
from orbat.battle.render.palette import FAMILIES, by_family, foremost
from orbat.battle.render.rows import PRECISION
from orbat.battle.values import Spot

NEAR_KM = 25.0
"""UCDP codebook, where_prec 2: within about 25 km of a known point."""
MOST_SIZE = 26.0


def size(records: float) -> float:
    """The radius of a disc for so many records: its area grows with them, up to a size that hides a province."""
    return min(MOST_SIZE, 3.0 + 2.0 * math.sqrt(records))


def radius(mark: Mark, view: View) -> float:
    """The radius of a place's disc or ring in the picture; none for an area, which is named in its middle."""
    if mark.spot.where_prec == 2:
        return max(view.km(NEAR_KM, mark.spot.lat or 0.0), size(len(mark.records)))
    return size(len(mark.records)) if mark.is_point else 0.0


def patterns() -> str:
    """Hatchings for areas, one a family: put them into the picture once."""
    made = [
        svg.tag(
            "pattern",
            svg.tag("path", d="M0 6L6 0M-1 1L1 -1M5 7L7 5", class_=f"hatch {family.name}"),
            id=f"area-{family.name}",
            width=6,
            height=6,
            patternUnits="userSpaceOnUse",
        )
        for family in FAMILIES
    ]
    return svg.tag("defs", *made)


def symbol(mark: Mark, view: View) -> str:
    """A place's shape."""
    x, y = view.x(mark.spot.lon or 0.0), view.y(mark.spot.lat or 0.0)
    family = foremost(mark.kinds)
    if mark.radius_km is not None:
        fill, r = f"url(#area-{family})", view.km(mark.radius_km, mark.spot.lat or 0.0)
        return svg.tag("circle", cx=x, cy=y, r=r, class_=f"area {family}", fill=fill, stroke_dasharray="5 4")
    if mark.spot.where_prec == 2:
        return svg.tag("circle", cx=x, cy=y, r=radius(mark, view), class_=f"near {family}")
    return pie(x, y, size(len(mark.records)), by_family(mark.kinds))


def pie(x: float, y: float, r: float, parts: Mapping[str, int]) -> str:
    """A disc divided by family."""
    whole = sum(parts.values())
    disc = svg.tag("circle", cx=x, cy=y, r=r, class_=f"exact {next(iter(parts), 'words')}")
    if len(parts) < 2:
        return disc
    made, start = [], 0.0
    for name, number in parts.items():
        end = start + 2 * math.pi * number / whole
        made.append(svg.tag("path", d=_slice(x, y, r, start, end), class_=f"slice {name}"))
        start = end
    return svg.tag("g", disc, *made)


def held(spot: Spot, radius_km: float | None, view: View) -> str:
    """What is held: a diamond at a place, an outline round an area."""
    x, y = view.x(spot.lon or 0.0), view.y(spot.lat or 0.0)
    if radius_km is None:
        r = 9.0
        return svg.tag("path", d=f"M{x:.1f} {y - r:.1f}l{r} {r}l-{r} {r}l-{r} -{r}z", class_="held")
    return svg.tag("circle", cx=x, cy=y, r=view.km(radius_km, spot.lat or 0.0), class_="held")


def about(mark: Mark) -> str:
    """A place in words: its name, how finely it is known, and what happened there."""
    kinds = ", ".join(f"{kind} {number}" for kind, number in mark.kinds.items())
    spot = mark.spot
    names = ", ".join(dict.fromkeys(part for part in (spot.name, spot.admin1, spot.country) if part))
    killed = f"; killed {mark.killed.low} to {mark.killed.high}" if mark.killed else ""
    return f"{names} ({PRECISION.get(spot.where_prec or 0, 'area')}): {kinds}{killed}"


def _slice(x: float, y: float, r: float, start: float, end: float) -> str:
    (x1, y1), (x2, y2) = ((x + r * math.sin(a), y - r * math.cos(a)) for a in (start, end))
    wide = 1 if end - start > math.pi else 0
    return f"M{x:.1f} {y:.1f}L{x1:.1f} {y1:.1f}A{r:.1f} {r:.1f} 0 {wide} 1 {x2:.1f} {y2:.1f}z"
