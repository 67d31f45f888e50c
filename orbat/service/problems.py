"""Every error as one kind of answer, application/problem+json (RFC 9457), and the one table from errors to statuses."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from orbat.errors import DataError, NotFoundError, OrbatError, ReadError, StageError, StoreError
from orbat.service.config import ServiceError

log = logging.getLogger("orbat.service")
KIND = "application/problem+json"


class Refused(OrbatError):
    """A request that is not answered, with the status that says why and headers that go with it."""

    def __init__(self, status: int, fact: str, cause: str = "", step: str = "", *, headers: dict[str, str] | None = None) -> None:
        super().__init__(fact, cause, step)
        self.status, self.headers = status, headers


class BadRequest(OrbatError):
    """A request that cannot be understood."""


STATUSES: tuple[tuple[type[OrbatError], int], ...] = (
    (NotFoundError, 404),
    (BadRequest, 400),
    (ReadError, 422),
    (StageError, 422),
    (ServiceError, 503),
    (DataError, 503),
    (StoreError, 503),
    (OrbatError, 500),
)
"""The first class that an error is of gives its status; ``Refused`` brings its own."""


def status_of(error: OrbatError) -> int:
    """The status of an error of ours."""
    return error.status if isinstance(error, Refused) else next(status for kind, status in STATUSES if isinstance(error, kind))


def problem(status: int, detail: str, *, instance: str, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """A problem as an answer; ``type`` about:blank says that the status says it all."""
    title = HTTPStatus(status).phrase
    body = {"type": more.pop("type", "about:blank"), "title": title, "status": status, "detail": detail, "instance": instance, **more}
    return JSONResponse(body, status, headers, media_type=KIND)


def answer(error: OrbatError, instance: str) -> JSONResponse:
    """An error of ours as an answer: its fact is the detail, with cause and next step beside it."""
    headers = error.headers if isinstance(error, Refused) else None
    kind = f"urn:orbat:{type(error).__name__}"
    return problem(
        status_of(error), str(error), instance=instance, headers=headers, type=kind, fact=error.fact, cause=error.cause, step=error.step
    )


def wants_page(request: Request) -> bool:
    """Whether a person asks for a page, and not a program for JSON."""
    path = request.url.path
    return not path.startswith("/api/") and not path.endswith(".json") and "text/html" in request.headers.get("accept", "")


def as_asked(request: Request, made: JSONResponse) -> Response:
    """A problem as it is or, where a page was asked for, as ``app.state.problem_page`` shows it."""
    as_page = getattr(request.app.state, "problem_page", None)
    if as_page is None or not wants_page(request):
        return made
    page: Response = as_page(request, json.loads(bytes(made.body)))
    page.headers.update({name: text for name, text in made.headers.items() if name not in ("content-type", "content-length")})
    return page


def install(app: FastAPI) -> None:
    """Have the app answer every error so."""

    @app.exception_handler(OrbatError)
    async def _ours(request: Request, error: OrbatError) -> Response:
        if status_of(error) >= 500:
            log.error("%s %s: %s", request.method, request.url.path, error, exc_info=error)
        return as_asked(request, answer(error, request.url.path))

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        # Not what was given: it may be a password.
        errors = [{"where": [str(part) for part in each["loc"]], "message": each["msg"]} for each in error.errors()]
        detail = "; ".join(f"{'.'.join(each['where'])}: {each['message']}" for each in errors[:5])
        return as_asked(request, problem(422, detail, instance=request.url.path, errors=errors))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        made = problem(error.status_code, str(error.detail), instance=request.url.path, headers=dict(error.headers or {}))
        return as_asked(request, made)

    @app.exception_handler(Exception)
    async def _unforeseen(request: Request, error: Exception) -> Response:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return as_asked(request, problem(500, "The service failed at this. Its log says why.", instance=request.url.path))
