"""A full disk, a locked store, a model or a table that is cut: a clear error from every command that reads, and nothing lost.

Others of the kind stand where their subject does: kill -9 in test_kill, test_batch, test_watch and test_cli; a clock that jumps in
test_watch and test_store; a full or locked store in test_store and test_cli; a cut model in test_model_files.
"""

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from orbat.batch.folder import Folder
from orbat.batch.loading import load
from orbat.batch.planning import plan, tasks_of
from orbat.batch.running import finish
from orbat.batch.shards import done
from orbat.batch.tasks import Order, Settings
from orbat.batch.working import Kit, work
from orbat.errors import DataError, StoreError
from orbat.pipeline import Reading
from orbat.store import Store
from orbat.types import Annotations, Links
from orbat.watch import Summary, Watch
from orbat.watch import load as load_plan
from orbat.watch.state import State
from tests import generated

FAIR = "The village fair opened with a contest for the best apple pie, and children painted pumpkins in the square. " * 4
AGAIN = "run the same command again"


class Generated:
    """Stands for the pipeline where what is read does not matter: each document says what its number makes it say."""

    model = "test 1"
    catalogue = ()

    def attempt(self, document):
        return Reading(document, Annotations(()), Links(), generated.statements(document), self.model)

    def read_many(self, documents):
        return map(self.attempt, documents)


@pytest.fixture
def finished(tmp_path) -> Folder:
    """A run of two tasks with five documents each."""
    folder = Folder(tmp_path / "out")
    lines = [{"id": str(n), "text": generated.document(n).text, "published": "2016-05-04"} for n in range(10)]
    for part, name in ((lines[:5], "a"), (lines[5:], "b")):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in part), encoding="utf-8")
    kit = Kit(Settings(first_pass=False))
    kit.pipeline = Generated()

    def engine(tasks):
        return (work(Order(task), folder, kit, lambda at: None) for task in tasks)

    given = [str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")]
    made = plan(folder, given, kit.settings, task_bytes=max(Path(path).stat().st_size for path in given))
    finish(folder, made, engine, tell=None, machine="test")
    assert len(done(folder)) == 2
    return folder


def documents(store: Store) -> int:
    with store.reading() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM documents").scalar()


# ---- batch ----------------------------------------------------------------------------------------------------------


def test_a_full_disk_stops_a_large_run_with_a_reason_and_it_goes_on(tmp_path):
    given = tmp_path / "a.jsonl"
    given.write_text("".join(json.dumps({"id": str(n), "text": f"{n}. {FAIR}"}) + "\n" for n in range(200)), encoding="utf-8")
    command = [sys.executable, "-m", "orbat.cli", "batch", str(given), "--out", str(tmp_path / "out"), "--workers", "1"]

    def bounded(size):
        def limit() -> None:
            import resource

            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

        return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, preexec_fn=limit)

    for size in (100, 2_000):  # too little for the plan; for the tables
        told = bounded(size)
        assert (told.returncode, "Traceback" in told.stderr) == (1, False), told.stderr
        assert AGAIN in told.stderr
        assert not (tmp_path / "out" / "summary.json").exists()
    assert bounded(10**7).returncode == 0
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["skipped"] == 200


def test_a_cut_model_stops_a_large_run_with_a_reason(tmp_path):
    model = tmp_path / "model"
    shutil.copytree(str(files("orbat") / "data" / "model"), model)
    network = model / "reader.onnx"
    network.write_bytes(network.read_bytes()[:100_000])
    given = tmp_path / "a.jsonl"
    given.write_text(json.dumps({"text": "Rebels attacked Mosul on Friday."}) + "\n", encoding="utf-8")
    folder, settings = Folder(tmp_path / "out"), Settings(model=str(model), first_pass=False)
    plan(folder, [str(given)], settings)
    with pytest.raises(DataError, match=r"reader\.onnx is not the file"):
        work(Order(next(tasks_of(folder))), folder, Kit(settings), lambda at: None)
    assert done(folder) == {}


# ---- load -----------------------------------------------------------------------------------------------------------


def test_loading_into_a_full_store_is_told_and_goes_on(finished, tmp_path):
    with Store.open(tmp_path / "s.db") as store:
        with store._engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 8}")
        with pytest.raises(StoreError, match="disk is full"):
            load(finished, store)
        assert documents(store) < 10
    with Store.open(tmp_path / "s.db") as store:
        load(finished, store)
        assert documents(store) == 10


def test_loading_into_a_locked_store_is_told_and_goes_on(finished, tmp_path):
    path = tmp_path / "s.db"
    with Store.open(f"sqlite:///{path}?timeout=0.05") as store, sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="Another process"):
            load(finished, store)
        other.execute("ROLLBACK")
        load(finished, store)
        assert documents(store) == 10


@pytest.mark.parametrize("table", ["documents", "statements", "failures"])
def test_a_table_that_is_cut_is_told_and_can_be_made_again(finished, tmp_path, table):
    path = Path(finished.where) / table / "000001.parquet"
    path.write_bytes(path.read_bytes()[:-40])
    with Store.open(tmp_path / "s.db") as store:
        with pytest.raises(DataError, match=r"Part 000001 .*Delete done/000001\.json"):
            load(finished, store)
        assert documents(store) >= 5  # the first part


# ---- watch ----------------------------------------------------------------------------------------------------------


def test_a_store_that_is_full_for_a_while_ends_no_watch(tmp_path, monkeypatch):
    monkeypatch.setattr("orbat.watch.running.LONGEST_SLEEP", 0.05)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for number in range(40):
        (inbox / f"{number}.jsonl").write_text(json.dumps({"text": generated.document(number).text}) + "\n", encoding="utf-8")
    (tmp_path / "feeds.toml").write_text('[[folder]]\npath = "inbox"\n', encoding="utf-8")
    state, told = State(tmp_path / "state"), list[Summary]()
    with Store.open(tmp_path / "s.db") as store:
        with store._engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 8}")
        monkeypatch.setattr("orbat.watch.running.update", lambda *given, **named: ())
        monkeypatch.setattr("orbat.watch.running.related_in", lambda catalogue: None)
        watch = Watch(load_plan(tmp_path / "feeds.toml"), state, Generated(), store, now=lambda: 2e9)

        def tell(summary: Summary) -> None:
            told.append(summary)
            if summary.problems:
                with store._engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA max_page_count=1000000")
            else:
                watch.stop()

        watch.run(tell)
        assert documents(store) == 40
    state.close()
    assert "disk is full" in told[0].problems[store.location]


# ---- read and watch: the model --------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["read", "watch"])
def test_a_cut_model_is_told_by_the_commands(command, tmp_path):
    model = tmp_path / "model"
    model.mkdir()
    whole = Path(str(files("orbat") / "data" / "model"))
    for name in ("model.json", "heads.onnx", "tables.npz", "tokenizer.json"):
        shutil.copy(whole / name, model)
    (model / "reader.onnx").write_bytes(b"cut")
    (tmp_path / "a.txt").write_text("Rebels attacked Mosul on Friday.", encoding="utf-8")
    (tmp_path / "feeds.toml").write_text('[[folder]]\npath = "inbox"\n', encoding="utf-8")
    given = [str(tmp_path / "a.txt")] if command == "read" else [str(tmp_path / "feeds.toml"), "--once"]
    line = [sys.executable, "-m", "orbat.cli", command, *given, "--model", str(model), "--store", str(tmp_path / "s.db")]
    told = subprocess.run(line, capture_output=True, text=True, timeout=300, check=False)
    assert (told.returncode, "Traceback" in told.stderr) == (1, False), told.stderr
    assert "reader.onnx is not the file" in told.stderr
