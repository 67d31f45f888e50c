"""Events whose type the whole phrase tells."""

from __future__ import annotations

import pytest

from orbat.phrases import with_phrases
from orbat.types import Annotations, Argument, Event, EventType, Mention, MentionType, Role, Span


def phrased(text: str, mentions: tuple[Mention, ...], events: list[tuple[str, str, tuple[Argument, ...]]]) -> tuple[Event, ...]:
    """What becomes of the events of a text of one sentence; ``events``: trigger, type, arguments."""
    given = tuple(Event(EventType(type), Span(at := text.index(word), at + len(word)), 0, roles) for word, type, roles in events)
    return with_phrases(text, Annotations((Span(0, len(text)),), mentions, given)).events


def read(text: str, trigger: str, type: str, *beside: tuple[str, str]) -> str:
    """The type of the event of a trigger in a text of "They … the Front", with those ``beside`` it."""
    mentions = tuple(Mention(MentionType.GROUP, Span(at := text.index(w), at + len(w)), 0) for w in ("They", "Front"))
    roles = (Argument(Role.ACTOR, 0), Argument(Role.TARGET, 1))
    return phrased(text, mentions, [(word, kind, roles) for word, kind in ((trigger, type), *beside)])[0].type


@pytest.mark.parametrize(
    ("text", "trigger", "type", "expected"),
    [
        ("They hacked to death ten men of the Front.", "hacked to death", "ATTACK", "KILL"),
        ("They hacked to death ten men of the Front.", "hacked", "ABUSE", "KILL"),
        ("They tortured to death ten men of the Front.", "tortured", "ABUSE", "ABUSE"),
        ("They condemned to death ten men of the Front.", "condemned", "ABUSE", "ABUSE"),
        ("They attacked ten men of the Front.", "attacked", "ATTACK", "ATTACK"),
        ("They threw down their arms before the Front.", "threw down their", "ATTACK", "LEAVE"),
        ("They laid down weapons before the Front.", "laid down", "CLASH", "LEAVE"),
        ("They threw down the gate of the Front.", "threw down", "ATTACK", "ATTACK"),
        ("They retook the hill of the Front.", "retook", "ARREST", "SEIZE"),
        ("They have long armed the Front.", "armed", "CLASH", "SUPPORT"),
        ("They fought the armed Front.", "armed", "CLASH", "CLASH"),
        ("They fought armed men of the Front.", "armed", "CLASH", "CLASH"),
    ],
)
def test_the_whole_phrase_tells_what_happened(text: str, trigger: str, type: str, expected: str) -> None:
    assert read(text, trigger, type) == expected


def test_who_is_killed_already_is_killed_once() -> None:
    assert read("They beat to death men of the Front.", "beat", "ABUSE", ("death", "KILL")) == "ABUSE"


def told(text: str, *events: tuple[str, str, list[str]]) -> list[tuple[str, list[str]]]:
    """The trigger of each event of a sentence and whom it is done to; ``events``: trigger, type, targets."""
    names = sorted({name for _, _, targets in events for name in targets}, key=text.index)
    mentions = tuple(Mention(MentionType.PEOPLE, Span(at := text.index(n), at + len(n)), 0) for n in names)
    given = [(word, type, tuple(Argument(Role.TARGET, names.index(n)) for n in targets)) for word, type, targets in events]
    found = phrased(text, mentions, given)
    return [(e.trigger.of(text), [names[i] for i in e.of(Role.TARGET)]) for e in found]


@pytest.mark.parametrize(
    ("text", "events", "expected"),
    [
        ("An air strike hit ten men.", [("air", "STRIKE", ["ten men"]), ("strike", "STRIKE", [])], [("strike", ["ten men"])]),
        ("A car-bombing hit ten men.", [("car", "BOMBING", []), ("bombing", "BOMBING", ["ten men"])], [("bombing", ["ten men"])]),
        ("Air strikes hit ten men.", [("Air", "STRIKE", ["ten men"]), ("strikes", "STRIKE", ["ten men"])], [("strikes", ["ten men"])]),
        ("Ten chiefs set up six.", [("chiefs", "LEAD", ["Ten"]), ("set up", "LEAD", ["six"])], [("chiefs", ["Ten"]), ("set up", ["six"])]),
        ("An air war, a strike.", [("air", "STRIKE", []), ("strike", "STRIKE", [])], [("air", []), ("strike", [])]),
        ("Arrests followed strikes.", [("Arrests", "ARREST", []), ("followed", "STRIKE", [])], [("Arrests", []), ("followed", [])]),
        ("They shot the ten men dead.", [("shot", "KILL", ["ten men"]), ("dead", "KILL", ["ten men"])], [("shot", ["ten men"])]),
        (
            "They shot ten men and left six dead.",
            [("shot", "KILL", ["ten men"]), ("dead", "KILL", ["six"])],
            [("shot", ["ten men"]), ("dead", ["six"])],
        ),
    ],
)
def test_what_happened_once_is_told_once(
    text: str, events: list[tuple[str, str, list[str]]], expected: list[tuple[str, list[str]]]
) -> None:
    assert told(text, *events) == expected
