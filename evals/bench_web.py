"""How fast the pages of a store of many generated statements come, and how heavy they are.

    python evals/bench_web.py [STATEMENTS] [--keep PATH]

The statements are of a made-up war, as crowded as a real one (tests/war.py), and all are in the records. ``orbat serve`` runs in a process
of its own; twenty readers ask it for pages, one after another, for two minutes, while an article is posted whenever the last one is read.
Four of five pages are of an address that others ask for too; every fifth is a statement, article, record or search that nobody asked for
before ("new"). Printed, and written to evals/bench_web.json: milliseconds to a page's whole HTML at the median and the 99th percentile,
by kind; the same for the first time that each address was asked for, before the readers came ("first asked"); then, in a Chromium of this
machine where there is one, the bytes of a first visit as they travel (compressed, scripts and styles included) and milliseconds to the
first contentful paint. Readers, service and browser share the machine's cores.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parent.parent))  # the tests' generator and browser

from evals.bench_service import ask, crowd, fill, load_told, quantiles, serving, some_groups
from tests import war
from tests.browser import CHROMIUM, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

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
        found = bench(path, given)
    given.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=2))


def bench(path: Path, given: argparse.Namespace) -> dict[str, object]:
    with serving(path) as (port, started):
        mix = pages(port)
        first: dict[str, list[float]] = defaultdict(list)
        for kind, address in mix:
            begun = time.perf_counter()
            ask(port, address)
            first[kind].append(1000 * (time.perf_counter() - begun))
        visits = first_visits(port, dict(mix)) if CHROMIUM else {}
        kinds, posted = crowd(port, mix, given, reading=True, pause=given.pause, new=never_asked(port, mix))
    return {
        "machine": f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores",
        "statements": given.statements,
        "readers": given.readers,
        "seconds": given.seconds,
        "pause": given.pause,
        "seconds to start": round(started, 2),
        "pages a second": round(len(kinds["all"]) / given.seconds, 1),
        "articles read meanwhile": posted,
        **load_told(kinds),
        "first asked": {kind: quantiles(each) for kind, each in sorted(first.items())},
        "first visit": visits,
    }


def pages(port: int) -> list[tuple[str, str]]:
    """What readers look at, by kind: groups of every frequency, and things that are there."""
    pick = random.Random(7)
    groups = some_groups(pick)
    some = json.loads(ask(port, "/api/v1/statements?limit=20"))["items"]
    mix = [("front", "/"), ("records", "/records"), ("changes", "/changes"), ("sources", "/sources"), ("review", "/review")]
    mix += [("unknown", "/unknown"), ("failures", "/failures"), ("network", "/network?year=2018"), ("map", "/map"), ("read", "/read")]
    mix += [("groups", "/groups"), ("judgements", "/judgements"), ("compare", f"/compare?one={quote(groups[0])}&two={quote(groups[1])}")]
    for group, row in zip(groups, some, strict=False):
        name, one = quote(group), row["statement"]
        mix += [("group's network", f"/groups/{name}/network"), ("flows", f"/groups/{name}/flows")]
        mix += [("group", f"/groups/{name}"), ("timeline", f"/groups/{name}/timeline"), ("group's map", f"/groups/{name}/map")]
        mix += [("search", f"/search?q={quote(group.split()[0])}+attack"), ("statement", f"/statements/{one['id']}")]
        mix += [("article", f"/articles/{one['document']['id']}")]
        mix += [("record", f"/records/{row['record']}")] if row["record"] else []
    return mix


def never_asked(port: int, mix: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pages that are not in the mix: statements, articles and records from all over the store, and searches for a town."""
    pick, found = random.Random(8), {("new search", f"/search?q={town}") for town in war.TOWNS}
    for year in range(2016, 2018):
        for month in range(1, 13, 2):
            rows = json.loads(ask(port, f"/api/v1/statements?limit=200&since={year}-{month:02}-01&until={year}-{month:02}-28"))["items"]
            for row in rows:
                found.add(("new statement", f"/statements/{row['statement']['id']}"))
                found.add(("new article", f"/articles/{row['statement']['document']['id']}"))
                found.add(("new record", f"/records/{row['record']}"))
    order = sorted(found - set(mix))
    pick.shuffle(order)
    return order


def first_visits(port: int, addresses: dict[str, str]) -> dict[str, dict[str, float]]:
    """A first visit of each kind of page; each visitor comes with nothing kept."""
    with chromium() as browser:
        return {kind: visit(browser, f"http://127.0.0.1:{port}{address}") for kind, address in addresses.items()}


def visit(browser: Browser, address: str) -> dict[str, float]:
    """Kilobytes that came over the wire, and milliseconds to the first paint with content; the better of two visits, since a page is made
    for the first of them."""
    best: dict[str, float] = {}
    for _ in range(2):
        context = browser.new_context()
        page = context.new_page()
        seen = context.new_cdp_session(page)
        seen.send("Network.enable")
        sizes: list[float] = []
        seen.on("Network.loadingFinished", lambda told, sizes=sizes: sizes.append(told["encodedDataLength"]))
        page.goto(address, wait_until="networkidle", timeout=60_000)
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null")
        context.close()
        found = {"kB": round(sum(sizes) / 1000, 1), "first contentful paint": round(paint or -1, 0)}
        best = min(best or found, found, key=lambda each: each["first contentful paint"])
    return best


if __name__ == "__main__":
    main()
