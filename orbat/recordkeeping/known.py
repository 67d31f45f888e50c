"""The records as they would have been made at an earlier moment, from what had been read and judged by then. Nothing is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import sqlalchemy as sa

from orbat.corroborate.build import build
from orbat.corroborate.context import Context
from orbat.corroborate.copies import Signature, families
from orbat.corroborate.features import Related
from orbat.corroborate.judged import Judged
from orbat.queries.judgements import judgements
from orbat.queries.loading import load, parts
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


def _context(connection: sa.Connection, learned: Mapping[str, dt.datetime], related: Related) -> Context:
    """What was known of the documents by then: their families are those among them alone."""
    rows = connection.execute(sa.select(copies.c.document, copies.c.signature))
    signatures = {row.document: Signature.from_bytes(row.signature) for row in rows if row.document in learned}
    family = families(signatures)
    facts = facts_of(connection, signatures, related).documents
    return Context({key: replace(each, family=family[key], learned_at=learned[key]) for key, each in facts.items()}, related)
