"""CAMEO events as tab-separated lines in Phoenix's columns: one line a statement that has a CAMEO code, codes as text.

docs/exports.md says what each column holds and what is lost.
"""

from __future__ import annotations

from typing import BinaryIO

from orbat.export import cells
from orbat.export.ids import kind_of, name_of
from orbat.export.material import Material, Written
from orbat.export.tables import tables
from orbat.types import Filler, Statement

COLUMNS = (
    "EventID", "Date", "Year", "Month", "Day", "SourceActorFull", "SourceActorEntity", "SourceActorRole", "SourceActorAttribute",
    "TargetActorFull", "TargetActorEntity", "TargetActorRole", "TargetActorAttribute", "EventCode", "EventRootCode", "QuadClass",
    "GoldsteinScore", "Issues", "Lat", "Lon", "LocationName", "StateName", "CountryCode", "SentenceID", "URLs", "NewsSources",
)  # fmt: skip


def write(material: Material, out: BinaryIO) -> Written:
    """Write the statements that CAMEO has a code for and that are said to be so; the others are counted with the reason."""
    done = Written()
    with cells.text(out) as stream:
        stream.write("\t".join(COLUMNS) + "\n")
        for statement in material.statements.values():
            if reason := _left_out(statement):
                done.leave_out(reason)
                continue
            row = _row(statement)
            stream.write("\t".join(cells.one_line(row.get(name, "")) for name in COLUMNS) + "\n")
            done.rows += 1
    return done


def _left_out(statement: Statement) -> str | None:
    if statement.codes.cameo is None:
        return f"{statement.type.lower()}: no CAMEO code"
    if statement.negated:
        return "negated"
    return None if statement.certainty.value not in ("future", "hypothetical") else f"{statement.certainty}: not said to have happened"


def _row(statement: Statement) -> dict[str, str]:
    code, day, place = statement.codes.cameo or "", statement.date, statement.location
    row = {"EventID": statement.id, "EventCode": code, "EventRootCode": code[:2], "QuadClass": str(tables().cameo_quad[code[:2]])}
    if day is not None and day.date_prec == 1:
        row |= {"Date": f"{day.start:%Y%m%d}", "Year": str(day.start.year), "Month": str(day.start.month), "Day": str(day.start.day)}
    elif day is not None and day.start.year == day.end.year:
        row |= {"Year": str(day.start.year)} | ({"Month": str(day.start.month)} if day.start.month == day.end.month else {})
    row |= _actor("Source", statement.actor) | _actor("Target", statement.target)
    if place is not None:
        country = tables().countries.get(place.country)
        row |= {"LocationName": place.name, "StateName": place.admin1, "CountryCode": country.iso2 if country else ""}
        row |= {"Lat": str(place.lat), "Lon": str(place.lon)} if place.where_prec <= 3 else {}
    return row | {
        "SentenceID": f"{statement.document.id}:{statement.sentence.span.start}-{statement.sentence.span.end}",
        "URLs": statement.document.url,
        "NewsSources": statement.document.source,
    }


def _actor(side: str, fillers: tuple[Filler, ...]) -> dict[str, str]:
    """The first filler that is a party: its name, its id in the catalogue, CAMEO's generic code of its kind."""
    for filler in fillers:
        if kind := kind_of(filler):
            id = filler.entity.id if filler.entity else ""
            return {f"{side}ActorFull": name_of(filler), f"{side}ActorEntity": id, f"{side}ActorRole": tables().parties[kind].cameo}
    return {}
