"""What the service promises of safety: a test for each promise."""

import http.server
import logging
import shutil
import socket
import sys
import threading
import time

import pytest
import uvicorn
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from orbat.cli import app as command
from orbat.errors import DataError, NotFoundError, ReadError
from orbat.fetching import Fetcher, is_public
from orbat.service import ServiceConfig, ServiceError
from orbat.service.accounts import Accounts, Role
from orbat.service.app import create_app
from orbat.service.config import Limits
from orbat.service.limits import RateLimit
from orbat.service.sessions import Sessions
from orbat.store import Store
from tests.pagesaid import HERE, serving
from tests.test_service_api import NEWS, finished, get, reads

__all__ = ["reads"]  # a fixture

AWAY = "https://desk.test"
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def accounts(tmp_path_factory):
    made = Accounts(tmp_path_factory.mktemp("accounts") / "accounts.db")
    for role in Role:
        made.add(f"{role}er", PASSWORD, role)
    return made


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    Store.open(path).close()
    return path


@pytest.fixture
def own(tmp_path, empty):
    """An empty store; copied, since making its tables takes longer than most tests."""
    return shutil.copy(empty, tmp_path / "own.db")


@pytest.fixture
def away(own, accounts):
    """A service that others can reach, and what opens clients of it."""
    given = ServiceConfig(store=str(own), host="0.0.0.0", names=("desk.test",), accounts=accounts.path)
    app = create_app(given)

    def client(**headers):
        return TestClient(app, base_url=AWAY, headers=headers, follow_redirects=False)

    with client() as first:
        first.another = client
        yield first


def signed_in(client, name):
    answer = client.post("/api/v1/session", json={"name": name, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return {"X-CSRF-Token": answer.json()["csrf_token"]}


def bearer(accounts, role):
    return {"Authorization": f"Bearer {accounts.new_token(f'{role}-program', role)[1]}"}


# Who gets in


def test_on_this_machine_no_login_is_needed(own):
    for host in ("127.0.0.1", "::1", "localhost"):
        with serving(own, host=host) as client:
            assert get(client, "/session")["via"] == "local"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.1.5", "desk.test"])
def test_elsewhere_it_does_not_start_without_accounts(own, tmp_path, host):
    with pytest.raises(ServiceError, match="no accounts"):
        create_app(ServiceConfig(store=str(own), host=host, accounts=tmp_path / "none.db"))


def test_login_can_be_asked_for_on_this_machine_too(own, accounts):
    with serving(own, login=True, accounts=accounts.path) as client:
        assert client.get("/api/v1/statements").status_code == 401


def test_nothing_is_told_without_signing_in(away):
    described = create_app(ServiceConfig()).openapi()["paths"]
    open_paths = {"/api/v1/session", "/api/v1/health"}
    assert len(described) > 25
    for path, operations in described.items():
        for method in operations:
            answer = away.request(method, path.replace("{", "").replace("}", ""))
            if path in open_paths and method != "delete":
                continue
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), path
    assert away.get("/api/v1/openapi.json").status_code == 401
    page = away.get("/groups?q=a", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?next=%2Fgroups%3Fq%3Da")


def test_passwords_and_tokens_are_kept_as_hashes_for_their_owner_alone(accounts):
    _, secret = accounts.new_token("program", Role.READ)
    data = accounts.path.read_bytes()
    assert PASSWORD.encode() not in data
    assert secret.split("_", 2)[2].encode() not in data
    assert data.count(b"$argon2id$") == 3
    assert accounts.path.stat().st_mode & 0o077 == 0


def test_a_token_lets_a_program_in_until_it_is_revoked(away, accounts):
    made, secret = accounts.new_token("program", Role.READ)
    headers = {"Authorization": f"Bearer {secret}"}
    assert away.get("/api/v1/session", headers=headers).json()["via"] == "token"
    for wrong in (secret[:-1], secret + "a", f"orbat_{made.id}_", "orbat__", "x", secret.replace("orbat", "ORBAT")):
        assert away.get("/api/v1/session", headers={"Authorization": f"Bearer {wrong}"}).status_code == 401
    accounts.revoke(made.id)
    assert away.get("/api/v1/session", headers=headers).status_code == 401


def test_a_wrong_password_and_an_unknown_name_are_told_the_same(away):
    wrong = [away.post("/api/v1/session", json={"name": name, "password": "wrong"}) for name in ("reader", "nobody")]
    assert [each.status_code for each in wrong] == [401, 401]
    assert wrong[0].json() == wrong[1].json()


def test_a_short_password_or_an_odd_name_is_not_taken(tmp_path):
    made = Accounts(tmp_path / "accounts.db")
    for name, password in (("ann", "short"), ("a b", PASSWORD), ("", PASSWORD), ("ann", "x" * 2_000)):
        with pytest.raises(ServiceError):
            made.add(name, password, Role.READ)
    assert made.empty


# What each role may


def test_roles(away, accounts):
    reader, judge, admin = (bearer(accounts, role) for role in Role)
    other = bearer(accounts, Role.JUDGE)
    grade = {"verdict": "grade", "left": "Example Daily", "value": "B"}
    assert away.get("/api/v1/judgements", headers=reader).status_code == 200
    for path, given in (("/judgements", grade), ("/articles", {"text": NEWS}), ("/articles/fetch", {"url": "https://a.test"})):
        assert away.post(f"/api/v1{path}", json=given, headers=reader).status_code == 403
    assert away.post("/api/v1/articles/upload", files={"file": ("a.txt", NEWS)}, headers=reader).status_code == 403
    made = away.post("/api/v1/judgements", json=grade, headers=judge)
    assert (made.status_code, made.json()["judgement"]["by"]) == (201, "judge-program")
    path = f"/api/v1/judgements/{made.json()['judgement']['id']}"
    assert away.delete(path, headers=reader).status_code == 403
    accounts.new_token("other-program", Role.JUDGE)
    other = {"Authorization": f"Bearer {accounts.new_token('other-program', Role.JUDGE)[1]}"}
    assert away.delete(path, headers=other).status_code == 403
    assert away.delete(path, headers=admin).status_code == 200


# Sessions


def test_a_session_is_a_signed_cookie_for_https_that_no_script_reads(away):
    answer = away.post("/api/v1/session", json={"name": "reader", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-orbat_session=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    value = cookie.split("=", 1)[1].split(";")[0]
    for forged in (value[:-2] + "AA", "a" + value[1:], value.replace(".0.", ".1."), ".".join(value.split(".")[:-1]), ""):
        assert away.another(Cookie=f"__Host-orbat_session={forged}").get("/api/v1/session").status_code == 401
    assert away.another(Cookie=f"__Host-orbat_session={value}").get("/api/v1/session").json()["name"] == "reader"
    assert away.another(Cookie=f"orbat_session={value}").get("/api/v1/session").status_code == 401


def test_on_this_machine_the_cookie_does_without_https(own, accounts):
    with serving(own, login=True, accounts=accounts.path) as client:
        answer = client.post("/api/v1/session", json={"name": "reader", "password": PASSWORD})
        assert "Secure" not in answer.headers["set-cookie"]
        assert "HttpOnly" in answer.headers["set-cookie"]
        assert client.get("/api/v1/statements").status_code == 200


def test_a_session_runs_out():
    made = Sessions(b"k" * 32, hours=1)
    assert made.read(made.begin("ann", 0)).name == "ann"
    over = Sessions(b"k" * 32, hours=-1)
    assert over.read(over.begin("ann", 0)) is None
    assert Sessions(b"l" * 32, hours=1).read(made.begin("ann", 0)) is None


def test_a_session_ends_with_signing_out_another_password_or_removal(away, accounts):
    accounts.add("ann", PASSWORD, Role.ADMIN)
    for end in ("out", "password", "removal"):
        token = signed_in(away, "ann")
        stolen = away.another(Cookie=f"__Host-orbat_session={away.cookies['__Host-orbat_session']}")
        assert stolen.get("/api/v1/session").status_code == 200
        if end == "out":
            assert away.delete("/api/v1/session", headers=token).status_code == 204
        elif end == "password":
            accounts.add("ann", PASSWORD + "2", Role.ADMIN)
            accounts.add("ann", PASSWORD, Role.ADMIN)
        else:
            accounts.remove("ann")
        assert stolen.get("/api/v1/session").status_code == 401
    with pytest.raises(NotFoundError):
        accounts.remove("ann")


# Posts from elsewhere


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_page_of_another_site_cannot_post_here(own, headers):
    with serving(own) as client:
        for method, path in (("POST", "/articles"), ("POST", "/judgements"), ("DELETE", "/judgements/ab"), ("POST", "/articles/upload")):
            answer = client.request(method, f"/api/v1{path}", headers=headers, json={"text": NEWS})
            assert answer.status_code == 403
            assert "another site" in answer.json()["detail"]
        assert get(client, "/jobs")["items"] == []


def test_a_page_of_ours_can(own):
    with serving(own) as client:
        grade = {"verdict": "grade", "left": "Example Daily", "value": "B"}
        headers = {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}
        assert client.post("/api/v1/judgements", json=grade, headers=headers).status_code == 201


def test_a_session_posts_only_with_its_own_token(away):
    grade = {"verdict": "grade", "left": "Example Daily", "value": "B"}
    token = signed_in(away, "judgeer")
    other = signed_in(away.another(), "judgeer")
    path = "/api/v1/judgements"
    assert away.post(path, json=grade).status_code == 403
    assert away.post(path, json=grade, headers=other).status_code == 403
    assert away.post(path, json=grade, headers={"X-CSRF-Token": "."}).status_code == 403
    assert away.post(path, json=grade, headers=token).status_code == 201
    assert get(away, "/session")["csrf_token"] != get(away, "/session")["csrf_token"]


def test_a_form_carries_its_token_in_a_field(away):
    token = signed_in(away, "judgeer")["X-CSRF-Token"]
    files = {"file": ("a.json", "{")}
    assert away.post("/api/v1/articles/upload", files=files).status_code == 403
    assert away.post("/api/v1/articles/upload", files=files, data={"csrf_token": token}).status_code == 202
    assert away.post("/api/v1/articles/upload", data={"csrf_token": token}).status_code == 422


# Hosts and headers


@pytest.mark.parametrize(
    "host", ["evil.test", "evil.test:8000", "127.0.0.1.evil.test", "localhost.evil.test", "10.0.0.1", "", "[::1].evil.test"]
)
def test_a_name_that_was_led_here_is_not_answered(own, host):
    with serving(own) as client:
        answer = client.get("/api/v1/statements", headers={"Host": host})
        assert answer.status_code == 421, host
        assert "items" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST."])
def test_this_machine_s_own_names_are(own, host):
    with serving(own) as client:
        assert client.get("/api/v1/statements", headers={"Host": host}).status_code == 200


def test_every_answer_carries_the_policy(own, away):
    with serving(own) as client:
        first = client.get("/api/v1/statements")
        tag = {"If-None-Match": first.headers["etag"]}
        client.app.state.service.store.failures = None
        answers = [
            first,
            client.get("/api/v1/statements", headers=tag),
            client.get("/nothing"),
            client.get("/api/v1/statements?limit=0"),
            client.get("/api/v1/failures"),
            client.get("/", headers={"Host": "evil.test"}),
            client.get("/api/v1/exports/csv"),
            away.get("/api/v1/statements"),
        ]
    assert [each.status_code for each in answers] == [200, 304, 404, 422, 500, 421, 200, 401]
    for each in answers:
        policy = dict(part.strip().split(" ", 1) for part in each.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert each.headers["x-content-type-options"] == "nosniff"
        assert each.headers["cross-origin-resource-policy"] == "same-origin"
    assert "max-age" in answers[-1].headers["strict-transport-security"]
    assert "strict-transport-security" not in first.headers
    assert "Traceback" not in answers[4].text


# How often


def test_a_bucket_lets_so_many_through(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("orbat.service.limits.time.monotonic", lambda: now[0])
    limit = RateLimit(3, 60)
    assert [limit.wait("a") for _ in range(3)] == [0, 0, 0]
    assert limit.wait("a") == pytest.approx(20)
    assert limit.wait("b") == 0
    now[0] = 20.5
    assert limit.wait("a") == 0
    for number in range(20_000):
        limit.wait(str(number))
    assert len(limit._held) <= 10_000


def test_who_asks_too_often_waits(own, accounts):
    given = {"login": True, "accounts": accounts.path, "limits": Limits(requests=5, sign_ins=3)}
    with serving(own, **given) as client:
        statuses = [client.get("/api/v1/health").status_code for _ in range(7)]
        assert statuses == [200] * 5 + [429] * 2
        assert int(client.get("/api/v1/health").headers["retry-after"]) > 0
    one_account = [bearer(accounts, Role.READ) for _ in range(2)]  # two tokens of one name, from two addresses
    app = create_app(ServiceConfig(store=str(own), **given))
    with TestClient(app, base_url=HERE, client=("10.0.0.1", 1)) as one:
        two = TestClient(app, base_url=HERE, client=("10.0.0.2", 1))
        assert [one.get("/api/v1/session", headers=one_account[0]).status_code for _ in range(4)] == [200] * 4
        assert [two.get("/api/v1/session", headers=one_account[1]).status_code for _ in range(2)] == [200, 429]


def test_passwords_cannot_be_tried_often(own, accounts):
    app = create_app(ServiceConfig(store=str(own), login=True, accounts=accounts.path, limits=Limits(sign_ins=3)))
    wrong = {"name": "reader", "password": "wrong"}
    with TestClient(app, base_url=HERE, client=("10.0.0.1", 1)) as one:
        assert [one.post("/api/v1/session", json=wrong).status_code for _ in range(4)] == [401, 401, 401, 429]
        two = TestClient(app, base_url=HERE, client=("10.0.0.2", 1))
        assert two.post("/api/v1/session", json={"name": "reader", "password": PASSWORD}).status_code == 429


# Secrets, uploads


def test_no_secret_is_logged(away, accounts, caplog):
    caplog.set_level(logging.DEBUG)
    secret = accounts.new_token("program", Role.READ)[1]
    token = signed_in(away, "reader")
    cookie = away.cookies["__Host-orbat_session"]
    away.get("/api/v1/statements", params={"q": "my-own-question", "token": secret}, headers={"Authorization": f"Bearer {secret}"})
    away.post("/api/v1/session", json={"name": "reader", "password": "tried-password", "more": 1})
    away.post("/api/v1/judgements", json={}, headers=token)
    bad = away.post("/api/v1/session", json={"name": "reader", "password": ["tried-password"]})
    told = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("orbat")) + bad.text
    assert "GET /api/v1/statements 422" in told or "GET /api/v1/statements 200" in told
    for word in (PASSWORD, "tried-password", secret, secret.split("_", 2)[2], cookie, token["X-CSRF-Token"], "my-own-question"):
        assert word not in told
    assert "secret-of-db" not in repr(ServiceConfig(store="postgresql+psycopg://me:secret-of-db@host/news"))


@pytest.mark.usefixtures("reads")
def test_posted_html_comes_out_as_text(own, tmp_path, monkeypatch):
    page = (
        "<html><head><title>T</title><script>alert(1)</script></head><body onload='alert(2)'><article><h1>Gwoza</h1>"
        f"<p>{NEWS} <img src=x onerror=alert(3)><a href='javascript:alert(4)'>more</a></p><p>It is &lt;script&gt;told&lt;/script&gt;.</p>"
        "<iframe src='http://127.0.0.1:1/'></iframe></article></body></html>"
    )
    reached = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: reached.append(address))
    with serving(own) as client:
        job = finished(client, client.post("/api/v1/articles", json={"html": page}).json()["id"])
        answer = client.get(f"/api/v1/documents/{job['read'][0]}")
        assert answer.headers["content-type"] == "application/json"
        text = answer.json()["text"]
        for mark in ("alert", "onerror", "onload", "<img", "<iframe", "javascript:"):
            assert mark not in text
        assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"onerror" in path.read_bytes()]
    assert reached == []


def test_more_than_may_be_posted_is_cut_off(own):
    with serving(own, limits=Limits(upload=2**20)) as client:
        big = b"x" * (2**20 + 1)
        assert client.post("/api/v1/articles/upload", files={"file": ("a.txt", big)}).status_code == 413

        def streamed():
            for _ in range(40):
                yield b"x" * 2**16

        answer = client.post("/api/v1/articles", content=streamed(), headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
        assert client.post("/api/v1/articles", content=b"{}", headers={"Content-Length": "-5"}).status_code in (400, 413, 422)
        assert get(client, "/jobs")["items"] == []


@pytest.mark.usefixtures("reads")
def test_what_explodes_is_a_failure_of_its_own(own):
    bombs = {
        "deep.json": b"[" * 200_000,
        "deep.html": b"<div>" * 200_000,
        "wide.html": b"<p>" + b"&a;" * 100_000,
        "entities.html": b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><html><body>&b;&b;</body></html>',
        "empty.txt": b"",
        "zero.txt": b"\0" * 100_000,
    }
    with serving(own) as client:
        started = time.monotonic()
        for name, data in bombs.items():
            job = finished(client, client.post("/api/v1/articles/upload", files={"file": (name, data)}).json()["id"])
            assert job["problem"] == "", (name, job)
            assert job["documents"] + job["failed"] >= 1, (name, job)
        assert time.monotonic() - started < 60
        assert client.get("/api/v1/health").json()["waiting"] == 0


def test_an_upload_holds_so_many_articles(own, monkeypatch, reader):
    monkeypatch.setattr("orbat.pipeline.Reader", lambda **_: reader)
    lines = "\n".join(f'{{"text": "Nothing happened on day {n}."}}' for n in range(6))
    with serving(own, limits=Limits(documents=4)) as client:
        job = finished(client, client.post("/api/v1/articles/upload", files={"file": ("a.jsonl", lines)}).json()["id"])
    assert (job["documents"], job["failed"]) == (4, 1)
    assert "more than 4 articles" in job["failures"][0]["message"]


# Fetching


@pytest.fixture
def site():
    """A web site on this machine whose answers a test sets, and the paths that it was asked for."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers["Host"]))
            answers[self.path.split("?")[0]](self)

        def log_message(self, *_):
            pass

    asked, answers = [], {}
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1], answers, asked
    server.shutdown()
    server.server_close()


def sends(body=b"", *, status=200, **headers):
    def answer(handler):
        handler.send_response(status)
        for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def fetcher(port, **given):
    """One that takes this machine's 127.0.0.1 for a public address, but no other."""
    ours = {"most": 10_000, "seconds": 5.0, "allowed": lambda address: address == "127.0.0.1", "ports": frozenset({port})}
    return Fetcher(**{**ours, **given})


def test_fetching_is_off_by_default(own):
    with serving(own) as client:
        answer = client.post("/api/v1/articles/fetch", json={"url": "https://news.test/"})
        assert (answer.status_code, get(client, "/jobs")["items"]) == (403, [])


PRIVATE = """127.0.0.1 127.1.2.3 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.1.1 0.0.0.0 224.0.0.1 240.0.0.1 255.255.255.255
192.0.2.1 198.18.0.1 ::1 :: fe80::1 fe80::1%eth0 fc00::1 fd12::1 fec0::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1
64:ff9b:1::1 2002:7f00:1:: 2001:0:7f00:1:: 2001:db8::1 ::7f00:1 100::1"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_no_address_but_a_public_one_is_reached(address, monkeypatch):
    assert not is_public(address)
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it was reached"))
    host = f"[{address}]" if ":" in address else address
    own = Fetcher(most=1_000, seconds=5.0, resolve=lambda host, port: [address])
    for asked in (f"http://{host}/", "http://innocent.test/"):
        with pytest.raises(ReadError):
            own.fetch(asked)
    with pytest.raises(ReadError):  # one public address beside it does not help
        Fetcher(most=1_000, seconds=5.0, resolve=lambda host, port: ["8.8.8.8", address]).fetch("http://innocent.test/")


def test_public_addresses_are():
    assert all(map(is_public, ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8")))


@pytest.mark.parametrize("way", ["http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/", "http://localhost/"])
def test_other_ways_to_write_this_machine_are_seen_through(way):
    with pytest.raises(ReadError):
        Fetcher(most=1_000, seconds=5.0).fetch(way)


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "ftp://a.test/", "gopher://a.test/", "//a.test/", "a.test", "", "http://", "http://me:pass@a.test/",
     "http://a.test:22/", "http://a.test:99999/", "http://a.test/\r\nX: y", "http://a.test/ b", "http://[::1", "http://a.test/\u00e9"],
)  # fmt: skip
def test_only_plain_addresses_of_the_web_are_fetched(address, monkeypatch):
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it was reached"))
    with pytest.raises(ReadError):
        Fetcher(most=1_000, seconds=5.0, resolve=lambda host, port: ["8.8.8.8"]).fetch(address)


def test_a_page_is_fetched_from_the_address_that_was_checked(site):
    port, answers, asked = site
    answers["/news"] = sends(b"<p>It happened.</p>")
    looked_up = []

    def resolve(host, port):
        looked_up.append(host)
        return ["127.0.0.1"] if len(looked_up) == 1 else ["10.0.0.1"]  # a name server that answers otherwise the second time

    page = fetcher(port, resolve=resolve).fetch(f"http://news.test:{port}/news?a=1#part")
    assert page.body == b"<p>It happened.</p>"
    assert asked == [("/news?a=1", f"news.test:{port}")]
    assert looked_up == ["news.test"]


@pytest.mark.parametrize(
    "onward", ["http://10.0.0.1:{port}/", "http://inside.test:{port}/", "http://169.254.169.254/latest", "file:///etc/passwd"]
)
def test_a_redirect_to_a_private_address_is_not_followed(site, onward):
    port, answers, asked = site
    answers["/go"] = sends(status=302, Location=onward.format(port=port))
    resolve = {"news.test": ["127.0.0.1"], "inside.test": ["192.168.0.1"]}
    own = fetcher(port, resolve=lambda host, port: resolve.get(host, [host]))
    with pytest.raises(ReadError):
        own.fetch(f"http://news.test:{port}/go")
    assert [path for path, _ in asked] == ["/go"]


def test_redirects_are_followed_so_far(site):
    port, answers, asked = site
    answers["/one"] = sends(status=301, Location="/two")
    answers["/two"] = sends(b"there")
    answers["/round"] = sends(status=307, Location="/round")
    own = fetcher(port)
    assert own.fetch(f"http://127.0.0.1:{port}/one").address.endswith("/two")
    with pytest.raises(ReadError, match="leads on"):
        own.fetch(f"http://127.0.0.1:{port}/round")
    assert len(asked) < 12


def test_size_time_and_kind_are_bounded(site):
    port, answers, _ = site

    def drips(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(200):
                handler.wfile.write(b"x")
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            return

    def mute(handler):
        try:
            for _ in range(200):
                handler.wfile.write(b"H")
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            return

    answers |= {"/drips": drips, "/mute": mute, "/big": sends(b"x" * 20_000), "/picture": sends(b"x", Content_Type="image/png")}
    answers |= {
        "/packed": sends(b"x", Content_Encoding="gzip"),
        "/error": sends(status=500),
        "/broken": sends(b"x", **{"Content-Length": "50"}),
    }
    own = fetcher(port, seconds=0.6)
    for path, why in (("big", "larger"), ("picture", "image/png"), ("packed", "compressed"), ("error", "500"), ("broken", "broke off")):
        with pytest.raises(ReadError, match=why):
            own.fetch(f"http://127.0.0.1:{port}/{path}")
    for path in ("drips", "mute"):
        started = time.monotonic()
        with pytest.raises(ReadError, match="more than"):
            own.fetch(f"http://127.0.0.1:{port}/{path}")
        assert time.monotonic() - started < 4


@pytest.mark.usefixtures("reads")
def test_a_fetched_page_is_read_with_its_address(own, site):
    port, answers, _ = site
    answers["/a"] = sends(f"<html><body><article><h1>Gwoza</h1><p>{NEWS}</p></article></body></html>".encode())
    with serving(own, allow_fetch=True) as client:
        client.app.state.service.jobs._fetcher = fetcher(port)
        job = finished(client, client.post("/api/v1/articles/fetch", json={"url": f"http://127.0.0.1:{port}/a"}).json()["id"])
        assert job["documents"] == 1, job
        assert get(client, f"/documents/{job['read'][0]}")["document"]["url"] == f"http://127.0.0.1:{port}/a"
        job = finished(client, client.post("/api/v1/articles/fetch", json={"url": "http://10.0.0.1/"}).json()["id"])
        assert (job["state"], job["failures"][0]["stage"]) == ("failed", "fetch")


# The commands


def run(*args, code=0, given=None):
    done = CliRunner().invoke(command, ["serve", *map(str, args)], input=given)
    assert done.exit_code == code, done.output
    return done


def test_users_and_tokens_by_command(tmp_path):
    at = ("--accounts", tmp_path / "accounts.db")
    run("users", "add", "ann", "--role", "judge", *at, given=f"{PASSWORD}\n")
    made = Accounts(tmp_path / "accounts.db")
    assert made.verified("ann", PASSWORD).role is Role.JUDGE
    assert "ann\tjudge" in run("users", "list", *at).stdout
    secret = run("tokens", "add", "feed", *at).stdout.strip()
    assert made.token(secret).name == "feed"
    assert secret.split("_", 2)[2] not in run("tokens", "list", *at).output  # a secret may hold more of that sign
    run("tokens", "revoke", made.token(secret).id, *at)
    run("users", "remove", "ann", *at)
    assert made.empty
    assert "no role" in run("tokens", "add", "feed", "--role", "king", *at, code=2).output


@pytest.mark.parametrize("proxy", ["", "127.0.0.1"])
def test_only_a_proxy_that_is_named_is_believed_and_needs_login(own, accounts, monkeypatch, proxy):
    made, seen = [], []

    def looking(app):
        async def look(scope, receive, send):
            seen.append(scope["client"][0])
            await app(scope, receive, send)

        return look

    monkeypatch.setattr("uvicorn.run", lambda app, **given: made.append(uvicorn.Config(looking(app), **given)))
    for name in ("one_arena", "gc.set_threshold", "sys.setswitchinterval"):  # of the whole process, which is the tests' here
        monkeypatch.setattr(f"orbat.service.running.{name}", lambda *_: None)
    called = ["serve", "--store", str(own), "--accounts", str(accounts.path), *(("--proxy", proxy) if proxy else ())]
    done = CliRunner().invoke(command, called)
    assert done.exit_code == 0, done.output
    (config,) = made
    config.load()
    said = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    for peer, known in (("127.0.0.1", "203.0.113.9" if proxy else "127.0.0.1"), ("198.51.100.7", "198.51.100.7")):
        answer = TestClient(config.loaded_app, base_url=HERE, client=(peer, 1)).get("/api/v1/exports", headers=said)
        assert seen[-1] == known
        assert (answer.status_code == 401) == bool(proxy)  # without one it is let in, to a service that is not begun here


def test_serve_says_why_it_does_not_start(tmp_path, monkeypatch):
    done = CliRunner().invoke(command, ["serve", "--host", "0.0.0.0", "--accounts", str(tmp_path / "none.db")])
    assert isinstance(done.exception, ServiceError)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    done = CliRunner().invoke(command, ["serve"])
    assert isinstance(done.exception, DataError)
    assert "pip install 'orbat[service]'" in str(done.exception)
