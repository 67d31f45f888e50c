"""Hostile files of every kind, as hypothesis makes them and as seeds for atheris. All of their words are ours."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import sys
import tarfile
import warnings
import zipfile
from collections.abc import Callable

from hypothesis import strategies as st

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PROSE = "Fighters of the Northern Front drove into Dorran on Monday, residents said. The army denied that it had lost the town."
PAGE = f"<!DOCTYPE html><html><head><title>Dorran falls</title></head><body><h1>Dorran falls</h1><p>{PROSE}</p></body></html>"
FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Lasko Radio</title><item><title>Dorran falls</title>'
    "<link>https://lasko.example/1</link>"
    f"<pubDate>Mon, 05 May 2014 10:00:00 GMT</pubDate><description>{PROSE}</description></item></channel></rss>"
)
ATOM = (
    '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Dorran falls</title>'
    "<updated>2014-05-05T10:00:00Z</updated>"
    f'<content type="html">&lt;p&gt;{PROSE}&lt;/p&gt;</content></entry></feed>'
)
SITEMAP = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://lasko.example/1</loc></url></urlset>'
MAIL = (
    "From: Desk <desk@lasko.example>\r\nTo: all@lasko.example\r\nSubject: Dorran falls\r\nDate: Mon, 05 May 2014 10:00:00 +0000\r\n"
    f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{PROSE}\r\n"
)
MHTML = (
    "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://lasko.example/1\r\nSubject: Dorran falls\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/related; type="text/html"; boundary="--b"\r\n\r\n----b\r\nContent-Type: text/html\r\n'
    f"Content-Transfer-Encoding: quoted-printable\r\nContent-Location: https://lasko.example/1\r\n\r\n{PAGE}\r\n----b--\r\n"
)
RTF = r"{\rtf1\ansi\deff0{\fonttbl{\f0 Arial;}}\f0\fs24 " + PROSE + r"\par \u233? \'e9}"
LINES = "".join(json.dumps({"id": str(i), "text": PROSE, "published": "2014-05-05"}) + "\n" for i in range(2))
TABLE = f'title,date,text\nDorran falls,2014-05-05,"{PROSE}"\nThe ""truce"",5 May 2014,"{PROSE}\nMore."\n'


def zipped(members: list[tuple[str, bytes]]) -> bytes:
    """A ZIP archive of members, of which two may have one name."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # zipfile warns of names that stand twice
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def tarred(members: list[tuple[str, bytes]]) -> bytes:
    """A tar archive of members."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def record(
    kind: str, payload: bytes, *, address: str = "https://lasko.example/1", head: str = "application/http; msgtype=response"
) -> bytes:
    """A record of a WARC file."""
    lines = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\nWARC-Date: 2014-05-05T10:00:00Z\r\n"
        "WARC-Record-ID: <urn:uuid:1>\r\n"
        f"Content-Type: {head}\r\nContent-Length: {len(payload)}\r\n\r\n"
    )
    return lines.encode() + payload + b"\r\n\r\n"


def response(page: bytes = PAGE.encode(), *, head: str = "Content-Type: text/html; charset=utf-8") -> bytes:
    """A record of a page as a server sent it."""
    return record("response", f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + page)


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
DOCX = zipped(
    [
        ("[Content_Types].xml", b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
        ("word/document.xml", f"<w:document {_W}><w:body><w:p><w:r><w:t>{PROSE}</w:t></w:r></w:p></w:body></w:document>".encode()),
    ]
)
WARC = record("warcinfo", b"software: none\r\n", head="application/warc-fields") + response() + response()
WET = record("conversion", PROSE.encode(), head="text/plain") * 2
PACKERS: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "zst": zstd.compress, "bz2": bz2.compress, "xz": lzma.compress}

#: What a whole, harmless source of each kind looks like, by the suffix of its file.
SEEDS: dict[str, tuple[bytes, ...]] = {
    ".html": (PAGE.encode(), PAGE.encode("utf-16")),
    ".rss": (FEED.encode(), ATOM.encode()),
    ".xml": (SITEMAP.encode(), FEED.encode()),
    ".docx": (DOCX,),
    ".rtf": (RTF.encode(),),
    ".eml": (MAIL.encode(),),
    ".mbox": (f"From desk@lasko.example Mon May  5 10:00:00 2014\n{MAIL}\n\n".encode() * 2,),
    ".mhtml": (MHTML.encode(),),
    ".jsonl": (LINES.encode(),),
    ".json": (f"[{json.dumps({'text': PROSE})}]".encode(),),
    ".txt": (f"Dorran falls\nBy Ann Lee\n5 May 2014\n\n{PROSE}\n".encode(),),
    ".csv": (TABLE.encode(), TABLE.replace(",", ";").encode()),
    ".tsv": (TABLE.replace(",", "\t").encode(),),
    ".zip": (zipped([("a.html", PAGE.encode()), ("../b.txt", PROSE.encode()), ("c.jsonl", LINES.encode())]),),
    ".tar": (tarred([("a.html", PAGE.encode()), ("/b.txt", PROSE.encode())]),),
    ".warc": (WARC, WET),
    ".warc.gz": (gzip.compress(response()) * 2,),
    **{f".txt.{name}": (pack(PROSE.encode()),) for name, pack in PACKERS.items()},
}


def damaged(data: bytes) -> st.SearchStrategy[bytes]:
    """``data`` cut, with bytes changed, or with bytes put in."""
    place = st.integers(0, len(data))
    return st.one_of(
        place.map(lambda end: data[:end]),
        st.tuples(place, st.binary(min_size=1, max_size=8)).map(lambda pair: data[: pair[0]] + pair[1] + data[pair[0] + len(pair[1]) :]),
        st.tuples(place, st.binary(min_size=1, max_size=40)).map(lambda pair: data[: pair[0]] + pair[1] + data[pair[0] :]),
        st.tuples(place, place).map(lambda pair: data[: max(pair)] + data[min(pair) :]),
    )


def names() -> st.SearchStrategy[str]:
    """Names of members that try to be more than names."""
    tricks = [
        "a.txt",
        "../a.txt",
        "/etc/passwd",
        "C:\\a.txt",
        "..\\..\\a.html",
        "a\x00.txt",
        "a/" * 40 + "b.txt",
        "con",
        ".hidden",
        "é\u202e.html",
        " ",
    ]
    return st.sampled_from(tricks) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def files(suffix: str) -> st.SearchStrategy[bytes]:
    """Damaged sources of one kind."""
    return st.sampled_from(SEEDS[suffix]).flatmap(damaged)


def archives() -> st.SearchStrategy[bytes]:
    """Archives of harmless and damaged sources under bad names, in one another, and damaged themselves."""
    whole = st.sampled_from([data for seeds in SEEDS.values() for data in seeds])
    leaf = whole | whole.flatmap(damaged) | st.binary(max_size=100)
    pack = st.sampled_from(list(PACKERS.values()))
    # a name of NULs only cannot be written by zipfile
    member = st.tuples(names().map(lambda name: name.replace("\x00", "") or "n"), leaf)
    tree = st.recursive(
        st.lists(member, max_size=4).map(zipped)
        | st.lists(member, max_size=4).map(tarred)
        | st.tuples(pack, leaf).map(lambda pair: pair[0](pair[1])),
        lambda inner: (
            st.tuples(pack, inner).map(lambda pair: pair[0](pair[1]))
            | st.lists(st.tuples(names().map(lambda n: n.replace("\x00", "") or "n"), inner), max_size=3).map(zipped)
        ),
        max_leaves=4,
    )
    return tree | tree.flatmap(damaged)
