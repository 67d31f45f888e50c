"""What corroboration is told about documents, actors and judgements, besides the statements themselves."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from orbat.corroborate.copies import Runs, families, run_numbers, signature
from orbat.corroborate.origins import publisher_of, wire_of
from orbat.names import fold
from orbat.types import Document, Statement


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What is known of a document: its family of copies, its publisher, the agency that it credits, its day, when it was read."""

    id: str
    family: str
    publisher: str
    wire: str = ""
    published: dt.date | None = None
    learned_at: dt.datetime | None = None

    @classmethod
    def of(cls, document: Document, *, family: str = "", learned_at: dt.datetime | None = None) -> DocumentFacts:
        """The facts of a document; without a family it is one of its own."""
        publisher = publisher_of(document.source, document.url, document.id)
        return cls(document.id, family or document.id, publisher, wire_of(document), document.published, learned_at)


def _unrelated(one: str, two: str) -> bool:
    return False


@dataclass(frozen=True)
class Context:
    """What is known besides statements. Give the facts of every document of each family that is touched: they decide its publisher.

    ``related``: whether two actors' ids are parent and wing, or old and new name, or the like. ``runs``: of the sentences of statements
    that were kept without their words, by the statements' ids.
    """

    documents: Mapping[str, DocumentFacts] = field(default_factory=dict)
    related: Callable[[str, str], bool] = _unrelated
    runs: Mapping[str, Runs] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        documents: Iterable[Document],
        *,
        learned: Mapping[str, dt.datetime] | None = None,
        related: Callable[[str, str], bool] = _unrelated,
    ) -> Context:
        """The context of some documents, with their families of copies computed."""
        kept = {document.id: document for document in documents}
        family = families({key: signature(document.text) for key, document in kept.items()})
        at = learned or {}
        return cls({k: DocumentFacts.of(d, family=family[k], learned_at=at.get(k)) for k, d in kept.items()}, related)

    def family(self, document: str) -> str:
        """The family of a document: itself where nothing is known."""
        known = self.documents.get(document)
        return known.family if known else document

    def runs_of(self, statement: Statement) -> Runs:
        """The ``copies.run_numbers`` of a statement's sentence."""
        known = self.runs.get(statement.id)
        return run_numbers(statement.sentence.text) if known is None else known

    @cached_property
    def publishers(self) -> Mapping[str, str]:
        """The publisher of each family: the agency that most of its documents credit, else the publisher of the earliest document."""
        members: dict[str, list[DocumentFacts]] = defaultdict(list)
        for facts in self.documents.values():
            members[facts.family].append(facts)
        return {family: _publisher(found) for family, found in members.items()}


def earliest(facts: DocumentFacts) -> tuple[dt.date, str]:
    """Sorts documents by day of publication, those without one last, then by id."""
    return facts.published or dt.date.max, facts.id


def _publisher(found: list[DocumentFacts]) -> str:
    wires: dict[str, int] = defaultdict(int)
    names: dict[str, str] = {}
    for facts in sorted(found, key=earliest):
        if facts.wire:
            wires[fold(facts.wire)] += 1
            names.setdefault(fold(facts.wire), facts.wire)
    if wires:
        return names[min(wires, key=lambda name: (-wires[name], name))]
    return min(found, key=earliest).publisher
