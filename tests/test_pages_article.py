"""An article's page: marks that are right whatever overlaps, letters that stay what they are, copies, failures; and a statement's page."""

import dataclasses
import html
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orbat.serial import with_id
from orbat.service.pages.article import entries
from orbat.service.pages.marking import Mark, marked, pieces, shared
from orbat.store import Store
from orbat.types import Attribution, Certainty, Document, DocumentRef, Failure, Filler, MentionType, Quote, Span
from tests import generated
from tests.pagesaid import HTML, checked, serving
from tests.test_recordkeeping import AT, DAY, append, reading, related, update
from tests.test_service_api import get

HOSTILE = '<script>alert(1)</script> & "Front" {{7*7}}'
UNSHOWABLE = re.compile("[\x00\ud800-\udfff]")
ANY = st.text(st.characters(), max_size=40)  # lone surrogates, astral letters and control signs among them
SPANS = st.lists(st.tuples(st.integers(-3, 45), st.integers(-3, 45)).map(lambda pair: Span(*pair)), max_size=8)


def letters(text):
    """The text of HTML that holds no other elements than <span>."""
    return html.unescape(re.sub(r"</?span[^<>]*>", "", text))


def made(text, find, *, title="A report", source="Paper 1", day=None, url="", certainty=Certainty.FACT, negated=False, speaker=""):
    """A document, and a statement of its one sentence whose trigger is the words to find; the words before them act."""
    document = Document.of(text, title=title, source=source, published=day, url=url)
    base = generated.statements(generated.document(3))[0]
    at = text.index(find)

    def quote(words):
        start = text.index(words)
        return Quote(Span(start, start + len(words)), words)

    before = text[:at].strip().rpartition(". ")[2]
    statement = dataclasses.replace(
        base,
        document=DocumentRef(document.id, document.title, document.source, document.published, document.url),
        sentence=Quote(Span(0, len(text)), text),
        trigger=Quote(Span(at, at + len(find)), find),
        actor=(Filler(quote(before), MentionType.GROUP),),
        target=(),
        place=(),
        time=(),
        certainty=certainty,
        negated=negated,
        attribution=Attribution(Filler(quote(speaker), MentionType.PEOPLE), False, True) if speaker else None,
    )
    return document, (with_id(statement),)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    path = tmp_path_factory.mktemp("articles") / "news.db"
    with Store.open(path) as store:
        append(store, [reading(number) for number in range(4)])
        append(store, [reading(0, source="Wire Daily"), reading(0, source="Late Post", more=" Nobody else was there that day, it seems.")])
        append(store, [made(f"{HOSTILE} fighters 🦊🦊 stormed it, 𝒽𝑒 said.", "stormed", title=HOSTILE, source=HOSTILE, speaker="𝒽𝑒")])
        append(
            store,
            [made("They may have left, it was said.", "left", certainty=Certainty.POSSIBLE, negated=True, url="https://news.test/left")],
        )
        update(store, related=related, at=AT)
        store.fail(Failure("https://news.test/left", "link", "A name was not looked up."))
        store.fail(Failure("other.html", "ingest", "It holds no article."))
    return path


@pytest.fixture(scope="module")
def client(shelf):
    with serving(shelf) as client:
        yield client


@pytest.fixture(autouse=True)
def _no_reader(monkeypatch):
    """No page of an article or statement loads the reader, unless it is asked why."""

    def never(*_, **__):
        raise AssertionError("the article was read again")

    monkeypatch.setattr("orbat.service.state.Service.reading", never)


def document_of(client, **params):
    return get(client, "/documents", **params)["items"][0]["document"]["id"]


@settings(deadline=None)
@given(ANY, SPANS, SPANS)
def test_marks_change_no_letter_and_never_cross(text, spans, sentences):
    marks = [Mark(span, ("a", "<b>"), number if number % 2 else None, (f"n{number}",)) for number, span in enumerate(spans)]
    drawn = marked(text, marks, sentences)
    assert letters(drawn) == UNSHOWABLE.sub("\ufffd", text)
    depth = 0
    for tag in re.findall(r"<(/?)", drawn):
        depth += -1 if tag else 1
        assert 0 <= depth <= 2  # a piece, in a sentence at most
    assert depth == 0
    assert "<b>" not in drawn
    drawn.encode("utf-8")


@settings(deadline=None)
@given(st.integers(0, 40), SPANS)
def test_pieces_cover_the_text_once_and_know_all_that_covers_them(length, spans):
    found = pieces(length, spans)
    assert [at for piece in found for at in range(piece.start, piece.end)] == list(range(length))
    for piece in found:
        for at in range(piece.start, piece.end):
            assert set(piece.marks) == {number for number, span in enumerate(spans) if max(0, span.start) <= at < span.end}
        order = [(spans[number].start, -spans[number].end) for number in piece.marks]
        assert order == sorted(order)


def test_overlapping_and_nested_marks():
    drawn = marked("abcdefgh", [Mark(Span(1, 5), ("one",), 1), Mark(Span(3, 7), ("two",), 2, ("s-x",)), Mark(Span(3, 4), ("in",), 3)])
    assert drawn == (
        'a<span class="mark one" id="c1" data-marks="1">bc</span>'
        '<span class="name" id="s-x"></span><span class="mark one two in" id="c3" data-marks="1 2 3">d</span>'
        '<span class="mark one two" data-marks="1 2">e</span><span class="mark two" data-marks="2">fg</span>h'
    )


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcdef"), max_size=30), st.lists(st.sampled_from("abcdef"), max_size=30))
def test_shared_parts_stand_in_both(one, two):
    text, other = " ".join(one), " ".join(two)
    found = shared(text, other, 3)
    assert all(span.of(text).count(" ") >= 2 for span in found)
    assert all(a.end < b.start for a, b in pairwise(found))
    covered = {run for span in found for run in range(span.start, span.end)}
    for at in range(len(one) - 2):
        run = " ".join(one[at : at + 3])
        assert ({2 * at, 2 * at + 4} <= covered) >= (f" {run} " in f" {other} ")
    assert shared(text, text, 3) == ((Span(0, len(text)),) if len(one) > 2 else ())


def test_an_article_and_its_twin(client):
    id = document_of(client, q="Report 0", source="Paper 0")
    text, page = checked(client, f"/articles/{id}")
    value = get(client, f"/documents/{id}")
    assert client.get(f"/articles/{id}.json").json() == value
    body = re.search(r'<div class="text marked" id="text">(.*?)</div>', text, re.S)[1]
    assert letters(body) == value["text"]
    for row in value["statements"]:
        statement = row["statement"]
        assert f"s-{statement['id']}" in page.ids
        assert f"/statements/{statement['id']}" in page.links
        assert f"/records/{row['record']}" in page.links
        trigger = re.search(rf'id="s-{statement["id"]}"></span><span class="mark ([^"]*)"[^>]*>([^<]*)', body)
        assert trigger[2] == statement["trigger"]["text"]
        assert "event" in trigger[1].split()
    numbers = {number for each in re.findall(r'data-marks="([\d ]+)">', body) for number in each.split()}
    assert numbers == {each[1:] for each in page.ids if re.fullmatch(r"m\d+", each)}


def test_marks_are_numbered_in_the_order_of_the_text(client):
    value = get(client, f"/documents/{document_of(client, q='Report 1')}")
    found = entries(value)
    assert [each["number"] for each in found] == list(range(1, len(found) + 1))
    assert [each["start"] for each in found] == sorted(each["start"] for each in found)
    for each in found:
        assert value["text"][each["start"] : each["end"]] == each["text"]
    assert {id for each in found for id in [s["id"] for s, _ in each["roles"]]} == {row["statement"]["id"] for row in value["statements"]}


def test_a_long_article_is_listed_in_part(client, monkeypatch):
    id = document_of(client, q="Report 1")
    value = get(client, f"/documents/{id}")
    _, full = checked(client, f"/articles/{id}")
    monkeypatch.setattr("orbat.service.pages.article.STATEMENTS", 2)
    monkeypatch.setattr("orbat.service.pages.article.ENTRIES", 3)
    text, page = checked(client, f"/articles/{id}?all=false")
    assert [each for each in page.ids if re.fullmatch(r"m\d+", each)] == ["m1", "m2", "m3"]
    assert text.count('<li id="st-') == 2
    assert {f"s-{row['statement']['id']}" for row in value["statements"]} <= set(page.ids)
    assert re.findall(r'data-marks="([\d ]+)">', re.search(r'id="text">(.*?)</div>', text, re.S)[1]) == ["1", "2", "3"]
    more = next(each for each in page.links if "all=true" in each)
    _, every = checked(client, f"/articles/{id}{more}")
    assert every.ids == full.ids


def test_hedges_denials_and_speakers_are_told(client):
    text, _ = checked(client, f"/articles/{document_of(client, q='A report')}")
    assert re.search(r'<span class="mark event hedged negated"[^>]*>left</span>', text)
    for kind in ("hedged", "negated", "event", "group"):
        assert f'id="k-{kind}"' in text
    assert 'id="k-weapon"' not in text
    assert "A name was not looked up." in text
    assert "It holds no article." not in text


def test_near_copies_are_told_and_what_is_copied_is_marked(client):
    id = document_of(client, source="Late Post")
    text, page = checked(client, f"/articles/{id}")
    family = get(client, f"/documents/{id}")["family"]
    assert len(family) == 2
    assert all(f"/articles/{each['id']}" in page.links for each in family)
    body = re.search(r'<div class="text marked" id="text">(.*?)</div>', text, re.S)[1]
    own = letters("".join(re.findall(r"(?:^|</span>)([^<]*)", body)))
    assert "Nobody else was there that day, it seems." in own
    assert re.search(r'class="mark [^"]*copied', body)
    other = next(each for each in page.links if "beside=" in each)
    checked(client, f"/articles/{id}{other}")
    plain, _ = checked(client, f"/articles/{document_of(client, q='Report 2')}")
    assert "copied" not in plain
    assert "near-cop" not in plain


@pytest.mark.parametrize("path", ["articles", "statements"])
def test_hostile_words_stay_text_and_offsets_right_beyond_the_plane(client, path):
    id = next(each["document"]["id"] for each in get(client, "/documents")["items"] if each["document"]["title"] == HOSTILE)
    value = get(client, f"/documents/{id}")
    statement = value["statements"][0]["statement"]["id"]
    text, _ = checked(client, f"/{path}/{id if path == 'articles' else statement}")
    assert "<script>alert" not in text
    assert "{{7*7}}" in text
    drawn = re.search(r'<div class="text marked" id="text">(.*?)</div>|<p class="marked">(.*?)</p>', text, re.S)
    body = drawn[1] or drawn[2]
    assert letters(body) == value["text"]
    assert re.search(r'<span class="mark event"[^>]*>stormed</span>', body)
    assert re.search(r'<span class="mark people speaker"[^>]*>𝒽𝑒</span>', body)


def test_a_statement_and_its_twin(client):
    row = next(
        each for each in get(client, "/statements", limit=50)["items"] if each["statement"]["date"] and not each["statement"]["negated"]
    )
    statement = row["statement"]
    text, page = checked(client, f"/statements/{statement['id']}")
    assert client.get(f"/statements/{statement['id']}.json").json() == get(client, f"/statements/{statement['id']}")
    assert f"/articles/{statement['document']['id']}#s-{statement['id']}" in page.links
    assert f"/records/{row['record']}" in page.links
    for role in ("actor", "target", "place"):
        assert html.escape(statement[role][0]["text"]) in text
    assert statement["codes"]["acled"]["sub_event_type"] in text
    paragraph = re.search(r'<p class="marked">(.*?)</p>', text, re.S)[1]
    assert statement["sentence"]["text"] in letters(paragraph)
    record = get(client, f"/records/{row['record']}")
    others = [each["id"] for each in record["statements"] if each["id"] != statement["id"]]
    assert all(f"/statements/{each}" in page.links for each in others[:12])


def test_a_statement_that_a_later_reading_superseded_says_so(tmp_path):
    document, said = reading(5)
    with Store.open(tmp_path / "news.db") as store:
        append(store, [(document, said)])
        store.append(document, said[1:], model="test 2", read_at=AT + DAY)
        update(store, related=related, at=AT)
    with serving(tmp_path / "news.db") as client:
        text, _ = checked(client, f"/statements/{said[0].id}")
        assert "A later reading of the article says otherwise" in text
        assert "It is in no record" in text
        text, _ = checked(client, f"/articles/{document.id}")
        assert f"s-{said[0].id}" not in text


def test_why_a_statement_says_so_is_asked_for(monkeypatch, tmp_path, reader):
    article = Document.of("Boko Haram fighters killed 14 people in Gwoza on Monday, residents said.", title="Gwoza", source="Paper")
    found = reader.read_document(article)
    with Store.open(tmp_path / "news.db") as store:
        store.append(article, found.statements, model=found.model)
        update(store, related=related, at=AT)
    monkeypatch.setattr("orbat.service.state.Service.reading", lambda *_: found)
    with serving(tmp_path / "news.db") as client:
        id = found.statements[0].id
        plain, _ = checked(client, f"/statements/{id}")
        assert "is its name" not in plain
        text, _ = checked(client, f"/statements/{id}?why=true")
        explained = get(client, f"/statements/{id}/explanation")
        assert explained["mentions"]
        for mention in explained["mentions"]:
            for candidate in mention["candidates"]:
                assert html.escape(candidate["id"], quote=False) in text
                assert html.escape(candidate["reasons"][0], quote=False).replace("'", "&#39;") in text
        checked(client, f"/articles/{article.id}")


def test_nothing_of_that_id_is_a_page_too(client):
    for address in ("/articles/nothing", "/statements/ffff0000", "/statements/ffff0000/judge"):
        checked(client, address, 404)
        assert client.get(address, headers=HTML).status_code == 404
