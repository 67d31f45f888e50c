"""What analysts' judgements mean for grouping: what must be one, what cannot be, what is left out, which names are whose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from orbat.codebook import Codebook
from orbat.names import fold
from orbat.recordtypes import Judgement, Verdict
from orbat.serial import ROLES, all_fillers
from orbat.types import Certainty, Entity, EventType, Role, Statement

RECORD = "r"
"""First letter of a record's id; the rest is the id of the statement that it grew from."""


READ = ("type", "certainty", "negated")
"""The fields of a statement whose correction is one of the reading: how its sentence is marked, and what records make of it."""


def record_id(statement: str, number: int = 1) -> str:
    """The id of a record that is new, from its smallest statement's id; numbered from 2 where that id was given before."""
    return RECORD + statement if number == 1 else f"{RECORD}{statement}-{number}"


def anchor(identity: str) -> str:
    """The statement that an id stands for: its own, or the one that a record grew from."""
    return identity.removeprefix(RECORD).partition("-")[0]


@dataclass(frozen=True, slots=True)
class Judged:
    """Judgements made ready. Record ids stand for the statement that the record grew from.

    ``records`` are rejected records (by that statement), ``statements`` rejected statements.
    """

    must: tuple[tuple[str, str], ...] = ()
    cannot: frozenset[tuple[str, str]] = frozenset()
    statements: frozenset[str] = frozenset()
    records: frozenset[str] = frozenset()
    adopted: Mapping[str, Entity] = field(default_factory=dict)
    about: Mapping[str, tuple[Judgement, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, judgements: Iterable[Judgement]) -> Judged:
        """The judgements that stand, later ones over earlier ones of the same two things."""
        links: dict[tuple[str, str], Verdict] = {}
        statements: set[str] = set()
        records: set[str] = set()
        adopted: dict[str, Entity] = {}
        about: dict[str, tuple[Judgement, ...]] = {}
        for j in sorted((j for j in judgements if j.withdrawn_at is None), key=lambda j: (j.at, j.id)):
            left, right = anchor(j.left), anchor(j.right)
            if j.verdict in (Verdict.JOIN, Verdict.PART):
                links[min(left, right), max(left, right)] = j.verdict
            elif j.verdict is Verdict.REJECT:
                (records if j.left.startswith(RECORD) else statements).add(left)
            elif j.verdict is Verdict.ADOPT:
                known = j.value or j.right
                adopted[fold(j.left)] = Entity(known, j.note or j.left, "group")
            elif j.verdict in (Verdict.CONFIRM, Verdict.CORRECT):
                if j.verdict is Verdict.CONFIRM:
                    (records if j.left.startswith(RECORD) else statements).discard(left)
                about[left] = (*about.get(left, ()), j)
        must = tuple(sorted(pair for pair, verdict in links.items() if verdict is Verdict.JOIN))
        cannot = frozenset(pair for pair, verdict in links.items() if verdict is Verdict.PART)
        return cls(must, cannot, frozenset(statements), frozenset(records), adopted, about)

    def corrected(self, statement: Statement) -> Statement:
        """What a statement says after the corrections of its reading: another type (with the codes of that type), certainty or negation.

        It keeps its id, by which records and judgements know it; the statement that was read stays as it is in the store.
        """
        made = [j for j in self.about.get(statement.id, ()) if j.verdict is Verdict.CORRECT and j.left == statement.id and j.field in READ]
        if not made:
            return statement
        fixed = {j.field: j.value for j in made}  # the last one of a field stands
        if (type := EventType(fixed.get("type", statement.type).upper())) is not statement.type:
            said = {
                Role(name): tuple((each.quote.text, each.type) for each in found)
                for name, found in zip(ROLES, all_fillers(statement), strict=True)
            }
            statement = replace(statement, type=type, codes=_codebook().codes(type, statement.trigger.text, said))
        certainty = Certainty(fixed.get("certainty", statement.certainty))
        return replace(statement, certainty=certainty, negated=fixed["negated"] == "true" if "negated" in fixed else statement.negated)

    @property
    def parted(self) -> frozenset[str]:
        """Statements that are named in a part."""
        return frozenset(key for pair in self.cannot for key in pair)

    def part(self, one: Iterable[str], two: Iterable[str]) -> bool:
        """Whether a judgement keeps two sets of statements apart."""
        if not self.cannot:
            return False
        left, right = self.parted.intersection(one), self.parted.intersection(two)
        return any((min(a, b), max(a, b)) in self.cannot for a in left for b in right)


@cache
def _codebook() -> Codebook:
    return Codebook.load()
