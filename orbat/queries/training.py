"""Judged sentences in the corpus's layout: what analysts confirmed, corrected and rejected, to train a reader on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from orbat.queries.judgements import judgements_in
from orbat.queries.loading import load, parts
from orbat.recordtypes import Judgement, Verdict
from orbat.serial import ROLES, fillers_of
from orbat.store import Store
from orbat.tables import statements
from orbat.types import Certainty, EventType, Filler, Statement

JUDGED = (Verdict.CONFIRM, Verdict.REJECT, Verdict.CORRECT)


def judged_sentences(store: Store) -> Iterator[dict[str, Any]]:
    """One line of the corpus's layout for each sentence with a judged statement, the sentence alone being the text.

    Its events are the statements that stand there: rejected ones are left out, corrections of type, certainty and negation are made.
    ``unjudged`` lists the ids of the events that nobody has judged, ``judgements`` what the line rests on. Parts of a statement that
    stand in other sentences are left out.
    """
    with store.reading() as connection:
        made: dict[str, list[Judgement]] = {}
        for each in judgements_in(connection):
            if each.withdrawn_at is None and each.verdict in JUDGED:
                made.setdefault(each.left, []).append(each)
        for group in _sentences(connection, list(made)):
            yield _line(group, made)


def _sentences(connection: sa.Connection, judged: Sequence[str]) -> Iterator[tuple[Statement, ...]]:
    """The current statements of each sentence that has a judged one."""
    found: dict[int, list[int]] = {}
    for part in parts(judged):
        with_one = sa.select(statements.c.sentence).where(statements.c.id.in_(part), statements.c.current == sa.true())
        query = sa.select(statements.c.sentence, statements.c.key).where(
            statements.c.sentence.in_(with_one), statements.c.current == sa.true()
        )
        for row in connection.execute(query.order_by(statements.c.sentence, statements.c.id)):
            if row.key not in found.setdefault(row.sentence, []):
                found[row.sentence].append(row.key)
    for keys in found.values():
        yield load(connection, keys)


def _line(group: Sequence[Statement], judged: Mapping[str, Sequence[Judgement]]) -> dict[str, Any]:
    first = group[0]
    text, start = first.sentence.text, first.sentence.span.start
    places = sorted({_place(f, start) for s in group for f in _fillers(s) if _inside(f, first)})
    events: list[dict[str, Any]] = []
    unjudged: list[int] = []
    for s in group:
        about = judged.get(s.id, ())
        if about and about[-1].verdict is Verdict.REJECT:
            continue
        if not about:
            unjudged.append(len(events))
        events.append({"id": len(events), **_event(s, about, start, places)})
    return {
        "id": f"{first.document.id}:{start}",
        "source": first.document.source,
        "date": first.document.published.isoformat() if first.document.published else "",
        "title": first.document.title,
        "text": text,
        "sentences": [[0, len(text)]],
        "mentions": [{"id": at, "s": 0, "start": a, "end": b, "text": text[a:b], "type": kind} for at, (a, b, kind) in enumerate(places)],
        "events": events,
        "unjudged": unjudged,
        "judgements": [each.id for s in group for each in judged.get(s.id, ())],
    }


def _event(s: Statement, about: Sequence[Judgement], start: int, places: Sequence[tuple[int, int, str]]) -> dict[str, Any]:
    fixed = {each.field: each.value for each in about if each.verdict is Verdict.CORRECT}
    speaker = s.attribution.speaker if s.attribution and _inside(s.attribution.speaker, s) else None
    return {
        "s": 0,
        "start": s.trigger.span.start - start,
        "end": s.trigger.span.end - start,
        "trigger": s.trigger.text,
        "type": EventType(fixed.get("type", s.type).upper()).value,
        "certainty": Certainty(fixed.get("certainty", s.certainty)).value,
        "negated": fixed["negated"] == "true" if "negated" in fixed else s.negated,
        "args": [[role, places.index(_place(f, start))] for role in ROLES for f in fillers_of(s, role) if _inside(f, s)],
        "by": places.index(_place(speaker, start)) if speaker else None,
    }


def _fillers(s: Statement) -> Iterator[Filler]:
    for role in ROLES:
        yield from fillers_of(s, role)
    if s.attribution:
        yield s.attribution.speaker


def _inside(filler: Filler, s: Statement) -> bool:
    return s.sentence.span.start <= filler.quote.span.start and filler.quote.span.end <= s.sentence.span.end


def _place(filler: Filler, start: int) -> tuple[int, int, str]:
    return filler.quote.span.start - start, filler.quote.span.end - start, filler.type.value
