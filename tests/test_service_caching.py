"""Values kept by version: made once, never pinned to a version they are not of, and renewed beside those who ask."""

import threading
import time

import pytest

from orbat.service.caching import Memo


class Version:
    """A version that a test changes by hand."""

    def __init__(self):
        self.now = "1"

    def __call__(self):
        return self.now


@pytest.fixture
def version():
    return Version()


def until(true):
    for _ in range(500):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it never came")


def test_a_value_is_made_once_a_version(version):
    memo, made = Memo(version, held=2), []
    assert [memo.get("a", lambda: made.append(1) or len(made)) for _ in range(3)] == [1, 1, 1]
    version.now = "2"
    assert memo.get("a", lambda: 5) == 5
    assert memo.version_of("a") == "2"
    for key in "bcd":
        memo.get(key, lambda: 0)
    assert memo.version_of("a") is None


def test_who_asks_while_a_value_is_made_waits_for_it(version):
    memo, made, found = Memo(version, held=4), [], []

    def slow():
        made.append(1)
        time.sleep(0.05)
        return "value"

    threads = [threading.Thread(target=lambda: found.append(memo.get("a", slow))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["value"] * 5
    assert made == [1]


def test_nobody_waits_for_what_is_asked_for_all_the_time(version):
    memo = Memo(version, held=4, lasts=0.0, stale=30.0)
    assert memo.get("a", lambda: "old") == "old"
    version.now = "2"
    begun, go = threading.Event(), threading.Event()

    def slow():
        begun.set()
        assert go.wait(5)
        return "new"

    assert memo.get("a", slow) == "old"
    assert begun.wait(5)
    assert memo.get("a", slow) == "old"
    assert memo.version_of("a") == "1"
    go.set()
    until(lambda: memo.version_of("a") == "2")
    assert memo.get("a", lambda: "never made") == "new"
    memo.close()
    version.now = "3"
    assert memo.get("a", lambda: "closed") == "new"


def test_what_is_too_old_is_waited_for(version):
    memo = Memo(version, held=4, lasts=0.0, stale=0.01)
    memo.get("a", lambda: "old")
    version.now = "2"
    time.sleep(0.02)
    assert memo.get("a", lambda: "new") == "new"
    memo.close()


def test_a_value_made_of_an_older_one_is_not_held_for_current(version):
    memo = Memo(version, held=4, lasts=0.05)
    memo.get("part", lambda: "old part")
    version.now = "2"
    whole = memo.get("whole", lambda: memo.get("part", lambda: "new part"))
    assert whole == "old part"
    assert memo.version_of("whole") != "2"
    time.sleep(0.06)
    assert memo.get("whole", lambda: memo.get("part", lambda: "new part")) == "new part"
    assert memo.version_of("whole") == "2"


def test_what_was_begun_before_all_was_forgotten_is_not_kept(version):
    memo = Memo(version, held=4, lasts=60.0)

    def meanwhile():
        memo.clear()
        return "of before"

    assert memo.get("a", meanwhile) == "of before"
    assert memo.get("a", lambda: "of after") == "of after"


def test_what_cannot_be_made_is_told_and_not_remembered(version):
    memo = Memo(version, held=4, stale=30.0)
    for number in range(50):
        with pytest.raises(ZeroDivisionError):
            memo.get(number, lambda: 1 / 0)
    assert not memo._locks
    memo.get("a", lambda: "old")
    version.now = "2"
    assert memo.get("a", lambda: 1 / 0) == "old"  # made anew beside the request: who asks then is not told
    until(lambda: not memo._renewing)
    assert memo.get("a", lambda: "new") == "old"
    until(lambda: memo.version_of("a") == "2")
    memo.close()


def test_what_takes_long_is_made_seldom(version):
    memo = Memo(version, held=4, lasts=0.01, stale=30.0)

    def slow():
        time.sleep(0.05)
        return "old"

    memo.get("slow", slow)
    memo.get("quick", lambda: "old")
    version.now = "2"
    time.sleep(0.05)  # more than a value lasts, far less than ten times what the slow one took
    assert memo.get("slow", lambda: "new") == "old"
    until(lambda: memo.get("quick", lambda: "new") == "new")
    assert memo.version_of("slow") == "1"
    memo.close()


def test_the_oldest_go_where_too_much_is_held_and_one_always_stays(version):
    memo = Memo(version, held=10, weigh=len)
    memo.get("a", lambda: "x" * 6)
    memo.get("b", lambda: "y" * 4)
    memo.get("c", lambda: "z")
    assert [memo.version_of(key) is not None for key in "abc"] == [False, True, True]
    memo.get("whole", lambda: "w" * 99)
    assert [memo.version_of(key) is not None for key in ("b", "c", "whole")] == [False, False, True]


def test_what_has_expired_is_made_anew_however_young(version):
    memo = Memo(version, held=4, lasts=30.0, stale=60.0)
    memo.get("a", lambda: "old")
    memo.expire()
    assert memo.get("a", lambda: "new") == "new"
    memo.close()
