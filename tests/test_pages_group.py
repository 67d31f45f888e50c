"""A group's page: every section with its sentences, as of any day, and what it must not let through."""

import datetime as dt
import gzip
import html
import re
from urllib.parse import quote

import pytest

from orbat.battle import Asked, case, sheet
from orbat.battle.loading import unnamed
from orbat.service.pages import groupview
from orbat.service.pages.notes import Notes, note, quotation
from orbat.store import Store
from tests.pagesaid import HOSTILE, HTML, checked, client_on, hostile_store, news_store, serving

SECTIONS = list(groupview.HEADINGS)


client = client_on(news_store)


@pytest.fixture(scope="module")
def name(client):
    """The group that most is said of."""
    return client.get("/api/v1/actors/active").json()["items"][0]["name"]


@pytest.fixture(scope="module")
def told(client, name):
    """The case and the whole sheet of that group, from the store itself."""
    service = client.app.state.service
    with Store.open(service.store.location) as store:
        found = case(store, Asked(name), service.catalogue)
        yield found, sheet(found)


def test_the_page_shows_every_section_and_its_twin_is_the_api_s_sheet(client, name, told):
    text, page = checked(client, f"/groups/{name}")
    shown = [key for key in SECTIONS if getattr(told[1], key)]
    assert len(shown) >= 6
    assert [key for key in SECTIONS if f'<section id="{key}"' in text] == shown
    twin, api = (client.get(address, params={"limit": 10}) for address in (f"/groups/{name}.json", f"/api/v1/sheets/{name}"))
    assert twin.json() == api.json()
    assert client.get(f"/groups/{name}.json").json() == api.json()
    parts = [each for each in page.links if re.search(r"/groups/.+/(timeline|network|map|flows)$", each)]
    assert len(parts) == 4


def test_every_value_leads_to_its_sentences(client, name, told):
    text, _ = checked(client, f"/groups/{name}?limit=1000")
    values = re.findall(r'<span class="v (sure-\w+[^"]*)" data-notes="([\d ]+)"', text)
    assert len(values) >= sum(len(getattr(told[1], key)) for key in SECTIONS if key != "catalogue")
    notes = dict(re.findall(r'<li id="note-(\d+)" value="\1">(.*?)</li>', text, re.S))
    assert {number for _, numbers in values for number in numbers.split()} == set(notes)
    sentences = {html.escape(s.sentence.text) for s in told[0].statements.values()}
    for each in notes.values():
        (quoted,) = re.findall(r"<p><bdi>(.*?)</bdi></p>", each)
        assert quoted.count("<mark>") == 1
        assert html.escape(html.unescape(re.sub("</?mark>", "", quoted))) in sentences
        assert "/statements/" in each
        assert "/articles/" in each


def test_a_day_changes_what_is_shown(client, name, told):
    days = sorted(record.start for record in told[0].records if record.start)
    early, middle = days[0] - dt.timedelta(days=400), days[len(days) // 2]
    texts = [checked(client, f"/groups/{name}{query}")[0] for query in ("", f"?as_of={middle}", f"?as_of={early}")]
    counts = [text.count('class="v ') for text in texts]
    assert counts[0] >= counts[1] > counts[2]
    assert f"What held on {middle.day} {middle:%B} {middle.year}." in texts[1]
    assert f'name="as_of" value="{middle}"' in texts[1]
    assert 'class="at"' in texts[1]
    assert re.findall(r'class="(above|below)" x="[\d.]+%"', texts[0]) == re.findall(r'class="(above|below)" x="[\d.]+%"', texts[1])
    twin = client.get(f"/groups/{name}.json", params={"as_of": str(middle)}).json()
    assert twin == client.get(f"/api/v1/sheets/{name}", params={"as_of": str(middle), "limit": 10}).json()


def test_the_slider_stands_at_the_month_of_the_day(client, name):
    text, _ = checked(client, f"/groups/{name}")
    (most, value, ends) = re.search(r'type="range" min="0" max="(\d+)" value="(\d+)" step="1" data-ends="([\d -]+)"', text).groups()
    ends = ends.split()
    assert int(most) == int(value) == len(ends)
    assert all((dt.date.fromisoformat(end) + dt.timedelta(days=1)).day == 1 for end in ends)
    assert ends == sorted(set(ends))
    place = len(ends) // 2
    text, _ = checked(client, f"/groups/{name}?as_of={ends[place][:8]}10")
    assert f'max="{len(ends)}" value="{place}"' in text


def test_what_was_known_by_a_moment(client, name):
    assert client.get(f"/groups/{name}?known_by=2023-12-31T00:00", headers=HTML).status_code == 404
    text, _ = checked(client, f"/groups/{name}?known_by=2024-01-02T00:00Z")
    assert "From what was read by 2 Jan 2024, 00:00 UTC." in text


def test_one_section_and_every_sentence_of_a_value(client, name, told):
    text, _ = checked(client, f"/groups/{name}?section=says&limit=3")
    assert text.count("<section id=") == 1
    assert "The whole order of battle" in text
    found = groupview.sections(told[1], 0)
    busiest = max(
        ((section.key, row, value) for section in found if section.key != "catalogue" for row, value in enumerate(section.rows)),
        key=lambda each: len(each[2]["grounds"]["statements"]),
    )
    key, row, value = busiest
    address = f"/groups/{name}/evidence"
    text, _ = checked(client, f"{address}?section={key}&row={row}")
    twin = client.get(f"{address}.json", params={"section": key, "row": row}).json()
    assert {s["id"] for s in twin["statements"]} == set(value["grounds"]["statements"])
    assert len(twin["statements"]) > 2
    assert text.count('<blockquote class="said">') == len(twin["statements"])
    whole, _ = checked(client, f"/groups/{name}")
    more = [html.unescape(each) for each in re.findall(r'data-all="\d+" data-more="([^"]+)"', whole)]
    assert more
    for each in more[:5]:
        checked(client, each)
    checked(client, f"{address}?section={key}&row=99999", 404)
    for unsourced in ("nothing", "catalogue"):
        checked(client, f"{address}?section={unsourced}&row=0", 422)


def test_hostile_names_stay_text_and_have_pages(tmp_path):
    hostile_store(tmp_path / "news.db")
    with serving(tmp_path / "news.db") as hostile:
        all_hostile(hostile)


def all_hostile(hostile):
    for name in HOSTILE:
        text, page = checked(hostile, f"/groups/{quote(name, safe='')}")
        assert html.escape(name).replace("&quot;", "&#34;").replace("&#x27;", "&#39;") in text
        assert "49" not in re.findall(r"<h1>(.*?)</h1>", text)[0]
        groups = {each.partition("?")[0] for each in page.links if each.startswith("/groups/") and each.count("/") == 2}
        for each in sorted(groups)[:4]:
            assert hostile.get(each, headers=HTML).status_code in (200, 404), each


def test_a_name_that_is_nobody_s(client):
    text, _ = checked(client, "/groups/Amber%20Falcn%20Brigade", 404)
    assert "Amber Falcon Brigade" in text


def test_sentences_come_from_different_articles_first(told):
    among = told[0].statements
    ids = sorted(among)
    ordered = groupview.spread(ids, groupview.articles(among))
    assert sorted(ordered) == ids
    documents = [among[id].document.id for id in ordered]
    number = len(set(documents))
    assert len(set(documents[:number])) == number


def test_notes_are_numbered_once(told):
    statements = groupview.said(told[0], list(told[0].statements)[:6])
    one, two, three, *_ = statements
    notes = Notes(statements, first=2)
    assert notes.add([one, two, three]) == (1, 2)
    assert notes.add([three, two]) == (2, 3)
    assert notes.add(["unknown"]) == ()
    assert [each.statement["id"] for each in notes.rows] == [one, two, three]
    made = note(statements[one])
    assert made.before + made.trigger + made.after == statements[one]["sentence"]["text"]
    assert made.trigger == statements[one]["trigger"]["text"]


def test_a_quotation_says_who_and_how_and_stays_text():
    statement = {
        "id": "s/1",
        "type": "attack",
        "certainty": "likely",
        "negated": True,
        "sentence": {"text": "<b>Men</b> & boys attacked.", "start": 7, "end": 34},
        "trigger": {"start": 25, "end": 33},
        "attribution": {"text": "<i>Ann</i>", "quoted": True},
        "document": {"id": "d&1", "source": 'The "Post"', "published": "2020-03-05"},
    }
    made = quotation(note(statement))
    assert "<p><bdi>&lt;b&gt;Men&lt;/b&gt; &amp; boys <mark>attacked</mark>.</bdi></p>" in made
    assert "<b><bdi>&lt;i&gt;Ann&lt;/i&gt;</bdi></b> (in own words), <span><bdi>The &#34;Post&#34;</bdi></span>, 5 Mar 2020\n" in made
    assert '<span class="certainty likely">denied, told as likely</span>' in made
    assert '<a href="/statements/s%2F1">attack</a>' in made
    assert '<a href="/articles/d%261#s-s%2F1">article</a>' in made
    bare = quotation(note(statement | {"attribution": None, "negated": False, "document": {"id": "d", "source": "", "published": None}}))
    assert "<footer><span><bdi>publisher not known</bdi></span>\n" in bare
    assert '<span class="certainty likely">told as likely</span>' in bare


def test_the_page_is_light(client, name):
    text, _ = checked(client, f"/groups/{name}")
    assert len(text) < 150_000
    assert len(gzip.compress(text.encode())) < 30_000


def test_a_group_that_only_the_catalogue_knows_has_a_page_that_says_so(client):
    catalogue = client.app.state.service.catalogue
    entry = next(each for each in catalogue if each.id == "1920-brigades")
    text, page = checked(client, f"/groups/{entry.id}")
    assert "No statement in this store names it yet." in text
    assert html.escape(entry.name) in text
    assert all(html.escape(each.text) in text for each in entry.names)
    assert all(number in text for _, numbers in entry.ids for number in numbers)
    assert not [each for each in page.links if each.startswith(f"/groups/{entry.id}/")]
    found = client.get(f"/groups/{entry.id}.json").json()
    assert (found["records"], found["statements"], found["leaders"]) == (0, 0, [])
    assert {tie["relation"] for tie in found["catalogue"]} == {
        each.relation for each in unnamed(Asked(entry.name, frozenset([entry.id])), catalogue).ties
    }
    checked(client, "/groups/nobody%20whom%20the%20catalogue%20has", 404)


def test_the_first_statements_of_a_value_are_those_of_all_in_order(client):
    service = client.app.state.service
    name = client.get("/api/v1/actors/active").json()["items"][0]["name"]
    among = case(service.store, Asked(name), service.catalogue).statements
    ids = sorted(among)
    for some in (ids, ids[:1], [], ids[: len(ids) // 2], [*ids, "nowhere"]):
        for most in (1, 2, 5, len(ids) + 1):
            assert groupview.firsts(some, among, most) == groupview.spread(some, groupview.articles(among))[:most]
