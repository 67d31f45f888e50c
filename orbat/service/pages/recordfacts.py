"""What a record's page asks of the store beside the API: whose each statement is, what it was, what became of it."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from orbat import queries
from orbat.corroborate.judged import anchor, record_id
from orbat.corroborate.voices import voiced
from orbat.errors import NotFoundError
from orbat.queries.loading import parts
from orbat.recordkeeping import related_in
from orbat.recordkeeping.families import context_of
from orbat.recordtypes import Change, RecordChange
from orbat.serial import statement_to_json
from orbat.service.models import Json
from orbat.service.routes.common import change_json, judgement_json
from orbat.service.state import Service
from orbat.statementjson import statement_from_json
from orbat.tables import record_changes, record_statements
from orbat.types import Statement


def origins(service: Service, evidence: Json, known: Iterable[Statement] = ()) -> dict[str, str]:
    """The id of the origin of each statement of a record, as corroboration finds it.

    Args:
        known: the statements, where they are at hand as such.
    """
    said = list(known) or [statement_from_json(each) for each in evidence["statements"]]
    with service.store.reading() as connection:
        context = context_of(connection, evidence["record"]["documents"], related_in(service.catalogue))
    found, _ = voiced(said, context)
    return {each.statement.id: each.origin for each in found}


def taken_in(service: Service, record: Json) -> list[Json]:
    """The records that were merged into one. They had the ids of what are its statements now."""
    ids = [record_id(each) for each in record["statements"]]
    query = sa.select(record_changes).where(record_changes.c.change == Change.MERGED.value)
    with service.store.reading() as connection:
        rows = [row for part in parts(ids) for row in connection.execute(query.where(record_changes.c.record.in_(part)))]
    return [{"record": row.record, "at": row.at} for row in rows if record["id"] in row.others.split()]


def became(service: Service, id: str) -> tuple[list[Json], tuple[str, ...]]:
    """What became of a record that is no more: its changes, and the records that have what it had."""
    with service.store.reading() as connection:
        rows = connection.execute(sa.select(record_changes).where(record_changes.c.record == id).order_by(record_changes.c.key)).all()
        heir = connection.scalar(sa.select(record_statements.c.record).where(record_statements.c.statement == anchor(id)))
    changes = [RecordChange(row.record, Change(row.change), row.at, tuple(row.others.split())) for row in rows]
    heirs = changes[-1].others if changes else ()
    return list(map(change_json, changes)), tuple(each for each in heirs or ((heir,) if heir else ()) if each != id)


def judged_of(service: Service, id: str) -> list[Json]:
    """The judgements of a record that is no more, and of the statement that it grew from."""
    about = {id, anchor(id)}
    return [judgement_json(each) for each in service.judgements if about & {each.left, each.right}]


def first_statement(service: Service, id: str) -> Json | None:
    """The statement that a record grew from; None where it is not in the store."""
    try:
        return statement_to_json(queries.statement(service.store, anchor(id)).statement)
    except NotFoundError:
        return None
