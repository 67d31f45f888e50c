"""Fit the ranker that says what pronouns and common nouns stand for, on the gold mentions of the corpus's training part.

    python -m training.references --corpus ../shared/corpus [--model FOLDER]

A conditional logistic model: of the names that a word may stand for and "none", each gets a score, the sum of its features' weights,
and the shares are the softmax of the scores. What the network holds of a word is among the features. Each article is learned from as the
network reads it in long windows and in short ones, which see other neighbours of a word; and so that the ranker can do without the network,
two articles of three are learned from once more without it. The pull of weights to zero and the threshold are chosen by
cross-validation, by article. The network has learned these articles: `orbat-reader-2` is no more complete on them than on others (recall
.566, on dev.jsonl .565) but more often right (precision .860, on dev.jsonl .787).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orbat.encoder import Encoder
from orbat.evaluate.links import alike
from orbat.evaluate.run import gold_mentions
from orbat.link.reference_features import Features, Valued, heard_of_name, heard_of_none
from orbat.link.references import FILE, heard_of, may_be_asked
from orbat.link.referents import TYPES, Article, Name
from orbat.names import fold, is_acronym, lost_capitals
from orbat.types import Annotations, Document, MentionType

SHUFFLES = 5
"""So often is cross-validation repeated, with other folds: of a single one the best threshold is .3, .35 or .4 as the folds fall."""
FOLDS = 5
STEPS = 120
SURE = 0.995
"""Of the words answered in cross-validation, so many must have less points for "none" than where no name is looked at."""
SHORT = 160
"""Word pieces of the short windows."""
ALONE = 3
"""Of so many articles one is not learned from without the network."""
LEAST = 6
"""A feature must be seen so often to be learned, in the two readings and without the network taken together."""
L2 = 8.0
"""The pull of weights to zero; 4 to 16 do alike in cross-validation."""
THRESHOLDS = tuple(round(0.2 + 0.05 * i, 2) for i in range(9))

Row = Mapping[str, Any]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Known = tuple[frozenset[str], frozenset[str]]
"""The words that ``Article`` wants to know: common nouns that may stand for a name, and the words of mentions that are no names."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A word that may stand for a name: the features of "none" and of each name with their values, and which of them are right.

    ``scored`` says which of the names would count as right in ``score_references``.
    """

    doc: int
    options: tuple[tuple[tuple[str, float], ...], ...]
    right: tuple[bool, ...]
    scored: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """The share of the best name, whether that name is right, and the points of "none"."""

    share: float
    right: bool
    none: float


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


def plain_words(rows: Sequence[Row]) -> frozenset[str]:
    """The words of mentions that are seen twice in lower case, texts without capitals aside."""
    said = (m["text"] for row in rows if not lost_capitals(row["text"]) for m in row["mentions"])
    seen = Counter(word for words in said for word in words.split() if word == word.lower() and not word.isdigit())
    return frozenset(word for word, n in seen.items() if n >= 2)


def asks(row: Row, number: int, known: Known, read: tuple[Annotations, list[int]], *, alone: bool = False) -> list[Ask]:
    """Every word of article ``number`` that may stand for a name; ``read`` is what ``gold_mentions`` gives. ``alone``: the network is not
    heard."""
    given, which = read
    leanings = {} if alone else given.leanings
    annotations = Annotations(given.sentences, given.mentions, (), {} if alone else given.references)
    article = Article(Document.of(row["text"]), annotations, *known)
    features = Features(article)
    out = []
    for word in article.words:
        tried = article.candidates(word) if may_be_asked(word, article, leanings) else []
        if tried:
            gold = row["mentions"][which[word.index]].get("ref")
            heard = heard_of(word, tried, leanings)
            options = [_there(features.none(word, tried)) + heard_of_none(word.kind, heard)]
            for rank, each in enumerate(tried):
                options.append(_there(features.name(word, rank, *each)) + heard_of_name(word.kind, heard, rank))
            scored = [gold is not None and alike(gold, article.said[name.answer(word.index)]) for name, _ in tried]
            exact = [gold is not None and _says(article, name, gold) for name, _ in tried]
            right = (gold is None, *(exact if any(exact) else scored))
            out.append(Ask(number, tuple(map(tuple, options)), right, (False, *scored)))
    return out


def _there(names: list[str]) -> Valued:
    return [(name, 1.0) for name in names]


def _says(article: Article, name: Name, gold: str) -> bool:
    return any(fold(article.said[i]) == fold(gold) for i in name.mentions)


class Fitter:
    """Asks as arrays. Features of "none" and of names are told apart by a sign in front."""

    def __init__(self, train: Sequence[Ask]) -> None:
        seen = Counter(f for ask in train for k, option in enumerate(ask.options) for f in {f for f, _ in _signed(option, k)})
        self.features = {f: i for i, f in enumerate(sorted(f for f, n in seen.items() if n >= LEAST))}

    def _arrays(self, some: Sequence[Ask]) -> tuple[Ints, Ints, Floats, Ints]:
        """The option, the number and the value of each feature, and the ask of each option."""
        option_of: list[int] = []
        feature: list[int] = []
        value: list[float] = []
        ask_of: list[int] = []
        for n, ask in enumerate(some):
            for k, option in enumerate(ask.options):
                known = [(self.features[f], x) for f, x in _signed(option, k) if f in self.features]
                option_of += [len(ask_of)] * len(known)
                feature += [f for f, _ in known]
                value += [x for _, x in known]
                ask_of.append(n)
        return np.array(option_of), np.array(feature), np.array(value), np.array(ask_of)

    def fit(self, some: Sequence[Ask]) -> Floats:
        """The weights that make the right answers likely, by Adam (Kingma and Ba 2015) on all asks at once."""
        some = [ask for ask in some if any(ask.right)]
        option_of, feature, value, ask_of = self._arrays(some)
        right = np.concatenate([np.array(ask.right) for ask in some])
        n, size = len(some), len(self.features)
        w, m, v = np.zeros(size), np.zeros(size), np.zeros(size)
        for t in range(1, STEPS + 1):
            share = _shares(w[feature] * value, option_of, ask_of)
            good = share * right
            good /= np.bincount(ask_of, good, n)[ask_of]
            slope = np.bincount(feature, (share - good)[option_of] * value, size) + L2 * w
            m = 0.9 * m + 0.1 * slope
            v = 0.99 * v + 0.01 * slope**2
            w -= 0.1 * (1 - t / (STEPS + 1)) * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-3)
        return w

    def judge(self, some: Sequence[Ask], w: Floats) -> list[Judged]:
        """What the weights answer to each ask."""
        option_of, feature, value, ask_of = self._arrays(some)
        weighed = w[feature] * value
        points = np.bincount(option_of, weighed, len(ask_of)).astype(np.float64)
        edges = np.flatnonzero(np.diff(ask_of)) + 1
        out = []
        for ask, share, own in zip(some, np.split(_shares(weighed, option_of, ask_of), edges), np.split(points, edges), strict=True):
            best = 1 + int(share[1:].argmax())
            out.append(Judged(float(share[best]), ask.scored[best], float(own[0])))
        return out


def _shares(weighed: Floats, option_of: Ints, ask_of: Ints) -> Floats:
    """The share of each option among those of its ask; ``weighed`` are the values of its features by their weights."""
    points = np.bincount(option_of, weighed, len(ask_of))
    share = np.exp(points - points.max())
    return np.asarray(share / np.bincount(ask_of, share)[ask_of])


def _signed(option: Sequence[tuple[str, float]], k: int) -> Valued:
    return [(f"+{f}" if k else f"-{f}", x) for f, x in option]


def cross_validated(train: Sequence[Ask], beside: Sequence[Ask], seed: int) -> list[Judged]:
    """Every ask of ``train`` judged by weights that were fitted without its article; those ``beside`` are learned from alone."""
    part_of = np.random.default_rng(seed).permutation(1 + max(ask.doc for ask in train)) % FOLDS
    out: list[Judged] = []
    for part in range(FOLDS):
        kept = [ask for ask in (*train, *beside) if part_of[ask.doc] != part]
        fitter = Fitter(kept)
        out += fitter.judge([ask for ask in train if part_of[ask.doc] == part], fitter.fit(kept))
    return out


def best_threshold(rounds: Sequence[Sequence[Judged]], gold: int) -> tuple[float, float]:
    """The threshold with the best mean F1, and that F1, where the training part has ``gold`` references."""
    found: dict[float, float] = {}
    for threshold in THRESHOLDS:
        taken = [[each.right for each in judged if each.share >= threshold] for judged in rounds]
        found[threshold] = sum(2 * sum(right) / (len(right) + gold) for right in taken) / len(rounds)
    best = max(found, key=found.__getitem__)
    return best, found[best]


def main() -> None:
    """Choose the threshold, fit on everything, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--model", type=Path, help="the network's folder; the shipped one where it is not given")
    parser.add_argument("--out", type=Path, default=FILE)
    args = parser.parse_args()
    rows = [json.loads(line) for line in (args.corpus / "train.jsonl").open(encoding="utf-8")]
    known, encoder, short = (head_nouns(rows), plain_words(rows)), Encoder(args.model), Encoder(args.model, limit=SHORT)
    train: list[Ask] = []
    beside: list[Ask] = []
    for n, row in enumerate(rows):
        read = gold_mentions(row, encoder)
        train += asks(row, n, known, read)
        beside += asks(row, n, known, gold_mentions(row, short))
        beside += asks(row, n, known, read, alone=True) if n % ALONE else []
    rounds = [cross_validated(train, beside, seed) for seed in range(SHUFFLES)]
    threshold, f1 = best_threshold(rounds, sum("ref" in m for row in rows for m in row["mentions"]))
    print(f"cross-validated: F1 {f1:.3f} at {threshold}")
    sure = float(np.quantile([each.none for judged in rounds for each in judged if each.share >= threshold], SURE))
    every = [*train, *beside]
    fitter = Fitter(every)
    weights = dict(zip(fitter.features, fitter.fit(every).tolist(), strict=True))
    write(args.out, known, weights, threshold=threshold, sure=round(sure, 2))


def write(path: Path, known: Known, weights: Mapping[str, float], *, threshold: float, sure: float) -> None:
    """The data file that ``orbat/link/references.py`` reads; weights under 0.03 are left out."""
    kept = {f: round(x, 2) for f, x in sorted(weights.items()) if abs(x) >= 0.03}
    data = {
        "about": "Weights of the ranker of references, fitted by training/references.py on the news corpus's training part.",
        "threshold": threshold,
        "sure": sure,
        "heads": sorted(known[0]),
        "plain": sorted(known[1]),
        "none": {f[1:]: x for f, x in kept.items() if f[0] == "-"},
        "name": {f[1:]: x for f, x in kept.items() if f[0] == "+"},
    }
    path.write_text(json.dumps(data, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
