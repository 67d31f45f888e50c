"""Let trained readers mark unlabelled texts, for a student to learn from: the mean of their scores, sure or not.

    python -m training.teach --corpus ../shared/corpus --models build/m-1 build/m-2 --out build/taught.pkl --pieces 400000

The models are exported folders. Only texts of the kinds that the corpus holds are taken (by the name of their source), each
cut to its first 600 word pieces; what is kept of a text is its pieces and the teachers' shares, never the text.
"""

from __future__ import annotations

import argparse
import gzip
import json
import pickle
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from orbat.corpus import to_corpus
from orbat.decode import decode
from orbat.encoder import Encoder
from orbat.layout import Scores, Tables
from orbat.pairs import role_shares, softmax
from orbat.segment import sentences
from orbat.types import Document
from training.data import Gold, Soft, gold
from training.start import tokenizer

LENGTH = 2400  # characters of a text that are marked, up to the end of a sentence: about 600 pieces


def mean(scores: Sequence[Scores]) -> Scores:
    """One set of scores from several readers of the same text."""
    first = scores[0]
    heads = {name: np.mean([getattr(s, name) for s in scores], axis=0) for name in ("mention", "trigger", "inside", "certainty", "negated")}
    pairs = tuple(np.mean(group, axis=0) for group in zip(*(s.pairs for s in scores), strict=True))
    tables = Tables(**{name: np.mean([getattr(s.tables, name) for s in scores], axis=0) for name in Tables.__dataclass_fields__})
    return replace(first, **heads, pairs=pairs, tables=tables)


def taught(text: str, number: int, readers: Sequence[Encoder], tok: Any) -> Gold:
    """A text with what the readers mark in it, and how sure they are."""
    spans = sentences(text)
    scores = mean([reader.encode(text, spans) for reader in readers])
    found = decode(scores, spans)
    doc, lost = gold(to_corpus(Document.of(text, given_id=f"taught{number}"), found), tok)
    if lost:  # the teachers' numbering of mentions would not be the lesson's
        return doc
    shares = role_shares(scores, found)
    soft = Soft(softmax(scores.mention).astype(np.float16), softmax(scores.trigger).astype(np.float16), shares)
    return replace(doc, soft=soft)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--models", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pieces", type=int, default=400_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with gzip.open(args.corpus / "unlabelled.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    random.Random(args.seed).shuffle(texts)
    readers = [Encoder(folder) for folder in args.models]
    tok = tokenizer()
    out: list[Gold] = []
    total = events = 0
    for number, text in enumerate(texts):
        stop = max((s.end for s in sentences(text[:LENGTH])), default=0) if len(text) > LENGTH else len(text)
        if stop < 200:
            continue
        doc = taught(text[:stop], number, readers, tok)
        if len(doc.events) < 2:  # a text without events teaches little that the corpus's many plain sentences do not
            continue
        out.append(doc)
        total, events = total + len(doc.pieces), events + len(doc.events)
        if total >= args.pieces:
            break
    args.out.write_bytes(pickle.dumps(out))
    print(f"{len(out)} texts, {total} pieces, {events} events")


if __name__ == "__main__":
    main()
