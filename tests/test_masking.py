"""Private persons under pseudonyms: wherever their names stand, in every byte of every format; public ones as they are."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orbat.export import FORMATS, Mask, Material, Mentioned, masked
from orbat.export.maskednames import name_words
from orbat.export.masktext import Finder
from orbat.recordtypes import Origin, RecordField
from orbat.serial import ROLES, fillers_of
from orbat.types import Attribution, Entity, MentionType, Quote, Span, Statement
from tests import exportcases
from tests.exportcases import document, filler, material, record, said, statement

KEY = b"0123456789abcdef0123456789abcdef"
MAYOR = Entity("p-mayor", "Oro Tembe", "person")
TEXT = (
    "Mayor Ibrahim Kassoum's wife said the Amber Front shot dead 12 farmers in Talara on Thursday with rifles, President Oro Tembe said. "
    "KASSOUM was there, said Zeynab Okoro, a teacher; the Amber Front seized Ms Okoro. \"Ibrahim Kassoum!\" she cried. Tembe left."
)  # fmt: skip
PRIVATE = ("Ibrahim", "Kassoum", "Zeynab", "Okoro")


def case() -> Material:
    """An article in which two private persons and a public one are victims, speakers and actors; also in its title, address and byline."""
    doc = document(
        TEXT,
        title="Kassoum seized, says ZEYNAB OKORO",
        source="The Ibrahim Kassoum Gazette",
        byline="By Zeynab Okoro",
        url="https://news.test/2021/ibrahim-kassoum-seized",
        given_id="kassoum-1",
    )
    cut = TEXT.index(" KASSOUM")
    first, second = Quote(Span(0, cut), TEXT[:cut]), Quote(Span(cut + 1, len(TEXT)), TEXT[cut + 1 :])
    person = MentionType.PERSON
    speaker = Attribution(filler(doc, "Oro Tembe", person, MAYOR), False, False)
    killed = statement(doc, sentence=first, target=(filler(doc, "Mayor Ibrahim Kassoum", person),), attribution=speaker)
    teacher = Attribution(filler(doc, "Zeynab Okoro", person), True, False)
    start = TEXT.index("seized")
    seized = statement(
        doc,
        sentence=second,
        trigger=Quote(Span(start, start + 6), "seized"),
        actor=(filler(doc, "KASSOUM", person),),
        target=(filler(doc, "Ms Okoro", person),),
        attribution=teacher,
    )
    own = [killed, seized]
    victims = RecordField("targets", (said("mayor ibrahim kassoum", "Mayor Ibrahim Kassoum", own), said("ms okoro", "Ms Okoro", own)))
    by = (Origin("speaker:zeynab okoro", "Zeynab Okoro", "speaker"), Origin("speaker:p-mayor", "Oro Tembe", "speaker"))
    kept = record(own, targets=victims, origins=by, denials=("speaker:zeynab okoro",))
    return material(own, [kept], [doc])


def mask_of(given: Material, **more: object) -> Mask:
    return Mask(given.statements.values(), KEY, **more)  # type: ignore[arg-type]


def every_byte(given: Material, folder: Path) -> dict[str, str]:
    """All that each format writes, as text; Parquet is compressed, so its cells."""
    found = {}
    for format in FORMATS:
        if format.name == "ftm" and not _has_ftm():
            continue
        if format.stream is not None:
            format.stream(given, out := io.BytesIO())
            found[format.name] = out.getvalue().decode("utf-8")
        elif format.folder is not None:
            format.folder(given, folder)
            tables = [json.dumps(pq.read_table(path).to_pylist(), default=str, ensure_ascii=False) for path in folder.glob("*.parquet")]
            found[format.name] = " ".join(tables)
    return found


def _has_ftm() -> bool:
    try:
        import followthemoney  # noqa: F401
    except ImportError:
        return False
    return True


def exact(one: Statement, text: str) -> None:
    """Every quotation of a statement is what stands at its place in a text."""
    speaker = (one.attribution.speaker,) if one.attribution else ()
    quotes = [f.quote for role in ROLES for f in fillers_of(one, role)] + [f.quote for f in speaker]
    for quote in (one.sentence, one.trigger, *quotes):
        assert quote.span.of(text) == quote.text


def test_no_byte_of_any_format_has_a_private_name(tmp_path: Path) -> None:
    given = case()
    bare = every_byte(given, tmp_path / "bare")
    for name, text in every_byte(masked(given, mask_of(given)), tmp_path / "masked").items():
        low = text.casefold()
        assert not [word for word in PRIVATE if word.casefold() in low], name
        if name not in ("cameo", "graphml", "gexf", "acled"):
            assert "Oro Tembe" in text or "Oro Tembe" not in bare[name], name
    assert sum("kassoum" in text.casefold() for text in bare.values()) == len(bare)  # each format had something to hide


def test_the_public_stay_and_so_do_titles() -> None:
    given = case()
    text = next(iter(masked(given, mask_of(given)).documents.values())).text
    assert "President Oro Tembe said" in text
    assert "Tembe left" in text
    assert text.startswith("Mayor Person-")


def test_the_same_person_has_the_same_pseudonym_in_full_and_by_surname() -> None:
    given = case()
    mask = mask_of(given)
    killed, seized = masked(given, mask).statements.values()
    assert killed.target[0].quote.text == f"Mayor {mask.pseudonym('ibrahim kassoum')}"
    assert seized.actor[0].quote.text == mask.pseudonym("ibrahim kassoum")
    assert seized.target[0].quote.text == f"Ms {mask.pseudonym('zeynab okoro')}"


def test_pseudonyms_hang_on_the_key_alone() -> None:
    given = case()
    assert mask_of(given).pseudonym("a b") == mask_of(material([])).pseudonym("a b")
    assert Mask((), KEY).pseudonym("a b") != Mask((), KEY[::-1]).pseudonym("a b")


def test_spans_are_exact_in_the_masked_article() -> None:
    given = masked(case(), mask_of(case()))
    (text,) = (document.text for document in given.documents.values())
    for one in given.statements.values():
        exact(one, text)


def test_without_the_article_spans_are_exact_in_the_masked_sentence() -> None:
    given = case()
    hidden = masked(replace(given, documents={}), mask_of(given))
    for old, new in zip(given.statements.values(), hidden.statements.values(), strict=True):
        assert new.sentence.span.start == old.sentence.span.start
        inside = [f for role in ROLES for f in fillers_of(new, role) if f.quote.text in new.sentence.text]
        for each in (new.trigger, *(f.quote for f in inside if new.sentence.span.start <= f.quote.span.start < new.sentence.span.end)):
            start = each.span.start - new.sentence.span.start
            assert new.sentence.text[start : start + len(each.text)] == each.text
        assert new.id == old.id


def test_an_address_with_a_name_is_cut_to_its_site() -> None:
    given = case()
    for url, wanted in [
        ("https://news.test/2021/ibrahim-kassoum-seized", "https://news.test/"),
        ("https://news.test/%5A%65ynab_okoro", "https://news.test/"),
        ("https://news.test/ibrahimkassoum", "https://news.test/"),
        ("https://kassoum.test/a", ""),
        ("https://news.test/talara", "https://news.test/talara"),
    ]:
        own = [replace(s, document=replace(s.document, url=url)) for s in given.statements.values()]
        assert {s.document.url for s in masked(material(own), mask_of(given)).statements.values()} == {wanted}


@pytest.mark.parametrize(
    ("mention", "words"),
    [
        ("Ibrahim Kassoum", "ibrahim kassoum"),
        ("Mayor Ibrahim Kassoum, 54", "ibrahim kassoum"),
        ("the 34-year-old teacher Zeynab Okoro", "zeynab okoro"),
        ("Nigerian President Oro Tembe", "oro tembe"),
        ("Nigerian Tembe Okoro", "nigerian tembe okoro"),
        ("Martin Luther King", "martin luther king"),
        ("Abu Musab al-Zarqa", "abu musab al zarqa"),
        ("Ludwig van der Berg", "ludwig van der berg"),
        ("Kassoum's", "kassoum"),
        ("محمد علي", "محمد علي"),
        ("a teacher", ""),
        ("he", ""),
        ("the Prime Minister", ""),
        ("President", ""),
        ("the Nigerian", ""),
        ("a Nigerian woman", ""),
        ("Okoro's brother", ""),
    ],
)
def test_a_name_is_told_from_a_description(mention: str, words: str) -> None:
    assert " ".join(name_words(mention, public={"nigerian"})) == words


def test_where_capitals_are_lost_all_words_may_be_a_name() -> None:
    assert name_words("ibrahim kassoum", capitals=False) == ("ibrahim", "kassoum")
    assert name_words("a teacher", capitals=False) == ()


SPELLINGS = (
    "IBRAHIM KASSOUM",
    "Ibrahim  Kassoum",
    "Ibrahím Kassoum",
    "Ibrahi\u0301m Kassou\u0308m",
    "Ibra\u00adhim Kass\u200boum",
    "ibrahim-kassoum",
)


@pytest.mark.parametrize("shown", SPELLINGS)
def test_other_spellings_are_found(shown: str) -> None:
    finder = Finder({("ibrahim", "kassoum"): "ibrahim kassoum"}, lambda person: "X")
    assert finder.text(f"So {shown} said.") == "So X said."


def test_the_words_of_one_name_are_one_pseudonym() -> None:
    finder = Finder({("zeynab",): "p", ("okoro",): "p"}, lambda person: "X")
    assert finder.text("Okoro Zeynab left; Zeynab, Okoro said.") == "X left; X, X said."


def test_a_word_is_not_taken_for_a_name_of_one_word() -> None:
    finder = Finder({("young",): "young"}, lambda person: "X")
    assert finder.text("Young said a young man and Youngster left.") == "X said a young man and Youngster left."


def test_names_that_no_statement_has_can_be_given() -> None:
    doc = document(exportcases.TEXT.replace("Residents", "Amina Yusuf"))
    own = statement(doc, attribution=None, sentence=Quote(Span(0, len(doc.text)), doc.text))
    given = material([own], [], [doc])
    assert "Amina" in next(iter(masked(given, mask_of(given)).statements.values())).sentence.text
    told = mask_of(given, mentions=[Mentioned(doc.id, "Amina Yusuf")])
    assert "Amina" not in next(iter(masked(given, told).statements.values())).sentence.text


def test_a_full_name_is_masked_in_other_articles_too() -> None:
    other = document("Nobody knew Zeynab Okoro. Residents said the Amber Front shot dead 12 farmers in Talara on Thursday with rifles.")
    given = material([*case().statements.values(), statement(other)])
    hidden = masked(given, mask_of(given))
    assert "Okoro" not in hidden.statements[statement(other).id].sentence.text


NAMES = st.text(st.sampled_from("abzéøßıÀ'’- \u0301\u00ad\n\x00=\"XYZ"), min_size=1, max_size=12)


@settings(max_examples=80, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=5), NAMES)
def test_spans_are_carried_over_whatever_the_text(parts: list[str], name: str) -> None:
    finder = Finder({tuple(words): "p" for words in [name_words(name, capitals=False)] if words}, lambda person: "Person-X")
    text = name.join(parts)
    edited = finder.edit(text, loose=True)
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            found = edited.span(Span(start, end))
            assert 0 <= found.start < found.end <= len(edited.text)
            if not any(cut.start < end and start < cut.end for cut in edited.cuts):
                assert found.of(edited.text) == text[start:end]
