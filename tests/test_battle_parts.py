"""The parts of a sheet, on records made by hand: each statement is a sentence written here, grouped by ``corroborate``."""

import dataclasses
import datetime as dt
import itertools

import pytest

from orbat.battle import Subject, sheet
from orbat.battle.activity import casualties
from orbat.battle.case import Case
from orbat.battle.ledgerrules import RULES
from orbat.battle.values import Force, Item, Outcome, Tie
from orbat.corroborate import Context, build
from orbat.recordtypes import RecordStatus, Toll
from orbat.serial import ROLES, with_id
from orbat.types import (
    Attribution,
    Certainty,
    Codes,
    Count,
    Document,
    DocumentRef,
    Entity,
    EventType,
    Filler,
    MentionType,
    Place,
    Quote,
    Span,
    Statement,
    StatementDate,
)

E, M = EventType, MentionType
KINDS = {"group": M.GROUP, "wing": M.GROUP, "force": M.FORCE, "state": M.STATE, "person": M.PERSON, "place": M.PLACE}
GUN, SUN, ARMY = ("gun", "Gun Front", "group"), ("sun", "Sun League", "group"), ("army", "Test Army", "force")
ADAM, BEN = ("adam", "Adam Amsa", "person"), ("ben", "Ben Brak", "person")
TOWN = Place("geonames:1", "Talara", "Testland", "North", 10.0, 20.0, 1, 1)
NORTH = Place("geonames:2", "North", "Testland", "North", 10.5, 20.5, 2, 4)


def day(text):
    return dt.date.fromisoformat(text)


class Press:
    """Articles of one paper each: ``say`` adds one whose only sentence is a statement."""

    def __init__(self):
        self.documents, self.statements, self.number = [], [], itertools.count(1)

    def say(self, sentence, type, trigger, *, on=None, published="2020-06-01", source=None, **more):
        """``actor``, ``target`` …: words in the sentence, or (words, entity) or (words, MentionType)."""
        number = next(self.number)
        given = day(published) if published else None
        doc = Document.of(sentence, title=f"Report {number}", source=source or f"Paper {number}", published=given)
        self.documents.append(doc)
        lists = dict.fromkeys(ROLES, ())
        for role in ROLES:
            lists[role] = tuple(filler(sentence, each) for each in more.get(role, ()))
        first, last = [day(part) for part in (on.split("/") if on else ())] * (1 if on and "/" in on else 2) or (None, None)
        speaker = more.get("speaker")
        statement = Statement(
            id="",
            document=DocumentRef(doc.id, doc.title, doc.source, doc.published, "https://news.test/1"),
            sentence=Quote(Span(0, len(sentence)), sentence),
            type=type,
            trigger=quote(sentence, trigger),
            **lists,
            certainty=more.get("certainty", Certainty.FACT),
            negated=more.get("negated", False),
            attribution=Attribution(filler(sentence, speaker), False, False) if speaker else None,
            date=StatementDate(first, last, "day", 1 if first == last else 4, on) if on else None,
            location=more.get("location"),
            count=more.get("count"),
            codes=Codes(),
            confidence=0.9,
            model="by hand",
        )
        self.statements.append(with_id(statement))
        return self.statements[-1]

    def case(self, entity=GUN, **more):
        records = build(self.statements, Context.of(self.documents))
        subject = Subject(entity[1], frozenset({entity[0]}))
        said = {s.id: s for s in self.statements}
        ours = [r for r in records if any(named(said[id], subject) for id in r.statements)]
        also = [r for r in records if r not in ours]
        return Case(subject, tuple(ours), said, tuple(also), **more)

    def sheet(self, entity=GUN, **more):
        return sheet(self.case(entity, **more))


def named(statement, subject):
    fillers = [f for role in ROLES for f in getattr(statement, role)]
    if statement.attribution:
        fillers.append(statement.attribution.speaker)
    return any(subject.names(f) for f in fillers)


def quote(sentence, words):
    start = sentence.index(words)
    return Quote(Span(start, start + len(words)), words)


def filler(sentence, given):
    if isinstance(given, str):
        return Filler(quote(sentence, given), M.PEOPLE)
    if len(given) == 3:  # an entity by its name
        return Filler(quote(sentence, given[1]), KINDS[given[2]], Entity(*given))
    words, kind = given
    if isinstance(kind, tuple):
        return Filler(quote(sentence, words), KINDS[kind[2]], Entity(*kind))
    return Filler(quote(sentence, words), kind)


@pytest.fixture
def press():
    return Press()


# Leaders


def test_what_befalls_one_of_two_leaders_or_some_leader_ends_no_others_term(press):
    press.say("Adam Amsa and Ben Brak lead Gun Front.", E.LEAD, "lead", actor=[ADAM, BEN], target=[GUN])
    press.say("A Gun Front Leader speaks.", E.LEAD, "Leader", actor=[("Leader", M.PERSON)], target=[GUN])
    press.say("Test Army killed Ben Brak.", E.KILL, "killed", actor=[ARMY], target=[BEN])
    press.say("Test Army killed a Sun League leader.", E.KILL, "killed", actor=[ARMY], target=[("leader", M.PERSON)])
    assert {x.person.id: x.ended_by for x in press.sheet().leaders} == {"adam": None, "ben": "killed or taken"}


def test_who_is_found_guilty_of_killings_was_not_killed(press):
    press.say("Adam Amsa leads Gun Front.", E.LEAD, "leads", actor=[ADAM], target=[GUN])
    sentence = "A court found Adam Amsa guilty of killings of 2003."
    press.say(sentence, E.ACCUSE, "found", actor=["court"], target=[ADAM], on="2003-05-01/2003-05-02")
    press.say(sentence, E.KILL, "killings", actor=[ADAM], on="2003-05-01/2003-05-02", source="Paper 2")
    case = press.case()
    (both,) = [r for r in case.also if E.KILL in r.types]
    assert both.types == (E.KILL, E.ACCUSE)
    assert sheet(case).leaders[0].ended_by is None


def test_a_term_begins_and_ends_with_what_other_records_say(press):
    press.say("Adam Amsa was named leader of Gun Front.", E.LEAD, "named", actor=[ADAM], target=[GUN], on="2018-01-01")
    press.say("Test Army killed Adam Amsa.", E.KILL, "killed", actor=[ARMY], target=[ADAM], on="2019-05-05")
    (leader,) = press.sheet().leaders
    assert (leader.person.id, leader.titles, leader.ended_by) == ("adam", ("named",), "killed or taken")
    assert (leader.when.start, leader.when.end, leader.when.begins) == (day("2018-01-01"), day("2019-05-05"), True)
    assert [x.person.id for x in press.sheet(as_of=day("2018-06-01")).leaders] == ["adam"]
    assert press.sheet(as_of=day("2020-01-01")).leaders == ()


def test_a_rumour_of_death_that_is_disputed_ends_no_term_that_ends_otherwise(press):
    press.say("Adam Amsa leads Gun Front.", E.LEAD, "leads", actor=[ADAM], target=[GUN])
    for negated in (False, True):
        words = f"Adam Amsa was {'not ' if negated else ''}killed in Kor in December."
        press.say(words, E.KILL, "killed", target=[ADAM], on="2015-12-01", negated=negated, place=[("Kor", M.PLACE)])
    (rumour,) = [r for r in press.case().also if r.status is RecordStatus.DISPUTED]
    assert press.sheet().leaders[0].when.end == rumour.start
    press.say("A strike killed Adam Amsa near Mez.", E.KILL, "killed", target=[ADAM], on="2016-05-21", place=[("Mez", M.PLACE)])
    assert press.sheet().leaders[0].when.end == day("2016-05-21")


def test_a_commander_named_later_ends_no_leaders_term(press):
    press.say("Adam Amsa became leader of Gun Front.", E.LEAD, "became leader", actor=[ADAM], target=[GUN], on="2018-01-01")
    press.say("Gun Front named Ben Brak commander.", E.LEAD, "named Ben Brak commander", actor=[BEN], target=[GUN], on="2019-01-01")
    terms = {x.person.id: x.when.end for x in press.sheet().leaders}
    assert terms == {"adam": None, "ben": None}
    press.say("Ben Brak became leader of Gun Front.", E.LEAD, "became leader", actor=[BEN], target=[GUN], on="2020-01-01")
    assert {x.person.id: x.when.end for x in press.sheet().leaders if "became leader" in x.titles}["adam"] == day("2020-01-01")


@pytest.mark.parametrize(
    ("sentence", "published", "end"),
    [
        ("Adam Amsa, the leader of Gun Front, spoke.", "2018-06-17", None),
        ("Adam Amsa, the leader of Gun Front, was replaced.", "2016-06-17", "2016-05-25"),
        ("In 2014 Adam Amsa, the leader of Gun Front, spoke.", "2018-06-17", "2016-05-25"),
        ("Adam Amsa, a former leader of Gun Front, spoke.", "2018-06-17", "2016-05-25"),
    ],
)
def test_who_is_called_the_leader_long_after_another_was_named_was_not_followed_by_him(press, sentence, published, end):
    press.say("Ben Brak was named leader of Gun Front.", E.LEAD, "named", actor=[BEN], target=[GUN], on="2016-05-25")
    press.say(sentence, E.LEAD, "leader", actor=[ADAM], target=[GUN], published=published)
    terms = {x.person.id: x.when.end for x in press.sheet().leaders}
    assert terms == {"adam": day(end) if end else None, "ben": None}


@pytest.mark.parametrize(
    ("sentence", "trigger", "end"),
    [
        ("Adam Amsa, the leader of Gun Front, fled.", "leader", "2019-06-01"),
        ("Adam Amsa, a leader of Gun Front, fled.", "leader", None),
        ("The senior Gun Front leader Adam Amsa fled.", "leader", None),
        ("Adam Amsa and other Gun Front leaders fled.", "leaders", None),
        ("The Gun Front heavyweight Adam Amsa fled.", "heavyweight", None),
    ],
)
def test_one_of_several_leaders_is_followed_by_no_head(press, sentence, trigger, end):
    press.say(sentence, E.LEAD, trigger, actor=[ADAM], target=[GUN], published="2019-05-01")
    press.say("Ben Brak was named leader of Gun Front.", E.LEAD, "named", actor=[BEN], target=[GUN], on="2019-06-01")
    assert {x.person.id: x.when.end for x in press.sheet().leaders} == {"adam": day(end) if end else None, "ben": None}


def test_a_military_chief_is_no_head(press):
    press.say("Adam Amsa is leader of Gun Front.", E.LEAD, "leader", actor=[ADAM], target=[GUN], published="2018-01-01")
    press.say("Ben Brak was named military chief of Gun Front.", E.LEAD, "chief", actor=[BEN], target=[GUN], on="2019-01-01")
    assert {x.person.id: x.when.end for x in press.sheet().leaders} == {"adam": None, "ben": None}


def test_a_leader_without_a_day_is_shown_with_when_it_was_reported(press):
    press.say("Adam Amsa leads Gun Front.", E.LEAD, "leads", actor=[ADAM], target=[GUN], published="2020-03-03")
    (leader,) = press.sheet().leaders
    assert leader.when.start is None
    assert leader.when.reported_first == day("2020-03-03")
    assert press.sheet(as_of=day("2020-04-01")).leaders  # reported by then, and nothing says that it ended
    early = press.sheet(as_of=day("2020-02-01"))
    assert early.leaders == ()
    assert early.undated == 1


def test_the_unnamed_and_the_negated_lead_nothing(press):
    press.say("Commanders of Gun Front met.", E.LEAD, "Commanders", actor=["Commanders"], target=[GUN])
    press.say("Adam Amsa does not lead Gun Front.", E.LEAD, "lead", actor=[ADAM], target=[GUN], negated=True)
    assert press.sheet().leaders == ()


@pytest.mark.parametrize(
    ("sentence", "trigger"),
    [
        ("Adam Amsa, a former commander of Gun Front, spoke.", "commander"),
        ("Adam Amsa may once have been a Gun Front commander.", "commander"),
        ("Gun Front was led by Adam Amsa until his arrest in Kor.", "led"),
    ],
)
def test_who_led_it_once_is_not_shown_as_its_leader(press, sentence, trigger):
    press.say(sentence, E.LEAD, trigger, actor=[ADAM], target=[GUN])
    (leader,) = press.sheet().leaders
    assert (leader.ended_by, leader.when.end) == ("led it before", None)
    assert press.sheet(as_of=day("2020-07-01")).leaders == ()
    press.say("Adam Amsa leads Gun Front.", E.LEAD, "leads", actor=[ADAM], target=[GUN])
    assert press.sheet().leaders[0].ended_by is None


def test_a_name_that_no_catalogue_has_is_told_dead_as_it_is_written(press):
    chief = ("Abu al-Háyjaa", M.PERSON)
    press.say("Abu al-Háyjaa leads Gun Front.", E.LEAD, "leads", actor=[chief], target=[GUN])
    press.say("A strike killed Abu al-Háyjaa.", E.KILL, "killed", target=[chief])
    assert [x.ended_by for x in press.sheet().leaders] == ["killed or taken"]


def test_a_death_of_which_no_day_is_told_ends_a_term(press):
    press.say("Adam Amsa, a commander of Gun Front, was killed.", E.LEAD, "commander", actor=[ADAM], target=[GUN])
    press.say("Adam Amsa was killed in a clash.", E.KILL, "killed", target=[ADAM])
    (leader,) = press.sheet().leaders
    assert (leader.ended_by, leader.when.end) == ("killed or taken", None)


def test_a_death_that_is_only_thought_likely_is_told_as_that_and_takes_nobody_from_a_days_sheet(press):
    press.say("Adam Amsa leads Gun Front.", E.LEAD, "leads", actor=[ADAM], target=[GUN])
    press.say("Adam Amsa is thought to have died.", E.KILL, "died", target=[ADAM], certainty=Certainty.LIKELY)
    assert press.sheet().leaders[0].ended_by == "killed or taken, likely"
    assert len(press.sheet(as_of=day("2030-01-01")).leaders) == 1


@pytest.mark.parametrize(
    ("sentence", "trigger", "whom", "expected"),
    [
        ("Adam Amsa defected to the Test Army in May 2019.", "defected", [ARMY], "left, 2019"),
        ("Adam Amsa left Gun Front in May 2019.", "left", [GUN], "left, 2019"),
        ("Adam Amsa left Sun League in May 2019.", "left", [SUN], None),
    ],
)
def test_a_leader_who_leaves_leads_no_more(press, sentence, trigger, whom, expected):
    press.say("Adam Amsa commanded Gun Front.", E.LEAD, "commanded", actor=[ADAM], target=[GUN])
    press.say(sentence, E.LEAVE, trigger, actor=[ADAM], target=whom, on="2019-05-05")
    assert press.sheet().leaders[0].ended_by == expected
    press.say("Adam Amsa has led Gun Front again.", E.LEAD, "led", actor=[ADAM], target=[GUN], on="2020-01-01")
    assert press.sheet().leaders[0].ended_by is None


def test_an_arrest_ends_no_term_of_who_was_freed_since(press):
    press.say("Adam Amsa leads Gun Front.", E.LEAD, "leads", actor=[ADAM], target=[GUN])
    press.say("Adam Amsa was arrested in Kor.", E.ARREST, "arrested", target=[ADAM], on="2010-05-05")
    assert press.sheet().leaders[0].ended_by == "killed or taken"
    press.say("Adam Amsa was released in Mez.", E.RELEASE, "released", target=[ADAM], on="2018-05-05")
    assert press.sheet().leaders[0].ended_by is None


# Strength as it is put


@pytest.mark.parametrize(
    ("sentence", "type", "trigger", "roles", "number"),
    [
        ("Experts put Gun Front's strength at 900.", E.GAIN, "strength", {"actor": [GUN, "900"]}, 900),
        ("The numbers of Gun Front fell to about 400 men, from 900 men.", E.LOSE, "fell", {"actor": [GUN, "400 men", "900 men"]}, 400),
        ("Gun Front has grown to 900 in a year.", E.GAIN, "grown", {"actor": [GUN], "target": ["900"]}, 900),
        ("Gun Front, which has 900, met.", E.BELONG, "has", {"actor": [GUN], "target": ["900"]}, 900),
        ("Gun Front has 900 villages.", E.BELONG, "has", {"actor": [GUN], "target": ["900 villages"]}, None),
        ("Gun Front gained 900 votes.", E.GAIN, "gained", {"actor": [GUN], "target": ["900"]}, None),
        ("Gun Front has 900 Sun League men.", E.BELONG, "has", {"actor": [GUN], "target": [("900 Sun League men", SUN)]}, None),
    ],
)
def test_its_strength_is_what_it_is_put_at(press, sentence, type, trigger, roles, number):
    press.say(sentence, type, trigger, **roles)
    assert [(x.force, x.count.best) for x in press.sheet().strength] == ([(Force.HAS, number)] if number else [])


# Ties


@pytest.mark.parametrize(
    ("sentence", "trigger", "tie"),
    [
        ("Gun Front and Sun League dissolved themselves into one body.", "dissolved", Tie.MERGER),
        ("Gun Front was folded into Sun League.", "folded into", Tie.MERGER),
        ("The alliance of Gun Front and Sun League was dissolved.", "dissolved", Tie.ALLY),
    ],
)
def test_groups_that_become_one_merge(press, sentence, trigger, tie):
    press.say(sentence, E.ALLY, trigger, actor=[GUN, SUN], on="2020-03-03")
    (bond,) = press.sheet().relations
    assert (bond.tie, bond.party.id) == (tie, "sun")
    assert bond.when.start == (day("2020-03-03") if tie is Tie.MERGER else None)


@pytest.mark.parametrize("words", ["ties", "links", "relationship", "contacts", "been linked", "associated parts"])
def test_groups_that_have_to_do_with_one_another_are_no_part_of_one_another(press, words):
    press.say(f"Gun Front has {words} to Sun League.", E.BELONG, words, actor=[GUN], target=[SUN])
    assert [(b.tie, b.party.id) for b in press.sheet().relations] == [(Tie.ALLY, "sun")]
    assert press.sheet().affiliations == ()


def test_people_of_a_group_who_are_of_a_body_make_it_no_part_of_that_body(press):
    council = [("council", "War Council", "group")]
    press.say("Members of Gun Front's War Council met.", E.BELONG, "Members", actor=[("Members", GUN)], target=council)
    assert press.sheet().affiliations == ()
    assert press.sheet(council[0]).affiliations == ()
    press.say("Gun Front is a member of War Council.", E.BELONG, "member", actor=[GUN], target=council)
    assert [(b.tie, b.party.id) for b in press.sheet().affiliations] == [(Tie.PARENT, "council")]


def test_a_group_like_another_is_not_tied_to_it(press):
    press.say("Sun League, Gun Front's counterpart, fled.", E.BELONG, "counterpart", actor=[SUN], target=[GUN])
    assert press.sheet().affiliations == press.sheet().relations == ()


def test_who_breaks_away_from_two_groups_parts_these_two_not(press):
    press.say("Dissidents of Gun Front and Sun League met.", E.SPLIT, "Dissidents", actor=["Dissidents"], target=[GUN, SUN])
    press.say("Moon Army dissidents left Gun Front.", E.SPLIT, "dissidents", actor=[("moon", "Moon Army", "group")], target=[GUN])
    assert [(b.tie, b.party.id) for b in press.sheet().relations] == [(Tie.SPLIT, "moon")]


def test_a_bond_has_the_days_of_its_own_statements_alone(press):
    moon = ("moon", "Moon Army", "group")
    press.say("Gun Front, Sun League and Moon Army joined forces.", E.ALLY, "joined forces", actor=[GUN], target=[SUN, moon])
    press.say("Gun Front broke with Moon Army.", E.SPLIT, "broke", actor=[GUN], target=[moon], on="2019-06-01")
    assert len(press.case().records) == 1
    ends = {(b.tie, b.party.id): b.when.end for b in press.sheet().relations if b.tie is Tie.ALLY}
    assert ends == {(Tie.ALLY, "sun"): None, (Tie.ALLY, "moon"): day("2019-06-01")}


@pytest.mark.parametrize("words", ["Leader", "General", "local Emir", "Indonesian"])
def test_what_somebody_does_or_is_from_is_no_name(press, words):
    press.say(f"A Gun Front man, an {words}, fled.", E.BELONG, "man", actor=[(words, M.PERSON)], target=[GUN])
    assert press.sheet().affiliations == ()


def test_a_pledge_and_the_split_that_ends_it(press):
    press.say("Gun Front pledged allegiance to Sun League.", E.ALLY, "pledged allegiance", actor=[GUN], target=[SUN], on="2018-03-01")
    press.say("Gun Front broke with Sun League.", E.SPLIT, "broke", actor=[GUN], target=[SUN], on="2019-06-01")
    found = press.sheet()
    (pledge,) = found.affiliations
    assert (pledge.tie, pledge.party.id, pledge.when.start, pledge.when.end) == (
        Tie.PLEDGED_TO,
        "sun",
        day("2018-03-01"),
        day("2019-06-01"),
    )
    (split,) = found.relations
    assert (split.tie, split.when.start, split.when.end) == (Tie.SPLIT, day("2019-06-01"), None)
    assert pledge.grounds.statements != split.grounds.statements
    assert [b.tie for b in press.sheet(SUN).affiliations] == [Tie.PLEDGED_BY]
    assert press.sheet(as_of=day("2018-06-01")).affiliations
    assert not press.sheet(as_of=day("2020-06-01")).affiliations


def test_wing_parent_member_ally_merger_and_rival(press):
    press.say("Sun League is a wing of Gun Front.", E.BELONG, "wing", actor=[SUN], target=[GUN])
    press.say("Ben Brak belongs to Gun Front.", E.BELONG, "belongs", actor=[BEN], target=[GUN])
    moon = ("moon", "Moon Army", "group")
    press.say("Gun Front and Moon Army merged.", E.ALLY, "merged", actor=[GUN, moon])
    star = ("star", "Star Corps", "group")
    press.say("Gun Front feuds with Star Corps.", E.SPLIT, "feuds", actor=[GUN], target=[star])
    press.say("Gun Front works with Test Army.", E.ALLY, "works with", actor=[GUN], target=[ARMY])
    found = press.sheet()
    assert {(b.tie, b.party.id) for b in found.affiliations} == {(Tie.WING, "sun"), (Tie.MEMBER, "ben")}
    assert {(b.tie, b.party.id) for b in found.relations} == {(Tie.ALLY, "army"), (Tie.MERGER, "moon"), (Tie.RIVAL, "star")}
    assert [b.tie for b in press.sheet(SUN).affiliations] == [Tie.PARENT]


def test_a_value_is_no_surer_than_those_who_say_it(press):
    """Two papers report the pledge, one of them the split: the record has two origins, the split one."""
    press.say("Gun Front pledged allegiance to Sun League.", E.ALLY, "pledged allegiance", actor=[GUN], target=[SUN], on="2018-03-01")
    press.say("Then Gun Front swore allegiance to Sun League.", E.ALLY, "swore allegiance", actor=[GUN], target=[SUN], on="2018-03-01")
    press.say("Gun Front broke with Sun League.", E.SPLIT, "broke", actor=[GUN], target=[SUN], on="2019-06-01", source="Paper 1")
    found = press.sheet()
    (record,) = press.case().records
    assert record.independent == 2
    (pledge,), (split,) = found.affiliations, found.relations
    assert (pledge.grounds.independent, pledge.grounds.status) == (2, RecordStatus.CORROBORATED)
    assert (split.grounds.independent, split.grounds.status, split.grounds.credibility) == (1, RecordStatus.SINGLE_SOURCE, 3)
    assert split.grounds.origins == ("Paper 1",)


# Strength


def test_only_numbers_of_its_own_fighters(press):
    press.say(
        "2,000 Gun Front fighters hold Talara.", E.HOLD, "hold", actor=[("2,000 Gun Front fighters", GUN)], target=[("Talara", M.PLACE)]
    )
    press.say("About 1,500 fighters belong to Gun Front.", E.BELONG, "belong", actor=["1,500 fighters"], target=[GUN])
    press.say("Gun Front commands 900 men.", E.LEAD, "commands", target=[GUN, "900 men"])
    press.say("Gun Front sent 300 men to Talara.", E.DEPLOY, "sent", actor=[GUN], target=["300 men"])
    press.say("Gun Front trained 40 recruits.", E.RECRUIT, "trained", actor=[GUN], target=["40 recruits"])
    press.say("Gun Front sent 90 Sun League fighters away.", E.DEPLOY, "sent", actor=[GUN], target=[("90 Sun League fighters", SUN)])
    press.say(
        "700 Gun Front fighters may hold Kor.", E.HOLD, "hold", actor=[("700 Gun Front fighters", GUN)], certainty=Certainty.HYPOTHETICAL
    )
    press.say("500 villages belong to Gun Front.", E.BELONG, "belong", actor=["500 villages"], target=[GUN])
    found = {(x.force, x.count.best) for x in press.sheet().strength}
    assert found == {(Force.THERE, 2000), (Force.HAS, 1500), (Force.HAS, 900), (Force.DEPLOYED, 300), (Force.RECRUITED, 40)}


def test_a_number_in_one_place_tells_where(press):
    place = ("Kor", M.PLACE)
    press.say("300 Gun Front men are in Kor.", E.HOLD, "are in", actor=[("300 Gun Front men", GUN)], place=[place])
    press.say("Gun Front sent 40 men to Kor.", E.DEPLOY, "sent", actor=[GUN], target=["40 men"], place=[place])
    press.say("Gun Front has 900 fighters in the hills of Kor.", E.BELONG, "has", actor=[GUN], target=["900 fighters"], place=[place])
    assert [(x.force, x.count.best, x.spot and x.spot.name) for x in press.sheet().strength] == [
        (Force.HAS, 900, None), (Force.THERE, 300, "Kor"), (Force.DEPLOYED, 40, "Kor"),
    ]  # fmt: skip


def test_those_who_do_something_are_not_all_that_it_has(press):
    sentence = "25 members of Gun Front set a truck ablaze."
    said = press.say(sentence, E.BELONG, "members", actor=["25 members"], target=[GUN])
    deed = dataclasses.replace(said, type=E.ABUSE, trigger=quote(sentence, "set"), target=())
    assert [x.force for x in press.sheet().strength] == [Force.HAS]
    assert [x.force for x in press.sheet(mates=(deed,)).strength] == [Force.THERE]


def test_a_number_of_leaders_or_of_a_council_or_in_a_name_is_no_strength(press):
    press.say("Three Gun Front commanders fled.", E.LEAD, "commanders", actor=["commanders"], target=[("Three Gun Front", GUN)])
    press.say("Gun Front has a seven-member council.", E.BELONG, "has", actor=[GUN], target=[("seven-member council", M.GROUP)])
    press.say("Two Gun Front holdouts stay in Kor.", E.HOLD, "holdouts", actor=[("Two Gun Front", GUN)], target=[("Kor", M.PLACE)])
    press.say("Gun Front sent two waves of fighters.", E.DEPLOY, "sent", actor=[GUN], target=["two waves of fighters"])
    press.say("Mouvement du 23 Mars holds Kor.", E.HOLD, "holds", actor=[("Mouvement du 23 Mars", GUN)], target=[("Kor", M.PLACE)])
    assert press.sheet().strength == ()


def test_the_dead_are_no_strength(press):
    sentence = "165 members of Gun Front were killed."
    said = press.say(sentence, E.BELONG, "members", actor=["165 members"], target=[GUN])
    assert [x.count.best for x in press.sheet().strength] == [165]
    dead = dataclasses.replace(said, type=E.KILL, trigger=quote(sentence, "killed"), actor=(), target=said.actor)
    assert press.sheet(mates=(dead,)).strength == ()


# Places, ledger, flows


def test_ground_taken_is_held_until_it_is_lost(press):
    place = ("Talara", ("geonames:1", "Talara", "place"))
    press.say("Gun Front seized Talara.", E.SEIZE, "seized", actor=[GUN], target=[place], on="2019-02-02", location=TOWN)
    press.say("Gun Front withdrew from Talara.", E.WITHDRAW, "withdrew", actor=[GUN], origin=[place], on="2019-09-09", location=TOWN)
    found = press.sheet()
    assert [(e.sign, e.item, e.rule, e.what) for e in found.ledger] == [
        (-1, Item.TERRITORY, "leaves a place", "Talara"),
        (1, Item.TERRITORY, "takes a place", "Talara"),
    ]
    (held,) = found.holdings
    assert (held.how, held.when.start, held.when.end) == ("took", day("2019-02-02"), day("2019-09-09"))
    assert held.lost in {r.id for r in press.case().records}
    assert press.sheet(as_of=day("2019-05-05")).holdings[0].lost is None


@pytest.mark.parametrize(
    ("sentence", "trigger", "how"),
    [
        ("Gun Front controls Kor.", "controls", "holds"),
        ("Nearby Kor is a stronghold of Gun Front.", "stronghold", "holds"),
        ("Nearby Kor used to be a Gun Front stronghold.", "stronghold", "held"),
        ("Nearby Kor was formerly held by Gun Front.", "held", "held"),
        ("Gun Front is active in Kor.", "active", None),
        ("Nearby Kor is a refuge for Gun Front.", "refuge", None),
    ],
)
def test_who_is_somewhere_does_not_hold_it(press, sentence, trigger, how):
    press.say(sentence, E.HOLD, trigger, actor=[GUN], target=[("Kor", M.PLACE)])
    found = press.sheet()
    assert [h.how for h in found.holdings] == ([how] if how else [])
    assert [a.spot.name for a in found.active] == ["Kor"]


def test_a_group_is_active_in_every_place_that_is_named(press):
    press.say("Gun Front operates in Kor and Mez.", E.HOLD, "operates", actor=[GUN], target=[("Kor", M.PLACE), ("Mez", M.PLACE)])
    assert [a.spot.name for a in press.sheet().active] == ["Kor", "Mez"]


def test_where_a_side_withdraws_to_is_no_loss(press):
    press.say("Gun Front pulled back to Kor.", E.WITHDRAW, "pulled back", actor=[GUN], target=[("Kor", M.PLACE)])
    assert press.sheet().ledger == ()


def test_a_province_stays_a_province(press):
    press.say(
        "Gun Front attacked in North.", E.ATTACK, "attacked", actor=[GUN], place=[("North", M.PLACE)], location=NORTH, on="2019-01-01"
    )
    (active,) = press.sheet().active
    assert (active.spot.name, active.spot.where_prec, active.records) == ("North", 4, 1)


LEDGER = [
    (E.RECRUIT, "Gun Front won over 20 men.", "won over", {"actor": [GUN], "target": ["20 men"]}, (Item.FIGHTERS, 1, 20)),
    (E.JOIN, "30 men joined Gun Front.", "joined", {"actor": ["30 men"], "target": [GUN]}, (Item.FIGHTERS, 1, 30)),
    (E.JOIN, "Gun Front men switched sides.", "switched sides", {"actor": [("Gun Front men", GUN)]}, (Item.FIGHTERS, -1, None)),
    (E.JOIN, "Gun Front men joined early.", "joined", {"actor": [("Gun Front men", GUN)]}, None),
    (E.RECRUIT, "Gun Front trained Sun League.", "trained", {"actor": [GUN], "target": [SUN]}, None),
    (E.LEAVE, "10 men left Gun Front.", "left", {"actor": ["10 men"], "target": [GUN]}, (Item.FIGHTERS, -1, 10)),
    (E.KILL, "Test Army killed 5 Gun Front men.", "killed", {"target": [("5 Gun Front men", GUN)]}, (Item.FIGHTERS, -1, 5)),
    (E.ARREST, "Police held 3 Gun Front men.", "held", {"target": [("3 Gun Front men", GUN)]}, (Item.FIGHTERS, -1, 3)),
    (E.RELEASE, "4 Gun Front men were freed.", "freed", {"target": [("4 Gun Front men", GUN)]}, (Item.FIGHTERS, 1, 4)),
    (E.SEIZE, "Gun Front took six rifles.", "took", {"actor": [GUN], "target": [("six rifles", M.WEAPON)]}, (Item.MATERIEL, 1, None)),
    (E.SEIZE, "Gun Front took Kor.", "took", {"actor": [GUN], "target": [("Kor", M.PLACE)]}, (Item.TERRITORY, 1, None)),
    (E.SEIZE, "Gun Front entered Kor.", "entered", {"actor": [GUN], "target": [("Kor", M.PLACE)]}, None),
    (E.SEIZE, "Gun Front besieged Kor.", "besieged", {"actor": [GUN], "target": [("Kor", M.PLACE)]}, None),
    (E.GAIN, "Gun Front won fame.", "won", {"actor": [GUN], "target": [("fame", M.RESOURCE)]}, (Item.PRESTIGE, 1, None)),
    (E.LOSE, "Gun Front lost income.", "lost", {"actor": [GUN], "target": [("income", M.RESOURCE)]}, (Item.MONEY, -1, None)),
    (E.LOSE, "Gun Front is losing ground.", "losing ground", {"actor": [GUN]}, (Item.TERRITORY, -1, None)),
    (E.GAIN, "Gun Front's strength is put at 900.", "strength", {"actor": [GUN]}, None),
    (E.RECRUIT, "Sun League trained Gun Front.", "trained", {"actor": [SUN], "target": [GUN]}, None),
    (E.GAIN, "Gun Front grew.", "grew", {"actor": [GUN]}, (Item.STRENGTH, 1, None)),
    (E.SUPPORT, "Gun Front was given cash.", "given", {"target": [GUN], "instrument": [("cash", M.RESOURCE)]}, (Item.MONEY, 1, None)),
    (E.SUPPORT, "Test Army supports Gun Front.", "supports", {"actor": [ARMY], "target": [GUN]}, (Item.STRENGTH, 1, None)),
    (E.SUPPORT, "Test Army funds Gun Front.", "funds", {"actor": [ARMY], "target": [GUN]}, (Item.MONEY, 1, None)),
    (E.ABUSE, "Gun Front taxed traders.", "taxed", {"actor": [GUN], "target": ["traders"]}, (Item.MONEY, 1, None)),
    (E.ABUSE, "Gun Front beat traders.", "beat", {"actor": [GUN], "target": ["traders"]}, None),
    (E.LEAVE, "Gun Front left the pact.", "left", {"actor": [GUN]}, None),
]  # fmt: skip


@pytest.mark.parametrize(("type", "sentence", "trigger", "roles", "wanted"), LEDGER, ids=[each[1] for each in LEDGER])
def test_what_is_gained_and_lost(press, type, sentence, trigger, roles, wanted):
    press.say(sentence, type, trigger, **roles)
    made = [(e.item, e.sign, e.count.best if e.count else None) for e in press.sheet().ledger]
    assert made == ([wanted] if wanted else [])


def test_losses_of_several_kinds_in_one_statement_are_as_many_entries(press):
    lost = [("40 men", M.PEOPLE), ("land", M.PLACE), ("cash", M.RESOURCE), ("most of its income", M.RESOURCE), ("prestige", M.RESOURCE)]
    press.say("Gun Front lost 40 men, land, cash, most of its income and prestige.", E.LOSE, "lost", actor=[GUN], target=lost)
    made = {e.item: (e.sign, e.what, e.count.best if e.count else None) for e in press.sheet().ledger}
    assert made == {
        Item.FIGHTERS: (-1, "40 men", 40),
        Item.TERRITORY: (-1, "land", None),
        Item.MONEY: (-1, "cash, most of its income", None),
        Item.PRESTIGE: (-1, "prestige", None),
    }


@pytest.mark.parametrize("more", [{"negated": True}, {"certainty": Certainty.FUTURE}, {"certainty": Certainty.HYPOTHETICAL}])
def test_what_did_not_happen_is_in_no_ledger(press, more):
    press.say("30 men joined Gun Front.", E.JOIN, "joined", actor=["30 men"], target=[GUN], **more)
    assert press.sheet().ledger == ()
    assert press.sheet().flows == ()


def test_a_leader_killed_is_a_leader_lost_also_where_the_group_is_not_named(press):
    press.say("Adam Amsa leads Gun Front.", E.LEAD, "leads", actor=[ADAM], target=[GUN])
    press.say("Test Army killed Adam Amsa.", E.KILL, "killed", actor=[ARMY], target=[ADAM], on="2019-05-05")
    (entry,) = press.sheet().ledger
    assert (entry.item, entry.sign, entry.what, entry.other.id) == (Item.LEADERS, -1, "Adam Amsa", "army")
    assert entry.grounds.statements[0] in press.sheet().sentences


def test_every_rule_has_a_name_and_a_meaning_and_signs_agree():
    assert all(rule.name and rule.means and rule.sign in (1, -1) for rule in RULES)
    assert len({(rule.name, rule.sign) for rule in RULES}) == len({rule.name for rule in RULES})


def test_flows_lead_from_one_group_to_another(press):
    press.say("40 men of Sun League joined Gun Front.", E.JOIN, "joined", actor=["40 men"], origin=[SUN], target=[GUN], on="2019-01-01")
    press.say("Sun League recruited Gun Front fighters.", E.RECRUIT, "recruited", actor=[SUN], target=[("Gun Front fighters", GUN)])
    press.say("9 men left Gun Front.", E.LEAVE, "left", actor=["9 men"], target=[GUN])
    press.say("Gun Front left.", E.LEAVE, "left", actor=[GUN])  # no people of it, but all of it
    press.say("Sun League trained Gun Front fighters.", E.RECRUIT, "trained", actor=[SUN], target=[("Gun Front fighters", GUN)])
    press.say("Gun Front members joined soon after.", E.JOIN, "joined", actor=[("Gun Front members", GUN)])  # it, most likely
    ends = {(f.kind, f.source and f.source.id, f.target and f.target.id, f.count and f.count.best) for f in press.sheet().flows}
    assert ends == {("joined", "sun", "gun", 40), ("recruited", "gun", "sun", None), ("left", "gun", None, 9)}


# Activity


def test_copies_do_not_count_and_tolls_add_up(press):
    for source in ("Paper A", "Paper B"):
        press.say(
            "Gun Front killed 12 soldiers in Talara on Tuesday.", E.KILL, "killed", actor=[GUN], target=[("12 soldiers", M.FORCE)],
            on="2019-01-01", location=TOWN, count=Count(12, 12, 12), source=source,
        )  # fmt: skip
    press.say("Gun Front attacked Kor.", E.ATTACK, "attacked", actor=[GUN], target=[("Kor", M.PLACE)], on="2019-01-20")
    press.say("Gun Front attacked Mez.", E.ATTACK, "attacked", actor=[GUN], target=[("Mez", M.PLACE)], on="2019-01-20/2019-03-01")
    press.say("Test Army attacked Gun Front.", E.ATTACK, "attacked", actor=[ARMY], target=[GUN])
    rows = [(a.period, a.kind, a.side, a.records, a.killed.best if a.killed else None) for a in press.sheet().activity]
    assert rows == [
        ("2019", "attack", "by", 1, None),
        ("2019-01", "attack", "by", 1, None),
        ("2019-01", "kill", "by", 1, 12),
        ("undated", "attack", "to", 1, None),
    ]


def test_a_whole_and_its_parts_are_not_counted_twice(press):
    press.say("Gun Front killed people in Talara.", E.KILL, "killed", actor=[GUN], target=[("people", M.PEOPLE)], on="2019-01-01")
    (record,) = {part.record for part in press.case().parts}
    parts = tuple(Toll("killed", side, count, count, count, ()) for side, count in (("", 15), ("civilians", 3), ("forces", 9)))
    assert casualties((dataclasses.replace(record, tolls=parts),), "killed") == Count(12, 15, 15)
    assert casualties((dataclasses.replace(record, tolls=parts[1:]),) * 2, "killed") == Count(24, 24, 24)
    assert casualties((record,), "killed") is None


# What it says, what is expected


def test_claims_denials_threats_and_what_it_tells(press):
    press.say("Gun Front claimed the attack.", E.CLAIM, "claimed", actor=[GUN])
    press.say("Gun Front denied the raid.", E.CLAIM, "denied", actor=[GUN], negated=True)
    press.say("Gun Front threatened Sun League.", E.THREATEN, "threatened", actor=[GUN], target=[SUN])
    press.say("Test Army lost men, Gun Front said.", E.LOSE, "lost", actor=[ARMY], speaker=GUN)
    found = press.sheet()
    assert sorted(x.kind for x in found.says) == ["account", "claim", "denial", "threat"]
    assert [p.id for x in found.says if x.kind == "threat" for p in x.to] == ["sun"]


def expect(press):
    roles = {"actor": [GUN], "target": [SUN], "certainty": Certainty.FUTURE, "speaker": ("An analyst", M.PERSON)}
    return press.say("An analyst said Gun Front will attack Sun League.", E.ATTACK, "attack", published="2020-01-01", **roles)


@pytest.mark.parametrize(
    ("type", "target", "on", "negated", "outcome"),
    [
        (E.BOMBING, SUN, "2020-02-02", False, Outcome.BORNE_OUT),
        (E.ATTACK, SUN, "2020-02-02", True, Outcome.DENIED),
        (E.ATTACK, SUN, "2019-02-02", False, Outcome.OPEN),  # before it was expected
        (E.ATTACK, SUN, None, False, Outcome.OPEN),  # nobody knows when
        (E.ATTACK, ARMY, "2020-02-02", False, Outcome.OPEN),  # another
        (E.ALLY, SUN, "2020-02-02", False, Outcome.OPEN),  # something else
    ],
)
def test_what_came_of_what_was_expected(press, type, target, on, negated, outcome):
    expect(press)
    name = target[1]
    press.say(f"Gun Front hit {name}.", type, "hit", actor=[GUN], target=[target], on=on, negated=negated, published="2020-03-01")
    (found,) = [x for x in press.sheet().expected if x.kind == "attack"]
    assert found.outcome is outcome
    assert bool(found.by) == (outcome is not Outcome.OPEN)
    assert set(found.by) <= {r.id for r in press.case().records}


def test_an_expectation_says_whose_it_is_and_on_a_day_is_only_what_was_said_by_then(press):
    expect(press)
    press.say("Gun Front hit Sun League.", E.ATTACK, "hit", actor=[GUN], target=[SUN], on="2020-02-02", published="2020-03-01")
    (found,) = press.sheet().expected
    assert (found.speaker, found.certainty, found.outcome) == ("An analyst", Certainty.FUTURE, Outcome.BORNE_OUT)
    assert press.sheet(as_of=day("2020-01-15")).expected[0].outcome is Outcome.OPEN
    assert press.sheet(as_of=day("2019-12-31")).expected == ()


def test_a_group_that_is_not_in_the_catalogue_goes_by_its_folded_name(press):
    press.say("Adam Amsa leads Zed Band.", E.LEAD, "leads", actor=[ADAM], target=[("Zed Band", M.GROUP)])
    case = press.case()
    found = sheet(Case(Subject("the zed band"), (*case.records, *case.also), case.statements))
    assert [x.person.id for x in found.leaders] == ["adam"]


def test_a_limit_cuts_values_and_their_sentences_but_not_the_totals(press):
    for person in (ADAM, BEN):
        press.say(f"{person[1]} leads Gun Front.", E.LEAD, "leads", actor=[person], target=[GUN])
    found = sheet(press.case(), limit=1)
    assert (len(found.leaders), found.totals["leaders"], len(found.sentences)) == (1, 2, 1)
