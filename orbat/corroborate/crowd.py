"""Many pairs of happenings at once: what ``match`` and ``features`` give for each, by arrays.

Thousands of reports of one day make millions of pairs, but few different days, places and sides. So a feature is asked once of each two
different values of what it reads (``READS``), and what two sets share is counted for many pairs at a time. Sums are added in the order of
``match``: scores are the same to the last digit (a test holds it so). Pairs of one document are few, and are asked one by one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from orbat.corroborate import features, match
from orbat.corroborate.features import Related
from orbat.corroborate.happenings import Happening
from orbat.corroborate.match import Feature
from orbat.corroborate.matters import LASTING, Matter

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.intp]

READS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "spots": ("spot",),
        "ends": ("matter", "parties", "actors", "targets", "places", "several", "about"),
        "days": ("days",),
        "parties": ("parties", "actors"),
        "place": ("spot", "towns", "places"),
        "future": ("future",),
        "news": ("days", "told", "published"),
        "sent": ("types",),
        "tolls": ("tolls",),
        "types": ("types",),
        "senses": ("matter", "triggers"),
    }
)
"""What a feature reads of two happenings of different documents. Of others, but for those that are counted, each pair is asked."""

PAIRS = 65_536  # worked out at once: half a MB an array, of which there are some ten
FEW = 512  # different values: what was asked of so many is kept, at most 2 MB a feature
_NAMES = ("parties", "places", "persons", "sentences", "about", "proper")
_EVER = 1 << 40  # days: further than any two are apart


class Crowd:
    """Happenings whose pairs are asked for by number: the place among ``nodes``, which are in the order of their ids."""

    def __init__(self, nodes: Sequence[Happening], related: Related) -> None:
        self._nodes, self._related = nodes, related
        self._document, self._matter = _numbered(node.document for node in nodes), _numbered(node.matter for node in nodes)
        self._lasting = _flags(node.matter in LASTING for node in nodes)
        bounds = [node.bounds if node.days and node.matter not in LASTING else None for node in nodes]
        self._first = np.array([each[0] if each else -_EVER for each in bounds])
        self._last = np.array([each[1] if each else _EVER for each in bounds])
        self._placed = _flags(node.spot is not None and node.matter not in LASTING for node in nodes)
        self._sums = _flags(node.sums for node in nodes)
        self._active = _flags(node.actors for node in nodes)
        self._named = _flags(node.parties or node.towns for node in nodes)
        self._people = frozenset().union(*(node.persons for node in nodes))
        self._kinds: dict[str, _Kinds] = {}
        self._known: dict[str, Floats] = {}
        self._sets: dict[str, _Sets] = {}
        self._relatives: dict[str, set[str]] | None = None

    def conflict(self, one: Numbers, two: Numbers) -> Flags:
        """Whether each pair is in conflict, as ``features.conflict``."""
        apart: Flags = np.maximum(self._first[one] - self._last[two], self._first[two] - self._last[one]) > 1
        apart |= (self._matter[one] != self._matter[two]) | (self._sums[one] != self._sums[two])
        placed = np.flatnonzero(~apart & self._placed[one] & self._placed[two])
        apart[placed] = self._asked("spots", _elsewhere, one[placed], two[placed]) > 0
        for at in np.flatnonzero(self._document[one] == self._document[two]):
            apart[at] = bool(features.conflict(*self._pair(one[at], two[at])))
        return apart

    def scores(self, one: Numbers, two: Numbers, *, least: float = -math.inf) -> Floats:
        """The scores of pairs that are in no conflict, as ``match.compatible``; 0 where the weighed sum is below ``least``."""
        found = np.zeros(len(one))
        same = self._document[one] == self._document[two]
        for at in np.flatnonzero(same):
            pair = self._pair(one[at], two[at])
            found[at] = match.compatible(*pair, self._related) if least == -math.inf else match.likely(*pair, self._related, slack=-least)
        for lasting in (False, True):
            mine = np.flatnonzero(~same & (self._lasting[one] == lasting))
            if len(mine):
                kept, totals = self._totals(one[mine], two[mine], least)
                found[mine[kept]] = [1 / (1 + math.exp(-total)) for total in totals.tolist()]  # numpy's may differ by the last digit
        return found

    def _pair(self, one: int, two: int) -> tuple[Happening, Happening]:
        return self._nodes[min(one, two)], self._nodes[max(one, two)]

    def _totals(self, one: Numbers, two: Numbers, least: float) -> tuple[Numbers, Floats]:
        """The weighed sums of pairs of two documents and of one kind of matter that reach ``least``, and which pairs these are."""
        example = self._nodes[one[0]]
        weights, bias = match.table(example, replace(example, document=f"not {example.document}"))
        kept, totals = np.arange(len(one)), np.full(len(one), bias)
        for name, weight, feature, rest in weights:
            totals += weight * self._values(name, feature, one, two)
            if least > -math.inf and not (left := totals + rest >= least).all():
                kept, totals, one, two = kept[left], totals[left], one[left], two[left]
        return kept, totals

    def _values(self, name: str, feature: Feature, one: Numbers, two: Numbers) -> Floats:
        """A feature's values of some pairs, 0 where it says nothing."""
        if name == "words":
            words = self._of("words")
            alike: Floats = np.minimum(1.0, 2 * (words.shared(one, two) / (6 + np.minimum(words.sizes[one], words.sizes[two]))))
            return alike
        if name == "copied":
            sides, sentences = self._of("parties"), self._of("sentences")
            agree = sides.shared(one, two) == np.minimum(sides.sizes[one], sides.sizes[two])
            enough = np.minimum(np.where(agree, features.ALIKE, features.FORMULA), np.minimum(sentences.sizes[one], sentences.sizes[two]))
            same: Flags = sentences.shared(one, two) >= np.maximum(enough, 1)
            return same.astype(np.float64)
        if name == "vague":
            none = (self._of("names").shared(one, two) == 0) & (self._of("words").shared(one, two) < features.FEW_WORDS)
            return np.where(none, -1.0, 0.0)
        if name == "about":
            shared = self._of("about").shared(one, two) - self._of("own").shared(one, two)
            known: Floats = np.minimum(1.0, np.where(self._named[one] & self._named[two], 0.5, 1.0) * shared / 3)
            return known
        if name == "parties" and (self._relatives is not None or len(one) > len(self._of("parties").members) ** 2):
            return self._sides(one, two)
        return self._asked(name, feature, one, two)

    def _sides(self, one: Numbers, two: Numbers) -> Floats:
        """``features.parties``, with each two names asked once whether they are related."""
        sides, kin = self._of("parties"), self._of("kin")
        shared = sides.shared(one, two)
        same = np.where(shared == np.minimum(sides.sizes[one], sides.sizes[two]), 1.0, 0.6)
        other = np.where(kin.shared(one, two, with_=sides) > 0, 0.6, np.where(self._active[one] & self._active[two], -1.0, -0.3))
        return np.where((sides.sizes[one] > 0) & (sides.sizes[two] > 0), np.where(shared > 0, same, other), 0.0)

    def _of(self, name: str) -> _Sets:
        if name not in self._sets:
            self._sets[name] = _Sets([self._set(name, node) for node in self._nodes])
        return self._sets[name]

    def _set(self, name: str, node: Happening) -> Collection[Hashable]:
        if name == "names":
            return {(field, value) for field in _NAMES for value in getattr(node, field)}
        if name == "own":
            return node.about & (node.parties | node.towns)
        if name == "kin":
            return {other for party in node.parties for other in self._kin(party)}
        found: frozenset[str] = getattr(node, name)
        return found

    def _kin(self, party: str) -> set[str]:
        """The parties of all nodes that are related to one, as ``features.akin`` has it; asked of those alone that can be."""
        if self._relatives is None:
            names = [str(name) for name in self._of("parties").members]
            found = {name: {other for other in names if self._related(name, other)} for name in names}
            ends: dict[str, list[str]] = defaultdict(list)
            for name in names:
                for at in range(1, len(name) - features.LAST_NAME + 1):
                    ends[name[at:]].append(name)
            for name in names:
                for other in ends[features.bare_name(name)]:
                    if features.akin(name, other, self._related):
                        found[name].add(other)
                        found[other].add(name)
            self._relatives = found
        return self._relatives[party]

    def _asked(self, name: str, feature: Feature, one: Numbers, two: Numbers) -> Floats:
        """The values of a feature, asked once of each two different values of what it reads."""
        kinds = self._kinds.get(name)
        if kinds is None:
            kinds = self._kinds[name] = _Kinds(self._nodes, self._reading(name))
        left, right, size = kinds.of[np.minimum(one, two)], kinds.of[np.maximum(one, two)], len(kinds.left)
        if size <= FEW:
            if name not in self._known:
                self._known[name] = np.full(size * size, np.nan)
            known = self._known[name]
            codes = left * size + right
            asked = np.zeros(size * size, dtype=bool)
            asked[codes] = True
            fresh = np.flatnonzero(asked & np.isnan(known))
            known[fresh] = self._ask(feature, kinds, fresh)
            values: Floats = known[codes]
        else:
            fresh, back = np.unique(left * size + right, return_inverse=True)
            values = self._ask(feature, kinds, fresh)[back]
        return values

    def _ask(self, feature: Feature, kinds: _Kinds, codes: Numbers) -> Floats:
        size = len(kinds.left)
        pairs = ((kinds.left[code // size], kinds.right[code % size]) for code in codes.tolist())
        found = (feature(a, b, self._related) for a, b in pairs)
        return np.array([0.0 if each is None else each[0] for each in found], dtype=np.float64)

    def _reading(self, name: str) -> Callable[[Happening], Hashable]:
        """What of a happening a feature reads."""
        if name == "persons":  # of who acts, only those to whom it happens elsewhere
            return lambda node: (node.persons, node.actors & self._people)
        return attrgetter(*READS[name]) if name in READS else attrgetter("id")


def batches(counts: Sequence[int]) -> Iterator[slice]:
    """Rows next to one another that have ``PAIRS`` pairs together, or one row that has more.

    Args:
        counts: how many pairs each row has.
    """
    first = held = 0
    for at, count in enumerate(counts):
        if held and held + count > PAIRS:
            yield slice(first, at)
            first, held = at, 0
        held += count
    if first < len(counts):
        yield slice(first, len(counts))


class _Kinds:
    """The different values of what is read of happenings: the number of each one's, and an example of each for either side of a pair."""

    def __init__(self, nodes: Sequence[Happening], reading: Callable[[Happening], Hashable]) -> None:
        examples: dict[Hashable, Happening] = {}
        values = [reading(node) for node in nodes]
        for value, node in zip(values, nodes, strict=True):
            examples.setdefault(value, node)
        numbers = {value: at for at, value in enumerate(examples)}
        self.of = np.array([numbers[value] for value in values])
        self.left = [replace(node, document="one") for node in examples.values()]
        self.right = [replace(node, document="two") for node in examples.values()]


class _Sets:
    """A set of each of many happenings, to count what two of them share."""

    def __init__(self, sets: Sequence[Collection[Hashable]]) -> None:
        self._sets = [frozenset(each) for each in sets]
        self.sizes = np.array([len(each) for each in self._sets])
        holders: dict[Hashable, list[int]] = defaultdict(list)
        for at, each in enumerate(self._sets):
            for member in each:
                holders[member].append(at)
        self.members = {member: np.array(found) for member, found in holders.items()}

    def shared(self, one: Numbers, two: Numbers, *, with_: _Sets | None = None) -> Numbers:
        """How many members the set of each ``one`` shares with that of ``two``, or with that which ``two`` has elsewhere."""
        other, size = with_ or self, len(self._sets)
        rows = np.flatnonzero(np.bincount(one, minlength=size)) if len(one) else one
        if len(one) < len(rows) * size // 8:
            return np.array([len(self._sets[a] & other._sets[b]) for a, b in zip(one.tolist(), two.tolist(), strict=True)], dtype=np.intp)
        counts = np.zeros((len(rows), size), dtype=np.int32)
        for at, row in enumerate(rows.tolist()):
            if found := [other.members[member] for member in self._sets[row] if member in other.members]:
                counts[at] = np.bincount(np.concatenate(found), minlength=size)
        place = np.zeros(size, dtype=np.intp)
        place[rows] = np.arange(len(rows))
        return counts[place[one], two].astype(np.intp)


def _elsewhere(a: Happening, b: Happening, related: Related) -> features.Found:
    """Whether the places alone of two happenings are in conflict."""
    one, two = (replace(each, matter=Matter.VIOLENCE, days=None, bounds=None, sums=False) for each in (a, b))
    return (1.0,) if features.conflict(one, two) else None


def _numbered(values: Iterable[Hashable]) -> Numbers:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.intp)


def _flags(values: Iterable[object]) -> Flags:
    return np.array([bool(value) for value in values], dtype=bool)
