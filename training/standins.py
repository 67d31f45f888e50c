"""Names put out of sight: a name told again becomes "he", "it" or "the group", so that readers learn what such words stand for.

Of the words that the corpus marks as standing for a name, few make up most: he, him and his, it and its, they and their, the group. In
texts that teachers marked, a person or group that is named again and takes part in an event is replaced by one of these; which name it
stands for is known (the idea is WikiCREM's, Kocijan et al. 2019). All other marks of the text stay.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from orbat.layout import MENTION_TAGS, MENTION_TYPES
from orbat.types import MentionType
from training.data import Gold
from training.start import tokenizer

NEAR = 150  # pieces that the name stands before its stand-in at most: windows hold 96 to 254
LOWER, TITLE, UPPER = 1, 2, 3  # of ``CASINGS``


@dataclass(frozen=True, slots=True)
class Pronoun:
    """One pronoun as the subject of a word behind it, as an object, and as an owner."""

    subject: str
    object: str
    owner: str


HE, SHE, IT, THEY = Pronoun("he", "him", "his"), Pronoun("she", "her", "her"), Pronoun("it", "it", "its"), Pronoun("they", "them", "their")
NOUNS = ("group", "organization", "movement", "militia", "insurgents", "rebels", "militants", "terrorists")
"""What a group is called with "the" before it. All words here are one piece each."""

PLAIN = (
    "about after against all also although among and are around as at because been before being between but by can could did do "
    "does during for from had has have he how if in including into is it near not of off on or out over said says she since so "
    "still that the them then there they though through to told toward under until up was we were what when where whether which "
    "while who will with within without would . , ; : \" ' ( ) ? !"
)
"""Words and marks that a pronoun may stand beside; beside others a name may be half of what is named ("cadre X", "X fighters")."""

SHARES = {
    MentionType.PERSON: ((HE, 0.92), (SHE, 0.08)),
    MentionType.GROUP: ((IT, 0.35), (THEY, 0.25), (None, 0.4)),
    MentionType.ORG: ((IT, 0.9), (THEY, 0.1)),
    MentionType.FORCE: ((IT, 0.6), (THEY, 0.4)),
    MentionType.STATE: ((IT, 1.0),),
}
"""How often each pronoun, or a noun (None), stands for a name of each type in the corpus's training part, roughly."""


@cache
def _number(word: str) -> int:
    """The number of a word that is one piece."""
    return int(tokenizer().token_to_id(word))


@cache
def _plain() -> frozenset[int]:
    return frozenset(_number(word) for word in PLAIN.split())


def stand_in(doc: Gold, rng: np.random.Generator, share: float) -> Gold:
    """The text with about a ``share`` of the names that can be replaced, replaced; the text itself where none can."""
    chosen = [i for i in range(len(doc.mentions)) if rng.random() < share and _fits(doc, i)]
    if not chosen:
        return doc
    p = doc.pieces
    ids, casing, boundary, first = p.ids.copy(), p.casing.copy(), p.boundary.copy(), p.first.copy()
    keep = np.ones(len(p), dtype=np.bool_)
    tags = doc.soft.mention.copy() if doc.soft else None
    spans = doc.mentions.copy()
    persons: dict[str, Pronoun | None] = {}  # one is he, or she, throughout
    for i in chosen:
        a, b, kind = (int(x) for x in doc.mentions[i])
        begin = a - 1 if a and ids[a - 1] == _number("the") and p.sentence[a - 1] == p.sentence[a] else a
        owns = _owns(doc, b)
        form = _form(MENTION_TYPES[kind], rng)
        if MENTION_TYPES[kind] is MentionType.PERSON:
            form = persons.setdefault(doc.names[i], form)
        if form is None and (begin == b or owns):  # no room for "the" and a noun
            form = IT
        if form is None:
            words = ("the", str(rng.choice(NOUNS)))
        else:
            words = (form.owner if owns else form.subject if _acts(doc, i) else form.object,)
        at = begin + len(words) - 1  # where the mention is now
        opening = int(boundary[begin : a + 1].max())
        keep[begin : b + (3 if owns else 1)] = False
        here = slice(begin, at + 1)
        keep[here], first[here], casing[here], boundary[here] = True, True, LOWER, 0
        ids[here] = [_number(word) for word in words]
        boundary[begin] = opening
        if opening:
            casing[begin] = TITLE
        spans[i, :2] = at
        if tags is not None:
            tags[here] = np.eye(len(MENTION_TAGS))[0]
            tags[at] = np.eye(len(MENTION_TAGS))[MENTION_TAGS.index(f"U-{MENTION_TYPES[kind]}")]
    place = np.cumsum(keep) - 1
    same = {name: getattr(p, name)[keep] for name in ("start", "end", "sentence")}
    pieces = replace(p, ids=ids[keep], casing=casing[keep], boundary=boundary[keep], first=first[keep], **same)
    events = doc.events.copy()
    spans[:, :2], events[:, :2] = place[spans[:, :2]], place[events[:, :2]]
    soft = replace(doc.soft, mention=tags[keep], trigger=doc.soft.trigger[keep]) if doc.soft and tags is not None else None
    refers = tuple(old or i in chosen for i, old in enumerate(doc.refers))
    return replace(doc, pieces=pieces, mentions=spans, events=events, refers=refers, soft=soft)


def _form(kind: MentionType, rng: np.random.Generator) -> Pronoun | None:
    """A pronoun by its share, or None for a noun."""
    forms, shares = zip(*SHARES[kind], strict=True)
    return forms[int(rng.choice(len(forms), p=shares))]  # type: ignore[no-any-return]


def _fits(doc: Gold, i: int) -> bool:
    """Whether a mention is a name told again that takes part in an event, and stands where a pronoun could."""
    a, b, kind = (int(x) for x in doc.mentions[i])
    p = doc.pieces
    if MENTION_TYPES[kind] not in SHARES or doc.refers[i] or p.casing[a] not in (TITLE, UPPER):
        return False
    named = [j for j in range(i) if doc.names[j] == doc.names[i] and not doc.refers[j] and doc.mentions[j][2] == kind]
    if not named or a - int(doc.mentions[named[-1]][1]) > NEAR:
        return False
    if not any(m == i for _, m in doc.roles) and i not in doc.events[:, 5]:
        return False
    if any(a <= e[0] <= b or a <= e[1] <= b for e in doc.events):
        return False
    triggers = {int(piece) for event in doc.events for piece in range(event[0], event[1] + 1)}

    def free(piece: int) -> bool:  # whether what stands there leaves room for a pronoun
        beyond = not 0 <= piece < len(p) or p.sentence[piece] != p.sentence[a]
        return bool(beyond or piece in triggers or int(p.ids[piece]) in _plain())

    return free(a - 1) and (free(b + 1) or _owns(doc, b))


def _owns(doc: Gold, last: int) -> bool:
    """Whether "'s" stands behind a piece."""
    return tuple(doc.pieces.ids[last + 1 : last + 3]) == (_number("'"), _number("s"))


def _acts(doc: Gold, i: int) -> bool:
    """Whether what the mention takes part in is said behind it, or it speaks: then it is a subject."""
    a = int(doc.mentions[i][0])
    parts = [int(doc.events[k][0]) for k, m in doc.roles if m == i] or [int(e[0]) for e in doc.events if e[5] == i]
    return bool(parts) and min(parts, key=lambda piece: abs(piece - a)) > a
