"""The watch itself: rounds of asking sources, reading what is new, keeping it, and only then forgetting that it waited."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import islice
from urllib.parse import urlsplit

from orbat.collector import give_back
from orbat.errors import StageError, StoreError
from orbat.ingest import read_source
from orbat.pipeline import Reader, refusal
from orbat.recordkeeping import related_in, update
from orbat.store import Store
from orbat.turns import Patience
from orbat.types import Document, Failure, Statement
from orbat.watch.metrics import Metrics
from orbat.watch.pages import HOSTS, Fetched, fetched
from orbat.watch.plan import FeedAt, FolderAt, Plan, SitemapAt
from orbat.watch.sources import changed_files, poll
from orbat.watch.state import PageState, Polled, State
from orbat.watch.web import Web

TOGETHER = 16
"""Pages read and kept together: what a killed process reads once more at most."""
AT_ONCE = 500
"""Pages taken up in one round."""
LONGEST_SLEEP = 60.0
"""Seconds after which due times are looked at again, so that a clock that jumps delays nothing by more."""
EARLY = 0.1
"""Share of its interval by which a source may be asked early in a single round: a cron job never starts at the same second."""


@dataclass(slots=True)
class Summary:
    """What a round or a run came to."""

    sources: dict[str, int] = field(default_factory=dict)
    pages: dict[str, int] = field(default_factory=dict)
    files: int = 0
    documents: int = 0
    statements: int = 0
    failures: int = 0
    waiting: int = 0
    seconds: float = 0.0
    problems: dict[str, str] = field(default_factory=dict)

    def add(self, other: Summary) -> None:
        """Add a round to a run."""
        for mine, theirs in ((self.sources, other.sources), (self.pages, other.pages)):
            for key, count in theirs.items():
                mine[key] = mine.get(key, 0) + count
        self.files += other.files
        self.documents += other.documents
        self.statements += other.statements
        self.failures += other.failures
        self.waiting, self.problems = other.waiting, other.problems
        self.seconds = round(self.seconds + other.seconds, 3)

    def line(self) -> str:
        """One line for people and logs."""
        asked = ", ".join(f"{count} {name}" for name, count in sorted(self.sources.items())) or "none due"
        pages = ", ".join(f"{count} {name}" for name, count in sorted(self.pages.items())) or "none"
        health = f"{len(self.problems)} in trouble" if self.problems else "ok"
        return (
            f"{health} · sources: {asked} · pages: {pages}, {self.waiting} waiting · files: {self.files} · "
            f"{self.documents} new articles, {self.statements} new statements, {self.failures} failures · {self.seconds:.1f} s"
        )

    def as_json(self) -> dict[str, object]:
        """The summary as plain values."""
        return asdict(self)


class Watch:
    """Follows a plan into a store.

    Args:
        web: what asks sites; made from the plan by default.
        now: seconds since 1970, for tests.
        record: brings the store's records up to date until the function that it is given says stop; this process does, by default.
    """

    def __init__(
        self,
        plan: Plan,
        state: State,
        reader: Reader,
        store: Store,
        *,
        web: Web | None = None,
        now: Callable[[], float] = time.time,
        record: Callable[[Callable[[], bool]], object] | None = None,
    ) -> None:
        self._plan, self._state, self._reader, self._now = plan, state, reader, now
        self._record = record or (lambda stop: update(self._store, related=related_in(reader.catalogue), stop=stop))
        self._web = web or Web(plan, state, now=now)
        self._stop = threading.Event()
        self._store = store.waiting(Patience(stop=self._stop.is_set))
        self._behind = True  # a watch before this one may have been ended before its records were made
        self.metrics = Metrics()
        self.metrics.bound.set(plan.daily)
        self.metrics.sources.set(len(plan.sites) + len(plan.folders))

    def stop(self) -> None:
        """Finish what is being read, keep it, and end; of the records, what is not made then is left for the next run."""
        self._stop.set()
        self._web.stop()

    def once(self) -> Summary:
        """Ask all sources that are due and read all pages that are; for cron. What must wait for another time waits in the state."""
        total = Summary()
        with self._stoppable():
            total = self.round(early=EARLY)
            while not self._stop.is_set() and self._state.waiting(self._now(), 1):
                more = self.round(early=EARLY)
                total.add(more)
                if not more.pages:
                    break
        return total

    def run(self, tell: Callable[[Summary], None]) -> Summary:
        """Round after round until ``stop``; ``tell`` is called after each in which something happened."""
        total = Summary()
        while not self._stop.is_set():
            done = Summary()
            try:
                with self._stoppable():
                    done = self.round()
            except StoreError as error:  # locked or full for now: what waits goes on waiting
                done = Summary(problems={self._store.location: str(error)})
            total.add(done)
            if done.sources or done.pages or done.files or done.problems:
                tell(done)
            if self._store.location in done.problems:
                self._stop.wait(LONGEST_SLEEP)
            self._stop.wait(min(LONGEST_SLEEP, max(0.5, self._next() - self._now())))
        return total

    def round(self, *, early: float = 0.0) -> Summary:
        """One round: sources that are due, pages that wait, files that are new; then the records brought up to date."""
        began, summary = time.monotonic(), Summary()
        self._poll(summary, early)
        for some in _parts(fetched(self._state.waiting(self._now(), AT_ONCE), self._web, self._stop.is_set), TOGETHER):
            self._read_pages(some, summary)
        self._read_folders(summary, early)
        if summary.documents or self._behind:
            self._behind = True
            self._record(self._stop.is_set)
            self._behind = self._stop.is_set()
            give_back()
        summary.waiting = self._state.count(PageState.WAITING)
        summary.problems = {one.url: problem for one in self._plan.sites if (problem := self._state.polled(one.url).problem)}
        summary.seconds = round(time.monotonic() - began, 3)
        self._measure(summary)
        return summary

    @contextmanager
    def _stoppable(self) -> Iterator[None]:
        """Where waiting for another writer was ended since the watch ends, nothing is amiss: what was not kept waits in the state."""
        try:
            yield
        except StoreError:
            if not self._stop.is_set():
                raise

    def _poll(self, summary: Summary, early: float) -> None:
        """Ask the sources that are due, several hosts at a time."""
        by_host: dict[str, list[FeedAt | SitemapAt]] = {}
        for source in self._plan.sites:
            if self._state.is_due(source.url, self._now(), early=early * source.every):
                by_host.setdefault(urlsplit(source.url).netloc, []).append(source)

        def ask(some: list[FeedAt | SitemapAt]) -> list[str]:
            return [poll(source, self._web, self._state, self._now) for source in some if not self._stop.is_set()]

        with ThreadPoolExecutor(HOSTS) as pool:
            for outcomes in pool.map(ask, by_host.values()):
                for outcome in outcomes:
                    summary.sources[outcome] = summary.sources.get(outcome, 0) + 1
                    self.metrics.polls.labels(outcome).inc()

    def _read_pages(self, some: list[Fetched], summary: Summary) -> None:
        """Read pages, keep what they say, then mark them."""
        failed = self._keep((outcome for each in some for outcome in each.outcomes), summary)
        finished, later = [], []
        for each in some:
            if each.again is not None:
                seconds, tries = each.again
                later.append((each.page.address, self._now() + seconds, tries, each.problem))
                outcome = "put off"
            else:
                good = any(isinstance(one, Document) and one.label not in failed for one in each.outcomes)
                problem = each.problem or next((one.message for one in each.outcomes if isinstance(one, Failure)), "")
                finished.append((each.page.address, PageState.READ if good else PageState.FAILED, problem))
                outcome = finished[-1][1].value
            summary.pages[outcome] = summary.pages.get(outcome, 0) + 1
            self.metrics.pages.labels(outcome).inc()
        self._state.finished(finished)
        self._state.put_off(later)

    def _read_folders(self, summary: Summary, early: float) -> None:
        for folder in self._plan.folders:
            name = str(folder.path)
            if self._stop.is_set() or not self._state.is_due(name, self._now(), early=early * folder.every):
                continue
            self._read_folder(folder, summary)
            self._state.note(Polled(name, due=self._now() + folder.every))

    def _read_folder(self, folder: FolderAt, summary: Summary) -> None:
        for found in changed_files(folder, self._state, self._now()):
            if self._stop.is_set():
                return
            if isinstance(found, Failure):
                self._keep([found], summary)
                continue
            path, stat = found
            self._keep(self._until_stopped(read_source(path)), summary)
            if not self._stop.is_set():  # cut short, a file of many articles is read again from its start, which adds nothing twice
                self._state.read_file(str(path), stat.st_size, stat.st_mtime_ns)
                summary.files += 1

    def _keep(self, outcomes: Iterable[Document | Failure], summary: Summary) -> set[str]:
        """Read documents and keep what they say and what fails; the labels of documents that failed."""
        failed = set[str]()

        def fail(failure: Failure) -> None:
            failed.add(failure.document)
            summary.failures += 1
            self.metrics.failures.labels(failure.stage).inc()
            self._store.fail(failure)

        def read() -> Iterator[tuple[Document, tuple[Statement, ...]]]:
            for outcome in self._reader.read_many(outcomes):
                if isinstance(outcome, Failure):
                    fail(outcome)
                else:
                    yield outcome.document, outcome.statements

        def refuse(document: Document, error: StageError) -> None:
            fail(refusal(document, error))

        added = self._store.append_many(read(), model=self._reader.model, refused=refuse)
        summary.documents += added.new_documents
        summary.statements += added.new_statements
        self.metrics.documents.inc(added.new_documents)
        self.metrics.statements.inc(added.new_statements)
        return failed

    def _until_stopped(self, outcomes: Iterable[Document | Failure]) -> Iterator[Document | Failure]:
        for outcome in outcomes:
            if self._stop.is_set():
                return
            yield outcome

    def _next(self) -> float:
        """When something is due next, seconds since 1970."""
        sources = [source.url for source in self._plan.sites] + [str(one.path) for one in self._plan.folders]
        due = [self._state.polled(name).due for name in sources]
        page = self._state.next_due()
        return min([*due, page] if page is not None else due)

    def _measure(self, summary: Summary) -> None:
        self.metrics.waiting.set(summary.waiting)
        self.metrics.troubled.set(len(summary.problems))
        self.metrics.asked.set(self._state.asked(dt.datetime.fromtimestamp(self._now(), dt.UTC).date()))
        self.metrics.round_at.set(self._now())


def _parts(found: Iterator[Fetched], most: int) -> Iterator[list[Fetched]]:
    while some := list(islice(found, most)):
        yield some
