"""People counted over all that is said: low, best and high by kind and side, as UCDP codes them.

Within one origin's report the largest figure of a kind and side is the total, because an article tells parts of it too ("ten died, three
of them children"). ``low`` and ``high`` are the lowest and highest totals that any origin gives; ``best`` is the total that most
independent origins give, of equals the one told last (tolls rise as bodies are found), of those the lowest (UCDP is conservative).
Figures said to come on top ("four more") are parts and no totals, unless nothing else is said.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from orbat.corroborate.matters import TOLLS
from orbat.corroborate.said import Voiced
from orbat.counts import read_count
from orbat.recordtypes import Said, Toll
from orbat.types import Certainty, Count, Filler, MentionType, Statement

CIVILIANS = "civilians"
_CIVIL = re.compile(
    r"\b(?:civilians?|villagers?|residents?|farmers?|herders?|women|woman|children|child|girls?|boys?|students?|pupils?|teachers?|traders?|"
    r"shoppers?|worshippers?|passengers?|travell?ers?|journalists?|reporters?|aid workers?|doctors?|nurses?|patients?|refugees?|miners?|"
    r"labou?rers?|workers?|families|bystanders?|mourners?|tourists?|fishermen|drivers?|priests?|monks?|nuns?|elders?)\b",
    re.IGNORECASE,
)
_PART = re.compile(r"\b(?:more|another|further|additional|others?)\b", re.IGNORECASE)
_NAMED = re.compile(r"(?<=[a-z] )[A-ZÀ-Þ]\w+")
_UNNAMED = {MentionType.FORCE: "forces", MentionType.GROUP: "armed group"}
_COMPARED = ("killed", "injured", "abducted")
_SURE = (Certainty.FACT, Certainty.LIKELY, Certainty.POSSIBLE)


def tolls(voiced: Sequence[Voiced]) -> tuple[Toll, ...]:
    """The tolls of a record's statements, in the order of kind and side."""
    found: dict[tuple[str, str], list[tuple[Voiced, Count]]] = defaultdict(list)
    for one in voiced:
        s = one.statement
        if s.count is not None and s.type in TOLLS and not s.negated and s.certainty in _SURE:
            found[TOLLS[s.type], side(s)].append((one, s.count))
    for kind, party in [key for key in found if key[1] in _UNNAMED.values()]:  # "six policemen" are the police, where one force is named
        named = [key for key in found if key[0] == kind and key[1] and key[1] != party and key[1] != CIVILIANS]
        if len(named) == 1 and named[0][1] not in _UNNAMED.values():
            found[named[0]] += found.pop((kind, party))
    for kind in {kind for kind, _ in found}:
        _one_side(kind, found)
    return tuple(_toll(kind, party, parts) for (kind, party), parts in sorted(found.items()))


def _one_side(kind: str, found: dict[tuple[str, str], list[tuple[Voiced, Count]]]) -> None:
    """Figures of which no side is told are of the one side that is told, unless one who gives them tells that side's apart, or they add
    several up ("four Americans and at least four Nigeriens")."""
    told = [key for key in found if key[0] == kind and key[1]]
    plain: list[tuple[Voiced, Count]] = []
    sums: list[tuple[Voiced, Count]] = []
    for part in found.get((kind, ""), ()):
        (sums if _adds_up(part[0].statement) else plain).append(part)
    if plain and len(told) == 1:
        sided = _totals(found[told[0]])
        if {_voice(one) for one, _ in sided}.isdisjoint(_voice(one) for one, _ in _totals(plain)):
            found[told[0]] += plain
            del found[kind, ""]
            if sums:
                found[kind, ""] = sums


def _adds_up(statement: Statement) -> bool:
    """Whether a statement's count is of several sides that are counted apart by their names."""
    counted = [filler.quote.text for filler in _counted(statement) if read_count(filler.quote.text, type=filler.type)]
    return len({named for text in counted if (named := frozenset(_NAMED.findall(text)))}) > 1


def _voice(one: Voiced) -> tuple[str, str]:
    return one.origin, one.statement.document.id


def side(statement: Statement) -> str:
    """Whose people are counted: a party's id or folded name, ``civilians``, "forces" or "armed group" without a name, or empty."""
    sides = {_side(filler) for filler in _counted(statement)}
    return sides.pop() if len(sides) == 1 else ""


def disputed(counted: Sequence[Toll], group: Iterable[Statement]) -> bool:
    """Whether two origins give totals of the dead, hurt or taken that cannot both hold.

    Figures without a side are compared with those of the one side that is told, but those that add several up. A higher figure told on a
    later day is news, no dispute.
    """
    known = {s.id: s for s in group}
    published = {id: s.document.published for id, s in known.items()}
    for kind in _COMPARED:
        told = [toll for toll in counted if toll.kind == kind]
        if len(told) == 2 and not all(toll.side for toll in told):
            alike = [value for toll in told for value in toll.said if toll.side or not any(_adds_up(known[id]) for id in value.statements)]
            told = [replace(told[0], said=tuple(alike))]
        if any(_differ(toll, published) for toll in told):
            return True
    return False


def _differ(toll: Toll, published: Mapping[str, dt.date | None]) -> bool:
    values = [(_range(s.key), max((d for i in s.statements if (d := published.get(i))), default=None), set(s.origins)) for s in toll.said]
    for at, ((low, high), day, by) in enumerate(values):
        for (low2, high2), day2, by2 in values[at + 1 :]:
            if (low <= high2 and low2 <= high) or by == by2:
                continue
            first, last = (day, day2) if high < low2 else (day2, day)
            if first is None or last is None or last <= first:
                return True
    return False


def _counted(statement: Statement) -> Iterable[Filler]:
    role = statement.actor if TOLLS[statement.type] in ("joined", "left") else statement.target
    people = (MentionType.PEOPLE, MentionType.PERSON, MentionType.FORCE, MentionType.GROUP)
    return [filler for filler in role if filler.type in people]


def _side(filler: Filler) -> str:
    if filler.type in _UNNAMED:
        return filler.entity.id if filler.entity else _UNNAMED[filler.type]
    return CIVILIANS if _CIVIL.search(filler.quote.text) else ""


def _toll(kind: str, party: str, parts: Sequence[tuple[Voiced, Count]]) -> Toll:
    totals = _totals(parts)
    said: dict[str, list[Voiced]] = defaultdict(list)
    for one, count in totals:
        said[_key(count)].append(one)
    best = max(said, key=lambda key: (_support(said[key]), _last(said[key]), -_best(key)))
    return Toll(
        kind,
        party,
        min(count.low for _, count in totals),
        _best(best),
        max(count.high for _, count in totals),
        tuple(_as_said(key, said[key]) for key in sorted(said, key=lambda key: (key != best, _range(key), key))),
    )


def _totals(parts: Sequence[tuple[Voiced, Count]]) -> list[tuple[Voiced, Count]]:
    """For each origin and document the largest count; parts only where that is all.

    What a publisher hands on in its own voice is its speakers' figure, unless it is more than any of them gives.
    """
    whole = [(one, count) for one, count in parts if not _PART.search(" ".join(f.quote.text for f in _counted(one.statement)))]
    most = max((count.best for one, count in whole if one.supports), default=0)
    whole = [(one, count) for one, count in whole if one.supports or count.best > most] or whole
    largest: dict[tuple[str, str], tuple[Voiced, Count]] = {}
    for one, count in whole or parts:
        key = (one.origin, one.statement.document.id)
        if key not in largest or (count.best, one.statement.id) > (largest[key][1].best, largest[key][0].statement.id):
            largest[key] = (one, count)
    return list(largest.values())


def _support(voiced: Iterable[Voiced]) -> int:
    return len({one.origin for one in voiced if one.supports})


def _last(voiced: Iterable[Voiced]) -> dt.date:
    return max(one.statement.document.published or dt.date.min for one in voiced)


def _as_said(key: str, voiced: Sequence[Voiced]) -> Said:
    texts = sorted(text for one in voiced if (text := ", ".join(f.quote.text for f in _counted(one.statement))))
    ids = tuple(sorted({one.statement.id for one in voiced}))
    return Said(key, texts[0] if texts else key, tuple(sorted({one.origin for one in voiced})), ids)


def _key(count: Count) -> str:
    return str(count.best) if count.low == count.high else f"{count.low}/{count.best}/{count.high}"


def _range(key: str) -> tuple[int, int]:
    numbers = [int(part) for part in key.split("/")]
    return numbers[0], numbers[-1]


def _best(key: str) -> int:
    numbers = key.split("/")
    return int(numbers[len(numbers) // 2])
