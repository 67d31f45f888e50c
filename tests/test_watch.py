"""`orbat watch` against a real HTTP server on this machine that fails in every way servers fail."""

from __future__ import annotations

import gzip
import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orbat import queries
from orbat.cli import app
from orbat.errors import StoreError
from orbat.fetching import Fetcher
from orbat.pipeline import Reader
from orbat.recordkeeping import related_in, update, updating
from orbat.store import Store
from orbat.watch import Plan, PlanError, Summary, Watch, load, running
from orbat.watch.sources import back_off
from orbat.watch.state import PageState, State
from orbat.watch.web import Later, Web
from tests import feedsite, generated
from tests.feedsite import Answer, page, send, status

DAY = 86_400.0

STORY = (
    "Gunmen attacked an army post near the town of Damboa on Tuesday and killed {n} soldiers, the Nigerian army said. "
    "Boko Haram claimed the attack in a statement. The army said it had sent more troops to the area."
)


class Site(feedsite.Site):
    """With stories of its own."""

    def story(self, number: int) -> bytes:
        """A page with an article of its own."""
        return page(f"Attack number {number}", [STORY.format(n=number)])


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "orbat.db") as opened:
        yield opened


def plan_of(tmp_path: Path, text: str, *, pause: str = "0s") -> Plan:
    file = tmp_path / "feeds.toml"
    file.write_text(f'private = true\npause = "{pause}"\n{text}', encoding="utf-8")
    return load(file)


class Clock:
    """A clock that a test sets."""

    def __init__(self, at: float = 1_700_000_000.0) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


def run(plan: Plan, tmp_path: Path, reader: Reader, store: Store, now: Clock | None = None, **more: object) -> Summary:
    """One `--once` by a process of its own, as it were: the state is opened anew."""
    state = State(tmp_path / "state")
    clock = now or Clock()
    try:
        web = Web(plan, state, now=clock, fetcher=more.get("fetcher"))  # type: ignore[arg-type]
        return Watch(plan, state, reader, store, web=web, now=clock).once()
    finally:
        state.close()


def watching(tmp_path: Path) -> list[str]:
    """The command, for a process of its own."""
    return [sys.executable, "-m", "orbat.cli", "watch", str(tmp_path / "feeds.toml"), "--store", str(tmp_path / "orbat.db")]


def texts(store: Store) -> list[str]:
    with store.reading() as connection:
        return sorted(row[0] for row in connection.exec_driver_sql("SELECT text FROM documents"))


def failures(store: Store) -> dict[str, str]:
    return {kept.failure.document: f"{kept.failure.stage}: {kept.failure.message}" for kept in store.failures()}


# ---- what is read ---------------------------------------------------------------------------------------------------


def test_a_feeds_links_are_followed_once_and_what_the_feed_knows_is_kept(site, store, reader, tmp_path):
    site.answers = {"/feed": site.feed("/a", "/b"), "/a": site.story(3), "/b": site.story(4)}
    plan = plan_of(tmp_path, f'[[feed]]\nurl = "{site.url}/feed"\n')
    clock = Clock()
    first = run(plan, tmp_path, reader, store, clock)
    assert (first.sources, first.pages, first.documents, first.failures) == ({"new": 1}, {"read": 2}, 2, 0)
    assert first.statements > 0
    with store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT title, source, url FROM documents ORDER BY url").all()
        records = connection.exec_driver_sql("SELECT count(*) FROM records").scalar()
    assert [tuple(row) for row in rows] == [
        ("Attack number 3", "The Post", f"{site.url}/a"),
        ("Attack number 4", "The Post", f"{site.url}/b"),
    ]
    assert records  # the records are up to date
    clock.at += DAY
    site.answers["/feed"] = site.feed("/c", "/a", "/b")
    site.answers["/c"] = site.story(5)
    again = run(plan, tmp_path, reader, store, clock)
    assert (again.pages, again.documents) == ({"read": 1}, 1)
    assert {path: count for path, count in site.paths().items() if path in "/a /b /c"} == {"/a": 1, "/b": 1, "/c": 1}


def test_an_article_that_a_feed_carries_whole_is_not_asked_for(site, store, reader, tmp_path):
    body = "".join(f"<p>{STORY.format(n=n)}</p>" for n in range(3, 6))
    entry = f"<item><title>Whole</title><link>{site.url}/whole</link><content:encoded><![CDATA[{body}]]></content:encoded></item>"
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    site.answers["/feed"] = f'<rss version="2.0" {space}><channel><title>P</title>{entry}</channel></rss>'.encode()
    summary = run(plan_of(tmp_path, f'[[feed]]\nurl = "{site.url}/feed"\nname = "The Named Post"\n'), tmp_path, reader, store)
    assert (summary.documents, site.paths()["/whole"]) == (1, 0)
    with store.reading() as connection:
        assert connection.exec_driver_sql("SELECT source, url FROM documents").one() == ("The Named Post", f"{site.url}/whole")


def test_a_sitemap_and_its_index_are_followed_lately_changed_pages_only(site, store, reader, tmp_path):
    def page(path: str, day: str) -> str:
        return f"<url><loc>{site.url}{path}</loc><lastmod>{day}</lastmod></url>"

    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    inner = f"<urlset {space}>{page('/new', '2023-11-13')}{page('/old', '2020-01-01')}</urlset>"
    site.answers = {
        "/index.xml": f"<sitemapindex {space}><sitemap><loc>{site.url}/map.xml.gz</loc></sitemap></sitemapindex>".encode(),
        "/map.xml.gz": gzip.compress(inner.encode()),
        "/new": site.story(2),
        "/old": site.story(9),
    }
    clock = Clock(1_700_000_000.0)  # 14 November 2023
    summary = run(plan_of(tmp_path, f'[[sitemap]]\nurl = "{site.url}/index.xml"\nsince = "3d"\n'), tmp_path, reader, store, clock)
    assert (summary.documents, site.paths()["/old"]) == (1, 0)


def test_a_sitemap_that_gives_no_days_is_told_and_not_passed_over(site, store, reader, tmp_path):
    site.answers = {"/map.xml": f"<urlset><url><loc>{site.url}/new</loc></url></urlset>".encode(), "/new": site.story(2)}
    summary = run(plan_of(tmp_path, f'[[sitemap]]\nurl = "{site.url}/map.xml"\n'), tmp_path, reader, store, Clock(1_700_000_000.0))
    assert summary.documents == 0
    assert "none of its 1 pages" in summary.problems[f"{site.url}/map.xml"]


def test_a_folders_new_and_changed_files_are_read_and_one_that_is_being_written_is_left(store, reader, tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    plan, clock = plan_of(tmp_path, '[[folder]]\npath = "inbox"\n'), Clock(time.time())
    assert run(plan, tmp_path, reader, store, clock).problems == {}
    (folder / "a.txt").write_text(STORY.format(n=3))
    assert run(plan, tmp_path, reader, store, clock).files == 0
    clock.at += 100
    assert run(plan, tmp_path, reader, store, clock).documents == 1
    clock.at += 100
    assert run(plan, tmp_path, reader, store, clock).files == 0
    (folder / "a.txt").write_text(STORY.format(n=4))
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 nothing")
    clock.at += 100
    summary = run(plan, tmp_path, reader, store, clock)
    assert (summary.documents, summary.failures) == (1, 1)
    assert any(name.endswith("bad.pdf") for name in failures(store))
    clock.at += 100
    assert run(plan, tmp_path, reader, store, clock).files == 0


# ---- asking politely ------------------------------------------------------------------------------------------------


def test_nothing_changed_is_asked_by_etag_and_date(site, store, reader, tmp_path):
    site.answers["/feed"] = send(site.feed("/a"), ETag='"v1"', Last_Modified="Mon, 13 Nov 2023 10:00:00 GMT")
    site.answers["/a"] = site.story(3)
    plan, clock = plan_of(tmp_path, f'[[feed]]\nurl = "{site.url}/feed"\n'), Clock()
    run(plan, tmp_path, reader, store, clock)
    site.answers["/feed"] = status(304)
    clock.at += DAY
    assert run(plan, tmp_path, reader, store, clock).sources == {"unchanged": 1}
    headers = [headers for path, headers in site.asked if path == "/feed"][-1]
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('"v1"', "Mon, 13 Nov 2023 10:00:00 GMT")


def test_a_feed_with_more_than_is_taken_at_one_time_loses_nothing(site, store, reader, tmp_path):
    paths = [f"/p{n}" for n in range(5)]
    site.answers = {"/feed": send(site.feed(*paths), ETag='"v1"'), **{p: site.story(n + 2) for n, p in enumerate(paths)}}
    plan, clock = plan_of(tmp_path, f'[[feed]]\nurl = "{site.url}/feed"\nmost = 2\n'), Clock()
    read = []
    for _ in range(4):
        read.append(run(plan, tmp_path, reader, store, clock).documents)
        clock.at += DAY
    assert read == [2, 2, 1, 0]


@pytest.mark.parametrize(
    ("rules", "read"),
    [
        ("User-agent: *\nDisallow: /secret/\n", ["/open"]),
        ("User-agent: orbat\nDisallow: /\n\nUser-agent: *\nAllow: /\n", []),
        ("User-agent: *\nDisallow: /\n\nUser-agent: orbat\nAllow: /\n", ["/open", "/secret/a"]),
        ("<html>Not found</html>", ["/open", "/secret/a"]),
        ("", ["/open", "/secret/a"]),
    ],
)
def test_what_robots_txt_forbids_is_not_asked_for(site, store, reader, tmp_path, rules, read):
    body = "".join(f"<p>{STORY.format(n=n)}</p>" for n in range(3, 6))
    site.answers = {
        "/robots.txt": rules.encode(),
        "/feed": site.feed("/open", "/secret/a"),
        "/open": body.encode(),
        "/secret/a": site.story(7),
    }
    summary = run(plan_of(tmp_path, f'[[feed]]\nurl = "{site.url}/feed"\n'), tmp_path, reader, store)
    assert [path for path in ("/open", "/secret/a") if site.paths()[path]] == read
    assert site.paths()["/robots.txt"] == 1
    if read == ["/open"]:
        assert "robots.txt forbids" in failures(store)[f"{site.url}/secret/a"]
    if not read:
        assert (site.paths()["/feed"], summary.sources) == (0, {"failed": 1})
        assert "robots.txt forbids" in summary.problems[f"{site.url}/feed"]


def test_a_redirect_to_what_robots_txt_forbids_is_not_followed(site, store, reader, tmp_path):
    site.answers = {"/robots.txt": b"User-agent: *\nDisallow: /in/\n", "/feed": site.feed("/go"), "/go": status(302, Location="/in/a")}
    run(plan_of(tmp_path, f'[[feed]]\nurl = "{site.url}/feed"\n'), tmp_path, reader, store)
    assert (site.paths()["/go"], site.paths()["/in/a"]) == (1, 0)


@pytest.mark.parametrize("code", [500, 503, 429])
def test_where_robots_txt_cannot_be_had_nothing_is_asked_for_until_it_can(site, store, reader, tmp_path, code):
    site.answers = {"/robots.txt": status(code), "/feed": site.feed("/a"), "/a": site.story(3)}
    plan, clock = plan_of(tmp_path, f'[[feed]]\nurl = "{site.url}/feed"\n'), Clock()
    assert run(plan, tmp_path, reader, store, clock).documents == 0
    assert site.paths() == Counter({"/robots.txt": 1})
    del site.answers["/robots.txt"]
    clock.at += DAY
    assert run(plan, tmp_path, reader, store, clock).documents == 1


def test_a_host_is_given_its_pause_and_the_delay_that_it_asks_for(site, store, reader, tmp_path):
    site.answers = {
        "/robots.txt": b"User-agent: *\nCrawl-delay: 0.3\n",
        "/feed": site.feed("/a", "/b"),
        "/a": site.story(3),
        "/b": site.story(4),
    }
    run(plan_of(tmp_path, f'[[feed]]\nurl = "{site.url}/feed"\n', pause="0s"), tmp_path, reader, store)
    times = [at for (path, _), at in zip(site.asked, site.at, strict=True) if path != "/robots.txt"]
    assert len(times) == 3
    assert all(b - a >= 0.29 for a, b in pairwise(times))


def test_a_day_has_a_bound_and_what_waits_is_read_the_next_day(site, store, reader, tmp_path):
    paths = [f"/p{n}" for n in range(4)]
    site.answers = {"/feed": site.feed(*paths), **{p: site.story(n + 2) for n, p in enumerate(paths)}}
    plan, clock = plan_of(tmp_path, f'daily = 4\n[[feed]]\nurl = "{site.url}/feed"\n'), Clock()
    first = run(plan, tmp_path, reader, store, clock)
    assert (len(site.asked), first.documents, first.waiting) == (4, 2, 2)  # robots.txt, the feed and two pages
    assert run(plan, tmp_path, reader, store, clock).documents == 0
    clock.at += DAY
    assert run(plan, tmp_path, reader, store, clock).documents == 2


def test_who_asks_is_said(site, store, reader, tmp_path):
    site.answers["/feed"] = site.feed()
    run(plan_of(tmp_path, f'contact = "mailto:desk@example.org"\n[[feed]]\nurl = "{site.url}/feed"\n'), tmp_path, reader, store)
    assert all(headers["user-agent"].startswith("orbat/") for _, headers in site.asked)
    assert all("(+mailto:desk@example.org)" in headers["user-agent"] for _, headers in site.asked)


def test_a_site_that_asks_for_time_is_left_alone_for_it(site, store, reader, tmp_path):
    site.answers = {"/feed": site.feed("/a", "/b"), "/a": status(429, Retry_After="7200"), "/b": site.story(4)}
    plan, clock = plan_of(tmp_path, f'[[feed]]\nurl = "{site.url}/feed"\n'), Clock()
    first = run(plan, tmp_path, reader, store, clock)
    assert (first.pages, first.waiting, site.paths()["/b"]) == ({"put off": 2}, 2, 0)
    site.answers["/a"] = site.story(3)
    clock.at += 7_300
    assert run(plan, tmp_path, reader, store, clock).documents == 2


# ---- how servers fail -----------------------------------------------------------------------------------------------


def reset(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    handler.connection.close()


def cut_off(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b"<html><p>It began")


def drip(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b"a")
        handler.wfile.flush()
        time.sleep(0.05)


def silent(handler: http.server.BaseHTTPRequestHandler) -> None:
    time.sleep(5)


def nonsense(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"\x16\x03\x01 this is no HTTP\r\n\r\n")


def endless(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"a" * 65_536)


def endless_headers(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(2_000):
        handler.wfile.write(b"X-%d: a\r\n" % number)


PASSES = [status(500), status(502), status(503), status(504), reset, cut_off, drip, silent, nonsense, endless_headers]
STAYS = [
    status(404), status(410), status(401), status(403), endless, status(302, Location="/page"), status(302, Location="file:///etc/passwd"),
    status(301, Location="http://[::1"), send(b"\x1f\x8b", Content_Encoding="gzip"), send(b""), send(b"<html><body></body></html>"),
    send(b"<p>" + " ".join(["Los soldados atacaron una aldea y mataron a diez personas, dijo el ejército."] * 5).encode() + b"</p>"),
]  # fmt: skip


def named(answer: Answer) -> str:
    return getattr(answer, "__name__", "")


@pytest.mark.parametrize("answer", PASSES, ids=named)
def test_trouble_that_may_pass_is_tried_again_ever_later_and_given_up_at_last(site, store, reader, tmp_path, answer):
    site.answers = {"/feed": site.feed("/page"), "/page": answer}
    plan, clock = plan_of(tmp_path, f'[[feed]]\nurl = "{site.url}/feed"\n'), Clock()
    fetcher = Fetcher(10**6, 0.4, allowed=lambda address: True, ports=frozenset(range(1, 65_536)))
    for tries in range(1, 6):
        summary = run(plan, tmp_path, reader, store, clock, fetcher=fetcher)
        assert (summary.pages, site.paths()["/page"], store.failures()) == ({"put off": 1}, tries, ())
        clock.at += back_off(tries) - 2
        assert run(plan, tmp_path, reader, store, clock, fetcher=fetcher).pages == {}
        clock.at += 3
        if tries == 2 and answer is PASSES[0]:  # it recovers: nothing was lost
            site.answers["/page"] = site.story(3)
            assert run(plan, tmp_path, reader, store, clock, fetcher=fetcher).documents == 1
            return
    assert run(plan, tmp_path, reader, store, clock, fetcher=fetcher).pages == {"failed": 1}
    assert failures(store)[f"{site.url}/page"].startswith("fetch: ")


@pytest.mark.parametrize("answer", STAYS, ids=named)
def test_a_refusal_is_a_failure_at_once_and_not_tried_again(site, store, reader, tmp_path, answer):
    site.answers = {"/feed": site.feed("/page", "/good"), "/page": answer, "/good": site.story(5)}
    plan, clock = plan_of(tmp_path, f'[[feed]]\nurl = "{site.url}/feed"\n'), Clock()
    fetcher = Fetcher(10**6, 2.0, allowed=lambda address: True, ports=frozenset(range(1, 65_536)))
    summary = run(plan, tmp_path, reader, store, clock, fetcher=fetcher)
    assert (summary.pages, summary.documents) == ({"failed": 1, "read": 1}, 1)
    assert list(failures(store)) == [f"{site.url}/page"]
    clock.at += DAY
    asked = site.paths()["/page"]
    assert run(plan, tmp_path, reader, store, clock, fetcher=fetcher).pages == {}
    assert site.paths()["/page"] == asked


@pytest.mark.parametrize("answer", [status(500), reset, send(b"<html>moved</html>"), send(b"\x00" * 50), send(b"{}"), drip], ids=named)
def test_a_feed_in_trouble_is_named_asked_ever_more_seldom_and_recovers(site, store, reader, tmp_path, answer):
    site.answers["/feed"] = answer
    plan, clock = plan_of(tmp_path, f'every = "1m"\n[[feed]]\nurl = "{site.url}/feed"\n'), Clock()
    fetcher = Fetcher(10**6, 0.4, allowed=lambda address: True, ports=frozenset(range(1, 65_536)))
    summary = run(plan, tmp_path, reader, store, clock, fetcher=fetcher)
    assert (summary.sources, list(summary.problems)) == ({"failed": 1}, [f"{site.url}/feed"])
    clock.at += 120
    run(plan, tmp_path, reader, store, clock, fetcher=fetcher)
    clock.at += 120
    assert run(plan, tmp_path, reader, store, clock, fetcher=fetcher).sources == {}  # the second wait is four times the first
    site.answers |= {"/feed": site.feed("/a"), "/a": site.story(3)}
    clock.at += 3_600
    summary = run(plan, tmp_path, reader, store, clock, fetcher=fetcher)
    assert (summary.documents, summary.problems) == (1, {})


def test_a_page_on_a_private_address_is_not_asked_for_unless_the_plan_says_so(site, store, reader, tmp_path):
    plan = replace(plan_of(tmp_path, f'[[feed]]\nurl = "{site.url}/feed"\n'), private=False)
    summary = run(plan, tmp_path, reader, store)
    assert (site.asked, summary.sources) == ([], {"failed": 1})


# ---- nothing twice, nothing lost ------------------------------------------------------------------------------------


def test_what_waited_when_it_was_stopped_is_read_by_the_next(site, store, reader, tmp_path):
    paths = [f"/p{n}" for n in range(6)]
    site.answers = {"/feed": site.feed(*paths), **{p: site.story(n + 2) for n, p in enumerate(paths)}}
    plan = plan_of(tmp_path, f'[[feed]]\nurl = "{site.url}/feed"\n')
    state = State(tmp_path / "state")
    watch = Watch(plan, state, reader, store, now=Clock())

    def third(handler: http.server.BaseHTTPRequestHandler) -> None:
        watch.stop()
        send(site.story(4))(handler)

    site.answers["/p2"] = third
    watch.once()
    state.close()
    assert 0 < len(texts(store)) < 6
    run(plan, tmp_path, reader, store)
    assert len(texts(store)) == 6
    assert all(site.paths()[path] == 1 for path in paths)


def test_a_process_that_is_killed_anywhere_loses_nothing_and_reads_little_twice(site, tmp_path):
    paths = [f"/p{n}" for n in range(40)]
    slow = threading.Event()

    def page(number: int) -> Answer:
        def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
            slow.wait(0.03)
            send(site.story(number + 2))(handler)

        return answer

    site.answers = {"/feed": site.feed(*paths), **{p: page(n) for n, p in enumerate(paths)}}
    plan_of(tmp_path, f'[[feed]]\nurl = "{site.url}/feed"\n')
    command = [*watching(tmp_path), "--once"]
    for asked in (8, 30):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while len([p for p in site.asked if p[0] in paths]) < asked and process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["waiting"] == 0
    with Store.open(tmp_path / "orbat.db") as store:
        assert len(texts(store)) == 40
        assert store.failures() == ()
    assert sum(site.paths()[path] - 1 for path in paths) <= 2 * (16 + 8 + 1 + 8)  # what is read together, ahead and in hand, for each kill


def test_ctrl_c_ends_it_soon_and_cleanly(site, tmp_path):
    site.answers = {"/feed": site.feed("/a"), "/a": site.story(3)}
    plan_of(tmp_path, f'every = "1h"\n[[feed]]\nurl = "{site.url}/feed"\n')
    command = [
        sys.executable,
        "-m",
        "orbat.cli",
        "watch",
        str(tmp_path / "feeds.toml"),
        "--store",
        str(tmp_path / "orbat.db"),
        "--metrics",
        "0",
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "metrics on http://127.0.0.1:" in process.stderr.readline()
    line = process.stderr.readline()
    assert line.startswith("watch: ok · sources: 1 new · pages: 1 read")
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_two_watches_do_not_share_a_state(tmp_path):
    first = State(tmp_path / "state")
    with pytest.raises(StoreError, match="Another watch holds it"):
        State(tmp_path / "state")
    first.close()
    State(tmp_path / "state").close()


def test_a_state_that_is_none_is_named(tmp_path):
    (tmp_path / "state").write_bytes(b"this is no database, whatever its name says" * 100)
    with pytest.raises(StoreError, match="cannot be used"):
        State(tmp_path / "state")


@pytest.mark.parametrize("jump", [-400 * DAY, 400 * DAY])
def test_a_clock_that_jumps_stops_nothing(site, store, reader, tmp_path, jump):
    site.answers = {"/feed": site.feed("/a"), "/a": status(500)}
    plan, clock = plan_of(tmp_path, f'[[feed]]\nurl = "{site.url}/feed"\n'), Clock()
    run(plan, tmp_path, reader, store, clock)
    site.answers["/a"] = site.story(3)
    clock.at += jump
    summary = run(plan, tmp_path, reader, store, clock)
    assert (summary.documents, sum(summary.sources.values())) == (1, 1)


def test_a_store_that_is_locked_for_a_while_ends_no_watch(site, store, reader, tmp_path, monkeypatch):
    site.answers = {"/feed": site.feed("/a"), "/a": site.story(3)}
    monkeypatch.setattr("orbat.watch.running.LONGEST_SLEEP", 0.05)
    state = State(tmp_path / "state")
    watch, told = Watch(plan_of(tmp_path, f'[[feed]]\nurl = "{site.url}/feed"\n'), state, reader, store, now=Clock()), []
    real, calls = Store.append_many, []

    def locked(*given, **named):
        calls.append(1)
        if len(calls) < 3:
            raise StoreError("The store could not be written.", "Another process holds it.", "Try again.")
        return real(*given, **named)

    monkeypatch.setattr(Store, "append_many", locked)

    def tell(summary: Summary) -> None:
        told.append(summary)
        if summary.documents:
            watch.stop()

    total = watch.run(tell)
    state.close()
    assert (total.documents, len(texts(store))) == (1, 1)
    assert "could not be written" in told[0].problems[store.location]


def test_a_watch_that_waits_for_another_writer_ends_when_told_and_the_next_one_reads_what_it_did_not_keep(site, store, reader, tmp_path):
    site.answers = {"/feed": site.feed("/a"), "/a": site.story(3)}
    plan, state = plan_of(tmp_path, f'[[feed]]\nurl = "{site.url}/feed"\n'), State(tmp_path / "state")
    watch = Watch(plan, state, reader, store, now=Clock())
    with store.writing():
        threading.Timer(1.0, watch.stop).start()
        begun = time.monotonic()
        assert watch.run(lambda summary: None).documents == 0
        assert time.monotonic() - begun < 20
    assert state.count(PageState.WAITING) == 1
    assert Watch(plan, state, reader, store, now=Clock()).once().documents == 1
    state.close()


def test_a_watch_that_is_ended_while_records_are_made_leaves_the_rest_to_the_next_one(store, reader, tmp_path, monkeypatch):
    (tmp_path / "inbox").mkdir()
    documents = [generated.document(number) for number in range(60)]
    store.append_many(((one, generated.statements(one)) for one in documents), model="test 1")
    state, plan = State(tmp_path / "state"), plan_of(tmp_path, '[[folder]]\npath = "inbox"\n')
    watch, done = Watch(plan, state, reader, store, now=Clock()), []
    real = updating._weave

    def weave(connection, some, run):
        done.append(len(some))
        watch.stop()
        real(connection, some, run)

    with monkeypatch.context() as patched:
        patched.setattr(updating, "_weave", weave)
        watch.run(lambda summary: None)
    assert done == [updating.FIRST]
    assert queries.records(store, queries.WantedRecords()).waiting == 60
    Watch(plan, state, reader, store, now=Clock()).once()
    state.close()
    found = queries.records(store, queries.WantedRecords(), limit=None)
    assert found.waiting == 0
    update(store, related=related_in(reader.catalogue))
    assert queries.records(store, queries.WantedRecords(), limit=None) == found


def test_what_making_records_took_is_given_back_once_they_are_made(store, reader, tmp_path, monkeypatch):
    (tmp_path / "inbox").mkdir()
    store.append_many([(one := generated.document(7), generated.statements(one))], model="test 1")
    state, waiting = State(tmp_path / "state"), []
    watch = Watch(plan_of(tmp_path, '[[folder]]\npath = "inbox"\n'), state, reader, store, now=Clock())
    monkeypatch.setattr(running, "give_back", lambda: waiting.append(queries.records(store, queries.WantedRecords()).waiting))
    watch.round()
    watch.round()  # has nothing to do
    state.close()
    assert waiting == [0]


@pytest.mark.parametrize("once", [False, True])
def test_a_watch_that_goes_on_has_records_made_apart_and_one_round_makes_them_itself(tmp_path, monkeypatch, once):
    (tmp_path / "inbox").mkdir()
    plan_of(tmp_path, '[[folder]]\npath = "inbox"\n')
    with Store.open(tmp_path / "own.db") as store:
        store.append_many([(one := generated.document(7), generated.statements(one))], model="test 1")
    made = []

    def apart(location, actors, *, stop):
        made.append((location, actors, stop()))
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("orbat.recordkeeping.update_apart", apart)
    options = ["--once"] if once else []
    done = CliRunner().invoke(app, ["watch", str(tmp_path / "feeds.toml"), "--store", str(tmp_path / "own.db"), *options])
    assert done.exit_code == 0, done.output
    assert made == ([] if once else [(str(tmp_path / "own.db"), None, False)])
    with Store.open(tmp_path / "own.db") as store:
        assert queries.records(store, queries.WantedRecords()).waiting == (0 if once else 1)


# ---- health ---------------------------------------------------------------------------------------------------------


def test_metrics_and_the_line_say_what_happened(site, store, reader, tmp_path):
    site.answers = {"/feed": site.feed("/a", "/b"), "/a": site.story(3)}
    state = State(tmp_path / "state")
    watch = Watch(plan_of(tmp_path, f'[[feed]]\nurl = "{site.url}/feed"\n'), state, reader, store, now=Clock())
    summary = watch.once()
    state.close()
    watch.metrics.write(tmp_path / "orbat.prom")
    lines = (tmp_path / "orbat.prom").read_text().splitlines()
    for line in (
        'orbat_watch_pages_total{outcome="read"} 1.0', 'orbat_watch_pages_total{outcome="failed"} 1.0', "orbat_watch_documents_total 1.0",
        'orbat_watch_failures_total{stage="fetch"} 1.0', "orbat_watch_requests_today 4.0", "orbat_watch_sources_troubled 0.0",
    ):  # fmt: skip
        assert line in lines
    assert summary.line().startswith("ok · sources: 1 new · pages: 1 failed, 1 read, 0 waiting")


def test_once_says_by_its_status_whether_a_source_is_in_trouble(site, tmp_path):
    plan_of(tmp_path, f'[[feed]]\nurl = "{site.url}/feed"\n')
    command = [*watching(tmp_path), "--once"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "answered 404" in json.loads(done.stdout)["problems"][f"{site.url}/feed"]


# ---- the plan -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "follows nothing"),
        ("[[feed]]\n", "'url' cannot be used"),
        ('[[feed]]\nurl = "ftp://a.test/"\n', "no address of the web"),
        ('[[feed]]\nurl = "http://a.test/"\nevery = "soon"\n', "no length of time"),
        ('[[feed]]\nurl = "http://a.test/"\nevery = "1s"\n', "too short"),
        ('[[feed]]\nurl = "http://a.test/"\npages = "some"\n', "one of auto, feed, follow"),
        ('[[feed]]\nurl = "http://a.test/"\ncolour = "red"\n', "'colour' is not known"),
        ('dayly = 3\n[[feed]]\nurl = "http://a.test/"\n', "'dayly' is not known"),
        ('daily = 0\n[[feed]]\nurl = "http://a.test/"\n', "1 or more"),
        ('[[feed]]\nurl = "http://a.test/"\n[[feed]]\nurl = "http://a.test/"\n', "twice"),
        ("[[feed]\n", "is no TOML"),
        ("feed = 3\n", "no list of tables"),
    ],
)
def test_a_plan_that_cannot_be_followed_is_told_before_anything_is_asked(tmp_path, text, said):
    file = tmp_path / "feeds.toml"
    file.write_text(text)
    with pytest.raises(PlanError, match=said):
        load(file)


def test_a_plan_that_is_not_there_is_told(tmp_path):
    with pytest.raises(PlanError, match="cannot be read"):
        load(tmp_path / "none.toml")


def test_the_plan_of_the_docs_is_sound(tmp_path):
    text = (Path(__file__).parent.parent / "docs" / "watch.md").read_text(encoding="utf-8")
    file = tmp_path / "feeds.toml"
    file.write_text(text.split("```toml\n", 1)[1].split("```", 1)[0], encoding="utf-8")
    plan = load(file)
    assert plan.feeds
    assert plan.sitemaps
    assert plan.folders


def test_a_request_that_would_wait_for_long_is_put_off(site, tmp_path):
    state = State(tmp_path / "state")
    web = Web(plan_of(tmp_path, f'[[feed]]\nurl = "{site.url}/feed"\n', pause="10m"), state, now=Clock())
    site.answers["/robots.txt"] = b""
    with pytest.raises(Later):
        web.ask(f"{site.url}/a")  # robots.txt took the host's turn
    assert os.path.exists(tmp_path / "state")
    assert state.count(PageState.WAITING) == 0
    state.close()
