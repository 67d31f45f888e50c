"""How fast a service of many generated statements answers readers at once: python evals/bench_service.py [STATEMENTS] [--keep PATH] ...

The statements are of a made-up war, as crowded as a real one (tests/war.py), and all are in the records. Starts `orbat serve` in a process
of its own on a free port, asks it from ``--readers`` threads for ``--seconds``, each for one address of the mix after another, and prints
one JSON object: answers a second, and milliseconds at the median and 99th percentile by kind of address. ``--reading`` posts an article
whenever the last one is read, so that the store changes all the while. Times are wall clock: on a machine that does other work too they
are what a reader there would wait.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import resource
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

sys.path.insert(0, str(Path(__file__).parent.parent))  # the tests' generator

from orbat.recordkeeping import update
from orbat.store import Store
from tests import war
from tests.browser import served

ARTICLE = "Boko Haram fighters killed at least {number} people in Gwoza on Monday, residents said. The army said it had driven them out."
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
    with serving(path) as (port, started):
        mix = addresses(port)
        for _, address in mix:
            ask(port, address)
        kinds, posted = crowd(port, mix, given, reading=given.reading)
    return {
        "statements": given.statements,
        "readers": given.readers,
        "seconds": given.seconds,
        "seconds to start": round(started, 2),
        "answers a second": round(len(kinds["all"]) / given.seconds, 1),
        "articles read": posted,
        **load_told(kinds),
    }


def crowd(
    port: int,
    mix: list[tuple[str, str]],
    given: argparse.Namespace,
    *,
    reading: bool,
    pause: float = 0.0,
    new: Sequence[tuple[str, str]] = (),
) -> tuple[dict[str, list[float]], int]:
    """Have ``given.readers`` ask for ``given.seconds``, articles posted all the while where ``reading``; milliseconds of each answer by
    kind and of all, and how many articles were read.

    Args:
        pause, new: as ``read`` takes them; the new addresses are dealt out among the readers.
    """
    end = time.monotonic() + given.seconds
    times: list[list[tuple[str, float]]] = [[] for _ in range(given.readers)]
    threads = [
        threading.Thread(
            target=read,
            args=(port, mix, end, number, times[number]),
            kwargs={"pause": pause, "new": list(new[number :: given.readers])},
        )
        for number in range(given.readers)
    ]
    posted = [0]
    if reading:
        threads.append(threading.Thread(target=post, args=(port, end, posted)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kinds: dict[str, list[float]] = defaultdict(list)
    for kind, took in (each for own in times for each in own):
        kinds[kind].append(took)
        kinds["all"].append(took)
    return kinds, posted[0]


def load_told(kinds: dict[str, list[float]]) -> dict[str, object]:
    """What the answers cost, once the service has ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "service's CPU seconds": round(spent.ru_utime + spent.ru_stime, 1),
        "load average": [round(each, 1) for each in os.getloadavg()],
        "milliseconds": {kind: quantiles(each) for kind, each in sorted(kinds.items())},
    }


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
    weights = [1 / (rank + 2) for rank in range(len(war.GROUPS))]
    return [war.ARMY, *pick.choices(war.GROUPS, weights, k=11)]


def read(
    port: int,
    mix: list[tuple[str, str]],
    end: float,
    number: int,
    times: list[tuple[str, float]],
    *,
    pause: float = 0.0,
    new: list[tuple[str, str]] | None = None,
) -> None:
    """Ask for one address after another, each reader in an order of its own; each keeps its connection, as browsers do.

    Args:
        new: addresses that nobody asked for yet; every fifth is one of them, as long as there are some.
    """
    connection, pick = http.client.HTTPConnection("127.0.0.1", port, timeout=60), random.Random(number)
    while time.monotonic() < end:
        kind, address = new.pop() if new and pick.random() < 0.2 else pick.choice(mix)
        begun = time.perf_counter()
        connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{answer.status} {address}")
        times.append((kind, 1000 * (time.perf_counter() - begun)))
        time.sleep(pause)


def post(port: int, end: float, posted: list[int]) -> None:
    """Post an article whenever the last one is read."""
    while time.monotonic() < end:
        body = json.dumps({"text": ARTICLE.format(number=posted[0] + 3), "published": "2014-08-06", "source": "Bench"})
        job = json.loads(ask(port, "/api/v1/articles", body))["id"]
        while time.monotonic() < end + 30 and json.loads(ask(port, f"/api/v1/jobs/{job}"))["finished_at"] is None:
            time.sleep(0.1)
        posted[0] += 1


def ask(port: int, address: str, body: str | None = None) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
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
