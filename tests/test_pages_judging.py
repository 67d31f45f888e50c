"""Judging with forms: each verb, what became of records, undo, who may, and what cannot be."""

import dataclasses
import html
import re
import shutil
from urllib.parse import urlsplit

import pytest

from orbat import queries
from orbat.queries import WantedRecords
from orbat.recordtypes import Verdict
from orbat.serial import with_id
from orbat.service.accounts import Accounts, Role
from orbat.store import Store
from tests.pagesaid import HTML, checked, serving
from tests.test_recordkeeping import AT, append, reading, related, update
from tests.test_service_api import get

PASSWORD = "correct horse battery"
PAGE = {**HTML, "Origin": "http://127.0.0.1:8000"}


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A store of three articles, one reprint, one article that says all in its own voice, and one in which two do one thing."""
    path = tmp_path_factory.mktemp("judging") / "first.db"
    document, said = reading(7)
    with Store.open(path) as store:
        append(store, [*(reading(number) for number in range(3)), reading(0, source="Wire Daily")])
        append(store, [(document, tuple(with_id(dataclasses.replace(each, attribution=None)) for each in said))])
        document, (_, one, other, *_) = reading(8)
        append(store, [(document, (with_id(dataclasses.replace(one, actor=one.actor + other.actor)),))])
        update(store, related=related, at=AT)
    return path


@pytest.fixture
def store(first, tmp_path):
    with Store.open(shutil.copy(first, tmp_path / "own.db")) as store:
        yield store


@pytest.fixture
def client(store):
    with serving(store.location) as client:
        yield client


def records(store):
    return queries.records(store, WantedRecords(), limit=None).records


def post(client, address, status=303, **data):
    """What a form posts; where it leads to, or the page of what went wrong."""
    answer = client.post(address, data=data, headers=PAGE, follow_redirects=False)
    assert answer.status_code == status, answer.text[:400]
    return answer.headers["location"] if status == 303 else answer.text


def forms(text):
    """The forms of a page that judge: hidden fields by name, and where each posts to."""
    for action, body in re.findall(r'<form method="post" action="(/judgements[^"]*)"[^>]*>(.*?)</form>', text, re.S):
        fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', body)
        yield action, {name: html.unescape(value) for name, value in fields}, body


def form(text, verdict, **given):
    """The one form for a verdict, as it would be posted."""
    found = [(action, fields, body) for action, fields, body in forms(text) if fields.get("verdict") == verdict]
    found = [each for each in found if given.items() <= each[1].items()]
    assert len(found) == 1, (verdict, given, len(found))
    return found[0]


def undone(client, page):
    """The page after pressing its first button that takes a judgement back."""
    text, _ = checked(client, page)
    action, fields, _ = next(each for each in forms(text) if each[0].endswith("/withdraw"))
    return post(client, action, **fields)


def test_confirming_and_undoing(client, store):
    record = records(store)[0]
    text, _ = checked(client, f"/records/{record.id}/judge?field=confirm")
    action, fields, _ = form(text, "confirm")
    to = post(client, action, **fields, note="  Seen by us. ")
    made = queries.judgements(store)[-1]
    assert (made.verdict, made.left, made.by, made.note) == (Verdict.CONFIRM, record.id, "local", "Seen by us.")
    assert to == f"/records/{record.id}?judged={made.id}"
    text, _ = checked(client, to)
    assert "<b>Confirmed</b>" in text
    assert "No record changed with it." in text
    assert "<dt>Judged</dt><dd>confirmed" in text
    back = undone(client, to)
    assert back == f"/records/{record.id}?judged={made.id}"
    text, _ = checked(client, back)
    assert "<b>Taken back:</b>" in text
    assert "<dt>Judged</dt>" not in text
    assert queries.judgements(store, withdrawn=False) == ()


def test_rejecting_a_record_and_undoing(client, store):
    record = records(store)[0]
    text, _ = checked(client, f"/records/{record.id}/judge")
    action, fields, _ = form(text, "reject")
    to = post(client, action, **fields)
    text, _ = checked(client, to)
    assert "This record is no more" in text
    assert "was withdrawn: nothing of it stands" in text
    assert record.id not in {each.id for each in records(store)}
    text, _ = checked(client, undone(client, to))
    assert "was made" in text
    assert record.id in {each.id for each in records(store)}


def test_correcting_a_field_by_a_value_said(client, store):
    both = ((each, name, getattr(each, name).values) for each in records(store) for name in ("actors", "targets"))
    record, field, values = next(found for found in both if len(found[2]) > 1 and not found[2][-1].negated)
    said = values[-1]
    text, _ = checked(client, f"/records/{record.id}/judge?field={field}")
    action, fields, body = form(text, "correct", field=field)
    offered = [html.unescape(each) for each in re.findall(r'type="radio" name="value" value="([^"]*)"', body)]
    assert offered == list(dict.fromkeys(value.key for value in values))
    to = post(client, action, **fields, value=said.key)
    assert urlsplit(to).fragment == f"f-{field}"
    text, _ = checked(client, to)
    assert 'class="stand judged"' in text
    assert "chosen by an analyst" in text
    assert f'<a href="/records/{record.id}"><code>{record.id[:9]}</code></a> changed' in text
    now = next(each for each in records(store) if each.id == record.id)
    assert getattr(now, field).values[0].key == said.key
    undone(client, to)
    assert getattr(next(each for each in records(store) if each.id == record.id), field).values == values


def test_correcting_a_field_by_another_value(client, store):
    record = next(each for each in records(store) if any(f.name == "date" for f in each.fields) and each.tolls)
    text, _ = checked(client, f"/records/{record.id}/judge")
    action, fields, _ = form(text, "correct", field="date")
    to = post(client, action, **fields, other="2016-05-01", until="2016-05-03")
    text, _ = checked(client, to)
    assert "1–3 May 2016" in text
    assert "nobody says so" in text
    now = next(each for each in records(store) if each.id == record.id)
    assert (str(now.start), str(now.end)) == ("2016-05-01", "2016-05-03")
    toll = record.tolls[0]
    action, fields, _ = form(text := checked(client, f"/records/{record.id}/judge")[0], "correct", field=toll.kind)
    post(client, action, **fields, other="17")
    assert next(each for each in records(store) if each.id == record.id).tolls[0].best == 17
    action, fields, _ = form(text, "correct", field="actors")
    to = post(client, action, **fields, other="boko-haram")
    text, _ = checked(client, to)
    assert re.search(r"<bdi>Boko Haram</bdi>.*chosen by an analyst", text)


def test_joining_and_undoing(client, store):
    one = next(each for each in records(store) if not any(value.entity for value in each.actors.values))
    text, page = checked(client, f"/records/{one.id}/join?since=2010-01-01&until=2030-01-01")
    action, fields, body = form(text, "join")
    offered = re.findall(r'type="radio" name="right" value="([^"]*)"', body)
    assert one.id not in offered
    assert offered
    assert all(f"/records/{each}" in page.links for each in offered)
    to = post(client, action, **fields, right=offered[0])
    text, _ = checked(client, to)
    assert "was merged into" in text
    ids = {each.id for each in records(store)}
    assert len(ids & {one.id, offered[0]}) == 1
    undone(client, str(client.get(to, headers=HTML).url).removeprefix("http://127.0.0.1:8000"))
    assert {one.id, offered[0]} <= {each.id for each in records(store)}


def test_join_offers_what_is_asked_for(client, store):
    record = records(store)[0]
    name = next(value.text for each in records(store)[1:] for value in each.actors.values if value.entity)
    value = client.get(f"/records/{record.id}/join.json", params={"q": name, "since": "2010-01-01", "until": "2030-01-01"}).json()
    assert value["offered"]
    assert all(name in {v["text"] for f in (each["actors"], each["targets"]) for v in f["values"]} for each in value["offered"])
    text, _ = checked(client, f"/records/{record.id}/join?q=Nobody+at+all")
    assert "No other record of these days is like that." in text


def test_a_record_at_the_end_of_the_calendar_may_be_joined(client, store):
    record = next(each for each in records(store) if each.start)
    post(client, "/judgements", verdict="correct", left=record.id, field="date", other="0001-01-01", until="9999-12-31")
    assert str(next(each for each in records(store) if each.id == record.id).end) == "9999-12-31"
    checked(client, f"/records/{record.id}")
    checked(client, f"/records/{record.id}/join")


def test_parting_statements_off_and_undoing(client, store):
    record = next(each for each in records(store) if len(each.documents) == 2 and len(each.statements) == 2)
    text, _ = checked(client, f"/records/{record.id}")
    action, fields, _ = form(text, "part")
    assert fields["right"] == record.id
    assert re.findall(r'<input type="checkbox" name="left" value="([^"]+)" form="part"', text) == list(record.statements)
    to = post(client, action, **fields, left=[record.statements[1]])
    text, page = checked(client, to)
    assert "was split" in text
    parted = get(client, f"/records/{record.statements[1]}")["record"]["id"]
    kept = get(client, f"/records/{record.statements[0]}")["record"]["id"]
    assert parted != kept
    assert {f"/records/{parted}", f"/records/{kept}"} <= set(page.links)
    undone(client, to)
    assert set(get(client, f"/records/{record.id}")["record"]["statements"]) == set(record.statements)


def test_parting_all_statements_is_refused(client, store):
    record = next(each for each in records(store) if len(each.statements) == 2)
    text = post(client, "/judgements", 400, verdict="part", left=list(record.statements), right=record.id)
    assert "All statements of the record were named." in text
    assert queries.judgements(store) == ()


def test_grading_an_origin(client, store):
    record = next(each for each in records(store) if any(o.kind == "publisher" for o in each.origins))
    origin = next(each for each in record.origins if each.kind == "publisher")
    text, _ = checked(client, f"/records/{record.id}/judge?field=grade&origin={origin.id}")
    action, fields, body = form(text, "grade", left=origin.id)
    assert re.findall(r'<option value="(.)"', body) == list("ABCDEF")
    text, _ = checked(client, post(client, action, **fields, value="B"))
    assert "B: usually reliable" in text
    assert get(client, f"/records/{record.id}")["grades"] == {origin.id: "B"}


def test_judging_a_statement(client, store):
    record = next(each for each in records(store) if each.location)
    statement = get(client, f"/statements/{record.statements[0]}")["statement"]
    address = f"/statements/{statement['id']}"
    back = f"/articles/{statement['document']['id']}#s-{statement['id']}"
    text, _ = checked(client, f"{address}/judge?field=type&next={back.replace('#', '%23')}")
    action, fields, _ = form(text, "correct", field="type")
    to = post(client, action, **fields, value="strike")
    made = queries.judgements(store)[-1]
    assert to == back.replace("#", f"?judged={made.id}#")
    assert (made.left, made.field, made.value) == (statement["id"], "type", "strike")
    text, _ = checked(client, to)
    assert "No record changed with it." not in text
    assert "strike" in get(client, f"/records/{statement['id']}")["record"]["types"]
    for field, value in (("certainty", "likely"), ("negated", "false" if statement["negated"] else "true"), ("place", record.location.id)):
        action, fields, _ = form(checked(client, f"{address}/judge")[0], "correct", field=field)
        post(client, action, **fields, value=value)
    text, _ = checked(client, address)
    assert text.count("<b>Corrected</b>") == 4
    action, fields, _ = form(checked(client, f"{address}/judge")[0], "reject")
    text, _ = checked(client, post(client, action, **fields))
    assert "An analyst rejected it as misread" in text
    assert "It is in no record" in text
    undone(client, address)
    assert get(client, address)["record"]


def test_adopting_a_name(client, store):
    row = next(each for each in get(client, "/statements", limit=60)["items"] if each["statement"]["actor"][0]["entity"] is None)
    statement = row["statement"]
    name = statement["actor"][0]["text"]
    text, _ = checked(client, f"/statements/{statement['id']}/judge?field=adopt&name={name}&value=boko-haram")
    action, fields, body = form(text, "adopt", left=name)
    assert 'value="boko-haram"' in body
    text, _ = checked(client, post(client, action, **fields, other="Boko Haram"))
    made = queries.judgements(store)[-1]
    assert (made.verdict, made.left, made.value) == (Verdict.ADOPT, name, "boko-haram")
    wrong = post(client, action, 400, **fields, other="no such actor")
    assert "is no actor" in html.unescape(wrong)


def test_what_cannot_be_is_told_as_a_page(client, store):
    record = records(store)[0]
    for data, words in (
        ({"verdict": "correct", "left": record.id, "field": "date"}, "A correction takes a field and its value"),
        ({"verdict": "join", "left": record.id, "right": record.id}, "takes two different statements or records"),
        ({"verdict": "correct", "left": record.statements[0], "field": "type", "value": "party"}, "The field type is one of"),
        ({"verdict": "grade", "left": "publisher:paper 1", "value": "Z"}, "A grade is one of"),
    ):
        assert words in html.unescape(post(client, "/judgements", 400, **data))
    assert "No record has the id" in post(client, "/judgements", 404, verdict="confirm", left="rffff")
    for data in (
        {"verdict": "burn", "left": record.id},
        {"verdict": "confirm"},
        {"verdict": "confirm", "left": record.id, "value": "x" * 600},
    ):
        post(client, "/judgements", 422, **data)
    assert queries.judgements(store) == ()


@pytest.mark.parametrize("next", ["//evil.test", "https://evil.test/", "/\\evil.test", "javascript:alert(1)", "/a\r\nSet-Cookie: x=y"])
def test_judging_leads_to_no_other_site(client, store, next):
    to = post(client, "/judgements", verdict="confirm", left=records(store)[0].id, next=next)
    assert re.fullmatch(r"/\?judged=[0-9a-f]+", to)


def test_an_address_that_says_what_was_not_judged_tells_nothing(client, store):
    record = records(store)[0]
    text, _ = checked(client, f"/records/{record.id}?judged=ffff&judged=%3Cscript%3E")
    assert 'class="told"' not in text


def test_the_list_of_judgements(client, store):
    record = records(store)[0]
    post(client, "/judgements", verdict="confirm", left=record.id, note="Yes.")
    to = post(client, "/judgements", verdict="grade", left="publisher:paper 1", value="C")
    assert to.startswith("/judgements?judged=")
    text, page = checked(client, to)
    assert text.count('<li class="judgement') == 2
    assert f"/records/{record.id}" in page.links
    assert client.get("/judgements.json").json() == get(client, "/judgements")
    undone(client, "/judgements?verdict=grade")
    text, _ = checked(client, "/judgements?standing=true")
    assert text.count('<li class="judgement') == 1
    text, _ = checked(client, "/judgements?by=nobody")
    assert "Nothing was judged like that." in text


@pytest.fixture
def desk(tmp_path, store):
    """A service that needs login, with who may read, judge and administer; and what signs one of them in."""
    accounts = Accounts(tmp_path / "accounts.db")
    for role in Role:
        accounts.add(f"{role}er", PASSWORD, role)
    with serving(store.location, login=True, accounts=accounts.path) as client:

        def sign_in(name):
            client.cookies.clear()
            assert (
                client.post("/sign-in", data={"name": name, "password": PASSWORD}, headers=PAGE, follow_redirects=False).status_code == 303
            )
            return client

        yield sign_in


def test_who_may_judge(desk, store):
    record = records(store)[0]
    client = desk("reader")
    for address in (f"/records/{record.id}", f"/statements/{record.statements[0]}", f"/articles/{record.documents[0]}", "/judgements"):
        text, page = checked(client, address)
        assert list(forms(text)) == []
        assert not [each for each in page.links if "/judge?" in each or each.endswith(("/judge", "/join"))]
    for address in (f"/records/{record.id}/judge", f"/statements/{record.statements[0]}/judge", f"/records/{record.id}/join"):
        text, _ = checked(client, address)
        assert list(forms(text)) == []
        assert "role judge" in text
    token = re.search(r'name="csrf_token" value="([^"]+)"', text)[1]
    text = post(client, "/judgements", 403, verdict="confirm", left=record.id, csrf_token=token)
    assert "may read only" in text
    assert queries.judgements(store) == ()


def test_forms_carry_the_session_and_others_judgements_stay(desk, store):
    record = records(store)[0]
    client = desk("judgeer")
    action, fields, _ = form(checked(client, f"/records/{record.id}/judge")[0], "confirm")
    assert fields["csrf_token"]
    post(client, action, 403, **{**fields, "csrf_token": "made.up"})
    post(client, action, 403, **{name: value for name, value in fields.items() if name != "csrf_token"})
    to = post(client, action, **fields)
    made = queries.judgements(store)[-1]
    assert made.by == "judgeer"
    own = [each for each in forms(checked(client, to)[0]) if each[0].endswith("/withdraw")]
    assert len(own) > 0
    Accounts(client.app.state.service.config.accounts_file).add("other", PASSWORD, Role.JUDGE)
    client = desk("other")
    text, _ = checked(client, f"/records/{record.id}")
    assert [each for each in forms(text) if each[0].endswith("/withdraw")] == []
    token = form(checked(client, f"/records/{record.id}/judge")[0], "confirm")[1]["csrf_token"]
    assert "judgeer's judgement" in html.unescape(post(client, f"/judgements/{made.id}/withdraw", 403, csrf_token=token))
    client = desk("adminer")
    undone(client, f"/records/{record.id}")
    assert queries.judgements(store, withdrawn=False) == ()
