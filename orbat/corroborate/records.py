"""Grouping: which statements are of one event or relation, within documents first, then across them.

1. Inside each document, statements become happenings (``inside``). 2. Happenings that share a block key are scored; pairs that are
probably one are edges. 3. Connected components of edges are cut by agglomeration, so that no group holds a conflict. Each step looks at
sorted ids only, and a component depends on nothing outside it: order of reading does not change the result, and working only on
the components that a new document touches gives what working on everything would.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from orbat.corroborate import features, match
from orbat.corroborate.blocks import block_keys
from orbat.corroborate.cluster import agglomerate
from orbat.corroborate.copies import Sets
from orbat.corroborate.features import Related
from orbat.corroborate.happenings import Happening, happening, merged
from orbat.corroborate.judged import Judged
from orbat.types import Statement

Group = tuple[str, ...]
NONE = Judged()
MOST_ABOUT = 4  # names that say what an article is about


def inside(statements: Iterable[Statement], related: Related, judged: Judged = NONE) -> tuple[Happening, ...]:
    """The happenings of one document, in the order of their ids. Rejected statements are left out."""
    single = [happening(s, judged.adopted) for s in statements if s.id not in judged.statements]
    about = _about(single)
    matters: dict[str, list[Happening]] = defaultdict(list)
    for one in _joined(single, judged):
        matters[one.matter].append(one)
    found = [replace(merged_all(m), about=about) for nodes in matters.values() for m in _agglomerated(nodes, related, judged)]
    return tuple(sorted(found, key=lambda h: h.id))


def group(happenings: Iterable[Happening], related: Related, judged: Judged = NONE) -> tuple[Group, ...]:
    """Statement ids by record, each group in order, groups in the order of their smallest ids. Rejected records are left out."""
    known = {one.id: one for one in happenings}
    found: list[Group] = []
    for component in components(known, related, judged):
        nodes = _joined(_collapsed([known[key] for key in component], judged), judged)
        found += [merged_all(members).statements for members in _agglomerated(nodes, related, judged)]
    return tuple(sorted(kept for kept in found if not judged.records.intersection(kept)))


def components(known: Mapping[str, Happening], related: Related, judged: Judged = NONE) -> list[tuple[str, ...]]:
    """Connected components of the happenings (by id) that share a block key and are probably one, or that a judgement joins."""
    sets = Sets(known)
    blocks: dict[str, list[str]] = defaultdict(list)
    first: dict[object, str] = {}
    holder = {statement: one.id for one in known.values() for statement in one.statements} if judged.must else {}
    for key in sorted(known):
        sets.join(key, first.setdefault(_sameness(known[key]), key))
        for block in block_keys(known[key]):
            blocks[block].append(key)
    for left, right in judged.must:
        if left in holder and right in holder:
            sets.join(holder[left], holder[right])
    for members in blocks.values():
        for at, one in enumerate(members):
            for two in members[at + 1 :]:
                if sets.find(one) != sets.find(two) and _edge(known[one], known[two], related):
                    sets.join(one, two)
    return sets.groups()


class Reach(Protocol):
    """How ``touched`` looks happenings up."""

    def sharing(self, keys: frozenset[str]) -> Iterable[Happening]:
        """The happenings that have at least one of some block keys."""

    def holding(self, statements: frozenset[str]) -> Iterable[Happening]:
        """The happenings that some statements are part of."""


def touched(seeds: Iterable[Happening], reach: Reach, related: Related, judged: Judged = NONE) -> tuple[Happening, ...]:
    """The happenings of every component that some happenings are of: what must be grouped again after them, and no more.

    Args:
        seeds: new happenings, and those that shared a block key with any that are gone.
    """
    found: dict[str, Happening] = {}
    known: dict[str, dict[str, Happening]] = defaultdict(dict)  # by block key, as far as it was asked for
    front = {one.id: one for one in seeds}
    while front:
        found |= front
        keys = {one.id: block_keys(one) for one in front.values()}
        wanted = frozenset(key for each in keys.values() for key in each) - known.keys()
        for key in wanted:
            known[key] = {}
        for other in reach.sharing(wanted) if wanted else ():
            for key in wanted.intersection(block_keys(other)):
                known[key][other.id] = other
        reached: dict[str, Happening] = {}
        for one in front.values():
            for key in keys[one.id]:
                for two in known[key].values():
                    if two.id not in found and two.id not in reached and (_sameness(one) == _sameness(two) or _edge(one, two, related)):
                        reached[two.id] = two
        missing = _joined_to(found, judged)
        reached |= {other.id: other for other in (reach.holding(missing) if missing else ()) if other.id not in found}
        front = reached
    return tuple(found[key] for key in sorted(found))


def merged_all(happenings: Sequence[Happening]) -> Happening:
    """Happenings that are one."""
    first, *rest = sorted(happenings, key=lambda h: h.id)
    for other in rest:
        first = merged(first, other)
    return first


def _about(single: Iterable[Happening]) -> frozenset[str]:
    """The parties and towns that most statements of a document name."""
    counts = Counter(name for one in single for name in one.parties | one.towns)
    return frozenset(sorted(counts, key=lambda name: (-counts[name], name))[:MOST_ABOUT])


def _edge(one: Happening, two: Happening, related: Related) -> bool:
    return match.score(one, two, related) >= match.SAME


def _sameness(one: Happening) -> object:
    """Equal for happenings that say the same to the word: reprints, or one relation of the same two ends."""
    return one.relation_key() or (one.matter, one.sentences, one.days, one.spot and one.spot.id, one.parties)


def _collapsed(happenings: Iterable[Happening], judged: Judged) -> list[Happening]:
    """Happenings that say the same as one, so that ten reprints weigh no more than one article and cost no more time."""
    same: dict[object, list[Happening]] = defaultdict(list)
    for one in happenings:
        same[one.id if judged.parted.intersection(one.statements) else _sameness(one)].append(one)
    return [merged_all(members) for members in same.values()]


def _joined(happenings: Sequence[Happening], judged: Judged) -> list[Happening]:
    """Happenings with those made one that judgements join."""
    if not judged.must:
        return list(happenings)
    holder = {statement: one.id for one in happenings for statement in one.statements}
    sets = Sets(one.id for one in happenings)
    for left, right in judged.must:
        if left in holder and right in holder:
            sets.join(holder[left], holder[right])
    known = {one.id: one for one in happenings}
    return [merged_all([known[key] for key in members]) for members in sets.groups()]


def _joined_to(found: Mapping[str, Happening], judged: Judged) -> frozenset[str]:
    """Statements that judgements join to those found and that are not among them."""
    if not judged.must:
        return frozenset()
    have = {statement for one in found.values() for statement in one.statements}
    return frozenset(other for pair in judged.must if not have.isdisjoint(pair) for other in pair if other not in have)


def _agglomerated(nodes: Sequence[Happening], related: Related, judged: Judged) -> list[list[Happening]]:
    def score(one: Happening, two: Happening) -> float:
        return match.score(one, two, related)

    def conflict(one: Happening, two: Happening) -> bool:
        return bool(features.conflict(one, two)) or judged.part(one.statements, two.statements)

    return agglomerate(nodes, score, conflict=conflict, enough=match.SAME)
