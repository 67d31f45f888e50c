"""RTF files, read by striprtf."""

from __future__ import annotations

import re
from collections.abc import Iterator

from orbat.errors import ReadError
from orbat.ingest import documentpage
from orbat.ingest.lines import Line, of_text
from orbat.ingest.source import Source
from orbat.types import Document, Failure

#: Characters once pictures are cut: striprtf reads three million a second, and 500 articles of a press database have about as many.
MAX_RTF = 12 * 2**20
_STEP = "Open it in a word processor, save it as DOCX or plain text, and read that."
#: Pictures and embedded files are written out as hexadecimal digits.
_PICTURE = re.compile(r"(?:[0-9a-fA-F]{2}[\r\n ]*){400,}")
_TITLE = re.compile(r"\{\\title ([^{}]{1,1000})\}")
_AUTHOR = re.compile(r"\{\\author ([^{}]{1,200})\}")


def looks_like_rtf(head: bytes) -> bool:
    """Whether the first bytes are those of an RTF file."""
    return head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{\\rtf")


def read_rtf(source: Source) -> Iterator[Document | Failure]:
    """The article of an RTF file, or the articles of an export of a press database, with title and author as stated.

    Raises:
        ReadError: no RTF, past the limits, or without text.
    """
    data = source.read_all()
    if not looks_like_rtf(data[:64]):
        raise ReadError("It is no RTF file.", "Its first bytes are not those of RTF.", _STEP)
    # RTF is ASCII by its specification; letters beyond it that some programs write are those of Windows
    text = _PICTURE.sub("", data.decode("cp1252", "replace"))
    if len(text) > MAX_RTF:
        raise ReadError("It is too large.", f"It has {len(text):,} characters without its pictures, more than {MAX_RTF:,}.", _STEP)
    words = _words(text).replace("\x00", "")
    lines = [part for line in of_text(words) for part in (_row(line), Line(""))]  # each line is a paragraph or a row of a table
    yield from documentpage.documents(lines, documentpage.stated(_said(_TITLE, text), _said(_AUTHOR, text)), source.name)


def _row(line: Line) -> Line:
    """A row of a table, of which striprtf writes "|" behind each cell, with " | " between them."""
    if not line.text.endswith("|"):
        return line
    return Line(" | ".join(part.strip() for part in line.text.split("|") if part.strip()))


def _words(text: str) -> str:
    from striprtf.striprtf import rtf_to_text

    # striprtf looks for links by a pattern whose time grows with the square of their number; as hidden data they are passed over
    text = text.replace("\\fldinst", "\\datafield")
    try:
        words = str(rtf_to_text(text, errors="replace"))  # type: ignore[no-untyped-call,unused-ignore]
    except Exception as error:  # whatever a file does to the library, the next must still be read
        raise ReadError("It cannot be read as RTF.", f"striprtf stopped: {type(error).__name__} {error}.", _STEP) from error
    # letters beyond U+FFFF are written as two halves
    return words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _said(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text[:100_000])
    return " ".join(_words("{\\rtf1 " + match[1] + "}").split()) if match else ""
