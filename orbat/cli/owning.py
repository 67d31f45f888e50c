"""``orbat actors add``, ``unknown``, ``adopt``, ``merge`` and ``dismiss``: an analyst's own catalogue."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orbat.cli.actors import AsJson, Kind, actors, names_in, one_id
from orbat.cli.common import Actors, OwnActors, StoreAt, console
from orbat.cli.words import day_of
from orbat.errors import DataError

if TYPE_CHECKING:
    from orbat.link.catalogue import Catalogue
    from orbat.link.cataloguefile import Row
    from orbat.unknowns import UnknownActor

UnknownName = Annotated[str, typer.Argument(help="A name that 'orbat actors unknown' lists, or its id.", show_default=False)]
Country = Annotated[
    list[str] | None, typer.Option("--country", help="ISO 3166 code, the home first; may be given again.", show_default=False)
]

_NAME_YEARS = re.compile(r" @(\d{4})?-(\d{4})?$")
_NAME_LANG = re.compile(r" ~([a-z]{2,3})$")
_RELATION = re.compile(r"(\w+)=([^@\s]+)(?:@(\d{4})(?:-(\d{4}))?)?")


@actors.command()
def add(
    name: Annotated[str, typer.Argument(help="Its name, or - for JSON lines from standard input.", show_default=False)],
    id: Annotated[
        str, typer.Option("--id", help="Never changes. Default: the name in small letters and hyphens.", show_default=False)
    ] = "",
    kind: Kind = "",
    country: Country = None,
    begin: Annotated[int | None, typer.Option("--from", help="First year of activity.", show_default=False)] = None,
    end: Annotated[int | None, typer.Option("--to", help="Last year of activity.", show_default=False)] = None,
    prominence: Annotated[int | None, typer.Option(help="0 to 3: how often world news names it.", show_default=False)] = None,
    alias: Annotated[
        list[str] | None, typer.Option("--alias", help='Another name: "NAME", "NAME ~fr", "NAME @2006-2013".', show_default=False)
    ] = None,
    acronym: Annotated[
        list[str] | None, typer.Option("--acronym", help="An abbreviation, laid out as --alias.", show_default=False)
    ] = None,
    relation: Annotated[
        list[str] | None, typer.Option("--relation", help='"splinter_of=ID" or "parent=ID@2012-2015".', show_default=False)
    ] = None,
    number: Annotated[
        list[str] | None, typer.Option("--list-id", help='Its number in another list: "ucdp=1051".', show_default=False)
    ] = None,
    over: Annotated[bool, typer.Option("--over", help="NAME is a known actor, or its id: add names and relations to it.")] = False,
    catalogue: OwnActors = None,
) -> None:
    """Add an actor to your own catalogue, or with --over names and relations to one that is known.

    All of it is checked first, and nothing is written where something is wrong.
    """
    from orbat.link import owncatalogue
    from orbat.link.catalogue import Catalogue

    path = catalogue or owncatalogue.own_file()
    known = Catalogue.load(path if path.exists() else None)
    if name == "-":
        rows = list(_rows_from(sys.stdin))
        if not rows:
            raise DataError("No actor was added.", "Standard input holds no line.", "Give one JSON object a line.")
    else:
        fields: dict[str, Any] = {
            "id": id or (one_id(known, name) if over else owncatalogue.slug(name)),
            "name": None if over else name,
            "kind": kind,
            "countries": country,
            "from": begin,
            "to": end,
            "prominence": prominence,
            "aliases": [_name(text) for text in alias or ()],
            "acronyms": [_name(text) for text in acronym or ()],
            "relations": [_relation(text) for text in relation or ()],
            "ids": _numbers(number or ()),
        }
        rows = [{key: value for key, value in fields.items() if value not in (None, "", [], {})}]
    owncatalogue.add(path, rows, over=over)
    for row in rows:
        _warn_of_shared_names(known, row)
        typer.echo(f"{row['id']} is in {path}.", err=True)


@actors.command()
def unknown(
    min_articles: Annotated[int, typer.Option(help="Only names that so many articles give.", min=1)] = 2,
    kind: Annotated[
        list[str] | None, typer.Option(help="Only group, force, org or person; may be given again.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(help="At most so many; 0 for all.", min=0)] = 30,
    store: StoreAt = None,
    as_json: AsJson = False,
    catalogue: Actors = None,
) -> None:
    """List names that recur in what was read and that no catalogue knows, those of most articles first."""
    from orbat.link.catalogue import Catalogue
    from orbat.store import Store
    from orbat.unknowns import KINDS, unknown_actors

    if wrong := set(kind or ()).difference(KINDS.values()):
        raise typer.BadParameter(f"{min(wrong)!r} is none of {', '.join(KINDS.values())}.")
    with Store.open(store, create=False) as kept:
        found = unknown_actors(kept, Catalogue.load(catalogue), min_articles=min_articles, kinds=kind or (), limit=limit or None)
    if as_json:
        for each in found:
            typer.echo(json.dumps(_unknown_to_json(each), ensure_ascii=False))
        return
    if not found:
        typer.echo("No name recurs that the catalogue does not know.", err=True)
        return
    _print_unknown(found)


@actors.command()
def adopt(
    name: UnknownName,
    id: Annotated[
        str, typer.Option("--id", help="Never changes. Default: the name in small letters and hyphens.", show_default=False)
    ] = "",
    kind: Annotated[str, typer.Option(help="Default: what most of the statements call it.", show_default=False)] = "",
    country: Country = None,
    begin: Annotated[int | None, typer.Option("--from", help="First year of activity.", show_default=False)] = None,
    store: StoreAt = None,
    catalogue: OwnActors = None,
) -> None:
    """Make an unknown name an actor of your own catalogue, with all its spellings; later readings link to it.

    Without --country it is at home where most of what is said of it happens.
    """
    from orbat.link import owncatalogue

    path, known, found = _unknown(name, store, catalogue)
    countries = country or [code for place in found.countries[:1] for code in known.countries_of(place)[:1]]
    others = found.names[1:]
    fields: dict[str, Any] = {
        "id": id or owncatalogue.slug(found.name),
        "name": found.name,
        "kind": kind or found.kind,
        "countries": countries,
        "from": begin,
        **owncatalogue.sorted_names(others),
    }
    owncatalogue.add(path, [{key: value for key, value in fields.items() if value}])
    typer.echo(f"{fields['id']} is in {path}, named {_listed(found.names)}.", err=True)


@actors.command()
def merge(
    name: UnknownName,
    into: Annotated[str, typer.Argument(help="The actor that it is: an id or a name of the catalogue.", show_default=False)],
    store: StoreAt = None,
    catalogue: OwnActors = None,
) -> None:
    """Make an unknown name, with all its spellings, another name of an actor; later readings link to it."""
    from orbat.link import owncatalogue

    path, known, found = _unknown(name, store, catalogue)
    actor = one_id(known, into)
    owncatalogue.add_names(path, actor, found.names)
    typer.echo(f"{actor} is now also called {_listed(found.names)}.", err=True)


@actors.command()
def dismiss(
    name: UnknownName,
    why: Annotated[str, typer.Option(help="Kept with it.", show_default=False)] = "",
    undo: Annotated[bool, typer.Option("--undo", help="List the name again.")] = False,
    store: StoreAt = None,
    catalogue: OwnActors = None,
) -> None:
    """Keep an unknown name from being listed again; your own catalogue remembers it."""
    from orbat.link import owncatalogue

    if undo:
        owncatalogue.undo_dismissal(catalogue or owncatalogue.own_file(), name)
        typer.echo(f"'{name}' is listed again.", err=True)
        return
    path, _, found = _unknown(name, store, catalogue)
    owncatalogue.dismiss(path, found.name, why=why)
    typer.echo(f"{_listed(found.names)} will not be listed again.", err=True)


def _unknown(name: str, store: str | None, catalogue: Path | None) -> tuple[Path, Catalogue, UnknownActor]:
    """The catalogue to change, what is known with it, and the unknown actor meant."""
    from orbat.link.catalogue import Catalogue
    from orbat.link.owncatalogue import own_file
    from orbat.store import Store
    from orbat.unknowns import unknown_actor

    path = catalogue or own_file()
    known = Catalogue.load(path if path.exists() else None)
    with Store.open(store, create=False) as kept:
        return path, known, unknown_actor(kept, known, name)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _unknown_to_json(found: UnknownActor) -> dict[str, Any]:
    return {
        "id": found.id,
        "name": found.name,
        "kind": found.kind,
        "names": list(found.names),
        "statements": found.statements,
        "articles": found.articles,
        "first": day_of(found.first) or None,
        "last": day_of(found.last) or None,
        "countries": list(found.countries),
        "types": {kind.value.lower(): count for kind, count in found.types},
        "example": found.example,
        "sentence": found.sentence,
        "near": list(found.near),
    }


def _print_unknown(found: Iterable[UnknownActor]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(expand=False)
    for column in ("name", "kind", "articles", "statements", "from", "to", "countries", "does", "near", "for example", "statement"):
        table.add_column(column, overflow="fold")
    for each in found:
        does = ", ".join(f"{kind.value.lower()} {count}" for kind, count in each.types[:3])
        counts = str(each.articles), str(each.statements)
        places = ", ".join(each.countries[:2])
        names = " = ".join(each.names)
        days = day_of(each.first), day_of(each.last)
        cells = (names, each.kind, *counts, *days, places, does, ", ".join(each.near[:2]), each.sentence, each.example[:8])
        table.add_row(*(Text(cell) for cell in cells))
    console().print(table)


def _warn_of_shared_names(catalogue: Catalogue, row: Row) -> None:
    """Say on standard error which of a line's names another actor bears too."""
    for text in names_in(row):
        for match in catalogue.by_name(text) or catalogue.by_acronym(text):
            if match.entry.id != row["id"]:
                typer.echo(f"Note: '{text}' is also a name of {match.entry.id} ({match.entry.name}).", err=True)


def _rows_from(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The JSON objects of standard input, one a line."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise DataError(f"Line {number} of standard input is no JSON.", str(error), "Give one JSON object a line.") from error
            if not isinstance(row, dict) or not isinstance(row.get("id"), str):
                raise DataError(f"Line {number} of standard input is no actor.", "It is no JSON object with an 'id'.", "Give one a line.")
            yield row


def _name(text: str) -> str | dict[str, Any]:
    """A name as an option gives it: "NAME", "NAME ~fr", "NAME ~fr @2006-2013"."""
    more: dict[str, Any] = {}
    if years := _NAME_YEARS.search(text):
        more |= {key: int(year) for key, year in zip(("from", "to"), years.groups(), strict=True) if year}
        text = text[: years.start()]
    if lang := _NAME_LANG.search(text):
        more["lang"] = lang[1]
        text = text[: lang.start()]
    return {"name": text.strip(), **more} if more else text.strip()


def _relation(text: str) -> dict[str, Any]:
    found = _RELATION.fullmatch(text.strip())
    if not found:
        raise typer.BadParameter(f"{text!r} is no relation; write TYPE=ID or TYPE=ID@YEAR.")
    years = {key: int(year) for key, year in zip(("from", "to"), found.groups()[2:], strict=True) if year}
    return {"type": found[1], "id": found[2], **years}


def _numbers(pairs: Iterable[str]) -> dict[str, list[str]]:
    numbers: dict[str, list[str]] = {}
    for pair in pairs:
        key, _, value = pair.partition("=")
        if not (key and value):
            raise typer.BadParameter(f"{pair!r} is no number of a list; write LIST=NUMBER.")
        numbers.setdefault(key, []).append(value)
    return numbers
