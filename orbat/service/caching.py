"""The version of what a service answers from, and what hangs on it: ETags and values made once a version."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from orbat.store import Store

V = TypeVar("V")


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


class Memo:
    """Values that are the same as long as the version is. Who asks for one that another thread is making waits for it.

    While articles are read in, the version changes several times a second, so values may be shown for ``lasts`` seconds more;
    ``version_of`` says which version one is of, so that its ETag can say so too.
    """

    def __init__(self, version: Callable[[], str], *, held: int, lasts: float = 0.0) -> None:
        self._version, self._most, self._lasts = version, held, lasts
        self._held: OrderedDict[Hashable, tuple[str, float, Any]] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value of a key, made where there is none of this version."""
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            version = self._version()
            with self._lock:
                held = self._held.get(key)
                if held is not None and (held[0] == version or time.monotonic() - held[1] < self._lasts):
                    self._held.move_to_end(key)
                    value: V = held[2]
                    return value
            value = make()
            with self._lock:
                self._held[key] = (version, time.monotonic(), value)
                self._held.move_to_end(key)
                while len(self._held) > self._most:
                    gone, _ = self._held.popitem(last=False)
                    self._making.pop(gone, None)
            return value

    def version_of(self, key: Hashable) -> str | None:
        """The version that the value of a key is of, where it is held."""
        held = self._held.get(key)
        return held[0] if held else None

    def clear(self) -> None:
        """Forget all, as after a change that whoever made it must see at once."""
        with self._lock:
            self._held.clear()


def etag(*parts: str) -> str:
    """A weak ETag: the same parts give the same answer, not to the byte, since it may be compressed."""
    return f'W/"{hashlib.sha256(chr(0).join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]}"'


def matches(header: str, tag: str) -> bool:
    """Whether an If-None-Match header names the ETag."""
    return header.strip() == "*" or tag.removeprefix("W/") in (each.strip().removeprefix("W/") for each in header.split(","))
