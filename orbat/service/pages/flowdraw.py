"""Flows of fighters as bands: from where they came to the group on the left, from the group to where they went on the right.

A Sankey diagram that cannot have a cycle: a group that fighters came from and went to stands on both sides. A band is as wide as the best
figure, with a paler rim to the highest; where no figure is given it is a thin dashed line, since its width would be made up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from orbat.battle.parts import Subject
from orbat.battle.render import svg
from orbat.battle.values import Flow, Party
from orbat.service.pages.addresses import href_group
from orbat.service.pages.notes import Notes

WIDTH = 1000.0
LEFT, MIDDLE, RIGHT, THICK = 270.0, 494.0, 718.0, 12.0
TALL, GAP, TOP = 300.0, 22.0, 40.0
"""Height of all known figures of a side together, room between bands, and above them."""
LINE = 2.0
MOST = 14
"""Bands of a side; the smaller rest is counted."""
UNTOLD = {"in": "origin not told", "out": "where to is not told"}


@dataclass(frozen=True, slots=True)
class Band:
    """All flows of one kind from or to one party. ``low``, ``best``, ``high``: people of those with a figure; ``untold``: those without."""

    side: str
    kind: str
    party: Party | None
    flows: tuple[Flow, ...]
    low: int
    best: int
    high: int
    untold: int

    @property
    def name(self) -> str:
        """From whom, or to whom."""
        return self.party.name if self.party else UNTOLD[self.side]

    @property
    def people(self) -> str:
        """How many, in words."""
        if not self.high:
            return "number not told"
        told = f"{self.best:,}" if self.low == self.high else f"{self.low:,}–{self.high:,}"
        return told + (f" and {self.untold} without a number" if self.untold else "")


def banded(flows: Iterable[Flow], subject: Subject) -> tuple[list[Band], list[Band], list[Flow]]:
    """The bands that come in and those that go out, the widest first, and the flows inside the group and its wings."""
    found: dict[tuple[str, str, str], list[tuple[Party | None, Flow]]] = defaultdict(list)
    inside = []
    for flow in flows:
        comes = flow.target is not None and subject.is_(flow.target)
        goes = flow.source is not None and subject.is_(flow.source)
        if comes and goes:
            inside.append(flow)
        elif comes or (not goes and flow.kind != "left"):
            found["in", flow.kind, flow.source.key if flow.source else ""].append((flow.source, flow))
        else:
            found["out", flow.kind, flow.target.key if flow.target else ""].append((flow.target, flow))
    made = [_band(side, kind, said) for (side, kind, _), said in found.items()]
    made.sort(key=lambda b: (-b.high, b.party is None, -len(b.flows), b.name, b.kind))
    return [b for b in made if b.side == "in"], [b for b in made if b.side == "out"], inside


def flow_picture(name: str, comes: Sequence[Band], goes: Sequence[Band], notes: Notes) -> Markup:
    """The picture of the widest bands of each side."""
    sides = comes[:MOST], goes[:MOST]
    most = max((sum(band.high for band in side) for side in sides), default=0)
    unit = TALL / most if most else 0.0
    tall = [sum(_height(band, unit) for band in side) for side in sides]
    rows = [sum(max(_height(band, unit), GAP) + 10 for band in side) for side in sides]
    height = TOP + max(*rows, 60.0) + 16
    middle = (TOP + height - 16) / 2
    core = max(*tall, 30.0)
    parts = [
        svg.text(LEFT, 20, "came from", class_="lane", text_anchor="end"),
        svg.text(RIGHT + THICK, 20, "went to", class_="lane"),
        *_side(sides[0], unit, middle - tall[0] / 2, notes, left=True),
        *_side(sides[1], unit, middle - tall[1] / 2, notes, left=False),
        svg.tag("rect", x=MIDDLE, y=middle - core / 2, width=THICK, height=core, class_="core", rx=1),
        svg.text(MIDDLE + THICK / 2, middle - core / 2 - 8, svg.short(name, 34), class_="core-words", text_anchor="middle"),
    ]
    about = f"Flows of fighters of {name}: {len(comes)} in, {len(goes)} out. The table says the same."
    return Markup(svg.tag("svg", *parts, class_="flows", viewBox=f"0 0 {WIDTH:g} {height:.0f}", role="group", aria_label=about))


def _side(bands: Sequence[Band], unit: float, inner: float, notes: Notes, *, left: bool) -> list[str]:
    made, outer = [], TOP
    for band in bands:
        height = _height(band, unit)
        row = max(height, GAP)
        made.append(_drawn(band, outer + (row - height) / 2, inner, unit, notes, left=left))
        outer += row + 10
        inner += height
    return made


def _drawn(band: Band, outer: float, inner: float, unit: float, notes: Notes, *, left: bool) -> str:
    height = _height(band, unit)
    x1, x2 = (LEFT + THICK, MIDDLE) if left else (RIGHT, MIDDLE + THICK)
    start, end = outer + height / 2, inner + height / 2
    curve = f"M{x1} {start:.1f}C{(x1 + x2) / 2} {start:.1f} {(x1 + x2) / 2} {end:.1f} {x2} {end:.1f}"
    lines = [svg.tag("path", d=curve, class_="wide-line", stroke_width=max(height, 14.0))]
    if band.high:
        lines.append(svg.tag("path", d=curve, class_="high", stroke_width=height))
        lines.append(svg.tag("path", d=curve, class_="best", stroke_width=max(LINE, band.best * unit)))
    else:
        lines.append(svg.tag("path", d=curve, class_="untold", stroke_width=LINE))
    words = svg.text(LEFT - 8 if left else RIGHT + THICK + 8, start + 1, svg.short(band.name, 34), text_anchor="end" if left else None)
    about = f"{band.kind}, {band.people}"
    small = svg.text(
        LEFT - 8 if left else RIGHT + THICK + 8, start + 13, svg.short(about, 44), class_="s e", text_anchor="end" if left else None
    )
    node = svg.tag("rect", x=LEFT if left else RIGHT, y=outer, width=THICK, height=max(height, LINE), class_="end")
    numbers = notes.add([id for flow in band.flows for id in flow.grounds.statements])
    says = f"{band.name}: {about}"
    if band.party is None:
        head = words
    else:
        head = svg.tag("a", words, href=href_group(band.party.id or band.party.name), aria_label=band.party.name)
    shape = svg.tag(
        "g", *lines, node, small, tabindex=0, role="img", aria_label=says, class_="reach", data_notes=" ".join(map(str, numbers)) or None
    )
    return svg.tag("g", shape, head, class_=f"band {band.kind}")


def _height(band: Band, unit: float) -> float:
    return max(LINE + 1, band.high * unit)


def _band(side: str, kind: str, said: list[tuple[Party | None, Flow]]) -> Band:
    flows = tuple(flow for _, flow in said)
    told = [flow.count for flow in flows if flow.count is not None]
    low, best, high = sum(c.low for c in told), sum(c.best for c in told), sum(c.high for c in told)
    return Band(side, kind, said[0][0], flows, low, best, high, len(flows) - len(told))
