"""``orbat export`` over a store, and the two pages about exports."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orbat import exporting
from orbat.cli import app
from orbat.errors import DataError, NotFoundError, StoreError
from orbat.export import FORMATS, Mentioned, acled, ucdp
from orbat.export.formats import Format
from orbat.pipeline import Reading
from orbat.queries import Wanted, WantedRecords
from orbat.queries.streams import RecordStream, StatementStream, says
from orbat.recordkeeping import update
from orbat.store import Store
from orbat.types import Actor, Annotations, Document, EventType, Failure, Link, Links, Mention, MentionType, Span
from tests import exportcases, generated

DOCS = Path(__file__).parent.parent / "docs"
RUN = CliRunner()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of twenty generated articles and one about a private person, with its records."""
    path = tmp_path_factory.mktemp("export") / "orbat.db"
    doc = exportcases.document(exportcases.TEXT.replace("12 farmers", "Zeynab Okoro and 12 farmers"), title="Zeynab Okoro is dead")
    own = exportcases.statement(doc, target=(exportcases.filler(doc, "Zeynab Okoro", MentionType.PERSON),), count=None)
    with Store.open(path) as store:
        for number in range(20):
            article = generated.document(number)
            store.append(article, generated.statements(article), model="test 1", read_at=dt.datetime(2026, 1, 1 + number, tzinfo=dt.UTC))
        store.append(doc, [own], model="test 1", read_at=dt.datetime(2026, 2, 1, tzinfo=dt.UTC))
        update(store, related=lambda one, two: False)
    return path


def export(kept: Path, *words: str) -> tuple[bytes, str]:
    """Standard output and error of a call that works."""
    result = RUN.invoke(app, ["export", *words, "--store", str(kept)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout_bytes, result.stderr


def test_csv_has_every_statement_of_the_store(kept: Path) -> None:
    out, _ = export(kept, "csv")
    assert len(list(csv.DictReader(io.StringIO(out.decode(), newline="")))) == 20 * 8 + 1


def test_what_is_left_out_is_said_and_all_records_are_accounted_for(kept: Path) -> None:
    out, errors = export(kept, "acled")
    rows = list(csv.DictReader(io.StringIO(out.decode(), newline="")))
    left = sum(map(int, re.findall(r"^left out (\d+):", errors, re.MULTILINE)))
    with Store.open(kept) as store:
        assert len(rows) + left == len(RecordStream(store, WantedRecords()))
    assert rows


def test_what_is_asked_for(kept: Path) -> None:
    out, _ = export(kept, "plover", "--type", "kill", "--since", "2021-03-01", "--until", "2021-03-31", "--actor", "Amber Front")
    (event,) = map(json.loads, out.decode().splitlines())
    assert event["actor"][0]["id"] == "amber-front"


def test_what_was_known_by_a_day(kept: Path) -> None:
    early, _ = export(kept, "csv", "--known-by", "2026-01-03")
    assert len(early.decode().splitlines()) == 1 + 3 * 8
    records, _ = export(kept, "geojson", "--known-by", "2025-12-31")
    assert json.loads(records)["features"] == []


def test_what_had_happened_by_a_day_and_held_on_it(kept: Path) -> None:
    whole = list(csv.DictReader(io.StringIO(export(kept, "csv")[0].decode(), newline="")))
    days = sorted(row["date_start"] for row in whole if row["date_start"])
    day = days[len(days) // 2]
    found = []
    for more in ((), ("--known-by", "2030-01-01")):
        rows = list(csv.DictReader(io.StringIO(export(kept, "csv", "--as-of", day, *more)[0].decode(), newline="")))
        assert 0 < len(rows) < len(whole)
        features = json.loads(export(kept, "geojson", "--as-of", day, *more)[0])["features"]
        for each in (feature["properties"] for feature in features):
            assert each["start"] <= day
            assert each["kind"] == "event" or not each["end"] or each["end"] >= day
        found.append(({row["id"] for row in rows}, {feature["id"] for feature in features}))
    assert found[0] == found[1]
    assert found[0][1]


def test_a_folder_of_parquet_has_the_statements_of_its_records(kept: Path, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    export(kept, "parquet", "--type", "kill", "--out", str(tmp_path / "pq"))
    tables = {name: pq.read_table(tmp_path / "pq" / f"{name}.parquet") for name in ("statements", "records", "record_statements")}
    assert set(tables["records"]["type"].to_pylist()) == {"kill"}
    assert set(tables["record_statements"]["statement"].to_pylist()) <= set(tables["statements"]["id"].to_pylist())


def test_a_file_is_whole_or_not_there(kept: Path, tmp_path: Path) -> None:
    export(kept, "geojson", "--out", str(tmp_path / "a.geojson"))
    assert [path.name for path in tmp_path.iterdir()] == ["a.geojson"]
    with pytest.raises(DataError, match="cannot be written"):
        RUN.invoke(app, ["export", "csv", "--store", str(kept), "--out", str(tmp_path / "no" / "a.csv")], catch_exceptions=False)


def test_private_persons_have_pseudonyms_that_stay(kept: Path, tmp_path: Path) -> None:
    plain, _ = export(kept, "csv")
    first, _ = export(kept, "csv", "--mask-private", "--no-reread")
    again, _ = export(kept, "csv", "--mask-private", "--no-reread")
    assert b"Okoro" in plain
    assert b"Okoro" not in first
    assert b"Person-" in first
    assert first == again
    key = kept.with_name("orbat.db.mask-key")
    assert key.stat().st_mode & 0o077 == 0
    other = tmp_path / "key"
    other.write_text("f" * 64)
    assert export(kept, "csv", "--mask-private", "--no-reread", "--mask-key", str(other))[0] != first
    other.write_text("short")
    with pytest.raises(DataError, match="too short"):
        export(kept, "csv", "--mask-private", "--no-reread", "--mask-key", str(other))


def test_articles_are_read_again_for_names_that_no_statement_has() -> None:
    doc = exportcases.document("Amina Yusuf wept. " + exportcases.TEXT.replace("Residents", "Oro Tembe"))
    own = exportcases.statement(doc)
    mayor = Link(1, Actor("p-mayor", "Oro Tembe", "person"))
    spans = [exportcases.filler(doc, name, MentionType.PERSON).quote.span for name in ("Amina Yusuf", "Oro Tembe")]
    found = Annotations((Span(0, len(doc.text)),), tuple(Mention(MentionType.PERSON, span, 0) for span in spans))

    class Reads:
        def read_many(self, documents: Iterable[Document], *, workers: int | None) -> Iterator[Reading | Failure]:
            for document in documents:
                yield Failure("broken", "decode", "no reason")
                yield Reading(document, found, Links({1: mayor}), (), "test 1")

    failed: list[Failure] = []

    given = exportcases.material([own], [], [doc])
    assert list(exporting.named_in(given, Reads(), failed.append)) == [Mentioned(doc.id, "Amina Yusuf")]  # type: ignore[arg-type]
    assert [failure.document for failure in failed] == ["broken"]


def test_wrong_calls_say_what_to_do(kept: Path, tmp_path: Path) -> None:
    assert "give --out FOLDER" in RUN.invoke(app, ["export", "parquet", "--store", str(kept)]).output.replace("\n", " ")
    with pytest.raises(NotFoundError, match="There are acled"):
        RUN.invoke(app, ["export", "xls", "--store", str(kept)], catch_exceptions=False)
    with pytest.raises(StoreError):
        RUN.invoke(app, ["export", "csv", "--store", str(tmp_path / "none.db")], catch_exceptions=False)


def test_streams_hold_all_in_the_order_of_documents(kept: Path) -> None:
    with Store.open(kept) as store:
        stream = StatementStream(store, Wanted())
        documents = [s.document.id for s in stream.values()]
        assert documents == sorted(documents)
        assert len(documents) == len(stream) == 161
        one = next(iter(stream.values()))
        assert stream[one.id] == one
        assert one.id in stream
        assert "0" * 20 not in stream
        kinds = StatementStream(store, Wanted(types=(EventType.KILL,)))
        assert list(kinds.values()) == [s for s in stream.values() if says(s, Wanted(types=(EventType.KILL,)))]


# The pages


def test_the_page_lists_the_formats() -> None:
    page = (DOCS / "exports.md").read_text("utf-8")
    assert re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)[: len(FORMATS)] == [format.name for format in FORMATS]
    for format in FORMATS:
        assert re.search(rf"^### (?:.*, )?{format.name}\b", page, re.MULTILINE), format.name


@pytest.mark.parametrize(("name", "columns"), [("acled", acled.COLUMNS), ("ucdp-ged", ucdp.COLUMNS)])
def test_the_page_says_of_every_column_what_it_holds(name: str, columns: tuple[str, ...]) -> None:
    section = (DOCS / "exports.md").read_text("utf-8").split(f"\n### {name}\n")[1].split("\n### ")[0]
    named = re.findall(r"[a-z0-9_*]+", section)
    patterns = [word.replace("*", ".+") for word in named if "_" in word or word in columns]
    assert not [column for column in columns if not any(re.fullmatch(pattern, column) for pattern in patterns)]


def test_the_recipe_works() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (DOCS / "add-an-export.md").read_text("utf-8"), re.DOTALL)
    space: dict[str, object] = {}
    exec(compile(code, "docs/add-an-export.md", "exec"), space)
    made = space["FORMAT"]
    assert isinstance(made, Format)
    assert made.stream is not None
    given = exportcases.one()
    (own,) = given.records
    out = io.BytesIO()
    done = made.stream(replace(given, records=[own, replace(own, id="r2", date_prec=4)]), out)
    assert (done.rows, done.left_out) == (1, {"no day": 1})
    text = out.getvalue().decode()
    assert "SUMMARY:kill by Amber Front\r\n" in text
    assert "DTSTART;VALUE=DATE:20210304\r\n" in text
