"""Near-copies among documents: identical texts, reprints with small edits, texts cut short, partial rewrites.

A text's signature is the MinHash of its three-word runs (Broder 1997), by rensa, with a fixed seed, so that it can be kept. Band keys
(locality-sensitive hashing) propose which texts may be copies; the signatures of the two decide. A family is a connected set of copies,
and its id the smallest id of its documents: the order of reading does not matter.
"""

from __future__ import annotations

import re
import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Generic, TypeVar

from rensa import RMinHash

from orbat.errors import DataError
from orbat.remembering import remembered

RUN = 3  # words a run: longer runs lose reprints in which every tenth word is changed, shorter ones take idioms for copies
SIZE = 128  # hashes a signature: an estimate of Jaccard similarity with a standard error of at most 0.044
BANDS, ROWS = 42, 3  # two texts of similarity 0.3 share a band in 68 of 100 cases, of 0.4 in 94, of 0.5 in 99.6
LEAD = 60  # words: a text that is cut short keeps its opening, so openings are looked up as well
LEAD_BANDS, LEAD_ROWS = 8, 2
ALIKE = 0.3  # Jaccard similarity from which two texts are copies: about half of the runs of each are the other's
CONTAINED = 0.6  # or: this part of the shorter text's runs stands in the longer one …
CONTAINED_ALIKE = 0.1  # … and the estimate that says so stands on enough common hashes
SENTENCE_BANDS, SENTENCE_ROWS = 5, 3
SHORTEST = 8  # words of a sentence that is known for a copy though not the same to the word
WHOLE = "x:"  # so the key of a shorter one begins, which has no other
_SEED = 20110707
_VERSION = 1
_HEAD = struct.Struct("<BI")
_WORD = re.compile(r"\w+")
Key = TypeVar("Key", str, int)


@dataclass(frozen=True, slots=True)
class Signature:
    """What is kept of a text to find its copies: how many different runs it has, the MinHash of all and of its opening."""

    runs: int
    hashes: tuple[int, ...]
    lead: tuple[int, ...]

    def to_bytes(self) -> bytes:
        """581 bytes, the same on every machine."""
        return _HEAD.pack(_VERSION, self.runs) + struct.pack(f"<{SIZE + LEAD_BANDS * LEAD_ROWS}I", *self.hashes, *self.lead)

    @classmethod
    def from_bytes(cls, data: bytes) -> Signature:
        """The signature that ``to_bytes`` wrote.

        Raises:
            DataError: the bytes are no signature of this version.
        """
        if len(data) != _HEAD.size + 4 * (SIZE + LEAD_BANDS * LEAD_ROWS) or data[0] != _VERSION:
            raise DataError("A kept signature cannot be read.", "It is of another version or cut.", "Compute it again from the text.")
        numbers = struct.unpack(f"<{SIZE + LEAD_BANDS * LEAD_ROWS}I", data[_HEAD.size :])
        return cls(_HEAD.unpack_from(data)[1], numbers[:SIZE], numbers[SIZE:])


def words(text: str) -> list[str]:
    """The words of a text in lower case, signs left out."""
    return _WORD.findall(text.lower())


def signature(text: str) -> Signature:
    """The signature of a text; one without words has no runs and is like nothing."""
    said = words(text)
    runs = _runs(said)
    return Signature(len(runs), _minhash(runs, SIZE), _minhash(_runs(said[:LEAD]), LEAD_BANDS * LEAD_ROWS))


def band_keys(signature: Signature) -> tuple[str, ...]:
    """Keys to look copies up by: most pairs of copies share at least one. None for a text without words."""
    if not signature.runs:
        return ()
    whole = _bands("w", signature.hashes, BANDS, ROWS)
    return (*whole, *_bands("l", signature.lead, LEAD_BANDS, LEAD_ROWS))


def similarity(one: Signature, two: Signature) -> tuple[float, float]:
    """Estimates, 0 to 1: the Jaccard similarity of two texts, and which part of the shorter one stands in the longer one."""
    if not one.runs or not two.runs:
        return 0.0, 0.0
    jaccard = sum(a == b for a, b in zip(one.hashes, two.hashes, strict=True)) / SIZE
    common = jaccard / (1 + jaccard) * (one.runs + two.runs)
    return jaccard, min(1.0, common / min(one.runs, two.runs))


def are_copies(one: Signature, two: Signature) -> bool:
    """Whether one text is a reprint, a part or a partial rewrite of the other."""
    jaccard, contained = similarity(one, two)
    return jaccard >= ALIKE or (contained >= CONTAINED and jaccard >= CONTAINED_ALIKE)


def near_copies(new: Signature, earlier: Mapping[str, Signature]) -> tuple[str, ...]:
    """Which earlier documents a new one is a copy of, among those that share a band key with it. Ids in order."""
    return tuple(sorted(key for key, known in earlier.items() if are_copies(new, known)))


def family_of(document: str, near: Iterable[str]) -> str:
    """The family of a new document, from the families of those that it is a copy of: they all become this one."""
    return min((document, *near))


def families(signatures: Mapping[str, Signature]) -> dict[str, str]:
    """The family of each document, by document id. The same as adding them one by one, in any order."""
    bands: dict[str, list[str]] = defaultdict(list)
    for document in sorted(signatures):
        for key in band_keys(signatures[document]):
            bands[key].append(document)
    sets = Sets(signatures)
    for members in bands.values():
        if len(members) == 1:
            continue
        for at, one in enumerate(members):
            for two in members[at + 1 :]:
                if sets.find(one) != sets.find(two) and are_copies(signatures[one], signatures[two]):
                    sets.join(one, two)
    return {document: sets.find(document) for document in signatures}


class Sets(Generic[Key]):
    """Disjoint sets of ids or numbers, each called by its smallest member (union-find with halved paths)."""

    def __init__(self, ids: Iterable[Key]) -> None:
        self._above: dict[Key, Key] = {key: key for key in ids}

    def find(self, key: Key) -> Key:
        """The smallest member of the set of an id."""
        above = self._above
        while (parent := above[key]) != key:
            above[key] = key = above[parent]
        return key

    def join(self, one: Key, two: Key) -> None:
        """Make two sets one."""
        low, high = sorted((self.find(one), self.find(two)))
        self._above[high] = low

    def groups(self) -> list[tuple[Key, ...]]:
        """The sets, each in order, in the order of their smallest members."""
        found: dict[Key, list[Key]] = defaultdict(list)
        for key in sorted(self._above):
            found[self.find(key)].append(key)
        return [tuple(members) for members in found.values()]


def sentence_keys(sentence: str) -> tuple[str, ...]:
    """Keys that near-copies of a sentence share: at least one in 95 of 100 cases where one word of 25 is changed, in 68 where two are.

    A sentence of under eight words has one key only, that of its exact words.
    """
    said = words(sentence)
    if len(said) < SHORTEST:
        return (f"{WHOLE}{_short(' '.join(said).encode())}",)
    return tuple(_bands("x", _minhash(_runs(said), SENTENCE_BANDS * SENTENCE_ROWS), SENTENCE_BANDS, SENTENCE_ROWS))


def same_sentence(one: str, two: str) -> bool:
    """Whether a sentence is a near-copy of another: two thirds of the three-word runs of the shorter one stand in the longer one.

    Sentences of under eight words say too little to be known for copies, unless they are the same to the word.
    """
    return _copied(run_numbers(one), run_numbers(two))


def sentence_families(sentences: Mapping[str, Runs]) -> dict[str, str]:
    """Near-copies among sentences, by id their ``run_numbers``: each id's family is the smallest id of its connected copies."""
    sets = Sets(sentences)
    last: dict[int, str] = {}  # the last sentence with each run: each is compared with those before it
    for two in sorted(sentences):
        found = sentences[two]
        for one in set(map(last.get, found)):
            if one is not None and sets.find(one) != sets.find(two) and _copied(sentences[one], found):
                sets.join(one, two)
        last |= dict.fromkeys(found, two)
    return {key: sets.find(key) for key in sentences}


Runs = frozenset[int]


def run_numbers(sentence: str) -> Runs:
    """Numbers of the runs of a sentence, the same everywhere; of one of under eight words one number for all of it, which is no run's.

    Numbers have 63 bits: of the runs of ten million sentences two are of one number in one of five hundred cases.
    """
    said = words(sentence)
    if len(said) < SHORTEST:
        return frozenset({_number(f"= {' '.join(said)}")})
    numbers = list(map(_number, said))
    return frozenset(
        [
            (one * _ODD[0] + two * _ODD[1] + three * _ODD[2]) & _BITS
            for one, two, three in zip(numbers, numbers[1:], numbers[2:], strict=False)
        ]
    )


_BITS = (1 << 63) - 1
_ODD = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)  # any odd numbers of many ones and noughts: of xxHash


@remembered(8_192)
def _number(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "big") & _BITS


def _copied(one: Runs, two: Runs) -> bool:
    return 3 * len(one & two) >= 2 * min(len(one), len(two))


def _runs(said: list[str]) -> list[str]:
    if len(said) < RUN:
        return [" ".join(said)] if said else []
    return sorted({" ".join(said[i : i + RUN]) for i in range(len(said) - RUN + 1)})


def _minhash(runs: list[str], size: int) -> tuple[int, ...]:
    found = RMinHash(num_perm=size, seed=_SEED)
    found.update(runs)
    return tuple(found.digest())


def _bands(name: str, hashes: tuple[int, ...], bands: int, rows: int) -> Iterator[str]:
    for band in range(bands):
        part = hashes[band * rows : (band + 1) * rows]
        yield f"{name}{band}:{_short(struct.pack(f'<{rows}I', *part))}"


def _short(data: bytes) -> str:
    return blake2b(data, digest_size=8).hexdigest()
