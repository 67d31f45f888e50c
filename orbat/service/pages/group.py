"""A group's page: its order of battle as of any day, every value with its sentences."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup
from pydantic import Field

from orbat.battle import Asked, sheet
from orbat.battle.activity import activity
from orbat.service.pages import groupview
from orbat.service.pages.notes import Notes
from orbat.service.pages.rendering import Shown, fragment, page
from orbat.service.routes import battle as api
from orbat.service.routes.battle import Group, SheetFilter
from orbat.service.state import Here, Service

router = APIRouter()
MOST = 2
"""Sentences that the page holds of each value; the rest is a page away."""
Part = Literal[
    "leaders", "affiliations", "relations", "opponents", "catalogue", "strength", "active", "holdings", "ledger", "flows", "activity",
    "says", "expected",
]  # fmt: skip


class GroupFilter(SheetFilter):
    """Which sheet, and how much of it."""

    limit: Annotated[int, Field(ge=0, le=1_000, description="Values of each section; 0 for all.")] = 10
    section: Annotated[Part | None, Field(description="Only this section, on the page; the twin has all.")] = None


@page(router, "/groups/{name:path}")
def group(request: Request, response: Response, service: Here, name: Group, given: Annotated[GroupFilter, Query()]) -> Shown:
    """A group's order of battle."""
    asked = given.of(service, name)
    sheet_filter = SheetFilter(**given.model_dump(exclude={"section"}))

    def body() -> dict[str, Any]:
        key = ("group page", asked, given.limit, given.section)
        return {"name": name, "body": service.view(request, response, key, lambda: _body(service, asked, given))}

    return Shown("group.html", lambda: api.one_sheet(request, service, name, sheet_filter), body)


def _body(service: Service, asked: Asked, given: GroupFilter) -> Markup:
    with service.remaking(asked):
        case = service.case(asked)
        whole = case if asked.as_of is None else service.case(replace(asked, as_of=None))
    found = sheet(case)
    only = given.section or ""
    shown = groupview.sections(found, given.limit, only)
    statements = groupview.said(case, shown, MOST)
    bars = groupview.bars(found.activity if whole is case else activity(whole))
    ids = sorted(asked.ids)
    entry = service.catalogue.entry(ids[0]) if len(ids) == 1 else None
    return fragment(
        "group_body.html",
        asked=asked,
        key=ids[0] if len(ids) == 1 else asked.name,
        about=groupview.about(entry, found),
        sheet=found,
        glance={} if only else groupview.glance(found),
        sections=shown,
        missing=groupview.missing(found) if not only else [],
        catalogue=groupview.catalogue_ties(found.catalogue, asked.ids),
        bars=bars,
        ends=[groupview.month_end(each.month) for each in bars],
        notes=Notes(statements, first=MOST),
        only=only,
        limit=given.limit,
        today=dt.date.today(),
    )
