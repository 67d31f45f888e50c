"""Sitemaps: lists of a site's addresses, for ``orbat watch`` to follow. They hold no article."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from orbat.errors import ReadError
from orbat.ingest import dates, xmltree
from orbat.ingest.source import Source
from orbat.types import Document

_STEP = "Give it to 'orbat watch', which follows addresses, or save its pages and give those."
_ADDRESS = re.compile(r"https?://\S{3,2000}")


@dataclass(frozen=True, slots=True)
class SitemapLink:
    """One address of a sitemap.

    ``is_index``: it leads to another sitemap. ``modified``: the day of its last change (never a day of publication). ``published``,
    ``title``, ``source`` and ``language`` are what a news sitemap says of the article.
    """

    url: str
    is_index: bool = False
    modified: dt.date | None = None
    published: dt.date | None = None
    title: str = ""
    source: str = ""
    language: str = ""


def looks_like_sitemap(head: bytes) -> bool:
    """Whether the first bytes are those of a sitemap or of an index of sitemaps."""
    return re.search(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]", head[:4096].replace(b"\x00", b"")) is not None


def read_sitemap(source: Source) -> Iterator[Document]:
    """Nothing: a sitemap holds addresses and no article.

    Raises:
        ReadError: always, with how many addresses it holds.
    """
    found = list(links(source.read_all()))
    kind = "sitemaps" if any(link.is_index for link in found) else "pages"
    raise ReadError("It is a sitemap.", f"It lists addresses of {kind} ({len(found):,}), and no article.", _STEP)
    yield  # makes this a generator, as readers are


def links(data: bytes) -> Iterator[SitemapLink]:
    """The addresses of a sitemap (sitemaps.org, protocol 0.9, with the news extension) or of an index of sitemaps, in order.

    Raises:
        ReadError: no sitemap, or past the limits of ``xmltree``.
    """
    root = xmltree.parsed(data, what="The sitemap", step=_STEP)
    name = xmltree.local(root)
    if name not in ("urlset", "sitemapindex"):
        raise ReadError("It is no sitemap.", f"Its first element is '{name[:40]}'.", "Give the sitemap's own address.")
    for element in root:
        facts = _facts(element)
        if xmltree.local(element) in ("url", "sitemap") and _ADDRESS.fullmatch(facts.get("loc", "")):
            yield SitemapLink(
                facts["loc"],
                xmltree.local(element) == "sitemap",
                dates.find_date(facts.get("lastmod", "")),
                dates.find_date(facts.get("publication_date", "")),
                facts.get("title", ""),
                facts.get("name", ""),
                facts.get("language", ""),
            )


def _facts(element: Any) -> dict[str, str]:
    """The words of an entry by name; those of pictures and videos, which have titles and addresses too, left out."""
    facts: dict[str, str] = {}
    for child in element:
        if xmltree.local(child) == "news":
            for inner in child.iter():
                facts.setdefault(xmltree.local(inner), " ".join((inner.text or "").split()))
        elif xmltree.local(child) in ("loc", "lastmod"):
            facts.setdefault(xmltree.local(child), " ".join((child.text or "").split()))
    return facts
