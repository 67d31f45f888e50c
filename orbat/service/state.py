"""What the requests of one service share: the store, the catalogue, the reader, who may ask, and what is being read."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import sqlalchemy as sa
from fastapi import Depends, Request, Response
from starlette.types import ASGIApp

from orbat.battle import Asked, Case, Sheet, case, sheet
from orbat.battle.leaders import heads
from orbat.battle.loading import Known
from orbat.battle.tiebook import TieBook, tie_book
from orbat.battle.ties import wings_of
from orbat.battle.values import SECTIONS
from orbat.link.catalogue import Catalogue
from orbat.link.cataloguefile import ARMED_KINDS
from orbat.names import fold
from orbat.queries import Facet, Named, Wanted, facets, grades, judgements
from orbat.queries.few import few
from orbat.queries.finding import spellings
from orbat.queries.judgements import corrections
from orbat.queries.loading import among, load, parts
from orbat.recordtypes import Judgement, Reliability
from orbat.service.accounts import Accounts, Role
from orbat.service.activeactors import Actives, active_actors
from orbat.service.caching import Memo, Own, StoreVersion, size_of
from orbat.service.config import ServiceConfig
from orbat.service.guard import Caller, tag_of
from orbat.service.jobs import Jobs
from orbat.service.kept import Pages
from orbat.service.limits import RateLimit
from orbat.service.makers import Makers
from orbat.service.problems import Refused
from orbat.service.sessions import Sessions
from orbat.service.touching import Touched, topics_of
from orbat.store import Store
from orbat.tables import statements
from orbat.turns import Patience

if TYPE_CHECKING:
    from orbat.pipeline import Reader, Reading
    from orbat.types import Document, Statement

V = TypeVar("V")
COUNTS, VIEWS, GIVEN = 32 * 2**20, 96 * 2**20, 32 * 2**20
"""Bytes of values kept at once: counts and short lists; whole sheets and maps, of up to some MB each; these where pages are given away."""
SHEETS, DAYS = 64 * 2**20, 8 * 2**20
"""Bytes of whole orders of battle, of some 100 kB to 20 MB, that are kept at once: as of now, which comparisons are made of too, and as of
days."""
VALUE, IDS = 900, 90
"""Bytes of a value of an order of battle, and of the id of a statement or record that it stands on."""
CACHE, CACHE_OF_MAKER = 32 * 2**20, 16 * 2**20
"""Bytes of the store's pages that SQLite keeps at once, over all connections of the process, and of one that makes pages alone: with 64 MB
these took the same processor time for pages of a store of 250 MB, since what SQLite keeps is of no use once another process has written."""
CASES, STATEMENT = 288 * 2**20, 2_700
"""Bytes of the cases that are kept at once, and of a statement of a case with its part of a record and of what is gathered for orders of
battle: the 73 groups of a generated war of 130,000 statements took 2.2 kB for each, and 2.7 once their orders of battle were made. Where
several groups are in one it is held once. One case is kept whatever its size."""
LASTS, STALE = 5.0, 30.0
"""Seconds that a view may lag behind what is being read in, and at most while it is made anew; a judgement is seen at once."""
ASKED = 30.0
"""Seconds that a request which writes, such as a judgement, waits for another writer: who asks does not wait as long as what is posted."""
BUSY = 3.0
"""Seconds for which readers are taken to wait for pages after one did."""
READINGS = 16
"""Readings kept for explanations: a page of one article asks for several."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A case, and the topics of who leads the group: what becomes of them is part of it too."""

    case: Case
    leads: frozenset[str]


class Service:
    """One service. ``open()`` it before the first request and ``close()`` it after the last."""

    store: Store
    version: StoreVersion
    memo: Memo
    views: Memo
    pages: Pages
    cases: Memo
    sheets: Memo
    days: Memo
    touched: Touched
    makers: Makers | None = None
    jobs: Jobs
    below: ASGIApp
    """What stands behind the keeping of pages: compression and the routes."""

    def __init__(self, config: ServiceConfig) -> None:
        self.config = config
        self.accounts = Accounts(config.accounts_file)
        limits = config.limits
        self.requests = RateLimit(limits.requests, 60)
        self.sign_ins = RateLimit(limits.sign_ins, 300)
        self.exporting = threading.BoundedSemaphore(limits.exports)
        self.rebuilding = threading.BoundedSemaphore(1)  # an earlier state of all records takes seconds and memory
        self.hashing = threading.BoundedSemaphore(1)  # argon2 takes 64 MB and a core
        self._sessions: Sessions | None = None
        self._loading, self._rereading = threading.Lock(), threading.Lock()
        self._catalogue: tuple[int, Catalogue] | None = None
        self._reader: tuple[int, Reader] | None = None
        self._readings: OrderedDict[str, Reading] = OrderedDict()
        self._looking = threading.Lock()
        self._looked = ""
        self.waited = -BUSY  # when a reader had to wait for a page last
        self._known = Known()  # statements and records of the cases that are kept, each once

    def open(self) -> None:
        """Open the store and begin to read what is posted.

        Raises:
            StoreError: as ``Store.open``.
        """
        opened = Store.open(self.config.store)
        self.store = opened.waiting(Patience(ASKED))
        with self.store.reading() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql(f"PRAGMA soft_heap_limit={CACHE_OF_MAKER if self.config.maker else CACHE}")
        self.version = StoreVersion(self.store, *([self.config.actors] if self.config.actors else []))
        self.memo = Memo(self.version, held=COUNTS, weigh=size_of)
        self.views = Memo(self.version, held=GIVEN if self.config.maker else VIEWS, lasts=LASTS, stale=STALE, weigh=size_of)
        self.sheets, self.days = (Memo(self.version, held=held, weigh=_weight) for held in (SHEETS, DAYS))
        self.touched = Touched(self.store)
        self.pages = Pages()
        self.makers = Makers(self.config, self.config.makers) if self.config.makers else None
        self.cases = Memo(self.version, held=CASES, lasts=LASTS, stale=STALE, weigh=lambda found: STATEMENT * len(found.case.statements))
        self.jobs = Jobs(opened, lambda: self.reader, self.config, gives_way=lambda: self.busy)

    def close(self) -> None:
        """Finish the article that is being read and let go of the store."""
        self.jobs.close()
        if self.makers is not None:
            self.makers.close()
        self.views.close()
        self.cases.close()
        self.version.close()
        self.store.close()

    @property
    def busy(self) -> bool:
        """Whether readers wait for pages: what nobody waits for then gives way."""
        return time.monotonic() - self.waited < BUSY

    @property
    def sessions(self) -> Sessions:
        """What signs sessions; its key is made where login is needed only."""
        if self._sessions is None:
            self._sessions = Sessions(self.accounts.signing_key(), hours=self.config.limits.session_hours)
        return self._sessions

    @property
    def catalogue(self) -> Catalogue:
        """The actors, as the user's own file has them now."""
        with self._loading:
            at = _changed(self.config.actors)
            if self._catalogue is None or self._catalogue[0] != at:
                self._catalogue = at, Catalogue.load(_there(self.config.actors))
            return self._catalogue[1]

    @property
    def reader(self) -> Reader:
        """The reader, loaded when it is first asked for."""
        from orbat.pipeline import Reader

        with self._loading:
            at = _changed(self.config.actors)
            if self._reader is None or self._reader[0] != at:
                self._reader = at, Reader(model=self.config.model, catalogue=_there(self.config.actors))
                self._readings.clear()
            return self._reader[1]

    def reading(self, document: Document) -> Reading:
        """A document read again, one at a time: its annotations and the candidates of its links, which the store does not keep."""
        with self._rereading:
            reader = self.reader
            found = self._readings.pop(document.id, None) or reader.read_document(document)
            self._readings[document.id] = found
            if len(self._readings) > READINGS:
                self._readings.popitem(last=False)
            return found

    def view(self, request: Request, response: Response, key: Hashable, make: Callable[[], V]) -> V:
        """A value that may lag a little, with the ETag of the version that it is of; one that is ``about`` some groups does not lag."""
        state = request.scope["state"]
        if topics := state.get("topics"):  # it depends on these alone
            own = self._own(frozenset().union(*(each() for each in topics)))
            return self.views.get(key, make, own=own)
        value = self.views.get(key, make, patient=state.get("patient", False))
        version = self.views.version_of(key)
        state.setdefault("versions", set()).add(version)
        if version is not None:
            response.headers["ETag"] = tag_of(request.scope, version)
        return value

    def forget(self, by: str) -> None:
        """After a change that who made it must see at once: nothing of before it is shown to them any more."""
        self.let_go()
        if self.makers is not None:
            self.makers.forget()
        self.pages.forget(by)

    def let_go(self) -> None:
        """Forget what pages are made of."""
        self.cases.expire()
        self.sheets.clear()
        self.days.clear()
        self.views.clear()

    def case(self, asked: Asked) -> Case:
        """What a group's sheet and views are made from: loaded once for all days that are asked for, and again when it is touched.

        Raises:
            NotFoundError: as ``battle.case``.
        """
        whole = replace(asked, as_of=None)
        own = self._own(self._topics(whole))
        return self.cases.get(whole, lambda: self._load(whole), own=own).case.on(asked.as_of)

    def _own(self, topics: frozenset[str]) -> Own:
        """The version of what depends on some topics alone: at which look at the store they were touched last."""
        with self._looking:
            if (version := self.version()) != self._looked:
                self.touched.look()
                self._looked = version
            return Own(f"touched {self.touched.stamp(topics)}", version)

    def sheet(self, asked: Asked) -> Sheet:
        """A group's whole order of battle, without its sentences: it stays where its case has been let go.

        Raises:
            NotFoundError: as ``battle.case``.
        """
        own = self._own(self._topics(replace(asked, as_of=None)))
        kept = self.days if asked.as_of or asked.known_by else self.sheets
        return kept.get(asked, lambda: sheet(self.case(asked), sentences=False), own=own)

    def said(self, ids: Sequence[str]) -> dict[str, Statement]:
        """Statements by their ids, in the order of these, as judgements correct them: those of the latest readings where there are any."""
        query = sa.select(statements.c.id, statements.c.key).order_by(statements.c.current, statements.c.key)
        with self.store.reading() as connection:
            rows = (row for part in parts(ids) for row in connection.execute(query.where(statements.c.id.in_(part))))
            keys = {row.id: row.key for row in rows}
            found = {each.id: each for each in map(corrections(connection), load(connection, list(keys.values())))}
        return {id: found[id] for id in ids if id in found}

    def spelled(self, column: str) -> Collection[str]:
        """The values of a column of the store's statements, as ``view`` has them lag: a search goes through all statements for them."""
        return self.views.get(("spelled", column), lambda: spellings(self.store, column))

    def few(self, wanted: Wanted) -> Sequence[int] | None:
        """The keys of the statements that a search asks for, where they are few: found once for its list and its counts."""
        return self.memo.get(("few", wanted), lambda: few(self.store, wanted, spelled=self.spelled))

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """All judgements, the first first."""
        return self.memo.get("judgements", lambda: judgements(self.store))

    @property
    def grades(self) -> Mapping[str, Reliability]:
        """The reliability that analysts gave to origins, by the origin's id or name."""
        return self.memo.get("grades", lambda: grades(self.store))

    def facets(self, wanted: Wanted) -> tuple[Facet, ...]:
        """How many of the statements that a search asks for have which values."""
        return facets(self.store, wanted, spelled=self.spelled, keys=self.few(wanted))

    def articles_of(self, ids: Sequence[str]) -> dict[str, str]:
        """The article of each of some statements, by ids."""
        with self.store.reading() as connection:
            query = sa.select(statements.c.id, statements.c.document)
            rows = (row for part in parts(ids) for row in connection.execute(query.where(among(connection, statements.c.id, part))))
            return {row.id: row.document for row in rows}

    def _load(self, whole: Asked) -> _Loaded:
        held: _Loaded | None = self.cases.held(whole)
        found = case(self.store, whole, self.catalogue, whole=False, known=self._known, before=held.case if held else None)
        return _Loaded(found, frozenset(f"e:{each.id}" if each.id else f"n:{fold(each.name)}" for each in heads(found).names))

    def ties(self) -> TieBook:
        """All relations between parties, as ``view`` has them lag."""
        return self.views.get("ties", lambda: tie_book(self.store, self.views.held("ties"), known=self._known))

    def about(self, request: Request, *asked: Asked) -> None:
        """Say that what is being made depends on some groups alone, so that it is true until something new is said of them."""
        topics: list[Callable[[], frozenset[str]]] = request.scope["state"].setdefault("topics", [])
        topics += [partial(self._topics, replace(each, as_of=None)) for each in asked]

    def about_these(self, request: Request, *topics: str) -> None:
        """Say that what is being made depends on some topics alone, as ``about`` does of groups."""
        found = frozenset(topics)
        request.scope["state"].setdefault("topics", []).append(lambda: found)

    def _topics(self, whole: Asked) -> frozenset[str]:
        """What a group's case depends on: what names it, and what names its leaders, where they are known."""
        ids = whole.ids | (wings_of(self.catalogue, whole.ids) if whole.with_wings else frozenset())
        held: _Loaded | None = self.cases.held(whole)
        return topics_of(whole.name, ids) | (held.leads if held else frozenset())

    def active(self, request: Request | None = None, response: Response | None = None) -> Actives:
        """The actors of the store, as ``view`` has them lag, with its ETag where an answer is made of them."""

        def make() -> Actives:
            return active_actors(self.store, self.views.held("active"))

        if request is None or response is None:
            return self.views.get("active", make)
        return self.view(request, response, "active", make)

    def largest(self, least: int, most: int) -> list[str]:
        """The groups with most statements, so many at least, by id or name."""
        return [each.id for each in self.active().rows if each.statements >= least and each.kind in ARMED_KINDS][:most]

    @contextmanager
    def remaking(self, *asked: Asked) -> Iterator[None]:
        """Where something as it was known by an earlier moment is made: one at a time.

        Raises:
            Refused: another is being made.
        """
        earlier = any(each.known_by for each in asked)
        if earlier and not self.rebuilding.acquire(blocking=False):
            raise Refused(503, "Another earlier state is being made.", "", "Ask again in a while.", headers={"Retry-After": "5"})
        try:
            yield
        finally:
            if earlier:
                self.rebuilding.release()

    def named(self, name: str) -> Named:
        """A name with the catalogue's ids for it: it is an id, a name, an acronym in any case, or another spelling."""
        return Named(name, self.catalogue.ids_of(name))


def _weight(found: Sheet) -> int:
    """About how many bytes a sheet takes, between .9 and 1.4 times what ``size_of`` tells in twenty times as long."""
    grounds = [each.grounds for name in SECTIONS if name != "catalogue" for each in getattr(found, name)]
    return VALUE * (1 + len(grounds)) + IDS * sum(len(each.statements) + len(each.records) for each in grounds)


def _there(file: Path | None) -> Path | None:
    """A file of the user's own, where it was made already."""
    return file if file is not None and file.exists() else None


def _changed(file: Path | None) -> int:
    return file.stat().st_mtime_ns if file is not None and file.exists() else 0


async def service_of(request: Request) -> Service:
    """The service that a request is for; asynchronous, so that no thread is needed for it."""
    found: Service = request.app.state.service
    return found


def caller_of(request: Request) -> Caller:
    """Who asks; the guard has let it through."""
    found: Caller = request.state.caller
    return found


def judges(request: Request) -> Caller:
    """Who asks, where that one may post and judge.

    Raises:
        Refused: it may only read.
    """
    caller = caller_of(request)
    if not caller.role.covers(Role.JUDGE):
        raise Refused(403, f"{caller.name} may read only.", "", "Ask an administrator for the role judge.")
    return caller


Here = Annotated[Service, Depends(service_of)]
By = Annotated[Caller, Depends(judges)]
