"""Happenings as compact JSON, so that a store need not read an article's statements again when a new one comes near it."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import Any, get_type_hints

import msgspec

from orbat.corroborate.happenings import Happening
from orbat.types import Place

RULES = 14
"""Of the rules by which happenings are made, keyed and scored; raised when they change, so that what was kept before is made again."""


def _layout(value: type[Any], **instead: Any) -> Any:
    """A list of the fields of a class, in their order."""
    hints = get_type_hints(value)
    return msgspec.defstruct(
        f"_{value.__name__}",
        [(one.name, instead.get(one.name, hints[one.name])) for one in fields(value) if one.init],
        array_like=True,
        gc=False,
    )


_SPOT: Any = _layout(Place)
_HAPPENING: Any = _layout(Happening, spot=_SPOT | None)
_AT = _HAPPENING.__struct_fields__.index("spot")
_DECODER = msgspec.json.Decoder(_HAPPENING)
_ENCODER = msgspec.json.Encoder(order="deterministic")
_values: Any = attrgetter(*_HAPPENING.__struct_fields__)
_place: Any = attrgetter(*_SPOT.__struct_fields__)


def happening_to_json(one: Happening) -> str:
    """The happening as a list of its fields in their order."""
    row = _HAPPENING(*_values(one))
    row.spot = one.spot and _SPOT(*_place(one.spot))
    return _ENCODER.encode(row).decode()


def happening_from_json(text: str) -> Happening:
    """What ``happening_to_json`` wrote."""
    row = list(_values(_DECODER.decode(text)))
    if row[_AT] is not None:
        row[_AT] = Place(*_place(row[_AT]))
    return Happening(*row)
