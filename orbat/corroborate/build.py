"""From statements to records: of all at once, or of what a few documents touch. Both give the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from orbat.corroborate.agreement import record
from orbat.corroborate.blocks import block_keys as keys_of
from orbat.corroborate.context import Context
from orbat.corroborate.features import Related
from orbat.corroborate.happenings import Happening
from orbat.corroborate.judged import Judged, record_id
from orbat.corroborate.records import Group, group, inside, touched
from orbat.recordtypes import Judgement, Record
from orbat.types import Statement


def build(statements: Iterable[Statement], context: Context, judgements: Iterable[Judgement] = ()) -> tuple[Record, ...]:
    """The records of all statements, in the order of their ids, each with the id of its smallest statement.

    The order of the statements does not matter. Give every statement of each document: they are read together.
    """
    judged = Judged.of(judgements)
    known = {s.id: s for s in statements}
    happenings = [h for found in by_document(known.values()).values() for h in inside(found, context.related, judged)]
    groups = group(happenings, context.related, judged)
    return tuple(record(record_id(members[0]), [known[key] for key in members], context, judged) for members in groups)


def block_keys(statements: Iterable[Statement], related: Related, judged: Judged | None = None) -> dict[str, tuple[str, ...]]:
    """The keys to keep for the statements of one document, by statement id; a happening's keys stand at its smallest statement."""
    return {h.id: keys_of(h) for h in inside(statements, related, judged or Judged())}


Kept = Callable[[frozenset[str]], Mapping[str, tuple[Happening, ...]]]
"""The happenings of those of some documents of which they are kept, by document; they must be what ``inside`` gives now."""


class Reach(Protocol):
    """What ``regroup`` asks of a store."""

    def statements(self, documents: frozenset[str]) -> Iterable[Statement]:
        """All statements of some documents."""

    def sharing(self, keys: frozenset[str]) -> Iterable[str]:
        """The documents that have a statement with one of some block keys."""

    def holding(self, statements: frozenset[str]) -> Iterable[str]:
        """The documents of some statements."""


@dataclass(frozen=True, slots=True)
class Regrouped:
    """What must take the place of the records that had any of ``statements``: their groups, and the statements by id."""

    groups: tuple[Group, ...]
    statements: Mapping[str, Statement]


def regroup(
    documents: Iterable[str],
    reach: Reach,
    related: Related,
    *,
    judged: Judged | None = None,
    gone: Iterable[str] = (),
    kept: Kept | None = None,
) -> Regrouped:
    """The groups that come of new, changed or judged documents, and of all that is connected to them; nothing else changes.

    Args:
        documents: ids; their statements are in reach already.
        gone: block keys that these documents had before and may have no more.
        kept: saves reading the statements of all that is near.
    """
    judged = judged or Judged()
    cache = _Cache(reach, related, judged, kept or (lambda documents: {}))
    changed = frozenset(documents)
    seeds = {h.id: h for h in cache.of(changed)}
    seeds |= {h.id: h for h in cache.sharing(frozenset(gone))}
    found = touched(seeds.values(), cache, related, judged)
    said = cache.statements(changed | {h.document for h in found})
    grouped = {key for h in found for key in h.statements}
    # A rejected statement is in no happening, but the record that had it must hear of it.
    return Regrouped(group(found, related, judged), {s.id: s for s in said if s.id in grouped or s.document.id in changed})


def by_document(statements: Iterable[Statement]) -> dict[str, list[Statement]]:
    """Statements by the document they stand in."""
    found: dict[str, list[Statement]] = defaultdict(list)
    for s in statements:
        found[s.document.id].append(s)
    return found


class _Cache:
    """The happenings of documents, each document read once."""

    def __init__(self, reach: Reach, related: Related, judged: Judged, kept: Kept) -> None:
        self.reach, self.related, self.judged, self.kept = reach, related, judged, kept
        self.read: dict[str, list[Statement]] = {}
        self.happenings: dict[str, tuple[Happening, ...]] = {}
        self.blocks: dict[str, tuple[str, ...]] = {}

    def of(self, documents: frozenset[str]) -> Iterator[Happening]:
        if missing := frozenset(key for key in documents if key not in self.happenings):
            self.happenings |= self.kept(missing)
            fresh = frozenset(key for key in missing if key not in self.happenings)
            self.statements(fresh)
            self.happenings |= {key: inside(self.read[key], self.related, self.judged) for key in fresh}
        for document in documents:
            yield from self.happenings[document]

    def statements(self, documents: frozenset[str]) -> list[Statement]:
        if missing := frozenset(key for key in documents if key not in self.read):
            found = by_document(self.reach.statements(missing))
            self.read |= {key: found.get(key, []) for key in missing}
        return [s for key in documents for s in self.read[key]]

    def keys_of(self, one: Happening) -> tuple[str, ...]:
        if one.id not in self.blocks:
            self.blocks[one.id] = keys_of(one)
        return self.blocks[one.id]

    def sharing(self, keys: frozenset[str]) -> Iterator[Happening]:
        if keys:
            yield from (h for h in self.of(frozenset(self.reach.sharing(keys))) if keys.intersection(self.keys_of(h)))

    def holding(self, statements: frozenset[str]) -> Iterator[Happening]:
        yield from (h for h in self.of(frozenset(self.reach.holding(statements))) if statements.intersection(h.statements))
