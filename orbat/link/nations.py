"""Which countries a text names, and where its source is at home."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import urlsplit

from orbat.link.gazetteer import Gazetteer
from orbat.names import fold
from orbat.remembering import remembered
from orbat.types import Document

# Country codes of the internet that are sold as words, and say nothing of where a source is.
_SOLD_CODES = """
    ac ag ai am as bz cc cd co cx dj fm gg gl gs io is la li ly me mn ms nu pn sc sh sx tk tl to tv vc ws
"""
_SOLD = frozenset(_SOLD_CODES.split())
_CAPITALISED = re.compile(r"\b[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,7}")


@remembered(2_048)
def _opens(word: str, gazetteer: Gazetteer) -> bool:
    """Whether a country's name, adjective or people may begin with the word."""
    first = word.lower() if word.isalpha() and word.isascii() else fold(word).split(" ", 1)[0]
    return first in gazetteer.country_starts


def country_names(text: str, gazetteer: Gazetteer) -> Counter[str]:
    """Folded name, adjective or people of a country -> how often it stands in the text. Longest first: "South Sudan" does not name
    Sudan."""
    named: Counter[str] = Counter()
    for run, times in Counter(_CAPITALISED.findall(text)).items():
        for word in _names_in(run, gazetteer):
            named[word] += times
    return named


@remembered(2_048)
def _names_in(run: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """What ``country_names`` finds in a run of capitalised words; texts are full of the same few."""
    words, parts, found = gazetteer.country_words, run.split(" "), []
    at = 0
    while at < len(parts):
        for length in range(min(4, len(parts) - at), 0, -1) if _opens(parts[at], gazetteer) else ():
            said = " ".join(parts[at : at + length])
            folded = fold(said)
            if folded in words and (len(folded) > 3 or said.isupper()):
                found.append(folded)
                at += length - 1
                break
        at += 1
    return tuple(found)


def home_of(document: Document, gazetteer: Gazetteer) -> int:
    """Index of the country the source is at home in, by its internet domain or its name; -1 where neither tells."""
    host = urlsplit(document.url).hostname or "" if document.url else ""
    end = host.rsplit(".", 1)[-1]
    code = {"uk": "GB", "su": "RU"}.get(end, end.upper())
    if len(end) == 2 and end not in _SOLD and code in gazetteer.country_index:
        return gazetteer.country_index[code]
    return _nationality(document.source, gazetteer)


@remembered(2_048)
def _nationality(source: str, gazetteer: Gazetteer) -> int:
    """Index of the one country that a source's name names, or -1."""
    named = {gazetteer.country_words[word] for word in country_names(source, gazetteer)}
    return named.pop() if len(named) == 1 else -1
