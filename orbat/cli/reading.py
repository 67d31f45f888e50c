"""``orbat read``."""

from __future__ import annotations

import csv
import json
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from enum import StrEnum
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from orbat.cli.common import Actors, Model, StoreAt, app, console, progress, reader_of
from orbat.cli.printing import print_rows
from orbat.cli.words import day_of, names, speaker, surely, when, where
from orbat.errors import StageError
from orbat.types import Document, Failure, Statement

if TYPE_CHECKING:
    from orbat.pipeline import Reading
    from orbat.store import Store

MOST, SHOWN = 32, 0.5
"""Articles and seconds after which what was read is kept and printed: articles that share a transaction cost half as much to keep."""

Paths = Annotated[list[str], typer.Argument(help="Files, folders, or - for standard input.", show_default=False)]


class Format(StrEnum):
    """How statements are printed."""

    TABLE = "table"
    JSONL = "jsonl"
    CSV = "csv"


@app.command()
def read(
    paths: Paths,
    format: Annotated[Format | None, typer.Option("--format", help="Default: table on a terminal, jsonl elsewhere.")] = None,
    store: StoreAt = None,
    no_store: Annotated[bool, typer.Option("--no-store", help="Print only; keep nothing.")] = False,
    no_records: Annotated[bool, typer.Option("--no-records", help="Keep statements only; `orbat records update` makes the rest.")] = False,
    model: Model = None,
    actors: Actors = None,
) -> None:
    """Read articles into statements, print them and keep them in a store.

    The exit status is 1 where something could not be read; the rest is read all the same.
    """
    from orbat.collector import settling
    from orbat.recordkeeping import related_in, update
    from orbat.store import Store

    reader = reader_of(model, actors)
    writer = _writer(format or (Format.TABLE if sys.stdout.isatty() else Format.JSONL), sys.stdout)
    with nullcontext() if no_store else Store.open(store) as kept, _stopped() as stopped:
        desk = _Desk(kept, writer, reader.model)
        try:
            for outcome in progress(settling(reader.read_many(_documents(paths)))):
                if stopped.is_set():
                    raise KeyboardInterrupt
                desk.take(outcome)
            desk.clear()
        except KeyboardInterrupt:
            desk.clear()
            typer.echo("Stopped. What was read until now is kept." if kept else "Stopped.", err=True)
            raise typer.Exit(130) from None
        if kept is not None and not no_records:
            update(kept, related=related_in(reader.catalogue))
    if desk.failed:
        raise typer.Exit(1)


class _Desk:
    """Keeps what was read and then prints it, a few articles at a time: nothing is printed that a killed process had not kept."""

    def __init__(self, store: Store | None, writer: Callable[[Reading], None], model: str) -> None:
        self._store, self._writer, self._model = store, writer, model
        self._done: list[Reading] = []
        self._refused: set[str] = set()
        self._due = time.monotonic() + SHOWN
        self.failed = 0

    def take(self, outcome: Reading | Failure) -> None:
        """Take one outcome; keep and print what lies here when it is time."""
        if isinstance(outcome, Failure):
            self._fail(outcome)
        else:
            self._done.append(outcome)
        if len(self._done) == MOST or time.monotonic() > self._due:
            self.clear()

    def clear(self) -> None:
        """Keep and print all that lies here."""
        if self._store is not None:
            self._store.append_many(((r.document, r.statements) for r in self._done), model=self._model, refused=self._refuse)
        kept, self._done = self._done, []
        for reading in kept:
            if reading.document.id not in self._refused:
                self._writer(reading)
        self._due = time.monotonic() + SHOWN

    def _refuse(self, document: Document, error: StageError) -> None:
        self._refused.add(document.id)
        from orbat.pipeline import refusal

        self._fail(refusal(document, error))

    def _fail(self, failure: Failure) -> None:
        self.failed += 1
        complain(failure)
        if self._store is not None:
            self._store.fail(failure)


@contextmanager
def _stopped() -> Iterator[threading.Event]:
    """Set once Ctrl-C was pressed. An interrupt that lands where Python cannot raise it (in a finaliser, say) is not lost so."""
    asked = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        asked.set()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def _documents(paths: Iterable[str]) -> Iterator[Document | Failure]:
    from orbat.ingest import read_all

    return read_all(paths, stdin=sys.stdin.buffer)


def complain(failure: Failure) -> None:
    """Say on standard error what could not be read."""
    typer.echo(f"{failure.document}: {failure.message}", err=True)


def _writer(format: Format, out: TextIO) -> Any:
    """What prints one reading in a format."""
    from orbat.serial import ROW_COLUMNS, statement_row, statement_to_json

    if format is Format.JSONL:

        def jsonl(reading: Reading) -> None:
            for s in reading.statements:
                out.write(json.dumps(statement_to_json(s), ensure_ascii=False) + "\n")
            out.flush()

        return jsonl
    if format is Format.CSV:
        sheet = csv.DictWriter(out, ROW_COLUMNS)
        sheet.writeheader()

        def rows(reading: Reading) -> None:
            sheet.writerows(statement_row(s) for s in reading.statements)
            out.flush()

        return rows
    return print_reading


def print_reading(reading: Reading) -> None:
    """An article's statements as a table."""
    document = reading.document
    head = " · ".join(x for x in (document.title or document.given_id or document.id, document.source, day_of(document.published)) if x)
    if reading.statements:
        print_rows(
            head, ("statement", "what", "who", "to whom or what", "where", "when", "how surely", "says"), map(_cells, reading.statements)
        )
    else:
        console().print(f"{head}\n  nothing of ours is said here", markup=False, highlight=False)


def _cells(s: Statement) -> tuple[str, ...]:
    number = "" if s.count is None else f" [{s.count.best}]" if s.count.low == s.count.high else f" [{s.count.low} to {s.count.high}]"
    whom = "; ".join(x for x in (names(s.target) + number, names(s.origin, "from "), names(s.instrument, "with ")) if x)
    return s.id[:8], f"{s.type.lower()} “{s.trigger.text}”", names(s.actor), whom, where(s), when(s), surely(s), speaker(s)
