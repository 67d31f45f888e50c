"""Pages that are kept whole: made once for all readers of a role, given while they are made anew, and without anything of who asks."""

import asyncio
import re
import time
from types import SimpleNamespace

import pytest

from orbat.service import kept
from orbat.service.accounts import Accounts, Role
from orbat.service.guard import Caller
from orbat.service.keeping import FIRST, Keeping
from orbat.service.kept import Pages
from orbat.store import Store
from tests.pagesaid import HTML, news_store, serving
from tests.test_recordkeeping import append, reading

ANN = Caller("ann", Role.ADMIN, "local")
PASSWORD = "a long enough password"


class Site:
    """A service and an app of one page, that counts how often it is made."""

    def __init__(self, *, status=200, kind=b"text/html; charset=utf-8", seconds=0.0, headers=()):
        self.made, self.now, self.seconds = 0, "v1", seconds
        self.start = {"type": "http.response.start", "status": status, "headers": [(b"content-type", kind), *headers]}
        self.service = SimpleNamespace(
            makers=None, pages=Pages(), version=self.version, sessions=SimpleNamespace(csrf=lambda mark: f"token-{mark}")
        )
        self.version.__func__.quick = True
        self.keeping = Keeping(self.app, service=self.service)

    def version(self):
        return self.now

    async def app(self, scope, receive, send):
        self.made += 1
        number, marks = self.made, scope["state"].get("marks")
        assert receive is None or await receive() == {"type": "http.request", "body": b"", "more_body": False}
        await asyncio.sleep(self.seconds)
        await send(dict(self.start))
        shown = f"page {number} of {marks.name}, {marks.csrf}" if marks else f"page {number}"
        await send({"type": "http.response.body", "body": shown.encode()})

    async def ask(self, caller=ANN, path="/records", query=b"", **headers):
        sent = []

        async def send(message):
            sent.append(message)

        given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": given, "state": {"caller": caller}}
        await self.keeping(scope, None, send)
        start, body = sent
        return SimpleNamespace(
            status=start["status"], headers={name.decode(): text.decode() for name, text in start["headers"]}, text=body["body"].decode()
        )


def test_a_page_is_made_once_for_all_who_ask_for_it_and_again_for_another_version():
    async def asking():
        site = Site(seconds=0.01)
        assert {each.text for each in await asyncio.gather(*(site.ask() for _ in range(20)))} == {"page 1"}
        assert (await site.ask(query=b"a=b")).text == "page 2"
        assert (await site.ask()).text == "page 1"

    asyncio.run(asking())


def test_what_may_have_changed_is_given_while_it_is_made_anew_and_not_once_it_is_stale(monkeypatch):
    monkeypatch.setattr(kept, "LASTS", 0.0)

    async def asking():
        site = Site(seconds=0.02)
        await site.ask()
        site.now = "v2"
        assert [each.text for each in await asyncio.gather(site.ask(), site.ask())] == ["page 1", "page 1"]
        await asyncio.sleep(0.06)
        assert ((await site.ask()).text, site.made) == ("page 2", 2)
        site.now = "v3"
        monkeypatch.setattr(kept, "STALE", 0.0)
        assert (await site.ask()).text == "page 3"

    asyncio.run(asking())


def test_what_was_true_until_just_now_is_not_stale_however_long_ago_it_was_made(monkeypatch):
    monkeypatch.setattr(kept, "STALE", 0.2)

    async def asking():
        site = Site()
        monkeypatch.setattr(kept, "LASTS", 0.0)
        site.service.pages.look("v1")
        await site.ask()
        await asyncio.sleep(0.25)
        site.now = "v2"
        site.service.pages.look("v2")
        assert (await site.ask()).text == "page 1"

    asyncio.run(asking())


def test_who_decided_sees_it_at_once_and_others_need_not_wait(monkeypatch):
    async def asking():
        site = Site(seconds=0.02)
        bob = Caller("bob", Role.ADMIN, "local")
        under_way = asyncio.create_task(site.ask())  # begun before the decision, and so of before it
        await asyncio.sleep(0.01)
        site.service.pages.forget("ann")
        other, own = await asyncio.gather(under_way, site.ask())
        assert (other.text, own.text) == ("page 1", "page 2")
        site.service.pages.forget("ann")
        assert [each.text for each in await asyncio.gather(site.ask(bob), site.ask())] == ["page 2", "page 3"]
        assert (await site.ask(bob)).text == "page 3"

    asyncio.run(asking())


@pytest.mark.parametrize(
    "given",
    [
        {"status": 404},
        {"status": 303},
        {"kind": b"application/json"},
        {"headers": [(b"set-cookie", b"a=b")]},
        {"headers": [(b"cache-control", b"no-store")]},
    ],
)
def test_what_is_not_kept(given):
    async def asking():
        site = Site(**given)
        assert [(await site.ask()).text, (await site.ask()).text] == ["page 1", "page 2"]

    asyncio.run(asking())


@pytest.mark.parametrize("path", ["/api/v1/records", "/records.json", "/changes.atom", "/sign-in", "/static/1/orbat.css"])
def test_what_is_no_page_passes(path):
    async def asking():
        site = Site()
        assert [(await site.ask(path=path)).text, (await site.ask(path=path)).text] == ["page 1", "page 2"]

    asyncio.run(asking())


def test_nobody_sees_the_name_or_token_of_another():
    async def asking():
        site = Site()
        ann, bob = (Caller(name, Role.ADMIN, "session", f"mark-{name}") for name in ("ann", "<bob>"))
        first, second = await site.ask(ann), await site.ask(bob)
        assert (first.text, second.text, site.made) == (
            "page 1 of ann, token-mark-ann",
            "page 1 of &lt;bob&gt;, token-mark-<bob>",
            1,
        )
        assert first.headers["etag"] != second.headers["etag"]
        assert (await site.ask(ann, if_none_match=first.headers["etag"])).status == 304
        assert (await site.ask(bob, if_none_match=first.headers["etag"])).status == 200
        assert site.made == 1

    asyncio.run(asking())


def test_one_role_s_page_is_not_another_s():
    async def asking():
        site = Site()
        callers = [Caller("ann", role, via) for role in Role for via in ("local", "session", "token")]
        callers.append(Caller("bob", Role.JUDGE, "session"))  # a judge's own judgements have buttons
        texts = [(await site.ask(each)).text.split(" of")[0] for each in callers]
        assert len(set(texts)) == len(callers)

    asyncio.run(asking())


def test_what_fails_fails_for_all_who_wait_and_is_tried_again():
    async def asking():
        site = Site()
        site.start = None
        found = await asyncio.gather(site.ask(), site.ask(), return_exceptions=True)
        assert [type(each) for each in found] == [TypeError, TypeError]
        assert site.made == 1
        site.start = Site().start
        assert (await site.ask()).text == "page 2"

    asyncio.run(asking())


def test_memory_is_bounded():
    async def asking():
        site = Site()
        site.service.pages = Pages(most=5_000)
        for number in range(50):
            await site.ask(query=str(number).encode())
        assert len(site.service.pages._held) == 4  # a page of a few bytes counts as a thousand
        assert (await site.ask(query=b"49")).text == "page 50"
        assert (await site.ask(query=b"0")).text == "page 51"

    asyncio.run(asking())


# The service


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    path = tmp_path_factory.mktemp("kept") / "news.db"
    news_store(path)
    return path


def test_pages_of_those_who_sign_in_hold_their_own_names_and_tokens(shelf, tmp_path):
    accounts = Accounts(tmp_path / "accounts.db")
    names = {"ann": Role.ADMIN, "bob": Role.ADMIN, "cy": Role.JUDGE, "dee": Role.JUDGE, "eve": Role.READ}
    for name, role in names.items():
        accounts.add(name, PASSWORD, role)
    with serving(shelf, login=True, accounts=accounts.path) as client:
        tokens, pages = {}, {}
        for name in names:
            client.cookies.clear()
            client.post("/api/v1/session", json={"name": name, "password": PASSWORD}).raise_for_status()
            pages[name] = client.get("/review", headers=HTML)
            text = pages[name].text
            assert re.findall(r"Sign (\w+) out", text) == [name]
            assert not any(mark in text for mark in (client.app.state.service.pages.marks.name, client.app.state.service.pages.marks.csrf))
            found = set(re.findall(r'name="csrf_token" value="([^"]+)"', text))
            assert len(found) == 1
            (tokens[name],) = found
            assert ('action="/judgements"' in text) is (name != "eve")
            others = [token for other, token in tokens.items() if other != name]
            assert {client.post("/sign-out", data={"csrf_token": token}).status_code for token in others} <= {403}
            again = client.get("/review", headers={**HTML, "If-None-Match": pages[name].headers["etag"]})
            assert again.status_code == 304
        assert len(set(tokens.values())) == len({page.headers["etag"] for page in pages.values()}) == len(names)
        assert client.post("/sign-out", data={"csrf_token": tokens["eve"]}, follow_redirects=False).status_code == 303
        assert client.get("/review", headers=HTML, follow_redirects=False).status_code == 303


def test_a_kept_page_is_whole_packed_and_anew_once_it_may_not_lag(shelf, monkeypatch):
    with serving(shelf) as client:
        plain = client.get("/records", headers={**HTML, "Accept-Encoding": "identity"})
        packed = client.get("/records", headers={**HTML, "Accept-Encoding": "gzip"})
        assert (plain.text, plain.headers["etag"]) == (packed.text, packed.headers["etag"])
        assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "Accept-Encoding")
        assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) == len(plain.content)
        assert "content-security-policy" in packed.headers
        front = client.get("/", headers=HTML)
        with Store.open(shelf) as store:
            append(store, [reading(60)])
        assert client.get("/", headers=HTML).text == front.text
        client.post("/api/v1/judgements", json={"verdict": "grade", "left": "Paper 1", "value": "B"}).raise_for_status()
        assert client.get("/", headers=HTML).text != front.text


def test_a_page_made_of_a_view_that_lags_is_not_taken_for_new(shelf, monkeypatch):
    with serving(shelf) as client:
        service = client.app.state.service
        client.get("/groups", headers=HTML)
        before = client.get("/groups?limit=3", headers=HTML).text
        with Store.open(shelf) as store:
            append(store, [reading(61)])
        client.get("/groups?limit=4", headers=HTML)  # the view of before, five seconds at most
        monkeypatch.setattr(kept, "LASTS", 0.0)
        made = {key.query: answer.version for key, answer in service.pages._held.items()}
        assert made[b"limit=3"] is not None
        assert made[b"limit=4"] is None
        assert before


def test_first_pages_are_made_as_the_service_starts(shelf):
    with serving(shelf, warm=True) as client:
        pages, end = client.app.state.service.pages, time.monotonic() + 60
        while not set(FIRST) <= {key.path for key in pages._held} and time.monotonic() < end:
            time.sleep(0.01)
        held = {key.path: answer for key, answer in pages._held.items()}
        assert set(FIRST) <= set(held)
        found = client.get("/unknown", headers=HTML)
        assert found.content == held["/unknown"].made.body
