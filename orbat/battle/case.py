"""What a sheet is made from: the records and statements that name one group, and what stood on which day. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import is_
from types import MappingProxyType
from typing import Any, TypeVar

from orbat.battle.groups import Gather, Groups, Make
from orbat.battle.origins import Voices
from orbat.battle.parts import HAPPENED, Part, Run, Subject, roles_of
from orbat.battle.values import CatalogueTie, Grounds, Party, Spot, When
from orbat.corroborate.matters import PRONOUNS, is_name
from orbat.names import fold
from orbat.recordtypes import Origin, Record, RecordKind, RecordStatus
from orbat.remembering import remembered
from orbat.types import Certainty, Filler, MentionType, Place, Statement

T = TypeVar("T")
SURENESS = tuple(Certainty)  # fact first
PEOPLE = frozenset({MentionType.GROUP, MentionType.FORCE, MentionType.STATE, MentionType.ORG, MentionType.MEDIA, MentionType.PERSON})
GROUPS = PEOPLE - {MentionType.PERSON}
_ONE = (" a ", " an ", "A ", "An ")
"""Before words for a person that are no name: "a General", "an Indonesian"."""


@dataclass(frozen=True, slots=True)
class Marks:
    """A moment of a store: the last reading and change of records, how many judgements there are, and when one was last made or taken
    back."""

    reading: int
    change: int
    judged: tuple[Any, ...]


@dataclass(frozen=True)
class Case:
    """Everything that a sheet is made from.

    ``records``: those in which the group takes part or speaks. ``statements``: theirs, by id; of events those alone that name the group
    where ``published`` is given, the days of these records' articles. ``also``: records of its leaders that do not name the group.
    ``mates``: statements that may say that a number of fighters is one of losses. ``as_of``: a day, where the sheet is to say what held
    on it. ``marks``: of what moment of the store it is.
    """

    subject: Subject
    records: tuple[Record, ...]
    statements: Mapping[str, Statement]
    also: tuple[Record, ...] = ()
    mates: tuple[Statement, ...] = ()
    ties: tuple[CatalogueTie, ...] = ()
    as_of: dt.date | None = None
    known_by: dt.datetime | None = None
    waiting: int = 0
    published: Mapping[str, dt.date | None] | None = None
    marks: Marks | None = None
    _voices: dict[str, Voices] = field(default_factory=dict, repr=False, compare=False)
    _from: dict[str, tuple[Record, Origin, bool]] = field(default_factory=dict, repr=False, compare=False)
    _once: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _groups: dict[str, Groups] = field(default_factory=dict, repr=False, compare=False)

    @property
    def number(self) -> int:
        """How many statements its records have."""
        return len(self.statements) if self.published is None else sum(len(r.statements) for r in (*self.records, *self.also))

    def after(self, before: Case, touched: Collection[str] | None = None) -> Case:
        """This case of a group with what is known already of those parts that are as they were in one loaded before.

        Args:
            touched: the ids of the records that may be others or say something else; None where all may.
        """
        if before.subject != self.subject:  # the catalogue gives it other wings
            return self
        runs, changed = {}, set(before.runs)
        for record in self.records:
            old = run = before.runs.get(record.id)
            if touched is None or record.id in touched or old is None:
                run = self._run(record, old)
            if run is old:
                changed.discard(record.id)
            else:
                changed.add(record.id)
            if run is not None:
                runs[record.id] = run
        found = replace(self, _from=before._from)
        found.__dict__["runs"] = runs
        if len(changed) < len(runs) / 2:
            gone = [before.runs[id] for id in changed if id in before.runs]
            found._groups.update({name: each.after(self.subject, gone, runs, changed) for name, each in before._groups.items()})
        return found

    def on(self, day: dt.date | None) -> Case:
        """The case as of another day; what does not hang on the day is shared with this one."""
        return self if day == self.as_of else self.but(as_of=day)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What is made of all parts, whatever the day: once for all days that are asked for.

        Args:
            name: what it is.
        """
        if name not in self._once:
            self._once[name] = make()
        found: T = self._once[name]
        return found

    def hush(self) -> None:
        """Let go of what origins are looked up in: those that were looked up stay, and it takes as much memory as the records."""
        self._voices.clear()

    def groups(self, section: str, gather: Gather, *, told: bool = False) -> Groups:
        """The parts by what they speak of, whatever the day.

        Args:
            told: what counts on a day is what was told by then, not what held.
        """
        found = self._groups.get(section)
        if found is None or found.gather != gather:
            found = self._groups[section] = Groups.of(gather, self.subject, self.runs.values(), told=told)
        return found

    def values(self, section: str, gather: Gather, make: Make, *, told: bool = False) -> list[Any]:
        """What is made of the parts under each key that count on the day asked for."""
        found = self.groups(section, gather, told=told)
        made = (group.value(self, key, make, told=told) for key, group in found.by_key.items())
        return [value for value in made if value is not None]

    def but(self, **values: Any) -> Case:
        """The case with some other values, of which its parts are not made."""
        made = replace(self, **values)
        made.__dict__["runs"] = self.runs
        return made

    def gathered(self, section: str, gather: Gather, *, told: bool = False) -> Iterator[tuple[Any, Sequence[Part]]]:
        """The parts under each key that count on the day asked for."""
        for key, group in self.groups(section, gather, told=told).by_key.items():
            if parts := group.on(self, told=told):
                yield key, parts

    @cached_property
    def by_id(self) -> Mapping[str, Record]:
        """The records by their ids."""
        return MappingProxyType({record.id: record for record in self.records})

    @cached_property
    def runs(self) -> Mapping[str, Run]:
        """The parts that the group plays, whatever the day, by the ids of their records."""
        return {record.id: run for record in self.records if (run := self._run(record)) is not None}

    @cached_property
    def all_parts(self) -> tuple[Part, ...]:
        """All of them, those of a record together."""
        return tuple(part for run in self.runs.values() for part in run.parts)

    @cached_property
    def standing(self) -> frozenset[str]:
        """The ids of the records that had happened, or held, on the day asked for."""
        return frozenset(record.id for record in self.records if self.stands(record))

    def _run(self, record: Record, before: Run | None = None) -> Run | None:
        """A record's parts; those that were made of the very same values are taken as they are."""
        made = {part.statement.id: part for part in before.parts} if before is not None else {}
        parts = tuple(self._parts(record, made))
        if before is not None and len(parts) == len(before.parts) and all(map(is_, parts, before.parts)):
            return before
        return Run.of(parts) if parts else None

    def _parts(self, record: Record, made: Mapping[str, Part]) -> Iterator[Part]:
        for id in record.statements:
            statement = self.statements.get(id)
            if statement is not None:
                part = made.get(id)
                if part is not None and part.statement is statement:
                    yield part if part.record is record else replace(part, record=record)
                elif roles := roles_of(self.subject, statement):
                    yield Part(record, statement, roles)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The parts in records that had happened, or held, on the day asked for."""
        return tuple(self._standing(self.all_parts))

    @cached_property
    def happened(self) -> tuple[Part, ...]:
        """Those of them that are said to have happened or to hold, in a role other than as speaker."""
        return tuple(self._standing(part for run in self.runs.values() for part in run.happened))

    def was_told(self, part: Part) -> bool:
        """Whether a part's article had appeared by the day asked for: for what is said rather than what held."""
        return self._told(part.statement)

    def _standing(self, parts: Iterable[Part]) -> Iterator[Part]:
        """Those of some parts whose record had happened, or held, on the day asked for; a record's parts stand together."""
        last, stands = None, False
        for part in parts:
            if part.record is not last:
                last, stands = part.record, self.stands(part.record)
            if stands:
                yield part

    def stands(self, record: Record) -> bool:
        """Whether a record had happened, or held, on the day asked for. A relation without a day counts from when it was reported."""
        if self.as_of is None:
            return True
        if record.start is not None:
            return record.start <= self.as_of and (record.kind is RecordKind.EVENT or record.end is None or record.end >= self.as_of)
        if record.kind is RecordKind.EVENT or (record.end is not None and record.end < self.as_of):
            return False
        return any(self._told(s) for s in self.said(record) if not s.negated)

    @cached_property
    def undated(self) -> int:
        """How many records are left out because they have no day."""
        undated = self.once("undated", lambda: tuple(r for r in self.records if r.start is None))
        return 0 if self.as_of is None else sum(not self.stands(r) for r in undated)

    def said(self, record: Record) -> Iterator[Statement]:
        """A record's statements."""
        return (self.statements[id] for id in record.statements if id in self.statements)

    def _told(self, statement: Statement) -> bool:
        published = statement.document.published
        return self.as_of is None or (published is not None and published <= self.as_of)

    def grounds(self, parts: Iterable[tuple[Record, Statement]]) -> Grounds:
        """What some statements bear out, by these rules.

        The origins are those of these statements alone, and as many of them are independent as the records count, at least one. The
        status is the record's (of several the least good: denied, disputed), but what has fewer than two independent origins is
        ``single-source`` even in a corroborated record, and what has two in several records is ``corroborated``. The credibility is
        the record's where all of its statements are meant; else, by the same scale, 3 for one origin that says it as a fact, 4 with a
        hedge, 2 for more, 5 where it is denied, 6 where it is not said to have happened.
        """
        pairs = tuple(parts)
        records = {record.id: record for record, _ in pairs}
        said = {s.id: s for _, s in pairs}
        names: dict[str, str] = {}
        independent: set[str] = set()
        for record, statement in pairs:
            known = self._from.get(statement.id)
            if known is None or known[0] is not record:
                known = self._from[statement.id] = self._heard(record, statement)
            names[known[1].id] = known[1].name
            if known[2]:
                independent.add(known[1].id)
        certainty = min({s.certainty for s in said.values()}, key=SURENESS.index)
        number = max(1, len(independent))
        status = _status([r.status for r in records.values()], number)
        whole = len(records) == 1 and said.keys() == set(pairs[0][0].statements)
        credibility = pairs[0][0].credibility if whole else _credibility(status, certainty)
        return Grounds(
            tuple(sorted(records)), tuple(sorted(said)), status, credibility, certainty, number, tuple(names[id] for id in sorted(names))
        )

    def whole(self, record: Record) -> Grounds:
        """What all statements of a record bear out: what the record says of itself."""
        number = max(1, record.independent)
        names = tuple(origin.name for origin in sorted(record.origins, key=lambda origin: origin.id))
        said = tuple(sorted(record.statements))
        return Grounds((record.id,), said, _status([record.status], number), record.credibility, record.certainty, number, names)

    def reported(self, record: Record) -> tuple[dt.date | None, dt.date | None]:
        """The first and the last day on which a record's statements were published."""
        if self.published is None:
            return reported(self.said(record))
        days = [day for id in record.documents if (day := self.published.get(id))]
        return min(days, default=None), max(days, default=None)

    def _heard(self, record: Record, statement: Statement) -> tuple[Record, Origin, bool]:
        """The origin of a record's statement, and whether it is one that can confirm others."""
        voices = self._voices.get(record.id)
        if voices is None:
            voices = self._voices[record.id] = Voices(record)
        origin = voices.of(statement)
        return record, origin, voices.confirms(origin)

    def when(self, record: Record, statements: Iterable[Statement] | None = None) -> When:
        """A record's days, and when some of its statements were published, or all of them."""
        begins = record.kind is RecordKind.EVENT or any(f.name == "start" and f.values for f in record.fields)
        told = self.reported(record) if statements is None else reported(statements)
        return When(record.start, record.end, record.date_prec, begins and record.start is not None, *told)


def reported(statements: Iterable[Statement]) -> tuple[dt.date | None, dt.date | None]:
    """The first and the last day on which some statements were published."""
    days = [s.document.published for s in statements if s.document.published is not None]
    return min(days, default=None), max(days, default=None)


def said_when(statements: Sequence[Statement]) -> When:
    """The days that some statements give themselves, and when they were published."""
    days = [s.date for s in statements if s.date is not None]
    start, end = min((d.start for d in days), default=None), max((d.end for d in days), default=None)
    return When(start, end, min((d.date_prec for d in days), default=None), False, *reported(statements))


def latest(when: When) -> int:
    """Sorts by the last day known, of a term its start: what is newest has the greatest number."""
    day = when.start or when.end or when.reported_last
    return day.toordinal() if day else 0


def party(filler: Filler, statement: Statement) -> Party | None:
    """Whom a mention names; None for a pronoun, a place or thing, and words that are no name ("militants")."""
    if filler.type not in PEOPLE:
        return None
    if (entity := filler.entity) is not None:
        return _party(entity.id, entity.name, entity.kind)
    text = filler.quote.text
    at = filler.quote.span.start - statement.sentence.span.start
    if filler.type is MentionType.PERSON and statement.sentence.text.endswith(_ONE, 0, at):
        return None
    return _party(None, text, filler.type.value.lower()) if _names_someone(text, at == 0) else None


_party = remembered(8_192)(Party)  # most of those who are named are named again and again


@remembered(8_192)
def _names_someone(text: str, opens: bool) -> bool:
    """Whether words are a name: asked of the same words again and again."""
    return bool(fold(text)) and fold(text) not in PRONOUNS and is_name(text, opens=opens)


def parties(fillers: Iterable[Filler], statement: Statement) -> tuple[Party, ...]:
    """All whom some mentions name, each once."""
    found = [p for f in fillers if (p := party(f, statement)) is not None]
    return tuple(found if len(found) < 2 else {p.key: p for p in found}.values())


def spot_of(place: Place) -> Spot:
    """A place of the gazetteer."""
    return Spot(place.id, place.name, place.country, place.admin1, place.lat, place.lon, place.where_prec)


def spot(filler: Filler, statement: Statement) -> Spot | None:
    """The place that a mention names; with its coordinates where it is the statement's location. None for places without a name."""
    if filler.type is not MentionType.PLACE:
        return None
    if filler.entity is not None:
        if statement.location is not None and statement.location.id == filler.entity.id:
            return spot_of(statement.location)
        return Spot(filler.entity.id, filler.entity.name)
    opens = filler.quote.span.start == statement.sentence.span.start
    return Spot(None, filler.quote.text) if is_name(filler.quote.text, opens=opens) else None


def _status(statuses: Iterable[RecordStatus], independent: int) -> RecordStatus:
    known = list(statuses)
    if all(status is RecordStatus.DENIED for status in known):
        return RecordStatus.DENIED
    if RecordStatus.DISPUTED in known or RecordStatus.DENIED in known:
        return RecordStatus.DISPUTED
    return RecordStatus.CORROBORATED if independent > 1 else RecordStatus.SINGLE_SOURCE


def _credibility(status: RecordStatus, certainty: Certainty) -> int:
    if certainty not in HAPPENED:
        return 6
    if status is RecordStatus.DENIED:
        return 5
    if status is RecordStatus.SINGLE_SOURCE:
        return 3 if certainty is Certainty.FACT else 4
    return 2
