"""Times that name their place in the calendar: dates, weekdays, seasons, quarters, feasts, ranges of dates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from orbat.counts import NUMBERS
from orbat.link import periods
from orbat.link.lexicon import Token
from orbat.link.periods import DAY, Days, days_of, iso_week, month_days, season_of
from orbat.link.timex import Phrase
from orbat.types import DateRange

FARTHEST = 335  # days, eleven months: a writer who means a day of next year's same month says so


class Verbs(Protocol):
    """What the verbs beside a time say: "past", "future" or "", and how many days ahead of the anchor a date without a year may lie."""

    @property
    def tense(self) -> str:
        """ "past", "future" or ""."""

    @property
    def ahead(self) -> int:
        """Days ahead of the anchor."""


@dataclass(frozen=True, slots=True)
class Said:
    """Verbs of which this is known."""

    tense: str = ""
    ahead: int = FARTHEST


JUST_PAST = 31
"""Days before the anchor in which a day without a year lies rather than in a year told some sentences before."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a time is read against: the anchor, the narrative's latest date, the verbs beside it, which most times do without; the years
    that months and days told before it have, by (month, 0 or day); whether the latest date was told in its sentence or the one before."""

    anchor: dt.date | None
    context: DateRange | None
    verbs: Verbs
    years: Mapping[tuple[int, int], int] = field(default_factory=dict)
    beside: bool = False

    @property
    def tense(self) -> str:
        """ "past" or "future" where the verb says so."""
        return self.verbs.tense

    @property
    def ahead(self) -> int:
        """How many days ahead of the anchor a date without a year may lie."""
        return self.verbs.ahead


@dataclass(frozen=True, slots=True)
class Read:
    """What a rule makes of a phrase: TIMEX3 type and value; ``part`` the piece of it that is meant ("EARLY"); ``days`` where they
    are not those of the value."""

    type: str
    value: str
    part: str = ""
    days: Days | None = None


Reader = Callable[[Phrase, Frame], Read]


def piece_of(phrase: Phrase) -> str:
    """The piece of a period that the phrase names, for ``periods.narrowed``: EARLY, MID, LATE, START, END or ""."""
    if phrase.get("END") == "eve":
        return ""
    return next((t.kind for t in phrase.tokens if t.kind in ("EARLY", "MID", "LATE", "START", "END")), "")


def _clock(text: str) -> str:
    """Hours and minutes of a clock time, 24 hours."""
    digits = re.findall(r"\d+", text) or [str(NUMBERS[text.lower().split()[0]])]
    if len(digits) == 1 and len(digits[0]) == 4:
        return f"{digits[0][:2]}:{digits[0][2:]}"
    hour = int(digits[0])
    afternoon = re.search(r"p\.?\s?m", text, re.I)
    if afternoon and hour < 12:
        hour += 12
    elif hour == 12 and not afternoon and re.search(r"a\.?\s?m", text, re.I):
        hour = 0
    if hour > 24:
        raise ValueError(text)
    return f"{hour:02}:{digits[1] if len(digits) > 1 else '00'}"


def timed(phrase: Phrase, day: str, part: str = "", days: Days | None = None) -> Read:
    """A day's value with the part of the day or clock time that the phrase names, if it names one."""
    clock, piece = phrase.get("CLOCK"), phrase.get("PART") or phrase.get("PARTS") or phrase.get("NIGHT") or phrase.get("OVERNIGHT")
    if clock:
        at = _clock(str(clock))
        if piece in ("AF", "EV", "NI") and at < "12" and "a" not in str(clock).lower() and (at >= "06" or piece != "NI"):
            at = f"{int(at[:2]) + 12}{at[2:]}"  # "11 o'clock on Tuesday night"
        return Read("TIME", f"{day}T{at}", "", days)
    if phrase.has("PART") and phrase.has("IN") and (hour := phrase.number("CARD") or phrase.number("DAY")):
        return Read("TIME", f"{day}T{hour + (12 if piece in ('AF', 'EV', 'NI') and hour < 12 else 0):02}:00", "", days)
    return Read("TIME", f"{day}T{piece}", "", days) if piece else Read("DATE", day, part, days)


def _nearest(past: dt.date, future: dt.date, f: Frame, today: dt.date) -> dt.date:
    """Which of two occurrences is meant: one that is four times nearer and at most three months off (two against the verb's
    tense), as writers add the year to dates far away; else the one that the tense asks for, else the past one. One ahead only
    as far as the frame allows."""
    ahead, back = (future - today).days, (today - past).days
    if ahead > f.ahead:
        return past
    if back > 4 * ahead and ahead <= (60 if f.tense == "past" else 92):
        return future
    if ahead > 4 * back and back <= (60 if f.tense == "future" else 92):
        return past
    return future if f.tense == "future" else past


def _year_of(month: int, day: int, f: Frame) -> int | None:
    """The year of a month (``day`` 0) or day that names none: the one told with it before, else the occurrence that is meant."""
    told, known = f.context, f.years.get((month, day)) or f.years.get((month, 0))
    if known and not (f.anchor and f.ahead and f.tense == "future" and dt.date(known, month, 1) < f.anchor):  # "will mark 3 May"
        return known
    if f.anchor is None:
        return _year_told(month, day, told) if told else None
    today = f.anchor if day else f.anchor.replace(day=1)
    dates = [dt.date(y, month, min(day, month_days(y, month)[1].day) or 1) for y in range(today.year - 1, today.year + 2)]
    past, future = max(d for d in dates if d <= today), min(d for d in dates if d >= today)
    just_past = (today - past).days <= JUST_PAST and not f.beside  # a look back some sentences before, "a deal of 23 March 2009", is over
    if told and day and told.date_prec == 1 and (f.anchor - told.end).days > 330 and not just_past:
        return told.start.year
    return _nearest(past, future, f, today).year


def _year_told(month: int, day: int, told: DateRange) -> int | None:
    """Where no day of publication is known: the year that the narrative has reached, if the month or day comes next in it, or lies so
    little before that the story need not have gone on to another year; else the year is not told."""
    first, last = month_days(told.start.year, month)
    if told.start.year != told.end.year:
        return None
    then = dt.date(told.start.year, month, min(day, last.day)) if day else first
    return told.start.year if told.start <= then or (told.start - then).days <= 92 else None


def told_day(f: Frame, unit: str) -> dt.date | None:
    """The narrative's day, where the narrative's latest date is at least as fine as the unit."""
    limit = {"D": 1, "W": 7, "F": 14, "M": 31, "Q": 92, "Y": 366}.get(unit, 10_000)
    return f.context.start if f.context and (f.context.end - f.context.start).days < limit else None


def _iso(p: Phrase, f: Frame) -> Read:
    text = str(p.tokens[0].value)
    return Read("TIME", text.replace(" ", "T")) if len(text) > 10 else Read("DATE", text)


def _numeric(p: Phrase, f: Frame) -> Read:
    """3.4.2016, 31/12/2016: day first where only that is possible or dots are used; else the order that lies near before the
    anchor; else both days are kept as a range and the value says only the year."""
    text = str(p.get("NDATE"))
    a, b, year = (int(n) for n in re.findall(r"\d+", text))
    year += 0 if year > 99 else 2000 if year < 50 else 1900
    options = {dt.date(year, m, d) for d, m in ((a, b), (b, a)) if m <= 12 and d <= month_days(year, m)[1].day}
    if not options:
        raise ValueError(text)
    if len(options) > 1 and "." in text:
        options = {dt.date(year, b, a)}
    if len(options) > 1 and f.anchor:
        near = {d for d in options if 0 <= (f.anchor - d).days <= 60}
        options = near if len(near) == 1 else options
    if len(options) == 1:
        return timed(p, options.pop().isoformat())
    return Read("DATE", f"{year}-XX-XX", "", (min(options), max(options)))


def _slash(p: Phrase, f: Frame) -> Read:
    a, b = (int(n) for n in str(p.tokens[0].value).split("/"))
    if (a, b) == (9, 11):
        return Read("DATE", "2001-09-11")
    day, month = (a, b) if a > 12 else (b, a)
    if month > 12 or (day <= 12 and day != month):
        return Read("DATE", "XXXX-XX-XX")
    return Read("DATE", f"{_year_of(month, day, f) or 'XXXX'}-{month:02}-{day:02}")


def date_fields(tokens: tuple[Token, ...]) -> tuple[int | None, int | None, int | None]:
    """Year, month and day that tokens name."""
    p = Phrase("", tokens)
    return p.number("YEAR"), p.number("MONTH"), p.number("DAY") or p.number("ORD")


def _date(p: Phrase, f: Frame) -> Read:
    year, month, day = date_fields(p.tokens)
    assert month is not None
    if year is None and (shift := shift_of(p)) is not None and p.has("UNIT"):
        base = told_day(f, "Y") if p.has("THAT", "SAME") else f.anchor
        year = base.year + shift if base else None
    elif year is None:
        year = _year_of(month, day or 0, f)
        if year and day and f.anchor and (weekday := p.number("WDAY")):  # the weekday beside it has the last word
            year = next((y for y in (year, year + 1, year - 1) if _falls_on(weekday, y, month, day, f.anchor)), year)
    if day and day > month_days(year or 2000, month)[1].day:  # 31 June: the month is all that is sure
        day = None
    value = f"{year if year else 'XXXX'}-{month:02}" + (f"-{day:02}" if day else "")
    if p.get("END") == "eve" and (whole := days_of(value)):
        return timed(p, (whole[0] - DAY).isoformat())
    return timed(p, value, piece_of(p))


def _falls_on(weekday: int, year: int, month: int, day: int, anchor: dt.date) -> bool:
    if day > month_days(year, month)[1].day:
        return False
    date = dt.date(year, month, day)
    return date.isoweekday() == weekday and (date - anchor).days <= FARTHEST


def shift_of(p: Phrase) -> int | None:
    """-1 for last, 1 for next, 0 for this, None where the phrase has no such word."""
    kinds = {"LAST": -1, "PREV": -1, "NEXT": 1, "FOLLOW": 1, "THIS": 0, "THAT": 0, "SAME": 0, "CURRENT": 0}
    return next((kinds[t.kind] for t in p.tokens if t.kind in kinds), None)


def _last_month(p: Phrase, f: Frame) -> Read:
    month, shift = p.number("MONTH") or 1, shift_of(p) or 0
    base = told_day(f, "Y") if p.has("THAT", "FOLLOW", "PREV", "SAME") else f.anchor
    if base is None:
        return Read("DATE", f"XXXX-{month:02}", piece_of(p))
    year = base.year
    if shift < 0:
        year -= month >= base.month
    elif shift > 0:
        year += month <= base.month
    return Read("DATE", f"{year}-{month:02}", piece_of(p))


def _year(p: Phrase, f: Frame) -> Read:
    return Read("DATE", f"{p.number('YEAR') or p.number('CARD') or 0:04}", piece_of(p))


def _decade(p: Phrase, f: Frame) -> Read:
    return Read("DATE", str(p.get("DECADE")), piece_of(p))


def _century(p: Phrase, f: Frame) -> Read:
    return Read("DATE", f"{(p.number('ORD') or 1) - 1:02}", piece_of(p))


def _weekday(p: Phrase, f: Frame) -> Read:
    day, shift = p.number("WDAY") or 1, shift_of(p)
    base = told_day(f, "W") if p.has("PREV", "FOLLOW", "THAT", "SAME") else f.anchor
    if base is None:
        return timed(p, f"XXXX-WXX-{day}", piece_of(p))
    back, ahead = (base.isoweekday() - day) % 7, (day - base.isoweekday()) % 7
    if p.has("UNIT"):
        found = base + ((shift or 0) * 7 + day - base.isoweekday()) * DAY
    elif shift == -1:
        found = base - (back or 7) * DAY
    elif shift == 1:
        found = base + (ahead or 7) * DAY
    elif p.has("THAT", "SAME"):
        found = base + ahead * DAY
    elif shift == 0:
        found = base + ahead * DAY if f.tense != "past" else base - back * DAY
    else:
        found = base + ahead * DAY if f.tense == "future" else base - back * DAY
    return timed(p, found.isoformat(), piece_of(p))


def _season_rule(p: Phrase, f: Frame) -> Read:
    season, year, shift = str(p.get("SEASON")), p.number("YEAR"), shift_of(p)
    if year is None and shift is not None and p.has("UNIT") and f.anchor:
        year = f.anchor.year + shift
    if year is not None:
        return Read("DATE", f"{year}-{season}", piece_of(p))
    if f.anchor is None:
        base = told_day(f, "Y")
        return Read("DATE", f"{base.year if base else 'XXXX'}-{season}", piece_of(p))
    if f.tense != "future" and month_days(f.anchor.year, periods.SEASONS[season])[0] > f.anchor:
        return Read("DATE", season_of(f.anchor, season, -1), piece_of(p))
    return Read("DATE", season_of(f.anchor, season, 1 if f.tense == "future" else 0), piece_of(p))


def _quarter(p: Phrase, f: Frame) -> Read:
    year, shift, order = p.number("YEAR"), shift_of(p), p.number("ORD") or 0
    half = p.has("HALF")
    if half and not order:
        order = 2 if p.has("LAST", "NEXT") else 1
    if year is None and f.anchor and p.has("UNIT"):
        year = f.anchor.year + (shift or 0)
    elif year is None and f.anchor:
        months = 6 if half else 3
        ahead = months * (order - 1) + 1 > f.anchor.month and f.tense != "future"
        year = f.anchor.year - ahead
    if not 1 <= order <= (2 if half else 4):
        return Read("DATE", f"{year or 'XXXX'}-QX")
    if p.has("DECADE"):
        return Read("DATE", str(p.get("DECADE")), "EARLY" if order == 1 else "LATE")
    return Read("DATE", f"{year or 'XXXX'}-{'H' if half else 'Q'}{order}", "" if half else piece_of(p))


def _week_of(p: Phrase, f: Frame) -> Read:
    days = days_of(_date(Phrase("date", p.tokens), f).value)
    if days and p.has("WEEKEND"):
        return Read("DATE", iso_week(days[0]) + "-WE")
    return Read("DATE", iso_week(days[0]) if days and p.get("UNIT") == "W" else _date(Phrase("date", p.tokens), f).value)


def _feast(p: Phrase, f: Frame) -> Read:
    name, year, shift = str(p.get("FEAST")), p.number("YEAR"), shift_of(p)
    if year is None and f.anchor is None:
        year = f.context.start.year if f.context else None
    if year is None and f.anchor is None:
        days = periods.feast(name, 2000)[0] if name in ("christmas", "christmas eve", "new year", "new year eve") else None
        return Read("DATE", f"XXXX-{days[0]:%m-%d}" if days else "XXXX-XX-XX")
    today = f.anchor or dt.date(year or 2000, 12, 31)
    all_days = sorted(d for y in ([year] if year else range(today.year - 1, today.year + 2)) for d in periods.feast(name, y))
    if not all_days:
        return Read("DATE", f"{year}-XX-XX")
    past = [d for d in all_days if d[0] <= today] or all_days[:1]
    future = [d for d in all_days if d[1] >= today] or all_days[-1:]
    if year or shift == -1:
        days = all_days[0] if year else ([d for d in past if d[1] < today] or past)[-1]
    elif shift == 1:
        days = future[0]
    elif shift == 0:
        days = next((d for d in all_days if d[0].year == today.year), past[-1])
    else:
        open_ = replace(f, verbs=Said(f.tense))  # feasts are spoken of before they come
        days = future[0] if _nearest(past[-1][0], future[0][0], open_, today) == future[0][0] else past[-1]
    if p.get("UNIT") == "W":
        return Read("DATE", iso_week(days[0]))
    if p.get("END") == "eve":  # of a feast whose day sighting moves: any day of three
        days = (days[0] - DAY, days[0] - DAY if days[0] == days[1] else days[0] + DAY)
    return timed(p, days[0].isoformat() if days[0] == days[1] else f"{days[0]:%Y-%m}", "", days)


def _lone_day(p: Phrase, f: Frame) -> Read:
    """The 27th: of the narrative's month."""
    day, base = p.number("ORD") or p.number("DAY") or 1, told_day(f, "M")
    if p.has("UNIT") or base is None:
        return Read("DATE", "XXXX-XX-XX")
    return Read("DATE", dt.date(base.year, base.month, day).isoformat())


def _weekdays(p: Phrase, f: Frame) -> Read:
    """From Monday to Wednesday: the last of them as on its own, the first in the week before it."""
    cut = next(i for i, t in enumerate(p.tokens) if i and t.kind in ("TO", "AND", "DASH"))
    last = _weekday(Phrase("weekday", p.tokens[cut + 1 :]), f)
    days, first = days_of(last.value), next(t.value for t in p.tokens if t.kind == "WDAY")
    if days is None or not isinstance(first, int):
        return Read("DATE", f"XXXX-WXX-{first}")
    start = days[0] - (days[0].isoweekday() - first) % 7 * DAY
    return Read("DATE", f"{start}/{days[0]}", "", (start, days[0]))


def _value(side: tuple[Token, ...], year: int | None, month: int | None, day: int | None) -> str:
    if (decade := Phrase("", side).number("DECADE")) is not None:
        return str(decade)
    return "-".join((f"{year:04}", *(f"{n:02}" for n in (month, day) if n))) if year else ""


def _range(p: Phrase, f: Frame) -> Read:
    """Between 3 and 5 May, from 2011 to 2014, 2016-17: what one side leaves out it takes from the other."""
    inner = tuple(t for t in p.tokens if t.kind not in ("FROM", "BETWEEN"))
    if inner[0].kind in ("THE", "PART") and (part := next((i for i, t in enumerate(inner) if t.kind == "PART"), None)) is not None:
        inner = inner[part + 1 + (inner[part + 1].kind == "OF") :]  # the night of 3-4 May
    marks = [i for i, t in enumerate(inner) if i and t.kind in ("TO", "AND", "DASH") and inner[i - 1].kind not in ("EARLY", "MID", "LATE")]
    days_named = [i for i, t in enumerate(inner) if t.kind == "DAY"]
    cut = marks[0] if marks else days_named[1] if len(days_named) > 1 else len(inner) - 1
    left, right = inner[:cut], inner[cut + bool(marks) :]
    (y1, m1, d1), (y2, m2, d2) = date_fields(left), date_fields(right)
    if y1 and not m1 and not y2:  # 2016-17
        short = p.number("NUM") if p.has("NUM") else d2
        y2, d2 = (y1 // 100 * 100 + short if short is not None and short < 100 else None), None
    m1, m2 = m1 or (m2 if d1 else None), m2 or (m1 if d2 else None)
    y2 = y2 or (y1 if m2 else None) or (_year_of(m2, d2 or 0, f) if m2 else None)
    y1 = y1 or (y2 - (1 if m1 and m2 and m1 > m2 else 0) if y2 else None)
    values = [_value(left, y1, m1, d1), _value(right, y2, m2, d2)]
    first, last = (days_of(v) for v in values)
    if not first or not last:
        return Read("DATE", values[0] or values[1] or "XXXX-XX-XX")
    first = periods.narrowed(first, piece_of(Phrase("", left)))
    last = periods.narrowed(last, piece_of(Phrase("", right)))
    return Read("DATE", "/".join(values), "", (first[0], last[1]))


NAMED: dict[str, Reader] = {
    "iso": _iso, "ndate": _numeric, "slash": _slash, "date": _date, "lastmonth": _last_month, "year": _year, "decade": _decade,
    "century": _century, "weekday": _weekday, "season": _season_rule, "quarter": _quarter, "weekof": _week_of, "feast": _feast,
    "day": _lone_day, "range": _range, "weekdays": _weekdays, "years": _range,
}  # fmt: skip
"""What each rule of the grammar that names a date means."""
