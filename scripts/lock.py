"""Write requirements.lock and requirements-ftm.lock: every package that `make setup` installs, with the hashes of its files.

    python scripts/lock.py

The versions are those of constraints.txt, which people edit; uv finds the hashes. What needs ICU's headers stands in a file of its own,
which is installed where they are. Run it (`make lock`) after constraints.txt or the dependencies in pyproject.toml change;
tests/test_lock.py says when.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
HEAD = "# Made by scripts/lock.py from constraints.txt and pyproject.toml. Do not edit.\n"


def compiled(*extras: str) -> dict[str, str]:
    """Each package's lines, by its name."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "lock"
        command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "-c", "constraints.txt", "--quiet"]
        options = ["--universal", "--generate-hashes", "--no-annotate", "--no-header", "--python-version", "3.11", "-o", str(out)]
        subprocess.run([*command, *options, *(f"--extra={extra}" for extra in extras)], cwd=ROOT, check=True)
        parts = re.split(r"^(?=[A-Za-z0-9])", out.read_text(encoding="utf-8"), flags=re.M)
    return {part.split("==")[0]: part for part in parts if part.strip()}


def main() -> None:
    plain, more = compiled("test"), compiled("test", "ftm")
    (ROOT / "requirements.lock").write_text(HEAD + "".join(plain.values()), encoding="utf-8")
    (ROOT / "requirements-ftm.lock").write_text(HEAD + "".join(more[name] for name in more if name not in plain), encoding="utf-8")
    print(f"{len(plain)} packages, and {len(more) - len(plain)} for FollowTheMoney")


if __name__ == "__main__":
    main()
