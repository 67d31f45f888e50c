from __future__ import annotations

import pytest

from orbat.clauses import with_clauses
from orbat.types import Annotations, Argument, Certainty, Event, EventType, Mention, MentionType, Role, Span

Args = list[tuple[str, str]]


def clauses(text: str, trigger: tuple[str, str], args: Args, *, type: MentionType = MentionType.PERSON) -> dict[str, list[str]]:
    """The words in each role of the one event of a sentence; ``args`` are the role and the words of each, as the network gave them."""
    words = sorted({word for _, word in args}, key=text.index)
    mentions = tuple(Mention(type, Span(text.index(w), text.index(w) + len(w)), 0) for w in words)
    at = text.index(trigger[0])
    ties = tuple(Argument(Role(role), words.index(word)) for role, word in args)
    event = Event(EventType(trigger[1]), Span(at, at + len(trigger[0])), 0, ties, Certainty.FACT)
    told = with_clauses(text, Annotations((Span(0, len(text)),), mentions, (event,))).events[0]
    return {str(role): [words[i] for i in told.of(role)] for role in (Role.ACTOR, Role.TARGET, Role.ORIGIN) if told.of(role)}


@pytest.mark.parametrize(
    ("text", "args", "expected"),
    [
        ("Scouts fought alongside the guard until May.", [("actor", "Scouts"), ("target", "guard")], {"actor": ["Scouts", "guard"]}),
        (
            "Scouts fought with the guard against the raiders.",
            [("actor", "Scouts"), ("target", "guard"), ("target", "raiders")],
            {"actor": ["Scouts", "guard"], "target": ["raiders"]},
        ),
        (
            "Scouts fought beside the guard against the raiders.",
            [("actor", "Scouts"), ("target", "guard"), ("target", "raiders")],
            {"actor": ["Scouts", "guard"], "target": ["raiders"]},
        ),
        (
            "Scouts fought with the guard near the port.",
            [("actor", "Scouts"), ("target", "guard")],
            {"actor": ["Scouts"], "target": ["guard"]},
        ),
        ("Scouts fought bravely for the guard.", [("actor", "Scouts"), ("target", "guard")], {"actor": ["Scouts", "guard"]}),
        ("Scouts fought the guard.", [("actor", "Scouts"), ("target", "guard")], {"actor": ["Scouts"], "target": ["guard"]}),
    ],
)
def test_who_fights_alongside_another_does_not_fight_it(text: str, args: Args, expected: dict[str, list[str]]) -> None:
    assert clauses(text, ("fought", "CLASH"), args, type=MentionType.GROUP) == expected


@pytest.mark.parametrize(
    ("text", "args", "expected"),
    [
        (
            "Odo, the old chief whom Bram arrested in May, came home.",
            [("target", "Odo"), ("target", "Bram")],
            {"actor": ["Bram"], "target": ["Odo"]},
        ),
        ("Odo and Bram, both of whom were arrested, came home.", [("target", "Odo"), ("target", "Bram")], {"target": ["Odo", "Bram"]}),
    ],
)
def test_whom_somebody_arrested_was_arrested_by_him(text: str, args: Args, expected: dict[str, list[str]]) -> None:
    assert clauses(text, ("arrested", "ARREST"), args) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Odo was named to follow Bram, killed in May.", ["Bram"]),
        ("Odo was named to follow Bram, who was killed in May.", ["Bram"]),
        ("Odo and Bram, killed in May, were cousins.", ["Odo", "Bram"]),
        ("Odo, Bram, killed in May, were cousins.", ["Odo", "Bram"]),
        ("Odo of the Bram, killed in May, was old.", ["Odo", "Bram"]),
    ],
)
def test_a_participle_is_said_of_the_one_it_follows(text: str, expected: list[str]) -> None:
    assert clauses(text, ("killed", "KILL"), [("target", "Odo"), ("target", "Bram")]) == {"target": expected}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Odo succeeded Bram in May.", {"actor": ["Odo"], "origin": ["Bram"]}),
        ("In May Odo had succeeded the ailing Bram.", {"actor": ["Odo"], "origin": ["Bram"]}),
        ("Bram was succeeded by Odo in May.", {"actor": ["Odo"], "origin": ["Bram"]}),
        ("Odo was succeeded in May, Bram said.", {"actor": ["Odo", "Bram"]}),
    ],
)
def test_whom_a_leader_succeeds_leads_no_more(text: str, expected: dict[str, list[str]]) -> None:
    assert clauses(text, ("succeeded", "LEAD"), [("actor", "Odo"), ("actor", "Bram")]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Odo, who led it to 2004, and Bram, a cook, met.", ["Odo"]),
        ("Odo, a cook to 2004, and Bram, who led it, met.", ["Bram"]),
        ("Odo and Bram, who led it, met.", ["Odo", "Bram"]),
        ("Odo, who led it with his brother Bram, met.", ["Odo", "Bram"]),
        ("Odo, known as Bram, who led it, met.", ["Odo", "Bram"]),
    ],
)
def test_who_led_it_is_the_one_of_whom_it_is_said(text: str, expected: list[str]) -> None:
    assert clauses(text, ("led", "LEAD"), [("actor", "Odo"), ("actor", "Bram")]) == {"actor": expected}


def test_whom_a_leader_took_over_from_leads_no_more() -> None:
    args = [("actor", "Odo"), ("actor", "Bram")]
    assert clauses("Odo took over from his brother Bram.", ("took over", "LEAD"), args) == {"actor": ["Odo"], "origin": ["Bram"]}
    assert clauses("Odo took over with his brother Bram.", ("took over", "LEAD"), args) == {"actor": ["Odo", "Bram"]}


def times(text: str, trigger: tuple[str, str], *words: str, other: tuple[str, str] | None = None) -> list[str]:
    """The times that stay an event's, of some that the network gave it; ``other`` is another event of the sentence."""
    mentions = tuple(Mention(MentionType.TIME, Span(text.index(w), text.index(w) + len(w)), 0) for w in words)
    events = [
        Event(
            EventType(type),
            Span(text.index(word), text.index(word) + len(word)),
            0,
            tuple(Argument(Role.TIME, i) for i in range(len(words))),
        )
        for word, type in (trigger, *((other,) if other else ()))
    ]
    told = with_clauses(text, Annotations((Span(0, len(text)),), mentions, tuple(events))).events[0]
    return [words[i] for i in told.of(Role.TIME)]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("The band grew to 900, from 400 in 2019.", []),
        ("The band grew to 900, from 400 men in 2018 and 100 in 2019.", []),
        ("The band grew faster than in 2019.", []),
        ("The band grew to 900, up from some 400 at the end of 2019.", []),
        ("The band grew to 900 in 2019.", ["2019"]),
        ("The band grew from 2019 on.", ["2019"]),
        ("The band grew from four villages in 2019.", ["2019"]),
    ],
)
def test_when_it_was_otherwise_is_not_when_it_changed(text: str, kept: list[str]) -> None:
    assert times(text, ("grew", "GAIN"), "2019") == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Odo was held in 2010, freed in 2018 and left.", ["2018"]),
        ("Odo was held in 2010 and freed in 2018.", ["2010", "2018"]),  # no comma parts them: what the network says stands
        ("In 2010, Odo was held and freed in 2018.", ["2010", "2018"]),  # 2010 is nobody's else
    ],
)
def test_each_of_two_events_has_its_own_time(text: str, kept: list[str]) -> None:
    assert times(text, ("freed", "RELEASE"), "2010", "2018", other=("held", "ARREST")) == kept


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("Odo admitted carrying out the attack.", ["Odo"]),
        ("Odo, a butcher from Tala, pleaded guilty to having taken part in the attack.", ["Odo"]),
        ("Odo has confessed to the attack.", ["Odo"]),
        ("Odo admitted that there was an attack.", []),
        ("Odo admitted the rebels' attack.", []),
        ("Odo condemned the attack.", []),
    ],
)
def test_who_admits_something_has_done_it_unless_somebody_else_is_named(text: str, does: list[str]) -> None:
    mentions = (Mention(MentionType.PERSON, Span(0, 3), 0), Mention(MentionType.PEOPLE, Span(len(text) - 1, len(text)), 0))
    event = Event(EventType.ATTACK, Span(text.index("attack"), text.index("attack") + 6), 0, (), source=0)
    by_others = Event(EventType.ATTACK, event.trigger, 0, (Argument(Role.ACTOR, 1),), source=0)
    told = with_clauses(text, Annotations((Span(0, len(text)),), mentions, (event, by_others))).events
    assert [text[mentions[i].span.start : mentions[i].span.end] for i in told[0].of(Role.ACTOR)] == does
    assert told[1] is by_others


@pytest.mark.parametrize(
    ("text", "args", "expected"),
    [
        ("Odo was killed at 61 by Bram.", [("target", "Odo"), ("target", "61"), ("actor", "Bram")], {"actor": ["Bram"], "target": ["Odo"]}),
        ("Odo was killed, and 61 others.", [("target", "Odo"), ("target", "61")], {"target": ["Odo", "61"]}),
        (
            "The army said that Bram hit the camp and that Odo was killed.",
            [("actor", "Bram"), ("target", "Odo")],
            {"target": ["Odo"]},
        ),
        (
            "The army said that Bram hit the camp and that Odo was killed by Bram.",
            [("actor", "Bram"), ("target", "Odo")],
            {"actor": ["Bram"], "target": ["Odo"]},
        ),
        ("The army said that Bram had killed Odo.", [("actor", "Bram"), ("target", "Odo")], {"actor": ["Bram"], "target": ["Odo"]}),
    ],
)
def test_an_age_and_another_clause_have_not_killed(text: str, args: Args, expected: dict[str, list[str]]) -> None:
    assert clauses(text, ("killed", "KILL"), args) == expected


@pytest.mark.parametrize(
    ("text", "left"), [("They withdrew towards Tala.", []), ("They withdrew hastily to Tala.", []), ("They withdrew from Tala.", ["Tala"])]
)
def test_where_troops_withdraw_to_is_not_what_they_leave(text: str, left: list[str]) -> None:
    told = clauses(text, ("withdrew", "WITHDRAW"), [("target", "Tala")], type=MentionType.PLACE)
    assert told.get("target", []) == left


def test_whom_somebody_blames_is_blamed_by_him() -> None:
    text = "Odo, which Bram blames for the raid, left."
    assert clauses(text, ("blames", "ACCUSE"), [("actor", "Odo"), ("actor", "Bram")]) == {"actor": ["Bram"], "target": ["Odo"]}
    text = "Odo and Bram blame Ama."
    assert clauses(text, ("blame", "ACCUSE"), [("actor", "Odo"), ("actor", "Bram")]) == {"actor": ["Odo", "Bram"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Odo, which Bram has long blamed for the raid, left.", ("Bram", ["Odo"])),
        ("Odo, which Bram saw after the raid, left.", ("Odo", [])),
    ],
)
def test_what_somebody_is_blamed_for_is_not_said_by_him(text: str, expected: tuple[str, list[str]]) -> None:
    names = ("Odo", "Bram")
    mentions = tuple(Mention(MentionType.GROUP, Span(at := text.index(n), at + len(n)), 0) for n in names)
    at = text.index("raid")
    raid = Event(EventType.ATTACK, Span(at, at + 4), 0, (), Certainty.FACT, source=0)
    (told,) = with_clauses(text, Annotations((Span(0, len(text)),), mentions, (raid,))).events
    assert told.source is not None
    assert (names[told.source], [names[i] for i in told.of(Role.ACTOR)]) == expected


@pytest.mark.parametrize(
    ("text", "args", "expected"),
    [
        ("Odo died, and another killed his brother.", ["another", "brother"], {"actor": ["another"], "target": ["brother"]}),
        ("Odo and another killed on the road.", ["Odo", "another"], {"target": ["Odo", "another"]}),
    ],
)
def test_another_who_kills_is_not_killed(text: str, args: list[str], expected: dict[str, list[str]]) -> None:
    assert clauses(text, ("killed", "KILL"), [("target", word) for word in args]) == expected


def test_a_childs_age_is_nobody() -> None:
    text = "A guard and a girl of six were hurt."
    args = [("target", word) for word in ("guard", "girl", "six")]
    assert clauses(text, ("hurt", "INJURE"), args) == {"target": ["guard", "girl"]}
    text = "Of the guards, six were hurt."
    assert clauses(text, ("hurt", "INJURE"), [("target", "guards"), ("target", "six")]) == {"target": ["guards", "six"]}


def test_who_comes_while_others_kill_has_not_killed() -> None:
    text = "Odo was murdered by Bram when Ama came near."
    args = [("target", "Odo"), ("actor", "Bram"), ("actor", "Ama")]
    assert clauses(text, ("murdered", "KILL"), args) == {"actor": ["Bram"], "target": ["Odo"]}
    text = "Odo was murdered by Bram and Ama."
    assert clauses(text, ("murdered", "KILL"), args) == {"actor": ["Bram", "Ama"], "target": ["Odo"]}


def test_whose_successor_somebody_is_does_not_follow_himself() -> None:
    assert clauses("The Front names Odo's successor.", ("successor", "LEAD"), [("actor", "Odo")]) == {}
    assert clauses("The Front names a successor, Odo.", ("successor", "LEAD"), [("actor", "Odo")]) == {"actor": ["Odo"]}


def test_who_names_a_leader_is_led_by_him_or_leads_nothing_by_that() -> None:
    text = "Odo named Bram its chief."
    args = [("actor", "Odo"), ("actor", "Bram")]
    assert clauses(text, ("named", "LEAD"), args) == {"actor": ["Bram"]}
    text, names = "Odo named Bram its chief.", ("Odo", "Bram")
    kinds = (MentionType.GROUP, MentionType.PERSON)
    mentions = tuple(Mention(k, Span(text.index(n), text.index(n) + len(n)), 0) for k, n in zip(kinds, names, strict=True))
    named = Event(EventType.LEAD, Span(4, 9), 0, (Argument(Role.ACTOR, 0), Argument(Role.ACTOR, 1)))
    (told,) = with_clauses(text, Annotations((Span(0, len(text)),), mentions, (named,))).events
    assert (told.of(Role.ACTOR), told.of(Role.TARGET)) == ([1], [0])
    text = "Odo and Bram were named."
    assert clauses(text, ("named", "LEAD"), args) == {"actor": ["Odo", "Bram"]}


def test_what_somebody_split_from_is_what_was_left() -> None:
    text = "Odo, which broke away from the Ama ranks, grew."
    assert clauses(text, ("broke away", "SPLIT"), [("actor", "Odo"), ("actor", "Ama")]) == {"actor": ["Odo"], "target": ["Ama"]}
    text = "Odo and Ama split."
    assert clauses(text, ("split", "SPLIT"), [("actor", "Odo"), ("actor", "Ama")]) == {"actor": ["Odo", "Ama"]}


@pytest.mark.parametrize(
    ("text", "args", "expected"),
    [
        (
            "Odo drove its last Ama out of Tala.",
            [("actor", "Odo"), ("actor", "Ama"), ("target", "Tala")],
            ("SEIZE", {"actor": ["Odo"], "target": ["Tala"], "origin": ["Ama"]}),
        ),
        ("Ama was driven from Tala.", [("actor", "Ama"), ("target", "Tala")], ("WITHDRAW", {"actor": ["Ama"], "target": ["Tala"]})),
        ("Odo drove trucks from Tala.", [("actor", "Odo"), ("target", "Tala")], ("WITHDRAW", {"actor": ["Odo"], "target": ["Tala"]})),
    ],
)
def test_who_drives_others_out_takes_it_from_them(text: str, args: Args, expected: tuple[str, dict[str, list[str]]]) -> None:
    words = sorted({word for _, word in args}, key=text.index)
    mentions = tuple(Mention(MentionType.GROUP, Span(text.index(w), text.index(w) + len(w)), 0) for w in words)
    at = text.index("dr")
    event = Event(EventType.WITHDRAW, Span(at, at + 5), 0, tuple(Argument(Role(role), words.index(word)) for role, word in args))
    told = with_clauses(text, Annotations((Span(0, len(text)),), mentions, (event,))).events[0]
    roles = {str(role): [words[i] for i in told.of(role)] for role in (Role.ACTOR, Role.TARGET, Role.ORIGIN) if told.of(role)}
    assert (told.type, roles) == expected


def test_who_is_driven_out_need_not_have_been_read_as_taking_part() -> None:
    text = "Odo drove the last Ama from Tala."
    mentions = tuple(
        Mention(kind, Span(text.index(w), text.index(w) + len(w)), 0) for w, kind in (("Odo", "GROUP"), ("Ama", "GROUP"), ("Tala", "PLACE"))
    )
    event = Event(EventType.WITHDRAW, Span(4, 9), 0, (Argument(Role.ACTOR, 0), Argument(Role.TARGET, 2)))
    told = with_clauses(text, Annotations((Span(0, len(text)),), mentions, (event,))).events[0]
    assert (told.type, told.of(Role.ACTOR), told.of(Role.TARGET), told.of(Role.ORIGIN)) == (EventType.SEIZE, [0], [2], [1])


@pytest.mark.parametrize(
    ("text", "args", "expected"),
    [
        ("He came for recruitment work for the Front.", [("actor", "He"), ("target", "Front")], {"actor": ["He", "Front"]}),
        ("He came to recruit men of the Front.", [("actor", "He"), ("target", "Front")], {"actor": ["He"], "target": ["Front"]}),
    ],
)
def test_whom_somebody_recruits_for_is_not_won_over(text: str, args: Args, expected: dict[str, list[str]]) -> None:
    trigger = "recruitment" if "recruitment" in text else "recruit"
    assert clauses(text, (trigger, "RECRUIT"), args, type=MentionType.GROUP) == expected


@pytest.mark.parametrize(
    ("text", "word", "args", "expected"),
    [
        (
            "Odo and Ama cooperated openly against the Bram and Kors.",
            ("cooperated", "ALLY"),
            [("actor", "Odo"), ("actor", "Ama"), ("target", "Bram"), ("target", "Kors")],
            {"actor": ["Odo", "Ama"]},
        ),
        (
            "Odo cooperated with Ama against Bram.",
            ("cooperated", "ALLY"),
            [("actor", "Odo"), ("target", "Ama"), ("target", "Bram")],
            {"actor": ["Odo"], "target": ["Ama"]},
        ),
        ("Odo men operating against Bram left.", ("operating", "BELONG"), [("actor", "Odo"), ("target", "Bram")], {"actor": ["Odo"]}),
        (
            "Odo, mainly composing of the Ama and Bram, left.",
            ("composing", "BELONG"),
            [("actor", "Odo"), ("target", "Ama"), ("target", "Bram")],
            {"actor": ["Ama", "Bram"], "target": ["Odo"]},
        ),
        (
            "They left Odo's former parent group, the Ama.",
            ("parent", "BELONG"),
            [("actor", "Ama"), ("target", "Odo")],
            {"actor": ["Odo"], "target": ["Ama"]},
        ),
        (
            "Odo, consisting of Ama, left.",
            ("consisting", "BELONG"),
            [("actor", "Ama"), ("target", "Odo")],
            {"actor": ["Ama"], "target": ["Odo"]},
        ),
    ],
)
def test_bonds_against_somebody_and_of_parts(text: str, word: tuple[str, str], args: Args, expected: dict[str, list[str]]) -> None:
    assert clauses(text, word, args, type=MentionType.GROUP) == expected


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("Odo and commander of the Front, Bram, signed.", ["Bram"]),
        ("Odo and the top commander of the Front, General Bram, signed.", ["Bram"]),
        ("Odo and Ama, commander of the Front, Bram, signed.", ["Odo", "Bram"]),
    ],
)
def test_who_stands_before_anothers_title_does_not_bear_it(text: str, does: list[str]) -> None:
    args = [("actor", "Odo"), ("actor", "Bram"), ("target", "Front")]
    assert clauses(text, ("commander", "LEAD"), args)["actor"] == does


def test_who_is_ousted_on_a_day_by_another_is_succeeded_by_him() -> None:
    text = "Odo was ousted on Friday by Bram."
    assert clauses(text, ("ousted", "LEAD"), [("actor", "Odo"), ("actor", "Bram")]) == {"actor": ["Bram"], "origin": ["Odo"]}
