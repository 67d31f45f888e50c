"""The named questions: who is meant, in which order, and what is said where nothing is found."""

import dataclasses
import datetime as dt

import pytest

from orbat import queries
from orbat.codebook import Codebook
from orbat.errors import NotFoundError
from orbat.serial import with_id
from orbat.store import Store
from orbat.types import Attribution, Document, DocumentRef, Entity, EventType, Filler, MentionType, Quote, Span, StatementDate
from tests import generated

AT = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def tell(store, text, *, actor, kind=EventType.ATTACK, entity=None, speaker=None, day=None, published=None):
    """Keep a document of one sentence whose first word after the actor is the trigger; the statement is returned."""
    doc = Document.of(text, published=published)

    def quote(words):
        start = text.index(words)
        return Quote(Span(start, start + len(words)), words)

    named = quote(actor)
    rest = text[named.span.end :].split()[0].rstrip(".")
    base = generated.statements(generated.document(1))[0]
    statement = dataclasses.replace(
        base,
        document=DocumentRef(doc.id, "", "", published, ""),
        sentence=Quote(Span(0, len(text)), text),
        type=kind,
        trigger=quote(rest),
        actor=(Filler(named, MentionType.GROUP, entity),),
        target=(),
        place=(),
        time=(),
        attribution=Attribution(Filler(quote(speaker), MentionType.GROUP), False, False) if speaker else None,
        date=StatementDate(day, day, "day", 1, "then") if day else None,
    )
    statement = with_id(statement)
    store.append(doc, (statement,), model="test 1", read_at=AT)
    return statement


LION = Entity("lion-1", "Lion Brigade", "group")
OTHER_LION = Entity("lion-2", "Lion Brigade", "group")


@pytest.mark.parametrize("name", ["Lion Brigade", "the lion brigade", "LION-BRIGADE", "Líon Brigáde"])
def test_names_are_compared_folded(store, name):
    linked = tell(store, "Lions attacked.", actor="Lions", entity=LION)
    unlinked = tell(store, "The Lion Brigade attacked.", actor="Lion Brigade")
    tell(store, "The Lion Battalion attacked.", actor="Lion Battalion")
    assert set(queries.statements_about(store, name)) == {linked, unlinked}


def test_ids_decide_where_the_catalogue_knows_the_name(store):
    linked = tell(store, "Lions attacked.", actor="Lions", entity=LION)
    namesake = tell(store, "Lion Brigade attacked.", actor="Lion Brigade", entity=OTHER_LION)
    unlinked = tell(store, "The Lion Brigade attacked.", actor="Lion Brigade")
    assert set(queries.statements_about(store, "Lion Brigade", ids=["lion-1"])) == {linked, unlinked}
    assert set(queries.statements_about(store, "Lion Brigade", ids=["lion-2"])) == {namesake, unlinked}
    assert set(queries.statements_about(store, "LB", ids=("lion-1", "lion-2"))) == {linked, namesake}


def test_newest_first_and_what_has_no_date_goes_by_its_publication(store):
    day = dt.date(2020, 5, 1)
    old = tell(store, "A attacked.", actor="A", day=day)
    new = tell(store, "A attacked again.", actor="A", day=day + dt.timedelta(days=9))
    undated = tell(store, "A attacked somewhere.", actor="A", published=day + dt.timedelta(days=5))
    unknown = tell(store, "A attacked once.", actor="A")
    assert queries.statements_about(store, "A") == (new, undated, old, unknown)
    assert queries.statements_about(store, "A", limit=2) == (new, undated)
    assert queries.statements_about(store, "A", since=day + dt.timedelta(days=5)) == (new, undated)
    assert undated.date is None


def test_types_narrow(store):
    tell(store, "A attacked.", actor="A")
    led = tell(store, "A leads.", actor="A", kind=EventType.LEAD)
    assert queries.statements_about(store, "A", types=[EventType.LEAD, EventType.ALLY]) == (led,)


def test_a_sheet_groups_by_kind(store):
    led = tell(store, "A leads.", actor="A", kind=EventType.LEAD)
    attacked = [tell(store, f"A attacked {number} times.", actor="A", day=dt.date(2020, 1, number)) for number in (3, 2, 1)]
    said = tell(store, "B shelled, A said.", actor="B", kind=EventType.STRIKE, speaker="A")
    claimed = tell(store, "A claimed, A said.", actor="A", kind=EventType.CLAIM, speaker="A")
    sheet = queries.sheet(store, "the A", limit=2)
    assert sheet.total == 6
    assert sheet.names == ("A",)
    found = {section.heading: (section.total, [row.statement for row in section.rows]) for section in sheet.sections}
    book = Codebook.load()
    assert found == {
        book.heading(EventType.LEAD): (1, [led]),
        book.heading(EventType.ATTACK): (3, attacked[:2]),
        book.heading(EventType.CLAIM): (1, [claimed]),
        queries.SAID: (1, [said]),
    }
    assert list(found) == [heading for heading in (*book.headings, queries.SAID) if heading in found]
    (row,) = next(section.rows for section in sheet.sections if section.heading == book.heading(EventType.CLAIM))
    assert set(row.roles) == {"actor", "speaker"}


def test_a_sheet_of_an_unknown_name_offers_near_ones(store):
    tell(store, "The Lion Brigade attacked.", actor="Lion Brigade")
    tell(store, "Lions attacked.", actor="Lions", entity=Entity("x", "Sea Lions' Front", "group"))
    with pytest.raises(NotFoundError, match="Near names: Lion Brigade"):
        queries.sheet(store, "Lyon Brigade")
    with pytest.raises(NotFoundError, match="Sea Lions' Front"):
        queries.sheet(store, "sea lion front")
    with pytest.raises(NotFoundError, match="Check the spelling") as caught:
        queries.sheet(store, "Qqqq")
    assert "Near" not in str(caught.value)


def test_no_pronoun_is_offered_for_a_name(store):
    tell(store, "His men of the ZWAPR attacked.", actor="His")
    with pytest.raises(NotFoundError) as caught:
        queries.sheet(store, "Whisp")
    assert "Near" not in str(caught.value)


def test_statements_of_a_day_and_those_known_by_a_moment(store):
    day = dt.date(2023, 5, 1)
    tell(store, "Lion Brigade attacked.", actor="Lion Brigade", day=day)

    def known(**asked):
        return queries.sheet(store, "lion brigade", among=queries.Wanted(**asked)).total

    assert known(known_by=AT) == known(as_of=day) == 1
    with pytest.raises(NotFoundError, match=r"Nothing that had been read by 2023-12-31 names 'lion brigade'\."):
        known(known_by=AT - dt.timedelta(days=1))
    with pytest.raises(NotFoundError, match="No statement"):
        known(as_of=day - dt.timedelta(days=1))


def test_a_statement_by_the_beginning_of_its_id(store):
    doc = generated.document(1)
    found = generated.statements(doc)
    store.append(doc, found, model="test 1", read_at=AT)
    for statement in found:
        for beginning in (statement.id, statement.id[:12], f" {statement.id[:12].upper()} "):
            evidence = queries.statement(store, beginning)
            assert (evidence.statement, evidence.document, evidence.current) == (statement, doc, True)


def test_an_id_that_is_none_or_several(store):
    store_many(store, 30)
    taken = sorted(statement.id for number in range(30) for statement in generated.statements(generated.document(number)))
    with pytest.raises(NotFoundError, match=f"Several.*{taken[0]}.*and more"):
        queries.statement(store, "0")
    wrong = taken[0][:8] + ("0" if taken[0][8] != "0" else "1")
    with pytest.raises(NotFoundError, match=f"Near ids: {taken[0]}"):
        queries.statement(store, wrong)
    for odd in ("", "%", "hello", "0' OR 1=1", "g"):
        with pytest.raises(NotFoundError, match="No statement has the id"):
            queries.statement(store, odd)


def test_search_words_phrases_and_beginnings(store):
    attacked = tell(store, "Lions attacked the café at Türkova.", actor="Lions")
    attacks = tell(store, "More attacks by Lions at the bridge.", actor="Lions")
    assert set(queries.search(store, "ATTACK lions")) == {attacked, attacks}
    assert queries.search(store, "cafe turkova") == (attacked,)
    assert queries.search(store, '"lions attacked"') == (attacked,)
    assert queries.search(store, '"attacked lions"') == ()
    assert queries.search(store, "turk*") == (attacked,)
    assert queries.search(store, "attack", limit=1) in ((attacked,), (attacks,))
    assert queries.search(store, "submarine") == ()


ODD = ["", '"', "*", "a AND (", "NEAR(", "text:lions", "^x", "-lions", "'; DROP TABLE statements", "\x00", "%", "a\x00b"]


@pytest.mark.parametrize("text", ODD)
def test_search_takes_anything(store, text):
    tell(store, "Lions attacked.", actor="Lions")
    queries.search(store, text)
    assert len(queries.search(store, "lions")) == 1


def test_search_finds_only_what_the_latest_reading_says(store):
    doc = generated.document(1)
    store.append(doc, generated.statements(doc), model="test 1", read_at=AT)
    assert len(queries.search(store, "Monday")) == 8
    store.append(doc, generated.statements(doc)[:3], model="test 2", read_at=AT + dt.timedelta(days=1))
    assert len(queries.search(store, "Monday")) == 3
    assert len(queries.statements_about(store, generated.statements(doc)[7].place[0].quote.text)) <= 3


def test_documents_last_read_first(store):
    for number in (1, 2, 3):
        doc = generated.document(number)
        store.append(doc, generated.statements(doc), model="test 1", read_at=AT + dt.timedelta(hours=number % 3))
    rows = queries.documents(store)
    assert [row.document.title for row in rows] == ["Report 2", "Report 1", "Report 3"]
    assert {row.statements for row in rows} == {8}
    assert queries.documents(store, limit=1) == rows[:1]


def test_many_keys_are_fetched_in_chunks(store, monkeypatch):
    store_many(store, 10)
    whole = queries.search(store, "Monday", limit=1000)
    monkeypatch.setattr(queries.loading, "CHUNK", 7)
    assert queries.search(store, "Monday", limit=1000) == whole
    assert len(whole) == 80


@pytest.mark.parametrize(
    ("question", "index"),
    [
        ("SELECT statement FROM fillers WHERE entity_id IN ('a') OR (entity_id IS NULL AND folded = 'b')", "fillers_by_text"),
        ("SELECT statement FROM fillers WHERE folded = 'a' OR entity_folded = 'a'", "fillers_by_name"),
        ("SELECT id FROM statements WHERE id >= 'a' AND id < 'ag'", "statements_by_id"),
    ],
)
def test_the_indexes_serve(tmp_path, question, index):
    with Store.open(tmp_path / "news.db") as store, store.reading() as connection:
        plan = " ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {question}"))
    assert index in plan
    assert "SCAN" not in plan


def store_many(store, count):
    docs = [generated.document(number) for number in range(count)]
    store.append_many(((doc, generated.statements(doc)) for doc in docs), model="test 1", read_at=AT)
