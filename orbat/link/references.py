"""What "the group", "it" or "he" stands for where the reading found no reference: a small trained ranker.

Each word that may stand for a name is asked: which of the article's names of its type, or none? The score of each answer is the sum of
the weights of its features (``reference_features.py`` names them, ``data/references.json`` holds the weights); the answers' shares are
the softmax of the scores. The best name is taken where its share reaches the file's threshold, which was chosen by cross-validation on
the training part of the corpus, where the ranker alone has an F1 of 0.58.
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
from orbat.link.referents import Article
from orbat.types import Annotations, Document

FILE = Path(__file__).resolve().parent.parent / "data" / "references.json"


@dataclass(frozen=True, slots=True)
class Ranker:
    """The weights of features, those of "none" and those of names apart, and the common nouns that may stand for a name, in lower case.

    A name is taken where its share reaches ``threshold``; where "none" has ``sure`` points or more no name is looked at.
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

    def answers(self, article: Article) -> Iterator[tuple[int, int, float]]:
        """For each word not yet known that has names to choose from: its index, the best name's mention, and that name's share."""
        features = Features(article)
        for word in article.words:
            tried = [] if word.index in article.known else article.candidates(word)
            if tried:
                none = _sum(self.none, features.none(word, tried))
                if none < self.sure:
                    points = [_sum(self.name, features.name(word, rank, *each)) for rank, each in enumerate(tried)]
                    best = max(range(len(tried)), key=points.__getitem__)
                    share = 1 / (math.exp(none - points[best]) + sum(math.exp(x - points[best]) for x in points))
                    yield word.index, tried[best][0].answer(word.index), share


def _sum(weights: Mapping[str, float], features: list[str]) -> float:
    return sum([weights[f] for f in features if f in weights])


@lru_cache(maxsize=1)
def shipped() -> Ranker:
    """The ranker that comes with the program, loaded once."""
    return Ranker.load()


def find_references(document: Document, annotations: Annotations) -> dict[int, int]:
    """The references that ``annotations`` lacks: the index of a pronoun or common noun to the index of the name it stands for.

    What ``annotations.references`` already says is neither repeated nor changed.

    Raises:
        DataError: the file of weights is missing or broken.
    """
    ranker = shipped()
    article = Article(document, annotations, ranker.heads)
    found = {word: name for word, name, share in ranker.answers(article) if share >= ranker.threshold}
    # A title in capitals, "US Ambassador", is a name to "he" and may stand for a name itself.
    return {word: name if found.get(name, word) == word else found[name] for word, name in found.items()}
