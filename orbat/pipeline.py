"""From documents to statements: one loop on one screen. A batch engine calls the same loop."""

from __future__ import annotations

import datetime as dt
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from orbat.clauses import with_clauses
from orbat.codebook import Codebook
from orbat.decode import decode
from orbat.denials import with_denials
from orbat.encoder import Encoder, Flags
from orbat.errors import OrbatError, StageError
from orbat.hedges import with_hedges
from orbat.link.actors import home_countries, link_actors
from orbat.link.catalogue import Catalogue
from orbat.link.dates import link_dates
from orbat.link.gazetteer import Gazetteer
from orbat.link.places import link_places
from orbat.link.references import find_references
from orbat.link.settled import settled
from orbat.link.wholenames import whole_names
from orbat.offices import with_offices
from orbat.phrases import with_phrases
from orbat.segment import dashed, sentences
from orbat.sides import with_sides
from orbat.statements import statements
from orbat.types import Annotations, Document, Failure, Links, Span, Statement

Worth = Callable[[str, Sequence[Span]], Flags]


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of one document: what was found, what it links to, what it says, and the model that read it."""

    document: Document
    annotations: Annotations
    links: Links
    statements: tuple[Statement, ...]
    model: str


class Reader:
    """Reads documents into statements. Load it once: it holds the model, the catalogue and the gazetteer.

    Args:
        model: ``models.QUICK``, the smaller one, or another model's folder; the shipped one by default.
        catalogue: a user's own actors, laid over the shipped catalogue.
        worth: says of a text's sentences which are worth reading, as ``firstpass.FirstPass.worth_reading`` does; all are, without it.

    Raises:
        DataError: a data file is missing or broken.
    """

    def __init__(self, *, model: Path | None = None, catalogue: Path | None = None, worth: Worth | None = None) -> None:
        self._worth = worth
        self.encoder = Encoder(model)
        self._catalogue_path = catalogue
        self.model = self.encoder.name

    @cached_property
    def catalogue(self) -> Catalogue:
        """The actors that names are linked to."""
        return Catalogue.load(self._catalogue_path)

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """The places that names are linked to."""
        return Gazetteer.open()

    @cached_property
    def codebook(self) -> Codebook:
        """The types and their codes."""
        return Codebook.load()

    def read(self, text: str, *, published: dt.date | str | None = None, title: str = "", source: str = "", url: str = "") -> Reading:
        """Read one text.

        Args:
            published: the day it was published, a date or ISO text; without it, relative times stay unknown.

        Raises:
            StageError: a stage broke its contract; the message names it.
            ValueError: ``published`` is no ISO date.
        """
        day = dt.date.fromisoformat(published) if isinstance(published, str) else published
        return self.read_document(Document.of(text, title=title, source=source, published=day, url=url))

    def read_document(self, document: Document) -> Reading:
        """The pipeline: segment, encode, decode, link, state."""
        spans = sentences(document.text)
        worth = self._worth(document.text, spans) if self._worth is not None else None
        found = decode(self.encoder.encode(dashed(document.text), spans, worth), spans)
        annotations = check(document, worded(document.text, found))
        annotations, links = linked(document, annotations, self.catalogue, self.gazetteer)
        said = statements(document, annotations, links, codebook=self.codebook, model=self.model)
        return Reading(document, annotations, links, said, self.model)

    def read_many(self, documents: Iterable[Document | Failure], *, workers: int | None = None) -> Iterator[Reading | Failure]:
        """Read documents in order, a few at a time; failures pass through, and a document that breaks a stage becomes one.

        Memory is bounded: at most ``4 * workers`` documents are held. ``workers`` is the number of cores by default: one thread more was
        measured to bring nothing.
        """
        workers = workers or os.cpu_count() or 1
        _ = self.catalogue, self.gazetteer, self.codebook  # loaded before threads could load them twice
        waiting: deque[Future[Reading | Failure]] = deque()
        with ThreadPoolExecutor(workers) as pool:
            try:
                for item in documents:
                    waiting.append(pool.submit(self.attempt, item))
                    if len(waiting) >= 4 * workers:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def attempt(self, item: Document | Failure) -> Reading | Failure:
        """The reading of a document, or the failure that a document which breaks a stage becomes; failures pass through."""
        if isinstance(item, Failure):
            return item
        try:
            return self.read_document(item)
        except Exception as error:  # one bad page never stops a run; it is kept as a failure with its cause
            stage = "read" if not isinstance(error, OrbatError) else type(error).__name__
            message = f"{item.title or item.id} could not be read. {type(error).__name__}: {error}. Report it with the article's text."
            return Failure(item.label, stage, message)


def refusal(document: Document, error: StageError) -> Failure:
    """The failure that a document becomes which the store cannot keep."""
    return Failure(document.label, "store", str(error))


def worded(text: str, found: Annotations) -> Annotations:
    """What the network found, put right where the text's words say otherwise: each rule on what the one before it leaves."""
    for rule in (with_phrases, with_denials, with_offices, with_sides, with_clauses, with_hedges):
        found = rule(text, found)
    return found


def linked(document: Document, annotations: Annotations, catalogue: Catalogue, gazetteer: Gazetteer) -> tuple[Annotations, Links]:
    """The annotations with names in whole and the references that the ranker settles, and what their mentions mean."""
    annotations = whole_names(document.text, annotations, catalogue)
    meant = settled(document.text, annotations, find_references(document, annotations), catalogue)
    annotations = replace(annotations, references=MappingProxyType(meant))
    actors = link_actors(document, annotations, catalogue)
    places = link_places(document, annotations, gazetteer, countries=home_countries(actors, catalogue))
    return annotations, Links(actors, places, link_dates(document, annotations))


def check(document: Document, annotations: Annotations) -> Annotations:
    """The annotations, if every span and index in them is sound.

    Raises:
        StageError: decode returned a span outside the text or an index of nothing.
    """
    size, count = len(document.text), len(annotations.mentions)
    spans = [*annotations.sentences, *(m.span for m in annotations.mentions), *(e.trigger for e in annotations.events)]
    for span in spans:
        if not 0 <= span.start < span.end <= size:
            raise StageError(f"Stage decode returned {span} for a text of {size} characters.", "", "Report it with the article's text.")
    used = [a.mention for e in annotations.events for a in e.arguments] + [e.source for e in annotations.events if e.source is not None]
    if any(not 0 <= i < count for i in used):
        raise StageError(f"Stage decode names a mention that is not there ({count} mentions).", "", "Report it with the article's text.")
    return annotations
