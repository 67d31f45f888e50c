"""Exports over HTTP: media types, the bound on articles read again, and bytes handed on while they are written."""

from __future__ import annotations

import queue
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from fastapi.responses import StreamingResponse

from orbat import exporting
from orbat.errors import DataError, OrbatError
from orbat.export import Format, Material, Written
from orbat.service.problems import Refused
from orbat.types import Failure

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from orbat.service.state import Service

MEDIA_TYPES = {
    "acled": "text/csv",
    "ucdp-ged": "text/csv",
    "plover": "application/x-ndjson",
    "cameo": "text/tab-separated-values",
    "ftm": "application/x-ndjson",
    "stix": "application/json",
    "geojson": "application/geo+json",
    "graphml": "application/xml",
    "gexf": "application/xml",
    "csv": "text/csv",
    "parquet": "application/zip",
    "corpus": "application/x-ndjson",
}
SUFFIXES = {
    "text/csv": "csv",
    "application/x-ndjson": "jsonl",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/geo+json": "geojson",
    "application/zip": "zip",
}
BLOCK, BLOCKS = 64 * 2**10, 16
"""Bytes handed on at once, and how many such wait for a slow reader before the writer does."""
REREAD = 500
"""Articles that a request may have read again for names: about half a minute on two cores."""


def media_type(format: Format) -> str:
    """The media type of a format; folders come as ZIP."""
    return MEDIA_TYPES.get(format.name, "application/octet-stream")


def file_name(format: Format) -> str:
    """What a browser is to call the download."""
    return f"orbat-{format.name}.{SUFFIXES.get(media_type(format), format.name)}"


def with_pseudonyms(service: Service, material: Material, *, reread: bool) -> Material:
    """The material with pseudonyms for private persons.

    Args:
        reread: read the articles again, so that persons whom no statement has are masked in their texts too.

    Raises:
        Refused: too many articles would be read again.
        DataError: there is no key of the pseudonyms.
    """
    if reread and len(ids := exporting.articles_of(material)) > REREAD:
        step = "Ask for less, export with `orbat export --mask-private`, or ask with reread=false."
        raise Refused(422, f"{len(ids)} articles would be read again.", f"A request may have {REREAD} read again.", step)
    mentions = exporting.named_in(material, service.reader, _not_masked, workers=1) if reread else None
    return exporting.with_pseudonyms(material, service.store, service.catalogue, exporting.mask_key(service.store), mentions)


def _not_masked(failure: Failure) -> None:
    raise DataError("The export was not masked.", f"{failure.document}: {failure.message}", "Ask with reread=false.")


def write(format: Format, material: Material, out: BinaryIO) -> Written:
    """Write a format as one stream; a folder as a ZIP of it."""
    if format.stream is not None:
        return format.stream(material, out)
    if format.folder is None:
        raise AssertionError("a format writes a stream or a folder")
    with tempfile.TemporaryDirectory(prefix="orbat-export-") as folder:
        done = format.folder(material, Path(folder) / "orbat")
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in sorted(Path(folder).rglob("*")):
                if path.is_file():
                    packed.write(path, path.relative_to(folder))
    return done


class Handing:
    """A writer's bytes, handed to who reads them while they are written, by a thread of its own.

    Going through it gives the blocks; where the reader goes, the writer is stopped. What fails before the first block is raised by
    ``first()``, so that it can still be told as a problem; what fails later breaks the answer off, so that it is not taken for whole.
    """

    def __init__(self, write: Callable[[BinaryIO], Written], done: Callable[[], None]) -> None:
        self._blocks: queue.Queue[bytes | BaseException | None] = queue.Queue(BLOCKS)
        self._gone = threading.Event()
        self._write, self._done = write, done
        self._taken: list[bytes | None] = []  # the first block, or None alone where nothing is written
        threading.Thread(target=self._run, name="orbat-export", daemon=True).start()

    def first(self) -> None:
        """Wait for the first block.

        Raises:
            OrbatError: the export cannot be made.
        """
        self._taken.append(self._next())

    def stop(self) -> None:
        """Tell the writer that nobody reads any more."""
        self._gone.set()

    def __iter__(self) -> Iterator[bytes]:
        try:
            block = self._taken.pop() if self._taken else self._next()
            while block is not None:
                yield block
                block = self._next()
        finally:
            self.stop()

    def _next(self) -> bytes | None:
        block = self._blocks.get()
        if isinstance(block, BaseException):
            raise block
        return block

    def put(self, block: bytes | BaseException | None) -> None:
        """Hand one on, and wait while the reader is slow.

        Raises:
            BrokenPipeError: the reader is gone.
        """
        while not self._gone.is_set():
            try:
                self._blocks.put(block, timeout=1.0)
            except queue.Full:
                continue
            return
        raise BrokenPipeError

    def _run(self) -> None:
        try:
            sink = _Sink(self)
            self._write(cast(BinaryIO, sink))
            sink.flush()
            self.put(None)
        except BrokenPipeError:
            return
        except (OrbatError, Exception) as error:
            if not self._gone.is_set():
                self.put(error)
        finally:
            self._done()


class Download(StreamingResponse):
    """The answer with what a writer hands on. Whoever asked may be gone before the first byte is sent: then nothing goes through the
    blocks, and the writer would wait for ever, in the place of another export."""

    def __init__(self, handing: Handing, *, media_type: str, headers: Mapping[str, str]) -> None:
        super().__init__(iter(handing), media_type=media_type, headers=headers)
        self._handing = handing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and stop the writer once that is done or broken off."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._handing.stop()


class _Sink:
    """As much of a binary file as the writers use, in blocks."""

    def __init__(self, handing: Handing) -> None:
        self._handing, self._held, self._at = handing, bytearray(), 0

    def write(self, data: bytes) -> int:
        self._held += data
        self._at += len(data)
        while len(self._held) >= BLOCK:
            self._handing.put(bytes(self._held[:BLOCK]))
            del self._held[:BLOCK]
        return len(data)

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        if self._held:
            self._handing.put(bytes(self._held))
            self._held.clear()

    def seekable(self) -> bool:
        return False

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    closed = False
