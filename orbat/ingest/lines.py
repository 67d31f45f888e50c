"""Lines of a document that was written with a word processor: their words and what their style says of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line, or a paragraph that has no line breaks. ``style`` is "title" or "heading" where the file says so, else empty.

    A line without words parts paragraphs.
    """

    text: str
    style: str = ""

    def __bool__(self) -> bool:
        return bool(self.text)


def of_text(text: str) -> list[Line]:
    """The lines of plain text without the spaces around them; those within may part columns."""
    return [Line(line.strip()) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


def of_paragraphs(paragraphs: Iterable[tuple[str, str]]) -> list[Line]:
    """The lines of paragraphs, each given as words and style, with a line without words after each."""
    out: list[Line] = []
    for text, style in paragraphs:
        lines = [Line(words, style) for line in text.split("\n") if (words := " ".join(line.split()))]
        if lines:
            out += [*lines, Line("")]
    return out


def blocks(lines: Sequence[Line]) -> list[list[Line]]:
    """Runs of lines that have words."""
    out: list[list[Line]] = [[]]
    for line in lines:
        if line:
            out[-1].append(line)
        elif out[-1]:
            out.append([])
    return [block for block in out if block]


def joined(block: Sequence[Line]) -> str:
    """The words of a block as one paragraph."""
    return " ".join(" ".join(line.text for line in block).split())
