"""Scores to annotations: which mentions, events, roles, hedges, speakers and references the scores amount to. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from orbat.layout import (
    CERTAINTIES,
    HIDDEN,
    MENTION_TAGS,
    MENTION_TYPES,
    OF_REFERENCE,
    OF_ROLE,
    OF_SOURCE,
    REFERENCE,
    ROLES,
    SOURCE,
    TRIGGER_TYPES,
    Floats,
    Scores,
    distance_bucket,
    may_refer,
    sentence_bucket,
)
from orbat.types import Annotations, Argument, Event, EventType, Mention, MentionType, Span
from orbat.windows import CASINGS

Ints = NDArray[np.int64]


def decode(scores: Scores, sentences: tuple[Span, ...]) -> Annotations:
    """The annotations that the scores amount to; mentions and events in the order of the text.

    Mentions are the best valid sequence of tags. Every other decision takes its best-scored choice on its own, "none"
    among them.
    """
    if not len(scores.pieces):
        return Annotations(sentences)
    mentions, at = _mentions(scores)
    events, rows = _triggers(scores)
    arguments = _roles(scores, events, rows, at)
    sources = _sources(scores, rows, at)
    stance, sure = _best(scores.certainty[rows])
    piece = scores.pieces
    made = tuple(
        Event(
            kind,
            Span(int(piece.start[a]), int(piece.end[b])),
            int(piece.sentence[a]),
            arguments[i],
            CERTAINTIES[stance[i]],
            bool(scores.negated[a] > 0),
            sources[i][0],
            score,
            float(sure[i]),
            sources[i][1],
        )
        for i, (a, b, kind, score) in enumerate(events)
    )
    return Annotations(sentences, mentions, made, MappingProxyType(_references(scores, at)))


ODDS = 8.0
"""Log-odds of a trigger above which more means nothing: the network is as sure as it gets."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where mentions stand: the first and the last piece of each, and its type's index."""

    first: Ints
    last: Ints
    kinds: Ints

    def some(self, which: Ints) -> Places:
        """Those of some mentions, by index."""
        return Places(self.first[which], self.last[which], self.kinds[which])


Trigger = tuple[int, int, EventType, float]
"""First piece, last piece, type, calibrated score."""


def softmax(x: Floats) -> Floats:
    """Scores to shares along the last axis."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True), dtype=np.float32)


def _best(x: Floats) -> tuple[Ints, Floats]:
    """The best index of each row and the share it gets."""
    if not len(x):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    share = softmax(x)
    best = share.argmax(axis=-1)
    return best, share[np.arange(len(x)), best]


# ---- mentions -------------------------------------------------------------------------------------------------------

_PART = np.array([0] + [1 + i % 4 for i in range(len(MENTION_TAGS) - 1)])  # 0 O, 1 B, 2 I, 3 L, 4 U
_KIND = np.array([-1] + [i // 4 for i in range(len(MENTION_TAGS) - 1)])
_OPEN = np.isin(_PART, (1, 2))  # the mention goes on after this tag
_GOES_ON = np.isin(_PART, (2, 3))  # the tag goes on a mention
_ALLOWED = np.where(_OPEN[:, None], _GOES_ON[None] & (_KIND[:, None] == _KIND[None]), ~_GOES_ON[None])
_NEVER = np.float32(-1e4)
_SURELY = np.log(0.95)
_CLOSED = np.flatnonzero(~_OPEN)
_B, _I, _L = (np.flatnonzero(part == _PART) for part in (1, 2, 3))


def _mentions(scores: Scores) -> tuple[tuple[Mention, ...], Places]:
    """Mentions, and where they stand."""
    sentence = scores.pieces.sentence
    log = scores.mention - scores.mention.max(axis=1, keepdims=True)
    log -= np.log(np.exp(log).sum(axis=1, keepdims=True))
    tags = log.argmax(axis=1)
    opens = np.diff(sentence, prepend=-1) > 0
    closes = np.append(opens[1:], True)
    follows = np.flatnonzero(~opens)
    clash = follows[~_ALLOWED[tags[follows - 1], tags[follows]]]
    broken = (opens & _GOES_ON[tags]) | (closes & _OPEN[tags])
    broken[clash] = broken[clash - 1] = True
    if broken.any():
        # What stands between two pieces that are surely outside is mended on its own: the best sequence is the same, and found faster.
        firm = (tags == 0) & (log[:, 0] > _SURELY)
        edge = opens | firm
        edge[1:] |= firm[:-1]
        starts = np.flatnonzero(edge)
        amiss = np.unique(np.searchsorted(starts, np.flatnonzero(broken), side="right") - 1)
        _mend(tags, log, starts[amiss], np.append(starts[1:], len(tags))[amiss])
    part = _PART[tags]
    first, last = np.flatnonzero((part == 1) | (part == 4)), np.flatnonzero((part == 3) | (part == 4))
    kinds = _KIND[tags[first]]
    sure = np.append(0.0, np.cumsum(log[np.arange(len(tags)), tags]))
    score = np.exp((sure[last + 1] - sure[first]) / (last + 1 - first))
    p = scores.pieces
    made = tuple(
        Mention(MENTION_TYPES[k], Span(a, b), s, round(x, 4))
        for k, a, b, s, x in zip(
            kinds.tolist(), p.start[first].tolist(), p.end[last].tolist(), p.sentence[first].tolist(), score.tolist(), strict=True
        )
    )
    return made, Places(first, last, kinds)


def _mend(tags: Ints, log: Floats, starts: Ints, stops: Ints) -> None:
    """Write the best valid sequence of tags over each stretch ``starts[k]`` to ``stops[k]`` (Viterbi, all at once)."""
    lengths = stops - starts
    order = np.argsort(-lengths, kind="stable")
    starts, lengths = starts[order], lengths[order]
    longest = int(lengths[0])
    back = np.zeros((longest, len(starts), log.shape[1]), dtype=np.int64)
    total = np.where(_GOES_ON, _NEVER, log[starts])
    final = np.zeros(len(starts), dtype=np.int64)
    for i in range(1, longest + 1):
        # Stretches stand longest first, so those that go on are the first so many.
        on = int(np.searchsorted(-lengths, -i, side="left"))
        ended = slice(on, len(final) if i == 1 else int(np.searchsorted(-lengths, -(i - 1), side="left")))
        final[ended] = np.where(_OPEN, _NEVER, total[ended]).argmax(axis=1)
        if not on:
            break
        # A tag that opens anew follows the best tag that leaves nothing open; one that goes on, its own type's B or I.
        closed = total[:on, _CLOSED].argmax(axis=1)
        goes_on = np.where(total[:on, _B] >= total[:on, _I], _B, _I)
        back[i, :on] = _CLOSED[closed][:, None]
        back[i, :on, _I] = back[i, :on, _L] = goes_on.T
        total[:on] = np.take_along_axis(total[:on], back[i, :on], axis=1) + log[starts[:on] + i]
    for k, (start, length) in enumerate(zip(starts.tolist(), lengths.tolist(), strict=True)):
        tag = int(final[k])
        for i in range(length - 1, -1, -1):
            tags[start + i] = tag
            tag = int(back[i, k, tag])


# ---- triggers -------------------------------------------------------------------------------------------------------


def _triggers(scores: Scores) -> tuple[list[Trigger], Ints]:
    """Triggers ``(first piece, last piece, type, calibrated score)`` and their first pieces."""
    pieces, tables = scores.pieces, scores.tables
    raw = scores.trigger.copy()
    raw[:, 0] += tables.bias[0]
    best, share = _best(raw)
    same = np.zeros(len(pieces), dtype=np.bool_)
    same[1:] = pieces.sentence[1:] == pieces.sentence[:-1]
    # A word is never cut, unless a sentence ends within it.
    opens = np.flatnonzero((best > 0) & (pieces.first | ~same))
    goes_on = same & (((scores.inside > 0) & (best == 0)) | ~pieces.first)
    slope, shift = (float(x) for x in tables.calibration)
    out: list[Trigger] = []
    count = len(pieces)
    for a in opens.tolist():
        b = a
        while b + 1 < count and goes_on[b + 1]:
            b += 1
        odds = min(ODDS, float(np.log(share[a] / max(1e-6, 1 - share[a]))))
        kind = TRIGGER_TYPES[best[a]]
        assert kind is not None
        out.append((a, b, kind, round(float(1 / (1 + np.exp(-slope * odds - shift))), 4)))
    return out, opens


# ---- pairs ----------------------------------------------------------------------------------------------------------


def role_shares(scores: Scores, annotations: Annotations) -> dict[tuple[int, int], Floats]:
    """For every (event, mention) of one sentence, the shares of the roles (index 0: none), in the layout of ``ROLES``."""
    starts = {int(a): i for i, a in enumerate(scores.pieces.start)}
    ends = {int(b): i for i, b in enumerate(scores.pieces.end)}
    rows = _ints([starts[e.trigger.start] for e in annotations.events])
    types = _ints([TRIGGER_TYPES.index(e.type) for e in annotations.events])
    mentions = annotations.mentions
    at = Places(
        _ints([starts[m.span.start] for m in mentions]),
        _ints([ends[m.span.end] for m in mentions]),
        _ints([MENTION_TYPES.index(m.type) for m in mentions]),
    )
    event, mention, points = _role_points(scores, types, rows, at)
    return dict(zip(zip(event.tolist(), mention.tolist(), strict=True), softmax(points), strict=True)) if len(event) else {}


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _role_points(scores: Scores, types: Ints, rows: Ints, at: Places) -> tuple[Ints, Ints, Floats]:
    """The pairs (event, mention) that share a sentence, and the score of each role for each.

    A sentence longer than a window is read in parts; there a mention outside the window of the trigger has no role.
    """
    sentence, tables = scores.pieces.sentence, scores.tables
    a = _ints([scores.windows[k].a for k in scores.owner[rows]])
    b = _ints([scores.windows[k].b for k in scores.owner[rows]])
    event, mention = _together(sentence[rows], sentence[at.last])
    within = (at.last[mention] >= a[event]) & (at.last[mention] < b[event])
    event, mention = event[within], mention[within]
    if not len(event):
        return event, mention, np.zeros((0, len(ROLES)), dtype=np.float32)
    row, column, kind, type_ = rows[event], at.last[mention], at.kinds[mention], types[event]
    bucket = distance_bucket(column - row)
    points = tables.role_types[type_, kind] + tables.role_distance[bucket]
    points = points + _pair(scores, row, column, slice(0, len(ROLES)))
    hidden = _ends(scores, OF_ROLE, row, column, at.first[mention])
    hidden = hidden + tables.near_role[bucket] + tables.event_hidden[type_] + tables.mention_hidden[OF_ROLE, kind]
    return event, mention, points + _gelu(hidden) @ tables.role_out


def _together(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Index pairs of equal numbers in two rising sequences, in order."""
    start, stop = np.searchsorted(right, left, side="left"), np.searchsorted(right, left, side="right")
    sizes = stop - start
    first = np.repeat(np.arange(len(left)), sizes)
    within = np.arange(len(first)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return first, np.repeat(start, sizes) + within


def _roles(scores: Scores, events: list[Trigger], rows: Ints, at: Places) -> list[tuple[Argument, ...]]:
    """The arguments of each event, among the mentions of its sentence."""
    types = _ints([TRIGGER_TYPES.index(kind) for _, _, kind, _ in events])
    event, mention, points = _role_points(scores, types, rows, at)
    points[:, 0] += scores.tables.bias[1]
    best, share = _best(points)
    out: list[list[Argument]] = [[] for _ in events]
    for e, m, r, x in zip(event.tolist(), mention.tolist(), best.tolist(), share.tolist(), strict=True):
        role = ROLES[r]
        if role is not None:
            out[e].append(Argument(role, m, round(x, 4)))
    return [tuple(x) for x in out]


def _ends(scores: Scores, which: int, row: Ints, last: Ints, first: Ints) -> Floats:
    """What the pieces of pairs add to one of the three hidden layers, ``[pairs, HIDDEN]``."""
    part = slice(which * HIDDEN, (which + 1) * HIDDEN)
    return np.asarray(scores.row[row, part] + scores.last[last, part] + scores.first[first, part])


def _gelu(x: Floats) -> Floats:
    """The activation of the pairs' hidden layers, in its tanh form (Hendrycks and Gimpel 2016), within 0.001 of the exact one."""
    return np.asarray(0.5 * x * (1 + np.tanh(0.7978845608 * x * (1 + 0.044715 * x * x))), dtype=np.float32)


def _pair(scores: Scores, row: Ints, column: Ints, heads: slice) -> Floats:
    """Pair scores of pieces of the text, ``[n, heads]``; both pieces stand in the row's own window."""
    owner = scores.owner[row]
    parts: list[Floats] = []
    order: list[Ints] = []
    for k in np.unique(owner).tolist():
        here = np.flatnonzero(owner == k)
        shift = 1 - scores.windows[k].a
        parts.append(scores.pairs[k][heads, row[here] + shift, column[here] + shift].T)
        order.append(here)
    joined = np.concatenate(parts)
    out = np.empty_like(joined)
    out[np.concatenate(order)] = joined
    return out


_MAY_SPEAK = ~np.isin(np.array(MENTION_TYPES), [MentionType.PLACE, MentionType.TIME, MentionType.WEAPON, MentionType.RESOURCE])


def _pointed(scores: Scores, rows: Ints, at: Places, head: int, extra: Callable[[Ints, Ints], Floats]) -> tuple[Ints, Floats]:
    """For each row piece the best mention (-1: none) and its share, among the mentions in the row's own window.

    ``extra(some of the rows' indices, mentions' indices)`` gives ``[rows, mentions]`` to be added; minus infinity rules out. Memory
    grows with the windows' size, not with the text's.
    """
    best, share = np.full(len(rows), -1, dtype=np.int64), np.ones(len(rows), dtype=np.float32)
    owner = scores.owner[rows]
    for k in np.unique(owner).tolist():
        window = scores.windows[k]
        here = np.flatnonzero(owner == k)
        inside = np.flatnonzero((at.last >= window.a) & (at.last < window.b) & (_MAY_SPEAK[at.kinds] | (head != SOURCE)))
        shift = 1 - window.a
        place = np.append(at.last[inside] + shift, 0)  # the last column is the opening piece, "none"
        near = scores.pairs[k][head][(rows[here] + shift)[:, None], place[None]]
        near[:, :-1] += extra(here, inside)
        near[:, -1] += scores.tables.bias[2 + head - SOURCE]
        chosen, share[here] = _best(near)
        best[here] = np.append(inside, -1)[chosen]
    return best, share


def _hidden(scores: Scores, which: int, rows: Ints, at: Places, near: Floats) -> Floats:
    """The hidden layer of every (row, mention), activated: ``[rows, mentions, HIDDEN]``."""
    part = slice(which * HIDDEN, (which + 1) * HIDDEN)
    column = scores.last[at.last, part] + scores.first[at.first, part] + scores.tables.mention_hidden[which, at.kinds]
    return _gelu(scores.row[rows, part][:, None] + column[None] + near)


def _sources(scores: Scores, rows: Ints, at: Places) -> list[tuple[int | None, float]]:
    """The speaker's mention of each event, None where the text speaks in its own voice, and how sure."""
    sentence, tables = scores.pieces.sentence, scores.tables

    def extra(some: Ints, mentions: Ints) -> Floats:
        to = at.some(mentions)
        bucket = sentence_bucket(sentence[to.last][None] - sentence[rows[some]][:, None])
        plain = tables.source_types[to.kinds][None] + tables.source_distance[bucket]
        return plain + _hidden(scores, OF_SOURCE, rows[some], to, tables.near_source[bucket]) @ tables.source_out

    best, share = _pointed(scores, rows, at, SOURCE, extra)
    return [(None if b < 0 else b, round(s, 4)) for b, s in zip(best.tolist(), share.tolist(), strict=True)]


_CAPITALS = [CASINGS.index(name) for name in ("title", "upper", "initial", "mixed")]


def _references(scores: Scores, at: Places) -> dict[int, int]:
    """Pronouns and common nouns to the mention whose name they stand for."""
    tables, pieces = scores.tables, scores.pieces
    asking = np.flatnonzero(may_refer(pieces.ids[at.last], pieces.casing[at.last]))
    asked = at.some(asking)

    def extra(some: Ints, mentions: Ints) -> Floats:
        own, to = asked.some(some), at.some(mentions)
        bucket = sentence_bucket(pieces.sentence[to.last][None] - pieces.sentence[own.first][:, None])
        plain = tables.reference_types[own.kinds][:, to.kinds] + tables.reference_distance[bucket]
        points = plain + _hidden(scores, OF_REFERENCE, own.last, to, tables.near_reference[bucket]) @ tables.reference_out
        # What stands for a name has the name's type, in all but 14 of 3,476 cases of the corpus's training part.
        never = (asking[some][:, None] == mentions[None]) | (own.kinds[:, None] != to.kinds[None])
        return np.where(never, np.float32(-np.inf), points)

    best, _ = _pointed(scores, asked.last, at, REFERENCE, extra)
    found = dict(zip(asking.tolist(), best.tolist(), strict=True))
    # Where a text has lost its capitals names are asked too; those that stand for nothing else are names all the same.
    caseless = not (np.isin(pieces.casing, _CAPITALS).any() and (pieces.casing == CASINGS.index("lower")).any())
    return _named({mention: target for mention, target in found.items() if target >= 0 or not caseless})


def _named(found: dict[int, int]) -> dict[int, int]:
    """Chains of references followed to their names; those that end at no name are left out."""
    out: dict[int, int] = {}
    for mention, target in found.items():
        seen = {mention}
        while target in found and found[target] >= 0 and target not in seen:
            seen.add(target)
            target = found[target]
        if target >= 0 and target not in found and target != mention:
            out[mention] = target
    return out
