"""What all values of the API share, and lists in parts."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from orbat.types import EventType

T = TypeVar("T")
Json = dict[str, Any]
Type = StrEnum("Type", {each.name: each.value.lower() for each in EventType})  # type: ignore[misc]
Type.__doc__ = "What a statement says happened, in lower case as everywhere outside the corpus."


class Value(BaseModel):
    """What all values share: frozen, and no field that is not named."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FacetCount(Value):
    """How many have a value; null: it is not known."""

    value: str | None
    count: int


class Facet(Value):
    """The values of a column, the most frequent first."""

    name: str
    counts: list[FacetCount]


class Page(Value, Generic[T]):
    """A part of a list. ``total`` counts the whole, on the first page; ``next`` is the cursor of the next page, null on the last."""

    items: list[T]
    total: int | None
    next: str | None


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str
