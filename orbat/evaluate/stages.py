"""Scores on gold documents: stage by stage, type by type, and whether the confidence means what it says.

Gold and predicted documents are dicts in the corpus's layout (``id, text, sentences, mentions, events``; ``orbat annotate`` prints
it). Every stage is a bag of facts a document; precision, recall and F1 are micro averages over the bags of all documents:

==================  ==================================================================
mention             start, end, type
mention_head        end, type (a noun group ends with its head)
event_in_sentence   sentence, type of event
trigger             start of the trigger, type
argument            start of the trigger, type, role, end of the mention
certainty           start of the trigger, type, certainty, negated
source              start of the trigger, type, end of the speaker's mention
reference           end of the pronoun or common noun, folded name that it stands for
==================  ==================================================================
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orbat.errors import DataError
from orbat.names import fold

STAGES = ("mention", "mention_head", "event_in_sentence", "trigger", "argument", "certainty", "source", "reference")

_BINS = 10
_STEP = "Score files in the layout that `orbat annotate` prints."

Doc = Mapping[str, Any]
Fact = tuple[str, tuple[Any, ...]]
"""The kind under which a fact is tabled (a type, role or certainty) and what must agree."""


@dataclass(frozen=True, slots=True)
class Score:
    """How many facts the gold has, how many were predicted, and how many of these are right."""

    gold: int
    predicted: int
    right: int

    @property
    def precision(self) -> float:
        """The part of the predicted facts that is right; 0 where nothing was predicted."""
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """The part of the gold facts that was found; 0 where there are none."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / (self.gold + self.predicted) if self.right else 0.0

    def to_json(self) -> dict[str, float | int]:
        """Counts and figures, unrounded."""
        return {"precision": self.precision, "recall": self.recall, "f1": self.f1, **asdict(self)}


@dataclass(frozen=True, slots=True)
class Bin:
    """Predicted events whose confidence lies in ``low`` to ``high``: how many, their mean confidence, the part that is right."""

    low: float
    high: float
    count: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether confidence is the probability that type and trigger are right. ``ece``: the mean distance between confidence and
    the part that is right, over ten bins of equal width, weighted by size. ``brier``: the mean squared distance, event by event."""

    count: int
    ece: float
    brier: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All scores of one run.

    ``gold_digest``: SHA-256 of the gold documents, whatever their order in the file. ``missing``: ids of gold documents that were
    not predicted (they count as found nothing); ``extra``: predicted ones that the gold lacks (not counted). ``by_type``: for each
    stage the score of each kind of fact. ``calibration`` is None where no predicted event has a ``score``.
    """

    gold_digest: str
    documents: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    stages: Mapping[str, Score]
    by_type: Mapping[str, Mapping[str, Score]]
    calibration: Calibration | None

    def as_table(self, stage: str | None = None) -> list[tuple[str, float, float, float, int, int]]:
        """Rows (name, precision, recall, F1, gold, predicted): of all stages, or of the kinds of one stage, most frequent first."""
        named = self.stages if stage is None else self.by_type[stage]
        order = list(named.items()) if stage is None else sorted(named.items(), key=lambda item: (-item[1].gold, item[0]))
        return [(name, s.precision, s.recall, s.f1, s.gold, s.predicted) for name, s in order]

    def to_json(self) -> dict[str, Any]:
        """The whole report as plain values for ``json.dumps``."""
        return {
            "gold_digest": self.gold_digest,
            "documents": self.documents,
            "missing": list(self.missing),
            "extra": list(self.extra),
            "stages": {name: score.to_json() for name, score in self.stages.items()},
            "by_type": {stage: {kind: s.to_json() for kind, s in kinds.items()} for stage, kinds in self.by_type.items()},
            "calibration": None if self.calibration is None else asdict(self.calibration),
        }


def score(gold: Iterable[Doc], predicted: Iterable[Doc]) -> Report:
    """Predicted documents against gold ones, paired by id.

    Raises:
        DataError: an id occurs twice, a document lacks a key, or a predicted document has another text than its gold one.
    """
    wanted, given = _by_id(gold, "gold"), _by_id(predicted, "predicted")
    right: dict[str, Counter[str]] = {stage: Counter() for stage in STAGES}
    in_gold: dict[str, Counter[str]] = {stage: Counter() for stage in STAGES}
    in_predicted: dict[str, Counter[str]] = {stage: Counter() for stage in STAGES}
    judged: list[tuple[float, bool]] = []
    for id, doc in wanted.items():
        other = given.get(id)
        if other is not None and other.get("text", doc["text"]) != doc["text"]:
            raise DataError(f"The predicted document {id!r} has another text than the gold one.", "Offsets would not compare.", _STEP)
        gold_facts, predicted_facts = facts(doc), facts(other) if other is not None else {stage: [] for stage in STAGES}
        for stage in STAGES:
            a, b = Counter(gold_facts[stage]), Counter(predicted_facts[stage])
            for counts, into in ((a, in_gold), (b, in_predicted), (a & b, right)):
                for (kind, _), n in counts.items():
                    into[stage][kind] += n
        if other is not None:
            judged += _judged(gold_facts["trigger"], other)
    kinds = {stage: sorted(in_gold[stage] | in_predicted[stage]) for stage in STAGES}
    return Report(
        gold_digest=digest(wanted.values()),
        documents=len(wanted),
        missing=tuple(sorted(wanted.keys() - given.keys())),
        extra=tuple(sorted(given.keys() - wanted.keys())),
        stages={stage: Score(in_gold[stage].total(), in_predicted[stage].total(), right[stage].total()) for stage in STAGES},
        by_type={stage: {k: Score(in_gold[stage][k], in_predicted[stage][k], right[stage][k]) for k in kinds[stage]} for stage in STAGES},
        calibration=calibration(judged) if judged else None,
    )


def facts(doc: Doc) -> dict[str, list[Fact]]:
    """What a document in the corpus's layout states, by stage; facts may repeat.

    Raises:
        DataError: a key is missing, or an event points to a mention that is not there.
    """
    try:
        mentions, events = doc["mentions"], doc["events"]
        at = {m["id"]: m for m in mentions}
        return {
            "mention": [(m["type"], (m["start"], m["end"])) for m in mentions],
            "mention_head": [(m["type"], (m["end"],)) for m in mentions],
            "event_in_sentence": [(e["type"], (e["s"],)) for e in events],
            "trigger": [_trigger(e) for e in events],
            "argument": [(role, (e["start"], e["type"], at[i]["end"])) for e in events for role, i in e["args"]],
            "certainty": [(_degree(e), (e["start"], e["type"])) for e in events],
            "source": [(e["type"], (e["start"], at[e["by"]]["end"])) for e in events if e["by"] is not None],
            "reference": [("reference", (m["end"], fold(m["ref"]))) for m in mentions if m.get("ref")],
        }
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"The document {doc.get('id')!r} is not in the corpus's layout.", f"{error!r}.", _STEP) from error


def digest(docs: Iterable[Doc]) -> str:
    """SHA-256 of the documents' content, in hex; the order of documents and of keys does not matter."""
    lines = sorted(json.dumps(doc, ensure_ascii=False, sort_keys=True) for doc in docs)
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def calibration(judged: Iterable[tuple[float, bool]]) -> Calibration:
    """How well confidences (0 to 1) agree with what turned out right; ``judged`` holds at least one pair."""
    pairs = list(judged)
    binned: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for confidence, is_right in pairs:
        binned[min(int(confidence * _BINS), _BINS - 1)].append((confidence, is_right))
    bins = tuple(
        Bin(i / _BINS, (i + 1) / _BINS, len(part), sum(c for c, _ in part) / len(part), sum(r for _, r in part) / len(part))
        for i, part in enumerate(binned)
        if part
    )
    return Calibration(
        count=len(pairs),
        ece=sum(b.count * abs(b.confidence - b.right) for b in bins) / len(pairs),
        brier=sum((c - r) ** 2 for c, r in pairs) / len(pairs),
        bins=bins,
    )


def read_jsonl(path: Path | str) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file; empty lines are passed over.

    Raises:
        DataError: the file cannot be read, or a line is no JSON object; the message has its number.
    """
    try:
        with Path(path).open(encoding="utf-8") as lines:
            yield from (_object(line, f"Line {number} of {path}") for number, line in enumerate(lines, 1) if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"The file {path} cannot be read.", f"{error}.", "Give a JSON-lines file in UTF-8.") from error


def _object(line: str, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise DataError(f"{where} is not JSON.", f"{error}.", "Repair or remove the line.") from error
    if not isinstance(row, dict):
        raise DataError(f"{where} is no JSON object.", "Each line holds one object.", "Repair or remove the line.")
    return row


def _by_id(docs: Iterable[Doc], which: str) -> dict[str, Doc]:
    out: dict[str, Doc] = {}
    for doc in docs:
        if "id" not in doc or (which == "gold" and "text" not in doc):
            raise DataError(f"A {which} document has no id or no text.", f"It begins {str(doc)[:60]!r}.", _STEP)
        if doc["id"] in out:
            raise DataError(f"The {which} document {doc['id']!r} occurs twice.", "Documents are paired by id.", "Remove one of the two.")
        out[doc["id"]] = doc
    return out


def _trigger(event: Doc) -> Fact:
    return event["type"], (event["start"],)


def _degree(event: Doc) -> str:
    return f"{event['certainty']}, negated" if event["negated"] else str(event["certainty"])


def _judged(gold_triggers: Iterable[Fact], doc: Doc) -> Iterator[tuple[float, bool]]:
    """Confidence and whether it is right, for each predicted event that has a confidence; a gold trigger is found once."""
    left = Counter(gold_triggers)
    scored = [event for event in doc["events"] if event.get("score") is not None]
    for event in sorted(scored, key=lambda e: -float(e["score"])):
        key = _trigger(event)
        left[key] -= 1
        yield float(event["score"]), left[key] >= 0
