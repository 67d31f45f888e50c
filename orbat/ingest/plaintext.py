"""Plain text files."""

from __future__ import annotations

from collections.abc import Iterator

from orbat.ingest import lines, pressbases, textpage
from orbat.ingest.decoding import decode
from orbat.ingest.source import Source
from orbat.types import Document, Failure


def read_text(source: Source) -> Iterator[Document | Failure]:
    """The one article of a plain text file, or the articles of an export of a press database.

    Line ends (CR LF, CR) become LF first, so that offsets are the same on every system. Then a text with the head or the furniture of
    a web page is reduced to its article (see ``textpage``); any other text stays as it is, to the letter.

    Raises:
        ReadError: empty, binary, or too large.
    """
    text = decode(source.read_all()).replace("\r\n", "\n").replace("\r", "\n")
    if pressbases.may_be_export(text) and pressbases.is_export(found := lines.of_text(text)):
        yield from pressbases.documents(found, source.name)
        return
    body, head = textpage.parse(text)
    if not body.strip():
        # all of it looked like a head or furniture: keep the words rather than lose them
        body, head = text, textpage.Head()
    yield textpage.document(body, head)
