"""The static files: style sheet, scripts, libraries.

Their addresses hold a digest of all of them, so that browsers may keep them for a year: one for all, so that a script may import another
one by its relative path.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, Request, Response

from orbat.errors import NotFoundError

router = APIRouter()
ROOT = Path(str(files("orbat"))) / "web" / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
"""What is served: a file of another kind is not."""
YEAR = "public, max-age=31536000, immutable"


@cache
def digest() -> str:
    """What the addresses of the static files hold: it changes with any of them."""
    found = hashlib.sha256()
    for file in sorted(ROOT.rglob("*")):
        if file.suffix in TYPES:
            found.update(f"{file.relative_to(ROOT).as_posix()}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()[:12]


def static(path: str) -> str:
    """The address of a static file, as ``orbat.css`` or ``vendor/d3.min.js``."""
    return f"/static/{digest()}/{path}"


def has_static(path: str) -> bool:
    """Whether there is such a static file."""
    return path in _names()


@router.get("/static/{version}/{path:path}")
def one_file(request: Request, version: str, path: str) -> Response:
    """A static file; one of another digest is given too, and not kept."""
    plain, packed = _bytes(path)
    headers = {"Cache-Control": YEAR if version == digest() else "no-cache", "Vary": "Accept-Encoding", "ETag": f'"{digest()}"'}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=TYPES[Path(path).suffix])
    return Response(plain, headers=headers, media_type=TYPES[Path(path).suffix])


@router.get("/favicon.ico")
def favicon() -> Response:
    """The sign in the browser's tab."""
    return Response(_bytes("orbat.svg")[0], headers={"Cache-Control": "public, max-age=86400"}, media_type=TYPES[".svg"])


@router.get("/robots.txt")
def robots() -> Response:
    """Asks the web's crawlers to stay away: what stands here may name private persons."""
    return Response("User-agent: *\nDisallow: /\n", media_type=TYPES[".txt"])


@cache
def _names() -> frozenset[str]:
    return frozenset(file.relative_to(ROOT).as_posix() for file in ROOT.rglob("*") if file.suffix in TYPES)


@cache
def _bytes(path: str) -> tuple[bytes, bytes]:
    """A file as it is and packed: once, not at every request.

    Raises:
        NotFoundError: it is none of those that were there when the service began, whatever the path says.
    """
    if path not in _names():
        raise NotFoundError(f"There is no file {path!r}.")
    plain = (ROOT / path).read_bytes()
    return plain, gzip.compress(plain, 9, mtime=0)
