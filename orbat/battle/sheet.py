"""A group's order of battle from its case: one function a section, put together. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from orbat.battle.activity import activity, months
from orbat.battle.bonds import affiliations, bonds, opponents, relations
from orbat.battle.case import Case
from orbat.battle.expected import expected
from orbat.battle.flows import flows
from orbat.battle.leaders import leaders
from orbat.battle.ledger import ledger
from orbat.battle.parts import Part, Run, Subject
from orbat.battle.sayings import sayings
from orbat.battle.strength import strength
from orbat.battle.territory import active, holdings
from orbat.battle.values import SECTIONS, Sentence, Sheet
from orbat.collector import no_collector
from orbat.types import Statement


def sheet(case: Case, *, limit: int | None = None, sentences: bool = True) -> Sheet:
    """The order of battle of the case's group.

    Args:
        limit: values of each section; all, if None. ``totals`` counts also those left out.
        sentences: with those that its values stand on.
    """
    with no_collector():
        found = _limited(_whole(case), limit)
        case.hush()
        return _with_sentences(found, case) if sentences else found


def _whole(case: Case) -> Sheet:
    ties, entries = bonds(case), ledger(case)
    return Sheet(
        name=case.subject.name,
        ids=tuple(sorted(case.subject.ids - case.subject.wings)),
        names=case.once("names", lambda: _names(case)),
        wings=tuple(sorted(case.subject.wings)),
        as_of=case.as_of,
        known_by=case.known_by,
        records=len(case.records),
        statements=case.number,
        waiting=case.waiting,
        undated=case.undated,
        leaders=leaders(case),
        affiliations=affiliations(ties),
        relations=relations(ties),
        opponents=opponents(case),
        catalogue=case.ties,
        strength=strength(case),
        active=active(case),
        holdings=holdings(case, entries),
        ledger=entries,
        flows=flows(case),
        activity=months(case) if case.as_of is None else activity(case),
        says=sayings(case),
        expected=expected(case),
    )


def _limited(found: Sheet, limit: int | None) -> Sheet:
    totals = {name: len(getattr(found, name)) for name in SECTIONS}
    cut: dict[str, Any] = {name: getattr(found, name)[:limit] for name in SECTIONS}
    return replace(found, totals=MappingProxyType(totals), **cut)


def _with_sentences(found: Sheet, case: Case) -> Sheet:
    """The sheet with the sentences of all statements that its values stand on."""
    known = case.statements
    values = (value for name in SECTIONS if name != "catalogue" for value in getattr(found, name))
    wanted = sorted({id for value in values for id in value.grounds.statements})
    return replace(found, sentences=MappingProxyType({id: sentence(known[id]) for id in wanted}))


def sentence(s: Statement) -> Sentence:
    """What a sheet shows of a statement."""
    speaker = ""
    if s.attribution is not None:
        mention = s.attribution.speaker
        speaker = mention.entity.name if mention.entity else mention.quote.text
    where = s.document
    said = s.sentence.text, s.type.value.lower(), s.certainty, s.negated, speaker
    return Sentence(*said, where.source, where.published, where.url, where.id)


def _names(case: Case) -> tuple[str, ...]:
    """How its statements name it, the most frequent first."""
    times = {str(name): len(group.parts) for name, group in case.groups("names", _called).by_key.items()}
    return tuple(sorted(times, key=lambda name: (-times[name], name)))


def _called(subject: Subject, run: Run) -> Iterator[tuple[Hashable, Part]]:
    """A record's parts by how they name the group, as often as they do."""
    for part in run.parts:
        s = part.statement
        for filler in (*s.actor, *s.target, *s.origin):
            if subject.names(filler):
                yield (filler.entity.name if filler.entity else filler.quote.text), part
