"""Sentences of a text, character-exact."""

from __future__ import annotations

import re

import syntok.segmenter

from orbat.types import Span

_PARAGRAPHS = re.compile(r"\n+")
_OPENING = re.compile(r"(?:^|[.!?][\"'”’)]*\s+)[\"'“‘(]*[a-z]", re.MULTILINE)


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of ``text``, in order; a line break always ends a sentence.

    The rules are syntok's, paragraph by paragraph, as the corpus was made with them. They look at capitals: a text that has only
    lower case, or only capitals, is given a capital after each full stop for them to look at. Text between spans is white space.
    """
    if text.islower() or text.isupper():
        text = _cased(text)
    out: list[Span] = []
    place = 0
    for gap in [*_PARAGRAPHS.finditer(text), None]:
        stop = gap.start() if gap else len(text)
        paragraph = text[place:stop]
        if paragraph.strip():
            for group in syntok.segmenter.analyze(paragraph):
                for tokens in group:
                    part = list(tokens)
                    a, b = place + part[0].offset, place + part[-1].offset + len(part[-1].value)
                    if text[a:b].strip():
                        out.append(Span(a, b))
        place = gap.end() if gap else stop
    return tuple(out)


def _cased(text: str) -> str:
    """The text in lower case with a capital at what may open a sentence; every letter keeps its place."""
    plain = text if text.islower() else "".join(low if len(low := c.lower()) == 1 else c for c in text)
    return _OPENING.sub(lambda found: found[0][:-1] + found[0][-1].upper(), plain)
