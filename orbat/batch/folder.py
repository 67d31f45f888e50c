"""Where files are: paths of this machine and, through fsspec, object stores ("s3://bucket/news"). Files appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import fsspec
from fsspec.implementations.local import LocalFileSystem

from orbat.errors import OrbatError, ReadError


def is_url(path: str) -> bool:
    """Whether a path names a file system ("s3://…", "file://…")."""
    return "://" in path


def find(url: str) -> Iterator[tuple[str, int]]:
    """The files of a URL with their sizes, sorted by name: of a folder at any depth, of a pattern (``*``), or the file itself.

    Raises:
        ReadError: it cannot be reached, or there is none.
    """
    with _told(url):
        system, path = fsspec.core.url_to_fs(url)
        if any(mark in path for mark in "*?["):
            found = {name: info for name, info in system.glob(path, detail=True).items() if info["type"] == "file"}
        else:
            found = system.find(path, detail=True)
        for name in sorted(found):
            if not any(part.startswith(".") for part in name.removeprefix(path).split("/")):
                yield system.unstrip_protocol(name), int(found[name]["size"] or 0)
    if not found:
        raise ReadError("There is no file.", f"Nothing is found at {url}.", "Check the address.")


@contextmanager
def opened(path: str) -> Iterator[tuple[BinaryIO, int]]:
    """A file of this machine or a URL, open for reading from any place, and its size.

    Raises:
        ReadError: it is not there or may not be read.
    """
    with _told(path):
        if not is_url(path):
            with open(path, "rb") as file:  # fsspec's own way to a file of this machine costs a third of looking at a page
                yield file, os.fstat(file.fileno()).st_size
            return
        system, name = fsspec.core.url_to_fs(path)
        size = int(system.size(name))
        with system.open(name, "rb") as stream:
            yield stream, size


@contextmanager
def _told(path: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, ImportError) as error:
        cause = f"{getattr(error, 'strerror', None) or error}."
        step = "Check the address, and that the library of its storage is installed (s3fs for s3://, gcsfs for gs://)."
        raise ReadError(f"{path} cannot be read.", cause, step if is_url(path) else "Check that it is there and may be read.") from error


class Folder:
    """The folder that a run writes to, here or on an object store."""

    def __init__(self, where: str | Path) -> None:
        """Raises ReadError where the file system is not known."""
        self.where = str(where) if is_url(str(where)) else os.path.abspath(where)
        with _told(self.where):
            self._system, self._root = fsspec.core.url_to_fs(self.where)
        self._local = isinstance(self._system, LocalFileSystem)

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return bool(self._system.exists(self._at(name)))

    def texts(self, under: str) -> dict[str, str]:
        """The files of text in a folder of it, by name, sorted; none where it is not there. An object store is asked for many at once."""
        try:
            paths = self._system.ls(self._at(under), detail=False, refresh=True)
        except FileNotFoundError:
            return {}
        found = self._system.cat(paths) if paths else {}
        return {path.rsplit("/", 1)[-1]: found[path].decode("utf-8") for path in sorted(found)}

    @contextmanager
    def reading(self, name: str) -> Iterator[BinaryIO]:
        """A file, open from its beginning."""
        with self._system.open(self._at(name), "rb") as stream:
            yield stream

    def write(self, name: str, text: str) -> None:
        """Write a file of text, whole or not at all; it is on the disk when this returns.

        Raises:
            OrbatError: it cannot be written.
        """
        try:
            with self.scratch() as folder:
                path = folder / "text"
                path.write_text(text, encoding="utf-8")
                self.commit(path, name)
        except OSError as error:
            step = "Make room, or check the folder's rights. What is done is kept: run the same command again to go on."
            raise OrbatError(f"{self.where}/{name} cannot be written.", f"{error.strerror or error}.", step) from error

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder of this machine for files that are not finished; beside their place, so that a rename commits them."""
        beside = f"{self._root}/tmp" if self._local else None
        if beside:
            os.makedirs(beside, exist_ok=True)
        with TemporaryDirectory(prefix=f"{uuid.uuid4().hex[:8]}-", dir=beside, ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def commit(self, finished: Path, name: str) -> None:
        """Put a finished file of ``scratch`` in its place, over what is there."""
        target = self._at(name)
        if not self._local:
            self._system.put_file(str(finished), target)
            return
        with finished.open("rb") as stream:
            os.fsync(stream.fileno())
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.replace(finished, target)

    def sweep(self) -> None:
        """Take away what killed processes left unfinished. Only where no other process works in the folder."""
        if self._local:
            with contextlib.suppress(FileNotFoundError):
                self._system.rm(f"{self._root}/tmp", recursive=True)

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}"
