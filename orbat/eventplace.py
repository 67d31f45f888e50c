"""Where an event happens: its own words, else its sentence, else its paragraph, else the article's dateline. Pure.

An event without a located argument takes a place only where it is one of violence, told as fact or as likely. Measured on the 1,010
training articles, gold mentions and events, where an event's own place was hidden (``evals/event_place.py train.jsonl``):

- sentence: 2,631 places found, 94% the same and 2% the province or country around it. That flatters, since the hidden place is mostly
  the only one left; of 50 drawn from the 930 events that truly have none of their own, 39 were right when read by hand.
  Where people flee to, and towns of events of other days, are left out since: eight wrong ones, two right ones.
- paragraph: of 38 events whose own place is a word for one told before ("there", "the town"), 84% the same; where the sentence names
  a place, mostly since it is a new one, 48% the same and 10% around. Of 50 drawn from the 1,067 events without any, 41 were right.
  Towns of events of other days, and towns for a war or for a sum since its beginning, are left out since: 18 wrong ones of the
  paragraph, five right ones.
- the thing: "the attack on the mosque" was where the last mosque was that the text told of: seven of those events take their place so,
  all rightly when read by hand, four of which had none or the nearest other.
- dateline: its town is the event's place in 15 of 183 cases, so it is never taken; its country is right in 22 of 27, and in 29 of 30
  drawn from the 88 events without any other place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

from orbat.types import Annotations, Basis, Certainty, DateRange, Document, Event, EventType, Links, MentionType, Place, Role, Span

_THERE = frozenset(
    {
        EventType.ATTACK, EventType.BOMBING, EventType.STRIKE, EventType.CLASH, EventType.KILL, EventType.INJURE, EventType.ABDUCT,
        EventType.ABUSE, EventType.SEIZE, EventType.WITHDRAW, EventType.HOLD, EventType.DEPLOY, EventType.GAIN, EventType.LOSE,
    }
)  # fmt: skip
"""Types that happen where their target lies; what is said of relations (to lead, to back, to accuse) does not."""

_VIOLENCE = frozenset(
    {
        EventType.ATTACK, EventType.BOMBING, EventType.STRIKE, EventType.CLASH, EventType.KILL, EventType.INJURE, EventType.ABDUCT,
        EventType.ABUSE, EventType.SEIZE,
    }
)  # fmt: skip
"""Types that take a place which is not their own argument, and lend theirs. Movements do neither, since they go from one place to another,
nor do arrests, which are prisons and trials as often."""

_TOLD = frozenset({Certainty.FACT, Certainty.LIKELY})
_NEAR = 2  # where_prec of what lies in or near a known point
_DISTRICT = 3  # where_prec of a second-order division
_OPENS = 25  # characters before "hours after" where that opens a sentence: "Only a few hours after"
_AREA = 5  # where_prec of a fuzzy area
_SEA = 7  # where_prec of waters
_COUNTRY = 6  # where_prec of a country
_BACK = 2  # sentences before, in one paragraph, whose place still holds
_HEAD = 400  # characters in which a dateline stands, a headline before it included
# What follows a dateline's first name: ", Nigeria, June 22 (Reuters) - ".
_DATELINE = re.compile(
    r"(?:, [A-Z][\w.’'-]*(?: (?:[A-Z][\w.’'-]*|of|de|del|da|do|du|el|la)){0,3}){0,2}"
    r"(?:, (?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} \w{3,9}\.?)(?:,? (?:\d{2}){1,2})?)?"
    r"(?: \([^()\n]{2,60}\))? ?(?:[—–]|--?) ?"
)
# Words before a name that make it another place than the event's: a way, a border, where a speaker is, a home.
_ELSEWHERE = re.compile(
    r"\b(?i:to|from|for|into|onto|towards?|via|between|bordering|borders?(?: with)?|against|than|with|by"
    r"|(?:said|says|told|reported|announced|released|published|issued|posted|stated|according to)(?: \w+){0,3} (?:in|from|at)"
    r"|(?:residents?|natives?|native son|born|citizens?|ambassador|embassy|embassies|consulate) (?:of|in|from|to)"
    r")(?: (?:the|a|an))?(?: [a-z]\w*)?(?: [A-Z][\w-]*(?:,| and)?)*\s*$"
)
_TITLE = re.compile(r"(?:[\w-]+ ){0,3}")
_TOWNS_BEFORE = re.compile(r"(?:[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,2}/)*")  # "YEREVAN/" of "YEREVAN/BAKU, Feb 13 - "
_TOWNS_AFTER = re.compile(r"(?:/[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,2})*")
# What follows a people's adjective that says whose a strike is: "Azerbaijani shelling", "Israeli air strikes".
_STRIKES = re.compile(
    r" (?:(?:air|drone|artillery|missile|rocket|naval|tank|heavy|cross-border) ?)?(?:strikes?|airstrikes?|shelling|bombardments?|raids?)\b"
)
_WIDE = re.compile(
    r"(?:regions?|areas?|towns?|cit(?:y|ies)|villages?|countr(?:y|ies)|provinces?|districts?|countryside|places?|border|capital|state)$"
)
_TO = re.compile(r" (?:to|towards?|into|for) (?:the |neighbou?ring )?$")
_TOWARDS = 24  # letters that these words have at most
_THINGS = frozenset({MentionType.PLACE, MentionType.ORG, MentionType.RESOURCE})
_COAST = re.compile(r"\b(?:coast|coastline|shores?)$", re.IGNORECASE)
_BORDER = re.compile(r"\b(?:border|frontier)$", re.IGNORECASE)
_LIKE_A_NAME = 4  # letters that an adjective of a country shares with its name
# Words that tell how far apart two things are: "the attack came a day after".
_OTHER_TIME = re.compile(r"\b(?:days?|hours?|weeks?|months?|years?|decades?) (?:after|before)\b", re.IGNORECASE)
# A sum over a long time: "have been killed there since", "has cost 300 lives since".
_SUM = re.compile(r"\b(?:has|have)\b[^.;:]{0,60}\bsince\b|\b[Ss]ince\b[^.;:]{0,90}\b(?:has|have)\b")
_WAR = re.compile(r"(?:war|wars|insurgency|insurgencies|uprising|rebellion|revolt|conflict)$")
_LASTS = re.compile(r"(?:offensives?|campaigns?|operations?|sieges?|battles?|push|assault)$")  # of more days than it began on
_MOST_ELSEWHERE = 2  # other places that an article names, all of other countries, beside which a town is no place of its events


@dataclass(frozen=True, slots=True)
class Located:
    """Where an event happens, and from what that was taken."""

    place: Place
    basis: Basis


class EventPlaces:
    """The places of one document's events."""

    def __init__(self, document: Document, annotations: Annotations, links: Links) -> None:
        self._text, self._annotations = document.text, annotations
        self._mentions, self._times = annotations.mentions, links.times
        self._placed = {
            i: link.target for i, link in links.places.items() if link.target is not None and self._mentions[i].type is MentionType.PLACE
        }

    def of(self, event: Event) -> Located | None:
        """Where the event happens; None where neither its own words nor those around it say so surely enough."""
        if own := self._own(event):
            return Located(min(own, key=_coarseness), Basis.ARGUMENT)
        if event.type not in _VIOLENCE or event.certainty not in _TOLD or event.negated:
            return None
        if place := self._in_sentence(event):
            return Located(place, Basis.SENTENCE)
        if place := self._of_the_thing(event) or self._in_paragraph(event):
            return Located(place, Basis.PARAGRAPH)
        return Located(self._country, Basis.DATELINE) if self._country else None

    def _own(self, event: Event) -> list[Place]:
        """The event's own places and, where it happens there, those that it is done to.

        Displacement that names no other place happens where people are driven from.
        """
        found = self._fillers(event, Role.PLACE) + (self._fillers(event, Role.TARGET) if event.type in _THERE else [])
        return found or (self._fillers(event, Role.ORIGIN) if event.type is EventType.ABUSE else [])

    def _fillers(self, event: Event, role: Role) -> list[Place]:
        return [self._placed[i] for i in event.of(role) if i in self._placed and i not in self._of_others]

    @cached_property
    def _of_others(self) -> frozenset[int]:
        """The places that only say whose a strike or a border is."""
        return frozenset(i for i in self._placed if self._says_whose(i) or self._other_side(i))

    def _says_whose(self, mention: int) -> bool:
        """Whether a country's adjective says whose a strike is, not where: "killed in Azerbaijani shelling"."""
        place, span = self._placed[mention], self._mentions[mention].span
        if place.where_prec != _COUNTRY or _STRIKES.match(self._text, span.end) is None:
            return False
        said = span.of(self._text)
        return said != place.name and said[:_LIKE_A_NAME] == place.name[:_LIKE_A_NAME]

    def _other_side(self, mention: int) -> bool:
        """Whether a border is named by the country beyond it: "near the Malian border", in an article from Burkina Faso."""
        place, span = self._placed[mention], self._mentions[mention].span
        if place.where_prec != _AREA or _BORDER.search(span.of(self._text)) is None:
            return False
        here = {self._placed[i].country for i in self.dateline}
        return bool(here) and place.country not in here

    def _in_sentence(self, event: Event) -> Place | None:
        """The nearest place of the sentence in which another event of violence happens or that no event has taken."""
        here = [i for i in self._by_sentence.get(event.sentence, ()) if not self._apart(event, i)]
        lasts = _LASTS.search(event.trigger.of(self._text).lower()) is not None
        lent = {i for i in here if self._lends(i, event) and (lasts or self._of_its_days(i, event))}
        found = [i for i in here if i in lent or (self._free(i) and not self._owns(i, event))]
        if not found:
            return None
        place = self._placed[min(found, key=lambda i: _distance(self._mentions[i].span, event.trigger))]
        unknown = any(self._mentions[a.mention].type is MentionType.PLACE for a in event.arguments if a.mention not in self._placed)
        return _about(place) if unknown else place

    def _long(self, event: Event) -> bool:
        """Whether an event lasts too long to have happened in a town that is named beside it: a war, a sum since its beginning."""
        if event.type is EventType.CLASH and _WAR.search(event.trigger.of(self._text).lower()):
            return True
        sentence = self._annotations.sentences[event.sentence]
        return any(sum.start() <= event.trigger.start < sum.end() for sum in _SUM.finditer(self._text, sentence.start, sentence.end))

    def _apart(self, event: Event, mention: int) -> bool:
        """Whether the words between an event and a place of its sentence, or those that open it, say that they are of two times: "it came a
        day after rangers shot a man in X", "hours after the strike, rebels took X"."""
        start = self._annotations.sentences[event.sentence].start
        first, last = sorted((event.trigger, self._mentions[mention].span))
        other = _OTHER_TIME.search(self._text, start, last.start)
        if other is None or other.start() >= first.end:
            return other is not None
        opens = other.start() - start < _OPENS and "," not in self._text[start : first.start]
        return opens and other.end() <= first.start and "," in self._text[first.end : last.start]

    def _lends(self, mention: int, event: Event) -> bool:
        """Whether a place is that of an event of violence, and no coast that is known as a sea, nor a town beside an event that lasts."""
        if self._coast(mention) or (self._placed[mention].where_prec <= _DISTRICT and self._long(event)):
            return False
        return mention in self._lenders

    def _coast(self, mention: int) -> bool:
        """Whether a coast is known by its sea alone: "along the Pacific coast"."""
        return self._placed[mention].where_prec == _SEA and _COAST.search(self._mentions[mention].span.of(self._text)) is not None

    def _of_its_days(self, mention: int, event: Event) -> bool:
        """Whether a town is that of an event of violence that may be of the same days; a wider place may see others on other days."""
        days = self._days(event) if self._placed[mention].where_prec <= _DISTRICT else None
        return days is None or any((other := self._days(e)) is None or _meet(days, other) for e in self._lenders[mention])

    def _days(self, event: Event) -> DateRange | None:
        """The event's own days, the finest that its words tell."""
        told = [value.range for i in event.of(Role.TIME) if (value := self._times.get(i)) is not None and value.range is not None]
        return min(told, key=lambda days: (days.date_prec, days.end - days.start)) if told else None

    def _free(self, mention: int) -> bool:
        if mention in self._taken or mention in self.dateline or mention in self._of_others or self._foreign(mention):
            return False
        span = self._mentions[mention].span
        return not self._coast(mention) and _ELSEWHERE.search(self._text, max(0, span.start - 40), span.start) is None

    def _foreign(self, mention: int) -> bool:
        """Whether a town stands alone among places of other countries: "father of a Liverpool player", kidnapped in Colombia."""
        place = self._placed[mention]
        if place.where_prec > _NEAR or not place.country:
            return False
        others = {other.id: other.country for other in self._placed.values() if other.id != place.id and other.country}
        return len(others) >= _MOST_ELSEWHERE and place.country not in others.values()

    def _owns(self, mention: int, event: Event) -> bool:
        """Whether a place only says whose an actor is that has no part in the event: "Uganda's President Yoweri Museveni said"."""
        end = self._mentions[mention].span.end
        if not self._text.startswith(("'s ", "’s "), end):
            return False
        following = next((i for i in range(mention + 1, len(self._mentions)) if self._mentions[i].span.start > end), -1)
        if following < 0 or self._mentions[following].type in (MentionType.PLACE, MentionType.TIME):
            return False
        between = self._text[end + 3 : self._mentions[following].span.start]
        return _TITLE.fullmatch(between) is not None and all(a.mention != following for a in event.arguments)

    def _of_the_thing(self, event: Event) -> Place | None:
        """The place of what is told again with "the": "the attack on the mosque", where the last mosque of the text that something happened
        to had a place."""
        for i in event.of(Role.TARGET, Role.PLACE):
            span = self._mentions[i].span
            if self._text[max(0, span.start - 4) : span.start].lower() != "the ":
                continue
            for before in reversed(self._things.get(span.of(self._text), ())):
                if before.trigger.start < event.trigger.start and before.sentence != event.sentence:
                    own = self._own(before)
                    return _about(min(own, key=_coarseness)) if own else None
        return None

    @cached_property
    def _things(self) -> dict[str, list[Event]]:
        """Words for what some violence has hit, those without a name, each with the events of it in the order of the text."""
        found: dict[str, list[Event]] = {}
        for event in self._annotations.events:
            if event.type in _VIOLENCE and event.certainty in _TOLD and not event.negated:
                for i in event.of(Role.TARGET, Role.PLACE):
                    words = self._mentions[i].span.of(self._text)
                    if words.islower() and self._mentions[i].type in _THINGS and not _WIDE.search(words):
                        found.setdefault(words, []).append(event)
        return found

    def _in_paragraph(self, event: Event) -> Place | None:
        """The finest place of the events of violence in the nearest sentence before that has a place."""
        for sentence in range(event.sentence - 1, max(-1, event.sentence - 1 - _BACK), -1):
            start = self._annotations.sentences[sentence].start
            if "\n" in self._text[start : self._annotations.sentences[event.sentence].start]:
                return None
            if here := self._by_sentence.get(sentence):
                lent = [self._placed[i] for i in reversed(here) if self._lends(i, event) and self._of_its_days(i, event)]
                return _about(min(lent, key=_coarseness)) if lent else None
        return None

    @cached_property
    def _by_sentence(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for i in sorted(self._placed):
            found.setdefault(self._mentions[i].sentence, []).append(i)
        return found

    @cached_property
    def _taken(self) -> frozenset[int]:
        """The mentions that are an argument of some event."""
        return frozenset(a.mention for event in self._annotations.events for a in event.arguments)

    @cached_property
    def _lenders(self) -> dict[int, list[Event]]:
        """The places in which events of violence happen, each with these."""
        found: dict[int, list[Event]] = {}
        for event in self._annotations.events:
            if event.type in _VIOLENCE and event.certainty in _TOLD and not event.negated:
                for a in event.arguments:
                    there = a.role is Role.PLACE or (a.role is Role.TARGET and event.type in _THERE)
                    start = self._mentions[a.mention].span.start
                    if event.type is EventType.ABUSE and _TO.search(self._text, max(0, start - _TOWARDS), start):
                        continue  # where people flee to
                    if there and a.mention in self._placed and a.mention not in self._of_others:
                        found.setdefault(a.mention, []).append(event)
        return found

    @cached_property
    def dateline(self) -> tuple[int, ...]:
        """The place mentions of the article's dateline, its first town first; empty where it has none."""
        for i in sorted(self._placed):
            span = self._mentions[i].span
            if span.start > _HEAD:
                break
            line = self._text.rfind("\n", 0, span.start) + 1
            if not _TOWNS_BEFORE.fullmatch(self._text, line, span.start):
                continue
            towns = _TOWNS_AFTER.match(self._text, span.end)
            if rest := _DATELINE.match(self._text, towns.end() if towns else span.end):
                return tuple(j for j in sorted(self._placed) if line <= self._mentions[j].span.start < rest.end())
        return ()

    @cached_property
    def _country(self) -> Place | None:
        """The country of the dateline, where all its towns and half of the article's other places lie there and the article names it."""
        of_dateline = {self._placed[i].country for i in self.dateline}
        if len(of_dateline) != 1:
            return None
        (country,) = of_dateline
        others = [
            place.country for i, place in self._placed.items() if i not in self.dateline and i not in self._of_others and place.country
        ]
        if not country or 2 * others.count(country) < len(others):
            return None
        return next((place for place in self._placed.values() if place.where_prec == _COUNTRY and place.country == country), None)


def _coarseness(place: Place) -> float:
    """Its ``where_prec``; but an area that no one country holds (the Sahel, Europe) is wider than a country."""
    return _COUNTRY + 0.5 if place.where_prec == _AREA and not place.country else place.where_prec


def _meet(one: DateRange, two: DateRange) -> bool:
    return one.start <= two.end and two.start <= one.end


def _about(place: Place) -> Place:
    """The place as that of something in it or near it: a town is no exact point then."""
    return replace(place, where_prec=_NEAR) if place.where_prec < _NEAR else place


def _distance(one: Span, two: Span) -> int:
    return max(one.start - two.end, two.start - one.end)
