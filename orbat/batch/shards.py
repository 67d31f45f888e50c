"""The shards of a task: four Parquet tables with fixed columns, written as the task goes on and committed together.

A task is done when its note stands in ``done/``; tables without one are of a task that was stopped and are written anew.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orbat.batch.folder import Folder
from orbat.batch.tasks import Counts, Json, Task
from orbat.errors import DataError
from orbat.export.package import arrow_schema
from orbat.pipeline import Reading
from orbat.serial import ROW_COLUMNS, statement_row, statement_text
from orbat.statementjson import statement_from_json
from orbat.types import Document, Failure, Statement

DONE = "done"
ROWS = 1_000
"""Rows of one row group, and held at most by a table that is being written."""

_TEXT = ("id", "given_id", "title", "source", "byline", "section", "url", "text")
SCHEMAS = {
    "documents": pa.schema(
        [*((name, pa.string()) for name in _TEXT), ("published", pa.date32()), ("statements", pa.int32()), ("model", pa.string())]
    ),
    "statements": arrow_schema(ROW_COLUMNS).append(pa.field("json", pa.string())),
    "failures": pa.schema([(name, pa.string()) for name in ("document", "stage", "message")]),
    "skipped": pa.schema([("document", pa.string()), ("label", pa.string()), ("reason", pa.string()), ("score", pa.float32())]),
}
"""The tables. ``statements`` has the columns of CSV and, in ``json``, the statement whole; ``skipped.document`` is the document's id, empty
where the page was skipped before its article was taken out."""


class Shards:
    """The tables of one task, open for writing. Use ``writing``."""

    def __init__(self, scratch: Path) -> None:
        self._tables = {name: _Table(scratch / name, schema) for name, schema in SCHEMAS.items()}
        self._read = self._skipped = self._statements = self._failures = 0

    @property
    def counts(self) -> Counts:
        """What was added so far."""
        return Counts(self._read, self._skipped, self._statements, self._failures)

    def read(self, reading: Reading) -> None:
        """Add a reading: its document and its statements."""
        document, said = reading.document, reading.statements
        self._tables["documents"].add((*_of_document(document), len(said), reading.model))
        for statement in said:
            self._tables["statements"].add((*statement_row(statement).values(), statement_text(statement)))
        self._read += 1
        self._statements += len(said)

    def fail(self, failure: Failure) -> None:
        """Add a failure."""
        self._tables["failures"].add((failure.document, failure.stage, failure.message))
        self._failures += 1

    def skip(self, document: str, label: str, reason: str, score: float) -> None:
        """Add an article that was not read."""
        self._tables["skipped"].add((document, label, reason, score))
        self._skipped += 1

    def close(self) -> None:
        """Write what is held and end the files."""
        for table in self._tables.values():
            table.close()


class _Table:
    """One table as it is written: ``ROWS`` rows are held at most, and turned into columns together."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema, self._file = schema, pq.ParquetWriter(path, schema, compression="zstd")
        self._rows: list[tuple[object, ...]] = []

    def add(self, row: tuple[object, ...]) -> None:
        """Hold a row, whose cells are in the order of the schema; a day may be ISO text."""
        self._rows.append(row)
        if len(self._rows) == ROWS:
            self._flush()

    def close(self) -> None:
        """Write what is held and end the file."""
        if self._rows:
            self._flush()
        self._file.close()

    def _flush(self) -> None:
        columns = [_column_of(cells, field.type) for cells, field in zip(zip(*self._rows, strict=True), self._schema, strict=True)]
        self._file.write_table(pa.Table.from_arrays(columns, schema=self._schema))
        self._rows.clear()


def _column_of(cells: tuple[object, ...], kind: pa.DataType) -> pa.Array:
    """Cells as Arrow holds them. A file's name may hold bytes that are no letters: they are kept as escapes."""
    if kind == pa.date32():
        return pa.array(cells, pa.string()).cast(kind)
    try:
        return pa.array(cells, kind)
    except UnicodeEncodeError:
        return pa.array([cell.encode("utf-8", "backslashreplace").decode() if isinstance(cell, str) else cell for cell in cells], kind)


@contextmanager
def writing(folder: Folder, task: Task) -> Iterator[Shards]:
    """The tables of a task; committed where the block ends without an error, else gone without a trace."""
    with folder.scratch() as scratch:
        shards = Shards(scratch)
        try:
            yield shards
        finally:
            shards.close()
        for name in SCHEMAS:
            folder.commit(scratch / name, table_of(name, task.name))


def table_of(name: str, task: str) -> str:
    """Where a task's part of a table lies in the folder of a run."""
    return f"{name}/{task}.parquet"


def note_done(folder: Folder, task: Task, counts: Counts) -> None:
    """Note that a task's tables are whole."""
    folder.write(f"{DONE}/{task.name}.json", json.dumps(dataclasses.asdict(counts)))


def done(folder: Folder) -> dict[str, Counts]:
    """The tasks that are done, by name, with what they gave."""
    return {name.removesuffix(".json"): Counts(**json.loads(text)) for name, text in folder.texts(DONE).items()}


def readings_in(folder: Folder, task: str) -> Iterator[tuple[Document, tuple[Statement, ...], str]]:
    """Each document of a task with its statements and the model that read it, in order; a row group of each is held.

    Raises:
        DataError: a statement is not of this version's layout, or a table is damaged.
    """
    with (
        _telling(folder, task),
        folder.reading(table_of("statements", task)) as stream,
        folder.reading(table_of("documents", task)) as texts,
    ):
        said = _column(stream, "json")
        for row in _rows(texts):
            count, model = row.pop("statements"), row.pop("model")
            found = tuple(statement_from_json(json.loads(each)) for each in islice(said, count))
            if len(found) < count:
                raise OSError("it has fewer statements than its documents have")
            yield Document(**row), found, model


def failures_in(folder: Folder, task: str) -> Iterator[Failure]:
    """The failures of a task.

    Raises:
        DataError: the table is damaged.
    """
    with _telling(folder, task), folder.reading(table_of("failures", task)) as stream:
        for row in _rows(stream):
            yield Failure(**row)


@contextmanager
def _telling(folder: Folder, task: str) -> Iterator[None]:
    """A table that was cut or changed after it was written is told as such; the batch can make it again."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        step = f"Delete {DONE}/{task}.json in it and run the same `orbat batch` again, then load again."
        raise DataError(f"Part {task} of {folder.where} cannot be read.", f"{str(error)[:200]}.", step) from error


def _of_document(document: Document) -> Iterable[str | None]:
    return *(getattr(document, name) for name in _TEXT), document.published.isoformat() if document.published else None


def _rows(stream: Any) -> Iterator[Json]:
    for batch in pq.ParquetFile(stream).iter_batches(batch_size=ROWS):
        yield from batch.to_pylist()


def _column(stream: Any, name: str) -> Iterator[Any]:
    for batch in pq.ParquetFile(stream).iter_batches(batch_size=ROWS, columns=[name]):
        yield from batch.column(0).to_pylist()
