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

SEEDS = (1, 2)


def run(result: Path, module: str, *args: str | Path) -> Path:
    """Run one step unless its result is there."""
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
    threads = ("--threads", str(os.cpu_count() or 1))
    corpus = ("--corpus", args.corpus)
    adapted = run(work / "adapted.pt", "adapt", *corpus, "--out", work / "adapted.pt", *threads)

    # First readers: enough to find the mentions that the lessons of speakers need.
    first = {}
    for seed in SEEDS:
        out = work / f"first-{seed}.pt"
        rate = ("--rate", "4e-4", "--passes", "12", "--stop", "5")
        first[seed] = run(out, "train", *corpus, "--start", adapted, "--out", out, "--seed", str(seed), *rate, *threads)
    model = work / "first-model"
    run(model / "reader.onnx", "export", "--reader", first[SEEDS[0]], "--out", model)
    speakers = run(work / "speakers.pkl", "attribution", "--bench", args.bench, "--model", model, "--out", work / "speakers.pkl")

    # Teachers: the first readers, gone on with beside the lessons of speakers.
    models = []
    teachers = {}
    for seed in SEEDS:
        out = work / f"teacher-{seed}.pt"
        more = ("--reader", first[seed], "--beside", speakers, "--passes", "5", "--rate", "2e-4", "--seed", str(10 + seed))
        teachers[seed] = run(out, "train", *corpus, *more, "--out", out, *threads)
        folder = work / f"teacher-model-{seed}"
        run(folder / "reader.onnx", "export", "--reader", teachers[seed], "--out", folder)
        models.append(folder)

    # The student: learns from the corpus, and from what both teachers together say of unlabelled texts.
    taught = run(work / "taught.pkl", "teach", *corpus, "--models", *models, "--pieces", "500000", "--out", work / "taught.pkl")
    out = work / "student.pt"
    lessons = ("--beside", taught, speakers, "--share", "1.2")
    more = ("--reader", teachers[SEEDS[0]], *lessons, "--passes", "4", "--rate", "1.8e-4", "--seed", "21")
    student = run(out, "train", *corpus, *more, "--out", out, *threads)
    run(work / "never", "export", "--reader", student, "--out", args.out, "--name", args.name)
    run(work / "never", "calibrate", *corpus, "--model", args.out)
    run(work / "never", "parity", "--reader", student, "--model", args.out)


if __name__ == "__main__":
    main()
