"""Web archives: the pages in WARC files, and the texts in WET files, as Common Crawl News has them.

Records are parted here, so that a damaged one is named by its offset and the next is found; each is read by warcio, the library of the
Webrecorder project: its headers, and pages that were sent in chunks or compressed. (FastWARC parses faster, which reading does not notice
beside finding the article in a page, and brings a command line and compiled code.)
"""

from __future__ import annotations

import io
import re
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from orbat.errors import ReadError
from orbat.ingest import textpage
from orbat.ingest.compression import gunzipped
from orbat.ingest.decoding import decode
from orbat.ingest.htmlpage import article, looks_like_html
from orbat.ingest.packed import failure, shown, told
from orbat.ingest.source import BLOCK, MAX_BYTES, Source
from orbat.types import Document, Failure

#: The longest head of a record: addresses of many kilobytes occur in it.
MAX_HEAD = 2**16
#: After so many bad records without a good one between, the rest is noise.
MAX_BAD = 1_000
_MARK = b"\nWARC/1."
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,15})[ \t]*\r?$", re.I | re.M)
_TYPE = re.compile(rb"^warc-type:[ \t]*(response|conversion)[ \t]*\r?$", re.I | re.M)
_GZIP = b"\x1f\x8b"
_STEP = "The other records were read."
#: Pieces of a file: the offset that messages name, and bytes, or words about damage.
_Pieces = Iterable[tuple[int, bytes | str]]
Look = Callable[[str, bytes], Failure | None]


def looks_like_warc(head: bytes) -> bool:
    """Whether it begins with a WARC record, plain or in gzip."""
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 16)
        except zlib.error:
            return False
    return head.startswith(b"WARC/")


def read_warc(source: Source, *, look: Look | None = None) -> Iterator[Document | Failure]:
    """The article of every page (responses of HTML that succeeded) and of every text (conversions) of a web archive, one by one.

    A page's address is the record's where the page states none; its id is the record's. The day on which it was crawled is not the day
    on which it was published, so that is what the page states, or None. Other records (requests, pictures, redirects) are passed over.
    A damaged or endless record is a ``Failure`` that names its offset (in gzip, that of its member), and the next is found.

    Args:
        look: asked of each page by its address and bytes, before its article is looked for; what it gives stands for the page.

    Raises:
        ReadError: nothing but damage in a long stretch of it.
        LimitReached: all in all too much comes out of the given file.
    """
    is_packed = source.head.startswith(_GZIP)
    pieces: _Pieces = gunzipped(source.blocks(), source.budget) if is_packed else ((0, block) for block in source.blocks())
    bad = 0
    for offset, record in _records(_Window(pieces, is_packed)):
        if isinstance(record, str):
            bad += 1
            yield failure(
                source.name, ReadError(f"The record at byte {offset:,} cannot be read.", f"{record[:1].upper()}{record[1:]}.", _STEP)
            )
            if bad == MAX_BAD:
                raise ReadError("The rest of it was not read.", f"{bad:,} records one after another are damaged.", "Get the file again.")
        else:
            bad = 0
            if _TYPE.search(record[:MAX_HEAD]):
                yield from _read_record(source, record, look)


def _read_record(source: Source, record: bytes, look: Look | None) -> Iterator[Document | Failure]:
    from warcio.recordloader import ArcWarcRecordLoader  # only where there is a web archive

    try:
        loaded = ArcWarcRecordLoader(verify_http=False).parse_record_stream(io.BytesIO(record), known_format="warc")
        address = (loaded.rec_headers.get_header("WARC-Target-URI") or "").encode("utf-8", "replace").decode()
        identity = (loaded.rec_headers.get_header("WARC-Record-ID") or "").strip("<> ").encode("utf-8", "replace").decode()
    except Exception as error:  # warcio raises errors of many kinds for headers that are none
        yield failure(source.name, ReadError("A record's head cannot be read.", f"{type(error).__name__}: {str(error)[:200]}.", _STEP))
        return
    for each in told(f"{source.name}!{shown(address)}", partial(_article, source, loaded, address, look)):
        yield replace(each, given_id=identity) if isinstance(each, Document) and identity else each


def _article(source: Source, loaded: Any, address: str, look: Look | None) -> Iterator[Document | Failure]:
    if loaded.rec_type == "conversion":
        text = decode(_content(source, loaded)).replace("\r\n", "\n").replace("\r", "\n")
        body, head = textpage.parse(text)
        head.url = head.url or address
        yield textpage.document(body if body.strip() else text, head)
        return
    answer = loaded.http_headers if loaded.rec_type == "response" else None
    if answer is None or not answer.get_statuscode().startswith("2"):
        return
    kind = (answer.get_header("Content-Type") or "").lower()
    if kind and "html" not in kind:
        return
    page = _content(source, loaded)
    if kind or looks_like_html(page):
        if look is not None and (seen := look(address, page)) is not None:
            yield seen
            return
        charset = re.search(r"charset=[\"']?([\w.:-]{2,30})", kind)
        yield article(decode(page, markup=True, declared=charset[1] if charset else ""), url=address)


def _content(source: Source, loaded: Any) -> bytes:
    """What the server sent, out of its chunks and its compression."""
    data, stream = bytearray(), loaded.content_stream()
    try:
        while block := stream.read(BLOCK):
            data += block
            source.budget.unpack(len(block))
            if len(data) > MAX_BYTES:
                raise ReadError(f"The page is larger than {MAX_BYTES >> 20} MB.", "No page is that long.", _STEP)
    except (zlib.error, ValueError, EOFError) as error:
        raise ReadError("The page cannot be unpacked.", f"{str(error)[:200]}.", _STEP) from error
    return bytes(data)


class _Window:
    """The part of a web archive that is looked at: ``data``, what comes next of it, and the offset at which that stands in the file."""

    def __init__(self, pieces: _Pieces, is_packed: bool) -> None:
        self._pieces, self._is_packed, self._place = iter(pieces), is_packed, 0
        self._members: deque[tuple[int, int]] = deque()
        self.data, self.damage, self.damaged_at = bytearray(), "", 0

    @property
    def offset(self) -> int:
        """The offset of ``data``; in gzip that of the member in which it lies."""
        while len(self._members) > 1 and self._members[1][0] <= self._place:
            self._members.popleft()
        return self._members[0][1] if self._is_packed and self._members else self._place

    def fill(self) -> bool:
        """Take another piece; False at the end and where damage stands before it."""
        if self.damage:
            return False
        offset, piece = next(self._pieces, (0, b""))
        if isinstance(piece, str):
            self.damage, self.damaged_at = piece, offset
            return False
        if piece and (not self._members or self._members[-1][1] != offset):
            self._members.append((self._place + len(self.data), offset))
        self.data += piece
        return bool(piece)

    def holds(self, size: int) -> bool:
        """Whether so many bytes are left before the end or damage."""
        while len(self.data) < size and self.fill():
            pass
        return len(self.data) >= size

    def drop(self, size: int) -> None:
        """Go on by so many bytes."""
        del self.data[:size]
        self._place += size

    def skip_lines(self) -> bool:
        """Pass over the blank lines after a record; whether anything follows."""
        while self.data or self.fill():
            if rest := len(self.data.lstrip(b"\r\n")):
                self.drop(len(self.data) - rest)
                return True
            self.drop(len(self.data))
        return False

    def seek(self) -> None:
        """Go on to the next line that begins a record, or to the end or damage."""
        while (place := self.data.find(_MARK)) < 0:
            self.drop(max(0, len(self.data) - len(_MARK)))
            if not self.fill():
                self.drop(len(self.data))
                return
        self.drop(place + 1)


def _records(window: _Window) -> Iterator[tuple[int, bytes | str]]:
    """The records with their offsets; words for each that is damaged."""
    while True:
        if not window.skip_lines():
            if not window.damage:
                return
            yield window.damaged_at, window.damage
            window.damage = ""
            continue
        start, head = window.offset, _head(window)
        length = _LENGTH.search(window.data, 0, head)
        if not head or length is None:
            yield start, "No whole head of a record stands there" if not head else "It does not say its length"
        elif int(length[1]) > MAX_BYTES:
            yield start, f"It is longer than {MAX_BYTES >> 20} MB"
        elif not window.holds(head + int(length[1])):
            if window.damage:  # what follows it is another stream, which begins with a record
                yield window.damaged_at, window.damage
                window.drop(len(window.data))
                window.damage = ""
                continue
            yield start, "It is cut short, or says a wrong length"
        elif _ends(window, head + int(length[1])):
            yield start, bytes(window.data[: head + int(length[1])])
            window.drop(head + int(length[1]))
            continue
        else:
            yield start, "It says a wrong length: no record follows it"
        window.drop(head)
        window.seek()


def _head(window: _Window) -> int:
    """The size of the head that begins here, with the blank line after it; 0 where there is none."""
    if not window.holds(5) or not window.data.startswith(b"WARC/"):
        return 0
    while True:
        ends = [place + len(blank) for blank in (b"\r\n\r\n", b"\n\n") if (place := window.data.find(blank, 0, MAX_HEAD)) >= 0]
        if ends or len(window.data) >= MAX_HEAD or not window.fill():
            return min(ends, default=0)


def _ends(window: _Window, size: int) -> bool:
    """Whether a record of that size is followed by its end, by another or by nothing."""
    window.holds(size + 16)
    rest = bytes(window.data[size : size + 16])
    return rest.startswith(b"\r\n\r\n") or b"WARC/".startswith(rest.lstrip(b"\r\n")[:5])
