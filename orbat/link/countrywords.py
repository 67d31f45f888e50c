"""Which countries a text names: by name, people, capital or a known province. Pure."""

from __future__ import annotations

import re
from collections import Counter

from orbat.link.catalogue import Catalogue
from orbat.names import fold
from orbat.remembering import remembered

_ENDING = re.compile(r"['’]s?[,;]?$|[,;:)\"]+$|(?<=\w\w\w)\.$")
_CAPITALISED = re.compile(r"[A-Z][\w'’.-]*(?: [A-Z][\w'’-]*){0,3}")


@remembered(2_048)
def _opening(catalogue: Catalogue, said: str) -> tuple[str, bool]:
    """A word without the signs at its end, and whether it may begin the name of a country, people or place: most words do not."""
    if said.isalpha() and said.isascii():
        low = said.lower()
        return said, low == "the" or low in catalogue.openers or said in catalogue.openers
    word = _ENDING.sub("", said)
    alone, inside = fold(word), fold(f"{word} x")  # "COX'S" loses its end alone, and only its apostrophe in "COX'S BAZAR"
    firsts = (alone.split(" ", 1)[0], inside.split(" ", 1)[0], word.replace(".", ""))
    return word, alone in ("", "the") or not catalogue.openers.isdisjoint(firsts)


def countries_named(text: str, catalogue: Catalogue, caseless: bool) -> Counter[str]:
    """How often the text names each country, by its name, people, capital or a known province."""
    if caseless:
        return Counter(codes_in(catalogue, text.split()))
    found: Counter[str] = Counter()
    for said, times in Counter(_CAPITALISED.findall(text)).items():
        for code in _codes_of_run(catalogue, said):
            found[code] += times
    return found


@remembered(2_048)
def _codes_of_run(catalogue: Catalogue, said: str) -> tuple[str, ...]:
    """The countries that a run of capitalised words names; texts are full of the same few."""
    return tuple(codes_in(catalogue, said.split(" ")))


def codes_in(catalogue: Catalogue, said: list[str]) -> list[str]:
    """The ISO codes of the countries that some words in a row name, in their order."""
    openings = [_opening(catalogue, word) for word in said]
    words = [word for word, _ in openings]
    found: list[str] = []
    start = 0
    while start < len(words):
        for size in range(min(3, len(words) - start), 0, -1) if openings[start][1] else ():
            phrase = " ".join(words[start : start + size])
            codes: tuple[str, ...] = catalogue.countries_of(phrase)
            if not codes and (place := catalogue.place_country(phrase)):
                codes = (place,)
            if codes:
                found += codes
                start += size - 1
                break
        start += 1
    return found
