"""A group's page: its order of battle as of any day, every value with its sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from markupsafe import Markup
from pydantic import Field

from orbat.battle import Asked, sheet
from orbat.battle.activity import months
from orbat.battle.loading import unnamed
from orbat.battle.render.plain import sheet_to_json
from orbat.errors import NotFoundError
from orbat.serial import statement_to_json
from orbat.service.models import Statement, Value
from orbat.service.pages import groupview
from orbat.service.pages.addresses import href_group
from orbat.service.pages.charting import by_store_or_catalogue
from orbat.service.pages.notes import Notes, note
from orbat.service.pages.rendering import Shown, fragment, page
from orbat.service.routes import battle as api
from orbat.service.routes.battle import Group, Moment, SheetFilter
from orbat.service.routes.common import Known
from orbat.service.state import Here, Service

router = APIRouter()
MOST = 2
"""Sentences that the page holds of each value; the rest is a page away."""
ALL = 300
"""Sentences that are shown of one value at most."""
Sourced = Literal[
    "leaders", "affiliations", "relations", "opponents", "strength", "active", "holdings", "ledger", "flows", "activity", "says", "expected"
]
"""The sections whose values stand on sentences."""


class GroupFilter(SheetFilter):
    """Which sheet, and how much of it."""

    known_by: Known = None
    limit: Annotated[int, Field(ge=0, le=1_000, description="Values of each section; 0 for all.")] = 10
    section: Annotated[Sourced | None, Field(description="Only this section, on the page; the twin has all.")] = None


class EvidenceFilter(Moment):
    """Which value of a sheet: its section, and its place there."""

    known_by: Known = None
    section: Annotated[Sourced, Field(description="The section.")]
    row: Annotated[int, Field(ge=0, le=1_000_000, description="The value's place in it as the page shows it, from 0.")]


class Evidence(Value):
    """A value of a sheet, as the sheet has it, and the statements that it stands on, one of each article first; at most ``ALL``."""

    section: str
    value: dict[str, Any]
    statements: list[Statement]


@page(router, "/groups/{name:path}/evidence", model=Evidence)
def evidence(request: Request, service: Here, name: Group, given: Annotated[EvidenceFilter, Query()]) -> Shown:
    """Every sentence behind one value."""
    asked = given.of(service, name)
    service.about(request, asked)
    with service.remaking(asked):
        found = service.sheet(asked)
        case = service.case(asked) if asked.known_by else None
    shown = groupview.sections(found, 0, given.section)
    if not shown or given.row >= len(shown[0].rows):
        raise NotFoundError(
            f"There is no value {given.row} under {given.section}.", "The record may have changed.", "Load the group's page again."
        )
    row = shown[0].rows[given.row]
    ids, known = row["grounds"]["statements"], case.statements if case else None
    ids = groupview.spread(ids, groupview.articles(known) if known is not None else service.articles_of(ids))
    row["grounds"]["statements"] = ids
    among = service.said(ids[:ALL]) if known is None else known
    statements = [statement_to_json(among[id]) for id in ids[:ALL] if id in among]
    value = {"section": given.section, "value": row, "statements": statements}
    return Shown("group_evidence.html", value, {"name": name, "heading": shown[0].heading, "note": note})


@page(router, "/groups/{name:path}")
def group(request: Request, response: Response, service: Here, name: Group, given: Annotated[GroupFilter, Query()]) -> Shown:
    """A group's order of battle; of a group that no statement names yet, what the catalogue has of it."""
    asked = given.of(service, name)
    service.about(request, asked)
    sheet_filter = SheetFilter(**given.model_dump(exclude={"section"}))

    def body() -> dict[str, Any]:
        key = ("group page", asked, given.limit, given.section)

        def said() -> Markup:
            return service.view(request, response, key, lambda: _body(service, asked, given))

        return {"name": name, "body": by_store_or_catalogue(asked, said, lambda: _unnamed(service, asked))}

    def twin() -> Response:
        def unsaid() -> Response:
            return JSONResponse(sheet_to_json(sheet(unnamed(asked, service.catalogue))))

        return by_store_or_catalogue(asked, lambda: api.one_sheet(request, service, name, sheet_filter), unsaid)

    return Shown("group.html", twin, body, apart=True)


def _unnamed(service: Service, asked: Asked) -> Markup:
    (id,) = asked.ids
    entry, ties = service.catalogue.entry(id), unnamed(asked, service.catalogue).ties
    names = [(each.text, groupview.years(each.start, each.end)) for each in entry.names if each.text != entry.name]
    catalogue = groupview.catalogue_ties(ties, asked.ids)
    return fragment("group_unnamed.html", entry=entry, years=groupview.years(entry.start, entry.end), names=names, catalogue=catalogue)


def _body(service: Service, asked: Asked, given: GroupFilter) -> Markup:
    with service.remaking(asked):
        case = service.case(asked)
        whole = case if asked.as_of is None else service.case(replace(asked, as_of=None))
    found = service.sheet(asked)
    only = given.section or ""
    shown = groupview.sections(found, given.limit, only)
    ids = groupview.first_statements(case, shown, MOST)
    bars = groupview.bars(months(whole))
    (id,) = asked.ids if len(asked.ids) == 1 else ("",)
    key = id or asked.name
    filters = {"as_of": asked.as_of, "known_by": asked.known_by, "with_wings": asked.with_wings}
    return fragment(
        "group_body.html",
        asked=asked,
        key=key,
        filters=filters,
        more=lambda section, row: href_group(key, "evidence", section=section, row=row, **filters),
        about=groupview.about(service.catalogue.entry(id) if id else None, found),
        sheet=found,
        glance={} if only else groupview.glance(found),
        sections=shown,
        missing=groupview.missing(found) if not only else [],
        catalogue=groupview.catalogue_ties(found.catalogue, asked.ids),
        bars=bars,
        ends=[groupview.month_end(each.month) for each in bars],
        notes=Notes(groupview.said(case, ids), first=MOST),
        only=only,
    )
