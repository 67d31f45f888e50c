"""Run the reader on gold files and score it: what `orbat eval` does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from orbat.corpus import to_corpus
from orbat.encoder import Encoder
from orbat.errors import DataError
from orbat.evaluate.links import LinkReport, Point, score_actors, score_places, score_places_found, score_references, score_times
from orbat.evaluate.stages import Report, read_jsonl, score
from orbat.link.actors import link_actors
from orbat.link.catalogue import Catalogue
from orbat.link.dates import read_times
from orbat.link.places import link_places
from orbat.link.references import find_references
from orbat.link.timex import find_times
from orbat.pairs import ends_of, fitting, places_of, references_of
from orbat.pipeline import Reader
from orbat.segment import sentences
from orbat.types import Annotations, Document, Failure, Mention, MentionType, Span

Row = Mapping[str, Any]


def evaluate_stages(gold: Path, reader: Reader) -> Report:
    """Read the raw texts of a corpus file and score every stage.

    Raises:
        DataError: the file is no corpus file, or one of its texts could not be read.
    """
    docs = list(read_jsonl(gold))
    return score(docs, _annotated(docs, reader))


def evaluate_places(path: Path, reader: Reader) -> list[LinkReport]:
    """Two reports on a file of toponyms: resolution of the gold mentions, and places found and resolved from raw text."""
    rows = list(read_jsonl(path))

    def resolve(row: Row) -> list[Point | None]:
        document, annotations = gold_places(row)
        links = link_places(document, annotations, reader.gazetteer)
        at = {m.span: i for i, m in enumerate(annotations.mentions)}
        return [_point(links.get(at[Span(t["start"], t["end"])])) for t in row["toponyms"]]

    def find(row: Row) -> list[tuple[int, int, Point | None]]:
        reading = reader.read_document(_document(row))
        places = [(i, m) for i, m in enumerate(reading.annotations.mentions) if m.type is MentionType.PLACE]
        return [(m.span.start, m.span.end, _point(reading.links.places.get(i))) for i, m in places]

    return [score_places(rows, resolve), score_places_found(rows, find)]


def gold_places(row: Row) -> tuple[Document, Annotations]:
    """A line of a file of toponyms as a document and its place mentions."""
    spans = sorted({Span(t["start"], t["end"]) for t in row["toponyms"]})
    cut = sentences(row["text"])
    mentions = (_mention({"type": "PLACE", "start": s.start, "end": s.end}, cut) for s in spans)
    # The file names itself as the source, which is not the publisher.
    return replace(_document(row), source=""), Annotations(cut, tuple(mentions))


def evaluate_times(path: Path) -> LinkReport:
    """Time expressions found in raw text and read against the publication date."""

    def read(row: Row) -> list[tuple[int, int, str, str]]:
        text = row["text"]
        document = Document.of(text, published=dt.date.fromisoformat(row["dct"][:10]))
        spans = find_times(text)
        values = read_times(document, spans, sentences(text))
        return [(s.start, s.end, v.type if v else "", v.value if v else "") for s, v in zip(spans, values, strict=True)]

    return score_times(read_jsonl(path), read)


def evaluate_actors(path: Path, catalogue: Catalogue) -> LinkReport:
    """Links of single mentions in sentences. Each row has ``text, start, end, type``, ``published`` where the day matters, and
    in ``context`` the text's other mentions ``{start, end, type}``."""

    def link(row: Row) -> str | None:
        spans = sentences(row["text"])
        asked = Span(row["start"], row["end"])
        mentions = tuple(_mention(m, spans) for m in sorted([row, *row.get("context", ())], key=lambda m: int(m["start"])))
        index = next(i for i, m in enumerate(mentions) if m.span == asked)
        answer = link_actors(_document(row), Annotations(spans, mentions), catalogue).get(index)
        return answer.target.id if answer is not None and answer.target is not None else None

    return score_actors(read_jsonl(path), link)


def evaluate_references(path: Path, reader: Reader) -> LinkReport:
    """What pronouns and common nouns stand for, on the gold mentions of a corpus file."""

    def resolve(row: Row) -> dict[int, str]:
        given, which = gold_mentions(row, reader.encoder)
        found = find_references(_document(row), given)
        return {which[i]: row["mentions"][which[j]]["text"] for i, j in found.items()}

    return score_references(read_jsonl(path), resolve)


def gold_mentions(row: Row, encoder: Encoder) -> tuple[Annotations, list[int]]:
    """The gold mentions of a corpus line with what the network holds of their references, and the number of each in the line.

    A mention that does not begin and end with a word piece is left out: the network says nothing of it.
    """
    spans = tuple(Span(a, b) for a, b in row["sentences"])
    mentions = tuple(Mention(MentionType(m["type"]), Span(m["start"], m["end"]), m["s"]) for m in row["mentions"])
    scores = encoder.encode(row["text"], spans)
    which = fitting(scores, mentions)
    given = Annotations(spans, tuple(mentions[i] for i in which))
    at = places_of(scores, given)
    found, leanings = references_of(ends_of(scores, np.zeros(0, dtype=np.int64), at), at)
    return replace(given, references=MappingProxyType(found), leanings=MappingProxyType(leanings)), which


def _mention(row: Row, spans: Sequence[Span]) -> Mention:
    number = max((i for i, s in enumerate(spans) if s.start <= row["start"]), default=0)
    return Mention(MentionType(row["type"]), Span(row["start"], row["end"]), number)


def _annotated(docs: Sequence[Row], reader: Reader) -> Iterator[dict[str, Any]]:
    documents = (_document(doc) for doc in docs)
    for outcome in reader.read_many(documents):
        if isinstance(outcome, Failure):
            raise DataError(f"Document {outcome.document} of the gold file could not be read.", outcome.message)
        yield to_corpus(outcome.document, outcome.annotations)


def _document(row: Row) -> Document:
    day = str(row.get("date") or row.get("published") or "")[:10]
    published = dt.date.fromisoformat(day) if len(day) == 10 else None
    return Document.of(
        row["text"], title=row.get("title") or "", source=row.get("source") or "", published=published,
        url=row.get("url") or "", given_id=str(row.get("id", "")),
    )  # fmt: skip


def _point(link: Any) -> Point | None:
    return None if link is None or link.target is None else (link.target.lat, link.target.lon)
