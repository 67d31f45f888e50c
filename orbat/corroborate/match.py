"""How probable it is that two happenings are one: a table of weights over explained features.

The logistic of a sum, as in a naive Bayes match (Fellegi and Sunter 1969): each feature adds its weight times its value (−1 to 1) to
the log-odds. The weights were set by hand on the sets with odd numbers of evals/records.jsonl; those of pairs across documents and of
relations were then moved to those of a logistic regression on the pairs of these sets (L2 towards the hand-set ones, none of what must
speak for a pair below zero), but that "days" and "parties" stay strong: few of the sets try the same sides on the next day, or others on
the same. evals/records.py says how well they do.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from orbat.corroborate import features
from orbat.corroborate.features import Found, Reason, Related
from orbat.corroborate.happenings import Happening
from orbat.corroborate.matters import LASTING

SAME = 0.5
"""From this score on two happenings are held to be one."""

INSIDE: Mapping[str, float] = MappingProxyType(
    {
        "bias": 0.5, "days": 2.7, "place": 2.0, "parties": 0.8, "persons": 1.0, "tolls": 0.6, "types": 0.8, "senses": 0.5, "words": 0.6,
        "near": 0.6, "told": 1.5, "future": -1.0,
    }
)  # fmt: skip
"""Two statements of one document: most of an article is about one happening, so little is needed."""

ACROSS: Mapping[str, float] = MappingProxyType(
    {
        "bias": -1.4, "days": 2.8, "news": 1.3, "place": 1.9, "parties": 1.8, "persons": 1.3, "tolls": 1.0, "types": 0.7, "words": 1.5,
        "copied": 4.8, "about": 1.9, "vague": 0.9, "future": -0.7,
    }
)  # fmt: skip
"""Happenings of two documents: day, town and sides must speak for it."""

ENDS_INSIDE: Mapping[str, float] = MappingProxyType(
    {"bias": -1.1, "ends": 4.0, "types": 0.6, "senses": 1.0, "near": 0.6, "days": 0.3, "future": -1.6}
)
ENDS_ACROSS: Mapping[str, float] = MappingProxyType(
    {"bias": 0.2, "ends": 3.3, "types": 0.9, "senses": 1.0, "words": 0.4, "copied": 3.8, "days": 0.6, "about": 0.7, "future": -1.5}
)
"""Relations, inside one document and across: their two ends decide."""


@dataclass(frozen=True, slots=True)
class Match:
    """The score of a pair, 0 to 1, and why: reasons from the strongest to the weakest; ``conflict`` is why it can never be one."""

    score: float
    reasons: tuple[Reason, ...]
    conflict: str = ""


def score(a: Happening, b: Happening, related: Related) -> float:
    """How probable it is that two happenings are one, 0 to 1; 0 where a hard conflict stands between them."""
    if features.conflict(a, b):
        return 0.0
    weights = table(a, b)
    total = weights["bias"]
    for name, found in _found(a, b, related, weights):
        if found is not None:
            total += weights[name] * found[0]
    return 1 / (1 + math.exp(-total))


def explain(a: Happening, b: Happening, related: Related) -> Match:
    """The same with its reasons."""
    weights = table(a, b)
    reasons = [Reason(name, found[0], found[1]) for name, found in _found(a, b, related, weights) if found is not None and found[0]]
    reasons.sort(key=lambda r: (-abs(r.value * weights[r.feature]), r.feature))
    return Match(score(a, b, related), tuple(reasons), features.conflict(a, b))


def table(a: Happening, b: Happening) -> Mapping[str, float]:
    """The weights for a pair."""
    if a.matter in LASTING:
        return ENDS_INSIDE if a.document == b.document else ENDS_ACROSS
    return INSIDE if a.document == b.document else ACROSS


def _found(a: Happening, b: Happening, related: Related, weights: Mapping[str, float]) -> Iterator[tuple[str, Found]]:
    for name in weights:
        if name == "parties" or name == "ends":
            yield name, (features.parties if name == "parties" else features.ends)(a, b, related)
        elif name == "future":
            yield name, ((1.0, "One is to come, the other has been.") if a.future != b.future else None)
        elif name != "bias":
            yield name, _SIMPLE[name](a, b)


_SIMPLE = {
    "days": features.days,
    "news": features.news,
    "told": features.told,
    "place": features.place,
    "tolls": features.tolls,
    "types": features.types,
    "words": features.words,
    "copied": features.copied,
    "near": features.near,
    "senses": features.senses,
    "about": features.about,
    "vague": features.vague,
    "persons": features.persons,
}
