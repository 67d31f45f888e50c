"""A reader's own catalogue: where it is, and the changes that commands make to it.

Every change is made in one step: the lines that it does not touch stay as they are to the letter, the whole is checked, written
beside the file and put in its place. Who changes it meanwhile waits (where the system can lock a folder), so no line is lost.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import platformdirs

from orbat.errors import DataError, NotFoundError
from orbat.link.cataloguefile import ADDED, SHIPPED, CatalogueFile, Row, lines_of, read_file, sound
from orbat.names import fold, is_acronym

Change = Callable[[CatalogueFile, Mapping[str, Row]], Mapping[int, Row | None]]
"""What a change makes of a file, the shipped actors being given: line number to its new row, None to take it away; numbers past the end
are added."""


def own_file() -> Path:
    """Where the user's own catalogue is kept: ``actors.jsonl`` in the user's data folder, beside the store. It may not be there."""
    return platformdirs.user_data_path("orbat", appauthor=False) / "actors.jsonl"


def slug(name: str) -> str:
    """An id made of a name: "The Lions of the Lake" gives "lions-of-the-lake"."""
    return fold(name).replace(" ", "-")


def add(path: Path, rows: Collection[Row], *, over: bool = False) -> None:
    """Add actors to the file at ``path``, all or none; it is made where it is not there.

    Args:
        rows: lines of the catalogue, each with an id.
        over: the ids are of actors that the catalogue has: names and relations are added to them, other fields replaced.

    Raises:
        DataError: a row cannot be used, its id is taken (or, with ``over``, is of no actor), or the file cannot be read or written.
    """

    def change(file: CatalogueFile, shipped: Mapping[str, Row]) -> dict[int, Row | None]:
        mine, lines, end = dict(file.rows), dict(file.lines), file.size
        for row in rows:
            key = row["id"]
            if over and key not in mine and key not in shipped:
                raise DataError(f"Nothing was added to '{key}'.", "No actor has that id.", "Look for it with 'orbat actors search'.")
            if not over and (key in mine or key in shipped):
                holder = {**shipped.get(key, {}), **mine.get(key, {})}
                cause = f"'{key}' is '{holder['name']}', of {'the shipped catalogue' if key in shipped else path}."
                step = "Give it another id, or add to that actor with --over."
                raise DataError(f"The actor '{row.get('name', key)}' was not added: its id is taken.", cause, step)
            if key not in lines:
                lines[key] = end = end + 1
            mine[key] = _joined(mine[key], row) if key in mine else row
        return {lines[row["id"]]: mine[row["id"]] for row in rows}

    _change(path, change)


def sorted_names(names: Collection[str]) -> dict[str, list[str]]:
    """Names as fields of a line: those that look like abbreviations as acronyms, the others as aliases."""
    fields = {"aliases": [n for n in names if not is_acronym(n)], "acronyms": [n for n in names if is_acronym(n)]}
    return {key: value for key, value in fields.items() if value}


def add_names(path: Path, actor_id: str, names: Collection[str]) -> None:
    """Add names to an actor of the catalogue or of the file, as acronyms those that look like one.

    Raises:
        DataError: no actor has the id, or the file cannot be read or written.
    """
    add(path, [{"id": actor_id, **sorted_names(names)}], over=True)


def dismiss(path: Path, name: str, *, why: str = "") -> None:
    """Keep that a name shall not be listed as an unknown actor; dismissing it again only changes why.

    Raises:
        DataError: the file cannot be read or written.
    """

    def change(file: CatalogueFile, _: Mapping[str, Row]) -> dict[int, Row | None]:
        row = {"dismissed": name} | ({"why": why} if why else {})
        return {**dict.fromkeys(_dismissals(file, name)), file.size + 1: row}

    _change(path, change)


def undo_dismissal(path: Path, name: str) -> None:
    """Let a name be listed again.

    Raises:
        NotFoundError: it is not dismissed.
        DataError: the file cannot be read or written.
    """

    def change(file: CatalogueFile, _: Mapping[str, Row]) -> dict[int, Row | None]:
        found = _dismissals(file, name)
        if not found:
            listed = ", ".join(sorted(dismissed for _, dismissed in file.dismissed))
            cause = f"These names are: {listed}." if listed else "No name is."
            raise NotFoundError(f"'{name}' is not dismissed in {path}.", cause)
        return dict.fromkeys(found)

    _change(path, change)


def _joined(mine: Row, more: Row) -> dict[str, Any]:
    """One line of two on the same actor: lists without what they have, other fields replaced."""
    lists = {k: [*mine.get(k, ()), *(v for v in more.get(k, ()) if v not in mine.get(k, ()))] for k in ADDED if k in mine or k in more}
    return {**mine, **more, **lists}


def _dismissals(file: CatalogueFile, name: str) -> list[int]:
    return [line for line, dismissed in file.dismissed if fold(dismissed) == fold(name)]


def _change(path: Path, change: Change) -> None:
    """Read, change, check and replace the file, while no other command does."""
    path = path.expanduser().resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path.parent):
            known = read_file(SHIPPED, strict=False).rows
            file = sound(read_file(path, known=known)) if path.exists() else CatalogueFile(path, {}, {})
            lines: dict[int, str] = dict(enumerate(_lines(path), 1)) if path.exists() else {}
            for number, row in change(file, known).items():
                if row is None:
                    del lines[number]
                else:
                    lines[number] = json.dumps(row, ensure_ascii=False)
            _replace(path, "".join(f"{lines[number]}\n" for number in sorted(lines)), known)
    except OSError as error:
        raise DataError(
            f"The catalogue {path} cannot be written.", str(error), "Check that you may write to its folder, and the disk's space."
        ) from error


def _lines(path: Path) -> list[str]:
    """The lines as they are, their own ends but for the newline with them."""
    with path.open(encoding="utf-8", newline="") as file:
        return lines_of(file.read())


def _replace(path: Path, text: str, known: Collection[str]) -> None:
    """Put a text in the file's place in one step, if it is a sound catalogue; else nothing changes."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    new = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        if problems := read_file(new, known=known).problems:
            raise DataError(
                f"The catalogue {path} was not changed.", problems[0].what, "Correct the actor (docs/add-an-actor.md names the fields)."
            )
        new.chmod(path.stat().st_mode if path.exists() else 0o644)
        new.replace(path)
    finally:
        with suppress(OSError):
            new.unlink()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, where the system has one."""
    try:
        import fcntl
    except ImportError:  # Windows: the file is still replaced in one step
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
