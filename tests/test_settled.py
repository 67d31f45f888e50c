"""References settled by words and by a catalogue made up here."""

from __future__ import annotations

import pytest

from orbat.link.catalogue import Catalogue
from orbat.link.settled import settled
from orbat.types import Annotations, Argument, Event, EventType, Mention, MentionType, Role, Span

LEADS = {"relations": [{"type": "leads", "id": "sun"}]}
ROWS = {
    "sun": {"id": "sun", "name": "Sun League", "kind": "group", "acronyms": ["SL"]},
    "moon": {"id": "moon", "name": "Moon Front", "kind": "group"},
    "dune": {"id": "dune", "name": "Dune group", "kind": "group"},
    "mission": {"id": "mission", "name": "Dune Mission", "kind": "coalition"},
    "sand": {"id": "sand", "name": "Sand State", "kind": "group"},
    "ray": {"id": "ray", "name": "Sun Ray", "kind": "wing", "relations": [{"type": "parent", "id": "sun"}]},
    "odo": {"id": "odo", "name": "Odo Brak", "kind": "person", **LEADS},
}
CATALOGUE = Catalogue(ROWS)
Kinds = tuple[tuple[str, str], ...]


def meant(text: str, mentions: Kinds, refers: dict[int, int], *events: tuple[str, str, dict[str, int]]) -> dict[str, str]:
    """What each word stands for that stands for a name; ``events``: trigger, type and the mention of each role."""
    made, at = [], 0
    for words, kind in mentions:
        start = text.index(words, at)
        at = start + len(words)
        made.append(Mention(MentionType(kind), Span(start, at), text[:start].count(". ")))
    spans, opens = [], 0
    for sentence in text.split(". "):
        spans.append(Span(opens, min(len(text), opens + len(sentence) + 1)))
        opens += len(sentence) + 2
    told = tuple(
        Event(
            EventType(type),
            Span(start := text.index(word), start + len(word)),
            text[:start].count(". "),
            tuple(Argument(Role(r), i) for r, i in roles.items()),
        )
        for word, type, roles in events
    )
    found = settled(text, Annotations(tuple(spans), tuple(made), told), refers, CATALOGUE)
    return {mentions[i][0]: mentions[j][0] for i, j in found.items()}


@pytest.mark.parametrize(
    ("name", "kept"),
    [("Dune group", False), ("Sand State fighters", False), ("dune group", True), ("Group", True)],  # its own name, no name, a common noun
)
def test_what_bears_a_name_stands_for_nobody_else(name: str, kept: bool) -> None:
    text = f"Sun League met. The {name} left."
    assert meant(text, (("Sun League", "GROUP"), (name, "GROUP")), {1: 0}) == ({name: "Sun League"} if kept else {})


@pytest.mark.parametrize(("noun", "kept"), [("group", False), ("rebels", False), ("force", True), ("mission", True)])
def test_a_group_is_no_mission_of_several_states(noun: str, kept: bool) -> None:
    text = f"Dune Mission came. The {noun} left."
    assert meant(text, (("Dune Mission", "FORCE"), (noun, "GROUP")), {1: 0}) == ({noun: "Dune Mission"} if kept else {})


def test_the_group_is_the_armed_group_named_last_and_no_mission() -> None:
    text = "Sun League fighters came. Moon Front fighters met Dune Mission. The group left."
    mentions = (("Sun League fighters", "GROUP"), ("Moon Front fighters", "GROUP"), ("Dune Mission", "FORCE"), ("group", "GROUP"))
    assert meant(text, mentions, {3: 2}) == {"group": "Moon Front fighters"}


LED = ("leader", "LEAD", {"actor": 3, "target": 2})


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("Sun League", "Moon Front", "Sun League"),
        ("SL", "Moon Front", "SL"),
        ("Dune group", "Moon Front", "Moon Front"),  # nothing that he leads is named
        ("Moon Front", "Sun League", "Sun League"),
        ("Sun League", "Sun Ray", "Sun Ray"),  # a wing of what he leads
    ],
)
def test_its_leader_is_of_the_group_that_the_catalogue_has_him_leading(first: str, second: str, expected: str) -> None:
    text = f"{first} took in men who had left {second}. Its leader Odo Brak spoke."
    mentions = ((first, "GROUP"), (second, "GROUP"), ("Its", "GROUP"), ("Odo Brak", "PERSON"))
    assert meant(text, mentions, {2: 1}, LED) == {"Its": expected}


def test_whom_a_group_makes_its_chief_is_the_chief_of_that_group() -> None:
    text = "Sun League met. Moon Front made Odo Brak its leader."
    mentions = (("Sun League", "GROUP"), ("Moon Front", "GROUP"), ("Odo Brak", "PERSON"), ("its", "GROUP"))
    assert meant(text, mentions, {3: 1}, ("leader", "LEAD", {"actor": 2, "target": 3})) == {"its": "Moon Front"}


@pytest.mark.parametrize("makes", ["had named", "recognised as"])
def test_whom_a_group_had_named_its_chief_is_so_wherever_the_group_is_cited(makes: str) -> None:
    text = f"Sun League met. Odo Brak, whom the Moon Front {makes} its leader, came. Moon Front left."
    mentions = (("Sun League", "GROUP"), ("Odo Brak", "PERSON"), ("Moon Front", "GROUP"), ("its", "GROUP"), ("Moon Front", "GROUP"))
    assert meant(text, mentions, {3: 4}, ("leader", "LEAD", {"actor": 1, "target": 3})) == {"its": "Moon Front"}


@pytest.mark.parametrize(("other", "expected"), [("Dune group", "Dune group"), ("the port", "Moon Front")])
def test_the_leader_whom_a_group_kills_is_the_other_sides(other: str, expected: str) -> None:
    text = f"Moon Front overran {other} and killed its leader Bram."
    mentions = (("Moon Front", "GROUP"), (other, "GROUP"), ("its", "GROUP"), ("Bram", "PERSON"))
    events = (("killed", "KILL", {"actor": 0, "target": 3}), ("leader", "LEAD", {"actor": 3, "target": 2}))
    assert meant(text, mentions, {2: 0}, *events) == {"its": expected}


@pytest.mark.parametrize(("called", "kept"), [("Odo Brak", False), ("President Odo Brak", True)])
def test_the_president_is_no_rebel_whom_nobody_calls_so(called: str, kept: bool) -> None:
    text = f"{called} fled. The bomb killed the president."
    found = meant(text, (("Odo Brak", "PERSON"), ("president", "PERSON")), {1: 0})
    assert found == ({"president": "Odo Brak"} if kept else {})


@pytest.mark.parametrize(
    ("who", "kind", "expected"),
    [("Dune soldiers", "FORCE", {"their": "Dune soldiers"}), ("Villagers", "PEOPLE", {}), ("Odo Brak", "PERSON", {"their": "Moon Front"})],
)
def test_who_is_counted_among_others_is_theirs(who: str, kind: str, expected: dict[str, str]) -> None:
    text = f"Moon Front struck. {who}, including their chief Bram, died."
    mentions = (("Moon Front", "GROUP"), (who, kind), ("their", "GROUP"), ("Bram", "PERSON"))
    assert meant(text, mentions, {2: 0}) == expected


def test_its_after_another_name_is_of_who_bears_both() -> None:
    text = "Moon Front fights Sun League, also known as Ray Corps, and its wing Sun Ray."
    mentions = (("Moon Front", "GROUP"), ("Sun League", "GROUP"), ("Ray Corps", "GROUP"), ("its", "GROUP"), ("Sun Ray", "GROUP"))
    assert meant(text, mentions, {3: 0}) == {"its": "Sun League"}


@pytest.mark.parametrize(("between", "expected"), [("belonging to the", {}), ("near the", {"militants": "Moon Front"})])
def test_people_of_whom_it_is_said_whose_they_are_stand_for_nobody_named_before(between: str, expected: dict[str, str]) -> None:
    text = f"Moon Front fled. Then militants {between} Sun League came."
    mentions = (("Moon Front", "GROUP"), ("militants", "GROUP"), ("Sun League", "GROUP"))
    assert meant(text, mentions, {1: 0}) == expected
