"""The search page: its address says all, its links lead where they say, and nothing that an article says is taken for HTML."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orbat import queries
from orbat.service.pages import searchviews
from orbat.service.pages.filtering import address, chips, without
from tests.pagesaid import OUT, client_on, desk_store
from tests.test_service_api import get

client = client_on(desk_store)


def page(client, path, **params):
    answer = client.get(path, params=params or None, headers={"accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


def links(text, inside):
    """The addresses of the links in the first element that a pattern finds."""
    part = re.search(inside, text, re.DOTALL)[0]
    return [html.unescape(each) for each in re.findall(r'href="([^"]*)"', part)]


def total(client, query):
    return client.get(f"/search.json{query}").json()["total"]


def test_the_twin_is_what_the_api_answers(client):
    asked = {"type": ["kill", "attack"], "certainty": "fact", "limit": 7, "q": "said"}
    assert client.get("/search.json", params=asked).json() == get(client, "/statements", **asked, facets=True)


@pytest.mark.parametrize("view", ["list", "table", "map", "timeline"])
def test_each_view_shows_what_was_found(client, view):
    text = page(client, "/search", view=view, limit=5)
    found = client.get("/search.json", params={"view": view, "limit": 5}).json()
    assert f"{found['total']} statements" in text
    for each in found["items"]:
        assert f"/statements/{each['statement']['id']}" in text
    assert f'aria-current="page">{view.capitalize()}</a>' in text
    assert "cursor=" in text


def test_a_sentence_stands_once_with_all_that_it_states(client):
    one, two, *_ = client.get("/search.json").json()["items"]
    sentence = one["statement"]["sentence"]
    word = sentence["text"].split()[0]
    trigger = {"start": sentence["start"], "end": sentence["start"] + len(word), "text": word}
    other = {**one, "statement": {**one["statement"], "id": "0" * 20, "trigger": trigger}}
    found = searchviews.by_sentence([one, two, other], "")
    assert [each.rows for each in found] == [(one, other), (two,)]
    triggers = [text for text, kind in found[0].pieces if kind == "trigger"]
    assert word in triggers
    assert one["statement"]["trigger"]["text"] in triggers


def test_facets_lead_to_as_many_as_they_say(client):
    text = page(client, "/search", q="said")
    side = re.search(r'<aside class="sidebar".*?</aside>', text, re.DOTALL)[0]
    found = re.findall(r'<a href="(\?[^"]*)"><bdi>[^<]*</bdi> <span class="quiet">([\d\u202f]+)</span>', side)
    assert len(found) > 10
    for href, count in found[::3]:
        assert total(client, html.unescape(href)) == int(count.replace("\u202f", "")), href


def test_statements_are_narrowed_by_what_their_records_are_and_by_who_read_them(client):
    every = client.get("/api/v1/statements", params={"facets": True}).json()
    counts = {each["name"]: {row["value"]: row["count"] for row in each["counts"]} for each in every["facets"]}
    assert sum(counts["status"].values()) == sum(counts["model"].values()) == every["total"]
    assert len(counts["status"]) > 1
    for status, number in counts["status"].items():
        assert total(client, f"?status={status}") == number
        records = {each["record"] for each in client.get("/api/v1/statements", params={"status": status}).json()["items"]}
        assert {client.get(f"/api/v1/records/{id}").json()["record"]["status"] for id in list(records)[:3]} == {status}
    (model,) = counts["model"]
    assert (total(client, f"?model={model}"), total(client, "?model=none")) == (every["total"], 0)
    assert client.get("/search.json", params={"status": "disputed"}).json()["facets"]
    assert "disputed" in page(client, "/search", status="disputed", model=model)


def test_each_thing_asked_for_can_be_taken_away(client):
    query = "?type=kill&type=attack&since=2001-01-01&view=table"
    found = links(page(client, f"/search{query}"), r'<ul class="chips".*?</ul>')
    assert found[:3] == [
        "?type=attack&since=2001-01-01&view=table",
        "?type=kill&since=2001-01-01&view=table",
        "?type=kill&type=attack&view=table",
    ]
    assert total(client, found[0]) + total(client, found[1]) == total(client, query)


def test_what_is_negated_is_named_and_can_be_set(client):
    text = page(client, "/search", negated="false")
    assert re.search(r"denied</span> <bdi>no</bdi>", text)
    shown = client.get("/search.json?negated=true").json()
    assert all(each["statement"]["negated"] for each in shown["items"])


def test_downloads_say_which_filters_they_take(client):
    text = page(client, "/search", type="kill", since="2001-01-01", q="said")
    assert "<b>Words</b> of this search do not narrow them" in text
    found = links(text, r'<ul class="formats">.*?</ul>')
    assert "/api/v1/exports/csv?since=2001-01-01&type=kill" in found
    assert "/api/v1/exports/csv?since=2001-01-01&type=kill&mask_private=true" in found
    assert client.get(found[0]).status_code == 200
    assert "Each holds what this search asks for." in page(client, "/search", type="kill")


def test_the_timeline_counts_every_statement_once(client):
    wanted = searchviews.months(client.app.state.service.store, searchviews.Wanted())
    assert sum(each.count for each in wanted.bins) + wanted.undated == total(client, "")
    assert [each.place for each in wanted.bins] == list(range(len(wanted.bins)))
    assert all(one.end < two.start and (two.start - one.end).days == 1 for one, two in zip(wanted.bins, wanted.bins[1:], strict=False))
    chart = re.search(r'<svg class="histogram".*?</svg>', page(client, "/search", view="timeline"), re.DOTALL)[0]
    assert chart.count("<title>") == sum(each.count > 0 for each in wanted.bins)


def test_the_map_counts_each_record_once_and_draws_areas_as_areas(client):
    store = client.app.state.service.store
    expected = {}
    for row in queries.find(store, queries.Wanted(), limit=None).rows:
        if row.statement.location:
            expected.setdefault(row.statement.location.id, set()).add(row.record or row.statement.id)
    found = client.get("/search/places").json()["features"]
    assert {each["id"]: set(each["properties"]["records"]) for each in found} == expected
    for each in found:
        assert each["geometry"]["type"] == ("Point" if each["properties"]["where_prec"] <= 2 else "Polygon")
    text = page(client, "/search", q="said", view="map")
    assert 'data-source="/search/places?q=said"' in text
    assert 'class="map"' in text
    for number in re.findall(r'href="#place-(\d+)"', text):
        assert f'id="place-{number}"' in text


def test_words_that_mean_an_actor_are_told(client):
    assert '<a class="actor kind-group" href="/groups/boko-haram">' in page(client, "/search", q="Boko Haram")


def test_nothing_that_an_article_says_is_html(client):
    for view in ("list", "table", "map", "timeline"):
        text = page(client, "/search", source=OUT, view=view)
        assert "<script>alert" not in text
        assert html.escape("<script>alert(1)</script>", quote=False) in text
    assert "<script>alert" not in page(client, "/search", q=OUT, actor=OUT, place=OUT, speaker=OUT)


def test_no_style_or_script_stands_in_the_page(client):
    text = page(client, "/search", view="timeline")
    assert not re.search(r"<[^>]*\s(style|on\w+)=", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


def test_what_finds_nothing_says_what_to_do(client):
    text = page(client, "/search", q="zzyzx")
    assert "Nothing fits all of that." in text
    assert 'href="/search"' in text


def test_a_parameter_that_is_not_known_is_refused(client):
    assert client.get("/search?colour=red").status_code == 422
    assert client.get("/search?view=pie").status_code == 422


@given(st.text(max_size=60), st.text(max_size=20), st.data())
@settings(max_examples=60, deadline=None)
def test_marks_take_and_add_no_letter(text, words, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    said = {"sentence": {"text": text, "start": 7}, "trigger": {"start": start + 7, "end": end + 7}}
    pieces = searchviews.marked([said], words)
    assert "".join(piece for piece, _ in pieces) == text
    assert "".join(piece for piece, kind in pieces if kind in ("trigger", "both")) == text[start:end]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("attack", ["attacked", "Attackers"]),
        ('"attacked a"', ["attacked", "a", "Attackers"]),
        ("dron*", ["drone"]),
        ("droned", ["drone"]),
        ("kil", []),
    ],
)
def test_forms_of_words_are_marked(words, found):
    text = "They attacked a town by drone, killing two. Attackers left."
    said = {"sentence": {"text": text, "start": 0}, "trigger": {"start": 0, "end": 0}}
    assert [piece for piece, kind in searchviews.marked([said], words) if kind == "hit"] == found


def test_a_query_loses_one_value_and_its_cursor():
    query = [("type", "kill"), ("type", "attack"), ("cursor", "x"), ("q", "")]
    assert without(query, "type", "kill") == [("type", "attack")]
    assert without(query, "type") == []
    assert [(each.text, each.without) for each in chips(query, {"type": "type"})] == [("kill", "?type=attack"), ("attack", "?type=kill")]
    assert address([("q", "a&b")]) == "?q=a%26b"


def test_a_search_is_of_a_day_and_of_a_moment(client):
    everything = client.get("/search.json?limit=1").json()["total"]
    assert 0 < client.get("/search.json?limit=1&as_of=2017-06-30").json()["total"] < everything
    assert client.get("/search.json?limit=1&known_by=2000-01-01T00:00").json()["total"] == 0
    assert client.get("/search.json?limit=1&known_by=2100-01-01T00:00Z").json()["total"] == everything
    assert "as of" in client.get("/search?as_of=2017-06-30").text
