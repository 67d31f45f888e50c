"""The gold sets of records hold together: every fact stands where it says, every count can be counted again."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from orbat.ingest import read_all
from orbat.recordtypes import RecordKind, RecordStatus
from orbat.segment import sentences
from orbat.types import Document, EventType

EVALS = Path(__file__).parents[1] / "evals"
SETS = [json.loads(line) for name in ("records", "records_news") for line in (EVALS / f"{name}.jsonl").read_text("utf-8").splitlines()]
RELATIONS = {EventType(name) for name in ("LEAD", "BELONG", "ALLY", "SPLIT", "SUPPORT", "HOLD")}
MEMBERSHIP = {EventType.JOIN, EventType.LEAVE}  # open and close a relation; of people, they are events
LEAST_SETS, LEAST_ARTICLES = 40, 150
SHINGLE = 5  # words
COPIED, OWN = 0.5, 0.15  # the part of the shorter text's shingles that two copies share at least, two other articles at most

every_set = pytest.mark.parametrize("gold", SETS, ids=lambda gold: f"set {gold['set']}")


def family(gold: dict[str, Any], article: str) -> str:
    """The first article of the group of copies that an article is in; itself where it is in none."""
    return next((group[0] for group in gold["copies"] if article in group), article)


def origins(gold: dict[str, Any], record: str) -> set[str]:
    """The origins of a record: in each family of copies its speakers, or its publisher where it names none."""
    said: dict[str, set[str]] = {}
    for fact in gold["facts"]:
        if fact["record"] == record:
            said.setdefault(family(gold, fact["article"]), set()).add(fact["origin"])
    return {origin for here in said.values() for origin in {one for one in here if one.startswith("speaker:")} or here}


def days(when: Any) -> Iterator[date]:
    yield from (date.fromisoformat(day) for day in (when if isinstance(when, list) else [when]) if day)


def shingles(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)}


def test_there_are_enough_of_them() -> None:
    assert [gold["set"] for gold in SETS] == list(range(1, len(SETS) + 1))
    assert len(SETS) >= LEAST_SETS
    assert sum(len(gold["articles"]) for gold in SETS) >= LEAST_ARTICLES
    texts = Counter(article["text"] for gold in SETS for article in gold["articles"])
    assert [text for text, times in texts.items() if times > 1] == []


def test_both_halves_are_of_one_kind() -> None:
    """Odd sets guide development and even ones are reported: neither may be much the larger, in articles or facts."""
    for part in ("articles", "facts", "records"):
        odd, even = (sum(len(gold[part]) for gold in SETS if gold["set"] % 2 == rest) for rest in (1, 0))
        assert 0.75 < odd / even < 1.33, part


@every_set
def test_an_article_is_whole(gold: dict[str, Any]) -> None:
    ids = [article["id"] for article in gold["articles"]]
    assert len(set(ids)) == len(ids) >= 2
    for article in gold["articles"]:
        assert article["title"]
        assert article["source"]
        assert article["text"].strip() == article["text"]
        assert list(days(article["published"])) or article["published"] is None
        assert any(fact["article"] == article["id"] for fact in gold["facts"])


@every_set
def test_a_fact_stands_where_it_says(gold: dict[str, Any]) -> None:
    texts = {article["id"]: article["text"] for article in gold["articles"]}
    spans = {name: sentences(text) for name, text in texts.items()}
    taken: dict[str, set[int]] = {}
    for fact in gold["facts"]:
        start, end = fact["start"], fact["start"] + len(fact["trigger"])
        assert texts[fact["article"]][start:end] == fact["trigger"]
        sentence = spans[fact["article"]][fact["sentence"]]
        assert sentence.start <= start < end <= sentence.end
        assert not taken.setdefault(fact["article"], set()) & set(range(start, end)), "two facts share letters"
        taken[fact["article"]].update(range(start, end))


@every_set
def test_a_fact_fits_its_record(gold: dict[str, Any]) -> None:
    kinds = {record["id"]: RecordKind(record["kind"]) for record in gold["records"]}
    assert len(kinds) == len(gold["records"])
    assert {fact["record"] for fact in gold["facts"]} == set(kinds)
    for fact in gold["facts"]:
        assert fact["kind"] == kinds[fact["record"]]
        type_ = EventType(fact["type"])
        if fact["kind"] == RecordKind.RELATION:
            assert type_ in RELATIONS | MEMBERSHIP, fact
        else:
            assert type_ not in RELATIONS, fact


@every_set
def test_an_origin_is_a_speaker_or_the_first_publisher(gold: dict[str, Any]) -> None:
    source = {article["id"]: article["source"] for article in gold["articles"]}
    for fact in gold["facts"]:
        first = family(gold, fact["article"])
        kind, name = fact["origin"].split(":", 1)
        assert (kind == "publisher" and name == source[first]) or (kind == "speaker" and name.rpartition("@")[2] in {first, name}), fact


@every_set
def test_a_record_agrees_with_its_facts(gold: dict[str, Any]) -> None:
    for record in gold["records"]:
        assert record["origins"] == len(origins(gold, record["id"])), record
        assert (record["origins"] == 1) == (RecordStatus(record["status"]) is RecordStatus.SINGLE_SOURCE), record
        assert list(days(record["date"])) == sorted(days(record["date"])), record
        if toll := record.get("killed"):
            assert 0 <= toll["low"] <= toll["best"] <= toll["high"], record
            assert any(fact["record"] == record["id"] and fact["type"] == "KILL" for fact in gold["facts"]), record
        if record["status"] == "denied":
            assert any(fact["record"] == record["id"] and fact.get("negated") for fact in gold["facts"]), record


@every_set
def test_copies_are_copies_and_nothing_else_is(gold: dict[str, Any]) -> None:
    texts = {article["id"]: shingles(article["text"]) for article in gold["articles"]}
    grouped = [name for group in gold["copies"] for name in group]
    assert len(set(grouped)) == len(grouped)
    assert all(len(group) > 1 for group in gold["copies"])
    for left, right in combinations(texts, 2):
        shared = len(texts[left] & texts[right]) / min(len(texts[left]), len(texts[right]))
        if family(gold, left) == family(gold, right):
            assert shared >= COPIED, (left, right)
        else:
            assert shared <= OWN, (left, right)


def test_statements_within_an_article_stand_where_they_say() -> None:
    """``within.jsonl``: every trigger of the articles of examples/ that it groups."""
    texts = {each.title: each.text for each in read_all([EVALS.parent / "examples"]) if isinstance(each, Document)}
    rows = [json.loads(line) for line in (EVALS / "within.jsonl").read_text("utf-8").splitlines()]
    assert sorted(row["article"] for row in rows) == sorted(texts)
    for row in rows:
        text = texts[row["article"]]
        for fact in row["facts"]:
            assert text[fact["start"] :].startswith(fact["trigger"])
            assert EventType(fact["type"])
