"""All actors of the store, those with most statements first, with small charts of their months."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from orbat.service.models import ActiveActor, Page
from orbat.service.pages.rendering import Shown, page
from orbat.service.routes import actors as api
from orbat.service.routes.actors import ActiveFilter
from orbat.service.state import Here

router = APIRouter()


@page(router, "/groups", model=Page[ActiveActor])
def groups(request: Request, response: Response, service: Here, given: Annotated[ActiveFilter, Query()]) -> Shown:
    """The actors that take part in the store's statements."""
    return Shown("groups.html", api.active(request, response, service, given), {"given": given})
