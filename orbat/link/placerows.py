"""Which rows of the gazetteer a name may mean by its kind, its spelling and its size."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from orbat.link.gazetteer import NO_ROW, Gazetteer, Kind, Rank, Rows
from orbat.link.placewords import Hint
from orbat.names import fold, is_acronym
from orbat.remembering import remembered
from orbat.types import Candidate, Place

# Countries most of whose names are written in Latin letters in more than one way; elsewhere (Leeds, Lenexa) another spelling is another
# place.
_CODES = """
    AE AF AM AZ BA BD BF BG BH BY CF CM CN DJ DZ EG ER ET GE GR IL IN IQ IR JO JP KG KH KM KP KR KW KZ LA LB LK
    LY MA MD ME MK ML MM MN MR NE NG NP OM PK PS QA RS RU SA SD SO SS SY TD TH TJ TM TN TR TW UA UZ XK YE
"""
_TRANSLITERATED = frozenset(_CODES.split())
# Of 184 villages of UCDP's events that have the skeleton of a town of their country but none of its names, 22 of the 51 whose names are 80%
# alike lie within 15 km of that town, and 19 of the other 133.
_ALIKE = 80.0
_EMINENT = 20_000  # people
_FAMOUS = 1_000_000  # people
_SPELLING = 65.0  # rapidfuzz's ratio, 0 to 100, that two spellings of one name reach


def eminent(rows: Rows, ranks: Rows, gazetteer: Gazetteer) -> npt.NDArray[np.bool_]:
    """Which candidates a text without any capitals may mean: most of its words are some village's name somewhere."""
    kind = gazetteer.kind[rows]
    wide = (kind <= Kind.ADMIN1) | (kind >= Kind.REGION) | (gazetteer.population[rows] >= _EMINENT)
    out: npt.NDArray[np.bool_] = wide & ~np.isin(ranks, (Rank.OTHER, Rank.ALIKE)) | (gazetteer.population[rows] >= 10 * _EMINENT)
    return out


@remembered(2_048)
def alike(name: str, gazetteer: Gazetteer) -> Rows:
    """Rows whose main name is another spelling of ``name``, in countries whose names reach English by transliteration; the array is shared,
    do not change it."""
    if len(name) < 5 or not name[0].isupper():
        return np.empty(0, np.int64)
    folded = fold(name)
    rows = [
        row
        for row in gazetteer.alike(name).tolist()
        if gazetteer.country_code(row) in _TRANSLITERATED and fuzz.ratio(folded, fold(gazetteer.name(row))) >= _ALIKE
    ]
    return np.array(rows, np.int64)


def called(name: str, gazetteer: Gazetteer, *, loose: bool) -> tuple[Rows, Rows]:
    """Rows that may be called ``name``, and their ranks; with ``loose`` those whose name resembles it. Where it is no more than another
    name of places, as of some village, those that resemble it come with them: it does not rule out the place elsewhere that is spelt so.
    """
    if loose:
        rows = alike(name, gazetteer)
        return rows, np.full(len(rows), int(Rank.ALIKE))
    rows, ranks = gazetteer.named(name)
    if len(fold(name)) <= 3 and len(rows):
        # "IN", "US" and "Ont." are places; "in" and "us" are words, and "Us" is a village.
        short = is_acronym(name.replace(".", "")) or "." in name or name.isupper()
        keep = ranks <= Rank.ALIAS if short else ranks == Rank.MAIN
        rows, ranks = rows[keep], ranks[keep]
    if len(rows) and (ranks == Rank.OTHER).all():
        more = np.setdiff1d(alike(name, gazetteer), rows)
        rows, ranks = np.concatenate((rows, more)), np.concatenate((ranks, np.full(len(more), int(Rank.ALIKE))))
    return rows, ranks


def by_another_name(said: str, rows: Rows, ranks: Rows, row: int, gazetteer: Gazetteer) -> bool:
    """Whether words are only another name of a place that few know, and no spelling of its own: "Koma" of Qom in Iran, of which an article
    about Sudan says nothing; but Mecca, where so many live, is Makkah, and Raqqa is a spelling of Ar-Raqqah.

    Args:
        rows: what the words may mean, with the rank of the name for each.
        row: which of these is asked for.
    """
    if int(ranks[rows == row].min()) != Rank.OTHER or int(gazetteer.population[row]) >= _FAMOUS:
        return False
    return fuzz.ratio(fold(said), fold(gazetteer.name(row))) < _SPELLING


def capital_of(fits: tuple[Candidate[Place], ...], gazetteer: Gazetteer) -> tuple[Candidate[Place], ...]:
    """What "the capital" is where it stands for a country: its capital town."""
    row = gazetteer.row(fits[0].target.id)
    head = gazetteer.capitals.get(int(gazetteer.country[row])) if int(gazetteer.kind[row]) == Kind.COUNTRY else None
    if head is None:
        return fits
    return (Candidate(gazetteer.at(head), fits[0].score, (f"It is the capital of {fits[0].target.name}.", *fits[0].reasons)),)


def lying_in(rows: Rows, holders: Rows, gazetteer: Gazetteer) -> npt.NDArray[np.bool_]:
    """Which rows lie in one of the countries and divisions among other rows."""
    kind, country = gazetteer.kind[holders], gazetteer.country
    out: npt.NDArray[np.bool_] = np.isin(country[rows], country[holders[kind == Kind.COUNTRY]])
    out |= np.isin(gazetteer.admin1[rows], holders[kind == Kind.ADMIN1]) | np.isin(gazetteer.admin2[rows], holders[kind == Kind.ADMIN2])
    return out


def of_kind(rows: Rows, ranks: Rows, hint: Hint, gazetteer: Gazetteer) -> tuple[Rows, Rows]:
    """The candidates as the words ask for them: the capital of a country, the province or district itself and never its town's pin."""
    kind = gazetteer.kind[rows]
    if hint is Hint.CAPITAL:
        nations = gazetteer.country[rows[(kind == Kind.COUNTRY)]].tolist()
        heads = [gazetteer.capitals[c] for c in nations if c in gazetteer.capitals]
        return (np.array(heads, np.int64), np.zeros(len(heads), np.int64)) if heads else (rows, ranks)
    if hint not in (Hint.PROVINCE, Hint.DISTRICT):
        return rows, ranks
    towns = (kind == Kind.CITY) | (kind == Kind.SITE)
    wide = ~towns
    if hint is Hint.PROVINCE:
        first = kind == Kind.ADMIN1
        wide = first | (kind == Kind.REGION) if first.any() else wide
    if wide.any():
        named = gazetteer.admin1 if hint is Hint.PROVINCE else gazetteer.admin2
        seats = named[rows[towns & (ranks <= Rank.ALIAS)]].astype(np.int64)  # what the town is called, its district is called too
        return rows[wide], np.where((ranks[wide] == Rank.OTHER) & np.isin(rows[wide], seats), int(Rank.ALIAS), ranks[wide])
    # No division of that name: the one that the town lies in.
    above = (gazetteer.admin1 if hint is Hint.PROVINCE else gazetteer.admin2)[rows].astype(np.int64)
    keep = above != NO_ROW
    if not keep.any():  # nor is it known which: the town itself
        return rows, ranks
    unique, first_at = np.unique(above[keep], return_index=True)
    return unique, ranks[keep][first_at]
