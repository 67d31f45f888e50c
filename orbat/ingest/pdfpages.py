"""The text of a PDF file's pages with its places, read by pypdf in a process of its own.

Run as a program by ``pdf.py``, which gives it the file on standard input: a PDF can keep any library busy for ever or fill the memory, and
only a process can be stopped from outside. It writes one JSON object a line: first what the file says of itself, then each page, so that
what was read before a stop is not lost. Nothing but pypdf and the standard library is imported: it starts in a fifth of a second.
"""

from __future__ import annotations

import io
import json
import logging
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: The longest reports have about 1,000 pages.
MAX_PAGES = 3_000
#: Seconds of processor time for one page, and for the file: a page of text takes 0.02, one with a map drawn in 100,000 strokes about 2.
PAGE_SECONDS = 10.0
FILE_SECONDS = 100.0
#: Pieces of text on one page: a newspaper's has 20,000 where each letter is placed by itself.
MAX_RUNS = 50_000
#: Characters in all, each piece counted as ``_PIECE`` at least: the longest reports have 5 million, and a million pieces take 250 MB.
MAX_CHARACTERS = 30_000_000
_PIECE = 30
#: Bytes of memory that the process may take (where the system can bound it): reading 720 pages of a report takes 0.12 GB.
MEMORY = 2 * 2**30


#: Words in the names of fonts that are bold ("CMBX" is that of TeX).
_BOLD = ("bold", "black", "cmbx")


class _TooLong(BaseException):
    """A page took longer than ``PAGE_SECONDS``; no ``Exception``, which the library might catch."""


class _TooMuch(BaseException):
    """A page has more than ``MAX_RUNS``."""


def main() -> None:
    """Read a PDF from standard input, write its pages to standard output."""
    _bound()
    logging.disable(logging.CRITICAL)  # pypdf warns of every slip that it mends
    for told in told_of(sys.stdin.buffer.read()):
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def told_of(data: bytes) -> Any:
    """What the file says of itself, then what each page holds; or one ``{"error": kind, "message": words}``."""
    import pypdf
    from pypdf.errors import DependencyError, WrongPasswordError

    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            yield {"error": "locked", "message": "It opens with a password only."}
            return
        count = len(reader.pages)
        yield {"pages": count, "title": _said(reader, "title"), "author": _said(reader, "author"), "published": _published(reader)}
        size, began = 0, time.process_time()
        for number in range(min(count, MAX_PAGES)):
            if time.process_time() - began > FILE_SECONDS or size > MAX_CHARACTERS:
                return
            told = _page(reader, number)
            size += sum(max(_PIECE, len(run[-1])) for run in told["runs"])
            yield told
    except DependencyError:
        yield {"error": "cipher", "message": "It is encrypted with AES."}
    except WrongPasswordError:
        yield {"error": "locked", "message": "It opens with a password only."}
    except RecursionError:
        yield {"error": "damaged", "message": "Its objects are nested without end."}
    except MemoryError:
        yield {"error": "damaged", "message": "It needs more memory than any report."}
    except Exception as error:  # whatever a file does to the library is told as a fault of the file
        yield {"error": "damaged", "message": f"pypdf stopped: {type(error).__name__} {error}"[:300]}


def _page(reader: Any, number: int) -> dict[str, Any]:
    """The runs of text of a page, each ``[x, y, size, is_bold, text]`` in points from its lower left corner, in the order of the file."""
    runs: list[list[Any]] = []

    def see(text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        if len(runs) >= MAX_RUNS:
            raise _TooMuch
        if text.strip():
            x, y = _at(cm, tm)
            name = str(font.get("/BaseFont", "")) if font else ""
            scale = abs(tm[3] * cm[3]) or abs(tm[1] * cm[2]) or 1.0
            runs.append([round(x, 1), round(y, 1), round(abs(size) * scale, 1), any(word in name.lower() for word in _BOLD), text])

    told: dict[str, Any] = {"page": number + 1, "runs": runs}
    try:
        with _within(PAGE_SECONDS):
            page = reader.pages[number]
            told["height"] = round(float(page.mediabox.height), 1)
            told["has_picture"] = _has_picture(page)
            if page.rotation % 180:
                page.transfer_rotation_to_content()
            page.extract_text(visitor_text=see)
    except _TooMuch:
        told["failed"] = f"It has more than {MAX_RUNS:,} pieces of text."
    except _TooLong:
        told["failed"] = f"It takes longer than {PAGE_SECONDS:.0f} seconds."
    except RecursionError:
        told["failed"] = "Its parts are nested without end."
    except Exception as error:  # one page must not cost the others
        told["failed"] = f"pypdf stopped: {type(error).__name__} {error}"[:300]
    return told


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise ``_TooLong`` where what is inside takes more processor time; without such a clock only the bound on the file stands."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> None:
        raise _TooLong

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1.0)  # and each second after, should the library pass over it
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _at(cm: list[float], tm: list[float]) -> tuple[float, float]:
    """Where text stands on the page: the text matrix's origin under the current transformation."""
    return tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]


def _has_picture(page: Any) -> bool:
    try:
        things = page["/Resources"]["/XObject"].get_object()
        return any(things[name].get_object().get("/Subtype") == "/Image" for name in list(things)[:50])
    except Exception:  # no resources, or broken ones: then no picture is known of
        return False


def _said(reader: Any, name: str) -> str:
    try:
        return str(getattr(reader.metadata, name) or "")[:1_000]
    except Exception:  # properties are broken more often than pages; they are not needed
        return ""


def _published(reader: Any) -> str:
    """The day of publication in the file's XMP (PRISM's or Dublin Core's "issued"); the day when the file was made is none."""
    try:
        root = reader.xmp_metadata.rdf_root
        for space, name in (
            ("http://prismstandard.org/namespaces/basic/2.0/", "publicationDate"),
            ("http://prismstandard.org/namespaces/basic/2.0/", "coverDate"),
            ("http://purl.org/dc/terms/", "issued"),
        ):
            for element in root.getElementsByTagNameNS(space, name):
                return "".join(str(node.data) for node in element.childNodes if node.nodeType == node.TEXT_NODE)[:100]
    except Exception:  # no XMP, or broken: nothing is stated
        pass
    return ""


def _bound() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, int(FILE_SECONDS) + 20)):
        try:
            resource.setrlimit(kind, (most, most))
        except (ValueError, OSError):  # a lower bound is set already
            continue


if __name__ == "__main__":
    main()
