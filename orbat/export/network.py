"""The network of actors as GraphML and GEXF, by networkx: one node an actor, one edge a pair of actors and a type.

Edges go from actor to target, and both ways of reading a two-sided type (a clash, an alliance) are one edge, from the lesser id to the
greater. The graph is held whole: it grows with pairs of actors, not with records.
"""

from __future__ import annotations

import datetime as dt
from itertools import combinations
from typing import Any, BinaryIO

from orbat.export import cells
from orbat.export.material import HAPPENED, Material, Written
from orbat.export.needs import library
from orbat.export.sides import Party, actors_of, targets_of
from orbat.recordtypes import Record, RecordStatus
from orbat.types import EventType

MUTUAL = frozenset({EventType.CLASH, EventType.ALLY, EventType.SPLIT, EventType.NEGOTIATE, EventType.AGREE})


def write_graphml(material: Material, out: BinaryIO) -> Written:
    """Write the network as GraphML."""
    graph, done = network(material)
    library("networkx").write_graphml(graph, out)
    return done


def write_gexf(material: Material, out: BinaryIO) -> Written:
    """Write the network as GEXF 1.2."""
    graph, done = network(material)
    library("networkx").write_gexf(graph, out, version="1.2draft")
    return done


def network(material: Material) -> tuple[Any, Written]:
    """The graph. Nodes have label and kind; edges have relation (the type), records, origins, first and last day, and ongoing, true where a
    relation has no end.

    Records that are denied, not said to have happened, or name fewer than two actors have no edge; they are counted with the reason.
    """
    graph, done = library("networkx").MultiDiGraph(), Written()
    for record in material.records:
        pairs = _pairs(record, material)
        if reason := _left_out(record, pairs):
            done.leave_out(reason)
            continue
        for source, target in pairs:
            for party in (source, target):
                graph.add_node(_id(party), label=cells.for_xml(party.name), kind=party.kind, known=party.known)
            _add(graph, record, _id(source), _id(target))
    done.rows = graph.number_of_edges()
    return graph, done


def _left_out(record: Record, pairs: list[tuple[Party, Party]]) -> str | None:
    if record.status is RecordStatus.DENIED:
        return "denied by most of its origins"
    if record.certainty not in HAPPENED:
        return f"{record.certainty}: not said to have happened"
    return None if pairs else "fewer than two actors"


def _pairs(record: Record, material: Material) -> list[tuple[Party, Party]]:
    actors, targets = actors_of(record, material), targets_of(record, material)
    if record.type in MUTUAL:
        sides = sorted({party.key: party for party in (*actors, *targets)}.values(), key=_id)
        return [pair for pair in combinations(sides, 2) if pair[0] in actors or pair[1] in actors]
    return [(one, two) for one in actors for two in targets if one.key != two.key]


def _add(graph: Any, record: Record, source: str, target: str) -> None:
    kind = record.type.value.lower()
    old = graph.get_edge_data(source, target, kind) or {}
    days = [day for day in (old.get("first"), old.get("last"), _iso(record.start), _iso(record.end or record.start)) if day]
    edge: dict[str, Any] = {
        "relation": kind,  # GEXF keeps the name "type" for directed and undirected
        "records": old.get("records", 0) + 1,
        "origins": old.get("origins", 0) + record.independent,
        "first": min(days, default=""),
        "last": max(days, default=""),
        "ongoing": bool(old.get("ongoing")) or (record.kind == "relation" and record.end is None),
    }
    edge["weight"] = float(edge["records"])
    graph.add_edge(source, target, key=kind, **edge)


def _id(party: Party) -> str:
    return cells.for_xml(party.key)


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
