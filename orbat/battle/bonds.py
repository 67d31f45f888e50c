"""Wings, parent and affiliates; allies, rivals, splits and mergers; and whom the group fought.

A record of the bond between two parties holds all that is said of it, the pledge and the break alike. Each kind of tie that its
statements state becomes one value, with the statements of that kind as its grounds:

BELONG    the other belongs to the group: ``wing``, or ``member`` where it is a person; the group belongs to the other: ``parent``;
          of two groups with ties, links or contacts: ``ally``
ALLY      a pledge or oath: ``pledged to`` or ``pledged by``; a union of groups: ``merger``; else ``ally``
SPLIT     a break: ``split``; else (feud, contest, rivalry): ``rival``
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence

from orbat.battle.case import Case, latest, parties, reported
from orbat.battle.parts import FIGHTERS, PARTIES, Part, Run, Subject
from orbat.battle.values import AFFILIATION, Bond, Opponent, Party, Tie, When
from orbat.corroborate.matters import Matter, sense
from orbat.corroborate.terms import narrowed, phase
from orbat.recordtypes import Record, RecordKind
from orbat.types import EventType, Filler, Statement

_BREAK = re.compile(
    r"\b(?:split\w*|splinter\w*|br(?:oke|eak)\w*(?! out)|seced\w+|expel\w*|expuls\w+|part\w* ways|cut\w* (?:all )?ties|sever\w*|"
    r"schism\w*|fractur\w*|fragment\w*|defect\w*|left|leav\w+|disown\w*|renounc\w+|dissoci\w+|dissiden\w+)\b",
    re.IGNORECASE,
)
"""Words of a SPLIT by which a tie ends; the others (feud, compete, rival) say that it is bad."""

IN_TOUCH = re.compile(r"\b(?:ties|relation(?:s|ships?)|contacts?|link(?:s|ed)|associat(?:ed|ions?)|connect(?:ed|ions?))\b", re.IGNORECASE)
"""Words of a BELONG by which two groups have to do with one another and neither is part of the other."""

_ALIKE = re.compile(r"\b(?:counterparts?|cousins?|equivalents?)\b", re.IGNORECASE)
"""Words of a BELONG that set a group beside another and tie it to none: "the ELN's counterpart, the FARC"."""

_UNITES = re.compile(
    r"\b(?:unif(?:y|ied|ication)|amalgamat\w*|fus(?:ed|ion)|br(?:ings?|ought) together|absorb\w*|folded into)\b", re.IGNORECASE
)
_DISSOLVES, _INTO = re.compile(r"\bdissol\w+", re.IGNORECASE), re.compile(r"[^.;]{0,60}\binto\b|[^.;]{0,40}\b(?:themselves|itself)\b")

_TYING, _SIDES = frozenset({EventType.BELONG, EventType.ALLY, EventType.SPLIT}), ("actor", "target")
_FIGHTS = frozenset(
    {EventType.ATTACK, EventType.BOMBING, EventType.STRIKE, EventType.CLASH, EventType.KILL, EventType.SEIZE, EventType.ABDUCT}
)


def bonds(case: Case) -> tuple[Bond, ...]:
    """Every tie to a party with a name, the latest first."""
    made: list[Bond] = case.values("bonds", _tied, _bond)
    made.sort(key=lambda b: (b.when.end is not None, -latest(b.when), b.party.name, b.grounds.records))
    return tuple(sorted(made, key=lambda b: list(Tie).index(b.tie)))


def _tied(subject: Subject, run: Run) -> Iterator[tuple[Hashable, Part]]:
    """A record's parts by the ties that they state, and to whom."""
    for part in run.happened:
        if _ties(part) and ("actor" not in part.roles or any(subject.names(f) for f in doers(part.statement))):
            for tie, other in ties_in(part):
                if not subject.is_(other):
                    yield (part.record.id, tie, other.key), part


def _ties(part: Part) -> bool:
    return part.statement.type in _TYING and not part.roles.isdisjoint(_SIDES)


def affiliations(found: Iterable[Bond]) -> tuple[Bond, ...]:
    """Parents, wings, members and pledges among some ties."""
    return tuple(bond for bond in found if bond.tie in AFFILIATION)


def relations(found: Iterable[Bond]) -> tuple[Bond, ...]:
    """Allies, mergers, splits and rivals among some ties."""
    return tuple(bond for bond in found if bond.tie not in AFFILIATION)


def ties_in(part: Part) -> Iterator[tuple[Tie, Party]]:
    """The ties that one statement states between the group and others, by the table above."""
    s = part.statement
    acts = "actor" in part.roles
    across = parties(s.target if acts else doers(s), s)
    if s.type is EventType.BELONG:
        if _ALIKE.search(s.trigger.text):
            return
        touch = IN_TOUCH.search(s.trigger.text) is not None
        for other in across:
            if touch and other.kind != "person":
                yield Tie.ALLY, other
            else:
                yield Tie.PARENT if acts else Tie.MEMBER if other.kind == "person" else Tie.WING, other
        return
    if s.type is EventType.SPLIT:
        tie = Tie.SPLIT if _BREAK.search(s.trigger.text) else Tie.RIVAL
    else:
        meaning = sense(EventType.ALLY, s.trigger.text)
        if meaning == "pledge" and across:
            for other in across:
                yield Tie.PLEDGED_TO if acts else Tie.PLEDGED_BY, other
            return
        tie = Tie.MERGER if meaning == "merger" or _unites(s) else Tie.ALLY
    # Those who stand on one side are tied to one another; but of "dissidents of the Front and its wing" these two have not split.
    if not across and (tie is not Tie.SPLIT or not (s.target if acts else s.actor)):
        across = parties((*s.actor, *s.target), s)
    for other in across:
        yield tie, other


def doers(s: Statement) -> tuple[Filler, ...]:
    """The actors of a statement; of a BELONG without the people who are its very word, since their group is not what they are of: "members
    of the Front's council"."""
    if s.type is not EventType.BELONG or not FIGHTERS.search(s.trigger.text):
        return s.actor
    own = s.trigger.span
    return tuple(f for f in s.actor if not (f.quote.span.start <= own.start and own.end <= f.quote.span.end))


def _unites(s: Statement) -> bool:
    """Whether groups become one by an ALLY: "united as", "dissolved themselves into", "brings together"."""
    if not _DISSOLVES.search(s.trigger.text):
        return _UNITES.search(s.trigger.text) is not None
    return _INTO.match(s.sentence.text, s.trigger.span.start - s.sentence.span.start) is not None


def opponents(case: Case) -> tuple[Opponent, ...]:
    """The parties with a name on the other side of its violence, those of the most records first."""
    made: list[Opponent] = case.values("opponents", _fought, _opponent)
    return tuple(sorted(made, key=lambda o: (-o.records, o.party.name)))


def _fought(subject: Subject, run: Run) -> Iterator[tuple[Hashable, Part]]:
    """A record's parts by whom they have on the other side."""
    for part in run.happened:
        if part.statement.type in _FIGHTS and not part.roles.isdisjoint(PARTIES):
            for other in _across(part):
                if other.kind not in ("person", "media") and not subject.is_(other):
                    yield other.key, part


def _across(part: Part) -> tuple[Party, ...]:
    s = part.statement
    return parties(s.target if "actor" in part.roles else s.actor, s)


def span(records: Iterable[Record], statements: Iterable[Statement]) -> When:
    """From the first to the last day of some records."""
    kept = list(records)
    days = [r.start for r in kept if r.start] + [r.end for r in kept if r.end]
    return When(min(days, default=None), max(days, default=None), None, False, *reported(statements))


def _bond(case: Case, key: tuple[str, Tie, str], said: Sequence[Part]) -> Bond:
    first, (_, tie, whom) = said[0], key
    other = next(other for each, other in ties_in(first) if (each, other.key) == (tie, whom))
    statements = [part.statement for part in said]
    record = _between(case, first.record, whom)
    when = _break(record, statements) if tie is Tie.SPLIT else case.when(record, statements)
    if tie in (Tie.RIVAL, Tie.MERGER) and when.start is None and (days := _dates(statements)):
        when = When(days[0], None, None, tie is Tie.MERGER, when.reported_first, when.reported_last)
    return Bond(tie, other, when, case.grounds((first.record, s) for s in statements))


def _between(case: Case, record: Record, whom: str) -> Record:
    """The record with the days alone that statements of the group and one other party give."""
    if len(record.actors.values) + len(record.targets.values) < 3:
        return record
    return narrowed(record, case.once(f"between {record.id}", lambda: _by_other(case, record)).get(whom, frozenset()))


def _by_other(case: Case, record: Record) -> dict[str, frozenset[str]]:
    """The statements of a record that tie the group to another party, or end that, by the other's key."""
    found: dict[str, set[str]] = defaultdict(set)
    for part in case.runs[record.id].parts:
        if _ties(part):
            for _, other in ties_in(part):
                found[other.key].add(part.statement.id)
    return {key: frozenset(ids) for key, ids in found.items()}


def _break(record: Record, statements: list[Statement]) -> When:
    """A split has a day, not a term: the first that its statements give, else the end of the relation."""
    days = _dates(statements)
    day = days[0] if days else record.end
    precision = min((s.date.date_prec for s in statements if s.date), default=None)
    return When(day, None, precision, day is not None and any(phase(s, Matter.BOND) == "end" for s in statements), *reported(statements))


def _dates(statements: Iterable[Statement]) -> list[dt.date]:
    return sorted(s.date.start for s in statements if s.date is not None)


def _opponent(case: Case, key: str, said: Sequence[Part]) -> Opponent:
    records = {part.record.id: part.record for part in said}
    when = span((r for r in records.values() if r.kind is RecordKind.EVENT), [part.statement for part in said])
    other = next(other for other in _across(said[0]) if other.key == key)
    return Opponent(other, len(records), when, case.grounds((part.record, part.statement) for part in said))
