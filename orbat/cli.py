"""The command line: parse, call, print. No logic of its own."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from orbat.errors import OrbatError, StageError
from orbat.types import Document, Failure

if TYPE_CHECKING:
    from rich.console import Console

    from orbat.evaluate import LinkReport, Report
    from orbat.link.catalogue import Catalogue
    from orbat.pipeline import Reader, Reading
    from orbat.queries import Sheet
    from orbat.store import Store
    from orbat.types import Statement

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)

MANY = 4
"""More articles than this get a progress bar."""


class Format(StrEnum):
    """How statements are printed."""

    TABLE = "table"
    JSONL = "jsonl"
    CSV = "csv"


Paths = Annotated[list[str], typer.Argument(help="Files, folders, or - for standard input.", show_default=False)]
StoreAt = Annotated[str | None, typer.Option("--store", help="A file or a database URL. Default: orbat.db in the user's data folder.")]
Model = Annotated[Path | None, typer.Option("--model", help="Another model's folder.", show_default=False)]
Actors = Annotated[Path | None, typer.Option("--actors", help="Your own actors, laid over the shipped catalogue.", show_default=False)]


@app.command()
def read(
    paths: Paths,
    format: Annotated[Format | None, typer.Option("--format", help="Default: table on a terminal, jsonl elsewhere.")] = None,
    store: StoreAt = None,
    no_store: Annotated[bool, typer.Option("--no-store", help="Print only; keep nothing.")] = False,
    model: Model = None,
    actors: Actors = None,
) -> None:
    """Read articles into statements, print them and keep them in a store.

    The exit status is 1 where something could not be read; the rest is read all the same.
    """
    from orbat.store import Store

    reader = _reader(model, actors)
    writer = _writer(format or (Format.TABLE if sys.stdout.isatty() else Format.JSONL), sys.stdout)
    failed = 0
    with nullcontext() if no_store else Store.open(store) as kept:
        try:
            for outcome in _progress(reader.read_many(_documents(paths))):
                failure = outcome if isinstance(outcome, Failure) else _keep(outcome, kept)
                if failure is None:
                    writer(outcome)
                    continue
                failed += 1
                _complain(failure)
                if kept is not None:
                    kept.fail(failure)
        except KeyboardInterrupt:
            typer.echo("Stopped. What was read until now is kept." if kept else "Stopped.", err=True)
            raise typer.Exit(130) from None
    if failed:
        raise typer.Exit(1)


@app.command()
def annotate(paths: Paths, model: Model = None, actors: Actors = None) -> None:
    """Print one JSON line an article in the corpus's layout, with links; store nothing."""
    from orbat.corpus import to_corpus

    failed = False
    for outcome in _progress(_reader(model, actors).read_many(_documents(paths))):
        if isinstance(outcome, Failure):
            failed = True
            _complain(outcome)
        else:
            typer.echo(json.dumps(to_corpus(outcome.document, outcome.annotations, outcome.links), ensure_ascii=False))
    if failed:
        raise typer.Exit(1)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A group's name, short name or id.")],
    store: StoreAt = None,
    limit: Annotated[int, typer.Option(help="Statements under each heading; 0 for all.", min=0)] = 12,
    actors: Actors = None,
) -> None:
    """Show what is said of a group: its statements by kind, newest first."""
    from orbat.link.catalogue import Catalogue
    from orbat.queries import sheet
    from orbat.store import Store

    catalogue = Catalogue.load(actors)
    with Store.open(store, create=False) as kept:
        page = sheet(kept, name, ids=_ids(catalogue, name), limit=limit or None)
    _print_sheet(page)


@app.command()
def explain(
    statement: Annotated[str, typer.Argument(help="A statement's id, or its first digits.")],
    store: StoreAt = None,
    model: Model = None,
    actors: Actors = None,
) -> None:
    """Show why a statement says what it says: its sentence, offsets, scores, and the candidates of every link with reasons."""
    from orbat.queries import statement as find
    from orbat.store import Store

    with Store.open(store, create=False) as kept:
        found = find(kept, statement)
    reading = _reader(model, actors).read_document(found.document)
    _print_explanation(found.statement, reading)


@app.command("eval")
def evaluate(
    gold: Annotated[Path | None, typer.Argument(help="A file in the corpus's layout.", show_default=False)] = None,
    places: Annotated[Path | None, typer.Option(help="Toponyms with coordinates, to score the places.", show_default=False)] = None,
    times: Annotated[Path | None, typer.Option(help="Time expressions with TIMEX3 values, to score the times.", show_default=False)] = None,
    names: Annotated[
        Path | None, typer.Option("--actors", help="Mentions with the actors they mean, to score the links.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    model: Model = None,
) -> None:
    """Score the reader on gold articles, stage by stage."""
    from orbat.evaluate import run

    if not (gold or places or times or names):
        raise typer.BadParameter("Give a gold file, or --places, --times or --actors.")
    reader = _reader(model, None)
    if gold is not None:
        _print_report(run.evaluate_stages(gold, reader), as_json)
    if places is not None:
        for report in run.evaluate_places(places, reader):
            _print_report(report, as_json)
    if times is not None:
        _print_report(run.evaluate_times(times), as_json)
    if names is not None:
        _print_report(run.evaluate_actors(names, reader.catalogue), as_json)


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


# ---- in -------------------------------------------------------------------------------------------------------------


def _reader(model: Path | None, actors: Path | None) -> Reader:
    from orbat.pipeline import Reader

    return Reader(model=model, catalogue=actors)


def _ids(catalogue: Catalogue, name: str) -> set[str]:
    """The catalogue's ids for what a person typed: an id, a name, an acronym in any case, or another spelling."""
    if name in catalogue:
        return {name}
    for found in (catalogue.by_name(name), catalogue.by_acronym(name, any_case=True), catalogue.by_skeleton(name)):
        if found:
            return {match.entry.id for match in found}
    return set()


def _documents(paths: Iterable[str]) -> Iterator[Document | Failure]:
    from orbat.ingest import read_all

    return read_all(paths, stdin=sys.stdin.buffer)


def _progress(outcomes: Iterator[Reading | Failure]) -> Iterator[Reading | Failure]:
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


def _keep(reading: Reading, store: Store | None) -> Failure | None:
    """Keep a reading where there is a store; a failure where the store cannot take this document."""
    if store is not None:
        try:
            store.append(reading.document, reading.statements, model=reading.model)
        except StageError as error:
            return Failure(reading.document.label, "store", str(error))
    return None


# ---- out ------------------------------------------------------------------------------------------------------------


def _complain(failure: Failure) -> None:
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
    return _print_reading


def _console() -> Console:
    """A console as wide as the terminal; wide enough for a table where there is none."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 180)


def _print_reading(reading: Reading) -> None:
    from rich.table import Table
    from rich.text import Text

    document = reading.document
    head = " · ".join(x for x in (document.title or document.given_id or document.id, document.source, _day(document.published)) if x)
    table = Table(title=head, title_justify="left", title_style="bold", show_lines=False, expand=False)
    for column in ("statement", "what", "who", "to whom or what", "where", "when", "how surely", "says"):
        table.add_column(column, overflow="fold")
    for s in reading.statements:
        number = "" if s.count is None else f" [{s.count.best}]" if s.count.low == s.count.high else f" [{s.count.low} to {s.count.high}]"
        table.add_row(
            s.id[:8],
            Text(f"{s.type.lower()} “{s.trigger.text}”"),
            Text(_names(s.actor)),
            Text("; ".join(x for x in (_names(s.target) + number, _names(s.origin, "from "), _names(s.instrument, "with ")) if x)),
            Text(_where(s)),
            Text(_when(s)),
            _surely(s),
            Text(_speaker(s)),
        )
    _console().print(table if reading.statements else Text(f"{head}\n  nothing of ours is said here"))


def _print_sheet(page: Sheet) -> None:
    from rich.table import Table
    from rich.text import Text

    console = _console()
    also = [name for name in page.names if name.casefold() != page.name.casefold()][:6]
    console.print(Text(f"{page.name}: {page.total} statements" + (f" (also as {', '.join(also)})" if also else ""), style="bold"))
    for section in page.sections:
        more = f" ({len(section.rows)} of {section.total})" if len(section.rows) < section.total else ""
        table = Table(title=f"{section.heading}{more}", title_justify="left", title_style="bold", expand=False)
        for column in ("when", "what", "as", "where", "how surely", "says", "sentence", "statement"):
            table.add_column(column, overflow="fold")
        for row in section.rows:
            s = row.statement
            cells = (_when(s), s.type.lower(), ", ".join(row.roles), _where(s), _surely(s), _speaker(s), s.sentence.text, s.id[:8])
            table.add_row(*(Text(cell) for cell in cells))
        console.print(table)


def _print_explanation(statement: Statement, reading: Reading) -> None:
    from orbat.explain import explanation

    typer.echo(explanation(statement, reading))


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


def _names(fillers: Iterable[Any], before: str = "") -> str:
    """Fillers as said, each with the name it links to where that differs."""
    shown = []
    for f in fillers:
        name = f.entity.name if f.entity is not None else ""
        shown.append(f"{f.quote.text} = {name}" if name and name.casefold() != f.quote.text.casefold() else f.quote.text)
    return before + ", ".join(shown) if shown else ""


def _where(s: Statement) -> str:
    if s.location is None:
        return _names(s.place)
    parts = (s.location.name, s.location.admin1, s.location.country)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _when(s: Statement) -> str:
    if s.date is None:
        return _names(s.time)
    return _day(s.date.start) if s.date.start == s.date.end else f"{_day(s.date.start)} to {_day(s.date.end)}"


def _surely(s: Statement) -> str:
    return f"{'not ' if s.negated else ''}{s.certainty} {s.confidence:.2f}"


def _speaker(s: Statement) -> str:
    if s.attribution is None:
        return ""
    marks = [word for word, on in (("quoted", s.attribution.quoted), ("anonymous", s.attribution.anonymous)) if on]
    return _names([s.attribution.speaker]) + (f" ({', '.join(marks)})" if marks else "")


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


if __name__ == "__main__":
    main()
