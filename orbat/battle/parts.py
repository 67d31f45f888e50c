"""Whose sheet is made, and which part that group plays in each record: in which roles its statements name it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from orbat.battle.values import Party
from orbat.names import fold
from orbat.recordtypes import Record, RecordStatus, Said
from orbat.types import Certainty, Filler, Statement

HAPPENED = frozenset({Certainty.FACT, Certainty.LIKELY, Certainty.POSSIBLE})
"""What is said to have happened or to hold, however surely; the others are to come, or conditions."""
PARTIES = ("actor", "target", "origin")
BODIES = ("group", "wing", "force", "state", "coalition", "org")
"""Kinds of parties that people are of: whom they join, and whom they leave."""
FIGHTERS = re.compile(
    r"\b(?:fighters?|militants?|members?|m[ae]n|troops?|soldiers?|combatants?|insurgents?|rebels?|gunm[ae]n|guerr?illas?|jihadis?t?s?|"
    r"militiam[ae]n|warriors?|recruits?|cadres?|commandos?|strong|foreigners|volunteers?|adherents|followers)\b",
    re.IGNORECASE,
)
"""Words for people who fight for a side, or belong to it."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose sheet: a name as asked, and the catalogue's ids for it, with those of its wings where they are wanted."""

    name: str
    ids: frozenset[str] = frozenset()
    wings: frozenset[str] = frozenset()
    folded: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folded", fold(self.name))

    def names(self, filler: Filler) -> bool:
        """Whether a mention is the group: by its id, or by its name where it is linked to nothing or the group is not in the catalogue."""
        entity = filler.entity
        if entity is not None:
            return entity.id in self.ids or (not self.ids and fold(entity.name) == self.folded)
        return fold(filler.quote.text) == self.folded

    def holds(self, said: Said) -> bool:
        """Whether a value of a record's field is the group."""
        if said.entity is not None:
            return said.entity.id in self.ids or (not self.ids and fold(said.entity.name) == self.folded)
        return said.key == self.folded

    def is_(self, party: Party) -> bool:
        """Whether a party is the group."""
        if party.id is not None:
            return party.id in self.ids or (not self.ids and fold(party.name) == self.folded)
        return fold(party.name) == self.folded


@dataclass(frozen=True, slots=True)
class Part:
    """A statement of a record that names the group, and the roles in which it does; ``speaker`` is one."""

    record: Record
    statement: Statement
    roles: frozenset[str]

    @property
    def happened(self) -> bool:
        """Whether it says that something happened or holds, and its record is not denied."""
        s = self.statement
        return not s.negated and s.certainty in HAPPENED and self.record.status is not RecordStatus.DENIED


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """The parts of one record; ``happened``: those that are said to have happened or to hold, in a role other than as speaker."""

    parts: tuple[Part, ...]
    happened: tuple[Part, ...]

    @classmethod
    def of(cls, parts: tuple[Part, ...]) -> Run:
        """The run of some parts."""
        happened = tuple(part for part in parts if part.happened and part.roles != {"speaker"})
        return cls(parts, parts if len(happened) == len(parts) else happened)


def roles_of(subject: Subject, statement: Statement) -> frozenset[str]:
    """The roles in which a statement names the group."""
    names, speaker = subject.names, statement.attribution.speaker if statement.attribution is not None else None
    return _roles(
        any(map(names, statement.actor)),
        any(map(names, statement.target)),
        any(map(names, statement.origin)),
        speaker is not None and names(speaker),
    )


@cache
def _roles(*has: bool) -> frozenset[str]:
    """One set for all who have the same roles."""
    return frozenset(role for role, there in zip((*PARTIES, "speaker"), has, strict=True) if there)
