"""A network drawn as SVG for a page: every tie of every year is there, and those of other years are hidden by class, so that the year can
move without a party moving. The lines are as sure as the underlines of values: solid, dashed, dotted."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from textwrap import wrap

from markupsafe import Markup

from orbat.battle.render import svg
from orbat.battle.render.layout import Room, layout
from orbat.battle.values import Party
from orbat.recordtypes import RecordStatus
from orbat.service.pages.addresses import href_group
from orbat.service.pages.netdata import Tie, Web, Years
from orbat.service.pages.notes import Notes
from orbat.service.pages.words import sure_words, sureness

WIDTH = 1000.0
LETTER = 7.2
"""Width of a letter of a party's name, about."""
LETTERS = 24  # in a line of a name
NODE = 7.0
Point = tuple[float, float]
LOOK = {
    "ally": "ally", "merger": "ally", "merged into": "ally", "pledged to": "pledge", "part of": "part", "split": "split", "rival": "split",
    "splinter of": "split", "supports": "help", "leads": "leads",
}  # fmt: skip
"""The class of a relation, the catalogue's words among them: what the legend names."""
ONE_WAY = frozenset({"pledged to", "part of", "splinter of", "merged into", "joined", "supports", "leads"})
LEGEND = {
    "ally": "ally, merger",
    "pledge": "pledged to",
    "part": "part of",
    "split": "split, splinter, rival",
    "help": "supports",
    "leads": "leads",
    "other": "other",
}


def placed(found: Web) -> tuple[dict[str, tuple[float, float]], float]:
    """Where each party stands, by all years together, and the picture's height."""
    height = min(900.0, max(360.0, 260.0 + 11.0 * len(found.parties)))
    names = {key: _room(party) for key, party in found.parties.items()}
    room = Room(WIDTH, height, left=90, right=90, top=40, bottom=50)
    pairs = [(tie.source, tie.target) for tie in found.ties]
    return layout(list(found.parties), pairs, room, middle=found.middle, names=names), height


def network_picture(found: Web, where: Mapping[str, tuple[float, float]], height: float, *, year: int | None, notes: Notes) -> Markup:
    """The picture. Each tie is a link to its row of the table, each party to its order of battle."""
    pairs: dict[frozenset[str], list[tuple[int, Tie]]] = defaultdict(list)
    for at, tie in enumerate(found.ties, start=1):
        pairs[frozenset((tie.source, tie.target))].append((at, tie))
    number = len(found.ties)
    crowd = "network busy" if number > 60 else "network some" if number > 20 else "network"
    lines = [
        _line(number, tie, found, where, bend=bend, notes=notes, year=year)
        for ties in pairs.values()
        for bend, (number, tie) in zip(_bends(len(ties)), ties, strict=True)
    ]
    living = {end for tie in found.ties if year is None or tie.held(year) for end in (tie.source, tie.target)}
    nodes = [_node(key, party, where[key], off=key not in living and key != found.middle, main=key == found.middle)
             for key, party in found.parties.items()]  # fmt: skip
    when = f"in {year}" if year else "of all years"
    name = f"Relations {when}: {len(found.parties)} parties, {len(found.ties)} ties. The table says the same."
    heads = svg.tag("defs", *(_head(look) for look in LEGEND))
    inside = svg.tag("g", svg.tag("g", *lines, class_="ties"), svg.tag("g", *nodes, class_="parties"), class_="view")
    return Markup(
        svg.tag(
            "svg",
            heads,
            inside,
            class_=crowd,
            viewBox=f"0 0 {WIDTH:g} {height:g}",
            role="group",
            aria_label=name,
        )
    )  # the pieces are escaped where they are made


def look(relation: str) -> str:
    """The class of a relation."""
    return LOOK.get(relation, "other")


def years_words(years: Sequence[Years]) -> str:
    """When a tie held: "2014–2016, since 2018"; "no day given" where nothing dates it."""
    return ", ".join(map(_pair_words, years)) or "no day given"


def _pair_words(pair: Years) -> str:
    start, end = pair
    if start is None:
        return f"until {end}"
    if end is None:
        return f"since {start}"
    return str(start) if start == end else f"{start}–{end}"


def _bends(count: int) -> list[float]:
    """How far apart the ties of one pair run."""
    return [(at - (count - 1) / 2) * 26.0 for at in range(count)]


def _line(
    number: int, tie: Tie, found: Web, where: Mapping[str, tuple[float, float]], *, bend: float, notes: Notes, year: int | None
) -> str:
    one, two = found.parties[tie.source], found.parties[tie.target]
    (x1, y1), (x2, y2) = where[tie.source], where[tie.target]
    if tie.source > tie.target:
        bend = -bend  # the ties of a pair are told apart whichever way each is said
    length = math.hypot(x2 - x1, y2 - y1) or 1.0
    dx, dy = (x2 - x1) / length, (y2 - y1) / length
    mx, my = (x1 + x2) / 2 - dy * bend, (y1 + y2) / 2 + dx * bend
    from_x, from_y, to_x, to_y = x1 + dx * NODE, y1 + dy * NODE, x2 - dx * NODE, y2 - dy * NODE
    path = _curve((from_x, from_y), (mx, my), (to_x, to_y))
    g, kind = tie.grounds, look(tie.relation)
    sure = "catalogue" if g is None else sureness(g.certainty.value, g.independent, g.status.value)
    words = f"{one.name} – {tie.relation} – {two.name}; {years_words(tie.years)}; "
    words += "the catalogue has it" if g is None else sure_words(g.certainty.value, g.independent, g.status.value)
    arrow = f"url(#head-{kind})" if tie.relation in ONE_WAY else None
    at_x, at_y = (x1 + 2 * mx + x2) / 4, (y1 + 2 * my + y2) / 4
    marks = [svg.text(at_x, at_y - 3, tie.relation, class_="tie-words", text_anchor="middle")]
    if g is not None and g.status is RecordStatus.DISPUTED:
        marks.append(
            svg.tag("g", svg.tag("circle", cx=at_x, cy=at_y + 7, r=7), svg.text(at_x, at_y + 11, "?", text_anchor="middle"), class_="doubt")
        )
    numbers = notes.add(g.statements) if g is not None else ()
    return svg.tag(
        "a",
        svg.tag("path", d=path, class_="wide-line"),
        svg.tag("path", d=path, class_="line", marker_mid=arrow, stroke_width=1.0 if g is None else 1.2 + min(3.0, 0.7 * g.independent)),
        *marks,
        href=f"#tie-{number}",
        class_=f"tie {kind} {sure}" + ("" if year is None or tie.held(year) else " off"),
        aria_label=words,
        data_years=" ".join(f"{'' if a is None else a}-{'' if b is None else b}" for a, b in tie.years),
        data_look=kind,
        data_source=tie.source,
        data_target=tie.target,
        data_notes=" ".join(map(str, numbers)) or None,
        data_catalogue="" if g is None else None,
    )


def _curve(one: Point, bend: Point, two: Point) -> str:
    """A curve in two parts that meet where its arrow head stands: at the end, the heads of all that lead to one party would cover it."""
    t = 0.64
    first, second = _between(one, bend, t), _between(bend, two, t)
    middle = _between(first, second, t)
    points = " ".join(f"{x:.1f} {y:.1f}" for x, y in (first, middle))
    return f"M{one[0]:.1f} {one[1]:.1f}Q{points}Q{second[0]:.1f} {second[1]:.1f} {two[0]:.1f} {two[1]:.1f}"


def _between(one: Point, two: Point, part: float) -> Point:
    return one[0] + part * (two[0] - one[0]), one[1] + part * (two[1] - one[1])


def _node(key: str, party: Party, at: tuple[float, float], *, off: bool, main: bool) -> str:
    x, y = at
    known = "" if party.id else ", not in the catalogue"
    shown = " ".join(_lines(party))
    name = party.name if shown == party.name else f"{shown} {party.name}"  # who speaks to the picture says what is seen
    return svg.tag(
        "a",
        _shape(party, x, y, NODE + 3 if main else NODE),
        _name(party, x, y + NODE + (19 if main else 15)),
        href=href_group(party.id or party.name),
        class_="party" + (" main" if main else "") + (" off" if off else "") + ("" if party.id else " unknown"),
        aria_label=f"{name} ({party.kind}{known})",
        data_key=key,
    )


def _shape(party: Party, x: float, y: float, r: float) -> str:
    """A circle for a group, a square for a state or its forces, a diamond for a person."""
    if party.kind in ("state", "force"):
        return svg.tag("rect", x=x - r * 0.9, y=y - r * 0.9, width=r * 1.8, height=r * 1.8, class_="node")
    if party.kind == "person":
        d = r * 1.15
        return svg.tag(
            "path",
            d=f"M{x:.1f} {y - d:.1f}l{d:.1f} {d:.1f}l-{d:.1f} {d:.1f}l-{d:.1f} -{d:.1f}z",
            class_="node",
        )
    return svg.tag("circle", cx=x, cy=y, r=r, class_="node")


def _head(kind: str) -> str:
    tip = svg.tag("path", d="M0 0L8 4L0 8z", class_=f"head {kind}")
    return svg.tag(
        "marker",
        tip,
        id=f"head-{kind}",
        viewBox="0 0 8 8",
        refX=7,
        refY=4,
        markerWidth=8,
        markerHeight=8,
        orient="auto",
        markerUnits="userSpaceOnUse",
    )


def _name(party: Party, x: float, y: float) -> str:
    """A name below its party, in two lines where it is long."""
    first, *rest = lines = _lines(party)
    if not rest:
        return svg.text(x, y, first, text_anchor="middle")
    parts = (svg.tag("tspan", svg.clean(words + (" " if at == 0 else "")), x=x, dy=14 * at) for at, words in enumerate(lines))
    return svg.tag("text", *parts, x=x, y=y, text_anchor="middle")


def _lines(party: Party) -> list[str]:
    lines = wrap(svg.plain_text(party.name), LETTERS, break_on_hyphens=False) or [party.kind]
    return lines if len(lines) <= 2 else [lines[0], svg.short(" ".join(lines[1:]), LETTERS)]


def _room(party: Party) -> tuple[float, float]:
    lines = _lines(party)
    return LETTER * max(map(len, lines)), 14.0 * len(lines)
