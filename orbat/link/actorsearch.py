"""Finding actors for a person who types part of a name: wider than linking, best first."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz

from orbat.link.catalogue import Catalogue, Match
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
    for entry in catalogue:
        for name in entry.names:
            folded = fold(name.text)
            if _holds(folded.split(), asked.split()):
                yield Match(entry, name, "words", fuzz.ratio(asked, folded) / 100)
            elif len(asked) >= LOOSE_LENGTH and (ratio := fuzz.ratio(asked, folded, score_cutoff=LOOSE_RATIO)):
                yield Match(entry, name, "fuzzy", ratio / 100)
    yield from catalogue.by_skeleton(words)


def _holds(name: list[str], asked: list[str]) -> bool:
    return all(any(word.startswith(part) for word in name) for part in asked)
