"""A network as a picture, as JSON, and as GraphML and GEXF. Where nodes stand is computed from the network alone: the same each time."""

from __future__ import annotations

import io
import math
from importlib import import_module
from typing import Any

from orbat.battle.network import DIRECTED, Edge, Network
from orbat.battle.render import svg
from orbat.battle.render.layout import Room, layout
from orbat.battle.render.plain import Json, plain
from orbat.errors import DataError

SIZE = 900.0

COLOUR = {"ally": "gl", "merger": "gl", "pledged to": "gl", "part of": "ml", "split": "rl", "rival": "rl"}
MOST = 400
"""Nodes beyond which no picture is drawn: it would be unreadable, and the layout takes the square of them."""


def network_to_json(found: Network) -> Json:
    """Year, nodes with id, name and kind, and edges, as the values have them."""
    nodes = [{"key": key, **plain(party)} for key, party in found.nodes.items()]
    return {"year": found.year, "undated": found.undated, "nodes": nodes, "edges": plain(found.edges)}


def network_file(found: Network, kind: str) -> str:
    """The network as ``graphml`` or ``gexf``, by networkx.

    Raises:
        DataError: networkx is not installed; the message says how to get it.
    """
    try:
        networkx = import_module("networkx")
    except ImportError as error:
        raise DataError(f"The format {kind} needs the library networkx.", f"{error}.", "pip install 'orbat[export]'") from error
    graph: Any = networkx.MultiDiGraph(year=found.year)
    for key, party in found.nodes.items():
        graph.add_node(svg.plain_text(key), label=svg.plain_text(party.name), kind=party.kind, known=party.id is not None)
    for e in found.edges:
        about: dict[str, Any] = {"relation": e.relation, "records": " ".join(e.records), "origins": e.independent, "catalogue": e.catalogue}
        about |= {"first": str(e.start or ""), "last": str(e.end or ""), "weight": float(max(1, len(e.records)))}
        graph.add_edge(svg.plain_text(e.source), svg.plain_text(e.target), key=f"{e.relation} {e.catalogue}", **about)
    out = io.BytesIO()
    if kind == "graphml":
        networkx.write_graphml(graph, out)
    else:
        networkx.write_gexf(graph, out, version="1.2draft")
    return out.getvalue().decode("utf-8")


def network_svg(found: Network) -> str:
    """The picture: an arrow where a tie has a direction; dashes where only the catalogue has it.

    Raises:
        DataError: there are more parties than a picture can show.
    """
    if len(found.nodes) > MOST:
        cause = f"It has {len(found.nodes)} parties; a picture shows {MOST}."
        raise DataError("The network is too large for a picture.", cause, "Name a group, or ask for json, graphml or gexf.")
    tied = sorted({(edge.source, edge.target) for edge in found.edges})
    names = {key: (6.6 * len(svg.short(party.name, 32)), 12.0) for key, party in found.nodes.items()}
    where = layout(list(found.nodes), tied, Room(SIZE, SIZE, left=110, right=130, top=110, bottom=70), names=names)
    head = [svg.text(12, 24, f"Relations in {found.year}", class_="h"), *_legend()]
    if found.undated:
        head.append(svg.text(12, 62, f"{found.undated} relations without a day are not drawn", class_="s"))
    pairs: dict[frozenset[str], list[Edge]] = {}
    for edge in found.edges:
        pairs.setdefault(frozenset((edge.source, edge.target)), []).append(edge)
    lines = [_edges(edges, found, where) for edges in pairs.values()]
    nodes = [_node(key, found, where) for key in found.nodes]
    return svg.picture(SIZE, SIZE, f"Relations in {found.year}", [*head, *lines, *nodes])


def _edges(edges: list[Edge], found: Network, where: dict[str, tuple[float, float]]) -> str:
    """All ties of one pair on one line, with their words once."""
    (x1, y1), (x2, y2) = where[edges[0].source], where[edges[0].target]
    words = svg.short(", ".join(dict.fromkeys(edge.relation for edge in edges)), 40)
    label = svg.text((x1 + x2) / 2, (y1 + y2) / 2 - 3, words, class_="s e", text_anchor="middle")
    return "".join(_edge(edge, found, where) for edge in edges) + label


def _edge(edge: Edge, found: Network, where: dict[str, tuple[float, float]]) -> str:
    (x1, y1), (x2, y2) = where[edge.source], where[edge.target]
    style = "cl" if edge.catalogue else COLOUR.get(edge.relation, "ml")
    width = 1.0 if edge.catalogue else 1.0 + min(3.0, 0.8 * edge.independent)
    parts = [svg.tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=style, stroke_width=width)]
    if edge.relation in DIRECTED or edge.catalogue:
        parts.append(_arrow(x1, y1, x2, y2, style))
    names = f"{found.nodes[edge.source].name}: {edge.relation}: {found.nodes[edge.target].name}"
    about = "catalogue" if edge.catalogue else f"{edge.independent} origins; {', '.join(edge.records)}"
    return svg.tag("g", svg.title(f"{names}; {about}"), *parts)


def _arrow(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    """A head a little before the end, where the node's point does not hide it."""
    length = math.hypot(x2 - x1, y2 - y1) or 1.0
    dx, dy = (x2 - x1) / length, (y2 - y1) / length
    x, y = x2 - 9 * dx, y2 - 9 * dy
    left, right = (x - 8 * dx - 4 * dy, y - 8 * dy + 4 * dx), (x - 8 * dx + 4 * dy, y - 8 * dy - 4 * dx)
    return svg.tag("path", d=f"M{left[0]:.1f} {left[1]:.1f}L{x:.1f} {y:.1f}L{right[0]:.1f} {right[1]:.1f}", class_=style.replace("cl", "l"))


def _node(key: str, found: Network, where: dict[str, tuple[float, float]]) -> str:
    x, y = where[key]
    party = found.nodes[key]
    shape = svg.tag("circle", cx=x, cy=y, r=6, class_="m" if party.id else "s")
    label = svg.text(x, y - 11, svg.short(party.name, 32), text_anchor="middle")
    return svg.tag("g", svg.title(f"{party.name} ({party.kind})"), shape, label)


def _legend() -> list[str]:
    words = "green: ally, merger, pledge · red: split, rival · blue: part of, leads, supports · dashed: the catalogue"
    return [svg.text(12, 44, words, class_="s")]
