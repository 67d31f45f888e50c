"""Where a statement comes from: the attributed speaker where there is one, else the publisher, after near-copies are folded.

Ten reprints of one agency's story are one origin. UCDP keeps both apart too (``source_original``, ``source_office``). A speaker with a
name is one origin wherever it speaks; "security officials" are told apart by the family of copies in which they speak, because two
articles may mean two officials. A pronoun without a name names nobody: the statement is then the publisher's.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from orbat.corroborate.matters import PRONOUNS
from orbat.names import fold
from orbat.recordtypes import Origin
from orbat.types import Document, Statement

UNKNOWN = "unknown publisher "
"""What the name of an article's publisher begins with where the article tells none; its id follows, so that no two are one origin."""

AGENCIES = {
    "reuters": "Reuters",
    "thomson reuters": "Reuters",
    "afp": "AFP",
    "agence france presse": "AFP",
    "ap": "AP",
    "associated press": "AP",
    "dpa": "dpa",
    "deutsche presse agentur": "dpa",
    "efe": "EFE",
    "agencia efe": "EFE",
    "ansa": "ANSA",
    "xinhua": "Xinhua",
    "tass": "TASS",
    "itar tass": "TASS",
    "interfax": "Interfax",
    "ria novosti": "RIA Novosti",
    "anadolu": "Anadolu",
    "anadolu agency": "Anadolu",
    "kyodo": "Kyodo",
    "yonhap": "Yonhap",
    "pti": "PTI",
    "press trust of india": "PTI",
    "ians": "IANS",
    "upi": "UPI",
    "united press international": "UPI",
    "nan": "NAN",
    "news agency of nigeria": "NAN",
    "belga": "Belga",
    "apa": "APA",
    "sana": "SANA",
    "irna": "IRNA",
}
"""News agencies by folded name: what a byline or a credit is looked for. A dateline's brackets need no list."""

_OPENING = 400  # characters in which a dateline stands
_DATELINE = re.compile(
    r"(?m)^[ \t]*(?:[A-Z][\w'’.\-]*(?:[ ,/]+(?:[A-Z0-9][\w'’.\-]*|\d{1,2}))*)?[ ,]*"  # the town, the day
    r"[(\[]([A-Z][\w .&'’\-]{1,40})[)\]][ \t]*(?:[-–—:]+|\s(?=[A-Z]))"  # the agency in brackets, a dash
)
_CREDIT = re.compile(
    r"(?im)(?:^|[.\n(–—-])[ \t]*(?:source|credit|by|from|with (?:inputs|reporting|additional reporting) (?:from|by)|©|copyright(?: \d{4})?)"
    r"[ \t:]+([\w][\w .&'’\-]{1,40}?)[ \t]*[).]?[ \t]*$"
)
_SPLIT = re.compile(r"\s*(?:[,/|;]|\band\b|\bfor\b)\s*")


def agency(name: str) -> str:
    """The name of the news agency that a name means, empty where it means none that is known."""
    return AGENCIES.get(fold(name).removesuffix(" news agency").removesuffix(" news"), "")


def wire_of(document: Document) -> str:
    """The agency that a document credits in its byline, its dateline ("KANO (Agency) -") or a line of its own; empty where it
    credits none. The publisher's own name in a dateline is no other's credit, but it names the story's maker all the same."""
    for part in _SPLIT.split(document.byline):
        if found := agency(part.removeprefix("By ").strip()):
            return found
    if line := _DATELINE.search(document.text[:_OPENING]):
        name = line[1].strip()
        return agency(name) or name
    for credit in _CREDIT.finditer(document.text):
        for part in _SPLIT.split(credit[1]):
            if found := agency(part):
                return found
    return ""


def publisher_of(source: str, url: str, document: str) -> str:
    """The publisher's name: as given, else the host of the address; of a document with neither, one of its own."""
    if source.strip():
        return agency(source) or source.strip()
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return host or f"{UNKNOWN}{document}"


def publisher_told(name: str) -> bool:
    """Whether a publisher's name is one that an article gives, by itself or its address."""
    return not name.startswith(UNKNOWN)


def publisher_label(name: str) -> str:
    """A publisher's name as it is shown: where none is told, the first digits of the article's id, as tables show ids."""
    return name if publisher_told(name) else f"unknown publisher of article {name.removeprefix(UNKNOWN)[:8]}"


def speaker_origin(statement: Statement, family: str) -> Origin | None:
    """The origin of the statement's speaker; None where it has none or only a pronoun that stands for nobody known."""
    if statement.attribution is None:
        return None
    speaker = statement.attribution.speaker
    if speaker.entity is not None:
        return Origin(f"speaker:{speaker.entity.id}", speaker.entity.name, "speaker")
    name = fold(speaker.quote.text)
    if not name or name in PRONOUNS:
        return None
    if statement.attribution.anonymous:
        return Origin(f"speaker:{family}:{name}", speaker.quote.text, "unnamed")
    return Origin(f"speaker:{name}", speaker.quote.text, "speaker")


def publisher_origin(name: str) -> Origin:
    """The origin of what a publisher says in its own voice."""
    return Origin(f"publisher:{fold(name) or name}", publisher_label(name), "publisher")
