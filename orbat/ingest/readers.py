"""Which reader takes which source: the table to which a new kind adds one line (see docs/add-a-reader.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

from orbat.errors import ReadError
from orbat.ingest.archives import looks_like_tar, looks_like_zip, read_tar, read_zip
from orbat.ingest.compression import SUFFIXES, looks_compressed, read_compressed
from orbat.ingest.feeds import looks_like_feed, read_feed
from orbat.ingest.htmlpage import looks_like_html, read_html
from orbat.ingest.jsonarticles import looks_like_json, looks_like_json_lines, read_json, read_json_lines
from orbat.ingest.letters import looks_like_letter, looks_like_mbox, read_letter, read_mbox
from orbat.ingest.mhtml import looks_like_mhtml, read_mhtml
from orbat.ingest.officefiles import looks_like_docx, looks_like_odt, read_docx, read_odt
from orbat.ingest.pdf import looks_like_pdf, read_pdf
from orbat.ingest.plaintext import read_text
from orbat.ingest.rtf import looks_like_rtf, read_rtf
from orbat.ingest.sitemaps import looks_like_sitemap, read_sitemap
from orbat.ingest.source import Source
from orbat.ingest.tabular import looks_like_parquet, looks_like_table, read_parquet, read_table
from orbat.ingest.warc import looks_like_warc, read_warc
from orbat.types import Document, Failure


def _never(head: bytes) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Reader:
    """One kind of source: ``suffixes`` of its files, ``looks`` to know it by its first bytes, ``read`` to turn it into documents.

    ``read`` yields documents and failures one by one and raises ``ReadError`` where the whole source cannot be read.
    """

    name: str
    suffixes: tuple[str, ...]
    looks: Callable[[bytes], bool]
    read: Callable[[Source], Iterator[Document | Failure]]


#: The first reader that looks right takes a source without a known suffix; plain text takes the rest.
READERS: tuple[Reader, ...] = (
    Reader("HTML", (".html", ".htm", ".xhtml"), looks_like_html, read_html),
    Reader("feed", (".rss", ".atom", ".rdf"), looks_like_feed, read_feed),
    Reader("sitemap", (), looks_like_sitemap, read_sitemap),
    Reader("PDF", (".pdf",), looks_like_pdf, read_pdf),
    Reader("DOCX", (".docx",), looks_like_docx, read_docx),
    Reader("ODT", (".odt",), looks_like_odt, read_odt),
    Reader("RTF", (".rtf",), looks_like_rtf, read_rtf),
    Reader("saved page", (".mhtml", ".mht"), looks_like_mhtml, read_mhtml),
    Reader("e-mail", (".eml",), looks_like_letter, read_letter),
    Reader("mailbox", (".mbox",), looks_like_mbox, read_mbox),
    Reader("JSON Lines", (".jsonl", ".ndjson"), looks_like_json_lines, read_json_lines),
    Reader("JSON", (".json",), looks_like_json, read_json),
    Reader("table", (".csv", ".tsv"), looks_like_table, read_table),
    Reader("Parquet", (".parquet", ".pq"), looks_like_parquet, read_parquet),
    Reader("web archive", (".warc", ".wet", ".warc.gz", ".wet.gz"), looks_like_warc, read_warc),
    Reader("ZIP", (".zip",), looks_like_zip, read_zip),
    Reader("tar", (".tar",), looks_like_tar, read_tar),
    Reader("compressed", SUFFIXES, looks_compressed, read_compressed),
    Reader("plain text", (".txt", ".text"), _never, read_text),
)


def reader_for(name: str, head: bytes, readers: tuple[Reader, ...] = READERS) -> Reader:
    """The reader of a source: by its suffix (the last two, then the last); without one, or for HTML saved as ``.txt``, by its first bytes.

    Raises:
        ReadError: the suffix is of no kind that orbat reads.
    """
    suffix = PurePath(name).suffix.lower()
    ends = (end for end in ("".join(PurePath(name).suffixes[-2:]).lower(), suffix) if end)
    named = next((reader for end in ends for reader in readers if end in reader.suffixes), None)
    if named is not None and not (suffix in (".txt", ".text") and looks_like_html(head)):
        return named
    seen = next((reader for reader in readers if reader.looks(head)), None)
    if seen is not None:
        return seen
    if suffix and suffix[1:].isalpha() and name != "-":
        kinds = ", ".join(suffix for reader in readers for suffix in reader.suffixes)
        raise ReadError(
            f"orbat has no reader for '{suffix}' files.",
            f"It reads {kinds}.",
            "Save it as one of these, or pipe its text into 'orbat read -'.",
        )
    return next(reader for reader in readers if reader.looks is _never)
