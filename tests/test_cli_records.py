"""The commands of the record: lists, one record, changes, judgements."""

import datetime as dt
import json

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orbat import queries
from orbat.cli import app, printing
from orbat.queries import WantedRecords
from orbat.recordserial import record_from_json
from orbat.store import Store
from tests.test_recordkeeping import AT, DAY, append, news, reading, related, two_of_a_kind, update


def run(*args, code=0):
    done = CliRunner().invoke(app, list(map(str, args)))
    assert done.exit_code == code, done.output
    return done.stdout


def lines(*args):
    return [json.loads(line) for line in run(*args, "--format", "jsonl").splitlines()]


@pytest.fixture
def shelf(tmp_path):
    path = tmp_path / "news.db"
    with Store.open(path) as store:
        append(store, news())
        update(store, related=related, at=AT)
    return path


def kept(shelf):
    with Store.open(shelf) as store:
        return queries.records(store, WantedRecords(), limit=None).records


def test_records_are_listed(shelf):
    found = [record_from_json(line) for line in lines("records", "--store", shelf, "--limit", 0)]
    assert tuple(found) == kept(shelf)
    shown = run("records", "--store", shelf, "--limit", 3, "--format", "table")
    assert f"3 of {len(found)} records" in shown
    assert all(r.id[:9] in shown for r in found[:3])
    kind = found[0].type.lower()
    assert {r["type"] for r in lines("records", "--store", shelf, "--type", kind, "--since", "2001", "--limit", 0)} == {kind}


def test_records_as_known_by_a_day(shelf):
    with Store.open(shelf) as store:
        append(store, [(doc, said[:1]) for doc, said in news()[:3]], at=AT + 3 * DAY)
    asked = ("records", "--store", shelf, "--limit", 0)
    by = lines(*asked, "--known-by", "2024-01-02")
    assert {tuple(r["statements"]) for r in by} == {r.statements for r in kept(shelf)}
    assert lines(*asked, "--known-by", "2023-12-31") == []
    kind = by[0]["kind"]
    assert {r["id"] for r in lines(*asked, "--known-by", "2024-01-02", "--kind", kind)} == {r["id"] for r in by if r["kind"] == kind}


def test_what_is_not_yet_in_the_records_is_told(shelf):
    with Store.open(shelf) as store:
        append(store, [(doc, said[:1]) for doc, said in news()[:3]], at=AT + 3 * DAY)
    told = CliRunner().invoke(app, ["records", "--store", str(shelf)]).output
    assert "3 documents are read and not yet in the records" in told
    assert "withdrawn" in run("records", "update", "--store", shelf)
    assert "nothing new" in run("records", "rebuild", "--store", shelf, "--actors", "none")


def test_one_record_side_by_side(shelf):
    record = max(kept(shelf), key=lambda r: len(r.documents))
    (value,) = lines("record", record.id[:12], "--store", shelf)
    assert {s["id"] for s in value["said"]} == set(record.statements)
    assert value["history"][0]["change"] == "new"
    shown = run("record", record.statements[0], "--store", shelf, "--format", "table")
    for part in (record.id, record.origins[0].id, "reliability", "history", record.actors.values[0].text):
        assert part in shown


def test_changes_since_a_day(shelf):
    assert {c["change"] for c in lines("changes", "--since", "2024-01-01", "--store", shelf)} == {"new"}
    assert lines("changes", "--since", "2024-01-02", "--store", shelf) == []
    shown = run("changes", "--since", "2024-01-01T00:00", "--store", shelf, "--format", "table")
    assert f"{len(kept(shelf))} changes" in shown
    asked = ("2020", "2020-01", "2020-01-01", "3000")
    since = [CliRunner().invoke(app, ["changes", "--since", day, "--store", str(shelf)]) for day in asked]
    assert [bool(result.output) for result in since] == [True, True, True, False]
    assert len({result.output for result in since[:3]}) == 1
    assert "no day or moment" in CliRunner().invoke(app, ["changes", "--since", "soon", "--store", str(shelf)]).output


def test_judgements_are_kept_listed_taken_back_and_exported(shelf):
    record = max(kept(shelf), key=lambda r: len(r.statements))
    first, *_, last = record.statements
    run("judge", "confirm", first, "--by", "Ada", "--note", "read it", "--store", shelf)
    run("judge", "correct", first, "certainty", "possible", "--by", "Ada", "--store", shelf)
    told = run("judge", "reject", last[:12], "--by", "Ada", "--store", shelf)
    assert "kept" in told
    assert any(change in told for change in ("changed", "split", "withdrawn"))
    run("judge", "grade", "Wire Daily", "b", "--by", "Ada", "--store", shelf)
    found = lines("judge", "list", "--store", shelf)
    assert [(j["verdict"], j["left"], j["by"]) for j in found[:2]] == [("confirm", first, "Ada"), ("correct", first, "Ada")]
    assert found[3]["left"] == "publisher:wire daily"
    exported = [json.loads(line) for line in run("judge", "export", "--store", shelf).splitlines()]
    assert len(exported) == 2
    by_event = {bool(line["events"]): line for line in exported}
    (event,) = by_event[True]["events"]
    assert event["certainty"] == "possible"
    for line in exported:
        for m in line["mentions"]:
            assert line["text"][m["start"] : m["end"]] == m["text"]
    assert by_event[True]["text"][event["start"] : event["end"]] == event["trigger"]
    run("judge", "undo", found[2]["id"][:8], "--store", shelf)
    assert len(lines("judge", "list", "--standing", "--store", shelf)) == 3
    assert "taken back" in run("judge", "list", "--store", shelf, "--format", "table")
    assert last in {id for r in kept(shelf) for id in r.statements}


def test_joined_by_command(shelf):
    with Store.open(shelf) as store:
        one, two = two_of_a_kind(store)
    told = run("judge", "join", one.id, two.id[:12], "--by", "Ada", "--store", shelf)
    assert "merged" in told
    assert any({*one.statements, *two.statements} <= set(r.statements) for r in kept(shelf))
    (left,) = {one.id, two.id} & {r.id for r in kept(shelf)}
    (gone,) = {one.id, two.id} - {left}
    for id, subject in ((gone, "It"), (gone[:12], gone)):
        done = CliRunner().invoke(app, ["record", id, "--store", str(shelf)])
        assert done.exit_code == 1
        assert f"{subject} was merged on {dt.datetime.now(dt.UTC):%Y-%m-%d} into {left}." in str(done.exception)
    assert lines("record", gone, "--known-by", "2024-01-02", "--store", shelf)[0]["id"] == gone


def test_one_record_as_known_by_a_day(shelf):
    later = reading(0, source="Rival Post", more=" It was another view that was printed there.")
    with Store.open(shelf) as store:
        append(store, [later], at=AT + 5 * DAY)
        update(store, related=related, at=AT + 5 * DAY)
    grown = next(each for each in kept(shelf) if len(each.documents) > 1 and later[0].id in each.documents)
    (now,) = lines("record", grown.id, "--store", shelf)
    (then,) = lines("record", grown.id[:12], "--known-by", "2024-01-03", "--store", shelf)
    assert (now["id"], then["id"]) == (grown.id, grown.id)
    assert len(then["documents"]) < len(now["documents"])
    assert {each["id"] for each in then["said"]} == set(then["statements"])
    assert len(then["history"]) < len(now["history"])
    assert "Rival Post" not in run("record", grown.id, "--known-by", "2024-01-03", "--store", shelf, "--format", "table")
    done = CliRunner().invoke(app, ["record", grown.id, "--known-by", "2023-12-31", "--store", str(shelf)])
    assert f"Nothing of {grown.id} was known by 2023-12-31" in str(done.exception)


@pytest.mark.parametrize(
    ("call", "cause"),
    [
        (("judge", "confirm", "ffff"), "No statement"),
        (("judge", "undo", "ffff"), "No judgement"),
        (("record", "r000000"), "No record"),
    ],
)
def test_what_is_not_there_is_told(shelf, call, cause):
    done = CliRunner().invoke(app, [*call, "--store", str(shelf)])
    assert done.exit_code == 1
    assert cause in str(done.exception)


def test_a_reading_brings_the_records_up_to_date(tmp_path):
    page = tmp_path / "a.txt"
    page.write_text("Boko Haram killed 12 soldiers in Baga on Tuesday, an army officer said.", encoding="utf-8")
    for option, count in (("--no-records", 0), (None, 1)):
        run("read", page, "--store", tmp_path / "s.db", "--format", "jsonl", *([option] if option else []))
        with Store.open(tmp_path / "s.db") as store:
            found = queries.records(store, WantedRecords())
            assert (bool(found.records), bool(found.waiting)) == (bool(count), not count)
    assert found.records[0].learned_first.date() == dt.datetime.now(dt.UTC).date()


@pytest.mark.parametrize("width", [80, 200])
def test_rows_stand_below_each_other_where_a_table_has_no_room(monkeypatch, capsys, width):
    monkeypatch.setattr(printing, "console", lambda: Console(width=width))
    heads = ("when", "what", "who", "whom", "where", "says", "sentence", "statement")
    cells = (
        "2017-05-31",
        "strike",
        "",
        "soldiers of the army",
        "Philippines",
        "",
        "Its bombs hit its own [soldiers] by mistake.",
        "29dd1acc",
    )
    printing.print_rows("2 statements", heads, [cells, cells])
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "2 statements"
    if width == 80:
        assert lines[1:8] == [
            "when       2017-05-31", "what       strike", "whom       soldiers of the army", "where      Philippines",
            "sentence   Its bombs hit its own [soldiers] by mistake.", "statement  29dd1acc", "",
        ]  # fmt: skip
    else:
        assert sum("29dd1acc" in line and "2017-05-31" in line for line in lines) == 2


def test_changes_say_what_a_record_is(shelf):
    shown = run("changes", "--since", "2024-01-01T00:00", "--store", shelf, "--format", "table")
    assert "what it is now" in shown
    assert any(record.type.lower() + ":" in shown for record in kept(shelf))
