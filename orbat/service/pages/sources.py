"""Sources: publishers and named speakers with what they say, whom they share text with and their grades; and a page for each."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from orbat.corroborate.origins import publisher_label, publisher_told
from orbat.errors import NotFoundError
from orbat.names import fold
from orbat.recordtypes import Reliability, Verdict
from orbat.service import listing
from orbat.service.models import Json
from orbat.service.pages import sourceview
from orbat.service.pages.addresses import href_page, href_search
from orbat.service.pages.filtering import Told, address, again, chips, without
from orbat.service.pages.judging import JudgedIds, told
from orbat.service.pages.rendering import Shown, page
from orbat.service.routes.common import Filter, judgement_json
from orbat.service.routes.common import page as page_json
from orbat.service.routes.sources import SourceFilter
from orbat.service.sourcing import Source, all_sources
from orbat.service.state import Here

router = APIRouter()
SORTS = {"statements": "most statements", "name": "name", "last": "met last", "shared": "most shared text", "grade": "grade"}


class SourceView(Told, SourceFilter):
    """Which sources, and which come first."""

    sort: Annotated[Literal["statements", "name", "last", "shared", "grade"], Field(description="Which come first.")] = "statements"


class OneSource(Filter):
    """How one source is shown."""

    judged: JudgedIds = ()


@page(router, "/sources")
def sources(request: Request, response: Response, service: Here, given: Annotated[SourceView, Query()]) -> Shown:
    """Publishers and named speakers with what they say, their near-copies and their grades."""
    rows = service.view(request, response, "sources", lambda: all_sources(service.store))
    asked = fold(given.q)
    named = [each for each in rows if not _unnamed(each)]
    chosen = [each for each in named if given.kind in (None, each.kind) and asked in fold(each.name)]
    part = listing.sliced(_sorted(chosen, given.sort), given.asked(request))
    query = request.query_params.multi_items()

    def context() -> Json:
        return {
            "given": given,
            "sorts": SORTS,
            "sorted_by": {name: address([*without(query, "sort"), ("sort", name)]) for name in SORTS},
            "grades": [each.value for each in Reliability],
            "chips": chips(query, {"kind": "kind", "q": "name"}),
            "told": told(service, given.judged),
            "again": again(request),
        }

    value = {**page_json(part, _row), "unnamed": len(rows) - len(named)}
    return Shown("sources.html", value, context)


@page(router, "/sources/{id:path}")
def source(
    request: Request, response: Response, service: Here, id: Annotated[str, Path(max_length=500)], given: Annotated[OneSource, Query()]
) -> Shown:
    """One publisher or speaker: what it says, how its word stands, whom it copies, and its grade with its history."""
    rows = [each for each in service.view(request, response, "sources", lambda: all_sources(service.store)) if each.id == id]
    if not rows:
        raise NotFoundError(f"No publisher or speaker has the id {id!r}.", "", f"{href_page('sources')} lists them.")
    first, kind = rows[0], rows[0].kind
    names = frozenset(each.name for each in rows)

    def make() -> sourceview.Standing:
        if kind == "publisher":
            return sourceview.of_publisher(service.store, names)
        return sourceview.of_speaker(service.store, id.removeprefix("speaker:"))

    standing = service.view(request, response, ("source", id), make)
    judged = [each for each in service.judgements if each.verdict is Verdict.GRADE and each.left in (id, *names)]
    value = {
        **_row(rows[0]),
        "names": sorted(names),
        "statements": sum(each.statements for each in rows),
        "documents": sum(each.documents for each in rows),
        "standing": asdict(standing),
        "grades": [judgement_json(each) for each in reversed(judged)],
    }
    context = {
        "given": given,
        "grades": [each.value for each in Reliability],
        "href_said": lambda **more: href_search(**{"source" if kind == "publisher" else "speaker": first.name}, **more),
        "told": told(service, given.judged),
    }
    return Shown("source.html", value, context)


def _unnamed(row: Source) -> bool:
    """Whether it is an article that names no publisher, which ``corroborate.origins`` takes for a publisher of its own."""
    return row.kind == "publisher" and not publisher_told(row.name)


def _sorted(rows: Sequence[Source], sort: str) -> Sequence[Source]:
    match sort:
        case "name":
            return sorted(rows, key=lambda each: (fold(each.name), each.id))
        case "last":
            return sorted(rows, key=lambda each: (each.seen.last is None, -(each.seen.last.toordinal() if each.seen.last else 0), each.id))
        case "shared":
            return sorted(rows, key=lambda each: (-each.seen.shared, -each.statements, each.id))
        case "grade":
            return sorted(rows, key=lambda each: (each.grade, -each.statements, each.id))
    return rows


def _row(row: Source) -> Json:
    named = {name: getattr(row, name) for name in ("id", "name", "kind", "statements", "documents", "grade")}
    return {**named, "name": publisher_label(row.name), **asdict(row.seen)}
