"""A process beside the service that makes pages, so that readers of those that are kept wait for none of them.

Python lets one thread of a process compute at a time: a large group's page, made where pages are given, would hold up every one of these.
``Maker`` is the service's end of it, ``work`` the process: the same app on the same store, without what stands before its routes. It is
begun with the first page that it is to make and begun anew where it ended. Where it has grown beyond ``MOST_MEMORY``, another is begun
beside it and takes its place once that can make pages, so that its memory has a bound whatever was asked for, and nobody waits for it.
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
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from orbat.collector import one_arena
from orbat.service import kept
from orbat.service.collecting import collect
from orbat.service.kept import Made, Marks

if TYPE_CHECKING:
    from orbat.service.config import ServiceConfig
    from orbat.service.state import Service

log = logging.getLogger("orbat.service")
MOST_MEMORY, LEAST_AGE = 800 * 2**20, 120.0
"""Bytes that the process may take before another is begun in its place, and the seconds that it has had by then: a third more than
the pages of groups of a store of 100,000 statements need."""
AT_ONCE = 50_000
"""Bytes of a page that the line between the processes takes without waiting: a thread to send these would cost more than it does."""
READY = -1
"""The number of no page, by which the process says that it can make pages."""
SENT = ("type", "asgi", "http_version", "method", "scheme", "path", "raw_path", "query_string", "root_path", "headers", "server", "client")
"""What of a request goes to the process."""


@dataclass(eq=False, slots=True)
class _Process:
    """A process, the line to it, and what it was asked for."""

    process: multiprocessing.process.BaseProcess
    line: Connection
    sending: threading.Lock = field(default_factory=threading.Lock)
    waiting: dict[int, asyncio.Future[Made | None]] = field(default_factory=dict)
    since: float = field(default_factory=time.monotonic)

    def send(self, message: Any) -> None:
        """Send it something, from any thread."""
        with self.sending:
            self.line.send(message)

    def end(self) -> None:
        """End it."""
        self.line.close()
        self.process.terminate()
        self.process.join()


class Maker:
    """The process, as the loop that gives the pages sees it. ``forget`` may be called by any thread, all else by the loop's alone."""

    def __init__(self, config: ServiceConfig) -> None:
        self._config = replace(config, warm=False, makers=0, maker=True)
        self._process: _Process | None = None
        self._next: _Process | None = None
        self._left: list[_Process] = []
        self._numbers = itertools.count()
        self._beginning = threading.Lock()

    async def make(self, scope: Scope, marks: Marks) -> Made | None:
        """A page as the process makes it; None where it cannot."""
        loop, process = asyncio.get_running_loop(), self._process
        found: asyncio.Future[Made | None] = loop.create_future()
        number = next(self._numbers)
        try:
            if process is None:
                process = await run_in_threadpool(self._begin, loop)
            process.waiting[number] = found
            sent = {name: scope[name] for name in SENT if name in scope}
            state = {name: scope["state"][name] for name in ("caller", "patient") if name in scope["state"]}
            process.send((number, sent, state, marks))
            return await found
        except (OSError, ValueError) as error:  # the next page begins another
            log.warning("there is no process that makes pages", exc_info=error)
            if self._process is process:
                self._process = None
            return None
        finally:
            if process is not None:
                process.waiting.pop(number, None)
                self._let_go(loop)

    def forget(self) -> None:
        """What the process has kept is of before a change that who made it must see."""
        for process in (self._process, self._next):
            if process is not None:
                with suppress(OSError, ValueError):
                    process.send(None)

    def close(self) -> None:
        """End the process; one that is being begun is waited for."""
        with self._beginning:
            all_of_them = [each for each in (self._process, self._next, *self._left) if each is not None]
            self._process, self._next, self._left = None, None, []
        for each in all_of_them:
            each.end()

    def _begin(self, loop: asyncio.AbstractEventLoop) -> _Process:
        with self._beginning:
            if self._process is None:
                self._process = self._started(loop)
            return self._process

    def _succeed(self, loop: asyncio.AbstractEventLoop, old: _Process) -> None:
        """Begin a process that is to take the place of another."""
        with self._beginning:
            if self._process is old and self._next is None:
                self._next = self._started(loop)

    def _started(self, loop: asyncio.AbstractEventLoop) -> _Process:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=work, args=(self._config, theirs), name="orbat-pages", daemon=True)
        process.start()  # before it is known: one that has not begun cannot be ended
        theirs.close()
        made = _Process(process, ours)
        threading.Thread(target=self._receive, args=(made, loop), name="orbat-made", daemon=True).start()
        return made

    def _receive(self, process: _Process, loop: asyncio.AbstractEventLoop) -> None:
        with suppress(OSError, EOFError, RuntimeError):
            while True:
                number, made, memory = process.line.recv()
                loop.call_soon_threadsafe(self._received, process, number, made, memory)
        with suppress(RuntimeError):  # the loop is over
            loop.call_soon_threadsafe(self._ended, process)

    def _received(self, process: _Process, number: int, made: Made | None, memory: int) -> None:
        loop = asyncio.get_running_loop()
        if number == READY and process is self._next:
            self._left += [self._process] if self._process is not None else []
            self._process, self._next = process, None
            self._let_go(loop)
        full = memory > MOST_MEMORY and time.monotonic() - process.since > LEAST_AGE
        if full and process is self._process and self._next is None:
            loop.run_in_executor(None, self._succeed, loop, process)
        found = process.waiting.get(number)
        if found is not None and not found.done():
            found.set_result(made)

    def _ended(self, process: _Process) -> None:
        if self._process is process:
            self._process = None
        if self._next is process:
            self._next = None
        for found in process.waiting.values():
            if not found.done():
                found.set_result(None)

    def _let_go(self, loop: asyncio.AbstractEventLoop) -> None:
        """End those in whose place another is, once they have made what they were asked for."""
        for each in [each for each in self._left if not each.waiting]:
            self._left.remove(each)
            loop.run_in_executor(None, each.end)


def work(config: ServiceConfig, line: Connection) -> None:
    """Make pages until the line is closed: the process's main function."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which ends this
    from orbat.service.running import SELDOM, SWITCH

    one_arena()
    sys.setswitchinterval(SWITCH)  # what is quick goes from thread to thread some ten times beside what takes long
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
            version = service.version() if service.version.quick else await run_in_threadpool(service.version)
            made = await kept.make(below, {**scope, "app": app, "state": state}, version, marks)
        except Exception as error:  # it is made where it was asked for, which tells of it
            log.warning("%s was not made", scope["path"], exc_info=error)

        def send() -> None:
            with sending, suppress(OSError):
                line.send((number, made, memory_of()))

        if made is None or len(made.content) < AT_ONCE:
            send()
        else:
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
        line.send((READY, None, 0))
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
