"""Times that count from a day: last week, three days later, this morning; durations and sets."""

from __future__ import annotations

import datetime as dt
import re

from orbat.link.lexicon import Token
from orbat.link.named_times import NAMED, Frame, Read, Reader, Said, date_fields, piece_of, shift_of, timed, told_day
from orbat.link.periods import DAY, SMALLER, Days, days_of, duration_of, iso_week, moved, narrowed, season_of, value_at
from orbat.link.timex import Phrase


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


def _unit_of(p: Phrase) -> str:
    found = next((t for t in reversed(p.tokens) if t.kind in ("UNIT", "UNITS", "QTR", "QTRS", "CENTURY", "WEEKEND", "PART", "PARTS")), None)
    return "D" if found is None or found.kind in ("PART", "PARTS", "WEEKEND") else str(found.value)


def _plain_count(p: Phrase) -> float | None:
    """The count of a duration: none for a bare plural ("years"), vague for a span of counts ("12 to 18 months")."""
    plural = p.has("UNITS", "QTRS", "PARTS") and not p.has("NUM", "DAY", "CARD", "FRAC", "ART", "HALF", "VAGUE")
    return None if plural or p.has("TO") else _number(p)


def _day_ref(p: Phrase, f: Frame) -> Read:
    day = f.anchor + (p.number("DAYREF") or 0) * DAY if f.anchor else None
    return timed(p, value_at(day, "D"))


def _any_day(p: Phrase, f: Frame) -> Read:
    """(On a) Friday: which, is not said."""
    return timed(p, f"XXXX-WXX-{p.number('WDAY') or 1}")


def _night(p: Phrase, f: Frame) -> Read:
    return timed(p, value_at(f.anchor, "D"))


def _unit(p: Phrase, f: Frame) -> Read:
    """Last week, that year, the next day, this summer, the weekend, earlier this month, the end of the year."""
    shift, part = shift_of(p), piece_of(p)
    unit = str(p.get("UNIT") or p.get("QTR") or p.get("CENTURY") or ("Q" if p.has("PERIOD") else ""))
    if unit.startswith("T"):
        return Read("DURATION", duration_of(1, unit))
    if unit and unit != "Q" and any(t.value == "past" for t in p.tokens):  # the past year: up to now
        return _span(p, f)
    narrative = p.has("PREV", "FOLLOW", "THAT", "SAME") or (unit == "D" and shift is not None)
    base = told_day(f, unit or ("Y" if p.has("SEASON") else "D")) if narrative else f.anchor
    if unit in ("W", "M", "Y") and (there := _narratives(p, f, unit)):
        base = there
    if p.has("FEAST"):
        return NAMED["feast"](p, f)
    if p.has("PART"):
        return _part_of(p, f)
    if p.has("SEASON"):
        season = str(p.get("SEASON"))
        value = season_of(base, season, shift or 0) if base else f"XXXX-{season}"
        days = days_of(value)
        if base and narrative and shift == 0 and f.anchor and not f.ahead and days and days[0] > f.anchor:  # told, so not yet to come
            value = season_of(base, season, -1)
        return Read("DATE", value, part)
    if p.has("WEEKEND"):
        return _weekend(p, base)
    if shift is None:
        if unit in ("E", "C") and not (part or p.has("EARLIER", "LATER")):  # "the decade": any
            return Read("DURATION", duration_of(1, unit))
        if unit == "W" and not (part or p.has("EARLIER", "LATER")):  # "the week": any of the year
            return Read("DATE", value_at(f.anchor, "Y") + "-WXX")
        if unit == "S" or (base is None and unit in ("Y", "M") and not part):  # "the dry season"
            return Read("DURATION", duration_of(1, unit))
        if unit == "Q" and f.context and "Q" in f.context.value:
            return Read("DATE", f.context.value)
        base = told_day(f, "D") or base if unit == "D" and p.has("THE") else base
        shift = -1 if unit == "Q" else 0  # results are those of the last full quarter
    value = value_at(moved(base, unit, shift) if base else None, unit)
    days = days_of(value)
    if days and base and p.has("EARLIER", "LATER") and shift == 0 and days[0] <= base <= days[1]:
        return timed(p, value, "", (days[0], base) if p.has("EARLIER") else (base, days[1]))
    return Read("DATE", value, part)


def _narratives(p: Phrase, f: Frame, unit: str) -> dt.date | None:
    """The narrative's day where "the year", "the next week" are told of it: its date is told just before, and the verb looks back."""
    plain = p.has("THE") and not p.has("LAST", "PREV", "THIS", "THAT", "CURRENT") and (p.has("NEXT") or shift_of(p) is None)
    if not plain or not f.beside or f.tense != "past" or f.anchor is None:
        return None
    there = told_day(f, unit)
    return there if there and value_at(there, unit) < value_at(f.anchor, unit) else None


def _weekend(p: Phrase, base: dt.date | None) -> Read:
    """Last, this, next weekend; from Monday to Thursday "the weekend" is the one that is over."""
    if base is None:
        return Read("DATE", "XXXX-WXX-WE")
    shift = shift_of(p)
    over = shift is None and base.isoweekday() < 5
    if shift == 1 and not any(t.value == "next" for t in p.tokens):  # the coming weekend
        shift = 0
    return Read("DATE", iso_week(base + 7 * (-1 if over else shift or 0) * DAY) + "-WE")


def _span(p: Phrase, f: Frame) -> Read:
    """The past three days, the next two weeks: a duration that is placed against the anchor."""
    count, unit = _number(p), _unit_of(p)
    value = duration_of(None if p.has("TO") else count, unit)
    if f.anchor is None or count is None or p.has("PREV", "FOLLOW", "THIS") or p.has("TO"):
        return Read("DURATION", value)
    days = max(1, round(count / 24)) if unit == "TH" else 0
    ahead = p.has("NEXT")
    sign = 1 if ahead else -1
    other = f.anchor + sign * days * DAY if unit.startswith("T") else moved(f.anchor, unit, sign * int(count))
    return Read("DURATION", value, "", (f.anchor, other) if ahead else (other, f.anchor))


def _recent(p: Phrase, f: Frame) -> Read:
    if p.has("THIS"):
        return Read("DATE", "PRESENT_REF")
    if p.has("NEXT", "FUTREF"):
        return Read("DATE", "FUTURE_REF")
    if p.has("RECENT") and _unit_of(p) == "Y":
        return Read("DATE", "PAST_REF")
    return Read("DURATION", duration_of(None, _unit_of(p)))


def _ago(p: Phrase, f: Frame) -> Read:
    return _distance(p, f, -1)


def _ago_day(p: Phrase, f: Frame) -> Read:
    """A year ago today: that very day."""
    count, unit = _number(p), _unit_of(p)
    if f.anchor is None or count is None or count % 1 or unit not in ("D", "W", "M", "Y"):
        return _ago(p, f)
    return Read("DATE", value_at(moved(f.anchor + (p.number("DAYREF") or 0) * DAY, unit, -int(count)), "D"))


def _ahead(p: Phrase, f: Frame) -> Read:
    """(Will meet) in two weeks: from the anchor."""
    return _distance(Phrase("ago", (*p.tokens, Token("AGO", "", 0, 0))), f, 1)


def _later(p: Phrase, f: Frame) -> Read:
    return _distance(p, f, 1)


_A_MONTH = 31  # days


def _distance(p: Phrase, f: Frame, sign: int) -> Read:
    """Two weeks ago (from the anchor); a day earlier, three months later (from the narrative's date)."""
    count, unit = _number(p), _unit_of(p)
    count = None if p.has("UNITS", "QTRS") and _plain_count(p) is None else count
    told = not p.has("AGO")
    if unit.startswith("T"):
        days = _hours_from(told_day(f, "D") if told else f.anchor, sign, count) if p.rule in ("ago", "later") else None
        if count is not None:
            return Read("DURATION", duration_of(count, unit), "", days)
        return Read("DATE", "PAST_REF" if sign < 0 else "FUTURE_REF", "", days)
    if count is None:
        return Read("DATE", "PAST_REF" if sign < 0 else "FUTURE_REF")
    if f.context and unit == "Y" and count == 1 and "-Q" in f.context.value:  # results against the same quarter a year ago
        return Read("DATE", f"{f.context.start.year + sign * int(count)}{f.context.value[4:]}")
    base = told_day(f, unit) if told else f.anchor
    if base is None and told and f.context:  # the narrative is known only more coarsely than the step
        days = (f.context.start, f.context.end)
        if (days[1] - days[0]).days <= _A_MONTH and not count % 1 and p.has("LATER", "EARLIER"):
            # "In January … three weeks later": from 22 January to 21 February.
            days = (moved(days[0], unit, sign * int(count)), moved(days[1], unit, sign * int(count)))
        return Read("DATE", f.context.value, "", days)
    if base is None:
        return Read("DATE", value_at(None, unit))
    day = moved(base, unit, sign * int(count))
    if count % 1 and unit in ("E", "C"):  # half a century
        day = moved(day, "Y", sign * round(count % 1 * (10 if unit == "E" else 100)))
    if count % 1 and unit in SMALLER:
        small, size = SMALLER[unit]
        day = moved(day, small, sign * round(count % 1 * size))
    return Read("DATE", value_at(day, "Y" if unit in ("E", "C") else unit))


def _beside(p: Phrase, f: Frame) -> Read:
    """The day before yesterday, two days after 3 May."""
    cut = next(i for i, t in enumerate(p.tokens) if t.kind in ("BEFORE", "AFTER"))
    head, rest = Phrase("", p.tokens[:cut]), p.tokens[cut + 1 :]
    rule = next(rule for rule, kind in _BESIDE if Phrase("", rest).has(kind))
    named = (NAMED | RELATIVE)[rule](Phrase(rule, rest), f)
    days, sign = named.days or days_of(named.value), 1 if p.tokens[cut].kind == "AFTER" else -1
    count, unit = _number(head), _unit_of(head)
    if days is None or count is None or count % 1 or unit.startswith("T"):
        return Read("DURATION", duration_of(count, unit)) if not head.has("THE") else Read("DATE", "XXXX-XX-XX")
    return Read("DATE", value_at(moved(days[0] if sign < 0 else days[1], unit, sign * int(count)), unit))


_BESIDE = (("dayref", "DAYREF"), ("feast", "FEAST"), ("date", "MONTH"), ("weekday", "WDAY"))


def _day_of(p: Phrase, f: Frame) -> Read:
    """The 27th of last month."""
    month = _unit(Phrase("relunit", p.tokens[next(i for i, t in enumerate(p.tokens) if t.kind == "OF") :]), f).value
    if p.get("UNIT") != "M":
        return Read("DATE", "XXXX-XX-XX")
    value = f"{month}-{p.number('ORD') or p.number('DAY') or 1:02}"
    return Read("DATE", value if days_of(value) or "X" in month else month)  # the 31st of a month of 30 days: the month is all that is sure


def _before_last(p: Phrase, f: Frame) -> Read:
    """The week before last, the weekend after next: two on from the anchor's."""
    shift, unit = (-2 if p.has("BEFORE") else 2), "W" if p.has("WEEKEND") else str(p.get("UNIT"))
    if p.has("PART") or unit.startswith("T") or unit == "D":
        return timed(p, value_at(f.anchor + shift * DAY if f.anchor else None, "D"))
    day = moved(f.anchor, unit, shift) if f.anchor else None
    return Read("DATE", value_at(day, unit) + ("-WE" if p.has("WEEKEND") else ""))


def _same_time(p: Phrase, f: Frame) -> Read:
    """This time last year: that year, in the month of publication."""
    shift = (shift_of(Phrase("", p.tokens[-2:])) or 0) if f.anchor else 0
    if f.anchor is None:
        return Read("DATE", "XXXX")
    day = moved(f.anchor, str(p.get("UNIT")), shift)
    value = value_at(day, str(p.get("UNIT")))
    return Read("DATE", value, "", days_of(value_at(day, "M")) if p.get("UNIT") == "Y" and p.get("PERIOD") == "time" else None)


def _hours_from(day: dt.date | None, sign: int, hours: float | None) -> Days | None:
    """Hours (or less) before or after an unknown hour of a day: that day or the one beside it; none for more than a day of them."""
    if day is None or (hours or 0) > 24:
        return None
    return (day, day + DAY) if sign > 0 else (day - DAY, day)


def _year_ago(p: Phrase, f: Frame) -> Read:
    """The year-earlier quarter: the narrative's period, a year back."""
    if f.context and "-Q" in f.context.value:
        return Read("DATE", f"{f.context.start.year - 1}{f.context.value[4:]}")
    base = f.anchor or (f.context.start if f.context else None)
    if base is None:
        return Read("DATE", "XXXX")
    return Read("DATE", str(base.year - 1))


def _first_of(p: Phrase, f: Frame) -> Read:
    """The first week of May, the last three months of 2011: the value is the whole's, the days are the piece's."""
    cut = next(i for i, t in enumerate(p.tokens) if t.kind == "OF" and p.tokens[i - 1].kind in ("UNIT", "UNITS", "WEEKEND", "HALF"))
    head, rest = Phrase("", p.tokens[:cut]), Phrase("date", p.tokens[cut:])
    year, month, _ = date_fields(rest.tokens)
    if month:
        value = NAMED["date"](rest, f).value
    elif year or rest.has("DECADE"):
        value = str(year or rest.get("DECADE"))
    elif rest.has("FEAST"):
        return _first_of_feast(head, NAMED["feast"](rest, f))
    else:
        value = _unit(Phrase("relunit", (*rest.tokens, Token("EARLIER", "", 0, 0))), f).value
    if head.has("HALF"):
        return _half(value, head.number("ORD") == 1)
    whole, count, unit = days_of(value), _number(head), str(head.get("UNIT") or head.get("UNITS") or "W")
    if not whole or not count or unit.startswith("T") or unit not in "DWMYF":
        return Read("DATE", value)
    nth = head.number("ORD") or 1
    if head.has("LAST", "FIRST") and not head.has("ORD") and head.get("FIRST") != "initial":
        return Read("DATE", value, "", (max(whole[0], moved(whole[1] + DAY, unit, -int(count))), whole[1]))
    start = moved(whole[0], unit, nth - 1)
    return Read("DATE", value, "", (start, min(whole[1], moved(start, unit, int(count)) - DAY)))


def _first_of_feast(head: Phrase, whole: Read) -> Read:
    """The second day of Ramadan, give or take one: sighting moves the feast."""
    nth, count = head.number("ORD") or 1, _number(head) or 1
    if whole.days is None or whole.days[0] == whole.days[1] or head.has("LAST", "FIRST") or head.get("UNIT") not in ("D", "W"):
        return whole
    size = 7 if head.get("UNIT") == "W" else 1
    start = whole.days[0] + (nth - 1) * size * DAY
    return Read("DATE", whole.value, "", (start, min(whole.days[1], start + (int(count) * size + 1) * DAY)))


def _half(value: str, first: bool) -> Read:
    days = days_of(value)
    if days is None or days[0] == days[1]:
        return Read("DATE", value)
    if len(value) == 4:
        return Read("DATE", f"{value}-H{1 if first else 2}")
    middle = days[0] + ((days[1] - days[0]).days + 1) // 2 * DAY
    return Read("DATE", value, "", (days[0], middle - DAY) if first else (middle, days[1]))


def _duration(p: Phrase, f: Frame) -> Read:
    if p.has("QTR") and p.has("CENTURY") and not p.has("NUM", "DAY", "CARD"):
        return Read("DURATION", "P25Y")
    units = [t for t in p.tokens if t.kind in ("UNIT", "UNITS")]
    if len(units) == 2 and p.has("AND") and not p.has("VAGUE"):  # six years and nine months
        cut = p.tokens.index(units[0]) + 1
        first, second = (Phrase("", half) for half in (p.tokens[:cut], p.tokens[cut:]))
        if second.has("NUM", "DAY", "CARD", "ART"):
            rest = duration_of(_number(Phrase("", second.tokens[1:])), _unit_of(second))[1:]
            head = duration_of(_number(first), _unit_of(first))
            return Read("DURATION", head + (rest[1:] if "T" in head else rest))
    return Read("DURATION", duration_of(_plain_count(p), _unit_of(p)))


def _set(p: Phrase, f: Frame) -> Read:
    if p.has("WEEKENDS"):
        return Read("SET", "XXXX-WXX-WE")
    if p.has("ONCE", "TIMES") and not p.has("EVERY"):
        return Read("SET", duration_of(1, _unit_of(p)))
    if p.has("OTHER"):
        return Read("SET", duration_of(2, _unit_of(p)))
    if p.has("SETWORD"):
        return Read("SET", str(p.get("SETWORD")))
    piece = p.get("PART") or p.get("PARTS")
    if day := p.number("WDAY") or p.number("WDAYS"):
        return Read("SET", f"XXXX-WXX-{day}" + (f"T{piece}" if piece else ""))
    if month := p.number("MONTH"):
        return Read("SET", f"XXXX-{month:02}")
    if piece:
        return Read("SET", f"XXXX-XX-XXT{piece}")
    if season := p.get("SEASON") or p.get("SEASONS"):
        return Read("SET", f"XXXX-{season}")
    return Read("SET", duration_of(p.number("ORD") or _number(p), _unit_of(p)))


def _part_of(p: Phrase, f: Frame) -> Read:
    """This morning, last night, that evening, at dawn, 10 a.m.: "this" and "last" count from the anchor, the rest stands in the narrative's
    day."""
    if p.has("LAST", "THIS", "NEXT"):
        day = f.anchor + (-1 if p.has("LAST") else 0) * DAY if f.anchor else None
        return timed(p, value_at(day, "D"))
    if p.has("BEFORE", "AFTER"):  # shortly after noon, hours before dawn
        p = Phrase(p.rule, tuple(t for t in p.tokens if t.kind in ("PART", "CLOCK")))
    told = told_day(f, "D")
    if p.has("FOLLOW", "PREV") and told:
        told += (1 if p.has("FOLLOW") else -1) * DAY
    return timed(p, value_at(told, "D"))


def _overnight(p: Phrase, f: Frame) -> Read:
    """The night after the narrative's day, else the one before publication: two calendar days either way."""
    told = told_day(f, "D")
    first = told or (f.anchor - DAY if f.anchor else None)
    return timed(p, value_at(first, "D"), "", (first, first + DAY) if first else None)


def _that_time(p: Phrase, f: Frame) -> Read:
    return Read("DATE", "PRESENT_REF" if p.has("THIS") else "PAST_REF")


def _lone_unit(p: Phrase, f: Frame) -> Read:
    if p.has("WEEKEND"):
        return _unit(Phrase(p.rule, (Token("THE", "", 0, 0), *p.tokens)), f)
    return Read("DURATION", duration_of(1, _unit_of(p)))


def _open(p: Phrase, f: Frame) -> Read:
    """Since mid-2014: from there to the anchor."""
    rest = p.tokens[1:]
    if p.has("LAST"):
        rule = "lastmonth" if p.has("MONTH") else "relunit"
    else:
        named = (("date", "MONTH"), ("weekday", "WDAY"), ("dayref", "DAYREF"), ("decade", "DECADE"))
        rule = next((rule for rule, kind in named if p.has(kind)), "year")
    read = (NAMED | RELATIVE)[rule](Phrase(rule, rest), Frame(f.anchor, f.context, Said("past")))
    days = days_of(read.value)
    if not days or not f.anchor:
        return read
    return Read(read.type, read.value, "", (narrowed(days, read.part)[0], max(f.anchor, days[0])))


def _now(p: Phrase, f: Frame) -> Read:
    return Read("DATE", "PRESENT_REF")


def _past(p: Phrase, f: Frame) -> Read:
    return Read("DATE", "PAST_REF")


def _future(p: Phrase, f: Frame) -> Read:
    return Read("DATE", "FUTURE_REF")


RELATIVE: dict[str, Reader] = {
    "dayref": _day_ref, "night": _night, "overnight": _overnight, "relunit": _unit, "span": _span, "recent": _recent, "ago": _ago,
    "agoday": _ago_day,
    "agobefore": _ago, "beside": _beside, "besidedate": _beside, "dayof": _day_of, "sametime": _same_time,
    "beforelast": _before_last, "later": _later,
    "laterafter": _later, "ahead": _ahead, "yearago": _year_ago, "firstof": _first_of, "duration": _duration, "set": _set,
    "clock": _part_of, "part": _part_of, "thattime": _that_time, "unit": _lone_unit, "open": _open, "now": _now, "pastref": _past,
    "futref": _future, "anyday": _any_day,
}  # fmt: skip
"""What each rule of the grammar that counts from a day, or from none, means."""
