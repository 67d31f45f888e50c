"""The memory of processes while articles go through them: looked at from outside, and whether it grows with the articles."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

SHARE, NOISE = 0.02, 5.0
"""Share of its memory, and MB, by which a process may grow over the second half of a run and still be called flat: garbage waits to be
collected, and the allocator gives back pages late."""


ALL, ANONYMOUS = "Pss", "Pss_Anon"
"""What of a process's memory is looked at: all, with its part of the files that it shares, which grows where another that has them too
ends; or what it made itself."""


def resident(process: int, part: str = ALL) -> float:
    """MB that a process holds with its children; 0 once it is gone."""
    return sum(family(process, part))


def family(process: int, part: str = ALL) -> list[float]:
    """MB that a process holds, then each of those that it began, the oldest first."""
    try:
        begun = children(process)
    except OSError:
        return []
    return [own(process, part), *(resident(each, part) for each in sorted(begun))]


def children(process: int) -> list[int]:
    """The processes that one began and that still run. Raises OSError where it is gone."""
    return [int(one) for task in Path(f"/proc/{process}/task").iterdir() for one in (task / "children").read_text().split()]


def own(process: int, part: str = ALL) -> float:
    """MB that a process itself holds, with its part of what several hold together, so that a library is counted once in all of them
    (proportional set size; all that it has where the kernel does not tell); 0 once it is gone."""
    with suppress(OSError, ValueError):
        told = dict(line.split(":", 1) for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:])
        if part in told:
            return int(told[part].split()[0]) / 1024
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    return 0.0


def growth(points: Sequence[tuple[float, float]]) -> dict[str, object]:
    """How memory went with the articles: ``points`` are (articles until then, MB), in order.

    The slope is that of a straight line through the points of the second half of the articles, by least squares.
    """
    articles, held = np.array(points, dtype=float).reshape(-1, 2).T
    half = articles >= articles.max(initial=0.0) / 2
    few = half.sum() < 3 or np.ptp(articles[half]) == 0
    slope = 0.0 if few else float(np.polyfit(articles[half], held[half], 1)[0])
    grown = slope * float(np.ptp(articles[half])) if not few else 0.0
    is_flat = grown <= SHARE * float(held[half].mean()) + NOISE if not few else None
    return {
        "articles": int(articles.max(initial=0.0)),
        "most, MB": round(float(held.max(initial=0.0)), 1),
        "MB a 1,000 articles, second half": None if few else round(1000 * slope, 2),
        "grown over the second half, MB": None if few else round(grown, 1),
        "verdict": {None: "too few looks to tell", True: "flat", False: "grows"}[is_flat],
    }
