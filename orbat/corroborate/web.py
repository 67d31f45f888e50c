"""The web of happenings: what was found to be probably one, kept, so that a new document meets its neighbours only.

Happenings are the knots, ``links`` of ``records.py`` the ties. A tie depends on its two ends and, where one of them is loose, on what else
that one could be tied to; it does not depend on the order of reading. So the web after any number of documents is the web of all of them
at once, and a component of it can be grouped alone. ``weave`` puts documents in, ``regroup`` groups what they touch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple, Protocol

import numpy as np

from orbat.corroborate import match
from orbat.corroborate.blocks import block_keys, meeting
from orbat.corroborate.copies import Sets
from orbat.corroborate.crowd import Crowd, batches
from orbat.corroborate.features import Related
from orbat.corroborate.happenings import Happening
from orbat.corroborate.judged import Judged
from orbat.corroborate.matters import LASTING
from orbat.corroborate.records import NONE, Group, cut, fixed, same_pair, same_words

MANY = 100  # pairs a happening: fewer are asked one by one sooner than all at once
Knots = dict[int, Happening]
Cut = Callable[[Iterable[Sequence[Happening]], Related, Judged], tuple[Group, ...]]
Mark = str | int
"""One of ``records.marks``, or a number in its place."""


class Tie(NamedTuple):
    """``one`` is tied to ``two``; a loose ``one`` is tied to no other. Of two fixed ones either may come first."""

    one: int
    two: int
    score: float


class Outline(NamedTuple):
    """What is known of a happening before it is compared: its document, its statements in order, its ``records.sameness`` and the
    ``blocks.end_keys`` of a relation. Where nothing but these is asked, the happening itself need not be read.

    Relations that say the same have the same two ends, so that those with ends meet by these alone, and others by their sameness alone.
    """

    document: str
    statements: tuple[str, ...]
    sameness: Mark
    ends: tuple[Mark, ...]


class Web(Protocol):
    """What is kept: happenings by number, the numbers by block key, the ties."""

    def of(self, documents: Collection[str]) -> Knots:
        """The happenings of some documents."""

    def get(self, keys: Collection[int]) -> Knots:
        """Happenings by number."""

    def outlines(self, keys: Collection[int]) -> Mapping[int, Outline]:
        """Their outlines, at least those of some numbers."""

    def holding(self, statements: Collection[str]) -> Knots:
        """The happenings that some statements are part of."""

    def sharing(self, blocks: Collection[str]) -> Mapping[str, Collection[int]]:
        """The happenings that have each of some block keys; blocks without any may be left out."""

    def alike(self, samenesses: Collection[Mark], ends: Collection[Mark]) -> Collection[int]:
        """The happenings that have one of some samenesses, or one of some ends."""

    def ties(self, keys: Collection[int]) -> Collection[Tie]:
        """The ties with an end among some happenings."""

    def add(self, happenings: Collection[Happening]) -> Knots:
        """Keep new happenings and their block keys."""

    def drop(self, gone: Knots) -> None:
        """Take happenings out, with their block keys; their ties are out already."""

    def tie(self, new: Collection[Tie], lost: Collection[Tie]) -> None:
        """Keep new ties and take others out."""

    def grown(self, keys: Collection[int]) -> Iterable[Grown]:
        """What is known of the components of some happenings without looking at all of their members; none where that is not kept."""


@dataclass(frozen=True, slots=True)
class Grown:
    """A component that is known to be of one sameness and without ties, but for what was stirred in it since.

    ``documents``: the document of each statement that it had. ``stirred``: all of its happenings that are to be grouped again, new ones
    among them. What is tied to an older member since is stirred itself, and looks at all of them in its turn.
    """

    sameness: Mark
    documents: Mapping[str, str]
    stirred: Mapping[int, Outline]

    def with_stirred(self) -> dict[str, str]:
        """The document of each of its statements now."""
        return dict(self.documents) | {id: one.document for one in self.stirred.values() for id in one.statements}


@dataclass(frozen=True, slots=True)
class Regrouped:
    """What must take the place of the records that had any of its statements: their groups, the document of each statement, and the
    happenings of the components that were grouped (of those that have only grown, the stirred ones).

    ``alike``: of groups that are whole components of relations of one sameness, that sameness, by the group's first statement.
    ``told``: statements of components that have only grown, which stand in the record of others of the same component.
    """

    groups: tuple[Group, ...]
    documents: Mapping[str, str]
    knots: frozenset[int]
    alike: Mapping[str, Mark] = field(default_factory=dict)
    told: frozenset[str] = frozenset()

    def with_(self, other: Regrouped) -> Regrouped:
        """These and those of other components."""
        return Regrouped(
            (*self.groups, *other.groups),
            {**self.documents, **other.documents},
            self.knots | other.knots,
            {**self.alike, **other.alike},
            self.told | other.told,
        )


def weave(made: Mapping[str, Iterable[Happening]], web: Web, related: Related) -> set[int]:
    """Put the happenings of new, changed or judged documents in the place of those that were kept of them.

    Args:
        made: all happenings of each such document, as ``records.inside`` gives them; none for one that is gone.

    Returns:
        Where the web may have changed: a component that holds none of these is what it was.
    """
    now = {one.id: one for found in made.values() for one in found}
    had = web.of(made.keys())
    kept = {key: one for key, one in had.items() if now.get(one.id) == one}
    gone = {key: one for key, one in had.items() if key not in kept}
    touched, again = _unravel(gone, web)
    there = {one.id for one in kept.values()}
    new = web.add([one for id, one in sorted(now.items()) if id not in there])
    knitting = _Knitting(new | again, web, related)
    web.tie(*knitting.ties())
    return touched | new.keys() | kept.keys() | again.keys() | knitting.left


def regroup(seeds: Iterable[int], web: Web, related: Related, *, judged: Judged = NONE, cutting: Cut = cut) -> Regrouped:
    """The groups of every component that has one of some happenings.

    Args:
        cutting: ``records.cut``, or what gives the same.
    """
    wanted = set(seeds)
    grown = _grown(wanted, web, judged)
    joined = _joined(web, judged)
    outlines: dict[int, Outline] = {}
    ties: set[Tie] = set()
    asked = _Asked()
    front = wanted.difference(*(one.stirred for one in grown))
    while front:
        every = web.outlines(front)
        outlines |= {key: every[key] for key in front}
        fresh = web.ties(front)
        ties.update(fresh)
        reached = {end for tie in fresh for end in (tie.one, tie.two)} | asked.alike(web, [every[key] for key in front])
        reached |= {other for key in front for other in joined.get(key, ())}
        front = reached - outlines.keys()
    sets = Sets(outlines)
    first: dict[tuple[Mark, ...], int] = {}
    for key, one in outlines.items():
        for other in joined.get(key, ()):
            sets.join(key, other)
        marks = one.ends or (one.sameness,)
        same = first.setdefault(marks, key)
        sets.join(key, same)
        if same == key:  # others of the same marks are one with those that have some of these by it
            for mark in marks:
                sets.join(key, first.setdefault((mark,), key))
    for tie in ties:
        sets.join(tie.one, tie.two)
    groups, alike = _groups(sets.groups(), outlines, web, cutting=lambda mixed: cutting(mixed, related, judged), judged=judged)
    documents = {statement: one.document for one in outlines.values() for statement in one.statements}
    made = Regrouped(groups, documents, frozenset(outlines), alike)
    return _with_grown(made, [one for one in grown if outlines.keys().isdisjoint(one.stirred)])


def _grown(seeds: set[int], web: Web, judged: Judged) -> list[Grown]:
    """Components whose older members need not be looked at: most relations that are spoken of again are such."""
    about = judged.parted | judged.records | {id for pair in judged.must for id in pair}
    return [one for one in web.grown(seeds) if about.isdisjoint(one.documents) and about.isdisjoint(one.with_stirred())]


def _with_grown(made: Regrouped, grown: Sequence[Grown]) -> Regrouped:
    """What was grouped and the groups of components that have only grown."""
    groups, documents, alike = list(made.groups), dict(made.documents), dict(made.alike)
    for one in grown:
        now = one.with_stirred()
        groups.append(tuple(sorted(now)))
        documents |= now
        alike[groups[-1][0]] = one.sameness
    told = frozenset(id for one in grown for id in islice(one.documents, 1, None))  # the first is asked for its record
    knots = made.knots.union(*(one.stirred for one in grown))
    return Regrouped(tuple(sorted(groups)), documents, knots, alike, told)


class _Asked:
    """Marks whose happenings were asked for: a relation of a thousand reports has one pair of ends, which need be asked for once."""

    def __init__(self) -> None:
        self._samenesses: set[Mark] = set()
        self._ends: set[Mark] = set()

    def alike(self, web: Web, some: Iterable[Outline]) -> set[int]:
        """The happenings that share a mark with some, but those that were given before."""
        samenesses, ends = _marks(some)
        samenesses, ends = samenesses - self._samenesses, ends - self._ends
        self._samenesses |= samenesses
        self._ends |= ends
        return set(web.alike(samenesses, ends))


def _marks(some: Iterable[Outline]) -> tuple[set[Mark], set[Mark]]:
    """What those that are one with some have in common with them: the sameness of those without ends, and ends."""
    outlines = list(some)
    return {one.sameness for one in outlines if not one.ends}, {end for one in outlines for end in one.ends}


def _groups(
    components: Iterable[Sequence[int]],
    outlines: Mapping[int, Outline],
    web: Web,
    *,
    judged: Judged,
    cutting: Callable[[Iterable[Sequence[Happening]]], tuple[Group, ...]],
) -> tuple[tuple[Group, ...], dict[str, Mark]]:
    """The groups of some components, and the sameness of those of relations that have one. Where all members are the same there is nothing
    to cut, so they are not read: most relations, which gain members as long as they are spoken of, are such components."""
    whole: list[Group] = []
    alike: dict[str, Mark] = {}
    mixed: list[Sequence[int]] = []
    for component in components:
        members = [outlines[key] for key in component]
        statements = {statement for one in members for statement in one.statements}
        if len({one.sameness for one in members}) > 1 or not judged.parted.isdisjoint(statements):
            mixed.append(component)
        elif judged.records.isdisjoint(statements):
            whole.append(tuple(sorted(statements)))
            if members[0].ends:
                alike[whole[-1][0]] = members[0].sameness
    known = web.get([key for component in mixed for key in component])
    return (*whole, *cutting([known[key] for key in component] for component in mixed)), alike


def _unravel(gone: Knots, web: Web) -> tuple[set[int], Knots]:
    """Take happenings out. What was tied to them or is one with them anyhow, and the loose ones that must be tied anew."""
    if not gone:
        return set(), {}
    ties = web.ties(gone.keys())
    every = web.outlines(gone.keys())
    ends = {end for tie in ties for end in (tie.one, tie.two)} | set(web.alike(*_marks(every[key] for key in gone)))
    loose = web.get({tie.one for tie in ties if tie.two in gone} - gone.keys())
    web.tie((), ties)
    web.drop(gone)
    return ends - gone.keys(), {key: one for key, one in loose.items() if not fixed(one)}


Rank = tuple[bool, float, str, int]
"""Of what a loose one may be tied to: what is fixed first, then by score, then by id; the number comes with it."""


class _Knitting:
    """The ties of some happenings with all that meet them (``blocks.meeting``)."""

    def __init__(self, ours: Knots, web: Web, related: Related) -> None:
        self.ours, self.web, self.related = ours, web, related
        blocks = {key: block_keys(one) for key, one in ours.items()}
        sharing = web.sharing({block for found in blocks.values() for block in found})
        self.near = {key: meeting(found, sharing) - {key} for key, found in blocks.items()}
        self._leave_out_one()
        self.known = ours | web.get({k for near in self.near.values() for k in near} - ours.keys())
        self.fixed = {key for key, one in self.known.items() if fixed(one)}
        self.left: set[int] = set()

    def ties(self) -> tuple[list[Tie], list[Tie]]:
        """The ties to keep, and those to take out."""
        new: list[Tie] = []
        best: dict[int, Rank] = {}
        for key, other, value in self._likely():
            if key not in self.fixed or other not in self.fixed:
                self._draw(best, key, other, value)
                self._draw(best, other, key, value)
            elif not same_words(self.known[key], self.known[other]):  # what says the same to the word is one without a tie
                new.append(Tie(key, other, value))
        lost: list[Tie] = []
        for tie, there in self._present(best.keys() - self.ours.keys()):
            if best[tie.one] < there:
                lost.append(tie)
                self.left.add(tie.two)
            else:
                del best[tie.one]
        return new + [Tie(key, to, -score) for key, (_, score, _, to) in best.items()], lost

    def _likely(self) -> Iterator[Tie]:
        """Each two that are probably one, as few of those that share a block key are."""
        # Of two of ours each is near the other: they are looked at from one end.
        near = {key: [k for k in found if k > key or k not in self.ours] for key, found in self.near.items()}
        if sum(map(len, near.values())) < MANY * len(self.known):
            for key, found in near.items():
                one = self.known[key]
                for other in found:
                    if value := match.likely(*same_pair(one, self.known[other]), self.related):
                        yield Tie(key, other, value)
            return
        order = sorted(self.known, key=lambda key: self.known[key].id)
        number = {key: at for at, key in enumerate(order)}
        crowd, asked = Crowd([self.known[key] for key in order], self.related), list(near)
        for rows in batches([len(found) for found in near.values()]):
            pairs = [(number[key], number[other]) for key in asked[rows] for other in near[key]]
            left, right = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
            able = ~crowd.conflict(left, right)
            left, right = left[able], right[able]
            values = crowd.scores(left, right, least=0.0)
            for at in np.flatnonzero(values).tolist():
                yield Tie(order[left[at]], order[right[at]], float(values[at]))

    def _leave_out_one(self) -> None:
        """Relations of the same two ends are one without a tie, and need not be read."""
        lasting = [key for key, one in self.ours.items() if one.matter in LASTING]
        outlines = self.web.outlines({*lasting, *(k for key in lasting for k in self.near[key])})
        for key in lasting:
            if ends := frozenset(outlines[key].ends):
                self.near[key] = {k for k in self.near[key] if ends.isdisjoint(outlines[k].ends)}

    def _draw(self, best: dict[int, Rank], loose: int, other: int, value: float) -> None:
        """Note what a loose one may be tied to, where that is better than what is noted."""
        if loose not in self.fixed:
            rank = (other not in self.fixed, -value, self.known[other].id, other)
            best[loose] = min(rank, best.get(loose, rank))

    def _present(self, keys: Collection[int]) -> Iterable[tuple[Tie, Rank]]:
        """The ties by which some loose ones are tied now, each with its rank."""
        ties = [tie for tie in self.web.ties(keys) if tie.one in keys]
        ends = self.web.get({tie.two for tie in ties} - self.known.keys()) | self.known
        return [(tie, (not fixed(ends[tie.two]), -tie.score, ends[tie.two].id, tie.two)) for tie in ties]


def _joined(web: Web, judged: Judged) -> dict[int, set[int]]:
    """Which happenings judgements join to which."""
    found: dict[int, set[int]] = defaultdict(set)
    if not judged.must:
        return found
    knots = web.holding({statement for pair in judged.must for statement in pair})
    holder = {statement: key for key, one in knots.items() for statement in one.statements}
    for left, right in judged.must:
        if left in holder and right in holder:
            found[holder[left]].add(holder[right])
            found[holder[right]].add(holder[left])
    return found
