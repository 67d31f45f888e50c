"""What became of records: new, changed, merged, split and withdrawn, as a page and as an Atom feed."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Annotated
from xml.etree import ElementTree as Xml

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, Field

from orbat.queries.records import load_records
from orbat.recordtypes import Change
from orbat.service.listing import Asked, changes_part
from orbat.service.models import Json, Page, RecordChange
from orbat.service.pages.addresses import href_page, href_record
from orbat.service.pages.filtering import address, chips, choices, without
from orbat.service.pages.recordview import heading, held
from orbat.service.pages.rendering import Shown, page
from orbat.service.pages.words import many
from orbat.service.routes.common import change_json, record_json
from orbat.service.routes.common import page as page_json
from orbat.service.routes.records import ChangeFilter
from orbat.service.state import Here, Service
from orbat.tables import record_changes, records

router = APIRouter()
FEED = 100
"""Changes in the feed, the newest."""
ATOM = "http://www.w3.org/2005/Atom"
SPANS = {"1": "the last day", "7": "the last week", "30": "the last month"}
"""Days back that the page offers."""
WORDS = {
    Change.NEW: "New",
    Change.CHANGED: "Changed",
    Change.MERGED: "Merged",
    Change.SPLIT: "Split",
    Change.WITHDRAWN: "Withdrawn",
}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class ChangeView(ChangeFilter):
    """Which changes."""

    since: Annotated[AwareDatetime | dt.date | None, Field(description="From that moment or day on.")] = None  # type: ignore[assignment]
    until: Annotated[AwareDatetime | dt.date | None, Field(description="To that moment or day.")] = None  # type: ignore[assignment]
    change: Annotated[tuple[Change, ...], Field(max_length=5, description="One of these.")] = ()

    @property
    def span(self) -> tuple[dt.datetime | None, dt.datetime | None]:
        """The two moments, of a day its beginning and its end, in UTC."""
        return _moment(self.since, dt.time.min), _moment(self.until, dt.time.max)


@page(router, "/changes", model=Page[RecordChange])
def changes(request: Request, response: Response, service: Here, given: Annotated[ChangeView, Query()]) -> Shown:
    """What became of records between two moments."""
    since, until = given.span
    newest = given.sort == "newest"
    found = changes_part(service, given.asked(request), since=since, until=until, newest=newest, kinds=given.change)
    value = page_json(found, change_json)
    return Shown("changes.html", value, lambda: _context(request, response, service, given, value))


@router.get("/changes.atom")
def feed(request: Request, service: Here, given: Annotated[ChangeView, Query()]) -> Response:
    """The newest changes as an Atom feed (RFC 4287), with the filters of the page."""
    since, until = given.span
    rows = changes_part(service, Asked("feed", FEED), since=since, until=until, newest=True, kinds=given.change).rows
    body = atom(
        [change_json(row) for row in rows], _records(service, map(change_json, rows)), base=str(request.base_url), own=str(request.url)
    )
    return Response(body, media_type="application/atom+xml")


def atom(rows: Iterable[Json], kept: Mapping[str, Json], *, base: str, own: str) -> bytes:
    """An Atom feed of changes.

    Args:
        kept: the records that there are, by id.
        base: the service's own address, with its slash.
        own: the feed's.
    """
    found = list(rows)
    top = Xml.Element(f"{{{ATOM}}}feed")
    Xml.register_namespace("", ATOM)
    _add(top, "id", f"{base}changes.atom")
    _add(top, "title", "orbat: what became of records")
    _add(top, "updated", (found[0]["at"] if found else dt.datetime.now(dt.UTC)).isoformat())
    _add(_add(top, "author"), "name", "orbat")
    _add(top, "link", rel="self", href=own)
    _add(top, "link", rel="alternate", href=base.rstrip("/") + href_page("changes"))
    for row in found:
        of = kept.get(row["record"]) or next((kept[other] for other in row["others"] if other in kept), None)
        entry = _add(top, "entry")
        _add(entry, "id", f"urn:orbat:{row['record']}:{row['change']}:{row['at'].timestamp():.6f}")
        _add(
            entry, "title", f"{WORDS[row['change']]}: {heading(of) if of else row['record']}" + (f", {held(of)}" if of and held(of) else "")
        )
        _add(entry, "updated", row["at"].isoformat())
        _add(entry, "link", rel="alternate", href=base.rstrip("/") + href_record(of["id"] if of else row["record"]))
        if of:
            _add(entry, "summary", f"{of['status']}, {many(of['independent'], 'independent origin')}")
    written: bytes = Xml.tostring(top, encoding="utf-8", xml_declaration=True)
    return written


def _context(request: Request, response: Response, service: Service, given: ChangeView, value: Json) -> Json:
    query = request.query_params.multi_items()
    since, until = given.span
    today = dt.datetime.now(dt.UTC).date()
    rest = without(query, "since")
    counted = service.view(request, response, ("changes", since, until), lambda: _counted(service, since, until))
    titles = {"since": "since", "until": "until", "change": "became"}
    return {
        "given": given,
        "days_of": [(day, list(rows)) for day, rows in groupby(value["items"], lambda row: row["at"].date())],
        "kept": _records(service, value["items"]),
        "heading": heading,
        "held": held,
        "words": WORDS,
        "chips": chips(query, titles),
        "facets": [choices(counted, query, "Became", many=True)],
        "spans": [(words, address([*rest, ("since", str(today - dt.timedelta(days=int(days))))])) for days, words in SPANS.items()],
        "feed": f"/changes.atom{address(without(query, 'sort'))}".removesuffix("?"),
    }


def _counted(service: Service, since: dt.datetime | None, until: dt.datetime | None) -> Json:
    where = [record_changes.c.at >= since] if since else []
    where += [record_changes.c.at <= until] if until else []
    number = sa.func.count().label("number")
    query = sa.select(record_changes.c.change, number).where(*where).group_by(record_changes.c.change).order_by(number.desc())
    with service.store.reading() as connection:
        return {"name": "change", "counts": [{"value": row.change, "count": row.number} for row in connection.execute(query)]}


def _records(service: Service, rows: Iterable[Json]) -> dict[str, Json]:
    """The records that changes are of or led to, where they are there still."""
    ids = {id for row in rows for id in (row["record"], *row["others"])}
    with service.store.reading() as connection:
        there = connection.scalars(sa.select(records.c.id).where(records.c.id.in_(ids))).all()
        return {each.id: record_json(each) for each in load_records(connection, there)}


def _add(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> Xml.Element:
    made = Xml.SubElement(parent, f"{{{ATOM}}}{name}", {key: _NOT_XML.sub("", value) for key, value in attributes.items()})
    made.text = _NOT_XML.sub("", text) or None
    return made


def _moment(given: dt.datetime | dt.date | None, time: dt.time) -> dt.datetime | None:
    if given is None or isinstance(given, dt.datetime):
        return given
    return dt.datetime.combine(given, time, dt.UTC)
