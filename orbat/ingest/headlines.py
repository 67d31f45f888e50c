"""What one line of a page's head says: names, day, section and publisher, in any order and with any separators."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from orbat.ingest import bylines, dates, furniture, outlets

#: A head's line is no longer than this.
LONGEST = 200
#: Ranks of a day: what it is said to be decides; the higher wins, the first among equals.
LABELLED, BARE = 2, 1

_LABELS = {
    "title": "title", "headline": "title", "author": "byline", "authors": "byline", "byline": "byline",
    "source": "source", "publisher": "source", "publication": "source", "newspaper": "source", "outlet": "source",
    "section": "section", "category": "section", "url": "url", "link": "url",
}  # fmt: skip
_LABEL = re.compile(r"(?P<label>[A-Za-z]{3,12}) ?: *(?P<value>\S.{0,250})")
_SPLIT = re.compile(r"\s*[|·•/]\s*|\s+[-–—]+\s+")
_DATE_WORDS = re.compile(
    r"\b(?:first|published|posted|publication|updated?|modified|last|edited|created|issued|released?|dated?|on|at|am|pm|time|local|the"
    r"|for|immediate)\b|[\W_]",
    re.I,
)
_LOOSE = re.compile(r"[\s,]+(?:on|at|published|posted|updated)[\s:]*$", re.I)
_PUBLISHED = re.compile(r"\b(?:published|posted|publication|issued|released?|created|filed)\b", re.I)
_UPDATE = re.compile(r"\b(?:updated?|modified|edited|revised)\b", re.I)
_PERIOD = re.compile(r"\b(?:period|cover(?:s|ing|ed|age)|reporting|from|between|as of|valid)\b", re.I)
_RANGE = re.compile(r"\x1e\W*(?:to|until|till|through|and|[-–—])\W*(?:\x1e|present|now|today)", re.I)
#: Items of lists and fields of tables are no head.
_ITEM = re.compile(r"[*•▪◦]|[-–—] |#|\||.{0,40} = ")
#: A new statement about a day begins at its label.
_STATEMENTS = re.compile(r"(?=\b(?:(?:last|first) )?(?:published|posted|issued|released|created|updated?|modified|edited|revised)\b)", re.I)
_OTHER_LABEL = re.compile(r"[A-Za-z][A-Za-z ]{2,40}:\s*\x1e")
#: A sentence of its own that gives the day of publication.
_PUBLISHED_ON = re.compile(r"(?:^|[.!?,;] )(?:Published|Posted)(?: on)?:? *\x1e")
_PLACE_AND_DAY = re.compile(
    r"(?!(?:\w+ )*(?:Press|Statement|Release|Report|Staff|Desk|News|Correspondent|Reporter)\b)"
    r"[^\W\d_][\w.'’-]*(?:,? [^\W\d_a-z][\w.'’-]*){0,4} ?[,(] ?\x1e\)?"
)
_ROW = re.compile(r"\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})? +\w*[^\W\d_]")
_NUMBERS = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d\d){1,2}")

SECTIONS = frozenset(
    [
        "news", "world", "africa", "asia", "europe", "americas", "politics", "security", "conflict", "local", "national",
        "international", "opinion", "analysis", "features", "defence", "defense", "crime", "investigations", "reports", "blog",
        "editorial", "headlines", "home", "war", "region", "regional", "live", "interview", "profile", "explainer",
    ]
) | {"middle east", "latin america", "world news", "top stories", "breaking news", "press release", "press releases"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says. ``mark`` is byline, date or label, or empty where the line is none of a head; ``rank`` tells how sure its day is
    the day of publication (0: it is not); ``is_dateline``: it is a place and a day, "COLOMBO, May 17, 2009", which the article is told
    from."""

    mark: str = ""
    byline: str = ""
    source: str = ""
    section: str = ""
    title: str = ""
    url: str = ""
    day: dt.date | None = None
    rank: int = 0
    is_dateline: bool = False


def label(line: str) -> Said:
    """What a line such as "Source: Plateau Today" says; an empty ``Said`` where its label is none of a head's."""
    match = _LABEL.fullmatch(line)
    name = _LABELS.get(match["label"].lower(), "") if match else ""
    if match is None or not name:
        return Said()
    value = bylines.clean(match["value"]) if name == "byline" else match["value"].strip()
    fields: dict[str, Any] = {name: value} if name != "url" or value.startswith("http") else {}
    return Said("label", **fields)


def parts(line: str, *, region: str = "", hints: str = "") -> Said:
    """What a line of names, day, section and publisher says; an empty ``Said`` where too much else stands in it.

    Args:
        region, hints: as in ``dates.find_date``.
    """
    if _ITEM.match(line):
        return Said()
    is_dated = _NUMBERS.search(line) is not None or dates.find_date(line) is not None
    plain = dates.without_dates(line, "\x1e")
    pieces = [_LOOSE.sub("", part).strip(" ,;:") for part in _SPLIT.split(plain.replace("\x1e", " | "))]
    names = next(filter(None, map(bylines.byline_of, pieces)), "")
    if not names and not is_dated:
        return Said()
    others = [piece for piece in pieces if not bylines.byline_of(piece) and _DATE_WORDS.sub("", piece)]
    section = next((said.section for said in map(label, others) if said.section), "")
    source = next(filter(outlets.is_outlet, others), "")
    others = [piece for piece in others if piece != source and not label(piece).section]
    if len(others) > 3 or sum(len(piece.split()) for piece in others) > 8:
        return Said()
    if others and not names and (furniture.is_prose(line) or re.search(r"[.!?]$", line)) and not _PUBLISHED_ON.search(plain):
        return Said()
    day, rank = _day(line, region, hints) if is_dated else (None, 0)
    if not names and not rank and not (_UPDATE.search(line) or _PERIOD.search(line) or _NUMBERS.search(line)):
        return Said()  # a day under another label, or a range of days under none, is the report's matter
    section = section or _section(others, bool(names) and is_dated and "|" in line)
    is_dateline = not (names or source or section) and bool(others) and _PLACE_AND_DAY.fullmatch(plain.strip(" .")) is not None
    return Said("byline" if names else "date", names, source, section, day=day, rank=rank, is_dateline=is_dateline)


def is_row(line: str) -> bool:
    """Whether a line begins with a day in numbers and goes on with words, as rows of a table do."""
    return _ROW.match(line) is not None


def is_day(line: str) -> bool:
    """Whether a line is a day and no more."""
    return dates.find_date(line) is not None and not _DATE_WORDS.sub("", dates.without_dates(line))


def announces_update(line: str) -> bool:
    """Whether a line says no more than that the day of an update follows."""
    return len(line.split()) <= 4 and _UPDATE.search(line) is not None


def _day(line: str, region: str, hints: str) -> tuple[dt.date | None, int]:
    best: tuple[dt.date | None, int] = (None, 0)
    for statement in _STATEMENTS.split(line):
        plain = dates.without_dates(statement, "\x1e")
        if _UPDATE.search(statement) or _RANGE.search(plain) or (_PERIOD.search(plain) and "\x1e" in plain):
            continue
        rank = LABELLED if _PUBLISHED.search(statement) else BARE
        if rank == BARE and (other := _OTHER_LABEL.search(plain)) and _DATE_WORDS.sub("", other[0]):
            continue
        day = dates.find_date(statement, region=region, hints=hints)
        if day is not None and rank > best[1]:
            best = (day, rank)
    return best


def _section(others: list[str], is_full: bool) -> str:
    """The section among the words that are neither names nor day; words of no known section count only in a full line with separators."""
    known = [piece for piece in others if piece.lower() in SECTIONS]
    free = [
        piece
        for piece in others
        if is_full and len(piece.split()) <= 3 and re.fullmatch(r"[^\W\d][\w &'’-]+", piece) and furniture.kind(piece) == "weak"
    ]
    return next(iter(known + free), "")
