"""Exports of press databases: many articles in one file, each between the marks that the service writes.

LexisNexis (Nexis, Nexis Uni, Lexis+) and Factiva write the same lines whatever the file is (DOCX, RTF, HTML, PDF, plain text), so the
readers of those kinds hand their lines to this one splitter. It works on the lines alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from orbat.errors import ReadError
from orbat.ingest import factiva, nexis, textpage
from orbat.ingest.lines import Line
from orbat.types import Document, Failure

_MARKS = re.compile(r"\bload-date\b|\bDocument [A-Z][A-Z0-9]{0,9}(?:19|20)\d{6}", re.I)


def may_be_export(text: str) -> bool:
    """Whether a text that is not yet lines holds what every export holds, for a first look."""
    low = text.lower()  # looked through for words first, in a tenth of the pattern's time: its letters have no other small forms
    return ("load-date" in low or "document " in low) and _MARKS.search(text) is not None


def is_export(lines: Sequence[Line]) -> bool:
    """Whether the lines carry the marks of a LexisNexis or Factiva export."""
    return nexis.is_nexis(lines) or factiva.is_factiva(lines)


def stands_alone(line: str) -> bool:
    """Whether a line of an export, as printed, is a field or a mark and no part of a paragraph."""
    return nexis.is_field(line) or factiva.is_field(line)


def documents(lines: Sequence[Line], name: str) -> Iterator[Document | Failure]:
    """The articles of an export, in order; a ``Failure`` named ``NAME:NUMBER`` for each part of which no article could be made.

    Args:
        name: the file's, for failures.
    """
    if nexis.is_nexis(lines):
        service, parts, announced = "LexisNexis", nexis.parts(lines), nexis.announced(lines)
        read = nexis.article
    else:
        service, parts, announced = "Factiva", factiva.parts(lines), 0
        read = factiva.article
    for number, part in enumerate(parts, 1):
        text, head, given_id = read(part)
        if text.strip():
            document = textpage.document(text, head)
            yield Document.of(
                text, title=document.title, source=document.source, published=document.published, byline=document.byline,
                section=document.section, url=document.url, given_id=given_id,
            )  # fmt: skip
        else:
            first = next((line.text for line in part if line), "")[:80]
            yield _failure(
                f"{name}:{number}",
                f"Article {number} of the {service} export has no text.",
                f"It begins with '{first}', and between its head and its end no paragraph was found.",
            )
    if announced and announced != len(parts):
        yield _failure(
            name,
            f"The export says that it holds {announced} documents, but {len(parts)} were found.",
            "It may have been cut off, or a mark between two articles is missing.",
        )


def _failure(where: str, fact: str, cause: str) -> Failure:
    return Failure(where, "ingest", str(ReadError(fact, cause, "Export it again, or save the missing articles one by one.")))
