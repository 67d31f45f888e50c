"""Adapt the encoder to conflict news without labels: masked word pieces, whole words at a time.

    python -m training.adapt --corpus ../shared/corpus --out build/adapted.pt

Reads ``unlabelled.jsonl.gz`` and the texts of ``train.jsonl``. The published sentence encoder has no
masked-word head, so a new one is trained over the pieces that the texts use (the input vectors serve as its output).
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import multiprocessing
import random
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor, nn

from orbat.segment import sentences
from orbat.windows import CLS, MASK, SEP, Pieces, pieces_of
from training.network import Encoder, save
from training.parallel import average, spread
from training.start import minilm_folder, mpnet_weights, tokenizer

LENGTH = 160  # pieces a row, special ones included
HIDDEN = 0.2  # share of words hidden: above BERT's 0.15, since one pass must teach much (Wettig et al. 2023)


def texts(corpus: Path) -> Iterator[str]:
    """Every text to adapt on."""
    with gzip.open(corpus / "unlabelled.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]
    with (corpus / "train.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


Row = tuple[np.ndarray, ...]
"""Of one window: ids, casing, boundary, first."""


def rows(corpus: Path, rng: random.Random, makers: int) -> list[Row]:
    """All texts in rows of ``LENGTH`` pieces; a row never mixes two texts."""
    styled = []
    for text in texts(corpus):
        style = rng.random()
        styled.append(text.lower() if style < 0.05 else text.upper() if style < 0.08 else text)
    if makers == 1:
        return [row for text in styled for row in rows_of(text)]
    with multiprocessing.get_context("fork").Pool(makers) as pool:
        return [row for part in pool.imap(rows_of, styled, chunksize=32) for row in part]


@cache
def _tokenizer() -> Tokenizer:
    return tokenizer()


def rows_of(text: str) -> list[Row]:
    """The rows of one text."""
    p: Pieces = pieces_of(text, sentences(text), _tokenizer())
    step = LENGTH - 2
    cuts = [slice(a, a + step) for a in range(0, len(p), step) if len(p) - a >= 16]
    return [
        (
            np.concatenate([[CLS], p.ids[cut], [SEP]]),
            np.pad(p.casing[cut], 1),
            np.pad(p.boundary[cut], 1),
            np.pad(p.first[cut], 1, constant_values=True),
        )
        for cut in cuts
    ]


def batch_of(part: list[Row], rng: np.random.Generator, vocabulary: int) -> tuple[Tensor, ...]:
    """Pad rows to one length and hide words: pieces, casing, boundary, mask, the places of those hidden among all, what they were."""
    length = max(len(r[0]) for r in part)
    pieces, casing, boundary, first, mask = (np.zeros((len(part), length), dtype=np.int64) for _ in range(5))
    for i, row in enumerate(part):
        n = len(row[0])
        pieces[i, :n], casing[i, :n], boundary[i, :n], first[i, :n] = row
        mask[i, :n] = 1
    word = np.cumsum(first, axis=1)
    chosen = rng.random((len(part), length + 1)) < HIDDEN
    hidden = np.take_along_axis(chosen, word, axis=1) & (mask > 0) & (pieces != CLS) & (pieces != SEP)
    truth = pieces[hidden]
    fate = rng.random(pieces.shape)
    pieces = np.where(hidden & (fate < 0.8), MASK, pieces)
    pieces = np.where(hidden & (fate >= 0.9), rng.integers(1000, vocabulary, pieces.shape), pieces)
    return tuple(torch.from_numpy(x) for x in (pieces, casing, boundary, mask, np.flatnonzero(hidden), truth))


class Guess(nn.Module):
    """Hidden states of hidden pieces -> scores over the pieces in use."""

    def __init__(self, width: int, used: Tensor) -> None:
        super().__init__()
        self.register_buffer("used", used)
        self.dense = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)
        self.bias = nn.Parameter(torch.zeros(len(used)))
        with torch.no_grad():
            self.dense.weight.copy_(torch.eye(width))

    def forward(self, x: Tensor, table: Tensor) -> Tensor:
        return self.norm(F.gelu(self.dense(x))) @ table[self.used].T + self.bias


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="encoder adapted before, to go on from")
    parser.add_argument(
        "--mpnet", type=Path, help="adapt a large encoder, from MPNet's weights, put there unless they are (training.start)"
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=16, help="rows a step and process")
    parser.add_argument("--passes", type=float, default=0.75)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--workers", type=int, default=1, help="processes of one thread each")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--makers", type=int, default=1, help="processes that cut texts into word pieces")
    args = parser.parse_args()
    spread(adapt, args, args.workers)


def adapt(rank: int, workers: int, args: argparse.Namespace) -> None:
    """One process's part of the steps; the first one reports and saves."""
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    rng, noise = random.Random(args.seed), np.random.default_rng((args.seed, rank))
    data = rows(args.corpus, rng, args.makers)
    counts = np.bincount(np.concatenate([r[0] for r in data]), minlength=30522)
    used = torch.from_numpy(np.flatnonzero(counts >= 3))
    index = torch.full((30522,), -1)
    index[used] = torch.arange(len(used))
    if args.mpnet:
        encoder = Encoder.from_mpnet(mpnet_weights(args.mpnet), dropout=0.0)
    else:
        encoder = Encoder.from_minilm(minilm_folder(), dropout=0.0)
    if args.start:
        encoder.load_state_dict(torch.load(args.start))
    encoder.to(args.device)
    guess = Guess(encoder.shape.width, used).to(args.device)
    index = index.to(args.device)
    optimizer = torch.optim.AdamW(
        [{"params": encoder.parameters(), "top": args.rate}, {"params": guess.parameters(), "top": 4 * args.rate}],
        lr=args.rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True,
    )  # fmt: skip
    order: list[int] = []
    while len(order) < args.passes * len(data):
        order += rng.sample(range(len(data)), len(data))
    order = order[: int(args.passes * len(data))]
    # Batches of like length waste no padding: sort within pools of 16 batches, then shuffle the batches.
    batches: list[list[int]] = []
    for a in range(0, len(order), 16 * workers * args.batch):
        pool = sorted(order[a : a + 16 * workers * args.batch], key=lambda i: len(data[i][0]))
        # Of batches alike in length each process takes one, so that none waits for another.
        group = [pool[b : b + workers * args.batch] for b in range(0, len(pool), workers * args.batch)]
        rng.shuffle(group)
        batches += [part[rank::workers] for part in group if len(part) >= workers]
    if rank == 0:
        print(f"{len(data)} rows, {int(counts.sum())} pieces, {len(used)} in use, {len(batches)} steps", flush=True)
    both = [*encoder.parameters(), *guess.parameters()]
    began, seen = time.time(), list[Tensor]()
    for step, batch in enumerate(batches):
        warm = min(1.0, (step + 1) / 50)
        share = warm * 0.5 * (1 + math.cos(math.pi * step / len(batches)))
        for g in optimizer.param_groups:
            g["lr"] = g["top"] * share
        made = batch_of([data[i] for i in batch], noise, 30522)
        pieces, casing, boundary, mask, hidden, truth = (part.to(args.device, non_blocking=True) for part in made)
        with torch.autocast(torch.device(args.device).type, torch.bfloat16):
            states = encoder(pieces, casing, boundary, mask).flatten(0, 1)[hidden]
            scores = guess(states, encoder.word.weight)
        loss = F.cross_entropy(scores.float(), index[truth], ignore_index=-1)
        loss.backward()
        average(both)
        nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seen.append(loss.detach())
        if rank == 0 and step % 20 == 0:
            print(f"step {step} loss {torch.stack(seen[-50:]).mean():.3f} {time.time() - began:.0f} s", flush=True)
    if rank == 0:
        save(encoder, args.out)


if __name__ == "__main__":
    main()
