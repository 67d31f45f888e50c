from __future__ import annotations

import gc

from orbat.collector import FIRST, settling


def test_what_is_loaded_by_the_first_outcomes_is_passed_over() -> None:
    held = gc.get_freeze_count()
    gc.unfreeze()
    try:
        loaded = [["a list of a list"]]
        outcomes = settling(range(FIRST + 2))
        assert [next(outcomes) for _ in range(FIRST)] == list(range(FIRST))
        assert not gc.get_freeze_count()
        assert next(outcomes) == FIRST
        frozen = gc.get_freeze_count()
        assert frozen > 1_000
        assert not any(each is loaded for each in gc.get_objects())  # it lists what the collector goes through
        new = [["another"]]
        assert list(outcomes) == [FIRST + 1]
        assert gc.get_freeze_count() <= frozen  # once: what comes and goes is gone through as ever
        assert any(each is new for each in gc.get_objects())
    finally:
        gc.unfreeze()
        if held:
            gc.freeze()
