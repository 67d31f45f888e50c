"""Months side by side, each a bar divided by family: the strip under a map and in a timeline, over which a period is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orbat.battle.render import svg
from orbat.battle.render.palette import FAMILIES

WIDTH = 1000.0
MOST_MONTHS = 1200
"""A century; a longer span is a misread year, and only its end is drawn."""


@dataclass(frozen=True, slots=True)
class Span:
    """Months from the first to the last, both included, as numbers: year * 12 + month - 1; drawn from ``left`` to ``right``."""

    first: int
    last: int
    left: float = 0.0
    right: float = WIDTH

    def x(self, month: float) -> float:
        """Where a month begins in the picture; a part of a month is allowed, what lies outside is drawn at the edge."""
        part = (month - self.first) / (self.last - self.first + 1)
        return self.left + max(0.0, min(1.0, part)) * (self.right - self.left)

    @property
    def step(self) -> float:
        """How wide a month is."""
        return (self.right - self.left) / (self.last - self.first + 1)


def span_of(periods: Sequence[str]) -> Span | None:
    """The months that some periods ("2014-05", "2014") cover; None where none has a year."""
    months = [index for each in periods if each[:1].isdigit() for index in ends(each)]
    return Span(max(min(months), max(months) - MOST_MONTHS), max(months)) if months else None


def month_of(index: int) -> str:
    """The month of a number, as "2014-05"."""
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def is_month(period: str) -> bool:
    """Whether a period is a month, not a year or ``undated``."""
    return len(period) == 7 and period[:4].isdigit()


def bars(cells: Mapping[str, Mapping[str, int]], span: Span, *, top: float, height: float) -> list[str]:
    """A bar a month; where only the year is known, a pale band over it."""
    most = max((sum(families.values()) for period, families in cells.items() if is_month(period)), default=1)
    width = span.step
    gap = 1.0 if width > 4 else 0.0
    made = []
    for period, families in cells.items():
        if not period[:1].isdigit() or ends(period)[1] < span.first or ends(period)[0] > span.last:
            continue
        total = sum(families.values())
        title = svg.title(f"{period}: {total} records" + ("; only the year is known" if len(period) == 4 else ""))
        if len(period) == 4:
            first, last = ends(period)
            tall = min(height, height * total / most)
            x = span.x(max(first, span.first))
            band = svg.tag("rect", x=x, y=top + height - tall, width=span.x(last + 1) - x, height=tall, class_="year-only")
            made.append(svg.tag("g", title, band))
            continue
        made.append(svg.tag("g", title, *_bar(families, span.x(ends(period)[0]), max(0.8, width - gap), top + height, height / most)))
    return made


def axis(span: Span, *, top: float, bottom: float, words: float) -> list[str]:
    """Upright lines at the beginnings of years, or of months where there are few, with their names on a base line."""
    months = span.last - span.first + 1
    step = next(s for s in (1, 3, 6, 12, 24, 60, 120, 240) if months / s <= (span.right - span.left) / 75 or s == 240)
    made = []
    for index in range(-(-span.first // step) * step, span.last + 2, step):
        x = span.x(index)
        made.append(svg.tag("line", x1=x, y1=top, x2=x, y2=bottom, class_="tick"))
        label = month_of(index)[:4] if step >= 12 else month_of(index)
        if x < span.right - 30:
            made.append(svg.text(x + 3, words, label, class_="s"))
    return made


def strip(cells: Mapping[str, Mapping[str, int]]) -> str:
    """The strip under a map, empty where no month is known."""
    span = span_of(list(cells))
    if span is None:
        return ""
    made = [*axis(span, top=4, bottom=64, words=76), *bars(cells, span, top=4, height=60)]
    total = sum(sum(families.values()) for families in cells.values())
    name = f"{total} records by month, {month_of(span.first)} to {month_of(span.last)}"
    return svg.tag(
        "svg", *made, class_="strip", viewBox="0 0 1000 80", role="img", aria_label=name, data_first=span.first, data_last=span.last
    )


def _bar(families: Mapping[str, int], x: float, width: float, base: float, unit: float) -> list[str]:
    made = []
    for family in FAMILIES:
        if number := families.get(family.name, 0):
            tall = max(1.2, number * unit)
            base -= tall
            made.append(svg.tag("rect", x=x, y=base, width=width, height=tall, class_=f"bar {family.name}"))
    return made


def ends(period: str) -> tuple[int, int]:
    """The first and last month of a period, as numbers."""
    year = int(period[:4])
    if len(period) == 7:
        return year * 12 + int(period[5:]) - 1, year * 12 + int(period[5:]) - 1
    return year * 12, year * 12 + 11
