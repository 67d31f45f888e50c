"""From the lines of a document (DOCX, ODT, RTF, PDF) to its article, or to the articles of an export of a press database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from orbat.errors import ReadError
from orbat.ingest import bylines, pressbases, textpage
from orbat.ingest.lines import Line, blocks
from orbat.ingest.textpage import Head
from orbat.types import Document, Failure

#: A table's cell longer than this is no datum but a column of text.
CELL = 160
#: A document of more characters is a report: it has no share buttons, and headings such as "Comments" are its own. Long articles have
#: 20,000.
REPORT = 30_000
#: A title stands among the first blocks.
_TOP = 8

#: Titles that programs write by themselves.
_NO_TITLE = re.compile(
    r"(?:microsoft (?:word|powerpoint|excel) - .*|untitled.*|(?:document|presentation|book|slide)\s?\d*|powerpoint presentation"
    r"|.*\.\w{3,4}|\W*)",
    re.I,
)


def stated(title: str, author: str) -> Head:
    """What a file's properties say of its text, where a person and not a program wrote them: an author counts only with two names."""
    title = "" if _NO_TITLE.fullmatch(title) or len(title) > 300 else title
    return Head(title=title, byline=bylines.clean(author) if bylines.is_name(author) else "")


def documents(lines: Sequence[Line], head: Head, name: str) -> Iterator[Document | Failure]:
    """The article that ``lines`` hold, or the articles where they are an export of a press database.

    Args:
        head: what the file's properties say; its title gives way to one that stands in the document in a title's style.
        name: the file's, for failures.

    Raises:
        ReadError: no words.
    """
    if pressbases.is_export(lines):
        yield from pressbases.documents(lines, name)
        return
    yield article(lines, head)


def article(lines: Sequence[Line], head: Head) -> Document:
    """The article that ``lines`` hold: its head read; of a short text the furniture of web pages left out, of a report nothing.

    Raises:
        ReadError: no words.
    """
    found = blocks(lines)
    styled = [block for block in found[:_TOP] if block[0].style]
    for style in ("title", "heading"):
        top = next((block for block in styled if block[0].style == style), None)
        if top is not None and (style == "title" or top is found[0]):
            head.title = " ".join(line.text for line in top)
            found = [block for block in found if block is not top]
            break
    text = "\n\n".join("\n".join(" ".join(line.text.split()) for line in block) for block in found)
    body, head = textpage.parse(text, known=head, whole=len(text) > REPORT)
    if not body.strip():
        body = text
    if not body.strip():
        raise ReadError("There is no text in it.", "No paragraph has words.", "Open it and see whether it holds pictures only.")
    return textpage.document(body.strip(), head)
