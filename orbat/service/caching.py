"""The version of what a service answers from, and what hangs on it: ETags and values made once a version."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import math
import secrets
import sqlite3
import sys
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from orbat.store import Store

V = TypeVar("V")
log = logging.getLogger("orbat.service")
TIMES = 30
"""A value that lags may be shown so many times as long as it took to make: a dozen such pages then take less than half a core."""


SAMPLE = 16
"""Values of a long list that are looked at to tell its size: all of them would take longer than some views take to make."""


class StoreVersion:
    """Changes with every commit to the store, by whomever, and with the user's catalogue; asking takes some hundredths of a millisecond.

    SQLite counts the commits that other connections than the asking one make (``PRAGMA data_version``), so one connection is kept that
    only asks. PostgreSQL's snapshot names the transactions that are over. Both begin anew with the process, as does the version.
    """

    def __init__(self, store: Store, *files: Path) -> None:
        self._store, self._files = store, files
        self._start = secrets.token_hex(4)
        self._lock = threading.Lock()
        self._lite: sqlite3.Connection | None = None
        if "://" not in store.location:
            uri = store.location.startswith("file:")
            self._lite = sqlite3.connect(store.location, check_same_thread=False, isolation_level=None, uri=uri)

    def __call__(self) -> str:
        """The version now."""
        times = (file.stat().st_mtime_ns if file.exists() else 0 for file in self._files)
        return ".".join((self._start, self._of_store(), *map(str, times)))

    @property
    def quick(self) -> bool:
        """Whether asking needs no network."""
        return self._lite is not None

    def _of_store(self) -> str:
        if self._lite is not None:
            with self._lock:
                return str(self._lite.execute("PRAGMA data_version").fetchone()[0])
        with self._store.reading() as connection:
            return str(connection.scalar(sa.text("SELECT pg_current_snapshot()")))

    def close(self) -> None:
        """Let go of the connection."""
        if self._lite is not None:
            self._lite.close()


@dataclass(slots=True)
class _Making:
    """A value while it is made; ``version`` is that of all it is made of, and none that can be current where these are several."""

    version: str
    own: bool


@dataclass(frozen=True, slots=True)
class _Made:
    """A value that is held: of which version, since when, how many seconds it took."""

    version: str
    at: float
    took: float
    value: Any
    weight: int


@dataclass(frozen=True, slots=True)
class Own:
    """A value's own version, and the store's version at which that was looked up."""

    version: str
    store: str


class Memo:
    """Values that are the same as long as the version is. Who asks for one that another thread is making waits for it.

    While articles are read in, the version changes several times a second. So a value may be shown for ``lasts`` seconds more, or ``TIMES``
    times as long as it took to make, and while a thread makes it anew, for as long as that takes, but no more than ``stale`` seconds:
    nobody waits for what is asked for all the time, and what takes long is made seldom.
    ``version_of`` says which version a value is of, so that its ETag can say so too; what is made of values of several is of neither.

    So many are held as weigh ``held`` together, one at least; each weighs one, where nothing else is said.
    """

    def __init__(
        self,
        version: Callable[[], str],
        *,
        held: int,
        lasts: float = 0.0,
        stale: float = 0.0,
        weigh: Callable[[Any], int] = lambda value: 1,
    ) -> None:
        self._version, self._most, self._lasts, self._stale, self._weigh = version, held, lasts, stale, weigh
        self._held: OrderedDict[Hashable, _Made] = OrderedDict()
        self._locks: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()
        self._weight = 0
        self._cleared = 0
        self._frames = threading.local()
        self._renewing: set[Hashable] = set()
        self._pool = ThreadPoolExecutor(1, "renew") if stale else None

    def get(self, key: Hashable, make: Callable[[], V], *, patient: bool = False, own: Own | None = None) -> V:
        """The value of a key, made where there is none of this version; who is ``patient`` waits for it rather than take a stale one.

        Args:
            own: the value's own version, of which it may still be when the store's has changed.
        """
        found = self._found(key, self._lasts, own)  # what has its own version is never shown once that is another
        if found is None and self._pool is not None and not patient and own is None:
            found = self._found(key, self._stale, own)
            if found is not None:
                self._renew(key, make)
        if found is None:
            with self._lock:
                making = self._locks.setdefault(key, threading.Lock())
            with making:
                try:
                    found = self._found(key, self._lasts, own) or self._make(key, make, own)
                finally:
                    with self._lock:
                        if key not in self._held:  # what cannot be made must not be remembered
                            self._locks.pop(key, None)
        valid = own is not None and found[0] == own.version
        of = own.store if own and valid else found[0]
        for frame in self._stack[-1:]:
            if of not in frame.version and not (valid and frame.own):
                frame.version += f"+{of}"
        value: V = found[1]
        return value

    def version_of(self, key: Hashable) -> str | None:
        """The version that the value of a key is of, where it is held."""
        held = self._held.get(key)
        return held.version if held else None

    def held(self, key: Hashable) -> Any | None:
        """The value of a key as it is held, of whatever version."""
        held = self._held.get(key)
        return held.value if held else None

    def clear(self) -> None:
        """Forget all, what is being made too, as after a change that whoever made it must see at once."""
        with self._lock:
            self._cleared += 1
            self._weight = 0
            self._held.clear()

    def expire(self) -> None:
        """As ``clear``, but what is held is let go only as it is made anew, for what can be used of it."""
        with self._lock:
            self._cleared += 1
            for key, held in self._held.items():
                self._held[key] = replace(held, version="", at=-math.inf)

    def close(self) -> None:
        """Make nothing anew any more."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    @property
    def _stack(self) -> list[_Making]:
        """The values that this thread is making, one within another."""
        if not hasattr(self._frames, "stack"):
            self._frames.stack = []
        found: list[_Making] = self._frames.stack
        return found

    def _found(self, key: Hashable, lasts: float, own: Own | None) -> tuple[str, Any] | None:
        version = own.version if own else self._version()
        with self._lock:
            held = self._held.get(key)
            if held is None:
                return None
            long = 0.0 if own else lasts and max(lasts, min(self._stale / 2, held.took * TIMES))
            if held.version != version and time.monotonic() - held.at >= long:
                return None
            self._held.move_to_end(key)
            return held.version, held.value

    def _make(self, key: Hashable, make: Callable[[], Any], own: Own | None = None) -> tuple[str, Any]:
        with self._lock:
            cleared = self._cleared
        frame, begun = _Making(own.version if own else self._version(), own is not None), time.monotonic()
        self._stack.append(frame)
        try:
            value = make()
        finally:
            self._stack.pop()
        now, weight = time.monotonic(), self._weigh(value)
        with self._lock:
            if cleared == self._cleared:  # else it may be of before the change that all was forgotten for
                self._let_go(key)
                self._held[key] = _Made(frame.version, now, now - begun, value, weight)
                self._weight += weight
                while len(self._held) > 1 and self._weight > self._most:
                    gone = next(iter(self._held))
                    self._let_go(gone)
                    self._locks.pop(gone, None)
        return frame.version, value

    def _let_go(self, key: Hashable) -> None:
        gone = self._held.pop(key, None)
        self._weight -= gone.weight if gone else 0

    def _renew(self, key: Hashable, make: Callable[[], Any]) -> None:
        """Have a value made anew beside the requests."""
        with self._lock:
            if key in self._renewing or self._pool is None:
                return
            self._renewing.add(key)

        def work() -> None:
            try:
                self._make(key, make)
            except Exception as error:  # the next who asks after it has gone stale is told
                log.warning("A view was not made anew.", exc_info=error)
            finally:
                with self._lock:
                    self._renewing.discard(key)

        with contextlib.suppress(RuntimeError):  # the service is closing
            self._pool.submit(work)


def size_of(value: object, seen: set[int] | None = None) -> int:
    """About how many bytes a value takes with all that it is made of; of a long list ``SAMPLE`` values are taken to be like the others."""
    seen = set() if seen is None else seen
    if id(value) in seen or isinstance(value, (type, Enum)):
        return 0
    seen.add(id(value))
    own = sys.getsizeof(value)
    if isinstance(value, (str, bytes, int, float)):
        return own
    if isinstance(value, Mapping):
        parts: list[object] = list(value.items())
    elif isinstance(value, (list, tuple, set, frozenset, deque)):
        parts = list(value)
    else:
        parts = [getattr(value, name) for name in getattr(type(value), "__slots__", ()) if hasattr(value, name)]
        return own + sum(size_of(each, seen) for each in (*parts, *getattr(value, "__dict__", {}).values()))
    some = parts[:: max(1, len(parts) // SAMPLE)]
    return own + sum(size_of(each, seen) for each in some) * len(parts) // max(1, len(some))


def etag(*parts: str) -> str:
    """A weak ETag: the same parts give the same answer, not to the byte, since it may be compressed."""
    return f'W/"{hashlib.sha256(chr(0).join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]}"'


def matches(header: str, tag: str) -> bool:
    """Whether an If-None-Match header names the ETag."""
    return header.strip() == "*" or tag.removeprefix("W/") in (each.strip().removeprefix("W/") for each in header.split(","))
