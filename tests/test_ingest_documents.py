"""Ingest of documents: PDF, DOCX, ODT, RTF, letters and saved pages; what is wrong with one is told and never stops the next.

The PDF files of ``tests/samples`` are fictional and were made with Typst, LaTeX and a browser; the file of the same name ending in
``.json`` says what a careful reader takes from each.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import random
import re
import subprocess
import sys
import time
import zipfile
import zlib
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orbat.errors import ReadError
from orbat.ingest import READERS, pdf, pdflayout, pdfpages, read_source, rtf
from orbat.ingest.pdflayout import Page, Run
from orbat.types import Document, Failure

SAMPLES = Path(__file__).parent / "samples"
PAGES = Path(__file__).parent / "pages"
PROSE = "Fighters of the Northern Front drove into Dorran on Monday, residents said. The army denied that it had lost the town."
MORE = "The governor of Kel said that nine people had been killed in the market, and that the road to Lasko was closed to all."

LAST = "Nobody has claimed the attack on the bridge of Umm Dirr, in which two drivers died when their lorry burned on Tuesday."


def piped(data: bytes) -> list[Document | Failure]:
    return list(read_source("-", stdin=io.BytesIO(data)))


def one(found: list[Document | Failure]) -> Document:
    assert len(found) == 1, found
    assert isinstance(found[0], Document), found[0]
    return found[0]


def failure(found: list[Document | Failure]) -> str:
    assert len(found) == 1, found
    assert isinstance(found[0], Failure), found[0]
    assert found[0].stage == "ingest"
    assert found[0].message.count(". ") >= 1, "a failure tells what happened, why, and what to do"
    return found[0].message


def sound(found: list[Document | Failure]) -> None:
    assert found
    for item in found:
        if isinstance(item, Document):
            assert item.text.strip()
            item.text.encode("utf-8")
        else:
            assert item.message


# PDF


def pdf_of(*pages: list[tuple[float, float, float, str]], extra: str = "", resources: str = "") -> bytes:
    """A PDF of placed lines: ``(x, y, size, text)``; ``extra`` goes into the first page's drawing, ``resources`` into its own."""
    objects = [f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{4 + 2 * n} 0 R' for n in range(len(pages)))}] >>"]
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", *objects, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    for number, lines in enumerate(pages):
        drawn = "\n".join(_drawn(*line) for line in lines) + (extra if not number else "")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> {resources} >> >>"
        )
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    end = f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF"
    return out + end.encode()


def _drawn(x: float, y: float, size: float, text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /F1 {size} Tf {x} {y} Td ({escaped}) Tj ET"


def set_lines(text: str, *, x: float = 70, y: float = 750, width: int = 80) -> list[tuple[float, float, float, str]]:
    rows: list[str] = [""]
    for word in text.split():
        if len(rows[-1]) + len(word) >= width:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    return [(x, y - 13 * number, 10, row) for number, row in enumerate(rows)]


@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.glob("*.pdf")))
def test_pdf(name: str) -> None:
    wanted: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    document = one(list(read_source(SAMPLES / f"{name}.pdf")))
    assert document.text.split("\n\n") == wanted["paragraphs"]
    assert [words for words in wanted["absent"] if words in document.text] == []
    assert (document.title, document.byline) == (wanted["title"], wanted["byline"])
    assert (document.published and document.published.isoformat()) == wanted["published"]


def test_pdf_is_told_by_its_first_bytes() -> None:
    assert one(piped(pdf_of(set_lines(PROSE)))).text == PROSE


def test_running_heads_go_and_a_paragraph_runs_over_a_page() -> None:
    first, last = PROSE.split(", residents ")
    pages = [
        [(70.0, 810.0, 8.0, f"The Kel Report - page {number}"), *set_lines(text), (300.0, 30.0, 8.0, str(number))]
        for number, text in enumerate((f"{MORE} {first},", f"residents {last}", LAST), 1)
    ]
    text = one(piped(pdf_of(*pages))).text
    assert text.split("\n\n") == [f"{MORE} {PROSE}", LAST]


def test_columns_printed_across_are_read_one_after_the_other() -> None:
    left, right = set_lines(f"{PROSE} " * 4, width=36), set_lines(f"{MORE} " * 4, x=320, width=36)
    across = [line for pair in zip(left, right, strict=False) for line in pair]
    text = one(piped(pdf_of(across))).text
    assert text.startswith(PROSE)
    assert " ".join(text.split()) == " ".join(
        " ".join(line[3] for line in column[: min(len(left), len(right))]) for column in (left, right)
    )


def runs(*lines: str, size: float = 10) -> Page:
    return Page(1, 842, [Run(70, 750 - 12 * number, size, False, line) for number, line in enumerate(lines)])


@pytest.mark.parametrize(
    ("above", "below", "whole"),
    [
        ("All of the people said that the peo-", "ple of the town had fled to the south of it.", "people"),
        ("All of the people said that the self-", "proclaimed governor had fled to the south.", "self-proclaimed"),
        ("All of the people said that they named al-", "Zahir as the leader who had fled to the south.", "al-Zahir"),
        ("A cease-fire was signed, and the cease-", "fire held for three days in the south.", "the cease-fire held"),
        ("Thirty-four were taken, and forty-", "five were killed in the south of the town.", "forty-five"),
        ("All of the people said that the dis\u00ad", "placed families had fled to the south.", "displaced"),
        ("The front of the north was at last dis- ", "solved in the south of the town by its leader.", "dissolved"),
        (
            "All of the people said that the o\ufb03ce of the con\ufb02ict",
            "monitor was hit in the south of the town.",
            "office of the conflict monitor",
        ),
    ],
)
def test_words_broken_at_a_line_end(above: str, below: str, whole: str) -> None:
    text = " ".join(line.text for line in pdflayout.lines([runs("Residents of the town were asked about it on Monday,", above, below)]))
    assert whole in text


def test_lines_drawn_in_any_order_are_put_in_theirs() -> None:
    rows = set_lines(f"{PROSE} {MORE} {LAST}", width=30)
    random.Random(3).shuffle(rows)
    assert one(piped(pdf_of(rows))).text == f"{PROSE} {MORE} {LAST}"


def test_small_tables_are_no_notes_and_a_masthead_is_no_title() -> None:
    head = [(70.0, 800.0, 30.0, "OBSERVER"), (70.0, 760.0, 18.0, "Rebels take the town of Dorran")]
    table = [(70.0, 700.0 - 11 * number, 7.0, f"{number + 2} Dorran") for number in range(4)]
    text = one(piped(pdf_of([*head, *set_lines(PROSE, y=730), *table, *set_lines(MORE, y=600)])))
    assert text.title == "Rebels take the town of Dorran"
    assert [f"{number} Dorran" in text.text for number in range(2, 6)] == [True] * 4
    assert text.text.index("5 Dorran") < text.text.index(MORE[:30])


def test_indents_and_gaps_part_paragraphs() -> None:
    rows = set_lines(f"{PROSE} {PROSE}", y=700)
    indented = [(x + 15 if number == 0 else x, y - 13 * len(rows), size, text) for number, (x, y, size, text) in enumerate(rows)]
    apart = [(x, y - 26 * len(rows) - 14, size, text) for x, y, size, text in rows]
    text = one(piped(pdf_of([*rows, *indented, *apart]))).text
    assert text.split("\n\n") == [f"{PROSE} {PROSE}"] * 3


def test_a_scanned_pdf_and_pictures_among_pages() -> None:
    picture = "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>"
    scanned = pdf_of([(70.0, 30.0, 8.0, "1")], resources=f"/XObject << /Im1 {picture} >>")
    message = failure(piped(scanned))
    assert "no text" in message
    assert "OCR" in message
    document, told = piped(pdf_of([], set_lines(PROSE), resources=f"/XObject << /Im1 {picture} >>"))
    assert isinstance(document, Document)
    assert isinstance(told, Failure)
    assert "pages 1" in told.message


def test_encrypted_pdfs() -> None:
    import pypdf

    def locked(user: str, algorithm: str) -> bytes:
        writer, out = pypdf.PdfWriter(io.BytesIO(pdf_of(set_lines(PROSE)))), io.BytesIO()
        writer.encrypt(user, "owner", algorithm=algorithm)
        writer.write(out)
        return out.getvalue()

    assert one(piped(locked("", "RC4-128"))).text == PROSE
    assert one(piped(locked("", "AES-256"))).text == PROSE
    assert "password" in failure(piped(locked("secret", "RC4-128")))


def test_a_missing_cipher_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    import pypdf
    from pypdf.errors import DependencyError

    def refuse(*args: object, **more: object) -> None:
        raise DependencyError("cryptography>=3.1 is required for AES algorithm")

    monkeypatch.setattr(pypdf, "PdfReader", refuse)
    told = list(pdfpages.told_of(pdf_of(set_lines(PROSE))))
    assert [one["error"] for one in told] == ["cipher"]
    assert "orbat[readers]" in str(pdf.fault(told[0]))


def test_damaged_pdfs_are_failures() -> None:
    whole = pdf_of(set_lines(PROSE))
    assert "cannot be read" in failure(piped(b"%PDF-1.7\nnothing of it\n%%EOF"))
    assert "garbled" in failure(piped(pdf_of(set_lines("!$%&/ #+*~ <>|^ :;_ " * 8))))
    assert "no text" in failure(piped(pdf_of([], [])))
    sound(piped(whole[: len(whole) // 2]))
    assert "no PDF" in failure(list(read_source(_named("a.pdf", b"just words"))))


def _named(name: str, data: bytes) -> Path:
    import tempfile

    path = Path(tempfile.mkdtemp()) / name
    path.write_bytes(data)
    return path


def test_a_page_that_takes_too_long_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfpages, "PAGE_SECONDS", 0.5)
    slow = pdf_of([], set_lines(PROSE), extra="q 1 0 0 1 0 0 cm Q\n" * 300_000)
    about, first, second = pdfpages.told_of(slow)
    assert about["pages"] == 2
    assert "longer than" in first["failed"]
    assert "failed" not in second


def test_a_pdf_that_does_not_end_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "endless.py"
    head, page = {"pages": 3, "title": "", "author": "", "published": ""}, {"page": 1, "runs": [[70, 700, 10, False, PROSE]]}
    script.write_text(
        f"import time\nprint({json.dumps(json.dumps(head))})\nprint({json.dumps(json.dumps(page))}, flush=True)\ntime.sleep(60)\n"
    )
    monkeypatch.setattr(pdf, "MAX_SECONDS", 1.0)
    monkeypatch.setattr(pdfpages, "__file__", str(script))
    start = time.monotonic()
    document, told = piped(pdf_of(set_lines(PROSE)))
    assert time.monotonic() - start < 20
    assert isinstance(document, Document)
    assert document.text == PROSE
    assert isinstance(told, Failure)
    assert "first 1 of 3 pages" in told.message
    script.write_text("import os\nos.abort()\n")
    assert "cannot be read" in failure(piped(pdf_of(set_lines(PROSE))))


def test_bombs_of_streams_are_bounded() -> None:
    bomb = zlib.compress(b"0 " * 45_000_000, 9)
    objects = (
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Count 1 /Kids [3 0 R] >>\nendobj\n"
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>\nendobj\n4 0 obj\n<< /Filter /FlateDecode /Length "
        + str(len(bomb)).encode()
        + b" >>\nstream\n"
        + bomb
        + b"\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF"
    )
    assert "cannot be read" in failure(piped(objects))


def test_mutated_pdfs_never_raise() -> None:
    whole, chance = pdf_of(set_lines(PROSE), set_lines(MORE)), random.Random(6)
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            at = chance.randrange(len(data))
            data[at : at + chance.choice((1, 1, 4, 40))] = chance.choice((b"", b"\xff", b"0 R", b"<<", b"[[", b"999999999", bytes(3)))
        told = list(pdfpages.told_of(bytes(data)))
        assert told
        json.dumps(told)
        pdflayout.lines([pdf.page(one) for one in told if "runs" in one])


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.builds(
            Run, st.floats(-1e4, 1e4), st.floats(-1e4, 1e4), st.sampled_from([0.0, 6, 10, 10, 20]), st.booleans(),
            st.text(min_size=1, max_size=40),
        ),
        max_size=30,
    )
)  # fmt: skip
def test_layout_takes_any_runs(found: list[Run]) -> None:
    for line in pdflayout.lines([Page(1, 842, found)]):
        assert line.text == line.text.strip()
        assert "\n" not in line.text


def test_layout_of_hostile_pages_ends_in_time() -> None:
    pages = {
        "margins": [Run(number * 1.5, -12.0 * number, 10, False, "abc def") for number in range(10_000)],
        "one paragraph": [Run(70, -12.0 * number, 10, False, "abc def ghi " * 8) for number in range(10_000)],
        "one row": [Run(70 + number, 700, 10, False, "abc") for number in range(10_000)],
        "one word": [Run(70, 700, 10, False, "a" * 2_000_000), Run(70, 688, 10, False, "b" * 2_000_000 + "-")],
        "jumps": [Run(70, (number % 100) * 7.0, 10, False, "abc def") for number in range(10_000)],
    }
    for name, found in pages.items():
        start = time.process_time()
        assert pdflayout.lines([Page(1, 842, found)])
        assert time.process_time() - start < 5, name


def test_a_page_with_too_much_on_it_keeps_what_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfpages, "MAX_RUNS", 2)
    _, page = pdfpages.told_of(pdf_of(set_lines(PROSE, width=40)))
    assert len(page["runs"]) == 2
    assert "pieces of text" in page["failed"]


def test_importing_readers_is_light() -> None:
    code = "import sys, orbat.ingest; print([name for name in ('pypdf', 'striprtf', 'lxml', 'zipfile._path') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert "pypdf" not in done.stdout
    assert "striprtf" not in done.stdout


# DOCX and ODT

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
W += ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
STYLES = (
    f'<w:styles {W}><w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style></w:styles>'
)
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"><dc:title>Document1</dc:title>'
    "<dc:creator>Ann Lee</dc:creator><dcterms:created>2020-01-01T00:00:00Z</dcterms:created></cp:coreProperties>"
)


def paragraph(text: str, style: str = "") -> str:
    mark = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{mark}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def zipped(members: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def docx(body: str, **more: str) -> bytes:
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    document = f'<?xml version="1.0" encoding="UTF-8"?><w:document {W}><w:body>{body}</w:body></w:document>'
    return zipped(
        {"[Content_Types].xml": types, "word/document.xml": document, "word/styles.xml": STYLES, "docProps/core.xml": CORE} | more
    )


def odt(body: str) -> bytes:
    spaces = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    spaces += ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    content = f"<office:document-content {spaces}><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content}, zipfile.ZIP_STORED)


def test_docx() -> None:
    table = "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in ("Dorran", "12"))
    body = (
        paragraph("Rebels take Dorran", "Titel")
        + paragraph("19 January 2018")
        + f"<w:p><w:r><w:t>{PROSE[:30]}</w:t></w:r><w:ins><w:r><w:t>{PROSE[30:]}</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>"
        + f"<w:sdt><w:sdtContent>{paragraph(MORE)}</w:sdtContent></w:sdt>"
        + f"<w:tbl><w:tr>{table}</w:tr></w:tbl>"
        + "<w:p><w:r><w:t>One</w:t><w:tab/><w:t>line</w:t><w:br/><w:t>and</w:t></w:r>"
        "<w:hyperlink><w:r><w:t> another.</w:t></w:r></w:hyperlink></w:p>"
        + "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>"
        + paragraph("In a box.")
        + "</w:txbxContent></mc:Choice>"
        "<mc:Fallback><w:txbxContent>"
        + paragraph("In a box.")
        + "</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>"
        + paragraph(PROSE)
    )
    notes = f"<w:footnotes {W}><w:footnote>{paragraph('A note.')}</w:footnote></w:footnotes>"
    document = one(piped(docx(body, **{"word/footnotes.xml": notes})))
    assert document.text.split("\n\n") == [PROSE, MORE, "Dorran | 12", "One line\nand another.", "In a box.", PROSE, "A note."]
    assert (document.title, document.byline, document.published) == ("Rebels take Dorran", "Ann Lee", dt.date(2018, 1, 19))


def test_the_day_when_a_file_was_made_is_no_day_of_publication() -> None:
    document = one(piped(docx(paragraph(PROSE))))
    assert document.published is None
    assert document.title == ""


def test_odt() -> None:
    body = (
        '<text:h text:outline-level="1">Rebels take Dorran</text:h><text:p>By <text:span>Ann Lee</text:span></text:p>'
        f"<text:p>{PROSE[:20]}<text:span>{PROSE[20:60]}</text:span>{PROSE[60:]}"
        "<text:note><text:note-body><text:p>A note.</text:p></text:note-body></text:note></text:p>"
        f"<text:p>One<text:tab/>line<text:line-break/>and another.</text:p>"
        f"<table:table><table:table-row><table:table-cell><text:p>Dorran</text:p></table:table-cell><table:table-cell><text:p>12</text:p>"
        f"</table:table-cell></table:table-row></table:table><text:p>{MORE}</text:p>"
    )
    document = one(piped(odt(body)))
    assert document.text.split("\n\n") == [PROSE, "One line\nand another.", "Dorran | 12", MORE, "A note."]
    assert (document.title, document.byline) == ("Rebels take Dorran", "Ann Lee")


def test_a_long_report_keeps_what_looks_like_furniture() -> None:
    body = "".join(map(paragraph, [PROSE] * 200 + ["Comments"] + [MORE] * 100 + ["Related articles", PROSE]))
    text = one(piped(docx(body))).text
    assert text.count(MORE) == 100
    assert text.endswith(f"Related articles\n\n{PROSE}")


def test_office_files_that_are_bombs_locked_or_damaged() -> None:
    whole = docx(paragraph(PROSE))
    bomb = docx(paragraph(PROSE), **{"word/styles.xml": "<a>" + " " * 60_000_000 + "</a>"})
    cases: dict[str, tuple[str, bytes]] = {
        "large": ("a.docx", bomb),
        "packed as only": ("a.docx", docx(paragraph(PROSE), **{"word/styles.xml": "<a>" + " " * 3_000_000 + "</a>"})),
        "no part": ("a.docx", zipped({"[Content_Types].xml": "<a/>", "word/x.xml": "<a/>"})),
        "password": ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        "damaged": ("a.docx", whole[: len(whole) // 2]),
        "entities": ("a.docx", docx("", **{"word/document.xml": '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>'})),
        "too many files": ("a.docx", zipped({f"word/{number}": "" for number in range(10_001)})),
        "no text": ("a.odt", odt("<text:p/>")),
        "no document": ("a.odt", zipped({"mimetype": "x"})),
    }
    for says, (name, data) in cases.items():
        message = failure(list(read_source(_named(name, data))))
        assert says in message, (says, message)


def test_external_parts_are_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words")
    words = f"<w:p><w:r><w:t>{PROSE} &b;</w:t></w:r></w:p>"
    body = f'<!DOCTYPE a [<!ENTITY b SYSTEM "file://{secret}">]><w:document {W}><w:body>{words}</w:body></w:document>'
    assert "secret" not in str(piped(docx("", **{"word/document.xml": body})))


# RTF


def rtf_of(*paragraphs: str, info: str = "") -> bytes:
    body = "".join(f"{text}\\par\n" for text in paragraphs)
    return (r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Times;}}" + info + r"{\header Running head\par}" + body + "}").encode("cp1252")


def test_rtf() -> None:
    link = (
        r"The {\field{\*\fldinst{HYPERLINK "
        + '"https://a.example"'
        + r"}}{\fldrslt{army}}} said \'93no\'94, and left Cor\u243?doba \u-10179?\u-8704?."
    )
    info = r"{\info{\title Rebels take Dorran}{\author Ann Lee}{\creatim\yr2020}}"
    document = one(piped(rtf_of(PROSE, link, r"\trowd Dorran\cell 12\cell\row", MORE, info=info)))
    assert document.text.split("\n\n") == [PROSE, "The army said “no”, and left Cor\u00f3doba \U0001f600.", "Dorran | 12", MORE]
    assert (document.title, document.byline, document.published) == ("Rebels take Dorran", "Ann Lee", None)


def test_rtf_bombs_end_in_time() -> None:
    field = r'{\field{\*\fldinst{HYPERLINK "x"}}{\fldrslt{a}}} '
    bombs = {
        "fields": rtf_of(field * 15_000),
        "groups": b"{\\rtf1 " + b"{" * 200_000 + PROSE.encode(),
        "picture": rtf_of("{\\pict " + "ff" * 2_000_000 + "}", PROSE),
        "unicode": b"{\\rtf1 \\u99999999999 \\uc \\u }" + PROSE.encode(),
    }
    for name, data in bombs.items():
        start = time.process_time()
        sound(piped(data))
        assert time.process_time() - start < 10, name


def test_rtf_past_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rtf, "MAX_RTF", 1_000)
    assert "too large" in failure(piped(rtf_of(PROSE * 20)))


# letters


def letter(**headers: str) -> EmailMessage:
    message = EmailMessage()
    stated = {"From": "Kel River Observer <news@kel.example>", "To": "x@y.example", "Subject": "Rebels take Dorran"}
    stated |= {"Date": "Fri, 19 Jan 2018 23:30:00 -0500", "Message-ID": "<a1@kel.example>"}
    for name, value in (stated | headers).items():
        message[name] = value
    return message


def test_a_newsletter() -> None:
    message = letter(Subject="Fwd: Rebels take Dorran — überall")
    message.set_content("plain text\n")
    message.add_alternative(
        "<html><body><div style='display: none'>A hidden summary of it</div><table class='newsletter'>"
        "<tr><td><a href=x>View this email in your browser</a></td></tr>"
        f"<tr><td><h1>Rebels take Dorran — überall</h1><p>By Ann Lee</p>{PROSE}<br><br>{MORE}</td></tr><tr><td>You are "
        "receiving this email because you signed up. <a>Unsubscribe</a></td></tr></table></body></html>",
        subtype="html",
    )
    document = one(piped(message.as_bytes()))
    assert document.text.split("\n\n") == [PROSE, MORE]
    assert (document.title, document.byline, document.source) == ("Rebels take Dorran — überall", "Ann Lee", "Kel River Observer")
    assert (document.published, document.given_id) == (dt.date(2018, 1, 19), "a1@kel.example")


def test_plain_letters_are_unwrapped_and_their_signature_left_out() -> None:
    message = letter()
    wrapped = PROSE.replace("residents", "\nresidents")
    message.set_content(f"{wrapped}\n\n{MORE.replace('market', chr(10) + 'market')}\n\n-- \nAnn Lee\nEditor\n")
    assert one(piped(message.as_bytes())).text.split("\n\n") == [PROSE, MORE]


def test_a_note_beside_a_page_and_a_page_past_the_limits_keep_their_words() -> None:
    message = letter()
    message.set_content(f"{MORE}\n")
    message.add_attachment(f"<p>{PROSE}</p>", subtype="html", disposition="inline")
    assert one(piped(message.as_bytes())).text.split("\n\n") == [MORE, PROSE]
    bomb = letter()
    bomb.set_content(f"{MORE}\n\n{PROSE}\n")
    bomb.add_alternative("<div>" * 5_000 + PROSE, subtype="html")
    assert one(piped(bomb.as_bytes())).text.split("\n\n") == [MORE, PROSE]
    alone = letter()
    alone.set_content("<div>" * 5_000 + PROSE, subtype="html")
    assert "limits" in failure(piped(alone.as_bytes()))


def test_a_forwarded_letter_is_that_of_its_sender() -> None:
    message = letter(**{"From": "me@y.example", "Subject": "FW: Rebels take Dorran", "Date": "Sat, 20 Jan 2018 10:00:00 +0000"})
    head = (
        "From: Kel River Observer <news@kel.example>\nDate: Fri, Jan 19, 2018 at 10:05 AM\nSubject: Rebels take Dorran\nTo: <me@y.example>"
    )
    message.set_content(f"FYI\n\n---------- Forwarded message ---------\n{head}\n\n{PROSE}\n\n{MORE}\n")
    document = one(piped(message.as_bytes()))
    assert document.text.split("\n\n") == [PROSE, MORE]
    assert (document.title, document.source) == ("Rebels take Dorran", "Kel River Observer")
    assert document.published == dt.date(2018, 1, 19)


def test_attachments_are_documents_of_their_own(tmp_path: Path) -> None:
    inner = letter(Subject="Inside")
    inner.set_content(f"{MORE}\n\n{MORE}\n")
    message = letter()
    message.set_content("See attached.\n")
    message.add_attachment(docx(paragraph(PROSE)), maintype="application", subtype="octet-stream", filename="report.docx")
    message.add_attachment(inner)
    message.add_attachment(b"x", maintype="application", subtype="vnd.ms-excel", filename="figures.xls")
    message.add_attachment(b"x", maintype="application", subtype="pgp-signature", filename="signature.asc")
    message.add_attachment(b"no PDF", maintype="application", subtype="pdf", filename="../../broken.pdf")
    path = tmp_path / "a.eml"
    path.write_bytes(message.as_bytes())
    found = list(read_source(path))
    assert [item.text for item in found if isinstance(item, Document)] == [PROSE, f"{MORE}\n\n{MORE}"]
    broken, told = (item for item in found if isinstance(item, Failure))
    assert broken.document == f"{path}!../../broken.pdf"
    assert "figures.xls" in told.message
    assert "signature" not in told.message


def test_a_mailbox_and_a_maildir(tmp_path: Path) -> None:
    message = letter()
    message.set_content(f"{PROSE}\n\nFrom here they went on.\n")
    quoted = message.as_bytes().replace(b"\nFrom here", b"\n>From here")
    good = b"From x@y.example Fri Jan 19 10:00:00 2018\n" + quoted + b"\n"
    sealed = (
        b"From x@y.example Fri Jan 19 10:00:00 2018\nFrom: a@b.example\nMessage-ID: <1>\nContent-Type: application/pkcs7-mime\n\nAAAA\n\n"
    )
    found = piped(good + sealed + good)
    assert [type(item) for item in found] == [Document, Failure, Document]
    assert isinstance(found[0], Document)
    assert found[0].text == f"{PROSE}\n\nFrom here they went on."
    assert isinstance(found[1], Failure)
    assert found[1].document == "-:2"
    assert "encrypted" in found[1].message
    (tmp_path / "cur").mkdir()
    (tmp_path / "cur" / "1516.V801.host:2,S").write_bytes(message.as_bytes())
    assert one(list(read_source(tmp_path))).title == "Rebels take Dorran"


def test_letters_that_hold_nothing_or_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = letter()
    empty.set_content("\n")
    assert "no text" in failure(piped(empty.as_bytes()))
    parts = b"--b\nContent-Type: text/plain\n\nx\n" * 20_000
    head = b"From: a@b.example\nMessage-ID: <1>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
    assert "too many parts" in failure(piped(head + parts))
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number) for number in range(3_000))
    sound(piped(b"From: a@b.example\nMessage-ID: <1>\nMIME-Version: 1.0\n" + nested))


# saved pages


def mhtml(page: bytes, encoding: str) -> bytes:
    return (
        b"From: <Saved by a browser>\nSnapshot-Content-Location: https://www.example.org/a\nSubject: T\n"
        b"Date: Mon, 5 Oct 2020 10:00:00 -0000\n"
        b'MIME-Version: 1.0\nContent-Type: multipart/related;\n\ttype="text/html";\n\tboundary="----B"\n\n\n------B\n'
        b"Content-Type: text/html; charset="
        + encoding.encode()
        + b"\nContent-ID: <frame@x>\nContent-Transfer-Encoding: 8bit\nContent-Location: https://www.example.org/a\n\n"
        + page
        + b"\n------B\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n"
        b"Content-Location: https://www.example.org/x.png\n\niVBORw0KGgo=\n"
        b"------B--\n"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_a_saved_page(encoding: str) -> None:
    page = (PAGES / "wire.html").read_text("utf-8").replace("Amadou Kelt", "Амаду Кельт").replace('<meta charset="windows-1252">', "")
    document = one(piped(mhtml(page.encode(encoding, "ignore"), encoding)))
    assert "Амаду Кельт" in document.text
    assert (document.title, document.url) == ("Gunmen kill 9 at border post", "https://www.example.org/a")
    assert document.published == dt.date(2013, 3, 4)


def test_a_saved_page_without_a_page() -> None:
    assert "no page" in failure(piped(mhtml(b"x", "utf-8").replace(b"text/html; charset", b"text/css; charset")))


# properties

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WHOLE = {
    "docx": docx(paragraph("Rebels take Dorran", "Titel") + paragraph(PROSE)),
    "odt": odt(f"<text:h>T</text:h><text:p>{PROSE}</text:p>"),
    "rtf": rtf_of(PROSE, MORE, info=r"{\info{\title T}}"),
    "mhtml": mhtml((PAGES / "wire.html").read_bytes(), "utf-8"),
    "eml": b"From: a@b.example\nMessage-ID: <1>\nMIME-Version: 1.0\nContent-Type: text/html\n\n<p>" + PROSE.encode(),
}


@QUICK
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_cut_and_changed_files_never_raise(kind: str, data: st.DataObject) -> None:
    whole = WHOLE[kind]
    cut = data.draw(st.integers(0, len(whole)))
    at = data.draw(st.integers(0, len(whole)))
    junk = data.draw(st.binary(max_size=8))
    changed = whole[:at] + junk + whole[at + len(junk) :]
    for item in (whole[:cut], changed):
        if item.strip():
            sound(piped(item))


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.odt", "a.rtf", "a.eml", "a.mbox", "a.mhtml", "a.rss"])
def test_files_that_are_not_what_their_name_says(tmp_path: Path, name: str) -> None:
    for number, data in enumerate((b"", b"words", bytes(range(256)) * 4, b"PK\x03\x04" + bytes(60), b"<html><body><p>" + PROSE.encode())):
        path = tmp_path / f"{number}{name}"
        path.write_bytes(data)
        sound(list(read_source(path)))


def test_the_page_of_the_recipe_tells_every_reader_and_its_suffixes() -> None:
    page = (Path(__file__).resolve().parents[1] / "docs" / "add-a-reader.md").read_text("utf-8")
    table = page[page.index("## What is read") : page.index("## 1. ")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("| ")][1:]
    told = {name: tuple(re.findall(r"`(\.[\w.]+)`", names)) for name, names, *_ in rows}
    assert told == {reader.name: reader.suffixes for reader in READERS}


def test_read_errors_have_three_parts() -> None:
    with pytest.raises(ReadError) as told:
        raise pdf.fault({"error": "locked", "message": "It opens with a password only."})
    assert told.value.fact
    assert told.value.cause
    assert told.value.step
