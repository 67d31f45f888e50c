"""Names made comparable: the three keys by which actors and places are looked up.

``fold`` takes away what writers vary without meaning anything (case, accents, apostrophes, hyphens, a leading "the").
``skeleton`` goes on to what transliterations vary (al-/el-, q/k, ou/u, doubled letters, vowels), so it finds more and
proves less: check what it finds with a closer comparison. ``is_acronym`` looks at capitals, so it wants the name as
written: "IS" is one, "is" is not. ``lost_capitals`` tells the texts where that is no help.
"""

from __future__ import annotations

import re
import unicodedata

from orbat.remembering import remembered

# Letters that Unicode does not decompose into a base letter and a mark.
_LETTERS = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ə": "e", "ŧ": "t", "ŋ": "ng",
        "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ʼ": "'",
    }
)  # fmt: skip
_APOSTROPHES = "'’‘`´ʻʾʿʼ′ˈ‛"
_DROP = {ord(c): None for c in _APOSTROPHES}
_POSSESSIVE = re.compile(rf"[{_APOSTROPHES}][sS]?$")
_NOT_WORD = re.compile(r"[\W_]+")
_PLAIN = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*").fullmatch

# The Arabic article before a "sun letter" copies it (ash-Sham, an-Nusra, ad-Din); without its hyphen it may be an
# English word ("an", "as", "at"), so only al, el and ul go wherever they stand.
_HYPHEN_ARTICLE = re.compile(r"(?<![a-z])(?:a|e|u)(?:l|n|r|s|d|t|z|sh|dh|th)[-‐‑–](?=[a-z])")
_FREE_ARTICLE = re.compile(r"\b(?:al|el|ul) (?=[a-z])")
_SERVANT = re.compile(r"\babd(?:[aeiou][lr])? ?(?=[a-z])")
_SPELLINGS = (
    ("tch", "c"), ("sch", "s"), ("dj", "j"), ("kh", "k"), ("gh", "g"), ("dh", "d"), ("th", "t"), ("zh", "z"),
    ("sh", "s"), ("ch", "s"), ("ph", "f"), ("ck", "k"), ("q", "k"), ("x", "ks"), ("tz", "ts"),
)  # fmt: skip
_SOFT_C = re.compile(r"c(?=[eiy])")
_SILENT_END = re.compile(r"(?<=[aeiouy])h\b|(?<=[a-z]{3}[b-df-hj-np-tv-xz])e\b")
_WEAK_W = re.compile(r"(?<=[aeiouy])w(?![aeiouy])")
_VOWELS = re.compile(r"(?<=[a-z])y|[aeiou]")
_DOUBLED = re.compile(r"(.)\1+")
_INSIDE = re.compile(r"(?<=[a-z,] )[^\W\d_]")


@remembered(8_192)  # with 65,536 80 articles take the same time, and 17 MB more once it is full
def fold(name: str) -> str:
    """The name in lower case with accents, apostrophes, a final possessive and a leading "the" taken away, and every
    other run of signs (hyphens too) turned into one space: "The Jama'at al-Islāmiyya" gives "jamaat al islamiyya".

    Letters of other scripts stay as they are. Empty if the name holds no letter or digit.
    """
    text = _POSSESSIVE.sub("", name.strip()).lower().translate(_DROP)
    if not _PLAIN(text):
        if not text.isascii():
            text = unicodedata.normalize("NFKD", text.translate(_LETTERS)).lower()
            text = "".join(c for c in text if not unicodedata.combining(c))
        text = _NOT_WORD.sub(" ", text.replace("&", " and ")).strip()
    return text[4:] if text.startswith("the ") else text


@remembered(2_048)
def skeleton(name: str) -> str:
    """What stays of a name across transliterations, without spaces: "Al-Qaeda" and "el Kaïda" give "kada",
    "Hizb Allah" and "Hezbollah" give "hazbala", "Deir ez-Zor" and "Dayr az-Zawr" give "darzar".

    Articles go, spellings of one sound become one letter, every run of vowels becomes "a", doubled letters one.
    Different short names can share a skeleton ("Sinai", "Sanaa"), so it proposes, it does not prove.
    """
    text = fold(_HYPHEN_ARTICLE.sub("", name.lower()))
    text = _SERVANT.sub("abd", _FREE_ARTICLE.sub("", text))
    for spelling, sound in _SPELLINGS:
        text = text.replace(spelling, sound)
    text = _SOFT_C.sub("s", text).replace("c", "k")
    text = _WEAK_W.sub("", _SILENT_END.sub("", text)).replace("w", "v")
    return _DOUBLED.sub(r"\1", _VOWELS.sub("a", text).replace(" ", ""))


@remembered(2_048)
def is_acronym(name: str) -> bool:
    """Whether a name as written looks like an acronym: one word of 2 to 12 signs that begins with a capital, has at
    least two capitals or digits, and no more small letters than those ("IS", "M23", "LeT", "SPLM/A-IO"; not "Iraq").
    """
    if not 2 <= len(name) <= 12 or not name[0].isupper() or any(c.isspace() for c in name):
        return False
    strong = sum(c.isupper() or c.isdigit() for c in name)
    return strong >= 2 and sum(c.islower() for c in name) <= strong


@remembered(256)
def lost_capitals(text: str) -> bool:
    """Whether a text's capitals tell no name: it is all capitals, or has none but at the beginnings of its sentences.

    Judged on the first 2,000 signs: over 60% of the letters are capitals, or under 1 in 100 of the words inside sentences begins with
    one (ordinary news has 10 and more). A text of under 20 such words must have no capital at all.
    """
    head = text[:2000]
    inside = _INSIDE.findall(head)
    capitals = sum(map(str.isupper, inside))
    if len(inside) >= 20 and capitals * 100 < len(inside):
        return True
    letters = sum(map(str.isalpha, head))
    big = sum(map(str.isupper, head)) if capitals or len(inside) < 20 else 0
    return letters > 0 and (big > 0.6 * letters or (len(inside) < 20 and big == 0 and head.islower()))
