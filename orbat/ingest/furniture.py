"""Which lines of a page are not the article: share buttons, credits, forms, lists of other stories.

The rules are about how news pages are made; none names a site. Each must hold for a whole line, so a sentence that merely mentions
sharing, comments or a photograph stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from orbat.remembering import remembered

_NETWORK = (
    r"(?:facebook|twitter|x|whatsapp|telegram|linkedin|reddit|e-?mail|pinterest|tumblr|google\+?|pocket|flipboard|messenger"
    r"|instagram|youtube|threads|bluesky|viber|sms|print|copy link|more)"
)
_AGENCY = r"(?:getty(?: images)?|afp|reuters|ap|epa|shutterstock|anadolu|xinhua)"


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


#: Lines that are furniture wherever they stand.
_ALWAYS = _any_of(
    # share buttons and counters
    r"share(?: (?:this|on|via|to|with|now)\b.{0,40})?:?|shares?",
    r"\d[\d.,]*k? (?:shares?|views?|likes?|reads|retweets)",
    rf"(?:(?:share|post|tweet|send|save|follow) (?:(?:it|this|us) )?(?:on|via|by|to|with) )?{_NETWORK}(?:[\s,|/·•]+(?:and )?{_NETWORK})*",
    r"(?:tweet|pin|like|e-?mail|print)(?: this(?: (?:article|story|page|post))?)?|print(?:er)?[ -](?:page|friendly|version).{0,20}",
    r"(?:follow|like|find|join) us on\b.{0,80}|follow @?\w+ on (?:twitter|facebook|x|instagram)\b.{0,40}|copy (?:link|url).{0,20}",
    r"e-?mail this .{0,40}|like this:?|like loading.{0,5}|reuse this content|our standards: .{1,80}",
    # advertisements
    r"advert(?:isement|isment)s?(?: *[-—–:]? *(?:scroll|continue|story continues).{0,40})?|promoted(?: (?:content|stories))?",
    r"sponsored(?: (?:content|links?|by.{0,40}))?|(?:article|story) continues (?:after|below).{0,40}",
    # credits and captions
    r"(?:photo|image|picture|pic|video|photograph|illustration)s?(?: (?:credit|courtesy|source|by|from|of))?s? ?: .{1,160}",
    r"(?:photo|image|picture|video)s? (?:credit|courtesy|by)\b.{1,120}|(?:image |media |photo )?captions?[:,]? .{1,200}",
    rf".{{20,200}}[.!?] ?[—–-] ?{_AGENCY}",
    rf".{{1,90}} ?(?:/|\||\bvia\b|©) ?{_AGENCY}(?: photo)?|\((?:photo|image|picture)[:s ].{{1,120}}\)|{_AGENCY} photos?",
    r"(?:©|\(c\) ?(?=(?:19|20)\d\d)|copyright(?= (?:©|\(c\)|(?:19|20)\d\d|by\b))).{0,160}|.{0,60}\ball rights reserved\b.{0,80}",
    r".{1,150}\b(?:photo|pic|picture|image)s? ?[|/] ?.{2,40}|[^.]{25,150}\((?-i:[A-Z][a-z])[\w. ]{1,30}/[\w. ]{2,30}\)",
    # accounts, newsletters, cookies
    r"(?:sign|log)[ -]?(?:in|up|on)\b.{0,30}|(?:sign up|subscribe|register) (?:for|to|now|here|today|with)\b.{0,140}|subscribe|register",
    r"my account|get (?:our|the) .{0,40}newsletter.{0,80}|newsletters?(?: sign[ -]?up)?",
    r"(?:enter )?your e-?mail(?: address)?.{0,80}|e-?mail address ?\*?",
    r"(?:this|our) (?:web)?site uses cookies\b.{0,300}|we (?:and our partners )?use cookies\b.{0,300}",
    r"(?:accept|reject|allow|manage) (?:all )?(?:cookies|preferences|and close).{0,30}|(?:accept|reject) all",
    r"cookie (?:policy|settings|preferences)|privacy (?:policy|notice)|terms (?:of (?:use|service)|and conditions)",
    # ways about the site
    r"skip to (?:main )?(?:content|navigation|search).{0,30}|(?:main )?menu|toggle navigation|search(?: for:?| this site)?",
    r"back to (?:top|home|list|news|headlines)\b.{0,20}|home\s*[>»›/|].{0,160}|show (?:more|less|all|comments?)",
    r"close|expand|loading\.{0,3}",
    r"(?:read|see|watch|learn|view|find out) (?:also|more|next|all)(?: (?:about|on|from|news)\b.{0,80})?(?:\s*(?:[:>»→…]|\.\.\.).{0,200})?",
    r"(?:also|must)[ -]read\b ?:?.{0,200}|(?:related|recommended) ?: .{1,200}|(?:click|tap) (?:here|to)\b.{0,120}",
    r"continue reading\b.{0,60}|[<«←]* ?(?:previous|prev|next|older|newer)(?: (?:article|story|post|page))?(?: ?[>»→]+|:.{0,150})?",
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)[ -]min(?:ute)?s?(?: read)?|(?:estimated )?reading time ?:?.{0,20}",
    r"listen(?: to (?:this|the) (?:article|story).{0,40})?|play audio.{0,20}",
    r"(?:tags?|filed under|topics?|keywords?) ?:.{0,200}|(?:report|flag) (?:an? )?(?:error|correction|typo).{0,40}",
    r"(?:download|view) (?:the |this )?(?:as )?(?:pdf|report|document|attachment)\b.{0,60}",
    # a press release's own marks, and the editors of a wire story
    r"(?:[-*# ]+ ?)?(?:ends|end)(?: ?[-*# ]+)|ENDS|for immediate release:?.{0,40}|embargoed .{0,80}",
    r"\(?(?:additional |with )?(?:reporting|writing|compiled|edited|editing)(?: and \w+)? by .{2,200}\)?",
    r"(?:\* ?){3,}|-{3,}|_{3,}|={3,}|#{3,}",
)

_STORIES = r"(?:news|stor(?:y|ies)|articles?|posts?|headlines?|content|topics?|reading|coverage|links?|videos?|picks?|updates)"

#: Headings of lists of other stories: what follows them is furniture as long as it looks like a list.
_LIST = _any_of(
    r"(?:recent|latest|popular|trending|top|related|more|other|similar|recommended|featured|breaking)"
    rf" {_STORIES}(?: (?:from|on|in) .{{0,40}})?",
    rf"(?:trending|most[ -](?:read|popular|viewed|shared|commented|recent))(?: {_STORIES})?(?: (?:today|now|this week))?",
    r"(?:trending|popular) (?:now|today)|related|recommended(?: for you)?|editor['’]?s?['’]? (?:picks?|choice)|more (?:from|in|by) .{1,40}",
    r"you (?:may|might) (?:also (?:like|be interested.{0,10})|like|have missed)|what to read next|(?:up|read) next|in case you missed it",
    r"see also|don['’]t miss|(?:from )?around the (?:web|network)|follow us|stay connected|about (?:us|the author|this site)|blogroll",
)

#: Headings after which readers speak, or are asked to: all that follows is theirs.
_COMMENTS = _any_of(
    r"(?:(?:\d[\d,]*|no|one|add|post|leave|write|view|show|all|your|reader|user) (?:a |an |your |the )?)?comments?(?:/s)?"
    r"(?: ?\(\d+\)| ?\*|:| \d+| below!?| policy| here)?",
    r"\d[\d,]* (?:comments?(?:/s)?|responses?|replies|thoughts) (?:on|to) .{0,160}|comments are (?:closed|moderated).{0,60}",
    r"(?:leave|cancel|post|submit|write) (?:a |your )?(?:reply|response).{0,40}|be the first to comment.{0,40}",
    r"please (?:log ?in|sign in) to comment.{0,40}|(?:add|post|leave|write) (?:a |your )?comments? .{1,40}",
    r"thoughts on the (?:above )?story.{0,40}|what do you think (?:about|of) this\b.{0,40}|have your say.{0,30}",
    r"join the (?:conversation|discussion).{0,30}|your e-?mail address will not be published.{0,80}|required fields are marked.{0,10}",
)

#: A line of at least this many characters that ends as a sentence does is prose; shorter ones may be headings, names or buttons.
PROSE = 60
#: The longest line tried against the rules, which are all shorter.
_LONGEST_RULE = 340
_PARTS = re.compile(r" *[|•·] *")
_ENDS = re.compile(r"""[.!?…]["'”’»)\]]*$""")


def kind(line: str) -> str:
    """What a line of a page is.

    Returns:
        ``blank``; ``always``: furniture by itself; ``list``: heads a list of other stories; ``comments``: heads readers' comments;
        ``prose``: sentences; ``weak``: a short line that may be either.
    """
    line = " ".join(line.split())
    if not line:
        return "blank"
    if len(line) <= _LONGEST_RULE and (name := _by_rule(line)):
        return name
    return "prose" if is_prose(line) else "weak"


@remembered(512)  # one page's lines are asked for several times, and a site's come again on every page
def _by_rule(line: str) -> str:
    parts = _PARTS.split(line)
    if len(parts) > 1 and all(_ALWAYS.fullmatch(part) for part in parts):
        return "always"
    rules = (("comments", _COMMENTS), ("always", _ALWAYS), ("list", _LIST))
    return next((name for name, rule in rules if rule.fullmatch(line)), "")


def is_prose(line: str) -> bool:
    """Whether the line reads as sentences: ending as one does, or very long."""
    return (len(line) >= PROSE and bool(_ENDS.search(line))) or len(line) >= 4 * PROSE


def article_lines(lines: Sequence[str]) -> list[int]:
    """The numbers of the lines that are the article's, blank ones among them.

    Single lines of furniture go. What follows a heading of comments goes, once there is an article before it. What follows the
    heading of a list goes up to the next prose, or to the end where less prose follows than half of what stood before.
    """
    kinds = [kind(line) for line in lines]
    sizes = [len(line) if name == "prose" else 0 for line, name in zip(lines, kinds, strict=True)]
    total, before, listing = sum(sizes), 0, False
    keep: list[int] = []
    for number, name in enumerate(kinds):
        if name == "comments" and before and before >= min(2 * PROSE, total / 2):
            break
        if name == "list" and before:
            if total - before < before / 2:
                break
            listing = True
        listing = listing and name != "prose"
        if name in ("prose", "blank") or (name == "weak" and not listing):
            keep.append(number)
        before += sizes[number]
    return keep
