"""Names of private persons replaced by pseudonyms, in every text that is exported.

Private is who is a PERSON in some role, or speaks, and is not linked to the catalogue. The same person has the same pseudonym in a set of
exports made with one key; without the key no pseudonym can be computed from a name, nor a guess be tried.

Which words are replaced, in order of what is sure:
- a name of two words or more, wherever it stands in the set, in any case and with or without accents;
- each of its words alone (a surname), and names of one word, in the articles that name the person, where written with a capital;
- never the words of a name that is linked to the catalogue in the same article, where they stand as that whole name.

Spans stay exact: where the article's text is at hand all spans are those of the masked article; else each quotation is exact within the
masked sentence, whose start stays. A statement keeps its id, so that an analyst with the store can go back.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, ValuesView
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Generic, TypeVar

from orbat.export.maskednames import Mentioned, Names, collect
from orbat.export.masktext import Edited, Finder, mask_url
from orbat.export.material import Material
from orbat.recordtypes import Origin, Record, RecordField, Said, Toll
from orbat.serial import ROLES, fillers_of
from orbat.types import Attribution, Document, DocumentRef, Filler, Quote, Span, Statement

V = TypeVar("V")
DIGITS = 10
"""Base 32 digits of a pseudonym, 50 bits: among 100,000 persons, a chance of about 4 in a million that any two share one."""


class Mask:
    """Replaces names in statements, records and documents. It knows the names of the statements that it was made of."""

    def __init__(
        self, statements: Iterable[Statement], key: bytes, *, public: Collection[str] = (), mentions: Iterable[Mentioned] = ()
    ) -> None:
        """Read all statements of the export once, for the names.

        Args:
            key: secret bytes; the same key gives the same pseudonyms.
            public: words that are no name by themselves, such as peoples ("Syrian").
            mentions: private persons that the articles name and no statement has.
        """
        self._key = key
        self._names: Names = collect(statements, public, mentions)
        self._finder = lru_cache(maxsize=256)(self._make_finder)
        self._pseudonyms: dict[str, str] = {}
        self._everywhere = Finder(self._names.everywhere, self.pseudonym)

    def pseudonym(self, person: str) -> str:
        """The pseudonym of a person by the key of its name: "Person-" and ten letters and digits."""
        if person not in self._pseudonyms:
            digest = hmac.digest(self._key, person.encode("utf-8", "surrogatepass"), "sha256")
            self._pseudonyms[person] = "Person-" + base64.b32encode(digest).decode("ascii")[:DIGITS]
        return self._pseudonyms[person]

    def edit(self, document: Document) -> Edited:
        """The document's text with pseudonyms, and what stands where."""
        return self._finder((document.id,)).edit(document.text)

    def statement(self, statement: Statement, text: Edited | None = None) -> Statement:
        """The statement with pseudonyms.

        Args:
            text: its document, edited; with it the spans are those of ``self.document``.
        """
        finder = self._finder((statement.document.id,))
        if text is not None:
            return _in_text(statement, finder, text, 0)
        return _in_text(statement, finder, finder.edit(statement.sentence.text), statement.sentence.span.start)

    def document(self, document: Document) -> Document:
        """The document with pseudonyms; its id stays."""
        finder = self._finder((document.id,))
        given = document.given_id if finder.text(document.given_id, loose=True) == document.given_id else ""
        return replace(
            document,
            text=self.edit(document).text,
            title=finder.text(document.title),
            source=finder.text(document.source),
            byline=finder.text(document.byline),
            section=finder.text(document.section),
            url=mask_url(document.url, finder),
            given_id=given,
        )

    def record(self, record: Record) -> Record:
        """The record with pseudonyms in all that is said, in keys and in origins; ids of records, statements and documents stay."""
        finder = self._finder(tuple(sorted(record.documents)))
        words: Callable[[str], str] = finder.text
        loose: Callable[[str], str] = lambda text: finder.text(text, loose=True)  # noqa: E731
        return replace(
            record,
            origins=tuple(Origin(loose(origin.id), words(origin.name), origin.kind) for origin in record.origins),
            denials=tuple(map(loose, record.denials)),
            actors=_field(record.actors, words, loose),
            targets=_field(record.targets, words, loose),
            fields=tuple(_field(field, words, loose) for field in record.fields),
            tolls=tuple(_toll(toll, words, loose) for toll in record.tolls),
        )

    def _make_finder(self, documents: tuple[str, ...]) -> Finder:
        return Finder(self._names.of(documents), self.pseudonym, self._everywhere)


def masked(material: Material, mask: Mask) -> Material:
    """The same material with pseudonyms, masked as it is read."""
    texts = material.documents

    @lru_cache(maxsize=64)  # statements come in the order of documents
    def edited(id: str) -> Edited | None:
        document = texts.get(id)
        return None if document is None else mask.edit(document)

    def statement(one: Statement) -> Statement:
        return mask.statement(one, edited(one.document.id))

    return replace(
        material,
        statements=_Changed(material.statements, statement),
        records=_Again(material.records, mask.record),
        documents=_Changed(texts, mask.document),
    )


class _Changed(Mapping[str, V]):
    """A mapping whose values are changed when they are read."""

    def __init__(self, inner: Mapping[str, V], change: Callable[[V], V]) -> None:
        self._inner, self.change = inner, change

    def __getitem__(self, key: str) -> V:
        return self.change(self._inner[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._inner)

    def __len__(self) -> int:
        return len(self._inner)

    def __contains__(self, key: object) -> bool:
        return key in self._inner

    def values(self) -> ValuesView[V]:
        """The values in order, read as they are asked for."""
        return _Values(self, self._inner.values())


@dataclass(frozen=True, slots=True)
class _Again(Generic[V]):
    """What can be gone through again, each value changed."""

    inner: Iterable[V]
    change: Callable[[V], V]

    def __iter__(self) -> Iterator[V]:
        return map(self.change, self.inner)


class _Values(ValuesView[V]):
    """Values in the order in which the inner mapping streams them."""

    def __init__(self, mapping: _Changed[V], inner: Iterable[V]) -> None:
        super().__init__(mapping)
        self._again = _Again(inner, mapping.change)

    def __iter__(self) -> Iterator[V]:
        return iter(self._again)


def _in_text(statement: Statement, finder: Finder, edited: Edited, base: int) -> Statement:
    """The statement with its quotations in an edited text that stood at ``base``; those that stand outside it are edited alone."""

    def quote(old: Quote) -> Quote:
        found = edited.span(Span(old.span.start - base, old.span.end - base)) if edited.holds(old, base) else None
        if found is None:
            text = finder.text(old.text)
            return Quote(Span(old.span.start, old.span.start + max(1, len(text))), text)
        return Quote(Span(found.start + base, found.end + base), found.of(edited.text))

    def filler(old: Filler) -> Filler:
        return replace(old, quote=quote(old.quote))

    said, day = statement.attribution, statement.date
    lists: dict[str, Any] = {role: tuple(map(filler, fillers_of(statement, role))) for role in ROLES}
    return replace(
        statement,
        document=_reference(statement.document, finder),
        sentence=quote(statement.sentence),
        trigger=quote(statement.trigger),
        attribution=Attribution(filler(said.speaker), said.quoted, said.anonymous) if said else None,
        date=replace(day, text=finder.text(day.text)) if day else None,
        **lists,
    )


def _reference(document: DocumentRef, finder: Finder) -> DocumentRef:
    return replace(document, title=finder.text(document.title), source=finder.text(document.source), url=mask_url(document.url, finder))


def _field(field: RecordField, words: Callable[[str], str], loose: Callable[[str], str]) -> RecordField:
    return replace(field, values=tuple(_said(said, words, loose) for said in field.values))


def _said(said: Said, words: Callable[[str], str], loose: Callable[[str], str]) -> Said:
    key = said.key if said.entity else loose(said.key)
    return replace(said, key=key, text=words(said.text), origins=tuple(map(loose, said.origins)))


def _toll(toll: Toll, words: Callable[[str], str], loose: Callable[[str], str]) -> Toll:
    return replace(toll, side=loose(toll.side), said=tuple(_said(said, words, loose) for said in toll.said))
