"""A map drawn as SVG for a page: what the command line's map shows, with every place a link to its row of the table."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from orbat.battle.mapping import Mark
from orbat.battle.render import svg
from orbat.battle.render.atlas import fit, label, landmark, under
from orbat.battle.render.ground import Labels, View, mercator, net
from orbat.battle.render.palette import by_family
from orbat.battle.render.symbols import about, held, patterns, pie, size, symbol
from orbat.battle.values import Spot
from orbat.service.pages.mapdata import Held, Mapped, Placed

WIDTH, LEAST, MOST = 1000.0, 440.0, 680.0
REACH = 20.0
"""Points whose middles are nearer than this, or that lie over one another, are drawn as one with a number."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Places too near to one another to be told apart in the picture. ``x`` and ``y``: their middle, weighted by their records."""

    members: tuple[int, ...]
    x: float
    y: float
    records: int


def map_picture(found: Mapped, capitals: Sequence[Spot], notes: Mapping[int, str]) -> tuple[Markup, str]:
    """The picture and what is to be said of its outlines.

    Args:
        notes: numbers of the sentences that a place's tip shows, by the place's number.
    """
    marks = [each.mark for each in found.placed]
    view = View(fit([*marks, *(_as_mark(each) for each in found.held)]), width=WIDTH, least=LEAST, most=MOST)
    labels = Labels(0, WIDTH)
    together = clusters(found.placed, view)
    hidden = {number for cluster in together for number in cluster.members}
    for cluster in together:
        labels.take(cluster.x - 13, cluster.y + 4, 26)
    shown = [(number, each) for number, each in enumerate(found.placed) if number not in hidden]
    words = [label(each.mark, view, labels) for _, each in sorted(shown, key=lambda p: (p[1].mark.is_point, -len(p[1].mark.records)))]
    places = [_place(number, each, view, notes.get(number)) for number, each in shown]
    grouped = [_cluster(cluster, found.placed) for cluster in together]
    known = {mark.spot.key for mark in marks}
    towns = [landmark(s, view, labels) for s in capitals if s.key not in known and s.lon is not None and view.shows(s.lon, s.lat or 0.0)]
    ground, source = under(view, labels)
    sea = svg.tag("rect", width=WIDTH, height=view.height, class_="sea")
    holds = [_held(each, view) for each in found.held]
    layers = [
        svg.tag("g", *ground, class_="ground-layer"),
        svg.tag("g", *net(view), *towns, class_="fixed"),
        svg.tag("g", *holds, *places, *grouped, *words, class_="marks"),
    ]
    name = f"Map of {found.events} records at {found.places} places. The table says the same."
    picture = svg.tag(
        "svg", patterns(), sea, *layers, class_="map", viewBox=f"0 0 {WIDTH:g} {view.height:.0f}", role="group", aria_label=name,
        data_west=f"{view.box.west:.4f}", data_upper=f"{mercator(view.box.north):.4f}", data_scale=f"{view.scale:.5f}",
    )  # fmt: skip
    return Markup(picture), source  # the pieces are escaped where they are made


def clusters(placed: Sequence[Placed], view: View) -> list[Cluster]:
    """Points that would lie over one another, each with those of fewer records around it."""
    groups: list[list[tuple[int, float, float, int]]] = []
    points = [
        (n, view.x(p.mark.spot.lon or 0.0), view.y(p.mark.spot.lat or 0.0), len(p.mark.records))
        for n, p in enumerate(placed)
        if p.mark.is_point
    ]
    for point in sorted(points, key=lambda p: (-p[3], p[0])):
        near = (g for g in groups if math.hypot(g[0][1] - point[1], g[0][2] - point[2]) < max(REACH, size(g[0][3]) + size(point[3])))
        if (group := next(near, None)) is not None:
            group.append(point)
        else:
            groups.append([point])
    return [_middle(group) for group in groups if len(group) > 1]


def _middle(group: list[tuple[int, float, float, int]]) -> Cluster:
    whole = sum(p[3] for p in group)
    x, y = (sum(p[axis] * p[3] for p in group) / whole for axis in (1, 2))
    return Cluster(tuple(p[0] for p in group), x, y, whole)


def _place(number: int, each: Placed, view: View, notes: str | None) -> str:
    words = about(each.mark)
    return svg.tag(
        "a", svg.title(words), symbol(each.mark, view), href=f"#place-{number + 1}", class_=f"place {each.fineness}", aria_label=words,
        data_place=number, data_notes=notes,
    )  # fmt: skip


def _cluster(cluster: Cluster, placed: Sequence[Placed]) -> str:
    names = [placed[n].mark.spot.name for n in cluster.members]
    words = f"{len(names)} places near to one another, {cluster.records} records: {', '.join(names[:6])}{'…' if len(names) > 6 else ''}"
    r = max(12.0, size(cluster.records))
    kinds: Counter[str] = Counter()
    for number in cluster.members:
        kinds.update(placed[number].mark.kinds)
    shapes = [
        pie(cluster.x, cluster.y, r, by_family(kinds)),
        svg.tag("circle", cx=cluster.x, cy=cluster.y, r=r - 4, class_="cluster"),
        svg.text(cluster.x, cluster.y + 4, str(cluster.records), class_="cluster-words"),
    ]
    return svg.tag("a", svg.title(words), *shapes, href=f"#place-{cluster.members[0] + 1}", class_="place", aria_label=words)


_HOW = {"holds": "held", "took": "taken", "held": "held before"}


def _held(each: Held, view: View) -> str:
    holding = each.holding
    until = "; lost" if holding.lost else ""
    words = f"{each.spot.name}: {_HOW[holding.how]}{until}" + (" (an area)" if each.radius_km else "")
    inner = held(each.spot, each.radius_km, view)
    return svg.tag("g", svg.title(words), inner, class_="hold lost" if holding.lost else "hold")


def _as_mark(each: Held) -> Mark:
    return Mark(each.spot, each.radius_km, (), {}, None, None, None)
