"""Grouping: which statements are of one event or relation, within documents first, then across them.

1. Inside each document, statements become happenings (``inside``). 2. Happenings that share a block key are scored, and those that are
probably one are linked (``links``). 3. Connected components are cut by agglomeration, so that no group holds a conflict. Each step looks
at sorted ids only: order of reading does not change the result, and working only on the components that a new document touches gives
what working on everything would. Components stay small, because what is told without a day links to one other only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from orbat.corroborate import features, flow, match
from orbat.corroborate.blocks import WEEK, block_keys, end_keys, meeting
from orbat.corroborate.cluster import agglomerate, joined
from orbat.corroborate.copies import Sets
from orbat.corroborate.crowd import Crowd, Flags, Floats, Numbers, batches
from orbat.corroborate.features import Related
from orbat.corroborate.happenings import Days, Happening, happening, merged
from orbat.corroborate.judged import Judged
from orbat.corroborate.matters import LASTING, MATTERS, SPEECH, Matter, surnames, tallied
from orbat.types import EventType, Statement

Group = tuple[str, ...]
NONE = Judged()
MOST_ABOUT = 4  # names that say what an article is about
MANY, SEVERAL = 60, 8  # nodes, and their documents, from which on arrays are faster: pairs of one document are not asked by these
FEW = 24  # nodes of which all pairs are scored at once: fewer than that are compared sooner than they are told apart
SLACK = 1e-9  # sums of ten weights of a few digits differ by less, in whatever order they are added


def inside(statements: Iterable[Statement], related: Related, judged: Judged = NONE) -> tuple[Happening, ...]:
    """The happenings of one document, in the order of their ids. Rejected statements are left out, corrected ones say what is right."""
    single = singles((judged.corrected(s) for s in statements if s.id not in judged.statements), judged)
    about = _about(single)
    matters: dict[str, list[Happening]] = defaultdict(list)
    for one in single:
        matters[one.matter].append(one)
    found = [
        replace(merged(m), about=about, years=frozenset(), stood=frozenset(), follows=False, other_times=frozenset())
        for nodes in matters.values()
        for m in _agglomerated(nodes, related, judged, inside=True)
    ]
    return tuple(sorted(found, key=lambda h: h.id))


def singles(statements: Iterable[Statement], judged: Judged = NONE) -> list[Happening]:
    """The happening of each statement of one document, in the order of the text, with the days that the text was at.

    Only violence of a day or a few moves the text on to other days; what follows it (troops sent, talks, arrests) is told beside it, and
    what is of a month is recalled. So is a claim or an accusation whose sentence says what it is of ("blamed for the attack of 2 April").
    """
    kept = sorted(statements, key=lambda s: (s.trigger.span, s.id))
    names = {**surnames(kept), **judged.adopted}
    spoken = {filler.quote.span for s in kept if s.type in SPEECH for filler in s.time}
    acts = {s.sentence.span for s in kept if MATTERS[s.type] is Matter.VIOLENCE and s.type not in SPEECH}
    at = {start: number for number, start in enumerate(sorted({s.sentence.span.start for s in kept}))}
    outcomes = tallied(kept)
    found: list[Happening] = []
    told: Days | None = None
    for s in kept:
        named = s.type in SPEECH and s.sentence.span in acts
        one = happening(s, names, spoken=spoken, told=None if named else told, at=at[s.sentence.span.start])
        days = None if named else one.days
        if days is not None and one.matter is Matter.VIOLENCE and s.type is not EventType.DEPLOY and days[1] - days[0] < WEEK:
            told = days
        found.append(replace(one, matter=Matter.VIOLENCE) if s.id in outcomes else one)
    return _in_text(found, {s.sentence.span.end + 1 for s in kept})


def _in_text(found: Iterable[Happening], ends: Collection[int]) -> list[Happening]:
    """The happenings of the statements of a document, in the order of the text, with what the text around each one tells.

    Args:
        ends: where the next sentence of a paragraph would begin, of each sentence that tells something.
    """
    towns: frozenset[str] = frozenset()
    placed: list[Happening] = []
    for one in found:
        stood = frozenset[str]() if one.towns else towns
        placed.append(replace(one, stood=stood, follows=not one.starts.isdisjoint(ends)))
        if one.matter is Matter.VIOLENCE:
            towns = one.towns or towns
    return placed


def group(happenings: Iterable[Happening], related: Related, judged: Judged = NONE) -> tuple[Group, ...]:
    """Statement ids by record, each group in order, groups in the order of their smallest ids. Rejected records are left out."""
    known = {one.id: one for one in happenings}
    return cut(([known[key] for key in component] for component in components(known, related, judged)), related, judged)


def cut(components: Iterable[Sequence[Happening]], related: Related, judged: Judged = NONE) -> tuple[Group, ...]:
    """The groups of some components, as ``group`` gives them."""
    found: list[Group] = []
    for component in components:
        made = _agglomerated(_collapsed(component, judged), related, judged)
        found += _joined([tuple(sorted({id for one in members for id in one.statements})) for members in made], judged)
    return tuple(sorted(kept for kept in found if not judged.records.intersection(kept)))


def components(known: Mapping[str, Happening], related: Related, judged: Judged = NONE) -> list[tuple[str, ...]]:
    """Connected components of the happenings (by id) under ``links``, sameness and the judgements that join."""
    sets = Sets(known)
    blocks: dict[str, list[str]] = defaultdict(list)
    first: dict[str, str] = {}
    holder = {statement: one.id for one in known.values() for statement in one.statements} if judged.must else {}
    keys = {one.id: block_keys(one) for one in known.values()}
    for key in sorted(known):
        for mark in marks(known[key]):
            sets.join(key, first.setdefault(mark, key))
        for block in keys[key]:
            blocks[block].append(key)
    for left, right in judged.must:
        if left in holder and right in holder:
            sets.join(holder[left], holder[right])
    for key, one in known.items():
        near = meeting(keys[key], blocks)
        if fixed(one):  # the same links seen from the other end, and those within one set, change nothing
            near = {other for other in near if other > key and sets.find(other) != sets.find(key)}
        for other in links(one, [known[other] for other in near], related):
            sets.join(key, other)
    return sets.groups()


def fixed(one: Happening) -> bool:
    """Whether a happening is told well enough to hold others together: an event with its day, a relation with both ends."""
    if one.matter in LASTING:
        return one.relation_key() is not None
    return one.days is not None and one.days[0] == one.days[1]


def links(one: Happening, near: Iterable[Happening], related: Related) -> list[str]:
    """The ids that a happening is linked to, among those that it is compared with (``blocks.meeting``).

    A fixed one is linked to all fixed ones that are probably the same. A loose one (no day, or one end of a relation) is linked to the one
    that it is most probably the same as, a fixed one if there is any, and to no other: it could be any of a week's attacks, and must not
    make one chain of them.
    """
    if fixed(one):
        pairs = [(two.id, same_pair(one, two)) for two in near if two.id != one.id and fixed(two)]
        return [key for key, pair in pairs if match.likely(*pair, related)]
    scored = [(not fixed(two), -match.likely(*same_pair(one, two), related), two.id) for two in near if two.id != one.id]
    return [key for _, _, key in sorted(pair for pair in scored if pair[1])[:1]]


def same_pair(one: Happening, two: Happening) -> tuple[Happening, Happening]:
    """Two happenings in the order of their ids, so that their score is the same to the last digit from wherever they are looked at."""
    return (one, two) if one.id <= two.id else (two, one)


def _about(single: Iterable[Happening]) -> frozenset[str]:
    """The parties and towns that most statements of a document name, of those named as often the ones named first."""
    counts = Counter(name for one in single for name in sorted(one.parties | one.towns))
    return frozenset(name for name, _ in counts.most_common(MOST_ABOUT))  # which keeps the order of the text among equals


def marks(one: Happening) -> tuple[str, ...]:
    """Happenings that share one of these are one, and need not be compared."""
    return (sameness(one), *end_keys(one))


def sameness(one: Happening) -> str:
    """Equal for happenings that say the same to the word: reprints, or one relation of the same two ends."""
    return "\x1f".join("\x1e".join(sorted(part)) if isinstance(part, frozenset) else str(part) for part in _same(one))


def same_words(one: Happening, two: Happening) -> bool:
    """Whether two happenings have one ``sameness``, without writing it down."""
    return _same(one) == _same(two)


def _same(one: Happening) -> tuple[object, ...]:
    return one.relation_key() or (one.matter, one.sentences, one.days, one.spot and one.spot.id, one.parties)


def _collapsed(happenings: Iterable[Happening], judged: Judged) -> list[Happening]:
    """Happenings that say the same as one, so that ten reprints weigh no more than one article and cost no more time."""
    same: dict[str, list[Happening]] = defaultdict(list)
    for one in happenings:
        same[one.id if judged.parted.intersection(one.statements) else sameness(one)].append(one)
    return [merged(members) for members in same.values()]


def _joined(groups: Sequence[Group], judged: Judged) -> list[Group]:
    """Groups with those made one, whole as they are, that judgements join, but for two that hold what a judgement keeps apart."""
    if not judged.must:
        return list(groups)
    found = {statement: group for group in groups for statement in group}
    for left, right in judged.must:
        one, two = found.get(left, ()), found.get(right, ())
        if one and two and one != two and not judged.part(one, two):
            both = tuple(sorted({*one, *two}))
            found |= dict.fromkeys(both, both)
    return sorted(set(found.values()))


def _agglomerated(nodes: Sequence[Happening], related: Related, judged: Judged, *, inside: bool = False) -> list[list[Happening]]:
    def score(one: Happening, two: Happening) -> float:
        return match.compatible(one, two, related, inside=inside)

    def conflict(one: Happening, two: Happening) -> bool:
        if inside and flow.others(one, two):
            return True
        return bool(features.conflict(one, two)) or judged.part(one.statements, two.statements)

    if len(nodes) > MANY and len({one.document for one in nodes}) > SEVERAL:
        return _agglomerated_at_once(nodes, related, judged)
    found: list[list[Happening]] = []
    for members in _apart(nodes, related, inside):
        found += agglomerate(members, score, conflict=conflict, enough=match.SAME)
    return found


def _agglomerated_at_once(nodes: Sequence[Happening], related: Related, judged: Judged) -> list[list[Happening]]:
    """The same where many documents speak of one matter on one day: in parts, as ``_apart`` makes them, so that what all pairs of all
    nodes score is never held at once."""
    order = sorted(nodes, key=lambda one: one.id)
    crowd, sets = Crowd(order, related), Sets(range(len(order)))
    for one, two in _pairs(np.arange(len(order))):
        one, two = _compatible(crowd, one, two)
        likely = crowd.scores(one, two, least=-SLACK) > 0
        for left, right in zip(one[likely].tolist(), two[likely].tolist(), strict=True):
            sets.join(left, right)
    found: list[list[Happening]] = []
    for members in sets.groups():
        part = [order[at] for at in members]
        found += joined(part, *_matrices(part, crowd, np.array(members), judged), enough=match.SAME) if len(part) > 1 else [part]
    return found


def _matrices(part: Sequence[Happening], crowd: Crowd, members: Numbers, judged: Judged) -> tuple[Floats, Flags]:
    """The score of each two of some of a crowd (0 where they conflict) and whether they conflict, as one is said to with itself."""
    size = len(part)
    scores, never = np.zeros((size, size)), np.ones((size, size), dtype=bool)
    place = np.zeros(int(members.max()) + 1, dtype=np.intp)
    place[members] = np.arange(size)
    for one, two in _pairs(members):
        one, two = _compatible(crowd, one, two)
        row, column = place[one], place[two]
        never[row, column] = never[column, row] = False
        scores[row, column] = scores[column, row] = crowd.scores(one, two)
    parted = [at for at, one in enumerate(part) if not judged.parted.isdisjoint(one.statements)]
    for i, j in combinations(parted, 2):
        if judged.part(part[i].statements, part[j].statements):
            never[i, j] = never[j, i] = True
            scores[i, j] = scores[j, i] = 0.0
    return scores, never


def _pairs(members: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """Each two of some numbers in order, some pairs at a time."""
    size = len(members)
    for rows in batches(range(size - 1, -1, -1)):
        one, two = np.nonzero(np.arange(rows.start, rows.stop)[:, None] < np.arange(size))
        yield members[one + rows.start], members[two]


def _compatible(crowd: Crowd, one: Numbers, two: Numbers) -> tuple[Numbers, Numbers]:
    """The pairs that are in no conflict."""
    apart = crowd.conflict(one, two)
    return one[~apart], two[~apart]


def _apart(nodes: Sequence[Happening], related: Related, inside: bool) -> list[list[Happening]]:
    """Many nodes in parts that no group has members of two of.

    Groups are joined where their pairs are probably one on average, so that at least one pair of them is. Which pairs are not is known by
    their first features, while the average needs them all; and of a chain of alliances most pairs are not. Where the last digits decide, a
    pair may be.
    """
    if len(nodes) <= FEW:
        return [list(nodes)]
    known = {one.id: one for one in sorted(nodes, key=lambda one: one.id)}
    sets = Sets(known)
    for one, two in combinations(known.values(), 2):
        if sets.find(one.id) != sets.find(two.id) and match.likely(one, two, related, slack=SLACK, inside=inside):
            sets.join(one.id, two.id)
    return [[known[key] for key in members] for members in sets.groups()]
