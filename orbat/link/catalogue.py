"""The catalogue of actors: who there is, under which names, when and where.

A reader's own file is laid over the shipped one: a line with a known id adds names and relations and replaces the other
fields it gives, a line with a new id adds an actor.

Nothing is indexed until it is asked for, so that loading costs little more than reading the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rapidfuzz import fuzz

from orbat.errors import NotFoundError
from orbat.link.cataloguefile import ADDED, SERVES, SHIPPED, Row, read_file, sound
from orbat.names import fold, is_acronym, skeleton
from orbat.types import Actor

# Below this length a typing error turns one name into another ("Fatah", "Fatih"); above it, 88 of 100 letters must agree.
FUZZY_LENGTH = 8
FUZZY_RATIO = 88.0
# A skeleton proves less than letters: two names of one skeleton must still look alike (rapidfuzz ratio, 0 to 100).
SKELETON_RATIO = 55.0


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written, with the years it was used (None: not known) and its language (ISO 639-1, "" for unknown)."""

    text: str
    start: int | None = None
    end: int | None = None
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """What ties an actor to another: one of RELATIONS, with years where known."""

    type: str
    id: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class ActorEntry:
    """One actor. ``countries`` are ISO 3166 alpha-2, the home first; ``names`` begins with the display name and holds
    the acronyms too; ``prominence`` 0 to 3 is how often world news names it; ``ids`` maps a list to its numbers; ``actor`` is what a link
    shows of it."""

    id: str
    name: str
    kind: str
    countries: tuple[str, ...] = ()
    start: int | None = None
    end: int | None = None
    prominence: int = 0
    names: tuple[Name, ...] = ()
    relations: tuple[Relation, ...] = ()
    ids: tuple[tuple[str, tuple[str, ...]], ...] = ()
    actor: Actor = field(init=False, repr=False, compare=False)
    _related: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "actor", Actor(self.id, self.name, self.kind))
        object.__setattr__(self, "_related", frozenset([r.id for r in self.relations]))

    def related(self) -> frozenset[str]:
        """The ids of the actors it has a relation to."""
        return self._related


@dataclass(frozen=True, slots=True)
class Match:
    """An actor found by a name. ``how``: name, alias, acronym, spelling (another transliteration) or fuzzy;
    ``similarity`` 0 to 1; ``name`` the name of the catalogue that was met."""

    entry: ActorEntry
    name: Name
    how: str
    similarity: float = 1.0


class Catalogue:
    """Looks actors up by name. Build it with ``Catalogue.load``; it does not change afterwards.

    ``dismissed`` holds the names, folded, that an analyst does not want listed as unknown actors.
    """

    def __init__(self, rows: Mapping[str, Row], dismissed: Iterable[str] = ()) -> None:
        self._rows = rows
        self._entries: dict[str, ActorEntry] = {}
        self.dismissed = frozenset(map(fold, dismissed))

    @classmethod
    def load(cls, extra: Path | None = None) -> Catalogue:
        """The shipped catalogue, with a reader's own file of the same layout laid over it.

        Raises:
            DataError: a line of either file cannot be used; the message names file, line and what is wrong.
        """
        rows = dict(sound(read_file(SHIPPED, strict=False)).rows)
        if extra is None:
            return cls(rows)
        own = sound(read_file(extra, known=rows))
        for key, row in own.rows.items():
            rows[key] = _laid_over(rows[key], row) if key in rows else row
        return cls(rows, (name for _, name in own.dismissed))

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[ActorEntry]:
        return (self.entry(i) for i in self._rows)

    def __contains__(self, actor_id: str) -> bool:
        return actor_id in self._rows

    def entry(self, actor_id: str) -> ActorEntry:
        """The actor of an id.

        Raises:
            NotFoundError: no actor has it.
        """
        found = self._entries.get(actor_id)
        if found is None:
            row = self._rows.get(actor_id)
            if row is None:
                raise NotFoundError(f"The catalogue has no actor '{actor_id}'.", step="Look for its name with 'orbat actors search'.")
            found = self._entries[actor_id] = _entry(row)
        return found

    def row(self, actor_id: str) -> Row:
        """The line of an actor, as laid over; the fields are those of the file.

        Raises:
            NotFoundError: no actor has the id.
        """
        return self._rows[self.entry(actor_id).id]

    def by_name(self, name: str) -> tuple[Match, ...]:
        """Actors that bear the name, whatever its case, accents, hyphens and apostrophes. Acronyms are not names here."""
        key = fold(name)
        return tuple(self._match(i, key) for i in self._exact.get(key, ()))

    def served(self, name: str) -> Iterator[tuple[Match, ActorEntry]]:
        """What persons of a name lead, or speak, command or work for, at any time, each with who bears the name."""
        for match in self.by_name(name):
            for relation in match.entry.relations if match.entry.kind == "person" else ():
                if relation.type in SERVES and relation.id in self:
                    yield match, self.entry(relation.id)

    def by_acronym(self, name: str, *, any_case: bool = False) -> tuple[Match, ...]:
        """Actors of an acronym: its capitals must be right ("IS" is not "is"), its dots need not ("U.N.").

        ``any_case`` is for text that has lost its capitals and for names written as words ("Farc", "Unita").
        """
        key = name.replace(".", "")
        ids = self._acronyms.get(key) or (self._loose_acronyms.get(key.lower()) if any_case else None) or ()
        low = key.lower()
        return tuple(
            Match(entry, next((n for n in entry.names if n.text.replace(".", "").lower() == low), Name(name)), "acronym")
            for entry in map(self.entry, ids)
        )

    def ids_of(self, name: str) -> frozenset[str]:
        """The ids that a person may mean who typed this: an id, a name, an acronym in any case, or another spelling.

        Whose first name it is is meant before all others: "Taliban" is not the Pakistani Taliban, for which it is short in Pakistan.
        """
        if name in self:
            return frozenset({name})
        named = self.by_name(name)
        called = tuple(match for match in named if fold(match.entry.name) == fold(name))
        for found in (called, named, self.by_acronym(name, any_case=True), self.by_skeleton(name)):
            if found:
                return frozenset(match.entry.id for match in found)
        return frozenset()

    def by_skeleton(self, name: str) -> tuple[Match, ...]:
        """Actors whose name is another transliteration of this one, closest first; ``similarity`` compares the letters."""
        key, mine = skeleton(name), fold(name)
        if len(key) < 4:
            return ()
        found: dict[str, Match] = {}
        for other, ids in self._skeletons.get(key, ()):
            ratio = fuzz.ratio(mine, other)
            if ratio >= SKELETON_RATIO:
                for i in ids:
                    best = found.get(i)
                    if best is None or ratio / 100 > best.similarity:
                        match = self._match(i, other)
                        found[i] = Match(match.entry, match.name, "spelling", ratio / 100)
        return tuple(sorted(found.values(), key=lambda m: (-m.similarity, m.entry.id)))

    def by_fuzzy(self, name: str) -> tuple[Match, ...]:
        """Actors with nearly this name (a slip of the pen), closest first; names of under 8 letters are not tried.

        Names are compared only where their skeletons begin alike, which keeps a look-up under a tenth of a millisecond.
        """
        mine = fold(name)
        if len(mine) < FUZZY_LENGTH:
            return ()
        best: dict[str, tuple[float, str]] = {}
        for other in self._blocks.get(skeleton(name)[:4], ()):
            if abs(len(other) - len(mine)) <= 4:
                ratio = fuzz.ratio(mine, other, score_cutoff=FUZZY_RATIO)
                if ratio and other.split(" ")[0][:1] == mine[:1]:
                    for i in self._exact[other]:
                        best[i] = max(best.get(i, (0.0, "")), (ratio / 100, other))
        matches = (self._match(i, other, "fuzzy", ratio) for i, (ratio, other) in best.items())
        return tuple(sorted(matches, key=lambda m: (-m.similarity, m.entry.id)))

    def countries_of(self, word: str) -> tuple[str, ...]:
        """The ISO codes that a country's name or demonym as written stands for: "Iraq" and "Iraqi" IQ, "Congolese" two.

        Abbreviations must keep their capitals: "US" and "U.S." are the United States, "us" is not.
        """
        plain = word.replace(".", "")
        if len(plain) < 4 and plain.isupper():
            return self._countries.get(plain, ())
        return self._countries.get(fold(word), ())

    @cached_property
    def openers(self) -> frozenset[str]:
        """The first words of all that ``countries_of`` and ``place_country`` know, folded; abbreviations as they are written."""
        return frozenset(key.split(" ", 1)[0] for key in (*self._countries, *self._places))

    def place_country(self, word: str) -> str | None:
        """The ISO code that a capital or province tells ("Mosul" is in Iraq), or None."""
        return self._places.get(fold(word))

    def capital_of(self, word: str) -> str | None:
        """The ISO code of the government that news means by a capital ("Baghdad"), or None."""
        return self._capitals.get(fold(word))

    def _match(self, actor_id: str, key: str, how: str = "", similarity: float = 1.0) -> Match:
        entry = self.entry(actor_id)
        name = next((n for n in entry.names if fold(n.text) == key), entry.names[0])
        return Match(entry, name, how or ("name" if name is entry.names[0] else "alias"), similarity)

    @cached_property
    def _exact(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for actor_id, row in self._rows.items():
            for alias in (row["name"], *row.get("aliases", ())):
                key = fold(alias if isinstance(alias, str) else alias["name"])
                held = found.get(key)
                if held is None:
                    found[key] = (actor_id,)
                elif actor_id not in held:
                    found[key] = (*held, actor_id)
        return found

    @cached_property
    def _acronyms(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for actor_id, row in self._rows.items():
            texts = [a if isinstance(a, str) else a["name"] for a in row.get("acronyms", ())]
            if is_acronym(row["name"]):
                texts.append(row["name"])
            for text in dict.fromkeys(t.replace(".", "") for t in texts):
                found[text] = (*found.get(text, ()), actor_id)
        return found

    @cached_property
    def _loose_acronyms(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for text, ids in self._acronyms.items():
            found[text.lower()] = tuple(dict.fromkeys((*found.get(text.lower(), ()), *ids)))
        return found

    @cached_property
    def _skeletons(self) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
        found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for key, ids in self._exact.items():
            found.setdefault(skeleton(key), []).append((key, ids))
        return found

    @cached_property
    def _blocks(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key, names in self._skeletons.items():
            found.setdefault(key[:4], []).extend(name for name, _ in names if len(name) >= FUZZY_LENGTH)
        return found

    @cached_property
    def _states(self) -> list[tuple[str, Row]]:
        return [(row["countries"][0], row) for row in self._rows.values() if row.get("country_names")]

    @cached_property
    def _countries(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for code, row in self._states:
            words = [*row.get("country_names", ()), *row.get("demonyms", ())]
            keys = (w.replace(".", "") if len(w.replace(".", "")) < 4 and w.isupper() else fold(w) for w in words)
            for key in dict.fromkeys(keys):
                found[key] = (*found.get(key, ()), code)
        return found

    @cached_property
    def _capitals(self) -> dict[str, str]:
        return {fold(word): code for code, row in self._states for word in row.get("capitals", ())}

    @cached_property
    def _places(self) -> dict[str, str]:
        return {fold(word): code for code, row in self._states for word in (*row.get("places", ()), *row.get("capitals", ()))}


def _entry(row: Row) -> ActorEntry:
    others = (*row.get("aliases", ()), *row.get("acronyms", ()))
    names = tuple(
        Name(a) if isinstance(a, str) else Name(a["name"], a.get("from"), a.get("to"), a.get("lang", "")) for a in (row["name"], *others)
    )
    return ActorEntry(
        row["id"],
        row["name"],
        row["kind"],
        tuple(row.get("countries", ())),
        row.get("from"),
        row.get("to"),
        row.get("prominence", 0),
        names,
        tuple(Relation(r["type"], r["id"], r.get("from"), r.get("to")) for r in row.get("relations", ())),
        tuple((key, tuple(numbers)) for key, numbers in row.get("ids", {}).items()),
    )


def _laid_over(ours: Row, theirs: Row) -> Row:
    """A line over one of ours: names and relations are added, other fields replaced; our display name stays as a name."""
    lists = {k: [*ours.get(k, ()), *theirs.get(k, ())] for k in ADDED if k in ours or k in theirs}
    if theirs.get("name", ours["name"]) != ours["name"]:
        kept = "acronyms" if is_acronym(ours["name"]) else "aliases"
        lists[kept] = [ours["name"], *lists.get(kept, ())]
    return {**ours, **theirs, **lists}
