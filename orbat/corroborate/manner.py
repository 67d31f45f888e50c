"""How a statement is told, by its words alone: as one happening or as many, as known or as new, and from which other it counts.

An article seldom says which of its sentences are of one happening. It says it by the way: "the ambush" is one that was told before, "an
ambush" is not; "since May" sums up, "often" tells a custom; "two weeks after the bombing" counts from another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from orbat.names import fold
from orbat.remembering import remembered
from orbat.types import Filler, MentionType, Statement

BACK = re.compile(
    r"(?:\b(?:(?:hours?|days?|weeks?|months?|years?|morning|night) after|since)|"
    r"\b(?:answer|reply|response|retaliation|reprisal|revenge|retribution) (?:to|for)|\bfollow(?:s|ed|ing)|\bcame after)\b[^,;:.]{0,60}$",
    re.IGNORECASE,
)
"""Before a trigger: what is counted back from, or answered, is another happening than what the sentence tells."""

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_ELSEWHERE = re.compile(
    r"\W*(?:(?i:separately|elsewhere|in (?:an?|another|other) separate\b"
    r"|in (?:another|a further|a second|a different) (?:attack|incident|raid|strike|ambush|clash|development|case)\b)"
    rf"|In (?:the )?(?!(?:{_MONTHS})\b)"
    r"[A-Z][\w-]+(?: [A-Z][\w-]+){0,2}(?: (?:state|province|region|district))?,)"
)
"""What opens a sentence that goes on to another happening: "Separately, five died …", "In Goma, …". Of the articles with odd numbers that
guided the weights nine sentences in 1,604 open so, and none is grouped otherwise for it; in 32 articles written afterwards it took the dead
of a convoy from the toll of a town's shelling, and a fort's capture out of it."""

_CUSTOM = re.compile(
    r"\b(?:often|frequent\w*|regular\w*|repeated\w*|continu\w+|ongoing|always|usually|typically|sometimes|routinely|constant\w*|still|"
    r"whenever|every|daily|near-daily|each (?:week|month|year|day)|long|years|for (?:decades|months)|increas\w+|wave|spate|series of|"
    r"(?:in|over) recent (?:weeks|months))\b",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"\b(?:since|so far this (?:year|month)|this year|last year|in the (?:past|last) [\w-]+ (?:days|weeks|months|years)|"
    r"over the (?:past|last)|in all|altogether|in total|between \d|in \d{4} alone|first (?:half|quarter|(?:\w+ )?months)|"
    r"in the (?:first|second|third|last) quarter|by the count|recorded|documented)\b",
    re.IGNORECASE,
)
_OVER = re.compile(
    rf"\b(?:since(?= (?:the (?:first|start|beginning)|{_MONTHS}|"
    r"\d{4}))|so far this (?:year|month)|this year|in the (?:past|last) [\w-]+ (?:weeks|months|years)|over the (?:past|last)|"
    r"in \d{4} alone|in the (?:first|second|third|last) (?:quarter|half|(?:\w+ )?months)|in [A-Z]\w+ (?:so far|alone))\b"
)
"""A time that goes on, over which counts are sums."""

_OF_MANY = re.compile(
    r"(?:(?:civil )?war|conflict|violence|insurgency|campaign|fighting|operations?|offensives?|battles?|attacks|clashes|killings|raids|"
    r"(?:air ?)?strikes|bombings|kidnappings|abductions|assassinations|massacres|murders|abuses|crimes)",
    re.IGNORECASE,
)
_MEANT = re.compile(
    r"\b(?:to|will|would|may|might|can|could|should|must|cannot|not|shall|(?:going|able|used|tr(?:y|ied|ies)|wants?|began) to)\s+"
    r"(?:(?:be|also|have)\s+)?$",
    re.IGNORECASE,
)
_PRESENT = re.compile(r"\w+(?<![su])s\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[;:—]|, (?:and|but|which|who|where|when|while|as|after|before)\b|\s(?:but|while|after|before)\s| – ")
"""Where a clause ends: a custom told in the next one is not of this."""

_NOUN = re.compile(
    r"(?:attacks?|raids?|ambush(?:es)?|bomb(?:ing)?s?|blasts?|explosions?|(?:air)?strikes?|shelling|assaults?|killings?|massacres?|"
    r"abductions?|kidnappings?|clash(?:es)?|fight(?:ing)?|battles?|operations?|offensives?|sieges?|hijacking|incidents?|deaths?|toll|"
    r"shootings?|violence|captures?|seizure|withdrawals?|releases?|rescues?|arrests?|talks|negotiations?|truces?|ceasefires?|agreements?|"
    r"deals?|accords?|pacts?|murders?|executions?|assassinations?|incursions?|invasions?|losses|casualties|hostages?|dead|bodies|captives?|"
    r"loss|firing|gunfire|fire|threats?|appeals?|calls?|warnings?|claims?|accusations?|sanctions?|trials?|convictions?|meetings?|"
    r"exchanges?|swaps?|bloodshed|rampage|crackdown|campaign)$",
    re.IGNORECASE,
)
"""Triggers that are nouns, by their last word."""

_KNOWN = re.compile(r"\b(?:the|this|that|these|those|such)\s(?:[\w'’-]+\s){0,2}$", re.IGNORECASE)
_NEW = re.compile(
    r"\b(?:an?|another|one|several|some|many|dozens of|a series of|other|further|more|similar)\s(?:[\w'’-]+\s){0,3}$", re.IGNORECASE
)
_PERFECT = re.compile(r"\bha(?:s|ve) (?:been |also |already |since |long |never |not |repeatedly |often )*$", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
JOINED = "joined"
_OTHER_TIME = re.compile(
    r"(?P<same>\b(?:the|that) same (?:\w+ )?(?:day|evening|night|morning|afternoon|week|month|time)\b|^Further \w+,|^Also\b)|"
    r"(?P<past>\b(?:ago|previous(?:ly)?|last (?:year|month)|in recent|once|had (?:also|already) been)\b)|"
    rf"(?P<month>\b[Ii]n (?:{_MONTHS})\b)|"
    r"(?P<apart>\b(?:(?:hours|nights|days|weeks|months|years)|(?:the|a) (?:night|day|week|month)) (?:before|earlier|later|after)\b)|"
    rf"(?P<{JOINED}>\b(?:also|too|alongside|with (?:him|her|them)|among (?:the|those))\b)"
)
"""What a sentence says that goes on to another time, or to another happening of the same. Of the articles that guided the weights 256
statements after the first sentence have such words, of which 30 are of a happening told before ("the same day" none of 14, "ago" or "last
month" 2 of 29, "in May" 13 of 175, "a week later" 16 of 63); of all 1,524 there 641 are."""

_WORD = re.compile(r"[A-Za-zÀ-ÿ][\w'’-]{2,}")
_ANYBODY_WORDS = (
    "the of in on and or for with from who people person persons man men woman women others some many several two three four five six "
    "seven eight nine ten dozen hundred thousand least more than about its their his her group force army troop soldier militant "
    "fighter civilian rebel gunmen member police villager resident victim"
)
_ANYBODY = frozenset(_ANYBODY_WORDS.split())
"""Whom and what any report of any attack may name; in the singular, as ``things`` gives words."""

_SOME = re.compile(
    r"(?:some|many|several|most|few|various|numerous|dozens|scores|hundreds|thousands|others?|all|both|two|three|four|five|six|seven|eight|"
    r"nine|ten|at least|more|\d+)\b|(?:(?!of\b|in\b|from\b|who\b)[\w'’-]+ )*(?!of\b|in\b|from\b|who\b)"
    r"(?:[\w'’-]+(?<![sui'’])s|men|women|people|personnel)(?=$|,| (?:of|in|from|who|with|on|at|near|loyal|linked)\b)",
    re.IGNORECASE,
)
"""Words for several people: "some of its men", "former commanders of the group"."""

_SIDES = frozenset({MentionType.GROUP, MentionType.FORCE, MentionType.STATE})
_WHO = _SIDES | {MentionType.PERSON, MentionType.PEOPLE, MentionType.ORG}

KNOWN, NEW = 1, -1
NEAR = 48  # characters before a trigger in which its article and its verbs stand
FAR = 120  # and in which it is told what is counted back to it


def general(statement: Statement, before: str, after: str) -> bool:
    """Whether a statement tells a custom, a long war, a sum or an aim, by its trigger and its clause.

    Args:
        before, after: what its sentence says before and after its trigger.
    """
    trigger = statement.trigger.text
    if _OF_MANY.fullmatch(trigger) or _MEANT.search(before[-NEAR:]):
        return True
    clause = _clause(before, after)
    return bool(_CUSTOM.search(clause) or _SUM.search(clause)) or (_PRESENT.match(trigger) is not None and not _NOUN.search(trigger))


def sums(statement: Statement, before: str, after: str) -> bool:
    """Whether a statement adds up over a time that goes on: "480 people have been killed in attacks in the region since January"."""
    several = statement.count is not None and statement.count.best > 1
    added = several or _OF_MANY.fullmatch(statement.trigger.text) or perfect(before)
    return bool(added) and _OVER.search(_clause(before, after)) is not None


def _clause(before: str, after: str) -> str:
    return f"{_CLAUSE.split(before)[-1]} {_CLAUSE.split(after, 1)[0]}"


def named(statement: Statement, before: str) -> int:
    """``KNOWN`` where the trigger is a noun with "the", ``NEW`` where one with "a" or "another", else 0."""
    if not _NOUN.search(statement.trigger.text):
        return 0
    near = before[-NEAR:]
    return KNOWN if _KNOWN.search(near) else NEW if _NEW.search(near) else 0


def perfect(before: str) -> bool:
    """Whether the words before a trigger put it in the perfect: "has killed" tells up to now, "killed" of a day."""
    return _PERFECT.search(before[-NEAR:]) is not None


def back(before: str) -> bool:
    """Whether the words before a trigger count back from it to another happening, which is told as its answer or its sequel."""
    return BACK.search(before[-FAR:]) is not None


def elsewhere(sentence: str) -> bool:
    """Whether a sentence opens with words that go on to another happening, or to another place."""
    return _ELSEWHERE.match(sentence) is not None


def years(sentence: str) -> frozenset[str]:
    """The years that a sentence says."""
    return frozenset(_YEAR.findall(sentence))


@remembered(256)  # asked once a statement, by the events of one sentence in turn
def other_times(sentence: str) -> frozenset[str]:
    """The ways in which a sentence says that it tells of another time: "same", "past", "month", "apart"; ``JOINED`` where it adds to what
    was told."""
    return frozenset(found.lastgroup for found in _OTHER_TIME.finditer(sentence) if found.lastgroup)


def several(fillers: Iterable[Filler]) -> bool:
    """Whether an end of a relation is told as several who are not named: "its leaders", "three members", "some of the commanders"."""
    told = [f for f in fillers if f.type in _WHO and f.entity is None]
    return bool(told) and all(_is_several(f.quote.text) for f in told)


@remembered(2_048)
def _is_several(text: str) -> bool:
    return not text[:1].isupper() and _SOME.match(text) is not None


def things(statement: Statement) -> frozenset[str]:
    """The words for whom, what and where of a statement that not any report has ("school", "pupil", "bridge"), in the singular; none for
    sides, and for those whom a catalogue or gazetteer knows: they are named on many occasions."""
    fillers = (*statement.actor, *statement.target, *statement.place, *statement.instrument, *statement.origin)
    return frozenset(word for f in fillers if f.entity is None and f.type not in _SIDES for word in _singular(f.quote.text))


@remembered(2_048)
def _singular(text: str) -> frozenset[str]:
    words = (fold(found) for found in _WORD.findall(text))
    bare = (word[:-1] if word.endswith("s") and len(word) > 4 else word for word in words)
    return frozenset(word for word in bare if word not in _ANYBODY)
