"""Lists in parts: the next part begins after the last row of this one, so that it stays right while rows are added, at any depth.

A cursor names that row by the values it is sorted by, and the question that it belongs to; it is opaque to who uses it.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from orbat.service.problems import BadRequest

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class By:
    """A column to sort by. Rows without a value come last, whichever way."""

    column: sa.ColumnElement[Any]
    descending: bool = False

    @property
    def order(self) -> sa.ColumnElement[Any]:
        """As ORDER BY takes it."""
        return (self.column.desc() if self.descending else self.column.asc()).nulls_last()

    def of(self, cell: Cell) -> Any:
        """A cursor's value as the column's type."""
        type = self.column.type
        kind = (type.impl_instance if isinstance(type, sa.TypeDecorator) else type).python_type
        if cell is None:
            return None
        if kind in (dt.date, dt.datetime):
            return kind.fromisoformat(str(cell))
        if kind is float and isinstance(cell, int):
            return float(cell)
        if not isinstance(cell, kind) or (isinstance(cell, int) and abs(cell) >= 2**63):
            raise ValueError(f"{cell!r} is no {kind.__name__}")
        return cell


def after(order: Sequence[By], values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """Whether a row comes after the one of these values."""
    ways, same = list[sa.ColumnElement[bool]](), list[sa.ColumnElement[bool]]()
    for by, value in zip(order, values, strict=True):
        if value is None:  # nothing comes after the rows without a value
            same.append(by.column.is_(None))
            continue
        beyond = by.column < value if by.descending else by.column > value
        ways.append(sa.and_(*same, sa.or_(beyond, by.column.is_(None))))
        same.append(by.column == value)
    return sa.or_(*ways) if ways else sa.false()


def encode(question: str, values: Sequence[Any]) -> str:
    """The cursor of a row of the answer to a question."""
    cells = [value.isoformat() if isinstance(value, dt.date) else value for value in values]
    text = json.dumps([_mark(question), *cells], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(question: str, cursor: str, order: Sequence[By]) -> list[Any]:
    """The values of a cursor.

    Raises:
        BadRequest: it is no cursor of that question.
    """
    try:
        mark, *cells = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [by.of(cell) for by, cell in zip(order, cells, strict=True)]
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise _unfit("It was not made here.") from error
    if mark != _mark(question):
        raise _unfit("It belongs to another question: the other parameters must stay the same from page to page.")
    return values


def _mark(question: str) -> str:
    return hashlib.sha256(question.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _unfit(cause: str) -> BadRequest:
    return BadRequest("The cursor cannot be used.", cause, "Ask without one for the first page.")
