"""Records brought up to date in a process of its own, whose memory goes back to the system as it ends.

An update takes tens of megabytes for seconds. Python has memory of the system by the megabyte and keeps each as long as anything in it is
used, so that a process which runs for days and updates now and then holds ever more of what its updates took: a watch that followed a feed
beside a service grew by a megabyte a minute for an hour, with 53 of its 277 MB used by nothing.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path

from orbat.errors import StoreError
from orbat.link.catalogue import Catalogue
from orbat.recordkeeping.related import related_in
from orbat.recordkeeping.updating import update
from orbat.store import Store
from orbat.turns import Patience, never

LOOKED = 0.2
"""Seconds between two looks whether the update is to end."""


def update_apart(where: str | Path | None, actors: Path | None = None, *, stop: Callable[[], bool] = never) -> None:
    """Bring the records of a store up to date as ``update`` does, in another process.

    Args:
        where: the store, as ``Store.open`` takes it: what an open one tells of its place has no password.
        actors: the user's own catalogue, where there is one.
        stop: asked again and again; once it says so, the rest is left for the next time.

    Raises:
        StoreError: as ``update``; or the process was ended. What was committed before is whole.
        DataError: the user's catalogue cannot be read.
    """
    context = multiprocessing.get_context("spawn")
    ended, (ours, theirs) = context.Event(), context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(where, actors, ended, theirs), name="orbat-records", daemon=True)
    process.start()
    theirs.close()
    try:
        while not ours.poll(LOOKED):
            if stop():
                ended.set()
        error: Exception | None = ours.recv()
    except EOFError:
        process.join()
        cause = f"The process that made them ended with {process.exitcode}."
        error = StoreError("Not all records were made.", cause, "They are made the next time; the system's log may say why it ended.")
    finally:
        process.join()
        ours.close()
    if error is not None:
        raise error


def _work(where: str | Path | None, actors: Path | None, ended: Event, line: Connection) -> None:
    """Update, and say how it went: the process's main function."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who began this, who ends it
    error: Exception | None = None
    try:
        with Store.open(where) as store:
            update(store.waiting(Patience(stop=ended.is_set)), related=related_in(Catalogue.load(actors)), stop=ended.is_set)
    except Exception as raised:  # whoever waits for it is told
        error = raised
    line.send(error)
