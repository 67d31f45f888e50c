"""The grammar of time: ``parse`` a short text to a ``Phrase`` (which rule, which tokens), ``find_times`` in raw text.

Each time word becomes one letter of its class, every other word a blank, and the rules are regular expressions over those
letters, written with the names of the classes. At each position the longest rule wins, the earlier one on a tie. What a phrase
means, ``dates`` says.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass

from orbat.link.lexicon import CLASSES, Token, tokens_of
from orbat.remembering import remembered
from orbat.types import Span

LETTER = dict(zip(CLASSES, string.ascii_letters + string.digits + "àáâãäåæçèéêëìíîïðñòóôõö", strict=False))


@dataclass(frozen=True, slots=True)
class Phrase:
    """A time expression found: the rule's name and its tokens."""

    rule: str
    tokens: tuple[Token, ...]

    def get(self, kind: str) -> int | str | None:
        """What the first token of a class stands for, or None."""
        return next((t.value for t in self.tokens if t.kind == kind), None)

    def number(self, kind: str) -> int | None:
        """``get`` for a class whose tokens stand for numbers."""
        value = self.get(kind)
        return value if isinstance(value, int) else None

    def has(self, *kinds: str) -> bool:
        """Whether a token of any of these classes is there."""
        return any(t.kind in kinds for t in self.tokens)


# Shorthands of the rules, and the rules: names of classes stand for one token each.
_SHORT = {
    "PRE": "(?:THE? (?:EARLY|MID|LATE|START|END|EARLIER|LATER|HALF) (?:DASH|OF|IN|ON|UNITS|PART)* (?:THE|THIS)?)?",
    "POINT": "(?:(?:WDAY [COMMA DOT]* THE?)?(?:MONTH DOT? (?:THE? (?:DAY|ORD))?|(?:DAY|ORD) OF? MONTH DOT?)(?:COMMA? OF? YEAR)?)",
    "ZONE": "(?:TZ|LOCAL PERIOD)",
    "HOUR": "(?:CLOCK ZONE?|THE? PART|OVERNIGHT|N IN THE PART)",
    "NIGHTOF": "(?:THE? PART (?:OF|FROM|BETWEEN)+)",
    "DAYPOINT": "(?:(?:MONTH DOT? THE? (?:DAY|ORD)|(?:DAY|ORD) OF? MONTH DOT?) (?:COMMA? OF? YEAR)?)",
    "WHOSE": "(?:(?:YEAR|DET UNIT) POSS?)?",
    "OFYEAR": "(?:OF? FISCAL? (?:YEAR|THE? ANYDET UNIT))?",
    "N": "(?:NUM|DAY|CARD|FRAC)",
    "U": "(?:UNIT|UNITS|QTR|QTRS|PART|PARTS|WEEKEND|CENTURY)",
    "DET": "(?:LAST|THIS|NEXT)",
    "ANYDET": "(?:LAST|NEXT|PREV|FOLLOW|THIS|THAT|SAME|CURRENT)",
    "COUNT": "(?:ART? VAGUE OF?|ART? N|ART HALF?|HALF ART)",
    "STEP": "(?:COUNT? (?:AND COUNT)? (?:DASH|MORE)? U (?:AND SO)? (?:AND ART HALF)?)",
}
_RULES = (
    ("iso", "ISO"),
    ("ndate", "(?:WDAY COMMA?)? NDATE (?:COMMA? CLOCK)?"),
    ("slash", "SLASH"),
    ("range", "NIGHTOF? (?:FROM|BETWEEN)? PRE (?:POINT|YEAR|DECADE|DAY|ORD) (?:TO|AND|DASH) (?:DASH|TO|AND)* PRE (?:POINT|YEAR|DECADE)"),
    ("range", "NIGHTOF? (?:FROM|BETWEEN)? MONTH DOT? DAY (?:TO|AND|DASH)? DAY (?:COMMA? YEAR)?"),
    ("range", "(?:FROM|BETWEEN)? YEAR DASH? (?:DAY|NUM)"),
    ("range", "(?:FROM|BETWEEN) MONTH (?:TO|AND) MONTH (?:OF? YEAR)?"),
    ("weekdays", "NIGHTOF? (?:FROM|BETWEEN)? PRE WDAY PART? (?:TO|AND|DASH) PRE DET? WDAY (?:DET UNIT|PART)?"),
    ("open", "SINCE PRE (?:POINT|YEAR|DECADE|WDAY|LAST? MONTH|LAST (?:SEASON|UNIT)|DAYREF)"),
    ("lastmonth", "PRE ANYDET MONTH"),
    ("date", "PRE DET? POINT (?:OF? ANYDET UNIT)? (?:COMMA? (?:PART|CLOCK ZONE?))?"),
    ("date", "THE UNIT OF MONTH (?:COMMA? OF? YEAR)?"),
    ("date", "PRE HOUR (?:OF|ON|COMMA|IN|THE)* PRE POINT"),
    ("year", "PRE (?:THE? UNIT)? THE? FISCAL? YEAR PERIOD?|THE? UNIT CARD"),
    ("dayof", "THE? (?:ORD|DAY) OF (?:ANYDET|THE) UNIT"),
    ("decade", "PRE DECADE"),
    ("century", "PRE THE? ORD DASH? CENTURY"),
    ("weekday", "PRE (?:THE? ANYDET NEXT?)? WDAY (?:COMMA? DET UNIT?)? (?:(?:ON|IN|THE)* PART|COMMA? CLOCK ZONE?)?"),
    ("weekday", "PRE HOUR (?:OF|ON|COMMA)* PRE DET? WDAY PART?"),
    ("dayref", "PRE (?:CLOCK ZONE?)? DAYREF (?:PART|COMMA? CLOCK ZONE?)?|PRE HOUR (?:OF|ON|COMMA)? PRE DAYREF"),
    ("night", "(?:LATE|EARLY|LATER|EARLIER)? NIGHT"),
    ("overnight", "OVERNIGHT"),
    ("relunit", "PRE THE? ANYDET SAME? FISCAL? (?:UNIT|QTR|WEEKEND|SEASON|CENTURY|PART|FEAST)|THE? LAST PERIOD"),
    ("relunit", "PRE THE (?:UNIT|WEEKEND|QTR|SEASON)|UNIT POSS? DASH? END"),
    ("relunit", "(?:EARLY|MID|LATE|START|END|EARLIER|LATER) (?:OF|IN|THE|THIS|THAT|LAST|NEXT|DASH)* (?:UNIT|WEEKEND|SEASON|PART)"),
    ("season", "PRE THE? SEASON (?:OF? (?:YEAR|ANYDET UNIT))?"),
    ("span", "THE? (?:LAST|NEXT|PREV|FOLLOW|THIS|RECENT) (?:MORE|SO)? (?:VAGUE OF?|N) (?:TO N)? MORE? U"),
    ("recent", "THE? (?:RECENT|NEXT|LAST|FOLLOW|THIS|FUTREF) (?:UNITS|QTRS) (?:AND UNITS)?"),
    ("agoday", "STEP AGO DAYREF"),
    ("ago", "STEP (?:AGO|EARLIER)"),
    ("agobefore", "STEP BEFORE|THE UNIT (?:BEFORE|EARLIER)"),
    ("later", "STEP LATER"),
    ("laterafter", "STEP (?:AFTER|ON)|THE UNIT (?:AFTER|ON)"),
    ("beside", "(?:THE UNIT|STEP) (?:BEFORE|AFTER) (?:DAYREF|FEAST|DET? WDAY)"),
    ("besidedate", "(?:THE UNIT|STEP) (?:BEFORE|AFTER) THE? POINT"),
    ("sametime", "(?:THE|THAT|THIS|SAME)+ PERIOD (?:LAST|PREV|NEXT) UNIT"),
    ("yearago", "(?:THE|ART)? UNIT DASH (?:EARLIER|AGO) (?:QTR|PERIOD|ORD QTR|N UNITS)?"),
    ("quarter", "PRE THE? WHOSE (?:THE|ART|ITS)? FISCAL? DASH? ORD DASH? FISCAL? (?:QTR|HALF) OFYEAR"),
    ("quarter", "PRE (?:THE|ART)? FISCAL? (?:LAST|NEXT) HALF OF THE? (?:YEAR|DECADE)|THE? YEAR QTR"),
    ("firstof", "THE? (?:ORD|LAST|FIRST|START) (?:N|VAGUE)? (?:UNIT|UNITS|WEEKEND) OF THE? (?:POINT|YEAR|ANYDET? UNIT|FEAST)"),
    ("firstof", "THE? (?:ORD|LAST|NEXT) HALF OF THE? (?:POINT|ANYDET? UNIT|DECADE)"),
    ("weekof", "THE? (?:UNIT|WEEKEND) OF DAYPOINT"),
    ("years", "THE? YEAR DASH (?:DAY|NUM)"),
    ("feast", "PRE DET? (?:YEAR COMMA?)? FEAST (?:UNIT|PART)? (?:COMMA? OF? YEAR)?"),
    ("duration", "(?:THE|THIS)? (?:ORD|FIRST|LAST)? COUNT (?:AND COUNT)? (?:DASH|MORE|TO N)* U (?:AND ART HALF)? (?:DASH (?:OLD|LONG))?"),
    ("duration", "COUNT (?:UNIT|UNITS) AND COUNT (?:UNIT|UNITS)|ART? QTR (?:DASH|OF ART) CENTURY"),
    ("duration", "(?:UNIT|UNITS) DASH LONG|HALF DASH? ART? UNIT|(?:THE|ORD)? (?:UNITS|QTRS) (?:AND UNITS)?"),
    ("set", "(?:ONCE|(?:N|VAGUE)? TIMES) (?:ART|EVERY) UNIT"),
    ("set", "EVERY (?:N|ORD|OTHER)? (?:UNIT|UNITS|QTR|WDAY|MONTH|PART|SEASON|WEEKEND)"),
    ("set", "SETWORD|WDAYS|WEEKENDS|(?:WDAY|MONTH)? PARTS|SEASONS"),
    ("clock", "CLOCK (?:ZONE|UNITS)?|N IN THE PART"),
    ("part", "(?:FUTREF|EARLIER|LATER|STEP) (?:BEFORE|AFTER) (?:PART|CLOCK ZONE?)"),
    ("beforelast", "THE? (?:UNIT|WEEKEND|PART) (?:BEFORE LAST|AFTER NEXT)"),
    ("part", "CLOCK ZONE? (?:THIS|LAST|THAT|THE) PART|PRE (?:THE|THIS|THAT|SAME|LAST|NEXT)* PART UNITS?"),
    ("thattime", "(?:THE|THAT|THIS|SAME)+ PERIOD"),
    ("day", "THE? ORD UNIT?|DAY"),
    ("unit", "UNIT|WEEKEND|QTR|MONTH"),
    ("now", "(?:THE|TO|MORE)* NOW|CURRENT"),
    ("pastref", "(?:THE|MORE)* (?:PASTREF|ONCE|LAST|RECENT|EARLIER|PREV)"),
    ("futref", "(?:THE|MORE)* (?:FUTREF|LATER)"),
)


def _compiled(pattern: str) -> re.Pattern[str]:
    for _ in range(3):  # shorthands stand in shorthands
        pattern = re.sub(r"\b(" + "|".join(_SHORT) + r")\b", lambda m: _SHORT[m.group()], pattern)
    pattern = re.sub(r"[A-Z]+", lambda m: LETTER[m.group()], pattern)
    return re.compile(pattern.replace(" ", ""))


RULES = tuple((name, _compiled(pattern)) for name, pattern in _RULES)

# Rules that say what a mention means but are too eager to find one with: a lone "27th" or "day", and pairs that are two dates.
_READ_ONLY = frozenset(
    ("slash", "range", "weekdays", "open", "day", "unit", "firstof", "agobefore", "laterafter", "besidedate", "thattime")
)
_FINDERS = tuple((name, rule) for name, rule in RULES if name not in _READ_ONLY)


@remembered(2_048)
def _longest(run: str, finding: bool) -> tuple[str, int]:
    """The rule that matches most of a run of letters from its start, and how many; runs recur, so this is remembered."""
    name, end = "", 0
    for rule, pattern in _FINDERS if finding else RULES:
        match = pattern.match(run)
        if match and match.end() > end:
            name, end = rule, match.end()
    return name, end


def _run(letters: str, at: int) -> str:
    """The time words from here to the next word of another kind; no rule reaches past that one."""
    end = letters.find(" ", at)
    return letters[at : at + 30 if end < 0 else min(end, at + 30)]


def _letters(tokens: list[Token]) -> str:
    return "".join(LETTER[t.kind] if t.kind else " " for t in tokens)


@remembered(2_048)
def parse(text: str) -> Phrase | None:
    """The longest time expression in a short text (the first of equals), or None."""
    tokens = tokens_of(text)
    letters = _letters(tokens)
    best, name, first = 0, "", 0
    for at, letter in enumerate(letters):
        if letter != " " and len(letters) - at > best:
            rule, length = _longest(_run(letters, at), False)
            if length > best:
                best, name, first = length, rule, at
    return Phrase(name, tuple(tokens[first : first + best])) if best else None


def find_times(text: str) -> list[Span]:
    """The time expressions of a raw text, in order, none overlapping."""
    tokens = tokens_of(text)
    letters = _letters(tokens)
    spans: list[Span] = []
    at = 0
    while at < len(letters):
        name, length = _longest(_run(letters, at), True) if letters[at] != " " else ("", 0)
        end = at + length
        if name and _stands(name, tokens, at, end):
            spans.append(Span(tokens[at].start, tokens[end - 1].end))
            at = end
        else:
            at += 1
    return spans


def _stands(rule: str, tokens: list[Token], at: int, end: int) -> bool:
    """Whether words that fit a rule are about time here: what stands beside them, and what reporters use them for."""
    check = _CHECKS.get(rule)
    return check is None or check(tokens, at, end)


def _word_at(tokens: list[Token], at: int) -> str:
    return str(tokens[at].value).lower() if 0 <= at < len(tokens) else ""


def _year_stands(tokens: list[Token], at: int, end: int) -> bool:
    # "$1995", "1700 fighters": a sum or a count, unless a preposition of time stands before it.
    follow = _word_at(tokens, end)
    if end - at > 1 or tokens[at].kind != "YEAR":
        return True
    plural = len(follow) > 3 and follow.endswith("s") and follow.isalpha() and tokens[end].kind == ""
    return _word_at(tokens, at - 1) not in ("$", "#", "£", "€") and not (plural and _word_at(tokens, at - 1) not in ("in", "since", "the"))


def _years_stand(tokens: list[Token], at: int, end: int) -> bool:
    """ "2015/16", "2010-11": a year and the next."""
    year, short = tokens[end - 3].value, tokens[end - 1].value
    return isinstance(year, int) and isinstance(short, int) and (year + 1) % 100 == short and tokens[end - 1].end == tokens[end - 3].end + 3


def _date_stands(tokens: list[Token], at: int, end: int) -> bool:
    """A lone "March" or "May" after an article is a march, or a name."""
    return end - at > 1 or _word_at(tokens, at - 1) not in ("the", "a", "annual", "this") or tokens[at].value not in (3, 5)


def _ref_stands(tokens: list[Token], at: int, end: int) -> bool:
    word, before, follow = _word_at(tokens, end - 1), _word_at(tokens, at - 1), _word_at(tokens, end)
    if word == "soon":
        return before != "as" and follow not in ("after", "as")
    if word == "future":
        return _word_at(tokens, end - 2) == "the" or before == "near"
    if word == "past":
        return _word_at(tokens, end - 2) == "the" and before == "in"
    return word in ("now", "currently", "nowadays", "presently", "current", "recently") or (word == "present" and before == "at")


def _duration_stands(tokens: list[Token], at: int, end: int) -> bool:
    last = tokens[end - 1]
    if last.kind == "OLD" or _word_at(tokens, end) == "old":  # an age
        return False
    if tokens[at].kind == "UNITS" and str(tokens[at].value).startswith("T"):  # "minutes apart", "working hours"
        return False
    return last.kind not in ("QTR", "QTRS") or tokens[at].kind not in ("ART", "DAY", "CARD", "QTRS", "HALF")  # a fourth part


def _part_stands(tokens: list[Token], at: int, end: int) -> bool:
    """A part of the day on its own: only with a word that says which one, or as good as a clock time ("noon")."""
    return tokens[at].kind != "PART" or ":" in str(tokens[at].value)


def _season_stands(tokens: list[Token], at: int, end: int) -> bool:
    if end < len(tokens) and tokens[end].kind == "OF" and tokens[end - 1].value in ("FA", "SP") and tokens[at].kind == "THE":
        return False  # "the fall of Mosul"
    bare = tokens[at].kind == "SEASON" and end - at == 1
    return not bare or (tokens[at].end - tokens[at].start > 4 and tokens[at].value != "SP")  # "fall" and "spring" are verbs too


def _unit_stands(tokens: list[Token], at: int, end: int) -> bool:
    if tokens[end - 1].kind == "SEASON" and not _season_stands(tokens, at, end):
        return False
    return end - at != 2 or tokens[at].kind != "THE" or tokens[at + 1].value != "D"  # "the day" is mostly any day


def _decade_stands(tokens: list[Token], at: int, end: int) -> bool:
    return all(t.kind != "ITS" for t in tokens[max(0, at - 3) : at])  # a man in his 30s


def _set_stands(tokens: list[Token], at: int, end: int) -> bool:
    """Not "dark nights", "the daily Granma", nor the adjectives of accounts ("annual", "quarterly") and vague frequency."""
    first = tokens[at]
    if first.kind == "SETWORD":
        daily_paper = first.value == "P1D" and end < len(tokens) and tokens[end].caps
        return not daily_paper and first.value not in ("PXX", "P3M") and (first.value != "P1Y" or first.end - first.start > 6)
    return first.kind != "PARTS"


_CHECKS = {
    "year": _year_stands, "years": _years_stand, "date": _date_stands, "now": _ref_stands, "pastref": _ref_stands, "futref": _ref_stands,
    "duration": _duration_stands, "part": _part_stands, "season": _season_stands, "set": _set_stands, "relunit": _unit_stands,
    "decade": _decade_stands,
}  # fmt: skip
