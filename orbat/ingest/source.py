"""One source of bytes, opened safely: its first bytes to look at, then whole or line by line, within limits."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from orbat.errors import ReadError

#: Bytes looked at to tell what a source is.
HEAD = 65_536
#: The largest source that is read as one article: far above any article or page (the largest saved pages carry their pictures inside).
MAX_BYTES = 64 * 2**20
#: The longest line of a JSON Lines file.
MAX_LINE = 64 * 2**20


@dataclass(slots=True)
class Source:
    """Bytes with a name for messages. ``head`` has been read already; ``stream`` stands behind it."""

    name: str
    head: bytes
    stream: BinaryIO

    @classmethod
    def of(cls, name: str, stream: BinaryIO) -> Source:
        """A source on an open binary stream, which need not be seekable."""
        head = b""
        while len(head) < HEAD and (more := stream.read(HEAD - len(head))):
            head += more
        return cls(name, head, stream)

    def read_all(self) -> bytes:
        """All bytes.

        Raises:
            ReadError: more than ``MAX_BYTES``.
        """
        data = bytearray(self.head)
        while more := self.stream.read(2**20):
            data += more
            if len(data) > MAX_BYTES:
                raise ReadError(
                    f"It is larger than {MAX_BYTES >> 20} MB.",
                    "One article or page is never that long.",
                    "Split it, or give many articles as JSON Lines (.jsonl).",
                )
        return bytes(data)

    def lines(self) -> Iterator[bytes | None]:
        """The lines without their ends; None for one longer than ``MAX_LINE``, which is passed over and never held."""
        held, is_long = bytearray(), False
        block = self.head
        while block:
            *ended, rest = block.split(b"\n")
            for piece in ended:
                is_long = is_long or len(held) + len(piece) > MAX_LINE
                yield None if is_long else bytes(held + piece)
                held.clear()
                is_long = False
            held += rest
            if len(held) > MAX_LINE:
                held.clear()
                is_long = True
            block = self.stream.read(2**20)
        if held or is_long:
            yield None if is_long else bytes(held)


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open a regular file.

    Raises:
        ReadError: it is not there, may not be read, or is no regular file (a pipe, socket or device, which might never end).
    """
    try:
        # O_NONBLOCK: opening a pipe without a writer must not wait; what was opened is then checked, so that nothing can be swapped between
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        raise _cannot_open(path, error) from error
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ReadError(
                "It is not a regular file.",
                "It is a pipe, a socket or a device, which may never end.",
                "Give a file, or pipe the text into 'orbat read -'.",
            )
        try:
            yield Source.of(str(path), stream)
        except OSError as error:
            raise ReadError(
                "It could not be read to its end.", f"{error.strerror or error}.", "Check the disk or the share, and read it again."
            ) from error


def _cannot_open(path: Path, error: OSError | ValueError) -> ReadError:
    if str(path).startswith(("http:/", "https:/")):
        return ReadError("It is an address on the web, not a file.", "orbat never goes to the network.", "Save the page and give the file.")
    if os.path.islink(path) and isinstance(error, FileNotFoundError):
        return ReadError(
            "It is a broken link.",
            f"It leads to '{os.readlink(path)}', which is not there.",
            "Restore what it leads to, or remove the link.",
        )
    if isinstance(error, FileNotFoundError):
        return ReadError("There is no such file.", "Nothing has that path.", "Check the spelling and the folder.")
    if isinstance(error, PermissionError):
        return ReadError(
            "It may not be read.", "The file's permissions forbid it.", "Change the permissions, or copy it to where you may read it."
        )
    return ReadError("It cannot be opened.", f"{getattr(error, 'strerror', None) or error}.", "Check the path.")
