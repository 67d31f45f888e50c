"""Records: the list, and one with who says what side by side, origins and copies, history, and what was judged of it."""

import datetime as dt
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from markupsafe import Markup, escape
from pydantic import AwareDatetime, Field

from orbat import queries
from orbat.errors import NotFoundError
from orbat.service import earlier, problems
from orbat.service.models import Json, RecordEvidence, Type
from orbat.service.pages import recordfacts, recordhistory, recordview
from orbat.service.pages.addresses import href_page, href_record
from orbat.service.pages.judging import JudgedIds, told
from orbat.service.pages.notes import Notes, note
from orbat.service.pages.rendering import Shown, page
from orbat.service.problems import Refused
from orbat.service.routes import records as api
from orbat.service.routes.common import Filter, Id
from orbat.service.state import Here, Service
from orbat.types import Statement

router = APIRouter()
STATEMENTS = 60
"""Statements shown of a record; all, where that is asked for."""
LISTED = 40
"""Origins, articles and values of a field that are shown; all, where that is asked for."""


class RecordView(Filter):
    """How one record is shown."""

    known_by: Annotated[
        AwareDatetime | dt.date | None, Field(description="As it was known by then. All is made again for it: seconds.")
    ] = None
    all: Annotated[bool, Field(description="Show all statements.")] = False
    came: Annotated[Id | None, Field(alias="from", description="The record that led here.")] = None
    judged: JudgedIds = ()

    @property
    def moment(self) -> dt.datetime | None:
        """The moment asked for; of a day its end."""
        given = self.known_by
        if given is None or isinstance(given, dt.datetime):
            return given
        return dt.datetime.combine(given, dt.time.max, dt.UTC)


@page(router, "/records", model=api.RecordPage)
def records(request: Request, service: Here, given: Annotated[api.RecordFilter, Query()]) -> Shown:
    """Records by actors, type, status, country, days and number of independent origins, with counts by facet."""
    counted = given.model_copy(update={"facets": True})
    words = {name: getattr(recordview, name) for name in ("heading", "held", "side_of")}
    context = {"given": given, "types": [each.value for each in Type], **words}
    return Shown("records.html", lambda: api.records(request, service, counted), context)


@page(router, "/records/{id}", model=RecordEvidence)
def record(request: Request, response: Response, service: Here, id: Annotated[Id, Path()], given: Annotated[RecordView, Query()]) -> Shown:
    """One record: who says what, side by side."""
    moment, known = given.moment, tuple[Statement, ...]()
    try:
        if moment is None:
            found = queries.record(service.store, id)
            value, known = api.evidence_json(service, found), found.statements
            service.about_these(request, f"r:{value['record']['id']}")
        else:
            value = service.view(request, response, ("record", id, moment), lambda: earlier.record(service, id, moment))
    except NotFoundError as error:
        return _gone(request, service, id, given, error)
    return Shown("record.html", value, lambda: _context(service, value, given, known))


def _context(service: Service, value: Json, given: RecordView, known: Sequence[Statement]) -> Json:
    layout = recordview.layout(value, recordfacts.origins(service, value, known))
    said = value["statements"] if given.all else value["statements"][:STATEMENTS]
    notes = Notes({each["id"]: each for each in said})
    numbers = {each["id"]: notes.add([each["id"]])[0] for each in said}  # in their order; values then point to them
    return {
        "layout": layout,
        "stands": recordview.STANDS,
        "surely": recordview.SURELY,
        "standing": recordhistory.standing(value),
        "forms": lambda **which: href_page(f"records/{value['record']['id']}/judge", **which),
        "numbers": numbers,
        "listed": sys.maxsize if given.all else LISTED,
        "heading": recordview.heading(value["record"]),
        "held": recordview.held(value["record"]),
        "history": recordhistory.history(value, recordfacts.taken_in(service, value["record"])),
        "notes": notes,
        "names": _names(service, layout),
        "most": max((each["high"] for each in value["record"]["tolls"]), default=0),
        "copied": {each["id"] for family in layout.families for each in family.others},
        "given": given,
        "range_bar": range_bar,
        "told": told(service, given.judged),
    }


def _names(service: Service, layout: recordview.Layout) -> dict[str, str]:
    """The names of actors that an analyst chose by their ids and that nobody named."""
    keys = {each.text for row in layout.rows for each in row.values if each.chosen and not each.said["entity"]}
    return {key: service.catalogue.entry(key).name for key in keys if key in service.catalogue}


def _gone(request: Request, service: Service, id: str, given: RecordView, error: NotFoundError) -> Shown:
    """What became of a record that is no more; where all that it had is another record's now, on to that one.

    Raises:
        NotFoundError: there never was one of that id.
        Refused: with status 303 and the successor's address.
    """
    changes, heirs = recordfacts.became(service, id)
    if not changes or given.moment is not None:
        raise error
    if len(heirs) == 1:
        twin = ".json" if request.url.path.endswith(".json") else ""
        told_of = "".join(f"&judged={each}" for each in given.judged)
        raise Refused(303, f"{id} is part of {heirs[0]} now.", headers={"Location": f"{href_record(heirs[0])}{twin}?from={id}{told_of}"})

    def context() -> Json:
        return {
            "id": id,
            "note": note,
            "changes": changes,
            "heirs": heirs,
            "judgements": recordfacts.judged_of(service, id),
            "statement": recordfacts.first_statement(service, id),
            "told": told(service, given.judged),
        }

    return Shown("record_gone.html", problems.answer(error, request.url.path), context)


def range_bar(toll: Mapping[str, Any], most: int) -> Markup:
    """A number of people as a line from the least to the most that is said, with the best figure on it. Class ``range``."""
    scale = 150 / max(1, most)
    low, best, high = (5 + toll[name] * scale for name in ("low", "best", "high"))
    title = escape(f"{toll['low']} to {toll['high']}, best {toll['best']}")
    return Markup(
        f'<svg class="range" role="img" viewBox="0 0 160 14" width="160" height="14"><title>{title}</title>'
        f'<path class="base" d="M5 7H155"/><path class="reach" d="M{low:.1f} 7H{high:.1f}M{low:.1f} 3v8M{high:.1f} 3v8"/>'
        f'<circle cx="{best:.1f}" cy="7" r="4"/></svg>'
    )
