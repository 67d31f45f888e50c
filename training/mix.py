"""The mean of the weights of readers of one origin and size: often better than each, and never slower (Wortsman et al. 2022).

python -m training.mix --readers build/a.pt build/b.pt --shares 0.6 0.4 --out build/mixed.pt
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor


def mixed(readers: Sequence[dict[str, Tensor]], shares: Sequence[float]) -> dict[str, Tensor]:
    """The weights, each the mean of theirs by these shares, which sum to 1.

    Raises:
        ValueError: the shares do not sum to 1, are not one a reader, or the readers differ in size.
    """
    if len(shares) != len(readers) or abs(sum(shares) - 1) > 1e-6:
        raise ValueError(f"{len(readers)} readers need as many shares, which sum to 1: {list(shares)}")
    if any({n: w.shape for n, w in one.items()} != {n: w.shape for n, w in readers[0].items()} for one in readers):
        raise ValueError("the readers differ in size: only weights of the same places can be averaged")
    return {name: torch.stack([share * one[name] for one, share in zip(readers, shares, strict=True)]).sum(0) for name in readers[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=Path, nargs="+", required=True)
    parser.add_argument("--shares", type=float, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    torch.save(mixed([torch.load(path) for path in args.readers], args.shares), args.out)


if __name__ == "__main__":
    main()
