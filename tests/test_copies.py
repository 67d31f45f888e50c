"""Near-copies: kinds of copies, families whatever the order, signatures that can be kept."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orbat.corroborate import copies
from orbat.corroborate.copies import Signature, are_copies, band_keys, families, family_of, near_copies, signature
from orbat.errors import DataError

WORDS = [f"{a}{b}{c}" for a in ("ka", "mo", "ri", "tu", "be") for b in ("lan", "dor", "mi", "sek") for c in ("", "ta", "ne", "us", "ol")]


def article(seed: int, sentences: int = 14) -> list[str]:
    pick = random.Random(seed)
    return [" ".join(pick.choices(WORDS, k=pick.randrange(12, 24))).capitalize() + "." for _ in range(sentences)]


def text(parts: list[str]) -> str:
    return " ".join(parts)


def edited(parts: list[str], every: int) -> list[str]:
    """One word in so many is another one."""
    said = text(parts).split()
    return [" ".join("zzz" if i % every == every - 1 else word for i, word in enumerate(said))]


BASE = article(1)


@pytest.mark.parametrize(
    ("other", "copied"),
    [
        (BASE, True),
        (edited(BASE, 25), True),
        (["KANO (Wire) -", *BASE, "Subscribe to our newsletter."], True),
        (BASE[:7], True),
        (BASE[:4], True),
        ([*BASE[:8], *article(2, 6)], True),
        (article(3), False),
        ([*BASE[:2], *article(4, 12)], False),
        ([*BASE[5:7], *article(5, 12)], False),
        ([], False),
    ],
    ids=["identical", "small edits", "with a dateline and a footer", "half", "the opening", "partial rewrite", "another",
         "a paragraph kept", "a passage quoted", "empty"],
)  # fmt: skip
def test_what_a_copy_is(other: list[str], copied: bool) -> None:
    one, two = signature(text(BASE)), signature(text(other))
    assert are_copies(one, two) is copied
    assert are_copies(two, one) is copied
    if copied:
        assert set(band_keys(one)) & set(band_keys(two)), "copies must meet in a band"
    assert (families({"a": one, "b": two})["b"] == "a") is copied


def test_the_estimate_is_near_the_truth() -> None:
    for every in (6, 12, 25, 50):
        one, two = text(BASE), text(edited(BASE, every))
        runs = [{tuple(words[i : i + 3]) for i in range(len(words) - 2)} for words in (copies.words(one), copies.words(two))]
        truth = len(runs[0] & runs[1]) / len(runs[0] | runs[1])
        assert copies.similarity(signature(one), signature(two))[0] == pytest.approx(truth, abs=0.15)  # over three standard errors


def test_a_signature_can_be_kept() -> None:
    kept = signature(text(BASE)).to_bytes()
    assert Signature.from_bytes(kept) == signature(text(BASE))
    for broken in (b"", kept[:-1], bytes([9]) + kept[1:]):
        with pytest.raises(DataError):
            Signature.from_bytes(broken)


def test_a_signature_stays_the_same_between_runs() -> None:
    """A store keeps signatures for years: another seed, run length or library would break it in silence."""
    assert signature("the quick brown fox jumps over the lazy dog").hashes[:3] == (2823810367, 3410616324, 3281822730)


MADE = {f"{n:02}": text(article(n % 4) if n % 3 else [*article(n % 4)[:9], *article(100 + n, 3)]) for n in range(16)}
SIGNATURES = {key: signature(words) for key, words in MADE.items()}


@settings(max_examples=12, deadline=None)
@given(st.permutations(sorted(MADE)))
def test_order_of_reading_does_not_change_families(order: list[str]) -> None:
    whole = families(SIGNATURES)
    assert families({key: SIGNATURES[key] for key in order}) == whole
    found: dict[str, str] = {}
    for at, key in enumerate(order):  # one by one, as a store does it
        earlier = {other: SIGNATURES[other] for other in order[:at] if set(band_keys(SIGNATURES[other])) & set(band_keys(SIGNATURES[key]))}
        near = {found[other] for other in near_copies(SIGNATURES[key], earlier)}
        family = family_of(key, near)
        found = {other: family if known in near else known for other, known in found.items()} | {key: family}
    assert found == whole
    assert set(whole.values()) == {"00", "01", "02", "03"}


def test_a_sentence_is_known_for_a_copy() -> None:
    one = "Gunmen on motorbikes raided a hamlet outside the town on Tuesday and killed nine villagers, the mayor said."
    near = "Gunmen on motorbikes raided a hamlet outside the town on Tuesday and killed nine villagers, according to the mayor."
    other = "Soldiers in trucks left the barracks outside the town on Tuesday and arrested nine traders, the governor said."
    assert copies.same_sentence(one, near)
    assert not copies.same_sentence(one, other)
    assert set(copies.sentence_keys(one)) & set(copies.sentence_keys(near))
    assert not set(copies.sentence_keys(one)) & set(copies.sentence_keys(other))
    runs = {"3": copies.run_numbers(one), "1": copies.run_numbers(near), "2": copies.run_numbers(other)}
    assert copies.sentence_families(runs) == {"1": "1", "2": "2", "3": "1"}
    assert not copies.same_sentence("He is dead.", "She is dead.")
    assert copies.same_sentence("He is dead.", "“He is dead”")


def test_numbers_of_sentences_long_and_short_fit_where_they_are_kept() -> None:
    from array import array

    for n in range(200):  # of numbers of 64 bits half would not
        for sentence in (f"He leads group {n}.", f"Fighters of group {n} have been led by a former teacher since the spring."):
            assert array("q", copies.run_numbers(sentence))
