"""Large runs: the same output whatever kills them, nothing lost, and into a store as if read there."""

import dataclasses
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from orbat.batch.folder import Folder, find
from orbat.batch.loading import load
from orbat.batch.planning import plan, tasks_of
from orbat.batch.running import cores, run
from orbat.batch.shards import SCHEMAS, done, failures_in, readings_in
from orbat.batch.supervising import Supervisor
from orbat.batch.tasks import At, Counts, Order, Settings, Task, Unit
from orbat.batch.working import Kit, _documents, _line_at, work
from orbat.cli import app
from orbat.encoder import Encoder
from orbat.errors import DataError, OrbatError, ReadError
from orbat.ingest import READERS, read_all
from orbat.models import QUICK
from orbat.serial import statement_to_json
from orbat.store import Store
from orbat.types import Document
from tests.conftest import EXAMPLES

TASK = 6_000  # bytes of a task: small, so that there are several
FAIR = "The village fair opened with a contest for the best apple pie, and children painted pumpkins in the square. " * 4
RAID = "Gunmen of the rebel group attacked an army convoy near {} on Tuesday, killing six soldiers and taking two hostages, police said."


@pytest.fixture(scope="module")
def given_files(tmp_path_factory) -> Path:
    """News in two files of lines, a folder of pages and texts, and what is no article at all."""
    folder = tmp_path_factory.mktemp("news")
    lines = [{"id": d.given_id or str(i), "text": d.text} for i, d in enumerate(read_all(EXAMPLES[:4])) if isinstance(d, Document)]
    lines += [{"id": f"fair{i}", "text": f"{i}. {FAIR}"} for i in range(25)]
    lines += [{"id": f"raid{i}", "text": RAID.format(f"Town {i}")} for i in range(12)]
    random.Random(5).shuffle(lines)
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "a.jsonl").write_text(text + "{broken\n\n", encoding="utf-8")
    (folder / "pages").mkdir()
    shutil.copy(EXAMPLES[2], folder / "pages")
    (folder / "pages" / "fair.html").write_text(f"<html><body><h1>Fair</h1><p>{FAIR}</p></body></html>", encoding="utf-8")
    (folder / "pages" / "raid.txt").write_text(RAID.format("Elsewhere"), encoding="utf-8")
    (folder / "pages" / "unknown.zzz").write_bytes(b"\0\1\2")
    return folder


@pytest.fixture(scope="module")
def kit() -> Kit:
    """Loaded once, for tasks that are done in this process."""
    return Kit(Settings())


@pytest.fixture(scope="module")
def finished(given_files, tmp_path_factory, kit) -> Path:
    """The output of a run that nothing disturbs, in this process."""
    out = tmp_path_factory.mktemp("finished")
    folder = Folder(out)
    plan(folder, [str(given_files)], kit.settings, task_bytes=TASK)
    for task in tasks_of(folder):
        work(Order(task), folder, kit, lambda at: None)
    return out


def tables(out: Path) -> dict[str, bytes]:
    """All that stands in the tables, to the byte."""
    return {f"{name}/{path.name}": path.read_bytes() for name in SCHEMAS for path in sorted((out / name).iterdir())}


def rows(out: Path, table: str) -> list[dict]:
    return [row for path in sorted((out / table).iterdir()) for row in pq.read_table(path).to_pylist()]


def test_it_reads_what_reading_reads_in_the_same_order_and_names_the_rest(given_files, finished, kit):
    kept, skipped = rows(finished, "documents"), rows(finished, "skipped")
    texts = [d.text for d in read_all([given_files]) if isinstance(d, Document)]
    assert [row["text"] for row in kept] == [text for text in texts if not text.endswith(FAIR.strip()) and FAIR[:40] not in text]
    said = [statement_to_json(s) for row in kept for s in kit.pipeline.read(row["text"], published=row["published"]).statements]
    told = [json.loads(row["json"]) for row in rows(finished, "statements")]
    assert [s["trigger"] for s in told] == [s["trigger"] for s in said]
    assert len(told) > 40
    assert sum(row["statements"] for row in kept) == len(told)
    assert len(skipped) == 26
    assert all(row["reason"] and row["score"] < kit.first_pass.threshold for row in skipped)
    assert [row["label"] for row in skipped if not row["document"]] == [str(given_files / "pages" / "fair.html")]
    failures = [row["document"] for row in rows(finished, "failures")]
    assert failures[-1].endswith("unknown.zzz")
    assert ".jsonl:" in failures[0]


def test_schemas_do_not_depend_on_what_is_in_them(finished):
    for name, schema in SCHEMAS.items():
        assert {pq.read_schema(path) == schema for path in (finished / name).iterdir()} == {True}


def test_processes_give_the_same_to_the_byte_and_a_second_run_does_nothing(given_files, finished, tmp_path):
    folder = Folder(tmp_path / "out")
    made = plan(folder, [str(given_files)], Settings(), task_bytes=TASK)
    assert made.tasks > 3
    first = run(folder, made, workers=2)
    assert tables(tmp_path / "out") == tables(finished)
    assert not (tmp_path / "out" / "tmp").exists()
    again = run(folder, plan(folder, [str(given_files)], Settings(), task_bytes=TASK), workers=2)
    assert again.session == Counts()
    assert dataclasses.replace(again.all, seconds=0) == dataclasses.replace(first.all, seconds=0)
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["articles"] == first.all.articles == 44
    with pytest.raises(DataError, match="another run"):
        plan(folder, [str(given_files)], Settings(first_pass=False))


def test_killed_at_any_moment_it_goes_on_and_gives_the_same(given_files, finished, tmp_path):
    out = tmp_path / "out"
    command = [sys.executable, "-m", "orbat.cli", "batch", str(given_files), "--out", str(out), "--task-mb", str(TASK / 2**20)]
    process = subprocess.Popen([*command, "--workers", "1"], stderr=subprocess.DEVNULL, start_new_session=True)
    aim = time.monotonic() + 60
    while len(list((out / "done").glob("*"))) < 2 and time.monotonic() < aim:
        time.sleep(0.01)
    time.sleep(random.uniform(0, 0.2))  # another moment each time
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    told = subprocess.run(command, capture_output=True, text=True)
    assert told.returncode == 1, told.stderr
    assert "44 articles: 18 read, 26 skipped" in told.stderr
    assert "2 failures" in told.stderr
    assert tables(out) == tables(finished)


def test_the_working_process_ends_with_the_one_that_started_it(tmp_path):
    script = (
        "import os\nfrom orbat.batch.tasks import Settings\nfrom orbat.batch.supervising import Supervisor\n"
        f"s = Supervisor(Settings(), {str(tmp_path)!r})\nprint(s._start().pid, flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    pid = int(subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, check=False).stdout)
    aim = time.monotonic() + 20
    while alive(pid) and time.monotonic() < aim:
        time.sleep(0.05)
    assert not alive(pid)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def hostile(tmp_path, monkeypatch) -> Path:
    """Articles that stop or fill the process that reads them, among others; a page that kills it while it is taken apart."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(
        "import sys, time\n"
        "if 'orbat.batch.child' in ' '.join(sys.orig_argv):\n"
        "    import ctypes\n"
        "    import orbat.pipeline, orbat.ingest.htmlpage\n"
        "    from orbat.ingest import readers\n"
        "    plain = orbat.pipeline.Reader.read_document\n"
        "    def read(self, document):\n"
        "        if 'FOREVER' in document.text: time.sleep(1000)\n"
        "        if 'MEMORY' in document.text: bytearray(10**10)\n"
        "        return plain(self, document)\n"
        "    orbat.pipeline.Reader.read_document = read\n"
        "    import dataclasses\n"
        "    def page(source):\n"
        "        if b'SEGFAULT' in source.read_all(): ctypes.string_at(0)\n"
        "        yield from ()\n"
        "    readers.READERS = tuple(dataclasses.replace(r, read=page) if r.name == 'HTML' else r for r in readers.READERS)\n"
        "    import orbat.ingest\n"
        "    orbat.ingest.READERS = readers.READERS\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    news = tmp_path / "news"
    news.mkdir()
    words = ("Calm", "Peace", "FOREVER", "MEMORY", "Quiet")
    (news / "a.jsonl").write_text("".join(json.dumps({"id": w, "text": RAID.format(w)}) + "\n" for w in words), encoding="utf-8")
    (news / "b.html").write_text(f"<p>{RAID.format('SEGFAULT')}</p>", encoding="utf-8")
    (news / "c.txt").write_text(RAID.format("the end"), encoding="utf-8")
    return news


def test_an_article_that_kills_or_stops_its_process_is_a_failure_and_the_rest_is_read(hostile, tmp_path):
    folder = Folder(tmp_path / "out")
    run(folder, plan(folder, [str(hostile)], Settings(seconds=3)), workers=1)
    assert [row["given_id"] for row in rows(tmp_path / "out", "documents")] == ["Calm", "Peace", "Quiet", ""]
    failures = {row["document"]: row for row in rows(tmp_path / "out", "failures")}
    assert list(failures) == ["FOREVER", "MEMORY", str(hostile / "b.html")]
    assert "SIGSEGV" in failures[str(hostile / "b.html")]["message"]
    assert "longer than 3 seconds" in failures["FOREVER"]["message"]
    assert "MemoryError" in failures["MEMORY"]["message"]
    assert (failures[str(hostile / "b.html")]["stage"], failures["FOREVER"]["stage"]) == ("ingest", "read")


def test_a_process_that_someone_kills_costs_no_article(given_files, finished, tmp_path):
    out = tmp_path / "out"
    folder = Folder(out)
    plan(folder, [str(given_files)], Settings(), task_bytes=TASK)
    tasks = list(tasks_of(folder))[:2]
    with Supervisor(Settings(), folder.where) as supervisor:
        supervisor.do(tasks[0])
        os.kill(supervisor.pid(), signal.SIGKILL)
        supervisor.do(tasks[1])
    whole = tables(finished)
    assert tables(out) == {name: whole[name] for name in tables(out)}
    assert len(tables(out)) == 2 * len(SCHEMAS)


def test_an_output_that_cannot_be_written_stops_the_run_with_a_reason(given_files, tmp_path):
    folder = Folder(tmp_path / "out")
    made = plan(folder, [str(given_files)], Settings(), task_bytes=TASK)
    (tmp_path / "out" / "documents").write_text("a file where a folder should be")
    with pytest.raises(OrbatError, match="run the same command again"):
        run(folder, made, workers=1)


@settings(deadline=None, max_examples=80)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=12), st.integers(1, 60), st.booleans())
def test_ranges_hold_every_line_once(tmp_path_factory, lengths, size, ended):
    path = tmp_path_factory.mktemp("lines") / "a.jsonl"
    text = "\n".join(json.dumps({"text": "x" * n + "."}) if n else "" for n in lengths) + ("\n" if ended else "")
    path.write_text(text, encoding="utf-8")
    total = path.stat().st_size
    units = [Unit(str(path), start, min(start + size, total), total) for start in range(0, total, size)]
    found = [d.text for unit in units for d in _documents(unit, READERS) if isinstance(d, Document)]
    assert found == [json.loads(line)["text"] for line in text.split("\n") if line]


def test_a_line_begins_behind_its_newline():
    stream = io.BytesIO(b"ab\ncd\n\ne")
    assert [_line_at(stream, place) for place in range(9)] == [0, 3, 3, 3, 6, 6, 6, 7, 8]


def test_a_file_that_changed_is_not_read(tmp_path, kit):
    path = tmp_path / "a.txt"
    path.write_text(RAID.format("Here"))
    folder = Folder(tmp_path / "out")
    plan(folder, [str(path)], kit.settings)
    path.write_text(RAID.format("another place"))
    (task,) = tasks_of(folder)
    assert work(Order(task), folder, kit, lambda at: None).failures == 1
    assert "changed" in next(failures_in(folder, task.name)).message


def test_addresses_of_object_stores_are_read_and_written_alike(given_files, finished, kit):
    import fsspec

    store = fsspec.filesystem("memory")
    store.put(str(given_files) + "/", "/news", recursive=True)
    assert [name for name, _ in find("memory://news")] == [name for name, _ in find("memory://news/**")]
    with pytest.raises(ReadError, match="no file"):
        list(find("memory://nothing"))
    folder = Folder("memory://out")
    made = plan(folder, ["memory://news"], kit.settings, task_bytes=TASK)
    for task in tasks_of(folder):
        work(Order(task), folder, kit, lambda at: None)
    assert len(done(folder)) == made.tasks
    found = [d.id for name in done(folder) for d, _, _ in readings_in(folder, name)]
    assert found == [row["id"] for row in rows(finished, "documents")]


def test_an_order_survives_its_line():
    order = Order(Task(3, (Unit("a", 1, 2, 3), Unit("b", failure="no"))), {At(0, 1, 1): "It died."}, At(0, 1, 0))
    assert Order.from_line(order.to_line()) == order
    assert cores() >= 1


def test_shards_go_into_a_store_once_however_often(finished, store, kit):
    folder = Folder(finished)
    first = load(folder, store)
    kept = rows(finished, "documents")
    assert first.added.new_documents == len({row["id"] for row in kept})
    assert first.added.new_statements == len({row["id"] for row in rows(finished, "statements")})
    assert len(store.failures()) == first.failures == len(rows(finished, "failures"))
    again = load(folder, store)
    assert (again.added.new_documents, again.added.new_statements) == (0, 0)
    with pytest.raises(DataError, match="no run"):
        load(Folder(finished / "documents"), store)


def test_loading_that_was_cut_short_goes_on(finished, store):
    class Stopped(Exception):
        pass

    def stop(number: int, count: int) -> None:
        if number == 2:
            raise Stopped

    with pytest.raises(Stopped):
        load(Folder(finished), store, tell=stop)
    begun = load(Folder(finished), store).added.new_documents
    assert 0 < begun < len({row["id"] for row in rows(finished, "documents")})


def test_the_command_loads_and_makes_records(finished, tmp_path):
    at = str(tmp_path / "s.db")
    told = CliRunner().invoke(app, ["load", str(finished), "--store", at])
    assert told.exit_code == 0, told.output
    assert "18 documents" in told.stderr
    with Store.open(at) as kept, kept.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM unrecorded").scalar() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM records").scalar() > 5


def test_the_quick_model_is_named_and_no_folder_of_that_name_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(RAID.format("Baga"), encoding="utf-8")
    told = CliRunner().invoke(app, ["batch", "a.txt", "--out", "run", "--model", "quick"])
    assert told.exit_code == 0, told.output
    assert {row["model"] for row in rows(tmp_path / "run", "documents")} == {Encoder(QUICK).name}


def test_settings_are_plain():
    assert Settings(**json.loads(json.dumps(dataclasses.asdict(Settings(seconds=3))))) == Settings(seconds=3)
