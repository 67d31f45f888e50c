"""What of a statement goes into which column of the store, and the check that nothing kept misquotes its document. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from orbat.errors import StageError
from orbat.names import fold
from orbat.serial import ROLES, all_fillers, statement_id, statement_text
from orbat.tables import SHORT
from orbat.types import Document, Filler, Quote, Statement


def check_quotes(document: Document, found: Sequence[Statement]) -> None:
    """Nothing that is kept may misquote its document, and all of it must be text.

    Raises:
        StageError: it does, or a part is half a character.
    """
    text = document.text
    for name in ("text", "title", "source", "byline", "section", "url", "given_id"):
        try:
            getattr(document, name).encode("utf-8")
        except UnicodeEncodeError as error:
            raise StageError(
                f"Document {document.id} was not kept.",
                f"The stage `ingest` broke its contract: the {name} holds half a character (a lone surrogate) at offset {error.start}.",
                "Please report this with the document.",
            ) from error
    for statement in found:
        if statement.document.id != document.id:
            raise _broken(document, statement, f"it names the document {statement.document.id}")
        if statement.id != statement_id(statement):
            raise _broken(document, statement, "its id is not that of its content (serial.with_id gives it)")
        for quote in _quotes(statement):
            if quote.span.of(text) != quote.text:
                raise _broken(document, statement, f"text[{quote.span.start}:{quote.span.end}] is not {quote.text!r}")


def statement_columns(statement: Statement, sentence: int) -> dict[str, Any]:
    """The row of ``statements``, but for its reading and payload; ``sentence`` is the key of its sentence."""
    date, place = statement.date, statement.location
    return {
        "id": statement.id,
        "document": statement.document.id,
        "sentence": sentence,
        "type": statement.type._value_.lower(),
        "certainty": statement.certainty._value_,
        "negated": statement.negated,
        "date_start": date.start if date else None,
        "date_end": date.end if date else None,
        "country": place.country if place else None,
        "where_prec": place.where_prec if place else None,
        "confidence": statement.confidence,
        "newest": date.end if date else statement.document.published,
        "admin1": (place.admin1 if place else "") or None,
        "source": statement.document.source[:SHORT] or None,
        "speaker": _name(statement.attribution.speaker)[:SHORT] if statement.attribution else None,
    }


def filler_rows(statement: Statement, key: int) -> Iterator[dict[str, Any]]:
    """The rows of ``fillers`` of a statement by its key, its speaker among them."""
    for role, found in zip(ROLES, all_fillers(statement), strict=True):
        for position, filler in enumerate(found):
            yield _filler_row(key, role, position, filler)
    if statement.attribution:
        yield _filler_row(key, "speaker", 0, statement.attribution.speaker)


def payload(statement: Statement) -> str:
    """The statement's JSON but for what has columns of its own. It is also what two readings are compared by: the confidence
    is no part of it, since its last digits differ between machines."""
    return statement_text(statement, whole=False)


def bounds(quote: Quote) -> tuple[int, int]:
    """Where a quotation begins and ends."""
    return quote.span.start, quote.span.end


def _filler_row(key: int, role: str, position: int, filler: Filler) -> dict[str, Any]:
    entity, quote = filler.entity, filler.quote
    return {
        "statement": key,
        "role": role,
        "position": position,
        "span_start": quote.span.start,
        "span_end": quote.span.end,
        "text": quote.text,
        "folded": fold(quote.text),
        "type": filler.type._value_,
        "entity_id": entity.id if entity else None,
        "entity_name": entity.name if entity else None,
        "entity_folded": fold(entity.name) if entity else None,
        "entity_kind": entity.kind if entity else None,
    }


def _name(filler: Filler) -> str:
    return filler.entity.name if filler.entity else filler.quote.text


def _quotes(statement: Statement) -> Iterator[Quote]:
    yield statement.sentence
    yield statement.trigger
    for found in all_fillers(statement):
        for filler in found:
            yield filler.quote
    if statement.attribution:
        yield statement.attribution.speaker.quote


def _broken(document: Document, statement: Statement, cause: str) -> StageError:
    return StageError(
        f"Statement {statement.id} of document {document.id} was not kept.",
        f"The stage `statements` broke its contract: {cause}.",
        "Please report this with the document.",
    )
