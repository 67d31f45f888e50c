"""What ACLED's and UCDP's rows share: sources, sentences, the codes of a record, one day for a range."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from orbat.export.cells import joined
from orbat.export.material import HAPPENED
from orbat.export.tables import codebook
from orbat.recordtypes import Record
from orbat.serial import fillers_of
from orbat.types import Codes, MentionType, Role, Statement

NOTES = 5
"""Sentences in a row's notes at most, one a document: a note is to be read, and all sentences are one step away by the record's id."""

Fillers = dict[Role, list[tuple[str, MentionType]]]


def codes_of(record: Record, statements: Iterable[Statement]) -> Codes:
    """The record's codes: the codebook's rules over what all its statements say of means and sides.

    The triggers and sides are those of statements of the record's own type, the means those of any of its statements; what is negated,
    or not said to have happened, has no part in it.
    """
    yes = [s for s in statements if not s.negated and s.certainty in HAPPENED]
    own = [s for s in yes if s.type is record.type]
    fillers: Fillers = {role: [] for role in Role}
    for role in Role:
        for statement in yes if role is Role.INSTRUMENT else own:
            fillers[role] += [(filler.quote.text, filler.type) for filler in fillers_of(statement, role)]
    triggers = " | ".join(dict.fromkeys(s.trigger.text for s in own))
    return codebook().codes(record.type, triggers, fillers)


def best_of_documents(statements: Iterable[Statement]) -> list[Statement]:
    """For each document the statement that is read most surely, in the order of publication; undated documents last."""
    best: dict[str, Statement] = {}
    for one in statements:
        held = best.get(one.document.id)
        if held is None or (one.confidence, held.id) > (held.confidence, one.id):
            best[one.document.id] = one
    return sorted(best.values(), key=lambda s: (s.document.published or dt.date.max, s.document.id))


def notes(sources: Sequence[Statement]) -> str:
    """The sentences, each with who published it and when."""
    shown = [f"{s.sentence.text} ({credit(s)})" if credit(s) else s.sentence.text for s in sources[:NOTES]]
    more = len(sources) - len(shown)
    return " | ".join(shown) + (f" | and {more} more" if more > 0 else "")


def credit(statement: Statement) -> str:
    """Publisher and day of a statement's document, as far as known."""
    day = statement.document.published
    return ", ".join(part for part in (statement.document.source, day.isoformat() if day else "") if part)


def speakers(statements: Iterable[Statement]) -> str | None:
    """Who is quoted or cited, by name where linked."""
    said = (s.attribution.speaker for s in statements if s.attribution)
    return joined(speaker.entity.name if speaker.entity else speaker.quote.text for speaker in said)


def middle(start: dt.date, end: dt.date) -> dt.date:
    """The middle day of a range, the earlier of two."""
    return start + (end - start) // 2
