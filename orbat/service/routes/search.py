"""Search over everything, as someone types."""

from __future__ import annotations

from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Query
from pydantic import Field

from orbat.link import actorsearch
from orbat.queries import Wanted
from orbat.queries.records import load_records
from orbat.service import listing
from orbat.service.listing import Asked
from orbat.service.models import Found, Json
from orbat.service.routes.actors import match_json
from orbat.service.routes.common import Filter, Words, errors, record_json, reference_json, row_json
from orbat.service.state import Here, Service
from orbat.tables import records as records_table

router = APIRouter(tags=["search"], responses=errors())


class SearchFilter(Filter):
    """What is looked for."""

    q: Annotated[Words, Field(min_length=1, description='Words; "in quotes" together, a last * for any ending.')]
    limit: Annotated[int, Field(ge=1, le=50, description="Of each kind.")] = 10


@router.get("/search", response_model=Found)
def search(service: Here, given: Annotated[SearchFilter, Query()]) -> Json:
    """Find actors by name and statements by their words, with the records and articles of these."""
    return service.memo.get(("search", given.q, given.limit), lambda: _search(service, given))


def _search(service: Service, given: SearchFilter) -> Json:
    actors = actorsearch.search(service.catalogue, given.q, limit=given.limit)
    found = listing.statements_part(service, Wanted(text=given.q), Asked("search", given.limit)).rows
    with service.store.reading() as connection:
        there = sa.select(records_table.c.id).where(records_table.c.id.in_({row.record for row in found if row.record}))
        kept = set(connection.scalars(there))  # one may have gone since the statements were read
        records = load_records(connection, dict.fromkeys(row.record for row in found if row.record and row.record in kept))
    documents = {row.statement.document.id: row.statement.document for row in found}
    return {
        "actors": list(map(match_json, actors)),
        "statements": list(map(row_json, found)),
        "records": list(map(record_json, records)),
        "documents": list(map(reference_json, documents.values())),
    }
