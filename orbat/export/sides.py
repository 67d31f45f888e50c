"""Who is on which side of a record, and how many of whom died, as the event data sets want it said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orbat.export.material import Material
from orbat.export.tables import KINDS, tables
from orbat.names import fold
from orbat.recordtypes import Record, RecordField, Said
from orbat.types import MentionType

KILLED, CIVILIANS = "killed", "civilians"
_MENTIONED = {kind.value: kind.value.lower() for kind in MentionType}
_UNNAMED = {"forces": "state", "armed group": "group"}  # the sides that a record gives to counts of people without a name


@dataclass(frozen=True, slots=True)
class Party:
    """One who takes part: ``key`` as the record compares it, ``kind`` one of ``tables.KINDS``, or "" for what is no party."""

    key: str
    name: str
    kind: str
    known: bool

    @property
    def side(self) -> str:
        """group, state or civilians; "" where it is none of them."""
        return tables().parties[self.kind].side if self.kind else ""


def actors_of(record: Record, material: Material) -> tuple[Party, ...]:
    """Who does it, most independent origins first; denied values and those that are no party are left out."""
    return _parties(record.actors, "actor", material)


def targets_of(record: Record, material: Material) -> tuple[Party, ...]:
    """To whom it is done, or the other side."""
    return _parties(record.targets, "target", material)


def _parties(field: RecordField, role: str, material: Material) -> tuple[Party, ...]:
    found = (_party(said, role, material) for said in field.values if not said.negated)
    return tuple(party for party in found if party.kind)


def _party(said: Said, role: str, material: Material) -> Party:
    if said.entity is not None:
        return Party(said.key, said.entity.name, said.entity.kind if said.entity.kind in KINDS else "", True)
    return Party(said.key, said.text, _kind(said, role, material), False)


def _kind(said: Said, role: str, material: Material) -> str:
    """The kind of an unknown party: what its mentions name."""
    for id in said.statements:
        statement = material.statements.get(id)
        for filler in getattr(statement, role, ()):
            if fold(filler.quote.text) == said.key:
                kind = _MENTIONED[filler.type.value]
                return kind if kind in KINDS else ""
    return ""


@dataclass(frozen=True, slots=True)
class Deaths:
    """People killed: per side the figure that most origins give, and low, best and high over all."""

    a: int
    b: int
    civilians: int
    unknown: int
    low: int
    best: int
    high: int


def deaths(record: Record, side_a: Iterable[Party], side_b: Iterable[Party]) -> Deaths | None:
    """The deaths of a record; None where no number is told.

    A count without a side may be the whole or one more part: what it has above the sum of the sides is ``unknown``, and the whole is the
    larger of the two.
    """
    tolls = [toll for toll in record.tolls if toll.kind == KILLED]
    if not tolls:
        return None
    a, b = tuple(side_a), tuple(side_b)
    parts = {"a": 0, "b": 0, CIVILIANS: 0}
    sided, whole = [0, 0, 0], [0, 0, 0]
    for toll in tolls:
        side = _side(toll.side, a, b)
        told = whole if side is None else sided
        for place, number in enumerate((toll.low, toll.best, toll.high)):
            told[place] += number
        if side is not None:
            parts[side] += toll.best
    low, best, high = (max(pair) for pair in zip(sided, whole, strict=True))
    return Deaths(parts["a"], parts["b"], parts[CIVILIANS], best - sided[1], low, best, high)


def _side(told: str, a: tuple[Party, ...], b: tuple[Party, ...]) -> str | None:
    if told == CIVILIANS:
        return CIVILIANS
    for name, parties in (("a", a), ("b", b)):
        if any(party.key == told for party in parties):
            return name
    kind = _UNNAMED.get(told)
    on = [name for name, parties in (("a", a), ("b", b)) if any(party.side == kind for party in parties)]
    return on[0] if kind and len(on) == 1 else None
