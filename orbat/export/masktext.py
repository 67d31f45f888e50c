"""Finding names in a text and putting pseudonyms in their place, so that spans can be carried over."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from orbat.types import Quote, Span

Word = str
Sequence_ = tuple[Word, ...]

# Letters and digits, with the marks that may stand on them and the signs that show nothing (soft hyphen, zero-width joiners).
_MARKS = "\u00ad\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0903\u093a-\u094f\u200b-\u200f\u2060\ufeff"
_WORD = re.compile(rf"[^\W_][^\W_{_MARKS}]*(?:[{_MARKS}]+[^\W_]*)*")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "ə": "e", "æ": "ae", "œ": "oe", "ß": "ss", "ʼ": None})


def words_of(text: str) -> list[tuple[Word, Span]]:
    """The words of a text as names are compared by (lower case, no accents, no marks), each with where it stands."""
    return [(plain(found[0]), Span(*found.span())) for found in _WORD.finditer(text)]


def plain(word: str) -> Word:
    """A word in lower case without accents, marks and signs that show nothing."""
    if word.isascii():
        return word.lower()
    split = unicodedata.normalize("NFKD", word.lower().translate(_LETTERS))
    return "".join(sign for sign in split if sign.isalnum())


@dataclass(frozen=True, slots=True)
class Edited:
    """A text with some parts replaced: ``cuts`` are the parts of the old text, ``puts`` where the new parts stand in ``text``."""

    text: str
    length: int
    cuts: tuple[Span, ...]
    puts: tuple[Span, ...]

    def holds(self, quote: Quote, base: int) -> bool:
        """Whether a quotation lies within the old text, which stood at ``base``."""
        return base <= quote.span.start and quote.span.end - base <= self.length

    def span(self, old: Span) -> Span:
        """Where a span of the old text stands in the new one. A span that begins or ends in a replaced part takes all of that part."""
        return Span(self._carry(old.start, first=True), self._carry(old.end, first=False))

    def _carry(self, place: int, *, first: bool) -> int:
        at = bisect_right([cut.start for cut in self.cuts], place if first else place - 1) - 1
        if at < 0:
            return place
        cut, put = self.cuts[at], self.puts[at]
        if place < cut.end or (not first and place == cut.end):
            return put.start if first else put.end
        return put.end + place - cut.end


class Finder:
    """Finds names in texts. ``names`` maps the words of a name to its person, or to None for a name that stays as it is."""

    def __init__(self, names: Mapping[Sequence_, str | None], pseudonym: Callable[[str], str], base: Finder | None = None) -> None:
        """Take names in.

        Args:
            base: finds further names, those that hold everywhere; of two names of the same words its own is taken.
        """
        self._pseudonym = pseudonym
        own: dict[Word, list[tuple[Sequence_, str | None]]] = {}
        for words, person in names.items():
            own.setdefault(words[0], []).append((words, person))
        for found in own.values():
            found.sort(key=lambda each: -len(each[0]))
        self._tables: tuple[Mapping[Word, list[tuple[Sequence_, str | None]]], ...] = (own, *(base._tables if base else ()))
        squashed = {"".join(words): person for words, person in names.items()}
        self._squashed = [word for word, person in squashed.items() if person is not None and len(word) >= _SQUASHED]

    def text(self, text: str, *, loose: bool = False) -> str:
        """The text with pseudonyms. ``loose``: names of one word count in small letters too, as in keys and addresses."""
        return self.edit(text, loose=loose).text

    def edit(self, text: str, *, loose: bool = False) -> Edited:
        """The text with pseudonyms, and what stands where."""
        parts, cuts, puts = [], [], []
        done = length = 0
        for span, person in self._find(text, loose):
            name = self._pseudonym(person)
            parts += [text[done : span.start], name]
            length += span.start - done
            cuts.append(span)
            puts.append(Span(length, length + len(name)))
            length, done = length + len(name), span.end
        parts.append(text[done:])
        return Edited("".join(parts), len(text), tuple(cuts), tuple(puts))

    def names_in(self, text: str) -> bool:
        """Whether a name stands in an address; one of the article's own also without any sign between its words."""
        if self._find(text, True):
            return True
        run = "".join(word for word, _ in words_of(text))
        return any(name in run for name in self._squashed)

    def _find(self, text: str, loose: bool) -> list[tuple[Span, str]]:
        if not any(self._tables):
            return []
        words, found, at = words_of(text), list[tuple[Span, str]](), 0
        while at < len(words):
            match = self._at(words, at, text, loose)
            if match is None:
                at += 1
                continue
            sequence, person = match
            if person is not None:
                start, end = words[at][1].start, words[at + len(sequence) - 1][1].end
                if found and found[-1][1] == person and text[found[-1][0].end : start] in (" ", "-"):
                    start = found.pop()[0].start  # the words of one name, found one by one
                found.append((Span(start, end), person))
            at += len(sequence)
        return found

    def _at(self, words: list[tuple[Word, Span]], at: int, text: str, loose: bool) -> tuple[Sequence_, str | None] | None:
        """The longest name that begins at a word; of two as long, the article's own."""
        first, span = words[at]
        best: tuple[Sequence_, str | None] | None = None
        for table in self._tables:
            for sequence, person in table.get(first, ()):
                if best is not None and len(sequence) <= len(best[0]):
                    break
                if len(sequence) > len(words) - at or any(words[at + i][0] != word for i, word in enumerate(sequence)):
                    continue
                if len(sequence) > 1 or loose or not text[span.start].islower():  # "young" is a word, "Young" the name
                    best = (sequence, person)
                    break
        return best


_SQUASHED = 8
"""Shortest run of letters that is taken for a name written as one word in an address ("ibrahimmusa"); shorter ones stand in other words."""


def mask_url(url: str, finder: Finder) -> str:
    """The address, or its site alone where a name stands in it: an address with a pseudonym would lead nowhere."""
    if not url or not finder.names_in(unquote(url)):
        return url
    try:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.hostname}/" if parts.scheme and parts.hostname else ""
    except ValueError:
        return ""
    return "" if finder.names_in(site) else site
