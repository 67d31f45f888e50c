"""Asking sites politely: what robots.txt forbids is not asked for, a host is given time between requests, a day has a bound."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from types import MappingProxyType
from urllib.parse import urlsplit

from protego import Protego

from orbat.errors import ReadError
from orbat.fetching import PASSING, Answer, Fetcher, Unreached
from orbat.watch.plan import Plan
from orbat.watch.state import State

NAME = "orbat"
"""What robots.txt files call us by."""
ACCEPT = (
    "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, application/xml;q=0.9, application/pdf;q=0.8, */*;q=0.5"
)
MOST_BYTES = 32 * 2**20
SECONDS = 60.0
ROBOTS_LASTS, TROUBLE_LASTS = 86_400.0, 600.0
"""Seconds that a robots.txt is taken as read (RFC 9309: a day at most), and that one which could not be had keeps us away."""
ROBOTS_BYTES = 512_000
"""Bytes of a robots.txt that are read, the least that RFC 9309 asks for."""
PATIENCE = 60.0
"""Seconds that a request waits for its host; what would have to wait longer is put off."""
LONGEST = 86_400.0
"""Seconds that a site may ask us to stay away."""


class Forbidden(ReadError):
    """robots.txt forbids it."""

    def __init__(self) -> None:
        step = "Ask the site, or save the page in a browser and give the file."
        super().__init__("The address was not fetched.", "The site's robots.txt forbids it.", step)


class Later(ReadError):
    """It must wait for ``seconds``: its host asked for time, or the day's bound is reached (``day_is_full``)."""

    def __init__(self, cause: str, seconds: float, *, day_is_full: bool = False) -> None:
        super().__init__("The address was not fetched yet.", cause, "It is asked for later.")
        self.seconds, self.day_is_full = seconds, day_is_full


class Web:
    """Asks sites. Threads may share it; two never ask one host at a time.

    Args:
        fetcher: what fetches; by default one that goes to public addresses alone, or anywhere where the plan says ``private``.
        now: seconds since 1970, for tests.
    """

    def __init__(self, plan: Plan, state: State, *, fetcher: Fetcher | None = None, now: Callable[[], float] = time.time) -> None:
        self._plan, self._state, self._now = plan, state, now
        anywhere = {"allowed": lambda address: True, "ports": frozenset(range(1, 65_536))} if plan.private else {}
        self._fetcher = fetcher or Fetcher(MOST_BYTES, SECONDS, **anywhere)  # type: ignore[arg-type]
        contact = f" (+{plan.contact})" if plan.contact.isascii() and plan.contact else ""
        self._headers = {"User-Agent": f"{NAME}/{version('orbat')}{contact}", "Accept": ACCEPT}
        self._lock = threading.Lock()
        self._hosts: dict[str, threading.RLock] = {}
        self._free: dict[str, float] = {}  # on the clock that never jumps
        self._rules: dict[str, Protego] = {}
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Let every request that waits for its host end at once, as one for later."""
        self._stopping.set()

    def ask(self, address: str, headers: Mapping[str, str] = MappingProxyType({})) -> Answer:
        """What a site answers, whatever its status.

        Raises:
            Forbidden: robots.txt forbids it, or one that it leads on to.
            Later: it must wait.
            Unreached: as ``Fetcher.ask``; also where the host's robots.txt could not be had, which may pass.
        """
        host = _host(address)
        with self._of(host):
            answer = self._fetcher.ask(address, self._headers | dict(headers), before=self._before)
            if answer.status in (429, 503) and (seconds := _retry_after(answer.headers.get("retry-after", ""), self._now())):
                self._free[host] = time.monotonic() + seconds
        return answer

    def _before(self, address: str) -> None:
        rules = self._robots(address)
        if rules is not None and not rules.can_fetch(address, NAME):
            raise Forbidden
        delay = rules.crawl_delay(NAME) if rules is not None else None
        self._turn(_host(address), max(self._plan.pause, min(delay or 0.0, LONGEST)))

    def _turn(self, host: str, pause: float) -> None:
        """Wait for the host's turn, and take it.

        Raises:
            Later: that would be too long, or the day allows no more.
        """
        with self._of(host):
            wait = self._free.get(host, 0.0) - time.monotonic()
            if wait > PATIENCE:
                raise Later("Its host asked for time.", wait)
            if self._stopping.wait(max(0.0, wait)):
                raise Later("The watch is ending.", 0.0)
            day = dt.datetime.fromtimestamp(self._now(), dt.UTC)
            if not self._state.ask(day.date(), self._plan.daily):
                tomorrow = dt.datetime.combine(day.date() + dt.timedelta(days=1), dt.time(), dt.UTC)
                raise Later(f"The {self._plan.daily:,} requests of the day are made.", (tomorrow - day).total_seconds(), day_is_full=True)
            self._free[host] = time.monotonic() + pause

    def _robots(self, address: str) -> Protego | None:
        """The rules of an address's host; None where all is allowed.

        Raises:
            Unreached: they could not be had.
        """
        host = _host(address)
        kept = self._state.robots(host)
        lasts = TROUBLE_LASTS if kept and kept[1] == "nothing" else ROBOTS_LASTS
        if kept is None or not 0 <= self._now() - kept[2] < lasts:
            kept = (*self._robots_now(host), self._now())
            self._state.keep_robots(host, *kept)
            self._rules.pop(host, None)
        text, allows, _ = kept
        if allows == "nothing":
            raise Unreached("The site's robots.txt could not be had, so nothing of it may be asked for.", may_pass=True)
        if allows == "all":
            return None
        if host not in self._rules:
            self._rules[host] = Protego.parse(text)
        return self._rules[host]

    def _robots_now(self, host: str) -> tuple[str, str]:
        """A host's robots.txt as RFC 9309 has it read: none at all allows all, one that cannot be had allows nothing for now."""
        try:
            answer = self._fetcher.ask(f"{host}/robots.txt", self._headers, before=lambda at: self._turn(_host(at), self._plan.pause))
        except Unreached:
            return "", "nothing"
        if answer.status == 200:
            return answer.body[:ROBOTS_BYTES].decode("utf-8", "replace"), "some"
        return "", "nothing" if answer.status in PASSING or answer.status >= 500 else "all"

    def _of(self, host: str) -> threading.RLock:
        with self._lock:
            return self._hosts.setdefault(host, threading.RLock())


def _host(address: str) -> str:
    """Scheme, name and port of an address, which is what a robots.txt is for."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _retry_after(value: str, now: float) -> float:
    """Seconds that a site asks to be left alone for, given as such or as a date; 0 where it does not say."""
    if value.strip().isdecimal():
        seconds = float(value)
    else:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - now
        except (ValueError, TypeError):
            return 0.0
    return min(max(seconds, 0.0), LONGEST)
