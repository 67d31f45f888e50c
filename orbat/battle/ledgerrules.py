"""The rules of the ledger: which statement is a gain or a loss of what.

One table, read from the top; the first rule that holds makes the entry.

A rule asks for a type, the role in which the statement names the group, and, where given, what stands on the other side. ``item`` None is
told by the words of what is gained or lost (``item_of``). ``moves`` names the role whose mentions are what is gained or lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from orbat.battle.values import Item
from orbat.types import EventType, Filler, MentionType

E = EventType


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table. ``needs``: mention types, one of which must be among ``moves``; empty asks nothing. ``own``: the mentions that
    move must be the group's people ("IS fighters"), not the group as a whole. ``leader``: they must be a leader of it."""

    name: str
    types: tuple[EventType, ...]
    role: str
    moves: str
    item: Item | None
    sign: int
    means: str
    needs: tuple[MentionType, ...] = ()
    own: bool = False
    leader: bool = False
    starts: bool | None = None


PLACE, THING = (MentionType.PLACE,), (MentionType.WEAPON, MentionType.RESOURCE)
FOLK = (MentionType.GROUP, MentionType.FORCE, MentionType.PEOPLE, MentionType.PERSON)

RULES = (
    Rule("takes a place", (E.SEIZE,), "actor", "target", Item.TERRITORY, 1, "it seizes a place; to besiege or enter takes none", PLACE),
    Rule("takes things", (E.SEIZE,), "actor", "target", None, 1, "it seizes weapons, vehicles, money or goods", THING),
    Rule("loses a place to another", (E.SEIZE,), "origin", "target", Item.TERRITORY, -1, "another seizes a place from it", PLACE),
    Rule("loses things to another", (E.SEIZE,), "origin", "target", None, -1, "another seizes weapons, money or goods from it", THING),
    Rule("leaves a place", (E.WITHDRAW,), "actor", "origin", Item.TERRITORY, -1, "it withdraws from a place", PLACE),
    Rule("leaves a place", (E.WITHDRAW,), "actor", "place", Item.TERRITORY, -1, "it withdraws from a place", PLACE),
    Rule("leaves a place", (E.WITHDRAW,), "actor", "target", Item.TERRITORY, -1, "it withdraws from a place", PLACE),
    Rule("a leader killed", (E.KILL,), "any", "target", Item.LEADERS, -1, "one of its leaders is killed", leader=True),
    Rule("a leader taken", (E.ARREST, E.ABDUCT), "any", "target", Item.LEADERS, -1, "a leader of it is arrested or abducted", leader=True),
    Rule("a leader freed", (E.RELEASE,), "any", "target", Item.LEADERS, 1, "one of its leaders gets free", leader=True),
    Rule("a leader leaves", (E.LEAVE,), "any", "actor", Item.LEADERS, -1, "one of its leaders leaves or surrenders", leader=True),
    Rule("a leader named", (E.LEAD,), "target", "actor", Item.LEADERS, 1, "someone comes to lead it", (MentionType.PERSON,), starts=True),
    Rule("a leader gone", (E.LEAD,), "target", "actor", Item.LEADERS, -1, "someone leads it no more", (MentionType.PERSON,), starts=False),
    Rule("fighters killed", (E.KILL,), "target", "target", Item.FIGHTERS, -1, "people of it are killed", own=True),
    Rule("fighters taken", (E.ARREST, E.ABDUCT), "target", "target", Item.FIGHTERS, -1, "people of it are arrested or abducted", own=True),
    Rule("fighters freed", (E.RELEASE,), "target", "target", Item.FIGHTERS, 1, "people of it get free", own=True),
    Rule("recruits", (E.RECRUIT,), "actor", "target", Item.FIGHTERS, 1, "it wins, trains or presses people into service, no whole group"),
    Rule("recruited away", (E.RECRUIT,), "target", "target", Item.FIGHTERS, -1, "another wins over its people, not trains them"),
    Rule("recruited away", (E.RECRUIT,), "origin", "target", Item.FIGHTERS, -1, "another wins over its people"),
    Rule("people join", (E.JOIN,), "target", "actor", Item.FIGHTERS, 1, "people join it", FOLK),
    Rule("people go over", (E.JOIN,), "origin", "actor", Item.FIGHTERS, -1, "people go over from it to another"),
    Rule("people go over", (E.JOIN,), "actor", "actor", Item.FIGHTERS, -1, "people of it go over to another", own=True),
    Rule("people leave", (E.LEAVE,), "target", "actor", Item.FIGHTERS, -1, "people leave it"),
    Rule("people leave", (E.LEAVE,), "origin", "actor", Item.FIGHTERS, -1, "people leave it"),
    Rule("people leave", (E.LEAVE,), "actor", "actor", Item.FIGHTERS, -1, "people of it desert, surrender or disarm", own=True),
    Rule("gains", (E.GAIN,), "actor", "target", None, 1, "it gains something, or gets stronger"),
    Rule("another gains from it", (E.GAIN,), "origin", "target", None, -1, "another gains something from it"),
    Rule("loses", (E.LOSE,), "actor", "target", None, -1, "it loses something, or gets weaker"),
    Rule("another loses to it", (E.LOSE,), "origin", "target", None, 1, "another loses something to it"),
    Rule("loses", (E.LOSE,), "target", "trigger", None, -1, "it is weakened or beaten, by nobody named"),
    Rule("is supported", (E.SUPPORT,), "target", "instrument", None, 1, "it is given money, arms, supplies or backing"),
    Rule("extorts", (E.ABUSE,), "actor", "trigger", Item.MONEY, 1, "it taxes, extorts or takes ransom"),
)  # fmt: skip
"""In order: what happens to a leader comes before what happens to fighters."""

RULES_OF = {type: tuple(rule for rule in RULES if type in rule.types) for type in EventType}
"""Those of a type, in the same order."""

EXTORTS = re.compile(r"\b(?:tax\w*|extort\w*|lev(?:y|ies|ied)|toll\w*|protection money|ransom\w*|racket\w*)\b", re.IGNORECASE)
"""Triggers of an ABUSE that bring money in."""

BESIEGES = re.compile(r"\b(?:siege\w*|besieg\w*|blockad\w*|encircl\w*|surround\w*|cut off|blocked|cordon\w*)\b", re.IGNORECASE)
"""Triggers of a SEIZE by which nothing is taken: the codebook's list ``siege``."""

ENTERS = re.compile(
    r"\b(?:(?:re-?)?enter\w*|reach(?:ed|es|ing)?|advanc\w+|approach\w*|storm(?:ed|s|ing)?|incursions?|infiltrat\w+|encroach\w*|cut(?:s|ting)?"
    r"|sever(?:s|ed|ing)?|isolat\w+|bypass\w*|flank\w*|ced(?:e|es|ed|ing)|gave up|hand(?:ed|s|ing)?(?: \w+)? over|forestall\w*)\b",
    re.IGNORECASE,
)
"""Other triggers of a SEIZE by which no place changes hands, or not to who does it: who enters a town or cuts a road has not taken it."""

TRAINS = re.compile(r"\b(?:train\w*|taught|teach\w*|instruct\w*|school\w*|drill\w*)\b", re.IGNORECASE)
"""Triggers of a RECRUIT by which nobody is won over: who trains a group's fighters does not take them from it."""

SWITCHES = re.compile(r"\b(?:switch\w*|defect\w*|cross\w*|chang\w+ sides|(?:went|go(?:es|ing)?) over|transfer\w*)\b", re.IGNORECASE)
"""Triggers of a JOIN by which who joins comes from somewhere else; of members who "joined soon after" nobody is said to lose them."""

AMOUNTS = re.compile(r"(?:strength|size|force|numbers?|share|capacity|income|revenues?)", re.IGNORECASE)
"""Triggers of a GAIN or LOSE that name how much there is, and no change of it: "its strength is put at 900"."""

WORDS = (
    (Item.PRESTIGE, re.compile(
        r"\b(?:name|fame|prestige\w*|reputation\w*|legitim\w+|popular\w*|image|credib\w+|support\w*|sympath\w+|backing|appeal|standing|"
        r"influence|aura|brand|recognition|following|loyalty)\b", re.IGNORECASE)),
    (Item.MONEY, re.compile(
        r"\b(?:money|cash|funds?|fund(?:ing|ed)|financ\w*|income|revenues?|salar\w+|wages?|ransoms?|dollars?|euros?|donat\w+|tax\w*|bank\w*|"
        r"paid|pay\w*|profit\w*|budget\w*|bankroll\w*)\b|[$€£]", re.IGNORECASE)),
    (Item.TERRITORY, re.compile(
        r"\b(?:territor\w+|ground|land|areas?|towns?|villages?|cit(?:y|ies)|provinces?|strongholds?|positions?|bases?|foothold\w*|"
        r"sanctuar\w+|havens?|districts?|regions?|front lines?)\b", re.IGNORECASE)),
    (Item.LEADERS, re.compile(r"\b(?:leaders?|leadership|commanders?|emirs?|chiefs?)\b", re.IGNORECASE)),
    (Item.FIGHTERS, re.compile(
        r"\b(?:fighters?|m[ae]n|militants?|members?|soldiers?|troops?|recruits?|volunteers?|manpower|ranks|combatants?|insurgents?|rebels?|"
        r"supporters|followers|foreigners)\b", re.IGNORECASE)),
    (Item.MATERIEL, re.compile(
        r"\b(?:weapon\w*|arms|ammunition|munition\w*|rifles?|guns?|vehicles?|tanks?|trucks?|pick-?ups?|rockets?|missiles?|mortars?|drones?|"
        r"equipment|materiel|supplies|fuel|oil|explosives?|artillery|armou?r\w*|boats?|motorcycles?|goods|arsenal\w*|stores?|depots?)\b",
        re.IGNORECASE)),
)  # fmt: skip
"""What is gained or lost, by its words; the first list that has one decides. "Oil" is goods until it is sold."""


_ITEM_OF = {MentionType.WEAPON: Item.MATERIEL, **dict.fromkeys(FOLK, Item.FIGHTERS)}
"""What a mention is whose words do not tell."""


def item_of(filler: Filler | None, trigger: str) -> Item:
    """What a mention is, if there is one, by its type or words; where they tell nothing, by the trigger ("loses ground"); else strength."""
    if filler and filler.type is MentionType.PLACE:
        return Item.TERRITORY
    own = _worded(filler.quote.text) if filler else None
    return own or _worded(trigger) or (_ITEM_OF.get(filler.type) if filler else None) or Item.STRENGTH


def given(trigger: str) -> Item:
    """What a group is given by support of which only the trigger tells: "funds" it, "arms" it, or "backs" it, which makes it stronger."""
    item = item_of(None, trigger)
    return Item.STRENGTH if item is Item.PRESTIGE else item


def _worded(text: str) -> Item | None:
    return next((item for item, words in WORDS if words.search(text)), None)
