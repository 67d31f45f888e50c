"""What a change of the store touches: the parties and records that it says something new of, so that pages of others need not be made anew.

``Touched.look`` gives the topics of all commits since the last look, ``Touched.after`` those since a look of one's own. A topic is an
actor's id (``e:Q12345``), a name in folded form (``n:boko haram``), a record (``r:...``) or an article (``d:...``: it was read again, or a
record of one of its statements changed); ``ALL`` stands for every topic, where it cannot be told or would take long to tell.
"""

from __future__ import annotations

import threading
from array import array
from collections import deque
from collections.abc import Collection, Iterable
from itertools import islice

import sqlalchemy as sa

from orbat.battle.case import Marks
from orbat.battle.moments import between, marks_of, touched_by
from orbat.names import fold
from orbat.queries.loading import parts
from orbat.recordtypes import Change
from orbat.store import Store
from orbat.tables import fillers, record_statements, statements

ALL = "*"
MOST = 50_000
"""Topics touched between two looks, and in the looks of which it is told what they touched: where there are more, all are taken to be."""
SLOTS = 1 << 18
"""Places, of 4 bytes each, for the look at which a topic was touched last. Topics that share one are touched together: a group that hangs
on 50 topics is so by one in 200 articles that touch 25 others. A name for each that was ever touched would grow without a bound, or be
forgotten every 2,000 articles, and all be taken to be touched then."""


_articles = sa.select(statements.c.document).distinct()


def topics_of(name: str, ids: Iterable[str]) -> frozenset[str]:
    """The topics of a group."""
    return frozenset({f"n:{fold(name)}", *(f"e:{id}" for id in ids)})


class Touched:
    """When each topic was touched last, in numbers of looks. May be used by any thread."""

    def __init__(self, store: Store) -> None:
        self._store, self._lock = store, threading.Lock()
        self._last = array("I", bytes(4 * SLOTS))
        self._all = 0  # the look at which all were touched last
        self._looks: deque[frozenset[str]] = deque()  # what the latest looks found, the last one last
        self._told = 0  # topics in these
        self.number = 0
        self._marks = self._now()

    def look(self) -> frozenset[str]:
        """The topics that were touched since the last look."""
        with self._lock:
            before, after = self._marks, self._now()
            if before == after:
                return frozenset()
            found = self._between(before, after)
            found = frozenset({ALL}) if len(found) > MOST else found
            self._marks, self.number = after, self.number + 1
            self._remember(found)
            return found

    def after(self, number: int) -> tuple[int, frozenset[str]]:
        """Look; the number of that look, and the topics that were touched after look ``number``.

        Who asks keeps the number for the next time, so that nobody takes from another what was touched.
        """
        self.look()
        with self._lock:
            missed = self.number - number
            if missed > len(self._looks):
                return self.number, frozenset({ALL})
            return self.number, frozenset().union(*islice(reversed(self._looks), missed))

    def stamp(self, topics: Iterable[str]) -> int:
        """At which look any of some topics was touched last; 0 for never."""
        return max(self._all, *(self._last[hash(topic) % SLOTS] for topic in topics), 0)

    def _remember(self, found: frozenset[str]) -> None:
        if ALL in found:
            self._all = self.number
        for topic in found:
            self._last[hash(topic) % SLOTS] = self.number
        self._looks.append(found)
        self._told += len(found)
        while self._told > MOST:
            self._told -= len(self._looks.popleft())

    def _now(self) -> Marks:
        with self._store.reading() as connection:
            return marks_of(connection)

    def _between(self, before: Marks, after: Marks) -> frozenset[str]:
        with self._store.reading() as connection:
            since = between(connection, before, after)
            if since is None or any(each.change == Change.WITHDRAWN for each in since[1]):
                return frozenset({ALL})
            documents, records = since[0], touched_by(since[1])
            of_readings = [statements.c.document.in_(part) for part in parts(documents)]
            members = sa.select(record_statements.c.statement)
            of_records = [statements.c.id.in_(members.where(record_statements.c.record.in_(part))) for part in parts(records)]
            named = self._named(connection, [*of_readings, *of_records])
            articles = {*documents, *(id for each in of_records for id in connection.scalars(_articles.where(each)))}
        return frozenset({*named, *(f"r:{id}" for id in records), *(f"d:{id}" for id in articles)})

    def _named(self, connection: sa.Connection, conditions: Collection[sa.ColumnElement[bool]]) -> set[str]:
        """The topics of all whom some statements name, of earlier readings too."""
        found: set[str] = set()
        for condition in conditions:
            keys = sa.select(statements.c.key).where(condition)
            query = sa.select(fillers.c.entity_id, fillers.c.folded, fillers.c.entity_folded).distinct()
            for row in connection.execute(query.where(fillers.c.statement.in_(keys), fillers.c.type.not_in(("PLACE", "TIME")))):
                found |= {f"n:{name}" for name in (row.folded, row.entity_folded) if name}
                found |= {f"e:{row.entity_id}"} if row.entity_id else set()
        return found
