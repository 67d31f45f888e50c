"""Libraries that only some formats need: found when they are, and said how to get when not."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from orbat.errors import DataError

EXTRAS = {"networkx": "export", "pyarrow": "export", "stix2": "export", "followthemoney": "ftm"}


def library(name: str) -> Any:
    """A library by its name.

    Raises:
        DataError: it is not installed; the message says how to install it.
    """
    try:
        return import_module(name)
    except ImportError as error:
        extra = EXTRAS[name.partition(".")[0]]
        raise DataError(f"This format needs the library {name}.", f"{error}.", f"pip install 'orbat[{extra}]'") from error
