"""The network of relations, of a group or of all, with a slider of years."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from orbat.battle import Asked
from orbat.battle.loading import known_name, relations
from orbat.battle.tiebook import TieBook
from orbat.battle.ties import ties_of, wings_of
from orbat.names import fold
from orbat.service.pages.charting import SENTENCES, chart_page, group_name, notes_of
from orbat.service.pages.netdata import Web, about, bounded, web, web_json
from orbat.service.pages.netdraw import LEGEND, look, network_picture, placed, years_words
from orbat.service.pages.rendering import Shown, page
from orbat.service.routes.battle import Group, Moment
from orbat.service.state import Here, Service

router = APIRouter()
MOST_RECORDS = 2_000
"""The newest so many relations are drawn from, whatever the store holds."""


class NetworkPageFilter(Moment):
    """Which network."""

    year: Annotated[int | None, Field(ge=1, le=9999, description="Relations that held in this year; of all years where none is given.")] = (
        None
    )
    leaders: Annotated[bool, Field(description="With who leads whom.")] = True
    catalogue: Annotated[bool, Field(description="With what the catalogue of actors has.")] = True


@page(router, "/network")
def all_relations(request: Request, service: Here, given: Annotated[NetworkPageFilter, Query()]) -> Shown:
    """The relations between all groups."""
    return _shown(request, service, given, "")


@page(router, "/groups/{group:path}/network")
def group_network(request: Request, service: Here, group: Group, given: Annotated[NetworkPageFilter, Query()]) -> Shown:
    """The relations of a group, and those among the parties that they lead to."""
    return _shown(request, service, given, group)


def _shown(request: Request, service: Service, given: NetworkPageFilter, group: str) -> Shown:
    asked = given.of(service, group)

    def lay_out() -> tuple[Web, int, tuple[dict[str, tuple[float, float]], float]]:
        found, total = network_web(service, asked, catalogue=given.catalogue, leaders=given.leaders)
        return found, total, placed(found)

    def make() -> tuple[dict[str, Any], dict[str, Any]]:
        found, total, (where, height) = service.view(request, Response(), ("web", asked, given.leaders, given.catalogue), lay_out)
        notes = notes_of(found.statements.values())
        picture = network_picture(found, where, height, year=given.year, notes=notes)
        value = web_json(found, where, given.year) | {"name": group, "records": {"total": total, "most": MOST_RECORDS}}
        used = {look(tie.relation) for tie in found.ties}
        return value, {
            "web": found,
            "picture": picture,
            "notes": notes,
            "group": group,
            "given": given,
            "legend": {name: words for name, words in LEGEND.items() if name in used},
            "look": look,
            "years_words": years_words,
        }

    key = asked, given.year, given.leaders, given.catalogue
    return chart_page(request, service, key, make, template="network.html", group=group, given=given, name=group_name(service, group))


def network_web(service: Service, asked: Asked, *, catalogue: bool, leaders: bool) -> tuple[Web, int]:
    """The ties of a group or of all, as many as a picture can show, and how many relations there are.

    Raises:
        NotFoundError: nothing in the store and nothing in the catalogue names the group.
    """
    known = service.catalogue
    ids = asked.ids | (wings_of(known, asked.ids) if asked.with_wings else frozenset())
    book = service.ties() if asked.known_by is None else TieBook.of(*relations(service.store, replace(asked, as_of=None), known))
    ours = ids or {party.key for r in book.relations.values() for party in r.parties if fold(party.name) == fold(asked.name)}
    near, total = book.around(ours if asked.name else (), asked.as_of, MOST_RECORDS) if ours or not asked.name else ((), 0)
    parties = {party.key for each in near for party in each.parties}
    ties = ties_of(known, ids or parties) if catalogue else ()
    if not asked.name:  # of all: the catalogue joins those that the records have, and brings no others
        ties = tuple(tie for tie in ties if tie.of.key in parties and tie.to.key in parties)
    whole = web(near, ties)
    if asked.name:
        whole = about(whole, ours or {asked.name.casefold()}, group_name(service, asked.name))
        if not whole.ties and not ids:
            known_name(service.store, asked)
    shown = bounded(whole, leaders=leaders)
    first = [id for tie in shown.ties if tie.grounds for id in tie.grounds.statements[:SENTENCES]]
    return replace(shown, statements=service.said(list(dict.fromkeys(first)))), total
