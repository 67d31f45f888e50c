"""The corpus's layout: one JSON line an article, with the mentions and events that its statements are made of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, BinaryIO

from orbat.corpus import to_corpus
from orbat.export import cells
from orbat.export.material import Material, Written
from orbat.segment import sentences as segment
from orbat.serial import fillers_of
from orbat.types import Annotations, Argument, Document, Entity, Event, Filler, Mention, Role, Span, Statement


def write(material: Material, out: BinaryIO) -> Written:
    """Write one line an article; statements whose article's text is not at hand are counted."""
    done = Written()
    with cells.text(out) as stream:
        for id, group in groupby(material.statements.values(), key=lambda s: s.document.id):
            document, said = material.documents.get(id), tuple(group)
            if document is None:
                for _ in said:
                    done.leave_out("the article's text is not in the store")
                continue
            stream.write(json.dumps(_line(document, said), ensure_ascii=False) + "\n")
            done.rows += 1
    return done


def marked(document: Document, statements: Iterable[Statement]) -> tuple[Annotations, dict[int, Entity]]:
    """What the statements of a document say was marked in it, and what each mention is, by its index, where that is known.

    Mentions that no statement uses are not in the statements, nor what a pronoun stands for.
    """
    said = tuple(statements)
    sentences = _sentences(document.text, {s.sentence.span for s in said})
    fillers: dict[tuple[Span, str], Filler] = {}
    for filler in _fillers(said):
        key = (filler.quote.span, filler.type.value)
        if key not in fillers or fillers[key].entity is None:
            fillers[key] = filler
    order = {key: index for index, key in enumerate(sorted(fillers))}
    mentions = tuple(Mention(fillers[key].type, key[0], _sentence_of(key[0], sentences)) for key in sorted(fillers))
    events = tuple(_event(s, order, sentences) for s in sorted(said, key=lambda s: (s.trigger.span, s.type.value, s.id)))
    known = {index: entity for key, index in order.items() if (entity := fillers[key].entity)}
    return Annotations(sentences, mentions, events), known


def _line(document: Document, statements: tuple[Statement, ...]) -> dict[str, Any]:
    found, known = marked(document, statements)
    line = to_corpus(document, found)
    for mention in line["mentions"]:
        entity = known.get(mention["id"])
        mention["link"] = {"id": entity.id, "name": entity.name, "kind": entity.kind} if entity else None
    return line


def _sentences(text: str, kept: set[Span]) -> tuple[Span, ...]:
    """The text's sentences: those that statements name as they name them, the others as the rules cut them."""
    fixed = sorted(kept)
    loose = [span for span in segment(text) if not any(span.start < known.end and known.start < span.end for known in fixed)]
    return tuple(sorted([*fixed, *loose]))


def _sentence_of(span: Span, sentences: tuple[Span, ...]) -> int:
    inside = (index for index, sentence in enumerate(sentences) if sentence.start <= span.start < sentence.end)
    return next(inside, max(0, sum(sentence.start <= span.start for sentence in sentences) - 1))


def _fillers(statements: Iterable[Statement]) -> Iterator[Filler]:
    for statement in statements:
        for role in Role:
            yield from fillers_of(statement, role)
        if statement.attribution:
            yield statement.attribution.speaker


def _event(statement: Statement, order: dict[tuple[Span, str], int], sentences: tuple[Span, ...]) -> Event:
    arguments = [Argument(role, order[f.quote.span, f.type.value]) for role in Role for f in fillers_of(statement, role)]
    speaker = statement.attribution.speaker if statement.attribution else None
    return Event(
        type=statement.type,
        trigger=statement.trigger.span,
        sentence=_sentence_of(statement.trigger.span, sentences),
        arguments=tuple(arguments),
        certainty=statement.certainty,
        negated=statement.negated,
        source=order[speaker.quote.span, speaker.type.value] if speaker else None,
        score=statement.confidence,
    )
