"""On whose side somebody stands: who repels an attack has not made it, nor has who takes revenge for one. Pure.

The reading's network takes the subject of "the army repelled an attack" or of "troops burned homes in retaliation for a bomb that killed
two" for who attacked or killed. Of the 20 attacks of the corpus that are repelled, foiled, fended off or prevented none is made by whom
the text names before that word; of the 31 acts of violence for which it says that something was done in return, one is.
"""

from __future__ import annotations

import re
from dataclasses import replace

from orbat.types import Annotations, Argument, Event, EventType, Role

_REPELS = re.compile(
    r"\b(?:repel(?:s|led|ling)?|repuls(?:e|es|ed|ing)|foil(?:s|ed|ing)?|thwart(?:s|ed|ing)?|avert(?:s|ed|ing)?|prevent(?:s|ed|ing)?"
    r"|(?:fend|ward)(?:s|ed|ing)? off|(?:beat|fought|fight|drive|drove)(?:s|en|ing)? (?:off|back))\b"
)
_IN_RETURN = re.compile(
    r"\b(?:(?:in|as)(?: an?)?(?: \w+)? (?:retaliation|revenge|vengeance|reprisals?|response) (?:for|to|against|after|over)"
    r"|(?:to )?aveng(?:e|ed|ing))\b"
)
_STEMS = ("repel", "repuls", "foil", "thwart", "avert", "prevent", " off ", " back ", "retaliat", "aveng", "venge", "repris", "respons")
_REPELLED = frozenset({EventType.ATTACK, EventType.BOMBING, EventType.STRIKE, EventType.SEIZE})
_RETURNED = _REPELLED | {EventType.KILL, EventType.INJURE, EventType.ABDUCT, EventType.ABUSE, EventType.ARREST, EventType.CLASH}
_NEAR, _RETURN = 45, 70  # letters between the word and what it is about, at most: as far as was measured
_ENDS = re.compile(r"[.;:,]")
_ENDS_LATE = re.compile(r"[.;:]")


def with_sides(text: str, annotations: Annotations) -> Annotations:
    """The annotations in which who repels an attack is whom it was made on, and in which nobody has done what he takes revenge for."""
    if not any(stem in text for stem in _STEMS):
        return annotations
    events = tuple(_of_its_side(text, annotations, event) for event in annotations.events)
    return annotations if all(map(_same, events, annotations.events)) else replace(annotations, events=events)


def _same(one: Event, other: Event) -> bool:
    return one is other


def _of_its_side(text: str, annotations: Annotations, event: Event) -> Event:
    if event.type not in _RETURNED or not event.of(Role.ACTOR):
        return event
    start, trigger = annotations.sentences[event.sentence].start, event.trigger.start
    word = _last(_REPELS, text, max(start, trigger - _NEAR), trigger) if event.type in _REPELLED else None
    if word and not _ENDS.search(text, word.end(), trigger):
        return _turned(annotations, event, word.start())
    word = _last(_IN_RETURN, text, max(start, trigger - _RETURN), trigger)
    if word and not _ENDS_LATE.search(text, word.end(), trigger):
        return _without(annotations, event, word.start())
    return event


def _last(pattern: re.Pattern[str], text: str, start: int, stop: int) -> re.Match[str] | None:
    return next(reversed(list(pattern.finditer(text, start, stop))), None)


def _turned(annotations: Annotations, event: Event, at: int) -> Event:
    """The event without the actors before a place of the text, who are its target where it has none else."""
    spared = _without(annotations, event, at)
    if spared is event or event.of(Role.TARGET):
        return spared
    theirs = [a for a in event.arguments if a not in spared.arguments]
    return replace(spared, arguments=(*spared.arguments, *(Argument(Role.TARGET, a.mention, a.score) for a in theirs)))


def _without(annotations: Annotations, event: Event, at: int) -> Event:
    return event.without(Role.ACTOR, {i for i in event.of(Role.ACTOR) if annotations.mentions[i].span.start < at})
