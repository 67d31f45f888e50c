"""Judging with forms: what the API's verbs do, posted by a page, which is shown again with what became of the records."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import sqlalchemy as sa
from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field, StringConstraints

from orbat import queries
from orbat.corroborate.judged import RECORD, anchor
from orbat.errors import NotFoundError
from orbat.queries import WantedRecords
from orbat.recordtypes import Judgement as Made
from orbat.recordtypes import Verdict
from orbat.service.models import Decision, Json, Judgement, Page, Type
from orbat.service.pages import recordview
from orbat.service.pages.notes import note
from orbat.service.pages.rendering import Shown, page
from orbat.service.pages.signing import own_path
from orbat.service.problems import BadRequest
from orbat.service.routes import judgements as api
from orbat.service.routes import records as records_api
from orbat.service.routes import statements as statements_api
from orbat.service.routes.common import Filter, Id, Words, judgement_json, record_json
from orbat.service.state import By, Here, Service
from orbat.tables import record_changes, record_statements
from orbat.types import Certainty

router = APIRouter()
SOON = dt.timedelta(minutes=10)
"""Changes told of with a judgement: those noted so soon after it."""
CHANGES = 200
"""Changes looked at for that."""
NEAR = dt.timedelta(days=7)
"""Records offered to be joined lie so near to a record."""
OFFERED = 12
About = Annotated[str, StringConstraints(min_length=1, max_length=500)]
JudgedIds = Annotated[tuple[Id, ...], Field(max_length=50, description="Judgements that led here: what became of records is told.")]


class JudgementsView(api.JudgementFilter):
    """Which judgements."""

    judged: JudgedIds = ()


class StatementForms(Filter):
    """Which forms are open, and where to go on."""

    next: Annotated[str, Field(max_length=4_000)] = ""
    field: Annotated[Words, Field(description="The field whose form is open.")] = ""
    choice: Annotated[Words, Field(alias="value", description="What it holds to begin with.")] = ""
    name: Annotated[Words, Field(description="How that is called.")] = ""


class RecordForms(Filter):
    """Which form is open."""

    field: Annotated[Words, Field(description="confirm, reject, grade or a field.")] = ""
    origin: Annotated[Words, Field(description="Which origin's grade.")] = ""


class JoinFilter(Filter):
    """Which records are offered."""

    q: Annotated[Words, Field(description="An actor's name or id; the record's own, where none is given.")] = ""
    since: dt.date | None = None
    until: dt.date | None = None


@page(router, "/judgements", model=Page[Judgement])
def judgements(request: Request, service: Here, given: Annotated[JudgementsView, Query()]) -> Shown:
    """What analysts decided, the last first."""
    asked = api.JudgementFilter(**given.model_dump(exclude={"judged"}))
    return Shown(
        "judgements.html", lambda: api.judgements(request, service, asked), lambda: {"given": given, "told": told(service, given.judged)}
    )


@page(router, "/statements/{id}/judge")
def statement_forms(service: Here, id: Annotated[Id, Path()], given: Annotated[StatementForms, Query()]) -> Shown:
    """The forms in which a statement is judged, with the values that its record has been told."""
    found = statements_api.statement(service, id)
    record = record_json(queries.record(service.store, found["record"]).record) if found["record"] else None
    context = {
        "given": given,
        "note": note,
        "next": own_path(given.next) if given.next else f"/statements/{found['statement']['id']}",
        "fields": choices(record, found["statement"]["id"]) if record else [],
        "names": adoptable(found["statement"]),
        "types": [each.value for each in Type],
        "certainties": [each.value for each in Certainty],
    }
    return Shown("judgement_statement.html", {**found, "record": record}, context)


@page(router, "/records/{id}/judge")
def record_forms(service: Here, id: Annotated[Id, Path()], given: Annotated[RecordForms, Query()]) -> Shown:
    """The forms in which a record is judged: right or none, a field's value, its origins' grades."""
    found = records_api.evidence_json(service, queries.record(service.store, id))
    record = found["record"]
    context = {"given": given, "fields": choices(record), "heading": recordview.heading(record), "held": recordview.held(record)}
    return Shown("judgement_record.html", {"record": record, "grades": found["grades"]}, context)


@page(router, "/records/{id}/join")
def join(service: Here, id: Annotated[Id, Path()], given: Annotated[JoinFilter, Query()]) -> Shown:
    """Records that may be the same as one, to be joined with it: of the same actors in the same days, or as asked for."""
    record = queries.record(service.store, id).record
    names = [given.q] if given.q else [value.key for value in record.actors.values[:1] if value.entity]
    wanted = WantedRecords(
        actors=tuple(map(service.named, names)),
        kind=record.kind,
        since=given.since or _moved(record.start, -NEAR),
        until=given.until or _moved(record.end, NEAR),
    )
    found = queries.records(service.store, wanted, limit=OFFERED + 1)
    offered = [record_json(each) for each in found.records if each.id != record.id][:OFFERED]
    value = {"record": record_json(record), "offered": offered}
    context = {"given": given, "wanted": wanted, "heading": recordview.heading, "held": recordview.held}
    return Shown("judgement_join.html", value, context)


@router.post("/judgements")
def decide(
    service: Here,
    by: By,
    verdict: Annotated[Verdict, Form()],
    left: Annotated[list[About], Form(max_length=50)],
    right: Annotated[str, Form(max_length=500)] = "",
    field: Annotated[str, Form(max_length=100)] = "",
    value: Annotated[str, Form(max_length=480)] = "",
    other: Annotated[str, Form(max_length=480)] = "",
    until: Annotated[str, Form(max_length=10)] = "",
    note: Annotated[str, Form(max_length=4_000)] = "",
    next: Annotated[str, Form(max_length=4_000)] = "/judgements",
) -> Response:
    """Judge as the API does, once for each ``left``, and go back to the page with what became of records.

    ``other`` is what was typed in the place of a ``value`` that was offered, ``until`` the last day of a date. To part statements off,
    ``right`` may be their record: they are parted from what of it is not named.
    """
    typed = _actor(service, other.strip()) if verdict is Verdict.ADOPT or recordview.kind_of(field) == "actor" else other.strip()
    chosen = typed or value.strip()
    if until.strip() and until.strip() != chosen:
        chosen = f"{chosen}/{until.strip()}"
    against = _rest(service, right, left) if verdict is Verdict.PART and right.startswith(RECORD) else right
    made = []
    for each in left:
        asked = Decision(verdict=verdict, left=each, right=against, field=field, value=chosen, note=note.strip())
        made.append(api.decide(service, by, asked, Response())["judgement"]["id"])
    return _back(next, made)


@router.post("/judgements/{id}/withdraw")
def take_back(service: Here, by: By, id: Annotated[Id, Path()], next: Annotated[str, Form(max_length=4_000)] = "/judgements") -> Response:
    """Take a judgement back and go back to the page."""
    return _back(next, [api.take_back(service, by, id)["judgement"]["id"]])


def told(service: Service, ids: Sequence[str]) -> Json | None:
    """What was just judged, or taken back, and what became of records with it; None where nothing was."""
    made: list[Made] = []
    for id in ids:
        try:
            made.append(queries.judgement(service.store, id))
        except NotFoundError:
            continue  # an address that was kept or made up
    if not made:
        return None
    return {"judgements": list(map(judgement_json, made)), "changes": _changes(service, made)}


def choices(record: Json, statement: str = "") -> list[Json]:
    """The fields of a record that a correction may be of, with what was said of each.

    A correction of a kind of toll is of all its sides, so it is offered where there is one.

    Args:
        statement: whose own values are marked as its own.
    """
    known = {field["name"]: field for field in recordview.fields_of(record)}
    names = ["actors", "targets", "place", "origin", "instrument"]
    names += ["date"] if record["kind"] == "event" else ["start", "end"]
    found = [known.get(name, {"name": name, "values": []}) for name in names]
    kinds = [toll["kind"] for toll in record["tolls"]]
    found += [{"name": toll["kind"], "values": toll["said"]} for toll in record["tolls"] if kinds.count(toll["kind"]) == 1]
    return [recordview.choice(field, statement) for field in found]


def adoptable(statement: Json) -> list[str]:
    """The names in a statement that no catalogue knows, and that an actor may have."""
    kinds = {"GROUP", "FORCE", "ORG", "PERSON", "STATE", "MEDIA"}
    mentions = [each for role in ("actor", "target", "origin") for each in statement[role]]
    mentions += [statement["attribution"]] if statement["attribution"] else []
    return list(dict.fromkeys(each["text"] for each in mentions if each["entity"] is None and each["type"] in kinds))


def _moved(day: dt.date | None, by: dt.timedelta) -> dt.date | None:
    """A day so much earlier or later; None where there is none, or where the calendar ends before it."""
    try:
        return day and day + by
    except OverflowError:
        return None


def _actor(service: Service, typed: str) -> str:
    """The id of the one actor that a typed name is; what was typed, where it is none or several."""
    found = service.catalogue.ids_of(typed) if typed else frozenset()
    return min(found) if len(found) == 1 else typed


def _rest(service: Service, record: str, left: Collection[str]) -> str:
    """The statement that others of a record are parted from: the one that it grew from, else the first that is not named.

    Raises:
        BadRequest: all of them are named.
    """
    kept = queries.record(service.store, record).record
    rest = [each for each in kept.statements if each not in left]
    if not rest:
        raise BadRequest("All statements of the record were named.", "There is nothing to part them from.", "Leave those out that stay.")
    return anchor(kept.id) if anchor(kept.id) in rest else rest[0]


def _changes(service: Service, made: Iterable[Made]) -> list[Json]:
    """What became of the records that judgements are about, as noted when they were made or taken back."""
    moments = [each.withdrawn_at or each.at for each in made]
    ids = {id for each in made for id in (each.left, each.right) if id}
    with service.store.reading() as connection:
        query = sa.select(record_statements.c.record).where(record_statements.c.statement.in_([*ids, *map(anchor, ids)]))
        about = {*ids, *connection.scalars(query)}
        noted = sa.select(record_changes).where(record_changes.c.at >= min(moments), record_changes.c.at <= max(moments) + SOON)
        rows = connection.execute(noted.order_by(record_changes.c.at, record_changes.c.key).limit(CHANGES)).all()
    found = [{"record": row.record, "change": row.change, "others": row.others.split()} for row in rows]
    return [each for each in found if about & {each["record"], *each["others"]}]


def _back(next: str, made: Sequence[str]) -> Response:
    """Back to a page of ours, which is to tell of some judgements; never to another site."""
    to = urlsplit(own_path(next))
    kept = [(name, value) for name, value in parse_qsl(to.query) if name not in ("judged", "from")]
    query = urlencode([*kept, *(("judged", each) for each in made)])
    return RedirectResponse(urlunsplit(("", "", to.path, query, to.fragment)), 303)
