"""Reading articles in: pasted, uploaded, or fetched where that is allowed; then how far it is, and where it led."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, File, Form, Path, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from orbat.ingest.readers import READERS
from orbat.service import listing
from orbat.service.jobs import OVER, Job
from orbat.service.models import Address, Article, Json, Page
from orbat.service.models import Job as JobModel
from orbat.service.pages.addresses import href_api
from orbat.service.pages.rendering import Shown, page
from orbat.service.problems import BadRequest
from orbat.service.routes import articles as api
from orbat.service.routes.common import Id, Paging
from orbat.service.routes.common import page as page_json
from orbat.service.state import By, Here, Service
from orbat.tables import documents

router = APIRouter()


@page(router, "/read", model=Page[JobModel])
def read(request: Request, response: Response, service: Here) -> Shown:
    """What was posted to be read, and the forms to post more."""
    response.headers["Cache-Control"] = "no-store"  # how far jobs are is not of the store's version
    part = listing.sliced(service.jobs.all(), Paging().asked(request))
    context = {
        "limits": service.config.limits,
        "may_fetch": service.config.allow_fetch,
        "suffixes": sorted({suffix for reader in READERS for suffix in reader.suffixes}),
        "waiting": service.jobs.waiting,
    }
    return Shown("read.html", page_json(part, api.job_json), context)


@router.post("/read/text")
def read_text(
    service: Here,
    by: By,
    text: Annotated[str, Form(max_length=4_000_000)] = "",
    title: Annotated[str, Form(max_length=1_000)] = "",
    source: Annotated[str, Form(max_length=200)] = "",
    published: Annotated[str, Form(max_length=10)] = "",
    url: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Have a pasted article read."""
    day = _day(published)
    return _posted(api.post_article(service, by, Article(text=text, title=title, source=source, published=day, url=url), Response()))


@router.post("/read/file")
def read_file(service: Here, by: By, file: Annotated[UploadFile, File()]) -> Response:
    """Have a file of one or many articles read."""
    if not file.filename:
        raise BadRequest("No file was given.", "", "Choose one first.")
    return _posted(api.upload(service, by, file, Response()))


@router.post("/read/address")
def read_address(service: Here, by: By, url: Annotated[str, Form(max_length=2_000)]) -> Response:
    """Have the article at a public address read, where the service does so."""
    return _posted(api.fetch(service, by, Address(url=url.strip()), Response()))


@page(router, "/read/{id}", model=JobModel)
def job(response: Response, service: Here, id: Annotated[Id, Path()]) -> Shown:
    """How far one job is, and what it led to."""
    response.headers["Cache-Control"] = "no-store"
    value = api.job(service, id)
    context = {
        "over": value["state"] in OVER,
        "ahead": place_of(service.jobs.all(), id),
        "titles": _titles(service, value["read"]),
        "events": href_api(f"jobs/{id}/events"),
    }
    return Shown("job.html", value, context)


def place_of(jobs: Sequence[Job], id: str) -> int:
    """How many are read before a job; ``jobs`` the last posted first."""
    ids = [each.id for each in jobs]
    earlier = jobs[ids.index(id) + 1 :] if id in ids else ()
    return sum(each.state not in OVER for each in earlier)


def _titles(service: Service, read: Sequence[str]) -> dict[str, str]:
    query = sa.select(documents.c.id, documents.c.title).where(documents.c.id.in_(read))
    with service.store.reading() as connection:
        return {row.id: row.title for row in connection.execute(query)}


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise BadRequest(f"{text!r} is no day.", "", "Give it as 2014-08-06, or leave it out.") from error


def _posted(made: Json) -> Response:
    return RedirectResponse(f"/read/{made['id']}", 303)
