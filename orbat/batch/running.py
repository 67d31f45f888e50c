"""A run on this machine: one thread and one working process a core; what is done stays done."""

from __future__ import annotations

import dataclasses
import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from queue import SimpleQueue

from orbat.batch.folder import Folder
from orbat.batch.planning import Plan, tasks_of
from orbat.batch.shards import done
from orbat.batch.supervising import Supervisor
from orbat.batch.tasks import Counts, Task, total

SUMMARY = "summary.json"
Tell = Callable[[int, Counts], None]
"""Told after each task: how many are done, and what this session gave so far."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A run's result: what all its tasks gave, and what this session did of it in how many seconds."""

    tasks: int
    all: Counts
    session: Counts
    seconds: float
    machine: str

    def to_json(self) -> dict[str, object]:
        """As it stands in ``summary.json``."""
        return {
            "tasks": self.tasks,
            "articles": self.all.articles,
            "read": self.all.read,
            "skipped": self.all.skipped,
            "statements": self.all.statements,
            "failures": self.all.failures,
            "processor_seconds": round(self.all.seconds, 1),
            "session": {
                **{name: value for name, value in dataclasses.asdict(self.session).items() if name != "seconds"},
                "articles": self.session.articles,
                "seconds": round(self.seconds, 2),
                "articles_a_second": round(self.session.articles / self.seconds, 2) if self.seconds else 0.0,
                "machine": self.machine,
            },
        }


def run(folder: Folder, plan: Plan, *, workers: int | None = None, tell: Tell | None = None) -> Summary:
    """Do what is left of a plan on this machine's cores.

    Args:
        workers: processes; one a core that this process may use by default.

    Raises:
        OrbatError: the folder cannot be written. What is done is kept, and a second call goes on.
    """
    count = workers or cores()
    folder.sweep()
    idle: SimpleQueue[Supervisor] = SimpleQueue()
    made = [Supervisor(plan.settings, folder.where) for _ in range(count)]
    for supervisor in made:
        idle.put(supervisor)

    def do(task: Task) -> Counts:
        supervisor = idle.get()
        try:
            return supervisor.do(task)
        finally:
            idle.put(supervisor)

    pool = ThreadPoolExecutor(count)
    try:
        return finish(folder, plan, _local(pool, do, count), tell=tell, machine=f"{count} processes")
    finally:
        for supervisor in made:  # ends the processes, and with them what still waits for an answer
            supervisor.close()
        pool.shutdown(wait=True, cancel_futures=True)


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


Engine = Callable[[Iterator[Task]], Iterator[Counts]]
"""Does tasks, a few at a time, and gives what each gave as it ends."""


def finish(folder: Folder, plan: Plan, engine: Engine, *, tell: Tell | None, machine: str) -> Summary:
    """Have an engine do what is left of a plan, and write the summary."""
    began = time.monotonic()
    before = done(folder)
    here = Counts()
    left = (task for task in tasks_of(folder) if task.name not in before)
    for number, counts in enumerate(engine(left), len(before) + 1):
        here += counts
        if tell is not None:
            tell(number, here)
    summary = Summary(plan.tasks, total(before.values()) + here, here, time.monotonic() - began, machine)
    folder.write(SUMMARY, json.dumps(summary.to_json(), indent=1) + "\n")
    folder.sweep()
    return summary


def _local(pool: ThreadPoolExecutor, do: Callable[[Task], Counts], count: int) -> Engine:
    def engine(tasks: Iterator[Task]) -> Iterator[Counts]:
        waiting: set[Future[Counts]] = set()
        for task in tasks:
            waiting.add(pool.submit(do, task))
            if len(waiting) > count:  # one task waits for whoever is ready first; no more of the plan is held
                ended, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in ended)
        while waiting:
            ended, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in ended)

    return engine
