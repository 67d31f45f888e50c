"""A group's timeline: who led it when, whom it was tied to, what it held, its events and the killed by month, on one axis."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field

from orbat.battle.activity import UNDATED, casualties, counts, period
from orbat.battle.bonds import bonds
from orbat.battle.case import Case
from orbat.battle.leaders import leaders
from orbat.battle.ledger import ledger
from orbat.battle.network import NAMES, TURNED
from orbat.battle.render.palette import FAMILIES, OF_TYPE
from orbat.battle.render.plain import plain
from orbat.battle.territory import holdings
from orbat.battle.timeline import Timeline, timeline
from orbat.battle.values import Bond, Tie
from orbat.recordtypes import Record
from orbat.service.pages.charting import case_of, chart_page, group_name, notes_of, reasoned, when_text, why_empty
from orbat.service.pages.netdraw import look
from orbat.service.pages.rendering import Shown, page
from orbat.service.pages.strip import MOST_MONTHS, ends
from orbat.service.pages.timedraw import Bar, Lane, month, timeline_picture
from orbat.service.routes.battle import Days, Group
from orbat.service.state import Here
from orbat.types import Count

router = APIRouter()
MOST_BARS = {"leaders": 14, "ties": 24, "ground": 14}
"""What a screen or two can show; the sheet has all."""


class TimelinePageFilter(Days):
    """Which part of a timeline."""

    limit: Annotated[int, Field(ge=1, le=1_000, description="Records in the list: the newest so many.")] = 100


@page(router, "/groups/{group:path}/timeline")
def group_timeline(request: Request, service: Here, group: Group, given: Annotated[TimelinePageFilter, Query()]) -> Shown:
    """A group's time: leaders, ties, ground, events and the killed."""
    asked = given.of(service, group)

    def make() -> tuple[dict[str, Any], dict[str, Any]]:
        return _made(case_of(service, asked), group, given)

    service.about(request, asked)
    key = asked, given.since, given.until, given.limit
    return chart_page(request, service, key, make, template="timeline.html", group=group, given=given, name=group_name(service, group))


def _made(case: Case, group: str, given: TimelinePageFilter) -> tuple[dict[str, Any], dict[str, Any]]:
    reason = why_empty(case)
    lanes = [_leaders(case, given), _ties(case, given), _ground(case, given)]
    cells, killed = by_month(case, given.since, given.until)
    listed = timeline(case, since=given.since, until=given.until, limit=given.limit)
    months = _months(lanes, [*cells], given)
    ids = {id for lane in lanes for bar in lane.bars for id in bar.grounds.statements} | set(listed.sentences)
    notes = notes_of(case.statements[id] for id in ids if id in case.statements)
    picture = timeline_picture(lanes, cells, killed, months, notes) if months else ""
    value = {
        "name": group,
        "months": None if months is None else {"first": months[0], "last": months[1]},
        "lanes": [plain(lane) for lane in lanes],
        "events": [[month, family, number] for month, families in cells.items() for family, number in families.items()],
        "killed": [[month, count.low, count.best, count.high] for month, count in killed.items()],
        "total": listed.total,
        "moments": plain(listed.moments),
    }
    present = {family for period, families in cells.items() if period != UNDATED for family in families}
    return reasoned(value, reason), {
        "reason": reason,
        "picture": picture,
        "lanes": lanes,
        "notes": notes,
        "listed": _newest_first(listed),
        "group": group,
        "given": given,
        "families": [family for family in FAMILIES if family.name in present],
        "dayless": sum(cells.get(UNDATED, {}).values()),
        "when_text": when_text,
    }


def by_month(case: Case, since: dt.date | None, until: dt.date | None) -> tuple[dict[str, dict[str, int]], dict[str, Count]]:
    """A group's events by month (or year, or undated) and family, and the killed by month, each record once."""
    cells: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    dead: dict[str, list[Record]] = defaultdict(list)
    for record in {p.record.id: p.record for p in case.happened}.values():
        if counts(record) and _meets(record.start, record.end or record.start, since, until):
            at = period(record.start, record.end)
            cells[at][OF_TYPE[record.type.value.lower()]] += 1
            dead[at].append(record)
    killed = {at: toll for at, records in sorted(dead.items()) if (toll := casualties(tuple(records), "killed")) and toll.high}
    return {at: dict(families) for at, families in sorted(cells.items())}, killed


def _leaders(case: Case, given: TimelinePageFilter) -> Lane:
    made = (Bar(x.person.name, ", ".join(x.titles[:1]), "leader", x.when, x.grounds) for x in leaders(case))
    return _lane("Leaders", made, given, MOST_BARS["leaders"])


def _ties(case: Case, given: TimelinePageFilter) -> Lane:
    def made_of(bond: Bond) -> Bar:
        kind = look(NAMES[TURNED.get(bond.tie, bond.tie)])
        return Bar(bond.party.name, bond.tie.value, kind, bond.when, bond.grounds, moment=bond.tie is Tie.SPLIT)

    made = map(made_of, bonds(case))
    return _lane("Ties", made, given, MOST_BARS["ties"])


def _ground(case: Case, given: TimelinePageFilter) -> Lane:
    made = (Bar(h.spot.name, h.how, "held", h.when, h.grounds) for h in holdings(case, ledger(case)))
    return _lane("Ground said to be held", made, given, MOST_BARS["ground"])


def _lane(title: str, bars: Iterable[Bar], given: TimelinePageFilter, most: int) -> Lane:
    """The bars that have a day in the period: those of the most records, in the order in which they begin."""
    found = list(bars)
    dated = [b for b in found if b.when.start or b.when.end]
    kept = [b for b in dated if _meets(b.when.start, b.when.end or (b.when.start if b.moment else dt.date.max), given.since, given.until)]
    shown = sorted(kept, key=lambda b: (-b.grounds.independent, -len(b.grounds.records), b.name))[:most]
    shown.sort(key=lambda b: (b.when.start or b.when.end or dt.date.min, b.name))
    return Lane(title, tuple(shown), len(kept) - len(shown), len(found) - len(dated))


def _meets(start: dt.date | None, end: dt.date | None, since: dt.date | None, until: dt.date | None) -> bool:
    if start is None and end is None:
        return since is None and until is None
    first, last = start or end or dt.date.min, end or start or dt.date.max
    return (since is None or last >= since) and (until is None or first <= until)


def _months(lanes: list[Lane], periods: list[str], given: TimelinePageFilter) -> tuple[int, int] | None:
    """The months that the picture covers: those of all that is in it, within those asked for."""
    days = [d for lane in lanes for b in lane.bars for d in (b.when.start, b.when.end) if d]
    found = [int(month(d)) for d in days] + [index for each in periods if each[:1].isdigit() for index in ends(each)]
    if not found:
        return None
    first, last = max(min(found), max(found) - MOST_MONTHS), max(found)
    if given.since:  # a year beyond what is there at most: "since 1900" is no reason for a century of nothing
        first = max(int(month(given.since)), first - 12)
    if given.until:
        last = min(int(month(given.until)), last + 12)
    return (first, last) if last > first else (last - 1, last)


def _newest_first(found: Timeline) -> list[Any]:
    dated = [m for m in found.moments if m.when.start is not None]
    return [*reversed(dated), *(m for m in found.moments if m.when.start is None)]
