"""Fit the ranker that says what pronouns and common nouns stand for, on the gold mentions of the corpus's training part.

    python -m training.references --corpus ../shared/corpus

A conditional logistic model: of the names that a word may stand for and "none", each gets a score, the sum of its features' weights,
and the shares are the softmax of the scores. Where several names count as right, their shares together are to be large.
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
from orbat.link.referents import TYPES, Article
from orbat.names import fold, lost_capitals
from orbat.types import Annotations, Document, Mention, MentionType, Span

SEED = 7
KNOWN = 0.6
"""Share of the references that are shown as known already: about the recall of the network that the ranker follows."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A word that may stand for a name: the features of "none" and of each name, which are right, and what it is."""

    doc: int
    index: int
    head: str
    options: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]
    refers: bool
    names: tuple[str, ...]
    known: bool


def annotated(row: Mapping[str, Any]) -> Annotations:
    """The gold mentions of a corpus line."""
    spans = tuple(Span(a, b) for a, b in row["sentences"])
    return Annotations(spans, tuple(Mention(MentionType(m["type"]), Span(m["start"], m["end"]), m["s"]) for m in row["mentions"]))


def head_nouns(rows: Sequence[Mapping[str, Any]], least: int = 3) -> frozenset[str]:
    """The last words of mentions in lower case that are common enough; texts without capitals say nothing of them."""
    seen: Counter[str] = Counter()
    for row in rows:
        if lost_capitals(row["text"]):
            continue
        for m in row["mentions"]:
            last = m["text"].rsplit(None, 1)[-1]
            if MentionType(m["type"]) in TYPES and last.islower():
                seen[last] += 1 + 2 * ("ref" in m)
    return frozenset(word for word, n in seen.items() if n >= least)


def alike(one: str, two: str) -> bool:
    """Whether two names count as one: the words of one are among the other's, as in ``score_references``."""
    a, b = set(fold(one).split()), set(fold(two).split())
    return a <= b or b <= a


def asks(row: Mapping[str, Any], number: int, heads: frozenset[str], rng: np.random.Generator, *, known: float) -> list[Ask]:
    """Every word of an article that may stand for a name, with a random part of the references known."""
    annotations = annotated(row)
    document = Document.of(row["text"])
    bare = Article(document, annotations, heads)
    shown = {}
    for i, m in enumerate(row["mentions"]):
        if "ref" in m and rng.random() < known:
            wanted = fold(m["ref"])
            same = [
                n
                for n in bare.names
                if n.type == m["type"] and any(fold(bare.said[j]) == wanted for j in n.mentions) and i not in n.mentions
            ]
            if same:
                shown[i] = same[0].answer(i)
    article = Article(document, replace(annotations, references=MappingProxyType(shown)), heads)
    features = Features(article)
    out = []
    for word in article.words:
        gold = row["mentions"][word.index].get("ref")
        tried = article.candidates(word)
        if not tried:
            continue
        options = [features.none(word, tried)]
        options += [features.name(word, rank, name, near) for rank, (name, near) in enumerate(tried)]
        names = [article.said[name.answer(word.index)] for name, _ in tried]
        exact = [gold is not None and any(fold(article.said[j]) == fold(gold) for j in name.mentions) for name, _ in tried]
        right = exact if any(exact) else [gold is not None and alike(gold, said) for said in names]
        out.append(
            Ask(
                number,
                word.index,
                word.head,
                tuple(map(tuple, options)),
                (gold is None, *right),
                gold is not None,
                tuple(names),
                word.index in shown,
            )
        )
    return out


class Fitter:
    """Asks as arrays. Features of "none" and of names are told apart by a sign in front."""

    def __init__(self, train: Sequence[Ask], least: int) -> None:
        seen = Counter(f for ask in train for k, option in enumerate(ask.options) for f in set(named(option, k)))
        self.features = {f: i for i, f in enumerate(sorted(f for f, n in seen.items() if n >= least))}

    def arrays(self, some: Sequence[Ask]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        option_of, feature, ask_of, right = [], [], [], []
        for n, ask in enumerate(some):
            for k, option in enumerate(ask.options):
                for f in named(option, k):
                    i = self.features.get(f)
                    if i is not None:
                        option_of.append(len(ask_of))
                        feature.append(i)
                ask_of.append(n)
                right.append(ask.right[k])
        return np.array(option_of), np.array(feature), np.array(ask_of), np.array(right)

    def fit(self, some: Sequence[Ask], l2: float, steps: int = 150) -> NDArray[np.float64]:
        some = [ask for ask in some if any(ask.right) and len(ask.options) > 1]
        option_of, feature, ask_of, right = self.arrays(some)
        n, size = len(some), len(self.features)
        w, m, v = np.zeros(size), np.zeros(size), np.zeros(size)
        for t in range(1, steps + 1):
            points = np.bincount(option_of, w[feature], len(ask_of))
            share = np.exp(points - points.max())
            share /= np.bincount(ask_of, share, n)[ask_of]
            good = share * right
            good /= np.bincount(ask_of, good, n)[ask_of]
            slope = np.bincount(feature, (share - good)[option_of], size) + l2 * w
            m = 0.9 * m + 0.1 * slope
            v = 0.99 * v + 0.01 * slope**2
            w -= 0.1 * (1 - t / (steps + 1)) * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-3)
        return w

    def shares(self, some: Sequence[Ask], w: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        option_of, feature, ask_of, _ = self.arrays(some)
        points = np.bincount(option_of, w[feature], len(ask_of))
        share = np.exp(points - points.max())
        share /= np.bincount(ask_of, share, len(some))[ask_of]
        return np.split(share, np.flatnonzero(np.diff(ask_of)) + 1)


def named(option: Sequence[str], k: int) -> list[str]:
    return [f"-{f}" for f in option] if k == 0 else [f"+{f}" for f in option]


L2 = 2.0
LEAST = 3
THRESHOLD = 0.35


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    args = parser.parse_args()
    rows = [json.loads(line) for line in (args.corpus / "train.jsonl").open(encoding="utf-8")]
    heads = head_nouns(rows)
    train = training_asks(rows, heads)
    fitter = Fitter(train, LEAST)
    w = fitter.fit(train, L2)
    write(Path("orbat/data/references.json"), heads, dict(zip(fitter.features, w.tolist(), strict=True)), THRESHOLD)


def training_asks(rows: Sequence[Mapping[str, Any]], heads: frozenset[str]) -> list[Ask]:
    """Every article twice: with no reference known, and with a random part known, where only the others are asked."""
    rng = np.random.default_rng(SEED)
    plain = [ask for n, row in enumerate(rows) for ask in asks(row, n, heads, rng, known=0.0)]
    return plain + [ask for n, row in enumerate(rows) for ask in asks(row, n, heads, rng, known=KNOWN) if not ask.known]


def write(path: Path, heads: frozenset[str], weights: Mapping[str, float], threshold: float) -> None:
    """The data file that ``orbat/link/references.py`` reads; weights near zero are left out."""
    kept = {f: round(x, 2) for f, x in weights.items() if abs(x) >= 0.03}
    data = {
        "about": "Weights of the ranker of references, fitted by training/references.py on the news corpus's training part.",
        "threshold": threshold,
        "sure": 99,
        "heads": sorted(heads),
        "none": {f[1:]: x for f, x in sorted(kept.items()) if f[0] == "-"},
        "name": {f[1:]: x for f, x in sorted(kept.items()) if f[0] == "+"},
    }
    path.write_text(json.dumps(data, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
