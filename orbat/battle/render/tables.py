"""Comparisons and timelines as the same tables that sheets are printed in."""

from __future__ import annotations

from orbat.battle.compare import Comparison, Shared
from orbat.battle.render.rows import TABLE, Row, Section, days, number, place
from orbat.battle.timeline import Moment, Timeline
from orbat.battle.values import Bond, CatalogueTie, Opponent

HEADINGS = {name: row[0] for name, row in TABLE.items()}


def comparison_summary(found: Comparison) -> tuple[str, ...]:
    """What stands above a comparison."""
    return (f"Ties and fights as the records of {found.one} have them.",)


def comparison_sections(found: Comparison) -> list[Section]:
    """The sections of a comparison that have something."""
    made = [
        _like("relations", f"Between {found.one} and {found.two}", found.bonds),
        _like("opponents", "Fights between them", found.fights),
        _like("catalogue", "What the catalogue has between them", found.catalogue),
        _plain("shared", "What they share", ("what", "which", found.one, found.two), [_shared(x) for x in found.shared]),
        _plain(
            "months",
            "Activity by month (records)",
            ("month", found.one, found.two),
            [(m.period, str(m.one), str(m.two)) for m in found.months],
        ),
        _plain(
            "counts",
            "Values in their sheets",
            ("section", found.one, found.two),
            [(HEADINGS[name], str(one), str(two)) for name, (one, two) in found.counts.items() if one or two],
        ),
    ]
    return [section for section in made if section.rows]


def timeline_summary(found: Timeline) -> tuple[str, ...]:
    """What stands above a timeline."""
    lines = [f"{found.total} records"]
    if found.as_of:
        lines.append(f"What had happened, or held, on {found.as_of}")
    if found.known_by:
        lines.append(f"From what was read by {found.known_by:%Y-%m-%d %H:%M} UTC")
    return tuple(lines)


def timeline_section(found: Timeline) -> Section:
    """A timeline as one table."""
    columns = ("when", "what", "who", "to whom or what", "where", "tolls")
    rows = tuple(Row(_moment(m), m.grounds) for m in found.moments)
    return Section("timeline", "Timeline", "", columns, rows, found.total)


def _moment(m: Moment) -> tuple[str, ...]:
    tolls = "; ".join(f"{kind} {number(count)}" for kind, count in m.tolls.items())
    return days(m.when, lasting=m.kind == "relation"), m.what, ", ".join(m.who), ", ".join(m.whom), place(m.spot), tolls


def _like(name: str, heading: str, values: tuple[Bond, ...] | tuple[Opponent, ...] | tuple[CatalogueTie, ...]) -> Section:
    """A section as a sheet prints it, under another heading."""
    _, note, columns, cells = TABLE[name]
    rows = tuple(Row(cells(value), getattr(value, "grounds", None)) for value in values)
    return Section(name, heading, note, columns, rows, len(rows))


def _plain(key: str, heading: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> Section:
    return Section(key, heading, "", columns, tuple(Row(cells, None) for cells in rows), len(rows), sourced=False)


def _shared(x: Shared) -> tuple[str, ...]:
    name = x.party.name if x.party else place(x.spot)
    return x.kind, name, *(", ".join(id[:9] for id in ids) for ids in (x.one, x.two))
