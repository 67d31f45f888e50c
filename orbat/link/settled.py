"""References that the text's own words or the catalogue settle, where the ranker takes them for another's. Pure.

NAMED     "the Maute group" bears a name of the catalogue, and stands for nobody else
ITS CHIEF "its leader Ali": of the groups named before, the one that the catalogue has Ali leading
VICTIM    "wiped out the League and killed its leader": the League's, not the killers'
NO GROUP  "the group" is no state's army, and no mission of several states, but the armed group named last: of the corpus's 574 such that
          stand for a name none is an army
INCLUDING "ten marines, including their commander": the marines'; "the League, also known as the Ray, and its wing": the League's
WHOSE     "fighters belonging to the League" are the League's, and stand for nobody named before
OFFICE    "the president" is no leader of an armed group whom nobody calls so
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from orbat.link.actor_words import COMMON, without_heads
from orbat.link.catalogue import Catalogue
from orbat.link.cataloguefile import GROUP_KINDS, NON_STATE_KINDS
from orbat.link.members import ANY_MEMBERS
from orbat.types import Annotations, Event, EventType, Mention, MentionType, Role

_BODIES = frozenset((MentionType.GROUP, MentionType.FORCE, MentionType.ORG, MentionType.STATE))
_ITS = frozenset(("it", "its", "their", "they", "whose", "group", "movement", "organization", "organisation", "militia", "faction"))
_OFFICE = re.compile(r"(?:president|prime minister|king|premier|chancellor|head of state)", re.IGNORECASE)
_NAMES = re.compile(
    r"(?<!was )(?<!were )(?<!been )\b(?:made|nam(?:ed|es)|appoint(?:ed|s)|declared|installed|proclaimed|chose)\b[^.;,]{0,40}$|\bas $"
)
"""Who has somebody lead his own: "the League made Ali its emir there"."""
_IRREGULAR_WORDS = "group militants insurgents rebels jihadists extremists islamists guerrillas terrorists faction movement"
_IRREGULAR = frozenset(_IRREGULAR_WORDS.split())
_OF_STATES = ("mil-", "pol-", "gov-")
_MISSION = re.compile(r"\bMission\b|\bStabili[sz]ation\b|\bAssistance Force\b")
_INCLUDING = re.compile(r",? (?:including|among them|along with) ")
_ALSO_KNOWN = re.compile(r"[ ,]*\(?(?:also known as|aka|alias|or) [^;.]{2,70}\)?,? and ")
_OF_WHOM = re.compile(r" (?:belonging to|of|from|loyal to) (?:the )?")
_NEAR = 40  # letters between a name and the office that it is said to hold


def settled(text: str, annotations: Annotations, references: Mapping[int, int], catalogue: Catalogue) -> dict[int, int]:
    """The references with those changed or left out of which the table above says so."""
    return _Settling(text, annotations, catalogue, dict(references)).run()


@dataclass
class _Settling:
    """The references of one article."""

    text: str
    annotations: Annotations
    catalogue: Catalogue
    references: dict[int, int]

    def run(self) -> dict[int, int]:
        """The references when all is settled."""
        for index in [i for i in self.references if self._bears_a_name(i)]:
            del self.references[index]
        for index in [i for i, j in self.references.items() if _OFFICE.fullmatch(self._said(i)) and self._holds_no_office(j)]:
            del self.references[index]
        for index in [i for i, j in self.references.items() if self._irregular(i) and self._is_regular(j)]:
            self._of_an_armed_group(index)
        for index in [i for i in self.references if self._says_whose_it_is(i)]:
            del self.references[index]
        for index in [i for i in self.references if self._said(i).lower() in ("their", "its")]:
            self._of_those_it_counts(index)
        leading = [e for e in self.annotations.events if e.type is EventType.LEAD and e.of(Role.ACTOR) and e.of(Role.TARGET)]
        for event in leading:
            self._of_its_chief(event)
        for event in (e for e in self.annotations.events if e.type is EventType.KILL) if leading else ():
            self._of_the_victim(event, leading)
        return self.references

    def _said(self, index: int) -> str:
        return self.annotations.mentions[index].span.of(self.text)

    def _bears_a_name(self, index: int) -> bool:
        if self.annotations.mentions[index].type not in _BODIES:
            return False
        said = self._said(index)
        own = [words for words in dict.fromkeys((said, without_heads(said))) if _may_be_a_name(words)]
        named = {
            m.entry.id for words in own for m in self.catalogue.by_name(words) if m.entry.kind in NON_STATE_KINDS and m.name.text == words
        }
        return bool(named) and named.isdisjoint(self._ids(self.references[index]))

    def _irregular(self, index: int) -> bool:
        return self._said(index).rpartition(" ")[2].lower() in _IRREGULAR

    def _of_an_armed_group(self, index: int) -> None:
        """Let a word stand for the armed group of the catalogue that is named last in the two sentences before, or for none."""
        mentions = self.annotations.mentions
        del self.references[index]
        for i in range(index - 1, -1, -1):
            if mentions[i].sentence < mentions[index].sentence - 2:
                return
            named = self.catalogue.by_name(without_heads(self._said(i))) if mentions[i].type is MentionType.GROUP else ()
            if named and i not in self.references and all(m.entry.kind in GROUP_KINDS for m in named):
                self.references[index] = i
                return

    def _of_those_it_counts(self, index: int) -> None:
        """Let "their" stand for those among whom the sentence counts who is theirs, or for nobody where these are no body; after another
        name, for who bears both."""
        mentions = self.annotations.mentions
        start = mentions[index].span.start
        for i in range(index - 1, max(-1, index - 4), -1):
            if mentions[i].type is not MentionType.PERSON and _INCLUDING.fullmatch(self.text, mentions[i].span.end, start):
                del self.references[index]
                if mentions[i].type in _BODIES:
                    self.references[index] = self.references.get(i, i)
                return
            if mentions[i].type in _BODIES and _ALSO_KNOWN.fullmatch(self.text, mentions[i].span.end, start):
                self.references[index] = self.references.get(i, i)
                return

    def _says_whose_it_is(self, index: int) -> bool:
        """Whether a body's name follows people without a name, and says whose they are."""
        mentions = self.annotations.mentions
        if mentions[index].type is not MentionType.GROUP or index + 1 == len(mentions) or not ANY_MEMBERS.search(self._said(index)):
            return False
        after = mentions[index + 1]
        named = after.type in _BODIES and self._said(index + 1)[:1].isupper()
        return named and _OF_WHOM.fullmatch(self.text, mentions[index].span.end, after.span.start) is not None

    def _is_regular(self, index: int) -> bool:
        """Whether a name means a state's force or a mission of several states alone."""
        entries = [self.catalogue.entry(id) for id in self._ids(index)]
        return bool(entries) and all(
            e.id.startswith(_OF_STATES) or (e.kind == "coalition" and any(_MISSION.search(n.text) for n in e.names)) for e in entries
        )

    def _holds_no_office(self, person: int) -> bool:
        """Whether a person is of an armed group, of no state, and is called by no such office beside the name."""
        led = [body.kind for _, body in self.catalogue.served(self._said(person))]
        if not led or any(kind not in NON_STATE_KINDS for kind in led):
            return False
        said = self._said(person)
        named = [m for m in self.annotations.mentions if m.type is MentionType.PERSON and m.span.of(self.text) == said]
        return not any(self._called(m) for m in named)

    def _called(self, person: Mention) -> bool:
        """Whether an office of state stands beside a name, in its sentence."""
        sentence, span = self.annotations.sentences[person.sentence], person.span
        around = max(sentence.start, span.start - _NEAR), min(sentence.end, span.end + _NEAR)
        return _OFFICE.search(self.text, *around) is not None

    def _ids(self, index: int) -> frozenset[str]:
        said = self._said(index)
        return frozenset(m.entry.id for m in (*self.catalogue.by_name(said), *self.catalogue.by_acronym(said)))

    def _of_its_chief(self, event: Event) -> None:
        """Let "its" stand for the group named before that the catalogue has the leader in, if it stands for another."""
        own = [i for i in event.of(Role.TARGET) if i in self.references and self._said(i).lower() in _ITS]
        if len(own) != 1:
            return
        actors = [self._said(self.references.get(person, person)) for person in event.of(Role.ACTOR)]
        led = {body.id for said in actors for _, body in self.catalogue.served(said)}
        meant = self.references[own[0]]
        if not led or not self._ids(meant) or self._near(self._ids(meant), led) or self._names_him(own[0]):
            return
        for i in range(own[0] - 1, -1, -1):
            if self.annotations.mentions[i].type in _BODIES and i not in self.references and not led.isdisjoint(self._ids(i)):
                self.references[own[0]] = i
                return

    def _names_him(self, own: int) -> bool:
        """Whether somebody before "its" gives the leader the post: "the League had named its emir there"."""
        mention = self.annotations.mentions[own]
        start = max(self.annotations.sentences[mention.sentence].start, mention.span.start - 60)
        return _NAMES.search(self.text, start, mention.span.start) is not None

    def _near(self, ids: frozenset[str], led: set[str]) -> bool:
        """Whether some actors are among those led, or tied to one of them: a wing's leader may be told of as its parent's."""
        tied = {r for id in led for r in self.catalogue.entry(id).related()}
        return not ids.isdisjoint(led | tied) or any(not led.isdisjoint(self.catalogue.entry(id).related()) for id in ids)

    def _of_the_victim(self, killing: Event, leading: list[Event]) -> None:
        """Let "its" stand for the other side of a sentence in which a group kills "its leader"."""
        killers = {self.references.get(i, i) for i in killing.of(Role.ACTOR)}
        victims = set(killing.of(Role.TARGET))
        for event in leading:
            if event.sentence != killing.sentence or victims.isdisjoint(event.of(Role.ACTOR)):
                continue
            for i in event.of(Role.TARGET):
                after = self.annotations.mentions[i].span.start > killing.trigger.end
                if after and self.references.get(i) in killers and (other := self._other_side(i, killers)) is not None:
                    self.references[i] = other

    def _other_side(self, index: int, killers: set[int]) -> int | None:
        """The last body that the sentence names before a mention, other than the killers."""
        mentions = self.annotations.mentions
        for i in range(index - 1, -1, -1):
            if mentions[i].sentence != mentions[index].sentence:
                return None
            if mentions[i].type in _BODIES and self.references.get(i, i) not in killers and self._said(i)[:1].isupper():
                return self.references.get(i, i)
        return None


def _may_be_a_name(words: str) -> bool:
    """Whether words are in capitals and not all common: of these two in capitals may be a name, "Islamic State"."""
    return words[:1].isupper() and (not COMMON.issuperset(words.lower().split()) or (" " in words and words.istitle()))
