"""Who leads the group, from when to when.

A leader is a person with a name whom a LEAD statement puts at the group's head. The term is the relation's; it also ends where another
record has the leader killed or taken, or another head of the group named later (``corroborate.ended``); an end that is disputed counts
only where there is no other. A commander, governor, military chief or founder is no successor of a head, and none of theirs ends a head's
term; nor does that of a head who was named long before the leader is still called so. A leader who is known to lead no more (``gone``),
though not since when, is shown as such, and on no day's sheet.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from orbat.battle.activity import counts
from orbat.battle.case import Case, latest, parties, party, reported
from orbat.battle.gone import FORMER, MAYBE_FALLEN, falls, freed_since, leaves, was_once
from orbat.battle.parts import Part, Run, Subject
from orbat.battle.values import Leader, Party, When
from orbat.corroborate import ended
from orbat.corroborate.terms import FALLEN, suffering
from orbat.names import fold
from orbat.recordtypes import Record, RecordStatus
from orbat.types import Certainty, EventType, Filler, MentionType, Statement

_UNDER = re.compile(
    r"\b(?:command\w*|governors?|deput\w+|found\w+|form(?:ed|er|ing)?|creat\w+|establish\w*|set up|spokes\w+|co-?lead\w*|officers?"
    r"|leaders|chiefs|heads|bosses|kingpins?|capos?|figures?|heavyweights?|veterans?|lieutenants?)\b",
    re.IGNORECASE,
)
"""Titles that several persons of a group bear at a time, or that are no office."""
_OF_A_PART = re.compile(
    r"\b(?:military|intelligence|security|operations?|finance|financial|media|propaganda|field|local|regional|district) $", re.I
)
"""What makes such a title of "chief" or "leader"."""
_ONE_OF_SOME = re.compile(
    r"\b(?:an?(?! former)|another|one of (?:its|the|their)|senior|high-ranking|mid-level|several|other)(?: [\w-]+){0,2} $", re.I
)
"""What says that there are more such: "a leader of the Front", "a senior Front leader"."""
STILL = dt.timedelta(days=90)
"""Who is called the leader so long after another was named is not the one whom that one followed; news of a change calls both so."""
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def leaders(case: Case) -> tuple[Leader, ...]:
    """Every leader with a name, the latest term first."""
    found = [(_person(key, parts[0].statement), [*parts, *_also(case, key, parts)]) for (_, key), parts in case.gathered("led", _led)]
    if not found:
        return ()
    enders = _Enders(case, heads_of(part for _, said in found for part in said))
    made = (_leader(case, person, said, enders) for person, said in found)
    kept = [leader for leader in made if leader is not None]
    return tuple(sorted(kept, key=lambda x: (x.when.end is not None, -latest(x.when), x.person.name, x.grounds.records)))


def _led(subject: Subject, run: Run) -> Iterator[tuple[Hashable, Part]]:
    """A record's parts by whom they have leading the group."""
    for part in run.happened:
        if part.statement.type is EventType.LEAD and "target" in part.roles:
            yield from (((part.record.id, person.key), part) for person in led_by(part.statement))


def led_by(statement: Statement) -> tuple[Party, ...]:
    """The persons with a name that a LEAD statement has leading."""
    people = [f for f in statement.actor if f.type is MentionType.PERSON]
    return tuple({p.key: p for f in people if (p := party(f, statement)) is not None}.values())


def _person(key: str, statement: Statement) -> Party:
    return next(person for person in led_by(statement) if person.key == key)


def _also(case: Case, key: str, known: Sequence[Part]) -> list[Part]:
    """The record's other statements that have the person leading, where they name nobody else as led ("its leader")."""
    record, ids = known[0].record, {part.statement.id for part in known}
    parts = (Part(record, s, frozenset()) for s in case.said(record) if s.type is EventType.LEAD and s.id not in ids)
    return [
        part
        for part in parts
        if part.happened and key in {p.key for p in led_by(part.statement)} and not parties(part.statement.target, part.statement)
    ]


class Heads:
    """Those who are said to lead the group, to be recognised where it happens to them."""

    def __init__(self, led: Iterable[Part]) -> None:
        self._known: Mapping[str, Party] = {person.key: person for part in led for person in led_by(part.statement)}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Heads) and self._known == other._known

    def __hash__(self) -> int:
        return hash(frozenset(self._known))

    def who(self, filler: Filler, statement: Statement) -> Party | None:
        """The leader that a mention names; None where it names none."""
        if filler.type is not MentionType.PERSON or (person := party(filler, statement)) is None:
            return None
        return self._known.get(person.key)

    @property
    def names(self) -> tuple[Party, ...]:
        """All of them."""
        return tuple(self._known.values())


def heads(case: Case) -> Heads:
    """The heads of a case's group."""
    return case.once("heads", lambda: Heads(part for group in case.groups("heads", _leading).by_key.values() for part in group.parts))


def _leading(subject: Subject, run: Run) -> Iterator[tuple[Hashable, Part]]:
    """A record's parts that have somebody leading the group, all under one key."""
    return ((None, p) for p in run.parts if p.statement.type is EventType.LEAD and "target" in p.roles and not p.statement.negated)


def leads_now(statements: Iterable[Statement]) -> dt.date | None:
    """The last day of publication on which somebody is said to lead as of then: without a day, in a sentence that tells no year, by no
    word that makes it past."""
    now = (s for s in statements if s.date is None and not s.negated and not was_once(s) and not _YEAR.search(s.sentence.text))
    return max((s.document.published for s in now if s.document.published is not None), default=None)


def _is_head(statement: Statement) -> bool:
    """Whether a title is that of a group's head."""
    before = statement.sentence.text[: statement.trigger.span.start - statement.sentence.span.start]
    return not (_UNDER.search(statement.trigger.text) or _OF_A_PART.search(before) or _ONE_OF_SOME.search(before))


def heads_of(parts: Iterable[Part]) -> dict[str, dt.date | None]:
    """The records that have somebody as the group's head, each with the first day that they give for that."""
    found: dict[str, dt.date | None] = {}
    for part in parts:
        if _is_head(part.statement):
            day, known = (part.statement.date.start if part.statement.date else None), found.get(part.record.id)
            found[part.record.id] = min((d for d in (day, known) if d is not None), default=None)
    return found


class _Enders:
    """The records that may end a term: what happens to people and, for a head, the other heads from their first day as one."""

    def __init__(self, case: Case, heads: Mapping[str, dt.date | None]) -> None:
        self._case, self._heads = case, heads
        self._others = [r for id, day in heads.items() if self._stood(r := replace(case.by_id[id], start=day))]
        self._fates = case.once("fates", lambda: _fates(case))

    def of(self, record: Record, person: Party, now: dt.date | None) -> list[Record]:
        """Those of one record of a leader, who is still said to lead on a day."""
        happenings = freed_since(r for r in self._of_person(person) if self._stood(r))
        return [*happenings, *(r for r in self._others if record.id in self._heads and may_follow(r, now))]

    def _of_person(self, person: Party) -> list[Record]:
        return self._fates.get(value_key(person), [])

    def undated(self, person: Party, led: dt.date | None) -> str | None:
        """What is told to have ended a leader's term, no day told or by leaving; None where nothing is.

        Args:
            led: the last day on which the person is said to lead: who left before has come back.
        """
        subject, fates = self._case.subject, freed_since(self._of_person(person))
        fallen = [fate.certainty for fate in fates if falls(fate)]
        if Certainty.FACT in fallen:
            return FALLEN
        for fate in fates:
            back = led is not None and fate.start is not None and led >= fate.start
            if (
                not back
                and any(leaves(s, person, subject) for s in self._case.said(fate))
                and (self._case.as_of is None or self._stood(fate))
            ):
                return "left" if fate.start is None else f"left, {fate.start.year}"
        return MAYBE_FALLEN if fallen else None

    def _stood(self, record: Record) -> bool:
        return self._case.as_of is None or (record.start is not None and record.start <= self._case.as_of)


def may_follow(other: Record, now: dt.date | None) -> bool:
    """Whether another head may have followed one who is still said to lead on a day."""
    return now is None or other.start is None or other.start + STILL >= now


def value_key(person: Party) -> str:
    """What a record's fields call a person by."""
    return person.id or fold(person.name)


def _fates(case: Case) -> Mapping[str, list[Record]]:
    """What happens to those who are said to lead it, whatever the day, by their keys."""
    led = (part.statement for group in case.groups("led", _led).by_key.values() for part in group.parts)
    wanted = {value_key(person) for statement in led for person in led_by(statement)}
    found: dict[str, list[Record]] = defaultdict(list)
    for record in (*case.records, *case.also):
        if counts(record):
            leaving = record.actors.values if EventType.LEAVE in record.types else ()
            for key in wanted & suffering(record).union(value.key for value in leaving):
                found[key].append(record)
    return found


def _leader(case: Case, person: Party, said: Sequence[Part], enders: _Enders) -> Leader | None:
    record, statements = said[0].record, [part.statement for part in said]
    may_end = enders.of(record, person, leads_now(statements))
    later = ended(record, [r for r in may_end if r.status is not RecordStatus.DISPUTED])
    if later.end is None:
        later = ended(record, may_end)  # a disputed end is shown where there is no other; its record says what is disputed
    if case.as_of is not None and later.end is not None and later.end < case.as_of:
        return None
    begins = any(f.name == "start" and f.values for f in record.fields)
    when = When(later.start, later.end, later.date_prec, begins, *reported(statements))
    titles = tuple(dict.fromkeys(fold(s.trigger.text) for s in statements))
    led = max((s.date.start for s in statements if s.date is not None), default=None)
    why = _why(record, later) or (FORMER if all(map(was_once, statements)) else enders.undated(person, led))
    if case.as_of is not None and why not in (None, MAYBE_FALLEN) and later.end is None:
        return None
    return Leader(person, titles, when, why, case.grounds((record, s) for s in statements))


def _why(record: Record, later: Record) -> str | None:
    if later.end is None:
        return None
    if record.end is not None:
        return "said to end"
    end = next(f for f in later.fields if f.name == "end")
    return next((v.text for v in end.values if v.key == later.end.isoformat()), "said to end")
