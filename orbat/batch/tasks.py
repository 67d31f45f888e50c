"""What a run is: its settings, and its input cut into tasks. Pure values; ``planning`` makes them, ``working`` does them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides the result of a run beside its input; it stands in the plan, so that a run goes on as it began.

    Args:
        model: another model's name or folder, "" for the shipped one.
        catalogue: a user's own actors, "" for none.
        first_pass: whether articles that cannot hold anything of ours are skipped.
        threshold: from which score of the first pass on an article is read; None for the shipped one.
        seconds: the time that one article may take.
        memory: MB that one process may hold; 0 for no bound.
    """

    model: str = ""
    catalogue: str = ""
    first_pass: bool = True
    threshold: float | None = None
    seconds: float = 120.0
    memory: int = 4096


@dataclass(frozen=True, slots=True)
class Unit:
    """A file, or the lines of a JSON Lines file that begin in ``start <= byte < end`` (``end`` 0: the whole file).

    ``size`` is the file's when the plan was made: a file that changed since is not read. ``failure`` says why a path is no file.
    """

    path: str
    start: int = 0
    end: int = 0
    size: int = 0
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A slice of the input: what one process reads at once and one set of shards holds. Its result depends on its units alone."""

    number: int
    units: tuple[Unit, ...]

    @property
    def name(self) -> str:
        """Its shards' name: the number in six digits."""
        return f"{self.number:06}"

    def to_json(self) -> Json:
        """As ``from_json`` reads it."""
        return {"number": self.number, "units": [[u.path, u.start, u.end, u.size, u.failure] for u in self.units]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """What ``to_json`` wrote."""
        return cls(value["number"], tuple(Unit(*unit) for unit in value["units"]))


@dataclass(frozen=True, slots=True)
class Counts:
    """What tasks gave: articles read and skipped, statements, failures, and the processor seconds that it took."""

    read: int = 0
    skipped: int = 0
    statements: int = 0
    failures: int = 0
    seconds: float = 0.0

    @property
    def articles(self) -> int:
        """All articles, read or skipped."""
        return self.read + self.skipped

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.read + other.read,
            self.skipped + other.skipped,
            self.statements + other.statements,
            self.failures + other.failures,
            self.seconds + other.seconds,
        )


class At(NamedTuple):
    """Where a process is in its task: the unit, the article of it, and whether it is taken from its source (0) or read (1)."""

    unit: int
    article: int
    reading: int


LOADING = At(-1, -1, -1)
"""Where a process is that loads what it works with."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a working process is told: the task, where not to go again and why, and, for a trial, the one place to go to."""

    task: Task
    culprits: Mapping[At, str] = dataclasses.field(default_factory=dict)
    trial: At | None = None

    def to_line(self) -> str:
        """One line of JSON."""
        culprits = [[*at, why] for at, why in self.culprits.items()]
        return json.dumps({"task": self.task.to_json(), "culprits": culprits, "trial": self.trial})

    @classmethod
    def from_line(cls, line: str) -> Self:
        """What ``to_line`` wrote."""
        value = json.loads(line)
        culprits = {At(*place): str(why) for *place, why in value["culprits"]}
        return cls(Task.from_json(value["task"]), culprits, At(*value["trial"]) if value["trial"] else None)


def total(counts: Iterable[Counts]) -> Counts:
    """The sum."""
    return sum(counts, Counts())
