"""The app: every route, what stands before them, and what OpenAPI says of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from orbat.service import problems
from orbat.service.config import ServiceConfig, ServiceError
from orbat.service.guard import API, Fresh, Guard
from orbat.service.keeping import Keeping
from orbat.service.routes import actors, articles, battle, documents, exports, judgements, records, search, session, sources, statements
from orbat.service.state import Service

ROUTES = (actors, battle, statements, records, documents, sources, search, exports, articles, judgements, session)
PAGES = "orbat.service.pages"
"""The module with the pages, where there is one: its ``pages(config)`` gives the router of what stands beside the API, its
``problem_page(request, problem)`` a problem as a page."""


def create_app(config: ServiceConfig) -> FastAPI:
    """The service as an ASGI app. The store is opened when it starts and closed when it ends.

    Raises:
        ServiceError: it could be reached from elsewhere, and nobody has an account or token.
    """
    service = Service(config)
    if config.needs_login and service.accounts.empty:
        raise ServiceError(
            f"The service was not started on {config.host}.",
            "Others could reach it there, and there are no accounts.",
            "Add one with `orbat serve users add NAME --role admin`, or listen on 127.0.0.1.",
        )

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = config.limits.threads
        await run_in_threadpool(service.open)
        try:
            yield
        finally:
            await run_in_threadpool(service.close)

    app = FastAPI(
        title="orbat",
        version=version("orbat"),
        description="The record of armed groups that orbat reads from the news: statements, records, orders of battle, and who says what.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,  # their scripts come from elsewhere, which our policy forbids
        redoc_url=None,
        lifespan=life,
        generate_unique_id_function=_name_of,
    )
    app.state.service = service
    problems.install(app)
    if find_spec(PAGES) is not None:  # first: an address is compared with one route after another, and pages are asked for most
        beside = import_module(PAGES)
        app.include_router(beside.pages(config))
        app.state.problem_page = beside.problem_page
    for module in ROUTES:
        app.include_router(module.router, prefix=API)
    app.add_middleware(Fresh, service=service)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=4)
    app.add_middleware(Keeping, service=service)
    app.add_middleware(Guard, service=service)
    if config.origins:
        app.add_middleware(CORSMiddleware, allow_origins=config.origins, allow_methods=["GET"], allow_headers=["Authorization"])
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _name_of(route: APIRoute) -> str:
    return route.name


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The description, with every problem under its own media type and the ways of signing in."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        for path in made["paths"].values():
            for operation in path.values():
                for status, answer in operation["responses"].items():
                    content = answer.get("content", {})
                    if status >= "400" and "application/json" in content:
                        content[problems.KIND] = content.pop("application/json")
        made["components"]["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer"},
            "session": {"type": "apiKey", "in": "cookie", "name": "orbat_session"},
        }
        made["security"] = [{}, {"token": []}, {"session": []}]
        app.openapi_schema = made
    return app.openapi_schema
