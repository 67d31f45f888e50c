"""How often someone may ask: token buckets in memory, by name."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

HELD = 10_000
"""Names held at most; the one that asked longest ago is let go."""


class RateLimit:
    """Lets ``number`` through in ``seconds``, each by its name, and as many at once."""

    def __init__(self, number: int, seconds: float) -> None:
        self._number, self._rate = float(number), number / seconds
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, name: str) -> float:
        """Take one; 0 where it is let through, else the seconds until the next may."""
        now = time.monotonic()
        with self._lock:
            left, at = self._held.pop(name, (self._number, now))
            left = min(self._number, left + (now - at) * self._rate)
            passes = left >= 1
            self._held[name] = (left - 1 if passes else left, now)
            if len(self._held) > HELD:
                self._held.popitem(last=False)
        return 0.0 if passes else (1 - left) / self._rate
