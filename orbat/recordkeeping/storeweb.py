"""The web of happenings in the store's tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from typing import Any

import sqlalchemy as sa

from orbat.corroborate.blocks import block_keys, day_of, end_keys
from orbat.corroborate.happenings import Happening
from orbat.corroborate.kept import RULES, happening_from_json, happening_to_json
from orbat.corroborate.matters import LASTING
from orbat.corroborate.members import documents_from_bytes
from orbat.corroborate.records import sameness
from orbat.corroborate.web import Grown, Knots, Mark, Outline, Tie
from orbat.queries.loading import among, parts
from orbat.tables import blocks, happenings, members, new_blocks, statements, stirred, ties, web

KEPT = 2_048  # happenings, 9 kB each: with eight times as many 20 articles of a large war had a few of 100 fewer read
KEPT_FOR_MANY = 16_384  # the same while hundreds of articles are put in: with KEPT, 500 took 12 of 100 more time to read them again
OUTLINED = 16_384  # outlines, some 400 bytes each: relations have many, and all of a relation's are looked at when it gains one

WAITING = 65_536  # rows that may wait for their places, 1 to 4 MB: all of them are put there in some tenths of a second


Row = tuple[int, int]
"""Of a table of blocks: the block's number and the happening's."""


@dataclass(slots=True)
class Seen:
    """Happenings and outlines that were read, for the next transactions: a number is of one happening for ever, and that never changes.

    ``most``: how many happenings to keep.
    """

    happenings: Knots = field(default_factory=dict)
    outlines: dict[int, Outline] = field(default_factory=dict)
    most: int = KEPT

    def trim(self) -> None:
        """Let go of those that were read first, where they are too many."""
        self.let_go()
        for key in list(self.outlines)[: max(0, len(self.outlines) - OUTLINED)]:
            del self.outlines[key]

    def let_go(self) -> None:
        """Let go of the happenings alone."""
        for key in list(islice(self.happenings, max(0, len(self.happenings) - self.most))):
            del self.happenings[key]


class StoreWeb:
    """``corroborate.web.Web`` in a transaction that writes. What it has read once it keeps: nobody else writes meanwhile."""

    def __init__(self, connection: sa.Connection, seen: Seen | None = None) -> None:
        """Args:
        seen: what earlier transactions have read; where any of them fails, it is of no more use.
        """
        self._connection, self._seen = connection, seen or Seen()
        self._seen.trim()
        self._known, self._outlined = self._seen.happenings, self._seen.outlines

    def version(self) -> int:
        """A number that is another one once happenings, blocks or ties have changed."""
        return self._connection.scalar(sa.select(web.c.version)) or 0

    def of(self, documents: Collection[str]) -> Knots:
        """The happenings of some documents."""
        return self._load(happenings.c.document, documents)

    def get(self, keys: Collection[int]) -> Knots:
        """Happenings by number."""
        found = {key: self._known[key] for key in keys if key in self._known}
        found |= self._load(happenings.c.key, [key for key in keys if key not in found])
        self._seen.let_go()
        return {key: found[key] for key in keys}

    def outlines(self, keys: Collection[int]) -> Mapping[int, Outline]:
        """Outlines of happenings by number, and all others that are at hand."""
        self._outline(happenings.c.key, [key for key in keys if key not in self._outlined])
        return self._outlined

    def outlines_of(self, documents: Collection[str]) -> dict[int, Outline]:
        """Outlines of the happenings of some documents."""
        return {key: self._outlined[key] for key in self._outline(happenings.c.document, documents)}

    def holding(self, statement_ids: Collection[str]) -> Knots:
        """The happenings that some statements are part of."""
        return self.get(self.holders(statement_ids))

    def holders(self, statement_ids: Collection[str]) -> set[int]:
        """Their numbers."""
        wanted = set(statement_ids)
        documents = {id for (id,) in self._rows(sa.select(statements.c.document).distinct(), statements.c.id, wanted)}
        return {key for key, one in self.outlines_of(documents).items() if not wanted.isdisjoint(one.statements)}

    def sharing(self, keys: Collection[str]) -> Mapping[str, Collection[int]]:
        """The numbers of the happenings that have each of some block keys."""
        names = {number_of_block(key): key for key in keys}
        found: dict[str, list[int]] = defaultdict(list)
        for block, happening in self._blocks(sorted(names)):
            found[names[block]].append(happening)
        return found

    def alike(self, samenesses: Collection[Mark], ends: Collection[Mark]) -> set[int]:
        """The numbers of the happenings that say the same to the word as some, or that have one of some ends."""
        same = self._rows(sa.select(happenings.c.key), happenings.c.sameness, samenesses)
        return {key for (key,) in same} | {key for _, key in self._blocks(map(int, ends))}

    def ties(self, keys: Collection[int]) -> set[Tie]:
        """The ties with an end among some happenings."""
        columns = (ties.c.one, ties.c.two, ties.c.score)
        return {Tie(*row) for end in (ties.c.one, ties.c.two) for row in self._rows(sa.select(*columns), end, keys)}

    def add(self, new: Collection[Happening]) -> Knots:
        """Keep new happenings, numbered on from the last one."""
        if not new:
            return {}
        last = self._connection.scalar(sa.select(web.c.last)) or 0
        made = dict(enumerate(new, last + 1))
        _change(self._connection, given=len(made))
        self._connection.execute(sa.insert(happenings), [_row(key, one) for key, one in made.items()])
        for table, rows in _by_table(_blocks(made)):
            _insert(self._connection, table, rows)
        self._known |= made
        return made

    def drop(self, gone: Knots) -> None:
        """Take happenings out, with their block keys."""
        _change(self._connection)
        found = _blocks(gone)  # by their own keys: an index of blocks by happening would cost as much as the table
        timeless = [row for row in found if row[0] < 0]
        for table, rows in ((blocks, found), (new_blocks, timeless)):  # those of no day may be in either
            if rows:
                which = sa.and_(table.c.block == sa.bindparam("block_"), table.c.happening == sa.bindparam("happening_"))
                values = [{"block_": block, "happening_": key} for block, key in rows]
                self._connection.execute(sa.delete(table).where(which), values)
        for part in parts(gone):
            self._connection.execute(sa.delete(stirred).where(stirred.c.happening.in_(part)))
            self._connection.execute(sa.delete(happenings).where(happenings.c.key.in_(part)))
        lost = {_number(sameness(one)) for one in gone.values() if one.matter in LASTING}
        for some in parts(lost):
            self._connection.execute(sa.update(members).where(members.c.sameness.in_(some)).values(sameness=None))
        for key in gone:
            self._known.pop(key, None)
            self._outlined.pop(key, None)

    def tie(self, new: Collection[Tie], lost: Collection[Tie]) -> None:
        """Keep new ties and take others out."""
        if lost or new:
            _change(self._connection)
        if lost:
            which = sa.and_(ties.c.one == sa.bindparam("one_"), ties.c.two == sa.bindparam("two_"))
            self._connection.execute(sa.delete(ties).where(which), [{"one_": tie.one, "two_": tie.two} for tie in lost])
        if new:
            self._connection.execute(sa.insert(ties), [tie._asdict() for tie in new])

    def stir(self, keys: Iterable[int]) -> None:
        """Note that the components of some happenings are to be grouped again."""
        wanted = set(keys)
        if fresh := wanted - self.stirred(wanted):
            self._connection.execute(sa.insert(stirred), [{"happening": key} for key in sorted(fresh)])

    def stirred(self, keys: Iterable[int]) -> set[int]:
        """Those of some happenings that are noted so."""
        return {key for (key,) in self._rows(sa.select(stirred.c.happening), stirred.c.happening, keys)}

    def settle(self, keys: Iterable[int]) -> None:
        """Some happenings were grouped."""
        for part in parts(keys):
            self._connection.execute(sa.delete(stirred).where(stirred.c.happening.in_(part)))

    def grown(self, keys: Collection[int]) -> list[Grown]:
        """The components of some happenings that are those of large records of one sameness, none of whose stirred happenings has a tie."""
        outlines = self.outlines(keys)
        wanted = {int(outlines[key].sameness) for key in keys if outlines[key].ends}
        kept = {row.sameness: row.payload for row in self._rows(sa.select(members), members.c.sameness, wanted)}
        fresh = sa.select(happenings.c.sameness, happenings.c.key).where(happenings.c.key.in_(sa.select(stirred.c.happening)))
        found: dict[int, list[int]] = defaultdict(list)
        for same, key in self._rows(fresh, happenings.c.sameness, kept):
            found[same].append(key)
        every = [key for some in found.values() for key in some]
        tied = {end for tie in self.ties(every) for end in (tie.one, tie.two)}
        outlines = self.outlines(every)
        return [
            Grown(same, documents_from_bytes(kept[same]), {key: outlines[key] for key in some})
            for same, some in found.items()
            if tied.isdisjoint(some)
        ]

    def _load(self, column: sa.Column[Any], values: Iterable[Any]) -> Knots:
        found: Knots = {}
        for key, payload in self._rows(sa.select(happenings.c.key, happenings.c.payload), column, values):
            if key not in self._known:
                self._known[key] = happening_from_json(payload)
            found[key] = self._known[key]
        return found

    def _outline(self, column: sa.Column[Any], values: Iterable[Any]) -> list[int]:
        columns = (happenings.c.key, happenings.c.document, happenings.c.statements, happenings.c.sameness, happenings.c.ends)
        found = []
        for key, document, said, sameness_, ends in self._rows(sa.select(*columns), column, values):
            self._outlined[key] = Outline(document, tuple(said.split()), sameness_, tuple(map(int, ends.split())))
            found.append(key)
        return found

    def _blocks(self, numbers: Iterable[int]) -> Iterator[Any]:
        """The rows of some blocks: number and happening."""
        kept = list(numbers)
        for table, some in ((blocks, kept), (new_blocks, [number for number in kept if number < 0])):
            yield from self._rows(sa.select(table), table.c.block, some)

    def _rows(self, query: sa.Select[Any], column: sa.Column[Any], values: Iterable[Any]) -> Iterator[Any]:
        for part in parts(values):
            yield from self._connection.execute(query.where(among(self._connection, column, part))).all()  # one by one takes longer


def clear(connection: sa.Connection) -> None:
    """Take everything out of the web."""
    _change(connection)
    connection.execute(sa.update(members).values(sameness=None))
    for table in (stirred, ties, blocks, new_blocks, happenings):
        connection.execute(sa.delete(table))


def put_in_place(connection: sa.Connection, new: sa.Table, into: sa.Table) -> None:
    """Put the rows that wait in one table in their order into another, once they are many: then most pages of it take several."""
    if (connection.scalar(sa.select(sa.func.count()).select_from(new)) or 0) > WAITING:
        connection.execute(sa.insert(into).from_select(new.c.keys(), sa.select(new).order_by(*new.primary_key)))
        connection.execute(sa.delete(new))


def of_other_rules(connection: sa.Connection) -> bool:
    """Whether what is kept was made by other rules than those of this code."""
    rules = connection.scalar(sa.select(happenings.c.rules).order_by(happenings.c.key).limit(1))
    return rules not in (None, RULES)


def _change(connection: sa.Connection, *, given: int = 0) -> None:
    """Note that the web changes, and that so many more numbers are given."""
    connection.execute(sa.update(web).values(version=web.c.version + 1, last=web.c.last + given))


def _row(key: int, one: Happening) -> dict[str, Any]:
    return {
        "key": key,
        "document": one.document,
        "rules": RULES,
        "sameness": _number(sameness(one)),
        "statements": " ".join(one.statements),
        "ends": " ".join(str(_number(end)) for end in end_keys(one)),
        "payload": happening_to_json(one),
    }


def _blocks(made: Knots) -> list[Row]:
    found = [(number_of_block(block), key) for key, one in made.items() for block in block_keys(one)]
    found += [(_number(end), key) for key, one in made.items() for end in end_keys(one)]
    return sorted(found)


def _by_table(rows: Sequence[Row]) -> list[tuple[sa.Table, list[Row]]]:
    """New rows of blocks by the table that they go to."""
    dated = [row for row in rows if row[0] >= 0]
    timeless = [row for row in rows if row[0] < 0]
    return [(table, found) for table, found in ((blocks, dated), (new_blocks, timeless)) if found]


def _insert(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Put rows of blocks in a table. As they are, where the driver takes them so: there are 330 an article, and to have each looked through
    as a dict takes twice what SQLite does to keep it."""
    made = sa.insert(table).compile(dialect=connection.dialect)
    given = rows if made.positional else [{"block": block, "happening": key} for block, key in rows]
    connection.exec_driver_sql(str(made), given)


def number_of_block(block: str) -> int:
    """The number of a block key. Those of one day are neighbours, so that what an article asks for and adds lies on few pages of the table,
    and not on one page a key: 46 bits of a hash after the day, and below zero 63 bits for what is of no day."""
    day, number = day_of(block), _number(block)
    return number | -(1 << 63) if day is None else (day % (1 << 17) << 46) | (number & (1 << 46) - 1)


def _number(text: str) -> int:
    """64 bits of a hash, signed as databases want them. Two of ten million keys are the same once in 400,000 stores."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
