"""The parts of a case by what they speak of, whatever the day; and what is made of them, once for all days and for as long as they stay.

A section of a sheet gathers parts under keys: whom the group fought, a place, a month. As of a day a value is made of those parts that
count on it: mostly of all that have a day, so the value is the same for most days. When a case is loaded again, only what records that
changed say is gathered anew, and only the values of their keys are made anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import is_
from typing import TYPE_CHECKING, Any

from orbat.recordtypes import RecordKind

if TYPE_CHECKING:
    from orbat.battle.case import Case
    from orbat.battle.parts import Part, Run, Subject

Gather = Callable[["Subject", "Run"], Iterable[tuple[Hashable, "Part"]]]
"""Gives the parts that one record's parts have under each key. One that is made anew must equal another that gathers the same."""
Make = Callable[["Case", Any, Sequence["Part"]], Any]
"""Makes a value of a key and of some of its parts, of nothing else: not of the day."""


class Group:
    """The parts under one key.

    ``place``: where it stands among the groups: the id of its first part's record, and its place among the keys of that record.
    Its values are made as they are asked for: that of all parts, and that of the day that was asked for last.
    """

    __slots__ = ("_last", "_lasting", "_may", "_since", "_whole", "parts", "place")

    def __init__(self, parts: tuple[Part, ...], place: tuple[str, int], *, told: bool) -> None:
        self.parts, self.place = parts, place
        days = [part.statement.document.published if told else part.record.start for part in parts]
        self._lasting = not told and any(map(_lasts, parts))
        may = [part for part, day in zip(parts, days, strict=True) if day is not None or (self._lasting and _lasts(part))]
        self._may = parts if len(may) == len(parts) else tuple(may)
        self._since = max((day for day in days if day is not None), default=dt.date.min)
        self._whole: Any = None
        self._last: tuple[Sequence[Part], Any] = ((), None)

    def value(self, case: Case, key: Hashable, make: Make, *, told: bool) -> Any:
        """What is made of the parts that count on the case's day; None where none does."""
        parts = self.on(case, told=told)
        if not parts:
            return None
        if len(parts) == len(self.parts):
            if self._whole is None:
                self._whole = make(case, key, self.parts)
            return self._whole
        last, value = self._last
        if len(last) != len(parts) or not all(map(is_, last, parts)):
            value = make(case, key, parts)
            self._last = parts, value
        return value

    def on(self, case: Case, *, told: bool) -> Sequence[Part]:
        """The parts that count on the case's day."""
        if case.as_of is None:
            return self.parts
        if self._since <= case.as_of and not self._lasting:
            return self._may
        if told:
            return [part for part in self._may if case.was_told(part)]
        return [part for part in self._may if part.record.id in case.standing]


@dataclass(frozen=True, slots=True)
class Groups:
    """All groups of a section, in the order of their first parts. ``told``: on a day counts what was told by then, not what held."""

    gather: Gather
    told: bool
    by_key: Mapping[Hashable, Group]

    @classmethod
    def of(cls, gather: Gather, subject: Subject, runs: Iterable[Run], *, told: bool = False) -> Groups:
        """The groups of records' parts, those of one record together."""
        found: dict[Hashable, tuple[list[Part], tuple[str, int]]] = {}
        for run in runs:
            _add(found, gather(subject, run))
        return cls(gather, told, {key: Group(tuple(parts), place, told=told) for key, (parts, place) in found.items()})

    def after(self, subject: Subject, old: Iterable[Run], runs: Mapping[str, Run], changed: Collection[str]) -> Groups:
        """The groups where some records changed.

        Args:
            old: the parts that these had.
            runs: the parts of all records now, by their ids.
            changed: the ids of those that changed, came or went.
        """
        new: dict[Hashable, tuple[list[Part], tuple[str, int]]] = {}
        for id in changed:
            _add(new, self.gather(subject, runs[id]) if id in runs else ())
        touched = {key for run in old for key, _ in self.gather(subject, run)} | new.keys()
        found, stays = dict(self.by_key), True
        for key in touched:
            kept = found.get(key)
            parts = [part for part in kept.parts if part.record.id not in changed] if kept else []
            parts += new[key][0] if key in new else ()
            parts.sort(key=lambda part: part.record.id)  # stable: those of a record stay in its order
            if parts:
                found[key] = Group(tuple(parts), self._place(subject, key, runs[parts[0].record.id]), told=self.told)
            elif kept:
                del found[key]
            stays &= kept is not None and (not parts or found[key].place == kept.place)
        ordered = found if stays else dict(sorted(found.items(), key=lambda item: item[1].place))
        return Groups(self.gather, self.told, ordered)

    def _place(self, subject: Subject, key: Hashable, run: Run) -> tuple[str, int]:
        return run.parts[0].record.id, next(place for place, (each, _) in enumerate(self.gather(subject, run)) if each == key)


def _add(found: dict[Hashable, tuple[list[Part], tuple[str, int]]], gathered: Iterable[tuple[Hashable, Part]]) -> None:
    for place, (key, part) in enumerate(gathered):
        group = found.get(key)
        if group is None:
            found[key] = [part], (part.record.id, place)
        else:
            group[0].append(part)


def _lasts(part: Part) -> bool:
    return part.record.kind is RecordKind.RELATION
