"""What the pages with charts share: a chart is drawn once a version of the store, kept with its JSON twin, and shown to whoever asks."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import Request, Response
from markupsafe import Markup

from orbat.battle import Asked, Case
from orbat.battle.loading import unnamed
from orbat.battle.render.plain import plain
from orbat.battle.values import When
from orbat.errors import NotFoundError
from orbat.serial import statement_to_json
from orbat.service.pages.notes import Notes
from orbat.service.pages.rendering import Shown, fragment
from orbat.service.pages.words import when_words
from orbat.service.state import Service
from orbat.types import Statement

T = TypeVar("T")
SENTENCES = 2
"""Given with a value of a chart; the record has them all."""
UNNAMED = "No statement in this store names it yet; the catalogue of actors has it."


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page's main part and its twin."""

    html: Markup
    twin: bytes


def chart_page(
    request: Request,
    service: Service,
    key: tuple[Hashable, ...],
    make: Callable[[], tuple[Mapping[str, Any], Mapping[str, Any]]],
    *,
    template: str,
    **context: Any,
) -> Shown:
    """A page of a chart, as ``rendering.page`` wants it.

    Args:
        key: all that the chart depends on beside the store.
        make: gives the JSON twin's value, and what the template's part is given beside ``value``.
        template: ``NAME.html``; its part that is kept is ``NAME_part.html``.

    Raises:
        Refused: an earlier state is asked for while another is being made.
    """
    answer = Response()
    drawn = service.view(request, answer, (template, *key), lambda: _drawn(service, key, make, template))
    headers = {"ETag": answer.headers["etag"]} if "etag" in answer.headers else None
    return Shown(template, Response(drawn.twin, headers=headers, media_type="application/json"), {"part": drawn.html, **context})


def reasoned(value: dict[str, Any], reason: str) -> dict[str, Any]:
    """A twin's value, with why there is nothing in it where there is a reason."""
    return {**value, "reason": reason} if reason else value


def _drawn(
    service: Service, key: tuple[Hashable, ...], make: Callable[[], tuple[Mapping[str, Any], Mapping[str, Any]]], template: str
) -> Drawn:
    with service.remaking(*(each for each in key if isinstance(each, Asked))):
        value, context = make()
    html = fragment(template.replace(".html", "_part.html"), value=value, **context)
    return Drawn(html, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def by_store_or_catalogue(asked: Asked, by_store: Callable[[], T], by_catalogue: Callable[[], T]) -> T:
    """What the store tells of a group; where it names none, what the catalogue does, if it has one of the name and is asked of now.

    Raises:
        NotFoundError: neither has it.
    """
    try:
        return by_store()
    except NotFoundError:
        if len(asked.ids) != 1 or asked.known_by is not None:
            raise
        return by_catalogue()


def case_of(service: Service, asked: Asked) -> Case:
    """The case of a group; of one that only the catalogue has, an empty one.

    Raises:
        NotFoundError: neither the store nor the catalogue has it.
    """
    return by_store_or_catalogue(asked, lambda: service.case(asked), lambda: unnamed(asked, service.catalogue))


def why_empty(case: Case) -> str:
    """What to say of a group of which there is nothing to chart since only the catalogue has it; empty for one that the store names."""
    return UNNAMED if case.marks is None and case.known_by is None else ""


def notes_of(statements: Iterable[Statement]) -> Notes:
    """The sentences of some statements, for the values that stand on them."""
    return Notes(_Lazily({s.id: s for s in statements}), first=SENTENCES)


class _Lazily(Mapping[str, Mapping[str, Any]]):
    """Statements as JSON, which they become when they are looked at: of a group's thousands a page shows some dozens."""

    def __init__(self, statements: Mapping[str, Statement]) -> None:
        self._statements = statements

    def __getitem__(self, id: str) -> Mapping[str, Any]:
        return statement_to_json(self._statements[id])

    def __contains__(self, id: object) -> bool:
        return id in self._statements

    def __iter__(self) -> Iterator[str]:
        return iter(self._statements)

    def __len__(self) -> int:
        return len(self._statements)


def when_text(when: When) -> str:
    """``words.when_words`` of a value that is no JSON yet."""
    return when_words(plain(when))


def group_name(service: Service, group: str) -> str:
    """What a group is called: the catalogue's name for it, else as asked."""
    ids = service.named(group).ids if group else frozenset()
    return service.catalogue.entry(min(ids)).name if len(ids) == 1 else group
