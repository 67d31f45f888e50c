"""What every request passes before it is answered: host, size, who asks, how often, and whether a page of ours asks; and what every answer
carries."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from fastapi import HTTPException
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orbat.errors import NotFoundError, OrbatError
from orbat.service import caching, problems
from orbat.service.accounts import Role
from orbat.service.problems import Refused
from orbat.service.sessions import CSRF_FIELD, CSRF_HEADER

if TYPE_CHECKING:
    from orbat.service.state import Service

log = logging.getLogger("orbat.service")
API = "/api/v1"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_PATHS = (f"{API}/session", f"{API}/health", "/sign-in", "/static/", "/favicon.ico", "/robots.txt")
"""What may be asked for without signing in; a path that ends in / stands for all below it."""
UNCACHED = (f"{API}/session", f"{API}/health", f"{API}/jobs", "/sign-in")
COOKIE, SECURE_COOKIE = "orbat_session", "__Host-orbat_session"
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
"""The content security policy: nothing from elsewhere, no script or style that stands in a page."""
HEADERS = {
    "content-security-policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. ``via``: ``local`` where no login is needed, ``session`` or ``token``; ``mark`` tells sessions apart."""

    name: str
    role: Role
    via: str
    mark: str = ""


class Guard:
    """The ASGI middleware before all others."""

    def __init__(self, app: ASGIApp, *, service: Service) -> None:
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Admit a request or say why not."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0
        request = Request(scope, receive)

        async def answering(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._dress(message)
            await send(message)

        try:
            await self._answer(request, answering)
        except Exception as error:  # nothing that fails may leave without an answer, nor with a page of the server's own
            log.error("%s %s failed", request.method, request.url.path, exc_info=error)
            if status:
                raise
            detail = "The service failed at this. Its log says why."
            made = problems.problem(500, detail, instance=request.url.path)
            await problems.as_asked(request, made)(scope, receive, answering)
        finally:  # neither headers nor what stands after the path: they may hold secrets
            took = 1000 * (time.perf_counter() - started)
            log.info("%s %s %s %s %.0f ms", address_of(request), request.method, quote(request.url.path), status, took)

    async def _answer(self, request: Request, send: Send) -> None:
        service, scope = self._service, request.scope
        try:
            if not service.config.answers_to(request.headers.get("host", "")):
                raise Refused(421, "This service does not answer to that host.", "", "Start it with --name HOST to have it do so.")
            receive = bounded(request, service.config.limits.upload)
            caller = self._caller(request)
            self._limit(request, caller)
            scope.setdefault("state", {})["caller"] = caller
            if caller is None and not _is_open(request.url.path):
                if request.method == "GET" and problems.wants_page(request):
                    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                    await RedirectResponse(f"/sign-in?next={quote(target, safe='')}", 303)(scope, receive, send)
                    return
                raise Refused(401, "Sign in first.", "", "Send a token, or sign in.", headers={"WWW-Authenticate": "Bearer"})
            if request.method not in SAFE:
                receive = await self._is_ours(request, receive, caller)
        except OrbatError as error:
            await problems.as_asked(request, problems.answer(error, request.url.path))(scope, request.receive, send)
            return
        await self._app(scope, receive, send)

    def _caller(self, request: Request) -> Caller | None:
        service = self._service
        shown = request.headers.get("authorization")
        if shown is not None:
            kind, _, text = shown.partition(" ")
            token = service.accounts.token(text.strip()) if kind.lower() == "bearer" else None
            if token is None:
                step = "Send it as 'Authorization: Bearer TOKEN'."
                raise Refused(401, "That is no token of this service.", "", step, headers={"WWW-Authenticate": "Bearer"})
            return Caller(token.name, token.role, "token")
        if not service.config.needs_login:
            return Caller(service.config.analyst, Role.ADMIN, "local")
        session = service.sessions.read(request.cookies.get(cookie_name(service.config.by_https), ""))
        if session is None:
            return None
        try:
            account = service.accounts.account(session.name)
        except NotFoundError:
            return None
        return Caller(account.name, account.role, "session", session.mark) if account.generation == session.generation else None

    def _limit(self, request: Request, caller: Caller | None) -> None:
        if not self._service.config.needs_login:
            return
        names = [f"address {address_of(request)}"] + ([f"account {caller.name}"] if caller else [])
        limited(max(self._service.requests.wait(name) for name in names))

    async def _is_ours(self, request: Request, receive: Receive, caller: Caller | None) -> Receive:
        """Refuse what a page of another site has a browser post (CSRF).

        Browsers say where a post comes from; programs do not. A session's cookie goes with every post of its browser, so there the page's
        own token is asked for as well; a token in a header is sent by no browser of itself.
        """
        origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
        elsewhere = origin is not None and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower()
        if elsewhere or (origin is None and site not in (None, "same-origin", "none")):
            raise Refused(403, "This was posted from a page of another site.", "", "Post it from a page of this service.")
        if caller is None or caller.via != "session":
            return receive
        token = request.headers.get(CSRF_HEADER)
        if token is None:
            token, receive = await _field_of(request, receive)
        if not self._service.sessions.is_csrf(token, caller.mark):
            raise Refused(403, "The page's token is missing or not of this session.", "", "Load the page again and repeat this.")
        return receive

    def _dress(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("cache-control", "no-store")
        if self._service.config.by_https:
            headers.setdefault("strict-transport-security", "max-age=31536000")


class Fresh:
    """The ASGI middleware that answers 304 where a reader has the answer already: before anything is asked of the store."""

    def __init__(self, app: ASGIApp, *, service: Service) -> None:
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or say that nothing has changed."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or scope["path"].startswith(UNCACHED):
            await self._app(scope, receive, send)
            return
        version = self._service.version
        now = version() if version.quick else await run_in_threadpool(version)
        tag = tag_of(scope, now)
        kept = {"etag": tag, "cache-control": "private, no-cache"}
        if caching.matches(Headers(scope=scope).get("if-none-match", ""), tag):
            await send({"type": "http.response.start", "status": 304, "headers": _raw(kept)})
            await send({"type": "http.response.body", "body": b""})
            return

        async def tagged(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                headers = MutableHeaders(scope=message)
                for name, value in kept.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, tagged)


def tag_of(scope: Scope, version: str) -> str:
    """The ETag of an answer of some version: of the address, and of who asks."""
    caller: Caller | None = scope.get("state", {}).get("caller")
    asker = f"{caller.name} {caller.role} {caller.mark}" if caller else ""
    return caching.etag(version, scope["path"], scope["query_string"].decode("latin-1"), asker)


def cookie_name(by_https: bool) -> str:
    """The session cookie's name; browsers take ``__Host-`` only from https, for this host alone."""
    return SECURE_COOKIE if by_https else COOKIE


def address_of(request: Request) -> str:
    """The address that a request comes from."""
    return request.client.host if request.client else "unknown"


def limited(seconds: float) -> None:
    """Refuse where there is a wait.

    Raises:
        Refused: with status 429.
    """
    if seconds > 0:
        headers = {"Retry-After": str(math.ceil(seconds))}
        raise Refused(429, "That was asked too often.", "", f"Ask again in {math.ceil(seconds)} s.", headers=headers)


def bounded(request: Request, most: int) -> Receive:
    """What is received, up to a number of bytes.

    Raises:
        Refused: the request says that it is longer. Where it only is, receiving raises an HTTPException, which FastAPI lets through.
    """
    detail = f"More than {most >> 20} MB were sent."
    said = request.headers.get("content-length", "0")
    if not said.isdecimal() or int(said) > most:
        raise Refused(413, detail, "", "Send less at once; `orbat read` takes more.")
    received, inner = 0, request.receive

    async def receive() -> Message:
        nonlocal received
        message = await inner()
        received += len(message.get("body", b""))
        if received > most:
            raise HTTPException(413, detail)
        return message

    return receive


async def _field_of(request: Request, receive: Receive) -> tuple[str, Receive]:
    """The token in a form's field, and what receives the body again."""
    if not request.headers.get("content-type", "").startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        return "", receive
    body = await Request(request.scope, receive).body()

    async def again() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async with Request(request.scope, again).form() as form:
        found = form.get(CSRF_FIELD)
    return found if isinstance(found, str) else "", again


def _is_open(path: str) -> bool:
    return any(path.startswith(each) if each.endswith("/") else path == each for each in OPEN_PATHS)


def _raw(headers: dict[str, str]) -> Iterable[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]
