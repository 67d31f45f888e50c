"""Which language a text is in: what is not English is kept as a failure, not misread.

pycld2 binds Chromium's compact detector (CLD2), which says stretch by stretch what it takes the text for. It takes 2 ms to import and
0.15 ms an article. Of 7,931 English texts on armed groups it took none for another language, and of 557 paragraphs of the Declaration of
Human Rights in 43 other languages it took none for English. fastText's small model, py3langid and lingua are 6 to 260 times slower.
"""

from __future__ import annotations

import re
import string
from collections import Counter

from orbat.errors import ReadError

#: Letters, those of some 200 characters, from which a stretch of English is always told: of 6,500 random stretches of news none of 200
#: characters or more was refused, and one in 6,500 of 100 to 150 was (a list of Nigerian states).
ENOUGH = 160
#: A shorter text is refused only if it is written in another script, which so few letters tell.
ENOUGH_SCRIPT = 40
#: English is what most letters of the stretches that can be told are in.
MAJORITY = 0.5
#: With fewer letters in languages that can be told, a text is in none that the detector knows; it is above 0.43 in 7,931 English texts.
KNOWN = 0.1

#: Bytes of UTF-8 that begin a letter: ASCII's letters and the lead bytes of scripts, without those of combining marks (CC, CD), of
#: punctuation and signs (C2, E2), private use (EE), compatibility forms (EF) and emoji (F0). Counting bytes takes microseconds.
_LETTERS = string.ascii_letters.encode() + bytes({*range(0xC3, 0xEE)} - {0xCC, 0xCD, 0xE2})
#: Those of Latin letters with marks, up to U+024F.
_LATIN = string.ascii_letters.encode() + bytes(range(0xC3, 0xCA))
#: What UTF-8 may hold and CLD2 refuses: controls and code points that are no characters.
_NO_TEXT = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef]|["
    + "".join(chr(p << 16 | e) for p in range(17) for e in (0xFFFE, 0xFFFF))
    + "]"
)
#: An address, a key or a run of one letter: of Latin letters no language writes so long a word.
_NO_WORD = re.compile(rb"[!-~]{80,}")
_STEP = "orbat reads English only: give a translation."


def not_english(text: str) -> str:
    """Why a text is not read as English, with the language and its share of the letters; empty where it is English or too short to tell."""
    data = _NO_WORD.sub(b" ", text.encode("utf-8", "replace"))
    letters, latin = _count(data), _count(data, _LATIN)
    if letters < ENOUGH_SCRIPT or (letters < ENOUGH and latin >= MAJORITY * letters):
        return ""
    shares = _languages(data)
    known = sum(shares.values())
    if known < KNOWN * letters:
        # words that come again and again (a table, a slogan) say no more than once
        if latin >= MAJORITY * letters and _count(b" ".join(dict.fromkeys(data.split()))) < ENOUGH:
            return ""
        return _reason("no language that can be told is in it", 1 - known / letters)
    if shares["English"] >= MAJORITY * known:
        return ""
    name, most = max(((name, size) for name, size in shares.items() if name != "English"), key=lambda item: item[1])
    return _reason(f"most of it is {name}", most / known)


def languages(text: str) -> Counter[str]:
    """How many letters of ``text`` are in which language, by the language's English name; letters of none that can be told are left out."""
    return _languages(text.encode("utf-8", "replace"))


def _languages(data: bytes) -> Counter[str]:
    import pycld2  # a library of 14 MB: only where something is read

    try:
        *_, stretches = pycld2.detect(data, True, bestEffort=True, returnVectors=True)
    except pycld2.error:  # it refuses what _NO_TEXT says, which few texts hold
        data = _NO_TEXT.sub(" ", data.decode("utf-8")).encode("utf-8")
        *_, stretches = pycld2.detect(data, True, bestEffort=True, returnVectors=True)
    found: Counter[str] = Counter()
    for start, size, name, code in stretches:
        if code != "un":
            found[name.replace("_", " ").title() if name.isupper() else name] += _count(data[start : start + size])
    return found


def _count(data: bytes, which: bytes = _LETTERS) -> int:
    return len(data) - len(data.translate(None, which))


def _reason(what: str, share: float) -> str:
    return str(ReadError("It is not in English.", f"By its letters {what} ({share:.0%}).", _STEP))
