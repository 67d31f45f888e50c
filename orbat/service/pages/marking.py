"""A text with its marks as HTML: right where marks overlap or nest, escaped always, and the same letters when the tags are taken out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from orbat.types import Span

_UNSHOWABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to be drawn as its ``kinds`` (words for the style sheet).

    ``number``: which entry of the list beside the text it opens, None where it is only drawn; ``names``: ids of the page that lead here.
    """

    span: Span
    kinds: tuple[str, ...]
    number: int | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters that the same marks cover: ``text[start:end]``. ``marks`` are indices, the mark that begins first or is longest first."""

    start: int
    end: int
    marks: tuple[int, ...]


def pieces(length: int, spans: Sequence[Span]) -> tuple[Piece, ...]:
    """A text of some length cut wherever a span begins or ends: every letter is in one piece, in order, with all spans that cover it.

    Spans may overlap, nest, be equal or reach past the text; what is past it is cut off.
    """
    opening: defaultdict[int, list[int]] = defaultdict(list)
    closing: defaultdict[int, list[int]] = defaultdict(list)
    for number, span in enumerate(spans):
        start, end = max(0, span.start), min(length, span.end)
        if start < end:
            opening[start].append(number)
            closing[end].append(number)
    found: list[Piece] = []
    covering: list[int] = []
    for start, end in pairwise(sorted({0, length, *opening, *closing})):
        covering = [number for number in covering if number not in closing[start]] + opening[start]
        covering.sort(key=lambda number: (spans[number].start, -spans[number].end, number))
        found.append(Piece(start, end, tuple(covering)))
    return tuple(found)


def marked(text: str, marks: Sequence[Mark], sentences: Iterable[Span] = ()) -> Markup:
    """The text as HTML: pieces with marks in ``<span class="mark …">``, sentences in ``<span class="sentence">`` around them.

    A piece says in ``data-marks`` which entries it opens. Where a numbered mark begins its piece has the id ``c`` and its offset, and its
    names stand before it as empty elements. No element stands in another but in a sentence.
    """
    around = _apart(sentences, len(text))
    spans = [*(mark.span for mark in marks), *around]
    edges = {span.start: span for span in around}
    ends = {span.end for span in around}
    out: list[str] = []
    for piece in pieces(len(text), spans):
        if piece.start in ends:
            out.append("</span>")
        if piece.start in edges:
            out.append('<span class="sentence">')
        out.append(_piece(piece, text, [marks[number] for number in piece.marks if number < len(marks)]))
    if len(text) in ends:
        out.append("</span>")
    return Markup("".join(out))


def shown(text: str) -> str:
    """A text as escaped HTML that every browser reads back as it is; what no page can hold (a lone surrogate, the zero sign) stands as
    the sign for a letter that is missing, so that offsets stay right."""
    return str(escape(_UNSHOWABLE.sub("\ufffd", text))).replace("\r", "&#13;")


def _piece(piece: Piece, text: str, marks: Sequence[Mark]) -> str:
    letters = shown(text[piece.start : piece.end])
    if not marks:
        return letters
    kinds = " ".join(dict.fromkeys(kind for mark in marks for kind in mark.kinds))
    numbers = " ".join(str(mark.number) for mark in marks if mark.number is not None)
    begins = [mark for mark in marks if mark.span.start == piece.start]
    names = "".join(f'<span class="name" id="{escape(name)}"></span>' for mark in begins for name in mark.names)
    id = f' id="c{piece.start}"' if any(mark.number is not None for mark in begins) else ""
    opens = f' data-marks="{numbers}"' if numbers else ""
    return f'{names}<span class="mark {escape(kinds)}"{id}{opens}>{letters}</span>'


def _apart(spans: Iterable[Span], length: int) -> list[Span]:
    """Spans in the order of the text, each beginning where the one before ends at the earliest."""
    found: list[Span] = []
    for span in sorted(set(spans)):
        start = max(span.start, found[-1].end if found else 0)
        if start < min(span.end, length):
            found.append(Span(start, min(span.end, length)))
    return found


def runs_of(text: str, length: int) -> Iterator[tuple[Span, tuple[str, ...]]]:
    """Every run of so many words, in lower case, with where it stands."""
    words = [(found.span(), found[0].lower()) for found in re.finditer(r"\w+", text)]
    for at in range(len(words) - length + 1):
        run = words[at : at + length]
        yield Span(run[0][0][0], run[-1][0][1]), tuple(word for _, word in run)


def shared(text: str, other: str, length: int = 5) -> tuple[Span, ...]:
    """The parts of a text whose runs of words stand in another text too, in order and apart.

    Args:
        length: words of a run. Families of copies are made by runs of three; to mark a passage, five keep phrases that any two
            articles share ("in the north of the country") unmarked.
    """
    there = {words for _, words in runs_of(other, length)}
    found: list[Span] = []
    for span, words in runs_of(text, length):
        if words not in there:
            continue
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, span.end)
        else:
            found.append(span)
    return tuple(found)
