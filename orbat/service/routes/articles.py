"""Articles posted to be read, and how far each is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, File, Path, Query, Request, Response, UploadFile
from fastapi.responses import StreamingResponse

from orbat.errors import NotFoundError
from orbat.service import listing, models
from orbat.service.guard import API
from orbat.service.jobs import OVER, Posted, shown_name
from orbat.service.jobs import Job as Kept
from orbat.service.models import Address, Article, Job, Json, Page
from orbat.service.problems import BadRequest, Refused
from orbat.service.routes.common import Id, Paging, errors, page
from orbat.service.state import By, Here, Service
from orbat.types import Document

router = APIRouter(tags=["articles"], responses=errors())
Uploaded = Annotated[UploadFile, File(description="Text, HTML, JSON or JSON Lines.")]
POLL = 0.2
"""Seconds between two looks at a job that someone watches."""
WATCHED = 3_600.0
"""Seconds that a job is watched at most; a browser asks again by itself."""


@router.post("/articles", status_code=202, response_model=Job, responses=errors(400, 403, 413))
def post_article(service: Here, by: By, article: Article, response: Response) -> Json:
    """Have one article read, given as plain text or as its page's HTML. The HTML itself is not kept."""
    if bool(article.text.strip()) == bool(article.html.strip()):
        raise BadRequest("An article has a text or its page's HTML.", "Both are given, or neither.", "Give one of them.")
    name = shown_name(article.title or "posted article")
    if article.html:
        return _post(service, Posted(f"{name}.html", data=article.html.encode()), by.name, response)
    document = Document.of(article.text, title=article.title, source=article.source, published=article.published, url=article.url)
    return _post(service, Posted(name, document), by.name, response)


@router.post("/articles/upload", status_code=202, response_model=Job, responses=errors(400, 403, 413))
def upload(service: Here, by: By, file: Uploaded, response: Response) -> Json:
    """Have a file of one or many articles read. Its name only tells what it is; it is kept nowhere."""
    return _post(service, Posted(shown_name(file.filename or ""), data=file.file.read()), by.name, response)


@router.post("/articles/fetch", status_code=202, response_model=Job, responses=errors(400, 403, 413))
def fetch(service: Here, by: By, address: Address, response: Response) -> Json:
    """Have the article at a public address read. The service does so only where it was started with --allow-fetch."""
    if not service.config.allow_fetch:
        raise Refused(403, "This service fetches nothing from the web.", "", "Start it with --allow-fetch, or post the article itself.")
    return _post(service, Posted(shown_name(address.url.split("?")[0]), address=address.url), by.name, response)


@router.get("/jobs", response_model=Page[Job], responses=errors(400))
def jobs(request: Request, service: Here, given: Annotated[Paging, Query()]) -> Json:
    """What was posted, the last first; finished jobs are forgotten after 200 others and with the service's end."""
    return page(listing.sliced(service.jobs.all(), given.asked(request)), job_json)


@router.get("/jobs/{id}", response_model=Job, responses=errors(404))
def job(service: Here, id: Annotated[Id, Path()]) -> Json:
    """How far a job is."""
    return job_json(_job(service, id))


@router.get(
    "/jobs/{id}/events",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/event-stream": {}}, "description": "An event `job` with the job as JSON at every change."},
        **errors(404),
    },
)
async def events(request: Request, service: Here, id: Annotated[Id, Path()]) -> StreamingResponse:
    """The same as server-sent events, until the job is over."""
    _job(service, id)
    return StreamingResponse(_watch(request, service, id), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def job_json(found: Kept) -> Json:
    """A job as JSON."""
    return asdict(found)


async def _watch(request: Request, service: Service, id: str) -> AsyncIterator[str]:
    last, end = None, asyncio.get_running_loop().time() + WATCHED
    while asyncio.get_running_loop().time() < end and not await request.is_disconnected():
        found = service.jobs.get(id)
        if found is None:
            return
        if found != last:
            last = found
            yield f"event: job\ndata: {models.Job.model_validate(job_json(found)).model_dump_json()}\n\n"
        if found.state in OVER or service.jobs.stopping:
            return
        await asyncio.sleep(POLL)


def _post(service: Service, posted: Posted, by: str, response: Response) -> Json:
    made = service.jobs.post(posted, by)
    response.headers["Location"] = f"{API}/jobs/{made.id}"
    return job_json(made)


def _job(service: Service, id: str) -> Kept:
    found = service.jobs.get(id)
    if found is None:
        raise NotFoundError(f"No job has the id {id!r}.", "It may be long over.", f"GET {API}/jobs lists those that are remembered.")
    return found
