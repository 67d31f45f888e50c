"""The models that come with the program, by name."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

QUICK = Path("quick")
"""The name of the second shipped model, for large streams: half the cost, and a little less right (its card says how much)."""


def folder_of(model: Path | None) -> Path:
    """The folder of a model: of the shipped one by default, of the second shipped one for ``QUICK``, else the one that is named."""
    data = Path(str(files("orbat") / "data"))
    return data / "model" if model is None else data / "quick" if model == QUICK else model
