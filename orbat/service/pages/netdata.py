"""A network over all years as a page shows it: the ties of a group and of those they lead to, each with its years and grounds. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from orbat.battle.case import SURENESS
from orbat.battle.tiebook import Relation, Said
from orbat.battle.values import CatalogueTie, Grounds, Party
from orbat.recordtypes import RecordStatus

MOST_PARTIES, MOST_TIES = 60, 200
"""What a picture can show and a reader can read; the rest is counted and said."""
LEADS, SPLIT = "leads", "split"
CATALOGUE_WORDS = {"parent": "part of", "allied": "ally"}
"""The catalogue's words for ties that records have too."""

Years = tuple[int | None, int | None]
"""First and last year; None where it is open."""


@dataclass(frozen=True, slots=True)
class Tie:
    """One kind of tie between two parties. ``years``: when it held, empty where nothing dates it. ``grounds``: None where only the
    catalogue has it."""

    source: str
    target: str
    relation: str
    years: tuple[Years, ...]
    grounds: Grounds | None

    def held(self, year: int) -> bool:
        """Whether it held on some day of a year; what nothing dates held in none that is known."""
        return any((start is None or start <= year) and (end is None or end >= year) for start, end in self.years)


@dataclass(frozen=True, slots=True)
class Web:
    """Parties by key and their ties. ``middle`` is the group asked for; ``total``: parties and ties before the picture's limits."""

    parties: Mapping[str, Party]
    ties: tuple[Tie, ...]
    middle: str | None = None
    total: tuple[int, int] = (0, 0)
    statements: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def span(self) -> tuple[int, int] | None:
        """The first and the last year that a tie has."""
        years = [year for tie in self.ties for pair in tie.years for year in pair if year is not None]
        return (min(years), max(years)) if years else None

    @property
    def undated(self) -> int:
        """How many ties nothing dates."""
        return sum(not tie.years for tie in self.ties)


def web(relations: Iterable[Relation], catalogue: Iterable[CatalogueTie]) -> Web:
    """What records say and what the catalogue has, whole."""
    found: dict[tuple[str, str, str], list[tuple[Relation, Said]]] = defaultdict(list)
    known: dict[str, Party] = {}
    for each in relations:
        for said in each.ties:
            known |= {said.source.key: said.source, said.target.key: said.target}
            found[said.source.key, said.target.key, said.relation].append((each, said))
    ties = [Tie(*key, _years(key[2], said), _grounds(said)) for key, said in sorted(found.items(), key=lambda each: each[0])]
    for tie in catalogue:
        known |= {tie.of.key: tie.of, tie.to.key: tie.to}
        years = ((tie.start, tie.end),) if tie.start or tie.end else ()
        ties.append(Tie(tie.of.key, tie.to.key, CATALOGUE_WORDS.get(tie.relation, tie.relation.replace("_", " ")), years, None))
    return Web(known, tuple(ties), total=(len(known), len(ties)))


def about(found: Web, keys: Collection[str], name: str) -> Web:
    """The part about a group: its ties, and those among the parties that they lead to. All that the group is called is one party."""
    ours = [key for key in keys if key in found.parties]
    middle = ours[0] if ours else name.casefold()
    parties = {**found.parties, middle: found.parties.get(middle, Party(None, name, "group"))}
    near = {middle, *keys} | {end for t in found.ties if t.source in keys or t.target in keys for end in (t.source, t.target)}
    ties = tuple(t for t in found.ties if t.source in near and t.target in near)
    shown = {middle} | {end for t in ties for end in (t.source, t.target)}
    return replace(found, parties={k: p for k, p in parties.items() if k in shown}, ties=ties, middle=middle, total=(len(shown), len(ties)))


def bounded(found: Web, *, leaders: bool = True) -> Web:
    """The parties of the most records and the ties among them, as many as a picture can show.

    Args:
        leaders: whether who leads is in it.
    """
    ties = [t for t in found.ties if leaders or t.relation != LEADS]
    weight: Counter[str] = Counter()
    for tie in ties:
        number = len(tie.grounds.records) if tie.grounds else 0
        for end in (tie.source, tie.target):
            weight[end] += 1 + 2 * number + (1000 if found.middle in (tie.source, tie.target) else 0)
    order = sorted(weight, key=lambda key: (key != found.middle, -weight[key], key))
    kept = {*order[:MOST_PARTIES]} | ({found.middle} if found.middle else set())
    among = [t for t in ties if t.source in kept and t.target in kept]
    among.sort(key=lambda t: (found.middle not in (t.source, t.target), t.grounds is None, -(len(t.grounds.records) if t.grounds else 0)))
    chosen = sorted(among[:MOST_TIES], key=lambda t: (t.source, t.target, t.relation, t.grounds is None))
    ends = {end for t in chosen for end in (t.source, t.target)} | ({found.middle} if found.middle else set())
    total = (len(ends | weight.keys()), len(ties))
    return replace(found, parties={key: p for key, p in sorted(found.parties.items()) if key in ends}, ties=tuple(chosen), total=total)


def web_json(found: Web, where: Mapping[str, tuple[float, float]], year: int | None) -> dict[str, Any]:
    """As the twin gives it: ``years`` are pairs of first and last year, null where open; ``x`` and ``y`` are those of the picture."""
    return {
        "middle": found.middle,
        "year": year,
        "span": found.span,
        "undated": found.undated,
        "total": {"parties": found.total[0], "ties": found.total[1]},
        "nodes": [
            {"key": key, "id": p.id, "name": p.name, "kind": p.kind, "x": round(where[key][0], 1), "y": round(where[key][1], 1)}
            for key, p in found.parties.items()
        ],
        "edges": [_tie_json(tie) for tie in found.ties],
    }


def _tie_json(tie: Tie) -> dict[str, Any]:
    g = tie.grounds
    about = {} if g is None else {"records": g.records, "statements": g.statements, "origins": g.origins}
    sure = {} if g is None else {"status": g.status.value, "certainty": g.certainty.value, "independent": g.independent}
    head = {"source": tie.source, "target": tie.target, "relation": tie.relation, "years": tie.years}
    return {**head, "catalogue": g is None, **sure, **about}


def _grounds(said: Sequence[tuple[Relation, Said]]) -> Grounds:
    """What several records bear out together, each by its own count: the best number of origins, the least good status."""
    records = [relation for relation, _ in said]
    statuses = {each.status for each in records}
    status = next((s for s in (RecordStatus.DISPUTED, RecordStatus.CORROBORATED) if s in statuses), records[0].status)
    return Grounds(
        tuple(sorted(each.id for each in records)),
        tuple(dict.fromkeys(id for _, tie in said for id in tie.statements)),
        status,
        min(each.credibility for each in records),
        min((tie.certainty for _, tie in said), key=SURENESS.index),
        max(1, *(each.independent for each in records)),
        tuple(sorted({name for each in records for name in each.origins})),
    )


def _years(relation: str, said: Iterable[tuple[Relation, Said]]) -> tuple[Years, ...]:
    """The years of a tie's relations, put together where they meet; as ``network.held`` has them, but that a split has a day, no term."""
    if relation == SPLIT:
        pairs: set[tuple[int, int | None]] = {(year, year) for _, tie in said for year in tie.breaks}
    else:
        pairs = {pair for _, tie in said for pair in _of(tie)}
    return tuple(_together(sorted(pairs, key=lambda p: (p[0], p[1] or 9999))))


def _of(said: Said) -> list[tuple[int, int | None]]:
    start, end = said.start, said.end
    if start is None:
        return [(end.year, end.year)] if end else []
    return [(start.year, end.year if end else None)]


def _together(pairs: Sequence[tuple[int, int | None]]) -> list[Years]:
    kept: list[tuple[int, int | None]] = []
    for start, end in pairs:
        if kept and (kept[-1][1] is None or start <= (kept[-1][1] or 0) + 1):
            last = kept.pop()
            kept.append((last[0], None if None in (last[1], end) else max(last[1] or 0, end or 0)))
        else:
            kept.append((start, end))
    return list(kept)
