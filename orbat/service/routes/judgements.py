"""Judgements: listed, made and taken back. Nothing that a source said is rewritten."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from orbat import queries
from orbat.errors import StoreError
from orbat.names import fold
from orbat.recordkeeping import Decision, judge, related_in, update, withdraw
from orbat.recordtypes import RecordChange, Verdict
from orbat.service import listing, models
from orbat.service.accounts import Role
from orbat.service.guard import API, Caller
from orbat.service.models import Json, Judged, Judgement, Page
from orbat.service.problems import BadRequest, Refused
from orbat.service.routes.common import Id, Paging, Words, change_json, errors, judgement_json, page
from orbat.service.state import By, Here, Service

router = APIRouter(tags=["judgements"], responses=errors())


class JudgementFilter(Paging):
    """Which judgements."""

    verdict: Annotated[tuple[Verdict, ...], Field(max_length=7, description="One of these.")] = ()
    by: Annotated[Words, Field(description="Who decided.")] = ""
    about: Annotated[Words, Field(description="A statement's, record's or origin's id, or a name.")] = ""
    standing: Annotated[bool, Field(description="Without those taken back.")] = False


@router.get("/judgements", response_model=Page[Judgement], responses=errors(400))
def judgements(request: Request, service: Here, given: Annotated[JudgementFilter, Query()]) -> Json:
    """What analysts decided, the last first."""
    found = [
        each
        for each in reversed(service.judgements)
        if (not given.verdict or each.verdict in given.verdict)
        and given.by in ("", each.by)
        and given.about in ("", each.left, each.right)
        and not (given.standing and each.withdrawn_at)
    ]
    return page(listing.sliced(found, given.asked(request)), judgement_json)


@router.post("/judgements", status_code=201, response_model=Judged, responses=errors(400, 403, 404, 413))
def decide(service: Here, by: By, given: models.Decision, response: Response) -> Json:
    """Confirm, reject or correct a statement or record, join or part two, grade an origin, or adopt a name for an actor."""
    decision = _decision(service, given)
    try:
        made = judge(service.store, decision, by=by.name, note=given.note)
    except StoreError as error:
        if error.__cause__ is not None:  # the store's own trouble, not the decision's
            raise
        raise BadRequest(error.fact, error.cause, "GET the record or statement for its fields.") from error
    response.headers["Location"] = f"{API}/judgements/{made.id}"
    return {"judgement": judgement_json(made), "changes": list(map(change_json, _renew(service, by)))}


@router.get("/judgements/{id}", response_model=Judgement, responses=errors(404))
def judgement(service: Here, id: Annotated[Id, Path()]) -> Json:
    """One judgement by its id or the beginning of it."""
    return judgement_json(queries.judgement(service.store, id))


@router.delete("/judgements/{id}", response_model=Judged, responses=errors(403, 404))
def take_back(service: Here, by: By, id: Annotated[Id, Path()]) -> Json:
    """Take a judgement back; it stays on file. Another's may be taken back by an administrator only."""
    found = queries.judgement(service.store, id)
    _may_withdraw(by, found.by)
    made = withdraw(service.store, found.id)
    return {"judgement": judgement_json(made), "changes": list(map(change_json, _renew(service, by)))}


def _may_withdraw(caller: Caller, by: str) -> None:
    if caller.name != by and not caller.role.covers(Role.ADMIN):
        raise Refused(403, f"That is {by}'s judgement.", "", "Ask them or an administrator to take it back.")


def _decision(service: Service, given: models.Decision) -> Decision:
    """The decision with ids in full."""
    left, right = given.left.strip(), given.right.strip()
    if given.verdict is Verdict.GRADE:
        left = left if left.startswith(("publisher:", "speaker:")) else f"publisher:{fold(left)}"
    elif given.verdict is not Verdict.ADOPT:
        left, right = _full_id(service, left), _full_id(service, right) if right else ""
    elif (right or given.value) not in service.catalogue:
        raise BadRequest(f"{right or given.value!r} is no actor's id.", "", f"GET {API}/actors?q=NAME finds ids.")
    return Decision(given.verdict, left, right, given.field, given.value)


def _full_id(service: Service, id: str) -> str:
    if id.lower().startswith("r"):
        return queries.record(service.store, id).record.id
    return queries.statement(service.store, id).statement.id


def _renew(service: Service, by: Caller) -> tuple[RecordChange, ...]:
    try:
        return update(service.store, related=related_in(service.catalogue))
    finally:
        service.forget(by.name)
