"""A working process: ``python -m orbat.batch.child``. It is told orders on its standard input, one a line, and answers with one line each.

Where it is in its task stands in a small file that the process which started it looks at (``Clock``): it is still there when this one dies.
"""

from __future__ import annotations

import contextlib
import dataclasses
import faulthandler
import json
import os
import queue
import sys
import threading
import time
from pathlib import Path
from typing import TextIO

from orbat.batch.clock import Clock
from orbat.batch.tasks import At, Order, Settings


def main() -> None:
    """Work until standard input ends."""
    settings, where, clock_at = Settings(**json.loads(sys.argv[1])), sys.argv[2], Path(sys.argv[3])
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not look like an answer
    _bound(settings.memory)
    orders: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()

    from orbat.batch.folder import Folder
    from orbat.batch.working import Kit, work

    kit, folder, clock = Kit(settings), Folder(where), Clock(clock_at)
    armed = 0.0

    def beat(at: At) -> None:
        nonlocal armed
        clock.tell(at)
        # Should the process that watches be gone, this one ends by itself, even inside a library that holds the interpreter.
        if time.monotonic() - armed > 10:
            armed = time.monotonic()
            faulthandler.dump_traceback_later(2 * settings.seconds + 60, exit=True)

    while True:
        order = Order.from_line(orders.get())
        try:
            _answer(answers, {"counts": dataclasses.asdict(work(order, folder, kit, beat))})
        except Exception as error:  # the run cannot go on: the folder cannot be written, or a file of orbat is missing
            _answer(answers, {"error": f"{type(error).__name__}: {error}"})
        faulthandler.cancel_dump_traceback_later()
        armed = 0.0


def _listen(orders: queue.Queue[str]) -> None:
    """Orders as they come; where the process that gives them ends, so does this one, in the middle of an article if need be."""
    for line in sys.stdin:
        orders.put(line)
    os._exit(0)


def _answer(answers: TextIO, value: dict[str, object]) -> None:
    answers.write(json.dumps(value) + "\n")
    answers.flush()


def _bound(megabytes: int) -> None:
    """Bound the memory that this process may ask for: one that asks for more gets an error instead of the whole machine's memory."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such bound; a tighter one may stand already
        import resource

        if megabytes:
            resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 2**20,) * 2)


if __name__ == "__main__":
    main()
