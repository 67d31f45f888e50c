"""What every article must be before it is read: of a length that is read in a bounded time, and English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from orbat.ingest.language import not_english
from orbat.types import Document, Failure

#: Characters of one article, about 8,000 words: ten times the longest of our corpus. A longer text is read in parts.
#: What takes longest to read are 50,000 commas: see docs/limits.md for the seconds.
MAX_CHARACTERS = 50_000
#: Where a text may be cut, best first: between paragraphs, lines, sentences, words.
_CUTS = ("\n\n", "\n", ". ", " ")


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
        reasons: list[str] = []
        count = 0
        for part in parts(each):
            count += 1
            reason = not_english(part.text)
            reasons += [reason] if reason else []
            if not reason:
                yield part
        if reasons:
            which = f" That goes for {len(reasons)} of the {count} parts in which it is read." if count > 1 else ""
            yield Failure(each.url or each.given_id or name or each.id, "language", reasons[0] + which)


def parts(document: Document, *, most: int = MAX_CHARACTERS) -> Iterator[Document]:
    """The document itself, or, where it is longer than ``most`` characters, its parts: each a document of its own.

    It is cut between paragraphs where the second half of a part has such a place, else between lines, sentences or words. The parts' texts
    joined give the text, to the letter, but for a part that is blank. Their given ids end with the part's number.
    """
    if len(document.text) <= most:
        yield document
        return
    known = {"byline": document.byline, "url": document.url, "section": document.section}
    for number, piece in enumerate(_pieces(document.text, most), 1):
        if piece.strip():
            where = f"{document.given_id or document.id}#{number}"
            yield Document.of(piece, title=document.title, source=document.source, published=document.published, given_id=where, **known)


def _pieces(text: str, most: int) -> Iterator[str]:
    start = 0
    while len(text) - start > most:
        ends = (text.rfind(cut, start + most // 2, start + most) for cut in _CUTS)
        end = next((end + len(cut) for end, cut in zip(ends, _CUTS, strict=True) if end >= 0), start + most)
        yield text[start:end]
        start = end
    yield text[start:]
