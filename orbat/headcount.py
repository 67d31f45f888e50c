"""How many people the mentions of one event count together: nobody is counted twice. Pure.

The same person by name and pronoun, "the governor, Musa Ali", "two traders, Ali and Musa", "18 fighters, including an American and a
Dane", "six priests, five of whom", "one man, a guard", "one of the two drivers", "187 pupils, 125 from the upper school", "three people,
two Indians and a Pakistani" are one count each.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from orbat.counts import ANYONE, NUMBERS, head_of, read_count
from orbat.types import Count, MentionType

# Words between two mentions that say the second is part of the first, or its name.
_PART = re.compile(r"\b(?:including|included|among (?:them|whom))\b[^.;]*$", re.IGNORECASE)
_PART_AFTER = re.compile(r",? (?:of|among) (?:whom|them)\b", re.IGNORECASE)
_NAMING = re.compile(r"\b(?:identified as|named as|named|known as|called|namely)[:,]?\s*$", re.IGNORECASE)
_BESIDE = re.compile(r"(?:,|:|\s[-–—]+|\s?\()?\s+(?:the\s+)?$")
_OF_THE = re.compile(r"\s+(?:of|among)\s+(?:the|its|his|her|their|these|those|our)\s+$", re.IGNORECASE)
_OWN_WOUNDS = re.compile(r"(?:his|her|their)(?: \w+)? (?:wounds|injuries)\b", re.IGNORECASE)
_MOSTLY = re.compile(
    r",\s+(?:mostly|mainly|largely|most of (?:them|whom))\b[^,.;:]*\b(?:but also|as well as|and)\s+(?:an?\s+)?", re.IGNORECASE
)
_OUT_OF = re.compile(r"\s+(?:out\s+)?of\s+(?:(?:the|its|some|about|around)\s+)?", re.IGNORECASE)
_SOME_OF = re.compile(
    r"\b(?:(?:some|many|most|several|few|none|half|part|any) (?:of|among) (?:the|these|those|its|his|her|their)|not)\s+$", re.IGNORECASE
)
_A = re.compile(r"\b(?:an?|another|one)\s+$", re.IGNORECASE)
_NAMED_AFTER = re.compile(r",\s+(?:[a-z][\w-]*\s+){0,3}")
_ALIAS = re.compile(r",?\s+\(?(?:(?:also |better )?known as |alias |aka |nicknamed )?[\"“'‘](?:the )?")
_QUOTE_ENDS = re.compile(r",?[\"”'’]")
_AS_WELL = re.compile(r"(?: of the [^,]{1,40})?,\s+an?\s+", re.IGNORECASE)
_FIGURE = re.compile(rf"[\d.,]+|(?:{'|'.join(NUMBERS)})(?:-(?:{'|'.join(NUMBERS)}))?", re.IGNORECASE)
_IN_PARTS = re.compile(r"[^.;]*(?:,|:|\s[-–—]+|\()\s*$")
_APART = re.compile(r"\b(?:and|plus|while|but|as well as)\b", re.IGNORECASE)
_SOME_OF_THEIRS = re.compile(r"\s+of\s+(?:the|its|his|her|their|our)(?:\s+[a-z][\w-]*){1,3}(?:,|:|\s[-–—]+)\s+")
_ALL_NAMED = re.compile(r",\s+(?:both |all |the )?")
_DEEDS = re.compile(
    rf"(?P<figure>\d[\d,.]*\d|\d|{'|'.join(NUMBERS)}) (?:\w+ )?(?:executions|deaths|killings|murders|fatalities|abductions|kidnappings"
    r"|disappearances|arrests|detentions)\b[^.;]{0,60}?\b(?:including|among (?:them|whom))(?: at least| some| about)?\s+$",
    re.IGNORECASE,
)
"""Deeds in numbers, of whose victims a part is told: "281 executions, including 22 women"."""
_NEXT_NAME = re.compile(r"(?:,|,? and)\s+$", re.IGNORECASE)
_NEXT_PART = re.compile(r"(?:, and|,| and)(?:\s+(?:an?|the|its|his|her|their|another|some|about|around))*\s+", re.IGNORECASE)
_NEXT_AFTER_COLON = re.compile(r"[^.;:]{0,60}?(?:,|\band\b)\s+(?:an?\s+)?", re.IGNORECASE)
_TOLD_APART = re.compile(r"(?:\s?(?:,|\(|[-–—]+)\s*|[^.;]*(?P<colon>:)\s*)(?:an?\s+)?")
_DASH = re.compile(r"\s?[-–—(]+\s*(?:an?\s+)?")
_NEXT_TOLD = re.compile(r"(?:,|,? and)\s+(?:an?\s+)?")


@dataclass(frozen=True, slots=True)
class Counted:
    """A mention that an event happens to: ``start`` and ``end`` in the document's text; ``who`` is equal for mentions of the same."""

    type: MentionType
    start: int
    end: int
    who: Hashable


def count_people(text: str, mentions: Sequence[Counted]) -> Count | None:
    """The people that some mentions of a text count together, nobody twice; None where none of them counts any.

    Args:
        text: the document's text, whose words between the mentions tell whether one is part of another.
    """
    counts = list(_told_once(text, sorted(mentions, key=lambda m: m.start)))
    if not counts:
        return None
    return Count(sum(c.low for c in counts), sum(c.best for c in counts), sum(c.high for c in counts))


def _told_once(text: str, mentions: list[Counted]) -> Iterator[Count]:
    seen: set[Hashable] = set()
    before: Counted | None = None
    named = 0  # how many of the mentions to come are the names of those just counted
    whole, left = 0, -1  # how many were counted last; of how many of these no part is told, -1 where none is
    listed = colon = False  # whether commas part the parts; whether a colon opens their list
    if mentions and (deeds := _deeds_before(text, mentions[0])) is not None:
        yield deeds
        whole, left = deeds.best, deeds.best
    for i, m in enumerate(mentions):
        count = read_count(text[m.start : m.end], type=m.type)
        if count is None or m.who in seen or _SOME_OF.search(text, max(0, m.start - 24), m.start):  # "some of the 27", "two, not three"
            continue
        seen.add(m.who)
        between = text[before.end : m.start] if before else ""
        next_part = (_NEXT_AFTER_COLON if colon else _NEXT_PART).fullmatch(between)
        if not i and left >= 0:
            left -= count.best
        elif named:
            named -= 1
        elif _names_before(text, mentions[: i + 1], count):
            pass
        elif count.best <= left and next_part and (listed or colon or not between.startswith(", and")):
            left, listed = left - count.best, listed or "," in between
        elif before and (
            _within(text, before, m, between)
            or _told_again(text, mentions[i:], before, between)
            or (left < 0 and count.best <= whole and _told_apart(text[before.start : before.end], between))
            or (left < 0 and _DASH.fullmatch(between) and _add_up(text, mentions[i:], whole))
        ):
            left, colon = whole - count.best, _after_colon(between)
        else:
            yield count
            named = _names(text, mentions[i:], count)
            whole, left, listed, colon = count.best, -1, False, False
        before = m


def _told_apart(first: str, between: str) -> bool:
    """Whether those who follow were counted by the words before: "three people, two Indians", "30 men were killed: ten soldiers"."""
    gap = _TOLD_APART.fullmatch(between)
    return gap is not None and (gap["colon"] is not None or head_of(first) in ANYONE)


def _after_colon(between: str) -> bool:
    gap = _TOLD_APART.fullmatch(between)
    return gap is not None and gap["colon"] is not None


def _add_up(text: str, mentions: list[Counted], whole: int) -> bool:
    """Whether the first of some mentions and those listed with it count together as many as were told before them: "six pupils - four girls
    and two boys"."""
    total, end = 0, mentions[0].start
    for nth, m in enumerate(mentions):
        count = read_count(text[m.start : m.end], type=m.type)
        if count is None or (nth and _NEXT_TOLD.fullmatch(text, end, m.start) is None):
            return False
        total, end = total + count.best, m.end
        if total >= whole:
            return nth > 0 and total == whole
    return False


def _within(text: str, before: Counted, m: Counted, between: str) -> bool:
    """Whether a mention is part of the one before it, or is that one person under another word."""
    if _PART.search(between) or _MOSTLY.fullmatch(between) or _PART_AFTER.match(text, m.end):
        return True
    if _OWN_WOUNDS.match(text, m.start):  # "one died of his wounds"
        return True
    if before.type is not MentionType.PERSON and _OUT_OF.fullmatch(between):  # "the last 12 of 17 members"
        return True
    if before.type is not MentionType.PERSON or m.type is not MentionType.PERSON:
        return False
    one, two = _is_name(text, before), _is_name(text, m)
    if one and two and _QUOTE_ENDS.match(text, m.end) and _ALIAS.fullmatch(between):  # Ali Musa, "the Lion"
        return True
    if two and not one:
        return _BESIDE.fullmatch(between) is not None or (len(between) < 200 and _NAMING.search(between) is not None)
    return one and not two and re.fullmatch(r",\s+the\s+", between) is not None


def _told_again(text: str, rest: list[Counted], before: Counted, between: str) -> bool:
    """Whether the first of some mentions is what the one before it is taken from ("one of the two drivers"), a part of it as a bare figure
    ("187 pupils, 125 from"), or the same one person ("one man, a guard": in a list, another would follow)."""
    first, m = text[before.start : before.end], rest[0]
    if _OF_THE.fullmatch(between):
        return True
    one, two = read_count(first, type=before.type), read_count(text[m.start : m.end], type=m.type)
    if one is None or two is None:
        return False
    if one.high == two.high == 1:
        if len(rest) == 1 and _is_name(text, m) and _A.search(text, max(0, before.start - 9), before.start):
            return _NAMED_AFTER.fullmatch(between) is not None  # "another Swede, pilot Ola Berg"
        return _AS_WELL.fullmatch(between) is not None and len(rest) == 1
    figure = _FIGURE.fullmatch(text[m.start : m.end]) is not None and _FIGURE.fullmatch(first) is None
    return figure and two.best < one.best and _IN_PARTS.fullmatch(between) is not None and _APART.search(between) is None


def _deeds_before(text: str, first: Counted) -> Count | None:
    """How many deeds are told in numbers of which the first mention is a part of the victims."""
    start = max(0, first.start - 120)
    if text.find("includ", start, first.start) < 0 and text.find("among ", start, first.start) < 0:
        return None
    found = _DEEDS.search(text, start, first.start)
    whole = read_count(f"{found['figure']} people") if found else None
    part = read_count(text[first.start : first.end], type=first.type)
    return whole if whole and part and part.best <= whole.best else None


def _names_before(text: str, mentions: list[Counted], count: Count) -> bool:
    """Whether the last of some mentions numbers the names listed just before it: "Ali and Musa, two traders"."""
    names, after = 0, mentions[-1]
    if count.best < 2 or count.low != count.high or len(mentions) <= count.best:
        return False
    for m in reversed(mentions[:-1]):
        fits = _NEXT_NAME.fullmatch(text, m.end, after.start) if names else _ALL_NAMED.fullmatch(text, m.end, after.start)
        if m.type is not MentionType.PERSON or not _is_name(text, m) or not fits:
            break
        names, after = names + 1, m
    return names == count.best


def _names(text: str, mentions: list[Counted], count: Count) -> int:
    """How many names of persons follow as a list, where they are as many as were just counted: "two traders, Ali and Musa"."""
    if count.best < 2 or count.low != count.high:
        return 0
    names = 0
    for one, two in pairwise(mentions):
        between = text[one.end : two.start]
        first = names == 0 and (_BESIDE.fullmatch(between) or _NAMING.search(between) or _SOME_OF_THEIRS.fullmatch(between))
        fits = first or (names and _NEXT_NAME.fullmatch(between))
        if two.type is not MentionType.PERSON or not _is_name(text, two) or not fits:
            break
        names += 1
    return names if names == count.best else 0


def _is_name(text: str, m: Counted) -> bool:
    return text[m.start].isupper() and text[m.start : m.end].rsplit(None, 1)[-1][:1].isupper()
