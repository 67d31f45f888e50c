"""A sheet as tables of plain text: what every printed form shows, in the same order and words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from orbat.battle.ledgerrules import RULES
from orbat.battle.values import (
    SECTIONS,
    Active,
    Activity,
    Bond,
    CatalogueTie,
    Entry,
    Expectation,
    Flow,
    Grounds,
    Holding,
    Leader,
    Opponent,
    Party,
    Saying,
    Sheet,
    Spot,
    Strength,
    When,
)
from orbat.types import Count

PRECISION = {1: "exact", 2: "near", 3: "district", 4: "province", 5: "area", 6: "country", 7: "sea or air"}
"""UCDP's where_prec in a word."""

GROUNDS = ("how surely", "status", "origins", "record")
"""The columns that every value has, after its own."""


@dataclass(frozen=True, slots=True)
class Row:
    """One value: its cells, and what it stands on; None for what the catalogue says."""

    cells: tuple[str, ...]
    grounds: Grounds | None


@dataclass(frozen=True, slots=True)
class Section:
    """One section: ``columns`` are those of the cells; ``total`` counts also the values that a limit left out. ``sourced``: its rows have
    grounds, which stand in columns after their own."""

    key: str
    heading: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int
    sourced: bool = True

    @property
    def heads(self) -> tuple[str, ...]:
        """All columns that are printed."""
        return (*self.columns, *GROUNDS) if self.sourced else self.columns

    def cells(self, row: Row) -> tuple[str, ...]:
        """A row's cells under ``heads``."""
        return (*row.cells, *grounds_cells(row.grounds)) if self.sourced else row.cells


def sections(sheet: Sheet) -> tuple[Section, ...]:
    """The sections that have a value, in order."""
    made = (_section(sheet, name) for name in SECTIONS)
    return tuple(section for section in made if section.rows)


def summary(sheet: Sheet) -> tuple[str, ...]:
    """What stands above the sections: what it was made from, and what the question leaves out."""
    lines = [f"{sheet.records} records from {sheet.statements} statements"]
    also = [name for name in sheet.names if name.casefold() != sheet.name.casefold()][:6]
    if also:
        lines.append(f"Named also: {', '.join(also)}")
    if sheet.wings:
        lines.append(f"With the records of its wings: {', '.join(sheet.wings)}")
    if sheet.as_of:
        left = f"; {sheet.undated} records without a day are left out" if sheet.undated else ""
        lines.append(f"What held on {sheet.as_of}{left}")
    if sheet.known_by:
        lines.append(f"From what was read by {sheet.known_by:%Y-%m-%d %H:%M} UTC")
    if sheet.waiting:
        lines.append(f"{sheet.waiting} documents are read and not yet in the records: run `orbat records update`.")
    return tuple(lines)


def grounds_cells(grounds: Grounds | None) -> tuple[str, ...]:
    """A value's grounds under ``GROUNDS``."""
    if grounds is None:
        return "", "catalogue", "", ""
    more = f" +{len(grounds.records) - 1}" if len(grounds.records) > 1 else ""
    return grounds.certainty.value, f"{grounds.status} {grounds.credibility}", str(grounds.independent), grounds.records[0][:9] + more


def days(when: When, *, lasting: bool = False) -> str:
    """A value's days; in brackets when it was reported, where it has none."""
    if when.start is None and when.end is None:
        return f"(reported {when.reported_last})" if when.reported_last else ""
    if lasting:
        start = f"{'from' if when.begins else 'seen'} {_day(when.start, when.date_prec)}" if when.start else ""
        return f"{start} to {when.end}".strip() if when.end else start
    if when.start == when.end or when.end is None:
        return _day(when.start, when.date_prec)
    return f"{when.start} to {when.end}"


def place(spot: Spot | None) -> str:
    """A place with its precision: "Borno State, Nigeria (province)"."""
    if spot is None:
        return ""
    names = dict.fromkeys(part for part in (spot.name, spot.admin1, spot.country) if part)
    kind = f" ({PRECISION[spot.where_prec]})" if spot.where_prec in PRECISION else ""
    return ", ".join(names) + kind


def number(count: Count | None) -> str:
    """ "40", or "30 to 50, best 40"."""
    if count is None:
        return ""
    return f"{count.best:,}" if count.low == count.high else f"{count.low:,} to {count.high:,}, best {count.best:,}"


def _section(sheet: Sheet, name: str) -> Section:
    heading, note, columns, cells = TABLE[name]
    values: tuple[Any, ...] = getattr(sheet, name)
    rows = tuple(Row(cells(value), getattr(value, "grounds", None)) for value in values)
    return Section(name, heading, note, columns, rows, sheet.totals.get(name, len(values)))


def _day(day: dt.date | None, precision: int | None) -> str:
    if day is None:
        return ""
    if precision == 4 and day.day == 1:
        return f"{day:%Y-%m}"
    return f"{day:%Y}" if precision == 5 and (day.month, day.day) == (1, 1) else f"{day}"


def _names(parties: Iterable[Party]) -> str:
    return ", ".join(party.name for party in parties)


def _name(party: Party | None) -> str:
    return party.name if party else ""


def _leader(x: Leader) -> tuple[str, ...]:
    return x.person.name, ", ".join(x.titles), days(x.when, lasting=True), x.ended_by or ""


def _bond(x: Bond) -> tuple[str, ...]:
    return x.tie.value, x.party.name, x.party.kind, days(x.when, lasting=True)


def _opponent(x: Opponent) -> tuple[str, ...]:
    return x.party.name, x.party.kind, str(x.records), days(x.when)


def _tie(x: CatalogueTie) -> tuple[str, ...]:
    years = " ".join([f"from {x.start}"] * bool(x.start) + [f"to {x.end}"] * bool(x.end))
    return x.of.name, x.relation.replace("_", " "), x.to.name, years


def _strength(x: Strength) -> tuple[str, ...]:
    numbers = (f"{n:,}" for n in (x.count.low, x.count.best, x.count.high))
    return x.force.value, *numbers, x.words, place(x.spot), ", ".join(x.said_by), days(x.when)


def _active(x: Active) -> tuple[str, ...]:
    return place(x.spot), str(x.records), ", ".join(f"{kind} {n}" for kind, n in x.kinds.items()), days(x.when)


def _holding(x: Holding) -> tuple[str, ...]:
    return place(x.spot), x.how, days(x.when, lasting=True), f"lost: {x.lost[:9]}" if x.lost else ""


def _entry(x: Entry) -> tuple[str, ...]:
    sign = "+" if x.sign > 0 else "−"
    return days(x.when), f"{sign} {x.item}", x.what, number(x.count), _name(x.other), place(x.spot), x.rule


def _flow(x: Flow) -> tuple[str, ...]:
    return days(x.when), x.kind, x.who, number(x.count), _name(x.source), _name(x.target)


def _activity(x: Activity) -> tuple[str, ...]:
    return x.period, x.kind, x.side, str(x.records), number(x.killed), number(x.injured), number(x.abducted)


def _saying(x: Saying) -> tuple[str, ...]:
    return days(x.when), x.kind, x.words, _names(x.to)


def _expectation(x: Expectation) -> tuple[str, ...]:
    kind = f"{'not ' if x.negated else ''}{x.kind}"
    by = f" by {', '.join(id[:9] for id in x.by)}" if x.by else ""
    return days(x.when), kind, _names(x.actors), _names(x.targets), place(x.spot), x.speaker, f"{x.outcome}{by}"


Cells = Callable[[Any], tuple[str, ...]]
TABLE: Mapping[str, tuple[str, str, tuple[str, ...], Cells]] = {
    "leaders": ("Leaders", "", ("leader", "as", "term", "ended by"), _leader),
    "affiliations": ("Wings, parent and affiliates", "", ("tie", "party", "kind", "when"), _bond),
    "relations": ("Allies, rivals, splits and mergers", "", ("tie", "party", "kind", "when"), _bond),
    "opponents": ("Whom it fought", "", ("party", "kind", "records", "from first to last"), _opponent),
    "catalogue": ("What the catalogue has", "No statement stands behind these.", ("who", "relation", "to whom", "years"), _tie),
    "strength": (
        "Strength as said", "Numbers of its own fighters.",
        ("counts", "low", "best", "high", "words", "where", "said by", "when"), _strength,
    ),
    "active": ("Where it is active", "", ("place", "records", "of which", "from first to last"), _active),
    "holdings": ("What it holds", "", ("place", "how", "when", ""), _holding),
    "ledger": ("Gains and losses", "", ("when", "gain or loss", "what", "how many", "other side", "where", "rule"), _entry),
    "flows": ("Flows of fighters", "", ("when", "flow", "who", "how many", "from", "to"), _flow),
    "activity": (
        "Activity by month", "Records, so that copies count once.",
        ("month", "kind", "side", "records", "killed", "injured", "abducted"), _activity,
    ),
    "says": ("What it says", "", ("when", "kind", "words", "to whom"), _saying),
    "expected": ("What is expected of it", "", ("when", "what", "who", "to whom", "where", "says", "outcome"), _expectation),
}  # fmt: skip
"""Heading, note, columns and cells of each section."""


def rule_rows() -> tuple[tuple[str, ...], ...]:
    """The ledger's rules as a table: rule, types, the group's role, what is gained or lost, meaning."""
    return tuple(
        (
            rule.name,
            ", ".join(kind.value.lower() for kind in rule.types),
            rule.role,
            f"{'+' if rule.sign > 0 else '−'} {rule.item or 'by its words'}",
            rule.means,
        )
        for rule in RULES
    )
