"""Which names are private: collected from statements, by article."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from orbat.export.masktext import Sequence_, words_of
from orbat.export.tables import tables
from orbat.names import lost_capitals
from orbat.serial import ROLES, fillers_of
from orbat.types import Filler, MentionType, Statement

_AFTER = re.compile(r"[\s,;:]*(?:\d[\d\s\-]*|[\"'”’)\].,;:]+|'s|’s)*$")


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A mention of a person whom the catalogue does not know; ``capitals`` False where the text around it has lost its capitals."""

    document: str
    text: str
    capitals: bool = True


@dataclass(frozen=True, slots=True)
class Names:
    """``everywhere``: names of two words and more; ``by_document``: an article's own, None for those that stay."""

    everywhere: Mapping[Sequence_, str]
    by_document: Mapping[str, Mapping[Sequence_, str | None]]

    def of(self, documents: Iterable[str]) -> dict[Sequence_, str | None]:
        """The own names of some documents; where one document's stays and another's is private, it is private."""
        own = [self.by_document[id] for id in documents if id in self.by_document]
        stays = {words: None for names in own for words, person in names.items() if person is None}
        return stays | {words: person for names in own for words, person in names.items() if person is not None}


def name_words(text: str, *, capitals: bool = True, public: Collection[str] = ()) -> Sequence_:
    """The words of the name in a mention of a person; () where the mention only describes ("a teacher", "the Prime Minister").

    "Mayor Ibrahim Musa, 54" gives ibrahim, musa: the last run of words with capitals, without the titles and peoples at its start. Words of
    scripts without capitals count as names, and so do all words where the text has lost its capitals.
    """
    lists = tables().names
    words = [(plain, span.of(text)) for plain, span in words_of(_AFTER.sub("", text))]
    if not words or (not capitals and words[0][0] in lists.described | lists.pronouns):
        return ()
    run: list[str] = []
    for plain, shown in reversed(words):
        named = not capitals or not (shown[0].islower() or shown[0].isdigit()) or (bool(run) and plain in lists.particles)
        if not named:
            break
        run.insert(0, plain)
    before = lists.titles | lists.joints | lists.described
    # A people goes before a title only ("Syrian President"): "Germán López" is a name.
    while len(run) > 1 and (run[0] in before or (run[0] in public and run[1] in lists.titles)):
        run.pop(0)
    if len(run) == 1 and (run[0] in lists.titles | lists.particles | lists.described | lists.pronouns or run[0] in public):
        return ()
    return () if len(run) == 1 and len(words) > 1 and words[0][0] in ("the", "a", "an") else tuple(run)


def collect(statements: Iterable[Statement], public: Collection[str] = (), mentions: Iterable[Mentioned] = ()) -> Names:
    """The names of private persons in some statements and mentions, and the linked names that stay."""
    stop = frozenset(word for text in public for word, _ in words_of(text))
    private: dict[str, set[Sequence_]] = {}
    known: dict[str, set[Sequence_]] = {}
    for one in mentions:
        if words := name_words(one.text, capitals=one.capitals, public=stop):
            private.setdefault(one.document, set()).add(words)
    for statement in statements:
        capitals: bool | None = None
        for filler in _fillers(statement):
            if filler.entity is not None:
                for text in (filler.quote.text, filler.entity.name):
                    known.setdefault(statement.document.id, set()).add(tuple(word for word, _ in words_of(text)))
            elif filler.type is MentionType.PERSON:
                capitals = not lost_capitals(statement.sentence.text) if capitals is None else capitals
                if words := name_words(filler.quote.text, capitals=capitals, public=stop):
                    private.setdefault(statement.document.id, set()).add(words)
    return _names(private, {id: found - {()} for id, found in known.items()}, stop)


def _names(private: Mapping[str, set[Sequence_]], known: Mapping[str, set[Sequence_]], stop: frozenset[str]) -> Names:
    lists = tables().names
    everywhere: dict[Sequence_, str] = {}
    own: dict[str, dict[Sequence_, str | None]] = {}
    for id, found in private.items():
        stays = known.get(id, set())
        names = sorted((words for words in found if words not in stays), key=lambda words: (-len(words), words))
        people = {words: _person(words, names) for words in names}
        everywhere |= {words: " ".join(words) for words in people if len(words) > 1}
        own[id] = dict(people)
        others = {word for words in stays for word in words}
        for words in names:
            for word in words:
                if len(word) > 1 and word not in lists.particles | lists.titles | stop | others:
                    own[id].setdefault((word,), people[words])
    for id, stays in known.items():
        for words in stays:
            if len(words) > 1 or words not in own.get(id, {}):
                own.setdefault(id, {})[words] = None
    return Names(everywhere, own)


def _person(words: Sequence_, names: list[Sequence_]) -> str:
    """Who is meant: the one longer name of the article that has all these words, if there is just one; else the name itself."""
    longer = [name for name in names if len(name) > len(words) and set(words) <= set(name)]
    return " ".join(longer[0] if len(longer) == 1 else words)


def _fillers(statement: Statement) -> Iterator[Filler]:
    for role in ROLES:
        yield from fillers_of(statement, role)
    if statement.attribution:
        yield statement.attribution.speaker
