"""Scores time tagging and values on a file of bench/times, the TempEval-3 way.

Usage: python scripts/score_times.py FILE [--worst N]

Relaxed tagging: a found expression is right where it overlaps a gold one. Value F1: the found expression that overlaps a gold
one also has its value. Sentences are cut at full stops and line breaks, enough for the tense of the next verb.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import time
from collections import Counter
from pathlib import Path

from orbat.link.dates import read_times
from orbat.link.timex import find_times
from orbat.types import Document, Span

_SENTENCE = re.compile(r"\S.*?(?:(?<=[.!?]['\"”])\s|(?<=[a-z0-9)][.!?])\s+(?=[A-Z\"“`])|\n\n|$)", re.DOTALL)


def sentences_of(text: str) -> tuple[Span, ...]:
    return tuple(Span(*m.span()) for m in _SENTENCE.finditer(text) if m.end() > m.start())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--worst", type=int, default=20)
    args = parser.parse_args()
    found_n = gold_n = hit_gold = hit_found = right = strict = 0
    errors: Counter[str] = Counter()
    seconds = 0.0
    for line in args.file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = row["text"]
        document = Document.of(text, published=dt.date.fromisoformat(row["dct"][:10]))
        begin = time.process_time()
        spans = find_times(text)
        values = read_times(document, spans, sentences_of(text))
        seconds += time.process_time() - begin
        found_n += len(spans)
        gold = row["timex"]
        gold_n += len(gold)
        hit: set[int] = set()
        for g in gold:
            over = [i for i, s in enumerate(spans) if s.start < g["end"] and g["start"] < s.end]
            around = " ".join(text[max(0, g["start"] - 50) : g["end"] + 40].split())
            if not over:
                errors[f"MISSED {g['text']!r} ={g['value']} | {around}"] += 1
                continue
            hit_gold += 1
            hit.update(over)
            best = over[0]
            strict += (spans[best].start, spans[best].end) == (g["start"], g["end"])
            value = values[best].value if values[best] else None
            if value == g["value"]:
                right += 1
            else:
                pair = f"{g['text']!r} gold {g['value']} found {spans[best].of(text)!r} {value}"
                errors[f"VALUE {pair} dct {row['dct'][:10]} | {around}"] += 1
        hit_found += len(hit)
        for i, s in enumerate(spans):
            if i not in hit:
                errors[f"SPURIOUS {s.of(text)!r} | {' '.join(text[max(0, s.start - 50) : s.end + 40].split())}"] += 1
    precision, recall = hit_found / found_n, hit_gold / gold_n
    f1 = 2 * precision * recall / (precision + recall)
    print(f"{args.file.name}: gold {gold_n} found {found_n}")
    print(f"relaxed P {100 * precision:.1f} R {100 * recall:.1f} F1 {100 * f1:.1f}; same extent {100 * strict / gold_n:.1f}")
    print(f"value accuracy {100 * right / hit_gold:.1f}, value F1 {100 * f1 * right / hit_gold:.1f}")
    print(f"{1000 * seconds / max(1, found_n):.3f} ms of processor time an expression, finding and reading")
    for error, _ in errors.most_common(args.worst):
        print("  " + error)


if __name__ == "__main__":
    main()
