"""Records keep their ids as they grow; what became of each is published, as ACLED publishes deletions."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import count

from orbat.corroborate.judged import record_id
from orbat.corroborate.records import Group
from orbat.recordtypes import Change, RecordChange


def assign_ids(
    old: Mapping[str, Collection[str]], groups: Iterable[Group], *, at: dt.datetime, taken: Collection[str] = ()
) -> tuple[dict[str, Group], tuple[RecordChange, ...]]:
    """The id of each group, and what became of the old records.

    The group that shares most statements with an old record keeps its id; ties go to the smallest id, then to the smallest group. A group
    that keeps none gets the id of its smallest statement (of the next one, where that id is in use).

    Args:
        old: the statements of every record that has one of the groups' statements, or that lost all of its own.
        at: when, for the changes.
        taken: other ids that are or were in use.
    """
    wanted = sorted(groups)
    holder = {statement: key for key, members in old.items() for statement in members}
    shared: dict[tuple[str, int], int] = defaultdict(int)  # by the group's place in ``wanted``, which is in the order of the groups
    for number, members in enumerate(wanted):
        for statement in members:
            if statement in holder:
                shared[holder[statement], number] += 1
    given: dict[int, str] = {}
    kept: set[str] = set()
    for key, number in sorted(shared, key=lambda pair: (-shared[pair], pair)):
        if key not in kept and number not in given:
            given[number] = key
            kept.add(key)
    used = {*old, *taken}
    for number, members in enumerate(wanted):
        if number not in given:
            given[number] = next(key for key in _candidates(members) if key not in used)
            used.add(given[number])
    now = {given[number]: members for number, members in enumerate(wanted)}
    heirs: dict[str, set[str]] = defaultdict(set)
    for key, number in shared:
        heirs[key].add(given[number])
    return now, _changes(old, now, heirs, at)


def _candidates(members: Group) -> Iterator[str]:
    """Ids for a new record: of each of its statements in turn; where all are in use, numbered."""
    yield from map(record_id, members)
    for number in count(2):
        yield record_id(members[0], number)


def _changes(
    old: Mapping[str, Collection[str]], now: Mapping[str, Group], heirs: Mapping[str, set[str]], at: dt.datetime
) -> tuple[RecordChange, ...]:
    out: list[RecordChange] = []
    for key in sorted({*old, *now}):
        others = tuple(sorted(heirs.get(key, set()) - {key}))
        if key not in old:
            out.append(RecordChange(key, Change.NEW, at))
        elif key not in now:
            out.append(RecordChange(key, Change.MERGED if others else Change.WITHDRAWN, at, others))
        elif others:
            out.append(RecordChange(key, Change.SPLIT, at, others))
        elif set(now[key]) != set(old[key]):
            out.append(RecordChange(key, Change.CHANGED, at))
    return tuple(out)
