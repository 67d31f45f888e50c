"""Members of a body by what it says of them: "the army said that its troops had killed ten". Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from orbat.link.references import TELLS
from orbat.types import Mention, MentionType

_MEMBERS = re.compile(
    r"\b(?:fighters|troops|soldiers|forces|men|militants|members|combatants|gunmen|guards|officers|commandos|units|militiamen|rebels"
    r"|insurgents|guerrillas|warplanes|jets|aircraft|drones)$"
)
_BODIES = frozenset((MentionType.GROUP, MentionType.FORCE, MentionType.ORG))
_OWN = (" its ", " their ")
_TELLING = 110  # letters: as far apart as the body and its members are at most


def tellers(text: str, mentions: Sequence[Mention], asked: Sequence[int]) -> Mapping[int, int]:
    """Mentions of members without a name to the mention of the body that tells of them as its own."""
    found: dict[int, int] = {}
    for i in asked:
        span = mentions[i].span
        own = next((w for w in _OWN if text.endswith(w, 0, span.start)), "")
        if not own or not _MEMBERS.search(text, span.start, span.end) or any(map(str.isupper, span.of(text))):
            continue
        opens = span.start - len(own) + 1
        for j in range(i - 1, max(-1, i - 6), -1):
            at = mentions[j].span
            if opens - at.end > _TELLING:
                break
            if mentions[j].type in _BODIES and at.end < opens and TELLS.fullmatch(text, at.end, opens):
                found[i] = j
                break
    return found
