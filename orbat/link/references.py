"""What "the group", "it" or "he" stands for where the reading found no reference: a small trained ranker.

Each word that may stand for a name is asked: which of the article's names of its type, or none? The score of each answer is the sum of
the weights of its features (``referents.py`` makes them, ``data/references.json`` holds the weights), and the answers' shares are the
softmax of the scores. The best name is taken where its share reaches the threshold of the file, which was chosen by cross-validation on
the training part of the corpus.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from orbat.errors import DataError
from orbat.link.referents import Article, Name, Word
from orbat.types import Annotations, Document

FILE = Path(__file__).resolve().parent.parent / "data" / "references.json"


@dataclass(frozen=True, slots=True)
class Ranker:
    """The weights of features, those of "none" and those of names apart, and what the shares are judged by.

    ``heads`` are the common nouns, in lower case, that may stand for a name.
    """

    heads: frozenset[str]
    none: Mapping[str, float]
    name: Mapping[str, float]
    threshold: float

    @classmethod
    def load(cls, path: Path = FILE) -> Ranker:
        """The ranker of a file.

        Raises:
            DataError: the file is missing or is not what ``training/references.py`` writes.
        """
        try:
            data = json.loads(path.read_bytes())
            return cls(frozenset(data["heads"]), data["none"], data["name"], float(data["threshold"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            step = "Install orbat again, or make the file with python -m training.references."
            raise DataError(f"The weights of references in {path} could not be read.", f"{type(error).__name__}: {error}", step) from error

    def shares(self, article: Article, word: Word, tried: list[tuple[Name, int]]) -> list[float]:
        """The share of "none", then of each name tried; they sum to 1."""
        weight = self.none.get
        points = [sum(weight(f, 0.0) for f in article.none_features(word, tried))]
        weight = self.name.get
        for rank, (name, near) in enumerate(tried):
            points.append(sum(weight(f, 0.0) for f in article.name_features(word, rank, name, near)))
        top = max(points)
        powers = [math.exp(x - top) for x in points]
        whole = sum(powers)
        return [x / whole for x in powers]

    def answers(self, article: Article) -> Iterator[tuple[int, int, float]]:
        """For each word not yet known that has names to choose from: its index, the best name's mention, and that name's share."""
        for word in article.words():
            if word.index in article.known:
                continue
            tried = article.candidates(word)
            if tried:
                share, best = max(zip(self.shares(article, word, tried)[1:], range(len(tried)), strict=True), key=lambda each: each[0])
                yield word.index, tried[best][0].answer(word.index), share


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
    return {word: name for word, name, share in ranker.answers(article) if share >= ranker.threshold}
