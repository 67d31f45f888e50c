"""From statements to a record: what agrees, what is disputed, tolls, status, credibility, terms of relations, judgements."""

import dataclasses
import datetime as dt

import pytest

from orbat.corroborate import Context, DocumentFacts, Judged, build, ended, record, record_id
from orbat.recordtypes import Judgement, Record, RecordField, RecordKind, RecordStatus, Verdict
from orbat.types import Certainty, EventType, MentionType, Statement
from tests.recordparts import group, people, said

E = EventType
NOON = dt.datetime(2020, 6, 1, 12, tzinfo=dt.UTC)
DAY = "2020-05-05"


def made(*statements: Statement, context: Context | None = None, judgements: tuple[Judgement, ...] = ()) -> Record:
    """The record of some statements, taken for one group."""
    return record("r1", statements, context or Context(), Judged.of(judgements))


def field(found: Record, name: str) -> RecordField:
    return next(f for f in (found.actors, found.targets, *found.fields) if f.name == name)


def copies(*documents: str) -> Context:
    return Context({d: DocumentFacts(d, documents[0], f"Paper {d}", "", dt.date(2020, 5, 6)) for d in documents})


def raid(document: str, **more: object) -> Statement:
    return said(E.ATTACK, document, **{"actor": "Red Army", "place": "Tala", "day": DAY, **more})  # type: ignore[arg-type]


def dead(document: str, count: object, **more: object) -> Statement:
    return said(E.KILL, document, **{"target": people("villagers"), "place": "Tala", "day": DAY, "count": count, **more})  # type: ignore[arg-type]


# Status and credibility


def test_copies_confirm_nothing() -> None:
    ten = [raid(f"d{n}") for n in range(10)]
    alone, reprinted, apart = made(ten[0]), made(*ten, context=copies(*(f"d{n}" for n in range(10)))), made(*ten)
    assert (alone.status, alone.credibility, alone.independent) == (RecordStatus.SINGLE_SOURCE, 3, 1)
    assert (reprinted.status, reprinted.credibility, reprinted.independent) == (RecordStatus.SINGLE_SOURCE, 3, 1)
    assert (apart.status, apart.credibility, apart.independent) == (RecordStatus.CORROBORATED, 1, 10)
    assert len(reprinted.documents) == 10
    assert len(reprinted.origins) == 1


def test_a_copied_sentence_confirms_nothing() -> None:
    words = "Gunmen raided the market of the town at dawn on Tuesday and burned forty stalls, the shopkeepers' union said."
    assert made(raid("d1", sentence=words), raid("d2", sentence=words)).status is RecordStatus.SINGLE_SOURCE


def test_one_article_quoting_one_speaker_is_a_single_source() -> None:
    found = made(raid("d1", at=1), raid("d1", speaker="police", at=2))
    assert (found.status, found.independent) == (RecordStatus.SINGLE_SOURCE, 1)
    assert [o.id for o in found.origins] == ["speaker:d1:police", "publisher:paper d1"]
    two = made(raid("d1", speaker="residents", at=1), raid("d1", speaker="police", at=2))
    assert (two.status, two.independent) == (RecordStatus.CORROBORATED, 2)


def test_denials() -> None:
    red, blue, green = (group(name) for name in ("Red Army", "Blue Front", "Green Guard"))
    yes, no = raid("d1", speaker=blue), raid("d2", speaker=red, negated=True)
    disputed = made(yes, raid("d3", speaker=green), no)
    assert (disputed.status, disputed.denials) == (RecordStatus.DISPUTED, ("speaker:red-army",))
    assert disputed.credibility == 2
    assert made(yes, no).credibility == 4
    denied = made(yes, no, raid("d3", speaker=green, negated=True))
    assert (denied.status, denied.credibility) == (RecordStatus.DENIED, 5)


def test_that_nobody_was_hurt_denies_nothing() -> None:
    found = made(raid("d1"), said(E.INJURE, "d2", negated=True), said(E.CLAIM, "d3", negated=True))
    assert found.denials == ()
    assert found.status is not RecordStatus.DISPUTED


@pytest.mark.parametrize(
    ("certainties", "credibility", "certainty"),
    [
        ([Certainty.FACT], 3, Certainty.FACT),
        ([Certainty.LIKELY], 4, Certainty.LIKELY),
        ([Certainty.FACT, Certainty.FACT], 1, Certainty.FACT),
        ([Certainty.FACT, Certainty.LIKELY], 2, Certainty.FACT),
        ([Certainty.POSSIBLE, Certainty.LIKELY], 2, Certainty.LIKELY),
        ([Certainty.FUTURE, Certainty.HYPOTHETICAL], 6, Certainty.FUTURE),
        ([Certainty.FACT, Certainty.FUTURE], 3, Certainty.FACT),
    ],
)
def test_credibility_comes_from_independent_origins(certainties: list[Certainty], credibility: int, certainty: Certainty) -> None:
    found = made(*(raid(f"d{n}", certainty=c) for n, c in enumerate(certainties)))
    assert (found.credibility, found.certainty) == (credibility, certainty)


# Fields


def test_nobody_is_no_value() -> None:
    silent = said(E.CLAIM, "d1", negated=True, trigger="claimed", at=1)
    nobody = dataclasses.replace(silent, actor=(people("No group"),))
    found = made(raid("d1"), nobody)
    assert [value.text for value in found.actors.values] == ["Red Army"]
    assert found.status is RecordStatus.SINGLE_SOURCE


def test_values_stand_side_by_side_the_best_borne_out_first() -> None:
    found = made(raid("d1"), raid("d2"), raid("d3", actor="Blue Front"))
    assert [(v.key, v.origins) for v in found.actors.values] == [
        ("red-army", ("publisher:paper d1", "publisher:paper d2")),
        ("blue-front", ("publisher:paper d3",)),
    ]
    assert not found.actors.disputed
    assert found.actors.values[0].entity is not None


def test_pronouns_are_no_values() -> None:
    they = dataclasses.replace(raid("d1"), actor=(people("They", MentionType.GROUP),))
    assert made(they).actors.values == ()


def test_another_day_or_town_is_a_dispute_and_a_province_is_none() -> None:
    day = made(raid("d1"), raid("d2", day="2020-05-06"))
    assert field(day, "date").disputed
    assert day.status is RecordStatus.DISPUTED
    assert not field(made(raid("d1"), raid("d2", day="2020-05-04/2020-05-06")), "date").disputed
    place = made(raid("d1"), raid("d2", place="North"), raid("d3", place="Talara"))
    assert not field(place, "place").disputed
    assert field(made(raid("d1"), raid("d2", place="Baroum")), "place").disputed
    assert place.location is not None
    assert place.location.name == "Tala"


def test_the_days_that_most_can_agree_on() -> None:
    found = made(raid("d1", day="2020-05-04/2020-05-06"), raid("d2"), raid("d3", day="2020-05-01/2020-05-31"))
    assert (found.start, found.end, found.date_prec) == (dt.date(2020, 5, 5), dt.date(2020, 5, 5), 1)
    claimed = made(raid("d1"), said(E.CLAIM, "d1", actor="Red Army", day="2020-05-08"))
    assert (claimed.start, claimed.end) == (dt.date(2020, 5, 5), dt.date(2020, 5, 5))
    undated = made(raid("d1", day=""))
    assert (undated.start, undated.end, undated.date_prec) == (None, None, None)


def test_a_denied_part_is_disputed() -> None:
    found = made(raid("d1"), said(E.CLAIM, "d2", actor="Red Army", speaker=group("Red Army"), negated=True))
    assert found.actors.disputed
    assert found.status is RecordStatus.DISPUTED


# Tolls


def test_low_best_and_high_and_who_says_so() -> None:
    army = dead("d1", 7, speaker=group("State Army"), published="2020-05-06")
    reprint = dead("d2", 7, speaker=group("State Army"), published="2020-05-07")
    hospital = dead("d3", 11, speaker="hospital", published="2020-05-08")
    (toll,) = made(army, reprint, hospital).tolls
    assert (toll.kind, toll.side, toll.low, toll.best, toll.high) == ("killed", "civilians", 7, 11, 11)
    assert {s.key: s.origins for s in toll.said} == {"7": ("speaker:state-army",), "11": ("speaker:d3:hospital",)}
    assert made(army, reprint, hospital).status is RecordStatus.CORROBORATED, "a later, higher toll is news"
    (toll,) = made(army, dead("d4", 7), hospital).tolls
    assert toll.best == 7, "most independent origins come before the latest"


def test_tolls_that_cannot_both_hold() -> None:
    one, two = dead("d1", 9, speaker=group("State Army")), dead("d2", 61, speaker=group("Red Army"))
    assert made(one, two).status is RecordStatus.DISPUTED
    assert made(one, dead("d2", (5, 8, 10))).status is RecordStatus.CORROBORATED
    lower = dead("d2", 5, speaker=group("Red Army"), published="2020-05-09")
    assert made(one, lower).status is RecordStatus.DISPUTED
    assert made(one, dataclasses.replace(two, attribution=one.attribution)).status is RecordStatus.SINGLE_SOURCE, "one speaker's own update"


def test_parts_are_no_totals() -> None:
    found = made(dead("d1", 12, speaker="police"), dead("d1", 3, at=1, speaker="police", target=people("three children")))
    assert [(t.low, t.best, t.high) for t in found.tolls] == [(12, 12, 12)]
    more = made(dead("d1", 11, speaker="medics"), dead("d1", 4, at=1, speaker="police", target=people("four more villagers")))
    assert [(t.low, t.best, t.high) for t in more.tolls] == [(11, 11, 11)]
    alone = made(dead("d1", 4, target=people("four more villagers")))
    assert [(t.low, t.best, t.high) for t in alone.tolls] == [(4, 4, 4)]


def test_sides() -> None:
    civil = dead("d1", 3)
    army = dead("d1", 5, at=1, target=group("State Army", kind=MentionType.FORCE))
    soldiers = dead("d2", 6, target=people("six soldiers", MentionType.FORCE))
    bodies = dead("d3", 14, target=people("bodies"))
    found = made(civil, army, soldiers, bodies)
    assert {t.side: (t.low, t.best, t.high) for t in found.tolls} == {"": (14, 14, 14), "civilians": (3, 3, 3), "state-army": (5, 5, 6)}
    total = found.total("killed")
    assert total is not None
    assert (total.low, total.best, total.high) == (8, 14, 14)
    assert made(civil, army).total("killed").best == 8  # type: ignore[union-attr]
    assert found.total("injured") is None


def test_figures_without_a_side_are_of_the_one_side_that_is_told() -> None:
    soldiers = people("soldiers", MentionType.FORCE)
    (one,) = made(dead("d1", 7, target=soldiers, speaker="army"), dead("d2", 11, target=people("people"), speaker="a doctor")).tolls
    assert (one.side, one.low, one.high) == ("forces", 7, 11)
    both = made(
        dead("d1", 3, target=soldiers, speaker="police", at=1), dead("d1", 10, target=people("people"), speaker="police", at=2)
    ).tolls
    assert [(t.side, t.best) for t in both] == [("", 10), ("forces", 3)], "ten people, three of them soldiers"


def test_figures_that_add_several_up_are_of_no_one_side() -> None:
    army = dead("d1", 4, target=group("State Army", kind=MentionType.FORCE), speaker="army")
    both = dataclasses.replace(dead("d2", 8, speaker="a doctor"), target=(people("four of the Talans"), people("at least four Barounis")))
    found = made(army, both)
    assert {t.side: t.best for t in found.tolls} == {"state-army": 4, "": 8}
    assert found.status is RecordStatus.CORROBORATED
    assert [(t.kind, t.best) for t in found.totals()] == [("killed", 8)], "the four may be among the eight"
    assert made(army, dead("d2", 8, target=people("people"), speaker="a doctor")).status is RecordStatus.DISPUTED


def test_what_a_publisher_counts_beyond_its_speakers_is_its_own_figure() -> None:
    police = dead("d1", 8, speaker="police", at=1)
    (more,) = made(police, dead("d1", 23, at=2)).tolls
    (same,) = made(police, dead("d1", 5, at=2)).tolls
    assert (more.low, more.high) == (8, 23)
    assert (same.low, same.high) == (8, 8), "five of the eight"


def test_who_says_that_it_was_not_them_disputes_who_did_it() -> None:
    accused = said(E.ACCUSE, "d1", actor="Green Guard", target="Red Army", at=1)
    denied = said(E.CLAIM, "d1", actor="Red Army", negated=True, trigger="denied", at=2)
    silent = said(E.CLAIM, "d1", actor="Red Army", negated=True, trigger="claimed", at=2)
    assert made(raid("d1"), accused, denied).status is RecordStatus.DISPUTED
    assert made(raid("d1"), accused, silent).status is RecordStatus.SINGLE_SOURCE


def test_what_is_denied_or_to_come_is_not_counted() -> None:
    assert made(dead("d1", 3, negated=True), dead("d1", 9, at=1, certainty=Certainty.FUTURE)).tolls == ()


# Relations


def pledge(document: str, **more: object) -> Statement:
    return said(E.ALLY, document, **{"actor": "Red Army", "target": "Blue Front", "trigger": "pledged", **more})  # type: ignore[arg-type]


def test_a_pledge_begins_and_a_split_ends_an_alliance() -> None:
    split = said(E.SPLIT, "d2", actor="Blue Front", target="Red Army", day="2020-06-10", trigger="broke")
    found = made(pledge("d1", day="2019-03-02"), pledge("d3", trigger="allies", day="2020-01-01"), split)
    assert (found.kind, found.type) == (RecordKind.RELATION, E.ALLY)
    assert (found.start, found.end) == (dt.date(2019, 3, 2), dt.date(2020, 6, 10))
    assert {f.name: [v.key for v in f.values] for f in found.fields} == {
        "start": ["2019-03-02"],
        "end": ["2020-06-10"],
        "seen": ["2020-01-01"],
    }
    assert field(found, "end").values[0].statements == (split.id,)
    assert made(pledge("d1", day="2019-03-02")).end is None


def test_a_relation_that_is_only_seen_begins_when_it_is_first_seen() -> None:
    found = made(pledge("d1", trigger="allies", day="2020-01-01"), pledge("d2", trigger="allied", day="2019-01-01/2019-12-31"))
    assert (found.start, found.end, found.date_prec) == (dt.date(2019, 1, 1), None, 5)


def test_a_negated_relation_ends() -> None:
    lead = said(E.LEAD, "d1", actor="Musa Ali", target="Red Army", day="2015-01-01", trigger="named")
    over = said(E.LEAD, "d2", actor="Musa Ali", target="Red Army", day="2020-05-01", trigger="leads", negated=True)
    assert made(lead, over).end == dt.date(2020, 5, 1)
    assert made(said(E.LEAD, "d2", actor="Musa Ali", target="Red Army", day="2020-05-01", trigger="former leader")).end == dt.date(
        2020, 5, 1
    )


def test_a_term_ends_where_another_leads_or_the_leader_falls() -> None:
    def leads(name: str, day: str) -> Statement:
        return said(E.LEAD, f"d-{name}", actor=name, target="Red Army", day=day, trigger="named")

    killed = said(E.KILL, "d8", target=group("Musa Ali", kind=MentionType.PERSON), day="2018-07-01", place="Tala")
    records = build([leads("Musa Ali", "2015-01-01"), leads("Omar Sani", "2018-09-01"), killed], Context())
    musa = next(r for r in records if r.actors.values and r.actors.values[0].key == "musa-ali")
    assert musa.end is None
    found = ended(musa, records)
    assert found.end == dt.date(2018, 7, 1)
    assert [(v.key, v.text, v.statements) for v in field(found, "end").values] == [
        ("2018-07-01", "killed or taken", (killed.id,)),
        ("2018-09-01", "another leads", (leads("Omar Sani", "2018-09-01").id,)),
    ]
    omar = next(r for r in records if r.actors.values and r.actors.values[0].key == "omar-sani")
    assert ended(omar, records) == omar
    event = next(r for r in records if r.kind is RecordKind.EVENT)
    assert ended(event, records) == event


# Time and judgements


def test_what_is_denied_or_of_another_office_ends_no_term() -> None:
    def leads(name: str, day: str) -> Record:
        return made(said(E.LEAD, f"d-{name}", actor=name, target="Red Army", day=day, trigger="named"))

    musa, other = leads("Musa Ali", "2015-01-01"), dataclasses.replace(leads("Omar Sani", "2018-09-01"), id="r2")
    killed = dataclasses.replace(made(said(E.KILL, "d8", target=group("Musa Ali", kind=MentionType.PERSON), day="2018-07-01")), id="r3")
    denied, disputed = (dataclasses.replace(killed, status=status) for status in (RecordStatus.DENIED, RecordStatus.DISPUTED))
    assert ended(musa, [killed, other]).end == dt.date(2018, 7, 1)
    assert ended(musa, [denied]).end is None
    assert ended(musa, [disputed]).end == dt.date(2018, 7, 1)
    assert ended(musa, [disputed, other]).end == dt.date(2018, 9, 1)
    assert ended(musa, [other], heads={musa.id}).end is None
    assert ended(musa, [other], heads={other.id}).end is None
    assert ended(musa, [other], heads={musa.id, other.id}).end == dt.date(2018, 9, 1)


def test_when_it_was_learned() -> None:
    at = [NOON + dt.timedelta(days=n) for n in range(3)]
    context = Context({f"d{n}": DocumentFacts(f"d{n}", f"d{n}", f"Paper {n}", learned_at=at[n]) for n in range(3)})
    found = made(raid("d2"), raid("d0"), raid("d1"), context=context)
    assert (found.learned_first, found.learned_last) == (at[0], at[2])
    assert made(raid("d9"), context=context).learned_first is None


def test_a_correction_puts_its_value_first_and_keeps_what_was_said() -> None:
    one, two = raid("d1"), raid("d2", day="2020-05-06")

    def correct(name: str, value: str, about: str) -> Judgement:
        return Judgement(f"j-{name}", Verdict.CORRECT, about, "", name, value, "an analyst", NOON)

    found = made(one, two, judgements=(correct("date", "2020-05-06", one.id),))
    date = field(found, "date")
    assert (date.judged, date.disputed, [v.key for v in date.values]) == ("j-date", False, ["2020-05-06", "2020-05-05"])
    assert (found.start, found.status) == (dt.date(2020, 5, 6), RecordStatus.CORROBORATED)
    other = record(record_id(one.id), [one, two], Context(), Judged.of([correct("actors", "Green Guard", record_id(one.id))]))
    assert [v.key for v in other.actors.values] == ["Green Guard", "red-army"]
    assert other.actors.values[0].statements == ()
    toll = made(dead("d1", 9), dead("d2", 61), judgements=(correct("killed", "38", dead("d1", 9).id),)).tolls[0]
    assert (toll.low, toll.best, toll.high) == (9, 38, 61)


def test_the_type_that_defines_a_record() -> None:
    assert made(said(E.KILL, "d1"), said(E.KILL, "d2"), raid("d3")).type is E.ATTACK
    assert made(said(E.KILL, "d1")).type is E.KILL
    found = made(said(E.KILL, "d1"), said(E.BOMBING, "d2"), said(E.INJURE, "d3"))
    assert found.type is E.BOMBING
    assert found.types == (E.BOMBING, E.KILL, E.INJURE)


# What a record is called, and where it lies


def test_what_was_done_names_a_record_before_what_came_of_it_and_what_is_said_of_it() -> None:
    blamed = [said(E.ACCUSE, f"d{n}", actor="Army", at=2) for n in range(3)]
    assert made(dead("d1", 4), *blamed).type is E.KILL
    assert made(raid("d1"), dead("d2", 4), dead("d3", 4), *blamed).type is E.ATTACK
    assert made(*blamed).type is E.ACCUSE
    freed = [said(E.RELEASE, f"d{n}", target=people("40 hostages"), count=40) for n in (1, 2, 3)]
    assert made(raid("d1"), *freed).type is E.ATTACK
    assert made(dead("d1", 4), *freed[:1]).type is E.KILL
    assert made(*freed).type is E.RELEASE


def test_a_record_lies_where_most_statements_say_if_as_many_origins_say_other() -> None:
    elsewhere = dead("d1", 2, place="Baroum", at=3)
    found = made(raid("d1"), dead("d1", 2, at=1), elsewhere)
    assert found.location is not None
    assert found.location.name == "Tala"
