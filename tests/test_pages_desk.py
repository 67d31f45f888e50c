"""The analyst's desk: sources, unknown names, failures, the review queue and what changed."""

import dataclasses
import datetime as dt
import html
import re
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from orbat.link.catalogue import Catalogue
from orbat.queries import Wanted
from orbat.queries.records import WantedRecords, records
from orbat.queries.review import DOUBTS, MATTERS, Seen, queue, rank
from orbat.recordtypes import RecordStatus, Toll, Verdict
from orbat.service.accounts import Accounts, Role
from orbat.service.pages import changes as changes_page
from orbat.service.pages import searchviews, sourceview
from orbat.service.pages.failures import cause
from orbat.service.sourcing import all_sources
from orbat.store import Store
from orbat.types import Failure
from tests.pagesaid import HERE, desk_store, serving
from tests.test_recordkeeping import AT, DAY, append, news, related, update
from tests.test_service_api import get

FAILURES = (
    Failure("https://news.test/a?b=<script>", "fetch", "The page was not fetched. It answers 404. Look whether it has moved."),
    Failure("a.pdf", "ingest", "It has 300000 characters. One article has 200000 at most here. Read it with `orbat read`."),
    Failure("b.pdf", "ingest", "It has 400000 characters. One article has 200000 at most here. Read it with `orbat read`."),
)
TODAY = dt.date(2024, 1, 1)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    desk_store(folder / "news.db")
    with Store.open(folder / "news.db") as store:
        for failure in FAILURES:
            store.fail(failure)
    (folder / "actors.jsonl").touch()
    with serving(folder / "news.db", actors=folder / "actors.jsonl") as client:
        yield client


@pytest.fixture
def store(client):
    return client.app.state.service.store


def page(client, path, **params):
    answer = client.get(path, params=params or None, headers={"accept": "text/html"})
    assert answer.status_code == 200, answer.text
    assert "<script>alert" not in answer.text
    assert not re.search(r"<[^>]*\s(style|on\w+)=", answer.text)
    return answer.text


def post(client, path, **fields):
    answer = client.post(path, data=fields, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


# Review


def seen(store, **given):
    some = next(each for each in records(store, WantedRecords(), limit=None).records if each.status is RecordStatus.SINGLE_SOURCE)
    plain = dataclasses.replace(some, tolls=(), start=None, end=None)
    return Seen(dataclasses.replace(plain, **given), 0, "", TODAY)


def killed(number):
    return (Toll("killed", "", number, number, number, ()),)


def test_weights_add_up_to_one():
    for side in (MATTERS, DOUBTS):
        assert sum(weight for _, weight, _ in side) == pytest.approx(1)


def test_what_matters_more_or_is_less_sure_ranks_higher(store):
    base = rank(seen(store, tolls=killed(3)))
    assert rank(seen(store, tolls=killed(40))).score > base.score > rank(seen(store)).score
    assert rank(seen(store, tolls=killed(3), status=RecordStatus.DISPUTED)).score > base.score
    assert rank(seen(store, tolls=killed(3), independent=2)).score < base.score
    assert rank(seen(store, tolls=killed(3), start=TODAY)).score > rank(seen(store, tolls=killed(3), start=TODAY - 200 * DAY)).score
    busy = dataclasses.replace(seen(store, tolls=killed(3)), activity=15, busiest="Some Group")
    assert rank(busy).score > base.score
    unsure = dataclasses.replace(seen(store, tolls=killed(3)), confidence=0.5)
    assert rank(unsure).score > rank(dataclasses.replace(unsure, confidence=0.99)).score
    assert rank(dataclasses.replace(unsure, unknown=("The Nameless",))).score > rank(unsure).score


def test_every_score_is_the_product_of_its_reasons(store):
    found = queue(store, today=TODAY)
    assert len(found.ranked) > 20
    assert [each.score for each in found.ranked] == sorted((each.score for each in found.ranked), reverse=True)
    for each in found.ranked:
        for side, whole in ((each.matters, each.matter), (each.doubts, each.doubt)):
            assert all(0 <= reason.value <= 1 for reason in side)
            assert whole == pytest.approx(sum(reason.value * reason.weight for reason in side))
        assert each.score == pytest.approx(each.matter * each.doubt)


def test_the_queue_shows_why_and_what_is_said(client, store):
    text = page(client, "/review", limit=5)
    shown = client.get("/review.json?limit=5").json()
    assert len(shown["items"]) == 5
    assert shown["next"]
    for each in shown["items"]:
        assert f'id="{each["record"]["id"]}"' in text
        for reason in (*each["matters"], *each["doubts"]):
            if reason["text"] and reason["value"]:
                assert reason["text"] in html.unescape(text)
        assert any(f"/statements/{id}" in text for id in each["record"]["statements"])


def test_facets_of_the_queue_lead_to_as_many_as_they_say(client):
    side = re.search(r'<aside class="sidebar".*?</aside>', page(client, "/review"), re.DOTALL)[0]
    found = re.findall(r'<a href="(\?[^"]*)"><bdi>[^<]*</bdi> <span class="quiet">([\d\u202f]+)</span>', side)
    assert found
    for href, count in found:
        assert client.get(f"/review.json{html.unescape(href)}").json()["total"] == int(count), href


def test_confirmed_leaves_the_queue_and_undone_comes_back(client, store):
    first = client.get("/review.json?limit=1").json()["items"][0]["record"]["id"]
    back = post(client, "/judgements", verdict="confirm", left=first, next="/review?limit=10")
    told = page(client, back)
    assert "Confirmed" in told
    assert first not in {each["record"]["id"] for each in client.get("/review.json?limit=50").json()["items"]}
    (made,) = re.findall(r'action="/judgements/(\w+)/withdraw"', told)
    post(client, f"/judgements/{made}/withdraw", next="/review")
    assert client.get("/review.json?limit=1").json()["items"][0]["record"]["id"] == first


def test_who_judges_on_a_later_part_stays_on_it(client):
    first = client.get("/review.json?limit=3").json()
    text = page(client, "/review", limit=3, cursor=first["next"])
    (here, *_) = (html.unescape(each) for each in re.findall(r'name="next" value="([^"]*)"', text))
    assert "cursor=" in here
    second = client.get("/review.json", params={"limit": 3, "cursor": first["next"]}).json()["items"]
    ids = [each["record"]["id"] for each in second]
    assert here.endswith(f"#{ids[1]}")
    told = page(client, post(client, "/judgements", verdict="confirm", left=ids[0], next=here))
    assert f'id="{ids[0]}"' not in told
    assert f'id="{ids[1]}"' in told
    (made,) = re.findall(r'action="/judgements/(\w+)/withdraw"', told)
    post(client, f"/judgements/{made}/withdraw", next="/review")


def test_a_confirmed_record_comes_back_when_more_is_read_of_it(store):
    some = queue(store, today=TODAY).ranked[0].record
    changed = dataclasses.replace(some, learned_last=AT + 3 * DAY)
    now = rank(Seen(changed, 0, "", TODAY, AT + DAY))
    assert next(each for each in now.doubts if each.feature == "new since").text.startswith("more was read of it since")


def test_what_the_desk_asks_is_answered_by_either_database(address):
    with Store.open(address) as store:
        append(store, news()[:8])
        update(store, related=related, at=AT)
        ranked = queue(store, today=TODAY).ranked
        publishers = {each.name for each in all_sources(store) if each.kind == "publisher"}
        standing = sourceview.of_publisher(store, publishers)
        found = searchviews.places(store, Wanted())
        months = searchviews.months(store, Wanted())
        total = records(store, WantedRecords()).total
    assert len(ranked) == total
    assert sum(number for _, number in standing.certainties) == found.total == sum(each.count for each in months.bins) + months.undated
    assert sum(number for _, number in standing.statuses) == total
    assert found.marks


# Sources


def test_sources_tell_counts_days_and_shared_text(client, store):
    items = client.get("/sources.json?limit=200").json()["items"]
    known = {each["id"]: each for each in get(client, "/sources", limit=200)["items"]}
    assert {each["id"] for each in items} == set(known)
    assert all(each["statements"] == known[each["id"]]["statements"] for each in items)
    assert all(known[each["id"]]["copies"] == (each["shared"] if each["kind"] == "publisher" else None) for each in items)
    wire = next(each for each in items if each["name"] == "Wire Daily")
    assert wire["shared"] == wire["documents"] == 3  # reprints, each of another publisher's article of the same day
    assert wire["earlier"] == wire["later"] == 0
    text = page(client, "/sources")
    assert "Wire Daily" in text
    days = [each for each in items if each["kind"] == "publisher" and each["first"]]
    assert all(each["first"] <= each["last"] for each in days)


@pytest.mark.parametrize("sort", ["statements", "name", "last", "shared", "grade"])
def test_sources_are_sorted(client, sort):
    items = client.get(f"/sources.json?limit=200&sort={sort}").json()["items"]
    keys = {
        "statements": lambda each: -each["statements"],
        "name": lambda each: each["name"].casefold(),
        "last": lambda each: (each["last"] is None, [-ord(sign) for sign in each["last"] or ""]),
        "shared": lambda each: -each["shared"],
        "grade": lambda each: each["grade"],
    }[sort]
    if sort != "name":
        assert [keys(each) for each in items] == sorted(map(keys, items))
    assert len(items) == len({each["id"] for each in items})


def test_a_source_has_a_page_of_its_own_that_adds_up(client):
    for each in client.get("/sources.json?limit=200").json()["items"][:12]:
        found = client.get(f"/sources/{quote(each['id'], safe='')}.json").json()
        assert found["statements"] == each["statements"]
        assert sum(number for _, number in found["standing"]["types"]) <= each["statements"]
        assert sum(number for _, number in found["standing"]["certainties"]) == each["statements"]
        name = {"publisher": "source", "speaker": "speaker"}[each["kind"]]
        assert f"/search?{name}=" in page(client, f"/sources/{quote(each['id'], safe='')}")


def test_near_copies_lead_to_the_other_publisher(client):
    found = client.get(f"/sources/{quote('publisher:wire daily')}.json").json()
    assert sum(each["families"] for each in found["standing"]["sharers"]) >= 3
    assert "With whom it shares text" in page(client, f"/sources/{quote('publisher:wire daily')}")


def test_a_grade_is_given_shown_and_taken_back(client):
    path = f"/sources/{quote('publisher:wire daily')}"
    back = post(client, "/judgements", verdict="grade", left="publisher:wire daily", value="B", note="Its reprints are exact.", next=path)
    told = page(client, back)
    assert "usually reliable" in told
    assert "Its reprints are exact." in told
    assert client.get(f"{path}.json").json()["grade"] == "B"
    made = client.get(f"{path}.json").json()["grades"][0]["id"]
    post(client, f"/judgements/{made}/withdraw", next=path)
    assert client.get(f"{path}.json").json()["grade"] == "F"


def test_an_unknown_source_is_not_found(client):
    assert client.get("/sources/publisher:nobody.json").status_code == 404
    assert client.get("/sources/publisher:nobody").status_code == 404


# Unknown names


@pytest.fixture
def names(client):
    found = client.get("/unknown.json?min_articles=1&limit=200").json()["items"]
    assert len(found) >= 3
    return [each["name"] for each in found if each["kind"] != "person"] or [each["name"] for each in found]


def test_the_list_of_unknown_names_is_the_api_s(client):
    assert client.get("/unknown.json?min_articles=1").json() == get(client, "/unknown-actors", min_articles=1)
    text = page(client, "/unknown", min_articles=1)
    for each in client.get("/unknown.json?min_articles=1").json()["items"]:
        assert html.escape(each["name"], quote=False) in text


def test_a_name_is_dismissed_and_listed_again(client, names):
    back = post(client, "/unknown/dismiss", name=names[0], why="A place.")
    assert "Undo: list it again" in page(client, back)
    assert names[0] not in {each["name"] for each in client.get("/unknown.json?min_articles=1&limit=200").json()["items"]}
    post(client, "/unknown/list-again", name=names[0])
    assert names[0] in {each["name"] for each in client.get("/unknown.json?min_articles=1&limit=200").json()["items"]}


def test_a_name_is_adopted_with_its_fields(client, names):
    file = client.app.state.service.config.actors
    back = post(client, "/unknown/adopt", name=names[0], kind="wing", country="ML, Niger", begin="2011", id="my-own-id")
    entry = Catalogue.load(file).entry("my-own-id")
    assert (entry.name, entry.kind, entry.countries, entry.start) == (names[0], "wing", ("ML", "NE"), 2011)
    assert 'href="/groups/my-own-id"' in page(client, back)
    taken = client.post("/unknown/adopt", data={"name": names[1], "id": "my-own-id"}, follow_redirects=False)
    assert taken.status_code == 400
    assert "taken" in taken.text


def test_a_name_is_merged_into_an_actor(client, names):
    name = client.get("/unknown.json?min_articles=1&limit=200").json()["items"][0]["name"]
    back = post(client, "/unknown/merge", name=name, into="Boko Haram")
    assert 'href="/groups/boko-haram"' in page(client, back)
    assert "boko-haram" in Catalogue.load(client.app.state.service.config.actors).ids_of(name)


@pytest.mark.parametrize(
    ("action", "fields", "status"),
    [
        ("merge", {"into": "Nobody At All"}, 400),
        ("adopt", {"country": "Atlantis"}, 400),
        ("adopt", {"begin": "soon"}, 400),
        ("adopt", {"kind": "army of one"}, 400),
    ],
)
def test_what_cannot_be_adopted_changes_nothing(client, action, fields, status):
    name = client.get("/unknown.json?min_articles=1&limit=200").json()["items"][0]["name"]
    before = client.app.state.service.config.actors.read_bytes()
    answer = client.post(f"/unknown/{action}", data={"name": name, **fields}, follow_redirects=False)
    assert answer.status_code == status, answer.text
    assert client.app.state.service.config.actors.read_bytes() == before


def test_without_a_catalogue_of_its_own_nothing_is_changed(tmp_path):
    with Store.open(tmp_path / "own.db") as store:
        append(store, news()[:4])
    with serving(tmp_path / "own.db") as client:
        name = client.get("/unknown.json?min_articles=1").json()["items"][0]["name"]
        assert client.post("/unknown/dismiss", data={"name": name}).status_code == 409
        assert "no catalogue of its own" in page(client, "/unknown", min_articles=1)


def test_the_first_actor_makes_the_catalogue(tmp_path):
    with Store.open(tmp_path / "own.db") as store:
        append(store, news()[:4])
    with serving(tmp_path / "own.db", actors=tmp_path / "new" / "actors.jsonl") as client:
        name = client.get("/unknown.json?min_articles=1").json()["items"][0]["name"]
        post(client, "/unknown/adopt", name=name)
        assert name not in {each["name"] for each in client.get("/unknown.json?min_articles=1&limit=200").json()["items"]}


# Failures


def test_failures_are_shown_by_stage_and_cause(client):
    text = page(client, "/failures")
    for failure in FAILURES:
        assert html.escape(failure.document) in text
    many = cause(FAILURES[1].message)
    assert many == cause(FAILURES[2].message) == "It has … characters."
    assert client.get("/failures.json", params={"cause": many}).json()["total"] == 2
    assert client.get("/failures.json?stage=fetch").json()["total"] == 1
    assert client.get("/failures.json?q=moved").json()["total"] == 1
    assert client.get("/failures.json").json()["items"] == get(client, "/failures")["items"]


# Changes


def test_changes_are_those_of_the_api_and_can_be_narrowed(client):
    asked = {"since": "2023-12-01", "limit": 5}
    found = client.get("/changes.json", params=asked).json()
    assert found["items"] == get(client, "/changes", since="2023-12-01T00:00:00Z", limit=5)["items"]
    new = client.get("/changes.json?change=new&limit=200").json()
    assert new["total"]
    assert {each["change"] for each in new["items"]} == {"new"}
    assert client.get("/changes.json?until=2000-01-01").json()["total"] == 0
    text = page(client, "/changes", change="new")
    assert "1 January 2024" in text
    assert 'class="change new"' in text


def test_the_feed_is_sound_atom(client):
    answer = client.get("/changes.atom?change=new")
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = ElementTree.fromstring(answer.content)
    space = {"a": changes_page.ATOM}
    assert feed.find("a:link[@rel='self']", space).get("href") == f"{HERE}/changes.atom?change=new"
    entries = feed.findall("a:entry", space)
    assert len(entries) == min(changes_page.FEED, client.get("/changes.json?change=new").json()["total"])
    ids = [each.find("a:id", space).text for each in entries]
    assert len(ids) == len(set(ids))
    for each in entries[:5]:
        assert each.find("a:title", space).text.startswith("New: ")
        path = each.find("a:link", space).get("href").removeprefix(HERE)
        assert client.get(path, headers={"accept": "text/html"}).status_code == 200


def test_a_feed_holds_no_letter_that_xml_does_not():
    row = {"record": "r\x00\x0bab", "change": "withdrawn", "at": AT, "others": []}
    made = changes_page.atom([row], {}, base="http://x/", own="http://x/changes.atom?q=\ud800")
    assert "rab" in ElementTree.fromstring(made).findtext(f"{{{changes_page.ATOM}}}entry/{{{changes_page.ATOM}}}title")


# Who may


def test_a_reader_sees_all_and_changes_nothing(tmp_path):
    accounts = Accounts(tmp_path / "accounts.db")
    token = accounts.new_token("reader", Role.READ)[1]
    with Store.open(tmp_path / "own.db") as store:
        append(store, news()[:4])
        update(store, related=related, at=AT)
    (tmp_path / "actors.jsonl").touch()
    with serving(tmp_path / "own.db", login=True, accounts=accounts.path, actors=tmp_path / "actors.jsonl") as client:
        client.headers["Authorization"] = f"Bearer {token}"
        for path in ("/review", "/sources", "/unknown?min_articles=1", "/failures", "/changes", "/search"):
            text = client.get(path, headers={"accept": "text/html"}).text
            assert 'method="post"' not in re.sub(r'<form method="post" action="/sign-out".*?</form>', "", text, flags=re.DOTALL), path
        name = client.get("/unknown.json?min_articles=1").json()["items"][0]["name"]
        for action in ("adopt", "merge", "dismiss", "list-again"):
            assert client.post(f"/unknown/{action}", data={"name": name, "into": "Boko Haram"}).status_code == 403
        assert client.post("/judgements", data={"verdict": "grade", "left": "publisher:x", "value": "A"}).status_code == 403
        assert (tmp_path / "actors.jsonl").read_bytes() == b""
        assert not [each for each in get(client, "/judgements")["items"] if each["verdict"] == Verdict.GRADE]
