"""The pages that a service keeps, packed, and when each may still be given; and how an app makes one."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import hashlib
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope

from orbat.service import caching
from orbat.service.accounts import Role
from orbat.service.guard import Caller
from orbat.service.touching import ALL

LASTS, STALE = 20.0, 1800.0
"""Seconds that a page may lag behind what is being read in, and at most while it waits to be made anew: it says of which moment it is, and
who asks again a moment later gets the new one."""
FRESH = 600.0
"""Seconds after which a page is made anew that nothing was said of that it tells of: some lines may hang on more, such as near-copies."""
VERSIONS = 1_000
"""Versions of which it is known when they ended: an hour's, while articles are read."""
CHANGES = 120
"""Changes of which it is known what they touched, 4 to 20 kB each: two minutes of them. What takes longer is taken to be touched."""
HELD = 64 * 2**20
"""Bytes of pages kept at once; a page has 5 to 700 kB, packed a tenth of that."""
LEVEL = 4
"""Of compression: more takes twice the time for a twentieth less."""
SMALL, LONG = 1_000, 100_000
"""Bytes that are not worth packing, and from which on that takes more than a millisecond."""


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
    """What a page that is made to be kept holds in the place of the name of who asks, of the token of its forms and of when it was made."""

    name: str = field(default_factory=lambda: f"n{secrets.token_hex(16)}")
    csrf: str = field(default_factory=lambda: f"t{secrets.token_hex(16)}")
    moment: str = field(default_factory=lambda: f"m{secrets.token_hex(16)}")


@dataclass(frozen=True, slots=True)
class Made:
    """What a route gave: ``content`` is its body, packed where that is worth it. ``whole``: all of it is of the version that the store had
    as it was begun. ``topics``: what it depends on, where that is known."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    content: bytes
    packed: bool
    digest: str
    kept: bool
    whole: bool
    topics: frozenset[str] | None
    took: float

    @property
    def body(self) -> bytes:
        """The body as it was made."""
        return gzip.decompress(self.content) if self.packed else self.content


@dataclass(frozen=True, slots=True)
class Answer:
    """What is kept. ``version``: of the store, where all of it is of one; ``era``: how often all was forgotten by then; ``number``: of the
    last change of the store that was looked at by then."""

    made: Made
    version: str | None
    era: int
    number: int
    at: float

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return len(self.made.content) + 1_000 + 100 * len(self.made.topics or ())


class Pages:
    """The pages that a service keeps. ``forget`` may be called by any thread, all else by the loop's alone."""

    def __init__(self, *, most: int = HELD) -> None:
        self._most, self._size = most, 0
        self._held: OrderedDict[Key, Answer] = OrderedDict()
        self._decided: dict[str, int] = {}
        self._ended: OrderedDict[str, float] = OrderedDict()
        self._touches: deque[tuple[int, frozenset[str]]] = deque(maxlen=CHANGES)
        self._aged: dict[Key, float] = {}
        self._version = ""
        self.number = 0
        self.era = 0
        self.marks = Marks()

    def get(self, key: Key, name: str) -> Answer | None:
        """What is kept, unless it is of before a change that who asks must see, since they made it."""
        found = self._held.get(key)
        if found is None or found.era < self._decided.get(name, 0):
            return None
        self._held.move_to_end(key)
        return found

    def holds(self, key: Key) -> bool:
        """Whether something is kept."""
        return key in self._held

    def is_new(self, key: Key, answer: Answer, version: str) -> bool:
        """Whether an answer need not be made anew."""
        lasts = LASTS and max(LASTS, min(STALE / 2, answer.made.took * caching.TIMES))
        age = time.monotonic() - answer.at
        untouched = answer.made.topics is not None and key not in self._aged and age < FRESH
        return answer.era == self.era and (answer.version == version or untouched or age < lasts)

    def is_stale(self, key: Key, answer: Answer) -> bool:
        """Whether an answer is no longer to be given: what it shows is no more since too long, as far as that was looked at."""
        since = self._aged.get(key) if answer.made.topics is not None else self._ended.get(answer.version or "", answer.at)
        return since is not None and time.monotonic() - since >= STALE

    def look(self, version: str, touched: Collection[str] = ()) -> list[Key]:
        """Note what the store's version is now, and so when the one before ended, and what was touched.

        Returns:
            The pages that were true until now.
        """
        if version == self._version:
            return []
        now = time.monotonic()
        if self._version:
            self._ended[self._version] = now
        self._version = version
        while len(self._ended) > VERSIONS:
            self._ended.popitem(last=False)
        if not touched:
            return []
        self.number += 1
        topics = frozenset(touched)
        self._touches.append((self.number, topics))
        aged = [key for key, each in self._held.items() if key not in self._aged and _meets(each, topics)]
        self._aged |= dict.fromkeys(aged, now)
        return aged

    def keep(self, key: Key, answer: Answer, *, asked: bool = True) -> bool:
        """Keep an answer; those that were asked for longest ago go, and before these those that nobody asked for. Whether what it shows was
        touched while it was made."""
        new = key not in self._held
        self._size += answer.size - (0 if new else self._held[key].size)
        self._held[key] = answer
        if asked or new:
            self._held.move_to_end(key, last=asked)
        self._aged.pop(key, None)
        if self.number - answer.number > CHANGES or any(n > answer.number and _meets(answer, topics) for n, topics in self._touches):
            self._aged[key] = time.monotonic()
        while self._size > self._most:
            old, gone = self._held.popitem(last=False)
            self._size -= gone.size
            self._aged.pop(old, None)
        return key in self._aged

    def forget(self, by: str) -> None:
        """After a change that ``by`` must see at once: what is kept, and what is being made, is given to others only, and made anew."""
        era = self.era + 1
        self._decided[by] = era  # first: no page may be made in an era that its maker need not see
        self.era = era


def _meets(answer: Answer, topics: frozenset[str]) -> bool:
    return answer.made.topics is not None and (ALL in topics or not topics.isdisjoint(answer.made.topics))


async def make(app: ASGIApp, scope: Scope, version: str, marks: Marks) -> Made:
    """Have a page made by what stands behind the keeping of pages.

    Args:
        version: of the store now.
    """
    begun = time.monotonic()
    caller: Caller = scope["state"]["caller"]
    state = {**scope["state"], "versions": set(), "topics": [], "moment": marks.moment}
    if caller.via == "session":
        state["marks"] = marks
    plain = [(name, text) for name, text in scope["headers"] if name not in (b"accept-encoding", b"if-none-match")]
    start: Message = {}
    parts: list[bytes] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            parts.append(message.get("body", b""))

    await app({**scope, "headers": plain, "state": state}, _nothing(), send)
    body, headers = b"".join(parts), Headers(raw=list(start["headers"]))
    keep = (
        start["status"] == 200
        and headers.get("content-type", "").startswith("text/html")
        and "set-cookie" not in headers
        and "no-store" not in headers.get("cache-control", "")
    )
    digest = hashlib.sha256(body).hexdigest() if keep else ""  # of what it says, and not of when it was made
    body = body.replace(marks.moment.encode(), f"{dt.datetime.now(dt.UTC):%H:%M}".encode())
    packed = keep and len(body) >= SMALL
    content = await _packed(body) if packed else body
    topics = frozenset().union(*(each() for each in state["topics"])) if state["topics"] else None
    raw = tuple((name, text) for name, text in headers.raw if name != b"content-length")
    whole = state["versions"] <= {version}
    return Made(start["status"], raw, content, packed, digest, keep, whole, topics, time.monotonic() - begun)


async def _packed(body: bytes) -> bytes:
    """A body packed: in a thread of its own where that takes longer than to begin one."""
    pack = partial(gzip.compress, body, LEVEL, mtime=0)
    return pack() if len(body) < LONG else await run_in_threadpool(pack)


def _nothing() -> Receive:
    """What receives a request without a body, of one who does not go away."""
    messages = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Message:
        for message in messages:
            return message
        await asyncio.Event().wait()
        raise AssertionError

    return receive
