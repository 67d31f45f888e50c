"""Pages with charts: drawn by the server, the same in words, honest about what is not known, bounded, and safe with hostile names."""

import datetime as dt
import re
from importlib.resources import files
from xml.etree import ElementTree

import pytest

from orbat.battle import Subject
from orbat.battle.flows import flows
from orbat.battle.mapping import Mark
from orbat.battle.render.ground import View
from orbat.battle.render.layout import Room, layout
from orbat.battle.render.palette import FAMILIES, OF_TYPE
from orbat.battle.tiebook import TieBook, tie_book
from orbat.battle.values import CatalogueTie, Flow, Grounds, Party, Spot, When
from orbat.link.catalogue import Catalogue
from orbat.outlines import Box
from orbat.recordkeeping import update
from orbat.recordtypes import RecordStatus
from orbat.service.pages import mapdata, mapdraw, netdata, netdraw, strip
from orbat.service.pages.charting import UNNAMED, notes_of
from orbat.service.pages.flowdraw import banded, flow_picture
from orbat.service.pages.timeline import by_month
from orbat.store import Store
from orbat.types import Certainty, Count, EventType
from orbat.types import EventType as E
from tests.pagesaid import checked, serving
from tests.test_battle_parts import ADAM, ARMY, BEN, GUN, NORTH, SUN, TOWN, Press, day
from tests.test_recordkeeping import related

GROUP = "/groups/Gun%20Front"
PAGES = ("network", "map", "timeline", "flows")
CATALOGUE = Catalogue({})
READ = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
NASTY = '<b onclick="x">Sun</b>\' & {{7*7}}'


def told():
    press = Press()
    press.say("Adam Amsa became leader of Gun Front.", E.LEAD, "became leader", actor=[ADAM], target=[GUN], on="2018-01-01")
    press.say(
        "Gun Front pledged allegiance to Sun League.", E.ALLY, "pledged allegiance", actor=[GUN], target=[SUN], on="2018-03-01/2018-03-31"
    )
    press.say("Gun Front broke with Sun League.", E.SPLIT, "broke", actor=[GUN], target=[SUN], on="2020-02-01")
    press.say("Ben Brak is part of Sun League.", E.BELONG, "part", actor=[BEN], target=[SUN])
    press.say(
        "Gun Front attacked Test Army in Talara, killing 4.",
        E.ATTACK,
        "attacked",
        actor=[GUN],
        target=[ARMY],
        on="2018-05-05",
        location=TOWN,
    )
    press.say("Gun Front raided North.", E.ATTACK, "raided", actor=[GUN], on="2018-06-05", location=NORTH)
    press.say(
        "Gun Front took Talara.", E.SEIZE, "took", actor=[GUN], target=[("geonames:1", "Talara", "place")], on="2019-02-02", location=TOWN
    )
    press.say("Gun Front shelled a convoy.", E.STRIKE, "shelled", actor=[GUN], target=["a convoy"], on="2019-01-01/2019-12-31")
    press.say(
        "About 300 fighters joined Gun Front from Sun League.", E.JOIN, "joined", actor=["About 300 fighters"], target=[GUN], origin=[SUN]
    )
    press.say("Fighters left Gun Front.", E.LEAVE, "left", actor=["Fighters"], target=[GUN], on="2021-01-05")
    return press


@pytest.fixture(scope="module")
def press():
    return told()


@pytest.fixture(scope="module")
def client(press, tmp_path_factory):
    path = tmp_path_factory.mktemp("charts") / "news.db"
    with Store.open(path) as store:
        for document, statement in zip(press.documents, press.statements, strict=True):
            store.append(document, [statement], model="by hand", read_at=READ)
        update(store, related=related, at=READ)
    with serving(path) as client:
        yield client


def pictures(text, name):
    """The pictures of a class in a page, as XML."""
    found = re.findall(rf'<svg class="{name}[ "].*?</svg>', text, re.DOTALL)
    return [ElementTree.fromstring(each) for each in found]


def classes(picture, name):
    return [each for each in picture.iter() if name in (each.get("class") or "").split()]


# The pages


@pytest.mark.parametrize("part", PAGES)
def test_each_page_is_whole_and_its_twin_has_its_filters(client, part):
    text, page = checked(client, f"{GROUP}/{part}")
    assert f"{GROUP}/{part}.json" in [link.replace(" ", "%20") for link in page.links]
    value = client.get(f"{GROUP}/{part}.json").json()
    assert value["name"] in ("Gun Front", "gun front")
    assert client.get(f"{GROUP}/{part}.json?as_of=2001-01-01").status_code == 200
    assert client.get(f"{GROUP}/{part}.json?sizzle=1").status_code == 422
    assert "Gun Front" in text


@pytest.mark.parametrize("address", ["/network", "/map", "/compare", "/compare?one=Gun+Front&two=Sun+League", "/compare?one=Gun+Front"])
def test_pages_of_all_groups(client, address):
    checked(client, address)
    assert client.get(address.replace("?", ".json?") if "?" in address else f"{address}.json").status_code == 200


@pytest.mark.parametrize("address", [*(f"/groups/Nobody/{part}" for part in PAGES), "/compare?one=Nobody&two=Gun+Front"])
def test_a_group_that_nothing_names_is_not_found(client, address):
    assert client.get(address, headers={"Accept": "text/html"}).status_code == 404
    assert client.get(address.replace("?", ".json?") if "?" in address else f"{address}.json").json()["status"] == 404


@pytest.mark.parametrize("part", ["timeline", "map", "flows"])
def test_a_group_that_only_the_catalogue_knows_has_an_empty_page_that_says_why(client, part):
    page, twin = client.get(f"/groups/1920-brigades/{part}"), client.get(f"/groups/1920-brigades/{part}.json")
    assert (page.status_code, twin.status_code) == (200, 200)
    assert UNNAMED in page.text
    assert twin.json()["reason"] == UNNAMED
    assert "<table" not in page.text
    assert "notes-title" not in page.text
    named = client.get(f"/groups/Gun%20Front/{part}.json").json()
    assert "reason" not in named
    assert {*twin.json()} == {*named, "reason"}


def test_a_group_that_only_the_catalogue_knows_is_compared(client):
    found = client.get("/compare.json?one=1920-brigades&two=Gun+Front")
    assert found.status_code == 200
    assert found.json()["bonds"] == []


def test_a_page_is_the_same_until_the_store_changes_and_says_so(client):
    first = client.get(f"{GROUP}/network")
    assert client.get(f"{GROUP}/network", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert client.get(f"{GROUP}/network").text == first.text


def test_the_styles_have_the_colours_of_the_palette():
    css = files("orbat").joinpath("web/static/charts.css").read_text("utf-8")
    for family in FAMILIES:
        assert f"--{family.name}: light-dark({family.light}, {family.dark});" in css
    assert set(OF_TYPE) == {each.value.lower() for each in EventType}


def test_scripts_name_every_family_and_type_as_the_palette_does():
    script = files("orbat").joinpath("web/static/charts/map.js").read_text("utf-8")
    assert f"[{', '.join(f'{chr(34)}{f.name}{chr(34)}' for f in FAMILIES)}]" in script
    said = dict(re.findall(r"(\w+): \"(\w+)\"", re.search(r"const OF_TYPE = \{(.*?)\};", script, re.DOTALL)[1]))
    assert all(said.get(kind, "ties") == family for kind, family in OF_TYPE.items())


# The network


def test_ties_of_other_years_are_there_and_hidden_and_nobody_moves(client):
    every = pictures(client.get(f"{GROUP}/network").text, "network")[0]
    later = pictures(client.get(f"{GROUP}/network?year=2022").text, "network")[0]
    assert len(classes(every, "tie")) == len(classes(later, "tie")) >= 3
    assert not [tie for tie in classes(every, "tie") if "off" in tie.get("class").split()]
    hidden = {tie.get("aria-label").split(";")[0] for tie in classes(later, "tie") if "off" in tie.get("class").split()}
    assert "Gun Front – split – Sun League" in hidden
    assert "Adam Amsa – leads – Gun Front" not in hidden
    assert [each.get("d") or each.get("cx") for each in classes(every, "node")] == [
        each.get("d") or each.get("cx") for each in classes(later, "node")
    ]


def test_every_tie_is_a_row_of_the_table_with_its_sentences(client):
    text = client.get(f"{GROUP}/network").text
    picture = pictures(text, "network")[0]
    for tie in classes(picture, "tie"):
        assert f'id="{tie.get("href")[1:]}"' in text
        assert all(f'id="note-{number}"' in text for number in tie.get("data-notes").split())
    assert "Ben Brak" not in text  # he is tied to what the group is tied to, and to nothing else here
    everyone = client.get("/network").text
    assert "Ben Brak" in everyone
    assert "no day given" in everyone


def test_who_leads_can_be_left_out(client):
    kept = {edge["relation"] for edge in client.get(f"{GROUP}/network.json?leaders=false").json()["edges"]}
    assert "leads" not in kept
    assert "pledged to" in kept


def test_a_tie_has_the_years_of_its_records_and_what_nothing_dates_has_none(press):
    book = TieBook.of(press.case(GUN).records + press.case(GUN).also, {s.id: s for s in press.statements})
    parent = CatalogueTie("parent", Party("gun", "Gun Front", "group"), Party("old", "Old Front", "group"), 2015, None)
    made = netdata.web(book.relations.values(), [parent])
    years = {(tie.source, tie.relation, tie.target): tie.years for tie in made.ties}
    assert years["gun", "part of", "old"] == ((2015, None),)
    assert years["ben", "part of", "sun"] == ()
    assert years["gun", "pledged to", "sun"] == ((2018, 2020),)
    assert years["gun", "split", "sun"] == ((2020, 2020),)  # a split has a day, no term
    (undated,) = [tie for tie in made.ties if not tie.years]
    assert not any(undated.held(year) for year in range(1990, 2030))
    assert [tie.grounds is None for tie in made.ties].count(True) == 1
    assert made.undated == 1
    assert made.span == (2015, 2020)


def test_ties_are_found_on_every_store_and_what_did_not_change_is_not_read_again(press, address):
    with Store.open(address) as store:
        *first, last = zip(press.documents, press.statements, strict=True)
        for document, statement in first:
            store.append(document, [statement], model="by hand", read_at=READ)
        update(store, related=related, at=READ)
        before = tie_book(store)
        store.append(last[0], [last[1]], model="by hand", read_at=READ)
        update(store, related=related, at=READ)
        book = tie_book(store, before)
        assert book == tie_book(store)
        same = [id for id, each in book.relations.items() if before.relations.get(id) is each]
        assert len(same) == len(book.relations) == 3, "it says nothing of a tie, nor of what became of a leader"
        more = Press()
        more.say("Test Army killed Adam Amsa.", E.KILL, "killed", actor=[ARMY], target=[ADAM], on="2019-02-01")
        store.append(more.documents[0], more.statements, model="by hand", read_at=READ)
        update(store, related=related, at=READ)
        ended = tie_book(store, book)
        assert ended == tie_book(store)
        (led,) = (each for each in ended.relations.values() if each.ties[0].relation == "leads")
        assert (book.relations[led.id].ties[0].end, led.ties[0].end) == (None, day("2019-02-01"))
    every, total = book.around((), None, 100)
    assert (len(every), total) == (3, 3)
    gun = {party.key for each in every for party in each.parties if "gun" in party.key}
    near, _ = book.around(gun, None, 100)
    assert set(near) == set(every), "Ben's tie is one of a party that the group is tied to"
    newest, total = book.around((), None, 1)
    assert (len(newest), total) == (1, 3)
    assert newest[0].newest == max(each.newest for each in every)


def test_a_large_network_is_cut_to_the_parties_of_the_most_records_and_says_so():
    parties = {f"p{n}": Party(f"p{n}", f"Party {n}", "group") for n in range(400)}
    catalogue = [CatalogueTie("allied", parties["p0"], parties[f"p{n}"], None, None) for n in range(1, 400)]
    whole = netdata.about(netdata.web([], catalogue), {"p0"}, "Party 0")
    shown = netdata.bounded(whole)
    assert len(shown.parties) == netdata.MOST_PARTIES
    assert len(shown.ties) <= netdata.MOST_TIES
    assert shown.total == (400, 399)
    assert "p0" in shown.parties
    assert netdata.bounded(whole) == shown


def test_names_stand_apart_and_in_the_picture():
    keys = [f"k{n}" for n in range(40)]
    pairs = [("k0", key) for key in keys[1:]]
    room, names = Room(1000, 700), dict.fromkeys(keys, (150.0, 14.0))
    where = layout(keys, pairs, room, middle="k0", names=names)
    assert where == layout(keys, pairs, room, middle="k0", names=names)
    assert all(0 <= x <= 1000 and 0 <= y <= 700 for x, y in where.values())
    places = list(where.values())
    over = sum(abs(a[0] - b[0]) < 140 and abs(a[1] - b[1]) < 20 for i, a in enumerate(places) for b in places[:i])
    assert over <= 6, "of 780 pairs"
    assert layout([], [], room) == {}


def test_hostile_names_stay_words_in_every_picture():
    one, two = Party("a", NASTY, "group"), Party(None, f"{NASTY} \x00\x07", "person")
    grounds = Grounds(("r1",), ("s1",), RecordStatus.DISPUTED, 3, Certainty.FACT, 1, ("x",))
    tie = netdata.Tie(one.key, two.key, "ally", ((2015, None),), grounds)
    found = netdata.Web({one.key: one, two.key: two}, (tie,), one.key)
    where, height = netdraw.placed(found)
    picture = netdraw.network_picture(found, where, height, year=None, notes=notes_of([]))
    shown = ["".join(t.itertext()) for t in ElementTree.fromstring(picture).iter("text")]
    assert NASTY in shown
    spot = Spot("x", NASTY, NASTY, "", 1.0, 2.0, 1)
    placed = mapdata.Placed(Mark(spot, None, ("r1",), {"attack": 1}, None, None, None), {"2015-01": {"fighting": (1, 0)}}, ())
    drawn, _ = mapdraw.map_picture(mapdata.Mapped((placed,), 1, 1, ()), [], {})
    ElementTree.fromstring(drawn)
    when = When(None, None, None, False, None, None)
    flow = Flow("joined", NASTY, None, two, one, when, grounds)
    comes, goes, _ = banded([flow], Subject(NASTY, frozenset({"a"})))
    ElementTree.fromstring(flow_picture(NASTY, comes, goes, notes_of([])))


# The map


def test_a_province_is_an_area_and_an_exact_place_a_disc(client):
    text = client.get(f"{GROUP}/map").text
    picture = pictures(text, "map")[0]
    (area,) = classes(picture, "area")[-1:]
    assert [place.get("aria-label").split(":")[0] for place in classes(picture, "area") if place.tag == "a"] == [
        "North, Testland (province)"
    ]
    assert area.get("fill") == "url(#area-fighting)"
    assert float(area.get("r")) > 20
    assert len([c for c in classes(picture, "exact") if c.tag == "circle"]) == 1
    assert len(classes(picture, "held")) == 1
    assert "Events without a known place" in text
    assert "shelled" not in [place.get("aria-label") for place in classes(picture, "place")]


def test_the_maps_twin_counts_every_record_once_by_month_and_family(client):
    value = client.get(f"{GROUP}/map.json").json()
    assert value["type"] == "FeatureCollection"
    cells = {f["properties"]["name"]: f["properties"]["cells"] for f in value["features"]}
    assert cells["North"] == [["2018-06", "fighting", 1, 0]]
    assert sorted(cells["Talara"])[:2] == [["2018-05", "fighting", 1, 0], ["2019-02", "ground", 1, 0]]
    assert sum(number for each in cells.values() for _, _, number, _ in each) == value["total"]["events"]
    assert [held["name"] for held in value["held"]] == ["Talara"]
    assert value["total"]["without_place"] == len(value["without_place"]) > 0


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("fineness=area", {"North"}),
        ("fineness=exact&fineness=near", {"Talara"}),
        ("kind=ground", {"Talara"}),
        ("until=2018-05-31", {"Talara"}),
    ],
)
def test_the_maps_filters(client, query, names):
    value = client.get(f"{GROUP}/map.json?{query}").json()
    assert {f["properties"]["name"] for f in value["features"]} == names
    checked(client, f"{GROUP}/map?{query}")


def test_places_that_would_lie_over_one_another_are_one_with_a_number():
    def at(lon, records):
        spot = Spot(f"x{lon}", f"Town {lon}", "Land", "", 1.0, lon, 1)
        return mapdata.Placed(Mark(spot, None, tuple(map(str, range(records))), {"attack": records}, None, None, None), {}, ())

    view = View(Box(0, -10, 40, 10), width=1000, least=300, most=600)
    placed = [at(5.0, 3), at(5.1, 2), at(30.0, 4)]
    (cluster,) = mapdraw.clusters(placed, view)
    assert cluster.members == (0, 1)
    assert cluster.records == 5
    assert view.x(5.0) < cluster.x < view.x(5.1)
    near = View(Box(4.9, 0.9, 5.2, 1.1), width=1000, least=300, most=600)
    assert len(mapdraw.clusters(placed, near)) in (0, 1)


# The strip of months


def test_a_strip_draws_months_as_bars_and_years_as_bands():
    cells = {"2015-01": {"fighting": 2, "words": 1}, "2015-03": {"law": 1}, "2016": {"harm": 1}, "undated": {"harm": 9}}
    picture = ElementTree.fromstring(strip.strip(cells))
    assert [len(classes(picture, name)) for name in ("bar", "year-only")] == [3, 1]
    assert (picture.get("data-first"), picture.get("data-last")) == (str(2015 * 12), str(2016 * 12 + 11))
    tall = {bar.get("class"): float(bar.get("height")) for bar in classes(picture, "bar")}
    assert tall["bar fighting"] == pytest.approx(2 * tall["bar words"])
    assert strip.strip({"undated": {"harm": 1}}) == ""


def test_a_misread_year_does_not_make_a_strip_of_centuries():
    span = strip.span_of(["0009-01", "2015-01"])
    assert span.last - span.first == strip.MOST_MONTHS
    assert strip.month_of(span.last) == "2015-01"


# The timeline


def test_bars_fade_where_nothing_ends_them_and_are_sharp_where_it_is_told(client):
    picture = pictures(client.get(f"{GROUP}/timeline").text, "timeline")[0]
    rows = {row.get("aria-label").split(";")[0]: row for row in classes(picture, "bar-row")}
    fills = {name: [r.get("fill") for r in row.iter("rect") if r.get("fill")] for name, row in rows.items()}
    assert fills["Adam Amsa: became leader"] == ["url(#out-leader)"]
    assert "url(#out-pledge)" not in fills["Sun League: pledged to"]
    assert next(row for name, row in rows.items() if name.endswith("split")).find("path") is not None


def test_a_period_leaves_out_what_lies_outside(client):
    value = client.get(f"{GROUP}/timeline.json?since=2019-01-01&until=2019-12-31").json()
    assert value["months"] == {"first": 2019 * 12, "last": 2019 * 12 + 11}
    assert {month for month, _, _ in value["events"]} == {"2019-02", "2019"}
    assert "attack" not in {m["what"] for m in value["moments"]}
    checked(client, f"{GROUP}/timeline?since=2019-01-01&until=2019-12-31")
    checked(client, f"{GROUP}/timeline?since=1950-01-01&until=1950-12-31")


def test_events_are_counted_by_records_not_by_statements():
    press = Press()
    for paper in ("One", "Two"):
        press.say("Gun Front raided North.", E.ATTACK, "raided", actor=[GUN], on="2018-06-05", location=NORTH, source=paper)
    cells, killed = by_month(press.case(GUN), None, None)
    assert cells == {"2018-06": {"fighting": 1}}
    assert killed == {}
    assert by_month(press.case(GUN), day("2019-01-01"), None) == ({}, {})


# The flows


def test_a_group_that_fighters_came_from_and_went_to_stands_on_both_sides():
    grounds = Grounds(("r1",), (), RecordStatus.SINGLE_SOURCE, 3, Certainty.FACT, 1, ("x",))
    when = When(day("2018-01-01"), None, 1, True, None, None)
    gun, sun = Party("gun", "Gun Front", "group"), Party("sun", "Sun League", "group")
    found = [
        Flow("joined", "300 fighters", Count(200, 300, 400), sun, gun, when, grounds),
        Flow("joined", "fighters", None, sun, gun, when, grounds),
        Flow("joined", "some", None, gun, sun, when, grounds),
        Flow("left", "ten men", Count(10, 10, 10), gun, None, when, grounds),
    ]
    comes, goes, inside = banded(found, Subject("Gun Front", frozenset({"gun"})))
    assert [(b.name, b.low, b.best, b.high, b.untold) for b in comes] == [("Sun League", 200, 300, 400, 1)]
    assert [(b.name, b.kind, b.high) for b in goes] == [("where to is not told", "left", 10), ("Sun League", "joined", 0)]
    assert inside == []
    picture = ElementTree.fromstring(flow_picture("Gun Front", comes, goes, notes_of([])))
    (high, *_), (best, *_) = classes(picture, "high"), classes(picture, "best")
    assert float(high.get("stroke-width")) == pytest.approx(float(best.get("stroke-width")) * 4 / 3, rel=0.01)
    assert len(classes(picture, "untold")) == 1


def test_flows_of_the_store_are_those_of_the_sheet(client, press):
    value = client.get(f"{GROUP}/flows.json").json()
    assert len(value["flows"]) == len(flows(press.case(GUN))) == 2
    assert [(band["party"] or {}).get("name") for band in value["in"]] == ["Sun League"]
    assert value["in"][0]["best"] == 300
    assert client.get(f"{GROUP}/flows.json?since=2020-01-01").json()["in"] == []


# The comparison, and what several records bear out


def test_a_comparison_shows_what_ties_two_groups(client):
    text, _ = checked(client, "/compare?one=Gun+Front&two=Sun+League")
    assert "pledged to: Sun League" in text
    assert len(pictures(text, "mirror")) == 1


def test_grounds_of_several_records_are_the_best_count_and_the_least_good_status(press):
    book = TieBook.of(press.case(GUN).records, {s.id: s for s in press.statements})
    said = [(each, tie) for each in book.relations.values() for tie in each.ties]
    made = netdata._grounds(said)
    assert made.independent == max(each.independent for each, _ in said)
    assert set(made.records) == {each.id for each, _ in said}
