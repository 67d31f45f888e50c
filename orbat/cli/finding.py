"""``orbat find``."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from orbat.cli.common import Actors, StoreAt, app, console
from orbat.cli.words import names, surely, when, where
from orbat.cli.words import speaker as says
from orbat.serial import ROW_COLUMNS, statement_row, statement_to_json
from orbat.types import Certainty, EventType

if TYPE_CHECKING:
    from orbat.queries import Facet, Found, FoundRow, Named


class Format(StrEnum):
    """How what was found is printed."""

    TABLE = "table"
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


class Order(StrEnum):
    """Which statements come first; ``queries.Sort`` says what each means."""

    NEWEST = "newest"
    OLDEST = "oldest"
    READ = "read"
    CONFIDENCE = "confidence"
    MATCH = "match"


def day(text: str) -> dt.date:
    """A day as a person writes it: YYYY-MM-DD, YYYY-MM or YYYY, the latter two their first day."""
    try:
        return _days(text)[0]
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day. Write it as YYYY-MM-DD, YYYY-MM or YYYY.") from None


def _days(text: str) -> tuple[dt.date, dt.date]:
    """The first and the last day of a day, month or year as a person writes it; a ValueError where it is none."""
    whole = {4: f"{text}-01-01", 7: f"{text}-01"}
    first = dt.date.fromisoformat(whole.get(len(text), text))
    if len(text) not in whole:
        return first, first
    months = 12 if len(text) == 4 else 1
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return first, dt.date(year, month + 1, 1) - dt.timedelta(days=1) if year <= dt.MAXYEAR else dt.date.max


def moment(text: str) -> dt.datetime:
    """A moment as a person writes it: a day, month or year, to its end, or ISO's date and time; without a zone it is UTC."""
    try:
        if _has_time(text):
            given = dt.datetime.fromisoformat(text)
            return given if given.tzinfo else given.replace(tzinfo=dt.UTC)
        return dt.datetime.combine(_days(text)[1], dt.time.max, dt.UTC)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day or moment. Write it as YYYY-MM-DD, YYYY-MM, YYYY or YYYY-MM-DDTHH:MM.") from None


def start_of(text: str) -> dt.datetime:
    """A moment as ``moment`` reads it, a day, month or year from its beginning."""
    given = moment(text)
    return given if _has_time(text) else dt.datetime.combine(_days(text)[0], dt.time.min, dt.UTC)


def _has_time(text: str) -> bool:
    return "T" in text or " " in text.strip()


def kind(text: str) -> EventType:
    """A type as a person writes it, in any case."""
    try:
        return EventType(text.strip().upper())
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no type. The types: {', '.join(t.lower() for t in EventType)}.") from None


Kinds = Annotated[list[EventType] | None, typer.Option("--type", parser=kind, metavar="TYPE", help="One of these types.")]


@app.command()
def find(
    text: Annotated[str, typer.Argument(help='Words in the sentence; "in quotes" together, a last * for any ending.')] = "",
    actor: Annotated[list[str] | None, typer.Option(help="Takes part; given twice, both do.")] = None,
    types: Kinds = None,
    place: Annotated[str, typer.Option(help="A place named, or the province or country.")] = "",
    since: Annotated[dt.date | None, typer.Option(parser=day, metavar="DAY", help="May have happened then or later.")] = None,
    until: Annotated[dt.date | None, typer.Option(parser=day, metavar="DAY", help="May have happened then or earlier.")] = None,
    as_of: Annotated[
        dt.date | None, typer.Option(parser=day, metavar="DAY", help="May have happened by that day, and had not ended.")
    ] = None,
    known_by: Annotated[
        dt.datetime | None, typer.Option(parser=moment, metavar="DAY", help="As it was read by the end of that day; without records.")
    ] = None,
    certainty: Annotated[list[Certainty] | None, typer.Option(help="One of these.")] = None,
    speaker: Annotated[str, typer.Option(help="Who says so.")] = "",
    min_origins: Annotated[int, typer.Option(help="Its record has so many independent origins.", min=0)] = 0,
    negated: Annotated[bool | None, typer.Option("--negated/--affirmed", help="Said not to be so, or so.", show_default=False)] = None,
    source: Annotated[str, typer.Option(help="The publisher.")] = "",
    limit: Annotated[int, typer.Option(help="Statements given, or values of each facet; 0 for all.", min=0)] = 50,
    sort: Annotated[Order | None, typer.Option(help="Default: match where words are given, else newest.", show_default=False)] = None,
    facets: Annotated[bool, typer.Option("--facets", help="Count by type, certainty, speaker, country and source instead.")] = False,
    format: Annotated[Format | None, typer.Option("--format", help="Default: table on a terminal, jsonl elsewhere.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write there; Parquet needs it.", show_default=False)] = None,
    store: StoreAt = None,
    actors: Actors = None,
) -> None:
    """Find statements by words and by what is said: who, what, where, when, how surely, by whom. All that is given must hold."""
    from orbat import queries
    from orbat.store import Store

    shape = format or (Format.TABLE if sys.stdout.isatty() and out is None else Format.JSONL)
    if shape is Format.PARQUET and out is None:
        raise typer.BadParameter("Parquet is written to a file: give --out FILE.")
    if shape is Format.TABLE and out is not None:
        raise typer.BadParameter("A table is for the terminal: give --format jsonl, csv or parquet.")
    if shape is Format.PARQUET and facets:
        raise typer.BadParameter("Facets are printed as table, jsonl or csv.")
    named = names_of(actors, bool(actor or speaker))
    wanted = queries.Wanted(
        text=text,
        actors=tuple(named(name) for name in actor or ()),
        types=tuple(types or ()),
        place=place,
        since=since,
        until=until,
        certainties=tuple(certainty or ()),
        speaker=named(speaker) if speaker else None,
        negated=negated,
        source=source,
        min_origins=min_origins,
        as_of=as_of,
        known_by=known_by,
    )
    with Store.open(store, create=False) as kept:
        if facets:
            counts = queries.facets(kept, wanted, limit=limit or None)
        else:
            found = queries.find(kept, wanted, sort=queries.Sort(sort) if sort else None, limit=limit or None)
    with out.open("w", encoding="utf-8", newline="") if out and shape is not Format.PARQUET else nullcontext(sys.stdout) as target:
        if facets:
            _print_facets(counts, shape, target)
        else:
            _print_found(found, shape, target, out, as_known=known_by is not None)


def names_of(actors: Path | None, needed: bool) -> Callable[[str], Named]:
    """What turns a typed name into one with the catalogue's ids; the catalogue is loaded only where a name is to be looked up."""
    from orbat.queries import Named

    if not needed:
        return Named
    from orbat.link.catalogue import Catalogue

    catalogue = Catalogue.load(actors)
    return lambda name: Named(name, catalogue.ids_of(name))


def _print_facets(counts: Sequence[Facet], shape: Format, out: TextIO) -> None:
    rows = [{"facet": facet.name, "value": value, "statements": number} for facet in counts for value, number in facet.counts]
    if shape is Format.TABLE:
        _print_facet_tables(counts)
    elif shape is Format.JSONL:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    else:
        sheet = csv.DictWriter(out, ("facet", "value", "statements"))
        sheet.writeheader()
        sheet.writerows(rows)


def _print_facet_tables(counts: Sequence[Facet]) -> None:
    from rich.table import Table
    from rich.text import Text

    for facet in counts:
        table = Table(title=facet.name, title_justify="left", title_style="bold")
        table.add_column("value")
        table.add_column("statements", justify="right")
        for value, number in facet.counts:
            table.add_row(Text(value or "not known"), str(number))
        console().print(table)


def _print_found(found: Found, shape: Format, out: TextIO, path: Path | None, *, as_known: bool) -> None:
    if shape is Format.TABLE:
        _print_table(found, as_known)
    elif shape is Format.JSONL:
        out.writelines(json.dumps(statement_to_json(s), ensure_ascii=False) + "\n" for s in found.statements)
    elif shape is Format.CSV:
        sheet = csv.DictWriter(out, (*ROW_COLUMNS, "record", "origins"))
        sheet.writeheader()
        sheet.writerows({**statement_row(row.statement), "record": row.record, "origins": row.origins} for row in found.rows)
    else:
        columns = found.table()
        import pyarrow.parquet

        pyarrow.parquet.write_table(columns, path)


def _print_table(found: Found, as_known: bool) -> None:
    from orbat.cli.printing import print_rows

    shown = f"{found.total} statements" if len(found.rows) == found.total else f"{len(found.rows)} of {found.total} statements"
    heads = ("when", "what", "who", "to whom or what", "where", "how surely", "says", "origins", "sentence", "statement")
    caption = "Origins are not given: those of that day stand in `orbat records --known-by`." if as_known else ""
    print_rows(shown, heads, map(_cells, found.rows), caption=caption)


def _cells(row: FoundRow) -> tuple[str, ...]:
    s = row.statement
    origins = "" if row.origins is None else str(row.origins)
    return when(s), s.type.lower(), names(s.actor), names(s.target), where(s), surely(s), says(s), origins, s.sentence.text, s.id[:8]
