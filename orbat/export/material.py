"""What every export is made from and what it gives back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from orbat.recordtypes import Record, RecordStatus
from orbat.types import Certainty, Document, Statement

HAPPENED = frozenset({Certainty.FACT, Certainty.LIKELY, Certainty.POSSIBLE})
"""The certainties of what is said to have happened, rather than to come or to be wished."""


@dataclass(frozen=True, slots=True)
class ActorFacts:
    """What the catalogue knows of an actor beyond its name: ISO 3166 alpha-2 codes, the home first, and UCDP's id ("" for none)."""

    countries: tuple[str, ...] = ()
    ucdp: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """Statements and records to export, and what is looked up for them.

    Each may be gone through more than once and is read as it goes, so that an export holds a few rows, not the store.

    Args:
        statements: by id; its values come in the order of their documents.
        documents: by id; only the corpus needs their texts.
        actors: facts by an actor's id.
        made: the moment that formats write where they must say when they were made and the source has no day.
    """

    statements: Mapping[str, Statement]
    records: Iterable[Record] = ()
    documents: Mapping[str, Document] = field(default_factory=lambda: MappingProxyType({}))
    actors: Mapping[str, ActorFacts] = field(default_factory=lambda: MappingProxyType({}))
    made: dt.datetime = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

    def statements_of(self, record: Record) -> Iterator[Statement]:
        """The record's statements that are part of the export, in the order of their ids."""
        return (self.statements[id] for id in sorted(record.statements) if id in self.statements)


@dataclass(slots=True)
class Written:
    """How many rows (or objects, features, edges) were written, and how many were left out for which reason."""

    rows: int = 0
    left_out: dict[str, int] = field(default_factory=dict)

    def leave_out(self, reason: str) -> None:
        """Count one more left out."""
        self.left_out[reason] = self.left_out.get(reason, 0) + 1


Writer = Callable[[Material, BinaryIO], Written]
"""A format that is one stream of bytes."""

FolderWriter = Callable[[Material, Path], Written]
"""A format that is a folder of files."""


def not_an_event(record: Record) -> str | None:
    """Why a record is no event that happened, as the event data sets count them; None where it is one."""
    if record.kind != "event":
        return "a relation, not an event"
    if record.status is RecordStatus.DENIED:
        return "denied by most of its origins"
    if record.certainty not in HAPPENED:
        return f"{record.certainty}: not said to have happened"
    return None
