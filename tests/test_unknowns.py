"""Names that no catalogue knows, as provisional actors of a store."""

from __future__ import annotations

import datetime as dt
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orbat.errors import NotFoundError
from orbat.link import owncatalogue
from orbat.link.catalogue import Catalogue
from orbat.link.ownnames import own_name
from orbat.queries import statements_about
from orbat.serial import ROLES, with_id
from orbat.store import Store
from orbat.types import Certainty, Codes, Document, DocumentRef, Entity, EventType, Filler, MentionType, Place, Quote, Span, Statement
from orbat.unknowns import unknown_actor, unknown_actors
from tests import generated

GABON = Place("gn-1", "Oyem", "Gabon", "", 1.6, 11.6, 1, 1)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "s.db") as opened:
        yield opened


def keep(store: Store, *articles: str, published: dt.date | None = dt.date(2024, 5, 1), kind: EventType = EventType.ATTACK) -> None:
    """Articles with "[mention|TYPE]" or "[mention|TYPE|id]" marks; each sentence is a statement: the first mention does it."""
    for marked in articles:
        text = re.sub(r"\[([^|\]]+)\|[^\]]+\]", r"\1", marked)
        document = Document.of(text, published=published)
        found, at = [], 0
        for part in re.split(r"(?<=\.) ", marked):
            sentence = re.sub(r"\[([^|\]]+)\|[^\]]+\]", r"\1", part)
            start = text.index(sentence, at)
            at = start + len(sentence)
            found.append(_statement(document, Quote(Span(start, at), sentence), part, kind))
        store.append(document, found, model="test 1")


def _statement(document: Document, sentence: Quote, marked: str, kind: EventType) -> Statement:
    fillers, at = [], sentence.span.start
    for words, type, known in re.findall(r"\[([^|\]]+)\|([A-Z]+)(?:\|([\w-]+))?\]", marked):
        at = document.text.index(words, at)
        span = Span(at, at + len(words))
        fillers.append(Filler(Quote(span, words), MentionType(type), Entity(known, known, "group") if known else None))
        at += len(words)
    parts: dict[str, tuple[Filler, ...]] = dict.fromkeys(ROLES, ())
    parts |= {"actor": tuple(fillers[:1]), "target": tuple(fillers[1:])}
    reference = DocumentRef(document.id, "", "", document.published, "")
    trigger = Quote(Span(sentence.span.end - 1, sentence.span.end), sentence.text[-1])
    return with_id(
        Statement(
            id="", document=reference, sentence=sentence, type=kind, trigger=trigger, **parts, certainty=Certainty.FACT, negated=False,
            attribution=None, date=None, location=GABON, count=None, codes=Codes(), confidence=0.9, model="test 1",
        )
    )  # fmt: skip


def names(store: Store, catalogue: Catalogue, **more: int) -> dict[str, int]:
    return {found.name: found.articles for found in unknown_actors(store, catalogue, **more)}


# -- the name in a mention


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("the Lions of the Lake", "GROUP", "Lions of the Lake"),
        ("suspected Lions of the Lake fighters", "GROUP", "Lions of the Lake"),
        ("members of the Lions of the Lake", "GROUP", "Lions of the Lake"),
        ("Lions of the Lake (LOTL) militants", "GROUP", "Lions of the Lake"),
        ("40 LOTL gunmen", "GROUP", "LOTL"),
        ("Iran-backed Liwa al-Nahr fighters", "GROUP", "Liwa al-Nahr"),
        ("al-Nahr Brigade", "GROUP", "al-Nahr Brigade"),
        ("82 Division", "FORCE", "82 Division"),
        ("the Sahel Freedom Front", "GROUP", "Sahel Freedom Front"),
        ("Gen. Musa Adoum", "PERSON", "Musa Adoum"),
        ("Governor Musa Adoum", "PERSON", "Musa Adoum"),
        ("Ahmed bin Said", "PERSON", "Ahmed bin Said"),
        # another thing than the name in it
        ("a Lions of the Lake faction", "GROUP", None),
        ("anti-Lions fighters", "GROUP", None),
        ("former Lions fighters", "GROUP", None),
        # nobody's name
        ("gunmen", "GROUP", None),
        ("the group", "GROUP", None),
        ("they", "GROUP", None),
        ("Syrian rebels", "GROUP", None),
        ("Colombian guerrillas", "GROUP", None),
        ("Islamist militants", "GROUP", None),
        ("40 Russians", "FORCE", None),
        ("Security Forces", "FORCE", None),
        ("Syrian Army", "FORCE", None),
        ("U.S. and Afghan troops", "FORCE", None),
        ("U.S. Marine", "PERSON", None),
        ("Police Constable", "PERSON", None),
        ("Turkish businessman", "PERSON", None),
        ("he", "PERSON", None),
    ],
)
def test_the_name_in_a_mention(catalogue: Catalogue, text: str, kind: str, name: str | None) -> None:
    found = own_name(catalogue, text, MentionType(kind))
    assert (found.text if found else None) == name
    assert found is None or found.sure


@pytest.mark.parametrize(
    ("text", "kind", "more"),
    [
        ("Gunmen", "GROUP", {"opens": True}),
        ("Unidentified Oromo rebels", "GROUP", {"opens": True}),
        ("Oromo rebels", "GROUP", {}),  # any of a people
        ("DEATH SQUADS", "GROUP", {"caseless": True}),
        ("SECOND PERSON", "PERSON", {"caseless": True}),
    ],
)
def test_what_the_words_alone_do_not_show_to_be_a_name(catalogue: Catalogue, text: str, kind: str, more: dict[str, bool]) -> None:
    found = own_name(catalogue, text, MentionType(kind), **more)
    assert found is None or not found.sure


# -- provisional actors


def test_the_same_name_in_two_articles_is_one_actor(store: Store, catalogue: Catalogue) -> None:
    keep(store, "On Monday the [Lions of the Lake|GROUP] raided [Oyem|PLACE]. The [Lions of the Lake|GROUP] fled.")
    keep(store, "[Soldiers|FORCE] fought suspected [Lions of the Lake fighters|GROUP].", published=dt.date(2024, 7, 9))
    keep(store, "In Oyem [gunmen|GROUP] met [gunmen|GROUP] of the [Sons of Iron|GROUP].")
    (found,) = unknown_actors(store, catalogue)
    assert (found.id, found.name, found.kind) == ("unknown:lions-of-the-lake", "Lions of the Lake", "group")
    assert (found.articles, found.statements) == (2, 3)
    assert (found.first, found.last) == (dt.date(2024, 5, 1), dt.date(2024, 7, 9))
    assert found.countries == ("Gabon",)
    assert found.types == ((EventType.ATTACK, 2),)  # in one statement it is attacked
    assert "Lions of the Lake" in found.sentence
    assert any(found.example == s.id and s.sentence.text == found.sentence for s in statements_about(store, found.name))
    assert names(store, catalogue, min_articles=1) == {"Lions of the Lake": 2, "Sons of Iron": 1}
    assert names(store, catalogue, limit=0) == {}


def test_most_articles_first_and_kinds(store: Store, catalogue: Catalogue) -> None:
    for day in range(1, 4):
        keep(store, f"On day {day} the [Sons of Iron|GROUP] met [Musa Adoum|PERSON].", published=dt.date(2024, 1, day))
    keep(store, "Later the [Lions of the Lake|GROUP] met [Musa Adoum|PERSON].", "Again the [Lions of the Lake|GROUP] left.")
    assert list(names(store, catalogue).items()) == [("Musa Adoum", 4), ("Sons of Iron", 3), ("Lions of the Lake", 2)]
    assert [found.name for found in unknown_actors(store, catalogue, kinds=["person"])] == ["Musa Adoum"]


def test_what_is_linked_or_superseded_does_not_count(store: Store, catalogue: Catalogue) -> None:
    keep(store, "Then [Lions of the Lake|GROUP|lions] came.", "Then the [Lions of the Lake|GROUP] came again.")
    assert names(store, catalogue, min_articles=1) == {"Lions of the Lake": 1}
    document = Document.of("Then the Lions of the Lake came again.", published=dt.date(2024, 5, 1))
    store.append(document, [], model="test 2")
    assert names(store, catalogue, min_articles=1) == {}


def test_an_opening_capital_proves_nothing_until_the_name_stands_elsewhere(store: Store, catalogue: Catalogue) -> None:
    keep(store, "[Mondongueros|GROUP] came to Oyem.", "[Militants|GROUP] came to Oyem.")
    assert names(store, catalogue, min_articles=1) == {}
    keep(store, "In Oyem the [Mondongueros|GROUP] left.")
    assert names(store, catalogue) == {"Mondongueros": 2}


def test_text_without_capitals_names_persons_and_what_is_known_as_a_name(store: Store, catalogue: Catalogue) -> None:
    keep(store, "THE [DEATH SQUADS|GROUP] OF THE [IRON SONS|GROUP] MET [MUSA ADOUM|PERSON].")
    assert names(store, catalogue, min_articles=1) == {"MUSA ADOUM": 1}
    keep(store, "In Oyem the [Iron Sons|GROUP] left with [Musa Adoum|PERSON].")
    assert set(names(store, catalogue)) == {"Iron Sons", "Musa Adoum"}


def test_a_surname_counts_for_the_one_full_name_of_its_article(store: Store, catalogue: Catalogue) -> None:
    keep(store, "In Oyem [Musa Adoum|PERSON] met rebels. In May [Adoum|PERSON] fled.", "In Oyem [Adoum|PERSON] spoke.")
    keep(store, "In June [Musa Adoum|PERSON] met [Idriss Adoum|PERSON]. In May [Adoum|PERSON] fled.")
    (found,) = unknown_actors(store, catalogue)
    assert (found.name, found.articles, found.statements) == ("Musa Adoum", 2, 3)
    assert found.names == ("Musa Adoum",)


def test_the_first_part_of_a_name_and_an_explained_abbreviation(store: Store, catalogue: Catalogue) -> None:
    keep(store, "In Oyem the [Wagaba Lions of Peace|GROUP] (WLOP) came. Then the [Wagaba Lions|GROUP] left. Then [WLOP|GROUP] returned.")
    keep(store, "In Oyem [WLOP|GROUP] came again.", "In Oyem [XQOP|GROUP] came.")
    found, other = unknown_actors(store, catalogue, min_articles=1)
    assert (found.name, found.articles, found.statements) == ("WLOP", 2, 4)
    assert set(found.names) == {"WLOP", "Wagaba Lions of Peace"}
    assert other.name == "XQOP"
    assert unknown_actor(store, catalogue, "unknown:wagaba-lions-of-peace") == found


def test_transliterations_are_one_and_like_names_are_two(store: Store, catalogue: Catalogue) -> None:
    keep(store, "In May [Katibat al-Qamar|GROUP] came.", "In June [Katibat al-Kamar|GROUP] came.", "In July [Katibat al-Qamar|GROUP] came.")
    keep(store, "In May [Liwa al-Nahr|GROUP] came.", "In June [Liwa al-Nour|GROUP] came.")
    found = unknown_actors(store, catalogue, min_articles=1)
    assert [each.names for each in found] == [("Katibat al-Qamar", "Katibat al-Kamar"), ("Liwa al-Nahr",), ("Liwa al-Nour",)]


def test_what_the_catalogue_knows_is_not_unknown_and_like_names_are_offered(store: Store, catalogue: Catalogue) -> None:
    keep(store, "In May [Boko Haram|GROUP] met [JNIM fighters|GROUP] and the [Sinaloa Kartel|GROUP].")
    (found,) = unknown_actors(store, catalogue, min_articles=1)
    assert found.name == "Sinaloa Kartel"
    assert "sinaloa-cartel" in found.near


def test_an_unknown_name_is_refused_with_near_names(store: Store, catalogue: Catalogue) -> None:
    keep(store, "In May the [Lions of the Lake|GROUP] met [Boko Haram|GROUP].")
    with pytest.raises(NotFoundError, match=r"Near names: Lions of the Lake\."):
        unknown_actor(store, catalogue, "Lions of the Lak")
    with pytest.raises(NotFoundError, match="The catalogue knows that name"):
        unknown_actor(store, catalogue, "Boko Haram")


def test_dismissed_until_undone(store: Store, tmp_path: Path) -> None:
    own = tmp_path / "actors.jsonl"
    keep(store, "In May the [Lions of the Lake|GROUP] met the [Sons of Iron|GROUP].")
    owncatalogue.dismiss(own, "Lions of the Lake", why="a football club")
    assert list(names(store, Catalogue.load(own), min_articles=1)) == ["Sons of Iron"]
    with pytest.raises(NotFoundError, match="It is dismissed"):
        unknown_actor(store, Catalogue.load(own), "lions of the lake")
    owncatalogue.undo_dismissal(own, "the lions of the lake")
    assert list(names(store, Catalogue.load(own), min_articles=1)) == ["Lions of the Lake", "Sons of Iron"]


def test_order_of_writing_does_not_matter(tmp_path: Path, catalogue: Catalogue) -> None:
    articles = [
        "In May the [Lions of the Lake|GROUP] (LOTL) came. Then [LOTL|GROUP] left.",
        "In Oyem [Musa Adoum|PERSON] spoke. In Oyem [Adoum|PERSON] spoke for the [Lions of the Lake|GROUP].",
        "In June [Katibat al-Qamar|GROUP] came.",
        "In July [Katibat al-Kamar|GROUP] came.",
    ]
    answers = []
    for seed in range(3):
        random.Random(seed).shuffle(articles)
        with Store.open(tmp_path / f"{seed}.db") as opened:
            keep(opened, *articles)
            answers.append(unknown_actors(opened, catalogue, min_articles=1))
    assert [[(a.id, a.names, a.articles, a.statements, a.types) for a in answer] for answer in answers[1:]] == [
        [(a.id, a.names, a.articles, a.statements, a.types) for a in answers[0]]
    ] * 2


def test_a_larger_store_is_listed_quickly(tmp_path: Path, catalogue: Catalogue) -> None:
    with Store.open(tmp_path / "s.db") as opened:
        opened.append_many(((d := generated.document(n), generated.statements(d)) for n in range(150)), model="test 1")
        began = time.process_time()
        found = unknown_actors(opened, catalogue)
        took = time.process_time() - began
    assert len(found) > 50
    assert all(each.articles >= 2 for each in found)
    assert took < 5  # several times what it takes; only a real loss of speed fails
