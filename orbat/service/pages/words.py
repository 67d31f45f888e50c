"""Values in words, for templates: days, ranges, numbers, how sure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from orbat.battle.render.rows import PRECISION
from orbat.link.gazetteer import Gazetteer

ADMIRALTY = {
    1: "confirmed by other sources",
    2: "probably true",
    3: "possibly true",
    4: "doubtful",
    5: "improbable",
    6: "cannot be judged",
}
RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "cannot be judged",
}
CERTAINTY = {
    "fact": "told as a fact",
    "likely": "told as likely",
    "possible": "told as possible",
    "future": "told as to come",
    "hypothetical": "told as a condition, wish or attempt",
}


def day(value: Any) -> str:
    """A day as "6 August 2014"; empty where it is not known."""
    found = _day(value)
    return f"{found.day} {found:%B} {found.year}" if found else ""


def short_day(value: Any) -> str:
    """A day as "6 Aug 2014"."""
    found = _day(value)
    return f"{found.day} {found:%b} {found.year}" if found else ""


def moment(value: Any) -> str:
    """A moment as "6 Aug 2014, 14:05 UTC"."""
    found = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value) if value else None
    if found is None:
        return ""
    found = found.astimezone(dt.UTC) if found.tzinfo else found
    return f"{short_day(found.date())}, {found:%H:%M} UTC"


def days(start: Any, end: Any = None) -> str:
    """A range as people write it: "August 2014", "3–9 August 2014", "2014", "3 Aug 2014 – 2 Jan 2015"; empty where nothing is known."""
    first, last = _day(start), _day(end)
    if first is None or last is None or first == last:
        return day(first or last)
    if _whole_year(first, last):
        return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
    if _whole_months(first, last):
        if (first.year, first.month) == (last.year, last.month):
            return f"{first:%B} {first.year}"
        return f"{first:%B} – {last:%B} {last.year}" if first.year == last.year else f"{first:%B} {first.year} – {last:%B} {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {first:%B} {first.year}"
    if first.year == last.year:
        return f"{first.day} {first:%b} – {last.day} {last:%b} {last.year}"
    return f"{short_day(first)} – {short_day(last)}"


def when_words(when: Mapping[str, Any]) -> str:
    """When a relation held, of a sheet's ``when``: "since March 2014", "seen from 3 May 2014", "2009 – 2014"; empty without a day."""
    start, end = _day(when["start"]), _day(when["end"])
    if start is None and end is None:
        return ""
    if end is None:
        return f"{'since' if when['begins'] else 'seen from'} {_by_precision(start, when['date_prec'])}"
    return days(start, end) if start else f"until {day(end)}"


def reported_words(when: Mapping[str, Any]) -> str:
    """When it was reported: "reported 3 May 2014" or the first and last day; empty where no article has a day."""
    found = days(when["reported_first"], when["reported_last"])
    return f"reported {found}" if found else ""


def is_month(period: str) -> bool:
    """Whether a sheet's period is a month: "2016-05", and not "2016" or "undated"."""
    return period[4:5] == "-"


def period_words(period: str) -> str:
    """A sheet's period: "May 2016", "2016", "undated"."""
    return f"{dt.date.fromisoformat(period + '-01'):%B} {period[:4]}" if is_month(period) else period


def period_days(period: str) -> dict[str, dt.date]:
    """The days of a sheet's period, as the filters ``since`` and ``until`` take them."""
    if is_month(period):
        first = dt.date.fromisoformat(f"{period}-01")
        return {"since": first, "until": (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)}
    return {"since": dt.date(int(period), 1, 1), "until": dt.date(int(period), 12, 31)} if period.isdecimal() else {}


def local_moment(value: dt.datetime | None) -> str:
    """A moment as a field of a form takes it, in UTC."""
    return f"{value.astimezone(dt.UTC):%Y-%m-%dT%H:%M}" if value else ""


def asof_step(ends: Sequence[dt.date], day: dt.date | None) -> int:
    """Where a slider over months stands for a day: the month that it lies in; the place after the last for a later one and for none."""
    return len(ends) if day is None else next((place for place, end in enumerate(ends) if day <= end), len(ends))


def precision_words(where_prec: int) -> str:
    """UCDP's where_prec in a word: "province"."""
    return PRECISION[where_prec]


def country_name(code: str) -> str:
    """The name of a country of the catalogue."""
    return _countries().get(code, code)


def number(value: int) -> str:
    """A whole number with thin spaces between thousands."""
    return f"{value:,}".replace(",", "\u202f")


def count_words(count: Mapping[str, Any] | None) -> str:
    """A number of people: "14" or "10–20"; empty where none is given."""
    if count is None:
        return ""
    low, best, high = count["low"], count["best"], count["high"]
    return number(best) if low == high else f"{number(low)}–{number(high)}"


def many(number_of: int, one: str, more: str = "") -> str:
    """A number with its word: "1 record", "12 records"."""
    return f"{number(number_of)} {one if number_of == 1 else more or one + 's'}"


def sureness(certainty: str, independent: int, status: str) -> str:
    """The classes that a value is underlined by.

    ``sure-solid`` where two or more origins tell it as a fact, ``sure-dashed`` where one does, ``sure-dotted`` where it is hedged;
    ``is-disputed`` and ``is-denied`` give it their colour.
    """
    line = "sure-dotted" if certainty != "fact" else "sure-solid" if independent > 1 else "sure-dashed"
    return f"{line} is-{status}" if status in ("disputed", "denied") else line


def sure_words(certainty: str, independent: int, status: str) -> str:
    """How sure a value is, in words: "corroborated, 2 independent origins, told as a fact"."""
    return f"{status}, {many(independent, 'independent origin')}, {CERTAINTY[certainty]}"


def credibility_words(number_of: int) -> str:
    """The Admiralty number in words."""
    return ADMIRALTY[number_of]


def reliability_words(grade: str) -> str:
    """The Admiralty letter in words."""
    return RELIABILITY[grade]


def certainty_words(certainty: str) -> str:
    """How a text tells it."""
    return CERTAINTY[certainty]


@cache
def _countries() -> dict[str, str]:
    gazetteer = Gazetteer.open()
    return dict(zip(gazetteer.countries, gazetteer.country_names, strict=True))


def _by_precision(value: dt.date | None, date_prec: int | None) -> str:
    if value is None:
        return ""
    if date_prec in (None, 1, 2, 3):
        return day(value)
    return f"{value:%B} {value.year}" if date_prec == 4 else str(value.year)


def _day(value: Any) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    return dt.date.fromisoformat(value[:10]) if value else None


def _whole_year(first: dt.date, last: dt.date) -> bool:
    return (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)


def _whole_months(first: dt.date, last: dt.date) -> bool:
    return first.day == 1 and (last + dt.timedelta(days=1)).day == 1
