"""Where the parties of a network stand: computed from the network alone, so that the picture is the same each time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
ROUNDS = 200
"""Steps of the layout; more change a network of a few hundred parties by less than a node's width."""
NODE = 22.0
"""Height of a party's mark with the room around it."""
APART = 60
"""Steps in which names that lie over one another are pushed apart."""


@dataclass(frozen=True, slots=True)
class Room:
    """A picture and what is kept free at its edges."""

    width: float
    height: float
    left: float = 60.0
    right: float = 60.0
    top: float = 40.0
    bottom: float = 40.0


def layout(
    keys: Sequence[str],
    pairs: Sequence[tuple[str, str]],
    room: Room,
    *,
    middle: str | None = None,
    names: Mapping[str, tuple[float, float]] | None = None,
) -> dict[str, tuple[float, float]]:
    """Where each party stands: springs along ties, all parties apart (Fruchterman and Reingold 1991), from a circle in order of keys.

    Args:
        middle: a party that stays in the middle.
        names: width and height of the name below each party; names are pushed apart where they are given.
    """
    if not keys:
        return {}
    index = {key: i for i, key in enumerate(keys)}
    ends = np.array(sorted({(index[a], index[b]) for a, b in pairs}), dtype=int).reshape(-1, 2)
    at = _sprung(len(keys), ends, None if middle is None else index.get(middle))
    low, high = at.min(axis=0), at.max(axis=0)
    scaled = (at - low) / np.maximum(high - low, 1e-9) if len(keys) > 1 else np.full((1, 2), 0.5)
    inner = np.array([room.width - room.left - room.right, room.height - room.top - room.bottom])
    placed = np.array([room.left, room.top]) + scaled * inner
    if names is not None:
        placed = _parted(placed, np.array([names[key] for key in keys]), room)
    return {key: (float(placed[i, 0]), float(placed[i, 1])) for key, i in index.items()}


def _sprung(count: int, ends: npt.NDArray[np.int_], pinned: int | None) -> Floats:
    angle = 2 * np.pi * np.arange(count) / count
    at: Floats = np.stack([np.cos(angle), np.sin(angle)], axis=1) * (1 + 0.01 * np.arange(count))[:, None]
    if pinned is not None:
        at[pinned] = 0.0
    ideal = 1.6 / math.sqrt(count)
    for step in range(ROUNDS):
        apart = at[:, None, :] - at[None, :, :]
        distance = np.maximum(np.linalg.norm(apart, axis=2), 0.01)
        move = (apart * (ideal**2 / distance**2)[:, :, None]).sum(axis=1) - at * 0.6
        along = at[ends[:, 0]] - at[ends[:, 1]]
        pull = along * np.linalg.norm(along, axis=1)[:, None] / ideal
        np.subtract.at(move, ends[:, 0], pull)
        np.add.at(move, ends[:, 1], pull)
        if pinned is not None:
            move[pinned] = 0.0
        length = np.maximum(np.linalg.norm(move, axis=1), 1e-9)
        at = at + move / length[:, None] * np.minimum(length, 0.1 * (1 - step / ROUNDS))[:, None]
    return at


def _parted(at: Floats, names: Floats, room: Room) -> Floats:
    """The same with room for a name below each party: what lies over one another moves apart along the shorter way, inside the picture."""
    half, tall = np.maximum(names[:, 0], 20.0) / 2 + 4, names[:, 1] + NODE
    upper = np.eye(len(at), dtype=bool)
    for _ in range(APART):
        gap = at[:, None, :] - at[None, :, :]
        across = half[:, None] + half[None, :] - np.abs(gap[:, :, 0])
        up = (tall[:, None] + tall[None, :]) / 2 - np.abs(gap[:, :, 1])
        over = (across > 0) & (up > 0) & ~upper
        if not over.any():
            break
        wide = across < up
        side = np.where(gap == 0, np.where(np.arange(len(at))[:, None] < np.arange(len(at))[None, :], 1.0, -1.0)[:, :, None], np.sign(gap))
        move = np.zeros_like(at)
        move[:, 0] = (np.where(over & wide, across, 0.0) * side[:, :, 0]).sum(axis=1) / 4
        move[:, 1] = (np.where(over & ~wide, up, 0.0) * side[:, :, 1]).sum(axis=1) / 4
        at = at + move
        at[:, 0] = np.clip(at[:, 0], np.minimum(half, room.width / 2), np.maximum(room.width - half, room.width / 2))
        at[:, 1] = np.clip(at[:, 1], 16.0, room.height - 12.0 - names[:, 1].max())
    return at
