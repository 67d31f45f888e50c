"""``orbat eval``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orbat.cli.common import Model, app, reader_of

if TYPE_CHECKING:
    from orbat.evaluate import LinkReport, Report


@app.command("eval")
def evaluate(
    gold: Annotated[Path | None, typer.Argument(help="A file in the corpus's layout.", show_default=False)] = None,
    places: Annotated[Path | None, typer.Option(help="Toponyms with coordinates, to score the places.", show_default=False)] = None,
    times: Annotated[Path | None, typer.Option(help="Time expressions with TIMEX3 values, to score the times.", show_default=False)] = None,
    names: Annotated[
        Path | None, typer.Option("--actors", help="Mentions with the actors they mean, to score the links.", show_default=False)
    ] = None,
    references: Annotated[
        Path | None, typer.Option(help="A file in the corpus's layout, to score what words stand for.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    model: Model = None,
) -> None:
    """Score the reader on gold articles, stage by stage."""
    from orbat.evaluate import run

    if not (gold or places or times or names or references):
        raise typer.BadParameter("Give a gold file, or --places, --times, --actors or --references.")
    reader = reader_of(model, None)
    if gold is not None:
        _print_report(run.evaluate_stages(gold, reader), as_json)
    if places is not None:
        for report in run.evaluate_places(places, reader):
            _print_report(report, as_json)
    if times is not None:
        _print_report(run.evaluate_times(times), as_json)
    if names is not None:
        _print_report(run.evaluate_actors(names, reader.catalogue), as_json)
    if references is not None:
        _print_report(run.evaluate_references(references, reader), as_json)


def _print_report(report: Report | LinkReport, as_json: bool) -> None:
    """A report of scores as tables, or as JSON."""
    if as_json:
        typer.echo(json.dumps(report.to_json(), indent=1))
        return
    from orbat.evaluate import Report

    if isinstance(report, Report):
        _print_stages(report)
        return
    for name, value in report.as_table():
        typer.echo(f"{name:20} {value:9.3f}")
    for miss in report.worst:
        typer.echo(f"  {miss.where}   wanted {miss.wanted}, answered {miss.answered}")


def _print_stages(report: Report) -> None:
    head = f"{'':24}{'P':>7}{'R':>7}{'F1':>7}{'gold':>7}{'found':>7}"
    typer.echo(f"{report.documents} documents\n{head}")
    for stage in (None, *report.by_type):
        if stage is not None:
            typer.echo(f"\n{stage} by type")
        for name, precision, recall, f1, gold, found in report.as_table(stage):
            typer.echo(f"{name:24}{precision:7.3f}{recall:7.3f}{f1:7.3f}{gold:7}{found:7}")
    if report.calibration is not None:
        c = report.calibration
        typer.echo(f"\nconfidence of {c.count} events: calibration error {c.ece:.3f}, Brier score {c.brier:.3f}")
