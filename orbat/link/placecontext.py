"""Chooses among the places that an article's names may mean, all names at once: a table of explained features, weighted and summed.

Each distinct name of the article is a ``Name`` with candidate rows. ``solve`` scores all candidates of all names in rounds: what a
candidate is (name, size, kind), then what the article says of countries and provinces, then how near it lies to where the article's other
names were put.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from orbat.link.gazetteer import NO_COUNTRY, NO_ROW, Gazetteer, Kind, Rank

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# The weights of the features, in units of log-odds. Population is log10(people + 1) / 7, shares are 0 to 1. Set by hand, then fitted by
# scripts/fit_places.py on the gold mentions of LGL and GeoVirus with a pull towards the hand's values, and rounded.
WEIGHTS: Mapping[str, float] = {
    "town_size": 7.0,
    "area_size": 3.5,
    "country": 8.0,
    "admin1": 3.0,
    "region": 7.0,
    "site": 2.0,
    "shares_town": -1.5,
    "shares_country": -6.0,
    "capital": 1.0,
    "other_name": -3.0,
    "other_name_size": 1.0,
    "people": -0.5,
    "loose": -2.0,
    "asked_kind": 2.5,
    "inside": 3.0,
    "holds": 2.5,
    "country_share": 4.0,
    "border_share": 1.5,
    "admin1_share": 3.5,
    "near": 2.2,
    "home": 1.5,
    "elsewhere": -2.5,
}
FEATURES = tuple(WEIGHTS)
_COLUMN = {name: i for i, name in enumerate(FEATURES)}
# As plain numbers: an enum's members are slow to reach, and these are reached in loops.
_COUNTRY, _ADMIN1, _ADMIN2, _CITY, _SITE, _REGION = (
    int(k) for k in (Kind.COUNTRY, Kind.ADMIN1, Kind.ADMIN2, Kind.CITY, Kind.SITE, Kind.REGION)
)
_MAIN, _OTHER, _DEMONYM, _ALIKE = (int(r) for r in (Rank.MAIN, Rank.OTHER, Rank.DEMONYM, Rank.ALIKE))
_NEAR_KM = 120.0  # where closeness has fallen to 1/e
_LARGE = 200_000  # people; a town so large is meant by its other names too
_EMINENT = 1_000_000  # people; what is so large, and every capital, is named without its country in articles about others
_SEAT = 20_000  # people; the least that a town is weighed with which a division is named for, since many have no figure
_EARTH_KM = 6371.0


@dataclass(slots=True)
class Name:
    """A distinct name of the article: its candidates, and whether the words beside it asked for their kind.

    ``group`` is the same for one name with different words beside it ("Moura", "village of Moura"): they are no evidence for each other.
    """

    rows: Ints
    ranks: Ints
    asked: Floats | None = None
    group: int = -1
    containers: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the article says of countries apart from its place names. ``named``: how often each is named; ``home``: the source's country or
    -1; ``actors``: how often it names actors that are at home in each."""

    named: Mapping[int, int]
    home: int = -1
    actors: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Solution:
    """``start[i]:start[i + 1]`` are the candidates of name i in the other arrays. ``features`` (candidates, features), ``scores`` log-odds,
    ``chances`` sum to 1 within a name."""

    start: Ints
    rows: Ints
    features: Floats
    scores: Floats
    chances: Floats


def solve(names: Sequence[Name], evidence: Evidence, gazetteer: Gazetteer, *, weights: Floats | None = None, rounds: int = 2) -> Solution:
    """Scores of all candidates of all names, each with regard to the others."""
    table = _Table.of(names, gazetteer)
    w = np.array([WEIGHTS[f] for f in FEATURES]) if weights is None else weights
    fixed = _fixed(table, names, evidence)
    features, scores = fixed, _weigh(fixed, w)
    nations = _Nations.of(table, evidence, gazetteer)
    for _ in range(rounds):
        features, chances = fixed.copy(), _softmax(scores, table)
        _shares(features, table, nations, chances)
        _nearness(features, table, chances)
        scores = _weigh(features, w)
    return Solution(table.start, table.rows, features, scores, _softmax(scores, table))


@dataclass(frozen=True, slots=True)
class _Table:
    """The candidates of all names in one row of arrays; ``owner`` is the name each belongs to. ``provinces``: the distinct ones and the
    place of each candidate's among them; ``groups``: the number of each name's group, None where no name is there twice."""

    start: Ints
    owner: Ints
    group: Ints
    rows: Ints
    ranks: Ints
    kind: Ints
    country: Ints
    admin1: Ints
    admin2: Ints
    radius: Floats
    people: Floats
    capital: npt.NDArray[np.bool_]
    points: Floats
    eminent: npt.NDArray[np.bool_]
    provinces: tuple[Ints, Ints]
    groups: Ints | None

    @classmethod
    def of(cls, names: Sequence[Name], gazetteer: Gazetteer) -> _Table:
        sizes = np.array([len(n.rows) for n in names], np.int64)
        rows, ranks = np.concatenate([n.rows for n in names]), np.concatenate([n.ranks for n in names])
        lat, lon = np.radians(gazetteer.lat[rows].astype(np.float64)), np.radians(gazetteer.lon[rows].astype(np.float64))
        flat = np.cos(lat)
        admin1 = gazetteer.admin1[rows].astype(np.int64)
        people, capital = gazetteer.population[rows].astype(np.float64), gazetteer.capital[rows] > 0
        group = np.array([n.group if n.group >= 0 else -1 - i for i, n in enumerate(names)], np.int64)
        groups = np.unique(group, return_inverse=True)[1] if len(set(group.tolist())) < len(names) else None
        return cls(
            start=np.concatenate(([0], np.cumsum(sizes))),
            owner=np.repeat(np.arange(len(names)), sizes),
            group=group,
            rows=rows,
            ranks=ranks,
            kind=gazetteer.kind[rows].astype(np.int64),
            country=gazetteer.country[rows].astype(np.int64),
            admin1=admin1,
            admin2=gazetteer.admin2[rows].astype(np.int64),
            radius=gazetteer.radius[rows].astype(np.float64),
            people=people,
            capital=capital,
            eminent=(ranks < _OTHER) & ((people >= _EMINENT) | capital),
            provinces=np.unique(admin1, return_inverse=True),
            groups=groups,
            points=np.stack([flat * np.cos(lon), flat * np.sin(lon), np.sin(lat)], 1),
        )


def _fixed(table: _Table, names: Sequence[Name], evidence: Evidence) -> Floats:
    """The features that do not depend on what the other names mean."""
    kind, ranks = table.kind, table.ranks
    out = np.zeros((len(kind), len(FEATURES)))
    shares_country = _shares_country(table)
    seat, shares_town = _seats(table)
    seat &= ~shares_country
    size = np.log10(np.where(seat, np.maximum(table.people, _SEAT), table.people) + 1) / 7
    town = (kind == _CITY) | (kind == _SITE)
    area = (kind == _ADMIN1) | (kind == _ADMIN2)
    loose = ranks == _ALIKE
    other = ((ranks == _OTHER) | loose) & ~seat
    columns: dict[str, Floats | npt.NDArray[np.bool_]] = {
        "town_size": np.where(town, size, 0.0),
        "area_size": np.where(area, size, 0.0),
        "country": kind == _COUNTRY,
        "admin1": kind == _ADMIN1,
        "region": kind >= _REGION,
        "site": (kind == _SITE) | ((kind == _CITY) & (table.people == 0) & (ranks < _OTHER)),  # a seat whose people nobody counted
        "shares_town": shares_town,
        "shares_country": shares_country,
        "capital": table.capital,
        "other_name": other,
        "other_name_size": np.where(other, size, 0.0),
        "people": ranks == _DEMONYM,
        "loose": loose,
        "home": (table.country == evidence.home) & (table.country != NO_COUNTRY),
    }
    for name, values in columns.items():
        out[:, _COLUMN[name]] = values
    for i, n in enumerate(names):
        mine = slice(table.start[i], table.start[i + 1])
        if n.asked is not None:
            out[mine, _COLUMN["asked_kind"]] = n.asked
        for holder in n.containers:
            _containment(out, table, mine, slice(table.start[holder], table.start[holder + 1]))
    return out


def _seats(table: _Table) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """The towns that a division is named for which is a candidate too, where the name is but one of the division's spellings (Raqqa for
    Ar-Raqqah, not New York): it is the town's as well, whatever the gazetteer says. And all such divisions: without "province", the town
    is meant (Idlib, Aleppo)."""
    towns, divisions = np.zeros(len(table.owner), bool), np.zeros(len(table.owner), bool)
    division = np.flatnonzero((table.kind == _ADMIN1) | (table.kind == _ADMIN2))
    if not len(division):
        return towns, divisions
    where = dict(zip(zip(table.owner[division].tolist(), table.rows[division].tolist(), strict=True), division.tolist(), strict=True))
    divided = np.zeros(int(table.owner[-1]) + 1, bool)
    divided[table.owner[division]] = True
    able = np.flatnonzero(
        (table.kind == _CITY)
        & divided[table.owner]
        & ((table.ranks == _MAIN) | (np.isin(table.ranks, (_OTHER, _ALIKE)) & (table.people > _LARGE)))
    )
    owners, above = table.owner[able].tolist(), (table.admin1[able].tolist(), table.admin2[able].tolist())
    for i, owner, *rows in zip(able.tolist(), owners, *above, strict=True):
        for row in rows:
            at = where.get((owner, row))
            if at is not None:
                divisions[at] = True
                towns[i] |= bool(table.ranks[at] != _MAIN)
    return towns, divisions


def _shares_country(table: _Table) -> npt.NDArray[np.bool_]:
    """What has the name of the country that it lies in, which is a candidate too: without "City" or "state", the country is meant
    (Mexico)."""
    nation = table.kind == _COUNTRY
    key = table.owner * 256 + table.country
    named = np.zeros((int(table.owner[-1]) + 1) * 256, bool)
    named[key[nation & (table.ranks < _OTHER)]] = True
    shares: npt.NDArray[np.bool_] = ~nation & named[key]
    return shares


def _containment(out: Floats, table: _Table, mine: slice, theirs: slice) -> None:
    """Marks the candidates of a name and of what the text puts it in ("Paris, Texas") that fit each other."""
    kind, rows = table.kind[theirs], table.rows[theirs]
    holds = (kind == _COUNTRY) & (table.country[mine, None] == table.country[theirs]) & (table.rows[mine, None] != rows)
    holds |= (kind == _ADMIN1) & (table.admin1[mine, None] == rows) & (table.rows[mine, None] != rows)
    holds |= (kind == _ADMIN2) & (table.admin2[mine, None] == rows) & (table.rows[mine, None] != rows)
    wide = kind >= _REGION
    if wide.any():
        holds |= wide & (_km(table.points[mine], table.points[theirs]) < table.radius[theirs])
    fits = holds.any(1)
    out[mine, _COLUMN["inside"]] = np.maximum(out[mine, _COLUMN["inside"]], fits)
    if fits.any():
        out[theirs, _COLUMN["holds"]] = np.maximum(out[theirs, _COLUMN["holds"]], holds.any(0))


@dataclass(frozen=True, slots=True)
class _Nations:
    """The countries that an article may be about. ``where``: the place of each candidate's country among them; ``named``: how much the
    article names each in other words; ``borders`` (n, n): 1 where the one of the column borders on that of the row; ``none``: the place of
    "no country"."""

    where: Ints
    named: Floats
    borders: Floats
    none: int

    @classmethod
    def of(cls, table: _Table, evidence: Evidence, gazetteer: Gazetteer) -> _Nations:
        codes = np.array(sorted({NO_COUNTRY, *table.country.tolist(), *evidence.named, *evidence.actors}), np.int64)
        place = np.zeros(256, np.int64)
        place[codes] = np.arange(len(codes))
        named = np.zeros(len(codes))
        for country, times in evidence.named.items():
            named[place[country]] = np.sqrt(times)
        for country, weight in evidence.actors.items():
            named[place[country]] += np.sqrt(weight)
        return cls(place[table.country], named, gazetteer.borders[codes[:, None], codes], int(place[NO_COUNTRY]))


def _shares(out: Floats, table: _Table, nations: _Nations, chances: Floats) -> None:
    """How much of the article's naming falls on the candidate's country and province, the name itself left out."""
    names, count = len(table.start) - 1, len(nations.named)
    owner, where = table.owner, nations.where
    by_name = np.asarray(np.bincount(owner * count + where, chances, names * count), np.float64).reshape(names, count)
    by_name[:, nations.none] = 0
    total = by_name.sum(0)[None, :] - _of_group(by_name, table) + 0.7 * nations.named[None, :]
    share = total / (total.sum(1, keepdims=True) + 1.0)
    known = table.country != NO_COUNTRY
    own = np.where(known, share[owner, where], 0.0)
    beside = np.where(known, np.einsum("nl,cl->nc", share, nations.borders)[owner, where], 0.0)
    out[:, _COLUMN["country_share"]] = own
    out[:, _COLUMN["border_share"]] = beside
    within = known & (table.kind != _COUNTRY) & ~table.eminent
    out[:, _COLUMN["elsewhere"]] = np.where(within, np.maximum(0.0, share.max(1)[owner] - (own + beside)), 0.0)
    # The more an article is about other countries, the less the home of its paper tells.
    out[:, _COLUMN["home"]] *= 1.0 - out[:, _COLUMN["elsewhere"]]
    provinces, where = table.provinces
    count = len(provinces)
    by_province = np.asarray(np.bincount(table.owner * count + where, chances, names * count), np.float64).reshape(names, count)
    by_province[:, provinces == NO_ROW] = 0
    rest = by_province.sum(0)[None, :] - _of_group(by_province, table)
    out[:, _COLUMN["admin1_share"]] = (rest / (rest.sum(1, keepdims=True) + 1.0))[table.owner, where]


def _of_group(sums: Floats, table: _Table) -> Floats:
    """The rows of a table by name (names, n), each with those of the same name under other words added."""
    if table.groups is None:
        return sums
    together = np.zeros((int(table.groups.max()) + 1, sums.shape[1]))
    np.add.at(together, table.groups, sums)
    grouped: Floats = together[table.groups]
    return grouped


def _nearness(out: Floats, table: _Table, chances: Floats) -> None:
    """How near the candidate lies to the likeliest places of the article's other names; whole countries and seas are no neighbours."""
    start = table.start[:-1]
    top = np.flatnonzero(chances == np.maximum.reduceat(chances, start)[table.owner])
    best = top[top.searchsorted(start)]  # the first of the likeliest of each name
    point = (table.kind[best] >= _ADMIN1) & (table.kind[best] <= _REGION)
    close = (
        np.exp(-np.maximum(0.0, _km(table.points, table.points[best]) - 0.5 * table.radius[best]) / _NEAR_KM)
        * (chances[best] * point)[None, :]
    )
    if table.groups is None:
        close[np.arange(len(table.owner)), table.owner] = 0.0
    else:
        close[table.group[table.owner][:, None] == table.group[None, :]] = 0.0
    out[:, _COLUMN["near"]] = np.where((table.kind != _COUNTRY) & (table.kind <= _REGION), np.log1p(close.sum(1)), 0.0)


def _km(a: Floats, b: Floats) -> Floats:
    """Distances of unit vectors (n, 3) and (m, 3) as (n, m), in km; by the chord, which is enough for weighing."""
    chord: Floats = np.sqrt(np.maximum(0.0, 2.0 - 2.0 * (a @ b.T)))
    return chord * _EARTH_KM


def _weigh(features: Floats, weights: Floats) -> Floats:
    """The weighted sums. Not by "@", which sets several threads to work on so little and waits for them where other work is done beside."""
    sums: Floats = np.einsum("cf,f->c", features, weights)
    return sums


def _softmax(scores: Floats, table: _Table) -> Floats:
    top = np.maximum.reduceat(scores, table.start[:-1])
    raised = np.exp(scores - top[table.owner])
    chances: Floats = raised / np.add.reduceat(raised, table.start[:-1])[table.owner]
    return chances
