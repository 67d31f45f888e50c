"""Sources: publishers and speakers with what they say, their copies and their grades."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from orbat import queries
from orbat.names import fold
from orbat.recordtypes import Reliability
from orbat.service import listing
from orbat.service.models import Json, Page, Source
from orbat.service.routes.common import Paging, Words, errors, page
from orbat.service.state import Here, Service
from orbat.tables import copies, fillers, statements

router = APIRouter(tags=["sources"], responses=errors())
SPEAKERS = 2_000
"""Speakers listed at most, those with most statements."""


class SourceFilter(Paging):
    """Which sources."""

    kind: Annotated[Literal["publisher", "speaker"] | None, Field(description="Publishers or speakers only.")] = None
    q: Annotated[Words, Field(description="A part of its name.")] = ""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A publisher or speaker, by the id of its origin."""

    id: str
    name: str
    kind: str
    statements: int
    documents: int
    copies: int | None
    grade: Reliability


@router.get("/sources", response_model=Page[Source], responses=errors(400))
def sources(request: Request, response: Response, service: Here, given: Annotated[SourceFilter, Query()]) -> Json:
    """List publishers and named speakers, those with most statements first; speakers without a name are told by their records alone."""
    rows = service.view(request, response, "sources", lambda: all_sources(service))
    asked = fold(given.q)
    chosen = [each for each in rows if given.kind in (None, each.kind) and asked in fold(each.name)]
    found = listing.sliced(chosen, given.asked(request))
    return page(found, lambda each: {name: getattr(each, name) for name in SourceRow.__slots__})


def all_sources(service: Service) -> tuple[SourceRow, ...]:
    """All publishers and named speakers of the store."""
    graded = queries.grades(service.store)
    with service.store.reading() as connection:
        rows = [*_publishers(connection, graded), *_speakers(connection, graded)]
    return tuple(sorted(rows, key=lambda each: (-each.statements, each.id)))


def _publishers(connection: sa.Connection, graded: dict[str, Reliability]) -> Iterable[SourceRow]:
    """By the publisher as the records know it, which they do once a document is in them."""
    each = sa.select(statements.c.document, sa.func.count().label("number")).where(statements.c.current == sa.true())
    said = each.group_by(statements.c.document).subquery()
    total, families = sa.func.sum(sa.func.coalesce(said.c.number, 0)), sa.func.count(sa.distinct(copies.c.family))
    query = sa.select(copies.c.publisher, total.label("total"), sa.func.count().label("documents"), families.label("families"))
    query = query.join_from(copies, said, said.c.document == copies.c.document, isouter=True).group_by(copies.c.publisher)
    for row in connection.execute(query):
        id = f"publisher:{fold(row.publisher) or row.publisher}"
        grade = graded.get(id, graded.get(row.publisher, Reliability.F))
        yield SourceRow(id, row.publisher, "publisher", int(row.total), row.documents, row.documents - row.families, grade)


def _speakers(connection: sa.Connection, graded: dict[str, Reliability]) -> Iterable[SourceRow]:
    """Those that are linked, and those whom a text names: the payload says so, as ``store`` writes it."""
    key = sa.func.coalesce(fillers.c.entity_id, fillers.c.folded)
    name = sa.func.min(sa.func.coalesce(fillers.c.entity_name, fillers.c.text))
    number, articles = sa.func.count(), sa.func.count(sa.distinct(statements.c.document))
    query = sa.select(key.label("key"), name.label("name"), number.label("number"), articles.label("articles"))
    query = query.join_from(fillers, statements, statements.c.key == fillers.c.statement)
    named = sa.or_(fillers.c.entity_id.is_not(None), statements.c.payload.contains('"anonymous":false', autoescape=True))
    query = query.where(fillers.c.role == "speaker", statements.c.current == sa.true(), named)
    for row in connection.execute(query.group_by(key).order_by(number.desc(), key).limit(SPEAKERS)):
        id = f"speaker:{row.key}"
        yield SourceRow(id, row.name, "speaker", row.number, row.articles, None, graded.get(id, graded.get(row.name, Reliability.F)))
