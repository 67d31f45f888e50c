"""Small charts drawn here, as SVG in the page: they need no script and print. Colours come from the style sheet by class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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


def _index(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1
