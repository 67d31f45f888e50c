"""Sentences of a text, character-exact."""

from __future__ import annotations

import re

import syntok.segmenter

_PARAGRAPHS = re.compile(r"\n+")


def sentences(text: str) -> list[tuple[int, int]]:
    """Half-open character spans of the sentences of ``text``, in order; a line break always ends a sentence.

    The rules are syntok's, paragraph by paragraph, as the corpus was made with them. Text between spans is white space.
    """
    out: list[tuple[int, int]] = []
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
                        out.append((a, b))
        place = gap.end() if gap else stop
    return out
