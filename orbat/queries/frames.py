"""Statements as columns: an Arrow table with a type a column, and the pandas data frame of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from orbat.errors import DataError
from orbat.serial import ROW_COLUMNS, ROW_TYPES, statement_row

if TYPE_CHECKING:
    import pandas

    from orbat.queries.finding import FoundRow

LISTED = frozenset(
    {"type", "certainty", "date_precision", "location_country", "acled_event_type", "acled_sub_event_type", "plover", "cameo", "source",
     "model"}
)  # fmt: skip
"""Columns with few values: dictionaries in Arrow and Parquet, categories in pandas."""


@cache
def schema() -> pa.Schema:
    """The columns and their types: those of ``serial.ROW_COLUMNS``, then ``record`` and ``origins``. What is not known is null."""
    return pa.schema([(name, _type(name)) for name in (*ROW_COLUMNS, "record", "origins")])


def table(rows: Iterable[FoundRow]) -> pa.Table:
    """One row a statement, in order."""
    values = [{**_cells(row), "record": row.record, "origins": row.origins} for row in rows]
    return pa.Table.from_pylist(values, schema=schema())


def frame(found: pa.Table) -> pandas.DataFrame:
    """The table in pandas' own types.

    Raises:
        DataError: pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise DataError("A data frame needs pandas.", "It is not installed.", "pip install 'orbat[frames]'") from error
    kinds = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype(), pa.string(): pd.StringDtype()}
    made: pandas.DataFrame = found.to_pandas(types_mapper=kinds.get, date_as_object=False)
    return made


def _type(name: str) -> pa.DataType:
    kinds = {"date": pa.date32(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_()}
    text = pa.dictionary(pa.int32(), pa.string()) if name in LISTED else pa.string()
    return kinds["integer"] if name == "origins" else kinds.get(ROW_TYPES.get(name, ""), text)


def _cells(row: FoundRow) -> dict[str, Any]:
    cells: dict[str, Any] = statement_row(row.statement)
    return cells | {name: dt.date.fromisoformat(cells[name]) for name, kind in ROW_TYPES.items() if kind == "date" and cells[name]}
