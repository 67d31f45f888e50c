"""The shipped model from the corpus's folder, in one command: `make train`.

Each step is a command of its own (printed as it runs), with its seed; a step whose result is already there is not run again, so a
run that was stopped goes on. training/README.md says what each step is for and what it costs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path


def run(result: Path, module: str, *args: str | Path) -> Path:
    """Run one step, its command printed, unless its result is there."""
    if not result.exists():
        command = [sys.executable, "-m", f"training.{module}", *map(str, args)]
        print("+", *command[2:], flush=True)
        subprocess.run(command, check=True)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="where the steps leave their results")
    parser.add_argument("--out", type=Path, required=True, help="the model's folder")
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

    # Two teachers: a reader of the size that is shipped, and one eight times as large, which errs in other ways and is never shipped.
    small, large = work / "small.pt", work / "large.pt"
    lessons: tuple[str | Path, ...] = ("--start", adapted, "--beside", speakers, "--passes", "8", "--rate", "4e-4", "--pieces", "1000")
    run(small, "train", *corpus, *lessons, "--seed", "1", "--out", small, *workers)
    mpnet: tuple[str | Path, ...] = ("--mpnet", work / "mpnet.safetensors", "--passes", "4", "--rate", "8e-5", "--average", "0.99")
    run(large, "train", *corpus, *mpnet, "--pieces", "1000", "--seed", "31", "--out", large, *workers)
    models = []
    for teacher in (large, small):
        models.append(work / f"{teacher.stem}-model")
        run(models[-1] / "reader.onnx", "export", "--reader", teacher, "--out", models[-1])

    # The student: the small one goes on, with the corpus and with what both together say of unlabelled texts.
    taught = run(work / "taught.pkl", "teach", *corpus, "--models", *models, "--pieces", "560000", "--out", work / "taught.pkl", *workers)
    out = work / "student.pt"
    mixed: tuple[str | Path, ...] = ("--beside", taught, speakers, "--share", "1.0")
    more: tuple[str | Path, ...] = ("--reader", small, *mixed, "--passes", "4", "--rate", "2e-4", "--pieces", "1000")
    student = run(out, "train", *corpus, *more, "--seed", "41", "--out", out, *workers)
    run(work / "never", "export", "--reader", student, "--out", args.out, "--name", args.name)
    run(work / "never", "calibrate", *corpus, "--model", args.out)
    run(work / "never", "parity", "--reader", student, "--model", args.out)


if __name__ == "__main__":
    main()
