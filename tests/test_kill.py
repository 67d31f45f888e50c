"""A store whose writer is killed at any moment, a hundred times: whole each time, nothing lost that was committed, completed by reading
again. On both databases: in PostgreSQL the process that is killed is the one that writes, as the server is no part of orbat."""

import contextlib
import datetime as dt
import multiprocessing
import os
import random
import signal
import time

from orbat.queries import WantedRecords, records
from orbat.recordkeeping import update
from orbat.store import Store
from tests import generated

KILLS = 100
DOCUMENTS = 8  # few, read again and again: each attempt is a newer model, so that there is always something to supersede
EARLY = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def related(one, two):
    return False


def read(number):
    doc = generated.document(number, sentences=3)
    return doc, generated.statements(doc)


def write(path, attempt, tell):
    """Read the documents in a new order, each with another model, and bring the records up to date now and then."""
    order = random.Random(attempt).sample(range(DOCUMENTS), DOCUMENTS)
    with Store.open(path) as store:
        for number in order * 50:
            doc, found = read(number)
            said = found if number % 2 else found[: 1 + attempt % 3]
            store.append(doc, said, model=f"test {attempt}", read_at=EARLY + dt.timedelta(days=attempt))
            tell.send((doc.id, len(said)))
            update(store, related=related)
            tell.send(None)


def test_killed_a_hundred_times_it_is_whole_and_loses_nothing(new_address):
    path, pick, committed = new_address(), random.Random(7), {}
    moment = 0.02  # how long one step takes, as far as the last attempt shows
    for attempt in range(KILLS):
        told, tell = multiprocessing.Pipe(duplex=False)
        child = multiprocessing.get_context("fork").Process(target=write, args=(path, attempt, tell))
        child.start()
        tell.close()
        heard = []
        if attempt:  # the first is killed while it makes the store
            began = time.perf_counter()
            heard = [told.recv() for _ in range(pick.randrange(1, 5))]
            moment = (time.perf_counter() - began) / len(heard)
        time.sleep(pick.uniform(0, moment))
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        assert child.exitcode == -signal.SIGKILL
        with contextlib.suppress(EOFError, OSError):
            while told.poll():
                heard.append(told.recv())
        committed |= {document: (f"test {attempt}", count) for document, count in filter(None, heard)}
        if "://" in path or os.path.exists(path):
            assert_whole(path, committed)
    assert len(committed) > DOCUMENTS / 2
    complete = []
    for where in (path, new_address()):  # the second is never killed
        with Store.open(where) as store:
            store.append_many(map(read, range(DOCUMENTS)), model="test", read_at=EARLY + dt.timedelta(days=KILLS))
            update(store, related=related)
            found = records(store, WantedRecords(), limit=None)
            assert found.waiting == 0
            complete.append({frozenset(record.statements) for record in found.records})
    assert complete[0] == complete[1]
    assert sum(map(len, complete[0])) == 3 * DOCUMENTS


def assert_whole(path, committed):
    """Sound; every reading has all its statements; what was told to be committed is there; records and their statements agree."""
    with Store.open(path) as store, store.reading() as connection:

        def ask(question):
            return connection.exec_driver_sql(question).all()

        lite = connection.dialect.name == "sqlite"
        if lite:  # PostgreSQL checks its keys as it writes, and its files by itself
            assert ask("PRAGMA integrity_check") == [("ok",)]
            assert ask("PRAGMA foreign_key_check") == []
        assert ask("SELECT document FROM readings GROUP BY document HAVING sum(CASE WHEN current THEN 1 ELSE 0 END) != 1") == []
        assert ask("SELECT 1 FROM statements s JOIN readings r ON r.key = s.reading WHERE s.current != r.current") == []
        assert ask("SELECT id FROM documents WHERE id NOT IN (SELECT document FROM readings)") == []
        assert ask("SELECT 5 * (SELECT count(*) FROM statements) = (SELECT count(*) FROM fillers)") == [(1,)]
        counted = "SELECT r.document, r.model, count(s.key) FROM readings r LEFT JOIN statements s ON s.reading = r.key GROUP BY r.key"
        kept = {(document, model): count for document, model, count in ask(counted)}
        assert {key: kept.get(key) for key in ((d, model) for d, (model, _) in committed.items())} == {
            (document, model): count for document, (model, count) in committed.items()
        }
        members = "json_array_length(payload, '$.statements')" if lite else "json_array_length(payload::json -> 'statements')"
        listed = dict(map(tuple, ask(f"SELECT id, {members} FROM records")))
        assert listed == dict(map(tuple, ask("SELECT record, count(*) FROM record_statements GROUP BY record")))
        # What is in no record, though it should be, is noted to be made up for; and nothing superseded stands in a record unnoted.
        unnoted = "NOT IN (SELECT document FROM unrecorded)"
        lost = f"SELECT id FROM statements WHERE current AND document {unnoted} AND id NOT IN (SELECT statement FROM record_statements)"
        assert ask(lost) == []
        old = f"SELECT id FROM statements s WHERE document {unnoted} AND id IN (SELECT statement FROM record_statements) "
        assert ask(f"{old} GROUP BY id HAVING max(CASE WHEN current THEN 1 ELSE 0 END) = 0") == []
