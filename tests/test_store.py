"""The store: nothing twice, nothing lost, nothing half-written, and errors that say what to do."""

import dataclasses
import datetime as dt
import json
import multiprocessing
import os
import random
import signal
import sqlite3
import threading

import platformdirs
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from orbat import database, queries
from orbat.errors import StageError, StoreError
from orbat.queries import words
from orbat.recordkeeping import update
from orbat.serial import statement_to_json, with_id
from orbat.store import AppendResult, Store
from orbat.tables import REVISIONS, VERSION_TABLE, metadata
from orbat.types import Certainty, Document, Failure, Quote, Span
from tests import generated

EARLY, MIDDLE, LATE = (dt.datetime(2024, 1, day, 12, 30, 0, 250, tzinfo=dt.UTC) for day in (1, 2, 3))


def read(number, **more):
    doc = generated.document(number)
    return doc, generated.statements(doc, **more)


def everything(store):
    """All current statements as JSON, by id: what a store says, whatever the order in which it was told."""
    with store.reading() as connection:
        ids = connection.exec_driver_sql("SELECT id FROM statements WHERE current ORDER BY id").scalars().all()
    return {each: json.dumps(statement_to_json(queries.statement(store, each).statement)) for each in ids}


def sizes(store):
    names = ("documents", "readings", "sentences", "statements", "fillers")
    with store.reading() as connection:
        if connection.dialect.name == "sqlite":
            names = (*names, "sentence_index")
        return {name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar() for name in names}


def test_what_goes_in_comes_out(store):
    doc, found = read(1)
    assert store.append(doc, found, model="test 1", read_at=EARLY) == AppendResult(1, len(found))
    for statement in found:
        evidence = queries.statement(store, statement.id)
        assert evidence.statement == statement
        assert evidence.document == doc
        assert evidence.readings == (queries.Reading("test 1", EARLY),)


def test_reading_twice_adds_nothing(store):
    readings = [read(number) for number in range(40)]
    total = sum(len(found) for _, found in readings)
    assert store.append_many(readings, model="test 1") == AppendResult(40, total)
    before = sizes(store), everything(store)
    assert store.append_many(reversed(readings), model="test 1") == AppendResult(0, 0)
    for doc, found in readings[:3]:
        assert store.append(doc, tuple(reversed(found)) + found, model="test 1") == AppendResult(0, 0)
    assert (sizes(store), everything(store)) == before


def test_the_order_of_reading_does_not_matter(new_address):
    readings = [read(number) for number in range(20)]
    seen = []
    for seed in (1, 2):
        shuffled = random.Random(seed).sample(readings, len(readings))
        with Store.open(new_address()) as store:
            for doc, found in shuffled:
                store.append(doc, found, model="test 1", read_at=EARLY)
            name = generated.GROUPS[0]
            seen.append((everything(store), queries.sheet(store, name), queries.search(store, "overran"), queries.documents(store)))
    assert seen[0] == seen[1]


def test_a_document_without_statements_is_kept_and_known(store):
    doc = Document.of("Nothing happened.")
    assert store.append(doc, (), model="test 1") == AppendResult(1, 0)
    assert store.append(doc, (), model="test 1") == AppendResult(0, 0)
    assert [row.document.id for row in queries.documents(store)] == [doc.id]


@pytest.mark.parametrize("backwards", [False, True])
def test_a_later_reading_supersedes_and_the_earlier_stays(store, backwards):
    doc, first = read(1)
    _, second = read(1, model="test 2", certainty=Certainty.LIKELY)
    second = (*second[:-1], first[-1])  # the newer model reads the last sentence as before
    appends = [(first, "test 1", EARLY), (second, "test 2", LATE)]
    for found, model, at in reversed(appends) if backwards else appends:
        store.append(doc, found, model=model, read_at=at)
    assert set(everything(store)) == {statement.id for statement in second}
    old, both = queries.statement(store, first[0].id), queries.statement(store, first[-1].id)
    assert (old.current, old.statement) == (False, first[0])
    assert both.current
    assert [reading.read_at for reading in both.readings] == [EARLY, LATE]
    assert queries.documents(store)[0].reading == queries.Reading("test 2", LATE)
    # All of it again, in any order, is nothing new.
    before = sizes(store)
    for found, model, at in appends:
        assert store.append(doc, found, model=model, read_at=at) == AppendResult(0, 0)
    assert sizes(store) == before


def test_a_new_reading_counts_only_what_is_new(store):
    doc, first = read(1)
    _, second = read(1, certainty=Certainty.LIKELY)
    store.append(doc, first, model="test 1", read_at=EARLY)
    assert store.append(doc, (*second[:1], *first[1:]), model="test 2", read_at=LATE) == AppendResult(0, 1)


def test_a_new_link_is_news_and_a_last_digit_is_not(store):
    doc, found = read(1)
    store.append(doc, found, model="test 1", read_at=EARLY)
    noise = tuple(dataclasses.replace(statement, confidence=statement.confidence + 1e-7) for statement in found)
    store.append(doc, noise, model="test 1", read_at=MIDDLE)
    assert sizes(store)["readings"] == 1
    relinked = tuple(dataclasses.replace(statement, location=None) for statement in found)
    assert store.append(doc, relinked, model="test 1", read_at=LATE) == AppendResult(0, 0)
    assert queries.statement(store, found[0].id).statement.location is None
    assert len(queries.statement(store, found[0].id).readings) == 2


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda s: dataclasses.replace(s, id="0" * 20), "its id is not that of its content"),
        (lambda s: with_id(dataclasses.replace(s, trigger=Quote(Span(0, 3), "xyz"))), "is not 'xyz'"),
        (lambda s: with_id(dataclasses.replace(s, document=dataclasses.replace(s.document, id="other"))), "names the document other"),
    ],
)
def test_a_statement_that_misquotes_is_refused_whole(store, change, cause):
    doc, found = read(1)
    with pytest.raises(StageError, match=cause):
        store.append(doc, (*found[:-1], change(found[-1])), model="test 1")
    assert sizes(store)["documents"] == 0


def test_an_id_with_another_text_is_refused(store):
    doc, found = read(1)
    store.append(doc, found, model="test 1")
    with pytest.raises(StageError, match="another text"):
        store.append(dataclasses.replace(doc, text=doc.text + " More."), found, model="test 2")


def test_odd_letters_survive(store):
    text = "Ñandú 𝔘𝔫𝔦 \x00 'quoted' \"twice\" % ; -- ‏العربية 🙂"
    doc = Document.of(text, title=text)
    _, found = read(1)
    empty = dict.fromkeys(("actor", "target", "place", "time"), ())
    odd = dataclasses.replace(found[0], document=dataclasses.replace(found[0].document, id=doc.id, title=text), **empty, attribution=None)
    odd = with_id(dataclasses.replace(odd, sentence=Quote(Span(0, len(text)), text), trigger=Quote(Span(6, 9), text[6:9])))
    store.append(doc, (odd,), model="test 1")
    assert queries.statement(store, odd.id).document.text == text
    assert queries.search(store, "nandu quoted") == (queries.statement(store, odd.id).statement,)


def test_half_a_letter_is_an_error_that_names_it(store):
    with pytest.raises(StageError, match=r"the text holds.*lone surrogate.*offset 5"):
        store.append(Document.of("half \ud800"), (), model="test 1")
    store.append(Document.of("whole"), (), model="test 1")


def test_failures_are_kept_once(store):
    store.fail(Failure("a.html", "ingest", "empty"), at=EARLY)
    store.fail(Failure("b\udcff.html", "ingest", "not text"), at=MIDDLE)
    store.fail(Failure("a.html", "ingest", "empty"), at=LATE)
    first, second = store.failures()
    assert (first.failure, first.first_at, first.last_at) == (Failure("a.html", "ingest", "empty"), EARLY, LATE)
    assert second.failure.document == "b\\udcff.html"


def test_ctrl_c_loses_nothing_that_was_read(store):
    def interrupted():
        yield from (read(number) for number in range(37))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.append_many(interrupted(), model="test 1")
    assert sizes(store)["documents"] == 37


def test_a_bad_reading_does_not_take_the_others_with_it(store):
    good, bad = read(1), (read(2)[0], read(3)[1])
    with pytest.raises(StageError):
        store.append_many([good, bad], model="test 1")
    assert sizes(store)["documents"] == 1


def test_readers_read_while_one_writes(store):
    errors, counts, done = [], [], threading.Event()

    def watch():
        try:
            while not done.is_set():
                rows = queries.documents(store)
                assert all(row.statements == 8 for row in rows)  # never half a document
                counts.append(len(rows))
        except Exception as error:
            errors.append(error)

    watchers = [threading.Thread(target=watch) for _ in range(2)]
    for watcher in watchers:
        watcher.start()
    for number in range(60):
        store.append(*read(number), model="test 1")
    done.set()
    for watcher in watchers:
        watcher.join()
    assert errors == []
    assert counts


def test_a_read_sees_one_moment(store):
    store.append(*read(1), model="test 1")
    with store.reading() as connection:
        count = "SELECT count(*) FROM documents"
        assert connection.exec_driver_sql(count).scalar() == 1
        store.append(*read(2), model="test 1")
        assert connection.exec_driver_sql(count).scalar() == 1
    assert sizes(store)["documents"] == 2


def test_two_processes_may_write(tmp_path):
    path = tmp_path / "s.db"  # not there yet: both try to make it
    children = [_child(_write, path, start, start + 20) for start in (0, 10)]
    for child in children:
        child.join()
        assert child.exitcode == 0
    with Store.open(path, create=False) as store:
        assert (sizes(store)["documents"], sizes(store)["statements"]) == (30, 240)


def test_a_full_disk_is_told_and_harms_nothing(tmp_path):
    with Store.open(tmp_path / "s.db") as store:
        store.append(*read(0), model="test 1")
        with store._engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 20}")
        with pytest.raises(StoreError, match="disk is full"):
            store.append_many((read(number) for number in range(1, 200)), model="test 1")
        assert all(row.statements == 8 for row in queries.documents(store))
    with Store.open(tmp_path / "s.db") as store:  # room again
        store.append_many((read(number) for number in range(200)), model="test 1")
        assert sizes(store)["documents"] == 200


def test_a_file_that_cannot_grow_is_told(tmp_path):
    child = _child(_write_little, tmp_path / "s.db")
    child.join()
    assert child.exitcode == 3
    with Store.open(tmp_path / "s.db") as store:
        assert all(row.statements == 8 for row in queries.documents(store))


@pytest.mark.parametrize(("content", "cause"), [(b"not a database at all, " * 100, "not an SQLite database"), (None, "cannot be opened")])
def test_what_is_no_store_is_told(tmp_path, content, cause):
    path = tmp_path / "s.db"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(StoreError, match=cause):
        Store.open(path)
    if content is not None:
        assert path.read_bytes() == content


def test_a_damaged_file_is_told(tmp_path):
    path = tmp_path / "s.db"
    with Store.open(path) as store:
        store.append_many((read(number) for number in range(60)), model="test 1")
    content = bytearray(path.read_bytes())
    content[4096:] = random.Random(1).randbytes(len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"), Store.open(path) as store:
        queries.documents(store)


def test_another_programs_database_is_left_alone(tmp_path):
    path = tmp_path / "s.db"
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE bookmarks (id)")
    with pytest.raises(StoreError, match="not a store of orbat"):
        Store.open(path)
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]


def test_a_newer_store_is_refused(tmp_path):
    path = tmp_path / "s.db"
    Store.open(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"newer version.*Update orbat"):
        Store.open(path)


def test_a_locked_store_is_told(tmp_path):
    path = tmp_path / "s.db"
    with Store.open(f"sqlite:///{path}?timeout=0.05") as store, sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="Another process"):
            store.append(*read(1), model="test 1")
        assert queries.documents(store) == ()
        other.execute("ROLLBACK")
        store.append(*read(1), model="test 1")


def test_a_read_only_store_can_be_read_only(tmp_path):
    path = tmp_path / "s.db"
    with Store.open(path) as store:
        store.append(*read(1), model="test 1")
    with Store.open(f"sqlite:///file:{path}?mode=ro&uri=true") as store:
        assert len(queries.documents(store)) == 1
        with pytest.raises(StoreError, match="read-only"):
            store.append(*read(2), model="test 1")


@pytest.mark.parametrize("log", [False, True])
def test_a_store_that_may_not_be_written_is_read(tmp_path, monkeypatch, log):
    path = tmp_path / "a folder #1" / "s.db"
    first = Store.open(path)
    first.append(*read(1), model="test 1")
    if not log:
        first.close()  # its log is put in the file and goes
    monkeypatch.setattr("orbat.database.os.access", lambda *_: False)  # the superuser may write to any
    with Store.open(path, create=False) as store:
        assert len(queries.documents(store)) == 1
        with pytest.raises(StoreError, match="read-only"):
            store.append(*read(2), model="test 1")
    assert {each.name for each in path.parent.iterdir()} == ({"s.db", "s.db-wal", "s.db-shm"} if log else {"s.db"})
    first.close()


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("://", "not a database's address"),
        ("mysql://user:secret@host/db", "not in mysql"),
        ("sqlite+nosuch:///x.db", "No database driver"),
    ],
)
def test_a_bad_address_is_told_without_its_password(url, cause):
    with pytest.raises(StoreError, match=cause) as caught:
        Store.open(url)
    assert "secret" not in str(caught.value)


def test_a_store_that_is_not_there(tmp_path):
    path = tmp_path / "no" / "s.db"
    with pytest.raises(StoreError, match="no store at"):
        Store.open(path, create=False)
    assert not path.parent.exists()
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="folder cannot be made"):
        Store.open(tmp_path / "file" / "s.db")


def test_the_default_is_in_the_users_data_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(platformdirs, "user_data_path", lambda *_, **__: tmp_path / "data")
    with Store.open() as store:
        assert store.location == str(tmp_path / "data" / "orbat.db")


def test_an_open_store_of_this_version_needs_no_migration(tmp_path, monkeypatch):
    Store.open(tmp_path / "s.db").close()
    monkeypatch.setattr(database, "_run_migrations", lambda _: pytest.fail("it migrated"))
    Store.open(tmp_path / "s.db").close()


def test_the_migrations_make_the_tables_of_the_code(store):
    script = ScriptDirectory(os.path.join(os.path.dirname(database.__file__), "migrations"))
    assert tuple(reversed([step.revision for step in script.walk_revisions()])) == REVISIONS
    options = {
        "version_table": VERSION_TABLE,
        "compare_type": True,
        "include_object": lambda _, name, kind, *__: not name.startswith(MIGRATIONS_OWN) and (kind, name) not in MADE_THERE,
    }
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_a_store_of_the_first_version_is_brought_up_to_date(address):
    doc, _ = read(1)
    payload = json.dumps({"location": {"admin1": "Upper Test"}})
    engine = database.connect_to(database.location_of(address), create=True)
    with engine.connect().execution_options(orbat_write=True) as connection, connection.begin():
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", os.path.join(os.path.dirname(database.__file__), "migrations"))
        config.set_main_option("path_separator", "os")
        command.upgrade(config, "0001")
        texts = f"'{doc.id}', 'Café attacked.', '', 'Paper 1', NULL, '', '', '', ''"
        connection.exec_driver_sql(f"INSERT INTO documents VALUES ({texts})")
        connection.exec_driver_sql(f"INSERT INTO readings VALUES (1, '{doc.id}', 'm', '2024-01-01 00:00:00', 'd', true)")
        connection.exec_driver_sql(f"INSERT INTO sentences VALUES (1, '{doc.id}', 0, 14, 'Café attacked.')")
        head = f"1, 'abc', 1, '{doc.id}', 1, true, 'attack', 'fact', false, NULL, NULL, NULL, NULL, 0.5, NULL"
        connection.exec_driver_sql(f"INSERT INTO statements VALUES ({head}, '{payload}')")
        connection.exec_driver_sql("INSERT INTO fillers VALUES (1, 'speaker', 0, 0, 4, 'Café', 'cafe', 'GROUP', NULL, NULL, NULL, NULL)")
    engine.dispose()
    with Store.open(address) as store, store.reading() as connection:
        row = connection.exec_driver_sql("SELECT admin1, source, speaker FROM statements").one()
        assert tuple(row) == ("Upper Test", "Paper 1", "Café")
        assert connection.exec_driver_sql("SELECT document FROM unrecorded").scalars().all() == [doc.id]
        hits = words.hits_of(connection, "cafe")
        assert connection.execute(sa.select(hits.c.key)).scalars().all() == [1]


def test_a_store_whose_web_was_made_by_the_first_form_of_its_migration_is_mended(address):
    with Store.open(address) as store:
        store.append_many((read(n) for n in range(4)), model="test 1", read_at=EARLY)
        update(store, related=lambda one, two: False)
        before = {record.id: record for record in queries.records(store, queries.WantedRecords(), limit=None).records}
        with store.writing() as connection:
            for table in ("woven", "stirred"):
                connection.exec_driver_sql(f"DROP TABLE {table}")
            connection.exec_driver_sql("CREATE TABLE unwoven (document VARCHAR(64) PRIMARY KEY REFERENCES documents (id))")
    with Store.open(address) as store:
        assert queries.records(store, queries.WantedRecords()).waiting == 4
        assert update(store, related=lambda one, two: False) == ()
        assert {record.id: record for record in queries.records(store, queries.WantedRecords(), limit=None).records} == before
        with store.reading() as connection:
            assert not sa.inspect(connection).has_table("unwoven")


MADE_THERE = {("column", "words"), ("column", "counted")}  # by the database from other columns
MIGRATIONS_OWN = ("sentence_index", "statements_found", "records_found")  # differ between the databases, so only migrations know them


def _child(target, *args):
    child = multiprocessing.get_context("fork").Process(target=target, args=args)
    child.start()
    return child


def _write(path, start, stop):
    with Store.open(path) as store:
        for number in range(start, stop):
            store.append(*read(number), model="test 1", read_at=EARLY)


def _write_little(path):
    """Write under a limit on the size of files, as a full quota makes it."""
    import resource

    with Store.open(path) as store:
        store.append(*read(0), model="test 1")
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        limit = path.stat().st_size + 200_000
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        try:
            for number in range(1, 400):
                store.append(*read(number), model="test 1")
        except StoreError as error:
            os._exit(3 if "disk" in str(error) else 4)
    os._exit(0)
