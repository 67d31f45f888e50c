"""What a sentence denies, by its words: "the army denied that its troops had shelled the town". Pure.

The reading's network hears most denials, but not those of a clause of its own, and who denies a part in an attack would then stand as
who made it. Where the corpus's training articles deny something in such words, 37 of the 39 events that this calls denied are marked so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from orbat.types import Annotations, Event, EventType, Role, Span

_DENIES = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|(?:reject|dismiss|refut)(?:s|es|ed|ing)?"
    r"(?= [^.;:]{0,40}\b(?:reports?|claims?|allegations?|accusations?)\b))\b"
)
_STEMS = ("deny", "denie", "eject", "ismiss", "refut", " version of ")
_ENDS = re.compile(
    r"[;:\"”“]|, (?:but|and|which|who|whose|where|when|saying|adding|after|before|as|despite|although|though|while)\b"
    r"|\b(?:but|although|though|while|whereas|which|despite|because|until|saying)\b"
    r"|\band (?:says?|said|blame[sd]|accuse[sd]|insist(?:s|ed)|added?|vow(?:s|ed))\b"
)
"""Where what is denied ends at the latest."""
_CLAUSE = re.compile(
    r"(?: \w+ly| on \w+| again| late \w+| last \w+)*"
    r"(?: (?:an?|the|any|all|such|previous|earlier)?(?: [\w.'’-]+){0,4}? ?"
    r"(?:reports?|claims?|allegations?|accusations?|suggestions?|rumou?rs?))?"
    r" (?:that\b|(?:ever |even )?(?:having|being|[a-z]+ing)\b)"
)
"""What follows the word where a clause is denied: "that …", "having …", "reports that …"."""
_OF_IT = re.compile(
    r"\b(?:[Rr]eports?|[Cc]laims?|[Aa]llegations?|[Aa]ccusations?|[Ss]uggestions?|[Rr]umou?rs?)"
    r"(?P<what> (?:that|of|about|from)\b[^.;:\"“”]{3,140}?),? (?:ha(?:s|ve|d)|was|were|is|are)(?: \w+ly| also| since)? (?:been )?"
    r"(?:\w+ly )?(?:denied|rejected|dismissed|refuted)\b"
)
"""Where what is denied stands before the word: "reports of his death have been denied"."""
_CORRECTED = re.compile(
    r"\b[Aa]n? (?:earlier|previous|original|first) version of (?:this|the|our) [^.;:\"“”]{1,60}?"
    r"\b(?:said|stated|reported|gave|misstated|claimed|put)\b"
)
"""What an article takes back in what it says of itself: "an earlier version of this story said that"."""
_BOTH = re.compile(r"(?:,? (?:or|nor|and)| or)(?: \w+)? ")
_IS = re.compile(r"\b(?:was|were|is|are|be|being|been|had|has|have|ever|as)\b[^,]{0,30}$")
_RELATIONS = frozenset({EventType.LEAD, EventType.BELONG})
_WORDS = frozenset({EventType.ACCUSE, EventType.CLAIM})
"""What is said of a denial itself: an accusation that is denied has been made."""
_OWNS_UP = re.compile(r"responsib|claim", re.IGNORECASE)
_RESPONSIBLE = re.compile(r"(?: \w+){0,2} responsib")
_VIOLENCE = frozenset(
    {
        EventType.ATTACK, EventType.BOMBING, EventType.STRIKE, EventType.CLASH, EventType.KILL, EventType.INJURE, EventType.ABDUCT,
        EventType.ABUSE,
    }
)  # fmt: skip


def with_denials(text: str, annotations: Annotations) -> Annotations:
    """The annotations in which the events are negated that their sentence denies in a clause of its own, and in which nobody is the actor
    of violence whose authorship the sentence denies or leaves unclaimed."""
    found = _Denials(text, annotations)
    changed = {i: event for sentence in found.sentences() for i, event in found.of(sentence)}
    if not changed:
        return annotations
    return replace(annotations, events=tuple(changed.get(i, event) for i, event in enumerate(annotations.events)))


def _holds(text: str, sentence: Span, stems: list[str]) -> bool:
    return any(text.find(stem, sentence.start, sentence.end) >= 0 for stem in stems)


@dataclass(frozen=True, slots=True)
class _Denials:
    text: str
    annotations: Annotations

    def sentences(self) -> Iterator[int]:
        """The numbers of the sentences that may deny something."""
        found = {e.sentence for e in self.annotations.events if e.type is EventType.CLAIM and e.negated}
        if stems := [stem for stem in _STEMS if stem in self.text]:
            spans = self.annotations.sentences
            told = {i for i in {e.sentence for e in self.annotations.events} if _holds(self.text, spans[i], stems)}
            for word in (_DENIES, _OF_IT, _CORRECTED):
                found |= {i for i in told if word.search(self.text, spans[i].start, spans[i].end)}
        return iter(sorted(found))

    def of(self, sentence: int) -> Iterator[tuple[int, Event]]:
        """The events of a sentence that change, each with its number."""
        events = {i: e for i, e in enumerate(self.annotations.events) if e.sentence == sentence}
        unchanged = dict(events)
        span = self.annotations.sentences[sentence]
        for denial in _DENIES.finditer(self.text, span.start, span.end):
            self._deny(denial.end(), span, events)
        for before in _OF_IT.finditer(self.text, span.start, span.end):
            self._negate(Span(*before.span("what")), span.end, events)
        for taken_back in _CORRECTED.finditer(self.text, span.start, span.end):
            self._negate(Span(taken_back.end(), self._end(taken_back.end(), span)), span.end, events)
        self._unclaim(span, events)
        return ((i, e) for i, e in events.items() if e is not unchanged[i])

    def _deny(self, at: int, span: Span, events: dict[int, Event]) -> None:
        clause = _CLAUSE.match(self.text, at, span.end)
        if clause is None:
            return
        opens = self.text.rfind(" ", at, clause.end()) if clause.group().endswith("ing") else clause.end()
        end = self._end(clause.end(), span)
        self._negate(Span(opens, end), at, events)

    def _negate(self, clause: Span, at: int, events: dict[int, Event]) -> None:
        """Negate the first event of a clause and what is joined to it, but for what somebody named after ``at`` tells."""
        inside = [i for i, e in events.items() if clause.start <= e.trigger.start < clause.end and e.type not in _WORDS]
        inside = [i for i in inside if not self._aside(events[i], clause.start)]
        previous: Event | None = None
        for i in inside:
            event = events[i]
            if previous is not None and not _BOTH.fullmatch(self.text, previous.trigger.end, event.trigger.start):
                break
            if not self._others_word(event, at):
                events[i] = event = replace(event, negated=True)
            previous = event
        if previous is not None and previous.negated:
            self._spare(previous, events)

    def _aside(self, event: Event, opens: int) -> bool:
        """Whether an event is only told of somebody in the clause: "that its commander X had been killed"."""
        within = self.text[opens : event.trigger.start]
        held = event.trigger.of(self.text).endswith("ing") or _IS.search(within) is not None or not within.strip()
        return event.type in _RELATIONS and not held

    def _others_word(self, event: Event, at: int) -> bool:
        """Whether an event is told by somebody named after the word that denies: "denied an army report that it had …"."""
        return event.source is not None and self.annotations.mentions[event.source].span.start > at

    def _spare(self, denied: Event, events: dict[int, Event]) -> None:
        """Take from the violence that the sentence tells after what is denied those who are denied to have done that: "that its men took
        part in an attack, which left four dead"."""
        theirs = set(denied.of(Role.ACTOR))
        for i, event in events.items():
            if event.type in _VIOLENCE and not event.negated and event.trigger.start > denied.trigger.end:
                events[i] = event.without(Role.ACTOR, theirs)

    def _unclaim(self, span: Span, events: dict[int, Event]) -> None:
        """Take from violence that is not claimed who did not claim it: "Boko Haram has not claimed the attack"."""
        for claim in [e for e in events.values() if e.type is EventType.CLAIM and e.negated]:
            end = self._end(claim.trigger.end, span)
            said = claim.trigger.of(self.text)
            if not _OWNS_UP.search(said) and not _RESPONSIBLE.match(self.text, claim.trigger.end, end):
                continue
            theirs = set(claim.of(Role.ACTOR))
            for i, event in events.items():
                if event.type in _VIOLENCE and not event.negated and claim.trigger.end <= event.trigger.start < end:
                    spared = event.without(Role.ACTOR, theirs)
                    events[i] = replace(spared, source=None) if spared.source in theirs else spared

    def _end(self, start: int, span: Span) -> int:
        found = _ENDS.search(self.text, start, span.end)
        return found.start() if found else span.end
