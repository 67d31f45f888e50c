"""What a service's processes need no more goes: Python's collector of cycles stops every thread, so it runs when no page is being made."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable

from orbat.collector import give_back
from orbat.remembering import let_go

EVERY, GIVEN_BACK = 10.0, 20.0
"""Seconds between two collections, and between two times that free memory is given back. A page leaves some 700 objects in cycles, about
100 kB: without them the process grew by 45 MB in 480 pages. What is left after a collection is frozen, so that the next does not go through
it: of the two million objects that orders of battle are made from none is in a cycle, and to go through them took 1.2 seconds of processor,
in which nobody got a page. What is free is given back often: a process that makes groups' pages had 96 of 233 MB of the C library free
after 40 minutes in which it was every two minutes."""
WHOLE, QUIET = 3600.0, 5.0
"""Seconds between two collections of all, of what came to be a cycle after it was frozen too; and for how many nothing was made by then."""
LOOKED = 0.1
"""Seconds between two looks whether pages are being made."""


async def collect(idle: Callable[[], bool]) -> None:
    """Collect again and again, when ``idle`` says that nobody waits, and give back what is free; until it is cancelled."""
    whole = given = time.monotonic()
    while True:
        await asyncio.sleep(EVERY)
        while not idle():
            await asyncio.sleep(LOOKED)
        if time.monotonic() - whole >= WHOLE and await _stays(idle):
            gc.unfreeze()
            whole = time.monotonic()
        let_go()  # or what is found of words while a page is made would hold the memory that making it took
        gc.collect()
        gc.freeze()
        if time.monotonic() - given >= GIVEN_BACK:
            given = time.monotonic()
            give_back()  # some milliseconds


async def _stays(idle: Callable[[], bool]) -> bool:
    """Whether nobody waits for as long as ``QUIET``."""
    until = time.monotonic() + QUIET
    while idle() and time.monotonic() < until:
        await asyncio.sleep(LOOKED)
    return idle()
