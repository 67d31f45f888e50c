"""The ledger: what the group gained and lost, each entry signed, dated and sourced. The rules are the table of ``ledgerrules``.

Statements of one record that say the same gain or loss of the same thing are one entry: the place for territory, the person for
leaders, the item for all else. What is denied, to come, or a condition is no entry.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from orbat.battle.case import Case, latest, parties, spot, spot_of
from orbat.battle.leaders import Heads, heads
from orbat.battle.ledgerrules import AMOUNTS, BESIEGES, ENTERS, EXTORTS, RULES_OF, SWITCHES, TRAINS, Rule, given, item_of
from orbat.battle.parts import BODIES, FIGHTERS, Part, Run, Subject
from orbat.battle.values import Entry, Item, Party, Spot
from orbat.corroborate.matters import Matter
from orbat.corroborate.terms import phase
from orbat.counts import read_count
from orbat.recordtypes import Record
from orbat.types import Count, EventType, Filler, MentionType, Statement

_WHITHER = re.compile(r"\b(?:to|into|towards?|onto)\s+(?:the\s+|its\s+|their\s+)?$", re.IGNORECASE)
"""Before the place that a side withdraws to, which it does not lose."""


Key = tuple[str, Item, int, str]
"""Of an entry: its record, what is gained or lost, whether gained, and what it is about."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One statement's gain or loss, before those of one record are put together."""

    record: Record
    statement: Statement
    rule: Rule
    item: Item
    fillers: tuple[Filler, ...]
    about: str


def ledger(case: Case) -> tuple[Entry, ...]:
    """Every entry, the latest first, what has no day last."""
    made: list[Entry] = case.values("ledger", _Gained(heads(case)), _made)
    made += _of_leaders(case)
    return tuple(sorted(made, key=lambda e: (e.when.start is None, -latest(e.when), e.item, e.grounds.records, e.what)))


@dataclass(frozen=True, slots=True)
class _Gained:
    """Gives a record's parts by what they have the group gaining or losing, given who leads it."""

    heads: Heads

    def __call__(self, subject: Subject, run: Run) -> Iterator[tuple[Hashable, Part]]:
        for part in run.happened:
            for key in dict.fromkeys(map(_key, _of_part(part, subject, self.heads))):
                yield key, part


def _made(case: Case, key: Key, parts: Sequence[Part]) -> Entry:
    leading = heads(case)
    return _entry(case, [line for part in parts for line in _of_part(part, case.subject, leading) if _key(line) == key], leading)


def _of_leaders(case: Case) -> list[Entry]:
    """The entries of records of its leaders that do not name the group."""
    leading = heads(case)
    found: dict[Key, list[_Line]] = defaultdict(list)
    for record in case.also:
        if case.stands(record):
            for part in (Part(record, s, frozenset()) for s in case.said(record)):
                for line in _of_part(part, case.subject, leading) if part.happened else ():
                    found[_key(line)].append(line)
    return [_entry(case, lines, leading) for lines in found.values()]


def _key(line: _Line) -> Key:
    return line.record.id, line.item, line.rule.sign, line.about


def _of_part(part: Part, subject: Subject, heads: Heads) -> Iterator[_Line]:
    record, s, roles = part.record, part.statement, part.roles
    taken: set[tuple[int, int]] = set()
    for rule in RULES_OF[s.type]:
        if rule.role != "any" and rule.role not in roles:
            continue
        fillers = tuple(f for f in _moved(subject, rule, s, heads) if (f.quote.span.start, f.quote.span.end) not in taken)
        if (taken and not fillers) or not _holds(rule, s, fillers):
            continue
        taken |= {(f.quote.span.start, f.quote.span.end) for f in fillers}
        for item, alike in _by_item(rule, fillers, s.trigger.text).items():
            for about, moved in _split(item, alike):
                yield _Line(record, s, rule, item, moved, about)
        if not rule.leader:
            return


def _moved(subject: Subject, rule: Rule, s: Statement, heads: Heads) -> tuple[Filler, ...]:
    """The mentions of what is gained or lost."""
    fillers: tuple[Filler, ...] = getattr(s, rule.moves) if rule.moves != "trigger" else ()
    if rule.leader:
        return tuple(f for f in fillers if heads.who(f, s))
    if rule.own:
        return tuple(f for f in fillers if subject.names(f) and (rule.moves == "target" or _people(f)))
    if s.type is EventType.WITHDRAW:
        fillers = tuple(f for f in fillers if not _WHITHER.search(s.sentence.text[: f.quote.span.start - s.sentence.span.start]))
    if rule.needs:
        return tuple(f for f in fillers if f.type in rule.needs and not subject.names(f))
    return fillers


def _holds(rule: Rule, s: Statement, fillers: tuple[Filler, ...]) -> bool:
    if (rule.needs or rule.own or rule.leader) and not fillers:
        return False
    if rule.starts is not None and phase(s, Matter.LEAD) != ("start" if rule.starts else "end"):
        return False
    if s.type is EventType.ABUSE:
        return EXTORTS.search(s.trigger.text) is not None
    if s.type is EventType.SEIZE and (BESIEGES.search(s.trigger.text) or ENTERS.search(s.trigger.text)):
        return False
    if s.type is EventType.JOIN and rule.role == "actor" and not (s.target or SWITCHES.search(s.trigger.text)):
        return False
    if s.type is EventType.RECRUIT and TRAINS.search(s.trigger.text):
        return rule.role == "actor" and not any(p.kind in BODIES for p in parties(fillers, s))
    if s.type in (EventType.GAIN, EventType.LOSE) and AMOUNTS.fullmatch(s.trigger.text):
        return False
    return not (s.type is EventType.LOSE and rule.role == "target" and s.actor)


def _people(filler: Filler) -> bool:
    """Whether a mention of the group means people of it: "IS fighters", "200 of them", not "IS"."""
    return FIGHTERS.search(filler.quote.text) is not None or read_count(filler.quote.text, type=filler.type) is not None


def _by_item(rule: Rule, fillers: tuple[Filler, ...], trigger: str) -> dict[Item, tuple[Filler, ...]]:
    """What was gained or lost, each kind apart: a group that lost men, land and cash has three losses."""
    if rule.item or not fillers:
        return {rule.item or (given(trigger) if EventType.SUPPORT in rule.types else item_of(None, trigger)): fillers}
    found: dict[Item, tuple[Filler, ...]] = {}
    for filler in fillers:
        item = item_of(filler, trigger)
        found[item] = (*found.get(item, ()), filler)
    return found


def _split(item: Item, fillers: tuple[Filler, ...]) -> Iterator[tuple[str, tuple[Filler, ...]]]:
    """What the entry is about: each place and each leader apart, all else together."""
    if item in (Item.TERRITORY, Item.LEADERS) and fillers:
        for f in fillers:
            yield (f.entity.id if f.entity else f.quote.text.casefold()), (f,)
    else:
        yield "", fillers


def _entry(case: Case, lines: list[_Line], heads: Heads) -> Entry:
    first = lines[0]
    statements = [line.statement for line in lines]
    rule, record = first.rule, first.record
    count = together(_count(case, line) for line in lines) if first.item is Item.FIGHTERS else None
    return Entry(
        first.item,
        rule.sign,
        rule.name,
        _words(lines),
        count,
        _other(case, lines, heads),
        _spot(lines),
        case.when(record, statements),
        case.grounds((record, s) for s in statements),
    )


def together(counts: Iterable[Count | None]) -> Count | None:
    """One count for one thing said several times: the lowest, the largest best, the highest."""
    known = [c for c in counts if c is not None]
    return Count(min(c.low for c in known), max(c.best for c in known), max(c.high for c in known)) if known else None


def _count(case: Case, line: _Line) -> Count | None:
    read = together(read_count(f.quote.text, type=f.type) for f in line.fillers)
    if read is not None or not line.fillers:
        return read
    role: tuple[Filler, ...] = getattr(line.statement, line.rule.moves) if line.rule.moves != "trigger" else ()
    return line.statement.count if len(role) == len(line.fillers) else None


def _words(lines: list[_Line]) -> str:
    known = (MentionType.PLACE, MentionType.PERSON)
    fillers = [f for line in lines for f in line.fillers]
    texts = dict.fromkeys(f.entity.name if f.entity and f.type in known else f.quote.text for f in fillers)
    return ", ".join(texts) or ", ".join(dict.fromkeys(line.statement.trigger.text for line in lines))


def _other(case: Case, lines: list[_Line], heads: Heads) -> Party | None:
    """The first party with a name that is neither the group, nor what moved, nor one of its leaders."""
    own = {person.key for person in heads.names}
    for line in lines:
        s, moved = line.statement, set(line.fillers)
        rest = [f for f in (*s.actor, *s.target, *s.origin) if f not in moved and not case.subject.names(f)]
        for other in parties(rest, s):
            if other.key not in own:
                return other
    return None


def _spot(lines: list[_Line]) -> Spot | None:
    first = lines[0]
    if first.item is Item.TERRITORY and first.fillers and (found := spot(first.fillers[0], first.statement)):
        return found
    location = next((line.statement.location for line in lines if line.statement.location), first.record.location)
    return spot_of(location) if location else None
