"""The records in the store: the same however they came about, never ahead of what is committed, and told what became of them."""

import dataclasses
import datetime as dt
import json
import random
import tracemalloc

import pytest
import sqlalchemy as sa

from orbat import queries
from orbat.battle.loading import of_types
from orbat.codebook import Codebook
from orbat.corroborate.agreement import record as record_of
from orbat.corroborate.blocks import WEEK, block_keys, day_of
from orbat.corroborate.build import build
from orbat.corroborate.context import Context
from orbat.corroborate.happenings import Happening
from orbat.corroborate.judged import Judged
from orbat.corroborate.kept import RULES, happening_from_json, happening_to_json
from orbat.corroborate.matters import Matter
from orbat.corroborate.members import Members, members_to_bytes
from orbat.corroborate.records import inside
from orbat.errors import NotFoundError, StoreError
from orbat.queries import Named, WantedRecords
from orbat.queries.streams import StatementStream
from orbat.recordkeeping import Decision, judge, known_by, membership, rebuild, related_in, storeweb, update, updating, withdraw
from orbat.recordkeeping.storeweb import number_of_block
from orbat.recordkeeping.updating import _unweave
from orbat.recordserial import record_from_json, record_to_json
from orbat.recordtypes import Change, RecordKind, RecordStatus, Reliability, Verdict
from orbat.serial import with_id
from orbat.store import Store
from orbat.tables import VERSION_TABLE, blocks, happenings, new_blocks, record_statements, statements, stirred, ties, unrecorded, woven
from orbat.types import Certainty, Document, DocumentRef, EventType
from tests import generated, war

AT = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
HAPPENING = [field.name for field in dataclasses.fields(Happening)]


def related(one, two):
    return False


def reading(number, *, source="", more=""):
    """A generated document, or a reprint of it by another source, with what is said in it."""
    doc = generated.document(number, sentences=5)
    found = generated.statements(doc)
    if not source:
        return doc, found
    copy = Document.of(f"{doc.text}{more}", title=doc.title, source=source, published=doc.published)
    ref = DocumentRef(copy.id, copy.title, copy.source, copy.published, "")
    return copy, tuple(with_id(dataclasses.replace(s, document=ref)) for s in found)


def news():
    """Documents, reprints, and reprints with a line more."""
    plain = [reading(number) for number in range(14)]
    copies = [reading(number, source="Wire Daily") for number in (0, 3, 3, 5)]
    return plain + copies + [reading(number, source="Late Post", more=" Nobody else was there.") for number in (0, 5)]


def groups(store):
    with store.reading() as connection:
        rows = connection.execute(sa.select(record_statements)).all()
    found = {}
    for row in rows:
        found.setdefault(row.record, set()).add(row.statement)
    return {frozenset(members) for members in found.values()}


def contents(store):
    """All records as JSON but for their ids, which depend on which statement came first."""
    found = queries.records(store, WantedRecords(), limit=None).records
    return sorted(str({**record_to_json(record), "id": ""}) for record in found)


def append(store, readings, *, at=AT):
    for doc, said in readings:
        store.append(doc, said, model="test 1", read_at=at)


def test_one_by_one_in_any_order_all_at_once_and_rebuilt_are_the_same(new_address, monkeypatch):
    seen = []
    for seed, each, batch, waiting in ((1, 1, 200, 65_536), (2, 1, 200, 300), (1, 100, 200, 65_536), (2, 100, 3, 0)):
        monkeypatch.setattr("orbat.recordkeeping.updating.BATCH", batch)
        monkeypatch.setattr("orbat.recordkeeping.storeweb.WAITING", waiting)
        readings = random.Random(seed).sample(news(), len(news()))
        with Store.open(new_address()) as store:
            for start in range(0, len(readings), each):
                append(store, readings[start : start + each])
                update(store, related=related)
            before = groups(store), contents(store)
            ids = {r.id for r in queries.records(store, WantedRecords(), limit=None).records}
            assert rebuild(store, related=related) == ()
            assert (groups(store), contents(store)) == before
            assert {r.id for r in queries.records(store, WantedRecords(), limit=None).records} == ids
            seen.append(before)
    assert all(each == seen[0] for each in seen)
    documents = [doc for doc, _ in news()]
    learned = {doc.id: AT for doc in documents}
    whole = build([s for _, said in news() for s in said], Context.of(documents, learned=learned, related=related))
    assert seen[0][0] == {frozenset(record.statements) for record in whole}
    assert seen[0][1] == sorted(str({**record_to_json(record), "id": ""}) for record in whole)
    assert max(len(record.documents) for record in whole) > 2


@pytest.mark.parametrize("large", [1, 2, 1000])
def test_a_war_read_piece_by_piece_is_the_war_read_at_once(tmp_path, monkeypatch, large):
    """Relations of many reports, chains of them and reprints: what is kept of earlier pieces gives what reading all again would."""
    monkeypatch.setattr("orbat.recordkeeping.updating.BATCH", 7)
    monkeypatch.setattr("orbat.recordkeeping.membership.LARGE", large)
    read, kept = membership.kept_of, []
    monkeypatch.setattr(updating, "kept_of", lambda *some, **named: kept.append(read(*some, **named)) or kept[-1])
    regroup, known = updating.regroup, []
    monkeypatch.setattr(updating, "regroup", lambda *some, **named: known.append(regroup(*some, **named)) or known[-1])
    pieces = []
    for name, order, size in (("at once", 0, 40), ("in pieces", 1, 9)):
        articles = [war.article(number) for number in random.Random(order).sample(range(40, 80), 40)]
        with Store.open(str(tmp_path / name)) as store:
            for start in range(0, 40, size):
                append(store, articles[start : start + size])
                update(store, related=related)
            pieces.append((groups(store), contents(store)))
    assert pieces[0] == pieces[1]
    assert max(map(len, pieces[0][0])) > 15, "there is a large record among them"
    assert any(found.statements for found in kept) == (large < 1000)
    assert any(made.told for made in known) == (large < 1000), "of some only what is new was looked at"


def walked(store, pick, there):
    """Does one of the things that change records: reads, reads again and otherwise, judges, takes back. ``there``: numbers of articles."""
    chance = pick.random()
    if chance < 0.6 or not there:
        more = pick.sample(range(40, 64), 2)
        append(store, map(war.article, more), at=AT + pick.randrange(5) * DAY)
        there += more
    elif chance < 0.75:
        doc, said = war.article(pick.choice(there))
        store.append(doc, pick.sample(said, pick.randrange(15, 21)), model="test 2", read_at=AT + pick.randrange(5, 40) * DAY)
    elif chance < 0.9 and (every := queries.records(store, WantedRecords(), limit=None).records):
        relation = pick.choice([record for record in every if record.kind is RecordKind.RELATION] or every)
        one, other = pick.choice(relation.statements), pick.choice(pick.choice(every).statements)
        choices = [Decision(verdict, id) for verdict in (Verdict.REJECT, Verdict.CONFIRM) for id in (one, relation.id)]
        choices += [
            Decision(verdict, relation.statements[0], other)
            for verdict in (Verdict.JOIN, Verdict.PART)
            if other not in relation.statements[0]
        ]
        choices += [
            Decision(Verdict.CORRECT, one, field="negated", value="true"),
            *[Decision(Verdict.PART, one, id) for id in relation.statements if id != one],
        ]
        judge(store, pick.choice(choices), by="Ada")
    else:
        for made in queries.judgements(store, withdrawn=False)[:1]:
            withdraw(store, made.id)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_read_judged_and_taken_back_the_records_are_those_of_a_rebuild(tmp_path, monkeypatch, seed):
    monkeypatch.setattr("orbat.recordkeeping.membership.LARGE", 2)
    monkeypatch.setattr("orbat.recordkeeping.updating.BATCH", 3)
    pick, there = random.Random(seed), []
    with Store.open(str(tmp_path / "walked")) as store:
        for step in range(1, 25):
            walked(store, pick, there)
            if pick.random() < 0.8 or step % 12 == 0:
                update(store, related=related)
            if step % 12 == 0:
                before = groups(store), contents(store)
                rebuild(store, related=related)
                assert (groups(store), contents(store)) == before


@pytest.mark.parametrize("seed", range(3))
def test_a_record_is_the_same_from_what_is_kept_of_its_statements(seed):
    pick = random.Random(seed)
    articles = [war.article(number) for number in range(60)] + [reading(number) for number in range(20)]
    articles += [reading(number, source="Wire Daily") for number in range(0, 20, 3)]
    documents, said = [doc for doc, _ in articles], [s for _, found in articles for s in found]
    context = Context.of(documents, learned={doc.id: AT + pick.randrange(9) * DAY for doc in documents}, related=related)
    for size in (1, 7, 40, 300):
        some = pick.sample(said, size)
        known = pick.sample(some, size * 2 // 3)
        kept = Members()
        kept.read(members_to_bytes(known, context), lambda id, document: True)
        fresh = [s for s in some if s.id not in kept.statements]
        families = {context.family(s.document.id) for s in fresh}
        beside = kept.beside(Context({d: f for d, f in context.documents.items() if f.family in families}, related))
        mixed = [kept.statements.get(s.id, s) for s in some]
        assert record_of("r", mixed, beside, Judged()) == record_of("r", some, context, Judged())
        again = Members()
        again.read(members_to_bytes(mixed, beside, kept), lambda id, document: True)
        assert record_of("r", again.statements.values(), again.beside(Context()), Judged()) == record_of("r", some, context, Judged())


def test_what_is_known_to_have_been_read_earlier_was_learned_earlier(store):
    append(store, news()[:2], at=AT)
    update(store, related=related)
    append(store, news()[:1], at=AT - DAY)
    assert {change.change for change in update(store, related=related)} == {Change.CHANGED}
    before = contents(store)
    rebuild(store, related=related)
    assert contents(store) == before


def test_a_happening_is_written_the_same_whatever_the_order_of_its_sets():
    found = inside(war.article(3)[1], related)
    assert [happening_from_json(happening_to_json(one)) for one in found] == list(found)
    for one in found:
        turned = dataclasses.replace(
            one, words=frozenset(sorted(one.words, reverse=True)), tolls=frozenset(sorted(one.tolls, reverse=True))
        )
        assert happening_to_json(turned) == happening_to_json(one)
        assert sorted(one.words) == json.loads(happening_to_json(one))[HAPPENING.index("words")]


def test_what_a_transaction_leaves_for_the_next_takes_24_megabytes_at_most(store):
    written = [happening_to_json(one) for number in range(20) for one in inside(war.article(number)[1], related)]
    tracemalloc.start()
    read = list(map(happening_from_json, written))
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert storeweb.KEPT * taken / len(read) < 24 * 2**20
    seen = storeweb.Seen(dict.fromkeys(range(storeweb.KEPT + 7), read[0]))
    with store.reading() as connection:
        storeweb.StoreWeb(connection, seen)
    assert list(seen.happenings) == list(range(7, storeweb.KEPT + 7))


def test_kept_happenings_are_what_the_statements_give(store):
    append(store, news()[:6])
    update(store, related=related)
    doc, said = reading(2)
    store.append(doc, said[1:], model="test 2", read_at=AT + DAY)
    part = said[2].id
    judge(store, Decision(Verdict.REJECT, part), by="an analyst")
    update(store, related=related)
    with store.reading() as connection:
        rows = connection.execute(sa.select(happenings)).all()
        shared = connection.scalars(sa.union(sa.select(blocks.c.happening), sa.select(new_blocks.c.happening))).all()
        ends = connection.scalars(sa.union(sa.select(ties.c.one), sa.select(ties.c.two))).all()
    given = {d.id: found for d, found in news()[:6]} | {doc.id: [s for s in said[1:] if s.id != part]}
    kept = {one.id: one for row in rows if (one := happening_from_json(row.payload))}
    assert kept == {one.id: one for found in given.values() for one in inside(found, related)}
    assert {row.rules for row in rows} == {RULES}
    assert {row.key for row in rows} >= {*shared, *ends}, "nothing is left of what is gone"


def test_keys_of_one_time_lie_together_and_none_is_lost():
    """What an article asks for lies on few pages: numbers of block keys are in the order of their days, those of no day before them."""
    found = {key for number in (3, 900) for one in inside(war.article(number)[1], related) for key in block_keys(one)}
    dated = {key for key in found if day_of(key) is not None}
    order = [day_of(key) % (1 << 17) for key in sorted(dated, key=number_of_block)]
    assert order == sorted(order) != []
    assert {number_of_block(key) < 0 for key in dated} == {False}
    assert {number_of_block(key) < 0 for key in found - dated} == {True}
    assert len({number_of_block(key) for key in found}) == len(found)
    published = war.article(900)[0].published.toordinal()
    raids = [one for one in inside(war.article(900)[1], related) if one.matter is Matter.VIOLENCE]
    days = [day for one in raids for key in block_keys(one) if (day := day_of(key)) is not None]
    assert published - 60 - WEEK <= min(days) <= max(days) <= published + WEEK, "a week's key is given a day near it"


@pytest.mark.parametrize("moved", [False, True], ids=["by other rules", "before there was a web"])
def test_what_was_made_by_other_rules_is_made_again(store, monkeypatch, moved, tmp_path):
    def reshaped(changes):
        return {(each.change, each.record) for each in changes if each.change in (Change.MERGED, Change.SPLIT, Change.WITHDRAWN)}

    append(store, news()[:9])
    update(store, related=related)
    with Store.open(tmp_path / "same rules.db") as other:
        append(other, news()[:9])
        update(other, related=related)
        append(other, news()[9:])
        by_the_news = reshaped(update(other, related=related))
    with store.writing() as connection:
        if moved:
            _unweave(connection)
        else:
            connection.execute(sa.update(happenings).values(rules=RULES - 1))
    append(store, news()[9:])
    monkeypatch.setattr("orbat.recordkeeping.updating.BATCH", 3)
    changes = update(store, related=related)
    assert reshaped(changes) == by_the_news, "to make them again changes none"
    before = groups(store), contents(store)
    assert rebuild(store, related=related) == ()
    assert (groups(store), contents(store)) == before


def test_what_is_read_again_between_two_steps_is_woven_again(store, monkeypatch):
    append(store, news()[:6])
    monkeypatch.setattr("orbat.recordkeeping.updating._settle", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        update(store, related=related)
    monkeypatch.undo()
    assert queries.records(store, WantedRecords()).waiting == 6
    doc, said = reading(2)
    store.append(doc, said[1:], model="test 2", read_at=AT + DAY)
    judge(store, Decision(Verdict.REJECT, reading(1)[1][0].id), by="Ada")
    update(store, related=related)
    before = groups(store), contents(store)
    with store.reading() as connection:
        assert [connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in (unrecorded, woven, stirred)] == [0, 0, 0]
    assert rebuild(store, related=related) == ()
    assert (groups(store), contents(store)) == before
    assert {said[0].id, reading(1)[1][0].id}.isdisjoint(id for group in before[0] for id in group)


def test_while_many_are_put_in_no_happening_is_read_twice(store, monkeypatch):
    append(store, news()[:14])
    update(store, related=related)
    read, told = storeweb.happening_from_json, []
    monkeypatch.setattr("orbat.recordkeeping.updating.KEPT", 1)
    monkeypatch.setattr("orbat.recordkeeping.storeweb.happening_from_json", lambda payload: told.append(payload) or read(payload))
    for name in ("FIRST", "BATCH"):
        monkeypatch.setattr(f"orbat.recordkeeping.updating.{name}", 1)
    append(store, news()[14:])
    update(store, related=related)
    assert len(told) == len(set(told)) > 0


def test_an_article_whose_near_copies_wait_in_their_turn_is_not_many(store, monkeypatch):
    append(store, [reading(0), reading(0, source="Wire Daily")])
    update(store, related=related)
    weave, kept = updating._weave, []
    monkeypatch.setattr(updating, "_weave", lambda to, some, run: kept.append((len(some), run.seen.most)) or weave(to, some, run))
    monkeypatch.setattr(updating, "BATCH", 1)
    append(store, [reading(0, source="Late Post")])
    update(store, related=related)
    assert len(kept) > 1, "two more waited for it"
    assert {most for _, most in kept} == {storeweb.KEPT}


def test_what_changes_before_it_is_our_turn_to_write_is_grouped_again(store, monkeypatch):
    append(store, news()[:6])
    foresee, new = updating._foresee, news()[14:]

    def foreseen(*given):
        foresee(*given)
        if new:  # somebody else reads reprints of what was just looked at, and puts them in the web, but comes no further
            append(store, new)
            new.clear()
            asked = iter([False])
            update(store, related=related, stop=lambda: next(asked, True))

    monkeypatch.setattr("orbat.recordkeeping.updating._foresee", foreseen)
    update(store, related=related, stop=lambda: not new)
    reprinted = {s.id for _, said in news()[14:] for s in said}
    assert reprinted & {id for group in groups(store) for id in group}, "they stand in the records of what was looked at"


def test_what_was_foreseen_is_not_looked_for_again(store, monkeypatch):
    append(store, news())
    regroup, grouped = updating.regroup, []

    def counted(seeds, *more, **named):
        grouped.append(seeds)
        return regroup(seeds, *more, **named)

    monkeypatch.setattr("orbat.recordkeeping.updating.regroup", counted)
    monkeypatch.setattr("orbat.recordkeeping.updating.FIRST", 25)  # all in one transaction
    update(store, related=related)
    assert sum(map(bool, grouped)) == 1


def test_no_number_of_a_happening_is_given_twice(store):
    append(store, news()[:2])
    update(store, related=related)
    with store.reading() as connection:
        before = set(connection.scalars(sa.select(happenings.c.key)))
    for doc, _ in news()[:2]:
        store.append(doc, (), model="test 2", read_at=AT + DAY)
    append(store, news()[2:3])
    update(store, related=related)
    with store.reading() as connection:
        assert min(connection.scalars(sa.select(happenings.c.key))) > max(before)


def test_nothing_new_is_no_change(store):
    append(store, news())
    assert {change.change for change in update(store, related=related, at=AT)} == {Change.NEW}
    assert update(store, related=related) == ()
    append(store, news())
    assert update(store, related=related) == ()


def test_a_copy_changes_a_record_and_confirms_nothing(store):
    append(store, [reading(0)])
    first = update(store, related=related, at=AT)
    before = {r.id: r.independent for r in queries.records(store, WantedRecords(), limit=None).records}
    append(store, [reading(0, source="Wire Daily")], at=AT + DAY)
    second = update(store, related=related, at=AT + DAY)
    assert {change.change for change in second} == {Change.CHANGED}
    assert {change.record for change in second} <= {change.record for change in first}
    for record in queries.records(store, WantedRecords(), limit=None).records:
        evidence = queries.record(store, record.id)
        assert len(set(evidence.families.values())) == 1
        assert record.independent == before[record.id]
        assert [change.change for change in evidence.history] == [Change.NEW, Change.CHANGED]
        assert (record.learned_first, record.learned_last) == (AT, AT + DAY)
        assert {s.id for s in evidence.statements} == set(record.statements)


@pytest.mark.parametrize("told", [1, 2, 10])
def test_statements_are_found_by_the_origins_of_their_record_however_many_are_told_of_each(store, monkeypatch, told):
    for module in ("recordkeeping.updating", "queries.finding"):
        monkeypatch.setattr(f"orbat.{module}.TOLD_ORIGINS", told)
    articles = [war.article(number) for number in range(40)]
    for start in range(0, 40, 10):
        append(store, articles[start : start + 10])
        update(store, related=related)
    every = queries.records(store, WantedRecords(), limit=None).records
    assert max(r.independent for r in every) > 3
    for least in range(1, 6):
        expected = {id: r.independent for r in every for id in r.statements if r.independent >= least}
        found = queries.find(store, queries.Wanted(min_origins=least), limit=None)
        assert {row.statement.id: row.origins for row in found.rows} == expected
        counted = {f.name: dict(f.counts) for f in queries.facets(store, queries.Wanted(min_origins=least))}["status"]
        assert sum(counted.values()) == len(expected) == found.total


def test_a_later_reading_withdraws_what_the_earlier_said(store):
    doc, said = reading(1)
    store.append(doc, said, model="test 1", read_at=AT)
    update(store, related=related, at=AT)
    before = {r.id for r in queries.records(store, WantedRecords(), limit=None).records}
    store.append(doc, said[:2], model="test 2", read_at=AT + DAY)
    changes = update(store, related=related, at=AT + DAY)
    assert {c.record for c in changes if c.change is Change.WITHDRAWN}
    gone = next(c.record for c in changes if c.change is Change.WITHDRAWN)
    assert gone in before
    with pytest.raises(NotFoundError, match="withdrawn on 2024-01-02"):
        queries.record(store, gone)
    assert {id for group in groups(store) for id in group} == {s.id for s in said[:2]}
    assert queries.changes(store, since=AT + DAY) == changes
    assert rebuild(store, related=related) == ()


def test_what_stops_half_way_is_as_before(store, monkeypatch):
    append(store, news())
    update(store, related=related)
    before = groups(store), contents(store), queries.changes(store)
    append(store, [reading(number) for number in range(20, 30)])
    monkeypatch.setattr("orbat.recordkeeping.updating._note", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        update(store, related=related)
    assert (groups(store), contents(store), queries.changes(store)) == before
    assert queries.records(store, WantedRecords()).waiting == 10
    monkeypatch.undo()
    update(store, related=related)
    assert rebuild(store, related=related) == ()
    assert queries.records(store, WantedRecords()).waiting == 0


def test_joined_parted_and_taken_back(store):
    append(store, news())
    update(store, related=related)
    start = groups(store)
    one, two = two_of_a_kind(store)
    made = judge(store, Decision(Verdict.JOIN, one.id, two.id), by="Ada", at=AT)
    changes = update(store, related=related)
    assert Change.MERGED in {change.change for change in changes}
    assert {*one.statements, *two.statements} in [set(group) for group in groups(store)]
    assert rebuild(store, related=related) == ()
    assert withdraw(store, made.id[:8], at=AT + DAY).withdrawn_at == AT + DAY
    update(store, related=related)
    assert groups(store) == start
    large = max(start, key=len)
    left, right = sorted(large)[0], sorted(large)[-1]
    judge(store, Decision(Verdict.PART, left, right), by="Ada")
    update(store, related=related)
    assert not any({left, right} <= group for group in groups(store))
    assert [each.withdrawn_at is None for each in queries.judgements(store)] == [True, False] or len(queries.judgements(store)) == 2


def two_of_a_kind(store):
    found = {}
    for record in queries.records(store, WantedRecords(), limit=None).records:
        if record.type in found and not set(found[record.type].documents) & set(record.documents):
            return found[record.type], record
        found.setdefault(record.type, record)
    raise AssertionError("no two records of one type")


def test_rejected_corrected_and_graded(store):
    append(store, news())
    update(store, related=related)
    record = next(r for r in queries.records(store, WantedRecords(), limit=None).records if r.tolls and r.kind is RecordKind.EVENT)
    kind = record.tolls[0].kind
    judge(store, Decision(Verdict.CORRECT, record.id, field=kind, value="7"), by="Ada")
    update(store, related=related)
    assert queries.record(store, record.id).record.tolls[0].best == 7
    judge(store, Decision(Verdict.REJECT, record.statements[0]), by="Ada")
    update(store, related=related)
    assert record.statements[0] not in {id for group in groups(store) for id in group}
    judge(store, Decision(Verdict.GRADE, "publisher:paper 3", value="B"), by="Ada")
    assert queries.grades(store) == {"publisher:paper 3": Reliability.B}
    assert update(store, related=related) == ()
    assert rebuild(store, related=related) == ()


def test_a_corrected_reading_makes_another_record_and_is_never_written_into_the_statement(store):
    append(store, news())
    update(store, related=related)
    start, before = groups(store), contents(store)
    event = next(r for r in queries.records(store, WantedRecords(), limit=None).records if r.type is EventType.ATTACK)
    id = event.statements[0]
    made = [
        judge(store, Decision(Verdict.CORRECT, id, field=field, value=value), by="Ada", at=AT)
        for field, value in (("type", "ally"), ("certainty", "possible"), ("negated", "true"))
    ]
    assert update(store, related=related)
    now = queries.record(store, id)
    assert (now.record.kind, now.record.type, now.record.certainty) == (RecordKind.RELATION, EventType.ALLY, Certainty.POSSIBLE)
    assert id in {each for value in now.record.actors.values if value.negated for each in value.statements}
    kept = queries.statement(store, id).statement
    assert (kept.type, kept.certainty, kept.negated) == (EventType.ATTACK, Certainty.FACT, False)
    out = StatementStream(store, queries.Wanted())[id]
    assert (out.type, out.certainty, out.negated, out.id) == (EventType.ALLY, Certainty.POSSIBLE, True, id)
    assert out.codes.plover == Codebook.load().codes(EventType.ALLY, out.trigger.text, {}).plover
    assert rebuild(store, related=related) == ()
    assert {r.type for r in known_by(store, AT, related=related) if id in r.statements} == {EventType.ALLY}
    assert {r.type for r in known_by(store, AT - DAY, related=related)} == set()
    for each in made:
        withdraw(store, each.id, at=AT + DAY)
    update(store, related=related)
    assert (groups(store), contents(store)) == (start, before)


def test_the_same_judgement_twice_is_one(store):
    append(store, [reading(1)])
    decision = Decision(Verdict.CONFIRM, reading(1)[1][0].id)
    first = judge(store, decision, by="Ada", at=AT)
    assert judge(store, decision, by="Ada") == first
    assert judge(store, decision, by="Grace") != first
    assert len(queries.judgements(store)) == 2
    assert queries.judgement(store, first.id[:10]) == first


@pytest.mark.parametrize(
    ("decision", "error", "cause"),
    [
        (Decision(Verdict.CONFIRM, "0" * 20), NotFoundError, "No statement or record"),
        (Decision(Verdict.JOIN, "a"), StoreError, "two different"),
        (Decision(Verdict.CORRECT, "a", field="place"), StoreError, "a field and its value"),
        (Decision(Verdict.CORRECT, "a", field="certainty", value="sure"), StoreError, "one of fact"),
        (Decision(Verdict.CORRECT, "ra", field="type", value="kill"), StoreError, "what its statements say"),
        (Decision(Verdict.GRADE, "a", value="Z"), StoreError, "A grade is"),
        (Decision(Verdict.ADOPT, "Lions"), StoreError, "id of the actor"),
        (Decision(Verdict.REJECT, ""), StoreError, "says nothing"),
    ],
)
def test_a_judgement_that_cannot_be_is_told(store, decision, error, cause):
    with pytest.raises(error, match=cause):
        judge(store, decision, by="Ada")
    assert queries.judgements(store) == ()


def test_known_by_is_what_the_records_were(store):
    append(store, news()[:8])
    update(store, related=related)
    early = groups(store)
    append(store, news()[8:], at=AT + 2 * DAY)
    doc, said = news()[0]
    store.append(doc, said[:1], model="test 2", read_at=AT + 2 * DAY)
    update(store, related=related)
    assert groups(store) != early
    assert {frozenset(r.statements) for r in known_by(store, AT + DAY, related=related)} == early
    assert {frozenset(r.statements) for r in known_by(store, AT + 3 * DAY, related=related)} == groups(store)
    assert known_by(store, AT - DAY, related=related) == ()


def test_judgements_are_known_from_their_day(store):
    append(store, news())
    update(store, related=related)
    one, two = two_of_a_kind(store)
    made = judge(store, Decision(Verdict.JOIN, one.id, two.id), by="Ada", at=AT + 2 * DAY)
    withdraw(store, made.id, at=AT + 4 * DAY)
    joined = [
        any({*one.statements, *two.statements} <= set(r.statements) for r in known_by(store, AT + days * DAY, related=related))
        for days in (1, 3, 5)
    ]
    assert joined == [False, True, False]


def test_records_are_found_by_what_they_are(store):
    append(store, news())
    update(store, related=related)
    everything = queries.records(store, WantedRecords(), limit=None)
    assert everything.total == len(everything.records)
    name = "Amber Falcon Brigade"
    day = dt.date(2019, 6, 1)
    cases = [
        (WantedRecords(kind=RecordKind.RELATION), lambda r: r.kind is RecordKind.RELATION),
        (WantedRecords(types=(everything.records[0].type,)), lambda r: r.type is everything.records[0].type),
        (WantedRecords(statuses=(RecordStatus.SINGLE_SOURCE,)), lambda r: r.status is RecordStatus.SINGLE_SOURCE),
        (WantedRecords(min_origins=2), lambda r: r.independent >= 2),
        (WantedRecords(country="testland"), lambda r: r.location is not None),
        (WantedRecords(as_of=day), lambda r: queries.holds(r, day)),
        (WantedRecords(until=day), lambda r: r.start is not None and r.start <= day),
        (WantedRecords(actors=(Named(name),)), lambda r: name in {v.text for f in (r.actors, r.targets) for v in f.values}),
    ]
    for wanted, holds in cases:
        found = queries.records(store, wanted, limit=None)
        assert {r.id for r in found.records} == {r.id for r in everything.records if holds(r)}, wanted
        assert len(queries.records(store, wanted, limit=1).records) == min(1, found.total)


def test_a_record_is_found_by_the_beginning_of_its_id_or_a_statements(store):
    append(store, [reading(1)])
    update(store, related=related)
    record = queries.records(store, WantedRecords()).records[0]
    for id in (record.id, record.id[:14], record.statements[0], f" {record.id.upper()}"):
        assert queries.record(store, id).record == record
    for odd in ("", "r", "zzz", "r' OR 1=1", "0" * 20):
        with pytest.raises(NotFoundError):
            queries.record(store, odd)


def test_a_record_survives_its_json(store):
    append(store, news())
    update(store, related=related)
    for record in queries.records(store, WantedRecords(), limit=None).records:
        assert record_from_json(record_to_json(record)) == record


def test_what_a_store_had_read_before_there_were_records_is_waiting(store):
    append(store, [reading(1), reading(2)])
    with store.reading() as connection:
        assert len(connection.execute(sa.select(unrecorded)).all()) == 2


def test_the_catalogue_relates_wings_and_parents(reader):
    related = related_in(reader.catalogue)
    known = next(entry for entry in map(reader.catalogue.entry, ("boko-haram", "islamic-state")) if entry.related())
    other = next(iter(known.related()))
    assert related(known.id, other)
    assert related(other, known.id)
    assert not related(known.id, "nobody-of-that-name")


def test_a_hedged_statement_is_not_lost(store):
    doc = generated.document(3)
    store.append(doc, generated.statements(doc, certainty=Certainty.HYPOTHETICAL), model="test 1", read_at=AT)
    update(store, related=related)
    assert {id for group in groups(store) for id in group} == {s.id for s in generated.statements(doc, certainty=Certainty.HYPOTHETICAL)}


def test_a_store_of_the_version_before_the_web_keeps_its_records(address):
    with Store.open(address) as store:
        append(store, news())
        update(store, related=related)
        before = groups(store), contents(store), {r.id for r in queries.records(store, WantedRecords(), limit=None).records}
        with store.writing() as connection:
            for table in ("members", "ties", "woven", "stirred", "new_bands", "new_blocks", "blocks", "web", "happenings"):
                connection.exec_driver_sql(f"DROP TABLE {table}")
            connection.exec_driver_sql("ALTER TABLE record_statements DROP COLUMN origins")
            connection.exec_driver_sql("ALTER TABLE record_statements DROP COLUMN status")
            connection.exec_driver_sql("DROP INDEX statements_found")
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("ALTER TABLE statements DROP COLUMN counted")
            connection.exec_driver_sql("ALTER TABLE statements DROP COLUMN model")
            connection.exec_driver_sql("CREATE INDEX statements_found ON statements (current)")
            connection.exec_driver_sql("DELETE FROM unrecorded")
            connection.exec_driver_sql("CREATE TABLE happenings (document VARCHAR(64) PRIMARY KEY, rules INTEGER, payload TEXT)")
            connection.exec_driver_sql("CREATE TABLE blocks (block TEXT, document VARCHAR(64), PRIMARY KEY (block, document))")
            connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = '0003'")
    with Store.open(address) as store:
        assert queries.records(store, WantedRecords()).waiting == len({doc.id for doc, _ in news()})
        assert update(store, related=related) == ()
        assert (groups(store), contents(store), {r.id for r in queries.records(store, WantedRecords(), limit=None).records}) == before


def test_what_became_of_a_leader_is_looked_for_by_the_type_that_a_judgement_gives(store):
    append(store, [reading(1)])
    said = next(s for s in reading(1)[1] if s.type is not EventType.KILL)

    def killed():
        with store.reading() as connection:
            return set(connection.scalars(sa.select(statements.c.id).where(of_types([EventType.KILL]))))

    assert said.id not in killed()
    made = judge(store, Decision(Verdict.CORRECT, said.id, field="type", value="kill"), by="A. Nalyst")
    assert said.id in killed()
    withdraw(store, made.id)
    assert said.id not in killed()
