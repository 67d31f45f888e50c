"""From a group of statements to a record: what its origins agree on and what they dispute.

Status. ``denied``: more independent origins say that it is not so than say it. ``disputed``: some deny it, or two values of a field
cannot both hold. ``corroborated``: two or more independent origins say it. Else ``single-source``.

Credibility, the Admiralty code's second mark (NATO AJP-2.1), computed from independent origins only; copies confirm nothing:
1 confirmed: two or more say it as a fact, and nothing is disputed · 2 probably true: two or more say it, but some hedge or the particulars
are disputed · 3 possibly true: one says it as a fact · 4 doubtful: one says it with a hedge, or as many deny it as say it · 5 improbable:
more deny it than say it · 6 cannot be judged: nobody says that it has happened (threats, plans, conditions).
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from orbat.corroborate import said, tolls
from orbat.corroborate.context import Context
from orbat.corroborate.judged import Judged
from orbat.corroborate.matters import SPEECH, Matter, kind_of, matter_of
from orbat.corroborate.said import Voiced
from orbat.corroborate.terms import relation_days, relation_fields
from orbat.corroborate.voices import independent, voiced
from orbat.recordtypes import Origin, Record, RecordField, RecordKind, RecordStatus, Toll
from orbat.types import Certainty, EventType, Place, Statement

_DEFINING = (
    EventType.ABDUCT, EventType.SEIZE, EventType.BOMBING, EventType.STRIKE, EventType.ATTACK, EventType.CLASH, EventType.KILL,
    EventType.INJURE, EventType.ABUSE, EventType.WITHDRAW, EventType.CLAIM, EventType.ALLY, EventType.BELONG, EventType.SPLIT,
)  # fmt: skip
"""Which of equally frequent types gives a record its name: the more telling first."""

_RANK = {t: at for at, t in enumerate(dict.fromkeys((*_DEFINING, *EventType)))}
_ORDER = {t: at for at, t in enumerate(EventType)}

_HARM = frozenset({EventType.KILL, EventType.INJURE, EventType.ABUSE, EventType.WITHDRAW})
"""Consequences: they name a record only where nothing says how they came about."""

_TAKEN = frozenset({Matter.CUSTODY, Matter.RELEASE})
"""Whom an attack freed or took is a consequence as well; in records of their own these stand alone."""

_WIDE = (5, 6)
"""``where_prec`` of areas and countries, which any finer place stands before; the sea (7) is a place of its own."""

_DISOWN = re.compile(r"\b(?:den(?:y|ied|ies|ying|ial)|reject|disown|disclaim|refut|repudiat)", re.IGNORECASE)

_SURENESS = (Certainty.FACT, Certainty.LIKELY, Certainty.POSSIBLE, Certainty.FUTURE, Certainty.HYPOTHETICAL)
_HAPPENED = frozenset(_SURENESS[:3])


def record(identity: str, statements: Iterable[Statement], context: Context, judged: Judged) -> Record:
    """The record of a group of statements.

    Args:
        identity: the record's id.
    """
    group = sorted(map(judged.corrected, statements), key=lambda s: s.id)
    matter = matter_of(group[0])
    kind = kind_of(matter)
    voices, origins = voiced(group, context)
    main = defining(group)
    yes = [v for v in voices if not v.statement.negated and v.statement.certainty in _HAPPENED]
    no = [v for v in voices if _denies(v.statement, main)]
    ids = (identity, *(s.id for s in group))
    parts = _fields(voices, main, matter)
    actors, targets, *others = (said.judge(f, ids, judged) for f in parts)
    counted = tuple(_judged_toll(t, ids, judged) for t in tolls.tolls(voices))
    start, end, prec = relation_days(others) if kind is RecordKind.RELATION else _days(others, voices)
    disputed = any(f.disputed for f in (actors, targets, *others)) or tolls.disputed(counted, group)
    status, credibility = _status(yes, no, disputed)
    known = [facts.learned_at for s in group if (facts := context.documents.get(s.document.id)) and facts.learned_at]
    return Record(
        id=identity,
        kind=kind,
        type=main,
        types=tuple(sorted({s.type for s in group}, key=lambda t: (t is not main, _ORDER[t]))),
        status=status,
        statements=tuple(s.id for s in group),
        documents=tuple(sorted({s.document.id for s in group})),
        origins=_ordered(origins, voices),
        denials=tuple(sorted({v.origin for v in no})),
        actors=actors,
        targets=targets,
        fields=tuple(f for f in others if f.values),
        tolls=counted,
        start=start,
        end=end,
        date_prec=prec,
        location=_location(others, voices),
        certainty=min((v.statement.certainty for v in yes or voices), key=_SURENESS.index),
        credibility=credibility,
        learned_first=min(known, default=None),
        learned_last=max(known, default=None),
        independent=len(independent(yes) or independent(voices)),
    )


def defining(group: Sequence[Statement]) -> EventType:
    """The type that most statements have: what was done before what came of it, and that before what was said of it; of equals the more
    telling."""
    counts = Counter(s.type for s in group)
    came_of_it = _HARM.union(s.type for s in group if matter_of(s) in _TAKEN)
    return min(counts, key=lambda t: (t in SPEECH, t in came_of_it, -counts[t], _RANK[t]))


def _denies(statement: Statement, main: EventType) -> bool:
    """Whether a statement says that the record's happening is not so. That nobody was hurt, or that nobody claims it, is no denial."""
    return statement.negated and statement.type is main and statement.certainty in _HAPPENED


def _disowns(statement: Statement) -> bool:
    """Whether a party says that it did not do it; that nobody has claimed it yet is no such word."""
    spoken = statement.type is EventType.CLAIM and statement.negated and statement.certainty in _HAPPENED
    return spoken and bool(statement.actor) and _DISOWN.search(statement.trigger.text) is not None


def _fields(voices: Sequence[Voiced], main: EventType, matter: Matter) -> list[RecordField]:
    # What is negated of a consequence ("no fighting", "nobody was hurt") denies nobody's part in it.
    core = [v for v in voices if not v.statement.negated or v.statement.type in (main, EventType.CLAIM)]
    actors = said.field("actors", core, said.fillers("actor"))
    targets = said.field("targets", core, said.fillers("target"))
    found = [
        said.disputed(actors, said.both_ways(actors) or any(_disowns(v.statement) for v in voices)),
        said.disputed(targets, said.both_ways(targets)),
        said.field("place", voices, said.place_values),
        said.field("origin", voices, said.fillers("origin")),
        said.field("instrument", voices, said.fillers("instrument")),
    ]
    if kind_of(matter) is RecordKind.RELATION:
        return [*found, *relation_fields(voices, matter)]  # it may hold in many places and on many days
    places = (place for v in voices if not v.statement.negated and (place := said.place_of(v.statement)))
    found[2] = said.disputed(found[2], said.towns_differ(places))
    date = said.field("date", voices, said.day_values)
    return [*found, said.disputed(date, said.days_differ(v for v in voices if v.statement.type is main))]


def _status(yes: Sequence[Voiced], no: Sequence[Voiced], disputed: bool) -> tuple[RecordStatus, int]:
    says, denies = independent(yes), independent(no)
    says = says - denies or says
    if denies and len(denies) > len(says):
        return RecordStatus.DENIED, 5
    firm = independent(v for v in yes if v.statement.certainty is Certainty.FACT)
    status = RecordStatus.DISPUTED if denies or disputed else RecordStatus.CORROBORATED if len(says) > 1 else RecordStatus.SINGLE_SOURCE
    if not says:
        return status, 6
    if len(denies) == len(says):
        return status, 4
    if len(says) > 1:
        return status, 1 if len(firm) > 1 and status is RecordStatus.CORROBORATED else 2
    return status, 3 if firm else 4


def _ordered(origins: dict[str, Origin], voices: Sequence[Voiced]) -> tuple[Origin, ...]:
    first = independent(voices)
    return tuple(sorted(origins.values(), key=lambda o: (o.id not in first, o.id)))


def _days(fields: Sequence[RecordField], voices: Sequence[Voiced]) -> tuple[dt.date | None, dt.date | None, int | None]:
    """The days that most origins can agree on: of all said, those that the most origins' days overlap, of equals the narrowest."""
    date = next(f for f in fields if f.name == "date")
    if date.judged and (chosen := said.days_of(date.values[0].key)):
        return *chosen, said.precision(*chosen)
    known = [(days, set(s.origins)) for s in date.values if not s.negated and (days := said.days_of(s.key))]
    if not known:
        return None, None, None

    def support(days: tuple[dt.date, dt.date]) -> int:
        return len(set().union(*(by for other, by in known if other[0] <= days[1] and days[0] <= other[1])))

    start, end = max((days for days, _ in known), key=lambda d: (support(d), d[0] - d[1], -d[0].toordinal()))
    return start, end, said.precision(start, end)


def _location(fields: Sequence[RecordField], voices: Sequence[Voiced]) -> Place | None:
    """The finest place that most origins, then most statements can agree on: a town's province speaks for the town."""
    known: dict[str, Place] = {}
    by: dict[str, list[str]] = {}
    for v in voices:
        if (place := said.place_of(v.statement)) is not None and not v.statement.negated:
            known.setdefault(place.id, place)
            by.setdefault(place.id, []).append(v.origin)
    field = next(f for f in fields if f.name == "place")
    if field.judged:
        return known.get(field.values[0].key)

    def order(place: Place) -> tuple[object, ...]:
        agree = [origin for other in known.values() if other.id == place.id or said.holds(other, place) for origin in by[other.id]]
        return (place.where_prec in _WIDE, -len(set(agree)), -len(agree), place.where_prec, place.id)

    return min(known.values(), key=order, default=None)


def _judged_toll(toll: Toll, ids: Sequence[str], judged: Judged) -> Toll:
    found = said.judge(RecordField(toll.kind, toll.said), ids, judged)
    if found.judged is None or not found.values[0].key.isdigit():
        return toll
    best = int(found.values[0].key)
    return replace(toll, low=min(toll.low, best), best=best, high=max(toll.high, best), said=found.values)
