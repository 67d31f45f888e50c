"""The shipped models from the corpus's folder, in one command: `make train`.

Each step is a command of its own (printed as it runs), with its seed; a step whose result is already there is not run again, so a
run that was stopped goes on. training/README.md says what each step is for and what it costs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TEACHERS = 2
NEVER = Path("never")
"""The result of a step that is always run."""


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
    parser.add_argument("--quick", type=Path, help="the folder of the quick model; without it none is made")
    parser.add_argument(
        "--references", type=Path, help="the weights of what words stand for, which go with the model; without it none are made"
    )
    parser.add_argument("--name", default="orbat-reader")
    parser.add_argument("--device", default="cpu", help="cuda: large teachers and a long lesson for the student")
    parser.add_argument("--seed", type=int, default=1, help="of every step")
    parser.add_argument("--makers", type=int, default=os.cpu_count() or 1, help="processes that make batches for a device")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    os.environ["OMP_NUM_THREADS"] = "1"
    if args.device == "cpu":
        on_cores(args)
    else:
        on_device(args)


def on_cores(args: argparse.Namespace) -> None:
    """Everything on two cores: two teachers of the student's size, each a core's."""
    work: Path = args.work
    workers = ("--workers", str(min(2, os.cpu_count() or 1)))
    corpus, seed = ("--corpus", args.corpus), ("--seed", str(args.seed))
    adapted = run(work / "adapted.pt", "adapt", *corpus, *seed, "--out", work / "adapted.pt", "--passes", "0.75", *workers)
    speakers = lessons_of_speakers(args, adapted, *workers)
    teachers = {n: work / f"teacher-{n}.pt" for n in range(TEACHERS)}
    lessons: tuple[str | Path, ...] = ("--start", adapted, "--beside", speakers, "--passes", "9", "--rate", "4e-4")
    beside({out: ("train", *corpus, *lessons, "--seed", str(TEACHERS * args.seed + n), "--out", out) for n, out in teachers.items()})
    models = []
    for n, teacher in teachers.items():
        models.append(work / f"teacher-model-{n}")
        run(models[-1] / "reader.onnx", "export", "--reader", teacher, "--out", models[-1])

    # The student: learns from the corpus, and from what both teachers together say of unlabelled texts.
    taught = run(work / "taught.pkl", "teach", *corpus, *seed, "--models", *models, "--pieces", "800000", "--out", work / "taught.pkl")
    out = work / "student.pt"
    mixed: tuple[str | Path, ...] = ("--beside", taught, speakers, "--share", "1.2", "--pieces", "1000")
    more: tuple[str | Path, ...] = ("--reader", teachers[0], *mixed, "--passes", "5", "--rate", "1.8e-4")
    student = run(out, "train", *corpus, *more, *seed, "--out", out, *workers)

    # The shipped reader: the mean of the student's weights and those that it began from.
    both: tuple[str | Path, ...] = ("--readers", teachers[0], student, "--shares", "0.4", "0.6")
    reader = run(work / "reader.pt", "mix", *both, "--out", work / "reader.pt")
    made_of(args, reader)
    if args.quick:
        quick_of(args, reader, taught, *mixed, "--passes", "3", "--rate", "2.5e-4", *workers)


def on_device(args: argparse.Namespace) -> None:
    """With a device there is time for large teachers, which mark the first 3,600 letters of every unlabelled text, and for a student that
    reads these again and again."""
    work: Path = args.work
    on, makers = ("--device", args.device), ("--makers", str(args.makers))
    corpus, seed = ("--corpus", args.corpus), ("--seed", str(args.seed))
    with ThreadPoolExecutor(2) as pool:
        small, large = (pool.submit(begin, args, *on, *makers) for begin in (begun_small, begun_large))
        (adapted, speakers), adapted_large = small.result(), large.result()
    few = ("--makers", str(max(1, args.makers // TEACHERS)))
    teachers = {n: work / f"teacher-{n}.pt" for n in range(TEACHERS)}
    lessons: tuple[str | Path, ...] = (
        "--start", adapted_large, "--beside", speakers, "--passes", "10", "--rate", "1.5e-4", "--pieces", "3200", *on, *few
    )  # fmt: skip
    beside({out: ("train", *corpus, *lessons, "--seed", str(TEACHERS * args.seed + n), "--out", out) for n, out in teachers.items()})
    marked = ("--pieces", "20000000", "--length", "3600", "--workers", str(args.makers))
    taught = work / "taught.pkl"
    run(taught, "teach", *corpus, *seed, "--models", *teachers.values(), *on, *marked, "--out", taught)
    mixed: tuple[str | Path, ...] = ("--beside", taught, speakers, "--share", "7", "--pieces", "8000", *on, *makers)
    more: tuple[str | Path, ...] = ("--start", adapted, *mixed, "--passes", "8", "--rate", "6e-4")
    reader = run(work / "reader.pt", "train", *corpus, *more, *seed, "--out", work / "reader.pt")
    made_of(args, reader)
    if args.quick:
        quick_of(args, reader, taught, *mixed, "--passes", "3", "--rate", "4e-4")


def begun_small(args: argparse.Namespace, *how: str) -> tuple[Path, Path]:
    """The adapted encoder that the student starts from, and the lessons of who speaks."""
    adapted = args.work / "adapted.pt"
    more = ("--seed", str(args.seed), "--passes", "0.6", "--batch", "64")
    run(adapted, "adapt", "--corpus", args.corpus, *more, "--out", adapted, *how)
    return adapted, lessons_of_speakers(args, adapted, "--pieces", "3200", *how)


def begun_large(args: argparse.Namespace, *how: str) -> Path:
    """The adapted encoder that the large teachers start from."""
    work: Path = args.work
    more = ("--seed", str(args.seed), "--mpnet", work / "mpnet.safetensors", "--passes", "0.6", "--batch", "64", "--rate", "1.5e-4")
    return run(work / "large.pt", "adapt", "--corpus", args.corpus, *more, "--out", work / "large.pt", *how)


def lessons_of_speakers(args: argparse.Namespace, adapted: Path, *how: str) -> Path:
    """The lessons of who speaks. A first reader, trained enough for that, finds the mentions that they need."""
    work: Path = args.work
    first, model, speakers = work / "first.pt", work / "first-model", work / "speakers.pkl"
    lessons: tuple[str | Path, ...] = ("--start", adapted, "--passes", "3", "--rate", "4e-4", "--seed", str(args.seed))
    run(first, "train", "--corpus", args.corpus, *lessons, "--out", first, *how)
    run(model / "reader.onnx", "export", "--reader", first, "--out", model)
    marked: tuple[str | Path, ...] = ("--model", model, "--seed", str(args.seed), "--workers", str(os.cpu_count() or 1))
    return run(speakers, "attribution", "--bench", args.bench, *marked, "--out", speakers)


def made_of(args: argparse.Namespace, reader: Path) -> None:
    """The model of a reader's weights, with all that is fitted to it."""
    run(NEVER, "export", "--reader", reader, "--out", args.out, "--name", args.name)
    run(NEVER, "calibrate", "--corpus", args.corpus, "--model", args.out)
    run(NEVER, "parity", "--reader", reader, "--model", args.out)
    if args.references:
        run(NEVER, "references", "--corpus", args.corpus, "--model", args.out, "--out", args.references)


def quick_of(args: argparse.Namespace, reader: Path, taught: Path, *lessons: str | Path) -> None:
    """The quick model: half of the reader, gone on with."""
    work: Path = args.work
    half = work / "half.pt"
    judged: tuple[str | Path, ...] = ("--corpus", args.corpus, "--reader", reader, "--beside", taught, "--device", args.device)
    run(half, "prune", *judged, "--out", half, "--cost", "0.5")
    seed = ("--seed", str(args.seed))
    quick = run(work / "quick.pt", "train", "--corpus", args.corpus, "--reader", half, *lessons, *seed, "--out", work / "quick.pt")
    run(NEVER, "export", "--reader", quick, "--out", args.quick, "--name", "orbat-quick", "--window", "200")
    run(NEVER, "calibrate", "--corpus", args.corpus, "--model", args.quick)


if __name__ == "__main__":
    main()
