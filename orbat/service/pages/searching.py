"""Search: statements by everything at once, as a list, a table, a map or a timeline, with the whole question in the address."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi import Query as FromQuery
from pydantic import Field

from orbat.export import FORMATS
from orbat.link import actorsearch
from orbat.queries import Sort
from orbat.recordtypes import RecordStatus
from orbat.service import listing
from orbat.service.models import Json, Type
from orbat.service.pages import searchviews
from orbat.service.pages.addresses import href_api
from orbat.service.pages.filtering import Choices, Query, address, chips, choices, without
from orbat.service.pages.rendering import Shown, page
from orbat.service.routes.actors import match_json
from orbat.service.routes.common import facets_json, row_json
from orbat.service.routes.common import page as page_json
from orbat.service.routes.statements import StatementFilter, StatementPage
from orbat.service.state import Here, Service
from orbat.types import Certainty

router = APIRouter()
EXPORTED = frozenset({"actor", "type", "since", "until", "as_of", "known_by"})
"""The filters that an export takes too."""
VIEWS = {"list": "List", "table": "Table", "map": "Map", "timeline": "Timeline"}
TITLES = {
    "q": "words",
    "actor": "actor",
    "type": "type",
    "place": "place",
    "since": "from",
    "until": "to",
    "certainty": "told as",
    "speaker": "said by",
    "negated": "denied",
    "source": "publisher",
    "min_origins": "origins, at least",
    "as_of": "as of",
    "known_by": "known by",
    "status": "its record is",
    "model": "read by",
}
"""What each filter is called."""
NEGATED = {"negated": "true", "affirmed": "false"}
ACTORS = 6
"""Actors of the catalogue offered whose name the words are."""


class SearchFilter(StatementFilter):
    """Which statements, and how they are shown."""

    view: Annotated[Literal["list", "table", "map", "timeline"], Field(description="How the statements are shown.")] = "list"


@page(router, "/search", model=StatementPage)
def search(request: Request, response: Response, service: Here, given: Annotated[SearchFilter, FromQuery()]) -> Shown:
    """Statements by words, actors, type, place, days, certainty, speaker and publisher, with counts by facet."""
    wanted = given.wanted(service)
    order = Sort.OLDEST if given.view == "timeline" and given.sort is None else given.sort
    counts = service.view(request, response, ("facets", wanted), lambda: service.facets(wanted))
    found = listing.statements_part(service, wanted, given.asked(request), sort=order, counts=counts)
    value = {**page_json(found, row_json), "facets": facets_json(counts)}
    return Shown("search.html", value, lambda: _context(service, value, request=request, response=response, given=given))


@router.get("/search/places")
def places(request: Request, response: Response, service: Here, given: Annotated[SearchFilter, FromQuery()]) -> Any:
    """Where the statements of a search are said to have happened, as GeoJSON: what the map of the page is drawn from."""
    wanted = given.wanted(service)
    return service.view(request, response, ("places", wanted), lambda: searchviews.places(service.store, wanted, service.spelled)).geojson()


def _context(service: Service, value: Json, *, request: Request, response: Response, given: SearchFilter) -> Json:
    wanted, query = given.wanted(service), request.query_params.multi_items()
    context: Json = {
        "given": given,
        "chips": chips(query, TITLES, {("negated", "true"): "yes", ("negated", "false"): "no"}),
        "views": {name: (words, address([*without(query, "view"), ("view", name)])) for name, words in VIEWS.items()},
        "facets": [_facet(each, query) for each in value["facets"]],
        "types": [each.value for each in Type],
        "certainties": [each.value for each in Certainty],
        "statuses": [each.value for each in RecordStatus],
        "sorts": [each.value for each in Sort if each is not Sort.MATCH or given.q],
        "sentences": searchviews.by_sentence(value["items"], given.q),
        "actors": _actors(service, given.q),
        "exports": [(each, _export(each.name, given), _export(each.name, given, mask_private=True)) for each in FORMATS],
        "wider": [TITLES[name] for name in dict.fromkeys(name for name, text in query if text) if name in TITLES.keys() - EXPORTED],
    }
    if given.view == "map":
        found = service.view(request, response, ("places", wanted), lambda: searchviews.places(service.store, wanted, service.spelled))
        context["places"] = found
        context["picture"], context["outlines"] = service.view(request, response, ("picture", wanted), found.picture)
        context["places_at"] = "/search/places" + address(without(query, "view"))
    elif given.view == "timeline":
        rest = [item for item in without(query, "since") if item[0] != "until"]
        context |= {
            "months": service.view(
                request, response, ("months", wanted), lambda: searchviews.months(service.store, wanted, service.spelled)
            ),
            "bin_href": lambda bin: address([*rest, ("since", bin.start.isoformat()), ("until", bin.end.isoformat())]),
            "day_of": lambda said: said["date"]["end"] if said["date"] else said["document"]["published"],
        }
    return context


def _facet(facet: Json, query: Query) -> Choices:
    match facet["name"]:
        case "country":
            return choices(facet, query, "Country", name="place")
        case "negated":
            return choices(facet, query, "Denied or not", values=NEGATED)
        case "type" | "certainty" | "status" as name:
            return choices(facet, query, TITLES[name].capitalize(), many=True)
        case name:
            return choices(facet, query, TITLES[name].capitalize())


def _actors(service: Service, words: str) -> list[Json]:
    if not words.strip():
        return []
    found = service.memo.get(("named", words), lambda: actorsearch.search(service.catalogue, words, limit=ACTORS))
    return list(map(match_json, found))


def _export(format: str, given: SearchFilter, **more: bool) -> str:
    return href_api(f"exports/{format}", **{name: getattr(given, name) for name in sorted(EXPORTED)}, **more)
