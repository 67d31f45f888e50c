from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from orbat.models import folder_of
from orbat.types import Span
from orbat.windows import CASINGS, LIMIT, Cutter, Pieces, casing_of, pieces_of, plan


@pytest.mark.parametrize(
    ("word", "casing"),
    [("raid", "lower"), ("Mosul", "title"), ("ISIS", "upper"), ("A", "initial"), ("McCain", "mixed"), ("2014", "digit"), (",", "mark")],
)
def test_the_casing_of_a_word_as_written(word: str, casing: str) -> None:
    assert CASINGS[casing_of(word)] == casing


def numbered(lengths: list[int], paragraphs: set[int] = frozenset()) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[assignment]
    """Sentence numbers and boundaries of sentences of these lengths; those in ``paragraphs`` open one."""
    sentence = np.repeat(np.arange(len(lengths)), lengths)
    boundary = np.zeros(len(sentence), dtype=np.int64)
    starts = np.cumsum([0, *lengths[:-1]]) if lengths else []
    for n, start in enumerate(starts):
        boundary[start] = 2 if n in paragraphs else 1
    return sentence, boundary


@given(st.lists(st.integers(1, 400), max_size=60), st.sets(st.integers(0, 60)))
def test_windows_own_every_piece_once_and_keep_their_bound(lengths: list[int], paragraphs: set[int]) -> None:
    windows = plan(*numbered(lengths, paragraphs))
    owned = [i for w in windows for i in range(w.own_a, w.own_b)]
    assert owned == list(range(sum(lengths)))
    for w in windows:
        assert w.a <= w.own_a < w.own_b <= w.b
        assert w.b - w.a <= LIMIT


def test_a_sentence_that_fits_is_never_split_between_owners() -> None:
    for w in plan(*numbered([31] * 40)):
        assert w.own_a % 31 == 0
        assert w.own_b % 31 == 0


def test_where_a_paragraph_is_cut_the_next_window_sees_the_sentence_before() -> None:
    windows = plan(*numbered([25] * 40))
    assert len(windows) > 3
    for before, after in itertools.pairwise(windows):
        assert after.own_a - after.a == 25
        assert after.own_a == before.own_b


def test_a_window_ends_with_a_paragraph_where_it_can() -> None:
    windows = plan(*numbered([25] * 40, {0, 4, 8, 12, 16, 20, 24, 28, 32, 36}))
    assert {w.own_a for w in windows} <= set(range(0, 1000, 100))
    assert all(w.a == w.own_a for w in windows)


def test_a_short_text_is_not_cut_and_an_empty_text_has_no_window() -> None:
    assert len(plan(*numbered([LIMIT]))) == 1
    assert plan(*numbered([])) == []


TOKENIZER = Tokenizer.from_file(str(folder_of(None) / "tokenizer.json"))
CHUNKS = st.one_of(
    st.sampled_from(
        [
            "Mosul,",
            "al-Qaida",
            "ISIS",
            "\u00e9",
            "e\u0301",
            "\u0301",
            "\u200b",
            "\x00",
            "\xa0",
            "\t",
            "漢字",
            "İ",
            "[MASK]",
            "…",
            "x" * 120,
            "",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
)


def same(cutter: Cutter, text: str) -> bool:
    spans = [Span(0, len(text) // 2), Span(len(text) // 2 + 1, len(text))] if len(text) > 3 else [Span(0, max(1, len(text)))]
    left, right = cutter.pieces_of(text, spans), pieces_of(text, spans, TOKENIZER)
    return all(np.array_equal(getattr(left, name), getattr(right, name)) for name in Pieces.__dataclass_fields__)


@given(st.lists(st.lists(CHUNKS, max_size=8).map(" ".join), min_size=1, max_size=4), st.sampled_from([2, 5, 1000]))
def test_chunks_that_are_remembered_are_cut_as_in_the_text(texts: list[str], remembered: int) -> None:
    cutter = Cutter(TOKENIZER)
    cutter.REMEMBERED = remembered
    for text in [*texts, *texts]:
        assert same(cutter, text)


def test_only_so_many_chunks_are_remembered_and_no_long_ones() -> None:
    cutter = Cutter(TOKENIZER)
    cutter.REMEMBERED = 50
    for a in range(0, 400, 40):
        assert same(cutter, " ".join(f"w{n}" for n in range(a, a + 40)) + " " + "y" * 41)
        assert len(cutter.known) <= 50
        assert not any(len(chunk) > Cutter.LONGEST for chunk in cutter.known)
    assert same(cutter, " ".join(f"w{n}" for n in range(400)))  # more than are remembered, in one text
    assert len(cutter.known) <= 50
