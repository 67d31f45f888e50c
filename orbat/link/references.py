"""What "the group", "it" or "he" stands for: a small trained ranker and the reading's network, who decide together.

Each word that may stand for a name is asked: which of the article's names of its type, or none? The ranker's score of each answer is the
sum of the weights of its features (``reference_features.py`` names them, ``data/references.json`` holds the weights); the network's is the
log of its odds against none. Both are log odds, and they are added, the ranker's halved, since the two have read the same words and each
alone is too sure; the answers' shares are the softmax of the sums. The best name is taken where its share is ``LEAST`` or more.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from orbat.errors import DataError
from orbat.link.reference_features import Features
from orbat.link.referents import Article, Name
from orbat.types import LEAST_ODDS, Annotations, Document

RANKER = 0.5
"""The weight of the ranker's log odds beside the network's. On dev.jsonl 0.3, 0.5 and 0.7 differ by less than the noise."""
LEAST = 0.3
"""The least share of a name that is taken: about half of the F1 reached, from which an answer raises F1 (Lipton et al. 2014); on dev.jsonl
0.25 to 0.4 differ by less than the noise."""
FAR = 3.0
"""A name so far behind another in the network's log odds is not looked at; 3, 4 and 6 give the same F1 on dev.jsonl to 0.002."""
FILE = Path(__file__).resolve().parent.parent / "data" / "references.json"


@dataclass(frozen=True, slots=True)
class Ranker:
    """The weights of features, those of "none" and those of names apart, and the common nouns that may stand for a name, in lower case,
    and the titles in capitals that may.

    Where the network was not asked a name is taken where its share reaches ``threshold``. Where "none" has ``sure`` points or more, the
    network's with them, no name is looked at.
    """

    heads: frozenset[str]
    none: Mapping[str, float]
    name: Mapping[str, float]
    threshold: float
    sure: float

    @classmethod
    def load(cls, path: Path = FILE) -> Ranker:
        """The ranker of a file.

        Raises:
            DataError: the file is missing or is not what ``training/references.py`` writes.
        """
        try:
            data = json.loads(path.read_bytes())
            return cls(frozenset(data["heads"]), data["none"], data["name"], float(data["threshold"]), float(data["sure"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            step = "Install orbat again, or make the file with python -m training.references."
            raise DataError(f"The weights of references in {path} could not be read.", f"{type(error).__name__}: {error}", step) from error

    def answers(self, article: Article, leanings: Mapping[int, Mapping[int, float]]) -> Iterator[tuple[int, int]]:
        """For each word that stands for a name: its index, and the mention of that name. ``leanings`` are the network's, as in
        ``Annotations``; a word known to stand for a name of which they say nothing is not asked again."""
        features = Features(article)
        for word in article.words:
            odds = leanings.get(word.index)
            if word.index in article.known if odds is None else not odds:  # settled, or the network rules out all
                continue
            tried = article.candidates(word)
            if not tried:
                continue
            weight, least = (1.0, self.threshold) if odds is None else (RANKER, LEAST)
            leaning = [0.0 if odds is None else _leaning(name, odds) for name, _ in tried]
            top = max(leaning)
            if top == LEAST_ODDS:
                continue
            none = weight * _sum(self.none, features.none(word, tried))
            if none - top >= weight * self.sure:
                continue
            points = {
                rank: weight * _sum(self.name, features.name(word, rank, *tried[rank])) + x
                for rank, x in enumerate(leaning)
                if x >= top - FAR
            }
            best = max(points, key=points.__getitem__)
            if 1 / (math.exp(none - points[best]) + sum([math.exp(x - points[best]) for x in points.values()])) >= least:
                yield word.index, tried[best][0].answer(word.index)


def _sum(weights: Mapping[str, float], features: list[str]) -> float:
    return sum([weights[f] for f in features if f in weights])


def _leaning(name: Name, odds: Mapping[int, float]) -> float:
    """The log of the network's odds for a name in any of its mentions."""
    said = [odds[i] for i in name.spoken if i in odds]
    return said[0] if len(said) == 1 else math.log(sum([math.exp(x) for x in said])) if said else LEAST_ODDS


@lru_cache(maxsize=1)
def shipped() -> Ranker:
    """The ranker that comes with the program, loaded once."""
    return Ranker.load()


def find_references(document: Document, annotations: Annotations) -> dict[int, int]:
    """The references of a document in order: the index of a pronoun or common noun to the index of the name it stands for.

    Another name of a person stands for the first, "Lion" for "Ali Musa, alias Lion". What ``annotations.references`` already says is kept
    but where ``annotations.leanings`` tell how sure it is, so that it can be weighed.

    Raises:
        DataError: the file of weights is missing or broken.
    """
    ranker = shipped()
    article = Article(document, annotations, ranker.heads)
    leanings = annotations.leanings
    asked = {word.index for word in article.words}
    found = {word: name for word, name in annotations.references.items() if word not in leanings or word not in asked}
    found |= dict(ranker.answers(article, leanings))
    found |= article.aliases
    # A title in capitals, "US Ambassador", is a name to "he" and may stand for a name itself, as an alias does.
    return {word: name if found.get(name, word) == word else found[name] for word, name in sorted(found.items())}
