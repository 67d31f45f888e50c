"""A web page to its article.

The page is cut of code, checked against limits, stripped of elements whose names say that they are furniture, and given to trafilatura,
which finds the article; what it leaves of heads and furniture goes line by line, as in a page saved as text. Nothing touches the network.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from orbat.errors import ReadError
from orbat.ingest import furniture, htmlmeta, pressbases, textpage
from orbat.ingest.decoding import decode
from orbat.ingest.elements import is_furniture
from orbat.ingest.lines import of_paragraphs
from orbat.ingest.source import Source
from orbat.types import Document, Failure

#: Limits on a page after its code and inline pictures are cut: far above any news page, and at the limits reading takes seconds.
MAX_MARKUP = 8 * 2**20
MAX_TAGS = 100_000
#: Line breaks have their own limit: trafilatura's time grows with their square (1.3 s for 16,000).
MAX_BREAKS = 20_000
MAX_ATTRIBUTES = 1_000
#: An export of a press database holds up to 500 articles; it is not given to trafilatura, and at so many times the limits takes seconds.
_WHOLE_LIMIT = 8
_STEP = "Save the article as plain text and read that."

_CODE = tuple(
    (re.compile(start, re.I), re.compile(end, re.I))
    for start, end in (
        (r"<script\b(?![^>]{0,200}ld\+json)", r"</script[^>]*>"),
        (r"<style\b", r"</style[^>]*>"),
        (r"<svg\b", r"</svg[^>]*>"),
        (r"<noscript\b", r"</noscript[^>]*>"),
        (r"<template\b", r"</template[^>]*>"),
        (r"<!--", r"-->"),
    )
)
_INLINE = re.compile(r"data:[a-z]+/[\w.+-]+(?:;[\w=.-]+)*,[^\s\"'<>)]*", re.I)
_BREAK = re.compile(r"<br\b", re.I)
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{5000,}")

#: An element that holds more than this share of the page's paragraphs is the article's frame, whatever its name.
_FRAME = 0.35
#: An element that holds more than this share of the page's paragraphs holds the whole article.
_WHOLE = 0.85
#: Text in paragraphs (characters) from which that share says something.
_ENOUGH = 600
#: So many lines above the article may tell its author and day.
_ABOVE = 15
#: Elements that stand as paragraphs of their own, in trafilatura's tree and in HTML.
_BLOCKS = frozenset(("p", "head", "list", "item", "quote", "table", "row", "cell", "code", "div", "ab")) | frozenset(
    ("body", "article", "main", "section", "header", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd")
)
_BLOCKS |= {"blockquote", "pre", "center", "tbody", "tr", "td", "th"}
#: trafilatura warns of every page without an article; the Failure says so already, so its log goes only where a program asks for it.
_QUIET = logging.NullHandler()
#: A whole page opens its body within so many characters.
_START = 100_000
#: A table's cell longer than this is no datum but a column of a page laid out by tables.
_CELL = 160


def looks_like_html(head: bytes) -> bool:
    """Whether the first bytes are those of a web page."""
    start = head[:2048].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or (
        start.startswith((b"<?xml", b"<!--")) and b"<html" in start
    )


def read_html(source: Source) -> Iterator[Document | Failure]:
    """The article of a web page, or the articles of an export of a press database.

    Paragraphs are parted by blank lines; title, byline, day, section, publisher and address are as stated.

    Stray NUL bytes are dropped, as browsers do. Captions, credits, buttons, forms, comments and lists of other stories are left out.

    Raises:
        ReadError: empty or binary; past the limits on size, tags, attributes or depth; or without text.
    """
    markup = decode(source.read_all(), markup=True)
    if pressbases.may_be_export(markup):
        found = of_paragraphs((line, "") for line in lines_of(markup, whole=True))
        if pressbases.is_export(found):
            yield from pressbases.documents(found, source.name)
            return
    yield article(markup)


def article(markup: str, *, url: str = "") -> Document:
    """The article of a page's markup, as ``read_html`` gives it.

    Args:
        url: where the page was saved from, for pages that do not state their address.

    Raises:
        ReadError: past the limits on size, tags, attributes or depth; or without text.
    """
    tree = _parsed(_bounded(_without_code(markup)))
    head, region = htmlmeta.read(tree)
    head.url = head.url or url
    _prune(tree)
    paragraphs = _paragraphs(tree)
    body, head = textpage.parse("\n\n".join(paragraphs), known=head, region=region)
    if not head.byline or head.published is None:
        # trafilatura leaves out lines such as "Posted: 5 May 2014 by ..."
        _, head = textpage.parse("\n".join(_above(tree, body)), known=head, region=region)
    if not body.strip():
        raise ReadError("There is no article in the page.", "No paragraph is left once menus, forms and lists are taken out.", _STEP)
    return textpage.document(body.strip(), head)


def lines_of(markup: str, *, whole: bool = False) -> list[str]:
    """All blocks of text of a piece of HTML in order, as in a feed or a letter: no page stands around it.

    Args:
        whole: no element is furniture for its name, as in letters and exports of press databases, and the limits are wider.

    Raises:
        ReadError: past the limits on size, tags, attributes or depth.
    """
    markup = _bounded(_without_code(markup), whole=whole)
    if not markup.strip():
        return []
    tree = _parsed(f"<html><body>{markup}</body></html>" if "<body" not in markup[:_START].lower() else markup)
    for element in tree.xpath("//*[contains(translate(@style, ' ', ''), 'display:none')]"):
        if element.getparent() is not None:
            element.drop_tree()  # newsletters hide the words that lists of letters show beside the subject
    if not whole:
        _prune(tree)
    out: list[str] = []
    for body in tree.iter("body"):
        _gather(body, out)
    return out


def _without_code(markup: str) -> str:
    """``markup`` without scripts (but JSON-LD), styles, drawings and comments. Linear in time, whatever is left open."""
    for start, end in _CODE:
        parts, place = [], 0
        while (found := start.search(markup, place)) and (close := end.search(markup, found.end())):
            parts.append(markup[place : found.start()])
            place = close.end()
        markup = "".join([*parts, markup[place:]]) if parts else markup
    return _INLINE.sub("", markup) if "data:" in markup else markup


def _bounded(markup: str, *, whole: bool = False) -> str:
    most, most_tags = (_WHOLE_LIMIT * MAX_MARKUP, _WHOLE_LIMIT * MAX_TAGS) if whole else (MAX_MARKUP, MAX_TAGS)
    if len(markup) > most:
        raise ReadError(
            "The page is too large.", f"It has {len(markup):,} characters without its code and pictures, more than {most:,}.", _STEP
        )
    if (tags := markup.count("<")) > most_tags:
        raise ReadError("The page has too many tags.", f"It has {tags:,}, more than {most_tags:,}.", _STEP)
    if not whole and (breaks := len(_BREAK.findall(markup))) > MAX_BREAKS:
        raise ReadError("The page has too many line breaks.", f"It has {breaks:,}, more than {MAX_BREAKS:,}.", _STEP)
    for tag in _LONG_TAG.finditer(markup):
        # libxml2 compares each attribute with all before it
        if len(re.sub(r"\"[^\"]*\"|'[^']*'", "", tag[0]).split()) > MAX_ATTRIBUTES:
            raise ReadError("The page has a tag with too many attributes.", f"It has more than {MAX_ATTRIBUTES:,}.", _STEP)
    return markup


def _parsed(markup: str) -> Any:
    # imported here: most runs read no HTML, and a cold start should not pay for it
    import lxml.etree  # type: ignore[import-untyped,unused-ignore]
    import lxml.html  # type: ignore[import-untyped,unused-ignore]

    parser = lxml.html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False, collect_ids=False
    )
    # Every element is a plain one: lxml's own table of form fields and the like is asked by a call into Python, again for each look.
    parser.set_element_class_lookup(lxml.etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement))
    try:
        tree = lxml.html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.LxmlError, ValueError, AssertionError) as error:
        raise ReadError("The page cannot be parsed.", f"{str(error)[:200]}.", _STEP) from error
    limits = parser.error_log.filter_from_errors()
    if deep := next((entry.message for entry in limits if entry.type_name == "ERR_RESOURCE_LIMIT"), ""):
        raise ReadError("The page is past the parser's limits.", f"{deep.split(',')[0]}.", _STEP)
    return tree


def _prune(tree: Any) -> None:
    """Take out what is furniture by name, unless it holds much of the page's text, and what stands below the article without prose."""
    weights: dict[Any, int] = {}
    for paragraph in tree.iter("p"):
        size = len(paragraph.text_content())
        for element in (paragraph, *paragraph.iterancestors()):
            weights[element] = weights.get(element, 0) + size
    frame = _FRAME * max(1, weights.get(tree, 0))
    for element in [element for element in tree.iter() if is_furniture(element)]:
        holds_table = element.tag == "figure" and element.find(".//table") is not None
        if weights.get(element, 0) <= frame and not holds_table and element.getparent() is not None:
            element.drop_tree()
    if weights.get(tree, 0) >= _ENOUGH:
        _prune_below(tree, weights)


def _prune_below(tree: Any, weights: dict[Any, int]) -> None:
    """Take out what follows the element that holds the article, where it has no line of prose: teasers, notices, lists of links."""
    whole = _WHOLE * sum(len(paragraph.text_content()) for paragraph in tree.iter("p"))
    element = tree
    while (inner := next((child for child in element if weights.get(child, 0) >= whole), None)) is not None and inner.tag != "p":
        element = inner
        for block in [*element.itersiblings()]:
            lines: list[str] = []
            if isinstance(block.tag, str) and block.tag not in ("p", "head", "body"):
                _gather(block, lines)
                if not any(map(furniture.is_prose, lines)):
                    block.drop_tree()


def _paragraphs(tree: Any) -> list[str]:
    """The article's paragraphs as trafilatura finds them, or all blocks where it finds none; a table's rows with " | " between cells."""
    import trafilatura

    try:
        found = trafilatura.bare_extraction(tree, options=_options())
    except Exception as error:  # whatever a page does to the library, the next page must still be read
        raise ReadError(
            "The article could not be found in the page.", f"trafilatura stopped: {type(error).__name__} {error}.", _STEP
        ) from error
    out: list[str] = []
    body: Any = None if found is None or isinstance(found, dict) else found.body
    for root in (body, tree.find("body")):
        if root is not None and not out:
            _gather(root, out)
    return out


@cache
def _options() -> Any:
    """trafilatura's settings: read from its file once, not for each page."""
    from trafilatura.settings import Extractor

    logging.getLogger("trafilatura").addHandler(_QUIET)
    # recall: what is furniture by name is gone already, and a paragraph lost here is lost for good
    return Extractor(comments=False, tables=True, fast=True, recall=True)


def _above(tree: Any, body: str) -> list[str]:
    """The lines of the page above the article, and its first paragraph."""
    lines: list[str] = []
    root = tree.find("body")
    if root is not None:
        _gather(root, lines)
    first = next((line for line in body.split("\n") if furniture.is_prose(line)), "")
    return lines[max(0, lines.index(first) - _ABOVE) : lines.index(first) + 1] if first in lines else []


def _gather(element: Any, out: list[str]) -> None:
    """Append the blocks of trafilatura's tree in order; its depth is that of the page, at most 256."""
    if element.tag == "row":
        cells = [" ".join(" ".join(cell.itertext()).split()) for cell in element]
        if all(len(cell) <= _CELL for cell in cells):
            out.append(" | ".join(filter(None, cells)))
            return
    words = [element.text or ""]
    for child in element:
        if not isinstance(child.tag, str) or child.tag == "script":
            pass
        elif child.tag in _BLOCKS:
            _flush(words, out)
            _gather(child, out)
        elif child.tag in ("lb", "br"):
            words.append("\n")
        else:
            words.extend(child.itertext())
        words.append(child.tail or "")
    _flush(words, out)


def _flush(words: list[str], out: list[str]) -> None:
    lines = (" ".join(line.split()) for line in "".join(words).split("\n"))
    out.extend(line for line in lines if line)
    words.clear()
