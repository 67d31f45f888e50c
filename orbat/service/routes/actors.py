"""Actors: found by name, one with all that the catalogue holds, those that the store names, and names that no catalogue knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from orbat.link import actorsearch
from orbat.link.catalogue import ActorEntry, Catalogue, Match, Relation
from orbat.service import listing
from orbat.service.models import ActiveActor, Actor, ActorFound, Json, Page, UnknownActor
from orbat.service.routes.common import Filter, Id, Paging, Words, errors, page
from orbat.service.state import Here
from orbat.unknowns import UnknownActor as Unknown
from orbat.unknowns import unknown_actor, unknown_actors

router = APIRouter(tags=["actors"], responses=errors())


class ActorSearch(Filter):
    """Which actors of the catalogue."""

    q: Annotated[Words, Field(min_length=1, description="A name or part of one, an abbreviation, another spelling.")]
    country: Annotated[Words, Field(description="Active there: a name or ISO 3166 code.")] = ""
    kind: Annotated[Words, Field(description="group, wing, force, state, coalition, org, media or person.")] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class ActiveFilter(Paging):
    """Which actors of the store."""

    kind: Annotated[tuple[Words, ...], Field(max_length=10, description="One of these.")] = ()


class UnknownFilter(Paging):
    """Which unknown names."""

    min_articles: Annotated[int, Field(ge=1, le=1_000_000, description="In so many articles.")] = 2
    kind: Annotated[tuple[Words, ...], Field(max_length=4, description="One of group, force, org and person.")] = ()


@router.get("/actors", response_model=list[ActorFound])
def actors(service: Here, given: Annotated[ActorSearch, Query()]) -> list[Json]:
    """Find actors of the catalogue by name, abbreviation or spelling, the surest first."""
    found = actorsearch.search(service.catalogue, given.q, country=given.country, kind=given.kind, limit=given.limit)
    return list(map(match_json, found))


@router.get("/actors/active", response_model=Page[ActiveActor], responses=errors(400))
def active(request: Request, response: Response, service: Here, given: Annotated[ActiveFilter, Query()]) -> Json:
    """The actors that take part in the store's statements, those with most first, with their statements by month."""
    rows = service.active(request, response).rows
    chosen = [each for each in rows if not given.kind or each.kind in given.kind]
    return page(listing.sliced(chosen, given.asked(request)), asdict)


@router.get("/actors/{id}", response_model=Actor, responses=errors(404))
def actor(service: Here, id: Annotated[Id, Path()]) -> Json:
    """One actor of the catalogue by its id: names, relations both ways, countries, years and numbers in other lists."""
    catalogue = service.catalogue
    entry = catalogue.entry(id)
    return {
        **{name: getattr(entry, name) for name in ("id", "name", "kind", "countries", "start", "end", "prominence")},
        "names": [asdict(each) for each in entry.names],
        "relations": [_relation(each, each.id, catalogue) for each in entry.relations],
        "named_by": [_relation(relation, other.id, catalogue) for other, relation in _naming(catalogue, id)],
        "ids": {name: list(numbers) for name, numbers in entry.ids},
    }


@router.get("/unknown-actors", response_model=Page[UnknownActor], responses=errors(400))
def unknown(request: Request, response: Response, service: Here, given: Annotated[UnknownFilter, Query()]) -> Json:
    """Names of the store that no catalogue knows, those in most articles first."""
    kinds = frozenset(given.kind)
    key = ("unknown", given.min_articles, kinds)

    def find() -> tuple[Unknown, ...]:
        return unknown_actors(service.store, service.catalogue, min_articles=given.min_articles, kinds=kinds)

    rows = service.view(request, response, key, find)
    return page(listing.sliced(rows, given.asked(request)), unknown_json)


@router.get("/unknown-actors/{name}", response_model=UnknownActor, responses=errors(404))
def one_unknown(service: Here, name: Annotated[Id, Path()]) -> Json:
    """One unknown name by its id or name."""
    return unknown_json(unknown_actor(service.store, service.catalogue, name))


def match_json(match: Match) -> Json:
    """An actor found."""
    entry = match.entry
    of_entry = {name: getattr(entry, name) for name in ("id", "name", "kind", "countries")}
    return {**of_entry, "met": match.name.text, "how": match.how, "similarity": match.similarity}


def unknown_json(found: Unknown) -> Json:
    """An unknown name."""
    return {**asdict(found), "types": {kind.lower(): number for kind, number in found.types}}


def _naming(catalogue: Catalogue, id: str) -> Iterator[tuple[ActorEntry, Relation]]:
    return ((other, relation) for other in catalogue for relation in other.relations if relation.id == id)


def _relation(relation: Relation, other: str, catalogue: Catalogue) -> Json:
    name = catalogue.entry(other).name if other in catalogue else other
    return {"type": relation.type, "id": other, "name": name, "start": relation.start, "end": relation.end}
