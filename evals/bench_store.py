"""How fast a store of many generated statements opens and answers: python evals/bench_store.py [STATEMENTS] [--keep PATH].

Prints one JSON object. Times are milliseconds of wall clock and of this process's CPU, the median of five; on a machine
that does other work too, the CPU time is the one to compare.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # the tests' generator

from orbat import queries
from orbat.store import Store
from orbat.types import EventType
from tests import generated

SENTENCES = 20  # statements a document: a 400-word article holds about that many
GROUP, RARE, TOWN = generated.GROUPS[0], generated.GROUPS[-1], generated.TOWNS[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("statements", nargs="?", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="make the store there, or use the one that is there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(bench(given.keep or Path(folder) / "bench.db", given.statements), indent=2))


def bench(path: Path, wanted: int) -> dict[str, object]:
    result: dict[str, object] = {}
    if not path.exists():
        result |= fill(path, wanted)
    result["megabytes"] = round(path.stat().st_size / 1e6, 1)
    result["open"] = timed(lambda: Store.open(path).close())
    with Store.open(path) as store:
        some = queries.search(store, "overran", limit=1)[0].id
        sheet = queries.sheet(store, GROUP, limit=20)
        result["statements_of_the_group"] = sheet.total
        result |= {
            "sheet, 20 rows a heading": timed(lambda: queries.sheet(store, GROUP, limit=20)),
            "sheet, all rows": timed(lambda: queries.sheet(store, GROUP)),
            "sheet by id": timed(lambda: queries.sheet(store, GROUP, ids=["amber-falcon-brigade"], limit=20)),
            "about a group, newest 50": timed(lambda: queries.statements_about(store, GROUP, limit=50)),
            "about a rare group, all": timed(lambda: queries.statements_about(store, RARE)),
            "about a town, newest 50": timed(lambda: queries.statements_about(store, TOWN, limit=50)),
            "about a group, one type": timed(lambda: queries.statements_about(store, GROUP, types=[EventType.ALLY], limit=50)),
            "search, a rare phrase": timed(lambda: queries.search(store, f'"{RARE} overran"')),
            "search, two words": timed(lambda: queries.search(store, f"{TOWN} overran")),
            "search, a word in every sentence": timed(lambda: queries.search(store, "said")),
            "one statement": timed(lambda: queries.statement(store, some)),
            "documents, all": timed(lambda: queries.documents(store)),
            "documents, last 50": timed(lambda: queries.documents(store, limit=50)),
            "name not found": timed(lambda: missing(store)),
        }
    return result


def fill(path: Path, wanted: int) -> dict[str, object]:
    """Write the statements; milliseconds a document, in batches and one by one."""
    count, single = wanted // SENTENCES, min(100, wanted // SENTENCES)
    many = [0.0, 0.0]
    with Store.open(path) as store:
        for start in range(0, count - single, 500):
            made = [prepared(number) for number in range(start, min(start + 500, count - single))]
            times = spent(lambda made=made: store.append_many(made, model="bench 1"))  # type: ignore[misc]
            many = [total + time for total, time in zip(many, times, strict=True)]
        made = [prepared(number) for number in range(count - single, count)]
        alone = spent(lambda: [store.append(doc, found, model="bench 1") for doc, found in made])
    return {
        "statements": wanted,
        "append_many, a document": {"wall": round(many[0] / max(1, count - single), 2), "cpu": round(many[1] / max(1, count - single), 2)},
        "append, a document": {"wall": round(alone[0] / single, 2), "cpu": round(alone[1] / single, 2)},
    }


def prepared(number: int):  # type: ignore[no-untyped-def]
    doc = generated.document(number, sentences=SENTENCES)
    return doc, generated.statements(doc)


def missing(store: Store) -> None:
    try:
        queries.sheet(store, "Ambre Falcon Brigad")
    except queries.NotFoundError:
        return
    raise SystemExit("a name that is not there was found")


def timed(question: Callable[[], object]) -> dict[str, float]:
    times = [spent(question) for _ in range(5)]
    wall, cpu = (statistics.median(each) for each in zip(*times, strict=True))
    return {"wall": round(wall, 1), "cpu": round(cpu, 1)}


def spent(job: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of wall clock and of CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    job()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


if __name__ == "__main__":
    main()
