"""Where the group is active, and what it holds. A province stays a province: places keep their precision.

Active: the places of the records of events in which it takes part, and of those that say it operates somewhere. Held: the places that a
HOLD statement says it holds, and those that the ledger has it taking; what a later record has it losing is held until then.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import replace

from orbat.battle.bonds import span
from orbat.battle.case import Case, Part, spot, spot_of
from orbat.battle.values import Active, Entry, Holding, Item, Spot
from orbat.recordtypes import RecordKind
from orbat.types import EventType, MentionType


def active(case: Case) -> tuple[Active, ...]:
    """The places, those of the most records first."""
    found: dict[str, list[tuple[Spot, Part]]] = defaultdict(list)
    for part in case.happened:
        if part.record.kind is RecordKind.EVENT or part.statement.type is EventType.HOLD:
            where = _where(part)
            if where is not None:
                found[where.key].append((where, part))
    return tuple(sorted((_active(case, said) for said in found.values()), key=lambda a: (-a.records, a.spot.name, a.spot.key)))


def holdings(case: Case, ledger: tuple[Entry, ...]) -> tuple[Holding, ...]:
    """The places it is said to hold, and those it took; what is still held first."""
    found: dict[tuple[str, str], list[tuple[Spot, Part]]] = defaultdict(list)
    for part in case.of(EventType.HOLD, roles=("actor",)):
        s = part.statement
        for filler in (*s.target, *(s.place if not any(f.type is MentionType.PLACE for f in s.target) else ())):
            if (where := spot(filler, s)) is not None:
                found[part.record.id, where.key].append((where, part))
    held = [_held(case, said) for said in found.values()]
    territory = [e for e in ledger if e.item is Item.TERRITORY and e.spot is not None and e.what == e.spot.name]  # "homes" are no place
    held += [Holding(e.spot, "took", e.when, None, e.grounds) for e in territory if e.sign > 0 and e.spot and e.rule == "takes a place"]
    losses = [e for e in territory if e.sign < 0]
    made = [_until(holding, losses) for holding in held]
    kept = [h for h in made if case.as_of is None or h.lost is None or (h.when.end or dt.date.max) >= case.as_of]
    return tuple(sorted(kept, key=lambda h: (h.lost is not None, h.spot.name, h.how, h.grounds.records)))


def _where(part: Part) -> Spot | None:
    place = part.statement.location or part.record.location
    if place is not None:
        return spot_of(place)
    named = (spot(f, part.statement) for f in (*part.statement.place, *part.statement.target))
    return next((found for found in named if found is not None), None)


def _active(case: Case, said: list[tuple[Spot, Part]]) -> Active:
    records = {part.record.id: part.record for _, part in said}
    best = min((where for where, _ in said), key=lambda w: w.where_prec is None)
    kinds = Counter(record.type.value.lower() for record in records.values())
    when = span(records.values(), [part.statement for _, part in said])
    ordered = {kind: kinds[kind] for kind in sorted(kinds, key=lambda k: (-kinds[k], k))}
    return Active(best, len(records), ordered, when, case.grounds((part.record, part.statement) for _, part in said))


def _held(case: Case, said: list[tuple[Spot, Part]]) -> Holding:
    record = said[0][1].record
    statements = [part.statement for _, part in said]
    return Holding(said[0][0], "holds", case.when(record, statements), None, case.grounds((record, s) for s in statements))


def _until(holding: Holding, losses: list[Entry]) -> Holding:
    """The holding up to the first later loss of the same place. Days of a capture are when it was taken, not how long it was held."""
    start = holding.when.start
    when = replace(holding.when, end=None) if holding.how == "took" else holding.when
    after = [e for e in losses if e.spot and e.spot.key == holding.spot.key and e.when.start and (start is None or e.when.start >= start)]
    if not after:
        return replace(holding, when=when)
    first = min(after, key=lambda e: (e.when.start or dt.date.max, e.grounds.records))
    return replace(holding, when=replace(when, end=first.when.start), lost=first.grounds.records[0])
