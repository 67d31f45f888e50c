"""The corpus as windows of word pieces with what each head should say; drawn anew every pass."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from orbat.layout import CERTAINTIES, MENTION_TAGS, MENTION_TYPES, ROLES, TRIGGER_TYPES, distance_bucket, may_refer
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


@dataclass(slots=True)
class Batch:
    """Windows padded to one length, special pieces included, and the answers. Pair lists are flat and indexed by window."""

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
    pointer: Tensor  # [P, 6] decision, window, row piece, column's last piece, its first piece, kind
    pointer_bias: Tensor  # [P, 3] row type, column type, sentence bucket
    pointer_gold: Tensor  # [P] 1 where the column is right, or its share
    decisions: int


class Maker:
    """Turns windows into batches, with the noise of training: casing lost, marks lost, words hidden."""

    def __init__(self, rng: np.random.Generator, *, noise: bool) -> None:
        self.rng, self.noise = rng, noise

    def batch(self, samples: list[Sample]) -> Batch:
        """One batch of the windows."""
        made = [self._window(s) for s in samples]
        length = max(len(m["pieces"]) for m in made)

        def pad(key: str, fill: int) -> Tensor:
            out = np.full((len(made), length), fill, dtype=np.int64)
            for i, m in enumerate(made):
                out[i, : len(m[key])] = m[key]
            return torch.from_numpy(out)

        def spread(key: str) -> Tensor:
            out = np.zeros((len(made), length, made[0][key].shape[1]), dtype=np.float32)
            for i, m in enumerate(made):
                out[i, : len(m[key])] = m[key]
            return torch.from_numpy(out)

        events, roles, shares, pointers, biases, answers = [], [], [], [], [], []
        decisions = 0
        for w, m in enumerate(made):
            base = len(events)
            events += [(w, *e) for e in m["events"]]
            roles += [(base + r[0], w, *r[1:]) for r in m["roles"]]
            shares += m["shares"]
            for rows in m["pointers"]:
                for row, column, first, kind, row_type, column_type, bucket, right in rows:
                    pointers.append((decisions, w, row, column, first, kind))
                    biases.append((row_type, column_type, bucket))
                    answers.append(right)
                decisions += 1

        def tensor(rows: list[Any], width: int) -> Tensor:
            return torch.from_numpy(np.array(rows, dtype=np.int64).reshape(-1, width))

        return Batch(
            pad("pieces", 0),
            pad("casing", 0),
            pad("boundary", 0),
            pad("mask", 0),
            spread("mention"),
            spread("trigger"),
            pad("inside", -100),
            tensor(events, 5),
            tensor(roles, 7),
            torch.from_numpy(np.array(shares, dtype=np.float32).reshape(-1, len(ROLES))),
            tensor(pointers, 6),
            tensor(biases, 3),
            torch.tensor(answers, dtype=torch.float32),
            decisions,
        )

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

        held = [i for i, m in enumerate(doc.mentions) if a <= m[0] and m[1] < sample.b]
        for i in held:
            first, last, kind = at(doc.mentions[i][0]), at(doc.mentions[i][1]), int(doc.mentions[i][2])
            if not keep[doc.mentions[i][0] - a]:
                first += 1
            if first > last:
                continue
            base = 1 + 4 * kind
            tag[first : last + 1] = base + 1
            tag[first], tag[last] = base, base + 2
            if first == last:
                tag[first] = base + 3
        events, roles, shares, pointers = [], [], [], []
        for k, e in enumerate(doc.events):
            if not (a <= e[0] and e[0] < sample.b) or not keep[e[0] - a]:
                continue
            row, last = at(e[0]), at(min(int(e[1]), sample.b - 1))
            opens[row] = e[2]
            inside[row + 1 : last + 1] = 1
            number = len(events)
            events.append((row, int(e[2]), int(e[3]), int(e[4])))
            for i in held:
                m = doc.mentions[i]
                if sentence[m[1]] == sentence[e[0]]:
                    roles.append((number, at(m[1]), at(m[0]), int(m[2]), at(m[1]) - row, int(e[2])))
                    plain = ONE_ROLE[doc.roles.get((k, i), 0)]
                    shares.append(doc.soft.roles.get((k, i), plain) if doc.soft else plain)
            if e[5] == UNKNOWN or int(e[5]) in held:
                speakers = doc.soft.sources[k] if doc.soft else {int(e[5]): 1.0}
                pointers.append(self._source(doc, held, at, int(e[0]), speakers))
        for piece, mention in doc.asked:
            if a <= piece < sample.b and keep[piece - a] and (mention == UNKNOWN or mention in held):
                pointers.append(self._source(doc, held, at, piece, {mention: 1.0}))
        if not doc.muted:
            pointers += self._references(doc, held, at)
        if doc.muted:
            inside[:] = -100
        return {
            "pieces": np.concatenate([[CLS], ids, [SEP]]),
            "casing": np.pad(casing, 1),
            "boundary": np.pad(boundary, 1),
            "mask": np.ones(n, dtype=np.int64),
            "mention": self._shares(sample, keep, tag, len(MENTION_TAGS), doc.soft.mention if doc.soft else None) * (not doc.muted),
            "trigger": self._shares(sample, keep, opens, len(TRIGGER_TYPES), doc.soft.trigger if doc.soft else None) * (not doc.muted),
            "inside": inside, "events": events, "roles": _bucketed(roles), "shares": shares, "pointers": pointers,
        }  # fmt: skip

    @staticmethod
    def _source(doc: Gold, held: list[int], at: Any, piece: int, speakers: dict[int, float]) -> list[tuple[float, ...]]:
        """One piece pointing at its speaker among the mentions of the window, or at none; ``speakers`` has the shares of each."""
        sentence = doc.pieces.sentence
        whole = speakers.get(UNKNOWN, 0.0) + sum(speakers.get(i, 0.0) for i in held)
        rows: list[tuple[float, ...]] = [(at(piece), 0, 0, 0, 0, -1, 6, speakers.get(UNKNOWN, 0.0) / whole)]
        for i in held:
            first, last, kind = (int(x) for x in doc.mentions[i])
            steps = int(np.clip(sentence[last] - sentence[piece], -6, 6))
            rows.append((at(piece), at(last), at(first), 0, 0, kind, steps + 6, speakers.get(i, 0.0) / whole))
        return rows

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
    def _references(doc: Gold, held: list[int], at: Any) -> list[list[tuple[int, ...]]]:
        """For each mention of the window: itself pointing at a mention of the name it stands for, or at none."""
        out = []
        sentence = doc.pieces.sentence
        for i in held:
            refers = doc.refers[i]
            right = {j for j in held if j != i and doc.names[j] == doc.names[i]} if refers else set()
            if refers and not right:
                continue
            first, last, kind = (int(x) for x in doc.mentions[i])
            if not refers and not may_refer(doc.pieces.ids[last : last + 1], doc.pieces.casing[last : last + 1])[0]:
                continue  # a name stands for itself: decoding never asks it
            rows = [(at(last), 0, 0, 1, kind, -1, 6, int(not refers))]
            rows += [
                (at(last), at(doc.mentions[j][1]), at(doc.mentions[j][0]), 1, kind, int(doc.mentions[j][2]),
                 int(np.clip(sentence[doc.mentions[j][1]] - sentence[first], -6, 6)) + 6, int(j in right))
                for j in held if j != i
            ]  # fmt: skip
            out.append(rows)
        return out


MARKS = np.array([1000, 1005, 1010, 1520, 1521, 1523, 1524])  # double and single quotes, comma, curly quotes in BERT's vocabulary


def _bucketed(roles: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    if not roles:
        return []
    table = np.array(roles, dtype=np.int64)
    table[:, 4] = distance_bucket(table[:, 4])
    return [tuple(int(x) for x in row) for row in table]
