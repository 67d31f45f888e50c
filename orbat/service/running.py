"""An app served by uvicorn."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from orbat.collector import one_arena
from orbat.service.config import ServiceConfig

ENDING = 35
"""Seconds that answers under way may take when the service ends: a little more than the article that is being read."""

SWITCH = 0.0005
"""Seconds that a thread may go on while another waits for the interpreter: ten times less than Python's own. The loop's thread, which gives
the pages that are kept, needs it several times a request, and each time would wait for all that is read and made beside it."""

SELDOM = 10_000
"""Collections of younger objects between two of all: Python's own 10 would stop every thread for more than a second again and again, since
a large group's sheet is made of a million objects, none of them in a cycle."""


def run(app: FastAPI, config: ServiceConfig, *, proxy: str = "", certificate: Path | None = None, key: Path | None = None) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Args:
        proxy: the address whose word on where a request comes from is taken.
    """
    one_arena()
    sys.setswitchinterval(SWITCH)
    gc.set_threshold(*gc.get_threshold()[:2], SELDOM)
    uvicorn.run(
        app,
        host=config.host,
        port=config.port,
        access_log=False,  # it writes addresses with all that stands after "?"; ours does not
        log_config=None,
        server_header=False,
        proxy_headers=bool(proxy),
        forwarded_allow_ips=proxy or None,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        timeout_graceful_shutdown=ENDING,
        timeout_keep_alive=30,
        limit_concurrency=200,
    )
