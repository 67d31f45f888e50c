"""Sentences of a text, character-exact."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

import syntok.segmenter
from syntok.segmenter import State

from orbat.types import Span

_PARAGRAPHS = re.compile(r"\n+")
_OPENING = re.compile(r"(?:^|[.!?][\"'”’)]*\s+)[\"'“‘(]*[a-z]", re.MULTILINE)

# syntok looks at every token of a paragraph, but what it decides hangs on the marks that may end a sentence, on the words beside them and
# on what stands in brackets; of other words it only asks whether there is more than one. So the words inside a run are kept from it, which
# saves half of its time. That holds in a paragraph that has nothing but these marks, and no brackets within brackets.
_GAP = r"[ \t\xa0]"
_SIGNS = r"\w,:'\"’‘“”–—$£€%&/*+•°…`~@#|<>=^\-"
_WORD = f"[{_SIGNS}]"
_LOOSE = rf"[{_SIGNS} \t\xa0.!?;]"  # a word's signs, gaps and the marks that may end a sentence
_PLAIN = re.compile(rf"(?:{_LOOSE}++|[(\[{{]{_LOOSE}*+[)\]}}])*+")
_RUN = re.compile(rf"[(\[{{][^)\]}}]*+|(?<![^ \t\xa0])({_WORD}++)(?:{_GAP}++{_WORD}++)+({_GAP}{_WORD}++)(?![^ \t\xa0])")
# Where a plain word or number stands before the mark, and a capital or a quotation behind it, a sentence ends whatever else is around,
# unless the word is one that syntok looks further after. It need not be shown such an end, nor a part between two that has no other mark.
_END = re.compile(r"([.!?][\"'”’]?) +(?=([A-Z]\w*)|[“\"‘'])")
_BEFORE_END = re.compile(r"[“\"]?(?:[A-Za-z]+-)*(?=\w\w)([A-Z]?[a-z]+|[A-Z]+|\d+)")
_MAY_GO_ON = State.abbreviations | State.months | State.roman_numerals | {"no", "No", "NO"}
_LONE = re.compile(r"[^\s.!?;(\[{][^.!?;(\[{]*+(?:(?<=\d)\.(?=\d)[^.!?;(\[{]*+)*+[.!?]?(?<!\s)")
# Ranks and offices before a name, which syntok does not know: "said Maj. Andrew Linao", "Maj. Gen. Rillera".
_RANK = re.compile(
    r"\b(?:Lt|Lieut|Maj|Sgt|Cpl|Pvt|Spc|Ens|Cmdr|Comdr|Cmdt|Supt|Insp|Asst|Const|Engr|Gov|Hon|Rep|Amb|Atty)\.$|\bGen\. \([a-z]+\.?\)$", re.I
)

# A dateline whose dash is a hyphen: "PORT-AU-PRINCE - ", "GAO, Mali - ", "Bogotá, 9 June 2023 - ", "Abuja (AFP) - ".
_PLACED = r"(?:,? ?/?(?:[A-Z][\w.’'-]*|of|de|del|da|do|du|el|la|las|los|and|y)|,? \d{1,4},?)"
_HYPHEN_OF_DATELINE = re.compile(
    rf"^(?:[A-Z][A-Z.’'-]{{2,}}{_PLACED}{{0,10}}"
    rf"|[A-Z][\w.’'-]+(?:{_PLACED}{{0,8}}? \d{{1,4}}{_PLACED}{{0,3}}|{_PLACED}{{0,8}}? ?\([^()\n]{{2,60}}\)))"
    r"(?: ?\([^()\n]{2,60}\))? (-) (?=[A-Z\"“‘'])",
    re.MULTILINE,
)


def dashed(text: str) -> str:
    """The text with a dash for the hyphen that ends a dateline, "GAO, Mali - ", as long as before.

    The network knows such hyphens from inside of names and takes the dateline for a part of the name that follows. Only what it is given
    is changed, the document never.
    """
    if " - " not in text:
        return text
    letters = list(text)
    for found in _HYPHEN_OF_DATELINE.finditer(text):
        letters[found.start(1)] = "—"
    return "".join(letters)


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of ``text``, in order; a line break always ends a sentence.

    The rules are syntok's, paragraph by paragraph, as the corpus was made with them, but that none ends at a rank before a name. They
    look at capitals: a text that has only lower case, or only capitals, is given a capital after each full stop for them to look at.
    Text between spans is white space.
    """
    if text.islower() or text.isupper():
        text = _cased(text)
    out: list[Span] = []
    place = 0
    for gap in [*_PARAGRAPHS.finditer(text), None]:
        stop = gap.start() if gap else len(text)
        paragraph = text[place:stop]
        if paragraph.strip():
            for a, b in _joined(paragraph, _cut(paragraph)):
                if paragraph[a:b].strip():
                    out.append(Span(place + a, place + b))
        place = gap.end() if gap else stop
    return tuple(out)


def _cut(paragraph: str) -> list[tuple[int, int]]:
    """Where syntok's sentences of a paragraph begin and end."""
    if not _PLAIN.fullmatch(paragraph):
        return _bounds(paragraph)
    out: list[tuple[int, int]] = []
    place = 0
    for stop, following in [*_sure_ends(paragraph), (len(paragraph), 0)]:
        part = paragraph[place:stop]
        found = [(0, len(part))] if _LONE.fullmatch(part) else _bounds_of_plain(part)
        out += [(place + a, place + b) for a, b in found]
        place = following
    return out


def _sure_ends(paragraph: str) -> Iterator[tuple[int, int]]:
    """Where sentences of a plain paragraph surely end, and where the next ones begin."""
    place = 0
    for found in _END.finditer(paragraph):
        part = paragraph[place : found.start()]
        if not (before := _BEFORE_END.fullmatch(part, part.rfind(" ") + 1)) or _opens(part):
            continue
        word, following = before[1], found[2]
        if word not in _MAY_GO_ON and not (word.isdigit() and following in State.months):
            place = found.end()
            yield found.end(1), place


def _opens(part: str) -> bool:
    """Whether a bracket is open at the end of a part of a plain paragraph."""
    return sum(map(part.count, "([{")) > sum(map(part.count, ")]}"))


def _bounds_of_plain(paragraph: str) -> list[tuple[int, int]]:
    """What ``_bounds`` gives of a paragraph that is plain, without the words inside its runs."""
    kept: list[str] = []
    places, left_out = [], [0]  # of what is kept: where words were left out, and how many letters up to there
    place = size = 0
    for run in _RUN.finditer(paragraph):
        a, b = run.end(1), run.start(2)
        if a < 0:  # what stands in brackets
            continue
        kept.append(paragraph[place:a])
        size += a - place
        places.append(size)
        left_out.append(left_out[-1] + b - a)
        place = b
    kept.append(paragraph[place:])
    return [(a + left_out[bisect_left(places, a)], b + left_out[bisect_left(places, b)]) for a, b in _bounds("".join(kept))]


def _bounds(paragraph: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for group in syntok.segmenter.analyze(paragraph):
        for tokens in group:
            part = list(tokens)
            found.append((part[0].offset, part[-1].offset + len(part[-1].value)))
    return found


def _joined(paragraph: str, bounds: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The bounds without those after a rank that a name follows."""
    out: list[tuple[int, int]] = []
    for a, b in bounds:
        if out and paragraph[a : a + 1].isupper() and _RANK.search(paragraph, max(0, out[-1][1] - 20), out[-1][1]):
            a = out.pop()[0]
        out.append((a, b))
    return out


def _cased(text: str) -> str:
    """The text in lower case with a capital at what may open a sentence; every letter keeps its place."""
    plain = text if text.islower() else "".join(low if len(low := c.lower()) == 1 else c for c in text)
    return _OPENING.sub(lambda found: found[0][:-1] + found[0][-1].upper(), plain)
