"""The review queue: what matters most and is least sure, with why, and buttons that confirm or reject it at once."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from orbat.names import fold
from orbat.queries import FoundRow
from orbat.queries.loading import load, parts
from orbat.queries.review import DOUBTS, MATTERS, Ranked, queue
from orbat.recordtypes import Record
from orbat.service import listing
from orbat.service.models import Json, Type
from orbat.service.pages import searchviews
from orbat.service.pages.filtering import Told, again, chips, choices
from orbat.service.pages.judging import told
from orbat.service.pages.recordview import heading, held
from orbat.service.pages.rendering import Shown, page
from orbat.service.routes.common import page as page_json
from orbat.service.routes.common import record_json, row_json
from orbat.service.state import Here, Service
from orbat.tables import statements

router = APIRouter()
SENTENCES = 4
"""Sentences shown with a record; the rest is on its page."""
TITLES = {"actor": "actor", "type": "type", "why": "because of", "country": "country"}
FACETS = ("why", "type", "country")


class ReviewView(Told):
    """Which part of the queue."""

    limit: Annotated[int, Field(ge=1, le=50, description="Records given.")] = 10
    actor: Annotated[str, Field(max_length=500, description="Takes part: a name or id.")] = ""
    type: Annotated[Type | None, Field(description="Of this type.")] = None
    country: Annotated[str, Field(max_length=500, description="There.")] = ""
    why: Annotated[str, Field(max_length=40, description="What weighs most in its doubt.")] = ""


@page(router, "/review")
def review(request: Request, response: Response, service: Here, given: Annotated[ReviewView, Query()]) -> Shown:
    """Records to look at first: each with its score, the reasons for it and its sentences."""
    found = service.view(request, response, "review", lambda: queue(service.store, today=dt.datetime.now(dt.UTC).date()))
    ids = service.named(given.actor).ids if given.actor else frozenset()
    rows = [each for each in found.ranked if _fits(each, given, ids)]
    part = listing.sliced(rows, given.asked(request))
    value = {**page_json(part, _ranked_json), "weighed": len(found.ranked), "records": found.of, "confirmed": found.judged}
    return Shown("review.html", value, lambda: _context(request, service, given=given, shown=part.rows, rows=rows))


def _context(request: Request, service: Service, *, given: ReviewView, shown: Sequence[Ranked], rows: Sequence[Ranked]) -> Json:
    said, query = _rows(service, shown), request.query_params.multi_items()
    rows_of = {each.record.id: [said[id] for id in telling(each.record) if id in said] for each in shown}
    return {
        "given": given,
        "heading": heading,
        "held": held,
        "sentences": {id: searchviews.by_sentence(found, "") for id, found in rows_of.items()},
        "chips": chips(query, TITLES),
        "facets": [choices(_counted(name, rows), query, TITLES[name].capitalize()) for name in FACETS],
        "weights": (("Matters", [each[:2] for each in MATTERS]), ("Is unsure", [each[:2] for each in DOUBTS])),
        "told": told(service, given.judged),
        "again": again(request),
    }


def telling(record: Record) -> list[str]:
    """The statements of a record that are shown: one for each value that is disputed, then one for each origin, then the rest; a few."""
    disputed = [value for field in (record.actors, record.targets, *record.fields) if field.disputed for value in field.values]
    disputed += [value for toll in record.tolls if toll.low != toll.high for value in toll.said]
    values = [value for field in (record.actors, record.targets, *record.fields) for value in field.values]
    by_origin = {origin: value.statements[0] for value in reversed(values) for origin in value.origins}
    found = dict.fromkeys((*(value.statements[0] for value in disputed), *by_origin.values(), *record.statements))
    return list(found)[:SENTENCES]


def _fits(each: Ranked, given: ReviewView, ids: frozenset[str]) -> bool:
    record = each.record
    known = {value.entity.id for value in (*record.actors.values, *record.targets.values) if value.entity}
    called = {fold(value.text) for value in (*record.actors.values, *record.targets.values)}
    return (
        (not given.actor or bool(ids & known) or fold(given.actor) in called)
        and given.type in (None, record.type.value.lower())
        and (not given.country or _country(each) == given.country)
        and (not given.why or _why(each) == given.why)
    )


def _why(each: Ranked) -> str:
    """The feature that weighs most in a record's doubt."""
    return each.doubts[0].feature


def _country(each: Ranked) -> str:
    return each.record.location.country if each.record.location else ""


def _counted(name: str, rows: Sequence[Ranked]) -> Json:
    values = Counter(_why(row) if name == "why" else _country(row) if name == "country" else row.record.type.value.lower() for row in rows)
    return {"name": name, "counts": [{"value": value, "count": number} for value, number in values.most_common(15)]}


def _ranked_json(each: Ranked) -> Json:
    reasons = {side: [asdict(reason) for reason in getattr(each, side)] for side in ("matters", "doubts")}
    return {"record": record_json(each.record), "score": each.score, "matter": each.matter, "doubt": each.doubt, **reasons}


def _rows(service: Service, shown: Sequence[Ranked]) -> dict[str, Json]:
    """The statements of some records that are shown, as rows, by id."""
    ids = [id for each in shown for id in telling(each.record)]
    query = sa.select(statements.c.key, statements.c.current)
    with service.store.reading() as connection:
        rows = [row for part in parts(ids) for row in connection.execute(query.where(statements.c.id.in_(part)))]
        return {each.id: row_json(FoundRow(each)) for each in load(connection, [row.key for row in rows if row.current])}
