"""Which origin of its record a statement comes from, told from the record alone: a record keeps the origins of each value, not those of
each statement, and working them out as corroboration does would take the families of all its documents."""

from __future__ import annotations

from orbat.corroborate.origins import publisher_of
from orbat.names import fold
from orbat.recordtypes import Origin, Record
from orbat.remembering import remembered
from orbat.types import Statement


class Voices:
    """The origins of a record's statements."""

    __slots__ = ("_allowed", "_confirming", "_fitting", "_record")

    def __init__(self, record: Record) -> None:
        self._record = record
        self._allowed: dict[str, frozenset[str]] | None = None
        self._fitting: dict[tuple[str, str], list[Origin]] = {}
        says = [o.id for o in record.origins if o.id not in record.denials] or [o.id for o in record.origins]
        self._confirming = frozenset(says[: max(1, record.independent)])  # a record gives first those that can confirm one another

    def of(self, statement: Statement) -> Origin:
        """The origin of one of the record's statements.

        A speaker is found by id or name, a publisher by name. Where several origins fit (unnamed officials in two families of copies, a
        reprint whose origin is the agency), those that the record gives for every value that the statement says decide; of what is left
        the first is taken, so that a doubt never adds an origin.
        """
        origins = self._record.origins
        if len(origins) == 1:
            return origins[0]
        article, speaker = statement.document, statement.attribution.speaker if statement.attribution is not None else None
        name = "" if speaker is None else speaker.entity.id if speaker.entity else fold(speaker.quote.text)
        own = _publisher_id(article.source, article.url, article.id)
        fitting = self._fitting.get((name, own))
        if fitting is None:
            fitting = self._fitting[name, own] = self._speakers(name) or self._publishers(own)
        if len(fitting) == 1:
            return fitting[0]
        allowed = self._origins_of_values().get(statement.id)
        narrowed = fitting if allowed is None else [origin for origin in fitting if origin.id in allowed]
        return (narrowed or fitting or [_unknown(statement)])[0]

    def confirms(self, origin: Origin) -> bool:
        """Whether an origin is one of those that can confirm one another."""
        return origin.id in self._confirming

    def _speakers(self, name: str) -> list[Origin]:
        ending = f":{name}"
        return [o for o in self._record.origins if name and o.kind != "publisher" and o.id.endswith(ending)]

    def _publishers(self, own: str) -> list[Origin]:
        publishers = [o for o in self._record.origins if o.kind == "publisher"]
        return [o for o in publishers if o.id == own] or publishers

    def _origins_of_values(self) -> dict[str, frozenset[str]]:
        """The origins that stand with every value that a statement says, by its id, of those that say a value."""
        if self._allowed is None:
            found: dict[str, frozenset[str]] = {}
            record = self._record
            for field in (record.actors, record.targets, *record.fields):
                for value in field.values:
                    origins = frozenset(value.origins)
                    for id in value.statements:
                        old = found.get(id)
                        found[id] = origins if old is None or old == origins else old & origins
            self._allowed = found
        return self._allowed


@remembered(8_192)
def _publisher_id(source: str, url: str, document: str) -> str:
    return f"publisher:{fold(publisher_of(source, url, document))}"


def _unknown(statement: Statement) -> Origin:
    name = statement.document.source or statement.document.id
    return Origin(f"publisher:{fold(name)}", name, "publisher")
