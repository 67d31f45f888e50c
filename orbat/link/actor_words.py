"""What the words of a mention say of the actor: the name in them, a country with a force, or only a common noun.

"heavily armed IS fighters" holds the name "IS"; "Iraqi special forces" a country and its armed forces; "Assad regime" a
leader and his government; "militants" nothing. ``proposals`` turns a mention's text into what the catalogue offers.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from orbat.link.catalogue import ActorEntry, Catalogue, Match
from orbat.link.cataloguefile import GROUP_KINDS
from orbat.names import fold, is_acronym
from orbat.remembering import remembered
from orbat.types import MentionType

ARMED = frozenset((MentionType.GROUP, MentionType.FORCE))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Nouns that follow a name and add nothing to it: "IS fighters", "FARC rebels", "Amaq news agency".
HEADS = _words(
    "fighters fighter militants militant rebels rebel terrorists terrorist insurgents insurgent members member forces force group groups "
    "gunmen gunman guerrillas guerrilla troops soldiers militia militias militiamen organization organisation movement network jihadists "
    "jihadist jihadis extremists extremist elements gang gangs cadres cadre units unit tactical operatives operative supporters loyalists "
    "insurgency bombers bomber attackers assailants combatants partisans commandos recruits men women faithful mercenaries mercenary "
    "separatists separatist cell cells sect outfit mafia cartel hitmen gangsters sicarios kidnappers commanders leaders leadership command "
    "officials officers personnel contingent convoy patrol monitoring monitor agency news newspaper newswire magazine daily website "
    "television tv radio channel broadcaster correspondent reporter photographer correspondents reporters journalist party war warplanes "
    "jets aircraft drones artillery alliance coalition side paramilitaries paramilitary peacekeepers mission terror propaganda outlet "
    "account spokesman spokesperson statement army regime government administration authorities suicide squad squads infiltrators fugitives"
)
# Words before a name that qualify its members and not the name.
_QUALIFIERS = _words(
    "the a an at least more than about around some several dozens hundreds thousands scores of suspected alleged armed heavily islamist "
    "jihadist militant militants extremist extremists terrorist terrorists rebel rebels insurgent insurgents paramilitary so-called local "
    "foreign other senior top young many two three four five six seven eight nine ten eleven twelve twenty thirty outlawed banned "
    "separatist leftist left-wing right-wing marxist communist sunni shiite shi'ite shia salafist salafi kurdish arab muslim islamic "
    "radical self-styled self-proclaimed self-described notorious feared powerful ruling opposition official state state-run state-owned "
    "pro-government government-run group militia movement organization network gang cartel drug criminal guerrilla guerrillas "
    "tamil chechen uighur sahrawi tuareg hutu tutsi all most these those its their his this that new old main largest local-based "
    "mexican-based elite fellow captured wounded few remaining hardline hard-line pro-iranian communist-led rival tribal"
)
ATTACHED = re.compile(
    r"[-‐‑](?:backed|linked|affiliated|based|aligned|inspired|allied|led|supported|sponsored|controlled|run|funded|trained|dominated|born)$"
)
# What turns a name into something else: "anti-FARC", "pro-Assad", "former Taliban", "Taliban faction", "al-Qaida affiliate".
NOT_IT = re.compile(r"^(?:anti|non|pro|post)[-‐‑]|^(?:former|ex|former-|ex-|dissident|fake|rival)$|^ex[-‐‑]", re.I)
OTHER_THING = _words(
    "affiliate affiliates branch branches offshoot offshoots splinter faction factions wing wings allies ally dissidents dissident "
    "prisoners prisoner victims hostages opponents rivals sympathizers sympathisers backers backer defectors deserters camp camps base "
    "bases positions targets stronghold strongholds territory leader commander chief emir founder boss spokesmen front proxies proxy"
)
_MILITARY = _words(
    "army armed military troops soldiers soldier forces force air navy naval marines jets warplanes aircraft helicopters helicopter drones "
    "paratroopers commandos special security government defence defense regime national federal units unit brigade brigades division "
    "infantry artillery ground personnel servicemen troop state union loyal loyalist regular conscripts tanks fighter gunships elite "
    "border guards guard coast pilots officers generals commanders republican royal high command joint task operations bombers planes "
    "convoy patrol garrison contingent police policemen intelligence service services agents investigators law enforcement men staff "
    "general battalion regiment warships warship vessels fleet gunners attack helicopter counterterrorism counter-terrorism anti-terror"
)
_POLICE = _words("police policemen policeman gendarmes gendarmerie constables carabinieri constabulary cops")
_GOVERNMENT = _words(
    "government regime authorities authority administration ministry ministries officials official cabinet parliament presidency defence "
    "defense foreign interior justice information health office state department federal central transitional interim ruling judiciary "
    "court courts supreme senate congress embassy embassies consulate intelligence leadership republic attorney prosecutor prosecutors "
    "general's general military council executive side junta politicians lawmakers legislature minister's affairs internal external "
    "finance national security agencies agency coast rulers delegation mission president's prime house representatives home treasury"
)
_FULL, _SLIP = 3, 70.0  # words of a full name; rapidfuzz's ratio, 0 to 100, under which two words are not one
COMMON = HEADS | _QUALIFIERS | _MILITARY | _POLICE | _GOVERNMENT
# A noun that by itself means the country's own, where an article is about one country.
_BARE_FORCE = _words("army military troops soldiers police forces policemen gendarmes")
_BARE_STATE = _words("government regime authorities junta parliament presidency ministry cabinet")
_COUNTED = _words("the at least more than some several many two three four five six seven eight nine ten dozens hundreds of all")
TITLES = re.compile(
    r"^(?:(?:former|ex-|then|late|the|acting|interim|deputy|vice|prime|foreign|defen[cs]e|interior|supreme|crown|senior|self-styled|"
    r"president|presidente|mr|mrs|ms|dr|gen|general|lt|lieutenant|col|colonel|maj|major|capt|captain|brig|brigadier|sgt|sheikh|shaykh|sheik|"
    r"maulana|mawlawi|maulvi|mufti|imam|emir|amir|commander|comandante|king|prince|minister|ayatollah|sayyed|sayyid|senator|secretary|"
    r"sen|rep|judge|leader|chief|chairman|ambassador|warlord|warlords|strongman|drug|lord|kingpin|capo|field|marshal|dictator|alias|"
    r"secretary-general|spokesman|spokesperson|adm|admiral|prof|professor|hajji|haji|ustaz|mullah|comrade|chancellor|premier)\.?\s+)+",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """An actor that a mention's words may mean. ``how``: as in ``Match``, or country, capital, leader, bare, short,
    defined; ``words`` the part of the mention that was looked up; ``partly``: other words of the mention were set aside."""

    match: Match
    how: str
    words: str
    partly: bool = False

    @property
    def entry(self) -> ActorEntry:
        """The actor."""
        return self.match.entry


@remembered(2_048)
def proposals(catalogue: Catalogue, text: str, kind: MentionType, caseless: bool = False) -> tuple[Proposal, ...]:
    """What the catalogue offers for a mention's text, one proposal an actor, surest look-up first.

    ``caseless``: the article has lost its capitals, so that acronyms and names cannot be told by them.
    """
    text = " ".join(text.split())
    found: dict[str, Proposal] = {}
    for offer in _offers(catalogue, text, kind, caseless):
        found.setdefault(offer.entry.id, offer)
    return tuple(found.values())


def bare_noun(text: str, kind: MentionType) -> str | None:
    """ "mil", "pol" or "gov" where a FORCE or STATE mention is only a common noun for a country's own force or government.

    "forces" alone may be anyone's; "government forces" and "security forces" are a country's.
    """
    words = [w.lower() for w in text.split()]
    if not words or any(w[:1].isupper() for w in text.split()[1:]):
        return None
    counted = [w for w in words if w not in _COUNTED and not w.isdigit()]
    if kind is MentionType.FORCE and words[-1] in _BARE_FORCE and counted != ["forces"]:
        if all(w in _MILITARY or w in _POLICE for w in counted):
            return "pol" if any(w in _POLICE for w in counted) else "mil"
    elif kind is MentionType.STATE and words[-1] in _BARE_STATE and all(w in _GOVERNMENT for w in words):
        return "gov" if words[-2:] != ["state", "government"] else None  # that of a state of a federation
    return None


def without_heads(text: str) -> str:
    """A mention without the nouns for members that follow a name, "Army" of "Army rebels"; whole where nothing would be left."""
    words = text.split()
    while len(words) > 1 and words[-1].lower() in HEADS and words[-1].islower():
        words.pop()
    return " ".join(words)


def common_abroad(offer: Proposal, countries: Container[str]) -> bool:
    """Whether a common noun, "two rangers", "resistance fighters", is the name of a force, or of a group that news seldom names, of
    countries that an article does not name."""
    noun = offer.words.islower() and " " not in offer.words and offer.how == offer.match.how
    also = offer.how == "alias" and offer.match.name.text[:1].isupper()  # "federation" is no cartel's "Federation"
    seldom = offer.entry.kind == "force" or (offer.entry.kind in GROUP_KINDS and (also or offer.entry.prominence == 0))
    return noun and seldom and not any(code in countries for code in offer.entry.countries)


def _offers(catalogue: Catalogue, text: str, kind: MentionType, caseless: bool) -> Iterator[Proposal]:
    person = kind is MentionType.PERSON
    called = _exact(catalogue, text, caseless) or _of_one(catalogue, text, caseless)
    exact = [m for m in called if (m.entry.kind == "person") is person and not _only_common(m, text, caseless)]
    yield from (Proposal(m, m.how, text) for m in exact)
    if exact and kind is not MentionType.FORCE and kind is not MentionType.STATE:
        return
    if kind is MentionType.PERSON:
        yield from _person(catalogue, text, caseless)
        return
    if any(m.name.text == text and len(text.split()) >= _FULL and text.istitle() for m in exact):
        return  # "Syrian National Army" is a name, and no words for the army of Syria
    if not exact or kind in (MentionType.FORCE, MentionType.STATE):
        country = list(_of_country(catalogue, text, kind))
        yield from country
        if country or exact:
            return
    for part in _branches(text):
        if named := _bodies(catalogue, part, caseless):
            yield from (Proposal(m, m.how, part, partly=True) for m in named)
            return
    if any(NOT_IT.match(w) for w in text.split()) or text.split()[-1].lower() in OTHER_THING:
        return
    for part in _parts(text, catalogue):
        if inner := _bodies(catalogue, part, caseless):
            yield from (Proposal(m, m.how, part, partly=True) for m in inner)
            return
    yield from _of_leader(catalogue, text, kind)
    if kind is MentionType.STATE or not (caseless or any(w[:1].isupper() for w in text.split())):
        return
    for part in (text, *_parts(text, catalogue)):
        if (len(part.split()) > 1 or len(part) > 5) and not COMMON.issuperset(part.lower().split()):
            alike = catalogue.by_skeleton(part) or [m for m in catalogue.by_fuzzy(part) if not _another_word(part, m.name.text)]
            near = [m for m in alike if m.entry.kind != "person"]
            if near:
                yield from (Proposal(m, m.how, part, partly=part != text) for m in near)
                return
    for part in _led_by(text, catalogue):
        yield from (Proposal(m, m.how, part, partly=True) for m in _bodies(catalogue, part, caseless))


def _of_one(catalogue: Catalogue, text: str, caseless: bool) -> tuple[Match, ...]:
    """What a name is without the plural of its last word: "Communist Party of Nepal Maoists"."""
    last = text.rpartition(" ")[2]
    plural = last != text and last[:1].isupper() and last.endswith("s") and not last.isupper()
    return _exact(catalogue, text[:-1], caseless) if plural else ()


def _another_word(said: str, name: str) -> bool:
    """Whether words differ from a name by a common noun and by no slip of the pen: "Lebanese militia" is not "Lebanese military"."""
    return not COMMON.isdisjoint(set(said.lower().split()) - set(name.lower().split()))


def _bodies(catalogue: Catalogue, text: str, caseless: bool) -> list[Match]:
    """Those of a name who are no persons and of whose name the words are more than common nouns."""
    return [m for m in _exact(catalogue, text, caseless) if m.entry.kind != "person" and not _only_common(m, text, caseless)]


def _only_common(match: Match, text: str, caseless: bool) -> bool:
    """Whether "Islamic group" only looks like the name "Islamic Group": common words, or all of them, written small where it has
    capitals ("the southern front")."""
    words = text.split()
    if caseless or len(words) < 2 or match.how == "acronym" or not (text.islower() or COMMON.issuperset(text.lower().split())):
        return False
    if text.islower():
        return match.name.text != match.name.text.lower()
    return any(w[:1].islower() for w in words) and all(w[:1].isupper() for w in match.name.text.split())


@remembered(2_048)
def _exact(catalogue: Catalogue, text: str, caseless: bool) -> tuple[Match, ...]:
    plain = text.removesuffix("'s").removesuffix("’s").strip(" '\"“”.,")
    if is_acronym(plain) or caseless or (len(plain) > 3 and plain.isalpha() and plain[:1].isupper()):
        return (*catalogue.by_acronym(plain, any_case=caseless or not is_acronym(plain)), *catalogue.by_name(plain))
    return catalogue.by_name(plain)


def _parts(text: str, catalogue: Catalogue) -> tuple[str, ...]:
    """The mention without its qualifiers, then also without the nouns that follow the name, longest first."""
    words = text.split()
    if "and" in (w.lower() for w in words):
        return ()
    start = 0
    while start < len(words) - 1 and _is_qualifier(words[start], catalogue):
        start += 1
    end = len(words)
    parts = [" ".join(words[opens:]) for opens in range(1, start + 1)]  # "Pakistani Taliban" of "outlawed Pakistani Taliban"
    while end > 1 and words[end - 1].lower().strip("'’") in HEADS:
        end -= 1
        parts += [" ".join(words[start:end])] if start < end else []
        if start and (start < end or end > 1):  # of "Islamic State men", whose first two words may qualify a name, two are left
            parts.append(" ".join(words[:end]))
    return tuple(p for p in dict.fromkeys(parts) if p.lower() not in HEADS and p.lower() not in _QUALIFIERS)


_ISLAMIC_STATE = re.compile(r"(?:ISIL|ISIS|IS|Da['’]?esh|Islamic State)(?:[-–]| in (?:the )?| )(?=[A-Z])")
_NAMED_SO = r"(?:(?:al|el|ag|bin|ibn|de|von|van|ould)[- ])?[A-Z][\w'’-]*[a-z]"
_OF_SOMEBODY = re.compile(rf" of (?={_NAMED_SO}(?: {_NAMED_SO}){{1,2}}$)")


def _branches(text: str) -> tuple[str, ...]:
    """Other ways in which a branch of the Islamic State is written: "IS-Sahel", "ISIS in the Greater Sahara" for "ISIL Greater Sahara"."""
    name = _ISLAMIC_STATE.match(text)
    if name is None:
        return ()
    where = text[name.end() :]
    ways = (f"{short}{way}{where}" for short in ("ISIS", "IS", "Islamic State") for way in ("-", " in ", " in the ", " "))
    return tuple(way for way in ways if way != text)


def _led_by(text: str, catalogue: Catalogue) -> tuple[str, ...]:
    """The name of a group before that of whose it is, "People's Front of Odo Brak": of somebody with two names, who is no country."""
    somebody = _OF_SOMEBODY.search(text)
    if somebody is None or " " not in text[: somebody.start()] or "and" in text[somebody.end() :].split():
        return ()
    whose = text[somebody.end() :].split()
    if any(catalogue.countries_of(" ".join(whose[i:j])) for i in range(len(whose)) for j in range(i + 1, len(whose) + 1)):
        return ()
    return (text[: somebody.start()],)


def _is_qualifier(word: str, catalogue: Catalogue) -> bool:
    low = word.lower().strip(",")
    return low in _QUALIFIERS or low.isdigit() or bool(ATTACHED.search(low)) or bool(catalogue.countries_of(word))


def _of_country(catalogue: Catalogue, text: str, kind: MentionType) -> Iterator[Proposal]:
    """A country or demonym with a force or a government: "Iraqi troops", "Government of Iraq", "Baghdad" as a STATE."""
    if kind not in ARMED and kind is not MentionType.STATE:
        return
    words = [re.sub(r"['’]s?$", "", w) for w in text.split()]
    while len(words) > 1 and (words[0].lower() in _QUALIFIERS or words[0].isdigit()) and words[0].lower() not in _MILITARY:
        words = words[1:]
    for codes, rest in _country_splits(catalogue, words):
        low = [w.lower() for w in rest if w.lower() not in ("of", "the", "for")]
        if not low and kind is MentionType.GROUP:
            return
        if kind is MentionType.STATE:
            if not all(w in _GOVERNMENT for w in low):
                continue
            role = "gov"
        else:
            if not all(w in _MILITARY or w in _POLICE for w in low):
                continue
            role = "pol" if any(w in _POLICE for w in low) else "mil"
        for code in codes:
            yield from _office(catalogue, role, code, text, "country")
        return
    if kind is MentionType.STATE:
        capital = catalogue.capital_of(text)
        yield from _office(catalogue, "gov", capital, text, "capital") if capital else ()


def _country_splits(catalogue: Catalogue, words: list[str]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    for size in range(min(4, len(words)), 0, -1):
        if codes := catalogue.countries_of(" ".join(words[:size])):
            yield codes, words[size:]
        after_of = size < len(words) - 1 and words[-size - 1].lower() in ("of", "the")
        if after_of and (codes := catalogue.countries_of(" ".join(words[-size:]))):
            yield codes, words[: -size - 1]


def _office(catalogue: Catalogue, role: str, code: str, text: str, how: str) -> Iterator[Proposal]:
    actor_id = f"{role}-{code.lower()}"
    if actor_id in catalogue:
        entry = catalogue.entry(actor_id)
        yield Proposal(Match(entry, entry.names[0], how), how, text)


def _of_leader(catalogue: Catalogue, text: str, kind: MentionType) -> Iterator[Proposal]:
    """A leader's name with a noun: "Assad regime", "Trump administration", "Haftar's forces" mean what they lead."""
    words = text.split()
    if len(words) < 2 or words[-1].lower() not in HEADS:
        return
    name = " ".join(words[:-1])
    for match, led in catalogue.served(name):
        if led.kind == "state" and kind is not MentionType.STATE:
            yield from _office(catalogue, "mil", led.id.removeprefix("gov-").upper(), name, "leader")
        else:
            yield Proposal(Match(led, match.name, "leader"), "leader", name)


def _person(catalogue: Catalogue, text: str, caseless: bool) -> Iterator[Proposal]:
    plain = _without_country(catalogue, TITLES.sub("", text))
    inner = [m for m in _exact(catalogue, plain, caseless) if m.entry.kind == "person"] if plain != text else []
    yield from (Proposal(m, m.how, plain, partly=True) for m in inner)
    if not inner and len(plain.split()) > 1 and (caseless or plain[:1].isupper()):
        near = catalogue.by_skeleton(plain) or catalogue.by_fuzzy(plain)
        same = [m for m in near if m.entry.kind == "person" and (m.how != "fuzzy" or _word_for_word(plain, m.name.text))]
        yield from (Proposal(m, m.how, plain, partly=plain != text) for m in same)


def _without_country(catalogue: Catalogue, text: str) -> str:
    """The words for a person without the country that stands before a name of two words or more: "the Nigerian Mohammed Yusuf"."""
    first, _, name = text.partition(" ")
    return name if " " in name and catalogue.countries_of(first) else text


def _word_for_word(said: str, name: str) -> bool:
    """Whether each word of a person's name is one of the other's, but for a slip of the pen: "Joaquín Guzmán López" is not "Joaquín Guzmán
    Loera", his father, nor "Mohammed Marwa" "Mohammed Omar"."""
    one, two = fold(said).split(), fold(name).split()
    return len(one) != len(two) or all(fuzz.ratio(a, b) >= _SLIP for a, b in zip(one, two, strict=True))


def bare_proposal(catalogue: Catalogue, role: str, code: str, text: str) -> tuple[Proposal, ...]:
    """The country's own force or government for a common noun ("the army"), where the article is about one country."""
    return tuple(_office(catalogue, role, code, text, "bare"))


def country_proposal(catalogue: Catalogue, role: str, code: str, text: str) -> tuple[Proposal, ...]:
    """A country's force or government for a common noun whose owner stands before it: "Rwanda's army"."""
    return tuple(_office(catalogue, role, code, text, "country"))
