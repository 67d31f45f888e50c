"""One source of bytes, opened safely: its first bytes to look at, then whole, block by block or line by line, within limits."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from orbat.errors import ReadError

if TYPE_CHECKING:
    from orbat.ingest.readers import Reader

#: Bytes looked at to tell what a source is.
HEAD = 65_536
#: The largest source that is read as one article: far above any article or page (the largest saved pages carry their pictures inside).
MAX_BYTES = 64 * 2**20
#: The longest line of a JSON Lines file.
MAX_LINE = 64 * 2**20
#: Bytes read at a time.
BLOCK = 2**20
#: Members of all archives inside one given file: a week of Common Crawl News, at 20 million articles a month, page by page.
MAX_MEMBERS = 5_000_000
#: Unpacked bytes for each packed byte. News packs 3 to 15 times smaller, repetitive logs up to 100; a bomb of DEFLATE is at 1,000.
MAX_RATIO = 200
#: So much may be unpacked from one given file before that ratio counts for it as a whole: small files of long runs do no harm.
FREE_BYTES = 256 * 2**20


class LimitReached(ReadError):
    """A limit on all that is inside one given file: nothing more of that file is read."""


@dataclass(slots=True)
class Budget:
    """How much has come out of one given file, at all depths of packing together: ``given`` bytes of it were there to read."""

    given: int = 0
    unpacked: int = 0
    members: int = 0

    def unpack(self, size: int) -> None:
        """Count bytes that a decompressor gave.

        Raises:
            LimitReached: all in all they are too many for the file's size.
        """
        self.unpacked += size
        if self.unpacked > FREE_BYTES + MAX_RATIO * self.given:
            raise LimitReached(
                "Reading stopped here: far more comes out of the file than articles could give.",
                f"{self.unpacked:,} bytes came out of {self.given:,}, as from an archive bomb.",
                "Unpack it yourself and read the folder, if you trust it.",
            )

    def enter(self) -> None:
        """Count a member of an archive.

        Raises:
            LimitReached: they are too many.
        """
        self.members += 1
        if self.members > MAX_MEMBERS:
            raise LimitReached(
                "Reading stopped here: there are too many files in it.", f"It holds more than {MAX_MEMBERS:,}.", "Split the archive."
            )


class Blocks(io.RawIOBase):
    """Blocks of bytes as a stream that is read once, from its start to its end."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._rest = blocks, memoryview(b"")

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, into: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill ``into`` as far as the block at hand goes; 0 at the end."""
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = memoryview(block)
        size = min(len(into), len(self._rest))
        into[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


@dataclass(slots=True)
class Source:
    """Bytes with a name for messages. ``head`` has been read already; ``stream`` stands behind it.

    ``budget`` is shared by all that is inside one given file, ``depth`` counts the archives around it, and ``readers`` is the table by
    which what is inside is read.
    """

    name: str
    head: bytes
    stream: BinaryIO
    budget: Budget = field(default_factory=Budget)
    depth: int = 0
    readers: tuple[Reader, ...] = ()

    @classmethod
    def of(cls, name: str, stream: BinaryIO, *, outer: Source | None = None, readers: tuple[Reader, ...] = ()) -> Source:
        """A source on an open binary stream, which need not be seekable; ``outer`` is the archive in which it was found."""
        head = b""
        while len(head) < HEAD and (more := stream.read(HEAD - len(head))):
            head += more
        if outer is not None:
            return cls(name, head, stream, outer.budget, outer.depth + 1, outer.readers)
        return cls(name, head, stream, Budget(len(head)), readers=readers)

    def blocks(self) -> Iterator[bytes]:
        """All bytes, a block at a time."""
        block = self.head
        while block:
            yield block
            block = self.stream.read(BLOCK)
            if not self.depth:
                self.budget.given += len(block)

    def seekable(self) -> BinaryIO:
        """The bytes as a stream at whose any place one may read: the file itself, or what is packed or piped held in memory.

        Raises:
            ReadError: it must be held and is more than ``MAX_BYTES``.
        """
        if self.stream.seekable():
            end = self.stream.seek(0, os.SEEK_END)
            self.stream.seek(0)
            if not self.depth:
                self.budget.given = max(self.budget.given, end)
            return self.stream
        return io.BytesIO(self.read_all())

    def read_all(self) -> bytes:
        """All bytes.

        Raises:
            ReadError: more than ``MAX_BYTES``.
        """
        data = bytearray()
        for block in self.blocks():
            data += block
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
        for block in self.blocks():
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
        if held or is_long:
            yield None if is_long else bytes(held)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
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
            yield stream
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
