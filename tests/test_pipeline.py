from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import orbat
from orbat.corpus import to_corpus
from orbat.pipeline import Reader, Reading, check
from orbat.serial import statement_schema, statement_to_json
from orbat.store import Store
from orbat.types import Annotations, Document, Failure, Mention, MentionType, Span

FROZEN = Path(__file__).parent / "frozen" / "examples.jsonl"
VALID = Draft202012Validator(statement_schema())


def spans_are_exact(reading: Reading) -> None:
    text = reading.document.text
    line = to_corpus(reading.document, reading.annotations, reading.links)
    for m in line["mentions"]:
        assert text[m["start"] : m["end"]] == m["text"]
    for e in line["events"]:
        assert text[e["start"] : e["end"]] == e["trigger"]
    for s in reading.statements:
        value = statement_to_json(s)
        VALID.validate(value)
        roles = [f for role in ("actor", "target", "origin", "place", "time", "instrument") for f in value[role]]
        speaker = [value["attribution"]] if value["attribution"] else []
        for quote in (value["sentence"], value["trigger"], *roles, *speaker):
            assert text[quote["start"] : quote["end"]] == quote["text"]


def test_every_output_of_the_examples_keeps_to_the_schema_and_to_the_letter(readings: list[Reading]) -> None:
    assert len(readings) >= 12
    for reading in readings:
        assert reading.statements
        spans_are_exact(reading)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300))
def test_any_text_is_read_and_every_span_is_exact(reader: Reader, text: str) -> None:
    spans_are_exact(reader.read(text))


@settings(max_examples=40, deadline=None)
@given(noise=st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12), min_size=3, max_size=3))
def test_noise_around_news_moves_no_offset(reader: Reader, noise: list[str]) -> None:
    spans_are_exact(reader.read(f"{noise[0]}Boko Haram{noise[1]} killed 12 soldiers in Baga{noise[2]}, police said."))


def test_a_long_article_is_read_to_its_end(reader: Reader) -> None:
    plain = "The weather in the capital was mild and markets were open all day. "
    text = plain * 120 + "Gunmen killed four soldiers near Timbuktu on Friday."
    last = reader.read(text, published="2020-01-15").statements[-1]
    assert last.sentence.text.startswith("Gunmen killed four soldiers")
    assert last.date is not None
    assert last.date.start.isoformat() == "2020-01-10"


def test_one_sentence_longer_than_any_window_is_read_whole(reader: Reader) -> None:
    text = "Gunmen killed two men, " + "and the market was open, " * 150 + "and rebels attacked Timbuktu."
    assert {str(s.type) for s in reader.read(text).statements} >= {"KILL", "ATTACK"}


def test_no_date_in_the_text_gives_no_date(reader: Reader) -> None:
    (kill, *_) = [s for s in reader.read("Gunmen killed four soldiers.", published="2020-01-15").statements if s.type == "KILL"]
    assert kill.date is None


def test_a_relative_day_without_a_publication_date_stays_unknown(reader: Reader) -> None:
    for s in reader.read("Gunmen killed four soldiers on Friday.").statements:
        assert s.date is None


def test_reading_twice_adds_nothing_and_order_does_not_matter(readings: list[Reading], tmp_path: Path) -> None:
    kept = {}
    for name, order in (("forth", readings), ("back", readings[::-1]), ("twice", readings + readings)):
        with Store.open(tmp_path / f"{name}.db") as store:
            for r in order:
                store.append(r.document, r.statements, model=r.model)
            from orbat.queries import documents

            kept[name] = {(row.document.id, row.statements) for row in documents(store)}
    assert kept["forth"] == kept["back"] == kept["twice"]


def test_reading_again_gives_the_same_statements(reader: Reader, readings: list[Reading]) -> None:
    again = reader.read_document(readings[0].document)
    assert [s.id for s in again.statements] == [s.id for s in readings[0].statements]


def test_read_many_keeps_the_order_passes_failures_on_and_holds_few_documents(reader: Reader, readings: list[Reading]) -> None:
    taken = []

    def source():  # type: ignore[no-untyped-def]
        for r in readings:
            taken.append(r.document.id)
            yield r.document
        yield Failure("x.txt", "ingest", "cannot be read")

    outcomes = reader.read_many(source(), workers=1)
    first = next(outcomes)
    assert len(taken) <= 4
    rest = list(outcomes)
    assert isinstance(first, Reading)
    assert [r.document.id for r in [first, *rest[:-1]]] == taken  # type: ignore[union-attr]
    assert isinstance(rest[-1], Failure)


def test_a_broken_stage_is_named() -> None:
    document = Document.of("short")
    with pytest.raises(orbat.OrbatError, match="decode"):
        check(document, Annotations((Span(0, 5),), (Mention(MentionType.GROUP, Span(2, 9), 0),)))


def test_a_document_that_breaks_a_stage_becomes_a_failure(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orbat.pipeline.sentences", lambda text: (Span(0, 0 if "bad" in text else len(text)),))
    good, bad = reader.read_many([Document.of("Rebels attacked Baga."), Document.of("bad", given_id="b1")])
    assert isinstance(good, Reading)
    assert isinstance(bad, Failure)
    assert bad.document == "b1"


def frozen_lines(readings: list[Reading]) -> list[str]:
    """What is frozen of a reading: all that its statements say, without the confidence and the model's name."""
    out = []
    for r in readings:
        for s in r.statements:
            value = statement_to_json(s)
            del value["confidence"], value["model"]
            out.append(json.dumps(value, ensure_ascii=False, sort_keys=True))
    return out


def test_the_examples_read_as_frozen(readings: list[Reading]) -> None:
    """`make refresh` writes the frozen file anew. A few lines may differ on a processor that rounds otherwise."""
    was = FROZEN.read_text(encoding="utf-8").splitlines()
    now = frozen_lines(readings)
    same = len(set(was) & set(now))
    assert same >= 0.97 * max(len(was), len(now)), f"{same} of {len(was)} frozen statements were read again as they were"


def test_sentences_that_are_not_worth_reading_are_left_out_and_the_rest_is_read_as_ever(reader: Reader) -> None:
    dull = "\n\n".join(
        f"The market in street {n} sells apples, pears and bread, and opens at eight in the morning on most days." for n in range(12)
    )
    ours = "Boko Haram fighters attacked the town of Gwoza on Monday and killed ten soldiers, the Nigerian army said."
    text = f"{dull}\n\n{ours}"
    asked: list[int] = []

    def worth(text: str, spans: Sequence[Span]) -> list[bool]:
        asked.append(len(spans))
        return ["Gwoza" in span.of(text) for span in spans]

    whole, part = reader.read(text), Reader(worth=worth).read(text)
    assert asked
    assert [(s.type, s.trigger, s.actor, s.target) for s in part.statements] == [
        (s.type, s.trigger, s.actor, s.target) for s in whole.statements if "Gwoza" in s.sentence.text
    ]
    assert part.statements
    nothing = Reader(worth=lambda text, spans: [False] * len(spans)).read(text)
    assert (nothing.statements, nothing.annotations.mentions) == ((), ())
