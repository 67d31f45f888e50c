"""What a watch remembers between its runs: a small SQLite file of its own, beside the plan or where the user says.

It holds what was asked for and when to ask again, never what was read: that is in the store. An article is kept in the store before
it is marked here, so a process that is killed between the two reads it once more, which adds nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from orbat.errors import StoreError
from orbat.types import Document

FARTHEST = 3 * 86400.0
"""Seconds: nothing is ever put off for longer. What seems to be was put off before a clock that ran ahead was set right: it is due."""

_TABLES = """
CREATE TABLE IF NOT EXISTS sources (
    address TEXT PRIMARY KEY, etag TEXT NOT NULL DEFAULT '', modified TEXT NOT NULL DEFAULT '', due REAL NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0, problem TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS pages (
    address TEXT PRIMARY KEY, source TEXT NOT NULL, known TEXT NOT NULL, state TEXT NOT NULL, due REAL NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, found REAL NOT NULL, problem TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS pages_due ON pages (state, due);
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, size INTEGER NOT NULL, changed INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS robots (host TEXT PRIMARY KEY, text TEXT NOT NULL, allows TEXT NOT NULL, taken REAL NOT NULL);
CREATE TABLE IF NOT EXISTS days (day TEXT PRIMARY KEY, asked INTEGER NOT NULL);
"""


class PageState(StrEnum):
    """What became of a page."""

    WAITING = "waiting"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Polled:
    """A feed, sitemap or folder: what its site said at its last answer, when it is due (seconds since 1970), how often it failed since."""

    address: str
    etag: str = ""
    modified: str = ""
    due: float = 0.0
    tries: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a source says of a page before it is read; with ``text``, the article itself, and nothing is asked for."""

    title: str = ""
    source: str = ""
    published: str = ""
    byline: str = ""
    text: str = ""

    @classmethod
    def of(cls, document: Document) -> Known:
        """All of an article that a feed carries."""
        day = document.published.isoformat() if document.published else ""
        return cls(document.title, document.source, day, document.byline, document.text)

    @property
    def day(self) -> dt.date | None:
        """The day of publication."""
        return dt.date.fromisoformat(self.published) if self.published else None

    def document(self, address: str) -> Document:
        """The article that it carries."""
        url = address if address.startswith("http") else ""
        return Document.of(self.text, title=self.title, source=self.source, published=self.day, byline=self.byline, url=url)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A page to be read."""

    address: str
    source: str
    known: Known
    tries: int = 0


class State:
    """An open state. One process at a time; its threads may share it.

    Args:
        path: its file, made where there is none.

    Raises:
        StoreError: it cannot be opened, is no such file, or another watch holds it.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.RLock()
        with self._telling():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, timeout=1.0, isolation_level=None, check_same_thread=False)
            # Held for as long as the process lives: a second watch on the same plan would read and ask for everything twice.
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.executescript(f"BEGIN EXCLUSIVE; {_TABLES} COMMIT;")

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def polled(self, address: str) -> Polled:
        """What is known of a source."""
        row = self._one("SELECT address, etag, modified, due, tries, problem FROM sources WHERE address = ?", address)
        return Polled(*row) if row else Polled(address)

    def is_due(self, address: str, now: float, *, early: float = 0.0) -> bool:
        """Whether a source is due at ``now``, or in ``early`` seconds."""
        due = self.polled(address).due
        return due <= now + early or due > now + FARTHEST

    def answered(self, source: Polled, pages: Iterable[Waiting], now: float) -> None:
        """Note a source's answer together with the new pages it names."""
        with self._writing() as database:
            database.executemany(
                "INSERT OR IGNORE INTO pages (address, source, known, state, due, found) VALUES (?, ?, ?, 'waiting', ?, ?)",
                ((page.address, page.source, json.dumps(asdict(page.known)), now, now) for page in pages),
            )
            self._note(database, source)

    def note(self, source: Polled) -> None:
        """Note how asking for a source went."""
        with self._writing() as database:
            self._note(database, source)

    def knows(self, addresses: Sequence[str]) -> set[str]:
        """Which of these pages were named before."""
        found = set[str]()
        with self._telling(), self._lock:
            for address in addresses:
                if self._database.execute("SELECT 1 FROM pages WHERE address = ?", (address,)).fetchone():
                    found.add(address)
        return found

    def waiting(self, now: float, most: int) -> list[Waiting]:
        """The pages that are due, the longest known first."""
        due = "state = 'waiting' AND (due <= ? OR due > ?)"
        query = f"SELECT address, source, known, tries FROM pages WHERE {due} ORDER BY found, rowid LIMIT ?"
        with self._telling(), self._lock:
            rows = self._database.execute(query, (now, now + FARTHEST, most)).fetchall()
        return [Waiting(address, source, Known(**json.loads(known)), tries) for address, source, known, tries in rows]

    def put_off(self, pages: Iterable[tuple[str, float, int, str]]) -> None:
        """Try pages again later: ``(address, due, tries, problem)``."""
        with self._writing() as database:
            database.executemany("UPDATE pages SET due = ?2, tries = ?3, problem = ?4 WHERE address = ?1", pages)

    def finished(self, pages: Iterable[tuple[str, PageState, str]]) -> None:
        """Note what became of pages: ``(address, state, problem)``. The text of an article that a feed carried is let go of."""
        with self._writing() as database:
            database.executemany(
                "UPDATE pages SET state = ?2, problem = ?3, known = '{}' WHERE address = ?1",
                ((address, state.value, problem) for address, state, problem in pages),
            )

    def count(self, state: PageState) -> int:
        """How many pages are in a state."""
        return int(self._one("SELECT count(*) FROM pages WHERE state = ?", state.value)[0])

    def next_due(self) -> float | None:
        """When the next page that waits is due; None where none waits."""
        found: float | None = self._one("SELECT min(due) FROM pages WHERE state = 'waiting'")[0]
        return found

    def file(self, path: str) -> tuple[int, int] | None:
        """Size and time of change (nanoseconds) of a file when it was last read."""
        row = self._one("SELECT size, changed FROM files WHERE path = ?", path)
        return (row[0], row[1]) if row else None

    def read_file(self, path: str, size: int, changed: int) -> None:
        """Note that a file was read as it was then."""
        with self._writing() as database:
            database.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", (path, size, changed))

    def robots(self, host: str) -> tuple[str, str, float] | None:
        """A host's robots.txt, what it comes to where there is none to read ("all", "nothing"), and when it was taken."""
        row = self._one("SELECT text, allows, taken FROM robots WHERE host = ?", host)
        return (row[0], row[1], row[2]) if row else None

    def keep_robots(self, host: str, text: str, allows: str, now: float) -> None:
        """Keep a host's robots.txt."""
        with self._writing() as database:
            database.execute("INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?)", (host, text, allows, now))

    def asked(self, day: dt.date) -> int:
        """Requests made on a day."""
        row = self._one("SELECT asked FROM days WHERE day = ?", day.isoformat())
        return int(row[0]) if row else 0

    def ask(self, day: dt.date, most: int) -> bool:
        """Count a request, where the day still allows one."""
        with self._writing() as database:
            database.execute("INSERT OR IGNORE INTO days VALUES (?, 0)", (day.isoformat(),))
            done = database.execute("UPDATE days SET asked = asked + 1 WHERE day = ? AND asked < ?", (day.isoformat(), most))
            return done.rowcount == 1

    @staticmethod
    def _note(database: sqlite3.Connection, source: Polled) -> None:
        database.execute(
            "INSERT OR REPLACE INTO sources (address, etag, modified, due, tries, problem) VALUES (?, ?, ?, ?, ?, ?)",
            (source.address, source.etag, source.modified, source.due, source.tries, source.problem),
        )

    def _one(self, query: str, *values: object) -> Any:
        with self._telling(), self._lock:
            return self._database.execute(query, values).fetchone()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._telling(), self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            locked = "locked" in str(error)
            cause = "Another watch holds it." if locked else f"{error}."
            step = "Let that one end, or give this one another file with --state." if locked else "Check the disk and the file's rights."
            raise StoreError(f"The watch's state {self._path} cannot be used.", cause, step) from error
