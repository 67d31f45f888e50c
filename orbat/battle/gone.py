"""Who leads the group no more by what is told of him, though not always since when. Pure.

FORMER  "its former commander Ali", "Ali, until now its emir", "who led it until his arrest"
FALLEN  a record has the leader killed or arrested, on a day that nobody tells, or likely so
LEFT    a record has the leader leaving the group, or surrendering
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from orbat.battle.case import parties
from orbat.battle.parts import HAPPENED, Subject
from orbat.battle.values import Party
from orbat.corroborate.terms import FALLEN
from orbat.recordtypes import Record, RecordStatus
from orbat.types import EventType, Statement

FORMER, MAYBE_FALLEN = "led it before", f"{FALLEN}, likely"
_BEFORE = re.compile(
    r"\b(?:former(?:ly)?|ex|erstwhile|one-?time|previously|until (?:now|then|recently)|once(?! (?:he|she|they|it|again)\b))\b"
    r"[\w \-'’]{0,30}$|\b(?:the|then) late [\w \-'’]{0,30}$",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"[^.;:]{0,60}?\buntil (?:his|her|he|she|(?:\w+ )?\d{4}\b|that (?:year|month))")
_SURRENDERS = re.compile(r"\b(?:defect\w*|surrender\w*|went over|gave (?:himself|herself) up|switch\w* sides)\b", re.IGNORECASE)


def was_once(statement: Statement) -> bool:
    """Whether a statement of leading says by its words that it is past."""
    text, at = statement.sentence.text, statement.sentence.span.start
    start, end = statement.trigger.span.start - at, statement.trigger.span.end - at
    return _BEFORE.search(text, 0, start) is not None or _UNTIL.match(text, end) is not None


def falls(record: Record) -> bool:
    """Whether a record has its victim killed or arrested on a day that nobody tells; what is disputed counts for nothing."""
    fallen = {EventType.KILL, EventType.ARREST}.intersection(record.types)
    return bool(fallen) and record.start is None and record.status is not RecordStatus.DISPUTED


def freed_since(fates: Iterable[Record]) -> list[Record]:
    """What befell a leader, without the arrests that he was released from on the same day or later, or on a day that nobody tells."""
    known = list(fates)
    free = [r for r in known if EventType.RELEASE in r.types]
    return [r for r in known if EventType.ARREST not in r.types or EventType.KILL in r.types or not any(_after(f, r) for f in free)]


def _after(release: Record, arrest: Record) -> bool:
    return release.start is None or arrest.start is None or release.start >= arrest.start


def leaves(statement: Statement, person: Party, subject: Subject) -> bool:
    """Whether a statement has a person leaving the group, or surrendering."""
    s = statement
    if s.type is not EventType.LEAVE or s.negated or s.certainty not in HAPPENED or person.key not in {p.key for p in parties(s.actor, s)}:
        return False
    others = parties((*s.target, *s.origin), s)
    return not others or any(subject.is_(other) for other in others) or _SURRENDERS.search(s.trigger.text) is not None
