"""The printed forms of sheets, comparisons, timelines, networks and maps, on records made by hand and on the example articles."""

import dataclasses
import datetime as dt
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import geojson as geojson_library
import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from orbat import battle
from orbat.battle.compare import compare
from orbat.battle.loading import Known, relations
from orbat.battle.mapping import circle, geojson, marks
from orbat.battle.network import around, held, network, with_catalogue
from orbat.battle.render.atlas import map_svg
from orbat.battle.render.graph import network_file, network_svg, network_to_json
from orbat.battle.render.layout import Room, layout
from orbat.battle.render.lines import timeline_svg
from orbat.battle.render.markdown import sheet_to_markdown
from orbat.battle.render.page import sheet_to_html
from orbat.battle.render.plain import sheet_schema, sheet_to_json
from orbat.battle.render.rows import PRECISION, rule_rows, sections
from orbat.battle.render.svg import png
from orbat.battle.render.tables import comparison_sections
from orbat.battle.terms import with_ends
from orbat.battle.tiebook import TieBook, tie_book
from orbat.battle.ties import ties_of, wings_of
from orbat.battle.timeline import timeline
from orbat.battle.values import SECTIONS, CatalogueTie, Party, Spot
from orbat.cli import app
from orbat.errors import DataError, NotFoundError
from orbat.link.catalogue import Catalogue
from orbat.recordkeeping import related_in, update
from orbat.recordtypes import RecordKind
from orbat.store import Store
from orbat.types import Certainty, MentionType
from orbat.types import EventType as E
from tests.test_battle_parts import ADAM, ARMY, GUN, NORTH, SUN, TOWN, Press, day

NASTY = 'Gun <b>Front</b> & "Co" | _x_ pledged allegiance to Sun League.'
HEIR, NEW = ("bado-tir", "Bado Tir", "person"), ("new", "New Front", "group")
READ = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def press():
    press = Press()
    press.say("Adam Amsa became leader of Gun Front.", E.LEAD, "became leader", actor=[ADAM], target=[GUN], on="2018-01-01")
    press.say(NASTY, E.ALLY, "pledged allegiance", actor=[("Gun", GUN)], target=[SUN], on="2018-03-01/2018-03-31")
    press.say("Gun Front attacked Test Army in Talara.", E.ATTACK, "attacked", actor=[GUN], target=[ARMY], on="2018-05-05", location=TOWN)
    press.say("Gun Front raided North.", E.ATTACK, "raided", actor=[GUN], on="2018-06-05", location=NORTH)
    press.say("Sun League attacked Test Army in Talara.", E.ATTACK, "attacked", actor=[SUN], target=[ARMY], on="2018-09-05", location=TOWN)
    press.say("Gun Front broke with Sun League.", E.SPLIT, "broke", actor=[GUN], target=[SUN], on="2020-02-01")
    return press


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.load()


@pytest.fixture(scope="module")
def kept(readings, catalogue, tmp_path_factory):
    """The example articles in a store, with their records."""
    path = tmp_path_factory.mktemp("battle") / "examples.db"
    with Store.open(path) as store:
        for reading in readings:
            store.append(reading.document, reading.statements, model="test", read_at=READ)
        update(store, related=related_in(catalogue), at=READ)
        yield store, path


def asked(name, *ids, **more):
    return battle.Asked(name, frozenset(ids), **more)


# The sheet


def test_who_is_dead_leads_no_more_though_the_catalogue_has_no_year_for_that(catalogue):
    ends = {tie.of.id: tie.end for tie in ties_of(catalogue, {"taliban", "abu-sayyaf"}) if tie.relation == "leads"}
    assert (ends["isnilon-hapilon"], ends["haibatullah-akhundzada"]) == (2017, None)


def test_who_speaks_for_a_group_does_not_lead_it_in_the_catalogue(catalogue):
    ties = {tie.of.id: tie.relation for tie in ties_of(catalogue, {"taliban", "islamic-state"}) if tie.of.kind == "person"}
    assert ties["zabihullah-mujahid"] == ties["abu-muhammad-al-adnani"] == "joined"
    assert ties["haibatullah-akhundzada"] == ties["abu-bakr-al-baghdadi"] == "leads"
    ends = {tie.of.id: tie.end for tie in ties_of(catalogue, {"islamic-state"})}
    assert ends["abu-muhammad-al-adnani"] == 2016


def test_every_value_of_every_example_sheet_keeps_to_the_schema_and_leads_to_its_sentences(kept, catalogue):
    store, _ = kept
    check = Draft202012Validator(sheet_schema())
    seen = set()
    for id in ("islamic-state", "is-west-africa", "rsf", "al-qaida", "houthis", "al-shabaab", "boko-haram", "ttp", "m23", "farc"):
        if id not in catalogue:
            continue
        try:
            found = battle.sheet(battle.case(store, asked(catalogue.entry(id).name, id), catalogue))
        except NotFoundError:
            continue
        value = sheet_to_json(found)
        check.validate(value)
        assert json.loads(json.dumps(value)) == value
        for name in SECTIONS:
            for each in getattr(found, name):
                seen.add(name)
                if name != "catalogue":
                    assert each.grounds.independent <= len(each.grounds.origins)
                    assert all(found.sentences[s].text for s in each.grounds.statements)
    assert seen == set(SECTIONS) - {"strength"}  # no example numbers a group's own fighters
    assert set(sheet_schema()["properties"]["totals"]["properties"]) == set(SECTIONS)
    assert set(sheet_schema()["required"]) == {f.name for f in dataclasses.fields(battle.Sheet)}


def test_known_by_before_the_reading_knows_nothing_and_after_it_the_same(kept, catalogue):
    store, _ = kept
    now = battle.sheet(battle.case(store, asked("RSF", "rsf"), catalogue))
    then = battle.sheet(battle.case(store, asked("RSF", "rsf", known_by=READ), catalogue))
    assert dataclasses.replace(then, known_by=None) == now
    with pytest.raises(NotFoundError):
        battle.case(store, asked("RSF", "rsf", known_by=READ - dt.timedelta(days=1)), catalogue)


def test_wings_are_added_only_when_asked_for(kept, catalogue):
    store, _ = kept
    alone = battle.sheet(battle.case(store, asked("Islamic State", "islamic-state"), catalogue))
    more = battle.sheet(battle.case(store, asked("Islamic State", "islamic-state", with_wings=True), catalogue))
    assert more.records > alone.records
    assert "is-west-africa" in more.wings
    assert alone.wings == ()
    assert "amaq" not in wings_of(catalogue, ["islamic-state"])  # its outlet does not fight
    assert any(t.relation == "parent" and t.of.id == "is-west-africa" for t in ties_of(catalogue, ["islamic-state"]))


def test_a_name_that_nothing_has_is_not_found_and_near_ones_are_offered(kept, catalogue):
    with pytest.raises(NotFoundError, match=r"Near names: .*Islamic State"):
        battle.case(kept[0], asked("Islamic Stat"), catalogue)


def test_markdown_keeps_its_tables_whatever_the_words(press):
    text = sheet_to_markdown(press.sheet())
    assert "<b>" not in text
    tables = [block.splitlines() for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)]
    assert tables
    for rows in tables:
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1
    assert "Gun \\<b\\>Front\\</b\\>" in text


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_the_page_is_one_file_without_script_and_escaped(press):
    page = sheet_to_html(press.sheet())
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    names = {tag for tag, _ in tags.seen}
    assert not names & {"script", "link", "img", "b", "iframe", "object"}
    assert not [key for _, attributes in tags.seen for key in attributes if key.startswith("on") or key == "src"]
    assert NASTY in "".join(tags.text)
    assert "prefers-color-scheme:dark" in page
    assert "@media print" in page
    rows = sum(len(section.rows) for section in sections(press.sheet()))
    assert sum(tag == "details" for tag, _ in tags.seen) == rows  # every value opens to its sentences
    assert "url(" not in page


# The page in the docs

DOCS = (Path(__file__).parent.parent / "docs" / "order-of-battle.md").read_text("utf-8")


def docs_press():
    """The articles that docs/order-of-battle.md tells of."""
    press = Press()
    press.say("Gun Front named Adam Amsa leader in January 2018.", E.LEAD, "named", actor=[ADAM], target=[GUN], on="2018-01-01")
    killed = "Test Army killed Adam Amsa, the leader of Gun Front, on 5 May 2019."
    press.say(killed, E.KILL, "killed", actor=[ARMY], target=[ADAM], on="2019-05-05")
    roles = {"actor": [GUN], "target": [SUN], "certainty": Certainty.FUTURE, "speaker": ("An analyst", MentionType.PERSON)}
    press.say("An analyst said that Gun Front would attack Sun League.", E.ATTACK, "attack", **roles)
    return press


def shown(name):
    return json.loads(re.search(rf"```json {name}\n(.*?)```", DOCS, re.DOTALL)[1])


def test_the_docs_show_a_true_sheet():
    press = docs_press()
    value = sheet_to_json(press.sheet())
    assert all(f"> {s.sentence.text}" in DOCS for s in press.statements)
    assert shown("leader") == value["leaders"][0]
    assert shown("ledger") == value["ledger"][0]
    assert shown("expected").items() <= value["expected"][0].items()


def test_the_docs_and_the_schema_name_the_same_fields():
    parts = dict(re.findall(r"^### .*\((\w+)\)\n\n((?:\|.*\n)+)", DOCS + "\n", re.MULTILINE))
    schema = {"Sheet": sheet_schema(), **sheet_schema()["$defs"]}
    assert parts.keys() == schema.keys()
    for name, table in parts.items():
        assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(schema[name]["properties"]), name


def test_the_docs_hold_the_rules_of_the_ledger():
    for row in rule_rows():
        assert f"| {' | '.join(row)} |" in DOCS


# Comparisons and timelines


def test_two_groups_side_by_side(press):
    found = compare(press.case(GUN), press.case(SUN))
    assert {b.tie.value for b in found.bonds} == {"pledged to", "split"}
    assert [(s.kind, s.party.id if s.party else s.spot.name) for s in found.shared] == [("opponent", "army"), ("place", "Talara")]
    assert {(m.period, m.one, m.two) for m in found.months} == {("2018-05", 1, 0), ("2018-06", 1, 0), ("2018-09", 0, 1)}
    assert all(id in found.sentences for b in found.bonds for id in b.grounds.statements)
    assert {s.key for s in comparison_sections(found)} == {"relations", "shared", "months", "counts"}


def test_a_timeline_is_in_the_order_of_days(press):
    found = timeline(press.case())
    assert [m.when.start for m in found.moments] == sorted(m.when.start for m in found.moments)
    assert len(found.moments) == len(press.case().records) == found.total
    assert len(timeline(press.case(), since=day("2018-05-01"), until=day("2018-05-31")).moments) == 3  # the attack, and what held then
    assert [m.what for m in timeline(press.case(), limit=1).moments] == ["attack"]
    picture = ElementTree.fromstring(timeline_svg(found))
    assert len(picture.findall(f"{SVG}g")) == len(found.moments)


# Networks


def made(press, year):
    case = press.case()
    return network((*case.records, *case.also), case.statements, year)


def test_a_network_is_of_its_year(press):
    edges = {year: {(e.source, e.relation, e.target) for e in made(press, year).edges} for year in (2017, 2018, 2020, 2021)}
    assert edges[2017] == set()
    assert ("adam", "leads", "gun") in edges[2018]
    assert ("gun", "pledged to", "sun") in edges[2018]
    assert ("gun", "pledged to", "sun") in edges[2020]  # until February
    assert ("gun", "pledged to", "sun") not in edges[2021]
    assert held(None, day("2020-01-01"), 2020)
    assert not held(None, None, 2020)


def test_that_one_of_several_falls_out_ends_no_other_tie():
    told, moon, star = Press(), ("moon", "Moon Army", "group"), ("star", "Star Corps", "group")
    words = "Moon Army, Star Corps and Test Army joined forces."
    told.say(words, E.ALLY, "joined forces", actor=[moon], target=[star, ARMY], on="2018-02-01")
    told.say("Moon Army broke with Test Army.", E.SPLIT, "broke", actor=[moon], target=[ARMY], on="2019-06-01")
    case = told.case(moon)
    assert len(case.records) == 1
    allies = {year: {e.target for e in network(case.records, case.statements, year).edges if e.relation == "ally"} for year in (2018, 2021)}
    assert allies == {2018: {"moon", "star"}, 2021: {"star"}}
    book = TieBook.of(case.records, case.statements)
    there, _ = book.around((), day("2021-01-01"), 10)
    assert {(tie.relation, tie.target.key) for each in there for tie in each.ties} == {("ally", "star")}


def test_a_leader_leads_until_he_falls_or_another_follows(press):
    """An ended term is drawn in no later year, and of a later day it is not there."""
    press.say("Bado Tir was named leader of Gun Front.", E.LEAD, "named leader", actor=[("Bado Tir", HEIR)], target=[GUN], on="2019-06-01")
    press.say("Test Army killed Bado Tir.", E.KILL, "killed", actor=[ARMY], target=[("Bado Tir", HEIR)], on="2021-02-01")
    case = press.case()
    every = (*case.records, *case.also)
    relations = with_ends([r for r in every if r.kind is RecordKind.RELATION], case.statements, every)
    leads = {
        year: {(edge.source, edge.end) for edge in network(relations, case.statements, year).edges if edge.relation == "leads"}
        for year in (2018, 2019, 2020, 2022)
    }
    first, second = (ADAM[0], day("2019-06-01")), (HEIR[0], day("2021-02-01"))
    assert leads == {2018: {first}, 2019: {first, second}, 2020: {second}, 2022: set()}
    assert {edge.source for edge in network(every, case.statements, 2022).edges if edge.relation == "leads"} == {ADAM[0], HEIR[0]}


def test_a_network_from_the_store_has_the_ends_of_terms(press, tmp_path, catalogue):
    press.say("Test Army killed Adam Amsa.", E.KILL, "killed", actor=[ARMY], target=[ADAM], on="2019-02-01")
    with Store.open(tmp_path / "ends.db") as store:
        for document in press.documents:
            said = [s for s in press.statements if s.document.id == document.id]
            store.append(document, said, model="by hand", read_at=READ)
        update(store, related=related_in(catalogue), at=READ)
        for more in ({}, {"known_by": READ}):
            records, said = relations(store, asked("", **more), catalogue)
            years = {y for y in (2018, 2019, 2020) for e in network(records, said, y).edges if e.relation == "leads"}
            assert years == {2018, 2019}
            left, _ = relations(store, asked("", as_of=day("2020-01-01"), **more), catalogue)
            assert E.LEAD not in {record.type for record in left}
        book = tie_book(store)
        for on, led in (("2018-06-01", True), ("2020-01-01", False)):
            held, _ = book.around((), day(on), 50)
            assert any(tie.relation == "leads" for each in held for tie in each.ties) is led


def test_a_leader_who_was_freed_leads_on_in_a_network_too(press, tmp_path, catalogue):
    press.say("Test Army arrested Adam Amsa.", E.ARREST, "arrested", actor=[ARMY], target=[ADAM], on="2019-02-01")
    with Store.open(tmp_path / "freed.db") as store:
        for _ in range(2):
            for document in press.documents:
                store.append(document, [s for s in press.statements if s.document.id == document.id], model="by hand", read_at=READ)
            update(store, related=related_in(catalogue), at=READ)
            records, said = relations(store, asked(""), catalogue)
            freed = any(s.type is E.RELEASE for s in press.statements)
            assert any(e.relation == "leads" for e in network(records, said, 2021).edges) is freed
            held, _ = tie_book(store).around((), day("2021-01-01"), 50)
            assert any(tie.relation == "leads" for each in held for tie in each.ties) is freed
            press.say("Test Army freed Adam Amsa.", E.RELEASE, "freed", actor=[ARMY], target=[ADAM], on="2020-02-01")


def test_a_sheet_is_the_same_of_what_names_the_group_alone_and_of_a_case_that_was_loaded_before(press, tmp_path, catalogue):
    press.say("Test Army killed Adam Amsa.", E.KILL, "killed", actor=[ARMY], target=[ADAM], on="2019-02-01")
    press.say("Gun Front has 300 fighters in Asmat.", E.BELONG, "fighters", actor=["300 fighters"], target=[GUN])
    with Store.open(tmp_path / "light.db") as store:
        known, before = Known(), None
        for document in press.documents:
            said = [s for s in press.statements if s.document.id == document.id]
            store.append(document, said, model="by hand", read_at=READ)
            update(store, related=related_in(catalogue), at=READ)
            try:
                whole = battle.case(store, asked("Gun Front", "gun"), catalogue)
            except NotFoundError:
                continue
            before = battle.case(store, asked("Gun Front", "gun"), catalogue, whole=False, known=known, before=before)
            assert len(before.statements) <= len(whole.statements) == before.number
            for on in (None, day("2019-01-01"), day("2021-01-01")):
                assert battle.sheet(before.on(on)) == battle.sheet(whole.on(on))
                one, two = (timeline(each.on(on)) for each in (before, whole))
                assert dataclasses.replace(one, sentences={}) == dataclasses.replace(two, sentences={})
        assert before.published is not None
        first = next(d for d in press.documents if any(d.id == s.document.id for s in before.statements.values()))
        store.append(
            first, [], model="by another hand", read_at=READ + dt.timedelta(days=1)
        )  # it says nothing any more, before and after the records know
        for _ in range(2):
            gone = battle.case(store, asked("Gun Front", "gun"), catalogue, whole=False, known=known, before=before)
            assert first.id not in {s.document.id for s in gone.statements.values()}
            assert battle.sheet(gone) == battle.sheet(battle.case(store, asked("Gun Front", "gun"), catalogue, whole=False))
            update(store, related=related_in(catalogue), at=READ)


def test_a_network_as_files_and_as_a_picture(press):
    found = made(press, 2019)
    value = network_to_json(found)
    assert {n["key"] for n in value["nodes"]} == {"adam", "gun", "sun"}
    assert all(e["records"] for e in value["edges"])
    for kind, node in (("graphml", "node"), ("gexf", "node")):
        tree = ElementTree.fromstring(network_file(found, kind))
        assert sum(each.tag.endswith("}" + node) for each in tree.iter()) == 3
    picture = network_svg(found)
    ElementTree.fromstring(picture)
    assert picture == network_svg(made(press, 2019))  # the same each time
    assert (
        len(
            {
                (round(x), round(y))
                for x, y in layout(list(found.nodes), [(e.source, e.target) for e in found.edges], Room(900, 900)).values()
            }
        )
        == 3
    )
    near = around(found, {"sun"})
    assert set(near.nodes) == {"gun", "sun"}


def test_what_the_catalogue_has_is_marked(press):
    found = made(press, 2019)
    old = CatalogueTie("parent", Party("gun", "Gun Front", "group"), Party("old", "Old Front", "group"), 2015, 2019)
    gone = CatalogueTie("allied", Party("gun", "Gun Front", "group"), Party("new", "New Front", "group"), 2020, None)
    both = with_catalogue(found, [old, gone])
    assert [e.target for e in both.edges if e.catalogue] == ["old"]
    assert "cl" in network_svg(both)


def test_the_catalogue_ends_a_term_that_nobody_is_said_to_have_ended(press):
    press.say("Bado Tir leads New Front.", E.LEAD, "leads", actor=[("Bado Tir", HEIR)], target=[("New Front", NEW)], on="2016-05-01")
    found = made(press, 2019)
    assert ("bado-tir", "leads", "new") in {(e.source, e.relation, e.target) for e in found.edges}
    heir, new = Party(*HEIR), Party(*NEW)
    for end, there in ((2017, False), (2020, True), (None, True)):
        both = with_catalogue(found, [CatalogueTie("leads", heir, new, 2015, end)])
        assert (("bado-tir", "leads", "new") in {(e.source, e.relation, e.target) for e in both.edges}) is there


@pytest.mark.parametrize(
    ("sentence", "trigger", "who", "whom"),
    [
        ("Test Army founded New Front in 2018.", "founded", ("Test Army", ARMY), ("New Front", NEW)),
        ("Sun League named Bado Tir governor in 2018.", "named", ("Sun League", SUN), ("Bado Tir", HEIR)),
        ("Bado Tir followed Adam Amsa in 2018.", "followed", ("Bado Tir", HEIR), ("Adam Amsa", ADAM)),
        ("Bado Tir, a former chief of New Front, left in 2018.", "chief", ("Bado Tir", HEIR), ("New Front", NEW)),
    ],
)
def test_who_makes_a_group_or_a_chief_or_led_it_once_leads_nothing(press, sentence, trigger, who, whom):
    press.say(sentence, E.LEAD, trigger, actor=[who], target=[whom], on="2018-05-01")
    found = {(e.source, e.relation, e.target) for e in made(press, 2018).edges}
    assert (who[1][0], "leads", whom[1][0]) not in found


# Maps


def test_only_exact_places_are_points(press):
    case = press.case()
    found = {m.spot.name: m for m in marks((*case.records, *case.also), lambda spot: 70.0)}
    assert found["Talara"].is_point
    assert len(found["Talara"].records) == 2
    assert not found["North"].is_point
    assert found["North"].radius_km == 70.0
    value = geojson(found.values())
    assert geojson_library.loads(json.dumps(value)).is_valid
    shapes = {f["properties"]["name"]: f["geometry"]["type"] for f in value["features"]}
    assert shapes == {"North": "Polygon", "Talara": "Point"}
    capital = Spot("geonames:9", "Capital City", "Testland", "", 10.2, 20.2, 1)
    picture = map_svg("Gun Front", list(found.values()), [capital, dataclasses.replace(capital, name="Far Off", lat=60.0)])
    assert "Capital City" in picture
    assert "Far Off" not in picture
    tree = ElementTree.fromstring(picture)
    assert "North (province): 1" in [t.text for t in tree.iter(f"{SVG}text")]
    assert [c.get("fill") for c in tree.iter(f"{SVG}circle") if c.get("fill")] == ["url(#area-fighting)"]
    assert [t.text for t in tree.iter(f"{SVG}text") if "Outlines" in (t.text or "") or "outlines" in (t.text or "")]


def test_a_circle_is_closed_and_of_its_radius():
    ring = circle(0.0, 10.0, 111.2)
    assert ring[0] == ring[-1]
    assert max(lat for _, lat in ring) == pytest.approx(1.0, abs=0.01)
    assert max(lon for lon, _ in ring) == pytest.approx(11.0, abs=0.01)
    assert all(-90 <= lat <= 90 and -180 <= lon <= 180 for lon, lat in circle(89.9, 179.9, 500.0))


def test_an_empty_map_network_and_timeline_are_still_pictures(press):
    for picture in (map_svg("none", []), network_svg(network([], {}, 2020)), timeline_svg(timeline(press.case(("x", "X", "group"))))):
        ElementTree.fromstring(picture)


def test_a_picture_as_png_or_why_not(press):
    pytest.importorskip("resvg_py")
    try:
        assert png(timeline_svg(timeline(press.case()))).startswith(b"\x89PNG")
    except DataError as error:
        assert "font" in error.step  # noqa: PT017


def test_precision_has_a_word_for_every_code_of_ucdp():
    assert set(PRECISION) == set(range(1, 8))


# The command line


def orbat(*args):
    return CliRunner().invoke(app, [str(arg) for arg in args])


def test_show_and_its_days(kept):
    _, path = kept
    shown = orbat("show", "RSF", "--store", path, "--limit", 2).stdout
    assert "Mohamed Hamdan Dagalo" in shown
    assert "What is expected of it" in shown
    value = json.loads(orbat("show", "RSF", "--store", path, "--format", "json", "--as-of", "2024-01-01").stdout)
    assert value["as_of"] == "2024-01-01"
    Draft202012Validator(sheet_schema()).validate(value)
    assert all(e["when"]["start"] <= "2024-01-01" for e in value["ledger"])
    assert "Attacks and fighting" in orbat("show", "RSF", "--store", path, "--statements").stdout
    assert orbat("show", "RSF", "--store", path, "--statements", "--format", "md").exit_code == 2
    then = orbat("show", "RSF", "--store", path, "--statements", "--as-of", "2024-01-01", "--limit", 0).stdout
    assert 0 < then.count("\n") < orbat("show", "RSF", "--store", path, "--statements", "--limit", 0).stdout.count("\n")
    for more in ((), ("--statements",)):
        told = orbat("show", "RSF", "--store", path, "--known-by", "2020-01-01", *more)
        assert told.exit_code == 1
        assert "Nothing that had been read by 2020-01-01 names 'RSF'" in str(told.exception)


def test_the_other_commands(kept, tmp_path):
    _, path = kept
    out = tmp_path / "map.geojson"
    assert orbat("map", "--store", path, "--out", out).exit_code == 0
    assert geojson_library.loads(out.read_text("utf-8")).is_valid
    ElementTree.fromstring(orbat("map", "RSF", "--store", path, "--format", "svg").stdout)
    ElementTree.fromstring(orbat("network", "--store", path, "--year", 2015, "--format", "svg").stdout)
    near = json.loads(orbat("network", "AQIM", "--store", path, "--year", 2015).stdout)
    assert {e["source"] for e in near["edges"]} <= {n["key"] for n in near["nodes"]}
    assert "Timeline" in orbat("timeline", "RSF", "--store", path).stdout
    assert "<details>" in orbat("timeline", "RSF", "--store", path, "--format", "html").stdout
    assert "| month | RSF | AQIM |" in orbat("compare", "RSF", "AQIM", "--store", path, "--format", "md").stdout
    assert isinstance(orbat("compare", "RSF", "Nobody Whatever", "--store", path).exception, NotFoundError)
