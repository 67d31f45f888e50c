"""The front page: what is here, what changed lately, and who is active."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request, Response

from orbat.service.pages.rendering import Shown, page
from orbat.service.routes.actors import active_actors
from orbat.service.state import Here, Service

router = APIRouter()


@page(router, "/", model=None)
def front(request: Request, response: Response, service: Here) -> Shown:
    """What is in the store and what is new."""
    return Shown("front.html", lambda: service.view(request, response, "front", lambda: _front(service)))


def _front(service: Service) -> dict[str, Any]:
    active = active_actors(service)
    months = sorted({month for each in active for month in each.months})
    return {"actors": [asdict(each) for each in active[:20]], "first": months[0] if months else "", "last": months[-1] if months else ""}
