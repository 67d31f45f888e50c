"""What speaks for and against two statements of one document being of one happening: how the text goes on.

Small features as in ``features``. An article tells its news first and goes on with it sentence by sentence; what it recalls, adds or counts
back from it says so by a name, a day, an article or the words before it.
"""

from __future__ import annotations

from orbat.corroborate import manner
from orbat.corroborate.features import Found
from orbat.corroborate.happenings import Happening
from orbat.corroborate.happenings import gap as apart
from orbat.corroborate.matters import SPEECH
from orbat.types import EventType

_CLAIM = frozenset({EventType.CLAIM})
_DEADLY = frozenset({EventType.KILL, EventType.ATTACK, EventType.STRIKE, EventType.BOMBING})
_JOINED = frozenset({manner.JOINED})


def told(a: Happening, b: Happening) -> Found:
    """Inside a document: what says no day goes on with the day that the text has come to."""
    if a.days is not None and b.days is not None:
        return None
    one, two = a.days or a.told, b.days or b.told
    if one is None or two is None:
        return None
    if a.back != b.back and _told_apart(a if a.back else b):
        return -1.0, "The text counts from one back to the other."
    value = 1.0 if a.days or b.days else 0.5
    return (-value, "The text had come to another day.") if apart(one, two) else (value / 2, "The text was still at that day.")


def undated(a: Happening, b: Happening) -> Found:
    """Inside a document that has come to a day: what says none goes on with it."""
    if a.days is not None or b.days is not None or (a.told is None and b.told is None):
        return None
    return 1.0, "Neither says a day; the text has come to one."


def near(a: Happening, b: Happening) -> Found:
    """How near the sentences of one document stand."""
    gap = min(abs(x - y) for x in a.starts for y in b.starts)
    first, later = (a, b) if a.at <= b.at else (b, a)
    if gap and later.days is None and not later.towns and (first.days is not None or first.towns):
        gap = gap * 2 // 3  # what says neither day nor town goes on with what was told before it
    if gap == 0:
        return 1.0, "They stand in one sentence."
    # A news sentence has some 150 characters: the next one, the paragraph, further.
    return (0.45 if gap < 250 else 0.15 if gap < 600 else 0.0 if gap < 1200 else -0.25), "They stand {} characters apart.", gap


def follows(a: Happening, b: Happening) -> Found:
    """Inside a document: the next sentence of a paragraph goes on with what was told."""
    first, later = (a, b) if a.at < b.at else (b, a)
    return (1.0, "One follows upon the other.") if later.follows and later.at == first.at + 1 else None


def lead(a: Happening, b: Happening) -> Found:
    """The first sentences of a document tell what most of it is about."""
    if a.at == b.at:
        return None
    first, later = (a, b) if a.at < b.at else (b, a)
    if first.at > 1 or later.back:
        return None
    return (1.0, "One is told first of all.") if first.at == 0 else (0.6, "One is told at the start.")


def stood(a: Happening, b: Happening) -> Found:
    """Inside a document: what names no town is where the text has come to."""
    if a.towns and b.towns:
        return None
    shared = (a.towns or a.stood) & (b.towns or b.stood)
    return (1.0, "The text was still in {}.", max(shared)) if shared else None


def town(a: Happening, b: Happening) -> Found:
    """Inside a document: a town is named where before there was none."""
    first, later = (a, b) if a.at < b.at else (b, a)
    return (-1.0, "Only the later one names a town.") if later.towns and not first.towns and a.at != b.at else None


def named(a: Happening, b: Happening) -> Found:
    """Inside a document: "the ambush" was told before, "an ambush" was not."""
    later = a if a.at > b.at else b
    if not later.named or a.at == b.at or later.back:
        return None
    return (1.0, "The later one is told as known.") if later.named > 0 else (-0.6, "The later one is told as new.")


def things(a: Happening, b: Happening) -> Found:
    """The same word for whom, what or where: a school, a bridge, pupils."""
    shared = a.things & b.things
    return (min(1.0, len(shared) / 2), "Both have {}.", shared) if shared else None


def said(a: Happening, b: Happening) -> Found:
    """Inside a document: a claim, or blame that names nobody, is of what the text tells; any other of what its sentence tells."""
    if (a.types <= SPEECH) == (b.types <= SPEECH):
        return None
    word, deed = (a, b) if a.types <= SPEECH else (b, a)
    if a.at != b.at and word.types != _CLAIM and not (word.bare and word.at > deed.at):
        return None
    return 1.0, "One is said of the other."


def strange(a: Happening, b: Happening) -> Found:
    """Inside a document: both name somebody or some place, and no name is the same."""
    if a.at == b.at or not (a.parties or a.places or a.persons) or not (b.parties or b.places or b.persons):
        return None
    if a.parties & b.parties or a.places & b.places or a.persons & b.persons:
        return None
    return -1.0, "They have no name in common."


def anew(a: Happening, b: Happening) -> Found:
    """Inside a document: what goes on with what was told before seldom names the sides again."""
    return (-1.0, "Both name their sides.") if a.parties and b.parties and a.at != b.at else None


def years(a: Happening, b: Happening) -> Found:
    """Inside a document: a sentence that says a year recalls."""
    return (-1.0, "One sentence says another year.") if a.years != b.years and a.at != b.at else None


def aside(a: Happening, b: Happening) -> Found:
    """Inside a document: the later sentence says that it tells of another time ("in May", "a week earlier", "on the same day")."""
    first, later = (a, b) if a.at < b.at else (b, a)
    other = later.other_times - first.other_times - _JOINED
    return (-1.0, "The later one is told as of another time.") if later.at > first.at and other else None


def others(a: Happening, b: Happening) -> bool:
    """Whether two sentences of one document tell of attacks on persons of other names, and neither says that it adds to the other: "also
    among the dead". A day that only one of them says is not the other's then."""
    if not a.persons or not b.persons or a.persons & b.persons or a.starts & b.starts or not (a.types & _DEADLY and b.types & _DEADLY):
        return False
    return not any(manner.JOINED in one.other_times and "past" not in one.other_times for one in (a, b))


def back(a: Happening, b: Happening) -> Found:
    """One is told from what it came after or answered."""
    return (-1.0, "One is counted from another.") if a.back != b.back else None


def perfect(a: Happening, b: Happening) -> Found:
    """ "Has killed" tells up to now, "killed" of a day."""
    return (-1.0, "One is told up to now.") if a.perfect != b.perfect else None


def general(a: Happening, b: Happening) -> Found:
    """A custom, a long war, a sum or an aim is no one happening."""
    return (-1.0, "A custom, a sum or an aim is told.") if a.general or b.general else None


def _told_apart(back: Happening) -> bool:
    """Whether what is counted back from is no day's, and told so closely that it is not just what the text has told before."""
    return back.days is None and bool(back.towns or back.persons or back.tolls)
