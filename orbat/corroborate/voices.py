"""Who speaks in a record: each statement's origin after copies are folded, and which origins can confirm one another."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from orbat.corroborate.context import Context
from orbat.corroborate.copies import sentence_families
from orbat.corroborate.origins import publisher_of, publisher_origin, speaker_origin
from orbat.corroborate.said import Voiced
from orbat.names import fold
from orbat.recordtypes import Origin
from orbat.types import Statement

_OFFICES = frozenset(
    {"governor", "mayor", "president", "premier", "prosecutor", "bishop", "emir", "sultan", "commissioner", "administrator"}
)
"""Offices of which a place has one: two reports of one happening mean the same man or woman."""


def voiced(statements: Sequence[Statement], context: Context) -> tuple[tuple[Voiced, ...], dict[str, Origin]]:
    """Each statement with its origin, and the origins by id.

    A sentence that is a near-copy of one in another family of documents comes from where it first stood, unless a speaker with a name
    is given. A publisher's own voice beside a speaker in the same family supports nothing: it hands on what the speaker says.
    """
    homes = _homes(statements, context)
    speakers = {s.id: speaker_origin(s, homes[s.id]) for s in statements}
    same = _same_speakers(statements, speakers, homes)
    speaking = {homes[key] for key, origin in speakers.items() if origin is not None}
    publishers = _publishers(statements, context)
    origins: dict[str, Origin] = {}
    out: list[Voiced] = []
    for s in statements:
        speaker, home = speakers[s.id], homes[s.id]
        origin = same[speaker.id] if speaker else publisher_origin(publishers[home])
        origins.setdefault(origin.id, origin)
        out.append(Voiced(s, origin.id, speaker is not None or home not in speaking))
    supports = {one.origin for one in out if one.supports}
    return tuple(one if one.supports or one.origin not in supports else replace(one, supports=True) for one in out), origins


def independent(said: Iterable[Voiced]) -> frozenset[str]:
    """The origins among some statements that can confirm one another."""
    return frozenset(one.origin for one in said if one.supports)


def _same_speakers(statements: Sequence[Statement], speakers: Mapping[str, Origin | None], homes: Mapping[str, str]) -> dict[str, Origin]:
    """Which origin each speaker's id stands for, in one record.

    In one family a shorter description or name is the longer one's ("Suhaili", "Khaled al-Suhaili"; "the army", "the Somali army"), and
    an office that one place has one of ("the governor") is one speaker in all families.
    """
    heard: dict[str, set[tuple[frozenset[str], Origin]]] = defaultdict(set)
    for s in statements:
        if (origin := speakers[s.id]) is not None and s.attribution is not None:
            heard[homes[s.id]].add((frozenset(fold(s.attribution.speaker.quote.text).split()), origin))
    out: dict[str, Origin] = {}
    offices: dict[str, Origin] = {}
    every = [(origin, home, said) for home, found in heard.items() for said, origin in found]
    for origin, home, said in sorted(every, key=lambda one: (one[0], one[1], sorted(one[2]))):
        # The most words first, of as many a name before a description.
        whole = [(-len(more), by.kind, by) for more, by in heard[home] if said == more or (said < more and _alike(origin, by))]
        chosen = min(whole)[2]
        if chosen.kind == "unnamed" and said & _OFFICES:
            chosen = offices.setdefault(min(said & _OFFICES), chosen)
        out[origin.id] = chosen
    return {key: out.get(origin.id, origin) for key, origin in out.items()}


def _alike(short: Origin, long: Origin) -> bool:
    """Whether a name with fewer words may be another's: descriptions always, names where the last word is the same."""
    return short.kind == "unnamed" or fold(short.name).split()[-1] == fold(long.name).split()[-1]


def _homes(statements: Sequence[Statement], context: Context) -> dict[str, str]:
    """The family of documents in which each statement's sentence first stood, by statement id."""
    own = {s.id: context.family(s.document.id) for s in statements}
    if len(set(own.values())) == 1:
        return own
    at = {s.id: f"{s.document.id}:{s.sentence.span.start}" for s in statements}
    place = {at[s.id]: s for s in statements}
    copies = sentence_families({key: context.runs_of(s) for key, s in place.items()})
    first: dict[str, tuple[dt.date, str, str]] = {}
    for key, s in place.items():
        rank = (s.document.published or dt.date.max, s.document.id, own[s.id])
        first[copies[key]] = min(first.get(copies[key], rank), rank)
    return {id: first[copies[key]][2] for id, key in at.items()}


def _publishers(statements: Sequence[Statement], context: Context) -> dict[str, str]:
    """The publisher of each family: as the context knows it, else that of the earliest document here."""
    first: dict[str, tuple[dt.date, str, str]] = {}
    found: dict[str, str] = {}
    for s in statements:
        family, document = context.family(s.document.id), s.document
        if known := context.publishers.get(family):
            found[family] = known
            continue
        rank = (document.published or dt.date.max, document.id, publisher_of(document.source, document.url, document.id))
        first[family] = min(first.get(family, rank), rank)
    return found | {family: rank[2] for family, rank in first.items()}
