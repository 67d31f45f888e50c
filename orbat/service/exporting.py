"""Exports of the store as they go: what a format is made from, and its bytes handed on while it is written."""

from __future__ import annotations

import os
import queue
import secrets
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from orbat.errors import DataError, OrbatError
from orbat.export import ActorFacts, Format, Mask, Material, Mentioned, Written, masked
from orbat.link.catalogue import Catalogue
from orbat.names import lost_capitals
from orbat.queries import Wanted, WantedRecords
from orbat.queries.streams import DocumentStream, RecordStream, StatementStream, last_read
from orbat.service.problems import Refused
from orbat.types import Failure, MentionType

if TYPE_CHECKING:
    from orbat.service.state import Service
    from orbat.store import Store

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
KEY_BYTES = 16


def media_type(format: Format) -> str:
    """The media type of a format; folders come as ZIP."""
    return MEDIA_TYPES.get(format.name, "application/octet-stream")


def file_name(format: Format) -> str:
    """What a browser is to call the download."""
    return f"orbat-{format.name}.{SUFFIXES.get(media_type(format), format.name)}"


def material(service: Service, format: Format, wanted: Wanted, wanted_records: WantedRecords) -> Material:
    """What a format is made from, read from the store as it goes."""
    store = service.store
    said = StatementStream(store, wanted, wanted_records if format.both else None)
    made = last_read(store)
    of_time = {"made": made} if made else {}
    return Material(said, RecordStream(store, wanted_records, said), DocumentStream(store), Facts(service.catalogue), **of_time)


def with_pseudonyms(service: Service, material: Material, *, reread: bool) -> Material:
    """The material with pseudonyms for private persons.

    Args:
        reread: read the articles again, so that persons whom no statement has are masked in their texts too.

    Raises:
        Refused: too many articles would be read again.
        DataError: there is no key of the pseudonyms.
    """
    catalogue = service.catalogue
    rows = (catalogue.row(entry.id) for entry in catalogue)
    public = [name for row in rows for list_ in ("country_names", "demonyms") for name in row.get(list_, ())]
    everyone = chain(StatementStream(service.store, Wanted()).values(), material.statements.values())
    mentions = _reread(service, material) if reread else ()
    return masked(material, Mask(everyone, mask_key(service.store), public=public, mentions=mentions))


def _reread(service: Service, material: Material) -> Iterator[Mentioned]:
    ids = dict.fromkeys(s.document.id for s in material.statements.values())
    ids |= dict.fromkeys(id for record in material.records for id in record.documents)
    if len(ids) > REREAD:
        step = "Ask for less, export with `orbat export --mask-private`, or ask with reread=false."
        raise Refused(422, f"{len(ids)} articles would be read again.", f"A request may have {REREAD} read again.", step)
    for reading in service.reader.read_many((document for id in ids if (document := material.documents.get(id))), workers=1):
        if isinstance(reading, Failure):
            raise DataError("The export was not masked.", f"{reading.document}: {reading.message}", "Ask with reread=false.")
        text = reading.document.text
        for index, mention in enumerate(reading.annotations.mentions):
            link = reading.links.actors.get(index)
            if mention.type is MentionType.PERSON and (link is None or link.target is None):
                sentence = reading.annotations.sentences[mention.sentence].of(text)
                yield Mentioned(reading.document.id, mention.span.of(text), not lost_capitals(sentence))


def mask_key(store: Store) -> bytes:
    """The key of the pseudonyms beside the store, the same as the command line's; made once, for its owner to read alone.

    Raises:
        DataError: the store is no file, or the key cannot be read or is too short.
    """
    path, step = Path(f"{store.location}.mask-key"), "Export with `orbat export --mask-private --mask-key FILE`."
    if "://" in store.location:
        raise DataError("The pseudonyms need a key.", "This store is no file, so none is kept beside it.", step)
    try:
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32) + "\n")
        key = path.read_bytes().strip()
    except OSError as error:
        raise DataError(f"The key of the pseudonyms cannot be read from {path}.", f"{error.strerror}.", step) from error
    if len(key) < KEY_BYTES:
        raise DataError(f"The key in {path} is too short.", f"It has {len(key)} bytes of at least {KEY_BYTES}.", step)
    return key


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
        self._first: bytes | None = None
        threading.Thread(target=self._run, name="orbat-export", daemon=True).start()

    def first(self) -> None:
        """Wait for the first block.

        Raises:
            OrbatError: the export cannot be made.
        """
        self._first = self._next()

    def __iter__(self) -> Iterator[bytes]:
        try:
            block = self._first if self._first is not None else self._next()
            while block is not None:
                yield block
                block = self._next()
        finally:
            self._gone.set()

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


class Facts(Mapping[str, ActorFacts]):
    """What exports ask of the catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def __getitem__(self, id: str) -> ActorFacts:
        if id not in self._catalogue:
            raise KeyError(id)
        entry = self._catalogue.entry(id)
        return ActorFacts(entry.countries, next((numbers[0] for name, numbers in entry.ids if name == "ucdp" and numbers), ""))

    def __iter__(self) -> Iterator[str]:
        return (entry.id for entry in self._catalogue)

    def __len__(self) -> int:
        return len(self._catalogue)
