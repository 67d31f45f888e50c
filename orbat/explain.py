"""Why a statement says what it says, in words: its letters, its scores, and what every name might have meant."""

from __future__ import annotations

from collections.abc import Iterator

from orbat.errors import NotFoundError
from orbat.pipeline import Reading
from orbat.serial import fillers_of
from orbat.types import Event, Filler, MentionType, Role, Statement


def explanation(statement: Statement, reading: Reading) -> str:
    """Several lines of text about one statement of a reading of its document.

    Raises:
        NotFoundError: the reading has no such statement, as when another model made the one that is kept.
    """
    for event, made in zip(reading.annotations.events, reading.statements, strict=True):
        if made.id == statement.id:
            return "\n".join(_lines(made, event, reading))
    raise NotFoundError(
        f"Statement {statement.id} was not made again.",
        f"The store has it from model {statement.model}; this is {reading.model}.",
        "Read the article again to bring the store up to this model, or give --model the folder of the one that made it.",
    )


def _lines(s: Statement, event: Event, reading: Reading) -> Iterator[str]:
    d = s.document
    yield f"statement {s.id}   model {s.model}"
    published = d.published.isoformat() if d.published else "publication date unknown"
    yield f"document  {d.id}   {' · '.join(x for x in (d.title, d.source, published, d.url) if x)}"
    yield f"sentence  [{s.sentence.span.start}, {s.sentence.span.end})   {s.sentence.text}"
    trigger = f"“{s.trigger.text}” [{s.trigger.span.start}, {s.trigger.span.end})"
    yield f"type      {s.type.lower()}, from {trigger}, confidence {s.confidence:.2f}"
    yield f"certainty {s.certainty}{', negated' if s.negated else ''}, score {event.certainty_score:.2f}"
    scores = {(a.role, a.mention): a.score for a in event.arguments}
    for role in Role:
        mentions = event.of(role)
        for mention, filler in zip(mentions, fillers_of(s, role), strict=True):
            yield f"{role:<10}{_filler(filler)}, score {scores[role, mention]:.2f}"
            yield from _links(mention, filler, reading)
    if s.attribution is not None and event.source is not None:
        how = "in the speaker's words" if s.attribution.quoted else "reported"
        how += ", anonymous" if s.attribution.anonymous else ""
        yield f"speaker   {_filler(s.attribution.speaker)}, {how}, score {event.source_score:.2f}"
        yield from _links(event.source, s.attribution.speaker, reading)
    else:
        yield f"speaker   none: the text says it in its own voice, score {event.source_score:.2f}"
    if s.date:
        yield f"date      {s.date.start} to {s.date.end} (date_prec {s.date.date_prec}), from “{s.date.text}”"
    if s.location:
        p = s.location
        at = f"({p.lat:.3f}, {p.lon:.3f}), where_prec {p.where_prec}, from its {s.location_basis}"
        yield f"location  {p.name}, {p.admin1 or '-'}, {p.country} {at}"
    if s.count:
        yield f"count     {s.count.low} to {s.count.high}, best {s.count.best}"
    yield f"codes     ACLED {s.codes.acled_sub_event_type or '-'} · PLOVER {s.codes.plover or '-'} · CAMEO {s.codes.cameo or '-'}"


def _filler(f: Filler) -> str:
    return f"{f.type} “{f.quote.text}” [{f.quote.span.start}, {f.quote.span.end})"


def _links(mention: int, filler: Filler, reading: Reading) -> Iterator[str]:
    """The candidates of a mention, best first, each with its reasons."""
    referent = reading.annotations.references.get(mention)
    if referent is not None:
        named = reading.annotations.mentions[referent].span.of(reading.document.text)
        yield f"          stands for “{named}”"
    if filler.type is MentionType.TIME:
        time = reading.links.times.get(mention)
        yield f"          value {time.value}" if time else "          no value: the words are not read as a time"
        return
    link = reading.links.places.get(mention) or reading.links.actors.get(mention)
    if link is None:
        return
    if link.target is None:
        yield "          linked to nothing: no candidate is sure enough"
    for candidate in link.candidates[:5]:
        chosen = "→" if link.target is not None and candidate.target.id == link.target.id else " "
        yield f"        {chosen} {candidate.score:.2f} {candidate.target.id} {candidate.target.name}: {' '.join(candidate.reasons)}"
