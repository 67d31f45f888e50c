"""requirements.lock holds what constraints.txt and pyproject.toml say, every package with its hashes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from scripts.audit import FINE, HOLES, UNKNOWN, told

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-ftm.lock", "requirements-audit.lock")


def plain(name: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(name: str) -> dict[str, str]:
    """Versions by package, of one file; each has a hash."""
    found = {}
    for part in re.split(r"^(?=[A-Za-z0-9])", (ROOT / name).read_text(encoding="utf-8"), flags=re.M)[1:]:
        package, version = re.match(r"([\w.-]+)==([^\s;\\]+)", part).groups()  # type: ignore[union-attr]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", part), f"{package} has no hash"
        found[plain(package)] = version
    return found


def wanted() -> set[str]:
    """The packages that pyproject.toml names for `make setup`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras, names = project["optional-dependencies"], list(project["dependencies"])
    for entry in extras["test"]:
        own = re.fullmatch(r"orbat\[(.+)\]", entry)
        names += [each for extra in own[1].split(",") for each in extras[extra]] if own else [entry]
    needed = [each for each in names if "python_version" not in each and not each.startswith("orbat[")]
    return {plain(re.match(r"[\w.-]+", each)[0]) for each in needed}  # type: ignore[index]


def test_every_package_that_is_named_is_locked() -> None:
    assert wanted() - locked("requirements.lock").keys() == set()
    assert "followthemoney" in locked("requirements-ftm.lock")
    assert "pip-audit" in locked("requirements-audit.lock")


@pytest.mark.parametrize("name", LOCKS)
def test_the_versions_are_those_of_constraints(name: str) -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {plain(line.split("==")[0]): line.split("==")[1] for line in lines if "==" in line}
    found = locked(name)
    assert {package: version for package, version in found.items() if pinned.get(package, version) != version} == {}
    # What is not pinned is for other systems than the one that constraints.txt was made on.
    text = (ROOT / name).read_text(encoding="utf-8")
    assert [package for package in found.keys() - pinned.keys() if not re.search(rf"^{package}==\S+ ;", text, re.M)] == []


def test_no_address_of_an_index_is_kept() -> None:
    for name in LOCKS:
        assert "://" not in (ROOT / name).read_text(encoding="utf-8")


SAFE = {"name": "one", "version": "1.0", "vulns": []}
HOLED = {"name": "two", "version": "2.0", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["2.1"]}]}
UNASKED = {"name": "three", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("packages", "status"),
    [([SAFE], FINE), ([SAFE, HOLED], HOLES), ([SAFE, UNASKED], UNKNOWN), ([HOLED, UNASKED], HOLES), ([], UNKNOWN)],
)
def test_an_audit_that_could_not_ask_does_not_say_that_all_is_well(packages: list[dict[str, object]], status: int) -> None:
    lines, found = told(packages)
    assert found == status
    assert any("two 2.0: PYSEC-2026-1, mended in 2.1" in line for line in lines) == (HOLED in packages)
    assert any("nothing is known" in line for line in lines) == (not packages or UNASKED in packages)
