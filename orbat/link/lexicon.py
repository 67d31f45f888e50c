"""The words of time: a text to tokens, each with the name of its class ("MONTH", "UNIT", "LAST") and what it stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from orbat.counts import NUMBERS


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text: its class's name ("" for any other word), what it stands for, its letters' place, a capital first."""

    kind: str
    value: int | str
    start: int
    end: int
    caps: bool = False


def _listed(words: str) -> list[str]:
    return words.split()


MONTHS = _listed("january february march april may june july august september october november december")
WEEKDAYS = _listed("monday tuesday wednesday thursday friday saturday sunday")
_CARDINALS = NUMBERS | {"hundred": 100, "thousand": 1000}
_ORDINALS = _listed(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
    "seventeenth eighteenth nineteenth twentieth"
)
# TIMEX3's letters. Units: those of the clock with the T that stands before them, F a fortnight, E a decade, C a century, S a season
# of three months. Parts of the day: a letter pair, or the clock time where it is one.
_UNITS = {"second": "TS", "minute": "TM", "hour": "TH", "day": "D", "night": "D", "week": "W", "fortnight": "F", "month": "M", "year": "Y"}
_UNITS |= {"decade": "E", "century": "C", "season": "S"}
_PARTS = {"morning": "MO", "afternoon": "AF", "evening": "EV", "night": "NI", "dawn": "MO", "daybreak": "MO", "sunrise": "MO"}
_PARTS |= {"dusk": "EV", "sunset": "EV", "nightfall": "NI", "daytime": "DT"}
_HOURS = {"noon": "12:00", "midday": "12:00", "midnight": "24:00"}
_SEASONS = {"spring": "SP", "summer": "SU", "autumn": "FA", "fall": "FA", "winter": "WI"}
_DECADES = {"thirties": 193, "forties": 194, "fifties": 195, "sixties": 196, "seventies": 197, "eighties": 198, "nineties": 199}
_SETS = {"daily": "P1D", "nightly": "P1D", "weekly": "P1W", "fortnightly": "P2W", "monthly": "P1M", "quarterly": "P3M", "yearly": "P1Y"}
_SETS |= {"annually": "P1Y", "annual": "P1Y", "hourly": "PT1H"}
# Words that stand for themselves, by class.
_PLAIN = {
    "VAGUE": "several few some many dozens hundreds numerous various",
    "ART": "a an", "THE": "the", "ITS": "its his her their our", "THIS": "this these", "THAT": "that those", "SAME": "same very",
    "LAST": "last past latest", "PREV": "previous preceding", "NEXT": "next coming upcoming forthcoming",
    "FOLLOW": "following subsequent ensuing", "CURRENT": "current", "EARLY": "early", "MID": "mid middle", "LATE": "late",
    "START": "beginning start outset opening onset", "END": "end close eve", "EARLIER": "earlier", "LATER": "later", "AGO": "ago back",
    "BEFORE": "before prior", "AFTER": "after", "ON": "on afterwards afterward hence", "EVERY": "every each per", "OTHER": "other",
    "SETWORD": "regularly frequently repeatedly repeated frequent occasional occasionally often",
    "NOW": "now currently presently nowadays present", "PASTREF": "recently previously formerly lately then", "ONCE": "once",
    "TIMES": "times twice thrice", "LOCAL": "local",
    "FUTREF": "soon future shortly", "OF": "of", "IN": "in", "TO": "to until till through into", "AND": "and or", "FROM": "from",
    "BETWEEN": "between", "SINCE": "since", "FISCAL": "fiscal financial", "SO": "so", "OLD": "old", "LONG": "long",
    "MORE": "more another additional consecutive straight full further trading business working", "RECENT": "recent",
    "PERIOD": "period term time moment point", "FIRST": "final initial",
    "TZ": "gmt utc et est edt ct cst cdt pt pst pdt bst cet cest eet eest eat wat cat msk ist pkt aft",
}  # fmt: skip
CLASSES = (
    *_PLAIN, "ISO", "NDATE", "SLASH", "CLOCK", "YEAR", "DECADE", "NUM", "DAY", "CARD", "ORD", "FRAC", "MONTH", "WDAY", "WDAYS", "UNIT",
    "UNITS", "QTR", "QTRS", "HALF", "WEEKEND", "WEEKENDS", "CENTURY", "PART", "PARTS", "SEASON", "SEASONS", "DAYREF", "NIGHT", "OVERNIGHT",
    "FEAST", "POSS", "DASH", "COMMA", "DOT",
)  # fmt: skip
"""The names of the classes of words and signs."""


def _lexicon() -> dict[str, tuple[str, int | str]]:
    table: dict[str, tuple[str, int | str]] = {}
    for kind, words in _PLAIN.items():
        table |= {word: (kind, word) for word in words.split()}
    for kind, names in (("MONTH", MONTHS), ("WDAY", WEEKDAYS)):
        table |= {piece: (kind, i) for i, name in enumerate(names, 1) for piece in (name, name[:3])}
    table |= {"sept": ("MONTH", 9), "tues": ("WDAY", 2), "weds": ("WDAY", 3), "thur": ("WDAY", 4), "thurs": ("WDAY", 4)}
    table |= {name + "s": ("WDAYS", i) for i, name in enumerate(WEEKDAYS, 1)} | {w: ("CARD", i) for w, i in _CARDINALS.items()}
    for kind, values in (("UNIT", _UNITS), ("PART", _PARTS), ("SEASON", _SEASONS)):
        table |= {word: (kind, v) for word, v in values.items()} | {word + "s": (kind + "S", v) for word, v in values.items()}
    table |= {w: ("PART", p) for w, p in _HOURS.items()} | {w: ("DECADE", d) for w, d in _DECADES.items()}
    table |= {w: ("SETWORD", s) for w, s in _SETS.items()} | dict.fromkeys(_PLAIN["SETWORD"].split(), ("SETWORD", "PXX"))
    table |= {w: ("ORD", i) for i, w in enumerate(_ORDINALS, 1)} | {"couple": ("VAGUE", 2), "dozen": ("CARD", 12)}
    table |= {"centuries": ("UNITS", "C"), "century": ("CENTURY", "C"), "quarter": ("QTR", "Q"), "quarters": ("QTRS", "Q")}
    table |= {"weekend": ("WEEKEND", "WE"), "weekends": ("WEEKENDS", "WE"), "half": ("HALF", "H"), "hrs": ("UNITS", "TH")}
    table |= {"mins": ("UNITS", "TM"), "today": ("DAYREF", 0), "yesterday": ("DAYREF", -1), "tomorrow": ("DAYREF", 1)}
    return table | {"tonight": ("NIGHT", "NI"), "overnight": ("OVERNIGHT", "NI")}


_WORDS = _lexicon()
# Words that name a month or a weekday only sometimes.
_AMBIGUOUS = frozenset(_listed("may march mar sun sat wed mon dec jan"))

_TOKEN = re.compile(
    r"""(?P<ISO>\d{4}-\d\d-\d\d(?:[T ]\d\d:?\d\d)?(?!\d))
    |(?P<NDATE>\d{1,2}(?P<sep>[./-])\d{1,2}(?P=sep)(?:\d{4}|\d\d)(?!\d))
    |(?P<SLASH>\d{1,2}/\d{1,2}(?![/\d]))
    |(?P<CLOCK>\d{1,2}(?:[:.\s]\d\d)?\s?[ap](?:\.\s?m\.?|m\b)|\d{1,2}:\d\d(?!\d)|\d{1,2}[.]\d\d(?=\s?(?:hours|hrs|h|GMT)\b)
        |[012]\d[0-5]\d(?=\s?(?:GMT|UTC|hrs|hours|h|local)\b)|(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s?o['’]?clock|0[0-9][0-5]\d(?!\d))
    |(?P<DECADE>(?:1[5-9]|20)\d0['’]?s\b|['’]?\d0s\b)
    |(?P<SHORT>(?<!['’`])['’]\d\d\b)
    |(?P<FRAC>\d+\s+1/2|\d+\.\d+|\d+½|\d{1,3}(?:,\d{3})+(?!\d))
    |(?P<ORD>\d{1,2}(?:st|nd|rd|th)\b)
    |(?P<QUARTER>(?:Q[1-4]|H[12])(?![^\W_]))
    |(?P<FY>FY\s?['’]?(?:\d{4}|\d\d)\b)
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
    "christmas eve", "christmas", "new year eve", "new year", "easter monday", "easter", "good friday", "palm sunday", "ash wednesday",
    "pentecost", "ramadan", "eid al-adha", "eid al-fitr", "ashura", "mawlid", "thanksgiving", "labor day", "memorial day",
    "martin luther king day", "election day", "valentine", "halloween", "may day", "nowruz", "boxing day", "fourth of july", "epiphany",
    "armistice day", "veterans day", "bastille day",
)  # fmt: skip
_FEAST_FIRST = frozenset(
    _listed(
        "christmas xmas new easter good palm ash pentecost ramadan ramadhan ramazan eid tabaski ashura ashoura mawlid thanksgiving labor "
        "labour memorial martin election valentine valentines halloween may nowruz noruz boxing fourth epiphany armistice veterans bastille"
    )
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
            token = Token(
                "DASH" if mark in "-–—" or _in_years(text, start) else "COMMA" if mark == "," else "DOT" if mark == "." else "",
                mark,
                start,
                end,
            )
        elif kind == "QUARTER":  # "Q3" is an ordinal and a unit
            _append(out, Token("ORD", int(text[start + 1]), start, start + 1))
            token = Token("QTR" if text[start] in "qQ" else "HALF", "Q", start + 1, end)
        else:
            token = _special(kind, match.group(), start, end)
        at = token.end
        _append(out, token)
    return out


def _in_years(text: str, at: int) -> bool:
    """Whether a sign is the slash of "2015/16"."""
    return text[at] == "/" and text[max(0, at - 4) : at].isdigit() and text[at + 1 : at + 2].isdigit()


def _word(text: str, start: int, end: int, before: list[Token]) -> Token:
    word = text[start:end].lower()
    if word in _FEAST_FIRST and (feast := _FEAST.match(text, start)) and feast.end() >= end:
        return Token("FEAST", _FEAST_NAMES[int((feast.lastgroup or "n0")[1:])], start, feast.end())
    kind, value = _WORDS.get(word, ("", word))
    if (word in _AMBIGUOUS and not _is_date(text, start, end, before)) or (kind == "TZ" and not text[start:end].isupper()):
        kind = ""
    return Token(kind, value, start, end, text[start].isupper())


def _is_date(text: str, start: int, end: int, before: list[Token]) -> bool:
    """Whether "may", "march", "sun", "Sat" name a month or weekday: beside a number or after "last"; else full names need a capital,
    short ones a dot, and neither counts in capitals ("MAY")."""
    if text[end : end + 4].lstrip(" .")[:1].isdigit():
        return True
    if before and before[-1].kind in ("DAY", "ORD", "LAST", "NEXT", "MID", "EARLY", "LATE"):
        return True
    short = end - start == 3 and text[start:end].lower() != "may"
    return text[start].isupper() and not text[start:end].isupper() and (not short or text[end : end + 1] == ".")


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
    elif kind in ("SHORT", "FY"):
        year = int(re.sub(r"\D", "", text))
        kind, value = "YEAR", year + (0 if year > 99 else 2000 if year < 30 else 1900)
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
    if (left.kind not in ("CARD", "CENT") and not (left.kind == "YEAR" and left.end - left.start > 4)) or not isinstance(left.value, int):
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
