"""Text in tables: UTF-8 streams, CSV rows that a spreadsheet cannot take for formulas, signs that a table cannot hold."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import BinaryIO, TextIO

Cell = str | int | float | bool | None

# A spreadsheet runs a cell that begins so as a formula (OWASP, "CSV Injection").
_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
# C0 controls but tab and line breaks, and DEL: R, Excel and XML stop at them. Unicode has a picture of each at U+2400.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


@contextmanager
def text(out: BinaryIO) -> Iterator[TextIO]:
    """A UTF-8 text stream over a stream of bytes, which stays open. Half a character (a lone surrogate) is written as ``\\udXXX``."""
    stream = io.TextIOWrapper(out, encoding="utf-8", errors="backslashreplace", newline="")
    try:
        yield stream
        stream.flush()
    finally:
        stream.detach()


def guard(cell: Cell) -> Cell:
    """A text as it stands in a CSV cell: control signs become their pictures (NUL is ␀), and a text that a spreadsheet would run as a
    formula gets an apostrophe before it. Numbers stay. ``unguard`` takes the apostrophe off again."""
    if not isinstance(cell, str):
        return cell
    shown = visible(cell)
    return "'" + shown if _FORMULA.match(shown) else shown


def unguard(cell: str) -> str:
    """The text that ``guard`` was given, its control signs as pictures."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def visible(value: str) -> str:
    """The text with control signs, tab and line breaks aside, as their Unicode pictures."""
    return _CONTROL.sub(lambda found: "\u2421" if found[0] == "\x7f" else chr(0x2400 + ord(found[0])), value)


def for_xml(value: str) -> str:
    """The text as XML 1.0 can hold it: control signs as pictures, half characters and noncharacters as U+FFFD."""
    return _NO_XML.sub("\ufffd", visible(value))


def one_line(value: str) -> str:
    """The text in one cell of a tab-separated line, which has no quoting: tabs and line breaks become blanks."""
    return " ".join(visible(value).split())


class Sheet:
    """CSV as RFC 4180 has it: CRLF, quotes where needed, a header. Empty cells are unknown values."""

    def __init__(self, out: TextIO, columns: Sequence[str]) -> None:
        self._columns = tuple(columns)
        self._write = csv.writer(out, lineterminator="\r\n").writerow
        self._write(self._columns)

    def row(self, cells: Mapping[str, Cell]) -> None:
        """One row; a column that is not given is empty, one that the sheet has not is an error."""
        if unknown := cells.keys() - set(self._columns):
            raise KeyError(f"no column {', '.join(sorted(unknown))}")
        self._write([_plain(guard(cells.get(name))) for name in self._columns])


def joined(parts: Iterable[str]) -> str | None:
    """Distinct texts in their order, parted by "; " as ACLED and UCDP part them; None where there are none."""
    return "; ".join(dict.fromkeys(part for part in parts if part)) or None


def _plain(cell: Cell) -> Cell:
    return str(cell).lower() if isinstance(cell, bool) else cell
