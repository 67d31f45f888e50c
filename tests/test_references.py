from __future__ import annotations

import pytest

from orbat.link.catalogue import Catalogue
from orbat.link.gazetteer import Gazetteer
from orbat.link.references import find_references
from orbat.pipeline import linked
from orbat.types import Annotations, Document, Mention, MentionType, Span


def found(text: str, *mentions: tuple[str, str], known: dict[int, int] | None = None) -> dict[str, str]:
    """What each mention, in the order of the text, was taken to stand for; sentences end at full stops."""
    ends = [i + 1 for i, c in enumerate(text) if c == "."]
    sentences = tuple(Span(a, b) for a, b in zip([0, *ends], ends, strict=False))
    made, at = [], 0
    for words, kind in mentions:
        start = text.index(words, at)
        at = start + len(words)
        made.append(Mention(MentionType(kind), Span(start, at), next(i for i, s in enumerate(sentences) if at <= s.end)))
    references = find_references(Document.of(text), Annotations(sentences, tuple(made), (), known or {}))
    return {made[i].span.of(text): made[j].span.of(text) for i, j in references.items()}


GROUPS = (("M23", "GROUP"), ("group", "GROUP"))


@pytest.mark.parametrize(
    ("text", "mentions", "expected"),
    [
        ("M23 took Goma. The group has grown.", GROUPS, {"group": "M23"}),
        ("M23 took Goma. At least 20 gunmen fled.", (("M23", "GROUP"), ("At least 20 gunmen", "GROUP")), {}),  # some of many
        ("Musa came. He spoke.", (("Musa", "PERSON"), ("He", "PERSON")), {"He": "Musa"}),
        ("Musa came. He spoke.", (("Musa", "GROUP"), ("He", "PERSON")), {}),  # another type
        ("They came. The group has grown.", (("They", "GROUP"), ("group", "GROUP")), {}),  # a pronoun is no name
        (
            "Lord's Resistance Army (LRA) men came. Its leader fled.",
            (("Lord's Resistance Army", "GROUP"), ("LRA", "GROUP"), ("Its", "GROUP")),
            {"Its": "Lord's Resistance Army"},
        ),
    ],
)
def test_a_word_takes_the_name_that_fits_best(text: str, mentions: tuple[tuple[str, str], ...], expected: dict[str, str]) -> None:
    assert found(text, *mentions) == expected


def test_what_the_reading_found_is_not_repeated() -> None:
    assert found("M23 took Goma. The group has grown.", *GROUPS, known={1: 0}) == {}


def test_the_pipeline_links_what_nearness_found_and_shows_it_as_a_reference() -> None:
    text = "Boko Haram attacked Baga. The group fled."
    mentions = (
        Mention(MentionType.GROUP, Span(0, 10), 0),
        Mention(MentionType.PLACE, Span(20, 24), 0),
        Mention(MentionType.GROUP, Span(30, 35), 1),
    )
    read = Annotations((Span(0, 25), Span(26, len(text))), mentions)
    annotations, links = linked(Document.of(text), read, Catalogue.load(), Gazetteer.open())
    assert dict(annotations.references) == {2: 0}
    target, town = links.actors[2].target, links.places[1].target
    assert target is not None
    assert town is not None
    assert (target.id, town.country) == ("boko-haram", "Nigeria")
