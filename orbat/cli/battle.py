"""``orbat compare``, ``orbat timeline``, ``orbat network`` and ``orbat map``."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from orbat.cli.common import Actors, StoreAt, app, console
from orbat.cli.finding import day
from orbat.cli.showing import AsOf, KnownBy, Out, WithWings, print_section, write

if TYPE_CHECKING:
    from orbat.battle import Case
    from orbat.battle.render.rows import Section
    from orbat.link.catalogue import Catalogue
    from orbat.store import Store


class Shape(StrEnum):
    """How a comparison is printed."""

    TABLE = "table"
    JSON = "json"
    MD = "md"
    HTML = "html"


class LineShape(StrEnum):
    """How a timeline is printed."""

    TABLE = "table"
    JSON = "json"
    MD = "md"
    HTML = "html"
    SVG = "svg"
    PNG = "png"


class GraphShape(StrEnum):
    """How a network is written."""

    JSON = "json"
    GRAPHML = "graphml"
    GEXF = "gexf"
    SVG = "svg"
    PNG = "png"


class MapShape(StrEnum):
    """How a map is written."""

    GEOJSON = "geojson"
    SVG = "svg"
    PNG = "png"


T = TypeVar("T")
Since = Annotated[dt.date | None, typer.Option(parser=day, metavar="DAY", help="May have happened or held then or later.")]
Until = Annotated[dt.date | None, typer.Option(parser=day, metavar="DAY", help="May have happened or begun then or earlier.")]


@app.command()
def compare(
    one: Annotated[str, typer.Argument(help="A group's name, short name or id.")],
    two: Annotated[str, typer.Argument(help="Another's.")],
    as_of: AsOf = None,
    known_by: KnownBy = None,
    with_wings: WithWings = False,
    format: Annotated[Shape, typer.Option("--format", help="How to print it.")] = Shape.TABLE,
    out: Out = None,
    store: StoreAt = None,
    actors: Actors = None,
) -> None:
    """Compare two groups: what ties them, friends, opponents and places that they share, their activity by month."""
    from orbat.battle.compare import compare
    from orbat.battle.render.plain import plain
    from orbat.battle.render.tables import comparison_sections, comparison_summary

    left, right = _cases([one, two], store, actors, as_of=as_of, known_by=known_by, with_wings=with_wings)
    found = compare(left, right)
    if format is Shape.JSON:
        write(json.dumps(plain(found), ensure_ascii=False, indent=2) + "\n", out)
        return
    title = f"{found.one} and {found.two}"
    _print(title, comparison_summary(found), comparison_sections(found), found.sentences, format.value, out)


@app.command()
def timeline(
    name: Annotated[str, typer.Argument(help="A group's name, short name or id.")],
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    known_by: KnownBy = None,
    with_wings: WithWings = False,
    limit: Annotated[int, typer.Option(help="The newest so many; 0 for all.", min=0)] = 0,
    format: Annotated[LineShape, typer.Option("--format", help="How to print it.")] = LineShape.TABLE,
    out: Out = None,
    store: StoreAt = None,
    actors: Actors = None,
) -> None:
    """Show a group's records in the order of their days, those without a day last."""
    from orbat.battle.render.lines import timeline_svg
    from orbat.battle.render.plain import plain
    from orbat.battle.render.tables import timeline_section, timeline_summary
    from orbat.battle.timeline import timeline

    (case,) = _cases([name], store, actors, as_of=as_of, known_by=known_by, with_wings=with_wings)
    found = timeline(case, since=since, until=until, limit=limit or None)
    if format is LineShape.JSON:
        write(json.dumps(plain(found), ensure_ascii=False, indent=2) + "\n", out)
    elif format in (LineShape.SVG, LineShape.PNG):
        _picture(timeline_svg(found), format.value, out)
    else:
        _print(found.name, timeline_summary(found), [timeline_section(found)], found.sentences, format.value, out)


@app.command()
def network(
    year: Annotated[int, typer.Option(help="Relations that held in this year.", min=1, max=9999)],
    name: Annotated[str | None, typer.Argument(help="A group: its relations, and those among the parties they lead to.")] = None,
    as_of: AsOf = None,
    known_by: KnownBy = None,
    with_wings: WithWings = False,
    catalogue: Annotated[bool, typer.Option("--catalogue/--no-catalogue", help="With what the catalogue has of that year.")] = True,
    format: Annotated[GraphShape, typer.Option("--format", help="How to write it.")] = GraphShape.JSON,
    out: Out = None,
    store: StoreAt = None,
    actors: Actors = None,
) -> None:
    """Write the network of relations that held in a year: who was part of, pledged to, allied with, split from or led whom."""
    from orbat.battle.loading import Asked, relations
    from orbat.battle.network import around, with_catalogue
    from orbat.battle.network import network as made
    from orbat.battle.render.graph import network_file, network_svg, network_to_json
    from orbat.battle.ties import ties_of, wings_of

    def draw(kept: Store, known: Catalogue) -> str:
        ids = known.ids_of(name) if name else frozenset()
        ids |= wings_of(known, ids) if with_wings else frozenset()
        records, statements = relations(kept, Asked(name or "", ids, with_wings, as_of, known_by), known)
        found = made(records, statements, year)
        keys = ids or ({name.casefold()} if name else frozenset())
        if name:
            found = around(found, keys)
        if catalogue:
            found = with_catalogue(found, ties_of(known, ids or found.nodes.keys()))
        if format is GraphShape.JSON:
            return json.dumps(network_to_json(found), ensure_ascii=False, indent=2) + "\n"
        if format in (GraphShape.GRAPHML, GraphShape.GEXF):
            return network_file(found, format.value)
        return network_svg(found)

    _picture(_with_store(store, actors, draw), format.value, out)


@app.command("map")
def map_(
    name: Annotated[str | None, typer.Argument(help="A group; all records, if none is named.")] = None,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    known_by: KnownBy = None,
    with_wings: WithWings = False,
    format: Annotated[MapShape, typer.Option("--format", help="How to write it.")] = MapShape.GEOJSON,
    out: Out = None,
    store: StoreAt = None,
    actors: Actors = None,
) -> None:
    """Map where records are: exact places as points, provinces and countries as areas of their rough size."""
    from orbat.battle.loading import Asked, events
    from orbat.battle.mapping import capitals, gazetteer_radius, geojson, marks
    from orbat.battle.render.atlas import map_svg
    from orbat.link.gazetteer import Gazetteer

    def draw(kept: Store, known: Catalogue) -> str:
        ids = known.ids_of(name) if name else frozenset()
        records = events(kept, Asked(name or "", ids, with_wings, as_of, known_by), known, since=since, until=until)
        gazetteer = Gazetteer.open()
        found = marks(records, gazetteer_radius(gazetteer))
        if format is MapShape.GEOJSON:
            return json.dumps(geojson(found), ensure_ascii=False, indent=1) + "\n"
        return map_svg(name or "all records", found, capitals(gazetteer))

    _picture(_with_store(store, actors, draw), format.value, out)


def _cases(names: list[str], store: str | None, actors: Path | None, **asked: Any) -> list[Case]:
    from orbat.battle import Asked, case

    def load(kept: Store, known: Catalogue) -> list[Case]:
        return [case(kept, Asked(name, known.ids_of(name), **asked), known) for name in names]

    return _with_store(store, actors, load)


def _with_store(store: str | None, actors: Path | None, ask: Callable[[Store, Catalogue], T]) -> T:
    from orbat.link.catalogue import Catalogue
    from orbat.store import Store

    known = Catalogue.load(actors)
    with Store.open(store, create=False) as kept:
        return ask(kept, known)


def _picture(text: str, format: str, out: Path | None) -> None:
    """Text as it is; an SVG as PNG where that is wanted, to a file or a pipe."""
    if format != "png":
        write(text, out)
        return
    from orbat.battle.render.svg import png

    if out is None and sys.stdout.isatty():
        raise typer.BadParameter("A PNG picture is no text: give --out FILE.")
    data = png(text)
    if out is not None:
        out.write_bytes(data)
    else:
        sys.stdout.buffer.write(data)


def _print(title: str, lines: tuple[str, ...], found: list[Section], sentences: Any, format: str, out: Path | None) -> None:
    """Sections as tables, Markdown or a page."""
    from orbat.battle.render.markdown import sections_to_markdown
    from orbat.battle.render.page import sections_to_html

    if format == "md":
        write(sections_to_markdown(title, lines, found, sentences), out)
    elif format == "html":
        write(sections_to_html(title, lines, found, sentences), out)
    else:
        from rich.text import Text

        console().print(Text(title, style="bold"))
        for line in lines:
            console().print(Text(line))
        for section in found:
            print_section(section, sentences)
