"""What every test of a page asks of it: it answers, it is whole HTML, nothing in it breaks the policy, its links are ours."""

from __future__ import annotations

import re
from contextlib import contextmanager
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient
from lxml import etree

from orbat.service import ServiceConfig
from orbat.service.app import create_app
from orbat.store import Store
from orbat.types import Document
from tests import generated
from tests.test_recordkeeping import AT, append, news, related, update

HERE = "http://127.0.0.1:8000"
HOSTILE = [
    '<script>alert("1")</script> Front',
    "Gun \"Front' onclick=x Army",
    "{{7*7}}{% raw %} Company",
    "a/b?c#d&e;f Brigade",
    "É\u202ecba Front",
]
VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "path", "rect", "line", "circle"}
)
OUT = "<script>alert(1)</script>\"'&"
"""What wants out of its place."""
HTML = {"Accept": "text/html"}


class Checked(HTMLParser):
    """A page as it is read: complaints about what a policy forbids and about ids, and what it links to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.complaints: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.refs: list[str] = []
        self.labels: set[str] = set()
        self.fields: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self._script = False
        self.feed(text)
        self.close()
        if self._open:
            self.complaints.append(f"not closed: {self._open}")

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if len(given) < len(attrs):
            self.complaints.append(f"<{tag}> has an attribute twice")
        self._script = tag == "script"
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.complaints.append(f"<{tag} {name}=…>")
            outward = tag == "a" and name == "href" and "noreferrer" in (given.get("rel") or "") and re.match("https?:", value or "")
            if name in ("href", "src", "action") and not outward and re.match(r"\s*(javascript|data|https?):", value or "", re.I):
                self.complaints.append(f"<{tag} {name}={value}>")
        if tag == "style":
            self.complaints.append("<style>")
        if tag == "script" and not given.get("src"):
            self.complaints.append("<script> without src")
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a" and given.get("href"):
            (self.refs if given["href"].startswith("#") else self.links).append(given["href"])
        if tag in ("link", "script"):
            self.links.append(given.get("href") or given.get("src") or "")
        if tag == "label" and given.get("for"):
            self.labels.add(given["for"])
        if tag in ("input", "select", "textarea") and given.get("type") not in ("hidden", "submit") and "label" not in self._open:
            self.fields.append((tag, given))
        if tag == "img" and "alt" not in given:
            self.complaints.append("<img> without alt")
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self._open or self._open.pop() != tag:
            self.complaints.append(f"</{tag}> closes nothing that is open")

    def handle_data(self, data):
        if self._script and data.strip():
            self.complaints.append("a script with content")


def checked(client, address: str, status: int = 200) -> tuple[str, Checked]:
    """A page that answers and has nothing to complain of."""
    answer = client.get(address, headers=HTML)
    assert answer.status_code == status, (address, answer.status_code, answer.text[:300])
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    text = answer.text
    assert text.startswith("<!doctype html>\n<html lang=")
    page = Checked(text)
    assert page.complaints == [], address
    assert len(page.ids) == len(set(page.ids)), [each for each in page.ids if page.ids.count(each) > 1]
    assert [ref for ref in page.refs if ref[1:] not in page.ids] == [], address
    unnamed = [given for _, given in page.fields if given.get("id") not in page.labels and not given.get("aria-label")]
    assert unnamed == [], address
    assert len(re.findall(r"<h1[ >]", text)) == len(re.findall(r"<main[ >]", text)) == 1
    parsed = etree.HTML(text)
    assert parsed.findtext(".//title").strip()
    return text, page


@contextmanager
def serving(store, **given):
    """A client of a service on a store."""
    with TestClient(create_app(ServiceConfig(store=str(store), **given)), base_url=HERE) as client:
        yield client


def client_on(fill):
    """A fixture: a client of a service on a store of the module's own, which ``fill`` makes at a path."""

    @pytest.fixture(scope="module")
    def client(tmp_path_factory):
        path = tmp_path_factory.mktemp("pages") / "news.db"
        fill(path)
        with serving(path) as client:
            yield client

    return client


def news_store(path):
    """Generated articles, some of them reprints, and their records."""
    with Store.open(path) as store:
        append(store, news())
        update(store, related=related, at=AT)


def desk_store(path):
    """The same, and an article whose title and publisher want out of their place."""
    with Store.open(path) as store:
        append(store, news())
        base = generated.document(90, sentences=5)
        bad = Document.of(base.text, title=OUT, source=OUT, published=base.published)
        append(store, [(bad, generated.statements(bad))])
        update(store, related=related, at=AT)


def hostile_store(path):
    """A store in which every group, town and speaker has a name that wants out of its place."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generated, "GROUPS", HOSTILE)
        patch.setattr(generated, "WEIGHTS", [1] * len(HOSTILE))
        patch.setattr(generated, "TOWNS", ["<b>Tal</b>", 'Kor"><img src=x onerror=alert(1)>'])
        patch.setattr(generated, "SPEAKERS", ["<i>Residents</i>", "'\"><svg/onload=alert(1)>"])
        docs = [generated.document(number, sentences=6) for number in range(12)]
        found = [(doc, generated.statements(doc)) for doc in docs]
    with Store.open(path) as store:
        append(store, found)
        update(store, related=related, at=AT)
