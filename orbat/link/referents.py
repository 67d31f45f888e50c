"""Which words of an article may stand for a name, which names they may mean, and what speaks for and against each.

Everything the ranker of ``references.py`` knows is made here as a set of named features; ``training/references.py`` learns a weight
for each from the training part of the corpus. A feature's name says what was seen: "steps:he:1" is a name one sentence before "he".
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field

from orbat.names import fold, is_acronym, lost_capitals
from orbat.types import Annotations, Document, Mention, MentionType

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

_DETERMINERS = frozenset(
    ("the", "this", "that", "these", "those", "its", "his", "her", "their", "our", "my", "a", "an", "no", "some", "several", "many", "any")
)
_TITLES = {"mr": "he", "sheikh": "he", "mullah": "he", "father": "he", "brother": "he", "mrs": "she", "ms": "she", "sister": "she"}
_SAYS = re.compile(r"\W+(?:has |had |also |later )?(?:said|says|told|added|warned|claimed|announced|stated)\b|.{0,12}\bsaid\b")
_SAID = re.compile(r"(?:said|says|told|added|according to)\W+(?:\w+\W+)?$")
_WORD = re.compile(r"[^\W_]+|[^\w\s]")
_BEFORE = re.compile(r"([^\W_]+|[^\w\s]|\n)[ ]*$")
_AFTER = re.compile(r"[ ]*([^\W_]+|[^\w\s]|\n)")


@dataclass(slots=True)
class Name:
    """A name of the article: its full form's words, the mentions that say it, and those of words known to stand for it."""

    said: str
    words: frozenset[str]
    type: MentionType
    mentions: list[int] = field(default_factory=list)
    full: list[int] = field(default_factory=list)
    spoken: list[int] = field(default_factory=list)  # mentions and known references, in the order of the text

    def before(self, index: int) -> int | None:
        """The nearest mention of it, or word known to stand for it, before mention ``index``."""
        at = bisect_left(self.spoken, index)
        return self.spoken[at - 1] if at else None

    def answer(self, index: int) -> int:
        """The mention that says the name in full, the nearest before mention ``index``; the first where there is none before."""
        at = bisect_left(self.full, index)
        return self.full[max(0, at - 1)]


@dataclass(frozen=True, slots=True)
class Word:
    """A mention that may stand for a name: its kind is the group of a pronoun, or a noun's type."""

    index: int
    head: str
    kind: str


class Article:
    """The words and the names of one article.

    Args:
        heads: common nouns that may stand for a name, in lower case; they tell words from names where capitals do not.
    """

    def __init__(self, document: Document, annotations: Annotations, heads: Container[str]) -> None:
        self.text, self.mentions, self.known = document.text, annotations.mentions, annotations.references
        self.heads = heads
        self.caseless = lost_capitals(document.text)
        self.starts = [span.start for span in annotations.sentences]
        self.said = [m.span.of(self.text) for m in self.mentions]
        self.last = [_last(said) for said in self.said]
        self.opens = self._openers()
        self.paragraph = self._paragraphs()
        self.nouns: dict[MentionType, list[int]] = {}
        for each in self.words():
            if each.kind not in _GROUPS and each.index not in self.known:
                self.nouns.setdefault(self.mentions[each.index].type, []).append(each.index)
        self.names = self._names()
        self.of_type: dict[MentionType, list[Name]] = {}
        for name in self.names:
            self.of_type.setdefault(name.type, []).append(name)

    def _openers(self) -> frozenset[int]:
        """The first mention that may act of each sentence."""
        first: dict[int, int] = {}
        for i, m in enumerate(self.mentions):
            if m.type in TYPES and m.type is not MentionType.PLACE:
                first.setdefault(m.sentence, i)
        return frozenset(first.values())

    def _paragraphs(self) -> list[int]:
        """The number of the paragraph of each mention."""
        breaks = [m.start() for m in re.finditer("\n", self.text)]
        return [bisect_left(breaks, m.span.start) for m in self.mentions]

    def words(self) -> Iterator[Word]:
        """The mentions that may stand for a name, in the order of the text."""
        for i, m in enumerate(self.mentions):
            if m.type not in TYPES:
                continue
            last = self.last[i]
            low = last.lower()
            if low in PRONOUNS:
                yield Word(i, low, PRONOUNS[low])
            elif (last.islower() and not self.caseless) or (
                low in self.heads and (self.caseless or (not is_acronym(last) and self._is_title(i)))
            ):
                yield Word(i, low, m.type.value)

    def _is_title(self, i: int) -> bool:
        """Whether a mention in capitals is a common noun for all that: "Constable", "Militants" at the start of a sentence."""
        return self.mentions[i].type is MentionType.PERSON or " " not in self.said[i]

    def _is_name(self, i: int) -> bool:
        said, last = self.said[i], self.last[i]
        low = last.lower()
        if low in PRONOUNS or not said:
            return False
        if self.caseless:
            return low not in self.heads or said.count(" ") > 1
        words = said.split()
        if len(words) == 1:
            return any(c.isupper() for c in said) and (low not in self.heads or is_acronym(said))
        return any(c.isupper() for word in words[1:] for c in word) or (words[0][:1].isupper() and not self._starts(i))

    def _starts(self, i: int) -> bool:
        start = self.mentions[i].span.start
        at = bisect_left(self.starts, start + 1) - 1
        return at >= 0 and start - self.starts[at] <= 5

    def _names(self) -> list[Name]:
        """Mentions of one name together; shorter names of persons and initials belong to the one fuller name that fits."""
        said: dict[Key, list[int]] = {}
        for i, m in enumerate(self.mentions):
            if m.type in TYPES and i not in self.known and self._is_name(i):
                said.setdefault((m.type, fold(self.said[i])), []).append(i)
        fuller = _fuller({key: self.said[each[0]] for key, each in said.items()}, caseless=self.caseless)
        names: dict[Key, Name] = {}
        owner: dict[int, Name] = {}
        for key, each in said.items():
            whole = fuller.get(key, key)
            name = names.setdefault(whole, Name(self.said[said[whole][0]], frozenset(whole[1].split()), key[0], full=said[whole]))
            name.mentions += each
            owner |= dict.fromkeys(each, name)
        for name in names.values():
            name.mentions.sort()
            name.spoken = list(name.mentions)
        for word, target in self.known.items():
            if target in owner:
                owner[target].spoken.append(word)
        for name in names.values():
            name.spoken.sort()
        return list(names.values())

    def candidates(self, word: Word) -> list[tuple[Name, int]]:
        """The names that a word may stand for, the nearest first, each with the mention of it that is nearest."""
        index = word.index
        before, after = [], []
        for name in self.of_type.get(self.mentions[index].type, ()):
            at = name.before(index)
            if at is not None:
                before.append((name, at))
            elif name.mentions[0] > index or len(name.mentions) > 1:
                at = next((i for i in name.mentions if i > index), None)
                if at is not None and self.mentions[at].sentence <= self.mentions[index].sentence + 1:
                    after.append((name, at))
        before.sort(key=lambda each: -each[1])
        after.sort(key=lambda each: each[1])
        first = [each for each in before[NAMES_TRIED:] if each[0] is self.of_type[each[0].type][0]]
        return before[:NAMES_TRIED] + first + after[:2]

    def none_features(self, word: Word, tried: list[tuple[Name, int]]) -> list[str]:
        """What speaks for and against the word standing for no name at all."""
        m, head, kind = self.mentions[word.index], word.head, word.kind
        next_ = _AFTER.match(self.text, m.span.end)
        left = self._left(word.index)
        right = next_[1].lower() if next_ else "end"
        known = head if head in self.heads or head in PRONOUNS else "other"
        det = left if left in _DETERMINERS else "bare"
        if kind == m.type.value:
            det += "s" if head.endswith("s") or head in _PLURALS else ""
        ahead = min(len(tried), 4)
        extra = self.said[word.index].count(" ")
        out = [f"type:{m.type}", f"word:{known}", f"word:{known}:{m.type}", f"word:{known}:{det}", f"kind:{kind}:{det}:{min(extra, 2)}",
               f"names:{kind}:{ahead}", f"left:{kind}:{left}", f"right:{kind}:{right}", f"extra:{known}:{min(extra, 2)}"]  # fmt: skip
        if extra:
            out += [f"has:{kind}:{w.lower()}" for w in self.said[word.index].split()[:-1]]
            if any(c.isupper() for c in self.said[word.index][1:]) and not self.caseless:
                out.append(f"capital:{kind}")
        if self.last[word.index][:1].isupper() and kind not in _GROUPS:
            out.append(f"titled:{kind}")
        if self.caseless:
            out.append(f"caseless:{kind}")
        if self._quoted(m):
            out.append(f"quoted:{kind}")
        if word.index in self.opens:
            out.append(f"opens:{kind}")
        if tried:
            near = tried[0][1]
            out.append(f"nearest:{kind}:{_steps(m.sentence - self.mentions[near].sentence)}:{min(self._rivals(near, word), 2)}")
            out.append(f"nearest:{known}:{_steps(m.sentence - self.mentions[near].sentence)}")
        return out

    def _left(self, index: int) -> str:
        """The word or mark before a mention, in lower case."""
        start = self.mentions[index].span.start
        prior = _BEFORE.search(self.text, max(0, start - 20), start)
        return prior[1].lower() if prior else "start"

    def _rivals(self, near: int, word: Word) -> int:
        """Common nouns of the word's type that stand between a name and the word and are not known to stand for a name."""
        return sum(1 for i in self.nouns.get(self.mentions[word.index].type, ()) if near < i < word.index)

    def name_features(self, word: Word, rank: int, name: Name, near: int) -> list[str]:
        """What speaks for and against the word standing for one name; ``near`` is the mention of it that is nearest."""
        m, other, kind, head = self.mentions[word.index], self.mentions[near], word.kind, word.head
        steps = m.sentence - other.sentence
        far = _steps(steps) if near < word.index else f"after{-steps}"
        said = sum(1 for i in name.spoken if i < word.index)
        same = self.of_type[name.type]
        paragraphs = min(2, abs(self.paragraph[word.index] - self.paragraph[near]))
        out = [
            f"paragraph:{kind}:{paragraphs}",
            f"rivals:{kind}:{min(2, self._rivals(near, word))}",
            f"place:{kind}:{self._place(near)}:{min(abs(steps), 2)}",
            f"plural:{word.head if kind in _GROUPS else kind}:{_many(name.said)}",
            f"steps:{kind}:{far}",
            f"rank:{kind}:{min(rank, 4)}:{min(far, '2')}",
            f"said:{kind}:{min(said, 4)}",
        ]
        if name is same[0]:
            out.append(f"first:{kind}")
        if len(same) == 1:
            out.append(f"only:{kind}")
        if len(name.spoken) == max(len(each.spoken) for each in same):
            out.append(f"most:{kind}")
        if near in self.opens:
            out.append(f"actor:{kind}:{min(steps, 2)}")
        if near in self.known:
            out.append(f"chain:{kind}:{min(steps, 2)}")
            out.append(f"chain:{head}:{self.last[near].lower()}")
        elif self.last[near].islower() and not self.caseless:
            out.append(f"mixed:{kind}")
        if is_acronym(self.said[near]):
            out.append(f"acronym:{kind}")
        beside = self._between(word, near) if steps == 0 else []
        out += beside
        if kind not in _GROUPS:
            left = self._left(word.index)
            det = left if left in _DETERMINERS else "bare"
            out += [f"det:{det}:{min(abs(steps), 2)}:{'apposed' in beside:d}", f"det:{kind}:{det}:{min(abs(steps), 2)}"]
        lasts = name.said.split()[-1].lower()
        if head in name.words:
            out += [f"in:{kind}", f"in:{head}"]
        if lasts in self.heads:
            out.append(f"sort:{head}:{lasts}")
        out += [f"beside:{kind}"] * self._beside(name, word)
        out += [f"echo:{kind}"] * any(self.last[i].lower() == head for i in name.spoken if i in self.known and i != word.index)
        if m.type is MentionType.PERSON:
            out += self._sex(name, word)
        if self._speaks(other):
            out.append(f"speaks:{kind}:{min(abs(steps), 2)}:{self._quoted(m):d}")
        return out

    def _between(self, word: Word, near: int) -> list[str]:
        """Words between a word and a name of its sentence, where they are few."""
        a, b = sorted((self.mentions[word.index].span, self.mentions[near].span))
        tokens = _WORD.findall(self.text[a.end : b.start].lower()) if b.start - a.end < 24 else None
        side = "before" if near < word.index else "after"
        if tokens is None or len(tokens) > 4:
            return [f"gap:{word.kind}:{side}:far"]
        gap = " ".join(tokens)
        out = [f"gap:{word.kind}:{side}:{len(tokens)}", f"gap:{word.kind}:{side}:{gap}"]
        if word.kind not in _GROUPS:
            out += [f"gap:{side}:{gap}", f"gap:{word.head}:{side}:{gap}"]
            if _APPOSED.fullmatch(gap):
                out += ["apposed", f"apposed:{side}:{word.kind}"]
        return out

    def _place(self, near: int) -> str:
        """Where in its sentence a mention stands: at the start, after a preposition, after a comma, elsewhere."""
        if self._starts(near):
            return "start"
        prior = _BEFORE.search(self.text, max(0, self.mentions[near].span.start - 14), self.mentions[near].span.start)
        left = prior[1].lower() if prior else ""
        return left if left in _LINKS else "the" if left == "the" else "mark" if not left.isalnum() else "else"

    def _beside(self, name: Name, word: Word) -> bool:
        """Whether the head noun stands right beside a mention of the name: "the town of Baga", "Baga town"."""
        for i in name.mentions[:3]:
            span = self.mentions[i].span
            around = self.text[max(0, span.start - 24) : span.start] + " " + self.text[span.end : span.end + 24]
            if i != word.index and word.head in around.lower().split():
                return True
        return False

    def _sex(self, name: Name, word: Word) -> list[str]:
        """Whether what is known of the person's sex fits a pronoun."""
        if word.kind not in ("he", "she"):
            return []
        seen = {PRONOUNS.get(self.last[i].lower()) for i in name.spoken if i in self.known and i != word.index}
        for i in name.mentions:
            prior = _BEFORE.search(self.text, max(0, self.mentions[i].span.start - 12), self.mentions[i].span.start)
            seen.add(_TITLES.get(prior[1].lower()) if prior and prior[1] != "." else None)
        return [f"sex:{'fits' if word.kind in seen else 'other'}"] if seen & {"he", "she"} else []

    def _quoted(self, m: Mention) -> bool:
        """Whether an odd number of quotation marks stands before it in its sentence, or the sentence is one quotation."""
        start = self.starts[m.sentence] if m.sentence < len(self.starts) else 0
        head = self.text[start : m.span.start]
        return (head.count('"') % 2 == 1) or head.count("“") > head.count("”")

    def _speaks(self, m: Mention) -> bool:
        """Whether "said" or its like stands right beside the mention."""
        return bool(_SAYS.match(self.text, m.span.end) or _SAID.search(self.text, max(0, m.span.start - 24), m.span.start))


def _steps(steps: int) -> str:
    return f"{steps}" if steps < 4 else "4-5" if steps < 6 else "6-9" if steps < 10 else "10+"


def _many(said: str) -> str:
    """The form of a name: a plural, initials, or else."""
    last = said.rsplit(None, 1)[-1]
    return "initials" if is_acronym(said) else "s" if last.endswith("s") else "plain"


def _last(said: str) -> str:
    return said.rsplit(None, 1)[-1] if said.strip() else ""


Key = tuple[MentionType, str]


def _fuller(names: Mapping[Key, str], *, caseless: bool) -> dict[Key, Key]:
    """Shorter names to the one fuller name that holds them: persons by their words, all others by their initials."""
    persons = [(key, frozenset(key[1].split())) for key in names if key[0] is MentionType.PERSON]
    out: dict[Key, Key] = {}
    for key, words in persons:
        above = [(other, more) for other, more in persons if words < more]
        if above:
            fullest, most = max(above, key=lambda each: len(each[1]))
            if all(more <= most for _, more in above):
                out[key] = fullest
    initials: dict[tuple[MentionType, str], list[Key]] = {}
    for key, said in names.items():
        if " " in said:
            initials.setdefault((key[0], "".join(w[0] for w in re.split(r"[\s-]+", said) if w[:1].isupper())), []).append(key)
    for key, said in names.items():
        if key[0] is not MentionType.PERSON and is_acronym(said):
            whole = initials.get((key[0], said), ())
            if len(whole) == 1:
                out[key] = whole[0]
    if not caseless:
        out |= _bare(names)
    return {key: _end(out, key) for key in out}


def _bare(names: Mapping[Key, str]) -> dict[Key, Key]:
    """Names with words in lower case around them, "former FSA men", to the name without, where the article has it."""
    out = {}
    for key, said in names.items():
        words = said.split()
        big = [i for i, w in enumerate(words) if any(c.isupper() for c in w)]
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


_LINKS = frozenset(["of", "in", "by", "to", "against", "with", "from", "for", "at", "on", "and", "between", "near"])
_APPOSED = re.compile(r"[,(–—-]? ?(?:a|an|the|his|its|their|one of the|called|named|known as|identified as|of|is a|was a|is the)?")

_PLURALS = frozenset(("people", "police", "men", "women", "children", "militiamen", "gunmen", "policemen"))
_GROUPS = frozenset(PRONOUNS.values())
