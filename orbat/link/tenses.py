"""What the verbs beside a time say of it: whether it is past or to come, and how far ahead a date without a year may lie."""

from __future__ import annotations

import re
from functools import cached_property

from orbat.link.named_times import FARTHEST
from orbat.types import Span

# Words of the verb group that place the time beside them ahead or back; "may have planned" looks back.
_FUTURE = (
    r"[Ww]ill|shall|won['’]t|['’]ll|(?:would|may|might|could|should|must)(?! (?:not )?have\b)|to be|(?:is|are) to|"
    r"(?<!had been )(?<!previously )(?<!originally )(?<!initially )(?:expected|scheduled|slated|due)|set (?:to|for)|plans? to|"
    r"opens|ends|starts|begins|resumes|reconvenes|expires|goe?s? to the polls|next [a-z]+ is|"
    r"(?<!have )(?<!has )(?<!had )(?<!\bas )(?<!previously )(?<!originally )(?<!initially )planned|planning|going to|upcoming"
)
_PAST = (
    r"said|says|told|was|were|had|has|have|did|came|went|took|made|found|began|left|fell|rose|held|met|shot|ago|lost|won|fled|sent|gave|got|kept|"
    r"struck|broke|fought|drove|ran|led|stood|flew|grew|spoke|wrote|withdrew|overran|blew|brought|built|caught|dealt|knew|laid|paid|saw|sold|"
    r"sought|shook|spent|stole|swept|threw|became|"
)
_PAST += r"(?<!\bthe )(?<!\ban )(?<!\ba )[a-z]{3,}ed"  # "the wounded", "a planned visit"
_DONE = r"(?<!\bwill be )(?<!\bto be )(?<!\bwould be )(?<!\bstill be )(?<!\bmay be )(?<!\bmight be )"  # "will be held"
_VERB = re.compile(rf"\b(?:(?P<future>{_FUTURE})|(?P<past>{_DONE}(?:{_PAST})))\b")
_BY = re.compile(
    r"\b(?:by|until|till|(?P<soon>(?:soon|early|late) as)|"
    r"(?<!just )(?<!shortly )(?<!hours )(?<!minutes )(?<!moments )(?<!immediately )before)\s*$"
)


_HOUR = re.compile(
    r"(?:the )?(?:\d|dawn|daybreak|sunrise|noon|midday|dusk|sunset|nightfall|midnight)", re.IGNORECASE
)  # "before dawn on Friday"


_FROM = re.compile(r"\bfrom [^.;,]{3,25} (?:until|till)\s*$")  # "lasted from Thursday until Sunday"


_DONE_BY = re.compile(r"\b(?:was|were) (?!need|promis|demand|requir|want|request|sought|hop)\w+(?:ed|en|ught|ost|old|ain) $")
"""Before "by": "were recaptured by Wednesday" has been, "a reply was wanted by Friday" is to come."""


def tense_at(text: str, span: Span, sentence: Span) -> str:
    """Whether the verb next to a time looks back or ahead: "past", "future" or "" where the sentence does not say.

    The nearest verb before it in its sentence decides; where there is none, the first after it.
    """
    if text.startswith(("'s", "’s"), span.end):  # "Wednesday's ruling" takes its time from no verb
        return ""
    verbs = list(_VERB.finditer(text, max(sentence.start, span.start - 90), span.start))
    last = verbs[-1] if verbs else None
    by = _BY.search(text, max(sentence.start, span.start - 15), span.start)
    if by and ((by.group().startswith("before") and _HOUR.match(text, span.start)) or _FROM.search(text, sentence.start, span.start)):
        by = None
    if last and by and by.group().startswith("by") and _DONE_BY.search(text, sentence.start, by.start()):
        by = None
    if last and not last["future"] and by:
        return "future" if by["soon"] or all(verb["past"] != "had" for verb in verbs[-2:]) else ""
    verb = last or _VERB.search(text, span.end, min(sentence.end, span.end + 120))
    return "" if verb is None else "future" if verb["future"] else "past"


# Where a clause ends: on both sides of a time, and after it also at words that before it may be prepositions ("after the 3 May vote").
_BREAK = re.compile(
    r"[;:—–]|\s-\s|\b(?:that|which|who|whose|where|when|while|because|although|though|but)\b|,\s(?:and|or|as|after|before|since)\b"
)
_BREAK_AFTER = re.compile(_BREAK.pattern + r"|\b(?:after|before|since)\b")
_TOLD = re.compile(rf"\b(?:(?P<future>{_FUTURE}|next)|(?P<present>is|are|expects|wants)|(?P<past>{_DONE}(?:{_PAST})))\b")
_SAYING = frozenset(("said", "says", "told", "added", "announced", "reported", "stated", "warned", "insisted"))
_WILL = re.compile(r"\b(?:[Ww]ill|shall|won['’]t|['’]ll|going to|due to|set to|scheduled (?:to|for)|(?:is|are) to)\b")
_TO_DO = re.compile(r"\bto (?!(?:the|an?|his|her|its|their|this|that|these|those)\b)[a-z]{3,}")
_TIMETABLE = re.compile(
    r"\b(?:deadline|record|payable|(?<!took )effect|effective|postponed|redemption|ceremony|summit|hearing|expires?|begins?|starts?|"
    r"opens?|ends|closes|meets|resumes|reconvenes)\b"
)
_TERM = re.compile(
    r"\b(?:by|until|till|through|extended to|between now and|set(?:s|ting)?(?: an?)?)(?: (?:about|around|early|mid|late))?\s*$"
)
FAR, NEAR = FARTHEST, 92  # days


def ahead_at(text: str, span: Span, sentence: Span) -> int:
    """How many days ahead of publication a date without a year may lie, by the words of its own clause.

    ``FAR`` where it is said to be to come: the verb group before it (else after it), verbs of saying left out, has "will", "is to",
    "scheduled", "next". ``NEAR`` where the clause is of the present, has something still to do or sets a term ("to sign", "until",
    "deadline"): writers leave the year out there too, but only for days soon to come. 0 otherwise.
    """
    start = max((m.end() for m in _BREAK.finditer(text, sentence.start, span.start)), default=sentence.start)
    end = stop.start() if (stop := _BREAK_AFTER.search(text, span.end, sentence.end)) else sentence.end
    verbs = [v for v in _TOLD.finditer(text, start, end) if v.group() not in _SAYING and not span.start <= v.start() < span.end]
    before = [v for v in verbs if v.end() <= span.start]
    verb = before[-1] if before else verbs[0] if verbs else None
    term = _TERM.search(text, start, span.start) and not any(v.group() == "had" for v in before[-2:] or verbs[:2])
    to_do = _TO_DO.search(text, start, span.start)
    if (verb and verb["future"]) or _WILL.search(text, start, span.start) or (term and to_do):
        return FAR
    return NEAR if term or to_do or (verb and verb["present"]) or _TIMETABLE.search(text, start, end) else 0


class VerbsBeside:
    """The verbs beside a time in a text, looked for when they are asked for."""

    def __init__(self, text: str, span: Span, sentence: Span, weekday: bool) -> None:
        self._where, self._weekday = (text, span, sentence), weekday

    @cached_property
    def tense(self) -> str:
        """Of weekdays the nearest verb's; of others the past, and the future only where their own clause says so."""
        tense = tense_at(*self._where)
        if self._weekday or tense == "past":
            return tense
        return "future" if self.ahead == FAR else ""

    @cached_property
    def ahead(self) -> int:
        """As ``ahead_at`` tells."""
        return ahead_at(*self._where)
