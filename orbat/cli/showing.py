"""``orbat show`` and ``orbat explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from orbat.cli.common import Actors, Model, StoreAt, app, console, ids_of, reader_of
from orbat.cli.words import speaker, surely, when, where

if TYPE_CHECKING:
    from orbat.queries import Sheet


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
        page = sheet(kept, name, ids=ids_of(catalogue, name), limit=limit or None)
    _print_sheet(page)


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


def _print_sheet(page: Sheet) -> None:
    from rich.table import Table
    from rich.text import Text

    out = console()
    also = [name for name in page.names if name.casefold() != page.name.casefold()][:6]
    out.print(Text(f"{page.name}: {page.total} statements" + (f" (also as {', '.join(also)})" if also else ""), style="bold"))
    for section in page.sections:
        more = f" ({len(section.rows)} of {section.total})" if len(section.rows) < section.total else ""
        table = Table(title=f"{section.heading}{more}", title_justify="left", title_style="bold", expand=False)
        for column in ("when", "what", "as", "where", "how surely", "says", "sentence", "statement"):
            table.add_column(column, overflow="fold")
        for row in section.rows:
            s = row.statement
            cells = (when(s), s.type.lower(), ", ".join(row.roles), where(s), surely(s), speaker(s), s.sentence.text, s.id[:8])
            table.add_row(*(Text(cell) for cell in cells))
        out.print(table)
