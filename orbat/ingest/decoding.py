"""Bytes to text, or a plain word about why not."""

from __future__ import annotations

import codecs
import re

from orbat.errors import ReadError

#: First bytes of kinds that people try; each with its name for the message, and the suffix under which orbat reads it, if it does.
_KINDS = (
    (b"%PDF", "a PDF file", ".pdf"),
    (b"PK\x03\x04", "a ZIP archive (or a DOCX, ODT, XLSX or EPUB file)", ".zip or .docx"),
    (b"\x1f\x8b", "a gzip archive", ".gz"),
    (b"BZh", "a bzip2 archive", ".bz2"),
    (b"\xfd7zXZ", "an xz archive", ".xz"),
    (b"7z\xbc\xaf", "a 7z archive", ""),
    (b"Rar!", "a RAR archive", ""),
    (b"\x89PNG", "a PNG picture", ""),
    (b"\xff\xd8\xff", "a JPEG picture", ""),
    (b"GIF8", "a GIF picture", ""),
    (b"\xd0\xcf\x11\xe0", "an old Office file (DOC, XLS or MSG)", ""),
    (b"\x7fELF", "a program", ""),
    (b"SQLite format 3", "an SQLite file", ""),
    (b"{\\rtf", "an RTF file", ".rtf"),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([a-zA-Z0-9_.:-]{2,30})""", re.I)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")

#: Encodings that charset-normalizer may answer: those in wide use for news. Its whole list (over 90) answers oddly on short texts.
_LIKELY = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr",
]  # fmt: skip
#: A page in a Latin script has few bytes above 127: under this share, cp1252 (which holds latin-1's letters) is taken.
_LATIN_SHARE = 0.1
#: More control characters than this share means that it was never text.
_CONTROL_SHARE = 0.01
#: Bytes shown to charset-normalizer: enough to decide, bounded in time.
_SAMPLE = 65_536
_STEP = "Give orbat text, HTML or JSON Lines: save the article as plain text in UTF-8."


def decode(data: bytes, *, markup: bool = False, declared: str = "") -> str:
    """The text of ``data``: by its byte order mark, as UTF-8, as the page declares, or as the bytes look.

    Args:
        declared: the encoding that came with it, as a server or a letter states one; what the bytes themselves say goes before it.
        markup: it is HTML, so that ``<meta charset>`` counts and stray NUL bytes are dropped, as browsers ignore them.

    Raises:
        ReadError: nothing is there, or it is not text.
    """
    for magic, kind, suffix in _KINDS:
        if data.startswith(magic):
            step = f"Let its name end with {suffix}." if suffix else _STEP
            raise ReadError(f"It is {kind}, not text.", "Its first bytes say so.", step)
    text = _decoded(data, markup, declared)
    if not text.strip("\ufeff\x00 \t\r\n\f\v") or not text.strip():
        raise ReadError("There is no text in it.", f"It is empty: of its {len(data):,} bytes none is a letter.", _STEP)
    if markup:
        text = text.replace("\x00", "")
    elif (place := text.find("\x00")) >= 0:
        raise ReadError("It is not text.", f"A NUL byte stands at character {place}, which no text has.", _STEP)
    controls = sum(1 for _ in _CONTROLS.finditer(text))
    if controls > max(2, _CONTROL_SHARE * len(text)):
        raise ReadError("It is not text.", f"{controls} of its {len(text)} characters are control characters.", _STEP)
    return text


def _decoded(data: bytes, markup: bool, stated: str) -> str:
    for mark, name in _BOMS:
        if data.startswith(mark):
            try:
                return data.decode(name)
            except UnicodeDecodeError as error:
                raise ReadError(
                    f"It is not {name.upper()} text.", f"Its byte order mark says so, but {error.reason} at byte {error.start}.", _STEP
                ) from error
    if wide := _wide(data):
        try:
            return data.decode(wide)
        except UnicodeDecodeError:
            pass
    names = ["utf-8"]
    if markup and (declared := _CHARSET.search(data[:4096])):
        names.append(declared[1].decode("ascii"))
    if stated:
        names.append(stated)
    for name in names:
        try:
            # an answer of str only: "charset=hex" and the like name codecs that give bytes
            return str(data, "cp1252" if name.lower() in ("iso-8859-1", "latin-1", "latin1", "us-ascii") else name)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return _by_looks(data)


def _wide(data: bytes) -> str:
    """UTF-16 without a byte order mark: ASCII letters leave a NUL in every second byte."""
    head = data[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half and odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    return "utf-16-be" if half and even > 0.4 * half and odd < 0.05 * half else ""


def _by_looks(data: bytes) -> str:
    high = len(data) - len(data.translate(None, bytes(range(128, 256))))
    if high <= _LATIN_SHARE * len(data):
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            pass
    import charset_normalizer  # 40 ms to import: only where it is needed

    best = charset_normalizer.from_bytes(data[:_SAMPLE], cp_isolation=_LIKELY).best()
    if best is not None:
        try:
            return data.decode(best.encoding)
        except UnicodeDecodeError:
            pass
    raise ReadError(
        "It is not text in any encoding that orbat knows.",
        "Its bytes are neither UTF-8, UTF-16 nor a common 8-bit or Asian encoding.",
        _STEP,
    )
