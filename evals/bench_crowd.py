"""What one day of like-worded articles costs the records: python evals/bench_crowd.py [ARTICLES] [--more N]

Reads made-up articles that all tell of one day (as soak.py's: few groups, few words, 20 sentences each) into a store, brings its records up
to date, then reads a few more and does so again. Nearly all happenings of such a day may be one another: they are one component, all of
whose pairs are scored. Prints one JSON object: seconds of this process's CPU, how large the largest component was, and peak memory.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # the tests' generators

from orbat.corroborate.happenings import Happening
from orbat.pipeline import Reader, Reading
from orbat.recordkeeping import cutting, update
from orbat.store import Store
from orbat.types import Document
from tests import generated

DAY = dt.date(2020, 6, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", nargs="?", type=int, default=280)
    parser.add_argument("--more", type=int, default=5)
    given = parser.parse_args()
    read = [found for found in Reader().read_many(map(article, range(given.articles + given.more))) if isinstance(found, Reading)]
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "crowd.db") as store:
        first, sizes = kept(store, read[: given.articles]), largest()
        result = {
            "articles": given.articles,
            "statements": sum(len(one.statements) for one in read[: given.articles]),
            "first update": spent(lambda: update(store, related=unrelated)),
            "read into the store": first,
        }
        kept(store, read[given.articles :])
        result |= {"articles more": given.more, "second update": spent(lambda: update(store, related=unrelated))}
    result |= {"happenings of the largest component": max(sizes), "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}
    print(json.dumps(result, indent=2))


def article(number: int) -> Document:
    """An article of that day."""
    text = generated.document(number, sentences=20).text.replace("on Monday", f"on {DAY:%A}")
    return Document.of(text, title=f"Report {number}", source=f"Paper {number % 7}", published=DAY, url=f"https://news.test/{number}")


def kept(store: Store, read: Sequence[Reading]) -> float:
    """Seconds to keep some readings."""
    return spent(lambda: store.append_many(((one.document, one.statements) for one in read), model="bench 1"))


def largest() -> list[int]:
    """How many happenings each component had that is cut from now on."""
    sizes, cut = [0], cutting.cut

    def counted(components: Sequence[Sequence[Happening]], *more: object) -> object:
        sizes.extend(map(len, components))
        return cut(components, *more)  # type: ignore[arg-type]

    cutting.cut = counted  # type: ignore[assignment]
    return sizes


def unrelated(one: str, two: str) -> bool:
    return False


def spent(job: Callable[[], object]) -> float:
    """Seconds of CPU."""
    began = time.process_time()
    job()
    return round(time.process_time() - began, 2)


if __name__ == "__main__":
    main()
