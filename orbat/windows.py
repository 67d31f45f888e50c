"""Word pieces of a text and the windows a long text is read in; shared by training and reading.

Token indices live here, in ``encoder`` and in ``decode`` only: everything else speaks character offsets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

CASINGS = ("none", "lower", "title", "upper", "initial", "mixed", "digit", "mark")
"""How the word that a piece belongs to is written: no text (special piece), ``raid``, ``Mosul``, ``ISIS``,
``A``, ``al-Qaida``'s ``iPhone``-like mixes, ``2014``, punctuation."""

BOUNDARIES = ("inside", "sentence", "paragraph")
"""Whether a piece opens a sentence, opens a paragraph, or neither."""


def casing_of(word: str) -> int:
    """The index in ``CASINGS`` of a word as written (``word`` is not empty)."""
    if word.islower():
        return 1
    if word.isupper():
        return 3 if len(word) > 1 else 4
    if any(c.isdigit() for c in word):
        return 6
    if word.istitle():
        return 2
    return 5 if any(c.isalpha() for c in word) else 7


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text in word pieces: arrays of one length, in the order of the text.

    ``ids`` vocabulary numbers · ``casing``, ``boundary`` indices of ``CASINGS``, ``BOUNDARIES`` · ``start``,
    ``end`` character offsets in the text · ``sentence`` the number of the sentence each piece stands in ·
    ``first`` whether the piece opens a word.
    """

    ids: NDArray[np.int64]
    casing: NDArray[np.int64]
    boundary: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    sentence: NDArray[np.int64]
    first: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.ids)


def pieces_of(text: str, sentences: Sequence[tuple[int, int]], tokenizer: Tokenizer) -> Pieces:
    """Cut ``text`` into word pieces; those outside every sentence (white space, stray marks) are left out."""
    encoding = tokenizer.encode(text, add_special_tokens=False)
    offsets = np.asarray(encoding.offsets, dtype=np.int64).reshape(-1, 2)
    words = np.asarray(encoding.word_ids, dtype=np.int64)
    count = len(words)
    first = np.ones(count, dtype=np.bool_)
    first[1:] = words[1:] != words[:-1]
    starts = np.flatnonzero(first)
    word_end = offsets[np.append(starts[1:], count) - 1, 1] if count else offsets[:0, 1]
    word_start = offsets[starts, 0]
    casing_word = np.fromiter(
        (casing_of(text[a:b]) if b > a else 7 for a, b in zip(word_start.tolist(), word_end.tolist(), strict=True)),
        dtype=np.int64,
        count=len(starts),
    )
    casing = np.repeat(casing_word, np.diff(np.append(starts, count)))
    bounds = np.asarray(sentences, dtype=np.int64).reshape(-1, 2)
    number = np.searchsorted(bounds[:, 0], offsets[:, 0], side="right") - 1
    inside = number >= 0
    inside[inside] &= offsets[inside, 0] < bounds[number[inside], 1]
    inside &= offsets[:, 1] > offsets[:, 0]
    number = number[inside]
    boundary = np.zeros(len(number), dtype=np.int64)
    opens = np.ones(len(number), dtype=np.bool_)
    opens[1:] = number[1:] != number[:-1]
    boundary[opens] = 1
    for i in np.flatnonzero(opens).tolist():
        n = int(number[i])
        if n == 0 or "\n" in text[bounds[n - 1, 1] : bounds[n, 0]]:
            boundary[i] = 2
    ids = np.asarray(encoding.ids, dtype=np.int64)
    return Pieces(ids[inside], casing[inside], boundary, offsets[inside, 0], offsets[inside, 1], number, first[inside])


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces ``a`` to ``b`` are read together; the answers for ``own_a`` to ``own_b`` are taken from this reading."""

    a: int
    b: int
    own_a: int
    own_b: int


LIMIT = 254
"""Word pieces a window, the two special ones not counted: as long as the windows of training."""

OVERLAP = 24
"""Pieces, at the least, that two windows share, so that no sentence loses its neighbours on both sides."""


def plan(sentence: NDArray[np.int64], limit: int = LIMIT, overlap: int = OVERLAP) -> list[Window]:
    """Cover a text of ``len(sentence)`` pieces by windows of whole sentences, alike in length.

    ``sentence`` is the number of the sentence of each piece, not falling. A sentence longer than ``limit`` is cut, never
    dropped. Every piece is owned by exactly one window; a shared sentence by the window that shows more around it.
    """
    count = len(sentence)
    if count <= limit:
        return [Window(0, count, 0, count)] if count else []
    edges = np.flatnonzero(np.diff(sentence, prepend=sentence[0] - 1, append=sentence[-1] + 1))
    number = -(-(count - overlap) // (limit - overlap))
    size = min(limit, -(-(count + (number - 1) * overlap) // number) + overlap // 2)
    spans: list[tuple[int, int]] = []
    a = 0
    while True:
        b = a + size
        if b >= count:
            spans.append((a, count))
            break
        ends = edges[(edges > a) & (edges <= b)]
        b = int(ends[-1]) if len(ends) else b
        spans.append((a, b))
        back = edges[(edges > a) & (edges <= b - overlap)]
        # A sentence that fills the window by itself is followed without overlap.
        a = int(back[-1]) if len(back) and b - back[-1] < size // 2 else b
    out: list[Window] = []
    own = 0
    for i, (a, b) in enumerate(spans):
        stop = b
        if i + 1 < len(spans):
            middle = (spans[i + 1][0] + b) // 2
            near = edges[(edges >= spans[i + 1][0]) & (edges <= b)]
            stop = int(near[np.argmin(np.abs(near - middle))]) if len(near) else b
        out.append(Window(a, b, own, stop))
        own = stop
    return out
