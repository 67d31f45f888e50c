"""How fast statements become records: python evals/bench_records.py [ARTICLES] [--store].

Makes articles of about ten statements each from a seed (a few groups make most of the news, one article in five is a reprint), builds the
records of a tenth, a half and all of them, then regroups after one more article; with --store the same in a store in a temporary folder,
which is then brought up to date after each of five more articles. Prints one JSON object; seconds of this process's CPU.
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
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # the tests' generator

from orbat.corroborate import Context, build, inside, regroup, signature, weave
from orbat.corroborate.copies import families
from orbat.recordkeeping import update
from orbat.serial import with_id
from orbat.store import Store
from orbat.types import Document, Statement
from tests import generated
from tests.memoryweb import MemoryWeb

SENTENCES = 10
DAYS = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles", nargs="?", type=int, default=10_000)
    parser.add_argument("--store", action="store_true", help="measure the store instead of the functions")
    given = parser.parse_args()
    count = given.articles
    if given.store:
        print(json.dumps(in_store(count), indent=2))
        return
    made = [article(number) for number in range(count + 1)]
    result: dict[str, object] = {"articles": count, "statements": sum(len(found) for _, found in made[:count])}
    started = time.process_time()
    signatures = {doc.id: signature(doc.text) for doc, _ in made}
    result["signatures"] = spent(started)
    started = time.process_time()
    families(signatures)
    result["families"] = spent(started)
    for size in (count // 10, count // 2, count):
        statements = [s for _, found in made[:size] for s in found]
        started = time.process_time()
        records = build(statements, Context())
        result[f"build, {len(statements)} statements"] = spent(started)
        result[f"records of {len(statements)}"] = len(records)
    result |= one_more(made[:count], made[count])
    print(json.dumps(result, indent=2))


def one_more(made: Sequence[tuple[Document, tuple[Statement, ...]]], new: tuple[Document, tuple[Statement, ...]]) -> dict[str, object]:
    """Regroup after one more article, with the store's tables as dicts."""
    web = MemoryWeb()
    weave({doc.id: inside(found, unrelated) for doc, found in made}, web, unrelated)
    times, sizes = [], []
    for doc, found in (new, *made[:20]):
        started = time.process_time()
        changed = regroup(weave({doc.id: inside(found, unrelated)}, web, unrelated), web, unrelated)
        times.append(spent(started))
        sizes.append(len(changed.documents))
    return {"regroup after one article, worst of 21": max(times), "statements regrouped, most": max(sizes)}


def in_store(count: int) -> dict[str, object]:
    """Read articles into a store, bring its records up to date, then again after each of five more articles."""
    at = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    times = []
    with tempfile.TemporaryDirectory() as folder, Store.open(f"{folder}/bench.sqlite") as store:
        started = time.process_time()
        for doc, found in map(article, range(count)):
            store.append(doc, found, model="bench 1", read_at=at)
        appended = spent(started)
        started = time.process_time()
        update(store, related=unrelated)
        updated = spent(started)
        for doc, found in map(article, range(count, count + 5)):
            store.append(doc, found, model="bench 1", read_at=at)
            started = time.process_time()
            update(store, related=unrelated)
            times.append(spent(started))
    return {"articles": count, "append": appended, "update": updated, "update after one article": times}


def unrelated(one: str, two: str) -> bool:
    return False


def article(number: int) -> tuple[Document, tuple[Statement, ...]]:
    """An article of some day; one in five is a reprint of an earlier one under another name."""
    pick = random.Random(number)
    text_of = number - pick.randrange(1, 50) if number >= 50 and number % 5 == 0 else number
    base = generated.document(text_of, sentences=SENTENCES)
    day = dt.date(2015, 1, 1) + dt.timedelta(days=random.Random(-text_of).randrange(DAYS))
    doc = Document.of(base.text, title=base.title, source=f"Paper {number % 97}", published=day, url=f"https://news.test/{number}")
    return doc, tuple(with_id(dataclasses.replace(s, instrument=())) for s in generated.statements(doc))


def spent(started: float) -> float:
    return round(time.process_time() - started, 2)


if __name__ == "__main__":
    main()
