"""The words and the grammar of time: from text to ``Phrase`` (which rule, which tokens), and ``find_times`` over raw text.

A text is cut into tokens; each time word becomes one letter of its class, every other word a blank, and the rules are regular
expressions over those letters (written with the names of the classes). At each position the longest rule wins, the earlier one
on a tie. ``dates`` says what a phrase means.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from functools import lru_cache

from orbat.types import Span

CLASSES = (
    "ISO NDATE SLASH CLOCK TZ YEAR SHORT DECADE NUM DAY CARD ORD FRAC VAGUE ART THE THIS THAT SAME LAST PREV NEXT FOLLOW CURRENT "
    "MONTH WDAY WDAYS UNIT UNITS QTR QTRS HALF WEEKEND CENTURY PART PARTS SEASON SEASONS DAYREF NIGHT FEAST EARLY MID LATE START END "
    "EARLIER LATER AGO BEFORE AFTER EVERY SETWORD NOW PASTREF FUTREF OF IN TO AND FROM BETWEEN SINCE POSS DASH COMMA DOT FISCAL "
    "SO OLD LONG MORE RECENT PERIOD FIRST YEARAGO"
).split()
LETTER = dict(zip(CLASSES, string.ascii_letters + string.digits + "àáâãäåæçèéêëìíîïðñòóôõö", strict=False))
NAME = {letter: name for name, letter in LETTER.items()}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text: its class's name ("" for any other word), what it stands for, its letters' place."""

    kind: str
    value: int | str
    start: int
    end: int


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


MONTHS = {name: i for i, name in enumerate("january february march april may june july august september october november december".split(), 1)}
_MONTHS = MONTHS | {name[:3]: i for name, i in MONTHS.items()} | {"sept": 9}
WEEKDAYS = {name: i for i, name in enumerate("monday tuesday wednesday thursday friday saturday sunday".split(), 1)}
_WEEKDAYS = WEEKDAYS | {name[:3]: i for name, i in WEEKDAYS.items()} | {"tues": 2, "weds": 3, "thur": 4, "thurs": 4}
_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_CARDS = {w: i for i, w in enumerate(_ONES)} | {w: 10 * i for i, w in enumerate(_TENS, 2)} | {"hundred": 100, "thousand": 1000}
_ORDS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth".split()
_ORDS += "seventeenth eighteenth nineteenth twentieth".split()
# TIMEX3's letters: units of periods (H is reserved for hours after T), parts of the day, seasons.
_UNITS = {"second": "TS", "minute": "TM", "hour": "TH", "day": "D", "night": "D", "week": "W", "fortnight": "F", "month": "M"}
_UNITS |= {"year": "Y", "decade": "E", "century": "C", "season": "S"}
_PARTS = {"morning": "MO", "afternoon": "AF", "evening": "EV", "night": "NI", "dawn": "MO", "daybreak": "MO", "sunrise": "MO", "dusk": "EV"}
_PARTS |= {"nightfall": "NI", "sunset": "EV", "noon": "12:00", "midday": "12:00", "midnight": "24:00", "overnight": "NI", "daytime": "DT"}
_SEASONS = {"spring": "SP", "summer": "SU", "autumn": "FA", "fall": "FA", "winter": "WI"}


def _lexicon() -> dict[str, tuple[str, int | str]]:
    table: dict[str, tuple[str, int | str]] = {}

    def add(kind: str, words: str) -> None:
        table.update({word: (kind, word) for word in words.split()})

    table |= {w: ("MONTH", i) for w, i in _MONTHS.items()} | {w: ("WDAY", i) for w, i in _WEEKDAYS.items()}
    table |= {w + "s": ("WDAYS", i) for w, i in WEEKDAYS.items()} | {w: ("CARD", i) for w, i in _CARDS.items()}
    table |= {w: ("ORD", i) for i, w in enumerate(_ORDS, 1)}
    table |= {w: ("UNIT", u) for w, u in _UNITS.items()} | {w + "s": ("UNITS", u) for w, u in _UNITS.items()}
    table |= {w: ("PART", p) for w, p in _PARTS.items()} | {w + "s": ("PARTS", p) for w, p in _PARTS.items() if len(p) == 2}
    table |= {w: ("SEASON", s) for w, s in _SEASONS.items()} | {w + "s": ("SEASONS", s) for w, s in _SEASONS.items()}
    table |= {"centuries": ("UNITS", "C"), "second": ("ORD", 2), "quarter": ("QTR", "Q"), "quarters": ("QTRS", "Q"), "century": ("CENTURY", "C")}
    table |= {"weekend": ("WEEKEND", "WE"), "weekends": ("WEEKEND", "WES"), "half": ("HALF", "H"), "hrs": ("UNITS", "TH"), "mins": ("UNITS", "TM")}
    table |= {"today": ("DAYREF", 0), "yesterday": ("DAYREF", -1), "tomorrow": ("DAYREF", 1), "tonight": ("NIGHT", "NI")}
    table |= {"couple": ("VAGUE", 2), "dozen": ("CARD", 12), "seventies": ("DECADE", 197), "eighties": ("DECADE", 198), "nineties": ("DECADE", 199)}
    table |= {"sixties": ("DECADE", 196), "fifties": ("DECADE", 195), "forties": ("DECADE", 194), "thirties": ("DECADE", 193)}
    table |= {"daily": ("SETWORD", "P1D"), "nightly": ("SETWORD", "P1D"), "weekly": ("SETWORD", "P1W"), "fortnightly": ("SETWORD", "P2W")}
    table |= {"monthly": ("SETWORD", "P1M"), "quarterly": ("SETWORD", "P3M"), "yearly": ("SETWORD", "P1Y"), "annually": ("SETWORD", "P1Y")}
    table |= {"annual": ("SETWORD", "P1Y"), "hourly": ("SETWORD", "PT1H"), "regularly": ("SETWORD", "PXX"), "frequently": ("SETWORD", "PXX")}
    add("VAGUE", "several few some many dozens hundreds numerous various")
    add("ART", "a an")
    add("THE", "the its his her their our")
    add("THIS", "this these")
    add("THAT", "that those")
    add("SAME", "same very")
    add("LAST", "last past latest")
    add("PREV", "previous preceding")
    add("NEXT", "next coming upcoming forthcoming")
    add("FOLLOW", "following subsequent ensuing")
    add("CURRENT", "current")
    add("EARLY", "early")
    add("MID", "mid middle")
    add("LATE", "late")
    add("START", "beginning start outset opening onset")
    add("END", "end close eve")
    add("EARLIER", "earlier")
    add("LATER", "later")
    add("AGO", "ago back")
    add("BEFORE", "before prior")
    add("AFTER", "after afterwards afterward on hence")
    add("EVERY", "every each per")
    add("NOW", "now currently presently nowadays present")
    add("PASTREF", "recently previously formerly lately once")
    add("FUTREF", "soon future shortly")
    add("OF", "of")
    add("IN", "in")
    add("TO", "to until till through into")
    add("AND", "and or")
    add("FROM", "from")
    add("BETWEEN", "between")
    add("SINCE", "since")
    add("FISCAL", "fiscal financial")
    add("SO", "so")
    add("OLD", "old")
    add("LONG", "long")
    add("MORE", "more another additional consecutive straight full further trading business working")
    add("RECENT", "recent")
    add("PERIOD", "period term time moment point")
    add("FIRST", "final initial early")
    table |= {word: ("TZ", word) for word in "gmt utc est edt pst pdt cst cdt hrs hours local".split() if word not in ("hrs", "hours", "local")}
    table["early"], table["recent"] = ("EARLY", "early"), ("RECENT", "recent")
    return table


_WORDS = _lexicon()
_AMBIGUOUS = frozenset("may march mar sun sat wed mon sec dec jan fall spring second".split())

_TOKEN = re.compile(
    r"""(?P<ISO>\d{4}-\d\d-\d\d(?:[T ]\d\d:?\d\d)?(?!\d))
    |(?P<NDATE>\d{1,2}(?P<sep>[./-])\d{1,2}(?P=sep)(?:\d{4}|\d\d)(?!\d))
    |(?P<SLASH>\d{1,2}/\d{1,2}(?![/\d]))
    |(?P<CLOCK>\d{1,2}(?:[:.\s]\d\d)?\s?[ap](?:\.\s?m\.?|m\b)|\d{1,2}:\d\d(?!\d)|\d{1,2}[.]\d\d(?=\s?(?:hours|hrs|h|GMT)\b)
        |[012]\d[0-5]\d(?=\s?(?:GMT|UTC|hrs|hours|h|local)\b)|\d{1,2}\s?o['’]?clock)
    |(?P<DECADE>(?:1[5-9]|20)\d0['’]?s\b|['’]?\d0s\b)
    |(?P<SHORT>['’]\d\d\b)
    |(?P<FRAC>\d+\s+1/2|\d+\.\d+|\d+½|\d{1,3}(?:,\d{3})+(?!\d))
    |(?P<ORD>\d{1,2}(?:st|nd|rd|th)\b)
    |(?P<NUM>\d+)
    |(?P<word>[^\W\d_]+)
    |(?P<POSS>['’]s?\b|['’](?=\s))
    |(?P<punct>[^\s\w])""",
    re.VERBOSE | re.IGNORECASE,
)

_FEAST = re.compile(
    r"""(?P<n0>christmas\s+eve)|(?P<n1>christmas(?:\s+day)?|xmas)|(?P<n2>new\s+year['’]?s?\s+eve)|(?P<n3>new\s+year(?:['’]?s)?(?:\s+day)?)
    |(?P<n4>easter\s+monday)|(?P<n5>easter(?:\s+sunday)?)|(?P<n6>good\s+friday)|(?P<n7>palm\s+sunday)|(?P<n8>ash\s+wednesday)|(?P<n9>pentecost)
    |(?P<n10>ramadh?an|ramazan)|(?P<n11>eid[\s-]+(?:al|ul|el)[\s-]+(?:adha|azha|kabir)|tabaski)|(?P<n12>eid(?:[\s-]+(?:al|ul|el)[\s-]+fitr)?)
    |(?P<n13>ashou?ra)|(?P<n14>mawlid)|(?P<n15>thanksgiving(?:\s+day)?)|(?P<n16>labou?r\s+day)|(?P<n17>memorial\s+day)|(?P<n18>martin\s+luther\s+king\s+day)
    |(?P<n19>election\s+day)|(?P<n20>valentine['’]?s?(?:\s+day)?)|(?P<n21>halloween)|(?P<n22>may\s+day)|(?P<n23>now?ruz)|(?P<n24>boxing\s+day)
    |(?P<n25>fourth\s+of\s+july)|(?P<n26>epiphany)|(?P<n27>armistice\s+day)|(?P<n28>veterans['’]?\s+day)|(?P<n29>bastille\s+day)""",
    re.VERBOSE | re.IGNORECASE,
)
_FEAST_NAMES = (
    "christmas eve|christmas|new year eve|new year|easter monday|easter|good friday|palm sunday|ash wednesday|pentecost|ramadan|eid al-adha|"
    "eid al-fitr|ashura|mawlid|thanksgiving|labor day|memorial day|martin luther king day|election day|valentine|halloween|may day|nowruz|"
    "boxing day|fourth of july|epiphany|armistice day|veterans day|bastille day"
).split("|")
_FEAST_FIRST = frozenset(
    "christmas xmas new easter good palm ash pentecost ramadan ramadhan ramazan eid tabaski ashura ashoura mawlid thanksgiving labor labour "
    "memorial martin election valentine valentines halloween may nowruz noruz boxing fourth epiphany armistice veterans bastille".split()
)


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text, spelled numbers and feasts as one token each; white space and underscores are left out."""
    out: list[Token] = []
    at = 0
    for match in _TOKEN.finditer(text):
        kind, start, end = match.lastgroup or "", match.start(), match.end()
        if start < at:
            continue
        if kind == "word":
            token = _word(text, start, end, out)
        elif kind == "NUM":
            token = _digits(text, start, end)
        elif kind == "punct":
            mark = text[start]
            token = Token("DASH" if mark in "-–—" else "COMMA" if mark == "," else "DOT" if mark == "." else "", mark, start, end)
        else:
            token = _special(kind, match.group(), start, end)
        at = token.end
        _append(out, token)
    return out


def _word(text: str, start: int, end: int, before: list[Token]) -> Token:
    word = text[start:end].lower()
    if word in _FEAST_FIRST and (feast := _FEAST.match(text, start)) and feast.end() >= end:
        return Token("FEAST", _FEAST_NAMES[int((feast.lastgroup or "n0")[1:])], start, feast.end())
    kind, value = _WORDS.get(word, ("", word))
    if word in _AMBIGUOUS and kind in ("MONTH", "WDAY"):
        beside = text[end : end + 4].lstrip(" .")[:1].isdigit() or (before and before[-1].kind in ("DAY", "ORD", "LAST", "NEXT", "MID", "EARLY", "LATE"))
        # "may", "march", "sun", "sat" are words of their own: lower-case ones count beside a number only, short ones only so or with a dot.
        short = len(word) == 3 and word != "may"
        if not beside and (not text[start].isupper() or (short and text[end : end + 1] != ".") or text[start:end].isupper()):
            kind = ""
    return Token(kind, value, start, end)


def _digits(text: str, start: int, end: int) -> Token:
    number = int(text[start:end][:9])
    if end - start == 4 and 1000 <= number < 2100:
        return Token("YEAR", number, start, end)
    return Token("DAY" if 1 <= number <= 31 and end - start <= 2 else "NUM", number, start, end)


def _special(kind: str, text: str, start: int, end: int) -> Token:
    value: int | str = text
    if kind == "ORD":
        value = int(text[:-2])
        kind = kind if value else ""
    elif kind == "SHORT":
        short = int(text[1:])
        kind, value = "YEAR", short + (2000 if short < 30 else 1900)
    elif kind == "DECADE":
        digits = re.sub(r"\D", "", text)
        value = int(digits[:3]) if len(digits) == 4 else (200 if int(digits) < 30 else 190) + int(digits) // 10
    return Token(kind, value, start, end)


def _append(out: list[Token], token: Token) -> None:
    """Adds a token, joined to a spelled number before it: "twenty-four", "two hundred", "nineteen ninety-six"."""
    if token.kind in ("CARD", "ORD") and isinstance(token.value, int) and out:
        last = out[-2] if out[-1].kind == "DASH" and len(out) > 1 else out[-1]
        joined = _joined(last, token)
        if joined and (last is out[-1] or last.end == out[-1].start):
            del out[out.index(last, -2) :]
            out.append(joined)
            return
    out.append(token)


def _joined(left: Token, right: Token) -> Token | None:
    if left.kind not in ("CARD", "CENT") and not (left.kind == "YEAR" and left.end - left.start > 4) or not isinstance(left.value, int):
        if not (left.kind == "ART" and right.kind == "CARD" and right.value in (100, 1000, 12)):
            return None
        return Token("CARD", right.value, left.start, right.end)
    a, b = left.value, right.value
    assert isinstance(b, int)
    kind = right.kind
    if left.kind == "YEAR":  # "nineteen ninety" + "six"
        return Token("YEAR", a + b, left.start, right.end) if a % 10 == 0 and 0 < b < 10 else None
    if b in (100, 1000, 12) and kind == "CARD" and right.end - right.start > 4:
        return Token("CARD", a * b, left.start, right.end) if b != 12 or right.end - right.start == 5 else None
    if kind == "CARD" and a in (18, 19, 20) and 10 <= b < 100:
        return Token("YEAR", a * 100 + b, left.start, right.end)
    if (20 <= a < 100 and a % 10 == 0 and 0 < b < 10) or (a >= 100 and a % 100 == 0 and b < 100) or (a > 100 and a % 10 == 0 and b < 10):
        return Token(kind, a + b, left.start, right.end)
    return None


# The rules. Names of classes stand for one token; N, U, DET, PRE, POINT are shorthands spelled out below.
_SHORT = {
    "PRE": "(?:THE? (?:EARLY|MID|LATE|START|END|EARLIER|LATER|HALF) (?:DASH|OF|IN|AFTER)* (?:THE|THIS)?)?",
    "POINT": "(?:(?:WDAY [COMMA DOT]* (?:THE? ))?(?:MONTH DOT? (?:THE? (?:DAY|ORD))?|(?:DAY|ORD) OF? MONTH DOT?)(?:COMMA? OF? YEAR)?)",
    "N": "(?:NUM|DAY|CARD|FRAC)",
    "U": "(?:UNIT|UNITS|QTR|QTRS|PART|PARTS|WEEKEND|CENTURY)",
    "LASTNEXT": "(?:LAST|NEXT|PREV|FOLLOW|THIS|THAT|SAME|CURRENT)",
    "COUNT": "(?:ART? VAGUE OF?|ART? N|ART|HALF ART)",
}
_RULES = (
    ("iso", "ISO"),
    ("ndate", "(?:WDAY COMMA?)? NDATE (?:COMMA? CLOCK)?"),
    ("slash", "SLASH"),
    ("range", "(?:FROM|BETWEEN)? PRE (?:POINT|YEAR|DECADE|DAY|ORD) (?:TO|AND|DASH|DASH DASH) (?:AND? TO)? PRE (?:POINT|YEAR|DECADE|DAY OF? MONTH (?:COMMA? YEAR)?)"),
    ("range", "(?:FROM|BETWEEN)? MONTH DOT? DAY (?:TO|AND|DASH)? DAY (?:COMMA? YEAR)?"),
    ("range", "(?:FROM|BETWEEN)? YEAR DASH? (?:DAY|NUM)"),
    ("range", "(?:FROM|BETWEEN) MONTH (?:TO|AND) MONTH (?:OF? YEAR)?"),
    ("open", "SINCE PRE (?:POINT|YEAR|DECADE|WDAY|LAST? MONTH|LAST (?:SEASON|UNIT)|DAYREF)"),
    ("date", "PRE (?:LAST|THIS|NEXT)? POINT (?:OF? (?:LAST|THIS|NEXT|THAT|SAME) UNIT)? (?:COMMA? (?:PART|CLOCK TZ?))?"),
    ("date", "PRE THE? (?:CLOCK|PART) TZ? (?:OF|AFTER|COMMA|IN|THE)* PRE POINT"),
    ("date", "POINT COMMA? (?:LAST|NEXT|THIS|THAT|FOLLOW)"),
    ("lastmonth", "PRE (?:LAST|THIS|NEXT|THAT|FOLLOW|PREV|SAME) PASTREF? MONTH"),
    ("year", "PRE (?:THE? UNIT)? THE? FISCAL? YEAR (?:PERIOD)?"),
    ("year", "THE? UNIT CARD"),
    ("decade", "PRE DECADE"),
    ("century", "PRE ORD DASH? CENTURY"),
    ("weekday", "PRE (?:THE? (?:LAST|THIS|NEXT|PREV|FOLLOW|THAT|SAME) NEXT?)? WDAY (?:COMMA? (?:LAST|NEXT|THIS) (?:UNIT)?)? (?:(?:AFTER|IN|THE)* PART|COMMA? CLOCK TZ?)?"),
    ("weekday", "PRE (?:CLOCK TZ?|THE? PART|N IN THE PART) (?:OF|AFTER|COMMA)* PRE (?:LAST|THIS|NEXT)? WDAY"),
    ("dayref", "(?:PRE (?:CLOCK TZ?)? DAYREF (?:PART|COMMA? CLOCK TZ?)?|PRE (?:CLOCK TZ?|PART|N IN THE PART) (?:OF|AFTER|COMMA)? PRE DAYREF)"),
    ("night", "(?:LATE|EARLY|LATER|EARLIER)? NIGHT"),
    ("relunit", "PRE (?:THE? LASTNEXT SAME?) FISCAL? (?:UNIT|QTR|WEEKEND|SEASON|CENTURY|PART|FEAST)"),
    ("relunit", "THE? LAST PERIOD"),
    ("relunit", "PRE THE (?:UNIT|WEEKEND|QTR|SEASON)"),
    ("relunit", "(?:EARLY|MID|LATE|START|END|EARLIER|LATER) (?:OF|IN|THE|THIS|THAT|LAST|NEXT|DASH)* (?:UNIT|WEEKEND|SEASON|PART)"),
    ("relunit", "UNIT POSS? DASH? END"),
    ("season", "PRE THE? SEASON (?:OF? (?:YEAR|(?:LAST|THIS|NEXT|THAT) UNIT))?"),
    ("span", "THE? (?:LAST|NEXT|PREV|FOLLOW|THIS|RECENT) (?:MORE|SO)? (?:VAGUE OF?|N)(?:TO N)? MORE? U"),
    ("recent", "(?:THE? (?:RECENT|NEXT|LAST|FOLLOW|THIS)) (?:UNITS|QTRS) (?:AND UNITS)?"),
    ("ago", "COUNT? (?:AND COUNT)? (?:DASH|MORE)? U (?:AND SO)? (?:AND ART HALF)? (?:AGO|EARLIER)"),
    ("agobefore", "COUNT? (?:AND COUNT)? (?:DASH|MORE)? U (?:AND SO)? (?:AND ART HALF)? BEFORE"),
    ("agobefore", "THE? UNIT (?:BEFORE|EARLIER)"),
    ("later", "COUNT? (?:AND COUNT)? (?:DASH|MORE)? U (?:AND SO)? (?:AND ART HALF)? LATER"),
    ("laterafter", "COUNT? (?:AND COUNT)? (?:DASH|MORE)? U (?:AND SO)? (?:AND ART HALF)? AFTER"),
    ("agovague", "(?:UNITS|QTRS) (?:AGO|EARLIER|LATER)"),
    ("agobefore", "(?:UNITS|QTRS) (?:BEFORE|AFTER)"),
    ("yearago", "(?:(?:THE|ART)? UNIT DASH (?:EARLIER|AGO)) (?:QTR|PERIOD|ORD QTR|N UNITS)?"),
    ("quarter", "PRE (?:(?:YEAR|(?:LAST|THIS|NEXT) UNIT) POSS?)? (?:THE|ART)? FISCAL? DASH? ORD DASH? (?:FISCAL)? (?:QTR|HALF) (?:OF? FISCAL? (?:YEAR|THE? (?:LAST|THIS|NEXT|THAT) UNIT))?"),
    ("quarter", "PRE (?:THE|ART)? FISCAL? (?:LAST|NEXT) HALF OF THE? (?:YEAR|DECADE)"),
    ("quarter", "THE? YEAR QTR"),
    ("firstof", "THE? (?:ORD|LAST|FIRST|START) (?:N|VAGUE)? (?:UNITS?|WEEKEND) OF THE? (?:POINT|YEAR|(?:LAST|THIS|NEXT|THAT)? UNIT)"),
    ("weekof", "THE? UNIT OF (?:POINT|DAY MONTH)"),
    ("feast", "PRE (?:LAST|THIS|NEXT)? (?:YEAR COMMA?)? FEAST (?:UNIT|PART)? (?:COMMA? OF? YEAR)?"),
    ("duration", "(?:THE|THIS)? (?:ORD|FIRST|LAST)? COUNT (?:AND COUNT)? (?:DASH|MORE|TO N)* U (?:AND ART HALF)? (?:DASH (?:OLD|LONG))?"),
    ("duration", "(?:UNIT|UNITS) DASH LONG|HALF DASH? ART? UNIT"),
    ("duration", "(?:THE|ORD)? (?:UNITS|QTRS) (?:AND UNITS)?"),
    ("set", "SETWORD|EVERY (?:N|ORD)? (?:UNIT|UNITS|QTR|WDAY|MONTH|PART|SEASON|WEEKEND)|WDAYS|(?:WDAY|MONTH)? PARTS|SEASONS"),
    ("clock", "(?:CLOCK (?:TZ|UNITS)?|N IN THE PART)"),
    ("part", "PRE (?:THE|THIS|THAT|SAME|LAST|NEXT)* PART (?:UNITS)?"),
    ("thattime", "(?:AFTER? THE|THAT|THIS|SAME)+ PERIOD"),
    ("day", "(?:THE? ORD (?:UNIT)?|DAY)"),
    ("unit", "UNIT|WEEKEND|QTR|MONTH"),
    ("now", "(?:THE|AFTER|TO|MORE)* NOW|CURRENT"),
    ("pastref", "(?:THE|MORE)* (?:PASTREF|LAST|RECENT|EARLIER|PREV)"),
    ("futref", "(?:THE|MORE)* (?:FUTREF|LATER)|AFTER"),
)


def _compiled(pattern: str) -> re.Pattern[str]:
    for _ in range(2):
        pattern = re.sub(r"\b(" + "|".join(_SHORT) + r")\b", lambda m: _SHORT[m.group()], pattern)
    pattern = re.sub(r"[A-Z]+", lambda m: LETTER[m.group()], pattern)
    return re.compile(pattern.replace(" ", ""))


RULES = tuple((name, _compiled(pattern)) for name, pattern in _RULES)

# Rules that say what a mention means but are too eager to find one with: a lone "27th" or "day", and pairs that are two dates.
_READ_ONLY = frozenset(("slash", "range", "open", "day", "unit", "firstof", "agobefore", "laterafter", "thattime"))
_FINDERS = tuple((name, rule) for name, rule in RULES if name not in _READ_ONLY)


def _longest(letters: str, at: int, rules: tuple[tuple[str, re.Pattern[str]], ...]) -> tuple[str, int]:
    name, end = "", at
    for rule, pattern in rules:
        match = pattern.match(letters, at)
        if match and match.end() > end:
            name, end = rule, match.end()
    return name, end


def _letters(tokens: list[Token]) -> str:
    return "".join(LETTER[t.kind] if t.kind else " " for t in tokens)


@lru_cache(maxsize=16384)
def parse(text: str) -> Phrase | None:
    """The longest time expression in a short text (the first of equals), or None."""
    tokens = tokens_of(text)
    letters = _letters(tokens)
    best, name, first = 0, "", 0
    for at, letter in enumerate(letters):
        if letter != " " and len(letters) - at > best:
            rule, end = _longest(letters, at, RULES)
            if end - at > best:
                best, name, first = end - at, rule, at
    return Phrase(name, tuple(tokens[first : first + best])) if best else None


def find_times(text: str) -> list[Span]:
    """The time expressions of a raw text, in order, none overlapping."""
    tokens = tokens_of(text)
    letters = _letters(tokens)
    spans: list[Span] = []
    at = 0
    while at < len(letters):
        name, end = _longest(letters, at, _FINDERS) if letters[at] != " " else ("", at)
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


def _ref_stands(tokens: list[Token], at: int, end: int) -> bool:
    word, before, follow = _word_at(tokens, end - 1), _word_at(tokens, at - 1), _word_at(tokens, end)
    if word == "soon":
        return before != "as" and follow not in ("after", "as")
    if word == "future":
        return _word_at(tokens, end - 2) == "the" or before == "near"
    return word in ("now", "currently", "nowadays", "presently", "current", "recently") or (word == "present" and before == "at")


def _duration_stands(tokens: list[Token], at: int, end: int) -> bool:
    last = tokens[end - 1]
    if last.kind == "OLD" or _word_at(tokens, end) == "old":  # an age
        return False
    return last.kind not in ("QTR", "QTRS") or tokens[at].kind not in ("ART", "DAY", "CARD", "QTRS", "HALF")  # a fourth part


def _part_stands(tokens: list[Token], at: int, end: int) -> bool:
    return tokens[at].kind in ("THE", "THIS", "THAT", "SAME", "LAST", "NEXT", "MID", "LATE", "EARLY") or _word_at(tokens, at) in (
        "overnight", "12:00", "24:00",
    ) or tokens[at].end - tokens[at].start == 9 and tokens[at].value == "NI"  # fmt: skip


def _season_stands(tokens: list[Token], at: int, end: int) -> bool:
    bare = tokens[at].kind == "SEASON" and end - at == 1
    return not bare or tokens[at].end - tokens[at].start > 4 and tokens[at].value != "SP"  # "fall" and "spring" are verbs too


def _set_stands(tokens: list[Token], at: int, end: int) -> bool:
    return tokens[at].value not in ("PXX", "P3M") and not (tokens[at].kind == "SETWORD" and tokens[at].end - tokens[at].start == 6 and tokens[at].value == "P1Y")


_CHECKS = {
    "year": _year_stands, "now": _ref_stands, "pastref": _ref_stands, "futref": _ref_stands, "duration": _duration_stands,
    "part": _part_stands, "season": _season_stands, "set": _set_stands,
}  # fmt: skip
