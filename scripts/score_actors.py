"""Score actor links: python scripts/score_actors.py [evals/actors.jsonl]

A line of the file: ``text``, ``start``, ``end``, ``type``, ``published``, ``context`` (the other mentions of the text, each
``start``, ``end``, ``type``) and ``gold`` (an actor's id, or null where nobody could tell or the catalogue has none).
Accuracy: target equals gold, null included. NIL precision: of the mentions left without a target, those whose gold is null.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from orbat.link.actors import link_actors  # noqa: E402
from orbat.link.catalogue import Catalogue  # noqa: E402
from orbat.types import Actor, Annotations, Document, Link, Mention, MentionType, Span  # noqa: E402


def linked(row: dict[str, Any], catalogue: Catalogue) -> Link[Actor]:
    """The link of the row's mention."""
    published = dt.date.fromisoformat(row["published"]) if row.get("published") else None
    document = Document.of(row["text"], published=published)
    spans = sorted((c["start"], c["end"], c["type"]) for c in [row, *row.get("context", [])])
    mentions = tuple(Mention(MentionType(kind), Span(start, end), 0) for start, end, kind in spans)
    index = next(i for i, m in enumerate(mentions) if m.span == Span(row["start"], row["end"]))
    return link_actors(document, Annotations((Span(0, len(row["text"])),), mentions), catalogue)[index]


def scores(links: list[tuple[str | None, Link[Actor]]]) -> dict[str, float]:
    """Accuracy, NIL precision and recall, and the expected calibration error of the linked ones in ten bins."""
    got = [(gold, link.target.id if link.target else None, link.score) for gold, link in links]
    nil = [gold for gold, target, _ in got if target is None]
    true_nil = sum(gold is None for gold, _, _ in got)
    sure = [(gold == target, score) for gold, target, score in got if target is not None]
    bins: dict[int, list[tuple[bool, float]]] = {}
    for right, score in sure:
        bins.setdefault(min(9, int(score * 10)), []).append((right, score))
    error = sum(abs(sum(r for r, _ in b) - sum(s for _, s in b)) for b in bins.values()) / max(1, len(sure))
    return {
        "mentions": len(got),
        "accuracy": sum(gold == target for gold, target, _ in got) / len(got),
        "nil_precision": sum(gold is None for gold in nil) / max(1, len(nil)),
        "nil_recall": sum(gold is None for gold in nil) / max(1, true_nil),
        "link_precision": sum(right for right, _ in sure) / max(1, len(sure)),
        "calibration_error": error,
    }


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a file in the layout above."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def main() -> None:
    rows = read(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "evals" / "actors.jsonl")
    catalogue = Catalogue.load()
    links = [(row["gold"], linked(row, catalogue)) for row in rows]
    for key, value in scores(links).items():
        print(f"{key:18} {value:.3f}")
    for row, (gold, link) in zip(rows, links, strict=True):
        found = link.target.id if link.target else None
        if found != gold:
            print(f"{row['text'][row['start'] : row['end']]!r} gold {gold} got {found} {link.score:.2f}: {row['text'][:90]}")


if __name__ == "__main__":
    main()
