"""The first pass: what it must keep, what it must skip, and that a mask and a score say the same."""

import json
import os
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orbat.firstpass import FirstPass, words_of
from orbat.ingest import read_all
from orbat.link.catalogue import Catalogue
from orbat.segment import sentences
from orbat.types import Document, Span
from tests.conftest import EXAMPLES

CORPUS = Path(__file__).parent.parent.parent / "shared" / "corpus" / "dev.jsonl"
BAKING = (
    "The village fair opened on Saturday with a contest for the best apple pie. Families walked between the stalls, and children "
    "painted pumpkins while a brass band played in the square. The mayor thanked the bakers and promised a larger tent next year. "
) * 4
RAID = "Gunmen of the rebel group attacked an army convoy near the town on Tuesday, killing six soldiers, police in the capital said. "


@pytest.fixture(scope="module")
def first():
    return FirstPass.load(n.text for e in Catalogue.load() if e.kind in ("group", "wing", "coalition") for n in e.names)


def test_articles_on_armed_groups_are_kept_and_a_village_fair_is_not(first):
    documents = [d for d in read_all(EXAMPLES) if isinstance(d, Document)]
    assert len(documents) > 5
    assert all(first.worth(d.text) for d in documents)
    assert not first.worth(BAKING)
    assert not first.worth("")


def test_one_paragraph_in_a_long_article_is_enough(first):
    assert first.worth(BAKING + RAID * 2 + BAKING)
    assert first.score(BAKING * 5 + RAID * 2 + BAKING * 5) == pytest.approx(first.score(BAKING + RAID * 2 + BAKING))


def test_a_users_own_names_weigh():
    named = "The Zorvathi spoke to Zorvathi elders about what the Zorvathi want. "
    assert not FirstPass.load().worth(named)
    assert FirstPass.load(["Zorvathi Brotherhood"]).worth(named)


def test_a_name_of_common_words_weighs_as_a_whole():
    first = FirstPass.load(["The Shining Path", "The Family"])
    fair = FirstPass.load()
    for text, bonus in (("He spoke of the Shining Path.", first.bonus), ("Shining a path, the family: shining paths.", 0.0)):
        assert first.score(text) == pytest.approx(fair.score(text) + bonus)
    assert first.score("Shining Path " * 70) > fair.score("Shining Path " * 70)


def test_a_page_is_looked_at_without_its_markup(first):
    page = f"<html><script>attack rebels gunmen killed bomb militants</script><body><p class='rebels'>{BAKING}</p></body></html>"
    assert first.page_score(page.encode()) == pytest.approx(first.score(BAKING))
    assert first.page_score(f"<p>{RAID * 2}</p>".encode()) >= first.threshold
    assert first.page_score(RAID.encode("utf-16")) == float("inf")


def test_what_is_no_markup_of_a_page_is_looked_at_however_it_is_left_open(first):
    said = f"<P>{RAID * 2}</P>".encode()
    assert first.page_score(b"<SCRIPT>attack</Script ><!-- killed --><style>bomb</style>" + said) == pytest.approx(first.page_score(said))
    assert first.page_score(b"<scripture>" + said + b"</script>") == pytest.approx(first.page_score(said))
    for piece in (b"<script>", b"<!--", b"<style ", b"<", b"<script></script>"):
        began = time.process_time()
        assert first.page_score(piece * 100_000 + said) >= first.threshold
        assert time.process_time() - began < 5  # 0.1 s on an idle core; what is left open is not looked for again and again


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from([*RAID.split(), *BAKING.split()[:80], "Ünïcode", "…", "\n"]), max_size=200))
def test_the_mask_agrees_with_the_score(first, words):
    text = " ".join(words)
    spans = sentences(text)
    inside = "\n".join(s.of(text) for s in spans)
    mask = first.worth_reading(text, spans)
    assert len(mask) == len(spans)
    assert mask.any() == (bool(words_of(inside)) and first.worth(inside))


def test_the_mask_keeps_the_window_around_what_is_promising(first):
    assert first.worth_reading(RAID * 2 + BAKING, sentences(RAID * 2 + BAKING)).all()  # ours in a large part: read whole
    text = BAKING * 3 + RAID * 2 + BAKING * 3
    spans = sentences(text)
    mask = first.worth_reading(text, spans)
    about = np.array(["Gunmen" in s.of(text) for s in spans])
    assert mask[about].all()
    assert 0 < (mask & ~about).sum() < (~about).sum()


def test_words_are_parted_by_whatever_is_no_letter():
    assert words_of("Al-Qa'ida’s 3 “FIGHTERS” \udc80, Boyacá") == [b"al", b"qa", b"ida", b"s", b"3", b"fighters", b"boyac"]


def test_it_is_fast(first):
    text = (BAKING + RAID) * 200
    began = time.process_time()
    first.score(text)
    assert len(text) / 1e6 / (time.process_time() - began) > 5  # MB a second; 20 to 60 on an idle core, this machine may be busy


@pytest.mark.skipif(not CORPUS.exists(), reason=f"the corpus is not at {os.path.relpath(CORPUS)}")
def test_it_loses_less_than_one_event_in_two_hundred(first):
    articles = [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines()]
    lost = sum(len(a["events"]) for a in articles if not first.worth(a["text"]))
    assert lost < 0.005 * sum(len(a["events"]) for a in articles)
    kept = sum(first.worth_reading(a["text"], [Span(*s) for s in a["sentences"]])[[e["s"] for e in a["events"]]].sum() for a in articles)
    assert kept > 0.995 * sum(len(a["events"]) for a in articles)
