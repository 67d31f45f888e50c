"""ZIP and tar: each member read by its own reader, one after another, and never written to disk.

The name of a member chooses its reader and labels what was read; no path is ever made of it, so that names such as ``../../etc/passwd``
are names and no more. What stands twice under one name is read twice.
"""

from __future__ import annotations

import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO, BinaryIO, cast

from orbat.errors import ReadError
from orbat.ingest.compression import check_ratio
from orbat.ingest.packed import failure, read_inside, shown
from orbat.ingest.source import BLOCK, Blocks, Source
from orbat.types import Document, Failure

#: A ZIP file's list of members is held in memory, at about fourteen times its size: some 250,000 members with names of common length.
MAX_DIRECTORY = 32 * 2**20
#: The longest header of a tar member beyond its block: names and dates of one file.
MAX_HEADER = 2**20
#: Types of tar headers that carry names and dates for the next: pax's and GNU's.
_EXTENDED = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)
#: Bytes of the record that ends a ZIP archive.
_END = 22
_STEP = "Make the archive again, or unpack it and give the folder."
#: What zipfile raises on damaged archives.
_BAD_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    EOFError,
    OverflowError,
    IndexError,
    struct.error,
)
#: First members of documents that are ZIP files too.
_DOCUMENTS = (b"[Content_Types].xml", b"mimetype", b"word/", b"xl/", b"ppt/", b"_rels/", b"docProps/")


def looks_like_zip(head: bytes) -> bool:
    """Whether it begins as a ZIP archive does that is no document of an office program or reader of books."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06")) and not head[30:].startswith(_DOCUMENTS)


def looks_like_tar(head: bytes) -> bool:
    """Whether it begins with the header of a tar archive."""
    return head[257:262] == b"ustar" and len(head) >= tarfile.BLOCKSIZE


def read_zip(source: Source) -> Iterator[Document | Failure]:
    """The documents of a ZIP archive; hidden files and what browsers save beside a page are left out, as in folders.

    A member that is encrypted, damaged, a link or a bomb is a ``Failure``, and the rest is read.

    Raises:
        ReadError: no ZIP archive, a damaged one, one with too many members, or one inside another and too large to be held.
        LimitReached: all in all too much comes out of the given file.
    """
    stream = source.seekable()
    _check_directory(stream)
    try:
        archive = zipfile.ZipFile(stream)
    except _BAD_ZIP as error:
        raise ReadError("The ZIP archive cannot be read.", f"It is cut short or damaged: {str(error)[:200]}.", _STEP) from error
    with archive:
        infos = archive.infolist()
        pages = {info.filename.removesuffix(end) for info in infos for end in (".html", ".htm") if info.filename.endswith(end)}
        for info in infos:
            if not info.filename.endswith("/") and not _is_hidden(info.filename) and not _is_beside(info.filename, pages):
                yield from _read_zipped(source, archive, info)


def read_tar(source: Source) -> Iterator[Document | Failure]:
    """The documents of a tar archive, read once from its start to its end; hidden files are left out, as in folders.

    A member that is a link, a device or sparse is a ``Failure``; so is a damaged header, and reading goes on with the next that is whole.

    Raises:
        LimitReached: all in all too much comes out of the given file.
    """
    damaged = _Damage()

    class Info(tarfile.TarInfo):
        """A header that tells when it is damaged, which tarfile alone passes over in silence."""

        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Info:
            if not buf.strip(b"\x00"):
                return super().frombuf(buf, encoding, errors)  # the end, as tarfile knows it
            try:
                info = super().frombuf(buf, encoding, errors)
                if info.type in _EXTENDED and info.size > MAX_HEADER:
                    raise tarfile.InvalidHeaderError(f"a header of {info.size:,} bytes")  # type: ignore[attr-defined]
            except tarfile.HeaderError as error:
                damaged.note(error)
                raise
            return info

    stream = cast(IO[bytes], Blocks(source.blocks()))
    try:
        # ignore_zeros: a bad header is passed over up to the next good one, not taken for the end
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=Info, ignore_zeros=True, errorlevel=0) as archive:
            while info := archive.next():
                archive.members.clear()  # type: ignore[attr-defined]  # else the list of all members grows
                if damaged:
                    yield damaged.told(source)
                if not info.isdir() and not _is_hidden(info.name):
                    yield from _read_tarred(source, archive, info)
    except (tarfile.TarError, ValueError, EOFError, OverflowError) as error:
        damaged.note(error)
    if damaged:
        yield damaged.told(source)


def _read_zipped(source: Source, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[Document | Failure]:
    label = f"{source.name}!{shown(info.filename)}"
    source.budget.enter()
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        yield failure(label, _no_file("a link or a device"))
    elif info.flag_bits & 0x1:
        yield failure(label, ReadError("It is encrypted.", "Its ZIP archive asks for a password.", "Unpack it and give the file."))
    else:
        try:
            member = archive.open(info)
        except (*_BAD_ZIP, OSError) as error:
            yield failure(label, _bad_member(error))
            return
        with member:
            yield from read_inside(source, cast(BinaryIO, Blocks(_unzipped(source, member, info))), info.filename)


def _unzipped(source: Source, member: IO[bytes], info: zipfile.ZipInfo) -> Iterator[bytes]:
    given = 0
    while True:
        try:
            block = member.read(BLOCK)
        except (*_BAD_ZIP, OSError) as error:
            raise _bad_member(error) from error
        if not block:
            return
        given += len(block)
        check_ratio(given, info.compress_size)
        source.budget.unpack(len(block))
        yield block


def _bad_member(error: BaseException) -> ReadError:
    return ReadError("It cannot be unpacked from its ZIP archive.", f"{str(error)[:200] or type(error).__name__}.", _STEP)


def _read_tarred(source: Source, archive: tarfile.TarFile, info: tarfile.TarInfo) -> Iterator[Document | Failure]:
    source.budget.enter()
    member = archive.extractfile(info) if info.isreg() and not info.issparse() else None
    if member is None:
        kind = "a link" if info.issym() or info.islnk() else "a sparse file" if info.issparse() else "a device or a pipe"
        yield failure(f"{source.name}!{shown(info.name)}", _no_file(kind))
    else:
        yield from read_inside(source, cast(BinaryIO, Blocks(_untarred(member))), info.name)


def _untarred(member: IO[bytes]) -> Iterator[bytes]:
    try:
        while block := member.read(BLOCK):
            yield block
    except tarfile.TarError as error:
        raise ReadError("It is cut short.", f"Its tar archive ends inside it: {error}.", _STEP) from error


class _Damage:
    """Headers that cannot be read, one after another: what is amiss with the first, and how many they are."""

    def __init__(self) -> None:
        self._first, self._count = "", 0

    def __bool__(self) -> bool:
        return self._count > 0

    def note(self, error: Exception) -> None:
        self._first, self._count = self._first or str(error), self._count + 1

    def told(self, source: Source) -> Failure:
        cause = f"{self._first}; {self._count:,} blocks were passed over up to the next that is whole."
        self._first, self._count = "", 0
        return failure(source.name, ReadError("The tar archive is damaged or cut short.", cause, _STEP))


def _no_file(kind: str) -> ReadError:
    return ReadError("It is no file.", f"It is {kind} in an archive.", "Give what it leads to by its own path.")


def _is_hidden(name: str) -> bool:
    """Whether a part of the path begins with a dot, or it is what macOS adds to archives."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return any(part.startswith(".") and part.strip(".") for part in parts) or "__MACOSX" in parts[:1]


def _is_beside(name: str, pages: set[str]) -> bool:
    """Whether it lies in the folder NAME_files that browsers save beside NAME.html."""
    parts = name.split("/")
    return any(part.endswith("_files") and "/".join([*parts[:place], part[:-6]]) in pages for place, part in enumerate(parts[:-1]))


def _check_directory(stream: BinaryIO) -> None:
    """Refuse a list of members that is too long before zipfile holds it: the list's size stands in the archive's last record."""
    end = stream.seek(0, 2)
    stream.seek(max(0, end - 2**16 - _END))
    tail = stream.read(2**16 + _END)
    stream.seek(0)
    sizes = []
    if (place := tail.rfind(b"PK\x05\x06")) >= 0 and len(tail) >= place + _END:
        sizes.append(struct.unpack_from("<I", tail, place + 12)[0])
    if (place := tail.rfind(b"PK\x06\x06")) >= 0 and len(tail) >= place + 56:
        sizes = [size for size in sizes if size != 0xFFFFFFFF] + [struct.unpack_from("<Q", tail, place + 40)[0]]
    if sizes and max(sizes) > MAX_DIRECTORY:
        raise ReadError(
            "The ZIP archive has too many members.", f"Their list has {max(sizes):,} bytes.", "Split it, or pack it as .tar.gz."
        )
