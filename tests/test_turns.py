"""One writer at a time: another process waits for its turn, says so, gives up in time and can be told to end; on both databases."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from orbat import turns
from orbat.errors import StoreError
from orbat.recordkeeping import cutting, update
from orbat.store import Store
from orbat.turns import Patience, gap_after
from orbat.types import Failure
from tests import generated

HOLDS = """
import sys, time
from orbat.store import Store
from orbat.types import Failure
with Store.open(sys.argv[1]) as store:
    with store.writing():
        print("held", flush=True)
        sys.stdin.readline()
    store.fail(Failure("theirs", "test", "done"))
"""
WRITES_ON_AND_ON = """
import sys, time
from orbat.store import Store
with Store.open(sys.argv[1]) as store:
    print("begun", flush=True)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with store.writing():
            time.sleep(0.3)
"""


@contextmanager
def another(code: str, where: str) -> Iterator[subprocess.Popen[str]]:
    """Another process, once it has said its first word."""
    with subprocess.Popen([sys.executable, "-c", code, where], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline()
            yield process
        finally:
            process.kill()


def kept(store: Store) -> set[str]:
    return {each.failure.document for each in store.failures()}


def test_who_writes_waits_for_another_process_says_so_and_goes_on(store, address, monkeypatch, caplog):
    monkeypatch.setattr(turns, "TOLD_AFTER", 0.2)
    monkeypatch.setattr(turns, "LOOK_UP", 0.1)
    with another(HOLDS, address) as other, caplog.at_level(logging.WARNING, "orbat.store"):
        assert other.stdin is not None
        ending = threading.Timer(0.6, lambda: (other.stdin.write("\n"), other.stdin.flush()))
        ending.start()
        begun = time.monotonic()
        store.fail(Failure("ours", "test", "waited"))
        assert time.monotonic() - begun >= 0.5
        assert other.wait(20) == 0
    assert kept(store) == {"ours", "theirs"}
    assert [("holds the store" in each, "writing" in each) for each in caplog.messages] == [(True, True)]  # once, however long it waits


def test_who_has_waited_long_enough_is_told_and_nothing_is_half_written(store, address, monkeypatch):
    monkeypatch.setattr(turns, "LOOK_UP", 0.1)
    hasty = store.waiting(Patience(0.3))
    with another(HOLDS, address):
        with pytest.raises(StoreError, match=r"Another process has held it for writing for the 0\.3 seconds .*Try again"):
            hasty.fail(Failure("ours", "test", "in vain"))
        assert kept(hasty) == set()  # reading never waits
    hasty.fail(Failure("ours", "test", "later"))
    assert kept(store) == {"ours"}


def test_who_is_told_to_end_waits_no_longer(store, address, monkeypatch):
    monkeypatch.setattr(turns, "LOOK_UP", 0.1)
    over = threading.Event()
    with another(HOLDS, address):
        threading.Timer(0.3, over.set).start()
        begun = time.monotonic()
        with pytest.raises(StoreError, match="waiting was ended"):
            store.waiting(Patience(60, over.is_set)).fail(Failure("ours", "test", "ended"))
        assert time.monotonic() - begun < 10


def test_one_who_writes_again_and_again_leaves_gaps_for_others(store, address):
    with another(WRITES_ON_AND_ON, address):
        begun = time.monotonic()
        for number in range(3):
            store.fail(Failure(f"ours {number}", "test", "between"))
        assert time.monotonic() - begun < 15  # without gaps: as long as the other goes on, in SQLite
    assert len(kept(store)) == 3


def test_while_components_are_cut_others_write(store, address, monkeypatch):
    documents = [generated.document(number) for number in range(30)]
    store.append_many(((one, generated.statements(one)) for one in documents), model="test 1")
    real, cut = cutting.cut, []

    def held(components, related, judged):
        store.waiting(Patience(0.2)).fail(Failure(f"component {len(cut)}", "test", "written meanwhile"))
        cut.append(1)
        return real(components, related, judged)

    monkeypatch.setattr(cutting, "cut", held)
    made = update(store, related=lambda one, two: False)
    assert len(cut) == len(kept(store)) >= 1
    assert made


def test_gaps_are_a_small_part_of_what_they_follow():
    assert gap_after(0.001) < 0.0001
    assert gap_after(60) == turns.LONGEST_GAP > turns.ASKED_EVERY


def test_a_timeout_that_is_no_number_is_told():
    with pytest.raises(StoreError, match="no number of seconds"):
        Store.open("sqlite:////tmp/nowhere.db?timeout=soon")
