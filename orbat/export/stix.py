"""STIX 2.1: one bundle with one relationship object a statement, made and checked by its own library.

STIX has no word for a hedge, a denial or a speaker. What is negated, to come or hypothetical has a relationship type of its own ("not-",
"expected-", "hypothetical-"), so that a reader that knows nothing of orbat is not misled; the rest is in a property extension, whose
definition is in the bundle. Ids are version 5 UUIDs: the same statement has the same id in every export.
"""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Any, BinaryIO, TextIO

from orbat.export import cells
from orbat.export.ids import kind_of, name_of, party_key, uuid_of
from orbat.export.material import Material, Written
from orbat.export.needs import library
from orbat.export.tables import tables
from orbat.serial import fillers_of, statement_to_json
from orbat.types import Certainty, Filler, Place, Statement

SINCE = "2026-01-01T00:00:00Z"
"""When the objects that are the same in every bundle (orbat itself, its extension) were first written."""
AREA = 3
"""The loosest where_prec with coordinates; a province or country is named, not pinned."""
_UNTOLD = "not told"
_BEFORE = {Certainty.FUTURE: "expected-", Certainty.HYPOTHETICAL: "hypothetical-"}
_SCHEMA = (
    "certainty: fact, likely, possible, future or hypothetical; negated: whether it is said not to be so; statement: the whole statement, "
    "as docs/statement.md of orbat describes it"
)


def write(material: Material, out: BinaryIO) -> Written:
    """Write the bundle, object by object.

    Raises:
        DataError: stix2 is not installed.
    """
    done = Written()
    with cells.text(out) as stream:
        bundle = _Bundle(stream, library("stix2.v21"), material)
        for _, said in groupby(material.statements.values(), key=lambda s: s.document.id):
            done.rows += bundle.article(tuple(said))
        bundle.close()
    return done


class _Bundle:
    """Writes objects into one bundle, those that several statements share once."""

    def __init__(self, out: TextIO, stix: Any, material: Material) -> None:
        self._out, self._stix, self._material = out, stix, material
        self._shared: set[str] = set()
        self._first = True
        self._maker, self._extension = f"identity--{uuid_of('orbat')}", f"extension-definition--{uuid_of('statement')}"
        out.write(f'{{"type": "bundle", "id": "bundle--{uuid_of("bundle", material.made.isoformat())}", "objects": [')
        self._add(stix.Identity, id=self._maker, created=SINCE, modified=SINCE, name="orbat", identity_class="system")
        self._add(
            stix.ExtensionDefinition, id=self._extension, created=SINCE, modified=SINCE, created_by_ref=self._maker,
            name="orbat statement", schema=_SCHEMA, version="1.0.0", extension_types=["property-extension"],
        )  # fmt: skip

    def close(self) -> None:
        """End the bundle."""
        self._out.write("\n]}\n")

    def article(self, said: tuple[Statement, ...]) -> int:
        """The statements of one article, and a report that holds them; how many relationships there are."""
        own: set[str] = set()
        links = [self._relationship(statement, own) for statement in said]
        document, moment = said[0].document, self._moment(said[0])
        self._add(
            self._stix.Report, id=f"report--{uuid_of('report', document.id, said[0].id)}", **self._made(said[0]), published=moment,
            name=_text(document.title) or document.id, report_types=["threat-report"], object_refs=links,
            external_references=[_reference(said[0])],
        )  # fmt: skip
        return len(links)

    def _relationship(self, statement: Statement, own: set[str]) -> str:
        source = self._end(statement, ("actor",), own) or self._untold(statement)
        target = self._end(statement, ("target", "origin"), own) or self._place(statement) or self._untold(statement)
        id = f"relationship--{uuid_of('relationship', statement.id)}"
        extension = {
            "extension_type": "property-extension",
            "certainty": statement.certainty.value,
            "negated": statement.negated,
            "statement": statement_to_json(statement),
        }
        self._add(
            self._stix.Relationship, id=id, **self._made(statement), relationship_type=relationship_type(statement), source_ref=source,
            target_ref=target, description=_text(statement.sentence.text), confidence=round(100 * statement.confidence), **_days(statement),
            external_references=[_reference(statement)], extensions={self._extension: extension},
        )  # fmt: skip
        return id

    def _end(self, statement: Statement, roles: tuple[str, ...], own: set[str]) -> str | None:
        """The object of the first filler that is a party; the others stand in the extension."""
        parties = (f for role in roles for f in fillers_of(statement, role) if kind_of(f))
        filler = next(parties, None)
        return self._party(statement, filler, own) if filler else None

    def _party(self, statement: Statement, filler: Filler, own: set[str]) -> str:
        kind, name = kind_of(filler), name_of(filler)
        key = party_key(kind, name, filler.entity.id if filler.entity else None, statement.document.id)
        what = tables().parties[kind].stix
        actor = what == "threat-actor"
        id = f"{'threat-actor' if actor else 'identity'}--{uuid_of(key)}"
        known = self._shared if filler.entity or kind not in ("person", "people") else own
        if id not in known:
            known.add(id)
            more = {} if actor else {"identity_class": what}
            self._add(self._stix.ThreatActor if actor else self._stix.Identity, id=id, **self._stamp(), name=_text(name) or _UNTOLD, **more)
        return id

    def _place(self, statement: Statement) -> str | None:
        place = statement.location
        if place is None:
            return None
        id = f"location--{uuid_of('place', place.id)}"
        if id not in self._shared:
            self._shared.add(id)
            self._add(self._stix.Location, id=id, **self._stamp(), name=_text(place.name) or place.id, **_where(place))
        return id

    def _untold(self, statement: Statement) -> str:
        id = f"identity--{uuid_of('untold')}"
        if id not in self._shared:
            self._shared.add(id)
            self._add(self._stix.Identity, id=id, **self._stamp(), name=_UNTOLD, identity_class="unknown")
        return id

    def _made(self, statement: Statement) -> dict[str, Any]:
        moment = self._moment(statement)
        return {"created": moment, "modified": moment, "created_by_ref": self._maker}

    def _stamp(self) -> dict[str, Any]:
        return {"created": SINCE, "modified": SINCE, "created_by_ref": self._maker}

    def _moment(self, statement: Statement) -> dt.datetime:
        day = statement.document.published
        return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC) if day else self._material.made

    def _add(self, make: Any, **properties: Any) -> None:
        self._out.write("\n" if self._first else ",\n")
        self._first = False
        self._out.write(make(**properties).serialize())


def relationship_type(statement: Statement) -> str:
    """The relationship's type: what is denied, to come or hypothetical is told apart from what is said to be so."""
    before = "not-" if statement.negated else ""
    return before + _BEFORE.get(statement.certainty, "") + tables().events[statement.type].stix


def _days(statement: Statement) -> dict[str, dt.datetime]:
    """From the first day's start to the end of the last; STIX has no precision."""
    if statement.date is None:
        return {}
    start, end = (dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC) for day in (statement.date.start, statement.date.end))
    return {"start_time": start, "stop_time": end + dt.timedelta(days=1)} if statement.date.end < dt.date.max else {"start_time": start}


def _where(place: Place) -> dict[str, Any]:
    country = tables().countries.get(place.country)
    found: dict[str, Any] = {"country": country.iso2} if country else {}
    if place.admin1:
        found["administrative_area"] = _text(place.admin1)
    if place.where_prec <= AREA or not country:
        found |= {"latitude": place.lat, "longitude": place.lon}
    return found


def _reference(statement: Statement) -> dict[str, str]:
    document = statement.document
    reference = {"source_name": _text(document.source) or _UNTOLD, "external_id": document.id}
    reference |= {"description": _text(document.title), "url": document.url}
    return {name: value for name, value in reference.items() if value}


def _text(value: str) -> str:
    return cells.for_xml(value).strip()
