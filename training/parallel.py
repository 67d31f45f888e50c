"""Train on several cores: one process a core, each with its own batches, and one mean of their gradients a step.

On a CPU two processes of one thread take half as long again fewer minutes than one process of two threads, since most of a step is
many small operators that threads do not share.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from typing import Any

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn


def spread(work: Callable[[int, int, Any], None], args: Any, workers: int) -> None:
    """Run ``work(rank, workers, args)`` in so many processes that can average what they learn; one runs here."""
    if workers == 1:
        work(0, 1, args)
        return
    with tempfile.TemporaryDirectory() as folder:
        mp.spawn(_join, (work, args, workers, os.path.join(folder, "meet")), nprocs=workers)


def _join(rank: int, work: Callable[[int, int, Any], None], args: Any, workers: int, meet: str) -> None:
    dist.init_process_group("gloo", init_method=f"file://{meet}", rank=rank, world_size=workers)
    work(rank, workers, args)
    dist.destroy_process_group()


def average(parameters: Iterable[nn.Parameter]) -> None:
    """Replace every gradient by its mean over the processes; one that a process has not is 0 there."""
    if not dist.is_initialized():
        return
    moving = [p for p in parameters if p.requires_grad]
    flat = torch.cat([(torch.zeros_like(p) if p.grad is None else p.grad).reshape(-1) for p in moving])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    for p, part in zip(moving, flat.split([p.numel() for p in moving]), strict=True):
        p.grad = part.view_as(p)


def all_have(mine: bool) -> bool:
    """Whether every process still has work: true only if it is true in each."""
    if not dist.is_initialized():
        return mine
    flag = torch.tensor(float(mine))
    dist.all_reduce(flag, dist.ReduceOp.MIN)
    return bool(flag > 0)
