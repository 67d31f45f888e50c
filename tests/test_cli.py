from __future__ import annotations

import csv
import errno
import io
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from orbat.cli import app
from orbat.cli.annotating import LONGEST
from orbat.errors import StoreError
from orbat.serial import ROW_COLUMNS, statement_schema
from orbat.store import Store
from tests.conftest import EXAMPLES

NEWS = "Boko Haram killed 12 soldiers in Baga on Tuesday, an army officer said."


def orbat(*args: str | Path, stdin: bytes = b"", **more: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "orbat.cli", *map(str, args)]
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=120, check=False, **more)  # type: ignore[call-overload]
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def article(folder: Path, name: str = "one.txt", text: str = NEWS) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_read_prints_json_lines_that_keep_to_the_schema_and_keeps_them(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    done = orbat("read", article(tmp_path), "--store", store, "--format", "jsonl")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["type"] for line in lines} >= {"kill"}
    for line in lines:
        Draft202012Validator(statement_schema()).validate(line)
    again = orbat("read", tmp_path / "one.txt", "--store", store, "--format", "jsonl")
    assert again.stdout == done.stdout
    shown = orbat("show", "Boko Haram", "--store", store)
    assert shown.returncode == 0
    assert f"{len(lines)} statement" in shown.stdout
    assert NEWS[:40] in shown.stdout


def test_the_version_is_told_and_the_package_runs_by_its_name() -> None:
    done = subprocess.run([sys.executable, "-m", "orbat", "--version"], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == f"orbat {version('orbat')}\n"


def test_nothing_is_written_below_the_home_folder_but_the_store(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_") and name != "ORT_DISABLE_TELEMETRY"}
    done = orbat("read", article(tmp_path), env=kept | {"HOME": str(home)})
    assert done.returncode == 0
    assert {path.suffix for path in home.rglob("*") if path.is_file()} <= {".db", ".db-wal", ".db-shm"}
    assert len(list(home.rglob("*.db"))) == 1


def test_a_home_folder_that_may_not_be_looked_into_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stat, mkdir = os.stat, os.mkdir

    def refused(call: Callable[..., Any]) -> Callable[..., Any]:
        def asked(path: Any, *args: Any, **more: Any) -> Any:
            if str(path).startswith("/home/closed"):
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return call(path, *args, **more)

        return asked

    monkeypatch.setenv("XDG_DATA_HOME", "/home/closed")
    monkeypatch.setattr(os, "stat", refused(stat))
    monkeypatch.setattr(os, "mkdir", refused(mkdir))
    done = CliRunner().invoke(app, ["read", str(article(tmp_path)), "--no-store"])
    assert done.exit_code == 0
    done = CliRunner().invoke(app, ["read", str(article(tmp_path))])
    assert isinstance(done.exception, StoreError)
    assert "Its folder cannot be made: Permission denied. Name another with --store." in str(done.exception)


def test_read_prints_csv_and_a_table(tmp_path: Path) -> None:
    path = article(tmp_path)
    rows = list(csv.DictReader(io.StringIO(orbat("read", path, "--no-store", "--format", "csv").stdout)))
    assert tuple(rows[0]) == tuple(ROW_COLUMNS)
    assert any(row["type"] == "kill" and row["count_best"] == "12" for row in rows)
    table = orbat("read", path, "--no-store", "--format", "table").stdout
    assert "“killed”" in table
    assert "Boko Haram" in table


def test_standard_input_and_no_store(tmp_path: Path) -> None:
    done = orbat("read", "-", "--no-store", "--format", "jsonl", stdin=NEWS.encode(), cwd=tmp_path)
    assert done.returncode == 0
    assert json.loads(done.stdout.splitlines()[0])["sentence"]["text"] == NEWS
    assert list(tmp_path.iterdir()) == []


def test_annotate_gives_the_corpus_layout_of_the_text_as_given(tmp_path: Path) -> None:
    text = f"  {NEWS}\n\nIt was the second raid."
    path = article(tmp_path, "a.jsonl", json.dumps({"id": "x1", "text": text, "published": "2018-12-28"}) + "\n")
    (line,) = [json.loads(x) for x in orbat("annotate", path).stdout.splitlines()]
    assert (line["id"], line["text"]) == ("x1", text)
    for m in line["mentions"]:
        assert text[m["start"] : m["end"]] == m["text"]
    links = {m["text"]: m["link"] for m in line["mentions"]}
    assert set(links["Boko Haram"]) == {"id", "name", "kind", "score"}
    assert set(links["Baga"] or {"id", "name", "country", "lat", "lon", "where_prec", "score"}) == {
        "id", "name", "country", "lat", "lon", "where_prec", "score"
    }  # fmt: skip
    assert links["Tuesday"] == {"start": "2018-12-25", "end": "2018-12-25", "date_prec": 1, "value": "2018-12-25"}


def test_an_article_read_in_parts_is_annotated_as_one(tmp_path: Path) -> None:
    """Read in parts of 50,000 letters: English, French, and English again."""
    french = "Le marché était ouvert et le prix du blé ne changea pas du tout ce jour-là. "
    text = "".join(f"{part[:49_998]}\n\n" for part in (f"\n{NEWS} " + "x" * 50_000, french * 700, f"{NEWS} He said it again."))
    lines = [{"id": "long", "text": text}, {"id": "short", "text": NEWS}]
    done = orbat("annotate", article(tmp_path, "a.jsonl", "".join(json.dumps(line) + "\n" for line in lines)))
    assert done.returncode == 1
    assert "long: " in done.stderr
    assert "French" in done.stderr
    long, short = (json.loads(line) for line in done.stdout.splitlines())
    assert (long["id"], long["text"], short["id"], short["text"]) == ("long", text, "short", NEWS)
    assert [m["id"] for m in long["mentions"]] == list(range(len(long["mentions"])))
    for m in long["mentions"]:
        assert text[m["start"] : m["end"]] == m["text"]
    for one in long["mentions"] + long["events"]:
        start, end = long["sentences"][one["s"]]
        assert start <= one["start"] < one["end"] <= end
    assert long["sentences"] == sorted(long["sentences"])
    kills = [e for e in long["events"] if e["type"] == "KILL"]
    assert [e["start"] for e in kills] == [text.index("killed"), text.rindex("killed")]
    for kill in kills:  # its own actor and speaker, not those of the other part
        used = [mention for role, mention in kill["args"] if role == "actor"] + [kill["by"]]
        assert {long["mentions"][i]["s"] for i in used} == {kill["s"]}
    assert [m["link"] and m["link"]["name"] for m in long["mentions"] if m["text"] == "Boko Haram"] == [
        m["link"] and m["link"]["name"] for m in short["mentions"] if m["text"] == "Boko Haram"
    ] * 2


def test_explain_shows_scores_candidates_and_reasons(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    done = orbat("read", article(tmp_path), "--store", store, "--format", "jsonl")
    first = next(json.loads(line) for line in done.stdout.splitlines() if json.loads(line)["type"] == "kill")
    shown = orbat("explain", first["id"][:8], "--store", store)
    assert shown.returncode == 0, shown.stderr
    assert f"[{first['trigger']['start']}, {first['trigger']['end']})" in shown.stdout
    assert "→" in shown.stdout
    assert "army officer" in shown.stdout


def test_what_cannot_be_read_is_named_kept_and_stops_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    article(folder, "good.txt")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 50)
    article(folder, "lines.jsonl", json.dumps({"text": NEWS}) + "\n{broken\n" + json.dumps({"text": "Rebels seized Goma."}) + "\n")
    done = orbat("read", folder, tmp_path / "missing.txt", "--store", tmp_path / "s.db", "--format", "jsonl")
    assert done.returncode == 1
    complaints = done.stderr.splitlines()
    assert len(complaints) == 4
    for name in ("empty.txt", "binary.txt", "lines.jsonl", "missing.txt"):
        assert any(name in line for line in complaints)
    assert {"kill", "seize"} <= {json.loads(line)["type"] for line in done.stdout.splitlines()}
    with Store.open(tmp_path / "s.db") as store:
        assert len(store.failures()) == 4


def test_a_line_of_ten_megabytes_is_read(tmp_path: Path) -> None:
    text = f"{NEWS} " + "The market was open. " * 100 + "x" * 10_000_000
    done = orbat("annotate", article(tmp_path, "big.jsonl", json.dumps({"id": "big", "text": text}) + "\n"))
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[0]["events"]
    assert "".join(line["text"] for line in lines) == text
    assert len(lines) == -(-len(text) // LONGEST)


def test_a_full_disk_is_a_clear_error_and_what_was_kept_is_sound(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    assert orbat("read", article(tmp_path), "--store", store, "--format", "jsonl").returncode == 0
    with Store.open(store) as kept, kept.reading() as connection:
        before = connection.exec_driver_sql("select count(*) from statements").scalar()

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (store.stat().st_size + 8192, resource.RLIM_INFINITY))

    done = orbat("read", *EXAMPLES, "--store", store, "--format", "jsonl", preexec_fn=limit)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert str(store) in done.stderr
    with Store.open(store) as kept, kept.reading() as connection:
        assert connection.exec_driver_sql("pragma integrity_check").scalar() == "ok"
        assert connection.exec_driver_sql("select count(*) from statements").scalar() >= (before or 0)


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGKILL])
def test_nothing_that_was_printed_is_lost_when_reading_is_stopped(tmp_path: Path, blow: signal.Signals) -> None:
    store = tmp_path / "s.db"
    many = tmp_path / "many.jsonl"
    many.write_text("".join(json.dumps({"id": str(i), "text": f"{NEWS} It was raid number {i}. " * 8}) + "\n" for i in range(3000)))
    command = [sys.executable, "-m", "orbat.cli", "read", str(many), "--store", str(store), "--format", "jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0) as process:
        assert process.stdout is not None
        printed = [process.stdout.readline() for _ in range(40)]
        os.kill(process.pid, blow)
        rest, _ = process.communicate(timeout=60)
    assert process.returncode == (130 if blow == signal.SIGINT else -signal.SIGKILL)
    whole = [line for line in (b"".join(printed) + rest).split(b"\n")[:-1] if line]
    with Store.open(store) as kept, kept.reading() as connection:
        assert connection.exec_driver_sql("pragma integrity_check").scalar() == "ok"
        known = {row[0] for row in connection.exec_driver_sql("select id from statements")}
    assert {json.loads(line)["id"] for line in whole} <= known


def test_help_answers_fast_enough_to_need_no_model() -> None:
    began = time.perf_counter()
    done = orbat("--help")
    assert done.returncode == 0
    assert time.perf_counter() - began < 30  # a bound on hanging; evals/bench.py measures the start
    for command in ("read", "annotate", "show", "explain", "eval"):
        assert command in done.stdout


def test_wrong_calls_say_what_to_do(tmp_path: Path) -> None:
    assert orbat("show", "Boko Haram", "--store", tmp_path / "none.db").returncode == 1
    article(tmp_path)
    assert orbat("read", tmp_path / "one.txt", "--store", tmp_path / "s.db").returncode == 0
    unknown = orbat("show", "Boko Harm", "--store", tmp_path / "s.db")
    assert unknown.returncode == 1
    assert "Boko Haram" in unknown.stderr
    assert orbat("explain", "ffffffff", "--store", tmp_path / "s.db").returncode == 1
    assert orbat("eval").returncode == 2
    broken = orbat("read", tmp_path / "one.txt", "--no-store", "--model", tmp_path)
    assert broken.returncode == 1
    assert "cannot be loaded" in broken.stderr
    assert "Traceback" not in unknown.stderr + broken.stderr


def test_eval_scores_a_gold_file(tmp_path: Path) -> None:
    gold = orbat("annotate", article(tmp_path, "g.jsonl", json.dumps({"id": "g", "text": NEWS}) + "\n")).stdout
    report = json.loads(orbat("eval", article(tmp_path, "gold.jsonl", gold), "--json").stdout)
    assert report["stages"]["trigger"]["f1"] == 1.0
    wrong = json.loads(gold)
    wrong["events"][0]["type"] = "AGREE"
    report = json.loads(orbat("eval", article(tmp_path, "gold.jsonl", json.dumps(wrong) + "\n"), "--json").stdout)
    assert report["stages"]["trigger"]["f1"] < 1.0
    assert report["stages"]["mention"]["f1"] == 1.0
