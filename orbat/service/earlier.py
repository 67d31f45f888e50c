"""Records as they were known by an earlier moment. All are made again for it, in seconds and in memory: for one who asks at a time."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from orbat import queries
from orbat.queries import Facet, RecordEvidence, WantedRecords
from orbat.recordkeeping import known_by, record_known_by, related_in
from orbat.recordtypes import Record
from orbat.serial import statement_to_json
from orbat.service.listing import RECORD_FACETS, RecordSort
from orbat.service.models import Json
from orbat.service.problems import Refused
from orbat.service.routes.common import change_json, judgement_json, record_json
from orbat.service.state import Service

MOST = 20
"""Values of a facet that are told."""


@contextmanager
def one_at_a_time(service: Service) -> Iterator[None]:
    """Where an earlier state of all records is made.

    Raises:
        Refused: another is being made.
    """
    if not service.rebuilding.acquire(blocking=False):
        raise Refused(503, "Another earlier state is being made.", "", "Ask again in a while.", headers={"Retry-After": "5"})
    try:
        yield
    finally:
        service.rebuilding.release()


def records(service: Service, wanted: WantedRecords, moment: dt.datetime, *, sort: RecordSort) -> Sequence[Record]:
    """The records that are asked for, as they were known by a moment, in order.

    Raises:
        Refused: another earlier state is being made.
    """
    with one_at_a_time(service):
        made = known_by(service.store, moment, related=related_in(service.catalogue))
    found = sorted((each for each in made if queries.fits(each, wanted)), key=lambda each: each.id)
    found.sort(key=_ORDERS[sort], reverse=sort is not RecordSort.OLDEST)
    return found


def record(service: Service, id: str, moment: dt.datetime) -> Json:
    """A record as it was known by a moment, as the API gives one of now, with what had been judged by then.

    Raises:
        NotFoundError: none of its statements was read by then.
        Refused: another earlier state is being made.
    """
    with one_at_a_time(service):
        found = record_known_by(service.store, id, moment, related=related_in(service.catalogue))
    return _evidence(service, id, found, moment)


def facets(found: Sequence[Record]) -> tuple[Facet, ...]:
    """How many of some records have each type, status, kind and country."""
    told: dict[str, Callable[[Record], str | None]] = {
        "type": lambda each: each.type.lower(),
        "status": lambda each: each.status.value,
        "kind": lambda each: each.kind.value,
        "country": lambda each: each.location.country or None if each.location else None,
    }
    counts = {name: Counter(map(told[name], found)) for name in RECORD_FACETS}
    order = {name: sorted(counted.items(), key=lambda pair: (-pair[1], pair[0] or "")) for name, counted in counts.items()}
    return tuple(Facet(name, tuple(pairs[:MOST])) for name, pairs in order.items())


def _evidence(service: Service, id: str, found: RecordEvidence, moment: dt.datetime) -> Json:
    kept = found.record
    about = {id, kept.id, *kept.statements}
    judged = [each for each in queries.judgements(service.store, known_by=moment) if about & {each.left, each.right}]
    graded = queries.grades(service.store)
    return {
        "record": record_json(kept),
        "statements": list(map(statement_to_json, found.statements)),
        "families": found.families,
        "history": list(map(change_json, found.history)),
        "judgements": list(map(judgement_json, judged)),
        "grades": {each.id: graded[key] for each in kept.origins for key in (each.id, each.name) if key in graded},
    }


_ORDERS: dict[RecordSort, Callable[[Record], tuple[bool, int]]] = {
    RecordSort.NEWEST: lambda each: (each.start is not None, each.start.toordinal() if each.start else 0),
    RecordSort.OLDEST: lambda each: (each.start is None, each.start.toordinal() if each.start else 0),
    RecordSort.LEARNED: lambda each: (each.learned_last is not None, int(each.learned_last.timestamp()) if each.learned_last else 0),
}
"""What has no day comes last in either order."""
