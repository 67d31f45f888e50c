"""What pieces of a text are to each other: roles of mentions, speakers of events, what a word stands for. Pure; a part of decoding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orbat.layout import (
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
from orbat.types import LEAST_ODDS, Annotations, Argument, Mention, MentionType
from orbat.windows import CASINGS

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Places:
    """Where mentions stand: the first and the last piece of each, and its type's index."""

    first: Ints
    last: Ints
    kinds: Ints

    def some(self, which: Ints) -> Places:
        """Those of some mentions, by index."""
        return Places(self.first[which], self.last[which], self.kinds[which])


@dataclass(frozen=True, slots=True)
class Ends:
    """What the heads say of the pieces that pairs are made of: triggers' first pieces and words that may refer (rows), and the first and
    last pieces of mentions and the pieces that open windows (columns).

    ``row_at [pieces]`` and ``column_at [pieces + windows]`` give the place of each among the arrays that ``END_HEADS`` names.
    """

    scores: Scores
    row_at: Ints
    column_at: Ints
    certainty: Floats
    negated: Floats
    row: Floats
    from_row: Floats
    column: Floats
    from_last: Floats
    from_first: Floats


def ends_of(scores: Scores, rows: Ints, at: Places) -> Ends:
    """Ask the heads of the triggers at ``rows`` and of mentions; a window of the text was read."""
    count = len(scores.pieces)
    asked = _either(rows, at.last[_asking(scores, at)], count)
    asked = asked if len(asked) else np.zeros(1, dtype=np.int64)  # no array is empty
    columns = _either(at.first, at.last, count)
    row_at = np.full(count, -1, dtype=np.int64)
    row_at[asked] = np.arange(len(asked))
    column_at = np.full(count + len(scores.windows), -1, dtype=np.int64)
    column_at[columns] = np.arange(len(columns))
    column_at[count:] = len(columns) + np.arange(len(scores.windows))
    return Ends(scores, row_at, column_at, *scores.heads(scores.states[asked], np.concatenate((scores.states[columns], scores.openings))))


def _either(left: Ints, right: Ints, count: int) -> Ints:
    """The numbers below ``count`` that are in one of two arrays, rising."""
    there = np.zeros(count, dtype=np.bool_)
    there[left] = there[right] = True
    return np.flatnonzero(there)


def _asking(scores: Scores, at: Places) -> Ints:
    """The mentions that may stand for a name, by index."""
    return np.flatnonzero(may_refer(scores.pieces.ids[at.last], scores.pieces.casing[at.last]))


def softmax(x: Floats) -> Floats:
    """Scores to shares along the last axis."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True), dtype=np.float32)


def best_of(x: Floats) -> tuple[Ints, Floats]:
    """The best index of each row and the share it gets."""
    if not len(x):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    share = softmax(x)
    best = share.argmax(axis=-1)
    return best, share[np.arange(len(x)), best]


def role_shares(scores: Scores, annotations: Annotations) -> dict[tuple[int, int], Floats]:
    """For every (event, mention) of one sentence, the shares of the roles (index 0: none), in the layout of ``ROLES``."""
    rows, at = _rows_of(scores, annotations), places_of(scores, annotations)
    types = _ints([TRIGGER_TYPES.index(e.type) for e in annotations.events])
    event, mention, points = _role_points(ends_of(scores, rows, at), types, rows, at)
    return dict(zip(zip(event.tolist(), mention.tolist(), strict=True), softmax(points), strict=True)) if len(event) else {}


def source_shares(scores: Scores, annotations: Annotations) -> list[dict[int, float]]:
    """For every event, the shares of the mentions that may well be its speaker, by index, and of none (-1); they sum to one."""
    rows, at = _rows_of(scores, annotations), places_of(scores, annotations)
    _, _, leanings = _speakers(ends_of(scores, rows, at), rows, at)
    out = []
    for k in range(len(rows)):
        odds = {-1: 1.0} | {i: float(np.exp(x)) for i, x in leanings.get(k, {}).items()}
        total = sum(odds.values())
        out.append({i: x / total for i, x in odds.items()})
    return out


def _rows_of(scores: Scores, annotations: Annotations) -> Ints:
    """The first piece of each event's trigger."""
    starts = {int(a): i for i, a in enumerate(scores.pieces.start)}
    return _ints([starts[e.trigger.start] for e in annotations.events])


def fitting(scores: Scores, mentions: Sequence[Mention]) -> list[int]:
    """Which of the mentions (by index) begin and end with a word piece, so that they have a place."""
    starts, ends = set(scores.pieces.start.tolist()), set(scores.pieces.end.tolist())
    return [i for i, m in enumerate(mentions) if m.span.start in starts and m.span.end in ends]


def places_of(scores: Scores, annotations: Annotations) -> Places:
    """Where given mentions stand; each begins and ends with a piece."""
    starts = {int(a): i for i, a in enumerate(scores.pieces.start)}
    ends = {int(b): i for i, b in enumerate(scores.pieces.end)}
    mentions = annotations.mentions
    return Places(
        _ints([starts[m.span.start] for m in mentions]),
        _ints([ends[m.span.end] for m in mentions]),
        _ints([MENTION_TYPES.index(m.type) for m in mentions]),
    )


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _role_points(ends: Ends, types: Ints, rows: Ints, at: Places) -> tuple[Ints, Ints, Floats]:
    """The pairs (event, mention) that share a sentence, and the score of each role for each.

    A sentence longer than a window is read in parts; there a mention outside the window of the trigger has no role.
    """
    sentence, tables = ends.scores.pieces.sentence, ends.scores.tables
    a, b = _windows(ends.scores, rows)
    event, mention = _together(sentence[rows], sentence[at.last])
    within = (at.last[mention] >= a[event]) & (at.last[mention] < b[event])
    event, mention = event[within], mention[within]
    if not len(event):
        return event, mention, np.zeros((0, len(ROLES)), dtype=np.float32)
    row, column, kind, type_ = rows[event], at.last[mention], at.kinds[mention], types[event]
    bucket = distance_bucket(column - row)
    points = tables.role_types[type_, kind] + tables.role_distance[bucket]
    points = points + _pair(ends, row, column, slice(0, len(ROLES)))
    parts = _parts(ends, OF_ROLE, row, column, at.first[mention])
    hidden = _hidden(*parts, (tables.near_role, bucket), (tables.event_hidden, type_), (tables.mention_hidden[OF_ROLE], kind))
    return event, mention, points + hidden @ tables.role_out


def _together(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Index pairs of equal numbers in two rising sequences, in order."""
    return _ranges(np.searchsorted(right, left, side="left"), np.searchsorted(right, left, side="right"))


def _ranges(start: Ints, stop: Ints) -> tuple[Ints, Ints]:
    """Index pairs ``(k, i)`` for every ``i`` from ``start[k]`` to ``stop[k]``, in order."""
    sizes = stop - start
    first = np.repeat(np.arange(len(start)), sizes)
    within = np.arange(len(first)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return first, np.repeat(start, sizes) + within


def roles_of(ends: Ends, kinds: list[int], rows: Ints, at: Places) -> list[tuple[Argument, ...]]:
    """The arguments of each event, among the mentions of its sentence; ``kinds`` are the events' types' indices, ``rows`` their pieces."""
    event, mention, points = _role_points(ends, _ints(kinds), rows, at)
    points[:, 0] += ends.scores.tables.bias[0]
    best, share = best_of(points)
    out: list[list[Argument]] = [[] for _ in kinds]
    for e, m, r, x in zip(event.tolist(), mention.tolist(), best.tolist(), share.tolist(), strict=True):
        role = ROLES[r]
        if role is not None:
            out[e].append(Argument(role, m, round(x, 4)))
    return [tuple(x) for x in out]


Part = tuple[Floats, Ints]
"""A table, and which of its rows each pair takes."""

BLOCK = 256
"""Pairs whose hidden layer is made at once: so many stay in a core's own cache."""


def _parts(ends: Ends, which: int, row: Ints, last: Ints, first: Ints) -> tuple[Part, Part, Part]:
    """What the pieces of pairs add to one of the three hidden layers (wider for several readers at once)."""
    width = ends.from_row.shape[1] // 3
    at = (ends.row_at[row], ends.column_at[last], ends.column_at[first])
    tables = (np.ascontiguousarray(of).reshape(-1, width) for of in (ends.from_row, ends.from_last, ends.from_first))
    one, two, three = ((table, 3 * where + which) for table, where in zip(tables, at, strict=True))
    return one, two, three


def _hidden(*parts: Part) -> Floats:
    """The hidden layer of pairs, activated: ``[pairs, HIDDEN]``; what its parts say is summed in their order.

    The activation is GELU in its tanh form (Hendrycks and Gimpel 2016), within 0.001 of the exact one.
    """
    (table, which), *others = parts
    out = np.empty((len(which), table.shape[1]), dtype=np.float32)
    for a in range(0, len(which), BLOCK):
        here = slice(a, a + BLOCK)
        x = table.take(which[here], axis=0)
        for other, rows in others:
            x += other.take(rows[here], axis=0)
        inner = 0.044715 * x
        inner *= x
        inner += 1
        inner *= 0.7978845608 * x
        np.tanh(inner, out=inner)
        inner += 1
        x *= 0.5
        np.multiply(x, inner, out=out[here])
    return out


def _pair(ends: Ends, row: Ints, column: Ints, heads: slice) -> Floats:
    """The products of pieces of the text, ``[n, heads]``; column -1 is the opening piece of the row's window."""
    scores = ends.scores
    one = ends.row_at[row]
    other = ends.column_at[np.where(column < 0, len(scores.pieces) + scores.owner[row], column)]
    left, right = ends.row[:, heads], ends.column[:, heads]
    out = np.empty((len(row), left.shape[1]), dtype=np.float32)
    for a in range(0, len(row), BLOCK):
        here = slice(a, a + BLOCK)
        out[here] = np.einsum("nhr,nhr->nh", left.take(one[here], axis=0), right.take(other[here], axis=0))
    return out


def _runs(numbers: Ints) -> Ints:
    """Where each run of one number begins; there is one at least."""
    return np.flatnonzero(np.concatenate(([True], numbers[1:] != numbers[:-1])))


_PERSON = MENTION_TYPES.index(MentionType.PERSON)
_MAY_SPEAK = ~np.isin(np.array(MENTION_TYPES), [MentionType.PLACE, MentionType.TIME, MentionType.WEAPON, MentionType.RESOURCE])


def _pointed(
    ends: Ends,
    rows: Ints,
    at: Places,
    head: int,
    *,
    may: Callable[[Ints, Ints], NDArray[np.bool_]],
    extra: Callable[[Ints, Ints], Floats],
    names: Ints | None = None,
) -> tuple[Ints, Floats, dict[int, dict[int, float]]]:
    """For each row piece the best mention (-1: none) and its share, among the mentions in the row's own window; and the mentions of
    which the log of the odds against none is over ``LEAST_ODDS``, with it. With names all of them have it where any is over, else the best.

    ``may(rows' indices, mentions' indices)`` says which pairs are thought of, and ``extra`` of the same gives a number to add to each of
    them. With ``names``, a number for each mention, those of one number stand together: their shares are summed, and the best of them is
    answered. Memory grows with the windows' size, not with the text's.
    """
    best, share = np.full(len(rows), -1, dtype=np.int64), np.ones(len(rows), dtype=np.float32)
    row, mention = _in_reach(ends.scores, rows, at)
    thought = may(row, mention)
    row, mention = row[thought], mention[thought]
    if not len(row):
        return best, share, {}
    one = slice(head, head + 1)
    points = _pair(ends, rows[row], at.last[mention], one)[:, 0] + extra(row, mention)
    if names is not None:
        points = _together_by_name(points, row * (int(names.max()) + 1) + names[mention])
    start = _runs(row)
    size = np.concatenate((start[1:], [len(row)])) - start
    asked = row[start]
    none = _pair(ends, rows[asked], np.full(len(asked), -1), one)[:, 0]
    if head == SOURCE:  # of antecedents the ranker decides, see ``link.references``
        none += ends.scores.tables.bias[1]
    most = np.maximum.reduceat(points, start)
    peak = np.maximum(most, none)
    total = np.add.reduceat(np.exp(points - np.repeat(peak, size)), start) + np.exp(none - peak)
    share[asked] = 1 / total
    first = np.flatnonzero(points == np.repeat(most, size))
    best[asked] = np.where(most >= none, mention[first[_runs(row[first])]], -1)
    odds = points - np.repeat(none, size)
    if names is None:
        some = np.flatnonzero(odds > LEAST_ODDS)
    else:
        top = np.repeat(most - none, size)
        some = np.flatnonzero((odds > -np.inf) & ((top > LEAST_ODDS) | (odds == top)))
    leanings: dict[int, dict[int, float]] = {k: {} for k in asked.tolist()}
    for k, i, x in zip(row[some].tolist(), mention[some].tolist(), odds[some].tolist(), strict=True):
        leanings[k][i] = x
    return best, share, leanings


def _in_reach(scores: Scores, rows: Ints, at: Places) -> tuple[Ints, Ints]:
    """Index pairs of rows and the mentions whose last piece stands in the row's window, in order."""
    a, b = _windows(scores, rows)
    start, stop = np.searchsorted(at.last, a, side="left"), np.searchsorted(at.last, b, side="left")
    return _ranges(start, stop)


def _windows(scores: Scores, rows: Ints) -> tuple[Ints, Ints]:
    """Where the window of each piece begins and ends."""
    owner = scores.owner[rows]
    return _ints([w.a for w in scores.windows])[owner], _ints([w.b for w in scores.windows])[owner]


def _together_by_name(points: Floats, names: Ints) -> Floats:
    """The best of each name gets the whole name's score (the log of the summed shares); its others are ruled out."""
    order = np.lexsort((-points, names))
    start = _runs(names[order])
    out = np.full_like(points, -np.inf)
    out[order[start]] = np.logaddexp.reduceat(points[order], start)
    return out


def sources_of(ends: Ends, rows: Ints, at: Places) -> list[tuple[int | None, float]]:
    """The speaker's mention of each event, None where the text speaks in its own voice, and how sure."""
    best, share, _ = _speakers(ends, rows, at)
    return [(None if b < 0 else b, round(s, 4)) for b, s in zip(best.tolist(), share.tolist(), strict=True)]


def _speakers(ends: Ends, rows: Ints, at: Places) -> tuple[Ints, Floats, dict[int, dict[int, float]]]:
    """What ``_pointed`` gives, of speakers."""
    sentence, tables = ends.scores.pieces.sentence, ends.scores.tables

    def extra(some: Ints, mentions: Ints) -> Floats:
        to = at.some(mentions)
        bucket = sentence_bucket(sentence[to.last] - sentence[rows[some]])
        plain = tables.source_types[to.kinds] + tables.source_distance[bucket]
        parts = _parts(ends, OF_SOURCE, rows[some], to.last, to.first)
        hidden = _hidden(*parts, (tables.mention_hidden[OF_SOURCE], to.kinds), (tables.near_source, bucket))
        return plain + hidden @ tables.source_out

    return _pointed(ends, rows, at, SOURCE, may=lambda _, mentions: _MAY_SPEAK[at.kinds[mentions]], extra=extra)


_CAPITALS = np.isin(CASINGS, ("title", "upper", "initial", "mixed"))


def references_of(ends: Ends, at: Places) -> tuple[dict[int, int], dict[int, dict[int, float]]]:
    """Pronouns and common nouns to the mention whose name they stand for; and for all that were asked, the log of the odds against none
    of the mentions of their type in the window, those of one name in one: of all of them, or of the best where all are ruled out."""
    scores = ends.scores
    tables, pieces = scores.tables, scores.pieces
    asking = _asking(scores, at)
    asked = at.some(asking)

    def extra(some: Ints, mentions: Ints) -> Floats:
        own, to = asked.some(some), at.some(mentions)
        bucket = sentence_bucket(pieces.sentence[to.last] - pieces.sentence[own.first])
        plain = tables.reference_types[own.kinds, to.kinds] + tables.reference_distance[bucket]
        parts = _parts(ends, OF_REFERENCE, own.last, to.last, to.first)
        hidden = _hidden(*parts, (tables.mention_hidden[OF_REFERENCE], to.kinds), (tables.near_reference, bucket))
        return plain + hidden @ tables.reference_out

    def may(some: Ints, mentions: Ints) -> NDArray[np.bool_]:
        # What stands for a name has the name's type, in all but 14 of 3,476 cases of the corpus's training part.
        return np.asarray((asking[some] != mentions) & (asked.kinds[some] == at.kinds[mentions]), dtype=np.bool_)

    names, whole = _names(scores, at)
    best, _, leanings = _pointed(ends, asked.last, at, REFERENCE, may=may, extra=extra, names=names)
    numbers = asking.tolist()
    found = dict(zip(numbers, np.where(best >= 0, whole[best], best).tolist(), strict=True))
    # Where a text has lost its capitals names are asked too; those that stand for nothing else are names all the same.
    caseless = not (_CAPITALS[pieces.casing].any() and (pieces.casing == CASINGS.index("lower")).any())
    found = {mention: target for mention, target in found.items() if target >= 0 or not caseless}
    return _named(found), {mention: leanings.get(k, {}) for k, mention in enumerate(numbers)}


def _names(scores: Scores, at: Places) -> tuple[Ints, Ints]:
    """For each mention the number of its name, and the mention that says the name in full, in the place nearest before it.

    Mentions of the same pieces have one name. A person's name stands for a fuller one that holds all its pieces, where no second does.
    """
    ids = scores.pieces.ids.tolist()
    keys: dict[tuple[int, tuple[int, ...]], int] = {}
    said = [
        keys.setdefault((kind, tuple(ids[a : b + 1])), len(keys))
        for a, b, kind in zip(at.first.tolist(), at.last.tolist(), at.kinds.tolist(), strict=True)
    ]
    fuller = list(range(len(keys)))
    persons = [(n, frozenset(pieces)) for n, (kind, pieces) in enumerate(keys) if kind == _PERSON]
    for n, pieces in persons:
        above = [(other, more) for other, more in persons if pieces < more]
        fullest, most = max(above, key=lambda each: len(each[1]), default=(n, pieces))
        if all(more <= most for _, more in above):
            fuller[n] = fullest
    nearest = {n: i for i, n in reversed(list(enumerate(said)))}  # at first the first of all
    whole = []
    for i, n in enumerate(said):
        nearest[n] = i
        whole.append(nearest[fuller[n]])
    return _ints([fuller[n] for n in said]), _ints(whole)


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
