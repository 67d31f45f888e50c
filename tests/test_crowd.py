"""Many pairs at once: to the last digit what each pair alone is given, and the same records."""

import dataclasses
import random

import numpy as np
import pytest

from orbat.corroborate import features, inside, match, regroup, weave
from orbat.corroborate.crowd import Crowd
from orbat.corroborate.happenings import Happening
from orbat.corroborate.judged import Judged
from orbat.corroborate.matters import Matter
from orbat.corroborate.records import same_pair
from orbat.recordtypes import Verdict
from orbat.types import EventType, Place
from tests import generated, war
from tests.memoryweb import MemoryWeb
from tests.test_records import judgement

DAY = war.START
NAMES = ["red-army", "blue-front", "ali modu", "modu", "~bakakamad", "~kamadsani", "sani", "green"]
WORDS = ["market", "lorry", "Tuesday's", "bridge", "40", "river", "mosque", "drums"]
SPOTS = [
    Place("a", "Tala", "Testland", "North", 1.0, 1.0, 0, 1),
    Place("b", "Talara", "Testland", "North", 1.1, 1.0, 0, 1),
    Place("c", "Northam", "Testland", "North", 4.0, 1.0, 0, 2),
    Place("d", "North", "Testland", "North", 2.0, 2.0, 0, 4),
    Place("e", "South", "Testland", "South", 9.0, 2.0, 0, 4),
    Place("f", "the border", "Testland", "", 5.0, 2.0, 0, 5),
    Place("g", "Elsewhere", "Elsewhere", "", 9.0, 9.0, 0, 6),
    Place("h", "Baroum", "Elsewhere", "West", 9.0, 9.0, 0, 1),
]


def related(one: str, two: str) -> bool:
    return {one, two} in ({"red-army", "green"}, {"blue-front", "ali modu"})


def some(pick: random.Random, values: list[str], most: int = 2) -> frozenset[str]:
    return frozenset(pick.sample(values, pick.randrange(most + 1)))


def days(pick: random.Random) -> tuple[int, int] | None:
    first = 700_000 + pick.randrange(8)
    return pick.choice([None, (first, first), (first, first), (first, first + pick.randrange(40))])


def made(pick: random.Random, number: int, matters: list[Matter]) -> Happening:
    """A happening of anything, in one of a few documents."""
    held = days(pick)
    return Happening(
        id=f"s{number:04}",
        statements=(f"s{number:04}",),
        document=f"d{pick.randrange(9)}",
        matter=pick.choice(matters),
        types=frozenset(
            pick.sample([EventType.ATTACK, EventType.KILL, EventType.BOMBING, EventType.DEPLOY, EventType.ACCUSE], pick.randint(1, 2))
        ),
        actors=some(pick, NAMES),
        targets=some(pick, NAMES),
        persons=some(pick, NAMES, 1),
        spot=pick.choice([None, *SPOTS]),
        places=some(pick, ["a", "b", "tala", "north"]),
        towns=some(pick, ["a", "tala", "talara"], 1),
        days=held,
        bounds=held and (held[0] + pick.randrange(2), held[1]),
        published=pick.choice([None, 700_004, 700_009, 700_100]),
        tolls=frozenset(pick.sample([("killed", 3, 3), ("killed", 9, 12), ("injured", 3, 40)], pick.randrange(2))),
        words=some(pick, WORDS, 6),
        proper=some(pick, ["Modu", "Ridge"], 1),
        sentences=some(pick, ["x0", "x1", "x2"], 1),
        starts=frozenset({pick.randrange(2000)}),
        future=pick.random() < 0.2,
        triggers=some(pick, ["pledge", "break"], 1),
        about=some(pick, NAMES, 4),
        told=days(pick),
        back=pick.random() < 0.2,
        general=pick.random() < 0.2,
        sums=pick.random() < 0.1,
        several=some(pick, ["actor", "target"], 1),
    )


@pytest.mark.parametrize("kept", [0, 512], ids=["many different values", "few"])
@pytest.mark.parametrize(
    "matters", [[Matter.VIOLENCE], [Matter.BOND], [Matter.LEAD, Matter.HOLD, Matter.TALKS]], ids=lambda found: found[0]
)
def test_many_pairs_at_once_score_what_each_scores_alone(monkeypatch: pytest.MonkeyPatch, matters: list[Matter], kept: int) -> None:
    monkeypatch.setattr("orbat.corroborate.crowd.FEW", kept)
    pick = random.Random(len(matters))
    nodes = [made(pick, number, matters) for number in range(90)]
    pairs = [(one, two) for one in range(90) for two in range(90) if one != two]
    seen = set()
    for some_pairs in (pairs, pick.sample(pairs, 300)):  # all of them, and too few to count for all
        crowd = Crowd(nodes, related)
        one, two = np.array(some_pairs).T
        apart = crowd.conflict(one, two)
        alone = [same_pair(nodes[a], nodes[b]) for a, b in some_pairs]
        assert apart.tolist() == [bool(features.conflict(a, b)) for a, b in alone]
        able = [pair for pair, conflict in zip(alone, apart, strict=True) if not conflict]
        whole = crowd.scores(one[~apart], two[~apart])
        assert whole.tolist() == [match.compatible(a, b, related) for a, b in able]
        assert crowd.scores(one[~apart], two[~apart], least=0.0).tolist() == [match.likely(a, b, related) for a, b in able]
        seen |= {score >= match.SAME for score in whole.tolist()}
        assert apart.any() or matters == [Matter.BOND]
    assert seen == {True, False}, "scores on both sides"


def crowd_of_one_day(count: int) -> dict[str, tuple[Happening, ...]]:
    """Like-worded articles of one day, and some of a war."""
    found = {}
    for number in range(count):
        doc = generated.document(number, sentences=6)
        said = [dataclasses.replace(s, date=s.date and dataclasses.replace(s.date, start=DAY, end=DAY)) for s in generated.statements(doc)]
        found[doc.id] = inside(said, related)
    return found | {doc.id: inside(said, related) for doc, said in map(war.article, range(60, 60 + count))}


def test_records_are_the_same_whether_pairs_are_asked_alone_or_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    articles, judged = crowd_of_one_day(25), Judged()
    for _ in ("as it is", "with two parted that were one"):
        results = []
        for pairs, nodes, documents in ((10**9, 10**9, 0), (0, 2, 1)):
            monkeypatch.setattr("orbat.corroborate.web.MANY", pairs)
            monkeypatch.setattr("orbat.corroborate.records.MANY", nodes)
            monkeypatch.setattr("orbat.corroborate.records.SEVERAL", documents)
            monkeypatch.setattr("orbat.corroborate.crowd.PAIRS", 300)
            web = MemoryWeb()
            stirred = weave(articles, web, related)
            results.append((web.tied, regroup(stirred, web, related, judged=judged)))
        assert results[0] == results[1]
        large = max(results[0][1].groups, key=len)
        assert len(large) > 9
        assert not judged.part(large, large)
        judged = Judged.of([judgement(Verdict.PART, large[0], large[-1])])
