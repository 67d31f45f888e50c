"""The marks of LexisNexis exports.

Two layouts are in use. Since 2018 (Nexis Uni, Lexis+): title, publication, day, copyright, "Section:", "Length:", "Byline:", "Body", the
text, "Classification", "Load-Date:", "End of Document". Before (LexisNexis Academic): "3 of 200 DOCUMENTS", publication, day, title,
"BYLINE:", "SECTION:", "LENGTH:", the text, "LOAD-DATE:", "LANGUAGE:", copyright.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from orbat.ingest import bylines, dates, furniture
from orbat.ingest.lines import Line, blocks, joined
from orbat.ingest.textpage import Head

_END = re.compile(r"end of document\.?", re.I)
_START = re.compile(r"(?:document )?\d{1,5} of \d{1,5} documents?", re.I)
_LENGTH = re.compile(r"length ?: ?[\d,.]+ words?", re.I)
_LOADED = re.compile(r"load-date ?: ?\S.*", re.I)
_ANNOUNCED = re.compile(r"documents? \((?P<total>\d{1,5})\)", re.I)
_PAGE = re.compile(r"page \d{1,5}(?: of \d{1,5})?", re.I)
_COPYRIGHT = re.compile(r"(?:copyright\b|©|\(c\) ?(?:19|20)\d\d)(?! law| case).{0,200}|.{0,120}\ball rights reserved\b.{0,80}", re.I)

_BODY = re.compile(r"body", re.I)
_NAMES = "byline|section|length|dateline|highlight|headline|edition|series|column|source|distribution|sub-?head(?:line)?"
_LABEL = re.compile(rf"(?P<label>{_NAMES}) ?:(?= |$)", re.I)
#: In the older layout, where the text follows without a mark, labels count in capitals only: an article may have a line "Source: ...".
_LABELS_OLD = re.compile(rf"(?:{_NAMES.upper()}) ?:")
_TAIL = re.compile(
    r"(?:GRAPHIC|LOAD-DATE|LANGUAGE|PUBLICATION-TYPE|PUB-TYPE|JOURNAL-CODE|SUBJECT|DOCUMENT-TYPE|CORRECTION(?:-DATE)?|TYPE|NOTES?|ORGANIZATION"
    r"|COMPANY|INDUSTRY|GEOGRAPHIC|PERSON|COUNTRY|STATE|CITY|TICKER|ACC-NO) ?:"
)
#: Headings of what stands between the text and its classification: captions, and notes of the service.
_ASIDE = re.compile(r"graphic|notes", re.I)
_ASIDE_LINES = 12
#: So many blocks of an older part are searched for its day; so many may stand between it and the first label: edition and title.
_HEAD = 8
_TOP = 5
#: A line with a day is no longer than this.
_DAY = 70


def is_nexis(lines: Sequence[Line]) -> bool:
    """Whether a line tells the day of loading, and another the length or the end of an article."""
    found = [bool(_LOADED.fullmatch(line.text)) for line in lines if line]
    others = (line for line in lines if line and (_LENGTH.fullmatch(line.text) or _END.fullmatch(line.text) or _START.fullmatch(line.text)))
    return any(found) and next(others, None) is not None


def is_field(text: str) -> bool:
    """Whether a line is a field or a mark, or the day, and no part of a paragraph."""
    marks = (_END, _START, _LENGTH, _LOADED, _BODY, _ASIDE, _COPYRIGHT, _PAGE)
    return bool(_LABEL.match(text) or _TAIL.match(text) or any(mark.fullmatch(text) for mark in marks)) or _is_day(text)


def announced(lines: Sequence[Line]) -> int:
    """How many documents the export's cover says that it holds; 0 where it says nothing."""
    for line in lines:
        if match := _ANNOUNCED.fullmatch(line.text):
            return int(match["total"])
    return 0


def parts(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines of each article; what stands before the first and after the last without the marks of one is left out."""
    out: list[list[Line]] = [[]]
    for line in lines:
        if _START.fullmatch(line.text) or _END.fullmatch(line.text):
            out.append([])
        elif not _PAGE.fullmatch(line.text):
            out[-1].append(line)
    return [part for part in out if any(_is_mark(line.text) or furniture.is_prose(line.text) for line in part)]


def article(part: Sequence[Line]) -> tuple[str, Head, str]:
    """The text and head of one article's lines. Nexis gives no id of its own."""
    body = next((number for number, line in enumerate(part) if _BODY.fullmatch(line.text)), -1)
    if body >= 0:
        title, source, day, labels = _top(part[:body])
        paragraphs = blocks(part[body + 1 : _end(part, body + 1)])
    else:
        title, source, day, labels, paragraphs = _older(part)
    text = [words for block in paragraphs if not _COPYRIGHT.fullmatch(words := joined(block))]
    head = Head(
        labels.get("headline") or title,
        bylines.clean(labels.get("byline", "")),
        day,
        labels.get("section", "").split(";")[0].strip(),
        source or labels.get("source", ""),
    )
    return "\n\n".join(_led(text, labels)), head, ""


def _led(text: list[str], labels: dict[str, str]) -> list[str]:
    """The paragraphs with the dateline, which the service takes out of the text, and the standfirst back before them."""
    place, standfirst = labels.get("dateline", "").rstrip(" -–—:"), labels.get("highlight", "")
    if text and place and place.lower() not in text[0][: len(place) + 40].lower():
        text = [f"{place} — {text[0]}", *text[1:]]
    return [standfirst, *text] if text and furniture.is_prose(standfirst) and standfirst not in text else text


def _is_mark(text: str) -> bool:
    return bool(_LENGTH.fullmatch(text) or _LOADED.fullmatch(text) or _BODY.fullmatch(text))


def _is_day(text: str) -> bool:
    return len(text) <= _DAY and (dates.find_date(text) is not None or dates.is_partial(text))


def _top(lines: Sequence[Line]) -> tuple[str, str, dt.date | None, dict[str, str]]:
    """Title, publication, day and labels above "Body"."""
    first = next((number for number, line in enumerate(lines) if _LABEL.match(line.text) or _COPYRIGHT.fullmatch(line.text)), len(lines))
    top = [line for line in lines[:first] if line]
    at = next((number for number in range(len(top) - 1, -1, -1) if _is_day(top[number].text)), -1)
    above = top[:at] if at >= 0 else top
    source = above[-1].text if at > 0 and len(above) > 1 else ""
    styled = [line.text for line in above if line.style and line.text != source]
    title = styled[-1] if styled else above[-2].text if source else above[-1].text if above else ""
    return title, source, dates.find_date(top[at].text) if at >= 0 else None, _labels(lines[first:])


def _labels(lines: Sequence[Line]) -> dict[str, str]:
    """The labelled values; one that runs over several lines ends at a line without words."""
    labels: dict[str, str] = {}
    label = ""
    for line in lines:
        if match := _LABEL.match(line.text):
            label = match["label"].lower()
            labels.setdefault(label, line.text[match.end() :].strip())
        elif not line or _COPYRIGHT.fullmatch(line.text):
            label = ""
        elif label:
            labels[label] = f"{labels[label]} {line.text}".strip()
    return labels


def _end(part: Sequence[Line], start: int) -> int:
    """Where the text that begins after "Body" ends: at the last "Classification", or at "Graphic" or "Notes" shortly above it."""
    loaded = max((number for number, line in enumerate(part) if _LOADED.fullmatch(line.text)), default=len(part))
    named = [number for number in range(start, loaded) if part[number].text.lower() == "classification"]
    end = named[-1] if named else loaded
    asides = [number for number in range(start, end) if _ASIDE.fullmatch(part[number].text)]
    return next((number for number in asides if sum(1 for line in part[number:end] if line) <= _ASIDE_LINES), end)


def _older(part: Sequence[Line]) -> tuple[str, str, dt.date | None, dict[str, str], list[list[Line]]]:
    """Title, publication, day, labels and text of the layout without "Body"."""
    found = blocks(part)
    at = next((number for number, block in enumerate(found[:_HEAD]) if any(_is_day(line.text) for line in block)), -1)
    day = next((dates.find_date(line.text) for line in found[at] if _is_day(line.text)), None) if at >= 0 else None
    source = joined(found[at - 1]) if at > 0 else ""
    if at >= 0 and not _is_day(found[at][0].text):  # publication and day in one block
        source = found[at][0].text
    start = at + 1
    labelled = next(
        (number for number in range(start, min(len(found), start + _TOP)) if _LABELS_OLD.match(found[number][0].text)), start + 1
    )
    above = [joined(block) for block in found[start:labelled]]  # an edition may stand before the title
    title = ""
    if above and not any(map(furniture.is_prose, above)):
        title, start = above[-1], labelled
    labels: dict[str, str] = {}
    while start < len(found) and _LABELS_OLD.match(found[start][0].text):
        labels.update(_labels(found[start]))
        start += 1
    rest = found[start:]
    end = next((number for number, block in enumerate(rest) if _TAIL.match(block[0].text)), len(rest))
    return title, source, day, labels, rest[:end]
