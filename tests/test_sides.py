from __future__ import annotations

import pytest

from orbat.sides import with_sides
from orbat.types import Annotations, Argument, Certainty, Event, EventType, Mention, MentionType, Role, Span


def sides(text: str, trigger: tuple[str, str], *args: tuple[str, str]) -> dict[str, list[str]]:
    """The words in each role of the one event of a sentence; ``args`` are the role and the words of each, as the network gave them."""
    words = sorted({word for _, word in args}, key=text.index)
    mentions = tuple(Mention(MentionType.GROUP, Span(text.index(w), text.index(w) + len(w)), 0) for w in words)
    at = text.index(trigger[0])
    ties = tuple(Argument(Role(role), words.index(word)) for role, word in args)
    event = Event(EventType(trigger[1]), Span(at, at + len(trigger[0])), 0, ties, Certainty.FACT)
    told = with_sides(text, Annotations((Span(0, len(text)),), mentions, (event,))).events[0]
    return {str(role): [words[i] for i in told.of(role)] for role in (Role.ACTOR, Role.TARGET) if told.of(role)}


@pytest.mark.parametrize(
    ("text", "args", "expected"),
    [
        ("The garrison repelled the third attack this week.", [("actor", "garrison")], {"target": ["garrison"]}),
        ("The garrison fought off an attack on the port.", [("actor", "garrison"), ("target", "port")], {"target": ["port"]}),
        ("The garrison foiled an attack by raiders.", [("actor", "raiders")], {"actor": ["raiders"]}),
        ("The garrison repelled raiders, then began an attack.", [("actor", "garrison")], {"actor": ["garrison"]}),
        ("The garrison led the attack.", [("actor", "garrison")], {"actor": ["garrison"]}),
    ],
)
def test_who_repels_an_attack_has_not_made_it(text: str, args: list[tuple[str, str]], expected: dict[str, list[str]]) -> None:
    assert sides(text, ("attack", "ATTACK"), *args) == expected


@pytest.mark.parametrize(
    ("text", "args", "expected"),
    [
        ("Police burned huts in retaliation for a mine that killed guards.", [("actor", "Police"), ("target", "guards")], ["guards"]),
        ("Police raided the port to avenge a blast that killed guards.", [("actor", "Police"), ("target", "guards")], ["guards"]),
    ],
)
def test_nobody_has_done_what_he_takes_revenge_for(text: str, args: list[tuple[str, str]], expected: list[str]) -> None:
    assert sides(text, ("killed", "KILL"), *args) == {"target": expected}


def test_who_strikes_in_revenge_has_struck() -> None:
    text = "Police burned huts in retaliation for a mine."
    assert sides(text, ("burned", "ABUSE"), ("actor", "Police")) == {"actor": ["Police"]}
