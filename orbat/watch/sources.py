"""What the sources of a plan hold that is new: entries of feeds, addresses of sitemaps, files of folders."""

from __future__ import annotations

import datetime as dt
import gzip
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from itertools import islice
from pathlib import Path

from orbat.errors import ReadError
from orbat.fetching import Answer
from orbat.ingest import expand
from orbat.ingest.feeds import FeedEntry, article, entries
from orbat.ingest.sitemaps import SitemapLink, links
from orbat.types import Failure
from orbat.watch.plan import FeedAt, FolderAt, Pages, SitemapAt
from orbat.watch.state import Known, Polled, State, Waiting
from orbat.watch.web import Later, Web

FIRST, GROWTH, LAST = 60.0, 4.0, 86_400.0
"""Seconds until the first retry, by how much each later one is put off further, and the longest: 1, 4, 16 minutes to a day."""
MAPS = 50
"""Sitemaps of an index that are asked for at one time, the newest first."""
UNPACKED = 64 * 2**20
"""Bytes of an unpacked sitemap: the protocol's own limit is 50 MB."""
SETTLED = 2.0
"""Seconds that a file must have been left alone before it is read: one that is being written is read when it is whole."""


def back_off(tries: int) -> float:
    """Seconds until the next try after ``tries`` that failed."""
    return float(min(LAST, FIRST * GROWTH ** max(0, tries - 1)))


def poll(source: FeedAt | SitemapAt, web: Web, state: State, now: Callable[[], float]) -> str:
    """Ask a source and note what it says: "new", "unchanged", "failed" or "later". Raises nothing for what sites do."""
    before = state.polled(source.url)
    try:
        answer = web.ask(source.url, _conditions(before))
        if answer.status == 304:
            state.note(replace(before, due=now() + source.every, tries=0, problem=""))
            return "unchanged"
        answer.expect_page()
        found = list(_of_feed(source, answer, state) if isinstance(source, FeedAt) else _of_sitemap(source, answer, web, now()))
    except Later as error:
        state.note(replace(before, due=now() + error.seconds, problem=str(error)))
        return "later"
    except ReadError as error:
        # A refusal may end too (a feed that moved back, a robots.txt that was mended): it is asked for again, ever more seldom.
        tries = before.tries + 1
        state.note(replace(before, due=now() + max(back_off(tries), source.every), tries=tries, problem=str(error)))
        return "failed"
    etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
    after = Polled(source.url, etag[:1_000], modified[:100], now() + source.every)
    if len(found) > source.most:  # the rest is still new at the next time, so the site must not be asked whether anything changed
        after = replace(after, etag="", modified="")
    state.answered(after, found[: source.most], now())
    return "new"


def _conditions(before: Polled) -> dict[str, str]:
    """Headers that let a site answer that nothing changed."""
    given = {"If-None-Match": before.etag, "If-Modified-Since": before.modified}
    return {name: value for name, value in given.items() if value and value.isascii() and value.isprintable()}


def _of_feed(feed: FeedAt, answer: Answer, state: State) -> Iterator[Waiting]:
    """The entries that were not known."""
    found = {(entry.link or f"{feed.url}#{entry.id}"): entry for entry in entries(answer.body, answer.address) if entry.link or entry.id}
    known = state.knows(list(found))
    for address, entry in found.items():
        if address not in known and (page := _page_of(feed, address, entry)) is not None:
            yield page


def _page_of(feed: FeedAt, address: str, entry: FeedEntry) -> Waiting | None:
    known = Known(entry.title, feed.name or entry.source, entry.published.isoformat() if entry.published else "", entry.author)
    if feed.pages is not Pages.FOLLOW:
        try:
            whole = article(entry)
        except ReadError:
            whole = None
        if whole is not None:
            carried = Known.of(whole)
            return Waiting(address, feed.url, replace(carried, source=feed.name or carried.source))
    return Waiting(address, feed.url, known) if entry.link and feed.pages is not Pages.FEED else None


def _of_sitemap(source: SitemapAt, answer: Answer, web: Web, now: float) -> Iterator[Waiting]:
    """The pages changed or published lately, those of an index's own sitemaps too.

    Raises:
        ReadError: it has pages and a day of none.
    """
    oldest = dt.datetime.fromtimestamp(now - source.since, dt.UTC).date()
    found = list(links(_unpacked(answer.body)))
    maps = sorted((link for link in found if link.is_index and (link.modified is None or link.modified >= oldest)), key=_newest_first)
    for link in islice(maps, MAPS):
        inner = web.ask(link.url)
        if inner.status == 200:
            found += [each for each in links(_unpacked(inner.body)) if not each.is_index]
    pages = [link for link in found if not link.is_index]
    if pages and not any(link.published or link.modified for link in pages):
        step = "Follow the site's feed, or its news sitemap."
        raise ReadError(f"The sitemap says of none of its {len(pages)} pages when it changed.", "So none can be told to be new.", step)
    for link in pages:
        day = link.published or link.modified
        if day is not None and day >= oldest:
            published = link.published.isoformat() if link.published else ""
            yield Waiting(link.url, source.url, Known(link.title, source.name or link.source, published))


def _newest_first(link: SitemapLink) -> int:
    return -(link.modified.toordinal() if link.modified else 0)


def _unpacked(data: bytes) -> bytes:
    """A sitemap that may be packed with gzip.

    Raises:
        ReadError: it is broken or too large.
    """
    if data[:2] != b"\x1f\x8b":
        return data
    step = "Give the sitemap's own address."
    try:
        with gzip.open(BytesIO(data)) as stream:
            out = stream.read(UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ReadError("The sitemap cannot be unpacked.", f"{error}.", step) from error
    if len(out) > UNPACKED:
        raise ReadError("The sitemap is too large.", f"It has more than {UNPACKED >> 20} MB.", step)
    return out


def changed_files(folder: FolderAt, state: State, now: float) -> Iterator[tuple[Path, os.stat_result] | Failure]:
    """The files of a folder that are new or were written since they were read, and what of it cannot be looked at."""
    for path in expand([folder.path]):
        if isinstance(path, Failure):
            if folder.path.is_dir() and not any(folder.path.iterdir()):
                continue  # an empty folder is one that waits for its first file
            yield path
            continue
        try:
            stat = path.stat()
        except OSError as error:
            yield Failure(
                str(path), "ingest", str(ReadError("It cannot be looked at.", f"{error.strerror or error}.", "Check its rights."))
            )
            continue
        settled = stat.st_mtime > now or now - stat.st_mtime >= SETTLED
        if settled and state.file(str(path)) != (stat.st_size, stat.st_mtime_ns):
            yield path, stat
