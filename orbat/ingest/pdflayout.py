"""Pages of placed text to lines and paragraphs: columns in order, running heads and page numbers out, paragraphs whole, words unbroken.

Pure: it takes what ``pdfpages`` tells of each page. Sizes and places are in points from the lower left corner of the page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

from orbat.ingest.lines import Line, of_paragraphs


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one place: left end, base line, size of its letters."""

    x: float
    y: float
    size: float
    is_bold: bool
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """The runs of a page in the order of the file."""

    number: int
    height: float
    runs: Sequence[Run]


@dataclass(slots=True)
class _Row:
    """One line as printed.

    ``cells``: it is of parts that stand apart, as in a table. ``depth``: how far it stands from the nearer end of the page, as a share of
    its height. ``is_edge``: the first or the last line of its page. ``is_alone``: a paragraph of its own.
    """

    x: float
    y: float
    size: float
    is_bold: bool
    text: str
    page: int
    cells: list[Run] = field(default_factory=list)
    is_edge: bool = False
    is_alone: bool = False
    depth: float = 0.5


_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\u00a0": " ", "\u2010": "-", "\u2011": "-"}
_CONTROLS: dict[str, str | None] = {chr(code): " " for code in range(32)} | {chr(code): None for code in range(127, 160)}
#: TeX's fonts of symbols have their bullet at 136, which PDF libraries give as a control character.
_LETTERS = str.maketrans(_CONTROLS | _LIGATURES | {"\u0088": "•", "\u200b": None, "\ufeff": None})
_BULLET = re.compile(r"(?:[•▪◦●■–—*·‣\uf0b7\uf0a7]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)])\s")
#: How a footnote begins.
_NOTE = re.compile(r"(?:\d{1,3}|[*†‡])[.)]?\s*(?=[^\W\d_“\"‘'(])")
_LEADER = re.compile(r"[•▪◦●■‣\uf0b7\uf0a7]\s*")
_NUMBER = re.compile(r"(?:page |p\. ?|[-–—|] ?)?(?:\d{1,4}|[ivxl]{1,6})(?: ?(?:of|/) ?\d{1,4})?(?: ?[-–—|])?", re.I)
_SENTENCE_END = re.compile(r"""[.!?…:;]["'”’)\]]*(?:\s?\d{1,3})?$""")
#: First parts of words that keep their hyphen at a line's end, where the document itself does not show how it writes the word. "Pro", "ex"
#: and "north" are not among them: "province", "explosion" and "northern" are broken there.
_FIRST_PARTS = frozenset(
    ["self", "non", "well", "anti", "vice", "mid", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
)
#: The width of a letter by its size, on average, in running text.
_WIDTH = 0.5
#: Letters are up to so much wider than that, and cells stand so many letter sizes apart.
_UNSURE = 1.12
_GAP = 1.0
#: A line is compared with so many before and after it; one below this share of the longest of them, in letters, is not full.
_NEAR = 12
_FULL = 0.75
#: Lines at the top and the bottom of a page that may be running heads.
_EDGE = 3
#: The share of a page's height, at either end, in which they stand.
_MARGIN = 0.13
#: Lines of two parts on a page, from which they are taken for two columns printed across and not for a table.
_ACROSS = 12
_PIECE = 18
#: So often may the lines of a page go back up: to a next column, a head that is drawn last, a box.
_JUMPS = 4
#: So many places where lines begin are looked at; no document has more that count.
_MARGINS = 100
#: Letters at a line's end and start in which a broken word stands.
_WORD = 60
#: Letters of a run that was not placed letter by letter.
_LONG_RUN = 10


def lines(pages: Sequence[Page], *, alone: Callable[[str], bool] | None = None) -> list[Line]:
    """The paragraphs of a document: each a ``Line``, with a line without words after it. What is set large at the top is its title.

    Footnotes come after the rest, so that they part no paragraph.

    Args:
        alone: which lines are paragraphs of their own for what they say, as the fields of an export are.
    """
    rows = _without_heads([_rows(page) for page in pages])
    for row in (row for page in rows for row in page):
        row.is_alone = alone is not None and alone(row.text)
    body = _body_size(row for page in rows for row in page)
    main: list[_Row] = []
    notes: list[_Row] = []
    for page in rows:
        for row, is_note in zip(page, _are_notes(page, body), strict=True):
            (notes if is_note else main).append(row)
    words = Counter(word.lower() for row in main for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", row.text))
    title, main = _title(main, body)
    if title:  # a running head that gives the title, on a page of its own kind
        main = [row for row in main if not (row.is_edge and row.size <= body and title.lower() in row.text.lower())]
    found = [(title, "title")] if title else []
    found += [(text, "heading" if is_heading else "") for text, is_heading in _paragraphs(main, body, words)]
    found += [(text[match.end() :] if (match := _NOTE.match(text)) else text, "") for text, _ in _paragraphs(notes, body, words)]
    return of_paragraphs(found)


def _rows(page: Page) -> list[_Row]:
    runs = [run for run in (replace(run, text=run.text.translate(_LETTERS)) for run in page.runs) if run.text.strip()]
    if sum(below.y > above.y + above.size for above, below in pairwise(runs)) > max(_JUMPS, len(runs) / 4):
        runs.sort(key=lambda run: (-round(run.y / 2), run.x))  # not drawn in the order of reading
    groups: list[list[Run]] = []
    for run in runs:
        if not groups or abs(run.y - groups[-1][0].y) > 0.45 * max(run.size, groups[-1][0].size):
            groups.append([])
        groups[-1].append(run)
    # where long pieces inside many lines begin at one place, a column begins
    starts = Counter(round(run.x / 3) for group in groups for run in group[1:] if len(run.text) > _PIECE)
    columns = frozenset(near for at, count in starts.items() if count >= _ACROSS for near in (at - 1, at, at + 1))
    rows = _by_columns([_row(group, page.number, columns) for group in groups])
    for row in rows:
        row.depth = min(row.y, page.height - row.y) / page.height if page.height > 0 else 0.0
    return rows


def _row(runs: list[Run], page: int, columns: frozenset[int]) -> _Row:
    """A line of its runs. Raised small figures, which point to notes, are left out; runs that stand apart are cells."""
    main = max(runs, key=lambda run: len(run.text.strip()) * run.size)
    kept = runs[:1] + [run for before, run in pairwise(runs) if run is main or not _is_mark(before, run, main.size)]
    groups = [kept[:1]]
    for last, run in pairwise(kept):
        if run.x > _right(last) + _GAP * main.size or run.x < last.x or round(run.x / 3) in columns:
            groups.append([])
        groups[-1].append(run)
    cells = [replace(group[0], text=_glued(group, main.size)) for group in groups]
    text = cells[0].text if len(cells) == 1 else " | ".join(cell.text for cell in cells)
    if len(cells) == 2 and _LEADER.fullmatch(cells[0].text):
        text, cells = f"{cells[0].text} {cells[1].text}", cells[1:]
    return _Row(kept[0].x, main.y, main.size, main.is_bold, text, page, cells if len(cells) > 1 else [])


def _glued(runs: Sequence[Run], size: float) -> str:
    """The words of runs that stand close: with a space between them where there is a gap and none is written."""
    parts = [runs[0].text]
    for last, run in pairwise(runs):
        is_close = last.text.endswith(" ") or run.text.startswith((" ", ",", ".")) or run.x < _right(last) + 0.1 * size
        parts += ["" if is_close else " ", run.text]
    return " ".join("".join(parts).split())


def _is_mark(before: Run, run: Run, size: float) -> bool:
    """Whether a run points to a note: figures that are small, or that stand by themselves right behind the end of a sentence."""
    if not re.fullmatch(r"\d{1,3}(?:,\d{1,3})*|[*†‡]", run.text.strip()):
        return False
    return run.size < 0.8 * size or (
        len(before.text) >= _LONG_RUN and re.search(r"[^\W\d_][.!?]?[.!?”\"’)]$", before.text[-_WORD:]) is not None
    )


def _right(run: Run) -> float:
    return run.x + _WIDTH * run.size * len(run.text.rstrip()) * _UNSURE


def _by_columns(rows: list[_Row]) -> list[_Row]:
    """Rows printed across two columns, apart and one column after the other; other rows as they are."""
    across = [row for row in rows if len(row.cells) == 2 and min(len(cell.text) for cell in row.cells) > _PIECE]
    if len(across) < _ACROSS or len(across) < len(rows) / 3:
        return rows
    gutter = median(row.cells[1].x for row in across)
    if sum(abs(row.cells[1].x - gutter) < 20 for row in across) < 0.8 * len(across):
        return rows
    out: list[_Row] = []
    left: list[_Row] = []
    right: list[_Row] = []
    for row in rows:
        if len(row.cells) == 2 and abs(row.cells[1].x - gutter) < 20:
            left.append(_Row(row.cells[0].x, row.y, row.size, row.is_bold, row.cells[0].text, row.page))
            right.append(_Row(row.cells[1].x, row.y, row.size, row.is_bold, row.cells[1].text, row.page))
        elif row.cells or row.x + _WIDTH * row.size * len(row.text) > gutter + 20 > 40 + row.x:
            out += [*left, *right, row]  # a line over both columns
            left, right = [], []
        else:
            (right if row.x > gutter - 20 else left).append(row)
    return [*out, *left, *right]


def _without_heads(pages: list[list[_Row]]) -> list[list[_Row]]:
    """The rows of each page without those that come back at the top or the bottom of pages, and without page numbers."""
    seen: Counter[tuple[str, int]] = Counter()
    edges: list[list[_Row]] = []
    for page in pages:
        order = sorted(page, key=lambda row: -row.y)
        edge = [*order[:_EDGE], *order[-_EDGE:]] if len(order) > 2 * _EDGE else order
        edges.append(edge)
        seen.update({_print(row) for row in edge if row.depth < _MARGIN})
    least = max(2, 0.3 * len(pages))
    out = []
    for page, edge in zip(pages, edges, strict=True):
        for row in edge[:1] + edge[-1:]:
            row.is_edge = True
        heads = {id(row) for row in edge if row.depth < _MARGIN and seen[_print(row)] >= least}
        numbers = {id(row) for row in edge if row.is_edge and row.depth < 2 * _MARGIN and _has_number(row)}
        gone = heads | numbers
        out.append([row for row in page if id(row) not in gone])
    return out


def _has_number(row: _Row) -> bool:
    """Whether a row is a page's number, alone or beside a running head."""
    return any(_NUMBER.fullmatch(text) for text in ([row.cells[0].text, row.cells[-1].text] if row.cells else [row.text]))


def _print(row: _Row) -> tuple[str, int]:
    """What a running head has in common from page to page: its words but for numbers, and its height."""
    return re.sub(r"\d+|\b[ivxl]+\b", "#", row.text.lower()), round(row.y / 4)


def _body_size(rows: Iterable[_Row]) -> float:
    sizes: Counter[float] = Counter()
    for row in rows:
        sizes[round(row.size * 2) / 2] += len(row.text)
    return max(sizes, key=lambda size: sizes[size], default=10.0)


def _are_notes(rows: list[_Row], body: float) -> list[bool]:
    """Which rows are footnotes: small lines at the foot of a page or column, the first of which opens with a number or a mark."""
    out = [False] * len(rows)
    for number in range(1, len(rows)):
        is_first = rows[number].size < 0.92 * body and not rows[number].cells and rows[number - 1].y > rows[number].y
        if out[number] or not is_first or not _NOTE.match(rows[number].text):
            continue
        end = number
        while end < len(rows) and rows[end].size < 0.92 * body and rows[end].y <= rows[end - 1].y:
            end += 1
        if end == len(rows) or rows[end].y > rows[end - 1].y:
            out[number:end] = [True] * (end - number)
    return out


def _title(rows: list[_Row], body: float) -> tuple[str, list[_Row]]:
    """The lines set largest on the first page, where they are larger than the text, and the rows without them."""
    first = [row for row in rows if row.page == rows[0].page][:12] if rows else []
    sizes = sorted({row.size for row in first if row.size >= 1.15 * body}, reverse=True)
    spans = []
    for size in sizes:
        start = next(number for number, row in enumerate(first) if row.size == size)
        end = next((number for number in range(start, len(first)) if first[number].size != size), len(first))
        spans.append((start, end, _joined([row.text for row in first[start:end]], Counter())))
    # one or two words may be a masthead or a letter set large; what is smaller and longer is then the title
    named = [span for span in spans if re.search(r"[^\W\d_]{2}", span[2])]
    start, end, title = next((span for span in named if len(span[2].split()) > 2), named[0] if named else (0, 0, ""))
    return title, [*rows[:start], *rows[end:]]


def _paragraphs(rows: Sequence[_Row], body: float, words: Counter[str]) -> list[tuple[str, bool]]:
    """The paragraphs of rows in order, and whether each is a heading."""
    if not rows:
        return []
    gaps = [above.y - below.y for above, below in pairwise(rows) if 0 < above.y - below.y < 3 * above.size]
    leading = median(gaps) if gaps else 1.2 * body
    margins = Counter(dict(Counter(round(row.x) for row in rows).most_common(_MARGINS)))
    groups: list[list[_Row]] = [[rows[0]]]
    for number, (above, below) in enumerate(pairwise(rows)):
        longest = max(len(row.text) for row in rows[max(0, number - _NEAR) : number + _NEAR + 2] if abs(row.x - above.x) <= 4 * row.size)
        if _parts(above, below, body=body, leading=leading, margins=margins, longest=longest):
            groups.append([])
        groups[-1].append(below)
    out = []
    for group in groups:
        text = _joined([row.text for row in group], words)
        is_heading = (
            len(text) < 150 and not _SENTENCE_END.search(text[-_WORD:]) and all(row.is_bold or row.size > 1.1 * body for row in group)
        )
        out.append((text, is_heading))
    return out


def _parts(above: _Row, below: _Row, *, body: float, leading: float, margins: Counter[int], longest: int) -> bool:
    """Whether a new paragraph begins with ``below``."""
    if above.is_alone or below.is_alone:
        return True
    ends = bool(_SENTENCE_END.search(above.text[-_WORD:]))
    if below.size == above.size and _NOTE.match(below.text) and above.size < 0.92 * body and ends:
        return True
    if _BULLET.match(below.text) and (_LEADER.match(below.text) or ends):
        return True
    if above.cells or below.cells or abs(above.size - below.size) > 0.08 * above.size:
        return True
    if above.is_bold != below.is_bold and not (above.text.endswith((",", "-")) or below.text[:1].islower()):
        return True
    drop = above.y - below.y
    if drop <= 0 or above.page != below.page:  # the next column or page
        return _is_indented(below, margins) or (ends and not below.text[:1].islower()) or (above.is_bold and below.is_bold)
    if drop > 1.25 * leading and drop > 1.25 * above.size:
        return not above.text.endswith("-")
    if above.x - below.x > 4 * above.size:  # a line in the middle
        return True
    if abs(below.x - above.x) > 0.7 * above.size and below.x > above.x and not _BULLET.match(above.text):
        return _is_indented(below, margins)
    if above.text.endswith(("-", "\u00ad")):
        return False
    # a line that the next word would still have fitted on was ended on purpose
    return len(above.text) + 1 + len(below.text.split(" ")[0]) < _FULL * longest


def _is_indented(row: _Row, margins: Counter[int]) -> bool:
    """Whether a line begins a little to the right of where many lines begin."""
    at = round(row.x)
    near = [x for x in margins if 0.6 * row.size <= at - x <= 4 * row.size]
    return any(margins[x] >= 2 * margins[at] or margins[x] > margins[at] + 3 for x in near)


def _joined(texts: Sequence[str], words: Counter[str]) -> str:
    """Lines as one paragraph."""
    parts = [texts[0]]
    for text in texts[1:]:
        cut, glue = _seam(parts[-1][-_WORD:], text[:_WORD], words)
        parts[-1] = parts[-1][: len(parts[-1]) - cut]
        parts += [glue, text]
    return " ".join("".join(parts).replace("\u00ad", "").split())


def _seam(above: str, below: str, words: Counter[str]) -> tuple[int, str]:
    """How many letters go from the end of a line where it meets the next, and what comes between them.

    A word that was broken is made whole, with its hyphen where that is the word's own.
    """
    if above.endswith("\u00ad"):
        return 1, ""
    match = re.search(r"([^\W\d_]+)-$", above)
    rest = re.match(r"[^\W\d_]+", below)
    if match is None or rest is None:
        return 0, "" if above.endswith(("-", "/")) and not above.endswith((" -", " /")) else " "
    left, right = match[1].lower(), rest[0].lower()
    is_known = not words[left + right] and (bool(words[f"{left}-{right}"]) or left in _FIRST_PARTS)
    is_own = not rest[0][0].islower() or (is_known and not above[: match.start()].endswith("-"))
    return (0, "") if is_own else (1, "")
