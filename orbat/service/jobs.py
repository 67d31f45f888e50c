"""Articles that were posted, read one after another by one thread beside the requests, which never wait for it."""

from __future__ import annotations

import datetime as dt
import logging
import re
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING

from orbat.collector import give_back
from orbat.errors import OrbatError, ReadError, StageError
from orbat.fetching import Fetcher
from orbat.ingest import checked, read_stream
from orbat.recordkeeping import Recorder, related_in, update
from orbat.service.config import ServiceConfig
from orbat.service.problems import Refused
from orbat.store import Store
from orbat.turns import Patience
from orbat.types import Document, Failure

if TYPE_CHECKING:
    from orbat.pipeline import Reader

log = logging.getLogger("orbat.service")
KEPT = 200
"""Finished jobs that are remembered."""
REST, LONGEST = 1, 2.0
"""How many times as long as an article took is rested after it where readers wait for pages, and for how many seconds at most."""
TOLD = 20
"""Failures and documents that a job names one by one."""


class State(StrEnum):
    """Where a job is. ``stopped``: the service was shut down before its end; what was read until then is kept."""

    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


OVER = frozenset({State.DONE, State.FAILED, State.STOPPED})


@dataclass(frozen=True, slots=True)
class Job:
    """What was posted to be read and how far it is. ``documents`` read, ``statements`` new to the store, ``failed`` documents."""

    id: str
    name: str
    by: str
    state: State
    posted_at: dt.datetime
    finished_at: dt.datetime | None = None
    documents: int = 0
    statements: int = 0
    failed: int = 0
    read: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """What is to be read: a document, bytes with their name, or an address on the web."""

    name: str
    document: Document | None = None
    data: bytes = b""
    address: str = ""

    @property
    def size(self) -> int:
        """About how many bytes wait with it."""
        return len(self.data) + len(self.document.text if self.document else "")


class Jobs:
    """A bounded queue and the one thread that reads from it; the thread starts with the first job, and the model is loaded then.

    While ``gives_way`` says so, it rests after each article, so that reading takes half of a core at most from those who look at pages.
    Where pages are made in processes of their own, so are the records of what was read.
    """

    def __init__(
        self, store: Store, reader: Callable[[], Reader], config: ServiceConfig, *, gives_way: Callable[[], bool] = lambda: False
    ) -> None:
        self._reader, self._limits, self._gives_way = reader, config.limits, gives_way
        self._fetcher = Fetcher(most=config.limits.fetch_bytes, seconds=config.limits.fetch_seconds)
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._waiting: deque[tuple[str, Posted]] = deque()
        self._change = threading.Condition()
        self._stopping = False
        self._store = store.waiting(Patience(stop=lambda: self._stopping))
        self._recorder = Recorder(config.store, config.actors) if config.makers else None
        self._thread: threading.Thread | None = None

    def post(self, posted: Posted, by: str) -> Job:
        """Have something read.

        Raises:
            Refused: too much is waiting (429), or the service is shutting down (503).
        """
        with self._change:
            if self._stopping:
                raise Refused(503, "The service is shutting down.", "", "Post it when it is up again.")
            waiting = sum(each.size for _, each in self._waiting)
            if len(self._waiting) >= self._limits.waiting or waiting + posted.size > self._limits.waiting_bytes:
                raise Refused(429, "Too much waits to be read.", "", "Post it again in a while.", headers={"Retry-After": "10"})
            job = Job(secrets.token_hex(8), posted.name, by, State.WAITING, _now())
            self._jobs[job.id] = job
            self._waiting.append((job.id, posted))
            over = [id for id, each in self._jobs.items() if each.state in OVER]
            for id in over[: max(0, len(over) - KEPT)]:
                del self._jobs[id]
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="orbat-reader", daemon=True)
                self._thread.start()
            self._change.notify_all()
            return job

    def get(self, id: str) -> Job | None:
        """The job of an id as it is now."""
        return self._jobs.get(id)

    def all(self) -> tuple[Job, ...]:
        """All jobs that are remembered, the last posted first."""
        with self._change:
            return tuple(reversed(self._jobs.values()))

    @property
    def waiting(self) -> int:
        """How many wait to be read."""
        return len(self._waiting)

    @property
    def stopping(self) -> bool:
        """Whether no more is read."""
        return self._stopping

    def close(self, *, seconds: float = 30.0) -> None:
        """Let the article that is being read be finished, and read no more."""
        with self._change:
            self._stopping = True
            self._change.notify_all()
        if self._thread is not None:
            self._thread.join(seconds)
            if self._thread.is_alive():
                log.warning("what is being read took more than %.0f s to stop; what was kept is whole", seconds)
                return
        if self._recorder is not None:
            self._recorder.close()

    def _work(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._waiting or self._stopping)
                if self._stopping:
                    for id, _ in self._waiting:
                        self._set(id, state=State.STOPPED, finished_at=_now())
                    self._waiting.clear()
                    return
                id, posted = self._waiting.popleft()
            try:
                self._set(id, state=State.READING)
                self._read(id, posted)
            except OrbatError as error:
                log.error("job %s failed: %s", id, error)
                self._set(id, state=State.STOPPED if self._stopping else State.FAILED, problem=str(error), finished_at=_now())
            except Exception as error:  # the next article may do
                log.error("job %s failed", id, exc_info=error)
                self._set(id, state=State.FAILED, problem="The service failed at this. Its log says why.", finished_at=_now())

    def _read(self, id: str, posted: Posted) -> None:
        from orbat.pipeline import refusal  # with the reader: a service that reads nothing needs no model

        reader = self._reader()
        found = reader.read_many(checked(self._until_stopped(self._documents(posted)), name=posted.name), workers=1)
        begun = time.monotonic()
        for outcome in found:
            failure = outcome if isinstance(outcome, Failure) else None
            if not isinstance(outcome, Failure):
                try:
                    added = self._store.append(outcome.document, outcome.statements, model=outcome.model)
                except StageError as error:
                    failure = refusal(outcome.document, error)
                else:
                    job = self._jobs[id]
                    read = (*job.read, outcome.document.id)[:TOLD]
                    self._set(id, documents=job.documents + 1, statements=job.statements + added.new_statements, read=read)
            if failure is not None:
                self._store.fail(failure)
                job = self._jobs[id]
                self._set(id, failed=job.failed + 1, failures=(*job.failures, failure)[:TOLD])
            begun = self._rested(begun)
        if self._recorder is not None:
            self._recorder.update(stop=lambda: self._stopping)
        else:
            update(self._store, related=related_in(reader.catalogue), stop=lambda: self._stopping)
        give_back()
        job = self._jobs[id]
        state = State.STOPPED if self._stopping else State.FAILED if job.failed and not job.documents else State.DONE
        self._set(id, state=state, finished_at=_now())
        self._rested(begun)

    def _rested(self, begun: float) -> float:
        """Rest where others are to be given way, after what was begun at a moment; the moment after it."""
        if self._gives_way():
            with self._change:
                self._change.wait_for(lambda: self._stopping, min(LONGEST, REST * (time.monotonic() - begun)))
        return time.monotonic()

    def _documents(self, posted: Posted) -> Iterator[Document | Failure]:
        """The documents of what was posted, and a failure for what is none; the web is reached here, not by who posts."""
        if posted.document is not None:
            yield posted.document
            return
        try:
            if posted.address:
                page = self._fetcher.fetch(posted.address)
                found: Iterable[Document | Failure] = documents_of("-", page.body)
                for each in found:
                    yield replace(each, url=each.url or page.address) if isinstance(each, Document) else replace(each, document=posted.name)
                return
            most = self._limits.documents
            for number, each in enumerate(islice(documents_of(posted.name, posted.data), most + 1)):
                if number == most:
                    raise ReadError(f"It holds more than {most} articles.", "", "Read it with `orbat read`; what came before is kept.")
                yield each
        except ReadError as error:
            yield Failure(posted.name, "fetch" if posted.address else "ingest", str(error))

    def _until_stopped(self, found: Iterator[Document | Failure]) -> Iterator[Document | Failure]:
        most = self._limits.characters
        for each in found:
            if self._stopping:
                return
            if isinstance(each, Document) and len(each.text) > most:
                long = ReadError(
                    f"It has {len(each.text)} characters.", f"One article has {most} at most here.", "Read it with `orbat read`."
                )
                yield Failure(each.label, "ingest", str(long))
            else:
                yield each

    def _set(self, id: str, **changes: object) -> None:
        with self._change:
            self._jobs[id] = replace(self._jobs[id], **changes)  # type: ignore[arg-type]


def documents_of(name: str, data: bytes) -> Iterator[Document | Failure]:
    """The documents of bytes: by the name's suffix, else by what they begin with. The name is never a path."""
    suffix = re.search(r"(\.[a-z]{1,8})?\.[a-z0-9]{1,8}$", name.lower())
    given = f"posted{suffix[0]}" if suffix else "-"
    for each in read_stream(given, BytesIO(data)):
        if isinstance(each, Failure):
            yield replace(each, document=name + each.document.removeprefix(given))
        else:
            inside = each.given_id.startswith(f"{given}!")
            yield replace(each, given_id=name + each.given_id.removeprefix(given)) if inside else each


def shown_name(name: str) -> str:
    """A name that someone gave a file, without folders and signs that do not print, cut to 120."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(sign for sign in last if sign.isprintable())[:120] or "posted"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
