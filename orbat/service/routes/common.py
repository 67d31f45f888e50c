"""What the routes share: parts of lists as they are asked for, our values as JSON, and the errors that OpenAPI tells of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Request
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from orbat.queries import Facet, FoundRow
from orbat.recordserial import record_to_json
from orbat.recordtypes import Judgement, Record, RecordChange
from orbat.serial import statement_to_json
from orbat.service.guard import Caller
from orbat.service.listing import Asked, Part
from orbat.service.models import Json, Problem
from orbat.service.problems import KIND
from orbat.service.state import Service
from orbat.types import DocumentRef

R = TypeVar("R")
Words = Annotated[str, StringConstraints(max_length=500)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
MOST = 200
"""Rows of a page at most."""


def in_utc(given: object) -> object:
    """A moment as a form's field gives it, without a zone, is of UTC."""
    return f"{given}Z" if isinstance(given, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", given) else given


Known = Annotated[AwareDatetime | None, BeforeValidator(in_utc), Field(description="Only from what was read by then; without a zone, UTC.")]


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that an address may answer with, beside those that all may."""
    return {status: {"model": Problem, "content": {KIND: {}}} for status in (*statuses, 401, 421, 422, 429, 500, 503)}


class Filter(BaseModel):
    """Parameters of a request. An empty one asks nothing, as a form sends what is left empty; one that is not known is refused."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        kept = {name: [each for each in value if each != ""] if isinstance(value, list) else value for name, value in given.items()}
        return {name: value for name, value in kept.items() if value not in ("", [])}


class Paging(Filter):
    """Which part of a list."""

    limit: Annotated[int, Field(ge=1, le=MOST, description="Rows given.")] = 50
    cursor: Annotated[str | None, Field(max_length=2_000, description="The `next` of the part before.")] = None

    def asked(self, request: Request) -> Asked:
        """The part, with the question that its cursor belongs to: the address without the part."""
        rest = sorted(item for item in request.query_params.multi_items() if item[0] not in ("limit", "cursor") and item[1])
        return Asked(f"{request.url.path.removesuffix('.json')}?{urlencode(rest)}", self.limit, self.cursor)


def page(part: Part[R], as_json: Callable[[R], Any]) -> Json:
    """A part of a list as JSON."""
    return {"items": list(map(as_json, part.rows)), "total": part.total, "next": part.next}


def row_json(row: FoundRow) -> Json:
    """A statement with its record."""
    return {"statement": statement_to_json(row.statement), "record": row.record, "origins": row.origins}


def record_json(record: Record) -> Json:
    """A record."""
    return record_to_json(record)


def change_json(change: RecordChange) -> Json:
    """A line of a record's history."""
    return asdict(change)


def judgement_json(judgement: Judgement) -> Json:
    """A judgement."""
    return asdict(judgement)


def reference_json(document: DocumentRef) -> Json:
    """What is said of a document beside its text."""
    return asdict(document)


def facets_json(facets: Iterable[Facet]) -> list[Json]:
    """Counts by facet."""
    return [{"name": each.name, "counts": [{"value": value, "count": count} for value, count in each.counts]} for each in facets]


def who_json(service: Service, caller: Caller) -> Json:
    """Who asks, with a token for the forms of its pages."""
    token = service.sessions.csrf(caller.mark) if caller.via == "session" else ""
    return {"name": caller.name, "role": caller.role, "via": caller.via, "csrf_token": token}
