"""Let trained readers mark unlabelled texts, for a student to learn from: the mean of their scores, sure or not.

    python -m training.teach --corpus ../shared/corpus --models build/m-1 build/m-2 --out build/taught.pkl --pieces 400000

The models are exported folders, or with ``--device cuda`` the weights of readers. Each text is cut to its first 600 word pieces or so; what
is kept of a text is its pieces and the teachers' shares, never the text.
"""

from __future__ import annotations

import argparse
import gzip
import json
import pickle
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch

from orbat.corpus import to_corpus
from orbat.decode import decode
from orbat.encoder import Encoder
from orbat.layout import END_HEADS, Floats, Scores, Tables, merge
from orbat.pairs import role_shares, softmax, source_shares
from orbat.segment import sentences
from orbat.types import Document, Span
from orbat.windows import Cutter, inputs, plan
from training.data import Gold, Soft, gold
from training.export import tables_of
from training.network import Reader
from training.start import tokenizer

SHORTEST = 200  # characters


def mean(scores: Sequence[Scores]) -> Scores:
    """One set of scores from several readers of the same text: each score is the mean of theirs.

    Their states and their hidden layers of pairs stand side by side, since the units of one reader's are not those of another's.
    """
    said = {name: _average([getattr(s, name) for s in scores]) for name in ("mention", "trigger", "inside")}
    states = {name: np.concatenate([getattr(s, name) for s in scores], axis=1) for name in ("states", "openings")}
    cuts = np.cumsum([s.states.shape[1] for s in scores])[:-1]

    def heads(rows: Floats, columns: Floats) -> list[Floats]:
        parts = zip(scores, np.split(rows, cuts, axis=1), np.split(columns, cuts, axis=1), strict=True)
        asked = zip(*(s.heads(np.ascontiguousarray(a), np.ascontiguousarray(b)) for s, a, b in parts), strict=True)
        return [_JOINED[name](found) for name, found in zip(END_HEADS, asked, strict=True)]

    tables = {}
    for name in Tables.__dataclass_fields__:
        parts = [getattr(s.tables, name) for s in scores]
        if name.endswith("_out"):
            tables[name] = np.concatenate(parts) / len(parts)
        elif name.startswith("near_") or name.endswith("_hidden"):
            tables[name] = np.concatenate(parts, axis=-1)
        else:
            tables[name] = _average(parts)
    return replace(scores[0], **said, **states, tables=Tables(**tables), heads=heads)


def _average(parts: Sequence[Any]) -> Any:
    return np.mean(parts, axis=0)


def _beside(parts: Sequence[Any]) -> Any:  # [.., 3 * HIDDEN] -> [.., 3 * readers * HIDDEN]
    return np.concatenate([part.reshape(len(part), 3, -1) for part in parts], axis=2).reshape(len(parts[0]), -1)


_JOINED: dict[str, Callable[[Sequence[Any]], Any]] = {
    "certainty": _average, "negated": _average, "from_row": _beside, "from_last": _beside, "from_first": _beside,
    "row": lambda parts: np.concatenate(parts, axis=2) / len(parts), "column": lambda parts: np.concatenate(parts, axis=2),
}  # fmt: skip
"""How what several readers' heads say of the ends of pairs becomes one reader's: the products of rows and columns become their mean."""


class Asks(Protocol):
    """What marks a text: a model, or a reader's weights."""

    def encode(self, text: str, sentences: Sequence[Span]) -> Scores:
        """Scores of a text whose sentences are known."""


class Weights:
    """A reader's weights, asked on a device as ``orbat.encoder.Encoder`` asks a model."""

    def __init__(self, path: Path, device: str) -> None:
        self._reader, self._device = Reader.load(path).eval().to(device), device
        self._cutter = Cutter(tokenizer())
        self._tables = Tables(**tables_of(self._reader))

    @torch.inference_mode()
    def encode(self, text: str, sentences: Sequence[Span]) -> Scores:
        """Scores of a text; all its windows are one forward pass."""
        pieces = self._cutter.pieces_of(text, sentences)
        windows = plan(pieces.sentence, pieces.boundary)
        given = np.zeros((4, len(windows), max((w.b - w.a + 2 for w in windows), default=0)), dtype=np.int64)
        for k, window in enumerate(windows):
            for row, part in zip(given, inputs(pieces, window).values(), strict=False):
                row[k, : part.shape[1]] = part
            given[3, k, : window.b - window.a + 2] = 1
        if not windows:
            return merge(pieces, windows, [], tables=self._tables, heads=self.heads)
        with torch.autocast(torch.device(self._device).type, torch.bfloat16):
            said = self._reader(*torch.from_numpy(given).to(self._device))
        outputs = [part.float().cpu().numpy() for part in said]
        return merge(pieces, windows, [[part[k] for part in outputs] for k in range(len(windows))], tables=self._tables, heads=self.heads)

    @torch.inference_mode()
    def heads(self, rows: Floats, columns: Floats) -> Sequence[Floats]:
        """What ``END_HEADS`` name, of the states of rows and columns."""
        asked = (torch.from_numpy(part).to(self._device) for part in (rows, columns))
        return [part.float().cpu().numpy() for part in self._reader.heads(*asked)]


def taught(text: str, number: int, readers: Sequence[Asks], tok: Any) -> Gold:
    """A text with what the readers mark in it, and how sure they are."""
    spans = sentences(text)
    scores = mean([reader.encode(text, spans) for reader in readers])
    found = decode(scores, spans)
    doc, lost = gold(to_corpus(Document.of(text, given_id=f"taught{number}"), found), tok)
    if lost:  # the teachers' numbering of mentions would not be the lesson's
        return doc
    marks = (softmax(raw).astype(np.float16) for raw in (scores.mention, scores.trigger))
    soft = Soft(*marks, role_shares(scores, found), source_shares(scores, found))
    return replace(doc, soft=soft)


_readers: list[Asks] = []  # of a worker process
_tokenizer: list[Any] = []


def begin(models: Sequence[Path], device: str) -> None:
    """Load the readers of a process that marks texts."""
    torch.set_num_threads(1)
    _readers.extend(Encoder(path) if path.is_dir() else Weights(path, device) for path in models)
    _tokenizer.append(tokenizer())


def marked_by(number: int, text: str) -> Gold:
    """A text, taught by the readers of this process."""
    return taught(text, number, _readers, _tokenizer[0])


def head(text: str, length: int) -> str:
    """A text's first letters up to the end of a sentence."""
    return text if len(text) <= length else text[: max((s.end for s in sentences(text[:length])), default=0)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--models", type=Path, nargs="+", required=True, help="exported folders, or weights of readers")
    parser.add_argument("--device", default="cpu", help="for weights")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pieces", type=int, default=400_000)
    parser.add_argument("--length", type=int, default=2400, help="letters of a text that are marked; the default is about 600 pieces")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1, help="processes that mark texts, each with all the models")
    args = parser.parse_args()
    with gzip.open(args.corpus / "unlabelled.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    random.Random(args.seed).shuffle(texts)
    out: list[Gold] = []
    total = events = 0
    with ProcessPoolExecutor(args.workers, initializer=begin, initargs=(args.models, args.device)) as pool:
        at_once = 64 * args.workers
        for a in range(0, len(texts), at_once):
            heads = [text for whole in texts[a : a + at_once] if len(text := head(whole, args.length)) >= SHORTEST]
            for doc in pool.map(marked_by, count(a), heads, chunksize=4):
                if len(doc.events) < 2:  # one without events teaches little that the corpus's many plain sentences do not
                    continue
                out.append(doc)
                total, events = total + len(doc.pieces), events + len(doc.events)
            print(f"{len(out)} texts, {total} pieces, {events} events", flush=True)
            if total >= args.pieces:
                break
    args.out.write_bytes(pickle.dumps(out))


if __name__ == "__main__":
    main()
