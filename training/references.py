"""Fit the ranker that says what pronouns and common nouns stand for, on the gold mentions of the corpus's training part.

    python -m training.references --corpus ../shared/corpus

A conditional logistic model: of the names that a word may stand for and "none", each gets a score, the sum of its features' weights,
and the shares are the softmax of the scores. Every article is learned from twice: with no reference known, and with a random part of
them known, as the network will have found them, and only the other words asked. The pull of weights to zero and the threshold are
chosen by cross-validation, by article.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orbat.link.reference_features import Features
from orbat.link.references import FILE
from orbat.link.referents import TYPES, Article, Name
from orbat.names import fold, is_acronym, lost_capitals
from orbat.types import Annotations, Document, Mention, MentionType, Span

SEED = 7
FOLDS = 5
STEPS = 100
SURE = 0.99
"""Of the words answered in cross-validation, so many must have less points for "none" than where no name is looked at."""
LEAST = 3
"""A feature must be seen so often in the training part to be learned."""
L2 = 2.0
"""The pull of weights to zero; 1, 2 and 4 do alike in cross-validation (F1 after the network .754, .756, .757)."""
THRESHOLDS = tuple(round(0.25 + 0.05 * i, 2) for i in range(11))
KNOWN = 0.6
"""Share of the references that are shown as known: about the recall of the network that the ranker follows, 0.54 on dev.jsonl."""
PRECISION = 0.84
"""That network's precision on dev.jsonl, by ``orbat eval --references``; it weighs wrong answers when the threshold is chosen."""

Row = Mapping[str, Any]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ask:
    """A word that may stand for a name: the features of "none" and of each name, and which of them are right.

    ``scored`` says which of the names would count as right in ``score_references``; ``left``: part of the references are known.
    """

    doc: int
    options: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]
    scored: tuple[bool, ...]
    left: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """The share of the best name, whether that name is right, the points of "none", and what the ask was like."""

    share: float
    right: bool
    none: float
    left: bool


def annotated(row: Row) -> Annotations:
    """The gold mentions of a corpus line."""
    spans = tuple(Span(a, b) for a, b in row["sentences"])
    return Annotations(spans, tuple(Mention(MentionType(m["type"]), Span(m["start"], m["end"]), m["s"]) for m in row["mentions"]))


def head_nouns(rows: Sequence[Row]) -> frozenset[str]:
    """The last words of mentions in lower case that refer once or are seen three times; texts without capitals say nothing of them. And
    the titles in capitals, "GOC", that refer once."""
    seen: Counter[str] = Counter()
    for row in rows:
        if not lost_capitals(row["text"]):
            for m in row["mentions"]:
                last = m["text"].rsplit(None, 1)[-1]
                if MentionType(m["type"]) in TYPES and last.islower():
                    seen[last] += 3 if "ref" in m else 1
            for m in row["mentions"]:
                if m["type"] == "PERSON" and "ref" in m and is_acronym(m["text"]) and not alike(m["text"], m["ref"]):
                    seen[m["text"]] += 3
    return frozenset(word for word, n in seen.items() if n >= 3)


def alike(one: str, two: str) -> bool:
    """Whether two names count as one: the words of one are among the other's, as in ``score_references``."""
    a, b = set(fold(one).split()), set(fold(two).split())
    return a <= b or b <= a


def asks(row: Row, number: int, heads: frozenset[str], known: Mapping[int, int]) -> list[Ask]:
    """Every word of article ``number`` that may stand for a name and is not known to."""
    article = Article(Document.of(row["text"]), replace(annotated(row), references=MappingProxyType(dict(known))), heads)
    features = Features(article)
    out = []
    for word in article.words:
        tried = [] if word.index in known else article.candidates(word)
        if tried:
            gold = row["mentions"][word.index].get("ref")
            options = [features.none(word, tried), *(features.name(word, rank, *each) for rank, each in enumerate(tried))]
            scored = [gold is not None and alike(gold, article.said[name.answer(word.index)]) for name, _ in tried]
            exact = [gold is not None and _says(article, name, gold) for name, _ in tried]
            right = (gold is None, *(exact if any(exact) else scored))
            out.append(Ask(number, tuple(map(tuple, options)), right, (False, *scored), left=bool(known)))
    return out


def _says(article: Article, name: Name, gold: str) -> bool:
    return any(fold(article.said[i]) == fold(gold) for i in name.mentions)


def some_known(row: Row, heads: frozenset[str], rng: np.random.Generator) -> dict[int, int]:
    """A random part of an article's references, as the network would give them."""
    article = Article(Document.of(row["text"]), annotated(row), heads)
    out = {}
    for i, m in enumerate(row["mentions"]):
        if "ref" in m and rng.random() < KNOWN:
            named = (n for n in article.of_type.get(MentionType(m["type"]), ()) if i not in n.mentions and _says(article, n, m["ref"]))
            name = next(named, None)
            if name is not None:
                out[i] = name.answer(i)
    return out


class Fitter:
    """Asks as arrays. Features of "none" and of names are told apart by a sign in front."""

    def __init__(self, train: Sequence[Ask]) -> None:
        seen = Counter(f for ask in train for k, option in enumerate(ask.options) for f in set(_signed(option, k)))
        self.features = {f: i for i, f in enumerate(sorted(f for f, n in seen.items() if n >= LEAST))}

    def _arrays(self, some: Sequence[Ask]) -> tuple[Ints, Ints, Ints]:
        """The option and the number of each feature, and the ask of each option."""
        option_of: list[int] = []
        feature: list[int] = []
        ask_of: list[int] = []
        for n, ask in enumerate(some):
            for k, option in enumerate(ask.options):
                numbers = [self.features[f] for f in _signed(option, k) if f in self.features]
                option_of += [len(ask_of)] * len(numbers)
                feature += numbers
                ask_of.append(n)
        return np.array(option_of), np.array(feature), np.array(ask_of)

    def fit(self, some: Sequence[Ask]) -> Floats:
        """The weights that make the right answers likely, by Adam (Kingma and Ba 2015) on all asks at once."""
        some = [ask for ask in some if any(ask.right)]
        option_of, feature, ask_of = self._arrays(some)
        right = np.concatenate([np.array(ask.right) for ask in some])
        n, size = len(some), len(self.features)
        w, m, v = np.zeros(size), np.zeros(size), np.zeros(size)
        for t in range(1, STEPS + 1):
            share = _shares(w[feature], option_of, ask_of)
            good = share * right
            good /= np.bincount(ask_of, good, n)[ask_of]
            slope = np.bincount(feature, (share - good)[option_of], size) + L2 * w
            m = 0.9 * m + 0.1 * slope
            v = 0.99 * v + 0.01 * slope**2
            w -= 0.1 * (1 - t / (STEPS + 1)) * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-3)
        return w

    def judge(self, some: Sequence[Ask], w: Floats) -> list[Judged]:
        """What the weights answer to each ask."""
        option_of, feature, ask_of = self._arrays(some)
        points = np.bincount(option_of, w[feature], len(ask_of)).astype(np.float64)
        edges = np.flatnonzero(np.diff(ask_of)) + 1
        out = []
        for ask, share, own in zip(some, np.split(_shares(w[feature], option_of, ask_of), edges), np.split(points, edges), strict=True):
            best = 1 + int(share[1:].argmax())
            out.append(Judged(float(share[best]), ask.scored[best], float(own[0]), ask.left))
        return out


def _shares(weights: Floats, option_of: Ints, ask_of: Ints) -> Floats:
    """The share of each option among those of its ask; ``weights`` are those of its features."""
    points = np.bincount(option_of, weights, len(ask_of))
    share = np.exp(points - points.max())
    return np.asarray(share / np.bincount(ask_of, share)[ask_of])


def _signed(option: Sequence[str], k: int) -> list[str]:
    return [f"-{f}" for f in option] if k == 0 else [f"+{f}" for f in option]


def cross_validated(train: Sequence[Ask]) -> list[Judged]:
    """Every ask judged by weights that were fitted without its article."""
    part_of = np.random.default_rng(SEED).permutation(1 + max(ask.doc for ask in train)) % FOLDS
    out: list[Judged] = []
    for part in range(FOLDS):
        kept = [ask for ask in train if part_of[ask.doc] != part]
        fitter = Fitter(kept)
        out += fitter.judge([ask for ask in train if part_of[ask.doc] == part], fitter.fit(kept))
    return out


def best_threshold(judged: Sequence[Judged], gold: int, *, before: int = 0) -> tuple[float, float]:
    """The threshold with the best F1, and that F1, where ``before`` right answers of the network stand already."""
    found: dict[float, float] = {}
    for threshold in THRESHOLDS:
        taken = [each.right for each in judged if each.share >= threshold]
        found[threshold] = 2 * (before + sum(taken)) / (before / PRECISION + len(taken) + gold)
    best = max(found, key=found.__getitem__)
    return best, found[best]


def main() -> None:
    """Choose the pull to zero and the threshold, fit on everything, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=FILE)
    args = parser.parse_args()
    rows = [json.loads(line) for line in (args.corpus / "train.jsonl").open(encoding="utf-8")]
    heads, rng = head_nouns(rows), np.random.default_rng(SEED)
    known = [some_known(row, heads, rng) for row in rows]
    train = [ask for n, row in enumerate(rows) for ask in asks(row, n, heads, {})]
    train += [replace(ask, left=True) for n, row in enumerate(rows) for ask in asks(row, n, heads, known[n])]
    gold, before = sum("ref" in m for row in rows for m in row["mentions"]), sum(map(len, known))
    judged = cross_validated(train)
    left = [each for each in judged if each.left]
    alone, own = best_threshold([each for each in judged if not each.left], gold)
    threshold, f1 = best_threshold(left, gold, before=before)
    without = 2 * before / (before / PRECISION + gold)
    print(f"cross-validated: alone F1 {own:.3f} at {alone}; after the network {f1:.3f} at {threshold}, {without:.3f} without")
    sure = float(np.quantile([each.none for each in left if each.share >= threshold], SURE))
    fitter = Fitter(train)
    weights = dict(zip(fitter.features, fitter.fit(train).tolist(), strict=True))
    write(args.out, heads, weights, threshold=threshold, sure=round(sure, 2))


def write(path: Path, heads: frozenset[str], weights: Mapping[str, float], *, threshold: float, sure: float) -> None:
    """The data file that ``orbat/link/references.py`` reads; weights under 0.03 are left out."""
    kept = {f: round(x, 2) for f, x in sorted(weights.items()) if abs(x) >= 0.03}
    data = {
        "about": "Weights of the ranker of references, fitted by training/references.py on the news corpus's training part.",
        "threshold": threshold,
        "sure": sure,
        "heads": sorted(heads),
        "none": {f[1:]: x for f, x in kept.items() if f[0] == "-"},
        "name": {f[1:]: x for f, x in kept.items() if f[0] == "+"},
    }
    path.write_text(json.dumps(data, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
