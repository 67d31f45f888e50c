"""What every test of a page asks of it: it answers, it is whole HTML, nothing in it breaks the policy, its links are ours."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from lxml import etree

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "path", "rect", "line", "circle"}
)
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
