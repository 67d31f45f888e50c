"""CSV: one row a statement, in the columns of ``orbat read --format csv`` (docs/statement.md, "As a row")."""

from __future__ import annotations

from typing import BinaryIO

from orbat.export import cells
from orbat.export.material import Material, Written
from orbat.serial import ROW_COLUMNS, statement_row


def write(material: Material, out: BinaryIO) -> Written:
    """Write all statements. Cells are guarded: ``cells.guard`` says how and ``cells.unguard`` undoes it."""
    done = Written()
    with cells.text(out) as stream:
        sheet = cells.Sheet(stream, ROW_COLUMNS)
        for statement in material.statements.values():
            sheet.row(statement_row(statement))
            done.rows += 1
    return done
