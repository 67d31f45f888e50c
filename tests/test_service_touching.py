"""What a change touches is told by name, id and record; other groups' pages stay true; what takes long another process makes."""

import asyncio
import multiprocessing
import threading
import time
from urllib.parse import quote

import pytest

from orbat.battle import moments
from orbat.recordkeeping import Decision, judge
from orbat.recordtypes import Verdict
from orbat.service import kept, making, touching
from orbat.service.config import ServiceConfig
from orbat.service.jobs import Jobs
from orbat.service.kept import Answer, Key, Made, Marks, Pages
from orbat.service.makers import CHOOSING, RENEWED, UNASKED, WAITED_FOR, Makers, Urgency, kind_of
from orbat.service.making import Maker
from orbat.service.touching import ALL, Touched
from orbat.store import Store
from orbat.types import EventType
from tests import generated
from tests.pagesaid import HTML, news_store, serving
from tests.test_recordkeeping import AT, append, reading, related, update


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "own.db") as store:
        append(store, [reading(number) for number in range(3)])
        update(store, related=related, at=AT)
        yield store


@pytest.fixture
def news(tmp_path):
    path = tmp_path / "own.db"
    news_store(path)
    return path


@pytest.fixture
def client(news, monkeypatch):
    """Of a service whose pages do not lag."""
    with serving(news) as client:
        monkeypatch.setattr(kept, "LASTS", 0.0)
        yield client


def names(found):
    return {topic.removeprefix("n:") for topic in found if topic.startswith("n:")}


def test_a_look_tells_whom_new_articles_and_records_name(store):
    touched = Touched(store)
    assert touched.look() == frozenset()
    append(store, [reading(7)])
    (found,) = [reading(7)[1]]
    said = {filler.quote.text.casefold().removeprefix("the ") for each in found for filler in (*each.actor, *each.target)}
    first = touched.look()
    assert said <= names(first) | {name for name in said if any(sign in name for sign in "'-.")}
    assert touched.stamp(first) == 1
    assert touched.stamp({"n:nobody of that name"}) == 0
    update(store, related=related, at=AT)
    assert any(topic.startswith("r:") for topic in touched.look())
    assert touched.number == 2


def test_who_looks_takes_nothing_from_another(store):
    touched = Touched(store)
    seen, found = touched.after(0)
    assert found == frozenset()
    append(store, [reading(7)])
    first = touched.look()  # by a view that asks whether it is still true
    assert first
    seen, found = touched.after(seen)
    assert found == first
    assert touched.after(seen) == (seen, frozenset())


def test_who_looks_seldom_is_told_all_and_what_is_touched_stays_so(store, monkeypatch):
    monkeypatch.setattr(touching, "MOST", 40)
    touched, stamps = Touched(store), {}
    for number in (7, 8, 9, 70, 71):
        append(store, [reading(number)])
        found = touched.look()
        assert found
        assert ALL not in found
        stamps |= dict.fromkeys(found, touched.number)
    assert {topic: touched.stamp({topic}) for topic in stamps} == stamps
    assert touched.stamp(stamps) == 5
    assert touched.stamp({"n:nobody of that name"}) == 0
    assert touched.after(4) == (5, found)
    assert touched.after(0) == (5, {ALL}), "what the first looks found is not remembered"
    monkeypatch.setattr(touching, "MOST", 1)
    append(store, [reading(72)])
    assert touched.look() == {ALL}
    assert touched.stamp({"n:nobody of that name"}) == 6


def test_a_judgement_and_a_great_many_articles_touch_all(store, monkeypatch):
    touched = Touched(store)
    judge(store, Decision(Verdict.GRADE, "Paper 1", value="B"), by="ann", at=AT)
    assert ALL in touched.look()
    assert touched.stamp({"n:nobody of that name"}) == 1
    monkeypatch.setattr(moments, "MANY", 1)
    append(store, [reading(8), reading(9)])
    assert ALL in touched.look()


def test_a_page_is_true_until_one_of_its_topics_is_touched_and_bounded_from_then(monkeypatch):
    def answer(number, *topics):
        made = Made(200, (), b"", False, "", True, False, frozenset(topics), 0.0)
        return Answer(made, None, 0, number, time.monotonic())

    monkeypatch.setattr(kept, "LASTS", 0.0)
    pages = Pages()
    one, two = (Key(path, b"", "local", None, "") for path in ("/groups/one", "/groups/two"))
    pages.look("v1")
    pages.keep(one, answer(0, "n:one"))
    pages.keep(two, answer(0, "n:two"))
    assert pages.look("v2", {"n:one"}) == [one]
    assert [pages.is_new(key, pages.get(key, ""), "v2") for key in (one, two)] == [False, True]
    assert not pages.is_stale(one, pages.get(one, ""))
    monkeypatch.setattr(kept, "STALE", 0.0)
    assert [pages.is_stale(key, pages.get(key, "")) for key in (one, two)] == [True, False]
    assert pages.keep(one, answer(0, "n:one"))  # touched while it was made
    assert not pages.keep(one, answer(1, "n:one"))
    assert set(pages.look("v3", {ALL})) == {one, two}


def test_a_group_s_page_is_made_anew_when_something_is_said_of_it_alone(client, news):
    service = client.app.state.service
    name = client.get("/api/v1/actors/active").json()["items"][0]["name"]
    before = client.get(f"/groups/{name}", headers=HTML).text
    answer = next(each for key, each in service.pages._held.items() if key.path.startswith("/groups/"))
    assert f"n:{name.casefold()}" in answer.made.topics
    with Store.open(news) as store:
        base = generated.document(70, sentences=4)
        append(store, [(base, generated.statements(base))])
        update(store, related=related, at=AT)
    end = time.monotonic() + 30
    while client.get(f"/groups/{name}", headers=HTML).text == before and time.monotonic() < end:
        time.sleep(0.2)
    assert client.get(f"/groups/{name}", headers=HTML).text != before


def test_pages_of_records_statements_and_articles_are_true_until_these_are_touched(client, news, monkeypatch):
    service = client.app.state.service
    row = next(each for each in client.get("/api/v1/statements").json()["items"] if each["record"])
    article, record = f"d:{row['statement']['document']['id']}", f"r:{row['record']}"
    at = {
        f"/records/{row['record']}": {record},
        f"/statements/{row['statement']['id']}": {record, article},
        f"/articles/{row['statement']['document']['id']}": {record, article},
    }
    for address, topics in at.items():
        client.get(address, headers=HTML).raise_for_status()
        key, answer = next((key, each) for key, each in service.pages._held.items() if key.path == address)
        assert topics <= answer.made.topics
        assert service.pages.is_new(key, answer, "another")
        with monkeypatch.context() as later:
            later.setattr(kept, "FRESH", 0.0)
            assert not service.pages.is_new(key, answer, "another")
    with Store.open(news) as store:
        touched = Touched(store)
        judge(store, Decision(Verdict.CONFIRM, row["statement"]["id"]), by="ann", at=AT)
        assert ALL in touched.look()


def test_a_look_tells_which_articles_say_what_changed_records_say(store):
    touched = Touched(store)
    append(store, [reading(7)])
    read = f"d:{reading(7)[0].id}"
    assert {each for each in touched.look() if each.startswith("d:")} == {read}
    update(store, related=related, at=AT)
    found = touched.look()
    assert read in found
    assert any(each.startswith("r:") for each in found)


def test_the_sentences_of_sheets_are_as_judgements_correct_them(news):
    with serving(news) as client:
        service = client.app.state.service
        id = client.get("/api/v1/statements").json()["items"][0]["statement"]["id"]
        assert service.said([id])[id].type is not EventType.STRIKE
        judge(service.store, Decision(Verdict.CORRECT, id, field="type", value="strike"), by="ann", at=AT)
        assert service.said([id])[id].type is EventType.STRIKE


def test_what_takes_long_is_made_by_another_process_and_here_where_that_is_not_there(news, monkeypatch):
    with serving(news) as client:
        here = client.get("/groups", headers=HTML).text
    with serving(news, makers=2) as client:
        makers = client.app.state.service.makers
        there = client.get("/groups", headers=HTML)
        assert there.text.split("As of")[0] == here.split("As of")[0]
        processes = [each._process.process for each in makers.each if each._process]
        assert any(process.is_alive() for process in processes)
        for process in processes:
            process.kill()
            process.join()
        assert client.get("/records", headers=HTML).status_code == 200
        client.post("/api/v1/judgements", json={"verdict": "grade", "left": "Paper 1", "value": "B"}).raise_for_status()
        monkeypatch.setattr(Maker, "_begin", lambda *_: (_ for _ in ()).throw(OSError("no more processes")))
        makers.close()
        assert client.get("/sources", headers=HTML).status_code == 200
        assert client.get(f"/groups/{quote(generated.GROUPS[0])}", headers=HTML).status_code == 200
        assert not client.app.state.service.cases._held
    assert not any(process.is_alive() for process in processes)


def test_the_records_of_what_is_posted_are_made_by_another_process_too(news):
    text = "Gunmen killed three people in Kano on Sunday, police said. Boko Haram claimed the attack."
    with serving(news, makers=1) as client:
        job = client.post("/api/v1/articles", json={"text": text, "published": "2014-07-29"}).json()["id"]
        end = time.monotonic() + 60
        while not (done := client.get(f"/api/v1/jobs/{job}").json())["finished_at"] and time.monotonic() < end:
            time.sleep(0.1)
        assert (done["state"], done["documents"]) == ("done", 1)
        assert [each for each in multiprocessing.active_children() if each.name == "orbat-records"]
        (document,) = done["read"]
        found = client.get(f"/api/v1/documents/{document}").json()["statements"]
        assert found
        assert all(each["record"] for each in found)
    assert not [each for each in multiprocessing.active_children() if each.name == "orbat-records"]


def test_groups_that_the_first_pages_link_to_are_made_before_anyone_asks(news, monkeypatch):
    monkeypatch.setattr("orbat.service.state.Service.largest", lambda *_: [])  # as of a store whose groups no catalogue knows
    made, keep = threading.Event(), Pages.keep

    def noted(pages, key, answer, *, asked=True):
        if key.path.startswith("/groups/") and not asked:
            made.set()
        return keep(pages, key, answer, asked=asked)

    monkeypatch.setattr(Pages, "keep", noted)
    with serving(news, makers=2, warm=True):
        assert made.wait(60)


def test_groups_that_the_largest_groups_pages_link_to_are_made_before_anyone_asks(news, monkeypatch):
    largest = generated.GROUPS[0]
    monkeypatch.setattr("orbat.service.state.Service.largest", lambda *_: [largest])
    monkeypatch.setattr("orbat.service.keeping.FIRST", ())
    made, keep = threading.Event(), Pages.keep

    def noted(pages, key, answer, *, asked=True):
        if not asked and key.path.startswith("/groups/") and largest not in key.path:
            made.set()
        return keep(pages, key, answer, asked=asked)

    monkeypatch.setattr(Pages, "keep", noted)
    with serving(news, makers=2, warm=True):
        assert made.wait(60)


def test_a_process_that_is_being_begun_is_ended_as_well(monkeypatch):
    context, told = multiprocessing.get_context("spawn"), []

    class Process:
        def __init__(self, **_):
            self.begun = False

        def start(self):
            told.append("begins")
            time.sleep(0.2)
            self.begun = True

        def terminate(self):
            told.append("ended" if self.begun else "ended before it had begun")

        def join(self):
            pass

    monkeypatch.setattr(context, "Process", Process)
    maker = Maker(ServiceConfig())
    beginning = threading.Thread(target=maker._begin, args=(asyncio.new_event_loop(),))
    beginning.start()
    while not told:
        time.sleep(0.01)
    maker.close()
    beginning.join()
    assert told == ["begins", "ended"]


def test_a_process_that_has_grown_gives_its_place_to_another_and_nobody_waits_or_fails(news, monkeypatch, caplog):
    monkeypatch.setattr(making, "MOST_MEMORY", 1)
    monkeypatch.setattr(making, "LEAST_AGE", 0.0)
    asked, succeed = threading.Event(), Maker._succeed
    monkeypatch.setattr(Maker, "_succeed", lambda maker, *given: asked.wait(60) and succeed(maker, *given))
    with serving(news, makers=1) as client:
        (maker,) = client.app.state.service.makers.each
        for least in range(1, 5):  # made by the first, which is too large from its first page on, while none is begun in its place yet
            client.get(f"/records?min_origins={least}", headers=HTML).raise_for_status()
        first, least, end = maker._process.process, 5, time.monotonic() + 60
        asked.set()
        while maker._process.process is first and time.monotonic() < end:
            client.get(f"/records?min_origins={least}", headers=HTML).raise_for_status()
            least += 1
        monkeypatch.setattr(making, "LEAST_AGE", 600.0)
        assert maker._process.process is not first
        client.get("/sources", headers=HTML).raise_for_status()
        first.join(30)
        assert not first.is_alive()
    assert not caplog.records


class Slow:
    """A process that takes as long as a page's address says, and notes what it began."""

    def __init__(self, begun):
        self.begun = begun

    async def make(self, scope, marks):
        self.begun.append(scope["path"])
        await asyncio.sleep(0.3 if scope["path"].startswith("/slow") else 0.01)


def test_what_is_quick_waits_for_nothing_that_takes_long_and_readers_go_first():
    async def asking(*asked):
        makers, begun = Makers(ServiceConfig(), 1), []
        makers.each = (Slow(begun),)
        makers._learn("slow", 1.0)
        makers._learn("quick", 0.01)
        tasks = [asyncio.create_task(makers.make({"path": path}, Marks(), Urgency(rank))) for path, rank in asked]
        await asyncio.gather(*tasks)
        return begun

    slow, quick = ("/slow", WAITED_FOR), ("/quick", WAITED_FOR)
    assert asyncio.run(asking(slow, slow, quick)) == ["/slow", "/quick", "/slow"]
    assert asyncio.run(asking(quick, ("/slow/1", UNASKED), ("/slow/2", RENEWED), slow)) == ["/quick", "/slow", "/slow/2", "/slow/1"]


@pytest.mark.parametrize(
    ("asked", "at_once"),
    [
        ([("/quick", WAITED_FOR)] * 5, 2),
        ([("/quick", WAITED_FOR), ("/slow", WAITED_FOR), ("/quick", WAITED_FOR)], 2),
        ([("/slow", WAITED_FOR)] * 2, 1),
        ([("/quick", UNASKED)] * 2, 1),
        ([("/quick", WAITED_FOR), ("/quick", RENEWED)], 1),
        ([("/quick?known_by=2020", WAITED_FOR)] * 2, 1),
        ([("/quick?known_by=2020", WAITED_FOR)] * 2 + [("/quick", WAITED_FOR)], 2),
    ],
)
def test_two_are_made_at_once_where_readers_wait_for_both_and_one_is_quick(asked, at_once):
    seen = []

    class Counting(Slow):
        async def make(self, scope, marks):
            self.begun.append(scope["path"])
            seen.append(len(self.begun))
            await asyncio.sleep(0.05)
            self.begun.pop()

    async def run():
        makers = Makers(ServiceConfig(), 1)
        makers.each = (Counting([]),)
        makers._learn("slow", 1.0)
        makers._learn("quick", 0.01)
        scopes = [({"path": path.partition("?")[0], "query_string": path.partition("?")[2].encode()}, rank) for path, rank in asked]
        await asyncio.gather(*(makers.make(scope, Marks(), Urgency(rank)) for scope, rank in scopes))

    asyncio.run(run())
    assert max(seen) == at_once


def test_who_alone_makes_groups_pages_makes_others_where_no_reader_waits_for_these():
    async def asking(*asked):
        makers, begun = Makers(ServiceConfig(), 2), ([], [])
        makers.each = tuple(map(Slow, begun))
        for kind in ("slow", "groups/map"):
            makers._learn(kind, 1.0)
        await asyncio.gather(*(makers.make({"path": path}, Marks(), Urgency()) for path in asked))
        return begun

    group, any_one, another, third = "/groups/a/map", "/slow/1", "/slow/2", "/slow/3"
    assert asyncio.run(asking(any_one, another)) == ([another], [any_one])
    assert asyncio.run(asking(group, any_one, another, third)) == ([group, third], [any_one, another])


def test_reading_gives_way_to_readers_who_wait(tmp_path):
    waiting = False
    with Store.open(tmp_path / "news.db") as store:
        jobs = Jobs(store, lambda: None, ServiceConfig(), gives_way=lambda: waiting)
    begun = time.monotonic()
    assert jobs._rested(begun - 0.2) - begun < 0.1
    waiting = True
    assert jobs._rested(time.monotonic() - 0.2) - begun >= 0.2
    jobs.close()
    assert jobs._rested(begun - 60) - begun < 1.0  # the service ends


def test_one_process_makes_all_pages_of_a_group():
    assert kind_of("/groups/a/b/map") == ("groups/map", "a/b")
    assert kind_of("/groups/map") == ("groups/", "map")
    assert kind_of("/groups/a", b"as_of=2019-01-01") == ("groups/as of", "a")
    assert [kind_of(path) for path in ("/", "/groups", "/records/r1")] == [("", ""), ("groups", ""), ("records/*", "")]
    assert kind_of("/compare", b"one=a%2Fb&two=c") == ("compare", "a/b")
    assert {kind_of("/compare", query) for query in (b"", b"one=a", b"one=a&two=", b"two=b")} == {(CHOOSING, "")}  # of the store's actors
    makers = Makers(ServiceConfig(), 4)
    homes = {group: makers._home(f"groups/{group}") for group in "abcdef"}
    assert {*homes.values()} == {0}
    makers._given[0] = 9.0
    assert homes == {group: makers._home(f"groups/{group}") for group in "abcdef"}
    assert makers._home("groups/g") == 1
    assert makers._home("sources") in (2, 3)
    assert [Makers(ServiceConfig(), 1)._home(shares) for shares in ("groups/a", "sources")] == [0, 0]


def test_what_changes_touched_is_remembered_for_two_minutes_and_then_taken_for_all():
    def answer(number):
        return Answer(Made(200, (), b"", False, "", True, False, frozenset({"n:one"}), 0.0), None, 0, number, time.monotonic())

    pages, key = Pages(), Key("/groups/one", b"", "local", None, "")
    for number in range(3 * kept.CHANGES):
        pages.look(f"v{number}", {"n:two"})
    assert len(pages._touches) == kept.CHANGES
    assert not pages.keep(key, answer(pages.number - kept.CHANGES))
    assert pages.keep(key, answer(pages.number - kept.CHANGES - 1))
