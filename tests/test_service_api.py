"""The API: what the queries say, in parts, with facets, typed, and the same for whoever has it already."""

import asyncio
import datetime as dt
import io
import json
import threading
import time
import zipfile

import pytest

from orbat import queries
from orbat.battle import Asked, case, sheet
from orbat.battle.render.plain import sheet_to_json
from orbat.queries import Wanted, WantedRecords
from orbat.recordserial import record_from_json
from orbat.serial import statement_to_json
from orbat.service import exporting, jobs
from orbat.service.config import Limits
from orbat.store import Store
from orbat.types import Failure
from tests.pagesaid import serving
from tests.test_recordkeeping import AT, DAY, append, news, reading, related, update

NEWS = "Boko Haram fighters killed 14 people in Gwoza on Monday, residents said."


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    path = tmp_path_factory.mktemp("service") / "news.db"
    with Store.open(path) as store:
        append(store, news())
        update(store, related=related, at=AT)
        store.fail(Failure("bad.html", "ingest", "It holds no article."))
    return path


@pytest.fixture(scope="module")
def client(shelf):
    with serving(shelf) as client:
        yield client


@pytest.fixture(scope="module")
def kept(shelf):
    with Store.open(shelf) as store:
        yield store


@pytest.fixture
def fresh(tmp_path):
    """A service on a store of its own, to be written to."""
    path = tmp_path / "own.db"
    with Store.open(path) as store:
        append(store, news()[:6])
        update(store, related=related, at=AT)
    with serving(path) as client:
        yield client


@pytest.fixture
def reads(monkeypatch, reader):
    """The reader of the tests in the place of another one that would be loaded."""
    monkeypatch.setattr("orbat.pipeline.Reader", lambda **_: reader)


def get(client, path, **params):
    answer = client.get(f"/api/v1{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def all_of(client, path, **params):
    """All items, part by part; the total that the first part tells."""
    found = get(client, path, **params)
    items, total = found["items"], found["total"]
    while found["next"]:
        found = get(client, path, **params, cursor=found["next"])
        assert found["total"] is None
        items += found["items"]
    return items, total


def finished(client, job):
    for _ in range(600):
        found = get(client, f"/jobs/{job}")
        if found["finished_at"]:
            return found
        time.sleep(0.05)
    raise AssertionError(f"the job never ended: {found}")


@pytest.mark.parametrize("sort", ["newest", "oldest", "read", "confidence", "match"])
def test_statements_come_in_parts_as_the_store_orders_them(client, kept, sort):
    words = {"q": "said"} if sort == "match" else {}
    items, total = all_of(client, "/statements", limit=7, sort=sort, **words)
    wanted = queries.find(kept, Wanted(text=words.get("q", "")), sort=queries.Sort(sort), limit=None)
    assert [each["statement"] for each in items] == [statement_to_json(s) for s in wanted.statements]
    assert [(each["record"], each["origins"]) for each in items] == [(row.record, row.origins) for row in wanted.rows]
    assert total == wanted.total == len(items) > 90


def test_statements_by_everything_at_once(client, kept):
    some = queries.find(kept, Wanted(), limit=1).statements[0]
    asked = {
        "q": some.trigger.text,
        "actor": [some.actor[0].quote.text],
        "type": some.type.lower(),
        "place": some.place[0].quote.text,
        "since": str(some.date.start if some.date else some.document.published),
        "certainty": "fact",
        "speaker": some.attribution.speaker.quote.text,
        "negated": some.negated,
        "source": some.document.source,
        "min_origins": 1,
    }
    found = get(client, "/statements", **asked, facets=True)
    assert some.id in {each["statement"]["id"] for each in found["items"]}
    assert {each["name"] for each in found["facets"]} == {"type", "certainty", "negated", "speaker", "country", "source", "status", "model"}
    assert {each["value"] for each in next(f for f in found["facets"] if f["name"] == "type")["counts"]} == {some.type.lower()}
    assert get(client, "/statements", **asked | {"until": "1999-01-01"})["total"] == 0


def test_a_cursor_stays_right_while_rows_are_added_and_belongs_to_its_question(fresh):
    first = get(fresh, "/statements", limit=5)
    rest, _ = all_of(fresh, "/statements", limit=5)
    with Store.open(fresh.app.state.service.store.location) as store:
        append(store, [reading(90), reading(91)], at=AT + DAY)
    onward = get(fresh, "/statements", limit=5, cursor=first["next"])
    shown = [each["statement"]["id"] for each in onward["items"]]
    before = [each["statement"]["id"] for each in rest]
    assert [id for id in before[5:] if id in shown] == [id for id in shown if id in before]
    assert not set(shown) & set(before[:5])
    wrong = fresh.get("/api/v1/statements", params={"sort": "oldest", "cursor": first["next"]})
    assert wrong.status_code == 400
    assert "another question" in wrong.json()["detail"]


def test_one_statement_with_its_readings(client, kept):
    some = queries.find(kept, Wanted(), limit=1).statements[0]
    found = get(client, f"/statements/{some.id[:12]}")
    assert found["statement"] == statement_to_json(some)
    assert found["current"]
    assert [each["model"] for each in found["readings"]] == ["test 1"]


@pytest.mark.parametrize("sort", ["newest", "oldest", "learned"])
def test_records_come_in_parts(client, kept, sort):
    items, total = all_of(client, "/records", limit=9, sort=sort)
    wanted = queries.records(kept, WantedRecords(), limit=None).records
    assert total == len(items) == len(wanted)
    assert {record_from_json(each) for each in items} == set(wanted)
    days = [each["start"] or "" for each in items]
    if sort != "learned":
        dated = [day for day in days if day]
        assert dated == sorted(dated, reverse=sort == "newest")
        assert days[len(dated) :] == [""] * (len(days) - len(dated))


def test_records_as_they_were_known(shelf, tmp_path):
    path = tmp_path / "later.db"
    path.write_bytes(shelf.read_bytes())
    later = reading(0, source="Rival Post", more=" It was another view that was printed there.")
    with Store.open(path) as store:
        before = {each.id: each for each in queries.records(store, WantedRecords(), limit=None).records}
        append(store, [later], at=AT + 5 * DAY)
        update(store, related=related, at=AT + 5 * DAY)
    day = (AT + DAY).isoformat()
    with serving(path) as client:
        items, total = all_of(client, "/records", limit=9, known_by=day)
        assert total == len(items) == len(before)
        assert {frozenset(each["statements"]) for each in items} == {frozenset(each.statements) for each in before.values()}
        days = [each["start"] for each in items if each["start"]]
        assert days == sorted(days, reverse=True)
        kind = items[0]["type"]
        few = get(client, "/records", known_by=day, type=kind, facets=True, limit=1)
        assert few["total"] == sum(each["type"] == kind for each in items)
        (counts,) = (each["counts"] for each in few["facets"] if each["name"] == "type")
        assert counts == [{"value": kind, "count": few["total"]}]
        now = get(client, "/records", sort="learned")["items"]
        grown = next(each for each in now if later[0].id in each["documents"] and each["id"] in before)
        then = get(client, f"/records/{grown['id']}", known_by=day)
        assert then["record"]["statements"] == list(before[grown["id"]].statements)
        assert get(client, "/records", known_by="2020-01-01T00:00:00Z")["items"] == []
        page = client.get("/records", params={"known_by": day}, headers={"Accept": "text/html"}).text
        assert "As they were known by" in page


def test_records_are_counted_by_facet(client, kept):
    wanted = queries.records(kept, WantedRecords(), limit=None).records
    found = get(client, "/records", facets=True, limit=1)
    counts = {each["name"]: {c["value"]: c["count"] for c in each["counts"]} for each in found["facets"]}
    for kind in ("event", "relation"):
        number = sum(1 for r in wanted if r.kind == kind)
        assert counts["kind"].get(kind, 0) == number == get(client, "/records", kind=kind, limit=1)["total"]


def test_one_record_says_who_says_what(client, kept):
    some = max(queries.records(kept, WantedRecords(), limit=None).records, key=lambda r: len(r.documents))
    found = get(client, f"/records/{some.id}")
    assert record_from_json(found["record"]) == some
    assert [each["id"] for each in found["statements"]] == list(some.statements)
    assert set(found["families"]) == set(some.documents)
    assert [each["change"] for each in found["history"]] == ["new"]


def test_changes_since_a_moment(client, kept):
    items, total = all_of(client, "/changes", limit=20, sort="oldest")
    assert [each["record"] for each in items] == [each.record for each in queries.changes(kept)]
    assert total == len(items)
    assert get(client, "/changes", since=(AT + DAY).isoformat())["total"] == 0


def test_documents_with_text_and_marks(client, kept):
    items, total = all_of(client, "/documents", limit=6)
    assert total == len(items) == len({doc.id for doc, _ in news()})
    one = get(client, f"/documents/{news()[0][0].id}")
    assert one["text"] == news()[0][0].text
    assert len(one["statements"]) == len(news()[0][1])
    assert one["mentions"]
    for each in one["mentions"]:
        assert one["text"][each["start"] : each["end"]] == each["text"]
        assert each["roles"]
    assert {each["source"] for each in one["family"]} == {"Wire Daily", "Late Post"}
    assert get(client, "/documents", source="Wire Daily")["total"] == 3
    assert get(client, "/documents", q="report 13")["total"] == 1


def test_sources_with_copies_and_grades(fresh):
    publishers, _ = all_of(fresh, "/sources", kind="publisher", limit=3)
    assert {each["name"] for each in publishers} == {f"Paper {number}" for number in range(6)}
    assert {each["grade"] for each in publishers} == {"F"}
    fresh.post("/api/v1/judgements", json={"verdict": "grade", "left": "Paper 1", "value": "B"}).raise_for_status()
    graded = {each["name"]: each["grade"] for each in get(fresh, "/sources")["items"]}
    assert graded["Paper 1"] == "B"
    record = next(r for r in get(fresh, "/records")["items"] if "publisher:paper 1" in {o["id"] for o in r["origins"]} or r)
    assert set(get(fresh, f"/records/{record['id']}")["grades"].values()) <= {"B"}


def test_actors_of_the_catalogue_and_of_the_store(client):
    assert get(client, "/actors", q="boko haram")[0]["id"] == "boko-haram"
    one = get(client, "/actors/boko-haram")
    assert one["countries"][0] == "NG"
    assert any(each["id"] for each in one["named_by"])
    active = get(client, "/actors/active", limit=200)["items"]
    assert all(sum(each["months"].values()) <= each["statements"] for each in active)
    assert active == sorted(active, key=lambda each: (-each["statements"], each["id"]))
    assert client.get("/api/v1/actors/nobody-of-that-name").status_code == 404


def test_unknown_actors_are_names_of_the_store(client):
    found = get(client, "/unknown-actors", min_articles=1, limit=3)["items"]
    assert found
    assert get(client, f"/unknown-actors/{found[0]['id']}")["name"] == found[0]["name"]


def test_orders_of_battle_and_the_views_beside_them(client, kept):
    one, two = (each["name"] for each in get(client, "/actors/active", limit=2)["items"])
    catalogue = client.app.state.service.catalogue
    asked = Asked(one)
    assert get(client, f"/sheets/{one}", limit=0) == normal(sheet_to_json(sheet(case(kept, asked, catalogue))))
    assert all(len(value) <= 1 for value in get(client, f"/sheets/{one}", limit=1).values() if isinstance(value, list) and value != [one])
    assert get(client, f"/sheets/{one}", as_of="1990-01-01")["leaders"] == []
    assert get(client, f"/timelines/{one}", limit=2)["total"] >= len(get(client, f"/timelines/{one}", limit=2)["moments"])
    year = next(int(r["start"][:4]) for r in get(client, "/records", kind="relation")["items"] if r["start"])
    found = get(client, "/network", year=year)
    assert {end for edge in found["edges"] for end in (edge["source"], edge["target"])} == {node["key"] for node in found["nodes"]}
    places = get(client, "/map")["features"]
    assert sum(each["properties"]["count"] for each in places) > len(get(client, "/map", actor=one)["features"]) > 0
    assert get(client, "/comparison", one=one, two=two)["two"] == two
    assert client.get("/api/v1/sheets/nobody of that name").status_code == 404


def test_a_sheet_as_it_was_known(fresh):
    name = get(fresh, "/actors/active", limit=1)["items"][0]["name"]
    before = get(fresh, f"/sheets/{name}")
    with Store.open(fresh.app.state.service.store.location) as store:
        append(store, news()[6:], at=AT + 3 * DAY)
        update(store, related=related, at=AT + 3 * DAY)
    fresh.app.state.service.forget("")
    then = get(fresh, f"/sheets/{name}", known_by=(AT + DAY).isoformat())
    assert {**then, "known_by": None} == before
    assert get(fresh, f"/sheets/{name}")["statements"] > before["statements"]


def test_a_view_may_lag_and_says_so_but_a_judgement_is_seen_at_once(fresh):
    first = fresh.get("/api/v1/actors/active")
    with Store.open(fresh.app.state.service.store.location) as store:
        append(store, [reading(60)])
    lagging = fresh.get("/api/v1/actors/active", headers={"If-None-Match": first.headers["etag"]})
    assert (lagging.status_code, lagging.json(), lagging.headers["etag"]) == (200, first.json(), first.headers["etag"])
    fresh.post("/api/v1/judgements", json={"verdict": "grade", "left": "Paper 1", "value": "B"}).raise_for_status()
    now = fresh.get("/api/v1/actors/active")
    assert now.json() != first.json()
    assert now.headers["etag"] != first.headers["etag"]


def normal(sheet):
    """As pydantic writes moments."""
    return json.loads(json.dumps(sheet).replace("+00:00", "Z"))


def test_search_finds_actors_statements_records_and_articles(client, kept):
    some = queries.find(kept, Wanted(), limit=1).statements[0]
    found = get(client, "/search", q=f'"{some.actor[0].quote.text} {some.trigger.text}"')
    assert some.id in {each["statement"]["id"] for each in found["statements"]}
    assert some.document.id in {each["id"] for each in found["documents"]}
    assert {each["record"] for each in found["statements"]} == {each["id"] for each in found["records"]}
    assert get(client, "/search", q="boko")["actors"]


def test_failures_and_an_empty_form_field(client):
    assert get(client, "/failures")["items"][0]["message"] == "It holds no article."
    assert get(client, "/statements", q="", since="", actor="")["total"] == get(client, "/statements")["total"]


def test_nothing_is_sent_again_until_something_changes(fresh):
    first = fresh.get("/api/v1/statements")
    tag = {"If-None-Match": first.headers["etag"]}
    again = fresh.get("/api/v1/statements", headers=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert fresh.get("/api/v1/statements?limit=3", headers=tag).status_code == 200
    with Store.open(fresh.app.state.service.store.location) as store:
        append(store, [reading(77)])
    assert fresh.get("/api/v1/statements", headers=tag).status_code == 200


def test_answers_are_compressed_and_other_sites_may_not_read(client):
    answer = client.get("/api/v1/statements", headers={"Origin": "https://elsewhere.test", "Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert "access-control-allow-origin" not in answer.headers


def test_a_site_may_read_where_it_is_named(shelf):
    with serving(shelf, origins=("https://desk.test",)) as client:
        answer = client.get("/api/v1/health", headers={"Origin": "https://desk.test"})
        assert answer.headers["access-control-allow-origin"] == "https://desk.test"
        assert "access-control-allow-origin" not in client.get("/api/v1/health", headers={"Origin": "https://else.test"}).headers


@pytest.mark.parametrize("name", ["csv", "acled", "ftm", "geojson", "plover", "corpus", "graphml"])
def test_exports_are_what_the_command_line_writes(client, shelf, tmp_path, name):
    from typer.testing import CliRunner

    from orbat.cli import app

    if name == "ftm":
        pytest.importorskip("followthemoney")
    out = tmp_path / "export"
    done = CliRunner().invoke(app, ["export", name, "--store", str(shelf), "--out", str(out)])
    assert done.exit_code == 0, done.output
    answer = client.get(f"/api/v1/exports/{name}")
    assert answer.content == out.read_bytes()
    assert f"orbat-{name}" in answer.headers["content-disposition"]
    told = get(client, f"/exports/{name}/summary")
    assert told["rows"] > 0
    assert all(f"left out {number}: {reason}" in done.output for reason, number in told["left_out"].items())


def test_exports_of_a_day_and_of_a_moment(client):
    whole = client.get("/api/v1/exports/csv").content.splitlines()
    then = {"as_of": "2016-03-01"}
    part = client.get("/api/v1/exports/csv", params=then).content.splitlines()
    assert 1 < len(part) < len(whole)
    assert get(client, "/exports/csv/summary", **then)["rows"] == len(part) - 1
    assert sorted(client.get("/api/v1/exports/csv", params={"known_by": "2024-06-01T00:00:00Z"}).content.splitlines()) == sorted(whole)
    assert len(client.get("/api/v1/exports/csv", params={"known_by": "2020-06-01T00:00:00Z"}).content.splitlines()) == 1


@pytest.mark.parametrize("name", ["plover", "corpus", "csv"])
def test_an_export_without_a_row_ends(client, name):
    told = []

    def ask():
        told.append(client.get(f"/api/v1/exports/{name}", params={"actor": "Nobody of that name"}))

    asking = threading.Thread(target=ask, daemon=True)  # an answer that does not end would hold the tests up
    asking.start()
    asking.join(30)
    assert [(answer.status_code, len(answer.content.splitlines())) for answer in told] == [(200, 1 if name == "csv" else 0)]


def test_who_leaves_before_the_first_byte_of_an_export_holds_no_place(client, monkeypatch):
    monkeypatch.setattr(exporting, "BLOCK", 64)
    monkeypatch.setattr(exporting, "BLOCKS", 1)
    address = {"path": "/api/v1/exports/csv", "raw_path": b"/api/v1/exports/csv", "query_string": b"", "root_path": ""}
    scope = {"type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "scheme": "http", **address}
    ends = {"client": ("127.0.0.1", 5), "server": ("127.0.0.1", 8000), "headers": [(b"host", b"127.0.0.1:8000")]}

    async def leave():
        said = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive():
            return next(said, {"type": "http.disconnect"})

        async def send(message):
            await asyncio.sleep(0)

        await client.app({**scope, **ends, "method": "GET"}, receive, send)

    places = client.app.state.service.exporting
    for _ in range(3):
        asyncio.run(leave())
        aim = time.monotonic() + 20
        while any(each.name == "orbat-export" for each in threading.enumerate()) and time.monotonic() < aim:
            time.sleep(0.01)
        assert places.acquire(blocking=False)
        places.release()
    assert not any(each.name == "orbat-export" for each in threading.enumerate())


def test_a_folder_is_exported_as_a_zip_and_an_unknown_format_is_no_address(client):
    packed = zipfile.ZipFile(io.BytesIO(client.get("/api/v1/exports/parquet").content))
    assert any(name.endswith("datapackage.json") for name in packed.namelist())
    assert client.get("/api/v1/exports/pdf").status_code == 404
    assert client.app.state.service.exporting.acquire(blocking=False)
    client.app.state.service.exporting.release()


def test_judged_and_taken_back(fresh):
    some = get(fresh, "/records", limit=1)["items"][0]
    made = fresh.post("/api/v1/judgements", json={"verdict": "reject", "left": some["id"], "note": "a misreading"})
    assert made.status_code == 201, made.text
    id = made.json()["judgement"]["id"]
    assert made.headers["location"] == f"/api/v1/judgements/{id}"
    assert {each["record"] for each in made.json()["changes"]} == {some["id"]}
    assert fresh.get(f"/api/v1/records/{some['id']}").status_code == 404
    assert get(fresh, "/judgements", standing=True)["total"] == 1
    undone = fresh.delete(f"/api/v1/judgements/{id}")
    assert undone.json()["judgement"]["withdrawn_at"]
    assert get(fresh, f"/records/{some['id']}")["record"]["statements"] == some["statements"]
    assert get(fresh, "/judgements", standing=True)["total"] == 0
    assert get(fresh, f"/judgements/{id[:10]}")["note"] == "a misreading"


def test_a_judgement_that_cannot_be_is_told(fresh):
    some = get(fresh, "/records", limit=1)["items"][0]
    for given in (
        {"verdict": "join", "left": some["id"]},
        {"verdict": "correct", "left": some["statements"][0], "field": "certainty", "value": "perhaps"},
        {"verdict": "adopt", "left": "Some Name", "value": "nobody-of-that-id"},
    ):
        answer = fresh.post("/api/v1/judgements", json=given)
        assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json"), answer.text
    assert fresh.post("/api/v1/judgements", json={"verdict": "confirm", "left": "r00000000000"}).status_code == 404
    assert get(fresh, "/judgements")["total"] == 0


@pytest.mark.usefixtures("reads")
def test_a_posted_article_is_read(fresh, monkeypatch):
    store, given_back = fresh.app.state.service.store, []
    monkeypatch.setattr(jobs, "give_back", lambda: given_back.append(queries.records(store, WantedRecords()).waiting))
    given = {"text": NEWS, "title": "Attack in Gwoza", "source": "Example Daily", "published": "2014-08-06"}
    posted = fresh.post("/api/v1/articles", json=given)
    assert posted.status_code == 202, posted.text
    job = finished(fresh, posted.json()["id"])
    assert posted.headers["location"] == f"/api/v1/jobs/{job['id']}"
    assert (job["state"], job["documents"], job["failed"]) == ("done", 1, 0)
    assert given_back == [0]  # what making its records took
    assert job["statements"] > 0
    one = get(fresh, f"/documents/{job['read'][0]}")
    assert one["text"] == NEWS
    assert all(each["record"] for each in one["statements"])
    again = get(fresh, f"/documents/{job['read'][0]}/annotations")
    assert any(each["entity"] == "boko-haram" and each["candidates"][0]["reasons"] for each in again["mentions"])
    why = get(fresh, f"/statements/{one['statements'][0]['statement']['id']}/explanation")
    assert any("score" in line for line in why["lines"])
    assert why["mentions"]
    with fresh.stream("GET", f"/api/v1/jobs/{job['id']}/events") as stream:
        told = [line for line in stream.iter_lines() if line.startswith("data: ")]
    assert json.loads(told[-1].removeprefix("data: ")) == job


@pytest.mark.usefixtures("reads")
def test_files_are_read_and_what_is_none_is_a_failure(fresh):
    page = f"<html><head><title>Gwoza</title></head><body><article><h1>Gwoza</h1><p>{NEWS}</p></article></body></html>"
    lines = "\n".join(json.dumps({"text": f"{NEWS} Part {number}.", "title": f"T{number}"}) for number in range(3))
    for name, data, documents, failed in (
        ("page.html", page, 1, 0),
        ("many.jsonl", lines, 3, 0),
        ("../../etc/passwd", NEWS, 1, 0),
        ("broken.json", "{", 0, 1),
        ("archive.xyz", "PK", 0, 1),
    ):
        posted = fresh.post("/api/v1/articles/upload", files={"file": (name, data)})
        job = finished(fresh, posted.json()["id"])
        assert (job["documents"], job["failed"]) == (documents, failed), job
        assert job["state"] == ("failed" if failed else "done")
    failures = {each["document"] for each in get(fresh, "/failures")["items"]}
    assert failures == {"broken.json", "archive.xyz"}
    assert fresh.post("/api/v1/articles", json={"title": "nothing"}).status_code == 400


def test_the_queue_is_bounded_and_readers_never_wait(tmp_path, monkeypatch):
    import threading

    go = threading.Event()

    class Slow:
        catalogue, model = None, "slow 1"

        def read_many(self, documents, *, workers):
            for _ in documents:
                go.wait(20)
            return iter(())

    monkeypatch.setattr("orbat.pipeline.Reader", lambda **_: Slow())
    with serving(tmp_path / "q.db", limits=Limits(waiting=2, waiting_bytes=1_000)) as client:
        posts = [client.post("/api/v1/articles", json={"text": NEWS}) for _ in range(4)]
        while get(client, "/jobs")["items"][-1]["state"] != "reading":
            time.sleep(0.01)
        posts += [client.post("/api/v1/articles", json={"text": NEWS}) for _ in range(2)]
        assert 429 in {each.status_code for each in posts}
        full = next(each for each in posts if each.status_code == 429)
        assert full.headers["retry-after"]
        started = time.monotonic()
        get(client, "/statements")
        assert time.monotonic() - started < 5
        threading.Timer(0.2, go.set).start()
        client.app.state.service.jobs.close()
        states = {each["state"] for each in get(client, "/jobs")["items"]}
        assert states == {"stopped"}
        assert client.post("/api/v1/articles", json={"text": NEWS}).status_code == 503


def test_every_error_is_a_problem(client):
    for path, status in (("/nothing", 404), ("/statements/zz", 404), ("/statements?limit=0", 422), ("/statements?what=1", 422)):
        answer = client.get(f"/api/v1{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert {"type", "title", "status", "detail", "instance"} <= answer.json().keys()
    answer = client.put("/api/v1/statements")
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")


def test_a_store_that_fails_is_a_problem_with_its_cause(tmp_path):
    path = tmp_path / "gone.db"
    with serving(path) as client:
        with Store.open(path) as store, store.writing() as connection:
            connection.exec_driver_sql("DROP TABLE failures")
        answer = client.get("/api/v1/failures")
        assert answer.status_code == 503
        assert "no such table" in answer.json()["cause"]


def test_no_form_of_time_without_a_zone(client):
    assert client.get("/api/v1/changes", params={"since": dt.datetime(2024, 1, 1).isoformat()}).status_code == 422
