"""How fast the processor is at the moment, to tell what a program costs from what the machine does besides.

Two cores that share their parts with other work are now and then a third slower, and then a second of processor holds less.
"""

from __future__ import annotations

import time


def loop() -> float:
    """Milliseconds of CPU of a million steps that are always the same, the mean of five: what is slowed down now and then is to show."""
    return round(sum(steps() for _ in range(5)) / 5, 1)


def steps() -> float:
    """Milliseconds of CPU of the million steps, once."""
    start = time.process_time()
    sum(i * i % 7 for i in range(1_000_000))
    return (time.process_time() - start) * 1000
