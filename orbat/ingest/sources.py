"""From the paths that people give to documents: folders opened, each file handed to its reader, every outcome told."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from orbat.errors import ReadError
from orbat.ingest.checks import Check, checked
from orbat.ingest.packed import failure, some, told
from orbat.ingest.readers import READERS, Reader, reader_for
from orbat.ingest.source import LimitReached, Source, opened
from orbat.types import Document, Failure

#: The name of standard input among paths.
STDIN = "-"


def read_all(paths: Iterable[str | Path], *, stdin: BinaryIO | None = None, check: Check = checked) -> Iterator[Document | Failure]:
    """The documents of all paths, folders and standard input ("-") among them, one by one; a ``Failure`` for each that cannot be read.

    Args:
        check: what makes them ready to be read, in place of ``checked``; it is not asked about paths that cannot be opened.
    """
    for item in expand(paths):
        if isinstance(item, Failure):
            yield item
        else:
            yield from read_source(item, stdin=stdin, check=check)


def read_source(
    path: str | Path, *, stdin: BinaryIO | None = None, readers: tuple[Reader, ...] = READERS, check: Check = checked
) -> Iterator[Document | Failure]:
    """The documents of one file, folder or stream, ready to be read: long ones in parts, and only what is English.

    A generator that holds one article at a time. It raises nothing for what it reads: whatever cannot be read is a
    ``Failure(path, "ingest", message)``, and what is in another language a ``Failure(..., "language", message)``. What lies in an archive
    is named ``ARCHIVE!NAME``.

    Args:
        path: a file, a folder, or "-" for ``stdin``.
        stdin: a binary stream; what it carries is told by its first bytes.
        check: as for ``read_all``.
    """
    name = str(path)
    if name != STDIN and os.path.isdir(name):
        for item in expand([name]):
            yield from [item] if isinstance(item, Failure) else read_source(item, readers=readers, check=check)
    else:
        yield from check(_read_file(name, stdin, readers), name=name)


def read_stream(name: str, stream: BinaryIO, *, readers: tuple[Reader, ...] = READERS) -> Iterator[Document | Failure]:
    """The documents of an open binary stream, by the reader that the name's suffix or the first bytes choose; the name is never opened.

    As ``read_source`` but for the checks, which are the caller's (see ``checked``).
    """

    def read() -> Iterator[Document | Failure]:
        source = Source.of(name, stream, readers=readers)
        yield from some(reader_for(name, source.head, readers).read(source))

    try:
        yield from told(name, read)
    except LimitReached as error:
        yield failure(name, error)


def _read_file(name: str, stdin: BinaryIO | None, readers: tuple[Reader, ...]) -> Iterator[Document | Failure]:
    try:
        if name == STDIN:
            if stdin is None:
                raise ReadError("There is no standard input.", "None was given to read from.", "Give a path instead of '-'.")
            yield from read_stream(STDIN, stdin, readers=readers)
        else:
            with opened(Path(name)) as stream:
                yield from read_stream(name, stream, readers=readers)
    except ReadError as error:
        yield failure(name, error)


def expand(paths: Iterable[str | Path]) -> Iterator[Path | Failure]:
    """The files of ``paths`` in order: a folder gives its files at any depth, sorted by name; other paths come back as they are.

    Left out of a folder: names that begin with a dot, and the ``NAME_files`` folder that browsers save beside ``NAME.html``. A link inside
    a folder is not followed: where it leads inside the folder its target is read under its own name, and where it leads outside, or
    nowhere, a ``Failure`` says so. So does a folder that cannot be listed or that holds no file.
    """
    for given in paths:
        path = Path(given)
        if str(path) == STDIN or not os.path.isdir(given):
            yield path
            continue
        found = False
        for item in _walk(path, Path(os.path.realpath(path))):
            found = True
            yield item
        if not found:
            yield Failure(
                str(path),
                "ingest",
                str(ReadError("The folder holds no file.", "It is empty, or holds hidden files only.", "Give a folder of articles.")),
            )


def _walk(folder: Path, root: Path) -> Iterator[Path | Failure]:
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        message = ReadError(
            "The folder cannot be listed.", f"{error.strerror or error}.", "Change its permissions, or copy it to where you may read it."
        )
        yield Failure(str(folder), "ingest", str(message))
        return
    names = {entry.name for entry in entries}
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = folder / entry.name
        if entry.is_symlink():
            yield from _link(path, root)
        elif not entry.is_dir(follow_symlinks=False):
            yield path
        elif not (entry.name.endswith("_files") and {f"{entry.name[:-6]}{end}" for end in (".html", ".htm")} & names):
            yield from _walk(path, root)


def _link(path: Path, root: Path) -> Iterator[Failure]:
    target = Path(os.path.realpath(path))
    if not target.exists():
        error = ReadError(
            "It is a broken link.", f"It leads to '{target}', which is not there.", "Restore what it leads to, or remove the link."
        )
    elif not target.is_relative_to(root):
        error = ReadError(
            "It is a link out of the folder.",
            f"It leads to '{target}'; orbat follows no link out of a folder.",
            "Give what it leads to by its own path.",
        )
    else:
        return
    yield Failure(str(path), "ingest", str(error))
