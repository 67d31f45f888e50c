"""Sources: publishers and speakers with what they say, their copies and their grades."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from orbat.names import fold
from orbat.service import listing
from orbat.service.models import Json, Page, Source
from orbat.service.routes.common import Paging, Words, errors, page
from orbat.service.sourcing import all_sources
from orbat.service.state import Here

router = APIRouter(tags=["sources"], responses=errors())


class SourceFilter(Paging):
    """Which sources."""

    kind: Annotated[Literal["publisher", "speaker"] | None, Field(description="Publishers or speakers only.")] = None
    q: Annotated[Words, Field(description="A part of its name.")] = ""


@router.get("/sources", response_model=Page[Source], responses=errors(400))
def sources(request: Request, response: Response, service: Here, given: Annotated[SourceFilter, Query()]) -> Json:
    """List publishers and named speakers, those with most statements first; speakers without a name are told by their records alone."""
    rows = service.view(request, response, "sources", lambda: all_sources(service.store))
    asked = fold(given.q)
    chosen = [each for each in rows if given.kind in (None, each.kind) and asked in fold(each.name)]
    found = listing.sliced(chosen, given.asked(request))
    return page(found, lambda each: {name: getattr(each, name) for name in Source.model_fields})
