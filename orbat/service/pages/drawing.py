"""Small charts drawn here, as SVG in the page: they need no script and print. Colours come from the style sheet by class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape


def bars(values: Sequence[int], label: str, *, width: int = 120, height: int = 24) -> Markup:
    """Numbers as small bars, side by side: a sparkline. Class ``spark``.

    Args:
        label: what it shows, for those who do not see it.
    """
    most = max(values, default=0) or 1
    step = width / max(1, len(values))
    thick = max(0.6, step - (1 if step > 3 else 0.2))
    drawn = "".join(
        f'<rect x="{place * step:.1f}" y="{height - tall:.1f}" width="{thick:.1f}" height="{tall:.1f}"/>'
        for place, value in enumerate(values)
        if value and (tall := max(1.0, height * value / most))
    )
    return Markup(
        f'<svg class="spark" role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}" preserveAspectRatio="none">'
        f'<title>{escape(label)}</title><path class="base" d="M0 {height - 0.5}H{width}"/>{drawn}</svg>'
    )


def by_month(months: Mapping[str, int], first: str, last: str) -> list[int]:
    """Numbers by month ("2014-05") as a row from one month to another, months without one as 0."""
    start, end = _index(first), _index(last)
    found = [0] * max(0, end - start + 1)
    for month, value in months.items():
        if len(month) == 7 and start <= (place := _index(month)) <= end:
            found[place - start] += value
    return found


def months_of(found: Iterable[Mapping[str, Any]]) -> tuple[str, str] | None:
    """The first and the last month in which any of some actors has statements; None where none has."""
    every = [month for each in found for month in (min(each["months"], default=""), max(each["months"], default="")) if month]
    return (min(every), max(every)) if every else None


def span_words(found: Iterable[Mapping[str, Any]]) -> str:
    """The same in words: "April 2013 to October 2024"."""
    span = months_of(found)
    return " to ".join(f"{_MONTHS[int(month[5:]) - 1]} {month[:4]}" for month in span) if span else "none with a day"


def last_months(last: str, number: int) -> list[str]:
    """So many months up to and with one, in order."""
    end = _index(last)
    return [f"{place // 12:04}-{place % 12 + 1:02}" for place in range(max(12, end - number + 1), end + 1)]


def in_steps(values: Sequence[int], most: int = 60) -> list[int]:
    """A long row of numbers as a shorter one: neighbours added up, as many as it takes for ``most`` sums."""
    step = max(1, -(-len(values) // most))
    return [sum(values[place : place + step]) for place in range(0, len(values), step)]


def _index(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def mirrored(months: Sequence[str], above: Sequence[int], below: Sequence[int], *, words: tuple[str, str], at: str = "") -> Markup:
    """Two rows of numbers by month, one above a line and one below it, and the years; as wide as where it stands. Class ``mirrored``.

    Args:
        words: what the numbers above and below are, for the title and for each bar.
        at: a month to mark with a line.
    """
    if not months:
        return Markup("")
    most = max(*above, *below, 1)
    up, down = (_HALF * max(values) / most for values in (above, below))
    base, step = up + 2, 100 / len(months)
    height = base + down + 18
    drawn = [f'<line class="base" x1="0" x2="100%" y1="{base + 0.5:.1f}" y2="{base + 0.5:.1f}"/>']
    for place, (month, over, under) in enumerate(zip(months, above, below, strict=True)):
        x, wide = f"{place * step:.2f}%", f"{max(0.25, step * 0.8):.2f}%"
        name = f"{_MONTHS[int(month[5:]) - 1]} {month[:4]}"
        for kind, value, word in (("above", over, words[0]), ("below", under, words[1])):
            if value:
                tall = max(1.5, _HALF * value / most)
                y = base - tall if kind == "above" else base + 1
                title = escape(f"{name}: {value} {word}")
                drawn.append(f'<rect class="{kind}" x="{x}" y="{y:.1f}" width="{wide}" height="{tall:.1f}"><title>{title}</title></rect>')
    drawn.append(_years(months, step, height))
    if at in months:
        x = f"{(months.index(at) + 0.5) * step:.2f}%"
        drawn.append(f'<line class="at" x1="{x}" x2="{x}" y1="0" y2="{height - 14:.0f}"/>')
    label = escape(f"{months[0]} to {months[-1]} by month: {sum(above)} {words[0]}, above the line; {sum(below)} {words[1]}, below it")
    return Markup(f'<svg class="mirrored" role="img" aria-label="{label}" width="100%" height="{height:.0f}">{"".join(drawn)}</svg>')


_HALF = 48
"""Pixels of the tallest bar on one side."""
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_LABELS = 7
"""Years named under a chart at most, so that they fit a phone."""


def _years(months: Sequence[str], step: float, height: float) -> str:
    begin = [(place, month[:4]) for place, month in enumerate(months) if month.endswith("-01")]
    begin = begin or [(0, months[0][:4])]
    every = -(-len(begin) // _LABELS)
    return "".join(
        f'<line class="tick" x1="{place * step:.2f}%" x2="{place * step:.2f}%" y1="{height - 14:.0f}" y2="{height - 10:.0f}"/>'
        f'<text x="{place * step:.2f}%" y="{height - 1:.0f}">{year}</text>'
        for place, year in begin[::every]
        if place * step < 96  # no room for more letters
    )
