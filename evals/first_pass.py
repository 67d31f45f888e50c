"""What the first pass loses and what it saves, printed and written to evals/first_pass.json.

    python evals/first_pass.py ../shared/corpus/dev.jsonl ../shared/bench [--read] [--out FILE]

Lost: events of the corpus's development part in articles that are skipped (as text, and as a web page before its article is
taken out), and in sentences that are. Saved: articles of general news that are skipped, sentences of those that are kept, and
windows of the encoder that then hold no sentence worth reading. ``--read`` reads the general news whole and says what share of the
statements on groups of the catalogue stand in articles that are kept. None of these texts was used for the weights.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from bench import page

from orbat.encoder import Encoder
from orbat.firstpass import FirstPass
from orbat.link.catalogue import Catalogue
from orbat.pipeline import Reader
from orbat.segment import sentences
from orbat.types import Span

ROOT = Path(__file__).parent.parent
Json = dict[str, Any]
GENERAL = {  # "odd": the even articles are among those that the weights were learned from
    "local news (LGL, odd)": ("places/lgl.jsonl", 2),
    "world news on epidemics (GeoVirus, odd)": ("places/geovirus.jsonl", 2),
    "US politics (PolNeAR dev)": ("attribution/polnear_dev.jsonl", 1),
    "business and wire (TimeBank)": ("times/timebank.jsonl", 1),
    "wire on bombings and wars (AQUAINT)": ("times/aquaint.jsonl", 1),
}


def first_pass() -> FirstPass:
    """The first pass as `orbat batch` runs it."""
    return FirstPass.load(n.text for e in Catalogue.load() if e.kind in ("group", "wing", "coalition") for n in e.names)


def lines(path: Path) -> list[Json]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def share(parts: Iterable[tuple[float, float]]) -> float:
    """The sum of the first numbers over that of the second."""
    pairs = list(parts)
    return round(sum(a for a, _ in pairs) / max(1e-9, sum(b for _, b in pairs)), 4)


def on_corpus(first: FirstPass, articles: list[Json]) -> Json:
    """What is lost of gold events."""

    def lost(keeps: Callable[[str], bool]) -> float:
        return share((0 if keeps(a["text"]) else len(a["events"]), len(a["events"])) for a in articles)

    def in_sentences() -> Iterator[tuple[float, float]]:
        for a in articles:
            mask = first.worth_reading(a["text"], [Span(*s) for s in a["sentences"]])
            yield sum(not mask[e["s"]] for e in a["events"]), len(a["events"])

    return {
        "articles": len(articles),
        "events": sum(len(a["events"]) for a in articles),
        "articles skipped": sum(not first.worth(a["text"]) for a in articles),
        "events lost, skipping articles": lost(first.worth),
        "events lost, skipping pages before extraction": lost(lambda text: first.page_score(page(text, 1).encode()) >= first.threshold),
        "events lost, skipping sentences": share(in_sentences()),
        "sentences skipped": share(
            ((~first.worth_reading(a["text"], [Span(*s) for s in a["sentences"]])).sum(), len(a["sentences"])) for a in articles
        ),
    }


def on_general(first: FirstPass, texts: list[str], encoder: Encoder) -> Json:
    """What is saved of general news."""
    kept = [text for text in texts if first.worth(text)]
    pages = sum(first.page_score(page(text, 1).encode()) >= first.threshold for text in texts)
    return {
        "articles": len(texts),
        "articles read": round(len(kept) / len(texts), 3),
        "articles whose page is taken apart": round(pages / len(texts), 3),
        "windows read, where sentences of the rest are skipped too": share(windows(first, text, encoder) for text in texts),
    }


def curve(first: FirstPass, articles: list[Json], texts: list[str]) -> Json:
    """By threshold: events of the corpus lost, and articles of general news read."""
    gold = [(first.score(a["text"]), len(a["events"])) for a in articles]
    scores = np.array([first.score(text) for text in texts])
    return {
        f"{t:g}": f"{share((n * (s < t), n) for s, n in gold):.2%} of events lost, {(scores >= t).mean():.1%} of general articles read"
        for t in sorted({first.threshold, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0})
    }


def windows(first: FirstPass, text: str, encoder: Encoder) -> tuple[float, float]:
    """Windows of a text with a sentence worth reading, and all."""
    spans = sentences(text)
    pieces, planned = encoder.prepare(text, spans)
    mask = first.worth_reading(text, spans)
    return sum(bool(mask[pieces.sentence[w.own_a : w.own_b]].any()) for w in planned), len(planned)


def of_groups(first: FirstPass, texts: list[str], reader: Reader) -> Json:
    """Of the statements that have a group of the catalogue as who does it or to whom it is done, those in articles that are kept.

    Groups that no catalogue knows are left out: in general news the reader mostly takes firms, families and parties for them.
    """
    told: list[tuple[float, float]] = []
    for text in texts:
        said = reader.read(text).statements
        kinds = [{f.entity.kind for f in (*s.actor, *s.target, *s.origin) if f.entity} for s in said]
        count = sum(bool(found & {"group", "wing"}) for found in kinds)
        told.append((count * first.worth(text), count))
    return {"statements on groups of the catalogue": int(sum(b for _, b in told)), "of them kept": share(told)}


def spent(work: Callable[[Any], object], given: list[Any]) -> float:
    """Processor seconds that the work takes for all that is given, best of three."""
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        for item in given:
            work(item)
        best = min(best, time.process_time() - began)
    return best


def speed(first: FirstPass, texts: list[str]) -> Json:
    """Megabytes a processor second on one core, best of three: of text, and of web pages."""

    def rate(work: Callable[[Any], float], given: list[Any], size: int) -> float:
        return round(size / 1e6 / spent(work, given), 1)

    pages = [page(text, 1).encode() for text in texts]
    return {
        "text, MB a second": rate(first.score, texts, sum(len(t.encode()) for t in texts)),
        "pages, MB a second": rate(first.page_score, pages, sum(map(len, pages))),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dev", type=Path)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--read", action="store_true")
    parser.add_argument("--out", type=Path, default=ROOT / "evals" / "first_pass.json")
    args = parser.parse_args()
    first, articles = first_pass(), lines(args.dev)
    reader = Reader()
    result: Json = {"corpus": on_corpus(first, articles)}
    for name, (path, step) in GENERAL.items():
        texts = [row["text"] for row in lines(args.bench / path)[step - 1 :: step]]
        result[name] = on_general(first, texts, reader.encoder)
        if args.read:
            result[name] |= of_groups(first, texts, reader)
    sets = [lines(args.bench / path)[step - 1 :: step] for name, (path, step) in GENERAL.items() if "wars" not in name]
    peace = [row["text"] for rows in sets for row in rows]
    result["by threshold"] = curve(first, articles, peace)
    result["speed of one core"] = speed(first, [a["text"] for a in articles])
    args.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for part, figures in result.items():
        print(part)
        for key, figure in figures.items():
            print(f"  {key:50} {figure}")


if __name__ == "__main__":
    main()
