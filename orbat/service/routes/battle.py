"""Orders of battle, and the views beside them: timeline, comparison, network and map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AwareDatetime, Field, TypeAdapter

from orbat.battle import Asked, Sheet, sheet
from orbat.battle.compare import Comparison, compare
from orbat.battle.loading import events, relations
from orbat.battle.mapping import gazetteer_radius, geojson, marks
from orbat.battle.network import around, with_catalogue
from orbat.battle.network import network as network_of
from orbat.battle.render.graph import network_to_json
from orbat.battle.render.plain import plain, sheet_to_json
from orbat.battle.ties import ties_of, wings_of
from orbat.battle.timeline import Timeline, timeline
from orbat.link.gazetteer import Gazetteer
from orbat.service.models import Json, Value
from orbat.service.routes.common import Filter, Words, errors
from orbat.service.state import Here, Service

router = APIRouter(tags=["orders of battle"], responses=errors())
Group = Annotated[str, Path(min_length=1, max_length=200, description="A group's name, short name or id.")]


class Moment(Filter):
    """Of which day, and from what was read by when."""

    as_of: Annotated[dt.date | None, Field(description="What had happened, or held, on that day.")] = None
    known_by: Annotated[AwareDatetime | None, Field(description="Only from what was read by then. All is made again for it: seconds.")] = (
        None
    )
    with_wings: Annotated[bool, Field(description="With the records of the wings that the catalogue gives it.")] = False

    def of(self, service: Service, name: str) -> Asked:
        """The question for a group, looked up in the catalogue; for all where the name is empty."""
        ids = service.named(name).ids if name else frozenset()
        return Asked(name, ids, self.with_wings, self.as_of, self.known_by)


class SheetFilter(Moment):
    """Which sheet."""

    limit: Annotated[int, Field(ge=0, le=100_000, description="Values of each section; 0 for all. `totals` counts all.")] = 50


class Days(Moment):
    """Between which days."""

    since: Annotated[dt.date | None, Field(description="May have happened or held then or later.")] = None
    until: Annotated[dt.date | None, Field(description="May have happened or begun then or earlier.")] = None


class TimelineFilter(Days):
    """Which part of a timeline."""

    limit: Annotated[int, Field(ge=0, le=100_000, description="The newest so many; 0 for all.")] = 500


class ComparisonFilter(Moment):
    """Which two groups."""

    one: Annotated[Words, Field(min_length=1, description="A group's name, short name or id.")]
    two: Annotated[Words, Field(min_length=1, description="Another's.")]


class NetworkFilter(Moment):
    """Which network."""

    year: Annotated[int, Field(ge=1, le=9999, description="Relations that held in this year.")]
    actor: Annotated[Words, Field(description="A group: its relations, and those among the parties they lead to.")] = ""
    catalogue: Annotated[bool, Field(description="With what the catalogue has of that year.")] = True


class MapFilter(Days):
    """Which records are on the map."""

    actor: Annotated[Words, Field(description="A group; all records, if none is named.")] = ""


class Node(Value):
    """A party; ``id`` is the catalogue's, null where it is not known there; ``key`` is what edges name it by."""

    key: str
    id: str | None
    name: str
    kind: str


class Edge(Value):
    """One kind of tie between two parties. ``catalogue``: the catalogue has it, and no statement stands behind it."""

    source: str
    target: str
    relation: str
    start: dt.date | None
    end: dt.date | None
    independent: int
    records: list[str]
    catalogue: bool


class Network(Value):
    """The relations of a year; ``undated`` relations have no day and are left out."""

    year: int
    undated: int
    nodes: list[Node]
    edges: list[Edge]


class Feature(Value):
    """A place with its records: a point where it is exact or near a known point, else an area of its rough size."""

    type: Literal["Feature"]
    id: str
    geometry: dict[str, Any]
    properties: dict[str, Any]


class FeatureCollection(Value):
    """GeoJSON (RFC 7946)."""

    type: Literal["FeatureCollection"]
    features: list[Feature]


@router.get("/sheets/{name:path}", response_model=Sheet, responses=errors(404))
def one_sheet(request: Request, service: Here, name: Group, given: Annotated[SheetFilter, Query()]) -> Response:
    """A group's order of battle: leaders, ties, strength, places, gains and losses, flows, activity, expectations, with grounds."""
    asked = given.of(service, name)

    def make() -> Json:
        return sheet_to_json(sheet(service.case(asked), limit=given.limit or None))

    return _view(request, service, ("sheet", asked, given.limit), make, model=Sheet)


@router.get("/timelines/{name:path}", response_model=Timeline, responses=errors(404))
def one_timeline(request: Request, service: Here, name: Group, given: Annotated[TimelineFilter, Query()]) -> Response:
    """A group's records in the order of their days; those without a day last."""
    asked = given.of(service, name)

    def make() -> Any:
        found = timeline(service.case(asked), since=given.since, until=given.until, limit=given.limit or None)
        return plain(found)

    return _view(request, service, ("timeline", asked, given.since, given.until, given.limit), make, model=Timeline)


@router.get("/comparison", response_model=Comparison, responses=errors(404))
def comparison(request: Request, service: Here, given: Annotated[ComparisonFilter, Query()]) -> Response:
    """Two groups side by side: what ties them, friends, opponents and places that they share, their activity by month."""
    pair = given.of(service, given.one), given.of(service, given.two)

    def make() -> Any:
        return plain(compare(*(service.case(asked) for asked in pair)))

    return _view(request, service, ("comparison", *pair), make, model=Comparison)


@router.get("/network", response_model=Network, responses=errors(404))
def network(request: Request, service: Here, given: Annotated[NetworkFilter, Query()]) -> Response:
    """The relations that held in a year: who was part of, pledged to, allied with, split from or led whom."""
    asked = given.of(service, given.actor)

    def make() -> Json:
        catalogue = service.catalogue
        ids = asked.ids | (wings_of(catalogue, asked.ids) if given.with_wings else frozenset())
        records, statements = relations(service.store, asked, catalogue)
        found = network_of(records, statements, given.year)
        if given.actor:
            found = around(found, ids or {given.actor.casefold()})
        if given.catalogue:
            found = with_catalogue(found, ties_of(catalogue, ids or found.nodes.keys()))
        return network_to_json(found)

    return _view(request, service, ("network", asked, given.year, given.catalogue), make, model=Network)


@router.get("/map", response_model=FeatureCollection, responses=errors(404))
def map_of(request: Request, service: Here, given: Annotated[MapFilter, Query()]) -> Response:
    """Where records are, as GeoJSON: exact places as points, provinces and countries as areas of their rough size."""
    asked = given.of(service, given.actor)

    def make() -> Json:
        records = events(service.store, asked, service.catalogue, since=given.since, until=given.until)
        return geojson(marks(records, gazetteer_radius(Gazetteer.open())))

    return _view(request, service, ("map", asked, given.since, given.until), make, model=FeatureCollection)


def _view(request: Request, service: Service, key: tuple[Any, ...], make: Callable[[], Any], *, model: type[object]) -> Response:
    """A view as its bytes, checked against its model and kept a while; one of an earlier moment is made at a time."""
    questions = [each for each in key if isinstance(each, Asked)]

    def made() -> bytes:
        with service.remaking(*questions):
            types = _types(cast(Any, model))
            return types.dump_json(types.validate_python(make()))

    answer = Response()
    body = service.view(request, answer, key, made)
    headers = {"ETag": answer.headers["etag"]} if "etag" in answer.headers else None
    return Response(body, headers=headers, media_type="application/json")


@cache
def _types(model: Any) -> TypeAdapter[Any]:
    return TypeAdapter(model)
