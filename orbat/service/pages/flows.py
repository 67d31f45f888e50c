"""Flows of fighters of a group: who was recruited, joined or left, from where to where."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field

from orbat.battle.flows import flows
from orbat.battle.render.plain import plain
from orbat.battle.values import Flow
from orbat.service.pages.charting import case_of, chart_page, group_name, notes_of, reasoned, when_text, why_empty
from orbat.service.pages.flowdraw import MOST, Band, banded, flow_picture
from orbat.service.pages.rendering import Shown, page
from orbat.service.routes.battle import Days, Group
from orbat.service.state import Here

router = APIRouter()


class FlowsFilter(Days):
    """Which flows."""

    limit: Annotated[int, Field(ge=1, le=1_000, description="Flows in the table of the page: the newest so many; the twin has all.")] = 100


@page(router, "/groups/{group:path}/flows")
def group_flows(request: Request, service: Here, group: Group, given: Annotated[FlowsFilter, Query()]) -> Shown:
    """Fighters who came to a group and who left it."""
    asked = given.of(service, group)
    service.about(request, asked)
    name = group_name(service, group)

    def make() -> tuple[dict[str, Any], dict[str, Any]]:
        case = case_of(service, asked)
        reason = why_empty(case)
        found = [flow for flow in flows(case) if _within(flow, given.since, given.until)]
        comes, goes, inside = banded(found, case.subject)
        used = {id for flow in found for id in flow.grounds.statements}
        notes = notes_of(case.statements[id] for id in used if id in case.statements)
        value = {"name": name, "in": [_json(band) for band in comes], "out": [_json(band) for band in goes], "flows": plain(found)}
        picture = flow_picture(name, comes, goes, notes) if comes or goes else ""
        return reasoned(value, reason), {
            "reason": reason,
            "picture": picture,
            "comes": comes,
            "goes": goes,
            "inside": inside,
            "found": found[: given.limit],
            "total": len(found),
            "most": MOST,
            "notes": notes,
            "group": group,
            "given": given,
            "when_text": when_text,
        }

    return chart_page(
        request, service, (asked, given.since, given.until, given.limit), make, template="flows.html", group=group, given=given, name=name
    )


def _json(band: Band) -> dict[str, Any]:
    head = {"kind": band.kind, "party": plain(band.party), "low": band.low, "best": band.best, "high": band.high}
    return {**head, "without_number": band.untold, "records": sorted({id for flow in band.flows for id in flow.grounds.records})}


def _within(flow: Flow, since: dt.date | None, until: dt.date | None) -> bool:
    """Whether people may have moved between two days; what has no day is left out where days are asked for."""
    start, end = flow.when.start, flow.when.end or flow.when.start
    if since is None and until is None:
        return True
    return start is not None and end is not None and (since is None or end >= since) and (until is None or start <= until)
