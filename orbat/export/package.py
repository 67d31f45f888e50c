"""Parquet: a folder with statements, records and which statement is of which record, and a Frictionless ``datapackage.json``."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orbat.errors import DataError
from orbat.export import recordrows
from orbat.export.cells import Cell
from orbat.export.material import Material, Written
from orbat.export.needs import library
from orbat.serial import ROW_COLUMNS, ROW_TYPES, statement_row

if TYPE_CHECKING:
    import pyarrow

BATCH = 5_000
"""Rows held at once; each batch is one row group."""

_WHOLE = ("credibility", "independent_origins", "statements", "documents")
_TYPES = (
    dict(ROW_TYPES)
    | dict.fromkeys((*_WHOLE, *(f"{kind}_{which}" for kind in recordrows.TOLLS for which in ("low", "best", "high"))), "integer")
    | dict.fromkeys(("start", "end"), "date")
    | dict.fromkeys(("learned_first", "learned_last"), "datetime")
)
"""Table Schema's type of each column that is not text."""

LINKS = {"record": "The record's id.", "statement": "The id of a statement that it rests on."}
_KEYS = {"statements": ["id"], "records": ["id"], "record_statements": ["record", "statement"]}
_TITLES = {
    "statements": "One thing, said once, in one place, by someone, so surely; docs/statement.md describes the columns.",
    "records": "One happening or one relation, with all that is said of it.",
    "record_statements": "Which statements a record rests on.",
}


def write(material: Material, folder: Path) -> Written:
    """Write the folder; it is made where it is not there, and files of the same names are written anew.

    Raises:
        DataError: the folder cannot be written.
    """
    done = Written()
    rows: Mapping[str, tuple[Iterable[str], Iterator[dict[str, Cell]]]] = {
        "statements": (ROW_COLUMNS, (statement_row(s) for s in material.statements.values())),
        "records": (recordrows.COLUMNS, (recordrows.record_row(r) for r in material.records)),
        "record_statements": (LINKS, _links(material)),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, (columns, found) in rows.items():
            done.rows += _table(folder / f"{name}.parquet", tuple(columns), found)
        (folder / "datapackage.json").write_text(json.dumps(descriptor(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise DataError(f"The folder {folder} cannot be written.", f"{error.strerror}.", "Give another with --out.") from error
    return done


def descriptor() -> dict[str, Any]:
    """The data package's descriptor: a resource a file, each with its Table Schema."""
    columns: Mapping[str, Mapping[str, str]] = {
        "statements": dict.fromkeys(ROW_COLUMNS, ""),
        "records": recordrows.COLUMNS,
        "record_statements": LINKS,
    }
    resources = [_resource(name, described) for name, described in columns.items()]
    links = [
        {"fields": ["record"], "reference": {"resource": "records", "fields": ["id"]}},
        {"fields": ["statement"], "reference": {"resource": "statements", "fields": ["id"]}},
    ]
    resources[-1]["schema"]["foreignKeys"] = links
    return {"name": "orbat", "title": "Statements and records of orbat", "resources": resources}


def _resource(name: str, columns: Mapping[str, str]) -> dict[str, Any]:
    fields = [
        {"name": column, "type": _TYPES.get(column, "string"), **({"description": text} if text else {})}
        for column, text in columns.items()
    ]
    return {
        "name": name,
        "title": _TITLES[name],
        "path": f"{name}.parquet",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "schema": {"fields": fields, "primaryKey": _KEYS[name]},
    }


def _links(material: Material) -> Iterator[dict[str, Cell]]:
    for record in material.records:
        for statement in material.statements_of(record):
            yield {"record": record.id, "statement": statement.id}


def _table(path: Path, columns: tuple[str, ...], rows: Iterator[dict[str, Cell]]) -> int:
    pa, pq = library("pyarrow"), library("pyarrow.parquet")
    schema = arrow_schema(columns)
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := [typed_row(row) for row in islice(rows, BATCH)]:
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))
            count += len(batch)
    return count


def arrow_schema(columns: Iterable[str]) -> pyarrow.Schema:
    """The columns with their types in Arrow."""
    return library("pyarrow").schema([(name, _arrow(_TYPES.get(name, "string"))) for name in columns])


def _arrow(kind: str) -> pyarrow.DataType:
    pa = library("pyarrow")
    kinds = {"integer": pa.int64(), "date": pa.date32(), "number": pa.float64(), "boolean": pa.bool_()}
    return kinds.get(kind) or (pa.timestamp("us", "UTC") if kind == "datetime" else pa.string())


def typed_row(row: Mapping[str, Cell]) -> dict[str, Any]:
    """A row with its days and times as such, and no half characters."""
    return {name: _value(_TYPES.get(name, "string"), cell) for name, cell in row.items()}


def _value(kind: str, cell: Cell) -> Any:
    if not isinstance(cell, str):
        return cell
    if kind == "date":
        return dt.date.fromisoformat(cell)
    if kind == "datetime":
        return dt.datetime.fromisoformat(cell)
    return cell.encode("utf-8", "backslashreplace").decode("utf-8")
