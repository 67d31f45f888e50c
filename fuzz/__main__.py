"""``python -m fuzz MINUTES [SUFFIX...]``: every kind of source in turn, one process at a time; findings go to ``build/fuzz``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from fuzz.strategies import SEEDS

HOME = Path(__file__).parents[1]
WORK = HOME / "build" / "fuzz"
#: Seconds and megabytes that one input of 64 kB may take. Instrumented code is several times slower.
TIMEOUT, MEMORY, LONGEST = 20, 2_048, 65_536


def run(suffix: str, seconds: int) -> int:
    """Fuzz one kind of source; libFuzzer's exit status, which is not 0 where something was found."""
    folder = WORK / suffix.strip(".")
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS.get(suffix, ())):
        (folder / "corpus" / f"seed{number}").write_bytes(seed)
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={TIMEOUT}",
        f"-rss_limit_mb={MEMORY}",
        f"-max_len={LONGEST}",
        f"-artifact_prefix={folder}/",
        "-len_control=10",
    ]
    command = [sys.executable, "-m", "fuzz.harness", suffix, *options, str(folder / "corpus")]
    with (folder / "log.txt").open("ab") as log:
        return subprocess.run(command, cwd=HOME, stdout=log, stderr=subprocess.STDOUT, check=False).returncode


def main() -> None:
    """Divide the minutes among the kinds."""
    minutes, kinds = float(sys.argv[1]), sys.argv[2:] or [*SEEDS, "archives"]
    found = [suffix for suffix in kinds if run(suffix, max(1, int(minutes * 60 / len(kinds))))]
    for suffix in found:
        sys.stderr.write(f"Found something in {suffix}: see {WORK / suffix.strip('.')}\n")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
