"""What each type, role and degree of certainty means, and a statement's codes in ACLED, PLOVER and CAMEO.

Everything is read from ``data/codebook.yaml``; this module checks the file and applies its rules. No code is guessed: where a
field's code list has nothing for a statement, the code is None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import yaml

try:
    from yaml import CSafeLoader as SafeLoader  # an eighth of the pure Python loader's time; not every build of PyYAML has it
except ImportError:  # pragma: no cover
    from yaml import SafeLoader  # type: ignore[assignment]

from orbat.errors import DataError
from orbat.types import Certainty, Codes, EventType, MentionType, Role

FILE = Path(__file__).parent / "data" / "codebook.yaml"

Fillers = Mapping[Role, Sequence[tuple[str, MentionType]]]

_SECTIONS = ("version", "mentions", "roles", "certainties", "headings", "events", "acled", "plover", "words", "rules")
_CONDITIONS = ("types", "says", "actor", "target", "actor_says", "target_says")
_CODES = ("acled", "cameo")
_CAMEO = re.compile(r"(?:0[1-9]|1\d|20)\d?")  # CAMEO has the roots 01 to 20; two or three digits are used here
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_REMEMBERED = 4096
"""Triggers with their instruments whose rules are remembered at most, about 1 MB."""
_STEP = "Correct the file; docs/codebook.md describes its layout."

Enum_ = TypeVar("Enum_", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class EventEntry:
    """One event type: its meaning, its heading on a group's sheet, and the codes that stand where no rule refines them."""

    means: str
    heading: str
    acled: str | None
    cameo: str | None


@dataclass(frozen=True, slots=True)
class Words:
    """Word lists of the file, made ready to be looked up: each entry begins with a blank and, unless any ending may follow, ends
    with one. (Patterns would take longer to compile than the whole file takes to load.)
    """

    entries: tuple[str, ...]

    @classmethod
    def of(cls, lists: Iterable[Iterable[str]]) -> Words:
        """The entries of some lists; a final * stands for any ending."""
        return cls(tuple(plain(e.removesuffix("*"))[: -1 if e.endswith("*") else None] for entries in lists for e in entries))

    def found_in(self, text: str) -> bool:
        """Whether an entry stands in a text made ``plain``."""
        return any(entry in text for entry in self.entries)


def plain(*texts: str) -> str:
    """Texts as ``Words`` look things up: lower case, one blank before and after every word, a stroke between texts."""
    return " | ".join(" " + " ".join(_WORD.findall(text.lower().replace("’", "'"))) + " " for text in texts)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table of refinements: conditions, all of which must hold, and the codes it ``sets`` ("acled", "cameo")."""

    types: frozenset[EventType]
    says: Words | None
    fillers: tuple[tuple[Role, frozenset[MentionType]], ...]
    fillers_say: tuple[tuple[Role, Words], ...]
    sets: Mapping[str, str | None]

    def holds_of(self, fillers: Fillers) -> bool:
        """Whether what the rule asks of fillers holds."""
        for role, kinds in self.fillers:
            if kinds.isdisjoint([kind for _, kind in fillers.get(role, ())]):
                return False
        return all(words.found_in(plain(*(text for text, _ in fillers.get(role, ())))) for role, words in self.fillers_say)


@dataclass(frozen=True, slots=True)
class Codebook:
    """The loaded codebook: meanings by value, headings in the order of a sheet, ACLED's event type by sub-event, the rules."""

    version: int
    mentions: Mapping[MentionType, str]
    roles: Mapping[Role, str]
    certainties: Mapping[Certainty, str]
    headings: tuple[str, ...]
    events: Mapping[EventType, EventEntry]
    acled: Mapping[str, str]
    plover: Mapping[str, str]
    rules: Mapping[EventType, tuple[Rule, ...]]
    _fitting: dict[tuple[str, ...], tuple[Rule, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def load(cls, path: Path | str = FILE) -> Codebook:
        """The codebook of a file (the shipped one if none is given).

        Raises:
            DataError: the file is missing, is no YAML, or breaks its layout; the message names the entry.
        """
        try:
            data = yaml.load(Path(path).read_bytes(), Loader=_Loader)
        except OSError as error:
            raise DataError(f"The codebook {path} cannot be read.", f"{error.strerror}.", "Give the path of a codebook.") from error
        except (yaml.YAMLError, ValueError) as error:
            raise DataError(f"The codebook {path} is not YAML.", f"{error}.".replace("\n", " "), _STEP) from error
        return _build(data, str(path))

    def heading(self, type: EventType) -> str:
        """The heading under which a group's sheet shows statements of a type."""
        return self.events[type].heading

    def codes(self, type: EventType, trigger_text: str, fillers_by_role: Fillers) -> Codes:
        """The codes of what a statement says. Certainty and negation do not change them: the statement carries those itself.

        Args:
            fillers_by_role: for each role the text and mention type of each of its fillers; a role may be left out.
        """
        entry = self.events[type]
        found: dict[str, str | None] = {}
        for rule in self._rules_for(type, trigger_text, *[text for text, _ in fillers_by_role.get(Role.INSTRUMENT, ())]):
            if not rule.sets.keys() <= found.keys() and rule.holds_of(fillers_by_role):
                found = {**rule.sets, **found}
                if len(found) == len(_CODES):
                    break
        sub_event, cameo = found.get("acled", entry.acled), found.get("cameo", entry.cameo)
        return Codes(self.acled[sub_event] if sub_event else None, sub_event, self._plover(cameo), cameo)

    def _rules_for(self, type: EventType, *said: str) -> tuple[Rule, ...]:
        """The rules of a type that a trigger and its instruments meet. They are remembered: most triggers are met again and again."""
        key = (type, *said)
        found = self._fitting.get(key)
        if found is None:
            if len(self._fitting) >= _REMEMBERED:
                self._fitting.clear()
            means = plain(*said)
            found = tuple(rule for rule in self.rules.get(type, ()) if rule.says is None or rule.says.found_in(means))
            self._fitting[key] = found
        return found

    def _plover(self, cameo: str | None) -> str | None:
        return None if cameo is None else self.plover.get(cameo) or self.plover.get(cameo[:2])


class _Loader(SafeLoader):
    """YAML in which no key may stand twice: plain YAML would drop the first of the two in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.YAMLError(f"line {key.start_mark.line + 1}: {key.value} stands twice")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class _Check:
    """Reads the parts of one file; every complaint names the file and the entry."""

    def __init__(self, path: str) -> None:
        self.path = path

    def fail(self, where: str, why: str) -> DataError:
        return DataError(f"The codebook {self.path} cannot be used.", f"{where}: {why}.", _STEP)

    def mapping(self, where: str, value: Any, *, required: Iterable[str] = (), allowed: Iterable[str] | None = None) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.fail(where, f"a mapping is wanted, not {value!r:.60}")
        if missing := [key for key in required if key not in value]:
            raise self.fail(where, f"{', '.join(missing)} missing")
        if allowed is not None and (extra := [str(key) for key in value if key not in set(allowed)]):
            raise self.fail(where, f"{', '.join(extra)} not known")
        return value

    def texts(self, where: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not value or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.fail(where, f"a list of texts is wanted, not {value!r:.60}")
        return tuple(value)

    def members(self, where: str, value: Any, kind: type[Enum_]) -> frozenset[Enum_]:
        names = self.texts(where, value)
        if unknown := [name for name in names if name not in {member.value for member in kind}]:
            raise self.fail(where, f"{', '.join(unknown)} is no {kind.__name__}")
        return frozenset(kind(name) for name in names)

    def meanings(self, where: str, value: Any, kind: type[Enum_]) -> Mapping[Enum_, str]:
        names = [member.value for member in kind]
        table = self.mapping(where, value, required=names, allowed=names)
        if bad := [name for name in names if not isinstance(table[name], str) or not table[name].strip()]:
            raise self.fail(where, f"{', '.join(bad)} has no meaning")
        return MappingProxyType({kind(name): table[name] for name in names})

    def code(self, where: str, name: str, value: Any, *, acled: Mapping[str, str]) -> str | None:
        if value is None:
            return None
        if name == "acled" and value not in acled:
            raise self.fail(where, f"{value!r} is no sub-event of ACLED")
        if name == "cameo" and not (isinstance(value, str) and _CAMEO.fullmatch(value)):
            raise self.fail(where, f'{value!r} is no CAMEO code as text, such as "057"')
        return str(value)


def _build(data: Any, path: str) -> Codebook:
    check = _Check(path)
    top = check.mapping("the file", data, required=_SECTIONS, allowed=_SECTIONS)
    if top["version"] != 1:
        raise check.fail("version", f"1 is wanted, not {top['version']!r}")
    acled = {name: kind for kind, names in check.mapping("acled", top["acled"]).items() for name in check.texts(f"acled {kind}", names)}
    headings = check.texts("headings", top["headings"])
    plover = check.mapping("plover", top["plover"])
    if bad := [str(key) for key, kind in plover.items() if not (isinstance(kind, str) and _CAMEO.fullmatch(str(key)) and str(key) == key)]:
        raise check.fail("plover", f"{', '.join(bad)}: CAMEO codes and PLOVER types are texts")
    lists = check.mapping("words", top["words"])
    words = {name: check.texts(f"words {name}", entries) for name, entries in lists.items()}
    if not isinstance(top["rules"], list):
        raise check.fail("rules", "a list is wanted")
    rules = [_rule(check, f"rule {number}", rule, words=words, acled=acled) for number, rule in enumerate(top["rules"], 1)]
    return Codebook(
        version=1,
        mentions=check.meanings("mentions", top["mentions"], MentionType),
        roles=check.meanings("roles", top["roles"], Role),
        certainties=check.meanings("certainties", top["certainties"], Certainty),
        headings=headings,
        events=_events(check, top["events"], headings=headings, acled=acled),
        acled=MappingProxyType(acled),
        plover=MappingProxyType(plover),
        rules=MappingProxyType({kind: tuple(rule for rule in rules if kind in rule.types) for kind in EventType}),
    )


def _events(check: _Check, value: Any, *, headings: tuple[str, ...], acled: Mapping[str, str]) -> Mapping[EventType, EventEntry]:
    names, keys = [member.value for member in EventType], ("means", "heading", *_CODES)
    out = {}
    for name, entry in check.mapping("events", value, required=names, allowed=names).items():
        where = f"event {name}"
        check.mapping(where, entry, required=keys, allowed=keys)
        if not isinstance(entry["means"], str) or not entry["means"].strip():
            raise check.fail(where, "it has no meaning")
        if entry["heading"] not in headings:
            raise check.fail(where, f"the heading {entry['heading']!r} is not among the headings")
        acled_code, cameo = (check.code(where, code, entry[code], acled=acled) for code in _CODES)
        out[EventType(name)] = EventEntry(entry["means"], entry["heading"], acled_code, cameo)
    return MappingProxyType({kind: out[kind] for kind in EventType})


def _rule(check: _Check, where: str, value: Any, *, words: Mapping[str, tuple[str, ...]], acled: Mapping[str, str]) -> Rule:
    rule = check.mapping(where, value, required=("types",), allowed=(*_CONDITIONS, *_CODES))
    sets = {name: check.code(where, name, rule[name], acled=acled) for name in _CODES if name in rule}
    if not sets:
        raise check.fail(where, "it sets neither acled nor cameo")

    def listed(condition: str) -> Words:
        names = check.texts(f"{where} {condition}", rule[condition])
        if unknown := [name for name in names if name not in words]:
            raise check.fail(where, f"no word list is called {', '.join(unknown)}")
        return Words.of(words[name] for name in names)

    roles = (Role.ACTOR, Role.TARGET)
    return Rule(
        types=check.members(f"{where} types", rule["types"], EventType),
        says=listed("says") if "says" in rule else None,
        fillers=tuple((role, check.members(f"{where} {role}", rule[role], MentionType)) for role in roles if role in rule),
        fillers_say=tuple((role, listed(f"{role}_says")) for role in roles if f"{role}_says" in rule),
        sets=MappingProxyType(sets),
    )
