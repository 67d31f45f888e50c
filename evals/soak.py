"""An hour of `watch`, `serve` and `batch` with `load` together on one store: python evals/soak.py [--minutes 60]

A site on this machine publishes articles that are all different; ``orbat watch`` follows its feed. A reader asks ``orbat serve`` for pages
all the while, and articles are posted to it. ``orbat batch`` reads other articles into a folder and ``orbat load`` brings them into the
store, round after round. At the end every article that was published, posted or given to batch must be in the store, nothing may have
failed, no page may have been refused, and no process may have grown in the second half by more than 10 % and 20 MB. Prints one JSON
object, writes it to evals/soak.json, and exits with 1 where one of these does not hold.
"""

from __future__ import annotations

import argparse
import http.server
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parent.parent))  # the benches beside

from evals.bench_service import ask, serving
from orbat.store import Store
from tests import generated

OUT = Path(__file__).with_suffix(".json")
GROUP = quote(generated.GROUPS[0])
PAGES = ("/", "/records", "/search?q=attacked", "/review", "/sources", f"/groups/{GROUP}", "/map", "/network", "/changes")
SHOWN = 30  # entries that the feed shows, the latest first: a watch that falls behind for longer loses what it never saw
GROWN, SLACK = 1.10, 20.0  # share and MB that memory may grow by in the second half


def text_of(number: int) -> str:
    """An article of some 20 statements; no two tell of the same happenings more often than news does."""
    return generated.document(number, sentences=20).text


class Published:
    """A site whose feed gains an article every ``every`` seconds."""

    def __init__(self, every: float) -> None:
        self.began, self.every = time.monotonic(), every
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = site.answer(self.path)
                self.send_response(200 if body else 404)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Type", "application/rss+xml" if self.path == "/feed" else "text/html")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._closed: int | None = None
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def count(self) -> int:
        """Articles published by now."""
        return self._closed if self._closed is not None else int((time.monotonic() - self.began) / self.every) + 1

    def close(self) -> None:
        """Publish nothing more; what was published stays."""
        self._closed = self.count

    def answer(self, path: str) -> bytes:
        """The feed, a page, or nothing."""
        count = self.count
        if path == "/feed":
            numbers = range(count - 1, max(-1, count - 1 - SHOWN), -1)
            items = "".join(f"<item><title>Report {n}</title><link>{self.url}/{n}</link></item>" for n in numbers)
            return f'<rss version="2.0"><channel><title>Soak Post</title>{items}</channel></rss>'.encode()
        number = path[1:]
        if not number.isdecimal() or int(number) >= count:
            return b""
        return self._page(int(number)).encode()

    def _page(self, number: int) -> str:
        return (
            f'<!doctype html><html lang="en"><head><title>Report {number}</title></head><body><article><h1>Report {number}</h1>'
            f"<p>Report {number} of the day.</p><p>{text_of(number)}</p></article></body></html>"
        )


class Tally:
    """What happened, told by several threads."""

    def __init__(self) -> None:
        self.pages = self.posted = self.batched = self.rounds = 0
        self.wrong: list[str] = []
        self.memory: dict[str, list[float]] = {}


def resident(process: int) -> float:
    """MB that a process holds with its children; 0 once it is gone."""
    try:
        said = Path(f"/proc/{process}/status").read_text().splitlines()
        own = next(int(line.split()[1]) / 1024 for line in said if line.startswith("VmRSS"))
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except (OSError, StopIteration):
        return 0.0
    return own + sum(resident(int(child)) for child in children)


def child(word: str) -> int:
    """The process that this one started with a word in its command."""
    for process in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split():
        if word in Path(f"/proc/{process}/cmdline").read_text().split("\0"):
            return int(process)
    raise SystemExit(f"no process runs `{word}`")


def again_and_again(work: Callable[[], None], over: threading.Event, tally: Tally, pause: float) -> threading.Thread:
    def run() -> None:
        while not over.is_set():
            try:
                work()
            except (Exception, SystemExit) as error:
                tally.wrong.append(f"{work.__name__}: {error}"[:500])
            over.wait(pause)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--every", type=float, default=4.0, help="seconds between articles of the feed")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = soak(Path(folder), given)
    given.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=2))
    if found["wrong"]:
        raise SystemExit(1)


def soak(at: Path, given: argparse.Namespace) -> dict[str, object]:
    store, tally, over = at / "orbat.db", Tally(), threading.Event()
    Store.open(store).close()
    site = Published(given.every)
    (at / "feeds.toml").write_text(
        f'private = true\npause = "0s"\ndaily = 1000000\nevery = "30s"\n[[feed]]\nurl = "{site.url}/feed"\n', encoding="utf-8"
    )
    orbat = [sys.executable, "-m", "orbat.cli"]
    with serving(store) as (port, _), (at / "watch.log").open("w") as log:
        watch = subprocess.Popen([*orbat, "watch", str(at / "feeds.toml"), "--store", str(store)], stderr=log)
        watched = {"watch": watch.pid, "serve": child("serve")}

        def look() -> None:
            for path in PAGES:
                ask(port, path)
                tally.pages += 1

        def post() -> None:
            body = json.dumps({"text": f"Note {tally.posted}. {text_of(1_000_000 + tally.posted)}", "published": "2019-05-06"})
            job = json.loads(ask(port, "/api/v1/articles", body))["id"]
            while json.loads(ask(port, f"/api/v1/jobs/{job}"))["finished_at"] is None:
                time.sleep(0.2)
            tally.posted += 1

        def batch() -> None:
            number = tally.rounds
            lines = [
                json.dumps({"text": f"Dispatch {number}-{n}. {text_of(2_000_000 + 1_000 * number + n)}", "published": "2020-02-03"})
                for n in range(20)
            ]
            (at / f"in-{number}.jsonl").write_text("\n".join(lines), encoding="utf-8")
            out = at / f"out-{number}"
            for command in (["batch", str(at / f"in-{number}.jsonl"), "--out", str(out)], ["load", str(out), "--store", str(store)]):
                done = subprocess.run([*orbat, *command], capture_output=True, text=True, check=False)
                if done.returncode:
                    raise RuntimeError(done.stderr[-300:])
            tally.rounds += 1
            tally.batched += len(lines)

        def measure() -> None:
            for name, process in watched.items():
                tally.memory.setdefault(name, []).append(resident(process))

        pauses = {look: 3.0, post: 5.0, batch: 20.0, measure: 5.0}
        threads = [again_and_again(work, over, tally, pause) for work, pause in pauses.items()]
        time.sleep(60 * given.minutes)
        site.close()
        over.set()
        for thread in threads:
            thread.join()
        until = time.monotonic() + 300
        while titles(store) < site.count and time.monotonic() < until:
            time.sleep(2)
        watch.terminate()
        if watch.wait(120):
            tally.wrong.append(f"watch ended with {watch.returncode}")
    return judged(store, site, tally, given)


def titles(store: Path) -> int:
    """Articles of the feed that the store has."""
    with Store.open(store) as kept, kept.reading() as connection:
        return int(connection.exec_driver_sql("SELECT count(DISTINCT url) FROM documents WHERE source = 'Soak Post'").scalar() or 0)


def judged(store: Path, site: Published, tally: Tally, given: argparse.Namespace) -> dict[str, object]:
    """What was kept against what was given, and how memory went."""
    with Store.open(store) as kept, kept.reading() as connection:
        count = {
            name: int(connection.exec_driver_sql(f"SELECT count(*) FROM documents WHERE text LIKE '{start}%%'").scalar() or 0)
            for name, start in (("posted", "Note "), ("batched", "Dispatch "))
        }
        failed = [f"{each.failure.document}: {each.failure.message}" for each in kept.failures()]
        unrecorded = int(connection.exec_driver_sql("SELECT count(*) FROM unrecorded").scalar() or 0)
    published = titles(store)
    wrong = [*tally.wrong, *failed]
    if published != site.count:
        wrong.append(f"{site.count - published} of {site.count} published articles are not in the store")
    given_in = {"posted": tally.posted, "batched": tally.batched}
    wrong += [f"{name}: {count[name]} of {wanted} kept" for name, wanted in given_in.items() if count[name] < wanted]
    memory = {}
    for name, samples in tally.memory.items():
        half = samples[len(samples) // 4 : len(samples) // 2], samples[3 * len(samples) // 4 :]
        early, late = (sum(each) / max(1, len(each)) for each in half)
        most = max(samples, default=0)
        memory[name] = {"second quarter, MB": round(early, 1), "last quarter, MB": round(late, 1), "most, MB": round(most, 1)}
        if late > early * GROWN + SLACK:
            wrong.append(f"{name} grew from {early:.0f} to {late:.0f} MB")
    return {
        "machine": f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores",
        "minutes": given.minutes,
        "articles followed": published,
        "articles posted": tally.posted,
        "articles by batch and load": tally.batched,
        "pages looked at": tally.pages,
        "documents not yet in the records at the end": unrecorded,
        "memory": memory,
        "wrong": [f"{count} times: {problem}" for problem, count in Counter(wrong).most_common(50)],
    }


if __name__ == "__main__":
    main()
