"""Where a working process is in its task, seen from outside: still to be read when the process has died."""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

from orbat.batch.tasks import At

_PLACE = struct.Struct("<qqqq")  # unit, article, reading, how many steps there were


class Clock:
    """Where a process is in its task, in a file of 32 bytes that two processes map."""

    def __init__(self, path: Path) -> None:
        """Map the file, which must be there (``make``)."""
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _PLACE.size)
        self._steps = 0

    @classmethod
    def make(cls, path: Path) -> Clock:
        """A new file."""
        path.write_bytes(bytes(_PLACE.size))
        return cls(path)

    def tell(self, at: At) -> None:
        """Note a place."""
        self._steps += 1
        _PLACE.pack_into(self._map, 0, *at, self._steps)

    def read(self) -> tuple[At, int]:
        """The place, and a number that is another after each step."""
        unit, article, reading, steps = _PLACE.unpack_from(self._map, 0)
        return At(unit, article, reading), steps
