"""Where everything is: the address of each page and thing, written once. The names are globals of every template."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

from orbat.names import fold
from orbat.remembering import remembered
from orbat.service.guard import API

QUOTED = 4_096
"""Names and words of which it is remembered how they are written in an address: a page links to the same again and again."""


def href_front() -> str:
    """The front page."""
    return "/"


def href_group(group: str, part: str = "", **filters: Any) -> str:
    """A group's order of battle by the catalogue's id or by name, or a part: timeline, network, map, flows. Filters as of the sheet."""
    return _address(f"/groups/{_part(group)}{f'/{part}' if part else ''}", filters)


def href_record(id: str) -> str:
    """A record."""
    return f"/records/{_part(id)}"


def href_records(**filters: Any) -> str:
    """The list of records, with the filters of ``GET /api/v1/records``."""
    return _address("/records", filters)


def href_statement(id: str) -> str:
    """A statement."""
    return f"/statements/{_part(id)}"


def href_article(id: str, statement: str = "") -> str:
    """An article, at the mark of one of its statements where one is given."""
    return f"/articles/{_part(id)}" + (f"#s-{_part(statement)}" if statement else "")


def href_search(**filters: Any) -> str:
    """Search over statements, with the filters of ``GET /api/v1/statements``."""
    return _address("/search", filters)


def href_place(name: str) -> str:
    """What is said of a place."""
    return href_search(place=name)


def href_source(kind: str, name: str) -> str:
    """The page of a publisher by its name (``publisher``), or of a publisher or speaker by its origin's id (``id``)."""
    return f"/sources/{_part(name if kind == 'id' else f'publisher:{fold(name) or name}')}"


def href_page(name: str, **filters: Any) -> str:
    """A page of its own: network, map, compare, sources, unknown, failures, review, changes, read, sign-in."""
    return _address(f"/{name}", filters)


def href_api(path: str, **filters: Any) -> str:
    """An address of the API, as ``search``."""
    return _address(f"{API}/{path}", filters)


def twin(path: str, query: str = "") -> str:
    """The address of a page's JSON twin."""
    return f"{path}.json" + (f"?{query}" if query else "")


def changed(query: Iterable[tuple[str, str]], **given: Any) -> str:
    """A query with some parameters given anew; None takes one away. Begins with "?", empty where nothing is left.

    A cursor belongs to the question that it was made for, so it goes too.
    """
    kept = [(name, value) for name, value in query if name not in given and name != "cursor" and value]
    return _address("", {**_grouped(kept), **given}) or "?"


def _grouped(items: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in items:
        found.setdefault(name, []).append(value)
    return found


@remembered(QUOTED)
def _part(text: str) -> str:
    return quote(text, safe="")


_quoted = remembered(QUOTED)(quote_plus)


def _address(path: str, filters: dict[str, Any]) -> str:
    pairs = [(name, _text(each)) for name, value in filters.items() for each in (value if isinstance(value, list | tuple) else [value])]
    query = "&".join([f"{_quoted(name)}={_quoted(text)}" for name, text in pairs if text])
    return path + (f"?{query}" if query else "")


def _text(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "true"
    return value.isoformat() if isinstance(value, dt.date) else str(value)
