"""News feeds: RSS 0.9 to 2.0 and RSS 1.0 (RDF), Atom, and JSON Feed. Entries with their full text become articles."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from orbat.errors import ReadError
from orbat.ingest import bylines, dates, htmlpage, textpage, xmltree
from orbat.ingest.source import Source
from orbat.types import Document, Failure

#: A summary of at least so many characters is taken for the article. WordPress cuts its own at 55 words, which are about 350.
LONG = 500

_STEP = "Check the address or the file in a feed reader, and save it again."
_FOLLOW = "Give the feed to 'orbat watch', which follows its links, or save the pages and give those."
#: How a feed ends; comments of caches may follow.
_END = re.compile(rb"</(?:\w+:)?(?:rss|feed|RDF)\s*>\s*(?:<!--.*?-->\s*)*$", re.I | re.S)
_TAIL = 2_000
_JSON_MARK = re.compile(rb'"version"\s*:\s*"https?:(?:\\?/){2}jsonfeed\.org')
_TAG = re.compile(r"<[A-Za-z!/]")
#: How a text ends that goes on elsewhere. A summary may also end with dots alone, a whole article with those of a quotation.
_MORE = re.compile(r"(?:\[(?:…|\.\.\.)\]|(?:continue reading|read more|read the full|keep reading)\b[^.]{0,120})[\s»→>]*$", re.I)
_CUT = re.compile(rf"(?:…|\.\.\.)[\s»→>]*$|{_MORE.pattern}", re.I)
_ADDRESS = re.compile(r"https?://\S{3,2000}")
#: Extensions whose titles and descriptions are those of pictures and recordings.
_ASIDE = frozenset(("http://search.yahoo.com/mrss/", "http://www.itunes.com/dtds/podcast-1.0.dtd"))
_DATES = ("pubdate", "published", "issued", "date")
_MAIL = re.compile(r"\S+@\S+\s*\((?P<name>[^()]{2,100})\)")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry of a feed: ``id`` as the feed gives it (else the link), ``published`` the day as written, in its own time zone.

    ``content`` is HTML, or plain text where ``is_text``; ``is_full`` where the feed gives it as the whole and not as a summary.
    """

    link: str
    id: str = ""
    title: str = ""
    published: dt.date | None = None
    author: str = ""
    source: str = ""
    content: str = ""
    is_text: bool = False
    is_full: bool = False


def looks_like_feed(head: bytes) -> bool:
    """Whether the first bytes are those of an RSS, Atom or JSON feed."""
    start = head[:4096].replace(b"\x00", b"")
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _JSON_MARK.search(head) is not None
    return re.search(rb"<(?:\w+:)?(?:rss|RDF|feed)[\s>]", start) is not None and b"<html" not in start.lower()


def is_json_feed(value: object) -> bool:
    """Whether a JSON value is a feed by JSON Feed's own mark (jsonfeed.org, versions 1 and 1.1)."""
    return isinstance(value, dict) and str(value.get("version", "")).startswith(
        ("https://jsonfeed.org/version/", "http://jsonfeed.org/version/")
    )


def read_feed(source: Source) -> Iterator[Document | Failure]:
    """Each entry that has a text is an article; one ``Failure`` tells how many have none but a link and a summary.

    Raises:
        ReadError: no feed, or past the limits of ``xmltree``.
    """
    data = source.read_all()
    yield from articles(entries(data), source.name)
    if not _END.search(data[-_TAIL:]) and b"\x00" not in data[-_TAIL:] and not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        cause = "It does not end with the tag that closes a feed, so its last entry may lack its text."
        yield Failure(source.name, "ingest", str(ReadError("The feed is cut off or damaged.", cause, "Save it again.")))


def entries(data: bytes, base_url: str = "") -> Iterator[FeedEntry]:
    """The entries of a feed in its order.

    Args:
        base_url: the address that the feed came from, for links that leave it out.

    Raises:
        ReadError: no feed, or past the limits of ``xmltree``.
    """
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        yield from _json_entries(data, base_url)
        return
    root = xmltree.parsed(data, what="The feed", step=_STEP)
    name = xmltree.local(root)
    if name not in ("rss", "rdf", "feed"):
        raise ReadError("It is no feed.", f"Its first element is '{name[:40]}', and not that of RSS or Atom.", _STEP)
    channel = root if name == "feed" else next((child for child in root if xmltree.local(child) == "channel"), root)
    publisher = _words(channel, "title")
    base = _joined(base_url, root.get(_BASE, "") if name == "feed" else _link(channel)) or base_url
    for holder in (channel, root) if channel is not root else (root,):
        for element in holder:
            if xmltree.local(element) in ("item", "entry"):
                yield _entry(element, publisher, base)


def articles(found: Iterator[FeedEntry], name: str) -> Iterator[Document | Failure]:
    """The articles of a feed's entries, and what could not be read of them.

    Args:
        name: the feed's, for failures.
    """
    total, bare = 0, []
    for total, entry in enumerate(found, 1):
        try:
            document = article(entry)
        except ReadError as error:
            yield Failure(entry.link or f"{name}:{total}", "ingest", str(error))
            continue
        if document is None:
            bare.append(total)
        else:
            yield document
    if bare or not total:
        yield Failure(name, "ingest", str(_links_only(bare, total)))


def article(entry: FeedEntry) -> Document | None:
    """The entry as an article; None where it holds no text, or a summary shorter than ``LONG`` characters or cut off.

    Raises:
        ReadError: its content is past the limits on pages.
    """
    lines = text_lines(entry.content) if entry.is_text else htmlpage.lines_of(entry.content)
    known = textpage.Head(entry.title, entry.author, entry.published, "", entry.source, entry.link)
    raw = "\n\n".join(lines)
    body, head = textpage.parse(raw, known=known)
    is_cut = _MORE.search(raw) if entry.is_full else len(body) < LONG or _CUT.search(raw)
    if not body.strip() or is_cut:
        return None
    return textpage.document(body.strip(), head)


def text_lines(text: str) -> list[str]:
    """Paragraphs of plain text: parted by blank lines, or each line one where there are none."""
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(parts) == 1:
        parts = parts[0].split("\n")
    return [" ".join(part.split()) for part in parts if part.strip()]


def _links_only(bare: list[int], total: int) -> ReadError:
    if not total:
        return ReadError("The feed is empty.", "It has no entry.", _STEP)
    which = ", ".join(map(str, bare[:20])) + (" and others" if len(bare) > 20 else "")
    whole = "All its entries carry" if len(bare) == total else f"{len(bare)} of its {total} entries carry"
    return ReadError(f"{whole} a link and at most a summary, not the article.", f"Entries without an article: {which}.", _FOLLOW)


_BASE = "{http://www.w3.org/XML/1998/namespace}base"


def _entry(element: Any, publisher: str, base: str) -> FeedEntry:
    parts: dict[str, list[Any]] = {}
    for child in element:
        if xmltree.namespace(child) not in _ASIDE:
            parts.setdefault(xmltree.local(child), []).append(child)
    base = _joined(base, element.get(_BASE, "")) or base
    link = _joined(base, _link(element))
    given = _first(parts, ("guid", "id"), _plain)
    content, is_text, is_full = _content(parts)
    origin = next((_words(one, "title") or _plain(one) for one in parts.get("source", ())), "")
    return FeedEntry(
        link or _address(given),
        given or link,
        _bare(_first(parts, ("title",), _plain)),
        dates.find_date(_first(parts, _DATES, _plain)),
        _authors([*parts.get("creator", ()), *parts.get("author", ())]),
        origin or publisher,
        content,
        is_text,
        is_full,
    )


def _content(parts: dict[str, list[Any]]) -> tuple[str, bool, bool]:
    """The richest text of an entry, whether it is plain, and whether it is given as the whole."""
    whole = [one for name in ("encoded", "content", "body") for one in parts.get(name, ()) if not one.get("url")]
    short = [one for name in ("description", "summary") for one in parts.get(name, ())]
    for group, is_full in ((whole, True), (short, False)):
        texts = [_markup(one) for one in group if not one.get("src")]
        best = max(texts, key=len, default="")
        if best.strip():
            is_text = not _TAG.search(best)
            return (html.unescape(best) if is_text else best), is_text, is_full
    return "", True, False


def _markup(element: Any) -> str:
    """The words of an element as HTML: escaped in it, in CDATA, or as XHTML elements."""
    import lxml.etree as etree

    if len(element):
        inner = "".join(etree.tostring(child, encoding="unicode", method="html") for child in element)
        return re.sub(r"<(/?)\w+:", r"<\1", (element.text or "") + inner)
    text = element.text or ""
    return html.escape(text) if element.get("type") in ("text", "text/plain") and _TAG.search(text) else text


def _authors(elements: list[Any]) -> str:
    names = []
    for element in elements:
        stated = _words(element, "name") or _plain(element)
        mail = _MAIL.fullmatch(stated)
        names.append(bylines.clean(mail["name"] if mail else stated if "@" not in stated else ""))
    return ", ".join(dict.fromkeys(filter(None, names)))


def _link(element: Any) -> str:
    """The address of a page that an entry or a feed gives; of Atom's, the one to the page itself."""
    found = [child for child in element if xmltree.local(child) == "link"]
    for child in found:
        if child.get("href") and child.get("rel", "alternate") == "alternate" and "xml" not in child.get("type", ""):
            return str(child.get("href")).strip()
    return next((child.text.strip() for child in found if (child.text or "").strip()), "")


def _first(parts: dict[str, list[Any]], names: tuple[str, ...], words: Callable[[Any], str]) -> str:
    return next((text for name in names for one in parts.get(name, ()) if (text := words(one))), "")


def _words(element: Any, name: str) -> str:
    return next((text for child in element if xmltree.local(child) == name and (text := _bare(_plain(child)))), "")


def _plain(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _bare(title: str) -> str:
    """A title without the tags and entities that some feeds escape twice."""
    return " ".join(html.unescape(re.sub(r"</?[A-Za-z][^<>]{0,200}>", "", title)).split())


def _joined(base: str, link: str) -> str:
    """A link of an entry as an address of the web; empty where it is none."""
    try:
        return _address(urljoin(base, link)) if link else ""
    except ValueError:  # brackets that belong to no IPv6 address
        return ""


def _address(link: str) -> str:
    return link if _ADDRESS.fullmatch(link) else ""


def _json_entries(data: bytes, base_url: str) -> Iterator[FeedEntry]:
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ReadError("The feed is not valid JSON.", f"{str(error)[:200]}.", _STEP) from error
    if not is_json_feed(value):
        raise ReadError("It is no feed.", "It is JSON without the mark of JSON Feed ('version').", _STEP)
    items = value.get("items")
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            yield _json_entry(item, _said(value, "title"), _joined(base_url, _said(value, "home_page_url")) or base_url)


def _json_entry(item: dict[str, Any], publisher: str, base: str) -> FeedEntry:
    people = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    names = [bylines.clean(_said(one, "name")) for one in people or () if isinstance(one, dict)]
    link = _joined(base, _said(item, "external_url") or _said(item, "url"))
    whole = [(text, key == "content_text") for key in ("content_html", "content_text") if (text := _said(item, key))]
    content, is_text = whole[0] if whole else (_said(item, "summary"), True)
    day = dates.find_date(_said(item, "date_published"))
    given = str(item.get("id") or link) if isinstance(item.get("id"), str | int) else link
    return FeedEntry(link, given, _said(item, "title"), day, ", ".join(filter(None, names)), publisher, content, is_text, bool(whole))


def _said(value: dict[str, Any], key: str) -> str:
    text = value.get(key)
    return text.encode("utf-8", "replace").decode("utf-8").strip() if isinstance(text, str) else ""
