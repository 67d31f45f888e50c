"""Keys by which happenings meet that may be one: two of one record share at least one, as a rule; few share one by chance.

An event meets others by who or where it is and by two-day windows that overlap, so that neighbouring days meet as well; a relation by its
two ends (``end_keys``), or by one in the months around its report; copies by their sentences; what names no side by what its article is
about. The keys of a happening depend on nothing but itself. A block key is of some days, months or a year, so that how many meet by it does
not grow with the years that are kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations
from typing import TypeVar

from orbat.corroborate.copies import WHOLE
from orbat.corroborate.happenings import Happening
from orbat.corroborate.matters import LASTING, MUTUAL, Matter

MOST_NAMES = 6  # names by which a happening is looked up: a list of twenty allies is known by fewer
WEEK, MONTH, YEAR = 7, 31, 365
LONGEST = 31  # days: what is said of a longer time is looked up by its sentences and words only
LATELY = 3  # days before its report in which a happening is looked for that has no day, and whose text has come to none
T = TypeVar("T")
_SENTENCE = ":s:"  # before the key of a sentence
_WHOLE = f"{_SENTENCE}{WHOLE}"  # the same of one of few words, which has no other
_UNITS = {"d": 1, "w": WEEK, "m": MONTH, "y": YEAR}
_ONCE = frozenset({Matter.CUSTODY, Matter.RELEASE, Matter.SANCTION})
"""What happens to a named person so seldom that the year will do."""


def block_keys(a: Happening) -> tuple[str, ...]:
    """The keys of a happening, in order, each once."""
    return tuple(sorted({*_copies(a), *(_relation(a) if a.matter in LASTING else _event(a))}))


def day_of(key: str) -> int | None:
    """About when a block key is of: the ordinal of a day near it; None where it is of no time, as sentences are."""
    time = key.rpartition("@")[2]
    return _UNITS[time[0]] * int(time[1:]) if "@" in key and time[1:] else None


def end_keys(a: Happening) -> tuple[str, ...]:
    """Keys of the two ends of a relation, in order: none for an event, or where an end has no name.

    Two relations that share one are one, whatever else is said of them: with both ends the same, nothing that ``match`` weighs against them
    outweighs that (a test holds it so). So they need not be compared, however many are kept.
    """
    if a.matter not in LASTING:
        return ()
    return tuple(sorted({f"{a.matter}:{one}:{two}" for one, two in _ends(a)}))


def meeting(keys: Iterable[str], sharing: Mapping[str, Collection[T]]) -> set[T]:
    """Those that a happening is compared with: they share one of its block keys, where that is one of a sentence's five two.

    A near-copy shares two (``features.ALIKE``); by one alone formulas of the news meet, which were half of the 700 that shared a key with
    an article of a large war.

    Args:
        keys: of the happening.
        sharing: who has each key; keys that nobody has may be left out.
    """
    met: set[T] = set()
    once: set[T] = set()
    for key in keys:
        found = sharing.get(key, ())
        if _SENTENCE in key and _WHOLE not in key:
            met |= once.intersection(found)
            once.update(found)
        else:
            met.update(found)
    return met


def _copies(a: Happening) -> Iterator[str]:
    for key in a.sentences:
        yield f"{a.matter}{_SENTENCE}{key}"


def _event(a: Happening) -> Iterator[str]:
    if a.matter in _ONCE:
        for person in sorted(a.persons)[:MOST_NAMES]:
            for year in _years(a):
                yield f"{a.matter}:p:{person}@y{year}"
        if a.published is not None:  # two names, since one of a war's great sides is what most articles are about
            for one, two in combinations(sorted(a.about), 2):
                for month in (a.published // MONTH, a.published // MONTH + 1):
                    yield f"{a.matter}:{one}:{two}@m{month}"
    span = _span(a)
    if span is None:
        return
    first, last = span
    towns = sorted(a.towns)[:MOST_NAMES]
    if not a.parties or a.matter is not Matter.VIOLENCE:
        towns += sorted(a.about)[:MOST_NAMES]
    names = sorted(a.parties)[:MOST_NAMES]
    if last - first <= WEEK:
        names += towns
        if a.spot is not None and a.spot.admin1:
            names.append(f"{a.spot.country}/{a.spot.admin1}")
    for name in names:
        for day in range(first, last + 2):  # a window holds two days, the next one begins a day later
            yield f"{a.matter}:{name}@d{day}"
    if (days := a.days or a.told) is not None and days[1] - days[0] <= WEEK:
        for thing in sorted(a.things)[:MOST_NAMES]:  # a school, a bus: whom and what no name is told of
            for day in range(days[0], days[1] + 2):
                yield f"{a.matter}:t:{thing}@d{day}"
    if a.days is None or first == last:
        for word in sorted(a.proper)[:MOST_NAMES]:  # names that fill no role
            yield f"{a.matter}:n:{word}@d{last}"
    for person in sorted(a.persons)[:MOST_NAMES]:  # people are killed or freed once: a month, and the next
        for month in range(first // MONTH, last // MONTH + 2):
            yield f"{a.matter}:p:{person}@m{month}"
    for name in towns:  # where days are not told to the day, the week and the town
        for week in range(first // WEEK, last // WEEK + 1):
            yield f"{a.matter}:{name}@w{week}"


def _span(a: Happening) -> tuple[int, int] | None:
    if a.days is not None:
        return a.days if a.days[1] - a.days[0] <= LONGEST else None
    if a.told is not None and a.told[1] - a.told[0] <= WEEK:  # the text's day, not that of the report, which may be of years later
        return a.told
    return (a.published - LATELY, a.published) if a.published is not None else None


def _years(a: Happening) -> tuple[object, ...]:
    """A year and the next one, so that what is less than a year apart meets; nothing tells them apart where no day is known."""
    day = a.days[0] if a.days is not None else a.published
    return ("",) if day is None else (day // YEAR, day // YEAR + 1)


def _ends(a: Happening) -> list[tuple[str, str]]:
    if a.matter in MUTUAL:
        return list(combinations(sorted(a.parties)[:MOST_NAMES], 2))
    far = a.targets | (a.places if a.matter is Matter.HOLD else frozenset())
    return [(one, two) for one in sorted(a.actors)[:MOST_NAMES] for two in sorted(far)[:MOST_NAMES]]


def _relation(a: Happening) -> Iterator[str]:
    if a.published is not None:  # one end may be told without the other, or by another name: who says so looks further
        whole = bool(_ends(a))
        month = a.published // MONTH
        for one in sorted(a.parties if whole else a.parties | a.about)[:MOST_NAMES]:
            for at in range(month if whole else month - 5, month + 2):
                yield f"{a.matter}:{one}@m{at}"
    if a.matter is Matter.LEAD:  # a person leads few groups, so the person alone will do
        for one in sorted(a.actors)[:MOST_NAMES]:
            for year in _years(a):
                yield f"{a.matter}:{one}@y{year}"
