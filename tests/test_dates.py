import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orbat.link.dates import link_dates, read_time, read_times
from orbat.link.periods import date_prec, days_of, easter, feast, islamic
from orbat.link.tenses import tense_at
from orbat.link.timex import find_times
from orbat.segment import sentences
from orbat.types import Annotations, DateRange, Document, Mention, MentionType, Span, TimeValue

WEDNESDAY = dt.date(2017, 11, 15)
NARRATIVE = DateRange(dt.date(2014, 3, 5), dt.date(2014, 3, 5), 1, "2014-03-05")


def read(text: str, anchor: dt.date | None = WEDNESDAY, context: DateRange | None = None, tense: str = "") -> TimeValue:
    value = read_time(text, anchor, context=context, tense=tense)
    assert value is not None
    return value


def days(value: TimeValue) -> str:
    return "-" if value.range is None else f"{value.range.start}..{value.range.end}/{value.range.date_prec}"


@pytest.mark.parametrize(
    ("text", "value", "range_"),
    [
        ("3 March 2014", "2014-03-03", "2014-03-03..2014-03-03/1"),
        ("March 3rd, 2014", "2014-03-03", "2014-03-03..2014-03-03/1"),
        ("Mon Aug 22 2016", "2016-08-22", "2016-08-22..2016-08-22/1"),
        ("2016-05-03", "2016-05-03", "2016-05-03..2016-05-03/1"),
        ("31 June 2016", "2016-06", "2016-06-01..2016-06-30/4"),
        ("Sept. 11, 2001", "2001-09-11", "2001-09-11..2001-09-11/1"),
        ("9/11", "2001-09-11", "2001-09-11..2001-09-11/1"),
        ("August 2013", "2013-08", "2013-08-01..2013-08-31/4"),
        ("1987", "1987", "1987-01-01..1987-12-31/5"),
        ("nineteen ninety-six", "1996", "1996-01-01..1996-12-31/5"),
        ("the year two thousand", "2000", "2000-01-01..2000-12-31/5"),
        ("early 2017", "2017", "2017-01-01..2017-04-30/5"),
        ("mid-2014", "2014", "2014-05-01..2014-08-31/5"),
        ("late March 2015", "2015-03", "2015-03-22..2015-03-31/4"),
        ("the end of 2016", "2016", "2016-12-01..2016-12-31/4"),
        ("the 1990s", "199", "1990-01-01..1999-12-31/5"),
        ("late '80s", "198", "1986-09-01..1989-12-31/5"),
        ("the 20th century", "19", "1900-01-01..1999-12-31/5"),
        ("spring 2015", "2015-SP", "2015-03-01..2015-05-31/5"),
        ("the winter of 2016", "2016-WI", "2016-12-01..2017-02-28/5"),
        ("third quarter of 2012", "2012-Q3", "2012-07-01..2012-09-30/5"),
        ("first half of 2010", "2010-H1", "2010-01-01..2010-06-30/5"),
        ("the second half of May 2016", "2016-05", "2016-05-16..2016-05-31/4"),
        ("first week of May 2016", "2016-05", "2016-05-01..2016-05-07/3"),
        ("the last three months of 2011", "2011", "2011-10-01..2011-12-31/5"),
        ("week of 1 May 2017", "2017-W18", "2017-05-01..2017-05-07/3"),
        ("Easter 2016", "2016-03-27", "2016-03-27..2016-03-27/1"),
        ("Christmas Day 2012", "2012-12-25", "2012-12-25..2012-12-25/1"),
        ("between 3 and 5 May 2015", "2015-05-03/2015-05-05", "2015-05-03..2015-05-05/2"),
        ("5-6 April 2016", "2016-04-05/2016-04-06", "2016-04-05..2016-04-06/2"),
        ("from 2011 to 2014", "2011/2014", "2011-01-01..2014-12-31/5"),
        ("2016-17", "2016/2017", "2016-01-01..2017-12-31/5"),
        ("December 2016 to August 2017", "2016-12/2017-08", "2016-12-01..2017-08-31/5"),
        ("late 1960s and early 1970s", "196/197", "1966-09-01..1973-04-30/5"),
        ("31/12/2016", "2016-12-31", "2016-12-31..2016-12-31/1"),
        ("03.04.2016", "2016-04-03", "2016-04-03..2016-04-03/1"),
        ("the night of 13 October 2015", "2015-10-13TNI", "2015-10-13..2015-10-13/1"),
        ("8.30 pm on 28 September 2015", "2015-09-28T20:30", "2015-09-28..2015-09-28/1"),
    ],
)
def test_dates_that_need_no_anchor(text: str, value: str, range_: str) -> None:
    without, with_anchor = read(text, None), read(text)
    assert (without.value, days(without)) == (value, range_)
    assert (with_anchor.value, days(with_anchor)) == (value, range_)


@pytest.mark.parametrize(
    ("text", "value", "range_"),
    [
        ("today", "2017-11-15", "2017-11-15..2017-11-15/1"),
        ("yesterday", "2017-11-14", "2017-11-14..2017-11-14/1"),
        ("late last night", "2017-11-14TNI", "2017-11-14..2017-11-14/1"),
        ("0430 this morning", "2017-11-15T04:30", "2017-11-15..2017-11-15/1"),
        ("overnight", "2017-11-14TNI", "2017-11-14..2017-11-15/2"),
        ("Tuesday", "2017-11-14", "2017-11-14..2017-11-14/1"),
        ("Wednesday", "2017-11-15", "2017-11-15..2017-11-15/1"),
        ("last Wednesday", "2017-11-08", "2017-11-08..2017-11-08/1"),
        ("next Monday", "2017-11-20", "2017-11-20..2017-11-20/1"),
        ("Thursday last week", "2017-11-09", "2017-11-09..2017-11-09/1"),
        ("the early hours of Tuesday", "2017-11-14", "2017-11-14..2017-11-14/1"),
        ("10 p.m. Sunday", "2017-11-12T22:00", "2017-11-12..2017-11-12/1"),
        ("this week", "2017-W46", "2017-11-13..2017-11-19/3"),
        ("last weekend", "2017-W45-WE", "2017-11-11..2017-11-12/2"),
        ("the coming weekend", "2017-W46-WE", "2017-11-18..2017-11-19/2"),
        ("a week ago", "2017-W45", "2017-11-06..2017-11-12/3"),
        ("10 days ago", "2017-11-05", "2017-11-05..2017-11-05/1"),
        ("five years ago", "2012", "2012-01-01..2012-12-31/5"),
        ("five years ago today", "2012-11-15", "2012-11-15..2012-11-15/1"),
        ("a week ago yesterday", "2017-11-07", "2017-11-07..2017-11-07/1"),
        ("last month", "2017-10", "2017-10-01..2017-10-31/4"),
        ("in October", "2017-10", "2017-10-01..2017-10-31/4"),
        ("last December", "2016-12", "2016-12-01..2016-12-31/4"),
        ("June last year", "2016-06", "2016-06-01..2016-06-30/4"),
        ("Nov. 14", "2017-11-14", "2017-11-14..2017-11-14/1"),
        ("Dec. 3", "2017-12-03", "2017-12-03..2017-12-03/1"),
        ("June 20", "2017-06-20", "2017-06-20..2017-06-20/1"),
        ("31/07", "2017-07-31", "2017-07-31..2017-07-31/1"),
        ("earlier this month", "2017-11", "2017-11-01..2017-11-15/4"),
        ("later this year", "2017", "2017-11-15..2017-12-31/5"),
        ("by the end of the year", "2017", "2017-12-01..2017-12-31/4"),
        ("last summer", "2017-SU", "2017-06-01..2017-08-31/5"),
        ("last winter", "2016-WI", "2016-12-01..2017-02-28/5"),
        ("next spring", "2018-SP", "2018-03-01..2018-05-31/5"),
        ("since mid-2014", "2014", "2014-05-01..2017-11-15/5"),
        ("since Monday", "2017-11-13", "2017-11-13..2017-11-15/2"),
        ("past three days", "P3D", "2017-11-12..2017-11-15/2"),
        ("the past decade", "P10Y", "2007-11-15..2017-11-15/5"),
        ("last Christmas", "2016-12-25", "2016-12-25..2016-12-25/1"),
        ("Eid al-Fitr", "2017-06", "2017-06-25..2017-06-29/2"),
        ("between 3 and 5 May", "2017-05-03/2017-05-05", "2017-05-03..2017-05-05/2"),
    ],
)
def test_dates_that_count_from_publication_and_are_unknown_without(text: str, value: str, range_: str) -> None:
    found = read(text)
    assert (found.value, days(found)) == (value, range_)
    unknown = read(text, None)
    assert unknown.range is None or text.startswith("since mid")
    assert "X" in unknown.value or unknown.type == "DURATION" or text.startswith("since mid")


@pytest.mark.parametrize(
    ("text", "value", "range_"),
    [
        ("the next day", "2014-03-06", "2014-03-06..2014-03-06/1"),
        ("the same day", "2014-03-05", "2014-03-05..2014-03-05/1"),
        ("the following month", "2014-04", "2014-04-01..2014-04-30/4"),
        ("that year", "2014", "2014-01-01..2014-12-31/5"),
        ("two weeks later", "2014-W12", "2014-03-17..2014-03-23/3"),
        ("two and a half weeks later", "2014-W12", "2014-03-17..2014-03-23/3"),
        ("three days later", "2014-03-08", "2014-03-08..2014-03-08/1"),
        ("two days earlier", "2014-03-03", "2014-03-03..2014-03-03/1"),
        ("the previous Friday", "2014-02-28", "2014-02-28..2014-02-28/1"),
        ("the 27th", "2014-03-27", "2014-03-27..2014-03-27/1"),
        ("that night", "2014-03-05TNI", "2014-03-05..2014-03-05/1"),
        ("1200 GMT", "2014-03-05T12:00", "2014-03-05..2014-03-05/1"),
    ],
)
def test_dates_that_count_from_the_narrative_only(text: str, value: str, range_: str) -> None:
    found = read(text, WEDNESDAY, NARRATIVE)
    assert (found.value, days(found)) == (value, range_)
    assert read(text).range is None
    assert read(text, None).range is None


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("The deal is of 23 March 2009. On 27 October a man died.", "2009-10-27"),
        ("The deal is of 23 March 2009. It held. On 27 October a man died.", "2017-10-27"),
        ("The deal is of 23 March 2009. It held. On 27 August a man died.", "2009-08-27"),
    ],
)
def test_a_look_back_is_over_some_sentences_later_where_the_day_named_then_is_just_past(text: str, last: str) -> None:
    found = read_times(Document.of(text, published=WEDNESDAY), find_times(text), sentences(text))
    assert [value.value for value in found if value] == ["2009-03-23", last]


@pytest.mark.parametrize(
    ("words", "range_"),
    [
        ("a first night", None),
        ("the sixth consecutive day", None),
        ("the fourth time", None),
        ("the sixth", "2017-11-06..2017-11-06/1"),
        ("the twenty-sixth", "2017-11-26..2017-11-26/1"),
    ],
)
def test_what_comes_so_many_times_is_no_day_of_a_month(words: str, range_: str | None) -> None:
    text = f"On 5 November they came. It fell on {words}."
    start = text.index(words)
    _, found = read_times(
        Document.of(text, published=dt.date(2017, 11, 30)), [Span(3, 13), Span(start, start + len(words))], sentences(text)
    )
    assert (days(found) if found and found.range else None) == range_


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("three days", "DURATION", "P3D"), ("16-hour", "DURATION", "PT16H"), ("two decades", "DURATION", "P20Y"),
        ("2 1/2 years", "DURATION", "P2Y6M"), ("a year and a half", "DURATION", "P1Y6M"), ("half an hour", "DURATION", "PT30M"),
        ("a minute and a half", "DURATION", "PT1M30S"), ("six years and nine months", "DURATION", "P6Y9M"),
        ("fortnight", "DURATION", "P2W"),
        ("a quarter of a century", "DURATION", "P25Y"), ("several weeks", "DURATION", "PXW"), ("years", "DURATION", "PXY"),
        ("few hours", "DURATION", "PTXH"), ("12 to 18 months", "DURATION", "PXM"), ("a couple of years", "DURATION", "P2Y"),
        ("daily", "SET", "P1D"), ("every week", "SET", "P1W"), ("every three months", "SET", "P3M"), ("each Thursday", "SET", "XXXX-WXX-4"),
        ("Mondays", "SET", "XXXX-WXX-1"), ("Tuesday nights", "SET", "XXXX-WXX-2TNI"), ("summers", "SET", "XXXX-SU"),
        ("now", "DATE", "PRESENT_REF"), ("currently", "DATE", "PRESENT_REF"), ("recently", "DATE", "PAST_REF"),
        ("soon", "DATE", "FUTURE_REF"),
        ("at the time", "DATE", "PAST_REF"), ("coming months", "DATE", "FUTURE_REF"), ("several years ago", "DATE", "PAST_REF"),
    ],
)  # fmt: skip
def test_durations_sets_and_vague_times_have_no_days(text: str, kind: str, value: str) -> None:
    found = read(text, WEDNESDAY)
    assert (found.type, found.value, found.range) == (kind, value, None)


@pytest.mark.parametrize("text", ["", "militants", "Kandahar", "at the border", "?!", "a"])
def test_what_is_no_time(text: str) -> None:
    assert read_time(text, WEDNESDAY) is None


@pytest.mark.parametrize(
    ("text", "tense", "start"),
    [
        ("Friday", "", "2017-11-10"), ("Friday", "past", "2017-11-10"), ("Friday", "future", "2017-11-17"), ("March", "past", "2017-03-01"),
        ("March", "future", "2018-03-01"), ("this Friday", "", "2017-11-17"), ("Nov. 20", "past", "2017-11-20"),
        ("Christmas", "", "2017-12-25"), ("January 20", "past", "2017-01-20"), ("spring", "future", "2018-03-01"),
    ],
)  # fmt: skip
def test_the_verb_decides_between_past_and_future_unless_one_is_far(text: str, tense: str, start: str) -> None:
    found = read(text, tense=tense)
    assert found.range is not None
    assert found.range.start.isoformat() == start


@pytest.mark.parametrize(
    ("sentence", "time", "tense"),
    [
        ("The minister said Friday that talks will go on.", "Friday", "past"),
        ("Talks will resume on Friday, he said.", "Friday", "future"),
        ("On Friday, gunmen attacked a convoy.", "Friday", "past"),
        ("They could return as early as Friday.", "Friday", "future"),
        ("He rejected Friday's ruling.", "Friday", ""),
        ("The court has given them until Friday to leave.", "Friday", "future"),
        ("The rebels had held out until Friday.", "Friday", ""),
        ("Friday", "Friday", ""),
    ],
)
def test_tense(sentence: str, time: str, tense: str) -> None:
    at = sentence.index(time)
    assert tense_at(sentence, Span(at, at + len(time)), Span(0, len(sentence))) == tense


def test_an_ambiguous_numeric_date_is_resolved_by_the_anchor_or_kept_as_both_days() -> None:
    assert days(read("3/4/2016", dt.date(2016, 5, 20))) == "2016-04-03..2016-04-03/1"
    assert days(read("3/4/2016", dt.date(2016, 3, 5))) == "2016-03-04..2016-03-04/1"
    both = read("3/4/2016", None)
    assert (both.value, days(both)) == ("2016-XX-XX", "2016-03-04..2016-04-03/4")


def annotated(text: str, times: list[str], published: dt.date | None = None) -> list[TimeValue | None]:
    """What ``link_dates`` says of the given words, which are searched for one after the other."""
    at, mentions = 0, []
    for word in times:
        at = text.index(word, at)
        mentions.append(Mention(MentionType.TIME, Span(at, at + len(word)), 0))
        at += len(word)
    mentions.append(Mention(MentionType.PLACE, Span(0, 1), 0))
    links = link_dates(Document.of(text, published=published), Annotations((Span(0, len(text)),), tuple(mentions)))
    assert set(links) <= set(range(len(times)))
    return [links.get(i) for i in range(len(times))]


def test_the_narrative_moves_on_and_a_look_back_does_not_move_it() -> None:
    text = "On 3 May 2015 rebels took the town. The next day they lost it. A year ago it was quiet. Two weeks later they were back."
    found = annotated(text, ["3 May 2015", "The next day", "A year ago", "Two weeks later"], dt.date(2016, 1, 10))
    assert [days(v) for v in found if v] == [
        "2015-05-03..2015-05-03/1", "2015-05-04..2015-05-04/1", "2015-01-01..2015-12-31/5", "2015-05-18..2015-05-24/3",
    ]  # fmt: skip


def found_in(text: str, published: dt.date | None) -> list[str]:
    """The values of all times of a text whose sentences end at full stops, read as a document's."""
    ends = [0, *(i + 1 for i, c in enumerate(text) if c == "."), len(text)]
    spans = find_times(text)
    values = read_times(Document.of(text, published=published), spans, tuple(Span(a, b) for a, b in pairwise(ends) if a < b))
    return [value.value if value else "" for value in values]


MARCH = dt.date(2018, 3, 6)


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("In January 2017 they took the hills. On 28 January they joined an alliance.", "2017-01-28"),
        ("In January 2017 they took the hills, and on 28 January they left.", "2017-01-28"),
        ("In January 2017 they took the hills. Nobody saw it. Few knew. On 28 January they left.", "2017-01-28"),
        ("On 3 January 2017 they came. On 28 January they went. On 29 January it rained. On 30 January it cleared.", "2017-01-30"),
        ("It began in February 2016. In February they held the bridge.", "2016-02"),
        ("In February last year they held the bridge. On 9 February it fell.", "2017-02-09"),
        # another month than the one told; a season; too far back; told again with another year
        ("In November 2016 they took the hills. On 28 January they left.", "2018-01-28"),
        ("They took the hills in the winter of 2016. On 28 January they left.", "2018-01-28"),
        ("In January 2017 it began. In 2016 it was calm. In 2015 too. On 28 January they left.", "2018-01-28"),
        ("In January 2017 it began. It went on. And on. And on. And on. And on. On 28 January they left.", "2018-01-28"),
        ("In January 2016 it began. In January 2017 it ended. On 28 January they left.", "2017-01-28"),
        ("In April 2017 they met. They will meet again on 28 April.", "2018-04-28"),
    ],
)
def test_a_date_without_a_year_takes_that_of_its_month_told_just_before(text: str, last: str) -> None:
    assert found_in(text, MARCH)[-1] == last


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("The war of 15 April 2016 was short. In 2011 it was calm. In 2012 too. In 2013 too. Since 15 April many fled.", "2016-04-15"),
        ("JUBA, 15 April. They fled. In 2011 it was calm. In 2012 too. In 2013 too. They recalled 15 April in silence.", "2017-04-15"),
        # just after an anniversary, the day is this year's unless the other was told just before
        ("The raid of 2 March 2016 failed. In 2011 it was calm. In 2012 too. In 2013 too. On 2 March they came back.", "2018-03-02"),
        ("The raid of 2 March 2016 failed. On 2 March they lost ten men.", "2016-03-02"),
    ],
)
def test_a_day_told_again_keeps_its_year(text: str, last: str) -> None:
    assert found_in(text, MARCH)[-1] == last


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("In January 2017 they merged. That summer they won.", "2017-SU"),
        ("On 28 January 2017 they merged. That summer they won.", "2017-SU"),
        ("On 28 January they merged. That summer they won.", "2017-SU"),  # of 2018: that of the year has not come
        ("In December 2016 they merged. In the following spring they won.", "2017-SP"),
        ("On 3 May 2014 they merged. That month they won.", "2014-05"),
        ("In May 2014 they merged. That year they won.", "2014"),
        ("It began in the 1990s. That year they won.", "XXXX"),
        ("They came last year. That month they won.", "XXXX-XX"),
    ],
)
def test_that_summer_month_and_year_are_the_narratives(text: str, last: str) -> None:
    assert found_in(text, MARCH)[-1] == last


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("Fighting broke out on 15 April after talks on how the army should be led.", "2017-04-15"),
        ("Gunmen seized the town on 12 March.", "2017-03-12"),
        ("They met in April.", "2017-04"),
        ("Rebels who took the town on 20 March said they will stay.", "2017-03-20"),
        ("They announced on 12 March that they will disarm.", "2017-03-12"),
        ("By April the army had lost the north.", "2017-04"),
        ("Talks will open on 15 April.", "2018-04-15"),
        ("On 15 April talks will open.", "2018-04-15"),
        ("Talks, the minister said, will be held on 15 July.", "2018-07-15"),
        ("The court is to rule in October.", "2018-10"),
        ("The next round is on 20 March.", "2018-03-20"),
        ("A vote scheduled for 15 April divides them.", "2018-04-15"),
        ("They have until 30 March to leave.", "2018-03-30"),
        ("The mission will leave by 30 June.", "2018-06-30"),
        ("They will meet again in February.", "2018-02"),  # not eleven months ahead
        ("A column published on Saturday, 10 March.", "2018-03-10"),  # the weekday tells the year
        ("A column published on Friday, 10 March.", "2017-03-10"),
    ],
)
def test_a_date_without_a_year_is_to_come_only_where_its_clause_says_so(text: str, last: str) -> None:
    assert found_in(text, MARCH)[-1] == last


@pytest.mark.parametrize(("words", "value"), [("that", "1983-10"), ("of the same", "1983-10"), ("in", "2017-10")])
def test_that_october_is_of_the_year_told_last_though_the_mention_is_the_month_alone(words: str, value: str) -> None:
    text = f"They bombed it in April 1983, and others died {words} October."
    spans = [Span(text.index(t), text.index(t) + len(t)) for t in ("April 1983", "October")]
    _, read = read_times(Document.of(text, published=MARCH), spans, (Span(0, len(text)),))
    assert read is not None
    assert read.value == value


def test_hours_later_is_the_same_day_or_the_next_and_does_not_move_the_narrative() -> None:
    assert days(read("hours later", WEDNESDAY, NARRATIVE)) == "2014-03-05..2014-03-06/2"
    assert days(read("a few hours earlier", WEDNESDAY, NARRATIVE)) == "2014-03-04..2014-03-05/2"
    assert (read("three hours later", WEDNESDAY, NARRATIVE).value, days(read("three hours later", WEDNESDAY, NARRATIVE))) == (
        "PT3H", "2014-03-05..2014-03-06/2",
    )  # fmt: skip
    assert read("72 hours later", WEDNESDAY, NARRATIVE).range is None
    assert read("weeks later", WEDNESDAY, NARRATIVE).range is None
    assert read("hours later").range is None
    assert found_in("On 3 May 2014 a bomb went off. Hours later a second did. The next day they fled.", MARCH)[-1] == "2014-05-04"


@pytest.mark.parametrize(
    ("head", "words"),
    [("22 September 2019. ", "22 September 2019"), ("JUBA, 3 March 2020 -- ", "3 March 2020"), ("July 5, 2016 (GAO) – ", "July 5, 2016")],
)
def test_a_dateline_stands_in_for_a_missing_publication_date(head: str, words: str) -> None:
    first, second = annotated(f"{head}Five people were killed yesterday.", [words, "yesterday"])
    assert first
    assert first.range
    assert second
    assert second.range
    assert second.range.start == first.range.start - dt.timedelta(days=1)


def test_no_date_in_the_text_gives_no_date() -> None:
    text = "GAO, March 3 -- Gunmen attacked on Tuesday, and last week, and in May; on 3 June 2014 they had fled."
    for value in annotated(text, ["March 3", "Tuesday", "last week", "May"]):
        assert value is not None
        assert value.range is None


def test_without_an_anchor_a_month_takes_the_year_of_the_date_before_it() -> None:
    found = annotated("He fled in May 2014 and was caught on 9 June. Guards saw him on Friday.", ["May 2014", "9 June", "Friday"])
    assert [days(v) for v in found if v] == ["2014-05-01..2014-05-31/4", "2014-06-09..2014-06-09/1", "-"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Two soldiers died on 3 May 2016 and five more the day after.", ["3 May 2016"]),
        ("Talks may begin next week, in early March or by the end of the year.", ["next week", "early March", "the end of the year"]),
        ("In March 2014 they could march for three days at 10 p.m.", ["March 2014", "three days", "10 p.m."]),
        ("The 36-year-old was paid $1995 for 1700 rounds in 1996.", ["1996"]),
        ("It fell on Tuesday night; the fall of 2011 was worse.", ["Tuesday night", "the fall of 2011"]),
        ("Since 2011 they meet every week, most recently last Friday.", ["2011", "every week", "recently", "last Friday"]),
        ("Ramadan ends on Eid al-Fitr.", ["Ramadan", "Eid al-Fitr"]),
        ("Nothing here tells when.", []),
    ],
)
def test_find_times(text: str, found: list[str]) -> None:
    assert [span.of(text) for span in find_times(text)] == found


# Easter: dates of the almanac; Islamic feasts: the days kept in Saudi Arabia, which the table must hold.
@pytest.mark.parametrize(
    ("year", "day"), [(1981, "04-19"), (1999, "04-04"), (2008, "03-23"), (2011, "04-24"), (2024, "03-31"), (2035, "03-25")]
)
def test_easter(year: int, day: str) -> None:
    assert easter(year).isoformat() == f"{year}-{day}"


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("ramadan", "1990-03-28"), ("ramadan", "2000-11-27"), ("ramadan", "2016-06-06"), ("ramadan", "2023-03-23"),
        ("ramadan", "2024-03-11"),
        ("eid al-fitr", "2019-06-04"), ("eid al-fitr", "2024-04-10"), ("eid al-adha", "2015-09-24"), ("eid al-adha", "2024-06-16"),
    ],
)  # fmt: skip
def test_islamic_feasts_hold_the_day_that_was_kept(name: str, first: str) -> None:
    day = dt.date.fromisoformat(first)
    assert any(start <= day <= start + dt.timedelta(days=2) for start, _ in feast(name, day.year))


def test_the_islamic_year_has_354_or_355_days() -> None:
    for year in range(1400, 1460):
        assert (islamic(year + 1, 1, 1) - islamic(year, 1, 1)).days in (354, 355)


def test_other_feasts() -> None:
    assert feast("thanksgiving", 1999)[0][0] == dt.date(1999, 11, 25)
    assert feast("election day", 1998)[0][0] == dt.date(1998, 11, 3)
    assert feast("good friday", 2024)[0][0] == dt.date(2024, 3, 29)
    assert len(feast("eid al-fitr", 2000)) == 2  # the Islamic year is shorter than ours


@pytest.mark.parametrize(("length", "prec"), [(1, 1), (2, 2), (6, 2), (7, 3), (8, 4), (31, 4), (32, 5), (400, 5)])
def test_date_prec_is_that_of_ucdp(length: int, prec: int) -> None:
    assert date_prec(WEDNESDAY, WEDNESDAY + dt.timedelta(days=length - 1)) == prec


@pytest.mark.parametrize("value", ["2016-02-30", "2016-W60", "XXXX-03", "PAST_REF", "P3D", "", "2016-WXX", "0000"])
def test_values_that_name_no_days(value: str) -> None:
    assert days_of(value) is None


_WORDS = """
    the last next this that two 3 27th 1999 2016 45 March May Tuesday week years days ago later before after and to - , . in of early
    late mid half quarter summer Ramadan overnight 10:30 10 p.m. 3/4/2016 daily every since between from 13th century 1990s past few
    hundred year's end 's Christmas Eid month decade recently fiscal first 31/02 30 February 99/99/2016 9999-99-99 minute a an
"""
_TIMES = st.lists(st.sampled_from(_WORDS.split()), max_size=8).map(" ".join)
_ANCHORS = st.none() | st.dates(dt.date.min, dt.date.max)


@settings(deadline=None, max_examples=300)
@given(_TIMES | st.text(max_size=40), _ANCHORS, st.sampled_from([None, NARRATIVE]), st.sampled_from(["", "past", "future"]))
def test_any_text_gives_ordered_days_or_none(text: str, anchor: dt.date | None, context: DateRange | None, tense: str) -> None:
    value = read_time(text, anchor, context=context, tense=tense)
    if value and value.range:
        assert value.range.start <= value.range.end
        assert value.range.date_prec == date_prec(value.range.start, value.range.end)


@settings(deadline=None, max_examples=100)
@given(_TIMES | st.text(max_size=80))
def test_found_times_are_in_order_and_inside_the_text(text: str) -> None:
    spans = find_times(text)
    assert all(0 <= s.start < s.end <= len(text) for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


@settings(deadline=None)
@given(st.dates(dt.date(1950, 1, 1), dt.date(2049, 12, 31)))
def test_a_written_day_is_read_back(day: dt.date) -> None:
    for form in (f"{day.day} {day:%B} {day.year}", f"{day:%B} {day.day}, {day.year}", f"{day:%b}. {day.day} {day.year}", day.isoformat()):
        value = read(form, None)
        assert value.range is not None, form
        assert (value.range.start, value.range.end) == (day, day), form


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("They may have planned the October ambush, analysts say.", "2017-10"),
        ("They had planned an attack in October.", "2017-10"),
        ("They may strike again in October.", "2018-10"),
        ("A vote planned for October will be held.", "2018-10"),
    ],
)
def test_what_may_have_been_is_past_and_what_may_be_is_to_come(text: str, value: str) -> None:
    document = Document.of(text, published=dt.date(2018, 1, 19))
    start = text.index("October")
    (read,) = read_times(document, [Span(start, start + 7)], (Span(0, len(text)),))
    assert read is not None
    assert read.value == value


def test_the_number_of_a_paragraph_is_no_day() -> None:
    text = "3. The army left.\n4. On 29 October two bombs exploded."
    spans = [Span(text.index("4."), text.index("4.") + 2), Span(text.index("29"), text.index(" two"))]
    number, day = read_times(Document.of(text, published=dt.date(2023, 1, 20)), spans, (Span(0, 17), Span(18, len(text))))
    assert number is None
    assert day is not None
    assert days(day) == "2022-10-29..2022-10-29/1"


@pytest.mark.parametrize(
    ("text", "times", "published", "last"),
    [
        # what has gone on since a day did not happen on it
        ("Some 900 have died since 7 October 2023.", ["7 October 2023"], dt.date(2025, 1, 20), "2023-10-07..2025-01-20/5"),
        ("Some 900 have died since at least April.", ["April"], dt.date(2025, 5, 20), "2025-04-01..2025-05-20/5"),
        ("It was the worst attack since Monday.", ["Monday"], dt.date(2025, 5, 22), "2025-05-19..2025-05-22/2"),
        ("He has led it since 2011.", ["2011"], None, "-"),
        ("He has led it since 2011.", ["since 2011"], None, "-"),
        ("It resumed after the truce of 2011.", ["2011"], None, "2011-01-01..2011-12-31/5"),
        # a term still to come is reached at any time before it
        ("They will leave by the end of June.", ["the end of June"], dt.date(2023, 6, 4), "2023-06-04..2023-06-30/4"),
        ("They had left by 2 June.", ["2 June"], dt.date(2023, 6, 4), "2023-06-02..2023-06-02/1"),
        ("Thirty years ago today it began.", ["Thirty years ago", "today"], dt.date(2009, 8, 27), "1979-08-27..1979-08-27/1"),
        ("Three months ago today it began.", ["Three months ago", "today"], dt.date(2009, 8, 27), "2009-05-27..2009-05-27/1"),
        # without a day of publication a month before the one told may be of another year
        ("It was signed on 15 August 2005. In March he fled.", ["15 August 2005", "March"], None, "-"),
        ("It was signed on 15 August 2005. In July he fled.", ["15 August 2005", "July"], None, "2005-07-01..2005-07-31/4"),
        ("It was signed on 15 August 2005. In December he fled.", ["15 August 2005", "December"], None, "2005-12-01..2005-12-31/4"),
        ("Between 1987 and 2006 it grew. In October he fled.", ["Between 1987 and 2006", "October"], None, "-"),
    ],
)  # fmt: skip
def test_days_are_those_that_the_words_beside_a_time_leave_open(text: str, times: list[str], published: dt.date | None, last: str) -> None:
    assert (value := annotated(text, times, published)[-1]) is not None
    assert days(value) == last


def test_the_narrative_goes_on_from_a_day_so_many_years_ago() -> None:
    found = annotated(
        "Thirty years ago today it began. The next day he fled.", ["Thirty years ago", "today", "The next day"], dt.date(2009, 8, 27)
    )
    assert [days(value) for value in found if value][1:] == ["1979-08-27..1979-08-27/1", "1979-08-28..1979-08-28/1"]


def test_an_hour_takes_no_day_but_the_one_beside_it() -> None:
    text, times = "On 8 June 2021 they came. It began around 2 a.m. on Friday.", ["8 June 2021", "2 a.m.", "Friday"]
    assert [days(value) for value in annotated(text, times, dt.date(2021, 6, 12)) if value][1:] == ["2021-06-11..2021-06-11/1"] * 2
    at_two, friday = annotated(text, times)[1:]
    assert at_two is not None
    assert friday is not None
    assert at_two.range is friday.range is None


@pytest.mark.parametrize("head", ["COTABATO CITY, Philippines (3 March 2020) – ", "Kano, Nigeria, 3 March 2020: "])
def test_a_dateline_may_have_small_letters(head: str) -> None:
    value = annotated(f"{head}Five people were killed yesterday.", ["3 March 2020", "yesterday"])[1]
    assert value is not None
    assert days(value) == "2020-03-02..2020-03-02/1"


@pytest.mark.parametrize(
    ("head", "published", "day"),
    [
        ("QUITO, Ecuador, March 3 — ", "2020-03-04", "2020-03-03"),
        ("Goma (DR Congo), March 3 (RNW) - ", "2020-03-05", "2020-03-03"),
        ("QUITO, Ecuador, March 3 — ", "2020-03-20", "2020-03-20"),  # so late it may be another day's
        ("QUITO, Ecuador, March 3 — ", "2020-03-02", "2020-03-02"),
        ("March 3 — ", "2020-03-04", "2020-03-04"),  # no place: what happened then
    ],
)
def test_today_is_the_day_of_a_dateline_little_before_publication(head: str, published: str, day: str) -> None:
    value = annotated(f"{head}Rebels came today.", ["March 3", "today"], dt.date.fromisoformat(published))[1]
    assert value is not None
    assert days(value) == f"{day}..{day}/1"


def test_a_dateline_is_no_day_of_the_story() -> None:
    at_dawn = annotated("GOMA, March 3 (RNW) - They came at dawn.", ["March 3", "dawn"], dt.date(2020, 3, 3))[1]
    assert at_dawn is not None
    assert at_dawn.range is None


def test_the_narrative_does_not_go_back_to_what_a_clause_looks_back_on() -> None:
    text = "On 3 May 2015 they left the town, which they had taken on 9 April 2015. They came at dawn."
    at_dawn = annotated(text, ["3 May 2015", "9 April 2015", "dawn"])[2]
    assert at_dawn is not None
    assert days(at_dawn) == "2015-05-03..2015-05-03/1"


@pytest.mark.parametrize(
    "aside",
    [
        "(after a raid in March 2014)", "after a raid in March 2014", "which followed that of March 2014", "the first since March 2014",
    ],
)  # fmt: skip
def test_later_counts_from_the_day_of_the_sentence_and_not_from_what_it_looks_back_on(aside: str) -> None:
    text = f"On 14 January 2015 they struck, {aside}. Six months later they left."
    later = annotated(text, ["14 January 2015", "March 2014", "Six months later"])[2]
    assert later is not None
    assert days(later) == "2015-07-01..2015-07-31/4"


def test_weeks_after_a_month_are_as_many_after_each_of_its_days() -> None:
    later = annotated("They took it in January 2025. Three weeks later they left.", ["January 2025", "Three weeks later"])[1]
    assert later is not None
    assert days(later) == "2025-01-22..2025-02-21/4"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Twelve were recaptured by Wednesday.", "2024-01-10"),
        ("The town was retaken by Wednesday.", "2024-01-10"),
        ("A reply was wanted by Wednesday.", "2024-01-17"),
        ("They were ordered to leave by Wednesday.", "2024-01-17"),
    ],
)
def test_what_was_done_by_a_weekday_is_past(text: str, day: str) -> None:
    found = annotated(text, ["Wednesday"], dt.date(2024, 1, 12))[0]
    assert found is not None
    assert found.value == day


@pytest.mark.parametrize("words", ["first time", "the second time", "the last time"])
def test_which_of_several_times_is_no_day(words: str) -> None:
    assert annotated(f"They took it in May 2015 for {words}.", ["May 2015", words])[1] is None


def test_a_date_of_the_story_is_no_dateline() -> None:
    value = annotated("On 3 March 2020 – five people were killed yesterday.", ["3 March 2020", "yesterday"])[1]
    assert value is not None
    assert value.range is None


@pytest.mark.parametrize(
    ("text", "value", "range_"),
    [
        ("the day before yesterday", "2017-11-13", "2017-11-13..2017-11-13/1"),
        ("the day after tomorrow", "2017-11-17", "2017-11-17..2017-11-17/1"),
        ("two days before 3 May 2016", "2016-05-01", "2016-05-01..2016-05-01/1"),
        ("the day after Christmas", "2017-12-26", "2017-12-26..2017-12-26/1"),
        ("the night of 3-4 May", "2017-05-03/2017-05-04", "2017-05-03..2017-05-04/2"),
        ("the night from Saturday to Sunday", "2017-11-11/2017-11-12", "2017-11-11..2017-11-12/2"),
        ("between Monday and Wednesday", "2017-11-13/2017-11-15", "2017-11-13..2017-11-15/2"),
        ("the week before last", "2017-W44", "2017-10-30..2017-11-05/3"),
        ("the weekend before last", "2017-W44-WE", "2017-11-04..2017-11-05/2"),
        ("the night before last", "2017-11-13TNI", "2017-11-13..2017-11-13/1"),
        ("the 27th of last month", "2017-10-27", "2017-10-27..2017-10-27/1"),
        ("this time last year", "2016", "2016-11-01..2016-11-30/4"),
        ("the eve of 3 May 2016", "2016-05-02", "2016-05-02..2016-05-02/1"),
        ("the eve of Eid al-Adha", "2017-08", "2017-08-31..2017-09-02/2"),
        ("the first day of Ramadan", "2017-05", "2017-05-26..2017-05-28/2"),
        ("half a century ago", "1967", "1967-01-01..1967-12-31/5"),
        ("Q3 2016", "2016-Q3", "2016-07-01..2016-09-30/5"),
        ("FY2019", "2019", "2019-01-01..2019-12-31/5"),
        ("the 2015/16 season", "2015/2016", "2015-01-01..2016-12-31/5"),
        ("the weekend of 4 May", "2017-W18-WE", "2017-05-06..2017-05-07/2"),
        ("the month of May", "2017-05", "2017-05-01..2017-05-31/4"),
        ("11 o'clock on Tuesday night", "2017-11-14T23:00", "2017-11-14..2017-11-14/1"),
        ("10:30 p.m. ET Thursday", "2017-11-09T22:30", "2017-11-09..2017-11-09/1"),
        ("the year", "2017", "2017-01-01..2017-12-31/5"),
    ],
)
def test_dates_by_way_of_others(text: str, value: str, range_: str) -> None:
    found = read(text)
    assert (found.value, days(found)) == (value, range_)


@pytest.mark.parametrize(
    ("text", "value"),
    [("twice a week", "P1W"), ("three times a day", "P1D"), ("once every month", "P1M"), ("every other day", "P2D")],
)
def test_how_often(text: str, value: str) -> None:
    found = read(text)
    assert (found.type, found.value) == ("SET", value)


def ranges_in(text: str, published: dt.date = WEDNESDAY) -> list[str]:
    """The days of all times of a one-sentence text, read as a document's."""
    spans = find_times(text)
    return [days(value) if value else "" for value in read_times(Document.of(text, published=published), spans, (Span(0, len(text)),))]


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("Two days after the 3 May raid, troops came.", ["2017-05-05..2017-05-05/1", "2017-05-03..2017-05-03/1"]),
        ("A day after the truce of 12 November, troops came.", ["2017-11-13..2017-11-13/1", "2017-11-12..2017-11-12/1"]),
        ("In the week ending 5 November, 30 died.", ["2017-10-30..2017-11-05/3", "2017-11-05..2017-11-05/1"]),
        ("For two days after meeting in May, they waited.", ["-", "2017-05-01..2017-05-31/4"]),
        ("A month after the April 2016 offensive, they left.", ["2016-05-01..2016-05-31/4", "2016-04-01..2016-04-30/4"]),
        ("Three years after the 2011 uprising, they left.", ["2014-01-01..2014-12-31/5", "2011-01-01..2011-12-31/5"]),
        ("Two days after the 2011 uprising, they left.", ["-", "2011-01-01..2011-12-31/5"]),
        ("In the last ten days of October, 30 died.", ["-", "2017-10-01..2017-10-31/4"]),
        ("The battle lasted from Thursday until Sunday.", ["2017-11-09..2017-11-09/1", "2017-11-12..2017-11-12/1"]),
        ("In May and June 2016, 30 died.", ["2016-05-01..2016-05-31/4", "2016-06-01..2016-06-30/4"]),
        ("From 30 December to 2 January 2017, 30 died.", ["2016-12-30..2016-12-30/1", "2017-01-02..2017-01-02/1"]),
        ("At 4:30 a.m. (0130 GMT) on Sunday it fell.", ["2017-11-12..2017-11-12/1"] * 3),
        ("They will meet in two weeks.", ["2017-11-27..2017-12-03/3"]),
        ("It will be the first vote in two weeks.", ["-"]),
        ("It was the first vote in two weeks.", ["-"]),
        ("In the year after the coup, 30 died.", ["-"]),
        ("It fell on a Friday in June.", ["-", "2017-06-01..2017-06-30/4"]),
        ("It fell in a Friday raid.", ["2017-11-10..2017-11-10/1"]),
    ],
)
def test_times_that_lean_on_what_stands_beside_them(text: str, ranges: list[str]) -> None:
    assert ranges_in(text) == ranges


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("In August 2016 they won. By the end of the year they lost.", "2016"),
        ("In August 2016 they won. The next year they lost.", "2017"),
        ("By the end of the year they will have lost.", "2018"),
        ("After the May 2011 cease-fire they traded. They condemned the raid of 2 February.", "2018-02-02"),
        ("On 3 February they won. The previous night they lost. Two days later they won.", "2018-02-05"),
    ],
)
def test_what_is_told_in_passing_and_what_goes_on(text: str, last: str) -> None:
    assert found_in(text, MARCH)[-1] == last


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("The truce is to begin on Friday.", "2017-11-17"),
        ("The truce was to begin on Friday, but did not.", "2017-11-10"),
        ("The truce had been scheduled to begin on Friday.", "2017-11-10"),
        ("The raid went on as planned on Friday.", "2017-11-10"),
        ("The talks would be held on Friday, he said.", "2017-11-17"),
        ("The summit opens on Friday.", "2017-11-17"),
        ("A bomb went off shortly before 9am on Friday.", "2017-11-10"),
        ("A bomb went off before dawn on Friday.", "2017-11-10"),
    ],
)
def test_verbs_of_what_is_planned(text: str, day: str) -> None:
    assert ranges_in(text)[-1] == f"{day}..{day}/1"


def test_two_mentions_that_name_one_day_together() -> None:
    first, second = annotated("They left the day before yesterday.", ["day before", "yesterday"], WEDNESDAY)
    assert first
    assert first == second
    assert days(first) == "2017-11-13..2017-11-13/1"


def test_the_fall_of_a_town_is_no_season() -> None:
    assert [span.of(text) for text in ["Since the fall of Mosul in July they fled."] for span in find_times(text)] == ["July"]
