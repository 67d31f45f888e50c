"""Finding statements: each condition alone and together, counts, and the ways out. On both databases."""

import csv
import dataclasses
import datetime as dt
import io
import json
from pathlib import Path

import pyarrow.parquet
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from orbat import queries
from orbat.cli import app
from orbat.errors import NotFoundError
from orbat.queries import Named, Sort, Wanted, WantedRecords, few, finding
from orbat.recordtypes import RecordStatus
from orbat.serial import ROW_COLUMNS, with_id
from orbat.statementjson import statement_from_json
from orbat.store import Store
from orbat.tables import record_statements, records, statements, unrecorded
from orbat.types import Certainty, EventType
from tests import generated

AT = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
COUNT = 12


def made(number):
    """A generated document; every other one hedged."""
    doc = generated.document(number)
    return doc, generated.statements(doc, certainty=Certainty.POSSIBLE if number % 2 else Certainty.FACT)


def fill(store, count=COUNT):
    store.append_many((made(number) for number in range(count)), model="test 1", read_at=AT)
    return [s for number in range(count) for s in made(number)[1]]


def test_types_certainties_and_statuses_may_be_given_as_words():
    said = Wanted(types=("kill", "ATTACK"), certainties=["likely"], statuses="disputed")
    assert said == Wanted(types=(EventType.KILL, EventType.ATTACK), certainties=(Certainty.LIKELY,), statuses=(RecordStatus.DISPUTED,))
    assert WantedRecords(types="hold").types == (EventType.HOLD,)
    for odd in ({"types": ("murder",)}, {"certainties": ("sure",)}, {"statuses": ("open",)}):
        with pytest.raises(NotFoundError, match=r"is no \w+\. There are "):
            Wanted(**odd)


def names(statement, role):
    return {f.quote.text for f in getattr(statement, role)}


GROUP, TOWN = "Amber Falcon Brigade", "Talesh"
CASES = [
    (Wanted(), lambda s: True),
    (Wanted(text="overran"), lambda s: s.trigger.text == "overran"),
    (Wanted(actors=(Named(GROUP),)), lambda s: GROUP in names(s, "actor") | names(s, "target")),
    (
        Wanted(actors=(Named("amber falcon", frozenset({"amber-falcon-brigade"})),)),
        lambda s: GROUP in names(s, "actor") | names(s, "target"),
    ),
    (Wanted(types=(generated.TYPES[0], generated.TYPES[5])), lambda s: s.type in (generated.TYPES[0], generated.TYPES[5])),
    (Wanted(place=TOWN.upper()), lambda s: TOWN in names(s, "place")),
    (Wanted(place="testland"), lambda s: True),
    (Wanted(place="Nowhere"), lambda s: False),
    (Wanted(certainties=(Certainty.POSSIBLE,)), lambda s: s.certainty is Certainty.POSSIBLE),
    (Wanted(speaker=Named("Police")), lambda s: s.attribution.speaker.quote.text == "Police"),
    (Wanted(negated=True), lambda s: s.negated),
    (Wanted(negated=False), lambda s: not s.negated),
    (Wanted(source="paper 3"), lambda s: s.document.source == "Paper 3"),
    (Wanted(since=dt.date(2019, 1, 1)), lambda s: (s.date.end if s.date else s.document.published) >= dt.date(2019, 1, 1)),
    (Wanted(until=dt.date(2019, 1, 1)), lambda s: (s.date.start if s.date else s.document.published) <= dt.date(2019, 1, 1)),
    (
        Wanted(text="said", speaker=Named("Police"), negated=False, certainties=(Certainty.FACT,)),
        lambda s: s.attribution.speaker.quote.text == "Police" and not s.negated and s.certainty is Certainty.FACT,
    ),
]


def test_each_condition_finds_what_it_says_and_nothing_else(store):
    everything = fill(store)
    for wanted, holds in CASES:
        expected = {s.id for s in everything if holds(s)}
        found = queries.find(store, wanted, limit=None)
        assert {s.id for s in found.statements} == expected, wanted
        assert found.total == len(expected)
        assert dict(store_facet(store, wanted, "certainty")) == counted(everything, holds), wanted


def test_what_is_found_by_its_keys_is_what_the_question_finds(store, monkeypatch):
    everything = fill(store)
    for wanted, holds in CASES:
        keys = found_few(store, wanted)
        asks = store.location.endswith(".db") and wanted != Wanted() and not wanted.text
        assert (keys is not None) is asks, wanted
        if keys is not None:
            assert queries.facets(store, wanted, keys=keys) == queries.facets(store, wanted)
            with store.reading() as connection:
                chosen = finding.Chosen.of(connection, wanted, keys=keys)
                ids = set(connection.scalars(chosen.query(statements.c.id)))
            assert ids == {s.id for s in everything if holds(s)}, wanted
    monkeypatch.setattr(few, "FEW", 2)
    assert found_few(store, Wanted(speaker=Named("Police"))) is None
    assert found_few(store, Wanted(negated=False)) is None


def test_statements_found_by_their_keys_are_current_still(store):
    if not store.location.endswith(".db"):
        return
    fill(store, 2)
    keys = found_few(store, Wanted(source="Paper 1"))
    doc, said = made(1)
    store.append(doc, said[:2], model="test 2", read_at=AT + dt.timedelta(days=1))
    with store.reading() as connection:
        query = finding.Chosen.of(connection, Wanted(source="Paper 1"), keys=keys).query(statements.c.id)
        assert keys
        assert connection.scalars(query).all() == []


def found_few(store, wanted):
    return few.few(store, wanted, spelled=lambda column: finding.spellings(store, column))


def store_facet(store, wanted, name):
    return next(facet.counts for facet in queries.facets(store, wanted) if facet.name == name)


def counted(everything, holds):
    found = {}
    for s in everything:
        if holds(s):
            found[s.certainty.value] = found.get(s.certainty.value, 0) + 1
    return found


def test_both_of_two_actors_take_part(store):
    everything = fill(store)
    one = next(s for s in everything if s.actor[0].quote.text != s.target[0].quote.text)
    pair = (one.actor[0].quote.text, one.target[0].quote.text)
    found = queries.find(store, Wanted(actors=tuple(Named(name) for name in pair)), limit=None).statements
    assert one in found
    assert all(set(pair) <= names(s, "actor") | names(s, "target") for s in found)


def test_a_limit_leaves_the_total(store):
    everything = fill(store)
    found = queries.find(store, Wanted(), limit=5)
    assert (len(found.rows), found.total) == (5, len(everything))
    assert queries.find(store, Wanted(text='"" ***'), limit=5).total == 0


def test_sorts(store):
    everything = fill(store)

    def first(sort, text=""):
        return queries.find(store, Wanted(text=text), sort=sort, limit=None).statements

    newest = [s.date.end if s.date else s.document.published for s in first(Sort.NEWEST)]
    assert newest == sorted(newest, reverse=True)
    oldest = [s.date.end if s.date else s.document.published for s in first(Sort.OLDEST)]
    assert oldest == sorted(oldest)
    sure = [s.confidence for s in first(Sort.CONFIDENCE)]
    assert sure == sorted(sure, reverse=True)
    assert first(Sort.READ)[0].document.title == f"Report {COUNT - 1}"
    assert first(Sort.MATCH, "overran") == first(None, "overran")
    assert set(first(Sort.READ)) == set(everything)


def test_origins_of_the_record_are_counted(store):
    everything = fill(store, 2)
    with store.writing() as connection:
        for number, s in enumerate(everything[:4]):
            values = {"id": f"r{number}", "kind": "event", "type": "attack", "status": "single-source", "payload": "{}", "origins": number}
            connection.execute(sa.insert(records).values(**values))
            held = {"statement": s.id, "record": f"r{number}", "origins": number, "status": "single-source"}
            connection.execute(sa.insert(record_statements).values(**held))
    found = queries.find(store, Wanted(min_origins=2), limit=None)
    assert {(row.statement.id, row.record, row.origins) for row in found.rows} == {
        (everything[2].id, "r2", 2),
        (everything[3].id, "r3", 3),
    }
    assert {row.origins for row in queries.find(store, Wanted(), limit=None).rows} == {None, 0, 1, 2, 3}
    of_then = queries.find(store, Wanted(known_by=AT), limit=None).rows
    assert len(of_then) == len(everything)
    assert {(row.record, row.origins) for row in of_then} == {(None, None)}, "what records are now was not known then"
    status = {facet.name: dict(facet.counts) for facet in queries.facets(store, Wanted(min_origins=2))}["status"]
    assert status == {"single-source": 2}
    with store.writing() as connection:
        waiting = dict(next(f.counts for f in queries.facets(store, Wanted()) if f.name == "status"))
        connection.execute(sa.delete(unrecorded))
    assert waiting == dict(next(f.counts for f in queries.facets(store, Wanted()) if f.name == "status"))
    assert waiting == {"single-source": 4, None: len(everything) - 4}


def test_what_had_happened_by_a_day_and_had_not_ended(store):
    everything = fill(store, 4)
    day = dt.date(2019, 1, 1)
    by_then = [s for s in everything if (s.date.start if s.date else s.document.published) <= day]
    assert 0 < len(by_then) < len(everything)
    assert {s.id for s in queries.find(store, Wanted(as_of=day), limit=None).statements} == {s.id for s in by_then}
    with store.writing() as connection:
        ended = {
            "id": "r1",
            "kind": "relation",
            "type": "lead",
            "status": "denied",
            "origins": 1,
            "payload": "",
            "end": day - dt.timedelta(1),
        }
        connection.execute(sa.insert(records).values(**ended))
        connection.execute(sa.insert(record_statements).values(statement=by_then[0].id, record="r1"))
    assert {s.id for s in queries.find(store, Wanted(as_of=day), limit=None).statements} == {s.id for s in by_then[1:]}
    assert by_then[0].id in {s.id for s in queries.find(store, Wanted(as_of=day - dt.timedelta(1)), limit=None).statements} or (
        by_then[0].document.published == day
    )


def test_what_was_known_by_a_moment(store):
    doc, said = made(1)
    other, later = made(2)
    store.append(doc, said, model="test 1", read_at=AT)
    store.append(doc, said[:2], model="test 2", read_at=AT + dt.timedelta(2))
    store.append(other, later, model="test 1", read_at=AT + dt.timedelta(4))
    expected = {-1: set(), 1: {s.id for s in said}, 3: {s.id for s in said[:2]}, 5: {s.id for s in (*said[:2], *later)}}
    for days, ids in expected.items():
        wanted = Wanted(known_by=AT + dt.timedelta(days))
        assert {s.id for s in queries.find(store, wanted, limit=None).statements} == ids
        assert sum(n for _, n in store_facet(store, wanted, "type")) == len(ids)
        hits = queries.find(store, dataclasses.replace(wanted, text="said", place="testland"), limit=None)
        assert {s.id for s in hits.statements} == ids


def test_facets_count_by_value_the_most_frequent_first(store):
    everything = fill(store)
    found = {facet.name: facet.counts for facet in queries.facets(store, Wanted(), limit=None)}
    assert set(found) == {"type", "certainty", "negated", "speaker", "country", "source", "status", "model"}
    for counts in found.values():
        assert [number for _, number in counts] == sorted((number for _, number in counts), reverse=True)
        assert sum(number for _, number in counts) == len(everything)
    assert dict(found["negated"]) == {"negated": sum(s.negated for s in everything), "affirmed": sum(not s.negated for s in everything)}
    assert dict(found["speaker"])["Police"] == sum(s.attribution.speaker.quote.text == "Police" for s in everything)
    assert found["country"] == (("Testland", len(everything)),)
    assert (found["status"], found["model"]) == (((None, len(everything)),), (("test 1", len(everything)),))


def test_what_no_name_is_known_of_is_counted_as_not_known(store):
    doc, found = made(1)
    bare = tuple(with_id(dataclasses.replace(s, attribution=None, location=None)) for s in found)
    store.append(doc, bare, model="test 1", read_at=AT)
    counts = {facet.name: facet.counts for facet in queries.facets(store, Wanted())}
    assert counts["speaker"] == counts["country"] == ((None, len(bare)),)


def test_a_frame_has_typed_columns_and_every_value(store):
    fill(store, 3)
    found = queries.find(store, Wanted(), limit=None)
    frame = found.frame()
    assert list(frame.columns) == [*ROW_COLUMNS, "record", "origins"]
    assert frame["date_start"].dtype.kind == "M"
    assert (frame["type"].dtype, frame["origins"].dtype, frame["count_low"].dtype) == ("category", "Int64", "Int64")
    assert (str(frame["negated"].dtype), str(frame["lat"].dtype), str(frame["title"].dtype)[:6]) == ("boolean", "float64", "string")
    for (_, line), s in zip(frame.iterrows(), found.statements, strict=True):
        assert (line["id"], line["count_best"], line["lat"], line["negated"]) == (s.id, s.count.best, s.location.lat, s.negated)
        assert (None if line.isna()["date_end"] else line["date_end"].date()) == (s.date.end if s.date else None)


def test_an_empty_frame_has_the_same_columns(store):
    found = queries.find(store, Wanted(text="nothing")).frame()
    assert (len(found), found["date_start"].dtype.kind, found["origins"].dtype) == (0, "M", "Int64")


def test_the_docs_show_how_to_make_a_frame(tmp_path, monkeypatch, capsys):
    page = (Path(__file__).parent.parent / "docs" / "statement.md").read_text(encoding="utf-8")
    block = page.split("## As a data frame", 1)[1].split("```python\n", 1)[1].split("```", 1)[0]
    monkeypatch.chdir(tmp_path)
    with Store.open("news.db") as store:
        fill(store)
    here = {}
    exec(block, here)
    assert capsys.readouterr().out.startswith("0 ")  # the made-up war has no Hamas
    assert list(here["frame"].columns) == [*ROW_COLUMNS, "record", "origins"]


@pytest.fixture
def shelf(tmp_path):
    path = tmp_path / "news.db"
    with Store.open(path) as store:
        fill(store)
    return path


def run(*args):
    return CliRunner().invoke(app, list(map(str, args)))


def test_the_command_prints_every_format(shelf, tmp_path):
    asked = ("find", "overran", "--store", shelf, "--limit", 0, "--speaker", "Police")
    lines = run(*asked, "--format", "jsonl").stdout.splitlines()
    found = {statement_from_json(json.loads(line)).id for line in lines}
    with Store.open(shelf) as store:
        assert found == {s.id for s in queries.find(store, Wanted(text="overran", speaker=Named("Police")), limit=None).statements}
    rows = list(csv.DictReader(io.StringIO(run(*asked, "--format", "csv").stdout)))
    assert ([*rows[0]], {row["id"] for row in rows}) == ([*ROW_COLUMNS, "record", "origins"], found)
    out = tmp_path / "found.parquet"
    assert run(*asked, "--format", "parquet", "--out", out).exit_code == 0
    table = pyarrow.parquet.read_table(out)
    assert set(table["id"].to_pylist()) == found
    assert str(table.schema.field("date_start").type) == "date32[day]"
    shown = run(*asked, "--format", "table").stdout
    assert f"{len(found)} statements" in shown
    assert all(each[:8] in shown for each in found)


def test_the_command_goes_back_in_time(shelf):
    everything = run("find", "--store", shelf, "--limit", 0).stdout.splitlines()
    assert run("find", "--store", shelf, "--limit", 0, "--known-by", "2023-12-31").stdout == ""
    assert sorted(run("find", "--store", shelf, "--limit", 0, "--known-by", "2024-01-01").stdout.splitlines()) == sorted(everything)
    then = run("find", "--store", shelf, "--limit", 0, "--as-of", "2019").stdout.splitlines()
    assert 0 < len(then) < len(everything)


def test_the_command_counts_facets(shelf):
    lines = [json.loads(line) for line in run("find", "--facets", "--store", shelf, "--format", "jsonl").stdout.splitlines()]
    assert {"facet": "country", "value": "Testland", "statements": 8 * COUNT} in lines
    assert "Testland" in run("find", "--facets", "--store", shelf, "--format", "table").stdout


@pytest.mark.parametrize(
    ("option", "cause"),
    [
        (("--type", "kidnap"), "is no type"),
        (("--since", "Tuesday"), "is no day"),
        (("--format", "parquet"), "--out"),
        (("--certainty", "sure"), "fact"),
    ],
)
def test_a_wrong_call_says_what_to_do(shelf, option, cause):
    done = run("find", "--store", shelf, *option)
    assert done.exit_code == 2
    assert cause in done.output
