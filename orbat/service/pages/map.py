"""Maps: where the events of a group, or of all, are said to have been, drawn no finer than they are known."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import Field

from orbat.battle import Asked, Case
from orbat.battle.ledger import ledger
from orbat.battle.loading import events
from orbat.battle.mapping import capitals, gazetteer_radius
from orbat.battle.render.palette import FAMILIES, by_family
from orbat.battle.territory import holdings
from orbat.link.gazetteer import Gazetteer
from orbat.queries.loading import load
from orbat.queries.records import WantedRecords, fits
from orbat.queries.records import records as records_of
from orbat.recordtypes import Record, RecordKind
from orbat.service.pages.charting import case_of, chart_page, group_name, notes_of, reasoned, when_text, why_empty
from orbat.service.pages.mapdata import Mapped, held_places, mapped, mapped_json, record_line
from orbat.service.pages.mapdraw import map_picture
from orbat.service.pages.rendering import Shown, page
from orbat.service.pages.strip import strip
from orbat.service.routes.battle import Days, Group
from orbat.service.state import Here, Service
from orbat.tables import statements
from orbat.types import Statement

router = APIRouter()
MOST_EVENTS = 2_000
"""The newest so many events are drawn where no group is asked for: a third of a second at most, whatever the store holds."""
FamilyName = Literal["fighting", "harm", "ground", "law", "ties", "words"]
Fineness = Literal["exact", "near", "area"]


class MapPageFilter(Days):
    """Which events."""

    kind: Annotated[list[FamilyName], Field(default_factory=list, max_length=6, description="Only these families of events.")]
    fineness: Annotated[list[Fineness], Field(default_factory=list, max_length=3, description="Only places that are known so finely.")]
    held: Annotated[bool, Field(description="With what the group is said to hold.")] = True


@page(router, "/map")
def map_of_all(request: Request, service: Here, given: Annotated[MapPageFilter, Query()]) -> Shown:
    """Where the newest events are said to have been."""
    return _shown(request, service, given, "")


@page(router, "/groups/{group:path}/map")
def map_of_group(request: Request, service: Here, group: Group, given: Annotated[MapPageFilter, Query()]) -> Shown:
    """Where a group is said to have taken part in events, and what it is said to hold."""
    return _shown(request, service, given, group)


def _shown(request: Request, service: Service, given: MapPageFilter, group: str) -> Shown:
    asked = given.of(service, group)

    def make() -> tuple[dict[str, Any], dict[str, Any]]:
        case = case_of(service, asked) if group else None
        reason = why_empty(case) if case else ""
        found, said, total = group_map(case, asked, given) if case else map_of_store(service, asked, given)
        notes = notes_of(said)
        there = {s.id for s in said}
        by_record = {r.id: [id for id in r.statements if id in there] for p in found.placed for r in p.newest}
        numbers = {at: notes.add([id for r in place.newest for id in by_record[r.id]]) for at, place in enumerate(found.placed)}
        picture, source = map_picture(
            found, capitals(Gazetteer.open()), {at: " ".join(map(str, each)) for at, each in numbers.items() if each}
        )
        value = mapped_json(found) | {"name": group, "records": total, "most": MOST_EVENTS}
        return reasoned(value, reason), {
            "reason": reason,
            "map": found,
            "by_name": sorted(enumerate(found.placed), key=lambda each: each[1].mark.spot.name.lower()),
            "picture": picture,
            "strip": strip(found.cells),
            "source": source,
            "notes": notes,
            "numbers": numbers,
            "group": group,
            "given": given,
            "families": [f for f in FAMILIES if f.name in by_family({k: n for p in found.placed for k, n in p.mark.kinds.items()})],
            "line": record_line,
            "when_text": when_text,
        }

    if group:
        service.about(request, asked)
    key = asked, given.since, given.until, tuple(given.kind), tuple(given.fineness), given.held
    return chart_page(request, service, key, make, template="map.html", group=group, given=given, name=group_name(service, group))


def map_of_store(service: Service, asked: Asked, given: MapPageFilter) -> tuple[Mapped, list[Statement], int]:
    """The map of the newest events, the sentences of the newest at each place, and how many events there are."""
    wanted = WantedRecords(kind=RecordKind.EVENT, since=given.since, until=given.until, as_of=asked.as_of)
    if asked.known_by is None:
        kept = records_of(service.store, wanted, limit=MOST_EVENTS)
        records, total = kept.records, kept.total
    else:
        records = events(service.store, asked, service.catalogue, since=given.since, until=given.until)
        total = len(records)
    found = mapped(records, gazetteer_radius(Gazetteer.open()), families=given.kind, fineness=given.fineness)
    first = [id for place in found.placed for record in place.newest for id in record.statements[:1]]
    return found, _statements(service, first), total


def group_map(case: Case, asked: Asked, given: MapPageFilter) -> tuple[Mapped, list[Statement], int]:
    """The map of a group's events with what it holds, the sentences of the newest at each place, and how many events there are."""
    gazetteer = Gazetteer.open()
    radius = gazetteer_radius(gazetteer)
    wanted = WantedRecords(kind=RecordKind.EVENT, since=given.since, until=given.until, as_of=asked.as_of)
    records = tuple({p.record.id: p.record for p in case.happened if fits(p.record, wanted)}.values())
    found = mapped(records, radius, families=given.kind, fineness=given.fineness)
    if given.held:
        held, lost = held_places(holdings(case, ledger(case)), gazetteer, radius)
        found = Mapped(found.placed, found.places, found.events, found.nowhere, held, lost)
    said: dict[str, Statement] = {}
    newest: list[Record] = [record for place in found.placed for record in place.newest]
    for record in newest:
        said |= {s.id: s for s in list(case.said(record))[:1]}
    for each in found.held:
        said |= {id: case.statements[id] for id in each.holding.grounds.statements if id in case.statements}
    return found, list(said.values()), len(records)


def _statements(service: Service, ids: list[str]) -> list[Statement]:
    with service.store.reading() as connection:
        query = sa.select(statements.c.key).where(statements.c.id.in_(ids), statements.c.current == sa.true())
        return list(load(connection, list(connection.scalars(query))))
