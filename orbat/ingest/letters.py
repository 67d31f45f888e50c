"""E-mail: newsletters, alerts and forwarded articles, one to a file (.eml, the files of a Maildir) or many (.mbox)."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message
from pathlib import PurePath

from orbat.errors import ReadError
from orbat.ingest import furniture, htmlpage, mime, textpage
from orbat.ingest.packed import failure, read_inside
from orbat.ingest.source import MAX_BYTES, Source
from orbat.types import Document, Failure

#: Attachments of one letter that are read; people send some, machines at most dozens.
MAX_ATTACHMENTS = 100
#: A letter with attachments and a shorter text only says that they are there.
COVER = 200
#: So much may a person write above what he or she forwards.
_NOTE = 600

_STEP = "Save the letter again from the mail program, or save its text and read that."
_HEADERS = re.compile(rb"(?:[!-9;-~]{1,76}:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){3,}")
_OURS = re.compile(rb"^(?:message-id|received|return-path|mime-version|delivered-to|x-mailer|dkim-signature):", re.I | re.M)
_FROM_LINE = re.compile(rb"From \S[^\n]{0,200}\b(?:19|20)\d\d\b[^\n]{0,20}\r?(?:\n|$)")
#: Signatures of the kinds that programs check and people do not read.
_SEALS = frozenset(("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature", "text/calendar"))
_SEALED = frozenset(("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"))

#: Lines of newsletters that are none of their matter. Each must hold for the whole line.
_FURNITURE = re.compile(
    r"(?:(?:click here to )?(?:view|read|open|see)|(?:having )?(?:trouble|problems)|can['’]t (?:view|see|read)|not displaying)\b.{0,80}\b"
    r"(?:browser|online|web version|webpage|web page)\b.{0,40}|web version|no images\?.{0,60}"
    r"|.{0,120}\bunsubscribe\b.{0,120}"
    r"|(?:manage|update|change|edit) (?:your )?(?:e-?mail )?(?:preferences|subscriptions?|profile|settings).{0,60}"
    r"|you(?:['’]re| are|['’]ve| have)? (?:received|receiving|receive|subscribed to|getting) (?:this|our|these)\b.{0,200}"
    r"|this (?:e-?mail|newsletter) (?:was|is) sent (?:to|by|from)\b.{0,160}|was this (?:e-?mail|newsletter) forwarded to you\b.{0,80}"
    r"|(?:forward|send) (?:this|it)?(?: e-?mail| newsletter)? ?to a (?:friend|colleague).{0,40}"
    r"|(?:please )?add .{3,60} to your (?:address book|contacts|safe.?list)\b.{0,60}"
    r"|our (?:mailing )?address is:?.{0,120}|sent from my \w+.{0,20}|get outlook for \w+.{0,20}"
    r"|this e-?mail (?:and any|is intended|may contain)\b.{0,600}",
    re.I,
)
_FORWARDED = re.compile(r"[-– ]*(?:begin )?forwarded (?:message|by\b.{0,60}):?[-– ]*|-+ ?original message ?-+", re.I)
_FIELD = re.compile(r"\*?(?P<name>from|date|sent|subject|to|cc|reply-to)\*?: ?(?P<value>.*)", re.I)
_PREFIX = re.compile(r"^(?:(?:fwd?|re|wg|tr|rv|i)(?:\[\d+\])?: ?)+", re.I)


@dataclass(frozen=True, slots=True)
class _Facts:
    """Who sent a letter, when, and what it calls itself."""

    subject: str
    source: str
    published: dt.date | None


def looks_like_letter(head: bytes) -> bool:
    """Whether the first bytes are the headers of a letter: one that only mail programs write, and who sent it."""
    match = _HEADERS.match(head[:16_384].lstrip(b"\xef\xbb\xbf\r\n"))
    return match is not None and _OURS.search(match[0]) is not None and re.search(rb"^from:", match[0], re.I | re.M) is not None


def looks_like_mbox(head: bytes) -> bool:
    """Whether the first bytes are the line that opens each letter of an mbox file, and the headers of one."""
    match = _FROM_LINE.match(head)
    return match is not None and _HEADERS.match(head[match.end() : match.end() + 16_384]) is not None


def read_letter(source: Source) -> Iterator[Document | Failure]:
    """The text of a letter as an article, and its attachments as documents of their own, each by the reader of its kind.

    The source is who sent it, the day that of sending, in the sender's time zone; of a forwarded letter, those of the letter inside.

    Raises:
        ReadError: encrypted, without text, or past the limits on messages.
    """
    yield from _letter(source.read_all(), source)


def read_mbox(source: Source) -> Iterator[Document | Failure]:
    """The letters of an mbox file, one by one, as ``read_letter`` gives each; one that cannot be read is a ``Failure``."""
    number = 0
    for number, data in enumerate(_messages(source), 1):
        where = replace(source, name=f"{source.name}:{number}")
        try:
            if data is None:
                cause = f"It has more than {MAX_BYTES >> 20} MB."
                raise ReadError(f"Letter {number} is too large.", cause, "Save it, and its attachments, by themselves.")
            yield from _letter(data, where)
        except ReadError as error:
            yield failure(where.name, error)
    if not number:
        raise ReadError("There is no letter in it.", "No line opens one ('From ' and a sender).", _STEP)


def _messages(source: Source) -> Iterator[bytes | None]:
    """The letters of an mbox file; None for one that is too large, which is passed over and never held."""
    held: list[bytes] = []
    size, is_long, started, is_after_blank = 0, False, False, True
    for line in source.lines():
        if line is None:
            is_long, held = True, []
            continue
        line = line.rstrip(b"\r")
        if is_after_blank and line.startswith(b"From ") and _FROM_LINE.match(line):
            if started:
                yield None if is_long else b"\n".join(held)
            held, size, is_long, started = [], 0, False, True
        elif started and not is_long:
            held.append(line[1:] if line.startswith(b">") and line.lstrip(b">").startswith(b"From ") else line)
            size += len(line) + 1
            if size > MAX_BYTES:
                is_long, held = True, []
        is_after_blank = not line
    if started:
        yield None if is_long else b"\n".join(held)


def _letter(data: bytes, source: Source) -> Iterator[Document | Failure]:
    message = mime.parsed(data)
    facts = _Facts(
        _PREFIX.sub("", mime.header(message, "Subject")), mime.sender(mime.header(message, "From")), mime.day(mime.header(message, "Date"))
    )
    if message.get_content_type() in _SEALED:
        raise ReadError("The letter is encrypted.", "Only its receiver's mail program can open it.", "Open it there, and save its text.")
    texts: list[tuple[Message, bool]] = []
    attached: list[Message] = []
    for part, is_choice in mime.parts(message):
        is_text = part.get_content_type() in ("text/plain", "text/html") and part.get_content_disposition() != "attachment"
        if is_text and not (texts and part.get_filename()):
            texts.append((part, is_choice))
        elif part.get_content_type() not in _SEALS and not (
            part.get_content_maintype() == "image" and part.get_content_disposition() != "attachment"
        ):
            attached.append(part)
    lines, fault = _lines(texts)
    document = _document(message, lines, facts)
    if fault is not None:
        yield failure(source.name, fault)
    if document is not None and (not attached or len(document.text) >= COVER):
        yield document
    elif not attached and fault is None:
        raise ReadError("There is no text in the letter.", "It holds neither words nor attachments.", _STEP)
    yield from _attachments(attached, source)


def _lines(parts: list[tuple[Message, bool]]) -> tuple[list[str], ReadError | None]:
    """The lines of a letter's text, and what was wrong with it; of two forms of the same, the HTML, which keeps paragraphs whole."""
    has_page = any(part.get_content_subtype() == "html" for part, _ in parts)
    chosen = [part for part, is_choice in parts if part.get_content_subtype() == "html" or not (has_page and is_choice)]
    lines: list[str] = []
    fault: ReadError | None = None
    for part in chosen:
        if not mime.body(part).strip():
            continue
        try:
            text = mime.text(part)
            lines += htmlpage.lines_of(text, whole=True) if part.get_content_subtype() == "html" else _unwrapped(text)
        except ReadError as error:
            fault = error
    rest = [(part, False) for part, _ in parts if part not in chosen]
    return _lines(rest) if rest and not lines else (lines, fault)


def _unwrapped(text: str) -> list[str]:
    """Paragraphs of plain text whose lines were broken at some width, without the sender's signature and marks of quotation."""
    text = re.split(r"\n-- \n", text.replace("\r\n", "\n").replace("\r", "\n"))[0]
    rows = [re.sub(r"^(?:> ?)+", "", row) for row in text.split("\n")]
    out: list[str] = []
    was_full = False
    for row in rows:
        words = " ".join(row.split())
        if was_full and words and not _FIELD.fullmatch(words) and not re.match(r"[-*•#]|\d+[.)] ", words):
            out[-1] += f" {words}"
        elif words:
            out.append(words)
        was_full = bool(words) and len(row.rstrip()) >= furniture.PROSE - 5
    return out


def _document(message: Message, lines: list[str], facts: _Facts) -> Document | None:
    lines, facts = _inner(lines, facts)
    kept = [line for line in lines if not (len(line) <= 700 and _FURNITURE.fullmatch(line))]
    head = textpage.Head(title=facts.subject, published=facts.published, source=facts.source)
    body, head = textpage.parse("\n\n".join(kept), known=head)
    body = body.strip() or "\n\n".join(kept).strip()
    if not body:
        return None
    address = mime.header(message, "Archived-At").strip("<> ")
    head.url = head.url or (address if re.fullmatch(r"https?://\S{3,2000}", address) else "")
    document = textpage.document(body, head)
    return replace(document, given_id=mime.header(message, "Message-ID").strip("<> "))


def _inner(lines: list[str], facts: _Facts) -> tuple[list[str], _Facts]:
    """The forwarded letter in a letter, with its own sender, day and subject, where the note above it is short."""
    at = next((number for number, line in enumerate(lines) if _FORWARDED.fullmatch(line)), -1)
    if at < 0 or sum(map(len, lines[:at])) > _NOTE:
        return lines, facts
    fields: dict[str, str] = {}
    start = at + 1
    while start < len(lines) and (match := _FIELD.fullmatch(lines[start])):
        fields.setdefault(match["name"].lower(), match["value"].strip(" *"))
        start += 1
    if "from" not in fields:
        return lines, facts
    sender = mime.sender(fields["from"]) or fields["from"]
    subject = _PREFIX.sub("", fields.get("subject", "")) or facts.subject
    return lines[start:], _Facts(subject, sender, mime.day(fields.get("date") or fields.get("sent", "")))


def _attachments(parts: list[Message], source: Source) -> Iterator[Document | Failure]:
    from orbat.ingest.readers import READERS  # the table names the readers of this module

    readers = source.readers or READERS
    known = {suffix for reader in readers for suffix in reader.suffixes}
    others: list[str] = []
    for number, part in enumerate(parts, 1):
        name = _name(part, number)
        if number > MAX_ATTACHMENTS or PurePath(name).suffix.lower() not in known:
            others.append(name)
            continue
        source.budget.enter()
        yield from read_inside(source, io.BytesIO(_bytes(part)), name)
    if others:
        names = ", ".join(name[:80] for name in others[:20]) + (" and others" if len(others) > 20 else "")
        limit = f"orbat has no reader for them, or they come after the first {MAX_ATTACHMENTS}." if len(parts) > MAX_ATTACHMENTS else ""
        cause = f"{names}: {limit or 'orbat has no reader for them.'}"
        yield failure(
            source.name,
            ReadError(f"{len(others)} of its attachments were not read.", cause, "Save those that hold articles as PDF or text."),
        )


def _name(part: Message, number: int) -> str:
    """The name of an attachment; one without, as that of a letter in a letter, is named after its kind."""
    if part.get_content_type() == "message/rfc822":
        return f"letter {number}.eml"
    kinds = {"text/html": ".html", "text/plain": ".txt", "application/pdf": ".pdf"}
    stated = part.get_filename()
    name = " ".join(str(stated).split()) if stated else f"attachment {number}"
    return name if PurePath(name).suffix else name + kinds.get(part.get_content_type(), "")


def _bytes(part: Message) -> bytes:
    inner = part.get_payload()
    if part.get_content_type() == "message/rfc822" and isinstance(inner, list):
        return b"\n".join(one.as_bytes() for one in inner if isinstance(one, Message))
    return mime.body(part)
