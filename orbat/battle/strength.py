"""Numbers of the group's own fighters, as said.

A number is taken only where the words that hold it are fighters of the group:

HOLD, DEPLOY  the group, in numbers, is or holds somewhere ("2,000 al-Shabaab fighters")         there
DEPLOY        the group has or sends so many                                                      deployed
BELONG        so many fighters or members belong to the group, or the group "has" so many         has
              those who do something in the same sentence                                         there
LEAD          the group's leader, or the group, leads so many                                     has
RECRUIT       the group wins or trains so many                                                    recruited
GAIN, LOSE    the group's strength is put at so many, or grew or fell to so many                  has

Words about others ("300 fighters of its rival") name another party and are left out. A number that the same sentence gives for people
killed, hurt, taken, freed or gone is no strength. What is denied, to come or a condition is none either.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator

from orbat.battle.bonds import IN_TOUCH
from orbat.battle.case import Case, latest, said_when
from orbat.battle.case import spot as spot_at
from orbat.battle.leaders import Heads, heads
from orbat.battle.ledgerrules import AMOUNTS
from orbat.battle.parts import FIGHTERS, Part, Run, Subject
from orbat.battle.values import Force, Strength
from orbat.counts import read_count
from orbat.remembering import remembered
from orbat.types import Count, EventType, Filler, MentionType, Statement

_ORDER = {force: number for number, force in enumerate(Force)}
_COUNTED = frozenset({MentionType.GROUP, MentionType.PEOPLE, MentionType.FORCE})
_TYPES = (EventType.HOLD, EventType.DEPLOY, EventType.BELONG, EventType.LEAD, EventType.RECRUIT, EventType.GAIN, EventType.LOSE)
_HAS = re.compile(r"(?:has|have|had|having|numbers|numbered|counts|counted|boasts|fields|musters)", re.IGNORECASE)
_CHANGES = re.compile(
    r"(?:fell|fallen|fall|gr[eo]wn?|growing|shr[aiu]nk|dropped|dwindled|declined|swell?ed|swollen|rose|risen|down|up)", re.IGNORECASE
)
_TO = re.compile(
    r"\bto (?:(?:about|around|some|perhaps|nearly|almost|over|as (?:many|few) as|at least|more than|just|only) )*$", re.IGNORECASE
)
_BARE = re.compile(
    r"(?:(?:between|from|about|around|some|perhaps|nearly|almost|over|under|as|many|few|at|least|most|more|fewer|less|than|up|to|and|or|just"
    r"|only|roughly|approximately|an?|estimated|of|tens|hundreds?|thousands?|[\d.,]*\d)[ -–]?)+",
    re.IGNORECASE,
)
"""A number of whom is not said: it is of what the sentence is about."""
_DEEDS = frozenset(
    {
        EventType.ATTACK, EventType.BOMBING, EventType.STRIKE, EventType.CLASH, EventType.KILL, EventType.INJURE, EventType.ABDUCT,
        EventType.ABUSE, EventType.SEIZE, EventType.THREATEN, EventType.DEPLOY,
    }
)  # fmt: skip
HARMED = frozenset(
    {
        EventType.KILL,
        EventType.INJURE,
        EventType.ABDUCT,
        EventType.ARREST,
        EventType.RELEASE,
        EventType.LEAVE,
        EventType.LOSE,
        EventType.JOIN,
    }
)


def strength(case: Case) -> tuple[Strength, ...]:
    """Every number of its fighters, the latest said first; those of one record that agree are one value."""
    parts = numbered(case)
    if not parts:
        return ()
    leading = heads(case)
    gone = case.once("gone", lambda: _gone((*case.statements.values(), *case.mates)))
    busy = case.once("busy", lambda: _busy((*case.statements.values(), *case.mates)))
    found: dict[tuple[str, Force, Count], list[tuple[Part, Filler]]] = defaultdict(list)
    for part in parts:
        for force, filler, count in _numbers(case, part, leading):
            at = (part.statement.document.id, filler.quote.span.start, filler.quote.span.end)
            if force is Force.HAS and at in busy:
                force = Force.THERE
            if not any(at[0] == doc and at[1] < end and start < at[2] for doc, start, end in gone.get(at[0], ())):
                found[part.record.id, force, count].append((part, filler))
    made = [_strength(case, force, count, said) for (_, force, count), said in found.items()]
    return tuple(sorted(made, key=lambda x: (_ORDER[x.force], -latest(x.when), -x.count.best, x.grounds.records)))


def numbered(case: Case) -> list[Part]:
    """The parts that may number its fighters; their sentences' other statements tell whether the number is of losses."""
    return [part for _, parts in case.gathered("numbered", _numbering, told=True) for part in parts]


def _numbering(subject: Subject, run: Run) -> Iterator[tuple[Hashable, Part]]:
    """Those of a record's parts, all under one key."""
    return ((None, part) for part in run.parts if _numbers_some(part))


def _numbers_some(part: Part) -> bool:
    s = part.statement
    return s.type in _TYPES and part.happened and part.roles != {"speaker"} and any(_count(f) for f in (*s.actor, *s.target))


def _numbers(case: Case, part: Part, heads: Heads) -> Iterator[tuple[Force, Filler, Count]]:
    s, own = part.statement, case.subject.names
    if s.type in (EventType.GAIN, EventType.LOSE):
        force, fillers = Force.HAS, _amounts(s) if "actor" in part.roles else []
    elif s.type is EventType.BELONG and "actor" in part.roles and _HAS.fullmatch(s.trigger.text):
        force, fillers = Force.HAS, [f for f in s.target if _of_its_own(f)]
    elif s.type is EventType.BELONG:
        counted = "target" in part.roles and not IN_TOUCH.search(s.trigger.text)  # who is "linked to" it may be none of its fighters
        force, fillers = Force.HAS, [f for f in s.actor if _plain(f) or own(f)] if counted else []
    elif s.type is EventType.RECRUIT:
        force, fillers = Force.RECRUITED, [f for f in s.target if f.entity is None] if "actor" in part.roles else []
    elif s.type is EventType.LEAD:
        by_it = "actor" in part.roles or not s.actor or any(heads.who(f, s) for f in s.actor)
        force, fillers = Force.HAS, [f for f in s.target if (own(f) or (by_it and _plain(f))) and not _of_those(f, s)]
    else:
        yield from ((Force.THERE, f, count) for f in s.actor if own(f) and not _of_those(f, s) and (count := _count(f)))
        sends = s.type is EventType.DEPLOY and "actor" in part.roles
        force, fillers = Force.DEPLOYED, [f for f in s.target if own(f) or (sends and _plain(f))]
    yield from ((force, f, count) for f in fillers if (count := _count(f)))


def _amounts(s: Statement) -> list[Filler]:
    """The numbers that a strength is put at, or grew or fell to."""
    fillers = [f for f in (*s.actor, *s.target) if _of_its_own(f)]
    if AMOUNTS.fullmatch(s.trigger.text):
        return fillers
    if not _CHANGES.fullmatch(s.trigger.text):
        return []
    text, at = s.sentence.text, s.sentence.span.start
    return [f for f in fillers if _TO.search(text, 0, f.quote.span.start - at)]


def _of_its_own(filler: Filler) -> bool:
    """Whether words number fighters of no other group, or only say how many."""
    return filler.entity is None and (_plain(filler) or _BARE.fullmatch(filler.quote.text) is not None)


def _of_those(filler: Filler, s: Statement) -> bool:
    """Whether the words stand right before others for people, of whom their number is: "three Front commanders", "two Front holdouts"."""
    if FIGHTERS.search(filler.quote.text):
        return False
    text, at = s.sentence.text, s.sentence.span.start
    end, start = filler.quote.span.end - at, s.trigger.span.start - at
    return end <= start and not text[end:start].strip(" '’s")


def _plain(filler: Filler) -> bool:
    """Whether words say that people fight or belong without naming whose they are."""
    text = filler.quote.text
    return filler.entity is None and FIGHTERS.search(text) is not None and "-member " not in text  # "a seven-member council"


def _count(filler: Filler) -> Count | None:
    return _count_of(filler.quote.text, filler.type) if filler.type in _COUNTED else None


@remembered(8_192)
def _count_of(text: str, type: MentionType) -> Count | None:
    """How many some words count: most of them come again and again."""
    if not re.search(r"\w", text):
        return None
    count = read_count(text, type=type)
    return count if count is not None and count.high > 1 else None


def _gone(statements: Iterable[Statement]) -> dict[str, list[tuple[str, int, int]]]:
    found: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for s in statements:
        if s.type in HARMED:
            for f in (*s.target, *(s.actor if s.type in (EventType.LEAVE, EventType.JOIN) else ())):
                found[s.document.id].append((s.document.id, f.quote.span.start, f.quote.span.end))
    return found


def _busy(statements: Iterable[Statement]) -> frozenset[tuple[str, int, int]]:
    """Words for those who do something somewhere, and are not all that a group has: "25 members of the Front set a truck ablaze"."""
    acting = (s for s in statements if s.type in _DEEDS)
    return frozenset((s.document.id, f.quote.span.start, f.quote.span.end) for s in acting for f in s.actor)


def _strength(case: Case, force: Force, count: Count, said: list[tuple[Part, Filler]]) -> Strength:
    statements = [part.statement for part, _ in said]
    record = said[0][0].record
    grounds = case.grounds((record, s) for s in statements)
    placed = (spot for s in statements for f in (*s.place, *s.target) if (spot := spot_at(f, s)) is not None)
    where = next(placed, None) if force in (Force.THERE, Force.DEPLOYED) else None
    return Strength(force, count, said[0][1].quote.text, where, grounds.origins, said_when(statements), grounds)
