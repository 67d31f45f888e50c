"""The processes that make pages, and which of them makes what, when: what is quick never stands behind what takes long.

A group's pages are always made by the same process, since it then has the group's case at hand; half of the processes make those, so that
cases, which take most memory, are held in few. Every process makes two pages at a time where readers wait for both, of which one at most
takes long: while a page is sent, and the next is being asked for, it makes the other. What nobody waits for it makes alone. What any may
make is made by one of those that make no groups' pages, or by one that has no reader waiting for what it alone makes. Of the pages that
wait, those that a reader waits for go before those that are made anew while the old one is given, and these before those that nobody asked
for; among them a page goes before another that takes a second longer even where it was asked for ``PATIENCE`` seconds later.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.types import Scope

from orbat.service.kept import Made, Marks
from orbat.service.making import Maker

if TYPE_CHECKING:
    from orbat.service.config import ServiceConfig

WAITED_FOR, RENEWED, UNASKED = 0, 1, 2
"""What a page is made for, the most urgent first."""
AT_ONCE = 2
"""Pages that a process makes at once."""
QUICK = 0.15
"""Seconds up to which a page may be made beside another."""
PATIENCE = 1.0
"""Seconds of waiting that weigh as much as a second of making."""
USUAL = 0.1
"""Seconds that a page of a kind takes that was not made before."""
LEARNED = 0.2
"""What the last page of a kind weighs in what such a page is expected to take."""
OF_GROUPS = "groups/"
"""So begins what pages of groups share."""
GROUPS = 5_000
"""Groups of which it is known which process makes their pages."""
CHOOSING = "compare/choosing"
"""The page for comparisons as long as a group is to be chosen, of the store's actors."""
SHARING = {
    "": "actors",
    "groups": "actors",
    CHOOSING: "actors",
    **{kind: kind.rstrip("/*") for kind in ("sources", "sources/*", "unknown", "review", "map")},
    "network": OF_GROUPS,
}
"""Kinds of pages that are made of one thing each that takes long and is kept, as a group's are of its case; the network of all is made of
the ties that the groups' networks are made of."""
KINDS = 200
"""Kinds of pages of which it is known how long they take."""


@dataclass(slots=True)
class Urgency:
    """What a page is made for now: a reader may come while it waits."""

    rank: int = WAITED_FOR


@dataclass(eq=False, slots=True)
class _Job:
    """A page that waits, and who makes it, where only one may. ``earlier``: of what was known by a moment, for which all
    records are made."""

    kind: str
    earlier: bool
    urgency: Urgency
    home: int | None
    turn: asyncio.Future[int]
    since: float = field(default_factory=time.monotonic)


class Makers:
    """So many processes. ``forget`` may be called by any thread, all else by the loop's alone."""

    def __init__(self, config: ServiceConfig, number: int) -> None:
        self.each = tuple(Maker(config) for _ in range(number))
        self._running: tuple[list[_Job], ...] = tuple([] for _ in range(number))
        self._waiting: list[_Job] = []
        self._homes: OrderedDict[str, int] = OrderedDict()
        self._took: OrderedDict[str, float] = OrderedDict()
        self._given = [0.0] * number
        self._of_groups = max(1, number // 2)

    async def make(self, scope: Scope, marks: Marks, urgency: Urgency) -> Made | None:
        """A page as a process makes it, when it is its turn; None where none can."""
        kind, group = kind_of(scope["path"], scope.get("query_string", b""))
        shares = f"{OF_GROUPS}{group}" if group else SHARING.get(kind, "")
        earlier, home = b"known_by=" in scope.get("query_string", b""), self._home(shares) if shares else None
        job = _Job(kind, earlier, urgency, home, asyncio.get_running_loop().create_future())
        self._waiting.append(job)
        self._next()
        try:
            number = await job.turn
        finally:
            if job in self._waiting:
                self._waiting.remove(job)
            elif job.turn.cancelled():
                self._over(job)
        begun = time.monotonic()
        try:
            return await self.each[number].make(scope, marks)
        finally:
            self._learn(kind, time.monotonic() - begun)
            self._given[number] += time.monotonic() - begun
            self._over(job)

    def forget(self) -> None:
        """What the processes have kept is of before a change that who made it must see."""
        for each in self.each:
            each.forget()

    def close(self) -> None:
        """End the processes."""
        for each in self.each:
            each.close()

    def expected(self, kind: str) -> float:
        """Seconds that a page of a kind takes, about."""
        return self._took.get(kind, USUAL)

    def _next(self) -> None:
        """Let those begin whose turn it is: a second one in a process where no process is left that makes none."""
        for busy in range(AT_ONCE):
            for number, running in reversed([*enumerate(self._running)]):  # what any may make goes to those that make no group's first
                if len(running) == busy and (job := self._chosen(number, running)) is not None:
                    self._waiting.remove(job)
                    running.append(job)
                    job.turn.set_result(number)

    def _chosen(self, number: int, running: list[_Job]) -> _Job | None:
        """What a process may begin now beside what it makes."""
        awaited = [each for each in running if each.urgency.rank == WAITED_FOR]
        long, earlier = any(self.expected(each.kind) > QUICK for each in awaited), any(each.earlier for each in running)
        alone = number < self._of_groups < len(self.each) and any(
            each.home == number and each.urgency.rank == WAITED_FOR for each in (*awaited, *self._waiting)
        )
        fitting = [
            job
            for job in self._waiting
            if (job.home == number or (job.home is None and not alone))
            and not job.turn.done()
            and not (earlier and job.earlier)  # a second one would be refused
            and (not running or (job.urgency.rank == WAITED_FOR and not (long and self.expected(job.kind) > QUICK)))
        ]
        return min(fitting, key=self._order, default=None)

    def _order(self, job: _Job) -> tuple[int, float]:
        return job.urgency.rank, job.since + PATIENCE * self.expected(job.kind)

    def _over(self, job: _Job) -> None:
        for running in self._running:
            if job in running:
                running.remove(job)
        self._next()

    def _home(self, shares: str) -> int:
        """The process that makes all pages that share something: at first the one that has made least of those that make groups' pages, or
        of the others."""
        if shares not in self._homes:
            half, number = self._of_groups, len(self.each)
            among = range(half) if shares.startswith(OF_GROUPS) else range(half if number > 1 else 0, number)
            self._homes[shares] = min(among, key=lambda number: (len(self._running[number]), self._given[number]))
            if len(self._homes) > GROUPS:
                self._homes.popitem(last=False)
        self._homes.move_to_end(shares)
        return self._homes[shares]

    def _learn(self, kind: str, took: float) -> None:
        self._took[kind] = (1 - LEARNED) * self._took.get(kind, took) + LEARNED * took
        self._took.move_to_end(kind)
        if len(self._took) > KINDS:
            self._took.popitem(last=False)


def kind_of(path: str, query: bytes = b"") -> tuple[str, str]:
    """What pages are alike in how long they take, and the group that a page is of, where it is of one."""
    first, _, rest = path.strip("/").partition("/")
    if first == "compare":  # of the sheets of two groups; where several processes make groups' pages, it goes where the first is
        given = parse_qs(query.decode("latin-1"))
        return (first, given["one"][0]) if given.get("one") and given.get("two") else (CHOOSING, "")
    if first != "groups" or not rest:
        return f"{first}/*" if rest else first, ""
    group, _, part = rest.rpartition("/")
    if part not in ("timeline", "map", "network", "flows", "evidence") or not group:
        group, part = rest, "as of" if b"as_of=" in query or b"known_by=" in query else ""
    return f"groups/{part}", group
