"""How fast a service of many generated statements answers readers at once: python evals/bench_service.py [STATEMENTS] [--keep PATH] ...

The statements are of a made-up war, as crowded as a real one (tests/war.py), and all are in the records. Starts `orbat serve` in a process
of its own on a free port, asks it from ``--readers`` threads for ``--seconds``, each for one address of the mix after another, and prints
one JSON object: answers a second, and milliseconds at the median and 99th percentile by kind of address. ``--reading`` posts an article
whenever the last one is read, so that the store changes all the while. Times are wall clock: on a machine that does other work too they
are what a reader there would wait.
"""

from __future__ import annotations

import argparse
import datetime as dt
import http.client
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

sys.path.insert(0, str(Path(__file__).parent.parent))  # the tests' generator

from orbat.recordkeeping import update
from orbat.store import Store
from tests import war
from tests.browser import served

ARTICLE = "{group} killed at least {number} people in {town} on Monday, residents said. The army said it had driven them out."
Choose = Callable[[random.Random], tuple[str, str]]
SENTENCES = 20  # of an article of the war, each a statement
PART = 500  # articles that are written at once


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("statements", nargs="?", type=int, default=20_000)
    parser.add_argument("--keep", type=Path, help="make the store there, or use the one that is there")
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--reading", action="store_true", help="have articles read all the while")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.keep or Path(folder) / "bench.db"
        if not path.exists():
            fill(path, given.statements)
        print(json.dumps(bench(path, given), indent=2))


def bench(path: Path, given: argparse.Namespace) -> dict[str, object]:
    kinds: dict[str, list[float]] = defaultdict(list)
    with serving(path) as (port, started):
        mix = addresses(port)
        for _, address in mix:
            ask(port, address)
        before = usage()
        readers = Readers(port, given.readers, given.seconds)
        posted = readers.run(lambda pick: pick.choice(mix), lambda kind, _, took: kinds[kind].append(took), reading=given.reading)
        after = usage()
    every = [took for each in kinds.values() for took in each]
    return {
        "statements": given.statements,
        "readers": given.readers,
        "seconds": given.seconds,
        "seconds to start": round(started, 2),
        "answers a second": round(len(every) / given.seconds, 1),
        "articles read": posted,
        **Usage.told(before, after),
        "load average": [round(each, 1) for each in os.getloadavg()],
        "milliseconds": {kind: quantiles(each) for kind, each in sorted({**kinds, "all": every}.items())},
    }


class Readers:
    """Readers who ask for one address after another, each on a connection of its own, as browsers do."""

    def __init__(self, port: int, number: int, seconds: float, *, pause: float = 0.0) -> None:
        """
        Args:
            pause: seconds that a reader looks at an answer before asking for the next.
        """
        self._port, self._number, self._seconds, self._pause = port, number, seconds, pause

    def run(self, choose: Choose, told: Callable[[str, str, float], None], *, reading: bool) -> int:
        """Have them ask. How many articles were read meanwhile.

        Args:
            choose: what a reader asks for next: its kind and address.
            told: takes kind, address and milliseconds of each answer, from any thread.
            reading: an article is posted whenever the last one is read.
        """
        end, posted = time.monotonic() + self._seconds, [0]
        threads = [threading.Thread(target=self._read, args=(random.Random(n), end, choose, told)) for n in range(self._number)]
        threads += [threading.Thread(target=post, args=(self._port, end, posted))] if reading else []
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return posted[0]

    def _read(self, pick: random.Random, end: float, choose: Choose, told: Callable[[str, str, float], None]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        while time.monotonic() < end:
            kind, address = choose(pick)
            begun = time.perf_counter()
            connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
            if answer.status not in (200, 404):  # what a link leads to may have gone since, as a record that was merged
                raise SystemExit(f"{answer.status} {address}")
            told(kind, address, 1000 * (time.perf_counter() - begun))
            time.sleep(self._pause)


@dataclass(frozen=True, slots=True)
class Usage:
    """What the service's processes took so far: seconds of processor time, and bytes of memory now; 0 where the system does not say."""

    processor: float
    memory: int

    @staticmethod
    def told(before: Usage, after: Usage) -> dict[str, float]:
        """The difference in words."""
        return {
            "service's CPU seconds": round(after.processor - before.processor, 1),
            "service's MB before": round(before.memory / 2**20),
            "service's MB after": round(after.memory / 2**20),
        }


def usage() -> Usage:
    """Of the processes that were started from here, and of those that these started, other than browsers."""
    processes: dict[int, tuple[int, float, int]] = {}
    for at in Path("/proc").glob("[0-9]*"):
        try:
            name, rest = (at / "stat").read_text().rsplit(")", 1)
            pages = int((at / "statm").read_text().split()[1])
        except (OSError, ValueError, IndexError):  # it has ended
            continue
        values = rest.split()
        if "chrom" not in name:
            processes[int(at.name)] = int(values[1]), (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK"), pages
    ours, grown = {os.getpid()}, True
    while grown:
        more = {id for id, (parent, _, _) in processes.items() if parent in ours} - ours
        ours, grown = ours | more, bool(more)
    found = [processes[id] for id in ours - {os.getpid()} if id in processes]
    return Usage(sum(each[1] for each in found), sum(each[2] for each in found) * os.sysconf("SC_PAGE_SIZE"))


def fill(path: Path, wanted: int) -> None:
    """Write the statements, and make the records of all."""
    with Store.open(path) as store:
        for start in range(0, wanted // SENTENCES, PART):
            store.append_many([war.article(n) for n in range(start, min(start + PART, wanted // SENTENCES))], model="bench 1")
        update(store, related=lambda one, two: False)


@contextmanager
def serving(path: Path) -> Iterator[tuple[int, float]]:
    """The port of a service on the store, and how many seconds it took to answer."""
    begun = time.monotonic()
    with served(path, ending=60.0) as address:
        yield urlsplit(address).port or 0, time.monotonic() - begun


def addresses(port: int) -> list[tuple[str, str]]:
    """What readers ask for, by kind: groups and towns of every frequency, and things that are there."""
    pick = random.Random(7)
    groups = some_groups(pick)
    some = json.loads(ask(port, "/api/v1/statements?limit=20"))["items"]
    mix = [("front", "/api/v1/changes?limit=20"), ("front", "/api/v1/actors/active?limit=30"), ("records", "/api/v1/records?facets=true")]
    for group, row in zip(groups, some, strict=False):
        name, one = quote(group), row["statement"]
        mix += [("sheet", f"/api/v1/sheets/{name}"), ("timeline", f"/api/v1/timelines/{name}"), ("map", f"/api/v1/map?actor={name}")]
        mix += [("statements", f"/api/v1/statements?actor={name}"), ("search", f"/api/v1/search?q={quote(group.split()[0])}+attack")]
        mix += [("statement", f"/api/v1/statements/{one['id']}"), ("document", f"/api/v1/documents/{one['document']['id']}")]
        mix += [("record", f"/api/v1/records/{row['record']}")] if row["record"] else []
    mix += [("facets", f"/api/v1/statements?place={town}&facets=true") for town in war.TOWNS[:4]]
    return [*mix, ("network", "/api/v1/network?year=2018"), ("sources", "/api/v1/sources")]


def some_groups(pick: random.Random) -> list[str]:
    """Twelve groups, the army that is in most of the news and others as often as they are in it."""
    return [war.ARMY, *(some_group(pick) for _ in range(11))]


def some_group(pick: random.Random) -> str:
    """A group, each as often as it is in the war's news."""
    return pick.choices(war.GROUPS, [1 / (rank + 2) for rank in range(len(war.GROUPS))])[0]


def post(port: int, end: float, posted: list[int]) -> None:
    """Post an article about a group of the war, of any of its days, whenever the last one is read; each run's are others, since one that
    was read before says nothing new."""
    pick = random.Random()
    while time.monotonic() < end:
        text = ARTICLE.format(group=some_group(pick), number=pick.randrange(3, 1_000), town=pick.choice(war.TOWNS))
        day = war.START + dt.timedelta(days=pick.randrange(4 * 365))
        body = json.dumps({"text": text, "published": day.isoformat(), "source": "Bench"})
        job = json.loads(ask(port, "/api/v1/articles", body))["id"]
        while time.monotonic() < end + 30 and json.loads(ask(port, f"/api/v1/jobs/{job}"))["finished_at"] is None:
            time.sleep(0.1)
        posted[0] += 1


def ask(port: int, address: str, body: str | None = None) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    try:
        headers = {"Content-Type": "application/json"} if body else {}
        connection.request("POST" if body else "GET", address, body, headers)
        answer = connection.getresponse()
        data = answer.read()
        if answer.status >= 400:
            raise SystemExit(f"{answer.status} {address}: {data[:300]!r}")
        return data
    finally:
        connection.close()


def quantiles(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    at = {"median": 0.5, "99th": 0.99, "longest": 1.0}
    return {
        "answers": len(ordered),
        **{name: round(ordered[min(len(ordered) - 1, int(part * len(ordered)))], 1) for name, part in at.items()},
    }


if __name__ == "__main__":
    main()
