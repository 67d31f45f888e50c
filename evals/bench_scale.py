"""How fast large runs are, all in one go, side by side, printed and written to evals/bench_scale.json: `make bench-scale`.

    python evals/bench_scale.py [--articles 400] [--mixed 4000] [--many 200000] [--long 1000000] [--bench ../shared/bench] [--out FILE]

Relevant articles have 400 words, made of sentences of examples/ (as in bench.py), and are read by `orbat batch`'s own engine into Parquet,
as JSON Lines and as web pages, and by the quick model. Beside it, on the same texts and cores: the encoder alone; what the machine could do
at most, the operations of the network's matrices over the measured speed of int8 products of their shapes (needs the package onnx); the
first pass alone; streams of general news with 3 % relevant articles; a long stream with the memory of every process looked at as it runs.
Rates are of the time after every process has done its first task; "processor ms" are of all processes and do not depend on who else uses
the machine so much. ``--long`` reads a stream of so many articles alone, for its memory, and puts it among the figures that are there.
"""

from __future__ import annotations

import argparse
import dataclasses
import gzip
import io
import itertools
import json
import os
import platform
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from bench import articles, forward, page
from first_pass import GENERAL, first_pass, lines, speed, spent
from memory import ALL, ANONYMOUS, growth, own, resident

from orbat.batch.folder import Folder
from orbat.batch.loading import load
from orbat.batch.planning import plan
from orbat.batch.running import cores, run
from orbat.batch.tasks import Counts, Settings
from orbat.encoder import Encoder
from orbat.firstpass import FirstPass
from orbat.ingest import read_stream
from orbat.link.catalogue import Catalogue
from orbat.models import QUICK
from orbat.recordkeeping import related_in, update
from orbat.segment import sentences
from orbat.store import Store

ROOT = Path(__file__).parent.parent
PEERS = (0.06, 0.10)
"""Articles a second of NGEC's chain (one event an article, weights of the right sizes) on two cores of this kind of machine."""
RELEVANT = 0.03
LONGER = 4
"""So many times as long is the stream that is nearly all skipped: nine tasks of a second each end with one core idle."""
Json = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Ran:
    """A run: articles a second once all processes work, processor ms an article, counts, and memory of the processes: (articles, MB),
    with their part of what they share with any other process, and what they made themselves alone."""

    rate: float
    cpu: float
    counts: Counts
    memory: list[tuple[float, float]]
    made: list[tuple[float, float]]

    def to_json(self) -> Json:
        """The figures."""
        return {
            "articles": self.counts.articles,
            "of them read": self.counts.read,
            "articles a second": round(self.rate, 1),
            "processor ms an article": round(self.cpu, 2),
            "peak MB of the working processes": round(max(mb for _, mb in self.memory)),
        }


def ran(given: Path, settings: Settings, *, task_bytes: int, out: Path | None = None) -> Ran:
    """Run the engine over files."""
    with tempfile.TemporaryDirectory() as at:
        folder = Folder(out or at)
        made = plan(folder, [str(given)], settings, task_bytes=task_bytes)
        told: list[tuple[float, Counts]] = []
        with watched() as memory:
            summary = run(folder, made, tell=lambda _, counts: told.append((time.monotonic(), counts)))
    warm = min(cores(), len(told) - 2)  # each process has then done its first task, loading included
    (t0, before), (t1, after) = told[warm - 1], told[-1]
    rate = (after.articles - before.articles) / (t1 - t0)
    cpu = 1000 * (after.seconds - before.seconds) / (after.articles - before.articles)
    at, articles = [memory[0][0], *(when for when, _ in told)], [0, *(counts.articles for _, counts in told)]
    held = [(float(np.interp(when, at, articles)), mb, made) for when, mb, made in memory]
    return Ran(rate, cpu, summary.all, [(done, mb) for done, mb, _ in held], [(done, made) for done, _, made in held])


class watched:
    """Looks at the memory of this process's children every second: (moment, MB in all, MB that they made themselves)."""

    def __enter__(self) -> list[tuple[float, float, float]]:
        self._seen: list[tuple[float, float, float]] = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self._seen

    def __exit__(self, *error: object) -> None:
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        while True:
            one = os.getpid()
            self._seen.append((time.monotonic(), *(resident(one, part) - own(one, part) for part in (ALL, ANONYMOUS))))
            if self._end.wait(1.0):
                return


def as_lines(texts: Iterable[str], path: Path) -> Path:
    """JSON Lines of texts."""
    with path.open("w", encoding="utf-8") as file:
        for i, text in enumerate(texts):
            file.write(json.dumps({"id": str(i), "title": f"Report {i}", "published": "2017-10-20", "text": text}) + "\n")
    return path


def as_pages(texts: Iterable[str], folder: Path) -> Path:
    """Web pages of texts."""
    folder.mkdir()
    for i, text in enumerate(texts):
        (folder / f"{i:06}.html").write_text(page(text, i), encoding="utf-8")
    return folder


def mixed(relevant: list[str], other: list[str], count: int) -> Iterator[str]:
    """A stream in which every 33rd article is relevant; each text is made another by a number in front."""
    rng = random.Random(2)
    for i in range(count):
        text = relevant[i % len(relevant)] if rng.random() < RELEVANT else other[i % len(other)]
        yield f"No. {i}. {text}"


def limit(encoder: Encoder, texts: list[str]) -> Json:
    """What the network's matrix products alone would allow at the speed that this machine multiplies int8 matrices of their shapes."""
    try:
        import onnx
    except ImportError as error:
        return {"not measured": f"{error}: pip install onnx"}
    graph = onnx.load(str(ROOT / "orbat" / "data" / "model" / "reader.onnx")).graph
    sizes = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    shapes = [sizes[node.input[1]] for node in graph.node if node.op_type in ("MatMulInteger", "DynamicQuantizeMatMul")]
    prepared = [encoder.prepare(text, sentences(text)) for text in texts[:100]]
    windows = [w for _, planned in prepared for w in planned]
    length = round(float(np.mean([w.b - w.a + 2 for w in windows])))
    pieces = sum(w.b - w.a + 2 for w in windows) / len(prepared)
    seconds = sum(product(onnx, length, *shape) for shape in shapes)
    done = 2 * length * sum(a * b for a, b in shapes)
    speed = done / seconds * cores()
    each = 2 * pieces * sum(a * b for a, b in shapes)
    return {
        "matrix operations a word piece, millions": round(2 * sum(a * b for a, b in shapes) / 1e6, 1),
        "word pieces an article, special and shared ones too": round(pieces),
        "int8 products of these shapes, billion operations a second": round(speed / 1e9, 1),
        "limit, articles a second": round(speed / each, 1),
    }


def product(onnx: Any, rows: int, inner: int, columns: int) -> float:
    """Seconds of one int8 product on one core while the other cores do the same, the best of ten rounds."""
    from onnx import TensorProto, helper, numpy_helper

    weights = np.random.default_rng(1).integers(-127, 127, (inner, columns), dtype=np.int8)
    node = helper.make_node("MatMulInteger", ["a", "b"], ["y"])
    given = helper.make_tensor_value_info("a", TensorProto.UINT8, [rows, inner])
    gives = helper.make_tensor_value_info("y", TensorProto.INT32, [rows, columns])
    graph = helper.make_graph([node], "product", [given], [gives], [numpy_helper.from_array(weights, "b")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9).SerializeToString()
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    a = {"a": np.random.default_rng(2).integers(0, 255, (rows, inner), dtype=np.uint8)}

    def one(_: int) -> float:
        session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        best = np.inf
        for _round in range(10):
            began = time.perf_counter()
            for _again in range(5):
                session.run(None, a)
            best = min(best, (time.perf_counter() - began) / 5)
        return float(best)

    with ThreadPoolExecutor(cores()) as pool:
        return float(np.mean(list(pool.map(one, range(cores())))))


def heavy(first: FirstPass, texts: list[str]) -> Json:
    """What a page of the size that news sites send costs before it is read: unpacked, looked at, its article taken out."""
    link = '<li><a class="menu-item" href="/section/{0}/story-{0}">Another story, number {0}, of another day</a></li>'
    links = "".join(link.format(i) for i in range(250))
    script = "<script>" + "window.config = {'colour': 'blue', 'width': 1024};\n" * 1_000 + "</script>"
    sent = [page(text, i).replace("<nav>", f"{script}<nav><ul>{links}</ul>").encode() for i, text in enumerate(texts)]
    packed = [gzip.compress(each) for each in sent]

    def cost(work: Callable[[bytes], object], given: list[bytes]) -> float:
        return round(1000 * spent(work, given) / len(given), 2)

    return {
        "KB": round(sum(map(len, sent)) / len(sent) / 1000),
        "unpacked, ms": cost(gzip.decompress, packed),
        "looked at by the first pass, ms": cost(first.page_score, sent),
        "its article taken out, ms": cost(lambda each: list(read_stream("page.html", io.BytesIO(each))), sent),
    }


def loading(out: Path) -> Json:
    """The shards of a run into a store, and its records made."""
    with tempfile.TemporaryDirectory() as at, Store.open(Path(at) / "s.db") as store:
        began = time.monotonic()
        loaded = load(Folder(out), store)
        middle = time.monotonic()
        update(store, related=related_in(Catalogue.load()))
        ended = time.monotonic()
    count = max(1, loaded.added.new_documents)
    return {
        "articles": count,
        "statements": loaded.added.new_statements,
        "kept, articles a second": round(count / (middle - began), 1),
        "records made, articles a second": round(count / (ended - middle), 1),
    }


def general(bench: Path) -> list[str]:
    """General news that the weights of the first pass were not learned from, wars left out; the village fair where there is none."""
    found: list[str] = []
    for name, (path, step) in GENERAL.items():
        if (bench / path).exists() and "wars" not in name:
            found += [row["text"] for row in lines(bench / path)[step - 1 :: step]]
    fair = "The village fair opened with a contest for the best apple pie, and children painted pumpkins in the square. " * 20
    return found or [fair]


def endless(nothing: list[str], count: int, here: Path) -> Json:
    """A stream of so many articles that the first pass skips nearly all of, and how memory went with them."""
    numbered = (f"No. {i}. {text}" for i, text in zip(range(count), itertools.cycle(nothing), strict=False))
    long = ran(as_lines(numbered, here / "l.jsonl"), Settings(), task_bytes=4 * 2**20)
    samples = [mb for _, mb in long.made]
    tenths = [round(float(np.mean(part))) for part in np.array_split(np.array(samples[3:-2] or samples), 10) if len(part)]
    return {**long.to_json(), "MB that the working processes made, by tenths of the run": tenths, "memory": growth(long.made)}


def long_alone(out: Path, nothing: list[str], count: int) -> None:
    """A longer stream alone, put among the figures of a whole run."""
    with tempfile.TemporaryDirectory() as at:
        found = endless(nothing, count, Path(at))
    print(json.dumps(found, indent=1))
    result = json.loads(out.read_text(encoding="utf-8"))
    out.write_text(json.dumps({**result, "a longer stream, for its memory": found}, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--mixed", type=int, default=4_000)
    parser.add_argument("--many", type=int, default=200_000)
    parser.add_argument("--long", type=int, default=0)
    parser.add_argument("--bench", type=Path, default=ROOT.parent / "shared" / "bench")
    parser.add_argument("--out", type=Path, default=ROOT / "evals" / "bench_scale.json")
    args = parser.parse_args()
    texts, first, encoder = list(articles(args.articles)), first_pass(), Encoder()
    other = general(args.bench)
    nothing = [text for text in other if not first.worth(text)]
    if args.long:
        return long_alone(args.out, nothing, args.long)
    result: Json = {"machine": f"{platform.machine()}, {cores()} cores", "load of the machine before": round(os.getloadavg()[0], 1)}
    every = Settings(first_pass=False)
    with tempfile.TemporaryDirectory() as at:
        here = Path(at)

        def measured(name: str, work: Callable[[], Json]) -> Json:
            result[name] = work()
            for key, value in result[name].items():
                print(f"{name + ': ' + key:95} {value}", flush=True)
            return dict(result[name])

        small = 100_000  # bytes of a task: enough tasks for a rate
        whole = measured(
            "relevant articles of 400 words, JSON Lines to Parquet",
            lambda: ran(as_lines(texts, here / "r.jsonl"), every, task_bytes=small, out=here / "out").to_json(),
        )
        measured("the same as web pages", lambda: ran(as_pages(texts, here / "r"), every, task_bytes=small).to_json())

        swift = Settings(first_pass=False, model=str(QUICK))
        measured("the same lines by the quick model", lambda: ran(here / "r.jsonl", swift, task_bytes=small).to_json())

        def bare() -> Json:
            wall, cpu = forward(encoder, texts, cores())
            return {"articles a second": round(len(texts) / wall, 1), "processor ms an article": round(1000 * cpu / len(texts), 1)}

        alone = measured("the encoder alone", bare)
        most = measured("the limit of the machine", lambda: limit(encoder, texts))
        top = most.get("limit, articles a second")
        measured(
            "how they compare",
            lambda: {
                "encoder's share of the processor time": round(alone["processor ms an article"] / whole["processor ms an article"], 2),
                "encoder alone over the machine's limit": round(alone["articles a second"] / top, 2) if top else None,
                "times as fast as the peers' 0.10 a second": round(whole["articles a second"] / PEERS[1]),
                "times as fast as the peers' 0.06 a second": round(whole["articles a second"] / PEERS[0]),
            },
        )
        measured("the first pass alone, one core", lambda: speed(first, other[:300]))
        stream = list(mixed(texts, other, args.mixed))
        usual = Settings()
        path = as_lines(stream, here / "m.jsonl")
        measured("general news, 3 % relevant, lines", lambda: ran(path, usual, task_bytes=4 * small).to_json())
        easy = list(mixed(texts, nothing, LONGER * args.mixed))
        light = as_lines(easy, here / "e.jsonl")
        measured("97 % that holds nothing, lines", lambda: ran(light, usual, task_bytes=10 * small).to_json())
        swift = Settings(model=str(QUICK))
        measured("97 % that holds nothing, lines, by the quick model", lambda: ran(light, swift, task_bytes=10 * small).to_json())
        pages = as_pages(easy[: args.mixed // 2], here / "p")
        measured("97 % that holds nothing, web pages", lambda: ran(pages, usual, task_bytes=10 * small).to_json())
        measured("a page of 90 KB, one core", lambda: heavy(first, texts[:40]))
        measured("shards into a store", lambda: loading(here / "out"))
        if args.many:
            measured("a long stream", lambda: endless(nothing, args.many, here))
    args.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
