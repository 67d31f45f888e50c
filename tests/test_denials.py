from __future__ import annotations

import pytest

from orbat.denials import with_denials
from orbat.types import Annotations, Argument, Certainty, Event, EventType, Mention, MentionType, Role, Span


def told(text: str, *events: tuple[str, str, str, str]) -> Annotations:
    """Annotations of one sentence: of each event its trigger, type, actor and speaker, empty where there is none."""
    words = dict.fromkeys(w for _, _, actor, speaker in events for w in (actor, speaker) if w)
    names = sorted(words, key=text.index)
    mentions = tuple(Mention(MentionType.GROUP, Span(text.index(w), text.index(w) + len(w)), 0) for w in names)
    made = tuple(
        Event(
            EventType(kind),
            Span(text.index(trigger), text.index(trigger) + len(trigger)),
            0,
            (Argument(Role.ACTOR, names.index(actor)),) if actor else (),
            Certainty.FACT,
            kind == "CLAIM",
            names.index(speaker) if speaker else None,
        )
        for trigger, kind, actor, speaker in events
    )
    return with_denials(text, Annotations((Span(0, len(text)),), mentions, made))


@pytest.mark.parametrize(
    ("text", "trigger", "denied"),
    [
        ("The army denied that its troops had shelled the town.", "shelled", True),
        ("The army denied on Monday having shelled the town.", "shelled", True),
        ("The army has repeatedly denied shelling the town.", "shelling", True),
        ("The army denied reports that three of its men were shelled.", "shelled", True),
        ("The army rejected claims that it had shelled the town.", "shelled", True),
        ("The army denied aid to a town that rebels shelled.", "shelled", False),
        ("The army denied that it was there, but rebels shelled the town.", "shelled", False),
        ("The army denied that it was there when rebels were shelled.", "shelled", True),
        ("The army, whose guns shelled the town, denied the accusation.", "shelled", False),
        ("The army rejected the draft, and its guns shelled the town.", "shelled", False),
        ("Reports that the army shelled the town were denied by a minister.", "shelled", True),
        ("Claims that the army shelled the town in May have been strongly rejected.", "shelled", True),
        ("Reports that the army shelled the town were seen by a minister.", "shelled", False),
        ("An earlier version of this report said the army had shelled the town.", "shelled", True),
        ("An earlier version of the truce failed when the army shelled the town.", "shelled", False),
    ],
)
def test_what_is_denied_in_a_clause_of_its_own_is_negated(text: str, trigger: str, denied: bool) -> None:
    assert told(text, (trigger, "STRIKE", "", "army")).events[0].negated is denied


def test_of_what_a_clause_denies_the_first_is_negated_and_what_is_joined_to_it() -> None:
    found = told("Kabul denied that it armed or sheltered men who killed two.", *(
        (trigger, kind, "", "Kabul") for trigger, kind in (("armed", "SUPPORT"), ("sheltered", "SUPPORT"), ("killed", "KILL"))
    ))  # fmt: skip
    assert [e.negated for e in found.events] == [True, True, False]


def test_an_office_in_what_is_denied_is_held_for_all_that() -> None:
    text = "The group denied that its commander had been killed."
    found = told(text, ("commander", "LEAD", "", "group"), ("killed", "KILL", "", "group"))
    assert [e.negated for e in found.events] == [False, True]
    assert told("He denied that he was a commander of it.", ("commander", "LEAD", "", "He")).events[0].negated


def test_what_another_tells_is_not_denied_by_him() -> None:
    found = told("Moscow denied a rebel report that it had shelled the town.", ("shelled", "STRIKE", "it", "rebel"))
    assert not found.events[0].negated


def test_who_is_denied_to_have_attacked_killed_nobody_in_it() -> None:
    text = "The Taliban denied that fighters took part in an attack, which left four dead."
    attack, killed = told(text, ("attack", "ATTACK", "fighters", "Taliban"), ("dead", "KILL", "fighters", "")).events
    assert (attack.negated, bool(attack.arguments)) == (True, True)
    assert (killed.negated, bool(killed.arguments)) == (False, False)


@pytest.mark.parametrize("text", ["Boko Haram has not claimed the attack.", "Boko Haram denied responsibility for the attack."])
def test_who_does_not_claim_an_attack_is_not_its_actor_nor_its_speaker(text: str) -> None:
    claim = "claimed" if "claimed" in text else "denied responsibility"
    _, attack = told(text, (claim, "CLAIM", "Boko Haram", ""), ("attack", "ATTACK", "Boko Haram", "Boko Haram")).events
    assert (attack.arguments, attack.source, attack.negated) == ((), None, False)


def test_who_denies_a_claim_about_an_attack_still_speaks_of_it() -> None:
    _, strike = told("The army denied the claim about a strike.", ("denied", "CLAIM", "army", ""), ("strike", "STRIKE", "", "army")).events
    assert strike.source == 0


def test_what_is_told_beside_an_attack_that_is_not_claimed_keeps_its_actor() -> None:
    text = "ISIS did not claim the blast but its men raided a village."
    *_, raid = told(text, ("claim", "CLAIM", "ISIS", ""), ("blast", "BOMBING", "ISIS", ""), ("raided", "ATTACK", "ISIS", "")).events
    assert raid.arguments
