"""The same run on a real Ray cluster on this machine, a process of which is killed meanwhile: the output is that of one machine."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from orbat.batch.cluster import run_on_ray
from orbat.batch.folder import Folder
from orbat.batch.planning import plan, tasks_of
from orbat.batch.tasks import Order, Settings
from orbat.batch.working import Kit, work
from tests.test_batch import RAID, tables

# Ray's processes give way to all others unless told not to; nothing is sent anywhere; the cluster is this test's own.
for name, value in {"RAY_worker_niceness": "0", "RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled"}.items():
    os.environ.setdefault(name, value)
ray = pytest.importorskip("ray", reason="ray is not installed: pip install 'orbat[ray]'")


@pytest.fixture
def cluster():
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


def processes_of_ray() -> set[int]:
    """The processes of this cluster that do tasks: each has a working process of its own."""
    listed = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=2) for line in listed.splitlines()[1:]]
    parents = {int(ppid) for _, ppid, args in rows if "-m orbat.batch.child" in args}
    return {int(pid) for pid, _, args in rows if args.startswith("ray::") and int(pid) in parents}


def test_a_cluster_that_loses_a_process_gives_the_same(cluster, tmp_path):
    news = tmp_path / "news.jsonl"
    news.write_text("".join(f'{{"text": "{RAID.format(f"Town {i}")}"}}\n' for i in range(60)), encoding="utf-8")
    alone, together = Folder(tmp_path / "alone"), Folder(tmp_path / "together")
    kit = Kit(Settings())
    for folder in (alone, together):
        made = plan(folder, [str(news)], kit.settings, task_bytes=1_000)
    for task in tasks_of(alone):
        work(Order(task), alone, kit, lambda at: None)
    killed: list[int] = []

    def kill(number: int, counts: object) -> None:
        if number == 2:
            killed.append(min(processes_of_ray()))
            os.kill(killed[0], signal.SIGKILL)

    summary = run_on_ray(together, made, "auto", tell=kill)
    assert killed
    assert made.tasks == summary.tasks >= 8
    assert summary.all.statements > 100
    assert tables(Path(together.where)) == tables(Path(alone.where))
    aim = time.monotonic() + 20
    while processes_of_ray() & set(killed) and time.monotonic() < aim:
        time.sleep(0.1)
    assert not processes_of_ray() & set(killed)
