"""How fast statements become records: python evals/bench_records.py [ARTICLES] [--crowded] [--database URL] [--memory].

Reads generated articles into a store in ten steps and brings its records up to date after each; then, after each step, five more articles
one at a time. If all grows linearly, every step takes what the first took. The articles are of a made-up war (tests/war.py: 20 statements
each, as many events a day as UCDP counts in Syria's worst years); with --crowded each of an article's ten statements is of another two
groups in another town, all within 1,000 days, so that a day fills up as articles come. Prints one JSON object; seconds of this process's
CPU, and of the clock where it says so (on a machine that does other work too, the CPU time is the one to compare; with --database the
server's work is in neither).

With --memory, the functions alone: the records of a tenth, a half and all of the articles at once.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # the tests' generators

from orbat.corroborate import Context, build, families, signature
from orbat.recordkeeping import update
from orbat.serial import with_id
from orbat.store import Store
from orbat.types import Document, Statement
from tests import generated, war

STEPS, SINGLE = 10, 5
CROWDED_DAYS = 1000
READ_AT = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
Article = Callable[[int], tuple[Document, tuple[Statement, ...]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", nargs="?", type=int, default=5_000)
    parser.add_argument("--crowded", action="store_true", help="many groups in few towns on few days")
    parser.add_argument("--database", help="an empty database's URL instead of a file")
    parser.add_argument("--memory", action="store_true", help="measure the functions, without a store")
    given = parser.parse_args()
    article = crowded if given.crowded else war.article
    if given.memory:
        result = in_memory(given.articles, article)
    else:
        with tempfile.TemporaryDirectory() as folder:
            result = in_store(given.articles, article, given.database or f"{folder}/bench.sqlite")
    print(json.dumps({"articles": given.articles, "calendar": "crowded" if given.crowded else "war", **result}, indent=2))


def in_store(count: int, article: Article, where: str) -> dict[str, object]:
    """Read articles step by step and bring the records up to date."""
    steps: list[dict[str, object]] = []
    made = 0
    more = iter(range(count, count + STEPS * SINGLE))
    with Store.open(where) as store:
        for step in range(1, STEPS + 1):
            until = count * step // STEPS
            read = [article(number) for number in range(count * (step - 1) // STEPS, until)]
            made += sum(len(found) for _, found in read)
            append = spent(lambda read=read: store.append_many(read, model="bench 1", read_at=READ_AT))  # type: ignore[misc]
            updated = spent(lambda: update(store, related=unrelated))
            single = []
            for number in [next(more) for _ in range(SINGLE)]:
                # Of the days that were read last, else it would have no neighbours.
                doc, found = article(number if step == STEPS else until + number - count)
                store.append(doc, found, model="bench 1", read_at=READ_AT)
                single.append(spent(lambda: update(store, related=unrelated)))
            steps.append(
                {
                    "articles": until,
                    "statements": made,
                    "append": append[0],
                    "update": updated[0],
                    "one article, cpu": [cpu for cpu, _ in single],
                    "one article, clock": [clock for _, clock in single],
                }
            )
            print(json.dumps(steps[-1]), file=sys.stderr)
    return {"steps": steps}


def in_memory(count: int, article: Article) -> dict[str, object]:
    """The records of a tenth, a half and all articles at once."""
    made = [article(number) for number in range(count)]
    result: dict[str, object] = {"statements": sum(len(found) for _, found in made)}
    signatures: dict[str, object] = {}
    result["signatures"] = spent(lambda: signatures.update({doc.id: signature(doc.text) for doc, _ in made}))[0]
    result["families"] = spent(lambda: families(signatures))[0]  # type: ignore[arg-type]
    for size in (count // 10, count // 2, count):
        statements = [s for _, found in made[:size] for s in found]
        result[f"build, {len(statements)} statements"] = spent(lambda statements=statements: build(statements, Context()))[0]  # type: ignore[misc]
    return result


def unrelated(one: str, two: str) -> bool:
    return False


def crowded(number: int) -> tuple[Document, tuple[Statement, ...]]:
    """An article of some day; one in five is a reprint of an earlier one under another name."""
    pick = random.Random(number)
    text_of = number - pick.randrange(1, 50) if number >= 50 and number % 5 == 0 else number
    base = generated.document(text_of, sentences=10)
    day = dt.date(2015, 1, 1) + dt.timedelta(days=random.Random(-text_of).randrange(CROWDED_DAYS))
    doc = Document.of(base.text, title=base.title, source=f"Paper {number % 97}", published=day, url=f"https://news.test/{number}")
    return doc, tuple(with_id(dataclasses.replace(s, instrument=())) for s in generated.statements(doc))


def spent(job: Callable[[], object]) -> tuple[float, float]:
    """Seconds of CPU and of the clock."""
    cpu, clock = time.process_time(), time.perf_counter()
    job()
    return round(time.process_time() - cpu, 2), round(time.perf_counter() - clock, 2)


if __name__ == "__main__":
    main()
