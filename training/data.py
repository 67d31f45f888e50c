"""The corpus as windows of word pieces with what each head should say; drawn anew every pass."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from orbat.layout import CERTAINTIES, MENTION_TAGS, MENTION_TYPES, ROLES, TRIGGER_TYPES, distance_bucket, may_refer, sentence_bucket
from orbat.types import Certainty, EventType, MentionType, Role, Span
from orbat.windows import CLS, MASK, SEP, Pieces, pieces_of

UNKNOWN = -1
ONE_ROLE = np.eye(len(ROLES), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Gold:
    """One article: its pieces and, in piece indices, its mentions ``[first, last, type, reference name number]``,
    and events ``[first, last, type, certainty, negated, source mention, sentence]``; roles are ``(event, mention) -> role``.
    """

    id: str
    pieces: Pieces
    mentions: NDArray[np.int64]
    events: NDArray[np.int64]
    roles: dict[tuple[int, int], int]
    names: tuple[str, ...]  # folded text of each mention, or of the name it stands for
    refers: tuple[bool, ...]
    soft: Soft | None = None  # where a teacher marked the text: how sure it was
    asked: tuple[tuple[int, int], ...] = ()  # further pieces whose speaker is known: (piece, mention or UNKNOWN for none)
    muted: bool = False  # the mentions are only there to be pointed at: nothing is to be learned from the tags


@dataclass(frozen=True, slots=True)
class Soft:
    """Shares that a teacher gives: of tags ``[pieces, tags]``, of trigger types ``[pieces, types]``, of roles by ``(event, mention)``,
    of each event's speakers by mention (UNKNOWN: none)."""

    mention: NDArray[np.float16]
    trigger: NDArray[np.float16]
    roles: dict[tuple[int, int], NDArray[np.float32]]
    sources: list[dict[int, float]]


def load(path: Path) -> list[dict[str, Any]]:
    """The documents of a corpus file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def gold(doc: dict[str, Any], tokenizer: Tokenizer) -> tuple[Gold, int]:
    """A document in pieces, and how many of its mentions and triggers do not fall on piece borders."""
    pieces = pieces_of(doc["text"], [Span(*s) for s in doc["sentences"]], tokenizer)
    lost = 0

    def cover(start: int, end: int) -> tuple[int, int] | None:
        a = int(np.searchsorted(pieces.end, start, side="right"))
        b = int(np.searchsorted(pieces.start, end, side="left")) - 1
        return (a, b) if a <= b < len(pieces) else None

    mentions, names, refers, index = [], [], [], {}
    for m in doc["mentions"]:
        at = cover(m["start"], m["end"])
        if at is None or any(a <= at[1] and at[0] <= b for a, b, *_ in mentions[-4:]):
            lost += 1
            continue
        if pieces.start[at[0]] != m["start"] or pieces.end[at[1]] != m["end"]:
            lost += 1
        index[m["id"]] = len(mentions)
        mentions.append((*at, MENTION_TYPES.index(MentionType(m["type"]))))
        refers.append("ref" in m)
        names.append(m.get("ref", m["text"]).casefold())
    names = whole_names(names, [kind for _, _, kind in mentions])
    events, roles = [], {}
    for e in doc["events"]:
        at = cover(e["start"], e["end"])
        if at is None:
            lost += 1
            continue
        source = UNKNOWN if e["by"] is None else index.get(e["by"], UNKNOWN - 1)
        for role, mention in e["args"]:
            if mention in index:
                roles[len(events), index[mention]] = ROLES.index(Role(role))
        events.append(
            (*at, TRIGGER_TYPES.index(EventType(e["type"])), CERTAINTIES.index(Certainty(e["certainty"])), int(e["negated"]), source)
        )
    return (
        Gold(
            doc["id"],
            pieces,
            np.array(mentions, dtype=np.int64).reshape(-1, 3),
            np.array(events, dtype=np.int64).reshape(-1, 6),
            roles,
            tuple(names),
            tuple(refers),
        ),
        lost,
    )


def whole_names(names: list[str], kinds: list[int]) -> list[str]:
    """Names of persons in their fullest form: "kaziimba" is "stephen kaziimba" where the article names one such person and no second.

    Of 577 references to persons with two forms in the corpus's training part 422 are marked with the fuller one, 155 with the shorter.
    """
    person = MENTION_TYPES.index(MentionType.PERSON)
    persons = {name: frozenset(name.split()) for name, kind in zip(names, kinds, strict=True) if kind == person}
    whole = {}
    for name, words in persons.items():
        fuller = [other for other, more in persons.items() if words < more]
        fullest = max(fuller, key=lambda other: len(persons[other]), default=name)
        whole[name] = fullest if all(persons[other] <= persons[fullest] for other in fuller) else name
    return [whole[name] if kind == person else name for name, kind in zip(names, kinds, strict=True)]


@dataclass(frozen=True, slots=True)
class Sample:
    """A window ``[a, b)`` of an article's pieces."""

    doc: Gold
    a: int
    b: int


def cut(doc: Gold, rng: np.random.Generator, low: int, high: int) -> Iterator[Sample]:
    """The article in windows of whole sentences; each has its own size between ``low`` and ``high`` pieces."""
    edges = np.append(np.flatnonzero(np.diff(doc.pieces.sentence, prepend=-1)), len(doc.pieces))
    a = 0
    # The first window is of any size, so that sentences meet different neighbours in every pass.
    size = int(rng.integers(16, high))
    while a < len(doc.pieces):
        ends = edges[(edges > a) & (edges <= a + size)]
        b = int(ends[-1]) if len(ends) else min(int(edges[edges > a][0]), a + high)
        yield Sample(doc, a, b)
        a = b
        size = int(rng.integers(low, high + 1))


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows padded to one length, special pieces included, and the answers. Lists of pairs are flat and indexed by window."""

    pieces: Tensor
    casing: Tensor
    boundary: Tensor
    mask: Tensor
    mention: Tensor  # [B, L, tags] shares, all 0 at special pieces
    trigger: Tensor  # [B, L, types] shares
    inside: Tensor  # [B, L], -100 at special pieces
    event: Tensor  # [E, 5] window, piece, type, certainty, negated
    role: Tensor  # [N, 7] event, mention's window, last piece, first piece, mention type, distance bucket, event type
    role_gold: Tensor  # [N, roles] shares
    source: Tensor  # [P, 8] decision, window, row piece, column's last piece, its first piece, row type, column type, sentence bucket
    source_gold: Tensor  # [P] the share of each column
    reference: Tensor  # as source
    reference_gold: Tensor  # [P] 1 where the column is right

    @classmethod
    def of(cls, arrays: Iterable[NDArray[Any]], device: str = "cpu") -> Batch:
        """A batch of the arrays that ``Maker.arrays`` makes, on a device."""
        return cls(*(torch.from_numpy(array).to(device, non_blocking=True) for array in arrays))


class Maker:
    """Turns windows into batches, with the noise of training: casing lost, marks lost, words hidden."""

    def __init__(self, rng: np.random.Generator, *, noise: bool) -> None:
        self.rng, self.noise = rng, noise

    def batch(self, samples: list[Sample]) -> Batch:
        """One batch of the windows."""
        return Batch.of(self.arrays(samples))

    def arrays(self, samples: list[Sample]) -> tuple[NDArray[Any], ...]:
        """The same as arrays, which pass from one process to another at less cost."""
        made = [self._window(s) for s in samples]
        length = max(len(m["pieces"]) for m in made)

        def padded(key: str, fill: int = 0) -> NDArray[Any]:
            first = made[0][key]
            out = np.full((len(made), length, *first.shape[1:]), fill, dtype=first.dtype)
            for row, m in zip(out, made, strict=True):
                row[: len(m[key])] = m[key]
            return out

        def joined(key: str, *, window: int | None = None, count: int | None = None) -> NDArray[Any]:
            """The rows of all windows, with the window's number put into one column and what is counted in another counted on."""
            parts, before = [], 0
            for w, m in enumerate(made):
                part = m[key]
                if window is not None:
                    part[:, window] = w
                if count is not None:
                    part[:, count] += before
                    before += m["counts"][key]
                parts.append(part)
            return np.concatenate(parts)

        whole = (padded(key) for key in ("pieces", "casing", "boundary", "mask", "mention", "trigger"))
        pointers = (part for key in ("source", "reference") for part in (joined(key, window=1, count=0), joined(f"{key}_gold")))
        return (
            *whole, padded("inside", -100), joined("event", window=0), joined("role", window=1, count=0), joined("role_gold"), *pointers
        )  # fmt: skip

    def _kept(self, sample: Sample) -> NDArray[np.bool_]:
        """Which pieces stay: sometimes commas, apostrophes and quotation marks are lost, as in some feeds."""
        ids = sample.doc.pieces.ids[sample.a : sample.b]
        keep = np.ones(len(ids), dtype=np.bool_)
        if self.noise and self.rng.random() < 0.06:
            keep = ~np.isin(ids, MARKS)
        return keep

    def _window(self, sample: Sample) -> dict[str, Any]:
        doc, a = sample.doc, sample.a
        keep = self._kept(sample)
        # place[i]: where piece a + i stands in the window, after the opening piece.
        place = np.cumsum(keep)
        ids = doc.pieces.ids[a : sample.b][keep].copy()
        casing = doc.pieces.casing[a : sample.b][keep].copy()
        boundary = doc.pieces.boundary[a : sample.b][keep].copy()
        sentence = doc.pieces.sentence
        if self.noise:
            style = self.rng.random()
            words = (casing > 0) & (casing < 6)
            if style < 0.05:
                casing[words] = 1
            elif style < 0.10:
                casing[words] = 3
            ids[self.rng.random(len(ids)) < 0.03] = MASK
        n = len(ids) + 2
        tag, opens, inside = (np.zeros(n, dtype=np.int64) for _ in range(3))
        inside[[0, -1]] = -100

        def at(piece: int) -> int:
            return int(place[piece - a])

        firsts, lasts, kinds = doc.mentions.T
        held = np.flatnonzero((firsts >= a) & (lasts < sample.b))
        for i in held.tolist():
            first, last, kind = at(firsts[i]), at(lasts[i]), int(kinds[i])
            if not keep[firsts[i] - a]:
                first += 1
            if first > last:
                continue
            base = 1 + 4 * kind
            tag[first : last + 1] = base + 1
            tag[first], tag[last] = base, base + 2
            if first == last:
                tag[first] = base + 3
        columns = Columns(held, place[firsts[held] - a], place[lasts[held] - a], kinds[held], sentence[lasts[held]])
        events, roles, shares, sources = [], [], [], []
        for k, e in enumerate(doc.events.tolist()):
            if not (a <= e[0] and e[0] < sample.b) or not keep[e[0] - a]:
                continue
            row, last = at(e[0]), at(min(e[1], sample.b - 1))
            opens[row] = e[2]
            inside[row + 1 : last + 1] = 1
            beside = np.flatnonzero(columns.sentence == sentence[e[0]])
            table = np.empty((len(beside), 7), dtype=np.int64)
            table[:, 0], table[:, 1], table[:, 6] = len(events), 0, e[2]
            table[:, 2], table[:, 3], table[:, 4] = columns.last[beside], columns.first[beside], columns.kind[beside]
            table[:, 5] = distance_bucket(columns.last[beside] - row)
            roles.append(table)
            for i in held[beside].tolist():
                plain = ONE_ROLE[doc.roles.get((k, i), 0)]
                shares.append(doc.soft.roles.get((k, i), plain) if doc.soft else plain)
            events.append((0, row, e[2], e[3], e[4]))
            if e[5] == UNKNOWN or e[5] in held:
                speakers = doc.soft.sources[k] if doc.soft else {e[5]: 1.0}
                sources.append(columns.source(row, int(sentence[e[0]]), speakers))
        for piece, mention in doc.asked:
            if a <= piece < sample.b and keep[piece - a] and (mention == UNKNOWN or mention in held):
                sources.append(columns.source(at(piece), int(sentence[piece]), {mention: 1.0}))
        references = [] if doc.muted else self._references(doc, columns)
        if doc.muted:
            inside[:] = -100
        return {
            "pieces": np.concatenate([[CLS], ids, [SEP]]),
            "casing": np.pad(casing, 1),
            "boundary": np.pad(boundary, 1),
            "mask": np.ones(n, dtype=np.int64),
            "mention": self._shares(sample, keep, tag, len(MENTION_TAGS), doc.soft.mention if doc.soft else None) * (not doc.muted),
            "trigger": self._shares(sample, keep, opens, len(TRIGGER_TYPES), doc.soft.trigger if doc.soft else None) * (not doc.muted),
            "inside": inside,
            "event": np.array(events, dtype=np.int64).reshape(-1, 5),
            "role": np.concatenate([NO_ROLES, *roles]),
            "role_gold": np.array(shares, dtype=np.float32).reshape(-1, len(ROLES)),
            **_decisions("source", sources),
            **_decisions("reference", references),
            "counts": {"role": len(events), "source": len(sources), "reference": len(references)},
        }

    @staticmethod
    def _shares(sample: Sample, keep: NDArray[np.bool_], index: NDArray[np.int64], size: int, soft: NDArray[np.float16] | None) -> Any:
        """What each piece of a window should get: all on one answer, or the teacher's shares; nothing at special pieces."""
        out = np.zeros((len(index), size), dtype=np.float32)
        if soft is None:
            out[np.arange(1, len(index) - 1), index[1:-1]] = 1
        else:
            out[1:-1] = soft[sample.a : sample.b][keep]
        return out

    @staticmethod
    def _references(doc: Gold, columns: Columns) -> list[Decision]:
        """For each mention of the window: itself pointing at a mention of the name it stands for, or at none."""
        held, pieces = columns.held, doc.pieces
        number = {name: k for k, name in enumerate(doc.names)}
        names = np.array([number[doc.names[i]] for i in held.tolist()], dtype=np.int64)
        same = names[:, None] == names
        np.fill_diagonal(same, False)
        refers = np.array([doc.refers[i] for i in held.tolist()], dtype=np.bool_)
        last = doc.mentions[held, 1]
        # A name stands for itself: decoding never asks it.
        asked = np.where(refers, same.any(axis=1), may_refer(pieces.ids[last], pieces.casing[last]))
        first_sentence = pieces.sentence[doc.mentions[held, 0]]
        out = []
        for k in np.flatnonzero(asked).tolist():
            table = columns.asked(int(columns.last[k]), int(first_sentence[k]))
            table[:, 5] = columns.kind[k]
            right = np.concatenate([[not refers[k]], same[k] & refers[k]]).astype(np.float32)
            table, right = np.delete(table, k + 1, axis=0), np.delete(right, k + 1)
            out.append((table, right))
        return out


Decision = tuple[NDArray[np.int64], NDArray[np.float32]]
"""One piece pointing: what ``Batch.source`` says of each column, none being the first, and the share of each."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The mentions that a window holds whole: their numbers in the article, first and last pieces in the window, types, sentences."""

    held: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    kind: NDArray[np.int64]
    sentence: NDArray[np.int64]

    def asked(self, row: int, sentence: int) -> NDArray[np.int64]:
        """One piece of a sentence pointing at none and at each mention; no row type."""
        table = np.zeros((len(self.held) + 1, 8), dtype=np.int64)
        table[:, 2], table[0, 6], table[0, 7] = row, -1, 6
        table[1:, 3], table[1:, 4], table[1:, 6] = self.last, self.first, self.kind
        table[1:, 7] = sentence_bucket(self.sentence - sentence)
        return table

    def source(self, row: int, sentence: int, speakers: dict[int, float]) -> Decision:
        """One piece pointing at its speaker among the mentions, or at none; ``speakers`` has the shares of each."""
        shares = np.array([speakers.get(i, 0.0) for i in (UNKNOWN, *self.held.tolist())])
        return self.asked(row, sentence), (shares / shares.sum()).astype(np.float32)


def _decisions(name: str, decisions: list[Decision]) -> dict[str, NDArray[Any]]:
    """The decisions of a window in one table, numbered, and their shares."""
    for number, (table, _) in enumerate(decisions):
        table[:, 0] = number
    return {
        name: np.concatenate([NO_DECISIONS, *(table for table, _ in decisions)]),
        f"{name}_gold": np.concatenate([np.zeros(0, dtype=np.float32), *(shares for _, shares in decisions)]),
    }


NO_ROLES, NO_DECISIONS = np.zeros((0, 7), dtype=np.int64), np.zeros((0, 8), dtype=np.int64)
MARKS = np.array([1000, 1005, 1010, 1520, 1521, 1523, 1524])  # double and single quotes, comma, curly quotes in BERT's vocabulary
