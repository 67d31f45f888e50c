"""The pages: HTML beside the API, each with a JSON twin at the same address + ``.json``. docs/add-a-page.md is the recipe."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from fastapi import APIRouter, Request, Response

from orbat.service.config import ServiceConfig
from orbat.service.pages import static
from orbat.service.pages.rendering import render

MODULES = (
    "record",
    "article",
    "statement",
    "searching",
    "timeline",
    "map",
    "network",
    "flows",
    "comparing",
    "front",
    "groups",
    "sources",
    "review",
    "changes",
    "unknown",
    "failures",
    "reading",
    "signing",
    "judging",
    "group",
)
"""The modules with a ``router`` of pages, in the order in which an address is looked for: those first whose pages are asked for most and
seldom made already. What begins with /groups/ and goes on after the name stands before ``group``."""


def pages(config: ServiceConfig) -> APIRouter:
    """The routers of all pages and of the static files."""
    router = APIRouter(include_in_schema=False)
    for name in MODULES:
        module = f"{__name__}.{name}"
        if find_spec(module) is not None:
            router.include_router(import_module(module).router)
    router.include_router(static.router)
    return router


def problem_page(request: Request, problem: dict[str, Any]) -> Response:
    """A problem as a page: fact, cause and next step."""
    told = {"fact": problem.get("fact", problem["detail"]), "cause": problem.get("cause", ""), "step": problem.get("step", "")}
    if problem["status"] == 404 and "fact" not in problem:
        told["fact"] = "There is no such page."
    return render(request, "problem.html", status=problem["status"], title=problem["title"], **told)
