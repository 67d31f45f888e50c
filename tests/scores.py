"""Scores of a text, written by hand for tests: what the network would say if it were sure of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from orbat.layout import (
    CERTAINTIES,
    DISTANCES,
    HIDDEN,
    MENTION_TAGS,
    MENTION_TYPES,
    PAIRS,
    REFERENCE,
    ROLES,
    SENTENCES,
    SOURCE,
    TRIGGER_TYPES,
    Floats,
    Scores,
    Tables,
    merge,
)
from orbat.types import Span
from orbat.windows import Pieces, casing_of, plan

SURE = 8.0


def tables() -> Tables:
    """Tables that add nothing, and a calibration that changes nothing."""
    sizes = {
        "role_types": (len(TRIGGER_TYPES), len(MENTION_TYPES), len(ROLES)),
        "role_distance": (DISTANCES, len(ROLES)),
        "source_types": (len(MENTION_TYPES),),
        "source_distance": (SENTENCES,),
        "reference_types": (len(MENTION_TYPES), len(MENTION_TYPES)),
        "reference_distance": (SENTENCES,),
        "near_role": (DISTANCES, HIDDEN),
        "near_source": (SENTENCES, HIDDEN),
        "near_reference": (SENTENCES, HIDDEN),
        "event_hidden": (len(TRIGGER_TYPES), HIDDEN),
        "mention_hidden": (3, len(MENTION_TYPES), HIDDEN),
        "role_out": (HIDDEN, len(ROLES)),
        "source_out": (HIDDEN,),
        "reference_out": (HIDDEN,),
        "bias": (2,),
        "least": (2,),
    }
    return Tables(calibration=np.array([1, 0], dtype=np.float32), **{k: np.zeros(v, dtype=np.float32) for k, v in sizes.items()})


class Sheet:
    """Words of a text as pieces, and a sure score wherever a test says something."""

    def __init__(self, text: str, sentences: Sequence[Span]) -> None:
        words = [m.span() for m in re.finditer(r"\w[\w-]*|[^\w\s]", text)]
        self.text, self.words = text, words
        starts = np.array([s.start for s in sentences])
        number = np.searchsorted(starts, [a for a, _ in words], side="right") - 1
        count = len(words)
        said = [text[a:b].lower() for a, b in words]  # a word has the number of the place where it is first said
        self.pieces = Pieces(
            np.array([said.index(word) for word in said]),
            np.array([casing_of(text[a:b]) for a, b in words]), np.zeros(count, dtype=np.int64),
            np.array([a for a, _ in words]), np.array([b for _, b in words]), number, np.ones(count, dtype=np.bool_),
        )  # fmt: skip
        self.windows = plan(number, np.zeros(count, dtype=np.int64))
        size = count + 2
        self.mention = np.zeros((size, len(MENTION_TAGS)), dtype=np.float32)
        self.mention[:, 0] = SURE / 2
        self.trigger = np.zeros((size, len(TRIGGER_TYPES)), dtype=np.float32)
        self.trigger[:, 0] = SURE / 2
        self.inside = np.full(size, -SURE, dtype=np.float32)
        self.certainty = np.zeros((size, len(CERTAINTIES)), dtype=np.float32)
        self.negated = np.full(size, -SURE, dtype=np.float32)
        self.ends = np.zeros((3, size, 3 * HIDDEN), dtype=np.float32)
        self.pair = np.zeros((len(PAIRS), size, size), dtype=np.float32)
        self.pair[[0, SOURCE, REFERENCE], :, 0] = SURE / 2
        self.pair[0] = SURE / 2

    def at(self, words: str) -> tuple[int, int]:
        """First and last piece of the first place where ``words`` stand."""
        a = self.text.index(words)
        found = [i for i, (x, y) in enumerate(self.words) if x >= a and y <= a + len(words)]
        return found[0] + 1, found[-1] + 1

    def tag(self, piece: int, tag: str) -> None:
        self.mention[piece, MENTION_TAGS.index(tag)] = SURE

    def name(self, words: str, kind: str) -> None:
        a, b = self.at(words)
        self.tag(a, f"{'B' if b > a else 'U'}-{kind}")
        for i in range(a + 1, b):
            self.tag(i, f"I-{kind}")
        if b > a:
            self.tag(b, f"L-{kind}")

    def state(self, words: str, kind: str, certainty: str = "fact", *, negated: bool = False) -> None:
        a, b = self.at(words)
        self.trigger[a, [str(t) for t in TRIGGER_TYPES].index(kind)] = SURE
        self.inside[a + 1 : b + 1] = SURE
        self.certainty[a, [str(c) for c in CERTAINTIES].index(certainty)] = SURE
        if negated:
            self.negated[a] = SURE

    def link(self, row: str, column: str, head: str) -> None:
        heads = [str(p) for p in PAIRS]
        index = heads.index(head if head in ("source", "reference") else f"role:{head}")
        first, last = self.at(row)
        self.pair[index, last if head == "reference" else first, self.at(column)[1]] = SURE

    def scores(self) -> Scores:
        """One window's worth of scores."""
        assert len(self.windows) == 1
        states = np.eye(len(self.inside), dtype=np.float32)  # a piece's state says which one it is
        return merge(self.pieces, self.windows, [[self.mention, self.trigger, self.inside, states]], tables=tables(), heads=self.heads)

    def heads(self, rows: Floats, columns: Floats) -> list[Floats]:
        """What is written here of pieces, by their states: the vector of a row is what it has with each column."""
        row, column = rows.argmax(axis=1), columns.argmax(axis=1)
        vectors = self.pair[:, row].transpose(1, 0, 2), np.repeat(columns[:, None], len(PAIRS), axis=1)
        from_row, from_last, from_first = self.ends
        return [self.certainty[row], self.negated[row], vectors[0], from_row[row], vectors[1], from_last[column], from_first[column]]
