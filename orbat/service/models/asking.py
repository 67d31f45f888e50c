"""What is posted and who asks: articles to be read, signing in, searches and exports."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from orbat.service.accounts import Role
from orbat.service.jobs import State
from orbat.service.models.base import Value
from orbat.service.models.records import Record
from orbat.service.models.said import DocumentRef, StatementRow
from orbat.service.models.things import ActorFound


class JobFailure(Value):
    """What of a posted thing could not be read."""

    document: str
    stage: str
    message: str


class Job(Value):
    """What was posted to be read and how far it is. ``read`` and ``failures`` name the first 20."""

    id: str
    name: str
    by: str
    state: State
    posted_at: dt.datetime
    finished_at: dt.datetime | None
    documents: int
    statements: int
    failed: int
    read: list[str]
    failures: list[JobFailure]
    problem: str


class Article(Value):
    """An article to be read: its plain text or its page's HTML."""

    text: Annotated[str, Field(max_length=4_000_000)] = ""
    html: Annotated[str, Field(max_length=8_000_000)] = ""
    title: Annotated[str, Field(max_length=1_000)] = ""
    source: Annotated[str, Field(max_length=200)] = ""
    published: dt.date | None = None
    url: Annotated[str, Field(max_length=2_000)] = ""


class Address(Value):
    """The address of an article on the web."""

    url: Annotated[str, Field(max_length=2_000)]


class SignIn(Value):
    """A name and its password."""

    name: Annotated[str, Field(max_length=64)]
    password: Annotated[str, Field(max_length=1_024, repr=False)]


class Who(Value):
    """Who asks. ``csrf_token``: what a page sends back in the header X-CSRF-Token when it posts; empty where none is needed."""

    name: str
    role: Role
    via: str
    csrf_token: str


class Health(Value):
    """That the service is up; what waits to be read."""

    version: str
    waiting: int


class Found(Value):
    """What a few words find: actors by name, statements by their sentence, and the records and articles of these."""

    actors: list[ActorFound]
    statements: list[StatementRow]
    records: list[Record]
    documents: list[DocumentRef]


class ExportFormat(Value):
    """A format that the store can be downloaded in, what one row of it is, and its media type."""

    name: str
    means: str
    media_type: str


class ExportSummary(Value):
    """What an export holds: its rows and, by reason, how many things it leaves out."""

    rows: int
    left_out: dict[str, int]
