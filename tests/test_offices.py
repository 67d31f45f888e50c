from __future__ import annotations

import pytest

from orbat.offices import with_offices
from orbat.types import Annotations, Argument, Certainty, Event, EventType, Mention, MentionType, Role, Span


def types(text: str, *triggers: tuple[str, str]) -> list[str]:
    """The types of the events of a sentence about Musa of the Taliban, once offices are told apart."""
    mentions = tuple(
        Mention(kind, Span(text.index(words), text.index(words) + len(words)), 0)
        for words, kind in (("Taliban", MentionType.GROUP), ("Musa", MentionType.PERSON))
    )
    ties = (Argument(Role.ACTOR, 1), Argument(Role.TARGET, 0))
    events = tuple(
        Event(EventType(kind), Span(text.index(word), text.index(word) + len(word)), 0, ties, Certainty.FACT) for word, kind in triggers
    )
    return [str(e.type) for e in with_offices(text, Annotations((Span(0, len(text)),), mentions, events)).events]


@pytest.mark.parametrize(
    ("words", "triggers", "expected"),
    [
        ("chief spokesman", [("chief", "LEAD"), ("spokesman", "BELONG")], ["BELONG"]),
        ("chief negotiator", [("chief negotiator", "LEAD")], ["BELONG"]),
        ("chief", [("chief", "LEAD")], ["LEAD"]),
        ("chief commander", [("chief", "LEAD")], ["LEAD"]),
    ],
)
def test_who_speaks_for_a_group_does_not_lead_it(words: str, triggers: list[tuple[str, str]], expected: list[str]) -> None:
    assert types(f"Taliban {words} Musa came.", *triggers) == expected


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("Fighting between the Red Army (RA), led by General Musa, and the Blue Front, led by Omar, went on.", ["Red Army"]),
        ("The Red Army and the Blue Front, led by Musa, fought.", ["Blue Front"]),
        ("The Red Army and the Blue Front, both led by Musa, fought.", ["Red Army", "Blue Front"]),
        ("The Red Army, a part of the Blue Front that is led by Musa, fought.", ["Red Army", "Blue Front"]),
        ("The Red Army headed by Musa is often called the Blue Front.", ["Red Army", "Blue Front"]),
        ("Musa led the Red Army and the Blue Front.", ["Red Army", "Blue Front"]),
    ],
)
def test_who_a_body_is_led_by_leads_that_one_alone(text: str, targets: list[str]) -> None:
    names = ("Red Army", "Blue Front", "Musa")
    mentions = tuple(Mention(MentionType.GROUP, Span(text.index(name), text.index(name) + len(name)), 0) for name in names)
    trigger = "headed" if "headed" in text else "led"
    roles = (Argument(Role.TARGET, 0), Argument(Role.TARGET, 1), Argument(Role.ACTOR, 2))
    event = Event(EventType.LEAD, Span(text.index(trigger), text.index(trigger) + len(trigger)), 0, roles)
    (found,) = with_offices(text, Annotations((Span(0, len(text)),), mentions, (event,))).events
    assert [names[i] for i in found.of(Role.TARGET)] == targets
    assert found.of(Role.ACTOR) == [2]


@pytest.mark.parametrize(
    ("words", "trigger", "leads"),
    [
        ("The air force's Group Captain Odo spoke.", "Captain", False),
        ("It was said by Wing Commander Odo.", "Commander", False),
        ("The Eastern Wing Commander Odo spoke.", "Commander", True),
        ("The group's captain Odo spoke.", "captain", True),
    ],
)
def test_an_officers_rank_is_no_office(words: str, trigger: str, leads: bool) -> None:
    at = words.index(trigger)
    event = Event(EventType.LEAD, Span(at, at + len(trigger)), 0)
    assert bool(with_offices(words, Annotations((Span(0, len(words)),), (), (event,))).events) is leads


def test_who_stands_before_led_by_does_not_lead() -> None:
    text = "The Front of Omar, led by Musa, was named after Ali."
    mentions = tuple(Mention(MentionType.PERSON, Span(text.index(n), text.index(n) + len(n)), 0) for n in ("Omar", "Musa", "Ali"))
    both = (Argument(Role.ACTOR, 0), Argument(Role.ACTOR, 1))
    led = Event(EventType.LEAD, Span(text.index("led"), text.index("led") + 3), 0, both)
    named = Event(EventType.LEAD, Span(text.index("named"), text.index("named") + 5), 0, (Argument(Role.ACTOR, 2),))
    (found,) = with_offices(text, Annotations((Span(0, len(text)),), mentions, (led, named))).events
    assert found.of(Role.ACTOR) == [1]
