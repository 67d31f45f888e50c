"""Mentions that end inside a name of the catalogue, widened to the whole of it; and bodies that were taken for persons by their initials.

The reading's network at times marks only the beginning of a long name, "the Group | to Support Islam and Muslims", which alone means nobody
or would be taken for a word that stands for another group of the article, or that means another, "Islamic State | in the Greater Sahara".
Of 51,000 mentions of the corpus, cut by hand, it widens two.
"""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType

from orbat.link.catalogue import Catalogue
from orbat.names import is_acronym, lost_capitals
from orbat.types import Annotations, Argument, Event, Mention, MentionType, Role, Span

_TYPES = frozenset((MentionType.GROUP, MentionType.FORCE, MentionType.ORG, MentionType.MEDIA))
_OF_KIND = {
    "group": MentionType.GROUP,
    "wing": MentionType.GROUP,
    "force": MentionType.FORCE,
    "coalition": MentionType.ORG,
    "org": MentionType.ORG,
    "state": MentionType.STATE,
}
_AFTER = re.compile(r"(?: (?:[A-Z][\w'’-]*|of|the|and|for|to|in(?= the\b))){1,8}")
_WORD = re.compile(r"[\w'’-]+")
_QUALIFIED = re.compile(r"[\w'’-]+-(?:linked|affiliated|allied|aligned|backed|inspired) (?=[A-Z])")
_GOES_ON = (" in the ", " of ")
"""What a name that is known by itself goes on with in a longer one; a place after a bare "in" may be where it did something."""


def whole_names(text: str, annotations: Annotations, catalogue: Catalogue) -> Annotations:
    """The annotations in which a mention that is the beginning of a name of the catalogue is the whole name, and no other mention or event
    is left inside it; and in which a person whose name is a body's initials there, "MONUSCO", is that body."""
    annotations = _bodies(text, annotations, catalogue)
    wider = {i: span for i in range(len(annotations.mentions)) if (span := _whole(text, annotations, i, catalogue)) is not None}
    return _widened(annotations, wider) if wider else annotations


def _bodies(text: str, annotations: Annotations, catalogue: Catalogue) -> Annotations:
    initials = [i for i, m in enumerate(annotations.mentions) if m.type is MentionType.PERSON and is_acronym(m.span.of(text))]
    if not initials or lost_capitals(text):
        return annotations
    kinds = {i: {m.entry.kind for m in catalogue.by_acronym(annotations.mentions[i].span.of(text))} for i in initials}
    found = {i: _OF_KIND[next(iter(kind))] for i, kind in kinds.items() if len(kind) == 1 and kind <= _OF_KIND.keys()}
    mentions = tuple(replace(m, type=found.get(i, m.type)) for i, m in enumerate(annotations.mentions))
    return replace(annotations, mentions=mentions) if found else annotations


def _whole(text: str, annotations: Annotations, index: int, catalogue: Catalogue) -> Span | None:
    """The whole name that a mention begins; None where it begins none."""
    mention = annotations.mentions[index]
    span = mention.span
    if mention.type not in _TYPES:
        return None
    start = qualified.end() if (qualified := _QUALIFIED.match(text, span.start, span.end)) else span.start
    if not text[start].isupper():
        return None
    after = _AFTER.match(text, span.end, min(annotations.sentences[mention.sentence].end, span.end + 64))
    if after is None or (catalogue.by_name(text[start : span.end]) and not text.startswith(_GOES_ON, span.end)):
        return None
    for word in reversed(list(_WORD.finditer(text, span.end, after.end()))):
        if word.group()[0].isupper() and any(m.entry.kind != "person" for m in catalogue.by_name(text[start : word.end()])):
            return Span(start, word.end())
    return None


def _widened(annotations: Annotations, wider: dict[int, Span]) -> Annotations:
    mentions = [replace(m, span=wider.get(i, m.span)) for i, m in enumerate(annotations.mentions)]
    inside = {
        i: whole
        for whole, span in wider.items()
        for i in range(max(0, whole - 6), min(len(mentions), whole + 7))
        if i != whole and mentions[i].span.start < span.end and span.start < mentions[i].span.end
    }
    kept = [i for i in range(len(mentions)) if i not in inside]
    order = {old: new for new, old in enumerate(sorted(kept, key=lambda i: mentions[i].span.start))}
    place = order | {i: order[whole] for i, whole in inside.items() if whole in order}
    events = tuple(
        _moved(event, place, set(inside))
        for event in annotations.events
        if not any(span.start <= event.trigger.start and event.trigger.end <= span.end for span in wider.values())
    )
    references = {place[i]: place[j] for i, j in annotations.references.items() if i not in wider and i in order and j in place}
    leanings = {
        place[i]: {place[j]: odds for j, odds in to.items() if j in place}
        for i, to in annotations.leanings.items()
        if i not in wider and i in order
    }
    ordered: list[Mention] = [mentions[i] for i in sorted(order, key=order.__getitem__)]
    return Annotations(annotations.sentences, tuple(ordered), events, MappingProxyType(references), MappingProxyType(leanings))


def _moved(event: Event, place: dict[int, int], inside: set[int]) -> Event:
    """The event with its mentions by their new numbers; a name is not where it happened because there is a place in it."""
    kept = [a for a in event.arguments if a.mention in place and not (a.role is Role.PLACE and a.mention in inside)]
    found = dict.fromkeys((a.role, place[a.mention]) for a in kept)
    scores = {(a.role, place[a.mention]): a.score for a in kept}
    source = place.get(event.source) if event.source is not None else None
    return replace(event, arguments=tuple(Argument(role, i, scores[role, i]) for role, i in found), source=source)
