"""Time mentions to TIMEX3 values and days: ``read_time`` for one text, ``link_dates`` for a document.

Times count from the publication date, else from a dateline that names a full date; words such as "the next day" or "two weeks
later" count from the latest date named before them. Where neither is known the value keeps X for what is unknown and there is
no range: a missing date never becomes today. Values follow TimeML 1.2.1 as TempEval-3 uses it; a pair of dates, which TimeML
has no value for, gets an ISO 8601 interval ("2011/2014").
"""

from __future__ import annotations

import bisect
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from orbat.link import periods
from orbat.link.periods import DAY, Days, days_of, month_days
from orbat.link.timex import Phrase, Token, parse
from orbat.types import Annotations, DateRange, Document, MentionType, Span, TimeValue


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a time is read against: the anchor, the narrative's latest date, "past" or "future" where the verb says so."""

    anchor: dt.date | None
    context: DateRange | None
    tense: str


@dataclass(frozen=True, slots=True)
class _Read:
    type: str
    value: str
    part: str = ""
    days: Days | None = None


def read_time(text: str, anchor: dt.date | None, *, context: DateRange | None = None, tense: str = "") -> TimeValue | None:
    """What a time expression means; None where no time word is in the text.

    Args:
        anchor: the day that "today", "Tuesday" or "last week" count from: the publication date; None where unknown.
        context: the latest date named before, which "the next day" or "that year" count from, and, without an anchor, the
            source of a missing year.
        tense: "past" or "future" where the verb beside it says so; decides "Monday", "in October".
    """
    phrase = parse(text)
    if phrase is None:
        return None
    try:
        read = _RULES[phrase.rule](phrase, _Frame(anchor, context, tense))
    except (ValueError, OverflowError):  # a day outside of the calendar: 31 June, year 0
        return None
    days = read.days or (days_of(read.value) if read.type in ("DATE", "TIME") else None)
    if days and read.part:
        days = periods.narrowed(days, read.part)
    if days is None or days[0] > days[1]:
        return TimeValue(read.type, read.value)
    return TimeValue(read.type, read.value, DateRange(*days, periods.date_prec(*days), read.value))


# --- small helpers -----------------------------------------------------------------------------------------------------------


def _part(phrase: Phrase) -> str:
    return next((t.kind for t in phrase.tokens if t.kind in ("EARLY", "MID", "LATE", "START", "END")), "")


def _week(day: dt.date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _months(day: dt.date, months: int) -> dt.date:
    """The same day of a month so many months on, or that month's last."""
    first, last = month_days(day.year, day.month + months)
    return min(first + (day.day - 1) * DAY, last)


def _moved(day: dt.date, unit: str, count: int) -> dt.date:
    """``count`` units on. Units as in the lexicon; clock units stay on the day."""
    if unit in ("D", "W", "F"):
        return day + count * {"D": 1, "W": 7, "F": 14}[unit] * DAY
    return _months(day, count * {"M": 1, "Q": 3, "S": 3, "Y": 12, "E": 120, "C": 1200}[unit]) if unit and unit in "MQSYEC" else day


_UNKNOWN = {"D": "XXXX-XX-XX", "W": "XXXX-WXX", "F": "XXXX-WXX", "M": "XXXX-XX", "Q": "XXXX-QX", "Y": "XXXX", "E": "XXX", "C": "XX"}


def _at(day: dt.date | None, unit: str) -> str:
    """The unit that a day lies in, as a value: its week, month, year."""
    if day is None:
        return _UNKNOWN.get(unit, "XXXX-XX-XX")
    if unit in ("W", "F"):
        return _week(day)
    if unit == "Q":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    iso = day.isoformat()
    return iso[: {"M": 7, "Y": 4, "S": 4, "E": 3, "C": 2}.get(unit, 10)]


def _season(day: dt.date, season: str, shift: int) -> str:
    """The season of that name by ``shift``: 0 this year's, -1 the last that is over, 1 the next to begin."""
    year = day.year - (1 if season == "WI" and day.month < 3 and shift <= 0 else 0)
    if shift < 0 and month_days(year, periods.SEASONS[season], 3)[1] >= day:
        year -= 1
    if shift > 0 and month_days(year, periods.SEASONS[season])[0] <= day:
        year += 1
    return f"{year}-{season}"


def _clock(text: str) -> str:
    """Hours and minutes of a clock time, 24 hours."""
    digits = re.findall(r"\d+", text)
    if len(digits) == 1 and len(digits[0]) == 4:
        return f"{digits[0][:2]}:{digits[0][2:]}"
    hour = int(digits[0])
    afternoon = re.search(r"p\.?\s?m", text, re.I)
    if afternoon and hour < 12:
        hour += 12
    elif hour == 12 and not afternoon and re.search(r"a\.?\s?m", text, re.I):
        hour = 0
    return f"{hour:02}:{digits[1] if len(digits) > 1 else '00'}"


def _timed(phrase: Phrase, day: str, part: str = "", days: Days | None = None) -> _Read:
    """A day's value with the part of the day or clock time that the phrase names, if it names one."""
    clock, piece = phrase.get("CLOCK"), phrase.get("PART") or phrase.get("PARTS") or phrase.get("NIGHT")
    if clock:
        return _Read("TIME", f"{day}T{_clock(str(clock))}", "", days)
    if phrase.has("PART") and phrase.has("IN") and (hour := phrase.number("CARD") or phrase.number("DAY")):
        return _Read("TIME", f"{day}T{hour + (12 if piece in ('AF', 'EV', 'NI') and hour < 12 else 0):02}:00", "", days)
    return _Read("TIME", f"{day}T{piece}", "", days) if piece else _Read("DATE", day, part, days)


def _nearest(past: dt.date, future: dt.date, f: _Frame, today: dt.date) -> dt.date:
    """Which of two occurrences is meant: one four times nearer than the other (writers add the year to dates a year away),
    else the one that the verb's tense asks for, else the past one."""
    ahead, back = (future - today).days, (today - past).days
    if max(ahead, back) > 4 * min(ahead, back):
        return future if ahead < back else past
    return future if f.tense == "future" else past


def _year_of(month: int, day: int, f: _Frame) -> int | None:
    """The year of a month (``day`` 0) or day that names none."""
    told = f.context
    if told and (f.anchor is None or (told.date_prec == 1 and (f.anchor - told.end).days > 330)):
        return told.start.year
    if f.anchor is None:
        return None
    today = f.anchor if day else f.anchor.replace(day=1)
    dates = [dt.date(y, month, min(day, month_days(y, month)[1].day) or 1) for y in range(today.year - 1, today.year + 2)]
    past, future = max(d for d in dates if d <= today), min(d for d in dates if d >= today)
    return _nearest(past, future, f, today).year


def _told(f: _Frame, unit: str) -> dt.date | None:
    """The narrative's day, where the narrative's latest date is at least as fine as the unit."""
    limit = {"D": 1, "W": 7, "F": 14, "M": 31, "Q": 92}.get(unit, 10_000)
    return f.context.start if f.context and (f.context.end - f.context.start).days < limit else None


# --- one function a rule -----------------------------------------------------------------------------------------------------


def _iso(p: Phrase, f: _Frame) -> _Read:
    text = str(p.tokens[0].value)
    return _Read("TIME", text.replace(" ", "T")) if len(text) > 10 else _Read("DATE", text)


def _numeric(p: Phrase, f: _Frame) -> _Read:
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
        return _timed(p, options.pop().isoformat())
    return _Read("DATE", f"{year}-XX-XX", "", (min(options), max(options)))


def _slash(p: Phrase, f: _Frame) -> _Read:
    a, b = (int(n) for n in str(p.tokens[0].value).split("/"))
    if (a, b) == (9, 11):
        return _Read("DATE", "2001-09-11")
    day, month = (a, b) if a > 12 else (b, a)
    if month > 12 or (day <= 12 and day != month):
        return _Read("DATE", "XXXX-XX-XX")
    return _Read("DATE", f"{_year_of(month, day, f) or 'XXXX'}-{month:02}-{day:02}")


def _fields(tokens: tuple[Token, ...]) -> tuple[int | None, int | None, int | None]:
    """Year, month and day that tokens name."""
    p = Phrase("", tokens)
    return p.number("YEAR"), p.number("MONTH"), p.number("DAY") or p.number("ORD")


def _date(p: Phrase, f: _Frame) -> _Read:
    year, month, day = _fields(p.tokens)
    assert month is not None
    if year is None and (shift := _shift(p)) is not None and p.has("UNIT"):
        base = _told(f, "Y") if p.has("THAT", "SAME") else f.anchor
        year = base.year + shift if base else None
    elif year is None:
        year = _year_of(month, day or 0, f)
    value = f"{year if year else 'XXXX'}-{month:02}" + (f"-{day:02}" if day else "")
    return _timed(p, value, _part(p))


def _shift(p: Phrase) -> int | None:
    """-1 for last, 1 for next, 0 for this, None where the phrase has no such word."""
    kinds = {"LAST": -1, "PREV": -1, "NEXT": 1, "FOLLOW": 1, "THIS": 0, "THAT": 0, "SAME": 0, "CURRENT": 0}
    return next((kinds[t.kind] for t in p.tokens if t.kind in kinds), None)


def _last_month(p: Phrase, f: _Frame) -> _Read:
    month, shift = p.number("MONTH") or 1, _shift(p) or 0
    base = _told(f, "Y") if p.has("THAT", "FOLLOW", "PREV", "SAME") else f.anchor
    if base is None:
        return _Read("DATE", f"XXXX-{month:02}", _part(p))
    year = base.year
    if shift < 0:
        year -= month >= base.month
    elif shift > 0:
        year += month <= base.month
    return _Read("DATE", f"{year}-{month:02}", _part(p))


def _year(p: Phrase, f: _Frame) -> _Read:
    return _Read("DATE", f"{p.number('YEAR') or p.number('CARD') or 0:04}", _part(p))


def _decade(p: Phrase, f: _Frame) -> _Read:
    return _Read("DATE", str(p.get("DECADE")), _part(p))


def _century(p: Phrase, f: _Frame) -> _Read:
    return _Read("DATE", f"{(p.number('ORD') or 1) - 1:02}", _part(p))


def _weekday(p: Phrase, f: _Frame) -> _Read:
    day, shift = p.number("WDAY") or 1, _shift(p)
    base = _told(f, "W") if p.has("PREV", "FOLLOW", "THAT", "SAME") else f.anchor
    if base is None:
        return _timed(p, f"XXXX-WXX-{day}", _part(p))
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
    return _timed(p, found.isoformat(), _part(p))


def _day_ref(p: Phrase, f: _Frame) -> _Read:
    day = f.anchor + (p.number("DAYREF") or 0) * DAY if f.anchor else None
    return _timed(p, _at(day, "D"))


def _night(p: Phrase, f: _Frame) -> _Read:
    return _timed(p, _at(f.anchor, "D"))


def _unit(p: Phrase, f: _Frame) -> _Read:
    """Last week, that year, the next day, this summer, the weekend, earlier this month, the end of the year."""
    shift, part = _shift(p), _part(p)
    unit = str(p.get("UNIT") or p.get("QTR") or p.get("CENTURY") or ("Q" if p.has("PERIOD") else ""))
    narrative = p.has("PREV", "FOLLOW", "THAT", "SAME") or (unit == "D" and shift is not None)
    told = _told(f, unit or "D")
    base = told if narrative else f.anchor
    if shift is None:
        if part and not p.has("THE", "WEEKEND", "SEASON", "PART"):
            base = f.anchor
        elif unit in ("Y", "M", "W", "TH", "TM", "E", "C") and not (part or p.has("EARLIER", "LATER")):
            return _Read("DURATION", _period(1, unit)) if unit != "W" else _Read("DATE", _at(f.anchor, "Y") + "-WXX")
        elif unit == "D":
            base = told or f.anchor
        shift = -1 if unit == "Q" and not (f.context and "Q" in f.context.value) else 0
        if unit == "Q" and shift == 0 and f.context:
            return _Read("DATE", f.context.value)
    if p.has("SEASON"):
        season = str(p.get("SEASON"))
        return _Read("DATE", _season(base, season, shift) if base else f"XXXX-{season}", part)
    if p.has("FEAST"):
        return _feast(p, f)
    if p.has("PART"):
        return _part_of(p, f)
    if p.has("WEEKEND"):
        return _Read("DATE", (_week(base + (shift * 7 - (7 if base.isoweekday() < 5 and p.has("THE") and not shift else 0)) * DAY) if base else "XXXX-WXX") + "-WE")
    if unit.startswith("T"):
        return _Read("DURATION", _period(1, unit))
    value = _at(_moved(base, unit, shift) if base else None, unit)
    days = days_of(value)
    if days and base and p.has("EARLIER", "LATER") and shift == 0 and days[0] <= base <= days[1]:
        return _timed(p, value, "", (days[0], base) if p.has("EARLIER") else (base, days[1]))
    return _Read("DATE", value, part)


def _season_rule(p: Phrase, f: _Frame) -> _Read:
    season, year, shift = str(p.get("SEASON")), p.number("YEAR"), _shift(p)
    if year is None and shift is not None and p.has("UNIT") and f.anchor:
        year = f.anchor.year + shift
    if year is not None:
        return _Read("DATE", f"{year}-{season}", _part(p))
    if f.anchor is None:
        base = _told(f, "Y")
        return _Read("DATE", f"{base.year if base else 'XXXX'}-{season}", _part(p))
    if f.tense != "future" and days_of(f"{f.anchor.year}-{season}")[0] > f.anchor:  # type: ignore[index]
        return _Read("DATE", _season(f.anchor, season, -1), _part(p))
    return _Read("DATE", _season(f.anchor, season, 1 if f.tense == "future" else 0), _part(p))


def _number(p: Phrase) -> float | None:
    """The count of a phrase: None where it is vague ("several"), 1 where there is none."""
    if p.has("VAGUE"):
        return 2 if p.get("VAGUE") == 2 else None
    half = 0.5 if p.has("HALF") and p.has("AND") else 0.0
    for token in p.tokens:
        if token.kind in ("NUM", "DAY", "CARD") and isinstance(token.value, int):
            return token.value + half
        if token.kind == "FRAC":
            text = str(token.value).replace(",", "")
            return float(text) if re.fullmatch(r"[\d.]+", text) else int(re.findall(r"\d+", text)[0]) + 0.5
    return half if half and not p.has("ART", "AND") else 0.5 if p.has("HALF") and not p.has("AND") else 1 + half


_SIZES = {"E": (10, "Y"), "C": (100, "Y"), "F": (2, "W"), "S": (3, "M")}
_SMALLER = {"Y": ("M", 12), "M": ("W", 4), "W": ("D", 7), "D": ("TH", 24), "TH": ("TM", 60), "TM": ("TS", 60)}


def _period(count: float | None, unit: str) -> str:
    """A TIMEX3 duration: (2.5, "Y") is P2Y6M, (None, "TH") is PTXH."""
    if count is None and unit in ("E", "C"):
        return f"PX{unit}"
    if unit in _SIZES:
        size, unit = _SIZES[unit]
        count = None if count is None else count * size
    clock = "T" if unit.startswith("T") else ""
    if count is None:
        return f"P{clock}X{unit[-1]}"
    whole, rest = int(count), count % 1
    text = f"{whole}{unit[-1]}" if whole or not rest else ""
    if rest and unit in _SMALLER:
        small, size = _SMALLER[unit]
        clock, inner = ("T" if small.startswith("T") else ""), f"{round(rest * size)}{small[-1]}"
        return f"P{'' if unit.startswith('T') else text}{clock}{text if unit.startswith('T') else ''}{inner}"
    return f"P{clock}{text or f'{whole}{unit[-1]}'}"


def _unit_of(p: Phrase) -> str:
    found = next((t for t in reversed(p.tokens) if t.kind in ("UNIT", "UNITS", "QTR", "QTRS", "CENTURY", "WEEKEND", "PART", "PARTS")), None)
    return "D" if found is None or found.kind in ("PART", "PARTS", "WEEKEND") else str(found.value)


def _span(p: Phrase, f: _Frame) -> _Read:
    """The past three days, the next two weeks: a duration that is placed against the anchor."""
    count, unit = _number(p), _unit_of(p)
    value = _period(None if p.has("TO") else count, unit)
    if f.anchor is None or count is None or p.has("PREV", "FOLLOW", "THIS") or p.has("TO"):
        return _Read("DURATION", value)
    days = max(1, round(count / 24)) if unit == "TH" else 0
    ahead = p.has("NEXT")
    other = f.anchor + (1 if ahead else -1) * days * DAY if unit.startswith("T") else _moved(f.anchor, unit, int(count) * (1 if ahead else -1))
    return _Read("DURATION", value, "", (f.anchor, other) if ahead else (other, f.anchor))


def _recent(p: Phrase, f: _Frame) -> _Read:
    if p.has("THIS"):
        return _Read("DATE", "PRESENT_REF")
    if p.has("NEXT"):
        return _Read("DATE", "FUTURE_REF")
    if p.has("RECENT") and _unit_of(p) == "Y":
        return _Read("DATE", "PAST_REF")
    return _Read("DURATION", _period(None, _unit_of(p)))


def _ago(p: Phrase, f: _Frame) -> _Read:
    return _distance(p, f, -1)


def _later(p: Phrase, f: _Frame) -> _Read:
    return _distance(p, f, 1)


def _distance(p: Phrase, f: _Frame, sign: int) -> _Read:
    """Two weeks ago (from the anchor); a day earlier, three months later (from the narrative's date)."""
    count, unit = _number(p), _unit_of(p)
    told = not p.has("AGO")
    if unit.startswith("T") and count is not None:
        return _Read("DURATION", _period(count, unit))
    if count is None or unit.startswith("T"):
        return _Read("DATE", "PAST_REF" if sign < 0 else "FUTURE_REF")
    if f.context and unit == "Y" and count == 1 and "-Q" in f.context.value:  # results against the same quarter a year ago
        return _Read("DATE", f"{f.context.start.year + sign * int(count)}{f.context.value[4:]}")
    base = _told(f, unit) if told else f.anchor
    if base is None and told and f.context:  # the narrative is known only more coarsely than the step
        return _Read("DATE", f.context.value, "", (f.context.start, f.context.end))
    if base is None:
        return _Read("DATE", _at(None, unit))
    moved = _moved(base, unit, sign * int(count))
    if count % 1 and unit in _SMALLER:
        small, size = _SMALLER[unit]
        moved = _moved(moved, small, sign * round(count % 1 * size)) if not small.startswith("T") else moved
    return _Read("DATE", _at(moved, "Y" if unit in ("E", "C") else unit))


def _vague_ago(p: Phrase, f: _Frame) -> _Read:
    return _Read("DATE", "FUTURE_REF" if p.has("LATER", "AFTER") else "PAST_REF")


def _year_ago(p: Phrase, f: _Frame) -> _Read:
    """The year-earlier quarter: the narrative's period, a year back."""
    base = f.context.start if f.context else f.anchor
    if base is None:
        return _Read("DATE", "XXXX")
    if f.context and "-Q" in f.context.value:
        return _Read("DATE", f"{base.year - 1}{f.context.value[4:]}")
    return _Read("DATE", str(base.year - 1))


def _quarter(p: Phrase, f: _Frame) -> _Read:
    year, shift, order = p.number("YEAR"), _shift(p), p.number("ORD") or 0
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
        return _Read("DATE", f"{year or 'XXXX'}-QX")
    if p.has("DECADE"):
        return _Read("DATE", str(p.get("DECADE")), "EARLY" if order == 1 else "LATE")
    return _Read("DATE", f"{year or 'XXXX'}-{'H' if half else 'Q'}{order}", "" if half else _part(p))


def _first_of(p: Phrase, f: _Frame) -> _Read:
    """The first week of May, the last three months of 2011: the value is the whole's, the days are the piece's."""
    cut = next(i for i, t in enumerate(p.tokens) if t.kind == "OF" and p.tokens[i - 1].kind in ("UNIT", "UNITS", "WEEKEND"))
    head = Phrase("", p.tokens[:cut])
    year, month, day = _fields(p.tokens[cut:])
    if month:
        value = _date(Phrase("date", p.tokens[cut:]), f).value
    elif year:
        value = str(year)
    else:
        value = _unit(Phrase("relunit", (*p.tokens[cut:], Token("EARLIER", "", 0, 0))), f).value
    whole, count, unit = days_of(value), _number(head), str(head.get("UNIT") or head.get("UNITS") or "W")
    if not whole or not count or unit.startswith("T") or unit not in "DWMYF":
        return _Read("DATE", value)
    nth = head.number("ORD") or 1
    if head.has("LAST", "FIRST") and not head.has("ORD") and head.get("FIRST") != "initial":
        return _Read("DATE", value, "", (max(whole[0], _moved(whole[1] + DAY, unit, -int(count))), whole[1]))
    start = _moved(whole[0], unit, nth - 1)
    return _Read("DATE", value, "", (start, min(whole[1], _moved(start, unit, int(count)) - DAY)))


def _week_of(p: Phrase, f: _Frame) -> _Read:
    days = days_of(_date(Phrase("date", p.tokens), f).value)
    return _Read("DATE", _week(days[0]) if days and p.get("UNIT") == "W" else _date(Phrase("date", p.tokens), f).value)


def _feast(p: Phrase, f: _Frame) -> _Read:
    name, year, shift = str(p.get("FEAST")), p.number("YEAR"), _shift(p)
    if year is None and f.anchor is None:
        year = f.context.start.year if f.context else None
    if year is None and f.anchor is None:
        days = periods.feast(name, 2000)[0] if name in ("christmas", "christmas eve", "new year", "new year eve") else None
        return _Read("DATE", f"XXXX-{days[0]:%m-%d}" if days else "XXXX-XX-XX")
    today = f.anchor or dt.date(year or 2000, 12, 31)
    all_days = sorted(d for y in ([year] if year else range(today.year - 1, today.year + 2)) for d in periods.feast(name, y))
    if not all_days:
        return _Read("DATE", f"{year}-XX-XX")
    past = [d for d in all_days if d[0] <= today] or all_days[:1]
    future = [d for d in all_days if d[1] >= today] or all_days[-1:]
    if year or shift == -1:
        days = all_days[0] if year else ([d for d in past if d[1] < today] or past)[-1]
    elif shift == 1:
        days = future[0]
    elif shift == 0:
        days = next((d for d in all_days if d[0].year == today.year), past[-1])
    else:
        days = future[0] if _nearest(past[-1][0], future[0][0], f, today) == future[0][0] else past[-1]
    if p.get("UNIT") == "W":
        return _Read("DATE", _week(days[0]))
    return _timed(p, days[0].isoformat() if days[0] == days[1] else f"{days[0]:%Y-%m}", "", days)


def _duration(p: Phrase, f: _Frame) -> _Read:
    return _Read("DURATION", _period(_plain_count(p), _unit_of(p)))


def _plain_count(p: Phrase) -> float | None:
    """The count of a duration: none for a bare plural ("years"), vague for a span of counts ("12 to 18 months")."""
    plural = p.has("UNITS", "QTRS", "PARTS") and not p.has("NUM", "DAY", "CARD", "FRAC", "ART", "HALF", "VAGUE")
    return None if plural or p.has("TO") else _number(p)


def _set(p: Phrase, f: _Frame) -> _Read:
    if p.has("SETWORD"):
        return _Read("SET", str(p.get("SETWORD")))
    piece = p.get("PART") or p.get("PARTS")
    if day := p.number("WDAY") or p.number("WDAYS"):
        return _Read("SET", f"XXXX-WXX-{day}" + (f"T{piece}" if piece else ""))
    if month := p.number("MONTH"):
        return _Read("SET", f"XXXX-{month:02}")
    if piece:
        return _Read("SET", f"XXXX-XX-XXT{piece}")
    if season := p.get("SEASON") or p.get("SEASONS"):
        return _Read("SET", f"XXXX-{season}")
    return _Read("SET", _period(p.number("ORD") or _number(p), _unit_of(p)))


def _part_of(p: Phrase, f: _Frame) -> _Read:
    """This morning, last night, that evening, overnight, at dawn, 10 a.m.: "this" and "last" count from the anchor, the rest
    stands in the narrative's day. Overnight covers the night before publication, two calendar days."""
    if p.has("LAST", "THIS", "NEXT"):
        day = f.anchor + (-1 if p.has("LAST") else 0) * DAY if f.anchor else None
        return _timed(p, _at(day, "D"))
    told = _told(f, "D")
    if told is None and any(t.value == "NI" and t.end - t.start == 9 for t in p.tokens) and f.anchor:
        return _timed(p, _at(f.anchor - DAY, "D"), "", (f.anchor - DAY, f.anchor))
    if p.has("FOLLOW", "PREV") and told:
        told += (1 if p.has("FOLLOW") else -1) * DAY
    return _timed(p, _at(told, "D"))


def _that_time(p: Phrase, f: _Frame) -> _Read:
    return _Read("DATE", "PRESENT_REF" if p.has("THIS") else "PAST_REF")


def _lone_day(p: Phrase, f: _Frame) -> _Read:
    """The 27th: of the narrative's month."""
    day, base = p.number("ORD") or p.number("DAY") or 1, _told(f, "M")
    if p.has("UNIT") or base is None or p.tokens[-1].value in ("first", "second"):
        return _Read("DATE", "XXXX-XX-XX")
    return _Read("DATE", dt.date(base.year, base.month, day).isoformat())


def _lone_unit(p: Phrase, f: _Frame) -> _Read:
    if p.has("WEEKEND"):
        return _unit(Phrase(p.rule, (Token("THE", "", 0, 0), *p.tokens)), f)
    return _Read("DURATION", _period(1, _unit_of(p)))


def _range(p: Phrase, f: _Frame) -> _Read:
    """Between 3 and 5 May, from 2011 to 2014, 2016-17: what one side leaves out it takes from the other."""
    inner = tuple(t for t in p.tokens if t.kind not in ("FROM", "BETWEEN"))
    marks = [i for i, t in enumerate(inner) if i and t.kind in ("TO", "AND", "DASH") and inner[i - 1].kind not in ("EARLY", "MID", "LATE")]
    days_named = [i for i, t in enumerate(inner) if t.kind == "DAY"]
    cut = marks[0] if marks else days_named[1] if len(days_named) > 1 else len(inner) - 1
    left, right = inner[:cut], inner[cut + bool(marks) :]
    (y1, m1, d1), (y2, m2, d2) = _fields(left), _fields(right)
    if y1 and not m1 and not y2:  # 2016-17
        short = p.number("NUM") if p.has("NUM") else d2
        y2, d2 = (y1 // 100 * 100 + short if short is not None and short < 100 else None), None
    if (decade := Phrase("", right).number("DECADE")) and not y2:
        y2 = decade * 10
    m1, m2 = m1 or (m2 if d1 else None), m2 or (m1 if d2 else None)
    y2 = y2 or (y1 if m2 else None) or (_year_of(m2, d2 or 0, f) if m2 else None)
    y1 = y1 or (y2 - (1 if m1 and m2 and m1 > m2 else 0) if y2 else None)
    values = ["-".join((f"{y:04}", *(f"{n:02}" for n in (m, d) if n))) if y else "" for y, m, d in ((y1, m1, d1), (y2, m2, d2))]
    first, last = (days_of(v) for v in values)
    if not first or not last:
        return _Read("DATE", values[0] or values[1] or "XXXX-XX-XX")
    first = periods.narrowed(first, _part(Phrase("", left)))
    last = periods.narrowed(last, _part(Phrase("", right)))
    return _Read("DATE", "/".join(values), "", (first[0], last[1]))


def _open(p: Phrase, f: _Frame) -> _Read:
    """Since mid-2014: from there to the anchor."""
    rest = p.tokens[1:]
    rule = "lastmonth" if p.has("LAST") and p.has("MONTH") else "relunit" if p.has("LAST") else "dayref" if p.has("DAYREF") else ""
    rule = rule or ("weekday" if p.has("WDAY") and not p.has("MONTH") else "date" if p.has("MONTH") else "decade" if p.has("DECADE") else "year")
    read = _RULES[rule](Phrase(rule, rest), _Frame(f.anchor, f.context, "past"))
    days = days_of(read.value)
    if not days or not f.anchor:
        return read
    return _Read(read.type, read.value, "", (periods.narrowed(days, read.part)[0], max(f.anchor, days[0])))


def _now(p: Phrase, f: _Frame) -> _Read:
    return _Read("DATE", "PRESENT_REF")


def _past(p: Phrase, f: _Frame) -> _Read:
    return _Read("DATE", "PAST_REF")


def _future(p: Phrase, f: _Frame) -> _Read:
    return _Read("DATE", "FUTURE_REF")


_RULES: dict[str, Callable[[Phrase, _Frame], _Read]] = {
    "iso": _iso, "ndate": _numeric, "slash": _slash, "range": _range, "open": _open, "date": _date, "lastmonth": _last_month,
    "year": _year, "decade": _decade, "century": _century, "weekday": _weekday, "dayref": _day_ref, "night": _night, "relunit": _unit,
    "season": _season_rule, "span": _span, "recent": _recent, "ago": _ago, "later": _later, "agovague": _vague_ago, "agobefore": _ago, "laterafter": _later,
    "yearago": _year_ago, "quarter": _quarter, "firstof": _first_of, "weekof": _week_of, "feast": _feast, "duration": _duration,
    "set": _set, "clock": _part_of, "part": _part_of, "thattime": _that_time, "day": _lone_day, "unit": _lone_unit, "now": _now,
    "pastref": _past, "futref": _future,
}  # fmt: skip


# --- a document --------------------------------------------------------------------------------------------------------------

_FUTURE = r"[Ww]ill|shall|would|won['’]t|['’]ll|may|might|could|should|must|to be|expected|scheduled|due|set to|plans? to|planned|planning|going to|upcoming"
_PAST = r"said|says|told|was|were|had|has|have|did|came|went|took|made|found|began|left|fell|rose|held|met|shot|ago|[a-z]{3,}ed"
_VERB = re.compile(rf"\b(?:(?P<future>{_FUTURE})|(?P<past>{_PAST}))\b")
_BY = re.compile(r"\b(?:by|until|till|(?P<soon>(?:soon|early|late) as)|before)\s*$")


def tense_at(text: str, span: Span, sentence: Span) -> str:
    """Whether the verb next to a time looks back or ahead: "past", "future" or "" where the sentence does not say.

    The nearest verb before it in its sentence decides; where there is none, the first after it.
    """
    if text.startswith(("'s", "’s"), span.end):  # "Wednesday's ruling" takes its time from no verb
        return ""
    last = None
    for last in _VERB.finditer(text, max(sentence.start, span.start - 90), span.start):
        pass
    if last and not last["future"] and (by := _BY.search(text, max(sentence.start, span.start - 15), span.start)):
        return "future" if by["soon"] else ""
    verb = last or _VERB.search(text, span.end, min(sentence.end, span.end + 120))
    return "" if verb is None else "future" if verb["future"] else "past"


_DATELINE = 300  # characters of the head in which a dateline may stand


def _anchor(document: Document, spans: list[Span]) -> dt.date | None:
    """The publication date, else a full date that opens the text: "22 September 2019. Five people ..."."""
    if document.published:
        return document.published
    for span in spans:
        if span.start > _DATELINE:
            break
        head = document.text[document.text.rfind("\n", 0, span.start) + 1 : span.start]
        follow = document.text[span.end : span.end + 4].lstrip(" )")[:1]
        opens = not head.strip() or (head.upper() == head and len(head) < 60)
        if opens and follow in (".", "-", "–", "—", ":", "(", "\n", ""):
            read = read_time(span.of(document.text), None)
            if read and read.range and read.range.date_prec == 1:
                return read.range.start
    return None


def read_times(document: Document, spans: list[Span], sentences: tuple[Span, ...]) -> list[TimeValue | None]:
    """What each time expression of a document means, in the order of ``spans`` (which must be that of the text)."""
    anchor = _anchor(document, spans)
    starts = [s.start for s in sentences]
    context: DateRange | None = None
    out: list[TimeValue | None] = []
    for span in spans:
        at = max(0, bisect.bisect_right(starts, span.start) - 1)
        sentence = sentences[at] if sentences else Span(0, len(document.text))
        read = read_time(span.of(document.text), anchor, context=context, tense=tense_at(document.text, span, sentence))
        out.append(read)
        if read and read.range and read.type in ("DATE", "TIME") and _moves(span.of(document.text), context, read.range):
            context = read.range
    return out


def _moves(text: str, told: DateRange | None, now: DateRange) -> bool:
    """Whether the narrative goes on from a date: not from a look back ("a year ago") nor from the last day of its quarter."""
    phrase = parse(text)
    aside = phrase is not None and phrase.rule in ("ago", "agobefore", "yearago", "now")
    return not aside and not (told and "-Q" in told.value and now.end == told.end)


def link_dates(document: Document, annotations: Annotations) -> dict[int, TimeValue]:
    """The value of every TIME mention by its index; a mention without a readable time word is left out."""
    times = sorted((m.span.start, m.span.end, i) for i, m in enumerate(annotations.mentions) if m.type is MentionType.TIME)
    values = read_times(document, [Span(start, end) for start, end, _ in times], annotations.sentences)
    return {i: value for (_, _, i), value in zip(times, values, strict=True) if value}
