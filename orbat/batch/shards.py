"""The shards of a task: four Parquet tables with fixed columns, written as the task goes on and committed together.

A task is done when its note stands in ``done/``; tables without one are of a task that was stopped and are written anew.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orbat.batch.folder import Folder
from orbat.batch.tasks import Counts, Json, Task
from orbat.export.package import arrow_schema, typed_row
from orbat.pipeline import Reading
from orbat.serial import ROW_COLUMNS, statement_from_json, statement_row, statement_to_json
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
        self._held: dict[str, list[Json]] = {name: [] for name in SCHEMAS}
        self._files = {name: pq.ParquetWriter(scratch / name, schema, compression="zstd") for name, schema in SCHEMAS.items()}
        self.counts = Counts()

    def read(self, reading: Reading) -> None:
        """Add a reading: its document and its statements."""
        document = reading.document
        row = {name: getattr(document, name) for name in (*_TEXT, "published")}
        self._add("documents", row | {"statements": len(reading.statements), "model": reading.model})
        for statement in reading.statements:
            whole = json.dumps(statement_to_json(statement), ensure_ascii=False, separators=(",", ":"))
            self._add("statements", typed_row(statement_row(statement)) | {"json": whole})
        self.counts += Counts(read=1, statements=len(reading.statements))

    def fail(self, failure: Failure) -> None:
        """Add a failure."""
        self._add("failures", {name: _printable(getattr(failure, name)) for name in ("document", "stage", "message")})
        self.counts += Counts(failures=1)

    def skip(self, document: str, label: str, reason: str, score: float) -> None:
        """Add an article that was not read."""
        self._add("skipped", {"document": document, "label": _printable(label), "reason": reason, "score": score})
        self.counts += Counts(skipped=1)

    def _add(self, table: str, row: Json) -> None:
        held = self._held[table]
        held.append(row)
        if len(held) == ROWS:
            self._flush(table)

    def _flush(self, table: str) -> None:
        self._files[table].write_table(pa.Table.from_pylist(self._held[table], schema=SCHEMAS[table]))
        self._held[table].clear()

    def close(self) -> None:
        """Write what is held and end the files."""
        for name, file in self._files.items():
            if self._held[name]:
                self._flush(name)
            file.close()


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
        DataError: a statement is not of this version's layout.
    """
    with folder.reading(table_of("statements", task)) as stream, folder.reading(table_of("documents", task)) as texts:
        said = _column(stream, "json")
        for row in _rows(texts):
            count, model = row.pop("statements"), row.pop("model")
            yield Document(**row), tuple(statement_from_json(json.loads(next(said))) for _ in range(count)), model


def failures_in(folder: Folder, task: str) -> Iterator[Failure]:
    """The failures of a task."""
    with folder.reading(table_of("failures", task)) as stream:
        for row in _rows(stream):
            yield Failure(**row)


def _rows(stream: Any) -> Iterator[Json]:
    for batch in pq.ParquetFile(stream).iter_batches(batch_size=ROWS):
        yield from batch.to_pylist()


def _column(stream: Any, name: str) -> Iterator[Any]:
    for batch in pq.ParquetFile(stream).iter_batches(batch_size=ROWS, columns=[name]):
        yield from batch.column(0).to_pylist()


def _printable(text: str) -> str:
    """A file's name may hold bytes that are no letters; they are kept as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
