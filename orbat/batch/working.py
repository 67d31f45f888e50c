"""One task in one process: its articles read one by one into its shards. What comes out depends on the task and the settings alone."""

from __future__ import annotations

import dataclasses
import io
import time
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from orbat.batch.folder import Folder, opened
from orbat.batch.shards import Shards, note_done, writing
from orbat.batch.tasks import At, Counts, Order, Settings, Unit
from orbat.errors import ReadError
from orbat.firstpass import FirstPass
from orbat.ingest import READERS, Reader, checked, read_stream
from orbat.ingest.source import Source
from orbat.ingest.warc import Look, read_warc
from orbat.link.catalogue import Catalogue
from orbat.link.cataloguefile import NON_STATE_KINDS
from orbat.pipeline import Reader as Pipeline
from orbat.types import Document, Failure

Beat = Callable[[At], None]
Read = Callable[[Source], Iterator[Document | Failure]]

_PAGE = "first pass, page"  # the stage of what the readers below give for a page that is skipped
_REASON = "no part of it speaks of armed groups"


class Kit:
    """What a working process has loaded: the first pass at once, the pipeline when the first article needs it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        pa.array([""])  # pyarrow takes in pandas here, which counts for no article's time

    @cached_property
    def pipeline(self) -> Pipeline:
        """Reads what the first pass lets through; loaded to the last file."""
        model, catalogue = self.settings.model, self.settings.catalogue
        worth = self.first_pass.worth_reading if self.first_pass is not None else None
        pipeline = Pipeline(model=Path(model) if model else None, catalogue=Path(catalogue) if catalogue else None, worth=worth)
        pipeline.read("Rebels attacked Mosul on Friday.")
        return pipeline

    @cached_property
    def first_pass(self) -> FirstPass | None:
        """The first pass, where it is wanted."""
        if not self.settings.first_pass:
            return None
        own = self.settings.catalogue
        actors = Catalogue.load(Path(own) if own else None)
        first = FirstPass.load(name.text for entry in actors if entry.kind in NON_STATE_KINDS for name in entry.names)
        given = self.settings.threshold
        return first if given is None else dataclasses.replace(first, threshold=given)

    @cached_property
    def readers(self) -> tuple[Reader, ...]:
        """The table of readers; web pages go through the first pass before their articles are looked for."""
        if self.first_pass is None:
            return READERS
        look = _looking(self.first_pass)
        return tuple(dataclasses.replace(reader, read=_reading(reader, look)) for reader in READERS)


def work(order: Order, folder: Folder, kit: Kit, beat: Beat) -> Counts:
    """Do a task and note that it is done; or, for a trial, only go to the one place and come back.

    Args:
        beat: told where the work is before each step, so that a process that dies or hangs is known by where it was.

    Raises:
        OSError: the folder cannot be written.
    """
    if order.trial is not None:
        for _ in _outcomes(order, kit, beat):
            pass
        return Counts()
    began = time.process_time()
    with writing(folder, order.task) as shards:
        for add in _outcomes(order, kit, beat):
            add(shards)
    counts = dataclasses.replace(shards.counts, seconds=round(time.process_time() - began, 3))
    note_done(folder, order.task, counts)
    return counts


def _outcomes(order: Order, kit: Kit, beat: Beat) -> Iterator[Callable[[Shards], None]]:
    """What is to be added to the shards, in the order of the input."""
    for number, unit in enumerate(order.task.units):
        if order.trial is not None and number != order.trial.unit:
            continue
        items = _documents(unit, kit.readers)
        index = 0
        while True:
            here = At(number, index, 0)
            if (why := order.culprits.get(here)) is not None:
                yield _failing(Failure(unit.path, "ingest", f"After {index} articles it could not be read on: {why}"))
                break
            beat(here)
            if (item := next(items, None)) is None or order.trial == here:
                break
            here = At(number, index, 1)
            if order.trial is None or order.trial == here:
                if (why := order.culprits.get(here)) is not None:
                    yield _failing(Failure(item.label if isinstance(item, Document) else item.document, "read", why))
                else:
                    yield from _item(item, kit, unit.path, partial(beat, here))
                if order.trial is not None:
                    break
            index += 1


def _item(item: Document | Failure, kit: Kit, name: str, beat: Callable[[], None]) -> Iterator[Callable[[Shards], None]]:
    if isinstance(item, Failure):
        yield _skipping("", item.document, float(item.message)) if item.stage == _PAGE else _failing(item)
        return
    if kit.first_pass is not None and (score := kit.first_pass.score(item.text)) < kit.first_pass.threshold:
        yield _skipping(item.id, item.label, score)
        return
    pipeline = kit.pipeline  # loaded before the article's time begins
    beat()
    for part in checked([item], name=name):
        outcome = pipeline.attempt(part)
        if isinstance(outcome, Failure):
            yield _failing(outcome)
        else:
            yield partial(Shards.read, reading=outcome)


def _failing(failure: Failure) -> Callable[[Shards], None]:
    return partial(Shards.fail, failure=failure)


def _skipping(document: str, label: str, score: float) -> Callable[[Shards], None]:
    return partial(Shards.skip, document=document, label=label, reason=_REASON, score=score)


def _documents(unit: Unit, readers: tuple[Reader, ...]) -> Iterator[Document | Failure]:
    if unit.failure:
        yield Failure(unit.path, "ingest", unit.failure)
        return
    try:
        with opened(unit.path) as (stream, size):
            if size != unit.size:
                cause = f"It had {unit.size:,} bytes when the run was planned and has {size:,} now."
                raise ReadError("The file changed during the run.", cause, "Start the run again in another folder.")
            if not unit.end:
                yield from read_stream(unit.path, stream, readers=readers)
                return
            start, end = _line_at(stream, unit.start), _line_at(stream, unit.end)
            if start < end:
                stream.seek(start)
                yield from read_stream(f"{unit.path}@{start}.jsonl", Part(stream, end - start), readers=readers)
    except (ReadError, OSError) as error:
        yield Failure(unit.path, "ingest", str(error))


class Part(io.RawIOBase, BinaryIO):
    """The next ``size`` bytes of a stream, read once."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream, self._left = stream, size

    def readable(self) -> bool:
        """It can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most ``size``."""
        block = self._stream.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(block)
        return block


def _line_at(stream: BinaryIO, place: int) -> int:
    """Where the first line begins at or behind a place."""
    if place == 0:
        return 0
    stream.seek(place - 1)
    while block := stream.read(2**16):
        if (end := block.find(b"\n")) >= 0:
            return place + end
        place += len(block)
    return place - 1


def _looking(first: FirstPass) -> Look:
    """Looks at a whole page before it is taken apart: a failure of the stage ``_PAGE`` for one that is skipped."""

    def look(name: str, page: bytes) -> Failure | None:
        score = first.page_score(page)
        return Failure(name, _PAGE, repr(score)) if score < first.threshold else None

    return look


def _reading(reader: Reader, look: Look) -> Read:
    """How a reader of the table reads where pages are looked at first."""
    if reader.name == "web archive":
        return partial(read_warc, look=look)
    return _pages(reader.read, look) if reader.name == "HTML" else reader.read


def _pages(read: Read, look: Look) -> Read:
    """A reader of web pages that looks at the whole page first."""

    def pages(source: Source) -> Iterator[Document | Failure]:
        page = source.read_all()
        if (seen := look(source.name, page)) is not None:
            yield seen
            return
        yield from read(dataclasses.replace(source, head=page, stream=io.BytesIO()))

    return pages
