"""A statement: its sentence in the paragraph, every field, why it says so, the others of its record, and where it came from."""

from functools import cache
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Path, Query, Request
from pydantic import Field

from orbat import queries
from orbat.codebook import Codebook
from orbat.errors import NotFoundError, OrbatError
from orbat.serial import ROLES, statement_to_json
from orbat.service.models import Json, StatementEvidence
from orbat.service.pages import recordview
from orbat.service.pages.judging import JudgedIds, told
from orbat.service.pages.marking import Mark, marked
from orbat.service.pages.notes import note
from orbat.service.pages.rendering import Shown, page
from orbat.service.routes import statements as api
from orbat.service.routes.common import Filter, Id, record_json
from orbat.service.state import Here, Service
from orbat.tables import documents
from orbat.types import EventType, Span

router = APIRouter()
OTHERS = 12
"""Other statements of the same record that are shown."""

BASES = {
    "argument": "from its own words",
    "sentence": "from its sentence",
    "paragraph": "from the sentences before it",
    "dateline": "the country of the dateline",
}
"""What a location was taken from, in words."""


class StatementView(Filter):
    """How a statement is shown."""

    why: Annotated[bool, Field(description="Read its article again, for scores and candidates.")] = False
    judged: JudgedIds = ()


@page(router, "/statements/{id}", model=StatementEvidence)
def statement(request: Request, service: Here, id: Annotated[Id, Path()], given: Annotated[StatementView, Query()]) -> Shown:
    """One statement with all that it rests on."""
    value = api.statement(service, id)
    service.about_these(request, f"d:{value['statement']['document']['id']}", *([f"r:{value['record']}"] if value["record"] else []))
    return Shown("statement.html", value, lambda: _context(service, value, given))


def _context(service: Service, value: Json, given: StatementView) -> Json:
    said = value["statement"]
    record, others = _record(service, value)
    return {
        "given": given,
        "note": note,
        "paragraph": paragraph(_text(service, said["document"]["id"]), said),
        "heading": recordview.heading_of(said),
        "means": _codebook().events[EventType(said["type"].upper())].means,
        "bases": BASES,
        "record": record,
        "record_heading": recordview.heading(record) if record else "",
        "others": others,
        "why": _why(service, said["id"]) if given.why else None,
        "told": told(service, given.judged),
    }


def paragraph(text: str, statement: Json) -> Json:
    """The paragraph of a statement's sentence with its parts marked, and whether text goes on before and after it."""
    sentence = statement["sentence"]
    spans = [each for role in ROLES for each in statement[role]] + ([statement["attribution"]] if statement["attribution"] else [])
    first = min([sentence["start"], *(each["start"] for each in spans)])
    last = max([sentence["end"], *(each["end"] for each in spans)])
    start, end = text.rfind("\n", 0, first) + 1, text.find("\n", last)
    end = len(text) if end < 0 else end
    marks = [Mark(Span(each["start"] - start, each["end"] - start), kinds) for each, kinds in parts(statement)]
    around = Span(sentence["start"] - start, sentence["end"] - start)
    return {"html": marked(text[start:end], marks, [around]), "before": start > 0, "after": end < len(text)}


def parts(statement: Json) -> list[tuple[Json, tuple[str, ...]]]:
    """The parts of a statement that stand in the text, each with the kinds that it is drawn as."""
    found: list[tuple[Json, tuple[str, ...]]] = [(each, (each["type"].lower(),)) for role in ROLES for each in statement[role]]
    if statement["attribution"]:
        found.append((statement["attribution"], (statement["attribution"]["type"].lower(), "speaker")))
    return [*found, (statement["trigger"], event_kinds(statement))]


def event_kinds(statement: Json) -> tuple[str, ...]:
    """How a trigger is drawn: as an event, hedged or denied."""
    hedged = ("hedged",) if statement["certainty"] != "fact" else ()
    return ("event", *hedged, *(("negated",) if statement["negated"] else ()))


@cache
def _codebook() -> Codebook:
    return Codebook.load()


def _text(service: Service, document: str) -> str:
    with service.store.reading() as connection:
        return connection.scalar(sa.select(documents.c.text).where(documents.c.id == document)) or ""


def _record(service: Service, value: Json) -> tuple[Json | None, list[Json]]:
    """The statement's record and its other statements."""
    if value["record"] is None:
        return None, []
    try:
        record, said = queries.record_beginning(service.store, value["record"], most=OTHERS + 1)
    except NotFoundError:  # it was made anew between the two questions
        return None, []
    others = [each for each in said if each.id != value["statement"]["id"]]
    return record_json(record), list(map(statement_to_json, others[:OTHERS]))


def _why(service: Service, id: str) -> Json:
    """The explanation, or why there is none: another model may have made the statement."""
    try:
        return {**api.explain(service, id), "problem": None}
    except OrbatError as error:
        return {"problem": error, "lines": [], "mentions": [], "model": ""}
