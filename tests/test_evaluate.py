"""Scores: the definitions against brute force, calibration by hand, the scorers of links, and the gate."""

from __future__ import annotations

import copy
import importlib.util
import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orbat.errors import DataError
from orbat.evaluate import (
    STAGES,
    calibration,
    digest,
    facts,
    read_jsonl,
    score,
    score_actors,
    score_places,
    score_places_found,
    score_references,
    score_times,
)
from orbat.evaluate.links import kilometres

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


def _module(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


gate = _module(ROOT / "evals" / "gate.py")


# Definitions ------------------------------------------------------------------------------------------------------------------------

_spots = st.integers(0, 3)  # few values, so that facts agree, repeat and collide


@st.composite
def documents(draw, id: str):
    mentions = [
        {"id": i, "s": 0, "start": draw(_spots), "end": 4 + draw(_spots), "type": draw(st.sampled_from(["GROUP", "PLACE"]))}
        | draw(st.sampled_from([{}, {"ref": "ISIS"}, {"ref": "the Isis"}, {"ref": "Boko Haram"}]))
        for i in range(draw(st.integers(0, 4)))
    ]
    ids = st.integers(0, len(mentions) - 1)
    events = [
        {
            "id": i,
            "s": draw(st.integers(0, 1)),
            "start": draw(_spots),
            "end": 9,
            "type": draw(st.sampled_from(["KILL", "SEIZE"])),
            "certainty": draw(st.sampled_from(["fact", "likely"])),
            "negated": draw(st.booleans()),
            "args": [[draw(st.sampled_from(["actor", "target"])), draw(ids)] for _ in range(draw(st.integers(0, 3)))] if mentions else [],
            "by": draw(st.none() | ids) if mentions else None,
            "score": draw(st.floats(0, 1)),
        }
        for i in range(draw(st.integers(0, 4)))
    ]
    return {"id": id, "text": "x" * 10, "sentences": [[0, 10]], "mentions": mentions, "events": events}


def brute(docs: list[dict], stage: str) -> list:
    """The facts of a stage over all documents, spelled out one by one."""
    out = []
    for doc in docs:
        ends = {m["id"]: m["end"] for m in doc["mentions"]}
        for m in doc["mentions"]:
            if stage == "mention":
                out.append((doc["id"], m["start"], m["end"], m["type"]))
            if stage == "mention_head":
                out.append((doc["id"], m["end"], m["type"]))
            if stage == "reference" and "ref" in m:
                out.append((doc["id"], m["end"], m["ref"].lower().removeprefix("the ")))
        for e in doc["events"]:
            if stage == "event_in_sentence":
                out.append((doc["id"], e["s"], e["type"]))
            if stage == "trigger":
                out.append((doc["id"], e["start"], e["type"]))
            if stage == "certainty":
                out.append((doc["id"], e["start"], e["type"], e["certainty"], e["negated"]))
            if stage == "source" and e["by"] is not None:
                out.append((doc["id"], e["start"], e["type"], ends[e["by"]]))
            if stage == "argument":
                out.extend((doc["id"], e["start"], e["type"], role, ends[i]) for role, i in e["args"])
    return out


@settings(max_examples=150, deadline=None)
@given(st.tuples(documents("a"), documents("b")), st.tuples(documents("a"), documents("b")))
def test_scores_are_those_of_the_definitions(gold, predicted) -> None:
    report = score(gold, predicted)
    for stage in STAGES:
        wanted, given_facts = brute(gold, stage), brute(predicted, stage)
        left, right = list(wanted), 0
        for fact in given_facts:
            if fact in left:
                left.remove(fact)
                right += 1
        result = report.stages[stage]
        assert (result.gold, result.predicted, result.right) == (len(wanted), len(given_facts), right)
        precision, recall = right / max(1, len(given_facts)), right / max(1, len(wanted))
        assert result.precision == pytest.approx(precision)
        assert result.recall == pytest.approx(recall)
        assert result.f1 == pytest.approx(2 * precision * recall / (precision + recall) if right else 0.0)
        kinds = [(k.gold, k.predicted, k.right) for k in report.by_type[stage].values()]
        assert tuple(map(sum, zip(*kinds, strict=True))) in {(len(wanted), len(given_facts), right), ()}


@settings(max_examples=50, deadline=None)
@given(documents("a"), documents("b"))
def test_gold_against_itself_is_perfect_and_order_does_not_matter(a, b) -> None:
    report = score([a, b], [b, a])
    assert all(s.right == s.gold == s.predicted for s in report.stages.values())
    assert report.gold_digest == score([b, a], []).gold_digest


@pytest.mark.skipif(not (SHARED / "tools" / "corpus.py").exists(), reason="the corpus's folder is not beside the project")
def test_scores_are_those_of_the_corpus_tool() -> None:
    tool = _module(SHARED / "tools" / "corpus.py")
    gold = list(read_jsonl(SHARED / "corpus" / "dev.jsonl"))
    predicted, rng = copy.deepcopy(gold), random.Random(7)
    for doc in predicted:
        for m in doc["mentions"]:
            m["type"] = rng.choice([m["type"], m["type"], "GROUP"])
            m["start"] += rng.random() < 0.1
        doc["events"] = [e for e in doc["events"] if rng.random() < 0.8]
        for e in doc["events"]:
            e["type"] = rng.choice([e["type"], e["type"], "KILL"])
            e["negated"] ^= rng.random() < 0.1
            e["args"] = [a for a in e["args"] if rng.random() < 0.8]
            e["by"] = e["by"] if rng.random() < 0.8 else None
    report = score(gold, predicted)
    for stage in ("mention", "mention_head", "event_in_sentence", "trigger", "argument", "certainty", "source"):
        expected = tool.prf([f for d in gold for f in tool.facts(d)[stage]], [f for d in predicted for f in tool.facts(d)[stage]])
        result = report.stages[stage]
        found = {"P": result.precision, "R": result.recall, "F1": result.f1}
        assert {name: round(value, 3) for name, value in found.items()} == {name: expected[name] for name in found}
        assert (result.gold, result.predicted) == (expected["gold"], expected["pred"])


def _doc(id: str = "d", text: str = "Rebels took Goma.", **changes) -> dict:
    doc = {
        "id": id,
        "text": text,
        "sentences": [[0, 17]],
        "mentions": [{"id": 0, "s": 0, "start": 0, "end": 6, "type": "GROUP"}, {"id": 1, "s": 0, "start": 12, "end": 16, "type": "PLACE"}],
        "events": [
            {
                **{"id": 0, "s": 0, "start": 7, "end": 11, "type": "SEIZE", "certainty": "fact", "negated": False},
                **{"args": [["actor", 0], ["target", 1]], "by": None, "score": 0.9},
            }
        ],
    }
    return doc | changes


def test_documents_that_are_not_there_count_as_found_nothing() -> None:
    report = score([_doc("a"), _doc("b")], [_doc("a"), _doc("c")])
    assert report.missing == ("b",)
    assert report.extra == ("c",)
    assert report.stages["trigger"].recall == 0.5
    assert report.stages["trigger"].precision == 1.0


def test_what_cannot_be_scored_is_refused() -> None:
    with pytest.raises(DataError, match="another text"):
        score([_doc()], [_doc(text="Rebels left Goma.")])
    with pytest.raises(DataError, match="occurs twice"):
        score([_doc(), _doc()], [])
    with pytest.raises(DataError, match="no id"):
        score([{"text": "x"}], [])
    with pytest.raises(DataError, match="layout"):
        facts({"id": "d", "text": "", "mentions": []})
    broken = _doc()
    broken["events"][0]["args"] = [["actor", 9]]
    with pytest.raises(DataError, match="layout"):
        score([broken], [])


def test_tables_and_json() -> None:
    report = score([_doc()], [_doc()])
    assert [row[0] for row in report.as_table()] == list(STAGES)
    assert report.as_table("argument") == [("actor", 1.0, 1.0, 1.0, 1, 1), ("target", 1.0, 1.0, 1.0, 1, 1)]
    assert json.loads(json.dumps(report.to_json(), allow_nan=False))["stages"]["trigger"]["f1"] == 1.0


def test_calibration_by_hand() -> None:
    result = calibration([(0.95, True), (0.95, True), (0.95, False), (0.15, False), (1.0, True)])
    assert [(b.low, b.count) for b in result.bins] == [(0.1, 1), (0.9, 4)]
    assert result.ece == pytest.approx((1 * 0.15 + 4 * abs(3.85 / 4 - 3 / 4)) / 5)
    assert result.brier == pytest.approx((2 * 0.05**2 + 0.95**2 + 0.15**2) / 5)


def test_confidence_counts_as_right_once_for_each_gold_trigger() -> None:
    twice = _doc()
    twice["events"] = [twice["events"][0] | {"id": 0, "score": 0.4}, twice["events"][0] | {"id": 1, "score": 0.8}]
    result = score([_doc()], [twice]).calibration
    assert result is not None
    assert [(b.confidence, b.right) for b in result.bins] == [(0.4, 0.0), (0.8, 1.0)]


def test_no_calibration_without_scores() -> None:
    silent = _doc()
    del silent["events"][0]["score"]
    assert score([_doc()], [silent]).calibration is None


def test_read_jsonl_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": 1}\n\n{"id": ', encoding="utf-8")
    with pytest.raises(DataError, match="Line 3"):
        list(read_jsonl(path))
    path.write_text("[1]\n", encoding="utf-8")
    with pytest.raises(DataError, match="Line 1"):
        list(read_jsonl(path))
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match="cannot be read"):
        list(read_jsonl(path))


# Links ------------------------------------------------------------------------------------------------------------------------------

PLACES = {
    "id": "p",
    "text": "Goma, Paris and Eden",
    "toponyms": [
        {"start": 0, "end": 4, "text": "Goma", "lat": -1.68, "lon": 29.22},
        {"start": 6, "end": 11, "text": "Paris", "lat": 48.86, "lon": 2.35},
        {"start": 16, "end": 20, "text": "Eden", "lat": None, "lon": None},
    ],
}


def test_kilometres() -> None:
    assert kilometres((0.0, 0.0), (0.0, 1.0)) == pytest.approx(111.19, abs=0.01)
    assert kilometres((48.86, 2.35), (51.51, -0.13)) == pytest.approx(344, abs=2)  # Paris to London
    assert kilometres((10.0, 0.0), (-10.0, 180.0)) == pytest.approx(20015, abs=1)


def test_places_of_gold_mentions() -> None:
    report = score_places([PLACES], lambda row: [(-1.9, 29.3), (33.66, -95.55), None])  # Paris in Texas
    assert report.count == 2
    assert report.figures["accuracy_161km"] == 0.5
    assert report.worst[0].where == "p: Paris"
    assert report.worst[0].size == pytest.approx(7735, rel=0.01)
    unanswered = score_places([PLACES], lambda row: [None] * 3)
    assert unanswered.figures["accuracy_161km"] == 0.0
    assert json.dumps(unanswered.to_json(), allow_nan=False)
    with pytest.raises(ValueError, match="zip"):
        score_places([PLACES], lambda row: [])


def test_places_end_to_end() -> None:
    found = [(0, 4, (-1.7, 29.2)), (6, 11, (33.66, -95.55)), (12, 15, (0.0, 0.0)), (16, 20, (0.0, 0.0))]
    report = score_places_found([PLACES], lambda row: found)
    assert report.figures["precision"] == pytest.approx(1 / 3)  # Eden has no gold place and counts neither way
    assert report.figures["recall"] == 0.5
    assert report.figures["tagging_f1"] == pytest.approx(0.8)


def test_times() -> None:
    row = {
        "doc": "t",
        "text": "on Monday and for three days",
        "timex": [
            {"start": 3, "end": 9, "text": "Monday", "type": "DATE", "value": "2024-01-01"},
            {"start": 18, "end": 28, "text": "three days", "type": "DURATION", "value": "P3D"},
        ],
    }
    report = score_times([row], lambda row: [(0, 9, "DATE", "2024-01-01"), (18, 28, "DURATION", "P4D"), (10, 13, "DATE", "X")])
    assert report.figures["value_f1"] == pytest.approx(2 / 5)
    assert report.figures["relaxed_f1"] == pytest.approx(4 / 5)
    assert report.figures["strict_f1"] == pytest.approx(2 / 5)
    assert {miss.answered for miss in report.worst} == {"P4D", "X"}
    twice = score_times([row], lambda row: [(3, 6, "DATE", "2024-01-01"), (7, 9, "DATE", "2024-01-01")])
    assert twice.figures["relaxed_precision"] == 0.5  # one gold expression is found once


def test_actors() -> None:
    gold = {"IS": "is", "JNIM": "jnim", "X": None, "Y": None}
    rows = [{"text": name, "start": 0, "end": len(name), "gold": actor} for name, actor in gold.items()]
    report = score_actors(rows, lambda row: {"IS": "is", "JNIM": None, "X": None, "Y": "is"}[row["text"]])
    assert report.figures == {"accuracy": 0.5, "nil_precision": 0.5, "nil_recall": 0.5, "linked_precision": 0.5}
    assert [miss.where for miss in report.worst] == ["Y: Y", "JNIM: JNIM"]


def test_references() -> None:
    mentions = [{"text": "he", "ref": "Joseph Kony"}, {"text": "it", "ref": "LRA"}, {"text": "they"}, {"text": "him", "ref": "Kony"}]
    report = score_references([{"id": "d", "mentions": mentions}], lambda row: {0: "Kony", 1: "UPDF", 2: "LRA"})
    assert report.figures["precision"] == report.figures["recall"] == pytest.approx(1 / 3)
    assert report.figures["exact_f1"] == 0
    assert report.figures["words_f1"] == report.figures["f1"]  # no mark is on a name
    assert [miss.where for miss in report.worst] == ["d: it", "d: they", "d: him"]


def test_references_of_words_leave_out_marks_on_names() -> None:
    mentions = [{"text": "he", "ref": "Joseph Kony"}, {"text": "Kony", "ref": "Joseph Kony"}, {"text": "Lion", "ref": "Joseph Kony"}]
    for answers in ({0: "Kony", 2: "Kony"}, {0: "Kony", 1: "Joseph Kony", 2: "Kony"}):
        report = score_references([{"id": "d", "mentions": mentions}], lambda row, answers=answers: answers)
        assert report.figures["words_f1"] == 1.0
        assert report.figures["recall"] == pytest.approx(len(answers) / 3)


def test_a_name_and_its_abbreviation_are_one_name_where_either_will_do() -> None:
    text = "Jemaah Islamiyah (JI) and Human Rights Watch met ETA. HRW and it left; the group fell."
    mentions = [
        {"text": words, "start": text.index(words), "end": text.index(words) + len(words)} | ({"ref": ref} if ref else {})
        for words, ref in (
            ("Jemaah Islamiyah", ""), ("JI", ""), ("Human Rights Watch", ""), ("ETA", ""), ("HRW", ""),
            ("it", "Human Rights Watch"), ("group", "JI"),
        )
    ]  # fmt: skip
    for answers, right in (({5: "HRW", 6: "Jemaah Islamiyah"}, 1.0), ({5: "JI", 6: "ETA"}, 0.0)):
        report = score_references([{"id": "d", "text": text, "mentions": mentions}], lambda row, answers=answers: answers)
        assert (report.figures["f1"], report.figures["either_f1"]) == (0.0, right)


# The gate ---------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def pinned(tmp_path: Path) -> tuple[Path, Path]:
    report, floors = tmp_path / "report.json", tmp_path / "floor.json"
    report.write_text(json.dumps(score([_doc()], [_doc()]).to_json()), encoding="utf-8")
    assert gate.main([str(report), "--floors", str(floors), "--pin"]) == 0
    return report, floors


def _changed(path: Path, change) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")


def test_the_gate_passes_what_was_pinned(pinned, capsys) -> None:
    report, floors = pinned
    assert gate.main([str(report), "--floors", str(floors)]) == 0
    assert "passes" in capsys.readouterr().out


@pytest.mark.parametrize("stage", ["trigger", "argument"])
def test_the_gate_fails_on_a_lowered_score(pinned, capsys, stage: str) -> None:
    report, floors = pinned
    _changed(report, lambda data: data["stages"][stage].update(f1=0.99))
    assert gate.main([str(report), "--floors", str(floors)]) == 1
    assert f"{stage}: F1 0.9900 is below the floor 0.9950" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda data: data.update(gold_digest=digest([_doc("other")])), "other gold data"),
        (lambda data: data.update(missing=["d"]), "1 gold documents were not predicted: d"),
        (lambda data: data["stages"].pop("source"), "source: the report has no F1"),
        (lambda data: data["calibration"].update(ece=0.5), "ece: 0.5000 is above the ceiling"),
        (lambda data: data.update(calibration=None), "the report has no calibration"),
    ],
)
def test_the_gate_fails_and_says_why(pinned, capsys, change, complaint: str) -> None:
    report, floors = pinned
    _changed(report, change)
    assert gate.main([str(report), "--floors", str(floors)]) == 1
    assert complaint in capsys.readouterr().err


def test_the_gate_says_what_it_cannot_read(tmp_path: Path, capsys) -> None:
    (tmp_path / "r.json").write_text("{", encoding="utf-8")
    assert gate.main([str(tmp_path / "r.json")]) == 2
    assert "cannot run" in capsys.readouterr().err


@pytest.mark.skipif(not (SHARED / "corpus" / "dev.jsonl").exists(), reason="the corpus's folder is not beside the project")
def test_the_shipped_floors_are_of_the_development_articles() -> None:
    floors = json.loads((ROOT / "evals" / "floor.json").read_text(encoding="utf-8"))
    assert floors["gold_digest"] == digest(read_jsonl(SHARED / "corpus" / "dev.jsonl"))
    assert set(floors["f1"]) <= set(STAGES)
