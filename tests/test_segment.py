from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from orbat.segment import sentences


def test_sentences_are_cut_at_their_ends_and_at_line_breaks() -> None:
    text = "Gen. Musa spoke. Rebels fled\nThe town is quiet."
    assert [s.of(text) for s in sentences(text)] == ["Gen. Musa spoke.", "Rebels fled", "The town is quiet."]


@settings(max_examples=200, deadline=None)
@given(st.text() | st.text().map(str.lower) | st.text().map(str.upper))
def test_sentences_are_in_order_and_lose_no_letter(text: str) -> None:
    spans = sentences(text)
    place = 0
    for span in spans:
        assert place <= span.start < span.end <= len(text)
        assert not text[place : span.start].strip()
        assert "\n" not in span.of(text)
        place = span.end
    assert not text[place:].strip()


def test_a_text_without_casing_is_cut_as_well() -> None:
    text = "Rebels fled to Goma. The U.S. sent 30 men. “They left,” he said. Two died."
    whole = sentences(text)
    assert len(whole) == 4
    assert sentences(text.lower()) == whole
    assert sentences(text.upper()) == whole
