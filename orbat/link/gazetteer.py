"""The shipped gazetteer: places by name, opened as one memory map with nothing to parse but a small manifest.

``gazetteer.bin`` holds aligned columns (``COLUMNS``), one value a place, and two sorted indexes of 64-bit keys: of folded names (exact,
whatever the accents and hyphens) and of their skeletons (tolerant of transliteration). ``scripts/build_gazetteer.py`` writes it and names
the sources.
"""

from __future__ import annotations

import hashlib
import json
import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from orbat.errors import DataError, NotFoundError
from orbat.names import fold, skeleton
from orbat.remembering import remembered
from orbat.types import Place

FORMAT = 1
NO_COUNTRY = 255
NO_ROW = 2**32 - 1
# Column -> element type, in the order of the file. ``*_end`` are where the texts of a row end in the bytes beside them.
COLUMNS: Mapping[str, str] = {
    "name_keys": "<u8", "bone_keys": "<u8", "name_rows": "<u4", "bone_rows": "<u4", "lat": "<f4", "lon": "<f4",
    "population": "<u4", "gid": "<u4", "admin1": "<u4", "admin2": "<u4", "name_end": "<u4", "id_end": "<u4",
    "radius": "<u2", "kind": "u1", "capital": "u1", "country": "u1", "prec": "u1",
    "name_ranks": "u1", "names": "u1", "ids": "u1",
}  # fmt: skip
Rows = npt.NDArray[np.int64]


class Kind(IntEnum):
    """What a row is. A SITE is a village, base or the like that UCDP coded and GeoNames' towns lack; WATER is a river or lake."""

    COUNTRY = 0
    ADMIN1 = 1
    ADMIN2 = 2
    CITY = 3
    SITE = 4
    REGION = 5
    CONTINENT = 6
    WATER = 7
    SEA = 8


OWN = Path(__file__).resolve().parent.parent / "data" / "gazetteer"
"""The folder of the package's own gazetteer."""


class Rank(IntEnum):
    """How a name belongs to its place, best first. The keys of the places' own ids stand in the index as MAIN; ALIKE is no name of the
    place but resembles one, and does not stand in the index."""

    MAIN = 0
    ALIAS = 1
    OTHER = 2
    DEMONYM = 3
    ALIKE = 4


@dataclass(frozen=True, slots=True)
class Match:
    """A place that a name may mean: its row, and how the name belongs to it."""

    row: int
    rank: Rank


def name_key(folded: str) -> int:
    """The 64-bit key of a folded name or a skeleton (BLAKE2b). Two of a million names collide with a chance of 3 in 10^8."""
    return int.from_bytes(hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def id_key(own: str) -> int:
    """The key of a place's own id; the sign in front keeps it apart from names."""
    return name_key("#" + own)


def rules_digest() -> str:
    """Tells whether ``orbat.names`` still folds as it did when the gazetteer was built."""
    probes = (
        "Dayr az-Zawr",
        "The Hague",
        "Saint-Étienne",
        "Al-Qāʼim",
        "Sa'ada",
        "Chişinău",
        "Kharkiv’s",
        "Ouagadougou",
        "ash-Shaddādah",
        "Xuzhou",
    )
    return hashlib.sha256("|".join(fold(p) + "/" + skeleton(p) for p in probes).encode()).hexdigest()[:16]


class Gazetteer:
    """Places by name and by id. Open it with ``Gazetteer.open``; it is read-only and may be shared between threads.

    The columns are attributes, one value a row: ``lat``, ``lon`` (degrees), ``population``, ``gid`` (GeoNames id, 0 for none), ``kind``,
    ``capital``, ``country`` (index into ``countries``, 255 for none), ``admin1``, ``admin2`` (rows, ``NO_ROW`` for none), ``radius`` (km),
    ``prec`` (where_prec).
    """

    def __init__(self, columns: Mapping[str, npt.NDArray[Any]], manifest: Mapping[str, Any]) -> None:
        self._columns = columns
        self._with_gid: int = manifest["with_gid"]
        self.digest: str = manifest["sha256"]
        self.countries: tuple[str, ...] = tuple(manifest["countries"])
        self.country_rows: tuple[int, ...] = tuple(manifest["country_rows"][code] for code in self.countries)
        self.country_index: Mapping[str, int] = {code: i for i, code in enumerate(self.countries)}
        self._neighbours: Mapping[str, list[str]] = manifest["neighbours"]
        self.country_words: Mapping[str, int] = manifest["country_words"]
        self.members: dict[int, tuple[int, ...]] = {
            int(row): tuple(self.country_index[c] for c in codes) for row, codes in manifest["members"].items()
        }
        self.lat, self.lon, self.population, self.gid = (columns[c] for c in ("lat", "lon", "population", "gid"))
        self.kind, self.capital, self.country, self.prec = (columns[c] for c in ("kind", "capital", "country", "prec"))
        self.admin1, self.admin2, self.radius = (columns[c] for c in ("admin1", "admin2", "radius"))

    @classmethod
    def open(cls, path: Path | str | None = None) -> Gazetteer:
        """The gazetteer of a folder; of the package's own where ``path`` is None, which a process opens once.

        Raises:
            DataError: the folder holds no gazetteer, a cut one, or one of another format or of other folding rules.
        """
        if path is None:
            return _own()
        folder = Path(path)
        step = "Install orbat again, or build it with scripts/build_gazetteer.py."
        try:
            manifest = json.loads((folder / "gazetteer.json").read_text(encoding="utf-8"))
            with (folder / "gazetteer.bin").open("rb") as file:
                data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise DataError(f"The gazetteer in {folder} cannot be opened.", f"{error}.", step) from error
        if manifest.get("format") != FORMAT or manifest.get("rules") != rules_digest():
            raise DataError(
                f"The gazetteer in {folder} was built for another version of orbat.", "Its format or its rules for names differ.", step
            )
        if len(data) != manifest["bytes"]:
            raise DataError(
                f"The gazetteer in {folder} is damaged.", f"It has {len(data)} bytes and should have {manifest['bytes']}.", step
            )
        places = manifest["columns"]
        columns = {name: np.frombuffer(data, kind, places[name][1], places[name][0]) for name, kind in COLUMNS.items()}
        return cls(columns, manifest)

    @cached_property
    def country_starts(self) -> frozenset[str]:
        """The first words of ``country_words``."""
        return frozenset(words.split(" ", 1)[0] for words in self.country_words)

    @cached_property
    def borders(self) -> npt.NDArray[np.float64]:
        """(256, 256), as many as a country's index can tell apart: 1 where the country of the column borders on that of the row."""
        out = np.zeros((256, 256))
        for country, others in self._neighbours.items():
            out[self.country_index[country], [self.country_index[code] for code in others]] = 1.0
        return out

    @cached_property
    def country_names(self) -> tuple[str, ...]:
        """The main names of ``countries``, in their order."""
        return tuple(self.name(row) for row in self.country_rows)

    @cached_property
    def capitals(self) -> dict[int, int]:
        """Index of a country -> row of its capital."""
        return {int(self.country[row]): int(row) for row in np.flatnonzero(self.capital)}

    def __len__(self) -> int:
        return len(self.kind)

    def lookup(self, name: str) -> list[Match]:
        """The places that ``name`` may mean, by its folded form; where there is none, by its skeleton. Empty where nothing has that
        name."""
        found = self.exact(name)
        return found or self.loose(name)

    def exact(self, name: str) -> list[Match]:
        """The places that have ``name``, whatever its capitals, accents and hyphens."""
        rows, ranks = self.named(name)
        return [Match(row, Rank(rank)) for row, rank in zip(rows.tolist(), ranks.tolist(), strict=True)]

    def named(self, name: str) -> tuple[Rows, Rows]:
        """Rows and ranks of ``exact``, as two arrays of int64, which may be shared: do not change them."""
        return _named(self, fold(name))

    def _named(self, folded: str) -> tuple[Rows, Rows]:
        start, stop = self._range("name_keys", name_key(folded)) if folded else (0, 0)
        return self._columns["name_rows"][start:stop].astype(np.int64), self._columns["name_ranks"][start:stop].astype(np.int64)

    def loose(self, name: str) -> list[Match]:
        """The places that have a name of the same skeleton: it proposes transliterations, and short ones prove little."""
        return [Match(row, Rank.ALIKE) for row in self.alike(name).tolist()]

    def alike(self, name: str) -> Rows:
        """Rows of ``loose``, as an array of int64; empty for a skeleton of under four letters."""
        bone = skeleton(name)
        start, stop = self._range("bone_keys", name_key(bone)) if len(bone) >= 4 else (0, 0)
        return self._columns["bone_rows"][start:stop].astype(np.int64)

    def place(self, id: str) -> Place:
        """The place of an id that this gazetteer gave ("geonames:99072", "region:sahel", "ucdp:sy:...").

        Raises:
            NotFoundError: no place has that id.
        """
        return self.at(self.row(id))

    def row(self, id: str) -> int:
        """The row of a place's id. Raises NotFoundError where there is none."""
        if id.startswith("geonames:") and id[9:].isdigit() and int(id[9:]) < 2**32:
            row = int(np.searchsorted(self.gid[: self._with_gid], np.uint32(int(id[9:]))))
            if row < self._with_gid and int(self.gid[row]) == int(id[9:]):
                return row
        else:
            start, stop = self._range("name_keys", id_key(id))
            if stop > start:
                return int(self._columns["name_rows"][start])
        raise NotFoundError(
            f"No place has the id {id!r}.", "The id may come from another version of the gazetteer.", "Look the place up by its name."
        )

    def at(self, row: int, *, where_prec: int | None = None) -> Place:
        """The place of a row; ``where_prec`` where the text is coarser than the place (UCDP's 1 to 7)."""
        return _place(self, row, where_prec)

    def _at(self, row: int, where_prec: int | None) -> Place:
        country = int(self.country[row])
        first = int(self.admin1[row])
        return Place(
            id=self.id_of(row),
            name=self.name(row),
            country=self.country_names[country] if country != NO_COUNTRY else "",
            admin1=self.name(first) if first != NO_ROW else "",
            lat=round(float(self.lat[row]), 5),
            lon=round(float(self.lon[row]), 5),
            geonames_id=int(self.gid[row]),
            where_prec=int(self.prec[row]) if where_prec is None else where_prec,
        )

    def name(self, row: int) -> str:
        """The row's main name."""
        return _name(self, row)

    def id_of(self, row: int) -> str:
        """The row's id: "geonames:" and its number, or its own."""
        if row < self._with_gid:
            return f"geonames:{int(self.gid[row])}"
        return self._text("ids", "id_end", row - self._with_gid)

    def country_code(self, row: int) -> str:
        """ISO 3166 code of the row's country; empty for an area of several countries or of none."""
        country = int(self.country[row])
        return self.countries[country] if country != NO_COUNTRY else ""

    def _text(self, texts: str, ends: str, index: int) -> str:
        end = self._columns[ends]
        start = int(end[index - 1]) if index else 0
        return self._columns[texts][start : int(end[index])].tobytes().decode("utf-8")

    def _range(self, column: str, key: int) -> tuple[int, int]:
        """Where the entries of a key begin and end. The key must be a uint64, or numpy would compare as floats."""
        keys = self._columns[column]
        wanted = np.uint64(key)
        start = int(keys.searchsorted(wanted))
        stop = start
        while stop < len(keys) and keys[stop] == wanted:
            stop += 1
        return start, stop


@cache
def _own() -> Gazetteer:
    """The package's own. What is remembered below holds its gazetteer: of each that is opened, 32 MB that are mapped stay."""
    return Gazetteer.open(OWN)


# What articles ask for again and again: the same few thousand places make up most of the news.
@remembered(2_048)
def _place(gazetteer: Gazetteer, row: int, where_prec: int | None) -> Place:
    return gazetteer._at(row, where_prec)


@remembered(2_048)
def _name(gazetteer: Gazetteer, row: int) -> str:
    return gazetteer._text("names", "name_end", row)


@remembered(2_048)
def _named(gazetteer: Gazetteer, folded: str) -> tuple[Rows, Rows]:
    return gazetteer._named(folded)
