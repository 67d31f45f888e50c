"""Values of the order of battle as JSON: field by field, days and moments in ISO form."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any

from orbat.battle.values import SECTIONS, Sheet

Json = dict[str, Any]


_PLAIN = (str, int, float, bool)


def sheet_to_json(sheet: Sheet) -> Json:
    """A sheet in the layout of ``sheet_schema()``."""
    head = {f.name: plain(getattr(sheet, f.name)) for f in dataclasses.fields(sheet) if f.name not in (*SECTIONS, "sentences")}
    return {**head, **{name: plain(getattr(sheet, name)) for name in SECTIONS}, "sentences": plain(sheet.sentences)}


@cache
def sheet_schema() -> Json:
    """The JSON Schema (2020-12) of a sheet. One shared copy: do not change it."""
    return json.loads(files("orbat").joinpath("data/sheet.schema.json").read_text("utf-8"))  # type: ignore[no-any-return]


def plain(value: Any) -> Any:
    """Frozen values as dicts, lists, text and numbers."""
    if value is None or type(value) in _PLAIN:
        return value
    kind: Any = type(value)
    if names := _names(kind):
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, tuple) and value and type(value[0]) is str:  # ids and names, of which there may be thousands
        return list(value)
    if isinstance(value, (tuple, list, frozenset)):
        return [plain(each) for each in value]
    return value


@cache
def _names(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass; none of any other type."""
    return tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()
