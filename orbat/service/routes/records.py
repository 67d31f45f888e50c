"""Records: listed, one with who says what and what became of it, and what became of records since a moment."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import AwareDatetime, Field

from orbat import queries
from orbat.queries import WantedRecords
from orbat.recordtypes import RecordKind, RecordStatus
from orbat.serial import statement_to_json
from orbat.service import earlier, listing
from orbat.service.listing import RecordSort
from orbat.service.models import Facet, Json, Page, Record, RecordChange, RecordEvidence, Type
from orbat.service.routes.common import (
    Filter,
    Id,
    Known,
    Paging,
    Words,
    change_json,
    errors,
    facets_json,
    judgement_json,
    page,
    record_json,
)
from orbat.service.state import Here, Service
from orbat.types import EventType

router = APIRouter(tags=["records"], responses=errors())


class RecordFilter(Paging):
    """Which records: all that is given must hold."""

    actor: Annotated[tuple[Words, ...], Field(max_length=5, description="Takes part; given twice, both do. A name or id.")] = ()
    type: Annotated[tuple[Type, ...], Field(max_length=60, description="One of these.")] = ()
    status: Annotated[tuple[RecordStatus, ...], Field(max_length=4, description="One of these.")] = ()
    kind: Annotated[RecordKind | None, Field(description="Events or relations only.")] = None
    country: Annotated[Words, Field(description="Where it happened.")] = ""
    since: Annotated[dt.date | None, Field(description="May have happened or held then or later.")] = None
    until: Annotated[dt.date | None, Field(description="May have happened or begun then or earlier.")] = None
    as_of: Annotated[dt.date | None, Field(description="Had happened, or held, on that day.")] = None
    known_by: Known = None
    min_origins: Annotated[int, Field(ge=0, le=1_000_000, description="So many independent origins.")] = 0
    sort: Annotated[RecordSort, Field(description="By its first day, or by when its last statement was read.")] = RecordSort.NEWEST
    facets: Annotated[bool, Field(description="Count by type, status, kind and country too.")] = False

    def wanted(self, service: Service) -> WantedRecords:
        """The question to the store, names looked up in the catalogue."""
        return WantedRecords(
            actors=tuple(map(service.named, self.actor)),
            types=tuple(EventType(kind.value.upper()) for kind in self.type),
            statuses=tuple(self.status),
            kind=self.kind,
            country=self.country,
            since=self.since,
            until=self.until,
            as_of=self.as_of,
            min_origins=self.min_origins,
        )


class AsKnown(Filter):
    """As of which moment."""

    known_by: Known = None


class RecordPage(Page[Record]):
    """Records, with counts by facet where they were asked for; ``waiting`` documents are read and not yet in the records."""

    waiting: int
    facets: list[Facet] | None


class ChangeFilter(Paging):
    """Which changes."""

    since: Annotated[AwareDatetime | None, Field(description="From that moment on, with its zone.")] = None
    until: Annotated[AwareDatetime | None, Field(description="To that moment.")] = None
    sort: Annotated[Literal["newest", "oldest"], Field(description="Which come first.")] = "newest"


@router.get("/records", response_model=RecordPage, responses=errors(400))
def records(request: Request, service: Here, given: Annotated[RecordFilter, Query()]) -> Json:
    """List records by actors, type, status, kind, country, days and number of independent origins."""
    wanted = given.wanted(service)
    if given.known_by is not None:
        return _earlier_records(request, service, given, given.known_by)
    found = listing.records_part(service, wanted, given.asked(request), sort=given.sort)
    counts = service.memo.get(("record facets", wanted), lambda: listing.record_facets(service, wanted)) if given.facets else None
    return {
        **page(found, record_json),
        "waiting": listing.waiting(service),
        "facets": None if counts is None else facets_json(counts),
    }


@router.get("/records/{id}", response_model=RecordEvidence, responses=errors(404))
def record(service: Here, id: Annotated[Id, Path()], given: Annotated[AsKnown, Query()]) -> Json:
    """One record by its id, the beginning of it or a statement's id: who says what, copies, history, judgements and grades."""
    if given.known_by is not None:
        return earlier.record(service, id, given.known_by)
    return evidence_json(service, queries.record(service.store, id))


def _earlier_records(request: Request, service: Service, given: RecordFilter, moment: dt.datetime) -> Json:
    found = earlier.records(service, given.wanted(service), moment, sort=given.sort)
    counts = facets_json(earlier.facets(found)) if given.facets else None
    return {**page(listing.sliced(found, given.asked(request)), record_json), "waiting": 0, "facets": counts}


def evidence_json(service: Service, found: queries.RecordEvidence) -> Json:
    """One record with all that stands beside it."""
    about, graded = {found.record.id, *found.record.statements}, service.grades
    grades = {each.id: graded[key] for each in found.record.origins for key in (each.id, each.name) if key in graded}
    judged = [each for each in service.judgements if about & {each.left, each.right}]
    return {
        "record": record_json(found.record),
        "statements": list(map(statement_to_json, found.statements)),
        "families": found.families,
        "history": list(map(change_json, found.history)),
        "judgements": list(map(judgement_json, judged)),
        "grades": grades,
    }


@router.get("/changes", response_model=Page[RecordChange], responses=errors(400))
def changes(request: Request, service: Here, given: Annotated[ChangeFilter, Query()]) -> Json:
    """What became of records between two moments."""
    newest = given.sort == "newest"
    found = listing.changes_part(service, given.asked(request), since=given.since, until=given.until, newest=newest)
    return page(found, change_json)
