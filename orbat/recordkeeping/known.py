"""The records as they would have been made at an earlier moment, from what had been read and judged by then. Nothing is written."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace

import sqlalchemy as sa

from orbat.corroborate.build import build
from orbat.corroborate.context import Context
from orbat.corroborate.copies import Signature, families
from orbat.corroborate.features import Related
from orbat.corroborate.judged import Judged, anchor
from orbat.errors import NotFoundError
from orbat.queries.judgements import judgements
from orbat.queries.loading import load, parts
from orbat.queries.records import RecordEvidence, changes, record
from orbat.recordkeeping.families import facts_of
from orbat.recordtypes import Record
from orbat.store import Store
from orbat.tables import copies, readings, statements
from orbat.types import Statement


def known_by(store: Store, moment: dt.datetime, *, related: Related) -> tuple[Record, ...]:
    """The records from the statements of each document's latest reading by then and the judgements that stood then.

    Their ids are those of their smallest statements, which may differ from the ids that the records had then. All is made again in
    memory: it costs what ``rebuild`` costs.
    """
    said, learned = statements_by(store, moment)
    stood = judgements(store, withdrawn=False, known_by=moment)
    with store.reading() as connection:
        context = _context(connection, learned, related)
    return build(said, context, stood)


def record_known_by(store: Store, id: str, moment: dt.datetime, *, related: Related) -> RecordEvidence:
    """What the record of an id said at a moment: that which had most of the statements it has now, with its history until then.

    Args:
        id: a record's, or one that begins so, or a statement's; also a record's that is another's now.

    Raises:
        NotFoundError: several ids begin so, or none of its statements was read by then.
    """
    now, members = _members(store, id)
    made = known_by(store, moment, related=related)
    kept = max(made, key=lambda each: (len(members.intersection(each.statements)), each.id), default=None)
    if kept is None or members.isdisjoint(kept.statements):
        step = "Ask for a later day, or for the record as it is now."
        raise NotFoundError(f"Nothing of {id} was known by {moment:%Y-%m-%d %H:%M}.", "Its statements were read later.", step)
    with store.reading() as connection:
        newest = sa.select(sa.func.max(statements.c.key)).group_by(statements.c.id)
        keys = [key for part in parts(kept.statements) for key in connection.scalars(newest.where(statements.c.id.in_(part)))]
        family = sa.select(copies.c.document, copies.c.family)
        rows = [row for part in parts(kept.documents) for row in connection.execute(family.where(copies.c.document.in_(part)))]
        families = {row.document: row.family for row in rows}
        said = {each.id: each for each in load(connection, keys)}
    return RecordEvidence(kept, tuple(said[key] for key in kept.statements if key in said), families, changes(store, until=moment, of=now))


def statements_by(store: Store, moment: dt.datetime, *, corrected: bool = False) -> tuple[tuple[Statement, ...], dict[str, dt.datetime]]:
    """The statements of each document's latest reading by a moment, and when each document was first read.

    Args:
        corrected: as the judgements that stood then corrected them.
    """
    judged = Judged.of(judgements(store, withdrawn=False, known_by=moment)) if corrected else Judged()
    with store.reading() as connection:
        query = sa.select(readings.c.key, readings.c.document, readings.c.read_at, readings.c.model, readings.c.digest)
        latest: dict[str, tuple[tuple[dt.datetime, str, str], int]] = {}
        learned: dict[str, dt.datetime] = {}
        for row in connection.execute(query.where(readings.c.read_at <= moment)):
            rank = (row.read_at, row.model, row.digest)  # as the store tells which reading is the latest
            if row.document not in latest or rank > latest[row.document][0]:
                latest[row.document] = (rank, row.key)
            learned[row.document] = min(row.read_at, learned.get(row.document, row.read_at))
        keys = sa.select(statements.c.key)
        wanted = [
            k for part in parts(key for _, key in latest.values()) for k in connection.scalars(keys.where(statements.c.reading.in_(part)))
        ]
        return tuple(map(judged.corrected, load(connection, wanted))), learned


def _members(store: Store, id: str) -> tuple[str, frozenset[str]]:
    """The whole id of a record, and its statements now, with the one that it grew from."""
    try:
        now = record(store, id).record
    except NotFoundError:
        if re.fullmatch("r?[0-9a-f]{20}(-[0-9]+)?", id) is None:  # only the whole id of one that is no more says what it grew from
            raise
        return id, frozenset((anchor(id),))
    return now.id, frozenset((anchor(now.id), *now.statements))


def _context(connection: sa.Connection, learned: Mapping[str, dt.datetime], related: Related) -> Context:
    """What was known of the documents by then: their families are those among them alone."""
    rows = connection.execute(sa.select(copies.c.document, copies.c.signature))
    signatures = {row.document: Signature.from_bytes(row.signature) for row in rows if row.document in learned}
    family = families(signatures)
    facts = facts_of(connection, signatures, related).documents
    return Context({key: replace(each, family=family[key], learned_at=learned[key]) for key, each in facts.items()}, related)
