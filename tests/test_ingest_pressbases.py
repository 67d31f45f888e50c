"""Ingest of exports of LexisNexis and Factiva: many articles in one file, in every kind of file that the services write."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from html import escape
from textwrap import wrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orbat.ingest import lines, pressbases, read_source
from orbat.types import Document, Failure
from tests.test_ingest_documents import pdf_of


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        ("LOAD-DATE: May 4, 2015", True),
        ("Document AFPR000020200812eg8c0012x", True),
        ("document afpr000020200812", True),
        ("a payload-date", False),
        ("The document was signed on 20200812.", False),
        ("", False),
    ],
)
def test_what_an_export_holds_is_found_in_any_case(text: str, may_be: bool) -> None:
    assert pressbases.may_be_export(text) is may_be


def test_the_words_looked_for_first_have_no_other_letters_in_the_pattern() -> None:
    every = "".join(map(chr, range(0x110000)))
    for letter in set("load-datedocument "):
        assert {found.lower() for found in re.findall(letter, every, re.IGNORECASE)} == {letter}


FIRST = "Fighters of the Northern Front drove into Dorran on Monday, residents said. The army denied that it had lost the town."
SECOND = "The governor of Kel said that nine people had been killed in the market, and that the road to Lasko was closed to all."
COVER = """User Name: = Reader
Date and Time: = Tuesday, October 6, 2020 9:15:00 AM CEST
Job Number: = 123456789
Documents (2)
1. Rebels take the town of Dorran
Client/Matter: -None-
Search Terms: Dorran
Search Type: NaturalAndConnectors
2. Army denies the loss
| About LexisNexis | Privacy Policy | Terms & Conditions | Copyright © 2020 LexisNexis
"""


def nexis(
    title: str, *, byline: str = "Ann Lee, staff writer", day: str = "January 19, 2018 Friday", body: str = f"{FIRST}\n\n{SECOND}"
) -> str:
    """One article as Nexis Uni writes it."""
    return f"""{title}
Kel River Observer
{day}

Copyright 2018 Kel River Press All Rights Reserved
Section: NEWS; Pg. 12
Length: 532 words
Byline: {byline}
Dateline: PORT SELLA

Body

{body}

Graphic

A bridge in Dorran.

Classification

Language: ENGLISH
Publication-Type: Newspaper
Subject: ARMED FORCES (90%)

Load-Date: January 20, 2018

End of Document

"""


def academic(number: int, total: int, title: str, more: str = "") -> str:
    """One article as LexisNexis Academic wrote it, with broken lines."""
    body = FIRST.replace("residents", "\nresidents")
    return f"""
                               {number} of {total} DOCUMENTS


                              Kel River Observer

                            January 19, 2018 Friday
                                  Late Edition

{title}

BYLINE: Ann Lee

SECTION: INTERNATIONAL PAGES; Pg. 20

LENGTH: 532 words

DATELINE: PORT SELLA

{body}
{more}
   Source: people at the bridge.

{SECOND}

GRAPHIC: A bridge in Dorran.

LOAD-DATE: January 20, 2018

LANGUAGE: ENGLISH

PUBLICATION-TYPE: Newspaper

                   Copyright 2018 Kel River Press
                              All Rights Reserved
"""


def coded(number: str, *, gap: str = "\t") -> str:
    """One article as Factiva writes it with indexing."""
    fields = {"SE": "News", "HD": "Rebels take the town of Dorran", "BY": "By Ann Lee", "WC": "532 words", "PD": "19 January 2018"}
    fields |= {"ET": "10:05", "SN": "Kel River Observer", "SC": "KELRO", "LA": "English", "CY": "(c) 2018 Kel River Press", "LP": FIRST}
    fields |= {"TD": f"{SECOND}\n\nThe army gave no further word.", "CO": "kel : Kel", "IN": "i1 : War", "AN": f"Document {number}"}
    return "\n".join(f"{code}{gap}{value}" for code, value in fields.items()) + "\n\n"


def uncoded(number: str, title: str = "Rebels take the town of Dorran") -> str:
    """One article as Factiva writes it without."""
    return f"""World News
{title}
Ann Lee
532 words
19 January 2018
10:05 GMT
Kel River Observer
KELRO
20
English
(c) 2018 Kel River Press. All rights reserved.

{FIRST}

{SECOND}

Document {number}

"""


ONE, TWO = "KELRO00020180119ee1j00001", "KELRO00020180119ee1j00002"
EXPORTS = {
    "nexis": COVER + nexis("Rebels take the town of Dorran") + nexis("Army denies the loss"),
    "academic": academic(1, 2, "Rebels take the town\nof Dorran") + academic(2, 2, "Army denies the loss"),
    "coded": coded(ONE) + coded(TWO),
    "coded by spaces": coded(ONE, gap="   ") + coded(TWO, gap="   "),
    "coded, each code on a line": coded(ONE, gap="\n") + coded(TWO, gap="\n"),
    "uncoded": uncoded(ONE) + uncoded(TWO, "Army denies the loss") + "Search Summary\nText: Dorran\nDate: All Dates\n",
}


def read(text: str) -> list[Document | Failure]:
    return list(read_source("-", stdin=io.BytesIO(text.encode())))


def documents(found: list[Document | Failure]) -> list[Document]:
    assert found
    assert all(isinstance(item, Document) for item in found), found
    return [item for item in found if isinstance(item, Document)]


def check(found: list[Document]) -> None:
    """Both articles with all that the export says of them, and nothing else of it in their text."""
    assert len(found) == 2
    for document in found:
        paragraphs = document.text.split("\n\n")
        assert paragraphs[0].removeprefix("PORT SELLA — ") == FIRST
        assert SECOND in paragraphs
        assert not any(
            word in document.text for word in ("Copyright", "ENGLISH", "English", "Document", "words", "bridge in Dorran", "GMT")
        )
        assert (document.source, document.byline, document.published) == ("Kel River Observer", "Ann Lee", dt.date(2018, 1, 19))
        assert document.section.lower() in ("news", "international pages", "world news")
    assert found[0].title == "Rebels take the town of Dorran"


@pytest.mark.parametrize("kind", EXPORTS)
def test_plain_text(kind: str) -> None:
    found = documents(read(EXPORTS[kind]))
    check(found)
    if kind.startswith(("coded", "uncoded")):
        assert [document.given_id for document in found] == [ONE, TWO]
    else:
        assert found[1].title == "Army denies the loss"


@pytest.mark.parametrize("kind", EXPORTS)
def test_rtf(kind: str) -> None:
    body = EXPORTS[kind].replace("\\", "\\\\").replace("\t", "\\tab ").replace("—", "\\emdash ").replace("\n", "\\par\n")
    if kind == "academic":  # as RTF, its lines are not broken
        body = body.replace("\\par\nresidents", "residents").replace("town\\par\nof", "town of")
    check(documents(read("{\\rtf1\\ansi " + body.replace("©", "\\'a9") + "}")))


@pytest.mark.parametrize("kind", ["nexis", "academic", "coded", "uncoded"])
def test_html(kind: str) -> None:
    text = EXPORTS[kind].replace("Monday, \nresidents", "Monday, residents").replace("town\nof", "town of")
    rows = (
        "".join(f"<td>{escape(cell)}</td>" for cell in line.split("\t")) if "\t" in line else escape(line)
        for line in text.split("\n")
        if line.strip()
    )
    body = "".join(
        f"<table><tr>{row}</tr></table>" if row.startswith("<td>") else f'<p class="c{n}"><span>{row}</span></p>'
        for n, row in enumerate(rows)
    )
    check(documents(read(f"<!DOCTYPE html><html><head><title>Export</title></head><body>{body}</body></html>")))


@pytest.mark.parametrize("kind", ["nexis", "academic", "uncoded"])
def test_pdf(kind: str) -> None:
    text = EXPORTS[kind].replace("Monday, \nresidents", "Monday, residents").replace("town\nof", "town of")
    pages: list[list[tuple[float, float, float, str]]] = [[]]
    y = 770.0
    for line in text.split("\n"):
        for row in wrap(line.strip(), 80) or [""]:
            if row:
                pages[-1].append((70, y, 10, row.replace("©", "(c)")))
            y -= 13
            if y < 90:
                pages, y = [*pages, []], 770.0
    for number, page in enumerate(pages, 1):
        page += [(400, 810, 8, f"Page {number} of 9"), (70, 40, 8, f"(c) 2020 The service - {number}")]
    check(documents(list(read_source("-", stdin=io.BytesIO(pdf_of(*pages))))))


def test_docx() -> None:
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    text = COVER + nexis("An older title that is set as one") + nexis("Army denies the loss")
    style = '<w:pPr><w:pStyle w:val="H1"/></w:pPr>'
    rows = "".join(
        f"<w:p>{style if line.startswith(('An older', 'Army')) else ''}<w:r><w:t>{escape(line)}</w:t></w:r></w:p>"
        for line in text.split("\n")
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document {w}><w:body>{rows}</w:body></w:document>")
        archive.writestr("word/styles.xml", f'<w:styles {w}><w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style></w:styles>')
    found = documents(list(read_source("-", stdin=io.BytesIO(out.getvalue()))))
    assert [document.title for document in found] == ["An older title that is set as one", "Army denies the loss"]
    assert found[0].text == f"PORT SELLA — {FIRST}\n\n{SECOND}"


def test_an_article_without_text_is_a_failure_with_its_number() -> None:
    found = read(nexis("Rebels take the town of Dorran") + nexis("Army denies the loss", body="") + nexis("A third title"))
    assert [type(item) for item in found] == [Document, Failure, Document]
    assert isinstance(found[1], Failure)
    assert found[1].document == "-:2"
    assert "Army denies the loss" in found[1].message
    empty = uncoded(ONE).replace(FIRST, "").replace(SECOND, "")
    assert [type(item) for item in read(uncoded(TWO) + empty)] == [Document, Failure]


def test_missing_articles_are_told() -> None:
    found = read(COVER.replace("(2)", "(3)") + nexis("Rebels take the town of Dorran") + nexis("Army denies the loss"))
    assert [type(item) for item in found] == [Document, Document, Failure]
    assert isinstance(found[2], Failure)
    assert "3 documents, but 2" in found[2].message


def test_a_part_that_was_cut_off_keeps_its_text() -> None:
    whole = nexis("Rebels take the town of Dorran")
    cut = nexis("Army denies the loss")
    cut = cut[: cut.index("Graphic")]
    second = documents(read(whole + cut))[1]
    assert (second.title, second.text) == ("Army denies the loss", f"PORT SELLA — {FIRST}\n\n{SECOND}")


@pytest.mark.parametrize(("day", "published"), [("January 2018", None), ("03/04/2018", None), ("19 January 2018", dt.date(2018, 1, 19))])
def test_the_day_is_that_of_the_publication_and_never_guessed(day: str, published: dt.date | None) -> None:
    document = documents(read(nexis("Rebels take the town of Dorran", day=day)))[0]
    assert document.published == published  # the day of loading is none of publication


def test_words_of_articles_are_no_marks() -> None:
    body = (
        f"{FIRST}\n\nSubject: the letter began.\n\nNotes\n\n"
        + f"{SECOND}\n\n" * 14
        + "Classification\n\nThe word stood above the list.\n\n"
        + SECOND
    )
    text = documents(read(nexis("Rebels take the town of Dorran", body=body)))[0].text
    assert text.endswith(f"The word stood above the list.\n\n{SECOND}")
    assert "Subject: the letter began." in text
    assert text.count(SECOND) == 15


@pytest.mark.parametrize(
    "text",
    [
        f"{FIRST}\n\nLoad-Date: unknown\n\n{SECOND}",
        f"Document KELRO was shown.\n\n{FIRST}\n\n532 words\n\n{SECOND}",
        f"{FIRST}\n\nEnd of Document\n\n{SECOND}",
    ],
)
def test_articles_that_are_no_export(text: str) -> None:
    assert not pressbases.is_export(lines.of_text(text))
    assert len(documents(read(text))) == 1


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(EXPORTS)), st.data())
def test_lines_left_out_or_doubled_never_raise(kind: str, data: st.DataObject) -> None:
    rows = EXPORTS[kind].split("\n")
    keep = data.draw(st.lists(st.integers(0, 2), min_size=len(rows), max_size=len(rows)))
    text = "\n".join(row for row, times in zip(rows, keep, strict=True) for _ in range(times))
    for item in pressbases.documents(lines.of_text(text), "export"):
        assert item.text.strip() if isinstance(item, Document) else item.document.startswith("export")


def test_a_large_export_is_read_in_time() -> None:
    import time

    start = time.process_time()
    assert len(documents(read("".join(nexis(f"Title number {number} of many") for number in range(500))))) == 500
    assert time.process_time() - start < 5
