"""Fits the weights of orbat/link/placecontext.py on gold mentions: python scripts/fit_places.py FILE...

FILE as for `orbat eval --places`. A conditional logit: the chance of the candidates within 161 km of the gold point, against the name's
other candidates. Each file weighs the same. The weights are pulled towards the table that stands in the code, whose features' signs are
known; the fit is repeated since the features of nearness depend on the weights. Prints, by five folds over documents, the share of names
put within 161 km before and after, then the weights.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from orbat.evaluate import read_jsonl
from orbat.evaluate.links import kilometres
from orbat.evaluate.run import gold_places
from orbat.link import placecontext, places
from orbat.link.gazetteer import Gazetteer

PULL = 3.0  # strength of the pull towards the table, in mentions per unit squared
ROUNDS = 2


@dataclass(slots=True)
class Choice:
    """One gold name: features of its candidates, which are right, how much it weighs, and the fold of its document."""

    features: np.ndarray
    right: np.ndarray
    weight: float
    fold: int


def choices(files: list[Path], gazetteer: Gazetteer, weights: np.ndarray) -> list[Choice]:
    out: list[Choice] = []
    seen: list[tuple[list, object]] = []

    def spy(names, evidence, gaz):  # type: ignore[no-untyped-def]
        solution = placecontext.solve(names, evidence, gaz, weights=weights)
        seen.append((names, solution))
        return solution

    places.solve, kept = spy, places.solve
    try:
        for file in files:
            mine: list[Choice] = []
            for number, row in enumerate(read_jsonl(file)):
                document, annotations = gold_places(row)
                index = {m.span.start: i for i, m in enumerate(annotations.mentions)}
                seen.clear()
                asked: list[places._Asked] = []
                link = places._Words.link
                places._Words.link = lambda self, a, asked=asked, link=link: (asked.append(a), link(self, a))[1]
                places.link_places(document, annotations, gazetteer)
                places._Words.link = link
                where = {index[t["start"]]: (float(t["lat"]), float(t["lon"])) for t in row["toponyms"] if t.get("lat") is not None}
                for a in asked:
                    if a.mention in where:
                        solution = seen[0][1]
                        part = slice(int(solution.start[a.name]), int(solution.start[a.name + 1]))
                        rows = solution.rows[part]
                        km = np.array([kilometres(where[a.mention], (float(gazetteer.lat[r]), float(gazetteer.lon[r]))) for r in rows])
                        right = km <= min(161.0, km.min() + 40)
                        if right.any() and not right.all():
                            mine.append(Choice(solution.features[part].copy(), right, 0.0, number % 5))
            for choice in mine:
                choice.weight = 1000 / len(mine)
            out += mine
    finally:
        places.solve = kept
    return out


def accuracy(data: list[Choice], weights: np.ndarray) -> float:
    hits = sum(c.weight * bool(c.right[np.argmax(c.features @ weights)]) for c in data)
    return 100 * hits / sum(c.weight for c in data)


def fit(data: list[Choice], start: np.ndarray, table: np.ndarray, steps: int = 150) -> np.ndarray:
    """Gradient ascent with Adam on the penalised log-likelihood."""
    x = np.concatenate([c.features for c in data])
    first = np.concatenate(([0], np.cumsum([len(c.right) for c in data])))[:-1]
    owner = np.repeat(np.arange(len(data)), [len(c.right) for c in data])
    right = np.concatenate([c.right for c in data])
    weight = np.array([c.weight for c in data])[owner]
    w, m, v = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for step in range(1, steps + 1):
        s = x @ w
        e = np.exp(s - np.maximum.reduceat(s, first)[owner])
        p = e / np.add.reduceat(e, first)[owner]
        good = e * right
        q = good / np.add.reduceat(good, first)[owner]
        gradient = x.T @ (weight * (q - p)) - PULL * (w - table)
        m, v = 0.9 * m + 0.1 * gradient, 0.99 * v + 0.01 * gradient**2
        w = w + 0.1 * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.99**step)) + 1e-9)
    return w


def main(files: list[Path]) -> None:
    gazetteer = Gazetteer.open()
    table = np.array([placecontext.WEIGHTS[f] for f in placecontext.FEATURES])
    weights = table
    for _ in range(ROUNDS):
        data = choices(files, gazetteer, weights)
        parts = [([c for c in data if c.fold == k], [c for c in data if c.fold != k]) for k in range(5)]
        held = [(accuracy(mine, weights), accuracy(mine, fit(others, weights, table))) for mine, others in parts]
        print("held-out accuracy before and after, mean of five folds:", np.mean(held, 0).round(2))
        weights = fit(data, weights, table)
    for name, old, new in zip(placecontext.FEATURES, table, weights, strict=True):
        print(f'    "{name}": {new:.1f},  # was {old:.1f}')


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main([Path(a) for a in sys.argv[1:]])
