"""Memory of a long process: Python's collector of cycles where it only costs, and memory that the C library holds for nobody."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache


@contextmanager
def no_collector() -> Iterator[None]:
    """The collector paused: going again and again through thousands of fresh values, none of which is in a cycle, takes it more time than
    making them does."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def give_back() -> None:
    """Give memory that is free back to the system, where the C library can (glibc).

    Of what large arrays and long texts took, glibc keeps up to 64 MB free at the end of each of its arenas (threads have their own), and
    all that is free between what is in use: an update that cut a component of 5,300 happenings left 75 MB.
    """
    if trim := _trim():
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    """glibc's ``malloc_trim``, which lets other threads of Python go on."""
    found = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform.startswith("linux") else None
    if found is not None:
        found.argtypes, found.restype = [ctypes.c_size_t], ctypes.c_int
    return found
