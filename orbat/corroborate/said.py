"""Fields as said: for each value of a field its origins and statements, side by side, and whether two values cannot both hold."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from orbat.corroborate import features
from orbat.corroborate.happenings import NEAR_KM, TOWN, km
from orbat.corroborate.judged import Judged, anchor
from orbat.corroborate.matters import PRONOUNS, SPEECH
from orbat.names import fold
from orbat.recordtypes import RecordField, Said
from orbat.types import Basis, Entity, Filler, MentionType, Place, Statement


@dataclass(frozen=True, slots=True)
class Voiced:
    """A statement with its origin's id; ``supports`` False for a publisher that only hands on what its speakers say."""

    statement: Statement
    origin: str
    supports: bool = True


Value = tuple[str, str, Entity | None]
"""Key, text, entity of one value."""


def field(name: str, voiced: Sequence[Voiced], values: Callable[[Statement], Iterable[Value]]) -> RecordField:
    """A field with every value that a function finds in the statements; most origins first, then the key."""
    found: dict[tuple[str, bool], list[tuple[Voiced, Value]]] = defaultdict(list)
    for one in voiced:
        for value in values(one.statement):
            found[value[0], one.statement.negated].append((one, value))
    said = [_said(key, negated, parts) for (key, negated), parts in found.items()]
    if not found:
        return RecordField(name, ())
    supporters = {one.origin for one in voiced if one.supports}
    said.sort(key=lambda s: (s.negated, -len(supporters.intersection(s.origins)), -len(s.origins), -len(s.statements), s.key))
    return RecordField(name, tuple(said))


def disputed(found: RecordField, differ: bool) -> RecordField:
    """The field, marked where its values differ."""
    return replace(found, disputed=True) if differ else found


def fillers(role: str, *, places: bool = False) -> Callable[[Statement], Iterable[Value]]:
    """The values that the fillers of a role are: entity or folded name; pronouns that stand for nobody known are left out.

    Args:
        places: take the places among them only; without it, take all else.
    """

    def values(statement: Statement) -> Iterable[Value]:
        for filler in getattr(statement, role):
            if (filler.type is MentionType.PLACE) is places and (value := value_of(filler)):
                yield value

    return values


_NOBODY = re.compile(r"(?:no|none|neither|nobody|nothing)\b")


def value_of(filler: Filler) -> Value | None:
    """What a filler is compared by and shown as; None for a pronoun that stands for nobody known, and for nobody ("no group")."""
    if filler.entity is not None:
        return filler.entity.id, filler.entity.name, filler.entity
    key = fold(filler.quote.text)
    return (key, filler.quote.text, None) if key and key not in PRONOUNS and not _NOBODY.match(key) else None


def day_values(statement: Statement) -> Iterable[Value]:
    """The statement's days: an ISO day, or two with a stroke between. The day of a claim is not the day of what is claimed."""
    if statement.date is not None and statement.type not in SPEECH:
        key = iso(statement.date.start, statement.date.end)
        yield key, statement.date.text, None


def place_values(statement: Statement) -> Iterable[Value]:
    """Where the statement says that it happens: the place it means, else the words."""
    place = place_of(statement)
    if place is not None:
        yield place.id, place.name, Entity(place.id, place.name, "place")
    else:
        yield from fillers("place", places=True)(statement)


def place_of(statement: Statement) -> Place | None:
    """The place that a statement's own words or its sentence give; what the paragraph or the dateline gives is no witness."""
    return statement.location if statement.location_basis in (Basis.ARGUMENT, Basis.SENTENCE) else None


def iso(start: dt.date, end: dt.date) -> str:
    """ "2019-04-16", or "2019-04-16/2019-04-18"."""
    return start.isoformat() if start == end else f"{start.isoformat()}/{end.isoformat()}"


def days_of(key: str) -> tuple[dt.date, dt.date] | None:
    """The days that ``iso`` wrote; None where the text is none."""
    try:
        first, _, last = key.partition("/")
        return dt.date.fromisoformat(first), dt.date.fromisoformat(last or first)
    except ValueError:
        return None


def precision(start: dt.date, end: dt.date) -> int:
    """UCDP's date_prec of a range of days: 1 day, 2 two to six days, 3 a week, 4 a month, 5 more."""
    days = (end - start).days + 1
    return 1 if days == 1 else 2 if days < 7 else 3 if days == 7 else 4 if days <= 31 else 5


def days_differ(voiced: Iterable[Voiced]) -> bool:
    """Whether two origins give two different days, each to the day."""
    known = {
        (one.statement.date.start, one.origin)
        for one in voiced
        if one.statement.date is not None and one.statement.date.start == one.statement.date.end and not one.statement.negated
    }
    return any(day != other and by != also for day, by in known for other, also in known)


def towns_differ(places: Iterable[Place]) -> bool:
    """Whether two places are towns that lie further apart than UCDP's 25 km, or neither can hold the other."""
    known = list({place.id: place for place in places}.values())
    return any(_elsewhere(a, b) for at, a in enumerate(known) for b in known[at + 1 :])


def holds(outer: Place, inner: Place) -> bool:
    """Whether a place is the country or province that another lies in."""
    return features.contains(outer, inner)


def both_ways(found: RecordField) -> bool:
    """Whether a value is said by one origin and denied by another."""
    denied = {said.key: set(said.origins) for said in found.values if said.negated}
    return any(not said.negated and said.key in denied and set(said.origins) != denied[said.key] for said in found.values)


def judge(found: RecordField, identity: Iterable[str], judged: Judged) -> RecordField:
    """The field with the value that an analyst chose put first; the values said stay beside it, and nothing is disputed any more.

    Args:
        identity: the record's id and its statements' ids, whose judgements count.
    """
    if not judged.about:
        return found
    chosen = [j for key in sorted({anchor(i) for i in identity}) for j in judged.about.get(key, ()) if j.field == found.name and j.value]
    if not chosen:
        return found
    last = max(chosen, key=lambda j: (j.at, j.id))
    same = [said for said in found.values if not said.negated and last.value in (said.key, said.text)]
    first = same[0] if same else Said(last.value, last.value, (), ())
    rest = tuple(said for said in found.values if said is not first)
    return replace(found, values=(first, *rest), disputed=False, judged=last.id)


def _said(key: str, negated: bool, parts: Sequence[tuple[Voiced, Value]]) -> Said:
    if len(parts) == 1:
        one, value = parts[0]
        return Said(key, value[1], (one.origin,), (one.statement.id,), value[2], negated)
    texts = Counter(value[1] for _, value in parts)
    text = min(texts, key=lambda t: (-texts[t], t))
    entity = next((value[2] for _, value in parts if value[2] is not None), None)
    origins = tuple(sorted({one.origin for one, _ in parts}))
    return Said(key, text, origins, tuple(sorted({one.statement.id for one, _ in parts})), entity, negated)


def _elsewhere(a: Place, b: Place) -> bool:
    if max(a.where_prec, b.where_prec) > features.PROVINCE:
        return False  # a country or a sea that is named beside a town is where somebody came from
    if a.country != b.country:
        return True
    if holds(a, b) or holds(b, a):
        return False
    if a.where_prec <= TOWN and b.where_prec <= TOWN:
        return km(a, b) > NEAR_KM
    return bool(a.admin1 and b.admin1) and a.admin1 != b.admin1
