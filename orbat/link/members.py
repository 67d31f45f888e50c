"""Whose a mention is: the name before it, "Ukraine's", the body beside it, "the Front's fighters", "fighters of the Front", and the body
that says of it that it is its own, "the army said that its troops had killed ten". The body beside them links 72 mentions in the
corpus's training articles, three of them wrongly. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from orbat.link.references import TELLS
from orbat.types import Mention, MentionType, Span

_MEMBERS = re.compile(
    r"\b(?:fighters|troops|soldiers|forces|men|militants|members|combatants|gunmen|guards|officers|commandos|units|militiamen|mercenaries|rebels"
    r"|insurgents|guerrillas|warplanes|jets|aircraft|drones)$"
)
_ORGANS = re.compile(r"\b(?:bureau|politburo|council|shura|secretariat|leadership|high command)$")
"""Bodies that lead all of it: who heads its delegation, or a committee of it, does not."""
ANY_MEMBERS = re.compile(_MEMBERS.pattern, re.IGNORECASE)
_ONCE = re.compile(r"(?:former|ex-|demobili[sz]ed|dissident|defecting|renegade|breakaway)", re.IGNORECASE)
_OF = (" of ", " from ", " belonging to ")
_OF_THE = re.compile(r" (?:of|from|belonging to) (?:the )?")
_BODIES = frozenset((MentionType.GROUP, MentionType.FORCE, MentionType.ORG))
_SIDES = _BODIES | {MentionType.STATE}
_OWN = (" its ", " their ")
_SPOKEN_FOR = re.compile(
    r"(?:['’]s?)? (?:\w+ )?(?:spokes(?:man|woman|person)|official|commander|leader|chief)\b"
    r"(?:,? [A-Z][\w'’.-]*(?: [A-Z][\w'’.-]*){0,3})?(?=[, ])"
)
"""Who speaks for the body: "the KIA's spokesperson, told AFP that", "M23 spokesman Lawrence Kanyuka said"."""
_TELLING = 110  # letters: as far apart as the body and its members are at most
_OWNER = re.compile(r"([A-Z][\w-]+(?: [A-Z][\w-]+)?['’]s?) $")
_POSSESSIVES = ("'s ", "’s ", "' ", "’ ")  # how what _OWNER finds ends


def owner_of(text: str, start: int) -> str:
    """The name with its possessive that stands before a mention, "Former Lord's"; empty where none does."""
    before = _OWNER.search(text, max(0, start - 40), start) if text.endswith(_POSSESSIVES, max(0, start - 3), start) else None
    return before[1] if before else ""


def without_possessive(owner: str) -> str:
    """ "Ukraine" of "Ukraine's"."""
    return re.sub(r"['’]s?$", "", owner)


def tellers(text: str, mentions: Sequence[Mention], asked: Sequence[int]) -> Mapping[int, int]:
    """Mentions of members without a name to the mention of the body that tells of them as its own."""
    found: dict[int, int] = {}
    for i in asked:
        span = mentions[i].span
        own = next((w for w in _OWN if text.endswith(w, 0, span.start)), "")
        if not own or not _are_members(text, span):
            continue
        opens = span.start - len(own) + 1
        near = [j for j in range(i - 1, max(-1, i - 6), -1) if mentions[j].type in _BODIES and 0 < opens - mentions[j].span.end <= _TELLING]
        telling = [j for j in near if _tells(text, mentions[j].span.end, opens)]
        if telling:  # "the Front's military spokesman said that its fighters": the Front's, and not those of the military
            found[i] = min(telling, key=lambda j: (mentions[j].span.of(text).islower(), -j))
    return found


def of_one_body(text: str, mentions: Sequence[Mention], asked: Sequence[int]) -> Mapping[int, Sequence[int]]:
    """Mentions of "its" members without a name to those of bodies that their sentence tells of before: where all are one, they are its. In
    the corpus's training part all 24 of one body by name are."""
    found: dict[int, Sequence[int]] = {}
    for i in asked:
        span = mentions[i].span
        if text.endswith(" its ", 0, span.start) and _are_members(text, span):
            here = [j for j in range(i - 1, -1, -1) if mentions[j].sentence == mentions[i].sentence]
            found[i] = [j for j in here if mentions[j].type in _SIDES]
    return found


def _are_members(text: str, span: Span) -> bool:
    """Whether words are members without a name."""
    return _MEMBERS.search(text, span.start, span.end) is not None and not any(map(str.isupper, span.of(text)))


def owned(text: str, mentions: Sequence[Mention], asked: Sequence[int]) -> Mapping[int, int]:
    """Mentions of members and organs without a name to the mention beside them whose they are: "the Front's fighters", "fighters of the
    Front"."""
    found: dict[int, int] = {}
    for i in asked:
        if mentions[i].type not in _BODIES or (beside := _owner_beside(text, mentions, i)) is None:
            continue
        words = mentions[i].span.of(text)
        if not any(map(str.isupper, words[1:])) and not _ONCE.search(words):
            found[i] = beside
    return found


def _owner_beside(text: str, mentions: Sequence[Mention], i: int) -> int | None:
    span = mentions[i].span
    ends, after = next((p for p in _POSSESSIVES if text.endswith(p, 0, span.start)), ""), text.startswith(_OF, span.end)
    if ends and i and mentions[i - 1].type in _BODIES and mentions[i - 1].span.end == span.start - len(ends):
        theirs = _MEMBERS.search(text, span.start, span.end) or _ORGANS.search(text, span.start, span.end)
        return i - 1 if theirs else None
    if not after or i + 1 == len(mentions) or mentions[i + 1].type not in _BODIES:
        return None
    theirs = _OF_THE.fullmatch(text, span.end, mentions[i + 1].span.start) and ANY_MEMBERS.search(text, span.start, span.end)
    return i + 1 if theirs else None


def _tells(text: str, start: int, stop: int) -> bool:
    if TELLS.fullmatch(text, start, stop):
        return True
    speaker = _SPOKEN_FOR.match(text, start, stop)
    return speaker is not None and TELLS.fullmatch(text, speaker.end() + text.startswith(", ", speaker.end()), stop) is not None
