"""Which place each PLACE mention means: candidates with reasons, or an honest NIL.

The words of the mention say what to look up (``placewords``), the article decides among what the gazetteer holds (``placecontext``), and
the where_prec of the result is never finer than the words: a province is a province, "near Mosul" is not Mosul.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from orbat.link import placewords
from orbat.link.gazetteer import NO_COUNTRY, Gazetteer, Kind, Rank
from orbat.link.nations import country_names, home_of
from orbat.link.placecontext import FEATURES, WEIGHTS, Evidence, Name, Solution, solve
from orbat.link.placerows import by_another_name, called, capital_of, eminent, lying_in, of_kind
from orbat.link.placewords import COMMON, Hint, Reading, named, of_many_towns, readings
from orbat.names import fold, lost_capitals
from orbat.remembering import remembered
from orbat.types import Annotations, Candidate, Document, Link, MentionType, Place

# What a name's best score says of its truth, whatever its rivals: on LGL and GeoVirus, of the names with one candidate worth the name
# (chance over 0.9) those scored under 2 were right less than half the time, 2 to 5 half, 6 to 7 four in five, over 8 over nine in ten.
NIL_BELOW, _EVEN, _SCALE = 2.0, 4.0, 1.5
_NIL_CHANCE = 0.1  # below it nothing is said: of the links scored under it one in ten was right
_MOST = 200  # candidates of one name that are weighed; the largest are kept
_SHOWN = 3  # candidates a link shows
_LOOK_LEFT = 48  # signs before a mention that are read: "10 miles (16 km) north of the town of "
# Hint -> for each kind of place whether it is what the words ask for, 1 or 0.
_ASKED: Mapping[Hint, npt.NDArray[np.float64]] = {
    hint: np.array([kind in kinds for kind in Kind], np.float64)
    for hint, kinds in {
        Hint.PROVINCE: (Kind.ADMIN1,),
        Hint.DISTRICT: (Kind.ADMIN2,),
        Hint.TOWN: (Kind.CITY, Kind.SITE),
        Hint.AREA: (Kind.REGION, Kind.WATER, Kind.SEA, Kind.CONTINENT, Kind.ADMIN1),
    }.items()
}
_COARSE = {Hint.DISTRICT: 3, Hint.PROVINCE: 4}  # where_prec of a division that the gazetteer knows by its town alone
_COUNTRY = int(Kind.COUNTRY)
_POINTS = frozenset((int(Kind.CITY), int(Kind.SITE)))
_CERTAIN = 0.8  # chance
_DIVISIONS = frozenset((int(Kind.COUNTRY), int(Kind.ADMIN1), int(Kind.ADMIN2)))
_LOOSE_TRUST, _LOOSE_SHARE, _LOOSE_NEAR = 0.5, 0.1, 0.5
_COUNTRY_SHARE, _NEAR, _ELSEWHERE, _INSIDE, _ASKED_KIND, _LOOSE, _PEOPLE = (
    FEATURES.index(f) for f in ("country_share", "near", "elsewhere", "inside", "asked_kind", "loose", "people")
)
# What lies in a country of which the article says nothing else: of the places so linked in 300 training articles four of the five with a
# score under this were wrong ("Soy", "Church"), over it five of thirty.
_FOREIGN, _FOREIGN_BELOW = 0.15, 3.0
# Of towns that the text seems to put in another country, those with a score over this stood in lists of places in all cases of the training
# articles ("Baghdad, the United States"); under it all were wrong: the name was a village's that the gazetteer lacks.
_DOUBTFUL = 7.0
_KNOWN_TOWN, _KNOWN_ABROAD = 5_000, 100_000  # people: in a country that the article names, and in another
_SHORT = 4  # letters
_QUARTERS = frozenset(("neighborhood", "neighbourhood", "quarter", "suburb", "suburbs"))
_REFERRING = re.compile(r"^(?:there|here|where|it|its|home|this|that)$", re.I)


@dataclass(slots=True)
class _Asked:
    """One mention as it was read: which name of the article it is, and how exact its words are."""

    mention: int
    name: int
    reading: Reading
    coarse: int
    part: bool


@dataclass(slots=True)
class _Article:
    """The names of an article while they are gathered."""

    document: Document
    gazetteer: Gazetteer
    names: list[Name] = field(default_factory=list)
    asked: list[_Asked] = field(default_factory=list)
    small: bool = False  # the text has no capitals that tell names
    known: dict[tuple[str, Hint], int] = field(default_factory=dict)
    missing: set[tuple[tuple[str, Hint], bool]] = field(default_factory=set)  # what the gazetteer lacks, and whether as another spelling
    others: dict[tuple[int, int], int] = field(default_factory=dict)  # a name and what holds it elsewhere -> the name of that place
    groups: dict[str, int] = field(default_factory=dict)  # a name without its hint -> the number of the first with it


def link_places(
    document: Document, annotations: Annotations, gazetteer: Gazetteer, *, countries: Mapping[str, float] = MappingProxyType({})
) -> dict[int, Link[Place]]:
    """The place of every PLACE mention of the document, by mention index; ``target`` is None where the gazetteer has none that fits.

    A common noun ("the village") has the place of the mention that ``annotations.references`` gives for it, or none. The score of a link is
    the chance, 0 to 1, that it is right. where_prec follows UCDP's scheme and the words of the mention.

    Args:
        countries: ISO code -> how often the article names an actor that is at home there; evidence as the countries it names are.
    """
    places = [i for i, m in enumerate(annotations.mentions) if m.type is MentionType.PLACE]
    article = _Article(document, gazetteer, small=lost_capitals(document.text))
    for index in places:
        _gather(article, annotations, index)
    _find_containers(article, annotations)
    out: dict[int, Link[Place]] = {index: Link(index, None) for index in places}
    if article.names:
        evidence = _evidence(article, countries)
        words = _Words(article, evidence, solve(article.names, evidence, gazetteer))
        for asked in article.asked:
            out[asked.mention] = words.link(asked)
    for index in places:
        whose = _whose(annotations, document.text, index)
        if whose != index and out[index].target is None and out[whose].target is not None:
            out[index] = _part_of(out[whose], gazetteer, index)
            continue
        antecedent = _antecedent(annotations, index)
        if out[index].target is None and antecedent in out and antecedent != index:
            there, said = out[antecedent], annotations.mentions[index].span.of(document.text)
            fits = tuple(c for c in there.candidates if placewords.may_be_called(said, c.target.where_prec)) if there.target else ()
            if fits:  # "the province", after a name that is a town's too, is the province
                fits = capital_of(fits, gazetteer) if said.lower().endswith("capital") else fits
                out[index] = Link(index, fits[0].target, fits[0].score, fits)
    return out


def _whose(annotations: Annotations, text: str, index: int) -> int:
    """The place mention that a side or part belongs to ("Hama's | northern countryside"); the mention itself where there is none."""
    span = annotations.mentions[index].span
    if not placewords.is_side(span.of(text)) or index == 0:
        return index
    before = annotations.mentions[index - 1]
    between = text[before.span.end : span.start]
    owned = between in ("'s ", "’s ", "' ", "’ ") or (between == " " and before.span.of(text).endswith(("'s", "’s")))
    return index - 1 if owned and before.type is MentionType.PLACE else index


def _part_of(link: Link[Place], gazetteer: Gazetteer, index: int) -> Link[Place]:
    """A part of a place: no finer than near it, of a division a fuzzy area."""
    parts = tuple(
        replace(c, target=gazetteer.at(row, where_prec=where_prec(gazetteer, row, 2, part=True)))
        for c in link.candidates
        for row in (gazetteer.row(c.target.id),)
    )
    return Link(index, parts[0].target, link.score, parts)


def _antecedent(annotations: Annotations, index: int) -> int:
    """The end of the chain of references that starts at a mention; itself where there is none."""
    seen = {index}
    while (following := annotations.references.get(index, index)) not in seen:
        seen.add(following)
        index = following
    return index


def _gather(article: _Article, annotations: Annotations, index: int) -> None:
    """Reads a mention and notes the candidates of the first of its readings that the gazetteer knows."""
    span, text = annotations.mentions[index].span, article.document.text
    said = span.of(text)
    if index in annotations.references or _REFERRING.match(said) or not (article.small or named(said)):
        return
    if len(said) <= _SHORT and text.startswith(".", span.end):
        said += "."  # "Pa.", whose full stop was left out
    ways = _ways(said, article.gazetteer)
    if not ways:
        return
    near = placewords.beside(text[max(0, span.start - _LOOK_LEFT) : span.start], text[span.end : span.end + 80])
    ways = ways if article.small else tuple(way for way in ways if named(way.name))  # of "ISIL-held villages" the second word is no name
    for loose in (False, True):
        for reading in ways:
            if reading.hint is Hint.NONE and near.hint is not Hint.NONE:
                reading = Reading(reading.name, near.hint, reading.coarse, reading.part, near.word)
            number = _name(article, reading, loose=loose)
            if number >= 0:
                coarse = max(reading.coarse, near.coarse, _COARSE.get(reading.hint, 1))
                article.asked.append(_Asked(index, number, reading, coarse, reading.part or near.part))
                return


@remembered(2_048)
def _ways(said: str, gazetteer: Gazetteer) -> tuple[Reading, ...]:
    """The ways to read a mention's own words; none where it is a road."""
    ways = readings(said)
    if placewords.is_road(ways[0].name if ways else said):
        return ()
    # "Syrias army": the apostrophe was lost.
    lost = [replace(w, name=w.name[:-1]) for w in ways if w.name.endswith("s") and fold(w.name[:-1]) in gazetteer.country_words]
    return (*ways, *lost)


def _name(article: _Article, reading: Reading, *, loose: bool) -> int:
    """The number of the reading's name among the article's, new or not; -1 where the gazetteer has no such name."""
    key = (fold(reading.name) if reading.name.upper() != reading.name else reading.name, reading.hint)
    if key in article.known:
        return article.known[key]
    if (key, loose) in article.missing:
        return -1
    gazetteer = article.gazetteer
    rows, ranks = called(reading.name, gazetteer, loose=loose)
    if article.small and len(rows):
        keep = eminent(rows, ranks, gazetteer) & (fold(reading.name) not in COMMON)
        rows, ranks = rows[keep], ranks[keep]
    if reading.hint is not Hint.NONE:
        rows, ranks = of_kind(rows, ranks, reading.hint, gazetteer)
    if not len(rows):
        article.missing.add((key, loose))
        return -1
    if len(rows) > _MOST:
        top = np.argsort(-gazetteer.population[rows].astype(np.int64), kind="stable")[:_MOST]
        rows, ranks = rows[top], ranks[top]
    asked = _ASKED[reading.hint][gazetteer.kind[rows]] if reading.hint in _ASKED else None
    number = len(article.names)
    article.names.append(Name(rows, ranks, asked, group=article.groups.setdefault(key[0], number)))
    article.known[key] = number
    return number


def _find_containers(article: _Article, annotations: Annotations) -> None:
    """Notes which name the text puts another in: "Paris, Texas", "Baga in Borno state", "Syria's Idlib", "the Iraqi city of Mosul"."""
    text, gazetteer = article.document.text, article.gazetteer
    by_mention = {a.mention: a for a in article.asked}
    for asked in article.asked:
        span = annotations.mentions[asked.mention].span
        left, right = text[max(0, span.start - _LOOK_LEFT) : span.start], text[span.end : span.end + 60]
        holder = by_mention.get(asked.mention + 1)
        if holder is not None and placewords.inside(text[span.end : annotations.mentions[holder.mention].span.start]):
            _hold(article, asked, holder.name)
        elif following := placewords.next_name(right):
            for words in dict.fromkeys((following, following.split(" ")[0])):
                rows, ranks = gazetteer.named(words)
                if ((ranks <= Rank.ALIAS) & (gazetteer.kind[rows] <= Kind.ADMIN1)).any():
                    _hold(article, asked, _name(article, Reading(words), loose=False))
                    break
        if before := placewords.apposed(right) or placewords.owner(left):
            for words in dict.fromkeys((before, before.rsplit(" ", 1)[-1])):
                if fold(words) in gazetteer.country_words:
                    _hold(article, asked, _name(article, Reading(words), loose=False))
                    break


def _hold(article: _Article, asked: _Asked, outer: int) -> None:
    """Puts a mention's name in another; where the text puts the same name elsewhere too, they are two: "Tripoli, Lebanon", "Tripoli, the
    Libyan capital"."""
    name = article.names[asked.name]
    if outer < 0 or outer == asked.name or outer in name.containers:
        return
    if name.containers and not _in_both(article, name, outer):
        if (asked.name, outer) not in article.others:
            article.others[asked.name, outer] = len(article.names)
            article.names.append(replace(name, containers=[outer]))
        asked.name = article.others[asked.name, outer]
    else:
        name.containers.append(outer)


def _in_both(article: _Article, name: Name, outer: int) -> bool:
    """Whether one and the same place of a name may lie in a name and in those that hold it already; so where the new one holds none."""
    inside = lying_in(name.rows, article.names[outer].rows, article.gazetteer)
    before = np.logical_and.reduce([lying_in(name.rows, article.names[n].rows, article.gazetteer) for n in name.containers])
    return not inside.any() or not before.any() or bool((inside & before).any())


def _evidence(article: _Article, countries: Mapping[str, float]) -> Evidence:
    """How often the article names each country in words that are no place mention of its own (those count as what they turn out to mean),
    and where its source is at home."""
    mentioned = {name for name, _ in article.known}
    named: Counter[int] = Counter()
    for text in (article.document.text, article.document.title):
        for word, times in country_names(text, article.gazetteer).items():
            if word not in mentioned:
                named[article.gazetteer.country_words[word]] += times
    order = article.gazetteer.country_index
    actors = {order[code]: weight for code, weight in countries.items() if code in order}
    return Evidence(named, home_of(article.document, article.gazetteer), actors)


@dataclass(frozen=True, slots=True)
class _Words:
    """Turns a solution into links: the places with their where_prec, and the reasons as sentences. What is said alike is put into words
    once."""

    article: _Article
    evidence: Evidence
    solution: Solution
    said: dict[tuple[int, Reading, int, bool], tuple[Candidate[Place], ...]] = field(default_factory=dict)
    ranked: dict[int, tuple[list[int], float, list[float]]] = field(default_factory=dict)

    def link(self, asked: _Asked) -> Link[Place]:
        if asked.name not in self.ranked:
            self.ranked[asked.name] = self._rank(asked.name)
        order, score, features = self.ranked[asked.name]
        key = (asked.name, asked.reading, asked.coarse, asked.part)
        if key not in self.said:
            self.said[key] = tuple(self._candidate(asked, at) for at in order)
        candidates = self.said[key]
        best = candidates[0]
        believed = score >= NIL_BELOW and best.score >= _NIL_CHANCE
        if features[_LOOSE] or of_many_towns(asked.reading.name):
            # Another spelling, "the North-East" or "the Old City" is believed only where something else of the article points there.
            believed = believed and (features[_COUNTRY_SHARE] > _LOOSE_SHARE or features[_NEAR] > _LOOSE_NEAR)
        if features[_PEOPLE] and int(self.article.gazetteer.kind[self.solution.rows[order[0]]]) == Kind.ADMIN1:
            # A people lives beyond the province that bears its name: "the Kurdish areas" of Syria are not in Iran.
            believed = believed and features[_NEAR] > _LOOSE_NEAR
        if believed and score < _DOUBTFUL and not features[_INSIDE]:
            # "Fatima, in the Tillaberi region of Niger" is none of the Fatimas of Brazil.
            believed = not self._held_abroad(asked.name, int(self.solution.rows[order[0]]))
        if features[_ELSEWHERE] > _FOREIGN and not features[_INSIDE]:
            # That the words beside it fit ("village of Moura") does not tell this Moura from others of its kind.
            told = score - WEIGHTS["asked_kind"] * features[_ASKED_KIND]
            row, name = int(self.solution.rows[order[0]]), self.article.names[asked.name]
            least = _DOUBTFUL if by_another_name(asked.reading.name, name.rows, name.ranks, row, self.article.gazetteer) else _FOREIGN_BELOW
            believed = believed and told >= least and not self._holders(asked.name)
        if asked.reading.facility and features[_NEAR] < _LOOSE_NEAR and not features[_INSIDE]:
            # Airports and hospitals bear the names of people: a village of that name is meant only where others are near. A town's quarter
            # is in a town of the countries that the article is about.
            least = _KNOWN_TOWN if features[_COUNTRY_SHARE] else _KNOWN_ABROAD
            believed = believed and (features[_COUNTRY_SHARE] > 0 or asked.reading.word not in _QUARTERS)
            believed = believed and int(self.article.gazetteer.population[self.solution.rows[order[0]]]) >= least
        return Link(asked.mention, best.target if believed else None, best.score if believed else 0.0, candidates)

    def _held_abroad(self, name: int, row: int) -> bool:
        """Whether a row is a town, and the text puts its name for certain in a country or division of another country."""
        gazetteer = self.article.gazetteer
        town, here = int(gazetteer.kind[row]) in _POINTS, (NO_COUNTRY, int(gazetteer.country[row]))
        return town and any(int(gazetteer.country[holder]) not in here for holder in self._holders(name))

    def _holders(self, name: int) -> list[int]:
        """The rows of the countries and divisions that the text puts a name in for certain, under these words beside it or others."""
        names, kind, found = self.article.names, self.article.gazetteer.kind, []
        for holder in {h for n in names if n.group == names[name].group for h in n.containers}:
            row = int(self.solution.rows[best := self._rank(holder)[0][0]])
            if int(kind[row]) in _DIVISIONS and float(self.solution.chances[best]) > _CERTAIN:
                found.append(row)
        return found

    def _rank(self, name: int) -> tuple[list[int], float, list[float]]:
        """The name's best candidates, best first, and the score and the features of the first."""
        start, stop = int(self.solution.start[name]), int(self.solution.start[name + 1])
        order = [start]
        if stop - start > 1:
            order = (start + np.argsort(-self.solution.scores[start:stop], kind="stable")[:_SHOWN]).tolist()
        return order, float(self.solution.scores[order[0]]), self.solution.features[order[0]].tolist()

    def _candidate(self, asked: _Asked, at: int) -> Candidate[Place]:
        gazetteer, row = self.article.gazetteer, int(self.solution.rows[at])
        place = gazetteer.at(row, where_prec=where_prec(gazetteer, row, asked.coarse, part=asked.part))
        trust = 1 / (1 + math.exp((_EVEN - float(self.solution.scores[at])) / _SCALE))
        if self.solution.features[at][_LOOSE]:
            trust *= _LOOSE_TRUST
        return Candidate(place, round(float(self.solution.chances[at]) * trust, 4), tuple(self._reasons(asked, at, row)))

    def _reasons(self, asked: _Asked, at: int, row: int) -> list[str]:
        gazetteer = self.article.gazetteer
        value = dict(zip(FEATURES, self.solution.features[at].tolist(), strict=True))
        is_country = int(gazetteer.kind[row]) == _COUNTRY
        out = []
        people = int(gazetteer.population[row])
        country = int(gazetteer.country[row])
        nation = gazetteer.country_names[country] if country != NO_COUNTRY else ""
        if value["loose"]:
            out.append(f"“{asked.reading.name}” resembles its name in another spelling.")
        elif value["people"]:
            out.append(f"“{asked.reading.name}” is what belongs to it.")
        elif value["other_name"]:
            out.append(f"“{asked.reading.name}” is one of its other names.")
        else:
            out.append(f"“{asked.reading.name}” is its name.")
        if people and not is_country:
            out.append(f"{people:,} people live there.")
        if value["capital"]:
            out.append(f"It is the capital of {nation}.")
        if value["asked_kind"]:
            out.append(f"The text says “{asked.reading.word}”.")
        if value["inside"]:
            out.append("It lies in the place that the text puts it in.")
        if value["holds"]:
            out.append("It holds the place that the text puts in it.")
        if country in self.evidence.named and not is_country:
            out.append(f"The article names {nation}.")
        elif value["country_share"] > 0.3:
            out.append(f"Other places of the article lie in {nation}.")
        elif value["border_share"] > 0.3:
            out.append(f"The article is about countries that border on {nation}.")
        if value["admin1_share"] > 0.2:
            out.append(f"Other places of the article lie in {gazetteer.name(int(gazetteer.admin1[row]))}.")
        if value["near"] > 0.5:
            out.append("It is near other places of the article.")
        if value["home"]:
            out.append(f"The source is at home in {nation}.")
        if country in self.evidence.actors:
            out.append(f"The article names actors of {nation}.")
        elif value["elsewhere"] > 0.3:
            out.append("The article is about other countries.")
        return out


def where_prec(gazetteer: Gazetteer, row: int, coarse: int, *, part: bool = False) -> int:
    """UCDP's where_prec of a place as the text names it: the place's own, made coarser by "near", a direction or a border, never finer.

    Args:
        coarse: the finest that the words allow for a town (2 for "near", 5 for a line or an area).
        part: only a part or an edge of the place is meant; of a province or a country that is a fuzzy area (5).
    """
    own, kind = int(gazetteer.prec[row]), int(gazetteer.kind[row])
    if kind in _POINTS:
        return max(own, coarse)
    return 5 if part and kind in _DIVISIONS else own
