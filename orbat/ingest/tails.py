"""What stands below an article and is none of it: contacts, appeals to readers, rights, notes about the text, ways to other pages.

Read from the end upwards, line by line, up to the first line that is not surely such a one. So each rule may be wider than those of
``furniture``, which must hold in the middle of an article, and a line that reads as the article's prose ends the search.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from orbat.ingest import furniture

#: The longest line that can be of the tail: notes on rights and contacts of press offices stay below it.
_LONGEST = 300
#: An appeal or a question to the reader is shorter.
_APPEAL = 110
#: Words beside an address of the web in a line that gives it.
_AROUND = 6

_TEXT = r"(?:article|story|interview|report|transcript|translation|text|post|page|piece|version|conversation)"
_CONTACT = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.I)
_RIGHTS = re.compile(
    r"^(?:©|\(c\) ?(?:19|20)\d\d|copyright\b(?! (?:law|case|act|suit)s?\b))|\ball rights reserved\b|\bcreative commons\b|\bcc[ -]by\b"
    r"|\b(?:republi(?:cation|sh\w*)|reproduc\w+|redistribut\w+)\b.*\b(?:permi\w+|licen[cs]e\w*|prohibited|consent)\b",
    re.I,
)
#: "The report was published ..." may be the article's own matter, so a note must name the text by another word.
_ITSELF = r"(?:article|story|interview|transcript|translation|text|post|page|piece|conversation)"
_CHANGED = r"(?:shortened|edited|translated|updated|corrected|condensed|abridged|amended)"
_NOTE = re.compile(
    rf"(?:this|the) {_ITSELF} (?:was|has been|is) (?:\w+ ){{0,3}}{_CHANGED}\b.*"
    rf"|this {_ITSELF} (?:was|has been|is) (?:\w+ )?(?:published|produced|adapted|reproduced|supported|funded)\b.*"
    rf"|(?:an earlier|a previous|a longer|a) version of this {_TEXT}\b.*"
    r"|the post .{1,200} (?:first appeared|appeared first) on .{1,80}"
    r"|(?:correction|clarification|editor['’]?s['’]? note|notes? to editors?)s? ?[:(—–-].*",
    re.I,
)
_VERBS = (
    r"(?:please |to )?(?:become|browse|buy|check|contact|discover|discuss|donate|download|e-?mail|explore|find|follow"
    r"|get|give|help|join|learn|like|listen"
    r"|read|register|rate|receive|save|see|send|share|sign|stay|submit|subscribe|support|tell|try|visit|watch|write)"
)
_READER = (
    rf"(?:us|our|you|your|here|this {_TEXT}|newsletters?|podcasts?|members?(?:hip)?"
    r"|subscribers?|subscriptions?|subscribe|app|videos?|inbox|alerts?|channel)"
)
_INVITATION = re.compile(rf"{_VERBS}\b[^.!?“\"]*\b{_READER}\b.*", re.I)
_QUESTION = re.compile(rf"(?:was|is|did|do|have|got|want|would|how|what|know)\b[^.?]*\b(?:this {_TEXT}|you|your)\b[^.?]*\?.{{0,20}}", re.I)
_STEP = re.compile(
    rf"(?:{_VERBS}|more|all|other|next|previous|home|about|contacts?|terms|privacy|back|advertise|jobs|careers|rss|print)\b.*", re.I
)
_ROW = re.compile(r"\s*[|·•]\s*")
_BRACKETED = re.compile(r"\[[^\[\]\d]{2,40}\]|<[^<>\d]{2,40}>")
_ARROW = re.compile(r"(?:[<«←‹]+\s*)?[^<>«»→←‹›.!?]{2,100}(?:\s*(?:>+|»|→|›))|[<«←‹]+\s*[^.!?]{2,100}")
_SPEECH = re.compile(r"[“”\"]|\b(?:said|says|told|added|according)\b", re.I)
_END_MARK = re.compile(r"(?:[-–—*#] ?)+(?i:ends?)(?: ?[-–—*#])+|ENDS?\.?")


def without_tail(lines: Sequence[str], kept: Sequence[int]) -> list[int]:
    """The numbers in ``kept`` without those of the lines below the article; all of them where no prose would be left."""
    cut = len(kept)
    for place in range(len(kept) - 1, -1, -1):
        line = " ".join(lines[kept[place]].split())
        if line and not is_tail(line):
            break
        cut = place if line else cut
    rest = list(kept[:cut])
    return rest if any(furniture.is_prose(lines[number].strip()) for number in rest) else list(kept)


def end_mark(lines: Sequence[str]) -> int:
    """The number of the line "ENDS" that closes a press release, where most prose stands before it; else how many lines there are."""
    sizes = [len(line) if furniture.is_prose(line.strip()) else 0 for line in lines]
    total, before = sum(sizes), 0
    for number, line in enumerate(lines):
        if before > total / 2 and _END_MARK.fullmatch(line.strip()):
            return number
        before += sizes[number]
    return len(lines)


def is_tail(line: str) -> bool:
    """Whether a line at the end of a page is surely none of the article."""
    if len(line) > _LONGEST:
        return False
    if furniture.kind(line) in ("always", "list", "comments") or _RIGHTS.search(line) or _NOTE.fullmatch(line):
        return True
    if _SPEECH.search(line):
        return False
    if _CONTACT.search(line) or _BRACKETED.fullmatch(line):
        return True
    rest = _LINK.sub("", line)
    if rest != line and len(rest.split()) <= _AROUND:
        return True
    if len(line) <= _APPEAL and (_INVITATION.fullmatch(line) or _QUESTION.fullmatch(line) or _ARROW.fullmatch(line)):
        return True
    steps = _ROW.split(line)
    return len(steps) > 1 and all(len(step) <= 60 and not furniture.is_prose(step) for step in steps) and _is_way(steps)


def _is_way(steps: list[str]) -> bool:
    """Whether a row is of links and no table's: a step calls for something, and none has a figure."""
    calls = any(_STEP.fullmatch(step) or furniture.kind(step) == "always" for step in steps)
    return calls and not any(re.search(r"\d", step) for step in steps)
