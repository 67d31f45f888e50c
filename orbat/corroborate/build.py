"""From statements to records, all at once. ``web.py`` gives the same of what a few documents touch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from orbat.corroborate.agreement import record
from orbat.corroborate.context import Context
from orbat.corroborate.judged import Judged, record_id
from orbat.corroborate.records import group, inside
from orbat.recordtypes import Judgement, Record
from orbat.types import Statement


def build(statements: Iterable[Statement], context: Context, judgements: Iterable[Judgement] = ()) -> tuple[Record, ...]:
    """The records of all statements, in the order of their ids, each with the id of its smallest statement.

    The order of the statements does not matter. Give every statement of each document: they are read together.
    """
    judged = Judged.of(judgements)
    known = {s.id: s for s in statements}
    happenings = [h for found in by_document(known.values()).values() for h in inside(found, context.related, judged)]
    groups = group(happenings, context.related, judged)
    return tuple(record(record_id(members[0]), [known[key] for key in members], context, judged) for members in groups)


def by_document(statements: Iterable[Statement]) -> dict[str, list[Statement]]:
    """Statements by the document they stand in."""
    found: dict[str, list[Statement]] = defaultdict(list)
    for s in statements:
        found[s.document.id].append(s)
    return found
