"""A record as its page lays it out: every field with who says what, every origin with what it says, copies folded. All pure.

What goes in is what the API gives (``record_to_json``, ``statement_to_json``), so that the page shows nothing that its twin does not have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orbat.link.cataloguefile import ARMED_KINDS
from orbat.service.pages.words import days
from orbat.types import Certainty

Json = Mapping[str, Any]
NOUNS: Mapping[str, tuple[str, str, str]] = {
    "attack": ("Attack", "by", "on"),
    "bombing": ("Bombing", "by", "of"),
    "strike": ("Strike", "by", "on"),
    "clash": ("Clash", "of", "with"),
    "kill": ("Killing", "by", "of"),
    "injure": ("Wounding", "by", "of"),
    "abduct": ("Abduction", "by", "of"),
    "abuse": ("Abuse", "by", "of"),
    "seize": ("Seizure", "by", "of"),
    "withdraw": ("Withdrawal", "of", "from"),
    "hold": ("Hold", "of", "on"),
    "deploy": ("Deployment", "by", "of"),
    "recruit": ("Recruitment", "by", "of"),
    "join": ("Entry", "of", "into"),
    "leave": ("Departure", "of", "from"),
    "lead": ("Leadership", "by", "of"),
    "belong": ("Membership", "of", "in"),
    "ally": ("Alliance", "of", "with"),
    "split": ("Break", "of", "with"),
    "support": ("Support", "by", "for"),
    "gain": ("Gain", "by", "of"),
    "lose": ("Loss", "by", "of"),
    "arrest": ("Arrest", "by", "of"),
    "release": ("Release", "by", "of"),
    "sanction": ("Sanction", "by", "against"),
    "claim": ("Claim", "by", "of"),
    "threaten": ("Threat", "by", "against"),
    "appeal": ("Appeal", "by", "to"),
    "accuse": ("Accusation", "by", "against"),
    "negotiate": ("Talks", "of", "with"),
    "agree": ("Agreement", "of", "with"),
}
"""How a heading names what happened: the noun, and the words before who did it and before whom or what it was done to."""
LABELS: Mapping[str, str] = {
    "actors": "Who",
    "targets": "Whom or what",
    "place": "Where",
    "origin": "From whom or where",
    "instrument": "With what",
    "date": "When",
    "start": "Since when",
    "end": "Until when",
    "seen": "Seen to hold",
}
"""What the page calls the fields of a record."""
STANDS: Mapping[str, str] = {
    "judged": "judged",
    "disputed": "disputed",
    "several": "several, side by side",
    "agreed": "agreed",
    "one": "one origin",
}
"""How the values of a field stand to one another, in words."""
SURELY: Mapping[str, str] = {
    "fact": "fact",
    "likely": "likely",
    "possible": "possible",
    "future": "to come",
    "hypothetical": "condition or wish",
}
"""How surely, in as few words as a column has room for."""
DAYS = frozenset({"date", "start", "end", "seen"})
SURENESS = tuple(each.value for each in Certainty)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a value stands on, as the macro ``value`` takes it."""

    statements: tuple[str, ...]
    certainty: str
    independent: int
    status: str
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a field: what is shown, who says it, what it stands on. ``note``: the words that it was read from, where they differ;
    ``reported``: the first and last day of publication; ``chosen``: an analyst chose it."""

    said: Json
    text: str
    note: str
    voices: tuple[Json, ...]
    grounds: Grounds
    certainties: tuple[str, ...]
    reported: tuple[str, ...]
    chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A field: its values, and how they stand to one another (``judged``, ``disputed``, ``several``, ``agreed`` or ``one``)."""

    name: str
    label: str
    field: Json
    values: tuple[Value, ...]
    stand: str


@dataclass(frozen=True, slots=True)
class Count:
    """People counted of one kind on one side, with every figure said. ``alone``: no other side has figures of this kind."""

    toll: Json
    side: str
    row: Row
    alone: bool


@dataclass(frozen=True, slots=True)
class Voice:
    """An origin of a record. ``grade``: its Admiralty letter; ``statements`` its statements here, in ``articles``, of which ``copies`` are
    near-copies of another; ``values``: by label, what it says."""

    origin: Json
    grade: str
    denies: bool
    statements: tuple[Json, ...]
    articles: tuple[Json, ...]
    copies: int
    certainty: str
    values: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Family:
    """Articles that are near-copies of one another: the first, and the others, which confirm nothing."""

    first: Json
    others: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A record laid out. ``grades``: how many origins have each Admiralty letter; ``copies``: articles that are copies of another."""

    rows: tuple[Row, ...]
    counts: tuple[Count, ...]
    voices: tuple[Voice, ...]
    families: tuple[Family, ...]
    grades: tuple[tuple[str, int], ...]
    copies: int


def layout(evidence: Json, origins: Mapping[str, str]) -> Layout:
    """A record laid out for reading.

    Args:
        evidence: what the API gives of it.
        origins: the id of each statement's origin, by statement id.
    """
    record, families = evidence["record"], evidence["families"]
    said = {each["id"]: each for each in evidence["statements"]}
    reader = _Reader(record, said, {each["id"]: each for each in record["origins"]})
    fields = fields_of(record)
    kinds = [toll["kind"] for toll in record["tolls"]]
    counts = tuple(
        Count(toll, side_of(record, toll["side"]), reader.row(_counted(toll)), kinds.count(toll["kind"]) == 1) for toll in record["tolls"]
    )
    folded = folded_families(evidence["statements"], families)
    own: defaultdict[str, list[Json]] = defaultdict(list)
    for each in evidence["statements"]:
        own[origins.get(each["id"], "")].append(each)
    voices = tuple(_voice(each, evidence, own[each["id"]]) for each in record["origins"])
    letters = [each.grade for each in voices]
    grades = tuple((letter, letters.count(letter)) for letter in sorted(set(letters)))
    rows = tuple(reader.row(field) for field in fields if field["values"])
    return Layout(rows, counts, voices, folded, grades, sum(len(each.others) for each in folded))


def heading(record: Json) -> str:
    """What happened, who did it to whom, and where, in plain words, as most origins say it."""
    actors = leading(record["actors"])
    targets = leading(record["targets"], but=(*actors, *(_persons(record["targets"]["values"]) if record["type"] == "seize" else ())))
    return _phrase(record["type"], actors, targets, record["location"], bodies=_bodies(record["targets"]["values"]))


def heading_of(statement: Json) -> str:
    """The same of one statement."""
    actors, targets = ([text_of(filler) for filler in statement[role]] for role in ("actor", "target"))
    return _phrase(statement["type"], actors, targets, statement["location"], bodies=_bodies(statement["target"]))


def _bodies(values: Iterable[Json]) -> frozenset[str]:
    """Those of some values that are armed bodies: nobody seizes these, but something from them."""
    return frozenset(text_of(each) for each in values if each["entity"] and each["entity"]["kind"] in ARMED_KINDS)


def _persons(values: Iterable[Json]) -> frozenset[str]:
    """The named persons among some values: who fell as a town was seized was not seized."""
    return frozenset(text_of(each) for each in values if each["entity"] and each["entity"]["kind"] == "person")


def leading(field: Json, but: Collection[str] = ()) -> list[str]:
    """The values of a field that a heading may name without taking sides, by name, none of those in ``but``.

    It is what most origins say. Of several that as many say, it is those that are known, where there is one or where one statement names
    them together; else the first, where the same origins say them all.
    """
    stated = [value for value in field["values"] if not value["negated"] and text_of(value) not in but]
    if not stated or field["judged"]:
        return [text_of(value) for value in stated[:1]]
    most = max(len(value["origins"]) for value in stated)
    first = [value for value in stated if len(value["origins"]) == most]
    known = [value for value in first if value["entity"]]
    if not known:
        alike = len({tuple(value["origins"]) for value in first}) == 1
        return [text_of(first[0])] if alike else []
    if not frozenset.intersection(*(frozenset(value["statements"]) for value in known)) and len(known) > 1:
        return []
    return [text_of(value) for value in known]


def held(record: Json) -> str:
    """The days of a record as a reader says them; empty where no day is known."""
    start, end = record["start"], record["end"]
    if record["kind"] == "relation" and not (start and end):
        return f"since {days(start)}" if start else f"until {days(end)}" if end else ""
    return days(start, end)


def text_of(said: Json) -> str:
    """What a value is shown as: "300" is "300 people"."""
    text = str(said["entity"]["name"] if said["entity"] else said["text"])
    return f"{text} people" if text.isdigit() else text


def fields_of(record: Json) -> tuple[Json, ...]:
    """All fields of a record."""
    return (record["actors"], record["targets"], *record["fields"])


def side_of(record: Json, side: str) -> str:
    """Whose people are counted, by name where the side is a party of the record."""
    names = {value["entity"]["id"]: value["entity"]["name"] for field in fields_of(record) for value in field["values"] if value["entity"]}
    return str(names.get(side, side))


def folded_families(statements: Iterable[Json], families: Mapping[str, str]) -> tuple[Family, ...]:
    """The articles of statements by family of copies, each family's first published first; the family with most articles first."""
    found: defaultdict[str, dict[str, Json]] = defaultdict(dict)
    for each in statements:
        document = each["document"]
        found[families.get(document["id"], document["id"])].setdefault(document["id"], document)
    folded = [sorted(members.values(), key=lambda each: (each["published"] or "9999", each["id"])) for members in found.values()]
    folded.sort(key=lambda each: (-len(each), each[0]["published"] or "9999", each[0]["id"]))
    return tuple(Family(first, tuple(others)) for first, *others in folded)


def choice(field: Json, statement: str = "") -> dict[str, Any]:
    """A field as a form offers it: every value said, once, and whether a statement says it."""
    offered: dict[str, dict[str, Any]] = {}
    for said in field["values"]:
        text, note = _shown(said, field["name"])
        own = statement in said["statements"]
        if said["key"] in offered:
            own = own or offered[said["key"]]["own"]
        offered[said["key"]] = {"key": said["key"], "text": text, "note": note, "own": own, "origins": len(said["origins"])}
    name = field["name"]
    return {"name": name, "label": LABELS.get(name, name.capitalize()), "values": list(offered.values()), "by": kind_of(name)}


def kind_of(field: str) -> str:
    """How another value of a field is typed: ``actor``, ``day``, ``number`` or ``text``."""
    if field in ("actors", "targets", "origin"):
        return "actor"
    return "day" if field in DAYS else "text" if field in LABELS else "number"


@dataclass(frozen=True, slots=True)
class _Reader:
    """Lays out the fields of one record."""

    record: Json
    statements: Mapping[str, Json]
    origins: Mapping[str, Json]

    def row(self, field: Json) -> Row:
        judged = field.get("judged")
        values = tuple(self.value(said, field, chosen=at == 0 and judged is not None) for at, said in enumerate(field["values"]))
        return Row(field["name"], LABELS.get(field["name"], field["name"].capitalize()), field, values, _stand(field))

    def value(self, said: Json, field: Json, *, chosen: bool) -> Value:
        statements = [self.statements[id] for id in said["statements"] if id in self.statements]
        certainties = sorted({each["certainty"] for each in statements}, key=SURENESS.index)
        reported = sorted({each["document"]["published"] for each in statements if each["document"]["published"]})
        voices = tuple(self.origins.get(id) or _origin(id) for id in said["origins"])
        status = "disputed" if field.get("disputed") else "corroborated" if len(voices) > 1 else "single-source"
        status = "denied" if said["negated"] else status
        surest = certainties[0] if certainties else "fact"
        grounds = Grounds(tuple(each["id"] for each in statements), surest, len(voices), status, (self.record["id"],))
        text, note = _shown(said, field["name"])
        return Value(said, text, note, voices, grounds, tuple(certainties), tuple(dict.fromkeys((*reported[:1], *reported[-1:]))), chosen)


def _phrase(type: str, actors: list[str], targets: list[str], location: Json | None, *, bodies: Collection[str]) -> str:
    noun, by, on = NOUNS[type]
    losers = [name for name in targets if name in bodies] if type == "seize" else []
    parts = [(by, actors), (on, [name for name in targets if name not in losers])]
    parts = [*(reversed(parts) if on == "of" else parts), ("from", losers)]
    words = [noun, *(f"{word} {_listed(names)}" for word, names in parts if names)]
    return " ".join([*words, *([f"in {location['name']}"] if location else [])])


def _listed(names: list[str]) -> str:
    return " and ".join(names) if len(names) < 3 else f"{names[0]}, {names[1]} and others"


def _shown(said: Json, field: str) -> tuple[str, str]:
    """A value's text, and the words that it was read from where these say more."""
    if field in DAYS:
        start, _, end = said["key"].partition("/")
        try:
            return days(start, end or None), said["text"] if said["text"] != said["key"] else ""
        except ValueError:  # a value that an analyst typed
            return said["text"], ""
    if said["key"].replace("/", "").isdigit():
        low, *rest = said["key"].split("/")
        return (f"{low}–{rest[-1]}" if rest else low), said["text"] if said["text"] != said["key"] else ""
    return text_of(said), ""


def _origin(id: str) -> Json:
    """An origin that only an end given by another record names."""
    kind, _, name = id.partition(":")
    return {"id": id, "name": name.rpartition(":")[2], "kind": kind}


def _counted(toll: Json) -> Json:
    """The figures of a toll as the values of a field."""
    return {"name": toll["kind"], "values": toll["said"]}


def _stand(field: Json) -> str:
    stated = [value for value in field["values"] if not value["negated"]]
    if field.get("judged"):
        return "judged"
    if field.get("disputed"):
        return "disputed"
    if len(field["values"]) > 1:
        return "several"
    return "agreed" if stated and len(stated[0]["origins"]) > 1 else "one"


def _voice(origin: Json, evidence: Json, own: Sequence[Json]) -> Voice:
    record, families = evidence["record"], evidence["families"]
    articles = {each["document"]["id"]: each["document"] for each in own}
    copied = len(articles) - len({families.get(id, id) for id in articles})
    counted = map(_counted, record["tolls"])
    values: defaultdict[str, list[str]] = defaultdict(list)
    for field in (*fields_of(record), *counted):
        for said in field["values"]:
            if origin["id"] in said["origins"]:
                text, _ = _shown(said, field["name"])
                values[LABELS.get(field["name"], field["name"])].append(f"not {text}" if said["negated"] else text)
    return Voice(
        origin,
        evidence["grades"].get(origin["id"], "F"),
        origin["id"] in record["denials"],
        tuple(own),
        tuple(articles.values()),
        copied,
        min((each["certainty"] for each in own), key=SURENESS.index, default=record["certainty"]),
        {label: tuple(dict.fromkeys(found)) for label, found in values.items()},
    )
