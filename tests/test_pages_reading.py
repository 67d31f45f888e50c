"""Reading articles in from a page: pasted, as a file, from an address; how far it is, and who may."""

import html
import re

import pytest

from orbat.service.accounts import Accounts, Role
from orbat.service.config import Limits
from orbat.service.jobs import Job, State
from orbat.service.pages import reading
from orbat.store import Store
from tests.pagesaid import serving
from tests.test_service_api import NEWS, finished, reads

__all__ = ["reads"]  # a fixture

PASSWORD = "correct horse battery"
HOSTILE = "<img src=x onerror=alert(1)>.txt"


@pytest.fixture
def client(tmp_path, reads):
    Store.open(tmp_path / "own.db").close()
    with serving(tmp_path / "own.db") as client:
        yield client


def page(client, path):
    answer = client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 200, answer.text
    assert "<img" not in answer.text
    return answer.text


def posted(client, path, **given):
    answer = client.post(path, follow_redirects=False, **given)
    assert answer.status_code == 303, answer.text
    id = answer.headers["location"].removeprefix("/read/")
    page(client, f"/read/{id}")
    return id


def test_a_pasted_text_is_read_and_leads_to_its_article(client):
    id = posted(client, "/read/text", data={"text": NEWS, "title": "Gwoza", "source": "Lake Post", "published": "2014-08-08"})
    done = finished(client, id)
    assert done["state"] == "done"
    assert done["statements"] >= 1
    text = page(client, f"/read/{id}")
    assert f'href="/articles/{done["read"][0]}"' in text
    assert "Gwoza" in text
    assert "data-events" not in text
    assert "Look again" not in text
    assert client.get(f"/read/{id}.json").json() == done
    assert f'href="/read/{id}"' in page(client, "/read")
    again = finished(
        client, posted(client, "/read/text", data={"text": NEWS, "title": "Gwoza", "source": "Lake Post", "published": "2014-08-08"})
    )
    assert again["statements"] == 0
    assert "Nothing new was found" in page(client, f"/read/{again['id']}")


def test_a_file_is_read_and_its_name_is_no_html(client):
    id = posted(client, "/read/file", files={"file": (HOSTILE, NEWS.encode(), "text/plain")})
    assert finished(client, id)["documents"] == 1
    assert html.escape(HOSTILE, quote=False) in page(client, f"/read/{id}")
    assert html.escape(HOSTILE, quote=False) in page(client, "/read")


def test_what_cannot_be_read_is_told(client):
    id = posted(client, "/read/file", files={"file": ("odd.txt", b"\x00\x01\x02", "text/plain")})
    done = finished(client, id)
    assert done["state"] == "failed"
    text = page(client, f"/read/{id}")
    assert done["failures"][0]["message"] in html.unescape(text)
    assert "odd.txt" in page(client, "/failures")


def test_progress_is_watched_and_never_kept_by_the_browser(client, monkeypatch):
    waiting = Job("1" * 16, "late.txt", "local", State.WAITING, reading.dt.datetime.now(reading.dt.UTC))
    before = Job("2" * 16, "early.txt", "local", State.READING, waiting.posted_at)
    monkeypatch.setattr(client.app.state.service.jobs, "_jobs", {before.id: before, waiting.id: waiting})
    answer = client.get(f"/read/{waiting.id}", headers={"accept": "text/html"})
    assert answer.headers["cache-control"] == "no-store"
    assert client.get("/read").headers["cache-control"] == "no-store"
    assert f'data-events="/api/v1/jobs/{waiting.id}/events"' in answer.text
    assert "1 other before it" in answer.text
    assert "Look again" in answer.text
    assert 'http-equiv="refresh"' not in answer.text
    assert reading.place_of(client.app.state.service.jobs.all(), before.id) == 0


@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("/read/text", {"data": {"text": "  "}}, 400),
        ("/read/text", {"data": {"text": NEWS, "published": "yesterday"}}, 400),
        ("/read/file", {}, 422),
        ("/read/address", {"data": {"url": "https://news.test/a"}}, 403),
    ],
)
def test_what_cannot_be_posted_is_refused_with_why(client, path, given, status):
    answer = client.post(path, headers={"accept": "text/html"}, **given)
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert not client.get("/read.json").json()["items"]


def test_limits_are_said_before_anything_is_posted(tmp_path, reads):
    Store.open(tmp_path / "own.db").close()
    with serving(tmp_path / "own.db", limits=Limits(characters=1_234, upload=3 * 2**20, documents=7), allow_fetch=True) as client:
        text = page(client, "/read")
        assert "1\u202f234 characters" in text
        assert 'data-most="1234"' in text
        assert "Up to 3 MB and 7 articles" in text
        assert f'data-most="{3 * 2**20}"' in text
        assert 'action="/read/address"' in text
        too_much = client.post("/read/file", files={"file": ("a.txt", b"a" * (3 * 2**20 + 1))})
        assert too_much.status_code == 413
    with serving(tmp_path / "own.db") as client:
        assert "fetches nothing from the web" in page(client, "/read")


def test_only_who_may_judge_posts_and_the_page_s_token_is_asked_for(tmp_path, reads):
    Store.open(tmp_path / "own.db").close()
    accounts = Accounts(tmp_path / "accounts.db")
    for role in (Role.READ, Role.JUDGE):
        accounts.add(f"{role}er", PASSWORD, role)
    with serving(tmp_path / "own.db", login=True, accounts=accounts.path) as client:
        assert client.get("/read", headers={"accept": "text/html"}, follow_redirects=False).headers["location"].startswith("/sign-in")
        for name in ("reader", "judgeer"):
            client.cookies.clear()
            assert client.post("/api/v1/session", json={"name": name, "password": PASSWORD}).status_code == 200
            text = page(client, "/read")
            token = re.search(r'name="csrf_token" value="([^"]+)"', text)[1]
            forged = client.post("/read/text", data={"text": NEWS}, follow_redirects=False)
            assert forged.status_code == 403
            answer = client.post("/read/text", data={"text": NEWS, "csrf_token": token}, follow_redirects=False)
            if name == "reader":
                assert 'action="/read/text"' not in text
                assert "You may read only" in text
                assert answer.status_code == 403
            else:
                assert answer.status_code == 303
                assert finished(client, answer.headers["location"].removeprefix("/read/"))["by"] == "judgeer"
