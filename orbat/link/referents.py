"""Which words of an article may stand for a name, and which names they may mean."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from orbat.names import fold, is_acronym, lost_capitals
from orbat.types import Annotations, Document, MentionType

TYPES = frozenset(
    (
        MentionType.GROUP, MentionType.FORCE, MentionType.STATE, MentionType.ORG, MentionType.MEDIA, MentionType.PERSON,
        MentionType.PEOPLE, MentionType.PLACE,
    )
)  # fmt: skip
"""The types of mentions that are asked; a word and its name have one type in all but 14 of 3,476 cases of the training part."""

NAMES_TRIED = 8
"""Of the names said before a word, so many of the nearest are ranked, with the first of the article, and two said just after it."""

PRONOUNS: Mapping[str, str] = {
    word: group
    for group, words in {
        "he": "he him his himself", "she": "she her hers herself", "it": "it its itself", "they": "they them their themselves",
        "we": "we us our", "i": "i me my", "who": "who whom whose which that", "this": "this these those there", "you": "you your",
        "one": "one both others",
    }.items()
    for word in words.split()
}  # fmt: skip
"""Pronouns in lower case to the group whose members behave alike."""

PERSON = MentionType.PERSON
_ALIAS = re.compile(
    r"[,(\s]*(?:(?:who )?(?:is |was )?(?:also |better |otherwise |commonly |more commonly |widely |popularly )?known (?:as|by)"
    r"(?: the (?:alias|nickname|nom de guerre)(?: of)?)?|alias(?:es)?|aka|a\.k\.a\.?|nicknamed|nom de guerre)[\s:]*(?:the )?[\"“'‘]?",
    re.IGNORECASE,
)
_ANOTHER = re.compile(r"[\"”'’]?(?:,|,? (?:and|or)) (?:the )?[\"“'‘]?")
_ALIAS_GAP = 60
"""So many letters at most stand between a person's name and another name of that person."""
Key = tuple[MentionType, str]


@dataclass(slots=True)
class Name:
    """A name of the article in all its forms.

    ``words`` are those of its full form; ``mentions`` say it in any form, ``usual`` in the form that a reader would cite, ``spoken`` are
    ``mentions`` and the words known to stand for it. All are indices of mentions in the order of the text.
    """

    said: str
    words: frozenset[str]
    type: MentionType
    mentions: list[int] = field(default_factory=list)
    usual: list[int] = field(default_factory=list)
    spoken: list[int] = field(default_factory=list)

    def answer(self, index: int) -> int:
        """The mention that says its usual form, the nearest before mention ``index``; the first where there is none before."""
        at = bisect_left(self.usual, index)
        return self.usual[max(0, at - 1)]


@dataclass(frozen=True, slots=True)
class Word:
    """A mention that may stand for a name. ``head`` is its last word in lower case; ``kind`` the group of a pronoun or a
    noun's type; ``noun``: it is a common noun."""

    index: int
    head: str
    kind: str
    noun: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "noun", self.kind.isupper())


class Article:
    """The words and the names of one article.

    ``aliases`` are the mentions that say another name of a person, "Ali Musa, alias Lion", each with the mention of the name that it is
    another of.

    Args:
        heads: common nouns that may stand for a name, in lower case; they tell words from names where capitals do not. With them the
            titles that are written in capitals, "GOC".
        plain: the words of mentions that are no names, in lower case; with any other word, "Turkish army" at the start of a sentence, a
            mention is a name.
    """

    def __init__(self, document: Document, annotations: Annotations, heads: Container[str], plain: Container[str]) -> None:
        self.text, self.mentions, self.known = document.text, annotations.mentions, annotations.references
        self.heads, self.plain = heads, plain
        self.caseless = lost_capitals(document.text)
        self.starts = [span.start for span in annotations.sentences]
        self.said = [m.span.of(self.text) for m in self.mentions]
        self.last = [said.rsplit(None, 1)[-1] if said.strip() else "" for said in self.said]
        self._name_of: dict[int, Name] = {}
        self.aliases: dict[int, int] = {}
        self.names = self._names()
        self.of_type: dict[MentionType, list[Name]] = {}
        for name in self.names:
            self.of_type.setdefault(name.type, []).append(name)
        self.words = list(self._words())
        self.nouns: dict[MentionType, list[int]] = {}
        for word in self.words:
            if word.noun and word.index not in self.known:
                self.nouns.setdefault(self.mentions[word.index].type, []).append(word.index)

    def _words(self) -> Iterator[Word]:
        """The mentions that may stand for a name."""
        for i, m in enumerate(self.mentions):
            if m.type not in TYPES:
                continue
            low = self.last[i].lower()
            if low in PRONOUNS:
                yield Word(i, low, PRONOUNS[low])
            elif m.type is MentionType.PEOPLE:
                continue  # no common noun for people stands for a name in the training part
            elif self._initials(i) or (self._small(i) and not self.caseless) or (low in self.heads and (self.caseless or self._title(i))):
                yield Word(i, low, str(m.type))

    def _small(self, i: int) -> bool:
        return self.last[i].islower()

    def _title(self, i: int) -> bool:
        """Whether a mention in capitals is a common noun for all that: "Constable", "Militants" at the start of a sentence."""
        return not is_acronym(self.last[i]) and (self.mentions[i].type is PERSON or " " not in self.said[i])

    def _initials(self, i: int) -> bool:
        """Whether a mention is a title in capitals, "the 82 Division GOC"."""
        return self.mentions[i].type is PERSON and self.last[i] in self.heads and is_acronym(self.last[i])

    def _is_name(self, i: int) -> bool:
        said, low = self.said[i], self.last[i].lower()
        person = self.mentions[i].type is PERSON
        if low in PRONOUNS or not low or self._initials(i):
            return False
        words = said.split()
        if self.caseless:
            return low not in self.heads or not (person or (len(words) < 3 and self._all_plain(words[:-1])))
        if len(words) == 1:
            return said != said.lower() and (low not in self.heads or is_acronym(said))
        if person and self._small(i):
            return False
        rest = " ".join(words[1:])
        return rest != rest.lower() or (words[0][:1].isupper() and not (self.opens_sentence(i) and self._all_plain(words[:1])))

    def _all_plain(self, words: Iterable[str]) -> bool:
        return all(w.lower() in self.plain or w.isdigit() for w in words)

    def opens_sentence(self, i: int) -> bool:
        """Whether a mention stands at the very start of its sentence, but for an article or a quotation mark."""
        start = self.mentions[i].span.start
        at = bisect_left(self.starts, start + 1) - 1
        return at >= 0 and start - self.starts[at] <= 5

    def _names(self) -> list[Name]:
        """Mentions of one name together: shorter names of persons, initials, and names with other words around them."""
        said: dict[Key, list[int]] = {}
        for i, m in enumerate(self.mentions):
            if m.type in TYPES and i not in self.known and self._is_name(i):
                said.setdefault((m.type, fold(self.said[i])), []).append(i)
        fuller = _fuller({key: self.said[each[0]] for key, each in said.items()}, caseless=self.caseless)
        forms: dict[Key, list[Key]] = {}
        for key in said:
            forms.setdefault(fuller[key], []).append(key)
        names: list[Name] = []
        owner = self._name_of
        for whole, keys in forms.items():
            bare = [key for key in keys if self.caseless or not self._small(said[key][0])]  # rather than "HTS men"
            usual = whole if whole[0] is PERSON else max(bare or keys, key=lambda key: len(said[key]))
            mentions = sorted(i for key in keys for i in said[key])
            name = Name(self.said[said[whole][0]], frozenset(whole[1].split()), whole[0], mentions, said[usual], list(mentions))
            names.append(name)
            owner.update(dict.fromkeys(mentions, name))
        names = self._joined(names)
        for word, target in self.known.items():
            if target in owner:
                owner[target].spoken.append(word)
                owner[target].spoken.sort()
        return sorted(names, key=lambda name: name.mentions[0])

    def _joined(self, names: list[Name]) -> list[Name]:
        """Persons under all their names, whose usual form stays the one that comes first; fills ``aliases``."""
        owner, gone = self._name_of, set()
        whose: Name | None = None
        for i, (m, other) in enumerate(pairwise(self.mentions)):
            if m.type is not PERSON or other.type is not PERSON or other.span.start - m.span.end > _ALIAS_GAP:
                whose = None
                continue
            gap = self.text[m.span.end : other.span.start]
            if _ALIAS.fullmatch(gap):
                whose = owner.get(i)
            elif whose is None or not _ANOTHER.fullmatch(gap):
                whose = None
            alias = owner.get(i + 1)
            if whose is not None and alias is not None and alias is not whose:
                self.aliases.update({j: whose.answer(j) for j in alias.mentions})
                whose.mentions = sorted(whose.mentions + alias.mentions)
                whose.spoken = list(whose.mentions)
                owner.update(dict.fromkeys(alias.mentions, whose))
                gone.add(id(alias))
        return [name for name in names if id(name) not in gone]

    def name_of(self, index: int) -> Name | None:
        """The name that a mention says; None for a word and for what is not asked."""
        return self._name_of.get(index)

    def candidates(self, word: Word) -> list[tuple[Name, int]]:
        """The names that a word may stand for, the nearest first, each with the mention of it that is nearest."""
        index = word.index
        before: list[tuple[Name, int]] = []
        after: list[tuple[Name, int]] = []
        latest = self.mentions[index].sentence + 1
        names = self.of_type.get(self.mentions[index].type, [])
        own = self._name_of.get(index)
        for name in names:
            if name is own:
                continue
            spoken = name.spoken
            if spoken[0] < index:
                before.append((name, spoken[-1] if spoken[-1] < index else spoken[bisect_left(spoken, index) - 1]))
            elif len(after) < 2 and name.mentions[-1] > index:
                at = name.mentions[bisect_right(name.mentions, index)]
                if self.mentions[at].sentence <= latest:
                    after.append((name, at))
        before.sort(key=_nearest)
        first = [each for each in before[NAMES_TRIED:] if each[0] is names[0]]
        return before[:NAMES_TRIED] + first + after


def _nearest(each: tuple[Name, int]) -> int:
    return -each[1]


def _fuller(names: Mapping[Key, str], *, caseless: bool) -> dict[Key, Key]:
    """Each name's fullest form: for persons by words, for others by initials and without the words in lower case around it."""
    out = _persons(key for key in names if key[0] is PERSON)
    initials: dict[Key, list[Key]] = {}
    for key, said in names.items():
        if " " in said and key[0] is not PERSON:
            short = "".join(w[0] for w in re.split(r"[\s-]+", said) if w[:1].isupper())
            initials.setdefault((key[0], short), []).append(key)
    for key, said in names.items():
        if key[0] is not PERSON and is_acronym(said) and len(initials.get((key[0], said), ())) == 1:
            out[key] = initials[key[0], said][0]
    if not caseless:
        out |= _bare(names)
    return {key: _end(out, key) for key in names}


def _persons(keys: Iterable[Key]) -> dict[Key, Key]:
    """Short names of persons to the one fuller name that holds all their words, where no second does."""
    persons = [(key, frozenset(key[1].split())) for key in keys]
    out: dict[Key, Key] = {}
    for key, words in persons:
        above = [(other, more) for other, more in persons if words < more]
        if above:
            fullest, most = max(above, key=lambda each: len(each[1]))
            if all(more <= most for _, more in above):
                out[key] = fullest
    return out


def _bare(names: Mapping[Key, str]) -> dict[Key, Key]:
    """Names with words in lower case around them, "former FSA men", to the name without, where the article has it."""
    out = {}
    for key, said in names.items():
        words = said.split()
        big = [i for i, w in enumerate(words) if w != w.lower()]
        if big and len(big) < len(words):
            core = (key[0], fold(" ".join(words[big[0] : big[-1] + 1])))
            if core != key and core in names:
                out[key] = core
    return out


def _end(fuller: Mapping[Key, Key], key: Key) -> Key:
    seen = {key}
    while key in fuller and fuller[key] not in seen:
        key = fuller[key]
        seen.add(key)
    return key
