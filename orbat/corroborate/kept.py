"""Happenings as compact JSON, so that a store need not read an article's statements again when a new one comes near it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any

from orbat.corroborate.happenings import Happening
from orbat.corroborate.matters import Matter
from orbat.types import EventType, Place

RULES = 1
"""Of the rules by which happenings are made inside a document; raised when they change, so that what was kept before is made again."""

_NAMES = tuple(field.name for field in fields(Happening))
_SETS = tuple(field.name for field in fields(Happening) if str(field.type).startswith("frozenset") and field.name not in ("types", "tolls"))
_RANGES = ("days", "bounds", "told")


def happenings_to_json(found: Iterable[Happening]) -> str:
    """The happenings of one document, each a list of its fields in their order."""
    return json.dumps([[_plain(getattr(one, name)) for name in _NAMES] for one in found], ensure_ascii=False, separators=(",", ":"))


def happenings_from_json(text: str) -> tuple[Happening, ...]:
    """What ``happenings_to_json`` wrote."""
    return tuple(_happening(row) for row in json.loads(text))


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return list(asdict(value).values()) if isinstance(value, Place) else value


def _happening(row: list[Any]) -> Happening:
    found: dict[str, Any] = dict(zip(_NAMES, row, strict=True))
    for name in _SETS:
        found[name] = frozenset(found[name])
    for name in _RANGES:
        found[name] = tuple(found[name]) if found[name] else None
    found["statements"] = tuple(found["statements"])
    found["matter"] = Matter(found["matter"])
    found["types"] = frozenset(map(EventType, found["types"]))
    found["tolls"] = frozenset(map(tuple, found["tolls"]))
    found["spot"] = Place(*found["spot"]) if found["spot"] else None
    return Happening(**found)
