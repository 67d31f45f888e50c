"""The weights of the first pass: `python -m training.firstpass --corpus ../shared/corpus --bench ../shared/bench`.

Windows of the corpus's training part that hold an event stand against windows of general news in which the shipped reader finds no
armed group: a logistic regression over counts of words. The threshold is the highest that loses at most ``LOSS`` of the training part's
events in cross-validation, an article being lost whole. Nothing of the development part is looked at.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from orbat.firstpass import SHORTEST_NAME, WINDOW, words_of
from orbat.link.catalogue import Catalogue
from orbat.pipeline import Reader
from orbat.types import MentionType

LOSS = 0.004  # of events; a fifth under what the first pass may lose, for articles unlike the corpus
SEEN = 6  # windows that a word must stand in
DECAY = 1e-3  # of the squared weights, beside the mean loss
NAME = (
    1.0  # a name of a group that is no common word: a little under "militants", since names of three letters and such mean other things too
)
FOLDS = 5
GENERAL = ("attribution/polnear_train.jsonl.gz", "places/lgl.jsonl", "places/geovirus.jsonl")
"""General news; of the sets of places every second article, the others being what evals/first_pass.py measures on."""

Json = dict[str, Any]


def lines(path: Path) -> Iterator[Json]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def general(bench: Path, cache: Path) -> list[str]:
    """Texts of general news in which the shipped reader finds no armed group."""
    if not cache.exists():
        reader, found = Reader(), []
        for name in GENERAL:
            for i, row in enumerate(lines(bench / name)):
                if name.startswith("places") and i % 2:
                    continue
                said = reader.read(row["text"]).statements
                fillers = [f for s in said for f in (*s.actor, *s.target, *s.origin)]
                if not any(f.type is MentionType.GROUP or (f.entity and f.entity.kind in ("group", "wing")) for f in fillers):
                    found.append(row["text"])
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_text(json.dumps(found), encoding="utf-8")
    return list(json.loads(cache.read_text(encoding="utf-8")))


def windows(text: str, marks: list[int] | None) -> Iterator[list[bytes]]:
    """Every third of a window one begins; with ``marks`` (offsets), those alone that hold one."""
    words = words_of(text)
    places = None if marks is None else sorted(len(words_of(text[:m])) for m in marks)
    for a in range(0, max(1, len(words) - WINDOW + WINDOW // 3), WINDOW // 3):
        if places is None or any(a <= p < a + WINDOW for p in places):
            yield words[a : a + WINDOW]


def fit(rows: list[list[int]], labels: list[int], size: int) -> tuple[np.ndarray, float]:
    """Weights and bias; both classes count alike."""
    torch.manual_seed(0)
    flat = torch.tensor([i for row in rows for i in row])
    offsets = torch.tensor(np.cumsum([0, *map(len, rows[:-1])]))
    y = torch.tensor(labels, dtype=torch.float32)
    each = torch.where(y > 0, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
    weights, bias = torch.zeros(size, 1, requires_grad=True), torch.zeros(1, requires_grad=True)
    solver = torch.optim.LBFGS([weights, bias], max_iter=50, history_size=10, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        solver.zero_grad()
        logits = torch.nn.functional.embedding_bag(flat, weights, offsets, mode="sum")[:, 0] + bias
        value = (each * torch.nn.functional.binary_cross_entropy_with_logits(logits, y, reduction="none")).mean()
        value = value + DECAY / 2 * weights.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    solver.step(loss)
    return weights.detach().numpy()[:, 0], float(bias.detach())


def best(text: str, known: dict[bytes, float]) -> float:
    weights = np.array([known.get(w, 0.0) for w in words_of(text)])
    total = np.concatenate(([0.0], weights.cumsum()))
    return float((total[WINDOW:] - total[:-WINDOW]).max() if len(weights) > WINDOW else weights.sum())


def weigh(articles: list[Json], other: list[str], names: set[bytes]) -> dict[bytes, float]:
    """The weight of each word, names not among them included; the bias is shared out so that a full window carries it."""
    cut = [(w, 1) for a in articles for w in windows(a["text"], [e["start"] for e in a["events"]])]
    cut += [(w, 0) for text in other for w in windows(text, None)]
    seen = Counter(word for words, _ in cut for word in set(words))
    number = {word: i for i, word in enumerate(sorted(w for w, n in seen.items() if n >= SEEN and not any(48 <= c <= 57 for c in w)))}
    rows = [[number[word] for word in words if word in number] for words, _ in cut]
    fitted, _ = fit(rows, [label for _, label in cut], len(number))
    known = {word: round(float(fitted[i]), 2) for word, i in number.items()}
    return known | dict.fromkeys(names - known.keys(), NAME)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("build/firstpass"))
    parser.add_argument("--out", type=Path, default=Path("orbat/data/firstpass.json"))
    args = parser.parse_args()
    articles = list(lines(args.corpus / "train.jsonl"))
    other = general(args.bench, args.work / "general.json")
    kinds = ("group", "wing", "coalition")
    names = {
        w
        for e in Catalogue.load()
        if e.kind in kinds
        for n in e.names
        for w in words_of(n.text)
        if len(w) >= SHORTEST_NAME and not w.isdigit()
    }
    random.Random(1).shuffle(articles)
    scores: list[tuple[float, int]] = []
    for k in range(FOLDS):
        known = weigh([a for i, a in enumerate(articles) if i % FOLDS != k], other, names)
        scores += [(best(a["text"], known), len(a["events"])) for i, a in enumerate(articles) if i % FOLDS == k]
    scores.sort()
    lost = np.cumsum([n for _, n in scores]) / sum(n for _, n in scores)
    threshold = scores[int(np.searchsorted(lost, LOSS, side="right"))][0]
    known = weigh(articles, other, names)
    shipped = {w.decode(): v for w, v in sorted(known.items()) if w not in names or v != NAME}
    value = {"threshold": round(threshold, 2), "name": NAME, "weights": shipped}
    args.out.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{len(shipped)} words, threshold {threshold:.2f}, {len(other)} articles of general news")


if __name__ == "__main__":
    main()
