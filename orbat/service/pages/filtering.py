"""The filters of a page as its address holds them: what is asked for, as chips that take it away, and facets that set it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request

from orbat.service.listing import Asked
from orbat.service.models import Json
from orbat.service.pages.judging import JudgedIds
from orbat.service.routes.common import Paging

Query = Sequence[tuple[str, str]]


class Told(Paging):
    """A part of a list on a page that tells what was just judged: of the question that a cursor belongs to, that is no part."""

    judged: JudgedIds = ()

    def asked(self, request: Request) -> Asked:
        """The part that is asked for."""
        rest = sorted(item for item in request.query_params.multi_items() if item[0] not in ("limit", "cursor", "judged") and item[1])
        return Asked(f"{request.url.path.removesuffix('.json')}?{urlencode(rest)}", self.limit, self.cursor)


def again(request: Request) -> str:
    """The address of a page as it is, the part of its list too, without what it tells; where its forms come back to."""
    query = [item for item in request.query_params.multi_items() if item[1] and item[0] != "judged"]
    return request.url.path + (f"?{urlencode(query)}" if query else "")


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that is asked for, with the address of the page without it."""

    title: str
    text: str
    without: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: how many have it, and the address of the page with it, or without it where it is ``chosen``."""

    text: str
    count: int
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """The values of a facet; ``unknown`` have none."""

    title: str
    values: tuple[Choice, ...]
    unknown: int = 0


def chips(query: Query, titles: Mapping[str, str], shown: Mapping[tuple[str, str], str] = {}) -> list[Chip]:
    """What of a query has a title, each by itself.

    Args:
        shown: how a value is called, where not as it stands.
    """
    asked = [item for item in query if item[1] and item[0] in titles]
    return [Chip(titles[name], shown.get((name, value), value), address(without(query, name, value))) for name, value in asked]


def choices(facet: Json, query: Query, title: str, *, name: str = "", values: Mapping[str, str] = {}, many: bool = False) -> Choices:
    """A facet of the API as links.

    Args:
        name: the filter that a value sets; the facet's own name, if not given.
        values: what the filter takes for a value, where not the value.
        many: a value is added to those that are chosen; else it takes their place.
    """
    parameter = name or facet["name"]
    found = []
    for each in facet["counts"]:
        if each["value"] in (None, ""):
            continue
        value = values.get(each["value"], each["value"])
        chosen = (parameter, value) in query
        rest = without(query, parameter, value if many or chosen else None)
        href = address(rest if chosen else [*rest, (parameter, value)])
        found.append(Choice(each["value"], each["count"], href, chosen))
    return Choices(title, tuple(found), sum(each["count"] for each in facet["counts"] if each["value"] in (None, "")))


def without(query: Query, name: str, value: str | None = None) -> list[tuple[str, str]]:
    """A query without a value of a parameter, or without any; a cursor belongs to the question asked, so it goes too."""
    return [item for item in query if item[1] and item[0] != "cursor" and not (item[0] == name and value in (None, item[1]))]


def address(query: Iterable[tuple[str, str]]) -> str:
    """A query as a link on its page."""
    return f"?{urlencode(list(query))}"
