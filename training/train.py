"""Train the reader on the corpus's training part.

    python -m training.train --corpus ../shared/corpus --start build/adapted.pt --out build/reader-1.pt --seed 1

Windows are drawn anew every pass; the saved weights are a running average of the last steps' weights.
"""

from __future__ import annotations

import argparse
import copy
import multiprocessing
import pickle
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from training.data import Batch, Gold, Maker, Sample, cut, gold, load
from training.losses import losses
from training.network import Encoder, Reader, Shape, save
from training.parallel import all_have, average, spread
from training.standins import stand_in
from training.start import minilm_folder, mpnet_weights, tokenizer

STAND_INS = 0.3
"""Share of the names told again in taught texts that pronouns and the like stand in for."""

SAVED_EVERY = 60.0
"""Seconds after which a pass's end saves the weights; the last one always does."""


def groups(windows: list[Sample], rng: np.random.Generator, pieces: int) -> list[list[Sample]]:
    """Windows by chance in groups of about ``pieces`` word pieces, those of a group alike in length."""
    rng.shuffle(windows)  # type: ignore[arg-type]
    out: list[list[Sample]] = []
    for a in range(0, len(windows), 128):
        pool = sorted(windows[a : a + 128], key=lambda w: w.b - w.a)
        group: list[Sample] = []
        for w in pool:
            if group and (len(group) + 1) * (w.b - w.a) > pieces:
                out.append(group)
                group = []
            group.append(w)
        out.append(group)
    rng.shuffle(out)  # type: ignore[arg-type]
    return out


def batches(docs: list[Gold], rng: np.random.Generator, pieces: int) -> Iterator[tuple[NDArray[Any], ...]]:
    """One pass over the documents, in batches of about ``pieces`` word pieces of windows alike in length, as ``Batch.of`` takes them."""
    maker = Maker(rng, noise=True)
    for group in groups([w for doc in docs for w in cut(doc, rng, 96, 254)], rng, pieces):
        yield maker.arrays(group)


class Lessons:
    """Documents as batches for one process, made by ``makers`` processes of their own, or in this one where there are none.

    ``together``: documents whose windows are mixed with one another.
    """

    def __init__(self, docs: list[Gold], pieces: int, makers: int, *, together: int = 64) -> None:
        self.docs, self.pieces, self.together = docs, pieces, together
        # They inherit the documents, so that they must be begun before a device is.
        self.pool = multiprocessing.get_context("fork").Pool(makers, _inherit, (self,)) if makers else None

    def __enter__(self) -> Lessons:
        return self

    def __exit__(self, *_: object) -> None:
        if self.pool:
            self.pool.terminate()
            self.pool.join()

    def part(self, numbers: list[int], seed: tuple[int, ...]) -> list[tuple[NDArray[Any], ...]]:
        """The batches of some documents, as arrays."""
        rng = np.random.default_rng(seed)
        docs = [self.docs[number] for number in numbers]
        return list(batches([stand_in(doc, rng, STAND_INS) if doc.soft else doc for doc in docs], rng, self.pieces))

    def batches(self, numbers: list[int], seed: tuple[int, ...], device: str) -> Iterator[tuple[float, Batch]]:
        """The batches of documents by their numbers, each with the share of them all that came before it; the same from however many
        processes."""
        parts = [(numbers[a : a + self.together], (*seed, a)) for a in range(0, len(numbers), self.together)]
        made = self.pool.imap(_part, parts) if self.pool else (self.part(*part) for part in parts)
        for i, part in enumerate(made):
            for k, arrays in enumerate(part):
                yield (i + k / len(part)) / len(parts), Batch.of(arrays, device)


_inherited: list[Lessons] = []  # of a process that makes batches


def _inherit(lessons: Lessons) -> None:
    torch.set_num_threads(1)
    _inherited.append(lessons)


def _part(part: tuple[list[int], tuple[int, ...]]) -> list[tuple[NDArray[Any], ...]]:
    return _inherited[0].part(*part)


def in_turn(numbers: Sequence[int], rng: np.random.Generator) -> Iterator[int]:
    """The numbers by chance, each once before any comes again; without end, unless there are none."""
    while numbers:
        yield from (numbers[i] for i in rng.permutation(len(numbers)))


def drawn(turns: Iterator[int], docs: Sequence[Gold], pieces: int) -> list[int]:
    """The numbers of the next documents, of about so many pieces in all."""
    out: list[int] = []
    while pieces > 0 and (number := next(turns, None)) is not None:
        out.append(number)
        pieces -= len(docs[number].pieces)
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
    if args.start:
        weights = torch.load(args.start, map_location="cpu")
        encoder = Encoder(Shape.of({f"encoder.{name}": value for name, value in weights.items()}))
        encoder.load_state_dict(weights)
        return encoder
    return Encoder.from_mpnet(args.mpnet) if args.mpnet else Encoder.from_minilm(minilm_folder())


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
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--makers", type=int, default=0, help="processes that make batches, for a device that would wait for them")
    args = parser.parse_args()
    if args.mpnet and not args.start:
        mpnet_weights(args.mpnet)
    spread(train, args, args.workers)


def train(rank: int, workers: int, args: argparse.Namespace) -> None:
    """One process's part of every step; the first one reports and saves."""
    torch.set_num_threads(1)
    shared = np.random.default_rng(args.seed)
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
    docs += [g for path in args.beside for g in pickle.loads(path.read_bytes())]
    if args.beside:
        total += int(whole * args.share)
    with Lessons(docs, args.pieces, args.makers) as lessons:
        learn(reader.to(args.device), lessons, passes(docs, len(made), own, total - own, shared), args, rank, workers)


def passes(docs: Sequence[Gold], corpus: int, own: int, more: int, rng: np.random.Generator) -> Iterator[list[int]]:
    """The numbers of the documents of each pass, mixed: about ``own`` pieces of the first ``corpus`` documents, ``more`` of the others."""
    of_corpus, of_beside = in_turn(range(corpus), rng), in_turn(range(corpus, len(docs)), rng)
    while True:
        numbers = drawn(of_corpus, docs, own) + drawn(of_beside, docs, more)
        yield [numbers[i] for i in rng.permutation(len(numbers))]


def learn(reader: Reader, lessons: Lessons, courses: Iterator[list[int]], args: argparse.Namespace, rank: int, workers: int) -> None:
    """The steps of one of ``workers`` processes."""
    optimizer = optimizer_of(reader, args.rate, args.heads, args.decay)
    mean = copy.deepcopy(reader).eval().requires_grad_(False)
    moving = [p for p in reader.parameters() if p.requires_grad]
    kept = [m for m, p in zip(mean.parameters(), reader.parameters(), strict=True) if p.requires_grad]
    step, began = 0, time.time()
    saved = began
    for number, course in zip(range(args.stop or args.passes), courses, strict=False):
        seen: dict[str, list[torch.Tensor]] = {}
        coming = lessons.batches(course[rank::workers], (args.seed, rank, number), args.device)
        while all_have((given := next(coming, None)) is not None):
            assert given is not None
            before, batch = given
            share = min(1.0, (step + 1) / 100) * max(0.02, 1 - (number + before) / args.passes)
            for g in optimizer.param_groups:
                g["lr"] = g["top"] * share
            with torch.autocast(torch.device(args.device).type, torch.bfloat16):
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
                seen.setdefault(name, []).append(term.detach())
            step += 1
            if rank == 0 and (step in (20, 100) or step % 250 == 0):
                print(f"pass {number} step {step} {means(seen)} {time.time() - began:.0f} s", flush=True)
        if rank:
            continue
        is_last = number + 1 == (args.stop or args.passes)
        if is_last or time.time() - saved > SAVED_EVERY:
            # What is not trained to its end goes beside, since a step is not run again where its result lies.
            save(mean, args.out if is_last else args.out.with_name(f"{args.out.stem}-so-far{args.out.suffix}"))
            saved = time.time()
        print(f"pass {number} done, step {step} {means(seen)} {time.time() - began:.0f} s", flush=True)


def means(seen: dict[str, list[torch.Tensor]]) -> str:
    """The mean of each term of the loss, in words."""
    return " ".join(f"{name} {torch.stack(terms).mean():.3f}" for name, terms in seen.items())


if __name__ == "__main__":
    main()
