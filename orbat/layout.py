"""How the network's outputs are laid out: what each index of each head means. Shared by training and decoding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orbat.types import Certainty, EventType, MentionType, Role
from orbat.windows import Pieces, Window

Floats = NDArray[np.float32]

HEADS = ("mention", "trigger", "inside", "states")
"""The outputs of the network, in order: what is said of every piece, and the hidden states that the other heads stand on."""

END_HEADS = ("certainty", "negated", "row", "from_row", "column", "from_last", "from_first")
"""The outputs of the heads that are worked out for the ends of pairs alone, in order; the first four of rows, the others of columns."""

Heads = Callable[[Floats, Floats], Sequence[Floats]]
"""The states of rows and of columns, ``[rows, D]`` and ``[columns, D]``, at least one each, to what ``END_HEADS`` names."""

MENTION_TYPES = tuple(MentionType)
MENTION_TAGS = ("O", *(f"{part}-{type}" for type in MENTION_TYPES for part in "BILU"))
"""BILOU tags of word pieces: begin, inside, last and unit of each mention type, outside."""

TRIGGER_TYPES = (None, *EventType)
CERTAINTIES = tuple(Certainty)
ROLES = (None, *Role)
PAIRS = (*(f"role:{role}" for role in ROLES), "source", "reference")
SOURCE, REFERENCE = len(ROLES), len(ROLES) + 1

HIDDEN = 128
"""Width of the hidden layer that scores one pair; there are three, for roles, sources and references."""

OF_ROLE, OF_SOURCE, OF_REFERENCE = range(3)

DISTANCES = 23
"""Buckets of the signed distance in word pieces from a trigger to a mention's last piece."""

SENTENCES = 13
"""Buckets of the signed distance in sentences, cut at 6 either way."""

PRONOUNS = np.array(
    [2002, 2016, 2009, 2057, 2027, 2032, 2014, 2068, 2010, 2049, 2256, 2037, 1045, 2026, 2033, 2040, 2029, 2023, 2008, 2122, 2216]
)
"""he she it we they him her them his its our their I my me who which this that these those, in BERT's vocabulary."""


_IS_PRONOUN = np.zeros(PRONOUNS.max() + 2, dtype=np.bool_)  # by number; the last one is for all greater ones
_IS_PRONOUN[PRONOUNS] = True


def may_refer(ids: NDArray[np.int64], casing: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether mentions may stand for a name elsewhere, by their last pieces: common nouns (in lower case) and pronouns."""
    return np.asarray((casing == 1) | _IS_PRONOUN[np.minimum(ids, len(_IS_PRONOUN) - 1)], dtype=np.bool_)


_EDGES = np.array([1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48])


def distance_bucket(steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """Signed distance in pieces -> bucket ``0 .. DISTANCES - 1``; 11 is no distance."""
    size = np.searchsorted(_EDGES, np.abs(steps), side="right")
    return np.asarray(11 + np.sign(steps) * size, dtype=np.int64)


def sentence_bucket(steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """Signed distance in sentences -> bucket ``0 .. SENTENCES - 1``; 6 is the same sentence."""
    return np.asarray(np.clip(steps, -6, 6) + 6, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Tables:
    """The part of scoring a pair that needs the types of its ends, learned with the network.

    Added to a pair's score: ``role_types [trigger type, mention type, role]`` · ``role_distance [bucket, role]`` ·
    ``source_types [mention type]`` · ``source_distance [bucket]`` · ``reference_types [mention type, mention type]`` ·
    ``reference_distance [bucket]``.

    Added to a pair's hidden layer, ``[.., HIDDEN]``: ``near_role [bucket]``, ``near_source [bucket]``, ``near_reference [bucket]``,
    ``event_hidden [trigger type]``, ``mention_hidden [3, mention type]``; its outputs: ``role_out [HIDDEN, role]``, ``source_out
    [HIDDEN]``, ``reference_out [HIDDEN]``.

    ``calibration [2]``: slope and shift from a trigger's log-odds to those of its being right · ``bias [2]``: added to
    the scores of no role and no source · ``least [2]``: the scores that a common noun or pronoun, and another mention,
    has at least where no event uses it.
    """

    role_types: Floats
    role_distance: Floats
    source_types: Floats
    source_distance: Floats
    reference_types: Floats
    reference_distance: Floats
    near_role: Floats
    near_source: Floats
    near_reference: Floats
    event_hidden: Floats
    mention_hidden: Floats
    role_out: Floats
    source_out: Floats
    reference_out: Floats
    calibration: Floats
    bias: Floats
    least: Floats


@dataclass(frozen=True, slots=True)
class Scores:
    """What the network says of a text, piece by piece: arrays of ``len(pieces)`` rows in the layout of ``HEADS``.

    ``states [pieces, D]`` are what ``heads`` are asked of, and ``openings [windows, D]`` those of the pieces that open windows; ``owner``
    is the number of the window that each piece's scores and state come from.
    """

    pieces: Pieces
    mention: Floats
    trigger: Floats
    inside: Floats
    states: Floats
    openings: Floats
    windows: tuple[Window, ...]
    owner: NDArray[np.int64]
    tables: Tables
    heads: Heads


NOTHING = 20.0
"""The score of no mention and of no trigger where nothing was read: so sure that no other is thought of."""


def merge(pieces: Pieces, windows: Sequence[Window], outputs: Sequence[Sequence[Floats] | None], *, tables: Tables, heads: Heads) -> Scores:
    """Join the outputs of windows (each ``HEADS``, without the batch axis) into the scores of the text.

    None is the output of a window that was not read: it holds nothing.
    """
    count = len(pieces)
    width = next((out[3].shape[1] for out in outputs if out is not None), 1)
    mention = np.zeros((count, len(MENTION_TAGS)), dtype=np.float32)
    trigger = np.zeros((count, len(TRIGGER_TYPES)), dtype=np.float32)
    inside = np.full(count, -NOTHING, dtype=np.float32)
    states = np.zeros((count, width), dtype=np.float32)
    openings = np.zeros((len(windows), width), dtype=np.float32)
    owner = np.zeros(count, dtype=np.int64)
    for k, (w, out) in enumerate(zip(windows, outputs, strict=True)):
        here = slice(w.own_a, w.own_b)
        owner[here] = k
        if out is None:
            mention[here, 0] = trigger[here, 0] = NOTHING
            continue
        there = slice(1 + w.own_a - w.a, 1 + w.own_b - w.a)
        for whole, part in zip((mention, trigger, inside, states), out, strict=True):
            whole[here] = part[there]
        openings[k] = out[3][0]
    return Scores(pieces, mention, trigger, inside, states, openings, tuple(windows), owner, tables, heads)
