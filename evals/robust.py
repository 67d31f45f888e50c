"""How the scores stand when a text has lost its casing or its marks: python evals/robust.py GOLD.jsonl

The gold texts are read as they are, in lower case, in capitals, and with commas and apostrophes made blanks; every change keeps
the offsets. Prints F1 of each stage.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from orbat.corpus import to_corpus
from orbat.evaluate import read_jsonl, score
from orbat.pipeline import Reader, Reading
from orbat.types import Document


def same_length(change: Callable[[str], str]) -> Callable[[str], str]:
    """A change made letter by letter, leaving out those that would move the offsets ("ß" in capitals is two letters)."""
    return lambda text: "".join(new if len(new := change(c)) == 1 else c for c in text)


CHANGES: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "lower case": same_length(str.lower),
    "capitals": same_length(str.upper),
    "no commas": lambda text: text.translate(str.maketrans(",'’", "   ")),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    args = parser.parse_args()
    docs = list(read_jsonl(args.gold))
    reader = Reader()
    for name, change in CHANGES.items():
        given = [Document.of(change(doc["text"]), given_id=doc["id"]) for doc in docs]
        read = [r for r in reader.read_many(given) if isinstance(r, Reading)]
        # The scorer compares offsets only where the texts are the same, and the changes have kept every offset.
        found = [{**to_corpus(r.document, r.annotations), "text": doc["text"]} for r, doc in zip(read, docs, strict=True)]
        report = score(docs, found)
        print(f"{name:12}", "  ".join(f"{stage} {s.f1:.3f}" for stage, s in report.stages.items()), flush=True)


if __name__ == "__main__":
    main()
