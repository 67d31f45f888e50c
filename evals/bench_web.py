"""How fast the pages of a store of many generated statements come, and how heavy they are.

    python evals/bench_web.py [STATEMENTS] [--keep PATH]

The statements are of a made-up war, as crowded as a real one (tests/war.py), and all are in the records. ``orbat serve`` runs in processes
of its own, and is given ``--warm`` seconds, or less where it is done sooner, to make ready what it makes before anyone asks. Then twenty
readers ask it for pages, one after another, for two minutes, while an article about groups of that war is posted whenever the last one
is read. What they ask for are links that the service's own pages hold, each kind as often as ``SHARES`` says; within a kind a few addresses
are asked for again and again and most once or never (the address at rank r as often as 1/r). Printed as a table, and written with more to
evals/bench_web.json: milliseconds to a page's whole HTML at the median and the 99th percentile by kind, for addresses that were asked for
before and for those that nobody had asked for. Then, in a Chromium of this machine where there is one, the bytes of a first visit as they
travel (compressed, scripts and styles included) and milliseconds to the first contentful paint. Readers and service share the machine's
cores; the service's own processor time and memory are told apart from theirs and the browser's.
"""

from __future__ import annotations

import argparse
import html
import itertools
import json
import os
import platform
import random
import re
import sys
import tempfile
import threading
import time
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent))  # the tests' generator and browser

from evals.bench_service import Readers, Usage, ask, fill, quantiles, serving, usage
from tests import war
from tests.browser import CHROMIUM, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OUT = Path(__file__).with_suffix(".json")
SHARES = {
    "front": 6,
    "groups": 3,
    "group": 16,
    "group as of a day": 3,
    "evidence": 4,
    "timeline": 4,
    "group's map": 4,
    "group's network": 4,
    "flows": 2,
    "records": 4,
    "record": 14,
    "statement": 5,
    "article": 12,
    "search": 8,
    "compare": 2,
    "network": 1,
    "map": 1,
    "sources": 2,
    "source": 2,
    "review": 1,
    "changes": 1,
    "unknown": 1,
    "failures": 1,
}
"""Of all visits, how many are of a kind."""
KINDS = (
    ("front", r"/"),
    ("groups", r"/groups"),
    ("evidence", r"/groups/[^?]+/evidence\?.*"),
    ("timeline", r"/groups/[^?]+/timeline"),
    ("group's map", r"/groups/[^?]+/map"),
    ("group's network", r"/groups/[^?]+/network"),
    ("flows", r"/groups/[^?]+/flows"),
    ("group as of a day", r"/groups/[^?/]+\?as_of=[^&]+"),
    ("group", r"/groups/[^?/]+"),
    ("records", r"/records(?:\?.*)?"),
    ("record", r"/records/[^?/]+"),
    ("statement", r"/statements/[^?/]+"),
    ("article", r"/articles/[^?/]+"),
    ("search", r"/search(?:\?.*)?"),
    ("compare", r"/compare\?.*"),
    ("network", r"/network(?:\?.*)?"),
    ("map", r"/map(?:\?.*)?"),
    ("sources", r"/sources(?:\?.*)?"),
    ("source", r"/sources/[^?]+"),
    ("review", r"/review(?:\?.*)?"),
    ("changes", r"/changes(?:\?.*)?"),
    ("unknown", r"/unknown(?:\?.*)?"),
    ("failures", r"/failures(?:\?.*)?"),
)
"""The kinds of pages by their addresses; what is none of these (forms, exports, files) is not asked for."""
LINKS = re.compile(rb'(?:href|data-more)="(/[^"#]*|\?[^"#]*)(?:#[^"]*)?"')
FIRST = ("/", "/groups", "/records", "/sources", "/review", "/changes", "/search", "/unknown", "/failures", "/network", "/map")
LISTS = ("/records?sort=oldest", "/records?status=disputed", "/records?type=kill", "/search?type=attack", "/search?type=clash")
QUIET, EVERY = 0.1, 5.0
"""The service is done with what it makes ready when it takes less than so much of a core for so many seconds."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("statements", nargs="?", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="make the store there, or use the one that is there")
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--pause", type=float, default=0.0, help="seconds that a reader looks at a page before asking for the next")
    parser.add_argument("--warm", type=float, default=300.0, help="seconds at most that the service has to make pages ready")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.keep or Path(folder) / "bench.db"
        if not path.exists():
            fill(path, given.statements)
        found, visited = bench(path, given)
    given.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(json.dumps({name: value for name, value in found.items() if name != "milliseconds"}, indent=2))
    print("\n".join(visited.table()))


def bench(path: Path, given: argparse.Namespace) -> tuple[dict[str, object], Visited]:
    with serving(path) as (port, started):
        ready = until_quiet(given.warm)
        links = Links.of(port)
        before = usage()
        visited = Visited(dict.fromkeys(links.asked, time.monotonic()))
        readers = Readers(port, given.readers, given.seconds, pause=given.pause)
        posted = readers.run(links.next, visited.add, reading=True)
        after = usage()
        visits = first_visits(port, links.some()) if CHROMIUM else {}
    return {
        "machine": f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores",
        "statements": given.statements,
        "readers": given.readers,
        "seconds": given.seconds,
        "pause": given.pause,
        "seconds to start": round(started, 2),
        "seconds to make ready": round(ready, 1),
        "pages a second": round(len(visited.every) / given.seconds, 1),
        "articles read meanwhile": posted,
        **Usage.told(before, after),
        "load average": [round(each, 1) for each in os.getloadavg()],
        "links": links.counts(),
        "milliseconds": visited.told(),
        "first visit": visits,
    }, visited


def until_quiet(most: float) -> float:
    """Wait until the service has made ready what it makes before anyone asks. Seconds that it took."""
    begun = time.monotonic()
    last = usage().processor
    while time.monotonic() - begun < most:
        time.sleep(min(EVERY, most))
        now = usage().processor
        if now - last < QUIET * EVERY:
            break
        last = now
    return time.monotonic() - begun


class Links:
    """Addresses by kind, as the service's own pages have them, in a random order: the first is asked for most."""

    def __init__(self, found: Iterable[str], asked: Iterable[str]) -> None:
        pick = random.Random(7)
        self.asked = set(asked)
        by_kind: dict[str, list[str]] = defaultdict(list)
        for address in sorted(set(found)):
            if kind := kind_of(address):
                by_kind[kind].append(address)
        for addresses in by_kind.values():
            pick.shuffle(addresses)
        self._kinds = [kind for kind in SHARES if kind in by_kind]
        self._shares = list(itertools.accumulate(SHARES[kind] for kind in self._kinds))
        self._addresses = by_kind
        self._often = {kind: list(itertools.accumulate(1 / (n + 1) for n in range(len(each)))) for kind, each in by_kind.items()}

    @classmethod
    def of(cls, port: int) -> Links:
        """Those of the pages that readers meet first, of some lists, of some groups' pages, and comparisons of groups."""
        asked = [*FIRST, *LISTS]
        found = {link for address in asked for link in links_in(port, address)}
        groups = sorted(each for each in found if kind_of(each) == "group")
        for group in random.Random(8).sample(groups, min(4, len(groups))):
            asked.append(group)
            found |= set(links_in(port, group))
        for start in range(2016, 2020):  # what stands further down in the lists
            rows = json.loads(ask(port, f"/api/v1/statements?limit=200&since={start}-03-01&until={start}-09-30"))["items"]
            for row in rows:
                found |= {f"/statements/{row['statement']['id']}", f"/articles/{row['statement']['document']['id']}"}
                found |= {f"/records/{row['record']}"} if row["record"] else set()
        names = [each.removeprefix("/groups/") for each in groups]
        found |= {f"/groups/{name}{part}" for name in names for part in ("", "/timeline", "/map", "/network", "/flows")}
        found |= {f"/groups/{name}?as_of={year}-{month:02}-28" for name in names for year in (2017, 2018) for month in (2, 5, 8, 11)}
        found |= {f"/compare?one={one}&two={two}" for one, two in itertools.pairwise(names)}
        found |= {f"/search?q={town}" for town in war.TOWNS[:200]}
        return cls({*found, *FIRST}, asked)

    def next(self, pick: random.Random) -> tuple[str, str]:
        """A visit: its kind and its address."""
        kind = self._kinds[bisect(self._shares, pick.random() * self._shares[-1])]
        often = self._often[kind]
        return kind, self._addresses[kind][min(len(often) - 1, bisect(often, pick.random() * often[-1]))]

    def some(self) -> dict[str, str]:
        """One address of each kind: the one that is asked for most."""
        return {kind: self._addresses[kind][0] for kind in self._kinds}

    def counts(self) -> dict[str, int]:
        """How many addresses there are of each kind."""
        return {kind: len(self._addresses[kind]) for kind in self._kinds}


@dataclass(slots=True)
class Visited:
    """Milliseconds of visits by kind, apart those of addresses that nobody had got before: who asks while a page is made for the first who
    asked for it waits too."""

    known: dict[str, float]
    every: list[float] = field(default_factory=list)
    again: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    first: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, address: str, took: float) -> None:
        """Note a visit, in milliseconds."""
        with self.lock:
            now = time.monotonic()
            (self.again if self.known.get(address, now) <= now - took / 1000 else self.first)[kind].append(took)
            self.known.setdefault(address, now)
            self.every.append(took)

    def told(self) -> dict[str, object]:
        """Quantiles of all and by kind."""
        kinds = {kind: {name: quantiles(times[kind]) for name, times in self._both() if times.get(kind)} for kind in SHARES}
        whole = {name: quantiles([took for each in times.values() for took in each]) for name, times in self._both() if times}
        return {"all": quantiles(self.every), **whole, "by kind": {kind: each for kind, each in kinds.items() if each}}

    def table(self) -> list[str]:
        """The same as lines of text."""
        lines = [f"{'':20}{'asked for before':>28}{'never asked for before':>28}{'all':>10}"]
        lines.append(f"{'milliseconds':20}" + f"{'visits':>8}{'median':>10}{'99th':>10}" * 2 + f"{'median':>10}{'99th':>8}")
        for kind in (*SHARES, "all"):
            kinds = SHARES if kind == "all" else (kind,)
            parts = [[took for each in kinds for took in times.get(each, ())] for times in (self.again, self.first)]
            if any(parts):
                lines.append(f"{kind:20}" + "".join(map(_cells, parts)) + _cells(parts[0] + parts[1])[8:])
        return lines

    def _both(self) -> tuple[tuple[str, dict[str, list[float]]], ...]:
        return ("asked before", self.again), ("never asked before", self.first)


def _cells(times: list[float]) -> str:
    if not times:
        return f"{0:8}{'':>10}{'':>10}"
    told = quantiles(times)
    return f"{len(times):8}{told['median']:10.0f}{told['99th']:10.0f}"


def kind_of(address: str) -> str:
    """The kind of page at an address; empty where it is none."""
    if address.split("?")[0].endswith((".json", ".atom")) or address.endswith("/judge"):
        return ""
    return next((kind for kind, pattern in KINDS if re.fullmatch(pattern, address)), "")


def links_in(port: int, address: str) -> list[str]:
    """The addresses that a page links to."""
    found = [html.unescape(each.decode()) for each in LINKS.findall(ask(port, address))]
    return [each if each.startswith("/") else address.split("?")[0] + each for each in found]


def first_visits(port: int, addresses: dict[str, str]) -> dict[str, dict[str, float]]:
    """A first visit of each kind of page; each visitor comes with nothing kept."""
    with chromium() as browser:
        return {kind: visit(browser, f"http://127.0.0.1:{port}{address}") for kind, address in addresses.items()}


def visit(browser: Browser, address: str) -> dict[str, float]:
    """Kilobytes that came over the wire, and milliseconds to the first paint with content."""
    context = browser.new_context()
    page = context.new_page()
    seen = context.new_cdp_session(page)
    seen.send("Network.enable")
    sizes: list[float] = []
    seen.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    page.goto(address, wait_until="load", timeout=20_000)
    page.wait_for_timeout(500)  # what scripts fetch
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null")
    context.close()
    return {"kB": round(sum(sizes) / 1000, 1), "first contentful paint": round(paint or -1, 0)}


if __name__ == "__main__":
    main()
