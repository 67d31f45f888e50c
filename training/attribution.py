"""Speakers from PolNeAR as a further lesson: whose words does a word of a reported passage belong to?

    python -m training.attribution --bench ../shared/bench --model build/m-1 --out build/attributed.pkl --pieces 150000

PolNeAR marks source, cue and content of attributions in US political news. A trained reader finds the mentions; an
attribution whose source ends where a mention ends gives lessons: some words of its content point at that mention, some words
of sentences outside every attribution point at none. Nothing else is learned from these texts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import pickle
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from training.data import UNKNOWN, Gold
from training.teach import begin, head, marked_by

LENGTH = 3000  # letters of a text that are marked
CONTENT, OUTSIDE = 4, 1  # words asked of each attribution, and of each sentence without one


def lessons(doc: dict[str, Any], marked: Gold, text: str, rng: random.Random) -> Iterator[tuple[int, int]]:
    """(piece, mention or UNKNOWN) of words whose speaker the attributions tell."""
    p = marked.pieces
    words = np.flatnonzero(p.first & (p.casing == 1) & (p.end - p.start >= 4))
    ends = {int(p.end[last]): i for i, (_, last, _) in enumerate(marked.mentions.tolist())}
    touched = np.zeros(len(text) + 1, dtype=np.bool_)
    depth = np.zeros(len(text) + 1, dtype=np.int64)
    for a in doc["attributions"]:
        for part in ("source", "cue", "content"):
            for s, e in spans_of(a[part], len(text)):
                touched[s:e] = True
                depth[s:e] += part == "content"
    for a in doc["attributions"]:
        mention = next((ends[e] for _, e in reversed(spans_of(a["source"], len(text))) if e in ends), None)
        if mention is None:
            continue
        inside = np.zeros(len(text) + 1, dtype=np.bool_)
        for s, e in spans_of(a["content"], len(text)):
            inside[s:e] = depth[s:e] == 1  # nested attributions have two speakers: not asked
        found = [int(w) for w in words if inside[p.start[w]]]
        yield from ((w, mention) for w in rng.sample(found, min(CONTENT, len(found))))
    for n in range(int(p.sentence[-1]) + 1 if len(p) else 0):
        here = np.flatnonzero(p.sentence == n)
        if len(here) and not touched[p.start[here[0]] : p.end[here[-1]]].any():
            found = [int(w) for w in words if p.sentence[w] == n]
            yield from ((w, UNKNOWN) for w in rng.sample(found, min(OUTSIDE, len(found))))


def spans_of(parts: list[dict[str, Any]], stop: int) -> list[tuple[int, int]]:
    """The spans of one part of an attribution that stand before ``stop``."""
    return [(s, e) for part in parts for s, e in part["spans"] if e <= stop]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pieces", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1, help="processes that mark texts, each with the model")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    with gzip.open(args.bench / "attribution" / "polnear_train.jsonl.gz", "rt", encoding="utf-8") as lines:
        docs = {doc["doc"]: doc for doc in map(json.loads, lines)}  # one annotator's marks a text
    order = sorted(docs)
    rng.shuffle(order)
    out: list[Gold] = []
    total = asked = 0
    texts = [head(docs[name]["text"], LENGTH) for name in order]
    with ProcessPoolExecutor(args.workers, initializer=begin, initargs=([args.model], "cpu")) as pool:
        for name, text, marked in zip(order, texts, pool.map(marked_by, count(), texts, chunksize=4), strict=True):
            told = tuple(lessons(docs[name], marked, text, rng))
            events = marked.events[:0]
            out.append(replace(marked, soft=None, muted=True, events=events, roles={}, asked=told))
            total, asked = total + len(marked.pieces), asked + len(told)
            if total >= args.pieces:
                pool.shutdown(cancel_futures=True)
                break
    args.out.write_bytes(pickle.dumps(out))
    named = sum(m != UNKNOWN for g in out for _, m in g.asked)
    print(f"{len(out)} texts, {total} pieces, {asked} words asked, {named} of them with a speaker")


if __name__ == "__main__":
    main()
