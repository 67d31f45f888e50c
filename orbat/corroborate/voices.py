"""Who speaks in a record: each statement's origin after copies are folded, and which origins can confirm one another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from orbat.corroborate.context import Context
from orbat.corroborate.copies import sentence_families
from orbat.corroborate.origins import publisher_of, publisher_origin, speaker_origin
from orbat.corroborate.said import Voiced
from orbat.recordtypes import Origin
from orbat.types import Statement


def voiced(statements: Sequence[Statement], context: Context) -> tuple[tuple[Voiced, ...], dict[str, Origin]]:
    """Each statement with its origin, and the origins by id.

    A sentence that is a near-copy of one in another family of documents comes from where it first stood, unless a speaker with a name
    is given. A publisher's own voice beside a speaker in the same family supports nothing: it hands on what the speaker says.
    """
    homes = _homes(statements, context)
    origins: dict[str, Origin] = {}
    own: list[tuple[Statement, Origin, str]] = []
    speaking: set[str] = set()
    for s in statements:
        home = homes[s.id]
        origin = speaker_origin(s, home)
        if origin is None:
            origin = publisher_origin(context.publishers.get(home) or _publisher(s))
        else:
            speaking.add(home)
        origins.setdefault(origin.id, origin)
        own.append((s, origin, home))
    supports = {origin.id for _, origin, home in own if origin.kind != "publisher" or home not in speaking}
    return tuple(Voiced(s, origin.id, origin.id in supports) for s, origin, _ in own), origins


def independent(said: Iterable[Voiced]) -> frozenset[str]:
    """The origins among some statements that can confirm one another."""
    return frozenset(one.origin for one in said if one.supports)


def _homes(statements: Sequence[Statement], context: Context) -> dict[str, str]:
    """The family of documents in which each statement's sentence first stood, by statement id."""
    place = {f"{s.document.id}:{s.sentence.span.start}": s for s in statements}
    copies = sentence_families({key: s.sentence.text for key, s in place.items()})
    first: dict[str, tuple[dt.date, str, str]] = {}
    for key, s in place.items():
        rank = (s.document.published or dt.date.max, s.document.id, context.family(s.document.id))
        first[copies[key]] = min(first.get(copies[key], rank), rank)
    return {s.id: first[copies[f"{s.document.id}:{s.sentence.span.start}"]][2] for s in statements}


def _publisher(statement: Statement) -> str:
    return publisher_of(statement.document.source, statement.document.url, statement.document.id)
