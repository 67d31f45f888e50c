"""Whole pages, kept as they travel: what an address shows is the same for all who have one role, at one version of the store.

``Keeping`` stands before compression and every route. It gives a page that it keeps; one that may have changed is still given while it is
made anew beside the requests, so that nobody waits for what is asked for all the time. What differs by who asks does not stand in what is
kept: a page of someone who signed in is made with two marks, random in every process, in the place of their name and of the token of its
forms, and these are put in when it is sent. A page may show a judge their own judgements' buttons, so every judge has pages of their own.
Kept is what a route answers with status 200, as HTML, without a cookie, and without ``no-store``.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import logging
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard

from markupsafe import escape
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orbat.service import caching
from orbat.service.accounts import Role
from orbat.service.guard import API, UNCACHED, Caller

if TYPE_CHECKING:
    from orbat.service.state import Service

log = logging.getLogger("orbat.service")
LASTS, STALE = 5.0, 300.0
"""Seconds that a page may lag behind what is being read in, and at most while it waits to be made anew: sixty pages of large groups of a
store of 100,000 statements take two minutes, one after another beside the readers."""
TICK = 1.0
"""Seconds between two looks at the store's version."""
VERSIONS = 1_000
"""Versions of which it is known when they ended: an hour's, where articles are read all the while."""
HELD = 64 * 2**20
"""Bytes of pages kept at once; a page has 5 to 300 kB, packed a fifth of that."""
LEVEL = 4
"""Of compression: more takes twice the time for a twentieth less."""
SMALL = 1_000
"""Bytes that are not worth packing."""
OTHERS = (f"{API}/", "/static/", *UNCACHED)
"""Addresses below which there are no pages, or none that are kept."""
FIRST = ("/", "/groups", "/records", "/review", "/sources", "/changes", "/network", "/map", "/search", "/unknown", "/failures")
"""Made as the service starts: what they are made of takes seconds on a large store, and their templates are read then."""
PAUSE = 1.0
"""Seconds at most between two pages that are made anew."""


_GET: Scope = {
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "method": "GET",
    "scheme": "http",
    "query_string": b"",
    "root_path": "",
    "headers": [(b"host", b"localhost"), (b"accept", b"text/html")],
}


@dataclass(frozen=True, slots=True)
class Key:
    """All that a page depends on beside the store. A judge's depends on who it is, since their own judgements have buttons."""

    path: str
    query: bytes
    via: str
    role: Role
    name: str

    @classmethod
    def of(cls, scope: Scope, caller: Caller) -> Key:
        """The key of a page that someone asks for."""
        return cls(scope["path"], scope["query_string"], caller.via, caller.role, caller.name if caller.role is Role.JUDGE else "")


@dataclass(frozen=True, slots=True)
class Marks:
    """What a page that is kept holds in the place of the name of who asks and of the token of its forms."""

    name: str = field(default_factory=lambda: f"n{secrets.token_hex(16)}")
    csrf: str = field(default_factory=lambda: f"t{secrets.token_hex(16)}")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as a route gave it. ``version``: of the store, where all of it is of one; ``era``: how often all was forgotten by then."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    packed: bytes
    digest: str
    kept: bool
    version: str | None
    era: int
    made: float
    took: float

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return len(self.body) + len(self.packed) + 1_000


class Pages:
    """The pages that a service keeps. ``forget`` may be called by any thread, all else by the loop's alone."""

    def __init__(self, *, most: int = HELD) -> None:
        self._most, self._size = most, 0
        self._held: OrderedDict[Key, Answer] = OrderedDict()
        self._decided: dict[str, int] = {}
        self._ended: OrderedDict[str, float] = OrderedDict()
        self._version = ""
        self.era = 0
        self.marks = Marks()

    def get(self, key: Key, name: str) -> Answer | None:
        """What is kept, unless it is of before a change that who asks must see, since they made it."""
        found = self._held.get(key)
        if found is None or found.era < self._decided.get(name, 0):
            return None
        self._held.move_to_end(key)
        return found

    def is_new(self, answer: Answer, version: str) -> bool:
        """Whether an answer need not be made anew."""
        lasts = LASTS and max(LASTS, min(STALE / 2, answer.took * caching.TIMES))
        return answer.era == self.era and (answer.version == version or time.monotonic() - answer.made < lasts)

    def is_stale(self, answer: Answer) -> bool:
        """Whether an answer is no longer to be given: what it shows is no more since too long, as far as that was looked at."""
        return time.monotonic() - self._ended.get(answer.version or "", answer.made) >= STALE

    def look(self, version: str) -> None:
        """Note what the store's version is now, and so when the one before ended."""
        if version != self._version:
            if self._version:
                self._ended[self._version] = time.monotonic()
            self._version = version
            while len(self._ended) > VERSIONS:
                self._ended.popitem(last=False)

    def keep(self, key: Key, answer: Answer) -> None:
        """Keep an answer; those that were asked for longest ago go."""
        self._size += answer.size - (self._held[key].size if key in self._held else 0)
        self._held[key] = answer
        self._held.move_to_end(key)
        while self._size > self._most:
            _, gone = self._held.popitem(last=False)
            self._size -= gone.size

    def forget(self, by: str) -> None:
        """After a change that ``by`` must see at once: what is kept, and what is being made, is given to others only, and made anew."""
        era = self.era + 1
        self._decided[by] = era  # first: no page may be made in an era that its maker need not see
        self.era = era


class Keeping:
    """The ASGI middleware that gives pages that are kept, between the guard and compression."""

    def __init__(self, app: ASGIApp, *, service: Service) -> None:
        self._app, self._service = app, service
        self._making: dict[tuple[Key, int], asyncio.Task[Answer]] = {}
        self._waiting: dict[Key, Scope] = {}
        self._renewing: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give a page that is kept, or have it made."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        caller: Caller | None = scope.get("state", {}).get("caller")
        if scope["type"] != "http" or scope["method"] != "GET" or caller is None or not _is_page(scope["path"]):
            await self._app(scope, receive, send)
            return
        pages, key, version = self._service.pages, Key.of(scope, caller), await self._version()
        found = pages.get(key, caller.name)
        if found is not None and not pages.is_new(found, version):
            if pages.is_stale(found):
                found = None
            else:
                self._renew(key, scope)
        if found is None:
            found = await asyncio.shield(self._make(key, scope, version))
        await self._send(found, caller, scope, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Make the pages that are asked for first as soon as the service runs, and none any more once it ends."""
        looking: list[asyncio.Task[None]] = []

        async def sending(message: Message) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                looking.append(asyncio.create_task(self._look()))
            if message["type"] == "lifespan.startup.complete" and self._service.config.warm:
                login = self._service.config.needs_login
                caller = Caller("", Role.READ, "session") if login else Caller(self._service.config.analyst, Role.ADMIN, "local")
                for path in FIRST:
                    asked = {**_GET, "app": scope["app"], "path": path, "raw_path": path.encode(), "state": {"caller": caller}}
                    self._renew(Key.of(asked, caller), asked)

        async def receiving() -> Message:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                tasks = [*looking, *filter(_is_of_loop, [*self._making.values(), self._renewing])]
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)  # what a thread is making is waited for
            return message

        await self._app(scope, receiving, sending)

    def _make(self, key: Key, scope: Scope, version: str) -> asyncio.Task[Answer]:
        """What makes a page: one for all who ask for it, which goes on to its end when they go."""
        at = (key, self._service.pages.era)
        task = self._making.get(at)
        if not _is_of_loop(task):
            task = self._making[at] = asyncio.create_task(self._made(key, scope, version))
            task.add_done_callback(lambda done: self._over(at, done))
        return task

    def _over(self, at: tuple[Key, int], task: asyncio.Task[Answer]) -> None:
        if self._making.get(at) is task:
            del self._making[at]
        if not task.cancelled():
            task.exception()  # whoever waits is told of it, if any

    def _renew(self, key: Key, scope: Scope) -> None:
        """Have a page made anew beside the requests."""
        if key not in self._waiting:
            self._waiting[key] = {**scope, "state": {**scope["state"], "patient": True}}
        if not _is_of_loop(self._renewing):
            self._renewing = asyncio.create_task(self._renew_all())

    async def _renew_all(self) -> None:
        """Make pages anew: one after another, and half of the time none, so that readers of others are not held up."""
        while self._waiting:
            key, scope = next(iter(self._waiting.items()))
            begun = time.monotonic()
            try:
                await self._make(key, scope, await self._version())
            except Exception as error:  # who asks when it has gone stale is told
                log.warning("%s was not made anew", key.path, exc_info=error)
            finally:
                del self._waiting[key]
            await asyncio.sleep(min(PAUSE, time.monotonic() - begun))

    async def _look(self) -> None:
        while True:
            try:
                self._service.pages.look(await self._version())
            except Exception as error:  # the store may be back in a second
                log.warning("the store was not looked at", exc_info=error)
            await asyncio.sleep(TICK)

    async def _version(self) -> str:
        version = self._service.version
        return version() if version.quick else await run_in_threadpool(version)

    async def _made(self, key: Key, scope: Scope, version: str) -> Answer:
        pages, caller = self._service.pages, scope["state"]["caller"]
        era, begun = pages.era, time.monotonic()
        state = {**scope["state"], "versions": set()}
        if caller.via == "session":
            state["marks"] = pages.marks
        plain = [(name, text) for name, text in scope["headers"] if name not in (b"accept-encoding", b"if-none-match")]
        start: Message = {}
        parts: list[bytes] = []

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                parts.append(message.get("body", b""))

        await self._app({**scope, "headers": plain, "state": state}, _nothing(), send)
        body, headers = b"".join(parts), Headers(raw=list(start["headers"]))
        keep = (
            start["status"] == 200
            and headers.get("content-type", "").startswith("text/html")
            and "set-cookie" not in headers
            and "no-store" not in headers.get("cache-control", "")
        )
        apart = caller.via == "session"  # put together anew for each who asks
        packed = b"" if apart or not keep or len(body) < SMALL else await run_in_threadpool(gzip.compress, body, LEVEL, mtime=0)
        one = state["versions"] <= {version}
        answer = Answer(
            status=start["status"],
            headers=tuple(headers.raw),
            body=body,
            packed=packed,
            digest=hashlib.sha256(body).hexdigest() if keep else "",
            kept=keep,
            version=version if one else None,
            era=era,
            made=time.monotonic(),
            took=time.monotonic() - begun,
        )
        if keep:
            pages.keep(key, answer)
        return answer

    async def _send(self, answer: Answer, caller: Caller, scope: Scope, send: Send) -> None:
        """Send an answer to one who asks for it."""
        asked = Headers(scope=scope)
        headers = MutableHeaders(raw=list(answer.headers))
        if answer.kept:
            headers["etag"] = caching.etag(answer.digest, scope["path"], f"{caller.name} {caller.role} {caller.mark}")
        if answer.status == 200 and "etag" in headers and caching.matches(asked.get("if-none-match", ""), headers["etag"]):
            unchanged = [(name, text) for name, text in headers.raw if name in (b"etag", b"cache-control", b"vary")]
            await send({"type": "http.response.start", "status": 304, "headers": unchanged})
            await send({"type": "http.response.body", "body": b""})
            return
        body = answer.body
        if caller.via == "session":
            body = self._personal(body, caller)
        if "gzip" in asked.get("accept-encoding", "") and len(body) >= SMALL and "content-encoding" not in headers:
            body = answer.packed or gzip.compress(body, LEVEL, mtime=0)
            headers["content-encoding"] = "gzip"
        headers["content-length"] = str(len(body))
        headers.setdefault("vary", "Accept-Encoding")
        await send({"type": "http.response.start", "status": answer.status, "headers": headers.raw})
        await send({"type": "http.response.body", "body": body})

    def _personal(self, body: bytes, caller: Caller) -> bytes:
        """A page with the name and a token of who asks in the place of the marks."""
        marks = self._service.pages.marks
        for mark, text in ((marks.name, str(escape(caller.name))), (marks.csrf, self._service.sessions.csrf(caller.mark))):
            body = body.replace(mark.encode(), text.encode("utf-8", "surrogatepass"))
        return body


def _is_of_loop(task: asyncio.Task[Any] | None) -> TypeGuard[asyncio.Task[Any]]:
    """Whether a task goes on in the loop that runs: a test may run an app in several."""
    return task is not None and not task.done() and task.get_loop() is asyncio.get_running_loop()


def _nothing() -> Receive:
    """What receives a request without a body, of one who does not go away."""
    messages = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Message:
        for message in messages:
            return message
        await asyncio.Event().wait()
        raise AssertionError

    return receive


def _is_page(path: str) -> bool:
    return not path.startswith(OTHERS) and not path.endswith((".json", ".atom"))
