"""Who does what by the grammar of a clause, where the reading's network takes one for the other. Pure.

ALONGSIDE   "fought alongside the army", "fought with the army against raiders", "fought for the Front": on the same side, not the other
WHOM        "the chief, whom Farah arrested": Farah arrests
WHO BLAMES  "the Front, which Oslo blames for the raid": Oslo accuses the Front, and says that it made the raid
ANOTHER     "and another killed his brother": another has killed
PARTICIPLE  "Farah was named to succeed Ali, killed in May": Ali is killed, Farah is not
ITS NAME    "Farah, who led it, and Ali": Farah led it
OWNS UP     "Farah admitted carrying out the raid": Farah raided, where nobody else is named
SUCCEEDS    "Farah succeeded Ali": Farah leads; Ali is whom the post comes from, as in "Ali's successor"
APPOINTS    "the Front named Ali its chief": Ali leads the Front
BY          "murdered by the Front when troops came": the troops have murdered nobody
AND THAT    "said that scouts had killed ten and that two guards were killed": the scouts have not killed the guards
AT 61       "was killed at 61", "a girl of six was hurt": an age, and nobody else who was killed or hurt
FROM        "broke from his faction": that is what it left
DROVE       "the army drove the Front out of Tala": the army took Tala from the Front
AGAINST     "the army and the Front cooperate against the League": the League is no ally of theirs
FOR         "he recruited for the Front": the Front wins over others and is not won over
TITLE       "the mayor and chief of the Front, Ali": Ali leads the Front, the mayor does not
PARTS       "the Front, composing of two wings", "the League's parent, the Front": the parts belong to the whole
TO          "withdrew to Tala": there, and not from there
TIMES       "grew to 900, from 400 in 2019", "less than in 2019": that is when it was otherwise. "Held in 2010, freed in 2018": each has
            its own year
"""

from __future__ import annotations

import re
from dataclasses import replace

from orbat.types import Annotations, Argument, Event, EventType, MentionType, Role, Span

_FIGHTS = frozenset({EventType.CLASH, EventType.ATTACK, EventType.DEPLOY})
_SUFFERED = frozenset({EventType.KILL, EventType.ARREST, EventType.ABDUCT, EventType.INJURE, EventType.RELEASE})
_TAKES = _SUFFERED | {EventType.RECRUIT, EventType.SANCTION, EventType.ACCUSE, EventType.SPLIT, EventType.SUPPORT}
_DEEDS = frozenset(
    {EventType.ATTACK, EventType.BOMBING, EventType.STRIKE, EventType.KILL, EventType.INJURE, EventType.ABDUCT, EventType.ABUSE}
)
_STANDING = frozenset({EventType.LEAD, EventType.BELONG})
_BESIDE = re.compile(r"(?: \w+){0,2}? (?:alongside|beside|side by side with|together with|shoulder to shoulder with|on the side of) ")
_BODIES = frozenset({MentionType.GROUP, MentionType.FORCE, MentionType.STATE})
_FOUGHT_FOR = re.compile(r"(?:fought|fighting|fights?)(?: \w+)? for (?:the )?")
_WITH_AGAINST = re.compile(r" with (?P<side>[^.;:,]{2,80}?) against ")
_SIDE_ENDS = re.compile(r"[.;:]|\b(?:against|who|which|that|in|at|near|from|until|since|for|before|after|during)\b|, (?!and\b)")
_WHOM = re.compile(r"\bwhom (?:the |its |their |his |her )?")
_WHICH = re.compile(r",? (?:which|whom|who|that) (?:the )?")
_BLAMES = re.compile(r",? (?:which|whom|who|that) (?P<who>[^,.;:]{2,40}?) (?:\w+ ){0,2}blame[sd]? for [^,.;:]{0,60}$")
_ANOTHER = re.compile(r"(?:another|others) (?:later |then |\w+ly )?")
_HELPING = re.compile(r"(?: (?:had|has|have|is|was|were|\w+ly|then|once|also|later|now|first|and|\w+ed))*")
_TURNED = re.compile(r",? (?:who (?:was|had been|were|has been) |later |himself |reportedly )*")
_JOINED = re.compile(r",? (?:and|or)\b|,(?! \w+ed\b)[^a-z]*$")
_ASIDE = re.compile(r", (?:who (?:\w+ ){0,2}|(?:an?|the|its|their|his|then|once|now|former|acting|long-time) (?:[\w'’-]+ ){0,3})")
_TOGETHER = re.compile(r"\b(?:with|alias|aka|known as|called|nicknamed)\b[^,;]*$")
_LISTED = re.compile(
    r"(?:,|,? (?:and|or|with))(?: (?:his|her|their|its|the)(?: [a-z]\w*){1,2})? "
    r"|,? [^,;]{0,20}(?:alias|aka|known as|called|nicknamed) [^,;]{0,40}"
)
_OWNS_UP = re.compile(
    r"(?:,[^,;.]{2,60},)?(?: (?:has|have|had|later|also|then|who|and|reportedly|since))* "
    r"(?:admit(?:s|ted)?|confess(?:es|ed)?|plead(?:s|ed)? guilty|owned up)(?: \w+ly)?"
    r"(?: (?:in court|to (?:the )?(?:police|court|judges?)))?(?: to)?"
    r"(?: (?:(?:having )?(?:carr(?:y|ied|ying) out|commit(?:ted|ting)|stag(?:ed|ing)|mount(?:ed|ing)|launch(?:ed|ing)"
    r"|t(?:aken|aking|ake) part in|participat(?:ed|ing) in)|having|(?:his|her|their|its|a) (?:part|role|involvement|participation) in))?"
    r"(?: (?:the|an?|this|both|several|two|three))?(?: (?!(?:not|no|that|how|its|their|a|the)\b)[\w-]+){0,2} "
)
_GUILTY = (" admit", " confess", " guilty", " owned up")
_SUCCEEDS = re.compile(
    r"(?:succeed(?:s|ed|ing)?|replac(?:es|ed|ing|e)|oust(?:s|ed|ing)?|supplant(?:s|ed|ing)?|unseat(?:s|ed)?|depos(?:ed|es|ing)"
    r"|t(?:akes?|ook|aken|aking) over)\b"
)
_BY = re.compile(r" (?:(?:on|in|at|last|this) [^.;,:]{2,24} )?by ")
_FROM = re.compile(r" (?:[\w ]{0,40} )?from (?:[a-z]+ ){0,3}")
_NUMBER = r"(?!(?:19|20)\d\d\b)\d[\d.,]*(?: \w+)?"
_COMPARED = re.compile(
    r"(?:\bthan|\b(?:up|down) from [^.;,]{1,60}|\bcompared (?:with|to)(?: [^.;,]{1,40})?"
    rf"|\bfrom (?:(?:about|around|some|roughly|nearly|approximately|over|as many as|more than|an estimated) )*{_NUMBER}"
    rf"(?: (?:in|at) [^.;,]{{3,30}} and {_NUMBER})?)"
    r" (?:in|at|during|by)(?: (?:the|end of|start of|early|late|mid))* $"
)
_THAN = ("than ", "from ", "compared ")
_DATED = re.compile(
    r"\d{4}|\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b|day\b|\bthis\b|\blast\b"
)
_AND_THAT = " and that "
_YOUNG = re.compile(r"\b(?:girl|boy|child|baby|infant|man|woman|son|daughter|youth|schoolgirl|schoolboy) of (?:about |only |just )?$")
_AGED = re.compile(r",? (?:at|aged|at the age of|at age) ")
_AWAY_FROM = re.compile(r"(?: away| off| ranks| ties)* (?:from|with) (?:the |its |his |their |her )?")
_DROVE = re.compile(r"(?:drove|drives?|driving|pushed|pushing|expelled|ousted|ejected|evicted|chased)\b")
_THEM = re.compile(r" (?:back )?(?:the |its |their )?(?:[a-z]+ )?")
_OUT_OF = re.compile(r" (?:militants |fighters |rebels )?(?:out of|from|off) ")
_FOR = re.compile(r"(?: \w+){0,4}? (?:for|into|to join) (?:the )?(?:[a-z]+ of (?:the )?)?")
_AGAINST = re.compile(r"[^.;:]{0,100}?\bagainst (?:the |both |its |their )?(?:[\w-]+ )?")
_AND_ALSO = re.compile(r"(?:,|,? (?:and|or|as well as))(?: the)? ")
_PARENT = re.compile(r"parent\b(?! of)")
_COMPOSED = re.compile(r"(?:compos|consist)ing\b|(?:compos|consist)ed of\b")
_AND_TITLE = re.compile(r",? and (?:the |its |their )?(?:[\w-]+ ){0,2}?")
_OF_WHAT = re.compile(r" of [^,;]{2,120}, (?:[A-Z]\w*\.? ){0,3}")
_CLAUSE_ENDS = re.compile(r" (?:when|while|as|after|before|because|although|though|since) ")
_APPOINTS = re.compile(r"(?:appoint|nam|elect|pick|install|promot|nominat|cho(?:o|se))(?:s|es|ed|ing)?\b")
_NEAR = 40  # letters from the verb to whom it names
_HEIR = re.compile(r"(?:successor|predecessor|heir)s?\b")
_OWNS = re.compile(r"['’]s? (?:[a-z]+ ){0,2}")
_TOWARDS = re.compile(r"[^,.;:]{0,30}? ?\b(?:to|towards?|into|for) (?:the )?")
_COMMA = re.compile(r"[,;](?!\d)")
_PASSIVE = re.compile(r"\b(?:was|were|been|be|being|is|are|got) (?:\w+ly |later |soon |then )?$")


def with_clauses(text: str, annotations: Annotations) -> Annotations:
    """The annotations in which each event has those as actors and targets whom its clause's grammar makes so, by the table above."""
    events = tuple(_timed(text, annotations, _read(text, annotations, event)) for event in annotations.events)
    return annotations if all(a is b for a, b in zip(events, annotations.events, strict=True)) else replace(annotations, events=events)


def _read(text: str, annotations: Annotations, event: Event) -> Event:
    if event.type in _DEEDS and not event.negated:
        event = _blamed(text, annotations, _owns_up(text, annotations, event))
    if len(event.arguments) == 0:
        return event
    if event.type in _FIGHTS:
        event = _alongside(text, annotations, event)
    if event.type in _TAKES:
        event = _whom(text, annotations, event)
    if event.type is EventType.ACCUSE:
        event = _who_blames(text, annotations, event)
    if event.type in _SUFFERED:
        event = _by_whom(text, annotations, _another(text, annotations, event))
        event = _participle(text, annotations, _and_that(text, annotations, _aged(text, annotations, event)))
    if event.type is EventType.ALLY or event.type is EventType.BELONG:
        event = _against(text, annotations, event)
    if event.type is EventType.BELONG:
        event = _composed(text, annotations, event)
    if event.type is EventType.SPLIT:
        event = _split_from(text, annotations, event)
    if event.type is EventType.RECRUIT:
        event = _recruits_for(text, annotations, event)
    if event.type is EventType.WITHDRAW or event.type is EventType.SEIZE:
        event = _drove(text, annotations, event)
    if event.type is EventType.WITHDRAW:
        event = _towards(text, annotations, event)
    if event.type is EventType.LEAD:
        event = _of_its_name(text, annotations, _appoints(text, annotations, _bears_the_title(text, annotations, event)))
        event = _succeeds(text, annotations, event)
    return event


def _owns_up(text: str, annotations: Annotations, event: Event) -> Event:
    """The event with its speaker as actor, who admits to have done it, where it has no other."""
    if event.source is None or event.of(Role.ACTOR):
        return event
    span = annotations.mentions[event.source].span
    if not any(text.find(word, span.end, event.trigger.start) >= 0 for word in _GUILTY):
        return event
    if not _OWNS_UP.fullmatch(text, span.end, event.trigger.start):
        return event
    return replace(event, arguments=(Argument(Role.ACTOR, event.source, event.source_score), *event.arguments))


def _of_its_name(text: str, annotations: Annotations, event: Event) -> Event:
    """The event of leading without those from whom its trigger parts the one whom it directly follows: "Farah, who led it, and Ali"."""
    spans = {i: annotations.mentions[i].span for i in event.of(Role.ACTOR) if annotations.mentions[i].type is MentionType.PERSON}
    if len(spans) < 2:
        return event
    own = [i for i, span in spans.items() if span.end <= event.trigger.start and _ASIDE.fullmatch(text, span.end, event.trigger.start)]
    if len(own) != 1:
        return event
    at, end = spans[own[0]].start, event.trigger.end
    gone = {i for i, span in spans.items() if span.start >= end and not _TOGETHER.search(text, end, span.start)}
    gone |= {i for i, span in spans.items() if span.end <= at and not _LISTED.fullmatch(text, span.end, at)}
    return event.without(Role.ACTOR, gone)


def _alongside(text: str, annotations: Annotations, event: Event) -> Event:
    """The event with those on its actors' side whom "alongside" names, and "with" before "against"."""
    if not event.of(Role.TARGET) or not event.of(Role.ACTOR):
        return event
    stop = annotations.sentences[event.sentence].end
    cause = [i for i in event.of(Role.TARGET) if _is_fought_for(text, annotations, event, i)]
    if cause:
        return _moved(event, cause, Role.TARGET, Role.ACTOR)
    if (beside := _BESIDE.match(text, event.trigger.end, stop)) is not None:
        ends = _SIDE_ENDS.search(text, beside.end(), stop)
        side = Span(beside.end(), ends.start() if ends else stop)
    elif (beside := _BESIDE.search(text, event.trigger.start, event.trigger.end + 1)) is not None:  # the trigger is "fought beside"
        ends = _SIDE_ENDS.search(text, event.trigger.end, stop)
        side = Span(event.trigger.end, ends.start() if ends else stop)
    elif (together := _WITH_AGAINST.match(text, event.trigger.end, stop)) is not None:
        side = Span(*together.span("side"))
    else:
        return event
    theirs = [i for i in event.of(Role.TARGET) if side.start <= annotations.mentions[i].span.start < side.end]
    return _moved(event, theirs, Role.TARGET, Role.ACTOR)


def _is_fought_for(text: str, annotations: Annotations, event: Event, mention: int) -> bool:
    """Whether a body is one that somebody fights for, and no town or cause."""
    found = annotations.mentions[mention]
    return found.type in _BODIES and _FOUGHT_FOR.fullmatch(text, event.trigger.start, found.span.start) is not None


def _whom(text: str, annotations: Annotations, event: Event) -> Event:
    """The event with the one as actor who stands between "whom" and its verb."""
    start = max(annotations.sentences[event.sentence].start, event.trigger.start - 70)
    at = text.rfind("whom ", start, event.trigger.start)
    word = _WHOM.match(text, at, event.trigger.start) if at >= 0 else None
    spans = {i: annotations.mentions[i].span for i in event.of(Role.TARGET)} if word else {}
    if word is None or len(spans) < 2:
        return event
    does = [i for i, span in spans.items() if span.start == word.end() and _HELPING.fullmatch(text, span.end, event.trigger.start - 1)]
    return _moved(event, does, Role.TARGET, Role.ACTOR)


def _who_blames(text: str, annotations: Annotations, event: Event) -> Event:
    """The event of accusing with the one as target whom "which", with the accuser behind it, follows."""
    spans = {i: annotations.mentions[i].span for i in event.of(Role.ACTOR)}
    if len(spans) != 2 or event.of(Role.TARGET):
        return event
    blamed, accuser = sorted(spans, key=spans.__getitem__)
    if not _WHICH.fullmatch(text, spans[blamed].end, spans[accuser].start) or spans[accuser].end > event.trigger.start:
        return event
    held = _HELPING.fullmatch(text, spans[accuser].end, event.trigger.start - 1)
    return _moved(event, [blamed], Role.ACTOR, Role.TARGET) if held else event


def _blamed(text: str, annotations: Annotations, event: Event) -> Event:
    """The event as the word of who blames its speaker for it."""
    if event.source is None or text.find(" blame", annotations.mentions[event.source].span.end, event.trigger.start) < 0:
        return event
    blames = _BLAMES.match(text, annotations.mentions[event.source].span.end, event.trigger.start)
    accuser = [i for i, m in enumerate(annotations.mentions) if m.span.end == blames.end("who")] if blames else []
    if not accuser:
        return event
    actor = () if event.of(Role.ACTOR) else (Argument(Role.ACTOR, event.source, event.source_score),)
    return replace(event, arguments=(*actor, *event.arguments), source=accuser[0])


def _another(text: str, annotations: Annotations, event: Event) -> Event:
    """The event with "another" as actor who stands right before the verb, where it has an object behind it."""
    spans = {i: annotations.mentions[i].span for i in event.of(Role.TARGET)}
    if len(spans) < 2 or event.of(Role.ACTOR):
        return event
    does = [i for i, span in spans.items() if _ANOTHER.fullmatch(text, span.start, event.trigger.start)]
    has_object = any(0 < span.start - event.trigger.end <= len(" their ") for span in spans.values())
    return _moved(event, does, Role.TARGET, Role.ACTOR) if has_object else event


def _participle(text: str, annotations: Annotations, event: Event) -> Event:
    """The event without the persons who stand before the one that its participle follows, but for those joined to that one."""
    if len(event.arguments) < 2 or len(targets := event.of(Role.TARGET)) < 2:
        return event
    spans = {i: annotations.mentions[i].span for i in targets if annotations.mentions[i].type is MentionType.PERSON}
    before = sorted((span, i) for i, span in spans.items() if span.end <= event.trigger.start)
    if len(before) < 2 or not text.startswith(",", before[-1][0].end):
        return event
    if not _TURNED.fullmatch(text, before[-1][0].end, event.trigger.start):
        return event
    last = before[-1][0]
    apart = {i for span, i in before[:-1] if not text.startswith(" of ", span.end) and not _JOINED.search(text, span.end, last.start)}
    return event.without(Role.TARGET, apart)


def _by_whom(text: str, annotations: Annotations, event: Event) -> Event:
    """The event in the passive without the actors of the clause behind its own: "by the Front when troops came"."""
    if not text.startswith(" by ", event.trigger.end) or len(event.of(Role.ACTOR)) < 2:
        return event
    ends = _CLAUSE_ENDS.search(text, event.trigger.end, annotations.sentences[event.sentence].end)
    return event.without(Role.ACTOR, {i for i in event.of(Role.ACTOR) if ends and annotations.mentions[i].span.start > ends.start()})


def _aged(text: str, annotations: Annotations, event: Event) -> Event:
    """The event without the numbers among its victims that are somebody's age: "was killed at 61"."""
    end = event.trigger.end
    if len(people := event.of(Role.TARGET)) < 2:
        return event
    spans = {i: annotations.mentions[i].span for i in people}
    event = event.without(Role.TARGET, {i for i, span in spans.items() if _YOUNG.search(text, max(0, span.start - 16), span.start)})
    if not text.startswith((" at ", " aged ", ", aged "), end) or text.endswith("dead", 0, end):
        return event
    ages = {i for i, span in spans.items() if span.of(text).isdecimal() and _AGED.fullmatch(text, end, span.start)}
    return event.without(Role.TARGET, ages)


def _and_that(text: str, annotations: Annotations, event: Event) -> Event:
    """The event in the passive without the actors of the clause before its own, which "and that" opens."""
    start = annotations.sentences[event.sentence].start
    opens = text.rfind(_AND_THAT, start, event.trigger.start)
    if opens < 0 or text.startswith(" by ", event.trigger.end) or not _PASSIVE.search(text, opens + len(_AND_THAT), event.trigger.start):
        return event
    return event.without(Role.ACTOR, {i for i in event.of(Role.ACTOR) if annotations.mentions[i].span.end <= opens})


def _bears_the_title(text: str, annotations: Annotations, event: Event) -> Event:
    """The event of leading without whom "and" joins to the title of another, whose name follows it."""
    spans = {i: annotations.mentions[i].span for i in event.of(Role.ACTOR)}
    if not any(_OF_WHAT.fullmatch(text, event.trigger.end, span.start) for span in spans.values()):
        return event
    return event.without(Role.ACTOR, {i for i, span in spans.items() if _AND_TITLE.fullmatch(text, span.end, event.trigger.start)})


def _recruits_for(text: str, annotations: Annotations, event: Event) -> Event:
    """The event of recruiting with the group that others are won for as who wins them."""
    groups = {i: annotations.mentions[i] for i in event.of(Role.TARGET) if annotations.mentions[i].type is MentionType.GROUP}
    return _moved(event, [i for i, m in groups.items() if _FOR.fullmatch(text, event.trigger.end, m.span.start)], Role.TARGET, Role.ACTOR)


def _against(text: str, annotations: Annotations, event: Event) -> Event:
    """The event of a bond without those against whom it is."""
    stop = annotations.sentences[event.sentence].end
    if text.find("against ", event.trigger.end, stop) < 0:
        return event
    spans = sorted((annotations.mentions[i].span.start, i) for i in event.of(Role.TARGET))
    opposed: list[int] = []
    for start, i in spans:
        last = annotations.mentions[opposed[-1]].span.end if opposed else 0
        if _AGAINST.fullmatch(text, event.trigger.end, start) or (opposed and _AND_ALSO.fullmatch(text, last, start)):
            opposed.append(i)
    return event.without(Role.TARGET, set(opposed))


def _composed(text: str, annotations: Annotations, event: Event) -> Event:
    """The event of what is composed of others with these as its parts: they belong to it; and of "the League's parent, the Front" with the
    League as part of the Front."""
    whole, parts = event.of(Role.ACTOR), event.of(Role.TARGET)
    if _PARENT.match(text, event.trigger.start):
        whole, parts = parts, whole
    elif not _COMPOSED.match(text, event.trigger.start):
        return event
    before = all(annotations.mentions[i].span.end <= event.trigger.start for i in whole)
    if not whole or not parts or not before or any(annotations.mentions[i].span.start < event.trigger.end for i in parts):
        return event
    turned = {Role.ACTOR: Role.TARGET, Role.TARGET: Role.ACTOR}
    return replace(event, arguments=tuple(replace(a, role=turned.get(a.role, a.role)) for a in event.arguments))


def _split_from(text: str, annotations: Annotations, event: Event) -> Event:
    """The event of a split with what "from" names behind the verb as what was left, where somebody else left it."""
    spans = {i: annotations.mentions[i].span for i in event.of(Role.ACTOR)}
    left = [i for i, span in spans.items() if _AWAY_FROM.fullmatch(text, event.trigger.end, span.start)]
    return _moved(event, left, Role.ACTOR, Role.TARGET) if 0 < len(left) < len(spans) else event


def _drove(text: str, annotations: Annotations, event: Event) -> Event:
    """The event of somebody's driving others out as his taking it from them."""
    if not _DROVE.match(text, event.trigger.start) or _PASSIVE.search(
        text, annotations.sentences[event.sentence].start, event.trigger.start
    ):
        return event
    kinds = (MentionType.GROUP, MentionType.FORCE)
    driven = [
        i
        for i, m in enumerate(annotations.mentions)
        if m.sentence == event.sentence
        and m.type in kinds
        and _THEM.fullmatch(text, event.trigger.end, m.span.start)
        and _OUT_OF.match(text, m.span.end)
    ]
    if not driven or not any(annotations.mentions[i].span.end <= event.trigger.start for i in event.of(Role.ACTOR)):
        return event
    event = _moved(_moved(event, driven, Role.TARGET, Role.ORIGIN), driven, Role.ACTOR, Role.ORIGIN)
    told = {*event.of(Role.ORIGIN)}
    arguments = (*event.arguments, *(Argument(Role.ORIGIN, i) for i in driven if i not in told))
    return replace(event, type=EventType.SEIZE, arguments=arguments)


def _towards(text: str, annotations: Annotations, event: Event) -> Event:
    """The event of going away with where it goes to as its place and not as what is left."""
    spans = {i: annotations.mentions[i].span for i in event.of(Role.TARGET) if annotations.mentions[i].type is MentionType.PLACE}
    there = [i for i, span in spans.items() if _TOWARDS.fullmatch(text, event.trigger.end, span.start)]
    return _moved(event, there, Role.TARGET, Role.PLACE)


def _succeeds(text: str, annotations: Annotations, event: Event) -> Event:
    """The event of a new leader with the old one, who stands after the verb, as whom the post comes from."""
    if _HEIR.match(text, event.trigger.start):
        return event.without(
            Role.ACTOR, {i for i in event.of(Role.ACTOR) if _OWNS.fullmatch(text, annotations.mentions[i].span.end, event.trigger.start)}
        )
    verb = _SUCCEEDS.match(text, event.trigger.start)
    people = [i for i in event.of(Role.ACTOR) if annotations.mentions[i].type is MentionType.PERSON] if verb else []
    if len(people) < 2 or verb is None:
        return event
    spans = {i: annotations.mentions[i].span for i in people}
    if _PASSIVE.search(text, annotations.sentences[event.sentence].start, event.trigger.start):
        old = [i for i, span in spans.items() if span.end <= event.trigger.start] if _BY.match(text, event.trigger.end) else []
    else:
        old = [i for i, span in spans.items() if event.trigger.end <= span.start <= event.trigger.end + _NEAR]
        if verb.group().endswith("over"):
            old = [i for i in old if _FROM.fullmatch(text, event.trigger.end, spans[i].start)]
    return _moved(event, old, Role.ACTOR, Role.ORIGIN) if len(old) < len(people) else event


def _appoints(text: str, annotations: Annotations, event: Event) -> Event:
    """The event of a new leader, who stands behind the verb, with the body that names one as what is led; a person who names one leads
    nothing by that."""
    if not _APPOINTS.match(text, event.trigger.start) or len(event.of(Role.ACTOR)) < 2:
        return event
    spans = {i: annotations.mentions[i].span for i in event.of(Role.ACTOR)}
    named = [
        i
        for i, span in spans.items()
        if 0 <= span.start - event.trigger.end <= _NEAR and annotations.mentions[i].type is MentionType.PERSON
    ]
    who = [i for i, span in spans.items() if span.end <= event.trigger.start]
    if not named or _PASSIVE.search(text, annotations.sentences[event.sentence].start, event.trigger.start):
        return event
    bodies = [i for i in who if annotations.mentions[i].type in _BODIES | {MentionType.ORG}]
    event = event.without(Role.ACTOR, {i for i in who if i not in bodies})
    return event.without(Role.ACTOR, set(bodies)) if event.of(Role.TARGET) else _moved(event, bodies, Role.ACTOR, Role.TARGET)


def _timed(text: str, annotations: Annotations, event: Event) -> Event:
    """The event without the times of what it is compared with, nor those of another event where it has one of its own."""
    times = {i: annotations.mentions[i].span for i in event.of(Role.TIME)}
    if not times:
        return event
    gone = {i for i, span in times.items() if _compared(text, event.trigger.end, span.start)}
    dated = {i: span for i, span in times.items() if i not in gone and _DATED.search(span.of(text))} if len(times) > 1 else {}
    far = {i for i, span in dated.items() if _COMMA.search(text, *_between(event.trigger, span))}
    if far and len(far) < len(dated):
        others = [e.trigger for e in annotations.events if e.sentence == event.sentence and e.type not in _STANDING]
        gone |= {i for i in far if _of_another(text, dated[i], [t for t in others if t.start != event.trigger.start])}
    return event.without(Role.TIME, gone)


def _compared(text: str, start: int, stop: int) -> bool:
    """Whether a time stands behind "than" or "from 400": that of the other number."""
    return any(text.find(word, start, stop) >= 0 for word in _THAN) and _COMPARED.search(text, start, stop) is not None


def _of_another(text: str, time: Span, triggers: list[Span]) -> bool:
    """Whether a time is another event's: no comma between its trigger and the time after it."""
    return any(t.end <= time.start and not _COMMA.search(text, t.end, time.start) for t in triggers)


def _between(one: Span, other: Span) -> tuple[int, int]:
    return min(one.end, other.end), max(one.start, other.start)


def _moved(event: Event, mentions: list[int], old: Role, new: Role) -> Event:
    """The event with some mentions in another role."""
    if not mentions:
        return event
    moved = tuple(replace(a, role=new) if a.role is old and a.mention in mentions else a for a in event.arguments)
    unique: dict[tuple[Role, int], Argument] = {}
    for argument in moved:
        unique.setdefault((argument.role, argument.mention), argument)
    return replace(event, arguments=tuple(unique.values()))
