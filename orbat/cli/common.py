"""What every command shares: the app, common options, loading, progress, consoles."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orbat.types import Failure

if TYPE_CHECKING:
    from rich.console import Console

    from orbat.pipeline import Reader, Reading

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="Reads the news into a sourced record of armed groups."
)

MANY = 4
"""More articles than this get a progress bar."""

StoreAt = Annotated[str | None, typer.Option("--store", help="A file or a database URL. Default: orbat.db in the user's data folder.")]
Model = Annotated[Path | None, typer.Option("--model", help="quick, the smaller model, or another's folder.", show_default=False)]


def _own_by_default(given: Path | None) -> Path | None:
    """The user's own catalogue where none is named and there is one; none for "none"."""
    if given is not None:
        return None if str(given) == "none" else given
    from orbat.link.owncatalogue import own_file

    return own if os.path.exists(own := own_file()) else None  # no error where the folder may not be looked into


Actors = Annotated[
    Path | None,
    typer.Option(
        "--actors",
        callback=_own_by_default,
        help="A catalogue of your own, laid over the shipped one; 'none' for none. Default: actors.jsonl in the user's data folder.",
        show_default=False,
    ),
]
OwnActors = Annotated[
    Path | None,
    typer.Option("--actors", help="The catalogue to change. Default: actors.jsonl in the user's data folder.", show_default=False),
]


def reader_of(model: Path | None, actors: Path | None) -> Reader:
    """The reader that the options ask for."""
    from orbat.pipeline import Reader

    return Reader(model=model, catalogue=actors)


def progress(outcomes: Iterator[Reading | Failure]) -> Iterator[Reading | Failure]:
    """The same outcomes; from the fifth on, a bar on standard error counts them where that is a terminal."""
    first: list[Reading | Failure] = []
    for outcome in outcomes:
        first.append(outcome)
        yield outcome
        if len(first) > MANY:
            break
    if len(first) <= MANY:
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("articles read"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=None, completed=len(first))
        for outcome in outcomes:
            bar.advance(task)
            yield outcome


def console() -> Console:
    """A console as wide as the terminal; wide enough for a table where there is none."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 180)
