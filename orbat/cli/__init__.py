"""The command line: parse, call, print. No logic of its own.

Each command stands in the module of its kind and registers itself with ``common.app``; importing the module here is what adds it.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from orbat.cli import (
    actors,
    annotating,
    battle,
    exporting,
    finding,
    judging,
    owning,
    reading,
    records,
    scale,
    scoring,
    serving,
    showing,
    watching,
)
from orbat.cli.common import app
from orbat.errors import OrbatError

__all__ = [
    "actors",
    "annotating",
    "app",
    "battle",
    "exporting",
    "finding",
    "judging",
    "main",
    "owning",
    "reading",
    "records",
    "scale",
    "scoring",
    "serving",
    "showing",
    "watching",
]


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"orbat {version('orbat')}")
        raise typer.Exit


@app.callback()
def orbat(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")] = False,
) -> None:
    """Reads the news into a sourced record of armed groups."""


def main() -> None:
    """Run the command line; an orbat error is one message and exit status 1 (2 for a wrong call)."""
    try:
        app()
    except OrbatError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    except BrokenPipeError:  # the reader of our output has gone
        sys.stderr.close()
        sys.exit(141)
