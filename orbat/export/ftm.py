"""FollowTheMoney: one JSON entity a line, made and checked by its own library.

Articles, parties, a Mention for each party in each article, and for each record an Event or a link (Membership, UnknownLink). What the
model has no word for (certainty, negation, who says so, the exact sentence, disputes) stands under ``orbat`` beside ``properties``, which
the library keeps as context: docs/exports.md describes that extension.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any, BinaryIO, TextIO

from orbat.export import cells
from orbat.export.events import best_of_documents
from orbat.export.ids import kind_of, name_of, party_key, short_hash
from orbat.export.material import Material, Written
from orbat.export.needs import library
from orbat.export.sides import Party, actors_of, targets_of
from orbat.export.tables import tables
from orbat.recordserial import record_to_json
from orbat.recordtypes import Record
from orbat.serial import ROLES, fillers_of, statement_to_json
from orbat.types import Filler, Statement

_SHARED = ("group", "wing", "coalition", "force", "state", "org", "media")
"""Kinds of which the same name is the same party everywhere; people and persons are told apart by article or record."""


def write(material: Material, out: BinaryIO) -> Written:
    """Write the entities as JSON lines.

    Raises:
        DataError: followthemoney is not installed.
    """
    with cells.text(out) as stream:
        entities = _Entities(stream, library("followthemoney").model)
        for _, said in groupby(material.statements.values(), key=lambda s: s.document.id):
            entities.article(tuple(said))
        for record in material.records:
            entities.record(record, material)
    return entities.written


class _Entities:
    """Writes entities, those that several records share once; ``_own`` are the people of one record."""

    def __init__(self, out: TextIO, model: Any) -> None:
        self._out, self._model = out, model
        self._shared: set[str] = set()
        self._own: set[str] = set()
        self.written = Written()

    def article(self, said: tuple[Statement, ...]) -> None:
        """The article of some statements, and a mention for each party that it names."""
        document, id = said[0].document, _article_id(said[0])
        self._write("Article", id, {
            "title": document.title,
            "publisher": document.source,
            "publishedAt": document.published.isoformat() if document.published else None,
            "sourceUrl": document.url,
        })  # fmt: skip
        parties = [f for s in said for f in _fillers(s) if kind_of(f) not in ("", "people")]
        named = {(kind_of(f), name_of(f), f.entity.id if f.entity else None) for f in parties}
        for kind, name, entity in sorted(named, key=lambda each: (each[0], each[1], each[2] or "")):
            resolved = self._party(kind, name, entity, document.id) if entity or kind in _SHARED else None
            mention = {"document": id, "name": name, "resolved": resolved, "detectedSchema": tables().parties[kind].ftm}
            self._write("Mention", short_hash(f"mention:{document.id}:{kind}:{entity or name}"), mention)

    def record(self, record: Record, material: Material) -> None:
        """A record and those who take part in it."""
        self._own.clear()
        statements = tuple(material.statements_of(record))
        sources = best_of_documents(statements)
        actors = [self._party_of(party, record) for party in actors_of(record, material)]
        targets = [self._party_of(party, record) for party in targets_of(record, material)]
        row = tables().events[record.type]
        common = {
            "startDate": record.start.isoformat() if record.start else None,
            "endDate": record.end.isoformat() if record.end else None,
            "recordId": record.id,
            "proof": [_article_id(s) for s in sources],
            "sourceUrl": [s.document.url for s in sources],
            "publisher": [s.document.source for s in sources],
            "summary": [s.sentence.text for s in sources],
        }
        extension = {"record": record_to_json(record), "statements": [statement_to_json(s) for s in statements]}
        link = self._link(row.ftm, actors, targets)
        if link is None:
            self._write("Event", _record_id(record), {
                **common,
                "name": _title(record),
                "keywords": record.type.value.lower(),
                "involved": [*actors, *targets],
                "location": record.location.name if record.location else None,
                "country": _country(record),
            }, extension)  # fmt: skip
        else:
            schema, ends = link
            self._write(schema, _record_id(record), {**common, **ends, "role": row.role, "status": record.status.value}, extension)

    def _link(self, schema: str, actors: list[str], targets: list[str]) -> tuple[str, dict[str, Any]] | None:
        """The schema of a link and its two ends; None where the record is an event or has not both ends."""
        if schema == "Event":
            return None
        if len(actors) > 1 and not targets:
            actors, targets = actors[:1], actors[1:]
        if not actors or not targets:
            return None
        ends = ("member", "organization") if schema == "Membership" else ("subject", "object")
        return schema, {ends[0]: actors, ends[1]: targets}

    def _party_of(self, party: Party, record: Record) -> str:
        return self._party(party.kind, party.name, party.key if party.known else None, record.id)

    def _party(self, kind: str, name: str, entity: str | None, apart: str) -> str:
        key = party_key(kind, name, entity, apart)
        id = short_hash(key)
        written = self._shared if entity or kind in _SHARED else self._own
        if id not in written:
            written.add(id)
            self._write(tables().parties[kind].ftm, id, {"name": name}, {"kind": kind, "actor": entity})
        return id

    def _write(self, schema: str, id: str, properties: dict[str, Any], extension: dict[str, Any] | None = None) -> None:
        entity = self._model.make_entity(schema)
        entity.id = f"orbat-{id}"
        for name, value in properties.items():
            entity.add(name, [_own(name, each) for each in value] if isinstance(value, list) else _own(name, value))
        line = entity.to_dict()
        if extension:
            line["orbat"] = extension
        self._out.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.written.rows += 1


_REFERENCES = frozenset({"proof", "involved", "member", "organization", "subject", "object", "document", "resolved"})


def _own(name: str, value: Any) -> Any:
    """A reference as the id that ``_write`` gives; texts with control signs as pictures."""
    if value is None:
        return None
    return f"orbat-{value}" if name in _REFERENCES else cells.for_xml(str(value))


def _fillers(statement: Statement) -> Iterable[Filler]:
    for role in ROLES:
        yield from fillers_of(statement, role)
    if statement.attribution:
        yield statement.attribution.speaker


def _article_id(statement: Statement) -> str:
    return short_hash(f"article:{statement.document.id}")


def _record_id(record: Record) -> str:
    return short_hash(f"record:{record.id}")


def _title(record: Record) -> str:
    """A name for an event: what, by whom, where, when."""
    who = record.actors.values[0].text if record.actors.values else ""
    day = record.start.isoformat() if record.start else ""
    return ", ".join(part for part in (record.type.value.lower(), who, record.location.name if record.location else "", day) if part)


def _country(record: Record) -> str | None:
    known = tables().countries.get(record.location.country) if record.location else None
    return known.iso2.lower() if known else None
