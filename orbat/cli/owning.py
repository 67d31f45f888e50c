"""``orbat actors add``, ``unknown``, ``adopt``, ``merge`` and ``dismiss``: an analyst's own catalogue."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orbat.cli.actors import Kind, actors, names_in, one_id
from orbat.cli.common import OwnActors
from orbat.errors import DataError

if TYPE_CHECKING:
    from orbat.link.catalogue import Catalogue
    from orbat.link.cataloguefile import Row

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
