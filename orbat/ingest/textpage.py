"""A page saved as plain text: its head read (title, byline, date, section), its furniture left out.

A text that has neither head nor furniture is just an article and passes unchanged to the letter.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from orbat.ingest import bylines, dates, furniture
from orbat.types import Document

#: A head is looked for in so many lines that are not blank: menus, title, byline, date and credit seldom take more.
_HEAD_LINES = 20
#: So many characters of prose may stand in a head (a standfirst between title and byline) before it counts as the article.
_STANDFIRST = 500
_PARAGRAPHS = 2
#: A head's line is no longer than this.
_HEAD_LINE = 200

_LABELS = {
    "title": "title", "headline": "title", "author": "byline", "authors": "byline", "byline": "byline",
    "source": "source", "publisher": "source", "publication": "source", "newspaper": "source", "outlet": "source",
    "section": "section", "category": "section", "url": "url", "link": "url",
}  # fmt: skip
_LABEL = re.compile(r"(?P<label>[A-Za-z]{3,12}) ?: *(?P<value>\S.{0,250})")
_SPLIT = re.compile(r"\s*[|·•/]\s*|\s+[-–—]+\s+")
_DATE_WORDS = re.compile(
    r"\b(?:first|published|posted|publication|updated?|modified|last|edited|created|issued|released?|dated?|on|at|am|pm|time|local|the)\b|[\W_]",
    re.I,
)
_LOOSE = re.compile(r"[\s,]+(?:on|at|published|posted|updated)[\s:]*$", re.I)
_UPDATE = re.compile(r"\b(?:updated?|modified|edited)\b", re.I)
_NUMBERS = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d\d){1,2}")
_STEPS = re.compile(r"\s*[|>»›▸•·]\s*")
_CRUMBS = re.compile(r"home(?:page)?\s*[>»›/|]\s*(?P<rest>.+)", re.I)
_DATELINE = re.compile(
    r"(?P<place>[^\W\d_][^()\n\d]{1,60}?)(?:, ?(?P<when>[^()\n]{3,40}?))??,?(?: ?\((?P<agency>[A-Z][^()\n]{1,40})\))? ?(?:-{1,2}|—|–)(?=\s)"
)
_SIGN_OFF = re.compile(r"\s*\((?:Additional )?[Rr]eporting(?: and \w+)? by (?P<names>[^;()]{3,120})(?:;[^()]*)?\)?\s*$")
_BIO = re.compile(
    r"\b(?:is|are|was|covers?|reports?|writes?|works?)\b.{0,60}\b(?:correspondents?|reporters?|writers?|editors?|journalists?|analysts?|fellow|researchers?"
    r"|columnists?|covers?|covering|based in)\b|\bcan be (?:reached|followed)\b|\bon Twitter\b"
)
_SECTIONS = frozenset(
    [
        "news",
        "world",
        "africa",
        "asia",
        "europe",
        "americas",
        "politics",
        "security",
        "conflict",
        "local",
        "national",
        "international",
        "opinion",
        "analysis",
        "features",
        "defence",
        "defense",
        "crime",
        "investigations",
        "reports",
        "blog",
        "editorial",
        "headlines",
        "home",
        "war",
        "region",
        "regional",
    ]
) | {"middle east", "latin america", "world news", "top stories", "breaking news", "press release", "press releases", "live"}


@dataclass(slots=True)
class Head:
    """What the head of a page says of the article; empty or None where it says nothing."""

    title: str = ""
    byline: str = ""
    published: dt.date | None = None
    section: str = ""
    source: str = ""
    url: str = ""


def parse(text: str, *, known: Head | None = None, region: str = "") -> tuple[str, Head]:
    """The article in ``text`` and what its head says.

    Args:
        known: what is known already, as from a page's metadata; it is filled where it says nothing. A line that repeats its title is head.
        region: the country of the page, for dates in numbers (see ``dates.find_date``).

    Returns:
        The article's text: the kept lines to the letter with their own line breaks; a blank line where lines between were left out.
    """
    lines = text.split("\n")
    head = known or Head()
    dropped = _read_head(lines, head, region)
    masked = ["" if number in dropped else line for number, line in enumerate(lines)]
    kept = [number for number in furniture.article_lines(masked) if number not in dropped]
    kept = _without_bio(lines, kept, head)
    body = text if len(kept) == len(lines) else _joined(lines, kept)
    if sign_off := next(filter(None, map(_SIGN_OFF.match, reversed(lines))), None):
        head.byline = head.byline or bylines.clean(sign_off["names"])
    _read_dateline(body, head)
    return body, head


def document(text: str, head: Head) -> Document:
    """The document of an article and its head."""
    return Document.of(
        text, title=head.title, source=head.source, published=head.published, byline=head.byline, section=head.section, url=head.url
    )


def _without_bio(lines: list[str], kept: list[int], head: Head) -> list[int]:
    """Leave out a last paragraph that presents the author: it names no one but the author and what he or she is."""
    last = next((number for number in reversed(kept) if lines[number].strip()), -1)
    names = [name for name in head.byline.split(", ") if " " in name]
    if last >= 0 and any(lines[last].strip().startswith(name) for name in names) and _BIO.search(lines[last][:_HEAD_LINE]):
        return [number for number in kept if number != last]
    return kept


def _read_head(lines: list[str], head: Head, region: str) -> set[int]:
    """Fill ``head``; return the numbers of the lines that are head and no article."""
    window = _window(lines)
    start = next((place for place, number in enumerate(window) if furniture.kind(lines[number]) == "prose"), len(window))
    hints = "\n".join(lines[number] for number in window)
    marks: dict[int, str] = {}
    for place, number in enumerate(window):
        line = " ".join(lines[number].split())
        after = " ".join(lines[window[place + 1]].split()) if place + 1 < len(window) else ""
        before = lines[window[place - 1]] if place else ""
        if _UPDATE.search(before) and len(before.split()) <= 4 and not _DATE_WORDS.sub("", dates.without_dates(line)):
            marks[number] = "date"  # the day of the update that the line before announces
        elif marks.get(number) != "byline":
            marks[number] = _mark(line, head, region, hints, place < start)
        if line.lower().rstrip(" :") == "by" and bylines.is_name(after):
            head.byline, marks[number], marks[window[place + 1]] = head.byline or bylines.clean(after), "byline", "byline"
    _title(lines, window[:start], marks, head)
    strong = [number for number in window if marks[number] in ("byline", "date", "label", "crumbs")]
    dropped = {*strong, *(number for number in window if marks[number] == "title")}
    if dropped:  # short lines of the head before its last sure line are menus and the site's name
        last = max(dropped)
        for number in window[:start]:
            if number < last and (
                marks[number] in ("section", "always", "list") or (marks[number] == "weak" and len(lines[number].split()) < 6)
            ):
                dropped.add(number)
                if marks[number] == "section" and not head.section and lines[number].strip().lower() != "home":
                    head.section = lines[number].strip()
    return dropped


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


def _mark(line: str, head: Head, region: str, hints: str, early: bool) -> str:
    """What a line of the window is; what it says goes to ``head``. ``early``: no prose stands before it."""
    if head.title and _same(line, head.title):
        return "title"
    kind = furniture.kind(line)
    steps = _STEPS.split(line)
    if (
        early
        and len(steps) > 2
        and all(len(step.split()) <= 3 and not re.search(r"\d", step) for step in steps)
        and not bylines.byline_of(steps[0])
    ):
        kind = "always"  # a menu
    if len(line) > _HEAD_LINE or (kind == "prose" and len(line) > 2 * furniture.PROSE):
        return kind
    if early and (crumbs := _CRUMBS.fullmatch(line)):
        trail = [part.strip() for part in re.split(r"[>»›/|]", crumbs["rest"]) if part.strip()]
        short = [part for part in trail if len(part.split()) <= 3]
        head.section = head.section or (short[-1] if short else "")
        return "crumbs"
    if early and (label := _LABEL.fullmatch(line)) and (name := _LABELS.get(label["label"].lower())):
        value = bylines.clean(label["value"]) if name == "byline" else label["value"].strip()
        if not getattr(head, name) and (name != "url" or value.startswith("http")):
            setattr(head, name, value)
        return "label"
    if kind in ("weak", "prose") and (mark := _parts(line, head, region, hints)):
        return mark
    return "section" if kind == "weak" and line.lower() in _SECTIONS else kind


def _parts(line: str, head: Head, region: str, hints: str) -> str:
    """Read a line of byline, date and section in any order and with any separators; "" where it is none."""
    is_dated = _NUMBERS.search(line) is not None or dates.find_date(line) is not None
    parts = [_LOOSE.sub("", part).strip(" ,;:") for part in _SPLIT.split(dates.without_dates(line, " | "))]
    names = next(filter(None, map(bylines.byline_of, parts)), "")
    others = [part for part in parts if not bylines.byline_of(part) and _DATE_WORDS.sub("", part)]
    if not (names or is_dated) or len(others) > 3 or sum(len(part.split()) for part in others) > 8:
        return ""
    if not names and others and furniture.is_prose(line):
        return ""
    head.byline = head.byline or names
    if is_dated and head.published is None and not _UPDATE.search(line.split("|")[0] if names else line):
        head.published = dates.find_date(line, region=region, hints=hints)
    if not head.section:
        known = [part for part in others if part.lower() in _SECTIONS]
        # any other short words count only between separators, beside both a byline and a day
        free = [
            part
            for part in others
            if names and is_dated and "|" in line and len(part.split()) <= 3 and re.fullmatch(r"[^\W\d][\w &'’-]+", part)
        ]
        head.section = next(iter(known + [part for part in free if furniture.kind(part) == "weak"]), "")
    return "byline" if names else "date"


def _title(lines: list[str], window: list[int], marks: dict[int, str], head: Head) -> None:
    """Find the title among the short lines before the article; ``window`` ends where prose begins."""
    if head.title:
        return
    sure = any(marks[number] in ("byline", "date", "label", "crumbs") for number in marks)
    candidates = [number for number in window if marks[number] in ("weak", "section") and _is_headline(lines[number])]
    if not sure:
        # nothing else says that this is a page: only a first line that stands alone above prose is a title
        first = window[0] if window else -1
        alone = (
            first >= 0 and len(window) == 1 and len(lines) > first + 1 and not lines[first + 1].strip() and len(lines[first].split()) >= 3
        )
        candidates = (
            [first] if alone and first in candidates and any(furniture.is_prose(line.strip()) for line in lines[first + 1 :]) else []
        )
    # the first that is as long as headlines are; shorter ones may be the site's name
    by_length = ([number for number in candidates if len(lines[number].split()) >= words] for words in (5, 4, 2))
    if chosen := next(filter(None, by_length), [])[:1]:
        head.title, marks[chosen[0]] = " ".join(lines[chosen[0]].split()).strip(" #*"), "title"


def _is_headline(line: str) -> bool:
    line = line.strip()
    return len(line) <= _HEAD_LINE and len(line.split()) >= 2 and not re.search(r"[.:,;]$", line) and not re.match(r"[a-z(\[\-–—•*]", line)


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
    first = next((line.strip() for line in body.split("\n", 40)[:40] if line.strip()), "")
    match = _DATELINE.match(first[:_HEAD_LINE])
    if match is None or len(match["place"].split()) > 6 or not match["place"][0].isupper():
        return
    day = dates.find_date(match["when"] or "")
    if match["agency"]:
        head.source = head.source or match["agency"].strip()
    head.published = head.published or day
