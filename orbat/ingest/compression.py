"""Files packed by gzip, Zstandard, bzip2 or xz: unpacked a piece at a time, never to disk, within limits against bombs.

gzip, bzip2 and xz are the standard library's; Zstandard is its module of Python 3.14, or the same module for older Pythons.
"""

from __future__ import annotations

import bz2
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import BinaryIO, Protocol, cast

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from orbat.errors import ReadError
from orbat.ingest.packed import read_inside
from orbat.ingest.source import MAX_RATIO, Blocks, Budget, Source
from orbat.types import Document, Failure

#: Bytes that a decompressor may give at once: what bounds memory, whatever comes in.
PIECE = 2**20
#: Bytes given to a decompressor at once; what it leaves over is copied, so they are few.
FEED = 2**16
#: One stream may give so much before ``MAX_RATIO`` counts for it.
FREE_STREAM = 16 * 2**20
#: Memory for the dictionary that a stream asks for: `xz -9` and `zstd --ultra` ask for 64 and 128 MB, a hostile one for 4 GB.
MAX_WINDOW = 128 * 2**20

#: After so many damaged streams no more is looked for: what is left is noise.
MAX_DAMAGED = 1_000

#: Suffixes of compressed files, and what each is without its compression.
_INNER = {
    **dict.fromkeys((".gz", ".zst", ".zstd", ".bz2", ".xz"), ""),
    **dict.fromkeys((".tgz", ".tzst", ".tbz", ".tbz2", ".txz"), ".tar"),
}
SUFFIXES = tuple(_INNER)
_CUT = "What stood whole before was read; get the file again for the rest."


class _Machine(Protocol):
    """A decompressor of the standard library: one stream, a bounded piece at a time."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Deflate:
    """zlib's decompressor for gzip with the manner of the other three."""

    def __init__(self) -> None:
        self._machine, self.needs_input = zlib.decompressobj(zlib.MAX_WBITS | 16), True

    @property
    def eof(self) -> bool:
        return self._machine.eof

    @property
    def unused_data(self) -> bytes:
        return self._machine.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        out = self._machine.decompress(self._machine.unconsumed_tail + data, max_length)
        self.needs_input = not self._machine.unconsumed_tail and len(out) < max_length
        return out


def _zstd() -> _Machine:
    return cast(_Machine, zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: MAX_WINDOW.bit_length() - 1}))


def _xz() -> _Machine:
    return lzma.LZMADecompressor(memlimit=MAX_WINDOW)


_KINDS: dict[bytes, tuple[str, Callable[[], _Machine]]] = {
    b"\x1f\x8b": ("gzip", _Deflate),
    b"\x28\xb5\x2f\xfd": ("Zstandard", _zstd),
    b"BZh": ("bzip2", bz2.BZ2Decompressor),
    b"\xfd7zXZ\x00": ("xz", _xz),
}


def looks_compressed(head: bytes) -> bool:
    """Whether the first bytes are those of gzip, Zstandard, bzip2 or xz."""
    return any(head.startswith(magic) for magic in _KINDS)


def read_compressed(source: Source) -> Iterator[Document | Failure]:
    """The documents of a compressed file, by the reader of what is in it; failures keep the file's name.

    A file that is cut short or damaged gives what was whole before, and a ``Failure``.

    Raises:
        ReadError: its first bytes are of no kind that orbat unpacks.
    """
    kind, machine = next((kind for magic, kind in _KINDS.items() if source.head.startswith(magic)), ("", None))
    if machine is None:
        raise ReadError("It is not compressed as its name says.", "Its first bytes are of no such kind.", "Rename it to what it is.")
    path = PurePath(source.name.rpartition("!")[2])
    suffix = path.suffix.lower()
    inner = path.stem + _INNER[suffix] if suffix in _INNER else "-"
    stream = Blocks(unpacked(source.blocks(), kind, machine, source.budget))
    yield from read_inside(source, cast(BinaryIO, stream), inner, same=True)


def unpacked(blocks: Iterator[bytes], kind: str, machine: Callable[[], _Machine], budget: Budget) -> Iterator[bytes]:
    """What the streams that follow each other in ``blocks`` hold, in pieces of ``PIECE`` bytes at most.

    Raises:
        ReadError: damaged, cut short, or a bomb.
    """
    for offset, piece in inflated(blocks, machine, budget):
        if not isinstance(piece, bytes):
            raise ReadError(f"Its {kind} data cannot be unpacked to the end.", f"What begins at byte {offset:,}: {piece}.", _CUT)
        yield piece


def gunzipped(blocks: Iterator[bytes], budget: Budget) -> Iterator[tuple[int, bytes | str]]:
    """As ``inflated`` for gzip, and going on with the next stream after a damaged one: for files whose every record is a stream."""
    return inflated(blocks, _Deflate, budget, magic=b"\x1f\x8b\x08")


def inflated(
    blocks: Iterator[bytes], machine: Callable[[], _Machine], budget: Budget, *, magic: bytes = b""
) -> Iterator[tuple[int, bytes | str]]:
    """The pieces of streams that follow each other, each with the offset at which its stream begins; words where one is damaged.

    Args:
        magic: the bytes with which a stream begins: reading goes on with the next after a damaged one. Without it, it ends there.

    Raises:
        ReadError: a bomb.
    """
    feed, damaged = _Feed(blocks), 0
    while feed.skip_padding():
        start, given, work, last = feed.place, 0, machine(), b""
        try:
            while not work.eof:
                last = feed.take() if work.needs_input else last
                if work.needs_input and not last:
                    yield start, "it is cut short"
                    return
                piece = work.decompress(last if work.needs_input else b"", PIECE)
                given += len(piece)
                check_ratio(given, feed.place - start)
                budget.unpack(len(piece))
                if piece:
                    yield start, piece
        except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, MemoryError, zstd.ZstdError) as error:
            damaged += 1
            yield start, f"it is damaged ({str(error)[:100] or type(error).__name__})"
            if not magic or damaged == MAX_DAMAGED:
                return
            feed.back(last)
            feed.seek(magic, start)
        else:
            feed.back(work.unused_data)


def check_ratio(given: int, packed: int) -> None:
    """Refuse a stream that gives far more than it takes.

    Raises:
        ReadError: it gave more than ``FREE_STREAM`` bytes, and more than ``MAX_RATIO`` for each of the ``packed``.
    """
    if given > FREE_STREAM and given > MAX_RATIO * packed:
        raise ReadError(
            "It is an archive bomb.",
            f"{given:,} bytes came out of {packed:,}, as out of no text.",
            "Unpack it yourself and read the folder, if you trust it.",
        )


class _Feed:
    """Bytes in pieces of ``FEED``, the last of which may be given back. ``place`` is the offset of what comes next."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._rest, self._held, self.place = blocks, memoryview(b""), b"", 0

    def take(self) -> bytes:
        data, self._held = self._held, b""
        while not data:
            if not self._rest:
                block = next(self._blocks, None)
                if block is None:
                    return b""
                self._rest = memoryview(block)
            data, self._rest = bytes(self._rest[:FEED]), self._rest[FEED:]
        self.place += len(data)
        return data

    def back(self, data: bytes) -> None:
        self._held = data
        self.place -= len(data)

    def skip_padding(self) -> bool:
        """Pass over NUL bytes, with which tapes and some tools fill up; whether anything is left."""
        while data := self.take():
            if rest := data.lstrip(b"\x00"):
                self.back(rest)
                return True
        return False

    def seek(self, magic: bytes, after: int) -> None:
        """Go on to the next ``magic`` behind the offset ``after``, or to the end."""
        data = self.take()
        data = data[max(0, after + 1 - (self.place - len(data))) :]
        while (found := data.find(magic)) < 0:
            if not (more := self.take()):
                return
            data = data[len(data) - len(magic) + 1 :] + more if len(data) >= len(magic) else data + more
        self.back(data[found:])
