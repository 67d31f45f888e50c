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
from typing import Any

from orbat.ingest import bylines, dates
from orbat.ingest.textpage import Head

#: schema.org types that are the article of the page.
_ARTICLES = ("Article", "BlogPosting", "Report", "LiveBlogPosting", "PressRelease")
_META_DATES = (
    "article:published_time", "og:article:published_time", "datepublished", "date", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date",
    "dcterms.created", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date", "published_time", "parsely-pub-date",
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
_DATE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:date|dateline|datetime|published|pubdate|timestamp|posted|postdate|time|created|publish)(?:$|[\s_-])", re.I
)
_UPDATE_CLASS = re.compile(r"updat|modif|edited|revis", re.I)
_BYLINE_CLASS = re.compile(r"(?:^|[\s_-])(?:byline|author|authors|writer|contributor|creator|reporter)(?:$|[\s_-])", re.I)
_SECTION_CLASS = re.compile(
    r"(?:^|[\s_-])(?:section|kicker|category|categories|eyebrow|channel|rubric|cat-links|section-name)(?:$|[\s_-])", re.I
)
_CRUMB_CLASS = re.compile(r"breadcrumbs?|crumbs?\b|you-are-here|trail", re.I)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)\s*(?:copyright\s*)?(?:(?:19|20)\d\d(?:\s*[-–—]\s*(?:19|20)?\d\d)?)?,?\s*(?:by\s+)?(?P<name>[^.|©\n]{2,60}?)\s*(?:(?:19|20)\d\d)?\s*(?:[.|©]|all rights|$)",
    re.I,
)
_SUFFIX = re.compile(r"\s+(?:[|»·•:/]|[-–—]{1,2})\s+")
#: Largest JSON-LD block that is parsed: real ones are below 100 kB, article bodies among them.
_MAX_LD = 2_000_000


@dataclass(slots=True)
class _Page:
    """What one look at the page gathered; each list in the order of the page."""

    metas: dict[str, list[str]] = field(default_factory=dict)
    articles: list[dict[str, Any]] = field(default_factory=list)
    others: list[dict[str, Any]] = field(default_factory=list)

    def meta(self, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            yield from self.metas.get(name, ())


def read(tree: Any) -> tuple[Head, str]:
    """What the page says of its article, and the page's region ("us", or empty) for dates in numbers. The tree is left as it is."""
    page = _Page()
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv") or "").lower()
        content = _plain(element.get("content") or "")
        if name and content:
            page.metas.setdefault(name, []).append(content)
    for thing in _things(tree):
        is_article = any(kind.endswith(_ARTICLES) for kind in _types(thing))
        (page.articles if is_article else page.others).append(thing)
    region = _region(tree, page)
    site = _site(tree, page)
    head = Head(title=_title(tree, page, site), source=site, url=_url(tree, page))
    head.byline = _byline(tree, page)
    head.published = _published(tree, page, region, head.url)
    head.section = _section(tree, page, head.title, site)
    return head, region


def _title(tree: Any, page: _Page, site: str) -> str:
    stated = [_text(thing.get("headline") or thing.get("name")) for thing in page.articles] + list(page.meta(_META_TITLES))
    window = _plain(next((element.text_content() for element in tree.iter("title")), ""))
    headings = [_plain(element.text_content()) for element in tree.iter("h1")]
    known = [_unsuffixed(title, site) for title in [*stated, window] if title]
    for heading in headings:
        # the heading that the metadata repeats is the title as the reader sees it
        if heading and any(_close(heading, title) for title in known):
            return heading
    inside = [_plain(element.text_content()) for element in tree.xpath("//article//h1 | //main//h1 | //*[@itemprop='headline']")]
    first = known[:1] if stated and known else []
    return next(filter(None, [*first, *inside, *(headings if len(headings) == 1 else []), *known, *headings]), "")


def _byline(tree: Any, page: _Page) -> str:
    for thing in page.articles:
        if names := _names(thing.get("author") or thing.get("creator")):
            return names
    for content in page.meta(_META_AUTHORS):
        if not content.startswith(("http", "@")) and (names := bylines.clean(content)):
            return names
    marked = tree.xpath(
        "//*[@itemprop='author'] | //a[@rel='author'] | //*[contains(@class, 'p-author')] | //address[not(ancestor::footer)]"
    )
    looked = (element for element in tree.iter() if _is(element, _BYLINE_CLASS))
    for element in [*marked, *looked]:
        if _in_furniture(element):
            continue
        inner = element.xpath(".//*[@itemprop='name']")
        text = _plain(" ".join((inner[0] if inner else element).text_content().split()))
        names = (
            bylines.byline_of(text)
            or bylines.byline_of(re.split(r"[|·•]| [-–—] |\d", text)[0])
            or (bylines.clean(text) if len(text.split()) <= 5 else "")
        )
        if names and not re.search(r"\d", names):
            return names
    return ""


def _published(tree: Any, page: _Page, region: str, url: str) -> dt.date | None:
    stated = [_text(thing.get("datePublished") or thing.get("dateCreated")) for thing in page.articles]
    stated += page.meta(_META_DATES)
    stated += [
        element.get("content") or element.get("datetime") or element.text_content()
        for element in tree.xpath("//*[@itemprop='datePublished']")
    ]
    for text in stated:
        if text and (day := dates.find_date(_plain(text), region=region)):
            return day
    for element in tree.iter("time"):
        if (
            not _in_furniture(element)
            and not _UPDATE_CLASS.search(_around(element))
            and (day := dates.find_date(element.get("datetime") or "") or dates.find_date(_plain(element.text_content()), region=region))
        ):
            return day
    hints = "\n".join(_plain(element.text_content())[:200] for element in tree.iter() if _is(element, _DATE_CLASS))
    for element in tree.iter():
        if _is(element, _DATE_CLASS) and not _in_furniture(element):
            text = _plain(element.text_content())
            if (
                len(text) <= 200
                and not _UPDATE_CLASS.search(_around(element) + text[:30])
                and (day := dates.find_date(text, region=region, hints=hints))
            ):
                return day
    return dates.date_of_url(url)


def _section(tree: Any, page: _Page, title: str, site: str) -> str:
    for thing in page.articles:
        if section := _text(thing.get("articleSection")):
            return section
    if section := next(page.meta(_META_SECTIONS), ""):
        return section
    trails = [[_text(item.get("name") or (item.get("item") or {})) for item in _dicts(thing.get("itemListElement"))]
              for thing in page.others if "BreadcrumbList" in _types(thing)]  # fmt: skip
    for element in tree.iter():
        if _is(element, _CRUMB_CLASS):
            parts = [_plain(part.text_content()) for part in element.xpath(".//a | .//li[not(.//a)]")]
            trails.append(parts or [part.strip() for part in re.split(r"[>»›/]", _plain(element.text_content()))])
    for trail in trails:
        steps = [step.strip(" >»›/|") for step in trail]
        steps = [
            step
            for step in steps
            if step
            and step.lower() not in ("home", "homepage", site.lower(), title.lower())
            and len(step) <= 40
            and not _close(step, title)
        ]
        if steps:
            return steps[-1]
    for element in tree.iter():
        if (
            _is(element, _SECTION_CLASS)
            and element.tag in ("a", "span", "p", "div", "li", "strong", "h2", "h3", "h4", "small")
            and not _in_furniture(element)
        ):
            text = _plain(element.text_content())
            if 0 < len(text) <= 40 and not re.search(r"\d", text):
                return re.sub(r"^(?:posted|filed|published)? ?(?:in|under):? ", "", text, flags=re.I)
    return ""


def _site(tree: Any, page: _Page) -> str:
    if site := next(page.meta(_META_SITES[:1]), ""):
        return site
    for thing in page.articles:
        if site := _text(thing.get("publisher")):
            return site
    for thing in page.others:
        if {"NewsMediaOrganization", "Organization", "WebSite"} & set(_types(thing)) and (site := _text(thing.get("name"))):
            return site
    for content in page.meta(_META_SITES[1:]):
        if not content.startswith("http"):
            return content
    for element in tree.xpath(
        "//footer | //*[contains(@class, 'footer') or contains(@id, 'footer') or contains(@class, 'copyright')] | //small | //center | //td | //p"
    ):
        text = _plain(element.text_content()) if len(element) < 40 else ""
        if len(text) <= 1_000 and (match := _COPYRIGHT.search(text)) and (name := match["name"].strip(" ,-–—")) and name[0].isupper():
            return name
    window = _plain(next((element.text_content() for element in tree.iter("title")), ""))
    parts = _SUFFIX.split(window)
    return parts[-1].strip() if len(parts) > 1 and len(parts[-1].split()) <= 5 < len(parts[0].split()) + 2 else ""


def _url(tree: Any, page: _Page) -> str:
    links = [element.get("href") or "" for element in tree.iter("link") if "canonical" in (element.get("rel") or "").lower()]
    stated = [_text(thing.get("url")) for thing in page.articles]
    return next((url for url in [*links, *page.meta(("og:url",)), *stated] if re.match(r"https?://[^\s]{3,2000}$", url)), "")


def _region(tree: Any, page: _Page) -> str:
    stated = [tree.get("lang") or "", *page.meta(("og:locale", "content-language", "dc.language"))]
    for text in stated:
        if match := re.fullmatch(r"[a-z]{2,3}[-_](?:[a-z]{4}[-_])?([a-z]{2})", text.strip(), re.I):
            return match[1].lower()
    return ""


def _things(tree: Any) -> Iterator[dict[str, Any]]:
    for element in tree.iter("script"):
        if "ld+json" not in (element.get("type") or "").lower():
            continue
        block = re.sub(r"^\s*(?:<!--|//\s*<!\[CDATA\[)|(?:-->|//\s*\]\]>)\s*$", "", element.text or "")
        if len(block) > _MAX_LD:
            continue
        try:
            value = json.loads(block, strict=False)
        except (ValueError, RecursionError):
            continue  # a page's own slip; the other metadata still speaks
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
    if isinstance(value, list):
        return next(filter(None, map(_text, value)), "")
    if isinstance(value, dict):
        return _text(value.get("name") or "")
    return _plain(value) if isinstance(value, str) else ""


def _names(value: object) -> str:
    parts = value if isinstance(value, list) else [value]
    names = [bylines.clean(_text(part)) for part in parts if not _text(part).startswith("http")]
    return ", ".join(dict.fromkeys(filter(None, names)))


def _plain(text: str) -> str:
    """Letters with single spaces; entities that JSON-LD and ``content`` carry twice are resolved."""
    if "&" in text:
        import html

        text = html.unescape(text)
    return " ".join(text.split())


def _is(element: Any, pattern: re.Pattern[str]) -> bool:
    return isinstance(element.tag, str) and bool(pattern.search(element.get("class") or "") or pattern.search(element.get("id") or ""))


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
    from orbat.ingest.htmlpage import is_furniture

    return any(is_furniture(above) for above in element.iterancestors()) or element.tag == "nav"


def _unsuffixed(title: str, site: str) -> str:
    """``title`` without the name of the site that follows or precedes it."""
    parts = _SUFFIX.split(title)
    if len(parts) == 1:
        return title
    if site and parts[-1].strip().lower() in site.lower():
        return title[: title.rfind(parts[-1])].rstrip(" |»·•:/-–—")
    if site and parts[0].strip().lower() == site.lower():
        return title[len(parts[0]) :].lstrip(" |»·•:/-–—")
    return title


def _close(one: str, other: str) -> bool:
    """Whether one is the other, or a good part of its beginning, letters apart."""
    one, other = (re.sub(r"\W+", " ", text).strip().lower() for text in (one, other))
    return bool(one) and bool(other) and (one == other or (min(len(one), len(other)) >= 20 and (one in other or other in one)))
