"""The shipped models from the corpus's folder, in one command: `make train`.

Each step is a command of its own (printed as it runs), with its seed; a step whose result is already there is not run again, so a
run that was stopped goes on. training/README.md says what each step is for and what it costs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

SEEDS = (1, 2)


def command_of(module: str, *args: str | Path) -> list[str]:
    """The command of a step, printed."""
    command = [sys.executable, "-m", f"training.{module}", *map(str, args)]
    print("+", *command[2:], flush=True)
    return command


def run(result: Path, module: str, *args: str | Path) -> Path:
    """Run one step unless its result is there."""
    if not result.exists():
        subprocess.run(command_of(module, *args), check=True)
    return result


def beside(steps: dict[Path, tuple[str | Path, ...]]) -> None:
    """Run steps at once, each on a core of its own, unless their results are there: ``result -> (module, arguments …)``."""
    running = [subprocess.Popen(command_of(str(step[0]), *step[1:])) for result, step in steps.items() if not result.exists()]
    codes = [process.wait() for process in running]
    if any(codes):
        sys.exit("A step failed; its message stands above.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="where the steps leave their results")
    parser.add_argument("--out", type=Path, required=True, help="the model's folder")
    parser.add_argument("--quick", type=Path, required=True, help="the folder of the quick model")
    parser.add_argument("--references", type=Path, required=True, help="the weights of what words stand for, which go with the model")
    parser.add_argument("--name", default="orbat-reader")
    args = parser.parse_args()
    work: Path = args.work
    work.mkdir(parents=True, exist_ok=True)
    os.environ["OMP_NUM_THREADS"] = "1"
    workers = ("--workers", str(min(2, os.cpu_count() or 1)))
    corpus = ("--corpus", args.corpus)
    adapted = run(work / "adapted.pt", "adapt", *corpus, "--out", work / "adapted.pt", "--passes", "0.75", *workers)

    # A first reader: enough to find the mentions that the lessons of speakers need.
    first, short = work / "first.pt", ("--passes", "3", "--rate", "4e-4")
    run(first, "train", *corpus, "--start", adapted, "--out", first, *short, *workers)
    model = work / "first-model"
    run(model / "reader.onnx", "export", "--reader", first, "--out", model)
    speakers = run(work / "speakers.pkl", "attribution", "--bench", args.bench, "--model", model, "--out", work / "speakers.pkl")

    # Two teachers, one a core.
    teachers = {seed: work / f"teacher-{seed}.pt" for seed in SEEDS}
    lessons: tuple[str | Path, ...] = ("--start", adapted, "--beside", speakers, "--passes", "9", "--rate", "4e-4")
    beside({out: ("train", *corpus, *lessons, "--seed", str(seed), "--out", out) for seed, out in teachers.items()})
    models = []
    for seed, teacher in teachers.items():
        models.append(work / f"teacher-model-{seed}")
        run(models[-1] / "reader.onnx", "export", "--reader", teacher, "--out", models[-1])

    # The student: learns from the corpus, and from what both teachers together say of unlabelled texts.
    taught = run(work / "taught.pkl", "teach", *corpus, "--models", *models, "--pieces", "800000", "--out", work / "taught.pkl")
    out = work / "student.pt"
    mixed: tuple[str | Path, ...] = ("--beside", taught, speakers, "--share", "1.2")
    more: tuple[str | Path, ...] = ("--reader", teachers[SEEDS[0]], *mixed, "--passes", "5", "--rate", "1.8e-4", "--pieces", "1000")
    student = run(out, "train", *corpus, *more, "--seed", "21", "--out", out, *workers)

    # The shipped reader: the mean of the student's weights and those that it began from.
    both: tuple[str | Path, ...] = ("--readers", teachers[SEEDS[0]], student, "--shares", "0.4", "0.6")
    reader = run(work / "reader.pt", "mix", *both, "--out", work / "reader.pt")
    run(work / "never", "export", "--reader", reader, "--out", args.out, "--name", args.name)
    run(work / "never", "calibrate", *corpus, "--model", args.out)
    run(work / "never", "parity", "--reader", reader, "--model", args.out)
    run(work / "never", "references", *corpus, "--model", args.out, "--out", args.references)

    # The quick reader: half of it, gone on with.
    half = run(work / "half.pt", "prune", *corpus, "--reader", reader, "--beside", taught, "--out", work / "half.pt", "--cost", "0.5")
    again: tuple[str | Path, ...] = ("--reader", half, *mixed, "--passes", "3", "--rate", "2.5e-4", "--pieces", "1000", "--seed", "31")
    quick = run(work / "quick.pt", "train", *corpus, *again, "--out", work / "quick.pt", *workers)
    run(work / "never", "export", "--reader", quick, "--out", args.quick, "--name", "orbat-quick", "--window", "200")
    run(work / "never", "calibrate", *corpus, "--model", args.quick)


if __name__ == "__main__":
    main()
