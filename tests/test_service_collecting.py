"""What pages leave behind in cycles goes away, and while a page is being made nothing is collected."""

from __future__ import annotations

import asyncio
import gc
import weakref

import pytest

from orbat.service import collecting


class Knot:
    """Something that holds itself."""

    def __init__(self) -> None:
        self.own = self


def test_cycles_go_when_no_page_is_being_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "EVERY", 0.01)
    monkeypatch.setattr(collecting, "LOOKED", 0.01)
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

    gc.disable()
    try:
        assert asyncio.run(run()) == (True, True)
    finally:
        gc.enable()
