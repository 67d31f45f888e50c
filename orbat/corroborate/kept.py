"""Happenings as compact JSON, so that a store need not read an article's statements again when a new one comes near it."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

from orbat.corroborate.happenings import Happening
from orbat.corroborate.matters import Matter
from orbat.types import EventType, Place

RULES = 3
"""Of the rules by which happenings are made, keyed and scored; raised when they change, so that what was kept before is made again."""

_NAMES = tuple(field.name for field in fields(Happening) if field.init)
_SETS = tuple(
    field.name
    for field in fields(Happening)
    if field.init and str(field.type).startswith("frozenset") and field.name not in ("types", "tolls")
)
_RANGES = ("days", "bounds", "told")


def happening_to_json(one: Happening) -> str:
    """The happening as a list of its fields in their order."""
    return json.dumps([_plain(getattr(one, name)) for name in _NAMES], ensure_ascii=False, separators=(",", ":"))


def happening_from_json(text: str) -> Happening:
    """What ``happening_to_json`` wrote."""
    row = json.loads(text)
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


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return list(asdict(value).values()) if isinstance(value, Place) else value
