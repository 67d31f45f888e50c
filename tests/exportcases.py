"""Statements and records made by hand, for the tests of exports. No real person or group does anything here."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from orbat.corroborate import Context, build
from orbat.export import FORMATS, ActorFacts, Format, Material, Written
from orbat.pipeline import Reading
from orbat.recordtypes import Origin, Record, RecordField, RecordKind, RecordStatus, Said, Toll
from orbat.serial import with_id
from orbat.types import (
    Attribution,
    Certainty,
    Codes,
    Count,
    Document,
    DocumentRef,
    Entity,
    EventType,
    Filler,
    MentionType,
    Place,
    Quote,
    Span,
    Statement,
    StatementDate,
)

DAY = dt.date(2021, 3, 4)
TOWN = Place("geonames:7", "Talara", "Nigeria", "Borno State", 11.25, 13.5, 7, 1)
PROVINCE = Place("geonames:8", "Borno State", "Nigeria", "Borno State", 11.5, 13.0, 8, 4)
FRONT = Entity("amber-front", "Amber Front", "group")
BRIGADE = Entity("jade-brigade", "Jade Brigade", "group")
ARMY = Entity("army-ng", "Army of Nigeria", "force")
GUARD = Entity("guard-td", "Guard of Chad", "force")
FACTS = {"amber-front": ActorFacts(("NG",), "7001"), "army-ng": ActorFacts(("NG",), "84"), "guard-td": ActorFacts(("TD",), "")}
TEXT = "Residents said the Amber Front shot dead 12 farmers in Talara on Thursday with rifles."


def document(text: str = TEXT, **more: Any) -> Document:
    return Document.of(text, **{"title": "Twelve dead", "source": "Lake Post", "published": DAY, "url": "https://news.test/1", **more})


def filler(doc: Document, words: str, type: MentionType, entity: Entity | None = None) -> Filler:
    start = doc.text.index(words)
    return Filler(Quote(Span(start, start + len(words)), words), type, entity)


def statement(doc: Document | None = None, **changes: Any) -> Statement:
    """The statement of TEXT, or of another document whose one sentence has the same words."""
    doc = doc or document()
    start = doc.text.index("shot dead")
    made = Statement(
        id="",
        document=DocumentRef(doc.id, doc.title, doc.source, doc.published, doc.url),
        sentence=Quote(Span(0, len(doc.text)), doc.text),
        type=EventType.KILL,
        trigger=Quote(Span(start, start + 9), "shot dead"),
        actor=(filler(doc, "Amber Front", MentionType.GROUP, FRONT),),
        target=(filler(doc, "12 farmers", MentionType.PEOPLE),),
        origin=(),
        place=(filler(doc, "Talara", MentionType.PLACE, Entity(TOWN.id, TOWN.name, "place")),),
        time=(filler(doc, "Thursday", MentionType.TIME),),
        instrument=(filler(doc, "rifles", MentionType.WEAPON),),
        certainty=Certainty.FACT,
        negated=False,
        attribution=Attribution(filler(doc, "Residents", MentionType.PEOPLE), False, True) if "Residents" in doc.text else None,
        date=StatementDate(DAY, DAY, "day", 1, "Thursday"),
        location=TOWN,
        count=Count(12, 12, 12),
        codes=Codes("Violence against civilians", "Attack", "ASSAULT", "180"),
        confidence=0.9,
        model="test 1",
    )
    return with_id(replace(made, **changes))


def said(key: str, text: str, of: Iterable[Statement], entity: Entity | None = None, **more: Any) -> Said:
    return Said(key, text, ("speaker:residents",), tuple(s.id for s in of), entity, **more)


def entity(what: Entity, of: Iterable[Statement]) -> Said:
    return said(what.id, what.name, of, what)


def toll(side: str, low: int, best: int, high: int, kind: str = "killed") -> Toll:
    return Toll(kind, side, low, best, high, ())


def record(of: Iterable[Statement], **changes: Any) -> Record:
    """The record of the statement of TEXT: the Amber Front kills 12 civilians in Talara."""
    own = tuple(of)
    made = Record(
        id="r0123456789abcdef0123",
        kind=RecordKind.EVENT,
        type=EventType.KILL,
        types=(EventType.KILL,),
        status=RecordStatus.SINGLE_SOURCE,
        statements=tuple(sorted(s.id for s in own)),
        documents=tuple(sorted({s.document.id for s in own})),
        origins=(Origin("speaker:residents", "Residents", "unnamed"),),
        denials=(),
        actors=RecordField("actors", (entity(FRONT, own),)),
        targets=RecordField("targets", (said("12 farmers", "12 farmers", own),)),
        fields=(RecordField("place", (said(TOWN.id, TOWN.name, own),)),),
        tolls=(toll("civilians", 10, 12, 15),),
        start=DAY,
        end=DAY,
        date_prec=1,
        location=TOWN,
        certainty=Certainty.FACT,
        credibility=3,
        learned_first=dt.datetime(2021, 3, 5, tzinfo=dt.UTC),
        learned_last=dt.datetime(2021, 3, 6, tzinfo=dt.UTC),
        independent=1,
    )
    return replace(made, **changes)


def material(statements: Iterable[Statement], records: Iterable[Record] = (), documents: Iterable[Document] = ()) -> Material:
    return Material({s.id: s for s in statements}, tuple(records), {d.id: d for d in documents}, FACTS)


def one() -> Material:
    """TEXT, its statement and its record."""
    doc = document()
    own = statement(doc)
    return material([own], [record([own])], [doc])


def format(name: str) -> Format:
    return next(each for each in FORMATS if each.name == name)


def written(name: str, given: Material) -> tuple[bytes, Written]:
    """What a format that is a stream writes."""
    out, writer = io.BytesIO(), format(name).stream
    assert writer is not None
    done = writer(given, out)
    return out.getvalue(), done


def real(readings: Iterable[Reading]) -> Material:
    """The readings of the example articles, and their records."""
    read = list(readings)
    statements = [s for reading in read for s in reading.statements]
    documents = [reading.document for reading in read]
    return material(sorted(statements, key=lambda s: s.document.id), build(statements, Context.of(documents)), documents)
