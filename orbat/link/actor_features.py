"""The table of features that says how well an actor fits a mention: each a small function with its reason in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from orbat.link.actor_words import Proposal
from orbat.link.catalogue import ActorEntry, Name
from orbat.types import MentionType


@dataclass(frozen=True, slots=True)
class Article:
    """What the features may know of the article: ``countries`` ISO code to the times it is named, ``year`` of
    publication or None, ``sure`` the ids of actors already linked with what each is called, ``armed`` whether one of them bears arms,
    ``most`` how often the country is named that is named most."""

    countries: Mapping[str, int]
    year: int | None
    caseless: bool
    sure: Mapping[str, frozenset[str]] = field(default_factory=dict)
    armed: bool = False
    most: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "most", max(self.countries.values(), default=0))


@dataclass(frozen=True, slots=True)
class Asked:
    """One mention with one actor that it may mean; ``rivals`` are the ids of all that it may."""

    type: MentionType
    proposal: Proposal
    entry: ActorEntry
    article: Article
    rivals: frozenset[str] = frozenset()


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
# Of an actor of each prominence, what the article's naming other countries than its own says.
_STRANGE = (-2.2, -1.5, -0.9, -0.4)


def _by_name(asked: Asked) -> Opinion:
    offer = asked.proposal
    weight, sentence = _NAME_WEIGHT[offer.how]
    if offer.how in ("spelling", "fuzzy"):
        weight += 4.0 * (offer.match.similarity - 0.85)
    return weight - 0.1 * offer.partly, sentence.format(words=offer.words, name=offer.match.name.text)


def _by_type(asked: Asked) -> Opinion:
    return _fit(asked.type, asked.entry.kind)


@cache
def _fit(kind: MentionType, actor: str) -> Opinion:
    weight = _FIT[kind].get(actor, _BAD_FIT)
    return weight, f"A {kind} mention {'suits' if weight > 0 else 'rarely means'} an actor of kind {actor}."


def _by_countries(asked: Asked) -> Opinion | None:
    entry, named = asked.entry, asked.article.countries
    if not entry.countries or not named or asked.proposal.how == "bare":
        return None
    met = [c for c in entry.countries if c in named]
    if met:
        share = max([named[c] for c in met]) / asked.article.most
        home = 0.9 * named.get(entry.countries[0], 0) / asked.article.most
        return 0.7 * share + 0.2 + home, f"The article names {met[0]}, where it is active."
    weight = _STRANGE[entry.prominence] - 0.5 * (asked.proposal.how in ("acronym", "fuzzy", "spelling"))
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
    met = asked.entry.related() & asked.article.sure.keys()
    # Of two of one name, "Taliban", that the article calls one of them by another speaks less for the other.
    apart = {id for id in met if id not in asked.rivals or asked.proposal.words in asked.article.sure[id]}
    if met:
        return 0.9 if apart else 0.3, f"The article also names {min(met)}, to which it is tied."
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
    entry = asked.entry
    if entry.prominence and entry.kind != "person":
        return None
    words = asked.proposal.words.split()
    if entry.kind == "person" and 0 < entry.prominence < 3 and len(words) < 3 and asked.proposal.how != "name" and _is_stranger(asked):
        return -2.5, "Others go by such a name, and the article names nothing that he or she is tied to."
    if entry.kind == "person" and entry.prominence == 0:
        weight = (-4.0 if len(words) < 3 else -2.5 if len(words) == 3 else -0.8) + 1.6 * asked.article.armed
        return weight, "People who are not in the news often share such a name."
    if entry.kind == "person" and len(words) == 1:
        return -0.9, "A surname alone is shared by many."
    if entry.prominence == 0 and len(words) == 1 and asked.proposal.how in ("name", "alias"):
        return -1.2, "A single word that news seldom uses as this name."
    return None


def _is_stranger(asked: Asked) -> bool:
    """Whether an article names neither a country nor an actor that an actor is tied to, but others."""
    entry, article = asked.entry, asked.article
    return bool(article.countries) and article.countries.keys().isdisjoint(entry.countries) and entry.related().isdisjoint(article.sure)


# The table: what is asked of each actor that a mention may mean, in the order in which reasons are shown.
FEATURES: tuple[Feature, ...] = (
    _by_name, _by_type, _by_countries, _by_years, _by_years_of_name, _by_company, _by_fame, _by_plainness,
)  # fmt: skip


def _years(name: Name) -> str:
    if name.start and name.end:
        return f"from {name.start} to {name.end}"
    return f"from {name.start}" if name.start else f"until {name.end}"
