"""Inside an article: what tells its statements of one happening from those of another."""

import dataclasses
from collections.abc import Callable

import pytest

from orbat.corroborate import features, flow
from orbat.corroborate.blocks import block_keys
from orbat.corroborate.features import Found
from orbat.corroborate.happenings import Happening, happening
from orbat.corroborate.matters import Matter
from orbat.corroborate.records import inside, singles
from orbat.types import EventType, MentionType, Span, Statement
from tests.recordparts import after, people, said

E = EventType
RAID = said(E.ATTACK, "d1", actor="Red Army", place="Tala", day="2020-05-05")


@pytest.mark.parametrize(
    ("words", "trigger", "general"),
    [
        ("Its men raided", "Tala", False),
        ("The group often taxed traders and", "burned", True),
        ("The market that it often taxed was quiet, but it", "burned", False),
        ("Since May it", "burned", True),
        ("The group", "burns", True),
        ("The ministry spoke of a long", "insurgency", True),
        ("They plan to", "attack", True),
    ],
)
def test_a_custom_a_war_or_an_aim_speaks_against_what_happened(words: str, trigger: str, general: bool) -> None:
    raid, other = (happening(each) for each in (RAID, after(words, E.ATTACK, trigger, document="d1")))
    assert other.general is general
    assert (flow.general(raid, other) is not None) is general


def pair(one: Statement, two: Statement) -> tuple[Happening, Happening]:
    """The happenings of two statements of one document."""
    first, later = singles([one, two])
    return first, later


def value(feature: Callable[[Happening, Happening], Found], one: Statement, two: Statement) -> float:
    """What a feature says of two statements of one document; 0 where it says nothing."""
    found = feature(*pair(one, two))
    return found[0] if found else 0.0


def test_no_name_in_common_speaks_against_a_pair_the_same_names_say_nothing() -> None:
    raid = said(E.ATTACK, "d1", actor="Red Army", day="2020-05-05", at=0)
    assert value(flow.strange, raid, said(E.ABDUCT, "d1", actor="Red Army", at=4)) == 0
    assert value(flow.strange, raid, said(E.ABDUCT, "d1", actor="Blue Army", at=4)) < 0
    assert value(flow.strange, raid, said(E.ABDUCT, "d1", actor="Blue Army", at=0)) == 0, "who attacks and who is taken"
    assert value(flow.anew, raid, said(E.ABDUCT, "d1", actor="Red Army", at=4)) < 0


def test_the_opening_tells_what_most_of_an_article_is_about() -> None:
    first = said(E.ATTACK, "d1", place="Tala", at=0)
    second, third = said(E.KILL, "d1", count=3, at=4), said(E.INJURE, "d1", count=9, at=8)
    opening, then, later = singles([first, second, third])
    assert flow.lead(opening, later) == flow.lead(later, opening)
    assert flow.lead(opening, later)[0] > flow.lead(then, later)[0] > 0  # type: ignore[index]
    assert flow.lead(opening, opening) is None


@pytest.mark.parametrize(("words", "sign"), [("Villagers hid from the", 1), ("Villagers hid from another", -1), ("Villagers saw", 0)])
def test_the_ambush_was_told_before_an_ambush_was_not(words: str, sign: int) -> None:
    first = said(E.ATTACK, "d1", at=0)
    told = value(flow.named, first, after(words, E.ATTACK, "ambush", document="d1", at=4))
    assert (told > 0) - (told < 0) == sign


def test_what_recalls_speaks_against_a_pair() -> None:
    raid = said(E.ATTACK, "d1", day="2020-05-05", at=0)
    assert value(flow.years, raid, after("It was the first since 2016, they said of the", E.ATTACK, "raid", document="d1", at=4)) < 0
    assert value(flow.perfect, raid, after("The group has", E.KILL, "killed", document="d1", count=90, at=4)) < 0
    assert value(flow.town, raid, said(E.ATTACK, "d1", place="Tala", at=4)) < 0
    assert value(flow.undated, raid, said(E.KILL, "d1", count=3, at=4)) == 0, "one of them says its day"
    one, two = singles([raid, said(E.KILL, "d1", count=3, at=4), said(E.INJURE, "d1", count=3, at=8)])[1:]
    assert flow.undated(one, two)


@pytest.mark.parametrize(
    ("words", "other"),
    [
        ("Separately, five cooks were", True),
        ("In another incident, five cooks were", True),
        ("In East Tala, five cooks were", True),
        ("In May, five cooks were", False),
        ("In another sign of unrest, five cooks were", False),
        ("Then five cooks were", False),
    ],
)
def test_what_a_sentence_opens_with_another_happening_speaks_against_a_pair(words: str, other: bool) -> None:
    raid = said(E.ATTACK, "d1", day="2020-05-05", at=0)
    dead = after(words, E.KILL, "killed", document="d1", count=5, at=1)
    assert (value(flow.back, raid, dead) < 0) is other
    assert (value(flow.lead, raid, dead) == 0) is other, "the opening of the article is not about it"


@pytest.mark.parametrize(
    ("words", "aside"),
    [
        ("On the same day soldiers", True),
        ("A commander who was freed a year ago", True),
        ("In March gunmen", True),
        ("Gunmen three weeks earlier", True),
        ("Further south, gunmen", True),
        ("The gunmen on Tuesday", False),
        ("Three hours passed before gunmen", False),
    ],
)
def test_a_later_sentence_of_another_time_speaks_against_a_pair(words: str, aside: bool) -> None:
    raid = said(E.ATTACK, "d1", day="2020-05-05", at=0)
    dead = after(words, E.KILL, "killed", document="d1", count=5, at=4)
    assert (value(flow.aside, raid, dead) < 0) is aside
    first = after(words, E.ATTACK, "attacked", document="d1", at=0)
    assert value(flow.aside, first, dead) == 0, "the article is of that time itself"
    assert value(flow.aside, first, said(E.KILL, "d1", count=5, at=4)) == 0, "what comes later goes on with it"


@pytest.mark.parametrize(
    ("words", "other", "apart"),
    [
        ("Bado Tir of the Red Army was", "Bado Tir", True),
        ("Bado Tir had also been", "Bado Tir", True),
        ("Bado Tir was also", "Bado Tir", False),
        ("Bado Tir, who was with him, was", "Bado Tir", False),
        ("Adam Amsa of the Red Army was", "Adam Amsa", False),
    ],
)
def test_who_else_was_killed_was_not_killed_on_the_same_day_unless_it_is_said_so(words: str, other: str, apart: bool) -> None:
    adam, bado = (people(name, MentionType.PERSON) for name in ("Adam Amsa", other))
    first = said(E.KILL, "d1", actor="Blue Army", target=adam, place="Tala", day="2020-05-05", at=0)
    later = after(words, E.KILL, "killed", document="d1", actor="Blue Army", target=bado, at=1)
    assert flow.others(*pair(first, later)) is apart
    records = inside([first, later], lambda a, b: False)
    assert (len(records) == 2) is apart
    assert not flow.others(*pair(first, said(E.KILL, "d1", target=bado, at=0))), "they stand in one sentence"


def test_what_names_no_town_is_where_the_text_has_come_to() -> None:
    tala, dead = said(E.ATTACK, "d1", place="Tala", at=0), said(E.KILL, "d1", count=3, at=4)
    elsewhere, hurt = said(E.ATTACK, "d1", place="Baroum", at=8), said(E.INJURE, "d1", count=9, at=12)
    one, two, three, four = singles([tala, dead, elsewhere, hurt])
    assert flow.stood(one, two) == flow.stood(two, one) == (1.0, "The text was still in {}.", "tala")
    assert flow.stood(three, four)
    assert flow.stood(one, four) is flow.stood(two, four) is None
    assert flow.stood(one, three) is None, "both say where"


def test_the_next_sentence_of_a_paragraph_goes_on() -> None:
    first, later = said(E.ATTACK, "d1", at=0), said(E.KILL, "d1", count=3, at=1)
    assert first.sentence.span.end + 1 < later.sentence.span.start
    assert value(flow.follows, first, later) == 0
    begin = first.sentence.span.end + 1
    beside = dataclasses.replace(later, sentence=dataclasses.replace(later.sentence, span=Span(begin, begin + len(later.sentence.text))))
    assert value(flow.follows, first, beside) > 0
    one, two, three = singles([first, beside, said(E.INJURE, "d1", count=9, at=4)])
    assert flow.follows(two, one)
    assert flow.follows(one, three) is flow.follows(two, three) is None


def test_what_the_text_around_tells_is_not_kept() -> None:
    tala = said(E.ATTACK, "d1", place="Tala", day="2020-05-05", at=0)
    made = inside([tala, after("In March gunmen", E.KILL, "killed", document="d1", count=90, at=4)], lambda a, b: False)
    assert {(one.stood, one.follows, one.other_times) for one in made} == {(frozenset(), False, frozenset())}


def test_without_a_day_the_day_of_the_text_is_looked_for_and_not_that_of_the_report() -> None:
    raid = said(E.ATTACK, "d1", actor="Red Army", day="2020-05-05")
    day, dead = singles([said(E.ATTACK, "d2", place="Tala", day="2020-05-05", at=0), said(E.KILL, "d2", actor="Red Army", at=4)])
    assert dead.told == day.days
    assert not {*block_keys(dead)}.isdisjoint(block_keys(happening(raid)))
    late = dataclasses.replace(dead, published=day.days[0] + 400)  # type: ignore[index]
    assert block_keys(late) == block_keys(dead)


def test_blame_that_names_nobody_is_of_what_was_told() -> None:
    raid = said(E.ATTACK, "d1", day="2020-05-05", at=0)
    assert value(flow.said, raid, said(E.ACCUSE, "d1", at=4)) > 0
    assert value(flow.said, raid, said(E.ACCUSE, "d1", target=people("Red Army"), at=4)) == 0
    assert value(flow.said, raid, said(E.CLAIM, "d1", actor="Red Army", at=4)) > 0


def test_the_same_things_are_of_one_happening() -> None:
    taken = said(E.ABDUCT, "d1", target=people("40 pupils of the school"), at=0)
    freed = said(E.KILL, "d1", target=people("Three of the pupils"), at=4)
    assert pair(taken, freed)[0].things >= {"pupil", "school"}
    assert value(flow.things, taken, freed) > 0
    assert value(flow.things, taken, said(E.KILL, "d1", target=people("several people"), at=4)) == 0


def test_what_names_nobody_meets_others_by_its_things_and_a_month_by_the_sides_of_its_days() -> None:
    def meets(one: Statement, two: Statement) -> bool:
        return not {*block_keys(happening(one))}.isdisjoint(block_keys(happening(two)))

    taken = said(E.ABDUCT, "d1", target=people("40 pupils of the school"), day="2020-05-05")
    freed = said(E.KILL, "d2", target=people("Three of the pupils"), day="2020-05-06")
    assert meets(taken, freed)
    assert not meets(taken, said(E.KILL, "d2", target=people("A trader"), day="2020-05-05"))
    assert not meets(taken, said(E.KILL, "d2", target=people("Three of the pupils"), day="2020-05-12"))
    day = said(E.ATTACK, "d1", actor="Red Army", day="2020-05-05")
    assert meets(day, said(E.ATTACK, "d2", actor="Red Army", day="2020-05-01/2020-05-31"))
    assert not meets(day, said(E.ATTACK, "d2", actor="Red Army", day="2020-06-01/2020-06-30"))


@pytest.mark.parametrize(
    ("words", "several"),
    [
        ("leaders", True),
        ("some of the commanders", True),
        ("three members", True),
        ("former commanders of the group", True),
        ("fighters loyal to him", True),
        ("women", True),
        ("a commander", False),
        ("commander of its forces", False),
        ("the group's leader", False),
        ("Mohamed Abbas", False),
        ("boss", False),
    ],
)
def test_several_who_are_not_named_are_no_one_who_is(words: str, several: bool) -> None:
    named = said(E.LEAD, "d1", actor="Musa Ali", target="Red Army")
    told = dataclasses.replace(said(E.LEAD, "d1", target="Red Army", at=4), actor=(people(words, MentionType.PERSON),))
    one, two = pair(named, told)
    assert ("actor" in two.several) is several
    found = features.ends(one, two, lambda a, b: False)
    if several:
        assert found == (-1.0, "One names whom the other tells as several.")
    else:
        assert found is None or found[0] > 0 or "Mohamed" in words


def test_of_a_bond_too() -> None:
    named = said(E.ALLY, "d1", actor="Musa Ali", target="Red Army")
    told = dataclasses.replace(said(E.ALLY, "d1", target="Red Army", at=4), actor=(people("some of his commanders"),))
    found = features.ends(*pair(named, told), lambda a, b: False)
    assert found is not None
    assert found[0] == -1.0


def test_whom_an_act_of_violence_freed_or_took_is_counted_with_its_dead() -> None:
    dead = said(E.KILL, "d1", target=people("16 militants"), count=16, at=4)
    freed = said(E.RELEASE, "d1", target=people("104 passengers"), count=104, at=4)
    assert [one.matter for one in singles([dead, freed])] == [Matter.VIOLENCE] * 2
    taken = said(E.ARREST, "d1", target=people("five men"), count=5, at=4)
    assert Matter.CUSTODY not in {one.matter for one in singles([dead, taken])}
    for other in (
        said(E.RELEASE, "d1", target=people("104 passengers"), count=104, at=5),  # another sentence
        said(E.RELEASE, "d1", target=people("passengers"), at=4),  # no number
        said(E.RELEASE, "d1", target=people("a doctor"), count=1, at=4),
        said(E.RELEASE, "d1", target=people("16 militants"), count=16, at=4),  # the same people
    ):
        assert Matter.RELEASE in {one.matter for one in singles([dead, other])}
    held = said(E.ABDUCT, "d1", target=people("40 pupils"), count=40, at=4)
    assert Matter.RELEASE in {one.matter for one in singles([held, freed])}, "who was taken before is another happening"


def test_one_dead_is_no_sum() -> None:
    words = "Three men have been on trial since December 2020 for the"
    one, several = (happening(after(words, E.KILL, "murder", count=count)) for count in (1, 3))
    assert several.sums
    assert not one.sums


@pytest.mark.parametrize(
    ("words", "sums"),
    [
        ("More than 480 people have been killed in the region since January, according to the council, in", True),
        ("So far this year its fighters have", True),
        ("It was the first fire since Monday, when they", False),
        ("It has, since a bombing of April, been the deadliest", False),
        ("Gunmen came at dawn and", False),
    ],
)
def test_what_adds_up_over_months_is_no_one_of_what_it_adds_up(words: str, sums: bool) -> None:
    raid, told = (happening(each) for each in (RAID, after(words, E.ATTACK, "attacks" if sums else "attacked", document="d1")))
    assert told.sums is sums
    assert bool(features.conflict(raid, told)) is sums
