"""``data/exports.yaml``: how types, kinds of party, precisions and countries are said in other formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from orbat.codebook import Codebook
from orbat.errors import DataError
from orbat.types import EventType

FILE = Path(__file__).resolve().parent.parent / "data" / "exports.yaml"
KINDS = ("group", "wing", "coalition", "force", "state", "org", "media", "person", "people")


@dataclass(frozen=True, slots=True)
class EventRow:
    """A type elsewhere: in UCDP's data or not, STIX's relationship, FollowTheMoney's schema and role."""

    ged: bool
    stix: str
    ftm: str
    role: str


@dataclass(frozen=True, slots=True)
class PartyRow:
    """A kind of party elsewhere: ACLED's inter code, UCDP's side (group, state, civilians), CAMEO's generic actor, STIX's object,
    FollowTheMoney's schema."""

    inter: int
    side: str
    cameo: str
    stix: str
    ftm: str


@dataclass(frozen=True, slots=True)
class Country:
    """Codes of a country: ISO 3166 alpha-2 and numeric (None: it has none), Gleditsch and Ward's number (None: not in their list of
    states), ACLED's and UCDP's region ("" for none)."""

    name: str
    iso2: str
    iso: int | None
    gw: int | None
    acled: str
    ucdp: str


@dataclass(frozen=True, slots=True)
class NameWords:
    """Words that tell a name from a description: ``titles`` stand before it; ``joints`` inside it, ``firsts`` also at its start;
    ``described`` open a description; ``pronouns`` are no name at all."""

    titles: frozenset[str]
    firsts: frozenset[str]
    joints: frozenset[str]
    described: frozenset[str]
    pronouns: frozenset[str]

    @property
    def particles(self) -> frozenset[str]:
        """Small words of names, none a name by itself."""
        return self.firsts | self.joints


@dataclass(frozen=True, slots=True)
class Tables:
    """The loaded file. ``countries`` by name, ``by_iso2`` by code."""

    events: Mapping[EventType, EventRow]
    parties: Mapping[str, PartyRow]
    disorder: Mapping[str, str]
    crowds: Mapping[str, tuple[str, str, int]]
    militias: Mapping[int, frozenset[str]]
    time_precision: Mapping[int, int]
    geo_precision: Mapping[int, int]
    plover_quad: Mapping[str, int]
    plover_resolution: Mapping[int, int]
    cameo_quad: Mapping[str, int]
    names: NameWords
    countries: Mapping[str, Country]
    by_iso2: Mapping[str, Country]

    @classmethod
    def load(cls, path: Path = FILE) -> Tables:
        """The tables of a file.

        Raises:
            DataError: the file is missing, is no YAML or breaks its layout; the message names the entry.
        """
        try:
            data = yaml.safe_load(path.read_bytes())
            return _build(data)
        except OSError as error:
            raise _bad(path, f"{error.strerror}.") from error
        except yaml.YAMLError as error:
            raise _bad(path, f"It is not YAML: {error}.".replace("\n", " ")) from error
        except KeyError as error:
            raise _bad(path, f"The entry {error} is missing or not known.") from error
        except (TypeError, ValueError, AttributeError) as error:
            raise _bad(path, f"{error}.") from error


@cache
def tables() -> Tables:
    """The shipped tables."""
    return Tables.load()


@cache
def codebook() -> Codebook:
    """The shipped codebook."""
    return Codebook.load()


def _build(data: Any) -> Tables:
    if data["version"] != 1:
        raise ValueError(f"version 1 is wanted, not {data['version']!r}")
    events = {EventType[name]: EventRow(**row) for name, row in data["events"].items()}
    if missing := [kind.name for kind in EventType if kind not in events]:
        raise ValueError(f"events: {', '.join(missing)} missing")
    acled, countries = data["acled"], _countries(data["regions"])
    return Tables(
        events=MappingProxyType(events),
        parties=MappingProxyType({kind: PartyRow(**data["parties"][kind]) for kind in KINDS}),
        disorder=MappingProxyType(acled["disorder"]),
        crowds=MappingProxyType({name: (row[0], row[1], row[2]) for name, row in acled["crowds"].items()}),
        militias=MappingProxyType({code: frozenset(words.split()) for code, words in acled["militias"].items()}),
        time_precision=MappingProxyType(acled["time_precision"]),
        geo_precision=MappingProxyType(acled["geo_precision"]),
        plover_quad=MappingProxyType(data["plover"]["quad"]),
        plover_resolution=MappingProxyType(data["plover"]["resolution"]),
        cameo_quad=MappingProxyType(data["cameo"]["quad"]),
        names=NameWords(**{key: frozenset(words.split()) for key, words in data["names"].items()}),
        countries=MappingProxyType(countries),
        by_iso2=MappingProxyType({country.iso2: country for country in countries.values()}),
    )


def _countries(regions: Any) -> dict[str, Country]:
    return {
        name: Country(name, iso2, iso, gw, region["acled"], region["ucdp"])
        for region in regions
        for name, (iso2, iso, gw) in region["countries"].items()
    }


def _bad(path: Path, cause: str) -> DataError:
    return DataError(f"The table of exports {path} cannot be used.", cause, "Correct the file, or install orbat again.")
