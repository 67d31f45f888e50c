"""How fast statements become records: python evals/bench_records.py [ARTICLES] [--step N] [--keep FOLDER] [--crowded] [--memory].

Reads generated articles into a store, 500 at a time, and brings its records up to date after each step; at each tenth of the way also after
single articles, one at a time. Prints one JSON object: for each step the seconds of this process's CPU (on a machine that does other work
too, the clock says little; with --database the server's work is in neither), and how they grow: ``slope`` is that of a line through the
logarithms of articles read and of all seconds till then, from the second tenth on, 1 where all grows linearly and 2 where it grows with the
square; ``slope by steps`` is that of what each step takes by itself, from a quarter of the way on, plus 1; ``last tenth over second`` is
how much more a step takes at the end. Each step says what a plain loop took beside it (``loop``, milliseconds, the mean of before and
after), and ``slope at one speed`` is the slope of seconds divided by that: what the machine does besides may make the later steps slower
than the earlier ones.

With --keep, store and steps stay in a folder, and the same command goes on from the last step that is done: a long run can be made in
pieces. The articles are of a made-up war (tests/war.py: 20 statements each, as many events a day as UCDP counts in Syria's worst years,
whatever their number, as they come in the order of their days); with --crowded each of an article's ten statements is of another two groups
in another town, all within 1,000 days, so that a day fills up as articles come.

With --memory, the functions alone: the records of a tenth, a half and all of the articles at once.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import itertools
import json
import math
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # the tests' generators

from evals.steady import loop
from orbat.corroborate import Context, build, families, signature
from orbat.recordkeeping import update
from orbat.serial import with_id
from orbat.store import Store
from orbat.types import Document, Statement
from tests import generated, war

SINGLE = 5
CROWDED_DAYS = 1000
READ_AT = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
Step = dict[str, object]
Article = Callable[[int], tuple[Document, tuple[Statement, ...]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", nargs="?", type=int, default=10_000)
    parser.add_argument("--step", type=int, default=500, help="articles a step")
    parser.add_argument("--crowded", action="store_true", help="many groups in few towns on few days")
    parser.add_argument("--keep", type=Path, help="a folder for the store and the steps; go on from there")
    parser.add_argument("--database", help="an empty database's URL instead of a file")
    parser.add_argument("--memory", action="store_true", help="measure the functions, without a store")
    given = parser.parse_args()
    article = crowded if given.crowded else war.article
    result: dict[str, object] = {"articles": given.articles, "calendar": "crowded" if given.crowded else "war"}
    if given.memory:
        result |= in_memory(given.articles, article)
    else:
        with tempfile.TemporaryDirectory() as temporary:
            folder = given.keep or Path(temporary)
            folder.mkdir(parents=True, exist_ok=True)
            steps = in_store(given.articles, given.step, article, folder, given.database or str(folder / "bench.sqlite"))
        result |= {"growth": growth(steps), "steps": steps}
    print(json.dumps(result, indent=2))


def in_store(count: int, size: int, article: Article, folder: Path, where: str) -> list[Step]:
    """Read articles step by step and bring the records up to date; the steps, those of earlier calls among them."""
    kept = folder / "steps.json"
    steps: list[Step] = json.loads(kept.read_text()) if kept.exists() else []
    with Store.open(where) as store:
        for start in range(len(steps) * size, count, size):
            until = min(start + size, count)
            read = [article(number) for number in range(start, until)]
            before = loop()
            append = spent(lambda read=read: store.append_many(read, model="bench 1", read_at=READ_AT))  # type: ignore[misc]
            updated = spent(lambda: update(store, related=unrelated))
            step: Step = {"articles": until, "statements": sum(len(found) for _, found in read), "append": append[0], "update": updated[0]}
            step["loop"] = round((before + loop()) / 2, 1)
            if until * 10 // count > start * 10 // count:
                step |= single(store, article, until)
            steps.append(step)
            kept.write_text(json.dumps(steps))
            print(json.dumps(step), file=sys.stderr, flush=True)
    return steps


def single(store: Store, article: Article, first: int) -> Step:
    """Seconds to bring the records up to date after one more article: the next ones, which the next step has again."""
    found = []
    for number in range(first, first + SINGLE):
        doc, said = article(number)
        store.append(doc, said, model="bench 1", read_at=READ_AT)
        found.append(spent(lambda: update(store, related=unrelated)))
    return {"one article, cpu": [cpu for cpu, _ in found], "one article, clock": [clock for _, clock in found]}


def growth(steps: Sequence[Step]) -> dict[str, float]:
    """How the seconds of all steps grow with the articles; the first tenth fills an empty store and is left out."""
    tenth = max(1, len(steps) // 10)
    if len(steps) < 3 * tenth:
        return {}
    cost = [float(step["append"]) + float(step["update"]) for step in steps]  # type: ignore[arg-type]
    even = [seconds / float(step["loop"]) for seconds, step in zip(cost, steps, strict=True)]  # type: ignore[arg-type]
    articles = [float(step["articles"]) for step in steps]  # type: ignore[arg-type]
    return {
        "slope": slope(articles, cost, tenth),
        "slope at one speed": slope(articles, even, tenth),
        "slope by steps": by_steps(articles, cost),
        "last tenth over second": round(sum(cost[-tenth:]) / sum(cost[tenth : 2 * tenth]), 2),
    }


def slope(articles: Sequence[float], cost: Sequence[float], skipped: int) -> float:
    """That of a line through the logarithms of articles and of all cost till then, but for the first steps."""
    points = [(math.log(number), math.log(total)) for number, total in zip(articles, itertools.accumulate(cost), strict=True)]
    return round(statistics.linear_regression(*zip(*points[skipped:], strict=True)).slope, 3)


def by_steps(articles: Sequence[float], cost: Sequence[float]) -> float:
    """The same of what each step takes by itself, from a quarter of the way on: 1 where none takes longer than the one before it. The sum
    till then tells for long how cheap the first steps were, in a store that was nearly empty."""
    points = [(math.log(number), math.log(each)) for number, each in zip(articles, cost, strict=True)]
    return round(1 + statistics.linear_regression(*zip(*points[len(points) // 4 :], strict=True)).slope, 3)


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
