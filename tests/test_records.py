"""Grouping: what is one record, whatever the order of reading, all at once or a document at a time."""

import dataclasses
import datetime as dt
import random
from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orbat.corroborate import Context, Judged, assign_ids, build, inside, match, record_id, regroup, weave
from orbat.corroborate.blocks import block_keys, end_keys, meeting
from orbat.corroborate.cluster import agglomerate
from orbat.corroborate.happenings import Happening, happening
from orbat.corroborate.matters import Matter, matter_of
from orbat.corroborate.records import NONE, cut
from orbat.recordtypes import Change, Judgement, RecordKind, Verdict
from orbat.types import Certainty, EventType, Filler, MentionType, Quote, Span, Statement
from tests import war
from tests.memoryweb import MemoryWeb
from tests.recordparts import after, people, said

E = EventType
NOON = dt.datetime(2020, 6, 1, 12, tzinfo=dt.UTC)


def unrelated(one: str, two: str) -> bool:
    return False


def groups(*statements: Statement, judgements: Iterable[Judgement] = (), related=unrelated) -> list[set[str]]:  # type: ignore[no-untyped-def]
    return [set(r.statements) for r in build(statements, Context(related=related), judgements)]


def together(*statements: Statement, **more: object) -> bool:
    return len(groups(*statements, **more)) == 1  # type: ignore[arg-type]


RAID = said(E.ATTACK, "d1", actor="Red Army", place="Tala", day="2020-05-05")


@pytest.mark.parametrize(
    "other",
    [
        said(E.KILL, "d1", place="Tala", day="2020-05-05", count=7),
        said(E.KILL, "d1", count=7, at=1),
        said(E.ATTACK, "d1", at=2),
        said(E.CLAIM, "d1", actor="Red Army", day="2020-05-06", at=3),
        said(E.ATTACK, "d2", actor="Red Army", place="Tala", day="2020-05-05"),
        said(E.KILL, "d2", place="Tala", day="2020-05-05", count=9),
        said(E.ATTACK, "d2", actor="Red Army", place="Tala", day="2020-05-04/2020-05-06"),
        said(E.ATTACK, "d2", actor="Red Army", place="Talara", day="2020-05-05"),
        said(E.ATTACK, "d2", actor="Red Army", place="Tala", published="2020-05-06"),
    ],
    ids=["its dead, same sentence", "its dead, next sentence", "told again", "claimed a day later", "another paper", "only the toll",
         "days that overlap", "11 km off", "no day, but in the news"],
)  # fmt: skip
def test_one_happening(other: Statement) -> None:
    assert together(RAID, other)


@pytest.mark.parametrize(
    "other",
    [
        said(E.ATTACK, "d2", actor="Red Army", place="Tala", day="2020-05-12"),
        said(E.ATTACK, "d2", actor="Red Army", place="Tala", day="2020-05-07"),
        said(E.ATTACK, "d2", actor="Red Army", place="Tala", day="2020-05-06"),
        said(E.ATTACK, "d2", actor="Red Army", place="Baroum", day="2020-05-05"),
        said(E.ATTACK, "d1", actor="Red Army", place="Baroum", day="2020-05-05", at=1),
        said(E.ATTACK, "d1", actor="Red Army", place="Tala", day="2020-05-04", at=1),
        said(E.ARREST, "d1", actor="Red Army", place="Tala", day="2020-05-05", at=1),
        said(E.ATTACK, "d2", actor="Red Army", published="2020-11-01"),
        said(E.ATTACK, "d2", day="2020-05-05"),
        said(E.ATTACK, "d2", place="Tala", actor="Red Army", day="2020-01-01/2020-12-31", published="2021-01-01"),
    ],
    ids=["a week later", "two days later", "the next day", "another town", "another town, one article", "the day before, one article",
         "an arrest", "no day, months later", "nothing but a day", "a year's sum"],
)  # fmt: skip
def test_two_happenings(other: Statement) -> None:
    assert not together(RAID, other)


def test_a_chain_of_days_is_not_one_war() -> None:
    days = [
        said(E.ATTACK, f"d{n}", actor="Red Army", place="Tala", day=f"2020-05-{n + 1:02}", published=f"2020-05-{n + 2:02}")
        for n in range(20)
    ]
    vague = [said(E.ATTACK, f"v{n}", actor="Red Army", place="Tala", published=f"2020-05-{n + 2:02}") for n in range(20)]
    found = groups(*days, *vague)
    dated = {s.id for s in days}
    assert sorted(len(members & dated) for members in found) == [1] * 20


def test_what_an_article_recalls_is_not_what_it_reports() -> None:
    old = said(E.BOMBING, "d1", place="Baroum", day="2019-01-03", at=3)
    dead = said(E.KILL, "d1", place="Baroum", day="2019-01-03", count=40, at=3)
    found = groups(RAID, said(E.KILL, "d1", at=1, count=7), old, dead)
    assert {old.id, dead.id} in found
    assert len(found) == 2


def test_relations() -> None:
    pledge = said(E.ALLY, "d1", actor="Red Army", target="Blue Front", day="2020-03-01", trigger="pledged")
    assert together(pledge, said(E.ALLY, "d2", actor="Blue Front", target="Red Army", trigger="oath"))
    assert together(pledge, said(E.SPLIT, "d2", actor="Blue Front", target="Red Army", day="2021-06-01", trigger="broke"))
    assert not together(pledge, said(E.ALLY, "d2", actor="Red Army", target="Green Guard", trigger="pledged"))
    assert not together(pledge, said(E.SUPPORT, "d2", actor="Red Army", target="Blue Front"))
    lead = said(E.LEAD, "d1", actor="Musa Ali", target="Red Army", day="2010-01-01")
    assert together(lead, said(E.LEAD, "d2", actor="Musa Ali", target="Red Army", day="2020-01-01"))
    assert not together(lead, said(E.LEAD, "d2", actor="Omar Sani", target="Red Army"))
    assert together(lead, said(E.LEAD, "d2", actor="Musa Ali", target="Red Wing"), related=lambda a, b: {a, b} == {"red-army", "red-wing"})
    kinds = {r.kind for r in build([pledge, lead], Context())}
    assert kinds == {RecordKind.RELATION}


def test_who_supports_somebody_is_one_with_another_only_where_their_articles_are_about_the_same() -> None:
    for type in (E.SUPPORT, E.ALLY):
        both, one = said(type, "d1", actor="Red Army", target="Blue Front"), said(type, "d2", actor="", target="Blue Front")
        assert not together(both, one), type
        about = [said(E.ATTACK, each, actor="Green Guard", place="Tala", day="2020-05-05", at=2) for each in ("d1", "d2")]
        found = build([both, one, *about], Context())
        assert any({both.id, one.id} <= set(record.statements) for record in found), type


def test_names_in_other_spellings_are_one_person() -> None:
    def dead(name: str, document: str) -> Statement:
        return said(E.KILL, document, target=people(name, MentionType.PERSON), day="2020-05-05", place="North")

    assert together(dead("Abu Luqman al-Shami", "d1"), dead("Abu Loqman ash-Shami", "d2"))
    assert not together(dead("Abu Luqman al-Shami", "d1"), dead("Musa Ibrahim Sani", "d2"))


def test_a_copied_sentence_brings_together_what_names_nothing() -> None:
    words = "Lorries with beans and oil burned until the next morning on the road south of the market, drivers said."
    assert together(said(E.ABUSE, "d1", sentence=words), said(E.ABUSE, "d2", sentence=words.replace("Lorries", "Trucks")))


def test_sentences_that_share_less_than_copies_do_bring_nothing_together() -> None:
    keys = ("attack:s:x:9", "attack:s:x0:1", "attack:s:x1:2", "attack:t:school@d700")
    assert meeting(keys, {"attack:s:x:9": ["of few words"], "attack:t:school@d700": ["of a school"]}) == {"of few words", "of a school"}
    assert meeting(keys, {"attack:s:x0:1": ["formula", "copy"], "attack:s:x1:2": ["copy", "other formula"]}) == {"copy"}


def test_short_sentences_meet_where_they_are_the_same_to_the_word() -> None:
    def meet(one: str, two: str) -> bool:
        left, right = (happening(said(E.ABUSE, document, sentence=words)) for document, words in (("d1", one), ("d2", two)))
        return bool(meeting(block_keys(left), {key: [right.id] for key in block_keys(right)}))

    assert meet("Three lorries burned.", "Three lorries burned.")
    assert not meet("Three lorries burned.", "Two lorries burned.")


def test_a_score_says_why() -> None:
    one, two = happening(RAID), happening(said(E.KILL, "d2", place="Tala", day="2020-05-05", count=9))
    found = match.explain(one, two, unrelated)
    assert found.score == match.score(one, two, unrelated) > match.SAME
    assert [r.feature for r in found.reasons][:2] == ["days", "place"]
    assert found.reasons[0].text == "Both are of 2020-05-05."
    far = match.explain(one, happening(said(E.ATTACK, "d2", place="Baroum", day="2020-05-05")), unrelated)
    assert far.score == 0
    assert far.conflict == "Tala and Baroum are different towns."


def judgement(verdict: Verdict, left: Statement | str, right: Statement | str = "", **more: object) -> Judgement:
    a, b = (x if isinstance(x, str) else x.id for x in (left, right))
    values = {"field": "", "value": "", "by": "an analyst", "at": NOON} | more
    return Judgement(f"j-{verdict}-{a}-{b}", verdict, a, b, **values)  # type: ignore[arg-type]


def test_judgements_join_part_and_reject() -> None:
    near = said(E.ATTACK, "d2", actor="Red Army", place="Tala", day="2020-05-05")
    far = said(E.ATTACK, "d3", actor="Red Army", place="Baroum", day="2020-05-12")
    assert not together(RAID, far)
    join = judgement(Verdict.JOIN, RAID, far)
    assert together(RAID, near, far, judgements=[join])
    assert together(RAID, far, judgements=[judgement(Verdict.JOIN, record_id(RAID.id), record_id(far.id))])
    part = judgement(Verdict.PART, RAID, near)
    assert {RAID.id} in groups(RAID, near, judgements=[part])
    inside_one = said(E.KILL, "d1", place="Tala", day="2020-05-05", count=7)
    assert not together(RAID, inside_one, judgements=[judgement(Verdict.PART, RAID, inside_one)])
    withdrawn = judgement(Verdict.PART, RAID, near, withdrawn_at=NOON)
    assert together(RAID, near, judgements=[withdrawn])
    later = judgement(Verdict.JOIN, RAID, near, at=NOON + dt.timedelta(1))
    assert together(RAID, near, judgements=[part, later])
    assert groups(RAID, near, judgements=[judgement(Verdict.REJECT, near)]) == [{RAID.id}]
    assert groups(RAID, near, far, judgements=[judgement(Verdict.REJECT, record_id(near.id))]) == [{far.id}]


def test_records_that_are_joined_are_one_whole_with_their_reprints_and_of_whatever_matter() -> None:
    words = "The Red Army backed the Blue Front, which called on the traders of Tala to open their shops."
    told = [
        said(type, document, actor=actor, target="Blue Front", sentence=words)
        for document in ("d1", "d2")
        for type, actor in ((E.SUPPORT, "Red Army"), (E.APPEAL, ""))
    ]
    assert sorted(map(len, groups(*told))) == [2, 2]
    first = [min(group) for group in groups(*told)]
    join = judgement(Verdict.JOIN, record_id(first[0]), record_id(first[1]))
    assert together(*told, judgements=[join])
    kept = judgement(Verdict.PART, told[0], told[1])
    assert len(groups(*told, judgements=[join, kept])) > 1, "what is kept apart is not joined by way of others"


def test_an_adopted_name_is_the_actor() -> None:
    known = said(E.ATTACK, "d1", actor="Red Army", place="North", day="2020-05-05")
    unknown = said(E.ATTACK, "d2", place="North", day="2020-05-05")
    unknown = dataclasses.replace(unknown, actor=(people("Crimson Host", MentionType.GROUP),))
    adopt = judgement(Verdict.ADOPT, "Crimson Host", "", value="red-army")
    assert not together(known, unknown)
    assert together(known, unknown, judgements=[adopt])


def test_two_relations_of_the_same_two_ends_are_one_whatever_else_is_said() -> None:
    never = {"days", "senses", "future"}  # what can speak against a pair of the same two ends: another time, another word, yet to come
    against = sum(abs(match.ENDS_ACROSS[name]) for name in never)
    assert match.ENDS_ACROSS["bias"] + match.ENDS_ACROSS["ends"] > against
    old = said(E.ALLY, "d1", actor="Red Army", target="Blue Front", day="2012-05-04", published="2012-05-06", trigger="pledged")
    new = said(E.SPLIT, "d2", actor="Blue Front", target="Red Army", day="2022-05-04", certainty=Certainty.FUTURE, trigger="broke")
    one, two = happening(old), happening(new)
    assert set(end_keys(one)) == set(end_keys(two)) != set()
    assert match.likely(one, two, unrelated)
    assert together(old, new)
    assert end_keys(happening(RAID)) == ()


# Properties


@st.composite
def corpora(draw: st.DrawFn) -> list[list[Statement]]:
    """A few documents of a few statements about a few groups, towns and days, so that much of it meets."""
    documents = []
    for number in range(draw(st.integers(2, 7))):
        found = []
        for at in range(draw(st.integers(1, 4))):
            type = draw(st.sampled_from([E.ATTACK, E.KILL, E.BOMBING, E.ALLY, E.SPLIT, E.LEAD, E.CLAIM, E.LEAVE]))
            found.append(
                said(
                    type,
                    f"d{number}",
                    actor=draw(st.sampled_from(["", "Red Army", "Blue Front"])),
                    target=draw(st.sampled_from(["", "Green Guard", "Red Army"])),
                    place=draw(st.sampled_from(["", "Tala", "Talara", "Baroum", "North"])),
                    day=draw(st.sampled_from(["", "2020-05-04", "2020-05-05", "2020-05-06", "2020-05-04/2020-05-06"])),
                    count=draw(st.sampled_from([None, 5, 7])),
                    published=draw(st.sampled_from([None, "2020-05-06", "2020-05-08"])),
                    sentence=draw(st.sampled_from(["", "The same words of an agency stand in many papers on this day of the war."])),
                    at=at,
                    negated=draw(st.booleans()),
                    certainty=draw(st.sampled_from([Certainty.FACT, Certainty.FUTURE])),
                )
            )
        documents.append(found)
    return documents


@settings(max_examples=30, deadline=None)
@given(corpora(), st.randoms(use_true_random=False))
def test_order_of_reading_does_not_change_the_records(documents: list[list[Statement]], pick: random.Random) -> None:
    whole = [s for found in documents for s in found]
    shuffled = list(whole)
    pick.shuffle(shuffled)
    assert build(shuffled, Context()) == build(whole, Context())


def read(documents: list[list[Statement]], judged: Judged = NONE) -> dict[str, tuple[Happening, ...]]:
    return {found[0].document.id: inside(found, unrelated, judged) for found in documents}


@settings(max_examples=40, deadline=None)
@given(corpora(), st.randoms(use_true_random=False), st.booleans())
def test_a_document_at_a_time_gives_what_all_at_once_gives(documents: list[list[Statement]], pick: random.Random, joined: bool) -> None:
    whole = [s for found in documents for s in found]
    judgements = [judgement(Verdict.JOIN, whole[0], whole[-1]), judgement(Verdict.PART, whole[0], whole[1])] if joined else []
    judgements = [j for j in judgements if j.left != j.right]
    judged = Judged.of(judgements)
    pick.shuffle(documents)
    web, records = MemoryWeb(), {}
    while documents:
        at = pick.randint(1, 3)
        some, documents = documents[:at], documents[at:]
        result = regroup(weave(read(some, judged), web, unrelated), web, unrelated, judged=judged)
        old = {key: members for key, members in records.items() if not result.documents.keys().isdisjoint(members)}
        assert all(set(members) <= result.documents.keys() for members in old.values()), "a record is regrouped whole"
        new, _ = assign_ids(old, result.groups, at=NOON, taken=records)
        records = {key: members for key, members in records.items() if key not in old} | new
    expected = {r.statements for r in build(whole, Context(), judgements)}
    assert set(records.values()) == expected


@settings(max_examples=40, deadline=None)
@given(corpora(), st.data())
def test_a_document_read_again_or_gone_gives_what_it_never_having_been_there_gives(
    documents: list[list[Statement]], data: st.DataObject
) -> None:
    web = MemoryWeb()
    weave(read(documents), web, unrelated)
    before = {r.statements for r in build([s for found in documents for s in found], Context())}
    gone = data.draw(st.sampled_from(documents))
    left = gone[: data.draw(st.integers(0, len(gone)))]
    result = regroup(weave({gone[0].document.id: inside(left, unrelated)}, web, unrelated), web, unrelated)
    ids = result.documents.keys() | {s.id for s in gone}
    kept = {members for members in before if ids.isdisjoint(members)}
    rest = [s for found in documents for s in found if found is not gone]
    assert kept | set(result.groups) == {r.statements for r in build([*rest, *left], Context())}
    fresh = MemoryWeb()
    weave(read([found for found in documents if found is not gone] + ([left] if left else [])), fresh, unrelated)
    assert names(web) == names(fresh)


def names(web: MemoryWeb) -> set[tuple[frozenset[str], float]]:
    """Ties by the ids of their ends: whatever the order of reading, the web is the same."""
    return {(frozenset((web.knots[tie.one].id, web.knots[tie.two].id)), tie.score) for tie in web.tied}


@settings(max_examples=25, deadline=None)
@given(corpora())
def test_no_record_holds_a_conflict_and_every_statement_is_in_one(documents: list[list[Statement]]) -> None:
    whole = {s.id: s for found in documents for s in found}
    records = build(whole.values(), Context())
    counts = Counter(key for r in records for key in r.statements)
    assert counts == dict.fromkeys(whole, 1)
    for r in records:
        dated = [s for key in r.statements if (s := whole[key]).date is not None and s.type is not E.CLAIM and s.location is not None]
        if r.kind is RecordKind.EVENT:
            for a in dated:
                for b in dated:
                    apart = max(a.date.start - b.date.end, b.date.start - a.date.end)  # type: ignore[union-attr]
                    assert apart <= dt.timedelta(1)
                    assert (
                        {"Baroum"} != {a.location.name, b.location.name} & {"Baroum"}
                        or a.location.name == b.location.name
                        or (  # type: ignore[union-attr]
                            "North" in {a.location.name, b.location.name}  # type: ignore[union-attr]
                        )
                    )


@pytest.mark.parametrize("matter", [Matter.BOND, Matter.CUSTODY, Matter.VIOLENCE])
def test_many_nodes_parted_before_they_are_joined_give_the_same_groups(matter: Matter, monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = [h for number in range(40) for h in inside(war.article(number)[1], unrelated) if h.matter is matter]
    found = []
    for few in (0, len(nodes)):
        monkeypatch.setattr("orbat.corroborate.records.FEW", few)
        found.append(cut([nodes], unrelated))
    assert found[0] == found[1]
    assert 1 < len(found[0]) < len(nodes)


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 8), st.randoms(use_true_random=False))
def test_agglomeration_against_trying_every_pair(size: int, pick: random.Random) -> None:
    """Random weighted graphs, as splink tests its components: a slow, plain form must agree."""
    nodes = [happening(said(E.ATTACK, f"n{n}")) for n in range(size)]
    scores = {frozenset((a.id, b.id)): pick.choice([0.0, 0.3, 0.6, 0.9]) for a in nodes for b in nodes if a is not b}
    never = {pair for pair in scores if pick.random() < 0.2}

    def score(one: Happening, two: Happening) -> float:
        return scores[frozenset((one.id, two.id))]

    def conflict(one: Happening, two: Happening) -> bool:
        return frozenset((one.id, two.id)) in never

    expected = [[n.id] for n in sorted(nodes, key=lambda n: n.id)]
    while True:
        best: tuple[float, int, int] | None = None
        for i, left in enumerate(expected):
            for j in range(i + 1, len(expected)):
                pairs = [frozenset((a, b)) for a in left for b in expected[j]]
                average = round(sum(scores[pair] for pair in pairs) / len(pairs), 9)
                if not never.intersection(pairs) and average >= 0.5 and (best is None or average > best[0]):
                    best = (average, i, j)
        if best is None:
            break
        _, i, j = best
        expected[i] = sorted(expected[i] + expected.pop(j))
    shuffled = list(nodes)
    pick.shuffle(shuffled)
    found = agglomerate(shuffled, score, conflict=conflict, enough=0.5)
    assert [[n.id for n in members] for members in found] == expected


# Ids


def test_ids_last_as_records_grow() -> None:
    first, changes = assign_ids({}, [("b", "c"), ("d",)], at=NOON)
    assert first == {"rb": ("b", "c"), "rd": ("d",)}
    assert [(c.record, c.change) for c in changes] == [("rb", Change.NEW), ("rd", Change.NEW)]
    grown, changes = assign_ids(first, [("a", "b", "c"), ("d",)], at=NOON)
    assert grown == {"rb": ("a", "b", "c"), "rd": ("d",)}
    assert [(c.record, c.change) for c in changes] == [("rb", Change.CHANGED)]
    merged, changes = assign_ids(grown, [("a", "b", "c", "d")], at=NOON)
    assert merged == {"rb": ("a", "b", "c", "d")}
    assert [(c.record, c.change, c.others) for c in changes] == [("rb", Change.CHANGED, ()), ("rd", Change.MERGED, ("rb",))]
    split, changes = assign_ids(merged, [("a", "b"), ("c", "d")], at=NOON, taken={"rc"})
    assert split == {"rb": ("a", "b"), "rd": ("c", "d")}
    assert [(c.record, c.change, c.others) for c in changes] == [("rb", Change.SPLIT, ("rd",)), ("rd", Change.NEW, ())]
    _, changes = assign_ids(split, [("a", "b")], at=NOON)
    assert [(c.record, c.change) for c in changes] == [("rd", Change.WITHDRAWN)]


def test_the_largest_part_keeps_the_id() -> None:
    found, _ = assign_ids({"rx": ("a", "b", "c")}, [("a",), ("b", "c")], at=NOON)
    assert found == {"ra": ("a",), "rx": ("b", "c")}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=9), st.lists(st.integers(0, 3), min_size=9, max_size=9))
def test_every_old_record_is_accounted_for(old: list[int], new: list[int]) -> None:
    def partition(labels: list[int]) -> list[tuple[str, ...]]:
        return [tuple(f"s{i}" for i, label in enumerate(labels) if label == wanted) for wanted in sorted(set(labels))]

    before = {record_id(members[0]): members for members in partition(old)}
    after, changes = assign_ids(before, partition(new), at=NOON)
    assert sorted(after.values()) == sorted(partition(new))
    told = {c.record: c for c in changes}
    for key, members in before.items():
        if after.get(key) != members:
            assert key in told
    for key in after.keys() - before.keys():
        assert told[key].change is Change.NEW
    for c in changes:
        assert set(c.others) <= after.keys()


def test_inside_reads_a_document_as_a_whole() -> None:
    parts = [RAID, said(E.KILL, "d1", count=7, at=1), said(E.ALLY, "d1", actor="Red Army", target="Blue Front", at=1)]
    found = inside(parts, unrelated)
    assert sorted(len(h.statements) for h in found) == [1, 2]
    (whole,) = [h for h in found if len(h.statements) == 2]
    assert whole.days == (RAID.date.start.toordinal(),) * 2  # type: ignore[union-attr]
    assert whole.spot == RAID.location
    assert whole.tolls == {("killed", 7, 7)}


def person(words: str) -> Filler:
    return people(words, MentionType.PERSON)


def test_a_last_name_is_the_person_whom_the_document_names_in_full() -> None:
    arrest = said(E.ARREST, "d1", target=person("Yusuf Kiriba"), day="2020-05-05")
    held = [
        said(E.ARREST, "d2", target=person("Mr Kiriba"), day="2020-05-05"),
        said(E.LEAD, "d2", actor="", target=person("Yusuf Kiriba"), at=1),
    ]
    assert any({arrest.id, held[0].id} <= found for found in groups(arrest, *held))
    two = said(E.LEAD, "d2", target=person("Juma Kiriba"), at=2)
    assert {h.persons for h in inside([held[0], two], unrelated) if h.types == {E.ARREST}} == {frozenset({"~jamakaraba"})}
    assert {h.persons for h in inside([*held, two], unrelated) if h.types == {E.ARREST}} == {frozenset({"~mrkaraba"})}, "which of the two?"


def test_blame_goes_with_what_its_sentence_says() -> None:
    death = said(E.KILL, "d1", target=person("Ali Modu"), place="Baroum", day="2020-05-05", at=0)
    blame = said(E.ACCUSE, "d1", target=person("Modu"), at=1)
    raid = said(E.ATTACK, "d1", place="Tala", day="2020-04-02", at=1)
    assert sorted(map(sorted, groups(death, blame, raid))) == sorted([sorted([blame.id, raid.id]), [death.id]])


def test_who_leaves_a_group_has_left_no_place() -> None:
    left = said(E.WITHDRAW, "d1", actor="", target="Red Army", day="2020-05-05", at=1)
    gave_up = said(E.LEAVE, "d1", actor="", target="Red Army", day="2020-05-05", at=1)
    town = said(E.WITHDRAW, "d2", actor="Red Army", place="Tala", day="2020-05-05")
    assert together(left, gave_up)
    assert not together(gave_up, town)


def test_what_is_told_of_a_month_is_recalled() -> None:
    """A claim after it goes on with the day that the text was at before."""
    raid = said(E.ATTACK, "d1", place="Tala", day="2020-05-05", at=0)
    recalled = said(E.BOMBING, "d1", place="Baroum", day="2020-03-01/2020-03-31", at=1)
    claim = said(E.CLAIM, "d1", actor="Red Army", at=2)
    assert {raid.id, claim.id} in groups(raid, recalled, claim)


def test_a_claim_goes_with_what_its_sentence_says_is_claimed() -> None:
    raid = said(E.ATTACK, "d1", place="Tala", day="2020-05-05", at=0)
    recalled = said(E.KILL, "d1", day="2019-08-01/2019-08-31", count=4, at=5)
    claim = said(E.CLAIM, "d1", at=6, negated=True)
    attack = said(E.ATTACK, "d1", at=6)
    assert {raid.id, claim.id, attack.id} in groups(raid, recalled, claim, attack)


def test_what_is_counted_back_from_is_not_of_the_day_that_the_text_had_come_to() -> None:
    raid = said(E.ATTACK, "d1", place="Tala", day="2020-05-05", at=0)
    murder = after("The raids came three days after the", E.KILL, "murder", document="d1", count=3, at=1)
    assert happening(murder).back
    assert not happening(raid).back
    assert together(raid, after("The raids ended with the", E.KILL, "murder", document="d1", count=3, at=1))
    assert not together(raid, murder)


@pytest.mark.parametrize(("words", "located"), [("was an answer to the fire on", False), ("fell on the market of", True)])
def test_the_place_of_what_is_answered_is_not_that_of_the_answer(words: str, located: bool) -> None:
    strike = said(E.STRIKE, place="Tala", day="2020-05-05", sentence=f"The strike {words} Tala.")
    at = strike.sentence.span.start + len(f"The strike {words} ")
    trigger = Quote(Span(strike.sentence.span.start + 4, strike.sentence.span.start + 10), "strike")
    there = Filler(Quote(Span(at, at + 4), "Tala"), MentionType.PLACE)
    found = happening(dataclasses.replace(strike, trigger=trigger, place=(there,)))
    assert ((found.spot is not None), bool(found.places)) == (located, located)


def test_a_capital_with_its_province_s_name_may_stand_for_the_province() -> None:
    fight = said(E.CLASH, "d1", actor="Red Army", target="Blue Front", place="Tala", day="2020-05-05")
    other = said(E.CLASH, "d2", actor="Red Army", target="Blue Front", place="Baroum", day="2020-05-05")
    assert not together(fight, other)
    assert other.location is not None
    named = dataclasses.replace(other, location=dataclasses.replace(other.location, name="North"))
    assert together(fight, named)
    assert not together(fight, dataclasses.replace(named, document=fight.document)), "one article tells them apart"


def test_the_dead_are_counted_elsewhere_than_they_were_killed() -> None:
    raid = said(E.ATTACK, "d1", place="Tala", day="2020-05-05", at=0)
    dead = said(E.KILL, "d1", place="Baroum", day="2020-05-08", count=9, at=1)
    assert not together(raid, dead)
    ward = dataclasses.replace(dead, place=(*dead.place, people("hospital", MentionType.PLACE)))
    assert together(raid, ward)


def test_a_claim_s_day_is_not_the_attack_s() -> None:
    raid = said(E.ATTACK, "d1", actor="Red Army", place="Tala", day="2020-05-05")
    words = "The Red Army claimed the"
    claimed = after(words, E.ATTACK, "ambush", document="d2", actor="Red Army", place="Tala", day="2020-05-08")
    when = Filler(Quote(Span(len(words) + 8, len(words) + 14), "Friday"), MentionType.TIME, None)
    assert not together(raid, claimed)
    assert together(raid, dataclasses.replace(claimed, time=(when,)))


def test_matters_that_a_type_alone_does_not_tell() -> None:
    join = said(E.JOIN, actor="Red Army", target="Blue Front")
    assert matter_of(join) is Matter.BOND
    assert matter_of(dataclasses.replace(join, actor=(people("fighters", MentionType.GROUP),))) is Matter.LEAVE
    assert matter_of(said(E.JOIN, actor="Red Army", target="Blue Front", count=40)) is Matter.LEAVE
    assert matter_of(said(E.ARREST, target=people("Tala", MentionType.PLACE))) is Matter.VIOLENCE
    assert matter_of(said(E.ARREST, target=people("Tala"))) is Matter.CUSTODY


def test_who_holds_something_unsaid_need_not_hold_this() -> None:
    town = said(E.HOLD, "d1", actor="Red Army", place="Tala")
    assert not together(town, said(E.HOLD, "d2", actor="Red Army"))
    assert together(town, said(E.HOLD, "d2", actor="Red Army", place="Tala"))
