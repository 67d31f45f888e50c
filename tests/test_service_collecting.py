"""What pages leave behind goes away, in cycles or free in the C library, and while a page is being made nothing is collected."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest

from orbat.service import collecting


class Knot:
    """Something that holds itself."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture
def by_hand() -> Iterator[None]:
    """Nothing is collected but by who asks for it."""
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


@pytest.mark.usefixtures("by_hand")
def test_cycles_go_when_no_page_is_being_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "EVERY", 0.01)
    monkeypatch.setattr(collecting, "LOOKED", 0.01)
    monkeypatch.setattr(collecting, "GIVEN_BACK", 0.0)
    making = [True]

    async def run() -> tuple[bool, bool]:
        task = asyncio.create_task(collecting.collect(lambda: not making))
        left = weakref.ref(Knot())
        await asyncio.sleep(0.1)
        while_making = left() is not None
        making.clear()
        await asyncio.sleep(0.5)
        task.cancel()
        return while_making, left() is None

    given: list[int] = []
    monkeypatch.setattr(collecting, "give_back", lambda: given.append(len(making)))
    assert asyncio.run(run()) == (True, True)
    assert given
    assert not any(given)


@pytest.mark.usefixtures("by_hand")
def test_what_is_left_is_gone_through_once_and_again_only_when_it_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"EVERY": 0.01, "LOOKED": 0.01, "WHOLE": 0.2, "QUIET": 0.2}.items():
        monkeypatch.setattr(collecting, name, seconds)
    frozen, left, busy = [gc.get_freeze_count()], [Knot()], [True]
    gone = weakref.ref(left[0])

    async def run() -> tuple[bool, bool]:
        task = asyncio.create_task(collecting.collect(lambda: not (busy and len(frozen) % 2)))  # never quiet for long while it is busy
        for _ in range(60):
            frozen.append(gc.get_freeze_count())
            await asyncio.sleep(0.01)
        left.clear()
        for _ in range(60):
            frozen.append(gc.get_freeze_count())
            await asyncio.sleep(0.01)
        while_busy = gone() is not None
        busy.clear()
        await asyncio.sleep(1.0)
        task.cancel()
        return while_busy, gone() is None

    assert asyncio.run(run()) == (True, True)
    assert max(frozen) > frozen[0] + 1_000


FREE = """
import ctypes
from orbat.collector import give_back

class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()]

def kept():  # bytes that are free at the end of what the C library has of the system
    return about().keepcost

libc = ctypes.CDLL(None)
about = libc.mallinfo2
about.restype = Info
del (some := bytearray(2**24))[:]  # who lets go of a large piece is taken to want another, and twice as much is kept from then on
parts = [bytes(100_000) for _ in range(150)]
del parts
before = kept()
give_back()
print(before, kept())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what the C library keeps is glibc's own")
def test_what_is_free_is_given_back() -> None:
    if not hasattr(ctypes.CDLL(None), "mallinfo2"):
        pytest.skip("another C library than glibc 2.33 or later")
    done = subprocess.run([sys.executable, "-c", FREE], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert before > 10_000_000 > 1_000_000 > after


ARENAS = """
import ctypes, sys, tempfile, threading
from orbat.collector import one_arena

if sys.argv[1:]:
    one_arena()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
at = tempfile.mktemp()
kept, full, over = [], threading.Barrier(5), threading.Event()

def take():
    kept.append([bytes(100_000) for _ in range(100)])
    full.wait()
    over.wait()

threads = [threading.Thread(target=take) for _ in range(4)]
for thread in threads:
    thread.start()
full.wait()
file = libc.fopen(at.encode(), b"w")
libc.malloc_info(0, ctypes.c_void_p(file))
libc.fclose(ctypes.c_void_p(file))
over.set()
print(open(at).read().count("<heap "))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="arenas are glibc's own")
def test_threads_take_memory_from_one_place() -> None:
    if not hasattr(ctypes.CDLL(None), "malloc_info"):
        pytest.skip("another C library than glibc")
    one, own = (
        int(subprocess.run([sys.executable, "-c", ARENAS, *asked], capture_output=True, text=True, check=True).stdout)
        for asked in (["one"], [])
    )
    assert one == 1 < own
