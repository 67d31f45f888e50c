"""Deterministic constrained agglomeration: the pair of groups with the best average score is joined until none is good enough.

Average linkage, because a chain of single pairs would join a whole campaign; no two members of a group may conflict. Ties go to the
smallest ids, so the order in which things arrive does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from orbat.corroborate.happenings import Happening

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Score = Callable[[Happening, Happening], float]
Conflict = Callable[[Happening, Happening], bool]
_NEVER = -1.0  # below every score: two that may not be joined


def agglomerate(nodes: Sequence[Happening], score: Score, *, conflict: Conflict, enough: float) -> list[list[Happening]]:
    """Groups of nodes: average score at least ``enough`` when joined, no conflict inside.

    Args:
        nodes: in any order; cost grows with the square of their number.
    """
    order = sorted(nodes, key=lambda node: node.id)
    if len(order) < 2:
        return [order] if order else []
    return joined(order, *_matrices(order, score, conflict), enough=enough)


def joined(order: Sequence[Happening], sums: Floats, never: Flags, *, enough: float) -> list[list[Happening]]:
    """``agglomerate`` of nodes in the order of their ids whose scores and conflicts are known.

    Args:
        sums: the score of each two, 0 of one with itself; it is changed.
        never: which two conflict, and each with itself; it is changed.
    """
    groups: list[list[Happening]] = [[node] for node in order]
    sizes = np.ones(len(order))
    average = np.where(never, _NEVER, sums)
    # The best partner of each group, kept as groups are joined; of equals the first, as groups keep the place of their smallest member.
    partner = average.argmax(axis=1)
    best = average[np.arange(len(order)), partner]
    while True:
        i = int(best.argmax())
        j = int(partner[i])
        if best[i] < enough:
            break
        groups[i] = sorted(groups[i] + groups[j], key=lambda node: node.id)
        groups[j] = []
        sums[i] += sums[j]
        sums[:, i] = sums[i]
        never[i] |= never[j]
        never[:, i] = never[i]
        never[i, i] = True
        never[j] = never[:, j] = True
        sizes[i] += sizes[j]
        joined = np.where(never[i], _NEVER, sums[i] / (sizes[i] * sizes))
        average[i] = average[:, i] = joined
        average[j] = average[:, j] = _NEVER
        lost = (partner == i) | (partner == j)  # theirs may be worse now than another's
        lost[[i, j]] = True
        better = ~lost & ((joined > best) | ((joined == best) & (i < partner)))
        best[better], partner[better] = joined[better], i
        again = np.flatnonzero(lost)
        partner[again] = average[again].argmax(axis=1)
        best[again] = average[again, partner[again]]
    return [group for group in groups if group]


def _matrices(order: Sequence[Happening], score: Score, conflict: Conflict) -> tuple[Floats, Flags]:
    size = len(order)
    sums, never = np.zeros((size, size)), np.eye(size, dtype=bool)
    for i, one in enumerate(order):
        for j in range(i + 1, size):
            two = order[j]
            if conflict(one, two):
                never[i, j] = never[j, i] = True
            else:
                sums[i, j] = sums[j, i] = score(one, two)
    return sums, never
