"""Speed and memory of the main job, measured in one run and written to evals/bench.json.

    python evals/bench.py [--articles 400] [--out evals/bench.json]

Articles of 400 words are put together from the sentences of examples/ and plain ones, so that they hold about as many statements as
400 words of conflict news hold events (28 in the corpus's dev part); each is a web page with furniture, and is read from HTML to
stored statements. Beside it, on the same texts and cores, the encoder's forward pass alone. "around" is the processor
time of everything but the forward pass, as a share of the forward pass's own. The same pages are read by the quick model too.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # the benches beside

from evals.steady import steps
from orbat.collector import settling
from orbat.encoder import Encoder
from orbat.ingest import read_all
from orbat.models import QUICK
from orbat.pipeline import Reader, linked
from orbat.segment import sentences
from orbat.store import Store
from orbat.types import Document, Failure

ROOT = Path(__file__).parent.parent
WORDS = 400
PLAIN = """\
The road north of the capital has been under repair since the rains, and buses take twice as long as they did.
Traders at the central market said the price of maize had doubled within a year.
The region lives from cattle, groundnuts and the money that relatives send home.
Rainfall has been poor for three seasons, and the lake stands lower than at any time in the past decade.
The ministry publishes its figures every quarter, although those of the outer districts are often missing.
Few foreign reporters have visited the area in recent months, and the telephone network works for some hours a day.
The governor, a former teacher, has held his post since the last reform of the provinces.
Schools reopened after the holidays with half of their classrooms without a roof.
The border runs along the river for eighty kilometres before it turns towards the hills.
A new well was dug beside the clinic with money from the diaspora.
Most of the people of the valley speak two languages at home and a third one at work.
The budget for next year is due before parliament when it returns from its recess.
The hospital has two doctors and a generator that was given by a church abroad.
Analysts have long described the province as neglected by the centre.
Oil accounts for most of the country's exports, and its price decides what the treasury can spend.
The mayor said that the lights in the main street would be mended by the end of the month.
Elders from both sides of the river meet at the mosque on market days.
The airport is small, and its only runway ends a few metres from the shore.
The constitution was last amended nine years ago, after a vote in which fewer than half of those registered took part.
A census is planned, but nobody knows how it will count the nomads.
""".splitlines()
"""Sentences in which nothing of ours happens, as in a quarter of those of the corpus's dev part; written for this bench."""
SHARE_PLAIN = 0.36  # gives 28.5 statements an article: the sentences of examples/ are denser than those of the news
LINKED = 60  # articles that linking alone is measured on


def articles(count: int, seed: int = 1) -> Iterator[str]:
    """Texts of about 400 words: paragraphs of sentences drawn from the example articles."""
    rng = random.Random(seed)
    pool: list[str] = []
    for document in read_all([ROOT / "examples"]):
        if isinstance(document, Document):
            pool += [said for s in sentences(document.text) if len((said := s.of(document.text)).split()) > 6]
    for _ in range(count):
        paragraphs: list[str] = []
        words = 0
        while words < WORDS - 30:
            part = [rng.choice(PLAIN if rng.random() < SHARE_PLAIN else pool) for _ in range(3)]
            words += sum(len(s.split()) for s in part)
            paragraphs.append(" ".join(part))
        yield "\n\n".join(paragraphs)


def page(text: str, number: int) -> str:
    """The text as a web page with what web pages have around their articles."""
    links = "".join(f'<li><a href="/news/{i}">Other story number {i}</a></li>' for i in range(12))
    body = "".join(f"<p>{html.escape(p)}</p>" for p in text.split("\n\n"))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Report {number} - The Example Post</title>'
        f'<meta property="og:site_name" content="The Example Post"><meta property="article:published_time" content="2017-10-20">'
        f"</head><body><nav><ul>{links}</ul></nav><main><article><h1>Report {number}</h1><p class='byline'>By A. Writer</p>{body}</article>"
        f"<aside><h2>Popular stories</h2><ul>{links}</ul></aside></main><footer>All rights reserved</footer></body></html>"
    )


def forward(encoder: Encoder, texts: list[str], workers: int) -> tuple[float, float]:
    """Wall and processor seconds of the encoder alone, its inputs ready."""
    ready = [encoder.prepare(text, sentences(text)) for text in texts]

    def once(i: int) -> None:  # the scores are dropped at once, as the pipeline drops them
        encoder.run(ready[i])

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(once, range(4)))
        wall, cpu = time.perf_counter(), time.process_time()
        list(pool.map(once, range(len(ready))))
        return time.perf_counter() - wall, time.process_time() - cpu


def linking(reader: Reader, texts: list[str]) -> tuple[float, float]:
    """Processor seconds of linking the texts once read, best of five; and milliseconds of a loop that is always the same (``steady``), to
    compare machines by."""
    readings = [reader.read(text, published="2017-10-20") for text in texts]
    best = steady = float("inf")
    for _ in range(5):
        cpu = time.process_time()
        for reading in readings:
            linked(reading.document, reading.annotations, reader.catalogue, reader.gazetteer)
        best = min(best, time.process_time() - cpu)
        steady = min(steady, steps())
    return best, steady


def whole(reader: Reader, folder: Path) -> tuple[float, float, int]:
    """Wall and processor seconds from pages to stored statements, and how many statements that made."""
    count = 0
    with tempfile.TemporaryDirectory() as at, Store.open(Path(at) / "bench.db") as store:
        wall, cpu = time.perf_counter(), time.process_time()

        def kept() -> Iterator[tuple]:
            nonlocal count
            for outcome in settling(reader.read_many(read_all([folder]))):  # as the command does
                if isinstance(outcome, Failure):
                    raise SystemExit(f"{outcome.document}: {outcome.message}")
                count += len(outcome.statements)
                yield outcome.document, outcome.statements

        store.append_many(kept(), model=reader.model)
        return time.perf_counter() - wall, time.process_time() - cpu, count


def cold(text: str) -> tuple[float, float]:
    """Median wall seconds and peak memory in MB of ``orbat read one.txt`` in a process of its own."""
    with tempfile.TemporaryDirectory() as at:
        one = Path(at) / "one.txt"
        one.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "orbat.cli", "read", str(one), "--store", str(Path(at) / "cold.db")]
        seconds = []
        for _ in range(5):
            began = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            seconds.append(time.perf_counter() - began)
    return sorted(seconds)[2], resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--out", type=Path, default=ROOT / "evals" / "bench.json")
    args = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    texts = list(articles(args.articles))
    cold_wall, cold_memory = cold(texts[0])
    reader = Reader()
    with tempfile.TemporaryDirectory() as at:
        for i, text in enumerate(texts):
            (Path(at) / f"{i:05}.html").write_text(page(text, i), encoding="utf-8")
        reader.read(texts[0])
        links = linking(reader, texts[:LINKED])
        bare = forward(reader.encoder, texts, cores)
        read = whole(reader, Path(at))
        swift = whole(Reader(model=QUICK), Path(at))
    n = len(texts)
    result = {
        "machine": f"{platform.machine()}, {cores} cores",
        "articles": n,
        "words an article": round(sum(len(t.split()) for t in texts) / n),
        "read, articles a second": round(n / read[0], 1),
        "read by the quick model, articles a second": round(n / swift[0], 1),
        "encoder alone, articles a second": round(n / bare[0], 1),
        "read, processor ms an article": round(1000 * read[1] / n, 1),
        "read by the quick model, processor ms an article": round(1000 * swift[1] / n, 1),
        "encoder alone, processor ms an article": round(1000 * bare[1] / n, 1),
        "linking, processor ms an article": round(1000 * links[0] / min(n, LINKED), 2),
        "a million steps of a plain loop, processor ms": round(links[1], 1),
        "around, share of the encoder's time": round((read[1] - bare[1]) / bare[1], 2),
        "statements an article": round(read[2] / n, 1),
        "cold start, seconds": round(cold_wall, 2),
        "cold start, peak MB": round(cold_memory),
        "whole run, peak MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    args.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for key, value in result.items():
        print(f"{key:50} {value}")


if __name__ == "__main__":
    main()
