"""A real browser on a real service, for the tests of pages and for the pictures of them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next((at for name in ("chromium", "chromium-browser", "google-chrome") if (at := shutil.which(name))), None)
"""The browser of this machine: none is downloaded."""

_FLAGS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, without a window."""
    from playwright.sync_api import sync_playwright

    alone = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # it refuses its sandbox to the superuser
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=[*_FLAGS, *alone])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def clean_page(*, patience: int, navigation: int | None = None) -> Iterator[Page]:
    """A page of a browser of its own, on which nothing may be told as amiss until the end.

    Args:
        patience: milliseconds to wait for what is looked for; ``navigation``: for a page, where that is another time.
    """
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
        page.set_default_timeout(patience)
        page.set_default_navigation_timeout(navigation or patience)
        errors: list[str] = []
        page.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        assert errors == []


@contextmanager
def served(store: Path, *options: str, ending: float = 30.0) -> Iterator[str]:
    """The address of a service on a store, run as users run it; it has ``ending`` seconds to finish what it is at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [sys.executable, "-m", "orbat.cli", "serve", "--store", str(store), "--port", str(port), *options]
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, stderr=log, stdout=log)
        try:
            address = f"http://127.0.0.1:{port}"
            until = time.monotonic() + 60
            while True:
                try:
                    urllib.request.urlopen(f"{address}/api/v1/health", timeout=1).close()
                    break
                except OSError:
                    if process.poll() is not None or time.monotonic() > until:
                        log.seek(0)
                        raise RuntimeError(f"the service did not start:\n{log.read()}") from None
                    time.sleep(0.02)
            yield address
        finally:
            process.terminate()
            process.wait(ending)
