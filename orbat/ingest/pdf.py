"""PDF files: reports, press releases, printed pages and exports of press databases."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orbat.errors import ReadError
from orbat.ingest import dates, documentpage, pdflayout, pdfpages, pressbases
from orbat.ingest.pdflayout import Page, Run
from orbat.ingest.source import Source
from orbat.types import Document, Failure

#: Seconds that reading a file may take by the clock: its processor time is bounded to 100, and a busy machine gives half.
MAX_SECONDS = 240.0
#: Characters of a page from which it has text; a picture of a page with a stamp or a page number has fewer.
_TEXT = 20
#: Fonts without a table of letters give signs instead: below this share of letters and figures among what is no space, that happened.
_LETTERS = 0.5
_STEP = "Open it in a PDF reader and print it to a new PDF, or save its text."
_OCR = "Make its text readable by OCR (such as OCRmyPDF), and read the result."


def looks_like_pdf(head: bytes) -> bool:
    """Whether the first bytes are those of a PDF file."""
    return head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"%PDF-")


def read_pdf(source: Source) -> Iterator[Document | Failure]:
    """The article or report of a PDF file, or the articles of an export of a press database; a ``Failure`` for pages that cannot be read.

    Columns are read in order; running heads, page numbers and marks of notes are left out, words broken at line ends made whole.
    Title and author are what the first page shows or else the file's properties; the day is one that the first page or the file's XMP
    states as that of publication, never that on which the file was made.

    Raises:
        ReadError: no PDF, damaged, encrypted, or without text.
    """
    data = source.read_all()
    if b"%PDF-" not in data[:1024]:  # where PDF readers look for it
        raise ReadError("It is no PDF file.", "Its first bytes are not those of PDF.", _STEP)
    about, told, stopped = _told(data)
    pages = [page(one) for one in told]
    texts = [sum(len(run.text.strip()) for run in one.runs) for one in pages]
    bad = [f"page {one['page']}: {one['failed']}" for one in told if "failed" in one]
    pictures = [one["page"] for one, size in zip(told, texts, strict=True) if one.get("has_picture") and size < _TEXT]
    _check(pages, texts, len(pictures), stopped or next(iter(bad), ""))
    head = documentpage.stated(about.get("title", ""), about.get("author", ""))
    head.published = dates.find_date(about.get("published", ""))
    is_export = any(pressbases.may_be_export(run.text) for one in pages for run in one.runs)
    lines = pdflayout.lines(pages, alone=pressbases.stands_alone if is_export else None)
    yield from documentpage.documents(lines, head, source.name)
    if stopped or len(told) < about["pages"]:
        limits = f"{pdfpages.MAX_PAGES:,} pages, {pdfpages.MAX_CHARACTERS:,} characters or {pdfpages.FILE_SECONDS:.0f} seconds"
        cause = stopped or f"orbat reads {limits} of a file."
        fact = f"Only the first {len(told):,} of {about['pages']:,} pages were read."
        yield _failure(source.name, ReadError(fact, cause, "Split the file, and read its parts."))
    if bad:
        cause = "; ".join(bad[:10]) + ("; and others." if len(bad) > 10 else "")
        yield _failure(source.name, ReadError(f"{len(bad)} of its {len(told)} pages could not be read whole.", cause, _STEP))
    if pictures:
        which = ", ".join(map(str, pictures[:20])) + (" and others" if len(pictures) > 20 else "")
        fact = f"{len(pictures)} of its {len(told)} pages have no text."
        yield _failure(source.name, ReadError(fact, f"They are pictures: pages {which}.", _OCR))


def _check(pages: list[Page], texts: list[int], pictures: int, fault: str) -> None:
    if sum(texts) < _TEXT and not (sum(texts) and not pictures):
        if fault:
            raise ReadError("The PDF cannot be read.", fault, _STEP)
        cause = "Its pages are pictures, as a scanner makes them." if pictures else "Nothing is written on its pages."
        raise ReadError(f"There is no text in the PDF's {len(pages)} pages.", cause, _OCR)
    letters = [letter for page in pages[:50] for run in page.runs for letter in run.text if not letter.isspace()]
    if letters and sum(map(str.isalnum, letters)) < _LETTERS * len(letters):
        raise ReadError("The PDF's text is garbled.", "Its fonts do not say which letters their signs are.", _OCR)


def _told(data: bytes) -> tuple[dict[str, Any], list[dict[str, Any]], str]:
    """What ``pdfpages`` tells of the file and of its pages, and why it was stopped, where it was."""
    # -P: the folder of the program must not stand before the standard library; its modules have names of their own
    command = [sys.executable, "-P", str(Path(pdfpages.__file__))]
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError as error:
        cause = f"No process could be started for it: {error.strerror}."
        raise ReadError("The PDF cannot be read.", cause, "Free memory, and read it again.") from error
    stopped = ""
    with process:
        try:
            out, _ = process.communicate(data, timeout=MAX_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            out, _ = process.communicate()
            stopped = f"It takes longer than {MAX_SECONDS:.0f} seconds."
        except BaseException:
            process.kill()
            raise
    if process.returncode and not stopped:
        stopped = "Reading it takes more memory or time than any report, or breaks the library."
    told = [json.loads(line) for line in out.split(b"\n")[:-1]]
    faults = [one for one in told if "error" in one]
    if faults and len(told) == 1:
        raise fault(faults[0])
    if faults:
        return told[0], told[1:-1], faults[0]["message"]
    if not told:
        raise ReadError("The PDF cannot be read.", stopped or "Nothing was told of it.", _STEP)
    return told[0], told[1:], stopped


def fault(error: dict[str, Any]) -> ReadError:
    """The error for what ``pdfpages`` tells that it could not read."""
    if error["error"] == "locked":
        return ReadError("The PDF is encrypted.", error["message"], "Open it with its password, and save it without one.")
    if error["error"] == "cipher":
        return ReadError(
            "The PDF is encrypted.", error["message"], "Install orbat[readers], which brings the cipher, or save it without encryption."
        )
    return ReadError("The PDF cannot be read.", error["message"] + ".", _STEP)


def page(told: dict[str, Any]) -> Page:
    """A page as ``pdfpages`` tells of it."""
    runs = [Run(x, y, size, is_bold, text.encode("utf-8", "replace").decode("utf-8")) for x, y, size, is_bold, text in told["runs"]]
    return Page(told["page"], told.get("height", 0.0), runs)


def _failure(name: str, error: ReadError) -> Failure:
    return Failure(name, "ingest", str(error))
