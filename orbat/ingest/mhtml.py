"""Pages that a browser saved as one file (MHTML, .mht)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from orbat.errors import ReadError
from orbat.ingest import htmlpage, mime
from orbat.ingest.source import Source
from orbat.types import Document

_HEADER = re.compile(rb"[A-Za-z][\w-]{1,40}:")
_ADDRESS = re.compile(r"https?://\S{3,2000}")


def looks_like_mhtml(head: bytes) -> bool:
    """Whether the first bytes are those of a page saved by a browser: a MIME message without a receiver that tells an address."""
    start = head[:4096].lstrip()
    if _HEADER.match(start) is None or re.search(rb"^content-type:\s*multipart/related", start, re.I | re.M) is None:
        return False
    is_saved = re.search(rb"^(?:snapshot-)?content-location:|^from:\s*<?saved by", start, re.I | re.M) is not None
    return is_saved and re.search(rb"^(?:received|to):", start, re.I | re.M) is None


def read_mhtml(source: Source) -> Iterator[Document]:
    """The article of the saved page, as ``htmlpage.read_html`` gives it; its address is the one that the browser noted.

    The day of saving is no day of publication.

    Raises:
        ReadError: no page is in it, or it is past the limits on pages.
    """
    message = mime.parsed(source.read_all())
    start = str(message.get_param("start", "") or "").strip("<> ")
    pages = [part for part, _ in mime.parts(message) if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    if not pages:
        raise ReadError("There is no page in it.", "None of its parts is HTML.", "Open it in a browser, and save the page as HTML.")
    page = next((part for part in pages if start and str(part.get("Content-ID", "")).strip("<> ") == start), pages[0])
    stated = (mime.header(message, "Snapshot-Content-Location"), mime.header(page, "Content-Location"))
    yield htmlpage.article(mime.text(page), url=next((url for url in stated if _ADDRESS.fullmatch(url)), ""))
