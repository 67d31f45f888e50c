"""Events whose type the whole phrase tells."""

from __future__ import annotations

import pytest

from orbat.phrases import with_phrases
from orbat.types import Annotations, Argument, Event, EventType, Mention, MentionType, Role, Span


def read(text: str, trigger: str, type: str, *beside: tuple[str, str]) -> str:
    """The type of the event of a trigger in a text of "They … the Front", with those ``beside`` it."""
    mentions = tuple(Mention(MentionType.GROUP, Span(at := text.index(w), at + len(w)), 0) for w in ("They", "Front"))
    roles = (Argument(Role.ACTOR, 0), Argument(Role.TARGET, 1))
    events = tuple(
        Event(EventType(kind), Span(at := text.index(word), at + len(word)), 0, roles) for word, kind in ((trigger, type), *beside)
    )
    return with_phrases(text, Annotations((Span(0, len(text)),), mentions, events)).events[0].type


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
        ("They have long armed the Front.", "armed", "CLASH", "SUPPORT"),
        ("They fought the armed Front.", "armed", "CLASH", "CLASH"),
        ("They fought armed men of the Front.", "armed", "CLASH", "CLASH"),
    ],
)
def test_the_whole_phrase_tells_what_happened(text: str, trigger: str, type: str, expected: str) -> None:
    assert read(text, trigger, type) == expected


def test_who_is_killed_already_is_killed_once() -> None:
    assert read("They beat to death men of the Front.", "beat", "ABUSE", ("death", "KILL")) == "ABUSE"
