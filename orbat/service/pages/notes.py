"""The sentences that the values of a page stand on: each stands once, numbered, at the page's end, where values point to it.

So they print, work without scripts as links, and are shown beside the value by the script where there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from orbat.service.pages.addresses import href_article, href_statement
from orbat.service.pages.words import certainty_words, short_day

FIRST = 3
"""Sentences given with a value; the rest is a page away, and brought from its twin on demand."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence in three parts, the trigger in the middle, and the statement that it is of, as JSON."""

    number: int
    before: str
    trigger: str
    after: str
    statement: Mapping[str, Any]


class Notes:
    """Collects the notes of a page while its template runs.

    Args:
        statements: every statement that may be pointed to, by id, as ``serial.statement_to_json`` gives it.
        first: sentences that go with one value at most.
    """

    def __init__(self, statements: Mapping[str, Mapping[str, Any]], first: int = FIRST) -> None:
        self._statements, self._first = statements, first
        self._numbers: dict[str, int] = {}

    def add(self, ids: Iterable[str]) -> tuple[int, ...]:
        """The numbers of some statements, at most ``first``, those that are on the page already first: numbered as they come."""
        known = sorted((id for id in ids if id in self._statements), key=lambda id: self._numbers.get(id, len(self._numbers) + 1))
        chosen = known[: self._first]
        return tuple(sorted(self._numbers.setdefault(id, len(self._numbers) + 1) for id in chosen))

    def sentence(self, ids: Iterable[str]) -> str:
        """The sentence of the first of some statements; empty where none is known."""
        found = next((self._statements[id] for id in ids if id in self._statements), None)
        return found["sentence"]["text"] if found else ""

    @property
    def rows(self) -> list[Note]:
        """All notes so far, in order."""
        return [note(self._statements[id], number) for id, number in self._numbers.items()]


def note(statement: Mapping[str, Any], number: int = 0) -> Note:
    """A statement's sentence, parted at its trigger."""
    text, begin = statement["sentence"]["text"], statement["sentence"]["start"]
    start, end = statement["trigger"]["start"] - begin, statement["trigger"]["end"] - begin
    return Note(number, text[:start], text[start:end], text[end:], statement)


def quotation(note: Note) -> Markup:
    """One sentence with its trigger marked, who says so, where and when: as ``evidence`` of the templates. Written here, since a group's
    page has some 70 of them, and a macro takes five times as long."""
    s = note.statement
    document, told, certainty = s["document"], s["attribution"], s["certainty"]
    speaker = f"<b><bdi>{escape(told['text'])}</bdi></b>{' (in own words)' if told['quoted'] else ''}, " if told else ""
    day = f", {short_day(document['published'])}" if document["published"] else ""
    return Markup(
        f'<blockquote class="said"><p><bdi>{escape(note.before)}<mark>{escape(note.trigger)}</mark>{escape(note.after)}</bdi></p>\n'
        f"<footer>{speaker}<span><bdi>{escape(document['source'] or 'publisher not known')}</bdi></span>{day}\n"
        f'· <span class="certainty {certainty}">{"denied, " if s["negated"] else ""}{escape(certainty_words(certainty))}</span>\n'
        f'· <a href="{href_statement(s["id"])}">{escape(s["type"])}</a> · '
        f'<a href="{escape(href_article(document["id"], s["id"]))}">article</a></footer></blockquote>'
    )
