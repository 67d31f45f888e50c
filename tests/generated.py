"""Documents and statements made up from a seed, for tests and benchmarks of the store. No real group does anything here."""

import datetime as dt
import random

from orbat.serial import ROLES, with_id
from orbat.types import (
    Attribution,
    Certainty,
    Codes,
    Count,
    Document,
    DocumentRef,
    Entity,
    EventType,
    Filler,
    MentionType,
    Place,
    Quote,
    Span,
    Statement,
    StatementDate,
)

COLOURS = ["Amber", "Azure", "Crimson", "Ebony", "Ivory", "Jade", "Ochre", "Russet", "Silver", "Umber"]
THINGS = ["Falcon", "River", "Ridge", "Lantern", "Harbour", "Cedar", "Anvil", "Comet", "Orchard", "Summit"]
KINDS = ["Brigade", "Front", "Movement", "Army", "Company"]
GROUPS = [f"{colour} {thing} {kind}" for colour in COLOURS for thing in THINGS for kind in KINDS]
WEIGHTS = [1 / (rank + 5) for rank in range(len(GROUPS))]  # a few groups make most of the news
TOWNS = [f"{first}{last}" for first in ("Tal", "Bar", "Kor", "Mez", "Dun", "Sel") for last in ("ara", "oum", "iya", "wick", "esh", "ola")]
SPEAKERS = ["Residents", "A spokesman", "Police", "Local officials", "Aid workers"]
VERBS = ["attacked", "joined", "shelled", "left", "praised", "blamed", "overran", "armed"]
TYPES = list(EventType)


def document(number: int, *, sentences: int = 8) -> Document:
    """The document of that number: each sentence "SPEAKER said GROUP VERB GROUP in TOWN on DAY." """
    pick = random.Random(number)
    text = " ".join(_sentence(pick) for _ in range(sentences))
    published = dt.date(2015, 1, 1) + dt.timedelta(days=pick.randrange(3000))
    return Document.of(text, title=f"Report {number}", source=f"Paper {number % 7}", published=published, url=f"https://news.test/{number}")


def statements(doc: Document, *, model: str = "test 1", certainty: Certainty = Certainty.FACT) -> tuple[Statement, ...]:
    """One statement for each sentence of a generated document; groups whose name begins with A to J are linked."""
    found, start = [], 0
    for part in doc.text.split(". "):
        end = start + len(part) + (not part.endswith("."))
        found.append(_statement(doc, Span(start, end), model, certainty))
        start = end + 1
    return tuple(found)


def _sentence(pick: random.Random) -> str:
    one, two = pick.choices(GROUPS, WEIGHTS, k=2)
    return f"{pick.choice(SPEAKERS)} said {one} {pick.choice(VERBS)} {two} in {pick.choice(TOWNS)} on Monday."


def _statement(doc: Document, span: Span, model: str, certainty: Certainty) -> Statement:
    sentence = span.of(doc.text)
    speaker, rest = sentence.split(" said ")
    verb = next(verb for verb in VERBS if f" {verb} " in rest)
    one, rest = rest.split(f" {verb} ")
    two, town = rest.removesuffix(" on Monday.").split(" in ")
    places = iter((speaker, one, verb, two, town, "Monday"))
    quotes, offset = [], 0
    for words in places:
        offset = sentence.index(words, offset)
        quotes.append(Quote(Span(span.start + offset, span.start + offset + len(words)), words))
        offset += len(words)
    day = (doc.published or dt.date(2020, 1, 1)) - dt.timedelta(days=span.start % 9)
    lists: dict[str, tuple[Filler, ...]] = dict.fromkeys(ROLES, ())
    lists |= {
        "actor": (_group(quotes[1]),),
        "target": (_group(quotes[3]),),
        "place": (Filler(quotes[4], MentionType.PLACE, Entity(f"xx-{town.lower()}", town, "place")),),
        "time": (Filler(quotes[5], MentionType.TIME),),
    }
    return with_id(
        Statement(
            id="",
            document=DocumentRef(doc.id, doc.title, doc.source, doc.published, doc.url),
            sentence=Quote(span, sentence),
            type=TYPES[(span.start + len(one)) % len(TYPES)],
            trigger=quotes[2],
            **lists,
            certainty=certainty,
            negated=span.start % 11 == 0,
            attribution=Attribution(Filler(quotes[0], MentionType.PEOPLE), False, True),
            date=StatementDate(day, day, "day", 1, "Monday") if span.start % 3 else None,
            location=Place(f"xx-{town.lower()}", town, "Testland", "", 1.25, 2.5, 0, 1),
            count=Count(1, 2, 3),
            codes=Codes("Battles", "Armed clash", "ASSAULT", "190"),
            confidence=0.5 + len(two) / 100,
            model=model,
        )
    )


def _group(quote: Quote) -> Filler:
    known = quote.text[0] <= "J"
    return Filler(quote, MentionType.GROUP, Entity(quote.text.lower().replace(" ", "-"), quote.text, "group") if known else None)
