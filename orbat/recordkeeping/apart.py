"""Records brought up to date in a process of its own, whose memory goes back to the system as it ends.

An update takes tens of megabytes for seconds. Python has memory of the system by the megabyte and keeps each as long as anything in it is
used, so that a process which runs for days and updates now and then holds ever more of what its updates took: a watch that followed a feed
beside a service grew by a megabyte a minute for an hour, with 53 of its 277 MB used by nothing.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Self

from orbat.collector import give_back
from orbat.errors import StoreError
from orbat.link.catalogue import Catalogue
from orbat.recordkeeping.related import related_in
from orbat.recordkeeping.updating import update
from orbat.store import Store
from orbat.turns import Patience, never

LOOKED = 0.2
"""Seconds between two looks whether the update is to end."""
MOST, IDLE = 40, 60.0
"""Updates that a process makes before another takes its place, and seconds for which it waits for one: to begin a process takes .8 s."""
_CONTEXT = multiprocessing.get_context("spawn")


class Recorder:
    """Brings the records of a store up to date as ``update`` does, in another process, which is begun as it is needed. Any thread may ask.

    Args:
        where: the store, as ``Store.open`` takes it: what an open one tells of its place has no password.
        actors: the user's own catalogue, where there is one; read again where it has changed.
    """

    def __init__(self, where: str | Path | None, actors: Path | None = None) -> None:
        self._where, self._actors = where, actors
        self._turn = threading.Lock()
        self._process: SpawnProcess | None = None
        self._line: Connection
        self._ended: Event

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def update(self, *, stop: Callable[[], bool] = never) -> None:
        """Bring the records up to date.

        Args:
            stop: asked again and again; once it says so, the rest is left for the next time.

        Raises:
            StoreError: as ``update``; or the process was ended. What was committed before is whole.
            DataError: the user's catalogue cannot be read.
        """
        with self._turn:
            error = self._made(stop)
        if error is not None:
            raise error

    def close(self) -> None:
        """End the process; what it is making is finished."""
        with self._turn:
            self._over()

    def _made(self, stop: Callable[[], bool]) -> Exception | None:
        waited = self._asked()
        while True:
            try:
                if not waited:
                    self._begin()
                    self._line.send(True)
                return self._answer(stop)
            except (EOFError, OSError):
                how = self._over()
                if not (waited and how == 0):  # else it ended, of waiting for long, as it was asked: the next one is
                    cause = f"The process that made them ended with {how}."
                    step = "They are made the next time; the system's log may say why it ended."
                    return StoreError("Not all records were made.", cause, step)
                waited = False

    def _asked(self) -> bool:
        """Whether the process that is there was asked: one that has waited or worked for long has ended."""
        if self._process is None:
            return False
        with suppress(OSError, EOFError):
            if not self._line.poll():  # nothing is to be read of one that waits; of one that has ended, its end
                self._ended.clear()
                self._line.send(True)
                return True
        self._over()
        return False

    def _begin(self) -> None:
        self._ended, (self._line, theirs) = _CONTEXT.Event(), _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(
            target=_work, args=(self._where, self._actors, self._ended, theirs), name="orbat-records", daemon=True
        )
        self._process.start()
        theirs.close()

    def _answer(self, stop: Callable[[], bool]) -> Exception | None:
        while not self._line.poll(LOOKED):
            if stop():
                self._ended.set()
        answer: Exception | None = self._line.recv()
        return answer

    def _over(self) -> int | None:
        """Let go of the process; how it ended."""
        process, self._process = self._process, None
        if process is None:
            return None
        self._line.close()
        process.join()
        return process.exitcode


def update_apart(where: str | Path | None, actors: Path | None = None, *, stop: Callable[[], bool] = never) -> None:
    """Bring the records of a store up to date in a process that is begun and ended for it, as ``Recorder.update`` does.

    Raises:
        StoreError, DataError: as ``Recorder.update``.
    """
    with Recorder(where, actors) as recorder:
        recorder.update(stop=stop)


def _work(where: str | Path | None, actors: Path | None, ended: Event, line: Connection) -> None:
    """Update as often as it is asked, and say how it went: the process's main function."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who began this, who ends it
    known: tuple[int, Catalogue] | None = None
    with suppress(EOFError, OSError):  # who asked is gone
        for _ in range(MOST):
            if not line.poll(IDLE):
                return
            line.recv()
            error: Exception | None = None
            try:
                at = actors.stat().st_mtime_ns if actors is not None and actors.exists() else 0
                if known is None or known[0] != at:
                    known = at, Catalogue.load(actors if at else None)
                with Store.open(where) as store:
                    update(store.waiting(Patience(stop=ended.is_set)), related=related_in(known[1]), stop=ended.is_set)
                give_back()
            except Exception as raised:  # whoever waits for it is told
                error = raised
            line.send(error)
