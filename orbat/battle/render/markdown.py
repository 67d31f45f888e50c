"""A sheet or any tables as Markdown to print: each row with a note that holds its sentences."""

from __future__ import annotations

import re

from orbat.battle.render.rows import GROUNDS, Row, Section, grounds_cells, sections, summary
from orbat.battle.values import Sentence, Sheet

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~])")


def sheet_to_markdown(sheet: Sheet) -> str:
    """The whole sheet: a table a section, and under it the sentences of its rows, numbered as in the table."""
    lines = [f"# {escape(sheet.name)}", "", *(f"- {escape(line)}" for line in summary(sheet)), ""]
    for section in sections(sheet):
        lines += _section(section, sheet)
    return "\n".join(lines).rstrip() + "\n"


def escape(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """A table, its cells escaped."""
    head = "| " + " | ".join(map(escape, columns)) + " |"
    return [head, "|" + " --- |" * len(columns), *("| " + " | ".join(map(escape, row)) + " |" for row in rows)]


def cite(id: str, said: Sentence) -> str:
    """One sentence with where it stands and who says so."""
    source = ", ".join(part for part in (said.source or said.document, str(said.published or "")) if part)
    speaker = f"; says {escape(said.speaker)}" if said.speaker else ""
    marks = f"{'not ' if said.negated else ''}{said.type}, {said.certainty}"
    link = f" <{said.url}>" if re.fullmatch(r"https?://[^\s<>]+", said.url) else ""
    return f"“{escape(said.text)}” ({escape(source)}{speaker}; {marks}; `{id[:8]}`){link}"


def _section(section: Section, sheet: Sheet) -> list[str]:
    more = f" ({len(section.rows)} of {section.total})" if len(section.rows) < section.total else ""
    rows = [(str(at), *row.cells, *grounds_cells(row.grounds)) for at, row in enumerate(section.rows, 1)]
    lines = [f"## {section.heading}{more}", ""]
    if section.note:
        lines += [section.note, ""]
    lines += [*table(("", *section.columns, *GROUNDS), rows), ""]
    notes = [line for at, row in enumerate(section.rows, 1) for line in _note(at, row, sheet)]
    return [*lines, *notes, ""] if notes else lines


def _note(at: int, row: Row, sheet: Sheet) -> list[str]:
    if row.grounds is None:
        return []
    records = ", ".join(f"`{id}`" for id in row.grounds.records)
    said = [f"   - {cite(id, sheet.sentences[id])}" for id in row.grounds.statements]
    return [f"{at}. {records}: {escape(', '.join(row.grounds.origins))}", *said]
