"""The relations that held in a year, between whom: nodes and edges from the records of relations, and what the catalogue has, apart.

An edge stands for one kind of tie between two parties, with all records that say it. A relation holds in a year when it begins before the
year's end and nothing ends it before the year's beginning; one without a day is in the network of no year. A leader's term also ends where
other records say so: ``loading.relations`` gives records with these ends (``terms.with_ends``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from orbat.battle.bonds import doers, ties_in
from orbat.battle.case import parties
from orbat.battle.gone import was_once
from orbat.battle.parts import HAPPENED, Part
from orbat.battle.values import CatalogueTie, Party, Tie
from orbat.corroborate.terms import narrowed
from orbat.recordtypes import Record, RecordKind, RecordStatus
from orbat.types import EventType, Statement

BONDS = frozenset({EventType.BELONG, EventType.ALLY, EventType.SPLIT})
TURNED = {Tie.WING: Tie.PARENT, Tie.MEMBER: Tie.PARENT, Tie.PLEDGED_BY: Tie.PLEDGED_TO}
"""Ties as said from the other end: an edge goes from the part to its parent, from who pledges to whom."""

NAMES = {
    Tie.PARENT: "part of",
    Tie.PLEDGED_TO: "pledged to",
    Tie.ALLY: "ally",
    Tie.MERGER: "merger",
    Tie.SPLIT: "split",
    Tie.RIVAL: "rival",
}
_MAKES = re.compile(
    r"\b(?:found\w*|form(?:ed|s|ing)?|creat\w+|establish\w*|set(?:ting)? up|nam(?:ed|es|ing)|appoint\w*|made)\b", re.IGNORECASE
)
"""Words of a LEAD by which somebody makes a group, or its chief, and need not lead it."""
DIRECTED = ("part of", "pledged to", "leads", "supports")


@dataclass(frozen=True, slots=True)
class Edge:
    """One kind of tie: ``relation`` from ``source`` to ``target``; ``independent`` is the best of its records' numbers of origins."""

    source: str
    target: str
    relation: str
    start: dt.date | None
    end: dt.date | None
    independent: int
    records: tuple[str, ...]
    catalogue: bool = False


@dataclass(frozen=True, slots=True)
class Network:
    """The relations of a year; ``nodes`` by key. ``undated`` relations have no day and are left out."""

    year: int
    nodes: Mapping[str, Party]
    edges: tuple[Edge, ...]
    undated: int = 0


@dataclass(frozen=True, slots=True)
class Strand:
    """One kind of tie between two parties over all years: each record that says it, with the statements that do."""

    source: str
    target: str
    relation: str
    said: tuple[tuple[Record, tuple[Statement, ...]], ...]


def network(records: Iterable[Record], statements: Mapping[str, Statement], year: int) -> Network:
    """The network of a year from records of relations and their statements."""
    kept = [r for r in records if r.kind is RecordKind.RELATION and r.status is not RecordStatus.DENIED]
    dated = [r for r in kept if r.start is not None or r.end is not None]
    nodes, found = strands(dated, statements)
    edges = tuple(_edge(strand) for strand in (_in_year(each, year) for each in found) if strand.said)
    ends = {end for edge in edges for end in (edge.source, edge.target)}
    return Network(year, {key: party for key, party in nodes.items() if key in ends}, edges, len(kept) - len(dated))


def break_years(record: Record, said: Iterable[Statement]) -> frozenset[int]:
    """The years of a split, which has a day and no term: those that its statements give, else that in which the relation ends."""
    days = [s.date.start for s in said if s.date is not None] or ([record.end] if record.end else [])
    return frozenset(day.year for day in days)


def strands(records: Iterable[Record], statements: Mapping[str, Statement]) -> tuple[dict[str, Party], tuple[Strand, ...]]:
    """The parties, by key, and the ties of records of relations, whatever their days; what is denied is no tie."""
    nodes: dict[str, Party] = {}
    found: dict[tuple[str, str, str], list[tuple[Record, tuple[Statement, ...]]]] = defaultdict(list)
    for record in records:
        if record.kind is RecordKind.RELATION and record.status is not RecordStatus.DENIED:
            for (source, relation, target), said, term in tied(record, statements):
                nodes |= {source.key: source, target.key: target}
                found[source.key, target.key, relation].append((term, tuple(said)))
    return dict(sorted(nodes.items())), tuple(Strand(*key, tuple(said)) for key, said in sorted(found.items()))


def held(start: dt.date | None, end: dt.date | None, year: int) -> bool:
    """Whether a relation held on some day of a year; where only its end is known, in the year of its end."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    if start is None:
        return end is not None and end.year == year
    return start <= last and (end is None or end >= first)


def around(found: Network, keys: Collection[str]) -> Network:
    """The part of a network about some parties: their edges, and those among the parties that these lead to."""
    near = {*keys} | {end for e in found.edges if e.source in keys or e.target in keys for end in (e.source, e.target)}
    edges = tuple(e for e in found.edges if e.source in near and e.target in near)
    shown = {end for e in edges for end in (e.source, e.target)}
    return Network(found.year, {key: party for key, party in found.nodes.items() if key in shown}, edges, found.undated)


def with_catalogue(found: Network, ties: Iterable[CatalogueTie]) -> Network:
    """The same with the catalogue's relations that it dates to the year, or gives no year and both of whose ends are there already; without
    those leaders of whom nobody says when it ended, and the catalogue that it was before the year."""
    known_ties = tuple(ties)
    over = {(t.of.key, t.to.key) for t in known_ties if t.relation == "leads" and t.end is not None and t.end < found.year}
    over -= {(t.of.key, t.to.key) for t in known_ties if t.relation == "leads" and (t.end is None or t.end >= found.year)}
    edges = [e for e in found.edges if e.relation != "leads" or e.end is not None or (e.source, e.target) not in over]
    left = {end for e in edges for end in (e.source, e.target)}
    nodes = {key: party for key, party in found.nodes.items() if key in left}
    for tie in known_ties:
        known = tie.of.key in found.nodes and tie.to.key in found.nodes
        dated = tie.start is not None and tie.start <= found.year and (tie.end is None or tie.end >= found.year)
        if dated or (known and tie.start is None and (tie.end is None or tie.end >= found.year)):
            nodes |= {tie.of.key: tie.of, tie.to.key: tie.to}
            start = dt.date(tie.start, 1, 1) if tie.start else None
            end = dt.date(tie.end, 12, 31) if tie.end else None
            edges.append(Edge(tie.of.key, tie.to.key, tie.relation.replace("_", " "), start, end, 0, (), True))
    order = sorted(edges, key=lambda e: (e.source, e.target, e.relation, e.catalogue))
    return Network(found.year, dict(sorted(nodes.items())), tuple(order), found.undated)


def tied(record: Record, statements: Mapping[str, Statement]) -> Iterator[tuple[tuple[Party, str, Party], list[Statement], Record]]:
    """Who is tied to whom how, as first named, the statements of a record that say it holds, and the record with the days alone that
    statements of these two give, where it ties others too."""
    first: dict[tuple[str, str, str], tuple[Party, str, Party]] = {}
    found: dict[tuple[Party, str, Party], list[Statement]] = defaultdict(list)
    between: dict[frozenset[str], set[str]] = defaultdict(set)
    for s in (statements[id] for id in record.statements if id in statements):
        holds = not s.negated and s.certainty in HAPPENED
        for tie in _ties_of(record, s):
            one, relation, two = tie
            between[_pair(tie)].add(s.id)
            if holds and one.key != two.key:
                found[first.setdefault((one.key, relation, two.key), tie)].append(s)
    whole = record.type is EventType.LEAD or len(set(map(_pair, found))) < 2
    yield from ((tie, by, record if whole else narrowed(record, between[_pair(tie)])) for tie, by in found.items())


def _pair(tie: tuple[Party, str, Party]) -> frozenset[str]:
    return frozenset((tie[0].key, tie[2].key))


def _ties_of(record: Record, s: Statement) -> Iterator[tuple[Party, str, Party]]:
    if s.type in BONDS:
        # As said of each actor; where all stand on one side ("A and B merged"), of the first.
        for actor in parties(doers(s), s) if s.target else parties(s.actor, s)[:1]:
            for tie, other in ties_in(Part(record, s, frozenset({"actor"}))):
                source, target = (actor, other) if tie in NAMES else (other, actor)
                relation = NAMES[TURNED.get(tie, tie)]
                if relation not in DIRECTED and target.key < source.key:
                    source, target = target, source
                yield source, relation, target
    elif s.type is EventType.SUPPORT:
        yield from ((one, "supports", two) for one in parties(s.actor, s) for two in parties(s.target, s))
    elif s.type is EventType.LEAD and not was_once(s):
        # Nobody leads a person, and what founds a group or names its chief leads it only where it is a person.
        makes = _MAKES.search(s.trigger.text) is not None
        led = [two for two in parties(s.target, s) if two.kind != "person"]
        yield from ((one, "leads", two) for one in parties(s.actor, s) if one.kind == "person" or not makes for two in led)


def _in_year(strand: Strand, year: int) -> Strand:
    """The strand with the records that say it of the year."""
    splits = strand.relation == NAMES[Tie.SPLIT]
    said = tuple(
        (record, by) for record, by in strand.said if (year in break_years(record, by) if splits else held(record.start, record.end, year))
    )
    return replace(strand, said=said)


def _edge(strand: Strand) -> Edge:
    said = [record for record, _ in strand.said]
    starts = [r.start for r in said if r.start is not None]
    ends = [r.end for r in said]
    end = None if None in ends else max(e for e in ends if e is not None)
    ids = tuple(sorted(r.id for r in said))
    best = max(r.independent for r in said)
    return Edge(strand.source, strand.target, strand.relation, min(starts, default=None), end, best, ids)
