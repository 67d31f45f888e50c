"""What a sentence's words leave open, where the reading's network takes it for a fact. Pure.

Of 36 attacks of the corpus that are planned, plotted or prepared, three are marked as likely and three as facts, each "the attack".
Five denials in words of their own are found in its 1,085 articles, all five rightly tied to what is denied.

PLANS      "planned attacks in the north": to come, unless it was "the attack"
UNDECIDED  "neither confirmed nor denied it": nothing is claimed or denied
ASKS       "Is it tied to the council?", "Emir dead?": possible
NONE       "it lost no officers": it did not
WITHOUT    "entered the town without a fight": there was none
NO PART    "it took no part in the attack": somebody else's attack
HEARSAY    "is said to have been killed": likely. Of those that nobody is named for the training part marks eleven so and six as facts; of
           "is reported to" one and five, which stay
OPEN       "Oslo would not confirm", "neither confirmed nor denied that its planes had bombed the town": possible, and not by Oslo
GAINSAID   "accuses Oslo of arming it, which Oslo denies": denied by Oslo, beside what was said
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from orbat.types import Annotations, Certainty, Event, EventType, Role, Span

_VIOLENCE = frozenset(
    {EventType.ATTACK, EventType.BOMBING, EventType.STRIKE, EventType.CLASH, EventType.KILL, EventType.ABDUCT, EventType.ABUSE}
)
_PLANS = re.compile(
    r"\b(?:plan(?:s|ned|ning)?|plot(?:s|ted|ting)?|prepar(?:es?|ed|ing)|conspir(?:es?|ed|ing))"
    r"(?: (?:for|of|to|out|carry|launch|new|more|major|further|fresh|several|some|an?|terrorist|suicide|simultaneous|similar))* $"
)
_NEITHER = re.compile(r"\bconfirm(?:s|ed|ing)? (?:or|nor) (?:to )?$")
_NEITHER_NOR = re.compile(r"(?:neither )?confirm(?:s|ed|ing)? (?:or|nor) (?:to )?den")
_STEMS = ("plan", "plot", "prepar", "conspir")
_HIRED = re.compile(
    r"\b(?:recruited|hired|paid|bribed|contracted|commissioned|ordered|tasked|instructed)(?: by [^,.;]{2,40}?)?(?: \w+)? to $"
)
"""Whom somebody has do something, which may not have come to it."""
_TOLD = frozenset({Certainty.FACT, Certainty.LIKELY})
_ASKS = re.compile(
    r"[\W\d]*(?:Q(?:uestion)?[:.]\s+)?(?:And |But |So )?"
    r"(?:Is|Are|Was|Were|Do|Does|Did|Has|Have|Had|Will|Would|Can|Could|Should|Might|May)(?:n['’]t)? "
)
_ASKS_WHAT = re.compile(r"[\W\d]*(?:And |But |So )?(?:who|what|why|how|when|where|which|whose|whom)", re.IGNORECASE)
_FEW = 45  # letters
_ASKED = frozenset(
    {
        EventType.ALLY, EventType.BELONG, EventType.LEAD, EventType.SUPPORT, EventType.HOLD, EventType.RECRUIT, EventType.SPLIT,
        EventType.JOIN, EventType.LEAVE, EventType.GAIN,
    }
)  # fmt: skip
_OF_SOMETHING = re.compile(r"\b(?:the|an?|its|their|his|her|this|that|these|those|any|more|[A-Z]\w*['’]s?) $")
_HEARSAY = re.compile(
    r"(?:\b(?:is|are|was|were)(?: (?!been)\w+)?|,) (?:said|alleged|claimed|rumou?red|understood)(?: \w+)? to "
    r"(?:(?:have|be|been|being|had|already|also|since|once|\w+ly) )*$"
)
_SAID_TO = tuple(f"{said} to " for said in ("said", "alleged", "claimed", "rumoured", "rumored", "understood"))
_BEFORE = (" to ", " have ", " had ", " be ", " been ", " being ", "ly ", " already ", " also ", " since ", " once ")
_UNCONFIRMED = re.compile(
    r"(?:\b(?:has|have|had|did|does|do|could|can|would|will|was|were) (?:not|never)|\b(?:has|have|had|did|does|do|could|ca|would)n['’]t"
    r"|\b(?:declined|refused) to)(?: (?:yet|be able to|\w+ly))* confirm(?:ed)?"
    r" (?:that|whether|if|(?:reports?|claims?|(?:the|any) [a-z]+) (?:that|of)) "
    r"|\bconfirm(?:s|ed|ing)? (?:or|nor) (?:to )?den(?:y|ies|ied|ying) (?:that|whether|having|reports? (?:that|of)) "
)
_KNOWN = frozenset({EventType.CLAIM, EventType.ACCUSE, EventType.LEAD, EventType.BELONG})
"""What is told of somebody in a sentence that leaves something else open."""
_CONFIRM = (" confirm ", " confirms ", " confirmed ", " confirming ")
_NONE = re.compile(r" no (?!longer\b|fewer\b|less\b|more\b|sooner\b|doubt\b)(?:[\w-]+ )?")
_WITHOUT = re.compile(r"\bwithout (?:an? |any |another |firing |further |much )*$")
_NO_PART = re.compile(
    r"\b(?:t(?:ake|akes|ook|aking|aken)|play(?:s|ed|ing)?|ha(?:s|ve|d|ving)) (?:no|neither) (?:part|role|hand|involvement|share) in\b"
    r"|\bha(?:s|ve|d|ving) nothing to do with\b|\b(?:was|were|is|are|been) not involved in\b"
)
_NO = (" no ", " nothing ", " not involved ", " neither ")
_ENDS = re.compile(r"[.;:]|, (?:but|and|which|who)\b")
_CHARGE = r"the (?:charges?|claims?|accusations?|allegations?|reports?)"
_ONCE = r"(?:(?:has|have|had) )?(?:(?:always|repeatedly|consistently|since|long|flatly|promptly|\w+ly) )*"
_STOP = r"(?: \w+ly)?(?=[.;,)]| (?:on|in|last|at) )"
_WHICH = re.compile(r"(?:,|;| [-–—]+) (?:(?:something |an? (?:charge|accusation|claim|allegation) )?(?:that|which) )$")
_BUT = re.compile(r"(?:;|,| [-–—]+) (?:but |and |though |although )?$")
_AT = r"(?: (?:in|from) [A-Z][\w’'-]+)?"
_DENIED = re.compile(rf"{_AT} {_ONCE}(?:(?:den(?:y|ies|ied))(?: (?:it|this|that|them|{_CHARGE}))?|reject(?:s|ed)?(?: {_CHARGE})?){_STOP}")
_DENIED_IT = re.compile(rf"{_AT} {_ONCE}(?:den(?:y|ies|ied) (?:it|this|that|them|{_CHARGE})|reject(?:s|ed)? {_CHARGE}){_STOP}")
_LIES = (" deny", " deni", " reject")
_DONE = frozenset({EventType.DEPLOY, EventType.AGREE, EventType.NEGOTIATE, EventType.SEIZE, EventType.INJURE})
_GAINSAID = (_VIOLENCE | _ASKED | _DONE) - {EventType.SPLIT, EventType.CLASH}


def with_hedges(text: str, annotations: Annotations) -> Annotations:
    """The annotations in which what is planned is to come, what somebody is hired for a condition, what is asked is possible, as is what
    somebody does not confirm, what is said to have happened is likely, what was done to none or done without was not done, who took no part
    in something has not done it, and what somebody denies in words of their own is denied by them too."""
    events = [_none(text, annotations, _left_open(text, annotations, e)) for e in annotations.events if not _undecided(text, e)]
    if any(word in text for word in _CONFIRM):
        events = [_unconfirmed(text, annotations, event) for event in events]
    if any(said in text for said in _SAID_TO):
        events = [_hearsay(text, annotations, event) for event in events]
    if any(stem in text for stem in _LIES):
        events = list(_gainsaid(text, annotations, events))
    same = len(events) == len(annotations.events) and all(a is b for a, b in zip(events, annotations.events, strict=True))
    return annotations if same else replace(annotations, events=tuple(events))


def _undecided(text: str, event: Event) -> bool:
    """Whether somebody is said neither to confirm nor to deny something: no denial, and nothing that is claimed."""
    if event.type is not EventType.CLAIM:
        return False
    start = max(0, event.trigger.start - 36)
    return _NEITHER.search(text, start, event.trigger.start) is not None or _NEITHER_NOR.match(text, event.trigger.start) is not None


def _left_open(text: str, annotations: Annotations, event: Event) -> Event:
    sentence, at = annotations.sentences[event.sentence], event.trigger.start
    if event.certainty in _TOLD and _is_bare_question(text, sentence) and not event.negated:
        return replace(event, certainty=Certainty.POSSIBLE)
    if event.type in _VIOLENCE:
        near = max(sentence.start, at - 60)
        planned = any(text.find(stem, near, at) >= 0 for stem in _STEMS)
        if planned and event.certainty in _TOLD and not event.negated and _PLANS.search(text, near, at):
            return replace(event, certainty=Certainty.FUTURE)
        if event.certainty in _TOLD and not event.negated and text.startswith(" to ", at - 4) and _HIRED.search(text, near, at):
            return replace(event, certainty=Certainty.HYPOTHETICAL)
        if not event.negated and event.certainty in _TOLD and text.find("without ", near, at) >= 0 and _WITHOUT.search(text, near, at):
            return replace(event, negated=True, certainty=Certainty.FACT)
        return _no_part(text, annotations, event, sentence)
    asked = event.type in _ASKED and event.certainty in _TOLD and text[sentence.end - 1] == "?" and _ASKS.match(text, sentence.start)
    if asked and not _OF_SOMETHING.search(text, max(sentence.start, at - 40), at):
        return replace(event, certainty=Certainty.POSSIBLE)
    return event


def _is_bare_question(text: str, sentence: Span) -> bool:
    """Whether a sentence of few words is a question by its mark alone: "Gang behind massacre?"."""
    if text[sentence.end - 1] != "?" or sentence.end - sentence.start > _FEW:
        return False
    return _ASKS.match(text, sentence.start) is None and _ASKS_WHAT.match(text, sentence.start) is None


def _none(text: str, annotations: Annotations, event: Event) -> Event:
    """The event as one that did not happen where its trigger is followed by "no" and whom or what it would have been done to."""
    if event.negated or not text.startswith(" no ", event.trigger.end) or (none := _NONE.match(text, event.trigger.end)) is None:
        return event
    starts = {annotations.mentions[i].span.start for i in event.of(Role.TARGET)}
    return event if starts.isdisjoint((event.trigger.end + len(" no "), none.end())) else replace(event, negated=True)


def _hearsay(text: str, annotations: Annotations, event: Event) -> Event:
    """The event as likely where nobody who has a name says it, but "it is said to have" happened."""
    at = event.trigger.start
    if event.certainty is not Certainty.FACT or not text.endswith(_BEFORE, 0, at):
        return event
    near = max(annotations.sentences[event.sentence].start, at - 60)
    return replace(event, certainty=Certainty.LIKELY) if _HEARSAY.search(text, near, at) else event


def _unconfirmed(text: str, annotations: Annotations, event: Event) -> Event:
    """The event as possible, and as nobody's word who is only said not to confirm it."""
    if event.certainty is not Certainty.FACT or event.type in _KNOWN:
        return event
    sentence, at = annotations.sentences[event.sentence], event.trigger.start
    word = next(reversed(list(_UNCONFIRMED.finditer(text, sentence.start, at))), None)
    if word is None or _ENDS.search(text, word.end(), at):
        return event
    if event.source is not None and annotations.mentions[event.source].span.end > word.start():  # "to confirm reports that"
        return event
    return replace(event, certainty=Certainty.POSSIBLE, negated=False, source=None)


def _no_part(text: str, annotations: Annotations, event: Event, sentence: Span) -> Event:
    """The event without the actors who are said to have had no part in it."""
    if event.negated or not event.arguments or not any(text.find(w, sentence.start, event.trigger.start) >= 0 for w in _NO):
        return event
    word = next(reversed(list(_NO_PART.finditer(text, sentence.start, event.trigger.start))), None)
    if word is None or _ENDS.search(text, word.end(), event.trigger.start):
        return event
    return event.without(Role.ACTOR, {i for i in event.of(Role.ACTOR) if annotations.mentions[i].span.start <= word.start()})


def _gainsaid(text: str, annotations: Annotations, events: list[Event]) -> Iterator[Event]:
    """The events, each that somebody denies right after it followed by what they say of it."""
    denials = {at: who for who, at in _denials(text, annotations, events)}
    for i, event in enumerate(events):
        yield event
        if i in denials:
            yield replace(event, negated=True, certainty=Certainty.FACT, source=denials[i])


def _denials(text: str, annotations: Annotations, events: list[Event]) -> Iterator[tuple[int, int]]:
    """The number of the mention that denies something, with the number of the event that is denied: the last that is told before."""
    for number, mention in enumerate(annotations.mentions):
        sentence = annotations.sentences[mention.sentence]
        if _DENIED.match(text, mention.span.end, sentence.end) is None:
            continue
        article = next((a for a in ("the ", "an ", "a ") if text[: mention.span.start][-len(a) :].lower() == a), "")
        start = mention.span.start - len(article)
        by_itself = _DENIED_IT.match(text, mention.span.end, sentence.end) is not None
        if start <= sentence.start:
            where: tuple[int, ...] = (mention.sentence - 1,) if by_itself and "\n" not in text[sentence.start - 2 : sentence.start] else ()
        else:
            lead = text[max(sentence.start, start - 30) : start]
            joined = _WHICH.search(lead) is not None or (by_itself and _BUT.search(lead) is not None)
            where = (mention.sentence, mention.sentence - 1)[: 2 if by_itself else 1] if joined else ()
        told = _last_told(annotations, events, where, mention.span.start)
        if told is not None and not events[told].negated and events[told].source != number:
            yield number, told


def _last_told(annotations: Annotations, events: list[Event], where: tuple[int, ...], stop: int) -> int | None:
    """The number of the last event before a place, in the first of some sentences that tells of any that somebody may deny."""
    for sentence in where:
        found = [i for i, e in enumerate(events) if e.sentence == sentence and e.trigger.end <= stop and e.type in _GAINSAID]
        said = [i for i in found if events[i].source is not None or events[i].certainty is not Certainty.FACT]
        if said or (found and stop <= annotations.sentences[sentence].end):
            return max(said or found, key=lambda i: events[i].trigger.start)
    return None
