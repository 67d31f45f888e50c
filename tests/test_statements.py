from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from orbat.codebook import Codebook
from orbat.decode import decode
from orbat.serial import statement_schema, statement_to_json
from orbat.statements import statements
from orbat.types import (
    Actor,
    Annotations,
    Argument,
    Basis,
    DateRange,
    Document,
    Event,
    EventType,
    Link,
    Links,
    Mention,
    MentionType,
    Place,
    Role,
    Span,
    Statement,
    TimeValue,
)
from tests.scores import Sheet

CODEBOOK = Codebook.load()
TEXT = 'Boko Haram killed 12 soldiers in Baga on Tuesday, an army officer said. "They also took hostages," the officer said.'
SENTENCES = (Span(0, 71), Span(72, len(TEXT)))
BOKO = Actor("boko-haram", "Boko Haram", "group")
BAGA = Place("gn:1", "Baga", "NG", "Borno", 13.1, 13.8, 1, 1)
BORNO = Place("gn:2", "Borno", "NG", "Borno", 12.0, 13.0, 2, 4)
TUESDAY = DateRange(dt.date(2018, 12, 25), dt.date(2018, 12, 25), 1, "2018-12-25")


def made(*links: tuple[str, str, str], document: Document | None = None) -> tuple[Statement, ...]:
    s = Sheet(TEXT, SENTENCES)
    for words, kind in (
        ("Boko Haram", "GROUP"), ("12 soldiers", "FORCE"), ("Baga", "PLACE"), ("Tuesday", "TIME"), ("army officer", "PERSON"),
        ("They", "GROUP"), ("hostages", "PEOPLE"),
    ):  # fmt: skip
        s.name(words, kind)
    s.state("killed", "KILL")
    s.state("took", "ABDUCT")
    for link in (("killed", "Boko Haram", "actor"), ("killed", "12 soldiers", "target"), ("killed", "Baga", "place"),
                 ("killed", "Tuesday", "time"), ("killed", "army officer", "source"), ("took", "They", "actor"),
                 ("took", "hostages", "target"), ("took", "army officer", "source"), *links):  # fmt: skip
        s.link(*link)
    found = decode(s.scores(), SENTENCES)
    known = Links(
        actors={0: Link(0, BOKO, 0.9), 5: Link(5, BOKO, 0.8), 1: Link(1, None)},
        places={2: Link(2, BAGA, 0.9)},
        times={3: TimeValue("DATE", "2018-12-25", TUESDAY)},
    )
    return statements(document or Document.of(TEXT), found, known, codebook=CODEBOOK, model="test")


@pytest.mark.parametrize("order", [("2012", "2015"), ("2011", "2012"), ("2015", "2013")])
def test_of_two_years_the_one_beside_the_trigger_is_the_date_though_one_is_a_day_longer(order: tuple[str, str]) -> None:
    text = f"It split from them in {order[0]} before it came back in {order[1]}."
    s = Sheet(text, (Span(0, len(text)),))
    s.state("split", "SPLIT")
    for year in order:
        s.name(year, "TIME")
        s.link("split", year, "time")
    ranges = [DateRange(dt.date(int(year), 1, 1), dt.date(int(year), 12, 31), 5, year) for year in order]
    known = Links(times={i: TimeValue("DATE", days.value, days) for i, days in enumerate(ranges)})
    (found,) = statements(Document.of(text), decode(s.scores(), (Span(0, len(text)),)), known, codebook=CODEBOOK, model="test")
    assert found.date is not None
    assert found.date.text == order[0]


def test_a_statement_holds_its_words_to_the_letter() -> None:
    for s in made():
        for quote in (s.sentence, s.trigger, *(f.quote for f in (*s.actor, *s.target, *s.place, *s.time))):
            assert TEXT[quote.span.start : quote.span.end] == quote.text
        Draft202012Validator(statement_schema()).validate(statement_to_json(s))


def test_who_where_when_and_how_many() -> None:
    kill, take = made()
    assert [f.entity.id for f in kill.actor if f.entity] == ["boko-haram"]
    assert kill.target[0].entity is None
    assert (kill.location, kill.location_basis) == (BAGA, Basis.ARGUMENT)
    assert kill.date is not None
    assert (kill.date.start, kill.date.precision, kill.date.text) == (dt.date(2018, 12, 25), "day", "Tuesday")
    assert kill.count is not None
    assert kill.count.best == 12
    assert take.date is None
    assert take.count is None


def test_the_pronoun_carries_the_actor_it_refers_to() -> None:
    assert [f.entity.id for f in made()[1].actor if f.entity] == ["boko-haram"]


def test_members_of_a_body_belong_to_it_and_it_does_not_belong_to_itself() -> None:
    text = "Fighters of Boko Haram fled."
    s = Sheet(text, (Span(0, len(text)),))
    s.name("Fighters", "GROUP")
    s.name("Boko Haram", "GROUP")
    s.state("Fighters", "BELONG")
    s.state("fled", "WITHDRAW")
    for link in (("Fighters", "Fighters", "actor"), ("Fighters", "Boko Haram", "target"), ("fled", "Fighters", "actor")):
        s.link(*link)
    known = Links(actors={0: Link(0, BOKO, 0.9), 1: Link(1, BOKO, 0.9)})
    belong, fled = statements(Document.of(text), decode(s.scores(), (Span(0, len(text)),)), known, codebook=CODEBOOK, model="test")
    assert (belong.actor[0].entity, belong.target[0].entity is not None) == (None, True)
    assert fled.actor[0].entity is not None


def test_the_speaker_reported_and_quoted_without_a_name() -> None:
    kill, take = made()
    assert kill.attribution is not None
    assert take.attribution is not None
    assert (kill.attribution.speaker.quote.text, kill.attribution.quoted, kill.attribution.anonymous) == ("army officer", False, True)
    assert take.attribution.quoted


@pytest.mark.parametrize(
    ("text", "speaker", "kind", "anonymous"),
    [
        ("Ahmed Musa said rebels attacked Baga.", "Ahmed Musa", "PERSON", False),
        ("Musa said rebels attacked Baga.", "Musa", "PERSON", False),
        ("One analyst said rebels attacked Baga.", "One analyst", "PERSON", True),
        ("He said rebels attacked Baga.", "He", "PERSON", True),
        ("Nigerian officials said rebels attacked Baga.", "Nigerian officials", "PEOPLE", True),
        ("The Group of Experts said rebels attacked Baga.", "Group of Experts", "PEOPLE", False),
        ("The Hafiz Gul Bahadur group said rebels attacked Baga.", "Hafiz Gul Bahadur group", "GROUP", False),
        ("The Kurdish group said rebels attacked Baga.", "Kurdish group", "GROUP", True),
        ("Two US Army soldiers said rebels attacked Baga.", "Two US Army soldiers", "PEOPLE", True),
        ("Reuters said rebels attacked Baga.", "Reuters", "MEDIA", False),
        ("Police said rebels attacked Baga.", "Police", "FORCE", True),
        ("The UN said rebels attacked Baga.", "UN", "ORG", False),
        ("army spokesman Sani Usman said rebels attacked Baga.", "army spokesman", "PERSON", False),
        (
            "sani usman said that rebels attacked baga in the north of the country and burned some of its houses.",
            "sani usman",
            "PERSON",
            False,
        ),
        ("a spokesman said that rebels attacked baga in the north of the country and burned its houses.", "spokesman", "PERSON", True),
    ],
)
def test_a_speaker_is_anonymous_where_the_text_gives_no_name(text: str, speaker: str, kind: str, anonymous: bool) -> None:
    spans = (Span(0, len(text)),)
    s = Sheet(text, spans)
    s.name(speaker, kind)
    if "Sani Usman" in text and speaker != "Sani Usman":
        s.name("Sani Usman", "PERSON")
    s.state("attacked", "ATTACK")
    s.link("attacked", speaker, "source")
    (statement,) = statements(Document.of(text), decode(s.scores(), spans), Links(), codebook=CODEBOOK, model="test")
    assert statement.attribution is not None
    assert statement.attribution.anonymous is anonymous


def test_the_finest_place_is_the_location() -> None:
    text = "Rebels attacked Baga in Borno."
    spans = (Span(0, len(text)),)
    s = Sheet(text, spans)
    s.name("Baga", "PLACE")
    s.name("Borno", "PLACE")
    s.state("attacked", "ATTACK")
    s.link("attacked", "Borno", "place")
    s.link("attacked", "Baga", "place")
    known = Links(places={0: Link(0, BAGA, 0.9), 1: Link(1, BORNO, 0.9)})
    (statement,) = statements(Document.of(text), decode(s.scores(), spans), known, codebook=CODEBOOK, model="test")
    assert statement.location == BAGA


@pytest.mark.parametrize(("type", "role", "located"), [("SEIZE", "target", True), ("LEAD", "target", False), ("ABUSE", "origin", True)])
def test_what_happens_to_a_place_happens_there_and_a_relation_nowhere(type: str, role: str, located: bool) -> None:
    text = "Rebels xxxx Baga in Borno."
    spans = (Span(0, len(text)),)
    s = Sheet(text, spans)
    s.name("Baga", "PLACE")
    s.state("xxxx", type)
    s.link("xxxx", "Baga", role)
    known = Links(places={0: Link(0, BAGA, 0.9)})
    (statement,) = statements(Document.of(text), decode(s.scores(), spans), known, codebook=CODEBOOK, model="test")
    assert statement.location == (BAGA if located else None)


def test_a_town_that_is_taken_is_finer_than_the_province_it_is_taken_in() -> None:
    text = "Rebels took Baga in Borno."
    spans = (Span(0, len(text)),)
    s = Sheet(text, spans)
    s.name("Baga", "PLACE")
    s.name("Borno", "PLACE")
    s.state("took", "SEIZE")
    s.link("took", "Baga", "target")
    s.link("took", "Borno", "place")
    known = Links(places={0: Link(0, BAGA, 0.9), 1: Link(1, BORNO, 0.9)})
    (statement,) = statements(Document.of(text), decode(s.scores(), spans), known, codebook=CODEBOOK, model="test")
    assert statement.location == BAGA


NIGERIA = Place("gn:3", "Nigeria", "NG", "", 10.0, 8.0, 3, 6)
YOLA = Place("gn:4", "Yola", "NG", "Adamawa", 9.2, 12.5, 4, 1)
CHAD = Place("gn:5", "Chad", "TD", "", 15.0, 19.0, 5, 6)
BOL = Place("gn:6", "Bol", "TD", "Lac", 13.5, 14.7, 6, 1)
SAHEL = Place("region:sahel", "Sahel", "", "", 15.0, 2.0, 0, 5)
DARFUR = Place("region:darfur", "Darfur", "SD", "", 13.0, 25.0, 0, 5)


def dated(text: str, trigger: str, time: str, published: dt.date | None) -> tuple[dt.date, dt.date, int] | None:
    """The days of the one event of a sentence whose time is the year ``time``, and their precision."""
    s = Sheet(text, (Span(0, len(text)),))
    s.state(trigger, "KILL")
    s.name(time, "TIME")
    s.link(trigger, time, "time")
    days = DateRange(dt.date(int(time), 1, 1), dt.date(int(time), 12, 31), 5, time)
    document = Document.of(text, published=published)
    known = Links(times={0: TimeValue("DATE", time, days)})
    (found,) = statements(document, decode(s.scores(), (Span(0, len(text)),)), known, codebook=CODEBOOK, model="test")
    return (found.date.start, found.date.end, found.date.date_prec) if found.date else None


@pytest.mark.parametrize(
    ("text", "trigger", "runs_on"),
    [
        ("Some 900 have been killed since the revolt began in 1984.", "killed", True),
        ("Since the revolt began in 1984 it has killed some 900.", "killed", True),
        ("Since the revolt began in 1984 many have lost their homes and their fields or been killed.", "killed", True),
        ("They have fled since the revolt, in which 900 were killed in 1984.", "killed", False),  # the clause's own
        ("Some 900 were killed as the revolt began in 1984.", "killed", False),
        ("They were killed since the revolt had begun in 1984.", "killed", False),  # a cause
    ],
)
def test_what_has_been_since_something_began_goes_on_to_publication(text: str, trigger: str, runs_on: bool) -> None:
    end = dt.date(1990, 5, 7) if runs_on else dt.date(1984, 12, 31)
    assert dated(text, trigger, "1984", dt.date(1990, 5, 7)) == (dt.date(1984, 1, 1), end, 5)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("It held out from 2012 to 2015 in the hills.", ("2012-01-01", "2015-12-31", 5)),
        ("It held out between 2012 and at least 2015 in the hills.", ("2012-01-01", "2015-12-31", 5)),
        ("It held out in 2012 and to 2015 alone.", ("2012-01-01", "2012-12-31", 5)),
    ],
)
def test_what_lasts_from_one_year_to_another_is_of_all_of_them(text: str, days: tuple[str, str, int]) -> None:
    s = Sheet(text, (Span(0, len(text)),))
    s.state("held", "HOLD")
    for year in ("2012", "2015"):
        s.name(year, "TIME")
        s.link("held", year, "time")
    ranges = [DateRange(dt.date(year, 1, 1), dt.date(year, 12, 31), 5, str(year)) for year in (2012, 2015)]
    known = Links(times={i: TimeValue("DATE", found.value, found) for i, found in enumerate(ranges)})
    (told,) = statements(Document.of(text), decode(s.scores(), (Span(0, len(text)),)), known, codebook=CODEBOOK, model="test")
    assert told.date is not None
    assert (told.date.start.isoformat(), told.date.end.isoformat(), told.date.date_prec) == days


def test_the_first_since_a_year_is_not_of_that_year() -> None:
    day = dt.date(2014, 8, 8)
    assert dated("It was the first U.S. strike there since 1984.", "strike", "1984", day) is None
    assert dated("It was the U.S. strike there of 1984.", "strike", "1984", day) is not None


def test_what_has_been_since_then_ends_on_no_known_day_without_a_day_of_publication() -> None:
    assert dated("Some 900 have been killed since the revolt began in 1984.", "killed", "1984", None) is None


SUDAN = Place("gn:7", "Sudan", "SD", "", 16.0, 30.0, 7, 6)
SEA = Place("gn:8", "Gulf of Guinea", "", "", 0.0, 0.0, 8, 7)
KNOWN = {
    "Gulf of Guinea": SEA,
    "Guinea coast": SEA,
    "Borno del Sur": BORNO,
    "Baga": BAGA,
    "Borno": BORNO,
    "Nigeria": NIGERIA,
    "YOLA": YOLA,
    "Chad": CHAD,
    "Bol": BOL,
    "Sahel": SAHEL,
    "Darfur": DARFUR,
    "Sudan": SUDAN,
    "Nigerian": NIGERIA,
    "Chadian border": replace(CHAD, where_prec=5),
}


def located(text: str, *links: tuple[str, str, str], certainty: str = "fact", **events: str) -> dict[str, Statement]:
    """The statements of a text of known places, by trigger; sentences end with a full stop."""
    spans = tuple(Span(m.start(), m.end()) for m in re.finditer(r"[^\s.][^.]*\.", text))
    s = Sheet(text, spans)
    names = [m.group() for m in re.finditer("|".join(sorted([*KNOWN, "village"], key=len, reverse=True)), text)]
    for name in names:
        s.name(name, "PLACE")
    years = re.findall(r"\b[12]\d{3}\b", text)
    for year in years:
        s.name(year, "TIME")
    for trigger, type in events.items():
        s.state(trigger, type, certainty)
    for link in links:
        s.link(*link)
    found = decode(s.scores(), spans)
    said = [m.span.of(text) for m in found.mentions]
    days = {y: DateRange(dt.date(int(y), 1, 1), dt.date(int(y), 12, 31), 5, y) for y in years}
    known = Links(
        places={i: Link(i, KNOWN.get(word), 0.9) for i, word in enumerate(said) if word not in days},
        times={i: TimeValue("DATE", word, days[word]) for i, word in enumerate(said) if word in days},
    )
    found = statements(Document.of(text), found, known, codebook=CODEBOOK, model="test")
    return {statement.trigger.text: statement for statement in found}


def where(statement: Statement) -> tuple[str, int, str] | None:
    place = statement.location
    return (place.name, place.where_prec, statement.location_basis.value) if place else None


@pytest.mark.parametrize(("area", "country", "finest"), [("Sahel", "Chad", "Chad"), ("Darfur", "Sudan", "Darfur")])
def test_an_area_of_several_countries_is_wider_than_a_country_and_one_within_a_country_is_not(area: str, country: str, finest: str) -> None:
    text = f"In {area} they raided a base in {country}."
    found = located(text, ("raided", area, "place"), ("raided", country, "place"), raided="ATTACK")
    assert found["raided"].location == KNOWN[finest]


def test_a_place_of_the_sentence_that_no_event_has_taken() -> None:
    assert where(located("In Baga they were shot dead.", dead="KILL")["dead"]) == ("Baga", 1, "sentence")


def test_the_place_of_the_attack_is_that_of_its_dead() -> None:
    found = located("Rebels raided Baga and left six dead.", ("raided", "Baga", "target"), raided="ATTACK", dead="KILL")
    assert where(found["raided"]) == ("Baga", 1, "argument")
    assert where(found["dead"]) == ("Baga", 1, "sentence")
    assert found["dead"].place == ()


def test_an_unknown_village_of_the_event_makes_the_town_beside_it_no_exact_point() -> None:
    found = located("In a village of Baga six were shot dead.", ("dead", "village", "place"), dead="KILL")
    assert where(found["dead"]) == ("Baga", 2, "sentence")


def test_a_place_that_says_whose_a_speaker_is_is_not_where_it_happened() -> None:
    text = "Chad's president {} said six were shot dead."
    spans = (Span(0, len(text.format("Deby"))),)
    for name, type, taken in (("Deby", "PERSON", False), ("Bol", "PLACE", True)):
        s = Sheet(text.format(name), spans)
        s.name("Chad", "PLACE")
        s.name(name, type)
        s.state("dead", "KILL")
        known = Links(places={0: Link(0, CHAD, 0.9)})
        (found,) = statements(Document.of(text.format(name)), decode(s.scores(), spans), known, codebook=CODEBOOK, model="test")
        assert (where(found) == ("Chad", 6, "sentence")) is taken
    text = "Chad's army left six dead."
    s = Sheet(text, (Span(0, len(text)),))
    s.name("Chad", "PLACE")
    s.name("army", "FORCE")
    s.state("dead", "KILL")
    s.link("dead", "army", "actor")
    (found,) = statements(
        Document.of(text), decode(s.scores(), (Span(0, len(text)),)), Links(places={0: Link(0, CHAD, 0.9)}), codebook=CODEBOOK, model="test"
    )
    assert where(found) == ("Chad", 6, "sentence")


@pytest.mark.parametrize("words", ["on the way to", "as they fled from", "near the border with", "an official said in", "all residents of"])
def test_a_place_that_is_another_than_the_events_is_not_taken(words: str) -> None:
    assert where(located(f"Six were shot dead {words} Baga.", dead="KILL")["dead"]) is None


def test_the_sentence_before_lends_the_place_of_its_events_within_the_paragraph() -> None:
    raid = ("raided", "Baga", "target")
    found = located("Rebels raided Baga in Borno. Six were found dead.", raid, raided="ATTACK", dead="KILL")
    assert where(found["dead"]) == ("Baga", 2, "paragraph")
    found = located("Rebels raided Baga in Borno.\n\nSix were found dead.", raid, raided="ATTACK", dead="KILL")
    assert where(found["dead"]) is None
    far = "Rebels raided Baga. One sentence. Two sentences. Six were found dead."
    assert where(located(far, raid, raided="ATTACK", dead="KILL")["dead"]) is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("The raid came a day after police shot six in Baga.", None),
        ("The raid came soon after police shot six in Baga.", "Baga"),
        ("Hours after the raid, police shot six in Baga.", None),
        ("Hours later the raid began, and police shot six in Baga.", "Baga"),
    ],
)
def test_a_place_of_another_time_is_not_where_it_happened(text: str, place: str | None) -> None:
    found = located(text, ("shot", "Baga", "place"), raid="ATTACK", shot="KILL")["raid"].location
    assert (found and found.name) == place


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ("the mosque", "Baga"),
        ("a mosque", "Borno"),
    ],
)
def test_the_mosque_is_where_the_mosque_that_was_told_of_is(told: str, place: str) -> None:
    text = f"Rebels raided a mosque in Baga. They shot a man in Borno. Odo admitted an attack on {told}."
    spans = tuple(Span(m.start(), m.end()) for m in re.finditer(r"[^\s.][^.]*\.", text))
    told_at = ((text.index("mosque"), "mosque", 0), (text.index("Baga"), "Baga", 0), (text.index("Borno"), "Borno", 1))
    told_at += ((text.rindex("mosque"), "mosque", 2),)
    mentions = tuple(Mention(MentionType.PLACE, Span(at, at + len(word)), sentence) for at, word, sentence in told_at)
    events = tuple(
        Event(type, Span(text.index(word), text.index(word) + len(word)), sentence, arguments)
        for type, word, sentence, arguments in (
            (EventType.ATTACK, "raided", 0, (Argument(Role.TARGET, 0), Argument(Role.PLACE, 1))),
            (EventType.KILL, "shot", 1, (Argument(Role.PLACE, 2),)),
            (EventType.ATTACK, "attack", 2, (Argument(Role.TARGET, 3),)),
        )
    )
    found = Annotations(spans, mentions, events)
    known = Links(places={1: Link(1, BAGA, 0.9), 2: Link(2, BORNO, 0.9)})
    attack = statements(Document.of(text), found, known, codebook=CODEBOOK, model="test")[2]
    assert attack.location is not None
    assert (attack.location.name, attack.location_basis) == (place, Basis.PARAGRAPH)


@pytest.mark.parametrize(
    ("text", "links", "place"),
    [
        ("Six were driven to Baga when rebels raided.", (("driven", "Baga", "place"),), None),
        ("Six were driven from Baga when rebels raided.", (("driven", "Baga", "place"),), "Baga"),
        ("Six were driven from Baga in 1991, rebels raided in 1993.", (("driven", "1991", "time"), ("raided", "1993", "time")), None),
        ("Six were driven from Baga in 1991, rebels raided in 1991.", (("driven", "1991", "time"),), "Baga"),
    ],
)
def test_where_people_flee_to_and_towns_of_other_days_lend_no_place(text: str, links: tuple[Any, ...], place: str | None) -> None:
    found = located(text, ("driven", "Baga", "place"), *links, driven="ABUSE", raided="ATTACK")["raided"].location
    assert (found and found.name) == place


def test_a_province_may_see_other_days() -> None:
    text = "Rebels shot six in Borno in 1991. The mayor was murdered in 1993."
    links = (("shot", "Borno", "place"), ("shot", "1991", "time"), ("murdered", "1993", "time"))
    assert located(text, *links, shot="KILL", murdered="KILL")["murdered"].location == BORNO


@pytest.mark.parametrize(("year", "place"), [("1991", None), ("1993", "Baga")])
def test_an_event_of_other_days_lends_no_place(year: str, place: str | None) -> None:
    text = f"Rebels shot six in Baga in {year}. The mayor was murdered in 1993."
    links = (("shot", "Baga", "place"), ("shot", year, "time"), ("murdered", "1993", "time"))
    if year == "1993":  # the sheet finds words by their first place
        links = (("shot", "Baga", "place"), ("shot", year, "time"))
    found = located(text, *links, shot="KILL", murdered="KILL")["murdered"].location
    assert (found and found.name) == place


@pytest.mark.parametrize(
    ("text", "kind", "place"),
    [
        ("Rebels raided Baga. It has cost lives since.", "KILL", None),
        ("Rebels raided Baga. It cost lives.", "KILL", "Baga"),
        ("Rebels raided Borno. It has cost lives since.", "KILL", "Borno"),  # no town
    ],
)
def test_a_sum_since_something_began_is_not_of_the_town_where_it_did(text: str, kind: str, place: str | None) -> None:
    found = located(text, ("raided", "Baga" if "Baga" in text else "Borno", "target"), raided="ATTACK", cost=kind)["cost"].location
    assert (found and found.name) == place


def test_a_war_is_not_of_the_town_where_it_began_but_may_be_of_one_that_no_other_event_has() -> None:
    begun = located("The war began as rebels raided Baga.", ("raided", "Baga", "target"), raided="ATTACK", war="CLASH")
    assert begun["war"].location is None
    assert located("The war goes on in Baga.", war="CLASH")["war"].location == BAGA


@pytest.mark.parametrize(("sea", "lent"), [("Gulf of Guinea", True), ("Guinea coast", False)])
def test_no_event_is_lent_a_coast_that_is_known_as_a_sea(sea: str, lent: bool) -> None:
    text = f"Rebels raided a ship in the {sea} and shot six."
    found = located(text, ("raided", sea, "place"), raided="ATTACK", shot="KILL")
    assert found["raided"].location == SEA
    assert found["shot"].location == (SEA if lent else None)


def test_a_dateline_tells_its_country_and_never_its_town() -> None:
    text = "YOLA, Nigeria (NAN) - Rebels raided Baga.\n\nSix were found dead."
    found = located(text, ("raided", "Baga", "target"), raided="ATTACK", dead="KILL")
    assert where(found["dead"]) == ("Nigeria", 6, "dateline")
    assert where(located("YOLA (NAN) - They talked.\n\nSix were found dead.", dead="KILL")["dead"]) is None
    assert where(located("YOLA, Borno del Sur - Six were found dead.", dead="KILL")["dead"]) is None


def test_a_dateline_of_two_towns_is_no_place_of_its_sentence_nor_tells_one_of_two_countries() -> None:
    assert where(located("YOLA/BOL, Nigeria (NAN) - Six were found dead.".replace("BOL", "Bol"), dead="KILL")["dead"]) is None
    assert where(located("YOLA/Baga, Nigeria (NAN) - Six were found dead.", dead="KILL")["dead"]) == ("Nigeria", 6, "dateline")


def test_a_country_that_says_whose_a_strike_is_is_not_where_it_hits() -> None:
    text = "Six were left dead in Nigerian air strikes."
    assert where(located(text, ("dead", "Nigerian", "place"), dead="KILL")["dead"]) is None
    text = "Six were left dead in Nigerian towns."
    assert where(located(text, ("dead", "Nigerian", "place"), dead="KILL")["dead"]) == ("Nigeria", 6, "argument")


def test_a_border_named_by_the_country_beyond_it_is_not_in_that_country() -> None:
    near = "Six were shot dead near the Chadian border."
    link = ("dead", "Chadian border", "place")
    assert where(located(near, link, dead="KILL")["dead"]) == ("Chad", 5, "argument")
    assert where(located(f"YOLA, Nigeria (NAN) - {near}", link, dead="KILL")["dead"]) == ("Nigeria", 6, "dateline")


def test_a_town_alone_among_places_of_another_country_is_not_where_it_happened() -> None:
    text = "A fan of Bol was shot dead."
    assert where(located(text, dead="KILL")["dead"]) == ("Bol", 1, "sentence")
    assert where(located(f"{text} They left Baga for Borno.", dead="KILL")["dead"]) is None
    assert where(located(f"{text} They left Baga for Borno and Chad.", dead="KILL")["dead"]) == ("Bol", 1, "sentence")


def test_a_dateline_tells_nothing_where_the_article_is_about_another_country() -> None:
    text = "YOLA, Nigeria (NAN) - Rebels fled to Bol in Chad.\n\nSix were found dead."
    assert where(located(text, dead="KILL")["dead"]) is None


@pytest.mark.parametrize(("type", "certainty"), [("LEAD", "fact"), ("CLAIM", "fact"), ("KILL", "future"), ("KILL", "hypothetical")])
def test_no_place_is_lent_to_relations_and_to_what_may_not_have_happened(type: str, certainty: str) -> None:
    assert where(located("In Baga they xxxx.", xxxx=type, certainty=certainty)["xxxx"]) is None


def test_the_same_reading_has_the_same_ids_and_another_document_others() -> None:
    first, again = made(), made()
    assert [s.id for s in first] == [s.id for s in again]
    other = made(document=Document.of(TEXT, source="Another paper"))
    assert not {s.id for s in first} & {s.id for s in other}
