"""Which origin of its record a statement comes from, told from the record alone: a record keeps the origins of each value, not those of
each statement, and working them out as corroboration does would take the families of all its documents."""

from __future__ import annotations

from orbat.corroborate.origins import publisher_of
from orbat.names import fold
from orbat.recordtypes import Origin, Record, RecordField
from orbat.types import Statement


def origin_of(record: Record, statement: Statement) -> Origin:
    """The origin of one of a record's statements.

    A speaker is found by id or name, a publisher by name. Where several origins fit (unnamed officials in two families of copies, a reprint
    whose origin is the agency), those that the record gives for every value that the statement says decide; of what is left
    the first is taken, so that a doubt never adds an origin.
    """
    if len(record.origins) == 1:
        return record.origins[0]
    fitting = _speakers(record, statement) or _publishers(record, statement)
    if len(fitting) == 1:
        return fitting[0]
    allowed = _origins_of_values(record, statement.id)
    narrowed = [origin for origin in fitting if origin.id in allowed]
    return (narrowed or fitting or [_unknown(statement)])[0]


def _speakers(record: Record, statement: Statement) -> list[Origin]:
    if statement.attribution is None:
        return []
    speaker = statement.attribution.speaker
    name = speaker.entity.id if speaker.entity else fold(speaker.quote.text)
    ending = f":{name}"
    return [o for o in record.origins if name and o.kind != "publisher" and o.id.endswith(ending)]


def _publishers(record: Record, statement: Statement) -> list[Origin]:
    publishers = [o for o in record.origins if o.kind == "publisher"]
    own = f"publisher:{fold(publisher_of(statement.document.source, statement.document.url, statement.document.id))}"
    return [o for o in publishers if o.id == own] or publishers


def _origins_of_values(record: Record, id: str) -> frozenset[str]:
    """The origins that stand with every value that a statement says."""
    fields: tuple[RecordField, ...] = (record.actors, record.targets, *record.fields)
    values = (value for found in fields for value in found.values if id in value.statements)
    every = frozenset(origin.id for origin in record.origins)
    return every.intersection(*(value.origins for value in values))


def _unknown(statement: Statement) -> Origin:
    name = statement.document.source or statement.document.id
    return Origin(f"publisher:{fold(name)}", name, "publisher")
