"""Types of statements in six families, and the colours that charts give them: told apart by readers who see no red or green.

The colours are those of Okabe and Ito (2008) and Tol (2021), darker on light paper so that each has a contrast of 3 to 1 at least.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orbat.types import EventType as E


@dataclass(frozen=True, slots=True)
class Family:
    """Types that charts draw alike. ``light`` and ``dark``: its colour on light and on dark paper."""

    name: str
    words: str
    types: frozenset[E]
    light: str
    dark: str


FAMILIES = (
    Family("fighting", "attacks and fighting", frozenset({E.ATTACK, E.BOMBING, E.STRIKE, E.CLASH}), "#c4510a", "#ff9a5c"),
    Family("harm", "people harmed or taken", frozenset({E.KILL, E.INJURE, E.ABDUCT, E.ABUSE}), "#a3195b", "#f28cc0"),
    Family("ground", "ground taken or held", frozenset({E.SEIZE, E.WITHDRAW, E.HOLD, E.DEPLOY}), "#0b6bb0", "#67b7f2"),
    Family("law", "arrests and sanctions", frozenset({E.ARREST, E.RELEASE, E.SANCTION}), "#8a6d00", "#e6c84b"),
    Family(
        "ties",
        "members and ties",
        frozenset({E.RECRUIT, E.JOIN, E.LEAVE, E.LEAD, E.BELONG, E.ALLY, E.SPLIT, E.SUPPORT, E.GAIN, E.LOSE}),
        "#00795c",
        "#4fd1ae",
    ),
    Family("words", "words and talks", frozenset({E.CLAIM, E.THREATEN, E.APPEAL, E.ACCUSE, E.NEGOTIATE, E.AGREE}), "#5c6570", "#a7b0bb"),
)
OF_TYPE: Mapping[str, str] = {type.value.lower(): family.name for family in FAMILIES for type in family.types}
"""The family's name by a type as printed, in lower case."""


def by_family(kinds: Mapping[str, int]) -> dict[str, int]:
    """Numbers by type as numbers by family, in the order of the families, without those that have none."""
    found = {family.name: sum(number for kind, number in kinds.items() if OF_TYPE.get(kind) == family.name) for family in FAMILIES}
    return {name: number for name, number in found.items() if number}


def foremost(kinds: Mapping[str, int]) -> str:
    """The family with the most records; of equals the first."""
    found = by_family(kinds)
    return max(found, key=lambda name: found[name], default="words")
