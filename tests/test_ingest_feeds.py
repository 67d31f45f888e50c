"""Ingest of feeds and sitemaps: entries with their text become articles, those with a link alone are told, nothing is fetched."""

from __future__ import annotations

import datetime as dt
import io
import json
import socket
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orbat.errors import ReadError
from orbat.ingest import feeds, read_source, sitemaps, xmltree
from orbat.types import Document, Failure

FIRST = "Fighters of the Northern Front drove into Dorran on Monday, residents said. The army denied that it had lost the town."
SECOND = "The governor of Kel said that nine people had been killed in the market, and that the road to Lasko was closed to all."
LONG = "\n\n".join([FIRST, SECOND] * 3)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **more: object) -> None:
        raise AssertionError("ingest went to the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def rss(*items: str, head: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Kel River Observer</title>'
        f"<link>https://kel.example/</link>{''.join(items)}</channel></rss>"
    ).encode()


FULL = (
    "<item><media:title>A picture</media:title><title>Rebels take &amp;amp; hold Dorran</title><link>https://kel.example/a</link>"
    "<guid isPermaLink='false'>kel-1</guid><pubDate>Fri, 19 Jan 2018 23:30:00 -0500</pubDate><dc:creator>Ann Lee</dc:creator>"
    "<description>Short.</description><media:description>A bridge.</media:description>"
    f"<content:encoded><![CDATA[<p>{FIRST}</p><div class='share-buttons'>Share</div><p>{SECOND}&nbsp;</p>"
    "<p>The post <a href='x'>Rebels take Dorran</a> appeared first on <a href='y'>Kel River Observer</a>.</p>]]></content:encoded></item>"
)
ATOM = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://kel.example/news/">
<title>Kel River Observer</title><link rel="self" href="feed.xml"/><link href="https://kel.example/"/>
<entry><title type="html">Rebels take &lt;b&gt;Dorran&lt;/b&gt;</title><link rel="enclosure" href="a.mp3"/><link href="a"/>
<id>tag:kel,1</id><published>2018-01-19T23:30:00-05:00</published>
<updated>2018-02-01T00:00:00Z</updated><author><name>Ann Lee</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{FIRST}</p><p>{SECOND}</p></div></content></entry>
<entry><title>Only changed</title><link href="b"/><id>tag:kel,2</id><updated>2018-02-01T00:00:00Z</updated>
<content type="html">&lt;p&gt;{FIRST}&lt;/p&gt;&lt;p&gt;{SECOND}&lt;/p&gt;</content></entry>
</feed>""".encode()
RDF = f"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://kel.example/"><title>Kel River Observer</title>
<link>https://kel.example/</link></channel><item rdf:about="https://kel.example/a"><title>Rebels take Dorran</title>
<link>https://kel.example/a</link><dc:date>2018-01-19T08:00:00Z</dc:date><dc:creator>Ann Lee</dc:creator>
<description>{LONG}</description></item></rdf:RDF>""".encode()
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Kel River Observer",
        "items": [
            {
                "id": "1", "url": "https://kel.example/a", "title": "Rebels take Dorran", "content_html": f"<p>{FIRST}</p><p>{SECOND}</p>",
                "date_published": "2018-01-19T08:00:00-05:00", "authors": [{"name": "Ann Lee"}],
            },
            {"id": 2, "url": "/b", "summary": "Short."},
            "no item",
        ],
    }
).encode()  # fmt: skip


def read(data: bytes) -> list[Document | Failure]:
    return list(read_source("-", stdin=io.BytesIO(data)))


def failure(found: list[Document | Failure]) -> str:
    assert len(found) == 1, found
    assert isinstance(found[0], Failure), found[0]
    return found[0].message


@pytest.mark.parametrize("data", [rss(FULL), ATOM, RDF, JSON_FEED], ids=["rss", "atom", "rdf", "json"])
def test_entries_with_their_text_are_articles(data: bytes) -> None:
    first = read(data)[0]
    assert isinstance(first, Document)
    assert first.text.split("\n\n")[:2] == [FIRST, SECOND]
    assert not any(words in first.text for words in ("Share", "appeared first", "Short", "bridge"))
    assert first.title in ("Rebels take & hold Dorran", "Rebels take Dorran")
    assert (first.source, first.byline, first.published) == ("Kel River Observer", "Ann Lee", dt.date(2018, 1, 19))
    assert first.url in ("https://kel.example/a", "https://kel.example/news/a")


@pytest.mark.parametrize(("name", "data"), [("a.xml", rss(FULL)), ("a.rss", ATOM), ("feed", RDF), ("a.json", JSON_FEED)])
def test_feeds_are_known_under_any_name(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert isinstance(next(read_source(path)), Document)
    sitemap = tmp_path / "sitemap.xml"
    sitemap.write_bytes(SITEMAP)
    assert "sitemap" in failure(list(read_source(sitemap)))


def test_a_day_of_change_is_no_day_of_publication() -> None:
    second = read(ATOM)[1]
    assert isinstance(second, Document)
    assert second.title == "Only changed"
    assert second.published is None


def test_a_feed_of_links_is_one_failure() -> None:
    items = "".join(f"<item><title>T{number}</title><link>/{number}</link><description>Short.</description></item>" for number in range(30))
    message = failure(read(rss(items)))
    assert "All its entries" in message
    assert "orbat watch" in message
    document, told = read(rss(FULL, items))
    assert isinstance(document, Document)
    assert isinstance(told, Failure)
    assert "30 of its 31 entries" in told.message


@pytest.mark.parametrize(
    ("description", "is_article"),
    [
        (LONG, True),
        (FIRST, False),
        (f"{LONG} [&amp;#8230;]", False),
        (f"{LONG} [...]", False),
        (
            f"&lt;p&gt;{LONG}&lt;/p&gt;&lt;p&gt;&lt;a href='x'&gt;Continue reading &lt;span&gt;Rebels&lt;/span&gt;&lt;/a&gt;&lt;/p&gt;",
            False,
        ),
        ("&lt;img src='x'&gt;", False),
        ("", False),
    ],
)
def test_a_summary_is_an_article_where_it_is_long_and_whole(description: str, is_article: bool) -> None:
    found = read(rss(f"<item><title>T</title><link>https://kel.example/a</link><description>{description}</description></item>"))
    assert [type(item) for item in found] == [Document if is_article else Failure]


def test_the_source_of_an_entry_goes_before_that_of_the_feed() -> None:
    item = FULL.replace("<media:title>", "<source url='https://wire.example/feed'>The Wire</source><media:title>")
    first = read(rss(item))[0]
    assert isinstance(first, Document)
    assert first.source == "The Wire"


def test_entries_for_those_who_follow_them() -> None:
    items = "<item><title>T</title><link>b?x=1&amp;y=2</link><guid>https://kel.example/guid</guid></item><item><guid>https://kel.example/c</guid></item>"
    first, second, third = feeds.entries(rss(FULL, items), "https://kel.example/feeds/all.xml")
    assert (first.id, first.link, first.published, first.is_full) == ("kel-1", "https://kel.example/a", dt.date(2018, 1, 19), True)
    assert (second.id, second.link, second.published) == ("https://kel.example/guid", "https://kel.example/b?x=1&y=2", None)
    assert third.link == "https://kel.example/c"
    assert [entry.link for entry in feeds.entries(ATOM)] == ["https://kel.example/news/a", "https://kel.example/news/b"]
    assert [entry.link for entry in feeds.entries(JSON_FEED, "https://kel.example/f.json")] == [
        "https://kel.example/a",
        "https://kel.example/b",
    ]
    unsafe = "<item><title>T</title><link>javascript:alert(1)</link></item><item><title>T</title><link>file:///etc/passwd</link></item>"
    assert [entry.link for entry in feeds.entries(rss(unsafe), "https://kel.example/")] == ["", ""]


def test_broken_feeds_are_mended_as_far_as_they_go() -> None:
    document, told = read(rss(FULL)[:-30])
    assert isinstance(document, Document)
    assert isinstance(told, Failure)
    assert "cut off" in told.message
    controls = rss(FULL.replace("Monday", "Mon\x0bday").replace("&nbsp;", "&hellip;&unknown;"))
    first = read(controls)[0]
    assert isinstance(first, Document)
    assert "Monday" in first.text
    latin = rss(FULL.replace("Dorran on", "Dörran on")).replace(b"UTF-8", b"ISO-8859-1").decode().encode("latin-1")
    first = read(latin)[0]
    assert isinstance(first, Document)
    assert "Dörran" in first.text


def test_what_is_no_feed() -> None:
    for data, says in ((b"{", "JSON"), (b'{"version": 1}', "no feed"), (b"<a/>", "no feed"), (b"", "empty")):
        with pytest.raises(ReadError, match=says):
            list(feeds.entries(data))
    assert "empty" in failure(read(b"<rss></rss>"))


BOMBS = {
    "entities": rss(FULL, head='<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'),
    "parameter entities": rss(FULL, head='<!DOCTYPE rss [<!ENTITY % a SYSTEM "http://127.0.0.1/x.dtd"> %a;]>'),
    "many tags": rss("<a/>" * 2_100_000),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused(name: str) -> None:
    assert "feed" in failure(read(BOMBS[name])).lower()


def test_a_document_type_is_passed_over() -> None:
    head = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://127.0.0.1/rss-0.91.dtd">'
    assert isinstance(read(rss(FULL, head=head))[0], Document)


def test_deep_and_large_feeds_end_in_time() -> None:
    start = time.process_time()
    sound = [read(rss("<item>" * 50_000)), read(rss(f"<item><content:encoded>{'&lt;div&gt;' * 50_000}{FIRST}</content:encoded></item>"))]
    assert all(sound)
    assert len(read(rss(FULL * 300))) == 300
    assert time.process_time() - start < 20


# sitemaps

SITEMAP = b"""<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://kel.example/a?x=1&amp;y=2 </loc><lastmod>2018-02-01</lastmod>
<image:image><image:loc>https://kel.example/a.jpg</image:loc><image:title>A bridge</image:title></image:image>
<news:news><news:publication><news:name>Kel River Observer</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2018-01-19T23:30:00-05:00</news:publication_date><news:title>Rebels take Dorran</news:title></news:news></url>
<url><loc>https://kel.example/b</loc></url><url><loc>javascript:x</loc></url></urlset>"""
INDEX = b"<sitemapindex><sitemap><loc>https://kel.example/s1.xml</loc><lastmod>2018-01-19</lastmod></sitemap></sitemapindex>"


def test_sitemaps() -> None:
    first, second = sitemaps.links(SITEMAP)
    assert first == sitemaps.SitemapLink(
        "https://kel.example/a?x=1&y=2", False, dt.date(2018, 2, 1), dt.date(2018, 1, 19), "Rebels take Dorran", "Kel River Observer", "en"
    )
    assert second == sitemaps.SitemapLink("https://kel.example/b")
    assert list(sitemaps.links(INDEX)) == [sitemaps.SitemapLink("https://kel.example/s1.xml", True, dt.date(2018, 1, 19))]


def test_a_sitemap_holds_no_article() -> None:
    for data, says in ((SITEMAP, "pages (2)"), (INDEX, "sitemaps (1)")):
        message = failure(read(data))
        assert says in message
        assert "orbat watch" in message
    with pytest.raises(ReadError, match="no sitemap"):
        list(sitemaps.links(rss(FULL)))


# properties


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([rss(FULL), ATOM, RDF, JSON_FEED, SITEMAP]), st.data())
def test_cut_and_changed_feeds_never_raise(whole: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(whole)))
    junk = data.draw(st.one_of(st.binary(max_size=6), st.sampled_from([b"<item>", b"]]>", b"<!ENTITY", b"&lt;", b"</", b"\xff"])))
    for changed in (whole[:at], whole[:at] + junk + whole[at + len(junk) :]):
        for item in read(changed):
            assert item.text.strip() if isinstance(item, Document) else item.message


def test_xml_limits_are_told() -> None:
    with pytest.raises(ReadError, match="larger than"):
        xmltree.parsed(b"<a>" + b" " * (xmltree.MAX_XML + 1), what="The feed", step="Split it.")
    with pytest.raises(ReadError, match="not valid XML"):
        xmltree.parsed(b"words", what="The feed", step="Split it.")
