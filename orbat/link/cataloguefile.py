"""A catalogue's file, read and checked: one JSON line an actor (docs/add-an-actor.md names the fields).

A reader's own file may also hold lines of the form ``{"dismissed": NAME, "why": TEXT}``: names that an analyst does not want
to see listed as unknown actors again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orbat.errors import DataError

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "actors.jsonl"
KINDS = ("group", "wing", "force", "state", "coalition", "org", "media", "person")
GROUP_KINDS = frozenset({"group", "wing"})
NON_STATE_KINDS = GROUP_KINDS | {"coalition"}
"""The kinds of armed groups and parts of them; those and coalitions of them."""
ARMED_KINDS = NON_STATE_KINDS | {"force"}
"""The kinds of actors that have an order of battle: no states, persons and media."""
RELATIONS = ("parent", "splinter_of", "merged_into", "renamed_to", "leads", "allied", "joined")
SERVES = frozenset({"leads", "joined"})
"""The relations of a person to what they lead, or speak, command or work for."""
FIELDS = frozenset(
    ("id", "name", "kind", "countries", "from", "to", "prominence", "aliases", "acronyms", "relations", "ids")
) | frozenset(  # of governments only
    ("country_names", "demonyms", "capitals", "places")
)
ADDED = ("aliases", "acronyms", "relations")
"""Lists of a line that are added to those of the actor it is laid over; its other fields replace the actor's."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong with a line, counted from 1."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """A file as read. ``rows`` by id; ``lines`` the line of each id; ``dismissed`` each dismissed name with its line;
    ``problems`` by line; ``size`` how many lines there are."""

    path: Path
    rows: Mapping[str, Row]
    lines: Mapping[str, int]
    dismissed: tuple[tuple[int, str], ...] = ()
    problems: tuple[Problem, ...] = ()
    size: int = 0


def read_file(path: Path, *, known: Collection[str] = (), strict: bool = True) -> CatalogueFile:
    """A catalogue's file with all that is wrong with it; a line that is wrong is not among ``rows``.

    Args:
        known: the ids of the catalogue that it is laid over.
        strict: check the fields too, not only that each line is an object with an id of its own. The shipped file is checked
            in full by the tests, so that loading it costs no more than reading it.

    Raises:
        DataError: the file cannot be read at all.
    """
    rows: dict[str, Row] = {}
    where: dict[str, int] = {}
    dismissed: list[tuple[int, str]] = []
    problems: list[Problem] = []
    lines = lines_of(_text(path))
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if "dismissed" in row and "id" not in row:
                problems += [Problem(number, what) for what in _wrong_dismissal(row)]
                dismissed.append((number, str(row["dismissed"])))
                continue
            key = row["id"]
        except (ValueError, TypeError, KeyError) as error:
            problems.append(Problem(number, f"It is not a JSON object with an 'id' ({error})."))
            continue
        wrong = list(wrong_fields(row, known)) if strict else []
        if not wrong and key in where:
            wrong = [f"The id '{key}' stands on line {where[key]} too."]
        if wrong:
            problems += [Problem(number, what) for what in wrong]
        else:
            rows[key], where[key] = row, number
    if strict:
        problems += [Problem(where[key], what) for key, row in rows.items() for what in wrong_relations(row, {*rows, *known})]
    return CatalogueFile(path, rows, where, tuple(dismissed), tuple(sorted(problems)), len(lines))


def lines_of(text: str) -> list[str]:
    """The lines of a file without the newline that ends each."""
    return text.removesuffix("\n").split("\n") if text else []


def sound(file: CatalogueFile) -> CatalogueFile:
    """The file, if nothing is wrong with it.

    Raises:
        DataError: for the first line that is wrong, with its number.
    """
    if not file.problems:
        return file
    first, *others = file.problems
    more = f" {len(others)} more {'problem follows' if len(others) == 1 else 'problems follow'}." if others else ""
    step = f"Correct the line (docs/add-an-actor.md shows one); 'orbat actors check {file.path}' lists all that is wrong."
    raise DataError(f"Line {first.line} of the catalogue {file.path} cannot be used.", first.what + more, step)


def check(path: Path) -> int:
    """Check a catalogue file that stands alone, line by line; the number of its actors.

    Raises:
        DataError: for the first line that is wrong, with its number.
    """
    return len(sound(read_file(path)).rows)


def wrong_relations(row: Row, ids: Collection[str]) -> Iterator[str]:
    """What is wrong with where an actor's relations point, the ids that there are being given."""
    for relation in row.get("relations", ()):
        if relation["id"] not in ids:
            yield f"Its relation points to '{relation['id']}', which no line defines."


def wrong_fields(row: Any, known: Collection[str]) -> Iterator[str]:
    """What is wrong with the fields of one line, each as a sentence; a line with a ``known`` id needs no name and kind."""
    if not _is_text(row["id"]) or any(map(str.isspace, row["id"])):
        yield "'id' is missing or no text without blanks."
        return
    for name in ("name", "kind"):
        if (name in row or row["id"] not in known) and not _is_text(row.get(name)):
            yield f"'{name}' is missing or no text."
    if unknown := sorted(set(row) - FIELDS):
        yield f"'{unknown[0]}' is no field of an actor; these are: {', '.join(sorted(FIELDS))}."
    if _is_text(row.get("kind", "group")) and row.get("kind", "group") not in KINDS:
        yield f"'{row['kind']}' is no kind of actor; these are: {', '.join(KINDS)}."
    yield from _wrong_years(row)
    for name in ("countries", "country_names", "demonyms", "capitals", "places"):
        if not _are_texts(row.get(name, [])):
            yield f"'{name}' must be a list of texts."
        elif name == "countries" and any(len(c) != 2 or not c.isupper() for c in row.get(name, [])):
            yield "A country is an ISO 3166 code of two capitals, as IQ."
    if row.get("prominence", 0) not in (0, 1, 2, 3):
        yield "'prominence' is 0, 1, 2 or 3."
    ids = row.get("ids", {})
    if not isinstance(ids, dict) or not all(map(_are_texts, ids.values())):
        yield "'ids' must be an object that gives each list a list of texts."
    for name in ADDED:
        if not isinstance(row.get(name, []), list):
            yield f"'{name}' must be a list."
        else:
            wrong = _wrong_relation if name == "relations" else _wrong_name
            yield from (what for part in row.get(name, []) for what in wrong(part))


def _wrong_dismissal(row: Row) -> Iterator[str]:
    if not _is_text(row["dismissed"]) or not isinstance(row.get("why", ""), str) or set(row) - {"dismissed", "why"}:
        yield "A dismissed name is a text, with at most a 'why' beside it."


def _wrong_name(name: Any) -> Iterator[str]:
    if isinstance(name, dict) and _is_text(name.get("name")):
        if unknown := sorted(set(name) - {"name", "from", "to", "lang"}):
            yield f"'{unknown[0]}' is no field of a name; these are: name, from, to, lang."
        if not isinstance(name.get("lang", ""), str):
            yield "'lang' must be a text."
        yield from _wrong_years(name)
    elif not _is_text(name):
        yield f"{name!r} is neither a name nor an object with a 'name'."


def _wrong_relation(relation: Any) -> Iterator[str]:
    if not isinstance(relation, dict) or relation.get("type") not in RELATIONS or not isinstance(relation.get("id"), str):
        yield f"A relation has a 'type' of {', '.join(RELATIONS)} and the 'id' of an actor."
    else:
        yield from _wrong_years(relation)


def _wrong_years(row: Row) -> Iterator[str]:
    start, end = row.get("from"), row.get("to")
    wrong = [f"{year!r} is no year." for year in (start, end) if year is not None and not _is_year(year)]
    if wrong:
        yield from wrong
    elif start and end and start > end:
        yield f"It begins in {start} and ends in {end}."


def _is_year(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 2100


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        step = "Check that it is a UTF-8 file of one JSON line an actor."
        raise DataError(f"The catalogue {path} cannot be read.", str(error), step) from error
