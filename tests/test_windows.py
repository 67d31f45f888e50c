from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orbat.windows import CASINGS, LIMIT, casing_of, plan


@pytest.mark.parametrize(
    ("word", "casing"),
    [("raid", "lower"), ("Mosul", "title"), ("ISIS", "upper"), ("A", "initial"), ("McCain", "mixed"), ("2014", "digit"), (",", "mark")],
)
def test_the_casing_of_a_word_as_written(word: str, casing: str) -> None:
    assert CASINGS[casing_of(word)] == casing


@given(st.lists(st.integers(1, 400), max_size=60))
def test_windows_own_every_piece_once_and_keep_their_bound(lengths: list[int]) -> None:
    sentence = np.repeat(np.arange(len(lengths)), lengths)
    windows = plan(sentence)
    owned = [i for w in windows for i in range(w.own_a, w.own_b)]
    assert owned == list(range(len(sentence)))
    for w in windows:
        assert w.a <= w.own_a < w.own_b <= w.b
        assert w.b - w.a <= LIMIT


def test_a_sentence_that_fits_is_never_split_between_owners() -> None:
    sentence = np.repeat(np.arange(40), 31)
    for w in plan(sentence):
        assert w.own_a % 31 == 0
        assert w.own_b % 31 == 0


def test_neighbouring_windows_share_context() -> None:
    windows = plan(np.repeat(np.arange(40), 25))
    assert len(windows) > 3
    for before, after in itertools.pairwise(windows):
        assert after.a < before.b
        assert after.a <= after.own_a


def test_a_short_text_is_one_window_and_an_empty_text_none() -> None:
    assert len(plan(np.zeros(LIMIT, dtype=np.int64))) == 1
    assert plan(np.zeros(0, dtype=np.int64)) == []
