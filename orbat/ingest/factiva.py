"""The marks of Factiva exports.

Each article ends with "Document" and its accession number. With indexing, its parts stand under two-letter codes (HD headline, BY byline,
WC words, PD day, SN publication, LP lead paragraph, TD text, AN accession number); without, they stand in that order without codes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from orbat.ingest import bylines, dates, headlines
from orbat.ingest.lines import Line, blocks, joined
from orbat.ingest.textpage import Head

#: A source's code, zeros, the day, and a part without meaning, such as LBA0000020170101ed1100cz1.
_NUMBER = r"[A-Z][A-Z0-9]{0,9}(?:19|20)\d\d[01]\d[0-3]\d[a-z0-9]{5,14}"
_END = re.compile(rf"(?:AN[\t |]+)?Document (?P<number>{_NUMBER})[ |]*")
_WORDS = re.compile(r"(?:WC[\t |]+)?[\d,.]+ words[ |]*", re.I)
_CODES = frozenset(
    [
        "SE", "HD", "BY", "CR", "WC", "PD", "ET", "SN", "SC", "ED", "PG", "VOL", "LA", "CY", "LP", "TD", "ART", "CLM", "CX", "RF", "CT",
        "CO", "IN", "NS", "RE", "IPC", "IPD", "PUB", "AN", "DE", "GC", "LC", "MV", "TKR",
    ]
)  # fmt: skip
_CODE = re.compile(r"(?P<code>[A-Z]{2,3})(?:[ ]*(?:\t|\||\x1f)[\s|]*(?P<value>.*)|[ ]{2,}(?P<spaced>\S.*)|)")
_COPYRIGHT = re.compile(r"(?:copyright\b|©|\(c\))(?! law| case).{0,200}|.{0,120}\ball rights reserved\b.{0,80}", re.I)
_PAGE = re.compile(r"page \d{1,5}(?: of \d{1,5})?(?: (?:©|\(c\)).{0,100})?|(?:©|\(c\)) ?\d{4} factiva.{0,80}", re.I)
_TIME = re.compile(r"\d{1,2}:\d\d(?: ?[A-Z]{2,4})?")
_SOURCE_CODE = re.compile(r"[A-Z][A-Z0-9]{1,9}")
_LANGUAGE = re.compile(
    r"english|arabic|chinese(?: - .+)?|dutch|french|german|hausa|hindi|indonesian|italian|japanese|portuguese|russian|spanish|swahili"
    r"|turkish|ukrainian|urdu",
    re.I,
)
#: So many lines lie between the count of words and the text: day, time, publication, its code, edition, page, volume, language, rights.
_META = 14


def is_factiva(lines: Sequence[Line]) -> bool:
    """Whether a line ends an article with its accession number, and another tells the count of its words."""
    ends = any(line and _END.fullmatch(line.text) for line in lines)
    return ends and any(line and _WORDS.fullmatch(line.text) for line in lines)


def is_field(text: str) -> bool:
    """Whether a line is a field or a mark and no part of a paragraph."""
    return bool(_END.fullmatch(text) or _WORDS.fullmatch(text) or _PAGE.fullmatch(text) or _is_meta(text))


def parts(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines of each article, its last that with the accession number; a summary of the search after the last is left out."""
    out: list[list[Line]] = [[]]
    for line in lines:
        if _PAGE.fullmatch(line.text):
            continue
        out[-1].append(line)
        if _END.fullmatch(line.text):
            out.append([])
    return [part for part in out if any(_WORDS.fullmatch(line.text) or _END.fullmatch(line.text) for line in part)]


def article(part: Sequence[Line]) -> tuple[str, Head, str]:
    """The text, the head and the accession number of one article's lines."""
    number = next((match["number"] for line in part if (match := _END.fullmatch(line.text))), "")
    rest = [line for line in part if not _END.fullmatch(line.text)]
    coded = sum(1 for line in rest if (match := _CODE.fullmatch(line.text)) and match["code"] in ("HD", "PD", "SN", "LP", "TD", "WC"))
    text, head = _coded(rest) if coded >= 3 else _plain(rest)
    return text, head, number


def _coded(part: Sequence[Line]) -> tuple[str, Head]:
    fields: dict[str, list[Line]] = {}
    held: list[Line] = []
    for line in part:
        match = _CODE.fullmatch(line.text)
        if match and match["code"] in _CODES:
            held = fields.setdefault(match["code"], [])
            held.append(Line((match["value"] or match["spaced"] or "").strip(" |")))
        else:
            held.append(Line(line.text.strip(" |"), line.style))

    def said(code: str) -> str:
        return joined([line for line in fields.get(code, ()) if line])

    text = [joined(block) for code in ("LP", "TD") for block in blocks(fields.get(code, ()))]
    head = Head(said("HD"), bylines.clean(said("BY")), dates.find_date(said("PD")), said("SE"), said("SN"))
    return "\n\n".join(text), head


def _plain(part: Sequence[Line]) -> tuple[str, Head]:
    at = next((number for number, line in enumerate(part) if _WORDS.fullmatch(line.text)), -1)
    if at < 0:
        return "", Head()
    title, byline, section = _above([line for line in part[:at] if line])
    meta = [number for number in range(at + 1, len(part)) if part[number]][:_META]
    day, source = _below([part[number].text for number in meta])
    last = max((number for number in meta if _is_meta(part[number].text)), default=at)
    text = [joined(block) for block in blocks(part[last + 1 :])]
    return "\n\n".join(text), Head(title, byline, day, section, source)


def _is_meta(text: str) -> bool:
    return bool(_COPYRIGHT.fullmatch(text) or _LANGUAGE.fullmatch(text) or _SOURCE_CODE.fullmatch(text) or _TIME.fullmatch(text))


def _above(lines: list[Line]) -> tuple[str, str, str]:
    """Title, byline and section from the lines above the count of words."""
    byline = ""
    if len(lines) > 1 and not lines[-1].style:
        byline = bylines.byline_of(lines[-1].text) or (bylines.clean(lines[-1].text) if bylines.is_name(lines[-1].text) else "")
        lines = lines[:-1] if byline else lines
    title = next((line for line in reversed(lines) if line.style), lines[-1] if lines else Line(""))
    first = lines[0].text if len(lines) > 1 and lines[0] is not title else ""
    is_section = first.lower() in headlines.SECTIONS or first.isupper() or len(first.split()) <= 3
    return title.text, byline, first if is_section else ""


def _below(lines: list[str]) -> tuple[dt.date | None, str]:
    """Day and publication: the line after the day and its time of day."""
    at = next((number for number, text in enumerate(lines[:3]) if dates.find_date(text) or dates.is_partial(text)), -1)
    after = [text for text in lines[at + 1 :] if not _TIME.fullmatch(text)]
    return dates.find_date(lines[at]) if at >= 0 else None, after[0] if at >= 0 and after else ""
