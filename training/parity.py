"""Does the exported model say what the trained network says?

    python -m training.parity --reader build/training/reader.pt --model orbat/data/model --texts examples

Both read the same windows of the same texts. Two things are compared: the mention tag and the trigger type of each piece, and what
decoding makes of them. The exit status is 1 where they agree less than ``FLOORS`` say.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch

from orbat.decode import decode
from orbat.encoder import Encoder
from orbat.ingest import read_all
from orbat.layout import Floats, Heads, Scores, merge
from orbat.segment import sentences
from orbat.types import Document, Span
from orbat.windows import inputs
from training.network import Reader

FLOORS = {"mention tags": 0.985, "trigger types": 0.99, "events": 0.93}
"""Least agreement. Rounding to 8 bits moves what stands on the edge; more than this is a fault of the export."""


def scores(reader: Reader, encoder: Encoder, text: str, spans: Sequence[Span]) -> Scores:
    """What torch says of a text, in the windows and with the tables that the exported model uses."""
    pieces, windows = encoder.prepare(text, spans)
    outputs = []
    for w in windows:
        given = [torch.from_numpy(x) for x in inputs(pieces, w).values()]
        with torch.no_grad():
            out = reader(*given, mask=torch.ones_like(given[0]))
        outputs.append([x[0].numpy() for x in out])
    return merge(pieces, windows, outputs, tables=encoder.tables, heads=heads_of(reader))


def heads_of(reader: Reader) -> Heads:
    """The reader's heads as reading asks them."""

    def heads(rows: Floats, columns: Floats) -> list[Floats]:
        with torch.no_grad():
            return [part.numpy() for part in reader.heads(torch.from_numpy(rows), torch.from_numpy(columns))]

    return heads


def agreement(reader: Reader, encoder: Encoder, texts: Sequence[str]) -> dict[str, float]:
    """Shares of pieces whose best tag and type are the same, and F1 of the decoded events (trigger, type and arguments)."""
    same = {"mention tags": 0, "trigger types": 0}
    count = both = ours = theirs = 0
    for text in texts:
        spans = sentences(text)
        a, b = scores(reader, encoder, text, spans), encoder.encode(text, spans)
        count += len(a.pieces)
        same["mention tags"] += int((a.mention.argmax(1) == b.mention.argmax(1)).sum())
        same["trigger types"] += int((a.trigger.argmax(1) == b.trigger.argmax(1)).sum())
        left, right = ({(e.trigger, e.type, e.certainty) for e in decode(s, spans).events} for s in (a, b))
        both, ours, theirs = both + len(left & right), ours + len(left), theirs + len(right)
    return {**{name: n / count for name, n in same.items()}, "events": 2 * both / max(1, ours + theirs)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--texts", default="examples")
    args = parser.parse_args()
    texts = [d.text for d in read_all(sorted(Path(args.texts).glob("[0-9]*"))) if isinstance(d, Document)]
    found = agreement(Reader.load(args.reader).eval(), Encoder(args.model), texts)
    for name, value in found.items():
        print(f"{name:15} {value:.4f} (at least {FLOORS[name]})")
    if any(found[name] < floor for name, floor in FLOORS.items()):
        raise SystemExit("The exported model does not say what the network says: look at training/export.py.")


if __name__ == "__main__":
    main()
