"""Failures: what could not be read, by stage and cause, and what to do about it."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field

from orbat.names import fold
from orbat.service import listing
from orbat.service.models import Failure, Json, Page
from orbat.service.pages.filtering import chips, choices
from orbat.service.pages.rendering import Shown, page
from orbat.service.routes.common import Paging, Words
from orbat.service.routes.common import page as page_json
from orbat.service.state import Here
from orbat.store import KeptFailure

router = APIRouter()
TITLES = {"stage": "stage", "cause": "what happened", "q": "words"}
STEPS = {
    "fetch": "Look whether the address opens in a browser; save the page there and read the file in.",
    "ingest": "The file or page gave no article. Open it: what it holds may be pictures, a form, or no article at all.",
    "read": "The article was found, and the reader could not finish it. Read it alone; if it fails again, the message says at what.",
    "store": "The article was read, and the store would not keep it: its text and what was found in it do not fit. Read it again.",
}
"""What helps with failures of a stage, beside what each message says."""
_CHANGING = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”|[\d,.]*\d")


class FailureFilter(Paging):
    """Which failures."""

    stage: Annotated[Words, Field(description="Where it stopped: fetch, ingest, read, store.")] = ""
    cause: Annotated[Words, Field(description="What happened, as the page's list of causes has it.")] = ""
    q: Annotated[Words, Field(description="A part of the document's name, or of the message.")] = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A failure's message in its parts: what happened, and the rest, which says why and what next."""

    fact: str
    rest: str


@page(router, "/failures", model=Page[Failure])
def failures(request: Request, service: Here, given: Annotated[FailureFilter, Query()]) -> Shown:
    """What could not be read and why, the latest first."""
    kept = service.memo.get("failures", service.store.failures)
    rows = [each for each in kept if _fits(each, given)]
    found = listing.sliced(rows, given.asked(request))
    value = page_json(found, lambda each: {**asdict(each.failure), "first_at": each.first_at, "last_at": each.last_at})
    query = request.query_params.multi_items()
    return Shown(
        "failures.html",
        value,
        lambda: {
            "given": given,
            "chips": chips(query, TITLES),
            "facets": [choices(_counted(name, rows), query, TITLES[name].capitalize()) for name in ("stage", "cause")],
            "told": told,
            "steps": STEPS,
            "kept": len(kept),
        },
    )


def told(message: str) -> Told:
    """A message, parted behind its first sentence."""
    fact, dot, rest = message.partition(". ")
    return Told(fact + dot.strip(), rest)


def cause(message: str) -> str:
    """What happened, the same for failures that differ in names and numbers only."""
    return _CHANGING.sub("…", told(message).fact)[:160]


def _fits(each: KeptFailure, given: FailureFilter) -> bool:
    failure = each.failure
    return (
        given.stage in ("", failure.stage)
        and (not given.cause or cause(failure.message) == given.cause)
        and (not given.q or fold(given.q) in fold(f"{failure.document} {failure.message}"))
    )


def _counted(name: str, rows: Iterable[KeptFailure]) -> Json:
    values = Counter(each.failure.stage if name == "stage" else cause(each.failure.message) for each in rows)
    return {"name": name, "counts": [{"value": value, "count": count} for value, count in values.most_common(20)]}
