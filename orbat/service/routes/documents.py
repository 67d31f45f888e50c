"""Documents: listed, one with its text and marks, one read again; and what could not be read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Path, Query, Request
from pydantic import Field

from orbat.errors import NotFoundError
from orbat.queries import Reading
from orbat.queries.loading import load
from orbat.serial import ROLES, fillers_of
from orbat.service import listing
from orbat.service.listing import WantedDocuments
from orbat.service.models import Annotations, Document, DocumentRow, Failure, Json, Page
from orbat.service.rereading import events_of, mentions_of
from orbat.service.routes.common import Id, Paging, Words, errors, page, reference_json, row_json
from orbat.service.state import Here, Service
from orbat.tables import copies, readings, statements
from orbat.tables import documents as documents_table
from orbat.types import Document as Text
from orbat.types import DocumentRef, Filler, Statement

router = APIRouter(tags=["documents"], responses=errors())
COPIES = 50
"""Near-copies that a document names."""


class DocumentFilter(Paging):
    """Which documents."""

    q: Annotated[Words, Field(description="Words of the title.")] = ""
    source: Annotated[Words, Field(description="The publisher, as it is written.")] = ""
    since: Annotated[dt.date | None, Field(description="Published then or later.")] = None
    until: Annotated[dt.date | None, Field(description="Published then or earlier.")] = None
    family: Annotated[Words, Field(description="A family of near-copies, as records name it.")] = ""


@router.get("/documents", response_model=Page[DocumentRow], responses=errors(400))
def documents(request: Request, service: Here, given: Annotated[DocumentFilter, Query()]) -> Json:
    """List the documents that were read, the last read first."""
    wanted = WantedDocuments(given.q, given.source, given.since, given.until, given.family)
    return page(listing.documents_part(service, wanted, given.asked(request)), asdict)


@router.get("/documents/{id}", response_model=Document, responses=errors(404))
def document(service: Here, id: Annotated[Id, Path()]) -> Json:
    """One document: its text, the statements of its latest reading, the mentions that these mark in it, and its near-copies."""
    text, said, read, family = _document(service, id)
    rows = listing.of_records(service, said)
    return {
        "document": reference_json(DocumentRef(text.id, text.title, text.source, text.published, text.url)),
        "text": text.text,
        "byline": text.byline,
        "section": text.section,
        "readings": [asdict(each) for each in read],
        "statements": list(map(row_json, rows)),
        "mentions": marks(said),
        "family": list(map(reference_json, family)),
    }


@router.get("/documents/{id}/annotations", response_model=Annotations, responses=errors(404))
def read_again(service: Here, id: Annotated[Id, Path()]) -> Json:
    """One document read again: all mentions with their candidates and reasons, and all events with their scores."""
    reading = service.reading(_document(service, id)[0])
    return {"document": id, "model": reading.model, "mentions": mentions_of(reading), "events": events_of(reading)}


@router.get("/failures", response_model=Page[Failure], responses=errors(400))
def failures(request: Request, service: Here, given: Annotated[Paging, Query()]) -> Json:
    """What could not be read and why, the latest first."""
    rows = service.memo.get("failures", service.store.failures)
    found = listing.sliced(rows, given.asked(request))
    return page(found, lambda each: {**asdict(each.failure), "first_at": each.first_at, "last_at": each.last_at})


def marks(said: Iterable[Statement]) -> list[Json]:
    """The mentions that play a part in statements, in the order of the text, each once with its roles."""
    found: dict[tuple[int, int], tuple[Filler, dict[str, list[str]]]] = {}
    for statement in said:
        for role, filler in _parts(statement):
            key = (filler.quote.span.start, filler.quote.span.end)
            known, roles = found.setdefault(key, (filler, {}))
            if known.entity is None and filler.entity is not None:
                found[key] = (filler, roles)
            roles.setdefault(statement.id, []).append(role)
    return [
        {
            "start": start,
            "end": end,
            "text": filler.quote.text,
            "type": filler.type,
            "entity": asdict(filler.entity) if filler.entity else None,
            "roles": roles,
        }
        for (start, end), (filler, roles) in sorted(found.items(), key=lambda each: each[0])
    ]


def _parts(statement: Statement) -> Iterable[tuple[str, Filler]]:
    for role in ROLES:
        for filler in fillers_of(statement, role):
            yield role, filler
    if statement.attribution:
        yield "speaker", statement.attribution.speaker


def _document(service: Service, id: str) -> tuple[Text, tuple[Statement, ...], list[Reading], list[DocumentRef]]:
    """The document, its current statements in the order of the text, its readings, and its near-copies."""
    with service.store.reading() as connection:
        row = connection.execute(sa.select(documents_table).where(documents_table.c.id == id)).one_or_none()
        if row is None:
            raise NotFoundError(f"No document has the id {id!r}.", "", "GET /api/v1/documents lists ids.")
        query = sa.select(statements.c.key).where(statements.c.document == id, statements.c.current == sa.true())
        said = sorted(load(connection, connection.scalars(query).all()), key=lambda each: (each.trigger.span, each.id))
        query = sa.select(readings.c.model, readings.c.read_at).where(readings.c.document == id).order_by(readings.c.read_at)
        read = [Reading(each.model, each.read_at) for each in connection.execute(query)]
        own = sa.select(copies.c.family).where(copies.c.document == id).scalar_subquery()
        same = sa.select(*(documents_table.c[name] for name in ("id", "title", "source", "published", "url")))
        same = same.join(copies, copies.c.document == documents_table.c.id).where(copies.c.family == own, documents_table.c.id != id)
        family = [
            DocumentRef(*each)
            for each in connection.execute(same.order_by(documents_table.c.published, documents_table.c.id).limit(COPIES))
        ]
    return Text(**row._mapping), tuple(said), read, family
