"""``orbat watch``."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from orbat.cli.common import Actors, Model, StoreAt, app, reader_of
from orbat.collector import one_arena
from orbat.errors import DataError

if TYPE_CHECKING:
    from orbat.watch import Summary


@app.command()
def watch(
    feeds: Annotated[Path, typer.Argument(help="What is followed: FEEDS.toml (docs/watch.md shows one).", show_default=False)],
    store: StoreAt = None,
    once: Annotated[bool, typer.Option("--once", help="One round, then the run's summary as JSON; for cron.")] = False,
    state: Annotated[
        Path | None, typer.Option(help="What is remembered between runs. Default: FEEDS.toml's name with .state.", show_default=False)
    ] = None,
    metrics: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="Answer Prometheus on this port of this machine.", show_default=False)
    ] = None,
    metrics_file: Annotated[
        Path | None, typer.Option(help="Write metrics here after each round, for node exporter's text files.", show_default=False)
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Say what would be followed, and ask for nothing.")] = False,
    model: Model = None,
    actors: Actors = None,
) -> None:
    """Follow feeds, sitemaps and folders, and read what is new. Ctrl-C or SIGTERM ends it; nothing is lost or read twice.

    With --once the exit status is 1 where a source could not be had.
    """
    try:
        from orbat.watch import Watch, load
        from orbat.watch.state import State
    except ModuleNotFoundError as error:
        raise DataError("The watch cannot be started.", f"{error.name!r} is not installed.", "pip install 'orbat[watch]'") from error
    from orbat.recordkeeping import update_apart
    from orbat.store import Store

    plan = load(feeds)
    if check:
        typer.echo(f"{feeds}: {len(plan.feeds)} feeds, {len(plan.sitemaps)} sitemaps, {len(plan.folders)} folders, sound")
        return
    one_arena()
    remembered = State(state or feeds.with_suffix(feeds.suffix + ".state"))
    try:
        with Store.open(store) as kept:
            apart = None if once else lambda stop: update_apart(store, actors, stop=stop)  # one round gives all back at its end
            watched = Watch(plan, remembered, reader_of(model, actors), kept, record=apart)
            if metrics is not None:
                typer.echo(f"metrics on http://127.0.0.1:{watched.metrics.serve(metrics)}/metrics", err=True)

            def told(summary: Summary) -> None:
                typer.echo(f"watch: {summary.line()}", err=True)
                if metrics_file is not None:
                    watched.metrics.write(metrics_file)

            def end(number: int, frame: FrameType | None) -> None:
                watched.stop()

            before = {each: signal.signal(each, end) for each in (signal.SIGINT, signal.SIGTERM)}
            try:
                summary = watched.once() if once else watched.run(told)
            finally:
                for each, handler in before.items():
                    signal.signal(each, handler)
            if once:
                told(summary)
                typer.echo(json.dumps(summary.as_json(), ensure_ascii=False))
    finally:
        remembered.close()
    if once and summary.problems:
        raise typer.Exit(1)
