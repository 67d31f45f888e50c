"""What a group's page shows of its sheet: sections, the sentences behind them, activity by month, the catalogue's ties."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orbat.battle.activity import UNDATED
from orbat.battle.case import Case
from orbat.battle.render.plain import plain
from orbat.battle.values import SECTIONS, Activity, CatalogueTie, Party, Sheet
from orbat.link.catalogue import ActorEntry
from orbat.serial import statement_to_json
from orbat.service.pages.words import is_month
from orbat.types import Statement

HEADINGS = {
    "leaders": ("Leaders", ""),
    "affiliations": ("Wings, parent and affiliates", ""),
    "relations": ("Allies, rivals, splits and mergers", ""),
    "opponents": ("Whom it fought", "By number of records."),
    "strength": ("Strength as said", "Numbers of its own fighters."),
    "active": ("Where it is active", "A province is a province, and not its capital."),
    "holdings": ("What it holds or took", ""),
    "ledger": ("Gains and losses", "The newest first."),
    "flows": ("Flows of fighters", ""),
    "activity": ("Activity by month", "Records, so that copies of a report count once. Casualties of all sides."),
    "says": ("What it says", ""),
    "expected": ("What is expected of it", "And what came of it, as far as later articles tell."),
    "catalogue": ("What the catalogue has", "No article stands behind these."),
}
"""Heading and note of each section, in the order of the page."""
LESSER = frozenset({"founder", "co-founder", "commander", "deputy", "governor", "former"})
"""Titles of who is or was a leader and does not stand at the head."""
TIES = {
    ("leads", False): "Led by",
    ("leads", True): "Leads",
    ("parent", True): "Part of",
    ("parent", False): "Parts and wings",
    ("allied", True): "Allied with",
    ("allied", False): "Allied with",
    ("splinter_of", True): "Split from",
    ("splinter_of", False): "Split off from it",
    ("joined", True): "Joined",
    ("joined", False): "Joined it",
    ("merged_into", True): "Merged into",
    ("merged_into", False): "Merged into it",
    ("renamed_to", True): "Now named",
    ("renamed_to", False): "Formerly",
}
"""The catalogue's relations in words: the group's own (True), and others' to it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A month's records: what the group did (or took part in), and what was done to it."""

    month: str
    by: int
    to: int


@dataclass(frozen=True, slots=True)
class Section:
    """A section as it is shown: its values as JSON, and how many there are in all."""

    key: str
    heading: str
    note: str
    rows: list[dict[str, Any]]
    total: int


def sections(sheet: Sheet, limit: int, only: str = "") -> list[Section]:
    """The sections that have values, cut to a limit; only one of them where it is named. 0 is no limit."""
    found = []
    for key, (heading, note) in HEADINGS.items():
        values = getattr(sheet, key)
        if not values or (only and key != only):
            continue
        ordered = _newest(values) if key == "activity" else values
        found.append(Section(key, heading, note, [plain(each) for each in ordered[: limit or None]], len(values)))
    return found


def missing(sheet: Sheet) -> list[str]:
    """The headings of the sections without a value, in lower case."""
    return [HEADINGS[key][0].lower() for key in SECTIONS if key != "catalogue" and not getattr(sheet, key)]


def articles(among: Mapping[str, Statement]) -> dict[str, str]:
    """The article of each statement, by ids."""
    return {id: each.document.id for id, each in among.items()}


def spread(ids: Iterable[str], article: Mapping[str, str]) -> list[str]:
    """Statements in an order that begins with one of each article."""
    seen: dict[str, int] = defaultdict(int)
    order = []
    for id in ids:
        document = article.get(id, "")
        order.append((seen[document], id))
        seen[document] += 1
    return [id for _, id in sorted(order)]


def first_statements(case: Case, shown: Iterable[Section], most: int) -> list[str]:
    """The first statements of each value shown, so many at most, as ``spread`` has them; they are put first in the values' own lists."""
    among = case.statements
    found: dict[str, None] = {}
    for section in shown:
        for row in section.rows if section.key != "catalogue" else ():
            ids = row["grounds"]["statements"]
            first = firsts(ids, among, most)
            row["grounds"]["statements"] = [*first, *(id for id in ids if id not in first)]
            found |= dict.fromkeys(first)
    return list(found)


def firsts(ids: Sequence[str], among: Mapping[str, Statement], most: int) -> list[str]:
    """The first of ``spread``: of a value with thousands of statements, in order, a few of other articles are found without the rest."""
    seen: dict[str, str] = {}
    for id in ids:
        seen.setdefault(among[id].document.id if id in among else "", id)
        if len(seen) == most:
            return list(seen.values())
    return spread(ids, articles({id: among[id] for id in ids if id in among}))[:most]


def said(case: Case, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Statements of a case as JSON, by id."""
    among = case.statements
    return {id: statement_to_json(among[id]) for id in ids if id in among}


def bars(found: Iterable[Activity]) -> list[Bar]:
    """Activity month by month from the first to the last, empty months too. What has no month is left out."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for each in found:
        if is_month(each.period):
            counts[each.period][each.side == "to"] += each.records
    return [Bar(month, *counts.get(month, (0, 0))) for month in months(min(counts, default=""), max(counts, default=""))]


def months(first: str, last: str) -> list[str]:
    """The months from one to another, both included: "2014-11", "2014-12", "2015-01"."""
    if not first:
        return []
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{place // 12:04}-{place % 12 + 1:02}" for place in range(start, end + 1)]


def month_end(month: str) -> dt.date:
    """A month's last day."""
    year, number = int(month[:4]), int(month[5:])
    return (dt.date(year + number // 12, number % 12 + 1, 1) if (year, number) < (9999, 12) else dt.date.max) - dt.timedelta(days=1)


def catalogue_ties(ties: Iterable[CatalogueTie], ids: Collection[str]) -> list[tuple[str, list[tuple[dict[str, Any], str]]]]:
    """The catalogue's ties by kind in words, each other party with its years."""
    found: dict[str, dict[str, tuple[dict[str, Any], str]]] = defaultdict(dict)
    for tie in ties:
        own = tie.of.id in ids
        other: Party = tie.to if own else tie.of
        words = TIES.get((tie.relation, own), tie.relation.replace("_", " "))
        found[words].setdefault(other.key, (plain(other), years(tie.start, tie.end)))
    return [
        (words, list(parties.values()))
        for words, parties in sorted(found.items(), key=lambda each: list(TIES.values()).index(each[0]) if each[0] in TIES.values() else 99)
    ]


def years(start: int | None, end: int | None) -> str:
    """ "2009–2014", "from 2009", "to 2014"; empty where neither is known."""
    if start and end:
        return str(start) if start == end else f"{start}–{end}"
    return f"from {start}" if start else f"to {end}" if end else ""


def glance(found: Sheet) -> dict[str, dict[str, Any] | None]:
    """The one value of each of some sections that says most: who leads it, what it is part of, how strong it was last said to be."""
    chosen = {
        "leader": next((x for x in found.leaders if x.ended_by is None and x.when.end is None and not LESSER.issuperset(x.titles)), None),
        "parent": next((x for x in found.affiliations if x.tie in ("parent", "pledged to") and x.when.end is None), None),
        "strength": next((x for x in found.strength if x.force == "has"), None),
    }
    return {name: plain(value) for name, value in chosen.items()}


def about(entry: ActorEntry | None, sheet: Sheet) -> Mapping[str, Any]:
    """Who it is: name, kind, countries, years and other names, of the catalogue where it is known there."""
    if entry is None:
        return {"name": sheet.name, "kind": "not in the catalogue", "countries": [], "years": "", "names": list(sheet.names[:8])}
    names = dict.fromkeys([*(each.text for each in entry.names), *sheet.names])
    others = [name for name in names if name.casefold() != entry.name.casefold()]
    return {
        "name": entry.name,
        "kind": entry.kind,
        "countries": list(entry.countries),
        "years": years(entry.start, entry.end),
        "names": others[:8],
    }


def _newest(found: Iterable[Activity]) -> list[Activity]:
    rows = sorted(found, key=lambda each: (each.kind, each.side))
    return sorted(rows, key=lambda each: "" if each.period == UNDATED else each.period, reverse=True)
