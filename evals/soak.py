"""An hour of `watch`, `serve` and `batch` with `load` together on one store: python evals/soak.py [--minutes 60]

A site on this machine publishes articles that are all different; ``orbat watch`` follows its feed. A reader asks ``orbat serve`` for pages
all the while, and articles are posted to it. ``orbat batch`` reads other articles into a folder and ``orbat load`` brings them into the
store, round after round. At the end every article that was published, posted or given to batch must be in the store, nothing may have
failed, no page may have been refused, and the memory that a process made itself may not grow with the articles in the second half
(``memory.growth``); what it holds with its part of files is told beside, since that goes up and down with what others map and the kernel
takes it back as it needs.
What the processes keep has bounds, and grows until it comes to them. So that these are reached before the hour begins, and what grows in it
grows without one, it may start from a large store (``--store``) and with articles like those to come (``--before``): the watch reads half
of them from a folder, file after file, while the others are posted one after another, as fast as each is done with the last.
Prints one JSON object, writes it to evals/soak.json, and exits with 1 where one of these does not hold.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parent.parent))  # the benches beside

from evals.bench_service import ask, serving
from evals.memory import ALL, ANONYMOUS, family, growth, resident
from orbat.store import Store
from tests import war
from tests.feedsite import Site, page

OUT = Path(__file__).with_suffix(".json")
GROUP = quote(war.GROUPS[0])
PAGES = ("/", "/records", "/search?q=attacked", "/review", "/sources", f"/groups/{GROUP}", "/map", "/network", "/changes")
ORBAT = (sys.executable, "-m", "orbat.cli")
SHOWN = 30  # entries that the feed shows, the latest first: a watch that falls behind for longer loses what it never saw
PORTION = 7  # articles a file of those that the watch reads before the hour


BEGINS, DAYS = dt.date(1990, 1, 1), 11_003
"""The days that articles tell of."""


VIOLENCE = (
    "Fighters of the {one} attacked an army post near {town} on {told} and killed {n} soldiers, residents of {town} said.",
    "The raid on {town} began before dawn and was over by {hour} o'clock, {person} told reporters.",
    "A nurse in {town} counted {m} wounded, among them {k} children.",
    "The {one} said that it had carried out the attack on {town}.",
    "The army announced that it had driven the {one} out of {town} by the evening.",
    "In {other}, a bomb in a handcart killed {k} traders of the fish market.",
    "Gunmen took {m} passengers from a bus on the road from {town} to {other}.",
    "Soldiers and fighters of the {two} exchanged fire for {hour} hours at the bridge of {other}.",
    "Shells hit {k} houses in the north of {town}, {person} said by telephone.",
)
AROUND = (
    "The {two} is led by {leader}, a former teacher from {other}.",
    "The {one} has been an ally of the {ally} since the spring of {year}.",
    "{person} called on the fighters of the {two} to lay down their arms before the feast of {other}.",
    "Talks between the {two} and the government broke down in {other} after {hour} days.",
    "The {two} holds {m} villages to the east of {other}, according to a map that {person} showed.",
    "Some {n} soldiers were sent from {other} to {town}.",
    "Police arrested {person} at a checkpoint of {other} with {m} rifles.",
    "The {state} pays the {one}, two diplomats in {other} said, which the {state} denies.",
    "In {year} some {n} men left the {ally} and joined the {one}.",
    "The {one} threatened to burn the fields of {other} if the tax of {m} sacks was not paid.",
    "The {one} and the {ally} accused each other of taking bribes at the bridge of {other}.",
)
ASIDE = (
    "near the mill of {a} {b}",
    "as {a} and {b} wrote",
    "on the eve of the {a} fair",
    "beside the {a} and {b} wells",
    "in the week of {a} {b}",
    "while the {a} bridge was closed",
    "after the rains of {a}",
    "where {a} traders sell {b}",
    "past the {a} school",
    "under the {a} hills",
)


def article(number: int, *, stream: int = 0) -> tuple[str, str]:
    """The text of an article, some 20 statements about a day of a made-up war, and the day on which it is published, that one or soon
    after it.

    Its groups, people and towns are those of ``tests/war.py``, as often in the news as there. No two articles have a sentence in common, or
    they would be near-copies of one another; and their days are spread over thirty years, or what they tell would be more of a day than
    in a real war.

    Args:
        stream: tells articles of one number apart.
    """
    seed = 1_000_000 * stream + number
    pick, published = random.Random(seed), BEGINS + dt.timedelta(days=7_919 * seed % DAYS)
    told = published - dt.timedelta(days=seed % 3)
    one, two = pick.choices(war.GROUPS, [1 / (rank + 2) for rank in range(len(war.GROUPS))], k=2)
    town, of = pick.choice(war.TOWNS), war.GROUPS.index  # each group has its leader, its ally and who pays it

    def put(words: str) -> str:
        n, m, k, hour = (pick.randrange(3, most) for most in (300, 90, 9, 12))
        names = {"one": one, "two": two, "town": town, "other": pick.choice(war.TOWNS), "person": pick.choice(war.PEOPLE)}
        ties = {"leader": war.PEOPLE[of(two)], "state": war.STATES[of(one) % len(war.STATES)], "ally": war.GROUPS[of(one) - 1]}
        said = words.format(**names, **ties, told=f"{told:%A}", year=pick.randrange(1990, 2020), n=n, m=m, k=k, hour=hour)
        a, b, c, d = pick.sample(war.WORDS, 4)
        first, second = pick.sample(ASIDE, 2)
        return f"{said[:-1]}, {first.format(a=a, b=b)} and {second.format(a=c, b=d)}."

    told_first = [put(VIOLENCE[0]), *map(put, pick.sample(VIOLENCE[1:], 6))]
    return " ".join([*told_first, *map(put, pick.sample(AROUND, 8))]), published.isoformat()


class Published(Site):
    """A site whose feed gains an article every ``every`` seconds once it is open."""

    def __init__(self, every: float) -> None:
        self.every = every
        self._opened: float | None = None
        self._closed: int | None = None
        super().__init__()

    @property
    def count(self) -> int:
        """Articles published by now."""
        if self._closed is not None or self._opened is None:
            return self._closed or 0
        return int((time.monotonic() - self._opened) / self.every) + 1

    def open(self) -> None:
        """Publish from now on."""
        self._opened = time.monotonic()

    def close(self) -> None:
        """Publish nothing more; what was published stays."""
        self._closed = self.count

    def find(self, path: str) -> bytes | None:
        """The feed, a page, or nothing."""
        count = self.count
        if path == "/feed":
            return self.feed(*(f"/{n}" for n in range(count - 1, max(-1, count - 1 - SHOWN), -1)), title="Soak Post")
        number = path[1:]
        if not number.isdecimal() or int(number) >= count:
            return None
        text, day = article(int(number))
        made = page(f"Report {number}", [f"Report {number} of the day.", text])
        return made.replace(b"</head>", f'<meta property="article:published_time" content="{day}"></head>'.encode())


class Tally:
    """What happened, told by several threads."""

    def __init__(self) -> None:
        self.pages = self.posted = self.batched = self.rounds = 0
        self.wrong: list[str] = []
        self.memory: dict[str, dict[str, list[tuple[float, float]]]] = {ANONYMOUS: {}, ALL: {}}
        """Of each process: articles given until then, MB."""
        self.apart: dict[str, list[list[float]]] = {}  # of each process: MB of itself and of each of its children


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
    parser.add_argument("--store", type=Path, help="begin with a copy of this store, as `bench_service.py 100000 --keep PATH` leaves one")
    parser.add_argument("--before", type=int, default=0, help="and with so many articles more, like those to come, before the hour")
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
    if given.store is not None:
        copied(given.store, store)
    Store.open(store).close()
    site, inbox = Published(given.every), at / "inbox"
    inbox.mkdir()
    feed, folder = f'[[feed]]\nurl = "{site.url}/feed"\n', f'[[folder]]\npath = "{inbox}"\nevery = "1s"\n'
    (at / "feeds.toml").write_text(f'private = true\npause = "0s"\ndaily = 1000000\nevery = "30s"\n{feed}{folder}', encoding="utf-8")
    with serving(store) as (port, _), (at / "watch.log").open("w") as log:
        watch = subprocess.Popen([*ORBAT, "watch", str(at / "feeds.toml"), "--store", str(store)], stderr=log)
        watched = {"watch": watch.pid, "serve": child("serve")}

        def look() -> None:
            for path in PAGES:
                ask(port, path)
                tally.pages += 1

        def post() -> None:
            posted(port, tally.posted, stream=1, title="Note")
            tally.posted += 1

        def batch() -> None:
            articles = [article(n, stream=2) for n in range(20 * tally.rounds, 20 * tally.rounds + 20)]
            batched(articles, store, at / f"round-{tally.rounds}", title=f"Dispatch {tally.rounds}")
            tally.rounds += 1
            tally.batched += len(articles)

        def measure() -> None:
            given_in = site.count + tally.posted + tally.batched
            for name, process in watched.items():
                made = family(process, ANONYMOUS)
                for part, held in ((ANONYMOUS, sum(made)), (ALL, resident(process))):
                    tally.memory[part].setdefault(name, []).append((given_in, held))
                tally.apart.setdefault(name, []).append(made)

        warm = threading.Event()
        looking = again_and_again(look, warm, tally, 3.0)
        with ThreadPoolExecutor(1) as beside:
            posts = beside.submit(post_all, port, given.before // 2)
            filled(inbox, given.before - given.before // 2, store)
            posts.result()
        warm.set()
        looking.join()
        tally.pages = 0
        site.open()
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
        try:
            if watch.wait(120):
                tally.wrong.append(f"watch ended with {watch.returncode}")
        except subprocess.TimeoutExpired:
            watch.kill()
            tally.wrong.append("watch did not end within two minutes of being asked to")
    return judged(store, site, tally, given)


def post_all(port: int, articles: int) -> None:
    """Post so many articles, one after another."""
    for number in range(articles):
        posted(port, number, stream=4, title="Earlier")


def posted(port: int, number: int, *, stream: int, title: str) -> None:
    """Post an article to the service and wait until it is done with it."""
    text, day = article(number, stream=stream)
    job = json.loads(ask(port, "/api/v1/articles", json.dumps({"text": f"{title} {number}. {text}", "published": day})))["id"]
    while json.loads(ask(port, f"/api/v1/jobs/{job}"))["finished_at"] is None:
        time.sleep(0.2)


def filled(inbox: Path, articles: int, store: Path) -> None:
    """Put so many articles into a folder that is followed: a file, and the next once those of the last are in the records."""
    for first in range(0, articles, PORTION):
        few = [article(n, stream=3) for n in range(first, min(first + PORTION, articles))]
        written(few, inbox / f"{first}.jsonl", title=f"Inbox {first}")
        while recorded(store, "Inbox ") < first + len(few):
            time.sleep(0.5)


def batched(articles: Sequence[tuple[str, str]], store: Path, at: Path, *, title: str) -> None:
    """Have articles read by ``orbat batch`` into a folder and brought into a store by ``orbat load``.

    Raises:
        RuntimeError: one of these failed; its words.
    """
    at.mkdir()
    written(articles, at / "in.jsonl", title=title)
    read = ["batch", str(at / "in.jsonl"), "--out", str(at / "out"), "--everything"]  # the first pass skips one in some hundreds
    for command in (read, ["load", str(at / "out"), "--store", str(store)]):
        done = subprocess.run([*ORBAT, *command], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr[-300:])


def written(articles: Sequence[tuple[str, str]], file: Path, *, title: str) -> None:
    """Write articles with the days on which they are published into a file, one a line."""
    lines = [json.dumps({"text": f"{title}.{n}. {text}", "published": day}) for n, (text, day) in enumerate(articles)]
    file.write_text("\n".join(lines), encoding="utf-8")


def copied(store: Path, to: Path) -> None:
    """Copy a store that another process may have open."""
    with closing(sqlite3.connect(store)) as old, closing(sqlite3.connect(to)) as new:
        old.backup(new)


def recorded(store: Path, start: str) -> int:
    """Articles in the records whose texts start so."""
    query = "SELECT count(*) FROM documents WHERE text LIKE :start AND id NOT IN (SELECT document FROM unrecorded)"
    with Store.open(store) as kept, kept.reading() as connection:
        return int(connection.execute(sa.text(query), {"start": f"{start}%"}).scalar() or 0)


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
        documents = int(connection.exec_driver_sql("SELECT count(*) FROM documents").scalar() or 0)
        failed = [f"{each.failure.document}: {each.failure.message}" for each in kept.failures()]
        unrecorded = int(connection.exec_driver_sql("SELECT count(*) FROM unrecorded").scalar() or 0)
    published = titles(store)
    wrong = [*tally.wrong, *failed]
    if published != site.count:
        wrong.append(f"{site.count - published} of {site.count} published articles are not in the store")
    given_in = {"posted": tally.posted, "batched": tally.batched}
    wrong += [f"{name}: {count[name]} of {wanted} kept" for name, wanted in given_in.items() if count[name] < wanted]
    memory = {part: {name: growth(looks) for name, looks in held.items()} for part, held in tally.memory.items()}
    wrong += [
        f"{name} grows by {of['MB a 1,000 articles, second half']} MB a 1,000 articles"
        for name, of in memory[ANONYMOUS].items()
        if of["verdict"] == "grows"
    ]
    return {
        "machine": f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores",
        "minutes": given.minutes,
        "articles to begin with": documents - published - sum(count.values()),
        "articles followed": published,
        "articles posted": tally.posted,
        "articles by batch and load": tally.batched,
        "pages looked at": tally.pages,
        "documents not yet in the records at the end": unrecorded,
        "memory": memory[ANONYMOUS],
        "memory with its part of files": memory[ALL],
        "MB of each of its processes, by tenths of the run": {name: tenths(looks) for name, looks in tally.apart.items()},
        "wrong": [f"{count} times: {problem}" for problem, count in Counter(wrong).most_common(50)],
    }


def tenths(looks: list[list[float]]) -> list[list[float]]:
    """Ten of the looks, from the first tenth's end to the last."""
    return [[round(each) for each in looks[(number + 1) * len(looks) // 10 - 1]] for number in range(10)] if len(looks) >= 10 else []


if __name__ == "__main__":
    main()
