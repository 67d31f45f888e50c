"""An article: its text with marks, its statements beside it, near-copies with what is copied, and what could not be read of it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Path, Query, Request
from markupsafe import Markup
from pydantic import Field

from orbat.service.models import Document, Json
from orbat.service.pages.judging import JudgedIds, told
from orbat.service.pages.marking import Mark, marked, shared
from orbat.service.pages.rendering import Shown, page
from orbat.service.pages.statement import event_kinds
from orbat.service.routes import documents as api
from orbat.service.routes.common import Filter, Id
from orbat.service.state import Here, Service
from orbat.tables import documents
from orbat.types import Span

router = APIRouter()
COPIES = 8
"""Near-copies whose text is compared with the article's."""
STATEMENTS, ENTRIES = 400, 1_200
"""Statements and marks that are listed beside and below the text, where not all are asked for: those of a book would weigh megabytes."""
LEGEND = (
    ("group", "Armed groups"),
    ("force", "Security forces"),
    ("state", "States"),
    ("org", "Organisations"),
    ("media", "Media"),
    ("person", "Persons"),
    ("people", "People"),
    ("place", "Places"),
    ("time", "Times"),
    ("weapon", "Weapons"),
    ("resource", "Means"),
    ("event", "Events"),
    ("hedged", "Hedged"),
    ("negated", "Denied"),
    ("speaker", "Speakers"),
    ("copied", "Copied"),
)
"""The kinds of marks, in the order of the legend, and their names."""

KINDS = {
    "GROUP": "armed group",
    "FORCE": "security force",
    "STATE": "state",
    "ORG": "organisation",
    "MEDIA": "media",
    "PERSON": "person",
    "PEOPLE": "people",
    "PLACE": "place",
    "TIME": "time",
    "WEAPON": "weapon",
    "RESOURCE": "means",
    "EVENT": "event",
}
"""What a mark is, in words."""


class ArticleView(Filter):
    """How an article is shown."""

    beside: Annotated[Id | None, Field(description="The near-copy whose common parts are marked; the likest one, if not given.")] = None
    all: Annotated[bool, Field(description="List all statements and marks.")] = False
    judged: JudgedIds = ()


@page(router, "/articles/{id}", model=Document)
def article(request: Request, service: Here, id: Annotated[Id, Path()], given: Annotated[ArticleView, Query()]) -> Shown:
    """One article."""
    value = api.document(service, id)
    records = {row["record"] for row in value["statements"]} - {None}
    service.about_these(request, f"d:{id}", *(f"r:{each}" for each in records))
    return Shown("article.html", value, lambda: _context(service, value, given))


def _context(service: Service, value: Json, given: ArticleView) -> Json:
    found = entries(value)
    listed = found if given.all else found[:ENTRIES]
    near = _near(service, value)
    beside = next((each for each in near if each["document"]["id"] == given.beside), near[0] if near else None)
    copied = beside["parts"] if beside else ()
    kinds = {kind for each in found for kind in each["kinds"]} | ({"copied"} if copied else set())
    return {
        "given": given,
        "entries": listed,
        "said": value["statements"] if given.all else value["statements"][:STATEMENTS],
        "opens": _opens(listed),
        "html": drawn(value["text"], found, copied, listed=len(listed)),
        "legend": [each for each in LEGEND if each[0] in kinds],
        "kinds_words": KINDS,
        "near": near,
        "beside": beside,
        "failures": _failures(service, value),
        "told": told(service, given.judged),
    }


def entries(value: Json) -> list[Json]:
    """The marks of an article in the order of the text, each once and numbered from 1: mentions with their roles, triggers with their
    statements. ``roles``: pairs of statement and role."""
    said = {row["statement"]["id"]: row["statement"] for row in value["statements"]}
    triggers: defaultdict[tuple[int, int], list[Json]] = defaultdict(list)
    for each in said.values():
        triggers[each["trigger"]["start"], each["trigger"]["end"]].append(each)
    found = [_mention(each, said) for each in value["mentions"]]
    found += [_event(statements) for statements in triggers.values()]
    found.sort(key=lambda each: (each["start"], -each["end"], each["entity"] is None))
    return [{**each, "number": number} for number, each in enumerate(found, 1)]


def drawn(text: str, found: Sequence[Json], copied: Sequence[Span], *, listed: int) -> Markup:
    """The text of an article with its marks; those that are not listed open nothing."""
    marks = [
        Mark(Span(each["start"], each["end"]), each["kinds"], each["number"] if each["number"] <= listed else None, each["names"])
        for each in found
    ]
    return marked(text, [*marks, *(Mark(span, ("copied",)) for span in copied)])


def _mention(mark: Json, said: Json) -> Json:
    roles = [(said[id], role) for id, names in mark["roles"].items() for role in dict.fromkeys(names)]
    kinds = (mark["type"].lower(), *(("speaker",) if any(role == "speaker" for _, role in roles) else ()))
    return {**mark, "kinds": kinds, "roles": roles, "names": ()}


def _event(statements: Sequence[Json]) -> Json:
    kinds = tuple(dict.fromkeys(kind for each in statements for kind in event_kinds(each)))
    names = tuple(f"s-{each['id']}" for each in statements)
    roles = [(each, "event") for each in statements]
    return {**statements[0]["trigger"], "type": "EVENT", "entity": None, "kinds": kinds, "roles": roles, "names": names}


def _opens(found: Sequence[Json]) -> dict[str, list[int]]:
    """The marks of each statement, by its id."""
    marks: defaultdict[str, list[int]] = defaultdict(list)
    for each in found:
        for id in dict.fromkeys(statement["id"] for statement, _ in each["roles"]):
            marks[id].append(each["number"])
    return dict(marks)


def _near(service: Service, value: Json) -> list[Json]:
    """The article's near-copies, with the parts that it shares with each, the likest first; those beyond some without."""
    text, family = value["text"], value["family"]
    with service.store.reading() as connection:
        query = sa.select(documents.c.id, documents.c.text).where(documents.c.id.in_([each["id"] for each in family[:COPIES]]))
        texts = {row.id: row.text for row in connection.execute(query)} if family else {}
    found = []
    for each in family:
        parts = shared(text, texts[each["id"]]) if each["id"] in texts else ()
        share = sum(part.end - part.start for part in parts) / max(1, len(text))
        found.append({"document": each, "parts": parts, "share": share})
    return sorted(found, key=lambda each: -each["share"])


def _failures(service: Service, value: Json) -> list[Json]:
    """What could not be read of the article, now or in another run: by any name that a failure knows it by."""
    with service.store.reading() as connection:
        given = connection.scalar(sa.select(documents.c.given_id).where(documents.c.id == value["document"]["id"]))
    names = {value["document"]["id"], value["document"]["url"], given} - {"", None}
    kept = service.memo.get("failures", service.store.failures)
    return [{"stage": each.failure.stage, "message": each.failure.message} for each in kept if each.failure.document in names]
