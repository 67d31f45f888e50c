"""Parts of a MIME message, as letters and saved pages (MHTML) are: parsed within limits, headers as words, bodies as text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime

from orbat.errors import ReadError
from orbat.ingest import dates
from orbat.ingest.decoding import decode

#: Parts of one message, those inside other parts among them: a saved page has one for each of its pictures, at most some hundreds.
MAX_PARTS = 5_000
#: A longer header is cut: no title, name or date is so long, and the time to decode one grows with its length.
_MAX_HEADER = 4_000
_STEP = "Save it again, or save its text and read that."


def parsed(data: bytes) -> Message:
    """A message of its bytes.

    Raises:
        ReadError: it cannot be taken apart.
    """
    if (count := data.count(b"\n--")) > 2 * MAX_PARTS:
        raise ReadError("The message has too many parts.", f"{count:,} lines in it may part one from the next.", _STEP)
    try:
        return message_from_bytes(data)
    except (MessageError, RecursionError, ValueError, LookupError, IndexError, TypeError) as error:
        raise ReadError("The message cannot be taken apart.", f"{type(error).__name__} {str(error)[:200]}.", _STEP) from error


def parts(message: Message) -> Iterator[tuple[Message, bool]]:
    """The message itself, or the parts that it is made of, in order, each with whether others beside it say the same in another form.

    Messages attached to it are given whole.

    Raises:
        ReadError: there are more than ``MAX_PARTS``.
    """
    waiting, count = [(message, False)], 0
    while waiting:
        part, is_choice = waiting.pop()
        count += 1
        if count > MAX_PARTS:
            raise ReadError("The message has too many parts.", f"It has more than {MAX_PARTS:,}.", _STEP)
        # asked of a part that holds no others, it decodes the text, and stumbles at an encoding's name with a NUL
        inner = part.get_payload() if part.is_multipart() else None
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            is_choice = is_choice or part.get_content_subtype() == "alternative"
            waiting += [(one, is_choice) for one in reversed(inner) if isinstance(one, Message)]
        else:
            yield part, is_choice


def header(message: Message, name: str) -> str:
    """A header as words; empty where there is none."""
    raw = str(message.get(name, ""))[:_MAX_HEADER]
    try:
        text = str(make_header(decode_header(raw)))
    except (MessageError, ValueError, LookupError):  # an encoding that nobody knows: the header as it stands
        text = raw
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())


def sender(stated: str) -> str:
    """The name in a "From" header; where it has none, the domain of its address."""
    name, address = parseaddr(stated)
    return name.strip(" \"'") or address.rpartition("@")[2]


def day(stated: str) -> dt.date | None:
    """The day of a "Date" header in its own time zone."""
    try:
        return parsedate_to_datetime(stated).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return dates.find_date(stated)


def body(part: Message) -> bytes:
    """The bytes of a part, freed from the encoding for transport; none where that is broken beyond reading."""
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        return b""
    return data if isinstance(data, bytes) else b""


def text(part: Message) -> str:
    """The text of a part, in the encoding that it states where its bytes agree.

    Raises:
        ReadError: it is empty, or no text.
    """
    stated = part.get_content_charset() or ""
    return decode(body(part), markup=part.get_content_subtype() == "html", declared=stated)
