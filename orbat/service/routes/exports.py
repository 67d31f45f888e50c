"""Downloads of the store in the formats of the field."""

from __future__ import annotations

import datetime as dt
import io
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from orbat.export import FORMATS, Format, Material, format_named
from orbat.exporting import earlier_material, material
from orbat.queries import Wanted, WantedRecords
from orbat.service import earlier, exporting
from orbat.service.models import ExportFormat, ExportSummary, Json, Type
from orbat.service.problems import Refused
from orbat.service.routes.common import Filter, Id, Known, Words, errors
from orbat.service.state import Here, Service
from orbat.types import EventType

router = APIRouter(tags=["exports"], responses=errors())


class ExportFilter(Filter):
    """What is exported; statements and records that fit all of it."""

    actor: Annotated[tuple[Words, ...], Field(max_length=5, description="Takes part; given twice, both do. A name or id.")] = ()
    type: Annotated[tuple[Type, ...], Field(max_length=60, description="One of these.")] = ()
    since: Annotated[dt.date | None, Field(description="May have happened then or later.")] = None
    until: Annotated[dt.date | None, Field(description="May have happened then or earlier.")] = None
    as_of: Annotated[dt.date | None, Field(description="Had happened, or held, on that day.")] = None
    known_by: Known = None
    mask_private: Annotated[bool, Field(description="Pseudonyms for persons whom the catalogue does not know.")] = False
    reread: Annotated[bool, Field(description="Read the articles again for names that no statement has; for up to 500 articles.")] = True


@router.get("/exports", response_model=list[ExportFormat])
def formats() -> list[Json]:
    """The formats."""
    return [{"name": each.name, "means": each.means, "media_type": exporting.media_type(each)} for each in FORMATS]


@router.get(
    "/exports/{format}",
    response_class=StreamingResponse,
    responses={
        200: {"description": "The export, streamed.", "content": {kind: {} for kind in sorted(set(exporting.MEDIA_TYPES.values()))}},
        **errors(404),
    },
)
def export(service: Here, format: Annotated[Id, Path()], given: Annotated[ExportFilter, Query()]) -> exporting.Download:
    """Download statements and records in a format; folders come as a ZIP. /exports/{format}/summary says what is left out."""
    chosen = format_named(format)
    if not service.exporting.acquire(blocking=False):
        raise Refused(503, "Other exports are being made.", "", "Ask again in a while.", headers={"Retry-After": "10"})
    handing = exporting.Handing(lambda out: exporting.write(chosen, _material(service, chosen, given), out), service.exporting.release)
    handing.first()
    headers = {"Content-Disposition": f'attachment; filename="{exporting.file_name(chosen)}"'}
    return exporting.Download(handing, media_type=exporting.media_type(chosen), headers=headers)


@router.get("/exports/{format}/summary", response_model=ExportSummary, responses=errors(404))
def summary(service: Here, format: Annotated[Id, Path()], given: Annotated[ExportFilter, Query()]) -> Json:
    """How many rows the export has, and how many things it leaves out and why."""
    chosen = format_named(format)
    if not service.exporting.acquire(blocking=False):
        raise Refused(503, "Other exports are being made.", "", "Ask again in a while.", headers={"Retry-After": "10"})
    try:
        done = exporting.write(chosen, _material(service, chosen, given), io.BufferedWriter(_Nowhere()))
    finally:
        service.exporting.release()
    return {"rows": done.rows, "left_out": done.left_out}


class _Nowhere(io.RawIOBase):
    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        return len(data)  # type: ignore[arg-type]


def _material(service: Service, format: Format, given: ExportFilter) -> Material:
    actors = tuple(map(service.named, given.actor))
    types = tuple(EventType(kind.value.upper()) for kind in given.type)
    wanted = Wanted(actors=actors, types=types, since=given.since, until=given.until, as_of=given.as_of)
    records = WantedRecords(actors=actors, types=types, since=given.since, until=given.until, as_of=given.as_of)
    if given.known_by is None:
        found = material(service.store, service.catalogue, format, wanted, records)
    else:
        with earlier.one_at_a_time(service):
            found = earlier_material(service.store, service.catalogue, format, given.known_by, wanted, records)
    return exporting.with_pseudonyms(service, found, reread=given.reread) if given.mask_private else found
