"""The front page: what is here, what was learned lately, what is disputed, who rises, who is active."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response

from orbat.queries import WantedRecords
from orbat.recordtypes import Record as Kept
from orbat.recordtypes import RecordStatus
from orbat.service import listing
from orbat.service.listing import Asked, RecordSort, WantedDocuments
from orbat.service.models import ActiveActor, DocumentRow, Json, Record, Value
from orbat.service.pages.drawing import last_months
from orbat.service.pages.recordview import heading, held
from orbat.service.pages.rendering import Shown, fragment, page
from orbat.service.routes.actors import Active, active_actors
from orbat.service.routes.common import record_json
from orbat.service.state import Here, Service
from orbat.tables import documents, records, statements

router = APIRouter()
ARMED = frozenset({"group", "wing", "force", "coalition"})
"""Kinds of actor that the list of groups holds: no states, persons and media."""
RECENT, BEFORE = 3, 12
"""Months that a rise is seen in, and those before it that it is measured by."""
FEWEST = 3
"""Statements in the recent months that a rise needs at least: fewer are chance."""


class Rising(Value):
    """An actor with more statements in the last months than in those before: ``recent`` in three months, ``usual`` in three of the year
    before these."""

    actor: ActiveActor
    recent: int
    usual: float


class Front(Value):
    """What is in the store and what is new. ``until`` is the day of the newest article: the months of a rise are counted from there."""

    articles: int
    statements: int
    records: int
    waiting: int
    since: dt.date | None
    until: dt.date | None
    learned: list[Record]
    disputed: list[Record]
    rising: list[Rising]
    groups: list[ActiveActor]
    read: list[DocumentRow]


@page(router, "/", model=Front)
def front(request: Request, response: Response, service: Here) -> Shown:
    """What is in the store and what is new."""

    def value() -> Json:
        return service.view(request, response, "front", lambda: _front(service))

    def body() -> Json:
        made = service.view(request, response, "front page", lambda: _body(value()))
        return {"body": made}

    return Shown("front.html", value, body)


def rising(found: Iterable[Active], until: dt.date, *, limit: int = 6) -> list[Json]:
    """The actors that have most more statements in the last months than they had in as many of those before.

    Args:
        found: actors with their statements by month.
        until: a day of the last month that counts: days to come are in statements too.
    """
    every = last_months(f"{until:%Y-%m}", RECENT + BEFORE)
    risen = []
    for each in found:
        counts = [each.months.get(month, 0) for month in every]
        recent, usual = sum(counts[BEFORE:]), sum(counts[:BEFORE]) * RECENT / BEFORE
        if recent >= FEWEST and recent > 2 * usual:
            risen.append({"actor": asdict(each), "recent": recent, "usual": usual})
    return sorted(risen, key=lambda each: (each["usual"] - each["recent"], each["actor"]["id"]))[:limit]


def _front(service: Service) -> Json:
    with service.store.reading() as connection:
        count = sa.func.count()
        said = connection.scalar(sa.select(count).select_from(statements).where(statements.c.current == sa.true())) or 0
        kept = connection.scalar(sa.select(count).select_from(records)) or 0
        number, since, until = connection.execute(
            sa.select(count, sa.func.min(documents.c.published), sa.func.max(documents.c.published)).select_from(documents)
        ).one()
    armed = [each for each in active_actors(service) if each.kind in ARMED]
    disputed = WantedRecords(statuses=(RecordStatus.DISPUTED, RecordStatus.DENIED))
    return {
        "articles": number,
        "statements": said,
        "records": kept,
        "waiting": listing.waiting(service),
        "since": since,
        "until": until,
        "learned": _records(listing.records_part(service, WantedRecords(), Asked("front", 8), sort=RecordSort.LEARNED).rows),
        "disputed": _records(listing.records_part(service, disputed, Asked("front", 5), sort=RecordSort.LEARNED).rows),
        "rising": rising(armed, until) if until else [],
        "groups": [asdict(each) for each in armed[:24]],
        "read": [asdict(each) for each in listing.documents_part(service, WantedDocuments(), Asked("front", 6)).rows],
    }


def _body(value: Json) -> Json:
    return {"html": fragment("front_body.html", value=value, heading=heading, held=held)}


def _records(found: Sequence[Kept]) -> list[Json]:
    return [record_json(each) for each in found]
