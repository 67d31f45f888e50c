"""Write requirements.lock, requirements-ftm.lock and requirements-audit.lock: every package that `make setup` and `make audit` install,
with the hashes of its files.

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


def compiled(*parts: str) -> dict[str, str]:
    """Each package's lines, by its name, for some parts of pyproject.toml as uv's options name them."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "lock"
        command = [sys.executable, "-m", "uv", "pip", "compile", *parts, "-c", "constraints.txt", "--quiet"]
        options = ["--universal", "--generate-hashes", "--no-annotate", "--no-header", "--python-version", "3.11", "-o", str(out)]
        subprocess.run([*command, *options], cwd=ROOT, check=True)
        packages = re.split(r"^(?=[A-Za-z0-9])", out.read_text(encoding="utf-8"), flags=re.M)
    return {package.split("==")[0]: package for package in packages if package.strip()}


def main() -> None:
    plain = compiled("pyproject.toml", "--extra=test")
    ftm = {name: lines for name, lines in compiled("pyproject.toml", "--extra=test", "--extra=ftm").items() if name not in plain}
    audit = compiled("--group=audit")
    for file, packages in (("requirements.lock", plain), ("requirements-ftm.lock", ftm), ("requirements-audit.lock", audit)):
        (ROOT / file).write_text(HEAD + "".join(packages.values()), encoding="utf-8")
    print(f"{len(plain)} packages, {len(ftm)} for FollowTheMoney, {len(audit)} for the audit")


if __name__ == "__main__":
    main()
