"""The front page: what is here, what was learned lately, what is disputed, who rises, who is active."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from orbat.link.cataloguefile import ARMED_KINDS
from orbat.queries import WantedRecords
from orbat.queries.loading import load
from orbat.recordtypes import Record as Kept
from orbat.recordtypes import RecordStatus
from orbat.serial import statement_to_json
from orbat.service import listing
from orbat.service.activeactors import Active
from orbat.service.listing import Asked, RecordSort, WantedDocuments
from orbat.service.models import ActiveActor, DocumentRow, Json, Record, Statement, Value
from orbat.service.pages.drawing import last_months
from orbat.service.pages.notes import note
from orbat.service.pages.recordview import heading, held
from orbat.service.pages.rendering import Shown, fragment, page
from orbat.service.routes.common import record_json
from orbat.service.state import Here, Service
from orbat.tables import documents, records, statements

router = APIRouter()
RECENT, BEFORE = 3, 12
"""Months that a rise is seen in, and those before it that it is measured by."""
LOOKED_AT = 60
"""Records learned last that the front page chooses from: an article makes a dozen or more."""
FEWEST = 3
"""Statements in the recent months that a rise needs at least: fewer are chance."""


class Rising(Value):
    """An actor with more statements in the last months than in those before: ``recent`` in three months, ``usual`` in three of the year
    before these."""

    actor: ActiveActor
    recent: int
    usual: float


class Front(Value):
    """What is in the store and what is new.

    ``until`` is the day of the newest article: the months of a rise are counted from there. ``said``: a statement of each record shown, by
    the record's id.
    """

    articles: int
    statements: int
    records: int
    waiting: int
    since: dt.date | None
    until: dt.date | None
    learned: list[Record]
    said: dict[str, Statement]
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
    risen: list[tuple[float, Active, int]] = []
    for each in found:
        counts = [each.months.get(month, 0) for month in every]
        recent, usual = sum(counts[BEFORE:]), sum(counts[:BEFORE]) * RECENT / BEFORE
        if recent >= FEWEST and recent > 2 * usual:
            risen.append((usual, each, recent))
    risen.sort(key=lambda one: (one[0] - one[2], one[1].id))
    return [{"actor": asdict(each), "recent": recent, "usual": usual} for usual, each, recent in risen[:limit]]


def mixed(found: Iterable[Kept], *, limit: int = 8, of_one: int = 2) -> list[Kept]:
    """Some of the records, of one article so many at most: those that most independent origins bear out, then those that tell most. Those
    learned last stand first, of those of one day the newest happening."""
    taken: Counter[str] = Counter()
    chosen = []
    for record in sorted(found, key=lambda each: (-each.independent, -telling(each))):
        if taken[record.documents[-1]] < of_one:
            taken[record.documents[-1]] += 1
            chosen.append(record)
    chosen.sort(key=lambda each: each.start or dt.date.min, reverse=True)
    return sorted(chosen, key=lambda each: each.learned_last.date() if each.learned_last else dt.date.min, reverse=True)[:limit]


def telling(record: Kept) -> int:
    """How many of these a record has: a known party, one on the other side, a place, a day."""
    sides = (any(value.entity for value in side.values) for side in (record.actors, record.targets))
    return sum((*sides, record.location is not None, record.start is not None))


def _front(service: Service) -> Json:
    with service.store.reading() as connection:
        count = sa.func.count()
        said = connection.scalar(sa.select(count).select_from(statements).where(statements.c.current == sa.true())) or 0
        kept = connection.scalar(sa.select(count).select_from(records)) or 0
        number, since, until = connection.execute(
            sa.select(count, sa.func.min(documents.c.published), sa.func.max(documents.c.published)).select_from(documents)
        ).one()
    active = service.active().rows
    armed = [each for each in active if each.kind in ARMED_KINDS]
    doubted = WantedRecords(statuses=(RecordStatus.DISPUTED, RecordStatus.DENIED))
    learned = mixed(listing.records_part(service, WantedRecords(), Asked("front", LOOKED_AT), sort=RecordSort.LEARNED).rows)
    disputed = listing.records_part(service, doubted, Asked("front", 5), sort=RecordSort.LEARNED).rows
    return {
        "articles": number,
        "statements": said,
        "records": kept,
        "waiting": listing.waiting(service),
        "since": since,
        "until": until,
        "learned": list(map(record_json, learned)),
        "said": _said(service, (*learned, *disputed)),
        "disputed": list(map(record_json, disputed)),
        "rising": rising(armed, until) if until else [],
        "groups": [asdict(each) for each in armed[:24]],
        "read": [asdict(each) for each in listing.documents_part(service, WantedDocuments(), Asked("front", 6)).rows],
    }


def _said(service: Service, found: Iterable[Kept]) -> dict[str, Json]:
    """A statement of each record: the first that is of its type."""
    kept = {record.id: record for record in found}
    wanted = {id: record.id for record in kept.values() for id in record.statements[:6]}
    with service.store.reading() as connection:
        query = sa.select(statements.c.key).where(statements.c.id.in_(wanted), statements.c.current == sa.true())
        said = {s.id: s for s in load(connection, connection.scalars(query).all())}
    order = sorted((id for id in wanted if id in said), key=lambda id: said[id].type is kept[wanted[id]].type)
    first = {wanted[id]: said[id] for id in order}  # the last of a record stays
    return {record: statement_to_json(statement) for record, statement in first.items()}


def _body(value: Json) -> Markup:
    return fragment("front_body.html", value=value, heading=heading, held=held, note=note)
