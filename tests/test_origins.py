"""Where a statement comes from: speakers, publishers, agencies, copies."""

import datetime as dt

import pytest

from orbat.corroborate.context import Context, DocumentFacts
from orbat.corroborate.origins import publisher_of, publisher_origin, speaker_origin, wire_of
from orbat.corroborate.voices import independent, voiced
from orbat.types import Document, EventType, MentionType
from tests.recordparts import group, people, said

KILL, ATTACK = EventType.KILL, EventType.ATTACK


@pytest.mark.parametrize(
    ("document", "wire"),
    [
        (Document.of("KANO, June 3 (Reuters) - Gunmen came."), "Reuters"),
        (Document.of("NIAMEY, Oct 7 (Meridian Wire) – Militants came."), "Meridian Wire"),
        (Document.of("Gunmen came.", byline="By A. Writer, Associated Press"), "AP"),
        (Document.of("Gunmen came.", byline="Agence France-Presse"), "AFP"),
        (Document.of("Gunmen came to Kano on Friday.\n\nSource: AFP"), "AFP"),
        (Document.of("Gunmen came to Kano.\n\nWith reporting from Reuters and AP"), "Reuters"),
        (Document.of("Gunmen came to Kano.", byline="A. Writer"), ""),
        (Document.of("The Popular Front (PF) said that it came."), ""),
        (Document.of("Soldiers of the Army (SLA) — a group — came."), ""),
        (Document.of("Gunmen came. Reuters could not verify that."), ""),
    ],
)
def test_the_agency_that_a_document_credits(document: Document, wire: str) -> None:
    assert wire_of(document) == wire


def test_the_publisher() -> None:
    assert publisher_of("The Abuja Ledger", "https://x.test/1", "d") == "The Abuja Ledger"
    assert publisher_of("", "https://www.news.test/1", "d") == "news.test"
    assert publisher_of("Agence France-Presse", "", "d") == "AFP"


def test_each_article_that_tells_no_publisher_is_an_origin_of_its_own_with_a_label_that_can_be_read() -> None:
    one, two = (publisher_origin(publisher_of("", "", f"537432ffcd9a029{n}")) for n in (8, 9))
    assert one.id != two.id
    assert one.name == "unknown publisher of article 537432ff"
    assert publisher_origin(publisher_of("The Abuja Ledger", "", "d")).name == "The Abuja Ledger"


def test_speakers() -> None:
    def origin(filler: object, family: str = "f1") -> str | None:
        found = speaker_origin(said(KILL, speaker=filler), family)  # type: ignore[arg-type]
        return found and found.id

    assert origin(group("Red Army")) == "speaker:red-army"
    assert origin(people("Musa Ali", MentionType.PERSON)) == "speaker:musa ali"
    assert origin(people("security officials")) == "speaker:f1:security officials"
    assert origin(people("security officials"), "f2") == "speaker:f2:security officials"
    assert origin(people("he", MentionType.PERSON)) is None
    assert origin(None) is None


def facts(*rows: tuple[str, str, str, str, str]) -> Context:
    """Rows of document, family, publisher, agency, day."""
    return Context({d: DocumentFacts(d, family, name, wire, dt.date.fromisoformat(day)) for d, family, name, wire, day in rows})


def ids(*statements: object, context: Context) -> list[str]:
    return [one.origin for one in voiced(statements, context)[0]]  # type: ignore[arg-type]


def test_ten_reprints_of_one_agency_story_are_one_origin() -> None:
    context = facts(*((f"d{n}", "d0", f"Paper {n}", "AFP" if n in (3, 4) else "", f"2020-05-{n + 1:02}") for n in range(10)))
    found = ids(*(said(KILL, f"d{n}", source=f"Paper {n}") for n in range(10)), context=context)
    assert set(found) == {"publisher:afp"}


def test_without_an_agency_the_earliest_is_the_publisher() -> None:
    context = facts(("d1", "d1", "Late Paper", "", "2020-05-03"), ("d2", "d1", "First Paper", "", "2020-05-01"))
    assert ids(said(KILL, "d1"), said(KILL, "d2"), context=context) == ["publisher:first paper"] * 2


def test_a_copied_sentence_comes_from_where_it_first_stood() -> None:
    copied = "Nine villagers were killed when gunmen raided a hamlet outside the town on Tuesday morning."
    first = said(KILL, "d1", sentence=copied, published="2020-05-05")
    later = said(KILL, "d2", sentence=copied, published="2020-05-06")
    assert set(ids(first, later, context=Context())) == {"publisher:paper d1"}
    own = said(KILL, "d3", sentence="Nine people died in the hamlet on Tuesday, and more are missing in the hills behind it.")
    assert set(ids(first, own, context=Context())) == {"publisher:paper d1", "publisher:paper d3"}
    named = said(KILL, "d2", sentence=copied, published="2020-05-06", speaker=group("Red Army"))
    assert set(ids(first, named, context=Context())) == {"publisher:paper d1", "speaker:red-army"}


def test_a_publisher_beside_its_speakers_is_no_further_origin() -> None:
    found, origins = voiced([said(KILL, "d1", at=1, speaker="police"), said(ATTACK, "d1", at=2)], Context())
    assert set(origins) == {"speaker:d1:police", "publisher:paper d1"}
    assert independent(found) == {"speaker:d1:police"}


def test_one_speaker_under_a_longer_and_a_shorter_name() -> None:
    full, last = people("Khaled al-Suhaili", MentionType.PERSON), people("Suhaili", MentionType.PERSON)
    found, _ = voiced([said(KILL, at=1, speaker=full), said(KILL, at=2, speaker=last)], Context())
    assert independent(found) == {"speaker:khaled al suhaili"}
    found, _ = voiced([said(KILL, "d1", speaker="governor"), said(KILL, "d2", speaker="governor")], Context())
    assert len(independent(found)) == 1
    found, _ = voiced([said(KILL, "d1", speaker="witness"), said(KILL, "d2", speaker="witness")], Context())
    assert len(independent(found)) == 2
