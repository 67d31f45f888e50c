"""Ingest: every source becomes documents or failures; pages are reduced to their articles; nothing raises, hangs or is lost.

The pages of ``tests/pages`` are fictional; the file of the same name ending in ``.json`` says what a careful reader takes from each.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from orbat.errors import ReadError
from orbat.ingest import (
    READERS,
    Reader,
    bylines,
    dates,
    expand,
    furniture,
    headlines,
    jsonarticles,
    outlets,
    read_all,
    read_source,
    source,
    tails,
    textpage,
)
from orbat.types import Document, Failure

PAGES = Path(__file__).parent / "pages"
SEED = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "seed.txt"
PROSE = "Fighters of the Northern Front drove into Dorran on Monday, residents said. The army denied that it had lost the town."


def one(outcomes: Iterator[Document | Failure]) -> Document:
    found = list(outcomes)
    assert len(found) == 1, found
    assert isinstance(found[0], Document), found[0]
    return found[0]


def failure(outcomes: Iterator[Document | Failure]) -> Failure:
    found = list(outcomes)
    assert len(found) == 1, found
    assert isinstance(found[0], Failure), found[0]
    assert found[0].stage == "ingest"
    return found[0]


def piped(data: bytes) -> list[Document | Failure]:
    return list(read_source("-", stdin=io.BytesIO(data)))


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **more: object) -> None:
        raise AssertionError("ingest went to the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


# pages


@pytest.mark.parametrize("name", sorted(path.stem for path in PAGES.glob("*.json")))
def test_page(name: str) -> None:
    wanted: dict[str, Any] = json.loads((PAGES / f"{name}.json").read_text("utf-8"))
    page = next(path for path in sorted(PAGES.glob(f"{name}.*")) if path.suffix != ".json")
    document = one(read_source(page))
    for key in ("title", "byline", "section", "source", "url"):
        if key in wanted:
            assert getattr(document, key) == wanted[key], key
    assert (document.published and document.published.isoformat()) == wanted["published"]
    paragraphs = document.text.split("\n\n")
    assert [paragraph for paragraph in wanted["paragraphs"] if paragraph not in paragraphs] == []
    assert [words for words in wanted["absent"] if words in document.text] == []
    if wanted.get("exact", True):  # elsewhere the page's own headings stand between
        assert paragraphs == wanted["paragraphs"]


def test_there_are_enough_pages() -> None:
    assert len(list(PAGES.glob("*.html"))) >= 16
    assert len(list(PAGES.glob("*.txt"))) >= 9


@pytest.mark.parametrize("name", ["divitis", "local_portal", "blog"])
def test_page_in_other_encodings(tmp_path: Path, name: str) -> None:
    markup = (PAGES / f"{name}.html").read_text("utf-8")
    expected = one(read_source(PAGES / f"{name}.html"))
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "cp1252"):
        path = tmp_path / f"{encoding}.html"
        path.write_bytes(
            markup.replace("charset=utf-8", f"charset={encoding}").replace('charset="utf-8"', f'charset="{encoding}"').encode(encoding)
        )
        assert one(read_source(path)) == expected, encoding


def test_html_saved_as_text_is_read_as_html(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes((PAGES / "wire.html").read_bytes())
    assert one(read_source(path)).text == one(read_source(PAGES / "wire.html")).text


@pytest.mark.skipif(not SEED.exists(), reason="the corpus's folder is not beside the project")
def test_seed_page() -> None:
    gold = json.loads(SEED.with_suffix(".jsonl").read_text("utf-8").splitlines()[0])
    document = one(read_source(SEED))
    assert document.text == gold["text"]
    assert document.title == gold["title"]
    assert document.published == dt.date(2018, 1, 19)
    assert document.byline.startswith("Steve")
    assert document.section == "News"


def test_a_short_page_is_read() -> None:
    document = one(iter(piped(b"<html><body><h1>Two killed</h1><p>Two men died in Kel.</p></body></html>")))
    assert (document.title, document.text) == ("Two killed", "Two men died in Kel.")
    assert "no article" in failure(iter(piped(b"<html><body><nav>Home</nav></body></html>"))).message


def test_a_head_that_trafilatura_leaves_out_is_read() -> None:
    markup = (
        "<html><head><title>Lasko Radio - Bomber kills four near Lasko</title></head><body><b>Lasko Radio</b>"
        "<h3>Bomber kills four near Lasko</h3><i>Posted: 2014-02-05 by Maria Toller</i>"
        f"<br><br>{PROSE}<br><br>{PROSE.upper()}<br><br>Email this article to a friend</body></html>"
    )
    document = one(iter(piped(markup.encode())))
    assert (document.title, document.byline, document.published) == ("Bomber kills four near Lasko", "Maria Toller", dt.date(2014, 2, 5))
    assert document.text == f"{PROSE}\n\n{PROSE.upper()}"


def test_a_page_that_breaks_the_library_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    import trafilatura

    def stop(*args: object, **more: object) -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr(trafilatura, "bare_extraction", stop)
    assert "IndexError" in failure(read_source(PAGES / "wire.html")).message


# text


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        f"{PROSE}\n",
        f"  {PROSE}\n\n\n{PROSE}\n{PROSE}\n",
        f"BAMAKO, Mali (NPA) - {PROSE}\n\n{PROSE}",
        f"By Tuesday the rebels had taken the bridge. {PROSE}",
        f"{PROSE}\n\nThe fighters said they would share this victory on Facebook.\n\nRelated claims could not be verified.",
        f"{PROSE}\n\nResponse\n\n{PROSE}\n\nHumanitarian access\n\n{PROSE}",
        "one short line",
        "22 September 2019. Five people were killed in a clash between a mob and security forces near the market of Umm Dirr.",
        "alpha\nbeta\ngamma",
        "Troops, 14 killed\nTroops, 3 wounded\n",
    ],
)
def test_a_plain_article_passes_to_the_letter(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode())
    document = one(read_source(path))
    assert document.text == text
    assert document.title == document.byline == document.section == ""


def test_line_ends_of_text_files_are_made_one(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(f"{PROSE}\r\n\r\n{PROSE}\r{PROSE}".encode())
    assert one(read_source(path)).text == f"{PROSE}\n\n{PROSE}\n{PROSE}"


@pytest.mark.parametrize(
    ("line", "byline", "published", "section"),
    [
        ("By: Ann Lee | 01-19-2018 | News", "Ann Lee", dt.date(2018, 1, 19), "News"),
        ("By Ann Lee, January 19, 2018", "Ann Lee", dt.date(2018, 1, 19), ""),
        ("BY ANN LEE AND OMAR BEN SALAH", "Ann Lee, Omar Ben Salah", None, ""),
        ("Written by Ann Lee on 19 January 2018", "Ann Lee", dt.date(2018, 1, 19), ""),
        ("Published: 19 January 2018, 14:05 GMT", "", dt.date(2018, 1, 19), ""),
        ("Posted on Jan. 19, 2018 by Ann Lee", "Ann Lee", dt.date(2018, 1, 19), ""),
        ("Friday 19 January 2018 12.15 GMT", "", dt.date(2018, 1, 19), ""),
        ("By Ann Lee, BBC News, Nairobi", "Ann Lee", None, ""),
        ("Ann Lee", "", None, ""),
        ("Last updated: 19 January 2018", "", None, ""),
        ("World | 2018-01-19", "", dt.date(2018, 1, 19), "World"),
        ("03/04/2018", "", None, ""),
        ("By Min Thu | 19 Jan 2018, 09:14", "Min Thu", dt.date(2018, 1, 19), ""),
        ("A look back. Published 19 January 2018.", "", dt.date(2018, 1, 19), ""),
    ],
)
def test_heads(line: str, byline: str, published: dt.date | None, section: str) -> None:
    text, head = textpage.parse(f"Rebels take the town of Dorran\n{line}\n\n{PROSE}\n\n{PROSE}\n")
    assert head.title == "Rebels take the town of Dorran" if line != "Ann Lee" else True
    assert (head.byline, head.published, head.section) == (byline, published, section)
    if line != "Ann Lee":
        assert text == f"{PROSE}\n\n{PROSE}"


def test_what_stands_below_the_article_is_no_head() -> None:
    text, head = textpage.parse(f"{PROSE}\n\nShare this:\nTwitter\nRelated\nArmy claims success\nFebruary 1, 2014\nBy Ann Lee\n")
    assert text == PROSE
    assert head == textpage.Head()


def test_the_day_of_an_update_is_no_day_of_publication() -> None:
    head = textpage.parse(f"Rebels take the town of Dorran\nLast updated\n6 February 2014\n\n{PROSE}")[1]
    assert head.published is None
    head = textpage.parse(f"Rebels take the town of Dorran\nPublished\n5 February 2014\nLast updated\n6 February 2014\n\n{PROSE}")[1]
    assert head.published == dt.date(2014, 2, 5)


def test_menus_and_names_above_the_title_go() -> None:
    top = "The Lasko Courier\nNews | Opinion | Sport | Culture\nWorld ▸ Africa ▸ Kel\n\n"
    top += "Bomber kills four near Lasko\nWed 5 Feb 2014 08.15 GMT"
    text, head = textpage.parse(f"{top}\n\n{PROSE}")
    assert (text, head.title, head.published) == (PROSE, "Bomber kills four near Lasko", dt.date(2014, 2, 5))


def test_a_title_alone_is_read_and_stays_where_nothing_says_that_it_heads_a_page() -> None:
    alone = f"Rebels take the town of Dorran\n\n{PROSE}\n"
    text, head = textpage.parse(alone)
    assert (head.title, text) == ("Rebels take the town of Dorran", alone)
    text, head = textpage.parse(f"{alone}\nShare this story\n")
    assert (head.title, text) == ("Rebels take the town of Dorran", PROSE)


@pytest.mark.parametrize(
    ("dateline", "agency", "published"),
    [
        ("BAMAKO, Mali (NPA) -", "NPA", None),
        ("KHARTOUM, June 22 (NPA) --", "NPA", None),
        ("SAN SALVADOR, 4 JAN 90 (RADIO CENTRAL) --", "RADIO CENTRAL", dt.date(1990, 1, 4)),
        ("SAN SALVADOR, 4 JAN 90 --", "", dt.date(1990, 1, 4)),
        ("Kabul, March 4, 2013 (NPA) —", "NPA", dt.date(2013, 3, 4)),
        ("COTABATO CITY, Philippines (March 4, 2013) –", "", dt.date(2013, 3, 4)),
        ("(Kabul, March 4, 2013) –", "", dt.date(2013, 3, 4)),
        ("PESHAWAR, Feb 1, 2013:", "", dt.date(2013, 2, 1)),
        ("SANAA, YEMEN (JAN. 4) --", "", None),
    ],
)
def test_datelines_stay_in_the_text(dateline: str, agency: str, published: dt.date | None) -> None:
    text, head = textpage.parse(f"{dateline} {PROSE}")
    assert text == f"{dateline} {PROSE}"
    assert (head.source, head.published) == (agency, published)


@pytest.mark.parametrize("below", ["\n", "\nLasko, Wednesday\n\n", "\n\nLasko, 5 May\n\n"])
def test_a_title_may_stand_above_a_long_paragraph_or_a_short_line(below: str) -> None:
    text = f"Rebels take the town of Dorran{below}{PROSE}"
    assert textpage.parse(text)[0] == text
    assert textpage.parse(text)[1].title == "Rebels take the town of Dorran"


def test_the_first_line_of_text_wrapped_by_hand_is_no_title() -> None:
    text = "Fighters of the Northern Front drove\ninto Dorran on Monday, residents said.\nThe army denied that it had lost it.\n"
    assert textpage.parse(text) == (text, textpage.Head())


def test_a_dateline_below_a_title_is_read_and_one_on_its_own_line_stays() -> None:
    text, head = textpage.parse(f"Rebels take the town of Dorran\n\nLASKO, 5 May 2014 (NPA) - {PROSE}")
    assert (head.source, head.published) == ("NPA", dt.date(2014, 5, 5))
    text, head = textpage.parse(f"Rebels take the town of Dorran\nLASKO, May 5, 2014\n\n{PROSE}")
    assert (text, head.published) == (f"LASKO, May 5, 2014\n\n{PROSE}", dt.date(2014, 5, 5))


def test_rows_of_a_table_are_no_head_and_items_no_title() -> None:
    rows = "Log of incidents\n\n08/03/2022  Gao  raid, 8 dead\n12/03/2022  Ansongo  clash\n17/03/2022  Menaka  mine, 2 hurt\n\n"
    assert textpage.parse(rows + PROSE)[1].published is None
    thread = f"Thread by @Eyes\nAug 15, 2021 · 11:32 AM\n\n1/ The town has fallen to rebels tonight\n\n2/ {PROSE}"
    assert "1/ The town has fallen" in textpage.parse(thread)[0]


def test_a_page_of_furniture_only_keeps_its_words() -> None:
    assert one(iter(piped(b"Share this article\nTweet\nComments (3)\n"))).text == "Share this article\nTweet\nComments (3)\n"


@pytest.mark.parametrize(
    "line",
    [
        "Share this article",
        "Share on Facebook",
        "Facebook Twitter WhatsApp",
        "12 Comments",
        "Leave a Reply",
        "Photo: Ann Lee/Reuters",
        "Recent News",
        "Popular Stories",
        "Related Articles",
        "We use cookies to give you the best service.",
        "Sign up for our newsletter",
        "Advertisement",
        "© 2018 The Post. All rights reserved.",
        "Comment *",
        "Printer friendly version | E-mail this story",
        "4 min read",
        "Also read: Army denies it",
        "You may also like",
        "Soldiers on patrol | AFP",
    ],
)
def test_furniture(line: str) -> None:
    assert furniture.kind(line) in ("always", "list", "comments")


@pytest.mark.parametrize(
    "line",
    [
        "Share prices of the oil firm fell after the attack.",
        "Comment was not available from the army.",
        "Related families fled to Kel.",
        "Response",
        "Recent clashes",
        "Photographs of the dead were shown to elders.",
        "He was quoted by Reuters.",
        "More fighters arrived.",
        "Sign of peace",
        "Latest fighting",
        "Discussion",
        "Print workers strike",
        "Top commander killed",
        "Popular Front for the Liberation of Kel",
        "Other armed groups",
        "Follow-up attack",
        "Closed roads",
        "Search operation",
        "Communist Party of the Philippines/New People's Army (CPP/NPA)",
    ],
)
def test_no_furniture(line: str) -> None:
    assert furniture.kind(line) in ("weak", "prose")


@pytest.mark.parametrize(
    "line",
    [
        "Support our newsroom - become a member",
        "Copyright. Republication needs permission.",
        "Write to us: letters@post.example",
        "[Back to top]",
        "The conversation has been shortened.",
        "More interviews | Listen to the podcast",
        "Did you find this page useful? Yes / No",
        "More from Lasko >>",
        "www.post.example/alerts",
        "An earlier version of this article gave a wrong number of dead.",
    ],
)
def test_what_is_below_an_article(line: str) -> None:
    assert tails.is_tail(line)
    assert textpage.parse(f"{PROSE}\n\n{PROSE}\n\n{line}\n")[0] == f"{PROSE}\n\n{PROSE}"


@pytest.mark.parametrize(
    "line",
    [
        "“Join us or leave your land,” the commander said.",
        "Support for our men is weak, he told elders.",
        "Kel | 14 killed | 3 wounded",
        "He would not say where you buy a rifle here.",
        "The report was published in May and names four officers, who deny that they were there.",
        "Will you follow him?",
        "Copyright law was the reason that the station gave.",
        "More fighters arrived in Kel",
        "[Two sentences of the sermon could not be heard in the recording that the group has published.]",
        "The group has a site, https://front.example, and posts there what it calls the news of the day.",
        "(c) That the armed forces act under the direction of an authority.",
    ],
)
def test_the_last_line_of_an_article_stays(line: str) -> None:
    text = f"{PROSE}\n\n{PROSE}\n\n{line}"
    assert textpage.parse(text)[0] == text


@pytest.mark.parametrize(
    ("line", "day", "rank"),
    [
        ("Reporting period: 1 April 2022 to 20 January 2023", None, 0),
        ("Issued: 20 January 2023", dt.date(2023, 1, 20), headlines.LABELLED),
        ("20 January 2023", dt.date(2023, 1, 20), headlines.BARE),
        ("Updated: 3 May 2019 | Published: 1 May 2019", dt.date(2019, 5, 1), headlines.LABELLED),
        ("Published: Sun 5 May 2019, 2:16 PM Last updated: Mon 6 May 2019, 2:17 PM", dt.date(2019, 5, 5), headlines.LABELLED),
        ("For immediate release: 4 April 2016", dt.date(2016, 4, 4), headlines.LABELLED),
    ],
)
def test_days_of_a_head_are_ranked(line: str, day: dt.date | None, rank: int) -> None:
    said = headlines.parts(line)
    assert (said.mark, said.day, said.rank) == ("date", day, rank)


@pytest.mark.parametrize(
    "line", ["Date of incident: 5 May 2014", "30 Aug 1967 - 20 Sep 1969", "* date = 6 May 2011 – present", "### 24 May 2022"]
)
def test_a_day_of_the_report_is_no_head(line: str) -> None:
    assert headlines.parts(line) == headlines.Said()


@pytest.mark.parametrize(
    ("name", "is_outlet"),
    [
        ("Kel River Observer", True),
        ("The Lasko Courier", True),
        ("Centre for the Study of Trade", True),
        ("Radio Dorran", True),
        ("Port Sella", False),
        ("Ann Lee", False),
        ("Gunmen kill 9 at border post", False),
        ("Press", False),
        ("Fighters leave the radio station", False),
    ],
)
def test_publishers_names(name: str, is_outlet: bool) -> None:
    assert outlets.is_outlet(name) is is_outlet


# dates and names


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01-19-2018", "2018-01-19"),
        ("19/01/2018", "2018-01-19"),
        ("03/04/2018", None),
        ("04/04/2018", "2018-04-04"),
        ("Tuesday 03/04/2018", "2018-04-03"),
        ("Sunday 03/04/2018", "2018-03-04"),
        ("Friday 03/04/2018", None),
        ("2018-01-19T23:30:00-05:00", "2018-01-19"),
        ("20180119", "2018-01-19"),
        ("May 2018", None),
        ("2018", None),
        ("31 February 2018", None),
        ("19th of January, 2018", "2018-01-19"),
        ("4 JAN 90", "1990-01-04"),
        ("Jan 19, 2018", "2018-01-19"),
        ("yesterday", None),
        ("19.01.18", None),
        ("Fri, 19 Jan 2018 08:00:00 +0000", "2018-01-19"),
    ],
)
def test_days(text: str, day: str | None) -> None:
    found = dates.find_date(text)
    assert (found and found.isoformat()) == day


def test_ambiguous_days_need_evidence() -> None:
    assert dates.find_date("03/04/2018", region="us") == dt.date(2018, 3, 4)
    assert dates.find_date("03/04/2018", region="gb") == dt.date(2018, 4, 3)
    assert dates.find_date("03/04/2018", hints="see also 25/02/2018") == dt.date(2018, 4, 3)
    assert dates.find_date("03/04/2018", region="us", hints="25/02/2018 and 02/25/2018") is None
    assert dates.date_of_url("https://a.example/2018/01/19/title") == dt.date(2018, 1, 19)
    assert dates.date_of_url("https://a.example/2018/01/title") is None


@pytest.mark.parametrize(
    ("stated", "names"),
    [
        ("By Ann Lee, staff writer", "Ann Lee"),
        ("By ANN LEE-MOORE", "Ann Lee-Moore"),
        ("AFP", "AFP"),
        ("By Our Correspondent", "Our Correspondent"),
        ("https://a.example/ann", ""),
        ("Ann Lee and Omar al-Zayn", "Ann Lee, Omar al-Zayn"),
        ("Ann Lee (ann@post.example)", "Ann Lee"),
        ("", ""),
        ("By Ann Lee in Nairobi", "Ann Lee"),
        ("By: Levant desk", "Levant desk"),
        ("by the Maiduguri correspondent", "Maiduguri correspondent"),
        ("Interview: our court reporter", "our court reporter"),
    ],
)
def test_names(stated: str, names: str) -> None:
    assert (bylines.byline_of(stated) or bylines.clean(stated)) == names


# JSON


def line(**fields: object) -> bytes:
    return json.dumps(fields).encode() + b"\n"


def test_json_lines_with_all_that_may_be_known(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b"\xef\xbb\xbf"
        + line(
            id="a1",
            text="  Text.\r\n ",
            title="T",
            published="2018-01-19",
            source="S",
            byline="B",
            url="https://a.example",
            section="News",
            mood=3,
        )
        + b"\n"
        + line(id=7, text="More.", date="19 January 2018", title=None, byline=["Ann Lee", {"name": "Bo Ek"}])
        + line(text="No day.", date="1989")
    )
    first, second, third = read_source(path)
    assert first == Document.of(
        "  Text.\r\n ",
        title="T",
        source="S",
        published=dt.date(2018, 1, 19),
        byline="B",
        url="https://a.example",
        section="News",
        given_id="a1",
    )
    assert isinstance(second, Document)
    assert (second.given_id, second.published, second.title, second.byline) == ("7", dt.date(2018, 1, 19), "", "Ann Lee, Bo Ek")
    assert isinstance(third, Document)
    assert third.published is None


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (b'{"text": "broken', "not valid JSON"),
        (b"[1, 2]", "not an object"),
        (b"{}", "no 'text'"),
        (b'{"text": ""}', "empty"),
        (b'{"text": 3}', "a number"),
        (b'{"text": "\xff"}', "UTF-8"),
        (b'{"text": "\\ud800"}', "half a character"),
        (b"[" * 100_000, "nested"),
        (b'{"text": null}', "no 'text'"),
        (b"9" * 5_000, "not valid JSON"),
        (b'"words"', "JSON string"),
    ],
)
def test_a_bad_line_is_named_and_reading_goes_on(bad: bytes, says: str) -> None:
    found = piped(line(text="First.") + bad + b"\n" + line(text="Third."))
    assert [type(item) for item in found] == [Document, Failure, Document]
    assert isinstance(found[1], Failure)
    assert "ine 2" in found[1].message
    assert says in found[1].message
    assert found[1].document == "-:2"


def test_a_day_that_cannot_be_used_is_told_and_the_article_kept() -> None:
    document, told = piped(line(text="Words.", published="03/04/2018"))
    assert isinstance(document, Document)
    assert document.published is None
    assert isinstance(told, Failure)
    assert "03/04/2018" in told.message


def test_a_line_of_ten_megabytes(tmp_path: Path) -> None:
    text = f"{PROSE}\n" * 85_000
    path = tmp_path / "a.jsonl"
    path.write_bytes(line(text=text) + line(text="Next."))
    *parts, last = read_source(path)
    assert "".join(part.text for part in parts if isinstance(part, Document)) == text
    assert isinstance(last, Document)
    assert last.text == "Next."


def test_a_line_too_long_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_LINE", 100_000)
    found = piped(line(text="First.") + line(text="x" * 300_000) + line(text="Third."))
    assert [type(item) for item in found] == [Document, Failure, Document]


def test_one_article_and_lists_as_json(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"id": "x", "text": PROSE}, indent=2), "utf-8")
    (tmp_path / "b.json").write_text(json.dumps([{"text": "One."}, {"text": ""}, {"text": "Two."}]), "utf-8")
    (tmp_path / "c.json").write_bytes(line(text="One.") + line(text="Two."))
    assert one(read_source(tmp_path / "a.json")).given_id == "x"
    assert [type(item) for item in read_source(tmp_path / "b.json")] == [Document, Failure, Document]
    assert [type(item) for item in read_source(tmp_path / "c.json")] == [Document, Document]


# paths


def test_standard_input_is_told_by_its_first_bytes() -> None:
    assert one(iter(piped(PROSE.encode()))).text == PROSE
    assert one(iter(piped((PAGES / "wire.html").read_bytes()))).title == "Gunmen kill 9 at border post"
    assert len(piped(line(text="One.") + line(text="Two."))) == 2
    assert one(iter(piped(json.dumps({"text": PROSE}, indent=1).encode()))).text == PROSE
    assert "no standard input" in failure(read_source("-")).message
    assert "no text" in failure(iter(piped(b""))).message


def test_standard_input_may_be_a_pipe() -> None:
    reading, writing = os.pipe()
    os.write(writing, line(text="One.") + line(text="Two."))
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        assert len(list(read_source("-", stdin=stream))) == 2


def test_folders_are_sorted_and_links_stay_inside(tmp_path: Path) -> None:
    folder, outside = tmp_path / "in", tmp_path / "out"
    (folder / "sub").mkdir(parents=True)
    (folder / "b_files").mkdir()
    outside.mkdir()
    for path in (
        folder / "b.html",
        folder / "a.txt",
        folder / "sub" / "c.txt",
        folder / "b_files" / "x.js",
        folder / ".hidden",
        outside / "o.txt",
    ):
        path.write_text(PROSE, "utf-8")
    (folder / "sub" / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "z1").symlink_to(outside, target_is_directory=True)
    (folder / "z2.txt").symlink_to(outside / "o.txt")
    (folder / "z3.txt").symlink_to(tmp_path / "gone.txt")
    found = list(expand([folder]))
    assert [item for item in found if isinstance(item, Path)] == [folder / "a.txt", folder / "b.html", folder / "sub" / "c.txt"]
    told = {Path(item.document).name: item.message for item in found if isinstance(item, Failure)}
    assert set(told) == {"z1", "z2.txt", "z3.txt"}
    assert "broken link" in told["z3.txt"]
    assert list(expand(["-", tmp_path / "x.txt"])) == [Path("-"), tmp_path / "x.txt"]
    assert list(read_source(folder)) == list(read_all([folder]))


def test_every_bad_path_is_a_failure_with_a_next_step(tmp_path: Path) -> None:
    empty, binary, pdf, pipe, link = (tmp_path / name for name in ("empty.txt", "b.txt", "p.txt", "pipe.txt", "link.txt"))
    empty.touch()
    binary.write_bytes(bytes(range(256)) * 8)
    pdf.write_bytes(b"%PDF-1.7 rest")
    os.mkfifo(pipe)
    link.symlink_to(tmp_path / "gone")
    (tmp_path / "void").mkdir()
    (tmp_path / "x.css").write_text("a{}", "utf-8")
    (tmp_path / "n.txt").write_bytes(PROSE.encode() + b"\0")
    cases = {
        empty: "empty",
        binary: "not text",
        pdf: "PDF",
        pipe: "regular file",
        link: "broken link",
        tmp_path / "gone.txt": "no such file",
        tmp_path / "void": "no file",
        tmp_path / "x.css": "no reader",
        tmp_path / "n.txt": "NUL",
        Path("/dev/null"): "regular file",
        tmp_path / ("n" * 300): "cannot be opened",
        tmp_path / "a\0b": "cannot be opened",
    }
    for path, says in cases.items():
        told = failure(read_source(path))
        assert says in told.message, (path, told.message)
        assert told.document == str(path)
        assert told.message.count(". ") >= 1
    assert "network" in failure(read_source("https://a.example/x.html")).message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir(mode=0)
    (tmp_path / "a.txt").touch(mode=0)
    assert "cannot be listed" in failure(read_source(tmp_path / "d")).message
    assert "permissions" in failure(read_source(tmp_path / "a.txt")).message
    (tmp_path / "d").chmod(0o700)


def test_a_folder_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    assert "cannot be listed" in failure(read_source(tmp_path)).message


def test_latin_text_is_read(tmp_path: Path) -> None:
    for encoding, text in (
        ("cp1252", "“Café” raid — three killed in Bogotá, police said."),
        ("utf-16", PROSE),
        ("utf-16-be", PROSE),
        ("utf-8-sig", PROSE),
    ):
        path = tmp_path / f"{encoding}.txt"
        path.write_bytes(text.encode(encoding))
        assert one(read_source(path)).text == text, encoding


# bombs


def page(body: str) -> bytes:
    return f"<!DOCTYPE html><html><head><title>Bomb</title></head><body>{body}</body></html>".encode()


BOMBS = {
    "deep div": lambda: page("<div>" * 100_000 + PROSE),
    "deep lists": lambda: page("<ul><li>" * 50_000 + PROSE),
    "deep tables": lambda: page("<table><tr><td>" * 30_000 + PROSE),
    "just under the parser's depth": lambda: page("<div class=date>" * 250 + f"<p>{PROSE}</p>" * 3_000 + "</div>" * 250),
    "fifty megabytes": lambda: page(f"<p>{PROSE}</p>" * (50 * 2**20 // len(PROSE))),
    "many tags": lambda: page("<b>x</b>" * 1_000_000),
    "many attributes": lambda: page("<p " + " ".join(f"a{i}=1" for i in range(200_000)) + f">{PROSE}</p>"),
    "open comments": lambda: page("<!--" * 200_000 + PROSE),
    "open scripts": lambda: page("<script>" * 100_000 + PROSE),
    "open brackets": lambda: page("<" * 90_000 + PROSE),
    "entities": lambda: page("&amp;" * 1_000_000 + PROSE),
    "deep JSON-LD": lambda: page(f'<script type="application/ld+json">{"[" * 100_000}</script><p>{PROSE}</p>'),
    "many furniture elements": lambda: page("<div class=share>" * 200 + f"<p>{PROSE}</p>" + "<div class=related><p>x</p></div>" * 20_000),
    "one endless word": lambda: page("<p>" + "x" * 5_000_000),
    "many short lines": lambda: page("<br>Share" * 45_000 + f"<p>{PROSE}</p>"),
    "as many short lines as may be": lambda: page("<br>Share" * 19_000 + f"<p>{PROSE}</p>"),
    "many ends": lambda: page(f"<p>{PROSE}</p>" * 9_000 + "<p>ENDS</p>" * 9_000 + "<p>[Top] More >></p>" * 9_000),
    "inline pictures": lambda: page(f'<img src="data:image/png;base64,{"A" * 20_000_000}"><p>{PROSE}</p>'),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_end_in_time(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bomb.html"
    path.write_bytes(BOMBS[name]())
    start = time.process_time()
    found = list(read_source(path))
    assert time.process_time() - start < 20  # seconds of processor time; the slowest took under 5 when this was written
    failures = [item for item in found if isinstance(item, Failure)]
    assert len(failures) <= 1
    assert "".join(item.text for item in found if isinstance(item, Document)).strip() or failures
    steps = ("Save the article as plain text", "Split it")
    assert all(item.stage == "language" or any(step in item.message for step in steps) for item in failures)


def test_memory_of_a_large_page_is_bounded(tmp_path: Path) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("peak memory is read from /proc, as on Linux")
    path = tmp_path / "bomb.html"
    path.write_bytes(BOMBS["fifty megabytes"]())
    code = (
        # Not ru_maxrss, in which a child starts from the peak of the process that called it.
        "import re, sys; from orbat.ingest import read_source; print(len(list(read_source(sys.argv[1]))), "
        "re.search(r'VmHWM:\\s*(\\d+)', open('/proc/self/status').read())[1])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=120, check=True)
    count, peak = map(int, done.stdout.split())
    assert count == 1
    assert peak < 500 * 1024  # kB on Linux: seven times the page, where a tree of it would take thirty


def test_json_lines_are_read_one_by_one() -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return line(text=PROSE) * max(1, size // 200)

    stream = read_source("-", stdin=Endless())  # type: ignore[arg-type]
    assert all(isinstance(next(stream), Document) for _ in range(10_000))


def test_import_is_light() -> None:
    code = "import sys, orbat.ingest; print([name for name in ('trafilatura', 'lxml', 'charset_normalizer') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


# properties


def sound(found: list[Document | Failure]) -> None:
    assert found
    for item in found:
        assert isinstance(item, Document | Failure)
        if isinstance(item, Document):
            assert item.text.strip()
            item.text.encode("utf-8")
        else:
            assert item.message


QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


@QUICK
@given(st.binary(max_size=400), st.sampled_from([b"", b"<html><body>", b"{", b'{"text": "', b"\xff\xfe", b"<!doctype html><p>"]))
@example(b"", b"<html><body>")
@example(b"\x00\xd8", b"\xff\xfe")
def test_random_bytes_never_raise(data: bytes, start: bytes) -> None:
    sound(piped(start + data))


@QUICK
@given(st.text(max_size=300), st.sampled_from(["", "<html><body><p>", "By Ann Lee | 01-19-2018 | News\n\n", "Comments\n"]))
def test_random_text_never_raises(text: str, start: str) -> None:
    sound(piped((start + text).encode("utf-8", "surrogatepass")))


@QUICK
@given(
    st.lists(
        st.sampled_from(
            [
                "<div>",
                "</div>",
                "<p class=date>",
                "<td>",
                "<table>",
                "<title>",
                "<h1>",
                "x & y",
                "<article>",
                "<figure>",
                PROSE,
                "</p>",
                "<meta name=author content='",
                "'>",
                "<time datetime='2018",
                "<script type='application/ld+json'>",
                "{}",
                "</script>",
            ]
        ),
        max_size=30,
    )
)
def test_random_tags_never_raise(parts: list[str]) -> None:
    sound(piped(("<html>" + "".join(parts)).encode()))


@QUICK
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: bool(text.strip())), st.booleans())
def test_json_text_round_trips_letter_for_letter(text: str, ascii_only: bool) -> None:
    data = json.dumps({"text": text}, ensure_ascii=ascii_only).encode()
    assert one(iter(jsonarticles.read_json_lines(source.Source.of("-", io.BytesIO(data + b"\n"))))).text == text


@QUICK
@given(
    st.lists(
        st.sampled_from(
            [PROSE, "Share this article", "", "Recent News", "Ferry sinks", "By Ann Lee", "Kel", "19 January 2018", "Comments"]
        ),
        max_size=14,
    )
)
def test_a_text_page_gives_whole_lines_in_their_order(lines: list[str]) -> None:
    body, _ = textpage.parse("\n".join(lines))
    rest = iter(lines)
    assert all(kept in rest for kept in body.split("\n") if kept)


# the recipe


def test_the_recipe_adds_a_reader(tmp_path: Path) -> None:
    recipe = (Path(__file__).parents[1] / "docs" / "add-a-reader.md").read_text("utf-8")
    code = recipe.split("```python\n", 1)[1].split("```", 1)[0]
    space: dict[str, Any] = {}
    exec(compile(code, "docs/add-a-reader.md", "exec"), space)
    reader = space["READER"]
    assert isinstance(reader, Reader)
    path = tmp_path / f"two{reader.suffixes[0]}"
    path.write_text(space["EXAMPLE"], "utf-8")
    found = list(read_source(path, readers=(*READERS, reader)))
    assert [type(item) for item in found] == [Document, Document, Failure]
    with pytest.raises(ReadError):
        list(reader.read(source.Source.of("x", io.BytesIO(b""))))
