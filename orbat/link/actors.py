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
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz

from orbat.link.actor_features import FEATURES, Article, Asked
from orbat.link.actor_words import (
    ARMED,
    COMMON,
    Proposal,
    bare_noun,
    bare_proposal,
    common_abroad,
    country_proposal,
    proposals,
    without_heads,
)
from orbat.link.catalogue import Catalogue
from orbat.link.cataloguefile import ARMED_KINDS, GROUP_KINDS, NON_STATE_KINDS
from orbat.link.countrywords import codes_in, countries_named
from orbat.link.members import of_one_body, owned, owner_of, tellers, without_possessive
from orbat.names import fold, is_acronym, lost_capitals
from orbat.types import Actor, Annotations, Candidate, Document, Link, MentionType

LINKED = frozenset((MentionType.GROUP, MentionType.FORCE, MentionType.STATE, MentionType.ORG, MentionType.MEDIA, MentionType.PERSON))
OWNED = ARMED | {MentionType.STATE}
_OFFICES = ("force", "state")
# A link is made where the score says "rather this than anything else or nothing".
SURE = 0.5
# A full name and the catalogue's name of its abbreviation are the same if this much of their words agrees (rapidfuzz, 0 to 100).
EXPANSION_RATIO = 80.0
MOST_CANDIDATES = 8
_WEAK = 0.7  # a link below this gives way to a longer name that the article begins with the same words

_BODIES = frozenset(("army", "military", "navy", "air force", "police force", "government", "state", "coalition"))
"""Of these a country has one, so that one that is not "the" one may be anybody's."""
_SOME = re.compile(r"\b(?:an?|another|any|every|no)\s+$", re.IGNORECASE)
_SOMEBODYS = re.compile(r"\b(?:[Hh]is|[Hh]er|[Mm]y|[^\W\d_][\w-]+['’]s|[^\W\d_][\w-]+s['’]) $")  # "his soldiers", "the rebels' army"
_ITS = re.compile(r"\b(?:its|their) $", re.IGNORECASE)  # whose the sentence must say
_LOYAL_TO = re.compile(r" (?:of the|of(?= [A-Z])|loyal to(?: the)?) (?P<whose>[\w'’-]+(?: [\w'’-]+){0,2})")
_ACCUSED = re.compile(r"\b(?:accus|suspect|acquit|clear|convict|warn|inform|remind)\w* [^.;:]{0,60}$", re.I)  # "accused the army of"
_OF_A_FORCE = re.compile(r"\b(?:army|navy|guards?|corps|forces?|division|brigade|battalion|regiment|unit|command)\b", re.I)
_QUALIFIED = re.compile(r"^(?:[a-z][\w-]* )+(?=[A-Z])")
_BRANCH = re.compile(r" ?\(([^\W\d_][\w' -]{1,24})\)")  # "CPI (Maoist)", "SPLM-N (al-Hilu)"
_GANG = re.compile(r"\bgangs?\b")
_GANG_CALLED = re.compile(r"\bgangs? (?:called|named|known as|nicknamed) (?:the )?[\"“'‘]?$")
_BASED = re.compile(r"^[\w'’]+-based ")
_DEFINED = re.compile(r"\s*\(\s*[\"“']?([A-Za-z][\w/-]{1,11})[\"”']?\s*[);,]")


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
        if link.target is not None and link.target.kind in NON_STATE_KINDS:
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
    said: list[str] = field(init=False)

    def run(self) -> dict[int, Link[Actor]]:
        mentions = self.annotations.mentions
        text = self.document.text
        self.said = [m.span.of(text) for m in mentions]
        caseless = lost_capitals(text)
        year = self.document.published.year if self.document.published else None
        self.article = Article(countries_named(f"{self.document.title}\n{text}", self.catalogue, caseless), year, caseless)
        asked = [i for i, m in enumerate(mentions) if m.type in LINKED and i not in self.annotations.references]
        for i in asked:
            self.links[i] = self._scored(i)
        sure: dict[str, frozenset[str]] = {}
        for i, link in self.links.items():
            if link.target and link.score >= 0.7:
                sure[link.target.id] = sure.get(link.target.id, frozenset()) | {self.said[i]}
        if sure:
            armed = any(self.catalogue.entry(s).kind in GROUP_KINDS for s in sure)
            self.article = replace(self.article, sure=sure, armed=armed)
            self.judged.clear()
            for i in asked:
                if self.links[i].candidates and self.links[i].score < 0.95:
                    self.links[i] = self._scored(i)
        self._gangs(asked)
        self._bare(asked)
        self._explained(asked)
        self._short_forms(asked)
        self._same_words(asked)
        for i in self.annotations.references:
            self._referring(i)
        self._members(asked)
        return dict(sorted(self.links.items()))

    def _gangs(self, asked: list[int]) -> None:
        """Gangs that are called like a group of other countries than those the article names, in Haiti "the Taliban gang", are not it."""
        elsewhere: set[str] = set()
        for i in asked if self.article.countries else ():
            target, start = self.links[i].target, self.annotations.mentions[i].span.start
            if target is None or target.kind not in GROUP_KINDS or "gang" not in self.document.text[max(0, start - 24) : start + 40]:
                continue
            called = _GANG.search(self.said[i]) or _GANG_CALLED.search(self.document.text, max(0, start - 24), start)
            homes = self.catalogue.entry(target.id).countries
            if called and homes and not any(code in self.article.countries for code in homes):
                elsewhere.add(target.id)
        for i in asked if elsewhere else ():
            if (target := self.links[i].target) and target.id in elsewhere:
                self.links[i] = replace(self.links[i], target=None)

    def _scored(self, index: int) -> Link[Actor]:
        mention = self.annotations.mentions[index]
        text = self.said[index]
        if owned := self._owned(index):
            return self._judgement(index, owned)
        if home := self._home(index):  # "Ukraine's Main Intelligence Directorate" is not Russia's
            offers = proposals(self.catalogue, text, mention.type, self.article.caseless)
            return self._judgement(
                index, tuple(o for o in offers if o.entry.kind not in _OFFICES or home in (o.entry.countries or (home,)))
            )
        if (text, mention.type) not in self.judged:
            offers = proposals(self.catalogue, text, mention.type, self.article.caseless)
            self.judged[text, mention.type] = self._judgement(
                index, tuple(o for o in offers if self.article.caseless or not common_abroad(o, self.article.countries))
            )
        if there := self._there(index):
            near = proposals(self.catalogue, text, mention.type, self.article.caseless)
            if own := tuple(o for o in near if o.entry.countries[:1] == (there,)):
                return self._judgement(index, own)
        known = self.judged[text, mention.type]
        return known if known.mention == index else replace(known, mention=index)

    def _there(self, index: int) -> str | None:
        """The country in whose capital a group with a name is said to be: "the Taliban in Kabul"."""
        mention = self.annotations.mentions[index]
        if not self.document.text.startswith(" in ", mention.span.end) or mention.type is not MentionType.GROUP:
            return None
        if index + 1 == len(self.said):
            return None
        beside = self.annotations.mentions[index + 1]
        return self.catalogue.capital_of(self.said[index + 1]) if beside.span.start == mention.span.end + len(" in ") else None

    def _home(self, index: int) -> str | None:
        """The country whose the text says a mention is: "Ukraine's"."""
        owner = without_possessive(owner_of(self.document.text, self.annotations.mentions[index].span.start))
        return next(iter(self.catalogue.countries_of(owner)), None) if owner else None

    def _judgement(self, index: int, offers: tuple[Proposal, ...]) -> Link[Actor]:
        if not offers:
            return Link(index, None)
        kind, said = self.annotations.mentions[index].type, self.said[index]
        if kind in (MentionType.GROUP, MentionType.ORG) and is_acronym(said) and self.catalogue.countries_of(said):
            kind = MentionType.STATE  # "UAE" is no group
        rivals = frozenset(offer.entry.id for offer in offers)
        return _decided(index, [self._judged(Asked(kind, offer, offer.match.entry, self.article, rivals)) for offer in offers])

    def _bare(self, asked: list[int]) -> None:
        """ "The army", "the government": the country's own, where the article is about one country."""
        mentions = self.annotations.mentions
        bare = [
            (i, text, role)
            for i in asked
            if not self.links[i].candidates
            and (mention := mentions[i]).type in (MentionType.FORCE, MentionType.STATE)
            and (role := bare_noun(text := self.said[i], mention.type))
        ]
        if not bare or not (code := self._leading()):
            return
        others = self._states()
        for i, text, role in bare:
            own = text not in _BODIES and _ITS.search(self.document.text, max(0, mentions[i].span.start - 7), mentions[i].span.start)
            here = others.get(mentions[i].sentence, set() if own else {code})
            if here >= {code} and not (own and len(here) > 1) and self._may_be_of(i, code):
                self.links[i] = self._judgement(i, bare_proposal(self.catalogue, role, code, text))

    def _may_be_of(self, index: int, code: str) -> bool:
        """Whether a common noun may mean a country's own: not "his soldiers", "soldiers of the caliphate", "an army that they could not
        defeat"."""
        span, text = self.annotations.mentions[index].span, self.document.text
        before = text[max(0, span.start - 80) : span.start]
        if self.said[index] in _BODIES and _SOME.search(before):
            return False
        if _SOMEBODYS.search(before) and code not in codes_in(self.catalogue, before.split()[-2:]):
            return False
        follow = _LOYAL_TO.match(text, span.end)
        if follow is None or _OF_A_FORCE.search(follow["whose"]) or _ACCUSED.search(before):
            return True
        words = follow["whose"].split()
        return any(code in self.catalogue.countries_of(" ".join(words[:size])) for size in range(1, len(words) + 1))

    def _leading(self) -> str | None:
        """The one country that the article is about: of the mentions of countries, and of armed groups whose first country is one of
        those, three in five are its, or five and two and a half times as many as any other's. The home of groups of one country counts
        though the article does not name it, where it would come first."""
        counts = dict(self.article.countries)
        unnamed: Counter[str] = Counter()
        for link in self.links.values():
            if link.target and link.target.kind in GROUP_KINDS:
                home = self.catalogue.entry(link.target.id).countries
                if home and home[0] in counts:
                    counts[home[0]] += 1
                elif len(home) == 1:
                    unnamed[home[0]] += 1
        counts |= {code: count for code, count in unnamed.items() if count >= self.article.most}
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

    def _owned(self, index: int) -> tuple[Proposal, ...]:
        """Names with a possessive in them, of which the mention is the last part, "Lord's Resistance Army"; the force of a country that
        stands before it, "Rwanda's army"; a name with its branch in brackets after it, "CPI (Maoist)"."""
        mention = self.annotations.mentions[index]
        at, text = mention.span.start, self.document.text
        if mention.type is MentionType.GROUP and (branch := _BRANCH.match(text, mention.span.end)):
            for name in dict.fromkeys((self.said[index], _QUALIFIED.sub("", self.said[index]))):  # "banned CPI"
                whole = f"{name} ({branch[1]})"
                if found := self.catalogue.by_name(whole) or self.catalogue.by_name(f"{name}-{branch[1]}"):
                    return tuple(Proposal(m, m.how, whole) for m in found)
        before = owner_of(text, at) if mention.type in OWNED else ""
        if not before:
            return ()
        whole = f"{before} {self.said[index]}"
        for owner in (before, before.split(" ", 1)[-1]):  # "Former Lord's"
            for own in (self.said[index], without_heads(self.said[index])):  # "Army rebels"
                if named := self.catalogue.by_name(f"{owner} {own}"):
                    return tuple(Proposal(m, m.how, f"{owner} {own}") for m in named)
        owner = without_possessive(before)
        capital = self.catalogue.capital_of(owner)
        role = bare_noun(self.said[index], mention.type) or ("mil" if capital and self.said[index] == "forces" else None)
        code = next(iter(self.catalogue.countries_of(owner)), capital)
        return country_proposal(self.catalogue, role, code, whole) if role and code else ()

    def _judged(self, asked: Asked) -> tuple[float, Actor, tuple[str, ...]]:
        opinions = [opinion for feature in FEATURES if (opinion := feature(asked))]
        return sum([weight for weight, _ in opinions]), asked.entry.actor, tuple([reason for _, reason in opinions])

    def _explained(self, asked: list[int]) -> None:
        """Abbreviations that the article writes after the full name: "Islamic State in West Africa (ISWA)"."""
        meant: dict[str, int] = {}
        for i in asked:
            mention = self.annotations.mentions[i]
            match = _DEFINED.match(self.document.text, mention.span.end)
            full = self.said[i]
            if match and " " in full and (is_acronym(match[1]) or (self.article.caseless and len(match[1]) < 8)):
                meant.setdefault(match[1].lower(), i)
        for i in asked if meant else ():
            text = self.said[i]
            full_index = meant.get(text.lower(), meant.get(text.split()[0].lower()))
            if full_index is None or i == full_index:
                continue
            full = self.said[full_index]
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
            said = self.said[i]
            words = tuple(fold(said).split())
            person = mention.type is MentionType.PERSON
            bare = words[1:] if words[:1] in (("al",), ("el",)) else words
            opens = len(words) == 1 and words[0] in COMMON and self._opens(i)  # "Militants", in capitals for that alone
            named = (said[:1].isupper() and not opens) or self.article.caseless
            noun = len(words) == 1 and mention.type is MentionType.GROUP and words[0] in COMMON and self.links[i].target is not None
            weak = len(bare) > 1 and bool(self.links[i].candidates) and self.links[i].score < _WEAK
            if named and bare and (person or noun or weak or not self.links[i].candidates):
                longer = [e for e in reversed(earlier) if e[1] is mention.type and len(e[2]) > len(words)]
                if noun:
                    meant = self._last_word_of(i, words[0], longer)
                elif person:
                    meant = self._of_surname([(j, name) for j, _, name in longer if name[-len(bare) :] == bare])
                else:
                    meant = next((j for j, _, name in longer if name[: len(bare)] == bare and self.links[j].target), None)
                    meant = meant if meant is not None or weak else self._part_of(said, longer)
                if meant is not None:
                    self.links[i] = _taken(self.links[meant], i, f"The article has named '{self.said[meant]}' before.")
            if len(words) > 1 and named:
                earlier.append((i, mention.type, words))

    def _last_word_of(self, index: int, word: str, longer: list[tuple[int, MentionType, tuple[str, ...]]]) -> int | None:
        """The linked name before that a common noun in capitals ends, "the Brigades" after "Qassam Brigades", but for one that the article
        names in whole for whom the noun alone would mean."""
        own = self.links[index].target
        if self._opens(index) or own is None or own.id in {target.id for j, _, _ in longer if (target := self.links[j].target)}:
            return None
        return next((j for j, _, name in longer if name[-1] == word and self.links[j].target), None)

    def _opens(self, index: int) -> bool:
        mention = self.annotations.mentions[index]
        return mention.span.start == self.annotations.sentences[mention.sentence].start

    def _of_surname(self, bearers: list[tuple[int, tuple[str, ...]]]) -> int | None:
        """Whom a surname means: its only bearer so far, else the one named in full most often; None where two are equal."""
        names = Counter(name for _, name in bearers)
        known = {name: target.id for j, name in reversed(bearers) if (target := self.links[j].target)}
        people: Counter[str] = Counter()
        for name, times in names.items():
            people[known.get(name, " ".join(name))] += times
        (_, most), *others = people.most_common() or [("", 0)]
        if any(times == most for _, times in others):
            return None
        return next((j for j, name in bearers if people[known.get(name, " ".join(name))] == most), None)

    def _part_of(self, said: str, longer: list[tuple[int, MentionType, tuple[str, ...]]]) -> int | None:
        """The one linked name that holds a capitalised word: "Coalition", "Britain-based Observatory"."""
        word = fold(_BASED.sub("", said))
        if " " in word or self.article.caseless or not said.rsplit(" ", 1)[-1][:1].isupper():
            return None
        holders = [j for j, _, name in longer if word in name]
        actors = {target.id if (target := self.links[j].target) else None for j in holders}
        return holders[0] if len(actors) == 1 and None not in actors else None

    def _same_words(self, asked: list[int]) -> None:
        """A name that the article uses elsewhere for an actor, or another of its names ("Wagner", taken for a person, beside "Wagner
        fighters"), where this mention's type or words proposed none."""
        meant: dict[str, int] = {}
        for i in asked:
            if (target := self.links[i].target) and self.links[i].score >= SURE:
                meant = {self.said[i]: i, target.id: i} | meant
        for i in asked:
            if not self.links[i].candidates and any(map(str.isupper, said := self.said[i])):
                names = [said, *(m.entry.id for m in self.catalogue.by_name(said))]
                for other in [meant[name] for name in names if name in meant][:1]:
                    self.links[i] = _taken(self.links[other], i, f"The article means this by '{self.said[other]}' elsewhere.")

    def _members(self, asked: list[int]) -> None:
        """ "Its troops", of what an armed body says of its own, and "the Front's fighters"."""
        for i, j in owned(self.document.text, self.annotations.mentions, asked).items():
            self._take(i, j, f"They are those of '{self.said[j]}'.")
        for i, j in tellers(self.document.text, self.annotations.mentions, asked).items():
            self._take(i, j, f"'{self.said[j]}' tells of them as its own.")
        for i, before in of_one_body(self.document.text, self.annotations.mentions, asked).items():
            if before and len({self._target(j) for j in before}) == 1:
                self._take(i, before[0], f"The sentence tells of nobody before but '{self.said[before[0]]}'.")

    def _take(self, index: int, other: int, why: str) -> None:
        """Give a mention that is linked to nobody the armed actor of another."""
        named = self.links.get(other)
        if self.links[index].target is None and named and named.target and named.target.kind in ARMED_KINDS:
            self.links[index] = _taken(named, index, why)

    def _target(self, index: int) -> str | None:
        link = self.links.get(index)
        return link.target.id if link is not None and link.target is not None else None

    def _referring(self, index: int) -> None:
        seen = {index}
        target = self.annotations.references[index]
        while target in self.annotations.references and target not in seen:
            seen.add(target)
            target = self.annotations.references[target]
        if target in seen or not (named := self.links.get(target)):
            return
        if named.target is None and self.annotations.mentions[index].type is MentionType.PERSON and self.said[index].istitle():
            own = self._scored(index)  # of two names of one person the catalogue may know the second
            if own.target is not None:
                named = self.links[target] = _taken(own, target, f"The article also calls him or her '{self.said[index]}'.")
        self.links[index] = _taken(named, index, f"It stands for '{self.said[target]}'.")


def _decided(index: int, judged: list[tuple[float, Actor, tuple[str, ...]]]) -> Link[Actor]:
    """Candidates with their chances: each one's odds against being wrong, shared out among all that are proposed."""
    top = max([weight for weight, _, _ in judged])
    raised = [math.exp(weight - top) for weight, _, _ in judged]
    total = sum(raised)
    candidates = [
        Candidate(actor, round(share / total / (1 + math.exp(-weight)), 4), reasons)
        for share, (weight, actor, reasons) in zip(raised, judged, strict=True)
    ]
    if len(candidates) > 1:
        candidates.sort(key=lambda c: (-c.score, c.target.id))
    best = candidates[0]
    return Link(index, best.target if best.score >= SURE else None, best.score, tuple(candidates[:MOST_CANDIDATES]))


def _taken(link: Link[Actor], index: int, reason: str) -> Link[Actor]:
    candidates = tuple(Candidate(c.target, c.score, (reason, *c.reasons)) for c in link.candidates)
    return Link(index, link.target, link.score, candidates)
