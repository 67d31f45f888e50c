"""Where the group is active, and what it holds. A province stays a province: places keep their precision.

Active: the places of the records of events in which it takes part, and of those that say it operates somewhere. Held: the places that a
HOLD statement says it controls, and those that the ledger has it taking; what a later record has it losing is held until then. Who is
present, active or based somewhere does not hold it: of the corpus's 854 HOLD events 371 say more than that.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace

from orbat.battle.bonds import span
from orbat.battle.case import Case, spot, spot_of
from orbat.battle.parts import Part, Run, Subject
from orbat.battle.values import Active, Entry, Holding, Item, Spot
from orbat.recordtypes import RecordKind
from orbat.types import EventType, MentionType, Statement

_CONTROLS = re.compile(
    r"\b(?:control\w*|h[eo]ld(?:s|ing)?|strongholds?|bastions?|dominat\w+|dominan\w+|territor\w+|occup\w+|rul(?:es?|ed|ing|ers?)|govern\w*"
    r"|capitals?|grip|stranglehold|power base|heartlands?|fortress|turf|domains?|hands|administ\w+|r[ua]n(?:s|ning)?|ke(?:ep|pt)\w*|seized"
    r"|captured|overr[ua]n|besieg\w+|clutches|mercy|sway|rife|fief\w*)\b",
    re.IGNORECASE,
)
"""Words of a HOLD that say more than that a group is somewhere."""
_BEFORE = re.compile(r"\b(?:former(?:ly)?|previously|historically|once|used to|no longer|at one time)(?: \w+){0,5}[ -]$", re.IGNORECASE)


def active(case: Case) -> tuple[Active, ...]:
    """The places, those of the most records first."""
    made: list[Active] = case.values("active", _placed, _active)
    return tuple(sorted(made, key=lambda a: (-a.records, a.spot.name, a.spot.key)))


def _placed(subject: Subject, run: Run) -> Iterator[tuple[Hashable, Part]]:
    """A record's parts by where they have the group."""
    for part in run.happened:
        if part.record.kind is RecordKind.EVENT or part.statement.type is EventType.HOLD:
            yield from ((key, part) for key in dict.fromkeys(where.key for where in _places(part)))


def holdings(case: Case, ledger: tuple[Entry, ...]) -> tuple[Holding, ...]:
    """The places it is said to hold, and those it took; what is still held first."""
    held: list[Holding] = case.values("held", _holding, _held)
    territory = [e for e in ledger if e.item is Item.TERRITORY and e.spot is not None and e.what == e.spot.name]  # "homes" are no place
    held += [Holding(e.spot, "took", e.when, None, e.grounds) for e in territory if e.sign > 0 and e.spot and e.rule == "takes a place"]
    losses: dict[str, list[Entry]] = defaultdict(list)
    for entry in territory:
        if entry.sign < 0 and entry.spot:
            losses[entry.spot.key].append(entry)
    made = [_until(holding, losses.get(holding.spot.key, ())) for holding in held]
    kept = [h for h in made if case.as_of is None or h.lost is None or (h.when.end or dt.date.max) >= case.as_of]
    return tuple(sorted(kept, key=lambda h: (h.lost is not None, h.spot.name, h.how, h.grounds.records)))


def _holding(subject: Subject, run: Run) -> Iterator[tuple[Hashable, Part]]:
    """A record's parts by the places that they say it holds."""
    for part in run.happened:
        if part.statement.type is EventType.HOLD and "actor" in part.roles and _CONTROLS.search(part.statement.trigger.text):
            for where in _named(part):
                yield (part.record.id, where.key), part


def _named(part: Part) -> Iterator[Spot]:
    """The places that a statement says it holds."""
    s = part.statement
    for filler in (*s.target, *(s.place if not any(f.type is MentionType.PLACE for f in s.target) else ())):
        if (where := spot(filler, s)) is not None:
            yield where


def _places(part: Part) -> Iterator[Spot]:
    """Where a record has the group: at one place, and where it is said to be active in several, there too."""
    if (where := _where(part)) is not None:
        yield where
    if part.statement.type is EventType.HOLD:
        yield from _named(part)


def _where(part: Part) -> Spot | None:
    place = part.statement.location or part.record.location
    if place is not None:
        return spot_of(place)
    named = (spot(f, part.statement) for f in (*part.statement.place, *part.statement.target))
    return next((found for found in named if found is not None), None)


def _active(case: Case, key: str, said: Sequence[Part]) -> Active:
    records = {part.record.id: part.record for part in said}
    places = (where for part in said for where in _places(part) if where.key == key)
    first = next(places)
    best = first if first.where_prec is not None else next((where for where in places if where.where_prec is not None), first)
    kinds = Counter(record.type.value.lower() for record in records.values())
    when = span(records.values(), [part.statement for part in said])
    ordered = {kind: kinds[kind] for kind in sorted(kinds, key=lambda k: (-kinds[k], k))}
    return Active(best, len(records), ordered, when, case.grounds((part.record, part.statement) for part in said))


def _held(case: Case, key: tuple[str, str], said: Sequence[Part]) -> Holding:
    record = said[0].record
    statements = [part.statement for part in said]
    where = next(where for where in _named(said[0]) if where.key == key[1])
    how = "held" if all(_was_before(s) for s in statements) else "holds"
    return Holding(where, how, case.when(record, statements), None, case.grounds((record, s) for s in statements))


def _was_before(s: Statement) -> bool:
    """Whether a statement says that a group held a place once: "formerly rebel-held", "used to be a stronghold"."""
    return _BEFORE.search(s.sentence.text, 0, s.trigger.span.start - s.sentence.span.start) is not None


def _until(holding: Holding, losses: Sequence[Entry]) -> Holding:
    """The holding up to the first later loss of the place. Days of a capture are when it was taken, not how long it was held."""
    start = holding.when.start
    when = holding.when if holding.how != "took" or holding.when.end is None else replace(holding.when, end=None)
    after = [e for e in losses if e.when.start and (start is None or e.when.start >= start)]
    if not after:
        return holding if when is holding.when else replace(holding, when=when)
    first = min(after, key=lambda e: (e.when.start or dt.date.max, e.grounds.records))
    return replace(holding, when=replace(when, end=first.when.start), lost=first.grounds.records[0])
