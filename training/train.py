"""Train the reader on the corpus's training part.

    python -m training.train --corpus ../shared/corpus --start build/adapted.pt --out build/reader-1.pt --seed 1

Windows are drawn anew every pass; the saved weights are a running average of the last steps' weights.
"""

from __future__ import annotations

import argparse
import copy
import pickle
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn

from training.data import Batch, Gold, Maker, cut, gold, load
from training.losses import losses
from training.network import Encoder, Reader
from training.parallel import all_have, average, spread
from training.standins import stand_in
from training.start import minilm_folder, mpnet_weights, tokenizer

STAND_INS = 0.3
"""Share of the names told again in taught texts that pronouns and the like stand in for."""


def batches(docs: list[Gold], rng: np.random.Generator, pieces: int) -> Iterator[Batch]:
    """One pass over the documents, in batches of about ``pieces`` word pieces of windows alike in length."""
    maker = Maker(rng, noise=True)
    windows = [w for doc in docs for w in cut(doc, rng, 96, 254)]
    rng.shuffle(windows)  # type: ignore[arg-type]
    groups: list[list] = []
    for a in range(0, len(windows), 128):
        pool = sorted(windows[a : a + 128], key=lambda w: w.b - w.a)
        group: list = []
        for w in pool:
            if group and (len(group) + 1) * (w.b - w.a) > pieces:
                groups.append(group)
                group = []
            group.append(w)
        groups.append(group)
    rng.shuffle(groups)  # type: ignore[arg-type]
    for group in groups:
        yield maker.batch(group)


def in_turn(docs: list[Gold], rng: np.random.Generator) -> Iterator[Gold]:
    """The documents by chance, each once before any comes again; without end, unless there are none."""
    while docs:
        yield from (docs[i] for i in rng.permutation(len(docs)))


def drawn(turns: Iterator[Gold], pieces: int) -> list[Gold]:
    """The next documents, of about so many pieces in all."""
    out: list[Gold] = []
    while pieces > 0 and (doc := next(turns, None)) is not None:
        out.append(doc)
        pieces -= len(doc.pieces)
    return out


def optimizer_of(reader: Reader, top: float, heads: float, decay: float) -> torch.optim.AdamW:
    """AdamW: heads at ``heads``, the last layer at ``top``, each layer below ``decay`` times the one above."""
    layers = reader.encoder.shape.layers
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, value in reader.named_parameters():
        if not value.requires_grad:
            continue
        rate = heads
        if name.startswith("encoder."):
            part = name.split(".")
            depth = layers - int(part[2]) - 1 if part[1] == "layers" else layers
            rate = top * decay**depth
            if part[1] in ("casing", "boundary"):
                rate = top
        groups.setdefault((rate, 0.01 if value.ndim > 1 else 0.0), []).append(value)
    parts = [{"params": values, "lr": rate, "top": rate, "weight_decay": w} for (rate, w), values in groups.items()]
    return torch.optim.AdamW(parts, betas=(0.9, 0.98), fused=True)


def begun(args: argparse.Namespace) -> Encoder:
    """The encoder that a new reader starts from."""
    if args.mpnet:
        return Encoder.from_mpnet(args.mpnet)
    encoder = Encoder.from_minilm(minilm_folder())
    if args.start:
        encoder.load_state_dict(torch.load(args.start))
    return encoder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="adapted encoder; without it the published weights")
    parser.add_argument("--mpnet", type=Path, help="start a large reader from MPNet's weights, put there unless they are (training.start)")
    parser.add_argument("--reader", type=Path, help="trained reader to go on from, instead of --start")
    parser.add_argument("--beside", type=Path, nargs="*", default=[], help="lessons of training.teach or training.attribution")
    parser.add_argument("--share", type=float, default=0.4, help="pieces of those lessons a pass, as a share of the corpus's")
    parser.add_argument("--own", type=float, default=1.0, help="share of the corpus that is read in each pass")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--passes", type=int, default=12)
    parser.add_argument("--stop", type=int, help="passes to stop after; the rate falls as if all were made")
    parser.add_argument("--pieces", type=int, default=1600, help="word pieces a batch")
    parser.add_argument("--rate", type=float, default=2.5e-4)
    parser.add_argument("--heads", type=float, default=1e-3)
    parser.add_argument("--decay", type=float, default=0.9)
    parser.add_argument("--average", type=float, default=0.998)
    parser.add_argument("--workers", type=int, default=1, help="processes of one thread each; the batches of a step are theirs together")
    args = parser.parse_args()
    if args.mpnet:
        mpnet_weights(args.mpnet)
    spread(train, args, args.workers)


def train(rank: int, workers: int, args: argparse.Namespace) -> None:
    """One process's part of every step; the first one reports and saves."""
    torch.set_num_threads(1)
    rng, shared = np.random.default_rng((args.seed, rank)), np.random.default_rng(args.seed)
    tok = tokenizer()
    made = [gold(doc, tok) for doc in load(args.corpus / "train.jsonl")]
    docs = [g for g, _ in made]
    whole = sum(len(d.pieces) for d in docs)
    own = total = int(whole * args.own)
    if rank == 0:
        print(f"{len(docs)} documents, {whole} pieces, {sum(n for _, n in made)} marks off the piece borders", flush=True)
    torch.manual_seed(args.seed)  # every process begins with the same heads
    reader = Reader.load(args.reader) if args.reader else Reader(begun(args))
    # The word vectors stay as adaptation left them: a thousand articles move only those of the words they use.
    reader.encoder.word.requires_grad_(False)
    torch.manual_seed(args.seed + 1000 * rank)
    beside: list[Gold] = [g for path in args.beside for g in pickle.loads(path.read_bytes())]
    if beside:
        total += int(whole * args.share)
    optimizer = optimizer_of(reader, args.rate, args.heads, args.decay)
    mean = copy.deepcopy(reader).eval().requires_grad_(False)
    moving = [p for p in reader.parameters() if p.requires_grad]
    kept = [m for m, p in zip(mean.parameters(), reader.parameters(), strict=True) if p.requires_grad]
    expected = args.passes * total * 1.2 / (args.pieces * workers)  # about a sixth of a batch is lost to unequal windows
    step, began = 0, time.time()
    of_corpus, of_beside = in_turn(docs, shared), in_turn(beside, shared)
    for number in range(args.stop or args.passes):
        seen: dict[str, list[float]] = {}
        lessons = drawn(of_corpus, own) + drawn(of_beside, total - own)
        mine = [lessons[i] for i in shared.permutation(len(lessons))[rank::workers]]
        mine = [stand_in(doc, rng, STAND_INS) if doc.soft else doc for doc in mine]
        coming = batches(mine, rng, args.pieces)
        while all_have((batch := next(coming, None)) is not None):
            assert batch is not None
            share = min(1.0, (step + 1) / 100) * max(0.02, 1 - step / expected)
            for g in optimizer.param_groups:
                g["lr"] = g["top"] * share
            with torch.autocast("cpu", torch.bfloat16):
                result = losses(reader, batch)
            loss = result.total
            loss.backward()
            average(moving)
            nn.utils.clip_grad_norm_(reader.parameters(), 2.0)
            optimizer.step()
            optimizer.zero_grad()
            keep = min(args.average, (1 + step) / (10 + step))
            with torch.no_grad():
                torch._foreach_lerp_(kept, moving, 1 - keep)
            for name, term in result.terms.items():
                seen.setdefault(name, []).append(float(term.detach()))
            step += 1
            if rank == 0 and (step in (20, 100) or step % 250 == 0):
                report = " ".join(f"{k} {np.mean(v):.3f}" for k, v in seen.items())
                print(f"pass {number} step {step} of {expected:.0f} {report} {time.time() - began:.0f} s", flush=True)
        if rank:
            continue
        args.out.parent.mkdir(parents=True, exist_ok=True)
        torch.save(mean.state_dict(), args.out)
        report = " ".join(f"{k} {np.mean(v):.3f}" for k, v in seen.items())
        print(f"pass {number} done, step {step} {report} {time.time() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
