"""Word pieces of a text and the windows a long text is read in; shared by training and reading.

Token indices live here, in ``encoder`` and in ``decode`` only: everything else speaks character offsets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from orbat.types import Span

Ints = NDArray[np.int64]

CASINGS = ("none", "lower", "title", "upper", "initial", "mixed", "digit", "mark")
"""How the word that a piece belongs to is written: no text (special piece), ``raid``, ``Mosul``, ``ISIS``,
``A``, ``al-Qaida``'s ``iPhone``-like mixes, ``2014``, punctuation."""

CLS, SEP, MASK = 101, 102, 103
"""The pieces that open and close a window, and the one that hides a word, in BERT's vocabulary."""

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


_ID, _START, _END, _CASING, _FIRST = range(5)
"""Columns of a table of pieces: vocabulary number, offsets, index in ``CASINGS``, whether it opens a word."""


def pieces_of(text: str, sentences: Sequence[Span], tokenizer: Tokenizer) -> Pieces:
    """Cut ``text`` into word pieces; those outside every sentence (white space, stray marks) are left out."""
    return _within(_cut(text, tokenizer), text, sentences)


class Cutter:
    """Cuts texts as ``pieces_of`` does, and remembers how each chunk between two blanks was cut: the tokenizer sees nothing beyond a
    blank, and most chunks of a text were in others before it. Safe to call from several threads."""

    REMEMBERED = 32_768
    """Chunks that are remembered at most; then all are forgotten. They take 10 MB."""
    LONGEST = 40
    """Letters of the longest chunk that is remembered: longer ones are addresses and the like, not seen again."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self.known: dict[str, Ints] = {}

    def pieces_of(self, text: str, sentences: Sequence[Span]) -> Pieces:
        """The word pieces of a text, as the function of that name gives them."""
        chunks = text.replace("\n", " ").split(" ")
        known = self.known  # it only grows; where it is full another one takes its place
        if new := set(chunks).difference(known):
            fresh = self._cut(list(new))
            tables = [fresh[chunk] if chunk in fresh else known[chunk] for chunk in chunks]
            self._remember(fresh)
        else:
            tables = list(map(known.__getitem__, chunks))
        table = np.concatenate(tables)
        table[:, _START : _END + 1] += np.repeat(_starts(chunks), list(map(len, tables)))[:, None]
        return _within(table, text, sentences)

    def _cut(self, chunks: Sequence[str]) -> dict[str, Ints]:
        """The table of each chunk."""
        table = _cut(" ".join(chunks), self._tokenizer)
        starts = _starts(chunks)
        edges = [*np.searchsorted(table[:, _START], starts).tolist(), len(table)]
        table[:, _START : _END + 1] -= np.repeat(starts, np.diff(edges))[:, None]
        return {chunk: table[a:b] for chunk, a, b in zip(chunks, edges, edges[1:], strict=False)}

    def _remember(self, fresh: Mapping[str, Ints]) -> None:
        if len(self.known) + len(fresh) > self.REMEMBERED:
            self.known = {}
        self.known.update((chunk, table) for chunk, table in islice(fresh.items(), self.REMEMBERED) if len(chunk) <= self.LONGEST)


def _starts(chunks: Sequence[str]) -> Ints:
    """Where each chunk begins in the text that they make with one blank between them."""
    sizes = np.fromiter(map(len, chunks), np.int64, len(chunks)) + 1
    return np.asarray(np.cumsum(sizes) - sizes, dtype=np.int64)


def _cut(text: str, tokenizer: Tokenizer) -> Ints:
    """A text as a table of all its pieces, a row each."""
    encoding = tokenizer.encode(text, add_special_tokens=False)
    words = np.asarray(encoding.word_ids, dtype=np.int64)
    count = len(words)
    table = np.empty((count, 5), dtype=np.int64)
    if not count:
        return table
    table[:, _ID] = encoding.ids
    table[:, _START : _END + 1] = np.asarray(encoding.offsets, dtype=np.int64).reshape(-1, 2)
    first = np.ones(count, dtype=np.bool_)
    first[1:] = words[1:] != words[:-1]
    starts = np.flatnonzero(first)
    stops = np.append(starts[1:], count)
    word_start, word_end = table[starts, _START].tolist(), table[stops - 1, _END].tolist()
    casing = [casing_of(text[a:b]) if b > a else 7 for a, b in zip(word_start, word_end, strict=True)]
    table[:, _CASING] = np.repeat(np.array(casing, dtype=np.int64), stops - starts)
    table[:, _FIRST] = first
    return table


def _within(table: Ints, text: str, sentences: Sequence[Span]) -> Pieces:
    """The pieces of a text that stand in its sentences."""
    start, end = table[:, _START], table[:, _END]
    bounds = np.array([(s.start, s.end) for s in sentences], dtype=np.int64).reshape(-1, 2)
    number = np.searchsorted(bounds[:, 0], start, side="right") - 1
    inside = number >= 0
    inside[inside] &= start[inside] < bounds[number[inside], 1]
    inside &= end > start
    number = number[inside]
    boundary = np.zeros(len(number), dtype=np.int64)
    opens = np.ones(len(number), dtype=np.bool_)
    opens[1:] = number[1:] != number[:-1]
    boundary[opens] = 1
    for i in np.flatnonzero(opens).tolist():
        n = int(number[i])
        if n == 0 or "\n" in text[bounds[n - 1, 1] : bounds[n, 0]]:
            boundary[i] = 2
    ids, start, end, casing, first = table[inside].T.copy()
    return Pieces(ids, casing, boundary, start, end, number, first.astype(np.bool_))


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces ``a`` to ``b`` are read together; the answers for ``own_a`` to ``own_b`` are taken from this reading."""

    a: int
    b: int
    own_a: int
    own_b: int


LIMIT = 254
"""Word pieces a window, the two special ones not counted: as many as the longest windows of training have. A word and what it stands for,
an event and its speaker are oftener read together than in windows of 160 pieces, which cost 5 % less."""

SHARED = 40
"""The longest sentence, in pieces, that two windows share where a paragraph is cut."""


def plan(sentence: NDArray[np.int64], boundary: NDArray[np.int64], limit: int = LIMIT) -> list[Window]:
    """Cover a text by windows of whole sentences; every piece is owned by exactly one of them.

    A window ends with a paragraph where it can. Where a paragraph must be cut, the next window begins with the sentence
    before the cut, as context only, unless that is longer than ``SHARED``. A sentence longer than ``limit`` is cut, never dropped.

    Args:
        sentence: the number of the sentence of each piece, not falling.
        boundary: for each piece its index in ``BOUNDARIES``.
    """
    count = len(sentence)
    edges = np.append(np.flatnonzero(np.diff(sentence, prepend=-1)), count)
    paragraphs = np.append(np.flatnonzero(boundary == 2), count)
    out: list[Window] = []
    a = own = 0
    while own < count:
        if count - a <= limit:
            out.append(Window(a, count, own, count))
            break
        stop = _last(paragraphs, max(own, a + limit // 2), a + limit)
        if stop is None:
            stop = _last(edges, own, a + limit) or a + limit
            before = _last(edges, -1, stop - 1)
            start = stop if before is None or stop - before > SHARED else before
        else:
            start = stop
        out.append(Window(a, stop, own, stop))
        a, own = start, stop
    return out


def _last(edges: NDArray[np.int64], above: int, upto: int) -> int | None:
    """The last edge above one place and not beyond another."""
    k = int(np.searchsorted(edges, upto, side="right")) - 1
    return int(edges[k]) if k >= 0 and edges[k] > above else None


def inputs(pieces: Pieces, window: Window) -> dict[str, NDArray[np.int64]]:
    """What the network is given for one window, ``[1, pieces + 2]`` each: the pieces between an opening and a closing one."""
    given = np.zeros((3, 1, window.b - window.a + 2), dtype=np.int64)
    given[0, 0, [0, -1]] = CLS, SEP
    for row, of in zip(given, (pieces.ids, pieces.casing, pieces.boundary), strict=True):
        row[0, 1:-1] = of[window.a : window.b]
    return dict(zip(("pieces", "casing", "boundary"), given, strict=True))
