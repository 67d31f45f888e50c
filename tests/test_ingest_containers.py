"""Archives, compressed files, web archives and tables: read from within, each member named, nothing written, every limit told."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import lzma
import os
import re
import stat
import sys
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fuzz.strategies import MAIL, PACKERS, PAGE, PROSE, TABLE, WARC, WET, record, response, tarred, zipped
from orbat.ingest import archives, compression, packed, read_source, read_stream, source, tabular, warc
from orbat.types import Document, Failure

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = PROSE.encode()
ALL = pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)


def found(data: bytes, name: str = "-") -> list[Document | Failure]:
    return list(read_stream(name, io.BytesIO(data)))


def documents(data: bytes, name: str = "-") -> list[Document]:
    out = found(data, name)
    assert all(isinstance(each, Document) for each in out), out
    return [each for each in out if isinstance(each, Document)]


def failures(data: bytes, name: str = "-") -> dict[str, str]:
    return {each.document: each.message for each in found(data, name) if isinstance(each, Failure)}


def lines(count: int) -> bytes:
    return b"".join(
        json.dumps({"id": str(i), "text": f"Number {i}: {i * 7919 % 1_000_003} fled, {i * 104_729 % 1_000_003} stayed."}).encode() + b"\n"
        for i in range(count)
    )


class Piped(io.RawIOBase):
    """A stream that cannot be read twice, as standard input is."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        return self._data.readinto(into)


# archives


def test_a_zip_is_read_member_by_member(tmp_path: Path) -> None:
    inner = zipped([("deep/page.html", PAGE.encode())])
    path = tmp_path / "news.zip"
    path.write_bytes(
        zipped(
            [
                ("folder/", b""),
                ("a.txt", TEXT),
                ("lines.jsonl", lines(2) + b"broken\n"),
                ("month.zip", inner),
                ("day.tar.gz", gzip.compress(tarred([("b.txt", TEXT + b" More.")]))),
                ("photo.jpg", b"\xff\xd8\xff\xe0"),
                (".hidden.txt", TEXT),
                ("__MACOSX/a.txt", TEXT),
                ("page.html", PAGE.encode()),
                ("page_files/x.js", b"x"),
            ]
        )
    )
    out = list(read_source(path))
    assert [each.given_id for each in out if isinstance(each, Document)] == [
        "news.zip!a.txt",
        "0",
        "1",
        "news.zip!month.zip!deep/page.html",
        "news.zip!day.tar.gz!b.txt",
        "news.zip!page.html",
    ]
    told = {each.document: each.message for each in out if isinstance(each, Failure)}
    assert set(told) == {f"{path}!lines.jsonl:3", f"{path}!photo.jpg"}
    assert "no reader for '.jpg'" in told[f"{path}!photo.jpg"]
    assert os.listdir(tmp_path) == ["news.zip"]


def test_archives_come_through_a_pipe() -> None:
    for data in (zipped([("a.txt", TEXT)]), tarred([("a.txt", TEXT)]), gzip.compress(tarred([("a.txt", TEXT)]))):
        (document,) = read_source("-", stdin=Piped(data))  # type: ignore[arg-type]
        assert isinstance(document, Document)
        assert (document.text, document.given_id) == (PROSE, "-!a.txt")


@pytest.mark.parametrize(
    "name", ["../../a.txt", "/etc/passwd.txt", "C:\\Windows\\a.txt", "..\\a.txt", "a//b/./../c.txt", "\x1b[2Ja.txt", "x" * 5_000 + ".txt"]
)
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_name_in_an_archive_is_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, pack: Callable[..., bytes]) -> None:
    monkeypatch.chdir(tmp_path)
    (document,) = documents(pack([(name, TEXT)]))
    assert document.text == PROSE
    assert document.given_id.startswith("-!")
    assert document.given_id.isprintable()
    assert len(document.given_id) < 400
    assert os.listdir(tmp_path) == []


def test_what_stands_twice_under_one_name_is_read_twice() -> None:
    for pack in (zipped, tarred):
        assert [each.text for each in documents(pack([("a.txt", TEXT), ("a.txt", TEXT + b" More.")]))] == [PROSE, PROSE + " More."]


def test_links_and_devices_in_archives_are_named() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind, name in ((tarfile.SYMTYPE, "soft"), (tarfile.LNKTYPE, "hard"), (tarfile.CHRTYPE, "device"), (tarfile.FIFOTYPE, "pipe")):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    told = failures(out.getvalue())
    assert set(told) == {"-!soft", "-!hard", "-!device", "-!pipe"}
    assert all("no file" in message for message in told.values())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zip_archive:
        link = zipfile.ZipInfo("soft.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        zip_archive.writestr(link, "/etc/passwd")
    assert "link" in failures(out.getvalue())["-!soft.txt"]


def test_an_encrypted_member_is_named() -> None:
    data = bytearray(zipped([("a.txt", TEXT), ("b.txt", TEXT)]))
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + place] |= 1
    first, second = found(bytes(data))
    assert isinstance(first, Failure)
    assert "encrypted" in first.message
    assert isinstance(second, Document)


def test_a_damaged_member_costs_no_other() -> None:
    data = bytearray(zipped([("a.txt", TEXT * 9), ("b.txt", TEXT)]))
    place = data.index(b"a.txt") + 5
    data[place : place + 20] = bytes(20)
    first, second = found(bytes(data))
    assert isinstance(first, Failure)
    assert first.document == "-!a.txt"
    assert isinstance(second, Document)
    assert "cut short" in failures(bytes(data[:-10]))["-"]


def test_a_damaged_tar_goes_on_with_the_next_header() -> None:
    data = bytearray(tarred([(f"{i}.txt", f"{PROSE} {i}".encode()) for i in range(4)]))
    data[1024:1034] = b"??????????"
    out = found(bytes(data))
    assert [each.given_id if isinstance(each, Document) else each.message.split(".")[0] for each in out] == [
        "-!0.txt",
        "The tar archive is damaged or cut short",
        "-!2.txt",
        "-!3.txt",
    ]
    out = found(bytes(data[:3_700]))
    assert isinstance(out[-1], Failure)


def test_an_empty_archive_says_so() -> None:
    for data in (zipped([]), zipped([("a/", b"")]), tarred([("._a", b"x")]), gzip.compress(b"")):
        (only,) = found(data)
        assert isinstance(only, Failure)
    assert "no reader" not in str(failures(tarred([]), "a.tar"))


def test_office_files_are_no_archives_of_articles() -> None:
    assert not archives.looks_like_zip(zipped([("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")]))
    assert archives.looks_like_zip(zipped([("a.txt", TEXT)]))


# limits


def test_bombs_are_stopped_and_the_rest_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "FREE_STREAM", 2**20)
    zeros = bytes(3 * 2**20)
    first, bomb, last = found(zipped([("a.txt", TEXT), ("bomb.txt", zeros), ("c.txt", TEXT)]))
    assert isinstance(first, Document)
    assert isinstance(last, Document)
    assert isinstance(bomb, Failure)
    assert "bomb" in bomb.message
    for pack in PACKERS.values():
        assert "bomb" in failures(pack(zeros))["-"]
        assert "bomb" in failures(gzip.compress(pack(zeros)))["-"]


def test_all_that_comes_out_of_one_file_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "FREE_BYTES", 10**6)
    bomb = zipped([(f"{i}.txt", TEXT + bytes(900_000)) for i in range(9)])
    nest = zipped([(f"{i}.zip", bomb) for i in range(9)])
    out = found(nest)
    assert isinstance(out[-1], Failure)
    assert "Reading stopped here" in out[-1].message
    assert sum("Reading stopped" in each.message for each in out if isinstance(each, Failure)) == 1
    assert len(out) < 20


def test_depth_members_and_directories_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = TEXT
    for _ in range(packed.MAX_DEPTH + 1):
        data = gzip.compress(data)
    assert "packed too deep" in failures(data)["-"]
    monkeypatch.setattr(source, "MAX_MEMBERS", 3)
    for pack in (zipped, tarred):
        out = found(pack([(f"{i}.txt", TEXT) for i in range(9)]))
        assert [type(each) for each in out] == [Document] * 3 + [Failure]
    monkeypatch.setattr(archives, "MAX_DIRECTORY", 100)
    assert "too many members" in failures(zipped([(f"{i}.txt", TEXT) for i in range(9)]))["-"]


def test_a_zip_inside_an_archive_is_held_within_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_BYTES", 300)
    inner = zipped([("a.txt", os.urandom(500))])
    first, second = found(tarred([("big.zip", inner), ("b.txt", TEXT)]))
    assert isinstance(first, Failure)
    assert "larger than" in first.message
    assert isinstance(second, Document)


def test_a_header_of_tar_that_asks_for_memory_is_passed_over() -> None:
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 2**30
    out = found(info.tobuf(tarfile.GNU_FORMAT) + bytes(512) + tarred([("a.txt", TEXT)]))
    assert [type(each) for each in out] == [Failure, Document]


def test_xz_and_zstandard_may_not_ask_for_much_memory() -> None:
    large = {"id": lzma.FILTER_LZMA2, "preset": 1, "dict_size": 2**28}
    assert "damaged" in failures(lzma.compress(TEXT, filters=[large]))["-"]
    options = {zstd.CompressionParameter.window_log: 29, zstd.CompressionParameter.enable_long_distance_matching: 1}
    machine = zstd.ZstdCompressor(options=options)
    assert "damaged" in failures(machine.compress(TEXT) + machine.flush())["-"]


# compressed files


@ALL
def test_a_compressed_file_is_read_as_what_it_holds(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    (document,) = documents(pack(TEXT))
    assert (document.text, document.given_id) == (PROSE, "")
    suffix = next(name for name, each in PACKERS.items() if each is pack)
    (tmp_path / f"a.jsonl.{suffix}").write_bytes(pack(lines(3) + b"x\n"))
    *good, bad = read_source(tmp_path / f"a.jsonl.{suffix}")
    assert [each.given_id for each in good if isinstance(each, Document)] == ["0", "1", "2"]
    assert isinstance(bad, Failure)
    assert bad.document.endswith(f"a.jsonl.{suffix}:4")


@ALL
def test_streams_that_follow_each_other_are_one_file(pack: Callable[[bytes], bytes]) -> None:
    assert len(documents(pack(lines(3)) + pack(lines(4)))) == 7
    assert len(documents(gzip.compress(lines(3)) + bytes(1_000) + gzip.compress(lines(4)))) == 7


@pytest.mark.parametrize("name", ["gz", "zst", "xz"])
def test_what_stood_whole_before_a_cut_is_read(name: str) -> None:
    data = PACKERS[name](lines(6_000))
    out = found(data[: len(data) // 2])
    assert len(out) > 1_500
    assert all(isinstance(each, Document) for each in out[:-1])
    assert isinstance(out[-1], Failure)
    assert "cut short" in out[-1].message
    damage = bytearray(data)
    damage[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    assert isinstance(found(bytes(damage))[-1], Failure)


def test_a_name_that_lies_about_compression() -> None:
    assert "not compressed" in failures(TEXT, "a.txt.gz")["a.txt.gz"]
    assert documents(gzip.compress(TEXT), "noname")[0].text == PROSE
    assert documents(gzip.compress(tarred([("a.txt", TEXT)])), "a.tgz")[0].given_id == "a.tgz!a.txt"


# web archives


def test_a_page_may_be_looked_at_before_its_article_is_looked_for() -> None:
    seen: list[tuple[str, bytes]] = []

    def look(address: str, page: bytes) -> Failure | None:
        seen.append((address, page))
        return Failure(address, "first look", "not ours") if len(seen) == 1 else None

    out = list(warc.read_warc(source.Source.of("a.warc", io.BytesIO(response() + response())), look=look))
    assert [type(each) for each in out] == [Failure, Document]
    assert (out[0].document, [page for _, page in seen]) == (seen[0][0], [PAGE.encode()] * 2)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd.compress], ids=["plain", "gzip", "zstd"])
def test_pages_of_a_web_archive(pack: Callable[[bytes], bytes]) -> None:
    other = [
        record("request", b"GET / HTTP/1.1\r\n\r\n", head="application/http; msgtype=request"),
        response(b"\x89PNG", head="Content-Type: image/png"),
        record("response", b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n" + PAGE.encode()),
        record("metadata", b"fetchTimeMs: 4\r\n", head="application/warc-fields"),
    ]
    name = {bytes: "a.warc", gzip.compress: "a.warc.gz", zstd.compress: "a.warc.zst"}[pack]
    for data in (b"".join(map(pack, [WARC, *other, response()])), pack(WARC + b"".join(other) + response())):
        out = documents(data, name)
        assert [(each.title, each.text, each.url, each.given_id, each.published) for each in out] == [
            ("Dorran falls", PROSE, "https://lasko.example/1", "urn:uuid:1", None)
        ] * 3


def test_texts_of_a_wet_file() -> None:
    out = documents(gzip.compress(WET), "CC-NEWS.warc.wet.gz")
    assert [(each.text, each.url) for each in out] == [(PROSE, "https://lasko.example/1")] * 2


def test_pages_that_were_sent_in_chunks_or_compressed_or_in_another_encoding() -> None:
    page = PAGE.encode()
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(page), page)
    sent = [
        response(chunked, head="Content-Type: text/html\r\nTransfer-Encoding: chunked"),
        response(gzip.compress(page), head="Content-Type: text/html\r\nContent-Encoding: gzip"),
        response(page, head="X: y"),
    ]
    assert [each.text for each in documents(b"".join(sent), "a.warc")] == [PROSE] * 3
    page = "<html><body><p>Дорран пал в понедельник, сообщили жители города.</p></body></html>".encode("koi8-r")
    cyrillic = response(page, head="Content-Type: text/html; charset=KOI8-R")
    assert documents(cyrillic, "a.warc")[0].text.startswith("Дорран пал")


def test_a_bad_record_is_named_by_its_offset_and_the_next_is_read() -> None:
    good = response()
    length = re.search(rb"Content-Length: (\d+)", good)
    assert length
    bad = {
        "cut short, or says a wrong length": good.replace(length[0], b"Content-Length: 9999"),
        "no record follows it": good.replace(length[0], b"Content-Length: 100"),
        "does not say its length": good.replace(length[0], b"Content-Length: many"),
        "longer than": good.replace(length[0], b"Content-Length: 99999999"),
        "No whole head": b"noise noise\r\n\r\n",
    }
    for says, data in bad.items():
        out = found(good + data + good, "a.warc")
        assert [type(each) for each in out] == [Document, Failure, Document], (says, out)
        assert isinstance(out[1], Failure)
        assert says in out[1].message
        assert f"byte {len(good):,} " in out[1].message
    assert "cut short" in str(failures(good[:-30], "a.warc"))


def test_a_damaged_member_of_a_web_archive_is_passed_over() -> None:
    members = [gzip.compress(response(PAGE.replace("Dorran", name).encode())) for name in ("Kel", "Maan", "Lasko")]
    for damage in (members[1][:60], members[1][:60] + b"\xff" * 30 + members[1][90:], b"\x1f\x8b\x08\x00" * 20):
        out = found(members[0] + damage + members[2], "a.warc.gz")
        titles = [each.title for each in out if isinstance(each, Document)]
        assert titles == ["Kel falls", "Lasko falls"]
        told = [each.message for each in out if isinstance(each, Failure)]
        assert told
        assert f"byte {len(members[0]):,} " in told[0]


def test_noise_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "MAX_BAD", 5)
    out = found(response() + b"WARC/1.0\r\n\r\n" * 100, "a.warc")
    assert [type(each) for each in out] == [Document] + [Failure] * 6
    monkeypatch.setattr(compression, "MAX_DAMAGED", 5)
    assert len(found(gzip.compress(response()) + b"\x1f\x8b\x08\xff" * 100, "a.warc.gz")) < 10


def test_a_web_archive_is_read_in_flat_memory() -> None:
    passed = record("request", b"x" * 20_000, head="application/http; msgtype=request")
    member = gzip.compress(passed * 20 + WET)
    tracemalloc.start()
    peaks = []
    reading = read_stream("a.warc.wet.gz", source.Blocks(member for _ in range(60)))  # type: ignore[arg-type]
    for count, each in enumerate(reading, 1):
        assert isinstance(each, Document)
        if count % 40 == 0:
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.reset_peak()
    tracemalloc.stop()
    assert len(peaks) == 3  # of 24 MB that were passed over and 120 texts
    assert max(peaks[1:]) < peaks[0] + 2**20


# tables


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_a_table_of_articles(mark: str) -> None:
    head = mark.join(["ID", "Headline", "Body", "Publish Date", "Publisher", "Link", "Author", "mood"])
    row = mark.join(["7", '"A ""truce"""', f'"{PROSE}\nMore."', "2018-01-19", "Lasko Radio", "https://lasko.example/7", "Ann Lee", "3"])
    for name in ("a.csv", "-"):
        (document,) = documents(f"\ufeff{head}\r\n{row}\r\n\r\n".encode(), name)
        assert document == Document.of(
            f"{PROSE}\nMore.",
            title='A "truce"',
            source="Lasko Radio",
            published=dt.date(2018, 1, 19),
            url="https://lasko.example/7",
            byline="Ann Lee",
            given_id="7",
        )


def test_rows_without_text_are_named_and_reading_goes_on() -> None:
    out = found(f"title,text\nA,{PROSE!r}\nB,\nC\nD,x\n".encode(), "a.csv")
    assert [type(each) for each in out] == [Document, Failure, Failure, Document]
    assert [each.document for each in out if isinstance(each, Failure)] == ["a.csv:3", "a.csv:4"]
    assert "names 'title', 'mood'" in failures(b"title,mood\na,b\n", "a.csv")["a.csv"]
    for nothing in (b"", b"title,text\n,\n"):
        assert "no article" in failures(nothing, "a.csv")["a.csv"]


def test_a_quote_that_is_never_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "MAX_FIELD", 1_000)
    out = found(b'text,title\n"open,A\n' + b"more,B\n" * 200 + b"last,C\n", "a.csv")
    assert isinstance(out[0], Failure)
    assert "parted into fields" in out[0].message
    assert isinstance(out[-1], Document)
    assert (out[-1].text, out[-1].title) == ("last", "C")


def test_tables_in_other_encodings() -> None:
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        (document,) = documents('text,title\n"Três mortos em São Luís",x\n'.encode(encoding), "a.csv")
        assert document.text == "Três mortos em São Luís", encoding
    late = b"text,title\n" + b"One fled.,x\n" * 6_000 + "Três mortos,x\n".encode("cp1252")
    assert documents(late, "a.csv")[-1].text == "Três mortos"


def test_parquet(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="Parquet needs pyarrow, of the extra 'frames'")
    import pyarrow.parquet as pq

    day = dt.date(2018, 1, 19)
    table = pa.table(
        {
            "content": [PROSE, None, "More."] * 50,
            "date": [day, day, None] * 50,
            "published_by": ["x"] * 150,
            "publisher": pa.array(["Lasko Radio"] * 150).dictionary_encode(),
            "id": list(range(150)),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    out = list(read_source(tmp_path / "a.parquet"))
    assert len(out) == 150
    assert isinstance(out[0], Document)
    assert (out[0].text, out[0].published, out[0].source, out[0].given_id) == (PROSE, day, "Lasko Radio", "0")
    assert isinstance(out[1], Failure)
    assert out[1].document.endswith("a.parquet:2")
    data = (tmp_path / "a.parquet").read_bytes()
    assert len(found(zipped([("x/a.parquet", data)]))) == 150
    for bad in (data[:200], data[:-20], b"PAR1" + os.urandom(500)):
        assert "cannot be read" in failures(bad, "a.parquet")["a.parquet"]
    pq.write_table(pa.table({"title": ["a"]}), tmp_path / "b.parquet")
    assert "No column" in failures((tmp_path / "b.parquet").read_bytes(), "b.parquet")["b.parquet"]


def test_parquet_without_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert "pip install 'orbat[frames]'" in failures(b"PAR1", "a.parquet")["a.parquet"]


def test_one_text_that_many_rows_share_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    pa = pytest.importorskip("pyarrow", reason="Parquet needs pyarrow, of the extra 'frames'")
    import pyarrow.parquet as pq

    monkeypatch.setattr(source, "FREE_BYTES", 10**6)
    shared = pa.DictionaryArray.from_arrays(pa.array([0] * 10_000, pa.int32()), pa.array([PROSE * 1_000]))
    out = io.BytesIO()
    pq.write_table(pa.table({"text": shared}), out)
    told = found(out.getvalue(), "a.parquet")
    assert isinstance(told[-1], Failure)
    assert "Reading stopped here" in told[-1].message
    assert len(told) < 300


def test_letters_and_tables_are_read_inside_archives() -> None:
    out = found(zipped([("a.eml", MAIL.encode()), ("b.csv", TABLE.encode()), ("c.warc.gz", gzip.compress(response()))]))
    assert sum(isinstance(each, Document) for each in out) == 4
