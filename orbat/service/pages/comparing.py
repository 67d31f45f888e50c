"""Two groups side by side: what ties them, whom and where they share, and their activity by month."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup
from pydantic import Field

from orbat.battle import Asked
from orbat.battle.compare import Comparison, Month, of_sheets
from orbat.battle.loading import unnamed
from orbat.battle.render import svg
from orbat.battle.render.plain import plain
from orbat.battle.render.tables import HEADINGS
from orbat.battle.sheet import sentence, sheet
from orbat.battle.values import Sheet
from orbat.link.cataloguefile import ARMED_KINDS
from orbat.service.pages.charting import SENTENCES, by_store_or_catalogue, chart_page, group_name, notes_of, when_text
from orbat.service.pages.rendering import Shown, page
from orbat.service.pages.strip import WIDTH, axis, ends, is_month, month_of, span_of
from orbat.service.routes.battle import Moment
from orbat.service.routes.common import Words
from orbat.service.state import Here, Service

router = APIRouter()
MOST = 8
"""Leaders and numbers of fighters given of either; the sheet has all."""
MOST_OFFERED = 300
HALF = 64.0
"""Height of the bars of either group."""


class ComparePageFilter(Moment):
    """Which two groups; the page asks where one is not given."""

    one: Annotated[Words, Field(description="A group's name, short name or id.")] = ""
    two: Annotated[Words, Field(description="Another's.")] = ""


@page(router, "/compare")
def compare_page(request: Request, service: Here, given: Annotated[ComparePageFilter, Query()]) -> Shown:
    """Two groups side by side."""
    if not given.one or not given.two:
        return Shown("compare.html", {"one": given.one, "two": given.two}, lambda: _asking(request, service, given))
    pair = given.of(service, given.one), given.of(service, given.two)
    names = group_name(service, given.one), group_name(service, given.two)

    def make() -> tuple[dict[str, Any], dict[str, Any]]:
        sheets = [_sheet(service, asked) for asked in pair]
        found = of_sheets(*sheets)
        told = [*(each.grounds for each in found.bonds), *(each.grounds for each in found.fights)]
        heads = [each.grounds for one in sheets for each in one.leaders[:MOST]]
        heads += [each.grounds for one in sheets for each in one.strength[:MOST]]
        said = service.said(sorted({id for each in (*told, *heads) for id in each.statements[:SENTENCES]}))
        between = sorted({id for each in told for id in each.statements[:SENTENCES]} & said.keys())
        sentences = {id: sentence(said[id]) for id in between}
        return plain(replace(found, sentences=sentences)), {
            "found": found,
            "sides": [_side(*each) for each in zip(sheets, names, (given.one, given.two), strict=True)],
            "picture": months_picture(found, names),
            "years": years_of(found.months),
            "headings": HEADINGS,
            "names": names,
            "given": given,
            "notes": notes_of(said.values()),
            "when_text": when_text,
        }

    service.about(request, *pair)
    return chart_page(request, service, pair, make, template="compare.html", given=given, names=names, groups=())


def _sheet(service: Service, asked: Asked) -> Sheet:
    return by_store_or_catalogue(asked, lambda: service.sheet(asked), lambda: sheet(unnamed(asked, service.catalogue), sentences=False))


def _asking(request: Request, service: Service, given: ComparePageFilter) -> dict[str, Any]:
    """The page without a comparison, with the groups of the store to choose from."""
    active = service.active(request, Response()).rows
    groups = [each for each in active if each.kind in ARMED_KINDS][:MOST_OFFERED]
    return {"part": "", "given": given, "names": None, "groups": groups}


def months_picture(found: Comparison, names: tuple[str, str]) -> Markup:
    """Records by month: the one's upwards, the other's downwards, by one measure."""
    dated = [month for month in found.months if is_month(month.period)]
    span = span_of([month.period for month in dated])
    if span is None:
        return Markup("")
    most = max(max(month.one, month.two) for month in dated)
    base, width = HALF + 18, max(0.8, span.step - (1 if span.step > 4 else 0))
    parts = [*axis(span, top=14, bottom=base + HALF + 4, words=10), svg.tag("line", x1=0, x2=WIDTH, y1=base, y2=base, class_="base")]
    for month in dated:
        x = span.x(ends(month.period)[0])
        up, down = HALF * month.one / most, HALF * month.two / most
        shapes = [svg.tag("rect", x=x, y=base - up, width=width, height=up, class_="one")] if month.one else []
        shapes += [svg.tag("rect", x=x, y=base, width=width, height=down, class_="two-bar")] if month.two else []
        parts.append(svg.tag("g", svg.title(f"{month.period}: {names[0]} {month.one}, {names[1]} {month.two}"), *shapes))
    about = f"Records by month, {month_of(span.first)} to {month_of(span.last)}: {names[0]} upwards, {names[1]} downwards, at most {most}"
    height = base + HALF + 8
    return Markup(svg.tag("svg", *parts, class_="mirror strip", viewBox=f"0 0 {WIDTH:g} {height:g}", role="img", aria_label=about))


def years_of(months: tuple[Month, ...]) -> list[tuple[str, int, int]]:
    """Records of both by year, what has no day last."""
    found: dict[str, tuple[int, int]] = {}
    for month in months:
        year = month.period[:4] if month.period[:1].isdigit() else "without a day"
        one, two = found.get(year, (0, 0))
        found[year] = one + month.one, two + month.two
    return [(year, *numbers) for year, numbers in found.items()]


def _side(found: Sheet, name: str, key: str) -> dict[str, Any]:
    led, told = found.leaders, found.strength
    about = {"name": name, "key": key, "records": found.records, "statements": found.statements}
    return about | {"leaders": led[:MOST], "more_leaders": len(led) - MOST, "strength": told[:MOST], "more_strength": len(told) - MOST}
