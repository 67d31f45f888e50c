"""``orbat actors search``, ``show`` and ``check``: looking actors up."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orbat.cli.common import Actors, app, console
from orbat.errors import NotFoundError

if TYPE_CHECKING:
    from orbat.link.catalogue import ActorEntry, Catalogue, Match, Name, Relation
    from orbat.link.cataloguefile import Row

actors = typer.Typer(no_args_is_help=True, help="Look actors up, add your own, and decide on names that no catalogue knows.")
app.add_typer(actors, name="actors")

Part = tuple[str, str, str]  # field, value, and the file that it is from
_OF_IT = {
    "parent": "part of it",
    "splinter_of": "split off it",
    "merged_into": "merged into it",
    "renamed_to": "renamed to it",
    "leads": "leads it",
    "allied": "allied to it",
    "joined": "joined it",
}  # how another actor's relation to this one is shown

AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
Kind = Annotated[str, typer.Option(help="group, wing, force, state, coalition, org, media or person.", show_default=False)]


@actors.command()
def search(
    words: Annotated[list[str], typer.Argument(help="A name or part of one, an abbreviation, another spelling.", show_default=False)],
    country: Annotated[str, typer.Option(help="Only those active in this country (a name or ISO 3166 code).", show_default=False)] = "",
    kind: Kind = "",
    limit: Annotated[int, typer.Option(help="At most so many; 0 for all.", min=0)] = 20,
    as_json: AsJson = False,
    catalogue: Actors = None,
) -> None:
    """Find actors by name, abbreviation or spelling."""
    from orbat.link.actorsearch import search as find
    from orbat.link.catalogue import Catalogue
    from orbat.link.cataloguefile import KINDS

    if kind and kind not in KINDS:
        raise typer.BadParameter(f"{kind!r} is no kind of actor; these are: {', '.join(KINDS)}.")
    found = find(Catalogue.load(catalogue), " ".join(words), country=country, kind=kind, limit=limit or None)
    if not found:
        raise NotFoundError(f"No actor is called {' '.join(words)!r}.", "", "Try one word of the name, or leave out --country and --kind.")
    if as_json:
        for match in found:
            typer.echo(json.dumps(_found(match), ensure_ascii=False))
        return
    _print_found(found)


@actors.command()
def show(
    name: Annotated[str, typer.Argument(help="An actor's id, name or abbreviation.")],
    as_json: AsJson = False,
    catalogue: Actors = None,
) -> None:
    """Show all that the catalogue holds on an actor, and which file each part is from."""
    from orbat.link.catalogue import Catalogue
    from orbat.link.cataloguefile import SHIPPED, read_file

    known, shipped = Catalogue.load(catalogue), read_file(SHIPPED, strict=False).rows
    entry = known.entry(one_id(known, name))
    mine = read_file(catalogue, known=shipped).rows.get(entry.id, {}) if catalogue else {}
    named_by = [(other.id, relation) for other in known for relation in other.relations if relation.id == entry.id]
    if as_json:
        related = [{"type": r.type, "id": other} | _span(r) for other, r in named_by]
        typer.echo(json.dumps({**known.row(entry.id), "named_by": related, "own": mine or None}, ensure_ascii=False, indent=1))
        return
    ours = "shipped" if entry.id in shipped else str(catalogue)
    _print_parts(entry.name, (*_parts(entry, mine, ours, str(catalogue)), *_ties(entry, named_by, known, mine, ours, str(catalogue))))


@actors.command()
def check(
    files: Annotated[list[Path] | None, typer.Argument(help="Default: your own catalogue and the shipped one.", show_default=False)] = None,
) -> None:
    """Check a catalogue's file: every line that is wrong, and what of the shipped catalogue it changes.

    The exit status is 1 where something is wrong.
    """
    from orbat.link.cataloguefile import SHIPPED, read_file
    from orbat.link.owncatalogue import own_file

    shipped = read_file(SHIPPED, strict=files is None)
    asked = files if files is not None else [own_file()] if own_file().exists() else []
    read = [read_file(path, known=shipped.rows) for path in asked]
    if files is None:
        read.append(shipped)
    for file in read:
        for problem in file.problems:
            typer.echo(f"{file.path}, line {problem.line}: {problem.what}")
        if file is not shipped:
            for note in _notes(file.rows, shipped.rows):
                typer.echo(f"{file.path}, line {file.lines[note[0]]}: {note[1]}")
        count = len({problem.line for problem in file.problems})
        wrong = f"{count} {'line is' if count == 1 else 'lines are'} wrong" if count else "nothing is wrong"
        typer.echo(f"{file.path}: {len(file.rows)} actors, {wrong}.")
    if any(file.problems for file in read):
        raise typer.Exit(1)


def one_id(catalogue: Catalogue, name: str) -> str:
    """The id of the one actor that a person means by an id, name or abbreviation.

    Raises:
        NotFoundError: no actor has it, or several have.
    """
    if name in catalogue:
        return name
    from orbat.link.actorsearch import search as find

    matches = catalogue.by_name(name) or catalogue.by_acronym(name, any_case=True)
    ids = list(dict.fromkeys(match.entry.id for match in matches))
    if len(ids) == 1:
        return ids[0]
    near = ids or [match.entry.id for match in find(catalogue, name, limit=5)]
    fact = f"Several actors are called {name!r}." if ids else f"No actor is called {name!r}."
    cause = f"{'These are' if ids else 'Near are'}: {', '.join(near)}." if near else ""
    raise NotFoundError(fact, cause, "Give an id, or look for one with 'orbat actors search'.")


def names_in(row: Row) -> Iterator[str]:
    """Every name of a line, abbreviations too."""
    if "name" in row:
        yield row["name"]
    for part in (*row.get("aliases", ()), *row.get("acronyms", ())):
        yield part if isinstance(part, str) else part["name"]


def _notes(rows: Mapping[str, Row], shipped: Mapping[str, Row]) -> Iterator[tuple[str, str]]:
    """The id of a line and what it changes in the shipped catalogue, or which names it shares with other actors."""
    from orbat.link.cataloguefile import ADDED
    from orbat.names import fold

    owners: dict[str, str] = {}
    for key, row in (*shipped.items(), *rows.items()):
        for text in names_in(row):
            owners.setdefault(fold(text), key)
    for key, row in rows.items():
        if key in shipped:
            replaced = [field for field in row if field not in ("id", *ADDED) and row[field] != shipped[key].get(field)]
            change = f"replaces its {', '.join(replaced)}" if replaced else "adds to it"
            yield key, f"'{key}' is of the shipped catalogue; the line {change}."
        for text in names_in(row):
            owner = owners.get(fold(text), key)
            if owner != key:
                yield key, f"'{text}' is also a name of '{owner}'."


def _found(match: Match) -> dict[str, Any]:
    e = match.entry
    return {
        "id": e.id,
        "name": e.name,
        "kind": e.kind,
        "countries": list(e.countries),
        "from": e.start,
        "to": e.end,
        "found_by": match.name.text,
        "how": match.how,
        "similarity": round(match.similarity, 3),
    }


def _print_found(found: Iterable[Match]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(expand=False)
    for column in ("id", "name", "kind", "countries", "years", "found by"):
        table.add_column(column, overflow="fold")
    for match in found:
        e = match.entry
        by = match.name.text if match.name.text != e.name else ""
        table.add_row(*(Text(cell) for cell in (e.id, e.name, e.kind, " ".join(e.countries), _years(e), by)))
    console().print(table)


def _years(part: ActorEntry | Name | Relation) -> str:
    return f"{part.start or ''}-{part.end or ''}" if part.start or part.end else ""


def _span(relation: Relation) -> dict[str, int]:
    return {key: year for key, year in (("from", relation.start), ("to", relation.end)) if year}


def _parts(entry: ActorEntry, mine: Row, ours: str, file: str) -> Iterator[Part]:
    """Field, value and file of each part of an actor but for its relations; ``mine`` is its line in the user's own ``file``."""
    fields = {"name": entry.name, "kind": entry.kind, "countries": " ".join(entry.countries), "prominence": str(entry.prominence)}
    yield "id", entry.id, ours
    yield from ((field, value, file if field in mine else ours) for field, value in fields.items() if value)
    if years := _years(entry):
        yield "years", years, file if {"from", "to"} & set(mine) else ours
    added = set(names_in(mine))
    for name in dict.fromkeys(entry.names[1:]):
        more = (name.text, f"~{name.lang}" if name.lang else "", f"@{_years(name)}" if _years(name) else "")
        yield "also", " ".join(filter(None, more)), file if name.text in added else ours
    yield from ((key, ", ".join(numbers), file if "ids" in mine else ours) for key, numbers in entry.ids)


def _ties(
    entry: ActorEntry, named_by: Iterable[tuple[str, Relation]], catalogue: Catalogue, mine: Row, ours: str, file: str
) -> Iterator[Part]:
    own = {(r["type"], r["id"]) for r in mine.get("relations", ())}
    for r in dict.fromkeys(entry.relations):
        yield r.type, f"{_named(catalogue, r.id)} {_years(r)}".rstrip(), file if (r.type, r.id) in own else ours
    for other, r in named_by:
        yield _OF_IT[r.type], f"{_named(catalogue, other)} {_years(r)}".rstrip(), ""


def _named(catalogue: Catalogue, actor_id: str) -> str:
    return f"{actor_id} ({catalogue.entry(actor_id).name})" if actor_id in catalogue else actor_id


def _print_parts(title: str, parts: Iterable[Part]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", title_style="bold", expand=False)
    for column in ("field", "value", "from"):
        table.add_column(column, overflow="fold")
    for part in parts:
        table.add_row(*(Text(cell) for cell in part))
    console().print(table)
