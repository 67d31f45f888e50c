"""A timeline as a picture: a row a record, a point or bar over the days in which it was or held, an open end where nothing ends it."""

from __future__ import annotations

import datetime as dt

from orbat.battle.render import svg
from orbat.battle.timeline import Moment, Timeline

LEFT, WIDTH, ROW, TOP = 430, 620, 20, 64
RELATION = "relation"


def timeline_svg(found: Timeline) -> str:
    """The records that have a day, in order; how many have none is said."""
    moments = [m for m in found.moments if m.when.start is not None]
    undated = len(found.moments) - len(moments)
    first, last = _ends(moments)
    height = TOP + ROW * len(moments) + 30
    note = f"{len(moments)} records" + (f"; {undated} without a day are not drawn" if undated else "")
    parts = [svg.text(12, 24, found.name, class_="h"), svg.text(12, 42, note, class_="s")]
    parts += _axis(first, last, height - 24)
    parts += [_row(m, at, first, last) for at, m in enumerate(moments)]
    return svg.picture(LEFT + WIDTH + 20, height, f"Timeline of {found.name}", parts)


def line(moment: Moment) -> str:
    """A record in words: "kill: Boko Haram → soldiers, Gwoza"."""
    whom = f" → {', '.join(moment.whom)}" if moment.whom else ""
    where = f", {moment.spot.name}" if moment.spot else ""
    return f"{moment.what}: {', '.join(moment.who) or '?'}{whom}{where}"


def _ends(moments: list[Moment]) -> tuple[dt.date, dt.date]:
    days = [d for m in moments for d in (m.when.start, m.when.end) if d is not None]
    if not days:
        return dt.date(2000, 1, 1), dt.date(2000, 12, 31)
    first, last = min(days), max(days)
    return first, last if last > first else first + dt.timedelta(days=1)


def _x(day: dt.date, first: dt.date, last: dt.date) -> float:
    return LEFT + WIDTH * (day - first).days / (last - first).days


def _axis(first: dt.date, last: dt.date, bottom: float) -> list[str]:
    """Upright lines at the beginnings of years, or of months where it is about less than two years."""
    step = 1 if (last - first).days < 730 else 12
    months = range(first.year * 12 + first.month - 1 + (first.day > 1), last.year * 12 + last.month)
    marks = [dt.date(m // 12, m % 12 + 1, 1) for m in months if m % step == 0]
    thin = max(1, len(marks) // 12)
    parts = []
    for at, day in enumerate(marks):
        x = _x(day, first, last)
        parts.append(svg.tag("line", x1=x, y1=TOP - 8, x2=x, y2=bottom, class_="l"))
        if at % thin == 0:
            parts.append(svg.text(x, TOP - 12, f"{day:%Y-%m}" if step == 1 else f"{day:%Y}", class_="s", text_anchor="middle"))
    return parts


def _row(moment: Moment, at: int, first: dt.date, last: dt.date) -> str:
    y = TOP + ROW * at + 14.0
    start = moment.when.start or first
    end = moment.when.end or (last if moment.kind == RELATION else start)
    x1, x2 = _x(start, first, last), _x(end, first, last)
    colour = "g" if moment.kind == RELATION else "m"
    if x2 - x1 < 6:
        mark = svg.tag("circle", cx=x1, cy=y - 4, r=4, class_=colour)
    else:
        mark = svg.tag("rect", x=x1, y=y - 8, width=x2 - x1, height=8, rx=3, class_=colour, fill_opacity=0.75)
    if moment.kind == RELATION and moment.when.end is None:
        mark += svg.text(x2 + 2, y, "…", class_="s")
    label = svg.text(LEFT - 92, y, svg.short(line(moment), 46), text_anchor="end")
    day = svg.text(LEFT - 10, y, str(start), text_anchor="end", class_="s")
    about = f"{line(moment)}; {moment.grounds.status}, {moment.grounds.independent} origins; {moment.grounds.records[0]}"
    return svg.tag("g", svg.title(about), label, day, mark)
