"""The plan of a run: its input cut into tasks, written once, so that a run that was stopped goes on with the same ones."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path, PurePath

from orbat.batch.folder import Folder, find, is_url, opened
from orbat.batch.tasks import Json, Settings, Task, Unit
from orbat.errors import DataError, ReadError
from orbat.ingest import expand
from orbat.models import folder_of
from orbat.types import Failure

PLAN = "plan.jsonl"
TASK_BYTES = 4 * 2**20
"""Input of one task: of plain articles about 1,700, a minute's work of a core where all are read; what a kill costs at most."""
TASK_FILES = 500
"""Files of one task at most, however small."""
LINES = (".jsonl", ".ndjson")
"""Files that can be cut between any two lines."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A run: its settings, what it was told to read, what reads it, when it was planned, and how many tasks that makes."""

    settings: Settings
    inputs: tuple[str, ...]
    reader: str
    made: dt.datetime
    tasks: int


def plan(folder: Folder, inputs: Iterable[str], settings: Settings, *, task_bytes: int = TASK_BYTES) -> Plan:
    """The plan of the folder: made and written where there is none; else the one that is there.

    Raises:
        DataError: the folder holds a run of other inputs or settings.
        ReadError: an address cannot be reached.
    """
    given = tuple(path if is_url(path) else os.path.abspath(path) for path in inputs)
    if folder.has(PLAN):
        known = read_plan(folder)
        if (known.inputs, known.settings) != (given, settings):
            cause = "It was started with other inputs or options."
            raise DataError(f"{folder.where} holds another run.", cause, "Give another folder with --out, or the same inputs and options.")
        if known.reader != reader_of(settings):
            cause = f"It was started with {known.reader}; this is {reader_of(settings)}."
            raise DataError(f"{folder.where} holds a run of another reader.", cause, "Give another folder with --out.")
        return known
    tasks = list(_grouped(_units(given, task_bytes), task_bytes))
    made = Plan(settings, given, reader_of(settings), dt.datetime.now(dt.UTC), len(tasks))
    head = {**dataclasses.asdict(made), "made": made.made.isoformat()}
    folder.write(PLAN, "".join(json.dumps(line) + "\n" for line in (head, *(task.to_json() for task in tasks))))
    return made


def read_plan(folder: Folder) -> Plan:
    """The plan that the folder holds.

    Raises:
        DataError: it holds none.
    """
    try:
        with folder.reading(PLAN) as stream:
            head: Json = json.loads(stream.readline())
        made = dt.datetime.fromisoformat(head["made"])
        return Plan(Settings(**head["settings"]), tuple(head["inputs"]), head["reader"], made, head["tasks"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        cause = f"Its {PLAN} cannot be read: {error}."
        raise DataError(f"{folder.where} holds no run of `orbat batch`.", cause, "Name the folder that --out named.") from error


def reader_of(settings: Settings) -> str:
    """What reads, in words: orbat's version, and a digest of the model, the catalogues and the weights of the first pass."""
    data = Path(str(files("orbat") / "data"))
    model = folder_of(Path(settings.model) if settings.model else None)
    parts = [model / "model.json", model / "reader.onnx", data / "actors.jsonl", data / "firstpass.json", Path(settings.catalogue or "/")]
    digest = hashlib.sha256(b"".join(hashlib.sha256(part.read_bytes()).digest() for part in parts if part.is_file())).hexdigest()
    return f"orbat {version('orbat')}, data {digest[:12]}"


def tasks_of(folder: Folder) -> Iterator[Task]:
    """The tasks of the plan, in order. The file is held, about 100 bytes a file of the input: a store may not keep it open for hours."""
    with folder.reading(PLAN) as stream:
        lines = io.BytesIO(stream.read())
    next(lines)
    for line in lines:
        yield Task.from_json(json.loads(line))


def _grouped(units: Iterable[Unit], task_bytes: int) -> Iterator[Task]:
    number, held, size = 0, list[Unit](), 0
    for unit in units:
        weight = (unit.end or unit.size) - unit.start
        if held and (size + weight > task_bytes or len(held) == TASK_FILES):
            yield Task(number, tuple(held))
            number, held, size = number + 1, [], 0
        held.append(unit)
        size += weight
    if held:
        yield Task(number, tuple(held))


def _units(paths: Iterable[str], task_bytes: int) -> Iterator[Unit]:
    for path in paths:
        found = _remote(path) if is_url(path) else _local(path)
        for unit in found:
            yield from _cut(unit, task_bytes)


def _remote(url: str) -> Iterator[Unit]:
    for name, size in find(url):
        yield Unit(name, size=size)


def _local(path: str) -> Iterator[Unit]:
    for item in expand([path]):
        if isinstance(item, Failure):
            yield Unit(item.document, failure=item.message)
        else:
            yield Unit(str(item), size=size_of(str(item)))


def size_of(path: str) -> int:
    """The bytes of a file; 0 for what is none, which its reader will say."""
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


def _cut(unit: Unit, task_bytes: int) -> Iterator[Unit]:
    """A large file of lines in ranges of bytes; anything else as it is."""
    if unit.failure or unit.size <= task_bytes or PurePath(unit.path).suffix.lower() not in LINES or _wide(unit.path):
        yield unit
        return
    for start in range(0, unit.size, task_bytes):
        yield dataclasses.replace(unit, start=start, end=min(start + task_bytes, unit.size))


def _wide(path: str) -> bool:
    """Whether it is UTF-16, whose lines do not end with one byte; true where it cannot be read, so that its reader says so."""
    try:
        with opened(path) as (stream, _):
            return stream.read(2) in (b"\xff\xfe", b"\xfe\xff")
    except ReadError:
        return True
