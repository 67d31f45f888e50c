"""Memory of a long process: Python's collector of cycles where it only costs, and memory that the C library holds for nobody."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

T = TypeVar("T")
FIRST = 20
ARENA_MAX = -8
"""glibc's ``M_ARENA_MAX`` (malloc.h): how many places it takes memory from at once."""


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


def settling(outcomes: Iterable[T]) -> Iterator[T]:
    """The outcomes of a process's one work. After the first ``FIRST`` of them all that it needs is loaded and stays to its end: the
    collector, which would go through that again and again (.5 ms an article read), passes over it from then on."""
    for nth, each in enumerate(outcomes):
        if nth == FIRST and not gc.get_freeze_count():  # to count it takes milliseconds, so that a few articles do without
            gc.freeze()
        yield each


def one_arena() -> None:
    """Have all threads of a process that runs for long take memory from one place (glibc); to be called before it has threads.

    glibc gives each thread an arena of its own, 8 for each core at most, and what is free in one no other uses: after an hour of reading,
    following and giving pages 128 of a process's 322 MB lay in nine of them. Python's lock lets one thread at a time ask for memory anyway.
    """
    if mallopt := _of_glibc("mallopt", ctypes.c_int, ctypes.c_int):
        mallopt(ARENA_MAX, 1)


def give_back() -> None:
    """Give memory that is free back to the system, where the C library can (glibc).

    Of what large arrays and long texts took, glibc keeps up to 64 MB free at the end of each of its arenas (threads have their own), and
    all that is free between what is in use: an update that cut a component of 5,300 happenings left 75 MB.
    """
    if trim := _of_glibc("malloc_trim", ctypes.c_size_t):
        trim(0)


@cache
def _of_glibc(name: str, *takes: type) -> Callable[..., int] | None:
    """A function of the C library that other threads of Python go on beside; None where another library has none of the name."""
    found = getattr(ctypes.CDLL(None), name, None) if sys.platform.startswith("linux") else None
    if found is not None:
        found.argtypes, found.restype = takes, ctypes.c_int
    return found
