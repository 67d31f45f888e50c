"""Build orbat/data/actors.jsonl: python scripts/build_actors.py [FACTS]

FACTS is the folder of public lists named in docs/notice-actors.txt (UCDP actors, OFAC, UN, CIA World Factbook). Without
it the names and ids already taken from those lists are kept from the present catalogue, so a change in scripts/data
needs no lists. What is written by hand in scripts/data always wins: a list adds names and ids to its actors, and the
actors that it does not have.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from orbat.names import fold, is_acronym, skeleton  # noqa: E402

DATA = Path(__file__).resolve().parent / "data"
OUT = ROOT / "orbat" / "data" / "actors.jsonl"
RELATIONS = ("parent", "splinter_of", "merged_into", "renamed_to", "leads", "allied", "joined")
LISTS = ("ucdp", "ofac", "un", "wikidata")
# Words a list gives as a name that would catch anything, or that mean another actor in the news.
TOO_COMMON = frozenset((DATA / "too_common.txt").read_text(encoding="utf-8").splitlines())
SMALL = frozenset(
    ("al", "an", "of", "the", "and", "in", "for", "wal", "wa", "ul", "e", "i", "bin", "on", "to", "de", "la", "el", "du", "des", "et")
)


TELLING = {
    word: line[:2]
    for line in (DATA / "languages.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()[1:]
}


def language(name: str) -> str:
    """The language of a name, where two of its words tell one for each that tells another; else "", which is not known."""
    words = dict.fromkeys(re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", name.lower().replace("’", "'")))
    told = Counter(TELLING[w] for w in words if w in TELLING)
    (lang, most), *others = [*told.most_common(2), ("", 0)][:2]
    return lang if most and all(most >= 2 * times for _, times in others) else ""


@dataclass
class Entry:
    """One actor on its way into the catalogue; ``names`` maps a name to its attributes (from, to, lang)."""

    id: str
    kind: str
    name: str
    countries: list[str] = field(default_factory=list)
    years: tuple[int | None, int | None] = (None, None)
    prominence: int = 0
    names: dict[str, dict[str, Any]] = field(default_factory=dict)
    banned: set[str] = field(default_factory=set)
    relations: list[dict[str, Any]] = field(default_factory=list)
    ids: dict[str, list[str]] = field(default_factory=dict)
    extra: dict[str, list[str]] = field(default_factory=dict)

    def add_name(self, name: str, **attributes: Any) -> None:
        name = " ".join(name.replace("“", '"').replace("”", '"').split()).strip(" ,;")
        if name and name != self.name and name not in self.banned:
            self.names.setdefault(name, attributes)

    def line(self) -> dict[str, Any]:
        """The catalogue's line: only the fields that say something."""
        out: dict[str, Any] = {"id": self.id, "name": self.name, "kind": self.kind}
        if self.countries:
            out["countries"] = self.countries
        out |= {key: year for key, year in zip(("from", "to"), self.years, strict=True) if year}
        if self.prominence:
            out["prominence"] = self.prominence
        if self.kind not in ("person", "state"):
            told = {n: lang for n, a in self.names.items() if "lang" not in a and not is_acronym(n) and (lang := language(n))}
            self.names |= {n: self.names[n] | {"lang": lang} for n, lang in told.items()}
        aliases = [{"name": n, **a} if a else n for n, a in self.names.items() if not is_acronym(n)]
        acronyms = [{"name": n, **a} if a else n for n, a in self.names.items() if is_acronym(n)]
        rest = {"aliases": aliases, "acronyms": acronyms, "relations": self.relations, "ids": self.ids, **self.extra}
        return out | {key: value for key, value in rest.items() if value}


def years(text: str) -> tuple[int | None, int | None]:
    """ "2006-2013", "2015-", "" -> (from, to)."""
    start, _, end = text.strip().partition("-")
    return (int(start) if start else None, int(end) if end else None)


def read_hand(path: Path) -> list[Entry]:
    """The lines of a hand-written list (its head says what the fields are)."""
    entries = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [p.strip() for p in line.split("|")]
        if len(parts) == 7:
            parts.append("")
        if len(parts) != 8:
            raise SystemExit(f"{path}:{number}: a line needs the 8 fields that the head of the file names.")
        entry = Entry(parts[0], parts[1], parts[3], parts[2].split(), years(parts[5]), int(parts[6] or 0))
        for alias in parts[4].split(";"):
            name, attributes = alias.strip(), {}
            if name.startswith("-"):
                entry.banned.add(name[1:])
                continue
            if match := re.search(r" @(\d{4})-(\d{4})?$", name):
                name = name[: match.start()]
                attributes = {k: int(v) for k, v in zip(("from", "to"), match.groups(), strict=True) if v}
            if match := re.search(r" ~(\w\w)$", name):
                name = name[: match.start()]
                attributes["lang"] = match[1]
            entry.add_name(name, **attributes)
        if entry.kind in ("group", "wing", "coalition"):  # "al-Shabaab (Mozambique)" is called al-Shabaab; the country tells
            for name in (entry.name, *list(entry.names)):
                if name.endswith(")") and name.count("(") == 1 and not is_acronym(plain := name.partition("(")[0].strip()):
                    entry.add_name(plain)
        for pair in parts[7].split():
            key, _, value = pair.partition("=")
            if key in RELATIONS:
                target, _, when = value.partition("@")
                start, end = years(when)
                entry.relations.append({"type": key, "id": target} | ({"from": start} if start else {}) | ({"to": end} if end else {}))
            elif key in LISTS:
                entry.ids[key] = value.split(",")
            else:
                raise SystemExit(f"{path}:{number}: '{key}' is neither a relation nor a list of ids.")
        entries.append(entry)
    return entries


def add_years(entries: dict[str, Entry], path: Path) -> None:
    """The years of activity of groups that are taken from lists (the head of the file says what they are)."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            actor, when, _ = (part.strip() for part in line.split("|", 2))
            if actor not in entries or any(entries[actor].years):
                raise SystemExit(f"{path}:{number}: '{actor}' is no actor, or has its years elsewhere.")
            entries[actor].years = years(when)


def spread_years(entry: Entry) -> None:
    """Give other spellings of a name that was used for a time only, as lists have them, the years of that name."""
    spelled: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for name, attributes in entry.names.items():
        when = {key: year for key, year in attributes.items() if key in ("from", "to")}
        if when and when not in spelled[skeleton(name)]:
            spelled[skeleton(name)].append(when)
    spelled.pop(skeleton(entry.name), None)
    for name, attributes in entry.names.items():
        if " " in name and not {"from", "to"} & attributes.keys() and len(spelled.get(skeleton(name), ())) == 1:
            entry.names[name] = attributes | spelled[skeleton(name)][0]


def read_countries(path: Path) -> tuple[list[Entry], dict[str, str]]:
    """Government, armed forces and police of every country, and the ISO code of each country name."""
    entries, codes = [], {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        iso, name, *lists = line.split("|")
        demonyms, capitals, others, places = ([v.strip() for v in part.split(";") if v.strip()] for part in lists)
        codes |= {fold(n): iso for n in (name, *others)}
        low = iso.lower()
        state = Entry(f"gov-{low}", "state", f"Government of {name}", [iso])
        for other in (name, *others):
            state.add_name(other)
        state.extra = {"country_names": [name, *others], "demonyms": demonyms, "capitals": capitals, "places": places}
        entries.append(state)
        if demonyms:
            adjective = demonyms[0]
            army = Entry(f"mil-{low}", "force", f"Armed Forces of {name}", [iso], relations=[{"type": "parent", "id": state.id}])
            police = Entry(f"pol-{low}", "force", f"Police of {name}", [iso], relations=[{"type": "parent", "id": state.id}])
            for noun in ("Armed Forces", "army", "military"):
                army.add_name(f"{adjective} {noun}")
            police.add_name(f"{adjective} police")
            entries += [army, police]
    return entries, codes


def merge_hand(entries: dict[str, Entry], hand: list[Entry]) -> None:
    """Lay hand-written lines over what is there; a second line of one id adds to the first."""
    for new in hand:
        old = entries.get(new.id)
        if old is None:
            entries[new.id] = new
            continue
        keep = old.name
        old.name, old.kind, old.banned = new.name, new.kind, new.banned
        old.countries, old.years = new.countries or old.countries, new.years if any(new.years) else old.years
        old.prominence = max(old.prominence, new.prominence)
        old.names.pop(old.name, None)
        for name, attributes in ({keep: {}} | new.names).items():
            if name != old.name:
                old.names[name] = attributes
        seen = {(r["type"], r["id"]) for r in new.relations}
        old.relations = [r for r in old.relations if (r["type"], r["id"]) not in seen] + new.relations
        old.ids |= new.ids


def rows(facts: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (facts / name).read_text(encoding="utf-8").splitlines()]


def readable(name: str) -> str:
    """A name written in capitals as a newspaper writes it; one word of up to five capitals is left for an acronym."""
    letters = [c for c in name if c.isalpha()]
    if not letters or sum(c.isupper() for c in letters) < 0.8 * len(letters) or (len(name) <= 5 and " " not in name):
        return name
    words = [w if i and w in SMALL else w[:1].upper() + w[1:] for i, w in enumerate(name.lower().split())]
    return re.sub(r"(?<=[-(/])([a-z])", lambda m: m[1].upper(), " ".join(words)).replace("Al-", "al-")


class Lists:
    """The public lists laid under the hand-written entries, each name given to one actor only."""

    def __init__(self, entries: dict[str, Entry], codes: dict[str, str]) -> None:
        self.entries, self.codes = entries, codes
        self.by_list = {(k, i): e for e in entries.values() for k, ids in e.ids.items() for i in ids}
        self.owner: dict[str, set[str]] = defaultdict(set)
        for entry in entries.values():
            for name in (entry.name, *entry.names):
                self.owner[fold(name)].add(entry.id)

    def find(self, key: str, number: str, names: list[str]) -> Entry | None:
        """The actor that claims the list's number, else the only group, wing or organisation of one of the names."""
        if found := self.by_list.get((key, number)):
            return found
        owners = {o for n in names for o in self.owner.get(fold(n), ()) if self.entries[o].kind != "person"}
        return self.entries[owners.pop()] if len(owners) == 1 else None

    def add(self, entry: Entry, names: list[str]) -> None:
        """Names from a list: not too common, not written by hand for another actor, acronyms only where new."""
        for raw in names:
            name = readable(re.sub(r"^formerly |\s*[([][^)\]]*[)\]]", "", raw).strip(" .\"'")).strip()
            key = fold(name)
            words = key.split()
            if len(key) < 3 or key in TOO_COMMON or not any(c.isascii() and c.isalpha() for c in name) or len(words) > 14:
                continue
            if len(words) == 1 and not is_acronym(name) and (len(key) < 6 or (raw.isupper() and len(key) < 9)):
                continue
            stranger = entry.kind == "person" and len(words) < 3 and not set(words) & set(fold(entry.name).split())
            if stranger or self.owner[key] - {entry.id}:
                continue
            if key not in {fold(n) for n in (entry.name, *entry.names)}:
                entry.add_name(name)
                self.owner[key].add(entry.id)

    def new(self, entry: Entry) -> Entry:
        self.entries[entry.id] = entry
        self.owner[fold(entry.name)].add(entry.id)
        return entry

    def countries(self, text: str) -> list[str]:
        parts = re.split(r"[,;]\s*", text or "")
        found = [self.codes.get(fold(re.sub(r"\s*\([^)]*\)", "", p))) for p in parts]
        return list(dict.fromkeys(c for c in found if c))


def add_ucdp(lists: Lists, facts: Path) -> None:
    """Formally organised groups (org 1) and governments (org 4); informal and communal sides are left out."""
    listed = [r for r in rows(facts, "ucdp_actors_22.1.jsonl") if r["org"] in ("1", "4")]
    groups: list[tuple[Entry, dict[str, Any]]] = []
    for row in listed:
        number, names = row["actor_id"], [n.strip() for n in row["names"] if n.strip() != "n/a"]
        where = lists.countries(row["location"])
        entry = lists.by_list.get(("ucdp", number))
        if row["org"] == "4":
            code = lists.codes.get(fold(re.sub(r"^Government of (the )?|\s*\([^)]*\)", "", row["name"])))
            if entry is None and code:
                lists.entries[f"gov-{code.lower()}"].ids.setdefault("ucdp", [number])
            continue
        split = [p for n in names for p in (n.split(", ") if "(" not in n and not n.startswith("Forces of") else [n])]
        if entry is None:
            short = is_acronym(split[0]) or len(split[0]) < 6
            title = split[-1] if short and len(split) > 1 and re.fullmatch(r"[\w\s'’/.()-]+", split[-1]) else split[0]
            title = title.strip(' "')
            entry = lists.new(Entry(f"ucdp-{number}", "group", title, where, ids={"ucdp": [number]}))
        elif not entry.countries:
            entry.countries = where
        lists.by_list[("ucdp", number)] = entry
        lists.add(entry, split)
        groups.append((entry, row))
    for entry, row in groups:
        for key, kind in (("splinter_ids", "splinter_of"), ("alliance_ids", "allied"), ("joined_ids", "joined")):
            for other in re.findall(r"\d+", row[key] or ""):
                target = lists.by_list.get(("ucdp", other))
                if target and target is not entry and target.id not in {r["id"] for r in entry.relations}:
                    entry.relations.append({"type": kind, "id": target.id})


def add_designations(lists: Lists, facts: Path) -> None:
    """US and UN lists: names and numbers for known actors; designated groups that are missing; listed persons."""
    for row in rows(facts, "ofac_fto_2022-01.jsonl") + rows(facts, "ofac_sdgt_fto_entities_2022-01.jsonl"):
        names = [row["name"], *(a["name"] for a in row["aliases"])]
        entry = lists.find("ofac", row["ofac_id"], names)
        if entry is None and "FTO" in row["programs"]:
            entry = lists.new(Entry(f"ofac-{row['ofac_id']}", "group", readable(row["name"])))
        if entry and entry.kind in ("group", "wing", "coalition", "org", "force", "media"):
            entry.ids.setdefault("ofac", [row["ofac_id"]])
            lists.add(entry, names)
    for row in rows(facts, "un_consolidated_entities_2015.jsonl"):
        title = re.sub(r"\s*\([A-Z/-]+\)|\s*/ \w+$", "", row["name"]).strip()
        names = [title, *(a["name"] for a in row["aliases"])]
        entry = lists.find("un", row["ref"], names)
        if entry is None and row["list"] in ("Al-Qaida", "Taliban", "DRC", "Somalia"):
            where = lists.countries(", ".join(a.get("country") or "" for a in row["addresses"]))
            entry = lists.new(Entry(f"un-{row['ref']}", "org", readable(title), where))
        if entry and entry.kind != "state":
            entry.ids.setdefault("un", [row["ref"]])
            lists.add(entry, names)
    for row in rows(facts, "un_consolidated_individuals_2015.jsonl"):
        if row["list"] in ("Iraq", "Iran", "DPRK", "GB"):
            continue
        good = [a["name"] for a in row["aliases"] if a["quality"] == "Good" and len(a["name"].split()) > 1]
        names = [n for n in (row["name"], *good) if len(n.split()) > 1]
        claimed = lists.by_list.get(("un", row["ref"]))
        owners = {claimed.id} if claimed else {o for n in names for o in lists.owner.get(fold(readable(n)), ())}
        if names and len(owners) <= 1:
            entry = lists.entries[owners.pop()] if owners else lists.new(Entry(f"un-{row['ref']}", "person", readable(names[0])))
            if entry.kind == "person":
                entry.ids.setdefault("un", [row["ref"]])
                lists.add(entry, names)


def add_factbook(lists: Lists, facts: Path) -> None:
    """Other names of the groups that the CIA World Factbook of 2020 describes; a group it alone has is added."""
    for row in rows(facts, "cia_factbook2020_terrorist_groups.jsonl"):
        title = re.sub(r"\s*\([^)]*\)\s*$", "", row["name"]).replace("Qa’ida", "Qaida")
        names = [title, *(a.strip() for a in (row.get("aka") or "").split(";"))]
        entry = lists.find("factbook", title, [title]) or lists.find("factbook", title, names)
        if entry:
            lists.add(entry, names)


def keep_listed(entries: dict[str, Entry]) -> None:
    """Without the lists: what the present catalogue took from them. A listed person whose number a hand-written entry has is that entry."""
    claims = {(key, number): e for e in entries.values() for key, numbers in e.ids.items() for number in numbers}
    for line in OUT.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        claimed = (claims.get((key, number)) for key, numbers in row.get("ids", {}).items() for number in numbers)
        entry = entries.get(row["id"]) or next((e for e in claimed if e is not None and row["id"].startswith("un-")), None)
        if entry is None:
            if not row["id"].startswith(("ucdp-", "ofac-", "un-")):
                continue
            entry = entries[row["id"]] = Entry(row["id"], row["kind"], row["name"], row.get("countries", []))
        for name in row.get("aliases", []) + row.get("acronyms", []):
            attributes = dict(name) if isinstance(name, dict) else {"name": name}
            entry.add_name(attributes.pop("name"), **attributes)
        entry.ids = row.get("ids", {}) | entry.ids
        entry.countries = entry.countries or row.get("countries", [])
        seen = {r["id"] for r in entry.relations}
        entry.relations += [r for r in row.get("relations", []) if r["id"] not in seen]


def build(facts: Path | None) -> list[dict[str, Any]]:
    """Every line of the catalogue, in the order of the ids."""
    countries, codes = read_countries(DATA / "countries.txt")
    entries = {e.id: e for e in countries}
    for part in ("groups", "institutions", "persons"):
        merge_hand(entries, read_hand(DATA / f"{part}.txt"))
    if facts is None:
        keep_listed(entries)
    else:
        lists = Lists(entries, codes)
        add_ucdp(lists, facts)
        add_factbook(lists, facts)
        add_designations(lists, facts)
    add_years(entries, DATA / "years.txt")
    for entry in entries.values():
        spread_years(entry)
    return [entries[i].line() for i in sorted(entries)]


def main() -> None:
    facts = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    lines = build(facts)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text("".join(json.dumps(x, ensure_ascii=False, separators=(",", ":")) + "\n" for x in lines), encoding="utf-8")
    print(len(lines), "actors:", dict(Counter(x["kind"] for x in lines).most_common()))


if __name__ == "__main__":
    main()
