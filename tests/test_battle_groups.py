"""What the parts of a case speak of: gathered once for all days, and anew only where a record changed."""

import dataclasses
import datetime as dt

import pytest

from orbat.battle import sheet
from orbat.battle.bonds import opponents
from orbat.battle.case import Case
from orbat.battle.groups import Groups
from orbat.queries.naming import naming, naming_among
from orbat.store import Store
from orbat.tables import fillers
from orbat.types import EventType as E
from tests.test_battle_parts import ARMY, GUN, Press

DAYS = (None, dt.date(2018, 6, 1), dt.date(2019, 6, 1), dt.date(2030, 1, 1))
SUN = ("sun", "Sun Party", "group")


@pytest.fixture
def press():
    found = Press()
    found.say("Gun Front attacked Test Army.", E.ATTACK, "attacked", actor=[GUN], target=[ARMY], on="2018-03-01")
    found.say("Test Army attacked Gun Front.", E.ATTACK, "attacked", actor=[ARMY], target=[GUN], on="2019-03-01")
    found.say("Gun Front attacked Sun Party.", E.ATTACK, "attacked", actor=[GUN], target=[SUN], on="2018-04-01")
    found.say("Gun Front killed Test Army men.", E.KILL, "killed", actor=[GUN], target=[ARMY])
    found.say("Gun Front is allied with Sun Party.", E.ALLY, "allied", actor=[GUN], target=[SUN], on="2018-05-01")
    return found


def test_the_days_that_were_asked_for_before_change_nothing(press):
    for order in (DAYS, DAYS[::-1], DAYS * 2):
        case = press.case()
        for day in order:
            assert sheet(case.on(day)) == sheet(press.case(as_of=day))
    assert [o.records for o in opponents(press.case().on(DAYS[1]))] == [1, 1]
    assert {o.party.name: o.records for o in opponents(press.case())} == {"Test Army": 3, "Sun Party": 1}


def test_values_are_shared_between_days_and_loads_where_their_parts_are_the_same(press):
    before = press.case()
    army, sun = opponents(before)
    assert opponents(before.on(DAYS[3]))[-1] is sun  # of the army a killing has no day
    assert opponents(before.on(DAYS[3]))[0] is opponents(before.on(dt.date(2031, 1, 1)))[0]
    press.say("Test Army bombed Gun Front.", E.BOMBING, "bombed", actor=[ARMY], target=[GUN], on="2020-01-01")
    known = {record.id: record for record in before.records}
    loaded = press.case()
    same = tuple(known[r.id] if known.get(r.id) == r else r for r in loaded.records)  # as a store gives what it has at hand
    after = dataclasses.replace(loaded, records=same).after(before)
    assert [o.records for o in opponents(after)] == [4, 1]
    assert opponents(after)[1] is sun
    assert opponents(before)[0] is army


def test_what_changed_is_gathered_as_though_all_was_gathered_anew(press):
    press.say("Gun Front said it attacked Sun Party.", E.CLAIM, "said", actor=[GUN], target=[SUN], on="2019-01-01")
    whole = press.case()
    sheet(whole)
    records = whole.records
    for gone in range(len(records)):  # a record comes, goes, or says something else
        left = dataclasses.replace(whole, records=records[:gone] + records[gone + 1 :], _once={}, _groups={})
        less = left.after(whole)
        assert_anew(less, left)
        assert_anew(dataclasses.replace(whole, _once={}, _groups={}).after(less), whole)
        other = (*records[:gone], dataclasses.replace(records[gone], start=None, end=None), *records[gone + 1 :])
        changed = dataclasses.replace(whole, records=other, _once={}, _groups={})
        assert_anew(changed.after(whole), changed)


def assert_anew(case: Case, as_if: Case) -> None:
    assert case._groups
    for groups in case._groups.values():
        fresh = Groups.of(groups.gather, case.subject, as_if.runs.values(), told=groups.told)
        assert list(groups.by_key) == list(fresh.by_key)
        for key, group in groups.by_key.items():
            assert (group.parts, group.place) == (fresh.by_key[key].parts, fresh.by_key[key].place)
    for day in DAYS:
        assert sheet(case.on(day)) == sheet(dataclasses.replace(as_if, as_of=day, _once={}, _groups={}))


def test_who_names_a_party_is_the_same_among_some_statements(press, tmp_path):
    with Store.open(tmp_path / "some.db") as store:
        for document in press.documents:
            store.append(document, [s for s in press.statements if s.document.id == document.id], model="by hand")
        with store.reading() as connection:
            keys = sorted(set(connection.scalars(fillers.select().with_only_columns(fillers.c.statement))))
            for name, ids in (("Gun Front", {"gun"}), ("Test Army", {"army"}), ("test army", ()), ("Nobody", ())):
                for roles in (("actor",), ("actor", "target")):
                    meant = set(connection.scalars(naming(name, ids, fillers.c.statement).where(fillers.c.role.in_(roles))))
                    assert naming_among(connection, keys, name, ids, roles=roles) == meant
                    assert naming_among(connection, keys[:2], name, ids, roles=roles) == meant & {*keys[:2]}
            assert naming_among(connection, keys, "Test Army", {"army"}, roles=("actor",))
