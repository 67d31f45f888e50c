"""A sheet or any tables as Markdown to print: each row with a note that holds its sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from orbat.battle.render.rows import Row, Section, sections, summary
from orbat.battle.values import Sentence, Sheet

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~])")


def sheet_to_markdown(sheet: Sheet) -> str:
    """The whole sheet: a table a section, and under it the sentences of its rows, numbered as in the table."""
    return sections_to_markdown(sheet.name, summary(sheet), sections(sheet), sheet.sentences)


def sections_to_markdown(title: str, lines: Iterable[str], found: Iterable[Section], sentences: Mapping[str, Sentence]) -> str:
    """Sections under a title and some lines."""
    text = [f"# {escape(title)}", "", *(f"- {escape(line)}" for line in lines), ""]
    for section in found:
        text += _section(section, sentences)
    return "\n".join(text).rstrip() + "\n"


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


def _section(section: Section, sentences: Mapping[str, Sentence]) -> list[str]:
    more = f" ({len(section.rows)} of {section.total})" if len(section.rows) < section.total else ""
    rows = [(str(at), *section.cells(row)) for at, row in enumerate(section.rows, 1)]
    lines = [f"## {escape(section.heading)}{more}", ""]
    if section.note:
        lines += [section.note, ""]
    lines += [*table(("", *section.heads), rows), ""]
    notes = [line for at, row in enumerate(section.rows, 1) for line in _note(at, row, sentences)]
    return [*lines, *notes, ""] if notes else lines


def _note(at: int, row: Row, sentences: Mapping[str, Sentence]) -> list[str]:
    if row.grounds is None:
        return []
    records = ", ".join(f"`{id}`" for id in row.grounds.records)
    said = [f"   - {cite(id, sentences[id])}" for id in row.grounds.statements]
    return [f"{at}. {records}: {escape(', '.join(row.grounds.origins))}", *said]
