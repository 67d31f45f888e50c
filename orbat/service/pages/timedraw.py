"""A group's time on one axis: terms of leaders, spans of ties, ground held, events by month and the killed. What is not sure fades.

A bar begins sharp where a start is told, and fades in where the relation is only seen from then, or where only the month or year is known.
It ends sharp where something ends it, and fades out where nothing does: from the last report on, nobody has said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from orbat.battle.render import svg
from orbat.battle.values import Grounds, When
from orbat.service.pages.notes import Notes
from orbat.service.pages.strip import WIDTH, Span, axis, bars, is_month
from orbat.service.pages.words import sure_words, sureness
from orbat.types import Count

LEFT, ROW, TOP = 230.0, 22.0, 30.0
EVENTS, KILLED = 74.0, 44.0
"""Heights of the strips of events and of the killed."""
FADE = 26.0
LETTERS = 33


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that held for a time: ``look`` is its class, ``moment`` whether it is a day (a split) and no span."""

    name: str
    what: str
    look: str
    when: When
    grounds: Grounds
    moment: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """Bars of one kind; ``left_out`` of them do not fit, ``undated`` have no day."""

    title: str
    bars: tuple[Bar, ...]
    left_out: int
    undated: int


def month(day: dt.date) -> float:
    """A day as a month's number and a part of it."""
    return day.year * 12 + day.month - 1 + (day.day - 1) / 31


def timeline_picture(
    lanes: Sequence[Lane], cells: Mapping[str, Mapping[str, int]], killed: Mapping[str, Count], months: tuple[int, int], notes: Notes
) -> Markup:
    """The picture: lanes of bars, then events by month, then the killed, over one axis of time."""
    span = Span(*months, LEFT, WIDTH - 8)
    parts: list[str] = []
    y = TOP
    for lane in lanes:
        if not lane.bars:
            continue
        parts.append(svg.text(8, y + 14, lane.title, class_="lane"))
        y += ROW
        for bar in lane.bars:
            parts.append(_bar(bar, y, span, notes))
            y += ROW
        y += 8
    strip_top = y + 4
    parts += [svg.text(8, strip_top + 14, "Events by month", class_="lane")]
    parts += [svg.tag("g", *bars(cells, span, top=strip_top, height=EVENTS), class_="events")]
    killed_top = strip_top + EVENTS + 12
    if killed:
        parts += [svg.text(8, killed_top + 14, "Killed, low to high", class_="lane"), *_killed(killed, span, killed_top)]
    bottom = killed_top + (KILLED if killed else 0.0)
    head = [*_fades(), *axis(span, top=TOP - 6, bottom=bottom, words=TOP - 10)]
    name = "Leaders, ties, ground and events over time. The lists below say the same."
    return Markup(
        svg.tag(
            "svg", *head, *parts, class_="timeline", viewBox=f"0 0 {WIDTH:g} {bottom + 12:.0f}", role="group", aria_label=name,
            data_first=months[0], data_last=months[1], data_left=LEFT, data_right=WIDTH - 8, data_top=strip_top, data_height=EVENTS,
        )
    )  # fmt: skip  # the pieces are escaped where they are made


def _bar(bar: Bar, y: float, span: Span, notes: Notes) -> str:
    g = bar.grounds
    words = f"{bar.name}: {bar.what}; {_when(bar)}; {sure_words(g.certainty.value, g.independent, g.status.value)}"
    numbers = notes.add(g.statements)
    sure = sureness(g.certainty.value, g.independent, g.status.value)
    label = svg.text(LEFT - 10, y + 13, svg.short(f"{bar.name} ({bar.what})" if bar.what else bar.name, LETTERS), text_anchor="end")
    back = svg.tag("rect", x=0, y=y, width=WIDTH, height=ROW - 2, class_="row")
    shape = _moment(bar, y, span) if bar.moment else "".join(_span(bar, y, span))
    attributes = {"class_": f"bar-row {bar.look} {sure}", "tabindex": 0, "role": "img", "aria_label": words}
    return svg.tag("g", back, label, shape, **attributes, data_notes=" ".join(map(str, numbers)) or None)


def _span(bar: Bar, y: float, span: Span) -> list[str]:
    """A bar with sharp or fading ends."""
    when = bar.when
    top, height = y + 4.0, ROW - 10.0
    start = when.start or when.end or dt.date.min
    x1 = span.x(month(start))
    if when.end is not None:
        x2, open_end = span.x(month(when.end)), False
    else:
        told = max((d for d in (when.start, when.reported_last) if d), default=start)
        x2, open_end = span.x(month(told)), True
    x2 = max(x2, x1 + 3)
    vague = {4: 1.0, 5: 12.0}.get(when.date_prec or 1, 0.0) * span.step
    made = [svg.tag("rect", x=x1, y=top, width=x2 - x1, height=height, rx=1, class_="sure-part")]
    if (when.start is None or not when.begins or vague) and x1 > span.left:
        width = min(x1 - span.left, max(FADE, vague))
        made.append(svg.tag("rect", x=x1 - width, y=top, width=width, height=height, fill=f"url(#in-{bar.look})"))
    if open_end and x2 < span.right:
        made.append(svg.tag("rect", x=x2, y=top, width=span.right - x2, height=height, fill=f"url(#out-{bar.look})"))
    return made


def _moment(bar: Bar, y: float, span: Span) -> str:
    """A day, or the month or year in which it lies."""
    day = bar.when.start or dt.date.min
    x, middle = span.x(month(day)), y + 10
    vague = {4: 1.0, 5: 12.0}.get(bar.when.date_prec or 1, 0.0) * span.step
    shape = svg.tag("path", d=f"M{x:.1f} {middle - 7:.1f}l7 7l-7 7l-7 -7z", class_="sure-part")
    if vague > 4:
        return svg.tag("rect", x=x, y=middle - 4, width=vague, height=8, class_="sure-part vague") + shape
    return shape


def _killed(killed: Mapping[str, Count], span: Span, top: float) -> list[str]:
    """A bar a month to the best figure, a line from the lowest to the highest."""
    most = max(count.high for count in killed.values()) or 1
    width = max(1.0, span.step - (1 if span.step > 4 else 0))
    made = [svg.text(LEFT - 10, top + 14, f"at most {most}", class_="s", text_anchor="end")]
    for period, count in killed.items():
        if not is_month(period):
            continue
        index = int(period[:4]) * 12 + int(period[5:]) - 1
        if not span.first <= index <= span.last:
            continue
        x = span.x(index)
        low, best, high = (KILLED * value / most for value in (count.low, count.best, count.high))
        told = f"{count.best}" if count.low == count.high else f"{count.low} to {count.high}, best {count.best}"
        shapes = [svg.tag("rect", x=x, y=top + KILLED - best, width=width, height=max(1.0, best), class_="bar harm")]
        if count.low != count.high:
            middle = x + width / 2
            shapes.append(svg.tag("line", x1=middle, x2=middle, y1=top + KILLED - high, y2=top + KILLED - low, class_="range"))
        made.append(svg.tag("g", svg.title(f"{period}: killed {told}"), *shapes))
    return made


def _fades() -> list[str]:
    made = []
    for look in ("leader", "ally", "pledge", "part", "split", "help", "leads", "other", "held"):
        stops = [svg.tag("stop", offset=at, class_=f"stop {look}", stop_opacity=opacity) for at, opacity in ((0, 0.05), (1, 0.75))]
        turned = [svg.tag("stop", offset=at, class_=f"stop {look}", stop_opacity=opacity) for at, opacity in ((0, 0.5), (1, 0.04))]
        made += [svg.tag("linearGradient", *stops, id=f"in-{look}"), svg.tag("linearGradient", *turned, id=f"out-{look}")]
    return [svg.tag("defs", *made)]


def _when(bar: Bar) -> str:
    start, end = bar.when.start, bar.when.end
    if bar.moment:
        return str(start)
    begin = f"{'from' if bar.when.begins else 'seen from'} {start}" if start else "start not told"
    return f"{begin} to {end}" if end else f"{begin}, nothing ends it"
