"""The keys by which names are compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orbat.names import fold, is_acronym, skeleton


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("The Jama'at al-Islāmiyya", "jamaat al islamiyya"),
        ("Côte d’Ivoire", "cote divoire"),
        ("Łódź", "lodz"),
        ("Iraq's", "iraq"),
        ("the rebels’", "rebels"),
        ("Kurdistan Workers' Party", "kurdistan workers party"),
        ("SPLM/A-IO", "splm a io"),
        ("Médecins Sans Frontières", "medecins sans frontieres"),
        ("Oil & Gas Police", "oil and gas police"),
        ("Theba", "theba"),
        ("--", ""),
    ],
)
def test_fold(name: str, key: str) -> None:
    assert fold(name) == key


@pytest.mark.parametrize(
    "spellings",
    [
        ("Al-Qaeda", "el Kaïda", "Al Qaida", "al-Qa'ida"),
        ("Hizb Allah", "Hezbollah", "Hizbullah", "Hizballah"),
        ("Deir ez-Zor", "Dayr az-Zawr", "Deir al-Zour"),
        ("Ar-Raqqah", "Raqqa", "Rakka"),
        ("Abd al-Rahman", "Abdul Rahman", "Abdelrahman", "Abderrahmane"),
        ("Jabhat an-Nusra", "Jabhat al-Nusrah", "Jabhat Nusra"),
        ("Ash-Shabaab", "al-Shabab", "Al Shabaab"),
        ("Mujahideen", "Moudjahidine", "Mujahedin"),
        ("Kyiv", "Kiev"),
    ],
)
def test_spellings_of_one_name_share_a_skeleton(spellings: tuple[str, ...]) -> None:
    assert len({skeleton(s) for s in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("Aden", "Aleppo"), ("Free Syrian Army", "Syrian army"), ("Boko Haram", "Hamas"), ("Niger", "Nigeria"), ("Mali", "Malawi")],
)
def test_different_names_keep_different_skeletons(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@pytest.mark.parametrize("name", ["IS", "M23", "LeT", "FARC-EP", "SPLM/A-IO", "U.S.", "PKK"])
def test_acronyms(name: str) -> None:
    assert is_acronym(name)


@pytest.mark.parametrize("name", ["is", "Is", "Iraq", "McKay", "IS fighters", "A", "", "7th"])
def test_not_acronyms(name: str) -> None:
    assert not is_acronym(name)


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_but_a_leading_article(name: str) -> None:
    once = fold(name)
    assert once == once.strip() == " ".join(once.split())
    if not once.startswith("the "):
        assert fold(once) == once


@given(st.text(max_size=60))
def test_case_does_not_matter_to_the_keys(name: str) -> None:
    if name.isascii():
        assert fold(name.upper()) == fold(name.lower())
        assert skeleton(name.upper()) == skeleton(name.lower())
