"""A page saved as plain text: its head read (title, byline, date, section), its furniture left out.

A text that has neither head nor furniture is just an article and passes unchanged to the letter.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from orbat.errors import ReadError
from orbat.ingest import bylines, dates, furniture, headlines, outlets, tails
from orbat.types import Document

#: Characters of the longest text that is taken for one page; "War and Peace" has 3.2 million. Lines of one sign take 3 s a million.
MAX_TEXT = 4 * 2**20
#: A head is looked for in so many lines that are not blank: menus, title, byline, date and credit seldom take more.
_HEAD_LINES = 20
#: So many characters of prose may stand in a head (a standfirst between title and byline) before it counts as the article.
_STANDFIRST = 500
_PARAGRAPHS = 2
#: Short lines below the title are head so many lines from a byline or a day.
_NEAR = 3

#: Marks of lines that only a page's head has.
_SURE = ("byline", "date", "label", "crumbs")
_STEPS = re.compile(r"\s*[|>»›▸•·]\s*")
_CRUMBS = re.compile(r"home(?:page)?\s*[>»›/|]\s*(?P<rest>.+)", re.I)
_DATELINE = re.compile(
    r"\(?(?P<place>[^\W\d_][^()\n\d]{1,60}?)(?:, ?(?P<when>[^()\n]{3,40}?))??\)?,?(?: ?\((?P<agency>[A-Z][^()\n]{1,40})\))?"
    r" ?(?:-{1,2}|—|–|(?<=\d):)(?=\s)"
)
_SIGN_OFF = re.compile(r"\s*\((?:Additional )?[Rr]eporting(?: and \w+)? by (?P<names>[^;()]{3,120})(?:;[^()]*)?\)?\s*$")
_BIO = re.compile(
    r"\b(?:is|are|was|covers?|reports?|writes?|works?)\b.{0,60}\b(?:correspondents?|reporters?|writers?|editors?|journalists?|analysts?|fellow|researchers?"
    r"|columnists?|covers?|covering|based in)\b|\bcan be (?:reached|followed)\b|\bon Twitter\b"
)


@dataclass(slots=True)
class Head:
    """What the head of a page says of the article; empty or None where it says nothing."""

    title: str = ""
    byline: str = ""
    published: dt.date | None = None
    section: str = ""
    source: str = ""
    url: str = ""


def parse(text: str, *, known: Head | None = None, region: str = "", whole: bool = False) -> tuple[str, Head]:
    """The article in ``text`` and what its head says.

    Args:
        known: what is known already, as from a page's metadata; it is filled where it says nothing. A line that repeats its title is head.
        region: the country of the page, for dates in numbers (see ``dates.find_date``).
        whole: nothing below the head is left out, as in a report, which has no furniture.

    Returns:
        The article's text: the kept lines to the letter with their own line breaks; a blank line where lines between were left out.

    Raises:
        ReadError: longer than ``MAX_TEXT``, unless ``whole``: only the furniture of a page takes long to find.
    """
    lines = (text if whole else bounded(text)).split("\n")
    head = known or Head()
    given = head.title
    dropped = _read_head(lines, head, region)
    if whole:
        kept = [number for number in range(len(lines)) if number not in dropped]
    else:
        end = tails.end_mark(lines)
        masked = ["" if number in dropped else line for number, line in enumerate(lines[:end])]
        kept = [number for number in furniture.article_lines(masked) if number not in dropped]
        kept = _without_bio(lines, tails.without_tail(lines, kept), head)
    kept = _without_title(lines, kept, head) if head.title != given else kept
    _read_furniture(lines, kept, head)
    body = text if len(kept) == len(lines) else _joined(lines, kept)
    if sign_off := next(filter(None, map(_SIGN_OFF.match, reversed(lines))), None):
        head.byline = head.byline or bylines.clean(sign_off["names"])
    _read_dateline(body, head)
    return body, head


def bounded(text: str) -> str:
    """``text`` itself, if it is not too long to be one page.

    Raises:
        ReadError: longer than ``MAX_TEXT``.
    """
    if len(text) > MAX_TEXT:
        raise ReadError(
            f"It has {len(text):,} characters.", f"One text has {MAX_TEXT:,} at most.", "Split it, or give many articles as JSON Lines."
        )
    return text


def document(text: str, head: Head) -> Document:
    """The document of an article and its head."""
    return Document.of(
        text, title=head.title, source=head.source, published=head.published, byline=head.byline, section=head.section, url=head.url
    )


def _without_bio(lines: list[str], kept: list[int], head: Head) -> list[int]:
    """Leave out a last paragraph that presents the author: it names no one but the author and what he or she is."""
    last = next((number for number in reversed(kept) if lines[number].strip()), -1)
    names = [name for name in head.byline.split(", ") if " " in name]
    if last >= 0 and any(lines[last].strip().startswith(name) for name in names) and _BIO.search(lines[last][: headlines.LONGEST]):
        return [number for number in kept if number != last]
    return kept


def _without_title(lines: list[str], kept: list[int], head: Head) -> list[int]:
    """Leave out the title of a page of which something else was left out; where nothing was, it may be the text's first words and stays."""
    first = next((number for number in kept if lines[number].strip()), -1)
    is_page = len(kept) < len(lines)
    return [number for number in kept if number != first] if is_page and first >= 0 and _same(lines[first], head.title) else kept


def _read_furniture(lines: list[str], kept: list[int], head: Head) -> None:
    """The owner of the copyright is the source, where the head names none."""
    gone = set(range(len(lines))).difference(kept) if not head.source else ()
    owners = (outlets.copyright_owner(lines[number][: headlines.LONGEST]) for number in sorted(gone))
    head.source = head.source or next(filter(None, owners), "")


def _read_head(lines: list[str], head: Head, region: str) -> set[int]:
    """Fill ``head``; return the numbers of the lines that are head and no article."""
    given = head.title
    window = _window(lines)
    start = next((place for place, number in enumerate(window) if furniture.kind(lines[number]) == "prose"), len(window))
    hints = "\n".join(lines[number] for number in window)
    said = _read_lines([" ".join(lines[number].split()) for number in window], start, region, hints)
    marks = {number: _mark(lines[number], one, head, place < start) for place, (number, one) in enumerate(zip(window, said, strict=True))}
    _fill(head, said)
    _title(lines, window[:start], marks, head)
    is_page = given or any(mark in _SURE for mark in marks.values())
    dropped = {number for number in window if marks[number] in (*_SURE, "title")} if is_page else set()
    dropped -= {number for number, one in zip(window, said, strict=True) if one.is_dateline}
    if not dropped:
        return dropped
    titled = next((number for number in window if marks[number] == "title"), -1)
    for place, number in enumerate(window[:start]):  # short lines of the head before its last sure line are menus and the site's name
        line = " ".join(lines[number].split())
        if number >= max(dropped) or marks[number] not in ("section", "always", "list", "weak"):
            continue
        if marks[number] == "weak" and outlets.is_outlet(line):
            head.source = head.source or line
        elif marks[number] == "section" or (number < titled and line.isupper() and len(line.split()) <= 3 and marks[number] == "weak"):
            head.section = head.section or (line if line.lower() != "home" else "")
        elif marks[number] == "weak" and (len(line.split()) >= 6 or (number > titled and not _is_near(place, window, marks))):
            continue
        dropped.add(number)
    return dropped


def _is_near(place: int, window: list[int], marks: dict[int, str]) -> bool:
    """Whether a sure line of the head stands within a few lines; lists of names and figures further off are the page's matter."""
    return any(marks[number] in _SURE for number in window[max(0, place - _NEAR) : place + _NEAR + 1])


def _read_lines(lines: list[str], start: int, region: str, hints: str) -> list[headlines.Said]:
    """What each line of the window says. From ``start`` on, where prose has begun, a bare day counts only beside a byline."""
    said: list[headlines.Said] = []
    is_table = sum(headlines.is_row(line) for line in lines) > 2
    for place, line in enumerate(lines):
        before = lines[place - 1] if place else ""
        if said and said[-1].mark == "by":
            said[-1] = headlines.Said("byline")
            said.append(headlines.Said("byline", bylines.clean(line)))
        elif line.lower().rstrip(" :") == "by" and place + 1 < len(lines) and bylines.is_name(lines[place + 1]):
            said.append(headlines.Said("by"))
        elif headlines.announces_update(before) and headlines.is_day(line):
            said.append(headlines.Said("date"))  # the day of the update that the line before announces
        elif (is_table and headlines.is_row(line)) or _is_paragraph(line):
            said.append(headlines.Said())
        else:
            one = headlines.label(line) if place < start else headlines.Said()
            said.append(one if one.mark else headlines.parts(line, region=region, hints=hints))
    for place, one in enumerate(said):
        if place >= start and one.mark == "date" and one.rank != headlines.LABELLED:
            beside = said[max(0, place - _NEAR) : place + _NEAR + 1]
            said[place] = one if any(other.mark == "byline" for other in beside) else headlines.Said()
    return said


def _is_paragraph(line: str) -> bool:
    return len(line) > headlines.LONGEST or (furniture.is_prose(line) and len(line) > 2 * furniture.PROSE)


def _fill(head: Head, said: list[headlines.Said]) -> None:
    """Fill what ``head`` leaves open with the first that the lines say; of the days, the first of the highest rank."""
    for name in ("title", "byline", "section", "source", "url"):
        if not getattr(head, name):
            setattr(head, name, next((getattr(one, name) for one in said if getattr(one, name)), ""))
    best = max(said, key=lambda one: one.rank, default=headlines.Said())
    head.published = head.published or (best.day if best.rank else None)


def _window(lines: list[str]) -> list[int]:
    """The numbers of the lines in which a head may stand: up to the second paragraph, or to what follows an article."""
    window: list[int] = []
    prose = paragraphs = 0
    for number, line in enumerate(lines):
        kind = furniture.kind(line)
        if kind == "blank":
            continue
        if prose and kind in ("list", "comments"):
            break
        window.append(number)
        if kind == "prose":
            prose, paragraphs = prose + len(line), paragraphs + 1
        if prose > _STANDFIRST or paragraphs > _PARAGRAPHS or len(window) == _HEAD_LINES:
            break
    return window


def _mark(line: str, said: headlines.Said, head: Head, early: bool) -> str:
    """What a line of the window is; crumbs fill ``head``'s section. ``early``: no prose stands before it."""
    line = " ".join(line.split())
    if head.title and _same(line, head.title):
        return "title"
    if early and (crumbs := _CRUMBS.fullmatch(line)):
        trail = [part.strip() for part in re.split(r"[>»›/|]", crumbs["rest"]) if part.strip()]
        head.section = head.section or next((part for part in reversed(trail) if len(part.split()) <= 3), "")
        return "crumbs"
    if said.mark:
        return said.mark
    steps = _STEPS.split(line)
    if early and len(steps) > 2 and all(len(step.split()) <= 3 and not re.search(r"\d", step) for step in steps):
        return "always"  # a menu
    kind = furniture.kind(line)
    return "section" if kind == "weak" and line.lower() in headlines.SECTIONS else kind


def _title(lines: list[str], window: list[int], marks: dict[int, str], head: Head) -> None:
    """Find the title among the short lines before the article; ``window`` ends where prose begins."""
    if head.title:
        return
    sure = any(mark in _SURE for mark in marks.values())
    candidates = [number for number in window if marks[number] in ("weak", "section") and _is_headline(lines[number])]
    if not sure:
        # nothing else says that this is a page: only a first line that stands apart above prose is a title
        first = window[0] if window else -1
        is_title = first in candidates and _stands_above(lines, first, len(window))
        candidates = [first] if is_title and any(furniture.is_prose(line.strip()) for line in lines[first + 1 :]) else []
    names = {number for number in candidates if outlets.is_outlet(lines[number].strip())}
    candidates = [number for number in candidates if number not in names] or [one for one in candidates if len(lines[one].split()) >= 4]
    # the first that is as long as headlines are; shorter ones may be the site's name
    by_length = ([number for number in candidates if len(lines[number].split()) >= words] for words in (5, 4, 2))
    if chosen := next(filter(None, by_length), [])[:1]:
        head.title, marks[chosen[0]] = " ".join(lines[chosen[0]].split()).strip(" #*"), "title"


def _stands_above(lines: list[str], first: int, short: int) -> bool:
    """Whether the first of some short lines stands apart from what follows, with a dateline or so below it; or is as long as headlines
    are, and far shorter than the paragraph right below it."""
    words = len(lines[first].split())
    below, next_below = (lines[n].strip() if n < len(lines) else "" for n in (first + 1, first + 2))
    if not below:
        return words >= 3 if short == 1 else words >= 5 and short <= _NEAR
    if short == 2:
        return words >= 5 and not next_below
    return short == 1 and words >= 5 and len(below) > 2 * len(lines[first]) and not below[0].islower()


def _is_headline(line: str) -> bool:
    line = line.strip()
    is_short = len(line) <= headlines.LONGEST and len(line.split()) >= 2
    return is_short and not re.search(r"[.:,;]$", line) and not re.match(r"[a-z(\[\-–—•*]|\d+[/.)] ", line)


def _same(one: str, other: str) -> bool:
    return re.sub(r"\W+", " ", one).strip().lower() == re.sub(r"\W+", " ", other).strip().lower()


def _joined(lines: list[str], kept: list[int]) -> str:
    """The kept lines; runs that stood together keep their blank lines, others get one blank line between."""
    out: list[str] = []
    previous = -1
    for number in kept:
        if not lines[number].strip():
            continue
        if out:
            between = range(previous + 1, number)
            out.append("\n".join(["", *(lines[i] for i in between), ""]) if all(not lines[i].strip() for i in between) else "\n\n")
        out.append(lines[number])
        previous = number
    return "".join(out)


def _read_dateline(body: str, head: Head) -> None:
    """ "BAMAKO, 4 May 2017 (Agency) - " names the source, and the day, where nothing better does; it stays in the text."""
    for line in body.split("\n", 40)[:40]:
        match = _DATELINE.match(line.strip()[: headlines.LONGEST]) if not _same(line, head.title) else None
        if match or furniture.is_prose(line.strip()):
            break
    else:
        return
    if match is None or len(match["place"].split()) > 6 or not match["place"][0].isupper():
        return
    agency = (match["agency"] or "").strip()
    day = dates.find_date(match["when"] or "") or dates.find_date(agency)
    if agency and outlets.is_agency(agency) and not re.search(r"\b\d{1,2}\b", agency):
        head.source = head.source or agency
    head.published = head.published or day
