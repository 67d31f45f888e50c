"""The pages of records: the list with its filters, and one with who says what side by side, copies, history and what became of it."""

import html
import re
import shutil

import pytest
from markupsafe import escape

from orbat import queries
from orbat.queries import WantedRecords
from orbat.recordkeeping import Decision, judge, withdraw
from orbat.recordserial import record_to_json
from orbat.recordtypes import Verdict
from orbat.service.pages import recordview
from orbat.store import Store
from tests import generated
from tests.pagesaid import HTML, checked, client_on, news_store, serving
from tests.test_recordkeeping import AT, DAY, append, reading, related, update
from tests.test_service_api import get

HOSTILE = '<script>alert("1")</script>'


client = client_on(news_store)


@pytest.fixture(scope="module")
def records(client):
    return queries.records(client.app.state.service.store, WantedRecords(), limit=None).records


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "first.db"
    with Store.open(path) as store:
        append(store, [reading(number) for number in range(3)])
        update(store, related=related, at=AT)
    return path


@pytest.fixture
def own(first, tmp_path):
    """A store of one's own, and a client of it."""
    with Store.open(shutil.copy(first, tmp_path / "own.db")) as store, serving(store.location) as client:
        yield store, client


def field(name, *values, disputed=False, judged=None):
    """A field: each value is its name, the origins that say it, the statements, and whether it is known."""
    said = [
        {"key": text, "text": text, "entity": {"id": text, "name": text, "kind": "group"} if known else None, "negated": False}
        | {"origins": list(origins), "statements": list(statements)}
        for text, origins, statements, known in values
    ]
    return {"name": name, "values": said, "disputed": disputed, "judged": judged}


def test_the_list_and_its_twin(client):
    text, page = checked(client, "/records")
    value = client.get("/records.json").json()
    api = get(client, "/records", facets=True)
    assert {**value, "next": None} == {**api, "next": None}  # a cursor belongs to the address that gave it
    assert all(f"/records/{each['id']}" in page.links for each in api["items"])
    for each in api["items"][:9]:
        assert html.escape(recordview.heading(each)) in text
    assert all(
        f"/records?type={count['value']}" in page.links or f"?type={count['value']}" in page.links for count in api["facets"][0]["counts"]
    )


@pytest.mark.parametrize(
    "asked",
    [
        {"type": "attack"},
        {"status": "corroborated"},
        {"status": ["disputed", "denied"]},
        {"kind": "relation"},
        {"country": "Testland"},
        {"since": "2018-01-01", "until": "2020-12-31"},
        {"min_origins": 2},
        {"sort": "learned", "limit": 5},
        {"actor": "Amber Falcon Brigade"},
        {"actor": ["Amber Falcon Brigade", "Azure River Front"]},
        {"actor": "", "type": "", "status": "", "country": "", "since": "", "until": "", "min_origins": "", "sort": "oldest"},
    ],
)
def test_filters_are_those_of_the_api_and_stay_in_the_form(client, asked):
    address = str(client.get("/records", params=asked, headers=HTML).url).removeprefix("http://127.0.0.1:8000")
    text, page = checked(client, address)
    found = get(client, "/records", **asked)
    assert [each.removeprefix("/records/") for each in page.links if re.fullmatch(r"/records/r[0-9a-f-]+", each)] == [
        each["id"] for each in found["items"]
    ]
    for name in ("type", "status"):
        if isinstance(asked.get(name), str) and asked[name]:
            assert re.search(rf"<option[^>]* selected[^>]*>{asked[name]}<", text)
    for name in ("country", "since", "until"):
        assert f'name="{name}"' in text
        if asked.get(name):
            assert f'value="{asked[name]}"' in text


def test_the_list_goes_on(client, records):
    seen, address = [], "/records?limit=20"
    while address:
        _, page = checked(client, address)
        seen += [each.removeprefix("/records/") for each in page.links if re.fullmatch(r"/records/r[0-9a-f-]+", each)]
        address = next(
            (f"/records{each}" if each.startswith("?") else each for each in page.links if "cursor=" in each and ".json" not in each), None
        )
    assert len(seen) == len(set(seen)) == len(records)


def test_nothing_found_says_so(client):
    text, page = checked(client, "/records?country=Nowhere")
    assert "No record is like that." in text
    assert "/records" in page.links


def test_a_record_and_its_twin(client, records):
    record = max(records, key=lambda each: (len(each.documents), len(each.statements)))
    text, page = checked(client, f"/records/{record.id}")
    value = get(client, f"/records/{record.id}")
    assert client.get(f"/records/{record.id}.json").json() == value
    assert re.findall(r'<li id="note-(\d+)"', text) == [str(number) for number, _ in enumerate(record.statements, 1)]
    for each in value["statements"]:
        assert f"/statements/{each['id']}" in page.links
        assert f"/articles/{each['document']['id']}#s-{each['id']}" in page.links
    assert "Credibility of what is said" in text
    assert "Reliability of who says it" in text
    assert f">{record.credibility}</abbr>" in text
    for found in (record.actors, record.targets, *record.fields):
        if found.values:
            body = re.search(rf'<tbody id="f-{found.name}".*?</tbody>', text, re.S)[0]
            assert len(re.findall(r"<tr", body)) == len(found.values)
            for said in found.values:
                assert f">{len(said.origins)}</a></span>" in body
    for origin in record.origins:
        assert text.count(f"<bdi>{html.escape(origin.name)}</bdi>") >= 2


def test_copies_are_told_and_confirm_nothing(client, records):
    record = next(each for each in records if len(each.documents) == 3 and each.independent == 1)
    text, _ = checked(client, f"/records/{record.id}")
    assert "2 copies" in text
    assert "that confirm nothing" in text
    assert text.count('<span class="tag">copy</span>') >= 2
    section = re.search(r'<section id="articles".*?</section>', text, re.S)[0]
    assert section.count('<span class="tag">copy</span>') == 2


def test_every_figure_of_a_toll_is_shown(client, records):
    record = next(each for each in records if each.tolls)
    text, _ = checked(client, f"/records/{record.id}")
    assert "People counted" in text
    for toll in record.tolls:
        assert f"{toll.low} to {toll.high}, best {toll.best}" in text


def test_a_prefix_and_a_statements_id_find_the_record(client, records):
    record = records[0]
    checked(client, f"/records/{record.id[:12]}")
    text, _ = checked(client, f"/records/{record.statements[-1]}")
    assert record.id in text


def test_many_statements_are_shown_where_asked_for(client, records, monkeypatch):
    monkeypatch.setattr("orbat.service.pages.record.STATEMENTS", 2)
    record = max(records, key=lambda each: len(each.statements))
    text, page = checked(client, f"/records/{record.id}?all=false")
    assert text.count('<li id="note-') == 2
    more = next(each for each in page.links if "all=true" in each)
    text, _ = checked(client, f"/records/{record.id}{more}")
    assert text.count('<li id="note-') == len(record.statements)


def test_a_record_as_it_was_known_by_a_day(own):
    store, client = own
    before = queries.records(store, WantedRecords(), limit=None).records
    document, said = reading(0, source="Rival Post", more=" It was another view that was printed there.")
    append(store, [(document, said)], at=AT + 5 * DAY)
    update(store, related=related, at=AT + 5 * DAY)
    grown = next(each for each in queries.records(store, WantedRecords(), limit=None).records if len(each.documents) > 1)
    then = next(each for each in before if each.id == grown.id)
    day = (AT + DAY).date()
    text, _ = checked(client, f"/records/{grown.id}?known_by={day}")
    assert "As it was known by" in text
    assert "Part the ticked ones off" not in text
    value = client.get(f"/records/{grown.id}.json", params={"known_by": str(day)}).json()
    assert value["record"]["statements"] == list(then.statements)
    assert {each["id"] for each in value["statements"]} == set(then.statements)
    assert value["history"] == [each for each in get(client, f"/records/{grown.id}")["history"] if each["at"] < "2024-01-03"]
    moment = client.get(f"/records/{grown.id}.json", params={"known_by": (AT + 6 * DAY).isoformat()}).json()
    assert moment["record"]["statements"] == list(grown.statements)
    early = checked(client, f"/records/{grown.id}?known_by=2020-01-01", 404)[0]
    assert "was known by 2020-01-01" in early
    assert client.get(f"/records/{grown.id}?known_by=then", headers=HTML).status_code == 422


def test_a_merged_record_leads_to_its_successor(own):
    store, client = own
    one, two = (each.id for each in queries.records(store, WantedRecords(), limit=None).records[:2])
    judge(store, Decision(Verdict.JOIN, one, two), by="ann")
    update(store, related=related)
    left = {each.id for each in queries.records(store, WantedRecords(), limit=None).records}
    (kept,), (gone,) = left & {one, two}, {one, two} - left
    answer = client.get(f"/records/{gone}", headers=HTML, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/records/{kept}?from={gone}")
    text, page = checked(client, f"/records/{kept}?from={gone}")
    assert f"The record <code>{gone[:9]}</code> is part of this one now." in text
    assert "Took in" in text
    assert f"/records/{gone}" in page.links
    twin = client.get(f"/records/{gone}.json", follow_redirects=False)
    assert twin.headers["location"] == f"/records/{kept}.json?from={gone}"
    assert client.get(f"/records/{gone}.json").json()["record"]["id"] == kept


def test_a_withdrawn_record_says_what_became_of_it(own):
    store, client = own
    record = queries.records(store, WantedRecords(), limit=None).records[0]
    made = judge(store, Decision(Verdict.REJECT, record.id), by="ann", note="No such thing.")
    update(store, related=related)
    text, page = checked(client, f"/records/{record.id}")
    assert "This record is no more" in text
    assert "No such thing." in text
    assert f"/statements/{record.id[1:]}" in page.links
    twin = client.get(f"/records/{record.id}.json")
    assert (twin.status_code, twin.headers["content-type"]) == (404, "application/problem+json")
    withdraw(store, made.id)
    update(store, related=related)
    text, _ = checked(client, f"/records/{record.id}?all=false")  # the page that was asked for may be kept for some seconds
    assert "This record is no more" not in text
    assert "Taken back" in text


def test_a_record_that_never_was_is_not_found(client):
    text, _ = checked(client, "/records/rffffffffffffffffffff", 404)
    assert "No record has the id" in text


def test_hostile_names_stay_text(tmp_path, monkeypatch):
    monkeypatch.setattr(generated, "GROUPS", [f"{HOSTILE} Front", "{{7*7}} Army"])
    monkeypatch.setattr(generated, "WEIGHTS", [1, 1])
    monkeypatch.setattr(generated, "TOWNS", ['Kor"><img src=x onerror=alert(1)>'])
    monkeypatch.setattr(generated, "SPEAKERS", ["'\"><svg/onload=alert(1)>"])
    with Store.open(tmp_path / "news.db") as store:
        docs = [generated.document(number, sentences=4) for number in range(3)]
        append(store, [(doc, generated.statements(doc)) for doc in docs])
        update(store, related=related, at=AT)
        record = queries.records(store, WantedRecords(), limit=None).records[0]
        judge(store, Decision(Verdict.CORRECT, record.id, field="place", value=HOSTILE), by=HOSTILE, note=HOSTILE)
        update(store, related=related, at=AT)
    with serving(tmp_path / "news.db") as client:
        checked(client, "/records")
        text, _ = checked(client, f"/records/{record.id}")
        assert escape(HOSTILE) in text
        for address in (
            f"/records/{record.id}/judge",
            f"/records/{record.id}/join",
            "/judgements",
            f"/statements/{record.statements[0]}/judge",
        ):
            checked(client, address)


def test_headings_say_what_most_say_and_take_no_side():
    place = {"name": "Gwoza"}
    plain = {"type": "kill", "targets": field("targets", ("14 people", "ab", "12", False)), "location": place}
    record = {**plain, "actors": field("actors", ("Front", "ab", "12", True), ("gunmen", "c", "3", False))}
    assert recordview.heading(record) == "Killing of 14 people by Front in Gwoza"
    rivals = field("actors", ("Front", "a", "1", True), ("Army", "b", "2", True))
    assert recordview.heading({**plain, "actors": rivals}) == "Killing of 14 people in Gwoza"
    allies = field("actors", ("Front", "a", "12", True), ("Army", "a", "1", True))
    assert recordview.heading({**plain, "actors": allies}) == "Killing of 14 people by Front and Army in Gwoza"
    both = field("targets", ("Army", "a", "1", True), ("300", "b", "2", False))
    assert recordview.heading({**plain, "actors": allies, "targets": both}) == "Killing of 300 people by Front and Army in Gwoza"
    known = field("actors", ("gunmen", "a", "1", False), ("Front", "a", "2", True))
    assert recordview.leading(known) == ["Front"]
    assert recordview.leading(field("targets", ("54 soldiers", "ab", "12", False), ("nine", "cd", "34", False))) == []
    assert recordview.leading(field("targets", ("men", "a", "12", False), ("attackers", "a", "3", False))) == ["men"]
    chosen = field("actors", ("Army", "", "", True), ("Front", "ab", "12", True), judged="x")
    assert recordview.leading(chosen) == ["Army"]
    assert recordview.leading(field("actors")) == []
    seized = {**plain, "type": "seize", "actors": field("actors", ("Front", "a", "1", True))}
    assert recordview.heading({**seized, "targets": field("targets", ("Army", "a", "1", True))}) == "Seizure by Front from Army in Gwoza"
    assert recordview.heading({**seized, "targets": field("targets", ("a base", "a", "1", False))}) == "Seizure of a base by Front in Gwoza"
    fallen = field("targets", ("Musa Ali", "a", "2", True), ("a base", "a", "1", False))
    fallen["values"][0]["entity"] |= {"kind": "person"}
    assert recordview.heading({**seized, "targets": fallen}) == "Seizure of a base by Front in Gwoza"
    empty = {"type": "clash", "actors": field("actors"), "targets": field("targets"), "location": None}
    assert recordview.heading(empty) == "Clash"


def test_every_type_has_a_heading(records):
    value = record_to_json(records[0])
    for kind in generated.TYPES:
        assert recordview.heading({**value, "type": kind.value.lower()}).strip()


def test_when_a_record_was():
    assert recordview.held({"kind": "relation", "start": "2014-03-01", "end": None}) == "since 1 March 2014"
    assert recordview.held({"kind": "relation", "start": None, "end": "2014-03-01"}) == "until 1 March 2014"
    assert recordview.held({"kind": "event", "start": "2014-03-01", "end": "2014-03-31"}) == "March 2014"
    assert recordview.held({"kind": "event", "start": None, "end": None}) == ""


def test_copies_are_folded_by_family_the_first_first():
    documents = [{"id": id, "published": day} for id, day in (("c", None), ("a", "2020-01-02"), ("b", "2020-01-01"), ("z", "2019-01-01"))]
    families = {"a": "f", "b": "f", "c": "f"}
    found = recordview.folded_families([{"document": each} for each in documents], families)
    assert [(each.first["id"], [other["id"] for other in each.others]) for each in found] == [("b", ["a", "c"]), ("z", [])]


def test_how_the_values_of_a_field_stand_to_one_another(client, records):
    value = get(client, f"/records/{records[0].id}")
    fields = {
        "agreed": field("place", ("Gwoza", "ab", "12", True)),
        "one": field("place", ("Gwoza", "a", "1", True)),
        "several": field("place", ("Gwoza", "a", "1", True), ("Borno", "b", "2", True)),
        "disputed": field("place", ("Gwoza", "a", "1", True), ("Kano", "b", "2", True), disputed=True),
        "judged": field("place", ("Kano", "", "", False), ("Gwoza", "a", "1", True), judged="x"),
    }
    for stand, given in fields.items():
        laid = recordview.layout({**value, "record": {**value["record"], "fields": [given]}}, {})
        row = next(each for each in laid.rows if each.name == "place")
        assert row.stand == stand
        assert [each.chosen for each in row.values] == [stand == "judged" and not at for at, _ in enumerate(row.values)]


def test_many_origins_articles_and_values_are_listed_where_asked_for(client, records, monkeypatch):
    monkeypatch.setattr("orbat.service.pages.record.LISTED", 1)
    record = max(records, key=lambda each: len(each.origins))
    assert len(record.origins) > 1
    text, page = checked(client, f"/records/{record.id}?all=no")  # asked for by no other test: a page may be kept
    assert text.count('<li id="o-') == 1
    more = next(each for each in page.links if "all=true" in each and each.endswith("#origins"))
    text, _ = checked(client, f"/records/{record.id}{more.partition('#')[0]}")
    assert text.count('<li id="o-') == len(record.origins)
