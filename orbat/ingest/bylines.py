"""Who wrote it: names out of the ways in which pages put them."""

from __future__ import annotations

import re

_PARTICLE = r"(?:al|el|de|da|di|du|van|von|bin|ibn|la|le|ben|der|den|dos|st)\b\.?-?[\w'’\-]*"
_WORD = rf"(?:[A-ZÀ-ÖØ-ÞĀ-Ž][\w'’.\-]*|{_PARTICLE})"
_NAME = rf"{_WORD}(?: {_WORD}){{0,5}}"
_NAMES = rf"{_NAME}(?:(?:,? (?:and|AND|&) |[,;] ?){_NAME}){{0,7}}"
_LEAD = r"(?:(?:(?:written|reported|posted|published|reporting|story|words) )?(?:by|authors?|byline)\b ?:? *|words ?: *)"
_BYLINE = re.compile(rf"(?i:{_LEAD})(?P<names>{_NAMES})(?P<rest>(?:,? (?:in|for|at|with|of|from) .{{1,60}})?)")
_CALENDAR = re.compile(
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|september|october|november|december)s?"
    r"|the|then|now|late|early|mid|dawn|noon|night|contrast|comparison|far|all|some|most|any|then|their|its|his|her",
    re.I,
)
_ROLE = re.compile(
    r"\b(?:staff|writers?|correspondents?|reporters?|editors?|bureau|desk|agenc(?:y|ies)|special|senior|chief|contributors?|analysts?|fellow|team|director)\b",
    re.I,
)
#: A writer told by post and not by name ("our court reporter", "Levant desk", "Peshawar staff").
_POST = re.compile(
    rf"(?i:(?:{_LEAD}|(?:interview|text|report|reporting|story) ?: *)(?:the )?)(?P<post>(?:[\w'’.\-]+ ){{1,4}}"
    r"(?i:desk|staff|correspondents?|reporters?|bureau|office|team|newsroom|editors?|writers?|analysts?|unit)"
    r"(?: (?:in|for) (?:[A-Z][\w'’\-]* ?){1,3})?)"
)
_OUTLET = re.compile(r"\b(?:news|times|post|herald|tribune|reuters|press|media|radio|tv|service|daily|magazine|online|today)\b", re.I)
_SEPARATOR = re.compile(r",? (?:and|AND|&) |[,;] ?")


def byline_of(line: str) -> str:
    """The names in a line such as "By Jane Doe and John Roe, Nairobi", joined with ", "; empty where the line is no byline."""
    line = " ".join(line.split()).strip(" .,;|-–—")
    if post := _POST.fullmatch(line):
        return post["post"]
    match = _BYLINE.fullmatch(line)
    if match is None or (_CALENDAR.fullmatch(match["names"].split()[0]) and len(match["names"].split()) < 2):
        return ""
    return clean(match["names"])


def clean(names: str) -> str:
    """Names as pages state them, without "By", roles, places and addresses: ``"By Jane Doe, staff writer"`` is ``"Jane Doe"``.

    Where nothing but a role or one word is left ("Staff Reporter", "AFP"), that stays.
    """
    names = re.sub(rf"^(?i:{_LEAD})(?=\S)", "", " ".join(names.split())).strip(" .,;|-–—")
    if not names or "://" in names or len(names) > 200:
        return ""
    names = re.sub(r"\s*[(<|].*$|\S+@\S+", "", names).strip(" .,;") or names
    parts = [part.strip() for part in _SEPARATOR.split(names) if part.strip()]
    people = [part for part in parts if not _ROLE.search(part) and (part is parts[0] or not _OUTLET.search(part))]
    if any(" " in part for part in people):
        people = [part for part in people if " " in part]
    return ", ".join(dict.fromkeys(_cased(part) for part in people or parts[:1]))


def is_name(text: str) -> bool:
    """Whether ``text`` has the shape of one person's name: two to five words with capitals."""
    return 2 <= len(text.split()) <= 5 and bool(re.fullmatch(_NAME, text)) and not _ROLE.search(text)


def _cased(name: str) -> str:
    """A name in capitals, as some sites print it, gets a name's letters; one word ("AFP") stays."""
    return name.title() if name.isupper() and " " in name and len(name) > 6 else name
