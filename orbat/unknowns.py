"""Names that recur and that no catalogue knows: provisional actors, for an analyst to adopt, merge or dismiss.

What an article calls a group, force, organisation or person by name, and what no link was found for, is one provisional actor
wherever that name recurs. Names are the same where ``names.fold`` makes them so, and beyond that only where it is sure:

- within an article, the last part of a person's full name ("Adoum" beside "Musa Adoum") and the first part of another name;
- an abbreviation that an article explains ("Lions of the Lake (LOTL)");
- names of two words and more that are transliterations of one another and share four letters of five. Of the pairs of names of
  the shipped catalogue that are so near, 94 in 100 are of one actor, and most of the others are groups that share a name.

A surname alone or "Abu Mohammed", which many bear, is no name here. Common nouns, peoples and pronouns are none either (``link.ownnames``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa
from rapidfuzz import fuzz, process

from orbat.errors import NotFoundError
from orbat.link.actor_words import proposals
from orbat.link.catalogue import Catalogue
from orbat.link.ownnames import own_name
from orbat.names import fold, is_acronym, skeleton
from orbat.queries.loading import among, parts
from orbat.store import Store
from orbat.tables import documents, fillers, sentences, statements
from orbat.types import EventType, MentionType

KINDS = {MentionType.GROUP: "group", MentionType.FORCE: "force", MentionType.ORG: "org", MentionType.PERSON: "person"}
"""The types of mentions that may be unknown actors, and the kind of actor that each would be."""
_KIND_OF = {type.value: kind for type, kind in KINDS.items()}
KNOWN = frozenset(("name", "alias", "acronym", "country", "leader"))
"""Ways of finding an actor that show that the catalogue knows a name; an article that it does not fit left it unlinked."""
SPELLING_LETTERS, SPELLING_RATIO = 6, 80.0  # of skeletons, and rapidfuzz's 0 to 100; see the module's head for what they reach
EXPLAINED_IN = 20  # articles looked through for what an abbreviation stands for
_KUNYA = re.compile(r"(?:abu|abou|umm) \w+")  # "Abu Mohammed": as many bear it as a surname
NEAR, NEAR_SCORE = 5, 70  # names offered where nothing is found, and how near they must be (rapidfuzz's 0 to 100)


@dataclass(frozen=True, slots=True)
class UnknownActor:
    """A name that no catalogue knows. ``names``: how texts write it, the most frequent first, which is ``name``.

    ``first`` and ``last`` are the earliest and latest day that something is said of it, by its date, else by its publication;
    ``countries`` where that was, as the gazetteer names them, the most frequent first; ``types`` what it does, with how many
    statements say so; ``example`` the id of the statement of it that was read most surely, ``sentence`` its sentence; ``near``
    the ids of actors of the catalogue that have a like name.
    """

    id: str
    name: str
    kind: str
    names: tuple[str, ...]
    statements: int
    articles: int
    first: dt.date | None
    last: dt.date | None
    countries: tuple[str, ...]
    types: tuple[tuple[EventType, int], ...]
    example: str
    sentence: str
    near: tuple[str, ...] = ()


def unknown_actors(
    store: Store, catalogue: Catalogue, *, min_articles: int = 2, kinds: Collection[str] = (), limit: int | None = None
) -> tuple[UnknownActor, ...]:
    """The provisional actors of a store, those in most articles first; what the catalogue knows or dismisses is left out.

    Args:
        min_articles: only those that so many articles name.
        kinds: only these of group, force, org and person; all, if empty.
        limit: at most so many; all, if None.
    """
    with store.reading() as connection:
        found = [group for group in _groups(connection, catalogue) if len(group.articles) >= min_articles]
        found = [group for group in found if (not kinds or group.kind in kinds) and not _known(group, catalogue)]
        found.sort(key=lambda group: (-len(group.articles), -len(group.statements), group.name))
        return tuple(_actor(connection, group, catalogue) for group in found[:limit])


def unknown_actor(store: Store, catalogue: Catalogue, name: str) -> UnknownActor:
    """The provisional actor of a name or id.

    Raises:
        NotFoundError: there is none; near names are offered.
    """
    asked = fold(name.removeprefix("unknown:").replace("-", " "))
    with store.reading() as connection:
        groups = _groups(connection, catalogue)
        for group in groups:
            if asked in group.keys and not _known(group, catalogue):
                return _actor(connection, group, catalogue)
    cause = ""
    if asked in catalogue.dismissed:
        cause = "It is dismissed; 'orbat actors dismiss --undo' lists it again."
    elif catalogue.by_name(name) or catalogue.by_acronym(name):
        cause = "The catalogue knows that name: see 'orbat actors search'."
    elif near := process.extract(asked, [group.name for group in groups], processor=fold, limit=NEAR, score_cutoff=NEAR_SCORE):
        cause = f"Near names: {', '.join(match for match, _, _ in near)}."
    raise NotFoundError(f"No unknown actor of the store is called {name!r}.", cause, "'orbat actors unknown --min-articles 1' lists them.")


@dataclass(slots=True)
class _Group:
    """The occurrences of one provisional actor while they are gathered. ``keys``: its names, folded."""

    keys: set[str] = field(default_factory=set)
    texts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    statements: dict[int, float] = field(default_factory=dict)  # key -> confidence
    articles: set[str] = field(default_factory=set)
    days: set[dt.date] = field(default_factory=set)

    @property
    def names(self) -> tuple[str, ...]:
        """One text of each name, the most frequent first; those in capitals, which texts without small letters give, last."""
        texts = sorted(self.texts, key=lambda text: (text.isupper() and not is_acronym(text), -self.texts[text], text))
        first: dict[str, str] = {}
        for text in texts:
            first.setdefault(fold(text), text)
        return tuple(first.values())

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def kind(self) -> str:
        return min(self.kinds, key=lambda kind: (-self.kinds[kind], kind))

    def add(self, said: _Said) -> None:
        row = said.row
        key, country = row.key, row.country
        self.kinds[_KIND_OF[row.type]] += 1
        if country and key not in self.statements:
            self.countries[country] += 1
        if row.role == "actor":
            self.types[row.event] += 1
        self.statements[key] = row.confidence
        self.articles.add(said.document)
        if row.date_start:
            self.days.add(row.date_start)
        if row.newest:
            self.days.add(row.newest)


class _Said(NamedTuple):
    """A name where a statement says it: as written, folded, in which article, whether it is a person's, and the filler's row."""

    name: str
    key: str
    document: str
    person: bool
    row: sa.Row[Any]


def _groups(connection: sa.Connection, catalogue: Catalogue) -> list[_Group]:
    found = list(_occurrences(connection, _names(connection, catalogue)))
    short = _short_forms(found)
    explained = _explained(connection, found)
    spelled = _spellings(found)
    groups: defaultdict[str, _Group] = defaultdict(_Group)
    for said in found:
        key = short.get((said.document, said.key), said.key)
        if key is None:
            continue
        group = groups[spelled.get(explained.get(key, key), explained.get(key, key))]
        group.add(said)
        if key == said.key:
            group.keys.add(key)
            group.texts[said.name] += 1
    return [group for group in groups.values() if group.texts]


_Form = tuple[str, str, bool, bool]  # text and type of a filler, whether it opens its sentence, whether that has lost its capitals


def _form() -> tuple[sa.ColumnElement[Any], ...]:
    opens = fillers.c.span_start <= sentences.c.span_start + 2  # quotation marks may stand before it
    caseless = sa.or_(sa.func.upper(sentences.c.text) == sentences.c.text, sa.func.lower(sentences.c.text) == sentences.c.text)
    return fillers.c.text, fillers.c.type, opens.label("opens"), caseless.label("caseless")


def _unlinked(*columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    query = sa.select(*columns).join_from(fillers, statements, statements.c.key == fillers.c.statement)
    query = query.join(sentences, sentences.c.key == statements.c.sentence)
    return query.where(statements.c.current, fillers.c.entity_id.is_(None), fillers.c.type.in_([kind.value for kind in KINDS]))


def _names(connection: sa.Connection, catalogue: Catalogue) -> dict[_Form, str]:
    """The name in each form of words, where it is one and the catalogue has no actor of that name."""
    names: dict[_Form, str] = {}
    sure: set[str] = set()
    for text, kind, opens, caseless in connection.execute(_unlinked(*_form()).distinct()):
        name = own_name(catalogue, text, MentionType(kind), opens=bool(opens), caseless=bool(caseless))
        if name is None or len(fold(name.text)) < 2 or _has(catalogue, name.text, kind):
            continue
        names[text, kind, bool(opens), bool(caseless)] = name.text
        if name.sure:
            sure.add(fold(name.text))
    return {form: name for form, name in names.items() if fold(name) in sure}


def _has(catalogue: Catalogue, name: str, kind: str) -> bool:
    return bool(catalogue.by_name(name) or (kind != MentionType.PERSON.value and catalogue.by_acronym(name, any_case=True)))


def _known(group: _Group, catalogue: Catalogue) -> bool:
    """Whether the catalogue knows one of the names with a noun or qualifier, or has it dismissed."""
    if not catalogue.dismissed.isdisjoint(group.keys):
        return True
    kinds = [kind for kind, name in KINDS.items() if group.kinds[name]]
    return any(offer.how in KNOWN for text in group.texts for kind in kinds for offer in proposals(catalogue, text, kind))


def _occurrences(connection: sa.Connection, names: Mapping[_Form, str]) -> Iterator[_Said]:
    row, person = statements.c, MentionType.PERSON.value
    query = _unlinked(
        *_form(), fillers.c.role, row.key, row.document, row.type.label("event"), row.date_start, row.newest, row.country, row.confidence
    )
    folded = sorted({fold(text) for text, *_ in names})
    keys = {form: (name, fold(name)) for form, name in names.items()}
    for part in parts(folded):
        for found in connection.execute(query.where(among(connection, fillers.c.folded, part))):
            known = keys.get((found.text, found.type, bool(found.opens), bool(found.caseless)))
            if known is not None:
                yield _Said(*known, found.document, found.type == person, found)


def _short_forms(found: Collection[_Said]) -> dict[tuple[str, str], str | None]:
    """Document and name -> the one longer name of the document that it is short for; None for a surname without one."""
    said: defaultdict[tuple[str, bool], set[str]] = defaultdict(set)
    for each in found:
        said[each.document, each.person].add(each.key)
    short: dict[tuple[str, str], str | None] = {}
    for (document, person), keys in said.items():
        for key in keys:
            longer = [k for k in keys if _is_short(key, k, person)]
            if len(longer) == 1:
                short[document, key] = longer[0]
            elif person and (" " not in key or _KUNYA.fullmatch(key)):
                short[document, key] = None
    return short


def _is_short(key: str, full: str, person: bool) -> bool:
    first_part = full.startswith(f"{key} ") and (not person or " " in key)
    return first_part or (person and full.endswith(f" {key}"))


def _explained(connection: sa.Connection, found: Collection[_Said]) -> dict[str, str]:
    """Abbreviation -> the name that articles explain it by, where all that were looked through agree; both folded."""
    short: defaultdict[str, dict[str, str]] = defaultdict(dict)  # article -> abbreviations, key -> as written
    full: defaultdict[str, set[str]] = defaultdict(set)
    for said in found:
        if is_acronym(said.name):
            short[said.document][said.key] = said.name
        elif " " in said.key and not said.person:
            full[said.document].add(said.key)
    both = sorted(short.keys() & full.keys())
    looked: Counter[str] = Counter()
    meant: defaultdict[str, set[str]] = defaultdict(set)
    for part in parts(both):
        query = sa.select(documents.c.id, documents.c.text).where(among(connection, documents.c.id, part))
        for document, text in connection.execute(query):
            for key, written in short[document].items():
                looked[key] += 1
                if looked[key] <= EXPLAINED_IN and (name := _explanation(text, written, full[document])):
                    meant[key].add(name)
    return {key: names.pop() for key, names in meant.items() if len(names) == 1}


def _explanation(text: str, abbreviation: str, names: Collection[str]) -> str | None:
    """The longest of the names that the text writes right before the abbreviation in brackets."""
    for mark in re.finditer(rf"\(\s*[\"“']?{re.escape(abbreviation)}[\"”']?\s*[);,]", text):
        before = f" {fold(text[max(0, mark.start() - 150) : mark.start()])}"
        ending = [name for name in names if before.endswith(f" {name}")]
        if ending:
            return max(ending, key=len)
    return None


def _spellings(found: Collection[_Said]) -> dict[str, str]:
    """Name -> the most frequent name that it is another spelling of, both folded."""
    counts: Counter[tuple[str, bool]] = Counter((said.key, said.person) for said in found)
    blocks: defaultdict[tuple[str, bool], list[str]] = defaultdict(list)
    for (key, person), _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if " " in key and len(form := skeleton(key)) >= SPELLING_LETTERS:
            blocks[form, person].append(key)
    same: dict[str, str] = {}
    for first, *others in blocks.values():
        same |= {other: first for other in others if fuzz.ratio(first, other) >= SPELLING_RATIO}
    return same


def _actor(connection: sa.Connection, group: _Group, catalogue: Catalogue) -> UnknownActor:
    best = min(group.statements, key=lambda key: (-group.statements[key], key))
    query = sa.select(statements.c.id, sentences.c.text).join(sentences, sentences.c.key == statements.c.sentence)
    example = connection.execute(query.where(statements.c.key == best)).one()
    kind = next(kind for kind, name in KINDS.items() if name == group.kind)
    return UnknownActor(
        id=f"unknown:{fold(group.name).replace(' ', '-')}",
        name=group.name,
        kind=group.kind,
        names=group.names,
        statements=len(group.statements),
        articles=len(group.articles),
        first=min(group.days, default=None),
        last=max(group.days, default=None),
        countries=_ranked(group.countries),
        types=tuple((EventType(event.upper()), group.types[event]) for event in _ranked(group.types)),
        example=example.id,
        sentence=example.text,
        near=tuple(offer.entry.id for offer in proposals(catalogue, group.name, kind)),
    )


def _ranked(counts: Counter[str]) -> tuple[str, ...]:
    """The most frequent first, of equals by the alphabet."""
    return tuple(sorted(counts, key=lambda value: (-counts[value], value)))
