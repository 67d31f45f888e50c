"""Happenings as compact JSON, so that a store need not read an article's statements again when a new one comes near it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

from orbat.corroborate.happenings import Happening
from orbat.corroborate.matters import Matter
from orbat.types import EventType, Place

RULES = 4
"""Of the rules by which happenings are made, keyed and scored; raised when they change, so that what was kept before is made again."""

_NAMES = tuple(field.name for field in fields(Happening) if field.init)
_TYPES = {type.value: type for type in EventType}
_READ: dict[str, Callable[[Any], Any]] = {
    **{field.name: frozenset for field in fields(Happening) if field.init and str(field.type).startswith("frozenset")},
    **dict.fromkeys(("days", "bounds", "told"), lambda value: tuple(value) if value else None),
    "statements": tuple,
    "matter": {matter.value: matter for matter in Matter}.__getitem__,
    "types": lambda value: frozenset(map(_TYPES.__getitem__, value)),
    "tolls": lambda value: frozenset(map(tuple, value)),
    "spot": lambda value: Place(*value) if value else None,
}
_READERS = tuple((at, _READ[name]) for at, name in enumerate(_NAMES) if name in _READ)
"""What turns each field back into what it was; the others are as JSON has them."""


def happening_to_json(one: Happening) -> str:
    """The happening as a list of its fields in their order."""
    return json.dumps([_plain(getattr(one, name)) for name in _NAMES], ensure_ascii=False, separators=(",", ":"))


def happening_from_json(text: str) -> Happening:
    """What ``happening_to_json`` wrote."""
    row = json.loads(text)
    for at, read in _READERS:
        row[at] = read(row[at])
    return Happening(*row)


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return list(asdict(value).values()) if isinstance(value, Place) else value
