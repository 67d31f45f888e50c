import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orbat.counts import read_count
from orbat.headcount import Counted, count_people
from orbat.types import Count, MentionType


def one(n: int) -> Count:
    return Count(n, n, n)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("at least 30 civilians", 30),
        ("At least one officer", 1),
        ("no fewer than 48 people", 48),
        ("not less than 7 persons", 7),
        ("more than 200", 200),
        ("over two dozen", 24),
        ("nearly 100 herders", 100),
        ("an estimated 3,000 fighters", 3000),
        ("four US special forces", 4),
        ("the two men", 2),
        ("his three brothers", 3),
        ("first two victims", 2),
        ("three Palestinians", 3),
        ("both officers", 2),
        ("two dozen", 24),
        ("twenty-four recruits", 24),
        ("one hundred", 100),
        ("a hundred and fifty", 150),
        ("two hundred and five soldiers", 205),
        ("two thousand five hundred", 2500),
        ("three hundred thousand", 300_000),
        ("six-thousand peacekeepers", 6000),
        ("1,200", 1200),
        ("300,000 people", 300_000),
        ("3.5 million", 3_500_000),
        ("half a million townspeople", 500_000),
        ("a quarter of a million people", 250_000),
        ("one and a half million", 1_500_000),
        ("20 millions of people", 20_000_000),
        ("half a dozen men", 6),
        ("a dozen", 12),
        ("dozen captives", 12),
        ("dozens", 12),
        ("dozens of masked men", 12),
        ("tens of fighters", 10),
        ("hundreds", 100),
        ("thousands of marchers", 1000),
        ("tens of thousands of people", 10_000),
        ("hundreds of thousands", 100_000),
        ("several", 3),
        ("several hundred fighters", 300),
        ("several dozen", 36),
        ("few people", 3),
        ("a few hundred", 300),
        ("scores of hostages", 20),
        ("a couple of officers", 2),
        ("one of the commanders", 1),
        ("seven of the gunmen", 7),
        ("another 15", 15),
        ("15 others", 15),
        ("5", 5),
        ("2000 fighters", 2000),
        ("some 1990 conscripts", 1990),
        ("a 15-member cell", 15),
        ("200-strong force", 200),
        ("700-odd cadres", 700),
        ("a group of 30 militants", 30),
        ("gang of at least 12 armed men", 12),
        ("12 soldiers, including five officers", 12),
        ("40 members of 3 groups", 40),
        ("four children aged 5 to 12", 4),
        ("two 15-year-old girls", 2),
        ("12 soldiers and policemen", 12),
        ("a woman and two children", 3),
        ("two children, a woman and three men", 6),
        ("12 crew", 12),
        ("Two Border Force (BF) personnel", 2),
    ],
)
def test_a_figure_is_low_best_and_high(text: str, count: int) -> None:
    assert read_count(text) == one(count)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("between 10 and 20", Count(10, 10, 20)),
        ("Between 25 and 60 people", Count(25, 25, 60)),
        ("20-30", Count(20, 20, 30)),
        ("7–10 gunmen", Count(7, 7, 10)),
        ("1,800 to 2,800 members", Count(1800, 1800, 2800)),
        ("10 to 15 thousand people", Count(10_000, 10_000, 15_000)),
        ("two or three people", Count(2, 2, 3)),
        ("group of seven to eight militants", Count(7, 7, 8)),
        ("up to 50", Count(0, 50, 50)),
        ("as many as 100,000", Count(0, 100_000, 100_000)),
        ("no more than 20 guards", Count(0, 20, 20)),
        ("fewer than 100 members", Count(0, 99, 99)),
    ],
)
def test_spans_and_upper_bounds(text: str, count: Count) -> None:
    assert read_count(text) == count


@pytest.mark.parametrize(
    "text",
    [
        "33rd Front", "G5 Sahel", "36th brigade", "82 Division", "3 and 7 Divisions", "Unit 8200", "Resolution 1701", "M23 rebels", "AK-47",
        "September 11", "September 11 attackers", "17 November", "2015 attackers", "30 percent of residents", "28%", "$500", "20 km",
        "about 7-11 percent", "three-day", "one-third", "half of the residents", "civilians", "many people", "a number of gunmen",
        "a group of gunmen", "an armed group", "a militia", "two brigades", "10 families", "dozens of villages", "three trucks",
        "two truckloads of soldiers", "Group of Seven", "one another", "no one", "no civilians", "", "-", "25-year-old",
    ],
)  # fmt: skip
def test_what_is_no_count_of_people(text: str) -> None:
    assert read_count(text) is None


@pytest.mark.parametrize("text", ["a soldier", "another officer", "a lone gunman", "an engineer"])
def test_an_article_counts_one(text: str) -> None:
    assert read_count(text) == one(1)


@pytest.mark.parametrize("text", ["Moussa Ag Rhissa", "25-year-old man", "commander", "the governor of 3 provinces", "Colonel Imad, 52"])
def test_a_person_is_one(text: str) -> None:
    assert read_count(text, type=MentionType.PERSON) == one(1)


def test_an_article_before_a_body_of_people_counts_nobody() -> None:
    assert read_count("a fighter", type=MentionType.GROUP) == one(1)
    assert read_count("a front", type=MentionType.GROUP) is None
    assert read_count("an army", type=MentionType.FORCE) is None


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from([None, *MentionType]))
def test_any_text_gives_an_ordered_count_or_none(text: str, kind: MentionType | None) -> None:
    count = read_count(text, type=kind)
    assert count is None or 0 <= count.low <= count.best <= count.high


_WORDS = "two dozen and 3,000 million between - to up over half a of fighters 12 hundred least at scores 7 thousand year old $ % , . 1.5 th"


@settings(deadline=None)
@given(st.lists(st.sampled_from(_WORDS.split()), max_size=9).map(" ".join))
def test_any_order_of_number_words_gives_an_ordered_count_or_none(text: str) -> None:
    count = read_count(text)
    assert count is None or 0 <= count.low <= count.best <= count.high


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("dozens, perhaps a hundred men", 12, 100),
        ("200 or even 300 fighters", 200, 300),
        ("40, perhaps more", 40, 40),
        ("perhaps 40 men", 40, 40),
    ],
)
def test_a_greater_number_that_may_be_is_not_added(text: str, low: int, high: int) -> None:
    assert read_count(text) == Count(low, low, high)


@settings(deadline=None)
@given(st.integers(1, 999), st.integers(1, 999))
def test_a_span_keeps_its_ends(low: int, more: int) -> None:
    assert read_count(f"between {low} and {low + more} people") == Count(low, low, low + more)
    assert read_count(f"{low} to {low + more}") == Count(low, low, low + more)


@pytest.mark.parametrize(
    ("text", "mentions", "best"),
    [
        (
            "four of the Americans and at least four Nigeriens",
            [("four of the Americans", "PEOPLE"), ("at least four Nigeriens", "PEOPLE")],
            8,
        ),
        ("the governor, Musa Ali, was killed", [("governor", "PERSON"), ("Musa Ali", "PERSON")], 1),
        ("Musa Ali, the governor, was killed", [("Musa Ali", "PERSON"), ("governor", "PERSON")], 1),
        ("a guard of the camp, identified as Musa Ali", [("guard", "PERSON"), ("Musa Ali", "PERSON")], 1),
        ("a guard and Musa Ali were killed", [("guard", "PERSON"), ("Musa Ali", "PERSON")], 2),
        ("Musa Ali and Omar Sani were killed", [("Musa Ali", "PERSON"), ("Omar Sani", "PERSON")], 2),
        ("two traders, Musa and Omar", [("two traders", "PEOPLE"), ("Musa", "PERSON"), ("Omar", "PERSON")], 2),
        ("two traders, Musa, Omar and Sani", [("two traders", "PEOPLE"), ("Musa", "PERSON"), ("Omar", "PERSON"), ("Sani", "PERSON")], 5),
        ("two of its envoys, Musa Ali and Omar Sani, died", [("two", "PEOPLE"), ("Musa Ali", "PERSON"), ("Omar Sani", "PERSON")], 2),
        ("Musa Ali and Omar Sani, two envoys, died", [("Musa Ali", "PERSON"), ("Omar Sani", "PERSON"), ("two envoys", "PEOPLE")], 2),
        ("Musa Ali and Omar Sani, both envoys, died", [("Musa Ali", "PERSON"), ("Omar Sani", "PERSON"), ("envoys", "PEOPLE")], 2),
        ("Musa Ali, Omar Sani and two envoys died", [("Musa Ali", "PERSON"), ("Omar Sani", "PERSON"), ("two envoys", "PEOPLE")], 4),
        ("at least 90 killings, including 12 boys and two girls", [("12 boys", "PEOPLE"), ("two girls", "PEOPLE")], 90),
        ("nine kidnappings this year, among them at least ten boys", [("ten boys", "PEOPLE")], 10),
        ("18 fighters and leaders, including an American", [("18 fighters", "GROUP"), ("American", "PERSON")], 18),
        ("3 people including two women", [("3 people", "PEOPLE"), ("two women", "PEOPLE")], 3),
        ("six priests, five of whom were Spanish", [("six priests", "PEOPLE"), ("five", "PEOPLE")], 6),
        ("one man, a member of a local guard, died", [("one man", "PERSON"), ("member", "PERSON")], 1),
        ("one of the abducted, a teacher, died", [("one", "PERSON"), ("teacher", "PERSON")], 1),
        ("a nurse, a driver and a guard died", [("nurse", "PERSON"), ("driver", "PERSON"), ("guard", "PERSON")], 3),
        ("one of the two policemen was shot", [("one", "PERSON"), ("two policemen", "PEOPLE")], 1),
        ("187 pupils are missing, 125 from the upper school", [("187 pupils", "PEOPLE"), ("125", "PEOPLE")], 187),
        ("12 soldiers were killed and, later, 10", [("12 soldiers", "PEOPLE"), ("10", "PEOPLE")], 22),
        ("one of them while several others fled", [("one", "PERSON"), ("several others", "PEOPLE")], 4),
        ("three people, two Danes and a Finn, died", [("three people", "PEOPLE"), ("two Danes", "PEOPLE"), ("Finn", "PERSON")], 3),
        ("three people and two soldiers died", [("three people", "PEOPLE"), ("two soldiers", "FORCE")], 5),
        ("four guards, two cooks and two boys died", [("four guards", "PEOPLE"), ("two cooks", "PEOPLE"), ("two boys", "PEOPLE")], 8),
        (
            "27 people fell: 13 rebels, 10 men of the army and 4 boys",
            [("27 people", "PEOPLE"), ("13 rebels", "GROUP"), ("10 men", "FORCE"), ("4 boys", "PEOPLE")],
            27,
        ),
        (
            "70 people, among them ten women and three infants",
            [("70 people", "PEOPLE"), ("ten women", "PEOPLE"), ("three infants", "PEOPLE")],
            70,
        ),
        (
            "9 people, including a boy, two girls, and a cook",
            [("9 people", "PEOPLE"), ("a boy", "PERSON"), ("two girls", "PEOPLE"), ("a cook", "PERSON")],
            9,
        ),
        ("the last 12 of 17 members of a mission", [("last 12", "PEOPLE"), ("17 members", "GROUP")], 12),
        ("330 people, mostly fighters but also 57 civilians", [("330 people", "PEOPLE"), ("57 civilians", "PEOPLE")], 330),
        ("330 people, mostly civilians, and 57 soldiers", [("330 people", "PEOPLE"), ("57 soldiers", "FORCE")], 387),
        ("one died of his wounds", [("one", "PEOPLE"), ("his", "PERSON")], 1),
        ("two of the five guards", [("two", "PEOPLE"), ("five guards", "FORCE")], 2),
        ("the murder by a man of two women", [("a man", "PERSON"), ("two women", "PEOPLE")], 3),
        ("9 people, including a boy, and two soldiers", [("9 people", "PEOPLE"), ("a boy", "PERSON"), ("two soldiers", "FORCE")], 11),
        ("six pupils - four girls and two boys", [("six pupils", "PEOPLE"), ("four girls", "PEOPLE"), ("two boys", "PEOPLE")], 6),
        ("six pupils - four girls and ten boys", [("six pupils", "PEOPLE"), ("four girls", "PEOPLE"), ("ten boys", "PEOPLE")], 20),
        ("two cooks died on Friday: a boy of ten and his aunt", [("two cooks", "PEOPLE"), ("boy", "PERSON"), ("his aunt", "PERSON")], 2),
        ("two, not three, died", [("two", "PEOPLE"), ("three", "PEOPLE")], 2),
        ("another Swede, pilot Ola Berg, was shot", [("Swede", "PERSON"), ("Ola Berg", "PERSON")], 1),
        ("a Swede, pilot Ola Berg and a cook", [("Swede", "PERSON"), ("Ola Berg", "PERSON"), ("cook", "PERSON")], 3),
        ('they held Ali Musa, "the Lion", in May', [("Ali Musa", "PERSON"), ("Lion", "PERSON")], 1),
        ("2 people, including a boy and six soldiers", [("2 people", "PEOPLE"), ("a boy", "PERSON"), ("six soldiers", "FORCE")], 8),
    ],
)
def test_nobody_is_counted_twice(text: str, mentions: list[tuple[str, str]], best: int) -> None:
    counted = []
    for words, kind in mentions:
        at = text.index(words)
        counted.append(Counted(MentionType(kind), at, at + len(words), words))
    assert count_people(text, counted) == Count(best, best, best)


@pytest.mark.parametrize("words", ["some of the 27", "most of its 27", "none of these 27"])
def test_a_part_of_a_number_is_not_that_many(words: str) -> None:
    at = words.index("27")
    assert count_people(words, [Counted(MentionType.PEOPLE, at, at + 2, "27")]) is None


@pytest.mark.parametrize(("text", "best"), [("three people, two Danes and a Finn", 3), ("three guards, two Danes and a Finn", 6)])
def test_one_mention_may_hold_a_whole_and_its_parts(text: str, best: int) -> None:
    assert read_count(text) == one(best)


def test_one_person_by_name_and_pronoun_counts_once() -> None:
    text = "Musa was seized and he was shot"
    assert count_people(text, [Counted(MentionType.PERSON, 0, 4, "Musa"), Counted(MentionType.PERSON, 20, 22, "Musa")]) == one(1)


def test_ranges_add_up_as_ranges() -> None:
    text = "20-30 civilians and up to 10 soldiers"
    assert count_people(text, [Counted(MentionType.PEOPLE, 0, 15, 0), Counted(MentionType.FORCE, 20, 37, 1)]) == Count(20, 30, 40)
