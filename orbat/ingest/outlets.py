"""Who published it: names of papers, agencies and offices, told from other words by how such names are made."""

from __future__ import annotations

import re

_YEARS = r"(?:(?:19|20)\d\d(?:\s*[-–—]\s*(?:19|20)?\d\d)?)"
_COPYRIGHT = re.compile(
    rf"(?:©|\(c\)|copyright)\s*(?:copyright\s*)?{_YEARS}?,?\s*(?:by\s+)?(?P<name>[^.|©\n]{{2,60}}?)\s*{_YEARS}?\s*(?:[.|©]|all rights|$)",
    re.I,
)
#: Words with which the names of papers, stations and publishing offices end, or begin before "of", "for" and "to".
_KINDS = (
    "agency agenzia agence briefs? broadcasting bulletin center centre chronicle commission committee corporation "
    "council courier daily digest dispatch examiner foundation gazette guardian herald initiative inquirer "
    "institute journal ledger magazine mail media ministry mission monitor monthly network news newspaper newsroom "
    "newswire observatory observer office online organi[sz]ation post press programme project radio review "
    "secretariat service standard telegraph television times today tracker tribune tv unit watch weekly wire "
)
_KIND = re.compile(rf"(?:{'|'.join(_KINDS.split())})", re.I)
_SMALL = frozenset(("and", "de", "du", "for", "of", "on", "the", "to"))
_LONGEST = 8


def is_outlet(text: str) -> bool:
    """Whether ``text`` is made as a publisher's name: two to eight words with capitals, one of them, at an end, of a publisher's kind."""
    words = text.split()
    if not 2 <= len(words) <= _LONGEST or not all(word[0].isupper() or word.lower() in _SMALL for word in words):
        return False
    if re.search(r"[^\w\s&'’.\-]", text):
        return False
    first = words[1] if words[0].lower() == "the" and len(words) > 2 else words[0]
    follows = words[words.index(first) + 1 :]
    heads = bool(_KIND.fullmatch(first)) and bool(follows) and (first.lower() in ("radio", "agence", "agenzia") or follows[0] in _SMALL)
    return heads or bool(_KIND.fullmatch(words[-1]))


def is_agency(text: str) -> bool:
    """Whether the words in a dateline's brackets name an agency and not a province: in capitals, or made as a publisher's name."""
    return text.isupper() or is_outlet(text) or text in ("Reuters", "Xinhua", "Anadolu")


def copyright_owner(text: str) -> str:
    """The name in a line of copyright such as "© 2018 The Post. All rights reserved."; empty where there is none."""
    match = _COPYRIGHT.search(text)
    name = match["name"].strip(" ,-–—") if match else ""
    return name if name and name[0].isupper() else ""
