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
