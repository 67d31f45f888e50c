"""Ask for known holes in what is installed: every package of requirements.lock and requirements-ftm.lock, in the version locked there.

    python scripts/audit.py [LOCK …]

pip-audit asks PyPI's advisories over the network. Exit status: 0 none known; 1 a hole is known, with the version that mends it; 3 some
packages could not be asked about, since the advisories could not be had: of those nothing is known, which is not the same as no hole.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-ftm.lock")
FINE, HOLES, UNKNOWN = 0, 1, 3


def told(packages: Iterable[Mapping[str, Any]]) -> tuple[list[str], int]:
    """What pip-audit's ``dependencies`` come to: lines for people, and the exit status. No package at all is nothing known."""
    packages = list(packages)
    holes = [
        f"{p['name']} {p['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        for p in packages
        for hole in p.get("vulns", ())
    ]
    unasked = sum("skip_reason" in p for p in packages)
    lines = [*holes, f"Asked about {len(packages) - unasked} of {len(packages)} packages: {len(holes)} known holes."]
    unknown = bool(unasked) or not packages
    if unknown:
        lines.append(f"PyPI's advisories could not be had for {unasked}: nothing is known of them. Ask again where they can be reached.")
    return lines, HOLES if holes else UNKNOWN if unknown else FINE


def asked(lock: str) -> list[dict[str, Any]]:
    """What pip-audit says of each package of a lock file.

    Raises:
        RuntimeError: pip-audit gave no answer at all.
    """
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner=off", "--format=json"]
    done = subprocess.run([*command, "-r", lock], cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        return list(json.loads(done.stdout)["dependencies"])
    except (ValueError, KeyError) as error:
        last = done.stderr.strip().splitlines()[-1:]
        raise RuntimeError(last[0][:300] if last else f"pip-audit ended with {done.returncode}.") from error


def main() -> None:
    try:
        packages = [package for lock in sys.argv[1:] or LOCKS for package in asked(lock)]
    except RuntimeError as error:
        print(f"The audit could not be made: nothing is known. Cause: {error}")
        raise SystemExit(UNKNOWN) from error
    lines, status = told(packages)
    print("\n".join(lines))
    raise SystemExit(status)


if __name__ == "__main__":
    main()
