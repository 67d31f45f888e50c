"""Two groups side by side: what ties them, whom and where they share, and their activity by month. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from orbat.battle.activity import months_of
from orbat.battle.case import Case
from orbat.battle.parts import Subject
from orbat.battle.sheet import sheet
from orbat.battle.values import Active, Bond, CatalogueTie, Opponent, Party, Sentence, Sheet, Spot, Tie

_FRIENDS = (Tie.ALLY, Tie.MERGER, Tie.PLEDGED_TO, Tie.PLEDGED_BY, Tie.PARENT, Tie.WING)


@dataclass(frozen=True, slots=True)
class Shared:
    """A party or place that both have: the records of each that say so."""

    kind: str
    party: Party | None
    spot: Spot | None
    one: tuple[str, ...]
    two: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """Number of records of each in a month or year, as ``activity`` has them."""

    period: str
    one: int
    two: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two groups: ``bonds`` and ``fights`` are those of the first with the second; ``shared``: common friends, opponents and places.

    ``counts``: for each section of a sheet how many values either has. ``sentences``: those that bonds and fights stand on, by id.
    """

    one: str
    two: str
    bonds: tuple[Bond, ...]
    fights: tuple[Opponent, ...]
    catalogue: tuple[CatalogueTie, ...]
    shared: tuple[Shared, ...]
    months: tuple[Month, ...]
    counts: Mapping[str, tuple[int, int]]
    sentences: Mapping[str, Sentence] = field(default_factory=lambda: MappingProxyType({}))


def compare(one: Case, two: Case) -> Comparison:
    """Two cases compared: ``of_sheets(sheet(one), sheet(two))``."""
    return of_sheets(sheet(one), sheet(two))


def of_sheets(left: Sheet, right: Sheet) -> Comparison:
    """Two whole sheets compared, with those of the sentences that the first holds."""
    other = Subject(right.name, frozenset({*right.ids, *right.wings}), frozenset(right.wings))
    tied = tuple(b for b in (*left.affiliations, *left.relations) if other.is_(b.party))
    fights = tuple(o for o in left.opponents if other.is_(o.party))
    ids = sorted({id for grounds in (*(b.grounds for b in tied), *(o.grounds for o in fights)) for id in grounds.statements})
    both = {*left.ids, *left.wings}, {*right.ids, *right.wings}
    return Comparison(
        left.name,
        right.name,
        tuple(sorted(tied, key=lambda bond: list(Tie).index(bond.tie))),
        fights,
        tuple(t for t in left.catalogue if {t.of.id, t.to.id} & both[0] and {t.of.id, t.to.id} & both[1]),
        tuple(_shared(left, right)),
        months(left, right),
        MappingProxyType({name: (number, right.totals[name]) for name, number in left.totals.items()}),
        MappingProxyType({id: left.sentences[id] for id in ids if id in left.sentences}),
    )


def months(left: Sheet, right: Sheet) -> tuple[Month, ...]:
    """The months in which either has records, in order, what has no day last."""
    one, two = months_of(left.activity), months_of(right.activity)
    periods = sorted({*one, *two}, key=lambda p: (not p[0].isdigit(), p))
    return tuple(Month(p, one.get(p, 0), two.get(p, 0)) for p in periods)


def _shared(left: Sheet, right: Sheet) -> Iterable[Shared]:
    for kind, mine, theirs in (
        ("friend", _friends(left), _friends(right)),
        ("opponent", _opponents(left), _opponents(right)),
    ):
        for key in sorted(mine.keys() & theirs.keys()):
            yield Shared(kind, mine[key][0], None, mine[key][1], theirs[key][1])
    here, there = _places(left), _places(right)
    for key in sorted(here.keys() & there.keys()):
        yield Shared("place", None, here[key].spot, here[key].grounds.records, there[key].grounds.records)


def _friends(found: Sheet) -> dict[str, tuple[Party, tuple[str, ...]]]:
    friends: dict[str, tuple[Party, tuple[str, ...]]] = {}
    for bond in (*found.affiliations, *found.relations):
        if bond.tie in _FRIENDS:
            records = friends.get(bond.party.key, (bond.party, ()))[1]
            friends[bond.party.key] = bond.party, tuple(sorted({*records, *bond.grounds.records}))
    return friends


def _opponents(found: Sheet) -> dict[str, tuple[Party, tuple[str, ...]]]:
    return {o.party.key: (o.party, o.grounds.records) for o in found.opponents}


def _places(found: Sheet) -> dict[str, Active]:
    return {place.spot.key: place for place in found.active}
