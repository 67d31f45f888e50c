from __future__ import annotations

from pathlib import Path

import pytest

from orbat.errors import DataError
from orbat.link.catalogue import Catalogue
from orbat.link.gazetteer import Gazetteer
from orbat.link.references import Ranker, find_references
from orbat.link.referents import Article, Word
from orbat.pipeline import linked
from orbat.types import Annotations, Argument, Document, Event, EventType, Mention, MentionType, Role, Span


def found(
    text: str,
    *mentions: tuple[str, str],
    known: dict[int, int] | None = None,
    leanings: dict[int, dict[int, float]] | None = None,
    events: tuple[Event, ...] = (),
) -> dict[str, str]:
    """What each mention, in the order of the text, was taken to stand for; sentences end at full stops."""
    ends = [i + 1 for i, c in enumerate(text) if c == "."]
    sentences = tuple(Span(a, b) for a, b in zip([0, *ends], ends, strict=False))
    made, at = [], 0
    for words, kind in mentions:
        start = text.index(words, at)
        at = start + len(words)
        made.append(Mention(MentionType(kind), Span(start, at), next(i for i, s in enumerate(sentences) if at <= s.end)))
    references = find_references(Document.of(text), Annotations(sentences, tuple(made), events, known or {}, leanings or {}))
    return {made[i].span.of(text): made[j].span.of(text) for i, j in references.items()}


GROUPS = (("M23", "GROUP"), ("group", "GROUP"))


@pytest.mark.parametrize(
    ("text", "mentions", "expected"),
    [
        ("M23 took Goma. The group has grown.", GROUPS, {"group": "M23"}),
        ("M23 took Goma. At least 20 gunmen fled.", (("M23", "GROUP"), ("At least 20 gunmen", "GROUP")), {}),  # some of many
        ("Musa came. He spoke.", (("Musa", "PERSON"), ("He", "PERSON")), {"He": "Musa"}),
        ("Musa came. He spoke.", (("Musa", "GROUP"), ("He", "PERSON")), {}),  # another type
        ("They came. The group has grown.", (("They", "GROUP"), ("group", "GROUP")), {}),  # a pronoun is no name
        (
            "Lord's Resistance Army (LRA) men came. Its leader fled.",
            (("Lord's Resistance Army", "GROUP"), ("LRA", "GROUP"), ("Its", "GROUP")),
            {"Its": "Lord's Resistance Army"},
        ),
    ],
)
def test_a_word_takes_the_name_that_fits_best(text: str, mentions: tuple[tuple[str, str], ...], expected: dict[str, str]) -> None:
    assert found(text, *mentions) == expected


def test_who_is_he_is_not_she() -> None:
    text = "Musa came. He spoke. His men left. She fled."
    mentions = (("Musa", "PERSON"), ("He", "PERSON"), ("His", "PERSON"), ("She", "PERSON"))
    sure = {1: {0: 6.0}, 2: {0: 6.0}, 3: {0: 6.0}}
    assert found(text, *mentions, leanings=sure) == {"He": "Musa", "His": "Musa"}
    assert found("Aisha came. She spoke.", ("Aisha", "PERSON"), ("She", "PERSON"), leanings={1: {0: 6.0}}) == {"She": "Aisha"}


@pytest.mark.parametrize(("type", "expected"), [("SEIZE", {}), ("JOIN", {}), ("BELONG", {"rebels": "Giants"})])
def test_nobody_takes_anything_from_himself(type: str, expected: dict[str, str]) -> None:
    event = Event(EventType(type), Span(7, 11), 0, (Argument(Role.ACTOR, 0), Argument(Role.ORIGIN, 1)))
    text, mentions = "Giants took it from the rebels.", (("Giants", "GROUP"), ("rebels", "GROUP"))
    assert found(text, *mentions, leanings={1: {0: 6.0}}, events=(event,)) == expected


def test_who_is_no_victim_of_himself_may_be_another() -> None:
    text = "Houthis came. Giants took it from the rebels."
    mentions = (("Houthis", "GROUP"), ("Giants", "GROUP"), ("rebels", "GROUP"))
    event = Event(EventType.SEIZE, Span(21, 25), 1, (Argument(Role.ACTOR, 1), Argument(Role.TARGET, 2)))
    leanings = {2: {0: 4.0, 1: 6.0}}
    assert found(text, *mentions, leanings=leanings) == {"rebels": "Giants"}
    assert found(text, *mentions, leanings=leanings, events=(event,)) == {"rebels": "Houthis"}


@pytest.mark.parametrize(("words", "expected"), [("wounds", {}), ("friends", {"his": "Musa"})])
def test_who_dies_of_his_wounds_is_not_the_leader_named_before(words: str, expected: dict[str, str]) -> None:
    text = f"Musa leads it. One died of his {words}."
    event = Event(EventType.KILL, Span(19, 23), 1, (Argument(Role.TARGET, 1), Argument(Role.TARGET, 2)))
    mentions = (("Musa", "PERSON"), ("One", "PEOPLE"), ("his", "PERSON"))
    assert found(text, *mentions, leanings={2: {0: 6.0}}, events=(event,)) == expected


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ("lead speak", {"We": "M23"}),
        ("speak", {"We": "FARDC"}),  # nothing says whose he is
        ("lead other speak", {"We": "FARDC"}),  # of two bodies
        ("lead", {"We": "FARDC"}),  # not his words
    ],
)
def test_we_is_the_body_of_who_speaks(events: str, expected: dict[str, str]) -> None:
    text = "M23 and FDLR chief Musa spoke of FARDC. We killed ten."
    mentions = (("M23", "GROUP"), ("FDLR", "GROUP"), ("Musa", "PERSON"), ("FARDC", "GROUP"), ("We", "GROUP"), ("ten", "PEOPLE"))
    chief, killed = Span(13, 18), Span(43, 49)
    made = {
        "lead": Event(EventType.LEAD, chief, 0, (Argument(Role.ACTOR, 2), Argument(Role.TARGET, 0))),
        "other": Event(EventType.LEAD, chief, 0, (Argument(Role.ACTOR, 2), Argument(Role.TARGET, 1))),
        "speak": Event(EventType.KILL, killed, 1, (Argument(Role.ACTOR, 4), Argument(Role.TARGET, 5)), source=2),
    }
    assert found(text, *mentions, leanings={4: {3: 6.0}}, events=tuple(made[e] for e in events.split())) == expected


@pytest.mark.parametrize(
    ("named", "kind", "expected"),
    [
        ("Group of Experts", "PEOPLE", {"Group": "Group of Experts"}),  # of whatever type
        ("Monitoring Group", "ORG", {"Group": "Monitoring Group"}),
        ("Panel of Experts", "ORG", {}),  # whoever that is: in capitals it is not M23
    ],
)
def test_the_group_in_capitals_is_the_body_of_that_name(named: str, kind: str, expected: dict[str, str]) -> None:
    text = f"The {named} met. M23 took Goma. The Group recalls it."
    assert found(text, (named, kind), ("M23", "GROUP"), ("Group", "GROUP"), leanings={2: {1: 6.0}}) == expected


@pytest.mark.parametrize(
    ("told", "kind", "expected"),
    [
        ("Israel says it", "STATE", {"it": "Israel"}),  # of whatever type "it" was taken for
        ("The Iraqi army said on Monday that it", "FORCE", {"it": "Iraqi army"}),
        ("The army had said that it", "FORCE", {}),  # nobody knows whose, but it is not Hamas
        ("The Iraqi army, a body of men, announced on Monday that it", "FORCE", {"it": "Iraqi army"}),
        ("Israel said through a radio that it", "STATE", {"it": "Israel"}),
        ("Israel informed the envoys that it", "STATE", {"it": "Israel"}),
        ("Israel, in a statement on Monday, said it", "STATE", {"it": "Israel"}),
        ("Israel rejected accusations that it", "STATE", {"it": "Israel"}),
        ("Israel rejected a plan and it", "STATE", {"it": "Hamas"}),
        ("The army fled, and it", "FORCE", {"it": "Hamas"}),
        ("Egypt and Israel said they", "STATE", {"they": "Hamas"}),  # of several bodies nobody is all
        ("After the raid, Israel said they", "STATE", {"they": "Israel"}),  # a clause before is no list
    ],
)
def test_it_is_the_body_whose_words_it_opens(told: str, kind: str, expected: dict[str, str]) -> None:
    said = "Hamas freed three." + f" {told} killed ten."
    body = next(name for name in ("Israel", "Iraqi army", "army") if name in told)
    assert found(said, ("Hamas", "GROUP"), (body, kind), (told.split()[-1], "GROUP"), leanings={2: {0: 6.0}}) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("Its men fought the army and a militia.", {}),
        ("Its men were along with a small militia.", {}),
        ("Its men belong to a militia.", {"militia": "M23"}),
        ("Its men are a militia.", {"militia": "M23"}),
    ],
)
def test_a_noun_that_brings_somebody_else_in_stands_for_nobody_before(told: str, expected: dict[str, str]) -> None:
    assert found(f"M23 came. {told}", ("M23", "GROUP"), ("militia", "GROUP"), leanings={1: {0: 6.0}}) == expected


@pytest.mark.parametrize(("between", "expected"), [("and that", {"it": "Israel"}), ("and said", {"it": "Israel"}), ("as", {"it": "Hamas"})])
def test_what_a_body_goes_on_to_say_of_itself_is_of_it_too(between: str, expected: dict[str, str]) -> None:
    text = f"Hamas freed three. Israel said that it killed ten {between} it held Gaza."
    mentions = (("Hamas", "GROUP"), ("Israel", "STATE"), ("it", "GROUP"), ("it", "GROUP"))
    assert found(text, *mentions, leanings={2: {0: 6.0}, 3: {0: 6.0}}) == expected  # of the two, the last is shown


@pytest.mark.parametrize(("later", "expected"), [("M23 left.", {"It": "M23"}), ("All was calm. M23 left.", {})])
def test_a_word_stands_for_no_name_that_is_first_told_much_later(later: str, expected: dict[str, str]) -> None:
    text = f"It killed ten. {later}"
    assert found(text, ("It", "GROUP"), ("M23", "GROUP"), known={0: 1}) == expected


@pytest.mark.parametrize(
    ("teller", "expected"),
    [
        ("An officer of Kano denied it.", {}),
        ("An officer, who asked not to be named, said so.", {}),
        ("An officer was there.", {"he": "Musa"}),
        ("Musa denied it.", {"he": "Musa"}),
    ],
)
def test_who_goes_on_to_speak_is_not_somebody_named_before(teller: str, expected: dict[str, str]) -> None:
    said = "Musa" if teller.startswith("Musa") else "officer"
    text = f'Musa came in May. {teller} "It was war," he said.'
    mentions = (("Musa", "PERSON"), (said, "PERSON"), ("he", "PERSON"))
    assert found(text, *mentions, leanings={1: {0: -12.0}, 2: {0: 6.0}}) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Its former ally, Sun League, left.", {"Its": "M23"}),
        ("Upon its return Sun League left.", {"its": "Sun League"}),
    ],
)
def test_its_own_is_not_what_is_named_right_after(words: str, expected: dict[str, str]) -> None:
    own = "Its" if words.startswith("Its") else "its"
    mentions = (("M23", "GROUP"), (own, "GROUP"), ("Sun League", "GROUP"))
    assert found(f"M23 took Goma. {words}", *mentions, leanings={1: {0: 1.0, 2: 6.0}}) == expected


def test_the_last_of_a_list_does_not_speak_for_all() -> None:
    text = "Hamas freed three. Egypt, Israel said they killed ten."
    mentions = (("Hamas", "GROUP"), ("Egypt", "STATE"), ("Israel", "STATE"), ("they", "GROUP"))
    assert found(text, *mentions, leanings={3: {0: 6.0}}) == {"they": "Hamas"}


def test_what_the_reading_found_is_kept_where_it_does_not_say_how_sure_it_is() -> None:
    text = "ADF met M23. The group and the men left."
    mentions = (("ADF", "GROUP"), ("M23", "GROUP"), ("group", "GROUP"), ("men", "PEOPLE"))
    assert found(text, *mentions, known={2: 0, 3: 1}) == {"group": "ADF", "men": "M23"}


@pytest.mark.parametrize(
    ("odds", "expected"),
    [
        ({0: 3.0, 1: -1.0}, {"It": "ADF"}),
        ({0: -1.0, 1: 3.0}, {"It": "M23"}),
        ({0: -5.0}, {}),  # all are ruled out
        ({}, {"It": "ADF"}),  # none was read together with it: the ranker is alone
    ],
)
def test_the_network_and_the_ranker_decide_together(odds: dict[int, float], expected: dict[str, str]) -> None:
    text = "ADF met M23. It left."
    mentions = (("ADF", "GROUP"), ("M23", "GROUP"), ("It", "GROUP"))
    assert found(text, *mentions, leanings={2: odds}) == expected
    assert found(text, *mentions, leanings={2: odds}, known={2: 0}) == expected  # what it answered alone does not bind


def test_the_network_alone_may_not_carry_a_word_that_is_no_reference() -> None:
    text = "M23 took Goma. At least 20 gunmen fled."
    mentions = (("M23", "GROUP"), ("At least 20 gunmen", "GROUP"))
    assert found(text, *mentions, leanings={1: {0: -2.0}}) == {}
    assert found(text, *mentions, leanings={1: {0: 6.0}}) == {"At least 20 gunmen": "M23"}


def test_odds_of_a_names_mentions_are_those_of_the_name() -> None:
    text = "M23 met ADF. M23 left. It won."
    mentions = (("M23", "GROUP"), ("ADF", "GROUP"), ("M23", "GROUP"), ("It", "GROUP"))
    assert found(text, *mentions, leanings={3: {0: 1.0, 1: 1.2, 2: 1.0}}) == {"It": "M23"}


HEADS = frozenset(("group", "constable", "army", "fighters"))
PLAIN = frozenset(("former", "government", "fighters"))


def article(text: str, *mentions: tuple[str, str], known: dict[int, int] | None = None) -> Article:
    made, at = [], 0
    for words, kind in mentions:
        start = text.index(words, at)
        at = start + len(words)
        made.append(Mention(MentionType(kind), Span(start, at), text[:start].count(". ")))
    return Article(Document.of(text), Annotations((Span(0, len(text)),), tuple(made), (), known or {}), HEADS, PLAIN)


def test_the_forms_of_a_name_are_one_name_and_the_usual_one_is_cited() -> None:
    text = "The Movement for Azawad (MA) met. MA left. Some former MA fighters, Ali Musa and Musa came. They won."
    kinds = [("Movement for Azawad", "GROUP"), ("MA", "GROUP"), ("MA", "GROUP"), ("former MA fighters", "GROUP"), ("Ali Musa", "PERSON")]
    read = article(text, *kinds, ("Musa", "PERSON"), ("They", "GROUP"))
    assert [(name.said, name.mentions) for name in read.names] == [("Movement for Azawad", [0, 1, 2, 3]), ("Ali Musa", [4, 5])]
    assert [name.answer(6) for name in read.names] == [2, 4]  # MA is said more often; a person is cited in full
    men = [("Movement for Azawad", "GROUP"), ("MA", "GROUP"), ("former MA fighters", "GROUP"), ("former MA fighters", "GROUP")]
    read = article(
        "The Movement for Azawad (MA) met. Some former MA fighters and former MA fighters left. They won.", *men, ("They", "GROUP")
    )
    assert [name.answer(4) for name in read.names] == [0]  # its men are said more often, and are not its name


@pytest.mark.parametrize(
    ("text", "mention", "names"),
    [
        ("Turkish army says it won.", "Turkish army", ["Turkish army"]),
        ("Government fighters say it won.", "Government fighters", []),
        ("the turkish army says it won.", "turkish army", ["turkish army"]),
        ("the former army says it won.", "former army", []),
        ("the army says it won.", "army", []),
    ],
)
def test_a_word_that_is_in_no_common_noun_makes_a_name_where_capitals_do_not_tell(text: str, mention: str, names: list[str]) -> None:
    assert [name.said for name in article(text, (mention, "FORCE")).names] == names


@pytest.mark.parametrize("between", [", alias ", " (aka ", ', also known as "', ", better known by the nickname "])
def test_another_name_of_a_person_stands_for_the_first_wherever_it_is_said(between: str) -> None:
    text = f"Ali Musa{between}Lion, came. Lion spoke. Omar met Lion."
    kinds = [(words, "PERSON") for words in ("Ali Musa", "Lion", "Lion", "Omar", "Lion")]
    read = article(text, *kinds)
    assert [(name.said, name.mentions) for name in read.names] == [("Ali Musa", [0, 1, 2, 4]), ("Omar", [3])]
    assert read.aliases == {1: 0, 2: 0, 4: 0}
    assert found(text, *kinds) == {"Lion": "Ali Musa"}


@pytest.mark.parametrize("between", [", ", " and ", ", brother of ", ", who is known to have met "])
def test_two_persons_side_by_side_are_two(between: str) -> None:
    read = article(f"Ali Musa{between}Omar, came.", ("Ali Musa", "PERSON"), ("Omar", "PERSON"))
    assert (len(read.names), read.aliases) == (2, {})


def test_several_other_names_of_a_person_stand_for_the_first() -> None:
    kinds = [(words, "PERSON") for words in ("Ali Musa", "Lion", "Tiger", "Omar")]
    assert article("Ali Musa (aka Lion, Tiger) met. Omar came.", *kinds).aliases == {1: 0, 2: 0}


def test_a_title_in_capitals_is_a_word_where_it_is_known_to_stand_for_a_name() -> None:
    text = "Brigadier Omar Diya came. The GOC spoke."
    kinds = [("Omar Diya", "PERSON"), ("GOC", "PERSON")]
    assert found(text, *kinds) == {"GOC": "Omar Diya"}
    assert found(text.replace("GOC", "XYZ"), kinds[0], ("XYZ", "PERSON")) == {}


def test_words_are_pronouns_and_common_nouns_but_not_those_for_people() -> None:
    text = "Civilians fled. Constable Rao said the group and civilians killed him. M23 did."
    kinds = [("Constable", "PERSON"), ("Rao", "PERSON"), ("group", "GROUP"), ("civilians", "PEOPLE"), ("him", "PERSON"), ("M23", "GROUP")]
    assert article(text, *kinds).words == [Word(0, "constable", "PERSON"), Word(2, "group", "GROUP"), Word(4, "him", "he")]


def test_names_said_before_are_tried_nearest_first_then_those_just_after() -> None:
    text = "M23 met ADF. The group and M23 left. LRA came."
    read = article(text, ("M23", "GROUP"), ("ADF", "GROUP"), ("group", "GROUP"), ("M23", "GROUP"), ("LRA", "GROUP"))
    assert [(name.said, near) for name, near in read.candidates(read.words[0])] == [("ADF", 1), ("M23", 0), ("LRA", 4)]


def test_a_word_never_stands_for_itself_nor_for_a_word_that_found_its_name() -> None:
    text = "US Constable met Ann Rao. US Constable Ann Rao said he left. The US Constable, Ann Rao, said she won."
    kinds = [(words, "PERSON") for words in ("US Constable", "Ann Rao") * 2 + ("he", "US Constable", "Ann Rao", "she")]
    read = article(text, *kinds)
    for word in read.words:
        assert all(word.index not in name.mentions for name, _ in read.candidates(word))
    annotations = Annotations((Span(0, len(text)),), read.mentions)
    references = find_references(Document.of(text), annotations)
    assert references
    assert not set(references) & set(references.values())


@pytest.mark.parametrize("before", ["", "\n", "_ ", "...", "\n\n\n ", "“", "Mr. "])
def test_any_marks_may_stand_before_a_name(before: str) -> None:
    text = before + "Musa came. He spoke."
    assert found(text, ("Musa", "PERSON"), ("He", "PERSON")) == {"He": "Musa"}


def test_a_word_known_to_stand_for_a_name_says_it_again() -> None:
    text = "M23 met ADF. It left. The group won."
    kinds = [("M23", "GROUP"), ("ADF", "GROUP"), ("It", "GROUP"), ("group", "GROUP")]
    read = article(text, *kinds, known={2: 0})
    assert [(name.said, near) for name, near in read.candidates(read.words[1])] == [("M23", 2), ("ADF", 1)]


@pytest.mark.parametrize("content", [None, "{", "[]", '{"heads": [], "plain": [], "none": {}, "name": {}, "threshold": "high", "sure": 1}'])
def test_broken_weights_are_told(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "references.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(DataError, match=r"references\.json"):
        Ranker.load(path)


@pytest.mark.parametrize("names", [("Abubakar Shekau", "Darul Tauhid"), ("Musa Mato", "Abubakar Shekau")])
def test_of_two_names_of_one_person_the_catalogue_may_know_either(names: tuple[str, str]) -> None:
    one, two = names
    text = f"{one}, alias {two}, leads Boko Haram in Nigeria."
    mentions = tuple(Mention(MentionType.PERSON, Span(text.index(name), text.index(name) + len(name)), 0) for name in names)
    _, links = linked(Document.of(text), Annotations((Span(0, len(text)),), mentions), Catalogue.load(), Gazetteer.open())
    assert {link.target.id if link.target else None for link in links.actors.values()} == {"abubakar-shekau"}


def test_the_pipeline_links_what_the_ranker_found_and_shows_it_as_a_reference() -> None:
    text = "Boko Haram attacked Baga. The group fled."
    mentions = (
        Mention(MentionType.GROUP, Span(0, 10), 0),
        Mention(MentionType.PLACE, Span(20, 24), 0),
        Mention(MentionType.GROUP, Span(30, 35), 1),
    )
    read = Annotations((Span(0, 25), Span(26, len(text))), mentions)
    annotations, links = linked(Document.of(text), read, Catalogue.load(), Gazetteer.open())
    assert dict(annotations.references) == {2: 0}
    target, town = links.actors[2].target, links.places[1].target
    assert target is not None
    assert town is not None
    assert (target.id, town.country) == ("boko-haram", "Nigeria")
