"""Take from a trained reader the heads and inner units that it misses least, for a smaller reader to go on from.

    python -m training.prune --corpus ../shared/corpus --reader build/student.pt --beside build/taught.pkl --out build/small.pt --cost 0.6

What a part is missed by is the square of what the loss would change by in first order without it, summed over windows (the diagonal of
Fisher's matrix for masks, Kwon et al. 2022). Heads and units in groups of ``GROUP`` go in the order of that per cost, until the layers
cost the share ``--cost`` of what they did.
"""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.data import Batch, Gold, gold, load
from training.losses import losses
from training.network import Layer, Reader
from training.start import tokenizer
from training.train import batches, drawn, in_turn

GROUP = 64  # units: what int8 products take at a step
HEAD_COST, GROUP_COST = 0.58, 0.33  # microseconds a piece in a window of 160, by onnxruntime's profile of the shipped graph
FEWEST = 2  # heads, and groups of units, that every layer keeps

Missed = list[tuple[NDArray[np.float64], NDArray[np.float64]]]
"""Of each layer: how much each head is missed, and each unit."""


def missed(reader: Reader, docs: list[Gold], rng: np.random.Generator) -> Missed:
    """How much the loss of these texts misses each head and unit."""
    held: dict[str, list[Tensor]] = {"out": [], "down": []}

    def keeper(kept: list[Tensor]) -> Callable[[Any, tuple[Tensor]], None]:
        def keep(_: Any, given: tuple[Tensor]) -> None:
            given[0].retain_grad()
            kept.append(given[0])

        return keep

    layers = reader.encoder.layers
    hooks = [getattr(layer, name).register_forward_pre_hook(keeper(kept)) for layer in layers for name, kept in held.items()]
    sums: list[list[Any]] = [[0.0, 0.0] for _ in layers]
    device = str(next(reader.parameters()).device)
    for arrays in batches(docs, rng, 1600):
        for kept in held.values():
            kept.clear()
        losses(reader, Batch.of(arrays, device)).total.backward()
        reader.zero_grad()
        for n, layer in enumerate(layers):
            parts = [(x * x.grad).detach().sum(1) for x in (held["out"][n], held["down"][n])]  # [windows, units]
            sums[n][0] += parts[0].unflatten(1, (layer.heads, layer.head)).sum(2).square().sum(0).double().cpu().numpy()
            sums[n][1] += parts[1].square().sum(0).double().cpu().numpy()
    for hook in hooks:
        hook.remove()
    return [(heads, units) for heads, units in sums]


def chosen(found: Missed, cost: float) -> list[tuple[list[int], list[int]]]:
    """The heads and units that each layer keeps at a share of what the layers cost."""
    parts: list[tuple[float, float, int, int, list[int]]] = []  # missed per cost, cost, layer, 0 for heads, which
    for n, (heads, units) in enumerate(found):
        parts += [(float(x) / HEAD_COST, HEAD_COST, n, 0, [i]) for i, x in enumerate(heads)]
        order = np.argsort(-units)
        groups = [order[a : a + GROUP] for a in range(0, len(order), GROUP)]
        parts += [(float(units[g].sum()) / GROUP_COST, GROUP_COST, n, 1, g.tolist()) for g in groups]
    whole = sum(part[1] for part in parts)
    left = {(n, which): sum(part[2:4] == (n, which) for part in parts) for n in range(len(found)) for which in (0, 1)}
    kept = sorted(parts)
    spent = whole
    for part in list(kept):
        if spent <= cost * whole:
            break
        if left[part[2], part[3]] > FEWEST:
            kept.remove(part)
            left[part[2], part[3]] -= 1
            spent -= part[1]
    return [
        (sorted(i for _, _, m, which, part in kept if (m, which) == (n, 0) for i in part),
         sorted(i for _, _, m, which, part in kept if (m, which) == (n, 1) for i in part))
        for n in range(len(found))
    ]  # fmt: skip


def without(reader: Reader, keep: list[tuple[list[int], list[int]]]) -> dict[str, Tensor]:
    """The reader's weights with only these heads and units."""
    weights = {name: value.detach().cpu().clone() for name, value in reader.state_dict().items()}
    for n, (heads, units) in enumerate(keep):
        layer: Layer = reader.encoder.layers[n]  # type: ignore[assignment]
        rows = (torch.tensor(heads)[:, None] * layer.head + torch.arange(layer.head)).flatten()
        of_qkv = torch.cat([rows + part * layer.heads * layer.head for part in range(3)])
        at = f"encoder.layers.{n}."
        for name, index, axis in (
            ("qkv.weight", of_qkv, 0), ("qkv.bias", of_qkv, 0), ("out.weight", rows, 1),
            ("up.weight", torch.tensor(units), 0), ("up.bias", torch.tensor(units), 0), ("down.weight", torch.tensor(units), 1),
        ):  # fmt: skip
            weights[at + name] = weights[at + name].index_select(axis, index).contiguous()
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--reader", type=Path, required=True)
    parser.add_argument("--beside", type=Path, nargs="*", default=[], help="lessons of training.teach, to judge by beside the corpus")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cost", type=float, default=0.6)
    parser.add_argument("--pieces", type=int, default=60_000, help="of the corpus, and of the lessons, to judge by")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    rng, tok = np.random.default_rng(args.seed), tokenizer()
    docs: list[Gold] = []
    for lessons in ([gold(doc, tok)[0] for doc in load(args.corpus / "train.jsonl")], *(pickle.loads(p.read_bytes()) for p in args.beside)):
        docs += [lessons[number] for number in drawn(in_turn(range(len(lessons)), rng), lessons, args.pieces)]
    reader = Reader.load(args.reader).eval().to(args.device)
    keep = chosen(missed(reader, docs, rng), args.cost)
    for n, (heads, units) in enumerate(keep):
        print(f"layer {n}: {len(heads)} heads, {len(units)} inner units")
    torch.save(without(reader, keep), args.out)


if __name__ == "__main__":
    main()
