from __future__ import annotations

import pytest
import syntok.segmenter
from hypothesis import given, settings
from hypothesis import strategies as st

from orbat.segment import dashed, sentences


def test_sentences_are_cut_at_their_ends_and_at_line_breaks() -> None:
    text = "Gen. Musa spoke. Rebels fled\nThe town is quiet."
    assert [s.of(text) for s in sentences(text)] == ["Gen. Musa spoke.", "Rebels fled", "The town is quiet."]


def test_no_sentence_ends_at_a_rank_before_a_name() -> None:
    text = "Two majors, Maj. Oluka and Lt. Obbo, met Maj. Gen. Bello. Gen. (ret.) Sani and Sgt. Ba died. He was a maj. in 1990."
    assert [s.of(text) for s in sentences(text)] == [
        "Two majors, Maj. Oluka and Lt. Obbo, met Maj. Gen. Bello.", "Gen. (ret.) Sani and Sgt. Ba died.", "He was a maj. in 1990.",
    ]  # fmt: skip
    assert sentences(text.upper()) == sentences(text)


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


_WORDS = """
the army He Gen. U.S. No. no 5 2014 12.5 Jan May IV a A b Mr. e.g. it's well-known “Go go” " ' ( ) [ ] (ISIS) {x} (Then left.)
(A. et al.) ? ! ... . ; , : foo.Bar and;or word.” word.) In This — – * … ´ 。 n't CO2 $5 fooBar É 中 _
fled. left? Go! sept. Sept. Jan. No. no. approx. Mr. Mosul. IV. a. I. B52 VIII Rebels (Rebels fled. fled.)
fled.” fled.\" ISIS. U.S.-led. al-Qaida. 2014. 5. “Go. 1.5. 3.2 ‘No McNo.
"""
_GAPS = [*5 * " ", "", "", "  ", "\xa0", "\t", "\u200b", "\u2028"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_WORDS.split()), st.sampled_from(_GAPS)), max_size=60))
def test_a_paragraph_is_cut_where_syntok_cuts_it_although_it_is_not_shown_every_word(marks: list[tuple[str, str]]) -> None:
    text = "".join(mark + gap for mark, gap in marks) + "Rebels"
    parts = [list(tokens) for group in syntok.segmenter.analyze(text) for tokens in group]
    bounds = [(part[0].offset, part[-1].offset + len(part[-1].value)) for part in parts]
    assert [(s.start, s.end) for s in sentences(text)] == [(a, b) for a, b in bounds if text[a:b].strip()]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("PORT-AU-PRINCE - Members of a gang stormed it.", "PORT-AU-PRINCE — Members of a gang stormed it."),
        ("A title\n\nGAO, Mali - JNIM attacked.", "A title\n\nGAO, Mali — JNIM attacked."),
        ("SAN ROQUE, Norte del Valle - Men came.", "SAN ROQUE, Norte del Valle — Men came."),
        ("Bogotá, 9 June 2023 - The army left.", "Bogotá, 9 June 2023 — The army left."),
        ("Abuja (AFP) - “We left,” he said.", "Abuja (AFP) — “We left,” he said."),
        ("The army - Mali's - attacked.", "The army - Mali's - attacked."),
        ("It lost 270 - 3.", "It lost 270 - 3."),
        ("GAO, Mali - on Monday", "GAO, Mali - on Monday"),
    ],
)
def test_the_hyphen_that_ends_a_dateline_is_shown_to_the_network_as_a_dash(text: str, shown: str) -> None:
    assert dashed(text) == shown
