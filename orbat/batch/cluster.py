"""The same run on a Ray cluster. The door of ray.

A Ray task is one task of the plan, done by the same supervisor as on one machine; Ray does a task again where the process or the machine
that had it is gone. Input and output must be where every machine reaches them: a shared disk or an object store.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from typing import Any

from orbat.batch.folder import Folder
from orbat.batch.planning import Plan
from orbat.batch.running import Engine, Summary, Tell, finish
from orbat.batch.supervising import Supervisor
from orbat.batch.tasks import Counts, Json, Settings, Task
from orbat.errors import DataError, OrbatError

RETRIES = 5
"""So often Ray does a task again whose process or machine is gone."""


def run_on_ray(folder: Folder, plan: Plan, address: str, *, tell: Tell | None = None) -> Summary:
    """Do what is left of a plan on a Ray cluster.

    Args:
        address: as ``ray.init`` takes it ("auto", "10.0.0.1:6379", "ray://…"); "local" starts one on this machine.

    Raises:
        DataError: ray is not installed.
        OrbatError: the cluster cannot be reached, or a task failed there for good.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # orbat sends nothing anywhere
    try:
        import ray as library
    except ImportError as error:
        raise DataError("Ray is not installed.", f"{error}.", "pip install 'orbat[ray]'") from error
    ray: Any = library  # it has types for a part of itself only
    started = not ray.is_initialized()
    try:
        if started:
            ray.init(address=address, log_to_driver=False, include_dashboard=False if address == "local" else None)
        cores = int(ray.cluster_resources().get("CPU", 1))
        return finish(folder, plan, _engine(ray, plan.settings, folder.where, cores), tell=tell, machine=f"Ray, {cores} cores")
    except (ConnectionError, ray.exceptions.RayError) as error:
        cause, step = f"{error}.", "What is done is kept: run the same command again to go on."
        raise OrbatError(f"The Ray cluster at {address} did not finish the run.", cause, step) from error
    finally:
        if started:
            ray.shutdown()


def _engine(ray: Any, settings: Settings, where: str, cores: int) -> Engine:
    remote = ray.remote(num_cpus=1, max_retries=RETRIES)(_do)

    def engine(tasks: Iterator[Task]) -> Iterator[Counts]:
        waiting: list[Any] = []
        for task in tasks:
            waiting.append(remote.remote(settings, where, task.to_json()))
            if len(waiting) > 2 * cores:  # enough that no core waits for the next task; the plan is not held as a whole
                ended, waiting = ray.wait(waiting)
                yield from ray.get(ended)
        while waiting:
            ended, waiting = ray.wait(waiting)
            yield from ray.get(ended)

    return engine


def _do(settings: Settings, where: str, task: Json) -> Counts:
    return _supervisor(settings, where).do(Task.from_json(task))


@cache
def _supervisor(settings: Settings, where: str) -> Supervisor:
    """One a process of Ray, which does many tasks; its working process ends with it."""
    return Supervisor(settings, where)
