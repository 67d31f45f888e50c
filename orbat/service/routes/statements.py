"""Statements: found by everything at once, one with what it rests on, and why it says what it says."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field

from orbat import queries
from orbat.queries import Sort, Wanted
from orbat.recordtypes import RecordStatus
from orbat.serial import statement_to_json
from orbat.service import listing
from orbat.service.models import Explanation, Facet, Json, Page, StatementEvidence, StatementRow, Type
from orbat.service.rereading import mentions_of
from orbat.service.routes.common import Id, Known, Paging, Words, errors, facets_json, judgement_json, page, row_json
from orbat.service.state import Here, Service
from orbat.types import Certainty, EventType

router = APIRouter(tags=["statements"], responses=errors())


class StatementFilter(Paging):
    """Which statements: all that is given must hold."""

    q: Annotated[Words, Field(description='Words of the sentence; "in quotes" together, a last * for any ending.')] = ""
    actor: Annotated[tuple[Words, ...], Field(max_length=5, description="Takes part; given twice, both do. A name or id.")] = ()
    type: Annotated[tuple[Type, ...], Field(max_length=60, description="One of these.")] = ()
    place: Annotated[Words, Field(description="Named in it, or the province or country where it happened.")] = ""
    since: Annotated[dt.date | None, Field(description="May have happened then or later; without a date, by its publication.")] = None
    until: Annotated[dt.date | None, Field(description="May have happened then or earlier.")] = None
    certainty: Annotated[tuple[Certainty, ...], Field(max_length=5, description="One of these.")] = ()
    speaker: Annotated[Words, Field(description="Who says so.")] = ""
    negated: Annotated[bool | None, Field(description="Denied, or not.")] = None
    source: Annotated[Words, Field(description="The publisher.")] = ""
    min_origins: Annotated[int, Field(ge=0, le=1_000_000, description="Its record has so many independent origins.")] = 0
    as_of: Annotated[dt.date | None, Field(description="As of that day: may have happened by then, and no tie that had ended.")] = None
    known_by: Known = None
    status: Annotated[tuple[RecordStatus, ...], Field(max_length=4, description="Its record has one of these.")] = ()
    model: Annotated[Words, Field(description="Read by this model, as its name is written.")] = ""
    sort: Annotated[Sort | None, Field(description="By default the best match first where words are asked for, else the newest.")] = None
    facets: Annotated[bool, Field(description="Count by type, certainty, negation, speaker, country, source, status, model.")] = False

    def wanted(self, service: Service) -> Wanted:
        """The question to the store, names looked up in the catalogue."""
        return Wanted(
            text=self.q,
            actors=tuple(map(service.named, self.actor)),
            types=tuple(EventType(kind.value.upper()) for kind in self.type),
            place=self.place,
            since=self.since,
            until=self.until,
            certainties=tuple(self.certainty),
            speaker=service.named(self.speaker) if self.speaker else None,
            negated=self.negated,
            source=self.source,
            min_origins=self.min_origins,
            as_of=self.as_of,
            known_by=self.known_by,
            statuses=tuple(self.status),
            model=self.model,
        )


class StatementPage(Page[StatementRow]):
    """Statements, with counts by facet where they were asked for."""

    facets: list[Facet] | None


@router.get("/statements", response_model=StatementPage, responses=errors(400))
def statements(request: Request, service: Here, given: Annotated[StatementFilter, Query()]) -> Json:
    """Find statements by words, actors, type, place, days, certainty, speaker and publisher."""
    wanted = given.wanted(service)
    found = listing.statements_part(service, wanted, given.asked(request), sort=given.sort)
    counts = service.memo.get(("facets", wanted), lambda: service.facets(wanted)) if given.facets else None
    return {**page(found, row_json), "facets": None if counts is None else facets_json(counts)}


@router.get("/statements/{id}", response_model=StatementEvidence, responses=errors(404))
def statement(service: Here, id: Annotated[Id, Path()]) -> Json:
    """One statement by its id or the beginning of it, with the readings that say it and what was judged of it."""
    found = queries.statement(service.store, id)
    (row,) = listing.of_records(service, [found.statement])
    judged = [each for each in service.judgements if found.statement.id in (each.left, each.right)]
    return {
        **row_json(row),
        "current": found.current,
        "readings": [asdict(each) for each in found.readings],
        "judgements": list(map(judgement_json, judged)),
    }


@router.get("/statements/{id}/explanation", response_model=Explanation, responses=errors(404))
def explain(service: Here, id: Annotated[Id, Path()]) -> Json:
    """Why one statement says what it says: its document is read again, and scores and candidates are given with reasons."""
    from orbat.explain import explanation  # brings the model's runtime, which no other request needs

    found = queries.statement(service.store, id)
    reading = service.reading(found.document)
    lines = explanation(found.statement, reading).splitlines()
    spans = {(each["start"], each["end"]) for each in _quotes(statement_to_json(found.statement))}
    said = [each for each in mentions_of(reading) if (each["start"], each["end"]) in spans]
    return {"statement": found.statement.id, "model": reading.model, "lines": lines, "mentions": said}


def _quotes(statement: Json) -> list[Json]:
    speaker = [statement["attribution"]] if statement["attribution"] else []
    return [each for role in ("actor", "target", "origin", "place", "time", "instrument") for each in statement[role]] + speaker
