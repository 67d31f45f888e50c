"""Rows for people: a table where the terminal has room for one, else one row below the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from orbat.cli.common import console

ROOM = 14
"""Letters that a column needs at least: below it words and ids are broken within."""
WHOLE = frozenset({"statement", "record", "judgement"})
"""Columns of ids, which are copied: never broken."""


def print_rows(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str = "") -> None:
    """Rows of plain text below a title; ``heads`` name the cells of each.

    A terminal that is too narrow for so many columns gets each row as lines "head  value", empty ones left out.
    """
    from rich.table import Table
    from rich.text import Text

    out = console()
    if out.width < ROOM * len(heads):
        out.print(Text(title, style="bold"))
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="dim", no_wrap=True)
        grid.add_column(overflow="fold")
        for row in rows:
            for head, cell in zip(heads, row, strict=True):
                if cell:
                    grid.add_row(head, Text(cell, style="bold" if head in ("statement", "record") else ""))
            grid.add_row("", "")
        out.print(grid)
        if caption:
            out.print(Text(caption, style="italic"))
        return
    table = Table(title=title, title_justify="left", title_style="bold", expand=False, caption=caption or None)
    for head in heads:
        table.add_column(head, overflow="fold", no_wrap=head in WHOLE and len(heads) > 1)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    out.print(table)
