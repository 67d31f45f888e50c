"""What speaks for and against a word standing for a name, as named features.

``training/references.py`` learns a weight for each feature from the training part of the corpus, ``references.py`` adds the weights up.
A feature's name says what was seen: "steps:he:1" is a name said one sentence before "he". What the network holds of a word has features
with values (``heard_of_none``, ``heard_of_name``); all others are there or are not.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orbat.link.referents import PERSON, PRONOUNS, TYPES, Article, Name, Word
from orbat.names import is_acronym
from orbat.types import LEAST_ODDS, MentionType

_DETERMINERS = frozenset(
    ("the", "this", "that", "these", "those", "its", "his", "her", "their", "our", "my", "a", "an", "no", "some", "several", "many", "any")
)
_LINKS = frozenset(("of", "in", "by", "to", "against", "with", "from", "for", "at", "on", "and", "between", "near", "the"))
_TITLES = {"mr": "he", "sheikh": "he", "mullah": "he", "father": "he", "brother": "he", "mrs": "she", "ms": "she", "sister": "she"}
_PLURALS = frozenset(("people", "police", "men", "women", "children", "militiamen", "gunmen", "policemen"))
_APPOSED = re.compile(
    r"(?:[,(–—-] )?(?:(?:a|an|the|his|its|their|one of the|called|named|known as|identified as|of|is an?|was an?|is the) ?)?"
)
_SAYS = re.compile(r"\W+(?:has |had |also |later )?(?:said|says|told|added|warned|claimed|announced|stated)\b|.{0,12}\bsaid\b")
_SAID = re.compile(r"(?:said|says|told|added|according to)\W+(?:\w+\W+)?$")
_WORD = re.compile(r"[^\W_]+|[^\w\s]")
_AFTER = re.compile(r"[ ]*([^\W_]+|[^\w\s]|\n)")
_SENTENCES = (3, 6, 10, 15, 20, 30, 45)
_PARAGRAPHS = (1, 4, 6, 8, 12, 20)
_PLACES = (1, 2, 4, 8, 16)
"""Steps of how many sentences and line ends an article has, and of the number of a word's sentence."""
_BOUND = 6.0
"""Log odds beyond this, 400 to 1, are taken for it: the network is as sure as it gets."""

Heard = Sequence[float | None] | None
"""The network's log odds against none of each name that is tried, None for one that it did not read together with the word; None where
the word was not asked."""
Valued = list[tuple[str, float]]


def heard_of_none(kind: str, heard: Heard) -> Valued:
    """What the network's log odds of all names say of a word's standing for none."""
    if heard is None:
        return [(f"unasked:{kind}", 1.0)]
    read = [x for x in heard if x is not None]
    if not read:
        return [("unread", 1.0), (f"unread:{kind}", 1.0), ("all", -_BOUND), (f"all:{kind}", -_BOUND / 2), (f"all:{-_BOUND:.0f}", 1.0)]
    top = max(read)
    total = _bound(top + math.log(sum([math.exp(x - top) for x in read])))
    step = f"{math.trunc(min(total, _BOUND - 1))}"
    return [("all", total), (f"all:{kind}", total / 2), (f"all:{step}", 1.0), ("best", _bound(top))]


def heard_of_name(kind: str, heard: Heard, rank: int) -> Valued:
    """What the network's log odds of one of the names say of a word's standing for it."""
    if heard is None:
        return [(f"unasked:{kind}", 1.0)]
    odds = heard[rank]
    if odds is None:
        return [("unread", 1.0), (f"unread:{kind}", 1.0)]
    near = _bound(odds)
    out = [("odds", near), (f"odds:{kind}", near / 2), ("for", max(0.0, near))]
    return out if odds >= LEAST_ODDS else [*out, ("ruled out", 1.0)]


def _bound(odds: float) -> float:
    return max(-_BOUND, min(_BOUND, odds))


@dataclass(frozen=True, slots=True)
class Said:
    """A mention of a name: its paragraph's number, where in its sentence it stands, whether it speaks, whether it is initials."""

    paragraph: int
    place: str
    speaks: bool
    acronym: bool


@dataclass(frozen=True, slots=True)
class Known:
    """A name: the form of its last word, that word where it is a common noun, and the last words of what is known to stand for it, each
    with how often."""

    form: str
    sort: str
    heads: Mapping[str, int]


class Features:
    """The features of an article's words; what is asked of a mention or a name more than once is kept."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.text, self.mentions, self.known = article.text, article.mentions, article.known
        self._breaks = [m.start() for m in re.finditer("\n", article.text)]
        self._size = f"{bisect_right(_SENTENCES, len(article.starts))}", f"{bisect_right(_PARAGRAPHS, len(self._breaks))}"
        self._actors = self._first_actors()
        self._most = {kind: max(len(name.spoken) for name in names) for kind, names in article.of_type.items()}
        self._lefts: dict[int, str] = {}
        self._said: dict[int, Said] = {}
        self._names: dict[int, Known] = {}
        self._told: dict[int, Counter[str]] = {}
        self._beside: dict[int, frozenset[str]] = {}
        self._quotes: dict[int, bool] = {}

    def none(self, word: Word, tried: list[tuple[Name, int]]) -> list[str]:
        """What speaks for and against the word standing for no name at all."""
        article, kind, head = self.article, word.kind, word.head
        m, said = self.mentions[word.index], article.said[word.index]
        following = _AFTER.match(self.text, m.span.end)
        left, right = self._left(word.index), following[1].lower() if following else "end"
        known = head if head in article.heads or head in PRONOUNS else "other"
        det = left if left in _DETERMINERS else "bare"
        if word.noun and (head.endswith("s") or head in _PLURALS):
            det += "s"
        extra = min(said.count(" "), 2)
        out = [
            f"type:{m.type}", f"word:{known}", f"word:{known}:{m.type}", f"word:{known}:{det}", f"kind:{kind}:{det}:{extra}",
            f"names:{kind}:{min(len(tried), 4)}", f"left:{kind}:{left}", f"right:{kind}:{right}", f"extra:{known}:{extra}",
            f"sentences:{word.noun:d}:{self._size[0]}", f"paragraphs:{word.noun:d}:{self._size[1]}",
            f"at:{word.noun:d}:{bisect_right(_PLACES, m.sentence)}",
        ]  # fmt: skip
        if extra:
            out += [f"has:{kind}:{w}" for w in said.lower().split()[:-1]]
            if not article.caseless and any(c.isupper() for c in said[1:]):
                out.append(f"capital:{kind}")
        if word.noun and article.last[word.index][:1].isupper():
            out.append(f"titled:{kind}")
        if article.caseless:
            out.append(f"caseless:{kind}")
        if self._quoted(word.index):
            out.append(f"quoted:{kind}")
        if word.index in self._actors:
            out.append(f"opens:{kind}")
        near = tried[0][1]
        steps = _steps(m.sentence - self.mentions[near].sentence)
        out += [f"nearest:{kind}:{steps}:{self._rivals(near, word)}", f"nearest:{known}:{steps}"]
        return out

    def name(self, word: Word, rank: int, name: Name, near: int) -> list[str]:
        """What speaks for and against the word standing for one name; ``near`` is the mention of it that is nearest, ``rank`` its
        place among the names tried."""
        article, kind, head = self.article, word.kind, word.head
        m, other = self.mentions[word.index], self.mentions[near]
        steps = m.sentence - other.sentence
        close = min(abs(steps), 2)
        far = _steps(steps) if near < word.index else f"after{-steps}"
        said, about = self._of_mention(near), self._of_name(name)
        same = article.of_type[name.type]
        times = min(bisect_left(name.spoken, word.index), 4)
        paragraphs = min(2, abs(self._paragraph(word.index) - said.paragraph))
        out = [
            f"steps:{kind}:{far}", f"rank:{kind}:{min(rank, 4)}:{min(far, '2')}", f"said:{kind}:{times}", f"paragraph:{kind}:{paragraphs}",
            f"rivals:{kind}:{self._rivals(near, word)}", f"place:{kind}:{said.place}:{close}",
            f"plural:{kind if word.noun else head}:{about.form}",
        ]  # fmt: skip
        own = word.index in self.known and word.index in name.spoken  # what is asked about is no evidence
        if name is same[0]:
            out.append(f"first:{kind}")
        if len(same) == 1:
            out.append(f"only:{kind}")
        if len(name.spoken) == self._most[name.type]:
            out.append(f"most:{kind}")
        if near in self._actors:
            out.append(f"actor:{kind}:{close}")
        if near in self.known:
            out += [f"chain:{kind}:{close}", f"chain:{head}:{article.last[near].lower()}"]
        elif article.last[near].islower() and not article.caseless:
            out.append(f"mixed:{kind}")
        if said.acronym:
            out.append(f"acronym:{kind}")
        if said.speaks:
            out.append(f"speaks:{kind}:{close}:{self._quoted(word.index):d}")
        beside = self._between(word, near) if steps == 0 else []
        out += beside
        if word.noun:
            left = self._left(word.index)
            det = left if left in _DETERMINERS else "bare"
            out += [f"det:{det}:{close}:{'apposed' in beside:d}", f"det:{kind}:{det}:{close}"]
            if head in name.words:
                out += [f"in:{kind}", f"in:{head}"]
            out += [f"pair:{head}:{w}" for w in name.words]
            if about.sort:
                out.append(f"sort:{head}:{about.sort}")
            if head in self._around(name):
                out.append(f"beside:{kind}")
            if about.heads.get(head, 0) > own:
                out.append(f"echo:{kind}")
        elif kind in ("he", "she"):
            told = self._sexes(name)
            fits, against = told[kind] - own, told["she" if kind == "he" else "he"]
            if fits > 0 or against:
                out.append(f"sex:{'fits' if fits > 0 else 'other'}")
        return out

    def _first_actors(self) -> frozenset[int]:
        """The first mention that may act of each sentence."""
        first: dict[int, int] = {}
        for i, m in enumerate(self.mentions):
            if m.type in TYPES and m.type is not MentionType.PLACE:
                first.setdefault(m.sentence, i)
        return frozenset(first.values())

    def _left(self, index: int) -> str:
        """The word or mark before a mention, in lower case."""
        if index not in self._lefts:
            start = self.mentions[index].span.start
            self._lefts[index] = _last_token(self.text[max(0, start - 20) : start]) or "start"
        return self._lefts[index]

    def _of_mention(self, index: int) -> Said:
        if index not in self._said:
            span, left = self.mentions[index].span, self._left(index)
            place = "start" if self.article.opens_sentence(index) else left if left in _LINKS else "else" if left.isalnum() else "mark"
            # "said" or its like right beside it
            speaks = _SAYS.match(self.text, span.end) or _SAID.search(self.text, max(0, span.start - 24), span.start)
            self._said[index] = Said(self._paragraph(index), place, speaks is not None, is_acronym(self.article.said[index]))
        return self._said[index]

    def _paragraph(self, index: int) -> int:
        return bisect_left(self._breaks, self.mentions[index].span.start)

    def _of_name(self, name: Name) -> Known:
        key = name.mentions[0]
        if key not in self._names:
            last = name.said.rsplit(None, 1)[-1]
            known = [self.article.last[i].lower() for i in name.spoken if i in self.known] if self.known else []
            heads = Counter(known) if known else {}
            form = "initials" if is_acronym(name.said) else "s" if last.endswith("s") else "plain"
            low = last.lower()
            self._names[key] = Known(form, low if low in self.article.heads else "", heads)
        return self._names[key]

    def _sexes(self, name: Name) -> Counter[str]:
        """How often "he" and "she", and titles, are known to be said of a name."""
        key = name.mentions[0]
        if key not in self._told:
            told: Counter[str] = Counter()
            for head, times in self._of_name(name).heads.items():
                told[PRONOUNS.get(head, "")] += times
            if name.type is PERSON:
                told.update([_TITLES.get(self._tail(i).rstrip(" .").rpartition(" ")[2], "") for i in name.mentions])
            self._told[key] = told
        return self._told[key]

    def _around(self, name: Name) -> frozenset[str]:
        """The words beside a name's first mentions."""
        key = name.mentions[0]
        if key not in self._beside:
            around: set[str] = set()
            for i in name.mentions[:3]:
                end = self.mentions[i].span.end
                around.update(self._tail(i).split(), self.text[end : end + 24].lower().split())
            self._beside[key] = frozenset(around)
        return self._beside[key]

    def _tail(self, index: int) -> str:
        """The letters before a mention, in lower case."""
        start = self.mentions[index].span.start
        return self.text[max(0, start - 24) : start].lower()

    def _rivals(self, near: int, word: Word) -> int:
        """Common nouns of the word's type, at most 2, between a name and the word that are not known to stand for a name."""
        nouns = self.article.nouns.get(self.mentions[word.index].type)
        if nouns is None:
            return 0
        return max(0, min(2, bisect_left(nouns, word.index) - bisect_right(nouns, near)))

    def _between(self, word: Word, near: int) -> list[str]:
        """Words between a word and a name of its sentence, where they are few."""
        kind = word.kind
        a, b = sorted((self.mentions[word.index].span, self.mentions[near].span))
        tokens = _WORD.findall(self.text[a.end : b.start].lower()) if b.start - a.end < 24 else None
        side = "before" if near < word.index else "after"
        if tokens is None or len(tokens) > 4:
            return [f"gap:{kind}:{side}:far"]
        gap = " ".join(tokens)
        out = [f"gap:{kind}:{side}:{len(tokens)}", f"gap:{kind}:{side}:{gap}"]
        if word.noun:
            out += [f"gap:{side}:{gap}", f"gap:{word.head}:{side}:{gap}"]
            if _APPOSED.fullmatch(gap):
                out += ["apposed", f"apposed:{side}:{kind}"]
        return out

    def _quoted(self, index: int) -> bool:
        """Whether a quotation that its sentence opens is still open at a mention."""
        if index not in self._quotes:
            m = self.mentions[index]
            start = self.article.starts[m.sentence] if m.sentence < len(self.article.starts) else 0
            head = self.text[start : m.span.start]
            self._quotes[index] = head.count('"') % 2 == 1 or head.count("“") > head.count("”")
        return self._quotes[index]


def _last_token(text: str) -> str:
    """The word or mark that ends a text, in lower case; a line's end counts where nothing but it is there; empty where a text ends with
    neither."""
    line = text[-1:] == "\n"
    bare = (text[:-1] if line else text).rstrip(" ")
    at = len(bare)
    while at and bare[at - 1].isalnum():
        at -= 1
    token = bare[at:].lower() or bare[-1:]
    if token == "_" or (token.isspace() and token != "\n"):
        token = ""
    return token or "\n" * line


def _steps(steps: int) -> str:
    return f"{steps}" if steps < 4 else "4-5" if steps < 6 else "6-9" if steps < 10 else "10+"
