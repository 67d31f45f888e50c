"""What "the group", "it" or "he" stands for: a small trained ranker that heeds the reading's network.

Each word that may stand for a name is asked: which of the article's names of its type, or none? The score of each answer is the sum of the
weights of its features, the network's log odds among them (``reference_features.py`` names them, ``data/references.json`` holds the
weights); the answers' shares are the softmax of the scores. The best name is taken where its share reaches a threshold.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from orbat.errors import DataError
from orbat.link.reference_features import Features, Heard, Valued, heard_of_name, heard_of_none
from orbat.link.referents import PERSON, TYPES, Article, Name, Word
from orbat.types import LEAST_ODDS, Annotations, Document, EventType, MentionType, Role

FILE = Path(__file__).resolve().parent.parent / "data" / "references.json"


@dataclass(frozen=True, slots=True)
class Ranker:
    """The weights of features, those of "none" and those of names apart, and the words that ``Article`` wants to know.

    A name is taken where its share reaches ``threshold``. Where "none" has ``sure`` points or more no name is looked at.
    """

    heads: frozenset[str]
    plain: frozenset[str]
    none: Mapping[str, float]
    name: Mapping[str, float]
    threshold: float
    sure: float

    @classmethod
    def load(cls, path: Path = FILE) -> Ranker:
        """The ranker of a file.

        Raises:
            DataError: the file is missing or is not what ``training/references.py`` writes.
        """
        try:
            data = json.loads(path.read_bytes())
            heads, plain = frozenset(data["heads"]), frozenset(data["plain"])
            return cls(heads, plain, data["none"], data["name"], float(data["threshold"]), float(data["sure"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            step = "Install orbat again, or make the file with python -m training.references."
            raise DataError(f"The weights of references in {path} could not be read.", f"{type(error).__name__}: {error}", step) from error

    def answers(
        self, article: Article, leanings: Mapping[int, Mapping[int, float]], *, barred: Mapping[int, Name] = MappingProxyType({})
    ) -> Iterator[tuple[int, int]]:
        """For each word that stands for a name: its index, and the mention of that name. ``leanings`` are the network's, as in
        ``Annotations``; a word known to stand for a name of which they say nothing is not asked again. ``barred``: the one name that each
        of some words, the only ones that are asked then, cannot stand for."""
        features = Features(article)
        for word in article.words:
            tried = article.candidates(word) if may_be_asked(word, article, leanings) and (not barred or word.index in barred) else []
            tried = [each for each in tried if each[0] is not barred.get(word.index)]
            if not tried:
                continue
            heard = heard_of(word, tried, leanings)
            none = _sum(self.none, features.none(word, tried), heard_of_none(word.kind, heard))
            if none >= self.sure:
                continue
            points = [
                _sum(self.name, features.name(word, rank, *each), heard_of_name(word.kind, heard, rank)) for rank, each in enumerate(tried)
            ]
            top = max(points)
            if 1 / (math.exp(none - top) + sum([math.exp(x - top) for x in points])) >= self.threshold:
                yield word.index, tried[points.index(top)][0].answer(word.index)


def may_be_asked(word: Word, article: Article, leanings: Mapping[int, Mapping[int, float]]) -> bool:
    """Whether a word is open: one of which the network rules out every name is not, nor one known to stand for a name of which the network
    says nothing."""
    odds = leanings.get(word.index)
    return word.index not in article.known if odds is None else not odds or max(odds.values()) > LEAST_ODDS


def heard_of(word: Word, tried: Sequence[tuple[Name, int]], leanings: Mapping[int, Mapping[int, float]]) -> Heard:
    """The log of the network's odds for each name in any of its mentions."""
    odds = leanings.get(word.index)
    return None if odds is None else [_joined([odds[i] for i in name.spoken if i in odds]) for name, _ in tried]


def _joined(odds: list[float]) -> float | None:
    return odds[0] if len(odds) == 1 else math.log(sum([math.exp(x) for x in odds])) if odds else None


def _sum(weights: Mapping[str, float], seen: list[str], heard: Valued) -> float:
    return sum([weights[f] for f in seen if f in weights]) + sum([weights[f] * x for f, x in heard if f in weights])


@lru_cache(maxsize=1)
def shipped() -> Ranker:
    """The ranker that comes with the program, loaded once."""
    return Ranker.load()


def _of_one_gender(found: Mapping[int, int], article: Article) -> dict[int, int]:
    """References without those of a name to which more words, or earlier ones, of the other gender refer: who is "he" is not "she"."""
    kinds = {word.index: word.kind for word in article.words if word.kind in ("he", "she")}
    votes: dict[int, list[str]] = {}
    for word in sorted(found.keys() & kinds.keys()):
        votes.setdefault(found[word], []).append(kinds[word])
    gender = {name: max(each, key=each.count) for name, each in votes.items()}  # of as many, the first one
    return {word: name for word, name in found.items() if kinds.get(word) in (None, gender.get(name))}


TELLS = re.compile(
    r"(?:, (?:an?|the|wh(?:ich|ose)|in|on|through|via|by|from|also|however|meanwhile)\b[^.;:\"“”\n]{0,60},)?"
    r"(?: (?:has|have|had|also|later|then|earlier))* (?:(?:sa|den)(?:id|ies|ied|ys?)|acknowledge[ds]|admit(?:s|ted)"
    r"|(?:reject|dismiss|den)(?:ed|s|ied|ies) (?:the )?(?:accusations?|allegations?|claims?|reports?|charges?|suggestions?)"
    r"|(?:claim|announc|stat|add|insist|warn|declar|argu|confirm|vow|promis|believ|report)(?:e?d|e?s)|(?:told|tells|inform(?:ed|s)|assure[ds])"
    r" [^,.;:\"“”\n]{1,40})"
    r"(?: (?:on|in|at|through|via|last|late|this)\b[^,.;:\"“”\n]{1,40})?(?: that)? "
)
"""What stands between a body that says something and the "it" or "they" that opens what is said: "the army said on Monday that it"."""
_AND_THAT = re.compile(
    r" (?:and|but) (?:that|(?:sa(?:id|ys?)|add(?:s|ed)|claim(?:s|ed)|den(?:ied|ies)|insist(?:s|ed)|acknowledge[ds]|admit(?:s|ted))"
    r"(?: that)?) $"
)
_ONE_OF_SEVERAL = re.compile(r"(?:\band|(?P<comma>,)) (?:the )?$")
_TELLING = 110  # letters: as far apart as the two are at most
_BODIES = TYPES - {PERSON, MentionType.PLACE, MentionType.PEOPLE}


def _as_told(found: Mapping[int, int], article: Article, words: Collection[int]) -> dict[int, int]:
    """References in which "it" and "they" that open what a body says are that body, of whatever type they were taken for, and no other
    name where that has none: so in all 33 cases of the corpus's training part in which both are marked with a name.
    ``words``: the mentions that are words of the article, not names."""
    told = dict(found)
    tellers: dict[int, int] = {}
    for word in article.words:
        teller = _teller(word, article) if word.kind in ("it", "they") else None
        if teller is None and word.kind in ("it", "they") and _goes_on(article, word):
            teller = tellers.get(article.mentions[word.index].sentence)  # "the army said that it had come and that it would stay"
        if teller is not None:
            tellers[article.mentions[word.index].sentence] = teller
            own = " " in article.said[teller] and any(map(str.isupper, article.said[teller]))  # "Iraqi army" has a name in it
            name = teller if teller not in words else told.get(teller, teller if own else None)
            if name is None:
                told.pop(word.index, None)
            else:
                told[word.index] = name
    return told


_SAID = r"(?:said|says|told|tells|added|adds|warned|claimed|announced|stated|explained|continued|noted|insisted|recalled)"
_SAYS = re.compile(
    rf"(?:,[^.;:\"“”\n]{{1,160}},|[^.;:\"“”\n,]{{1,50}})?(?: (?:also|later|then|has|had|\w+ly))* (?:{_SAID}|denied|rejected|confirmed)\b"
)
_SAYS_HE = re.compile(rf"(?: (?:also|later|then|has|had))* {_SAID}\b")
_SAID_HE = re.compile(rf"\b{_SAID} $")
_NAME_BESIDE = re.compile(r",?(?: (?:identified as|named|called|known as))? ")
_SAID_BY = re.compile(rf"\b{_SAID}(?: (?:the|an?|one|[a-z-]+)){{0,4}} $")
_BESIDE_NAME = re.compile(r", (?:(?:an?|the|its|his|her|their) )?(?:[\w’'-]+ ){0,4}$")
_TOLD_BEFORE = 2  # sentences between somebody who says something and the "he" who says more, at most
_LONG = 180  # letters of an aside after somebody who says something


def _as_quoted(found: Mapping[int, int], article: Article, words: Collection[int]) -> dict[int, int]:
    """References without "he said" where somebody without a name spoke last: "an officer denied it. 'They fight,' he said" is no leader's
    who was named before. So in all twelve cases of the corpus; where a name spoke last it is that one in 78 of 84.
    ``words``: the mentions that are words of the article, not names."""
    kept = dict(found)
    for word in article.words:
        if word.kind in ("he", "she") and word.index in kept and _says_more(word, article):
            teller = _last_teller(word, article, words)
            if teller is not None and teller not in kept and not _is_beside_name(teller, article, words):
                del kept[word.index]
    return kept


def _says_more(word: Word, article: Article) -> bool:
    span = article.mentions[word.index].span
    return (
        _SAYS_HE.match(article.text, span.end) is not None or _SAID_HE.search(article.text, max(0, span.start - 12), span.start) is not None
    )


def _last_teller(word: Word, article: Article, words: Collection[int]) -> int | None:
    """The person without a name who said something last before a pronoun does, where none with a name stands between."""
    text, mentions, end = article.text, article.mentions, article.mentions[word.index].span.start
    for i in range(word.index - 1, -1, -1):
        span = mentions[i].span
        if mentions[i].sentence < mentions[word.index].sentence - _TOLD_BEFORE:
            return None
        if mentions[i].type is not PERSON:
            continue
        if i not in words or not article.last[i].islower():
            return None
        if _SAYS.match(text, span.end, min(span.end + _LONG, end)) or _SAID_BY.search(text, max(0, span.start - 40), span.start):
            return i
    return None


def _is_beside_name(index: int, article: Article, words: Collection[int]) -> bool:
    """Whether a noun stands beside a person's name: "Farah, the bishop"."""
    span = article.mentions[index].span
    before, after = index - 1, index + 1
    named = before >= 0 and before not in words and article.mentions[before].type is PERSON
    if named and _BESIDE_NAME.fullmatch(article.text, article.mentions[before].span.end, span.start):
        return True
    named = after < len(article.mentions) and after not in words and article.mentions[after].type is PERSON
    return named and _NAME_BESIDE.fullmatch(article.text, span.end, article.mentions[after].span.start) is not None


def _goes_on(article: Article, word: Word) -> bool:
    """Whether a pronoun opens one more thing that somebody says: "and that it", "and said it"."""
    start = article.mentions[word.index].span.start
    return _AND_THAT.search(article.text, max(0, start - 26), start) is not None


def _teller(word: Word, article: Article) -> int | None:
    """The mention of a body that says what a pronoun opens."""
    mentions, start = article.mentions, article.mentions[word.index].span.start
    for i in range(word.index - 1, max(-1, word.index - 5), -1):
        if start - mentions[i].span.end > _TELLING:
            return None
        at = mentions[i].span
        if mentions[i].type in _BODIES and TELLS.fullmatch(article.text, at.end, start):
            return None if word.kind == "they" and _one_of_several(i, article) else i
    return None


def _one_of_several(index: int, article: Article) -> bool:
    """Whether a body is the last of a list, "the army and the police"; a comma after what is none opens a clause: "After the raid, the
    army"."""
    start = article.mentions[index].span.start
    before = _ONE_OF_SEVERAL.search(article.text, max(0, start - 12), start)
    if before is None or before["comma"] is None:
        return before is not None
    return index > 0 and article.mentions[index - 1].type in _BODIES and article.mentions[index - 1].span.end == before.start()


_TO_OTHERS = frozenset(
    {
        EventType.ATTACK, EventType.BOMBING, EventType.STRIKE, EventType.CLASH, EventType.KILL, EventType.INJURE, EventType.ABDUCT,
        EventType.SEIZE, EventType.ARREST, EventType.JOIN, EventType.LEAVE, EventType.SUPPORT, EventType.ALLY, EventType.NEGOTIATE,
    }
)  # fmt: skip
"""What nobody does to himself: in 844 of the 845 events of violence of the corpus in which a word stands for a name on one side or on both,
and in all in which somebody joins, leaves or supports somebody, the two sides are not of one name; in 142 of 145 in which somebody is
tied to somebody or talks with him."""


def _at_odds(found: Mapping[int, int], article: Article, annotations: Annotations) -> dict[int, Name]:
    """Words that cannot stand for the name that they were taken for, and that name, since it stands on the other side of their event too:
    "the Giants Brigade took the town from the rebels"."""
    barred: dict[int, Name] = {}
    for event in annotations.events:
        if event.type not in _TO_OTHERS:
            continue
        for one in event.of(Role.ACTOR):
            for other in event.of(Role.TARGET, Role.ORIGIN):
                name = article.name_of(found.get(one, one))
                word = other if other in found else one
                if name is not None and word in found and article.name_of(found.get(other, other)) is name:
                    barred[word] = name
    return barred


_OWN = frozenset(("its", "his", "her", "their"))
_OF_ITS = re.compile(r"(?: [a-z'’-]+){1,5},? ")
_UPON = re.compile(r"\b(?:in|upon|on|at|by|with|after|before|since|during|following|despite|for|from|until|when|while|as|through) $", re.I)


def _of_its_own(found: Mapping[int, int], article: Article) -> dict[int, Name]:
    """Words such as "its" that were taken for the very name that follows them, and that name: "its former ally, the Front". Of the 55 of
    the corpus that stand for a name and have one close behind none stands for that one."""
    barred: dict[int, Name] = {}
    mentions = article.mentions
    for word in [i for i in found if article.said[i].lower() in _OWN]:
        name, start = article.name_of(found[word]), mentions[word].span.start
        if _UPON.search(article.text, max(0, start - 12), start):  # "upon his release, Farah" is his own
            continue
        for i in range(word + 1, min(len(mentions), word + 4)):
            if article.name_of(i) is name is not None and _OF_ITS.fullmatch(article.text, mentions[word].span.end, mentions[i].span.start):
                barred[word] = name
    return barred


_HURTS = frozenset((EventType.KILL, EventType.INJURE))
_WOUNDS = re.compile(r"(?: \w+)? (?:wounds|injuries)\b")


def _of_own_wounds(found: Mapping[int, int], article: Article, annotations: Annotations) -> dict[int, int]:
    """References without "his" of who is told just before to have died of his wounds: "one died of his wounds" is not their leader."""
    kept = dict(found)
    for event in annotations.events:
        if event.type not in _HURTS:
            continue
        targets = event.of(Role.TARGET)
        for word in [i for i in targets if i in found and _WOUNDS.match(article.text, article.mentions[i].span.end)]:
            name = article.name_of(found[word])
            if any(i < word and article.name_of(found.get(i, i)) is not name for i in targets):
                kept.pop(word, None)
    return kept


_ANOTHER = re.compile(r"(?:\b(?:and|or|with|by|from)|(?<!\bbelong)(?<!\bbelongs)(?<!\bbelonging) to) (?:an?|another)(?: [a-z-]+){0,2} $")


def _without_others(found: Mapping[int, int], article: Article) -> dict[int, int]:
    """References without those of common nouns that bring somebody else in: "FARC, along with a rebel group", "the army and a militia".
    Such a word stands for a name before it in one of 92 cases of the corpus, "belonging to a gang" aside."""
    kept = dict(found)
    for word in article.words:
        at = found.get(word.index, word.index)
        if word.noun and at < word.index and article.mentions[word.index].type in _BODIES:
            start = article.mentions[word.index].span.start
            if _ANOTHER.search(article.text, max(0, start - 50), start):
                del kept[word.index]
    return kept


_LATEST = 2  # sentences


def _told_by_then(found: Mapping[int, int], article: Article) -> dict[int, int]:
    """References without those of words for a name that the text first tells two sentences later or more: "it" is seldom the SAMIM of the
    next paragraph. On the corpus's training part precision is .829 for .827 without them and F1 .804 for .803; on the other the same."""
    mentions = article.mentions
    late = {i for i, j in found.items() if mentions[j].sentence - mentions[i].sentence >= _LATEST and not _told_before(i, j, article)}
    return {i: j for i, j in found.items() if i not in late} if late else dict(found)


def _told_before(word: int, named: int, article: Article) -> bool:
    name = article.name_of(named)
    if name is None:
        return any(said == article.said[named] for said in article.said[:word])
    return any(i < word for i in name.mentions)


_SHORT_OF = frozenset(("Group", "Panel", "Team", "Mission", "Commission", "Committee", "Council"))
"""Words in capitals that are short for a body named before: "the Group" of the Group of Experts."""


def _as_written(found: Mapping[int, int], article: Article) -> dict[int, int]:
    """References in which "the Group", in capitals, is the body whose name begins or ends so, of whatever type it was taken for, and no
    other."""
    written = dict(found)
    for word in article.words:
        said = article.said[word.index]
        if said not in _SHORT_OF or article.caseless:
            continue
        names = [i for i in range(len(article.said)) if i != word.index and _short_of(said, article.said[i])]
        if names:
            written[word.index] = max((i for i in names if i < word.index), default=names[0])
        elif word.index in written and said not in article.said[written[word.index]]:
            start = article.mentions[word.index].span.start
            if article.text.endswith(("the ", "The "), 0, start):  # that of experts, say, whom the text need not name
                del written[word.index]
    return written


def _short_of(said: str, name: str) -> bool:
    words = name.split()
    return len(words) > 1 and words[-1][:1].isupper() and (words[-1] == said or words[:2] == [said, "of"])


def _as_spoken(found: Mapping[int, int], article: Article, annotations: Annotations) -> dict[int, int]:
    """References in which "we", in the words of somebody who leads or belongs to one body by name, is that body and no other: in 16 of the
    26 cases of the corpus in which it is marked with a name it is that one, in the others mostly a wing, a unit or the whole of it."""
    we = {word.index for word in article.words if word.kind == "we" and word.index in found}
    spoken = dict(found)
    for event in annotations.events if we else ():
        mine = [a.mention for a in event.arguments if a.mention in we]
        if event.source is None or not mine:
            continue
        bodies = _bodies_of(article.name_of(found.get(event.source, event.source)), found, article, annotations)
        if len(bodies) == 1 and event.source not in mine:
            spoken |= {word: bodies[0].answer(word) for word in mine if article.name_of(found[word]) is not bodies[0]}
    return spoken


def _bodies_of(speaker: Name | None, found: Mapping[int, int], article: Article, annotations: Annotations) -> list[Name]:
    """The bodies that an article says a person leads or belongs to."""
    bodies: dict[int, Name] = {}
    for event in annotations.events if speaker is not None and speaker.type is PERSON else ():
        if event.type not in (EventType.LEAD, EventType.BELONG) or event.negated:
            continue
        named = {role: [article.name_of(found.get(i, i)) for i in event.of(role)] for role in Role}
        if speaker in named[Role.ACTOR]:
            bodies |= {id(name): name for name in named[Role.TARGET] if name is not None and name.type in _BODIES}
    return list(bodies.values())


def find_references(document: Document, annotations: Annotations) -> dict[int, int]:
    """The references of a document in order: the index of a pronoun or common noun to the index of the name it stands for.

    Another name of a person stands for the first, "Lion" for "Ali Musa, alias Lion". What ``annotations.references`` already says is kept
    but where ``annotations.leanings`` tell how sure it is, so that it can be weighed.

    Raises:
        DataError: the file of weights is missing or broken.
    """
    ranker = shipped()
    article = Article(document, annotations, ranker.heads, ranker.plain)
    leanings = annotations.leanings
    asked = {word.index for word in article.words}
    found = {word: name for word, name in annotations.references.items() if word not in leanings or word not in asked}
    found |= dict(ranker.answers(article, leanings))
    if barred := _at_odds(found, article, annotations) | _of_its_own(found, article):
        found = {word: name for word, name in found.items() if word not in barred}
        found |= dict(ranker.answers(article, leanings, barred=barred))
    found = _as_quoted(_of_one_gender(found, article), article, asked)
    found = _as_written(_as_told(found, article, asked), article)
    found = _of_own_wounds(_as_spoken(found, article, annotations), article, annotations)
    found = _told_by_then(_without_others(found, article), article) | article.aliases
    # A title in capitals, "US Ambassador", is a name to "he" and may stand for a name itself, as an alias does.
    return {word: name if found.get(name, word) == word else found[name] for word, name in sorted(found.items())}
