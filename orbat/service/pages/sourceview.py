"""How the word of a publisher or speaker stands, and with whom a publisher shares text."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from orbat.service.sourcing import Family, families
from orbat.store import Store
from orbat.tables import copies, fillers, record_statements, records, statements

TOP = 12
"""Names listed of each kind."""


@dataclass(frozen=True, slots=True)
class Sharer:
    """Another publisher with near-copies of the same articles: in how many families, and how often it came ``earlier`` or ``later``."""

    name: str
    families: int
    earlier: int
    later: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source's word stands: records that it speaks of by status, its statements by type and by how they are told; who it is
    ``with``: the speakers that a publisher quotes, the publishers that carry a speaker; whom it speaks ``about``."""

    statuses: tuple[tuple[str, int], ...]
    types: tuple[tuple[str, int], ...]
    certainties: tuple[tuple[str, int], ...]
    negated: int
    beside: tuple[tuple[str, int], ...]
    about: tuple[tuple[str, str, int], ...]
    sharers: tuple[Sharer, ...] = ()
    wires: tuple[tuple[str, int], ...] = ()


def of_publisher(store: Store, names: Collection[str]) -> Standing:
    """How a publisher's word stands.

    Args:
        names: how its articles write it.
    """
    own = sa.select(copies.c.document).where(copies.c.publisher.in_(names))
    with store.reading() as connection:
        wires = sa.select(copies.c.wire).where(copies.c.publisher.in_(names), copies.c.wire != "")
        credited = Counter[str](connection.scalars(wires))
        sharers = _sharers(families(connection, own), frozenset(names))
        return _standing(connection, statements.c.document.in_(own), statements.c.speaker, sharers, _top(credited))


def of_speaker(store: Store, key: str) -> Standing:
    """How a speaker's word stands.

    Args:
        key: an actor's id, or a folded name that is linked to none.
    """
    meant = sa.or_(fillers.c.entity_id == key, sa.and_(fillers.c.entity_id.is_(None), fillers.c.folded == key))
    said = sa.select(fillers.c.statement).where(meant, fillers.c.role == "speaker")
    with store.reading() as connection:
        return _standing(connection, statements.c.key.in_(said), statements.c.source)


def _standing(
    connection: sa.Connection,
    own: sa.ColumnElement[bool],
    beside: sa.ColumnElement[str | None],
    sharers: tuple[Sharer, ...] = (),
    wires: tuple[tuple[str, int], ...] = (),
) -> Standing:
    columns = (statements.c.key, statements.c.id, statements.c.type, statements.c.certainty, statements.c.negated, beside.label("beside"))
    rows = [row for row in connection.execute(sa.select(*columns, statements.c.current).where(own)) if row.current]
    kept = sa.select(record_statements.c.record, records.c.status).distinct().join(records, records.c.id == record_statements.c.record)
    kept = kept.where(record_statements.c.statement.in_(sa.select(statements.c.id).where(own)))
    about = sa.select(fillers.c.entity_id, sa.func.min(fillers.c.entity_name), sa.func.count()).where(
        fillers.c.statement.in_(sa.select(statements.c.key).where(own)),
        fillers.c.role.in_(("actor", "target")),
        fillers.c.entity_id.is_not(None),
        fillers.c.entity_kind != "place",
    )
    about = about.group_by(fillers.c.entity_id).order_by(sa.func.count().desc(), fillers.c.entity_id).limit(TOP)
    return Standing(
        _top(Counter(status for _, status in connection.execute(kept))),
        _top(Counter(row.type for row in rows)),
        _top(Counter(row.certainty for row in rows)),
        sum(row.negated for row in rows),
        _top(Counter(row.beside for row in rows if row.beside)),
        tuple((id, name, number) for id, name, number in connection.execute(about)),
        sharers,
        wires,
    )


def _sharers(families: Iterable[Family], own: frozenset[str]) -> tuple[Sharer, ...]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for family in families:
        ours = min((day for name, day in family if name in own and day), default=None)
        for other in {name for name, _ in family if name not in own}:
            theirs = min((day for name, day in family if name == other and day), default=None)
            counts[other]["families"] += 1
            if ours is not None and theirs is not None:
                counts[other]["earlier"] += theirs < ours
                counts[other]["later"] += theirs > ours
    found = [Sharer(name, each["families"], each["earlier"], each["later"]) for name, each in counts.items()]
    return tuple(sorted(found, key=lambda each: (-each.families, each.name)))[:TOP]


def _top(found: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(found.items(), key=lambda each: (-each[1], each[0])))[:TOP]
