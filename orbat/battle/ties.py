"""What the catalogue of actors knows of a group, apart from what anyone says: leaders, wings, parents, allies, splinters, mergers."""

from __future__ import annotations

from collections.abc import Collection

from orbat.battle.values import CatalogueTie, Party
from orbat.link.catalogue import ActorEntry, Catalogue, Relation


def ties_of(catalogue: Catalogue, ids: Collection[str]) -> tuple[CatalogueTie, ...]:
    """The catalogue's relations of and to some actors."""
    pairs = ((entry, relation) for entry in catalogue for relation in entry.relations)
    found = [_tie(e, r, catalogue) for e, r in pairs if (e.id in ids or r.id in ids) and r.id in catalogue]
    return tuple(sorted(found, key=lambda t: (t.relation, t.of.name, t.to.name)))


def wings_of(catalogue: Catalogue, ids: Collection[str]) -> frozenset[str]:
    """The ids of the armed wings of some groups, and of those wings': all that the catalogue gives one of them as parent, but media."""
    children: dict[str, set[str]] = {}
    for entry in catalogue:
        for relation in entry.relations:
            if relation.type == "parent" and entry.kind not in ("media", "person"):
                children.setdefault(relation.id, set()).add(entry.id)
    found: set[str] = set()
    waiting = list(ids)
    while waiting:
        new = children.get(waiting.pop(), set()) - found - set(ids)
        found |= new
        waiting += new
    return frozenset(found)


def _tie(entry: ActorEntry, relation: Relation, catalogue: Catalogue) -> CatalogueTie:
    other = catalogue.entry(relation.id)
    end = relation.end or (entry.end if entry.kind == "person" else None)  # the dead lead nobody, and are of no group
    return CatalogueTie(
        relation.type, Party(entry.id, entry.name, entry.kind), Party(other.id, other.name, other.kind), relation.start, end
    )
