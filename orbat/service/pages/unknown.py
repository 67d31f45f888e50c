"""Names that recur and that no catalogue knows: who each may be, and the forms to adopt, merge or dismiss it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field

from orbat.errors import DataError
from orbat.link import owncatalogue
from orbat.link.actor_words import Proposal, proposals
from orbat.link.catalogue import Catalogue
from orbat.link.cataloguefile import KINDS
from orbat.names import fold
from orbat.service.guard import Caller
from orbat.service.models import Json, Page
from orbat.service.models import UnknownActor as UnknownModel
from orbat.service.pages.addresses import href_page
from orbat.service.pages.rendering import Shown, page
from orbat.service.problems import BadRequest, Refused
from orbat.service.routes import actors as api
from orbat.service.routes.common import Words
from orbat.service.state import By, Here, Service
from orbat.unknowns import KINDS as UNKNOWN_KINDS
from orbat.unknowns import unknown_actor

router = APIRouter()
TYPES = {kind: type for type, kind in UNKNOWN_KINDS.items()}
HOW = {
    "name": "has the same name",
    "alias": "is also called so",
    "acronym": "has that abbreviation",
    "spelling": "has a name that is a spelling of it",
    "fuzzy": "has a like name",
    "country": "is the force or government of the country that it names",
    "capital": "governs from the capital that it names",
    "leader": "has a leader of that name",
    "short": "has a longer name that begins so",
    "defined": "is what an article explains it by",
    "words": "has these words in its name",
}
"""Why an actor of the catalogue is offered for a name, by how it was found."""


class UnknownView(api.UnknownFilter):
    """Which unknown names, and what was just decided."""

    done: Annotated[Words, Field(description="A name that was just decided on.")] = ""


@dataclass(frozen=True, slots=True)
class Near:
    """An actor of the catalogue that a name may mean, and why it is offered."""

    id: str
    name: str
    kind: str
    reason: str


@page(router, "/unknown", model=Page[UnknownModel])
def unknown(request: Request, response: Response, service: Here, given: Annotated[UnknownView, Query()]) -> Shown:
    """Names of the store that no catalogue knows, those in most articles first."""
    asked = api.UnknownFilter(**given.model_dump(exclude={"done"}))
    value = api.unknown(request, response, service, asked)
    return Shown("unknown.html", value, lambda: _context(service, given, value))


@router.post("/unknown/adopt")
def adopt(
    service: Here,
    by: By,
    name: Annotated[str, Form(max_length=200)],
    kind: Annotated[str, Form(max_length=20)] = "",
    country: Annotated[str, Form(max_length=60)] = "",
    begin: Annotated[str, Form(max_length=4)] = "",
    id: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Make an unknown name an actor of the service's own catalogue, as ``orbat actors adopt`` does."""
    known, found = service.catalogue, unknown_actor(service.store, service.catalogue, name)
    row: Json = {
        "id": id.strip() or owncatalogue.slug(found.name),
        "name": found.name,
        "kind": kind or found.kind,
        "countries": _codes(known, country) if country.strip() else _home(known, found.countries),
        "from": _year(begin),
        **owncatalogue.sorted_names(found.names[1:]),
    }
    rows = [{key: value for key, value in row.items() if value}]
    return _changed(service, by, lambda path: owncatalogue.add(path, rows), found.name)


@router.post("/unknown/merge")
def merge(service: Here, by: By, name: Annotated[str, Form(max_length=200)], into: Annotated[str, Form(max_length=200)]) -> Response:
    """Make an unknown name, with all its spellings, another name of an actor, as ``orbat actors merge`` does."""
    known, found = service.catalogue, unknown_actor(service.store, service.catalogue, name)
    meant = known.ids_of(into.strip())
    if len(meant) != 1:
        raise BadRequest(
            f"{'No actor is' if not meant else 'Several actors are'} called {into!r}.",
            f"They are {', '.join(sorted(meant))}." if meant else "",
            "Give the actor's id; the search field of every page finds actors.",
        )
    (actor,) = meant
    return _changed(service, by, lambda path: owncatalogue.add_names(path, actor, found.names), found.name)


@router.post("/unknown/dismiss")
def dismiss(service: Here, by: By, name: Annotated[str, Form(max_length=200)], why: Annotated[str, Form(max_length=500)] = "") -> Response:
    """Keep an unknown name from being listed again."""
    found = unknown_actor(service.store, service.catalogue, name)
    return _changed(service, by, lambda path: owncatalogue.dismiss(path, found.name, why=why.strip()), found.name)


@router.post("/unknown/list-again")
def list_again(service: Here, by: By, name: Annotated[str, Form(max_length=200)]) -> Response:
    """Take a dismissal back."""
    return _changed(service, by, lambda path: owncatalogue.undo_dismissal(path, name), name)


def _context(service: Service, given: UnknownView, value: Json) -> Json:
    catalogue = service.catalogue
    return {
        "given": given,
        "kinds": tuple(UNKNOWN_KINDS.values()),
        "actor_kinds": KINDS,
        "near": {each["id"]: _near(catalogue, each) for each in value["items"]},
        "codes": {each["id"]: ", ".join(_home(catalogue, each["countries"])) for each in value["items"]},
        "slugs": {each["id"]: owncatalogue.slug(each["name"]) for each in value["items"]},
        "done": _what_became(catalogue, given.done) if given.done else None,
        "writable": service.config.actors is not None,
    }


def _own(service: Service) -> Path:
    """The catalogue that may be changed.

    Raises:
        Refused: the service was started without one.
    """
    if service.config.actors is None:
        raise Refused(409, "Nothing was changed: this service has no catalogue of its own.", "", "Start it with --actors FILE.")
    return service.config.actors


def _changed(service: Service, by: Caller, change: Callable[[Path], None], name: str) -> Response:
    """Make a change to the service's own catalogue, and go back to the page with what became of a name.

    Raises:
        BadRequest: the change cannot be made as it is given.
        DataError: the catalogue cannot be read or written.
    """
    path = _own(service)
    try:
        change(path)
    except DataError as error:
        if error.__cause__ is not None:  # the disk's trouble, not what was given
            raise
        raise BadRequest(error.fact, error.cause, error.step) from error
    finally:
        service.forget(by.name)
    return RedirectResponse(href_page("unknown", done=name), 303)


def _near(catalogue: Catalogue, found: Json) -> list[Near]:
    """The actors that a name may mean, with why: ``near`` of the API says which."""
    offers = {offer.entry.id: offer for offer in proposals(catalogue, found["name"], TYPES[found["kind"]])}
    return [_offer(catalogue, id, offers.get(id)) for id in found["near"] if id in catalogue]


def _offer(catalogue: Catalogue, id: str, offer: Proposal | None) -> Near:
    entry = catalogue.entry(id)
    if offer is None:
        return Near(id, entry.name, entry.kind, HOW["fuzzy"])
    met = f": {offer.match.name.text}" if offer.match.name.text != entry.name else ""
    return Near(id, entry.name, entry.kind, f"{HOW.get(offer.how, HOW['fuzzy'])}{met}")


def _what_became(catalogue: Catalogue, name: str) -> Json:
    """What a name is now: ``dismissed``, of ``actors``, or neither, so that it may be listed."""
    found = {match.entry.id: match.entry for match in (*catalogue.by_name(name), *catalogue.by_acronym(name, any_case=True))}
    return {
        "name": name,
        "dismissed": fold(name) in catalogue.dismissed,
        "actors": [{"id": entry.id, "name": entry.name, "kind": entry.kind} for entry in found.values()],
    }


def _home(catalogue: Catalogue, countries: Sequence[str]) -> list[str]:
    """The ISO code of the first of some countries, where the catalogue knows it: as ``orbat actors adopt`` takes it."""
    return [code for country in countries[:1] for code in catalogue.countries_of(country)[:1]]


def _codes(catalogue: Catalogue, given: str) -> list[str]:
    """ISO codes of countries that are given by name or code, with commas between.

    Raises:
        BadRequest: one is no country.
    """
    found = []
    for country in filter(None, map(str.strip, given.split(","))):
        code = country.upper() if len(country) == 2 else next(iter(catalogue.countries_of(country)), "")
        if not code:
            raise BadRequest(f"{country!r} is no country that the catalogue knows.", "", "Give its ISO 3166 code, as ML.")
        found.append(code)
    return found


def _year(text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal():
        raise BadRequest(f"{text!r} is no year.", "", "Give it in four digits, or leave it out.")
    return int(text)
