"""Tables with an article a row: CSV, TSV and Parquet, with the columns known by their names."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from orbat.errors import ReadError
from orbat.ingest import jsonarticles
from orbat.ingest.decoding import decode
from orbat.ingest.packed import failure
from orbat.ingest.source import HEAD, Source
from orbat.types import Document, Failure

#: Our key for each name of a column that people and exports use, in small letters; where two stand for one key, the first here counts.
COLUMNS = {
    name: key
    for key, names in {
        "text": "text body content article article_text article_body full_text fulltext maintext story",
        "title": "title headline heading",
        "published": "published date publish_date published_at date_publish publication_date pub_date pubdate",
        "source": "source publisher outlet publication source_name source_domain domain",
        "url": "url link address source_url web_url",
        "byline": "byline author authors",
        "section": "section category",
        "id": "id article_id doc_id document_id guid uuid",
    }.items()
    for name in names.split()
}
#: The longest field. A quote that is never closed takes all that follows into one: so much of it is given up.
MAX_FIELD = 16 * 2**20
#: More columns than any table of articles has.
MAX_COLUMNS = 1_000
#: Rows of Parquet that are held at once.
BATCH = 64
#: Marks between the fields of CSV files; Excel writes the semicolon where the comma is the decimal point.
_MARKS = ",;\t|"
_STEP = "Name the column of the articles 'text', and others title, published, source, url, byline or id."


def looks_like_table(head: bytes) -> bool:
    """Whether the first line names columns, one of which is that of the text, parted by commas, semicolons, tabs or bars."""
    line = _line(head)
    return any("text" in _keys(_split(line, mark)).values() and line.count(mark) for mark in _MARKS) and b"<" not in head[:200]


def looks_like_parquet(head: bytes) -> bool:
    """Whether it begins as a Parquet file does."""
    return head.startswith(b"PAR1")


def read_table(source: Source) -> Iterator[Document | Failure]:
    """The articles of a CSV or TSV file, a row at a time. The first line names the columns (see ``COLUMNS``); others are ignored.

    A row without a text, or that cannot be parted into fields, is a ``Failure`` that names its line.

    Raises:
        ReadError: no line names a column of texts; or not UTF-8 or another encoding that can be told from the first bytes.
    """
    csv.field_size_limit(MAX_FIELD)  # the module's own limit, 128 kB a field, is under a long report; it has no other place to be set
    mark = max(_MARKS, key=lambda mark: len(_keys(_split(_line(source.head), mark))))
    rows = csv.reader(_lines(source), delimiter=mark)
    keys: dict[int, str] = {}
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            where = f"{source.name}:{rows.line_num}"
            yield failure(where, ReadError(f"Line {rows.line_num} cannot be parted into fields.", f"{error}.", "Close its quotes."))
            continue
        if row is None:
            break
        if not keys:
            keys = _named(row)
        elif any(map(str.strip, row)):
            what = f"Line {rows.line_num}"
            yield from _row({key: row[place] for place, key in keys.items() if place < len(row)}, f"{source.name}:{rows.line_num}", what)


def read_parquet(source: Source) -> Iterator[Document | Failure]:
    """The articles of a Parquet file, a few rows at a time; its columns are known by their names (see ``COLUMNS``).

    Raises:
        ReadError: pyarrow is not installed; no Parquet, or damaged; no column of texts; or inside an archive and too large to be held.
        LimitReached: all in all too much comes out of the given file.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise ReadError("Parquet cannot be read here.", "pyarrow is not installed.", "Run: pip install 'orbat[frames]'") from error
    try:
        file = pq.ParquetFile(source.seekable(), buffer_size=2**20, pre_buffer=False)
        names = file.schema_arrow.names
        keys = _named(names)
        chosen = [names[place] for place in keys]
        # dictionaries stay as they are: a text that a thousand rows share is not copied a thousand times
        file = pq.ParquetFile(source.seekable(), buffer_size=2**20, pre_buffer=False, read_dictionary=chosen)
        number = 0
        for batch in file.iter_batches(batch_size=BATCH, columns=chosen):
            columns = [(keys[names.index(name)], batch.column(name)) for name in batch.schema.names]
            for place in range(batch.num_rows):
                number += 1
                row = {key: _plain(column[place].as_py()) for key, column in columns}
                source.budget.unpack(sum(len(value) for value in row.values() if isinstance(value, str)))
                yield from _row(row, f"{source.name}:{number}", f"Row {number}")
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise ReadError("The Parquet file cannot be read.", f"{str(error)[:200]}.", "Write it again.") from error


def _row(values: dict[str, Any], where: str, what: str) -> Iterator[Document | Failure]:
    try:
        yield from jsonarticles.article(values, where, what, step="Fill in its text, or leave the row out.")
    except ReadError as error:
        yield failure(where, error)


def _named(row: Sequence[str]) -> dict[int, str]:
    keys = _keys(row)
    if "text" not in keys.values():
        named = ", ".join(repr(name.strip()[:30]) for name in row[:10]) or "none"
        raise ReadError("No column of the table holds the articles.", f"Its first line names {named}.", _STEP)
    return keys


def _keys(row: Sequence[str]) -> dict[int, str]:
    """The places of the columns that are known, and our key for each."""
    names = [name.strip(" \t\r\n\ufeff\"'").lower().replace(" ", "_").replace("-", "_") for name in row[:MAX_COLUMNS]]
    places = {COLUMNS[name]: names.index(name) for name in reversed(COLUMNS) if name in names}
    return {place: key for key, place in places.items()}


def _split(line: str, mark: str) -> list[str]:
    return line.split(mark, MAX_COLUMNS)


def _line(head: bytes) -> str:
    """The first line, as far as the first bytes hold it."""
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = head[: len(head) & ~1].decode("utf-16", "replace") if wide else head.decode("utf-8-sig", "replace")
    return text.lstrip("\r\n").split("\n", 1)[0]


def _lines(source: Source) -> Iterable[str]:
    """The lines with their ends. UTF-8 line by line; all at once where it is another encoding."""
    try:
        # the last letter of the first bytes may be cut
        codecs.getincrementaldecoder("utf-8-sig")().decode(source.head, len(source.head) < HEAD)
    except UnicodeDecodeError:
        return io.StringIO(decode(source.read_all()), newline="")
    return _decoded(source)


def _decoded(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.lines(), 1):
        if line is None:
            raise ReadError(f"Line {number} is far too long.", "No article is that long; the line ends may be missing.", _STEP)
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8") + "\n"
        except UnicodeDecodeError:
            # the first bytes were ASCII, and Excel's 8-bit encoding follows
            yield line.decode("cp1252", "replace") + "\n"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else value
