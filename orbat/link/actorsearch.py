"""Finding actors for a person who types part of a name: wider than linking, best first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from orbat.link.catalogue import ActorEntry, Catalogue, Match, Name
from orbat.names import fold

LOOSE_RATIO = 75.0  # rapidfuzz's 0 to 100: looser than the linker's, since a person chooses from what is found
LOOSE_LENGTH = 6  # of shorter names too many have three letters of four in common
_RANK = {"name": 0, "alias": 1, "acronym": 1, "words": 2, "spelling": 3, "fuzzy": 4}


def search(catalogue: Catalogue, words: str, *, country: str = "", kind: str = "", limit: int | None = None) -> tuple[Match, ...]:
    """Actors that bear a name like this one, the surest first: name, alias or acronym; names that hold all the words or their
    beginnings; other spellings; near letters. Of equals, those that news names most often.

    Args:
        country: an ISO 3166 code or a country's name; only actors that are active there.
        kind: only actors of this kind.
        limit: at most so many; all, if None.
    """
    codes = {country.upper(), *catalogue.countries_of(country)} if country else set()
    best: dict[str, Match] = {}
    for match in _matches(catalogue, words):
        entry = match.entry
        if (not codes or codes.intersection(entry.countries)) and (not kind or entry.kind == kind):
            best[entry.id] = min(best.get(entry.id, match), match, key=_order)
    return tuple(sorted(best.values(), key=_order)[:limit])


def _order(match: Match) -> tuple[int, float, int, str]:
    return _RANK[match.how], -match.similarity, -match.entry.prominence, match.entry.id


def _matches(catalogue: Catalogue, words: str) -> Iterator[Match]:
    yield from catalogue.by_name(words)
    yield from catalogue.by_acronym(words, any_case=True)
    asked = fold(words)
    if not asked:
        return
    names = _names(catalogue)
    held: Sequence[int] = range(len(names.of))
    for part in asked.split():
        beginning = f" {part}"
        held = [at for at in held if beginning in names.spaced[at]]
    for at in held:
        yield Match(*names.of[at], "words", fuzz.ratio(asked, names.folded[at]) / 100)
    if len(asked) >= LOOSE_LENGTH:
        known = set(held)
        near = process.extract(asked, names.folded, scorer=fuzz.ratio, score_cutoff=LOOSE_RATIO, limit=None)
        for _, ratio, at in sorted(near, key=lambda each: each[2]):
            if at not in known:
                yield Match(*names.of[at], "fuzzy", ratio / 100)
    yield from catalogue.by_skeleton(words)


@dataclass(frozen=True, slots=True)
class _Names:
    """All names of a catalogue as they are compared, with a space before each word, and whose each is."""

    folded: list[str]
    spaced: list[str]
    of: list[tuple[ActorEntry, Name]]


@lru_cache(maxsize=1)  # one catalogue is searched at a time: to fold its names anew for each search took five times as long as all else
def _names(catalogue: Catalogue) -> _Names:
    of = [(entry, name) for entry in catalogue for name in entry.names]
    folded = [fold(name.text) for _, name in of]
    return _Names(folded, [f" {name}" for name in folded], of)
