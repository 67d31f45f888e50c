"""Whole pages, kept as they travel: what an address shows is the same for all who have one role, at one version of the store.

``Keeping`` stands before compression and every route. It gives a page that it keeps; one that may have changed is still given while it is
made anew beside the requests, so that nobody waits for what is asked for all the time. What differs by who asks does not stand in what is
kept: a page of someone who signed in is made with two marks, random in every process, in the place of their name and of the token of its
forms, and these are put in when it is sent. A page may show a judge their own judgements' buttons, so every judge has pages of their own.
Kept is what a route answers with status 200, as HTML, without a cookie, and without ``no-store`` (``kept``).

Pages are made by processes of their own (``makers``), those of the groups that are most in the news and of those that a page links to
before anyone asks, and again when something new is said of them (``touching``).
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeGuard
from urllib.parse import quote, unquote

from markupsafe import escape
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orbat.service import caching, kept
from orbat.service.accounts import Role
from orbat.service.collecting import collect
from orbat.service.guard import API, UNCACHED, Caller
from orbat.service.kept import LEVEL, SMALL, Answer, Key, Made
from orbat.service.makers import RENEWED, UNASKED, WAITED_FOR, Urgency

if TYPE_CHECKING:
    from orbat.service.state import Service

log = logging.getLogger("orbat.service")
TICK = 1.0
"""Seconds between two looks at the store's version."""
OTHERS = (f"{API}/", "/static/", *UNCACHED)
"""Addresses below which there are no pages, or none that are kept."""
FIRST = ("/", "/groups", "/records", "/review", "/sources", "/changes", "/network", "/map", "/search", "/unknown", "/failures")
"""Made as the service starts: what they are made of takes seconds on a large store, and their templates are read then."""
HERE = ("/read", "/sign-in")
"""Addresses of pages that show what only the process that reads articles knows."""
LARGE, MOST_LARGE = 20, 100
"""Statements from which on a group's pages are made before anyone asks; and of how many groups, 20 kB each page."""
PARTS = ("", "/timeline", "/map", "/network", "/flows")
"""A group's pages."""
PAUSE, REST = 1.0, 2
"""Seconds at most between two pages that are made anew; how many times as long as it took is rested after one that nobody waits for, where
readers wait for others."""
LINKED, MOST_IDLE = 12, 600
"""Groups that a page links to whose pages are made before anyone asks; pages that wait for that at most."""
_GROUPS = re.compile(rb'href="/groups/([^/"?#]+)"')


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


class Keeping:
    """The ASGI middleware that gives pages that are kept, between the guard and compression."""

    def __init__(self, app: ASGIApp, *, service: Service) -> None:
        self._app, self._service = app, service
        service.below = app
        self._idle: OrderedDict[Key, Scope] = OrderedDict()
        self._largest: set[Key] = set()
        self._making: dict[tuple[Key, int], tuple[asyncio.Task[Answer], Urgency]] = {}
        self._waiting: OrderedDict[Key, Scope] = OrderedDict()
        self._renewing: list[asyncio.Task[None]] = []
        self._idling: asyncio.Task[None] | None = None

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
        if found is not None and not pages.is_new(key, found, version):
            if pages.is_stale(key, found):
                found = None
            else:
                self._renew(key, scope)
        if found is None:
            self._service.waited = time.monotonic()
            found = await asyncio.shield(self._make(key, scope, version, WAITED_FOR))
            self._foresee(found, scope)
        await self._send(found, caller, scope, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Make the pages that are asked for first as soon as the service runs, and none any more once it ends."""
        looking: list[asyncio.Task[None]] = []

        async def sending(message: Message) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                looking.append(asyncio.create_task(self._look(scope)))
                looking.append(asyncio.create_task(collect(lambda: not self._making)))
            if message["type"] == "lifespan.startup.complete" and self._service.config.warm:
                looking.append(asyncio.create_task(self._warm(scope)))

        async def receiving() -> Message:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                making = [task for task, _ in self._making.values()]
                tasks = [*looking, *filter(_is_of_loop, [*making, *self._renewing, self._idling])]
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)  # what a thread is making is waited for
            return message

        await self._app(scope, receiving, sending)

    async def _warm(self, scope: Scope) -> None:
        """Have the pages made that are asked for first, those of the groups that are most in the news, and of others that these link to."""
        for path in FIRST:
            self._renew(*self._of_all(scope, path))
        try:
            groups = await run_in_threadpool(self._service.largest, LARGE, MOST_LARGE)
        except Exception as error:  # the store may be back when they are asked for
            log.warning("no groups were made ready", exc_info=error)
            return
        self._largest = {self._of_all(scope, f"/groups/{group}")[0] for group in groups}
        self._queue(self._of_all(scope, f"/groups/{group}{part}") for group in groups for part in PARTS)
        for path in FIRST if self._service.makers else ():  # and of what these link to beside, actors of no catalogue among it
            key, asking = self._of_all(scope, path)
            if not self._service.pages.holds(key):
                await self._renewed(key, asking, RENEWED)
            if found := self._service.pages.get(key, ""):
                self._foresee(found, asking)

    def _of_all(self, scope: Scope, path: str) -> tuple[Key, Scope]:
        """A page as most readers ask for it."""
        login = self._service.config.needs_login
        key = Key(path, b"", "session" if login else "local", Role.READ if login else Role.ADMIN, "")
        return key, self._asking(scope, key)

    def _asking(self, scope: Scope, key: Key) -> Scope:
        """A page as one of those asks for it who are given the same."""
        caller = Caller("" if key.via == "session" else self._service.config.analyst, key.role, key.via)
        where = {"path": key.path, "raw_path": quote(key.path).encode(), "query_string": key.query}
        return {**_GET, **where, "app": scope["app"], "state": {"caller": caller, "patient": True}}

    def _foresee(self, answer: Answer, scope: Scope, parts: Iterable[str] = PARTS) -> None:
        """Have the pages made, before anyone asks, of groups that a page links to which a reader just got."""
        caller: Caller = scope["state"]["caller"]
        if self._service.makers is None or not answer.made.kept or len(self._idle) >= MOST_IDLE or not _may_be_asked(Key.of(scope, caller)):
            return
        groups = list(dict.fromkeys(_GROUPS.findall(answer.made.body)))[:LINKED]
        paths = (f"/groups/{unquote(group.decode())}{part}" for group in groups for part in parts)
        keys = (Key.of({"path": path, "query_string": b""}, caller) for path in paths)
        self._queue((key, self._asking(scope, key)) for key in keys if not self._service.pages.holds(key))

    def _queue(self, pages: Iterable[tuple[Key, Scope]]) -> None:
        """Have pages made that nobody waits for, after those that wait for that already, as far as there is room."""
        for key, scope in pages:
            if len(self._idle) >= MOST_IDLE:
                break
            self._idle.setdefault(key, scope)
        self._begin()

    def _make(self, key: Key, scope: Scope, version: str, rank: int) -> asyncio.Task[Answer]:
        """What makes a page: one for all who ask for it, which goes on to its end when they go."""
        at = (key, self._service.pages.era)
        task, urgency = self._making.get(at, (None, Urgency(rank)))
        urgency.rank = min(rank, urgency.rank)
        if not _is_of_loop(task):
            task = asyncio.create_task(self._made(key, scope, version, urgency))
            self._making[at] = task, urgency
            task.add_done_callback(lambda done: self._over(at, done))
        return task

    def _over(self, at: tuple[Key, int], task: asyncio.Task[Answer]) -> None:
        if at in self._making and self._making[at][0] is task:
            del self._making[at]
        if not task.cancelled():
            task.exception()  # whoever waits is told of it, if any

    def _renew(self, key: Key, scope: Scope) -> None:
        """Have a page made anew beside the requests."""
        if found := self._making.get((key, self._service.pages.era)):
            found[1].rank = min(RENEWED, found[1].rank)
        elif key not in self._waiting:
            self._waiting[key] = _patient(scope)
            self._begin()

    def _begin(self) -> None:
        """Have as many tasks make pages anew as there are processes that make them, and one those that nobody waits for."""
        self._renewing = list(filter(_is_of_loop, self._renewing))
        if self._waiting and len(self._renewing) < len(self._service.makers.each if self._service.makers else (None,)):
            self._renewing.append(asyncio.create_task(self._renew_all()))
        if self._idle and not _is_of_loop(self._idling):
            self._idling = asyncio.create_task(self._renew_idly())

    async def _renew_all(self) -> None:
        """Make those pages anew that were asked for, one after another; where no other process does, half of the time none, and with rests
        where readers wait for others."""
        while self._waiting:
            key, scope = self._waiting.popitem(last=False)
            took = await self._renewed(key, scope, RENEWED)
            await asyncio.sleep(min(PAUSE, took) if self._service.makers is None else self._rest(took))

    async def _renew_idly(self) -> None:
        """Make pages that nobody waits for, one after another, with rests between; after a page of one of the largest groups, once, those
        of the groups that it links to: an army that no catalogue knows may be larger than all."""
        while self._idle:
            key, scope = self._idle.popitem(last=False)
            if key not in self._waiting:
                took = await self._renewed(key, scope, UNASKED)
                if key in self._largest and (found := self._service.pages.get(key, "")):
                    self._largest.discard(key)
                    self._foresee(found, scope, PARTS[:1])  # with it what the others are made of is at hand
                await asyncio.sleep(self._rest(took))

    def _rest(self, took: float) -> float:
        """Seconds to make nothing anew after something that took so many: none while no reader waits for a page."""
        return REST * took if self._service.busy else 0.0

    async def _renewed(self, key: Key, scope: Scope, rank: int) -> float:
        """Make a page anew; the seconds that making it took, without those in which it waited for its turn."""
        try:
            return (await self._make(key, scope, await self._version(), rank)).made.took
        except Exception as error:  # who asks when it has gone stale is told
            log.warning("%s was not made anew", key.path, exc_info=error)
            return PAUSE

    async def _look(self, scope: Scope) -> None:
        """Look at the store again and again, and have pages made anew that are no longer true, those asked for last first."""
        pages, touched, before, seen = self._service.pages, self._service.touched, "", 0
        while True:
            try:
                version = await self._version()
                if version != before:
                    seen, topics = await run_in_threadpool(touched.after, seen)
                    aged = reversed(pages.look(version, topics))
                    self._queue((key, self._asking(scope, key)) for key in aged if _may_be_asked(key))
                    before = version
            except Exception as error:  # the store may be back in a second
                log.warning("the store was not looked at", exc_info=error)
            await asyncio.sleep(TICK)

    async def _version(self) -> str:
        version = self._service.version
        return version() if version.quick else await run_in_threadpool(version)

    async def _made(self, key: Key, scope: Scope, version: str, urgency: Urgency) -> Answer:
        pages, makers = self._service.pages, self._service.makers
        era, number = pages.era, pages.number
        made: Made | None = None
        if key.path.startswith(HERE) or b"why=" in key.query:  # the reasons are read anew, with the model
            makers = None
        if makers is not None:
            made = await makers.make(scope, pages.marks, urgency)
        if made is None:
            made = await kept.make(self._app, scope, version, pages.marks)
            if makers is not None:
                self._service.cases.clear()  # or one, of whatever size, would stay where no groups' pages are made else
        answer = Answer(made, version if made.whole else None, era, number, time.monotonic())
        if made.kept and pages.keep(key, answer, asked=urgency.rank < UNASKED):
            self._queue([(key, _patient(scope))])
        return answer

    async def _send(self, answer: Answer, caller: Caller, scope: Scope, send: Send) -> None:
        """Send an answer to one who asks for it."""
        asked, made = Headers(scope=scope), answer.made
        headers = MutableHeaders(raw=list(made.headers))
        if made.kept:
            headers["etag"] = caching.etag(made.digest, scope["path"], f"{caller.name} {caller.role} {caller.mark}")
        if made.status == 200 and "etag" in headers and caching.matches(asked.get("if-none-match", ""), headers["etag"]):
            unchanged = [(name, text) for name, text in headers.raw if name in (b"etag", b"cache-control", b"vary")]
            await send({"type": "http.response.start", "status": 304, "headers": unchanged})
            await send({"type": "http.response.body", "body": b""})
            return
        content, packed = made.content, made.packed
        if caller.via == "session":  # put together anew for each who asks
            content, packed = self._personal(made.body, caller), False
        if "content-encoding" not in headers:
            if "gzip" not in asked.get("accept-encoding", ""):
                content = made.body if packed else content
            elif packed or len(content) >= SMALL:
                content = content if packed else gzip.compress(content, LEVEL, mtime=0)
                headers["content-encoding"] = "gzip"
        headers["content-length"] = str(len(content))
        headers.setdefault("vary", "Accept-Encoding")
        await send({"type": "http.response.start", "status": made.status, "headers": headers.raw})
        await send({"type": "http.response.body", "body": content})

    def _personal(self, body: bytes, caller: Caller) -> bytes:
        """A page with the name and a token of who asks in the place of the marks."""
        marks = self._service.pages.marks
        for mark, text in ((marks.name, str(escape(caller.name))), (marks.csrf, self._service.sessions.csrf(caller.mark))):
            body = body.replace(mark.encode(), text.encode("utf-8", "surrogatepass"))
        return body


def _is_of_loop(task: asyncio.Task[Any] | None) -> TypeGuard[asyncio.Task[Any]]:
    """Whether a task goes on in the loop that runs: a test may run an app in several."""
    return task is not None and not task.done() and task.get_loop() is asyncio.get_running_loop()


def _patient(scope: Scope) -> Scope:
    """The same question of one who can wait."""
    return {**scope, "state": {**scope["state"], "patient": True}}


def _may_be_asked(key: Key) -> bool:
    """Whether a page may be made as though someone asked: none that is a judge's own, or a program's."""
    return not key.name and key.via in ("local", "session")


def _is_page(path: str) -> bool:
    return not path.startswith(OTHERS) and not path.endswith((".json", ".atom"))
