"""``orbat batch`` and ``orbat load``."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orbat.cli.common import Actors, Model, StoreAt, app
from orbat.errors import DataError, OrbatError
from orbat.models import QUICK

if TYPE_CHECKING:
    from orbat.batch.tasks import Counts

Inputs = Annotated[list[str], typer.Argument(help="Files, folders or addresses such as s3://bucket/news/*.jsonl.", show_default=False)]
EVERY = 10.0
"""Seconds between lines of progress where standard error is no terminal."""


@app.command()
def batch(
    inputs: Inputs,
    out: Annotated[str, typer.Option("--out", help="The folder or address that the result is written to.", show_default=False)],
    workers: Annotated[int | None, typer.Option(min=1, help="Processes. Default: one a core.", show_default=False)] = None,
    ray: Annotated[str, typer.Option("--ray", help="The address of a Ray cluster to run on.", show_default=False)] = "",
    everything: Annotated[bool, typer.Option("--everything", help="Read all; without it a first pass skips what is not ours.")] = False,
    threshold: Annotated[float | None, typer.Option(help="Skip articles below this score; docs/scale.md.", show_default=False)] = None,
    seconds: Annotated[float, typer.Option(min=1, help="The time that one article may take.")] = 120.0,
    memory: Annotated[int, typer.Option(min=0, help="MB that one process may hold; 0 for no bound.")] = 4096,
    task_mb: Annotated[float, typer.Option("--task-mb", min=0.001, help="Input of one task, in MB.")] = 4.0,
    model: Model = None,
    actors: Actors = None,
) -> None:
    """Read many articles into Parquet, on all cores or on a cluster. Run the same command again to go on where it was stopped.

    The exit status is 1 where something could not be read; the rest is read all the same.
    """
    if "-" in inputs:
        raise OrbatError("A run cannot read standard input.", "It could not be taken up again where it was stopped.", "Write it to a file.")
    _installed()
    from orbat.batch.folder import Folder
    from orbat.batch.planning import plan
    from orbat.batch.running import run
    from orbat.batch.tasks import Settings

    folder = Folder(out)
    settings = Settings(str(model) if model == QUICK else _absolute(model), _absolute(actors), not everything, threshold, seconds, memory)
    made = plan(folder, inputs, settings, task_bytes=int(task_mb * 2**20))
    tell = _tasks(made.tasks)
    try:
        if ray:
            from orbat.batch.cluster import run_on_ray

            summary = run_on_ray(folder, made, ray, tell=tell)
        else:
            summary = run(folder, made, workers=workers, tell=tell)
    except KeyboardInterrupt:
        typer.echo("Stopped. What is done is kept: run the same command again to go on.", err=True)
        raise typer.Exit(130) from None
    every = summary.all
    typer.echo(
        f"{every.articles:,} articles: {every.read:,} read, {every.skipped:,} skipped by the first pass; {every.statements:,} statements, "
        f"{every.failures:,} failures. {summary.session.articles:,} of them now, in {summary.seconds:,.0f} seconds.",
        err=True,
    )
    if every.failures:
        typer.echo(f"The failures are in {folder.where}/failures.", err=True)
        raise typer.Exit(1)


@app.command()
def load(
    folder: Annotated[str, typer.Argument(help="The folder that `orbat batch` wrote.", show_default=False)],
    store: StoreAt = None,
    no_records: Annotated[bool, typer.Option("--no-records", help="Keep statements only; `orbat records update` makes the rest.")] = False,
    actors: Actors = None,
) -> None:
    """Bring what `orbat batch` read into a store. Run it again to go on where it was stopped, or when more is read."""
    _installed()
    from orbat.batch.folder import Folder
    from orbat.batch.loading import load as load_into
    from orbat.batch.planning import read_plan
    from orbat.link.catalogue import Catalogue
    from orbat.recordkeeping import related_in, update
    from orbat.store import Store

    given = Folder(folder)
    read_plan(given)  # before a store is made for what is no run
    with Store.open(store) as kept:
        done = load_into(given, kept, tell=_parts())
        if not no_records:
            update(kept, related=related_in(Catalogue.load(actors)))
    typer.echo(
        f"{done.added.new_documents:,} documents and {done.added.new_statements:,} statements new in {kept.location}; "
        f"{done.failures:,} failures noted.",
        err=True,
    )
    if done.missing:
        typer.echo(f"{done.missing} parts of the run are not read yet: run `orbat batch` again, then load again.", err=True)


def _installed() -> None:
    try:
        import fsspec  # noqa: F401
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise DataError("What large runs need is not installed.", f"{error}.", "pip install 'orbat[batch]'") from error


def _absolute(path: Path | None) -> str:
    return str(path.resolve()) if path else ""


class _Progress:
    """A line on standard error now and then; over and over in one place on a terminal."""

    def __init__(self) -> None:
        self._last = 0.0

    def say(self, line: str, *, last: bool) -> None:
        now, terminal = time.monotonic(), sys.stderr.isatty()
        if last or now - self._last >= (0.2 if terminal else EVERY):
            self._last = now
            sys.stderr.write(line + ("\r" if terminal and not last else "\n"))
            sys.stderr.flush()


def _parts() -> Callable[[int, int], None]:
    progress = _Progress()
    return lambda number, count: progress.say(f"{number:,} of {count:,} parts loaded", last=number == count)


def _tasks(count: int) -> Callable[[int, Counts], None]:
    progress, began = _Progress(), time.monotonic()

    def tell(number: int, counts: Counts) -> None:
        rate = counts.articles / (time.monotonic() - began)
        line = f"{number:,} of {count:,} tasks done; {counts.articles:,} articles, {rate:,.1f} a second; {counts.statements:,} statements"
        progress.say(line, last=number == count)

    return tell
