"""Articles in JSON: one a line (JSON Lines), or one object or list to a file.

The text of an article stays as it was given, letter for letter, whatever its line ends: offsets refer to it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

from orbat.errors import ReadError
from orbat.ingest import dates, feeds
from orbat.ingest.decoding import decode
from orbat.ingest.source import MAX_LINE, Source
from orbat.remembering import remembered
from orbat.types import Document, Failure

#: What may be known of an article besides its text and day: our names, and the keys of the file.
_KEYS = {"given_id": "id", "title": "title", "source": "source", "byline": "byline", "url": "url", "section": "section"}
#: The characters of a day in every usual form.
_SHORT = 40
_STEP = 'Write one object a line, such as {"id": "a1", "text": "...", "published": "2018-01-19"}.'


def read_json_lines(source: Source) -> Iterator[Document | Failure]:
    """One article a line: ``text`` and, if known, ``id, title, published`` (or ``date``), ``source, byline, url, section``.

    Other keys are ignored and blank lines passed over. A line that cannot be read is a ``Failure`` that names its number, and reading
    goes on. A ``published`` that is no certain day gives the article without a day, and a ``Failure`` that says so.
    """
    wide = source.head.startswith((b"\xff\xfe", b"\xfe\xff"))
    lines: Iterator[bytes | None] = (
        iter(decode(source.read_all()).encode("utf-8", "surrogatepass").split(b"\n")) if wide else source.lines()
    )
    empty = True
    for number, line in enumerate(lines, 1):
        where = f"{source.name}:{number}"
        if line is None:
            empty = False
            yield _failure(
                where,
                ReadError(
                    f"Line {number} is longer than {MAX_LINE >> 20} MB.", "No article is that long; the line ends may be missing.", _STEP
                ),
            )
        elif line.strip(b" \t\r\n\xef\xbb\xbf\x00"):
            empty = False
            try:
                value = _loaded(line, f"Line {number}")
                yield from article(value, where, f"Line {number}")
            except ReadError as error:
                yield _failure(where, error)
    if empty:
        raise ReadError("There is no article in it.", "It holds no line that is not blank.", _STEP)


def read_json(source: Source) -> Iterator[Document | Failure]:
    """One article to a file, or a list of articles, with the keys of JSON Lines; or a feed in the format of JSON Feed."""
    data = source.read_all()
    try:
        value = _loaded(data, "The file")
    except ReadError as error:
        first = data.split(b"\n", 1)
        if len(first) == 2 and _is_json(first[0]) and first[1].strip():
            # JSON Lines under the name of JSON
            yield from read_json_lines(Source(source.name, data, source.stream))
            return
        raise error
    if feeds.is_json_feed(value):
        yield from feeds.articles(feeds.entries(data), source.name)
        return
    articles = value if isinstance(value, list) else [value]
    if not articles:
        raise ReadError("There is no article in it.", "It holds an empty list.", _STEP)
    for number, each in enumerate(articles, 1):
        where = f"{source.name}:{number}" if isinstance(value, list) else source.name
        try:
            yield from article(each, where, f"Article {number}" if isinstance(value, list) else "The file")
        except ReadError as error:
            yield _failure(where, error)


def looks_like_json_lines(head: bytes) -> bool:
    """Whether the first line is an object of its own (or too long to see its end)."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    line, found, _ = start.partition(b"\n")
    return start.startswith(b"{") and (not found or _is_json(line))


def looks_like_json(head: bytes) -> bool:
    """Whether it begins as a JSON object or a list of them does."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"{") or (start.startswith(b"[") and start[1:].lstrip().startswith(b"{"))


def _is_json(line: bytes) -> bool:
    try:
        _loaded(line, "")
    except ReadError:
        return False
    return True


def _loaded(data: bytes, what: str) -> object:
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ReadError(
            f"{what} is not UTF-8.",
            f"Byte {error.start} ({data[error.start]:#04x}) cannot stand there.",
            "JSON is always UTF-8: save it so.",
        ) from error
    except RecursionError as error:
        raise ReadError(f"{what} is nested too deeply.", "Its brackets stand thousands deep, as no article's do.", _STEP) from error
    except ValueError as error:  # JSONDecodeError, and numbers too long to be converted
        raise ReadError(f"{what} is not valid JSON.", f"{str(error)[:200]}.", _STEP) from error


def article(value: object, where: str, what: str, *, step: str = _STEP) -> Iterator[Document | Failure]:
    """The article that an object with the keys of JSON Lines is, and a ``Failure`` where its day cannot be used.

    Args:
        where: what failures are named.
        what: what messages call it, as "Line 3".
        step: what a message says to do about it.

    Raises:
        ReadError: it has no text.
    """
    if not isinstance(value, dict):
        raise ReadError(f"{what} is no article.", f"It is a JSON {_name(value)}, not an object.", step)
    text = value.get("text")
    if not isinstance(text, str) or not text.strip():
        cause = (
            "It has no 'text'."
            if text is None
            else "Its 'text' is empty."
            if isinstance(text, str)
            else f"Its 'text' is a {_name(text)}, not a string."
        )
        raise ReadError(f"{what} has no text.", cause, step)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        half = f"'\\u{ord(text[error.start]):04x}' at character {error.start}"
        cause = f"{half} is one half of a surrogate pair and stands alone."
        raise ReadError(f"{what} holds half a character.", cause, "Write the text again from its source.") from error
    known = {name: _words(value.get(key)) for name, key in _KEYS.items()}
    stated = next((value[key] for key in ("published", "date") if value.get(key) is not None), "")
    day = _day(stated)
    yield Document.of(text, published=day, **known)
    if day is None and stated != "" and not dates.is_partial(str(stated)):
        yield _failure(
            where,
            ReadError(
                f"{what}'s day of publication could not be used; the article was read without it.",
                f"{str(stated)[:60]!r} is not a day that can be read in one way only.",
                "Write it as 2018-01-19.",
            ),
        )


def _day(stated: object) -> dt.date | None:
    if not isinstance(stated, str):
        return None
    return _find_date(stated) if len(stated) <= _SHORT else dates.find_date(stated)


@remembered(512)
def _find_date(stated: str) -> dt.date | None:
    """A file of articles names the same days again and again; the longest are not held."""
    return dates.find_date(stated)


def _words(value: object) -> str:
    """A stated value as words: strings as they are, numbers written out, names of a list joined; surrogate halves replaced."""
    if isinstance(value, str) and value.isascii():
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_words, value)))
    if isinstance(value, dict):
        return _words(value.get("name", ""))
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).encode("utf-8", "replace").decode("utf-8").strip()


def _name(value: object) -> str:
    return {list: "list", dict: "object", str: "string", bool: "true or false", type(None): "null"}.get(type(value), "number")


def _failure(where: str, error: ReadError) -> Failure:
    return Failure(where, "ingest", str(error))
