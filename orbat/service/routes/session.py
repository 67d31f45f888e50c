"""Signing in and out, who asks, and whether the service is up."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import APIRouter, Request, Response

from orbat.service.guard import Caller, address_of, cookie_name, limited
from orbat.service.models import Health, Json, SignIn, Who
from orbat.service.problems import Refused
from orbat.service.routes.common import errors, who_json
from orbat.service.state import Here, Service

router = APIRouter(tags=["session"], responses=errors())


@router.get("/session", response_model=Who)
def who(request: Request, service: Here) -> Json:
    """Who asks."""
    caller: Caller | None = request.state.caller
    if caller is None:
        raise Refused(401, "Nobody is signed in.", "", "POST a name and password here.", headers={"WWW-Authenticate": "Bearer"})
    return who_json(service, caller)


@router.post("/session", response_model=Who, responses=errors(400, 403, 413))
def sign_in(request: Request, response: Response, service: Here, given: SignIn) -> Json:
    """Sign in with a name and password; the session is in a cookie."""
    caller = begin_session(request, response, service, given)
    return who_json(service, caller)


@router.delete("/session", status_code=204, responses=errors(403))
def sign_out(request: Request, response: Response, service: Here) -> None:
    """Sign out: all sessions of this account end."""
    if request.state.caller is None:
        raise Refused(401, "Nobody is signed in.", headers={"WWW-Authenticate": "Bearer"})
    end_session(request, response, service)


@router.get("/health", response_model=Health)
def health(service: Here) -> Json:
    """That the service is up, and what waits to be read."""
    return {"version": version("orbat"), "waiting": service.jobs.waiting}


def begin_session(request: Request, response: Response, service: Service, given: SignIn) -> Caller:
    """Check a name and password and set the session's cookie.

    Raises:
        Refused: they are wrong (401), or were tried too often (429): by this address, or for this name.
    """
    if not service.config.needs_login:
        raise Refused(403, "This service needs no login.", "It can be reached from this machine only.")
    limited(max(service.sign_ins.wait(f"address {address_of(request)}"), service.sign_ins.wait(f"account {given.name}")))
    with service.hashing:
        account = service.accounts.verified(given.name, given.password)
    if account is None:
        raise Refused(401, "The name or password is wrong.", "", "Try again.", headers={"WWW-Authenticate": "Bearer"})
    secure = service.config.by_https
    cookie = service.sessions.begin(account.name, account.generation)
    age = int(service.config.limits.session_hours * 3600)
    response.set_cookie(cookie_name(secure), cookie, max_age=age, path="/", secure=secure, httponly=True, samesite="lax")
    started = service.sessions.read(cookie)
    return Caller(account.name, account.role, "session", started.mark if started else "")


def end_session(request: Request, response: Response, service: Service) -> None:
    """End all sessions of the account that asks, and take its cookie away."""
    caller: Caller | None = request.state.caller
    if caller is not None and caller.via == "session":
        service.accounts.end_sessions(caller.name)
    secure = service.config.by_https
    response.delete_cookie(cookie_name(secure), path="/", secure=secure, httponly=True, samesite="lax")
