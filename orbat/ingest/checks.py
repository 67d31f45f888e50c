"""What every article must be before it is read: of a length that is read in a bounded time, and English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from orbat.ingest.language import not_english
from orbat.types import Document, Failure

#: Characters of one article, about 8,000 words: ten times the longest of our corpus. A longer text is read in parts.
#: What takes longest to read are 50,000 commas: see docs/limits.md for the seconds.
MAX_CHARACTERS = 50_000
#: Where a text may be cut, best first: between paragraphs, lines, sentences, words.
_CUTS = ("\n\n", "\n", ". ", " ")


class Check(Protocol):
    """What is done with the outcomes of a source before they are read."""

    def __call__(self, outcomes: Iterable[Document | Failure], *, name: str = "") -> Iterator[Document | Failure]:
        """The outcomes, ready to be read; ``name`` is the source's, for documents that have none."""


def checked(outcomes: Iterable[Document | Failure], *, name: str = "") -> Iterator[Document | Failure]:
    """The documents that can be read, long ones in parts, and a ``Failure`` for each that is not English or has parts that are not;
    failures pass through.

    Args:
        name: what a failure calls a document that has neither an address nor an id of its own.
    """
    for each in outcomes:
        if isinstance(each, Failure):
            yield each
            continue
        for found in english(each, name=name):
            yield found if isinstance(found, Failure) else found[1]


def english(document: Document, *, name: str = "") -> Iterator[tuple[int, Document] | Failure]:
    """The parts of a document that are English, each with the character at which it begins; last a ``Failure`` where others are not.

    Args:
        name: as for ``checked``.
    """
    reasons: list[str] = []
    count = 0
    for start, part in placed(document):
        count += 1
        reason = not_english(part.text)
        reasons += [reason] if reason else []
        if not reason:
            yield start, part
    if reasons:
        which = f" That goes for {len(reasons)} of the {count} parts in which it is read." if count > 1 else ""
        yield Failure(document.url or document.given_id or name or document.id, "language", reasons[0] + which)


def parts(document: Document, *, most: int = MAX_CHARACTERS) -> Iterator[Document]:
    """The document itself, or, where it is longer than ``most`` characters, its parts: each a document of its own.

    It is cut between paragraphs where the second half of a part has such a place, else between lines, sentences or words. The parts' texts
    joined give the text, to the letter, but for a part that is blank. Their given ids end with the part's number.
    """
    return (part for _, part in placed(document, most=most))


def placed(document: Document, *, most: int = MAX_CHARACTERS) -> Iterator[tuple[int, Document]]:
    """The same ``parts``, each with the character of the document's text at which it begins."""
    if len(document.text) <= most:
        yield 0, document
        return
    known = {"byline": document.byline, "url": document.url, "section": document.section}
    start = 0
    for number, piece in enumerate(_pieces(document.text, most), 1):
        if piece.strip():
            where = f"{document.given_id or document.id}#{number}"
            part = Document.of(piece, title=document.title, source=document.source, published=document.published, given_id=where, **known)
            yield start, part
        start += len(piece)


def _pieces(text: str, most: int) -> Iterator[str]:
    start = 0
    while len(text) - start > most:
        ends = (text.rfind(cut, start + most // 2, start + most) for cut in _CUTS)
        end = next((end + len(cut) for end, cut in zip(ends, _CUTS, strict=True) if end >= 0), start + most)
        yield text[start:end]
        start = end
    yield text[start:]
