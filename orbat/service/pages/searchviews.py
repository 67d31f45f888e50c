"""What a search shows beside rows: the words found in a sentence, the places of what is said, and how much of it there is over time."""

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup

from orbat.battle.case import spot_of
from orbat.battle.mapping import POINT, USUAL_KM, Mark, Radius, capitals, gazetteer_radius, geojson
from orbat.link.gazetteer import Gazetteer
from orbat.names import fold
from orbat.queries import Wanted
from orbat.queries.finding import Chosen, Spellings, records_of
from orbat.queries.loading import newest_first
from orbat.remembering import remembered
from orbat.service.models import Json
from orbat.service.pages.mapdata import MOST_PLACES, Mapped, Placed
from orbat.service.pages.mapdraw import map_picture
from orbat.store import Store
from orbat.tables import statements
from orbat.types import Place

PLACED = 3_000
"""Statements, the newest, whose places are told: reading so many takes some 40 ms."""
MONTHS = 180
"""Months in a chart; where there are more it is of years."""
STEM, ENDING = 4, 4
"""Letters that two forms of a word share at least, and letters that each may have beyond what they share ("attacked", "attackers")."""
Piece = tuple[str, str]
_JSON = json.JSONDecoder()
_WORD = re.compile(r"\w+(?:['’]\w+)*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in pieces (``marked``), with the rows of what it states."""

    pieces: tuple[Piece, ...]
    rows: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Where statements are said to have happened: the newest ``looked`` of ``total`` were looked at, ``without`` of these have no place.
    ``marks`` are the places of most records, the widest first, of all ``places``. Statements of one record count once."""

    marks: tuple[Mark, ...]
    places: int
    total: int
    looked: int
    without: int

    @property
    def listed(self) -> list[tuple[int, Mark]]:
        """The places with their numbers in the picture, those of most records first."""
        return sorted(enumerate(self.marks), key=lambda each: (-len(each[1].records), each[1].spot.name, each[1].spot.key))

    def geojson(self) -> dict[str, Any]:
        """As the map's GeoJSON."""
        return geojson(self.marks)

    def picture(self) -> tuple[Markup, str]:
        """The map, drawn as the maps of records are, and what is to be said of its outlines."""
        placed = tuple(Placed(mark, {}, ()) for mark in self.marks)
        found = Mapped(placed, self.places, sum(len(mark.records) for mark in self.marks), ())
        return map_picture(found, capitals(Gazetteer.open()), {})


@dataclass(frozen=True, slots=True)
class Bin:
    """A month or year, its place in the row of all, and how many statements are of it."""

    place: int
    label: str
    start: dt.date
    end: dt.date
    count: int


@dataclass(frozen=True, slots=True)
class Months:
    """Statements by month, or by year where ``yearly``; ``undated`` have no day, not even of publication."""

    bins: tuple[Bin, ...]
    yearly: bool
    undated: int

    @property
    def most(self) -> int:
        """The highest of the bins."""
        return max((each.count for each in self.bins), default=0)


def by_sentence(rows: Iterable[Json], words: str) -> list[Sentence]:
    """Rows of statements as the API gives them, those of one sentence together, where the first of them stands."""
    found: dict[tuple[str, int], list[Json]] = {}
    for row in rows:
        said = row["statement"]
        found.setdefault((said["document"]["id"], said["sentence"]["start"]), []).append(row)
    return [Sentence(tuple(marked([row["statement"] for row in group], words)), tuple(group)) for group in found.values()]


def marked(said: Sequence[Json], words: str) -> list[Piece]:
    """The sentence of some statements in pieces, each with what it is: ``hit`` a word that was looked for, ``trigger`` words that state
    something, ``both``."""
    text, begin = said[0]["sentence"]["text"], said[0]["sentence"]["start"]
    kinds = [""] * len(text)
    for each in said:
        start, end = each["trigger"]["start"] - begin, each["trigger"]["end"] - begin
        kinds[start:end] = ["trigger"] * (end - start)
    for start, end in _hits(text, words):
        kinds[start:end] = ["both" if kind else "hit" for kind in kinds[start:end]]
    pieces, at = list[Piece](), 0
    for kind, alike in groupby(kinds[: len(text)]):
        end = at + len(list(alike))
        pieces.append((text[at:end], kind))
        at = end
    return pieces


def places(store: Store, wanted: Wanted, spelled: Spellings | None = None) -> Places:
    """The places of the statements that are asked for. ``spelled``: as for ``finding.conditions``."""
    columns = (statements.c.id, statements.c.type, statements.c.newest, statements.c.payload)
    with store.reading() as connection:
        chosen = Chosen.of(connection, wanted, spelled=spelled)
        if chosen is None:
            return Places((), 0, 0, 0, 0)
        total = connection.scalar(chosen.query(sa.func.count())) or 0
        rows = connection.execute(newest_first(chosen.query(*columns)).limit(PLACED)).all()
        record_of = {row.statement: row.record for row in records_of(connection, [row.id for row in rows])}
    found: dict[str, tuple[Place, list[Any]]] = {}
    for row in rows:
        if location := _location(row.payload):
            at = Place(**{name: value for name, value in location.items() if name != "basis"})
            found.setdefault(at.id, (at, []))[1].append(row)
    radius = gazetteer_radius(Gazetteer.open())
    marks = [_mark(place, said, radius, record_of) for place, said in found.values()]
    most = sorted(marks, key=lambda mark: (-len(mark.records), mark.spot.key))[:MOST_PLACES]
    most.sort(key=lambda mark: (mark.is_point, -(mark.radius_km or 0.0), mark.spot.key))
    return Places(tuple(most), len(marks), total, len(rows), len(rows) - sum(len(said) for _, said in found.values()))


def _location(payload: str) -> dict[str, Any] | None:
    """The location of a statement's JSON, of which nothing else is read: a third of the time. No text can hold this key: its quotation
    marks would be escaped."""
    key = '"location":'
    location: dict[str, Any] | None = _JSON.raw_decode(payload, payload.index(key) + len(key))[0]
    return location


def _mark(place: Place, said: Sequence[Any], radius: Radius, record_of: Mapping[str, str]) -> Mark:
    spot = spot_of(place)
    wide = None if place.where_prec <= POINT else radius(spot) or USUAL_KM.get(place.where_prec, 100.0)
    types = {record_of.get(row.id, row.id): row.type for row in reversed(said)}
    days = [row.newest for row in said if row.newest]
    kinds = dict(Counter(types.values()).most_common())
    return Mark(spot, wide, tuple(types), kinds, None, min(days, default=None), max(days, default=None))


def months(store: Store, wanted: Wanted, spelled: Spellings | None = None) -> Months:
    """How many of the statements that are asked for are of each month, from the first to the last. ``spelled``: as for ``places``."""
    with store.reading() as connection:
        chosen = Chosen.of(connection, wanted, spelled=spelled)
        if chosen is None:
            return Months((), False, 0)
        rows = connection.execute(chosen.query(statements.c.newest, sa.func.count()).group_by(statements.c.newest)).all()
    counts: Counter[tuple[int, int]] = Counter()
    undated = 0
    for day, number in rows:
        if day is None:
            undated += number
        else:
            counts[day.year, day.month] += number
    if not counts:
        return Months((), False, undated)
    first, last = min(counts), max(counts)
    if (last[0] - first[0]) * 12 + last[1] - first[1] >= MONTHS:
        years = [(year, sum(counts[year, month] for month in range(1, 13))) for year in range(first[0], last[0] + 1)]
        bins = [Bin(place, str(year), dt.date(year, 1, 1), dt.date(year, 12, 31), number) for place, (year, number) in enumerate(years)]
    else:
        bins = [_month(place, year, month, counts[year, month + 1]) for place, (year, month) in enumerate(_between(first, last))]
    return Months(tuple(bins), len(bins[0].label) == 4, undated)


def _between(first: tuple[int, int], last: tuple[int, int]) -> Iterable[tuple[int, int]]:
    return (divmod(place, 12) for place in range(first[0] * 12 + first[1] - 1, last[0] * 12 + last[1]))


def _month(place: int, year: int, before: int, number: int) -> Bin:
    start = dt.date(year, before + 1, 1)
    end = dt.date(year + (before == 11), (before + 1) % 12 + 1, 1) - dt.timedelta(days=1)
    return Bin(place, f"{start:%B %Y}", start, end, number)


def _hits(text: str, words: str) -> Iterable[tuple[int, int]]:
    asked = [fold(word) + ("*" if f"{word}*" in words else "") for word in _WORD.findall(words)]
    return [found.span() for found in _WORD.finditer(text) if any(_alike(fold(found[0]), word) for word in asked if word)]


@remembered(4_096)
def _alike(word: str, asked: str) -> bool:
    """Whether a word is one that was looked for, near enough to be shown as such; the store's own index decided that the sentence fits."""
    if asked.endswith("*"):
        return word.startswith(asked[:-1])
    if word == asked:
        return True
    same = next((place for place, (one, two) in enumerate(zip(word, asked, strict=False)) if one != two), min(len(word), len(asked)))
    return same >= STEM and len(word) - same <= ENDING and len(asked) - same <= ENDING
