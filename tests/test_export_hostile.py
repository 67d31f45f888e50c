"""Texts that break tables, spreadsheets, XML and JSON; and ten thousand rows in bounded memory."""

from __future__ import annotations

import csv
import io
import json
import resource
import sys
import time
import tracemalloc
from collections.abc import Iterator, Mapping, ValuesView
from dataclasses import replace
from pathlib import Path

import networkx
import pytest
import stix2
from hypothesis import given, settings
from hypothesis import strategies as st

from orbat.export import FORMATS, Material, cells
from orbat.recordtypes import Record, RecordField
from orbat.serial import with_id
from orbat.types import DocumentRef, Filler, MentionType, Quote, Span, Statement
from tests import exportcases
from tests.exportcases import material, record, said, statement, written

NASTY = st.text(
    st.one_of(st.sampled_from("=+-@\t\r\n\x00\x01\x1b'\",;|<>&\\\ud800\ufffe\u202e\u00ad＝ \x85\u2028"), st.characters()),
    min_size=1,
    max_size=24,
)
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''+1", "＝1")


def hostile(words: str) -> Material:
    """A statement whose every text is some words, and its record."""
    quote = Quote(Span(0, len(words)), words)
    fillers = (Filler(quote, MentionType.GROUP),)
    own = with_id(
        replace(
            statement(),
            document=DocumentRef("d", words, words, None, words),
            sentence=quote,
            trigger=quote,
            actor=fillers,
            target=(Filler(quote, MentionType.PLACE), *fillers),
        )
    )
    named = RecordField("actors", (said(words, words, [own]),))
    return material([own], [record([own], actors=named, targets=replace(named, name="targets"))])


@given(NASTY)
def test_a_guarded_cell_comes_back_and_is_no_formula(words: str) -> None:
    shown = str(cells.guard(words))
    assert cells.unguard(shown) == cells.visible(words)
    assert shown[:1] not in tuple("=+-@\t\r＝＋－＠")
    assert "\x00" not in shown


@pytest.mark.parametrize("words", FORMULAS)
def test_formulas_are_text_in_csv(words: str) -> None:
    (row,) = csv.DictReader(io.StringIO(written("csv", hostile(words))[0].decode("utf-8"), newline=""))
    assert row["title"] == f"'{cells.visible(words)}"
    assert cells.unguard(row["title"]) == cells.visible(words)


def test_numbers_are_no_formulas() -> None:
    assert cells.guard(-1.5) == -1.5


@settings(max_examples=25, deadline=None)
@given(NASTY)
def test_csv_rows_come_back_whole(words: str) -> None:
    for name in ("csv", "acled", "ucdp-ged"):
        text = written(name, hostile(words))[0].decode("utf-8")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        assert len({len(row) for row in rows}) == 1
        assert len(rows) <= 2
    text = written("csv", hostile(words))[0].decode("utf-8")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert cells.unguard(row["sentence"]) == cells.visible(words).encode("utf-8", "backslashreplace").decode("utf-8")


@settings(max_examples=25, deadline=None)
@given(NASTY)
def test_json_keeps_every_letter(words: str) -> None:
    (event,) = map(json.loads, written("plover", hostile(words))[0].decode("utf-8").split("\n")[:-1])
    assert event["text_info"]["text"] == words
    (feature,) = json.loads(written("geojson", hostile(words))[0])["features"]
    assert feature["properties"]["sentence"] == words


@settings(max_examples=25, deadline=None)
@given(NASTY)
def test_tabs_xml_and_stix_are_valid_whatever_the_text(words: str) -> None:
    given = hostile(words)
    head, row, end = written("cameo", given)[0].decode("utf-8").split("\n")
    assert (head.count("\t"), end) == (row.count("\t"), "")
    for name in ("graphml", "gexf"):
        getattr(networkx, f"read_{name}")(io.BytesIO(written(name, given)[0]))
    stix2.parse(written("stix", given)[0].decode("utf-8"))


@settings(max_examples=5, deadline=None)
@given(NASTY)
def test_followthemoney_and_parquet_take_it(words: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        exportcases.format("parquet").folder(hostile(words), Path(folder))  # type: ignore[misc]
    pytest.importorskip("followthemoney", reason="followthemoney is not installed: pip install 'orbat[ftm]'")
    for line in written("ftm", hostile(words))[0].decode("utf-8").split("\n")[:-1]:
        json.loads(line)


# Ten thousand rows


class Endless(Mapping[str, Statement]):
    """As many statements as asked, each made when it is read, a hundred an article."""

    def __init__(self, number: int) -> None:
        self._number, self._pattern = number, statement()

    def made(self, number: int) -> Statement:
        document = replace(self._pattern.document, id=f"{number // 100:016x}", url=f"https://news.test/{number // 100}")
        return replace(self._pattern, id=f"{number:020x}", document=document)

    def __getitem__(self, id: str) -> Statement:
        return self.made(int(id, 16))

    def __iter__(self) -> Iterator[str]:
        return (f"{number:020x}" for number in range(self._number))

    def __len__(self) -> int:
        return self._number

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and int(id, 16) < self._number

    def values(self) -> ValuesView[Statement]:
        return _Made(self)


class _Made(ValuesView[Statement]):
    def __init__(self, endless: Endless) -> None:
        self._endless = endless

    def __iter__(self) -> Iterator[Statement]:
        return map(self._endless.made, range(len(self._endless)))


class Records:
    """A record for each statement, made when it is read."""

    def __init__(self, statements: Endless) -> None:
        self._statements = statements

    def __iter__(self) -> Iterator[Record]:
        return (record([own], id=f"r{own.id}") for own in self._statements.values())


class Sink(io.RawIOBase):
    """Counts what is written and keeps nothing."""

    size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        length = len(data)  # type: ignore[arg-type]
        self.size += length
        return length


@pytest.mark.parametrize("name", ["csv", "acled", "geojson"])
def test_rows_are_not_held(name: str) -> None:
    """Four times the rows need no more memory: rows go out as they come in. ``python -m tests.test_export_hostile`` does it with 10,000."""
    assert peak(name, 800) < peak(name, 200) + 200_000


def peak(name: str, number: int) -> int:
    """The peak of memory in bytes while so many statements or records are written."""
    writer = exportcases.format(name).stream
    assert writer is not None
    statements = Endless(number)
    given = Material(statements, Records(statements))  # type: ignore[arg-type]
    tracemalloc.start()
    done = writer(given, Sink())  # type: ignore[arg-type]
    _, high = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert done.rows == number
    return high


def measure(number: int) -> Iterator[str]:
    """How long each format takes for so many rows, and how far the process's memory has grown by then."""
    statements = Endless(number)
    for format in FORMATS:
        if format.stream is None or format.name == "corpus":
            continue
        start, sink = time.perf_counter(), Sink()
        done = format.stream(Material(statements, Records(statements)), sink)  # type: ignore[arg-type]
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        yield f"{format.name:9} {done.rows:6} rows {sink.size / 1e6:6.1f} MB {time.perf_counter() - start:6.1f} s, peak {memory:4.0f} MB"


if __name__ == "__main__":
    for count in (1_000, 10_000):
        sys.stdout.writelines(line + "\n" for line in measure(count))
