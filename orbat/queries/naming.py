"""Who is meant by a name, and what is near it where nobody is.

A question about an actor takes its name, and the ids that the caller's catalogue gives for that name. With ids, statements
that name any of them are meant, and those whose words are the name but are not linked to anything. Without, the name is
compared with the words of the text and the names of what they were linked to; case, accents, hyphens and a leading "the"
do not matter (``names.fold``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa

from orbat.errors import NotFoundError
from orbat.names import fold
from orbat.queries.loading import among, parts
from orbat.tables import fillers

NEAR = 5  # names or ids offered where nothing is found
NEAR_SCORE = 70  # rapidfuzz's 0 to 100; below it a name offered looks like another name
NAMED = ("GROUP", "FORCE", "STATE", "ORG", "MEDIA", "PERSON", "PLACE")  # mention types that a question may be about


def naming(name: str, ids: Collection[str], *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """The fillers that name an actor."""
    folded = fold(name)
    if ids:
        meant = sa.or_(fillers.c.entity_id.in_(ids), sa.and_(fillers.c.entity_id.is_(None), fillers.c.folded == folded))
    else:
        meant = sa.or_(fillers.c.folded == folded, fillers.c.entity_folded == folded)
    return sa.select(*columns).where(meant)


def naming_among(connection: sa.Connection, keys: Iterable[int], name: str, ids: Collection[str], *, roles: Collection[str]) -> set[int]:
    """The keys of those of some statements that name an actor in one of some roles.

    Looked up by the statements: asked for both in one question, SQLite goes through all that name the actor, 33 ms for 12,000 and not 2.
    """
    folded, found = fold(name), set()
    columns = [fillers.c[each] for each in ("statement", "entity_id", "folded", "entity_folded")]
    query = sa.select(*columns).where(fillers.c.role.in_(roles))
    for part in parts(keys):
        for key, id, text, entity in connection.execute(query.where(among(connection, fillers.c.statement, part))):
            if (id in ids or (id is None and text == folded)) if ids else folded in (text, entity):
                found.add(key)
    return found


def unknown_name(connection: sa.Connection, name: str, *, ids: Collection[str] = (), known_by: dt.datetime | None = None) -> NotFoundError:
    """What to raise where nothing in the store is called so, with near names; or where what is was read after a moment asked for."""
    if known_by is not None and connection.execute(naming(name, ids, fillers.c.statement).limit(1)).first():
        fact = f"Nothing that had been read by {known_by:%Y-%m-%d} names {name!r}."
        return NotFoundError(fact, "What names it was read later.", "Ask for a later day, or for what is known now.")
    near = _near_names(connection, fold(name))
    cause = f"Near names: {', '.join(near)}." if near else ""
    return NotFoundError(f"No statement in the store names {name!r}.", cause, "Check the spelling, or read articles about it first.")


def _near_names(connection: sa.Connection, folded: str) -> list[str]:
    """Names in the store that look like this one, the nearest first."""
    from rapidfuzz import fuzz, process

    # The two lists come from the indexes alone; which of the words are names is asked of the few that are near.
    words = sa.union(sa.select(fillers.c.folded), sa.select(fillers.c.entity_folded).where(fillers.c.entity_folded.is_not(None)))
    found = process.extract(folded, list(connection.scalars(words)), scorer=fuzz.WRatio, limit=4 * NEAR, score_cutoff=NEAR_SCORE)
    near: dict[str, None] = {}
    for match, _, _ in found:
        linked = sa.select(fillers.c.entity_name).where(fillers.c.entity_folded == match)
        unlinked = sa.select(fillers.c.text).where(fillers.c.folded == match, fillers.c.entity_id.is_(None), fillers.c.type.in_(NAMED))
        name = connection.scalar(linked.limit(1)) or next(filter(_looks_named, connection.scalars(unlinked.limit(NEAR))), None)
        if name:
            near[name] = None
    return list(near)[:NEAR]


def _looks_named(words: str) -> bool:
    """Whether words that are linked to nothing are a name to offer, not "his" or "the group"."""
    return words.isupper() or (words[:1].isupper() and len(words) > 3)
