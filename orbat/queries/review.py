"""The review queue: the records that an analyst should look at first, those that matter most and are least sure, and why.

A record's score is how much it matters times how little sure it is, each a weighted mean of small features that say what they saw. The
weights are set by hand: there are no judged queues to fit them to. Scoring is pure; ``queue`` gives it a few hundred records, which three
questions to the store find: those whose status, type and day weigh most, the newest that count ten people or more and are not
corroborated, and those that changed last. So it takes as long on a store of a million statements as on one of a thousand, but for one walk
through an index; what it does not weigh today it does when what comes before is judged.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from orbat.corroborate.judged import anchor
from orbat.corroborate.matters import is_name
from orbat.queries.finding import PARTIES
from orbat.queries.judgements import judgements_in
from orbat.queries.loading import among, parts
from orbat.queries.records import load_records
from orbat.recordtypes import Judgement, Record, RecordStatus, Verdict
from orbat.store import Store
from orbat.tables import fillers, record_changes, records, sentences, statements
from orbat.types import Certainty, EventType, MentionType

E = EventType
EACH = 150
"""Records that each question gives."""
CLOSELY = 100
"""Records, the best by what they alone say, whose statements are looked at too."""
CLAIMS, AMONG = 10, 2_000
"""People that make a claim big, and the newest records that are looked through for such."""
NAMED = (MentionType.GROUP, MentionType.FORCE, MentionType.ORG, MentionType.PERSON)
"""Types of mentions that may be actors of a catalogue."""
VIOLENT = frozenset({E.ATTACK, E.BOMBING, E.STRIKE, E.CLASH, E.KILL, E.ABDUCT, E.ABUSE})
SHAPING = frozenset({E.SEIZE, E.WITHDRAW, E.HOLD, E.ALLY, E.SPLIT, E.BELONG, E.LEAD, E.AGREE, E.GAIN, E.LOSE, E.DEPLOY})
"""What changes an order of battle: ground, ties, leaders, strength."""
MANY_DEAD = 100
"""Dead from which on more do not weigh more; the scale below is logarithmic, so that ten dead weigh half of it."""
BUSY = 20
"""Records of an actor among those weighed from which on more do not weigh more."""
HALF_LIFE = 60.0
"""Days after which how recent a record is weighs half."""
HEDGED = {Certainty.FACT: 0.0, Certainty.LIKELY: 0.4, Certainty.POSSIBLE: 1.0, Certainty.FUTURE: 0.6, Certainty.HYPOTHETICAL: 1.0}


@dataclass(frozen=True, slots=True)
class Seen:
    """A record with what its scoring needs beside it: ``activity``, in how many of the records weighed its busiest actor, ``busiest``,
    takes part; ``today``, from which its age counts; ``confirmed_at``, when it was confirmed where more was read of it since; of its
    statements the mean ``confidence``, None where it is not known, and the names, ``unknown`` to the catalogue, that take part."""

    record: Record
    activity: int
    busiest: str
    today: dt.date
    confirmed_at: dt.datetime | None = None
    confidence: float | None = None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """What one feature saw: ``value`` and ``weight`` 0 to 1; ``text`` a sentence, empty where there is nothing to say."""

    feature: str
    value: float
    weight: float
    text: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A record in the queue. ``score`` is ``matter`` times ``doubt``, all 0 to 1; the reasons of both, the heaviest first."""

    record: Record
    score: float
    matter: float
    doubt: float
    matters: tuple[Reason, ...]
    doubts: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """The records weighed, the first to look at first; ``of`` is how many records the store has, ``judged`` how many were left out."""

    ranked: tuple[Ranked, ...]
    of: int
    judged: int


Found = tuple[float, str]
Feature = tuple[str, float, Callable[[Seen], Found]]


def queue(store: Store, *, today: dt.date, each: int = EACH) -> Queue:
    """The review queue of a store. Records that are confirmed, and of which nothing was read since, are left out.

    Args:
        today: from which a record's age counts; days after it count as today.
        each: records that each of the three questions gives.
    """
    with store.reading() as connection:
        total = connection.scalar(sa.select(sa.func.count()).select_from(records)) or 0
        found = load_records(connection, _candidates(connection, today, each))
        confirmed = _confirmed(judgements_in(connection))
        busy = Counter(key for record in found for key in _parties(record))
        seen = []
        for record in found:
            at = confirmed.get(anchor(record.id))
            if at is None or (record.learned_last is not None and record.learned_last > at):
                busiest = max(_parties(record).items(), key=lambda party: (busy[party[0]], party[1]), default=("", ""))
                seen.append(Seen(record, busy[busiest[0]], busiest[1], today, at))
        seen.sort(key=lambda one: -rank(one).score)
        closely = _closely(connection, seen[:CLOSELY])
    return Queue(ranked(closely), total, len(found) - len(seen))


def ranked(seen: Iterable[Seen]) -> tuple[Ranked, ...]:
    """Records by score, of equals by id."""
    return tuple(sorted(map(rank, seen), key=lambda each: (-each.score, each.record.id)))


def rank(seen: Seen) -> Ranked:
    """One record's score and the reasons for it."""
    matters, doubts = _reasons(MATTERS, seen), _reasons(DOUBTS, seen)
    matter, doubt = (sum(reason.value * reason.weight for reason in side) for side in (matters, doubts))
    return Ranked(seen.record, matter * doubt, matter, doubt, matters, doubts)


def _reasons(features: Sequence[Feature], seen: Seen) -> tuple[Reason, ...]:
    found = []
    for name, weight, look in features:
        value, text = look(seen)
        found.append(Reason(name, value, weight, text))
    return tuple(sorted(found, key=lambda reason: -reason.value * reason.weight))


def _dead(seen: Seen) -> Found:
    toll = seen.record.total("killed")
    if toll is None or toll.best < 1:
        return 0.0, ""
    told = str(toll.best) if toll.low == toll.high else f"{toll.low} to {toll.high}"
    return min(1.0, math.log(1 + toll.best) / math.log(1 + MANY_DEAD)), f"{told} killed"


def _hurt(seen: Seen) -> Found:
    tolls = [toll for kind in ("abducted", "injured", "abused") if (toll := seen.record.total(kind)) and toll.best]
    if not tolls:
        return 0.0, ""
    best = max(toll.best for toll in tolls)
    return min(1.0, math.log(1 + best) / math.log(1 + MANY_DEAD)), ", ".join(f"{toll.best} {toll.kind}" for toll in tolls)


def _shapes(seen: Seen) -> Found:
    kind = seen.record.type
    if kind in SHAPING:
        return 1.0, f"to {kind.value.lower()} changes an order of battle"
    return (0.6, "") if kind in VIOLENT else (0.2, "")


def _busy(seen: Seen) -> Found:
    if seen.activity < 2:
        return 0.0, ""
    return min(1.0, seen.activity / BUSY), f"{seen.busiest} takes part in {seen.activity} of the records weighed"


def _recent(seen: Seen) -> Found:
    if seen.record.start is None:
        return 0.0, ""
    days = max(0, (seen.today - seen.record.start).days)
    when = "not yet past" if days == 0 else f"{days} day{'s' if days > 1 else ''} ago"
    return 0.5 ** (days / HALF_LIFE), when if days <= HALF_LIFE else ""


def _disputed(seen: Seen) -> Found:
    record = seen.record
    if record.status is RecordStatus.DENIED:
        return 0.8, "most origins that speak of it deny it"
    if record.status is not RecordStatus.DISPUTED:
        return 0.0, ""
    about = [field.name for field in (record.actors, record.targets, *record.fields) if field.disputed]
    about += [f"the number {toll.kind}" for toll in record.tolls if toll.low != toll.high]
    deny = "denies" if len(record.denials) == 1 else "deny"
    denied = [f"{len(record.denials)} of {len(record.origins)} origins {deny} it"] if record.denials else []
    return 1.0, " and ".join([f"its origins differ on {', '.join(about)}"] * bool(about) + denied) or "its origins differ"


def _alone(seen: Seen) -> Found:
    """One origin; the more it claims, the more that weighs."""
    if seen.record.independent > 1:
        return (0.3, "only two origins") if seen.record.independent == 2 else (0.0, "")
    name = seen.record.origins[0].name if seen.record.origins else ""
    return 0.4 + 0.6 * _dead(seen)[0], f"one origin alone says so{f': {name}' if name else ''}"


def _unsure_reading(seen: Seen) -> Found:
    if seen.confidence is None:
        return 0.0, ""
    value = 4 * seen.confidence * (1 - seen.confidence)
    return value, f"the reading is {seen.confidence:.0%} sure" if value > 0.5 else ""


def _hedged(seen: Seen) -> Found:
    certainty = seen.record.certainty
    return HEDGED[certainty], "" if certainty is Certainty.FACT else f"at most told as {certainty.value}"


def _unlinked(seen: Seen) -> Found:
    return (1.0, f"no catalogue knows {', '.join(seen.unknown[:3])}") if seen.unknown else (0.0, "")


def _outdated(seen: Seen) -> Found:
    return (0.0, "") if seen.confirmed_at is None else (1.0, f"more was read of it since it was confirmed on {seen.confirmed_at:%Y-%m-%d}")


MATTERS: tuple[Feature, ...] = (
    ("dead", 0.4, _dead),
    ("activity", 0.2, _busy),
    ("kind", 0.15, _shapes),
    ("recency", 0.15, _recent),
    ("hurt", 0.1, _hurt),
)
"""What makes a record matter: weights add up to 1."""
DOUBTS: tuple[Feature, ...] = (
    ("dispute", 0.35, _disputed),
    ("single origin", 0.25, _alone),
    ("reading", 0.15, _unsure_reading),
    ("hedge", 0.1, _hedged),
    ("unknown actor", 0.1, _unlinked),
    ("new since", 0.05, _outdated),
)
"""What makes a record unsure: weights add up to 1."""


def _parties(record: Record) -> dict[str, str]:
    return {value.entity.id: value.entity.name for value in (*record.actors.values, *record.targets.values) if value.entity}


def _candidates(connection: sa.Connection, today: dt.date, each: int) -> Iterable[str]:
    """Ids of records that may rank high."""
    table = records.c
    doubt = sa.case({"disputed": 4, "denied": 3, "single-source": 2}, value=table.status, else_=1)
    violent = table.type.in_([kind.value.lower() for kind in VIOLENT])
    shaping = table.type.in_([kind.value.lower() for kind in SHAPING])
    matter = sa.case((violent, 3), (shaping, 2), else_=1)
    recent = sa.case((table.newest >= today - dt.timedelta(days=int(HALF_LIFE)), 2), else_=1)
    # Its columns are all of one index, which the planner takes: no record's payload is read.
    weighty = sa.select(table.id).order_by((doubt * matter * recent).desc(), table.newest.desc().nulls_last(), table.id).limit(each)
    open_ = sa.select(table.id, table.newest).where(table.status != RecordStatus.CORROBORATED.value)
    newest = open_.order_by(table.newest.desc().nulls_last(), table.id).limit(AMONG).subquery()
    claims = sa.select(newest.c.id).join(records, table.id == newest.c.id).where(_counts_many(connection))
    claims = claims.order_by(newest.c.newest.desc().nulls_last(), newest.c.id).limit(each)
    there = sa.select(table.id).join(record_changes, record_changes.c.record == table.id)
    lately = there.order_by(record_changes.c.at.desc(), record_changes.c.key.desc()).limit(each)
    return dict.fromkeys(id for query in (weighty, claims, lately) for id in connection.scalars(query))


def _counts_many(connection: sa.Connection) -> sa.ColumnElement[bool]:
    """Whether one of the first three tolls counts many people. More kinds of toll in one record are rare, and ``rank`` sees all."""
    payload: Any = records.c.payload
    held = sa.type_coerce(payload, sa.JSON) if connection.dialect.name == "sqlite" else sa.cast(payload, sa.JSON)
    return sa.or_(*(held[("tolls", number, "best")].as_integer() >= CLAIMS for number in range(3)))


def _closely(connection: sa.Connection, seen: Sequence[Seen]) -> list[Seen]:
    """The same with what their statements say: how surely they were read, and whom no catalogue knows."""
    of = {id: one.record.id for one in seen for id in one.record.statements}
    sure: defaultdict[str, list[float]] = defaultdict(list)
    unknown: defaultdict[str, dict[str, None]] = defaultdict(dict)
    said = sa.select(statements.c.id, statements.c.key, statements.c.confidence, statements.c.current)
    named, opens = fillers.c, sentences.c.span_start.label("opens")
    names = sa.select(named.statement, named.text, named.span_start, opens)
    names = names.join_from(fillers, statements, statements.c.key == named.statement)
    names = names.join(sentences, sentences.c.key == statements.c.sentence)
    kinds = [kind.value for kind in NAMED]
    names = names.where(named.entity_id.is_(None), named.type.in_(kinds), named.role.in_(PARTIES))
    for ids in parts(of):
        # Whether it is current is asked here: as a condition SQLite takes it for the first to look for, and walks through all that are.
        rows = [row for row in connection.execute(said.where(among(connection, statements.c.id, ids))) if row.current]
        keys = {row.key: of[row.id] for row in rows}
        for row in rows:
            sure[of[row.id]].append(row.confidence)
        for each in connection.execute(names.where(among(connection, named.statement, list(keys)))):
            if is_name(each.text, opens=each.span_start == each.opens):
                unknown[keys[each.statement]][each.text] = None
    return [replace(one, confidence=_mean(sure[one.record.id]), unknown=tuple(unknown[one.record.id])) for one in seen]


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _confirmed(judged: Iterable[Judgement]) -> Mapping[str, dt.datetime]:
    """When each record was last confirmed, by the statement that it grew from; what is rejected is no record any more."""
    standing = (each for each in judged if each.verdict is Verdict.CONFIRM and each.withdrawn_at is None and each.left.startswith("r"))
    return {anchor(each.left): each.at for each in standing}
