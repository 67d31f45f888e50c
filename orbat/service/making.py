"""A process beside the service that makes pages, so that readers of those that are kept wait for none of them.

Python lets one thread of a process compute at a time: a large group's page, made where pages are given, would hold up every one of these.
``Maker`` is the service's end of it, ``work`` the process: the same app on the same store, without what stands before its routes. It is
begun with the first page that it is to make, begun anew where it ended, and let go where it has grown beyond ``MOST_MEMORY``, so that its
memory has a bound whatever was asked for.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import logging
import multiprocessing
import os
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from orbat.service import kept
from orbat.service.collecting import collect
from orbat.service.kept import Made, Marks

if TYPE_CHECKING:
    from orbat.service.config import ServiceConfig
    from orbat.service.state import Service

log = logging.getLogger("orbat.service")
MOST_MEMORY = 700 * 2**20
"""Bytes that the process may take before another is begun in its place: twice what the pages of a store of 100,000 statements need."""
WAIT = 0.05
"""Seconds between two looks whether a process that is to make way has made what it was asked for."""
SENT = ("type", "asgi", "http_version", "method", "scheme", "path", "raw_path", "query_string", "root_path", "headers", "server", "client")
"""What of a request goes to the process."""


class Maker:
    """The process, as the loop that gives the pages sees it. ``forget`` may be called by any thread, all else by the loop's alone."""

    def __init__(self, config: ServiceConfig) -> None:
        self._config = replace(config, warm=False, makers=0, maker=True)
        self._process: multiprocessing.process.BaseProcess | None = None
        self._line: Connection | None = None
        self._numbers = itertools.count()
        self._waiting: dict[int, asyncio.Future[Made | None]] = {}
        self._beginning, self._sending = threading.Lock(), threading.Lock()
        self._full = False

    async def make(self, scope: Scope, marks: Marks) -> Made | None:
        """A page as the process makes it; None where it cannot."""
        while self._full and self._waiting:
            await asyncio.sleep(WAIT)
        if self._full:
            self._full = False
            await run_in_threadpool(self.close)
        loop = asyncio.get_running_loop()
        found: asyncio.Future[Made | None] = loop.create_future()
        number, line = next(self._numbers), self._line
        self._waiting[number] = found
        try:
            if line is None:
                line = await run_in_threadpool(self._begin, loop)
            sent = {name: scope[name] for name in SENT if name in scope}
            state = {name: scope["state"][name] for name in ("caller", "patient") if name in scope["state"]}
            self._send(line, (number, sent, state, marks))
            return await found
        except (OSError, ValueError) as error:  # the next page begins another
            log.warning("there is no process that makes pages", exc_info=error)
            self._line = None
            return None
        finally:
            self._waiting.pop(number, None)

    def forget(self) -> None:
        """What the process has kept is of before a change that who made it must see."""
        if self._line is not None:
            with suppress(OSError, ValueError):
                self._send(self._line, None)

    def close(self) -> None:
        """End the process; one that is being begun is waited for."""
        with self._beginning:
            process, line, self._process, self._line, self._full = self._process, self._line, None, None, False
        if line is not None:
            line.close()
        if process is not None:
            process.terminate()
            process.join()

    def _begin(self, loop: asyncio.AbstractEventLoop) -> Connection:
        with self._beginning:
            if self._line is None:
                if self._process is not None:
                    self._process.join(1)
                context = multiprocessing.get_context("spawn")
                ours, theirs = context.Pipe()
                process = context.Process(target=work, args=(self._config, theirs), name="orbat-pages", daemon=True)
                process.start()  # before it is known: one that has not begun cannot be ended
                self._process = process
                theirs.close()
                threading.Thread(target=self._receive, args=(ours, loop), name="orbat-made", daemon=True).start()
                self._line = ours
            return self._line

    def _send(self, line: Connection, message: Any) -> None:
        with self._sending:
            line.send(message)

    def _receive(self, line: Connection, loop: asyncio.AbstractEventLoop) -> None:
        with suppress(OSError, EOFError, RuntimeError):
            while True:
                number, made, memory = line.recv()
                loop.call_soon_threadsafe(self._received, number, made, memory)
        with suppress(RuntimeError):  # the loop is over
            loop.call_soon_threadsafe(self._ended, line)

    def _received(self, number: int, made: Made | None, memory: int) -> None:
        self._full = self._full or memory > MOST_MEMORY
        found = self._waiting.get(number)
        if found is not None and not found.done():
            found.set_result(made)

    def _ended(self, line: Connection) -> None:
        if self._line is line:
            self._line = None
        for found in self._waiting.values():
            if self._line is None and not found.done():
                found.set_result(None)


def work(config: ServiceConfig, line: Connection) -> None:
    """Make pages until the line is closed: the process's main function."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which ends this
    from orbat.service.running import SELDOM

    gc.set_threshold(*gc.get_threshold()[:2], SELDOM)
    asyncio.run(_work(config, line))


async def _work(config: ServiceConfig, line: Connection) -> None:
    from orbat.service.app import create_app

    app, loop, sending = create_app(config), asyncio.get_running_loop(), threading.Lock()
    app.middleware_stack = app.build_middleware_stack()
    service: Service = app.state.service
    below = service.below
    over, tasks = asyncio.Event(), set[asyncio.Task[None]]()

    async def answer(number: int, scope: Scope, state: dict[str, Any], marks: Marks) -> None:
        made = None
        try:
            version = await run_in_threadpool(service.version)
            made = await kept.make(below, {**scope, "app": app, "state": state}, version, marks)
        except Exception as error:  # it is made where it was asked for, which tells of it
            log.warning("%s was not made", scope["path"], exc_info=error)

        def send() -> None:
            with sending, suppress(OSError):
                line.send((number, made, memory_of()))

        await run_in_threadpool(send)

    def begin(message: tuple[int, Scope, dict[str, Any], Marks] | None) -> None:
        if message is None:
            service.let_go()
            return
        task = asyncio.create_task(answer(*message))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    def receive() -> None:
        with suppress(OSError, EOFError):
            while True:
                loop.call_soon_threadsafe(begin, line.recv())
        loop.call_soon_threadsafe(over.set)

    async with app.router.lifespan_context(app):
        threading.Thread(target=receive, name="orbat-asked", daemon=True).start()
        collecting = asyncio.create_task(collect(lambda: not tasks))
        await over.wait()
        collecting.cancel()
    os._exit(0)  # without waiting for what nobody asks for any more


def memory_of() -> int:
    """Bytes of memory that this process has now, 0 where the system does not say."""
    if not sys.platform.startswith("linux"):
        return 0
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
