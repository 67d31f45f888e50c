"""XML from outside to a tree: no document type, no entities of its own, no network, bounded in size and number of tags."""

from __future__ import annotations

import re
from html.entities import html5
from typing import Any

from orbat.errors import ReadError
from orbat.ingest.decoding import decode

#: The sitemap protocol allows 50 MB a file, more than any feed or the text of any office document has.
MAX_XML = 52 * 2**20
#: Tags, opening and closing: a sitemap of the most addresses that the protocol allows (50,000) with five facts each has 600,000.
#: A tree of so many takes about 250 MB, and a second to be made.
MAX_TAGS = 2_000_000

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,400}\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[>]{0,2000}(?:\[[^\]]{0,20000}\]\s*)?>", re.I)
_OWN = re.compile(r"<!ENTITY\b", re.I)
_NUMBER = re.compile(r"&#(?:x(?P<hex>[0-9a-f]{1,8})|(?P<decimal>\d{1,9}));", re.I)
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31};)")
#: What XML itself defines; to put the letter for these would make markup of text.
_XML_OWN = frozenset(("lt;", "gt;", "amp;", "quot;", "apos;"))
#: Characters that XML 1.0 forbids: the parser would stop at one.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def parsed(data: bytes, *, what: str, step: str) -> Any:
    """The root element of an XML document.

    Slips are mended as far as they can be: HTML's named entities are resolved, characters that XML forbids dropped, tags left open closed.

    Args:
        what: its name for messages ("The feed").
        step: what the reader of a message can do next.

    Raises:
        ReadError: empty, no XML, with entities of its own, or past the limits.
    """
    import lxml.etree as etree  # type: ignore[import-untyped,unused-ignore]

    if len(data) > MAX_XML:
        raise ReadError(f"{what} is larger than {MAX_XML >> 20} MB.", "No feed or document has so much text.", step)
    text = _FORBIDDEN.sub("", _DECLARATION.sub("", decode(data, markup=True).lstrip("\ufeff"), count=1))
    if (tags := text.count("<")) > MAX_TAGS:
        raise ReadError(f"{what} has too many tags.", f"It has {tags:,}, more than {MAX_TAGS:,}.", step)
    if _OWN.search(text):
        raise ReadError(
            f"{what} defines entities of its own.", "They can grow without bound or lead to other files, so orbat reads none.", step
        )
    text = _NUMBER.sub(_numbered, _ENTITY.sub(_letter, _DOCTYPE.sub("", text, count=1)))
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, remove_comments=True,
        remove_pis=True, collect_ids=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError) as error:
        raise ReadError(f"{what} is not valid XML.", f"{str(error)[:200]}.", step) from error
    if root is None:
        raise ReadError(f"{what} is not valid XML.", "No element can be read from it.", step)
    return root


def local(element: Any) -> str:
    """The name of an element without its namespace, in lower case; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def namespace(element: Any) -> str:
    """The namespace of an element; empty where it has none."""
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def _numbered(match: re.Match[str]) -> str:
    """A character given by its number; where XML forbids it, nothing: libxml2 would keep it, and lxml could not give the text out."""
    code = int(match["hex"], 16) if match["hex"] else int(match["decimal"])
    is_letter = code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    return match[0] if is_letter else ""


def _letter(match: re.Match[str]) -> str:
    name = match[1]
    return match[0] if name in _XML_OWN else html5.get(name, match[0])
