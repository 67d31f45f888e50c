"""Language: no English article is refused, others are named and kept as failures. All texts are ours, their events made up."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orbat.ingest import checked, checks, read_source
from orbat.ingest.language import ENOUGH, languages, not_english
from orbat.types import Document, Failure

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
ENGLISH = (
    "Fighters of the Northern Front drove into Dorran on Monday, residents said by telephone. The army denied that it had lost the town, "
    "and a spokesman told reporters that two battalions were on their way. Nine people were killed and about forty fled towards the river."
)
#: The same report in 24 other languages.
OTHERS: dict[str, str] = json.loads((Path(__file__).parent / "languages.json").read_text("utf-8"))


@pytest.mark.parametrize("language", OTHERS)
def test_other_languages_are_named(language: str) -> None:
    reason = not_english(OTHERS[language])
    assert f"most of it is {language} (" in reason
    assert "translation" in reason
    assert languages(OTHERS[language]).most_common(1)[0][0] == language
    (failure,) = checked([Document.of(OTHERS[language])], name="a.txt")
    assert failure == Failure("a.txt", "language", reason)


@pytest.mark.parametrize(
    "text",
    [
        ENGLISH,
        ENGLISH.upper(),
        ENGLISH.lower(),
        "Al-Shabaab said it had taken Buulo Mareer, Qoryooley and Janaale; the Macawiisley denied it. Xasan Cali, "
        "a farmer in Ceel Buur, said Harakat al-Shabaab al-Mujahideen had left Guriceel on Tuesday and that Ahlu Sunna Waljamaa was there.",
        "Ejército de Liberación Nacional (ELN). The group says that it has 2,500 fighters in Norte de Santander, Arauca and Nariño; the "
        "Ejército Nacional puts it at half of that. The Fuerzas Armadas Revolucionarias de Colombia have left Tibú and El Tarra, it said.",
        "Bombing in Kel\n\n" + "| Date | Place | Killed |\n" + "\n".join(f"| {day} May 2014 | Kel | {day * 3} |" for day in range(1, 30)),
        "Ten thousand fled. " * 900,
        "1,000 2,000 3,000 " * 100,
        "...!!!" * 500,
        "\U0001f600" * 400,
    ],
)
def test_english_passes_whatever_names_and_letters_it_has(text: str) -> None:
    assert not_english(text) == ""


def test_short_texts_pass_unless_their_script_tells() -> None:
    assert not_english("Nine killed in Kel.") == ""
    assert not_english(OTHERS["French"][:90]) == ""
    assert not_english(OTHERS["Russian"][:20]) == ""
    assert "not in English" in not_english(OTHERS["Russian"][:90])
    assert "French" in not_english(OTHERS["French"])


def test_mixed_texts_are_judged_by_their_letters() -> None:
    for other in ("Arabic", "Spanish", "Chinese"):
        much = OTHERS[other] * 8
        assert not_english(f"{ENGLISH}\n\n{ENGLISH}\n\n{ENGLISH}\n\n{OTHERS[other]}") == ""
        assert other in not_english(f"{OTHERS[other]}\n\n{much}\n\n{ENGLISH}")


def test_a_language_that_the_detector_does_not_know() -> None:
    # syllables of no language
    words = " ".join(
        f"{a}{b}{c}" for a in ("kwo", "zhy", "dle", "mqu") for b in ("rrep", "vunt", "ogsh") for c in ("iqa", "yxu", "oub", "ezk")
    )
    assert len(words) > ENOUGH
    assert "no language that can be told" in not_english(words)


def test_control_signs_and_half_characters_do_not_stop_it() -> None:
    assert not_english(ENGLISH.replace(" ", "\x00\x07\ud800\ufdd0\uffff ")) == ""


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(), max_size=400))
def test_any_text_is_judged(text: str) -> None:
    assert isinstance(not_english(text), str)


def test_files_and_archives_are_checked() -> None:
    rows = [
        {"id": "en", "text": ENGLISH},
        {"id": "fr", "text": OTHERS["French"]},
        {"url": "https://lasko.example/ru", "text": OTHERS["Russian"]},
    ]
    data = gzip.compress("\n".join(map(json.dumps, rows)).encode())
    found = list(read_source("-", stdin=io.BytesIO(data)))
    assert [each.stage if isinstance(each, Failure) else each.given_id for each in found] == ["en", "language", "language"]
    assert [each.document for each in found if isinstance(each, Failure)] == ["fr", "https://lasko.example/ru"]


# long articles


def test_a_long_article_is_read_in_parts_that_join_to_it() -> None:
    paragraphs = [f"{ENGLISH} {number}." for number in range(1_200)]
    for between in ("\n\n", "\n", " "):
        document = Document.of(between.join(paragraphs), title="Long", source="S", url="https://lasko.example/1", given_id="7")
        parts = list(checks.parts(document))
        assert len(parts) > 5
        assert all(len(part.text) <= checks.MAX_CHARACTERS for part in parts)
        assert "".join(part.text for part in parts) == document.text
        assert all(part.text.endswith(between) for part in parts[:-1])
        assert {(part.title, part.source, part.url) for part in parts} == {("Long", "S", "https://lasko.example/1")}
        assert [part.given_id for part in parts] == [f"7#{number}" for number in range(1, len(parts) + 1)]
        assert len({part.id for part in parts}) == len(parts)
    short = Document.of(ENGLISH)
    assert list(checks.parts(short)) == [short]


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("ab. \n"), min_size=1, max_size=200), st.integers(2, 20))
def test_parts_hold_every_letter(text: str, most: int) -> None:
    document = Document.of(text)
    parts = list(checks.parts(document, most=most))
    assert all(len(part.text) <= most and (part.text.strip() or part is document) for part in parts) or len(text) <= most
    assert "".join("".join(part.text.split()) for part in parts) == "".join(text.split())


def test_parts_in_other_languages_are_one_failure() -> None:
    english, french = f"{ENGLISH}\n\n" * 400, f"{OTHERS['French']}\n\n" * 900
    documents, failures = [], []
    for each in checked([Document.of(english + french, given_id="7")]):
        (failures if isinstance(each, Failure) else documents).append(each)
    assert documents
    assert len(failures) == 1
    assert "of the" in failures[0].message
    assert "French" in failures[0].message


# cost, and the corpus


def test_it_is_light() -> None:
    code = "import time, orbat.ingest; a = time.perf_counter(); import pycld2; print(time.perf_counter() - a)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert float(done.stdout) < 0.1  # seconds; 2 ms when this was written
    start = time.process_time()
    for _ in range(100):
        not_english(ENGLISH * 10)
    assert (time.process_time() - start) / 100 < 0.01  # seconds for 400 words; 0.3 ms when this was written


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus's folder is not beside the project")
def test_no_article_of_the_corpus_is_refused() -> None:
    for name in ("train.jsonl", "dev.jsonl"):
        texts = [json.loads(line)["text"] for line in (CORPUS / name).read_text("utf-8").splitlines()]
        assert [text[:80] for text in texts if not_english(text)] == []
        assert [text[:80] for text in texts if not_english(text.upper())] == []


def test_what_is_no_word_of_any_language_is_not_counted() -> None:
    assert not not_english("x" * 100_000)
    assert not not_english("The army said on Monday that its men had left the town after a day of fighting. " * 3 + "QmFzZTY0" * 5_000)
