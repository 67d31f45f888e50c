"""A small site with a feed, on this machine: for the tests of the watch and the soak."""

from __future__ import annotations

import http.server
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable

Answer = Callable[["http.server.BaseHTTPRequestHandler"], None]


class Site:
    """A site whose answers are set in ``answers``, or found by a subclass: a path to bytes, or to a function that answers as it likes."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes | Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.at: list[float] = []
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                site.at.append(time.monotonic())
                answer = site.find(self.path)
                if answer is None:
                    status(404)(self)
                elif isinstance(answer, bytes):
                    send(answer)(self)
                else:
                    answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]  # connections are cut on purpose
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def find(self, path: str) -> bytes | Answer | None:
        """What stands at a path."""
        return self.answers.get(path)

    def paths(self) -> Counter[str]:
        """How often each path was asked for."""
        return Counter(path for path, _ in self.asked)

    def feed(self, *paths: str, title: str = "The Post") -> bytes:
        """A feed that carries links only."""
        items = "".join(f"<item><title>T</title><link>{self.url}{p}</link><guid>{p}</guid></item>" for p in paths)
        return f'<rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'.encode()


def page(title: str, paragraphs: Iterable[str]) -> bytes:
    """A page with one article."""
    said = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>{said}</article></body></html>".encode()


def send(body: bytes, code: int = 200, **headers: str) -> Answer:
    """An answer with a body; underscores in the names of headers stand for hyphens."""

    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        kind = "application/rss+xml" if body.startswith((b"<rss", b"<?xml")) else "text/html"
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def status(code: int, **headers: str) -> Answer:
    """An answer without a body."""
    return send(b"", code, **headers)
