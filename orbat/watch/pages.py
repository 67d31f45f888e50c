"""Pages that wait, fetched host by host: several hosts at once, never one host twice at a time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from io import BytesIO
from urllib.parse import urlsplit

from orbat.errors import ReadError
from orbat.fetching import Answer, Unreached
from orbat.ingest import checked, read_stream
from orbat.types import Document, Failure
from orbat.watch.sources import back_off
from orbat.watch.state import Waiting
from orbat.watch.web import Later, Web

HOSTS = 8
"""Hosts asked at one time."""
AHEAD = 8
"""Fetched pages that wait to be read at most: memory stays bounded however fast sites answer."""
TRIES = 6
"""Tries of one page, over a day and a half, before it is given up."""
SUFFIXES = {
    "text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt", "application/pdf": ".pdf",
    "application/json": ".json", "application/ld+json": ".json",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}  # fmt: skip
"""How a page is read by the kind that its site states; of other kinds, by its first bytes."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of one page: its documents and failures; or, with ``again``, seconds until the next try and which try that is."""

    page: Waiting
    outcomes: tuple[Document | Failure, ...] = ()
    again: tuple[float, int] | None = None
    problem: str = ""


def fetched(pages: list[Waiting], web: Web, stopping: Callable[[], bool]) -> Iterator[Fetched]:
    """The pages as they come in. What had not been asked for when ``stopping`` began to say so is left as it was."""
    by_host: dict[str, list[Waiting]] = {}
    for page in pages:
        by_host.setdefault(urlsplit(page.address).netloc if not page.known.text else "", []).append(page)
    came: queue.Queue[Fetched] = queue.Queue(AHEAD)
    over = threading.Event()

    def ask(some: list[Waiting]) -> None:
        for page in some:
            if stopping() or over.is_set():
                return
            done = of_page(page, web)
            while not over.is_set():
                try:
                    came.put(done, timeout=0.2)
                    break
                except queue.Full:
                    continue

    with ThreadPoolExecutor(HOSTS) as pool:
        asking: list[Future[None]] = [pool.submit(ask, some) for some in by_host.values()]
        try:
            while not (all(each.done() for each in asking) and came.empty()):
                try:
                    yield came.get(timeout=0.2)
                except queue.Empty:
                    continue
            for each in asking:
                each.result()
        finally:
            over.set()


def of_page(page: Waiting, web: Web) -> Fetched:
    """One page: carried by its feed, or fetched. Raises nothing for what sites do and pages hold."""
    if page.known.text:
        return Fetched(page, tuple(checked([page.known.document(page.address)], name=page.address)))
    try:
        answer = web.ask(page.address)
        answer.expect_page()
    except Later as error:
        return Fetched(page, again=(error.seconds, page.tries), problem=str(error))
    except Unreached as error:
        if error.may_pass and page.tries + 1 < TRIES:
            return Fetched(page, again=(back_off(page.tries + 1), page.tries + 1), problem=str(error))
        return Fetched(page, (Failure(page.address, "fetch", str(error)),), problem=str(error))
    except ReadError as error:
        return Fetched(page, (Failure(page.address, "fetch", str(error)),), problem=str(error))
    return Fetched(page, tuple(checked(_documents(page, answer), name=page.address)))


def _documents(page: Waiting, answer: Answer) -> Iterator[Document | Failure]:
    """The documents of a page; what its source knew stands in where the page itself does not say."""
    suffix = SUFFIXES.get(answer.kind, "")
    known = page.known
    for each in read_stream(f"page{suffix}" if suffix else "-", BytesIO(answer.body)):
        if isinstance(each, Failure):
            yield replace(each, document=page.address)
            continue
        more = {
            "byline": each.byline or known.byline,
            "url": each.url or answer.address,
            "section": each.section,
            "given_id": each.given_id,
        }
        title, source, day = each.title or known.title, each.source or known.source, each.published or known.day
        yield Document.of(each.text, title=title, source=source, published=day, **more)
