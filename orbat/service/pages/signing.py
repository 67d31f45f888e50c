"""Signing in and out with forms."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from orbat.service.models import SignIn
from orbat.service.pages.addresses import href_front, href_page
from orbat.service.pages.rendering import render
from orbat.service.problems import Refused
from orbat.service.routes.session import begin_session, end_session
from orbat.service.state import Here

router = APIRouter()
Next = Annotated[str, Query(max_length=4_000)]


@router.get("/sign-in")
def sign_in_form(request: Request, service: Here, next: Next = "/") -> Response:
    """The form; where no login is needed, or someone is signed in, on to the page asked for."""
    if request.state.caller is not None:
        return RedirectResponse(own_path(next), 303)
    return render(request, "signing.html", problem="", name="", next=own_path(next))


@router.post("/sign-in")
def sign_in(
    request: Request,
    service: Here,
    name: Annotated[str, Form(max_length=64)],
    password: Annotated[str, Form(max_length=1_024)],
    next: Annotated[str, Form(max_length=4_000)] = "/",
) -> Response:
    """Begin a session and go on to the page asked for; the form again, with what went wrong, where it cannot begin."""
    answer = RedirectResponse(own_path(next), 303)
    try:
        begin_session(request, answer, service, SignIn(name=name, password=password))
    except Refused as refused:
        made = render(request, "signing.html", status=refused.status, problem=str(refused), name=name, next=own_path(next))
        made.headers.update(refused.headers or {})
        return made
    return answer


@router.post("/sign-out")
def sign_out(request: Request, service: Here) -> Response:
    """End all sessions of the account."""
    answer = RedirectResponse(href_page("sign-in") if service.config.needs_login else href_front(), 303)
    end_session(request, answer, service)
    return answer


def own_path(given: str) -> str:
    """A path of this service; the front page for all else, so that no link with our name leads to another's site."""
    ours = given.startswith("/") and given[1:2] not in ("/", "\\") and all(letter.isprintable() for letter in given) and "\\" not in given
    return given if ours else href_front()
