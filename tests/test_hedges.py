from __future__ import annotations

import pytest

from orbat.hedges import with_hedges
from orbat.types import Annotations, Argument, Certainty, Event, EventType, Mention, MentionType, Role, Span


def reading(sentences: list[str], trigger: tuple[str, str], *named: str, source: str = "", actor: str = "") -> tuple[str, Annotations]:
    """A text of some sentences with one event and some names, the last of which nothing is said of."""
    text, spans = " ".join(sentences), []
    for sentence in sentences:
        at = text.index(sentence)
        spans.append(Span(at, at + len(sentence)))
    names = sorted(dict.fromkeys(n for n in (*named, source, actor) if n), key=text.index)
    mentions = tuple(
        Mention(MentionType.GROUP, Span(at := text.index(n), at + len(n)), next(i for i, s in enumerate(spans) if s.start <= at < s.end))
        for n in names
    )
    at = text.index(trigger[0])
    ties = (Argument(Role.ACTOR, names.index(actor)),) if actor else ()
    where = next(i for i, s in enumerate(spans) if s.start <= at < s.end)
    event = Event(EventType(trigger[1]), Span(at, at + len(trigger[0])), where, ties, source=names.index(source) if source else None)
    return text, Annotations(tuple(spans), mentions, (event,))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The cell planned attacks on two ports.", Certainty.FUTURE),
        ("The cell was plotting to carry out simultaneous attacks.", Certainty.FUTURE),
        ("The cell planned the attacks on two ports.", Certainty.FACT),
        ("The cell made attacks as planned.", Certainty.FACT),
    ],
)
def test_what_is_planned_is_to_come(sentence: str, expected: Certainty) -> None:
    assert with_hedges(*reading([sentence], ("attacks", "ATTACK"))).events[0].certainty is expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Four men were hired by Odo to kill Bram.", Certainty.HYPOTHETICAL),
        ("Four men were ordered to kill Bram.", Certainty.HYPOTHETICAL),
        ("Four men hired a car and went on to kill Bram.", Certainty.FACT),
    ],
)
def test_what_somebody_is_hired_for_may_not_have_been_done(sentence: str, expected: Certainty) -> None:
    assert with_hedges(*reading([sentence], ("kill", "KILL"))).events[0].certainty is expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Is the cell allied to the league?", Certainty.POSSIBLE),
        ("Q: Has it been allied to the league?", Certainty.POSSIBLE),
        ("Cell allied to league?", Certainty.POSSIBLE),
        ("Why is the cell allied to the league?", Certainty.FACT),
        ("The cell that is allied to the league went on to do what it does?", Certainty.FACT),
        ("Will the allied cell last?", Certainty.FACT),
        ("The cell is allied to the league.", Certainty.FACT),
    ],
)
def test_what_is_asked_is_no_fact(sentence: str, expected: Certainty) -> None:
    assert with_hedges(*reading([sentence], ("allied", "ALLY"))).events[0].certainty is expected


@pytest.mark.parametrize(
    ("sentence", "negated"),
    [
        ("The scouts took the port without any fight.", True),
        ("The scouts took the port without firing in a fight.", False),
        ("The scouts, without orders, went to the fight.", False),
    ],
)
def test_what_they_did_without_was_not_done(sentence: str, negated: bool) -> None:
    assert with_hedges(*reading([sentence], ("fight", "CLASH"))).events[0].negated is negated


@pytest.mark.parametrize(
    ("sentence", "source", "expected", "by"),
    [
        ("Oslo has not confirmed that its planes struck the port.", "Oslo", Certainty.POSSIBLE, None),
        ("The minister, Odo, would not immediately confirm that the planes struck the port.", "Odo", Certainty.POSSIBLE, None),
        ("Oslo declined to confirm reports that planes struck the port.", "reports", Certainty.FACT, "reports"),
        ("Oslo neither confirmed nor denied that its planes struck the port.", "Oslo", Certainty.POSSIBLE, None),
        ("Oslo has not confirmed the news and planes struck the port.", "", Certainty.FACT, None),
        ("Oslo has confirmed that its planes struck the port.", "Oslo", Certainty.FACT, "Oslo"),
    ],
)
def test_what_somebody_does_not_confirm_is_possible_and_not_their_word(
    sentence: str, source: str, expected: Certainty, by: str | None
) -> None:
    text, found = reading([sentence], ("struck", "STRIKE"), source=source)
    (event,) = with_hedges(text, found).events
    assert (event.certainty, found.mentions[event.source].span.of(text) if event.source is not None else None) == (expected, by)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The emir is said to have been killed in the raid.", Certainty.LIKELY),
        ("The emir was also rumoured to be killed.", Certainty.LIKELY),
        ("The emir was also reported to be killed.", Certainty.FACT),
        ("The emir, said to have been secretly killed, was 40.", Certainty.LIKELY),
        ("The emir has been reported to have killed two men.", Certainty.FACT),
        ("Police said to have killed him was a crime.", Certainty.FACT),
        ("The emir was said to have fled when his son was killed.", Certainty.FACT),
    ],
)
def test_what_nobody_with_a_name_says_is_likely(sentence: str, expected: Certainty) -> None:
    assert with_hedges(*reading([sentence], ("killed", "KILL"))).events[0].certainty is expected


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("The league has neither confirmed nor denied it.", 0),
        ("The league would not confirm or denied it.", 0),
        ("The league has denied it.", 1),
    ],
)
def test_who_neither_confirms_nor_denies_has_denied_nothing(sentence: str, number: int) -> None:
    assert len(with_hedges(*reading([sentence], ("denied", "CLAIM"), actor="league")).events) == number


@pytest.mark.parametrize(
    ("sentence", "does"),
    [
        ("The league took no part in the raid.", []),
        ("The league had nothing to do with the raid.", []),
        ("The league took no part in talks, which the raid ended.", [0]),
        ("The league took part in the raid.", [0]),
    ],
)
def test_who_took_no_part_has_not_done_it(sentence: str, does: list[int]) -> None:
    assert with_hedges(*reading([sentence], ("raid", "ATTACK"), actor="league")).events[0].of(Role.ACTOR) == does


@pytest.mark.parametrize(
    "sentences",
    [
        ["Sund accused the league of arming raiders, which the league denies."],
        ["The league is said to be arming raiders, a charge that Sund has always rejected."],
        ["Sund accused a ministry of arming raiders; the league denied it."],
        ["Sund accused a ministry of arming raiders; a league in Oslo denied it."],
        ["Sund accused a ministry of arming raiders.", "The league denies the charge."],
    ],
)
def test_what_somebody_denies_in_words_of_their_own_is_denied_by_them(sentences: list[str]) -> None:
    denier = "Sund" if "Sund has" in sentences[0] else "league"
    text, found = reading(sentences, ("arming", "SUPPORT"), denier, source="" if denier == "Sund" else "Sund")
    at = text.rindex(denier)
    mentions = tuple(
        Mention(m.type, Span(at, at + len(denier)), len(sentences) - 1) if m.span.of(text) == denier else m for m in found.mentions
    )
    told = with_hedges(text, Annotations(found.sentences, mentions, found.events)).events
    assert [(e.negated, None if e.source is None else mentions[e.source].span.of(text)) for e in told][1:] == [(True, denier)]
    assert not told[0].negated


@pytest.mark.parametrize(
    "sentences",
    [
        ["Sund is arming raiders, and the league rejected it."],  # what is turned down is not denied
        ["Sund is arming raiders.", "The league denied it."],  # nobody charges Sund with it
        ["Sund is arming raiders, which the league denied visas."],
    ],
)
def test_what_is_not_denied_is_said_once(sentences: list[str]) -> None:
    assert len(with_hedges(*reading(sentences, ("arming", "SUPPORT"), "league")).events) == 1


@pytest.mark.parametrize(
    ("sentence", "words", "negated"),
    [
        ("The mission lost no officers.", "officers", True),
        ("The mission lost no Kenyan officers.", "officers", True),
        ("The mission lost no fewer than six officers.", "officers", False),
        ("The mission lost some officers and no arms.", "officers", False),
    ],
)
def test_who_lost_none_lost_nobody(sentence: str, words: str, negated: bool) -> None:
    text, found = reading([sentence], ("lost", "LOSE"), words)
    event = found.events[0]
    told = type(event)(event.type, event.trigger, 0, (Argument(Role.TARGET, 0),))
    assert with_hedges(text, type(found)(found.sentences, found.mentions, (told,))).events[0].negated is negated
