"""What is followed: FEEDS.toml, checked whole before anything is asked for. ``docs/watch.md`` explains it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from orbat.errors import OrbatError

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d{1,6})\s*([smhd])")
LEAST_EVERY, LEAST_PAUSE = 30.0, 0.0
"""Seconds: no source is asked more often, whatever the file says; a pause of none is for a site of one's own."""


class PlanError(OrbatError):
    """FEEDS.toml cannot be followed as it stands."""


class Pages(StrEnum):
    """Where an entry's article is taken from."""

    AUTO = "auto"
    """From the feed where it carries the whole article, else from the page it leads to."""
    FEED = "feed"
    """From the feed alone; what has no article there is passed over."""
    FOLLOW = "follow"
    """From the page it leads to, always."""


@dataclass(frozen=True, slots=True)
class FeedAt:
    """A feed: RSS, Atom or JSON Feed. ``every`` in seconds; ``most`` new entries taken at one time, the first of the feed first."""

    url: str
    name: str
    every: float
    pages: Pages
    most: int


@dataclass(frozen=True, slots=True)
class SitemapAt:
    """A sitemap or an index of sitemaps. Of its addresses those changed or published in the last ``since`` seconds are followed."""

    url: str
    name: str
    every: float
    since: float
    most: int


@dataclass(frozen=True, slots=True)
class FolderAt:
    """A folder whose new and changed files are read, at any depth."""

    path: Path
    every: float


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is followed, and how politely.

    ``contact``: who to write to, told to every site. ``daily``: requests a day (UTC) at most, of all kinds. ``pause``: seconds between two
    requests to one host. ``private``: addresses of private networks and of this machine may be asked too.
    """

    feeds: tuple[FeedAt, ...]
    sitemaps: tuple[SitemapAt, ...]
    folders: tuple[FolderAt, ...]
    contact: str
    daily: int
    pause: float
    private: bool

    @property
    def sites(self) -> tuple[FeedAt | SitemapAt, ...]:
        """What is asked for on the web."""
        return (*self.feeds, *self.sitemaps)


def load(path: Path) -> Plan:
    """The plan of a file.

    Raises:
        PlanError: it cannot be read, is no TOML, or says what is not known; the message names the line of the plan.
    """
    try:
        with path.open("rb") as file:
            value = tomllib.load(file)
    except OSError as error:
        raise PlanError(f"{path} cannot be read.", f"{error.strerror or error}.", "Check the path.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlanError(f"{path} is no TOML.", f"{error}.", "docs/watch.md shows one.") from error
    top = _Table(value, str(path))
    every = top.seconds("every", "30m", least=LEAST_EVERY)
    most = top.whole("most", 200, least=1)
    plan = Plan(
        tuple(_feed(table, every, most) for table in top.tables("feed")),
        tuple(_sitemap(table, every, most) for table in top.tables("sitemap")),
        tuple(_folder(table, every, path.parent) for table in top.tables("folder")),
        top.text("contact", ""),
        top.whole("daily", 5_000, least=1),
        top.seconds("pause", "2s", least=LEAST_PAUSE),
        top.yes("private", default=False),
    )
    top.done()
    _check(plan, str(path))
    return plan


def _feed(table: _Table, every: float, most: int) -> FeedAt:
    pages = table.text("pages", Pages.AUTO)
    if pages not in set(Pages):
        raise table.bad("pages", f"it is {pages!r}", f"one of {', '.join(Pages)}")
    made = FeedAt(
        table.address("url"),
        table.text("name", ""),
        table.seconds("every", every, least=LEAST_EVERY),
        Pages(pages),
        table.whole("most", most, least=1),
    )
    table.done()
    return made


def _sitemap(table: _Table, every: float, most: int) -> SitemapAt:
    made = SitemapAt(
        table.address("url"),
        table.text("name", ""),
        table.seconds("every", every, least=LEAST_EVERY),
        table.seconds("since", "7d"),
        table.whole("most", most, least=1),
    )
    table.done()
    return made


def _folder(table: _Table, every: float, beside: Path) -> FolderAt:
    made = FolderAt(beside / Path(table.text("path")).expanduser(), table.seconds("every", min(every, 60.0), least=1.0))
    table.done()
    return made


def _check(plan: Plan, name: str) -> None:
    addresses = [*(feed.url for feed in plan.feeds), *(one.url for one in plan.sitemaps), *(str(one.path) for one in plan.folders)]
    if not addresses:
        raise PlanError(f"{name} follows nothing.", "It has no [[feed]], [[sitemap]] or [[folder]].", "docs/watch.md shows one.")
    twice = sorted({each for each in addresses if addresses.count(each) > 1})
    if twice:
        raise PlanError(f"{name} names {twice[0]} twice.", "", "Leave one of them out.")


class _Table:
    """A table of the file, read field by field; what is left at the end is not known."""

    def __init__(self, value: Mapping[str, Any], name: str) -> None:
        self._left, self._name = dict(value), name

    def tables(self, key: str) -> list[_Table]:
        value = self._left.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.bad(key, "it is no list of tables", f"[[{key}]] above each")
        return [_Table(each, f"{self._name}, {key} {number}") for number, each in enumerate(value, 1)]

    def text(self, key: str, default: str | None = None) -> str:
        value = self._left.pop(key, default)
        if value is None:
            raise self.bad(key, "it is missing", "some text")
        if not isinstance(value, str) or not value.isprintable():
            raise self.bad(key, "it is no line of text", "a line of text in quotation marks")
        return value

    def address(self, key: str) -> str:
        value = self.text(key)
        try:
            parts = urlsplit(value)
            sound = parts.scheme in ("http", "https") and bool(parts.hostname) and value.isascii() and " " not in value
        except ValueError:
            sound = False
        if not sound:
            raise self.bad(key, f"{value!r} is no address of the web", "an address that begins with http:// or https://")
        return value

    def seconds(self, key: str, default: str | float, *, least: float = 0.0) -> float:
        value = self._left.pop(key, default)
        if isinstance(value, str):
            found = _DURATION.fullmatch(value.strip())
            value = float(found[1]) * _UNITS[found[2]] if found else None
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.bad(key, "it is no length of time", 'one like "90s", "15m", "2h" or "1d"')
        if value < least:
            raise self.bad(key, f"{value:g} seconds is too short", f"{least:g} seconds or more")
        return float(value)

    def whole(self, key: str, default: int, *, least: int) -> int:
        value = self._left.pop(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.bad(key, "it is no such number", f"a whole number of {least} or more")
        return value

    def yes(self, key: str, *, default: bool) -> bool:
        value = self._left.pop(key, default)
        if not isinstance(value, bool):
            raise self.bad(key, "it is neither", "true or false")
        return value

    def bad(self, key: str, cause: str, wanted: str) -> PlanError:
        return PlanError(f"{self._name}: '{key}' cannot be used.", f"{cause[0].upper()}{cause[1:]}.", f"Give {wanted}.")

    def done(self) -> None:
        if self._left:
            known = "docs/watch.md lists what there is."
            raise PlanError(f"{self._name}: '{next(iter(self._left))}' is not known.", "No such setting is read.", known)
