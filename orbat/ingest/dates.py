"""The day on which an article was published, from the ways in which pages write it. Never a guess.

A day counts only if it is certain: ``03/04/2018`` is 3 April in one country and 4 March in another, so it is read only
where the same stretch of text or the page decides (a weekday beside it, another date that can be read one way only, the
page's region). A year or a month alone is no day.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
_WEEKDAYS |= {name.lower(): number for number, name in enumerate(calendar.day_abbr)} | {"tues": 1, "wednes": 2, "thur": 3, "thurs": 3}

_MONTH = r"(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_WEEKDAY = r"(?:\b(?P<weekday>" + "|".join(sorted(_WEEKDAYS, key=len, reverse=True)) + r")\b\.?,?\s*(?:the\s+)?)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)\b"
_SHORT_YEAR = r"'?(?P<year>(?:19|20)?\d\d)\b(?![:/])"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"

_ISO = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<mark>[-/.]?)(?P<month>0[1-9]|1[0-2])(?P=mark)(?P<day>0[1-9]|[12]\d|3[01])(?!\d)")
_DAY_MONTH_YEAR = re.compile(rf"{_WEEKDAY}(?<!\d){_DAY}[ \u00a0\-.]*(?:of\s+)?{_MONTH},?[ \u00a0\-]*{_SHORT_YEAR}", re.I)
_MONTH_DAY_YEAR = re.compile(rf"{_WEEKDAY}\b{_MONTH}[ \u00a0]*{_DAY},?[ \u00a0]+(?:at\s+)?{_YEAR}", re.I)
_YEAR_MONTH_DAY = re.compile(rf"(?<!\d){_YEAR}[ \-,]+{_MONTH}[ \-]+{_DAY}\b", re.I)
_NUMBERS = re.compile(rf"{_WEEKDAY}(?<![\d./-])(?P<one>\d\d?)(?P<mark>[-/.])(?P<two>\d\d?)(?P=mark){_YEAR}", re.I)
_PATH = re.compile(r"/(?P<year>(?:19|20)\d\d)[/-](?P<month>0?[1-9]|1[0-2]|[a-z]{3})[/-](?P<day>0?[1-9]|[12]\d|3[01])(?=/|-|$)", re.I)

_CLOCK = re.compile(
    rf"\b(?:{'|'.join(calendar.day_name)})\b\.?,?|\b(?:{'|'.join(_WEEKDAYS)})\b\.?,?(?=\s*\d)|\bT?\d{{1,2}}[:.h]\d\d(?:[:.]\d\d)?(?:\.\d+)?\s*(?:[ap]\.?m\b\.?|hrs\b|h\b)?|\b\d{{1,2}}\s*[ap]\.?m\b\.?"
    r"|\b(?:GMT|UTC|EST|EDT|CET|CEST|EAT|WAT|CAT|BST|PST|PDT|IST|MSK|AST|PKT)\b|[+-]\d\d:?\d\d\b|\bZ\b",
    re.I,
)

#: Regions that write the month first (Unicode CLDR's short date form); English without a region says nothing.
_MONTH_FIRST = frozenset({"us", "fm", "mh", "pw", "gu", "as", "pr", "vi"})
#: Longest stretch of text searched for a date; a head line is shorter.
_LONGEST = 2_000


def find_date(text: str, *, region: str = "", hints: str = "") -> dt.date | None:
    """The first certain day in ``text``, or None.

    Args:
        region: the page's two-letter country, where it states one ("us" writes the month first, the others the day).
        hints: more of the same page, where a date that can be read in one way only shows the page's habit.
    """
    text = text[:_LONGEST]
    found = sorted(_written(text), key=lambda item: item[0])
    numbers = _numbers(text, region.lower(), hints[:_LONGEST])
    if numbers and (not found or numbers[0] < found[0][0]):
        return numbers[1]
    return found[0][1] if found else None


def date_of_url(url: str) -> dt.date | None:
    """The day in the path of an address such as ``/2018/01/19/title``, or None."""
    for match in _PATH.finditer(url[:_LONGEST]):
        month = match["month"].lower()
        if (number := _MONTHS.get(month) or (int(month) if month.isdigit() else 0)) and (
            day := _day(int(match["year"]), number, int(match["day"]))
        ):
            return day
    return None


def is_partial(text: str) -> bool:
    """Whether ``text`` is a year or a month and no more: a true date, but not a day."""
    month = "|".join(_MONTHS)
    return bool(re.fullmatch(rf"\s*(?:(?:19|20)\d\d(?:[-/](?:0?[1-9]|1[0-2]))?|(?:{month})\.?,? (?:19|20)\d\d)\s*", text, re.I))


def without_dates(text: str, mark: str = " ") -> str:
    """``text`` with ``mark`` for its dates, and its weekdays, times of day and time zones taken out."""
    for pattern in (_ISO, _DAY_MONTH_YEAR, _MONTH_DAY_YEAR, _YEAR_MONTH_DAY, _NUMBERS):
        text = pattern.sub(mark, text)
    return _CLOCK.sub(" ", text)


def _written(text: str) -> Iterator[tuple[int, dt.date]]:
    for match in _ISO.finditer(text):
        if day := _day(int(match["year"]), int(match["month"]), int(match["day"])):
            yield match.start(), day
    for pattern in (_DAY_MONTH_YEAR, _MONTH_DAY_YEAR, _YEAR_MONTH_DAY):
        for match in pattern.finditer(text):
            year = int(match["year"])
            if year < 100:  # POSIX strptime's rule for %y: 69 to 99 are 1969 to 1999
                year += 1900 if year >= 69 else 2000
            if day := _day(year, _MONTHS[match["month"].lower()], int(match["day"])):
                yield match.start(), day


def _numbers(text: str, region: str, hints: str) -> tuple[int, dt.date] | None:
    match = _NUMBERS.search(text)
    if match is None:
        return None
    year, one, two = int(match["year"]), int(match["one"]), int(match["two"])
    readings = {day for day in (_day(year, two, one), _day(year, one, two)) if day}
    if len(readings) > 1 and match["weekday"]:
        readings = {day for day in readings if day.weekday() == _WEEKDAYS[match["weekday"].lower()]}
    if len(readings) > 1 and (day_first := _habit(text + "\n" + hints, region)) is not None:
        readings = {day for day in (_day(year, two, one) if day_first else _day(year, one, two),) if day}
    return (match.start(), readings.pop()) if len(readings) == 1 else None


def _habit(text: str, region: str) -> bool | None:
    """Whether the page writes the day first; None where nothing, or too much, says so."""
    votes = set()
    for match in _NUMBERS.finditer(text):
        one, two = int(match["one"]), int(match["two"])
        if (one > 12) != (two > 12) and max(one, two) <= 31:
            votes.add(one > 12)
    if len(votes) == 1:
        return votes.pop()
    return region not in _MONTH_FIRST if region and not votes else None


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
