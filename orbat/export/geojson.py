"""GeoJSON (RFC 7946): one feature a record. docs/exports.md says what is lost."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

from orbat.export import cells
from orbat.export.material import Material, Written
from orbat.export.recordrows import record_row
from orbat.recordtypes import Record
from orbat.types import Place

PIN = 2
"""The loosest where_prec that is shown as a point: near a known point (UCDP: within about 25 km). A wider place has no geometry, so that no
map shows the middle of a province as where something happened; its middle is in the properties."""


def write(material: Material, out: BinaryIO) -> Written:
    """Write a FeatureCollection of all records; those without a pin have a null geometry, as the format provides."""
    done = Written()
    with cells.text(out) as stream:
        stream.write('{"type": "FeatureCollection", "features": [')
        for record in material.records:
            stream.write(",\n" if done.rows else "\n")
            stream.write(json.dumps(_feature(record, material), ensure_ascii=False, allow_nan=False))
            done.rows += 1
        stream.write("\n]}\n")
    return done


def _feature(record: Record, material: Material) -> dict[str, Any]:
    best = max(material.statements_of(record), key=lambda s: (s.confidence, s.id), default=None)
    sentence = {"sentence": best.sentence.text, "source": best.document.source, "url": best.document.url} if best else {}
    return {"type": "Feature", "id": record.id, "geometry": _point(record.location), "properties": {**record_row(record), **sentence}}


def _point(place: Place | None) -> dict[str, Any] | None:
    if place is None or place.where_prec > PIN:
        return None
    return {"type": "Point", "coordinates": [place.lon, place.lat]}
