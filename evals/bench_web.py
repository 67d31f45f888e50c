"""How fast the pages of a store of many generated statements come, and how heavy they are.

    python evals/bench_web.py [STATEMENTS] [--keep PATH]

``orbat serve`` runs in a process of its own; twenty readers ask it for pages, one after another, for two minutes, while an article is
posted whenever the last one is read. Printed, and written to evals/bench_web.json: milliseconds to a page's whole HTML at the median and
the 99th percentile, by kind; then, in a Chromium of this machine where there is one, the bytes of a first visit as they travel
(compressed, scripts and styles included) and milliseconds to the first contentful paint. Readers, service and browser share the
machine's cores.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parent.parent))  # the tests' generator and browser

from evals.bench_service import ask, post, quantiles, read, record_some, serving
from evals.bench_store import fill
from tests import generated
from tests.browser import CHROMIUM, chromium

OUT = Path(__file__).with_suffix(".json")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("statements", nargs="?", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="make the store there, or use the one that is there")
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--pause", type=float, default=0.0, help="seconds that a reader looks at a page before asking for the next")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.keep or Path(folder) / "bench.db"
        if not path.exists():
            fill(path, given.statements)
            record_some(path)
        found = bench(path, given)
    given.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=2))


def bench(path: Path, given: argparse.Namespace) -> dict[str, object]:
    with serving(path) as (port, started):
        mix = pages(port)
        visits = {kind: visit(port, address) for kind, address in dict(mix).items()} if CHROMIUM else {}
        for _, address in mix:
            ask(port, address)
        end = time.monotonic() + given.seconds
        times: list[list[tuple[str, float]]] = [[] for _ in range(given.readers)]
        threads = [
            threading.Thread(target=read, args=(port, mix, end, number, times[number]), kwargs={"pause": given.pause})
            for number in range(given.readers)
        ]
        posted = [0]
        threads.append(threading.Thread(target=post, args=(port, end, posted)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    kinds: dict[str, list[float]] = defaultdict(list)
    for kind, took in (each for own in times for each in own):
        kinds[kind].append(took)
        kinds["all"].append(took)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "machine": f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores",
        "statements": given.statements,
        "readers": given.readers,
        "seconds": given.seconds,
        "pause": given.pause,
        "seconds to start": round(started, 2),
        "pages a second": round(len(kinds["all"]) / given.seconds, 1),
        "articles read meanwhile": posted[0],
        "service's CPU seconds": round(spent.ru_utime + spent.ru_stime, 1),
        "load average": [round(each, 1) for each in os.getloadavg()],
        "milliseconds": {kind: quantiles(each) for kind, each in sorted(kinds.items())},
        "first visit": visits,
    }


def pages(port: int) -> list[tuple[str, str]]:
    """What readers look at, by kind: groups of every frequency, and things that are there."""
    pick = random.Random(7)
    groups = pick.choices(generated.GROUPS, generated.WEIGHTS, k=12)
    some = json.loads(ask(port, "/api/v1/statements?limit=20"))["items"]
    mix = [("front", "/"), ("records", "/records"), ("changes", "/changes"), ("sources", "/sources"), ("review", "/review")]
    mix += [("unknown", "/unknown"), ("failures", "/failures"), ("network", "/network?year=2018"), ("map", "/map"), ("read", "/read")]
    for group, row in zip(groups, some, strict=False):
        name, one = quote(group), row["statement"]
        mix += [("group", f"/groups/{name}"), ("timeline", f"/groups/{name}/timeline"), ("group's map", f"/groups/{name}/map")]
        mix += [("search", f"/search?q={quote(group.split()[0])}+overran"), ("statement", f"/statements/{one['id']}")]
        mix += [("article", f"/articles/{one['document']['id']}")]
        mix += [("record", f"/records/{row['record']}")] if row["record"] else []
    return mix


def visit(port: int, address: str) -> dict[str, float]:
    """One first visit: kilobytes that came over the wire, and milliseconds to the first paint with content; the better of two visits,
    since a page is made for the first of them."""
    best: dict[str, float] = {}
    with chromium() as browser:
        for _ in range(2):
            page = browser.new_context().new_page()
            seen = page.context.new_cdp_session(page)
            seen.send("Network.enable")
            sizes: list[float] = []
            seen.on("Network.loadingFinished", lambda told, sizes=sizes: sizes.append(told["encodedDataLength"]))
            page.goto(f"http://127.0.0.1:{port}{address}", wait_until="networkidle", timeout=60_000)
            paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null")
            found = {"kB": round(sum(sizes) / 1000, 1), "first contentful paint": round(paint or -1, 0)}
            best = min(best or found, found, key=lambda each: each["first contentful paint"])
    return best


if __name__ == "__main__":
    main()
