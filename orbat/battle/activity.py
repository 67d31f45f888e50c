"""Events by month and type, with casualties: counted by records, so that copies and reports of the same thing count once.

A record counts in the month in which all its days lie, in the year where only that is sure, else as ``undated``. Records that are
denied, or that nobody says have happened, do not count.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

from orbat.battle.case import Case
from orbat.battle.parts import HAPPENED, Part, Run, Subject
from orbat.battle.values import Activity
from orbat.recordtypes import Record, RecordKind, RecordStatus
from orbat.types import Count

UNDATED = "undated"


def activity(case: Case) -> tuple[Activity, ...]:
    """One value a month, type and side; months in order, what has no day last."""
    made: list[Activity] = case.values("activity", _counted, _activity)
    return tuple(sorted(made, key=lambda a: (a.period == UNDATED, a.period, a.kind, a.side)))


def _counted(subject: Subject, run: Run) -> Iterator[tuple[Hashable, Part]]:
    """A record's parts under its month, type and side, where it counts."""
    said = run.happened
    if said and counts(record := said[0].record):
        key = period(record.start, record.end), record.type.value.lower(), _side(subject, said)
        yield from ((key, part) for part in said)


def months(case: Case) -> tuple[Activity, ...]:
    """The same where the case is as of now, made once for all who ask."""
    return case.once("months", lambda: activity(case))


def counts(record: Record) -> bool:
    """Whether a record is an event that happened."""
    return record.kind is RecordKind.EVENT and record.status is not RecordStatus.DENIED and record.certainty in HAPPENED


def period(start: dt.date | None, end: dt.date | None) -> str:
    """The month or year in which all of some days lie; ``undated`` where neither does."""
    if start is None:
        return UNDATED
    last = end or start
    if (start.year, start.month) == (last.year, last.month):
        return f"{start:%Y-%m}"
    return f"{start:%Y}" if start.year == last.year else UNDATED


def casualties(records: tuple[Record, ...], kind: str) -> Count | None:
    """People of one kind over some records, all sides together; None where none gives a figure."""
    tolls = [toll for record in records if (toll := record.total(kind)) is not None]
    if not tolls:
        return None
    return Count(sum(t.low for t in tolls), sum(t.best for t in tolls), sum(t.high for t in tolls))


def _side(subject: Subject, said: Sequence[Part]) -> str:
    roles = frozenset(role for part in said for role in part.roles)
    if "actor" in roles:
        return "both" if "target" in roles or _shared(subject, said[0].record) else "by"
    return "to"


def _shared(subject: Subject, record: Record) -> bool:
    """Whether the group is on both sides of the record as a whole."""
    return any(map(subject.holds, record.actors.values)) and any(map(subject.holds, record.targets.values))


def _activity(case: Case, key: tuple[str, str, str], said: Sequence[Part]) -> Activity:
    records = tuple({part.record.id: part.record for part in said}.values())
    killed, injured, abducted = (casualties(records, kind) for kind in ("killed", "injured", "abducted"))
    return Activity(*key, len(records), killed, injured, abducted, case.grounds((part.record, part.statement) for part in said))


def months_of(found: tuple[Activity, ...]) -> dict[str, int]:
    """The number of records in each month or year."""
    total: dict[str, int] = defaultdict(int)
    for each in found:
        total[each.period] += each.records
    return dict(total)
