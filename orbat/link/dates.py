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

from orbat.link.named_times import NAMED, Frame
from orbat.link.periods import date_prec, days_of, narrowed
from orbat.link.relative_times import RELATIVE
from orbat.link.timex import parse
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
    if phrase is None:
        return None
    try:
        read = _READERS[phrase.rule](phrase, Frame(anchor, context, tense))
        days = read.days or (days_of(read.value) if read.type in ("DATE", "TIME") else None)
        if days and read.part:
            days = narrowed(days, read.part)
    except (ValueError, OverflowError):  # a day outside of the calendar: 25 o'clock, the year before year 1
        return None
    if days is None or days[0] > days[1]:
        return TimeValue(read.type, read.value)
    return TimeValue(read.type, read.value, DateRange(*days, date_prec(*days), read.value))


# Words of the verb group that place the time beside them ahead or back.
_FUTURE = (
    r"[Ww]ill|shall|would|won['’]t|['’]ll|may|might|could|should|must|to be|expected|scheduled|due|set to|plans? to|planned|planning|"
    r"going to|upcoming"
)
_PAST = r"said|says|told|was|were|had|has|have|did|came|went|took|made|found|began|left|fell|rose|held|met|shot|ago|[a-z]{3,}ed"
_VERB = re.compile(rf"\b(?:(?P<future>{_FUTURE})|(?P<past>{_PAST}))\b")
_BY = re.compile(r"\b(?:by|until|till|(?P<soon>(?:soon|early|late) as)|before)\s*$")


def tense_at(text: str, span: Span, sentence: Span) -> str:
    """Whether the verb next to a time looks back or ahead: "past", "future" or "" where the sentence does not say.

    The nearest verb before it in its sentence decides; where there is none, the first after it.
    """
    if text.startswith(("'s", "’s"), span.end):  # "Wednesday's ruling" takes its time from no verb
        return ""
    verbs = list(_VERB.finditer(text, max(sentence.start, span.start - 90), span.start))
    last = verbs[-1] if verbs else None
    if last and not last["future"] and (by := _BY.search(text, max(sentence.start, span.start - 15), span.start)):
        return "future" if by["soon"] or all(verb["past"] != "had" for verb in verbs[-2:]) else ""
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
