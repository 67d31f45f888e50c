"""``orbat actors``, and a user's own catalogue that every command lays over ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from orbat.cli import app
from orbat.errors import DataError, OrbatError
from orbat.link import owncatalogue
from orbat.link.actorsearch import search
from orbat.link.catalogue import Catalogue
from orbat.link.cataloguefile import read_file
from orbat.queries import statements_about
from orbat.store import Store

LAKE = ["Lions of the Lake", "--kind", "group", "--country", "NE", "--country", "NG", "--from", "2024"]
NEWS = "Troops said that the Zarma Liberation Army killed 12 soldiers in Diffa on Tuesday.\n\nThe Zarma Liberation Army claimed the attack."
MORE = "Fighters of the group attacked Diffa on Monday.\n\nSoldiers said that the Zarma Liberation Army seized two villages."


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's data folder of the test's own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path / "data" / "orbat")
    return tmp_path / "data" / "orbat"


def orbat(*args: str | Path, stdin: str = "") -> Result:
    """A command in this process; an orbat error becomes its message and exit status 1, as ``main`` does it."""
    result = CliRunner().invoke(app, [*map(str, args)], input=stdin)
    if isinstance(result.exception, OrbatError):
        result.stderr_bytes = (result.stderr_bytes or b"") + str(result.exception).encode()
        return result
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


# -- add


def test_add_writes_every_field(data: Path) -> None:
    more = [
        "--alias",
        "Lake Lions @2024-",
        "--alias",
        "Zakunan Tafki ~ha",
        "--acronym",
        "LOTL",
        "--relation",
        "splinter_of=boko-haram@2024",
    ]
    done = orbat("actors", "add", *LAKE, *more, "--list-id", "ucdp=99999", "--prominence", "1", "--to", "2025")
    assert done.exit_code == 0, done.stderr
    assert rows(data / "actors.jsonl") == [
        {
            "id": "lions-of-the-lake", "name": "Lions of the Lake", "kind": "group", "countries": ["NE", "NG"], "from": 2024, "to": 2025,
            "prominence": 1, "aliases": [{"name": "Lake Lions", "from": 2024}, {"name": "Zakunan Tafki", "lang": "ha"}],
            "acronyms": ["LOTL"], "relations": [{"type": "splinter_of", "id": "boko-haram", "from": 2024}], "ids": {"ucdp": ["99999"]},
        }
    ]  # fmt: skip
    assert "lions-of-the-lake" in Catalogue.load(data / "actors.jsonl")


def test_a_taken_id_is_refused_and_a_shared_name_is_said(data: Path) -> None:
    assert orbat("actors", "add", *LAKE).exit_code == 0
    before = (data / "actors.jsonl").read_bytes()
    for name in ("Lions of the Lake", "Boko Haram"):
        refused = orbat("actors", "add", name, "--kind", "group")
        assert refused.exit_code == 1
        assert "its id is taken" in refused.stderr
    assert (data / "actors.jsonl").read_bytes() == before
    warned = orbat("actors", "add", "New Lions", "--kind", "group", "--alias", "Lions of the Lake", "--acronym", "PKK")
    assert warned.exit_code == 0
    assert "'Lions of the Lake' is also a name of lions-of-the-lake" in warned.stderr
    assert "'PKK' is also a name of pkk" in warned.stderr


@pytest.mark.parametrize(
    ("args", "stdin", "cause"),
    [
        (["X Front", "--kind", "gruop"], "", "'gruop' is no kind"),
        (["X Front"], "", "'kind' is missing"),
        (["X Front", "--kind", "group", "--country", "Niger"], "", "ISO 3166"),
        (["X Front", "--kind", "group", "--from", "2020", "--to", "2010"], "", "begins in 2020"),
        (["X Front", "--kind", "group", "--relation", "parent=nobody-at-all"], "", "'nobody-at-all'"),
        (["-"], '{"id": "x", "name": "X"\n', "no JSON"),
        (["-"], '["x"]\n', "no actor"),
        (["-"], "", "holds no line"),
        (["-"], '{"id": "x", "name": "X", "kind": "group"}\n{"id": "x", "name": "Y", "kind": "group"}\n', "its id is taken"),
        (["nobody-at-all", "--over", "--alias", "Y"], "", "No actor is called"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_written(data: Path, args: list[str], stdin: str, cause: str) -> None:
    refused = orbat("actors", "add", *args, stdin=stdin)
    assert refused.exit_code == 1
    assert cause in refused.stderr
    assert not (data / "actors.jsonl").exists()
    assert not data.exists() or list(data.iterdir()) == []


def test_json_lines_from_standard_input_and_a_file_of_another_name(tmp_path: Path) -> None:
    lines = '{"id": "a-front", "name": "A Front", "kind": "group"}\n\n{"id": "b-front", "name": "B Front", "kind": "wing"}\n'
    assert orbat("actors", "add", "-", "--actors", tmp_path / "mine.jsonl", stdin=lines).exit_code == 0
    assert [row["id"] for row in rows(tmp_path / "mine.jsonl")] == ["a-front", "b-front"]
    assert orbat("actors", "show", "B Front").exit_code == 1
    assert orbat("actors", "show", "B Front", "--actors", tmp_path / "mine.jsonl").exit_code == 0


def test_over_adds_to_a_known_actor_once(data: Path) -> None:
    for _ in range(2):
        assert orbat("actors", "add", "Boko Haram", "--over", "--alias", "Sambisa boys").exit_code == 0
    assert rows(data / "actors.jsonl") == [{"id": "boko-haram", "aliases": ["Sambisa boys"]}]
    assert [m.entry.id for m in Catalogue.load(data / "actors.jsonl").by_name("Sambisa Boys")] == ["boko-haram"]


# -- the file


def test_lines_that_a_change_does_not_touch_stay_to_the_letter(tmp_path: Path) -> None:
    own = tmp_path / "actors.jsonl"
    first = '\ufeff{"name":"A Front",  "id":"a-front","kind":"group"}\r\n'
    own.write_bytes((first + '\n{"id":"b-front","name":"B Front","kind":"group"}\n{"dismissed": "Z"}').encode())
    owncatalogue.add_names(own, "b-front", ["Second Front", "SF2"])
    text = own.read_bytes().decode()
    assert text.startswith(first + "\n")
    assert text.endswith('{"dismissed": "Z"}\n')
    assert json.loads(text.split("\n")[2]) == {
        "id": "b-front", "name": "B Front", "kind": "group", "aliases": ["Second Front"], "acronyms": ["SF2"]
    }  # fmt: skip
    owncatalogue.dismiss(own, "z", why="a letter")
    assert read_file(own).dismissed == ((4, "z"),)


def test_a_broken_file_is_not_touched(tmp_path: Path) -> None:
    own = tmp_path / "actors.jsonl"
    own.write_text('{"id": "a-front", "name": "A Front", "kind": "group"}\n{broken\n')
    with pytest.raises(DataError, match="Line 2 "):
        owncatalogue.add_names(own, "a-front", ["B"])
    assert own.read_text().endswith("{broken\n")
    assert list(tmp_path.iterdir()) == [own]


def test_a_change_that_fails_at_the_last_step_leaves_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "actors.jsonl"
    owncatalogue.dismiss(own, "A")
    before = own.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(DataError, match="cannot be written"):
        owncatalogue.dismiss(own, "B")
    assert own.read_bytes() == before
    assert list(tmp_path.iterdir()) == [own]


def test_changes_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    own = tmp_path / "actors.jsonl"
    names = [f"Name {i}" for i in range(6)]
    threads = [threading.Thread(target=owncatalogue.dismiss, args=(own, name)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(name for _, name in read_file(own).dismissed) == sorted(names)


# -- search, show, check


def test_search_by_name_acronym_words_and_slips(data: Path) -> None:
    catalogue = Catalogue.load()
    first = {words: search(catalogue, words)[0] for words in ("JNIM", "boko haram", "sinaloa cartl", "Jabhat Nosra", "lord resist")}
    assert {words: (m.entry.id, m.how) for words, m in first.items()} == {
        "JNIM": ("jnim", "acronym"),
        "boko haram": ("boko-haram", "name"),
        "sinaloa cartl": ("sinaloa-cartel", "fuzzy"),
        "Jabhat Nosra": ("al-nusra", "spelling"),
        "lord resist": ("lra", "words"),
    }
    found = search(catalogue, "army", country="Uganda", kind="group")
    assert found
    assert all("UG" in m.entry.countries and m.entry.kind == "group" for m in found)
    assert orbat("actors", "add", *LAKE).exit_code == 0
    (line,) = [json.loads(x) for x in orbat("actors", "search", "lions", "lake", "--json").stdout.splitlines()]
    assert (line["id"], line["countries"], line["from"], line["how"]) == ("lions-of-the-lake", ["NE", "NG"], 2024, "words")
    assert "Lions of the Lake" in orbat("actors", "search", "lions of", "--limit", "3").stdout
    assert orbat("actors", "search", "qqqqq").exit_code == 1
    assert orbat("actors", "search", "army", "--kind", "gruop").exit_code == 2
    assert orbat("actors", "unknown", "--kind", "gruop").exit_code == 2


def test_show_says_which_file_each_part_is_from_and_both_ways_of_a_relation(data: Path) -> None:
    orbat("actors", "add", *LAKE, "--relation", "splinter_of=boko-haram@2024")
    orbat("actors", "add", "boko-haram", "--over", "--alias", "Sambisa boys")
    shown = orbat("actors", "show", "Boko Haram").stdout
    lines = {line.split("│")[2].strip(): [part.strip() for part in line.split("│")] for line in shown.splitlines() if line.startswith("│")}
    named = lines["Sambisa boys"][3]  # a long path goes on in the next line
    assert str(data / "actors.jsonl").startswith(named)
    assert named.startswith(str(data.parent.parent))
    assert lines["1051, 559"][1::2] == ["ucdp", "shipped"]
    assert lines["lions-of-the-lake (Lions of the Lake) 2024-"][1] == "split off it"
    row = json.loads(orbat("actors", "show", "boko-haram", "--json").stdout)
    assert row["own"] == {"id": "boko-haram", "aliases": ["Sambisa boys"]}
    assert {"type": "splinter_of", "id": "lions-of-the-lake", "from": 2024} in row["named_by"]
    assert "Sambisa boys" in row["aliases"]
    assert "taliban, ttp" in orbat("actors", "show", "Taliban").stderr


def test_check_lists_every_problem_with_its_line(tmp_path: Path, data: Path) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text(
        '{"id": "ok", "name": "Fine", "kind": "group"}\n{broken\n{"id": "x", "kind": "army", "from": "2010", "ids": 4}\n'
        '{"id": "ok", "name": "Twice", "kind": "group"}\n{"dismissed": 7}\n'
        '{"id": "boko-haram", "from": 1999, "aliases": ["Hamas"], "relations": [{"type": "parent", "id": "nobody"}]}\n'
    )
    done = orbat("actors", "check", file)
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    wanted = [
        (2, "JSON"),
        (3, "'name' is missing"),
        (3, "'army'"),
        (3, "no year"),
        (3, "'ids'"),
        (4, "line 1 too"),
        (5, "dismissed"),
        (6, "'nobody'"),
        (6, "replaces its from"),
        (6, "'Hamas' is also a name of 'hamas'"),
    ]
    for number, words in wanted:
        assert any(f"line {number}: " in line and words in line for line in lines), (number, words)
    sound = orbat("actors", "check")
    assert (sound.exit_code, "nothing is wrong" in sound.stdout) == (0, True)
    data.mkdir(parents=True)
    (data / "actors.jsonl").write_text('{"id": "x"}\n')
    assert orbat("actors", "check").exit_code == 1


# -- laid over by default


def test_a_name_that_recurs_is_adopted_and_linked_from_then_on(tmp_path: Path, data: Path) -> None:
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text(NEWS)
    two.write_text(MORE)
    read = orbat("read", one, two, "--format", "jsonl")
    (listed,) = map(json.loads, orbat("actors", "unknown", "--json").stdout.splitlines())
    assert (listed["id"], listed["name"], listed["articles"]) == ("unknown:zarma-liberation-army", "Zarma Liberation Army", 2)
    assert listed["example"] in {json.loads(line)["id"] for line in read.stdout.splitlines()}
    assert "Liberation" in orbat("actors", "unknown").stdout
    adopted = orbat("actors", "adopt", listed["id"], "--id", "zla", "--country", "NE")
    assert adopted.exit_code == 0, adopted.stderr
    assert rows(data / "actors.jsonl") == [{"id": "zla", "name": "Zarma Liberation Army", "kind": "group", "countries": ["NE"]}]
    assert orbat("actors", "unknown", "--json").stdout == ""
    shown = orbat("show", "Zarma Liberation Army")  # the catalogue gives the id, the statements were read before it did
    assert (shown.exit_code, "Zarma Liberation Army" in shown.stdout) == (0, True)
    with Store.open(data / "orbat.db") as store:
        assert len(statements_about(store, "Zarma Liberation Army", ids={"zla"})) == listed["statements"]

    def entities(*more: str) -> set[str]:
        lines = map(json.loads, orbat("read", one, "--no-store", "--format", "jsonl", *more).stdout.splitlines())
        return {filler["entity"]["id"] for line in lines for filler in line["actor"] if filler["entity"]}

    assert "zla" in entities()
    assert "zla" not in entities("--actors", "none")
    assert '"zla"' in orbat("annotate", one).stdout
    assert " zla " in orbat("explain", listed["example"]).stdout


def test_merge_and_dismiss(tmp_path: Path, data: Path) -> None:
    (tmp_path / "one.txt").write_text(NEWS)
    assert orbat("read", tmp_path / "one.txt", "--format", "jsonl").exit_code == 0
    assert "Liberation" in orbat("actors", "unknown", "--min-articles", "1").stdout
    assert orbat("actors", "dismiss", "Zarma Liberation Army", "--why", "a club").exit_code == 0
    assert rows(data / "actors.jsonl") == [{"dismissed": "Zarma Liberation Army", "why": "a club"}]
    assert "Liberation" not in orbat("actors", "unknown", "--min-articles", "1").stdout
    assert orbat("actors", "adopt", "Zarma Liberation Army").exit_code == 1
    assert orbat("actors", "dismiss", "--undo", "Zarma Liberation Army").exit_code == 0
    assert orbat("actors", "merge", "Zarma Liberation Army", "nobody-at-all").exit_code == 1
    assert orbat("actors", "merge", "Zarma Liberation Army", "Boko Haram").exit_code == 0
    assert rows(data / "actors.jsonl") == [{"id": "boko-haram", "aliases": ["Zarma Liberation Army"]}]
    assert "Liberation" not in orbat("actors", "unknown", "--min-articles", "1").stdout
    assert "Zarma Liberation Army" in orbat("show", "Zarma Liberation Army").stdout


def test_a_broken_catalogue_of_ones_own_stops_a_command_with_its_line(tmp_path: Path, data: Path) -> None:
    data.mkdir(parents=True)
    (data / "actors.jsonl").write_text('{"id": "x"}\n')
    (tmp_path / "one.txt").write_text(NEWS)
    stopped = orbat("read", tmp_path / "one.txt", "--no-store")
    assert stopped.exit_code == 1
    assert "Line 1 " in stopped.stderr
    assert orbat("read", tmp_path / "one.txt", "--no-store", "--actors", "none").exit_code == 0


@pytest.mark.skipif(sys.platform != "linux", reason="the folder is set by XDG_DATA_HOME on Linux alone")
def test_the_data_folder_is_the_stores(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "elsewhere")}
    command = [sys.executable, "-m", "orbat.cli", "actors", "add", *LAKE]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=120)
    assert (tmp_path / "elsewhere/orbat/actors.jsonl").exists()
