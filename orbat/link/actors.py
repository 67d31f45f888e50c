"""Which actor of the catalogue a mention means, or honestly none.

The words of a mention propose actors (``actor_words``); a table of small features, each with its reason in a sentence,
scores them by the name, the countries and other actors of the article, its date and the mention's type. A name that the
article itself explains ("Islamic State in West Africa (ISWA)", a surname after the full name) means what it was explained
to mean. A pronoun takes the link of the mention it stands for.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz

from orbat.link.actor_words import ARMED, Proposal, bare_noun, bare_proposal, proposals
from orbat.link.catalogue import ActorEntry, Catalogue, Name
from orbat.names import fold, is_acronym, lost_capitals
from orbat.types import Actor, Annotations, Candidate, Document, Link, Mention, MentionType

LINKED = frozenset((MentionType.GROUP, MentionType.FORCE, MentionType.STATE, MentionType.ORG, MentionType.MEDIA, MentionType.PERSON))
# A link is made where the score says "rather this than anything else or nothing".
SURE = 0.5
# A full name and the catalogue's name of its abbreviation are the same if this much of their words agrees (rapidfuzz, 0 to 100).
EXPANSION_RATIO = 80.0
MOST_CANDIDATES = 8

_CAPITALISED = re.compile(r"[A-Z][\w'’.-]*(?: [A-Z][\w'’-]*){0,3}")
_OWNER = re.compile(r"([A-Z][\w-]+(?: [A-Z][\w-]+)?['’]s?) $")
_ENDING = re.compile(r"['’]s?[,;]?$|[,;:)\"]+$|(?<=\w\w\w)\.$")
_BASED = re.compile(r"^[\w'’]+-based ")
_DEFINED = re.compile(r"\s*\(\s*[\"“']?([A-Za-z][\w/-]{1,11})[\"”']?\s*[);,]")


@dataclass(frozen=True, slots=True)
class Article:
    """What the features may know of the article: ``countries`` ISO code to the times it is named, ``year`` of
    publication or None, ``sure`` the ids of actors already linked, ``armed`` whether one of them bears arms."""

    countries: Mapping[str, int]
    year: int | None
    caseless: bool
    sure: frozenset[str] = frozenset()
    armed: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One mention with one actor that it may mean."""

    type: MentionType
    proposal: Proposal
    article: Article
    rivals: int

    @property
    def entry(self) -> ActorEntry:
        """The actor."""
        return self.proposal.entry


Opinion = tuple[float, str]
Feature = Callable[[Asked], Opinion | None]

# Weights are log odds, set by hand and checked on evals/actors.jsonl (tests/test_actors.py pins what they reach).
_NAME_WEIGHT = {
    "name": (3.2, "'{words}' is its name."),
    "alias": (2.8, "'{words}' is another name of it."),
    "acronym": (2.0, "'{words}' is its abbreviation."),
    "spelling": (1.6, "'{words}' is a spelling of its name '{name}'."),
    "fuzzy": (0.0, "'{words}' is close to its name '{name}'."),
    "country": (3.2, "'{words}' names its country and what it is."),
    "capital": (1.6, "'{words}' is the capital from which it governs."),
    "leader": (2.0, "'{words}' names its leader."),
    "bare": (-0.2, "'{words}' is the country's own, where nothing else is said."),
}
# How well a kind of actor fits a type of mention; what is not here fits badly.
_FIT: Mapping[MentionType, Mapping[str, float]] = {
    MentionType.GROUP: {"group": 0.5, "wing": 0.5, "coalition": 0.2, "force": -0.5, "org": -0.6, "state": -2.5, "media": -2.5},
    MentionType.FORCE: {"force": 0.5, "coalition": 0.5, "wing": 0.0, "group": -0.3, "org": -1.2, "state": -1.5},
    MentionType.STATE: {"state": 0.5, "force": -1.5, "org": -1.5, "group": -1.2, "coalition": -1.5},
    MentionType.ORG: {"org": 0.5, "coalition": 0.3, "group": -0.5, "wing": -0.5, "media": 0.0, "force": -0.5, "state": -1.0},
    MentionType.MEDIA: {"media": 0.5, "org": 0.0, "wing": -1.0, "group": -2.5, "state": -2.5},
    MentionType.PERSON: {"person": 0.5},
}
_BAD_FIT = -4.0


def _by_name(asked: Asked) -> Opinion:
    offer = asked.proposal
    weight, sentence = _NAME_WEIGHT[offer.how]
    if offer.how in ("spelling", "fuzzy"):
        weight += 4.0 * (offer.match.similarity - 0.85)
    return weight - 0.1 * offer.partly, sentence.format(words=offer.words, name=offer.match.name.text)


def _by_type(asked: Asked) -> Opinion:
    weight = _FIT[asked.type].get(asked.entry.kind, _BAD_FIT)
    return weight, f"A {asked.type} mention {'suits' if weight > 0 else 'rarely means'} an actor of kind {asked.entry.kind}."


def _by_countries(asked: Asked) -> Opinion | None:
    entry, named = asked.entry, asked.article.countries
    if not entry.countries or not named or asked.proposal.how == "bare":
        return None
    met = [c for c in entry.countries if c in named]
    if met:
        share = max(named[c] for c in met) / max(named.values())
        home = 0.9 * named.get(entry.countries[0], 0) / max(named.values())
        return 0.7 * share + 0.2 + home, f"The article names {met[0]}, where it is active."
    weight = {3: -0.4, 2: -0.9, 1: -1.5, 0: -2.2}[entry.prominence] - 0.5 * (asked.proposal.how in ("acronym", "fuzzy", "spelling"))
    if asked.proposal.how == "country":
        weight = -0.3
    elif entry.kind in ("org", "media", "state"):
        weight /= 2
    return weight, f"The article names other countries, not {entry.countries[0]}."


def _by_years(asked: Asked) -> Opinion | None:
    year, entry = asked.article.year, asked.entry
    if year is None or not (entry.start or entry.end):
        return None
    if entry.start and year < entry.start - 1:
        return -3.0, f"It did not exist before {entry.start}; the article is of {year}."
    if entry.end and year > entry.end + 3:
        return -0.8, f"It ended in {entry.end}; the article is of {year}."
    return 0.2, f"It existed in {year}."


def _by_years_of_name(asked: Asked) -> Opinion | None:
    year, name = asked.article.year, asked.proposal.match.name
    if year is None or not (name.start or name.end) or asked.proposal.how == "leader":
        return None
    if (name.start and year < name.start) or (name.end and year > name.end + 1):
        return -0.7, f"The name '{name.text}' was used {_years(name)}; the article is of {year}."
    return 0.4, f"The name '{name.text}' was in use in {year}."


def _by_company(asked: Asked) -> Opinion | None:
    met = asked.entry.related() & asked.article.sure
    if met:
        return 0.9, f"The article also names {min(met)}, to which it is tied."
    return None


def _by_fame(asked: Asked) -> Opinion | None:
    fame = asked.entry.prominence
    if asked.proposal.how in ("country", "capital", "bare", "leader"):
        return None
    if fame == 0 and asked.proposal.how == "acronym":
        return -0.7, "News seldom names it, and its letters are few."
    return (0.35 * fame, "News often names it.") if fame else None


def _by_plainness(asked: Asked) -> Opinion | None:
    """Names that many bear: two-word names of persons, single words that news seldom means so."""
    entry, words = asked.entry, asked.proposal.words.split()
    if entry.kind == "person" and entry.prominence == 0:
        weight = (-4.0 if len(words) < 3 else -2.5 if len(words) == 3 else -0.8) + 1.6 * asked.article.armed
        return weight, "People who are not in the news often share such a name."
    if entry.kind == "person" and len(words) == 1:
        return -0.9, "A surname alone is shared by many."
    if entry.prominence == 0 and len(words) == 1 and asked.proposal.how in ("name", "alias"):
        return -1.2, "A single word that news seldom uses as this name."
    return None


# The table: what is asked of each actor that a mention may mean, in the order in which reasons are shown.
FEATURES: tuple[Feature, ...] = (
    _by_name, _by_type, _by_countries, _by_years, _by_years_of_name, _by_company, _by_fame, _by_plainness,
)  # fmt: skip


def link_actors(document: Document, annotations: Annotations, catalogue: Catalogue) -> dict[int, Link[Actor]]:
    """The actor of each GROUP, FORCE, STATE, ORG, MEDIA and PERSON mention, by mention index.

    A link's ``target`` is None where nothing is sure; its candidates, best first, carry score (0 to 1, the chance that
    the actor is meant) and reasons. A pronoun or common noun in ``annotations.references`` takes its antecedent's link.
    """
    return _Linker(document, annotations, catalogue).run()


def home_countries(links: Mapping[int, Link[Actor]], catalogue: Catalogue) -> dict[str, float]:
    """ISO code -> how many mentions of armed groups are at home there, one of several countries sharing each mention with the others.

    Forces and governments are left out: the article names their countries in words.
    """
    weights: dict[str, float] = {}
    for link in links.values():
        if link.target is not None and link.target.kind in ("group", "wing", "coalition"):
            countries = catalogue.entry(link.target.id).countries
            for code in countries:
                weights[code] = weights.get(code, 0.0) + 1 / len(countries)
    return weights


@dataclass(slots=True)
class _Linker:
    """One article being linked."""

    document: Document
    annotations: Annotations
    catalogue: Catalogue
    article: Article = field(init=False)
    links: dict[int, Link[Actor]] = field(default_factory=dict)
    judged: dict[tuple[str, MentionType], Link[Actor]] = field(default_factory=dict)

    def run(self) -> dict[int, Link[Actor]]:
        mentions = self.annotations.mentions
        text = self.document.text
        caseless = lost_capitals(text)
        year = self.document.published.year if self.document.published else None
        self.article = Article(_countries(f"{self.document.title}\n{text}", self.catalogue, caseless), year, caseless)
        asked = [i for i, m in enumerate(mentions) if m.type in LINKED and i not in self.annotations.references]
        for i in asked:
            self.links[i] = self._scored(i)
        sure = {link.target.id for link in self.links.values() if link.target and link.score >= 0.7}
        if sure:
            armed = any(self.catalogue.entry(s).kind in ("group", "wing") for s in sure)
            self.article = replace(self.article, sure=frozenset(sure), armed=armed)
            self.judged.clear()
            for i in asked:
                if self.links[i].candidates and self.links[i].score < 0.95:
                    self.links[i] = self._scored(i)
        self._bare(asked)
        self._explained(asked)
        self._short_forms(asked)
        self._same_words(asked)
        for i in self.annotations.references:
            self._referring(i)
        return dict(sorted(self.links.items()))

    def _text(self, mention: Mention) -> str:
        return mention.span.of(self.document.text)

    def _scored(self, index: int) -> Link[Actor]:
        mention = self.annotations.mentions[index]
        text = self._text(mention)
        if owned := self._owned(mention):
            return self._judgement(index, owned)
        if (text, mention.type) not in self.judged:
            offers = proposals(self.catalogue, text, mention.type, self.article.caseless)
            self.judged[text, mention.type] = self._judgement(index, offers)
        known = self.judged[text, mention.type]
        return known if known.mention == index else replace(known, mention=index)

    def _judgement(self, index: int, offers: tuple[Proposal, ...]) -> Link[Actor]:
        if not offers:
            return Link(index, None)
        kind = self.annotations.mentions[index].type
        return _decided(index, [self._judged(Asked(kind, offer, self.article, len(offers))) for offer in offers])

    def _bare(self, asked: list[int]) -> None:
        """ "The army", "the government": the country's own, where the article is about one country."""
        mentions = self.annotations.mentions
        bare = [
            (i, text, role)
            for i in asked
            if not self.links[i].candidates
            and (mention := mentions[i]).type in (MentionType.FORCE, MentionType.STATE)
            and (role := bare_noun(text := self._text(mention), mention.type))
        ]
        if not bare or not (code := self._leading()):
            return
        others = self._states()
        for i, text, role in bare:
            if others.get(mentions[i].sentence, {code}) >= {code}:
                self.links[i] = self._judgement(i, bare_proposal(self.catalogue, role, code, text))

    def _leading(self) -> str | None:
        """The one country that the article is about: of the mentions of countries, and of armed groups whose first country is one of
        those, three in five are its, or five and two and a half times as many as any other's."""
        counts = dict(self.article.countries)
        for link in self.links.values():
            if link.target and link.target.kind in ("group", "wing"):
                home = self.catalogue.entry(link.target.id).countries[:1]
                if home and home[0] in counts:
                    counts[home[0]] += 1
        if not counts:
            return None
        (code, most), *others = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if self.article.caseless and most < 2:  # any word may be some province's name there
            return None
        clear = most >= 5 and all(most >= 2.5 * count for _, count in others[:1])
        return code if clear or most >= 0.6 * sum(counts.values()) else None

    def _states(self) -> dict[int, set[str]]:
        """Sentence -> the countries whose government or force it names: in one that names Turkey, "troops" are not Syria's."""
        named: dict[int, set[str]] = {}
        for i, link in self.links.items():
            if link.target and link.target.kind in ("state", "force") and (home := self.catalogue.entry(link.target.id).countries[:1]):
                named.setdefault(self.annotations.mentions[i].sentence, set()).add(home[0])
        return named

    def _owned(self, mention: Mention) -> tuple[Proposal, ...]:
        """Names with a possessive in them, of which the mention is the last part: "Lord's Resistance Army"."""
        before = _OWNER.search(self.document.text, max(0, mention.span.start - 40), mention.span.start)
        if before is None or mention.type not in ARMED:
            return ()
        whole = f"{before[1]} {self._text(mention)}"
        return tuple(Proposal(m, m.how, whole) for m in self.catalogue.by_name(whole))

    def _judged(self, asked: Asked) -> tuple[float, Actor, tuple[str, ...]]:
        opinions = [opinion for feature in FEATURES if (opinion := feature(asked))]
        return sum(weight for weight, _ in opinions), asked.entry.actor, tuple(reason for _, reason in opinions)

    def _explained(self, asked: list[int]) -> None:
        """Abbreviations that the article writes after the full name: "Islamic State in West Africa (ISWA)"."""
        meant: dict[str, int] = {}
        for i in asked:
            mention = self.annotations.mentions[i]
            match = _DEFINED.match(self.document.text, mention.span.end)
            full = self._text(mention)
            if match and " " in full and (is_acronym(match[1]) or (self.article.caseless and len(match[1]) < 8)):
                meant.setdefault(match[1].lower(), i)
        for i in asked:
            text = self._text(self.annotations.mentions[i])
            full_index = meant.get(text.lower(), meant.get(text.split()[0].lower()))
            if full_index is None or i == full_index:
                continue
            full = self._text(self.annotations.mentions[full_index])
            named, own = self.links[full_index], self.links[i]
            if own.target and own.score > named.score and self._expands(own.target.id, full):
                self.links[full_index] = _taken(own, full_index, f"The article gives it the abbreviation '{text}'.")
            else:
                self.links[i] = _taken(named, i, f"The article writes '{text}' for '{full}'.")

    def _expands(self, actor_id: str, full: str) -> bool:
        mine = fold(full)
        return any(fuzz.token_set_ratio(mine, fold(n.text)) >= EXPANSION_RATIO for n in self.catalogue.entry(actor_id).names)

    def _short_forms(self, asked: list[int]) -> None:
        """A surname after the full name, "Sinaloa" after "Sinaloa Cartel", "the Observatory" after "Syrian Observatory for Human Rights":
        the link of the longer, earlier mention."""
        earlier: list[tuple[int, MentionType, tuple[str, ...]]] = []
        for i in asked:
            mention = self.annotations.mentions[i]
            said = self._text(mention)
            words = tuple(fold(said).split())
            person = mention.type is MentionType.PERSON
            bare = words[1:] if words[:1] in (("al",), ("el",)) else words
            named = said[:1].isupper() or self.article.caseless
            if named and bare and (person or not self.links[i].candidates):
                longer = [e for e in reversed(earlier) if e[1] is mention.type and len(e[2]) > len(words)]
                if person:
                    meant = next((j for j, _, name in longer if name[-len(bare) :] == bare), None)
                else:
                    meant = next((j for j, _, name in longer if name[: len(bare)] == bare and self.links[j].target), None)
                    meant = meant if meant is not None else self._part_of(said, longer)
                if meant is not None:
                    self.links[i] = _taken(
                        self.links[meant], i, f"The article has named '{self._text(self.annotations.mentions[meant])}' before."
                    )
            if len(words) > 1 and named:
                earlier.append((i, mention.type, words))

    def _part_of(self, said: str, longer: list[tuple[int, MentionType, tuple[str, ...]]]) -> int | None:
        """The one linked name that holds a capitalised word: "Coalition", "Britain-based Observatory"."""
        word = fold(_BASED.sub("", said))
        if " " in word or self.article.caseless or not said.rsplit(" ", 1)[-1][:1].isupper():
            return None
        holders = [j for j, _, name in longer if word in name]
        actors = {target.id if (target := self.links[j].target) else None for j in holders}
        return holders[0] if len(actors) == 1 and None not in actors else None

    def _same_words(self, asked: list[int]) -> None:
        """A name that the article uses elsewhere for an actor, where this mention's type or words proposed none."""
        meant: dict[str, int] = {}
        for i in asked:
            if self.links[i].target and self.links[i].score >= SURE:
                meant.setdefault(self._text(self.annotations.mentions[i]), i)
        for i in asked:
            said = self._text(self.annotations.mentions[i])
            if not self.links[i].candidates and said in meant and any(map(str.isupper, said)):
                self.links[i] = _taken(self.links[meant[said]], i, f"The article means this by '{said}' elsewhere.")

    def _referring(self, index: int) -> None:
        seen = {index}
        target = self.annotations.references[index]
        while target in self.annotations.references and target not in seen:
            seen.add(target)
            target = self.annotations.references[target]
        if (named := self.links.get(target)) and target not in seen:
            full = self._text(self.annotations.mentions[target])
            self.links[index] = _taken(named, index, f"It stands for '{full}'.")


def _decided(index: int, judged: list[tuple[float, Actor, tuple[str, ...]]]) -> Link[Actor]:
    """Candidates with their chances: each one's odds against being wrong, shared out among all that are proposed."""
    top = max(weight for weight, _, _ in judged)
    total = sum(math.exp(weight - top) for weight, _, _ in judged)
    candidates = [
        Candidate(actor, round(math.exp(weight - top) / total / (1 + math.exp(-weight)), 4), reasons) for weight, actor, reasons in judged
    ]
    candidates.sort(key=lambda c: (-c.score, c.target.id))
    best = candidates[0]
    return Link(index, best.target if best.score >= SURE else None, best.score, tuple(candidates[:MOST_CANDIDATES]))


def _taken(link: Link[Actor], index: int, reason: str) -> Link[Actor]:
    candidates = tuple(Candidate(c.target, c.score, (reason, *c.reasons)) for c in link.candidates)
    return Link(index, link.target, link.score, candidates)


def _years(name: Name) -> str:
    if name.start and name.end:
        return f"from {name.start} to {name.end}"
    return f"from {name.start}" if name.start else f"until {name.end}"


def _countries(text: str, catalogue: Catalogue, caseless: bool) -> Counter[str]:
    """How often the text names each country, by its name, people, capital or a known province."""
    found: Counter[str] = Counter()
    for phrase_words in [text.split()] if caseless else (match[0].split(" ") for match in _CAPITALISED.finditer(text)):
        words = [_ENDING.sub("", w) for w in phrase_words]
        start = 0
        while start < len(words):
            for size in range(min(3, len(words) - start), 0, -1):
                phrase = " ".join(words[start : start + size])
                codes: tuple[str, ...] = catalogue.countries_of(phrase)
                if not codes and (place := catalogue.place_country(phrase)):
                    codes = (place,)
                if codes:
                    found.update(codes)
                    start += size - 1
                    break
            start += 1
    return found
