"""Time mentions to TIMEX3 values and days: ``read_time`` for one text, ``link_dates`` for a document.

Times count from the publication date, else from a dateline that names a full date; words such as "the next day" or "two weeks
later" count from the latest date named before them. Where neither is known the value keeps X for what is unknown and there is
no range: a missing date never becomes today. Values follow TimeML 1.2.1 as TempEval-3 uses it; a pair of dates, which TimeML
has no value for, gets an ISO 8601 interval ("2011/2014").

Kept libraries were measured first, on every fourth document of TempEval-3's TBAQ, given the gold expressions: dateparser found the
day, month or year meant for 35 % of them (5.6 ms each), parsedatetime for 22 %; neither reads durations, sets or narrative dates.
"""

from __future__ import annotations

import bisect
import datetime as dt
import re
from collections import ChainMap
from dataclasses import replace

from orbat.link.lexicon import Token
from orbat.link.named_times import FARTHEST, NAMED, Frame, Said
from orbat.link.periods import DAY, Days, date_prec, days_of, moved, narrowed, value_at
from orbat.link.relative_times import RELATIVE
from orbat.link.tenses import VerbsBeside, tense_at
from orbat.link.timex import Phrase, parse
from orbat.types import Annotations, DateRange, Document, MentionType, Span, TimeValue

_READERS = NAMED | RELATIVE


def read_time(text: str, anchor: dt.date | None, *, context: DateRange | None = None, tense: str = "") -> TimeValue | None:
    """What a time expression means; None where no time word is in the text.

    Args:
        anchor: the day that "today", "Tuesday" or "last week" count from: the publication date; None where unknown.
        context: the latest date named before, which "the next day" or "that year" count from, and, without an anchor, the
            source of a missing year.
        tense: "past" or "future" where the verb beside it says so; decides "Monday", "in October".
    """
    phrase = parse(text)
    return None if phrase is None else _read(phrase, Frame(anchor, context, Said(tense)))


def _read(phrase: Phrase, frame: Frame) -> TimeValue | None:
    try:
        read = _READERS[phrase.rule](phrase, frame)
        days = read.days or (days_of(read.value) if read.type in ("DATE", "TIME") else None)
        if days and read.part:
            days = narrowed(days, read.part)
    except (ValueError, OverflowError):  # a day outside of the calendar: 25 o'clock, the year before year 1
        return None
    if days is None or days[0] > days[1]:
        return TimeValue(read.type, read.value)
    return TimeValue(read.type, read.value, DateRange(*days, date_prec(*days), read.value))


_DATELINE = 300  # characters of the head in which a dateline may stand
_PLACES = re.compile(r"(?!(?:On|In|By|Since|From|Until|Till|After|Before|Between|During)\b)(?:[^\W\d_a-z][\w.'’-]*[,/) ]*(?:[(|]\s*)?)+")


_LATE = 4  # days at most from the day of a dateline to that of publication


def _anchor(document: Document, spans: list[Span]) -> tuple[dt.date | None, Span | None]:
    """The day that relative times count from, and where a dateline tells it: that of a dateline little before publication ("LIMA,
    Aug. 4 - Rebels struck today", printed on 5 August), else the publication date, else a full date that opens the text: "22 September
    2019. Five people ..."."""
    published = document.published
    for span in spans:
        if span.start > _DATELINE:
            break
        head = document.text[document.text.rfind("\n", 0, span.start) + 1 : span.start]
        follow = document.text[span.end : span.end + 4].lstrip(" )")[:1]
        opens = not head.strip() or (len(head) < 60 and (head.upper() == head or _PLACES.fullmatch(head) is not None))
        if not opens or follow not in (".", "-", "–", "—", ":", "(", "\n", "") or (published and not (head.strip() and follow in _DASHES)):
            continue
        read = read_time(span.of(document.text), published)
        if read and read.range and read.range.date_prec == 1:
            day = read.range.start
            if published is None or 0 <= (published - day).days <= _LATE:
                return day, span
    return published, None


_DASHES = ("-", "–", "—", "(")  # what follows the day of a dateline


def read_times(document: Document, spans: list[Span], sentences: tuple[Span, ...]) -> list[TimeValue | None]:
    """What each time expression of a document means, in the order of ``spans`` (which must be that of the text)."""
    anchor, dateline = _anchor(document, spans)
    starts = [s.start for s in sentences]
    context: DateRange | None = None
    context_at = 0  # the sentence that told it
    years = _Years(anchor)
    out: list[TimeValue | None] = []
    for nth, span in enumerate(spans):
        at = max(0, bisect.bisect_right(starts, span.start) - 1)
        sentence = sentences[at] if sentences else Span(0, len(document.text))
        years.enter(at)
        phrase = None if _numbers(document.text, span) or _TURN.fullmatch(span.of(document.text)) else parse(span.of(document.text))
        read = None
        if phrase is not None:
            phrase = _as_used(document.text, span, sentence, phrase)
            verbs = VerbsBeside(document.text, span, sentence, phrase.has("WDAY"))
            frame = Frame(anchor, context, verbs, years.known(), at - context_at <= 1)
            if phrase.rule == "date" and (shared := _year_beside(document.text, span, phrase, spans[nth + 1 : nth + 2])):
                phrase = shared
            if phrase.rule in _HOURS and (day := _day_beside(document.text, span, spans[nth + 1 : nth + 3])):
                named = _read(day, frame)
                frame = replace(frame, context=named.range if named else None)
            read = _read(phrase, frame)
            if nth and out[-1]:
                read = _to_the_day(document.text, span, spans[nth - 1], out[-1], read)
        if phrase and read and read.range and read.type in ("DATE", "TIME"):
            if not _in_passing(document.text, span, read.range, anchor, context):
                years.tell(phrase, read.value)
            aside = context_at == at and context is not None and _looks_back(document.text, spans[nth - 1], span, context, read.range)
            if span != dateline and not aside and _moves(phrase, read, context):
                context, context_at = read.range, at
        out.append(read)
    for nth, span in enumerate(spans[:-1]):
        if joined := _joined(document.text, span, spans[nth + 1], anchor):
            out[nth] = out[nth + 1] = joined
        else:
            out[nth] = _counted(document.text, span, spans[nth + 1], _of_it(document.text, span, spans[nth + 1], out[nth]), out[nth + 1])
    return [value and _reaching(document.text, span, value, anchor) for span, value in zip(spans, out, strict=True)]


def _as_used(text: str, span: Span, sentence: Span, phrase: Phrase) -> Phrase:
    """A phrase under the rule that the words around it ask for."""
    if phrase.rule == "date" and not phrase.has("YEAR") and (that := _THAT.search(text, max(0, span.start - 9), span.start)):
        return parse(text[that.start() : span.end]) or phrase
    if phrase.rule == "weekday" and _any(text, span):
        return Phrase("anyday", phrase.tokens)
    if _measures(text, span, phrase):
        return Phrase("unit", phrase.tokens)
    if phrase.rule == "duration" and _in_time(text, span, sentence):
        return Phrase("ahead", phrase.tokens)
    return phrase


def _of_it(text: str, span: Span, after: Span, length: TimeValue | None) -> TimeValue | None:
    """A length of time that is a part of the period after it ("the last ten days | of October"), and so is no number of days up to the
    anchor."""
    part = length is not None and length.type == "DURATION" and text[span.end : after.start] in (" of ", " of the ")
    return replace(length, range=None) if length and part else length


def _joined(text: str, span: Span, after: Span, anchor: dt.date | None) -> TimeValue | None:
    """The day that two expressions side by side name together: "the day before | yesterday"."""
    if text[span.end : after.start].strip() or not text[span.start : span.end].endswith(_SIDES):
        return None
    phrase = parse(text[span.start : after.end])
    return _read(phrase, Frame(anchor, None, Said())) if phrase and phrase.rule == "beside" else None


_THAT = re.compile(r"\b(?:that|same) $", re.IGNORECASE)
"""Before a month: that of the year last told, "bombed in April 1983, and that October"."""
_SIDES = ("before", "after")
_COUNTS = re.compile(
    r"(?P<length>.+?)\s+(?P<side>before|after|prior to|following|ending|ended|to)"
    r"(?:\s+(?:the|a|an|his|their|its|last|that|this))?(?:(?:\s+[a-z-]+){1,3}\s+(?:of|on|in))?\s*"
)
_UNITS = re.compile(r"P(\d{1,3})([DWMY])")
_FINEST = {"D": 2, "W": 2, "M": 4, "Y": 5}  # the least exact date, by UCDP's precision, that the unit is counted from


def _counted(text: str, span: Span, after: Span, length: TimeValue | None, named: TimeValue | None) -> TimeValue | None:
    """A length of time that counts from the date after it, with the days that it comes to: "two days after | the 3 May raid", "the week
    ending | 5 November"."""
    if length is None or length.range or named is None or named.range is None or after.start - span.end > 40:
        return length
    match = _COUNTS.fullmatch(text, span.start, after.start)
    phrase = parse(match["length"]) if match and match.end("side") >= span.end else None
    if match is None or phrase is None or phrase.rule not in ("duration", "relunit", "unit"):
        return length
    count = _UNITS.fullmatch(RELATIVE["duration"](phrase, Frame(None, None, Said())).value)
    if count is None or named.range.date_prec > _FINEST[count[2]]:
        return length
    try:
        days = _days_from(int(count[1]), count[2], match["side"], named.range)
    except (ValueError, OverflowError):  # beyond the calendar
        return length
    return replace(length, range=_days_between(*days, length.value)) if days else length


def _days_from(count: int, unit: str, side: str, near: DateRange) -> Days | None:
    """So many days, weeks, months or years before, after or up to a date: to the day, the nearest week, the month, the year."""
    if side in ("ending", "ended", "to"):
        return moved(near.end, unit, -count) + DAY, near.end
    back = side in ("before", "prior to")
    day = moved(near.start if back else near.end, unit, -count if back else count)
    if unit in ("M", "Y"):
        return days_of(value_at(day, unit))
    return (day, day) if unit == "D" else (day - 3 * DAY, day + 3 * DAY)


_IN = re.compile(r"\b[Ii]n(?: about| around| roughly| some| just)?\s*$")
_OF_ORDER = re.compile(r"\b(?:first|second|third|only|more|less|worst|deadliest|lowest|highest|[a-z]+est|least)\b")


def _in_time(text: str, span: Span, sentence: Span) -> bool:
    """Whether a length of time says how far ahead: "will meet in two weeks", but not "the first to be held in two years"."""
    if _IN.search(text, max(sentence.start, span.start - 14), span.start) is None or text.startswith((" of", "-", " after"), span.end):
        return False
    return tense_at(text, span, sentence) == "future" and _OF_ORDER.search(text, max(sentence.start, span.start - 60), span.start) is None


_ANY, _NO_NOUN = re.compile(r"\b[Aa]\s+$"), re.compile(r"\s*(?:[.,;:)]|$|(?:in|of|at|and|or|when|before|after)\b)")


def _any(text: str, span: Span) -> bool:
    """Whether a weekday is any: "on a Friday in June", but not "a Friday raid"."""
    return _ANY.search(text, max(0, span.start - 4), span.start) is not None and _NO_NOUN.match(text, span.end) is not None


_ENDED = re.compile(r"\s+(?:ended|ending|before|after|since|to|through|following|preceding|prior|leading|that|when|in which|it)\b")


def _measures(text: str, span: Span, phrase: Phrase) -> bool:
    """Whether "the year", "the month" are as long as that, and are no calendar's: "the year ended 30 June", "the month after the coup"."""
    plain = phrase.rule == "relunit" and [t.kind for t in phrase.tokens] == ["THE", "UNIT"]
    return plain and phrase.get("UNIT") in ("Y", "M") and _ENDED.match(text, span.end) is not None


_LOOKS_BACK = re.compile(r"\b(?:[Aa]fter|[Ff]ollowing|[Ss]ince|of|from|[Uu]nlike|[Uu]nder|'s|’s)(?: the| a| an| his| her| its| their)?\s*$")
_NAMES_IT = re.compile(
    r"\s(?!(?:and|or|in|on|at|by|to|of|from|when|where|that|which|who|after|before|until|with|for|was|were|had|has|is)\b)[a-z]{3,}"
)


def _in_passing(text: str, span: Span, said: DateRange, anchor: dt.date | None, told: DateRange | None) -> bool:
    """Whether a month of a year long gone only names something ("after the August 1988 cease-fire"): "2 August" is not of its year then,
    but where the narrative is in that year too."""
    if anchor is None or said.date_prec != 4 or (anchor - said.end).days < FARTHEST or (told and told.start.year == said.start.year):
        return False
    return bool(_LOOKS_BACK.search(text, max(0, span.start - 20), span.start) and _NAMES_IT.match(text, span.end))


_HOURS = ("clock", "part")
_BESIDE = re.compile(r"(?: local time| [A-Z]{2,4})?\)?,? ?\(?(?:on |of |that )?")


def _day_beside(text: str, span: Span, following: list[Span]) -> Phrase | None:
    """The day that follows an hour: "around 2 a.m. on Friday night", "5 p.m. (1400 GMT) on Friday"."""
    end = span.end
    for nth, after in enumerate(following):
        if _BESIDE.fullmatch(text, end, after.start) is None:
            return None
        phrase = parse(after.of(text))
        if phrase is None or phrase.rule != "clock" or nth:
            return phrase if phrase and phrase.rule in ("date", "weekday", "dayref", "ndate", "iso") else None
        end = after.end
    return None


_JOINED = re.compile(r"\.?(?:\s?[-–—]\s?|,? (?:and|or|to|until|through) )(?:the )?")


def _year_beside(text: str, span: Span, phrase: Phrase, following: list[Span]) -> Phrase | None:
    """A month or day that shares the year of the date after it, with that year: "May and June 2016", "30 December to 2 January 2017"."""
    if phrase.has("YEAR", "UNIT") or not following or _JOINED.fullmatch(text, span.end, following[0].start) is None:
        return None
    after = parse(following[0].of(text))
    if after is None or after.rule != "date":
        return None
    year, month, first = after.number("YEAR"), after.number("MONTH"), phrase.number("MONTH")
    if year is None or month is None or first is None:
        return None
    return Phrase("date", (*phrase.tokens, Token("YEAR", year - (first > month), span.end, span.end)))


_AGO = re.compile(r".*\b(?:years?|months?|decades?|centur(?:y|ies)) ago", re.IGNORECASE)


def _to_the_day(text: str, span: Span, before: Span, told: TimeValue | None, now: TimeValue | None) -> TimeValue | None:
    """ "Thirty years ago | today": the second half says which day of the first is meant, and is no other day than that."""
    if text[before.end : span.start].strip() or _AGO.fullmatch(before.of(text)) is None:
        return now
    if now is None or now.range is None or now.range.date_prec != 1 or told is None or told.range is None:
        return now
    then, day = told.range, now.range.start
    try:
        day = day.replace(year=then.start.year, month=then.start.month if then.date_prec == 4 else day.month)
    except ValueError:  # no such day: 29 February, 31 June
        return now
    return replace(now, range=DateRange(day, day, 1, day.isoformat()))


_SINCE = re.compile(r"\b[Ss]ince(?: (?:at least|about|around|the|as early as|as far back as))*\s*$")
_SINCE_IN_IT = re.compile(r"[Ss]ince\b")
_UP_TO = re.compile(r"\b(?:[Bb]y|[Uu]ntil|[Tt]ill)(?: (?:about|around|the))*\s*$")


def _reaching(text: str, span: Span, value: TimeValue, anchor: dt.date | None) -> TimeValue:
    """A time with the days that the preposition before it makes of them: "since April 2014" runs on to the anchor, "by the end of June",
    still to come, begins at it. Without an anchor what is since then ends nowhere that is known, and has no range."""
    days = value.range
    if days is None:
        return value
    if _SINCE_IN_IT.match(text, span.start) or _SINCE.search(text, max(0, span.start - 40), span.start):
        if anchor is None or anchor < days.start:
            return replace(value, range=None)
        return replace(value, range=_days_between(days.start, anchor, days.value))
    if anchor and days.start > anchor and _UP_TO.search(text, max(0, span.start - 30), span.start):
        return replace(value, range=_days_between(anchor, days.end, days.value))
    return value


def _days_between(start: dt.date, end: dt.date, value: str) -> DateRange:
    return DateRange(start, end, date_prec(start, end), value)


_NUMBER = re.compile(r"\d{1,2}[.)]?")


def _numbers(text: str, span: Span) -> bool:
    """Whether a number counts a paragraph ("4. On 29 October"), and no day."""
    return _NUMBER.fullmatch(span.of(text)) is not None and not text[text.rfind("\n", 0, span.start) + 1 : span.start].strip()


_SENTENCES, _SENTENCES_AT_ALL = 2, 5  # a month told with its year lasts so many sentences that name a time, and so many of any kind


class _Years:
    """The years of the months and days that a document has told so far.

    A month told with its year holds for the next sentences; a day of a month holds to the end, but for one of an earlier year
    whose anniversary is just past: on 3 May and soon after it, "3 May" is this year's, whatever was told of an earlier one.
    """

    def __init__(self, anchor: dt.date | None) -> None:
        self._anchor = anchor
        self._days: dict[tuple[int, int], int] = {}
        self._recent: list[tuple[int, int, tuple[int, int], int]] = []  # nth sentence with a time, sentence, (month, day or 0), year
        self._nth, self._sentence = 0, -1

    def enter(self, sentence: int) -> None:
        """Goes on to a sentence with a time."""
        if sentence != self._sentence:
            self._nth, self._sentence = self._nth + 1, sentence
            oldest, first = self._nth - _SENTENCES, sentence - _SENTENCES_AT_ALL
            self._recent = [told for told in self._recent if told[0] >= oldest and told[1] >= first]

    def known(self) -> ChainMap[tuple[int, int], int]:
        """Years by (month, day), and by (month, 0) for any day of the month; later ones count over earlier ones."""
        return ChainMap(self._days, {key: year for _, _, key, year in self._recent})

    def tell(self, phrase: Phrase, value: str) -> None:
        """Takes note of a date that was read."""
        match = _MONTH_OR_DAY.match(value)
        if match is None or phrase.rule not in ("iso", "ndate", "slash", "date", "lastmonth"):
            return
        year, month, day = int(match[1]), int(match[2]), int(match[3] or 0)
        with_year = phrase.rule in ("iso", "ndate", "lastmonth") or phrase.has("YEAR", "UNIT")
        if with_year or any(key == (month, 0) and told == year for _, _, key, told in self._recent):
            self._recent += ((self._nth, self._sentence, key, year) for key in {(month, 0), (month, day)})
        if day and not (with_year and self._anniversary(year, month, day)):
            self._days[month, day] = year

    def _anniversary(self, year: int, month: int, day: int) -> bool:
        """Whether the day, of an earlier year, came round in the month before the anchor."""
        if self._anchor is None:
            return False
        gone = (self._anchor - dt.date(year, month, day)).days
        return gone > 330 and gone % 365.25 <= 31


_MONTH_OR_DAY = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?(?![\d/-])")


_NTH = r"(?:[a-z]+-)?(?:first|second|third|[a-z]+th)"
_TURN = re.compile(
    rf"(?:for )?(?:the |an? )?(?:very )?(?:(?:{_NTH}|last|next|only) time|{_NTH} (?:night|(?:consecutive|straight|successive) [a-z]+))",
    re.IGNORECASE,
)
"""Which of several times something happens, and no time of the calendar."""
_BACK = re.compile(
    r"\b(?:which|who|whom|where|that)\b[^.;]*\b(?:had|followed|succeeded|replaced)\b|\b(?:after|following|since|unlike)\b|\([^()]*$"
)


def _looks_back(text: str, before: Span, span: Span, told: DateRange, now: DateRange) -> bool:
    """Whether a sentence looks back from the date that it has told before: "left on Thursday the town that it had taken on 19 March",
    "on 5 May, after a raid in March", "on 5 May (the first was in March)"."""
    return now.end < told.start and _BACK.search(text, before.end, span.start) is not None


def _moves(phrase: Phrase, now: TimeValue, told: DateRange | None) -> bool:
    """Whether the narrative goes on from a date: not from a look back ("a year ago", "the previous day") or hours on, nor from the
    last day of its quarter."""
    aside = phrase.rule in ("ago", "agoday", "agobefore", "yearago", "now") or now.value.endswith("_REF") or phrase.has("PREV")
    return not aside and not (told and now.range and "-Q" in told.value and now.range.end == told.end)


def link_dates(document: Document, annotations: Annotations) -> dict[int, TimeValue]:
    """The value of every TIME mention by its index; a mention without a readable time word is left out."""
    times = sorted((m.span.start, m.span.end, i) for i, m in enumerate(annotations.mentions) if m.type is MentionType.TIME)
    values = read_times(document, [Span(start, end) for start, end, _ in times], annotations.sentences)
    return {i: value for (_, _, i), value in zip(times, values, strict=True) if value}
