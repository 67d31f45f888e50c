"""How probable it is that two happenings are one: a table of weights over explained features.

The logistic of a sum, as in a naive Bayes match (Fellegi and Sunter 1969): each feature adds its weight times its value (−1 to 1) to
the log-odds. Inside a document the weights are those of a logistic regression (L2) on pairs of statements: of the sets with odd numbers of
evals/records.jsonl and records_news.jsonl, of the articles of examples/ and of 26 articles of the corpus's training part, grouped by hand
(shares .3, .4, .15 and .15, with a bias .1 higher than its own; relations: .4, none, .3 and .3, with one .3 higher). Those of events then
moved, with three more features ("stood", "follows", "aside"), to those of a regression on pairs of the sets, of examples/ and of 11 other
articles of the corpus's training part (shares .3, .35, .2 and .15; L2 of 60 towards the weights of before, of 1 for new ones and the bias).
With tenths of the articles left out in turn B-cubed inside articles went from .956 to .962 (records.jsonl), .840 to .862 (the news), .863
to .867 (examples/) and .760 to .802 (the corpus); inside eight more of the corpus, grouped afterwards, from .880 to .902.
Those of pairs across documents were set by hand on the odd sets and then moved to those of a logistic regression (L2 towards the hand-set
ones, none of what must speak for a pair below zero), but that "days" and "parties" stay strong: few of the sets try the same sides on the
next day, or others on the same. evals/records.py says how well they do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from orbat.corroborate import features, flow
from orbat.corroborate.features import Found, Reason, Related
from orbat.corroborate.happenings import Happening
from orbat.corroborate.matters import LASTING

Feature = Callable[[Happening, Happening, Related], Found]
Weighed = tuple[str, float, Feature, float]

SAME = 0.5
"""From this score on two happenings are held to be one."""

LEFT_APART = 0.3
"""The score of two happenings of one document, which were left apart when its statements were grouped: of those of the odd sets .22 (news)
to .37 are one after all. It leaves them to what other documents say of both."""

INSIDE: Mapping[str, float] = MappingProxyType(
    {
        "bias": -1.89, "days": 0.81, "told": 1.1, "near": 2.77, "lead": 2.04, "undated": 0.49, "named": 1.22, "things": 1.12,
        "said": 0.48, "types": 0.37, "tolls": 0.67, "strange": 0.88, "anew": 0.62, "town": 0.74, "years": 1.0, "back": 0.52,
        "general": 0.61, "perfect": 0.54, "future": -1.36, "stood": 0.69, "follows": 0.72, "aside": 1.28,
    }
)  # fmt: skip
"""Two statements of one document: how near they stand, the opening and the day tell most."""

ACROSS: Mapping[str, float] = MappingProxyType(
    {
        "bias": -1.4, "days": 2.8, "news": 1.3, "place": 1.9, "parties": 1.8, "persons": 1.3, "tolls": 1.0, "types": 0.7, "words": 1.5,
        "copied": 4.8, "about": 1.9, "vague": 0.9, "future": -0.7, "sent": 0.7,
    }
)  # fmt: skip
"""Happenings of two documents: day, town and sides must speak for it."""

ENDS_INSIDE: Mapping[str, float] = MappingProxyType(
    {"bias": -2.2, "ends": 1.68, "types": 2.21, "senses": 0.99, "near": 0.11, "days": 0.2, "future": -2.39}
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


def score(a: Happening, b: Happening, related: Related, *, inside: bool = False) -> float:
    """How probable it is that two happenings are one, 0 to 1; 0 where a hard conflict stands between them.

    Args:
        inside: they are statements of one document that is being grouped.
    """
    return 0.0 if features.conflict(a, b) else compatible(a, b, related, inside=inside)


def compatible(a: Happening, b: Happening, related: Related, *, inside: bool = False) -> float:
    """The score of two happenings that are known to be in no conflict."""
    if not inside and a.document == b.document:
        return LEFT_APART
    weights, total = table(a, b)
    for _, weight, feature, _ in weights:
        found = feature(a, b, related)
        if found is not None:
            total += weight * found[0]
    return 1 / (1 + math.exp(-total))


def likely(a: Happening, b: Happening, related: Related, *, slack: float = 0.0, inside: bool = False) -> float:
    """The score where it is ``SAME`` or more, else 0: most pairs are told apart by their first features.

    Args:
        slack: by so much the weighed sum may miss ``SAME``.
        inside: they are statements of one document that is being grouped.
    """
    if (not inside and a.document == b.document) or features.conflict(a, b):
        return 0.0
    weights, total = table(a, b)
    for _, weight, feature, rest in weights:
        found = feature(a, b, related)
        if found is not None:
            total += weight * found[0]
        if total + rest < -slack:
            return 0.0
    return 1 / (1 + math.exp(-total)) if total >= -slack else 0.0


def explain(a: Happening, b: Happening, related: Related) -> Match:
    """The score with its reasons; of two of one document as of its statements."""
    weighed = []
    for name, weight, feature, _ in table(a, b)[0]:
        found = feature(a, b, related)
        if found is not None and found[0]:
            weighed.append((-abs(found[0] * weight), Reason(name, found[0], features.put(found))))
    weighed.sort(key=lambda pair: (pair[0], pair[1].feature))
    inside = a.document == b.document
    return Match(score(a, b, related, inside=inside), tuple(reason for _, reason in weighed), features.conflict(a, b))


def table(a: Happening, b: Happening) -> tuple[tuple[Weighed, ...], float]:
    """The features for a pair with their weights, and the bias."""
    if a.matter in LASTING:
        return _TABLES["ends inside" if a.document == b.document else "ends across"]
    return _TABLES["inside" if a.document == b.document else "across"]


def _future(a: Happening, b: Happening) -> Found:
    return (1.0, "One is to come, the other has been.") if a.future != b.future else None


def _plain(feature: Callable[[Happening, Happening], Found]) -> Feature:
    return lambda a, b, related: feature(a, b)


_FEATURES: Mapping[str, Feature] = {
    # In the order in which they tell most pairs apart.
    "ends": features.ends,
    "days": _plain(features.days),
    "parties": features.parties,
    "place": _plain(features.place),
    "future": _plain(_future),
    "persons": _plain(features.persons),
    "news": _plain(features.news),
    "told": _plain(flow.told),
    "copied": _plain(features.copied),
    "near": _plain(flow.near),
    "lead": _plain(flow.lead),
    "undated": _plain(flow.undated),
    "strange": _plain(flow.strange),
    "anew": _plain(flow.anew),
    "named": _plain(flow.named),
    "years": _plain(flow.years),
    "aside": _plain(flow.aside),
    "stood": _plain(flow.stood),
    "follows": _plain(flow.follows),
    "town": _plain(flow.town),
    "back": _plain(flow.back),
    "general": _plain(flow.general),
    "perfect": _plain(flow.perfect),
    "said": _plain(flow.said),
    "things": _plain(flow.things),
    "sent": _plain(features.sent),
    "tolls": _plain(features.tolls),
    "types": _plain(features.types),
    "senses": _plain(features.senses),
    "about": _plain(features.about),
    "vague": _plain(features.vague),
    "words": _plain(features.words),
}
_NEVER_FOR = frozenset({"vague", "future", "sent", "strange", "anew", "town", "years", "back", "general", "perfect", "aside"})
"""Features that never speak for a pair."""


def _compiled(weights: Mapping[str, float]) -> tuple[tuple[Weighed, ...], float]:
    """Each feature with its weight and what those after it can add at most."""
    found: list[Weighed] = []
    rest = 0.0
    for name in reversed([name for name in _FEATURES if name in weights]):
        found.append((name, weights[name], _FEATURES[name], rest))
        rest += 0.0 if name in _NEVER_FOR else abs(weights[name])
    return tuple(reversed(found)), weights["bias"]


_TABLES = {
    "inside": _compiled(INSIDE),
    "across": _compiled(ACROSS),
    "ends inside": _compiled(ENDS_INSIDE),
    "ends across": _compiled(ENDS_ACROSS),
}
