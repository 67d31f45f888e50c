"""The parts of a statement in the words that tables show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from orbat.types import Basis, Filler, Statement


def names(fillers: Iterable[Filler], before: str = "") -> str:
    """Fillers as said, each with the name it links to where that differs."""
    shown = []
    for f in fillers:
        name = f.entity.name if f.entity is not None else ""
        shown.append(f"{f.quote.text} = {name}" if name and name.casefold() != f.quote.text.casefold() else f.quote.text)
    return before + ", ".join(shown) if shown else ""


def where(s: Statement) -> str:
    """The place it was linked to, and what of the text it was taken from where not from its own words; else the places as said."""
    if s.location is None:
        return names(s.place)
    parts = (s.location.name, s.location.admin1, s.location.country)
    basis = "" if s.location_basis is Basis.ARGUMENT else f" ({s.location_basis})"
    return ", ".join(dict.fromkeys(part for part in parts if part)) + basis


def when(s: Statement) -> str:
    """Its days, else the times as said."""
    if s.date is None:
        return names(s.time)
    return day_of(s.date.start) if s.date.start == s.date.end else f"{day_of(s.date.start)} to {day_of(s.date.end)}"


def surely(s: Statement) -> str:
    """Its certainty, and the confidence in the reading."""
    return f"{'not ' if s.negated else ''}{s.certainty} {s.confidence:.2f}"


def speaker(s: Statement) -> str:
    """Who says so, as said and linked."""
    if s.attribution is None:
        return ""
    marks = [word for word, on in (("quoted", s.attribution.quoted), ("anonymous", s.attribution.anonymous)) if on]
    return names([s.attribution.speaker]) + (f" ({', '.join(marks)})" if marks else "")


def day_of(day: dt.date | None) -> str:
    """A day in ISO form, empty where unknown."""
    return day.isoformat() if day else ""
