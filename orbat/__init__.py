"""orbat: reads the news into a sourced record of armed groups.

    import orbat
    reader = orbat.Reader()
    reading = reader.read("Gunmen killed three in Kano on Sunday, police said.", published="2014-07-29")
    for statement in reading.statements:
        ...

What is named here is imported where it is first used.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orbat.errors import OrbatError
    from orbat.pipeline import Reader, Reading
    from orbat.queries import Wanted, find
    from orbat.recordkeeping import update
    from orbat.serial import statement_to_json
    from orbat.statementjson import statement_from_json
    from orbat.store import Store
    from orbat.types import Document, Failure, Statement

# onnxruntime's official builds write a device's id below the home folder and send events to its maker, unless this is set before it loads.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__all__ = [
    "Document",
    "Failure",
    "OrbatError",
    "Reader",
    "Reading",
    "Statement",
    "Store",
    "Wanted",
    "find",
    "statement_from_json",
    "statement_to_json",
    "update",
]

_HOMES = {
    "Document": "types",
    "Failure": "types",
    "OrbatError": "errors",
    "Reader": "pipeline",
    "Reading": "pipeline",
    "Statement": "types",
    "Store": "store",
    "Wanted": "queries",
    "find": "queries",
    "statement_from_json": "statementjson",
    "statement_to_json": "serial",
    "update": "recordkeeping",
}


def __getattr__(name: str) -> Any:
    # Loaded on first use: the command line must answer before the model is needed.
    if name in _HOMES:
        return getattr(import_module(f"orbat.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'orbat' has no attribute {name!r}")
