"""``orbat show`` and ``orbat explain``."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orbat.cli.common import Actors, Model, StoreAt, app, console, reader_of
from orbat.cli.finding import day, moment
from orbat.cli.printing import print_rows
from orbat.cli.words import speaker, surely, when, where

if TYPE_CHECKING:
    from orbat.battle import Sheet
    from orbat.battle.render.rows import Section
    from orbat.battle.values import Sentence
    from orbat.queries import Sheet as Statements
    from orbat.queries import Wanted

ROWS = 12
"""Values of each section that a table shows where no limit is given."""


class Format(StrEnum):
    """How a sheet is printed."""

    TABLE = "table"
    JSON = "json"
    MD = "md"
    HTML = "html"


AsOf = Annotated[dt.date | None, typer.Option("--as-of", parser=day, metavar="DAY", help="What had happened, or held, on that day.")]
KnownBy = Annotated[
    dt.datetime | None, typer.Option("--known-by", parser=moment, metavar="DAY", help="Only from what was read by the end of that day.")
]
WithWings = Annotated[bool, typer.Option("--with-wings", help="With the records of the wings that the catalogue gives it.")]
Out = Annotated[Path | None, typer.Option("--out", help="Write to this file.", show_default=False)]


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A group's name, short name or id.")],
    as_of: AsOf = None,
    known_by: KnownBy = None,
    with_wings: WithWings = False,
    statements: Annotated[bool, typer.Option("--statements", help="All that is said of it instead: its statements by kind.")] = False,
    limit: Annotated[int | None, typer.Option(help="Values of each section; 0 for all. Default: 12 in a table, else all.", min=0)] = None,
    format: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TABLE,
    out: Out = None,
    store: StoreAt = None,
    actors: Actors = None,
) -> None:
    """Show a group's order of battle: leaders, ties, strength, places, gains and losses, flows, activity, what is expected of it."""
    if statements:
        if with_wings or format is not Format.TABLE:
            raise typer.BadParameter("--statements is a table of what is said; `orbat find --actor` narrows it and gives other formats.")
        from orbat.queries import Wanted

        _show_statements(name, store, ROWS if limit is None else limit or None, actors, Wanted(as_of=as_of, known_by=known_by))
        return
    if limit is None and format is Format.TABLE:
        limit = ROWS
    found = sheet_of(name, store, actors, as_of=as_of, known_by=known_by, with_wings=with_wings, limit=limit or None)
    if format is Format.TABLE:
        _print_sheet(found)
        return
    from orbat.battle.render.markdown import sheet_to_markdown
    from orbat.battle.render.page import sheet_to_html
    from orbat.battle.render.plain import sheet_to_json

    if format is Format.JSON:
        text = json.dumps(sheet_to_json(found), ensure_ascii=False, indent=2) + "\n"
    else:
        text = sheet_to_markdown(found) if format is Format.MD else sheet_to_html(found)
    write(text, out)


def sheet_of(
    name: str,
    store: str | None,
    actors: Path | None,
    *,
    as_of: dt.date | None = None,
    known_by: dt.datetime | None = None,
    with_wings: bool = False,
    limit: int | None = None,
) -> Sheet:
    """The sheet that the options ask for."""
    from orbat.battle import Asked, case, sheet
    from orbat.link.catalogue import Catalogue
    from orbat.store import Store

    catalogue = Catalogue.load(actors)
    asked = Asked(name, catalogue.ids_of(name), with_wings, as_of, known_by)
    with Store.open(store, create=False) as kept:
        return sheet(case(kept, asked, catalogue), limit=limit)


def write(text: str, out: Path | None) -> None:
    """Text to a file, or to standard output as UTF-8."""
    if out is not None:
        out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


@app.command()
def explain(
    statement: Annotated[str, typer.Argument(help="A statement's id, or its first digits.")],
    store: StoreAt = None,
    model: Model = None,
    actors: Actors = None,
) -> None:
    """Show why a statement says what it says: its sentence, offsets, scores, and the candidates of every link with reasons."""
    from orbat.explain import explanation
    from orbat.queries import statement as find
    from orbat.store import Store

    with Store.open(store, create=False) as kept:
        found = find(kept, statement)
    typer.echo(explanation(found.statement, reader_of(model, actors).read_document(found.document)))


def _show_statements(name: str, store: str | None, limit: int | None, actors: Path | None, among: Wanted) -> None:
    from orbat.link.catalogue import Catalogue
    from orbat.queries import sheet
    from orbat.store import Store

    catalogue = Catalogue.load(actors)
    with Store.open(store, create=False) as kept:
        page = sheet(kept, name, ids=catalogue.ids_of(name), limit=limit, among=among)
    _print_statements(page)


def _print_sheet(sheet: Sheet) -> None:
    from rich.text import Text

    from orbat.battle.render.rows import sections, summary

    out = console()
    out.print(Text(sheet.name, style="bold"))
    for line in summary(sheet):
        out.print(Text(line))
    found = sections(sheet)
    for section in found:
        print_section(section, sheet.sentences)
    if not found:
        out.print(Text("Its records hold nothing for the sections of a sheet; --statements shows all that is said."))
    out.print(Text("orbat record ID shows a record's sentences; --statements shows all that is said, --format html a page.", style="dim"))


def print_section(section: Section, sentences: Mapping[str, Sentence]) -> None:
    """One section as a table; its last column is the sentence of each value's first statement."""
    more = f" ({len(section.rows)} of {section.total})" if len(section.rows) < section.total else ""
    heads = (*section.heads, *(["sentence"] if section.sourced else []))
    empty = ("",) if section.sourced else ()
    rows = (
        (*section.cells(row), *((sentences[row.grounds.statements[0]].text,) if row.grounds and section.sourced else empty))
        for row in section.rows
    )
    print_rows(f"{section.heading}{more}", heads, rows)


def _print_statements(page: Statements) -> None:
    from rich.text import Text

    also = [name for name in page.names if name.casefold() != page.name.casefold()][:6]
    console().print(Text(f"{page.name}: {page.total} statements" + (f" (also as {', '.join(also)})" if also else ""), style="bold"))
    for section in page.sections:
        more = f" ({len(section.rows)} of {section.total})" if len(section.rows) < section.total else ""
        cells = []
        for row in section.rows:
            s = row.statement
            cells.append((when(s), s.type.lower(), ", ".join(row.roles), where(s), surely(s), speaker(s), s.sentence.text, s.id[:8]))
        print_rows(f"{section.heading}{more}", ("when", "what", "as", "where", "how surely", "says", "sentence", "statement"), cells)
