"""From when to when a relation holds, as far as its own statements and other records say.

A statement in which the relation begins (a pledge, an appointment, a founding) gives a start; one in which it ends (a split, an expulsion,
a resignation, or the relation negated) gives an end; one that only says that it holds gives a day on which it is seen. A leader's
term also ends where other records have another leader named later, or the leader killed or taken: ``ended``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from orbat.corroborate import said
from orbat.corroborate.matters import Matter, is_name
from orbat.corroborate.said import Voiced
from orbat.recordtypes import Record, RecordField, RecordKind, RecordStatus, Said
from orbat.types import Certainty, EventType, Statement

_TERM = ("start", "end", "seen")
"""The fields that tell when a relation holds."""
FALLEN = "killed or taken"
"""Why a leader's term ended, where another record has the leader killed or arrested."""
_BEGIN = re.compile(
    r"\b(?:pledg\w*|swor\w*|swear\w*|oath|bay\w?a\w*|allegiance|join\w*|merg\w*|form(?:ed|s|ing)?|found(?:ed|s|ing)?|creat\w+|establish\w*|"
    r"appoint\w*|nam(?:ed|es|ing)|elect\w*|succe\w+|became|becom\w+|announc\w+|took over|tak\w+ over|replac\w+|unit(?:ed|e|ing)|accept\w*|"
    r"sign\w*|agre\w+|emerg\w+|install\w*|promot\w+|declar\w+|recruit\w*|enlist\w*|defect\w*|surrender\w*)\b",
    re.IGNORECASE,
)
_END = re.compile(
    r"\b(?:former\w*|ex|late|resign\w*|expel\w*|expuls\w+|oust\w*|sack\w*|remov\w+|dismiss\w*|depos\w+|step\w* down|dissol\w+|disband\w*|"
    r"broke\w*|break\w*|split\w*|sever\w*|cut ties|left|leav\w+|end(?:ed|s)?|quit\w*|renounc\w+|withdr\w+|abandon\w*)\b",
    re.IGNORECASE,
)
_HAPPENED = frozenset({Certainty.FACT, Certainty.LIKELY, Certainty.POSSIBLE})
_KILLED = frozenset({EventType.KILL, EventType.ARREST})


def relation_fields(voices: Sequence[Voiced], matter: Matter) -> list[RecordField]:
    """``start``, ``end`` and ``seen``: days on which the relation begins, ends and is said to hold, each with who says so."""
    known = [v for v in voices if v.statement.date is not None and v.statement.certainty in _HAPPENED]
    found: dict[str, list[Voiced]] = {"start": [], "end": [], "seen": []}
    for v in known:
        plain = replace(v, statement=replace(v.statement, negated=False)) if v.statement.negated else v
        found[phase(v.statement, matter)].append(plain)
    fields = [said.field(name, found[name], said.day_values) for name in ("start", "end", "seen")]
    return [said.disputed(f, f.name != "seen" and said.days_differ(found[f.name])) for f in fields]


def phase(statement: Statement, matter: Matter) -> str:
    """``start``, ``end`` or ``seen``: what a statement says of a relation's term."""
    words = statement.trigger.text
    if statement.negated or statement.type in (EventType.SPLIT, EventType.LEAVE) or (matter is Matter.LEAD and _END.search(words)):
        return "end" if matter not in (Matter.LEAVE,) or statement.negated else "start"
    if statement.type is EventType.JOIN or matter in (Matter.LEAVE, Matter.RECRUIT) or _BEGIN.search(words):
        return "start"
    return "end" if _END.search(words) else "seen"


def relation_days(fields: Sequence[RecordField]) -> tuple[dt.date | None, dt.date | None, int | None]:
    """The first day of the relation (the earliest start said, else the first day it is seen), its last, and the first's precision."""
    named = {f.name: f for f in fields}
    start = _first(named["start"]) or _first(named["seen"])
    ends = _known(named["end"])
    end = (said.days_of(named["end"].values[0].key) or (None, None))[1] if named["end"].judged else max((e for _, e in ends), default=None)
    if end is not None and start is not None and end < start[0]:
        end = None  # an earlier break: it was mended
    return (start[0] if start else None), end, (said.precision(*start) if start else None)


def narrowed(relation: Record, ids: Collection[str]) -> Record:
    """A relation with those of its days alone that some of its statements give, or other records: what four groups did together is one
    record, and that one of them fell out with a fifth ends none of the other ties.

    Args:
        ids: of statements, those of two parties, say.
    """
    own = frozenset(relation.statements)
    fields = tuple(f if f.judged or f.name not in _TERM else _told_by(f, own, frozenset(ids)) for f in relation.fields)
    if fields == relation.fields:
        return relation
    told = [f for f in fields if f.name in _TERM]
    absent = [RecordField(name, ()) for name in _TERM if name not in {f.name for f in told}]
    start, end, precision = relation_days([*told, *absent])
    return replace(relation, fields=fields, start=start, end=end, date_prec=precision)


def _told_by(found: RecordField, own: frozenset[str], ids: frozenset[str]) -> RecordField:
    kept = tuple(v for v in found.values if not ids.isdisjoint(v.statements) or own.isdisjoint(v.statements))
    return found if kept == found.values else replace(found, values=kept)


def ended(relation: Record, others: Iterable[Record], *, heads: Collection[str] | None = None) -> Record:
    """A leader's record with the ends that other records give: the leader killed or taken, another leader of the same group named later.

    They stand in the field ``end`` beside those that its own statements give, each with its statements; the earliest of them is the end.
    What is denied ends nothing, and what is disputed only where nothing else does.

    Args:
        heads: the ids of the records that have somebody as a group's head; a commander's or governor's follows no head, and no head
            follows one. Without it, every record of leading counts.
    """
    if relation.kind is not RecordKind.RELATION or relation.type is not EventType.LEAD:
        return relation
    people, led = _names(relation.actors), _names(relation.targets)
    found: list[Said] = []
    doubted: list[Said] = []
    for other in others:
        if other.id == relation.id or other.start is None or (relation.start is not None and other.start < relation.start):
            continue
        fallen = _KILLED.intersection(other.types) and people & _names(other.targets) & suffering(other)
        followed = other.type is EventType.LEAD and led & _names(other.targets) and not people & _names(other.actors)
        followed = followed and (heads is None or {relation.id, other.id} <= set(heads))
        if other.status is RecordStatus.DENIED:
            continue
        if fallen or (followed and any(f.name == "start" and f.values for f in other.fields)):
            why = FALLEN if fallen else "another leads"
            origins = tuple(o.id for o in other.origins)
            ends = doubted if other.status is RecordStatus.DISPUTED else found
            ends.append(Said(said.iso(other.start, other.start), why, origins, other.statements))
    found = found or ([] if relation.end else doubted)
    if not found:
        return relation
    own = next((f for f in relation.fields if f.name == "end"), RecordField("end", ()))
    values = (*own.values, *sorted(found, key=lambda s: (s.key, s.text, s.statements)))
    end = relation.end or min(dt.date.fromisoformat(s.key) for s in found)
    rest = tuple(f for f in relation.fields if f.name != "end")
    return replace(relation, fields=(*rest, replace(own, values=values)), end=end)


def suffering(record: Record) -> frozenset[str]:
    """The keys of those to whom a record has something happen; who also does something in it, of which somebody is accused, is the one who
    is accused: "a court found Farah responsible for the killings"."""
    keys = frozenset(value.key for value in record.targets.values)
    return keys.difference(value.key for value in record.actors.values) if EventType.ACCUSE in record.types else keys


def _names(found: RecordField) -> frozenset[str]:
    return frozenset(s.key for s in found.values if not s.negated and (s.entity is not None or is_name(s.text, opens=False)))


def _known(found: RecordField) -> list[tuple[dt.date, dt.date]]:
    return [days for s in found.values if (days := said.days_of(s.key))]


def _first(found: RecordField) -> tuple[dt.date, dt.date] | None:
    if found.judged and (chosen := said.days_of(found.values[0].key)):
        return chosen
    return min(_known(found), key=lambda d: (d[0], d[1]), default=None)
