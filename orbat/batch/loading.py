"""From the shards of a run into a store: as if the articles had been read into it, however often it is done or cut short."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter

import sqlalchemy as sa

from orbat.batch.folder import Folder
from orbat.batch.planning import read_plan
from orbat.batch.shards import done, failures_in, readings_in
from orbat.store import AppendResult, Store
from orbat.tables import readings
from orbat.types import Document, Statement

HELD = 500
"""Readings held at once."""

Said = tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading gave: what the store did not have before, the failures noted, and the tasks whose shards were not there yet."""

    added: AppendResult
    failures: int
    missing: int


def load(folder: Folder, store: Store, *, tell: Callable[[int, int], None] | None = None) -> Loaded:
    """Keep the readings and failures of all tasks that are done. Records are not brought up to date here.

    A task whose readings the store has from this run is passed over, so that loading again goes on where it was.

    Args:
        tell: told after each task how many of how many are loaded.

    Raises:
        DataError: the folder holds no run.
        StoreError: the store cannot be written; what was loaded is kept.
        StageError: a statement misquotes its document.
    """
    plan = read_plan(folder)
    names = sorted(done(folder))
    added, failures = AppendResult(), 0
    for number, name in enumerate(names, 1):
        for model, found in _chunks(readings_in(folder, name)):
            known = _known(store, model, [document.id for document, _ in found], plan.made)
            added += store.append_many((pair for pair in found if pair[0].id not in known), model=model, read_at=plan.made)
        for failure in failures_in(folder, name):
            store.fail(failure, at=plan.made)
            failures += 1
        if tell is not None:
            tell(number, len(names))
    return Loaded(added, failures, plan.tasks - len(names))


def _chunks(found: Iterator[tuple[Document, Said, str]]) -> Iterator[tuple[str, list[tuple[Document, Said]]]]:
    """Readings of one model, ``HELD`` at most, in order."""
    for model, group in groupby(found, key=itemgetter(2)):
        while chunk := [(document, said) for document, said, _ in islice(group, HELD)]:
            yield model, chunk


def _known(store: Store, model: str, ids: list[str], made: dt.datetime) -> frozenset[str]:
    """Those of the documents whose reading of this run the store has: a reading is written whole or not at all."""
    query = sa.select(readings.c.document).where(readings.c.document.in_(ids), readings.c.model == model, readings.c.read_at == made)
    with store.reading() as connection:
        return frozenset(connection.scalars(query))
