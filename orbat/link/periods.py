"""The calendar behind time expressions: TIMEX3 values to days, UCDP's date precision, feasts.

Sources. Easter: the anonymous Gregorian computus (Meeus, *Astronomical Algorithms*, ch. 8). Ramadan and the two Eids: the
tabular Islamic calendar (civil epoch 16 July 622 Julian, leap years 2, 5, 7, 10, 13, 16, 18, 21, 24, 26 and 29 of each 30).
Sighting moves the true day by one or two, so an Islamic feast's range is widened by a day on both sides.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re

from orbat.remembering import remembered

DAY = dt.timedelta(days=1)

# Meteorological seasons of the northern hemisphere, as (first month, months); winter starts in December of its year.
SEASONS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}

_VALUE = re.compile(
    r"(?P<y>\d{4})(?:-(?:(?P<m>\d\d)(?:-(?P<d>\d\d))?|W(?P<w>\d\d)(?:-(?P<wd>WE|[1-7]))?|Q(?P<q>[1-4])|H(?P<h>[12])|(?P<s>SP|SU|FA|WI)))?"
    r"(?:T.*)?|(?P<dec>\d{3})|(?P<cen>\d\d)"
)

Days = tuple[dt.date, dt.date]


def month_days(year: int, month: int, count: int = 1) -> Days:
    """First and last day of ``count`` months from ``month`` (which may run past 12)."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    last_year, last_month = year + (month + count - 2) // 12, (month + count - 2) % 12 + 1
    return dt.date(year, month, 1), dt.date(last_year, last_month, calendar.monthrange(last_year, last_month)[1])


@remembered(2_048)
def days_of(value: str) -> Days | None:
    """The days that a TIMEX3 value of type DATE or TIME covers, both included; None where it names no calendar days."""
    match = _VALUE.fullmatch(value)
    if match is None:
        return None
    try:
        return _days(match)
    except (ValueError, OverflowError):  # 30 February, week 54, year 0
        return None


def _days(match: re.Match[str]) -> Days:
    part = match.groupdict()
    if part["dec"]:
        return dt.date(int(part["dec"]) * 10, 1, 1), dt.date(int(part["dec"]) * 10 + 9, 12, 31)
    if part["cen"]:
        return dt.date(int(part["cen"]) * 100, 1, 1), dt.date(int(part["cen"]) * 100 + 99, 12, 31)
    year = int(part["y"])
    if part["d"]:
        day = dt.date(year, int(part["m"]), int(part["d"]))
        return day, day
    if part["w"]:
        return _week(year, int(part["w"]), part["wd"])
    if part["m"]:
        return month_days(year, int(part["m"]))
    if part["q"]:
        return month_days(year, 3 * int(part["q"]) - 2, 3)
    if part["h"]:
        return month_days(year, 6 * int(part["h"]) - 5, 6)
    if part["s"]:
        return month_days(year, SEASONS[part["s"]], 3)
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def _week(year: int, week: int, day: str | None) -> Days:
    monday = dt.date.fromisocalendar(year, week, 1)
    if day == "WE":
        return monday + 5 * DAY, monday + 6 * DAY
    if day:
        return (monday + (int(day) - 1) * DAY,) * 2
    return monday, monday + 6 * DAY


def date_prec(start: dt.date, end: dt.date) -> int:
    """UCDP's precision of a range: 1 one day, 2 two to six days, 3 a week, 4 up to a month, 5 longer."""
    length = (end - start).days + 1
    return 1 if length == 1 else 2 if length < 7 else 3 if length == 7 else 4 if length <= 31 else 5


def narrowed(days: Days, part: str) -> Days:
    """The EARLY, MID or LATE third of a range, in whole months where it has three or more; START and END are its first and last
    twelfth (of a year a month, of a month three days): "the end of the year" is December, "late 2014" September on."""
    start, end = days
    months = 12 * (end.year - start.year) + end.month - start.month + 1
    if start.day == 1 and (end + DAY).day == 1 and months >= 3:
        size = max(1, round(months / 12)) if part in ("START", "END") else months // 3
        skip = {"MID": size, "LATE": months - size, "END": months - size}.get(part, 0)
        return month_days(start.year, start.month + skip, months - 2 * size if part == "MID" else size) if part else days
    length = (end - start).days + 1
    if length < 3 or not part:
        return days
    size = max(1, round(length / 12)) if part in ("START", "END") else length // 3
    if part == "MID":
        return start + size * DAY, end - size * DAY
    return (start, start + (size - 1) * DAY) if part in ("EARLY", "START") else (end - (size - 1) * DAY, end)


def easter(year: int) -> dt.date:
    """Easter Sunday of the western churches."""
    golden, century, rest = year % 19, year // 100, year % 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return dt.date(year, month, day + 1)


def islamic(year: int, month: int, day: int) -> dt.date:
    """The Gregorian day of a date of the tabular Islamic calendar (civil epoch); sighting may move it by one or two days."""
    count = day + (59 * (month - 1) + 1) // 2 + 354 * (year - 1) + (3 + 11 * year) // 30
    return dt.date(622, 7, 18) + count * DAY  # 18 July 622, proleptic Gregorian, is the day before 1 Muharram of year 1


def _nth(year: int, month: int, weekday: int, n: int) -> dt.date:
    """The n-th (from the end where negative) weekday (Monday 0) of a month."""
    first, last = month_days(year, month)
    if n > 0:
        return first + ((weekday - first.weekday()) % 7 + 7 * (n - 1)) * DAY
    return last - ((last.weekday() - weekday) % 7 + 7 * (-n - 1)) * DAY


# Feasts on a fixed day: (month, day).
_FIXED = {
    "christmas": (12, 25), "christmas eve": (12, 24), "boxing day": (12, 26), "new year": (1, 1), "new year eve": (12, 31),
    "valentine": (2, 14), "halloween": (10, 31), "may day": (5, 1), "nowruz": (3, 21), "fourth of july": (7, 4),
    "epiphany": (1, 6), "all saints": (11, 1), "armistice day": (11, 11), "veterans day": (11, 11), "bastille day": (7, 14),
}  # fmt: skip
# Feasts counted from Easter Sunday, in days.
_FROM_EASTER = {"easter": 0, "good friday": -2, "easter monday": 1, "palm sunday": -7, "pentecost": 49, "ash wednesday": -46}
# Feasts of the Islamic year: (month, day, days long).
_ISLAMIC = {"ramadan": (9, 1, 30), "eid al-fitr": (10, 1, 3), "eid al-adha": (12, 10, 4), "ashura": (1, 10, 1), "mawlid": (3, 12, 1)}
# Weekdays of a month in the United States: (month, weekday, n).
_NTH = {"thanksgiving": (11, 3, 4), "labor day": (9, 0, 1), "memorial day": (5, 0, -1), "martin luther king day": (1, 0, 3)}

FEASTS = (*_FIXED, *_FROM_EASTER, *_ISLAMIC, *_NTH, "election day")


@remembered(512)
def feast(name: str, year: int) -> tuple[Days, ...]:
    """The days of a feast (a name in ``FEASTS``) that begin in a Gregorian year: none, one, or two of an Islamic one."""
    if name in _FIXED:
        return ((dt.date(year, *_FIXED[name]),) * 2,)
    if name in _FROM_EASTER:
        return ((easter(year) + _FROM_EASTER[name] * DAY,) * 2,)
    if name in _NTH:
        return ((_nth(year, *_NTH[name]),) * 2,)
    if name == "election day":  # of the United States: the Tuesday after the first Monday of November
        return ((_nth(year, 11, 0, 1) + DAY,) * 2,)
    month, day, length = _ISLAMIC[name]
    hijri = round((year - 622) * 33 / 32)
    firsts = (islamic(h, month, day) for h in range(hijri - 1, hijri + 3))
    return tuple((first - DAY, first + length * DAY) for first in firsts if first.year == year)


def iso_week(day: dt.date) -> str:
    """The ISO 8601 week that a day lies in, as a value: "1998-W08"."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _months(day: dt.date, months: int) -> dt.date:
    """The same day of a month so many months on, or that month's last."""
    first, last = month_days(day.year, day.month + months)
    return min(first + (day.day - 1) * DAY, last)


def moved(day: dt.date, unit: str, count: int) -> dt.date:
    """``count`` units on. Units as in the lexicon; clock units stay on the day."""
    if unit in ("D", "W", "F"):
        return day + count * {"D": 1, "W": 7, "F": 14}[unit] * DAY
    return _months(day, count * {"M": 1, "Q": 3, "S": 3, "Y": 12, "E": 120, "C": 1200}[unit]) if unit and unit in "MQSYEC" else day


_UNKNOWN = {"D": "XXXX-XX-XX", "W": "XXXX-WXX", "F": "XXXX-WXX", "M": "XXXX-XX", "Q": "XXXX-QX", "Y": "XXXX", "E": "XXX", "C": "XX"}


def value_at(day: dt.date | None, unit: str) -> str:
    """The unit that a day lies in, as a value: its week, month, year."""
    if day is None:
        return _UNKNOWN.get(unit, "XXXX-XX-XX")
    if unit in ("W", "F"):
        return iso_week(day)
    if unit == "Q":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    iso = day.isoformat()
    return iso[: {"M": 7, "Y": 4, "S": 4, "E": 3, "C": 2}.get(unit, 10)]


def season_of(day: dt.date, season: str, shift: int) -> str:
    """The season of that name by ``shift``: 0 this year's, -1 the last that is over, 1 the next to begin."""
    year = day.year - (1 if season == "WI" and day.month < 3 and shift <= 0 else 0)
    if shift < 0 and month_days(year, SEASONS[season], 3)[1] >= day:
        year -= 1
    if shift > 0 and month_days(year, SEASONS[season])[0] <= day:
        year += 1
    return f"{year}-{season}"


_SIZES = {"E": (10, "Y"), "C": (100, "Y"), "F": (2, "W"), "S": (3, "M")}
SMALLER = {"Y": ("M", 12), "M": ("W", 4), "W": ("D", 7), "D": ("TH", 24), "TH": ("TM", 60), "TM": ("TS", 60)}


def duration_of(count: float | None, unit: str) -> str:
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
    if rest and unit in SMALLER:
        small, size = SMALLER[unit]
        clock, inner = ("T" if small.startswith("T") else ""), f"{round(rest * size)}{small[-1]}"
        return f"P{'' if unit.startswith('T') else text}{clock}{text if unit.startswith('T') else ''}{inner}"
    return f"P{clock}{text or f'{whole}{unit[-1]}'}"
