"""The cheap first pass: which articles, and which sentences of them, cannot hold anything of ours.

Words have weights, learned from the corpus and from general news (``training/firstpass.py``): how much more often they stand near
events of armed groups than elsewhere. Names of armed groups weigh too, a user's own among them: each word that is no common one, and
names that are made of common words ("Shining Path") as a whole, found by an automaton. A text is as promising as its best run of ``WINDOW``
words; one below the threshold is skipped. Nothing here knows sentences or word pieces: the bytes are cut at what is no letter, so that a
core goes through tens of megabytes a second. The door of ahocorasick_rs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import repeat
from typing import Self

import numpy as np
from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind
from numpy.typing import NDArray

from orbat.errors import DataError
from orbat.types import Span

WINDOW = 60
"""Words that are looked at together: about three sentences of news. 40 kept a half more of general news at the same loss."""

PART = 0.35
"""Share of promising sentences from which on an article is worth reading whole. In articles below it stands 1 in 10,000 events of the
corpus's training part outside promising windows; to skip sentences of every article would lose 2 in 100."""

SHORTEST_NAME = 4
"""Letters that a word of a name must have to weigh by itself; shorter ones (KIA, ABM) mostly mean something else in general news."""

# ASCII's letters in small, and digits; everything else parts words. A letter with an accent does so too, in names and texts alike: curly
# quotation marks are of the same bytes.
_WORDS = bytes(b | 0x20 if 65 <= b <= 90 else b if 48 <= b <= 57 or 97 <= b <= 122 else 32 for b in range(256))
# What a page holds beside words: code and comments from their beginning to their end, then tags. The reader of pages cuts the same
# (``ingest.htmlpage``), so that no article can stand there.
_CODE = tuple((re.compile(begin), end) for begin, end in ((rb"<script\b", b"</script"), (rb"<style\b", b"</style"), (rb"<!--", b"-->")))
_TAG = re.compile(rb"<[^>]*>")


def words_of(text: str) -> list[bytes]:
    """The words of a text in small letters."""
    return text.encode("utf-8", "replace").translate(_WORDS).split()


def _without_markup(page: bytes) -> bytes:
    """A page in small letters without its code, comments and tags. Linear in time, whatever is left open."""
    page = page.lower()
    for begin, end in _CODE:
        parts, place = [], 0
        while (found := begin.search(page, place)) and (close := page.find(end, found.end())) >= 0:
            parts.append(page[place : found.start()])
            place = close + len(end)
        page = b" ".join([*parts, page[place:]])
    last = page.rfind(b">") + 1  # behind it no tag ends, and each "<" would be followed to the end of the page
    return _TAG.sub(b" ", page[:last]) + page[last:]


def _joined(words: list[bytes]) -> bytes:
    """Words with one space around each, so that a name is found as whole words only."""
    return b" " + b" ".join(words) + b" "


@dataclass(frozen=True, slots=True)
class FirstPass:
    """Weights of words and of whole names, and the sum over a window from which a text is ``worth`` reading. Build it with ``load``."""

    weights: Mapping[bytes, float]
    names: BytesAhoCorasick
    bonus: float
    threshold: float

    @classmethod
    def load(cls, names: Iterable[str] = ()) -> Self:
        """The shipped weights.

        Args:
            names: of armed groups. Words of them that are not among the shipped ones, which include all common words, get the weight of
                a name; a name without such a word gets it as a whole.

        Raises:
            DataError: the file is missing or cut.
        """
        path = files("orbat") / "data" / "firstpass.json"
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
            weights = {word.encode(): float(weight) for word, weight in value["weights"].items()}
            threshold, bonus = float(value["threshold"]), float(value["name"])
        except (OSError, ValueError, KeyError, AttributeError) as error:
            cause = f"{type(error).__name__}: {error}."
            raise DataError("The weights of the first pass cannot be loaded.", cause, "Reinstall orbat.") from error
        known = frozenset(weights)
        whole: set[bytes] = set()
        for name in names:
            words = words_of(name)
            own = [word for word in words if word not in known and len(word) >= SHORTEST_NAME and not word.isdigit()]
            weights.update(dict.fromkeys(own, bonus))
            bare = words[1:] if words[:1] == [b"the"] else words
            if not own and len(bare) > 1:
                whole.add(_joined(bare))
        automaton = BytesAhoCorasick(sorted(whole), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA)
        return cls(weights, automaton, bonus, threshold)

    def score(self, text: str) -> float:
        """The weight of the best window of a text; 0 for one without a known word."""
        return self._best(words_of(text))

    def page_score(self, page: bytes) -> float:
        """The same for a web page as it came, before its article is looked for: all its words, without mark-up and scripts.

        The page holds the article and more, so it is seldom below its article. Infinite where the bytes are of an encoding whose
        letters cannot be seen (UTF-16): such a page is never skipped unread.
        """
        if b"\0" in page[:1024]:
            return float("inf")
        return self._best(_without_markup(page).translate(_WORDS).split())

    def worth(self, text: str) -> bool:
        """Whether a text may hold something of ours."""
        return self.score(text) >= self.threshold

    def worth_reading(self, text: str, sentences: Sequence[Span]) -> NDArray[np.bool_]:
        """For each sentence, whether it is worth reading. ``[sentences]``.

        In an article that is ours in a small ``PART`` only, those that stand in a promising window are; in any other, all or none.
        """
        cut = [words_of(span.of(text)) for span in sentences]
        ends = np.cumsum([0, *map(len, cut)])
        sums = self._sums([word for words in cut for word in words])
        hot = np.zeros(int(ends[-1]) + 1, dtype=np.int64)  # +1 where a promising window begins, -1 behind its end
        begins = np.flatnonzero(sums >= self.threshold)
        np.add.at(hot, begins, 1)
        np.add.at(hot, np.minimum(begins + WINDOW, int(ends[-1])), -1)
        inside = np.concatenate(([0], np.cumsum(np.cumsum(hot) > 0)))
        mask = np.asarray(inside[ends[1:]] > inside[ends[:-1]], dtype=np.bool_)
        return mask if not mask.any() or mask.mean() < PART else np.ones_like(mask)

    def _best(self, words: list[bytes]) -> float:
        return float(self._sums(words).max())

    def _sums(self, words: list[bytes]) -> NDArray[np.float64]:
        """The weight of each window, by its first word; of all words where they are fewer than a window."""
        weights = np.fromiter(map(self.weights.get, words, repeat(0.0)), np.float64, len(words))
        text = _joined(words)
        for _, start, _ in self.names.find_matches_as_indexes(text):
            weights[text.count(b" ", 0, start)] += self.bonus
        if len(words) <= WINDOW:
            return np.asarray([weights.sum()])
        total = np.zeros(len(words) + 1)
        np.cumsum(weights, out=total[1:])
        return total[WINDOW:] - total[:-WINDOW]
