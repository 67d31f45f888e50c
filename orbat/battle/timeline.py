"""A group's records in the order of their days, each in a line. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from orbat.battle.case import Case, spot_of
from orbat.battle.sheet import sentence
from orbat.battle.values import Grounds, Sentence, Spot, When
from orbat.recordtypes import Record, RecordField, RecordKind
from orbat.types import Count


@dataclass(frozen=True, slots=True)
class Moment:
    """One record: ``kind`` is event or relation, ``what`` its type; ``who`` and ``whom`` the names that most origins give."""

    kind: str
    what: str
    who: tuple[str, ...]
    whom: tuple[str, ...]
    spot: Spot | None
    tolls: Mapping[str, Count]
    when: When
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Timeline:
    """The records of a group in order; those without a day last. ``total`` counts also those that a limit left out."""

    name: str
    as_of: dt.date | None
    known_by: dt.datetime | None
    total: int
    moments: tuple[Moment, ...]
    sentences: Mapping[str, Sentence] = field(default_factory=lambda: MappingProxyType({}))


def timeline(case: Case, *, since: dt.date | None = None, until: dt.date | None = None, limit: int | None = None) -> Timeline:
    """The timeline of the case's group.

    Args:
        since, until: records that may have happened or held on a day between; what has no day is then left out.
        limit: the newest so many; all, if None.
    """
    kept = [r for r in {part.record.id: part.record for part in case.parts}.values() if _within(r, since, until)]
    kept.sort(key=lambda r: (r.start or dt.date.max, r.end or dt.date.max, r.id))
    dated = [r for r in kept if r.start is not None]
    undated = [r for r in kept if r.start is None]
    chosen = (*(dated[-limit:] if limit else dated), *undated[: max(0, limit - len(dated)) if limit else None])
    shown = tuple(_moment(case, record) for record in chosen)
    ids = sorted({id for m in shown for id in m.grounds.statements})
    said = MappingProxyType({id: sentence(case.statements[id]) for id in ids if id in case.statements})
    return Timeline(case.subject.name, case.as_of, case.known_by, len(kept), shown, said)


def _moment(case: Case, record: Record) -> Moment:
    tolls = {toll.kind: Count(toll.low, toll.best, toll.high) for toll in record.totals()}
    return Moment(
        record.kind.value,
        record.type.value.lower(),
        _names(record.actors),
        _names(record.targets),
        spot_of(record.location) if record.location else None,
        MappingProxyType(tolls),
        case.when(record),
        case.whole(record),
    )


def _names(found: RecordField) -> tuple[str, ...]:
    return tuple(v.entity.name if v.entity else v.text for v in found.values[:3] if not v.negated)


def _within(record: Record, since: dt.date | None, until: dt.date | None) -> bool:
    if since is None and until is None:
        return True
    start, end = record.start, record.end
    if start is None:
        return False
    last = end or (dt.date.max if record.kind is RecordKind.RELATION else start)
    return (since is None or last >= since) and (until is None or start <= until)
