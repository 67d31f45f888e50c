"""Which elements of a web page are furniture, by their tags and names."""

from __future__ import annotations

import re
from typing import Any

from orbat.remembering import remembered

#: Words in class, id, role or label of an element that is not the article. Whole words only: "share" takes "share-bar", not "shareholder".
_WORDS = re.compile(
    r"(?<![a-z])(?:"
    # sharing, readers, other stories
    r"share|shares|sharing|sharedaddy|sharethis|social|socials|addthis|comments?|commentlist|respond|disqus|feedback|rating|poll"
    r"|related|recent|popular|trending|recommended|recommendations?|most-?(?:read|viewed|popular)|more-?from|read-?more|also-?read|up-?next"
    r"|jp-relatedposts|outbrain|taboola|carousel|slideshow|ticker|weather"
    # forms, consent, advertisements
    r"|newsletters?|subscribe|subscription|sign-?up|opt-?in|paywall|regwall|login|search|cookies?|consent|gdpr|ccpa|onetrust|popup|modal|overlay"
    r"|lightbox|dialog|adverts?|advertisement|advertising|ads?|ad-?slot|ad-?unit|banner|sponsor(?:ed)?|promos?|promoted|donate|donation"
    # pictures
    r"|captions?|figcaption|wp-caption(?:-text)?|credits?|photo-?credit"
    # ways about the site
    r"|breadcrumbs?|crumbs?|side-?bar|(?:right-?)?rail|widgets?|navigation|nav-?bar|nav|menu|masthead|top-?bar|footer|pagination|pager|skip-?link"
    r"|tags?|tag-?list|tool-?bar|tools|print|sr-only|screen-reader-text|visually-hidden|copyright|disclaimer|complementary|contentinfo"
    r"|author-?(?:bio|box|card|info)|about-?author|bio"
    r")(?![a-z])",
    re.I,
)
_TAGS = frozenset(
    [
        "nav",
        "footer",
        "aside",
        "form",
        "button",
        "iframe",
        "object",
        "embed",
        "select",
        "input",
        "textarea",
        "figcaption",
        "figure",
        "picture",
        "video",
        "audio",
        "canvas",
        "dialog",
        "menu",
        "map",
        "amp-ad",
        "amp-sidebar",
        "amp-consent",
        "amp-social-share",
        "amp-embed",
        "amp-img",
        "amp-analytics",
        "amp-user-notification",
    ]
)


def is_furniture(element: Any) -> bool:
    """Whether the element's tag or names say that it is not the article."""
    tag = element.tag
    if not isinstance(tag, str) or tag in ("html", "body", "head", "article", "main"):
        return False
    if tag in _TAGS:
        return not (tag == "footer" and element.getparent() is not None and element.getparent().tag == "blockquote")
    if not (said := element.attrib):
        return False
    names = " ".join(filter(None, map(said.get, ("class", "id", "role", "aria-label"))))
    return bool(names) and _names_furniture(names)


@remembered(2_048)  # a site's names come again on every page, and those of lists in every line
def _names_furniture(names: str) -> bool:
    return bool(_WORDS.search(re.sub(r"([a-z])([A-Z])", r"\1-\2", names)))
