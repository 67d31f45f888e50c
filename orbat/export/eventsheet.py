"""A CSV with one row a record that is an event: what ACLED's and UCDP's formats share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import BinaryIO

from orbat.export import cells
from orbat.export.cells import Cell
from orbat.export.material import Material, Written, not_an_event
from orbat.recordtypes import Record

Row = dict[str, Cell] | str


def write_events(material: Material, out: BinaryIO, columns: Sequence[str], row_of: Callable[[Record, Material], Row]) -> Written:
    """Write the row that ``row_of`` makes of each event; where it gives a text instead, the record is left out for that reason."""
    done = Written()
    with cells.text(out) as stream:
        sheet = cells.Sheet(stream, columns)
        for record in material.records:
            row = not_an_event(record) or row_of(record, material)
            if isinstance(row, str):
                done.leave_out(row)
            else:
                sheet.row(row)
                done.rows += 1
    return done
