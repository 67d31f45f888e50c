"""What a page says of itself: title, byline, day, section, publisher and address, from its metadata first and its looks second.

Read in this order, each for itself: JSON-LD (schema.org), ``<meta>`` of Open Graph, Dublin Core and kin, microdata, then elements whose
class names tell what they are. Nothing is guessed: a modification date is no publication date, and an ambiguous day is none.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from orbat.ingest import bylines, dates, outlets
from orbat.ingest.elements import is_furniture
from orbat.ingest.textpage import Head

#: schema.org types that are the article of the page.
_ARTICLES = ("Article", "BlogPosting", "Report", "LiveBlogPosting", "PressRelease")
_META_DATES = (
    "article:published_time", "og:article:published_time", "datepublished", "date", "dc.date.issued", "dcterms.issued", "dc.date",
    "dcterms.date", "dcterms.created", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date", "published_time",
    "parsely-pub-date",
    "sailthru.date", "citation_publication_date", "citation_date", "originalpublicationdate", "ptime", "rnews:datepublished",
)  # fmt: skip
_META_AUTHORS = (
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "parsely-author",
    "sailthru.author",
    "citation_author",
    "twitter:creator",
)
_META_SECTIONS = ("article:section", "section", "parsely-section", "category", "dc.subject.section")
_META_SITES = (
    "og:site_name",
    "dc.publisher",
    "dcterms.publisher",
    "publisher",
    "article:publisher",
    "citation_publisher",
    "application-name",
)
_META_TITLES = ("og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title", "headline")
_SITES = frozenset(("NewsMediaOrganization", "Organization", "WebSite"))
_UPDATE_CLASS = re.compile(r"updat|modif|edited|revis", re.I)


def _word(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\s_-])(?:{words})(?:$|[\s_-])", re.I)


#: Words in class or id that say what an element tells.
_CLASSES = (
    ("date", _word("date|dateline|datetime|published|pubdate|timestamp|posted|postdate|time|created|publish")),
    ("byline", _word("byline|author|authors|writer|contributor|creator|reporter")),
    ("section", _word("section|kicker|category|categories|eyebrow|channel|rubric|cat-links")),
    ("crumbs", _word("breadcrumbs?|crumbs?|trail")),
    ("copyright", _word("copyright|footer|colophon")),
)
_SUFFIX = re.compile(r"\s+(?:[|»·•:/]|[-–—]{1,2})\s+")
#: At most so many elements of a class are looked at: what a page says of itself stands early.
_MAX_LOOKS = 40
#: Largest JSON-LD block that is parsed: real ones are below 100 kB, article bodies among them.
_MAX_LD = 2_000_000


@dataclass(slots=True)
class _Page:
    """What one pass over the page gathered; each list in the order of the page."""

    metas: dict[str, list[str]] = field(default_factory=dict)
    articles: list[dict[str, Any]] = field(default_factory=list)
    others: list[dict[str, Any]] = field(default_factory=list)
    looks: dict[str, list[Any]] = field(default_factory=dict)

    def meta(self, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            yield from self.metas.get(name, ())

    def look(self, name: str) -> list[Any]:
        return self.looks.get(name, [])


def read(tree: Any) -> tuple[Head, str]:
    """What the page says of its article, and the page's region ("us", or empty) for dates in numbers. The tree is left as it is."""
    page = _gathered(tree)
    region = _region(tree, page)
    site = _site(tree, page)
    url = _url(tree, page)
    title = _title(tree, page, site)
    published = _published(page, region, url)
    return Head(title, _byline(page), published, _section(page, title, site), site, url), region


def _gathered(tree: Any) -> _Page:
    page = _Page()
    for element in tree.iter():
        tag = element.tag
        if tag == "meta":
            name = (element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
            if name and (content := _plain(element.get("content") or "")):
                page.metas.setdefault(name, []).append(content)
        elif tag == "script":
            for thing in _things(element):
                is_article = any(kind.endswith(_ARTICLES) for kind in _types(thing))
                (page.articles if is_article else page.others).append(thing)
        elif isinstance(tag, str):
            for name in _looks(element):
                found = page.looks.setdefault(name, [])
                if len(found) < _MAX_LOOKS:
                    found.append(element)
    return page


def _looks(element: Any) -> Iterator[str]:
    """What an element's tag and names say that it tells."""
    tag, prop, rel = element.tag, element.get("itemprop") or "", element.get("rel") or ""
    if tag in ("h1", "title", "time", "link"):
        yield tag
    elif tag in ("h2", "h3"):
        yield "subheading"
    if prop in ("headline", "author", "datePublished"):
        yield prop
    if rel:
        yield from (name for name in ("author", "category") if name in rel.split())
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if names != " ":
        yield from (name for name, pattern in _CLASSES if pattern.search(names))
    if tag in ("footer", "small", "center", "td", "p", "address"):
        yield "line" if tag != "footer" else "footer"


def _title(tree: Any, page: _Page, site: str) -> str:
    stated = [_text(thing.get("headline") or thing.get("name")) for thing in page.articles] + list(page.meta(_META_TITLES))
    window = _plain(next((element.text_content() for element in page.look("title")), ""))
    headings = [_plain(element.text_content()) for element in page.look("headline") + page.look("h1")]
    # a window named after the publisher names no article
    known = [_unsuffixed(title, site) for title in [*stated, "" if outlets.is_outlet(window) else window] if title]
    # the heading that the metadata repeats is the title as the reader sees it
    lesser = [_plain(element.text_content()) for element in page.look("subheading")]
    repeated = [heading for heading in headings + lesser if any(_close(heading, title) for title in known)]
    stated_first = known[:1] if any(stated) else []
    return next(filter(None, [*repeated, *stated_first, *(headings if len(headings) == 1 else []), *known, *headings]), "")


def _byline(page: _Page) -> str:
    for thing in page.articles:
        if names := _names(thing.get("author") or thing.get("creator")):
            return names
    for content in page.meta(_META_AUTHORS):
        if not content.startswith(("http", "@")) and (names := bylines.clean(content)):
            return names
    for element in page.look("author") + page.look("byline"):
        inner = element.xpath(".//*[@itemprop='name']")
        text = _plain((inner[0] if inner else element).text_content())
        if len(text) > 200 or _in_furniture(element):
            continue
        names = bylines.byline_of(text) or bylines.byline_of(re.split(r"[|·•]| [-–—] |\d", text)[0])
        names = names or (bylines.clean(text) if len(text.split()) <= 5 else "")
        if names and not re.search(r"\d", names):
            return names
    return ""


def _published(page: _Page, region: str, url: str) -> dt.date | None:
    stated = [_text(thing.get("datePublished") or thing.get("dateCreated")) for thing in page.articles]
    stated += page.meta(_META_DATES)
    stated += [element.get("content") or element.get("datetime") or element.text_content() for element in page.look("datePublished")]
    for text in stated:
        if day := dates.find_date(_plain(text), region=region):
            return day
    looks = [(element, _plain(element.text_content())) for element in page.look("time") + page.look("date")]
    hints = "\n".join(text[:200] for _, text in looks)
    for element, text in looks:
        if len(text) > 200 or _UPDATE_CLASS.search(_around(element)) or _in_furniture(element):
            continue
        if day := dates.find_date(element.get("datetime") or "") or dates.find_date(text, region=region, hints=hints):
            return day
    return dates.date_of_url(url)


def _section(page: _Page, title: str, site: str) -> str:
    stated = [_text(thing.get("articleSection")) for thing in page.articles] + list(page.meta(_META_SECTIONS))
    trails = [
        [_text(item.get("name") or item.get("item")) for item in _dicts(thing.get("itemListElement"))]
        for thing in page.others
        if "BreadcrumbList" in _types(thing)
    ]
    for element in page.look("crumbs"):
        parts = [_plain(part.text_content()) for part in element.xpath(".//a | .//li[not(.//a)]")]
        trails.append(parts or re.split(r"[>»›/]", _plain(element.text_content())))
    not_sections = {"", "home", "homepage", site.lower(), title.lower()}
    for trail in trails:
        steps = [step.strip(" >»›/|") for step in trail]
        stated += [step for step in steps if step.lower() not in not_sections and len(step) <= 40 and not _close(step, title)][-1:]
    stated += [_plain(element.text_content()) for element in page.look("category")]
    for element in page.look("section"):
        text = _plain(element.text_content())
        if (
            element.tag not in ("section", "article", "body")
            and 0 < len(text) <= 40
            and not re.search(r"\d", text)
            and not _in_furniture(element)
        ):
            stated.append(re.sub(r"^(?:posted|filed|published)? ?(?:in|under):? ", "", text, flags=re.I))
    return next(filter(None, stated), "")


def _site(tree: Any, page: _Page) -> str:
    stated = list(page.meta(_META_SITES[:1])) + [_text(thing.get("publisher")) for thing in page.articles]
    stated += [_text(thing.get("name")) for thing in page.others if _SITES & set(_types(thing))]
    stated += [content for content in page.meta(_META_SITES[1:]) if not content.startswith("http")]
    if site := next(filter(None, stated), ""):
        return site
    for element in [*page.look("footer"), *page.look("copyright"), *page.look("line")]:
        if name := outlets.copyright_owner(_plain(element.text_content())[:2_000]):
            return name
    window = _plain(next((element.text_content() for element in page.look("title")), ""))
    if outlets.is_outlet(window):
        return window
    parts = _SUFFIX.split(window)
    return parts[-1].strip() if len(parts) > 1 and len(parts[-1].split()) <= 5 and len(parts[0].split()) >= 4 else ""


def _url(tree: Any, page: _Page) -> str:
    links = [element.get("href") or "" for element in page.look("link") if "canonical" in (element.get("rel") or "").lower()]
    stated = [_text(thing.get("url")) for thing in page.articles]
    return next((url for url in [*links, *page.meta(("og:url",)), *stated] if re.fullmatch(r"https?://\S{3,2000}", url)), "")


def _region(tree: Any, page: _Page) -> str:
    for text in (tree.get("lang") or "", *page.meta(("og:locale", "content-language", "dc.language"))):
        if match := re.fullmatch(r"[a-z]{2,3}[-_](?:[a-z]{4}[-_])?([a-z]{2})", text.strip(), re.I):
            return match[1].lower()
    return ""


def _things(element: Any) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-LD block; none where it is not JSON: that is the page's slip, and its other metadata still speaks."""
    block = re.sub(r"^\s*(?:<!--|//\s*<!\[CDATA\[)|(?:-->|//\s*\]\]>)\s*$", "", element.text or "")
    if "ld+json" not in (element.get("type") or "").lower() or len(block) > _MAX_LD:
        return
    try:
        value = json.loads(block, strict=False)
    except (ValueError, RecursionError):
        return
    for thing in _dicts(value):
        yield thing
        yield from _dicts(thing.get("@graph"))


def _dicts(value: object) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _types(thing: dict[str, Any]) -> list[str]:
    kinds = thing.get("@type")
    return [str(kind).rsplit("/", 1)[-1] for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind]


def _text(value: object) -> str:
    """The words of a schema.org value: a string, a named thing, or the first of a list that has words."""
    for _ in range(8):  # a list of things with names: real values are two deep
        if isinstance(value, list):
            value = next((item for item in value if item), "")
        elif isinstance(value, dict):
            value = value.get("name") or ""
    return _plain(value) if isinstance(value, str) else ""


def _names(value: object) -> str:
    parts = value if isinstance(value, list) else [value]
    names = [bylines.clean(_text(part)) for part in parts if not _text(part).startswith("http")]
    return ", ".join(dict.fromkeys(filter(None, names)))


def _plain(text: str) -> str:
    """Letters with single spaces; entities that JSON-LD and ``content`` carry twice are resolved."""
    return " ".join(unescape(text).split() if "&" in text else text.split())


def _around(element: Any) -> str:
    """Class names and first words near an element, where "updated" would stand."""
    parent = element.getparent()
    before = (
        _plain((parent.text or "") if parent is not None else "")
        if element.getprevious() is None
        else _plain(element.getprevious().tail or "")
    )
    return f"{element.get('class') or ''} {element.get('itemprop') or ''} {before} {_plain(element.text or '')[:40]}"


def _in_furniture(element: Any) -> bool:
    return any(is_furniture(above) for above in element.iterancestors())


def _unsuffixed(title: str, site: str) -> str:
    """``title`` without the name of the site before or after it, and without the "Print:" of print views."""
    title = re.sub(r"^print(?:able)?(?: version)?\s*[:|–-]\s+", "", title, flags=re.I)
    if site and title.lower().startswith(site.lower()) and (rest := title[len(site) :].lstrip()) and rest[0] in "|:»·•-–—":
        return rest.lstrip(" |»·•:/-–—")
    parts = _SUFFIX.split(title)
    if len(parts) > 1 and site and (parts[-1].strip().lower() in site.lower() or site.lower() in parts[-1].lower()):
        return title[: title.rfind(parts[-1])].rstrip(" |»·•:/-–—")
    return title


def _close(one: str, other: str) -> bool:
    """Whether one is the other, or a good part of its beginning, letters apart."""
    one, other = (re.sub(r"\W+", " ", text).strip().lower() for text in (one, other))
    return bool(one) and bool(other) and (one == other or (min(len(one), len(other)) >= 20 and (one in other or other in one)))
