"""Statements as columns: an Arrow table with a type a column, and the pandas data frame of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from orbat.errors import DataError
from orbat.serial import ROW_COLUMNS, statement_row

if TYPE_CHECKING:
    import pandas

    from orbat.queries.finding import FoundRow

DAYS = frozenset({"date_start", "date_end", "published"})
NUMBERS = frozenset(
    {"date_prec", "geonames_id", "where_prec", "count_low", "count_best", "count_high", "sentence_start", "sentence_end", "trigger_start",
     "trigger_end", "origins"}
)  # fmt: skip
DECIMALS = frozenset({"lat", "lon", "confidence"})
YES_OR_NO = frozenset({"negated", "quoted", "anonymous"})
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
    if name in DAYS:
        return pa.date32()
    if name in NUMBERS:
        return pa.int64()
    if name in DECIMALS:
        return pa.float64()
    if name in YES_OR_NO:
        return pa.bool_()
    return pa.dictionary(pa.int32(), pa.string()) if name in LISTED else pa.string()


def _cells(row: FoundRow) -> dict[str, Any]:
    cells: dict[str, Any] = statement_row(row.statement)
    return cells | {name: dt.date.fromisoformat(cells[name]) for name in DAYS if cells[name]}
