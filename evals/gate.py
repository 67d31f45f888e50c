"""The quality gate: scores must not fall below the pinned floors, on the very gold data that the floors were pinned on.

    python evals/gate.py REPORT.json                 exit 0 where all is well; exit 1 and a line for each failure
    python evals/gate.py REPORT.json --pin           write the floors anew from this report

REPORT.json is what `orbat eval GOLD.jsonl` writes (`orbat.evaluate.Report.to_json`). evals/README.md says when to pin.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FLOORS = Path(__file__).parent / "floor.json"

SLACK = 0.005
"""How far below the pinned report a floor is set, and how far above it the ceiling of calibration errors: half a point, so that
another machine's rounding does not fail the gate."""


def failures(report: Mapping[str, Any], floors: Mapping[str, Any]) -> list[str]:
    """Why the report does not pass, one sentence each; empty where it passes."""
    if report["gold_digest"] != floors["gold_digest"]:
        ours, theirs = report["gold_digest"][:12], floors["gold_digest"][:12]
        return [
            f"The report was made on other gold data (SHA-256 {ours}…) than the floors, pinned on {floors['gold']!r} ({theirs}…). "
            "Score that data, or review the change and pin again."
        ]
    found = []
    if report["missing"]:
        found.append(f"{len(report['missing'])} gold documents were not predicted: {', '.join(report['missing'][:5])}.")
    for stage, floor in floors["f1"].items():
        value = report["stages"].get(stage, {}).get("f1")
        if value is None:
            found.append(f"{stage}: the report has no F1.")
        elif value < floor:
            found.append(f"{stage}: F1 {value:.4f} is below the floor {floor:.4f}.")
    for name, ceiling in floors["calibration"].items():
        value = (report["calibration"] or {}).get(name)
        if value is None:
            found.append(f"{name}: the report has no calibration.")
        elif value > ceiling:
            found.append(f"{name}: {value:.4f} is above the ceiling {ceiling:.4f}.")
    return found


def pinned(report: Mapping[str, Any], gold: str) -> dict[str, Any]:
    """Floors for this report, ``SLACK`` below its scores."""
    errors = report["calibration"] or {}
    return {
        "gold": gold,
        "gold_digest": report["gold_digest"],
        "documents": report["documents"],
        "f1": {stage: round(max(0.0, score["f1"] - SLACK), 4) for stage, score in report["stages"].items()},
        "calibration": {name: round(errors[name] + SLACK, 4) for name in ("ece", "brier") if name in errors},
    }


def main(arguments: list[str] | None = None) -> int:
    """Runs the gate; the exit status is 0 or 1, and 2 where a file cannot be used."""
    parser = argparse.ArgumentParser(description="Fails when a score fell below its pinned floor.")
    parser.add_argument("report", type=Path)
    parser.add_argument("--floors", type=Path, default=FLOORS)
    parser.add_argument("--pin", action="store_true", help="write the floors from this report")
    parser.add_argument("--gold", default="dev.jsonl", help="with --pin: what the gold data is called")
    asked = parser.parse_args(arguments)
    try:
        report = json.loads(asked.report.read_text(encoding="utf-8"))
        if asked.pin:
            asked.floors.write_text(json.dumps(pinned(report, asked.gold), indent=2) + "\n", encoding="utf-8")
            print(f"Pinned {asked.floors}.")
            return 0
        found = failures(report, json.loads(asked.floors.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"The gate cannot run: {error!r}. Give a report of `orbat eval` and the floors of evals/floor.json.", file=sys.stderr)
        return 2
    for line in found:
        print(line, file=sys.stderr)
    print("The gate fails." if found else "The gate passes.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
