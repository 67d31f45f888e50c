"""Articles of a made-up war, as crowded as a real one, for benchmarks of the records. No real group does anything here.

How crowded. UCDP GED has 15,026 events of Syria for 2016 to 2019: 10 a day, in 2,076 places, of which the first has 5.6 of 100 events, the
next 4.1 and 3.1. How an article is made up is what the reader gave for 25 articles of the corpus: 22 statements of 8 happenings, of which
the largest has 9; a third of the happenings are violence, the rest is what stands around it: who leads, backs, joins, talks, threatens.
One article in five is a reprint.
"""

import datetime as dt
import itertools
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

E = EventType
EVENTS_A_DAY, ARTICLES_A_DAY = 10, 14
START = dt.date(2016, 1, 1)
_SYLLABLES = [
    "ba",
    "de",
    "fi",
    "go",
    "hu",
    "ka",
    "le",
    "mi",
    "no",
    "pu",
    "ra",
    "se",
    "ti",
    "vo",
    "zu",
    "dar",
    "fen",
    "gil",
    "hom",
    "jur",
    "kal",
    "lem",
    "mor",
    "nas",
    "pol",
    "rud",
    "sal",
    "tem",
    "vik",
    "zan",
]
WORDS = ["".join(parts) for parts in itertools.product(_SYLLABLES, repeat=2)] + [
    "".join(p) for p in itertools.product(_SYLLABLES[:12], repeat=3)
]
_NAMES = random.Random(7).sample(["".join(p).capitalize() for p in itertools.product(_SYLLABLES, repeat=3)], 4000)
TOWNS, PEOPLE = _NAMES[:2000], [f"{one} {two}" for one, two in zip(_NAMES[2000:2060], _NAMES[2060:2120], strict=True)]
GROUPS = [f"{name} Brigade" for name in _NAMES[3000:3040]]
ARMY, STATES = "Testland Army", [f"{name} Republic" for name in _NAMES[3100:3106]]
_TOWN_AT = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(TOWNS))))  # 5.1, 3.8 and 3.1 of 100 for the first three
_GROUP_AT = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(GROUPS))))
_MAIN = (E.ATTACK, E.KILL, E.CLASH, E.INJURE, E.KILL, E.ATTACK, E.CLAIM, E.BOMBING, E.KILL)
_AROUND = (
    E.LEAD,
    E.SUPPORT,
    E.ALLY,
    E.BELONG,
    E.HOLD,
    E.NEGOTIATE,
    E.AGREE,
    E.THREATEN,
    E.APPEAL,
    E.DEPLOY,
    E.ARREST,
    E.RECRUIT,
    E.SANCTION,
)
_SPEAKERS = ("Residents", "A spokesman", "Police", "Local officials", "Aid workers")


def article(number: int) -> tuple[Document, tuple[Statement, ...]]:
    """The article of that number, 14 a day from 2016 on, with what is said in it: 20 statements."""
    pick = random.Random(number)
    told = number - pick.randrange(1, 30) if number >= 50 and number % 5 == 0 else number
    pick, day = random.Random(told), told // ARTICLES_A_DAY
    main = (day - pick.choice((0, 0, 1)), pick.randrange(EVENTS_A_DAY))
    writer = _Writer(pick, START + dt.timedelta(days=day))
    for at, type in enumerate(_MAIN):
        writer.violence(type, *main, actor=at in (0, 2, 5, 6), town=at in (0, 5), dated=at in (0, 4))
    recent = (day - pick.randrange(1, 7), pick.randrange(EVENTS_A_DAY))
    for at, type in enumerate((E.ATTACK, E.KILL, E.CLAIM)):
        writer.violence(type, *recent, actor=at != 1, town=at == 0, dated=at == 0)
    writer.violence(E.BOMBING, day - pick.randrange(7, 60), pick.randrange(EVENTS_A_DAY), actor=True, town=True, dated=True)
    for type in pick.choices(_AROUND, k=7):
        writer.around(type)
    return writer.written(number)


class _Writer:
    def __init__(self, pick: random.Random, published: dt.date) -> None:
        self.pick, self.published = pick, published
        self.length = 0
        self.parts: list[str] = []
        self.said: list[dict[str, object]] = []

    def violence(self, type: EventType, day: int, event: int, *, actor: bool, town: bool, dated: bool) -> None:
        """One statement of one of a day's events, with what is said of it this time."""
        of = random.Random(day * EVENTS_A_DAY + event)
        group, place, dead = of.choices(GROUPS, cum_weights=_GROUP_AT)[0], of.choices(TOWNS, cum_weights=_TOWN_AT)[0], of.randrange(1, 30)
        sides = [ARMY if of.random() < 0.8 else of.choices(GROUPS, cum_weights=_GROUP_AT)[0], group]
        of.shuffle(sides)
        counted = type in (E.KILL, E.INJURE)
        when = START + dt.timedelta(days=day)
        self.say(
            type,
            actor=sides[0] if actor else "",
            target=f"{dead} villagers" if counted else sides[1] if actor and type is not E.CLAIM else "",
            place=place if town else "",
            day=when if dated else None,
            count=dead if counted else None,
        )

    def around(self, type: EventType) -> None:
        """One statement of what stands around the fighting."""
        one, two = self.pick.choices(GROUPS, cum_weights=_GROUP_AT, k=2)
        if type is E.LEAD:
            one, two = PEOPLE[GROUPS.index(two)], two
        elif type is E.SUPPORT:
            one = STATES[GROUPS.index(two) % len(STATES)]
        elif type in (E.ARREST, E.SANCTION):
            one, two = ARMY, self.pick.choice(PEOPLE)
        place = self.pick.choices(TOWNS, cum_weights=_TOWN_AT)[0] if type in (E.HOLD, E.DEPLOY, E.NEGOTIATE) else ""
        self.say(type, actor=one, target="" if type is E.HOLD else two, place=place, day=None, count=None)

    def say(self, type: EventType, *, actor: str, target: str, place: str, day: dt.date | None, count: int | None) -> None:
        words = [*self.pick.sample(WORDS, 8), self.pick.choice(_SPEAKERS) if self.pick.random() < 0.4 else ""]
        parts = [words[8], *words[:3], actor, type.value.lower(), target, *words[3:6], place, "Monday" if day else "", *words[6:8]]
        sentence = " ".join(filter(None, parts)) + "."
        start = self.length + bool(self.parts)
        self.said.append(
            {"type": type, "actor": actor, "target": target, "place": place, "day": day, "count": count, "voice": words[8], "at": start}
        )
        self.parts.append(sentence)
        self.length = start + len(sentence)

    def written(self, number: int) -> tuple[Document, tuple[Statement, ...]]:
        doc = Document.of(
            " ".join(self.parts),
            title=f"Report {number}",
            source=f"Paper {number % 97}",
            published=self.published,
            url=f"https://news.test/{number}",
        )
        ref = DocumentRef(doc.id, doc.title, doc.source, doc.published, doc.url)
        return doc, tuple(_statement(ref, sentence, **said) for sentence, said in zip(self.parts, self.said, strict=True))  # type: ignore[arg-type]


def _statement(ref, sentence, *, type, actor, target, place, day, count, voice, at):  # type: ignore[no-untyped-def]
    def quote(words: str) -> Quote:
        found = at + sentence.index(words)
        return Quote(Span(found, found + len(words)), words)

    roles: dict[str, tuple[Filler, ...]] = dict.fromkeys(ROLES, ())
    if actor:
        roles["actor"] = (_named(quote(actor)),)
    if target:
        roles["target"] = (Filler(quote(target), MentionType.PEOPLE) if target[0].isdigit() else _named(quote(target)),)
    if place:
        roles["place"] = (Filler(quote(place), MentionType.PLACE, Entity(f"xx-{place.lower()}", place, "place")),)
    if day:
        roles["time"] = (Filler(quote("Monday"), MentionType.TIME),)
    rank = TOWNS.index(place) if place else 0
    return with_id(
        Statement(
            id="",
            document=ref,
            sentence=Quote(Span(at, at + len(sentence)), sentence),
            type=type,
            trigger=quote(type.value.lower()),
            **roles,
            certainty=Certainty.FACT,
            negated=False,
            attribution=Attribution(Filler(quote(voice), MentionType.PEOPLE), False, True) if voice else None,
            date=StatementDate(day, day, "day", 1, "Monday") if day else None,
            location=Place(
                f"xx-{place.lower()}", place, "Testland", f"Province {rank % 14}", 30 + rank % 50 / 10, 35 + rank // 50 / 10, 0, 1
            )
            if place
            else None,
            count=Count(count, count, count) if count else None,
            codes=Codes(),
            confidence=0.9,
            model="bench 1",
        )
    )


def _named(quote: Quote) -> Filler:
    kind = MentionType.FORCE if quote.text == ARMY else MentionType.STATE if "Republic" in quote.text else MentionType.GROUP
    if quote.text in PEOPLE:
        kind = MentionType.PERSON
    known = quote.text[0] < "R"  # as in real news, not every name is in the catalogue
    return Filler(quote, kind, Entity(quote.text.lower().replace(" ", "-"), quote.text, "group") if known else None)
