"""Ids that come out the same in every export: of parties, places and articles."""

from __future__ import annotations

import hashlib
import uuid

from orbat.export.masktext import plain
from orbat.export.tables import KINDS, tables
from orbat.names import fold
from orbat.types import Filler

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://orbat.invalid/export")
"""Of all our UUIDs (RFC 9562, version 5). The name under .invalid (RFC 2606) can belong to nobody."""


def kind_of(filler: Filler) -> str:
    """The kind of party that a filler is, one of ``tables.KINDS``; "" where it is none, or a pronoun that stands for nobody known."""
    if filler.entity is None and plain(filler.quote.text) in tables().names.pronouns:
        return ""
    kind = filler.entity.kind if filler.entity else filler.type.value.lower()
    return kind if kind in KINDS else ""


def name_of(filler: Filler) -> str:
    """The catalogue's name where it is linked, else the words of the text."""
    return filler.entity.name if filler.entity else filler.quote.text


def party_key(kind: str, name: str, entity: str | None, document: str) -> str:
    """What tells a party from others: the catalogue's id; else kind and folded name, and the article for people and single persons, since
    "three men" or "Ali" of two articles are not the same."""
    if entity:
        return f"actor:{entity}"
    apart = document if kind in ("person", "people", "") else ""
    return f"said:{kind}:{fold(name) or name}:{apart}"


def uuid_of(*parts: str) -> uuid.UUID:
    """The UUID of some texts in order."""
    return uuid.uuid5(NAMESPACE, "\x00".join(parts).encode("utf-8", "backslashreplace").decode("utf-8"))


def short_hash(text: str) -> str:
    """The first 20 hex digits of SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]
