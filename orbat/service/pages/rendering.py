"""How a page comes about. One function gives what is shown; ``page`` makes two addresses of it, the page and its JSON twin.

    router = APIRouter()

    @page(router, "/records/{id}", model=RecordEvidence)
    def record(service: Here, id: Annotated[Id, Path()]) -> Shown:
        return Shown("record.html", api.record(service, id))

The twin at ``/records/{id}.json`` answers what the API answers, with the same filters and the same model; the page gives the template
that same value as ``value``. Templates extend ``base.html``, which imports ``macros.html`` as ``m``; every function of ``addresses``,
``words`` and ``drawing`` is a global there. Jinja escapes what a page shows, always; no script or style may stand in it, since the
content security policy forbids both. docs/add-a-page.md is the recipe.
"""

import datetime as dt
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.runtime import Context
from markupsafe import Markup

from orbat.service.accounts import Role
from orbat.service.guard import Caller
from orbat.service.kept import Marks
from orbat.service.pages import addresses, drawing, words
from orbat.service.pages.notes import Notes, quotation
from orbat.service.pages.static import has_static, static
from orbat.service.state import Service

F = TypeVar("F", bound=Callable[..., "Shown"])


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows.

    Args:
        template: its template.
        value: what the API answers to the same question: plain values, or a Response with the JSON.
        context: what else the template is given. This and ``value`` may be functions without arguments, called where they are needed only:
            the twin needs no context.
        apart: the template needs no ``value``, which is made for the twin alone.
    """

    template: str
    value: Any
    context: Mapping[str, Any] | Callable[[], Mapping[str, Any]] = field(default_factory=dict)
    apart: bool = False


def page(router: APIRouter, path: str, *, model: Any = None) -> Callable[[F], F]:
    """Make a page and its JSON twin of the decorated function, which takes parameters as a route of the API does.

    Args:
        path: the page's address; the twin's has ``.json`` at its end.
        model: the API's model of the value; None where the value is a Response.
    """

    def register(function: F) -> F:
        def answer_html(request: Request, response: Response, shown: Any = Depends(function)) -> HTMLResponse:  # noqa: B008
            context = _given(shown.context)
            value = None if shown.apart or isinstance(shown.value, Response) else _given(shown.value)
            made = render(request, shown.template, value=value, **context)
            made.headers.update({name: text for name, text in response.headers.items() if name != "content-length"})
            return made

        def answer_json(shown: Any = Depends(function)) -> Any:  # noqa: B008
            return _given(shown.value)

        about = inspect.getdoc(function)
        router.add_api_route(f"{path}.json", answer_json, response_model=model, name=f"{function.__name__}_twin", description=about)
        router.add_api_route(path, answer_html, response_class=HTMLResponse, name=function.__name__, description=about)
        return function

    return register


def render(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A template as an answer. It is given ``page``: what every page needs to know of who asks and where."""
    text = environment().get_template(template).render(page=Asked.of(request), **context)
    return HTMLResponse(text, status)


def fragment(template: str, **context: Any) -> Markup:
    """A template without what differs by who asks, as text that a page may show unescaped; to be kept with ``service.view``."""
    return Markup(environment().get_template(template).render(**context))


@dataclass(frozen=True, slots=True)
class Asked:
    """What every template knows of the request: ``path`` and ``query`` as asked, ``twin`` the JSON twin's address, who asks
    (``name``, ``role``, empty where nobody), ``signed_in`` (with an account, so there is something to sign out of), ``csrf`` for the field
    ``csrf_token`` of every form that posts, whether they may judge, and the ``moment`` that the page is of, in UTC.

    Where the page may be kept for others too (``keeping``), ``csrf`` is a mark, and so is the ``name`` of all but judges: they are for
    showing alone."""

    path: str
    query: tuple[tuple[str, str], ...]
    twin: str
    name: str
    role: str
    signed_in: bool
    judges: bool
    csrf: str
    moment: str

    @classmethod
    def of(cls, request: Request) -> "Asked":
        """What is to be known of a request."""
        service: Service = request.app.state.service
        caller: Caller | None = getattr(request.state, "caller", None)  # the guard refuses some before it knows who asks
        signed_in = caller is not None and caller.via == "session"
        marks: Marks | None = getattr(request.state, "marks", None)
        name = caller.name if caller else ""
        csrf = service.sessions.csrf(caller.mark) if caller and signed_in else ""
        if caller and marks:
            name, csrf = name if caller.role is Role.JUDGE else marks.name, marks.csrf
        return cls(
            path=request.url.path,
            query=tuple(request.query_params.multi_items()),
            twin=addresses.twin(request.url.path, request.url.query),
            name=name,
            role=caller.role.value if caller else "",
            signed_in=signed_in,
            judges=caller is not None and caller.role.value != "read",
            csrf=csrf,
            moment=getattr(request.state, "moment", f"{dt.datetime.now(dt.UTC):%H:%M}"),
        )


class _Context(Context):
    """Jinja's own, but that no function is looked at for whether it wants to be told of the context: none of ours does, and looking costs
    more than most of them."""

    def call(self, function: Callable[..., Any], /, *given: Any, **named: Any) -> Any:
        """What a template means by ``name(...)``."""
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        return function(*given, **named)


class _Templates(Environment):
    """Jinja's own, but for values in a dict: it looks for an attribute of the dict first, which costs an exception for each value."""

    context_class = _Context

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What a template means by ``obj.attribute``."""
        if type(obj) is dict and attribute in obj and attribute not in _OF_DICTS:
            return obj[attribute]
        return super().getattr(obj, attribute)


_OF_DICTS = frozenset(dir(dict))


@cache
def environment() -> Environment:
    """Where the templates are, and what they may call."""
    root = Path(str(files("orbat"))) / "web" / "templates"
    made = _Templates(
        loader=FileSystemLoader(root), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False
    )
    for module in (addresses, words, drawing):
        made.globals.update(
            {
                name: value
                for name, value in vars(module).items()
                if inspect.isfunction(value) and value.__module__ == module.__name__ and name[0] != "_"
            }
        )
    made.globals.update(static=static, has_static=has_static, Notes=Notes, quotation=quotation)
    return made


def _given(value: Any) -> Any:
    return value() if callable(value) and not isinstance(value, Response) else value
