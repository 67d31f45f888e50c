"""Scores to annotations: which mentions, events, roles, hedges, speakers and references the scores amount to. Pure."""

from __future__ import annotations

from collections.abc import Collection
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from orbat.layout import CERTAINTIES, MENTION_TAGS, MENTION_TYPES, TRIGGER_TYPES, Floats, Scores, may_refer
from orbat.pairs import Ints, Places, best_of, ends_of, references_of, roles_of, softmax, sources_of
from orbat.types import Annotations, Argument, Event, EventType, Mention, MentionType, Span


def decode(scores: Scores, sentences: tuple[Span, ...]) -> Annotations:
    """The annotations that the scores amount to; mentions and events in the order of the text.

    Mentions are the best valid sequence of tags, less those that ``_worth`` leaves out. Every other decision takes its best-scored
    choice on its own, "none" among them.
    """
    if not len(scores.pieces):
        return Annotations(sentences)
    mentions, at = _mentions(scores)
    events, rows = _triggers(scores)
    if not mentions and not events:
        return Annotations(sentences)
    ends = ends_of(scores, rows, at)
    arguments = roles_of(ends, [TRIGGER_TYPES.index(kind) for _, _, kind, _ in events], rows, at)
    sources = sources_of(ends, rows, at)
    stance, sure = best_of(ends.certainty[ends.row_at[rows]])
    references, leanings = references_of(ends, at)
    worth = _worth(scores, mentions, at, {x.mention for parts in arguments for x in parts} | {speaker for speaker, _ in sources})
    place = dict(zip(np.flatnonzero(worth).tolist(), range(len(mentions)), strict=False))
    piece = scores.pieces
    start, end, sentence = piece.start.tolist(), piece.end.tolist(), piece.sentence.tolist()
    negated = (ends.negated[ends.row_at[rows]] > 0).tolist()
    made = tuple(
        Event(
            kind,
            Span(start[a], end[b]),
            sentence[a],
            tuple(Argument(x.role, place[x.mention], x.score) for x in parts),
            CERTAINTIES[k],
            negation,
            None if speaker is None else place[speaker],
            score,
            certain,
            clear,
        )
        for (a, b, kind, score), parts, k, negation, certain, (speaker, clear) in zip(
            events, arguments, stance.tolist(), negated, sure.tolist(), sources, strict=True
        )
    )
    standing = {place[i]: place[j] for i, j in references.items() if i in place and j in place}
    leaning = {place[i]: {place[j]: odds for j, odds in to.items() if j in place} for i, to in leanings.items() if i in place}
    return Annotations(sentences, tuple(mentions[i] for i in place), made, MappingProxyType(standing), MappingProxyType(leaning))


ODDS = 8.0
"""Log-odds of a trigger above which more means nothing: the network is as sure as it gets."""

Trigger = tuple[int, int, EventType, float]
"""First piece, last piece, type, calibrated score."""


# ---- mentions -------------------------------------------------------------------------------------------------------

_PART = np.array([0] + [1 + i % 4 for i in range(len(MENTION_TAGS) - 1)])  # 0 O, 1 B, 2 I, 3 L, 4 U
_KIND = np.array([-1] + [i // 4 for i in range(len(MENTION_TAGS) - 1)])
_OPEN = np.isin(_PART, (1, 2))  # the mention goes on after this tag
_GOES_ON = np.isin(_PART, (2, 3))  # the tag goes on a mention
_ALLOWED = np.where(_OPEN[:, None], _GOES_ON[None] & (_KIND[:, None] == _KIND[None]), ~_GOES_ON[None])
_NEVER = np.float32(-np.inf)
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


_TIME = MENTION_TYPES.index(MentionType.TIME)


def _worth(scores: Scores, mentions: tuple[Mention, ...], at: Places, used: Collection[int | None]) -> NDArray[np.bool_]:
    """Which mentions are kept: those that an event uses, and others that are sure enough. A common noun or pronoun counts where an event
    uses it (the corpus's guidelines), so that one which none does must be surer than a name or a time: see ``Tables.least``."""
    loose = may_refer(scores.pieces.ids[at.last], scores.pieces.casing[at.last]) & (at.kinds != _TIME)
    enough = np.where(loose, *scores.tables.least)
    worth = np.array([m.score for m in mentions], dtype=np.float64) >= enough
    worth[[i for i in used if i is not None]] = True
    return np.asarray(worth, dtype=np.bool_)


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
    pieces = scores.pieces
    same = np.zeros(len(pieces), dtype=np.bool_)
    same[1:] = pieces.sentence[1:] == pieces.sentence[:-1]
    may = pieces.first | ~same  # a word is never cut, unless a sentence ends within it
    best, share = _likely(scores.trigger, may, np.flatnonzero(~same))
    opens = np.flatnonzero(best > 0)
    goes_on = same & (((scores.inside > 0) & (best == 0)) | ~pieces.first)
    slope, shift = (float(x) for x in scores.tables.calibration)
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


def _likely(points: Floats, may: NDArray[np.bool_], starts: Ints) -> tuple[Ints, Floats]:
    """For each piece the type that it opens a trigger of (0: none), and the share of that.

    A sentence holds a type where it is more likely than not that one of its pieces opens it, each taken on its own. It then has a trigger
    at every piece where that type is best; where it is so at none, since "carried out an attack" has several pieces that might open it,
    at the likeliest. A piece that is the best of a type which its sentence likely does not hold is none.

    Args:
        points: the scores of types for each piece, as ``Scores.trigger``.
        may: which pieces may open a trigger.
        starts: the first piece of each sentence.
    """
    shares = softmax(points)
    shares[~may, 1:] = 0
    none = np.log1p(-np.minimum(shares[:, 1:], 1 - 1e-6))
    held = np.expm1(np.add.reduceat(none, starts)) < -_LIKELY  # [sentences, types]
    number = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(points)))
    best = shares.argmax(axis=1)
    best[(best > 0) & ~held[number, best - 1]] = 0
    best[~may] = 0
    found = np.flatnonzero(best)
    held[number[found], best[found] - 1] = False  # these have their trigger
    for sentence, kind in np.argwhere(held).tolist():
        here = slice(starts[sentence], starts[sentence + 1] if sentence + 1 < len(starts) else None)
        free = np.where(best[here] == 0, shares[here, kind + 1], 0)
        if free.max() >= _LEAST:  # else the pieces that might open it are all taken
            best[starts[sentence] + int(free.argmax())] = kind + 1
    return best, np.asarray(shares[np.arange(len(best)), best])


_LIKELY = 0.5
"""More likely than not."""
_LEAST = 0.05
"""The share under which no piece opens a trigger: of the corpus's articles and 67 others three triggers had less, none of them one."""
