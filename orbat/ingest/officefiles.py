"""Documents of word processors that are ZIP files of XML: DOCX (ECMA-376) and ODT (OpenDocument 1.3).

Only the members that hold words are opened, each within limits, and read with lxml: text in content controls, in tracked insertions, in
links and in text boxes stands in the same tree as the rest, where libraries that model the document leave some of it out.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from orbat.errors import ReadError
from orbat.ingest import documentpage, xmltree
from orbat.ingest.lines import of_paragraphs
from orbat.ingest.source import Source
from orbat.ingest.textpage import Head
from orbat.types import Document, Failure

#: Files in the archive: Word writes about 20, and one for each picture.
MAX_MEMBERS = 10_000
#: Unpacked bytes of one member that is read: the words of the longest reports take a few MB of XML.
MAX_MEMBER = 52 * 2**20
#: Word's XML packs to a tenth or a twentieth; deflate can reach 1,032 to 1, which only bombs do.
MAX_RATIO = 200
#: A member below this size is no bomb, however well it packs.
_SMALL = 2**20

_STEP = "Open it in a word processor, save it as DOCX or plain text, and read that."
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
#: What stands in the tree and is not the text: deleted words, field codes, comments' anchors, the second form of drawings.
_SKIPPED = frozenset(("del", "movefrom", "instrtext", "deltext", "fallback", "annotation", "tracked-changes", "note-citation", "pict-old"))


def looks_like_docx(head: bytes) -> bool:
    """Whether the first bytes are those of a DOCX file: a ZIP archive whose first names are Word's."""
    return head.startswith(b"PK\x03\x04") and (b"word/" in head or (b"[Content_Types].xml" in head[:200] and b"wordprocessingml" in head))


def looks_like_odt(head: bytes) -> bool:
    """Whether the first bytes are those of an ODT file, which by its standard begins with its type, not packed."""
    return head.startswith(b"PK\x03\x04") and b"mimetypeapplication/vnd.oasis.opendocument.text" in head[:200]


def read_docx(source: Source) -> Iterator[Document | Failure]:
    """The article of a Word document, or the articles of an export of a press database, with title and author as stated; notes at the end.

    Raises:
        ReadError: no DOCX file, locked by a password, past the limits, or without text.
    """
    with _archive(source) as archive:
        root = _xml(archive, "word/document.xml")
        styles = _styles(_xml(archive, "word/styles.xml")) if "word/styles.xml" in archive.namelist() else {}
        notes = [_xml(archive, name) for name in ("word/footnotes.xml", "word/endnotes.xml") if name in archive.namelist()]
        core = _xml(archive, "docProps/core.xml") if "docProps/core.xml" in archive.namelist() else None
    paragraphs = [paragraph for part in (root, *notes) for paragraph in _paragraphs(part, styles)]
    yield from documentpage.documents(of_paragraphs(paragraphs), _stated(core), source.name)


def read_odt(source: Source) -> Iterator[Document | Failure]:
    """The article of an OpenDocument text, as ``read_docx`` gives it.

    Raises:
        ReadError: no ODT file, locked by a password, past the limits, or without text.
    """
    with _archive(source) as archive:
        root = _xml(archive, "content.xml")
        meta = _xml(archive, "meta.xml") if "meta.xml" in archive.namelist() else None
    notes = [note for note in root.iter() if xmltree.local(note) == "note-body"]
    paragraphs = [paragraph for part in (root, *notes) for paragraph in _paragraphs(part, {})]
    yield from documentpage.documents(of_paragraphs(paragraphs), _stated(meta), source.name)


def _archive(source: Source) -> zipfile.ZipFile:
    data = source.read_all()
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise ReadError("It cannot be opened.", "It is locked by a password, or in Word's old format (DOC).", _STEP)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ReadError("It is no document of a word processor, or it is damaged.", f"{str(error)[:200]}.", _STEP) from error
    if (count := len(archive.infolist())) > MAX_MEMBERS:
        raise ReadError("It holds too many files.", f"It holds {count:,}, more than {MAX_MEMBERS:,}.", _STEP)
    return archive


def _xml(archive: zipfile.ZipFile, name: str) -> Any:
    try:
        info = archive.getinfo(name)
        if info.file_size > MAX_MEMBER:
            raise ReadError("It is too large.", f"Its part '{name}' has {info.file_size:,} bytes, more than {MAX_MEMBER:,}.", _STEP)
        if info.file_size > _SMALL and info.file_size > MAX_RATIO * max(1, info.compress_size):
            raise ReadError(
                "It is packed as only archive bombs are.", f"Its part '{name}' unpacks to over {MAX_RATIO} times its size.", _STEP
            )
        with archive.open(info) as member:
            data = member.read(MAX_MEMBER + 1)  # the size that the archive states may be untrue
    except KeyError as error:
        raise ReadError("It is no document of a word processor.", f"It has no part '{name}'.", _STEP) from error
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError, zlib.error) as error:
        raise ReadError("It cannot be unpacked.", f"Part '{name}': {str(error)[:200]}.", _STEP) from error
    if len(data) > MAX_MEMBER:
        raise ReadError("It is too large.", f"Its part '{name}' has more than {MAX_MEMBER:,} bytes.", _STEP)
    return xmltree.parsed(data, what="The document", step=_STEP)


def _styles(root: Any) -> dict[str, str]:
    """What each style of a Word document is: "title", "heading" or nothing, by its built-in English name or its level in the outline."""
    styles: dict[str, str] = {}
    for style in root:
        if xmltree.local(style) != "style":
            continue
        name = next((child.get(f"{_WORD}val", "") for child in style if xmltree.local(child) == "name"), "").lower()
        is_heading = name.startswith("heading") or any(xmltree.local(inner) == "outlinelvl" for inner in style.iter())
        styles[style.get(f"{_WORD}styleId", "")] = "title" if name == "title" else "heading" if is_heading else ""
    return styles


def _paragraphs(element: Any, styles: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Words and style of each paragraph in order; rows of tables with " | " between short cells."""
    for child in element:
        name = xmltree.local(child)
        if name in _SKIPPED or not name:
            continue
        if name in ("p", "h"):
            yield "".join(_words(child, is_open=xmltree.namespace(child) == _TEXT[1:-1])), _style(child, styles)
            for box in child.iter():
                if xmltree.local(box) in ("txbxcontent", "text-box") and not _is_second(box):
                    yield from _paragraphs(box, styles)
        elif name in ("tr", "table-row"):
            cells = [list(_paragraphs(cell, styles)) for cell in child]
            texts = [" ".join(" ".join(text.split()) for text, _ in cell) for cell in cells]
            if len(texts) > 1 and all(len(text) <= documentpage.CELL for text in texts):
                yield " | ".join(filter(None, texts)), ""
            else:
                yield from (paragraph for cell in cells for paragraph in cell)
        else:
            yield from _paragraphs(child, styles)


def _words(element: Any, *, is_open: bool) -> Iterator[str]:
    """The words of a paragraph. ``is_open``: they stand anywhere in it, as in ODT, and not in Word's ``<w:t>`` alone."""
    if is_open and element.text:
        yield " ".join(element.text.split("\n"))
    for child in element:
        name = xmltree.local(child)
        if name == "t" and not is_open:
            yield child.text or ""
        elif name in ("tab", "s"):
            yield " "
        elif name in ("br", "cr", "line-break"):
            yield "\n"
        elif name == "nobreakhyphen":
            yield "-"
        elif name not in _SKIPPED and name not in ("txbxcontent", "text-box", "note", "p", "ppr", "rpr"):
            yield from _words(child, is_open=is_open)
        if is_open and child.tail:
            yield " ".join(child.tail.split("\n"))


def _is_second(box: Any) -> bool:
    """Whether a text box is the old form of one that stands beside it."""
    return any(xmltree.local(above) == "fallback" for above in box.iterancestors())


def _style(paragraph: Any, styles: dict[str, str]) -> str:
    if xmltree.local(paragraph) == "h":
        return "heading"
    stated = paragraph.get(f"{_TEXT}style-name", "")
    for part in paragraph.iterchildren(f"{_WORD}pPr"):
        stated = next((style.get(f"{_WORD}val", "") for style in part.iterchildren(f"{_WORD}pStyle")), "")
    return styles.get(stated, "title" if stated == "Title" else "")


def _stated(meta: Any) -> Head:
    """Title and author from the file's properties."""
    facts: dict[str, str] = {}
    for element in meta.iter() if meta is not None else ():
        facts.setdefault(xmltree.local(element), " ".join((element.text or "").split()))
    return documentpage.stated(facts.get("title", ""), facts.get("initial-creator") or facts.get("creator", ""))
