"""Fit how the reader's confidence is printed, and where it says "none", on the development part.

    python -m training.calibrate --corpus ../shared/corpus --model orbat/data/model

Two numbers turn a trigger's log-odds into a probability (Platt 1999); two are added to the scores of no role and no speaker; two are the
scores that a common noun and another mention have at least where no event uses them. They are written into ``tables.npz``. The reported
calibration error is that of a five-fold cross-validation: no article is judged by numbers that it helped to fit.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from orbat.corpus import to_corpus
from orbat.decode import ODDS, decode
from orbat.encoder import Encoder
from orbat.evaluate import Report, calibration, score
from orbat.layout import Scores
from orbat.segment import sentences
from orbat.types import Document, Span
from training.export import seal

STEPS = {
    0: (-0.4, 0.0, 0.4, 0.8),
    1: (-1.0, -0.5, 0.0, 0.5),
    2: (0.0, 0.6, 0.7, 0.8, 0.9),
    3: (0.0, 0.4, 0.5, 0.6),
}
"""What is tried for each bias and for the least scores (2, 3); coarse on purpose, so that 75 articles cannot be fitted closely."""

GOALS = {0: "argument", 1: "source", 2: "mention", 3: "mention"}

Read = list[tuple[dict[str, Any], tuple[Span, ...], Scores]]


def read(docs: list[dict[str, Any]], encoder: Encoder) -> Read:
    """The scores of every document, computed once."""
    out: Read = []
    for doc in docs:
        spans = sentences(doc["text"])
        out.append((doc, spans, encoder.encode(doc["text"], spans)))
    return out


def fitted(numbers: np.ndarray, platt: np.ndarray) -> dict[str, np.ndarray]:
    """The tables that are fitted here, from the four numbers of ``STEPS`` and the two of the curve."""
    return {name: x.astype(np.float32) for name, x in (("bias", numbers[:2]), ("least", numbers[2:]), ("calibration", platt))}


def report(found: Read, numbers: np.ndarray, platt: np.ndarray) -> tuple[Report, list[dict[str, Any]]]:
    """The scores of decoding with these numbers, and what was decoded."""
    predicted = []
    for doc, spans, scores in found:
        tables = replace(scores.tables, **fitted(numbers, platt))
        annotations = decode(replace(scores, tables=tables), spans)
        predicted.append(to_corpus(Document.of(doc["text"], given_id=doc["id"]), annotations))
    return score([doc for doc, _, _ in found], predicted), predicted


def judged(docs: list[dict[str, Any]], predicted: list[dict[str, Any]]) -> list[list[tuple[float, bool]]]:
    """For each document the log-odds of its found triggers and whether each is right."""
    out = []
    for doc, found in zip(docs, predicted, strict=True):
        right = {(e["start"], e["type"]) for e in doc["events"]}
        odds = [min(ODDS, float(np.log(e["score"] / max(1e-6, 1 - e["score"])))) for e in found["events"]]
        out.append([(x, (e["start"], e["type"]) in right) for x, e in zip(odds, found["events"], strict=True)])
    return out


def platt(pairs: list[tuple[float, bool]]) -> np.ndarray:
    """Slope and shift of the logistic curve that fits best, pulled a little towards no change, by Newton's method."""
    x = np.array([[odds, 1.0] for odds, _ in pairs])
    y = np.array([right for _, right in pairs], dtype=float)
    w = np.array([1.0, 0.0])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.eye(2)
        # Half a step: a whole one may run away where most are surely right.
        w -= 0.5 * np.linalg.solve(hessian, x.T @ (p - y) + (w - [1.0, 0.0]))
    return w


def _steady(steps: tuple[float, ...], tried: dict[float, float]) -> float:
    """The step that does best together with its neighbours: one article more or less should not move the choice."""

    def around(i: int) -> float:
        before, after = steps[max(0, i - 1)], steps[min(len(steps) - 1, i + 1)]
        return (tried[before] + 2 * tried[steps[i]] + tried[after]) / 4

    return steps[max(range(len(steps)), key=lambda i: (round(around(i), 4), -abs(steps[i])))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    args = parser.parse_args()
    docs = [json.loads(line) for line in (args.corpus / "dev.jsonl").open(encoding="utf-8")]
    encoder = Encoder(args.model)
    found = read(docs, encoder)
    numbers, plain = np.zeros(4), np.array([1.0, 0.0])
    for which, steps in STEPS.items():
        tried = {}
        for step in steps:
            numbers[which] = step
            tried[step] = report(found, numbers, plain)[0].stages[GOALS[which]].f1
        numbers[which] = _steady(steps, tried)
        print(GOALS[which], {step: round(f1, 3) for step, f1 in tried.items()}, "->", numbers[which])
    _, predicted = report(found, numbers, plain)
    by_doc = judged(docs, predicted)
    crossed = []
    for fold in range(5):
        fit = platt([pair for i, pairs in enumerate(by_doc) if i % 5 != fold for pair in pairs])
        held = [pair for i, pairs in enumerate(by_doc) if i % 5 == fold for pair in pairs]
        crossed += [(float(1 / (1 + np.exp(-fit[0] * odds - fit[1]))), ok) for odds, ok in held]
    fit = platt([pair for pairs in by_doc for pair in pairs])
    print(f"calibration {fit.round(3)}, cross-validated error {calibration(crossed).ece:.3f}")
    path = args.model / "tables.npz"
    with np.load(path) as arrays:
        tables = dict(arrays)
    tables |= fitted(numbers, fit)
    np.savez(path, **tables)
    seal(args.model, encoder.name, encoder.card["window"])


if __name__ == "__main__":
    main()
