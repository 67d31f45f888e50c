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
    shared: dict[tuple[str, Group], int] = defaultdict(int)
    for members in wanted:
        for statement in members:
            if statement in holder:
                shared[holder[statement], members] += 1
    by_old: dict[str, Group] = {}
    by_group: dict[Group, str] = {}
    for key, members in sorted(shared, key=lambda pair: (-shared[pair], pair)):
        if key not in by_old and members not in by_group:
            by_old[key], by_group[members] = members, key
    used = {*old, *taken}
    for members in wanted:
        if members not in by_group:
            by_group[members] = next(key for key in _candidates(members) if key not in used)
            used.add(by_group[members])
    return {by_group[m]: m for m in wanted}, _changes(old, by_group, shared, at)


def _candidates(members: Group) -> Iterator[str]:
    """Ids for a new record: of each of its statements in turn; where all are in use, numbered."""
    yield from map(record_id, members)
    for number in count(2):
        yield record_id(members[0], number)


def _changes(
    old: Mapping[str, Collection[str]], by_group: Mapping[Group, str], shared: Mapping[tuple[str, Group], int], at: dt.datetime
) -> tuple[RecordChange, ...]:
    heirs: dict[str, set[str]] = defaultdict(set)
    for key, members in shared:
        heirs[key].add(by_group[members])
    out: list[RecordChange] = []
    members_of = {key: members for members, key in by_group.items()}
    for key in sorted({*old, *members_of}):
        others = tuple(sorted(heirs[key] - {key}))
        if key not in old:
            out.append(RecordChange(key, Change.NEW, at))
        elif key not in members_of:
            out.append(RecordChange(key, Change.MERGED if others else Change.WITHDRAWN, at, others))
        elif others:
            out.append(RecordChange(key, Change.SPLIT, at, others))
        elif set(members_of[key]) != set(old[key]):
            out.append(RecordChange(key, Change.CHANGED, at))
    return tuple(out)
