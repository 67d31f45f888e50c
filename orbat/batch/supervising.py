"""One working process and who watches it: a task is done, whatever its articles do to the process that reads them.

A process that dies or stands still is known by where it was. That article is then tried alone in a new process: if it does the same again,
it is the culprit and becomes a failure; if not, something else ended the process (a person, the machine's memory), and the task is
simply done again.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from orbat.batch.clock import Clock
from orbat.batch.tasks import LOADING, At, Counts, Order, Settings, Task
from orbat.errors import OrbatError

DEATHS = 10
"""So many times the processes of one task may die of what is no article's fault before the run gives up."""
_LOOK = 0.25  # seconds between looks at the clock of a process
_START = 120.0  # seconds for a process to load; a shared disk may be slow


class _Died(Exception):
    """The process ended or was ended at a place; the text says how."""

    def __init__(self, at: At, how: str) -> None:
        self.at = at
        super().__init__(how)


class Supervisor:
    """Does tasks in a process of its own, which it starts again where it dies. Use it in a ``with``."""

    def __init__(self, settings: Settings, where: str) -> None:
        self._settings, self._where = settings, where
        self._held = tempfile.TemporaryDirectory(prefix="orbat-batch-", ignore_cleanup_errors=True)
        self._path = Path(self._held.name) / "clock"
        self._clock = Clock.make(self._path)
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str] = queue.Queue()
        self._closed = False

    def do(self, task: Task) -> Counts:
        """Do a task; its shards are in the folder when this returns.

        Raises:
            OrbatError: the folder cannot be written, or processes die again and again without an article's doing.
        """
        culprits: dict[At, str] = {}
        deaths = 0
        while True:
            try:
                return self._ask(Order(task, culprits))
            except _Died as death:
                if (why := self._alone(task, culprits, death.at)) is not None:
                    culprits[death.at] = why
                    continue
                deaths += 1
                if deaths == DEATHS:
                    cause = f"The last time: {death}"
                    step = "Look at the machine's memory and log; run the same command again to go on."
                    raise OrbatError(f"Task {task.number} was given up: its process died {DEATHS} times.", cause, step) from death

    def _alone(self, task: Task, culprits: Mapping[At, str], at: At) -> str | None:
        """What an article does to a new process where it is the only one; None where it does no harm, or the death was of no article."""
        if at == LOADING:
            return None
        try:
            self._ask(Order(task, culprits, trial=at))
        except _Died as again:
            return f"{again} Tried alone, it did so again." if again.at == at else None
        return None

    def pid(self) -> int | None:
        """The id of the working process, where there is one."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End the process and take its clock away. Another thread may call it: what is being done then ends with an error."""
        self._closed = True
        self._end()
        self._held.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _ask(self, order: Order) -> Counts:
        process = self._start()
        assert process.stdin is not None
        self._clock.tell(LOADING)
        with contextlib.suppress(OSError):  # it died already, which the wait will tell
            process.stdin.write(order.to_line() + "\n")
            process.stdin.flush()
        answer = json.loads(self._wait(process))
        if "error" in answer:
            self._end()
            raise OrbatError("The run cannot go on.", f"{answer['error']}.", "What is done is kept: run the same command again to go on.")
        return Counts(**answer["counts"])

    def _wait(self, process: subprocess.Popen[str]) -> str:
        last, since = self._clock.read(), time.monotonic()
        while True:
            try:
                line = self._answers.get(timeout=_LOOK)
            except queue.Empty:
                here, now = self._clock.read(), time.monotonic()
                if here != last:
                    last, since = here, now
                    continue
                if now - since > (_START if here[0] == LOADING else self._settings.seconds):
                    self._end()
                    raise _Died(here[0], f"It took longer than {self._settings.seconds:g} seconds.") from None
                continue
            if line:
                return line
            code = process.wait()
            at = self._clock.read()[0]
            self._end()
            raise _Died(at, f"The process that read it died ({_how(code)}).")

    def _start(self) -> subprocess.Popen[str]:
        if self._closed:
            raise OrbatError("The run was stopped.", step="Run the same command again to go on.")
        if self._process is not None:
            return self._process
        settings = json.dumps(dataclasses.asdict(self._settings))
        command = [sys.executable, "-m", "orbat.batch.child", settings, self._where, str(self._path)]
        # One process a core: no library may start threads of its own beside it.
        one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        environment = {**os.environ, **one, "TOKENIZERS_PARALLELISM": "false"}
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8", env=environment)
        assert process.stdout is not None
        self._process, self._answers = process, queue.Queue()
        threading.Thread(target=_hear, args=(process.stdout, self._answers), daemon=True).start()
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()


def _hear(stream: IO[str], answers: queue.Queue[str]) -> None:
    with contextlib.suppress(ValueError, OSError):  # closed while it was waited on
        for line in stream:
            answers.put(line)
    answers.put("")


def _how(code: int) -> str:
    if code >= 0:
        return f"exit status {code}"
    with contextlib.suppress(ValueError):
        return f"signal {signal.Signals(-code).name}"
    return f"signal {-code}"
